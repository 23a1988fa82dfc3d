//! `approval`: answers, enrolments and requests against the rules written a second time over the reference reader of CBOR.
//!
//! Mutations do not find signatures. So the first byte chooses what the rest is, and an answer's payload is signed by the device's key
//! after the mutation: the verdict must be the first rule's that it breaks.

use crate::cbor::{Node, reference};
use data_encoding::BASE64URL_NOPAD;
use mfakit_core::approval::device::{ApprovalRequest, DeviceKey, EnrollmentRequest};
use mfakit_core::approval::enrollment::{self, EnrollmentState};
use mfakit_core::approval::{
    self, ApprovalState, Begin, DeviceRecord, MAX_ANSWER, MAX_REQUEST, Number, UnverifiedAnswer,
};
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::{Error, UnixTime};
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use mfakit_testing::keys::{Es256Key, Key};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const NOW: u64 = 1_800_000_000;
const DEVICE: [u8; 16] = [0xd1; 16];
const REQUEST: [u8; 16] = [0x4e; 16];
const USER: &str = "alice";
const AUDIENCE: &str = "example.org";
const ACTION: &str = "Sign in";
const CONTEXT: &str = "Firefox\nBerlin";

/// What the bytes after the first are.
const KINDS: [Kind; 6] = [
    Kind::Payload(Label::Approval),
    Kind::Payload(Label::Enrollment),
    Kind::Message,
    Kind::Request,
    Kind::EnrollmentRequest,
    Kind::Stored,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// A payload, to be signed.
    Payload(Label),
    /// A whole message, as it is.
    Message,
    /// What a device reads.
    Request,
    /// What a device reads that is to be enrolled.
    EnrollmentRequest,
    /// A stored text.
    Stored,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Label {
    Approval,
    Enrollment,
}

struct Fixture {
    key: Key,
    record: DeviceRecord,
    state: ApprovalState,
    enrolling: EnrollmentState,
    request: Vec<u8>,
    enrollment_request: Vec<u8>,
    number: String,
}

impl Fixture {
    fn other_number(&self) -> &'static str {
        if self.number == "00" { "01" } else { "00" }
    }
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let now = UnixTime::from_seconds(NOW);
    let key = Key::Es256(Es256Key::new(&[7; 32]));
    let begin =
        enrollment::Begin { user_id: USER, audience: AUDIENCE, lifetime: None, id: DEVICE, now };
    let enrolling = enrollment::begin(begin).expect("begun");
    let payload = enrollment_payload(&key.cose());
    let answer = base64(&message(&payload, &key));
    let record = enrollment::finish(answer.as_bytes(), &enrolling, now).expect("authentic");
    let record = record.commit(1).expect("a record");
    let devices = [record];
    let begun = approval::begin(Begin {
        user_id: USER,
        audience: AUDIENCE,
        action: ACTION,
        context: CONTEXT,
        devices: &devices,
        previous: None,
        lifetime: None,
        id: REQUEST,
        number: Number::new(&[0x6f; 8]),
        now,
    })
    .expect("begun");
    let text = begun.state().to_string();
    Fixture {
        key,
        record,
        state: ApprovalState::parse(&text).expect("what was written"),
        request: begun.request().expect("it fits").as_bytes().to_vec(),
        enrollment_request: enrolling.request().expect("it fits").as_bytes().to_vec(),
        number: String::from_utf8(begun.number().expose().to_vec()).expect("digits"),
        enrolling,
    }
});

fn base64(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn keyed(entries: &[(i64, Item)]) -> Item {
    let entries: Vec<(Item, Item)> = entries.iter().map(|(k, v)| (int(*k), v.clone())).collect();
    map(&entries)
}

fn content_hash() -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [ACTION, CONTEXT] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn approval_payload(decision: &str, number: &str) -> Item {
    keyed(&[
        (1, text("mfakit-approval/1")),
        (2, text(AUDIENCE)),
        (3, bytes(&REQUEST)),
        (4, text(USER)),
        (5, int(NOW as i64 + 120)),
        (8, bytes(&DEVICE)),
        (9, bytes(&content_hash())),
        (10, text(decision)),
        (11, text(number)),
    ])
}

fn enrollment_payload(key: &[u8]) -> Item {
    keyed(&[
        (1, text("mfakit-approval-device/1")),
        (2, text(AUDIENCE)),
        (4, text(USER)),
        (5, int(NOW as i64 + 600)),
        (8, bytes(&DEVICE)),
        (12, key.to_vec()),
        (13, text("Phone")),
    ])
}

/// A COSE_Sign1 by the device's key, whatever the payload is.
fn message(payload: &[u8], key: &Key) -> Vec<u8> {
    let protected = keyed(&[(1, int(key.algorithm()))]);
    let signed = array(&[text("Signature1"), bytes(&protected), bytes(&[]), bytes(payload)]);
    let (r, s) = key.es256().sign(&signed);
    array(&[bytes(&protected), map(&[]), bytes(payload), bytes(&[r, s].concat())])
}

/// Panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let Some((kind, rest)) = data.split_first() else { return false };
    match KINDS[usize::from(*kind) % KINDS.len()] {
        Kind::Payload(Label::Approval) => check_approval(rest),
        Kind::Payload(Label::Enrollment) => check_enrollment(rest),
        Kind::Message => check_message(rest),
        Kind::Request => check_request(rest),
        Kind::EnrollmentRequest => check_enrollment_request(rest),
        Kind::Stored => check_stored(rest),
    }
}

fn check_approval(payload: &[u8]) -> bool {
    let fixture = &*FIXTURE;
    let answer = base64(&message(payload, &fixture.key));
    let now = UnixTime::from_seconds(NOW + 120);
    let ours = approval::finish(answer.as_bytes(), &fixture.state, now);
    let ours = ours.map(|verified| {
        assert_eq!(*verified.device_id(), DEVICE);
        assert_eq!((verified.user_id(), *verified.approval_id()), (USER, REQUEST));
        assert_eq!(verified.next().status(&REQUEST, now).as_str(), verified.outcome().as_str());
        let outcome = verified.outcome().as_str();
        let committed = verified.commit(1).map(|evidence| evidence.method().as_str());
        let expected = match outcome {
            "approved" => Ok("push_approval"),
            "denied" => Err(Error::ApprovalDenied),
            _ => Err(Error::ApprovalNumberMismatch),
        };
        assert_eq!(committed, expected);
        outcome
    });
    assert_eq!(ours, expected_approval(payload, &fixture.number));
    ours.is_ok()
}

fn expected_approval(payload: &[u8], number: &str) -> Result<&'static str, Error> {
    let answer = approval_members(payload).ok_or(Error::ApprovalMalformed)?;
    if answer.device != DEVICE {
        Err(Error::ApprovalDeviceUnknown)
    } else if answer.audience != AUDIENCE {
        Err(Error::ApprovalAudienceMismatch)
    } else if answer.id != REQUEST
        || answer.user != USER
        || answer.expires != i128::from(NOW + 120)
        || answer.content != content_hash()
    {
        Err(Error::ApprovalRequestMismatch)
    } else if answer.decision == "deny" {
        Ok("denied")
    } else if answer.number == number {
        Ok("approved")
    } else {
        Ok("number_mismatch")
    }
}

struct Answer {
    audience: String,
    id: Vec<u8>,
    user: String,
    expires: i128,
    device: Vec<u8>,
    content: Vec<u8>,
    decision: String,
    number: String,
}

fn approval_members(payload: &[u8]) -> Option<Answer> {
    let keys = [1, 2, 3, 4, 5, 8, 9, 10, 11];
    let [label, audience, id, user, expires, device, content, decision, number] =
        members(payload, &keys)?.try_into().ok()?;
    let answer = Answer {
        audience: as_text(audience)?,
        id: as_bytes(id, 16)?,
        user: as_text(user)?,
        expires: as_time(expires)?,
        device: as_bytes(device, 16)?,
        content: as_bytes(content, 32)?,
        decision: as_text(decision)?,
        number: as_text(number)?,
    };
    let two = answer.number.len() == 2 && answer.number.chars().all(|c| c.is_ascii_digit());
    let decided = match &*answer.decision {
        "approve" => two,
        "deny" => answer.number.is_empty(),
        _ => false,
    };
    (decided && as_text(label)? == "mfakit-approval/1").then_some(answer)
}

/// The values of a canonical map with exactly these keys, which ascend.
fn members(payload: &[u8], keys: &[i128]) -> Option<Vec<Node>> {
    let strict = Limits { strict_order: true, ..Limits::CTAP2 };
    let (Node::Map(entries), _, []) = reference(payload, strict)? else { return None };
    let found: Vec<&Node> = entries.iter().map(|(key, _)| key).collect();
    let wanted: Vec<Node> = keys.iter().map(|key| Node::Integer(*key)).collect();
    let same = found.len() == wanted.len() && found.iter().zip(&wanted).all(|(a, b)| *a == b);
    same.then(|| entries.into_iter().map(|(_, value)| value).collect())
}

fn as_text(node: Node) -> Option<String> {
    if let Node::Text(text) = node { Some(text) } else { None }
}

fn as_bytes(node: Node, len: usize) -> Option<Vec<u8>> {
    if let Node::Bytes(bytes) = node { (bytes.len() == len).then_some(bytes) } else { None }
}

fn as_time(node: Node) -> Option<i128> {
    if let Node::Integer(n) = node {
        (0..=i128::from(i64::MAX)).contains(&n).then_some(n)
    } else {
        None
    }
}

fn is_line(text: &str) -> bool {
    let joiners = ['\u{200c}', '\u{200d}'];
    let blank = text.trim().chars().all(|c| c.is_whitespace() || joiners.contains(&c));
    (1..=255).contains(&text.len()) && shown(text, false) && !blank
}

fn is_context(text: &str) -> bool {
    text.len() <= 1024 && shown(text, true) && text.split('\n').count() <= 9
}

/// What is not seen, or turns what is.
const UNSEEN: [std::ops::RangeInclusive<u32>; 14] = [
    0x00..=0x1f,
    0x7f..=0x9f,
    0x61c..=0x61c,
    0x115f..=0x1160,
    0x180e..=0x180e,
    0x200b..=0x200b,
    0x200e..=0x200f,
    0x2028..=0x202e,
    0x2060..=0x2069,
    0x2800..=0x2800,
    0x3164..=0x3164,
    0xfeff..=0xfeff,
    0xffa0..=0xffa0,
    0xe0000..=0xe007f,
];

fn shown(text: &str, lines: bool) -> bool {
    text.chars()
        .all(|c| (lines && c == '\n') || !UNSEEN.iter().any(|range| range.contains(&u32::from(c))))
}

fn check_enrollment(payload: &[u8]) -> bool {
    let fixture = &*FIXTURE;
    let answer = base64(&message(payload, &fixture.key));
    let now = UnixTime::from_seconds(NOW);
    let ours = enrollment::finish(answer.as_bytes(), &fixture.enrolling, now);
    let ours = ours.and_then(|verified| verified.commit(1));
    let expected = expected_enrollment(payload);
    match (&ours, expected) {
        (Ok(record), Ok(name)) => {
            assert_eq!(record.name(), name.as_deref());
            assert_eq!((*record.id(), record.user_id()), (DEVICE, USER));
            assert_eq!(record.public_key(), fixture.key.cose());
            assert_eq!(DeviceRecord::parse(&record.to_string()), Ok(*record));
        }
        (Err(error), Err(Some(expected))) => assert_eq!(*error, expected),
        // Another key: of what is wrong with it, `cose` tells; the signature is not its own.
        (Err(error), Err(None)) => assert!(
            matches!(
                error,
                Error::CoseKeyMalformed
                    | Error::CoseKeyMismatch
                    | Error::CosePointInvalid
                    | Error::AlgorithmUnsupported
                    | Error::ApprovalAlgorithmMismatch
                    | Error::SignatureInvalid
            ),
            "{error:?}"
        ),
        (ours, expected) => panic!("{ours:?}, and not {expected:?}"),
    }
    ours.is_ok()
}

fn expected_enrollment(payload: &[u8]) -> Result<Option<String>, Option<Error>> {
    const MALFORMED: Option<Error> = Some(Error::ApprovalMalformed);
    let without = [1, 2, 4, 5, 8, 12];
    let with = [1, 2, 4, 5, 8, 12, 13];
    let mut nodes =
        members(payload, &with).or_else(|| members(payload, &without)).ok_or(MALFORMED)?;
    let name = match nodes.len() {
        7 => Some(as_text(nodes.remove(6)).filter(|name| is_line(name)).ok_or(MALFORMED)?),
        _ => None,
    };
    let [label, audience, user, expires, device, key] =
        <[Node; 6]>::try_from(nodes).map_err(|_| MALFORMED)?;
    let label = as_text(label).ok_or(MALFORMED)?;
    let audience = as_text(audience).ok_or(MALFORMED)?;
    let user = as_text(user).ok_or(MALFORMED)?;
    let expires = as_time(expires).ok_or(MALFORMED)?;
    let device = as_bytes(device, 16).ok_or(MALFORMED)?;
    if label != "mfakit-approval-device/1" {
        return Err(MALFORMED);
    }
    if audience != AUDIENCE {
        return Err(Some(Error::ApprovalAudienceMismatch));
    }
    if user != USER || expires != i128::from(NOW + 600) || device != DEVICE {
        return Err(Some(Error::ApprovalRequestMismatch));
    }
    let own = reference(&FIXTURE.key.cose(), Limits::CTAP2).map(|(node, _, _)| node);
    if Some(key) == own { Ok(name) } else { Err(None) }
}

/// Nobody but the key signs: of all messages only the seeds count.
fn check_message(bytes: &[u8]) -> bool {
    let fixture = &*FIXTURE;
    let now = UnixTime::from_seconds(NOW);
    let answer = base64(bytes);
    let seed = |payload: Item| message(&payload, &fixture.key) == bytes;
    let ours =
        approval::finish(answer.as_bytes(), &fixture.state, now).map(|v| v.outcome().as_str());
    let expected = if seed(approval_payload("approve", &fixture.number)) {
        Some("approved")
    } else if seed(approval_payload("approve", fixture.other_number())) {
        Some("number_mismatch")
    } else if seed(approval_payload("deny", "")) {
        Some("denied")
    } else {
        None
    };
    assert_eq!(ours.ok(), expected);
    let enrolled = enrollment::finish(answer.as_bytes(), &fixture.enrolling, now).is_ok();
    assert_eq!(enrolled, seed(enrollment_payload(&fixture.key.cose())));
    let mut buffer = [0; MAX_ANSWER];
    let read = UnverifiedAnswer::read(answer.as_bytes(), &mut buffer);
    assert!(read.is_ok() || (expected.is_none() && !enrolled));
    // As text, the bytes are their own encoding or none.
    let _ = approval::finish(bytes, &fixture.state, now);
    expected.is_some() || enrolled
}

fn check_request(bytes: &[u8]) -> bool {
    let text = base64(bytes);
    let mut buffer = [0; MAX_REQUEST];
    let ours = ApprovalRequest::read(text.as_bytes(), &mut buffer);
    let expected = (|| {
        let [label, audience, id, user, expires, action, context] =
            members(bytes, &[1, 2, 3, 4, 5, 6, 7])?.try_into().ok()?;
        (as_text(label)? == "mfakit-approval-request/1").then_some(())?;
        let context = as_text(context).filter(|c| is_context(c))?;
        Some((
            as_text(audience).filter(|a| is_line(a))?,
            as_bytes(id, 16)?,
            as_text(user).filter(|u| (1..=255).contains(&u.len()))?,
            as_time(expires)?,
            as_text(action).filter(|a| is_line(a))?,
            context,
        ))
    })();
    // What is longer than the buffer is none.
    let expected = expected.filter(|_| bytes.len() <= MAX_REQUEST);
    let Ok(ours) = ours else {
        assert_eq!((ours.err(), expected), (Some(Error::ApprovalMalformed), None));
        return false;
    };
    let (audience, id, user, expires, action, context) = expected.expect("a request");
    assert_eq!((ours.audience(), ours.user_id()), (&*audience, &*user));
    assert_eq!((ours.action(), ours.context()), (&*action, &*context));
    assert_eq!((&ours.id()[..], i128::from(ours.expires_at().seconds())), (&id[..], expires));
    true
}

fn check_enrollment_request(bytes: &[u8]) -> bool {
    let text = base64(bytes);
    let mut buffer = [0; MAX_REQUEST];
    let ours = EnrollmentRequest::read(text.as_bytes(), &mut buffer);
    let expected = (|| {
        let [label, audience, user, expires, id] =
            members(bytes, &[1, 2, 4, 5, 8])?.try_into().ok()?;
        (as_text(label)? == "mfakit-approval-device-request/1").then_some(())?;
        Some((
            as_text(audience).filter(|a| is_line(a))?,
            as_text(user).filter(|u| (1..=255).contains(&u.len()))?,
            as_time(expires)?,
            as_bytes(id, 16)?,
        ))
    })();
    let Ok(ours) = ours else {
        assert_eq!((ours.err(), expected), (Some(Error::ApprovalMalformed), None));
        return false;
    };
    let (audience, user, expires, id) = expected.expect("a request");
    assert_eq!((ours.audience(), ours.user_id()), (&*audience, &*user));
    assert_eq!(
        (&ours.device_id()[..], i128::from(ours.expires_at().seconds())),
        (&id[..], expires)
    );
    // Whatever is asked, a key made for it answers it, and the host that asked takes the answer.
    let key = DeviceKey::new(&ours, &[9; 32]).expect("a key");
    assert!(ours.sign(&key, Some("Phone"), None).is_ok());
    true
}

/// A stored text has one form: what is read is written again.
fn check_stored(bytes: &[u8]) -> bool {
    // Stored texts come from the host's own database: to core they are a `str`.
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let again = [
        ApprovalState::parse(text).map(|state| state.to_string()),
        DeviceRecord::parse(text).map(|record| record.to_string()),
        EnrollmentState::parse(text).map(|state| state.to_string()),
        DeviceKey::parse(text).map(|key| {
            let mut written = String::new();
            key.write_text(&mut written).expect("room");
            written
        }),
    ];
    for result in &again {
        match result {
            Ok(written) => assert_eq!(written, text),
            Err(error) => assert!(
                matches!(
                    error,
                    Error::RecordCorrupt
                        | Error::RecordVersionUnknown
                        | Error::AlgorithmUnsupported
                ),
                "{error:?}"
            ),
        }
    }
    again.iter().filter(|result| result.is_ok()).count() == 1
}

/// One of each kind, and some with a part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let fixture = &*FIXTURE;
    let mut all = Vec::new();
    let mut add = |kind: Kind, bytes: &[u8]| {
        let index = KINDS.iter().position(|k| *k == kind).expect("listed");
        all.push([&[u8::try_from(index).expect("few")], bytes].concat());
    };
    let number = fixture.number.as_str();
    let other = fixture.other_number();
    let approvals = [
        approval_payload("approve", number),
        approval_payload("approve", other),
        approval_payload("deny", ""),
        approval_payload("deny", number),
        approval_payload("approve", ""),
    ];
    for payload in &approvals {
        add(Kind::Payload(Label::Approval), payload);
        add(Kind::Payload(Label::Enrollment), payload);
        add(Kind::Message, &message(payload, &fixture.key));
    }
    let other_key = Key::Es256(Es256Key::new(&[8; 32]));
    for key in [fixture.key.cose(), other_key.cose()] {
        let payload = enrollment_payload(&key);
        add(Kind::Payload(Label::Enrollment), &payload);
        add(Kind::Payload(Label::Approval), &payload);
        add(Kind::Message, &message(&payload, &fixture.key));
    }
    add(Kind::Request, &fixture.request);
    add(Kind::EnrollmentRequest, &fixture.enrollment_request);
    let now = UnixTime::from_seconds(NOW);
    let answered = |payload: &[u8]| {
        let answer = base64(&message(payload, &fixture.key));
        let verified = approval::finish(answer.as_bytes(), &fixture.state, now);
        verified.expect("authentic").next().to_string()
    };
    let mut texts = vec![
        fixture.state.to_string(),
        fixture.state.cancel().expect("pending").to_string(),
        fixture.record.to_string(),
        fixture.enrolling.to_string(),
    ];
    texts.extend(approvals[..3].iter().map(|payload| answered(payload)));
    let mut buffer = [0; MAX_REQUEST];
    let text = base64(&fixture.enrollment_request);
    let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
    let mut key = String::new();
    DeviceKey::new(&request, &[9; 32]).expect("a key").write_text(&mut key).expect("room");
    texts.push(key);
    for text in &texts {
        add(Kind::Stored, text.as_bytes());
        add(Kind::Stored, text.replacen("v=1", "v=2", 1).as_bytes());
        add(Kind::Stored, &text.as_bytes()[..text.len() - 1]);
    }
    all
}
