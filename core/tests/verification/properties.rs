//! Limits, names and invariants of the core's API that no conformance vector can state, because a vector has an input and
//! an answer and these are about accessors, exact bounds and what stays out of a debug print. Each is from the
//! specification or from the documentation of the item; the mutants that only these catch are why they are here.

use crate::support::{self, Assertion, Registration, bytes, head, text};
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{Format, RecoveryCode, RecoveryRecord, verify, write_record};
use mfakit_core::codes::temporary::{Issue, TemporaryCode, TemporaryKind, TemporaryRecord, issue};
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::encoding::{base32, base64url, cbor, cose, json};
use mfakit_core::otp::hotp::{Hotp, MAX_LOOK_AHEAD, MAX_RESYNC};
use mfakit_core::otp::totp::{MAX_WINDOW, PendingTotp, Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm, truncate_to_code};
use mfakit_core::throttle::{GuessBudget, Throttle, ThrottleState, guess_odds};
use mfakit_core::webauthn::assertion::{self, Allow};
use mfakit_core::webauthn::attestation::{self, AttestationObject};
use mfakit_core::webauthn::client_data::{self, ClientData};
use mfakit_core::webauthn::registration;
use mfakit_core::webauthn::{CrossOrigin, RelyingParty, StateKey, UserPresence, UserVerification};
use mfakit_core::{Error, OtpSecret, Pepper, Peppers, Period, Step, UnixTime, require_one_row};

// ---- ground

const KEY: &[u8] = b"12345678901234567890";

fn hotp() -> Hotp {
    Hotp::new(&OtpSecret::new(KEY).unwrap(), HashAlgorithm::Sha1, Digits::SIX).unwrap()
}

fn totp() -> Totp {
    let secret = OtpSecret::new(KEY).unwrap();
    Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS).unwrap()
}

#[test]
fn a_secret_has_its_bytes_its_length_and_no_debug_print() {
    for len in [16, 20, 64, 127, 128] {
        let bytes: Vec<u8> = (0..len).collect();
        let secret = OtpSecret::new(&bytes).unwrap();
        assert_eq!((secret.expose(), secret.len()), (&bytes[..], bytes.len()));
        assert_eq!(format!("{secret:?}"), "OtpSecret(***)");
        let text: String = base32::encode(&bytes).collect();
        assert_eq!(OtpSecret::from_base32(&text).unwrap().expose(), bytes);
    }
    for len in [1, 10, 15] {
        let bytes = vec![7; len];
        let text: String = base32::encode(&bytes).collect();
        assert_eq!(OtpSecret::new(&bytes).err(), Some(Error::SecretTooShort));
        assert_eq!(OtpSecret::from_base32(&text).err(), Some(Error::SecretTooShort));
        assert_eq!(OtpSecret::danger_legacy(&bytes).unwrap().expose(), bytes);
        assert_eq!(OtpSecret::danger_legacy_from_base32(&text).unwrap().expose(), bytes);
    }
    assert_eq!(OtpSecret::danger_legacy(b"").err(), Some(Error::SecretTooShort));
    assert_eq!(OtpSecret::danger_legacy_from_base32("").err(), Some(Error::SecretTooShort));
    let long: String = base32::encode(&[7; 129]).collect();
    assert_eq!(OtpSecret::new(&[7; 129]).err(), Some(Error::SecretTooLong));
    assert_eq!(OtpSecret::from_base32(&long).err(), Some(Error::SecretTooLong));
    assert_eq!(format!("{:?} {:?}", hotp(), totp()), "Hotp(***) Totp(***)");
    assert_eq!(format!("{:?}", hotp().code_at(0)), "Code(***)");
}

#[test]
fn evidence_names_its_method_and_takes_exactly_one_row() {
    for rows in [0, 2, u64::MAX] {
        assert_eq!(require_one_row(rows), Err(Error::StateConflict));
    }
    assert_eq!(require_one_row(1), Ok(()));
    let evidence = hotp().verify(b"755224", 0, 0).unwrap().commit(1).unwrap();
    assert_eq!((evidence.method().as_str(), evidence.user_verified()), ("hotp", false));
    let now = UnixTime::from_seconds(59);
    let verify = || totp().verify(b"287082", None, now, Window::STRICT).unwrap();
    let evidence = verify().commit(1).unwrap();
    assert_eq!((evidence.method().as_str(), evidence.user_verified()), ("totp", false));
    assert_eq!(verify().commit(0), Err(Error::StateConflict));
    // An enrolment is stored like a sign-in, and is none.
    let confirm = || PendingTotp::new(totp()).confirm(b"287082", now).unwrap();
    assert_eq!(confirm().commit(1), Ok(()));
    for rows in [0, 2] {
        assert_eq!(confirm().commit(rows), Err(Error::StateConflict));
    }
    for (kind, method) in [
        (TemporaryKind::Admin, "admin_code"),
        (TemporaryKind::Support, "support_code"),
        (TemporaryKind::Delivered, "delivered_code"),
    ] {
        assert_eq!(TemporaryKind::from_name(kind.as_str()), Some(kind));
        assert_eq!(method.strip_suffix("_code"), Some(kind.as_str()));
    }
    assert_eq!(TemporaryKind::from_name("Admin"), None);
}

#[test]
fn an_enrolment_has_the_window_that_it_is_given() {
    let at = |step: u64| UnixTime::from_seconds(step * 30);
    let code = totp().code_at(at(1000)).unwrap();
    let code = code.expose().as_bytes();
    for (now, window, drift) in [
        (1000, Window::STRICT, Some(0)),
        (1001, Window::STRICT, None),
        (1001, Window::ONE_STEP, Some(-1)),
        (999, Window::ONE_STEP, Some(1)),
        (1002, Window::ONE_STEP, None),
        (1003, Window::new(3, 0).unwrap(), Some(-3)),
    ] {
        let pending = PendingTotp::new(totp());
        let first = pending.confirm_within(code, at(now), window);
        let expected = drift.map(|drift| (1000, drift)).ok_or(Error::OtpRejected);
        assert_eq!(first.map(|first| (first.step().get(), first.drift())), expected, "{now}");
    }
}

// ---- temporary codes

fn delivered(digits: u64, entropy: u64) -> String {
    let code = TemporaryCode::digits(digits, &entropy.to_be_bytes()).unwrap();
    code.expose().as_str().to_owned()
}

#[test]
fn digits_are_the_decimals_of_the_fraction_that_the_bytes_are() {
    // The lowest four bits are not used.
    for entropy in [0, 15, 16, 0x5a5a_5a5a_5a5a_5a5a, u64::MAX, 1 << 63, (1 << 63) - 1] {
        for digits in [6, 7, 8] {
            let whole = (u128::from(entropy >> 4) * 10_u128.pow(digits)) >> 60;
            let width = digits as usize;
            assert_eq!(delivered(u64::from(digits), entropy), format!("{whole:0width$}"));
        }
    }
    for digits in [0, 5, 9, 256 + 6, u64::MAX] {
        assert_eq!(TemporaryCode::digits(digits, &[0; 8]).err(), Some(Error::DigitsInvalid));
    }
}

#[test]
fn a_delivered_code_is_known_to_the_last_byte() {
    let pepper = Pepper::new(&[7; 32]).unwrap();
    let code = TemporaryCode::digits(6, &[9; 8]).unwrap();
    let issue_at = |now: u64, previous: Option<&str>| {
        let previous = previous.map(|text| TemporaryRecord::parse(text).unwrap());
        let wanted = Issue {
            user_id: b"alice",
            kind: TemporaryKind::Delivered,
            issued_by: "login",
            previous: previous.as_ref(),
            lifetime: None,
            id: SET_ID,
            pepper: Some(("2026-05", &pepper)),
            hash: None,
            now: UnixTime::from_seconds(now),
        };
        issue(&code, wanted).map(|record| record.to_string())
    };
    let text = issue_at(1_800_000_000, None).unwrap();
    let message = [b"mfakit-tc-v1\x03\x00\x05alice", &SET_ID[..], b"\x06035294"].concat();
    assert_eq!(code.expose().as_str(), "035294");
    let tag = HmacKey::new(HashAlgorithm::Sha256, &[7; 32]).tag(&message);
    let tag: String = base64url::encode(tag.expose()).map(char::from).collect();
    let id: String = base64url::encode(&SET_ID).map(char::from).collect();
    let numbers = "1800000000.1800000600.1.0.0$bG9naW4$1800000000";
    assert_eq!(text, format!("$mfakit-tc$v=1,t=delivered,d=6,k=2026-05${id}${tag}${numbers}"));
    assert_eq!(format!("{code:?}"), "TemporaryCode(***)");
    let read = TemporaryRecord::parse(&text).unwrap();
    assert_eq!(format!("{read:?}"), "TemporaryRecord(delivered)");

    // Six within an hour; then one has to leave it.
    let mut stored = text;
    for later in 1..6 {
        stored = issue_at(1_800_000_000 + later, Some(&stored)).unwrap();
    }
    for now in [1_800_000_006, 1_800_003_599] {
        assert_eq!(issue_at(now, Some(&stored)), Err(Error::TemporaryCodeLimit));
    }
    // A clock that went back frees none.
    assert_eq!(issue_at(1_799_990_000, Some(&stored)), Err(Error::TemporaryCodeLimit));
    assert!(issue_at(1_800_003_600, Some(&stored)).is_ok());
}

#[test]
fn codes_of_symbols_are_told_apart_by_their_first() {
    let code = TemporaryCode::symbols(&[0; 14]);
    assert_eq!(code.expose().as_str(), "Z000-0000-0000-000J");
    assert_eq!(RecoveryCode::typeable(31, &[0; 14]).err(), Some(Error::ArgumentValueInvalid));
    let shown = RecoveryCode::typeable(30, &[0; 14]).unwrap();
    assert!(shown.expose().as_str().starts_with("Y000-0000-0000-000"));
    assert_eq!(format!("{:?} {:?}", shown, shown.expose()), "RecoveryCode(***) ShownCode(***)");
}

#[test]
fn slow_hashes_have_bounds_and_a_text() {
    let format = |rounds| Format::Typeable(SlowHash::Pbkdf2Sha256 { rounds });
    let written = |rounds| {
        let code = RecoveryCode::typeable(0, &[7; 14]).unwrap();
        let mut text = String::new();
        write_record(&mut text, b"alice", &SET_ID, format(rounds), None, [&code]).map(|()| text)
    };
    let text = written(100_000).unwrap();
    assert!(
        text.starts_with(
            "$mfakit-rc$v=1,f=typeable,h=pbkdf2-sha256,i=100000$AAECAwQFBgcICQoLDA0ODw$"
        )
    );
    for rounds in [0, 99_999, 2_000_001, u32::MAX] {
        assert_eq!(written(rounds), Err(Error::ArgumentValueInvalid), "{rounds}");
    }
    for rounds in ["99999", "2000001", "0100000", "4294967296", ""] {
        let bad = text.replace("100000", rounds);
        assert_eq!(RecoveryRecord::parse(&bad).err(), Some(Error::RecordCorrupt), "{rounds}");
    }
    let longest = text.replace("100000", "2000000");
    assert_eq!(RecoveryRecord::parse(&longest).map(|record| record.count()), Ok(1));
    assert_eq!(SlowHash::PBKDF2.to_string(), "h=pbkdf2-sha256,i=600000");
    // A full code has no place among typeable ones, and none the other way.
    let (full, typeable) = (recovery_code(0), RecoveryCode::typeable(0, &[7; 14]).unwrap());
    for (format, code) in [(Format::Full, &typeable), (format(100_000), &full)] {
        let mixed = write_record(&mut String::new(), b"alice", &SET_ID, format, None, [code]);
        assert_eq!(mixed, Err(Error::ArgumentValueInvalid));
    }
}

#[test]
fn budgets_are_named_and_bound_the_odds() {
    for (budget, name, odds) in
        [(GuessBudget::Usual, "usual", 0.001), (GuessBudget::Strict, "strict", 0.0001)]
    {
        assert_eq!((budget.as_str(), budget.odds()), (name, odds));
        assert_eq!(GuessBudget::from_name(name), Ok(budget));
    }
    assert_eq!(GuessBudget::from_name("Usual"), Err(Error::ArgumentValueInvalid));
    assert_eq!(GuessBudget::default(), GuessBudget::Usual);
    // Exactly representable: one of two, twice, and what is certain.
    assert_eq!(guess_odds(1, 5, 1), Ok(0.5));
    assert_eq!(guess_odds(1, 5, 2), Ok(0.75));
    assert_eq!(guess_odds(1, 5, 3), Ok(0.875));
    assert_eq!(guess_odds(1, 10, u64::MAX), Ok(1.0));
    assert_eq!(guess_odds(10, 1000, 0), Ok(0.0));
}

#[test]
fn time_is_kept_as_it_is_given() {
    for n in [0, 1, 2, 59, u64::MAX] {
        assert_eq!((UnixTime::from_seconds(n).seconds(), Step::new(n).get()), (n, n));
    }
    for n in [1, 2, 30, 3600] {
        assert_eq!(Period::from_seconds(n).map(|period| u64::from(period.seconds())), Ok(n));
    }
    for n in [0, 3601, 65_535, 65_536, 65_566, u64::MAX] {
        assert_eq!(Period::from_seconds(n), Err(Error::PeriodInvalid));
    }
    assert_eq!(Period::THIRTY_SECONDS.seconds(), 30);
}

// ---- one-time passwords

#[test]
fn names_of_algorithms_go_both_ways() {
    for (algorithm, name) in [
        (HashAlgorithm::Sha1, "SHA1"),
        (HashAlgorithm::Sha256, "SHA256"),
        (HashAlgorithm::Sha512, "SHA512"),
    ] {
        assert_eq!(algorithm.as_str(), name);
        assert_eq!(HashAlgorithm::from_name(name), Ok(algorithm));
    }
    for name in ["", "sha1", "SHA-1", "SHA384", "MD5", "SHA1 "] {
        assert_eq!(HashAlgorithm::from_name(name), Err(Error::HashAlgorithmUnknown));
    }
}

#[test]
fn digits_are_six_to_eight() {
    for n in [6, 7, 8] {
        assert_eq!(Digits::new(n).map(|digits| u64::from(digits.get())), Ok(n));
    }
    for n in [0, 5, 9, 10, 256 + 6, u64::MAX] {
        assert_eq!(Digits::new(n), Err(Error::DigitsInvalid));
    }
    assert_eq!((Digits::SIX.get(), Digits::TEN.get()), (6, 10));
}

#[test]
fn a_typed_code_has_at_most_64_characters() {
    let spaced = |len: usize| format!("{}755224", " ".repeat(len - 6));
    assert!(hotp().verify(spaced(64).as_bytes(), 0, 0).is_ok());
    assert_eq!(hotp().verify(spaced(65).as_bytes(), 0, 0), Err(Error::OtpMalformed));
}

#[test]
fn a_tag_is_cut_if_it_has_at_least_20_bytes() {
    // RFC 4226 §5.4: its example, and one byte less of it.
    let tag = *b"\x1f\x86\x98\x69\x0e\x02\xca\x16\x61\x85\x50\xef\x7f\x19\xda\x8e\x94\x5b\x55\x5a";
    assert_eq!(truncate_to_code(&tag, Digits::SIX).unwrap().expose(), "872921");
    assert_eq!(truncate_to_code(&tag[1..], Digits::SIX).err(), Some(Error::OtpMalformed));
}

#[test]
fn windows_reach_their_limits_and_no_further() {
    let verify = |counter, look_ahead| {
        let code = hotp().code_at(1000);
        hotp().verify(code.expose().as_bytes(), counter, look_ahead).map(|v| v.matched_counter())
    };
    assert_eq!(verify(1000 - MAX_LOOK_AHEAD, MAX_LOOK_AHEAD), Ok(1000));
    assert_eq!(verify(1000 - MAX_LOOK_AHEAD, MAX_LOOK_AHEAD - 1), Err(Error::OtpRejected));
    assert_eq!(verify(1000, MAX_LOOK_AHEAD + 1), Err(Error::WindowTooLarge));
    let resync = |counter, look_ahead| {
        let (first, second) = (hotp().code_at(2000), hotp().code_at(2001));
        let (first, second) = (first.expose().as_bytes(), second.expose().as_bytes());
        hotp().resync(first, second, counter, look_ahead).map(|v| v.transition().next)
    };
    assert_eq!(resync(2000 - MAX_RESYNC, MAX_RESYNC), Ok(2002));
    assert_eq!(resync(2000 - MAX_RESYNC, MAX_RESYNC - 1), Err(Error::OtpRejected));
    assert_eq!(resync(2000, MAX_RESYNC + 1), Err(Error::WindowTooLarge));
    for (past, future, fits) in [
        (MAX_WINDOW, MAX_WINDOW, true),
        (MAX_WINDOW + 1, 0, false),
        (0, MAX_WINDOW + 1, false),
        (MAX_WINDOW + 1, MAX_WINDOW + 1, false),
    ] {
        assert_eq!(Window::new(past, future).is_ok(), fits, "{past} {future}");
    }
}

#[test]
fn the_first_code_of_an_enrolment_is_burnt() {
    let now = UnixTime::from_seconds(57_766_335 * 30);
    let code = totp().code_at(now).unwrap();
    let verified = PendingTotp::new(totp()).confirm(code.expose().as_bytes(), now).unwrap();
    let transition = verified.transition();
    assert_eq!((transition.prev, transition.next), (None, verified.step().get()));
    let again =
        totp().verify(code.expose().as_bytes(), Some(transition.next), now, Window::ONE_STEP);
    assert_eq!(again, Err(Error::OtpReplayed));
}

// ---- recovery codes and the throttle

const SET_ID: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

fn recovery_code(slot: u8) -> RecoveryCode {
    // The upper bits of a random byte are not used.
    let random = core::array::from_fn(|i| (i as u8 * 7 + slot * 3) % 32 + 32 * (slot + 1));
    RecoveryCode::full(slot, &random).unwrap()
}

#[test]
fn codes_and_records_are_known_to_the_last_symbol() {
    // Computed with Python's hmac and base64 from the definition of the format.
    let codes = [recovery_code(0), recovery_code(1)];
    let shown = ["007EN-W3AHR-Z6DMV-29GQY-5CKT1H", "13AHR-Z6DMV-29GQY-5CKT1-8FPX4N"];
    assert_eq!(codes.each_ref().map(|code| code.expose().as_str().to_owned()), shown);
    let pepper: Vec<u8> = (100..132).collect();
    let pepper = Pepper::new(&pepper).unwrap();
    let keys = [("2026-05", &pepper)];
    let peppers = Peppers::new(&keys, "2026-05").unwrap();
    for (pepper, peppers, record) in [
        (
            Some(("2026-05", &pepper)),
            Some(&peppers),
            "$mfakit-rc$v=1,f=full,k=2026-05$AAECAwQFBgcICQoLDA0ODw\
             $0EPJddAglsgLezixCChG91uTgHhxiRZ9hVPgXiAl6GY.3PAI218_GyrSPYgWYQQxdD95OWpe-hOIc5-7bOqUvj0",
        ),
        (
            None,
            None,
            "$mfakit-rc$v=1,f=full$AAECAwQFBgcICQoLDA0ODw\
             $BsMJkiF2zRpv5S2GvIIN9NgHbJW3IsEX8PWBeuArx9s.2cMEi1fwaMr7b7NjbNMWAXsw5AEK6mx1V3mmqBWeu2Y",
        ),
    ] {
        let mut written = String::new();
        assert_eq!(
            write_record(&mut written, b"alice", &SET_ID, Format::Full, pepper, &codes),
            Ok(())
        );
        assert_eq!(written, record);
        let stored = RecoveryRecord::parse(record).unwrap();
        assert_eq!(stored.count(), 2);
        let verified = verify(shown[1].as_bytes(), b"alice", &stored, 0, peppers).unwrap();
        assert_eq!((verified.bit(), verified.needs_regeneration()), (0b10, false));
        let evidence = verified.commit(1).unwrap();
        assert_eq!(
            (evidence.method().as_str(), evidence.user_verified()),
            ("recovery_code", false)
        );
    }
}

#[test]
fn a_character_without_a_value_is_no_zero() {
    // A symbol of value 0 leaves the check symbol right; so must not whatever is read as one.
    let code = RecoveryCode::full(0, &[0; 24]).unwrap();
    let zeros = "00000-00000-00000-00000-000000";
    assert_eq!(code.expose().as_str(), zeros);
    for strange in ["U", "u", "!", "/", ":", "@", "[", "`", "{", "\0", "\u{7f}"] {
        for place in [0, 7, 28, 29] {
            let mut text = zeros.to_owned();
            text.replace_range(place..=place, strange);
            let read = RecoveryCode::parse(text.as_bytes(), Format::Full).err();
            assert_eq!(read, Some(Error::RecoveryCodeMalformed), "{text:?}");
        }
    }
    assert!(RecoveryCode::parse(zeros.as_bytes(), Format::Full).is_ok());
}

#[test]
fn a_record_that_does_not_fit_is_not_written() {
    struct Short(usize);
    impl core::fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            self.0 = self.0.checked_sub(text.len()).ok_or(core::fmt::Error)?;
            Ok(())
        }
    }
    let codes = [recovery_code(0), recovery_code(1)];
    let mut whole = String::new();
    write_record(&mut whole, b"alice", &SET_ID, Format::Full, None, &codes).unwrap();
    for room in 0..=whole.len() {
        let written = write_record(&mut Short(room), b"alice", &SET_ID, Format::Full, None, &codes);
        let fits = room == whole.len();
        assert_eq!(written, if fits { Ok(()) } else { Err(Error::ArgumentValueInvalid) }, "{room}");
    }
}

#[test]
fn peppers_are_found_by_their_ids_alone() {
    let (old, new) = (Pepper::new(&[1; 32]).unwrap(), Pepper::new(&[2; 64]).unwrap());
    let keys = [("old", &old), ("new", &new)];
    let peppers = Peppers::new(&keys, "new").unwrap();
    assert_eq!(peppers.current(), "new");
    assert_eq!(peppers.get("old").map(Pepper::expose), Some(&[1; 32][..]));
    assert_eq!(peppers.get("new").map(Pepper::expose), Some(&[2; 64][..]));
    assert!(peppers.get("").is_none() && peppers.get("ne").is_none());
    for id in ["a", "Z", "0", ".", "_", "-", &"k".repeat(32)] {
        assert!(Peppers::new(&[(id, &old)], id).is_ok(), "{id}");
    }
}

#[test]
fn a_throttle_keeps_what_it_was_told() {
    let at = UnixTime::from_seconds;
    let state = ThrottleState::parse("$mfakit-throttle$v=1$7$1700000000").unwrap();
    assert_eq!((state.failures(), state.charged_at()), (7, at(1_700_000_000)));
    let throttle = Throttle::new(3, 1, 10, 15).unwrap();
    let mut state = ThrottleState::default();
    for (now, failures) in [(5, 1), (15, 2), (30, 3)] {
        assert_eq!(throttle.retry_at(state, at(now)), Ok(None));
        state = throttle.charge(state, at(now)).unwrap();
        assert_eq!(state.to_string(), format!("$mfakit-throttle$v=1${failures}${now}"));
    }
    assert_eq!(throttle.charge(state, at(1 << 40)), Err(Error::ThrottleDisabled));
    let cleared = throttle.succeed(state);
    assert_eq!((cleared.failures(), cleared.charged_at()), (0, at(30)));
}

#[test]
fn secrets_have_no_debug_print() {
    let code = recovery_code(0);
    let pepper = Pepper::new(&[7; 32]).unwrap();
    let key = StateKey::new(&[7; 32]).unwrap();
    let printed = format!("{code:?} {:?} {pepper:?} {key:?}", code.expose());
    assert_eq!(printed, "RecoveryCode(***) ShownCode(***) Pepper(***) StateKey(***)");
}

// ---- encodings

#[test]
fn base32_takes_1024_characters() {
    let mut out = [0; 128];
    let spaced = |len: usize| format!("{}MY", " ".repeat(len - 2));
    assert_eq!(base32::decode(spaced(1024).as_bytes(), &mut out), Ok(1));
    assert_eq!(base32::decode(spaced(1025).as_bytes(), &mut out), Err(Error::SecretTooLong));
    assert_eq!(base32::decode(b"MZXW6", &mut out[..2]), Err(Error::SecretTooLong));
    assert_eq!(base32::decode(b"MZXW6", &mut out[..3]), Ok(3));
}

#[test]
fn base32_padding_stands_at_the_end() {
    let mut out = [0; 8];
    for text in ["M======Y", "M=Y=====", "=MY=====", "MZXW6=YT==B", "MY=====Y"] {
        assert_eq!(
            base32::decode(text.as_bytes(), &mut out),
            Err(Error::SecretMalformed),
            "{text}"
        );
    }
    assert_eq!(base32::decode(b"MY======", &mut out), Ok(1));
    assert_eq!(base32::decode(b"MY= = - ====", &mut out), Ok(1));
}

#[test]
fn base64url_says_its_length_before_it_decodes() {
    let mut out = [0; 64];
    for len in 0..60_usize {
        let bytes: Vec<u8> = (0..len).map(|i| (i * 89 + 251) as u8).collect();
        let text: Vec<u8> = base64url::encode(&bytes).collect();
        assert_eq!(base64url::decoded_len(text.len()), Some(len));
        assert_eq!(base64url::decode(&text, &mut out[..len]), Ok(&bytes[..]));
        if len > 0 {
            let small = base64url::decode(&text, &mut out[..len - 1]);
            assert_eq!(small, Err(Error::InputTooLarge));
        }
    }
    for symbols in [1, 5, 9, 4001] {
        assert_eq!(base64url::decoded_len(symbols), None);
    }
}

fn read(bytes: &[u8]) -> cbor::Value<'_> {
    cbor::read_all(bytes, cbor::Limits::EXTENSIONS).unwrap()
}

#[test]
fn cbor_values_are_what_they_say() {
    for n in [0, 1, 23, 24, 255, 256, 65_535, 65_536, 1 << 32, i64::MAX] {
        let (positive, negative) = (head(0, n as u64), head(1, n as u64));
        assert_eq!(read(&positive).as_int(), Some(n));
        assert_eq!(read(&negative).as_int(), Some(-1 - n));
    }
    for major in [0, 1] {
        assert_eq!(read(&head(major, 1 << 63)).as_int(), None, "beyond an i64");
    }
    let (a_text, a_string) = (text("fmt"), bytes(b"fmt"));
    assert_eq!((read(&a_text).as_text(), read(&a_text).as_bytes()), (Some("fmt"), None));
    assert_eq!((read(&a_string).as_text(), read(&a_string).as_bytes()), (None, Some(&b"fmt"[..])));
    assert_eq!((read(&a_text).as_int(), read(&a_string).as_int()), (None, None));
    assert!(read(&a_text).as_map().is_none());
    assert!(read(&a_text).get_int(0).is_none());
    // A float of value 0 is no integer, and an array is no map.
    assert_eq!(read(b"\xf9\0\0").as_int(), None);
    assert!(read(b"\x82\x01\x02").as_map().is_none());
}

#[test]
fn entries_of_a_map_are_found_behind_values_of_every_kind() {
    let values: [&[u8]; 10] = [
        b"\x00",
        b"\x38\xff",
        b"\x43abc",
        b"\x63abc",
        b"\x80",
        b"\x83\x01\x41\x02\x81\x03",
        b"\xa0",
        b"\xa2\x01\x02\x61a\xa1\x03\x04",
        b"\xf5",
        b"\xfb\0\0\0\0\0\0\0\0",
    ];
    let mut map = head(5, values.len() as u64 + 1);
    for (key, value) in (0_u64..).zip(values) {
        map.extend(head(0, key));
        map.extend(value);
    }
    map.extend(text("last"));
    map.extend([1]);
    let map = read(&map);
    for (key, value) in (0_i64..).zip(values) {
        assert_eq!(map.get_int(key).unwrap().encoding(), value);
    }
    assert_eq!(map.get_text("last").unwrap().as_int(), Some(1));
    assert!(map.get_int(10).is_none() && map.get_text("las").is_none());
    assert_eq!(map.as_map().unwrap().count(), values.len() + 1);
    assert!(!map.non_canonical_order());
}

#[test]
fn heads_that_cbor_does_not_have_are_refused_by_name() {
    let refused = |bytes: &[u8]| cbor::read_all(bytes, cbor::Limits::EXTENSIONS).err();
    // RFC 8949 §3.3: simple values below 32 have no second byte; those from 32 on have.
    assert_eq!(refused(b"\xf8\x1f"), Some(Error::CborMalformed));
    assert_eq!((refused(b"\xf8\x20"), refused(b"\xf8\xff")), (None, None));
    for major in 0..8_u8 {
        for info in 28..32 {
            let indefinite = info == 31 && (2..=5).contains(&major);
            let code = if indefinite { Error::CborIndefiniteLength } else { Error::CborMalformed };
            assert_eq!(refused(&[major << 5 | info]), Some(code), "{major} {info}");
        }
    }
}

#[test]
fn an_attestation_object_nests_five_levels() {
    let object = |depth: usize| {
        let mut object = head(5, 4);
        object.extend([text("fmt"), text("none"), text("attStmt"), head(5, 0)].concat());
        object.extend([text("authData"), bytes(b""), text("unknown")].concat());
        // The object is the first level, the innermost array the last.
        object.extend(vec![0x81; depth - 2]);
        object.extend(head(4, 0));
        AttestationObject::parse(&object).map(|_| ())
    };
    assert_eq!((object(5), object(6)), (Ok(()), Err(Error::CborTooDeep)));
}

#[test]
fn a_cose_key_has_at_most_4096_bytes() {
    // The key of the positive with one more parameter, under a label that nothing reads.
    let key = |len: usize| {
        let mut key = support::es256_key();
        key[0] += 1;
        key.extend(head(0, 1000));
        let rest = len - key.len() - 3;
        key.extend(bytes(&vec![0; rest]));
        assert_eq!(key.len(), len);
        key
    };
    assert_eq!(cose::parse_all(&key(cose::MAX_LEN)).map(|k| k.algorithm()), Ok(cose::ES256));
    assert_eq!(cose::parse_all(&key(cose::MAX_LEN + 1)).err(), Some(Error::CoseKeyMalformed));
    let registration = Registration { key: key(cose::MAX_LEN + 1), ..Registration::new() };
    assert_eq!(registration.verify(&rp()), Err(Error::CoseKeyMalformed));
}

#[test]
fn json_values_are_what_they_say() {
    let array = br#"[0,-1,18446744073709551615,9223372036854775807,1.5,true,false,null,"a\/b","plain","",[],{},"null"]"#;
    let values: Vec<json::Value<'_>> = json::read_all(array).unwrap().as_array().unwrap().collect();
    assert_eq!(values.len(), 14);
    let integers: Vec<_> = values.iter().map(json::Value::as_u64).collect();
    assert_eq!(integers[..5], [Some(0), None, Some(u64::MAX), Some(i64::MAX as u64), None]);
    assert!(integers[5..].iter().all(Option::is_none));
    let signed: Vec<_> = values.iter().map(json::Value::as_i64).collect();
    assert_eq!(signed[..5], [Some(0), Some(-1), None, Some(i64::MAX), None]);
    assert_eq!(values[1].as_rounded_down(), None);
    assert_eq!(values[4].as_rounded_down(), Some((1, false)));
    assert!(values[5..].iter().all(|value| value.as_rounded_down().is_none()));
    let booleans: Vec<_> = values.iter().map(json::Value::as_bool).collect();
    assert_eq!(booleans.iter().flatten().collect::<Vec<_>>(), [&true, &false]);
    assert_eq!((booleans[5], booleans[6]), (Some(true), Some(false)));
    let nulls: Vec<usize> =
        values.iter().enumerate().filter(|(_, v)| v.is_null()).map(|(i, _)| i).collect();
    assert_eq!(nulls, [7], "the text \"null\" is none");
    let plain = |i: usize| values[i].as_str().map(json::Str::plain);
    assert_eq!((plain(8), plain(9), plain(10)), (Some(None), Some(Some("plain")), Some(Some(""))));
    assert!(*values[8].as_str().as_ref().unwrap() == *"a/b");
    assert!(*values[8].as_str().as_ref().unwrap() != *"a/c");
    assert!(*values[8].as_str().as_ref().unwrap() != *"a/bc");
    assert!(values[0].as_str().is_none() && values[11].as_str().is_none());
    assert_eq!(values[11].as_array().map(Iterator::count), Some(0));
    assert_eq!(values[12].as_object().map(Iterator::count), Some(0));
    assert!(values[11].as_object().is_none() && values[12].as_array().is_none());
    assert!(values[11].members(["a"]).unwrap().is_none());
}

#[test]
fn json_members_are_found_behind_values_of_every_kind() {
    let text = br#" { "a" : [ 1 , { "x" : [ ] } ] , "b":"\\\"}" ,"c":-1.5E+3,"d":null
        ,"e" : { "f":{ } , "g" : [[ ],{}] },"h":true}	"#;
    let value = json::read_all(text).unwrap();
    let names: Vec<String> = value
        .as_object()
        .unwrap()
        .map(|(name, _)| String::from_utf8(name.bytes().collect()).unwrap())
        .collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "h"]);
    let [a, b, e, h] = value.members(["a", "b", "e", "h"]).unwrap().unwrap().map(Option::unwrap);
    assert_eq!(a.text(), b"[ 1 , { \"x\" : [ ] } ]");
    assert!(*b.as_str().as_ref().unwrap() == *"\\\"}");
    assert_eq!(e.as_object().unwrap().count(), 2);
    assert_eq!(h.as_bool(), Some(true));
}

#[test]
fn every_bracket_is_closed_by_its_own() {
    for text in [
        "[1}",
        "{\"a\":1]",
        "[[1}]",
        "[{\"a\":1]]",
        "{\"a\":[1}}",
        "{\"a\":{\"b\":1]}",
        "[1,[2],3}",
        "{\"a\":[],\"b\":{}]",
    ] {
        assert_eq!(json::read_all(text.as_bytes()).err(), Some(Error::JsonMalformed), "{text}");
    }
}

#[test]
fn every_escape_is_its_character() {
    let text = r#""\"\\\/\b\f\n\r\t\u0000\u00e9\uABcd\ud800\udc00\uDBFF\uDFFF\ud834\udd1e""#;
    let decoded: Vec<u8> =
        json::read_all(text.as_bytes()).unwrap().as_str().unwrap().bytes().collect();
    let wanted = "\"\\/\u{8}\u{c}\n\r\t\0é\u{abcd}\u{10000}\u{10ffff}\u{1d11e}";
    assert_eq!(std::str::from_utf8(&decoded), Ok(wanted));
}

// ---- WebAuthn

fn rp() -> RelyingParty<'static> {
    RelyingParty::new(support::RP_ID, &[support::ORIGIN], UserVerification::Required).unwrap()
}

#[test]
fn a_relying_party_is_what_it_was_told() {
    assert_eq!((rp().id(), rp().offered()), (support::RP_ID, cose::DEFAULT_OFFER));
    assert_eq!(rp().algorithms(&[cose::ES256]).unwrap().offered(), [cose::ES256]);
    // RSA with SHA-1, which no build offers.
    for algorithms in [&[][..], &[-65535], &[cose::ES256, -65535], &[-65535, cose::ES256], &[0]] {
        assert_eq!(rp().algorithms(algorithms).err(), Some(Error::ArgumentValueInvalid));
    }
    let listed = |origins: &'static [&'static str]| {
        rp().cross_origin(CrossOrigin::AllowListed(origins)).err()
    };
    assert_eq!(listed(&["https://a.example", "https://b.example"]), None);
    assert_eq!(listed(&["https://a.example", "https://b.example/"]), Some(Error::OriginInvalid));
    assert_eq!(rp().cross_origin(CrossOrigin::DangerAnyTopOrigin).err(), None);
    for (uv, name) in [
        (UserVerification::Required, "required"),
        (UserVerification::Preferred, "preferred"),
        (UserVerification::Discouraged, "discouraged"),
    ] {
        assert_eq!((uv.as_str(), UserVerification::from_name(name)), (name, Ok(uv)));
    }
    for name in ["", "Required", "none"] {
        assert_eq!(UserVerification::from_name(name), Err(Error::ArgumentValueInvalid));
    }
}

#[test]
fn domain_names_have_the_lengths_of_rfc_1035() {
    let id = |id: &str| {
        RelyingParty::new(id, &[support::ORIGIN], UserVerification::Required).map(|_| ())
    };
    let labels =
        |lens: &[usize]| lens.iter().map(|len| "a".repeat(*len)).collect::<Vec<_>>().join(".");
    for lens in [&[63][..], &[1, 1], &[63, 63, 63, 61]] {
        assert_eq!(id(&labels(lens)), Ok(()), "{lens:?}");
    }
    for lens in [&[0][..], &[64], &[1, 64, 1], &[63, 63, 63, 62], &[1, 0, 1], &[0, 1], &[1, 0]] {
        assert_eq!(id(&labels(lens)), Err(Error::RpIdInvalid), "{lens:?}");
    }
    // Only a last label of digits is an IPv4 address's.
    assert_eq!((id("4.example"), id("a1"), id("1a")), (Ok(()), Ok(()), Ok(())));
    assert_eq!((id("example.4"), id("0")), (Err(Error::RpIdInvalid), Err(Error::RpIdInvalid)));
}

#[test]
fn origins_are_serialised_as_browsers_do() {
    let check = |origin: &str| {
        RelyingParty::new(support::RP_ID, &[origin], UserVerification::Required).map(|_| ())
    };
    for origin in [
        "https://example.org:1",
        "https://example.org:80",
        "https://example.org:65535",
        "http://localhost:443",
        "http://a.localhost",
        "https://192.0.2.1",
        "https://192.0.2.1:8443",
        "a:b",
        "a0+-.z:b",
        "android:apk-key-hash:x",
    ] {
        assert_eq!(check(origin), Ok(()), "{origin}");
    }
    for origin in [
        "https://192.0.2",
        "https://192.0.2.256",
        "https://[2001:db8::1]",
        "https://example.org:0443",
        "https://example.org:+443",
        "https://example.org:-1",
        "https://example.org:4 43",
        "http://192.0.2.1",
        "http://localhost.",
        "http:localhost",
        "http://",
        "0a:b",
        "A:b",
        "aB:b",
        "a_b:b",
        "a:",
        ":",
        "a:b c",
        "a:b\u{7f}",
        "a:é",
        "http",
        "https",
    ] {
        assert_eq!(check(origin), Err(Error::OriginInvalid), "{origin}");
    }
}

#[test]
fn a_challenge_has_at_least_16_bytes() {
    for len in [15, 16, 17] {
        let expected = if len < 16 { Err(Error::ChallengeTooShort) } else { Ok(()) };
        let mut registration = Registration::new();
        registration.challenge = vec![7; len];
        assert_eq!(registration.verify(&rp()), expected, "{len}");
        // The assertion's signature covers another challenge: what is long enough is merely wrong.
        let mut assertion = Assertion::new();
        assertion.challenge.truncate(len);
        let expected = if len < 16 { Error::ChallengeTooShort } else { Error::ChallengeMismatch };
        assert_eq!(assertion.verify(&rp()), Err(expected), "{len}");
    }
}

#[test]
fn client_data_and_attestation_objects_have_a_largest_size() {
    let client_data = |len: usize| {
        let start = br#"{"type":"a","challenge":"b","origin":"c","x":""#;
        let mut text = start.to_vec();
        text.resize(len - 2, b'x');
        text.extend(b"\"}");
        ClientData::parse(&text).map(|data| data.cross_origin)
    };
    assert_eq!(client_data::MAX_LEN, 8192);
    assert_eq!(client_data(8192), Ok(false));
    assert_eq!(client_data(8193), Err(Error::InputTooLarge));
    assert_eq!(client_data(20_000), Err(Error::InputTooLarge));

    let object = |len: usize| {
        let mut object = head(5, 4);
        object.extend([text("fmt"), text("none"), text("attStmt"), head(5, 0)].concat());
        object.extend([text("authData"), bytes(b""), text("unknown")].concat());
        let padding = len - object.len() - 3;
        object.extend(bytes(&vec![0; padding]));
        assert_eq!(object.len(), len);
        AttestationObject::parse(&object).map(|object| object.format == "none")
    };
    assert_eq!(attestation::MAX_LEN, 65_536);
    assert_eq!(object(65_536), Ok(true));
    assert_eq!(object(65_537), Err(Error::InputTooLarge));
}

#[test]
fn the_strict_switch_refuses_keys_out_of_order_wherever_they_are() {
    let shuffled = |name: &str| {
        let mut registration = Registration::new();
        match name {
            "nothing" => {}
            "object" => registration.order = ["authData", "fmt", "attStmt"],
            "key" => registration.key = support::shuffled_key(),
            "extensions" => registration.extensions = Some(b"\xa2\x62bb\x01\x61a\x02".to_vec()),
            _ => unreachable!(),
        }
        registration
    };
    for (name, out_of_order) in
        [("nothing", false), ("object", true), ("key", true), ("extensions", true)]
    {
        let registration = shuffled(name);
        registration.with(|challenge, response| {
            let verified = registration::verify(&rp(), challenge, response).unwrap();
            assert_eq!(verified.non_canonical_order(), out_of_order, "{name}");
        });
        let strict = rp().strict_key_order(true);
        let expected = if out_of_order { Err(Error::CborKeyOrder) } else { Ok(()) };
        assert_eq!(registration.verify(&strict), expected, "{name}");
        assert_eq!(registration.verify(&strict.strict_key_order(false)), Ok(()), "{name}");
    }
}

#[test]
fn a_ceremony_may_ask_for_less_than_its_relying_party() {
    let mut unverified = Registration::new();
    unverified.flags &= !0x04;
    assert_eq!(unverified.verify(&rp()), Err(Error::UserNotVerified));
    for uv in [UserVerification::Preferred, UserVerification::Discouraged] {
        assert_eq!(unverified.verify(&rp().user_verification(uv)), Ok(()));
    }
    let mut absent = Registration::new();
    absent.flags &= !0x01;
    assert_eq!(absent.verify(&rp()), Err(Error::UserNotPresent));
    assert_eq!(absent.verify(&rp().user_presence(UserPresence::DangerNotRequired)), Ok(()));
}

#[test]
fn a_state_is_sealed_under_one_key_and_content() {
    // Computed with Python's hmac from the definition of the format.
    let bytes: Vec<u8> = (0..32).collect();
    let key = StateKey::new(&bytes).unwrap();
    let tag = support::unhex("5f993661379c42d8321f84f4892ba72904776e6ebe1f4c26cf5910842cb2dcda");
    assert_eq!(
        (&key.id()[..], &key.tag(b"content")[..]),
        (&support::unhex("4fe197b389cc4a79")[..], &tag[..])
    );
    assert!(key.is_tag(b"content", &tag));
    assert!(!key.is_tag(b"conten", &tag) && !key.is_tag(b"content", &tag[..31]));
    for place in 0..32 {
        let mut wrong = tag.clone();
        wrong[place] ^= 1;
        assert!(!key.is_tag(b"content", &wrong), "{place}");
    }
    assert!(!StateKey::new(&[7; 32]).unwrap().is_tag(b"content", &tag));
    for (len, taken) in [(31, false), (32, true), (64, true), (65, false)] {
        let made = StateKey::new(&vec![7; len]);
        assert_eq!(made.is_ok(), taken, "{len}");
        assert!(taken || made.err() == Some(Error::StateKeyInvalid));
    }
}

#[test]
fn an_id_hash_is_the_start_of_sha_256() {
    // FIPS 180-2, appendix B.1: SHA-256("abc").
    let wanted = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22,
        0x23,
    ];
    assert_eq!(assertion::id_hash(b"abc"), wanted);
}

#[test]
fn an_empty_user_handle_names_nobody() {
    let ok = Assertion::new();
    assert_eq!(ok.verify(&rp()), Ok(()));
    let both_empty = Assertion { owner: Vec::new(), known: Some(Vec::new()), ..Assertion::new() };
    assert_eq!(both_empty.verify(&rp()), Err(Error::UserHandleInvalid));
    let no_owner = Assertion { owner: Vec::new(), ..Assertion::new() };
    assert_eq!(no_owner.verify(&rp()), Err(Error::UserHandleInvalid));
    let nobody_known = Assertion { known: Some(Vec::new()), ..Assertion::new() };
    assert_eq!(nobody_known.verify(&rp()), Err(Error::UserHandleInvalid));
    let discoverable = |claimed: Option<&[u8]>| {
        Assertion { known: None, claimed: claimed.map(<[u8]>::to_vec), ..Assertion::new() }
            .verify(&rp())
    };
    let owner = Assertion::new().owner;
    assert_eq!(discoverable(Some(&owner)), Ok(()));
    assert_eq!(discoverable(None), Err(Error::UserHandleMissing));
    assert_eq!(discoverable(Some(b"")), Err(Error::UserHandleMissing));
    assert_eq!(discoverable(Some(b"somebody else")), Err(Error::UserHandleMismatch));
}

#[test]
fn an_assertion_counts_once_it_is_stored() {
    Assertion::new().with(|challenge, user, stored, response| {
        let verify =
            || assertion::verify(&rp(), challenge, user, Allow::Any, stored, response).unwrap();
        for rows in [0, 2] {
            assert_eq!(verify().commit(rows), Err(Error::StateConflict));
            assert_eq!(verify().into_proof().commit(rows), Err(Error::StateConflict));
        }
        let evidence = verify().into_proof().commit(1).unwrap();
        assert_eq!((evidence.method().as_str(), evidence.user_verified()), ("webauthn", true));
    });
}

#[test]
fn a_stored_key_that_cannot_be_read_is_the_hosts_fault() {
    let with_key = |key: &[u8]| Assertion { key: key.to_vec(), ..Assertion::new() }.verify(&rp());
    let mut off_the_curve = Assertion::new().key;
    *off_the_curve.last_mut().unwrap() ^= 1;
    assert_eq!(with_key(b""), Err(Error::RecordCorrupt));
    assert_eq!(with_key(&off_the_curve), Err(Error::RecordCorrupt));
    // {1: 2, 3: -65535}: another algorithm, which a later version may have.
    assert_eq!(with_key(b"\xa2\x01\x02\x03\x39\xff\xfe"), Err(Error::AlgorithmUnsupported));
}
