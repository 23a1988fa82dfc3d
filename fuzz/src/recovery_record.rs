//! `RecoveryRecord::parse` against the record's grammar: which texts are a record, and that each has one text.

use crate::hmac::hmac_sha256;
use crate::recovery_code::Symbols;
use data_encoding::BASE64URL_NOPAD;
use mfakit_core::Error;
use mfakit_core::codes::recovery::RecoveryRecord;

/// A record, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
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
        let pepper = self.pepper_id.as_ref().map_or(String::new(), |id| format!(",k={id}"));
        let tags: Vec<String> = self.tags.iter().map(|tag| BASE64URL_NOPAD.encode(tag)).collect();
        let set_id = BASE64URL_NOPAD.encode(&self.set_id);
        format!("$mfakit-rc$v=1,f=full{pepper}${set_id}${}", tags.join("."))
    }
}

/// The tag of a code under a key.
#[must_use]
pub fn tag(key: &[u8], user_id: &[u8], set_id: &[u8; 16], code: &Symbols) -> [u8; 32] {
    let len = u16::try_from(user_id.len()).expect("a short user id").to_be_bytes();
    let message = [b"mfakit-rc-v1\x01", &len[..], user_id, set_id, &code[..25]].concat();
    hmac_sha256(key, &message)
}

/// The record, or why the text is none.
///
/// # Errors
///
/// As `RecoveryRecord::parse`.
pub fn reference(text: &str) -> Result<Record, Error> {
    let corrupt = || Error::RecordCorrupt;
    let rest = text.strip_prefix("$mfakit-rc$v=").filter(|_| text.len() <= 2048);
    let rest = rest.ok_or_else(corrupt)?;
    // Up to nine digits and something behind them: then a later version is named as such, whatever follows.
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = rest[digits..].starts_with([',', '$']);
    if (1..=9).contains(&digits) && ends && &rest[..digits] != "1" {
        return Err(Error::RecordVersionUnknown);
    }
    let rest = rest.strip_prefix("1,f=full").ok_or_else(corrupt)?;
    let fields: Vec<&str> = rest.split('$').collect();
    let [pepper, set_id, tags] = fields[..] else { return Err(corrupt()) };
    let pepper_id = match pepper.strip_prefix(",k=") {
        None if pepper.is_empty() => None,
        Some(id) if is_pepper_id(id) => Some(id.to_owned()),
        _ => return Err(corrupt()),
    };
    let set_id = decoded(set_id).ok_or_else(corrupt)?;
    let tags: Option<Vec<_>> = tags.split('.').map(decoded).collect();
    let tags = tags.filter(|tags| tags.len() <= 31).ok_or_else(corrupt)?;
    Ok(Record { pepper_id, set_id, tags })
}

/// Whether a pepper may be called so.
#[must_use]
pub fn is_pepper_id(id: &str) -> bool {
    let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    (1..=32).contains(&id.len()) && id.chars().all(|c| allowed.contains(c))
}

fn decoded<const N: usize>(text: &str) -> Option<[u8; N]> {
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
    // At the longest text, and one byte above, under a version that is not read further.
    texts.extend([2032, 2033].map(|n| format!("$mfakit-rc$v=2$${}", "x".repeat(n))));
    texts.extend([plain, peppered]);
    texts.into_iter().map(String::into_bytes).collect()
}
