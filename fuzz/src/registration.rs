//! `registration::verify` against §7.1 written a second time over the reference readers: the same verdict, the same code, and
//! nothing in a verified registration but what stands in the message.
//!
//! Mutations of a signed message end at the signature. So one bit of the input has a packed statement made anew, by the test
//! key that the message names, after it was mutated.

use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID};
use crate::cbor::{self, Node};
use crate::input::{Input, Output};
use crate::relying_party::{self, Policy, Refusal, require, require_reference};
use crate::test_key::TestKey;
use crate::{attestation_object, auth_data, client_data, cose};
use mfakit_core::Error;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use sha2::{Digest, Sha256};

/// The bit of [`Arguments::policy`] that asks for a packed statement.
pub const SIGN: u16 = 0x8000;

/// The arguments that the input stands for.
#[derive(Clone)]
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

    /// The arguments as they are verified, signed if the input asks for it.
    #[must_use]
    pub fn prepared(data: &[u8]) -> (Self, Policy) {
        let mut arguments = Self::read(data);
        if arguments.policy & SIGN != 0 {
            arguments.sign();
        }
        let policy = Policy(arguments.policy);
        (arguments, policy)
    }

    /// With a packed statement, if the input asks for one and the object names a test key.
    fn sign(&mut self) {
        let Some(object) = attestation_object::reference(&self.attestation_object) else { return };
        let data = auth_data::reference(&object.auth_data).and_then(|data| data.attested);
        let Some(key) = data.and_then(|data| TestKey::named(data.public_key)) else { return };
        let statement = packed(key, &object.auth_data, &self.client_data_json);
        self.attestation_object =
            authenticator::attestation_object("packed", &statement, &object.auth_data);
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

/// A packed statement without certificates (§8.2): `{alg, sig}`.
fn packed(key: TestKey, auth_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    statement(key.algorithm(), &key.sign(auth_data, client_data_json))
}

/// As [`packed`], with any number from −24 to −1 and any signature of up to 255 bytes.
fn statement(algorithm: i64, signature: &[u8]) -> Vec<u8> {
    let negative = u8::try_from(-1 - algorithm).expect("a small negative number");
    let len = u8::try_from(signature.len()).expect("a short signature");
    let head = if len < 24 { vec![0x40 | len] } else { vec![0x58, len] };
    [b"\xa2\x63alg", &[0x20 | negative][..], b"\x63sig", &head, signature].concat()
}

/// What a verified registration must say.
pub struct Expected {
    /// The authenticator data.
    pub auth_data: Vec<u8>,
    /// The statement's format and type.
    pub attestation: (&'static str, &'static str),
    /// The key's algorithm.
    pub algorithm: i64,
    ordered: bool,
}

/// The verdict.
///
/// # Errors
///
/// The first step that fails.
pub fn reference(arguments: &Arguments, policy: Policy) -> Result<Expected, Refusal> {
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
    let unreadable = |error: Option<Error>| error.map_or(Refusal::Unreadable, Refusal::Code);
    let algorithm = cose::algorithm(attested.public_key).map_err(unreadable)?;
    require(policy.offered().contains(&algorithm), Error::AlgorithmNotOffered)?;
    let key = cose::reference(attested.public_key).map_err(unreadable)?;
    require(key.is_valid(), Error::CosePointInvalid)?;
    let attestation = check_statement(&object, &key, &arguments.client_data_json)?;
    relying_party::check_extensions(data.extensions)?;
    // To the object's reader the authenticator data is a byte string: the key in it has an order of its own.
    let key = cbor::reference(attested.public_key, Limits::CTAP2);
    let key_ordered = key.is_some_and(|(_, ordered, _)| ordered);
    let outputs = data.extensions.and_then(|outputs| cbor::reference(outputs, Limits::EXTENSIONS));
    let outputs_ordered = outputs.is_none_or(|(_, ordered, _)| ordered);
    Ok(Expected {
        ordered: object.ordered && key_ordered && outputs_ordered,
        attestation,
        algorithm,
        auth_data: object.auth_data,
    })
}

/// §7.1 steps 21 and 22, for the formats `none` (§8.7) and `packed` without certificates (§8.2).
fn check_statement(
    object: &attestation_object::Expected,
    key: &cose::Key,
    client_data_json: &[u8],
) -> Result<(&'static str, &'static str), Refusal> {
    let Node::Map(statement) = &object.statement else {
        return Err(Error::AttestationFormatUnsupported.into());
    };
    let names = ["alg", "sig", "x5c"].map(|name| Node::Text(name.to_owned()));
    let member =
        |wanted: &Node| statement.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    match object.format.as_str() {
        "none" if statement.is_empty() => Ok(("none", "none")),
        "none" => Err(Error::AttestationStatementMalformed.into()),
        "packed" => {
            let known = statement.iter().all(|(name, _)| names.contains(name));
            let [algorithm, signature, certificates] = names.each_ref().map(member);
            let (Some(Node::Integer(algorithm)), Some(Node::Bytes(signature)), true) =
                (algorithm, signature, known)
            else {
                return Err(Error::AttestationStatementMalformed.into());
            };
            // An integer to core is one of 64 bits with a sign.
            let algorithm =
                i64::try_from(*algorithm).map_err(|_| Error::AttestationStatementMalformed)?;
            // Statements with certificates are another oracle's.
            if certificates.is_some() {
                return Err(Refusal::Unknown);
            }
            require(algorithm == key.algorithm(), Error::AttestationStatementMismatch)?;
            let hash = Sha256::digest(client_data_json);
            require_reference(key)?;
            key.verify(&[&object.auth_data[..], &hash].concat(), signature)?;
            Ok(("packed", "self"))
        }
        _ => Err(Error::AttestationFormatUnsupported.into()),
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let (arguments, policy) = Arguments::prepared(data);
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
            assert_eq!(ours.algorithm(), expected.algorithm);
            assert_eq!(ours.unproven_aaguid(), attested.aaguid);
            assert_eq!(ours.sign_count(), data.sign_count);
            assert_eq!(ours.flags().bits(), data.flags);
            assert_eq!(ours.extensions().raw(), data.extensions);
            let attestation = ours.attestation();
            let attestation = (attestation.format(), attestation.attestation_type().as_str());
            assert_eq!(attestation, expected.attestation);
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

/// Valid registrations under every policy that lets them pass, some that do not, and every combination of flags and policy;
/// statements of every kind, and the format's name with each letter wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    all_seeds().map(|arguments| arguments.write()).collect()
}

/// The arguments of the seeds.
pub fn all_seeds() -> impl Iterator<Item = Arguments> {
    policies().into_iter().chain(statements())
}

fn statements() -> Vec<Arguments> {
    let client_data = authenticator::client_data("webauthn.create", &CHALLENGE);
    let with = |data: &[u8], format: &str, statement: &[u8]| Arguments {
        policy: 0,
        challenge: CHALLENGE.to_vec(),
        credential_id: CREDENTIAL_ID.to_vec(),
        client_data_json: client_data.clone(),
        attestation_object: authenticator::attestation_object(format, statement, data),
    };
    let mut all = Vec::new();
    for key in TestKey::ALL {
        let data = authenticator::attested_data(0x41, CREDENTIAL_ID, &key.public_key(), &[]);
        let good = packed(key, &data, &client_data);
        let signature = key.sign(&data, &client_data);
        for policy in [0, Policy::ONLY_ES256, Policy::ONLY_EDDSA, Policy::STRICT_ORDER] {
            all.push(Arguments { policy, ..with(&data, "packed", &good) });
            all.push(Arguments { policy: policy | SIGN, ..with(&data, "none", &[0xa0]) });
        }
        for name in ["none", "packed"] {
            for at in 0..name.len() {
                let letters = name.char_indices();
                let other = |c: char| if c == 'f' { 'e' } else { 'f' };
                let wrong = letters.map(|(i, c)| if i == at { other(c) } else { c });
                all.push(with(&data, &wrong.collect::<String>(), &[0xa0]));
                all.push(with(&data, &name[..at], &[0xa0]));
            }
            for wrong in [name.to_uppercase(), format!("{name} "), format!("{name}\0")] {
                all.push(with(&data, &wrong, &[0xa0]));
            }
        }
        // Another's algorithm, key or message; nothing; no map of these members; a member more; certificates.
        let other = if key == TestKey::Es256 { TestKey::Ed25519 } else { TestKey::Es256 };
        let more = |member: &[u8]| [&[0xa3], &good[1..], member].concat();
        for statement in [
            statement(other.algorithm(), &signature),
            statement(key.algorithm(), &other.sign(&data, &client_data)),
            statement(key.algorithm(), &key.sign(&data, b"other")),
            statement(key.algorithm(), &signature[..signature.len() - 1]),
            statement(key.algorithm(), &[]),
            statement(-24, &signature),
            vec![0xa0],
            [&[0xa1], &good[1..6]].concat(),
            [&[0xa1], &good[6..]].concat(),
            b"\xa2\x63alg\x61x\x63sig\x40".to_vec(),
            b"\xa2\x63alg\x26\x63sig\x60".to_vec(),
            b"\xa2\x63alg\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x63sig\x40".to_vec(),
            more(b"\x63x5c\x80"),
            more(b"\x63x5c\x81\x41\x00"),
            more(b"\x63x5c\xf6"),
            more(b"\x6aecdaaKeyId\x41\x00"),
            more(b"\x61x\x00"),
            more(b"\x00\x00"),
            [&[0xa1, 0x63][..], b"x5c", &[0x80]].concat(),
            [&[0xa2], &good[6..], &good[1..6]].concat(),
        ] {
            all.push(with(&data, "packed", &statement));
            all.push(with(&data, "none", &statement));
        }
    }
    all
}

fn policies() -> Vec<Arguments> {
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
