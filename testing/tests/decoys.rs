//! Answers for accounts that do not exist: chapter W of docs/threat-model.md. They have the form of real ones, stay the same, and
//! lead nowhere.

use mfakit::{
    AuthenticationState, BeginAuthentication, BeginRegistration, Ceremony, CredentialRecord, Error,
    Hint, RelyingParty, RelyingPartyOptions, UserVerification, generate_user_handle, read_response,
};
use mfakit_testing::SoftAuthenticator;
use serde_json::Value;
use std::collections::BTreeSet;

const ORIGIN: &str = "https://example.org";

fn rp() -> RelyingParty {
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    let rp = RelyingParty::new("example.org", options).expect("a relying party");
    rp.with_enumeration_key(&[7; 32]).expect("a key of 32 bytes")
}

/// A user with a credential.
fn registered(rp: &RelyingParty) -> (String, CredentialRecord, SoftAuthenticator) {
    let mut soft = SoftAuthenticator::new(ORIGIN);
    let user = generate_user_handle().expect("entropy");
    let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).expect("a ceremony");
    let response = soft.create(ceremony.options_json()).expect("a response");
    let record = rp
        .finish_registration(response.as_bytes(), ceremony.state(), None)
        .and_then(|verified| verified.commit(1))
        .expect("a record");
    (user, record, soft)
}

/// Every path to a value in a JSON text, with the value's type; items of a list share a path.
fn shape(text: &str) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(items) => {
                items.iter().for_each(|item| walk(item, &format!("{path}[]"), found));
                "array"
            }
            Value::Object(members) => {
                for (name, value) in members {
                    walk(value, &format!("{path}.{name}"), found);
                }
                "object"
            }
        };
        found.insert(format!("{path}: {kind}"));
    }
    let mut found = BTreeSet::new();
    walk(&serde_json::from_str(text).expect("JSON"), "", &mut found);
    found
}

fn members(text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    value.as_object().expect("an object").keys().cloned().collect()
}

fn ids(ceremony: &Ceremony<AuthenticationState>) -> Vec<String> {
    let options: Value = serde_json::from_str(ceremony.options_json()).expect("JSON");
    let allowed = options["allowCredentials"].as_array().cloned().unwrap_or_default();
    allowed.iter().map(|entry| entry["id"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_decoy_has_the_form_of_a_real_ceremony() {
    let rp = rp();
    let (user, record, _) = registered(&rp);
    let sealed = rp.clone().with_state_key(&[9; 32]).expect("a key of 32 bytes");
    for rp in [&rp, &sealed] {
        for hints in [&[][..], &[Hint::SecurityKey]] {
            let begin =
                || BeginAuthentication { hints: Some(hints), ..BeginAuthentication::default() };
            let allow = [record.clone()];
            let real = rp.begin_authentication(&user, &allow, begin()).expect("a ceremony");
            // Among many decoys, lists of one and of two credentials, of every kind.
            for number in 0..64 {
                let decoy = rp.begin_decoy_authentication(&format!("nobody-{number}"), begin());
                let decoy = decoy.expect("a ceremony");
                assert_eq!(shape(decoy.options_json()), shape(real.options_json()));
                assert_eq!(members(decoy.options_json()), members(real.options_json()));
                let (state, known) = (decoy.state().to_text(), real.state().to_text());
                assert_eq!(state.starts_with('{'), known.starts_with('{'));
                if state.starts_with('{') {
                    assert_eq!(shape(state), shape(known));
                    assert_eq!(members(state), members(known));
                    let of = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
                    assert_eq!(of(state)["kind"], of(known)["kind"]);
                }
                assert_eq!(decoy.id().len(), real.id().len());
                let lifetime = |c: &Ceremony<AuthenticationState>| c.expires_at();
                assert!(lifetime(&decoy).abs_diff(lifetime(&real)) <= 5);
            }
        }
    }
}

#[test]
fn a_decoy_stays_the_same_and_its_ceremony_does_not() {
    let rp = rp();
    let begin = |identifier: &str| {
        let begin = BeginAuthentication::default();
        rp.begin_decoy_authentication(identifier, begin).expect("a ceremony")
    };
    let (first, second) = (begin("nobody@example.org"), begin("nobody@example.org"));
    assert_eq!(ids(&first), ids(&second));
    assert_ne!(first.id(), second.id());
    assert_ne!(first.options_json(), second.options_json());
    // Another name, in whatever way it differs, has other credentials.
    for other in ["", "Nobody@example.org", "nobody@example.org ", "nobody@example.or"] {
        assert!(ids(&begin(other)).iter().all(|id| !ids(&first).contains(id)), "{other:?}");
    }
    // Whatever a person can type, as long as they like.
    for hostile in ["\0", "\u{202e}", "'; DROP TABLE users", &"x".repeat(100_000)] {
        assert!(!ids(&begin(hostile)).is_empty());
    }
}

#[test]
fn nothing_signs_in_with_a_decoy() {
    let rp = rp();
    let (_, record, mut soft) = registered(&rp);
    let begin = BeginAuthentication::default();
    let ceremony = rp.begin_decoy_authentication("nobody", begin).expect("a ceremony");
    // The authenticator has none of these; who answers with one of their own names a credential that was not asked for.
    assert!(soft.get(ceremony.options_json()).is_err());
    let mut options: Value = serde_json::from_str(ceremony.options_json()).expect("JSON");
    options["allowCredentials"] = Value::Array(Vec::new());
    let response = soft.get(&options.to_string()).expect("a response");
    let read = read_response(response.as_bytes()).expect("a response");
    assert!(!ids(&ceremony).contains(&read.credential_id));
    let refused = rp.finish_authentication(response.as_bytes(), ceremony.state(), &record, None);
    assert_eq!(refused.err(), Some(Error::CredentialNotAllowed));
}

#[test]
fn without_a_key_there_are_no_decoys() {
    let options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    let rp = RelyingParty::new("example.org", options).expect("a relying party");
    let refused = rp.begin_decoy_authentication("nobody", BeginAuthentication::default());
    assert_eq!(refused.err(), Some(Error::EnumerationKeyInvalid));
    for len in [0, 31, 65] {
        let refused = rp.clone().with_enumeration_key(&vec![1; len]);
        assert_eq!(refused.err(), Some(Error::EnumerationKeyInvalid), "{len}");
    }
}
