//! `temporary::issue`, `verify` and the calls of `mfakit` over stored texts against the rules written a second time, with tags of
//! their own: the same record, the same verdict, the same next record.
//!
//! Mutations do not find tags. So the record is issued, and the input chooses the code: the right one, another, or any text.

use crate::hmac::{hmac_sha256, pbkdf2};
use crate::input::{Input, Output};
use crate::recovery_code::{self, TYPEABLE, shown, with_check};
use crate::recovery_record::is_pepper_id;
use crate::recovery_verify::few;
use crate::temporary_record::{LATEST, Record, Storage, same};
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::temporary::{
    Issue, TemporaryCode, TemporaryKind, TemporaryRecord, issue, verify,
};
use mfakit_core::{Error, Pepper, Peppers, UnixTime};

/// Bits of [`Arguments::options`].
pub mod options {
    /// The code is made under a pepper.
    pub const PEPPERED: u8 = 0x01;
    /// The pepper is given at the verification.
    pub const PEPPER_GIVEN: u8 = 0x02;
    /// Another pepper is given beside it.
    pub const OTHER_GIVEN: u8 = 0x04;
    /// There is a record from before.
    pub const PREVIOUS: u8 = 0x08;
    /// The code is revoked before it is verified.
    pub const REVOKED: u8 = 0x10;
    /// A lifetime is named.
    pub const LIFETIME: u8 = 0x20;
}

/// The arguments that the input stands for.
#[derive(Clone)]
struct Arguments {
    options: u8,
    kind: u8,
    digits: u8,
    typed: u8,
    id: [u8; 16],
    entropy: [u8; 14],
    owner: Vec<u8>,
    user_id: Vec<u8>,
    issued_by: Vec<u8>,
    pepper_id: Vec<u8>,
    pepper: Vec<u8>,
    text: Vec<u8>,
    now: u64,
    lifetime: u64,
    /// How much later the code is verified.
    later: u32,
    uses: u32,
    /// How long before `now` codes were issued, and how many of these.
    before: [u16; 6],
    before_count: u8,
}

impl Arguments {
    fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        Self {
            options: input.u8(),
            kind: input.u8(),
            digits: input.u8(),
            typed: input.u8(),
            id: input.array(),
            entropy: input.array(),
            owner: input.bytes().to_vec(),
            user_id: input.bytes().to_vec(),
            issued_by: input.bytes().to_vec(),
            pepper_id: input.bytes().to_vec(),
            pepper: input.bytes().to_vec(),
            text: input.bytes().to_vec(),
            now: input.u64(),
            lifetime: input.u64(),
            later: input.u32(),
            uses: input.u32(),
            before: [(); 6].map(|()| input.u16()),
            before_count: input.u8() % 7,
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut output = Output::default()
            .number([self.options, self.kind, self.digits, self.typed])
            .raw(&self.id)
            .raw(&self.entropy);
        for bytes in
            [&self.owner, &self.user_id, &self.issued_by, &self.pepper_id, &self.pepper, &self.text]
        {
            output = output.bytes(bytes);
        }
        output = output.number(self.now.to_be_bytes()).number(self.lifetime.to_be_bytes());
        output = output.number(self.later.to_be_bytes()).number(self.uses.to_be_bytes());
        for before in self.before {
            output = output.number(before.to_be_bytes());
        }
        output.number([self.before_count]).finish()
    }

    const fn has(&self, option: u8) -> bool {
        self.options & option != 0
    }

    fn kind(&self) -> TemporaryKind {
        match self.kind % 4 {
            0 => TemporaryKind::Admin,
            1 => TemporaryKind::Support,
            _ => TemporaryKind::Delivered,
        }
    }

    fn entropy(&self, other: bool) -> [u8; 14] {
        self.entropy.map(|byte| if other { byte ^ 0x55 } else { byte })
    }

    /// The code, in core.
    fn code(&self, other: bool) -> Result<TemporaryCode, Error> {
        let entropy = self.entropy(other);
        match self.kind() {
            TemporaryKind::Delivered => {
                let [bytes @ .., _, _, _, _, _, _] = entropy;
                TemporaryCode::digits(u64::from(self.digits), &bytes)
            }
            _ => Ok(TemporaryCode::symbols(&entropy)),
        }
    }

    /// What a person reads.
    fn shown(&self, other: bool) -> String {
        let entropy = self.entropy(other);
        if self.kind() == TemporaryKind::Delivered {
            // The first 60 bits as a fraction, and that many of its decimals.
            let bytes: [u8; 8] = entropy[..8].try_into().expect("8 bytes");
            let fraction = u128::from(u64::from_be_bytes(bytes) >> 4);
            let width = usize::from(self.digits);
            format!("{:0width$}", (fraction * 10_u128.pow(u32::from(self.digits))) >> 60)
        } else {
            let symbols = [&[31], &entropy[..], &[0]].concat();
            shown(&with_check(&symbols.iter().map(|symbol| symbol % 32).collect::<Vec<u8>>()))
        }
    }

    fn previous(&self) -> Option<Record> {
        let before = &self.before[..usize::from(self.before_count)];
        let issued: Vec<u64> =
            before.iter().map(|before| self.now.saturating_sub(u64::from(*before))).collect();
        (self.has(options::PREVIOUS) && !issued.is_empty()).then(|| Record {
            kind: "delivered",
            storage: Storage::Digits(6),
            pepper_id: Some("old".to_owned()),
            id: [1; 16],
            tag: [2; 32],
            life: [0, 1],
            uses: 1,
            revoked: false,
            issued_by: "before".to_owned(),
            issued,
        })
    }
}

/// The symbols or digits that a text has, as the tag covers them.
fn secret(kind: TemporaryKind, digits: u8, text: &[u8]) -> Option<Vec<u8>> {
    if kind != TemporaryKind::Delivered {
        return recovery_code::reference(text, TYPEABLE).map(|mut symbols| {
            symbols.pop();
            symbols
        });
    }
    let kept: Vec<u8> = text.iter().copied().filter(|byte| !b" -".contains(byte)).collect();
    let good = text.len() <= 64 && kept.len() == usize::from(digits);
    (good && kept.iter().all(u8::is_ascii_digit)).then(|| [&[digits], &kept[..]].concat())
}

/// The tag of a code under a key.
fn tag(kind: TemporaryKind, key: &[u8], user_id: &[u8], id: &[u8; 16], secret: &[u8]) -> [u8; 32] {
    let form = match kind {
        TemporaryKind::Admin => 1,
        TemporaryKind::Support => 2,
        TemporaryKind::Delivered => 3,
    };
    let len = u16::try_from(user_id.len()).expect("a short user id").to_be_bytes();
    let fast =
        hmac_sha256(key, &[b"mfakit-tc-v1", &[form][..], &len, user_id, id, secret].concat());
    if kind == TemporaryKind::Delivered { fast } else { pbkdf2(&fast, id, 100_000) }
}

/// The record that is issued, or everything that is wrong with it.
fn issued(arguments: &Arguments, previous: Option<&Record>) -> Result<Record, Vec<Error>> {
    let kind = arguments.kind();
    let delivered = kind == TemporaryKind::Delivered;
    let mut faults = Vec::new();
    let mut require = |holds: bool, error: Error| {
        if !holds {
            faults.push(error)
        }
    };
    require((1..=255).contains(&arguments.owner.len()), Error::UserIdInvalid);
    let issued_by = String::from_utf8_lossy(&arguments.issued_by).into_owned();
    require((1..=255).contains(&issued_by.len()), Error::ArgumentValueInvalid);
    let (bounds, usual) = if delivered { (60..=600, 600) } else { (3600..=86_400, 3600) };
    let lifetime = if arguments.has(options::LIFETIME) { arguments.lifetime } else { usual };
    require(bounds.contains(&lifetime), Error::ArgumentValueInvalid);
    require(!delivered || arguments.has(options::PEPPERED), Error::PepperRequired);
    let now = arguments.now;
    let named = !arguments.has(options::PEPPERED)
        || is_pepper_id(&String::from_utf8_lossy(&arguments.pepper_id));
    require(named, Error::PepperInvalid);
    require(now.saturating_add(lifetime) <= LATEST, Error::TimeInvalid);
    let mut times: Vec<u64> = previous.map_or(Vec::new(), |record| record.issued.clone());
    times.retain(|time| u128::from(*time) + 3600 > u128::from(now));
    times.push(now);
    require(times.len() <= 6, Error::TemporaryCodeLimit);
    if !faults.is_empty() {
        return Err(faults);
    }
    let key = if arguments.has(options::PEPPERED) { &arguments.pepper } else { &arguments.id[..] };
    let text = arguments.shown(false);
    let secret = secret(kind, arguments.digits, text.as_bytes()).expect("a code");
    let pepper_id = String::from_utf8_lossy(&arguments.pepper_id).into_owned();
    Ok(Record {
        kind: kind.as_str(),
        storage: if delivered {
            Storage::Digits(arguments.digits)
        } else {
            Storage::Rounds(100_000)
        },
        pepper_id: arguments.has(options::PEPPERED).then_some(pepper_id),
        id: arguments.id,
        tag: tag(kind, key, &arguments.owner, &arguments.id, &secret),
        life: [now, now.saturating_add(lifetime)],
        uses: 0,
        revoked: false,
        issued_by,
        issued: times,
    })
}

/// The record after a right code, or what the refusal may be.
fn verified(
    arguments: &Arguments,
    record: &Record,
    text: &[u8],
    now: u64,
) -> Result<Record, Vec<Error>> {
    let mut faults = Vec::new();
    let known = record.pepper_id.is_none() || arguments.has(options::PEPPER_GIVEN);
    if !known {
        faults.push(Error::PepperUnknown);
    }
    if !(1..=255).contains(&arguments.user_id.len()) {
        faults.push(Error::UserIdInvalid);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let kind = arguments.kind();
    let secret = secret(kind, arguments.digits, text).ok_or(vec![Error::TemporaryCodeMalformed])?;
    let key = if record.pepper_id.is_some() { &arguments.pepper } else { &record.id[..] };
    let right = tag(kind, key, &arguments.user_id, &record.id, &secret) == record.tag;
    let [from, to] = record.life;
    let in_time = u128::from(now) + 5 >= u128::from(from) && now <= to;
    if right && in_time && !record.revoked && record.uses < record.max_uses() {
        Ok(Record { uses: record.uses + 1, ..record.clone() })
    } else {
        Err(vec![Error::TemporaryCodeRejected])
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let arguments = Arguments::read(data);
    if arguments.kind() != TemporaryKind::Delivered && !few() {
        return false;
    }
    let pepper_id = String::from_utf8_lossy(&arguments.pepper_id).into_owned();
    let pepper = Pepper::new(&arguments.pepper);
    assert_eq!(pepper.is_ok(), (32..=64).contains(&arguments.pepper.len()));
    // Only a pepper of a set of peppers reaches the issuer: its id and length are good.
    let Ok(pepper) = pepper else { return false };
    let (peppered, given) = (options::PEPPERED, options::PEPPER_GIVEN);
    let good = is_pepper_id(&pepper_id) || (arguments.has(peppered) && !arguments.has(given));
    if !good || pepper_id == "other" {
        return false;
    }
    let code = arguments.code(false);
    if arguments.kind() == TemporaryKind::Delivered && !(6..=8).contains(&arguments.digits) {
        assert_eq!(code.err(), Some(Error::DigitsInvalid));
        return false;
    }
    let code = code.expect("six to eight digits");
    assert_eq!(code.expose().as_str(), arguments.shown(false));
    assert_eq!(format!("{code:?}"), "TemporaryCode(***)");

    let before = arguments.previous();
    let before_text = before.as_ref().map(Record::text);
    let previous = before_text.as_deref().map(TemporaryRecord::parse).transpose();
    let readable = before.as_ref().is_none_or(|record| record.issued.iter().all(|t| *t <= LATEST));
    assert_eq!(previous.as_ref().err(), (!readable).then_some(&Error::RecordCorrupt));
    let Ok(previous) = previous else { return false };
    let wanted = Issue {
        user_id: &arguments.owner,
        kind: arguments.kind(),
        issued_by: &String::from_utf8_lossy(&arguments.issued_by),
        previous: previous.as_ref(),
        lifetime: arguments.has(options::LIFETIME).then_some(arguments.lifetime),
        id: arguments.id,
        pepper: arguments.has(options::PEPPERED).then_some((pepper_id.as_str(), &pepper)),
        hash: Some(SlowHash::Pbkdf2Sha256 { rounds: 100_000 }),
        now: UnixTime::from_seconds(arguments.now),
    };
    let record = match (issue(&code, wanted), issued(&arguments, before.as_ref())) {
        (Ok(ours), Ok(record)) => {
            assert_eq!(ours.to_string(), record.text());
            same(&ours, &record);
            Record {
                uses: arguments.uses % (record.max_uses() + 1),
                revoked: arguments.has(options::REVOKED),
                ..record
            }
        }
        (Err(error), Err(faults)) => {
            assert!(faults.contains(&error), "{error:?}, not {faults:?}");
            return false;
        }
        (ours, expected) => panic!("{ours:?}, the rules say {expected:?}"),
    };
    try_code(&arguments, &record, &pepper)
}

fn try_code(arguments: &Arguments, record: &Record, pepper: &Pepper) -> bool {
    let typed = match arguments.typed % 3 {
        0 => arguments.shown(false).to_lowercase().into_bytes(),
        1 => arguments.shown(true).into_bytes(),
        _ => arguments.text.clone(),
    };
    // Five seconds early and on.
    let now = arguments.now.saturating_add(u64::from(arguments.later)).saturating_sub(8);
    let text = record.text();
    let parsed = TemporaryRecord::parse(&text).expect("a record");
    let form = secret(arguments.kind(), arguments.digits, &typed).map(|_| ());
    assert_eq!(parsed.check_code(&typed), form.ok_or(Error::TemporaryCodeMalformed));

    let other = Pepper::new(&[0x77; 32]).expect("32 bytes");
    let pepper_id = String::from_utf8_lossy(&arguments.pepper_id);
    let mut keys: Vec<(&str, &Pepper)> = Vec::new();
    if arguments.has(options::PEPPER_GIVEN) {
        keys.push((&pepper_id, pepper));
    }
    if arguments.has(options::OTHER_GIVEN) {
        keys.push(("other", &other));
    }
    let peppers = keys.first().map(|(id, _)| Peppers::new(&keys, id).expect("peppers"));
    let time = UnixTime::from_seconds(now);
    let ours = verify(&typed, &arguments.user_id, &parsed, peppers.as_ref(), time);
    match (ours, verified(arguments, record, &typed, now)) {
        (Ok(ours), Ok(next)) => {
            assert_eq!(ours.next().to_string(), next.text());
            assert_eq!(ours.uses_left(), next.max_uses() - next.uses);
            check_hosts(arguments, &text, &typed, now, Some(&next));
            let evidence = ours.commit(1).expect("one row");
            assert_eq!(evidence.method().as_str(), format!("{}_code", record.kind));
            assert!(!evidence.user_verified());
            true
        }
        (Err(error), Err(faults)) => {
            assert!(faults.contains(&error), "{error:?}, not {faults:?}");
            check_hosts(arguments, &text, &typed, now, None);
            false
        }
        (ours, expected) => panic!("{ours:?}, the rules say {expected:?}"),
    }
}

/// The same through `mfakit`, for delivered codes: another slow hash would show nothing more.
fn check_hosts(arguments: &Arguments, record: &str, code: &[u8], now: u64, next: Option<&Record>) {
    let (Ok(code), Ok(user_id)) =
        (std::str::from_utf8(code), std::str::from_utf8(&arguments.user_id))
    else {
        return;
    };
    if arguments.kind() != TemporaryKind::Delivered || !arguments.has(options::PEPPER_GIVEN) {
        return;
    }
    let pepper_id = String::from_utf8_lossy(&arguments.pepper_id).into_owned();
    let peppers = mfakit::Peppers::new([(pepper_id.clone(), arguments.pepper.clone())], &pepper_id);
    let peppers = peppers.expect("one pepper");
    let now = Some(UnixTime::from_seconds(now));
    let stored = mfakit::VerifyTemporaryCode { user_id, record, peppers: Some(&peppers), now };
    match (mfakit::verify_temporary_code(code, stored), next) {
        (Ok(verified), Some(next)) => {
            assert_eq!(verified.transition().prev.as_deref(), Some(record));
            assert_eq!(verified.transition().next, next.text());
            let audit = verified.audit();
            assert_eq!((audit.event, audit.uses), ("verified", next.uses));
        }
        (Err(_), None) => {}
        // A time beyond what a host may pass.
        (Err(Error::TimeInvalid), _) => {}
        (ours, expected) => panic!("{ours:?}, not {expected:?}"),
    }
}

/// Every kind, right and wrong in each way, at both ends of its life.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    use options::{LIFETIME, OTHER_GIVEN, PEPPER_GIVEN, PEPPERED, PREVIOUS, REVOKED};
    let base = Arguments {
        options: PEPPERED | PEPPER_GIVEN,
        kind: 2,
        digits: 6,
        typed: 0,
        id: [9; 16],
        entropy: std::array::from_fn(|i| 17 * i as u8 + 3),
        owner: b"user-0001".to_vec(),
        user_id: b"user-0001".to_vec(),
        issued_by: b"login".to_vec(),
        pepper_id: b"2026-05".to_vec(),
        pepper: vec![7; 32],
        text: b"123 456".to_vec(),
        now: 1_800_000_000,
        lifetime: 600,
        later: 8,
        uses: 0,
        before: [10, 3599, 3600, 3601, 0, 5],
        before_count: 0,
    };
    let mut all = Vec::new();
    for digits in [5, 6, 7, 8, 9] {
        for entropy in [[0; 14], [0xff; 14], base.entropy] {
            for typed in 0..3 {
                all.push(Arguments { digits, entropy, typed, ..base.clone() });
            }
        }
    }
    for later in [0, 2, 3, 8, 608, 609, u32::MAX] {
        for now in [0, 3, 1_800_000_000, 100_000_085_800, 100_000_085_801, u64::MAX] {
            all.push(Arguments { later, now, ..base.clone() });
        }
    }
    for options in 0..64 {
        all.push(Arguments { options, before_count: 3, ..base.clone() });
    }
    for before_count in 0..7 {
        for before in [base.before, [1; 6], [3599; 6], [3600; 6], [0; 6]] {
            let options = base.options | PREVIOUS;
            all.push(Arguments { options, before, before_count, ..base.clone() });
        }
    }
    for lifetime in [0, 59, 60, 600, 601, 3600, u64::MAX] {
        all.push(Arguments { lifetime, options: base.options | LIFETIME, ..base.clone() });
    }
    for (owner, user) in [(0, 0), (0, 9), (1, 1), (255, 255), (256, 255), (255, 256), (255, 254)] {
        let (owner, user_id) = (vec![b'u'; owner], vec![b'u'; user]);
        all.push(Arguments { owner, user_id, ..base.clone() });
    }
    for len in [0, 1, 255, 256] {
        all.push(Arguments { issued_by: vec![b'd'; len], ..base.clone() });
    }
    for text in ["12345", "1234567", "12345\u{663}", "", "12-34-56", "      123456", "123456\n"] {
        all.push(Arguments { text: text.as_bytes().to_vec(), typed: 2, ..base.clone() });
    }
    for pepper_id in ["", "a b", "x,y", "a$b", "\u{e9}"] {
        let (pepper_id, options) = (pepper_id.as_bytes().to_vec(), PEPPERED);
        all.push(Arguments { pepper_id, options, ..base.clone() });
    }
    all.push(Arguments { uses: 1, ..base.clone() });
    all.push(Arguments { options: base.options | REVOKED, ..base.clone() });
    all.push(Arguments {
        options: base.options | OTHER_GIVEN,
        pepper_id: b"a".to_vec(),
        ..base.clone()
    });
    // The slow ones: right, wrong, another's, used up, too late; a support code that is used.
    let admin = Arguments { kind: 0, options: 0, ..base.clone() };
    all.extend([
        admin.clone(),
        Arguments { typed: 1, ..admin.clone() },
        Arguments { user_id: b"user-0002".to_vec(), ..admin.clone() },
        Arguments { uses: 1000, ..admin.clone() },
        Arguments { later: 3609, ..admin.clone() },
        Arguments { kind: 1, uses: 1, ..admin.clone() },
        Arguments { kind: 1, options: base.options, ..admin },
    ]);
    all.iter().map(Arguments::write).collect()
}
