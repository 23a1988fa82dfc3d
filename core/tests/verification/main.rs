//! The tests that judge a mutant of the core (`just mutants`): the conformance vectors, and what no vector can say. One
//! program, because each mutant builds and links it anew.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests may panic"
)]

mod properties;
mod support;
mod vectors;
