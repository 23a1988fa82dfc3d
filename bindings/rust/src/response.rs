//! The client's JSON: WebAuthn Level 3 §5.1.8 (`RegistrationResponseJSON`, `AuthenticationResponseJSON`).
//!
//! Known members stand once and have the right type; unknown members are ignored; null and empty user handles mean absent.

use crate::json;
#[cfg(feature = "attestation")]
use crate::metadata::Metadata;
use crate::record::transports_ok;
use crate::text::{decode, to_base64url};
use mfakit_core::Error;
use mfakit_core::encoding::json as reader;
#[cfg(feature = "attestation")]
use mfakit_core::webauthn::attestation::{AttestationObject, jws};
#[cfg(feature = "attestation")]
use mfakit_core::webauthn::auth_data::AuthData;
use mfakit_core::webauthn::client_data::ClientData;

/// The largest response that is read, in bytes: a compound attestation with certificates takes a fraction of it.
pub const MAX_RESPONSE: usize = 64 * 1024;

/// The longest name of an attachment that is kept. Those that exist have at most 14 bytes.
const MAX_ATTACHMENT: usize = 64;

/// The members that both ceremonies share.
struct Common<'a, const N: usize> {
    id: Vec<u8>,
    client_data_json: Vec<u8>,
    attachment: Option<String>,
    extension_results: Option<reader::Value<'a>>,
    /// The members of `response` that were asked for.
    members: [Option<reader::Value<'a>>; N],
}

pub(crate) struct Registration<'a> {
    pub(crate) id: Vec<u8>,
    pub(crate) attachment: Option<String>,
    pub(crate) extension_results: Option<reader::Value<'a>>,
    pub(crate) client_data_json: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) transports: Vec<String>,
}

pub(crate) struct Authentication<'a> {
    pub(crate) id: Vec<u8>,
    pub(crate) attachment: Option<String>,
    pub(crate) extension_results: Option<reader::Value<'a>>,
    pub(crate) client_data_json: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) user_handle: Option<Vec<u8>>,
}

/// Reads what both ceremonies have and, in the same pass, the members of `response`
/// with these names, of which `clientDataJSON` is the first.
fn common<'a, const N: usize>(text: &'a [u8], names: [&str; N]) -> Result<Common<'a, N>, Error> {
    if text.len() > MAX_RESPONSE {
        return Err(Error::InputTooLarge);
    }
    let [id, raw_id, kind, response, attachment, extension_results] = reader::read_all(text)?
        .members([
            "id",
            "rawId",
            "type",
            "response",
            "authenticatorAttachment",
            "clientExtensionResults",
        ])?
        .ok_or(Error::ResponseMalformed)?;
    if json::borrowed(kind).as_deref() != Some("public-key") {
        return Err(Error::ResponseMalformed);
    }
    let same = matches!((id, raw_id), (Some(id), Some(raw_id)) if id.text() == raw_id.text());
    let id = bytes(id)?;
    if !same && id != bytes(raw_id)? {
        return Err(Error::CredentialIdMismatch);
    }
    let response = response.ok_or(Error::ResponseMalformed)?;
    let members = response.members(names)?.ok_or(Error::ResponseMalformed)?;
    Ok(Common {
        id,
        client_data_json: bytes(members.first().copied().flatten())?,
        attachment: optional_attachment(attachment)?,
        extension_results,
        members,
    })
}

/// The client's name for how the authenticator is attached; names that are not known are kept.
fn optional_attachment(member: Option<reader::Value<'_>>) -> Result<Option<String>, Error> {
    match json::present(member) {
        None => Ok(None),
        attachment => json::text(attachment)
            .filter(|name| name.len() <= MAX_ATTACHMENT)
            .map(Some)
            .ok_or(Error::ResponseMalformed),
    }
}

/// The bytes of a member that must be there.
fn bytes(member: Option<reader::Value<'_>>) -> Result<Vec<u8>, Error> {
    decode(json::borrowed(member).ok_or(Error::ResponseMalformed)?.as_bytes())
}

/// The bytes of a user handle; absent, null and empty all mean that there is none.
fn optional_user_handle(member: Option<reader::Value<'_>>) -> Result<Option<Vec<u8>>, Error> {
    match json::present(member) {
        None => Ok(None),
        handle => Ok(Some(bytes(handle)?).filter(|handle| !handle.is_empty())),
    }
}

pub(crate) fn registration(text: &[u8]) -> Result<Registration<'_>, Error> {
    let Common { id, client_data_json, attachment, extension_results, members } =
        common(text, ["clientDataJSON", "attestationObject", "transports"])?;
    let [_, attestation_object, transports] = members;
    let transports = match json::present(transports) {
        None => Vec::new(),
        Some(list) => list
            .as_array()
            .and_then(|list| list.map(|t| json::text(Some(t))).collect::<Option<Vec<_>>>())
            .filter(|list| transports_ok(list))
            .ok_or(Error::ResponseMalformed)?,
    };
    Ok(Registration {
        id,
        attachment,
        extension_results,
        client_data_json,
        attestation_object: bytes(attestation_object)?,
        transports,
    })
}

pub(crate) fn authentication(text: &[u8]) -> Result<Authentication<'_>, Error> {
    let names = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
    let Common { id, client_data_json, attachment, extension_results, members } =
        common(text, names)?;
    let [_, authenticator_data, signature, user_handle] = members;
    let user_handle = optional_user_handle(user_handle)?;
    Ok(Authentication {
        id,
        attachment,
        extension_results,
        client_data_json,
        authenticator_data: bytes(authenticator_data)?,
        signature: bytes(signature)?,
        user_handle,
    })
}

/// What a response claims, before anything is verified: enough to look a record or a ceremony up, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedResponse {
    /// The credential id, base64url.
    pub credential_id: String,
    /// The user handle of an assertion, base64url.
    pub user_handle: Option<String>,
    /// The challenge, as it stands in the client data.
    pub challenge: String,
}

/// Reads a response without verifying anything.
///
/// # Errors
///
/// The codes of kind `malformed`, and [`Error::CredentialIdMismatch`] if `id` and `rawId` differ.
pub fn read_response(response: &[u8]) -> Result<UnverifiedResponse, Error> {
    let Common { id, client_data_json, members: [_, user_handle], .. } =
        common(response, ["clientDataJSON", "userHandle"])?;
    let user_handle = optional_user_handle(user_handle)?;
    let challenge = ClientData::parse(&client_data_json)?.challenge;
    Ok(UnverifiedResponse {
        credential_id: to_base64url(&id),
        user_handle: user_handle.as_deref().map(to_base64url),
        challenge: json::owned(challenge).ok_or(Error::ClientDataMalformed)?,
    })
}

/// The names under which the metadata service may list the authenticator of a registration that nobody has verified yet.
///
/// # Errors
///
/// The codes of kind `malformed`.
#[cfg(feature = "attestation")]
#[doc(hidden)]
pub fn registration_keys(response: &[u8]) -> Result<Vec<String>, Error> {
    let object = registration(response)?.attestation_object;
    let object = AttestationObject::parse(&object)?;
    let attested = AuthData::parse(object.auth_data)?.attested.ok_or(Error::AttestedDataMissing)?;
    // A compound statement is an array, each of whose parts may have certificates.
    let parts = object.statement.as_array().into_iter().flatten();
    let statements = parts.filter_map(|part| part.get_text("attStmt")).chain([object.statement]);
    let mut certificates = Vec::new();
    for statement in statements {
        let list = statement.get_text("x5c").and_then(|list| list.as_array());
        let list = list.into_iter().flatten();
        certificates.extend(list.filter_map(|der| der.as_bytes().map(<[u8]>::to_vec)));
        // That of SafetyNet has its certificates in a text of its own.
        let signed = statement.get_text("response").and_then(|text| text.as_bytes());
        certificates.extend(signed.map(jws::unverified_certificates).unwrap_or_default());
    }
    let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    Ok(Metadata::keys_of(attested.aaguid, &certificates))
}
