//! How long a session lives: arithmetic on three times.
//!
//! NIST SP 800-63B-4 §5.2 (session timeouts). What was proven is stored beside the session as an
//! [`Assessment`](crate::assurance::Assessment); what is demanded is computed at each request. Invariant: no arithmetic overflows; a
//! session that is over stays over. Leaks: nothing secret here.

use crate::error::Error;
use crate::time::{CLOCK_SKEW, UnixTime};

/// How long a session of one kind lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionLimits {
    /// Seconds without activity after which it is over; `None` if activity does not matter.
    pub idle: Option<u64>,
    /// Seconds after which it is over in any case.
    pub lifetime: u64,
}

impl SessionLimits {
    /// A person in a browser: 24 hours, which activity extends up to 10 days.
    pub const WEB: Self = Self { idle: Some(86_400), lifetime: 10 * 86_400 };
    /// A command line: 30 days.
    pub const CLI: Self = Self { idle: None, lifetime: 30 * 86_400 };
    /// An API key of a person with two-factor authentication: 30 days.
    pub const API_KEY: Self = Self { idle: None, lifetime: 30 * 86_400 };

    /// The limits of `web`, `cli` or `api_key`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another name.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "web" => Ok(Self::WEB),
            "cli" => Ok(Self::CLI),
            "api_key" => Ok(Self::API_KEY),
            _ => Err(Error::ArgumentValueInvalid),
        }
    }

    /// The moment at which the session is over: it is good before, and over from then on.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] if it was active before it was created, by more than the clocks of two machines differ.
    pub fn expires_at(&self, created: UnixTime, last_active: UnixTime) -> Result<UnixTime, Error> {
        if last_active.seconds().saturating_add(CLOCK_SKEW) < created.seconds() {
            return Err(Error::ArgumentValueInvalid);
        }
        let last_active = last_active.max(created);
        let end = created.seconds().saturating_add(self.lifetime);
        let idle = self.idle.map(|idle| last_active.seconds().saturating_add(idle));
        Ok(UnixTime::from_seconds(idle.map_or(end, |idle| idle.min(end))))
    }

    /// Counts a request as activity: the new moment at which the session is over. Store the later of `last_active` and `now` as the last
    /// activity.
    ///
    /// # Errors
    ///
    /// [`Error::SessionExpired`] if it is over; [`Error::ArgumentValueInvalid`] if it was active before it was created, or created after
    /// `now`, by more than the clocks of two machines differ.
    ///
    /// # Examples
    ///
    /// ```
    /// use mfakit_core::session::SessionLimits;
    /// use mfakit_core::{Error, UnixTime};
    ///
    /// let at = UnixTime::from_seconds;
    /// let (created, day) = (1_800_000_000, 86_400);
    /// assert!(SessionLimits::WEB.touch(at(created), at(created), at(created + day - 1)).is_ok());
    /// let late = SessionLimits::WEB.touch(at(created), at(created), at(created + day));
    /// assert_eq!(late, Err(Error::SessionExpired));
    /// ```
    pub fn touch(
        &self,
        created: UnixTime,
        last_active: UnixTime,
        now: UnixTime,
    ) -> Result<UnixTime, Error> {
        if created.seconds() > now.seconds().saturating_add(CLOCK_SKEW) {
            return Err(Error::ArgumentValueInvalid);
        }
        if now >= self.expires_at(created, last_active)? {
            return Err(Error::SessionExpired);
        }
        // A clock that went back makes nothing shorter than it was.
        self.expires_at(created, last_active.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: u64 = 1_800_000_000;
    const DAY: u64 = 86_400;

    const fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn a_browsers_session_slides_by_a_day_and_ends_after_ten() {
        let web = SessionLimits::WEB;
        let expires = |active: u64| web.expires_at(at(CREATED), at(CREATED + active));
        assert_eq!(expires(0), Ok(at(CREATED + DAY)));
        assert_eq!(expires(1), Ok(at(CREATED + DAY + 1)));
        assert_eq!(expires(9 * DAY - 1), Ok(at(CREATED + 10 * DAY - 1)));
        assert_eq!(expires(9 * DAY), Ok(at(CREATED + 10 * DAY)));
        assert_eq!(expires(9 * DAY + 1), Ok(at(CREATED + 10 * DAY)));

        let touch =
            |active: u64, now: u64| web.touch(at(CREATED), at(CREATED + active), at(CREATED + now));
        assert_eq!(touch(0, DAY - 1), Ok(at(CREATED + 2 * DAY - 1)));
        assert_eq!(touch(0, DAY), Err(Error::SessionExpired));
        assert_eq!(touch(0, DAY + 1), Err(Error::SessionExpired));
        assert_eq!(touch(10 * DAY - 1, 10 * DAY - 1), Ok(at(CREATED + 10 * DAY)));
        assert_eq!(touch(10 * DAY - 1, 10 * DAY), Err(Error::SessionExpired));
    }

    #[test]
    fn a_person_who_comes_every_day_is_asked_again_after_ten() -> Result<(), Error> {
        let (mut active, mut days) = (at(CREATED), 0);
        let end = loop {
            let now = at(active.seconds() + DAY - 1);
            match SessionLimits::WEB.touch(at(CREATED), active, now) {
                Ok(_) => (active, days) = (now, days + 1),
                Err(error) => break error,
            }
        };
        assert_eq!((end, days), (Error::SessionExpired, 10));
        Ok(())
    }

    #[test]
    fn activity_extends_neither_a_command_line_nor_a_key() {
        for limits in [SessionLimits::CLI, SessionLimits::API_KEY] {
            let expires = |active: u64| limits.expires_at(at(CREATED), at(CREATED + active));
            assert_eq!(expires(0), Ok(at(CREATED + 30 * DAY)));
            assert_eq!(expires(29 * DAY), Ok(at(CREATED + 30 * DAY)));
            let touch = |now: u64| limits.touch(at(CREATED), at(CREATED), at(CREATED + now));
            assert_eq!(touch(30 * DAY - 1), Ok(at(CREATED + 30 * DAY)));
            assert_eq!(touch(30 * DAY), Err(Error::SessionExpired));
        }
    }

    #[test]
    fn clocks_that_differ_and_the_end_of_time_do_no_harm() {
        let web = SessionLimits::WEB;
        // Two machines may differ by CLOCK_SKEW: what seems to be before the beginning is the beginning.
        assert_eq!(web.expires_at(at(CREATED), at(CREATED - CLOCK_SKEW)), Ok(at(CREATED + DAY)));
        let too_early = web.expires_at(at(CREATED), at(CREATED - CLOCK_SKEW - 1));
        assert_eq!(too_early, Err(Error::ArgumentValueInvalid));
        let touch = |created, active, now| web.touch(at(created), at(active), at(now));
        assert_eq!(
            touch(CREATED, CREATED - CLOCK_SKEW - 1, CREATED),
            Err(Error::ArgumentValueInvalid)
        );
        assert_eq!(touch(CREATED, CREATED, CREATED - CLOCK_SKEW), Ok(at(CREATED + DAY)));
        let unborn = touch(CREATED, CREATED, CREATED - CLOCK_SKEW - 1);
        assert_eq!(unborn, Err(Error::ArgumentValueInvalid));
        assert_eq!(touch(CREATED, CREATED + 60, CREATED), Ok(at(CREATED + 60 + DAY)));
        assert_eq!(web.expires_at(at(u64::MAX), at(u64::MAX)), Ok(at(u64::MAX)));
        assert_eq!(touch(0, 0, u64::MAX), Err(Error::SessionExpired));
    }

    #[test]
    fn each_kind_has_its_name() {
        assert_eq!(SessionLimits::from_name("web"), Ok(SessionLimits::WEB));
        assert_eq!(SessionLimits::from_name("cli"), Ok(SessionLimits::CLI));
        assert_eq!(SessionLimits::from_name("api_key"), Ok(SessionLimits::API_KEY));
        assert_eq!(SessionLimits::from_name("Web"), Err(Error::ArgumentValueInvalid));
    }
}
