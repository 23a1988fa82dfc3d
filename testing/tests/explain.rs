//! The diagnosis of a ceremony agrees with its verification: the error that verification gives is among those of the steps that
//! failed, and no step fails where it succeeds. Shown over mutations of good responses; chapter W of docs/threat-model.md.

use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, Kind, RelyingParty,
    RelyingPartyOptions, Stateless, Step, UserVerification, Verdict, generate_user_handle,
};
use mfakit_testing::SoftAuthenticator;
use mfakit_testing::text::base64url;
use serde_json::Value;

const ORIGIN: &str = "https://example.org";

fn rp() -> RelyingParty {
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    RelyingParty::new("example.org", options).expect("a relying party")
}

/// A member of the options that a ceremony hands to the browser.
fn challenge(options: &str) -> String {
    let options: Value = serde_json::from_str(options).expect("JSON");
    options["challenge"].as_str().expect("a text").to_owned()
}

fn agrees(ours: Result<(), Error>, steps: &[Step], what: &str) {
    let failed: Vec<Error> = steps.iter().filter_map(|step| step.verdict.error()).collect();
    match ours {
        Ok(()) => assert!(failed.is_empty(), "{what}: verified, and {failed:?}"),
        Err(error) => assert!(failed.contains(&error), "{what}: {error:?} is not in {failed:?}"),
    }
}

/// The response with one byte of one of its parts changed, or the part cut short, in many places.
fn mutations(response: &str, parts: &[&str]) -> Vec<(String, Vec<u8>)> {
    let whole: Value = serde_json::from_str(response).expect("JSON");
    let mut all = vec![("as it is".to_owned(), response.as_bytes().to_vec())];
    for part in parts {
        let text = whole["response"][*part].as_str().expect("a part");
        let bytes = mfakit::from_base64url(text).expect("base64url");
        for at in (0..bytes.len()).step_by(1 + bytes.len() / 160) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            for (how, changed) in [("changed", changed), ("cut", bytes[..at].to_vec())] {
                let mut whole = whole.clone();
                whole["response"][*part] = Value::from(base64url(&changed));
                all.push((format!("{part} {how} at {at}"), whole.to_string().into_bytes()));
            }
        }
    }
    for at in (0..response.len()).step_by(7) {
        let mut changed = response.as_bytes().to_vec();
        changed[at] ^= 2;
        all.push((format!("text changed at {at}"), changed));
        all.push((format!("text cut at {at}"), response.as_bytes()[..at].to_vec()));
    }
    all
}

struct Registered {
    rp: RelyingParty,
    user: String,
    challenge: String,
    response: String,
    record: CredentialRecord,
    soft: SoftAuthenticator,
}

fn register() -> Registered {
    let (rp, mut soft) = (rp(), SoftAuthenticator::new(ORIGIN));
    let user = generate_user_handle().expect("entropy");
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).expect("a ceremony");
    let response = soft.create(ceremony.options_json()).expect("a response");
    let record = rp
        .finish_registration(response.as_bytes(), ceremony.state(), None)
        .and_then(|verified| verified.commit(1))
        .expect("a record");
    Registered { challenge: challenge(ceremony.options_json()), rp, user, response, record, soft }
}

#[test]
fn a_diagnosis_of_a_mutated_registration_agrees_with_its_verification() {
    let Registered { rp, user, challenge, response, .. } = register();
    let parts = ["clientDataJSON", "attestationObject"];
    for (what, text) in mutations(&response, &parts) {
        let more = Stateless::default();
        let ours = rp.verify_registration(&text, &challenge, &user, more).map(|_| ());
        let steps = rp.explain_registration(&text, &challenge, &user, more).expect("steps");
        assert_eq!((steps.len(), steps[0].number), (29, "7.1-1"));
        agrees(ours, &steps, &what);
    }
}

#[test]
fn a_diagnosis_of_a_mutated_assertion_agrees_with_its_verification() {
    let Registered { rp, user, record, mut soft, .. } = register();
    let allow = [record.clone()];
    let begin = BeginAuthentication::default();
    let ceremony = rp.begin_authentication(&user, &allow, begin).expect("a ceremony");
    let response = soft.get(ceremony.options_json()).expect("a response");
    let challenge = challenge(ceremony.options_json());
    let parts = ["clientDataJSON", "authenticatorData", "signature"];
    for (what, text) in mutations(&response, &parts) {
        for known in [Some(&*user), None] {
            let more = Stateless::default();
            let ours = match known {
                Some(user) => rp.verify_authentication(&text, &challenge, user, &record, more),
                None => rp.verify_discoverable_authentication(&text, &challenge, &record, more),
            };
            let steps = rp.explain_authentication(&text, &challenge, known, &record, more);
            let steps = steps.expect("the client's faults never raise");
            assert_eq!((steps.len(), steps[0].number), (25, "7.2-1"));
            agrees(ours.map(|_| ()), &steps, &what);
        }
    }
}

#[test]
fn one_failure_does_not_hide_the_next() {
    let Registered { rp, user, challenge, response, .. } = register();
    let mut whole: Value = serde_json::from_str(&response).expect("JSON");
    let data = whole["response"]["clientDataJSON"].as_str().expect("a text");
    let data = String::from_utf8(mfakit::from_base64url(data).expect("base64url")).expect("UTF-8");
    let data =
        data.replace("webauthn.create", "webauthn.get").replace("example.org", "example.com");
    whole["response"]["clientDataJSON"] = Value::from(base64url(data.as_bytes()));
    let text = whole.to_string();
    let steps = rp
        .explain_registration(text.as_bytes(), &challenge, &user, Stateless::default())
        .expect("steps");
    let failed: Vec<_> = steps.iter().filter(|step| step.verdict.error().is_some()).collect();
    let numbers: Vec<&str> = failed.iter().map(|step| step.number).collect();
    assert!(numbers.starts_with(&["7.1-7", "7.1-9"]), "{numbers:?}");
    // What needs neither was judged all the same.
    let of = |number: &str| steps.iter().find(|step| step.number == number).map(|s| s.verdict);
    assert_eq!((of("7.1-14"), of("7.1-2")), (Some(Verdict::Passed), Some(Verdict::Caller)));
}

#[test]
fn the_hosts_own_mistakes_are_raised() {
    let Registered { rp, user, challenge, response, record, .. } = register();
    let more = Stateless::default();
    for (challenge, user) in [("AAAA", &*user), (&*challenge, ""), ("!", &*user)] {
        let refused = rp.explain_registration(response.as_bytes(), challenge, user, more);
        assert_eq!(refused.err().map(Error::kind), Some(Kind::Config), "{challenge} {user}");
    }
    let refused = rp.explain_authentication(b"{}", "AAAA", Some(&user), &record, more);
    assert_eq!(refused.err(), Some(Error::ChallengeTooShort));
}
