//! A login with a passkey, as a Rust server does it: begin, consume, finish, store, commit.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, Evidence, ExtensionInputs,
    Kind, Method, RelyingParty, RelyingPartyOptions, Stateless, Step, Tier, UnixTime,
    UserVerification, assess, generate_user_handle, read_response,
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
fn a_verification_that_the_record_does_not_know_is_no_factor() {
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Preferred);
    let rp = RelyingParty::new("example.org", options).unwrap();
    let mut authenticator = SoftAuthenticator::seeded(ORIGIN, b"found in the street");
    authenticator.user_verified = false;
    let user = generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let answer = authenticator.create(ceremony.options_json()).unwrap();
    let verified = rp.finish_registration(answer.as_bytes(), ceremony.state(), None).unwrap();
    let record = verified.commit(1).unwrap();
    assert_eq!(record.uv_initialized(), Some(false));

    // Whoever found the key has set a PIN.
    authenticator.user_verified = true;
    let mut sign_in = |record: &CredentialRecord| {
        let ceremony =
            rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
        let answer = authenticator.get(ceremony.options_json()).unwrap();
        rp.finish_authentication(answer.as_bytes(), ceremony.state(), record, None).unwrap()
    };
    let noon = UnixTime::from_seconds(1_800_000_000);
    let tier = |evidence: &[Evidence]| assess(evidence, None, Some(noon)).unwrap().tier();
    let verified = sign_in(&record);
    assert!(verified.user_verified());
    let known = verified.uv_transition().unwrap().next;
    let evidence = verified.commit(1).unwrap();
    assert!(!evidence.user_verified());
    assert_eq!(tier(&[evidence]), Tier::Weak);
    let evidence = sign_in(&record).commit(1).unwrap();
    assert_eq!(tier(&[Evidence::password(noon), evidence]), Tier::PhishingResistant);

    // Beside the password it was the owner: the record may say so, and then the key stands alone.
    let known = CredentialRecord::from_text(&known).unwrap();
    assert_eq!(tier(&[sign_in(&known).commit(1).unwrap()]), Tier::PhishingResistant);
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
        uv_initialized: None,
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
fn what_was_asked_for_comes_back_and_a_compact_record_stays_compact() {
    let rp = rp();
    let mut authenticator = SoftAuthenticator::seeded(ORIGIN, b"extensions");
    authenticator.counter = 1;
    let user = generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let answer = authenticator.create(ceremony.options_json()).unwrap();
    let verified = rp.finish_registration(answer.as_bytes(), ceremony.state(), None).unwrap();
    assert!(verified.extensions().discoverable().is_some());
    assert_eq!(verified.credential().uv_initialized(), Some(true));

    // Asked for nothing: what comes anyway is no value.
    let none = ExtensionInputs::registration("{}").unwrap();
    let begin = BeginRegistration {
        user_name: "alice",
        extensions: Some(&none),
        ..BeginRegistration::default()
    };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let answer = answer_to(&mut authenticator, ceremony.options_json());
    let again = rp.finish_registration(answer.as_bytes(), ceremony.state(), None).unwrap();
    assert_eq!(again.extensions().discoverable(), None);
    assert_eq!(again.extensions().raw_client(), Some(r#"{"credProps":{"rk":true}}"#));

    let record = again.commit(1).unwrap().into_compact();
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let answer = authenticator.get(ceremony.options_json()).unwrap();
    let verified =
        rp.finish_authentication(answer.as_bytes(), ceremony.state(), &record, None).unwrap();
    let transition = verified.transition();
    assert_eq!(transition.prev.as_deref(), Some(record.to_text()));
    assert!(transition.next.starts_with("$mfakit-cr$v=2$"));
    assert_eq!(verified.uv_transition(), None);
}

/// A registration whose client says, unasked, that the credential is discoverable.
fn answer_to(authenticator: &mut SoftAuthenticator, options: &str) -> String {
    let answer = authenticator.create(options).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    json["clientExtensionResults"] = serde_json::json!({"credProps": {"rk": true}});
    json.to_string()
}

#[test]
fn user_verification_is_initialised_only_by_the_transition_that_says_so() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let text = record.to_text().replace(r#""uvInitialized":true"#, r#""uvInitialized":false"#);
    let record = CredentialRecord::from_text(&text).unwrap();
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let answer = authenticator.get(ceremony.options_json()).unwrap();
    let verified =
        rp.finish_authentication(answer.as_bytes(), ceremony.state(), &record, None).unwrap();
    let read = |text: &str| CredentialRecord::from_text(text).unwrap().uv_initialized();
    assert_eq!(read(&verified.transition().next), Some(false));
    let upgrade = verified.uv_transition().unwrap();
    assert_eq!((upgrade.prev.as_deref(), read(&upgrade.next)), (Some(text.as_str()), Some(true)));
}

#[test]
fn a_decoy_looks_like_a_ceremony_and_nobody_can_finish_it() {
    let rp = rp();
    let without = rp.begin_decoy_authentication("nobody", BeginAuthentication::default());
    assert_eq!(without.err(), Some(Error::EnumerationKeyInvalid));
    let rp = rp.with_enumeration_key(&[7; 32]).unwrap();
    let (mut authenticator, record) = registered(&rp);
    let owner = record.user_handle();
    let real = rp
        .begin_authentication(&owner, std::slice::from_ref(&record), BeginAuthentication::default())
        .unwrap();
    let decoy = || rp.begin_decoy_authentication("nobody", BeginAuthentication::default()).unwrap();
    let (first, second) = (decoy(), decoy());
    let members = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(members(real.options_json()), members(first.options_json()));
    assert_eq!(members(real.state().to_text()), members(first.state().to_text()));
    let allow = |json: &str| {
        serde_json::from_str::<serde_json::Value>(json).unwrap()["allowCredentials"].clone()
    };
    assert_eq!(allow(first.options_json()), allow(second.options_json()));
    assert_ne!(first.state(), second.state(), "challenges are random");
    // The answer of a real credential to a decoy's challenge is not on its list.
    let options = real
        .options_json()
        .replace(&allow_challenge(real.options_json()), &allow_challenge(first.options_json()));
    let answer = authenticator.get(&options).unwrap();
    let refused = rp.finish_authentication(answer.as_bytes(), first.state(), &record, None);
    assert_eq!(refused.err(), Some(Error::CredentialNotAllowed));
}

fn allow_challenge(options: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(options).unwrap();
    value["challenge"].as_str().unwrap().to_owned()
}

#[test]
fn support_staff_see_every_step_and_the_login_path_sees_none() {
    let rp = rp();
    let (mut authenticator, record) = registered(&rp);
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let challenge = allow_challenge(ceremony.options_json());
    let answer = authenticator.get(ceremony.options_json()).unwrap();
    let explain = |answer: &str, challenge: &str| {
        rp.explain_authentication(answer.as_bytes(), challenge, None, &record, Stateless::default())
            .unwrap()
    };
    let failed = |steps: &[Step]| {
        steps.iter().filter(|s| s.verdict.error().is_some()).map(|s| s.number).collect::<Vec<_>>()
    };
    let good = explain(&answer, &challenge);
    assert_eq!((good.len(), failed(&good)), (25, Vec::new()));
    // Two faults at once: both are told.
    let bad = answer.replace(r#""signature":""#, r#""signature":"AAAA"#);
    let steps = explain(&bad, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(failed(&steps), ["7.2-11", "7.2-21"]);
    assert_eq!(failed(&explain("{}", &challenge)), ["7.2-3"]);
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
