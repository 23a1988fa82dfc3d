//! How strong a sign-in was: three tiers, in order.
//!
//! The names are those of Salesforce's "Prepare for MFA Enforcement", the first published table of its kind. Leaks: nothing.

use crate::error::Error;

/// How strong a sign-in was. `Weak < Standard < PhishingResistant`.
///
/// Whether anything was recognised at all is beside it, in [`Assessment`](super::Assessment) and
/// [`Classification`](super::Classification): nothing and a password are both [`Tier::Weak`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// A password, a delivered code, or nothing.
    Weak,
    /// A second factor that a phisher in the middle can relay: one-time passwords, push approvals.
    Standard,
    /// A second factor that is bound to the site: WebAuthn.
    PhishingResistant,
}

impl Tier {
    /// Every tier, in order.
    pub const ALL: [Self; 3] = [Self::Weak, Self::Standard, Self::PhishingResistant];

    /// The stable name: `weak`, `standard`, `phishing_resistant`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Standard => "standard",
            Self::PhishingResistant => "phishing_resistant",
        }
    }

    /// The number that a language without ordered enumerations shows: 1, 2, 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Weak => 1,
            Self::Standard => 2,
            Self::PhishingResistant => 3,
        }
    }

    /// The tier of this name.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == name).ok_or(Error::ArgumentValueInvalid)
    }

    /// The tier of this number.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_number(number: u8) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|tier| tier.number() == number);
        found.ok_or(Error::ArgumentValueInvalid)
    }

    /// The two levels that older reports know: `weak` and `strong`.
    #[must_use]
    pub const fn two_level(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Standard | Self::PhishingResistant => "strong",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_strength_and_not_of_the_names() {
        assert!(Tier::Weak < Tier::Standard && Tier::Standard < Tier::PhishingResistant);
        assert!(Tier::PhishingResistant.as_str() < Tier::Weak.as_str());
        assert_eq!(Tier::ALL.map(Tier::number), [1, 2, 3]);
        assert_eq!(Tier::ALL.map(Tier::two_level), ["weak", "strong", "strong"]);
    }

    #[test]
    fn names_and_numbers_are_read_back_and_no_others() {
        for tier in Tier::ALL {
            assert_eq!(Tier::from_name(tier.as_str()), Ok(tier));
            assert_eq!(Tier::from_number(tier.number()), Ok(tier));
        }
        for name in ["", "Weak", "strong", "phishing-resistant", "3"] {
            assert_eq!(Tier::from_name(name), Err(Error::ArgumentValueInvalid), "{name}");
        }
        for number in [0, 4, u8::MAX] {
            assert_eq!(Tier::from_number(number), Err(Error::ArgumentValueInvalid), "{number}");
        }
    }
}
