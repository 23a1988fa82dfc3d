//! What a case gets: a secret that valgrind follows, and what is public about it.

use crate::valgrind;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{
    Format, RecoveryCode, RecoveryRecord, RecoveryVerified, verify, write_record,
};
use mfakit_core::codes::temporary::{
    Issue, TemporaryCode, TemporaryKind, TemporaryRecord, issue as issue_code,
    verify as verify_temporary,
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

    /// The same for TOTP, which has no ten digits, and has Steam's symbols with SHA-1.
    pub(crate) fn totp_setups() -> Vec<Self> {
        let steam = |bytes| Self { bytes, algorithm: HashAlgorithm::Sha1, digits: Digits::STEAM };
        let mut all = Self::with(&[6, 7, 8], &[]);
        all.extend(BYTES.map(steam));
        all
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
        self.totp_of(&hidden_secret(self.bytes))
    }

    fn totp_of(&self, secret: &OtpSecret) -> Totp {
        let period = black_box(Period::THIRTY_SECONDS);
        Totp::new(secret, black_box(self.algorithm), black_box(self.digits), period)
            .expect("6 to 8 digits, or Steam's symbols")
            .with_t0(black_box(UnixTime::from_seconds(0)))
    }

    /// The code that the owner of the secret reads at this counter: to the server it is public once it was sent.
    pub(crate) fn code(&self, counter: u64) -> String {
        if self.digits == Digits::STEAM {
            let now = UnixTime::from_seconds(counter * 30);
            let totp = self.totp_of(&public_secret(self.bytes));
            return totp.code_at(now).expect("after T0").expose().to_owned();
        }
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
        let steam = |n: u32| char::from(b"23456789BC"[n as usize % 10]);
        (0..10)
            .map(|n| match self.digits {
                Digits::STEAM => String::from_iter([steam(n); 5]),
                _ => format!("{n:0width$}"),
            })
            .find(|code| !taken.contains(code))
            .expect("more codes than counters")
    }
}

/// The pepper of codes, if there is one.
type PepperBytes = Option<Vec<u8>>;

/// Without a pepper, and with the shortest and the longest.
fn pepper_choices() -> [PepperBytes; 3] {
    [None, Some(vec![0x5a; Pepper::MIN]), Some(vec![0xa5; Pepper::MAX])]
}

const USER: &[u8] = b"user-0001";
const PEPPER_ID: &str = "2026-05";

/// Runs with the pepper as it is.
fn with_public<T>(bytes: &PepperBytes, run: impl FnOnce(Option<(&str, &Pepper)>) -> T) -> T {
    let pepper = bytes.as_deref().map(|bytes| Pepper::new(bytes).expect("32 to 64 bytes"));
    run(pepper.as_ref().map(|pepper| (PEPPER_ID, pepper)))
}

/// Runs with the pepper, every byte of which is secret to valgrind.
fn with_hidden<T>(bytes: &PepperBytes, run: impl FnOnce(Option<(&str, &Pepper)>) -> T) -> T {
    let mut bytes = black_box(bytes.clone());
    if let Some(bytes) = &mut bytes {
        valgrind::make_secret(bytes);
    }
    with_public(&black_box(bytes), run)
}

/// The set of peppers that a pepper makes.
fn with_set<T>(pepper: Option<(&str, &Pepper)>, run: impl FnOnce(Option<&Peppers<'_>>) -> T) -> T {
    let Some(pepper) = pepper else { return run(None) };
    run(Some(&Peppers::new(&[pepper], PEPPER_ID).expect("a set")))
}

/// Typeable codes under the cheapest slow hash that a record may have.
pub(crate) const TYPEABLE: Format = Format::Typeable(SlowHash::Pbkdf2Sha256 { rounds: 100_000 });

/// What random bytes the code of a slot is made of.
fn entropy<const N: usize>(slot: u8, seed: u8) -> [u8; N] {
    std::array::from_fn(|i| seed.wrapping_mul(i as u8 + 1).wrapping_add(slot) & 31)
}

/// A set of recovery codes with its record, made in public.
pub(crate) struct RecoverySetup {
    format: Format,
    pepper: PepperBytes,
    record: String,
}

impl RecoverySetup {
    /// The full codes in a set.
    pub(crate) const COUNT: u8 = 4;

    /// Full codes, with each pepper.
    pub(crate) fn all() -> Vec<Self> {
        pepper_choices().map(|pepper| Self::new(Format::Full, pepper, Self::COUNT)).into()
    }

    /// A typeable code. One, with one pepper, and its record as it was made once: each hash is more work than all the rest. A
    /// wrong record would be noticed where the code is accepted.
    pub(crate) fn typeable() -> Self {
        let [_, pepper, _] = pepper_choices();
        let record = "$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=100000,k=2026-05\
                      $CQkJCQkJCQkJCQkJCQkJCQ$5xasDjK6QCivRqtJYAf4-v8JrwJBFRoWy6NkZhBp1dc";
        Self { format: TYPEABLE, pepper, record: record.to_owned() }
    }

    fn new(format: Format, pepper: PepperBytes, count: u8) -> Self {
        let mut record = String::new();
        let codes: Vec<RecoveryCode> = (0..count).map(|slot| made(format, slot, 1)).collect();
        with_public(&pepper, |pepper| {
            write_record(&mut record, USER, &[9; 16], format, pepper, &codes).expect("a set");
        });
        Self { format, pepper, record }
    }

    /// The code of a slot.
    pub(crate) fn code(&self, slot: u8) -> String {
        made(self.format, slot, 1).expose().as_str().to_owned()
    }

    /// A well-formed code of the slot that is not the set's.
    pub(crate) fn other_code(&self, slot: u8) -> String {
        made(self.format, slot, 3).expose().as_str().to_owned()
    }

    /// Verifies a code under the pepper, which is secret.
    pub(crate) fn verify(&self, code: &[u8], used: u32) -> Result<RecoveryVerified, Error> {
        let record = RecoveryRecord::parse(black_box(&self.record))?;
        with_hidden(&self.pepper, |pepper| {
            with_set(pepper, |peppers| verify(code, black_box(USER), &record, used, peppers))
        })
    }
}

/// The code of a slot in a format, without a set.
pub(crate) fn made(format: Format, slot: u8, seed: u8) -> RecoveryCode {
    match format {
        Format::Full => RecoveryCode::full(slot, &entropy(slot, seed)),
        Format::Typeable(_) => RecoveryCode::typeable(slot, &entropy(slot, seed)),
    }
    .expect("a slot")
}

/// A temporary code and what is stored for it, made in public.
pub(crate) struct TemporarySetup {
    kind: TemporaryKind,
    digits: u64,
    pepper: PepperBytes,
    /// The code.
    pub(crate) code: String,
    /// A well-formed code that it is not.
    pub(crate) other: String,
    record: String,
}

/// When temporary codes are issued.
pub(crate) const ISSUED: u64 = 1_800_000_000;

impl TemporarySetup {
    /// Delivered codes of every length, with each pepper.
    pub(crate) fn delivered() -> Vec<Self> {
        let [_, short, long] = pepper_choices();
        let each = |digits, pepper: &PepperBytes| {
            Self::new(TemporaryKind::Delivered, digits, pepper.clone())
        };
        [6, 7, 8]
            .into_iter()
            .flat_map(|digits| [each(digits, &short), each(digits, &long)])
            .collect()
    }

    /// An administrator's code. One, with its record as it was made once, as for typeable recovery codes.
    pub(crate) fn admin() -> Self {
        let [_, pepper, _] = pepper_choices();
        let record = "$mfakit-tc$v=1,t=admin,h=pbkdf2-sha256,i=100000,k=2026-05\
                      $CQkJCQkJCQkJCQkJCQkJCQ$zOHEUznXuxmnhPiw5dhGW664ZyoLFnY2gWhsoFHHZI4\
                      $1800000000.1800003600.1000.0.0$ZGVzaw$1800000000";
        Self { record: record.to_owned(), ..Self::with_codes(TemporaryKind::Admin, 6, pepper) }
    }

    fn new(kind: TemporaryKind, digits: u64, pepper: PepperBytes) -> Self {
        let mut setup = Self::with_codes(kind, digits, pepper);
        let code = setup.made([0x35; 8], 1);
        setup.record = with_public(&setup.pepper, |pepper| setup.issue(&code, pepper).to_string());
        setup
    }

    fn with_codes(kind: TemporaryKind, digits: u64, pepper: PepperBytes) -> Self {
        let none = String::new;
        let mut setup = Self { kind, digits, pepper, code: none(), other: none(), record: none() };
        let shown = |code: TemporaryCode| code.expose().as_str().to_owned();
        (setup.code, setup.other) =
            (shown(setup.made([0x35; 8], 1)), shown(setup.made([0x7a; 8], 3)));
        setup
    }

    fn made(&self, bytes: [u8; 8], seed: u8) -> TemporaryCode {
        match self.kind {
            TemporaryKind::Delivered => {
                TemporaryCode::digits(black_box(self.digits), &bytes).expect("6 to 8 digits")
            }
            TemporaryKind::Admin | TemporaryKind::Support => {
                TemporaryCode::symbols(&entropy(0, seed))
            }
        }
    }

    fn issue<'a>(
        &self,
        code: &TemporaryCode,
        pepper: Option<(&'a str, &'a Pepper)>,
    ) -> TemporaryRecord<'a> {
        let issue = Issue {
            user_id: black_box(USER),
            kind: self.kind,
            issued_by: "desk",
            previous: None,
            lifetime: None,
            id: [9; 16],
            pepper,
            hash: None,
            now: UnixTime::from_seconds(ISSUED),
        };
        issue_code(code, issue).expect("a record")
    }

    /// Issues a delivered code of secret random bytes under a secret pepper. The record is what is stored, and so public.
    pub(crate) fn issue_hidden(&self) -> (TemporaryCode, String) {
        let mut bytes = black_box([0x35; 8]);
        valgrind::make_secret(&mut bytes);
        let code = self.made(bytes, 1);
        let text = with_hidden(&self.pepper, |pepper| {
            let mut record = self.issue(&code, pepper);
            valgrind::make_value_public(&mut record);
            record.to_string()
        });
        (code, text)
    }

    /// What is stored.
    pub(crate) fn record(&self) -> &str {
        &self.record
    }

    /// Verifies a code under the pepper, which is secret.
    pub(crate) fn verify(&self, code: &[u8], now: u64, revoked: bool) -> Result<u32, Error> {
        let record = TemporaryRecord::parse(black_box(&self.record))?;
        let record = if revoked { record.revoked_now() } else { record };
        let now = UnixTime::from_seconds(black_box(now));
        with_hidden(&self.pepper, |pepper| {
            with_set(pepper, |peppers| {
                verify_temporary(code, black_box(USER), &record, peppers, now)
                    .map(|verified| verified.uses_left())
            })
        })
    }
}
