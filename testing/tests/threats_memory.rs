//! Secrets in memory that was given back (L8, J16 of docs/threat-model.md): an allocator keeps what stood in every block when
//! it was freed, and the secrets are looked for in that. It sees this process's heap; stacks, registers and swapped pages are not
//! looked at, and a text that a host holds is the host's to wipe.
#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use mfakit::{
    GenerateRecoveryCodes, Hotp, HotpOptions, IssueTemporaryCode, Peppers, TemporaryKind, Totp,
    TotpOptions, UnixTime, VerifyRecoveryCode, VerifyTemporaryCode, VerifyTotp,
    generate_recovery_codes, issue_temporary_code, parse_otpauth, parse_otpauth_migration,
    verify_recovery_code, verify_temporary_code,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

const TOTP_SECRET: [u8; 20] = *b"\xa1totp-secret-in-ram\xa1";
const HOTP_SECRET: [u8; 20] = *b"\xa2hotp-secret-in-ram\xa2";
const PEPPER: [u8; 32] = *b"\xa3the-pepper-that-must-be-wiped\xa3\xa3";

/// Room for everything that one test frees.
const ROOM: usize = 1 << 20;

/// What stood in freed blocks, one after the other.
struct Log(UnsafeCell<[u8; ROOM]>);

// SAFETY: threads write to ranges that `CURSOR` gives to one of them alone; it is read when nobody writes any more.
unsafe impl Sync for Log {}

static LOG: Log = Log(UnsafeCell::new([0; ROOM]));
static CURSOR: AtomicUsize = AtomicUsize::new(0);
static KEEPING: AtomicBool = AtomicBool::new(false);
/// One test at a time.
static TURN: Mutex<()> = Mutex::new(());

struct Keeping;

// SAFETY: every call goes to the system's allocator with the caller's own arguments. A block is read, whole and initialised
// (it was zeroed when it was given out), before it is freed.
unsafe impl GlobalAlloc for Keeping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if KEEPING.load(Ordering::SeqCst) {
            // A byte between two blocks, so that two halves make no whole.
            let start = CURSOR.fetch_add(layout.size() + 1, Ordering::SeqCst);
            if start + layout.size() < ROOM {
                let log = LOG.0.get().cast::<u8>();
                unsafe { block.copy_to_nonoverlapping(log.add(start), layout.size()) };
            }
        }
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Keeping = Keeping;

/// How many of the secrets that `run` returns stood in a block that it freed.
fn leaked<const N: usize>(run: impl FnOnce() -> [Vec<u8>; N]) -> usize {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    CURSOR.store(0, Ordering::SeqCst);
    KEEPING.store(true, Ordering::SeqCst);
    let secrets = run();
    KEEPING.store(false, Ordering::SeqCst);
    let end = CURSOR.load(Ordering::SeqCst);
    assert!(end < ROOM, "{end} bytes were freed");
    // SAFETY: nobody keeps anything any more.
    let log = unsafe { std::slice::from_raw_parts(LOG.0.get().cast::<u8>(), end) };
    let found = secrets.iter().filter(|secret| {
        assert!(secret.len() >= 16);
        log.windows(secret.len()).any(|window| window == **secret)
    });
    let found = found.count();
    // Before the next one keeps what is freed: they share secrets.
    drop(secrets);
    drop(turn);
    found
}

/// The control: a test that would not notice tells nothing.
#[test]
fn a_vector_that_is_not_wiped_is_noticed() {
    let secret = || TOTP_SECRET.to_vec();
    assert_eq!(leaked(|| [secret()]), 0, "still held");
    let freed = || {
        drop(black_box(secret()));
        [secret()]
    };
    assert_eq!(leaked(freed), 1);
    let grown = || {
        let mut grows = secret();
        grows.extend([0; 1000]);
        std::mem::forget(grows);
        [secret(), HOTP_SECRET.to_vec()]
    };
    assert_eq!(leaked(grown), 1, "a vector that moved left a copy behind");
}

#[test]
fn otp_secrets_are_wiped_before_their_memory_is_given_back() {
    let now = UnixTime::from_seconds(1_800_000_000);
    let found = leaked(|| {
        // On the heap, as a server that keeps factors has them.
        let totp = Totp::from_key(&TOTP_SECRET, TotpOptions::default()).map(Box::new);
        let totp = totp.expect("a factor");
        let code = totp.code_at(Some(now)).expect("a code");
        let options = VerifyTotp { now: Some(now), ..VerifyTotp::default() };
        assert!(totp.verify(&code, options).is_ok());
        assert!(totp.verify("000000", options).is_err());
        drop(black_box(totp));
        let hotp = Hotp::from_key(&HOTP_SECRET, HotpOptions::default()).map(Box::new);
        let hotp = hotp.expect("a factor");
        assert!(hotp.verify(&hotp.code_at(3), 0, 10).is_ok());
        drop(black_box(hotp));
        [TOTP_SECRET.to_vec(), HOTP_SECRET.to_vec()]
    });
    assert_eq!(found, 0);
}

#[test]
fn recovery_codes_and_peppers_are_wiped_before_their_memory_is_given_back() {
    let found = leaked(|| {
        // As many of both as make a vector grow.
        let keys = ["one", "two", "three", "four", "five"].map(|id| (id, PEPPER));
        let peppers = Peppers::new(keys, "one").map(Box::new).expect("peppers");
        let options = GenerateRecoveryCodes {
            count: 31,
            peppers: Some(&peppers),
            ..GenerateRecoveryCodes::default()
        };
        let set = generate_recovery_codes("alice", options).map(Box::new).expect("a set");
        drop(black_box(set.text()));
        let stored = VerifyRecoveryCode {
            user_id: "alice",
            record: set.record(),
            used: 0,
            peppers: Some(&peppers),
        };
        let mut codes = set.codes().map(|code| {
            assert!(verify_recovery_code(code, stored).is_ok());
            code.as_bytes().to_vec()
        });
        let secrets = [(); 3].map(|()| codes.next().expect("three codes"));
        drop(codes);
        drop(black_box(set));
        drop(black_box(peppers));
        let [first, second, third] = secrets;
        [first, second, third, PEPPER.to_vec()]
    });
    assert_eq!(found, 0);
}

/// The URI is the host's own text; what is made of it is not.
#[test]
fn imported_secrets_are_wiped_before_their_memory_is_given_back() {
    // Nine entries, more than any vector has room for at first, each with a secret that ends in its number.
    let secret = |number: u8| [&TOTP_SECRET[..15], &[number]].concat();
    let entry = |number: u8| {
        let fields = [&[0x0a, 16], &secret(number)[..], &[0x30, 2]].concat();
        [&[0x0a, fields.len() as u8], &fields[..]].concat()
    };
    let payload: Vec<u8> = (1..=9).flat_map(entry).collect();
    let data: String = base64(&payload).replace('+', "%2B").replace('/', "%2F");
    let export = format!("otpauth-migration://offline?data={data}");
    // The bytes of HOTP_SECRET as base32 stand in the URI, the bytes themselves nowhere.
    let uri = Hotp::from_key(&HOTP_SECRET, HotpOptions::default()).expect("a factor");
    let uri = uri.uri("Example", "alice", 0).expect("a URI");
    let found = leaked(|| {
        let entries = parse_otpauth_migration(&export).expect("an export");
        assert_eq!(entries.len(), 9);
        drop(black_box(entries));
        drop(black_box(parse_otpauth(&uri).map(Box::new).expect("a URI")));
        [secret(1), secret(5), secret(9), HOTP_SECRET.to_vec()]
    });
    assert_eq!(found, 0);
}

/// Base64 with padding, three bytes at a time.
fn base64(bytes: &[u8]) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            (0..3).fold(0_u32, |word, at| word << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for place in 0..4 {
            let symbol = SYMBOLS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place > chunk.len() { '=' } else { char::from(symbol) });
        }
    }
    text
}

#[test]
fn temporary_codes_are_wiped_before_their_memory_is_given_back() {
    let now = Some(UnixTime::from_seconds(1_800_000_000));
    let found = leaked(|| {
        let peppers = Peppers::new([("one", PEPPER)], "one").map(Box::new).expect("peppers");
        let peppers = Some(&*peppers);
        // A code of symbols: digits are too short to be told from other bytes.
        let usual = IssueTemporaryCode::new(TemporaryKind::Support, "desk");
        let issued = issue_temporary_code("alice", IssueTemporaryCode { peppers, now, ..usual });
        let issued = issued.map(Box::new).expect("a code");
        let code = issued.code().as_bytes().to_vec();
        let record = &issued.transition().next;
        let stored = VerifyTemporaryCode { user_id: "alice", record, peppers, now };
        assert!(verify_temporary_code(issued.code(), stored).is_ok());
        drop(black_box(issued));
        [code, PEPPER.to_vec()]
    });
    assert_eq!(found, 0);
}
