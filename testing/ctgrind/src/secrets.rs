//! What a case gets: a secret that valgrind follows, and what is public about it.

use crate::valgrind;
use mfakit_core::OtpSecret;
use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::totp::Totp;
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Period, UnixTime};
use std::hint::black_box;

/// As long as the block of SHA-512: the longest secret that core takes.
const LONG: &[u8; 128] = &[0x5a; 128];
/// The secret of RFC 4226 Appendix D.
const SHORT: &[u8; 20] = b"12345678901234567890";

/// The secrets of a case: the usual length, and the longest.
pub(crate) const BYTES: [&[u8]; 2] = [SHORT, LONG];
pub(crate) const ALGORITHMS: [HashAlgorithm; 3] =
    [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512];

/// Opaque to the optimiser, so that it cannot work a result out while it compiles.
pub(crate) fn public_secret(bytes: &[u8]) -> OtpSecret {
    OtpSecret::new(black_box(bytes)).expect("16 to 128 bytes")
}

/// The same secret, every byte of it secret to valgrind.
pub(crate) fn hidden_secret(bytes: &[u8]) -> OtpSecret {
    let mut bytes = black_box(bytes).to_vec();
    valgrind::make_secret(&mut bytes);
    OtpSecret::new(black_box(&bytes)).expect("16 to 128 bytes")
}

/// One configuration of an authenticator, with its codes computed in public.
pub(crate) struct Setup {
    bytes: &'static [u8],
    algorithm: HashAlgorithm,
    digits: Digits,
}

impl Setup {
    /// Every hash, length of secret and number of digits that HOTP takes.
    pub(crate) fn hotp_setups() -> Vec<Self> {
        Self::with(&[6, 7, 8], &[Digits::TEN])
    }

    /// The same for TOTP, which has no ten digits.
    pub(crate) fn totp_setups() -> Vec<Self> {
        Self::with(&[6, 7, 8], &[])
    }

    fn with(digits: &[u64], more: &[Digits]) -> Vec<Self> {
        let digits: Vec<Digits> = digits
            .iter()
            .map(|&n| Digits::new(n).expect("6 to 8"))
            .chain(more.iter().copied())
            .collect();
        let mut all = Vec::new();
        for (bytes, algorithm) in BYTES.into_iter().flat_map(|b| ALGORITHMS.map(|a| (b, a))) {
            all.extend(digits.iter().map(|&digits| Self { bytes, algorithm, digits }));
        }
        all
    }

    pub(crate) fn hotp(&self) -> Hotp {
        Hotp::new(&hidden_secret(self.bytes), black_box(self.algorithm), black_box(self.digits))
            .expect("HMAC takes any key")
    }

    pub(crate) fn totp(&self) -> Totp {
        let secret = hidden_secret(self.bytes);
        let period = black_box(Period::THIRTY_SECONDS);
        Totp::new(&secret, black_box(self.algorithm), black_box(self.digits), period)
            .expect("6 to 8 digits")
            .with_t0(black_box(UnixTime::from_seconds(0)))
    }

    /// The code that the owner of the secret reads at this counter: to the server it is public once it was sent.
    pub(crate) fn code(&self, counter: u64) -> String {
        Hotp::new(&public_secret(self.bytes), self.algorithm, self.digits)
            .expect("HMAC takes any key")
            .code_at(counter)
            .expose()
            .to_owned()
    }

    /// A code of the right length that belongs to none of these counters.
    pub(crate) fn other_code(&self, counters: std::ops::RangeInclusive<u64>) -> String {
        let taken: Vec<String> = counters.map(|counter| self.code(counter)).collect();
        let width = usize::from(self.digits.get());
        (0..)
            .map(|n: u32| format!("{n:0width$}"))
            .find(|code| !taken.contains(code))
            .expect("more codes than counters")
    }
}
