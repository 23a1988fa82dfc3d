//! What is checked: every function of core that touches a secret, on each path that it can take.
//!
//! A case also asserts its verdict: a path that is not taken would show nothing. Of one-time passwords the code that was typed,
//! counters, times, windows and lengths are public; of delivered codes too, which are good once. Of recovery codes and of
//! administrators' codes the code itself is secret, as it stays good, and so is the pepper; the record and the mask of used codes
//! are public. Of push approvals the number is secret, and the digits of a device's private key in its text. What `p256` makes of that key
//! cannot be followed here: it branches on whether a number is in its range, which is so, and under overflow checks on overflows
//! that do not happen; nothing can be declassified in there. What is made from a secret is one until core declassifies it.

use crate::secrets::{
    ALGORITHMS, BYTES, ISSUED, RecoverySetup, Setup, TYPEABLE, TemporarySetup, hidden_secret, made,
};
use crate::valgrind;
use mfakit_core::approval::device::{ApprovalRequest, Decision, DeviceKey, EnrollmentRequest};
use mfakit_core::approval::{self, Begin, MAX_REQUEST, Number, Outcome, enrollment};
use mfakit_core::codes::recovery::{Format, RecoveryCode, RecoveryVerified};
use mfakit_core::codes::temporary::{TemporaryCode, TemporaryRecord};
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::totp::{PendingTotp, Totp, TotpVerified, Window};
use mfakit_core::otp::{Digits, truncate_to_code};
use mfakit_core::webauthn::{EnumerationKey, StateKey};
use mfakit_core::{Error, OtpSecret, UnixTime};
use std::hint::black_box;

/// One function on one path.
pub(crate) struct Case {
    /// `function/path`
    pub(crate) name: &'static str,
    /// Runs it with every hash, number of digits and length of secret.
    pub(crate) run: fn(),
    /// Whether something is declassified on the way: then the case must be reported once the hook is taken away, which
    /// shows that the secret did reach the result.
    pub(crate) declassifies: bool,
}

const fn case(name: &'static str, run: fn()) -> Case {
    Case { name, run, declassifies: true }
}

pub(crate) const CASES: &[Case] = &[
    case("hotp.code_at", hotp_code_at),
    case("hotp.verify/accept", hotp_verify_accept),
    case("hotp.verify/reject", hotp_verify_reject),
    case("hotp.verify/replay", hotp_verify_replay),
    case("hotp.verify/end-of-counters", hotp_verify_end),
    case("hotp.resync/accept", hotp_resync_accept),
    case("hotp.resync/reject", hotp_resync_reject),
    case("hotp.resync/replay", hotp_resync_replay),
    case("totp.code_at", totp_code_at),
    case("totp.verify/accept", totp_verify_accept),
    case("totp.verify/reject", totp_verify_reject),
    case("totp.verify/replay", totp_verify_replay),
    case("totp.verify/drift", totp_verify_drift),
    case("totp.confirm/accept", totp_confirm_accept),
    case("otpauth.parse/accept", otpauth_accept),
    case("otpauth.parse/refuse-bits", otpauth_refuse_bits),
    Case { declassifies: false, ..case("hmac", hmac) },
    case("truncate_to_code", truncate),
    case("from_base32/accept", base32_accept),
    case("from_base32/refuse-symbol", base32_refuse_symbol),
    case("from_base32/refuse-bits", base32_refuse_bits),
    case("recovery.verify/accept", recovery_accept),
    case("recovery.verify/reject", recovery_reject),
    case("recovery.verify/used", recovery_used),
    case("recovery.verify/unknown-slot", recovery_unknown_slot),
    case("recovery.parse/accept", recovery_parse),
    case("recovery.parse/refuse-symbol", recovery_refuse_symbol),
    case("recovery.parse/refuse-check", recovery_refuse_check),
    case("recovery.new", recovery_new),
    case("recovery.typeable/accept", typeable_accept),
    case("recovery.typeable/reject", typeable_reject),
    case("recovery.typeable/used", typeable_used),
    case("recovery.typeable/parse", typeable_parse),
    case("recovery.typeable/refuse", typeable_refuse),
    case("recovery.typeable/new", typeable_new),
    case("temporary.new/symbols", temporary_symbols),
    case("temporary.new/digits", temporary_digits),
    case("temporary.check_code/accept", temporary_check),
    case("temporary.check_code/refuse", temporary_refuse),
    case("temporary.delivered/accept", delivered_accept),
    case("temporary.delivered/reject", delivered_reject),
    // What is not live is refused whatever the code is: there is nothing to declassify.
    Case { declassifies: false, ..case("temporary.delivered/expired", delivered_expired) },
    case("temporary.admin/accept", admin_accept),
    case("temporary.admin/reject", admin_reject),
    case("temporary.admin/expired", admin_expired),
    case("approval.number", approval_number),
    case("approval.finish/right-number", approval_right_number),
    case("approval.finish/wrong-number", approval_wrong_number),
    case("approval.device_key/refuse", approval_device_key_refused),
    case("state_key.tag", state_key_tag),
    case("state_key.is_tag/right", state_key_right),
    case("state_key.is_tag/wrong", state_key_wrong),
    case("enumeration_key.block", enumeration_key_block),
];

/// Counters where arithmetic can go wrong: the first, one that fills four bytes, the one before the last.
const COUNTERS: [u64; 3] = [0, 1 << 32, u64::MAX - 1];
/// Wide enough for a loop over candidates, narrow enough for valgrind's pace.
const LOOK_AHEAD: u64 = 3;

fn hotp_code_at() {
    for setup in Setup::hotp_setups() {
        for counter in COUNTERS {
            let code = setup.hotp().code_at(black_box(counter));
            assert_eq!(code.expose(), setup.code(counter));
        }
    }
}

fn hotp_verify_accept() {
    for setup in Setup::hotp_setups() {
        for (counter, ahead) in [(0, 0), (1 << 32, LOOK_AHEAD), (u64::MAX - 1, 0)] {
            let code = black_box(setup.code(counter + ahead));
            let verified =
                setup.hotp().verify(code.as_bytes(), black_box(counter), black_box(LOOK_AHEAD));
            assert_eq!(verified.expect("accepted").next_counter(), counter + ahead + 1);
        }
    }
}

fn hotp_verify_reject() {
    for setup in Setup::hotp_setups() {
        for counter in COUNTERS {
            let near = counter.saturating_sub(1)..=counter.saturating_add(LOOK_AHEAD);
            let code = black_box(setup.other_code(near));
            let verified =
                setup.hotp().verify(code.as_bytes(), black_box(counter), black_box(LOOK_AHEAD));
            assert_eq!(verified.err(), Some(Error::OtpRejected));
        }
    }
}

fn hotp_verify_replay() {
    for setup in Setup::hotp_setups() {
        for counter in [1, 1 << 32, u64::MAX] {
            let code = black_box(setup.code(counter - 1));
            let verified =
                setup.hotp().verify(code.as_bytes(), black_box(counter), black_box(LOOK_AHEAD));
            assert_eq!(verified.err(), Some(Error::OtpReplayed));
        }
    }
}

fn hotp_verify_end() {
    for setup in Setup::hotp_setups() {
        let code = black_box(setup.code(u64::MAX));
        let verified =
            setup.hotp().verify(code.as_bytes(), black_box(u64::MAX), black_box(LOOK_AHEAD));
        assert_eq!(verified.err(), Some(Error::OtpCounterExhausted));
    }
}

fn hotp_resync_accept() {
    for setup in Setup::hotp_setups() {
        for (counter, ahead) in [(0, 0), (1 << 32, LOOK_AHEAD)] {
            let first = black_box(setup.code(counter + ahead));
            let second = black_box(setup.code(counter + ahead + 1));
            let verified = setup.hotp().resync(
                first.as_bytes(),
                second.as_bytes(),
                black_box(counter),
                black_box(LOOK_AHEAD),
            );
            assert_eq!(verified.expect("accepted").next_counter(), counter + ahead + 2);
        }
    }
}

fn hotp_resync_reject() {
    for setup in Setup::hotp_setups() {
        for counter in COUNTERS {
            let near = counter.saturating_sub(1)..=counter.saturating_add(LOOK_AHEAD + 1);
            // Right, then wrong: the first match alone must show nothing.
            let first = black_box(setup.code(counter));
            let second = black_box(setup.other_code(near));
            let verified = setup.hotp().resync(
                first.as_bytes(),
                second.as_bytes(),
                black_box(counter),
                black_box(LOOK_AHEAD),
            );
            assert_eq!(verified.err(), Some(Error::OtpRejected));
        }
    }
}

fn hotp_resync_replay() {
    for setup in Setup::hotp_setups() {
        let counter = 1 << 32;
        let first = black_box(setup.code(counter - 1));
        let second = black_box(setup.code(counter));
        let verified = setup.hotp().resync(
            first.as_bytes(),
            second.as_bytes(),
            black_box(counter),
            black_box(LOOK_AHEAD),
        );
        assert_eq!(verified.err(), Some(Error::OtpReplayed));
    }
}

/// The current step of the TOTP cases, and a moment in it.
const STEP: u64 = 1 << 32;

fn verify(
    totp: &Totp,
    code: &str,
    last_step: Option<u64>,
    step: u64,
) -> Result<TotpVerified, Error> {
    let now = UnixTime::from_seconds(black_box(step * 30 + 29));
    let window = Window::new(black_box(2), black_box(1)).expect("at most 10");
    totp.verify(black_box(code).as_bytes(), black_box(last_step), now, window)
}

fn totp_code_at() {
    for setup in Setup::totp_setups() {
        for step in [0, STEP, u64::MAX / 30] {
            let now = UnixTime::from_seconds(black_box(step * 30));
            assert_eq!(setup.totp().code_at(now).expect("after T0").expose(), setup.code(step));
        }
    }
}

fn totp_verify_accept() {
    for setup in Setup::totp_setups() {
        for (typed, last_step) in
            [(STEP - 2, None), (STEP, Some(STEP - 1)), (STEP + 1, Some(STEP - 100))]
        {
            let verified = verify(&setup.totp(), &setup.code(typed), last_step, STEP);
            assert_eq!(verified.expect("accepted").step().get(), typed);
        }
    }
}

fn totp_verify_reject() {
    for setup in Setup::totp_setups() {
        for last_step in [None, Some(STEP - 1), Some(u64::MAX)] {
            let code = setup.other_code(STEP - 8..=STEP + 1);
            let verified = verify(&setup.totp(), &code, last_step, STEP);
            assert_eq!(verified.err(), Some(Error::OtpRejected));
        }
    }
}

fn totp_verify_replay() {
    for setup in Setup::totp_setups() {
        for typed in [STEP - 5, STEP - 1, STEP] {
            let verified = verify(&setup.totp(), &setup.code(typed), Some(STEP), STEP);
            assert_eq!(verified.err(), Some(Error::OtpReplayed));
        }
    }
}

/// A clock that is ahead, and one that is behind, by what the window may and may not follow: what moved is public.
fn totp_verify_drift() {
    for setup in Setup::totp_setups() {
        for (drift, past, future, typed) in [
            (3, 1, 1, STEP + 4),
            (-3, 1, 1, STEP - 4),
            (10, 2, 3, STEP + 10),
            (-10, 0, 0, STEP - 10),
        ] {
            let window = Window::new(black_box(past), black_box(future)).expect("at most 10");
            let window = window.with_drift(black_box(drift)).expect("at most 10");
            let now = UnixTime::from_seconds(black_box(STEP * 30 + 29));
            let verify = |code: String, last_step| {
                let verified =
                    setup.totp().verify(black_box(code).as_bytes(), last_step, now, window);
                verified.map(|verified| (verified.step().get(), verified.drift()))
            };
            let ahead = (typed as i64 - STEP as i64) as i8;
            assert_eq!(verify(setup.code(typed), None), Ok((typed, ahead)));
            assert_eq!(verify(setup.code(typed), Some(typed)), Err(Error::OtpReplayed));
            let wrong = setup.other_code(STEP - 20..=STEP + 20);
            assert_eq!(verify(wrong, None), Err(Error::OtpRejected));
        }
    }
}

fn totp_confirm_accept() {
    for setup in Setup::totp_setups() {
        let now = UnixTime::from_seconds(black_box(STEP * 30));
        let code = black_box(setup.code(STEP));
        let verified = PendingTotp::new(setup.totp()).confirm(code.as_bytes(), now);
        assert_eq!(verified.expect("accepted").drift(), 0);
    }
}

fn hmac() {
    for (bytes, algorithm) in BYTES.into_iter().flat_map(|b| ALGORITHMS.map(|a| (b, a))) {
        let secret = hidden_secret(bytes);
        let key = HmacKey::new(black_box(algorithm), secret.expose());
        // Shorter than a block, and of several blocks.
        for message in [&[0x61; 8][..], &[0x61; 300]] {
            let tag = key.tag(black_box(message));
            black_box(tag.expose());
        }
    }
}

fn truncate() {
    // The lengths of the three hashes; the last byte chooses the offset.
    for len in [20, 32, 64] {
        for last in 0..16 {
            let mut tag = black_box(vec![0x7f; len]);
            if let Some(byte) = tag.last_mut() {
                *byte = last;
            }
            valgrind::make_secret(&mut tag);
            for digits in [Digits::SIX, Digits::TEN] {
                let code =
                    truncate_to_code(black_box(&tag), black_box(digits)).expect("long enough");
                assert_eq!(code.expose().len(), usize::from(digits.get()));
                // Looks at each digit, as whoever is shown the code does.
                assert!(code.expose().bytes().all(|digit| digit != black_box(b'?')));
            }
        }
    }
}

/// A text whose every byte is secret; its length is not.
fn hidden_text(text: &str) -> String {
    let mut text = black_box(text).to_owned();
    // SAFETY: the request changes what valgrind knows about the bytes, not the bytes.
    valgrind::make_secret(unsafe { text.as_bytes_mut() });
    text
}

fn base32_accept() {
    for (text, expected) in [
        ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", &b"12345678901234567890"[..]),
        ("gezd gnbv-gy3t qojq gezd gnbv gy3t qojq ge======", b"123456789012345678901"),
        ("77777777777777777777777777777777", &[0xff; 20]),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &[0; 20]),
    ] {
        let text = hidden_text(text);
        let secret = OtpSecret::from_base32(black_box(&text)).expect("well formed");
        let mut bytes = secret.expose().to_vec();
        valgrind::make_public(&mut bytes);
        assert_eq!(bytes, expected);
    }
}

/// A URI whose secret is secret in the low four bits of each letter and the low three of each digit. What is left of a symbol is
/// enough to tell it from every separator: so what looks for separators, as it may, is not reported.
fn hidden_uri(secret: &str) -> String {
    let start = "otpauth://totp/Example:alice?secret=";
    let mut uri = format!("{start}{secret}&issuer=Example&digits=8");
    let mut halves = black_box(secret.as_bytes().to_vec());
    valgrind::make_secret(&mut halves);
    // SAFETY: each byte becomes what it was before.
    let bytes = unsafe { uri.as_bytes_mut() };
    for (byte, half) in bytes[start.len()..].iter_mut().zip(black_box(halves)) {
        let secret = match *byte {
            b'A'..=b'Z' | b'a'..=b'z' => 0x0f,
            b'2'..=b'7' => 0x07,
            _ => 0,
        };
        *byte = (*byte & !secret) | (half & black_box(secret));
    }
    black_box(uri)
}

fn otpauth_accept() {
    for text in
        ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ge3tq-ojq my"]
    {
        let uri = hidden_uri(text);
        let read = Otpauth::parse(uri.as_bytes()).expect("well formed");
        let mut bytes = read.secret().expose().to_vec();
        valgrind::make_public(&mut bytes);
        assert_eq!(bytes, OtpSecret::danger_legacy_from_base32(text).expect("base32").expose());
    }
}

fn otpauth_refuse_bits() {
    let uri = hidden_uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGF");
    assert_eq!(Otpauth::parse(uri.as_bytes()).err(), Some(Error::OtpauthSecretInvalid));
}

fn base32_refuse_symbol() {
    // Every symbol is looked at, whatever stood before it: 0, 1, 8, 9 and @ are next to symbols of the alphabet.
    for text in [
        "0EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "GEZDGNBVGY3TQOJQ1EZDGNBVGY3TQOJ8",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ@",
        "9@[`{9@[`{9@[`{9@[`{9@[`{9@[`{9@",
    ] {
        let text = hidden_text(text);
        let refused = OtpSecret::from_base32(black_box(&text));
        assert_eq!(refused.err(), Some(Error::SecretMalformed));
    }
}

fn base32_refuse_bits() {
    // The two bits after the last whole byte are not zero.
    let text = hidden_text("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGF");
    let refused = OtpSecret::from_base32(black_box(&text));
    assert_eq!(refused.err(), Some(Error::SecretMalformed));
}

/// Every way of keying the tags, each with every slot of a small set.
fn for_each_code(run: impl Fn(&RecoverySetup, u8)) {
    for setup in RecoverySetup::all() {
        for slot in 0..RecoverySetup::COUNT {
            run(&setup, slot);
        }
    }
}

fn verify_code(setup: &RecoverySetup, code: &str, used: u32) -> Result<RecoveryVerified, Error> {
    setup.verify(hidden_text(code).as_bytes(), black_box(used))
}

fn recovery_accept() {
    for_each_code(|setup, slot| {
        let verified = verify_code(setup, &setup.code(slot), 0);
        assert_eq!(verified.expect("accepted").bit(), 1 << slot);
    });
}

fn recovery_reject() {
    for_each_code(|setup, slot| {
        let verified = verify_code(setup, &setup.other_code(slot), 0);
        assert_eq!(verified.err(), Some(Error::RecoveryCodeRejected));
    });
}

fn recovery_used() {
    for_each_code(|setup, slot| {
        let verified = verify_code(setup, &setup.code(slot), 1 << slot);
        assert_eq!(verified.err(), Some(Error::RecoveryCodeRejected));
    });
}

fn recovery_unknown_slot() {
    for setup in RecoverySetup::all() {
        for slot in [RecoverySetup::COUNT, 30] {
            let verified = verify_code(&setup, &setup.code(slot), 0);
            assert_eq!(verified.err(), Some(Error::RecoveryCodeRejected));
        }
    }
}

fn recovery_parse() {
    for_each_code(|setup, slot| {
        let code = setup.code(slot);
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', " \u{2013}")] {
            assert!(RecoveryCode::parse(hidden_text(&typed).as_bytes(), Format::Full).is_ok());
        }
    });
}

fn recovery_refuse_symbol() {
    // U is no symbol; the others stand next to symbols in ASCII, or are none at all.
    for symbol in ["U", "u", "/", ":", "@", "[", "`", "{", "\u{7f}", "\u{e9}"] {
        for place in [0, 10, 25] {
            let mut typed = RecoverySetup::all()[0].code(0).replace('-', "");
            typed.replace_range(place..=place, symbol);
            let refused = RecoveryCode::parse(hidden_text(&typed).as_bytes(), Format::Full);
            assert_eq!(refused.err(), Some(Error::RecoveryCodeMalformed), "{typed}");
        }
    }
}

fn recovery_refuse_check() {
    let code = RecoverySetup::all()[0].code(0);
    for place in [0, 8, 29] {
        let mut typed = code.clone();
        let other = if &code[place..=place] == "7" { "8" } else { "7" };
        typed.replace_range(place..=place, other);
        let refused = RecoveryCode::parse(hidden_text(&typed).as_bytes(), Format::Full);
        assert_eq!(refused.err(), Some(Error::RecoveryCodeMalformed), "{typed}");
    }
}

fn recovery_new() {
    for byte in [0x00, 0x1f, 0xff] {
        let mut entropy = black_box([byte; 24]);
        valgrind::make_secret(&mut entropy);
        let code = RecoveryCode::full(black_box(3), black_box(&entropy)).expect("a slot");
        let shown = code.expose();
        // Looks at each symbol, as whoever is shown the code does.
        assert!(shown.as_str().bytes().all(|symbol| symbol != black_box(b'U')));
    }
}

/// One case each for what a slow hash is behind: a hundred thousand rounds take valgrind some seconds.
fn typeable_accept() {
    let setup = RecoverySetup::typeable();
    assert_eq!(verify_code(&setup, &setup.code(0), 0).expect("accepted").bit(), 1);
}

fn typeable_reject() {
    let setup = RecoverySetup::typeable();
    let verified = verify_code(&setup, &setup.other_code(0), 0);
    assert_eq!(verified.err(), Some(Error::RecoveryCodeRejected));
}

fn typeable_used() {
    let setup = RecoverySetup::typeable();
    assert_eq!(verify_code(&setup, &setup.code(0), 1).err(), Some(Error::RecoveryCodeRejected));
}

fn typeable_parse() {
    for slot in [0, 7, 30] {
        let code = made(TYPEABLE, slot, 1).expose().as_str().to_owned();
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', " \u{2013}")] {
            assert!(RecoveryCode::parse(hidden_text(&typed).as_bytes(), TYPEABLE).is_ok());
        }
    }
}

fn typeable_refuse() {
    let code = made(TYPEABLE, 0, 1).expose().as_str().to_owned();
    for place in [0, 8, 18] {
        let other = if &code[place..=place] == "7" { "8" } else { "7" };
        for symbol in ["U", "@", other] {
            let mut typed = code.clone();
            typed.replace_range(place..=place, symbol);
            let refused = RecoveryCode::parse(hidden_text(&typed).as_bytes(), TYPEABLE);
            assert_eq!(refused.err(), Some(Error::RecoveryCodeMalformed), "{typed}");
        }
    }
}

fn typeable_new() {
    for byte in [0x00, 0x1f, 0xff] {
        let mut entropy = black_box([byte; 14]);
        valgrind::make_secret(&mut entropy);
        let code = RecoveryCode::typeable(black_box(3), black_box(&entropy)).expect("a slot");
        assert!(code.expose().as_str().bytes().all(|symbol| symbol != black_box(b'U')));
    }
}

fn temporary_symbols() {
    for byte in [0x00, 0x1f, 0xff] {
        let mut entropy = black_box([byte; 14]);
        valgrind::make_secret(&mut entropy);
        let code = TemporaryCode::symbols(black_box(&entropy));
        assert!(code.expose().as_str().bytes().all(|symbol| symbol != black_box(b'U')));
    }
}

/// From random bytes to the digits that are sent and the tag that is stored.
fn temporary_digits() {
    for setup in TemporarySetup::delivered() {
        let (code, record) = setup.issue_hidden();
        assert_eq!(record, setup.record());
        assert!(code.expose().as_str().bytes().all(|digit| digit != black_box(b'?')));
    }
}

fn temporary_check() {
    let setup = TemporarySetup::admin();
    let record = TemporaryRecord::parse(setup.record()).expect("a record");
    for typed in [setup.code.clone(), setup.code.to_lowercase(), setup.other.replace('-', " ")] {
        assert_eq!(record.check_code(hidden_text(&typed).as_bytes()), Ok(()));
    }
}

fn temporary_refuse() {
    let setup = TemporarySetup::admin();
    let record = TemporaryRecord::parse(setup.record()).expect("a record");
    for place in [0, 8, 18] {
        let other = if &setup.code[place..=place] == "7" { "8" } else { "7" };
        for symbol in ["U", "@", other] {
            let mut typed = setup.code.clone();
            typed.replace_range(place..=place, symbol);
            let refused = record.check_code(hidden_text(&typed).as_bytes());
            assert_eq!(refused, Err(Error::TemporaryCodeMalformed), "{typed}");
        }
    }
}

/// The digits that were typed are public; the pepper is not, and so neither is the tag that they should have.
fn delivered_accept() {
    for setup in TemporarySetup::delivered() {
        assert_eq!(setup.verify(setup.code.as_bytes(), ISSUED, false), Ok(0));
    }
}

fn delivered_reject() {
    for setup in TemporarySetup::delivered() {
        let refused = setup.verify(setup.other.as_bytes(), ISSUED, false);
        assert_eq!(refused, Err(Error::TemporaryCodeRejected));
    }
}

/// The right code, too early, too late and revoked: that it is right must not show.
fn delivered_expired() {
    for setup in TemporarySetup::delivered() {
        for (now, revoked) in [(ISSUED - 6, false), (ISSUED + 601, false), (ISSUED, true)] {
            let refused = setup.verify(setup.code.as_bytes(), now, revoked);
            assert_eq!(refused, Err(Error::TemporaryCodeRejected));
        }
    }
}

fn admin_accept() {
    let setup = TemporarySetup::admin();
    assert_eq!(setup.verify(hidden_text(&setup.code).as_bytes(), ISSUED, false), Ok(999));
}

fn admin_reject() {
    let setup = TemporarySetup::admin();
    let refused = setup.verify(hidden_text(&setup.other).as_bytes(), ISSUED, false);
    assert_eq!(refused, Err(Error::TemporaryCodeRejected));
}

fn admin_expired() {
    let setup = TemporarySetup::admin();
    let refused = setup.verify(hidden_text(&setup.code).as_bytes(), ISSUED + 3601, false);
    assert_eq!(refused, Err(Error::TemporaryCodeRejected));
}

/// The content of a state, which is public.
const CONTENT: &[u8] = br#"{"v":1,"kind":"registration","challenge":"AAECAwQFBgcICQoLDA0ODw"}"#;

fn state_keys() -> impl Iterator<Item = (StateKey, StateKey)> {
    [32, 64].into_iter().map(|len| {
        let bytes = black_box(vec![0x5a; len]);
        let mut hidden = bytes.clone();
        valgrind::make_secret(&mut hidden);
        let key = |bytes: &[u8]| StateKey::new(black_box(bytes)).expect("32 to 64 bytes");
        (key(&hidden), key(&bytes))
    })
}

/// What the number 42 is made of.
const NUMBER: [u8; 8] = [0x6c, 0, 0, 0, 0, 0, 0, 0];

fn hidden_number() -> Number {
    let mut entropy = black_box(NUMBER);
    valgrind::make_secret(&mut entropy);
    Number::new(&black_box(entropy))
}

fn approval_number() {
    assert_eq!(hidden_number().expose(), *b"42");
}

/// Runs with a device's key.
fn with_device<T>(run: impl FnOnce(&DeviceKey) -> T) -> T {
    let begin = enrollment::Begin {
        user_id: "user-0001",
        audience: "example.org",
        lifetime: None,
        id: [7; 16],
        now: UnixTime::from_seconds(ISSUED),
    };
    let text = enrollment::begin(begin).expect("begun").request().expect("it fits").to_string();
    let mut buffer = [0; MAX_REQUEST];
    let request = EnrollmentRequest::read(text.as_bytes(), &mut buffer).expect("a request");
    run(&DeviceKey::new(&request, &[9; 32]).expect("a key"))
}

/// The verdict on an answer with this number, where the state holds 42 as a secret.
fn approval_outcome(typed: &str) -> Outcome {
    let now = UnixTime::from_seconds(ISSUED);
    with_device(|key| {
        let devices = [*key.record()];
        let begun = approval::begin(Begin {
            user_id: "user-0001",
            audience: "example.org",
            action: "Sign in",
            context: "",
            devices: &devices,
            previous: None,
            lifetime: None,
            id: [3; 16],
            number: hidden_number(),
            now,
        })
        .expect("begun");
        let text = begun.request().expect("it fits").to_string();
        let mut buffer = [0; MAX_REQUEST];
        let request = ApprovalRequest::read(text.as_bytes(), &mut buffer).expect("a request");
        let answer = request.sign(key, Decision::Approve { number: typed }, None);
        let answer = black_box(answer.expect("signed").to_string());
        approval::finish(answer.as_bytes(), begun.state(), now).expect("authentic").outcome()
    })
}

fn approval_right_number() {
    assert_eq!(approval_outcome("42"), Outcome::Approved);
}

fn approval_wrong_number() {
    for typed in ["00", "41", "52", "99"] {
        assert_eq!(approval_outcome(typed), Outcome::NumberMismatch);
    }
}

/// A private key that is none, in its text: which digit is wrong must not show.
fn approval_device_key_refused() {
    let mut text = String::new();
    with_device(|key| key.write_text(&mut text)).expect("room");
    for wrong in ["g", "A", "/", ":", "`"] {
        for at in [text.len() - 64, text.len() - 1] {
            let mut damaged = text.clone();
            damaged.replace_range(at..=at, wrong);
            let mut damaged = black_box(damaged);
            let private = damaged.len() - 64..;
            // SAFETY: the request changes what valgrind knows about the bytes, not the bytes.
            valgrind::make_secret(unsafe { &mut damaged.as_bytes_mut()[private] });
            assert_eq!(DeviceKey::parse(&damaged).err(), Some(Error::RecordCorrupt));
        }
    }
}

fn state_key_tag() {
    for (hidden, public) in state_keys() {
        assert_eq!(hidden.tag(black_box(CONTENT)), public.tag(CONTENT));
        assert_eq!(hidden.id(), public.id());
    }
}

fn state_key_right() {
    for (hidden, public) in state_keys() {
        assert!(hidden.is_tag(black_box(CONTENT), black_box(&public.tag(CONTENT))));
    }
}

fn state_key_wrong() {
    for (hidden, public) in state_keys() {
        for place in [0, 15, 31] {
            let mut tag = public.tag(CONTENT);
            tag[place] ^= 0x80;
            assert!(!hidden.is_tag(black_box(CONTENT), black_box(&tag)));
        }
        assert!(!hidden.is_tag(black_box(CONTENT), black_box(&[0; 31])));
    }
}

fn enumeration_key_block() {
    for len in [32, 64] {
        let bytes = black_box(vec![0x5a; len]);
        let mut hidden = bytes.clone();
        valgrind::make_secret(&mut hidden);
        let key = |bytes: &[u8]| EnumerationKey::new(black_box(bytes)).expect("32 to 64 bytes");
        let (hidden, public) = (key(&hidden), key(&bytes));
        // What the person typed is shorter than a block of the hash, longer, or nothing.
        for identifier in [&b""[..], b"nobody@example.org", &[b'x'; 200]] {
            for number in [0, 1, u8::MAX] {
                let block = hidden.block("example.org", black_box(identifier), number);
                assert_eq!(block, public.block("example.org", identifier, number));
            }
        }
    }
}
