//! What one request demands.

use crate::assurance::Tier;
use crate::error::Error;
use crate::evidence::MethodKinds;
use crate::time::UnixTime;

/// Whether a requirement applies, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applies {
    /// It does.
    Yes,
    /// The policy does not cover the channel.
    ChannelUnaffected,
    /// The person has an exemption that was approved for a reason.
    Exempt,
    /// Enforcement has not begun, and the person was let off until then.
    Waived,
    /// Enforcement has not begun.
    NotYetEnforced,
}

/// `acr` values to ask an identity provider for, separated by single spaces, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcrValues<'a>(&'a str);

impl<'a> AcrValues<'a> {
    /// These values.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for an empty text, one of more than 512 bytes, or one with a character that cannot stand in a
    /// quoted string of an HTTP field (RFC 9110 §5.6.4) without an escape.
    pub fn new(values: &'a str) -> Result<Self, Error> {
        let plain = |byte: u8| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
        let is_value = |value: &str| !value.is_empty() && value.bytes().all(plain);
        let fits = values.len() <= 512 && values.split(' ').all(is_value);
        if fits { Ok(Self(values)) } else { Err(Error::ArgumentValueInvalid) }
    }

    /// The values as text.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }
}

/// What one request demands. Every field's default is the strictest.
#[derive(Clone, Copy, Debug)]
pub struct Requirement<'a> {
    /// The tier that must be reached.
    pub tier: Tier,
    /// How many seconds ago at most it was reached; `None` for any time within the session.
    pub max_age: Option<u64>,
    /// Whether an exemption was approved. Somebody decided so, and the audit says it.
    pub exempt: bool,
    /// Whether the person has a permission that once let them off. It does so only until enforcement begins.
    pub waiver: bool,
    /// When enforcement begins; `None` if it has.
    pub enforced_from: Option<UnixTime>,
    /// Whether the policy covers the channel.
    pub channel_subject: bool,
    /// The kinds of method that the person's client can perform.
    pub client_can: MethodKinds,
    /// `acr` values to ask an identity provider for; `None` for those of the tier.
    pub acr_values: Option<AcrValues<'a>>,
}

impl Requirement<'_> {
    /// This tier, of everybody, now.
    #[must_use]
    pub const fn new(tier: Tier) -> Self {
        Self {
            tier,
            max_age: None,
            exempt: false,
            waiver: false,
            enforced_from: None,
            channel_subject: true,
            client_can: MethodKinds::ALL,
            acr_values: None,
        }
    }

    /// Whether a second factor is demanded.
    #[must_use]
    pub fn demands_more_than_a_password(&self, now: UnixTime) -> bool {
        self.tier > Tier::Weak && self.applies(now) == Applies::Yes
    }

    /// Whether it applies.
    #[must_use]
    pub fn applies(&self, now: UnixTime) -> Applies {
        if !self.channel_subject {
            return Applies::ChannelUnaffected;
        }
        if self.exempt {
            return Applies::Exempt;
        }
        match self.enforced_from {
            Some(from) if now < from && self.waiver => Applies::Waived,
            Some(from) if now < from => Applies::NotYetEnforced,
            _ => Applies::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn a_requirement_applies_to_everybody_and_at_once_unless_it_says_otherwise() {
        let strict = Requirement::new(Tier::Standard);
        assert_eq!(strict.applies(at(0)), Applies::Yes);
        let waived = Requirement { waiver: true, ..strict };
        assert_eq!(waived.applies(at(0)), Applies::Yes, "a waiver lets nobody off any more");
        let dated = Requirement { enforced_from: Some(at(100)), ..strict };
        assert_eq!(dated.applies(at(99)), Applies::NotYetEnforced);
        assert_eq!(dated.applies(at(100)), Applies::Yes);
        let both = Requirement { waiver: true, ..dated };
        assert_eq!((both.applies(at(99)), both.applies(at(100))), (Applies::Waived, Applies::Yes));
        let exempt = Requirement { exempt: true, ..both };
        for now in [0, 99, 100, u64::MAX] {
            assert_eq!(exempt.applies(at(now)), Applies::Exempt);
            let unaffected = Requirement { channel_subject: false, ..exempt };
            assert_eq!(unaffected.applies(at(now)), Applies::ChannelUnaffected);
        }
    }

    #[test]
    fn a_second_factor_is_demanded_where_a_tier_above_weak_applies() {
        for (tier, demanded) in
            [(Tier::Weak, false), (Tier::Standard, true), (Tier::PhishingResistant, true)]
        {
            let requirement = Requirement::new(tier);
            assert_eq!(requirement.demands_more_than_a_password(at(0)), demanded);
            let exempt = Requirement { exempt: true, ..requirement };
            assert!(!exempt.demands_more_than_a_password(at(0)));
        }
    }

    #[test]
    fn acr_values_fit_into_a_header() {
        let takes = |values: &str| AcrValues::new(values).is_ok();
        for values in ["phr", "phr phrh", "urn:a:b https://c/d?e=f#g", "!~[]"] {
            assert!(takes(values), "{values}");
        }
        for values in [
            "",
            " ",
            " a",
            "a ",
            "a  b",
            "a\tb",
            "a\nb",
            "a\r\nSet-Cookie: b",
            "a\"b",
            "a\\b",
            "a\u{7f}",
            "\u{e9}",
            "a\0",
        ] {
            assert!(!takes(values), "{values:?}");
        }
        let (long, longer) = ("x".repeat(512), "x".repeat(513));
        assert!(takes(&long) && !takes(&longer));
    }
}
