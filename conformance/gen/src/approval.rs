//! Push approvals: what devices sign (RFC 9052), every answer that must not count, states and records as they are stored.
//!
//! Messages are written here from the documents alone; signatures follow RFC 6979, so that the device's answers are vectors too.

use crate::bytes::{base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::keys::{Ed25519Key, Es256Key};
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use sha2::{Digest, Sha256};

const DOCS: &str = "mfakit docs/push-approval";
const NOW: u64 = 1_800_000_000;
const AUDIENCE: &str = "example.com";
const USER: &str = "alice";
const ACTION: &str = "Sign in";
const CONTEXT: &str = "Firefox on Linux\nBerlin";
const NUMBER: &str = "42";
const EXPIRES: u64 = NOW + 120;
const ENROLLING_UNTIL: u64 = NOW + 600;
const ID: [u8; 16] = [0x33; 16];
const DEVICE: [u8; 16] = [0x77; 16];
const OTHER: [u8; 16] = [0x88; 16];
const SKEW: u64 = 5;

const MALFORMED: &str = "approval_malformed";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    answers(&mut cases);
    mismatches(&mut cases);
    malformed(&mut cases);
    states(&mut cases);
    statuses(&mut cases);
    begun(&mut cases);
    enrolled(&mut cases);
    records(&mut cases);
    devices(&mut cases);
    File {
        topic: "approval",
        description: "Push approvals: answers of devices, enrolment, states, records, and the device's side",
        notes: vec![
            "An answer is COSE_Sign1 over a map of 1 label, 2 audience, 3 request id, 4 user, 5 expiry, 8 device id, 9 SHA-256 over action \
             and context, each after its length in 8 bytes, 10 decision, 11 number. ECDSA signatures are r and s one after the other."
                .into(),
            "The first authentic answer of any kind ends an approval. With rows = 1 a denial is approval_denied and a wrong number \
             approval_number_mismatch: the outcome is stored before it is told."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- messages

fn key() -> Es256Key {
    Es256Key::new(&Sha256::digest(b"approval device"))
}

fn other_key() -> Es256Key {
    Es256Key::new(&Sha256::digest(b"another approval device"))
}

fn edwards() -> Ed25519Key {
    Ed25519Key::new(&Sha256::digest(b"approval device of Edwards").into())
}

fn content_hash(action: &str, context: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [action, context] {
        hash.update(u64::try_from(part.len()).expect("a length").to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// What an answer says: keys and values, in their order.
type Entries = Vec<(i64, Item)>;

fn answer_entries(decision: &str, number: &str) -> Entries {
    vec![
        (1, text("mfakit-approval/1")),
        (2, text(AUDIENCE)),
        (3, bytes(&ID)),
        (4, text(USER)),
        (5, int(EXPIRES as i64)),
        (8, bytes(&DEVICE)),
        (9, bytes(&content_hash(ACTION, CONTEXT))),
        (10, text(decision)),
        (11, text(number)),
    ]
}

fn approval() -> Entries {
    answer_entries("approve", NUMBER)
}

fn request_entries() -> Entries {
    vec![
        (1, text("mfakit-approval-request/1")),
        (2, text(AUDIENCE)),
        (3, bytes(&ID)),
        (4, text(USER)),
        (5, int(EXPIRES as i64)),
        (6, text(ACTION)),
        (7, text(CONTEXT)),
    ]
}

fn enrollment_request_entries() -> Entries {
    vec![
        (1, text("mfakit-approval-device-request/1")),
        (2, text(AUDIENCE)),
        (4, text(USER)),
        (5, int(ENROLLING_UNTIL as i64)),
        (8, bytes(&DEVICE)),
    ]
}

fn enrollment_entries(key: Item, name: Option<&str>) -> Entries {
    let mut entries = vec![
        (1, text("mfakit-approval-device/1")),
        (2, text(AUDIENCE)),
        (4, text(USER)),
        (5, int(ENROLLING_UNTIL as i64)),
        (8, bytes(&DEVICE)),
        (12, key),
    ];
    entries.extend(name.map(|name| (13, text(name))));
    entries
}

/// The same with another value.
fn with(mut entries: Entries, key: i64, value: Item) -> Entries {
    let entry = entries.iter_mut().find(|(found, _)| *found == key).expect("the entry is there");
    entry.1 = value;
    entries
}

fn without(mut entries: Entries, key: i64) -> Entries {
    entries.retain(|(found, _)| *found != key);
    entries
}

fn item(entries: &Entries) -> Item {
    map(&entries.iter().map(|(key, value)| (int(*key), value.clone())).collect::<Vec<_>>())
}

fn message(entries: &Entries) -> String {
    base64url(&item(entries))
}

fn header(algorithm: i64) -> Item {
    map(&[(int(1), int(algorithm))])
}

/// RFC 9052 §4.4.
fn to_sign(header: &Item, payload: &Item) -> Vec<u8> {
    array(&[text("Signature1"), bytes(header), bytes(&[]), bytes(payload)])
}

fn fixed(key: &Es256Key, message: &[u8]) -> Vec<u8> {
    let (r, s) = key.sign(message);
    [r, s].concat()
}

fn sign1(header: &Item, payload: &Item, signature: &[u8]) -> Item {
    array(&[bytes(header), map(&[]), bytes(payload), bytes(signature)])
}

/// A payload signed as it stands.
fn signed_item(key: &Es256Key, payload: &Item) -> String {
    let header = header(-7);
    base64url(&sign1(&header, payload, &fixed(key, &to_sign(&header, payload))))
}

fn signed(key: &Es256Key, entries: &Entries) -> String {
    signed_item(key, &item(entries))
}

// ---------------------------------------------------------------- stored texts

fn hash(text: &str) -> String {
    base64url(&Sha256::digest(text))
}

fn pending(number: &str, devices: &[([u8; 16], Item)]) -> String {
    let devices: Vec<String> =
        devices.iter().map(|(id, key)| format!("{},{}", base64url(id), base64url(key))).collect();
    format!(
        "$mfakit-ap$v=1,s=pending,e={EXPIRES}${}${}${}${}${number}${}",
        base64url(&ID),
        hash(AUDIENCE),
        hash(USER),
        base64url(&content_hash(ACTION, CONTEXT)),
        devices.join(".")
    )
}

fn state() -> String {
    pending(NUMBER, &[(DEVICE, key().cose())])
}

fn ended(name: &str) -> String {
    let device =
        if name == "cancelled" { String::new() } else { format!("${}", base64url(&DEVICE)) };
    format!("$mfakit-ap$v=1,s={name},e={EXPIRES}${}{device}", base64url(&ID))
}

fn enrolling() -> String {
    format!(
        "$mfakit-ae$v=1,e={ENROLLING_UNTIL}${}${}${}",
        base64url(&DEVICE),
        base64url(AUDIENCE.as_bytes()),
        base64url(USER.as_bytes())
    )
}

fn record_of(
    id: &[u8; 16],
    audience: &str,
    user: &str,
    algorithm: i64,
    key: &Item,
    name: &str,
) -> String {
    let fields = [&id[..], audience.as_bytes(), user.as_bytes(), key, name.as_bytes()];
    let fields: Vec<String> = fields.iter().map(|field| base64url(field)).collect();
    format!("$mfakit-ad$v=1,a={algorithm}${}", fields.join("$"))
}

fn record(name: &str) -> String {
    record_of(&DEVICE, AUDIENCE, USER, -7, &key().cose(), name)
}

fn secret() -> String {
    let private = hex(&Sha256::digest(b"approval device"));
    let names = [&DEVICE[..], AUDIENCE.as_bytes(), USER.as_bytes()].map(base64url);
    format!("$mfakit-ak$v=1,a=-7${}${private}", names.join("$"))
}

/// What a record shows.
fn shown(key: &Item, algorithm: i64, name: Option<&str>) -> Vec<(&'static str, Json)> {
    vec![
        ("device_id", base64url(&DEVICE).into()),
        ("user_id", USER.into()),
        ("audience", AUDIENCE.into()),
        ("algorithm", algorithm.into()),
        ("public_key_hex", hex(key).into()),
        ("name", name.into()),
        (
            "record",
            record_of(&DEVICE, AUDIENCE, USER, algorithm, key, name.unwrap_or_default()).into(),
        ),
    ]
}

fn accepted(mut case: Case, fields: Vec<(&'static str, Json)>) -> Case {
    case = case.accept("ok", []);
    for (name, value) in fields {
        case.expect.set(name, value);
    }
    case
}

// ---------------------------------------------------------------- answers

fn finish(id: &str, answer: String, state: String) -> Case {
    Case::new("approval.finish", id)
        .source(DOCS, "Answers")
        .input("answer", answer)
        .input("state", state)
        .input("now", NOW)
}

fn outcome(case: Case, state: &str, name: &str, device: &[u8; 16]) -> Case {
    let next = ended(name).replace(&base64url(&DEVICE), &base64url(device));
    accepted(
        case,
        vec![
            ("decision", name.into()),
            ("device_id", base64url(device).into()),
            ("user_id", USER.into()),
            ("approval_id", base64url(&ID).into()),
            ("prev", state.into()),
            ("next", next.into()),
        ],
    )
}

fn answers(cases: &mut Vec<Case>) {
    let denial = || answer_entries("deny", "");
    let wrong = || answer_entries("approve", "43");
    let rows: [(&str, Entries, &str); 3] = [
        ("approve", approval(), "approved"),
        ("deny", denial(), "denied"),
        ("wrong-number", wrong(), "number_mismatch"),
    ];
    for (id, entries, name) in rows {
        let answer = signed(&key(), &entries);
        cases.push(outcome(finish(id, answer.clone(), state()), &state(), name, &DEVICE));
        for rows in [0_u32, 2] {
            let case = finish(&format!("{id}-rows-{rows}"), answer.clone(), state());
            let why = "another answer was stored first: the outcome is not told";
            cases.push(case.input("rows", rows).reject("state_conflict").why(why));
        }
        let case = finish(&format!("{id}-rows-1"), answer, state()).input("rows", 1_u32);
        cases.push(match name {
            "denied" => case.reject("approval_denied"),
            "number_mismatch" => case.reject("approval_number_mismatch"),
            _ => {
                let mut case = outcome(case, &state(), name, &DEVICE);
                for (field, value) in [
                    ("method", Json::from("push_approval")),
                    ("user_verified", false.into()),
                    ("evidence_kind", "push_approval".into()),
                    ("assessed_tier", "standard".into()),
                    ("assessed_amr", vec!["mca"].into()),
                    ("assessed_acr", Json::Null),
                ] {
                    case.expect.set(field, value);
                }
                case
            }
        });
    }
    let two = pending(NUMBER, &[(OTHER, other_key().cose()), (DEVICE, key().cose())]);
    for (id, device, key) in
        [("second-device", DEVICE, key()), ("first-device", OTHER, other_key())]
    {
        let answer = signed(&key, &with(approval(), 8, bytes(&device)));
        cases.push(outcome(finish(id, answer, two.clone()), &two, "approved", &device));
    }
    let (ed, header) = (edwards(), header(-8));
    let payload = item(&approval());
    let answer = sign1(&header, &payload, &ed.sign(&to_sign(&header, &payload)));
    let eddsa = pending(NUMBER, &[(DEVICE, ed.cose())]);
    cases.push(outcome(
        finish("ed25519", base64url(&answer), eddsa.clone()),
        &eddsa,
        "approved",
        &DEVICE,
    ));
    for (id, now) in
        [("first-second", NOW), ("last-second", EXPIRES), ("clock-back", EXPIRES - 600 - SKEW)]
    {
        let case =
            finish(&format!("time-{id}"), signed(&key(), &approval()), state()).input("now", now);
        cases.push(outcome(case, &state(), "approved", &DEVICE));
    }
    for (id, now, why) in [
        ("over", EXPIRES + 1, "one second too late"),
        (
            "clock-set-back",
            EXPIRES - 600 - SKEW - 1,
            "farther off than any lifetime: the clock was set back",
        ),
    ] {
        let case =
            finish(&format!("time-{id}"), signed(&key(), &approval()), state()).input("now", now);
        cases.push(case.reject("approval_expired").why(why));
    }
    for name in ["approved", "denied", "number_mismatch", "cancelled"] {
        let case = finish(&format!("again-{name}"), signed(&key(), &approval()), ended(name));
        cases.push(case.reject("approval_answered").why("an approval that is over stays over"));
    }
    let numbers = pending("00", &[(DEVICE, key().cose())]);
    let zeros = signed(&key(), &answer_entries("approve", "00"));
    cases.push(outcome(finish("number-00", zeros, numbers.clone()), &numbers, "approved", &DEVICE));
}

/// Authentic form, and not for this approval.
fn mismatches(cases: &mut Vec<Case>) {
    let request = "approval_request_mismatch";
    let other_id = [0x34; 16];
    for (id, entries, code, why) in [
        (
            "audience",
            with(approval(), 2, text("example.org")),
            "approval_audience_mismatch",
            "for another host",
        ),
        (
            "audience-case",
            with(approval(), 2, text("Example.com")),
            "approval_audience_mismatch",
            "texts are compared byte for byte",
        ),
        ("request", with(approval(), 3, bytes(&other_id)), request, "an answer to another request"),
        ("user", with(approval(), 4, text("bob")), request, "for another user"),
        ("expiry", with(approval(), 5, int(EXPIRES as i64 + 1)), request, "with another end"),
        (
            "action",
            with(approval(), 9, bytes(&content_hash("Delete everything", CONTEXT))),
            request,
            "the person was shown another action",
        ),
        (
            "context",
            with(approval(), 9, bytes(&content_hash(ACTION, "elsewhere"))),
            request,
            "and another context",
        ),
        (
            "action-into-context",
            with(approval(), 9, bytes(&content_hash("Sign inF", "irefox on Linux\nBerlin"))),
            request,
            "the same letters, divided elsewhere",
        ),
        (
            "device",
            with(approval(), 8, bytes(&OTHER)),
            "approval_device_unknown",
            "a device that was not asked",
        ),
    ] {
        let case = finish(&format!("other-{id}"), signed(&key(), &entries), state());
        cases.push(case.reject(code).why(why));
    }
    let invalid = "signature_invalid";
    let payload = item(&approval());
    let good = fixed(&key(), &to_sign(&header(-7), &payload));
    let answer = |header: &Item, payload: &Item, signature: &[u8]| {
        base64url(&sign1(header, payload, signature))
    };
    cases.push(
        finish("forged-other-key", signed(&other_key(), &approval()), state())
            .reject(invalid)
            .why("signed by another key"),
    );
    let tampered = item(&answer_entries("approve", "17"));
    cases.push(
        finish("forged-number", answer(&header(-7), &tampered, &good), state())
            .reject(invalid)
            .why("a number that was changed afterwards"),
    );
    let denied = item(&answer_entries("deny", ""));
    let denial = fixed(&key(), &to_sign(&header(-7), &denied));
    cases.push(
        finish("forged-decision", answer(&header(-7), &payload, &denial), state())
            .reject(invalid)
            .why("a denial that was made an approval"),
    );
    let raw = fixed(&key(), &payload);
    cases.push(
        finish("forged-no-structure", answer(&header(-7), &payload, &raw), state())
            .reject(invalid)
            .why("a signature over the payload alone"),
    );
    let with_data = array(&[text("Signature1"), bytes(&header(-7)), bytes(b"x"), bytes(&payload)]);
    cases.push(
        finish(
            "forged-external-data",
            answer(&header(-7), &payload, &fixed(&key(), &with_data)),
            state(),
        )
        .reject(invalid)
        .why("a signature over other data, too"),
    );
    let other_label = array(&[text("Signature"), bytes(&header(-7)), bytes(&[]), bytes(&payload)]);
    cases.push(
        finish(
            "forged-context",
            answer(&header(-7), &payload, &fixed(&key(), &other_label)),
            state(),
        )
        .reject(invalid)
        .why("a signature of another kind"),
    );
    for (id, algorithm) in
        [("eddsa", -8), ("es384", -35), ("es256-fully-specified", -9), ("rs256", -257)]
    {
        let header = header(algorithm);
        let signature = fixed(&key(), &to_sign(&header, &payload));
        let case =
            finish(&format!("algorithm-{id}"), answer(&header, &payload, &signature), state());
        cases.push(
            case.reject("approval_algorithm_mismatch").why("the device's record has one algorithm"),
        );
    }
    for (id, signature) in [
        ("empty", Vec::new()),
        ("short", good[..63].to_vec()),
        ("long", [&good[..], &[0]].concat()),
        ("der", key().sign_der(&to_sign(&header(-7), &payload))),
    ] {
        let case =
            finish(&format!("signature-{id}"), answer(&header(-7), &payload, &signature), state());
        cases.push(
            case.reject("signature_malformed")
                .why("r and s of 32 bytes each (RFC 9053 section 2.1)"),
        );
    }
    let zero = finish("signature-zero", answer(&header(-7), &payload, &[0; 64]), state());
    cases.push(
        zero.reject("signature_malformed").why("r and s are 1 at least (FIPS 186-5 section 6.4.2)"),
    );
}

fn malformed(cases: &mut Vec<Case>) {
    let payload = item(&approval());
    let good = fixed(&key(), &to_sign(&header(-7), &payload));
    let whole = sign1(&header(-7), &payload, &good);
    let raw = |id: &str, answer: String, why: &str| {
        finish(&format!("malformed-{id}"), answer, state()).reject(MALFORMED).why(why)
    };
    let parts = |parts: &[Item]| base64url(&array(parts));
    let (h, p, s) = (bytes(&header(-7)), bytes(&payload), bytes(&good));
    for (id, answer, why) in [
        ("empty", String::new(), "nothing"),
        ("padded", format!("{}=", base64url(&whole)), "no padding"),
        ("space", format!("{} ", base64url(&whole)), "no spaces"),
        ("letters", "*".repeat(8), "no base64url"),
        ("trailing", base64url(&[&whole[..], &[0]].concat()), "a byte more"),
        ("cut", base64url(&whole[..whole.len() - 1]), "a byte less"),
        ("tagged", base64url(&[&[0xd2][..], &whole].concat()), "COSE_Sign1's tag is left out"),
        ("three", parts(&[h.clone(), map(&[]), p.clone()]), "the signature is missing"),
        (
            "five",
            parts(&[h.clone(), map(&[]), p.clone(), s.clone(), bytes(&[])]),
            "an element more",
        ),
        (
            "unprotected",
            parts(&[h.clone(), map(&[(int(4), bytes(b"kid"))]), p.clone(), s.clone()]),
            "nothing stands unprotected",
        ),
        (
            "header-bare",
            parts(&[header(-7), map(&[]), p.clone(), s.clone()]),
            "the protected header is a byte string",
        ),
        (
            "header-empty",
            parts(&[bytes(&[]), map(&[]), p.clone(), s.clone()]),
            "the algorithm is missing",
        ),
        (
            "header-empty-map",
            parts(&[bytes(&map(&[])), map(&[]), p.clone(), s.clone()]),
            "the algorithm is missing",
        ),
        (
            "header-more",
            parts(&[
                bytes(&map(&[(int(1), int(-7)), (int(4), bytes(b"kid"))])),
                map(&[]),
                p.clone(),
                s.clone(),
            ]),
            "the header names the algorithm and nothing else",
        ),
        (
            "header-text",
            parts(&[bytes(&map(&[(int(1), text("ES256"))])), map(&[]), p.clone(), s.clone()]),
            "the algorithm is a number",
        ),
        ("detached", parts(&[h.clone(), map(&[]), vec![0xf6], s.clone()]), "the payload is in it"),
        (
            "signature-text",
            parts(&[h, map(&[]), p, text("signature")]),
            "the signature is a byte string",
        ),
        ("map", base64url(&map(&[(int(1), bytes(&payload))])), "no array"),
    ] {
        cases.push(raw(id, answer, why));
    }
    let mut turned = approval();
    turned.swap(2, 3);
    for (id, entries, why) in [
        ("label", with(approval(), 1, text("mfakit-approval/2")), "another version"),
        (
            "label-of-request",
            with(approval(), 1, text("mfakit-approval-request/1")),
            "a request is no answer",
        ),
        (
            "label-of-device",
            with(approval(), 1, text("mfakit-approval-device/1")),
            "an enrolment is no answer",
        ),
        ("label-bytes", with(approval(), 1, bytes(b"mfakit-approval/1")), "the label is a text"),
        ("order", turned, "keys have one order"),
        ("request-id-15", with(approval(), 3, bytes(&[0x33; 15])), "an id has 16 bytes"),
        (
            "request-id-text",
            with(approval(), 3, text("3333333333333333")),
            "an id is a byte string",
        ),
        ("device-id-17", with(approval(), 8, bytes(&[0x77; 17])), "an id has 16 bytes"),
        (
            "hash-31",
            with(approval(), 9, bytes(&content_hash(ACTION, CONTEXT)[..31])),
            "a hash has 32 bytes",
        ),
        ("expiry-negative", with(approval(), 5, int(-1)), "a time is not negative"),
        ("expiry-text", with(approval(), 5, text("1800000120")), "a time is a number"),
        ("user-bytes", with(approval(), 4, bytes(USER.as_bytes())), "a user is a text"),
        ("no-audience", without(approval(), 2), "the audience is missing"),
        ("no-number", without(approval(), 11), "the number is missing"),
        ("decision-word", answer_entries("yes", NUMBER), "approve or deny"),
        ("decision-case", answer_entries("Approve", NUMBER), "approve or deny"),
        ("number-empty", answer_entries("approve", ""), "an approval has a number"),
        ("number-one", answer_entries("approve", "4"), "two digits"),
        ("number-three", answer_entries("approve", "042"), "two digits"),
        ("number-letters", answer_entries("approve", "4x"), "two digits"),
        ("number-fullwidth", answer_entries("approve", "\u{ff14}\u{ff12}"), "ASCII digits"),
        ("number-integer", with(approval(), 11, int(42)), "the number is a text"),
        ("deny-with-number", answer_entries("deny", NUMBER), "a denial has no number"),
    ] {
        cases.push(raw(id, signed(&key(), &entries), why));
    }
    let mut more = approval();
    more.push((12, int(0)));
    cases.push(raw("entry-more", signed(&key(), &more), "an entry that is not known"));
    let mut twice = approval();
    twice.insert(1, (1, text("mfakit-approval/1")));
    cases.push(raw("entry-twice", signed(&key(), &twice), "an entry twice"));
    let mut long_form = payload.clone();
    long_form.splice(1..2, [0x18, 0x01]);
    cases.push(raw("long-form", signed_item(&key(), &long_form), "a number has one form"));
    cases.push(raw("long", "A".repeat(4096), "longer than any answer"));
}

// ---------------------------------------------------------------- states

fn states(cases: &mut Vec<Case>) {
    let good = state();
    let cancel = |id: &str, state: &str| {
        Case::new("approval.cancel", format!("cancel-{id}"))
            .source(DOCS, "States")
            .input("state", state)
    };
    let fields = vec![("prev", good.as_str().into()), ("next", ended("cancelled").into())];
    cases.push(accepted(cancel("pending", &good), fields));
    for name in ["approved", "denied", "number_mismatch", "cancelled"] {
        cases.push(cancel(name, &ended(name)).reject("approval_answered"));
    }
    let id = base64url(&ID);
    let one = format!("{},{}", base64url(&DEVICE), base64url(&key().cose()));
    let five: Vec<String> = (0..5_u8)
        .map(|n| format!("{},{}", base64url(&[n; 16]), base64url(&key().cose())))
        .collect();
    for (what, state) in [
        ("empty", String::new()),
        ("record", record("")),
        ("no-version", good.replace("v=1,", "")),
        ("version-letter", good.replace("v=1", "v=x")),
        ("status-unknown", good.replace("s=pending", "s=asked")),
        ("status-missing", good.replace("s=pending,", "")),
        ("expiry-missing", good.replace(&format!(",e={EXPIRES}"), "")),
        ("expiry-sign", good.replace(&format!("e={EXPIRES}"), &format!("e=+{EXPIRES}"))),
        ("expiry-zeros", good.replace(&format!("e={EXPIRES}"), &format!("e=0{EXPIRES}"))),
        ("expiry-far", good.replace(&format!("e={EXPIRES}"), "e=18446744073709551615")),
        ("parameter-more", good.replace(&format!("e={EXPIRES}"), &format!("e={EXPIRES},x=1"))),
        ("id-short", good.replace(&id, &base64url(&[0x33; 15]))),
        ("id-padded", good.replace(&id, &format!("{id}=="))),
        ("number-three", good.replace("$42$", "$042$")),
        ("number-letter", good.replace("$42$", "$4x$")),
        ("device-twice", good.replace(&one, &format!("{one}.{one}"))),
        ("device-none", good.replace(&one, "")),
        ("devices-five", good.replace(&one, &five.join("."))),
        ("device-key-cut", good[..good.len() - 4].to_owned()),
        ("field-more", format!("{good}$")),
        ("approved-no-device", format!("$mfakit-ap$v=1,s=approved,e={EXPIRES}${id}")),
        ("cancelled-with-device", format!("{}${}", ended("cancelled"), base64url(&DEVICE))),
    ] {
        cases.push(cancel(&format!("corrupt-{what}"), &state).reject("record_corrupt"));
    }
    let later = good.replace("v=1", "v=2");
    cases.push(cancel("version-2", &later).reject("record_version_unknown"));
    let answer = signed(&key(), &approval());
    cases.push(
        finish("state-corrupt", answer.clone(), good.replace("$42$", "$$"))
            .reject("record_corrupt"),
    );
    cases.push(finish("state-version-2", answer, later).reject("record_version_unknown"));
}

fn statuses(cases: &mut Vec<Case>) {
    let read = |id: &str, state: String, now: u64| {
        Case::new("approval.read", format!("read-{id}"))
            .source(DOCS, "States")
            .input("state", state)
            .input("id", base64url(&ID))
            .input("now", now)
    };
    let tell = |case: Case, status: &str| accepted(case, vec![("status", status.into())]);
    for (id, now, status) in [
        ("pending", NOW, "pending"),
        ("pending-last-second", EXPIRES, "pending"),
        ("pending-over", EXPIRES + 1, "expired"),
        ("pending-long-ago", EXPIRES + 86_400, "expired"),
        ("pending-clock-set-back", EXPIRES - 600 - SKEW - 1, "expired"),
    ] {
        cases.push(tell(read(id, state(), now), status));
    }
    for name in ["approved", "denied", "number_mismatch", "cancelled"] {
        cases.push(tell(read(name, ended(name), NOW), name));
        cases.push(
            tell(read(&format!("{name}-a-minute-after"), ended(name), EXPIRES + 60), name)
                .why("an answer of the last second can be read for a minute"),
        );
        cases.push(
            tell(read(&format!("{name}-later"), ended(name), EXPIRES + 61), "expired")
                .why("what is read is no standing permission"),
        );
    }
    for (id, state) in [("pending", state()), ("approved", ended("approved"))] {
        let case = read(&format!("replaced-{id}"), state, NOW).input("id", base64url(&[0x34; 16]));
        cases.push(tell(case, "expired").why("the user has begun another since"));
    }
    for (id, text) in
        [("empty", String::new()), ("short", base64url(&[0x33; 15])), ("letters", "*".into())]
    {
        let case = read(&format!("id-{id}"), state(), NOW).input("id", text);
        cases.push(case.reject("argument_value_invalid").why("an id has 16 bytes"));
    }
    cases.push(read("milliseconds", state(), NOW * 1000).reject("time_invalid"));
}

// ---------------------------------------------------------------- beginning

fn begin(id: &str) -> Case {
    Case::new("approval.begin", format!("begin-{id}"))
        .source(DOCS, "Asking")
        .input("user_id", USER)
        .input("audience", AUDIENCE)
        .input("action", ACTION)
        .input("context", CONTEXT)
        .input("devices", vec![record("")])
        .input("now", NOW)
}

fn asked(case: Case, previous: Option<&str>, lifetime: u64, action: &str, context: &str) -> Case {
    let expires_at = NOW + lifetime;
    accepted(
        case,
        vec![
            ("prev", previous.into()),
            ("expires_at", expires_at.into()),
            ("prefix", format!("$mfakit-ap$v=1,s=pending,e={expires_at}$").into()),
            ("number_length", 2_u32.into()),
            ("status", "pending".into()),
            ("audience", AUDIENCE.into()),
            ("user_id", USER.into()),
            ("action", action.into()),
            ("context", context.into()),
        ],
    )
}

fn begun(cases: &mut Vec<Case>) {
    cases.push(asked(begin("usual"), None, 120, ACTION, CONTEXT));
    for lifetime in [60, 600_u64] {
        let case = begin(&format!("lifetime-{lifetime}")).input("lifetime", lifetime);
        cases.push(asked(case, None, lifetime, ACTION, CONTEXT));
    }
    for name in ["approved", "denied", "number_mismatch", "cancelled"] {
        let previous = ended(name);
        let case = begin(&format!("after-{name}")).input("previous", previous.as_str());
        cases.push(asked(case, Some(&previous), 120, ACTION, CONTEXT));
    }
    let previous = state();
    let case = begin("while-pending").input("previous", previous.as_str());
    cases.push(
        case.reject("approval_pending")
            .why("one at a time: an attacker's cannot stand beside the owner's"),
    );
    let case = begin("while-pending-last-second")
        .input("previous", previous.as_str())
        .input("now", EXPIRES);
    cases.push(case.reject("approval_pending").why("in its last second"));
    let mut over =
        begin("after-expiry").input("previous", previous.as_str()).input("now", EXPIRES + 1);
    over = asked(over, Some(&previous), 121 + 120, ACTION, CONTEXT);
    cases.push(over.why("an expired one stands in nobody's way"));
    let (longest, wide) = ("x".repeat(255), "\u{e9}".repeat(512));
    let case = begin("longest").input("action", longest.as_str()).input("context", wide.as_str());
    cases.push(asked(case, None, 120, &longest, &wide).why("255 bytes and 1024 bytes"));
    let nine = "1\n2\n3\n4\n5\n6\n7\n8\n9";
    cases.push(asked(begin("nine-lines").input("context", nine), None, 120, ACTION, nine));
    let none = begin("no-context").input("context", "");
    cases.push(asked(none, None, 120, ACTION, ""));
    let invalid = "argument_value_invalid";
    for (id, name, value, why) in [
        ("audience-empty", "audience", Json::from(""), "a name has a character"),
        (
            "audience-other",
            "audience",
            "example.org".into(),
            "the device is enrolled for another host",
        ),
        ("action-empty", "action", "".into(), "a name has a character"),
        ("action-blank", "action", " \u{a0}".into(), "something can be seen"),
        ("action-256", "action", "x".repeat(256).into(), "255 bytes at most"),
        ("action-line-feed", "action", "Sign in\nas root".into(), "one line"),
        ("action-nul", "action", "Sign in\u{0}".into(), "no control character"),
        (
            "action-override",
            "action",
            "Sign in \u{202e}toor".into(),
            "nothing that turns the direction of the text",
        ),
        (
            "action-isolate",
            "action",
            "Sign in \u{2066}".into(),
            "nothing that turns the direction of the text",
        ),
        ("action-zero-width", "action", "Sign\u{200b}in".into(), "nothing that nobody sees"),
        ("action-tag", "action", "Sign in\u{e0041}".into(), "nothing that nobody sees"),
        ("context-1025", "context", "x".repeat(1025).into(), "1024 bytes at most"),
        ("context-tab", "context", "a\tb".into(), "no control character but the line feed"),
        ("context-separator", "context", "a\u{2028}b".into(), "no other line end"),
        (
            "context-ten-lines",
            "context",
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n10".into(),
            "more would push the rest off a small screen",
        ),
        ("lifetime-59", "lifetime", 59_u32.into(), "a person must find the device"),
        ("lifetime-601", "lifetime", 601_u32.into(), "ten minutes at most"),
        ("devices-none", "devices", Json::Array(Vec::new()), "somebody must be asked"),
        ("devices-twice", "devices", vec![record(""), record("")].into(), "a device stands once"),
        (
            "device-of-another",
            "devices",
            vec![record_of(&DEVICE, AUDIENCE, "bob", -7, &key().cose(), "")].into(),
            "another user's device",
        ),
    ] {
        cases.push(begin(id).input(name, value).reject(invalid).why(why));
    }
    let five: Vec<String> =
        (1..=5_u8).map(|n| record_of(&[n; 16], AUDIENCE, USER, -7, &key().cose(), "")).collect();
    cases.push(
        begin("devices-5").input("devices", five.clone()).reject(invalid).why("four at most"),
    );
    cases.push(asked(
        begin("devices-4").input("devices", five[..4].to_vec()),
        None,
        120,
        ACTION,
        CONTEXT,
    ));
    for (id, user) in [("empty", String::new()), ("256", "x".repeat(256))] {
        cases.push(begin(&format!("user-{id}")).input("user_id", user).reject("user_id_invalid"));
    }
    cases.push(begin("milliseconds").input("now", NOW * 1000).reject("time_invalid"));
    cases.push(begin("device-corrupt").input("devices", vec![state()]).reject("record_corrupt"));
    cases.push(begin("previous-corrupt").input("previous", record("")).reject("record_corrupt"));
}

// ---------------------------------------------------------------- enrolment

fn enrolled(cases: &mut Vec<Case>) {
    let enroll = |id: &str| {
        Case::new("approval.enroll", format!("enroll-{id}"))
            .source(DOCS, "Enrolling")
            .input("user_id", USER)
            .input("audience", AUDIENCE)
            .input("now", NOW)
    };
    let asked = |case: Case, lifetime: u64| {
        accepted(
            case,
            vec![
                ("audience", AUDIENCE.into()),
                ("user_id", USER.into()),
                ("expires_at", (NOW + lifetime).into()),
            ],
        )
    };
    cases.push(asked(enroll("usual"), 600));
    for lifetime in [60, 3600_u64] {
        cases.push(asked(
            enroll(&format!("lifetime-{lifetime}")).input("lifetime", lifetime),
            lifetime,
        ));
    }
    for lifetime in [0, 59, 3601_u64] {
        let case = enroll(&format!("lifetime-{lifetime}")).input("lifetime", lifetime);
        cases.push(case.reject("argument_value_invalid"));
    }
    cases.push(enroll("audience-empty").input("audience", "").reject("argument_value_invalid"));
    cases.push(enroll("user-empty").input("user_id", "").reject("user_id_invalid"));
    let finish = |id: &str, answer: String| {
        Case::new("approval.finish_enrollment", format!("enrolled-{id}"))
            .source(DOCS, "Enrolling")
            .input("answer", answer)
            .input("state", enrolling())
            .input("now", NOW)
    };
    let entries = |name: Option<&str>| enrollment_entries(key().cose(), name);
    let done = |case: Case, name: Option<&str>| {
        let mut fields = shown(&key().cose(), -7, name);
        fields.push(("next", record(name.unwrap_or_default()).into()));
        accepted(case, fields)
    };
    let name = Some("Alice's telephone");
    cases.push(done(finish("named", signed(&key(), &entries(name))), name));
    cases.push(done(finish("nameless", signed(&key(), &entries(None))), None));
    cases.push(done(finish("rows-1", signed(&key(), &entries(name))).input("rows", 1_u32), name));
    for rows in [0_u32, 2] {
        let case =
            finish(&format!("rows-{rows}"), signed(&key(), &entries(name))).input("rows", rows);
        cases.push(case.reject("state_conflict"));
    }
    cases.push(done(
        finish("last-second", signed(&key(), &entries(name))).input("now", ENROLLING_UNTIL),
        name,
    ));
    cases.push(
        finish("over", signed(&key(), &entries(name)))
            .input("now", ENROLLING_UNTIL + 1)
            .reject("approval_expired"),
    );
    let request = "approval_request_mismatch";
    for (id, answer, code, why) in [
        (
            "other-audience",
            signed(&key(), &with(entries(name), 2, text("example.org"))),
            "approval_audience_mismatch",
            "for another host",
        ),
        (
            "other-user",
            signed(&key(), &with(entries(name), 4, text("bob"))),
            request,
            "for another user",
        ),
        (
            "other-expiry",
            signed(&key(), &with(entries(name), 5, int(EXPIRES as i64))),
            request,
            "with another end",
        ),
        (
            "other-id",
            signed(&key(), &with(entries(name), 8, bytes(&OTHER))),
            request,
            "a device cannot take another's id",
        ),
        (
            "other-key",
            signed(&other_key(), &entries(name)),
            "signature_invalid",
            "the device does not have the key that it names",
        ),
        ("approval", signed(&key(), &approval()), MALFORMED, "an approval is no enrolment"),
        ("name-empty", signed(&key(), &entries(Some(""))), MALFORMED, "a name has a character"),
        (
            "name-256",
            signed(&key(), &entries(Some(&"x".repeat(256)))),
            MALFORMED,
            "255 bytes at most",
        ),
        ("name-line-feed", signed(&key(), &entries(Some("a\nb"))), MALFORMED, "one line"),
        (
            "name-override",
            signed(&key(), &entries(Some("a\u{202e}b"))),
            MALFORMED,
            "nothing that turns the direction of the text",
        ),
        ("no-key", signed(&key(), &without(entries(name), 12)), MALFORMED, "the key is missing"),
        (
            "key-bytes",
            signed(&key(), &with(entries(name), 12, bytes(&key().cose()))),
            "cose_key_malformed",
            "the key is a map",
        ),
    ] {
        cases.push(finish(id, answer).reject(code).why(why));
    }
    let corrupt = finish("state-corrupt", signed(&key(), &entries(name))).input("state", state());
    cases.push(corrupt.reject("record_corrupt"));
    let later = finish("state-version-2", signed(&key(), &entries(name)))
        .input("state", enrolling().replace("v=1", "v=2"));
    cases.push(later.reject("record_version_unknown"));
    let read = |id: &str, answer: String| {
        Case::new("approval.read_answer", format!("answer-{id}"))
            .source(DOCS, "Answers")
            .input("answer", answer)
    };
    let told = |request: Option<String>| {
        vec![
            ("user_id", USER.into()),
            ("device_id", base64url(&DEVICE).into()),
            ("request_id", request.into()),
        ]
    };
    cases.push(accepted(read("approval", signed(&key(), &approval())), told(Some(base64url(&ID)))));
    cases.push(
        accepted(read("unverified", signed(&other_key(), &approval())), told(Some(base64url(&ID))))
            .why("nothing of it is verified"),
    );
    cases.push(accepted(read("enrolment", signed(&key(), &entries(name))), told(None)));
    for (id, answer) in [
        ("empty", String::new()),
        ("request", message(&request_entries())),
        ("letters", "*".into()),
    ] {
        cases.push(read(id, answer).reject(MALFORMED));
    }
}

fn records(cases: &mut Vec<Case>) {
    let read = |id: &str, record: String| {
        Case::new("approval.device", format!("record-{id}"))
            .source(DOCS, "Records")
            .input("record", record)
    };
    for (id, name) in [("named", Some("Telefon \u{1f4f1}")), ("nameless", None)] {
        let case = read(id, record(name.unwrap_or_default()));
        cases.push(accepted(case, shown(&key().cose(), -7, name)));
    }
    let ed = edwards().cose();
    let eddsa = record_of(&DEVICE, AUDIENCE, USER, -8, &ed, "");
    cases.push(accepted(read("ed25519", eddsa), shown(&ed, -8, None)));
    let good = record("Phone");
    for (id, text) in [
        ("empty", String::new()),
        ("state", state()),
        ("no-version", good.replace("v=1,", "")),
        ("algorithm-other", good.replace("a=-7", "a=-8")),
        ("algorithm-positive", good.replace("a=-7", "a=7")),
        ("algorithm-zeros", good.replace("a=-7", "a=-07")),
        ("parameter-more", good.replace("a=-7", "a=-7,x=1")),
        ("id-short", good.replace(&base64url(&DEVICE), &base64url(&DEVICE[1..]))),
        ("audience-empty", good.replace(&format!("${}$", base64url(AUDIENCE.as_bytes())), "$$")),
        ("name-not-utf-8", record("").clone() + "_w"),
        ("name-override", record("a\u{202e}b")),
        ("field-more", format!("{good}$")),
        ("field-less", good[..good.rfind('$').expect("a field")].to_owned()),
        ("space", format!("{good} ")),
    ] {
        cases.push(read(&format!("corrupt-{id}"), text).reject("record_corrupt"));
    }
    cases.push(read("version-2", good.replace("v=1", "v=2")).reject("record_version_unknown"));
}

// ---------------------------------------------------------------- the device's side

fn devices(cases: &mut Vec<Case>) {
    let request = || message(&request_entries());
    let case =
        |op: &'static str, id: &str| Case::new(op, format!("device-{id}")).source(DOCS, "Devices");
    let read = |id: &str, request: String| {
        case("approval.read_request", &format!("request-{id}")).input("request", request)
    };
    cases.push(accepted(
        read("good", request()),
        vec![
            ("id", base64url(&ID).into()),
            ("audience", AUDIENCE.into()),
            ("user_id", USER.into()),
            ("action", ACTION.into()),
            ("context", CONTEXT.into()),
            ("expires_at", EXPIRES.into()),
        ],
    ));
    for (id, entries) in [
        ("enrolment", enrollment_request_entries()),
        ("answer", approval()),
        ("no-action", without(request_entries(), 6)),
        ("action-empty", with(request_entries(), 6, text(""))),
        ("action-override", with(request_entries(), 6, text("a\u{202e}b"))),
        ("context-tab", with(request_entries(), 7, text("a\tb"))),
        ("user-empty", with(request_entries(), 4, text(""))),
        ("audience-line-feed", with(request_entries(), 2, text("a\nb"))),
    ] {
        cases.push(read(&format!("not-{id}"), message(&entries)).reject(MALFORMED));
    }
    let enrolling = |id: &str, request: String| {
        case("approval.read_enrollment", &format!("enrolment-{id}")).input("request", request)
    };
    let enrollment = || message(&enrollment_request_entries());
    cases.push(accepted(
        enrolling("good", enrollment()),
        vec![
            ("audience", AUDIENCE.into()),
            ("user_id", USER.into()),
            ("device_id", base64url(&DEVICE).into()),
            ("expires_at", ENROLLING_UNTIL.into()),
        ],
    ));
    cases.push(enrolling("not-approval", request()).reject(MALFORMED));
    let own = |id: &str, key: Vec<u8>| {
        case("approval.enroll_device", &format!("hardware-{id}"))
            .input("request", enrollment())
            .input("public_key_hex", hex(&key))
    };
    cases.push(accepted(
        own("key", key().cose()).input("name", "Chip"),
        shown(&key().cose(), -7, Some("Chip")),
    ));
    cases.push(accepted(own("ed25519", edwards().cose()), shown(&edwards().cose(), -8, None)));
    cases.push(own("key-cut", key().cose()[..70].to_vec()).reject("cose_key_malformed"));
    cases.push(own("name-empty", key().cose()).input("name", "").reject("argument_value_invalid"));
    let secret_ = |id: &str, text: String| {
        case("approval.device_key", &format!("key-{id}")).input("key", text)
    };
    cases.push(accepted(secret_("good", secret()), shown(&key().cose(), -7, None)));
    let good = secret();
    for (id, text) in [
        ("empty", String::new()),
        ("record", record("")),
        ("algorithm", good.replace("a=-7", "a=-8")),
        ("upper-case", {
            let at = good.rfind('$').expect("a field");
            format!("{}{}", &good[..at], good[at..].to_uppercase())
        }),
        ("zero", {
            let at = good.rfind('$').expect("a field");
            format!("{}${}", &good[..at], "0".repeat(64))
        }),
        ("short", good[..good.len() - 2].to_owned()),
    ] {
        cases.push(secret_(&format!("corrupt-{id}"), text).reject("record_corrupt"));
    }
    signing(cases);
}

fn signing(cases: &mut Vec<Case>) {
    let request = || message(&request_entries());
    let enrollment = || message(&enrollment_request_entries());
    let case = |op: &'static str, id: &str| {
        Case::new(op, format!("sign-{id}")).source("RFC 9052; RFC 6979", "4.4; 3.2")
    };
    let sign =
        |id: &str| case("approval.sign", id).input("request", request()).input("key", secret());
    let approve = |id: &str| sign(id).input("decision", "approve").input("number", NUMBER);
    let deny = |id: &str| sign(id).input("decision", "deny");
    let yes = signed(&key(), &approval());
    let no = signed(&key(), &answer_entries("deny", ""));
    cases.push(accepted(
        approve("approve").input("now", NOW),
        vec![("answer", yes.as_str().into())],
    ));
    cases.push(accepted(deny("deny").input("now", NOW), vec![("answer", no.into())]));
    cases.push(accepted(
        approve("late-within-skew").input("now", EXPIRES + SKEW),
        vec![("answer", yes.into())],
    ));
    cases.push(approve("late").input("now", EXPIRES + SKEW + 1).reject("approval_expired"));
    for (id, number) in [("short", "4"), ("long", "042"), ("letters", "ab"), ("empty", "")] {
        cases.push(
            approve(&format!("number-{id}"))
                .input("number", number)
                .input("now", NOW)
                .reject("argument_value_invalid"),
        );
    }
    let other = |entries: Entries| message(&entries);
    let host = other(with(request_entries(), 2, text("example.org")));
    cases.push(
        approve("other-audience")
            .input("request", host)
            .input("now", NOW)
            .reject("approval_audience_mismatch"),
    );
    let user = other(with(request_entries(), 4, text("bob")));
    cases.push(
        approve("other-user")
            .input("request", user)
            .input("now", NOW)
            .reject("approval_request_mismatch"),
    );
    let payload = item(&approval());
    let bytes_ = to_sign(&header(-7), &payload);
    let hardware = |id: &str| {
        case("approval.to_sign", id)
            .input("request", request())
            .input("record", record(""))
            .input("decision", "approve")
            .input("number", NUMBER)
            .input("now", NOW)
    };
    cases.push(accepted(hardware("hardware"), vec![("to_sign_hex", hex(&bytes_).into())]));
    let eddsa = record_of(&DEVICE, AUDIENCE, USER, -8, &edwards().cose(), "");
    let edwards_bytes = to_sign(&header(-8), &payload);
    cases.push(accepted(
        hardware("hardware-ed25519").input("record", eddsa),
        vec![("to_sign_hex", hex(&edwards_bytes).into())],
    ));
    let answer = |id: &str, signed: &[u8], signature: &[u8]| {
        case("approval.answer", id)
            .input("to_sign_hex", hex(signed))
            .input("signature_hex", hex(signature))
    };
    let whole = || vec![("answer", signed(&key(), &approval()).into())];
    cases.push(accepted(answer("assembled", &bytes_, &fixed(&key(), &bytes_)), whole()));
    cases.push(
        accepted(answer("assembled-der", &bytes_, &key().sign_der(&bytes_)), whole())
            .why("hardware gives DER"),
    );
    cases
        .push(answer("assembled-signature-short", &bytes_, &[1; 63]).reject("signature_malformed"));
    cases.push(answer("assembled-signature-empty", &bytes_, &[]).reject("signature_malformed"));
    for (id, bytes) in [
        ("empty", Vec::new()),
        ("payload", payload.clone()),
        ("cut", bytes_[..bytes_.len() - 1].to_vec()),
        ("trailing", [&bytes_[..], &[0]].concat()),
    ] {
        let case = answer(&format!("assembled-not-{id}"), &bytes, &[1; 64]);
        cases
            .push(case.reject("argument_value_invalid").why("only what this library gave to sign"));
    }
    let enroll = |id: &str| {
        case("approval.sign_enrollment", id)
            .input("request", enrollment())
            .input("key", secret())
            .input("now", NOW)
    };
    for (id, name) in [("enrolment-named", Some("Phone")), ("enrolment-nameless", None)] {
        let signed = signed(&key(), &enrollment_entries(key().cose(), name));
        let case = match name {
            Some(name) => enroll(id).input("name", name),
            None => enroll(id),
        };
        cases.push(accepted(case, vec![("answer", signed.into())]));
    }
    cases.push(
        enroll("enrolment-late")
            .input("now", ENROLLING_UNTIL + SKEW + 1)
            .reject("approval_expired"),
    );
    let another = message(&with(enrollment_request_entries(), 8, bytes(&OTHER)));
    cases.push(
        enroll("enrolment-other")
            .input("request", another)
            .reject("approval_request_mismatch")
            .why("a key is made for one enrolment"),
    );
    let to_sign_ = to_sign(&header(-7), &item(&enrollment_entries(key().cose(), Some("Chip"))));
    let chip = case("approval.enrollment_to_sign", "enrolment-hardware")
        .input("request", enrollment())
        .input("record", record("Chip"))
        .input("now", NOW);
    cases.push(accepted(chip, vec![("to_sign_hex", hex(&to_sign_).into())]));
}
