//! What a host keeps and passes in: ceremonies' states, credential records, row counts, times, labels, keys.
//!
//! The texts are those of docs/storage, put together here by hand; the ceremonies are the Level 3 test vectors, finished with a
//! state instead of a bare challenge.

use crate::bytes::{base32, base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, Otp, mac};
use crate::webauthn::ceremony::{Authentication, BE, BS, Registration, UV, sha256};
use crate::webauthn::recipe;
use mfakit_testing::cbor::{array, bytes, int};

const STORAGE: &str = "mfakit docs/storage";
const OTP: &str = "mfakit docs/otp";
const WEBAUTHN: &str = "mfakit docs/webauthn";
const MALFORMED: &str = "state_malformed";
const CORRUPT: &str = "record_corrupt";
/// The account that the ceremonies belong to.
const USER: &[u8] = b"user-0001";
/// When they were begun and until when they last: five minutes.
const ISSUED: u64 = 1_700_000_000;
const EXPIRES: u64 = ISSUED + 300;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    ceremonies(&mut cases);
    ceremony_times(&mut cases);
    ceremony_kinds(&mut cases);
    ceremony_states(&mut cases);
    ceremony_rules(&mut cases);
    ceremony_commits(&mut cases);
    sealed(&mut cases);
    state_keys(&mut cases);
    records(&mut cases);
    commits(&mut cases);
    times(&mut cases);
    labels(&mut cases);
    entropy(&mut cases);
    File {
        topic: "state",
        description: "Stored states and records, row counts, times, labels, keys and the generator: the host's side of every call",
        notes: vec![
            "ceremony.finish: the Level 3 test vector none-es256, with the state that its challenge would have been kept in."
                .into(),
            "A sealed state is $mfakit-st$v=1,k=KID$CONTENT$TAG in unpadded base64url: KID is the first 8 bytes of \
             HMAC-SHA-256(state key, \"mfakit-st-key-id\"), TAG is HMAC-SHA-256(state key, \"mfakit-st-v1\" || KID || CONTENT)."
                .into(),
            "An allow-list is kept as the first 16 bytes of the SHA-256 hash of each credential id.".into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- texts

/// A JSON text without blanks, member by member.
#[derive(Clone)]
struct Text(Vec<(&'static str, String)>);

impl Text {
    fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut changed = self.clone();
        let member = changed.0.iter_mut().find(|(n, _)| *n == name).expect("a member of that name");
        member.1 = value.into();
        changed
    }

    fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.0.retain(|(n, _)| *n != name);
        assert_eq!(changed.0.len() + 1, self.0.len(), "a member {name}");
        changed
    }

    fn and(&self, name: &'static str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.0.push((name, value.into()));
        changed
    }

    fn write(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn quoted64(bytes: &[u8]) -> String {
    quoted(&base64url(bytes))
}

/// The allow-list that holds these credentials.
fn allowed(ids: &[&[u8]]) -> String {
    let hashes: Vec<String> = ids.iter().map(|id| quoted64(&sha256(id)[..16])).collect();
    format!("[{}]", hashes.join(","))
}

fn state(kind: &str, challenge: &[u8], user: &[u8], allow: &str) -> Text {
    Text(vec![
        ("v", "1".into()),
        ("kind", quoted(kind)),
        ("rp", quoted("example.org")),
        ("id", quoted64(b"the ceremony's id")),
        ("challenge", quoted64(challenge)),
        ("user", quoted64(user)),
        ("owner", "null".into()),
        ("uv", quoted("preferred")),
        ("conditional", "false".into()),
        ("allow", allow.into()),
        ("extensions", "[]".into()),
        ("appid", "null".into()),
        ("issued", ISSUED.to_string()),
        ("expires", EXPIRES.to_string()),
    ])
}

/// A credential's record with what an assertion changes left open.
fn record_of(credential: &Registration, counter: u32, eligible: &str, backed_up: &str) -> Text {
    let attested = credential.auth_data.attested.as_ref().expect("attested data");
    let verified = credential.auth_data.flags & UV != 0;
    Text(vec![
        ("v", "2".into()),
        ("id", quoted64(&attested.credential_id)),
        ("publicKey", quoted64(&attested.public_key)),
        ("userHandle", quoted64(USER)),
        ("signCount", counter.to_string()),
        ("backupEligible", eligible.into()),
        ("backedUp", backed_up.into()),
        ("transports", "[]".into()),
        ("aaguid", quoted64(&attested.aaguid)),
        ("uvInitialized", verified.to_string()),
    ])
}

/// The record as the registration leaves it.
fn registered(registration: &Registration) -> Text {
    let flags = registration.auth_data.flags;
    let word = |bit: u8| if flags & bit == 0 { "false" } else { "true" };
    record_of(registration, registration.auth_data.sign_count, word(BE), word(BS))
}

// ---------------------------------------------------------------- ceremonies

/// A registration and an authentication of its credential, each with its state.
struct Pair {
    registration: Registration,
    authentication: Authentication,
    record: Text,
}

impl Pair {
    fn new() -> Self {
        let (registration, authentication) = recipe::build(recipe::PLAIN);
        let record = registered(&registration);
        Self { registration, authentication, record }
    }

    fn registration_state(&self) -> Text {
        state("registration", &self.registration.ceremony.challenge, USER, "null")
    }

    fn authentication_state(&self) -> Text {
        let allow = allowed(&[b"another credential", &self.authentication.credential_id]);
        state("authentication", &self.authentication.ceremony.challenge, USER, &allow)
    }

    fn discoverable_state(&self) -> Text {
        state("discoverable", &self.authentication.ceremony.challenge, b"", "null")
    }

    fn finish_registration(&self, id: &str, state: &str) -> Case {
        finish(id, "registration", state)
            .input("client_data_json_hex", hex(&self.registration.ceremony.client_data))
            .input("attestation_object_hex", hex(&self.registration.object()))
    }

    fn finish_authentication(&self, id: &str, state: &str) -> Case {
        let sent = &self.authentication;
        finish(id, "authentication", state)
            .input("client_data_json_hex", hex(&sent.ceremony.client_data))
            .input("authenticator_data_hex", hex(&sent.sent_auth_data()))
            .input("signature_hex", hex(&sent.sent_signature()))
            .input("credential_id_hex", hex(&sent.credential_id))
            .input("record", self.record.write())
    }

    fn finish_discoverable(&self, id: &str, state: &str) -> Case {
        self.finish_authentication(id, state).input("user_handle_hex", hex(USER))
    }

    fn registers(&self, case: Case) -> Case {
        let attested = self.registration.auth_data.attested.as_ref().expect("attested data");
        case.accept(
            "valid",
            [
                ("credential_id_hex", hex(&attested.credential_id).into()),
                ("user_handle_hex", hex(USER).into()),
                ("uv", (self.registration.auth_data.flags & UV != 0).into()),
                ("next", self.record.write().into()),
            ],
        )
    }

    fn authenticates(&self, case: Case) -> Case {
        let sent = &self.authentication.auth_data;
        let prev = case.inputs.get("record").expect("a record").clone();
        let word = |bit: u8| if sent.flags & bit == 0 { "false" } else { "true" };
        let next = record_of(&self.registration, sent.sign_count, word(BE), word(BS)).write();
        case.accept(
            "valid",
            [
                ("credential_id_hex", hex(&self.authentication.credential_id).into()),
                ("user_handle_hex", hex(USER).into()),
                ("new_sign_count", sent.sign_count.into()),
                ("uv", (sent.flags & UV != 0).into()),
                ("prev", prev),
                ("next", next.into()),
            ],
        )
    }
}

fn finish(id: &str, kind: &str, state: &str) -> Case {
    Case::new("ceremony.finish", format!("finish-{id}"))
        .source(STORAGE, "Ceremonies")
        .input("kind", kind)
        .input("rp_id", "example.org")
        .input("expected_origins", vec!["https://example.org"])
        .input("require_user_verification", false)
        .input("state", state)
        .input("now", ISSUED + 7)
}

fn ceremonies(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let case = pair.finish_registration("registration", &pair.registration_state().write());
    cases.push(pair.registers(case));
    let case = pair.finish_authentication("authentication", &pair.authentication_state().write());
    cases.push(pair.authenticates(case));
    let case = pair
        .finish_authentication("authentication-user-handle", &pair.authentication_state().write())
        .input("user_handle_hex", hex(USER));
    cases.push(pair.authenticates(case).why("a user handle that is the owner's"));
    let case = pair.finish_discoverable("discoverable", &pair.discoverable_state().write());
    cases.push(pair.authenticates(case));
    let spaced = pair.record.write().replace(':', ": ").replace(',', " , ");
    let case = pair
        .finish_authentication("record-verbatim", &pair.authentication_state().write())
        .input("record", spaced);
    cases.push(
        pair.authenticates(case).why("prev is the very text, so that a compare-and-set finds it"),
    );
}

fn ceremony_times(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let registration = pair.registration_state().write();
    let authentication = pair.authentication_state().write();
    let discoverable = pair.discoverable_state().write();
    for (id, now, why) in [
        ("when-begun", ISSUED, "the first second"),
        ("clock-back-5", ISSUED - 5, "clocks of two machines differ by a few seconds"),
        ("last-second", EXPIRES, "the last second"),
    ] {
        let case = pair.finish_registration(&format!("registration-{id}"), &registration);
        cases.push(pair.registers(case.input("now", now)).why(why));
        let case = pair.finish_authentication(&format!("authentication-{id}"), &authentication);
        cases.push(pair.authenticates(case.input("now", now)).why(why));
        let case = pair.finish_discoverable(&format!("discoverable-{id}"), &discoverable);
        cases.push(pair.authenticates(case.input("now", now)).why(why));
    }
    for (id, now, why) in [
        ("a-second-late", EXPIRES + 1, "one second after the last"),
        ("a-year-late", EXPIRES + 31_536_000, "long after"),
        ("clock-back-6", ISSUED - 6, "begun in the future: a clock that somebody set back"),
        ("clock-reset", 0, "begun in the future: a clock that was reset"),
    ] {
        for case in [
            pair.finish_registration(&format!("registration-{id}"), &registration),
            pair.finish_authentication(&format!("authentication-{id}"), &authentication),
            pair.finish_discoverable(&format!("discoverable-{id}"), &discoverable),
        ] {
            cases.push(case.input("now", now).reject("ceremony_expired").why(why));
        }
    }
    let never = pair.authentication_state().with("expires", (ISSUED - 1).to_string());
    let case = pair.finish_authentication("expires-before-issued", &never.write());
    cases.push(case.reject("ceremony_expired").why("no time lies within"));
    for (id, now) in [("milliseconds", 1_700_000_000_000_u64), ("1e11-and-1", 100_000_000_001)] {
        let why = "seconds beyond 1e11 are milliseconds: the host's mistake";
        let case = pair.finish_registration(&format!("registration-now-{id}"), &registration);
        cases.push(case.input("now", now).reject("time_invalid").why(why));
        let case = pair.finish_authentication(&format!("authentication-now-{id}"), &authentication);
        cases.push(case.input("now", now).reject("time_invalid").why(why));
    }
}

fn ceremony_kinds(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let mut reject = |case: Case, why: &str| {
        cases.push(case.reject("state_kind_mismatch").why(why));
    };
    let state = pair.authentication_state().write();
    reject(
        pair.finish_registration("registration-with-authentication", &state),
        "a sign-in's state registers nothing",
    );
    let state = pair.discoverable_state().write();
    reject(
        pair.finish_registration("registration-with-discoverable", &state),
        "a sign-in's state registers nothing",
    );
    let state = pair.registration_state().write();
    reject(
        pair.finish_authentication("authentication-with-registration", &state),
        "a registration's state signs nobody in",
    );
    for (id, rp) in [("other", "example.com"), ("parent", "org"), ("child", "www.example.org")] {
        let state = pair.registration_state().with("rp", quoted(rp)).write();
        reject(
            pair.finish_registration(&format!("registration-rp-{id}"), &state),
            "a state belongs to one relying party",
        );
        let state = pair.authentication_state().with("rp", quoted(rp)).write();
        reject(
            pair.finish_authentication(&format!("authentication-rp-{id}"), &state),
            "a state belongs to one relying party",
        );
    }
}

fn ceremony_states(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let registration = pair.registration_state();
    let authentication = pair.authentication_state();
    let discoverable = pair.discoverable_state();
    let whole = authentication.write();
    let mut list: Vec<(String, String, &str)> = Vec::new();
    for (name, _) in &authentication.0 {
        let at = whole.find(&format!("\"{name}\":")).expect("a member");
        list.push((format!("cut-before-{name}"), whole[..at].into(), "a state that breaks off"));
        let at = at + name.len() + 3;
        list.push((format!("cut-within-{name}"), whole[..=at].into(), "a state that breaks off"));
        // The first version had no such members; they may be left out.
        let later = ["owner", "extensions", "appid"].contains(name);
        let text = authentication.without(name).write();
        if !later {
            list.push((format!("without-{name}"), text, "every member is there"));
        }
        let text = authentication.and(name, "1").write();
        list.push((format!("{name}-twice"), text, "a member stands once"));
        let text = authentication.with(name, "[]").write();
        if !["allow", "extensions"].contains(name) {
            list.push((format!("{name}-list"), text, "a member of another type"));
        }
        let text = authentication.with(name, "{}").write();
        list.push((format!("{name}-object"), text, "a member of another type"));
    }
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("empty-object", "{}".into(), "nothing within"),
        ("null", "null".into(), "no state"),
        ("list", format!("[{whole}]"), "another shape"),
        ("quoted", format!("\"{}\"", whole.replace('"', "\\\"")), "a text within a text"),
        ("trailing-brace", format!("{whole}}}"), "nothing follows a state"),
        ("twice", format!("{whole}{whole}"), "nothing follows a state"),
        ("trailing-nul", format!("{whole}\0"), "nothing follows a state"),
        ("record", pair.record.write(), "a record where the state belongs"),
        ("version-0", authentication.with("v", "0").write(), "a version that does not exist"),
        ("version-2", authentication.with("v", "2").write(), "a later version"),
        ("version-text", authentication.with("v", "\"1\"").write(), "a member of another type"),
        ("version-fraction", authentication.with("v", "1.0").write(), "a number has one form"),
        ("kind-unknown", authentication.with("kind", quoted("enrolment")).write(), "no such kind"),
        (
            "kind-upper-case",
            authentication.with("kind", quoted("Authentication")).write(),
            "words are exact",
        ),
        ("uv-unknown", authentication.with("uv", quoted("always")).write(), "no such policy"),
        ("uv-empty", authentication.with("uv", quoted("")).write(), "no such policy"),
        (
            "challenge-empty",
            authentication.with("challenge", quoted("")).write(),
            "at least 16 bytes",
        ),
        (
            "challenge-15-bytes",
            authentication.with("challenge", quoted64(&[7; 15])).write(),
            "at least 16 bytes",
        ),
        (
            "challenge-padded",
            authentication.with("challenge", quoted(&format!("{}==", base64url(&[7; 16])))).write(),
            "base64url is not padded",
        ),
        (
            "challenge-number",
            authentication.with("challenge", "7").write(),
            "a member of another type",
        ),
        (
            "user-not-base64url",
            authentication.with("user", quoted("user 1")).write(),
            "not base64url",
        ),
        (
            "user-65-bytes",
            authentication.with("user", quoted64(&[7; 65])).write(),
            "a user handle has 1 to 64 bytes",
        ),
        (
            "conditional-number",
            authentication.with("conditional", "0").write(),
            "a member of another type",
        ),
        (
            "conditional-null",
            authentication.with("conditional", "null").write(),
            "a member of another type",
        ),
        (
            "allow-text",
            authentication.with("allow", quoted("any")).write(),
            "a member of another type",
        ),
        (
            "allow-number-within",
            authentication.with("allow", "[7]").write(),
            "a member of another type",
        ),
        (
            "allow-15-bytes",
            authentication.with("allow", format!("[{}]", quoted64(&[7; 15]))).write(),
            "a hash has 16 bytes",
        ),
        (
            "allow-17-bytes",
            authentication.with("allow", format!("[{}]", quoted64(&[7; 17]))).write(),
            "a hash has 16 bytes",
        ),
        (
            "issued-text",
            authentication.with("issued", quoted("1700000000")).write(),
            "a member of another type",
        ),
        ("issued-negative", authentication.with("issued", "-1").write(), "a time is not negative"),
        (
            "issued-fraction",
            authentication.with("issued", "1700000000.5").write(),
            "a time is whole",
        ),
        (
            "expires-null",
            authentication.with("expires", "null").write(),
            "a member of another type",
        ),
        (
            "expires-exponent",
            authentication.with("expires", "2e9").write(),
            "a number has one form",
        ),
        (
            "expires-2e64",
            authentication.with("expires", "18446744073709551616").write(),
            "beyond 64 bits",
        ),
        // Each kind has its own shape: a text that was changed must not become a laxer ceremony.
        (
            "authentication-allows-any",
            authentication.with("allow", "null").write(),
            "a known user has a list",
        ),
        (
            "authentication-allows-none",
            authentication.with("allow", "[]").write(),
            "a list of nothing",
        ),
        (
            "authentication-of-nobody",
            authentication.with("user", quoted("")).write(),
            "a known user has a name",
        ),
        (
            "authentication-conditional",
            authentication.with("conditional", "true").write(),
            "whoever is known is not asked so",
        ),
        (
            "discoverable-of-somebody",
            discoverable.with("user", quoted64(USER)).write(),
            "nobody was asked",
        ),
        (
            "discoverable-with-list",
            discoverable.with("allow", allowed(&[b"x"])).write(),
            "nothing was listed",
        ),
        (
            "authentication-made-discoverable",
            authentication.with("kind", quoted("discoverable")).write(),
            "a kind that was changed",
        ),
        (
            "discoverable-made-authentication",
            discoverable.with("kind", quoted("authentication")).write(),
            "a kind that was changed",
        ),
    ] {
        list.push((id.into(), text, why));
    }
    for (id, text, why) in list {
        let case = pair.finish_discoverable(&format!("state-{id}"), &text);
        cases.push(case.reject(MALFORMED).why(why));
    }
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("cut", registration.write()[..100].into(), "a state that breaks off"),
        (
            "of-nobody",
            registration.with("user", quoted("")).write(),
            "a registration has an account",
        ),
        (
            "user-65-bytes",
            registration.with("user", quoted64(&[7; 65])).write(),
            "a user handle has 1 to 64 bytes",
        ),
        (
            "with-list",
            registration.with("allow", allowed(&[b"x"])).write(),
            "a registration allows nothing",
        ),
        (
            "challenge-15-bytes",
            registration.with("challenge", quoted64(&[7; 15])).write(),
            "at least 16 bytes",
        ),
        (
            "made-authentication",
            registration.with("kind", quoted("authentication")).write(),
            "a kind that was changed",
        ),
    ] {
        let case = pair.finish_registration(&format!("registration-state-{id}"), &text);
        cases.push(case.reject(MALFORMED).why(why));
    }
    for (id, value) in [("null", Json::Null), ("number", 1.into()), ("object", Json::object([]))] {
        let case = pair.finish_registration(&format!("registration-type-state-{id}"), "");
        let why = "a wrong type is the host's mistake; it is never converted";
        cases.push(
            case.input("state", value)
                .requires("dynamic_input")
                .reject("argument_type_invalid")
                .why(why),
        );
    }
}

/// The state decides: what it holds is what the answer is judged against.
fn ceremony_rules(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let authentication = pair.authentication_state();
    let discoverable = pair.discoverable_state();
    let other = base64url(&sha256(b"another challenge"));
    let reject =
        |case: Case, code: &str, step: &str, why: &str| case.reject(code).step(step).why(why);
    let finish_authentication =
        |id: &str, state: &Text| pair.finish_authentication(id, &state.write());
    cases.extend([
        reject(
            pair.finish_registration(
                "registration-other-challenge",
                &pair.registration_state().with("challenge", quoted(&other)).write(),
            ),
            "challenge_mismatch",
            "7.1-8",
            "another ceremony's state",
        ),
        reject(
            finish_authentication(
                "authentication-other-challenge",
                &authentication.with("challenge", quoted(&other)),
            ),
            "challenge_mismatch",
            "7.2-11",
            "another ceremony's state",
        ),
        reject(
            finish_authentication(
                "authentication-not-listed",
                &authentication.with("allow", allowed(&[b"another credential"])),
            ),
            "credential_not_allowed",
            "7.2-5",
            "the list that was sent decides",
        ),
        reject(
            finish_authentication(
                "authentication-of-another",
                &authentication.with("user", quoted64(b"user-0002")),
            ),
            "credential_owner_mismatch",
            "7.2-6",
            "whoever was asked signs in, nobody else",
        ),
        reject(
            finish_authentication("discoverable-without-handle", &discoverable),
            "user_handle_missing",
            "7.2-6",
            "a passkey names its user",
        ),
        reject(
            pair.finish_discoverable("discoverable-other-handle", &discoverable.write())
                .input("user_handle_hex", hex(b"user-0002")),
            "user_handle_mismatch",
            "7.2-6",
            "the owner is the record's",
        ),
        reject(
            finish_authentication("authentication-other-record", &authentication)
                .input("record", pair.record.with("id", quoted64(b"another")).write()),
            "credential_id_mismatch",
            "7.2-6",
            "the record of another credential",
        ),
        finish_authentication("record-cut", &authentication)
            .input("record", &pair.record.write()[..100])
            .reject(CORRUPT)
            .why("a record that breaks off"),
        finish_authentication("record-later-version", &authentication)
            .input("record", pair.record.with("v", "3").write())
            .reject("record_version_unknown")
            .why("written by a later version"),
    ]);
    // The vector's own flags say which policy can tell anything.
    for (id, flags, case, step) in [
        (
            "registration",
            pair.registration.auth_data.flags,
            pair.finish_registration(
                "registration-asked-for-verification",
                &pair.registration_state().with("uv", quoted("required")).write(),
            ),
            "7.1-16",
        ),
        (
            "authentication",
            pair.authentication.auth_data.flags,
            finish_authentication(
                "authentication-asked-for-verification",
                &authentication.with("uv", quoted("required")),
            ),
            "7.2-17",
        ),
    ] {
        let why = "the policy that the ceremony was begun with, whatever the relying party's is";
        cases.push(match (flags & UV == 0, id) {
            (true, _) => reject(case, "user_not_verified", step, why),
            (false, "registration") => pair.registers(case).why(why),
            (false, _) => pair.authenticates(case).why(why),
        });
    }
}

fn ceremony_commits(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let registration = pair.registration_state().write();
    let authentication = pair.authentication_state().write();
    let case =
        pair.finish_registration("registration-commit-1-row", &registration).input("rows", 1);
    cases.push(pair.registers(case).why("one row inserted: the credential is stored"));
    let case = pair.finish_authentication("authentication-commit-1-row", &authentication);
    let mut case = pair.authenticates(case.input("rows", 1)).why("one row changed: a sign-in");
    case.expect.set("method", "webauthn".into());
    case.expect.set("user_verified", (pair.authentication.auth_data.flags & UV != 0).into());
    cases.push(case);
    for rows in [0, 2] {
        let case =
            pair.finish_registration(&format!("registration-commit-{rows}-rows"), &registration);
        let why = "the host's unique key: the credential is somebody's already";
        cases.push(case.input("rows", rows).reject("state_conflict").step("7.1-26").why(why));
        let case = pair
            .finish_authentication(&format!("authentication-commit-{rows}-rows"), &authentication);
        let why = "anything but one row is somebody else's";
        cases.push(case.input("rows", rows).reject("state_conflict").why(why));
    }
}

/// A key of so many bytes, none of them zero.
fn state_key(len: usize) -> Vec<u8> {
    (1..=255).cycle().take(len).collect()
}

/// A sealed state, part by part.
#[derive(Clone)]
struct Sealed {
    key_id: Vec<u8>,
    content: Vec<u8>,
    tag: Vec<u8>,
}

impl Sealed {
    fn new(key: &[u8], content: &str) -> Self {
        let key_id = mac(Algorithm::Sha256, key, b"mfakit-st-key-id")[..8].to_vec();
        let covered = [&b"mfakit-st-v1"[..], &key_id, content.as_bytes()].concat();
        Self { key_id, content: content.into(), tag: mac(Algorithm::Sha256, key, &covered) }
    }

    fn text(&self) -> String {
        let [key_id, content, tag] = [&self.key_id, &self.content, &self.tag].map(|b| base64url(b));
        format!("$mfakit-st$v=1,k={key_id}${content}${tag}")
    }
}

fn sealed(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let (registration, authentication, discoverable) = (
        pair.registration_state().write(),
        pair.authentication_state().write(),
        pair.discoverable_state().write(),
    );
    let earlier = pair.authentication_state().without("owner").without("extensions");
    let earlier = earlier.without("appid").write();
    let case = pair.finish_authentication("state-of-the-first-version", &earlier);
    cases.push(pair.authenticates(case).why("a state that an earlier version wrote"));
    for len in [32, 64] {
        let key = state_key(len);
        let seal = |content: &str| Sealed::new(&key, content).text();
        let case =
            pair.finish_registration(&format!("sealed-{len}-registration"), &seal(&registration));
        cases.push(pair.registers(case.input("state_key_hex", hex(&key))));
        let id = format!("sealed-{len}-authentication");
        let case = pair.finish_authentication(&id, &seal(&authentication));
        cases.push(pair.authenticates(case.input("state_key_hex", hex(&key))));
        let id = format!("sealed-{len}-discoverable");
        let case = pair.finish_discoverable(&id, &seal(&discoverable));
        cases.push(pair.authenticates(case.input("state_key_hex", hex(&key))));
    }
    let key = state_key(32);
    // Whose the ceremony is, a sealed sign-in says by a tag: the cookie would tell an account from a decoy.
    let owned_by = |user: &[u8]| {
        let covered =
            [&b"mfakit-st-v1"[..], &mac(Algorithm::Sha256, &key, b"mfakit-st-key-id")[..8]];
        let id = base64url(b"the ceremony's id");
        let content = [b"owner\0", id.as_bytes(), b"\0", user].concat();
        let tag = mac(Algorithm::Sha256, &key, &[&covered.concat()[..], &content].concat());
        let state = pair.authentication_state().with("user", quoted(""));
        Sealed::new(&key, &state.with("owner", quoted64(&tag[..16])).write()).text()
    };
    let case = pair.finish_authentication("sealed-owner", &owned_by(USER));
    cases.push(pair.authenticates(case.input("state_key_hex", hex(&key))));
    let case = pair.finish_authentication("sealed-owner-other", &owned_by(b"user-0002"));
    let case = case.input("state_key_hex", hex(&key)).reject("credential_owner_mismatch");
    cases.push(case.step("7.2-6").why("another user's credential"));
    let whole = Sealed::new(&key, &discoverable);
    let text = whole.text();
    let with = |change: fn(&mut Sealed)| {
        let mut changed = whole.clone();
        change(&mut changed);
        changed.text()
    };
    let parts: Vec<&str> = text.split('$').collect();
    let longer = pair.discoverable_state().with("expires", (EXPIRES + 1).to_string()).write();
    let mut other_content = whole.clone();
    other_content.content = longer.clone().into();
    let mut bare_tag = whole.clone();
    bare_tag.tag = mac(Algorithm::Sha256, &key, discoverable.as_bytes());
    let mut other_context = whole.clone();
    let covered = [&b"mfakit-rc-v1"[..], &whole.key_id, discoverable.as_bytes()].concat();
    other_context.tag = mac(Algorithm::Sha256, &key, &covered);
    let mut other_key = Sealed::new(&state_key(33), &discoverable);
    let under_other_key = other_key.text();
    other_key.key_id.clone_from(&whole.key_id);
    for (id, text, why) in [
        ("not-sealed", discoverable.clone(), "with a key nothing else is taken"),
        ("other-key", under_other_key, "sealed under another key"),
        ("other-key-renamed", other_key.text(), "another key under this one's name"),
        ("content-changed", other_content.text(), "a second more"),
        ("content-bit", with(|s| s.content[0] ^= 1), "every bit is covered"),
        ("tag-first-bit", with(|s| s.tag[0] ^= 0x80), "the whole tag is compared"),
        ("tag-last-bit", with(|s| s.tag[31] ^= 1), "the whole tag is compared"),
        ("tag-31-bytes", with(|s| s.tag.truncate(31)), "a tag has 32 bytes"),
        ("tag-33-bytes", with(|s| s.tag.push(0)), "a tag has 32 bytes"),
        ("tag-empty", with(|s| s.tag.clear()), "a tag has 32 bytes"),
        ("tag-without-context", bare_tag.text(), "the tag covers what it is for"),
        ("tag-of-another-purpose", other_context.text(), "the tag covers what it is for"),
        ("key-id-bit", with(|s| s.key_id[0] ^= 1), "no such key"),
        ("key-id-7-bytes", with(|s| s.key_id.truncate(7)), "no such key"),
        ("key-id-empty", with(|s| s.key_id.clear()), "no such key"),
        ("content-empty", with(|s| s.content.clear()), "nothing within"),
        ("version-2", text.replace("v=1", "v=2"), "a later version"),
        ("version-missing", text.replace("v=1,", ""), "another shape"),
        ("name", text.replace("mfakit-st", "mfakit-rc"), "another kind of text"),
        ("tag-padded", format!("{text}="), "base64url is not padded"),
        ("trailing-dollar", format!("{text}$"), "a further part"),
        ("trailing-newline", format!("{text}\n"), "nothing is trimmed"),
        ("leading-space", format!(" {text}"), "nothing is trimmed"),
        ("cut-tag", format!("${}${}${}", parts[1], parts[2], parts[3]), "no tag"),
        ("cut-content", format!("${}${}", parts[1], parts[2]), "no content"),
        ("cut-key-id", format!("${}", parts[1]), "no key"),
        ("cut-last", text[..text.len() - 1].into(), "a state that breaks off"),
    ] {
        let case = pair.finish_discoverable(&format!("sealed-{id}"), &text);
        cases.push(case.input("state_key_hex", hex(&key)).reject(MALFORMED).why(why));
    }
    let case = pair.finish_discoverable("sealed-without-key", &text);
    cases.push(case.reject(MALFORMED).why("without a key nothing sealed is taken"));
    // Sealed by the key itself: what is within is read as strictly as ever.
    let keyed = |case: Case| case.input("state_key_hex", hex(&key));
    let seal = |content: &str| Sealed::new(&key, content).text();
    let lax = pair.authentication_state().with("conditional", "true").write();
    let case = keyed(pair.finish_authentication("sealed-conditional", &seal(&lax)));
    cases.push(case.reject(MALFORMED).why("a shape that no ceremony has"));
    let case = keyed(pair.finish_discoverable("sealed-twice", &seal(&text)));
    cases.push(case.reject(MALFORMED).why("a sealed state within a sealed state"));
    let case = keyed(pair.finish_authentication("sealed-registration-used", &seal(&registration)));
    cases.push(case.reject("state_kind_mismatch").why("a registration's state signs nobody in"));
    let case =
        keyed(pair.finish_registration("sealed-authentication-used", &seal(&authentication)));
    cases.push(case.reject("state_kind_mismatch").why("a sign-in's state registers nothing"));
    let case = keyed(pair.finish_discoverable("sealed-late", &seal(&discoverable)));
    let late = case.input("now", EXPIRES + 1).reject("ceremony_expired");
    cases.push(late.why("a seal makes nothing last"));
}

fn state_keys(cases: &mut Vec<Case>) {
    let rp = |len: usize| {
        Case::new("config.relying_party", format!("state-key-{len}-bytes"))
            .source(WEBAUTHN, "Relying party")
            .input("id", "example.org")
            .input("name", "Example")
            .input("origins", vec!["https://example.org"])
            .input("user_verification", "required")
            .input("state_key_hex", hex(&state_key(len)))
    };
    for len in [32, 33, 48, 64] {
        cases.push(rp(len).accept("ok", []).why("the ends of the range"));
    }
    for len in [0, 1, 16, 31, 65, 128] {
        cases.push(rp(len).reject("state_key_invalid").why("a state key has 32 to 64 bytes"));
    }
}

// ---------------------------------------------------------------- credential records

/// The other form of a record: a CBOR array in base64url.
fn compact_records(cases: &mut Vec<Case>, pair: &Pair) {
    let data = &pair.registration.auth_data;
    let attested = data.attested.clone().expect("attested data");
    // Pairs of bits, "is known" and "is true": backup eligible, backed up, user verification initialised.
    let pair_of = |bit: u8, at: u32| (if data.flags & bit == 0 { 1 } else { 3 }) << at;
    let flags: i64 = pair_of(BE, 0) | pair_of(BS, 2) | pair_of(UV, 4);
    let items = |flags: i64, tail: &[u8]| {
        let known = [
            bytes(&attested.credential_id),
            bytes(&attested.public_key),
            bytes(USER),
            int(data.sign_count.into()),
            int(flags),
            array(&[]),
            bytes(&attested.aaguid),
        ];
        [&[0x89][..], &known.concat(), tail].concat()
    };
    let good = items(flags, &[0xf6, 0xf6]);
    let text = |prefix: &str, content: &[u8]| format!("{prefix}{}", base64url(content));
    let prefix = "$mfakit-cr$v=2$";
    let read = |id: &str, text: &str| {
        Case::new("record.read", format!("record-compact-{id}"))
            .source(STORAGE, "Credential records")
            .input("record", text)
    };
    let whole = text(prefix, &good);
    let word = |bit: u8| Json::from(data.flags & bit != 0);
    cases.push(
        read("whole", &whole)
            .accept(
                "ok",
                [
                    ("credential_id_hex", hex(&attested.credential_id).into()),
                    ("public_key_cose_hex", hex(&attested.public_key).into()),
                    ("user_handle_hex", hex(USER).into()),
                    ("sign_count", data.sign_count.into()),
                    ("backup_eligible", word(BE)),
                    ("backed_up", word(BS)),
                    ("transports", Vec::<&str>::new().into()),
                    ("aaguid_hex", hex(&attested.aaguid).into()),
                    ("record", whole.as_str().into()),
                ],
            )
            .why("half as long"),
    );
    let unknown = "record_version_unknown";
    for (id, text, code, why) in [
        ("version-3", text("$mfakit-cr$v=3$", &good), unknown, "written by a later version"),
        ("version-1", text("$mfakit-cr$v=1$", &good), CORRUPT, "version 1 has no such form"),
        ("version-02", text("$mfakit-cr$v=02$", &good), CORRUPT, "a number has one form"),
        ("prefix-only", prefix.to_owned(), CORRUPT, "nothing within"),
        ("cut", text(prefix, &good[..good.len() - 1]), CORRUPT, "a record that breaks off"),
        ("trailing-byte", text(prefix, &[&good[..], &[0]].concat()), CORRUPT, "a byte follows"),
        ("padded", format!("{whole}="), CORRUPT, "base64url is not padded"),
        ("flags-unknown", text(prefix, &items(64, &[0xf6, 0xf6])), CORRUPT, "bits beyond the six"),
        (
            "flags-true-unknown",
            text(prefix, &items(2, &[0xf6, 0xf6])),
            CORRUPT,
            "true and not known",
        ),
        (
            "half-kept",
            text(prefix, &items(flags, &[0x41, 1, 0xf6])),
            CORRUPT,
            "client data belong to the object",
        ),
        (
            "non-minimal",
            text(prefix, &[&[0x98, 9][..], &good[1..]].concat()),
            CORRUPT,
            "a count in two bytes",
        ),
    ] {
        cases.push(read(id, &text).reject(code).why(why));
    }
}

fn records(cases: &mut Vec<Case>) {
    let pair = Pair::new();
    let attested = pair.registration.auth_data.attested.clone().expect("attested data");
    let whole = pair.record.clone();
    let read = |id: &str, text: &str| {
        Case::new("record.read", format!("record-{id}"))
            .source(STORAGE, "Credential records")
            .input("record", text)
    };
    let accepted = |id: &str, text: &Text, changes: &[(&str, Json)]| {
        let text = text.write();
        let word = |bit: u8| Json::from(pair.registration.auth_data.flags & bit != 0);
        let mut case = read(id, &text).accept(
            "ok",
            [
                ("credential_id_hex", hex(&attested.credential_id).into()),
                ("public_key_cose_hex", hex(&attested.public_key).into()),
                ("user_handle_hex", hex(USER).into()),
                ("sign_count", pair.registration.auth_data.sign_count.into()),
                ("backup_eligible", word(BE)),
                ("backed_up", word(BS)),
                ("transports", Vec::<&str>::new().into()),
                ("aaguid_hex", hex(&attested.aaguid).into()),
                ("record", text.as_str().into()),
            ],
        );
        for (name, value) in changes {
            case.expect.set(name, value.clone());
        }
        case
    };
    cases.push(accepted("whole", &whole, &[]));
    let unknown =
        whole.with("backupEligible", "null").with("backedUp", "null").with("aaguid", "null");
    let nulls =
        [("backup_eligible", Json::Null), ("backed_up", Json::Null), ("aaguid_hex", Json::Null)];
    cases.push(accepted("unknowns", &unknown, &nulls).why("what another library never kept"));
    let absent = whole.without("backupEligible").without("backedUp").without("aaguid");
    let absent = absent.without("uvInitialized");
    cases.push(accepted("absent", &absent, &nulls).why("absent means null"));
    let first = whole.with("v", "1").without("uvInitialized");
    cases.push(accepted("version-1", &first, &[]).why("the first version is read for ever"));
    let unverified = whole.with("uvInitialized", "null");
    cases.push(accepted("uv-unknown", &unverified, &[]).why("what another library never kept"));
    let object = |object: &str, client_data: &str| {
        whole
            .and("attestationObject", &quoted(object))
            .and("attestationClientDataJSON", &quoted(client_data))
    };
    cases.push(accepted("kept", &object("AQID", "BAUG"), &[]).why("a registration that is kept"));
    let more = whole.and("note", "\"ours\"");
    cases.push(accepted("more", &more, &[]).why("members of a host's own are let be"));
    for (id, transports, list) in [
        ("transports", "[\"usb\",\"hybrid\",\"x-new\"]", vec!["usb", "hybrid", "x-new"]),
        ("transports-escaped", "[\"\\u0075sb\",\"a\\\"b\"]", vec!["usb", "a\"b"]),
    ] {
        let text = whole.with("transports", transports);
        cases.push(
            accepted(id, &text, &[("transports", list.into())]).why("names are kept as they are"),
        );
    }
    let top = whole.with("signCount", "4294967295");
    cases.push(accepted("counter-max", &top, &[("sign_count", u32::MAX.into())]));
    let long = whole.with("id", quoted64(&[0xff; 1023])).with("userHandle", quoted64(&[0xff; 64]));
    let fields = [
        ("credential_id_hex", hex(&[0xff; 1023]).into()),
        ("user_handle_hex", hex(&[0xff; 64]).into()),
    ];
    cases.push(accepted("longest", &long, &fields).why("the longest id and user handle"));

    let text = whole.write();
    let mut refuse = |id: &str, text: &str, code: &str, why: &str| {
        cases.push(read(id, text).reject(code).why(why));
    };
    for (name, _) in &whole.0 {
        let at = text.find(&format!("\"{name}\":")).expect("a member");
        let why = "a record that breaks off";
        refuse(&format!("cut-before-{name}"), &text[..at], CORRUPT, why);
        refuse(&format!("cut-within-{name}"), &text[..at + name.len() + 4], CORRUPT, why);
        refuse(
            &format!("{name}-twice"),
            &whole.and(name, "1").write(),
            CORRUPT,
            "a member stands once",
        );
        let object = whole.with(name, "{}").write();
        refuse(&format!("{name}-object"), &object, CORRUPT, "a member of another type");
        if !["backupEligible", "backedUp", "aaguid", "uvInitialized"].contains(name) {
            let without = whole.without(name).write();
            refuse(&format!("without-{name}"), &without, CORRUPT, "a record says this");
            let null = whole.with(name, "null").write();
            refuse(&format!("{name}-null"), &null, CORRUPT, "a record says this");
        }
    }
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("empty-object", "{}".into(), "nothing within"),
        ("null", "null".into(), "no record"),
        ("list", format!("[{text}]"), "another shape"),
        ("trailing-brace", format!("{text}}}"), "nothing follows a record"),
        ("trailing-nul", format!("{text}\0"), "nothing follows a record"),
        ("a-state", pair.authentication_state().write(), "a state where the record belongs"),
        ("a-recovery-record", "$mfakit-rc$v=1,f=full$".into(), "another kind of record"),
        ("version-text", whole.with("v", "\"1\"").write(), "a member of another type"),
        ("version-fraction", whole.with("v", "1.5").write(), "a version is whole"),
        ("id-empty", whole.with("id", quoted("")).write(), "an id has 1 to 1023 bytes"),
        (
            "id-1024-bytes",
            whole.with("id", quoted64(&[7; 1024])).write(),
            "an id has 1 to 1023 bytes",
        ),
        ("id-padded", whole.with("id", quoted("AQ==")).write(), "base64url is not padded"),
        ("id-leftover-bits", whole.with("id", quoted("AR")).write(), "spare bits are zero"),
        (
            "user-handle-empty",
            whole.with("userHandle", quoted("")).write(),
            "a user handle has 1 to 64 bytes",
        ),
        (
            "user-handle-65-bytes",
            whole.with("userHandle", quoted64(&[7; 65])).write(),
            "a user handle has 1 to 64 bytes",
        ),
        ("key-empty", whole.with("publicKey", quoted("")).write(), "no key"),
        ("key-not-cbor", whole.with("publicKey", quoted64(b"\xff")).write(), "not a COSE key"),
        (
            "key-cut",
            whole
                .with("publicKey", quoted64(&attested.public_key[..attested.public_key.len() - 1]))
                .write(),
            "a key that breaks off",
        ),
        (
            "key-trailing-byte",
            whole.with("publicKey", quoted64(&[&attested.public_key[..], &[0]].concat())).write(),
            "a byte after the key",
        ),
        ("counter-negative", whole.with("signCount", "-1").write(), "a counter is not negative"),
        ("counter-2e32", whole.with("signCount", "4294967296").write(), "a counter has 32 bits"),
        ("counter-fraction", whole.with("signCount", "7.5").write(), "a counter is whole"),
        ("counter-text", whole.with("signCount", "\"7\"").write(), "a member of another type"),
        ("backup-number", whole.with("backupEligible", "1").write(), "a member of another type"),
        ("backed-up-text", whole.with("backedUp", "\"false\"").write(), "a member of another type"),
        (
            "transports-text",
            whole.with("transports", "\"usb\"").write(),
            "a member of another type",
        ),
        (
            "transports-number-within",
            whole.with("transports", "[1]").write(),
            "a member of another type",
        ),
        (
            "transports-17",
            whole.with("transports", format!("[{}]", vec!["\"usb\""; 17].join(","))).write(),
            "more than any authenticator has",
        ),
        (
            "transports-65-bytes",
            whole.with("transports", format!("[\"{}\"]", "x".repeat(65))).write(),
            "longer than any name",
        ),
        (
            "aaguid-15-bytes",
            whole.with("aaguid", quoted64(&[7; 15])).write(),
            "an AAGUID has 16 bytes",
        ),
        (
            "aaguid-17-bytes",
            whole.with("aaguid", quoted64(&[7; 17])).write(),
            "an AAGUID has 16 bytes",
        ),
    ] {
        refuse(id, &text, CORRUPT, why);
    }
    for version in ["0", "3", "10", "4294967297"] {
        let text = whole.with("v", version).write();
        let why = "written by a later version";
        refuse(&format!("version-{version}"), &text, "record_version_unknown", why);
    }
    let later = "{\"v\":3,\"anything\":\"else\"}";
    refuse(
        "version-3-other-shape",
        later,
        "record_version_unknown",
        "a later version has its own shape",
    );
    compact_records(cases, &pair);
    for (id, value) in
        [("null", Json::Null), ("number", 1.into()), ("list", Vec::<&str>::new().into())]
    {
        cases.push(
            read(&format!("type-{id}"), "")
                .input("record", value)
                .requires("dynamic_input")
                .reject("argument_type_invalid")
                .why("a wrong type is the host's mistake; it is never converted"),
        );
    }
}

// ---------------------------------------------------------------- one-time passwords

fn commits(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let totp = |id: &str, last: Option<u64>| {
        Case::new("totp.commit", format!("totp-commit-{id}"))
            .source(STORAGE, "One-time passwords")
            .input("secret_hex", hex(&otp.secret))
            .input("algorithm", Algorithm::Sha1.name())
            .input("digits", 6)
            .input("period", 30)
            .input("time", 59)
            .input("window_past", 1)
            .input("window_future", 1)
            .input("last_accepted_step", last)
            .input("code", otp.code(1))
    };
    let hotp = |id: &str| {
        Case::new("hotp.commit", format!("hotp-commit-{id}"))
            .source(STORAGE, "One-time passwords")
            .input("secret_hex", hex(&otp.secret))
            .input("algorithm", Algorithm::Sha1.name())
            .input("digits", 6)
            .input("counter", 7)
            .input("look_ahead", 5)
            .input("code", otp.code(9))
    };
    let evidence = [("user_verified", Json::from(false))];
    for (id, last) in [("first", None), ("after-0", Some(0))] {
        let mut case = totp(id, last).input("rows", 1).accept(
            "ok",
            [
                ("matched_step", 1.into()),
                ("prev", last.into()),
                ("next", 1.into()),
                ("method", "totp".into()),
            ],
        );
        case.expect.set(evidence[0].0, evidence[0].1.clone());
        cases.push(case.why("one row changed: the step is burnt"));
    }
    let mut case = hotp("ahead").input("rows", 1).accept(
        "ok",
        [
            ("next_counter", 10.into()),
            ("prev", 7.into()),
            ("next", 10.into()),
            ("method", "hotp".into()),
        ],
    );
    case.expect.set(evidence[0].0, evidence[0].1.clone());
    cases.push(case.why("one row changed: the counter moves on"));
    for rows in [0_u64, 2, 3, 1 << 32, (1 << 32) + 1] {
        let why = "anything but one row is somebody else's";
        for case in [totp(&format!("{rows}-rows"), None), hotp(&format!("{rows}-rows"))] {
            cases.push(case.input("rows", rows).reject("state_conflict").why(why));
        }
    }
    for (id, rows, code, why) in [
        ("minus-1", Json::from(-1), "state_conflict", "how drivers say that they do not know"),
        ("boolean", true.into(), "argument_type_invalid", "a truth is no number of rows"),
        ("text", "1".into(), "argument_type_invalid", "a text is no number of rows"),
        ("null", Json::Null, "argument_type_invalid", "nothing is no number of rows"),
    ] {
        for case in [totp(&format!("rows-{id}"), None), hotp(&format!("rows-{id}"))] {
            let case = case.input("rows", rows.clone()).requires("dynamic_input");
            cases.push(case.reject(code).why(why));
        }
    }
}

fn times(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let at = |id: &str, step: u64| {
        Case::new("totp.verify_at", format!("totp-at-{id}"))
            .source(OTP, "Time")
            .input("secret_hex", hex(&otp.secret))
            .input("code", otp.code(step))
            .input("last_accepted_step", Json::Null)
    };
    let on_time = |case: Case, step: u64, why: &str| {
        case.accept("ok", [("matched_step", step.into()), ("drift", 0.into())]).why(why)
    };
    for (id, now) in [("0", 0), ("59", 59), ("60", 60), ("last", 100_000_000_000)] {
        cases.push(on_time(at(id, now / 30).input("now", now), now / 30, "whole seconds"));
    }
    for (id, thousandths) in
        [("fraction-floored", 59_999_u64), ("a-thousandth", 1), ("whole", 60_000)]
    {
        let step = thousandths / 30_000;
        let case = at(id, step).input("now_thousandths", thousandths);
        cases.push(on_time(case, step, "a fraction is dropped"));
    }
    let why = "seconds beyond 1e11 are milliseconds: the host's mistake";
    for (id, now) in [("1e11-and-1", 100_000_000_001_u64), ("milliseconds", 1_700_000_000_000)] {
        cases.push(at(id, now / 30).input("now", now).reject("time_invalid").why(why));
    }
    let case = at("1e11-and-a-thousandth", 3_333_333_333);
    cases.push(
        case.input("now_thousandths", 100_000_000_000_001_u64).reject("time_invalid").why(why),
    );
    for (id, now) in [("minus-1", -1), ("minus-59", -59)] {
        let case = at(id, 0).input("now", now);
        cases.push(case.reject("time_invalid").why("before 1970"));
    }
    for (id, thousandths) in [("minus-half", -500), ("minus-a-thousandth", -1)] {
        let case = at(id, 0).input("now_thousandths", thousandths);
        cases.push(case.reject("time_invalid").why("before 1970: no rounding to zero"));
    }
    for (id, now) in [
        ("text", Json::from("59")),
        ("boolean", true.into()),
        ("list", vec![59].into()),
        ("object", Json::object([])),
    ] {
        let case = at(&format!("type-{id}"), 1).input("now", now).requires("dynamic_input");
        cases.push(case.reject("time_invalid").why("not a time; nothing is converted"));
    }
}

fn labels(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let uri = |id: &str, issuer: &str, account: &str| {
        Case::new("totp.uri", format!("totp-uri-{id}"))
            .source("otpauth Key URI", "Label, Issuer")
            .input("secret_hex", hex(&otp.secret))
            .input("algorithm", "SHA1")
            .input("digits", 6)
            .input("period", 30)
            .input("issuer", issuer)
            .input("account", account)
    };
    let text = |issuer: &str, account: &str, parameters: &str| {
        format!(
            "otpauth://totp/{}:{}?secret={}&issuer={}&{parameters}",
            percent(issuer),
            percent(account),
            base32(&otp.secret),
            percent(issuer)
        )
    };
    let usual = "algorithm=SHA1&digits=6&period=30";
    let (longest, longest_wide) = ("a".repeat(128), "\u{e9}".repeat(64));
    for (id, issuer, account, why) in [
        ("plain", "Example", "alice@example.com", "as every app reads it"),
        ("space", "Example Bank", "alice smith", "%20, never +"),
        (
            "reserved",
            "A&B=C?D/E#F%G+H",
            "a'b\"c<d>e\\f",
            "everything but the unreserved is escaped",
        ),
        ("unreserved", "A-z.0_9~", "a-Z.9_0~", "the unreserved stands as it is"),
        ("utf-8", "Gro\u{df}e Bank", "\u{30a2}\u{1f511}", "the bytes of UTF-8"),
        ("percent-3a", "Example", "a%3Ab", "an escaped colon is four letters here"),
        ("longest", longest.as_str(), longest.as_str(), "128 bytes"),
        ("longest-utf-8", longest_wide.as_str(), "a", "128 bytes of UTF-8"),
        ("single", "a", "b", "one letter"),
    ] {
        let expected = text(issuer, account, usual);
        cases.push(uri(id, issuer, account).accept("ok", [("uri", expected.into())]).why(why));
    }
    let case =
        uri("parameters", "Example", "alice").input("algorithm", "SHA512").input("digits", 8);
    let expected = text("Example", "alice", "algorithm=SHA512&digits=8&period=60");
    cases.push(case.input("period", 60).accept("ok", [("uri", expected.into())]));
    let (too_long, too_wide) = ("a".repeat(129), format!("{longest_wide}a"));
    for (id, label, why) in [
        ("empty", "", "a name has a letter"),
        ("129-bytes", too_long.as_str(), "128 bytes at most"),
        ("129-bytes-utf-8", too_wide.as_str(), "128 bytes of UTF-8 at most"),
        ("colon", "a:b", "a colon parts issuer and account"),
        ("colon-alone", ":", "a colon parts issuer and account"),
        ("nul", "a\0b", "a control character"),
        ("newline", "a\nb", "a control character"),
        ("delete", "a\u{7f}b", "a control character"),
        ("next-line", "a\u{85}b", "a control character"),
        ("leading-space", " a", "apps trim it, and then names differ"),
        ("trailing-space", "a ", "apps trim it, and then names differ"),
        ("no-break-space", "\u{a0}a", "apps trim it, and then names differ"),
        ("spaces", "   ", "nothing but spaces"),
    ] {
        let refused =
            [uri(&format!("issuer-{id}"), label, "a"), uri(&format!("account-{id}"), "a", label)];
        for case in refused {
            cases.push(case.reject("otp_label_invalid").why(why));
        }
    }
    for (id, name, value) in [
        ("issuer-null", "issuer", Json::Null),
        ("issuer-number", "issuer", 1.into()),
        ("account-boolean", "account", true.into()),
    ] {
        cases.push(
            uri(&format!("type-{id}"), "a", "b")
                .input(name, value)
                .requires("dynamic_input")
                .reject("argument_type_invalid")
                .why("a wrong type is the host's mistake; it is never converted"),
        );
    }
}

/// RFC 3986 section 2.3: what is not unreserved is escaped, byte by byte.
fn percent(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

// ---------------------------------------------------------------- the generator

fn entropy(cases: &mut Vec<Case>) {
    for call in [
        "generate_secret",
        "generate_user_handle",
        "generate_recovery_codes",
        "issue_temporary_code",
        "pending_totp",
        "begin_registration",
        "begin_authentication",
        "begin_discoverable_authentication",
    ] {
        cases.push(
            Case::new("entropy.fail", format!("entropy-{}", call.replace('_', "-")))
                .source("mfakit API", "Random values")
                .input("call", call)
                .reject("entropy_unavailable")
                .why("nothing is made of a generator that fails, and there is no other"),
        );
    }
}
