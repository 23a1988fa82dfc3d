//! Messages of one P-256 key by `mfakit-testing`, which the vectors are made of too: seeds for the oracles, and signatures
//! over whatever the fuzzer makes of them.

use mfakit_testing::attestation;
use mfakit_testing::auth_data::{Attested, AuthData};
use mfakit_testing::client_data::ClientData;
use mfakit_testing::keys::Es256Key;
use std::sync::LazyLock;

/// The challenge of the seeds.
pub const CHALLENGE: [u8; 32] = [0x2a; 32];
/// The credential id of the seeds.
pub const CREDENTIAL_ID: &[u8] = b"credential";
/// The user handle of the seeds.
pub const USER_HANDLE: &[u8] = b"user";

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";

static KEY: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::new(&[7; 32]));

/// The public key as a COSE key in canonical form.
#[must_use]
pub fn public_key() -> Vec<u8> {
    KEY.cose()
}

/// The signature over authenticator data and the hash of client data.
#[must_use]
pub fn sign(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    KEY.sign_der(&attestation::signed_bytes(authenticator_data, client_data_json))
}

/// Client data as a browser writes it.
#[must_use]
pub fn client_data(kind: &str, challenge: &[u8]) -> Vec<u8> {
    ClientData::new(kind, challenge, ORIGIN).text().into_bytes()
}

/// Client data of a page in another site's frame.
#[must_use]
pub fn framed_client_data(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let mut data = ClientData::new(kind, challenge, ORIGIN);
    data.cross_origin = true;
    data.top_origin = Some("https://example.com".to_owned());
    data.text().into_bytes()
}

/// Client data of a page in a frame, where the client does not say whose page is around it.
#[must_use]
pub fn unnamed_frame(kind: &str, challenge: &[u8]) -> Vec<u8> {
    let mut data = ClientData::new(kind, challenge, ORIGIN);
    data.cross_origin = true;
    data.text().into_bytes()
}

/// Authenticator data of an assertion for `example.org`, with what may follow the counter.
#[must_use]
pub fn assertion_data(flags: u8, sign_count: u32, extensions: &[u8]) -> Vec<u8> {
    let extensions = Some(extensions.to_vec());
    AuthData { extensions, ..AuthData::new(RP_ID, flags, sign_count) }.bytes()
}

/// Authenticator data of a registration for `example.org`.
#[must_use]
pub fn attested_data(flags: u8, id: &[u8], public_key: &[u8], extensions: &[u8]) -> Vec<u8> {
    let attested = Some(Attested::new(&[0; 16], id, public_key));
    let extensions = Some(extensions.to_vec());
    AuthData { attested, extensions, ..AuthData::new(RP_ID, flags, 0) }.bytes()
}

/// An attestation object in canonical form.
#[must_use]
pub fn attestation_object(format: &str, statement: &[u8], auth_data: &[u8]) -> Vec<u8> {
    attestation::object(format, statement, auth_data)
}
