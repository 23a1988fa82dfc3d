//! Recovery codes with owned sets and the system's random generator.

use crate::entropy::random;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{
    self, FULL_SYMBOLS, Format, RecoveryCode, RecoveryRecord, TYPEABLE_SYMBOLS,
};
use mfakit_core::{Error, Pepper};
use std::fmt;
use zeroize::Zeroizing;

pub use mfakit_core::codes::recovery::RecoveryVerified;

/// Peppers by id: keys of 32 to 64 random bytes that stand outside the database.
///
/// New records are made under the current one; earlier ones stay for the records that name them. `Debug` shows no key.
///
/// # Examples
///
/// ```
/// use mfakit::Peppers;
/// let peppers = Peppers::new([("2026-05", [7; 32])], "2026-05")?; // random bytes, really
/// assert!(Peppers::new([("2026-05", [7; 31])], "2026-05").is_err());
/// # let _ = peppers;
/// # Ok::<(), mfakit::Error>(())
/// ```
pub struct Peppers {
    /// Each in a place of its own: a growing vector would leave copies of the keys behind.
    keys: Vec<(String, Box<Pepper>)>,
    current: String,
}

impl Peppers {
    /// Peppers by id (1 to 32 of `A-Z a-z 0-9 . _ -`), of which `current` is one.
    ///
    /// # Errors
    ///
    /// [`Error::PepperInvalid`].
    pub fn new<I: Into<String>, K: AsRef<[u8]>>(
        keys: impl IntoIterator<Item = (I, K)>,
        current: &str,
    ) -> Result<Self, Error> {
        let keys =
            keys.into_iter().map(|(id, key)| Ok((id.into(), Box::new(Pepper::new(key.as_ref())?))));
        let peppers =
            Self { keys: keys.collect::<Result<_, Error>>()?, current: current.to_owned() };
        peppers.with(|_| Ok(()))?;
        Ok(peppers)
    }

    /// The pepper for new records, with its id. There is one: `new` made sure.
    pub(crate) fn current(&self) -> Option<(&str, &Pepper)> {
        let found = self.keys.iter().find(|(id, _)| *id == self.current);
        found.map(|(id, pepper)| (id.as_str(), &**pepper))
    }

    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&mfakit_core::Peppers<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let keys: Vec<(&str, &Pepper)> =
            self.keys.iter().map(|(id, key)| (id.as_str(), &**key)).collect();
        run(&mfakit_core::Peppers::new(&keys, &self.current)?)
    }
}

/// Runs with the peppers, if there are any.
pub(crate) fn with_peppers<T>(
    peppers: Option<&Peppers>,
    run: impl FnOnce(Option<&mfakit_core::Peppers<'_>>) -> Result<T, Error>,
) -> Result<T, Error> {
    match peppers {
        None => run(None),
        Some(peppers) => peppers.with(|peppers| run(Some(peppers))),
    }
}

impl fmt::Debug for Peppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peppers(current={:?})", self.current)
    }
}

/// What recovery codes look like.
///
/// | | symbols | random bits | stored under | for |
/// |---|---|---|---|---|
/// | `Full` | 26 | 120 | one HMAC-SHA-256 | a file or a print-out |
/// | `Typeable` | 16 | 70 | PBKDF2 with 600 000 rounds | people who copy them by hand |
///
/// Hashes of other systems' codes (bcrypt sets and the like) are not read: issue a new set at the next sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecoveryFormat {
    /// 26 symbols, verified in microseconds.
    #[default]
    Full,
    /// 16 symbols under PBKDF2; making and verifying one takes some tenths of a second of processor time.
    Typeable,
    /// 16 symbols under Argon2id with 19 MiB.
    #[cfg(feature = "argon2")]
    TypeableArgon2id,
}

impl RecoveryFormat {
    /// The format with this name: `full` or `typeable`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "full" => Ok(Self::Full),
            "typeable" => Ok(Self::Typeable),
            _ => Err(Error::ArgumentValueInvalid),
        }
    }

    const fn core(self) -> Format {
        match self {
            Self::Full => Format::Full,
            Self::Typeable => Format::Typeable(SlowHash::PBKDF2),
            #[cfg(feature = "argon2")]
            Self::TypeableArgon2id => Format::Typeable(SlowHash::ARGON2ID),
        }
    }

    /// A new code for a slot.
    fn code(self, slot: u8) -> Result<RecoveryCode, Error> {
        match self {
            Self::Full => RecoveryCode::full(slot, &Zeroizing::new(random::<FULL_SYMBOLS>()?)),
            _ => RecoveryCode::typeable(slot, &Zeroizing::new(random::<TYPEABLE_SYMBOLS>()?)),
        }
    }
}

/// How a set of recovery codes is made.
#[derive(Clone, Copy, Debug)]
pub struct GenerateRecoveryCodes<'a> {
    /// 1 to 31 codes.
    pub count: u64,
    /// What they look like.
    pub format: RecoveryFormat,
    /// The peppers, whose current one keys the stored tags; without any, the tags are keyed by the set's random id.
    pub peppers: Option<&'a Peppers>,
}

impl Default for GenerateRecoveryCodes<'_> {
    fn default() -> Self {
        Self { count: 10, format: RecoveryFormat::Full, peppers: None }
    }
}

/// New recovery codes: show them once, store the record with `used = 0`. `Debug` shows no code.
#[must_use]
pub struct RecoverySet {
    codes: Vec<Zeroizing<String>>,
    record: String,
}

impl RecoverySet {
    /// The codes, in groups with hyphens.
    #[must_use]
    pub fn codes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.codes.iter().map(|code| code.as_str())
    }

    /// What to store: it proves codes and does not tell them.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }

    /// A text file to save or print: one code a line.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.codes.len() * 31));
        for code in self.codes() {
            text.push_str(code);
            text.push('\n');
        }
        text
    }
}

impl fmt::Debug for RecoverySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoverySet(count={})", self.codes.len())
    }
}

/// Makes a new set of recovery codes for a user. Storing it in place of the old record voids the old codes.
///
/// # Errors
///
/// [`Error::UserIdInvalid`] unless the id has 1 to 255 bytes; [`Error::ArgumentValueInvalid`] unless there are 1 to 31
/// codes; [`Error::EntropyUnavailable`].
///
/// # Examples
///
/// ```
/// use mfakit::{GenerateRecoveryCodes, VerifyRecoveryCode, generate_recovery_codes, verify_recovery_code};
///
/// let set = generate_recovery_codes("alice", GenerateRecoveryCodes::default())?;
/// let file = set.text(); // shown once
/// let typed = file.lines().next().unwrap_or_default().to_lowercase();
///
/// let stored = VerifyRecoveryCode { user_id: "alice", record: set.record(), used: 0, peppers: None };
/// let verified = verify_recovery_code(&typed, stored)?;
/// let bit = verified.bit(); // UPDATE … SET used = used | bit WHERE record = … AND used & bit = 0
/// let evidence = verified.commit(1)?;
///
/// let again = verify_recovery_code(&typed, VerifyRecoveryCode { used: i64::from(bit), ..stored });
/// assert_eq!(again.err().map(|e| e.code()), Some("recovery_code_rejected"));
/// # let _ = evidence;
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn generate_recovery_codes(
    user_id: &str,
    options: GenerateRecoveryCodes<'_>,
) -> Result<RecoverySet, Error> {
    let count = u8::try_from(options.count).map_err(|_| Error::ArgumentValueInvalid)?;
    // Room for all of them at once: a vector that grows leaves copies behind.
    let mut codes = Vec::with_capacity(usize::from(count));
    for slot in 0..count {
        codes.push(options.format.code(slot)?);
    }
    let set_id = random::<16>()?;
    let mut record = String::new();
    let pepper = options.peppers.and_then(Peppers::current);
    let format = options.format.core();
    recovery::write_record(&mut record, user_id.as_bytes(), &set_id, format, pepper, &codes)?;
    let codes =
        codes.iter().map(|code| Zeroizing::new(code.expose().as_str().to_owned())).collect();
    Ok(RecoverySet { codes, record })
}

/// What a recovery code is verified against.
#[derive(Clone, Copy, Debug)]
pub struct VerifyRecoveryCode<'a> {
    /// The id of the account that signs in: the one the set was made for.
    pub user_id: &'a str,
    /// The stored record.
    pub record: &'a str,
    /// The stored mask of used codes.
    pub used: i64,
    /// The peppers, if records are made under one.
    pub peppers: Option<&'a Peppers>,
}

/// Verifies a recovery code as a person typed it.
///
/// # Errors
///
/// [`Error::RecoveryCodeMalformed`] for a typing error, [`Error::RecoveryCodeRejected`] for a used, unknown or wrong code. The
/// host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`], [`Error::CodeHashUnsupported`],
/// [`Error::PepperUnknown`], [`Error::UserIdInvalid`].
pub fn verify_recovery_code(
    code: &str,
    stored: VerifyRecoveryCode<'_>,
) -> Result<RecoveryVerified, Error> {
    let record = RecoveryRecord::parse(stored.record)?;
    let used = u32::try_from(stored.used).map_err(|_| Error::RecordCorrupt)?;
    with_peppers(stored.peppers, |peppers| {
        recovery::verify(code.as_bytes(), stored.user_id.as_bytes(), &record, used, peppers)
    })
}

/// Checks the form of a recovery code against its record's format, and nothing else. What fails here is a typing error: end before the
/// throttle is charged.
///
/// # Errors
///
/// [`Error::RecoveryCodeMalformed`]. The host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`],
/// [`Error::CodeHashUnsupported`].
pub fn check_recovery_code(code: &str, record: &str) -> Result<(), Error> {
    RecoveryRecord::parse(record)?.check_code(code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_codes_and_shows_none_by_accident() -> Result<(), Error> {
        let peppers = Peppers::new([("old", [1; 32]), ("new", [2; 32])], "new")?;
        let options = GenerateRecoveryCodes {
            count: 31,
            peppers: Some(&peppers),
            ..GenerateRecoveryCodes::default()
        };
        let set = generate_recovery_codes("alice", options)?;
        assert_eq!((set.codes().len(), set.text().lines().count()), (31, 31));
        assert!(set.record().contains(",k=new$"));
        let debug = format!("{set:?} {peppers:?}");
        assert_eq!(debug, "RecoverySet(count=31) Peppers(current=\"new\")");
        for code in set.codes() {
            let stored = VerifyRecoveryCode {
                user_id: "alice",
                record: set.record(),
                used: 0,
                peppers: Some(&peppers),
            };
            assert!(verify_recovery_code(code, stored).is_ok());
            let refused =
                verify_recovery_code(code, VerifyRecoveryCode { peppers: None, ..stored });
            assert_eq!(refused.err(), Some(Error::PepperUnknown));
        }
        for count in [0, 32, 256, u64::MAX] {
            let refused =
                generate_recovery_codes("alice", GenerateRecoveryCodes { count, ..options });
            assert_eq!(refused.err(), Some(Error::ArgumentValueInvalid), "{count}");
        }
        Ok(())
    }

    #[test]
    fn a_typeable_set_verifies_and_checks_the_form() -> Result<(), Error> {
        let typeable = RecoveryFormat::from_name("typeable")?;
        let options = GenerateRecoveryCodes { count: 1, format: typeable, peppers: None };
        let set = generate_recovery_codes("alice", options)?;
        assert!(set.record().starts_with("$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=600000$"));
        let code = set.codes().next().unwrap_or_default();
        let stored =
            VerifyRecoveryCode { user_id: "alice", record: set.record(), used: 0, peppers: None };
        assert!(verify_recovery_code(code, stored).is_ok_and(|v| !v.needs_regeneration()));
        assert_eq!(check_recovery_code(code, set.record()), Ok(()));
        assert_eq!(check_recovery_code("x", set.record()), Err(Error::RecoveryCodeMalformed));
        assert_eq!(check_recovery_code(code, "x"), Err(Error::RecordCorrupt));
        Ok(())
    }

    #[test]
    fn a_mask_that_no_set_has_is_a_corrupt_record() -> Result<(), Error> {
        let set = generate_recovery_codes("alice", GenerateRecoveryCodes::default())?;
        let code = set.codes().next().unwrap_or_default();
        for used in [-1, 1 << 10, 1 << 31, 1 << 40, i64::MAX, i64::MIN] {
            let stored =
                VerifyRecoveryCode { user_id: "alice", record: set.record(), used, peppers: None };
            let refused = verify_recovery_code(code, stored);
            assert_eq!(refused.err(), Some(Error::RecordCorrupt), "{used}");
        }
        Ok(())
    }
}
