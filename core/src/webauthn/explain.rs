//! The verdict of every step of a ceremony, for support staff who ask why a person cannot sign in.
//!
//! WebAuthn Level 3 §7.1, §7.2. The checks are those of [`super::registration`] and [`super::assertion`], each run on its own, so
//! that one failure does not hide the next. Invariant: the error that verification gives is among those of the steps that
//! failed, and no step fails where verification succeeds; nothing here can be mistaken for a proof: there is no success value. Leaks: which checks fail, so never show it
//! to the person who signs in.

use super::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use super::attestation::{self, AttestationObject, Subject};
use super::auth_data::AuthData;
use super::client_data::{Ceremony, ClientData};
use super::extensions::AuthenticatorExtensions;
use super::registration::{self, RegistrationResponse};
use super::relying_party::{CrossOrigin, RelyingParty};
use crate::crypto;
use crate::error::Error;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The check holds.
    Passed,
    /// It does not.
    Failed(Error),
    /// There is nothing to check in this ceremony.
    NotApplicable,
    /// It is the caller's or the browser's.
    Caller,
    /// What it would look at could not be read.
    NotReached,
}

impl Verdict {
    /// The stable name: `passed`, `failed`, `not_applicable`, `caller` or `not_reached`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::NotApplicable => "not_applicable",
            Self::Caller => "caller",
            Self::NotReached => "not_reached",
        }
    }

    /// The error of a step that failed.
    #[must_use]
    pub const fn error(self) -> Option<Error> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Its number, such as `7.1-8`.
    pub number: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What became of it.
    pub verdict: Verdict,
}

/// A step's number and title, and whether it is the caller's.
type Row = (&'static str, &'static str, bool);

const REGISTRATION: [Row; 29] = [
    ("7.1-1", "creation options", true),
    ("7.1-2", "navigator.credentials.create()", true),
    ("7.1-3", "the response", false),
    ("7.1-4", "client extension results", true),
    ("7.1-5", "client data is UTF-8", false),
    ("7.1-6", "client data is JSON", false),
    ("7.1-7", "type", false),
    ("7.1-8", "challenge", false),
    ("7.1-9", "origin", false),
    ("7.1-10", "crossOrigin", false),
    ("7.1-11", "topOrigin", false),
    ("7.1-12", "hash of the client data", false),
    ("7.1-13", "attestation object and authenticator data", false),
    ("7.1-14", "RP ID hash", false),
    ("7.1-15", "user present", false),
    ("7.1-16", "user verified", false),
    ("7.1-17", "backup flags", false),
    ("7.1-18", "policy on backup eligibility", true),
    ("7.1-19", "policy on backup state", true),
    ("7.1-20", "algorithm and key", false),
    ("7.1-21", "attestation format", false),
    ("7.1-22", "attestation statement", false),
    ("7.1-23", "trust anchors", false),
    ("7.1-24", "trust in the attestation", false),
    ("7.1-25", "length of the credential id", false),
    ("7.1-26", "the credential id is new", true),
    ("7.1-27", "the credential record", true),
    ("7.1-28", "extension outputs", false),
    ("7.1-29", "success", true),
];

const AUTHENTICATION: [Row; 25] = [
    ("7.2-1", "request options", true),
    ("7.2-2", "navigator.credentials.get()", true),
    ("7.2-3", "the response", false),
    ("7.2-4", "client extension results", true),
    ("7.2-5", "allow-list", false),
    ("7.2-6", "the user and the credential", false),
    ("7.2-7", "parts of the response", false),
    ("7.2-8", "client data is UTF-8", false),
    ("7.2-9", "client data is JSON", false),
    ("7.2-10", "type", false),
    ("7.2-11", "challenge", false),
    ("7.2-12", "origin", false),
    ("7.2-13", "crossOrigin", false),
    ("7.2-14", "topOrigin", false),
    ("7.2-15", "RP ID hash", false),
    ("7.2-16", "user present", false),
    ("7.2-17", "user verified", false),
    ("7.2-18", "backup flags", false),
    ("7.2-19", "backup eligibility against the record", false),
    ("7.2-20", "hash of the client data", false),
    ("7.2-21", "signature", false),
    ("7.2-22", "signature counter", false),
    ("7.2-23", "extension outputs", false),
    ("7.2-24", "the record's update", true),
    ("7.2-25", "success", true),
];

/// The steps so far. Those that nothing was said of were not reached.
struct Trace<const N: usize> {
    steps: [Step; N],
}

impl<const N: usize> Trace<N> {
    fn new(rows: [Row; N]) -> Self {
        Self {
            steps: rows.map(|(number, title, caller)| Step {
                number,
                title,
                verdict: if caller { Verdict::Caller } else { Verdict::NotReached },
            }),
        }
    }

    /// Records a verdict; what failed stays failed.
    fn set(&mut self, step: usize, verdict: Verdict) {
        if let Some(step) = step.checked_sub(1).and_then(|index| self.steps.get_mut(index))
            && step.verdict.error().is_none()
        {
            step.verdict = verdict;
        }
    }

    fn passed(&mut self, steps: &[usize]) {
        for &step in steps {
            self.set(step, Verdict::Passed);
        }
    }

    /// Records the outcome of a step. An error may belong to another step than the one in which it was noticed.
    fn check<T>(&mut self, step: usize, outcome: Result<T, Error>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.set(step, Verdict::Passed);
                Some(value)
            }
            Err(error) => {
                self.set(self.step_of(error).unwrap_or(step), Verdict::Failed(error));
                None
            }
        }
    }

    /// A challenge that is too short fails before it is compared.
    fn check_length(&mut self, step: usize, challenge: &[u8]) {
        if challenge.len() < 16 {
            self.set(step, Verdict::Failed(Error::ChallengeTooShort));
        }
    }

    /// The step under which the error table lists the error, if it is one of this ceremony.
    fn step_of(&self, error: Error) -> Option<usize> {
        let position = |number| self.steps.iter().position(|step| step.number == number);
        error.step().split(' ').find_map(position)?.checked_add(1)
    }
}

/// The verdicts of §7.1 where the response itself could not be read.
#[must_use]
pub fn unreadable_registration(error: Error) -> [Step; 29] {
    let mut trace = Trace::new(REGISTRATION);
    trace.check(3, Err::<(), Error>(error));
    trace.steps
}

/// The verdicts of §7.2 where the response itself could not be read.
#[must_use]
pub fn unreadable_authentication(error: Error) -> [Step; 25] {
    let mut trace = Trace::new(AUTHENTICATION);
    trace.check(3, Err::<(), Error>(error));
    trace.steps
}

/// The verdicts of §7.1, in order.
#[must_use]
pub fn registration(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    response: &RegistrationResponse<'_>,
) -> [Step; 29] {
    let mut trace = Trace::new(REGISTRATION);
    trace.passed(&[3, 12]);
    trace.check_length(8, challenge);
    if let Some(client_data) = trace.check(6, ClientData::parse(response.client_data_json)) {
        trace.passed(&[5]);
        let first = 7;
        explain_client_data(&mut trace, first, &client_data, Ceremony::Registration, challenge, rp);
    }
    explain_attestation_object(&mut trace, rp, response);
    trace.steps
}

fn explain_attestation_object(
    trace: &mut Trace<29>,
    rp: &RelyingParty<'_>,
    response: &RegistrationResponse<'_>,
) {
    let client_data_hash = crypto::sha256(&[response.client_data_json]);
    let object = AttestationObject::parse(response.attestation_object);
    let Some(object) = trace.check(13, object) else { return };
    let Some(auth_data) = trace.check(13, AuthData::parse(object.auth_data)) else { return };
    let attested = auth_data.attested.ok_or(Error::AttestedDataMissing);
    let Some(attested) = trace.check(13, attested) else { return };
    let same_id = attested.credential_id == response.credential_id;
    trace.check(13, if same_id { Ok(()) } else { Err(Error::CredentialIdMismatch) });
    trace.check(13, object.check_key_order(rp));
    trace.check(13, auth_data.check_key_order(rp));
    trace.passed(&[25]);
    explain_flags(trace, 14, &auth_data, rp);
    trace.check(28, AuthenticatorExtensions::read(auth_data.extensions.as_ref(), rp.requested()));
    let Some(key) = trace.check(20, registration::check_key(rp, &attested)) else { return };
    let subject = Subject::new(rp, &object, &auth_data, attested, key, &client_data_hash);
    let statement = attestation::verify(object.format, object.statement, &subject);
    let unbuilt = matches!(statement, Err(Error::AttestationFormatUnsupported));
    let Some(statement) = trace.check(22, statement) else {
        if !unbuilt {
            trace.passed(&[21]);
        }
        return;
    };
    trace.passed(&[21]);
    explain_trust(trace, statement, &subject);
}

#[cfg(feature = "attestation")]
fn explain_trust<'a>(
    trace: &mut Trace<29>,
    statement: attestation::Attestation<'a>,
    subject: &Subject<'a, '_>,
) {
    if subject.policy.trust.is_none() {
        return explain_no_trust(trace);
    }
    if trace.check(24, attestation::evaluate_trust(statement, subject)).is_some() {
        trace.passed(&[23]);
    }
}

#[cfg(not(feature = "attestation"))]
fn explain_trust(trace: &mut Trace<29>, _: attestation::Attestation<'_>, _: &Subject<'_, '_>) {
    explain_no_trust(trace);
}

fn explain_no_trust(trace: &mut Trace<29>) {
    trace.set(23, Verdict::NotApplicable);
    trace.set(24, Verdict::NotApplicable);
}

/// The verdicts of §7.2, in order.
#[must_use]
pub fn authentication(
    rp: &RelyingParty<'_>,
    challenge: &[u8],
    user: User<'_>,
    allow: Allow<'_>,
    stored: &StoredCredential<'_>,
    response: &AssertionResponse<'_>,
) -> [Step; 25] {
    let mut trace = Trace::new(AUTHENTICATION);
    trace.passed(&[3, 7, 20]);
    trace.check_length(11, challenge);
    let allowed = allow.allows(response.credential_id);
    match allow {
        Allow::Any => trace.set(5, Verdict::NotApplicable),
        _ => {
            trace.check(5, if allowed { Ok(()) } else { Err(Error::CredentialNotAllowed) });
        }
    }
    trace.check(6, assertion::check_owner(user, stored, response));
    trace.check(6, assertion::check_id(stored, response));
    let key = trace.check(6, assertion::read_key(stored));
    if let Some(client_data) = trace.check(9, ClientData::parse(response.client_data_json)) {
        trace.passed(&[8]);
        explain_client_data(&mut trace, 10, &client_data, Ceremony::Assertion, challenge, rp);
    }
    let Some(auth_data) = trace.check(15, AuthData::parse(response.authenticator_data)) else {
        return trace.steps;
    };
    trace.check(15, assertion::check_no_attested_data(&auth_data));
    trace.check(15, auth_data.check_key_order(rp));
    explain_flags(&mut trace, 15, &auth_data, rp);
    match stored.backup_eligible {
        None => trace.set(19, Verdict::NotApplicable),
        Some(_) => {
            trace.check(19, assertion::check_backup_eligibility(rp, stored, &auth_data));
        }
    }
    if let Some(key) = key {
        let hash = crypto::sha256(&[response.client_data_json]);
        let signed = |message: &[&[u8]], signature: &[u8]| {
            crypto::verify_by(rp.es256_backend(), &key, message, signature)
        };
        trace.check(21, assertion::check_signature(response, &hash, signed));
    }
    if auth_data.sign_count == 0 && stored.sign_count == 0 {
        trace.set(22, Verdict::NotApplicable);
    } else {
        trace.check(22, assertion::check_counter(rp, stored, &auth_data));
    }
    trace.check(23, AuthenticatorExtensions::read(auth_data.extensions.as_ref(), rp.requested()));
    trace.steps
}

/// Five steps, of which `first` is the type's.
fn explain_client_data<const N: usize>(
    trace: &mut Trace<N>,
    first: usize,
    client_data: &ClientData<'_>,
    ceremony: Ceremony,
    challenge: &[u8],
    rp: &RelyingParty<'_>,
) {
    let checks = [
        client_data.check_type(ceremony),
        client_data.check_challenge(challenge),
        client_data.check_origin(rp),
        client_data.check_cross_origin(rp),
        client_data.check_top_origin(rp),
    ];
    trace.check(first.saturating_sub(1), client_data.check_token_binding(rp));
    for (step, outcome) in (first..).zip(checks) {
        trace.check(step, outcome);
    }
    let denied = matches!(rp.cross_origin_policy(), CrossOrigin::Deny);
    if denied || client_data.top_origin.is_none() {
        trace.set(first.saturating_add(4), Verdict::NotApplicable);
    }
}

/// Four steps, of which `first` is the RP ID hash's.
fn explain_flags<const N: usize>(
    trace: &mut Trace<N>,
    first: usize,
    auth_data: &AuthData<'_>,
    rp: &RelyingParty<'_>,
) {
    let checks = [
        auth_data.check_rp_id(rp),
        auth_data.check_presence(rp),
        auth_data.check_verification(rp),
        auth_data.check_backup(),
    ];
    for (step, outcome) in (first..).zip(checks) {
        trace.check(step, outcome);
    }
    if !rp.requires_user_presence() {
        trace.set(first.saturating_add(1), Verdict::NotApplicable);
    }
    if !rp.requires_user_verification() {
        trace.set(first.saturating_add(2), Verdict::NotApplicable);
    }
}
