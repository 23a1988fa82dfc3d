//! The host's clock, and the host's numbers for a time.

#[cfg(any(feature = "assurance", feature = "border"))]
use mfakit_core::encoding::json::Value;
use mfakit_core::{Error, UnixTime};

/// Above this a number is taken for milliseconds and refused: in seconds it lies past the year 5138.
const MAX_SECONDS: u64 = 100_000_000_000;

/// A host's time in Unix seconds, whole or fractional (rounded down).
///
/// # Errors
///
/// [`Error::TimeInvalid`] for negative, infinite and NaN values and for those above 1e11, which are milliseconds.
///
/// # Examples
///
/// ```
/// assert_eq!(mfakit::host_time(59.9)?.seconds(), 59);
/// assert!(mfakit::host_time(1_800_000_000_000.0).is_err());
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn host_time(seconds: f64) -> Result<UnixTime, Error> {
    if !(0.0..=MAX_SECONDS as f64).contains(&seconds) {
        return Err(Error::TimeInvalid);
    }
    // In range: the cast rounds toward zero, which is down.
    Ok(UnixTime::from_seconds(seconds as u64))
}

/// [`host_time`] of a number in JSON text; `None` if the value is no number.
#[cfg(any(feature = "assurance", feature = "border"))]
pub(crate) fn json_time(value: Value<'_>) -> Option<Result<UnixTime, Error>> {
    value.is_number().then(|| match value.as_rounded_down() {
        Some((MAX_SECONDS, true)) => Ok(UnixTime::from_seconds(MAX_SECONDS)),
        Some((seconds, _)) if seconds < MAX_SECONDS => Ok(UnixTime::from_seconds(seconds)),
        _ => Err(Error::TimeInvalid),
    })
}

/// The time given, checked as a host's; the host's clock if there is none.
pub(crate) fn or_clock(now: Option<UnixTime>) -> Result<UnixTime, Error> {
    match now {
        Some(now) if now.seconds() > MAX_SECONDS => Err(Error::TimeInvalid),
        Some(now) => Ok(now),
        None => clock(),
    }
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
fn clock() -> Result<UnixTime, Error> {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_err(|_| Error::TimeInvalid)?;
    Ok(UnixTime::from_seconds(since.as_secs()))
}

/// This target has no clock; its host passes the time.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
fn clock() -> Result<UnixTime, Error> {
    Err(Error::TimeInvalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_pass_seconds() {
        for bad in [-1.0, -0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.000_000_1e11, 1.7e12]
        {
            assert_eq!(host_time(bad), Err(Error::TimeInvalid), "{bad}");
        }
        assert_eq!(host_time(1e11).map(UnixTime::seconds), Ok(100_000_000_000));
        #[cfg(any(feature = "assurance", feature = "border"))]
        for text in [
            "-1",
            "-0.5",
            "-0",
            "0",
            "59.9",
            "1.5e3",
            "99999999999.5",
            "1e11",
            "100000000000.5",
            "17e11",
            "1e300",
        ] {
            let value = mfakit_core::encoding::json::read_all(text.as_bytes());
            let number = text.parse().unwrap_or(f64::NAN);
            assert_eq!(value.ok().and_then(json_time), Some(host_time(number)), "{text}");
        }
        assert_eq!(
            or_clock(Some(UnixTime::from_seconds(100_000_000_001))),
            Err(Error::TimeInvalid)
        );
        assert!(or_clock(None).is_ok_and(|now| now.seconds() > 1_700_000_000));
    }
}
