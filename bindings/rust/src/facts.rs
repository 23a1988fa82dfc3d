//! What is known of a proof, as JSON: within a stored assessment, and from a commit to the evidence that it makes.
//!
//! Invariant: what is written is read back; a fact that only an authenticator can give is taken from no other kind. Leaks: nothing
//! secret here.

use crate::json::{self, Object};
use mfakit_core::{Facts, UnixTime, VerifiedBy};
#[cfg(feature = "assurance")]
use mfakit_core::{MethodKind, encoding::json as reader};

const TOLD: [(VerifiedBy, &str); 3] =
    [(VerifiedBy::PIN, "pin"), (VerifiedBy::FINGERPRINT, "fpt"), (VerifiedBy::FACE, "face")];

/// What is known of a proof, as a JSON object. Members that say nothing are left out.
pub(crate) fn write_facts(facts: &Facts, at: Option<UnixTime>) -> String {
    let mut object = Object::new().string("kind", facts.kind.as_str());
    if let Some(at) = at {
        object = object.number("at", at.seconds());
    }
    let flags = [
        ("userVerified", facts.user_verified),
        ("hardware", facts.hardware),
        ("backupEligible", facts.backup_eligible),
    ];
    for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
        object = object.bool(name, true);
    }
    if !facts.verified_by.is_unknown() {
        let told = TOLD.into_iter().filter(|(by, _)| facts.verified_by.contains(*by));
        object = object.array("verifiedBy", told.map(|(_, name)| json::quoted(name)));
    }
    object.end()
}

/// What [`write_facts`] wrote. A fact that only an authenticator can give is taken from no other kind.
#[cfg(feature = "assurance")]
pub(crate) fn read_facts(value: reader::Value<'_>) -> Option<(Facts, Option<UnixTime>)> {
    let names = ["kind", "at", "userVerified", "hardware", "backupEligible", "verifiedBy"];
    let [kind, at, user_verified, hardware, backup_eligible, told] =
        value.members(names).ok().flatten()?;
    let flag = |member: Option<reader::Value<'_>>| match member {
        None => Some(false),
        Some(value) => value.as_bool(),
    };
    let mut verified_by = VerifiedBy::UNKNOWN;
    if let Some(told) = told {
        for name in told.as_array()? {
            let name = json::text(Some(name))?;
            verified_by = verified_by.or(TOLD.iter().find(|(_, known)| *known == name)?.0);
        }
    }
    let facts = Facts {
        kind: MethodKind::from_name(&json::text(kind)?).ok()?,
        user_verified: flag(user_verified)?,
        verified_by,
        hardware: flag(hardware)?,
        backup_eligible: flag(backup_eligible)?,
    };
    let at = match at {
        None => None,
        Some(value) => Some(UnixTime::from_seconds(value.as_u64()?)),
    };
    let plain = facts == Facts::of(facts.kind);
    let told_without = !facts.user_verified && !facts.verified_by.is_unknown();
    let sound = (plain || facts.kind.is_webauthn()) && !told_without;
    sound.then_some((facts, at))
}
