//! Assurance: from what was proven, or what an identity provider said, to a tier.
//!
//! Two roads that never mix: a direct sign-in is judged by its methods ([`assess()`], over [`Evidence`](crate::Evidence)), a sign-in through
//! an identity provider by its claims ([`classify()`], over a [`Profile`], which is versioned data). The published tables of the two
//! differ: `webauthn` as a claim is standard, WebAuthn as a method is phishing-resistant.

pub mod amr;
mod assess;
mod classify;
mod lint;
mod profile;
mod tier;

pub(crate) use assess::is_recent;
pub use assess::{Assessment, Factors, MethodReason, Proven, assess};
pub use classify::{Claim, Claims, Classification, Finding, Outcome, Source, classify};
pub use lint::Warning;
pub use profile::{Combine, Factor, MAX_PROFILE, Profile};
pub(crate) use profile::{keeps_ids, name, only_members, tier as tier_named};
pub use tier::Tier;
