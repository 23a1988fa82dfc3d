//! Authentication method reference values: what the IANA registry knows, and the set that an assessment emits.
//!
//! [RFC 8176 §2](https://www.rfc-editor.org/rfc/rfc8176#section-2), and `pop` of OpenID EAP ACR Values 1.0 §4. Values are case-sensitive.
//! Leaks: nothing.

/// The registry: value and description.
pub const REGISTERED: [(&str, &str); 21] = [
    ("face", "Facial recognition"),
    ("fpt", "Fingerprint biometric"),
    ("geo", "Geolocation"),
    ("hwk", "Proof-of-possession of a hardware-secured key"),
    ("iris", "Iris scan biometric"),
    ("kba", "Knowledge-based authentication"),
    ("mca", "Multiple-channel authentication"),
    ("mfa", "Multiple-factor authentication"),
    ("otp", "One-time password"),
    ("pin", "Personal Identification Number or pattern"),
    ("pop", "Proof-of-possession of a key"),
    ("pwd", "Password-based authentication"),
    ("rba", "Risk-based authentication"),
    ("retina", "Retina scan biometric"),
    ("sc", "Smart card"),
    ("sms", "Confirmation using SMS"),
    ("swk", "Proof-of-possession of a software-secured key"),
    ("tel", "Confirmation by telephone call"),
    ("user", "User presence test"),
    ("vbm", "Voice biometric"),
    ("wia", "Windows integrated authentication"),
];

/// What the registry says of a value; `None` if it does not know it.
#[must_use]
pub fn description(value: &str) -> Option<&'static str> {
    REGISTERED.iter().find(|(name, _)| *name == value).map(|(_, text)| *text)
}

/// The values that an assessment emits, in the order in which they are written.
pub(super) const EMITTED: [&str; 12] =
    ["pwd", "otp", "sms", "tel", "mca", "pin", "fpt", "face", "user", "pop", "hwk", "mfa"];

/// A set of emitted values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AmrSet(u16);

impl AmrSet {
    /// The set with one more value. What is not among those emitted changes nothing.
    pub(super) fn with(self, value: &str) -> Self {
        let bits = EMITTED.iter().zip(0_u32..).filter(|(name, _)| **name == value);
        Self(bits.fold(self.0, |all, (_, at)| all | 1_u16.checked_shl(at).unwrap_or(0)))
    }

    /// The values.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        let named = EMITTED.into_iter().zip(0_u32..);
        named.filter(move |(_, at)| self.0.checked_shr(*at).unwrap_or(0) & 1 == 1).map(|(v, _)| v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_registry_has_each_value_once_and_is_case_sensitive() {
        for (at, (value, text)) in REGISTERED.iter().enumerate() {
            assert!(REGISTERED[..at].iter().all(|(other, _)| other < value), "{value}");
            assert_eq!(description(value), Some(*text));
            assert_eq!(description(&value.to_uppercase()), None);
        }
        for value in ["", "fido", "webauthn", "passkey", " otp", "email"] {
            assert_eq!(description(value), None, "{value}");
        }
    }

    #[test]
    fn what_is_emitted_is_registered_and_written_in_one_order() {
        for value in EMITTED {
            assert!(description(value).is_some(), "{value}");
            let only: Vec<_> = AmrSet::default().with(value).with(value).iter().collect();
            assert_eq!(only, [value]);
        }
        let all = EMITTED.into_iter().rev().fold(AmrSet::default(), AmrSet::with);
        assert_eq!(all.iter().collect::<Vec<_>>(), EMITTED);
        assert_eq!(AmrSet::default().with("swk"), AmrSet::default());
    }
}
