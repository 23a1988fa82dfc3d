//! What a certificate proves, and what it does not: chapter H of docs/threat-model.md. Every statement is made by this crate.

use mfakit::{
    AttestationConveyance, AttestationTrust, Error, RegistrationVerified, RelyingParty,
    RelyingPartyOptions, Stateless, UnixTime, UserVerification,
};
use mfakit_testing::attestation::{self, signed_bytes};
use mfakit_testing::auth_data::{AT, Attested, AuthData, UP, UV};
use mfakit_testing::cbor::{array, bytes, int, map, text};
use mfakit_testing::client_data::ClientData;
use mfakit_testing::keys::{Es256Key, Key};
use mfakit_testing::text::base64url;
use mfakit_testing::x509::{self, Certificate, Extension};
use serde_json::json;

const ORIGIN: &str = "https://example.org";
const CHALLENGE: [u8; 32] = [0x5c; 32];
const ID: [u8; 20] = [0x1d; 20];
const AAGUID: [u8; 16] = [0xab; 16];

fn key(number: u8) -> Key {
    Key::Es256(Es256Key::new(&[number; 32]))
}

fn name(common_name: &str) -> Vec<u8> {
    x509::name(&x509::attributes(common_name, "Example", "Authenticator Attestation", "AA"))
}

/// The certificate of an authority with this key.
fn root(number: u8) -> Vec<u8> {
    let mut root = Certificate::new(&[1], &name("Root"), &name("Root"), &key(number));
    root.set(Extension::basic_constraints(true, None));
    root.sign(&key(number))
}

/// A registration with a packed statement whose certificate the authority with this key issued.
fn response(authority: u8) -> Vec<u8> {
    let (credential, leaf_key) = (key(7), key(8));
    let client_data = ClientData::new("webauthn.create", &CHALLENGE, ORIGIN).text();
    let attested = Some(Attested::new(&AAGUID, &ID, &credential.cose()));
    let data = AuthData { attested, ..AuthData::new("example.org", UP | UV | AT, 0) }.bytes();
    let mut leaf = Certificate::new(&[2], &name("Root"), &name("Model"), &leaf_key);
    leaf.set(Extension::basic_constraints(false, None));
    leaf.set(Extension::aaguid(&AAGUID));
    let signature = leaf_key.sign(&signed_bytes(&data, client_data.as_bytes()));
    let statement = map(&[
        (text("alg"), int(leaf_key.algorithm())),
        (text("sig"), bytes(&signature)),
        (text("x5c"), array(&[bytes(&leaf.sign(&key(authority)))])),
    ]);
    let object = attestation::object("packed", &statement, &data);
    let id = base64url(&ID);
    let members = json!({
        "clientDataJSON": base64url(client_data.as_bytes()), "attestationObject": base64url(&object),
    });
    json!({"id": id, "rawId": id, "type": "public-key", "response": members})
        .to_string()
        .into_bytes()
}

fn verify(response: &[u8], trust: Option<AttestationTrust>) -> Result<RegistrationVerified, Error> {
    let mut options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    options.attestation = AttestationConveyance::Direct;
    options.trust = trust;
    let rp = RelyingParty::new("example.org", options)?;
    let now = Some(UnixTime::from_seconds(1_800_000_000));
    let more = Stateless { now, ..Stateless::default() };
    rp.verify_registration(response, &base64url(&CHALLENGE), &base64url(b"user"), more)
}

fn trust(authority: u8, require: bool) -> AttestationTrust {
    let mut trust = AttestationTrust::new(&[root(authority)]).expect("an anchor");
    trust.require = require;
    trust
}

const MODEL: &str = "abababab-abab-abab-abab-abababababab";

/// H28, H29, H30: a statement verifies by itself; who made it is another question, and nothing is proven until it is answered.
#[test]
fn a_certificate_of_nobodys_is_untrusted_and_proves_no_model() {
    let response = response(9);
    let facts = |verified: &RegistrationVerified| {
        let found = verified.attestation();
        (found.trust().as_str(), found.anchor().is_some(), found.proven_aaguid())
    };
    let nobody_asked = verify(&response, None).expect("a registration");
    assert_eq!(facts(&nobody_asked), ("not_requested", false, None));
    assert_eq!(nobody_asked.attestation().attestation_type(), "basic");
    assert_eq!(nobody_asked.attestation().path().len(), 1);
    // The claim is in the record all the same.
    assert_eq!(nobody_asked.credential().aaguid().as_deref(), Some(MODEL));

    // An authority of the same name with another key is not the issuer.
    let untrusted = verify(&response, Some(trust(10, false))).expect("a registration");
    assert_eq!(facts(&untrusted), ("untrusted", false, None));
    let refused = verify(&response, Some(trust(10, true)));
    assert_eq!(refused.err(), Some(Error::CertificatePathInvalid));

    for require in [false, true] {
        let trusted = verify(&response, Some(trust(9, require))).expect("a registration");
        assert_eq!(facts(&trusted), ("trusted", true, Some(MODEL.to_owned())));
        let anchor: String =
            mfakit_testing::sha256(&root(9)).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(trusted.attestation().anchor(), Some(anchor));
    }
}

/// Nobody is trusted by default, and trust that is required of what is not asked for is a mistake.
#[test]
fn required_trust_needs_a_statement_that_was_asked_for() {
    let mut options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    options.trust = Some(trust(9, true));
    assert_eq!(RelyingParty::new("example.org", options).err(), Some(Error::ArgumentValueInvalid));
}
