//! Responses, client data and authenticator data: WebAuthn Level 3 §5.8.1, §6.1, §6.5.4, over the readers beside this one.

use super::cbor::{self, Item};
use super::json;
use mfakit_fuzz::cose::{Key as Reference, Kind, reference};

/// What a client sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    /// Of a registration.
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Vec<String>,
    /// Of an authentication.
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// Absent, null and empty are the same.
    pub(crate) user_handle: Option<Vec<u8>>,
    /// What the client says of its extensions, as text: nobody signs it.
    pub(crate) extension_results: String,
}

/// Which members a response must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Registration,
    Authentication,
    /// Either: only what both share is demanded.
    Any,
}

impl Response {
    pub(crate) fn read(text: &[u8], ceremony: Ceremony) -> Result<Self, String> {
        let whole = json::read(text)?;
        if whole.string("type")? != "public-key" {
            return Err("the response's type is not public-key".to_owned());
        }
        let id = whole.bytes("id")?;
        if whole.bytes("rawId")? != id {
            return Err("id and rawId differ".to_owned());
        }
        let inner = whole.object("response")?;
        let of = |wanted, name| match ceremony == wanted {
            true => inner.bytes(name),
            false => Ok(Vec::new()),
        };
        let transports = match inner.present("transports")? {
            Some(list) if ceremony == Ceremony::Registration => json::parse("transports", list)?,
            _ => Vec::new(),
        };
        let user_handle = match inner.present("userHandle")? {
            Some(_) if ceremony != Ceremony::Registration => Some(inner.bytes("userHandle")?),
            _ => None,
        };
        Ok(Self {
            id,
            client_data: inner.bytes("clientDataJSON")?,
            attestation_object: of(Ceremony::Registration, "attestationObject")?,
            transports,
            authenticator_data: of(Ceremony::Authentication, "authenticatorData")?,
            signature: of(Ceremony::Authentication, "signature")?,
            user_handle: user_handle.filter(|handle| !handle.is_empty()),
            extension_results: whole.present("clientExtensionResults")?.unwrap_or("{}").to_owned(),
        })
    }
}

/// The members of client data that a relying party looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientData {
    pub(crate) kind: String,
    pub(crate) challenge: String,
    pub(crate) origin: String,
    pub(crate) cross_origin: bool,
    pub(crate) top_origin: Option<String>,
}

impl ClientData {
    pub(crate) fn read(text: &[u8]) -> Result<Self, String> {
        let object = json::read(text)?;
        let cross_origin = object.member("crossOrigin")?;
        let top_origin = object.member("topOrigin")?;
        Ok(Self {
            kind: object.string("type")?,
            challenge: object.string("challenge")?,
            origin: object.string("origin")?,
            cross_origin: cross_origin.map_or(Ok(false), |v| json::parse("crossOrigin", v))?,
            top_origin: top_origin.map(|v| json::parse("topOrigin", v)).transpose()?,
        })
    }
}

/// Authenticator data by offsets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AuthData {
    pub(crate) rp_id_hash: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) attested: Option<Attested>,
    pub(crate) extensions: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attested {
    pub(crate) aaguid: Vec<u8>,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
}

impl AuthData {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let part = |from: usize, to: usize| {
            bytes.get(from..to).ok_or_else(|| "authenticator data is cut off".to_owned())
        };
        let big_endian = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
        let flags = part(32, 33)?[0];
        let mut at = 37;
        let mut attested = None;
        if flags & 0x40 != 0 {
            let len = usize::try_from(big_endian(part(53, 55)?)).unwrap_or(usize::MAX);
            let key = cbor::read_prefix(part(55 + len, bytes.len())?)?;
            attested = Some(Attested {
                aaguid: part(37, 53)?.to_vec(),
                credential_id: part(55, 55 + len)?.to_vec(),
                public_key: part(55 + len, 55 + len + key.len)?.to_vec(),
            });
            at = 55 + len + key.len;
        }
        let mut extensions = None;
        if flags & 0x80 != 0 {
            let outputs = cbor::read_prefix(part(at, bytes.len())?)?;
            if !matches!(outputs.item, Item::Map(_)) {
                return Err("extension outputs that are no map".to_owned());
            }
            extensions = Some(part(at, at + outputs.len)?.to_vec());
            at += outputs.len;
        }
        if at != bytes.len() {
            return Err("bytes follow the authenticator data".to_owned());
        }
        Ok(Self {
            rp_id_hash: part(0, 32)?.to_vec(),
            flags,
            sign_count: big_endian(part(33, 37)?),
            attested,
            extensions,
        })
    }
}

/// An attestation object's members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AttestationObject {
    pub(crate) format: String,
    pub(crate) statement: Item,
    pub(crate) auth_data: Vec<u8>,
}

impl AttestationObject {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let object = cbor::read(bytes)?.item;
        match (object.named("fmt"), object.named("attStmt"), object.named("authData")) {
            (Some(Item::Text(format)), Some(statement), Some(Item::Bytes(auth_data))) => Ok(Self {
                format: format.clone(),
                statement: statement.clone(),
                auth_data: auth_data.clone(),
            }),
            _ => Err("an attestation object without its members".to_owned()),
        }
    }
}

/// What of a COSE key verifies signatures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key(Reference);

impl Key {
    /// Reads a key of a kind that is built in.
    pub(crate) fn read(key: &[u8]) -> Result<Self, String> {
        reference(key).map(Self).map_err(|error| format!("no key of ours: {error:?}"))
    }

    pub(crate) const fn algorithm(&self) -> i64 {
        self.0.algorithm()
    }

    /// Whether both verify the same signatures: their numbers may be two names of one algorithm.
    pub(crate) fn is_the_same(&self, other: &Self) -> bool {
        self.0.kind == other.0.kind
    }

    /// A key that was accepted in place of `original`, where nothing signs the key. Of an Edwards point's bytes every second
    /// change is a point again, of RSA's modulus and of ML-DSA's bytes nearly every one is a key; of a Weierstrass point's x
    /// and y no single one is.
    pub(crate) fn may_replace(&self, original: &Self) -> Result<(), String> {
        let fits = match self.0.kind {
            Kind::Ec { .. } => self.is_the_same(original),
            _ => self.0.is_valid(),
        };
        if fits { Ok(()) } else { Err(format!("another key: {self:?}")) }
    }
}
