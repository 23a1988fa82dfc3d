//! Attacks on one-time passwords, recovery codes and the throttle that no single vector shows. The ids are those of
//! docs/threat-model.md.

use mfakit::{
    Error, GenerateRecoveryCodes, IssueTemporaryCode, PendingTotp, Peppers, TemporaryKind,
    Throttle, ThrottleOptions, Totp, TotpOptions, UnixTime, VerifyRecoveryCode,
    VerifyTemporaryCode, VerifyTotp, generate_recovery_codes, generate_secret,
    issue_temporary_code, verify_recovery_code, verify_temporary_code,
};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOW: u64 = 1_800_000_000;

fn at(seconds: u64) -> Option<UnixTime> {
    Some(UnixTime::from_seconds(seconds))
}

/// Chi-squared over at most 32 symbols: up to 31 degrees of freedom, so 100 is beyond what one fair draw in a hundred million
/// gives.
fn is_even(counts: &[u64]) -> bool {
    let (total, symbols): (u64, _) = (counts.iter().sum(), counts.len() as u64);
    // Σ (n − e)² / e with e = total / symbols, in whole numbers.
    let squares: u64 = counts.iter().map(|n| (symbols * n).abs_diff(total).pow(2)).sum();
    squares < 100 * symbols * total
}

fn tally(alphabet: &str, text: &str, counts: &mut [u64]) {
    for symbol in text.chars() {
        let index = alphabet.find(symbol).unwrap_or_else(|| panic!("{symbol:?} is no symbol"));
        counts[index] += 1;
    }
}

/// The control of [`is_even`]: an alphabet with one symbol twice and one left out, as a slip of the pen makes it.
#[test]
fn a_crooked_alphabet_is_noticed() {
    let mut counts = [2_000_u64; 32];
    assert!(is_even(&counts));
    (counts[4], counts[5]) = (4_000, 0);
    assert!(!is_even(&counts));
}

/// I25: a secret has the bytes asked for, and every symbol of its text is as likely as any other.
#[test]
fn secrets_have_their_length_in_bytes_and_no_crooked_symbols() {
    let mut counts = [0; 32];
    for length in [16, 20, 25, 30, 64] {
        for _ in 0..200 {
            let secret = generate_secret(length).expect("random bytes");
            assert_eq!(secret.len(), (length * 8).div_ceil(5));
            // The last symbol of a length that five does not divide has fewer than five random bits.
            let whole = length * 8 / 5;
            tally("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", &secret[..whole], &mut counts);
        }
    }
    assert!(is_even(&counts), "{counts:?}");
}

/// J8, J10: symbols of codes are evenly spread, no two codes of a set are equal, and no two sets share one.
#[test]
fn codes_are_even_and_all_different() {
    let (mut counts, mut all) = ([0; 32], BTreeSet::new());
    for _ in 0..60 {
        let options = GenerateRecoveryCodes { count: 31, ..GenerateRecoveryCodes::default() };
        let set = generate_recovery_codes("alice", options).expect("a set");
        for code in set.codes() {
            let symbols = code.replace('-', "");
            assert_eq!(symbols.len(), 26);
            // The slot in front and the check symbol behind are not random.
            tally("0123456789ABCDEFGHJKMNPQRSTVWXYZ", &symbols[1..25], &mut counts);
            assert!(all.insert(symbols), "twice");
        }
    }
    assert!(is_even(&counts), "{counts:?}");
}

/// N8, N12: the digits that are sent are evenly spread, and a code of symbols is not the one before it.
#[test]
fn delivered_digits_are_even() {
    let peppers = Peppers::new([("one", [1; 32])], "one").expect("a pepper");
    let mut counts = [0; 10];
    for _ in 0..2000 {
        let usual = IssueTemporaryCode::new(TemporaryKind::Delivered, "login");
        let issue =
            IssueTemporaryCode { peppers: Some(&peppers), now: at(NOW), digits: 8, ..usual };
        let issued = issue_temporary_code("alice", issue).expect("a code");
        tally("0123456789", issued.code(), &mut counts);
    }
    assert!(is_even(&counts), "{counts:?}");
}

/// N5, N6, N9: a delivered code is for one user and one record, under one pepper.
#[test]
fn a_delivered_code_is_for_its_own_user_and_its_own_record() {
    let peppers = Peppers::new([("one", [1; 32])], "one").expect("a pepper");
    let others = Peppers::new([("one", [2; 32])], "one").expect("a pepper");
    let issue = |user| {
        let usual = IssueTemporaryCode::new(TemporaryKind::Delivered, "login");
        let issue =
            IssueTemporaryCode { peppers: Some(&peppers), now: at(NOW), digits: 8, ..usual };
        issue_temporary_code(user, issue).expect("a code")
    };
    let (first, second) = (issue("7"), issue("7"));
    let verify = |code: &str, user_id: &str, record: &str, peppers: &Peppers| {
        let stored = VerifyTemporaryCode { user_id, record, peppers: Some(peppers), now: at(NOW) };
        verify_temporary_code(code, stored).err()
    };
    let (code, record) = (first.code(), &first.transition().next);
    assert_eq!(verify(code, "7", record, &peppers), None);
    let rejected = Some(Error::TemporaryCodeRejected);
    if code != second.code() {
        assert_eq!(verify(code, "7", &second.transition().next, &peppers), rejected);
    }
    assert_eq!(verify(code, "7", record, &others), rejected);
    for other in ["07", "7.0", "+7", " 7", "7 ", "8", "seven", "\u{ff17}"] {
        assert_eq!(verify(code, other, record, &peppers), rejected, "{other:?}");
    }
}

/// I37: while a new authenticator is pending, the old one signs in, and neither takes the other's codes.
#[test]
fn a_pending_authenticator_is_none_yet() {
    let old = Totp::from_key(&[1; 20], TotpOptions::default()).expect("a factor");
    let pending = PendingTotp::generate(TotpOptions::default()).expect("a pending one");
    let new = Totp::new(&pending.expose_secret(), TotpOptions::default()).expect("the same secret");
    let (old_code, new_code) = (old.code_at(at(NOW)).unwrap(), new.code_at(at(NOW)).unwrap());
    let options = VerifyTotp { now: at(NOW), ..VerifyTotp::default() };
    if old_code != new_code {
        assert_eq!(pending.confirm(&old_code, at(NOW)).err(), Some(Error::OtpRejected));
        assert_eq!(old.verify(&new_code, options).err(), Some(Error::OtpRejected));
    }
    assert!(old.verify(&old_code, options).is_ok());
    let first = pending.confirm(&new_code, at(NOW)).expect("its own code");
    let burnt = VerifyTotp { last_step: Some(first.transition().next), ..options };
    assert_eq!(first.commit(0).err(), Some(Error::StateConflict));
    assert_eq!(new.verify(&new_code, burnt).err(), Some(Error::OtpReplayed));
}

/// J12, J15: a record is for one user and one set. A new set ends the old one, also where its row is still there.
#[test]
fn a_code_is_for_its_own_user_and_its_own_set() {
    let peppers = Peppers::new([("one", [1; 32])], "one").expect("a pepper");
    for peppers in [None, Some(&peppers)] {
        let options =
            GenerateRecoveryCodes { count: 3, peppers, ..GenerateRecoveryCodes::default() };
        let [old, new] = [(); 2].map(|()| generate_recovery_codes("7", options).expect("a set"));
        let verify = |code, user_id, record| {
            verify_recovery_code(code, VerifyRecoveryCode { user_id, record, used: 0, peppers })
                .err()
        };
        for (code, next) in old.codes().zip(new.codes()) {
            assert_eq!(verify(code, "7", old.record()), None);
            assert_eq!(verify(code, "7", new.record()), Some(Error::RecoveryCodeRejected));
            assert_eq!(verify(next, "7", new.record()), None);
            // Ids are compared as they are, not as numbers and not as words.
            for other in ["07", "7.0", "+7", " 7", "7 ", "7\0", "8", "seven", "７"] {
                let refused = verify(code, other, old.record());
                assert_eq!(refused, Some(Error::RecoveryCodeRejected), "{other:?}");
            }
        }
        // Tags copied from another user's row into this one are of no use either.
        let theirs = generate_recovery_codes("8", options).expect("a set");
        let first = theirs.codes().next().expect("a code");
        assert_eq!(verify(first, "7", theirs.record()), Some(Error::RecoveryCodeRejected));
    }
}

/// I11, T3: whoever asks while refused gains nothing by it, whatever the host does with the error.
#[test]
fn a_refused_charge_gives_nothing_back() {
    let throttle = Throttle::new(ThrottleOptions::default()).expect("the default");
    for (failures, expected) in
        [(5, Error::ThrottleWait), (99, Error::ThrottleWait), (100, Error::ThrottleDisabled)]
    {
        let state = format!("$mfakit-throttle$v=1${failures}${NOW}");
        let refused = throttle.charge(Some(&state), at(NOW)).expect_err("too early");
        assert_eq!(refused, expected);
        let refunded = throttle.refund(Some(&state), refused).expect("a state");
        assert_eq!(refunded.next, state, "{failures}");
    }
}

/// T1: many guesses at once share one count. Five are verified, whatever was right among the rest.
#[test]
fn guesses_at_once_share_one_count() {
    let throttle = Throttle::new(ThrottleOptions::default()).expect("the default");
    let (stored, verified) = (Mutex::new(None::<String>), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                loop {
                    let read = stored.lock().expect("no panic").clone();
                    let Ok(charged) = throttle.charge(read.as_deref(), at(NOW)) else { return };
                    let mut row = stored.lock().expect("no panic");
                    // Who loses the compare-and-set reads again, and has verified nothing.
                    if *row == charged.prev {
                        *row = Some(charged.next);
                        verified.fetch_add(1, Ordering::SeqCst);
                        return;
                    }
                }
            });
        }
    });
    assert_eq!(verified.load(Ordering::SeqCst), 5);
}

/// I2: however a used code is typed again, it is the same code.
#[test]
fn a_used_code_in_another_dress_is_used() {
    let totp = Totp::from_key(b"12345678901234567890", TotpOptions::default()).expect("a factor");
    let code = totp.code_at(at(NOW)).expect("a code");
    let options = VerifyTotp { now: at(NOW), ..VerifyTotp::default() };
    let step = totp.verify(&code, options).expect("right").transition().next;
    let (left, right) = code.split_at(3);
    let wide: String = code.chars().filter_map(|c| char::from_u32(u32::from(c) + 0xfee0)).collect();
    for (dress, known) in [
        (format!(" {code}"), true),
        (format!("{code} "), true),
        (format!("{left} {right}"), true),
        (format!("{left}-{right}"), true),
        (format!("-{left} - {right}-"), true),
        (format!("0{code}"), false),
        (format!("+{code}"), false),
        (format!("{code}a"), false),
        (format!("{code}\0"), false),
        (format!("{code}\n"), false),
        (format!("{left}\u{a0}{right}"), false),
        (format!("{left}\u{200b}{right}"), false),
        (wide, false),
    ] {
        let verify = |last_step| totp.verify(&dress, VerifyTotp { last_step, ..options }).err();
        let (unused, used) = if known {
            (None, Error::OtpReplayed)
        } else {
            (Some(Error::OtpMalformed), Error::OtpMalformed)
        };
        assert_eq!((verify(None), verify(Some(step))), (unused, Some(used)), "{dress:?}");
    }
}

/// I3, I21, I26, I27: with the step that matched stored, no code counts twice and no older one counts after it, wherever the clock goes.
#[test]
fn no_code_counts_twice_wherever_the_clock_goes() {
    let totp = Totp::from_key(b"12345678901234567890", TotpOptions::default()).expect("a factor");
    let start = NOW / 30;
    let codes: Vec<String> =
        (start - 12..start + 40).map(|step| totp.code_at(at(step * 30)).expect("a code")).collect();
    // Forward, back by a step, back by an hour, on again.
    let clock = [0, 30, 60, 59, 30, 0, 31, 90, 120, 60, 150, 300, 30, 270, 300, 330];
    for (past, future) in [(1, 1), (0, 0), (2, 0), (0, 2), (10, 10)] {
        let (mut last_step, mut spent) = (None, BTreeSet::new());
        for now in clock {
            for code in &codes {
                let options = VerifyTotp {
                    last_step,
                    now: at(start * 30 + now),
                    past: Some(past),
                    future: Some(future),
                    drift: 0,
                };
                if let Ok(verified) = totp.verify(code, options) {
                    assert!(last_step.is_none_or(|last| verified.step().get() > last));
                    assert!(spent.insert(code.clone()), "{code} twice");
                    last_step = Some(verified.transition().next);
                }
            }
        }
        assert!(!spent.is_empty());
    }
}
