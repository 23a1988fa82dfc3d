//! `RecoveryRecord::parse` against the record's grammar: which texts are a record, and that each has one text.

use crate::hmac::{hmac_sha256, pbkdf2};
use crate::recovery_code::Symbols;
use data_encoding::BASE64URL_NOPAD;
use mfakit_core::Error;
use mfakit_core::codes::recovery::RecoveryRecord;

/// A record, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The rounds of PBKDF2 for typeable codes.
    pub rounds: Option<u32>,
    /// The pepper that keys the tags; the set id does if there is none.
    pub pepper_id: Option<String>,
    /// The set's random id.
    pub set_id: [u8; 16],
    /// A tag for each slot.
    pub tags: Vec<[u8; 32]>,
}

impl Record {
    /// The record's one text.
    #[must_use]
    pub fn text(&self) -> String {
        let format = match self.rounds {
            None => "full".to_owned(),
            Some(rounds) => format!("typeable,h=pbkdf2-sha256,i={rounds}"),
        };
        let pepper = self.pepper_id.as_ref().map_or(String::new(), |id| format!(",k={id}"));
        let tags: Vec<String> = self.tags.iter().map(|tag| BASE64URL_NOPAD.encode(tag)).collect();
        let set_id = BASE64URL_NOPAD.encode(&self.set_id);
        format!("$mfakit-rc$v=1,f={format}{pepper}${set_id}${}", tags.join("."))
    }
}

/// The tag of a code under a key.
#[must_use]
pub fn tag(
    rounds: Option<u32>,
    key: &[u8],
    user_id: &[u8],
    set_id: &[u8; 16],
    code: &Symbols,
) -> [u8; 32] {
    let len = u16::try_from(user_id.len()).expect("a short user id").to_be_bytes();
    let form = if rounds.is_some() { b"\x02" } else { b"\x01" };
    let covered = &code[..code.len() - 1];
    let message = [b"mfakit-rc-v1", &form[..], &len[..], user_id, set_id, covered].concat();
    let fast = hmac_sha256(key, &message);
    rounds.map_or(fast, |rounds| pbkdf2(&fast, set_id, rounds))
}

/// What stands after the version of a text of at most `longest` bytes.
///
/// # Errors
///
/// `record_version_unknown` for another version, `record_corrupt` for what has none.
pub fn after_version<'a>(text: &'a str, prefix: &str, longest: usize) -> Result<&'a str, Error> {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("v="));
    let rest = rest.filter(|_| text.len() <= longest).ok_or(Error::RecordCorrupt)?;
    // Up to nine digits and something behind them: then a later version is named as such, whatever follows.
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = rest[digits..].starts_with([',', '$']);
    if (1..=9).contains(&digits) && ends && &rest[..digits] != "1" {
        return Err(Error::RecordVersionUnknown);
    }
    rest.strip_prefix("1,").ok_or(Error::RecordCorrupt)
}

/// The rounds that `h=…` and `i=…` say, and the parameters behind them.
///
/// # Errors
///
/// `code_hash_unsupported` for the name of another hash, `record_corrupt` for anything else.
pub fn rounds<'a, 'p>(parameters: &'p [&'a str]) -> Result<(u32, &'p [&'a str]), Error> {
    let name = parameters.first().and_then(|hash| hash.strip_prefix("h="));
    let name = name.filter(|_| parameters.get(1..) != Some(&[""])).ok_or(Error::RecordCorrupt)?;
    let symbols = "abcdefghijklmnopqrstuvwxyz0123456789-";
    match parameters {
        [_, rounds, rest @ ..] if name == "pbkdf2-sha256" => {
            let rounds = rounds.strip_prefix("i=").and_then(canonical);
            let rounds = rounds.filter(|rounds| (100_000..=2_000_000).contains(rounds));
            Ok((rounds.ok_or(Error::RecordCorrupt)? as u32, rest))
        }
        _ if name == "pbkdf2-sha256" => Err(Error::RecordCorrupt),
        _ if (1..=32).contains(&name.len()) && name.chars().all(|c| symbols.contains(c)) => {
            Err(Error::CodeHashUnsupported)
        }
        _ => Err(Error::RecordCorrupt),
    }
}

/// A number that is written as numbers are.
#[must_use]
pub fn canonical(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

/// The pepper's id that is all there is, if there is anything.
#[must_use]
pub fn pepper_id(parameters: &[&str]) -> Option<Option<String>> {
    match parameters {
        [] => Some(None),
        [pepper] => {
            let id = pepper.strip_prefix("k=").filter(|id| is_pepper_id(id))?;
            Some(Some(id.to_owned()))
        }
        _ => None,
    }
}

/// The record, or why the text is none.
///
/// # Errors
///
/// As `RecoveryRecord::parse`.
pub fn reference(text: &str) -> Result<Record, Error> {
    let corrupt = || Error::RecordCorrupt;
    let rest = after_version(text, "$mfakit-rc$", 2048)?;
    let (parameters, rest) = rest.split_once('$').ok_or_else(corrupt)?;
    let parameters: Vec<&str> = parameters.split(',').collect();
    let (rounds, parameters) = match &parameters[..] {
        ["f=full", rest @ ..] => (None, rest),
        ["f=typeable", rest @ ..] => rounds(rest).map(|(rounds, rest)| (Some(rounds), rest))?,
        _ => return Err(corrupt()),
    };
    let pepper_id = pepper_id(parameters).ok_or_else(corrupt)?;
    let fields: Vec<&str> = rest.split('$').collect();
    let [set_id, tags] = fields[..] else { return Err(corrupt()) };
    let set_id = decoded(set_id).ok_or_else(corrupt)?;
    let tags: Option<Vec<_>> = tags.split('.').map(decoded).collect();
    let tags = tags.filter(|tags| tags.len() <= 31).ok_or_else(corrupt)?;
    Ok(Record { rounds, pepper_id, set_id, tags })
}

/// Whether a pepper may be called so.
#[must_use]
pub fn is_pepper_id(id: &str) -> bool {
    let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    (1..=32).contains(&id.len()) && id.chars().all(|c| allowed.contains(c))
}

/// Exactly so many bytes of base64url.
#[must_use]
pub fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Whether core takes the record; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    // Records come from the host's own database: to core they are a `str`.
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let ours = RecoveryRecord::parse(text).map(|record| record.count());
    let expected = reference(text);
    let count = expected.as_ref().map(|record| record.tags.len() as u32).map_err(|error| *error);
    assert_eq!(ours, count);
    if let Ok(record) = &expected {
        assert_eq!(record.text(), text, "a record has one text");
    }
    expected.is_ok()
}

/// Records of every shape, and ones with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let record = |pepper_id: Option<&str>, count: usize| Record {
        rounds: None,
        pepper_id: pepper_id.map(str::to_owned),
        set_id: [9; 16],
        tags: (0..count).map(|i| [i as u8 ^ 0xa5; 32]).collect(),
    };
    let plain = record(None, 3).text();
    let peppered = record(Some("2026-05"), 2).text();
    let mut texts = vec![
        record(None, 1).text(),
        record(None, 31).text(),
        record(None, 32).text(),
        record(Some(&"k".repeat(32)), 31).text(),
        record(Some(&"k".repeat(33)), 1).text(),
        record(Some("a/b"), 1).text(),
        record(Some(""), 1).text(),
    ];
    for (part, others) in [
        ("v=1", &["v=2", "v=01", "v=", "v=10", "v=999999999", "v=1000000000", "v=+1", "w=1"][..]),
        ("f=full", &["f=typeable", "f=", "full", "f=full,f=full", "f=full,", "f=full,x=1"]),
        (",f=full", &["$f=full", "f=full", ";f=full", ",,f=full"]),
        (",k=2026-05", &[",k=2026-05,k=2026-05", "$k=2026-05", ",K=2026-05", ",k=2026 05"]),
        ("$CQkJ", &["$", "$$CQkJ", ",CQkJ", "$CQk", "$CQkJCQkJ"]),
        ("CQkJCQ$", &["CQkJCR$", "CQkJCQ==$", "CQkJCQ", "CQkJCQ$$", "CQkJCQ$.", "CQkJCQ,"]),
        (".", &["..", ",", "$", ""]),
        ("$mfakit-rc$", &["$mfakit-rc$$", "mfakit-rc$", "$mfakit-RC$", " $mfakit-rc$", ""]),
    ] {
        for text in [&plain, &peppered] {
            texts.extend(others.iter().map(|other| text.replacen(part, other, 1)));
        }
    }
    for text in [&plain, &peppered] {
        texts.extend([format!("{text}."), format!("{text}$"), format!("{text}\n")]);
        texts.extend((0..text.len()).map(|end| text[..end].to_owned()));
    }
    let typeable = Record { rounds: Some(600_000), ..record(Some("2026-05"), 2) };
    for rounds in [99_999, 100_000, 600_000, 2_000_000, 2_000_001, u32::MAX] {
        texts.push(Record { rounds: Some(rounds), ..record(None, 31) }.text());
    }
    for (part, others) in [
        (
            "i=600000",
            &[
                "i=0600000",
                "i=",
                "i=+600000",
                "j=600000",
                "i=4294967296",
                "i=100000,",
                "i=100000,i=100000",
                "",
            ][..],
        ),
        (
            "h=pbkdf2-sha256",
            &[
                "h=argon2id",
                "h=bcrypt",
                "h=",
                "h=Bcrypt",
                "h=pbkdf2_sha256",
                "g=pbkdf2-sha256",
                "h=a-b,",
                "h=abcdefghijklmnopqrstuvwxyz0123456",
                "h=abcdefghijklmnopqrstuvwxyz01234567",
            ],
        ),
        (
            ",h=pbkdf2-sha256,i=600000,k=2026-05",
            &[
                "",
                ",",
                ",h=argon2id",
                ",h=argon2id,",
                ",h=pbkdf2-sha256",
                ",h=pbkdf2-sha256,",
                ",k=2026-05",
            ],
        ),
        ("f=typeable", &["f=full", "f=typed", "f=typeable,f=typeable"]),
    ] {
        texts.extend(others.iter().map(|other| typeable.text().replacen(part, other, 1)));
    }
    texts.push(typeable.text());
    // At the longest text, and one byte above, under a version that is not read further.
    texts.extend([2032, 2033].map(|n| format!("$mfakit-rc$v=2$${}", "x".repeat(n))));
    texts.extend([plain, peppered]);
    texts.into_iter().map(String::into_bytes).collect()
}
