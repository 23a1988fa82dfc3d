//! Time as an argument: Unix seconds, the period of a TOTP code, and the step they give.
//!
//! RFC 6238 §4.2: T = (time − T0) / period, rounded down. Invariant: no arithmetic here can overflow or wrap.

use crate::error::Error;

/// How many seconds the clocks of a host's machines may differ by.
pub const CLOCK_SKEW: u64 = 5;

/// A moment in whole Unix seconds. Every `u64` is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

/// The length of a TOTP step: 1 to 3600 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period(core::num::NonZeroU16);

impl Period {
    /// The usual 30 seconds.
    pub const THIRTY_SECONDS: Self = match core::num::NonZeroU16::new(30) {
        Some(n) => Self(n),
        None => Self(core::num::NonZeroU16::MIN),
    };

    /// A period of 1 to 3600 seconds.
    ///
    /// # Errors
    ///
    /// [`Error::PeriodInvalid`].
    pub fn from_seconds(seconds: u64) -> Result<Self, Error> {
        match u16::try_from(seconds).ok().and_then(core::num::NonZeroU16::new) {
            Some(n) if n.get() <= 3600 => Ok(Self(n)),
            _ => Err(Error::PeriodInvalid),
        }
    }

    /// The period in seconds.
    #[must_use]
    pub const fn seconds(self) -> u16 {
        self.0.get()
    }
}

/// The quotient, rounded down, in four steps of a short division to the base of 2^16: no microcontroller divides 64 bits, and the routine
/// for it is larger than much of what else a code takes.
#[cfg(feature = "otp")]
fn divide(number: u64, divisor: core::num::NonZeroU16) -> u64 {
    let (mut quotient, mut rest) = (0, 0);
    for shift in [48, 32, 16, 0_u32] {
        let [.., high, low] = (number >> shift).to_be_bytes();
        // The rest is below the divisor, so the quotient of this step has 16 bits.
        let part = rest << 16 | u32::from(u16::from_be_bytes([high, low]));
        let divisor = core::num::NonZeroU32::from(divisor);
        quotient = quotient << 16 | u64::from(part / divisor);
        rest = part % divisor;
    }
    quotient
}

/// The number of a TOTP time step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(u64);

impl Step {
    /// The step with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The step of a moment.
    ///
    /// # Errors
    ///
    /// [`Error::TimeBeforeT0`] if `now` is before `t0`.
    #[cfg(feature = "otp")]
    pub(crate) fn at(now: UnixTime, t0: UnixTime, period: Period) -> Result<Self, Error> {
        let elapsed = now.0.checked_sub(t0.0).ok_or(Error::TimeBeforeT0)?;
        Ok(Self(divide(elapsed, period.0)))
    }

    /// The step's number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

#[cfg(all(test, feature = "otp"))]
mod tests {
    use super::*;

    #[test]
    fn the_short_division_is_division() {
        for divisor in [1, 2, 7, 30, 255, 256, 3599, 3600, u16::MAX] {
            let by = core::num::NonZeroU16::new(divisor).unwrap();
            for shift in 0..64 {
                for number in [u64::MAX >> shift, (u64::MAX >> shift) / 3, 1 << shift] {
                    for near in [number.saturating_sub(1), number, number.saturating_add(1)] {
                        assert_eq!(divide(near, by), near / u64::from(divisor), "{near} {by}");
                    }
                }
            }
        }
    }
}
