//! `TemporaryRecord::parse` against the record's grammar: which texts are a record, that each has one text, and what it says.

use crate::recovery_record::{after_version, canonical, decoded, pepper_id, rounds};
use data_encoding::BASE64URL_NOPAD;
use mfakit_core::Error;
use mfakit_core::codes::temporary::TemporaryRecord;

/// How a code's tag is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Storage {
    /// By PBKDF2 with so many rounds.
    Rounds(u32),
    /// Under a pepper, of so many digits.
    Digits(u8),
}

/// A record, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `admin`, `support` or `delivered`.
    pub kind: &'static str,
    /// How its tag is made.
    pub storage: Storage,
    /// The pepper that keys the tag; the id does if there is none.
    pub pepper_id: Option<String>,
    /// Its random id.
    pub id: [u8; 16],
    /// The tag of its code.
    pub tag: [u8; 32],
    /// The second from which and the second until which it is good.
    pub life: [u64; 2],
    /// How often it was used.
    pub uses: u32,
    /// Whether it is void.
    pub revoked: bool,
    /// Who issued it.
    pub issued_by: String,
    /// When codes were issued.
    pub issued: Vec<u64>,
}

impl Record {
    /// How often the code is good.
    #[must_use]
    pub fn max_uses(&self) -> u32 {
        if self.kind == "admin" { 1000 } else { 1 }
    }

    /// The record's one text.
    #[must_use]
    pub fn text(&self) -> String {
        let storage = match self.storage {
            Storage::Rounds(rounds) => format!("h=pbkdf2-sha256,i={rounds}"),
            Storage::Digits(digits) => format!("d={digits}"),
        };
        let pepper = self.pepper_id.as_ref().map_or(String::new(), |id| format!(",k={id}"));
        let [from, to] = self.life;
        let issued: Vec<String> = self.issued.iter().map(u64::to_string).collect();
        [
            format!("$mfakit-tc$v=1,t={},{storage}{pepper}", self.kind),
            BASE64URL_NOPAD.encode(&self.id),
            BASE64URL_NOPAD.encode(&self.tag),
            format!("{from}.{to}.{}.{}.{}", self.max_uses(), self.uses, u8::from(self.revoked)),
            BASE64URL_NOPAD.encode(self.issued_by.as_bytes()),
            issued.join("."),
        ]
        .join("$")
    }
}

/// The latest time that a record may have: the year 5138, and a day's lifetime behind it.
pub const LATEST: u64 = 100_000_086_400;

/// The record, or why the text is none.
///
/// # Errors
///
/// As `TemporaryRecord::parse`.
pub fn reference(text: &str) -> Result<Record, Error> {
    let rest = after_version(text, "$mfakit-tc$", 1024)?;
    let (parameters, rest) = rest.split_once('$').ok_or(Error::RecordCorrupt)?;
    let parameters: Vec<&str> = parameters.split(',').collect();
    let (kind, storage, parameters) = match &parameters[..] {
        ["t=admin", rest @ ..] => {
            rounds(rest).map(|(n, rest)| ("admin", Storage::Rounds(n), rest))?
        }
        ["t=support", rest @ ..] => {
            rounds(rest).map(|(n, rest)| ("support", Storage::Rounds(n), rest))?
        }
        ["t=delivered", "d=6", rest @ ..] => ("delivered", Storage::Digits(6), rest),
        ["t=delivered", "d=7", rest @ ..] => ("delivered", Storage::Digits(7), rest),
        ["t=delivered", "d=8", rest @ ..] => ("delivered", Storage::Digits(8), rest),
        _ => return Err(Error::RecordCorrupt),
    };
    fields(kind, storage, parameters, rest).ok_or(Error::RecordCorrupt)
}

fn fields(kind: &'static str, storage: Storage, parameters: &[&str], rest: &str) -> Option<Record> {
    let pepper_id = pepper_id(parameters)?;
    let fields: Vec<&str> = rest.split('$').collect();
    let [id, tag, numbers, issued_by, issued] = fields[..] else { return None };
    let list = |text: &str| text.split('.').map(canonical).collect::<Option<Vec<u64>>>();
    let [from, to, max_uses, uses, revoked] = list(numbers)?[..] else { return None };
    let name = BASE64URL_NOPAD.decode(issued_by.as_bytes()).ok()?;
    let record = Record {
        kind,
        storage,
        pepper_id,
        id: decoded(id)?,
        tag: decoded(tag)?,
        life: [from, to],
        uses: u32::try_from(uses).ok()?,
        revoked: revoked == 1,
        issued_by: String::from_utf8(name).ok()?,
        issued: list(issued)?,
    };
    let good = from <= to
        && record.issued.iter().chain([&to]).all(|time| *time <= LATEST)
        && max_uses == u64::from(record.max_uses())
        && uses <= max_uses
        && revoked <= 1
        && (1..=255).contains(&record.issued_by.len())
        && record.issued.len() <= 6
        && (kind != "delivered" || record.pepper_id.is_some());
    good.then_some(record)
}

/// Whether core takes the record; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    // Records come from the host's own database: to core they are a `str`.
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let ours = TemporaryRecord::parse(text);
    let expected = reference(text);
    assert_eq!(ours.as_ref().err(), expected.as_ref().err());
    let (Ok(ours), Ok(expected)) = (ours, expected) else { return false };
    assert_eq!(ours.to_string(), text, "a record has one text");
    assert_eq!(expected.text(), text);
    same(&ours, &expected);
    let revoked = Record { revoked: true, ..expected };
    assert_eq!(ours.revoked_now().to_string(), revoked.text());
    let audit = mfakit::revoke_temporary_code(text).expect("a record");
    assert_eq!(audit.transition.next, revoked.text());
    assert_eq!((audit.audit.event, audit.audit.revoked), ("revoked", true));
    true
}

/// Panics unless both say the same.
pub fn same(ours: &TemporaryRecord<'_>, expected: &Record) {
    assert_eq!(ours.kind().as_str(), expected.kind);
    assert_eq!(*ours.id(), expected.id);
    assert_eq!([ours.not_before(), ours.not_after()].map(|time| time.seconds()), expected.life);
    assert_eq!([ours.max_uses(), ours.uses()], [expected.max_uses(), expected.uses]);
    assert_eq!((ours.is_revoked(), ours.issued_by()), (expected.revoked, &*expected.issued_by));
}

/// Records of every kind, and ones with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let now = 1_800_000_000;
    let delivered = Record {
        kind: "delivered",
        storage: Storage::Digits(6),
        pepper_id: Some("2026-05".to_owned()),
        id: [9; 16],
        tag: [0xa5; 32],
        life: [now, now + 600],
        uses: 0,
        revoked: false,
        issued_by: "login".to_owned(),
        issued: vec![now - 60, now],
    };
    let admin = Record { kind: "admin", storage: Storage::Rounds(600_000), ..delivered.clone() };
    let mut all = vec![
        admin.clone(),
        Record { kind: "support", uses: 1, pepper_id: None, ..admin.clone() },
        Record { kind: "support", uses: 2, ..admin.clone() },
        Record { uses: 1000, revoked: true, ..admin.clone() },
        Record { uses: 1001, ..admin.clone() },
        Record { life: [now, now], issued: vec![u64::MAX; 6], ..admin.clone() },
        Record { life: [now + 1, now], ..admin.clone() },
        Record { life: [now, LATEST], issued: vec![LATEST; 6], ..admin.clone() },
        Record { life: [now, LATEST + 1], ..admin.clone() },
        Record { issued: vec![now, LATEST + 1], ..admin.clone() },
        Record { life: [0, u64::MAX], issued: vec![0; 7], ..admin.clone() },
        Record { issued_by: "\u{df}".repeat(127), ..admin.clone() },
        Record { issued_by: "d".repeat(255), ..admin.clone() },
        Record { issued_by: "d".repeat(256), ..admin.clone() },
        Record { issued_by: String::new(), ..admin.clone() },
        Record { pepper_id: None, ..delivered.clone() },
        Record { pepper_id: Some("k".repeat(33)), ..delivered.clone() },
    ];
    all.extend(
        [99_999, 100_000, 2_000_000, 2_000_001]
            .map(|n| Record { storage: Storage::Rounds(n), ..admin.clone() }),
    );
    all.extend(
        [5, 6, 7, 8, 9].map(|n| Record { storage: Storage::Digits(n), ..delivered.clone() }),
    );
    all.push(delivered.clone());
    let mut texts: Vec<String> = all.iter().map(Record::text).collect();
    for (part, others) in [
        ("v=1", &["v=2", "v=01", "v=", "v=999999999", "v=1000000000", "w=1"][..]),
        ("t=admin", &["t=support", "t=delivered", "t=", "t=Admin", "f=admin", "t=admin,"]),
        ("h=pbkdf2-sha256", &["h=argon2id", "h=", "h=A", "h=argon2id,"]),
        ("d=6", &["d=06", "d=", "d=6,d=6", "d=6,", "h=pbkdf2-sha256,i=600000"]),
        (",k=2026-05", &["", ",", ",k=", ",k=a,k=b", "$k=a"]),
        ("$CQkJ", &["$", "$$CQkJ", "$CQk"]),
        (".0.0$", &[".0$", ".0.2$", ".0.0.0$", ".00.0$", ".-1.0$", ".0.1$", ".1.0$"]),
        ("$bG9naW4", &["$", "$bG9naW5", "$_w", "$bG9naW4=", "$$bG9naW4"]),
        (
            "$1799999940.",
            &[
                "$",
                "$.",
                "$1799999940,",
                "$01799999940.",
                "$18446744073709551616.",
                "$1.1.1.1.1.1.",
            ],
        ),
        ("$mfakit-tc$", &["$mfakit-rc$", "mfakit-tc$", ""]),
    ] {
        for record in [&delivered, &admin] {
            texts.extend(others.iter().map(|other| record.text().replacen(part, other, 1)));
        }
    }
    let text = delivered.text();
    texts.extend((0..text.len()).map(|end| text[..end].to_owned()));
    texts.extend([".", "$", "\n", ".1"].map(|end| format!("{text}{end}")));
    texts.extend([1008, 1009].map(|n| format!("$mfakit-tc$v=2$${}", "x".repeat(n))));
    texts.into_iter().map(String::into_bytes).collect()
}
