//! Round trips with an independent peer, the crate `passkey`: its client and authenticator log in here, and what
//! [`SoftAuthenticator`] writes is read by its types.
//!
//! `passkey` has no relying party, so that direction ends at its readers and at the signature. Its authenticator writes
//! attestation none only: the packed statement is put around its authenticator data with its key.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, RelyingParty,
    RelyingPartyOptions, UserVerification,
};
use mfakit_testing::attestation;
use mfakit_testing::keys::verifies;
use mfakit_testing::text::base64url;
use mfakit_testing::{Attestation, SoftAuthenticator, sha256};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, DefaultClientDataWithExtra};
use passkey::crypto::coset::CborSerializable;
use passkey::crypto::rust_crypto::{RustCryptoBackend, RustCryptoPublicKey, RustCryptoSecretKey};
use passkey::crypto::{PublicKeyT, SecretKeyT, iana};
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, AuthenticatorData, Ctap2Error, Flags};
use passkey::types::webauthn::{
    AuthenticatedPublicKeyCredential, ClientDataType, CollectedClientData,
    CreatedPublicKeyCredential, CredentialCreationOptions, CredentialRequestOptions,
};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use url::Url;

const ORIGIN: &str = "https://login.example.org";

/// A user who is there, and whose device may or may not verify them.
struct User {
    verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for User {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Self::PasskeyItem>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification: verification && self.verified })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

type Peer = Client<Option<Passkey>, User, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

/// The peer's client with its authenticator behind it, which has keys of this algorithm.
fn peer(algorithm: iana::Algorithm, counter: bool) -> Peer {
    let user = User { verified: true };
    let mut authenticator = Authenticator::new(Aaguid::new_empty(), None, user, RustCryptoBackend);
    authenticator.set_algorithms(&[algorithm]).expect("an algorithm that it has");
    authenticator.set_make_credentials_with_signature_counter(counter);
    Client::new(authenticator)
}

/// Runs a future that never waits: the peer stores in memory and asks nobody.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn origin() -> Url {
    Url::parse(ORIGIN).unwrap()
}

fn rp() -> RelyingParty {
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    RelyingParty::new("example.org", options).unwrap()
}

/// Options under the name that `navigator.credentials` takes them by.
fn wrapped<T: for<'a> serde::Deserialize<'a>>(options: &str) -> T {
    let options: Value = serde_json::from_str(options).unwrap();
    serde_json::from_value(json!({"publicKey": options})).expect("options that the peer reads")
}

fn begin() -> BeginRegistration<'static> {
    BeginRegistration { user_name: "alice", ..BeginRegistration::default() }
}

/// Registers the peer; returns the record and the response.
fn register(rp: &RelyingParty, peer: &mut Peer) -> (CredentialRecord, CreatedPublicKeyCredential) {
    let user = mfakit::generate_user_handle().unwrap();
    let ceremony = rp.begin_registration(&user, begin()).unwrap();
    let options: CredentialCreationOptions = wrapped(ceremony.options_json());
    let response = now(peer.register(&origin(), options, DefaultClientData)).expect("registered");
    let text = serde_json::to_vec(&response).unwrap();
    let verified = rp.finish_registration(&text, ceremony.state(), None).expect("verified");
    assert_eq!(verified.attestation().format(), "none");
    assert!(verified.user_verified());
    assert_eq!(verified.user_handle(), user);
    (verified.commit(1).unwrap(), response)
}

#[test]
fn the_peer_registers_and_signs_in() {
    for (algorithm, number) in [(iana::Algorithm::ES256, -7), (iana::Algorithm::EdDSA, -8)] {
        for counter in [false, true] {
            let rp = rp();
            let mut peer = peer(algorithm, counter);
            let (mut record, _) = register(&rp, &mut peer);
            assert_eq!(record.algorithm(), number);
            // A user who was named before, and one who was not.
            for (round, known) in [(1_u32, true), (2, false)] {
                let begin = BeginAuthentication::default();
                let ceremony = if known {
                    rp.begin_authentication(
                        &record.user_handle(),
                        std::slice::from_ref(&record),
                        begin,
                    )
                } else {
                    rp.begin_discoverable_authentication(begin)
                }
                .unwrap();
                let options: CredentialRequestOptions = wrapped(ceremony.options_json());
                let extra = DefaultClientDataWithExtra(json!({"member": [1, {"of": "another"}]}));
                let answer = now(peer.authenticate(&origin(), options, extra)).expect("signed in");
                let text = serde_json::to_vec(&answer).unwrap();
                let verified =
                    rp.finish_authentication(&text, ceremony.state(), &record, None).unwrap();
                assert_eq!(verified.user_handle(), record.user_handle());
                assert_eq!(verified.counter(), if counter { round } else { 0 });
                record = CredentialRecord::from_text(&verified.transition().next).unwrap();

                let other = rp.begin_discoverable_authentication(begin).unwrap();
                let replay = rp.finish_authentication(&text, other.state(), &record, None);
                assert_eq!(replay.err(), Some(Error::ChallengeMismatch));
            }
        }
    }
}

#[test]
fn a_packed_statement_of_the_peers_key_is_verified() {
    for algorithm in [iana::Algorithm::ES256, iana::Algorithm::EdDSA] {
        let rp = rp();
        let mut peer = peer(algorithm, false);
        let user = mfakit::generate_user_handle().unwrap();
        let ceremony = rp.begin_registration(&user, begin()).unwrap();
        let options: CredentialCreationOptions = wrapped(ceremony.options_json());
        let response =
            now(peer.register(&origin(), options, DefaultClientData)).expect("registered");
        let (auth_data, client_data) =
            (&response.response.authenticator_data, &response.response.client_data_json);
        let stored = peer.authenticator().store().as_ref().expect("a passkey");
        let mut key = RustCryptoSecretKey::from_cose_key(&stored.key).unwrap();
        let signature = key.sign(&attestation::signed_bytes(auth_data, client_data));
        let number = if algorithm == iana::Algorithm::ES256 { -7 } else { -8 };
        for (mask, expected) in [(0, None), (1, Some(Error::SignatureInvalid))] {
            // The first bits of a signature are its form; from the middle on they are numbers.
            let mut signature = signature.clone();
            signature[20] ^= mask;
            let statement = attestation::packed(number, &signature);
            let mut changed = serde_json::to_value(&response).unwrap();
            changed["response"]["attestationObject"] =
                base64url(&attestation::object("packed", &statement, auth_data)).into();
            let text = changed.to_string();
            let verified = rp.finish_registration(text.as_bytes(), ceremony.state(), None);
            match expected {
                None => assert_eq!(verified.unwrap().attestation().attestation_type(), "self"),
                Some(error) => assert_eq!(verified.err(), Some(error)),
            }
        }
    }
}

/// The client data of a response of ours, as the peer reads them.
fn client_data(bytes: &[u8], kind: ClientDataType, challenge: &Value) {
    let data: CollectedClientData = serde_json::from_slice(bytes).expect("client data");
    assert_eq!(data.ty, kind);
    assert_eq!(data.origin, ORIGIN);
    assert_eq!(Some(data.challenge.as_str()), challenge.as_str());
    assert_eq!(data.cross_origin, Some(false));
    assert!(data.unknown_keys.is_empty());
}

#[test]
fn the_peer_reads_what_the_soft_authenticator_writes() {
    for algorithm in [-7, -8] {
        for attestation in [Attestation::None, Attestation::PackedSelf] {
            let rp = rp();
            let mut soft = SoftAuthenticator::new(ORIGIN);
            (soft.algorithm, soft.attestation, soft.counter) = (algorithm, attestation, 7);
            (soft.backup_eligible, soft.backed_up, soft.aaguid) = (true, true, [0xa5; 16]);
            let user = mfakit::generate_user_handle().unwrap();
            let ceremony = rp.begin_registration(&user, begin()).unwrap();
            let options: Value = serde_json::from_str(ceremony.options_json()).unwrap();
            let text = soft.create(ceremony.options_json()).unwrap();
            let made: CreatedPublicKeyCredential = serde_json::from_str(&text).expect("a response");
            let response = &made.response;
            client_data(&response.client_data_json, ClientDataType::Create, &options["challenge"]);

            let data = AuthenticatorData::from_slice(&response.authenticator_data).expect("data");
            assert_eq!(data.to_vec(), &response.authenticator_data[..], "written back alike");
            assert_eq!(data.rp_id_hash(), sha256(b"example.org"));
            let flags = Flags::UP | Flags::UV | Flags::BE | Flags::BS | Flags::AT;
            assert_eq!((data.flags, data.counter, data.extensions), (flags, Some(7), None));
            let attested = data.attested_credential_data.expect("attested credential data");
            assert_eq!(attested.aaguid, Aaguid::from([0xa5; 16]));
            assert_eq!(attested.credential_id(), &made.raw_id[..]);
            assert_eq!(made.id, base64url(attested.credential_id()));
            assert_eq!(response.public_key_algorithm, algorithm);
            let spki = RustCryptoPublicKey::der_from_cose_key(&attested.key).expect("a key");
            assert_eq!(response.public_key.as_ref().map(|key| &key[..]), Some(&spki[..]));
            let public_key = attested.key.to_vec().unwrap();

            // The object is canonical CBOR around the same authenticator data.
            let object: ciborium::Value =
                ciborium::from_reader(&response.attestation_object[..]).expect("CBOR");
            let mut again = Vec::new();
            ciborium::into_writer(&object, &mut again).unwrap();
            assert_eq!(again, &response.attestation_object[..], "written back alike");
            let member = |name: &str| {
                let entries = object.as_map().expect("a map").iter();
                entries.clone().find(|(k, _)| k.as_text() == Some(name)).map(|(_, v)| v.clone())
            };
            let inner = member("authData").and_then(|v| v.into_bytes().ok());
            assert_eq!(inner.as_deref(), Some(&response.authenticator_data[..]));
            let statement = member("attStmt").and_then(|v| v.into_map().ok()).expect("a map");
            let signed =
                attestation::signed_bytes(&response.authenticator_data, &response.client_data_json);
            if attestation == Attestation::PackedSelf {
                let [(alg, number), (sig, signature)] = &statement[..] else {
                    panic!("two members")
                };
                assert_eq!((alg.as_text(), sig.as_text()), (Some("alg"), Some("sig")));
                assert_eq!(number.as_integer(), Some(algorithm.into()));
                assert!(verifies(&public_key, &signed, signature.as_bytes().expect("bytes")));
            } else {
                assert!(statement.is_empty());
            }

            let record = rp
                .finish_registration(text.as_bytes(), ceremony.state(), None)
                .unwrap()
                .commit(1)
                .unwrap();
            let ceremony =
                rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
            let options: Value = serde_json::from_str(ceremony.options_json()).unwrap();
            let text = soft.get(ceremony.options_json()).unwrap();
            let made: AuthenticatedPublicKeyCredential =
                serde_json::from_str(&text).expect("a response");
            let response = &made.response;
            client_data(&response.client_data_json, ClientDataType::Get, &options["challenge"]);
            let data = AuthenticatorData::from_slice(&response.authenticator_data).expect("data");
            assert_eq!(data.to_vec(), &response.authenticator_data[..], "written back alike");
            assert_eq!(data.counter, Some(8));
            assert!(data.attested_credential_data.is_none());
            let signed =
                attestation::signed_bytes(&response.authenticator_data, &response.client_data_json);
            assert!(verifies(&public_key, &signed, &response.signature));
            let handle = response.user_handle.as_ref().expect("a user handle");
            assert_eq!(base64url(handle), user);
            let verified =
                rp.finish_authentication(text.as_bytes(), ceremony.state(), &record, None);
            assert_eq!(verified.unwrap().user_handle(), user);
        }
    }
}
