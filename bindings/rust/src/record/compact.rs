//! The compact form of a record: `$mfakit-cr$v=2$` and a CBOR array in base64url.
//!
//! The array holds, in this order: credential id, COSE key, user handle, signature counter, flags, transports, AAGUID or null,
//! attestation object or null, client data or null. The flags are four pairs of bits, each "is known" and "is true": backup
//! eligible, backed up, user verification initialised, key in hardware. Invariant: one content has one text; any other is corrupt.

use super::{Changing, CredentialRecord, Form, KeptAttestation, VERSION, transports_ok};
use crate::text::{decode, to_base64url};
use mfakit_core::Error;
use mfakit_core::encoding::cbor::{self, Limits, Value};

const PREFIX: &str = "$mfakit-cr$v=";

pub(super) fn write(record: &CredentialRecord, changing: Changing) -> String {
    let Changing { sign_count, backup_eligible, backed_up, uv_initialized } = changing;
    let mut out = Writer(Vec::new());
    out.head(4, 9);
    out.bytes(&record.id);
    out.bytes(&record.public_key);
    out.bytes(&record.user_handle);
    out.head(0, sign_count.into());
    let hardware = record.hardware.then_some(true);
    out.head(0, flags([backup_eligible, backed_up, uv_initialized, hardware]));
    out.head(4, u64::try_from(record.transports.len()).unwrap_or(0));
    for transport in &record.transports {
        out.string(3, transport.as_bytes());
    }
    out.optional(record.aaguid.as_ref().map(<[u8; 16]>::as_slice));
    out.optional(record.kept.as_ref().map(|kept| kept.object.as_slice()));
    out.optional(record.kept.as_ref().map(|kept| kept.client_data_json.as_slice()));
    format!("{PREFIX}{VERSION}${}", to_base64url(&out.0))
}

fn flags(values: [Option<bool>; 4]) -> u64 {
    values.iter().rev().fold(0, |bits, value| {
        bits << 2
            | match value {
                None => 0,
                Some(false) => 1,
                Some(true) => 3,
            }
    })
}

fn flag(bits: i64, position: u32) -> Option<Option<bool>> {
    match bits >> position & 3 {
        0 => Some(None),
        1 => Some(Some(false)),
        3 => Some(Some(true)),
        _ => None,
    }
}

/// `Ok(None)` is a damaged record of this version.
pub(super) fn read(text: &str) -> Result<Option<CredentialRecord>, Error> {
    let Some((version, content)) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('$'))
    else {
        return Ok(None);
    };
    match version.parse::<u64>() {
        Ok(found) if found.to_string() != version => return Ok(None),
        Ok(VERSION) => {}
        Ok(found) if found > VERSION => return Err(Error::RecordVersionUnknown),
        _ => return Ok(None),
    }
    // The text is the record's own: what another writer would have written differently is not taken.
    Ok(read_content(content, text).filter(|record| write(record, record.changing()) == text))
}

fn read_content(content: &str, text: &str) -> Option<CredentialRecord> {
    let bytes = decode(content.as_bytes()).ok()?;
    let value = cbor::read_all(&bytes, Limits::CTAP2).ok()?;
    let mut items = value.as_array()?;
    let mut next_bytes = || Some(items.next()?.as_bytes()?.to_vec());
    let (id, public_key, user_handle) = (next_bytes()?, next_bytes()?, next_bytes()?);
    let sign_count = u32::try_from(items.next()?.as_int()?).ok()?;
    let flags = items.next()?.as_int().filter(|bits| (0..256).contains(bits))?;
    let transports: Option<Vec<String>> =
        items.next()?.as_array()?.map(|name| name.as_text().map(str::to_owned)).collect();
    let mut optional = || optional_bytes(&items.next()?);
    let (aaguid, object, client_data_json) = (optional()?, optional()?, optional()?);
    let record = CredentialRecord {
        id,
        public_key,
        user_handle,
        sign_count,
        backup_eligible: flag(flags, 0)?,
        backed_up: flag(flags, 2)?,
        transports: transports.filter(|names| transports_ok(names))?,
        aaguid: match aaguid {
            None => None,
            Some(bytes) => Some(bytes.try_into().ok()?),
        },
        uv_initialized: flag(flags, 4)?,
        hardware: flag(flags, 6)?.unwrap_or(false),
        kept: match (object, client_data_json) {
            (None, None) => None,
            (Some(object), Some(client_data_json)) => {
                Some(KeptAttestation { object, client_data_json })
            }
            _ => return None,
        },
        form: Form::Compact,
        text: text.to_owned(),
    };
    Some(record)
}

/// The bytes, or null.
fn optional_bytes(value: &Value<'_>) -> Option<Option<Vec<u8>>> {
    match value.as_bytes() {
        Some(bytes) => Some(Some(bytes.to_vec())),
        None => (value.encoding() == [0xf6]).then_some(None),
    }
}

/// Writes CBOR with shortest heads.
struct Writer(Vec<u8>);

impl Writer {
    fn head(&mut self, major: u8, argument: u64) {
        let bytes = argument.to_be_bytes();
        let (info, width) = match argument {
            0..=23 => {
                return self.0.push(major << 5 | bytes.last().copied().unwrap_or_default());
            }
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.0.push(major << 5 | info);
        self.0.extend(bytes.iter().skip(8 - width));
    }

    fn string(&mut self, major: u8, content: &[u8]) {
        self.head(major, u64::try_from(content.len()).unwrap_or(u64::MAX));
        self.0.extend(content);
    }

    fn bytes(&mut self, content: &[u8]) {
        self.string(2, content);
    }

    fn optional(&mut self, content: Option<&[u8]>) {
        match content {
            Some(content) => self.bytes(content),
            None => self.0.push(0xf6),
        }
    }
}
