//! WebAuthn.

use mfakit_core::Error;
use mfakit_core::crypto::{
    self, SignatureVerifier, rsassa_pkcs1::RsassaPkcs1, rsassa_pss::RsassaPss,
};
use mfakit_core::encoding::cbor::Value;
use mfakit_core::encoding::cose::{Hash, KeyParts, PublicKey};
use mfakit_core::webauthn::assertion::{
    self, Allow, AssertionResponse, AssertionVerified, StoredCredential, User, id_hash,
};
use mfakit_core::webauthn::attestation::AttestationObject;
use mfakit_core::webauthn::auth_data::AuthData;
use mfakit_core::webauthn::client_data::{Ceremony, ClientData};
use mfakit_core::webauthn::extensions::{AuthenticatorExtensions, Requested};
use mfakit_core::webauthn::registration::{self, RegistrationResponse, RegistrationVerified};
use mfakit_core::webauthn::{
    CrossOrigin, EnumerationKey, RelyingParty, StateKey, UserVerification, explain, is_web_origin,
};

/// Client data.
#[unsafe(no_mangle)]
pub fn entry_client_data_parse(text: &[u8]) -> Result<ClientData<'_>, Error> {
    ClientData::parse(text)
}

/// What client data is checked for.
#[unsafe(no_mangle)]
pub fn entry_client_data_check(
    data: &ClientData<'_>,
    ceremony: Ceremony,
    challenge: &[u8],
    rp: &RelyingParty<'_>,
) -> Result<(), Error> {
    data.check(ceremony, challenge, rp)
}

/// Authenticator data.
#[unsafe(no_mangle)]
pub fn entry_auth_data_parse(bytes: &[u8]) -> Result<AuthData<'_>, Error> {
    AuthData::parse(bytes)
}

/// An attestation object.
#[unsafe(no_mangle)]
pub fn entry_attestation_object_parse(bytes: &[u8]) -> Result<AttestationObject<'_>, Error> {
    AttestationObject::parse(bytes)
}

/// A relying party's configuration.
#[unsafe(no_mangle)]
pub fn entry_relying_party_new<'a>(
    id: &'a str,
    origins: &'a [&'a str],
    top_origins: &'a [&'a str],
    algorithms: &'a [i64],
) -> Result<RelyingParty<'a>, Error> {
    RelyingParty::new(id, origins, UserVerification::Required)?
        .cross_origin(CrossOrigin::AllowListed(top_origins))?
        .algorithms(algorithms)
}

/// The hash of a credential id.
#[unsafe(no_mangle)]
pub fn entry_id_hash(id: &[u8]) -> [u8; 16] {
    id_hash(id)
}

/// A state key, and the sealing of a state.
#[unsafe(no_mangle)]
pub fn entry_state_key_tag(key: &[u8], content: &[u8]) -> Result<[u8; 32], Error> {
    Ok(StateKey::new(key)?.tag(content))
}

/// Whether a state was sealed with the key.
#[unsafe(no_mangle)]
pub fn entry_state_key_is_tag(key: &StateKey, content: &[u8], tag: &[u8]) -> bool {
    key.is_tag(content, tag)
}

/// The key of decoys, and a block of one.
#[unsafe(no_mangle)]
pub fn entry_enumeration_key_block(
    key: &[u8],
    rp_id: &str,
    identifier: &[u8],
    number: u8,
) -> Result<[u8; 32], Error> {
    Ok(EnumerationKey::new(key)?.block(rp_id, identifier, number))
}

/// Whether a text is the origin of a web page.
#[unsafe(no_mangle)]
pub fn entry_is_web_origin(origin: &str) -> bool {
    is_web_origin(origin)
}

/// The extension outputs of an authenticator.
#[unsafe(no_mangle)]
pub fn entry_extensions_read<'a>(
    outputs: Option<&Value<'a>>,
    requested: &Requested<'_>,
) -> Result<AuthenticatorExtensions<'a>, Error> {
    AuthenticatorExtensions::read(outputs, requested)
}

/// A key of a certificate.
#[unsafe(no_mangle)]
pub fn entry_key_from_parts(algorithm: i64, parts: KeyParts<'_>) -> Result<PublicKey<'_>, Error> {
    PublicKey::from_parts(algorithm, parts)
}

/// Whether a key is one that can sign.
#[unsafe(no_mangle)]
pub fn entry_check_key(key: &PublicKey<'_>) -> Result<(), Error> {
    crypto::check_key(key)
}

/// A signature.
#[unsafe(no_mangle)]
pub fn entry_signature_verify(
    key: &PublicKey<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    crypto::verify(key, message, signature)
}

/// A signature by RSASSA-PKCS1-v1_5, without the other algorithms.
#[unsafe(no_mangle)]
pub fn entry_rsassa_pkcs1_verify(
    key: (Hash, &[u8], &[u8]),
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    RsassaPkcs1::new(key)?.verify(message, signature)
}

/// A signature by RSASSA-PSS, without the other algorithms.
#[unsafe(no_mangle)]
pub fn entry_rsassa_pss_verify(
    key: (Hash, &[u8], &[u8]),
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    RsassaPss::new(key)?.verify(message, signature)
}

/// A registration.
#[unsafe(no_mangle)]
pub fn entry_registration_verify<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    response: &RegistrationResponse<'a>,
) -> Result<RegistrationVerified<'a>, Error> {
    registration::verify(rp, challenge, response)
}

/// An assertion.
#[unsafe(no_mangle)]
pub fn entry_assertion_verify<'a>(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'a>,
) -> Result<AssertionVerified<'a>, Error> {
    assertion::verify(rp, challenge, user, allow, stored, response)
}

/// The diagnosis of a registration.
#[unsafe(no_mangle)]
pub fn entry_explain_registration(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    response: &RegistrationResponse<'_>,
) -> [explain::Step; 29] {
    explain::registration(rp, challenge, response)
}

/// The diagnosis of an assertion.
#[unsafe(no_mangle)]
pub fn entry_explain_authentication(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'_>,
) -> [explain::Step; 25] {
    explain::authentication(rp, challenge, user, allow, stored, response)
}
