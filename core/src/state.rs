//! What the host stores.
//!
//! Invariant: a proof becomes [`Evidence`](crate::Evidence) only through a compare-and-set that changed exactly one row; so a login cannot
//! skip its compare-and-set, and a replay dies in the database.

use crate::error::Error;

/// A compare-and-set for the host: store `next` where the stored value still is `prev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transition<S> {
    /// The value that the caller passed in, verbatim; `None` where nothing is stored yet (SQL `NULL`).
    pub prev: Option<S>,
    /// The value to store.
    pub next: S,
}

/// Checks the row count of a compare-and-set.
///
/// # Errors
///
/// [`Error::StateConflict`] unless exactly one row changed.
pub const fn require_one_row(rows: u64) -> Result<(), Error> {
    if rows == 1 { Ok(()) } else { Err(Error::StateConflict) }
}
