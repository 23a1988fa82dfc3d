//! Policy: who must prove what, and what happens otherwise.
//!
//! A [`Requirement`] is what one request demands; a [`PolicyProfile`] is a published enforcement as versioned data, which makes the
//! requirement of a person and a channel. [`decide`] compares it with what was proven. All are pure functions, computed at each request:
//! a person who becomes an administrator at noon is asked for more at noon. Leaks: nothing secret here.

mod challenge;
mod decision;
mod effects;
mod methods;
mod profile;
mod requirement;

pub use challenge::Challenge;
pub use decision::{Decision, DecisionReason, Standing, decide};
pub use effects::{Effect, Event, effects};
pub use methods::{
    Advice, Removal, RemovalReason, advice, can_disable, can_remove, choices, eligible, enrollable,
    grandfathered, tier_of,
};
pub use profile::{Person, PolicyProfile};
pub use requirement::{AcrValues, Applies, Requirement};
