//! `registration::verify` against §7.1 written a second time over the reference readers: the same verdict, the same code, and
//! nothing in a verified registration but what stands in the message.

use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID};
use crate::input::{Input, Output};
use crate::relying_party::{Policy, Refusal, require};
use crate::{attestation_object, auth_data, cbor, client_data, cose};
use mfakit_core::Error;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::webauthn::registration::{self, RegistrationResponse};

/// The arguments that the input stands for.
pub struct Arguments {
    /// The relying party's policies.
    pub policy: u16,
    /// The challenge that was issued.
    pub challenge: Vec<u8>,
    /// The outer credential id.
    pub credential_id: Vec<u8>,
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The attestation object.
    pub attestation_object: Vec<u8>,
}

impl Arguments {
    fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        Self {
            policy: input.u16(),
            challenge: input.bytes().to_vec(),
            credential_id: input.bytes().to_vec(),
            client_data_json: input.bytes().to_vec(),
            attestation_object: input.bytes().to_vec(),
        }
    }

    /// The input that stands for these arguments.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        Output::default()
            .number(self.policy.to_be_bytes())
            .bytes(&self.challenge)
            .bytes(&self.credential_id)
            .bytes(&self.client_data_json)
            .bytes(&self.attestation_object)
            .finish()
    }
}

/// What a verified registration must say.
struct Expected {
    auth_data: Vec<u8>,
    ordered: bool,
}

fn reference(arguments: &Arguments, policy: Policy) -> Result<Expected, Refusal> {
    require(arguments.challenge.len() >= 16, Error::ChallengeTooShort)?;
    let client_data =
        client_data::reference(&arguments.client_data_json).ok_or(Refusal::Unknown)??;
    policy.check_client_data(&client_data, "webauthn.create", &arguments.challenge)?;
    let object =
        attestation_object::reference(&arguments.attestation_object).ok_or(Refusal::Unreadable)?;
    let data = auth_data::reference(&object.auth_data).ok_or(Refusal::Unreadable)?;
    let attested = data.attested.as_ref().ok_or(Error::AttestedDataMissing)?;
    require(attested.credential_id == arguments.credential_id, Error::CredentialIdMismatch)?;
    require(object.ordered || !policy.has(Policy::STRICT_ORDER), Error::CborKeyOrder)?;
    policy.check_auth_data(&data)?;
    let (x, y) = cose::reference(attested.public_key).map_err(|error| match error {
        Some(Error::AlgorithmUnsupported) => Refusal::Code(Error::AlgorithmNotOffered),
        Some(error) => Refusal::Code(error),
        None => Refusal::Unreadable,
    })?;
    require(cose::verifying_key(&x, &y).is_some(), Error::CosePointInvalid)?;
    require(object.format == "none", Error::AttestationFormatUnsupported)?;
    require(object.statement.is_empty(), Error::AttestationStatementMalformed)?;
    // To the object's reader the authenticator data is a byte string: the key in it has an order of its own.
    let key = cbor::reference(attested.public_key, Limits::CTAP2);
    let key_ordered = key.is_some_and(|(_, ordered, _)| ordered);
    let outputs = data.extensions.and_then(|outputs| cbor::reference(outputs, Limits::EXTENSIONS));
    let outputs_ordered = outputs.is_none_or(|(_, ordered, _)| ordered);
    Ok(Expected {
        ordered: object.ordered && key_ordered && outputs_ordered,
        auth_data: object.auth_data,
    })
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let arguments = Arguments::read(data);
    let policy = Policy(arguments.policy);
    let response = RegistrationResponse {
        credential_id: &arguments.credential_id,
        client_data_json: &arguments.client_data_json,
        attestation_object: &arguments.attestation_object,
    };
    let ours = registration::verify(&policy.relying_party(), &arguments.challenge, &response);
    match (ours, reference(&arguments, policy)) {
        (Ok(ours), Ok(expected)) => {
            let data = auth_data::reference(&expected.auth_data).expect("it was read before");
            let attested = data.attested.as_ref().expect("it was there before");
            assert_eq!(ours.credential_id(), attested.credential_id);
            assert_eq!(ours.public_key(), attested.public_key);
            assert_eq!(ours.algorithm(), -7);
            assert_eq!(ours.unproven_aaguid(), attested.aaguid);
            assert_eq!(ours.sign_count(), data.sign_count);
            assert_eq!(ours.flags().bits(), data.flags);
            assert_eq!(ours.extensions(), data.extensions);
            assert_eq!(ours.format().as_str(), "none");
            assert_eq!(ours.non_canonical_order(), !expected.ordered);
            true
        }
        (Err(ours), Err(refusal)) => {
            refusal.compare(ours);
            false
        }
        (Ok(_), Err(Refusal::Unknown)) => true,
        (Ok(_), Err(refusal)) => panic!("only core accepts: {refusal:?}"),
        (Err(error), Ok(_)) => panic!("only the reference accepts: {error:?}"),
    }
}

/// Valid registrations under every policy that lets them pass, some that do not, and every combination of flags and policy.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let key = authenticator::public_key();
    let plain = authenticator::client_data("webauthn.create", &CHALLENGE);
    let framed = authenticator::framed_client_data("webauthn.create", &CHALLENGE);
    let unnamed = authenticator::unnamed_frame("webauthn.create", &CHALLENGE);
    let extensions = [0xa1, 0x61, 0x61, 0xf9, 0x3c, 0x00];
    let with = |policy, client_data: &[u8], flags, id: &[u8], extensions: &[u8]| {
        let data = authenticator::attested_data(flags, id, &key, extensions);
        Arguments {
            policy,
            challenge: CHALLENGE.to_vec(),
            credential_id: id.to_vec(),
            client_data_json: client_data.to_vec(),
            attestation_object: authenticator::attestation_object("none", &[0xa0], &data),
        }
        .write()
    };
    let mut seeds = vec![
        with(0, &plain, 0x41, CREDENTIAL_ID, &[]),
        with(Policy::VERIFICATION | Policy::STRICT_ORDER, &plain, 0x45, CREDENTIAL_ID, &[]),
        with(Policy::NO_PRESENCE, &plain, 0x40, CREDENTIAL_ID, &[]),
        with(0, &plain, 0xdd, &[9; 1023], &extensions),
        with(Policy::FRAMES_LISTED, &framed, 0x41, CREDENTIAL_ID, &[]),
        with(Policy::FRAMES_ANY, &framed, 0x41, CREDENTIAL_ID, &[]),
    ];
    for policy in
        0..=Policy::FRAMES_LISTED | Policy::FRAMES_ANY | Policy::VERIFICATION | Policy::NO_PRESENCE
    {
        for flags in [0x00, 0x01, 0x40, 0x41, 0x45, 0x49, 0x51, 0x59] {
            seeds.push(with(policy, &plain, flags, CREDENTIAL_ID, &[]));
            seeds.push(with(policy, &framed, flags, CREDENTIAL_ID, &[]));
            seeds.push(with(policy, &unnamed, flags, CREDENTIAL_ID, &[]));
        }
    }
    seeds
}
