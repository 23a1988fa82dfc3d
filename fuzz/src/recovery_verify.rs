//! `recovery::verify` and `mfakit::verify_recovery_code` against the rules written over the readers above, with tags of its
//! own: the same verdict and the same code; and what core writes as a record is what it is said to be.
//!
//! Mutations do not find tags. So the input may ask for the record to be made of its parts, and for the code of one of its
//! slots; then the verdict depends on everything else.

use crate::input::{Input, Output};
use crate::recovery_code::{self, FULL, Symbols, TYPEABLE, of_symbols, shown, with_check};
use crate::recovery_record::{self, Record, is_pepper_id, tag};
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{self, Format, RecoveryRecord, RecoveryVerified};
use mfakit_core::{Error, Pepper, Peppers};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};

/// Bits of [`Arguments::options`].
pub mod options {
    /// The record is made of the set.
    pub const MAKE_RECORD: u8 = 0x01;
    /// The code is that of [`super::Arguments::slot`].
    pub const MAKE_CODE: u8 = 0x02;
    /// Peppers are given.
    pub const PEPPERS: u8 = 0x04;
    /// The record that is made is keyed by a pepper.
    pub const PEPPERED: u8 = 0x08;
    /// The set that is made is of typeable codes; it has one.
    pub const TYPEABLE: u8 = 0x10;
}

/// The arguments that the input stands for.
#[derive(Clone)]
pub struct Arguments {
    /// Choices: see [`options`].
    pub options: u8,
    /// The mask of used codes.
    pub used: u32,
    /// Who signs in.
    pub user_id: Vec<u8>,
    /// Up to three peppers with their ids.
    pub peppers: [(Vec<u8>, Vec<u8>); 3],
    /// How many of them there are.
    pub pepper_count: u8,
    /// The current pepper's id.
    pub current: Vec<u8>,
    /// The code.
    pub code: Vec<u8>,
    /// The record.
    pub record: Vec<u8>,
    /// The user of a record that is made.
    pub owner: Vec<u8>,
    /// Its pepper's id.
    pub pepper_id: Vec<u8>,
    /// Its pepper.
    pub pepper: Vec<u8>,
    /// Its set id, and what its codes are derived from.
    pub set_id: [u8; 16],
    /// How many codes it has.
    pub count: u8,
    /// The slot whose code is presented.
    pub slot: u8,
}

impl Arguments {
    fn read(data: &[u8]) -> Self {
        let mut input = Input::new(data);
        Self {
            options: input.u8(),
            used: input.u32(),
            user_id: input.bytes().to_vec(),
            pepper_count: input.u8() % 4,
            peppers: [(); 3].map(|()| (input.bytes().to_vec(), input.bytes().to_vec())),
            current: input.bytes().to_vec(),
            code: input.bytes().to_vec(),
            record: input.bytes().to_vec(),
            owner: input.bytes().to_vec(),
            pepper_id: input.bytes().to_vec(),
            pepper: input.bytes().to_vec(),
            set_id: input.array(),
            count: input.u8() % 33,
            slot: input.u8(),
        }
    }

    /// The input that stands for these arguments.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut output = Output::default()
            .number([self.options])
            .number(self.used.to_be_bytes())
            .bytes(&self.user_id)
            .number([self.pepper_count]);
        for (id, key) in &self.peppers {
            output = output.bytes(id).bytes(key);
        }
        output
            .bytes(&self.current)
            .bytes(&self.code)
            .bytes(&self.record)
            .bytes(&self.owner)
            .bytes(&self.pepper_id)
            .bytes(&self.pepper)
            .raw(&self.set_id)
            .number([self.count, self.slot])
            .finish()
    }

    const fn has(&self, option: u8) -> bool {
        self.options & option != 0
    }

    /// The code of a slot: random symbols from a hash of set id and slot.
    fn slot_code(&self, slot: u8) -> Symbols {
        let random = Sha256::digest([&self.set_id[..], &[slot]].concat());
        let len = if self.has(options::TYPEABLE) { TYPEABLE } else { FULL };
        let symbols = [&[slot], &random[..len - 2], &[0]].concat();
        with_check(&symbols.iter().map(|symbol| symbol % 32).collect::<Vec<u8>>())
    }

    /// The record of the set, with its codes.
    fn made(&self) -> (Record, Vec<Symbols>) {
        let typeable = self.has(options::TYPEABLE);
        let count = if typeable { self.count.min(1) } else { self.count };
        let rounds = typeable.then_some(100_000);
        let codes: Vec<_> = (0..count).map(|slot| self.slot_code(slot)).collect();
        let owner = &self.owner[..self.owner.len().min(255)];
        let key = if self.has(options::PEPPERED) { &self.pepper } else { &self.set_id[..] };
        let tags = codes.iter().map(|code| tag(rounds, key, owner, &self.set_id, code)).collect();
        let pepper_id = String::from_utf8_lossy(&self.pepper_id).into_owned();
        let pepper_id = self.has(options::PEPPERED).then_some(pepper_id);
        (Record { rounds, pepper_id, set_id: self.set_id, tags }, codes)
    }
}

/// What a verified code must say.
#[derive(Debug, PartialEq)]
struct Expected {
    bit: u32,
    remaining: u32,
    needs_regeneration: bool,
}

type OwnPeppers = (Vec<(String, Vec<u8>)>, String);

fn reference(
    code: &[u8],
    user_id: &[u8],
    record: &Record,
    used: u32,
    peppers: Option<&OwnPeppers>,
) -> Result<Expected, Error> {
    let count = record.tags.len() as u32;
    if (count..32).any(|slot| used >> slot & 1 == 1) {
        return Err(Error::RecordCorrupt);
    }
    let key = match &record.pepper_id {
        None => record.set_id.to_vec(),
        Some(id) => {
            let all = peppers.map_or(&[][..], |(all, _)| all);
            let found = all.iter().find(|(other, _)| other == id);
            found.ok_or(Error::PepperUnknown)?.1.clone()
        }
    };
    if user_id.is_empty() || user_id.len() > 255 {
        return Err(Error::UserIdInvalid);
    }
    let len = if record.rounds.is_some() { TYPEABLE } else { FULL };
    let code = recovery_code::reference(code, len).ok_or(Error::RecoveryCodeMalformed)?;
    let slot = u32::from(code[0]);
    let unused = slot < count && used >> slot & 1 == 0;
    let right = record.tags.get(slot as usize)
        == Some(&tag(record.rounds, &key, user_id, &record.set_id, &code));
    if !unused || !right {
        return Err(Error::RecoveryCodeRejected);
    }
    let remaining = (0..count).filter(|other| used >> other & 1 == 0 && *other != slot).count();
    let needs_regeneration = record.rounds.is_some_and(|rounds| rounds < 600_000)
        || peppers.is_some_and(|(_, current)| record.pepper_id.as_ref() != Some(current));
    Ok(Expected { bit: 1 << slot, remaining: remaining as u32, needs_regeneration })
}

/// The peppers that are given, if any; `Err` if they may not be.
fn peppers(arguments: &Arguments) -> Result<Option<OwnPeppers>, Error> {
    if !arguments.has(options::PEPPERS) {
        return Ok(None);
    }
    let all = &arguments.peppers[..usize::from(arguments.pepper_count)];
    let text = |id: &[u8]| String::from_utf8_lossy(id).into_owned();
    let all: Vec<_> = all.iter().map(|(id, key)| (text(id), key.clone())).collect();
    let current = text(&arguments.current);
    let good = |(id, key): &(String, Vec<u8>)| {
        is_pepper_id(id)
            && (32..=64).contains(&key.len())
            && all.iter().filter(|(other, _)| other == id).count() == 1
    };
    if all.iter().all(good) && all.iter().any(|(id, _)| *id == current) {
        Ok(Some((all, current)))
    } else {
        Err(Error::PepperInvalid)
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let arguments = Arguments::read(data);
    // A slow hash is more work than all the rest, and its code is no other: a few of them in each process.
    let text = String::from_utf8_lossy(&arguments.record);
    let slow = arguments.has(options::TYPEABLE)
        || recovery_record::reference(&text).is_ok_and(|record| record.rounds.is_some());
    if slow && !few() {
        return false;
    }
    let made = arguments.made();
    check_record(&arguments, &made);
    let record_text = if arguments.has(options::MAKE_RECORD) {
        made.0.text()
    } else {
        String::from_utf8_lossy(&arguments.record).into_owned()
    };
    let code = if arguments.has(options::MAKE_CODE) {
        shown(&arguments.slot_code(arguments.slot)).into_bytes()
    } else {
        arguments.code.clone()
    };

    let own_peppers = peppers(&arguments);
    let given = own_peppers.clone().ok().flatten();
    let record = recovery_record::reference(&record_text);
    let expected = record.clone().and_then(|record| {
        reference(&code, &arguments.user_id, &record, arguments.used, given.as_ref())
    });
    let expected = own_peppers.and(expected);
    let ours = in_core(&arguments, &record_text, &code);
    compare(ours, &expected, arguments.used);
    if let (Ok(code), Ok(user_id)) =
        (std::str::from_utf8(&code), std::str::from_utf8(&arguments.user_id))
    {
        compare(in_mfakit(&arguments, &record_text, code, user_id), &expected, arguments.used);
    }
    expected.is_ok()
}

/// Whether there are slow hashes left: some seconds' worth. libFuzzer begins anew when it looks at a finding.
#[must_use]
pub fn few() -> bool {
    static LEFT: AtomicU32 = AtomicU32::new(24);
    LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

fn in_core(arguments: &Arguments, record: &str, code: &[u8]) -> Result<RecoveryVerified, Error> {
    let verify = |peppers: Option<&Peppers<'_>>| {
        let record = RecoveryRecord::parse(record)?;
        recovery::verify(code, &arguments.user_id, &record, arguments.used, peppers)
    };
    if !arguments.has(options::PEPPERS) {
        return verify(None);
    }
    let all = &arguments.peppers[..usize::from(arguments.pepper_count)];
    let ids: Vec<_> = all.iter().map(|(id, _)| String::from_utf8_lossy(id)).collect();
    let keys = all.iter().map(|(_, key)| Pepper::new(key)).collect::<Result<Vec<_>, _>>()?;
    let pairs: Vec<(&str, &Pepper)> = ids.iter().map(|id| &**id).zip(&keys).collect();
    verify(Some(&Peppers::new(&pairs, &String::from_utf8_lossy(&arguments.current))?))
}

fn in_mfakit(
    arguments: &Arguments,
    record: &str,
    code: &str,
    user_id: &str,
) -> Result<RecoveryVerified, Error> {
    let all = &arguments.peppers[..usize::from(arguments.pepper_count)];
    let all = all.iter().map(|(id, key)| (String::from_utf8_lossy(id), key));
    let current = String::from_utf8_lossy(&arguments.current);
    let peppers = arguments.has(options::PEPPERS).then(|| mfakit::Peppers::new(all, &current));
    let peppers = peppers.transpose()?;
    mfakit::verify_recovery_code(
        code,
        mfakit::VerifyRecoveryCode {
            user_id,
            record,
            used: i64::from(arguments.used),
            peppers: peppers.as_ref(),
        },
    )
}

fn compare(ours: Result<RecoveryVerified, Error>, expected: &Result<Expected, Error>, used: u32) {
    let seen = ours.as_ref().map_err(|error| *error).map(|ours| Expected {
        bit: ours.bit(),
        remaining: ours.remaining(),
        needs_regeneration: ours.needs_regeneration(),
    });
    assert_eq!(seen, *expected);
    let Ok(ours) = ours else { return };
    assert_eq!(ours.low(), ours.remaining() <= 3);
    let transition = ours.transition();
    assert_eq!((transition.prev, transition.next), (Some(used), used | ours.bit()));
    assert_ne!(transition.next, used, "a code is good once");
    let evidence = ours.commit(1).expect("one row");
    assert_eq!(evidence.method().as_str(), "recovery_code");
}

/// What core writes is the record; it refuses where there is none to write.
fn check_record(arguments: &Arguments, made: &(Record, Vec<Symbols>)) {
    let (record, codes) = made;
    let codes: Result<Vec<_>, Error> = codes.iter().map(|code| of_symbols(code, 0)).collect();
    let format = match record.rounds {
        None => Format::Full,
        Some(rounds) => Format::Typeable(SlowHash::Pbkdf2Sha256 { rounds }),
    };
    let pepper = Pepper::new(&arguments.pepper);
    let id = record.pepper_id.clone().unwrap_or_default();
    let pepper = match (&record.pepper_id, &pepper) {
        (None, _) => None,
        (Some(id), Ok(pepper)) => Some((id.as_str(), pepper)),
        // There is no such pepper.
        (Some(_), Err(_)) => return,
    };
    let mut text = String::new();
    let written = codes.and_then(|codes| {
        recovery::write_record(
            &mut text,
            &arguments.owner,
            &arguments.set_id,
            format,
            pepper,
            &codes,
        )
    });
    let expected = match made.1.len() {
        // The slot of the last one would be none.
        32.. => Err(Error::ArgumentValueInvalid),
        1.. if !(1..=255).contains(&arguments.owner.len()) => Err(Error::UserIdInvalid),
        1.. => Ok(()),
        0 => Err(Error::ArgumentValueInvalid),
    };
    if record.pepper_id.as_deref().is_some_and(|id| !is_pepper_id(id)) {
        // It may have been told of another fault first.
        assert!(written.is_err(), "{id}");
        return;
    }
    assert_eq!(written, expected, "{id}");
    if written.is_ok() {
        assert_eq!(text, record.text());
    }
}

/// Every slot, with every way in which the rest can be right or wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    use options::{MAKE_CODE, MAKE_RECORD, PEPPERED, PEPPERS};
    let base = Arguments {
        options: MAKE_RECORD | MAKE_CODE,
        used: 0,
        user_id: b"user-0001".to_vec(),
        peppers: [("old", 1), ("new", 2), ("last", 3)]
            .map(|(id, byte)| (id.as_bytes().to_vec(), vec![byte; 32])),
        pepper_count: 2,
        current: b"new".to_vec(),
        code: Vec::new(),
        record: Vec::new(),
        owner: b"user-0001".to_vec(),
        pepper_id: b"new".to_vec(),
        pepper: vec![2; 32],
        set_id: [9; 16],
        count: 10,
        slot: 3,
    };
    let mut all = Vec::new();
    for (count, slot) in [(1, 0), (10, 0), (10, 9), (10, 10), (31, 30), (31, 31), (0, 0), (32, 31)]
    {
        for used in [0, 1 << slot, !(1 << slot), (1_u32 << (count % 32)) - 1, u32::MAX >> 1] {
            let (base, small) = (base.clone(), used & ((1_u32 << (count % 32)) - 1));
            all.push(Arguments { count, slot, used, ..base.clone() });
            all.push(Arguments { count, slot, used: small, ..base });
        }
    }
    // A typeable code that is right, of another user, used, and one of another slot; and the two formats with each other's code.
    let typeable =
        Arguments { options: base.options | options::TYPEABLE, count: 1, slot: 0, ..base.clone() };
    all.push(typeable.clone());
    all.push(Arguments { owner: b"user-0002".to_vec(), ..typeable.clone() });
    all.push(Arguments { used: 1, ..typeable.clone() });
    all.push(Arguments { slot: 1, ..typeable.clone() });
    let code = shown(&base.slot_code(0)).into_bytes();
    all.push(Arguments { options: MAKE_RECORD | options::TYPEABLE, code, ..typeable.clone() });
    let code = shown(&typeable.slot_code(0)).into_bytes();
    all.push(Arguments { options: MAKE_RECORD, code, ..base.clone() });
    for choices in 0..=MAKE_RECORD | MAKE_CODE | PEPPERS | PEPPERED {
        let record = base.made().0.text().into_bytes();
        let code = shown(&base.slot_code(7)).into_bytes();
        all.push(Arguments { options: choices, record, code, ..base.clone() });
    }
    let peppered = Arguments { options: base.options | PEPPERS | PEPPERED, ..base.clone() };
    for (pepper_id, pepper) in [("new", 2), ("old", 1), ("old", 2), ("last", 3), ("", 2)] {
        for current in ["new", "old", "last"] {
            all.push(Arguments {
                pepper_id: pepper_id.as_bytes().to_vec(),
                pepper: vec![pepper; 32],
                current: current.as_bytes().to_vec(),
                ..peppered.clone()
            });
        }
    }
    for len in [31, 32, 64, 65] {
        let mut longer = peppered.clone();
        longer.peppers[1].1 = vec![2; len];
        all.push(Arguments { pepper: vec![2; len], ..longer });
    }
    for (len, owner_len) in [(0, 0), (1, 1), (255, 255), (256, 255), (255, 254), (256, 256)] {
        let (user_id, owner) = (vec![b'u'; len], vec![b'u'; owner_len]);
        all.push(Arguments { user_id, owner, ..base.clone() });
    }
    let mut twice = peppered.clone();
    twice.peppers[0].0 = b"new".to_vec();
    all.extend([twice, peppered]);
    all.iter().map(Arguments::write).collect()
}
