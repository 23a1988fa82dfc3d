//! TOTP: RFC 6238 Appendix B, then every rule of docs/otp about windows, burnt steps and the ends of time.

use crate::bytes::hex;
use crate::case::{Case, File};
use crate::hotp::{FORMS_ACCEPTED, FORMS_REFUSED, not_text};
use crate::otp::{Algorithm, Otp, Window, truncate};

/// RFC 6238 Appendix B, Table 1: the time, and the codes of SHA-1, SHA-256 and SHA-512.
const APPENDIX_B: [(u64, [&str; 3]); 6] = [
    (59, ["94287082", "46119246", "90693936"]),
    (1_111_111_109, ["07081804", "68084774", "25091201"]),
    (1_111_111_111, ["14050471", "67062674", "99943326"]),
    (1_234_567_890, ["89005924", "91819424", "93441116"]),
    (2_000_000_000, ["69279037", "90698825", "38618901"]),
    (20_000_000_000, ["65353130", "77737706", "47863826"]),
];

/// Two steps of the RFC key (SHA-1, 6 digits) that have the same code, found by search.
const COLLISIONS: [(u64, u64, &str); 9] = [
    (57_766_335, 57_766_336, "251166"),
    (56_188_870, 56_188_871, "617002"),
    (910_737, 910_738, "911617"),
    (57_017_782, 57_017_784, "882938"),
    (57_367_617, 57_367_619, "601887"),
    (58_261_606, 58_261_608, "905913"),
    (153_567, 153_569, "468457"),
    (57_577_835, 57_577_838, "895952"),
    (58_021_982, 58_021_986, "996995"),
];

const RULES: &str = "mfakit docs/otp";
const PERIOD: u64 = 30;

/// Where the clock stands, before it is cut into steps.
#[derive(Clone, Copy)]
struct Clock {
    time: u64,
    t0: u64,
    period: u64,
}

impl Clock {
    /// The middle of a 30-second step.
    const fn at(step: u64) -> Self {
        Self { time: step * PERIOD + 7, t0: 0, period: PERIOD }
    }

    const fn step(self) -> Option<u64> {
        match self.time.checked_sub(self.t0) {
            Some(elapsed) => Some(elapsed / self.period),
            None => None,
        }
    }
}

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    generated(&mut cases);
    let mut verify = Verify { cases: &mut cases, otp: Otp::rfc4226(), drift: None };
    windows(&mut verify);
    last_steps(&mut verify);
    burnt_range(&mut verify);
    collisions(&mut verify);
    ends_of_time(&mut verify);
    periods_and_t0(&mut verify);
    drifts(&mut verify);
    forms(&mut verify);
    confirmations(&mut cases);
    presets(&mut cases);
    checked(&mut cases);
    File {
        topic: "totp",
        description: "TOTP: RFC 6238 Appendix B; windows, single use, two-step collisions, the ends of time",
        notes: vec![
            "With N = window_past + window_future + 1: candidates are max(last + 1, now - past) ..= now + future, burnt \
             steps are now - past - N ..= min(last, now + future), both cut to 0 ..= 2^64 - 1."
                .into(),
            "A code is accepted iff a candidate has it and no burnt step has it; matched_step is the highest such \
             candidate, drift is matched_step - now. If a burnt step has it: otp_replayed. Else otp_rejected."
                .into(),
            "last_accepted_step null: nothing is burnt.".into(),
            "With a drift of d, now is replaced by now + d in all of this but the answer's drift; d is cut so that the window stays \
             within now - 10 ..= now + 10, and now + d to the steps there are."
                .into(),
        ],
        cases,
    }
}

fn parameters(case: Case, otp: &Otp, clock: Clock) -> Case {
    case.input("secret_hex", hex(&otp.secret))
        .input("time", clock.time)
        .input("t0", clock.t0)
        .input("period", clock.period)
        .input("digits", otp.digits)
        .input("algorithm", otp.algorithm.name())
}

fn generated(cases: &mut Vec<Case>) {
    for (time, codes) in APPENDIX_B {
        for (algorithm, code) in Algorithm::ALL.into_iter().zip(codes) {
            let otp = Otp::rfc6238(algorithm, 8);
            let clock = Clock { time, t0: 0, period: PERIOD };
            let step = clock.step().expect("after T0");
            assert_eq!(otp.code(step), code);
            let mac = crate::otp::mac(algorithm, &otp.secret, &step.to_be_bytes());
            let name = algorithm.name().to_lowercase();
            cases.push(
                parameters(
                    Case::new("totp.generate", format!("totp-rfc6238-b-{name}-{time}")),
                    &otp,
                    clock,
                )
                .source("RFC 6238", "Appendix B, Table 1")
                .accept(
                    "ok",
                    [
                        ("code", code.into()),
                        ("time_step", step.into()),
                        ("hmac_hex", hex(&mac).into()),
                        ("truncated_decimal", truncate(&mac).1.into()),
                    ],
                ),
            );
        }
    }
    let clocks = [
        ("t-0", Clock { time: 0, t0: 0, period: 30 }),
        ("t-29", Clock { time: 29, t0: 0, period: 30 }),
        ("t-30", Clock { time: 30, t0: 0, period: 30 }),
        ("t-2e31", Clock { time: 1 << 31, t0: 0, period: 30 }),
        ("t-2e32", Clock { time: 1 << 32, t0: 0, period: 30 }),
        ("t-2e63", Clock { time: 1 << 63, t0: 0, period: 30 }),
        ("t-max", Clock { time: u64::MAX, t0: 0, period: 30 }),
        ("t-max-period-1", Clock { time: u64::MAX, t0: 0, period: 1 }),
        ("period-3600", Clock { time: 1_700_000_000, t0: 0, period: 3600 }),
        ("t0", Clock { time: 1_700_000_000, t0: 1_600_000_000, period: 30 }),
        ("at-t0", Clock { time: 1_600_000_000, t0: 1_600_000_000, period: 30 }),
        ("t0-max", Clock { time: u64::MAX, t0: u64::MAX, period: 30 }),
    ];
    for (id, clock) in clocks {
        let otp = Otp::rfc4226();
        let step = clock.step().expect("after T0");
        cases.push(
            parameters(Case::new("totp.generate", format!("totp-generate-{id}")), &otp, clock)
                .source("RFC 6238", "4.2")
                .accept("ok", [("code", otp.code(step).into()), ("time_step", step.into())]),
        );
    }
    for (id, time, t0) in [
        ("before-t0", 1_599_999_999, 1_600_000_000),
        ("before-t0-0", 0, 1),
        ("before-t0-max", 0, u64::MAX),
    ] {
        cases.push(
            parameters(
                Case::new("totp.generate", format!("totp-generate-{id}")),
                &Otp::rfc4226(),
                Clock { time, t0, period: 30 },
            )
            .source("RFC 6238", "4.2")
            .reject("time_before_t0")
            .why("there is no step before T0, and none far in the future either"),
        );
    }
}

/// Adds `totp.verify` cases whose expectation is typed in and checked against the model.
struct Verify<'a> {
    cases: &'a mut Vec<Case>,
    otp: Otp,
    drift: Option<i64>,
}

impl Verify<'_> {
    #[expect(clippy::too_many_arguments, reason = "each call is a row of a table")]
    fn case(
        &mut self,
        id: &str,
        clock: Clock,
        (past, future): (u64, u64),
        last: Option<u64>,
        code: &str,
        expected: Result<u64, &str>,
        why: &str,
    ) {
        let otp = self.otp.clone();
        let modelled = match clock.step() {
            Some(now) => {
                let drift = self.drift.unwrap_or(0);
                otp.verify_totp(code, &Window { now, past, future, last, drift })
            }
            None => Err("time_before_t0"),
        };
        assert_eq!(modelled, expected, "{id}");
        let case = parameters(Case::new("totp.verify", format!("totp-verify-{id}")), &otp, clock)
            .source(RULES, "TOTP")
            .input("window_past", past)
            .input("window_future", future)
            .input("last_accepted_step", last)
            .input("code", code);
        let case = match self.drift {
            Some(drift) => case.input("drift", drift),
            None => case,
        };
        self.cases.push(
            match expected {
                Ok(step) => {
                    let drift = i128::from(step) - i128::from(clock.step().expect("accepted"));
                    case.accept("ok", [("matched_step", step.into()), ("drift", drift.into())])
                }
                Err(code) => case.reject(code),
            }
            .why(why),
        );
    }

    fn code(&self, step: u64) -> String {
        self.otp.code(step)
    }
}

/// A step with no twin within 80 steps of it, so that every outcome has one reason.
const NOW: u64 = 50_000_000;

fn windows(v: &mut Verify) {
    let codes: std::collections::BTreeSet<String> =
        (NOW - 80..=NOW + 80).map(|n| v.code(n)).collect();
    assert_eq!(codes.len(), 161, "no twins around NOW");
    let c = |v: &Verify, offset: i64| v.code(NOW.checked_add_signed(offset).expect("in range"));
    let here = Clock::at(NOW);
    let one = (1, 1);
    for (id, offset, why) in [
        ("now", 0, "the current step"),
        ("past-1", -1, "the last step of the window back"),
        ("future-1", 1, "the last step of the window ahead"),
    ] {
        let code = c(v, offset);
        v.case(
            &format!("window-1-1-{id}"),
            here,
            one,
            None,
            &code,
            Ok(NOW.checked_add_signed(offset).expect("in range")),
            why,
        );
    }
    for (id, offset, why) in [
        ("past-2", -2, "one step too old"),
        ("future-2", 2, "one step too new"),
        ("past-60", -60, "long ago"),
    ] {
        let code = c(v, offset);
        v.case(&format!("window-1-1-{id}"), here, one, None, &code, Err("otp_rejected"), why);
    }
    let code = c(v, 0);
    v.case("window-0-0-now", here, (0, 0), None, &code, Ok(NOW), "no window at all");
    for (id, offset) in [("past-1", -1), ("future-1", 1)] {
        let code = c(v, offset);
        v.case(
            &format!("window-0-0-{id}"),
            here,
            (0, 0),
            None,
            &code,
            Err("otp_rejected"),
            "no window at all",
        );
    }
    for (id, window, offset, ok) in [
        ("window-2-0-past-2", (2, 0), -2, true),
        ("window-2-0-future-1", (2, 0), 1, false),
        ("window-0-2-future-2", (0, 2), 2, true),
        ("window-0-2-past-1", (0, 2), -1, false),
        ("window-10-10-past-10", (10, 10), -10, true),
        ("window-10-10-past-11", (10, 10), -11, false),
        ("window-10-10-future-10", (10, 10), 10, true),
        ("window-10-10-future-11", (10, 10), 11, false),
    ] {
        let code = c(v, offset);
        let step = NOW.checked_add_signed(offset).expect("in range");
        let expected = if ok { Ok(step) } else { Err("otp_rejected") };
        v.case(id, here, window, None, &code, expected, "each side of the window is its own");
    }
    let code = c(v, 0);
    for (id, window) in [
        ("past-11", (11, 0)),
        ("future-11", (0, 11)),
        ("both-11", (11, 11)),
        ("past-1000", (1000, 1)),
    ] {
        v.case(
            &format!("window-too-large-{id}"),
            here,
            window,
            None,
            &code,
            Err("window_too_large"),
            "at most 10 steps a side",
        );
    }
    for (id, time) in [("first-second", NOW * 30), ("last-second", NOW * 30 + 29)] {
        let clock = Clock { time, t0: 0, period: 30 };
        v.case(
            &format!("boundary-{id}"),
            clock,
            (0, 0),
            None,
            &code,
            Ok(NOW),
            "a step is 30 whole seconds",
        );
    }
    for (id, time) in [("second-before", NOW * 30 - 1), ("second-after", NOW * 30 + 30)] {
        let clock = Clock { time, t0: 0, period: 30 };
        v.case(
            &format!("boundary-{id}"),
            clock,
            (0, 0),
            None,
            &code,
            Err("otp_rejected"),
            "a step is 30 whole seconds",
        );
    }
    v.case(
        "wrong",
        here,
        one,
        None,
        "000000",
        Err("otp_rejected"),
        "no step of the window has this code",
    );
    let mut digits = c(v, 0).into_bytes();
    digits[5] = if digits[5] == b'9' { b'0' } else { digits[5] + 1 };
    let almost = String::from_utf8(digits).expect("digits");
    v.case("wrong-by-one", here, one, None, &almost, Err("otp_rejected"), "the last digit differs");
    for algorithm in Algorithm::ALL {
        for digits in [6, 7, 8] {
            v.otp = Otp::rfc6238(algorithm, digits);
            let code = v.code(NOW - 1);
            let id = format!("{}-{digits}-digits", algorithm.name().to_lowercase());
            v.case(
                &id,
                here,
                one,
                Some(NOW - 2),
                &code,
                Ok(NOW - 1),
                "every hash with every number of digits",
            );
        }
    }
    // A 64-byte key under SHA-1 is a whole block; one of 100 bytes is hashed first.
    for len in [16_usize, 64, 65, 128] {
        v.otp = Otp { secret: (0..=255).cycle().take(len).collect(), ..Otp::rfc4226() };
        let code = v.code(NOW);
        v.case(
            &format!("secret-{len}-bytes"),
            here,
            one,
            None,
            &code,
            Ok(NOW),
            "secrets of 16 to 128 bytes",
        );
    }
    v.otp = Otp::rfc4226();
}

fn last_steps(v: &mut Verify) {
    let c = |v: &Verify, offset: i64| v.code(NOW.checked_add_signed(offset).expect("in range"));
    let here = Clock::at(NOW);
    let at = |offset: i64| NOW.checked_add_signed(offset).expect("in range");
    // Id, last step, the code's step, the outcome, all relative to now; and why.
    type Row = (&'static str, i64, i64, Result<i64, &'static str>, &'static str);
    let rows: [Row; 16] = [
        ("before-window", -10, 0, Ok(0), "the last accepted step is out of reach"),
        ("one-before", -1, 0, Ok(0), "the step after the last one"),
        ("one-before-future", -1, 1, Ok(1), "a later step"),
        ("now-future", 0, 1, Ok(1), "the step after the last one"),
        ("now-replayed", 0, 0, Err("otp_replayed"), "the same code again"),
        ("past-replayed", -1, -1, Err("otp_replayed"), "the same code again, one step later"),
        (
            "older-than-last",
            0,
            -1,
            Err("otp_replayed"),
            "a step before the last one is burnt, used or not",
        ),
        ("future-replayed", 1, 1, Err("otp_replayed"), "a code that was accepted early"),
        ("future-then-now", 1, 0, Err("otp_replayed"), "going back below an accepted step"),
        ("future-then-past", 1, -1, Err("otp_replayed"), "going back below an accepted step"),
        ("future-then-beyond", 1, 2, Err("otp_rejected"), "beyond the window, never used"),
        (
            "clock-stepped-back-now",
            5,
            0,
            Err("otp_replayed"),
            "the last step lies ahead of the window: every step of it is burnt",
        ),
        ("clock-stepped-back-future", 5, 1, Err("otp_replayed"), "the window's last step is burnt"),
        ("clock-stepped-back-beyond", 5, 2, Err("otp_rejected"), "burnt steps end with the window"),
        (
            "clock-stepped-back-the-code",
            5,
            5,
            Err("otp_rejected"),
            "burnt steps end with the window",
        ),
        ("clock-stepped-back-far", 40, 0, Err("otp_replayed"), "the last step lies far ahead"),
    ];
    for (id, last, code, expected, why) in rows {
        let code = c(v, code);
        v.case(&format!("last-{id}"), here, (1, 1), Some(at(last)), &code, expected.map(at), why);
    }
    let code = c(v, 0);
    v.case("last-0", here, (1, 1), Some(0), &code, Ok(NOW), "step 0 was accepted once, long ago");
    v.case(
        "last-max",
        here,
        (1, 1),
        Some(u64::MAX),
        &code,
        Err("otp_replayed"),
        "last + 1 must not overflow",
    );
    let code = c(v, 1);
    v.case(
        "last-max-future",
        here,
        (1, 1),
        Some(u64::MAX),
        &code,
        Err("otp_replayed"),
        "last + 1 must not overflow",
    );
    v.case(
        "last-wrong-code",
        here,
        (1, 1),
        Some(NOW),
        "000000",
        Err("otp_rejected"),
        "wrong is not replayed",
    );
}

fn burnt_range(v: &mut Verify) {
    let c = |v: &Verify, offset: i64| v.code(NOW.checked_add_signed(offset).expect("in range"));
    let here = Clock::at(NOW);
    let at = |offset: i64| NOW.checked_add_signed(offset).expect("in range");
    // Id, window, last step and the code's step relative to now, the error, and why.
    type Row = (&'static str, (u64, u64), i64, i64, &'static str, &'static str);
    let rows: [Row; 11] = [
        ("1-1-first", (1, 1), -2, -4, "otp_replayed", "now - past - N, the oldest burnt step"),
        (
            "1-1-before-first",
            (1, 1),
            -2,
            -5,
            "otp_rejected",
            "one step before the oldest burnt one",
        ),
        (
            "1-1-last",
            (1, 1),
            -2,
            -2,
            "otp_replayed",
            "the last accepted step, out of the window by now",
        ),
        ("1-1-unused-below-last", (1, 1), -2, -3, "otp_replayed", "below the last accepted step"),
        ("1-1-above-last", (1, 1), -3, -2, "otp_rejected", "never accepted, and too old"),
        (
            "1-1-last-before-range",
            (1, 1),
            -5,
            -4,
            "otp_rejected",
            "the last accepted step lies before the range: nothing is burnt",
        ),
        ("0-0-first", (0, 0), -1, -1, "otp_replayed", "N = 1: one step is remembered"),
        ("0-0-before-first", (0, 0), -1, -2, "otp_rejected", "N = 1: one step is remembered"),
        ("10-10-first", (10, 10), -1, -31, "otp_replayed", "N = 21"),
        ("10-10-before-first", (10, 10), -1, -32, "otp_rejected", "N = 21"),
        ("3-0-first", (3, 0), 0, -7, "otp_replayed", "N = 4 with a window to one side"),
    ];
    for (id, window, last, code, expected, why) in rows {
        let code = c(v, code);
        v.case(&format!("burnt-{id}"), here, window, Some(at(last)), &code, Err(expected), why);
    }
}

fn collisions(v: &mut Verify) {
    for (low, high, code) in COLLISIONS {
        assert_eq!((v.code(low).as_str(), v.code(high).as_str()), (code, code), "{low} {high}");
        let reach = high - low;
        let window = (reach, reach);
        let id = |what: &str| format!("collision-{low}-{high}-{what}");
        let now = Clock::at(low);
        v.case(
            &id("highest"),
            now,
            window,
            None,
            code,
            Ok(high),
            "two candidates have the code: the highest is stored, so that neither passes again",
        );
        v.case(
            &id("highest-after"),
            Clock::at(high),
            window,
            None,
            code,
            Ok(high),
            "two candidates have the code: the highest is stored",
        );
        v.case(
            &id("second-use"),
            Clock::at(high),
            window,
            Some(high),
            code,
            Err("otp_replayed"),
            "the same digits again",
        );
        v.case(
            &id("twin-of-burnt"),
            Clock::at(high),
            window,
            Some(low),
            code,
            Err("otp_replayed"),
            "the candidate is fresh, but its digits were used as those of the step before",
        );
        v.case(
            &id("fresh"),
            Clock::at(high),
            window,
            Some(low - 1),
            code,
            Ok(high),
            "neither step is burnt",
        );
        v.case(
            &id("low-only"),
            Clock::at(low),
            (0, 0),
            None,
            code,
            Ok(low),
            "only one of the two is in the window",
        );
        v.case(
            &id("high-only"),
            Clock::at(high),
            (0, 0),
            None,
            code,
            Ok(high),
            "nothing was accepted before: nothing is burnt",
        );
    }
    // Four steps apart, with a window of one: the twin leaves the burnt range while the candidate is still in the window.
    let (low, high, code) = COLLISIONS[8];
    assert_eq!(high - low, 4);
    v.case(
        "collision-twin-at-the-first-burnt-step",
        Clock::at(high),
        (1, 1),
        Some(low),
        code,
        Err("otp_replayed"),
        "now - past - N is the twin",
    );
    v.case(
        "collision-twin-before-the-first-burnt-step",
        Clock::at(high + 1),
        (1, 1),
        Some(low),
        code,
        Ok(high),
        "the twin is one step too old to be remembered",
    );
    v.case(
        "collision-twin-at-the-first-burnt-step-early",
        Clock::at(high - 1),
        (1, 1),
        Some(low),
        code,
        Err("otp_replayed"),
        "the twin is within the burnt range",
    );
    let (low, high, code) = COLLISIONS[0];
    v.case(
        "collision-last-ahead",
        Clock::at(low),
        (1, 1),
        Some(high + 3),
        code,
        Err("otp_replayed"),
        "both steps are below the last accepted one",
    );
    v.case(
        "collision-slid-window",
        Clock::at(high + 1),
        (1, 1),
        Some(low),
        code,
        Err("otp_replayed"),
        "accepted as the lower step, tried again once the window has slid",
    );
    v.case(
        "collision-low-below-window",
        Clock::at(high + 1),
        (1, 1),
        None,
        code,
        Ok(high),
        "the lower step has left the window",
    );
}

fn ends_of_time(v: &mut Verify) {
    let zero = Clock { time: 0, t0: 0, period: 30 };
    let c = |v: &Verify, n: u64| v.code(n);
    let (c0, c1, c2) = (c(v, 0), c(v, 1), c(v, 2));
    v.case("t-0-now", zero, (1, 1), None, &c0, Ok(0), "now - past must not go below 0");
    v.case("t-0-future", zero, (1, 1), None, &c1, Ok(1), "the window ahead");
    v.case(
        "t-0-beyond",
        zero,
        (1, 1),
        None,
        &c2,
        Err("otp_rejected"),
        "the window ahead is one step",
    );
    v.case(
        "t-0-replayed",
        zero,
        (1, 1),
        Some(0),
        &c0,
        Err("otp_replayed"),
        "step 0 is a step like any other",
    );
    v.case(
        "t-0-after-0",
        zero,
        (1, 1),
        Some(0),
        &c1,
        Ok(1),
        "step 0 was accepted, step 1 is fresh",
    );
    v.case("t-0-widest-future", zero, (10, 10), None, &c(v, 10), Ok(10), "the widest window");
    for (id, step) in [("max", u64::MAX), ("max-9", u64::MAX - 9)] {
        let code = c(v, step);
        v.case(
            &format!("t-0-no-wrap-{id}"),
            zero,
            (10, 10),
            None,
            &code,
            Err("otp_rejected"),
            "the window must not wrap below 0",
        );
    }
    v.case(
        "t-29",
        Clock { time: 29, ..zero },
        (0, 0),
        None,
        &c0,
        Ok(0),
        "the last second of step 0",
    );
    v.case(
        "t-30",
        Clock { time: 30, ..zero },
        (0, 0),
        None,
        &c1,
        Ok(1),
        "the first second of step 1",
    );
    for (id, time) in [
        ("2e31-1", (1_u64 << 31) - 1),
        ("2e31", 1 << 31),
        ("2e32-1", (1 << 32) - 1),
        ("2e32", 1 << 32),
        ("2e53+1", (1 << 53) + 1),
        ("2e63-1", (1 << 63) - 1),
        ("2e63", 1 << 63),
        ("max", u64::MAX),
    ] {
        let clock = Clock { time, t0: 0, period: 30 };
        let now = time / 30;
        for (side, step) in [("past", now - 1), ("now", now), ("future", now + 1)] {
            let code = c(v, step);
            v.case(
                &format!("t-{id}-{side}"),
                clock,
                (1, 1),
                None,
                &code,
                Ok(step),
                "large times keep every bit",
            );
            v.case(
                &format!("t-{id}-{side}-replayed"),
                clock,
                (1, 1),
                Some(step),
                &code,
                Err("otp_replayed"),
                "large times keep every bit",
            );
        }
        let code = c(v, now + 2);
        v.case(
            &format!("t-{id}-beyond"),
            clock,
            (1, 1),
            None,
            &code,
            Err("otp_rejected"),
            "the window ends",
        );
        let code = c(v, now);
        v.case(
            &format!("t-{id}-after-last"),
            clock,
            (1, 1),
            Some(now - 1),
            &code,
            Ok(now),
            "the step after the last one",
        );
    }
    let (now, max) = (Clock { time: u64::MAX, t0: 0, period: 1 }, u64::MAX);
    let cm = |v: &Verify, back: u64| v.code(max - back);
    v.case(
        "step-max-now",
        now,
        (1, 1),
        None,
        &cm(v, 0),
        Ok(max),
        "now + future must not go beyond 2^64 - 1",
    );
    v.case("step-max-past", now, (1, 1), None, &cm(v, 1), Ok(max - 1), "the window back");
    v.case(
        "step-max-past-2",
        now,
        (1, 1),
        None,
        &cm(v, 2),
        Err("otp_rejected"),
        "the window back is one step",
    );
    v.case(
        "step-max-replayed",
        now,
        (1, 1),
        Some(max),
        &cm(v, 0),
        Err("otp_replayed"),
        "last + 1 must not overflow",
    );
    v.case(
        "step-max-past-replayed",
        now,
        (1, 1),
        Some(max),
        &cm(v, 1),
        Err("otp_replayed"),
        "below the last accepted step",
    );
    v.case(
        "step-max-after-last",
        now,
        (1, 1),
        Some(max - 1),
        &cm(v, 0),
        Ok(max),
        "the last step there is",
    );
    v.case(
        "step-max-widest-past",
        now,
        (10, 10),
        None,
        &cm(v, 10),
        Ok(max - 10),
        "the widest window",
    );
    v.case(
        "step-max-widest-beyond",
        now,
        (10, 10),
        None,
        &cm(v, 11),
        Err("otp_rejected"),
        "the widest window ends",
    );
    v.case(
        "step-max-first-burnt",
        now,
        (10, 10),
        Some(max),
        &cm(v, 31),
        Err("otp_replayed"),
        "now - past - N",
    );
    v.case(
        "step-max-before-first-burnt",
        now,
        (10, 10),
        Some(max),
        &cm(v, 32),
        Err("otp_rejected"),
        "one before now - past - N",
    );
    for step in [0, 1, 9] {
        let code = c(v, step);
        v.case(
            &format!("step-max-no-wrap-{step}"),
            now,
            (10, 10),
            None,
            &code,
            Err("otp_rejected"),
            "the window must not wrap beyond 2^64 - 1",
        );
    }
    let before = Clock { time: u64::MAX - 1, ..now };
    v.case(
        "step-max-1-future",
        before,
        (1, 1),
        None,
        &cm(v, 0),
        Ok(max),
        "the last step there is, one ahead",
    );
    v.case(
        "step-max-1-future-then-replayed",
        before,
        (1, 1),
        Some(max),
        &cm(v, 0),
        Err("otp_replayed"),
        "the last step there is, once",
    );
}

fn periods_and_t0(v: &mut Verify) {
    let second = Clock { time: 1_700_000_000, t0: 0, period: 1 };
    let hour = Clock { time: 1_700_000_000, t0: 0, period: 3600 };
    for (id, clock) in [("period-1", second), ("period-3600", hour)] {
        let now = clock.step().expect("after T0");
        for (side, step, expected) in [
            ("now", now, Ok(now)),
            ("past", now - 1, Ok(now - 1)),
            ("future", now + 1, Ok(now + 1)),
            ("too-old", now - 2, Err("otp_rejected")),
            ("too-new", now + 2, Err("otp_rejected")),
        ] {
            let code = v.code(step);
            v.case(
                &format!("{id}-{side}"),
                clock,
                (1, 1),
                None,
                &code,
                expected,
                "the shortest and the longest period",
            );
        }
    }
    let t0 = 1_600_000_000;
    let start = Clock { time: t0, t0, period: 30 };
    let (c0, c1) = (v.code(0), v.code(1));
    v.case("at-t0", start, (1, 1), None, &c0, Ok(0), "steps count from T0");
    v.case("at-t0-future", start, (1, 1), None, &c1, Ok(1), "steps count from T0");
    v.case(
        "t0-plus-30",
        Clock { time: t0 + 30, ..start },
        (0, 0),
        None,
        &c1,
        Ok(1),
        "steps count from T0",
    );
    let unshifted = v.code(t0 / 30);
    v.case(
        "t0-ignored",
        start,
        (1, 1),
        None,
        &unshifted,
        Err("otp_rejected"),
        "the code of a clock that ignores T0",
    );
    v.case(
        "t0-max",
        Clock { time: u64::MAX, t0: u64::MAX, period: 30 },
        (1, 1),
        None,
        &c0,
        Ok(0),
        "T0 at the end of time",
    );
    v.case(
        "t0-later-today",
        Clock { time: t0 + 45, t0: t0 + 15, period: 30 },
        (0, 0),
        None,
        &c1,
        Ok(1),
        "T0 need not be a multiple of the period",
    );
    v.case(
        "before-t0",
        Clock { time: t0 - 1, ..start },
        (1, 1),
        None,
        &c0,
        Err("time_before_t0"),
        "one second too early: a clock that is wrong, not a code that is",
    );
    v.case(
        "before-t0-far",
        Clock { time: 0, t0: u64::MAX, period: 30 },
        (1, 1),
        None,
        &c0,
        Err("time_before_t0"),
        "time - T0 must not wrap",
    );
}

fn drifts(v: &mut Verify) {
    let at = |offset: i64| NOW.checked_add_signed(offset).expect("in range");
    let here = Clock::at(NOW);
    // Drift, window, the code's step relative to now, whether it is in the window, and why.
    let within = "the window moves with the drift";
    let beyond = "the window moved, and did not grow";
    let cut = "the window stays within ten steps of now";
    type Row = (i64, (u64, u64), i64, bool, &'static str);
    let rows: [Row; 48] = [
        (0, (1, 1), 0, true, "no drift, said aloud"),
        (0, (1, 1), 2, false, "no drift, said aloud"),
        (1, (1, 1), 0, true, within),
        (1, (1, 1), 2, true, within),
        (1, (1, 1), -1, false, beyond),
        (1, (1, 1), 3, false, beyond),
        (-1, (1, 1), -2, true, within),
        (-1, (1, 1), 1, false, beyond),
        (3, (1, 1), 2, true, within),
        (3, (1, 1), 3, true, within),
        (3, (1, 1), 4, true, within),
        (3, (1, 1), 1, false, beyond),
        (3, (1, 1), 5, false, beyond),
        (-4, (1, 1), -5, true, within),
        (-4, (1, 1), -3, true, within),
        (-4, (1, 1), -6, false, beyond),
        (-4, (1, 1), -2, false, beyond),
        (2, (0, 0), 2, true, "one step alone, elsewhere"),
        (2, (0, 0), 1, false, "one step alone, elsewhere"),
        (2, (0, 0), 3, false, "one step alone, elsewhere"),
        (10, (0, 0), 10, true, "the largest drift"),
        (10, (0, 0), 9, false, "the largest drift"),
        (-10, (0, 0), -10, true, "the largest drift"),
        (-10, (0, 0), -9, false, "the largest drift"),
        (10, (1, 1), 8, true, cut),
        (10, (1, 1), 10, true, cut),
        (10, (1, 1), 7, false, cut),
        (10, (1, 1), 11, false, cut),
        (9, (1, 1), 10, true, cut),
        (-10, (1, 1), -8, true, cut),
        (-10, (1, 1), -10, true, cut),
        (-10, (1, 1), -7, false, cut),
        (-10, (1, 1), -11, false, cut),
        (10, (10, 10), -10, true, "the widest window cannot move"),
        (10, (10, 10), 10, true, "the widest window cannot move"),
        (10, (10, 10), 11, false, "the widest window cannot move"),
        (-10, (10, 10), -11, false, "the widest window cannot move"),
        (-4, (8, 2), -10, true, "a window to one side has less room there"),
        (-4, (8, 2), 0, true, "a window to one side has less room there"),
        (-4, (8, 2), 1, false, "a window to one side has less room there"),
        (-4, (8, 2), -11, false, "a window to one side has less room there"),
        (5, (8, 2), -3, true, "and more on the other"),
        (5, (8, 2), 7, true, "and more on the other"),
        (5, (8, 2), -4, false, "and more on the other"),
        (5, (8, 2), 8, false, "and more on the other"),
        (10, (0, 10), 0, true, "a window to one side has no room there"),
        (10, (0, 10), 10, true, "a window to one side has no room there"),
        (10, (0, 10), 11, false, "a window to one side has no room there"),
    ];
    for (drift, window, offset, accepted, why) in rows {
        v.drift = Some(drift);
        let code = v.code(at(offset));
        let expected = if accepted { Ok(at(offset)) } else { Err("otp_rejected") };
        let id = format!("drift-{drift}-window-{}-{}-step-{offset}", window.0, window.1);
        v.case(&id, here, window, None, &code, expected, why);
    }
    for drift in [11, -11, 127, 128, -128, -129, 256, 1 << 32, -(1 << 32), (1 << 53) - 1] {
        v.drift = Some(drift);
        let code = v.code(NOW);
        let id = format!("drift-{drift}");
        v.case(
            &id,
            here,
            (1, 1),
            None,
            &code,
            Err("window_too_large"),
            "at most 10 steps of drift",
        );
    }
    // Drift, last step and the code's step relative to now, the outcome, and why.
    type Last = (&'static str, i64, i64, i64, Result<i64, &'static str>, &'static str);
    let rows: [Last; 10] = [
        (
            "learnt-replayed",
            3,
            3,
            3,
            Err("otp_replayed"),
            "the same code again, with the drift it taught",
        ),
        ("learnt-next", 3, 3, 4, Ok(4), "the step after it"),
        ("learnt-older", 3, 3, 2, Err("otp_replayed"), "a step before the last one is burnt"),
        ("forgotten", 0, 3, 3, Err("otp_rejected"), "beyond the window of a clock without drift"),
        ("forgotten-now", 0, 3, 0, Err("otp_replayed"), "burnt since the clock was ahead"),
        ("turned", -3, 3, -3, Err("otp_replayed"), "every step of the moved window is burnt"),
        ("turned-beyond", -3, 3, 3, Err("otp_rejected"), "beyond the moved window"),
        ("oldest-burnt", 3, 1, -1, Err("otp_replayed"), "the moved window's first step - N"),
        (
            "before-oldest-burnt",
            3,
            1,
            -2,
            Err("otp_rejected"),
            "one step before the oldest burnt one",
        ),
        ("back-by-drift", -10, 0, -9, Err("otp_replayed"), "drift brings no burnt step back"),
    ];
    for (id, drift, last, offset, expected, why) in rows {
        v.drift = Some(drift);
        let code = v.code(at(offset));
        let id = format!("drift-last-{id}");
        v.case(&id, here, (1, 1), Some(at(last)), &code, expected.map(at), why);
    }
    let (low, high, code) = COLLISIONS[0];
    v.drift = Some(5);
    let why = "the candidate is fresh, but its digits were used as those of the step before";
    let id = "drift-collision-twin-of-burnt";
    v.case(id, Clock::at(high - 5), (1, 1), Some(low), code, Err("otp_replayed"), why);
    v.case(
        "drift-collision-highest",
        Clock::at(low - 5),
        (1, 1),
        None,
        code,
        Ok(high),
        "the highest is stored",
    );
    let start = Clock { time: 5 * PERIOD, t0: 0, period: PERIOD };
    v.drift = Some(-10);
    for (step, expected) in
        [(0, Ok(0)), (1, Ok(1)), (2, Err("otp_rejected")), (u64::MAX, Err("otp_rejected"))]
    {
        let code = v.code(step);
        let id = format!("drift-at-the-start-step-{step}");
        v.case(&id, start, (1, 1), None, &code, expected, "there are no steps before 0");
    }
    v.drift = None;
}

/// An enrolment's first code: nothing is burnt before it, and it is burnt after it.
fn confirmations(cases: &mut Vec<Case>) {
    let case = |id: &str, otp: &Otp, now: u64, code: &str| {
        let case = Case::new("totp.confirm", format!("totp-confirm-{id}"))
            .source(RULES, "Enrolment")
            .input("secret_hex", hex(&otp.secret))
            .input("code", code)
            .input("now", now);
        let case = match otp.algorithm {
            Algorithm::Sha1 => case,
            other => case.input("algorithm", other.name()),
        };
        if otp.digits == 6 { case } else { case.input("digits", otp.digits) }
    };
    let confirmed = |case: Case, now: u64, step: u64, why: &str| {
        let drift = i128::from(step) - i128::from(now);
        let fields = [
            ("matched_step", step.into()),
            ("drift", drift.into()),
            ("prev", crate::json::Json::Null),
            ("next", step.into()),
            ("again", "otp_replayed".into()),
        ];
        case.accept("ok", fields).why(why)
    };
    let otp = Otp::rfc4226();
    let time = NOW * PERIOD + 7;
    for (id, step, why) in [
        ("now", NOW, "the current step"),
        ("past", NOW - 1, "the step before: people type slowly"),
        ("future", NOW + 1, "the step after: a clock that is ahead"),
    ] {
        cases.push(confirmed(case(id, &otp, time, &otp.code(step)), NOW, step, why));
    }
    for (id, code, error, why) in [
        ("too-old", otp.code(NOW - 2), "otp_rejected", "two steps before"),
        ("too-new", otp.code(NOW + 2), "otp_rejected", "two steps after"),
        ("wrong", "000000".into(), "otp_rejected", "no step of the window has this code"),
        ("five-digits", "12345".into(), "otp_malformed", "not six ASCII digits"),
        ("empty", String::new(), "otp_malformed", "not six ASCII digits"),
    ] {
        cases.push(case(id, &otp, time, &code).reject(error).why(why));
    }
    let (low, high, code) = COLLISIONS[0];
    let twin = case("collision", &otp, low * PERIOD, code);
    cases.push(confirmed(
        twin,
        low,
        high,
        "two steps have the code: the highest is stored, so that neither passes again",
    ));
    for (id, other) in [
        ("sha256-8-digits", Otp::rfc6238(Algorithm::Sha256, 8)),
        ("sha512-7-digits", Otp::rfc6238(Algorithm::Sha512, 7)),
        ("secret-16-bytes", Otp { secret: vec![7; 16], ..Otp::rfc4226() }),
    ] {
        let case = case(id, &other, time, &other.code(NOW));
        cases.push(confirmed(case, NOW, NOW, "whatever the authenticator's parameters are"));
    }
    let minute = case("60-seconds", &otp, time, &otp.code(time / 60)).input("period", 60);
    cases.push(confirmed(minute, time / 60, time / 60, "another period"));
    let short = Otp { secret: vec![7; 15], ..Otp::rfc4226() };
    let short = case("secret-15-bytes", &short, time, &short.code(NOW));
    cases.push(short.reject("secret_too_short").why("a secret of one's own is never short"));
    // A new secret beside the live one.
    let (live, new) =
        (&otp, Otp { secret: b"the new secret of 26 bytes".to_vec(), ..Otp::rfc4226() });
    let code = live.code(NOW);
    assert!((NOW - 1..=NOW + 1).all(|step| new.code(step) != code), "two different secrets");
    let why = "a code of the live authenticator says nothing about the new one";
    cases.push(
        case("again-code-of-the-live-one", &new, time, &code).reject("otp_rejected").why(why),
    );
    let why = "the first code of the new authenticator";
    let case_of_new = case("again-code-of-the-new-one", &new, time, &new.code(NOW));
    cases.push(confirmed(case_of_new, NOW, NOW, why));
    let case_of_row = case("1-row", &otp, time, &otp.code(NOW)).input("rows", 1);
    let why = "one row changed: the enrolment is over, and no sign-in is proven";
    cases.push(confirmed(case_of_row, NOW, NOW, why));
    for rows in [0, 2] {
        let case = case(&format!("{rows}-rows"), &otp, time, &otp.code(NOW)).input("rows", rows);
        cases.push(case.reject("state_conflict").why("anything but one row is somebody else's"));
    }
    for (id, value) in not_text() {
        let case = case(&format!("type-{id}"), &otp, time, "").input("code", value);
        cases.push(
            case.requires("dynamic_input")
                .reject("input_malformed")
                .why("a code is text; anything else is the client's mistake, not a crash"),
        );
    }
}

/// The named presets, and the arguments of `verify` as a host passes them.
fn presets(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let at = |offset: i64| NOW.checked_add_signed(offset).expect("in range");
    let case = |id: &str, offset: i64| {
        Case::new("totp.verify_at", format!("totp-preset-{id}"))
            .source(RULES, "Presets")
            .input("secret_hex", hex(&otp.secret))
            .input("code", otp.code(at(offset)))
            .input("last_accepted_step", None::<u64>)
            .input("now", NOW * PERIOD + 7)
    };
    let accepted = |case: Case, offset: i64, why: &str| {
        case.accept("ok", [("matched_step", at(offset).into()), ("drift", offset.into())]).why(why)
    };
    let usual = "one step each side (RFC 6238, 5.2)";
    for (id, preset) in [("default", None), ("usual", Some("usual"))] {
        let case = |name: &str, offset| {
            let case = case(&format!("{id}-{name}"), offset);
            preset.map_or_else(|| case.clone(), |preset| case.clone().input("preset", preset))
        };
        cases.push(accepted(case("now", 0), 0, usual));
        cases.push(accepted(case("past", -1), -1, usual));
        cases.push(accepted(case("future", 1), 1, usual));
        cases.push(case("too-old", -2).reject("otp_rejected").why(usual));
        cases.push(case("too-new", 2).reject("otp_rejected").why(usual));
        cases.push(accepted(
            case("past-10", -10).input("past", 10),
            -10,
            "wider where the host asks for it",
        ));
        cases.push(accepted(
            case("future-10", 10).input("future", 10),
            10,
            "wider where the host asks for it",
        ));
        cases.push(
            case("past-0", -1).input("past", 0).reject("otp_rejected").why("0 is no default"),
        );
        cases.push(
            case("future-0", 1).input("future", 0).reject("otp_rejected").why("0 is no default"),
        );
        cases.push(accepted(
            case("nulls", 1).input("past", None::<u64>).input("future", None::<u64>),
            1,
            usual,
        ));
        cases.push(accepted(
            case("drift", 5).input("drift", 4),
            5,
            "the window moves with the drift",
        ));
        cases.push(accepted(
            case("drift-negative", -5).input("drift", -4),
            -5,
            "the window moves with the drift",
        ));
        let case = case("drift-11", 0).input("drift", 11);
        cases.push(case.reject("window_too_large").why("at most 10 steps of drift"));
    }
    let strict = |id: &str, offset| case(&format!("strict-{id}"), offset).input("preset", "strict");
    let alone = "the current step alone, 30 seconds at most (OWASP ASVS 5.0, 6.5.5)";
    cases.push(accepted(strict("now", 0), 0, alone));
    cases.push(strict("past", -1).reject("otp_rejected").why(alone));
    cases.push(strict("future", 1).reject("otp_rejected").why(alone));
    cases.push(accepted(
        strict("zeros", 0).input("past", 0).input("future", 0),
        0,
        "what the preset says anyway",
    ));
    let budget = "guess_budget_exceeded";
    for (id, name) in [("past-1", "past"), ("future-1", "future")] {
        let case = strict(id, 0).input(name, 1);
        cases.push(case.reject(budget).why("a wider window than the preset allows"));
    }
    for drift in [1, -1, 10, -10] {
        let case = strict(&format!("drift-{drift}"), drift).input("drift", drift);
        cases.push(case.reject(budget).why("the current step alone is no other step"));
    }
    let aloud = strict("drift-0", 0).input("drift", 0);
    cases.push(accepted(aloud, 0, "no drift, said aloud"));
    for (period, allowed) in [(15, true), (30, true), (31, false), (60, false), (3600, false)] {
        let now = NOW * PERIOD + 7;
        let case = strict(&format!("{period}-seconds"), 0)
            .input("code", otp.code(now / period))
            .input("period", period);
        cases.push(if allowed {
            case.accept("ok", [("matched_step", (now / period).into()), ("drift", 0.into())])
                .why(alone)
        } else {
            case.reject(budget).why("a code would live longer than the preset allows")
        });
    }
    let host = "the host's mistake; nothing is converted";
    for (id, name, value, code) in [
        ("preset-unknown", "preset", crate::json::Json::from("lax"), "argument_value_invalid"),
        ("preset-upper-case", "preset", "Strict".into(), "argument_value_invalid"),
        ("preset-empty", "preset", "".into(), "argument_value_invalid"),
        ("preset-number", "preset", 1.into(), "argument_type_invalid"),
        ("drift-text", "drift", "1".into(), "argument_type_invalid"),
        ("drift-boolean", "drift", true.into(), "argument_type_invalid"),
        ("past-text", "past", "1".into(), "argument_type_invalid"),
        ("past-boolean", "past", true.into(), "argument_type_invalid"),
        ("future-text", "future", "1".into(), "argument_type_invalid"),
    ] {
        let case = case(&format!("type-{id}"), 0).input(name, value);
        cases.push(case.requires("dynamic_input").reject(code).why(host));
    }
}

/// The form of a code and nothing else: no secret is needed to see it, and no right code either.
fn checked(cases: &mut Vec<Case>) {
    let secret = hex(&Otp::rfc4226().secret);
    let check = |factor: &str, id: &str, code: &str| {
        Case::new("code.check", format!("code-check-{factor}-{id}"))
            .source(RULES, "The form of a code")
            .input("factor", factor)
            .input("secret_hex", secret.as_str())
            .input("code", code)
    };
    let wrong = "any six digits have the form, wrong ones too";
    for factor in ["totp", "hotp"] {
        cases.push(check(factor, "digits", "000000").accept("ok", []).why(wrong));
        for (id, code) in FORMS_ACCEPTED {
            cases.push(
                check(factor, id, code)
                    .accept("ok", [])
                    .why("ASCII spaces and hyphens are stripped"),
            );
        }
        for (id, code) in FORMS_REFUSED {
            cases.push(check(factor, id, code).reject("otp_malformed").why("not six ASCII digits"));
        }
        for (id, digits, code, good) in [
            ("7-of-7", 7, "0000000", true),
            ("8-of-8", 8, "0000 0000", true),
            ("6-of-8", 8, "000000", false),
            ("8-of-6", 6, "00000000", false),
        ] {
            let case = check(factor, id, code).input("digits", digits);
            let why = "as many digits as the authenticator shows";
            cases.push(
                if good { case.accept("ok", []) } else { case.reject("otp_malformed") }.why(why),
            );
        }
        for (id, value) in not_text() {
            let case = check(factor, &format!("type-{id}"), "").input("code", value);
            cases.push(
                case.requires("dynamic_input")
                    .reject("input_malformed")
                    .why("a code is text; anything else is the client's mistake, not a crash"),
            );
        }
    }
    for (id, code, good) in [
        ("10-of-10", "0000000000", true),
        ("6-of-10", "000000", false),
        ("9-of-10", "000000000", false),
    ] {
        let case = check("hotp", id, code).input("digits", 10);
        let why = "as many digits as the token shows";
        cases
            .push(if good { case.accept("ok", []) } else { case.reject("otp_malformed") }.why(why));
    }
    for (id, code, good) in [
        ("symbols", "22222", true),
        ("lower-case", "bcdfg", true),
        ("digits", "000000", false),
        ("vowel", "BCDFA", false),
        ("6-symbols", "BCDFGH", false),
    ] {
        let case = check("totp", &format!("steam-{id}"), code).input("steam", true);
        let why = "five of Steam's symbols";
        cases
            .push(if good { case.accept("ok", []) } else { case.reject("otp_malformed") }.why(why));
    }
}

fn forms(v: &mut Verify) {
    let zero = Clock { time: 0, t0: 0, period: 30 };
    assert_eq!(v.code(0), "755224");
    for (id, typed) in FORMS_ACCEPTED {
        v.case(
            &format!("form-{id}"),
            zero,
            (0, 0),
            None,
            typed,
            Ok(0),
            "ASCII spaces and hyphens are stripped",
        );
    }
    for (id, typed) in FORMS_REFUSED {
        v.case(
            &format!("form-{id}"),
            zero,
            (0, 0),
            None,
            typed,
            Err("otp_malformed"),
            "not six ASCII digits",
        );
    }
    let long = "7".repeat(1000);
    v.case(
        "form-1000-digits",
        zero,
        (0, 0),
        None,
        &long,
        Err("otp_malformed"),
        "not six ASCII digits",
    );
    let step =
        (NOW..).find(|n| v.code(*n).starts_with("00")).expect("some code starts with two zeros");
    let code = v.code(step);
    v.case(
        "leading-zeros",
        Clock::at(step),
        (0, 0),
        None,
        &code,
        Ok(step),
        "leading zeros are part of the code",
    );
    v.case(
        "leading-zeros-dropped",
        Clock::at(step),
        (0, 0),
        None,
        code.trim_start_matches('0'),
        Err("otp_malformed"),
        "a code is a string of digits, not a number",
    );
    v.otp = Otp { digits: 8, ..Otp::rfc4226() };
    v.case(
        "eight-digits-six-typed",
        zero,
        (0, 0),
        None,
        "755224",
        Err("otp_malformed"),
        "the last six of eight digits",
    );
    let code = v.code(0);
    v.otp = Otp::rfc4226();
    v.case(
        "six-digits-eight-typed",
        zero,
        (0, 0),
        None,
        &code,
        Err("otp_malformed"),
        "eight digits for six",
    );
    for (id, value) in not_text() {
        let case = parameters(
            Case::new("totp.verify", format!("totp-verify-type-{id}")),
            &Otp::rfc4226(),
            zero,
        )
        .source(RULES, "Codes are text")
        .input("window_past", 0)
        .input("window_future", 0)
        .input("last_accepted_step", None::<u64>)
        .input("code", value)
        .reject("input_malformed")
        .why("a code is text; anything else is the client's mistake, not a crash")
        .requires("dynamic_input");
        v.cases.push(case);
    }
}
