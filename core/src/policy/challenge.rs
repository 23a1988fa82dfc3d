//! The challenge of a step-up: what an API answers, and a client passes on to its identity provider.
//!
//! [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3).

use super::requirement::AcrValues;
use crate::assurance::Tier;
use core::fmt;

/// The value of a `WWW-Authenticate` field, by [`fmt::Display`].
///
/// # Examples
///
/// ```
/// use mfakit_core::assurance::{Tier, assess};
/// use mfakit_core::policy::{Requirement, decide};
/// use mfakit_core::{Evidence, MethodKind, MethodKinds, UnixTime};
///
/// let now = UnixTime::from_seconds(1_800_000_000);
/// let session = assess(&[Evidence::password(now)], None, now)?;
/// let requirement = Requirement { max_age: Some(300), ..Requirement::new(Tier::PhishingResistant) };
/// let key = MethodKinds::NONE.with(MethodKind::SecurityKey);
/// let decision = decide(&session, &requirement, key, now);
/// assert_eq!(
///     decision.challenge().map(|challenge| challenge.to_string()).unwrap_or_default(),
///     "Bearer error=\"insufficient_user_authentication\", \
///      error_description=\"A stronger or more recent authentication is required\", acr_values=\"phr phrh\", max_age=\"300\""
/// );
/// # Ok::<(), mfakit_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge<'a> {
    acr_values: Option<&'a str>,
    max_age: Option<u64>,
}

impl<'a> Challenge<'a> {
    /// A challenge for a tier. `acr_values` are those that a [`Requirement`](super::Requirement) has checked, in place of the tier's own:
    /// `phr phrh` for a phishing-resistant sign-in. There is no registered value for a standard one.
    pub(super) const fn new(
        tier: Tier,
        acr_values: Option<AcrValues<'a>>,
        max_age: Option<u64>,
    ) -> Self {
        let acr_values = match (acr_values, tier) {
            (Some(values), _) => Some(values.as_str()),
            (None, Tier::PhishingResistant) => Some("phr phrh"),
            (None, _) => None,
        };
        Self { acr_values, max_age }
    }

    /// The `acr_values`, the best first.
    #[must_use]
    pub const fn acr_values(&self) -> Option<&'a str> {
        self.acr_values
    }
    /// The `max_age` in seconds.
    #[must_use]
    pub const fn max_age(&self) -> Option<u64> {
        self.max_age
    }
}

impl fmt::Display for Challenge<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "Bearer error=\"insufficient_user_authentication\", \
             error_description=\"A stronger or more recent authentication is required\"",
        )?;
        if let Some(values) = self.acr_values {
            write!(f, ", acr_values=\"{values}\"")?;
        }
        if let Some(max_age) = self.max_age {
            write!(f, ", max_age=\"{max_age}\"")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_challenge_has_the_values_of_the_host_before_those_of_the_tier() {
        let own = |values| AcrValues::new(values).ok();
        let values = |tier, own| Challenge::new(tier, own, None).acr_values();
        assert_eq!(values(Tier::PhishingResistant, None), Some("phr phrh"));
        assert_eq!(values(Tier::PhishingResistant, own("gold")), Some("gold"));
        assert_eq!(values(Tier::Standard, own("silver")), Some("silver"));
        assert_eq!((values(Tier::Standard, None), values(Tier::Weak, None)), (None, None));
    }

    #[test]
    fn it_is_written_as_rfc_9470_has_it() {
        let head = "Bearer error=\"insufficient_user_authentication\", \
                    error_description=\"A stronger or more recent authentication is required\"";
        let written = |tier, own: Option<&str>, max_age| {
            let own = own.map(|values| AcrValues::new(values).unwrap());
            Challenge::new(tier, own, max_age).to_string()
        };
        assert_eq!(written(Tier::Standard, None, None), head);
        let aged = std::format!("{head}, max_age=\"0\"");
        assert_eq!(written(Tier::Standard, None, Some(0)), aged);
        let both =
            std::format!("{head}, acr_values=\"urn:a urn:b\", max_age=\"18446744073709551615\"");
        assert_eq!(written(Tier::Weak, Some("urn:a urn:b"), Some(u64::MAX)), both);
    }
}
