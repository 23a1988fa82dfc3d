//! What goes over the wire: canonical CBOR, and answers as COSE_Sign1 (RFC 9052 §4.2, untagged).
//!
//! Invariant: a message has one encoding; a key of a map that does not belong to its label, or is missing, is malformed. Leaks:
//! nothing secret here.

use crate::crypto;
use crate::encoding::base64url;
use crate::encoding::cbor::{self, Entries, Limits, Value};
use crate::encoding::cbor_writer::Writer;
use crate::encoding::cose::PublicKey;
use crate::error::Error;

/// A request to approve, in bytes: the longest action and context take 1.3 KB, audience and user half a KB.
pub const MAX_REQUEST: usize = 2048;
/// What is signed of an answer, in bytes. An enrolment with the longest names and a key of P-521 takes 977.
pub(super) const MAX_PAYLOAD: usize = 1024;
/// An answer, in bytes: around the payload stand at most 11 bytes and the longest signature, of P-521.
pub const MAX_ANSWER: usize = MAX_PAYLOAD + 16 + MAX_SIGNATURE;
/// What a device signs, in bytes: before the payload stand at most 22.
pub const MAX_TO_SIGN: usize = MAX_PAYLOAD + MAX_SIGNED_HEAD;
/// The longest signature, of P-521: twice 66 bytes.
pub(super) const MAX_SIGNATURE: usize = 132;
const MAX_SIGNED_HEAD: usize = 32;

/// The first entry of a message: which one it is, in which version. A signature over one is none over another.
pub(super) mod label {
    pub(in crate::approval) const REQUEST: &str = "mfakit-approval-request/1";
    pub(in crate::approval) const ANSWER: &str = "mfakit-approval/1";
    pub(in crate::approval) const DEVICE_REQUEST: &str = "mfakit-approval-device-request/1";
    pub(in crate::approval) const DEVICE_ANSWER: &str = "mfakit-approval-device/1";
}

/// The keys of all messages.
pub(super) mod key {
    pub(in crate::approval) const LABEL: i64 = 1;
    pub(in crate::approval) const AUDIENCE: i64 = 2;
    pub(in crate::approval) const REQUEST_ID: i64 = 3;
    pub(in crate::approval) const USER: i64 = 4;
    pub(in crate::approval) const EXPIRY: i64 = 5;
    pub(in crate::approval) const ACTION: i64 = 6;
    pub(in crate::approval) const CONTEXT: i64 = 7;
    pub(in crate::approval) const DEVICE_ID: i64 = 8;
    pub(in crate::approval) const CONTENT_HASH: i64 = 9;
    pub(in crate::approval) const DECISION: i64 = 10;
    pub(in crate::approval) const NUMBER: i64 = 11;
    pub(in crate::approval) const PUBLIC_KEY: i64 = 12;
    pub(in crate::approval) const NAME: i64 = 13;
}

/// The decision, as text.
pub(super) const APPROVE: &str = "approve";
pub(super) const DENY: &str = "deny";

/// `alg` in the protected header (RFC 9052 §3.1).
const ALG: i64 = 1;
/// The `context` of what COSE_Sign1 signs (RFC 9052 §4.4).
const SIGNATURE1: &str = "Signature1";

/// One encoding for one message.
const CANONICAL: Limits = Limits { strict_order: true, ..Limits::CTAP2 };

/// Decodes a message's text; a longer one than any genuine is malformed.
pub(super) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Error> {
    base64url::decode(text, out).map_err(|_| Error::ApprovalMalformed)
}

/// The hash of what the person is asked: each text with its length before it, so that none runs into the other.
pub(super) fn content_hash(action: &str, context: &str) -> [u8; 32] {
    let len = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes();
    crypto::sha256(&[&len(action), action.as_bytes(), &len(context), context.as_bytes()])
}

/// The entries of a message's map, in their order.
pub(super) struct Members<'a>(Entries<'a>);

impl<'a> Members<'a> {
    /// The entries after the label, which must be this one.
    pub(super) fn read(message: &'a [u8], label: &str) -> Option<Self> {
        let mut members = Self(cbor::read_all(message, CANONICAL).ok()?.as_map()?);
        (members.text(key::LABEL)? == label).then_some(members)
    }

    /// The value of the next entry, if it has this key.
    pub(super) fn next(&mut self, key: i64) -> Option<Value<'a>> {
        self.0.next().filter(|(found, _)| found.as_int() == Some(key)).map(|(_, value)| value)
    }

    /// The same; an entry with another key stays.
    pub(super) fn optional(&mut self, key: i64) -> Option<Value<'a>> {
        let mut ahead = Self(self.0.clone());
        let value = ahead.next(key)?;
        *self = ahead;
        Some(value)
    }

    pub(super) fn text(&mut self, key: i64) -> Option<&'a str> {
        self.next(key)?.as_text()
    }

    pub(super) fn array<const N: usize>(&mut self, key: i64) -> Option<&'a [u8; N]> {
        self.next(key)?.as_bytes()?.try_into().ok()
    }

    pub(super) fn uint(&mut self, key: i64) -> Option<u64> {
        u64::try_from(self.next(key)?.as_int()?).ok()
    }

    /// No entry is left.
    pub(super) fn end(mut self) -> Option<()> {
        self.0.next().is_none().then_some(())
    }
}

/// A signed message: what it says is hearsay until [`Sign1::verify`].
pub(super) struct Sign1<'a> {
    protected: &'a [u8],
    algorithm: i64,
    payload: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Sign1<'a> {
    /// Takes apart `[protected, {}, payload, signature]`, whose protected header names the algorithm and nothing else.
    pub(super) fn parse(message: &'a [u8]) -> Option<Self> {
        let mut elements = cbor::read_all(message, CANONICAL).ok()?.as_array()?;
        let protected = elements.next()?.as_bytes()?;
        let unprotected = elements.next()?;
        let payload = elements.next()?.as_bytes()?;
        let signature = elements.next()?.as_bytes()?;
        let good = elements.next().is_none() && unprotected.as_map()?.next().is_none();
        let algorithm = read_algorithm(protected).filter(|_| good)?;
        Some(Self { protected, algorithm, payload, signature })
    }

    pub(super) const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Verifies the signature under a key, whose algorithm the message must name.
    pub(super) fn verify(&self, key: &PublicKey<'_>) -> Result<(), Error> {
        if self.algorithm != key.algorithm() {
            return Err(Error::ApprovalAlgorithmMismatch);
        }
        let mut head = [0; MAX_SIGNED_HEAD];
        let len = write_signed_head(&mut Writer::new(&mut head), self.protected, self.payload)
            .finish()
            .map_err(|_| Error::ApprovalMalformed)?;
        let head = head.get(..len).unwrap_or_default();
        crypto::verify_cose(key, &[head, self.payload], self.signature)
    }
}

/// The algorithm, if the header holds it and nothing else.
fn read_algorithm(protected: &[u8]) -> Option<i64> {
    let mut entries = cbor::read_all(protected, CANONICAL).ok()?.as_map()?;
    let (key, value) = entries.next()?;
    (key.as_int()? == ALG && entries.next().is_none()).then_some(())?;
    value.as_int()
}

/// The Sig_structure of RFC 9052 §4.4 up to the payload's bytes.
fn write_signed_head<'w, 'o>(
    writer: &'w mut Writer<'o>,
    protected: &[u8],
    payload: &[u8],
) -> &'w mut Writer<'o> {
    writer.array(4).text(SIGNATURE1).bytes(protected).bytes(&[]).bytes_head(payload.len())
}

#[cfg(feature = "approval-device")]
mod signing {
    use super::*;

    /// Writes the Sig_structure of a payload; returns its length.
    pub(in crate::approval) fn write_to_sign(
        algorithm: i64,
        payload: &[u8],
        out: &mut [u8; MAX_TO_SIGN],
    ) -> Result<usize, Error> {
        let mut header = [0; 16];
        let len = Writer::new(&mut header).map(1).int(ALG).int(algorithm).finish()?;
        let header = header.get(..len).unwrap_or_default();
        write_signed_head(&mut Writer::new(out), header, payload).raw(payload).finish()
    }

    /// The protected header, the algorithm in it and the payload of a Sig_structure.
    pub(in crate::approval) fn read_to_sign(signed: &[u8]) -> Option<(&[u8], i64, &[u8])> {
        let mut elements = cbor::read_all(signed, CANONICAL).ok()?.as_array()?;
        (elements.next()?.as_text()? == SIGNATURE1).then_some(())?;
        let protected = elements.next()?.as_bytes()?;
        let external = elements.next()?.as_bytes()?;
        let payload = elements.next()?.as_bytes()?;
        (external.is_empty() && elements.next().is_none()).then_some(())?;
        Some((protected, read_algorithm(protected)?, payload))
    }

    /// Writes the COSE_Sign1; returns its length.
    pub(in crate::approval) fn write_sign1(
        protected: &[u8],
        payload: &[u8],
        signature: &[u8],
        out: &mut [u8; MAX_ANSWER],
    ) -> Result<usize, Error> {
        Writer::new(out).array(4).bytes(protected).map(0).bytes(payload).bytes(signature).finish()
    }
}

#[cfg(feature = "approval-device")]
pub(super) use signing::{read_to_sign, write_sign1, write_to_sign};
