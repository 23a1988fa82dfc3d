//! What a case gets: a secret that valgrind follows, and what is public about it.

use crate::valgrind;
use mfakit_core::codes::recovery::{
    RANDOM_SYMBOLS, RecoveryCode, RecoveryRecord, RecoveryVerified, verify, write_record,
};
use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::totp::Totp;
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::{Error, OtpSecret, Pepper, Peppers, Period, UnixTime};
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

/// A set of recovery codes with its record, made in public.
pub(crate) struct RecoverySetup {
    pepper: Option<Vec<u8>>,
    record: String,
}

impl RecoverySetup {
    /// The codes in a set.
    pub(crate) const COUNT: u8 = 4;
    const USER: &[u8] = b"user-0001";
    const PEPPER_ID: &str = "2026-05";

    /// Without a pepper, and with the shortest and the longest.
    pub(crate) fn all() -> Vec<Self> {
        [None, Some(vec![0x5a; Pepper::MIN]), Some(vec![0xa5; Pepper::MAX])].map(Self::new).into()
    }

    fn new(pepper: Option<Vec<u8>>) -> Self {
        let mut setup = Self { pepper, record: String::new() };
        let made = setup.pepper.as_deref().map(|bytes| Pepper::new(bytes).expect("32 to 64 bytes"));
        let codes: Vec<RecoveryCode> = (0..Self::COUNT).map(|slot| Self::made(slot, 1)).collect();
        let pepper = made.as_ref().map(|pepper| (Self::PEPPER_ID, pepper));
        write_record(&mut setup.record, Self::USER, &[9; 16], pepper, &codes).expect("a set");
        setup
    }

    fn made(slot: u8, seed: u8) -> RecoveryCode {
        let entropy: [u8; RANDOM_SYMBOLS] =
            std::array::from_fn(|i| seed.wrapping_mul(i as u8 + 1).wrapping_add(slot) & 31);
        RecoveryCode::new(slot, &entropy).expect("a slot")
    }

    /// The code of a slot.
    pub(crate) fn code(&self, slot: u8) -> String {
        Self::made(slot, 1).expose().as_str().to_owned()
    }

    /// A well-formed code of the slot that is not the set's.
    pub(crate) fn other_code(&self, slot: u8) -> String {
        Self::made(slot, 3).expose().as_str().to_owned()
    }

    /// Verifies a code under the pepper, every byte of which is secret to valgrind.
    pub(crate) fn verify(&self, code: &[u8], used: u32) -> Result<RecoveryVerified, Error> {
        let record = RecoveryRecord::parse(black_box(&self.record))?;
        let user = black_box(Self::USER);
        let Some(bytes) = &self.pepper else { return verify(code, user, &record, used, None) };
        let mut bytes = black_box(bytes.clone());
        valgrind::make_secret(&mut bytes);
        let pepper = Pepper::new(black_box(&bytes))?;
        let keys = [(Self::PEPPER_ID, &pepper)];
        let peppers = Peppers::new(&keys, Self::PEPPER_ID)?;
        verify(code, user, &record, used, Some(&peppers))
    }
}
