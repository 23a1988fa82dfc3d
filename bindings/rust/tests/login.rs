//! A login with a passkey, as a Rust server does it: begin, consume, finish, store, commit.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, Kind, Method, RelyingParty,
    RelyingPartyOptions, UnixTime, UserVerification, generate_user_handle, read_response,
};
use mfakit_testing::SoftAuthenticator;
use std::collections::HashMap;

const ORIGIN: &str = "https://example.org";

fn rp() -> RelyingParty {
    let options = RelyingPartyOptions::new("example.org", &[ORIGIN], UserVerification::Required);
    RelyingParty::new("example.org", options).unwrap()
}

fn registered(rp: &RelyingParty) -> (SoftAuthenticator, CredentialRecord) {
    let mut authenticator = SoftAuthenticator::seeded(ORIGIN, b"login");
    authenticator.counter = 1;
    let user = generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let answer = authenticator.create(ceremony.options_json()).unwrap();
    let verified = rp.finish_registration(answer.as_bytes(), ceremony.state(), None).unwrap();
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
    let answer = authenticator.get(ceremony.options_json()).unwrap();

    // The ceremony is taken out of the store before it is finished.
    let state = ceremonies.remove(ceremony.id()).expect("begun once");
    let claimed = read_response(answer.as_bytes()).unwrap();
    let stored = CredentialRecord::from_text(&credentials[&claimed.credential_id]).unwrap();
    let verified = rp.finish_authentication(answer.as_bytes(), &state, &stored, None).unwrap();
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
    let replay = rp.finish_authentication(answer.as_bytes(), &state, &stored, None);
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
    let answer = authenticator.get(ceremony.options_json()).unwrap();
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
    let refused =
        rp.finish_authentication(answer.as_bytes(), ceremony.state(), &foreign, None).unwrap_err();
    assert_eq!((refused, refused.kind()), (Error::CredentialOwnerMismatch, Kind::Rejected));
    assert!(rp.finish_authentication(answer.as_bytes(), ceremony.state(), &record, None).is_ok());
}

#[test]
fn a_lost_race_and_a_late_answer_do_not_count() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let begun = UnixTime::from_seconds(1_800_000_000);
    let begin = BeginAuthentication { now: Some(begun), ..BeginAuthentication::default() };
    let ceremony = rp.begin_discoverable_authentication(begin).unwrap();
    assert_eq!(ceremony.expires_at(), 1_800_000_300);
    let answer = authenticator.get(ceremony.options_json()).unwrap();
    let at = |seconds| Some(UnixTime::from_seconds(seconds));
    let late =
        rp.finish_authentication(answer.as_bytes(), ceremony.state(), &record, at(1_800_000_301));
    assert_eq!(late.err(), Some(Error::CeremonyExpired));
    let verified = rp
        .finish_authentication(answer.as_bytes(), ceremony.state(), &record, at(1_800_000_300))
        .unwrap();
    assert_eq!(verified.commit(0).err(), Some(Error::StateConflict));
}

#[test]
fn one_relying_party_serves_many_threads() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let answer = authenticator.get(ceremony.options_json()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let text = answer.as_bytes();
                assert!(rp.finish_authentication(text, ceremony.state(), &record, None).is_ok())
            });
        }
    });
}
