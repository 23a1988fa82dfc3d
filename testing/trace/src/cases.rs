//! What is traced: verification, from the secret's bytes to the verdict.
//!
//! Where a code is accepted, it is the code of another counter, step or slot each time: which one is secret until the verdict,
//! so it must not show in the sequence either.

use crate::secrets::{COUNT, secret};
use crate::{Case, traced};
use core::fmt;
use core::hint::black_box;
use mfakit_core::codes::recovery::{
    FULL_SYMBOLS, Format, RecoveryCode, RecoveryRecord, verify, write_record,
};
use mfakit_core::codes::temporary::{
    Issue, TemporaryCode, TemporaryKind, issue as issue_code, verify as verify_temporary,
};
use mfakit_core::encoding::base32;
use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::webauthn::StateKey;
use mfakit_core::{Error, OtpSecret, Pepper, Peppers, Period, UnixTime};

pub(crate) const CASES: &[Case] = &[
    Case { name: "case hotp.code_at", run: || each(hotp_code) },
    Case { name: "case hotp.verify/accept", run: || each(|i| hotp(i, 8 + i as u64 % 3, None)) },
    Case {
        name: "case hotp.verify/reject",
        run: || each(|i| hotp(i, 200, Some(Error::OtpRejected))),
    },
    Case {
        name: "case hotp.verify/replay",
        run: || each(|i| hotp(i, 7, Some(Error::OtpReplayed))),
    },
    Case { name: "case hotp.resync/accept", run: || each(hotp_resync) },
    Case { name: "case totp.code_at", run: || each(totp_code) },
    Case { name: "case totp.verify/accept", run: || each(|i| totp(i, STEP + i as u64 % 2, None)) },
    Case {
        name: "case totp.verify/reject",
        run: || each(|i| totp(i, STEP + 50, Some(Error::OtpRejected))),
    },
    Case {
        name: "case totp.verify/replay",
        run: || each(|i| totp(i, STEP - 1, Some(Error::OtpReplayed))),
    },
    Case { name: "case totp.verify/drift", run: || each(totp_drift) },
    Case { name: "case totp.steam.code_at", run: || each(steam_code) },
    Case { name: "case totp.steam.verify/reject", run: || each(steam_verify) },
    Case { name: "case secret.from_base32", run: || each(from_base32) },
    Case { name: "case otpauth.parse", run: || each(otpauth_parse) },
    Case { name: "case recovery.parse", run: || each(recovery_parse) },
    Case { name: "case recovery.verify/refuse", run: recovery_refuse },
    Case { name: "case recovery.verify/accept", run: recovery_accept },
    Case { name: "case temporary.digits", run: || each(temporary_digits) },
    Case { name: "case temporary.verify/accept", run: || each(|i| delivered(i, i, 0, None)) },
    Case { name: "case temporary.verify/refuse", run: delivered_refuse },
    Case { name: "case state_key.is_tag/right", run: || each(|i| state_key(i, true)) },
    Case { name: "case state_key.is_tag/wrong", run: || each(|i| state_key(i, false)) },
];

fn each(run: impl Fn(usize) -> bool) -> bool {
    (0..COUNT).all(run)
}

const STEP: u64 = 60_000_000;

fn new_hotp(key: &[u8; 20]) -> Result<Hotp, Error> {
    Hotp::new(&OtpSecret::new(key)?, HashAlgorithm::Sha1, Digits::SIX)
}

fn new_totp(key: &[u8; 20]) -> Result<Totp, Error> {
    let secret = OtpSecret::new(key)?;
    Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS)
}

fn hotp_code(index: usize) -> bool {
    let key = secret(index);
    let code = traced(|| Ok::<_, Error>(new_hotp(&key)?.code_at(black_box(8))));
    code.is_ok_and(|code| code.expose().len() == 6)
}

fn totp_code(index: usize) -> bool {
    let key = secret(index);
    let now = UnixTime::from_seconds(black_box(STEP * 30));
    let code = traced(|| new_totp(&key)?.code_at(now));
    code.is_ok_and(|code| code.expose().len() == 6)
}

/// The code of `typed` where 8 is expected, two more looked ahead.
fn hotp(index: usize, typed: u64, refused: Option<Error>) -> bool {
    let key = secret(index);
    let Ok(authenticator) = new_hotp(&key) else { return false };
    let code = authenticator.code_at(typed);
    let typed_code = black_box(code.expose().as_bytes());
    let verified = traced(|| new_hotp(&key)?.verify(typed_code, black_box(8), black_box(2)));
    match verified {
        Ok(verified) => refused.is_none() && verified.matched_counter() == typed,
        Err(error) => refused == Some(error),
    }
}

fn hotp_resync(index: usize) -> bool {
    let key = secret(index);
    let Ok(authenticator) = new_hotp(&key) else { return false };
    let (first, second) = (authenticator.code_at(9), authenticator.code_at(10));
    let (first, second) = (first.expose().as_bytes(), second.expose().as_bytes());
    let verified = traced(|| new_hotp(&key)?.resync(first, second, black_box(8), black_box(2)));
    verified.is_ok_and(|verified| verified.matched_counter() == 9)
}

/// The code of `typed` in the middle of a window of one step a side, the step before being the last that was used.
fn totp(index: usize, typed: u64, refused: Option<Error>) -> bool {
    let key = secret(index);
    let Ok(authenticator) = new_totp(&key) else { return false };
    let Ok(code) = authenticator.code_at(UnixTime::from_seconds(typed * 30)) else { return false };
    let typed_code = black_box(code.expose().as_bytes());
    let now = UnixTime::from_seconds(black_box(STEP * 30 + 7));
    let last_step = black_box(Some(STEP - 1));
    let verified = traced(|| new_totp(&key)?.verify(typed_code, last_step, now, Window::ONE_STEP));
    match verified {
        Ok(verified) => refused.is_none() && verified.step().get() == typed,
        Err(error) => refused == Some(error),
    }
}

/// A clock that is five steps ahead, and a window that follows it by four.
fn totp_drift(index: usize) -> bool {
    let key = secret(index);
    let Ok(authenticator) = new_totp(&key) else { return false };
    let typed = STEP + 3 + index as u64 % 3;
    let Ok(code) = authenticator.code_at(UnixTime::from_seconds(typed * 30)) else { return false };
    let typed_code = black_box(code.expose().as_bytes());
    let now = UnixTime::from_seconds(black_box(STEP * 30 + 7));
    let verified = traced(|| {
        let window = Window::ONE_STEP.with_drift(black_box(4))?;
        new_totp(&key)?.verify(typed_code, black_box(Some(STEP - 1)), now, window)
    });
    verified.is_ok_and(|verified| verified.step().get() == typed)
}

fn new_steam(key: &[u8; 20]) -> Result<Totp, Error> {
    let secret = OtpSecret::new(key)?;
    Totp::new(&secret, HashAlgorithm::Sha1, Digits::STEAM, Period::THIRTY_SECONDS)
}

fn steam_code(index: usize) -> bool {
    let key = secret(index);
    let now = UnixTime::from_seconds(black_box(STEP * 30));
    let code = traced(|| new_steam(&key)?.code_at(now));
    code.is_ok_and(|code| code.expose().len() == 5)
}

/// One text for all secrets: how long it takes to read depends on where its symbols stand in Steam's alphabet. What was typed is
/// public, and nothing of the secret.
fn steam_verify(index: usize) -> bool {
    let key = secret(index);
    let now = UnixTime::from_seconds(black_box(STEP * 30 + 7));
    let last_step = black_box(Some(STEP - 1));
    let typed = black_box(b"2BDFY");
    let verified = traced(|| new_steam(&key)?.verify(typed, last_step, now, Window::ONE_STEP));
    verified.err() == Some(Error::OtpRejected)
}

fn from_base32(index: usize) -> bool {
    let key: [u8; 20] = secret(index);
    let mut text = [0; 32];
    for (slot, symbol) in text.iter_mut().zip(base32::encode(&key)) {
        *slot = symbol as u8;
    }
    let Ok(text) = core::str::from_utf8(&text) else { return false };
    let secret = traced(|| OtpSecret::from_base32(black_box(text)));
    secret.is_ok_and(|secret| secret.expose() == key)
}

/// A URI with a secret's base32 text between what is the same in all.
fn otpauth_parse(index: usize) -> bool {
    let key: [u8; 20] = secret(index);
    let mut uri = Text { bytes: [0; 512], len: 0 };
    let mut write = |text: &str| fmt::Write::write_str(&mut uri, text).is_ok();
    let begun = write("otpauth://totp/Example:alice?secret=");
    let written = base32::encode(&key).all(|symbol| write(symbol.encode_utf8(&mut [0; 4])));
    let ended = write("&issuer=Example&digits=8");
    let uri = black_box(&uri.bytes[..uri.len]);
    let read = traced(|| Otpauth::parse(uri));
    begun && written && ended && read.is_ok_and(|read| read.secret().expose() == key)
}

/// The user of every set.
const USER: &[u8] = b"user-0001";
const SET: [u8; 16] = *b"a set of codes!!";

fn code(slot: u8, index: usize) -> Option<RecoveryCode> {
    RecoveryCode::full(slot, &secret::<FULL_SYMBOLS>(index)).ok()
}

fn recovery_parse(index: usize) -> bool {
    let Some(code) = code(0, index) else { return false };
    let shown = code.expose();
    traced(|| RecoveryCode::parse(black_box(shown.as_str().as_bytes()), Format::Full)).is_ok()
}

/// A record's text.
struct Text {
    bytes: [u8; 512],
    len: usize,
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// The record of a set, for a pepper.
fn record(pepper: &Pepper, codes: &[RecoveryCode]) -> Option<Text> {
    let mut text = Text { bytes: [0; 512], len: 0 };
    write_record(&mut text, USER, &SET, Format::Full, Some(("now", pepper)), codes).ok()?;
    Some(text)
}

/// Verifies a code against a record, under the pepper of a secret.
fn recovery(code: &RecoveryCode, text: &Text, pepper: &[u8; 32], used: u32) -> Option<Error> {
    let shown = code.expose();
    let typed = black_box(shown.as_str().as_bytes());
    let verdict = traced(|| {
        let pepper = Pepper::new(pepper)?;
        let keys = [("now", &pepper)];
        let peppers = Peppers::new(&keys, "now")?;
        let text = core::str::from_utf8(&text.bytes[..text.len]).unwrap_or_default();
        let record = RecoveryRecord::parse(text)?;
        verify(typed, USER, &record, black_box(used), Some(&peppers))
    });
    verdict.err()
}

/// Wrong codes, a used one and unknown slots, under different peppers against one record: all are refused in the same way.
fn recovery_refuse() -> bool {
    let Ok(pepper) = Pepper::new(&secret::<32>(5)) else { return false };
    let (Some(first), Some(second)) = (code(0, 6), code(1, 7)) else { return false };
    let codes = [first, second];
    let Some(text) = record(&pepper, &codes) else { return false };
    let refused = |code: &RecoveryCode, pepper: [u8; 32], used: u32| {
        recovery(code, &text, &pepper, used) == Some(Error::RecoveryCodeRejected)
    };
    // The right code under the right pepper, used before; then what is wrong about everything.
    refused(&codes[1], secret(5), 0b10)
        && (0..COUNT).all(|index| {
            let used = if index % 2 == 0 { 0b00 } else { 0b01 };
            [0, 1, 2, 30].into_iter().all(|slot| {
                code(slot, index).is_some_and(|code| refused(&code, secret(index), used))
            })
        })
}

/// Eight codes of one set, each right, in its own slot: which one it was shows only in the verdict. The record is one, because
/// how the text of a stored tag is read depends on its symbols, which whoever has the database knows.
fn recovery_accept() -> bool {
    let key = secret::<32>(5);
    let (Ok(pepper), Some(codes)) = (Pepper::new(&key), set()) else { return false };
    let Some(text) = record(&pepper, &codes) else { return false };
    codes.iter().all(|code| recovery(code, &text, &key, 0).is_none())
}

/// A code for each secret.
fn set() -> Option<[RecoveryCode; COUNT]> {
    let [a, b, c, d, e, f, g, h] = core::array::from_fn(|index| code(index as u8, index));
    Some([a?, b?, c?, d?, e?, f?, g?, h?])
}

const ISSUED: u64 = 1_800_000_000;

/// The delivered code that random bytes make.
fn digits(index: usize) -> Option<TemporaryCode> {
    TemporaryCode::digits(6, &secret::<8>(index)).ok()
}

fn temporary_digits(index: usize) -> bool {
    let entropy = secret::<8>(index);
    let code = traced(|| TemporaryCode::digits(black_box(8), &entropy));
    code.is_ok_and(|code| code.expose().as_str().len() == 8)
}

/// Verifies the code of `typed` where that of `index` was delivered, under the pepper of a secret.
fn delivered(index: usize, typed: usize, later: u64, refused: Option<Error>) -> bool {
    let key = secret::<32>(index);
    let Ok(pepper) = Pepper::new(&key) else { return false };
    let (Some(code), Some(typed)) = (digits(index), digits(typed)) else { return false };
    let issue = Issue {
        user_id: USER,
        kind: TemporaryKind::Delivered,
        issued_by: "login",
        previous: None,
        lifetime: None,
        id: SET,
        pepper: Some(("now", &pepper)),
        hash: None,
        now: UnixTime::from_seconds(ISSUED),
    };
    let Ok(record) = issue_code(&code, issue) else { return false };
    let shown = typed.expose();
    let typed = black_box(shown.as_str().as_bytes());
    let now = UnixTime::from_seconds(black_box(ISSUED + later));
    let verdict = traced(|| {
        let pepper = Pepper::new(&key)?;
        let keys = [("now", &pepper)];
        let peppers = Peppers::new(&keys, "now")?;
        verify_temporary(typed, USER, &record, Some(&peppers), now).map(|_| ())
    });
    verdict.err() == refused
}

/// Wrong codes, and right ones too late: one sequence for all.
fn delivered_refuse() -> bool {
    let rejected = Some(Error::TemporaryCodeRejected);
    each(|i| delivered(i, (i + 1) % COUNT, 0, rejected) && delivered(i, i, 601, rejected))
}

fn state_key(index: usize, right: bool) -> bool {
    let key = secret::<32>(index);
    let content = black_box(b"{\"v\":1,\"kind\":\"registration\"}");
    let Ok(made) = StateKey::new(&key) else { return false };
    let mut tag = made.tag(content);
    if !right {
        tag[31 * (index % 2)] ^= 1 << index;
    }
    traced(|| Ok::<_, Error>(StateKey::new(&key)?.is_tag(content, black_box(&tag)))) == Ok(right)
}
