//! One-time passwords as the RFCs print them, and the verification rules of docs/otp as a plain model.
//!
//! The model reads the rules off the page with sets of steps and 128-bit numbers: slow, and nothing like the
//! constant-time scan that it judges.

use hmac::{Hmac, KeyInit, Mac};

/// An HMAC hash of RFC 4226 and RFC 6238.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The name that the vectors use.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The RFC 6238 reference seed: the digits 1234567890 repeated up to the hash's length.
    pub(crate) fn rfc6238_seed(self) -> Vec<u8> {
        let len = match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        };
        b"1234567890".iter().copied().cycle().take(len).collect()
    }
}

/// HMAC (RFC 2104).
pub(crate) fn mac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    macro_rules! with {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key).expect("any key length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match algorithm {
        Algorithm::Sha1 => with!(sha1::Sha1),
        Algorithm::Sha256 => with!(sha2::Sha256),
        Algorithm::Sha512 => with!(sha2::Sha512),
    }
}

/// RFC 4226 §5.3: the offset and the 31-bit number.
pub(crate) fn truncate(mac: &[u8]) -> (usize, u32) {
    let offset = usize::from(mac[mac.len() - 1] & 0xf);
    let word: [u8; 4] = mac[offset..offset + 4].try_into().expect("four bytes");
    (offset, u32::from_be_bytes(word) & 0x7fff_ffff)
}

/// The number's last `digits` digits.
pub(crate) fn digits_of(number: u32, digits: u32) -> String {
    let width = usize::try_from(digits).expect("small");
    format!("{:0width$}", u64::from(number) % 10_u64.pow(digits))
}

const STEAM: u32 = 5;
const STEAM_SYMBOLS: &str = "23456789BCDFGHJKMNPQRTVWXY";

/// Steam: the number in base 26, the lowest place first.
fn symbols_of(number: u32) -> String {
    let places = std::iter::successors(Some(number), |rest| Some(rest / 26)).take(5);
    let symbol =
        |place: u32| STEAM_SYMBOLS.chars().nth(usize::try_from(place % 26).expect("small"));
    places.filter_map(symbol).collect()
}

/// A secret with its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Otp {
    pub(crate) secret: Vec<u8>,
    pub(crate) algorithm: Algorithm,
    pub(crate) digits: u32,
}

impl Otp {
    /// The RFC 4226 key with SHA-1 and six digits.
    pub(crate) fn rfc4226() -> Self {
        Self { secret: b"12345678901234567890".to_vec(), algorithm: Algorithm::Sha1, digits: 6 }
    }

    /// The RFC 6238 seed of a hash.
    pub(crate) fn rfc6238(algorithm: Algorithm, digits: u32) -> Self {
        Self { secret: algorithm.rfc6238_seed(), algorithm, digits }
    }

    /// The RFC 4226 key behind Steam's symbols. No other code has five.
    pub(crate) fn steam() -> Self {
        Self { digits: STEAM, ..Self::rfc4226() }
    }

    /// The code of a counter or step.
    pub(crate) fn code(&self, counter: u64) -> String {
        let mac = mac(self.algorithm, &self.secret, &counter.to_be_bytes());
        let number = truncate(&mac).1;
        if self.digits == STEAM { symbols_of(number) } else { digits_of(number, self.digits) }
    }

    /// The digits (or Steam's symbols) of a typed code, if it is one.
    fn normalised(&self, typed: &str) -> Result<String, &'static str> {
        let code: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let wanted = usize::try_from(self.digits).expect("small");
        let (code, alphabet) = match self.digits {
            STEAM => (code.to_ascii_uppercase(), STEAM_SYMBOLS),
            _ => (code, "0123456789"),
        };
        if typed.len() <= 64 && code.len() == wanted && code.chars().all(|c| alphabet.contains(c)) {
            Ok(code)
        } else {
            Err("otp_malformed")
        }
    }

    /// The counters within `range`, as far as they exist, whose code is `code`, in ascending order.
    fn matching(&self, code: &str, range: std::ops::RangeInclusive<i128>) -> Vec<u64> {
        range.filter_map(|n| u64::try_from(n).ok()).filter(|n| self.code(*n) == code).collect()
    }

    /// HOTP: the matched counter.
    pub(crate) fn verify_hotp(
        &self,
        typed: &str,
        counter: u64,
        look_ahead: u64,
    ) -> Result<u64, &'static str> {
        if look_ahead > 100 {
            return Err("window_too_large");
        }
        let code = self.normalised(typed)?;
        let first = i128::from(counter);
        if !self.matching(&code, first - 1..=first - 1).is_empty() {
            return Err("otp_replayed");
        }
        match self.matching(&code, first..=first + i128::from(look_ahead)).first() {
            Some(&u64::MAX) => Err("otp_counter_exhausted"),
            Some(matched) => Ok(*matched),
            None => Err("otp_rejected"),
        }
    }

    /// HOTP resynchronisation: the counter that the first of two consecutive codes belongs to.
    pub(crate) fn resync(
        &self,
        first: &str,
        second: &str,
        counter: u64,
        look_ahead: u64,
    ) -> Result<u64, &'static str> {
        if look_ahead > 1000 {
            return Err("window_too_large");
        }
        let (first, second) = (self.normalised(first)?, self.normalised(second)?);
        let start = i128::from(counter);
        if !self.matching(&first, start - 1..=start - 1).is_empty() {
            return Err("otp_replayed");
        }
        let matched = self
            .matching(&first, start..=start + i128::from(look_ahead))
            .into_iter()
            .find(|n| n.checked_add(1).is_some_and(|next| self.code(next) == second));
        match matched {
            Some(n) if n.checked_add(2).is_none() => Err("otp_counter_exhausted"),
            Some(n) => Ok(n),
            None => Err("otp_rejected"),
        }
    }

    /// TOTP: the matched step.
    pub(crate) fn verify_totp(&self, typed: &str, window: &Window) -> Result<u64, &'static str> {
        if window.past > 10 || window.future > 10 || window.drift.abs() > 10 {
            return Err("window_too_large");
        }
        let code = self.normalised(typed)?;
        let (past, future) = (i128::from(window.past), i128::from(window.future));
        let drift = i128::from(window.drift);
        // The whole window moves, and stays within ten steps of now.
        let centre = i128::from(window.now) + drift.clamp(past - 10, 10 - future);
        let centre = centre.clamp(0, u64::MAX.into());
        let last = window.last.map_or(-1, i128::from);
        let candidates = self.matching(&code, (last + 1).max(centre - past)..=centre + future);
        let burnt =
            self.matching(&code, centre - past - (past + future + 1)..=last.min(centre + future));
        match (candidates.last(), burnt.is_empty()) {
            (_, false) => Err("otp_replayed"),
            (Some(step), true) => Ok(*step),
            (None, true) => Err("otp_rejected"),
        }
    }
}

/// What a TOTP code is judged against, in steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) now: u64,
    pub(crate) past: u64,
    pub(crate) future: u64,
    pub(crate) last: Option<u64>,
    /// Steps by which the other clock is ahead.
    pub(crate) drift: i64,
}
