//! Recovery codes in the full format: printed once, each good for one sign-in.
//!
//! NIST SP 800-63B-4 §3.1.2 (look-up secrets), §4.2.1.1 (saved recovery codes). A code is 26 Crockford symbols: the slot,
//! 24 random ones (120 bits, so one fast hash of the stored form is enough: §3.1.2 asks for 112), and a check symbol that
//! tells a typing error from a wrong code. The stored tag binds the format, the user, the set and the slot. Invariant: a used
//! code, an unknown slot and a wrong code take the same work and give the same error. Leaks: the verdict and, after
//! acceptance, the slot.

use crate::crypto::hmac_sha256;
use crate::ct;
use crate::encoding::{base64url, crockford};
use crate::error::Error;
use crate::secret::{Pepper, Peppers};
use crate::state::{Evidence, Method, Transition};
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most codes in a set. The mask of used codes then fits in a signed 32-bit column.
pub const MAX_CODES: u32 = 31;
/// The random symbols of a code, five bits each.
pub const RANDOM_SYMBOLS: usize = 24;
/// How few unused codes are called [`RecoveryVerified::low`].
pub const LOW: u32 = 3;

const SYMBOLS: usize = RANDOM_SYMBOLS + 2;
const GROUPED: usize = SYMBOLS + 4;
const PREFIX: &str = "$mfakit-rc$";
/// What the tag covers first: its purpose and version, then the format.
const CONTEXT: &[u8] = b"mfakit-rc-v1";
const FULL: u8 = 1;
/// 31 tags of 43 symbols and a dot each, and what stands before them, come to about 1450.
const MAX_RECORD: usize = 2048;

/// A recovery code. Wiped on drop; no `Clone`, no `PartialEq`; `Debug` shows nothing.
pub struct RecoveryCode {
    symbols: [u8; SYMBOLS],
}

impl RecoveryCode {
    /// The code of a slot, 0 to 30, from random bytes, five bits of each.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] for another slot.
    pub fn new(slot: u8, entropy: &[u8; RANDOM_SYMBOLS]) -> Result<Self, Error> {
        if u32::from(slot) >= MAX_CODES {
            return Err(Error::ArgumentValueInvalid);
        }
        let mut code = Self { symbols: [0; SYMBOLS] };
        let [covered @ .., check] = &mut code.symbols;
        let [first, random @ ..] = covered;
        *first = slot;
        for (symbol, byte) in random.iter_mut().zip(entropy) {
            *symbol = byte & 31;
        }
        *check = crockford::check_symbol(covered);
        Ok(code)
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
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        // What was decoded wipes itself.
        Ok(Self { symbols: *crockford::decode::<SYMBOLS>(text)? })
    }

    /// The code for showing it: groups of 5, 5, 5, 5 and 6 symbols with hyphens between them.
    #[must_use]
    pub fn expose(&self) -> ShownCode {
        let mut text = [b'-'; GROUPED];
        let places = (0..GROUPED).filter(|place| !matches!(place, 5 | 11 | 17 | 23));
        for (place, &symbol) in places.zip(&self.symbols) {
            if let Some(slot) = text.get_mut(place) {
                *slot = crockford::character(symbol);
            }
        }
        ShownCode { text }
    }

    const fn parts(&self) -> (u8, &[u8]) {
        match &self.symbols {
            [slot, random @ .., _] => (*slot, random),
        }
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(***)")
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.symbols.zeroize();
    }
}

impl ZeroizeOnDrop for RecoveryCode {}

/// A code's text of 30 ASCII characters, wiped on drop.
pub struct ShownCode {
    text: [u8; GROUPED],
}

impl ShownCode {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCode(***)")
    }
}

impl Drop for ShownCode {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// Writes the record of a new set: `$mfakit-rc$v=1,f=full,k=KID$SETID$TAG0.TAG1…`, without `k` where there is no pepper.
///
/// The codes are those of slots 0, 1, 2 and so on; `set_id` is 16 fresh random bytes.
///
/// # Errors
///
/// [`Error::UserIdInvalid`]; [`Error::ArgumentValueInvalid`] for no code, more than 31, one in the wrong place, or where
/// `out` is full.
pub fn write_record<'c>(
    out: &mut impl fmt::Write,
    user_id: &[u8],
    set_id: &[u8; 16],
    pepper: Option<(&str, &Pepper)>,
    codes: impl IntoIterator<Item = &'c RecoveryCode>,
) -> Result<(), Error> {
    let full = |_| Error::ArgumentValueInvalid;
    let (comma, pepper_id) = pepper.map_or(("", ""), |(id, _)| (",k=", id));
    write!(out, "{PREFIX}v=1,f=full{comma}{pepper_id}$").map_err(full)?;
    write_base64url(out, set_id).map_err(full)?;
    let key = pepper.map_or(&set_id[..], |(_, pepper)| pepper.expose());
    let mut written = 0_u8;
    for code in codes {
        let (slot, _) = code.parts();
        if slot != written {
            return Err(Error::ArgumentValueInvalid);
        }
        out.write_char(if written == 0 { '$' } else { '.' }).map_err(full)?;
        write_base64url(out, &tag(key, User::new(user_id)?, set_id, code)[..]).map_err(full)?;
        written = written.saturating_add(1);
    }
    if written == 0 { Err(Error::ArgumentValueInvalid) } else { Ok(()) }
}

fn write_base64url(out: &mut impl fmt::Write, bytes: &[u8]) -> fmt::Result {
    base64url::encode(bytes).try_for_each(|symbol| out.write_char(char::from(symbol)))
}

/// A user's id of 1 to 255 bytes, with its length.
#[derive(Clone, Copy)]
struct User<'a> {
    len: u8,
    id: &'a [u8],
}

impl<'a> User<'a> {
    fn new(id: &'a [u8]) -> Result<Self, Error> {
        let len = u8::try_from(id.len()).ok().filter(|&len| len > 0);
        len.map(|len| Self { len, id }).ok_or(Error::UserIdInvalid)
    }
}

fn tag(
    key: &[u8],
    user: User<'_>,
    set_id: &[u8; 16],
    code: &RecoveryCode,
) -> zeroize::Zeroizing<[u8; 32]> {
    let (slot, random) = code.parts();
    hmac_sha256(key, &[CONTEXT, &[FULL, 0, user.len], user.id, set_id, &[slot], random])
}

/// A stored set, taken apart. It says nothing about which codes are used: that is the integer beside it.
#[derive(Clone, Copy, Debug)]
pub struct RecoveryRecord<'a> {
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
    /// [`Error::RecordVersionUnknown`] for a later version, else [`Error::RecordCorrupt`].
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        let rest = text.strip_prefix(PREFIX).filter(|_| text.len() <= MAX_RECORD);
        let rest = rest.ok_or(Error::RecordCorrupt)?;
        if let Some(rest) = rest.strip_prefix("v=1,") {
            return Self::version_1(rest).ok_or(Error::RecordCorrupt);
        }
        match rest.split_once([',', '$']) {
            Some((version, _)) if version != "v=1" && is_version(version) => {
                Err(Error::RecordVersionUnknown)
            }
            _ => Err(Error::RecordCorrupt),
        }
    }

    fn version_1(text: &'a str) -> Option<Self> {
        let (parameters, rest) = text.split_once('$')?;
        let pepper_id = match parameters.strip_prefix("f=full")? {
            "" => None,
            more => Some(more.strip_prefix(",k=").filter(|id| Peppers::is_id(id))?),
        };
        let (set_text, tags) = rest.split_once('$')?;
        let mut set_id = [0; 16];
        let set_len = base64url::decode(set_text.as_bytes(), &mut set_id).ok()?.len();
        let count = u32::try_from(tags.split('.').count()).ok()?;
        let good = set_len == set_id.len()
            && count <= MAX_CODES
            && tags.split('.').all(|tag| decode_tag(tag).is_some());
        good.then_some(Self { pepper_id, set_id, tags, count })
    }

    /// The codes in the set, used ones included: 1 to 31.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }
}

fn is_version(parameter: &str) -> bool {
    parameter.strip_prefix("v=").is_some_and(|digits| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn decode_tag(text: &str) -> Option<[u8; 32]> {
    let mut tag = [0; 32];
    let len = base64url::decode(text.as_bytes(), &mut tag).ok()?.len();
    (len == tag.len()).then_some(tag)
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
/// use mfakit_core::codes::recovery::{RecoveryCode, RecoveryRecord, verify, write_record};
///
/// let codes = [RecoveryCode::new(0, &[7; 24])?, RecoveryCode::new(1, &[8; 24])?]; // random bytes, really
/// let mut record = String::new();
/// write_record(&mut record, b"alice", &[9; 16], None, &codes)?;
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
    let key = match record.pepper_id {
        None => &record.set_id[..],
        Some(id) => peppers.and_then(|p| p.get(id)).ok_or(Error::PepperUnknown)?.expose(),
    };
    let user = User::new(user_id)?;
    let code = RecoveryCode::parse(code)?;
    let (slot, _) = code.parts();
    let expected = tag(key, user, &record.set_id, &code);
    // Every slot is compared; the one that the code names, if its bit is not set, decides.
    let mut accepted = Choice::from(0);
    for (index, text) in (0_u8..).zip(record.tags.split('.')) {
        let stored = decode_tag(text).ok_or(Error::RecordCorrupt)?;
        let unused = u8::from(used.unbounded_shr(u32::from(index)) & 1 == 0);
        accepted |= index.ct_eq(&slot) & stored.ct_eq(&expected[..]) & Choice::from(unused);
    }
    if !ct::declassify(accepted) {
        return Err(Error::RecoveryCodeRejected);
    }
    let mut slot = [slot];
    ct::declassify_bytes(&mut slot);
    let [slot] = slot;
    let needs_regeneration = peppers.is_some_and(|p| record.pepper_id != Some(p.current()));
    Ok(RecoveryVerified {
        bit: 1_u32.unbounded_shl(u32::from(slot)),
        used,
        count: record.count,
        needs_regeneration,
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
    /// Whether the set was not made under the current pepper: a new set should replace it.
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
        Evidence::commit(rows, Method::RecoveryCode, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};
    use std::{format, vec::Vec};

    const SET: [u8; 16] = [9; 16];

    fn codes(count: u8) -> Vec<RecoveryCode> {
        (0..count).map(|slot| RecoveryCode::new(slot, &[slot + 1; 24]).unwrap()).collect()
    }

    fn record(pepper: Option<(&str, &Pepper)>, count: u8) -> String {
        let mut text = String::new();
        write_record(&mut text, b"alice", &SET, pepper, &codes(count)).unwrap();
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
        let beyond = RecoveryCode::new(5, &[6; 24]).unwrap();
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

    #[test]
    fn a_set_is_written_in_order_and_for_somebody() {
        let mut out = String::new();
        let mut write =
            |user: &[u8], codes: &[RecoveryCode]| write_record(&mut out, user, &SET, None, codes);
        assert_eq!(write(b"", &codes(1)), Err(Error::UserIdInvalid));
        assert_eq!(write(&[b'a'; 256], &codes(1)), Err(Error::UserIdInvalid));
        assert_eq!(write(&[b'a'; 255], &codes(1)), Ok(()));
        assert_eq!(write(b"a", &[]), Err(Error::ArgumentValueInvalid));
        assert_eq!(write(b"a", &codes(2)[1..]), Err(Error::ArgumentValueInvalid));
        assert_eq!(RecoveryCode::new(31, &[0; 24]).err(), Some(Error::ArgumentValueInvalid));
    }
}
