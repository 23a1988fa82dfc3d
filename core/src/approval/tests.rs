//! Each rule of enrolments and approvals, broken alone: what is wrong is signed by the right key, so that nothing but the rule refuses
//! it. The messages are written by an encoder that shares nothing with this crate.

use super::enrollment::{self, EnrollmentState};
use super::*;
use crate::encoding::base64url;
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use mfakit_testing::keys::{Es256Key, Key};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
const EXPIRES: i64 = 1_800_000_120;
const DEVICE: [u8; 16] = [0xd1; 16];
const REQUEST: [u8; 16] = [0x4e; 16];
const CONTEXT: &str = "Firefox on Linux\nBerlin";

/// A map with keys that are small numbers.
fn keyed(entries: &[(i64, Item)]) -> Item {
    let entries: Vec<(Item, Item)> = entries.iter().map(|(k, v)| (int(*k), v.clone())).collect();
    map(&entries)
}

fn base64(bytes: &[u8]) -> String {
    base64url::encode(bytes).map(char::from).collect()
}

fn unbase64(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; text.len()];
    base64url::decode(text.as_bytes(), &mut bytes).expect("base64url").to_vec()
}

fn signing_key(seed: u8) -> Key {
    Key::Es256(Es256Key::new(&[seed; 32]))
}

/// Of ECDSA, r and s one after the other (RFC 9053 §2.1).
fn sign(key: &Key, message: &[u8]) -> Vec<u8> {
    let (r, s) = match key {
        Key::Es256(key) => {
            let (r, s) = key.sign(message);
            (r.to_vec(), s.to_vec())
        }
        Key::Es384(key) => key.sign(message),
        Key::Es512(key) => key.sign(message),
        Key::Es256k(key) => key.sign(message),
        _ => return key.sign(message),
    };
    [r, s].concat()
}

/// The Sig_structure of RFC 9052 §4.4.
fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    array(&[text("Signature1"), bytes(protected), bytes(&[]), bytes(payload)])
}

fn protected(algorithm: i64) -> Vec<u8> {
    keyed(&[(1, int(algorithm))])
}

/// The four elements of a COSE_Sign1, of which the third is the payload and the fourth right.
fn sign1(protected: &[u8], payload: &[u8], key: &Key) -> [Item; 4] {
    let signature = sign(key, &sig_structure(protected, payload));
    [bytes(protected), map(&[]), bytes(payload), bytes(&signature)]
}

fn signed(payload: &[u8], key: &Key) -> String {
    base64(&array(&sign1(&protected(key.algorithm()), payload, key)))
}

fn device(id: [u8; 16], user: &str, audience: &str, seed: u8) -> DeviceRecord {
    let key = record::Key::read(&signing_key(seed).cose()).expect("a key");
    DeviceRecord::new(&id, audience, user, key, Some("Phone")).expect("a record")
}

fn usual_device() -> DeviceRecord {
    device(DEVICE, "alice", "example.com", 1)
}

/// The number 42: 0.42 and a little more, in units of 2^-64.
fn forty_two() -> Number {
    Number::new(&(u64::MAX / 100 * 42 + 1000).to_be_bytes())
}

fn usual<'a>(devices: &'a [DeviceRecord]) -> Begin<'a> {
    Begin {
        user_id: "alice",
        audience: "example.com",
        action: "Sign in",
        context: CONTEXT,
        devices,
        previous: None,
        lifetime: None,
        id: REQUEST,
        number: forty_two(),
        now: NOW,
    }
}

fn pending() -> ApprovalState {
    let text = begin(usual(&[usual_device()])).expect("begun").state().to_string();
    ApprovalState::parse(&text).expect("what was written")
}

fn content(action: &str, context: &str) -> Item {
    let len = |text: &str| (text.len() as u64).to_be_bytes();
    let parts = [&len(action)[..], action.as_bytes(), &len(context), context.as_bytes()];
    bytes(&crate::crypto::sha256(&[&parts.concat()]))
}

/// The entries of a right answer.
fn answer(decision: &str, number: &str) -> Vec<(i64, Item)> {
    vec![
        (1, text("mfakit-approval/1")),
        (2, text("example.com")),
        (3, bytes(&REQUEST)),
        (4, text("alice")),
        (5, int(EXPIRES)),
        (8, bytes(&DEVICE)),
        (9, content("Sign in", CONTEXT)),
        (10, text(decision)),
        (11, text(number)),
    ]
}

/// The right answer with one entry replaced.
fn answer_with(key: i64, value: Item) -> Item {
    keyed(&replaced(answer("approve", "42"), key, value))
}

fn replaced(mut entries: Vec<(i64, Item)>, key: i64, value: Item) -> Vec<(i64, Item)> {
    entries.iter_mut().find(|(k, _)| *k == key).expect("a key").1 = value;
    entries
}

fn finished(answer: &str) -> Result<Outcome, Error> {
    finish(answer.as_bytes(), &pending(), NOW).map(|verified| verified.outcome())
}

/// The answer of the device to this payload.
fn answered(payload: &[u8]) -> Result<Outcome, Error> {
    finished(&signed(payload, &signing_key(1)))
}

#[test]
fn the_first_answer_of_any_kind_is_the_last() {
    let yes = signed(&keyed(&answer("approve", "42")), &signing_key(1));
    for (decision, number, outcome, committed) in [
        ("approve", "42", Outcome::Approved, Ok("push_approval")),
        ("deny", "", Outcome::Denied, Err(Error::ApprovalDenied)),
        ("approve", "43", Outcome::NumberMismatch, Err(Error::ApprovalNumberMismatch)),
        ("approve", "24", Outcome::NumberMismatch, Err(Error::ApprovalNumberMismatch)),
        ("approve", "52", Outcome::NumberMismatch, Err(Error::ApprovalNumberMismatch)),
    ] {
        let text = signed(&keyed(&answer(decision, number)), &signing_key(1));
        let verify = || finish(text.as_bytes(), &pending(), NOW).expect("authentic");
        assert_eq!((verify().outcome(), verify().device_id()), (outcome, &DEVICE));
        assert_eq!(verify().commit(1).map(|e| e.method().as_str()), committed);
        for rows in [0, 2] {
            assert_eq!(verify().commit(rows).err(), Some(Error::StateConflict), "{number}");
        }
        let next = verify().next().to_string();
        let next = ApprovalState::parse(&next).expect("what was written");
        assert_eq!(next.status(&REQUEST, NOW).as_str(), outcome.as_str());
        for again in [&text, &yes] {
            let refused = finish(again.as_bytes(), &next, NOW).err();
            assert_eq!(refused, Some(Error::ApprovalAnswered));
        }
        assert_eq!(next.cancel().err(), Some(Error::ApprovalAnswered));
    }
    let cancelled = pending().cancel().expect("pending");
    let cancelled = ApprovalState::parse(&cancelled.to_string()).expect("what was written");
    assert_eq!(cancelled.status(&REQUEST, NOW), Status::Cancelled);
    assert_eq!(cancelled.cancel().err(), Some(Error::ApprovalAnswered));
    assert_eq!(finish(yes.as_bytes(), &cancelled, NOW).err(), Some(Error::ApprovalAnswered));
}

#[test]
fn each_rule_alone_refuses_an_answer_that_the_device_signed() {
    let other = |mut id: [u8; 16]| {
        id[15] ^= 1;
        bytes(&id)
    };
    assert_eq!(answered(&keyed(&answer("approve", "42"))), Ok(Outcome::Approved));
    for (key, value, expected) in [
        (1, text("mfakit-approval/2"), Error::ApprovalMalformed),
        (1, text("mfakit-approval-device/1"), Error::ApprovalMalformed),
        (1, bytes(b"mfakit-approval/1"), Error::ApprovalMalformed),
        (2, text("example.org"), Error::ApprovalAudienceMismatch),
        (2, text("Example.com"), Error::ApprovalAudienceMismatch),
        (2, text(""), Error::ApprovalAudienceMismatch),
        (3, other(REQUEST), Error::ApprovalRequestMismatch),
        (3, bytes(&[0x4e; 15]), Error::ApprovalMalformed),
        (3, bytes(&[0x4e; 17]), Error::ApprovalMalformed),
        (4, text("bob"), Error::ApprovalRequestMismatch),
        (4, text("alice "), Error::ApprovalRequestMismatch),
        (5, int(EXPIRES + 1), Error::ApprovalRequestMismatch),
        (5, int(EXPIRES - 1), Error::ApprovalRequestMismatch),
        (5, int(-1), Error::ApprovalMalformed),
        (5, text("1800000120"), Error::ApprovalMalformed),
        (8, other(DEVICE), Error::ApprovalDeviceUnknown),
        (9, content("Pay 500 €", CONTEXT), Error::ApprovalRequestMismatch),
        (9, content("Sign in", "Chrome on Windows\nBerlin"), Error::ApprovalRequestMismatch),
        (9, content("Sign i", &format!("n{CONTEXT}")), Error::ApprovalRequestMismatch),
        (9, bytes(&[0; 31]), Error::ApprovalMalformed),
        (10, text("deny"), Error::ApprovalMalformed),
        (10, text("Approve"), Error::ApprovalMalformed),
        (10, text(""), Error::ApprovalMalformed),
        (10, vec![0xf5], Error::ApprovalMalformed),
        (11, text(""), Error::ApprovalMalformed),
        (11, text("4"), Error::ApprovalMalformed),
        (11, text("042"), Error::ApprovalMalformed),
        (11, text("４２"), Error::ApprovalMalformed),
        (11, text("4 "), Error::ApprovalMalformed),
        (11, int(42), Error::ApprovalMalformed),
    ] {
        assert_eq!(answered(&answer_with(key, value.clone())), Err(expected), "{key} {value:?}");
    }
}

#[test]
fn an_answer_is_from_a_device_that_was_asked_and_from_its_key() {
    let right = keyed(&answer("approve", "42"));
    assert_eq!(finished(&signed(&right, &signing_key(2))), Err(Error::SignatureInvalid));
    // The user's other device has a key of its own, and is not asked.
    let second = device([0xd2; 16], "alice", "example.com", 2);
    let both = begin(usual(&[usual_device(), second])).expect("begun").state().to_string();
    let both = ApprovalState::parse(&both).expect("what was written");
    let outcome = |id: [u8; 16], seed| {
        let payload = answer_with(8, bytes(&id));
        let text = signed(&payload, &signing_key(seed));
        finish(text.as_bytes(), &both, NOW).map(|v| (v.outcome(), *v.device_id()))
    };
    assert_eq!(outcome([0xd2; 16], 2), Ok((Outcome::Approved, [0xd2; 16])));
    assert_eq!(outcome(DEVICE, 1), Ok((Outcome::Approved, DEVICE)));
    assert_eq!(outcome(DEVICE, 2), Err(Error::SignatureInvalid));
    assert_eq!(outcome([0xd2; 16], 1), Err(Error::SignatureInvalid));
    assert_eq!(outcome([0xd3; 16], 1), Err(Error::ApprovalDeviceUnknown));
}

#[test]
fn the_algorithm_is_the_one_in_the_record() {
    let payload = keyed(&answer("approve", "42"));
    // ESP256 is ES256 by another number: the signature over this header is right.
    for (algorithm, expected) in [
        (-7, Ok(Outcome::Approved)),
        (-9, Err(Error::ApprovalAlgorithmMismatch)),
        (-8, Err(Error::ApprovalAlgorithmMismatch)),
        (-257, Err(Error::ApprovalAlgorithmMismatch)),
        (0, Err(Error::ApprovalAlgorithmMismatch)),
        (5, Err(Error::ApprovalAlgorithmMismatch)),
    ] {
        let message = sign1(&protected(algorithm), &payload, &signing_key(1));
        assert_eq!(finished(&base64(&array(&message))), expected, "{algorithm}");
    }
}

#[test]
fn a_message_has_one_encoding_and_nothing_beside_it() {
    let key = signing_key(1);
    let right = answer("approve", "42");
    let payload = keyed(&right);
    let with = |protected: &[u8], payload: &[u8]| {
        finished(&base64(&array(&sign1(protected, payload, &key))))
    };
    assert_eq!(with(&protected(-7), &payload), Ok(Outcome::Approved));

    let entries = |change: fn(&mut Vec<(i64, Item)>)| {
        let mut entries = answer("approve", "42");
        change(&mut entries);
        keyed(&entries)
    };
    let spliced = |at: usize, remove: usize, insert: &[u8]| {
        let mut bytes = payload.clone();
        bytes.splice(at..at + remove, insert.iter().copied());
        bytes
    };
    let label = 2..=2 + 17;
    assert_eq!(payload[label.clone()], text("mfakit-approval/1"));
    for (what, payload) in [
        ("two entries in another order", entries(|e| e.swap(2, 3))),
        ("the label at the end", entries(|e| e.rotate_left(1))),
        ("an entry twice", entries(|e| e.insert(1, e[1].clone()))),
        ("an entry more at the end", entries(|e| e.push((12, int(0))))),
        ("an entry more in between", entries(|e| e.insert(5, (6, text("Sign in"))))),
        ("an entry fewer at the end", entries(|e| _ = e.pop())),
        ("an entry fewer in between", entries(|e| _ = e.remove(3))),
        ("a negative key", entries(|e| e.push((-1, int(0))))),
        ("nothing", vec![]),
        ("an empty map", vec![0xa0]),
        ("an array", array(&right.iter().map(|e| e.1.clone()).collect::<Vec<Item>>())),
        ("trailing bytes", [&payload[..], &[0]].concat()),
        ("a number of entries in two bytes", spliced(0, 1, &[0xb8, 9])),
        ("an indefinite number of entries", [&[0xbf], &payload[1..], &[0xff]].concat()),
        ("a key in two bytes", spliced(1, 1, &[0x18, 1])),
        ("a key as text", spliced(1, 1, &[0x61, b'1'])),
        ("a length in two bytes", spliced(2, 1, &[0x78, 17])),
        ("a text in pieces", spliced(2, 1, &[0x7f, 0x71]).into_iter().chain([0xff]).collect()),
        ("a tag", [&[0xd8, 24][..], &payload].concat()),
    ] {
        assert_eq!(with(&protected(-7), &payload), Err(Error::ApprovalMalformed), "{what}");
    }

    for (what, header) in [
        ("empty", vec![]),
        ("an empty map", vec![0xa0]),
        ("no number", keyed(&[(1, text("ES256"))])),
        ("another entry", keyed(&[(4, bytes(&[1]))])),
        ("an entry more", keyed(&[(1, int(-7)), (4, bytes(&[1]))])),
        ("the number in two bytes", vec![0xa1, 0x01, 0x38, 0x06]),
        ("trailing bytes", vec![0xa1, 0x01, 0x26, 0x00]),
        ("the number alone", vec![0x26]),
    ] {
        assert_eq!(with(&header, &payload), Err(Error::ApprovalMalformed), "header: {what}");
    }

    let elements = sign1(&protected(-7), &payload, &key).to_vec();
    let message = |change: &dyn Fn(&mut Vec<Item>)| {
        let mut elements = elements.clone();
        change(&mut elements);
        array(&elements)
    };
    let right = message(&|_| ());
    assert_eq!(finished(&base64(&right)), Ok(Outcome::Approved));
    for (what, message) in [
        ("tagged", [&[0xd2], &right[..]].concat()),
        ("trailing bytes", [&right[..], &[0]].concat()),
        ("five elements", message(&|e| e.push(map(&[])))),
        ("three elements", message(&|e| _ = e.pop())),
        ("an unprotected header", message(&|e| e[1] = keyed(&[(4, bytes(&[1]))]))),
        ("no unprotected header", message(&|e| e[1] = vec![0xf6])),
        ("a detached payload", message(&|e| e[2] = vec![0xf6])),
        ("a payload in the open", message(&|e| e[2] = payload.clone())),
        ("a header in the open", message(&|e| e[0] = protected(-7))),
        ("a signature as text", message(&|e| e[3] = text("signature"))),
        (
            "a length in three bytes",
            message(&|e| {
                e[3] = [&[0x59, 0], &e[3][1..]].concat();
            }),
        ),
        ("an indefinite number of elements", [&[0x9f], &right[1..], &[0xff]].concat()),
        ("nothing", vec![]),
    ] {
        assert_eq!(finished(&base64(&message)), Err(Error::ApprovalMalformed), "{what}");
    }
    let text = base64(&right);
    for (what, text) in [
        ("padded", format!("{text}=")),
        ("white space before", format!(" {text}")),
        ("a line end", format!("{text}\n")),
        ("the other alphabet", text.replace(['-', '_'], "+")),
        ("longer than any", "A".repeat(100_000)),
        ("JSON", "{}".into()),
        ("empty", String::new()),
    ] {
        assert_eq!(finished(&text), Err(Error::ApprovalMalformed), "{what}");
    }
    assert_eq!(finish(&[0xff; 40], &pending(), NOW).err(), Some(Error::ApprovalMalformed));
}

#[test]
fn a_signature_over_anything_else_is_none() {
    let key = signing_key(1);
    let (header, payload) = (protected(-7), keyed(&answer("approve", "42")));
    let with = |signature: Vec<u8>| {
        let elements = [bytes(&header), map(&[]), bytes(&payload), bytes(&signature)];
        finished(&base64(&array(&elements)))
    };
    let right = sign(&key, &sig_structure(&header, &payload));
    assert_eq!(with(right.clone()), Ok(Outcome::Approved));

    // What a WebAuthn authenticator signs: authenticator data, then the hash of the client data, even if they quote the payload.
    let rp_id_hash = crate::crypto::sha256(&[b"example.com"]);
    let client_data = crate::crypto::sha256(&[&payload]);
    for message in [
        [&rp_id_hash[..], &[5, 0, 0, 0, 0], &client_data].concat(),
        [&payload[..], &client_data].concat(),
        payload.clone(),
        [&header[..], &payload].concat(),
        sig_structure(&[], &payload),
        sig_structure(&payload, &header),
        // Another context, and external data that the answer does not have.
        array(&[text("Signature"), bytes(&header), bytes(&[]), bytes(&payload)]),
        array(&[text("Signature1"), bytes(&header), bytes(&[1]), bytes(&payload)]),
    ] {
        assert_eq!(with(sign(&key, &message)), Err(Error::SignatureInvalid));
    }

    // In DER, as WebAuthn has it.
    let der = key.sign(&sig_structure(&header, &payload));
    let zero = [&[0; 32], &right[32..]].concat();
    let above = [&right[..32], &[0xff; 32]].concat();
    for signature in [vec![], right[..63].to_vec(), [&right[..], &[0]].concat(), der, zero, above] {
        assert_eq!(with(signature.clone()), Err(Error::SignatureMalformed), "{signature:x?}");
    }
}

#[test]
fn an_approval_ends_with_its_last_second() {
    let text = signed(&keyed(&answer("approve", "42")), &signing_key(1));
    let at = |seconds: i64| UnixTime::from_seconds(seconds.try_into().expect("a time"));
    let state = pending();
    assert_eq!(state.expires_at(), at(EXPIRES));
    for (seconds, live) in [
        (EXPIRES - 120, true),
        (EXPIRES, true),
        (EXPIRES + 1, false),
        // A clock that was set back: no lifetime reaches that far.
        (EXPIRES - 600 - 5, true),
        (EXPIRES - 600 - 6, false),
        (0, false),
    ] {
        let status = if live { Status::Pending } else { Status::Expired };
        assert_eq!(state.status(&REQUEST, at(seconds)), status, "{seconds}");
        let expected = if live { None } else { Some(Error::ApprovalExpired) };
        assert_eq!(finish(text.as_bytes(), &state, at(seconds)).err(), expected, "{seconds}");
    }
    // What was answered can be read for a minute more, and by the login that began it alone.
    let verified = finish(text.as_bytes(), &state, NOW).expect("authentic");
    assert_eq!((verified.user_id(), verified.approval_id()), ("alice", &REQUEST));
    let cancelled = state.cancel().expect("pending");
    for (state, status) in [(verified.next(), Status::Approved), (&cancelled, Status::Cancelled)] {
        assert_eq!(state.status(&REQUEST, at(EXPIRES + 60)), status);
        assert_eq!(state.status(&REQUEST, at(EXPIRES + 61)), Status::Expired);
        assert_eq!(state.status(&[0x4f; 16], at(EXPIRES)), Status::Expired);
    }
    assert_eq!(state.status(&[0x4f; 16], NOW), Status::Expired);
}

#[test]
fn one_approval_is_pending_for_a_user() {
    let devices = [usual_device()];
    let state = pending();
    let with = |previous: &ApprovalState, seconds: i64| {
        let now = UnixTime::from_seconds(seconds.try_into().expect("a time"));
        begin(Begin { previous: Some(previous), now, ..usual(&devices) }).err()
    };
    assert_eq!(with(&state, EXPIRES), Some(Error::ApprovalPending));
    assert_eq!(with(&state, EXPIRES + 1), None);
    assert_eq!(with(&state.cancel().expect("pending"), EXPIRES - 1), None);
    let text = signed(&keyed(&answer("deny", "")), &signing_key(1));
    let denied = finish(text.as_bytes(), &state, NOW).expect("authentic");
    assert_eq!(with(denied.next(), EXPIRES - 1), None);
}

#[test]
fn what_the_host_passes_is_checked() {
    let devices = [usual_device()];
    let long = "x".repeat(256);
    let longer = "x".repeat(1025);
    let check = |change: &dyn Fn(&mut Begin<'_>)| {
        let mut begin_ = usual(&devices);
        change(&mut begin_);
        begin(begin_).err()
    };
    assert_eq!(check(&|_| ()), None);
    assert_eq!(check(&|b| b.context = ""), None);
    assert_eq!(check(&|b| b.lifetime = Some(60)), None);
    assert_eq!(check(&|b| b.lifetime = Some(600)), None);
    const INVALID: Option<Error> = Some(Error::ArgumentValueInvalid);
    for lifetime in [0, 59, 601, u64::MAX] {
        assert_eq!(check(&|b| b.lifetime = Some(lifetime)), INVALID, "{lifetime}");
    }
    for user_id in ["", &long] {
        let begin_ = Begin { user_id, ..usual(&devices) };
        assert_eq!(begin(begin_).err(), Some(Error::UserIdInvalid));
    }
    for audience in ["", "example.org", "example.com\n", &long] {
        assert_eq!(begin(Begin { audience, ..usual(&devices) }).err(), INVALID, "{audience}");
    }
    for action in ["", "Sign\nin", "Sign\u{202e}in", &long] {
        assert_eq!(begin(Begin { action, ..usual(&devices) }).err(), INVALID, "{action:?}");
    }
    for context in ["a\rb", "a\u{2066}b", &longer] {
        assert_eq!(begin(Begin { context, ..usual(&devices) }).err(), INVALID, "{context:?}");
    }
    let now = UnixTime::from_seconds(u64::MAX - 5);
    assert_eq!(begin(Begin { now, ..usual(&devices) }).err(), Some(Error::TimeInvalid));

    let with = |id, user, audience| device([id; 16], user, audience, 1);
    let own = |id| with(id, "alice", "example.com");
    for (devices, expected) in [
        (vec![], INVALID),
        (vec![own(1)], None),
        (vec![own(1), own(2), own(3), own(4)], None),
        (vec![own(1), own(2), own(3), own(4), own(5)], INVALID),
        (vec![own(1), own(1)], INVALID),
        (vec![own(1), with(2, "bob", "example.com")], INVALID),
        (vec![with(1, "alice", "example.org")], INVALID),
    ] {
        assert_eq!(begin(usual(&devices)).err(), expected, "{}", devices.len());
    }
}

#[test]
fn the_request_tells_what_is_asked_and_never_the_number() {
    let devices = [usual_device()];
    let request = |n: u64| {
        let number = Number::new(&(u64::MAX / 100 * n + 1000).to_be_bytes());
        let begun = begin(Begin { number, ..usual(&devices) }).expect("begun");
        assert_eq!(begun.number().expose(), [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8]);
        assert!(!format!("{begun:?}").contains(&n.to_string()) || n < 10, "{begun:?}");
        begun.request().expect("it fits").to_string()
    };
    let texts: Vec<String> = (0..100).map(request).collect();
    assert!(texts.iter().all(|text| *text == texts[0]));
    let expected = keyed(&[
        (1, text("mfakit-approval-request/1")),
        (2, text("example.com")),
        (3, bytes(&REQUEST)),
        (4, text("alice")),
        (5, int(EXPIRES)),
        (6, text("Sign in")),
        (7, text(CONTEXT)),
    ]);
    assert_eq!(unbase64(&texts[0]), expected);
}

#[test]
fn numbers_have_two_digits_each_as_often() {
    let number = |fraction: u128| {
        let digits = Number::new(&(fraction as u64).to_be_bytes()).expose();
        String::from_utf8(digits.to_vec()).expect("digits")
    };
    // Where n/100 lies in 64 bits, and the last value below it.
    for n in 0..100_u128 {
        let first = ((n << 60).div_ceil(100)) << 4;
        assert_eq!(number(first), format!("{n:02}"));
        if n > 0 {
            assert_eq!(number(first - 1), format!("{:02}", n - 1));
        }
    }
    assert_eq!(number(u128::from(u64::MAX)), "99");
    assert_eq!(format!("{:?}", forty_two()), "Number(**)");
}

// ---- enrolments

const ENROLLMENT_EXPIRES: i64 = 1_800_000_600;

fn enrolling() -> EnrollmentState {
    let begin = enrollment::Begin {
        user_id: "alice",
        audience: "example.com",
        lifetime: None,
        id: DEVICE,
        now: NOW,
    };
    let text = enrollment::begin(begin).expect("begun").to_string();
    EnrollmentState::parse(&text).expect("what was written")
}

fn enrollment_answer(key: Item) -> Vec<(i64, Item)> {
    vec![
        (1, text("mfakit-approval-device/1")),
        (2, text("example.com")),
        (4, text("alice")),
        (5, int(ENROLLMENT_EXPIRES)),
        (8, bytes(&DEVICE)),
        (12, key),
        (13, text("Alice’s phone")),
    ]
}

fn enrolled(payload: &[u8], key: &Key) -> Result<DeviceRecord, Error> {
    enrollment::finish(signed(payload, key).as_bytes(), &enrolling(), NOW)?.commit(1)
}

#[test]
fn a_device_that_proves_its_key_becomes_a_record() {
    let key = signing_key(1);
    let mut entries = enrollment_answer(key.cose());
    let record = enrolled(&keyed(&entries.clone()), &key).expect("a record");
    assert_eq!(
        (record.id(), record.user_id(), record.audience()),
        (&DEVICE, "alice", "example.com")
    );
    assert_eq!((record.algorithm(), record.name()), (-7, Some("Alice’s phone")));
    assert_eq!(record.public_key(), key.cose());
    assert_eq!(DeviceRecord::parse(&record.to_string()), Ok(record));
    assert!(record.to_string().starts_with("$mfakit-ad$v=1,a=-7$0dHR0dHR0dHR0dHR0dHR0Q$"));

    entries.pop();
    let nameless = enrolled(&keyed(&entries.clone()), &key).expect("a record");
    assert_eq!(nameless.name(), None);
    assert_eq!(DeviceRecord::parse(&nameless.to_string()), Ok(nameless));
    let answered = signed(&keyed(&entries), &key);
    let verified =
        || enrollment::finish(answered.as_bytes(), &enrolling(), NOW).expect("authentic");
    assert_eq!(verified().device(), &nameless);
    for rows in [0, 2] {
        assert_eq!(verified().commit(rows).err(), Some(Error::StateConflict));
    }
    let request = unbase64(&enrolling().request().expect("it fits").to_string());
    let expected = keyed(&[
        (1, text("mfakit-approval-device-request/1")),
        (2, text("example.com")),
        (4, text("alice")),
        (5, int(ENROLLMENT_EXPIRES)),
        (8, bytes(&DEVICE)),
    ]);
    assert_eq!(request, expected);
}

#[test]
fn each_rule_alone_refuses_an_enrolment_that_its_key_signed() {
    let key = signing_key(1);
    let coordinates = key.entries();
    let changed = |at: usize, value: Item| {
        let mut entries = coordinates.clone();
        entries[at].1 = value;
        map(&entries)
    };
    let more = |entry| map(&[&coordinates[..], &[entry]].concat());
    let mut swapped = coordinates.clone();
    swapped.swap(3, 4);
    let mut off_curve = coordinates[4].1.clone();
    off_curve[33] ^= 1;
    for (number, value, expected) in [
        (1, text("mfakit-approval/1"), Error::ApprovalMalformed),
        (2, text("example.org"), Error::ApprovalAudienceMismatch),
        (4, text("bob"), Error::ApprovalRequestMismatch),
        (5, int(ENROLLMENT_EXPIRES + 1), Error::ApprovalRequestMismatch),
        (8, bytes(&[0xd2; 16]), Error::ApprovalRequestMismatch),
        (8, bytes(&[0xd1; 17]), Error::ApprovalMalformed),
        (12, bytes(&key.cose()), Error::CoseKeyMalformed),
        (12, changed(0, int(1)), Error::CoseKeyMismatch),
        (12, changed(1, int(-9)), Error::ApprovalAlgorithmMismatch),
        (12, changed(1, int(-65535)), Error::AlgorithmUnsupported),
        (12, changed(2, int(2)), Error::CoseKeyMismatch),
        (12, changed(3, bytes(&[1; 31])), Error::CoseKeyMalformed),
        (12, changed(4, off_curve), Error::CosePointInvalid),
        (12, changed(4, vec![0xf5]), Error::CoseKeyMalformed),
        (12, map(&swapped), Error::ApprovalMalformed),
        // A private key would be one parameter more.
        (12, more((int(-4), bytes(&[1; 32]))), Error::CoseKeyMalformed),
        (12, signing_key(2).cose(), Error::SignatureInvalid),
        (13, text(""), Error::ApprovalMalformed),
        (13, text("a\nb"), Error::ApprovalMalformed),
        (13, text(&"x".repeat(256)), Error::ApprovalMalformed),
        (13, bytes(b"Phone"), Error::ApprovalMalformed),
    ] {
        let payload = keyed(&replaced(enrollment_answer(key.cose()), number, value.clone()));
        assert_eq!(enrolled(&payload, &key).err(), Some(expected), "{number} {value:?}");
    }
    let with = |change: fn(&mut Vec<(i64, Item)>)| {
        let mut entries = enrollment_answer(signing_key(1).cose());
        change(&mut entries);
        enrolled(&keyed(&entries), &key).err()
    };
    const MALFORMED: Option<Error> = Some(Error::ApprovalMalformed);
    assert_eq!(with(|_| ()), None);
    assert_eq!(with(|e| _ = e.remove(5)), MALFORMED);
    assert_eq!(with(|e| e.push((14, int(0)))), MALFORMED);
    assert_eq!(with(|e| e.swap(1, 2)), MALFORMED);
    assert_eq!(with(|e| e.insert(2, (3, bytes(&REQUEST)))), MALFORMED);
    // By the key that is in it, not by another of the same device.
    assert_eq!(
        enrolled(&keyed(&enrollment_answer(key.cose())), &signing_key(2)).err(),
        Some(Error::SignatureInvalid)
    );
}

#[test]
fn an_enrolment_ends_with_its_last_second() {
    let key = signing_key(1);
    let text = signed(&keyed(&enrollment_answer(key.cose())), &key);
    for (seconds, live) in [
        (ENROLLMENT_EXPIRES, true),
        (ENROLLMENT_EXPIRES + 1, false),
        (ENROLLMENT_EXPIRES - 3605, true),
        (ENROLLMENT_EXPIRES - 3606, false),
    ] {
        let now = UnixTime::from_seconds(seconds.try_into().expect("a time"));
        let expected = if live { None } else { Some(Error::ApprovalExpired) };
        assert_eq!(enrollment::finish(text.as_bytes(), &enrolling(), now).err(), expected);
    }
}

#[test]
fn what_the_host_passes_to_an_enrolment_is_checked() {
    let usual = enrollment::Begin {
        user_id: "alice",
        audience: "example.com",
        lifetime: None,
        id: DEVICE,
        now: NOW,
    };
    let long = "x".repeat(256);
    for user_id in ["", &long] {
        let begun = enrollment::begin(enrollment::Begin { user_id, ..usual });
        assert_eq!(begun.err(), Some(Error::UserIdInvalid));
    }
    for audience in ["", "a\nb", &long] {
        let begun = enrollment::begin(enrollment::Begin { audience, ..usual });
        assert_eq!(begun.err(), Some(Error::ArgumentValueInvalid));
    }
    for (lifetime, good) in [(59, false), (60, true), (3600, true), (3601, false)] {
        let begun = enrollment::begin(enrollment::Begin { lifetime: Some(lifetime), ..usual });
        assert_eq!(begun.is_ok(), good, "{lifetime}");
    }
    let now = UnixTime::from_seconds(u64::MAX);
    let begun = enrollment::begin(enrollment::Begin { now, ..usual });
    assert_eq!(begun.err(), Some(Error::TimeInvalid));
}

#[test]
fn an_enrolment_s_answer_approves_nothing_and_an_approval_s_enrols_nothing() {
    let key = signing_key(1);
    let approving = signed(&keyed(&answer("approve", "42")), &key);
    let enrolling_answer = signed(&keyed(&enrollment_answer(key.cose())), &key);
    assert_eq!(finished(&enrolling_answer), Err(Error::ApprovalMalformed));
    let refused = enrollment::finish(approving.as_bytes(), &enrolling(), NOW).err();
    assert_eq!(refused, Some(Error::ApprovalMalformed));
    // Under the other's label each lacks what the other has.
    let mut relabelled = enrollment_answer(key.cose());
    relabelled[0].1 = text("mfakit-approval/1");
    assert_eq!(answered(&keyed(&relabelled)), Err(Error::ApprovalMalformed));
    assert_eq!(
        enrolled(&answer_with(1, text("mfakit-approval-device/1")), &key).err(),
        Some(Error::ApprovalMalformed)
    );
    // A request is no answer.
    let request = begin(usual(&[usual_device()])).expect("begun").request().expect("it fits");
    assert_eq!(finished(&request.to_string()), Err(Error::ApprovalMalformed));

    let mut buffer = [0; MAX_ANSWER];
    let read = UnverifiedAnswer::read(approving.as_bytes(), &mut buffer).expect("an answer");
    assert_eq!((read.user_id(), read.device_id()), ("alice", &DEVICE));
    assert_eq!(read.request_id(), Some(&REQUEST));
    let read = UnverifiedAnswer::read(enrolling_answer.as_bytes(), &mut buffer).expect("one");
    assert_eq!((read.user_id(), read.device_id(), read.request_id()), ("alice", &DEVICE, None));
    let refused = UnverifiedAnswer::read(b"AAAA", &mut buffer).err();
    assert_eq!(refused, Some(Error::ApprovalMalformed));
    let small = UnverifiedAnswer::read(approving.as_bytes(), &mut [0; 16]).err();
    assert_eq!(small, Some(Error::ApprovalMalformed));
}

#[test]
#[cfg(feature = "all-algorithms")]
fn keys_too_long_for_a_record_are_unsupported() {
    let rsa =
        keyed(&[(1, int(3)), (3, int(-257)), (-1, bytes(&[0xc1; 256])), (-2, bytes(&[1, 0, 1]))]);
    assert_eq!(
        enrolled(&keyed(&enrollment_answer(rsa)), &signing_key(1)).err(),
        Some(Error::AlgorithmUnsupported)
    );
}

#[test]
#[cfg(feature = "all-algorithms")]
fn a_device_may_sign_with_any_curve() {
    use mfakit_testing::keys::{Ed448Key, Ed25519Key, Es256kKey, Es384Key, Es512Key};
    let esp256 = signing_key(1).under(-9);
    for (key, algorithm) in [
        (signing_key(1), -7),
        (Key::Es384(Es384Key::new(&[1; 48])), -35),
        (Key::Es512(Es512Key::new(&[1; 65])), -36),
        (Key::Es256k(Es256kKey::new(&[1; 32])), -47),
        (Key::Ed25519(Ed25519Key::new(&[1; 32])), -8),
        (Key::Ed25519(Ed25519Key::new(&[1; 32])).under(-19), -19),
        (Key::Ed448(Ed448Key::new(&[1; 57])), -53),
    ] {
        let record = enrolled(&keyed(&enrollment_answer(key.cose())), &key).expect("a record");
        assert_eq!(record.algorithm(), algorithm);
        let state = begin(usual(&[record])).expect("begun").state().to_string();
        let state = ApprovalState::parse(&state).expect("what was written");
        let outcome = |key| {
            let answer = signed(&keyed(&answer("approve", "42")), key);
            finish(answer.as_bytes(), &state, NOW).map(|verified| verified.outcome())
        };
        assert_eq!(outcome(&key), Ok(Outcome::Approved), "{algorithm}");
        // Another number for the same curve is another algorithm.
        if algorithm == -7 {
            assert_eq!(outcome(&esp256), Err(Error::ApprovalAlgorithmMismatch));
        }
    }
}

// ---- stored texts

/// One of each, as it is stored.
fn stored_texts() -> Vec<String> {
    let key = signing_key(1);
    let finished = |decision, number| {
        let text = signed(&keyed(&answer(decision, number)), &key);
        finish(text.as_bytes(), &pending(), NOW).expect("authentic").next().to_string()
    };
    let four = [1, 2, 3, 4].map(|id| device([id; 16], "alice", "example.com", id));
    vec![
        pending().to_string(),
        begin(usual(&four)).expect("begun").state().to_string(),
        finished("approve", "42"),
        finished("deny", ""),
        finished("approve", "00"),
        pending().cancel().expect("pending").to_string(),
        usual_device().to_string(),
        enrolling().to_string(),
    ]
}

/// What the reader of this text's kind makes of another: its own text again, or why not.
fn read_again(kind: &str, text: &str) -> Result<String, Error> {
    match &kind[..11] {
        "$mfakit-ap$" => ApprovalState::parse(text).map(|state| state.to_string()),
        "$mfakit-ad$" => DeviceRecord::parse(text).map(|record| record.to_string()),
        "$mfakit-ae$" => EnrollmentState::parse(text).map(|state| state.to_string()),
        _ => unreachable!("{kind}"),
    }
}

#[test]
fn what_is_stored_has_one_text_and_anything_near_it_is_damage_or_another() {
    for text in stored_texts() {
        assert_eq!(read_again(&text, &text).as_ref(), Ok(&text));
        for end in 0..text.len() {
            assert_ne!(read_again(&text, &text[..end]).as_ref(), Ok(&text));
        }
        for tail in ["$", ",", ".", "=", " ", "\n", "\0"] {
            let longer = format!("{text}{tail}");
            assert!(
                read_again(&text, &longer).is_err_and(|e| e == Error::RecordCorrupt),
                "{longer}"
            );
        }
        for at in 0..text.len() {
            for byte in b"0A$,.=-_+ ~" {
                let mut changed = text.clone().into_bytes();
                changed[at] = *byte;
                let changed = String::from_utf8(changed).expect("ASCII");
                if let Ok(again) = read_again(&text, &changed) {
                    assert_eq!(again, changed);
                }
            }
        }
        for other in stored_texts().iter().filter(|other| other[..11] != text[..11]) {
            assert_eq!(read_again(&text, other), Err(Error::RecordCorrupt));
        }
        let later = text.replacen("v=1", "v=2", 1);
        assert_eq!(read_again(&text, &later), Err(Error::RecordVersionUnknown));
        let unversioned = text.replacen("v=1,", "", 1);
        assert_eq!(read_again(&text, &unversioned), Err(Error::RecordCorrupt));
    }
}

#[test]
fn each_field_of_a_stored_text_is_checked() {
    let damaged = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{text} has no {from}");
        assert_eq!(
            read_again(text, &text.replacen(from, to, 1)),
            Err(Error::RecordCorrupt),
            "{to}"
        );
    };
    let state = pending().to_string();
    for (from, to) in [
        ("s=pending", "s=waiting"),
        ("s=pending", "s=approved"),
        ("s=pending", "s=cancelled"),
        ("s=pending,", ""),
        (",e=1800000120", ""),
        ("e=1800000120", "e=01800000120"),
        ("e=1800000120", "e=100000003601"),
        ("e=1800000120", "e=1800000120,x=1"),
        ("$42$", "$4$"),
        ("$42$", "$042$"),
        ("$42$", "$4x$"),
        ("$42$", "$$"),
        ("0dHR0dHR0dHR0dHR0dHR0Q,", ""),
        ("0dHR0dHR0dHR0dHR0dHR0Q,", "0dHR0dHR0dHR0dHR0dHR0Q,,"),
        ("0dHR0dHR0dHR0dHR0dHR0Q,", "0dHR0dHR0dHR0dHR0dHR,"),
    ] {
        damaged(&state, from, to);
    }
    // A device that stands twice, and a fifth.
    let (head, entry) = state.rsplit_once('$').expect("fields");
    for devices in [format!("{entry}.{entry}"), format!("{entry}."), String::new()] {
        assert_eq!(read_again(&state, &format!("{head}${devices}")), Err(Error::RecordCorrupt));
    }
    let five = [1, 2, 3, 4, 5].map(|id| {
        let record = device([id; 16], "alice", "example.com", id);
        format!("{},{}", base64(record.id()), base64(record.public_key()))
    });
    assert!(read_again(&state, &format!("{head}${}", five[..4].join("."))).is_ok());
    assert_eq!(
        read_again(&state, &format!("{head}${}", five.join("."))),
        Err(Error::RecordCorrupt)
    );

    let record = usual_device().to_string();
    for (from, to) in [
        ("a=-7", "a=-9"),
        ("a=-7", "a=7"),
        ("a=-7", "a=-07"),
        ("a=-7", "a=+7"),
        ("a=-7", "b=-7"),
        ("a=-7", "a=-7,b=1"),
        ("$UGhvbmU", "$CgAA"),
        ("$UGhvbmU", "$_w"),
        ("$ZXhhbXBsZS5jb20$", "$$"),
    ] {
        damaged(&record, from, to);
    }
    let enrolling = enrolling().to_string();
    for (from, to) in [("e=1800000600", "e=x"), ("e=1800000600", "f=1"), ("ZXhhbXBsZS5jb20", "Cg")]
    {
        damaged(&enrolling, from, to);
    }
}

#[test]
#[cfg(not(feature = "es384"))]
fn a_key_of_an_algorithm_that_is_not_built_in_is_no_damage() {
    let cose = keyed(&[
        (1, int(2)),
        (3, int(-35)),
        (-1, int(2)),
        (-2, bytes(&[1; 48])),
        (-3, bytes(&[1; 48])),
    ]);
    let own = base64(usual_device().public_key());
    for text in [usual_device().to_string(), pending().to_string()] {
        let changed = text.replace(&own, &base64(&cose)).replace("a=-7", "a=-35");
        assert_eq!(read_again(&text, &changed), Err(Error::AlgorithmUnsupported));
    }
}

#[test]
fn nothing_of_a_state_or_a_device_is_printed_that_need_not_be() {
    assert_eq!(format!("{:?}", pending()), "ApprovalState(pending)");
    assert_eq!(format!("{:?}", enrolling()), "EnrollmentState(…)");
    let shown = format!("{:?}", usual_device());
    assert!(!shown.contains("alice") && shown.contains("example.com"), "{shown}");
}

// ---- hostile bytes

#[test]
fn no_bit_of_an_answer_can_be_changed() {
    let key = signing_key(1);
    let approving = array(&sign1(&protected(-7), &keyed(&answer("approve", "42")), &key));
    let enrolment = enrollment_answer(key.cose());
    let enrolment = array(&sign1(&protected(-7), &keyed(&enrolment), &key));
    let state = pending();
    let enrolling = enrolling();
    for (message, is_approval) in [(approving, true), (enrolment, false)] {
        let refused = |bytes: &[u8]| {
            let text = base64(bytes);
            if is_approval {
                finish(text.as_bytes(), &state, NOW).is_err()
            } else {
                enrollment::finish(text.as_bytes(), &enrolling, NOW).is_err()
            }
        };
        assert!(!refused(&message));
        for end in 0..message.len() {
            assert!(refused(&message[..end]), "{end}");
        }
        for bit in 0..message.len() * 8 {
            let mut changed = message.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&changed), "{bit}");
        }
    }
}

#[test]
fn no_bytes_make_a_reader_fail_otherwise_than_by_its_error() {
    // xorshift64*, so that a failure can be repeated.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33
    };
    let key = signing_key(1);
    let valid = array(&sign1(&protected(-7), &keyed(&answer("approve", "42")), &key));
    let state = pending();
    let enrolling = enrolling();
    let texts = stored_texts();
    for round in 0..3000 {
        let mut bytes = if round % 2 == 0 {
            (0..next() % 400).map(|_| next() as u8).collect()
        } else {
            valid.clone()
        };
        for _ in 0..1 + next() % 4 {
            if let Some(len) = bytes.len().checked_sub(1).filter(|len| *len > 0) {
                let (at, to) = (next() as usize % len, next() as usize % len);
                match next() % 4 {
                    0 => bytes[at] = next() as u8,
                    1 => _ = bytes.remove(at),
                    2 => bytes.insert(at, next() as u8),
                    _ => bytes.copy_within(at.min(to)..at.max(to), 0),
                }
            }
        }
        if bytes == valid {
            continue;
        }
        let text = base64(&bytes);
        assert!(finish(text.as_bytes(), &state, NOW).is_err());
        assert!(enrollment::finish(text.as_bytes(), &enrolling, NOW).is_err());
        let _ = finish(&bytes, &state, NOW).is_err();
        let mut buffer = [0; MAX_ANSWER];
        let _ = UnverifiedAnswer::read(text.as_bytes(), &mut buffer);
        let mut stored = texts[round % texts.len()].clone().into_bytes();
        let at = next() as usize % stored.len();
        stored[at] = next() as u8 & 0x7f;
        let stored = String::from_utf8(stored).expect("ASCII");
        for kind in &texts {
            if let Ok(again) = read_again(kind, &stored) {
                assert_eq!(again, stored);
            }
        }
    }
}
