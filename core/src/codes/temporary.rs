//! Temporary codes: what an administrator or support gives to a person who is locked out, and what is sent by mail or SMS.
//!
//! NIST SP 800-63B-4 §4.2.1.2 (issued recovery codes), §3.1.3 (out-of-band secrets). An administrator's code lives 1 to 24
//! hours and may be used until then; support's is good once; both are 16 symbols with 70 random bits under a slow hash. A
//! delivered code is 6 to 8 digits, good once within 10 minutes, under a pepper: so few digits can be tried out by whoever has the
//! table. One record a user: issuing replaces it and remembers when codes were issued, at most six an hour. Invariant: a code
//! that is wrong, used up, revoked, too early or too late takes the same work, one hash, and gives the same error. Leaks: the
//! verdict.

use super::hash::SlowHash;
use super::stored::{self, Fields, User};
use super::symbols::{SHORT, ShownCode, Symbols};
use crate::ct;
use crate::encoding::decimal;
use crate::error::Error;
use crate::evidence::{Evidence, Method, MethodKind};
use crate::secret::{Pepper, Peppers};
use crate::time::{CLOCK_SKEW, UnixTime};
use core::fmt;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random symbols of an administrator's and of support's code, five bits each.
pub const RANDOM_SYMBOLS: usize = SHORT;
/// How often an administrator's code may be used: in effect until it expires.
pub const ADMIN_USES: u32 = 1000;
/// How many codes may be issued to one user within an hour.
pub const MAX_ISSUED_PER_HOUR: usize = 6;

const PREFIX: &str = "$mfakit-tc$";
const PURPOSE: &[u8] = b"mfakit-tc-v1";
const MAX_RECORD: usize = 1024;
const HOUR: u64 = 3600;
/// The latest time in a record: what hosts may pass as a time, and the longest lifetime.
const LATEST: u64 = 100_000_000_000 + 86_400;
/// The first symbol of every temporary code; recovery codes begin with a slot below it.
const FIRST_SYMBOL: u8 = 31;

/// Who gives a code, and with it how long and how often it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TemporaryKind {
    /// By an administrator: 1 to 24 hours, until it expires.
    Admin,
    /// By support: 1 to 24 hours, once.
    Support,
    /// By SMS or mail: 1 to 10 minutes, once.
    Delivered,
}

impl TemporaryKind {
    /// The kind's stable name: `admin`, `support` or `delivered`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Support => "support",
            Self::Delivered => "delivered",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Admin, Self::Support, Self::Delivered].into_iter().find(|kind| kind.as_str() == name)
    }

    const fn number(self) -> u8 {
        match self {
            Self::Admin => 1,
            Self::Support => 2,
            Self::Delivered => 3,
        }
    }

    const fn method(self) -> (Method, MethodKind) {
        match self {
            Self::Admin => (Method::AdminCode, MethodKind::AdminCode),
            Self::Support => (Method::SupportCode, MethodKind::SupportCode),
            Self::Delivered => (Method::DeliveredCode, MethodKind::DeliveredCode),
        }
    }

    const fn max_uses(self) -> u32 {
        match self {
            Self::Admin => ADMIN_USES,
            Self::Support | Self::Delivered => 1,
        }
    }

    /// The lifetime in seconds, where the host names none: the shortest usual one.
    const fn default_lifetime(self) -> u64 {
        match self {
            Self::Admin | Self::Support => HOUR,
            Self::Delivered => 600,
        }
    }

    fn allows_lifetime(self, seconds: u64) -> bool {
        match self {
            Self::Admin | Self::Support => (HOUR..=86_400).contains(&seconds),
            Self::Delivered => (60..=600).contains(&seconds),
        }
    }
}

/// A temporary code. Wiped on drop; no `Clone`, no `PartialEq`; `Debug` shows nothing.
pub struct TemporaryCode(Secret);

enum Secret {
    Symbols(Symbols),
    Digits(Digits),
}

/// ASCII digits, 6 to 8 of them, wiped on drop.
struct Digits {
    text: Zeroizing<[u8; 8]>,
    len: u8,
}

impl Digits {
    fn expose(&self) -> &[u8] {
        self.text.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Reads exactly `len` ASCII digits; ASCII spaces and hyphens are dropped.
    fn parse(text: &[u8], len: u8) -> Result<Self, Error> {
        const MALFORMED: Error = Error::TemporaryCodeMalformed;
        if text.len() > 64 {
            return Err(MALFORMED);
        }
        let mut digits = Self { text: Zeroizing::new([0; 8]), len };
        let mut typed = text.iter().filter(|byte| !matches!(byte, b' ' | b'-'));
        let places = digits.text.get_mut(..usize::from(len)).ok_or(MALFORMED)?;
        for place in places {
            *place = *typed.next().filter(|byte| byte.is_ascii_digit()).ok_or(MALFORMED)?;
        }
        if typed.next().is_none() { Ok(digits) } else { Err(MALFORMED) }
    }
}

impl TemporaryCode {
    /// A code of 16 symbols from random bytes, five bits of each, for an administrator or support.
    #[must_use]
    pub fn symbols(entropy: &[u8; RANDOM_SYMBOLS]) -> Self {
        Self(Secret::Symbols(Symbols::new(FIRST_SYMBOL, entropy)))
    }

    /// A code of 6 to 8 digits from random bytes, for delivery.
    ///
    /// # Errors
    ///
    /// [`Error::DigitsInvalid`].
    pub fn digits(len: u64, entropy: &[u8; 8]) -> Result<Self, Error> {
        let len = u8::try_from(len).ok().filter(|len| (6..=8).contains(len));
        let mut digits =
            Digits { text: Zeroizing::new([b'0'; 8]), len: len.ok_or(Error::DigitsInvalid)? };
        // The bits are a fraction below 1 in units of 2^-60; its decimals are the digits. Nothing divides, and a digit is off
        // its fair share by less than 10^8 / 2^60.
        let mut fraction = Zeroizing::new(u64::from_be_bytes(*entropy) >> 4);
        for place in digits.text.iter_mut() {
            let tenfold = fraction.wrapping_mul(10);
            let [.., digit] = (tenfold >> 60).to_be_bytes();
            *place = b'0' | digit;
            *fraction = tenfold & (u64::MAX >> 4);
        }
        if let Some(rest) = digits.text.get_mut(usize::from(digits.len)..) {
            rest.zeroize();
        }
        Ok(Self(Secret::Digits(digits)))
    }

    /// The code for showing it: four groups of 4 symbols with hyphens, or digits.
    #[must_use]
    pub fn expose(&self) -> ShownCode {
        match &self.0 {
            Secret::Symbols(symbols) => symbols.expose(),
            Secret::Digits(digits) => {
                let mut shown = ShownCode::of(digits.expose());
                ct::declassify_bytes(shown.bytes_mut());
                shown
            }
        }
    }

    fn parse(text: &[u8], digits: Option<u8>) -> Result<Self, Error> {
        let code = match digits {
            None => Symbols::parse(text, false).map(Secret::Symbols),
            Some(len) => Digits::parse(text, len).map(Secret::Digits),
        };
        code.map(Self).map_err(|_| Error::TemporaryCodeMalformed)
    }
}

impl fmt::Debug for TemporaryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemporaryCode(***)")
    }
}

impl ZeroizeOnDrop for TemporaryCode {}

/// How a code's tag is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Storage {
    Slow(SlowHash),
    /// One fast hash under a pepper, of so many digits.
    Peppered(u8),
}

/// What is stored for a user. `Display` writes its text:
/// `$mfakit-tc$v=1,t=admin,h=pbkdf2-sha256,i=600000,k=KID$ID$TAG$NOT_BEFORE.NOT_AFTER.MAX_USES.USES.REVOKED$ISSUED_BY$T.T…`,
/// for a delivered code `t=delivered,d=6,k=KID`.
#[derive(Clone, Copy)]
pub struct TemporaryRecord<'a> {
    kind: TemporaryKind,
    storage: Storage,
    pepper_id: Option<&'a str>,
    id: [u8; 16],
    tag: [u8; 32],
    not_before: u64,
    not_after: u64,
    max_uses: u32,
    uses: u32,
    revoked: bool,
    issued_by: Name,
    issued: Issued,
}

/// Who issued a code: 1 to 255 bytes of UTF-8.
#[derive(Clone, Copy)]
struct Name {
    bytes: [u8; 255],
    len: u8,
}

impl Name {
    fn new(text: &[u8]) -> Option<Self> {
        let len = u8::try_from(text.len()).ok().filter(|len| *len > 0)?;
        core::str::from_utf8(text).ok()?;
        let mut name = Self { bytes: [0; 255], len };
        name.bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(name)
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// When codes were issued lately, the latest last: 1 to 6 times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Issued {
    times: [u64; MAX_ISSUED_PER_HOUR],
    len: usize,
}

impl Issued {
    const NEVER: Self = Self { times: [0; MAX_ISSUED_PER_HOUR], len: 0 };

    fn get(&self) -> &[u64] {
        self.times.get(..self.len).unwrap_or_default()
    }

    fn push(&mut self, time: u64) -> Option<()> {
        *self.times.get_mut(self.len)? = time;
        self.len = self.len.saturating_add(1);
        Some(())
    }

    /// Those of the last hour (and of the future, if the clock went back), and now.
    fn and_now(&self, now: u64) -> Result<Self, Error> {
        let mut kept = Self::NEVER;
        let recent = self.get().iter().filter(|time| time.saturating_add(HOUR) > now);
        recent
            .chain([&now])
            .try_for_each(|time| kept.push(*time))
            .ok_or(Error::TemporaryCodeLimit)?;
        Ok(kept)
    }
}

/// What a new code is for.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// The user's id, 1 to 255 bytes.
    pub user_id: &'a [u8],
    /// Who gives it.
    pub kind: TemporaryKind,
    /// The administrator, support agent or process that issues it: 1 to 255 bytes, for the audit.
    pub issued_by: &'a str,
    /// The user's record until now: it is replaced, and its code is void.
    pub previous: Option<&'a TemporaryRecord<'a>>,
    /// Seconds; `None` for an hour, or 10 minutes for a delivered code.
    pub lifetime: Option<u64>,
    /// 16 fresh random bytes.
    pub id: [u8; 16],
    /// The current pepper with its id. A delivered code needs one.
    pub pepper: Option<(&'a str, &'a Pepper)>,
    /// The slow hash. A delivered code needs none.
    pub hash: Option<SlowHash>,
    /// The time.
    pub now: UnixTime,
}

/// Makes the record of a new code.
///
/// # Errors
///
/// [`Error::TemporaryCodeLimit`] for the seventh code within an hour. The host's: [`Error::UserIdInvalid`];
/// [`Error::ArgumentValueInvalid`] for a lifetime, a name or a hash out of bounds, or a code of the other form;
/// [`Error::PepperRequired`]; [`Error::PepperInvalid`] for an id that no record can have; [`Error::TimeInvalid`] for a time after the
/// year 5138, which is one in milliseconds; [`Error::CodeHashUnsupported`] without a hash where one is needed.
///
/// # Examples
///
/// ```
/// use mfakit_core::codes::temporary::{Issue, TemporaryCode, TemporaryKind, issue, verify};
/// use mfakit_core::{Error, Pepper, Peppers, UnixTime};
///
/// let pepper = Pepper::new(&[7; 32])?; // random bytes, really
/// let code = TemporaryCode::digits(6, &[9; 8])?; // random bytes, really
/// let now = UnixTime::from_seconds(1_800_000_000);
/// let record = issue(&code, Issue {
///     user_id: b"alice",
///     kind: TemporaryKind::Delivered,
///     issued_by: "login",
///     previous: None,
///     lifetime: None,
///     id: [3; 16],
///     pepper: Some(("2026-05", &pepper)),
///     hash: None,
///     now,
/// })?;
///
/// let keys = [("2026-05", &pepper)];
/// let peppers = Peppers::new(&keys, "2026-05")?;
/// let typed = code.expose();
/// let verified = verify(typed.as_str().as_bytes(), b"alice", &record, Some(&peppers), now)?;
/// let next = verified.next().to_string(); // UPDATE … SET code = next WHERE user = … AND code = previous
/// assert_eq!(verified.uses_left(), 0);
/// let evidence = verified.commit(1)?;
/// assert_eq!(evidence.method().as_str(), "delivered_code");
/// # let _ = next;
/// # Ok::<(), Error>(())
/// ```
pub fn issue<'a>(code: &TemporaryCode, issue: Issue<'a>) -> Result<TemporaryRecord<'a>, Error> {
    let Issue { user_id, kind, previous, .. } = issue;
    let user = User::new(user_id)?;
    let pepper = Peppers::checked(issue.pepper)?;
    let issued_by = Name::new(issue.issued_by.as_bytes()).ok_or(Error::ArgumentValueInvalid)?;
    let lifetime = issue.lifetime.unwrap_or(kind.default_lifetime());
    if !kind.allows_lifetime(lifetime) {
        return Err(Error::ArgumentValueInvalid);
    }
    let storage = match (kind, &code.0) {
        (TemporaryKind::Delivered, Secret::Digits(digits)) => {
            pepper.ok_or(Error::PepperRequired)?;
            Storage::Peppered(digits.len)
        }
        (TemporaryKind::Admin | TemporaryKind::Support, Secret::Symbols(_)) => {
            let hash = issue.hash.ok_or(Error::CodeHashUnsupported)?;
            if !hash.is_bounded() {
                return Err(Error::ArgumentValueInvalid);
            }
            Storage::Slow(hash)
        }
        _ => return Err(Error::ArgumentValueInvalid),
    };
    let now = issue.now.seconds();
    let not_after = now.saturating_add(lifetime);
    if not_after > LATEST {
        return Err(Error::TimeInvalid);
    }
    // Before the hash: a host that is asked too often does no work.
    let issued = previous.map_or(Issued::NEVER, |record| record.issued).and_now(now)?;
    let key = pepper.map_or(&issue.id[..], |(_, pepper)| pepper.expose());
    let tag = tag(kind, storage, key, user, &issue.id, code)?;
    Ok(TemporaryRecord {
        kind,
        storage,
        pepper_id: pepper.map(|(id, _)| id),
        id: issue.id,
        tag: *tag,
        not_before: now,
        not_after,
        max_uses: kind.max_uses(),
        uses: 0,
        revoked: false,
        issued_by,
        issued,
    })
}

fn tag(
    kind: TemporaryKind,
    storage: Storage,
    key: &[u8],
    user: User<'_>,
    id: &[u8; 16],
    code: &TemporaryCode,
) -> Result<Zeroizing<[u8; 32]>, Error> {
    let fast = match &code.0 {
        Secret::Symbols(code) => user.symbols_tag(key, PURPOSE, kind.number(), id, code),
        Secret::Digits(code) => {
            user.tag(key, PURPOSE, kind.number(), id, &[&[code.len], code.expose()])
        }
    };
    match storage {
        Storage::Slow(hash) => hash.derive(&fast, id),
        Storage::Peppered(_) => Ok(fast),
    }
}

impl<'a> TemporaryRecord<'a> {
    /// Takes a record apart that its `Display` wrote.
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
        let kind = fields.next("t=").and_then(TemporaryKind::from_name).ok_or(CORRUPT)?;
        let storage = match kind {
            TemporaryKind::Admin | TemporaryKind::Support => {
                Storage::Slow(SlowHash::read(&mut fields)?)
            }
            TemporaryKind::Delivered => {
                let digits = fields.number("d=").and_then(|d| u8::try_from(d).ok());
                Storage::Peppered(digits.filter(|d| (6..=8).contains(d)).ok_or(CORRUPT)?)
            }
        };
        Self::rest(kind, storage, fields, rest).ok_or(CORRUPT)
    }

    fn rest(
        kind: TemporaryKind,
        storage: Storage,
        fields: Fields<'a>,
        text: &'a str,
    ) -> Option<Self> {
        let pepper_id = fields.pepper_id()?;
        let mut parts = text.split('$');
        let id = stored::read_base64url(parts.next()?)?;
        let tag = stored::read_base64url(parts.next()?)?;
        let mut numbers = parts.next()?.split('.').map(decimal);
        let mut number = || numbers.next()?;
        let (not_before, not_after) = (number()?, number()?);
        let max_uses = u32::try_from(number()?).ok()?;
        let uses = u32::try_from(number()?).ok()?;
        let revoked = match number()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let mut name = [0; 255];
        let name = crate::encoding::base64url::decode(parts.next()?.as_bytes(), &mut name).ok()?;
        let issued_by = Name::new(name)?;
        let mut issued = Issued::NEVER;
        parts.next()?.split('.').try_for_each(|time| issued.push(decimal(time)?))?;
        let good = numbers.next().is_none()
            && parts.next().is_none()
            && not_before <= not_after
            && issued.get().iter().chain([&not_after]).all(|time| *time <= LATEST)
            && max_uses == kind.max_uses()
            && uses <= max_uses
            && (kind != TemporaryKind::Delivered || pepper_id.is_some());
        good.then_some(Self {
            kind,
            storage,
            pepper_id,
            id,
            tag,
            not_before,
            not_after,
            max_uses,
            uses,
            revoked,
            issued_by,
            issued,
        })
    }

    /// Checks the form of a code and nothing else: what fails here is a typing error, and is charged to no throttle.
    ///
    /// # Errors
    ///
    /// [`Error::TemporaryCodeMalformed`].
    pub fn check_code(&self, code: &[u8]) -> Result<(), Error> {
        TemporaryCode::parse(code, self.digits()).map(|_| ())
    }

    const fn digits(&self) -> Option<u8> {
        match self.storage {
            Storage::Slow(_) => None,
            Storage::Peppered(digits) => Some(digits),
        }
    }

    /// The same record, revoked: its code is void.
    #[must_use]
    pub const fn revoked_now(self) -> Self {
        Self { revoked: true, ..self }
    }

    /// Who gave the code.
    #[must_use]
    pub const fn kind(&self) -> TemporaryKind {
        self.kind
    }
    /// The record's id, which is no secret: it names the code in an audit.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }
    /// Who issued the code, as the host named them.
    #[must_use]
    pub fn issued_by(&self) -> &str {
        self.issued_by.as_str()
    }
    /// When the code was issued.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        UnixTime::from_seconds(self.not_before)
    }
    /// The last second in which it is good.
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        UnixTime::from_seconds(self.not_after)
    }
    /// How often it may be used.
    #[must_use]
    pub const fn max_uses(&self) -> u32 {
        self.max_uses
    }
    /// How often it was used.
    #[must_use]
    pub const fn uses(&self) -> u32 {
        self.uses
    }
    /// Whether it was revoked.
    #[must_use]
    pub const fn is_revoked(&self) -> bool {
        self.revoked
    }

    /// Whether a right code is good at this time.
    fn is_live(&self, now: u64) -> bool {
        !self.revoked
            && self.uses < self.max_uses
            && now.saturating_add(CLOCK_SKEW) >= self.not_before
            && now <= self.not_after
    }
}

impl fmt::Display for TemporaryRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}v=1,t={},", self.kind.as_str())?;
        match self.storage {
            Storage::Slow(hash) => write!(f, "{hash}")?,
            Storage::Peppered(digits) => write!(f, "d={digits}")?,
        }
        stored::write_pepper_id(f, self.pepper_id)?;
        f.write_str("$")?;
        stored::write_base64url(f, &self.id)?;
        f.write_str("$")?;
        stored::write_base64url(f, &self.tag)?;
        let Self { not_before, not_after, max_uses, uses, .. } = self;
        write!(f, "${not_before}.{not_after}.{max_uses}.{uses}.{}$", u8::from(self.revoked))?;
        stored::write_base64url(f, self.issued_by().as_bytes())?;
        for (index, time) in self.issued.get().iter().enumerate() {
            write!(f, "{}{time}", if index == 0 { '$' } else { '.' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for TemporaryRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemporaryRecord({})", self.kind.as_str())
    }
}

/// A code that was right and good. It counts once its transition is stored.
#[derive(Debug)]
#[must_use]
pub struct TemporaryVerified<'a> {
    next: TemporaryRecord<'a>,
}

/// Verifies a code against the user's record.
///
/// # Errors
///
/// [`Error::TemporaryCodeMalformed`] for a typing error. [`Error::TemporaryCodeRejected`] for a code that is wrong, used up,
/// revoked, too early or too late. The host's: [`Error::UserIdInvalid`], [`Error::PepperUnknown`].
///
/// # Leakage
///
/// Of the code: its layout, whether it is well formed, and the verdict. Of the record: nothing that is not public.
pub fn verify<'a>(
    code: &[u8],
    user_id: &[u8],
    record: &TemporaryRecord<'a>,
    peppers: Option<&Peppers<'_>>,
    now: UnixTime,
) -> Result<TemporaryVerified<'a>, Error> {
    let key = stored::key(record.pepper_id, peppers, &record.id)?;
    let user = User::new(user_id)?;
    let code = TemporaryCode::parse(code, record.digits())?;
    let expected = tag(record.kind, record.storage, key, user, &record.id, &code)?;
    let live = Choice::from(u8::from(record.is_live(now.seconds())));
    if ct::declassify(record.tag.ct_eq(&expected[..]) & live) {
        Ok(TemporaryVerified {
            next: TemporaryRecord { uses: record.uses.saturating_add(1), ..*record },
        })
    } else {
        Err(Error::TemporaryCodeRejected)
    }
}

impl<'a> TemporaryVerified<'a> {
    /// Who gave the code.
    #[must_use]
    pub const fn kind(&self) -> TemporaryKind {
        self.next.kind
    }
    /// How often it may be used again.
    #[must_use]
    pub const fn uses_left(&self) -> u32 {
        self.next.max_uses.saturating_sub(self.next.uses)
    }
    /// The record to store in place of the one that was passed in.
    #[must_use]
    pub const fn next(&self) -> &TemporaryRecord<'a> {
        &self.next
    }
    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        let (method, kind) = self.next.kind.method();
        Evidence::commit(rows, method, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::{String, ToString};

    const NOW: u64 = 1_800_000_000;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    fn pepper() -> Pepper {
        Pepper::new(&[7; 32]).unwrap()
    }

    fn wanted<'a>(kind: TemporaryKind, pepper: &'a Pepper) -> Issue<'a> {
        Issue {
            user_id: b"alice",
            kind,
            issued_by: "Rósa, support",
            previous: None,
            lifetime: None,
            id: [3; 16],
            pepper: Some(("p", pepper)),
            #[cfg(feature = "pbkdf2")]
            hash: Some(SlowHash::Pbkdf2Sha256 { rounds: 100_000 }),
            #[cfg(not(feature = "pbkdf2"))]
            hash: None,
            now: at(NOW),
        }
    }

    fn check(code: &str, user: &str, text: &str, now: u64) -> Result<String, Error> {
        let pepper = pepper();
        let keys = [("p", &pepper)];
        let peppers = Peppers::new(&keys, "p").unwrap();
        let record = TemporaryRecord::parse(text)?;
        let verified = verify(code.as_bytes(), user.as_bytes(), &record, Some(&peppers), at(now))?;
        Ok(verified.next().to_string())
    }

    #[test]
    fn digits_are_the_decimals_of_the_fraction() {
        for (entropy, len, expected) in [
            ([0; 8], 6, "000000"),
            ([255; 8], 8, "99999999"),
            ([128, 0, 0, 0, 0, 0, 0, 0], 7, "5000000"),
            ([0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x40], 6, "200000"),
        ] {
            let code = TemporaryCode::digits(len, &entropy).unwrap();
            assert_eq!(code.expose().as_str(), expected);
        }
        for len in [0, 5, 9, 256 + 6, u64::MAX] {
            assert_eq!(TemporaryCode::digits(len, &[0; 8]).err(), Some(Error::DigitsInvalid));
        }
    }

    #[test]
    fn a_delivered_code_is_good_once_within_ten_minutes() {
        let pepper = pepper();
        let code = TemporaryCode::digits(6, &[9; 8]).unwrap();
        let record = issue(&code, wanted(TemporaryKind::Delivered, &pepper)).unwrap();
        let text = record.to_string();
        assert!(text.starts_with("$mfakit-tc$v=1,t=delivered,d=6,k=p$"), "{text}");
        let shown = code.expose();
        let typed = format!(" {}-{} ", &shown.as_str()[..3], &shown.as_str()[3..]);
        for now in [NOW - 5, NOW, NOW + 600] {
            let next = check(&typed, "alice", &text, now).unwrap();
            assert_eq!(check(&typed, "alice", &next, now), Err(Error::TemporaryCodeRejected));
        }
        for now in [NOW - 6, NOW + 601, 0, u64::MAX] {
            assert_eq!(check(&typed, "alice", &text, now), Err(Error::TemporaryCodeRejected));
        }
        assert_eq!(check(&typed, "bob", &text, NOW), Err(Error::TemporaryCodeRejected));
        let revoked = record.revoked_now().to_string();
        assert_eq!(check(&typed, "alice", &revoked, NOW), Err(Error::TemporaryCodeRejected));
        for bad in ["", "12345", "1234567", "12345a", "１２３４５６", &" ".repeat(65)] {
            assert_eq!(
                check(bad, "alice", &text, NOW),
                Err(Error::TemporaryCodeMalformed),
                "{bad}"
            );
        }
        let verified = verify(shown.as_str().as_bytes(), b"alice", &record, None, at(NOW));
        assert_eq!(verified.err(), Some(Error::PepperUnknown));
    }

    #[cfg(feature = "pbkdf2")]
    #[test]
    fn an_administrators_code_is_good_until_it_expires_and_supports_once() {
        let pepper = pepper();
        let code = TemporaryCode::symbols(&[9; RANDOM_SYMBOLS]);
        let shown = code.expose();
        assert!(shown.as_str().starts_with('Z') && shown.as_str().len() == 19);
        let day = Issue { lifetime: Some(86_400), ..wanted(TemporaryKind::Admin, &pepper) };
        let text = issue(&code, day).unwrap().to_string();
        let once = check(shown.as_str(), "alice", &text, NOW).unwrap();
        let twice = check(shown.as_str(), "alice", &once, NOW + 86_400).unwrap();
        assert!(twice.contains(".1000.2.0$"), "{twice}");
        let late = check(shown.as_str(), "alice", &text, NOW + 86_401);
        assert_eq!(late, Err(Error::TemporaryCodeRejected));
        let spent = text.replace(".1000.0.0$", ".1000.1000.0$");
        let refused = check(shown.as_str(), "alice", &spent, NOW);
        assert_eq!(refused, Err(Error::TemporaryCodeRejected));
        let support = issue(&code, wanted(TemporaryKind::Support, &pepper)).unwrap().to_string();
        let next = check(shown.as_str(), "alice", &support, NOW).unwrap();
        let refused = check(shown.as_str(), "alice", &next, NOW);
        assert_eq!(refused, Err(Error::TemporaryCodeRejected));
        // The tag binds the kind: a record's kind cannot be changed.
        let changed = text.replace("t=admin", "t=support").replace(".1000.0.", ".1.0.");
        let refused = check(shown.as_str(), "alice", &changed, NOW);
        assert_eq!(refused, Err(Error::TemporaryCodeRejected));
        assert_eq!(check("ZZZZ", "alice", &text, NOW), Err(Error::TemporaryCodeMalformed));
    }

    #[test]
    fn six_codes_an_hour_whatever_the_clock_does() {
        let pepper = pepper();
        let code = TemporaryCode::digits(6, &[9; 8]).unwrap();
        let mut text = String::new();
        let mut issue_at = |now: u64| {
            let previous = (!text.is_empty()).then(|| text.clone());
            let previous = previous.as_deref().map(|text| TemporaryRecord::parse(text).unwrap());
            let wanted = Issue {
                previous: previous.as_ref(),
                now: at(now),
                ..wanted(TemporaryKind::Delivered, &pepper)
            };
            text = issue(&code, wanted)?.to_string();
            Ok(())
        };
        for now in [NOW, NOW + 1, NOW + 2, NOW + 3, NOW + 4, NOW + 5] {
            assert_eq!(issue_at(now), Ok(()));
        }
        for now in [NOW + 5, NOW + 3599, NOW - 100_000, 0] {
            assert_eq!(issue_at(now), Err(Error::TemporaryCodeLimit), "{now}");
        }
        assert_eq!(issue_at(NOW + 3600), Ok(()));
        assert_eq!(issue_at(NOW + 3600), Err(Error::TemporaryCodeLimit));
        assert_eq!(issue_at(NOW + 3601), Ok(()));
    }

    #[test]
    fn what_is_issued_is_bounded() {
        let pepper = pepper();
        let digits = TemporaryCode::digits(8, &[9; 8]).unwrap();
        let delivered = wanted(TemporaryKind::Delivered, &pepper);
        let refused = |change: Issue<'_>| issue(&digits, change).map(|_| ()).unwrap_err();
        for lifetime in [0, 59, 601, u64::MAX] {
            let wrong = Issue { lifetime: Some(lifetime), ..delivered };
            assert_eq!(refused(wrong), Error::ArgumentValueInvalid);
        }
        assert_eq!(refused(Issue { pepper: None, ..delivered }), Error::PepperRequired);
        let unnamed = Some(("x,y", &pepper));
        assert_eq!(refused(Issue { pepper: unnamed, ..delivered }), Error::PepperInvalid);
        for now in [LATEST - 599, u64::MAX] {
            assert_eq!(refused(Issue { now: at(now), ..delivered }), Error::TimeInvalid);
        }
        assert!(issue(&digits, Issue { now: at(LATEST - 600), ..delivered }).is_ok());
        assert_eq!(refused(Issue { user_id: b"", ..delivered }), Error::UserIdInvalid);
        let long = "x".repeat(256);
        for issued_by in ["", &long] {
            assert_eq!(refused(Issue { issued_by, ..delivered }), Error::ArgumentValueInvalid);
        }
        assert!(issue(&digits, Issue { issued_by: &long[1..], ..delivered }).is_ok());
        let admin = wanted(TemporaryKind::Admin, &pepper);
        assert_eq!(
            refused(admin),
            Error::ArgumentValueInvalid,
            "digits for an administrator's code"
        );
        let symbols = TemporaryCode::symbols(&[1; RANDOM_SYMBOLS]);
        for lifetime in [3599, 86_401] {
            let wrong = issue(&symbols, Issue { lifetime: Some(lifetime), ..admin });
            assert_eq!(wrong.err(), Some(Error::ArgumentValueInvalid));
        }
        let without = issue(&symbols, Issue { hash: None, ..admin });
        assert_eq!(without.err(), Some(Error::CodeHashUnsupported));
    }

    #[test]
    fn a_record_has_one_text() {
        let pepper = pepper();
        let code = TemporaryCode::digits(6, &[9; 8]).unwrap();
        let long = "ö".repeat(127);
        let wanted = Issue { issued_by: &long, ..wanted(TemporaryKind::Delivered, &pepper) };
        let text = issue(&code, wanted).unwrap().to_string();
        let read = TemporaryRecord::parse(&text).unwrap();
        assert_eq!((read.to_string(), read.issued_by()), (text.clone(), &long[..]));
        for end in 0..text.len() {
            // Fewer digits of the last time are another time.
            let cut = TemporaryRecord::parse(&text[..end]);
            let longer = text.rfind('$').unwrap() + 1;
            assert_eq!(cut.is_ok(), end > longer, "{end}");
        }
        for (from, to) in [
            ("t=delivered", "t=sent"),
            ("d=6", "d=5"),
            ("d=6", "d=06"),
            ("d=6,k=p", "d=6"),
            ("d=6,k=p", "d=6,k=p,x=1"),
            (".1.0.0$", ".1.2.0$"),
            (".1.0.0$", ".1.0.2$"),
            (".1.0.0$", ".2.0.0$"),
            (".1.0.0$", ".1.0$"),
            (".1.0.0$", ".1.0.0.0$"),
            ("$1800000000.1800000600", "$1800000601.1800000600"),
            ("$1800000000.", "$01800000000."),
            (".1800000600.", ".100000086401."),
        ] {
            let bad = text.replacen(from, to, 1);
            assert_ne!(bad, text);
            assert_eq!(TemporaryRecord::parse(&bad).err(), Some(Error::RecordCorrupt), "{bad}");
        }
        for more in ["$", ".", ".1.2.3.4.5.6", "$1"] {
            let bad = format!("{text}{more}");
            assert_eq!(TemporaryRecord::parse(&bad).err(), Some(Error::RecordCorrupt), "{bad}");
        }
        let later = text.replacen("v=1", "v=2", 1);
        assert_eq!(TemporaryRecord::parse(&later).err(), Some(Error::RecordVersionUnknown));
    }
}
