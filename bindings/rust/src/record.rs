//! The stored credential: one text, versioned, that every later version reads.
//!
//! WebAuthn Level 3 §4, "credential record".

use crate::json::{self, Object};
use crate::text::{decode, from_base64url, to_base64url};
use mfakit_core::Error;
use mfakit_core::encoding::{cose, json as reader};

/// The largest record that is read: a 1023-byte id and a 1 KiB RSA key fit several times.
const MAX_TEXT: usize = 16 * 1024;
/// Bounds on the list of transports, which the client sends.
const MAX_TRANSPORTS: usize = 16;
const MAX_TRANSPORT: usize = 64;

/// The parts of a record that another library stored.
#[derive(Clone, Debug)]
pub struct NewRecord<'a> {
    /// The COSE key, base64url.
    pub public_key: &'a str,
    /// The owner's user handle, base64url.
    pub user_handle: &'a str,
    /// The signature counter.
    pub sign_count: u32,
    /// The transports, as the client named them.
    pub transports: Vec<String>,
    /// Whether the credential may be synced; `None` if it was never kept.
    pub backup_eligible: Option<bool>,
    /// Whether the credential is synced; `None` if it was never kept.
    pub backed_up: Option<bool>,
    /// The authenticator's model; `None` if it was never kept.
    pub aaguid: Option<[u8; 16]>,
}

/// A stored credential. `to_text` is what the host stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRecord {
    pub(crate) id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) user_handle: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) backup_eligible: Option<bool>,
    pub(crate) backed_up: Option<bool>,
    pub(crate) transports: Vec<String>,
    pub(crate) aaguid: Option<[u8; 16]>,
    /// The text as it was read, so that a compare-and-set finds it.
    text: String,
}

impl CredentialRecord {
    /// A record of a credential that another library registered; `id` is base64url.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] if a part is not base64url or out of bounds, [`Error::UserHandleInvalid`], and the
    /// error of a key that cannot be read, as [`Error::RecordCorrupt`] or [`Error::AlgorithmUnsupported`].
    pub fn new(id: &str, parts: NewRecord<'_>) -> Result<Self, Error> {
        let bytes = |text: &str| from_base64url(text).map_err(|_| Error::ArgumentValueInvalid);
        if !transports_ok(&parts.transports) {
            return Err(Error::ArgumentValueInvalid);
        }
        let record = Self {
            id: bytes(id)?,
            public_key: bytes(parts.public_key)?,
            user_handle: bytes(parts.user_handle).map_err(|_| Error::UserHandleInvalid)?,
            sign_count: parts.sign_count,
            backup_eligible: parts.backup_eligible,
            backed_up: parts.backed_up,
            transports: parts.transports,
            aaguid: parts.aaguid,
            text: String::new(),
        };
        record.check()?;
        if let Ok(key) = cose::parse_all(&record.public_key) {
            mfakit_core::crypto::check_key(&key).map_err(|_| Error::RecordCorrupt)?;
        }
        let record = record.rewritten();
        if record.text.len() > MAX_TEXT { Err(Error::ArgumentValueInvalid) } else { Ok(record) }
    }

    /// Reads a stored record.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`], [`Error::RecordCorrupt`].
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let record = read(text)?.ok_or(Error::RecordCorrupt)?;
        record.check().map_err(|_| Error::RecordCorrupt)?;
        Ok(record)
    }

    fn check(&self) -> Result<(), Error> {
        if !(1..=1023).contains(&self.id.len()) {
            return Err(Error::ArgumentValueInvalid);
        }
        if !(1..=64).contains(&self.user_handle.len()) {
            return Err(Error::UserHandleInvalid);
        }
        match cose::parse_all(&self.public_key) {
            Ok(_) | Err(Error::AlgorithmUnsupported) => Ok(()),
            Err(_) => Err(Error::RecordCorrupt),
        }
    }

    /// The same record with the text of its present content.
    fn rewritten(mut self) -> Self {
        self.text = Object::new()
            .number("v", 1)
            .string("id", &self.id())
            .string("publicKey", &self.public_key())
            .string("userHandle", &self.user_handle())
            .number("signCount", self.sign_count)
            .optional_bool("backupEligible", self.backup_eligible)
            .optional_bool("backedUp", self.backed_up)
            .array("transports", self.transports.iter().map(|t| json::quoted(t)))
            .optional_string("aaguid", self.aaguid.map(|a| to_base64url(&a)).as_deref())
            .end();
        self
    }

    /// The record as an assertion leaves it.
    pub(crate) fn after_assertion(
        &self,
        sign_count: u32,
        backup_eligible: bool,
        backed_up: bool,
    ) -> Self {
        let mut next = self.clone();
        next.sign_count = sign_count;
        next.backup_eligible = Some(backup_eligible);
        next.backed_up = Some(backed_up);
        next.rewritten()
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "private: one caller that has just verified each part"
    )]
    pub(crate) fn registered(
        id: &[u8],
        public_key: &[u8],
        user_handle: Vec<u8>,
        sign_count: u32,
        backup_eligible: bool,
        backed_up: bool,
        transports: Vec<String>,
        aaguid: [u8; 16],
    ) -> Self {
        Self {
            id: id.to_vec(),
            public_key: public_key.to_vec(),
            user_handle,
            sign_count,
            backup_eligible: Some(backup_eligible),
            backed_up: Some(backed_up),
            transports,
            aaguid: Some(aaguid),
            text: String::new(),
        }
        .rewritten()
    }

    /// What the host stores: JSON text. For a record that was read, the very text.
    #[must_use]
    pub fn to_text(&self) -> &str {
        &self.text
    }
    /// The credential id, base64url.
    #[must_use]
    pub fn id(&self) -> String {
        to_base64url(&self.id)
    }
    /// The COSE key, base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        to_base64url(&self.public_key)
    }
    /// The COSE number of the key's algorithm; 0 if the key names none.
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        use mfakit_core::encoding::cbor;
        cbor::read_all(&self.public_key, cbor::Limits::CTAP2)
            .and_then(|key| cose::algorithm(&key))
            .unwrap_or(0)
    }
    /// The owner's user handle, base64url.
    #[must_use]
    pub fn user_handle(&self) -> String {
        to_base64url(&self.user_handle)
    }
    /// The stored signature counter.
    #[must_use]
    pub const fn sign_count(&self) -> u32 {
        self.sign_count
    }
    /// Whether the credential may be synced; `None` if it was never kept.
    #[must_use]
    pub const fn backup_eligible(&self) -> Option<bool> {
        self.backup_eligible
    }
    /// Whether the credential is synced; `None` if it was never kept.
    #[must_use]
    pub const fn backed_up(&self) -> Option<bool> {
        self.backed_up
    }
    /// How the authenticator can be reached, as the client said; unknown names are kept.
    #[must_use]
    pub fn transports(&self) -> &[String] {
        &self.transports
    }
    /// The authenticator's model as a UUID, as it claimed it; nothing proves it without a trusted attestation.
    #[must_use]
    pub fn aaguid(&self) -> Option<String> {
        let hex: String = self.aaguid?.iter().map(|b| format!("{b:02x}")).collect();
        let part = |from, to| hex.get(from..to).unwrap_or_default();
        Some(format!(
            "{}-{}-{}-{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        ))
    }
}

pub(crate) fn transports_ok(transports: &[String]) -> bool {
    transports.len() <= MAX_TRANSPORTS && transports.iter().all(|t| t.len() <= MAX_TRANSPORT)
}

/// An AAGUID as a UUID or as base64url.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`].
pub fn read_aaguid(text: &str) -> Result<[u8; 16], Error> {
    let bytes = if text.len() == 36 { uuid(text) } else { decode(text.as_bytes()).ok() };
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Error::ArgumentValueInvalid)
}

/// The bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
fn uuid(text: &str) -> Option<Vec<u8>> {
    let dashes_stand =
        text.char_indices().all(|(i, c)| matches!(i, 8 | 13 | 18 | 23) == (c == '-'));
    let digits: Option<Vec<u32>> =
        text.chars().filter(|c| *c != '-').map(|c| c.to_digit(16)).collect();
    let pairs = digits.filter(|digits| dashes_stand && digits.len() == 32)?;
    pairs
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}

/// The credential id of an entry of an allow-list: a record's text, or a bare base64url id.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`], or the record's error.
pub fn allowed_id(entry: &str) -> Result<Vec<u8>, Error> {
    if entry.trim_start().starts_with('{') {
        return CredentialRecord::from_text(entry).map(|record| record.id);
    }
    from_base64url(entry).map_err(|_| Error::ArgumentValueInvalid)
}

/// `Ok(None)` is a damaged record of this version.
fn read(text: &str) -> Result<Option<CredentialRecord>, Error> {
    if text.len() > MAX_TEXT {
        return Ok(None);
    }
    let names = [
        "v",
        "id",
        "publicKey",
        "userHandle",
        "signCount",
        "backupEligible",
        "backedUp",
        "transports",
        "aaguid",
    ];
    let Ok(Some(members)) =
        reader::read_all(text.as_bytes()).and_then(|object| object.members(names))
    else {
        return Ok(None);
    };
    let [
        version,
        id,
        public_key,
        user_handle,
        sign_count,
        backup_eligible,
        backed_up,
        transports,
        aaguid,
    ] = members;
    match version.and_then(|v| v.as_u64()) {
        Some(1) => {}
        Some(_) => return Err(Error::RecordVersionUnknown),
        None => return Ok(None),
    }
    let bytes = |member| decode(json::text(member)?.as_bytes()).ok();
    let flag = |member: Option<reader::Value<'_>>| match json::present(member) {
        None => Some(None),
        Some(value) => value.as_bool().map(Some),
    };
    Ok((|| {
        Some(CredentialRecord {
            id: bytes(id)?,
            public_key: bytes(public_key)?,
            user_handle: bytes(user_handle)?,
            sign_count: u32::try_from(sign_count?.as_u64()?).ok()?,
            backup_eligible: flag(backup_eligible)?,
            backed_up: flag(backed_up)?,
            transports: transports?
                .as_array()?
                .map(|t| json::text(Some(t)))
                .collect::<Option<Vec<_>>>()
                .filter(|t| transports_ok(t))?,
            aaguid: match json::present(aaguid) {
                None => None,
                Some(_) => Some(bytes(aaguid)?.try_into().ok()?),
            },
            text: text.to_owned(),
        })
    })())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The ES256 example of WebAuthn Level 3 §6.5.1.1's shape, on the curve's base point.
    const KEY: &str = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

    fn record() -> Result<CredentialRecord, Error> {
        CredentialRecord::new(
            "AQID",
            NewRecord {
                public_key: KEY,
                user_handle: "dXNlcg",
                sign_count: 7,
                transports: vec!["internal".into(), "x-\"new".into()],
                backup_eligible: Some(true),
                backed_up: None,
                aaguid: Some([0xab; 16]),
            },
        )
    }

    #[test]
    fn an_aaguid_is_a_uuid_or_base64url() {
        assert_eq!(read_aaguid("abababab-abab-abab-abab-abababababab"), Ok([0xab; 16]));
        assert_eq!(read_aaguid("q6urq6urq6urq6urq6urqw"), Ok([0xab; 16]));
        for bad in [
            "",
            "abababab-abab-abab-abab-ababababab",
            "+bababab-abab-abab-abab-abababababab",
            "abababababab-abab-abab-abab-abababab",
        ] {
            assert_eq!(read_aaguid(bad), Err(Error::ArgumentValueInvalid), "{bad}");
        }
    }

    #[test]
    fn the_largest_record_that_can_register_can_be_read() -> Result<(), Error> {
        let largest = CredentialRecord::registered(
            &[0xff; 1023],
            &[0xff; cose::MAX_LEN],
            vec![0xff; 64],
            u32::MAX,
            true,
            true,
            vec!["\u{1}".repeat(MAX_TRANSPORT); MAX_TRANSPORTS],
            [0xff; 16],
        );
        assert!(largest.to_text().len() <= MAX_TEXT, "{}", largest.to_text().len());
        Ok(())
    }

    #[test]
    fn text_round_trips_verbatim() -> Result<(), Error> {
        let record = record()?;
        let again = CredentialRecord::from_text(record.to_text())?;
        assert_eq!(again, record);
        let spaced = record.to_text().replace(":", " : ");
        assert_eq!(CredentialRecord::from_text(&spaced)?.to_text(), spaced);
        assert_eq!(record.algorithm(), -7);
        assert_eq!(record.aaguid().as_deref(), Some("abababab-abab-abab-abab-abababababab"));
        Ok(())
    }

    #[test]
    fn damage_is_the_hosts_and_a_later_version_is_named() -> Result<(), Error> {
        let text = record()?.to_text().to_owned();
        for cut in 0..text.len() {
            if let Some(prefix) = text.get(..cut) {
                assert_eq!(CredentialRecord::from_text(prefix).err(), Some(Error::RecordCorrupt));
            }
        }
        let later = text.replacen("\"v\":1", "\"v\":2", 1);
        assert_eq!(CredentialRecord::from_text(&later).err(), Some(Error::RecordVersionUnknown));
        let flipped = text.replacen("pQECAyY", "pQEBAyY", 1);
        assert_eq!(CredentialRecord::from_text(&flipped).err(), Some(Error::RecordCorrupt));
        Ok(())
    }
}
