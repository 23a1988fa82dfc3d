//! Certificates, paths and signed texts of attestation. The statements of every format are reached through a registration.

extern crate alloc;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use mfakit_core::encoding::cbor::Value;
use mfakit_core::encoding::cose::{Hash, PublicKey};
use mfakit_core::webauthn::attestation::certificate::{
    Certificate, Name, OID_COMMON_NAME, OID_EXTENDED_KEY_USAGE, read_x5c,
};
use mfakit_core::webauthn::attestation::{FidoSwitches, Tolerances, jws, path};
use mfakit_core::{Error, UnixTime, crypto};

/// A certificate.
#[unsafe(no_mangle)]
pub fn entry_certificate_parse(
    der: &[u8],
    tolerances: Tolerances,
) -> Result<Certificate<'_>, Error> {
    Certificate::parse(der, tolerances)
}

/// What is asked of a certificate.
#[unsafe(no_mangle)]
pub fn entry_certificate_questions(
    certificate: &Certificate<'_>,
    aaguid: &[u8; 16],
    algorithm: i64,
) -> Result<(bool, usize, Option<u64>, [u8; 20]), Error> {
    certificate.check_packed_requirements(aaguid)?;
    certificate.check_aaguid(aaguid)?;
    certificate.is_ca()?;
    certificate.public_key(algorithm)?;
    certificate.spki().parts()?;
    let names = certificate.subject().attributes(OID_COMMON_NAME).count();
    let may = certificate.may_sign_certificates()?
        && certificate.has_extended_key_usage(OID_EXTENDED_KEY_USAGE)?;
    Ok((may, names, certificate.firmware_version(), certificate.key_identifier()))
}

/// A name in a certificate.
#[unsafe(no_mangle)]
pub fn entry_name_parse(der: &[u8]) -> Result<Name<'_>, Error> {
    Name::parse(der)
}

/// The certificates in a statement.
#[unsafe(no_mangle)]
pub fn entry_read_x5c(x5c: Value<'_>) -> Result<Vec<Cow<'_, [u8]>>, Error> {
    read_x5c(x5c)
}

/// A path to an anchor.
#[unsafe(no_mangle)]
pub fn entry_path_verify(
    certificates: &[Cow<'_, [u8]>],
    anchors: &[Cow<'_, [u8]>],
    at: Option<UnixTime>,
    switches: FidoSwitches,
    tolerances: Tolerances,
) -> Result<[u8; 32], Error> {
    path::verify(certificates, anchors, at, switches, tolerances)
}

/// A JSON Web Signature.
#[unsafe(no_mangle)]
pub fn entry_jws_verify(
    text: &[u8],
    malformed: Error,
    tolerances: Tolerances,
) -> Result<jws::Signed, Error> {
    jws::verify(text, malformed, tolerances)
}

/// Base64 with padding.
#[unsafe(no_mangle)]
pub fn entry_from_base64(text: &[u8], most: usize) -> Option<Vec<u8>> {
    jws::from_base64(text.iter().copied(), most)
}

/// A signature of a certificate, whose hash need not be its key's.
#[unsafe(no_mangle)]
pub fn entry_verify_ecdsa_with(
    hash: Hash,
    key: &PublicKey<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    crypto::verify_ecdsa_with(hash, key, message, signature)
}

/// The signature of an old TPM.
#[unsafe(no_mangle)]
pub fn entry_verify_rs1(
    n: &[u8],
    e: &[u8],
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    crypto::rsassa_pkcs1::verify_rs1(n, e, message, signature)
}
