//! How long a session lives, with the host's clock. The arithmetic is core's.

use crate::time::or_clock;
use mfakit_core::session::SessionLimits;
use mfakit_core::{Error, UnixTime};

/// The moment at which a session is over: it is good before, and over from then on. `kind` is `web` (24 hours, which activity extends
/// up to 10 days), `cli` or `api_key` (30 days each).
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for another kind, or if it was active more than a few seconds before it was created;
/// [`Error::TimeInvalid`].
///
/// # Examples
///
/// ```
/// use mfakit::{UnixTime, session_expires_at};
/// let created = UnixTime::from_seconds(1_800_000_000);
/// let active = UnixTime::from_seconds(1_800_000_000 + 9 * 86_400 + 43_200);
/// assert_eq!(session_expires_at("web", created, Some(active))?.seconds(), 1_800_000_000 + 10 * 86_400);
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn session_expires_at(
    kind: &str,
    created: UnixTime,
    last_active: Option<UnixTime>,
) -> Result<UnixTime, Error> {
    let (created, last_active) = times(created, last_active.unwrap_or(created))?;
    SessionLimits::from_name(kind)?.expires_at(created, last_active)
}

/// Counts a request as activity: the new moment at which the session is over. Store the later of `last_active` and `now` as the last
/// activity.
///
/// # Errors
///
/// [`Error::SessionExpired`] if it is over; those of [`session_expires_at`]; [`Error::TimeInvalid`].
pub fn touch_session(
    kind: &str,
    created: UnixTime,
    last_active: UnixTime,
    now: Option<UnixTime>,
) -> Result<UnixTime, Error> {
    let (created, last_active) = times(created, last_active)?;
    SessionLimits::from_name(kind)?.touch(created, last_active, or_clock(now)?)
}

/// What a host stored is a host's time too.
fn times(created: UnixTime, last_active: UnixTime) -> Result<(UnixTime, UnixTime), Error> {
    Ok((or_clock(Some(created))?, or_clock(Some(last_active))?))
}
