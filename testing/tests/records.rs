//! Credential records over their life: both forms say the same, each is kept through every transition, and the first user
//! verification is a transition of its own. Chapter W of docs/threat-model.md.

use mfakit::{
    AuthenticationVerified, BeginAuthentication, BeginRegistration, CredentialRecord, RelyingParty,
    RelyingPartyOptions, UserVerification, generate_user_handle,
};
use mfakit_testing::SoftAuthenticator;

const ORIGIN: &str = "https://example.org";

fn rp(keep: bool) -> RelyingParty {
    let mut options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Preferred);
    options.keep_attestation = keep;
    RelyingParty::new("example.org", options).expect("a relying party")
}

fn register(rp: &RelyingParty, soft: &mut SoftAuthenticator) -> (String, CredentialRecord) {
    let user = generate_user_handle().expect("entropy");
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).expect("a ceremony");
    let response = soft.create(ceremony.options_json()).expect("a response");
    let record = rp
        .finish_registration(response.as_bytes(), ceremony.state(), None)
        .and_then(|verified| verified.commit(1))
        .expect("a record");
    (user, record)
}

fn sign_in(
    rp: &RelyingParty,
    soft: &mut SoftAuthenticator,
    user: &str,
    record: &CredentialRecord,
) -> AuthenticationVerified {
    let allow = [record.clone()];
    let begin = BeginAuthentication::default();
    let ceremony = rp.begin_authentication(user, &allow, begin).expect("a ceremony");
    let response = soft.get(ceremony.options_json()).expect("a response");
    rp.finish_authentication(response.as_bytes(), ceremony.state(), record, None).expect("verified")
}

/// Everything that a record says, but for its text.
fn content(record: &CredentialRecord) -> String {
    record.to_json()
}

#[test]
fn both_forms_of_a_record_say_the_same_and_are_kept() {
    for keep in [false, true] {
        let (rp, mut soft) = (rp(keep), SoftAuthenticator::new(ORIGIN));
        let (user, json) = register(&rp, &mut soft);
        assert_eq!(json.attestation_object().is_some(), keep);
        assert_eq!(json.attestation_client_data_json().is_some(), keep);
        let compact = json.clone().into_compact();
        assert_eq!(content(&compact), content(&json));
        assert!(compact.to_text().len() < json.to_text().len());
        for mut record in [json, compact] {
            let form = |record: &CredentialRecord| record.to_text().starts_with('$');
            let first = form(&record);
            for count in 1..=4_u32 {
                let verified = sign_in(&rp, &mut soft, &user, &record);
                let transition = verified.transition().clone();
                assert_eq!(transition.prev.as_deref(), Some(record.to_text()), "verbatim");
                let next = CredentialRecord::from_text(&transition.next).expect("a record");
                assert_eq!((form(&next), next.to_text()), (first, &*transition.next), "{count}");
                // What was kept of the registration stays, and so does what names the credential.
                let lasting = |record: &CredentialRecord| {
                    (
                        (record.id(), record.public_key(), record.user_handle(), record.aaguid()),
                        (record.attestation_object(), record.attestation_client_data_json()),
                        record.transports().to_vec(),
                        record.uv_initialized(),
                    )
                };
                assert_eq!(lasting(&next), lasting(&record));
                assert!(next.sign_count() >= record.sign_count());
                record = next;
            }
        }
    }
}

#[test]
fn the_first_verification_is_a_transition_of_its_own() {
    let (rp, mut soft) = (rp(false), SoftAuthenticator::new(ORIGIN));
    soft.user_verified = false;
    let (user, record) = register(&rp, &mut soft);
    assert_eq!(record.uv_initialized(), Some(false));

    let unverified = sign_in(&rp, &mut soft, &user, &record);
    assert_eq!(unverified.uv_transition(), None, "nobody was verified");
    let after = CredentialRecord::from_text(&unverified.transition().next).expect("a record");
    assert_eq!(after.uv_initialized(), Some(false));

    soft.user_verified = true;
    for record in [after.clone(), after.into_compact()] {
        let verified = sign_in(&rp, &mut soft, &user, &record);
        let plain = verified.transition().clone();
        let upgrade = verified.uv_transition().expect("the user was verified");
        assert_eq!(upgrade.prev, plain.prev);
        let read = |text: &str| CredentialRecord::from_text(text).expect("a record");
        let (plain, upgraded) = (read(&plain.next), read(&upgrade.next));
        assert_eq!((plain.uv_initialized(), upgraded.uv_initialized()), (Some(false), Some(true)));
        // They differ in nothing else.
        let (plain, upgraded_json) = (plain.to_json(), upgraded.to_json());
        let flag = |value: bool| format!("\"uvInitialized\":{value}");
        assert_eq!(plain.replace(&flag(false), &flag(true)), upgraded_json);
        // Once it says so, there is no such transition any more, and it is not lost.
        soft.user_verified = false;
        let later = sign_in(&rp, &mut soft, &user, &upgraded);
        assert_eq!(later.uv_transition(), None);
        assert_eq!(read(&later.transition().next).uv_initialized(), Some(true));
        soft.user_verified = true;
        assert_eq!(sign_in(&rp, &mut soft, &user, &upgraded).uv_transition(), None);
    }
}
