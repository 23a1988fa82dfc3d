//! `assertion::verify` against §7.2 written a second time over the reference readers: the same verdict, the same code, and
//! under the test keys nothing is accepted whose signed bytes are not a seed's.
//!
//! Mutations of a signed message end at the signature. So one bit of the input has the message signed anew after it was
//! mutated; then the verdict depends on everything else.

use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID, USER_HANDLE};
use crate::input::{Input, Output};
use crate::relying_party::{self, Policy, Refusal, require, require_reference};
use crate::test_key::TestKey;
use crate::{auth_data, client_data, cose};
use mfakit_core::Error;
use mfakit_core::webauthn::assertion::{
    self, Allow, AssertionResponse, AssertionVerified, StoredCredential, User,
};
use mfakit_core::webauthn::{RelyingParty, explain};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Bits of [`Arguments::options`].
pub mod options {
    /// The user is not known before the response.
    pub const DISCOVERABLE: u16 = 0x01;
    /// Only [`super::Arguments::allowed_id`] is allowed.
    pub const ALLOW_ID: u16 = 0x02;
    /// The same, by its hash.
    pub const ALLOW_HASH: u16 = 0x04;
    /// The response names the user.
    pub const HAS_USER_HANDLE: u16 = 0x08;
    /// The record knows the backup eligibility.
    pub const KNOWS_ELIGIBILITY: u16 = 0x10;
    /// What it knows.
    pub const ELIGIBLE: u16 = 0x20;
    /// The message is signed with the test key that the record holds before it is verified; with the first if it holds none.
    pub const SIGN: u16 = 0x40;
}

/// The arguments that the input stands for.
#[derive(Clone)]
pub struct Arguments {
    /// The relying party's policies.
    pub policy: u16,
    /// Choices: see [`options`].
    pub options: u16,
    /// The stored counter.
    pub stored_sign_count: u32,
    /// The challenge that was issued.
    pub challenge: Vec<u8>,
    /// The stored key.
    pub public_key: Vec<u8>,
    /// The stored id.
    pub stored_id: Vec<u8>,
    /// The stored owner.
    pub owner: Vec<u8>,
    /// The user for whom the ceremony was begun.
    pub known_user: Vec<u8>,
    /// The one allowed id.
    pub allowed_id: Vec<u8>,
    /// The response's id.
    pub credential_id: Vec<u8>,
    /// The response's user.
    pub user_handle: Vec<u8>,
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Arguments {
    fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        Self {
            policy: input.u16(),
            options: input.u16(),
            stored_sign_count: input.u32(),
            challenge: input.bytes().to_vec(),
            public_key: input.bytes().to_vec(),
            stored_id: input.bytes().to_vec(),
            owner: input.bytes().to_vec(),
            known_user: input.bytes().to_vec(),
            allowed_id: input.bytes().to_vec(),
            credential_id: input.bytes().to_vec(),
            user_handle: input.bytes().to_vec(),
            client_data_json: input.bytes().to_vec(),
            authenticator_data: input.bytes().to_vec(),
            signature: input.bytes().to_vec(),
        }
    }

    /// The input that stands for these arguments.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        Output::default()
            .number(self.policy.to_be_bytes())
            .number(self.options.to_be_bytes())
            .number(self.stored_sign_count.to_be_bytes())
            .bytes(&self.challenge)
            .bytes(&self.public_key)
            .bytes(&self.stored_id)
            .bytes(&self.owner)
            .bytes(&self.known_user)
            .bytes(&self.allowed_id)
            .bytes(&self.credential_id)
            .bytes(&self.user_handle)
            .bytes(&self.client_data_json)
            .bytes(&self.authenticator_data)
            .bytes(&self.signature)
            .finish()
    }

    const fn has(&self, option: u16) -> bool {
        self.options & option != 0
    }

    fn stored_eligibility(&self) -> Option<bool> {
        self.has(options::KNOWS_ELIGIBILITY).then_some(self.has(options::ELIGIBLE))
    }

    fn restricts_ids(&self) -> bool {
        self.has(options::ALLOW_ID) || self.has(options::ALLOW_HASH)
    }

    /// The arguments as they are verified, signed if the input asks for it.
    #[must_use]
    pub fn prepared(data: &[u8]) -> Self {
        let mut arguments = Self::read(data);
        if arguments.has(options::SIGN) {
            let key = TestKey::named(&arguments.public_key).unwrap_or(TestKey::Es256);
            arguments.signature =
                key.sign(&arguments.authenticator_data, &arguments.client_data_json);
        }
        arguments
    }

    fn verify(&self) -> Result<AssertionVerified<'_>, Error> {
        self.with(|rp, user, allow, stored, response| {
            assertion::verify(rp, &self.challenge, user, allow, stored, response)
        })
    }

    /// The verdict, and the diagnosis of every step.
    ///
    /// # Errors
    ///
    /// In the verdict: as `assertion::verify`.
    #[must_use]
    pub fn verify_and_explain(&self) -> (Result<(), Error>, [explain::Step; 25]) {
        self.with(|rp, user, allow, stored, response| {
            let ours = assertion::verify(rp, &self.challenge, user, allow, stored, response);
            let steps = explain::authentication(rp, &self.challenge, user, allow, stored, response);
            (ours.map(|_| ()), steps)
        })
    }

    fn with<'a, T>(
        &'a self,
        run: impl FnOnce(
            &RelyingParty<'_>,
            User<'_>,
            Allow<'_>,
            &StoredCredential<'_>,
            &AssertionResponse<'a>,
        ) -> T,
    ) -> T {
        let stored = StoredCredential {
            id: &self.stored_id,
            public_key: &self.public_key,
            user_handle: &self.owner,
            sign_count: self.stored_sign_count,
            backup_eligible: self.stored_eligibility(),
        };
        let response = AssertionResponse {
            credential_id: &self.credential_id,
            client_data_json: &self.client_data_json,
            authenticator_data: &self.authenticator_data,
            signature: &self.signature,
            user_handle: self.has(options::HAS_USER_HANDLE).then_some(&self.user_handle),
        };
        let user = if self.has(options::DISCOVERABLE) {
            User::Discoverable
        } else {
            User::Known(&self.known_user)
        };
        let (ids, hashes) = ([&self.allowed_id[..]], [assertion::id_hash(&self.allowed_id)]);
        let allow = if self.has(options::ALLOW_ID) {
            Allow::Ids(&ids)
        } else if self.has(options::ALLOW_HASH) {
            Allow::IdHashes(&hashes)
        } else {
            Allow::Any
        };
        let rp = Policy(self.policy).relying_party();
        run(&rp, user, allow, &stored, &response)
    }
}

/// What a verified assertion must say.
pub struct Expected<'a> {
    /// The authenticator data.
    pub data: auth_data::Expected<'a>,
    /// Whether the counter did not grow.
    pub regressed: bool,
}

/// The verdict.
///
/// # Errors
///
/// The first step that fails.
pub fn reference(arguments: &Arguments) -> Result<Expected<'_>, Refusal> {
    let policy = Policy(arguments.policy);
    require(arguments.challenge.len() >= 16, Error::ChallengeTooShort)?;
    let allowed = !arguments.restricts_ids() || arguments.allowed_id == arguments.credential_id;
    require(allowed, Error::CredentialNotAllowed)?;
    let claimed = arguments.has(options::HAS_USER_HANDLE) && !arguments.user_handle.is_empty();
    let named = arguments.has(options::DISCOVERABLE) || !arguments.known_user.is_empty();
    require(named && !arguments.owner.is_empty(), Error::UserHandleInvalid)?;
    if arguments.has(options::DISCOVERABLE) {
        require(claimed, Error::UserHandleMissing)?;
    } else {
        require(arguments.known_user == arguments.owner, Error::CredentialOwnerMismatch)?;
    }
    require(!claimed || arguments.user_handle == arguments.owner, Error::UserHandleMismatch)?;
    require(arguments.stored_id == arguments.credential_id, Error::CredentialIdMismatch)?;
    let key = cose::reference(&arguments.public_key).map_err(|error| match error {
        Some(Error::AlgorithmUnsupported) => Error::AlgorithmUnsupported,
        _ => Error::RecordCorrupt,
    })?;
    let client_data =
        client_data::reference(&arguments.client_data_json).ok_or(Refusal::Unknown)??;
    policy.check_client_data(&client_data, "webauthn.get", &arguments.challenge)?;
    let data = auth_data::reference(&arguments.authenticator_data).ok_or(Refusal::Unreadable)?;
    require(data.attested.is_none(), Error::AttestedDataForbidden)?;
    policy.check_auth_data(&data)?;
    let eligible = data.flags & 0x08 != 0;
    let eligibility_ok = match arguments.stored_eligibility() {
        None => true,
        Some(false) if eligible => policy.has(Policy::ALLOW_UPGRADE),
        Some(known) => known == eligible,
    };
    require(eligibility_ok, Error::BackupEligibilityChanged)?;
    require(key.is_valid(), Error::RecordCorrupt)?;
    let hash = Sha256::digest(&arguments.client_data_json);
    require_reference(&key)?;
    key.verify(&[&arguments.authenticator_data[..], &hash].concat(), &arguments.signature)?;
    // Both zero: the authenticator has no counter. Otherwise it must have grown.
    let regressed = match (data.sign_count, arguments.stored_sign_count) {
        (0, 0) => false,
        (new, known) => new <= known,
    };
    require(!regressed || policy.has(Policy::REPORT_COUNTER), Error::CounterRegressed)?;
    relying_party::check_extensions(data.extensions)?;
    Ok(Expected { data, regressed })
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let arguments = Arguments::prepared(data);
    let signed_now = arguments.has(options::SIGN);
    match (arguments.verify(), reference(&arguments)) {
        (Ok(ours), Ok(expected)) => {
            let known = arguments.stored_sign_count;
            assert_eq!(ours.flags().bits(), expected.data.flags);
            assert_eq!(ours.sign_count(), expected.data.sign_count);
            assert_eq!(ours.next_sign_count(), expected.data.sign_count.max(known));
            assert_eq!(ours.counter_regressed(), expected.regressed);
            assert_eq!(ours.extensions().raw(), expected.data.extensions);
        }
        (Err(ours), Err(refusal)) => {
            refusal.compare(ours);
            return false;
        }
        (Ok(_), Err(Refusal::Unknown)) => {}
        (Ok(_), Err(refusal)) => panic!("only core accepts: {refusal:?}"),
        (Err(error), Ok(_)) => panic!("only the reference accepts: {error:?}"),
    }
    if TestKey::named(&arguments.public_key).is_some() && !signed_now {
        let message = (arguments.authenticator_data, arguments.client_data_json);
        assert!(SIGNED.contains(&message), "accepted, and never signed");
    }
    true
}

/// Every message that a test key signed for a seed.
static SIGNED: LazyLock<Vec<(Vec<u8>, Vec<u8>)>> = LazyLock::new(|| {
    all_signed_seeds().map(|s| (s.authenticator_data, s.client_data_json)).collect()
});

/// Valid assertions under both keys and every policy that lets them pass, and some that do not.
pub fn all_signed_seeds() -> impl Iterator<Item = Arguments> {
    TestKey::ALL.into_iter().flat_map(signed_seeds)
}

fn signed_seeds(key: TestKey) -> Vec<Arguments> {
    let plain = authenticator::client_data("webauthn.get", &CHALLENGE);
    let framed = authenticator::framed_client_data("webauthn.get", &CHALLENGE);
    let unnamed = authenticator::unnamed_frame("webauthn.get", &CHALLENGE);
    let extensions = [0xa1, 0x61, 0x61, 0xf9, 0x3c, 0x00];
    let with = |policy, options, client_data: &[u8], data: Vec<u8>| Arguments {
        policy,
        options,
        stored_sign_count: 6,
        challenge: CHALLENGE.to_vec(),
        public_key: key.public_key(),
        stored_id: CREDENTIAL_ID.to_vec(),
        owner: USER_HANDLE.to_vec(),
        known_user: USER_HANDLE.to_vec(),
        allowed_id: CREDENTIAL_ID.to_vec(),
        credential_id: CREDENTIAL_ID.to_vec(),
        user_handle: USER_HANDLE.to_vec(),
        signature: key.sign(&data, client_data),
        client_data_json: client_data.to_vec(),
        authenticator_data: data,
    };
    let data = authenticator::assertion_data;
    let counterless = with(0, 0, &plain, data(0x01, 0, &[]));
    vec![
        with(0, 0, &plain, data(0x01, 7, &[])),
        with(Policy::VERIFICATION, options::ALLOW_ID, &plain, data(0x05, 7, &[])),
        with(
            Policy::NO_PRESENCE,
            options::ALLOW_HASH | options::HAS_USER_HANDLE,
            &plain,
            data(0x00, 7, &[]),
        ),
        with(
            0,
            options::DISCOVERABLE | options::HAS_USER_HANDLE,
            &plain,
            data(0x81, u32::MAX, &extensions),
        ),
        with(Policy::ALLOW_UPGRADE, options::KNOWS_ELIGIBILITY, &plain, data(0x19, 7, &[])),
        with(0, options::KNOWS_ELIGIBILITY | options::ELIGIBLE, &plain, data(0x09, 7, &[])),
        with(Policy::REPORT_COUNTER, 0, &plain, data(0x01, 6, &[])),
        with(0, 0, &plain, data(0x01, 6, &[])),
        Arguments { stored_sign_count: 0, ..counterless },
        with(Policy::FRAMES_LISTED, 0, &framed, data(0x01, 7, &[])),
        with(Policy::FRAMES_ANY, 0, &framed, data(0x01, 7, &[])),
        with(Policy::FRAMES_ANY, 0, &unnamed, data(0x01, 7, &[])),
        with(Policy::FRAMES_LISTED, 0, &unnamed, data(0x01, 7, &[])),
        with(0, 0, &framed, data(0x01, 7, &[])),
    ]
}

/// Valid assertions under both keys and every policy that lets them pass, some that do not, all of them to be signed anew, and
/// every combination of the choices that meet in one step.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = all_signed_seeds().collect();
    let mut signed_anew = seeds.clone();
    signed_anew.extend(combinations(&seeds[0]));
    seeds.extend(signed_anew.into_iter().map(|s| Arguments {
        options: s.options | options::SIGN,
        signature: Vec::new(),
        ..s
    }));
    seeds.iter().map(Arguments::write).collect()
}

fn combinations(base: &Arguments) -> Vec<Arguments> {
    let mut all = Vec::new();
    // Flags and counter, against the record and the policy.
    for flags in [0x00, 0x01, 0x05, 0x09, 0x11, 0x19, 0x1d] {
        for policy in [
            0,
            Policy::VERIFICATION,
            Policy::NO_PRESENCE,
            Policy::ALLOW_UPGRADE,
            Policy::REPORT_COUNTER,
        ] {
            for options in
                [0, options::KNOWS_ELIGIBILITY, options::KNOWS_ELIGIBILITY | options::ELIGIBLE]
            {
                for (new, stored_sign_count) in [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)] {
                    let authenticator_data = authenticator::assertion_data(flags, new, &[]);
                    let base = base.clone();
                    all.push(Arguments {
                        policy,
                        options,
                        stored_sign_count,
                        authenticator_data,
                        ..base
                    });
                }
            }
        }
    }
    // Who asks, who is named, whose credential it is.
    let either = |usual: &[u8]| [usual.to_vec(), b"other".to_vec()];
    for options in 0..=options::DISCOVERABLE
        | options::ALLOW_ID
        | options::ALLOW_HASH
        | options::HAS_USER_HANDLE
    {
        for known_user in either(USER_HANDLE) {
            for user_handle in either(USER_HANDLE).into_iter().chain([Vec::new()]) {
                for allowed_id in either(CREDENTIAL_ID) {
                    for stored_id in either(CREDENTIAL_ID) {
                        let (known_user, user_handle) = (known_user.clone(), user_handle.clone());
                        let (allowed_id, base) = (allowed_id.clone(), base.clone());
                        all.push(Arguments {
                            options,
                            known_user,
                            user_handle,
                            allowed_id,
                            stored_id,
                            ..base
                        });
                    }
                }
            }
        }
    }
    all
}
