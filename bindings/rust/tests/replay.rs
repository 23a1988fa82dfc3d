//! Nothing counts twice: properties of every sequence of codes, times and windows, and of every interleaving of two requests.
//!
//! RFC 6238 §5.2 and RFC 4226 §7.2: a verifier accepts a one-time password once. Invariant: what was accepted is never
//! accepted again from the state that it left, whatever the clock does. The cases are the same in every run;
//! `PROPTEST_RNG_SEED` takes others, `PROPTEST_CASES` more.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    Error, GenerateRecoveryCodes, HashAlgorithm, Hotp, HotpOptions, IssueTemporaryCode,
    PendingTotp, Peppers, RecoverySet, TemporaryKind, Totp, TotpOptions, UnixTime,
    VerifyRecoveryCode, VerifyTemporaryCode, VerifyTotp, generate_recovery_codes,
    issue_temporary_code, revoke_temporary_code, verify_recovery_code, verify_temporary_code,
};
use mfakit_core::Pepper;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::temporary::{self, Issue, RANDOM_SYMBOLS};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

/// The same cases in every run, and no file beside the sources, unless the environment says otherwise.
fn config(cases: u32) -> Config {
    let given = Config::default();
    let rng_seed = match given.rng_seed {
        RngSeed::Random => RngSeed::Fixed(6238),
        fixed => fixed,
    };
    // What PROPTEST_CASES asks for stands in the default.
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { given.cases } else { cases };
    Config { cases, rng_seed, failure_persistence: None, ..given }
}

fn at(seconds: u64) -> Option<UnixTime> {
    Some(UnixTime::from_seconds(seconds))
}

// ---- TOTP

/// The key of RFC 4226 and RFC 6238.
const KEY: &[u8] = b"12345678901234567890";

/// Steps of that key with the same code, found by trying all from 60 000 000 on (the first pair is from 2024): a check of step
/// numbers alone lets their code in twice.
const PAIRS: [(u64, u64, &str); 11] = [
    (57_766_335, 57_766_336, "251166"),
    (61_331_809, 61_331_811, "768734"),
    (60_138_748, 60_138_751, "217436"),
    (60_199_880, 60_199_884, "262910"),
    (61_438_141, 61_438_146, "932623"),
    (60_551_287, 60_551_296, "398000"),
    (60_451_526, 60_451_540, "969617"),
    (60_269_341, 60_269_360, "693019"),
    (60_488_637, 60_488_658, "099846"),
    (60_863_478, 60_863_507, "372357"),
    (60_584_725, 60_584_767, "152364"),
];

fn totp() -> Totp {
    Totp::from_key(KEY, TotpOptions::default()).unwrap()
}

fn code_of(step: u64) -> String {
    totp().code_at(at(step * 30)).unwrap()
}

/// One request: the step whose code is typed, the step of the host's clock, the window and its drift.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    typed: u64,
    now: u64,
    past: u64,
    future: u64,
    drift: i64,
}

impl Attempt {
    /// The first and last step that may be accepted, by the rule in words: the window moves with the drift, and stays within
    /// ten steps of now.
    fn window(&self) -> (i64, i64) {
        let [now, past, future] = [self.now, self.past, self.future].map(|n| n.cast_signed());
        let centre = now + self.drift.clamp(past - 10, 10 - future);
        (centre - past, centre + future)
    }

    fn options(&self, last_step: Option<u64>) -> VerifyTotp {
        let (past, future) = (Some(self.past), Some(self.future));
        VerifyTotp { last_step, now: at(self.now * 30 + 7), past, future, drift: self.drift }
    }
}

/// Attempts around a pair: half of them with its code; the clock goes where it likes.
fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    (0..PAIRS.len()).prop_flat_map(|pair| {
        let (low, high, _) = PAIRS[pair];
        let near = low - 30..high + 30;
        let typed = prop_oneof![Just(low), Just(high), near.clone(), near.clone()];
        let now = prop_oneof![
            2 => near,
            1 => low - 2..low + 3,
            1 => high - 2..high + 3,
        ];
        let drift = prop_oneof![Just(0), -10..=10_i64];
        let attempt = (typed, now, 0..=10_u64, 0..=10_u64, drift).prop_map(
            |(typed, now, past, future, drift)| Attempt { typed, now, past, future, drift },
        );
        vec(attempt, 1..24)
    })
}

#[test]
fn the_pairs_are_pairs() {
    for (low, high, code) in PAIRS {
        assert_eq!((code_of(low), code_of(high)), (code.into(), code.into()));
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn totp_accepts_no_step_and_no_near_code_twice(attempts in attempts()) {
        let (totp, mut last_step, mut accepted) = (totp(), None, Vec::<(u64, String)>::new());
        for attempt in attempts {
            let code = code_of(attempt.typed);
            let (first, last) = attempt.window();
            let verified = match totp.verify(&code, attempt.options(last_step)) {
                Ok(verified) => verified,
                Err(error) => {
                    prop_assert!(matches!(error, Error::OtpRejected | Error::OtpReplayed), "{error}");
                    let inside = (first..=last).contains(&attempt.typed.cast_signed());
                    prop_assert!(last_step.is_some() || !inside, "a first code was refused");
                    continue;
                }
            };
            let change = verified.transition();
            let step = change.next;
            prop_assert_eq!(change.prev, last_step);
            prop_assert!(last_step.is_none_or(|last| last < step), "{:?} then {}", last_step, step);
            prop_assert!((first..=last).contains(&step.cast_signed()));
            prop_assert_eq!(code_of(step), code.clone());
            prop_assert_eq!(i64::from(verified.drift()), step.cast_signed() - attempt.now.cast_signed());

            let width = (attempt.past + attempt.future + 1).cast_signed();
            for (earlier, spent) in &accepted {
                prop_assert_ne!(*earlier, step);
                let near = earlier.cast_signed() >= first - width;
                prop_assert!(!near || *spent != code, "{} was accepted for {} and {}", code, earlier, step);
            }
            accepted.push((step, code));
            last_step = Some(step);
        }
    }
}

// ---- HOTP

#[derive(Clone, Copy, Debug)]
enum Press {
    /// The code so many counters after (before) the one expected, within so many.
    Verify { ahead: i64, look_ahead: u64 },
    /// Two consecutive codes.
    Resync { ahead: i64, look_ahead: u64 },
}

fn presses() -> impl Strategy<Value = Vec<Press>> {
    let verify = (-8..14_i64, 0..=20_u64)
        .prop_map(|(ahead, look_ahead)| Press::Verify { ahead, look_ahead });
    let resync = (-8..40_i64, 0..=40_u64)
        .prop_map(|(ahead, look_ahead)| Press::Resync { ahead, look_ahead });
    vec(prop_oneof![4 => verify, 1 => resync], 1..24)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn hotps_counter_never_goes_back(
        start in prop_oneof![0..50_u64, any::<u64>(), u64::MAX - 50..=u64::MAX],
        presses in presses(),
    ) {
        let hotp = Hotp::from_key(KEY, HotpOptions::default()).unwrap();
        let code_at = |counter: u64| hotp.code_at(counter);
        let (mut counter, mut accepted) = (start, Vec::<u64>::new());
        for press in presses {
            let target = |ahead: i64| counter.saturating_add_signed(ahead);
            let (verified, used, first) = match press {
                Press::Verify { ahead, look_ahead } => {
                    let code = code_at(target(ahead));
                    (hotp.verify(&code, counter, look_ahead), 1, code)
                }
                Press::Resync { ahead, look_ahead } => {
                    let (first, second) = (code_at(target(ahead)), code_at(target(ahead + 1)));
                    (hotp.resync(&first, &second, counter, look_ahead), 2, first)
                }
            };
            let verified = match verified {
                Ok(verified) => verified,
                Err(error) => {
                    let expected = matches!(
                        error,
                        Error::OtpRejected | Error::OtpReplayed | Error::OtpCounterExhausted
                    );
                    prop_assert!(expected, "{error}");
                    continue;
                }
            };
            let matched = verified.matched_counter();
            prop_assert_eq!(verified.transition().prev, Some(counter));
            prop_assert!(matched >= counter, "{} accepted at {}", matched, counter);
            prop_assert_eq!(verified.next_counter(), matched + used);
            for counter in matched..matched + used {
                prop_assert!(!accepted.contains(&counter), "{} accepted twice", counter);
                accepted.push(counter);
            }
            counter = verified.next_counter();
            // The last code used, sent again at once, is a replay by name, also where a later counter has the same.
            let again = hotp.verify(&code_at(counter - 1), counter, 100);
            prop_assert_eq!(again, Err(Error::OtpReplayed));
            if used == 2 {
                let again = hotp.verify(&first, counter, 0);
                prop_assert!(again.is_err() || code_at(counter) == first);
            }
        }
    }
}

// ---- recovery codes

fn recovery_set(count: u64) -> RecoverySet {
    let options = GenerateRecoveryCodes { count, ..GenerateRecoveryCodes::default() };
    generate_recovery_codes("alice", options).unwrap()
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn no_recovery_bit_is_used_twice(
        count in 1..=31_u64,
        tries in vec((any::<proptest::sample::Index>(), 0..6_u8), 1..48),
    ) {
        let (set, other) = (recovery_set(count), recovery_set(count));
        let mut used = 0_u32;
        for (index, how) in tries {
            let slot = index.index(set.codes().len());
            let code = set.codes().nth(slot).unwrap();
            let foreign = other.codes().nth(slot).unwrap();
            let stored = VerifyRecoveryCode {
                user_id: "alice",
                record: set.record(),
                used: i64::from(used),
                peppers: None,
            };
            let (verified, mine) = match how {
                0 => (verify_recovery_code(foreign, stored), false),
                1 => (verify_recovery_code(code, VerifyRecoveryCode { user_id: "bob", ..stored }), false),
                2 => (verify_recovery_code(&code.to_lowercase().replace('-', " "), stored), true),
                _ => (verify_recovery_code(code, stored), true),
            };
            let bit = 1_u32 << slot;
            match verified {
                Ok(verified) => {
                    prop_assert!(mine);
                    prop_assert_eq!((verified.bit(), used & bit), (bit, 0));
                    let left = u32::try_from(count).unwrap() - (used | bit).count_ones();
                    prop_assert_eq!(verified.remaining(), left);
                    let change = verified.transition();
                    prop_assert_eq!((change.prev, change.next), (Some(used), used | bit));
                    used = change.next;
                }
                Err(error) => {
                    prop_assert_eq!(error, Error::RecoveryCodeRejected);
                    prop_assert!(!mine || used & bit != 0, "an unused code was refused");
                }
            }
        }
    }
}

// ---- temporary codes

const NOON: u64 = 1_800_000_000;

fn peppers() -> Peppers {
    Peppers::new([("p", [7; 32])], "p").unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Issue {
        lifetime: u64,
    },
    /// One of the codes so far, the latest first.
    Verify {
        back: usize,
    },
    Revoke,
    Wait {
        seconds: i64,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    // The last second of a code, and the first and last in which the clock's skew is forgiven, are not left to chance.
    let seconds = prop_oneof![-700..700_i64, -4000..4000_i64, Just(600), Just(-5), Just(-6)];
    let wait = seconds.prop_map(|seconds| Act::Wait { seconds });
    let lifetime = prop_oneof![Just(600), 60..=600_u64];
    let act = prop_oneof![
        3 => lifetime.prop_map(|lifetime| Act::Issue { lifetime }),
        4 => prop_oneof![Just(0_usize), 0..4_usize].prop_map(|back| Act::Verify { back }),
        1 => Just(Act::Revoke),
        2 => wait,
    ];
    vec(act, 1..40)
}

/// A code that was issued, and what became of it.
struct Issued {
    code: String,
    at: u64,
    until: u64,
    uses: u32,
    void: bool,
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn no_delivered_code_is_used_more_often_than_it_may(acts in acts()) {
        let peppers = peppers();
        let (mut now, mut stored, mut issued) = (NOON, None::<String>, Vec::<Issued>::new());
        // What a record remembers: what was within the hour when the latest code was issued.
        let mut remembered = Vec::<u64>::new();
        for act in acts {
            match act {
                Act::Wait { seconds } => now = now.saturating_add_signed(seconds),
                Act::Issue { lifetime } => {
                    let options = IssueTemporaryCode {
                        previous: stored.as_deref(),
                        lifetime: Some(lifetime),
                        // Eight, so that two codes are hardly ever the same by chance.
                        digits: 8,
                        peppers: Some(&peppers),
                        now: at(now),
                        ..IssueTemporaryCode::new(TemporaryKind::Delivered, "login")
                    };
                    let recent = |time: &u64| time + 3600 > now;
                    let within_the_hour = remembered.iter().copied().filter(recent).count();
                    match issue_temporary_code("alice", options) {
                        Ok(new) => {
                            prop_assert!(within_the_hour < 6, "the seventh within an hour");
                            remembered.retain(recent);
                            remembered.push(now);
                            issued.iter_mut().for_each(|earlier| earlier.void = true);
                            let code = new.code().to_owned();
                            let until = new.expires_at();
                            issued.push(Issued { code, at: now, until, uses: 0, void: false });
                            stored = Some(new.transition().next.clone());
                        }
                        Err(error) => {
                            prop_assert_eq!(error, Error::TemporaryCodeLimit);
                            prop_assert_eq!(within_the_hour, 6);
                        }
                    }
                }
                Act::Revoke => {
                    if let Some(record) = &mut stored {
                        *record = revoke_temporary_code(record).unwrap().transition.next;
                        issued.iter_mut().for_each(|earlier| earlier.void = true);
                    }
                }
                Act::Verify { back } => {
                    let (Some(record), Some(typed)) =
                        (&mut stored, issued.len().checked_sub(back + 1))
                    else {
                        continue;
                    };
                    let given = VerifyTemporaryCode {
                        peppers: Some(&peppers),
                        now: at(now),
                        ..VerifyTemporaryCode::new("alice", record)
                    };
                    let typed = &mut issued[typed];
                    let good = !typed.void
                        && typed.uses == 0
                        && (typed.at.saturating_sub(5)..=typed.until).contains(&now);
                    match verify_temporary_code(&typed.code, given) {
                        Ok(verified) => {
                            prop_assert!(good, "{act:?} at {now}");
                            typed.uses += 1;
                            prop_assert_eq!(verified.audit().uses, typed.uses);
                            prop_assert!(verified.audit().uses <= verified.audit().max_uses);
                            *record = verified.transition().next.clone();
                        }
                        Err(error) => {
                            prop_assert_eq!(error, Error::TemporaryCodeRejected);
                            prop_assert!(!good, "a good code was refused");
                        }
                    }
                }
            }
        }
    }
}

/// An administrator's code, under the fewest rounds that a record may have: these tests wait for each of them.
fn admin_code() -> (String, String) {
    let code = temporary::TemporaryCode::symbols(&[9; RANDOM_SYMBOLS]);
    let pepper = Pepper::new(&[7; 32]).unwrap();
    let issue = Issue {
        user_id: b"alice",
        kind: TemporaryKind::Admin,
        issued_by: "rosa",
        previous: None,
        lifetime: None,
        id: [3; 16],
        pepper: Some(("p", &pepper)),
        hash: Some(SlowHash::Pbkdf2Sha256 { rounds: 100_000 }),
        now: UnixTime::from_seconds(NOON),
    };
    let record = temporary::issue(&code, issue).unwrap().to_string();
    (code.expose().as_str().to_owned(), record)
}

#[test]
fn an_administrators_code_ends_at_its_thousandth_use() {
    let (code, record) = admin_code();
    assert!(record.contains(".1000.0.0$"), "{record}");
    let mut record = record.replace(".1000.0.0$", ".1000.998.0$");
    let peppers = peppers();
    let outcomes = [(); 4].map(|()| {
        let given = VerifyTemporaryCode {
            peppers: Some(&peppers),
            now: at(NOON),
            ..VerifyTemporaryCode::new("alice", &record)
        };
        let verified = verify_temporary_code(&code, given)?;
        let uses = verified.audit().uses;
        record = verified.transition().next.clone();
        Ok((uses, 1000 - uses))
    });
    let refused = Err(Error::TemporaryCodeRejected);
    assert_eq!(outcomes, [Ok((999, 1)), Ok((1000, 0)), refused, refused]);
}

// ---- two requests at the same time

/// What a request makes of a stored value: what it found and what to store for it, `None` where it refuses.
type Request<'a, S> = &'a dyn Fn(&S) -> Option<(S, S)>;

/// Two requests go the way of docs/storage.md, read, verify, compare and set, and whoever lost reads once more. The
/// answer is how often each won and what was stored in the end, for all 70 orders of their four steps.
fn race<S: Clone + PartialEq>(start: &S, requests: [Request<'_, S>; 2]) -> Vec<([u32; 2], S)> {
    let orders = (0..1_u32 << 8).filter(|order| order.count_ones() == 4);
    orders.map(|order| run(start, requests, order)).collect()
}

fn run<S: Clone + PartialEq>(
    start: &S,
    requests: [Request<'_, S>; 2],
    order: u32,
) -> ([u32; 2], S) {
    let (mut stored, mut seen, mut wins) = (start.clone(), [None, None], [0, 0]);
    for turn in 0..8 {
        let who = usize::from(order >> turn & 1 == 1);
        match seen[who].take() {
            // A request that was granted, or refused, is over.
            None if wins[who] > 0 => {}
            None => seen[who] = Some(stored.clone()),
            Some(read) => {
                if let Some((prev, next)) = requests[who](&read)
                    && prev == stored
                {
                    stored = next;
                    wins[who] += 1;
                }
            }
        }
    }
    (wins, stored)
}

fn totp_request(attempt: Attempt) -> impl Fn(&Option<u64>) -> Option<(Option<u64>, Option<u64>)> {
    let code = code_of(attempt.typed);
    move |last_step| {
        let verified = totp().verify(&code, attempt.options(*last_step)).ok()?;
        let change = verified.transition();
        Some((change.prev, Some(change.next)))
    }
}

proptest! {
    #![proptest_config(config(60))]

    /// The same code, or the code of another step that reads the same, in two requests with clocks and windows of their own.
    #[test]
    fn of_two_requests_with_one_totp_code_one_wins(
        pair in 0..PAIRS.len(),
        same in any::<bool>(),
        windows in [(0..=10_u64, 0..=10_u64, -10..=10_i64), (0..=10_u64, 0..=10_u64, -10..=10_i64)],
        behind in 0..=3_u64,
    ) {
        let (low, high, _) = PAIRS[pair];
        // Both steps near both windows: then one code is one code, whichever of the two steps it was typed for.
        let steps = [low, if same || high - low > 10 { low } else { high }];
        let [first, second] = [0, 1].map(|who| {
            let (past, future, drift) = windows[who];
            Attempt { typed: steps[who], now: steps[who], past: past.max(behind), future, drift }
        });
        let start = Some(low - 40);
        for (wins, stored) in race(&start, [&totp_request(first), &totp_request(second)]) {
            prop_assert!(wins[0] + wins[1] <= 1, "{:?}", wins);
            prop_assert_eq!(stored != start, wins[0] + wins[1] == 1);
        }
    }

    #[test]
    fn of_two_requests_with_one_hotp_code_one_wins(
        start in prop_oneof![0..50_u64, any::<u64>()],
        ahead in 0..10_u64,
        look_ahead in [10..=20_u64, 10..=20_u64],
    ) {
        let hotp = Hotp::from_key(KEY, HotpOptions::default()).unwrap();
        let start = start.min(u64::MAX - 20);
        let code = hotp.code_at(start + ahead);
        let request = |look_ahead: u64| {
            let (hotp, code) = (&hotp, &code);
            move |counter: &u64| {
                let verified = hotp.verify(code, *counter, look_ahead).ok()?;
                Some((verified.transition().prev?, verified.next_counter()))
            }
        };
        let (first, second) = (request(look_ahead[0]), request(look_ahead[1]));
        for (wins, stored) in race(&start, [&first, &second]) {
            prop_assert_eq!((wins[0] + wins[1], stored), (1, start + ahead + 1));
        }
    }

    #[test]
    fn of_two_requests_with_one_delivered_code_one_wins(seconds in 0..=600_u64) {
        let peppers = peppers();
        let options = IssueTemporaryCode {
            peppers: Some(&peppers),
            now: at(NOON),
            ..IssueTemporaryCode::new(TemporaryKind::Delivered, "login")
        };
        let issued = issue_temporary_code("alice", options).unwrap();
        let use_it = |record: &String| {
            let given = VerifyTemporaryCode {
                peppers: Some(&peppers),
                now: at(NOON + seconds),
                ..VerifyTemporaryCode::new("alice", record)
            };
            let verified = verify_temporary_code(issued.code(), given).ok()?;
            let change = verified.transition();
            Some((change.prev.clone()?, change.next.clone()))
        };
        let revoke = |record: &String| {
            let change = revoke_temporary_code(record).ok()?.transition;
            Some((change.prev?, change.next))
        };
        let start = issued.transition().next.clone();
        for (wins, _) in race(&start, [&use_it, &use_it]) {
            prop_assert_eq!(wins[0] + wins[1], 1);
        }
        // A revocation that was stored ends the code, whoever came first.
        for (_, stored) in race(&start, [&use_it, &revoke]) {
            let left = use_it(&stored);
            prop_assert!(left.is_none());
        }
    }

    /// `used | bit … WHERE used & bit = 0`: the same code once, two codes of a set both.
    #[test]
    fn of_two_requests_with_one_recovery_code_one_wins(
        used in 0..1_u32 << 10,
        slots in [0..10_usize, 0..10_usize],
    ) {
        let set = recovery_set(10);
        let start = used & !(1 << slots[0]) & !(1 << slots[1]);
        let bit = |slot: usize| {
            let set = &set;
            move |used: u32| {
                let stored = VerifyRecoveryCode {
                    user_id: "alice",
                    record: set.record(),
                    used: i64::from(used),
                    peppers: None,
                };
                verify_recovery_code(set.codes().nth(slot).unwrap(), stored).ok().map(|v| v.bit())
            }
        };
        let bits = [bit(slots[0]), bit(slots[1])];
        for order in 0..6_u32 {
            // Read, read, write, write in its six orders; the write is the statement.
            let turns = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100][order as usize];
            let (mut stored, mut seen, mut wins) = (start, [None, None], 0);
            for turn in 0..4 {
                let who = usize::from(turns >> turn & 1 == 1);
                match seen[who] {
                    None => seen[who] = Some(stored),
                    Some(read) => {
                        if let Some(bit) = bits[who](read)
                            && stored & bit == 0
                        {
                            stored |= bit;
                            wins += 1;
                        }
                    }
                }
            }
            let different = slots[0] != slots[1];
            prop_assert_eq!(wins, 1 + u32::from(different));
            prop_assert_eq!(stored, start | 1 << slots[0] | 1 << slots[1]);
        }
    }
}

/// The control: without the compare, both requests win, and the harness sees it.
#[test]
fn a_race_without_its_compare_lets_both_in() {
    let attempt = Attempt { typed: PAIRS[0].0, now: PAIRS[0].0, past: 1, future: 1, drift: 0 };
    let honest = totp_request(attempt);
    let double = |request: Request<'_, Option<u64>>| {
        race(&None, [request, request]).iter().filter(|(wins, _)| wins[0] + wins[1] > 1).count()
    };
    assert_eq!(double(&honest), 0);
    // A program that passes no last_step, and writes whatever stands there, as one that reads NULL does.
    let forgets = |stored: &Option<u64>| {
        let (_, next) = honest(&None)?;
        Some((*stored, next))
    };
    assert!(double(&forgets) > 0);
}

#[test]
fn the_code_that_confirms_is_burnt_whatever_the_hash() {
    for algorithm in [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512] {
        let options = TotpOptions { algorithm, digits: 8, ..TotpOptions::default() };
        let pending = PendingTotp::generate(options).unwrap();
        let live = Totp::new(&pending.expose_secret(), options).unwrap();
        for step in NOON / 30 - 1..=NOON / 30 + 1 {
            let code = live.code_at(at(step * 30)).unwrap();
            let confirmed = pending.confirm(&code, at(NOON)).unwrap().transition();
            assert_eq!(confirmed.prev, None);
            let now = VerifyTotp { now: at(NOON), ..VerifyTotp::default() };
            let again = live.verify(&code, VerifyTotp { last_step: Some(confirmed.next), ..now });
            assert_eq!(again, Err(Error::OtpReplayed));
        }
    }
}
