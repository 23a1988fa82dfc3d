//! WebAuthn Level 3: registrations (§7.1) and assertions (§7.2), verified step by step.
//!
//! <https://www.w3.org/TR/webauthn-3/>. All but the state key and the enumeration key is public data: nothing
//! else runs in constant time, nothing needs to.

pub mod assertion;
pub mod attestation;
pub mod auth_data;
pub mod client_data;
mod enumeration_key;
pub mod explain;
pub mod extensions;
pub mod registration;
mod relying_party;
mod state_key;

pub use enumeration_key::EnumerationKey;
pub use relying_party::{
    BackupPolicy, CounterPolicy, CrossOrigin, RelyingParty, UserPresence, UserVerification,
    is_web_origin,
};
pub use state_key::StateKey;
