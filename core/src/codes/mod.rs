//! Codes for when no authenticator is at hand.

pub mod recovery;
