//! What a change of a person's methods entails, as values for the host to carry out.
//!
//! NIST SP 800-63B-4 §4.6 (notices). Invariant: nothing here removes a method; least of all a new password.

/// How long an API key lives once two-factor authentication is on: 30 days, in seconds.
const API_KEY_SECONDS: u64 = 30 * 86_400;

/// Something to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// End every session of the person but the present one.
    RevokeOtherSessions,
    /// Replace the person's API key by one that lives so many seconds.
    RotateApiKey {
        /// In seconds.
        lifetime: u64,
    },
    /// Tell the person, at an address that was known before, what happened.
    NotifyByEmail,
}

impl Effect {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RevokeOtherSessions => "revoke_other_sessions",
            Self::RotateApiKey { .. } => "rotate_api_key",
            Self::NotifyByEmail => "notify_by_email",
        }
    }
}

/// Something that happened to a person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// The first method was added: two-factor authentication is on.
    MfaEnabled,
    /// Two-factor authentication was turned off.
    MfaDisabled,
    /// Another method was added.
    MethodAdded,
    /// A method was removed.
    MethodRemoved,
    /// An administrator took every method away.
    MethodsDisconnected,
    /// A set of recovery codes was made; an earlier one is void.
    RecoveryCodesReplaced,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A temporary code was issued.
    TemporaryCodeIssued,
    /// The password was changed or reset.
    PasswordChanged,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 9] = [
        Self::MfaEnabled,
        Self::MfaDisabled,
        Self::MethodAdded,
        Self::MethodRemoved,
        Self::MethodsDisconnected,
        Self::RecoveryCodesReplaced,
        Self::RecoveryCodeUsed,
        Self::TemporaryCodeIssued,
        Self::PasswordChanged,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MfaEnabled => "mfa_enabled",
            Self::MfaDisabled => "mfa_disabled",
            Self::MethodAdded => "method_added",
            Self::MethodRemoved => "method_removed",
            Self::MethodsDisconnected => "methods_disconnected",
            Self::RecoveryCodesReplaced => "recovery_codes_replaced",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::TemporaryCodeIssued => "temporary_code_issued",
            Self::PasswordChanged => "password_changed",
        }
    }
}

/// What an event entails, in the order in which to do it.
#[must_use]
pub const fn effects(event: Event) -> &'static [Effect] {
    match event {
        Event::MfaEnabled => &[
            Effect::RevokeOtherSessions,
            Effect::RotateApiKey { lifetime: API_KEY_SECONDS },
            Effect::NotifyByEmail,
        ],
        // What a lost method had opened is closed with it.
        Event::MfaDisabled
        | Event::MethodRemoved
        | Event::MethodsDisconnected
        | Event::PasswordChanged => &[Effect::RevokeOtherSessions, Effect::NotifyByEmail],
        Event::MethodAdded
        | Event::RecoveryCodesReplaced
        | Event::RecoveryCodeUsed
        | Event::TemporaryCodeIssued => &[Effect::NotifyByEmail],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn each_event_entails_its_effects_in_their_order() {
        let (revoke, mail) = ("revoke_other_sessions", "notify_by_email");
        for event in Event::ALL {
            let codes: Vec<_> = effects(event).iter().map(|effect| effect.code()).collect();
            let expected = match event.as_str() {
                "mfa_enabled" => &[revoke, "rotate_api_key", mail][..],
                "mfa_disabled" | "method_removed" | "methods_disconnected" | "password_changed" => {
                    &[revoke, mail]
                }
                "method_added"
                | "recovery_codes_replaced"
                | "recovery_code_used"
                | "temporary_code_issued" => &[mail],
                other => panic!("{other}"),
            };
            assert_eq!(codes, expected, "{}", event.as_str());
        }
        let rotate = Effect::RotateApiKey { lifetime: 30 * 24 * 3600 };
        assert!(effects(Event::MfaEnabled).contains(&rotate));
    }

    #[test]
    fn a_new_password_takes_no_method_away() {
        // There is no effect that could.
        let every: Vec<_> = Event::ALL.into_iter().flat_map(effects).collect();
        assert!(every.iter().all(|effect| {
            matches!(
                effect,
                Effect::RevokeOtherSessions | Effect::RotateApiKey { .. } | Effect::NotifyByEmail
            )
        }));
        assert_eq!(
            effects(Event::PasswordChanged),
            [Effect::RevokeOtherSessions, Effect::NotifyByEmail]
        );
    }
}
