//! A login with a passkey, as a Rust server does it: begin, consume, finish, store, commit.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, Kind, Method, RelyingParty,
    RelyingPartyOptions, UnixTime, UserVerification, from_base64url, generate_user_handle,
    read_response, to_base64url,
};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use std::collections::HashMap;

const ORIGIN: &str = "https://example.org";

/// A software authenticator, written from WebAuthn Level 3 §6: ES256, attestation none.
struct Authenticator {
    key: SigningKey,
    counter: u32,
    user_handle: String,
}

impl Authenticator {
    const ID: [u8; 16] = [0xc1; 16];

    fn new(seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).expect("in range");
        Self { key, counter: 0, user_handle: String::new() }
    }

    fn auth_data(&mut self, rp_id: &str, flags: u8) -> Vec<u8> {
        self.counter += 1;
        let hash = mfakit_core::crypto::sha256(&[rp_id.as_bytes()]);
        [&hash[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    fn client_data(kind: &str, challenge: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    fn response(members: Value) -> Vec<u8> {
        let id = to_base64url(&Self::ID);
        json!({"id": id, "rawId": id, "type": "public-key", "response": members})
            .to_string()
            .into_bytes()
    }

    fn create(&mut self, options: &Value) -> Vec<u8> {
        self.user_handle = options["user"]["id"].as_str().unwrap().to_owned();
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let cose =
            [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &x[..], &[0x22, 0x58, 32], &y[..]]
                .concat();
        let mut auth_data = self.auth_data(options["rp"]["id"].as_str().unwrap(), 0x45);
        auth_data.extend([0; 16]);
        auth_data.extend([0, 16]);
        auth_data.extend(Self::ID);
        auth_data.extend(cose);
        let length = u8::try_from(auth_data.len()).unwrap();
        let object =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58", &[length][..], &auth_data]
                .concat();
        Self::response(json!({
            "clientDataJSON": to_base64url(&Self::client_data("webauthn.create", &options["challenge"])),
            "attestationObject": to_base64url(&object),
            "transports": ["internal"],
        }))
    }

    fn get(&mut self, options: &Value) -> Vec<u8> {
        let client_data = Self::client_data("webauthn.get", &options["challenge"]);
        let auth_data = self.auth_data(options["rpId"].as_str().unwrap(), 0x05);
        let signed = [&auth_data[..], &mfakit_core::crypto::sha256(&[&client_data])].concat();
        let signature: Signature = self.key.sign(&signed);
        Self::response(json!({
            "clientDataJSON": to_base64url(&client_data),
            "authenticatorData": to_base64url(&auth_data),
            "signature": to_base64url(signature.to_der().as_bytes()),
            "userHandle": self.user_handle,
        }))
    }
}

fn rp() -> RelyingParty {
    let options = RelyingPartyOptions::new("example.org", &[ORIGIN], UserVerification::Required);
    RelyingParty::new("example.org", options).unwrap()
}

fn options(json: &str) -> Value {
    serde_json::from_str(json).expect("options are JSON")
}

fn registered(rp: &RelyingParty) -> (Authenticator, CredentialRecord) {
    let mut authenticator = Authenticator::new(7);
    let user = generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let answer = authenticator.create(&options(ceremony.options_json()));
    let verified = rp.finish_registration(&answer, ceremony.state(), None).unwrap();
    assert_eq!(verified.user_handle(), user);
    assert_eq!(verified.transition().prev, None);
    (authenticator, verified.commit(1).unwrap())
}

#[test]
fn a_passkey_registers_and_signs_in() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let mut credentials = HashMap::from([(record.id(), record.to_text().to_owned())]);
    let mut ceremonies = HashMap::new();

    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    ceremonies.insert(ceremony.id().to_owned(), ceremony.state().clone());
    let answer = authenticator.get(&options(ceremony.options_json()));

    // The ceremony is taken out of the store before it is finished.
    let state = ceremonies.remove(ceremony.id()).expect("begun once");
    let claimed = read_response(&answer).unwrap();
    let stored = CredentialRecord::from_text(&credentials[&claimed.credential_id]).unwrap();
    let verified = rp.finish_authentication(&answer, &state, &stored, None).unwrap();
    assert_eq!(verified.user_handle(), record.user_handle());
    assert_eq!(verified.counter(), 2);

    let transition = verified.transition().clone();
    let row = credentials.get_mut(verified.credential_id()).unwrap();
    let rows = u64::from(transition.prev.as_deref() == Some(row.as_str()));
    *row = transition.next;
    let evidence = verified.commit(rows).unwrap();
    assert_eq!((evidence.method(), evidence.user_verified()), (Method::Webauthn, true));

    // Used again, with a record that has moved on: the counter tells.
    let stored = CredentialRecord::from_text(&credentials[&claimed.credential_id]).unwrap();
    let replay = rp.finish_authentication(&answer, &state, &stored, None);
    assert_eq!(replay.err(), Some(Error::CounterRegressed));
}

#[test]
fn another_users_credential_does_not_sign_in() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let ceremony = rp
        .begin_authentication(
            &record.user_handle(),
            std::slice::from_ref(&record),
            BeginAuthentication::default(),
        )
        .unwrap();
    let answer = authenticator.get(&options(ceremony.options_json()));
    let parts = mfakit::NewRecord {
        public_key: &record.public_key(),
        user_handle: &generate_user_handle().unwrap(),
        sign_count: 0,
        transports: Vec::new(),
        backup_eligible: Some(false),
        backed_up: Some(false),
        aaguid: None,
    };
    let foreign = CredentialRecord::new(&record.id(), parts).unwrap();
    let refused = rp.finish_authentication(&answer, ceremony.state(), &foreign, None).unwrap_err();
    assert_eq!((refused, refused.kind()), (Error::CredentialOwnerMismatch, Kind::Rejected));
    assert!(rp.finish_authentication(&answer, ceremony.state(), &record, None).is_ok());
}

#[test]
fn a_lost_race_and_a_late_answer_do_not_count() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let begun = UnixTime::from_seconds(1_800_000_000);
    let begin = BeginAuthentication { now: Some(begun), ..BeginAuthentication::default() };
    let ceremony = rp.begin_discoverable_authentication(begin).unwrap();
    assert_eq!(ceremony.expires_at(), 1_800_000_300);
    let answer = authenticator.get(&options(ceremony.options_json()));
    let at = |seconds| Some(UnixTime::from_seconds(seconds));
    let late = rp.finish_authentication(&answer, ceremony.state(), &record, at(1_800_000_301));
    assert_eq!(late.err(), Some(Error::CeremonyExpired));
    let verified =
        rp.finish_authentication(&answer, ceremony.state(), &record, at(1_800_000_300)).unwrap();
    assert_eq!(verified.commit(0).err(), Some(Error::StateConflict));
}

#[test]
fn one_relying_party_serves_many_threads() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let answer = authenticator.get(&options(ceremony.options_json()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(rp.finish_authentication(&answer, ceremony.state(), &record, None).is_ok())
            });
        }
    });
    assert_eq!(from_base64url(&record.id()).unwrap(), Authenticator::ID);
}
