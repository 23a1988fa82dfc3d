//! The diagnosis against the verification: the error that verification gives is among those of the steps that failed, no step
//! fails where it succeeds, and a step fails where it does not. Over core's calls and mfakit's, on the inputs of the oracles
//! `registration`, `assertion`, `statement` and `response`.

use crate::authenticator::{CHALLENGE, CREDENTIAL_ID, USER_HANDLE};
use crate::certified::{self, options};
use crate::input::Input;
use crate::relying_party::{ID, ORIGINS, Policy};
use crate::test_key::TestKey;
use crate::{assertion, record_text, registration, response, statement};
use data_encoding::BASE64URL_NOPAD;
use mfakit::{
    Error, ExtensionInputs, Formats, Kind, RelyingParty, RelyingPartyOptions, Stateless, Step,
    UnixTime, UnsolicitedExtensions, UserVerification,
};
use mfakit_core::webauthn::explain;
use mfakit_core::webauthn::registration::RegistrationResponse;

/// What the first byte chooses.
const REGISTRATION: u8 = 0;
const ASSERTION: u8 = 1;
const STATEMENT: u8 = 2;
const KINDS: u8 = 5;

fn compare(ours: Result<(), Error>, steps: &[Step]) -> bool {
    let failed: Vec<Error> = steps.iter().filter_map(|step| step.verdict.error()).collect();
    match ours {
        Ok(()) => assert!(failed.is_empty(), "verified, and {failed:?} in {steps:?}"),
        // Of its own challenge a host learns from verification, and only where the client data can be read, from the diagnosis.
        Err(Error::ChallengeTooShort) => {}
        Err(error) => assert!(failed.contains(&error), "{error:?} is not in {failed:?}"),
    }
    let numbers: Vec<&str> = steps.iter().map(|step| step.number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    ours.is_ok()
}

/// Whether the ceremony succeeds; panics if the diagnosis says otherwise.
pub fn check(data: &[u8]) -> bool {
    let (&kind, rest) = data.split_first().unwrap_or((&0, &[]));
    match kind % KINDS {
        REGISTRATION => {
            let (arguments, policy) = registration::Arguments::prepared(rest);
            let rp = policy.relying_party();
            let response = RegistrationResponse {
                credential_id: &arguments.credential_id,
                client_data_json: &arguments.client_data_json,
                attestation_object: &arguments.attestation_object,
            };
            let ours =
                mfakit_core::webauthn::registration::verify(&rp, &arguments.challenge, &response);
            let steps = explain::registration(&rp, &arguments.challenge, &response);
            compare(ours.map(|_| ()), &steps)
        }
        ASSERTION => {
            let arguments = assertion::Arguments::prepared(rest);
            let (ours, steps) = arguments.verify_and_explain();
            compare(ours, &steps)
        }
        STATEMENT => {
            let mut input = Input::new(rest);
            let (chosen, client_data) = (input.u8(), input.bytes());
            let object = input.rest();
            let response = RegistrationResponse {
                credential_id: CREDENTIAL_ID,
                client_data_json: client_data,
                attestation_object: object,
            };
            let ours = certified::verify(chosen, client_data, object).map(|_| ());
            let rp = certified::relying_party(chosen);
            compare(ours, &explain::registration(&rp, &CHALLENGE, &response))
        }
        kind => through_mfakit(kind, rest),
    }
}

/// The same through JSON, where the client's own extension outputs are judged too.
fn through_mfakit(kind: u8, data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (call, policy) = (input.u8(), Policy(input.u16()));
    let text = input.rest();
    let options = RelyingPartyOptions {
        algorithms: policy.offered().to_vec(),
        attestation_formats: Formats::CURRENT,
        unsolicited_extensions: if policy.has(Policy::VERIFICATION) {
            UnsolicitedExtensions::Reject
        } else {
            UnsolicitedExtensions::Ignore
        },
        ..RelyingPartyOptions::new("Example", ORIGINS, UserVerification::Preferred)
    };
    let rp = RelyingParty::new(ID, options).expect("a valid configuration");
    let user = BASE64URL_NOPAD.encode(USER_HANDLE);
    let challenge = BASE64URL_NOPAD.encode(&CHALLENGE);
    let now = Some(UnixTime::from_seconds(certified::NOW));
    let (ours, steps) = if kind == 3 {
        let asked = r#"{"credProps":true,"prf":{},"credentialProtectionPolicy":"userVerificationRequired"}"#;
        let asked = ExtensionInputs::registration(asked).expect("inputs");
        let more = Stateless { extensions: Some(&asked), now, ..Stateless::default() };
        let ours = rp.verify_registration(text, &challenge, &user, more).map(|_| ());
        (ours, rp.explain_registration(text, &challenge, &user, more))
    } else {
        let key = if call & 4 == 0 { TestKey::Es256 } else { TestKey::Ed25519 };
        let record = record_text::record(key, None);
        let asked = ExtensionInputs::authentication(r#"{"prf":{},"appid":"https://example.org"}"#);
        let asked = asked.expect("inputs");
        let more = Stateless { extensions: Some(&asked), now, ..Stateless::default() };
        let known = (call & 1 == 0).then_some(&*user);
        let ours = match known {
            Some(user) => rp.verify_authentication(text, &challenge, user, &record, more),
            None => rp.verify_discoverable_authentication(text, &challenge, &record, more),
        };
        let steps = rp.explain_authentication(text, &challenge, known, &record, more);
        (ours.map(|_| ()), steps)
    };
    match (ours, steps) {
        (Err(error), Err(refused)) if error.kind() == Kind::Config => {
            assert_eq!(error, refused);
            false
        }
        (ours, steps) => compare(ours, &steps.expect("the client's faults never raise")),
    }
}

/// The seeds of the four oracles, fewer of those of which there are many.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let of = |kind: u8, seeds: Vec<Vec<u8>>, each: usize| {
        let some = seeds.into_iter().step_by(each);
        some.map(|seed| [&[kind], &seed[..]].concat()).collect::<Vec<_>>()
    };
    let trusted = options::TRUST | options::REQUIRE;
    let mut seeds = of(REGISTRATION, registration::seeds(), 7);
    seeds.extend(of(ASSERTION, assertion::seeds(), 3));
    seeds.extend(of(STATEMENT, statement::seeds(), 1));
    let own = &mfakit_testing::attestation::object(
        "packed",
        &mfakit_testing::attestation::packed_self(
            &certified::CREDENTIAL_KEY,
            &certified::auth_data(&certified::CREDENTIAL_KEY),
            &certified::client_data(),
        ),
        &certified::auth_data(&certified::CREDENTIAL_KEY),
    );
    seeds.extend(of(STATEMENT, vec![statement::input(trusted, &certified::client_data(), own)], 1));
    seeds.extend(of(3, response::seeds(), 3));
    seeds.extend(of(4, response::seeds(), 3));
    for results in [
        r#""clientExtensionResults":{"credProps":{"rk":true},"prf":{"enabled":true}},"#,
        r#""clientExtensionResults":{"credProps":1},"#,
        r#""clientExtensionResults":{"appid":true},"#,
        r#""clientExtensionResults":{"x":1},"#,
        r#""clientExtensionResults":[],"#,
    ] {
        for seed in response::seeds().into_iter().step_by(9) {
            let at = seed.iter().position(|byte| *byte == b'{').map_or(0, |at| at + 1);
            let with = [&seed[..at], results.as_bytes(), &seed[at..]].concat();
            seeds.push([&[3], &with[..]].concat());
            seeds.push([&[4], &with[..]].concat());
        }
    }
    seeds
}
