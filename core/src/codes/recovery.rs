//! Recovery codes: printed once, each good for one sign-in.
//!
//! NIST SP 800-63B-4 §3.1.2 (look-up secrets), §4.2.1.1 (saved recovery codes). Two formats. A full code is 26 Crockford symbols:
//! the slot, 24 random ones (120 bits, so one fast hash of the stored form is enough: §3.1.2 asks for 112), and a check symbol that
//! tells a typing error from a wrong code. A typeable one is 16 symbols with 70 random bits (§4.2.1.1 asks for 64), stored
//! under a slow hash. The stored tag binds the format, the user, the set and the slot. Invariant: a used code, an unknown slot and
//! a wrong code take the same work, one hash, and give the same error. Leaks: the verdict and, after acceptance, the slot.

use super::hash::SlowHash;
use super::stored::{self, Fields, User};
use super::symbols::{self, ShownCode, Symbols};
use crate::ct;
use crate::error::Error;
use crate::evidence::{Evidence, Method, MethodKind};
use crate::secret::{Pepper, Peppers};
use crate::state::Transition;
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The most codes in a set. The mask of used codes then fits in a signed 32-bit column.
pub const MAX_CODES: u32 = 31;
/// The random symbols of a full code, five bits each.
pub const FULL_SYMBOLS: usize = symbols::LONG;
/// The random symbols of a typeable code, five bits each.
pub const TYPEABLE_SYMBOLS: usize = symbols::SHORT;
/// How few unused codes are called [`RecoveryVerified::low`].
pub const LOW: u32 = 3;

const PREFIX: &str = "$mfakit-rc$";
/// What the tag covers first: its purpose and version; then the form.
const PURPOSE: &[u8] = b"mfakit-rc-v1";
/// 31 tags of 43 symbols and a dot each, and what stands before them, come to about 1450.
const MAX_RECORD: usize = 2048;

/// How the codes of a set look and how their tags are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// 26 symbols, one fast hash.
    #[default]
    Full,
    /// 16 symbols, a slow hash.
    Typeable(SlowHash),
}

impl Format {
    const fn number(self) -> u8 {
        match self {
            Self::Full => 1,
            Self::Typeable(_) => 2,
        }
    }

    const fn is_full(self) -> bool {
        matches!(self, Self::Full)
    }
}

/// A recovery code. Wiped on drop; no `Clone`, no `PartialEq`; `Debug` shows nothing.
pub struct RecoveryCode(Symbols);

impl RecoveryCode {
    /// The full code of a slot, 0 to 30, from random bytes, five bits of each.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another slot.
    pub fn full(slot: u8, entropy: &[u8; FULL_SYMBOLS]) -> Result<Self, Error> {
        Self::of_slot(slot, entropy)
    }

    /// The typeable code of a slot, 0 to 30, from random bytes, five bits of each.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another slot.
    pub fn typeable(slot: u8, entropy: &[u8; TYPEABLE_SYMBOLS]) -> Result<Self, Error> {
        Self::of_slot(slot, entropy)
    }

    fn of_slot(slot: u8, entropy: &[u8]) -> Result<Self, Error> {
        let known = u32::from(slot) < MAX_CODES;
        if known { Ok(Self(Symbols::new(slot, entropy))) } else { Err(Error::ArgumentValueInvalid) }
    }

    /// Reads a code as a person typed it.
    ///
    /// # Errors
    ///
    /// [`Error::RecoveryCodeMalformed`]: a typing error, which no throttle need count.
    ///
    /// # Leakage
    ///
    /// The length, where separators stand, and whether the check symbol is right.
    pub fn parse(text: &[u8], format: Format) -> Result<Self, Error> {
        Symbols::parse(text, format.is_full()).map(Self)
    }

    /// The code for showing it, in groups with hyphens: 5, 5, 5, 5 and 6 symbols, or four times 4.
    #[must_use]
    pub fn expose(&self) -> ShownCode {
        self.0.expose()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(***)")
    }
}

impl ZeroizeOnDrop for RecoveryCode {}

/// Writes the record of a new set: `$mfakit-rc$v=1,f=full,k=KID$SETID$TAG0.TAG1…`, without `k` where there is no pepper;
/// for typeable codes `f=typeable,h=pbkdf2-sha256,i=600000`.
///
/// The codes are those of slots 0, 1, 2 and so on; `set_id` is 16 fresh random bytes.
///
/// # Errors
///
/// [`Error::UserIdInvalid`]; [`Error::PepperInvalid`] for an id that no record can have; [`Error::ArgumentValueInvalid`] for no code, more than 31, one in the wrong place or of the other
/// format, a hash out of bounds, or where `out` is full.
pub fn write_record<'c>(
    out: &mut impl fmt::Write,
    user_id: &[u8],
    set_id: &[u8; 16],
    format: Format,
    pepper: Option<(&str, &Pepper)>,
    codes: impl IntoIterator<Item = &'c RecoveryCode>,
) -> Result<(), Error> {
    let full = |_| Error::ArgumentValueInvalid;
    let pepper = Peppers::checked(pepper)?;
    match format {
        Format::Full => write!(out, "{PREFIX}v=1,f=full"),
        Format::Typeable(hash) if !hash.is_bounded() => return Err(Error::ArgumentValueInvalid),
        Format::Typeable(hash) => write!(out, "{PREFIX}v=1,f=typeable,{hash}"),
    }
    .map_err(full)?;
    stored::write_pepper_id(out, pepper.map(|(id, _)| id)).map_err(full)?;
    out.write_char('$').map_err(full)?;
    stored::write_base64url(out, set_id).map_err(full)?;
    let key = pepper.map_or(&set_id[..], |(_, pepper)| pepper.expose());
    let mut written = 0_u8;
    for RecoveryCode(code) in codes {
        let (slot, _) = code.parts();
        if slot != written || code.is_long() != format.is_full() {
            return Err(Error::ArgumentValueInvalid);
        }
        let tag = tag(format, key, User::new(user_id)?, set_id, code)?;
        out.write_char(if written == 0 { '$' } else { '.' }).map_err(full)?;
        stored::write_base64url(out, &tag[..]).map_err(full)?;
        written = written.saturating_add(1);
    }
    if written == 0 { Err(Error::ArgumentValueInvalid) } else { Ok(()) }
}

fn tag(
    format: Format,
    key: &[u8],
    user: User<'_>,
    set_id: &[u8; 16],
    code: &Symbols,
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let fast = user.symbols_tag(key, PURPOSE, format.number(), set_id, code);
    match format {
        Format::Full => Ok(fast),
        Format::Typeable(hash) => hash.derive(&fast, set_id),
    }
}

/// A stored set, taken apart. It says nothing about which codes are used: that is the integer beside it.
#[derive(Clone, Copy, Debug)]
pub struct RecoveryRecord<'a> {
    format: Format,
    pepper_id: Option<&'a str>,
    set_id: [u8; 16],
    tags: &'a str,
    count: u32,
}

impl<'a> RecoveryRecord<'a> {
    /// Takes a record apart that [`write_record`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::RecordVersionUnknown`] for a later version, [`Error::CodeHashUnsupported`] for a slow hash that this copy lacks,
    /// else [`Error::RecordCorrupt`].
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        const CORRUPT: Error = Error::RecordCorrupt;
        let rest = stored::version_1(text, PREFIX, MAX_RECORD)?;
        let (parameters, rest) = rest.split_once('$').ok_or(CORRUPT)?;
        let mut fields = Fields(parameters);
        let format = match fields.next("f=") {
            Some("full") => Format::Full,
            Some("typeable") => Format::Typeable(SlowHash::read(&mut fields)?),
            _ => return Err(CORRUPT),
        };
        Self::rest(format, fields, rest).ok_or(CORRUPT)
    }

    fn rest(format: Format, fields: Fields<'a>, text: &'a str) -> Option<Self> {
        let pepper_id = fields.pepper_id()?;
        let (set_id, tags) = text.split_once('$')?;
        let set_id = stored::read_base64url(set_id)?;
        let count = u32::try_from(tags.split('.').count()).ok().filter(|&n| n <= MAX_CODES)?;
        let good = tags.split('.').all(|tag| stored::read_base64url::<32>(tag).is_some());
        good.then_some(Self { format, pepper_id, set_id, tags, count })
    }

    /// The codes in the set, used ones included: 1 to 31.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Checks the form of a code and nothing else: what fails here is a typing error, and is charged to no throttle.
    ///
    /// # Errors
    ///
    /// [`Error::RecoveryCodeMalformed`].
    pub fn check_code(&self, code: &[u8]) -> Result<(), Error> {
        RecoveryCode::parse(code, self.format).map(|_| ())
    }
}

/// A code that was right and unused. It counts once its transition is stored.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct RecoveryVerified {
    bit: u32,
    used: u32,
    count: u32,
    needs_regeneration: bool,
}

/// Verifies a code against the user's record and the mask of used codes, bit 0 for slot 0.
///
/// # Errors
///
/// [`Error::RecoveryCodeMalformed`] for a typing error. [`Error::RecoveryCodeRejected`] for a used, unknown or wrong code.
/// The host's: [`Error::UserIdInvalid`]; [`Error::PepperUnknown`] if the record names a pepper that is not among `peppers`;
/// [`Error::RecordCorrupt`] if `used` has bits for codes that the set has not.
///
/// # Leakage
///
/// Of the code: its layout, whether it is well formed, the verdict and, after acceptance, the slot. Of the record: nothing
/// that is not public.
///
/// # Examples
///
/// ```
/// use mfakit_core::Error;
/// use mfakit_core::codes::recovery::{Format, RecoveryCode, RecoveryRecord, verify, write_record};
///
/// let codes = [RecoveryCode::full(0, &[7; 24])?, RecoveryCode::full(1, &[8; 24])?]; // random bytes, really
/// let mut record = String::new();
/// write_record(&mut record, b"alice", &[9; 16], Format::Full, None, &codes)?;
/// let typed = codes[1].expose().as_str().to_lowercase();
///
/// let stored = RecoveryRecord::parse(&record)?;
/// let verified = verify(typed.as_bytes(), b"alice", &stored, 0, None)?;
/// assert_eq!((verified.bit(), verified.remaining()), (0b10, 1));
/// // UPDATE … SET used = used | 2 WHERE id = … AND used & 2 = 0, which changed one row:
/// let evidence = verified.commit(1)?;
/// assert_eq!(evidence.method().as_str(), "recovery_code");
///
/// let again = verify(typed.as_bytes(), b"alice", &stored, 0b10, None);
/// assert_eq!(again.err(), Some(Error::RecoveryCodeRejected));
/// # Ok::<(), Error>(())
/// ```
pub fn verify(
    code: &[u8],
    user_id: &[u8],
    record: &RecoveryRecord<'_>,
    used: u32,
    peppers: Option<&Peppers<'_>>,
) -> Result<RecoveryVerified, Error> {
    // The host's mistakes first, so that no code is needed to see them.
    if used.unbounded_shr(record.count) != 0 {
        return Err(Error::RecordCorrupt);
    }
    let key = stored::key(record.pepper_id, peppers, &record.set_id)?;
    let user = User::new(user_id)?;
    let RecoveryCode(code) = RecoveryCode::parse(code, record.format)?;
    let (slot, _) = code.parts();
    let expected = tag(record.format, key, user, &record.set_id, &code)?;
    // Every slot is compared; the one that the code names, if its bit is not set, decides.
    let mut accepted = Choice::from(0);
    for (index, text) in (0_u8..).zip(record.tags.split('.')) {
        let tag = stored::read_base64url::<32>(text).ok_or(Error::RecordCorrupt)?;
        let unused = u8::from(used.unbounded_shr(u32::from(index)) & 1 == 0);
        accepted |= index.ct_eq(&slot) & tag.ct_eq(&expected[..]) & Choice::from(unused);
    }
    if !ct::declassify(accepted) {
        return Err(Error::RecoveryCodeRejected);
    }
    let mut slot = [slot];
    ct::declassify_bytes(&mut slot);
    let [slot] = slot;
    let old_pepper = peppers.is_some_and(|p| record.pepper_id != Some(p.current()));
    let cheap = matches!(record.format, Format::Typeable(hash) if hash.is_outdated());
    Ok(RecoveryVerified {
        bit: 1_u32.unbounded_shl(u32::from(slot)),
        used,
        count: record.count,
        needs_regeneration: old_pepper || cheap,
    })
}

impl RecoveryVerified {
    /// The code's bit in the mask of used codes.
    #[must_use]
    pub const fn bit(&self) -> u32 {
        self.bit
    }
    /// The unused codes that are left once this one is stored as used.
    #[must_use]
    pub const fn remaining(&self) -> u32 {
        self.count.saturating_sub((self.used | self.bit).count_ones())
    }
    /// Whether at most [`LOW`] codes are left: time to make a new set.
    #[must_use]
    pub const fn low(&self) -> bool {
        self.remaining() <= LOW
    }
    /// Whether the set was not made under the current pepper, or with a cheaper hash than sets are made with today: a new set
    /// should replace it.
    #[must_use]
    pub const fn needs_regeneration(&self) -> bool {
        self.needs_regeneration
    }
    /// From the mask of used codes, as it was passed in, to the mask with this code's bit.
    #[must_use]
    pub const fn transition(&self) -> Transition<u32> {
        Transition { prev: Some(self.used), next: self.used | self.bit }
    }
    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        Evidence::commit(rows, Method::RecoveryCode, MethodKind::RecoveryCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::{format, vec::Vec};

    const SET: [u8; 16] = [9; 16];

    fn codes(count: u8) -> Vec<RecoveryCode> {
        (0..count).map(|slot| RecoveryCode::full(slot, &[slot + 1; 24]).unwrap()).collect()
    }

    fn record(pepper: Option<(&str, &Pepper)>, count: u8) -> String {
        let mut text = String::new();
        write_record(&mut text, b"alice", &SET, Format::Full, pepper, &codes(count)).unwrap();
        text
    }

    fn check(code: &str, user: &str, text: &str, used: u32) -> Result<RecoveryVerified, Error> {
        verify(code.as_bytes(), user.as_bytes(), &RecoveryRecord::parse(text)?, used, None)
    }

    #[test]
    fn every_slot_verifies_once_and_only_for_its_user_and_set() {
        let text = record(None, 31);
        for (slot, code) in codes(31).iter().enumerate() {
            let shown = code.expose();
            let verified = check(shown.as_str(), "alice", &text, 0).unwrap();
            assert_eq!(
                (verified.bit(), verified.remaining(), verified.low()),
                (1 << slot, 30, false)
            );
            let others = 0x7fff_ffff ^ verified.bit();
            let last = check(shown.as_str(), "alice", &text, others).unwrap();
            assert_eq!(
                (last.remaining(), last.low(), last.transition().next),
                (0, true, 0x7fff_ffff)
            );
            for (user, used) in [("alice", verified.bit()), ("alice", 0x7fff_ffff), ("bob", 0)] {
                let refused = check(shown.as_str(), user, &text, used);
                assert_eq!(refused, Err(Error::RecoveryCodeRejected), "{user} {used}");
            }
        }
        let other_set = text.replace("CQkJCQkJCQkJCQkJCQkJCQ", "CgkJCQkJCQkJCQkJCQkJCQ");
        assert_ne!(other_set, text);
        let refused = check(codes(1)[0].expose().as_str(), "alice", &other_set, 0);
        assert_eq!(refused, Err(Error::RecoveryCodeRejected));
    }

    #[test]
    fn a_slot_beyond_the_set_is_wrong_and_low_begins_at_three() {
        let text = record(None, 5);
        let beyond = RecoveryCode::full(5, &[6; 24]).unwrap();
        let refused = check(beyond.expose().as_str(), "alice", &text, 0);
        assert_eq!(refused, Err(Error::RecoveryCodeRejected));
        let third = codes(3).pop().unwrap();
        let low = |used| check(third.expose().as_str(), "alice", &text, used).unwrap().low();
        assert_eq!((low(0b00000), low(0b00001)), (false, true));
        assert_eq!(
            check(third.expose().as_str(), "alice", &text, 1 << 5),
            Err(Error::RecordCorrupt)
        );
    }

    #[test]
    fn a_pepper_is_found_by_its_id() {
        let (old, new) = (Pepper::new(&[1; 32]).unwrap(), Pepper::new(&[2; 32]).unwrap());
        let text = record(Some(("old", &old)), 2);
        let stored = RecoveryRecord::parse(&text).unwrap();
        let code = codes(1)[0].expose().as_str().to_string();
        let with = |keys: &[(&str, &Pepper)], current| {
            let peppers = Peppers::new(keys, current).unwrap();
            verify(code.as_bytes(), b"alice", &stored, 0, Some(&peppers))
                .map(|v| v.needs_regeneration())
        };
        assert_eq!(with(&[("old", &old), ("new", &new)], "old"), Ok(false));
        assert_eq!(with(&[("old", &old), ("new", &new)], "new"), Ok(true));
        assert_eq!(with(&[("old", &new)], "old"), Err(Error::RecoveryCodeRejected));
        assert_eq!(with(&[("new", &new)], "new"), Err(Error::PepperUnknown));
        let none = verify(code.as_bytes(), b"alice", &stored, 0, None);
        assert_eq!(none, Err(Error::PepperUnknown));
        // A set made without a pepper verifies without it, and says that it should be replaced.
        let bare = record(None, 2);
        let peppers = [("new", &new)];
        let peppers = Peppers::new(&peppers, "new").unwrap();
        let bare = RecoveryRecord::parse(&bare).unwrap();
        let verified = verify(code.as_bytes(), b"alice", &bare, 0, Some(&peppers)).unwrap();
        assert!(verified.needs_regeneration());
    }

    #[test]
    fn records_have_one_form() {
        let text = record(None, 2);
        assert!(RecoveryRecord::parse(&text).is_ok_and(|r| r.count() == 2));
        for end in 0..text.len() {
            let cut = &text[..end];
            // The first tag alone is a whole set.
            if !RecoveryRecord::parse(cut).is_ok_and(|r| r.count() == 1) {
                assert_eq!(RecoveryRecord::parse(cut).err(), Some(Error::RecordCorrupt), "{cut}");
            }
        }
        for (from, to) in [
            ("f=full", "f=typeable"),
            ("f=full", "f=full,"),
            ("f=full", "f=full,k="),
            ("f=full", "f=full,k=a b"),
            ("f=full", "f=full,k=a,k=b"),
            ("v=1", "v="),
            ("v=1", "v=1x"),
            ("v=1,", "v=1$"),
            ("v=1", "v=1234567890"),
            ("CQkJCQkJCQkJCQkJCQkJCQ", "CQkJCQkJCQkJCQkJCQkJCR"),
            ("CQkJCQkJCQkJCQkJCQkJCQ", "CQkJCQkJCQkJCQkJCQkJ"),
            (".", ".."),
            (".", "$"),
        ] {
            let bad = text.replacen(from, to, 1);
            assert_eq!(RecoveryRecord::parse(&bad).err(), Some(Error::RecordCorrupt), "{bad}");
        }
        let later = text.replacen("v=1", "v=2", 1);
        assert_eq!(RecoveryRecord::parse(&later).err(), Some(Error::RecordVersionUnknown));
        let many = format!("{text}{}", &text[text.find('.').unwrap()..].repeat(30));
        assert_eq!(RecoveryRecord::parse(&many).err(), Some(Error::RecordCorrupt));
    }

    #[cfg(feature = "pbkdf2")]
    fn typeable(rounds: u32, pepper: Option<(&str, &Pepper)>) -> (Vec<RecoveryCode>, String) {
        let code = |slot| RecoveryCode::typeable(slot, &[slot + 1; 14]).unwrap();
        let codes: Vec<RecoveryCode> = (0..2).map(code).collect();
        let mut text = String::new();
        let format = Format::Typeable(SlowHash::Pbkdf2Sha256 { rounds });
        write_record(&mut text, b"alice", &SET, format, pepper, &codes).unwrap();
        (codes, text)
    }

    #[cfg(feature = "pbkdf2")]
    #[test]
    fn typeable_codes_verify_once_under_their_slow_hash() {
        let pepper = Pepper::new(&[5; 32]).unwrap();
        let (codes, text) = typeable(100_000, Some(("p", &pepper)));
        assert!(
            text.starts_with("$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=100000,k=p$"),
            "{text}"
        );
        let stored = RecoveryRecord::parse(&text).unwrap();
        let peppers = [("p", &pepper)];
        let peppers = Peppers::new(&peppers, "p").unwrap();
        let check =
            |code: &str, used| verify(code.as_bytes(), b"alice", &stored, used, Some(&peppers));
        let shown = codes[1].expose();
        assert_eq!(shown.as_str().len(), 19);
        let verified = check(shown.as_str(), 0).unwrap();
        assert_eq!((verified.bit(), verified.needs_regeneration()), (2, true));
        assert_eq!(check(shown.as_str(), 2), Err(Error::RecoveryCodeRejected));
        let beyond = RecoveryCode::typeable(2, &[3; 14]).unwrap();
        assert_eq!(check(beyond.expose().as_str(), 0), Err(Error::RecoveryCodeRejected));
        // A full code has another length: a typing error.
        let full = RecoveryCode::full(1, &[2; 24]).unwrap();
        assert_eq!(check(full.expose().as_str(), 0), Err(Error::RecoveryCodeMalformed));
        assert_eq!(stored.check_code(shown.as_str().as_bytes()), Ok(()));
        assert_eq!(stored.check_code(b"0"), Err(Error::RecoveryCodeMalformed));
    }

    #[cfg(feature = "pbkdf2")]
    #[test]
    fn a_records_work_is_bounded() {
        let (_, text) = typeable(100_000, None);
        for (to, error) in [
            ("i=99999", Error::RecordCorrupt),
            ("i=2000001", Error::RecordCorrupt),
            ("i=4294967295", Error::RecordCorrupt),
            ("i=0100000", Error::RecordCorrupt),
            ("i=", Error::RecordCorrupt),
            ("m=100000", Error::RecordCorrupt),
            ("i=100000,", Error::RecordCorrupt),
            ("i=100000,i=100000", Error::RecordCorrupt),
        ] {
            let bad = text.replacen("i=100000", to, 1);
            assert_eq!(RecoveryRecord::parse(&bad).err(), Some(error), "{bad}");
        }
        assert!(RecoveryRecord::parse(&text.replacen("i=100000", "i=2000000", 1)).is_ok());
        for (to, error) in [
            ("h=scrypt", Error::CodeHashUnsupported),
            ("h=", Error::RecordCorrupt),
            ("h=Scrypt", Error::RecordCorrupt),
            ("x=scrypt", Error::RecordCorrupt),
        ] {
            let bad = text.replacen("h=pbkdf2-sha256", to, 1);
            assert_eq!(RecoveryRecord::parse(&bad).err(), Some(error), "{bad}");
        }
        let mut out = String::new();
        for rounds in [0, 99_999, 2_000_001] {
            let format = Format::Typeable(SlowHash::Pbkdf2Sha256 { rounds });
            let refused = write_record(&mut out, b"a", &SET, format, None, &[]);
            assert_eq!(refused, Err(Error::ArgumentValueInvalid));
        }
        let format = Format::Typeable(SlowHash::PBKDF2);
        assert_eq!(
            write_record(&mut out, b"a", &SET, format, None, &codes(1)),
            Err(Error::ArgumentValueInvalid),
            "full codes in a typeable set"
        );
    }

    #[cfg(feature = "argon2")]
    #[test]
    fn argon2id_is_another_slow_hash() {
        let code = RecoveryCode::typeable(0, &[1; 14]).unwrap();
        let mut text = String::new();
        let format = Format::Typeable(SlowHash::ARGON2ID);
        write_record(&mut text, b"alice", &SET, format, None, [&code]).unwrap();
        assert!(
            text.starts_with("$mfakit-rc$v=1,f=typeable,h=argon2id,m=19456,t=2,p=1$"),
            "{text}"
        );
        let verified = check(code.expose().as_str(), "alice", &text, 0).unwrap();
        assert!(!verified.needs_regeneration());
        let refused = check(code.expose().as_str(), "bob", &text, 0);
        assert_eq!(refused, Err(Error::RecoveryCodeRejected));
        for to in [
            "m=19455,t=2,p=1",
            "m=131073,t=2,p=1",
            "m=19456,t=1,p=1",
            "m=19456,t=9,p=1",
            "m=19456,t=2,p=2",
            "m=19456,t=2",
        ] {
            let bad = text.replacen("m=19456,t=2,p=1", to, 1);
            assert_eq!(RecoveryRecord::parse(&bad).err(), Some(Error::RecordCorrupt), "{bad}");
        }
    }

    #[test]
    fn a_set_is_written_in_order_and_for_somebody() {
        let mut out = String::new();
        let mut write = |user: &[u8], codes: &[RecoveryCode]| {
            write_record(&mut out, user, &SET, Format::Full, None, codes)
        };
        assert_eq!(write(b"", &codes(1)), Err(Error::UserIdInvalid));
        assert_eq!(write(&[b'a'; 256], &codes(1)), Err(Error::UserIdInvalid));
        assert_eq!(write(&[b'a'; 255], &codes(1)), Ok(()));
        assert_eq!(write(b"a", &[]), Err(Error::ArgumentValueInvalid));
        let key = Pepper::new(&[1; 32]).unwrap();
        let pepper = Some(("x,y", &key));
        let refused = write_record(&mut String::new(), b"a", &SET, Format::Full, pepper, &codes(1));
        assert_eq!(refused, Err(Error::PepperInvalid));
        assert_eq!(write(b"a", &codes(2)[1..]), Err(Error::ArgumentValueInvalid));
        assert_eq!(RecoveryCode::full(31, &[0; 24]).err(), Some(Error::ArgumentValueInvalid));
    }
}
