//! A login with [`SoftAuthenticator`], with every knob: what must work works, and each lie has its one error code.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BackupPolicy, BeginAuthentication, BeginRegistration, CounterPolicy, CredentialRecord,
    CrossOriginPolicy, Error, Method, RelyingParty, RelyingPartyOptions, UserVerification,
};
use mfakit_testing::{Attestation, SoftAuthenticator, SoftError};

const ORIGIN: &str = "https://login.example.org:8443";

fn options() -> RelyingPartyOptions {
    RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required)
}

fn rp_with(options: RelyingPartyOptions) -> RelyingParty {
    RelyingParty::new("example.org", options).unwrap()
}

fn rp() -> RelyingParty {
    rp_with(options())
}

fn soft() -> SoftAuthenticator {
    SoftAuthenticator::seeded(ORIGIN, b"login")
}

/// A registration, its options changed on the way to the browser.
fn register_by(
    rp: &RelyingParty,
    soft: &mut SoftAuthenticator,
    on_the_way: impl Fn(&str) -> String,
) -> Result<CredentialRecord, Error> {
    let user = mfakit::generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let response = soft.create(&on_the_way(ceremony.options_json())).expect("a response");
    let verified = rp.finish_registration(response.as_bytes(), ceremony.state(), None)?;
    assert_eq!(verified.user_handle(), user);
    assert_eq!(verified.user_verified(), soft.user_verified);
    verified.commit(1)
}

fn register(rp: &RelyingParty, soft: &mut SoftAuthenticator) -> Result<CredentialRecord, Error> {
    register_by(rp, soft, str::to_owned)
}

/// A sign-in of whoever answers; returns the record that is stored after it.
fn sign_in(
    rp: &RelyingParty,
    soft: &mut SoftAuthenticator,
    record: &CredentialRecord,
) -> Result<CredentialRecord, Error> {
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    let response = soft.get(ceremony.options_json()).expect("a response");
    let verified = rp.finish_authentication(response.as_bytes(), ceremony.state(), record, None)?;
    assert_eq!(verified.user_handle(), record.user_handle());
    let next = CredentialRecord::from_text(&verified.transition().next).unwrap();
    assert_eq!(verified.commit(1)?.method(), Method::Webauthn);
    Ok(next)
}

/// A sign-in of the record's owner, who was named first.
fn sign_in_known(
    rp: &RelyingParty,
    soft: &mut SoftAuthenticator,
    record: &CredentialRecord,
) -> Result<CredentialRecord, Error> {
    let begin = BeginAuthentication::default();
    let ceremony = rp
        .begin_authentication(&record.user_handle(), std::slice::from_ref(record), begin)
        .unwrap();
    let response = soft.get(ceremony.options_json()).expect("a response");
    let verified = rp.finish_authentication(response.as_bytes(), ceremony.state(), record, None)?;
    Ok(CredentialRecord::from_text(&verified.transition().next).unwrap())
}

#[test]
fn every_algorithm_and_statement_registers_and_signs_in() {
    for algorithm in [-7, -8] {
        for attestation in [Attestation::None, Attestation::PackedSelf] {
            let (rp, mut soft) = (rp(), soft());
            (soft.algorithm, soft.attestation) = (algorithm, attestation);
            let record = register(&rp, &mut soft).unwrap();
            assert_eq!(record.algorithm(), algorithm);
            let record = sign_in(&rp, &mut soft, &record).unwrap();
            sign_in_known(&rp, &mut soft, &record).unwrap();
        }
    }
}

#[test]
fn what_the_knobs_say_is_in_the_record() {
    let (rp, mut soft) = (rp(), soft());
    soft.aaguid = *b"0123456789abcdef";
    soft.transports = vec!["usb".into(), "nfc".into()];
    soft.counter = 41;
    (soft.backup_eligible, soft.backed_up) = (true, false);
    let record = register(&rp, &mut soft).unwrap();
    assert_eq!(record.aaguid().as_deref(), Some("30313233-3435-3637-3839-616263646566"));
    assert_eq!(record.transports(), ["usb", "nfc"]);
    assert_eq!(record.sign_count(), 41);
    assert_eq!((record.backup_eligible(), record.backed_up()), (Some(true), Some(false)));
    soft.backed_up = true;
    let record = sign_in(&rp, &mut soft, &record).unwrap();
    assert_eq!(record.sign_count(), 42);
    assert_eq!(record.backed_up(), Some(true));
}

/// One knob, turned for both ceremonies.
fn turned(turn: fn(&mut SoftAuthenticator), expected: Error) {
    let rp = rp();
    let mut liar = soft();
    turn(&mut liar);
    assert_eq!(register(&rp, &mut liar).err(), Some(expected), "registration");
    let mut later = soft();
    let record = register(&rp, &mut later).unwrap();
    sign_in(&rp, &mut later, &record).unwrap();
    turn(&mut later);
    assert_eq!(sign_in(&rp, &mut later, &record).err(), Some(expected), "discoverable");
    assert_eq!(sign_in_known(&rp, &mut later, &record).err(), Some(expected), "known user");
}

#[test]
fn each_lie_has_its_code() {
    turned(|soft| soft.user_verified = false, Error::UserNotVerified);
    turned(|soft| soft.user_present = false, Error::UserNotPresent);
    turned(|soft| soft.backed_up = true, Error::BackupFlagsInvalid);
    turned(|soft| soft.cross_origin = true, Error::CrossOriginForbidden);
    turned(|soft| soft.top_origin = Some(ORIGIN.into()), Error::CrossOriginForbidden);
    for origin in
        ["https://login.example.org", "http://login.example.org:8443", "https://evil.example"]
    {
        for set in [
            |soft: &mut SoftAuthenticator, origin: &str| soft.wrong_origin = Some(origin.into()),
            // A page of another origin of the same RP ID is not ours either.
            |soft: &mut SoftAuthenticator, origin: &str| soft.origin = origin.into(),
        ] {
            let (rp, mut honest) = (rp(), soft());
            let record = register(&rp, &mut honest).unwrap();
            set(&mut honest, origin);
            let ceremony =
                rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
            match honest.get(ceremony.options_json()) {
                Ok(response) => {
                    let refused = rp.finish_authentication(
                        response.as_bytes(),
                        ceremony.state(),
                        &record,
                        None,
                    );
                    assert_eq!(refused.err(), Some(Error::OriginMismatch), "{origin}");
                }
                Err(error) => {
                    assert_eq!((error, origin), (SoftError::RpIdForeign, "https://evil.example"));
                }
            }
        }
    }
}

#[test]
fn an_algorithm_that_was_not_offered() {
    let mut only = options();
    only.algorithms = vec![-7];
    let (rp, mut soft) = (rp_with(only), soft());
    soft.algorithm = -8;
    let offer = |options: &str| options.replace("\"alg\":-7", "\"alg\":-8");
    assert_eq!(register_by(&rp, &mut soft, offer).err(), Some(Error::AlgorithmNotOffered));
    let user = mfakit::generate_user_handle().unwrap();
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    assert_eq!(soft.create(ceremony.options_json()), Err(SoftError::NoAlgorithm));
}

#[test]
fn frames_are_let_in_by_name() {
    let mut listed = options();
    listed.cross_origin = CrossOriginPolicy::AllowListed;
    listed.top_origins = vec!["https://partner.example".into()];
    let (rp, mut soft) = (rp_with(listed), soft());
    soft.cross_origin = true;
    soft.top_origin = Some("https://partner.example".into());
    let record = register(&rp, &mut soft).unwrap();
    sign_in(&rp, &mut soft, &record).unwrap();
    // Where it is named, a page around the frame is checked, whatever crossOrigin says.
    for (cross_origin, top_origin, expected) in [
        (true, Some("https://evil.example"), Some(Error::TopOriginMismatch)),
        (false, Some("https://evil.example"), Some(Error::TopOriginMismatch)),
        (true, Some("https://partner.example:443"), Some(Error::TopOriginMismatch)),
        (true, None, Some(Error::TopOriginMismatch)),
        (false, None, None),
    ] {
        soft.cross_origin = cross_origin;
        soft.top_origin = top_origin.map(str::to_owned);
        let row = format!("{cross_origin} {top_origin:?}");
        assert_eq!(register(&rp, &mut soft.clone()).err(), expected, "{row}");
        assert_eq!(sign_in(&rp, &mut soft, &record).err(), expected, "{row}");
    }
}

#[test]
fn backup_eligibility_is_held_to_the_record() {
    let (rp, mut soft) = (rp(), soft());
    let record = register(&rp, &mut soft).unwrap();
    soft.backup_eligible = true;
    let changed = Some(Error::BackupEligibilityChanged);
    assert_eq!(sign_in(&rp, &mut soft, &record).err(), changed);
    let mut lenient = options();
    lenient.backup = BackupPolicy::AllowUpgrade;
    let lenient = rp_with(lenient);
    let upgraded = sign_in(&lenient, &mut soft, &record).unwrap();
    assert_eq!(upgraded.backup_eligible(), Some(true));
    soft.backup_eligible = false;
    assert_eq!(sign_in(&lenient, &mut soft, &upgraded).err(), changed);
}

#[test]
fn the_counter_must_rise() {
    let (rp, mut soft) = (rp(), soft());
    soft.counter = 5;
    let record = register(&rp, &mut soft).unwrap();
    let mut copy = soft.clone();
    let record = sign_in(&rp, &mut soft, &record).unwrap();
    let record = sign_in(&rp, &mut soft, &record).unwrap();
    assert_eq!(record.sign_count(), 7);
    // A copy of the key, made after the registration.
    assert_eq!(sign_in(&rp, &mut copy, &record).err(), Some(Error::CounterRegressed));
    soft.counter = 0;
    assert_eq!(sign_in(&rp, &mut soft, &record).err(), Some(Error::CounterRegressed));
    soft.counter = u32::MAX;
    let record = sign_in(&rp, &mut soft, &record).unwrap();
    assert_eq!(sign_in(&rp, &mut soft, &record).err(), Some(Error::CounterRegressed));
    let mut lenient = options();
    lenient.counter = CounterPolicy::Report;
    assert!(sign_in(&rp_with(lenient), &mut soft, &record).is_ok());
}

#[test]
fn a_key_that_is_not_discoverable_signs_in_by_name_only() {
    let (rp, mut soft) = (rp(), soft());
    soft.discoverable = false;
    let record = register(&rp, &mut soft).unwrap();
    sign_in_known(&rp, &mut soft, &record).unwrap();
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    assert_eq!(soft.get(ceremony.options_json()), Err(SoftError::NoCredential));
    // Found all the same, by its id: it names nobody.
    let begin = BeginAuthentication::default();
    let listed = rp
        .begin_authentication(&record.user_handle(), std::slice::from_ref(&record), begin)
        .unwrap();
    let list = listed.options_json().split("\"allowCredentials\":").nth(1).expect("a list");
    let list = &list[..=list.find("}]").expect("its end") + 1];
    let asked = ceremony
        .options_json()
        .replace("\"allowCredentials\":[]", &format!("\"allowCredentials\":{list}"));
    let response = soft.get(&asked).expect("a response");
    let refused = rp.finish_authentication(response.as_bytes(), ceremony.state(), &record, None);
    assert_eq!(refused.err(), Some(Error::UserHandleMissing));
}

#[test]
fn another_rp_id_is_another_credential() {
    let (rp, mut soft) = (rp(), soft());
    let sub = RelyingParty::new("login.example.org", options()).unwrap();
    let to_sub =
        |options: &str| options.replace("\"id\":\"example.org\"", "\"id\":\"login.example.org\"");
    assert_eq!(register_by(&rp, &mut soft, to_sub).err(), Some(Error::RpIdHashMismatch));
    let record = register(&sub, &mut soft).unwrap();
    let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default()).unwrap();
    assert_eq!(soft.get(ceremony.options_json()), Err(SoftError::NoCredential));
    let other = ceremony
        .options_json()
        .replace("\"rpId\":\"example.org\"", "\"rpId\":\"login.example.org\"");
    let response = soft.get(&other).expect("a response");
    let refused = rp.finish_authentication(response.as_bytes(), ceremony.state(), &record, None);
    assert_eq!(refused.err(), Some(Error::RpIdHashMismatch));
}

#[test]
fn another_users_credential_does_not_sign_in() {
    let rp = rp();
    let mut people: Vec<_> = [b"alice", b"mally"]
        .map(|seed| SoftAuthenticator::seeded(ORIGIN, seed))
        .map(|mut soft| register(&rp, &mut soft).map(|record| (soft, record)).unwrap())
        .into();
    let (asked, stored): (Vec<_>, Vec<_>) =
        people.iter().map(|(_, record)| (record.clone(), record.clone())).unzip();
    // Whose ceremony it is, whose key answers, whose record is looked up: only three of a kind sign in.
    for (user, owner) in asked.iter().enumerate() {
        for (answers, (soft, own)) in people.iter_mut().enumerate() {
            let begin = BeginAuthentication::default();
            let ceremony =
                rp.begin_authentication(&owner.user_handle(), std::slice::from_ref(owner), begin);
            let ceremony = ceremony.unwrap();
            // The browser asks for whatever credential is there.
            let id = |record: &CredentialRecord| format!("\"id\":\"{}\"", record.id());
            let options = ceremony.options_json().replace(&id(owner), &id(own));
            let response = soft.get(&options).expect("a response");
            for (looked_up, record) in stored.iter().enumerate() {
                let result =
                    rp.finish_authentication(response.as_bytes(), ceremony.state(), record, None);
                let expected = match (user == answers, user == looked_up) {
                    (true, true) => None,
                    (false, _) => Some(Error::CredentialNotAllowed),
                    (true, false) => Some(Error::CredentialOwnerMismatch),
                };
                assert_eq!(result.err(), expected, "{user} {answers} {looked_up}");
            }
        }
    }
}

#[test]
fn a_response_of_one_ceremony_is_none_of_another() {
    let (rp, mut soft) = (rp(), soft());
    let record = register(&rp, &mut soft).unwrap();
    let begin = BeginAuthentication::default();
    let first = rp.begin_discoverable_authentication(begin).unwrap();
    let second = rp.begin_discoverable_authentication(begin).unwrap();
    let response = soft.get(first.options_json()).expect("a response");
    let refused = rp.finish_authentication(response.as_bytes(), second.state(), &record, None);
    assert_eq!(refused.err(), Some(Error::ChallengeMismatch));
    let user = mfakit::generate_user_handle().unwrap();
    let begin = BeginRegistration {
        user_name: "alice",
        exclude: std::slice::from_ref(&record),
        ..BeginRegistration::default()
    };
    let ceremony = rp.begin_registration(&user, begin).unwrap();
    let refused = rp.finish_registration(response.as_bytes(), ceremony.state(), None);
    assert_eq!(refused.err(), Some(Error::ResponseMalformed));
    assert_eq!(soft.create(ceremony.options_json()), Err(SoftError::CredentialExcluded));
}
