//! Why a ceremony failed, step by step, for support staff.
//!
//! Nothing here gives a proof: a sign-in cannot be built on it. Do not show it to the person who signs in.

use super::finish::{assertion_parts, read_challenge, registration_parts, stored};
use super::{RelyingParty, Stateless, read_user_handle};
use crate::extensions::ClientOutputs;
use crate::record::CredentialRecord;
use crate::response;
use mfakit_core::webauthn::assertion::User;
use mfakit_core::webauthn::explain::{self, Step, Verdict};
use mfakit_core::{Error, Kind};

impl RelyingParty {
    /// The verdict of every step of §7.1 on a registration, with the arguments of [`RelyingParty::verify_registration`].
    ///
    /// # Errors
    ///
    /// Those of kind `config` only.
    ///
    /// # Examples
    ///
    /// ```
    /// # use mfakit::{RelyingParty, RelyingPartyOptions, Stateless, UserVerification, Verdict};
    /// # let options = RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required);
    /// # let rp = RelyingParty::new("example.org", options)?;
    /// let challenge = "AAAAAAAAAAAAAAAAAAAAAA";
    /// let steps = rp.explain_registration(b"{}", challenge, "dXNlcg", Stateless::default())?;
    /// let failed = steps.iter().find(|step| step.verdict.error().is_some());
    /// assert_eq!(failed.map(|step| (step.number, step.title)), Some(("7.1-3", "the response")));
    /// # Ok::<(), mfakit::Error>(())
    /// ```
    pub fn explain_registration(
        &self,
        response: &[u8],
        challenge: &str,
        user_handle: &str,
        more: Stateless<'_>,
    ) -> Result<Vec<Step>, Error> {
        let (challenge, asked) = (read_challenge(challenge)?, more.asked());
        read_user_handle(user_handle)?;
        let expected = self.registering(&challenge, &asked, more)?;
        let response = match response::registration(response) {
            Ok(response) => response,
            Err(error) => return Ok(explain::unreadable_registration(error).to_vec()),
        };
        let client = self.client_outputs(response.extension_results, &asked);
        self.with_registering(&expected, |rp| {
            let parts = registration_parts(&response);
            let steps = explain::registration(&rp, expected.challenge, &parts);
            with_client_outputs(steps.to_vec(), "7.1-28", client)
        })
    }

    /// The verdict of every step of §7.2 on an authentication, with the arguments of [`RelyingParty::verify_authentication`]; no
    /// user handle means a discoverable one.
    ///
    /// # Errors
    ///
    /// Those of kind `config` only.
    pub fn explain_authentication(
        &self,
        response: &[u8],
        challenge: &str,
        user_handle: Option<&str>,
        record: &CredentialRecord,
        more: Stateless<'_>,
    ) -> Result<Vec<Step>, Error> {
        let (challenge, asked) = (read_challenge(challenge)?, more.asked());
        let owner = user_handle.map(read_user_handle).transpose()?;
        let user = owner.as_deref().map_or(User::Discoverable, User::Known);
        // A discoverable authentication has no list.
        let more = Stateless { allow: more.allow.filter(|_| user_handle.is_some()), ..more };
        let expected = self.authenticating(&challenge, user, &asked, more);
        let response = match response::authentication(response) {
            Ok(response) => response,
            Err(error) => return Ok(explain::unreadable_authentication(error).to_vec()),
        };
        let client = self.client_outputs(response.extension_results, &asked);
        let used_appid = client.as_ref().is_ok_and(ClientOutputs::used_appid);
        self.with_authenticating(&expected, used_appid, |rp| {
            let (stored, parts) = (stored(record), assertion_parts(&response));
            let (user, allow) = (expected.user, expected.allow);
            let steps =
                explain::authentication(&rp, expected.challenge, user, allow, &stored, &parts);
            with_client_outputs(steps.to_vec(), "7.2-23", client)
        })
    }
}

/// The client's outputs are judged in the same step as the authenticator's. A mistake of the host's is no step of the person's.
fn with_client_outputs(
    mut steps: Vec<Step>,
    number: &str,
    client: Result<ClientOutputs, Error>,
) -> Result<Vec<Step>, Error> {
    if let Err(error) = client
        && let Some(step) = steps.iter_mut().find(|step| step.number == number)
        && step.verdict.error().is_none()
    {
        step.verdict = Verdict::Failed(error);
    }
    let mut failures = steps.iter().filter_map(|step| step.verdict.error());
    match failures.find(|error| error.kind() == Kind::Config) {
        Some(error) => Err(error),
        None => Ok(steps),
    }
}
