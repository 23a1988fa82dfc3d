//! The stored credential: one text, versioned, that every later version reads.
//!
//! WebAuthn Level 3 §4, "credential record". Two forms with the same content: JSON, which a person can read, and a compact one,
//! `$mfakit-cr$v=2$` and CBOR in base64url, of half the size. A record is written in the form in which it was read.

mod compact;

use crate::json::{self, Object};
use crate::text::{decode, from_base64url, from_hex, to_base64url, to_hex};
use mfakit_core::encoding::{cose, json as reader};
use mfakit_core::webauthn as core;
use mfakit_core::{Error, MethodKind};

/// The version that is written. Version 1 lacks `uvInitialized` and what was kept of the registration.
const VERSION: u64 = 2;
/// The largest record that is read: an attestation object of 64 KiB and client data of 8 KiB in base64url, and the rest.
const MAX_TEXT: usize = 128 * 1024;
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
    /// Whether the user was ever verified with it; `None` if it was never kept.
    pub uv_initialized: Option<bool>,
}

/// Which of the two forms a record's text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Json,
    Compact,
}

/// What was kept of a registration, to verify its attestation again later (§4, `attestationObject`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptAttestation {
    pub(crate) object: Vec<u8>,
    pub(crate) client_data_json: Vec<u8>,
}

/// What an assertion may change of a record.
#[derive(Clone, Copy, Debug)]
struct Changing {
    sign_count: u32,
    backup_eligible: Option<bool>,
    backed_up: Option<bool>,
    uv_initialized: Option<bool>,
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
    pub(crate) uv_initialized: Option<bool>,
    /// Whether a trusted attestation and its metadata said that hardware keeps the key.
    pub(crate) hardware: bool,
    pub(crate) kept: Option<KeptAttestation>,
    form: Form,
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
            uv_initialized: parts.uv_initialized,
            hardware: false,
            kept: None,
            form: Form::Json,
            text: String::new(),
        };
        record.check()?;
        if let Ok(key) = cose::parse_all(&record.public_key) {
            mfakit_core::crypto::check_key(&key).map_err(|_| Error::RecordCorrupt)?;
        }
        let record = record.rewritten();
        if record.text.len() > MAX_TEXT { Err(Error::ArgumentValueInvalid) } else { Ok(record) }
    }

    /// Reads a stored record, of any released version and in either form.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`], [`Error::RecordCorrupt`].
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let read = if text.len() > MAX_TEXT {
            None
        } else if text.starts_with('$') {
            compact::read(text)?
        } else {
            read(text)?
        };
        let record = read.ok_or(Error::RecordCorrupt)?;
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
        self.text = self.text_of(self.changing());
        self
    }

    /// The text of the record as an assertion leaves it.
    pub(crate) fn after_assertion(
        &self,
        sign_count: u32,
        backup_eligible: bool,
        backed_up: bool,
    ) -> String {
        let (backup_eligible, backed_up) = (Some(backup_eligible), Some(backed_up));
        self.text_of(Changing { sign_count, backup_eligible, backed_up, ..self.changing() })
    }

    /// The text of the same record, which says that the user was verified with it.
    pub(crate) fn with_uv_initialized(&self) -> String {
        self.text_of(Changing { uv_initialized: Some(true), ..self.changing() })
    }

    const fn changing(&self) -> Changing {
        Changing {
            sign_count: self.sign_count,
            backup_eligible: self.backup_eligible,
            backed_up: self.backed_up,
            uv_initialized: self.uv_initialized,
        }
    }

    fn text_of(&self, changing: Changing) -> String {
        match self.form {
            Form::Json => self.json_of(changing),
            Form::Compact => compact::write(self, changing),
        }
    }

    pub(crate) fn registered(
        verified: &core::registration::RegistrationVerified<'_>,
        user_handle: Vec<u8>,
        transports: Vec<String>,
        hardware: bool,
        kept: Option<KeptAttestation>,
    ) -> Self {
        let flags = verified.flags();
        Self {
            id: verified.credential_id().to_vec(),
            public_key: verified.public_key().to_vec(),
            user_handle,
            sign_count: verified.sign_count(),
            backup_eligible: Some(flags.backup_eligible()),
            backed_up: Some(flags.backed_up()),
            transports,
            aaguid: Some(*verified.unproven_aaguid()),
            uv_initialized: Some(flags.user_verified()),
            hardware,
            kept,
            form: Form::Json,
            text: String::new(),
        }
        .rewritten()
    }

    /// The record as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.json_of(self.changing())
    }

    fn json_of(&self, changing: Changing) -> String {
        // The names and the short values, and two thirds of the text of each byte.
        let kept = self.kept.as_ref();
        let long = [&self.id, &self.public_key, &self.user_handle];
        let long =
            long.into_iter().chain(kept.into_iter().flat_map(|k| [&k.object, &k.client_data_json]));
        let room = 256 + long.map(|bytes| bytes.len() * 4 / 3 + 4).sum::<usize>();
        let object = Object::with_room(room)
            .number("v", VERSION)
            .base64url("id", &self.id)
            .base64url("publicKey", &self.public_key)
            .base64url("userHandle", &self.user_handle)
            .number("signCount", changing.sign_count)
            .optional_bool("backupEligible", changing.backup_eligible)
            .optional_bool("backedUp", changing.backed_up)
            .array("transports", self.transports.iter().map(|t| json::quoted(t)))
            .optional_base64url("aaguid", self.aaguid.as_ref().map(<[u8; 16]>::as_slice))
            .optional_bool("uvInitialized", changing.uv_initialized);
        let object = if self.hardware { object.bool("hardware", true) } else { object };
        match kept {
            None => object,
            Some(kept) => object
                .base64url("attestationObject", &kept.object)
                .base64url("attestationClientDataJSON", &kept.client_data_json),
        }
        .end()
    }

    /// The record as compact text, of about half the size.
    #[must_use]
    pub fn to_compact(&self) -> String {
        compact::write(self, self.changing())
    }

    /// The same record in its compact form, which its transitions keep.
    #[must_use]
    pub fn into_compact(self) -> Self {
        Self { form: Form::Compact, ..self }.rewritten()
    }

    /// What the host stores. For a record that was read, the very text.
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
    /// Whether the user was ever verified with this credential; `None` if it was never kept.
    #[must_use]
    pub const fn uv_initialized(&self) -> Option<bool> {
        self.uv_initialized
    }
    /// The kind of method that the credential is, for the list of what a person has enrolled: from what the client said of its transports
    /// and whether it may be synced. The four kinds of WebAuthn have one tier.
    #[must_use]
    pub fn kind(&self) -> MethodKind {
        let reached = |names: &[&str]| self.transports.iter().any(|t| names.contains(&&**t));
        if self.backup_eligible == Some(true) {
            MethodKind::SyncedPasskey
        } else if reached(&["internal"]) {
            MethodKind::BuiltInAuthenticator
        } else if reached(&["usb", "nfc", "ble", "smart-card"]) {
            MethodKind::SecurityKey
        } else {
            MethodKind::DeviceBoundPasskey
        }
    }
    /// Whether a trusted attestation and its metadata said, at registration, that hardware keeps the key.
    #[must_use]
    pub const fn hardware(&self) -> bool {
        self.hardware
    }
    /// The attestation object of the registration, base64url, if it was kept.
    #[must_use]
    pub fn attestation_object(&self) -> Option<String> {
        self.kept.as_ref().map(|kept| to_base64url(&kept.object))
    }
    /// The client data of the registration, base64url, if it was kept.
    #[must_use]
    pub fn attestation_client_data_json(&self) -> Option<String> {
        self.kept.as_ref().map(|kept| to_base64url(&kept.client_data_json))
    }
    /// The authenticator's model as a UUID, as it claimed it; nothing proves it without a trusted attestation.
    #[must_use]
    pub fn aaguid(&self) -> Option<String> {
        self.aaguid.as_ref().map(uuid_text)
    }
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`
pub(crate) fn uuid_text(bytes: &[u8; 16]) -> String {
    let hex = to_hex(bytes);
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    parts.map(|(from, to)| hex.get(from..to).unwrap_or_default()).join("-")
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
    let bytes = if text.len() == 36 {
        read_uuid(text)
    } else {
        decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok())
    };
    bytes.ok_or(Error::ArgumentValueInvalid)
}

/// The bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
pub(crate) fn read_uuid(text: &str) -> Option<[u8; 16]> {
    let hyphens = text.match_indices('-').map(|(at, _)| at);
    hyphens.eq([8, 13, 18, 23]).then(|| from_hex(&text.replace('-', "")))?
}

/// The credential id of an entry of an allow-list: a record's text, or a bare base64url id.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`], or the record's error.
pub fn allowed_id(entry: &str) -> Result<Vec<u8>, Error> {
    if entry.trim_start().starts_with(['{', '$']) {
        return CredentialRecord::from_text(entry).map(|record| record.id);
    }
    from_base64url(entry).map_err(|_| Error::ArgumentValueInvalid)
}

/// `Ok(None)` is a damaged record of this version.
fn read(text: &str) -> Result<Option<CredentialRecord>, Error> {
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
        "uvInitialized",
        "hardware",
        "attestationObject",
        "attestationClientDataJSON",
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
        uv_initialized,
        hardware,
        object,
        client_data_json,
    ] = members;
    match version.and_then(|v| v.as_u64()) {
        // Version 1 has none of the last four.
        Some(1..=VERSION) => {}
        Some(_) => return Err(Error::RecordVersionUnknown),
        None => return Ok(None),
    }
    let bytes = json::bytes;
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
            uv_initialized: flag(uv_initialized)?,
            hardware: flag(hardware)?.unwrap_or(false),
            kept: match (json::present(object), json::present(client_data_json)) {
                (None, None) => None,
                (object, client_data_json) => Some(KeptAttestation {
                    object: bytes(object)?,
                    client_data_json: bytes(client_data_json)?,
                }),
            },
            form: Form::Json,
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
                uv_initialized: Some(true),
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
        let largest = CredentialRecord {
            id: vec![0xff; 1023],
            public_key: vec![0xff; cose::MAX_LEN],
            user_handle: vec![0xff; 64],
            sign_count: u32::MAX,
            transports: vec!["\u{1}".repeat(MAX_TRANSPORT); MAX_TRANSPORTS],
            kept: Some(KeptAttestation {
                object: vec![0xff; 64 * 1024],
                client_data_json: vec![0xff; 8 * 1024],
            }),
            ..record()?
        };
        for text in [largest.to_json(), largest.to_compact()] {
            assert!(text.len() <= MAX_TEXT, "{}", text.len());
        }
        Ok(())
    }

    #[test]
    fn version_1_is_read_and_becomes_version_2_with_its_next_transition() -> Result<(), Error> {
        let first = format!(
            r#"{{"v":1,"id":"AQID","publicKey":"{KEY}","userHandle":"dXNlcg","signCount":7,"backupEligible":true,"backedUp":null,"transports":["internal"],"aaguid":null}}"#
        );
        let record = CredentialRecord::from_text(&first)?;
        assert_eq!(record.to_text(), first);
        assert_eq!((record.uv_initialized(), record.attestation_object()), (None, None));
        let next = CredentialRecord::from_text(&record.after_assertion(8, true, false))?;
        let expected = format!(
            r#"{{"v":2,"id":"AQID","publicKey":"{KEY}","userHandle":"dXNlcg","signCount":8,"backupEligible":true,"backedUp":false,"transports":["internal"],"aaguid":null,"uvInitialized":null}}"#
        );
        assert_eq!(next.to_text(), expected);
        assert_eq!(CredentialRecord::from_text(&expected)?, next);
        Ok(())
    }

    #[test]
    fn both_forms_hold_the_same_and_each_is_kept() -> Result<(), Error> {
        let mut full = record()?;
        full.kept = Some(KeptAttestation { object: vec![1, 2], client_data_json: vec![3] });
        full.uv_initialized = Some(false);
        let mut empty = record()?;
        (empty.transports, empty.aaguid, empty.backup_eligible) = (Vec::new(), None, None);
        for record in [full.rewritten(), empty.rewritten()] {
            let compact = CredentialRecord::from_text(&record.to_compact())?;
            assert_eq!(compact.to_text(), record.to_compact());
            assert_eq!(compact.to_json(), record.to_json());
            assert!(compact.to_text().len() < record.to_text().len() * 3 / 4);
            let next = compact.after_assertion(9, true, true);
            assert!(next.starts_with("$mfakit-cr$v=2$"));
            let next = CredentialRecord::from_text(&next)?;
            let changed = (next.sign_count(), next.backup_eligible(), next.backed_up());
            assert_eq!(changed, (9, Some(true), Some(true)));
            assert_eq!(next.uv_initialized(), record.uv_initialized());
            let verified = CredentialRecord::from_text(&next.with_uv_initialized())?;
            assert_eq!(verified.uv_initialized(), Some(true));
            assert_eq!(record.clone().into_compact(), compact);
        }
        Ok(())
    }

    #[test]
    fn a_damaged_compact_record_is_corrupt_and_a_later_version_is_named() -> Result<(), Error> {
        let text = record()?.to_compact();
        for cut in 0..text.len() {
            let prefix = text.get(..cut).unwrap_or_default();
            assert_eq!(CredentialRecord::from_text(prefix).err(), Some(Error::RecordCorrupt));
        }
        let later = text.replacen("v=2", "v=3", 1);
        assert_eq!(CredentialRecord::from_text(&later).err(), Some(Error::RecordVersionUnknown));
        for wrong in ["v=1", "v=02", "v=", "v=x"] {
            let text = text.replacen("v=2", wrong, 1);
            assert_eq!(CredentialRecord::from_text(&text).err(), Some(Error::RecordCorrupt));
        }
        let twice = format!("{text}AA");
        assert_eq!(CredentialRecord::from_text(&twice).err(), Some(Error::RecordCorrupt));
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
        let later = text.replacen("\"v\":2", "\"v\":3", 1);
        assert_eq!(CredentialRecord::from_text(&later).err(), Some(Error::RecordVersionUnknown));
        let flipped = text.replacen("pQECAyY", "pQEBAyY", 1);
        assert_eq!(CredentialRecord::from_text(&flipped).err(), Some(Error::RecordCorrupt));
        Ok(())
    }
}
