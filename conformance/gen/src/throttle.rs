//! The back-off of a factor: what an attempt is charged, how long it has to wait, and each way a stored state can be wrong.
//!
//! The model counts in 128 bits, so that no edge of 64 bits is one of its own.

use crate::case::{Case, File};
use crate::json::Json;

const RULES: &str = "mfakit docs/throttle";
/// Some second of the year 2023.
const NOW: u64 = 1_700_000_000;
const MALFORMED: &str = "state_malformed";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    charges(&mut cases);
    configured(&mut cases);
    clocks(&mut cases);
    edges(&mut cases);
    outcomes(&mut cases);
    waits(&mut cases);
    states(&mut cases);
    types(&mut cases);
    configuration(&mut cases);
    budgets(&mut cases);
    odds(&mut cases);
    File {
        topic: "throttle",
        description: "Throttle: back-off at every border, success and refund, and every malformed state",
        notes: vec![
            "state = $mfakit-throttle$v=1$FAILURES$TIME, null where nothing is stored: no failures. Defaults: max_failures 100, \
             free_failures 5, delay 30, max_delay 3600."
                .into(),
            "charge: failures >= max_failures is throttle_disabled; failures >= free_failures and now < TIME + min(max_delay, \
             delay * 2^(failures - free_failures)) is throttle_wait; else FAILURES + 1 and TIME = now are stored."
                .into(),
            "guess_odds = 1 - (1 - window / 10^digits)^attempts, and window / 10^digits is 1 at most. A throttle is refused where \
             the odds of max_failures attempts are above 1/1000 (usual) or 1/10000 (strict). Defaults: digits 6, window 3, usual."
                .into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- the model

#[derive(Clone, Copy)]
struct Throttle {
    max_failures: u64,
    free_failures: u64,
    delay: u64,
    max_delay: u64,
}

const DEFAULT: Throttle =
    Throttle { max_failures: 100, free_failures: 5, delay: 30, max_delay: 3600 };

/// What is stored: failures, and the time of the last charge.
#[derive(Clone, Copy)]
struct State(u64, u64);

impl State {
    fn text(self) -> String {
        format!("$mfakit-throttle$v=1${}${}", self.0, self.1)
    }
}

impl Throttle {
    /// Seconds that this many failures cost.
    fn wait(self, failures: u64) -> u64 {
        let mut wait = u128::from(self.delay);
        for _ in self.free_failures..failures {
            wait = (2 * wait).min(self.max_delay.into());
        }
        u64::try_from(wait.min(self.max_delay.into())).expect("at most max_delay")
    }

    /// The first second in which the next attempt may come; `None` for whenever.
    fn earliest(self, state: Option<State>) -> Result<Option<u128>, &'static str> {
        match state {
            Some(State(failures, _)) if failures >= self.max_failures => Err("throttle_disabled"),
            Some(State(failures, time)) if failures >= self.free_failures => {
                Ok(Some(u128::from(time) + u128::from(self.wait(failures))))
            }
            _ => Ok(None),
        }
    }

    fn charge(self, state: Option<State>, now: u64) -> Result<State, &'static str> {
        match self.earliest(state)? {
            Some(earliest) if u128::from(now) < earliest => Err("throttle_wait"),
            _ => Ok(State(state.map_or(0, |state| state.0) + 1, now)),
        }
    }

    /// As arguments; those that are the default are left to it.
    fn inputs(self, mut case: Case) -> Case {
        for (name, value, default) in [
            ("max_failures", self.max_failures, DEFAULT.max_failures),
            ("free_failures", self.free_failures, DEFAULT.free_failures),
            ("delay", self.delay, DEFAULT.delay),
            ("max_delay", self.max_delay, DEFAULT.max_delay),
        ] {
            if value != default {
                case = case.input(name, value);
            }
        }
        case
    }
}

fn case(op: &'static str, id: String, state: Option<State>) -> Case {
    Case::new(op, id).source(RULES, "Throttle").input("state", state.map(State::text))
}

fn stored(prev: Option<State>, next: State) -> [(&'static str, Json); 2] {
    [("prev", prev.map(State::text).into()), ("next", next.text().into())]
}

/// What the model says about a charge.
fn charge(throttle: Throttle, id: &str, state: Option<State>, now: u64) -> Case {
    let case = case("throttle.charge", format!("throttle-charge-{id}"), state).input("now", now);
    let case = throttle.inputs(case);
    match throttle.charge(state, now) {
        Ok(next) => case.accept("ok", stored(state, next)),
        Err(code) => case.reject(code),
    }
}

fn retry_at(throttle: Throttle, id: &str, state: Option<State>, now: u64) -> Case {
    let case =
        case("throttle.retry_at", format!("throttle-retry-at-{id}"), state).input("now", now);
    let case = throttle.inputs(case);
    match throttle.earliest(state) {
        Ok(earliest) => {
            let wait = earliest.filter(|earliest| u128::from(now) < *earliest);
            let wait = wait.map(|earliest| u64::try_from(earliest).expect("within 64 bits"));
            case.accept("ok", [("retry_at", wait.into())])
        }
        Err(code) => case.reject(code),
    }
}

// ---------------------------------------------------------------- charges

/// Every count of failures that the default settings tell apart: at the last second of its wait and at the first after it.
fn charges(cases: &mut Vec<Case>) {
    cases.push(charge(DEFAULT, "nothing-stored", None, NOW).why("the first attempt"));
    cases.push(charge(DEFAULT, "nothing-stored-at-0", None, 0).why("the first second of time"));
    for failures in 0..DEFAULT.free_failures {
        let state = Some(State(failures, NOW));
        let id = format!("free-{failures}-at-once");
        cases.push(charge(DEFAULT, &id, state, NOW).why("free failures cost no time"));
    }
    for failures in (5..=14).chain([50, 98, 99]) {
        let state = Some(State(failures, NOW));
        let wait = DEFAULT.wait(failures);
        for (id, now) in [("at-once", NOW), ("too-early", NOW + wait - 1), ("in-time", NOW + wait)]
        {
            let why = match failures {
                5..=11 => "the wait doubles with every failure",
                _ => "the wait grows to an hour and no further",
            };
            cases.push(charge(DEFAULT, &format!("{failures}-{id}"), state, now).why(why));
        }
    }
    for (id, now) in [("at-once", NOW), ("after-a-year", NOW + 31_536_000)] {
        let capped = charge(DEFAULT, &format!("100-{id}"), Some(State(100, NOW)), now);
        cases.push(capped.why("at the cap no time helps"));
    }
}

fn configured(cases: &mut Vec<Case>) {
    let mut push = |throttle, id: &str, state, now, why: &str| {
        cases.push(charge(throttle, &format!("with-{id}"), state, now).why(why));
    };
    let one = Throttle { max_failures: 1, free_failures: 0, ..DEFAULT };
    push(one, "1-failure-nothing-stored", None, NOW, "one attempt");
    push(one, "1-failure-used", Some(State(1, NOW)), NOW + 100_000, "and no other");
    let none_free = Throttle { free_failures: 0, ..DEFAULT };
    push(none_free, "none-free-nothing-stored", None, NOW, "nothing has failed yet");
    push(none_free, "none-free-1-early", Some(State(1, NOW)), NOW + 59, "delay doubled once");
    push(none_free, "none-free-1-in-time", Some(State(1, NOW)), NOW + 60, "delay doubled once");
    let all_free = Throttle { max_failures: 10, free_failures: 9, ..DEFAULT };
    push(all_free, "9-free-8", Some(State(8, NOW)), NOW, "all but the last are free");
    push(all_free, "9-free-9-early", Some(State(9, NOW)), NOW + 29, "the last one waits");
    push(all_free, "9-free-9-in-time", Some(State(9, NOW)), NOW + 30, "the last one waits");
    push(all_free, "9-free-10", Some(State(10, NOW)), NOW + 100_000, "the cap");
    let second = Throttle { delay: 1, max_delay: 1, ..DEFAULT };
    push(second, "1-second-early", Some(State(5, NOW)), NOW, "the shortest wait");
    push(second, "1-second-in-time", Some(State(5, NOW)), NOW + 1, "the shortest wait");
    push(second, "1-second-99", Some(State(99, NOW)), NOW + 1, "no growth beyond max_delay");
    let day = Throttle { delay: 86_400, max_delay: 86_400, ..DEFAULT };
    push(day, "a-day-early", Some(State(5, NOW)), NOW + 86_399, "the longest wait");
    push(day, "a-day-in-time", Some(State(5, NOW)), NOW + 86_400, "the longest wait");
    let steep = Throttle { delay: 1, free_failures: 0, max_delay: 86_400, ..DEFAULT };
    for failures in [16, 17, 31, 32, 33, 63, 64, 65, 99] {
        let state = Some(State(failures, NOW));
        let wait = steep.wait(failures);
        let why = "a power of two is cut, however large";
        push(steep, &format!("2e{failures}-early"), state, NOW + wait - 1, why);
        push(steep, &format!("2e{failures}-in-time"), state, NOW + wait, why);
    }
    let odd = Throttle { delay: 7, max_delay: 100, ..DEFAULT };
    push(odd, "uneven-8-early", Some(State(8, NOW)), NOW + 55, "7 seconds doubled three times");
    push(odd, "uneven-8-in-time", Some(State(8, NOW)), NOW + 56, "7 seconds doubled three times");
    push(odd, "uneven-9-early", Some(State(9, NOW)), NOW + 99, "112 is cut to 100");
    push(odd, "uneven-9-in-time", Some(State(9, NOW)), NOW + 100, "112 is cut to 100");
    let lowered = Throttle { max_failures: 50, ..DEFAULT };
    push(lowered, "lowered-cap-49", Some(State(49, NOW)), NOW + 3600, "the last below the cap");
    push(
        lowered,
        "lowered-cap-50",
        Some(State(50, NOW)),
        NOW + 3600,
        "the cap that counts is today's",
    );
    push(lowered, "lowered-cap-99", Some(State(99, NOW)), NOW + 3600, "stored under a higher cap");
}

fn clocks(cases: &mut Vec<Case>) {
    let mut push = |id: &str, state, now, why: &str| {
        cases.push(charge(DEFAULT, &format!("clock-{id}"), state, now).why(why));
    };
    push("back-free", Some(State(2, NOW)), NOW - 1000, "free failures cost no time, either way");
    push("back-1-wait", Some(State(5, NOW)), NOW - 1, "a clock that goes back shortens no wait");
    push(
        "back-a-year",
        Some(State(5, NOW)),
        NOW - 31_536_000,
        "a clock that goes back shortens no wait",
    );
    push("at-0", Some(State(5, NOW)), 0, "a clock that was reset shortens no wait");
    push("state-at-0", Some(State(5, 0)), NOW, "the wait is long over");
    push("both-at-0", Some(State(5, 0)), 0, "the first second of time");
    push("0-to-29", Some(State(5, 0)), 29, "thirty seconds are not over");
    push("0-to-30", Some(State(5, 0)), 30, "thirty seconds are over");
}

/// Beyond what hosts write: a stored text is read for what it says.
fn edges(cases: &mut Vec<Case>) {
    /// The last second that a host may pass.
    const LAST: u64 = 100_000_000_000;
    let mut push = |id: &str, state, now, why: &str| {
        cases.push(charge(DEFAULT, &format!("edge-{id}"), state, now).why(why));
    };
    push("last-second", Some(State(0, LAST)), LAST, "the last time that a host may pass");
    push("last-second-wait", Some(State(5, LAST)), LAST, "a wait that ends beyond it");
    push("last-second-before", Some(State(5, LAST - 30)), LAST, "a wait that ends with it");
    for (id, time) in
        [("2e32", 1_u64 << 32), ("2e53", 1 << 53), ("2e63", 1 << 63), ("max", u64::MAX)]
    {
        push(&format!("time-{id}-free"), Some(State(0, time)), NOW, "free failures cost no time");
        if id != "2e32" {
            push(&format!("time-{id}-wait"), Some(State(5, time)), LAST, "far in the future");
        }
    }
}

// ---------------------------------------------------------------- success, refund, waiting

/// A code, its number, and whether a charge stays where it came: it counts toward a throttle, or nothing was charged.
const ERRORS: [(&str, u32, bool); 13] = [
    ("otp_rejected", 91, true),
    ("otp_replayed", 92, true),
    ("signature_invalid", 65, true),
    ("state_conflict", 73, true),
    ("recovery_code_rejected", 95, true),
    ("throttle_wait", 96, true),
    ("throttle_disabled", 97, true),
    ("recovery_code_malformed", 94, false),
    ("otp_malformed", 90, false),
    ("json_malformed", 12, false),
    ("ceremony_expired", 72, false),
    ("algorithm_unsupported", 33, false),
    ("record_corrupt", 126, false),
];

fn outcomes(cases: &mut Vec<Case>) {
    for (id, state) in [
        ("nothing-stored", None),
        ("0", Some(State(0, NOW))),
        ("1", Some(State(1, NOW))),
        ("99", Some(State(99, NOW))),
        ("at-the-cap", Some(State(100, NOW))),
        ("time-0", Some(State(3, 0))),
        ("time-max", Some(State(3, u64::MAX))),
    ] {
        let next = State(0, state.map_or(0, |state| state.1));
        let succeed = case("throttle.succeed", format!("throttle-succeed-{id}"), state);
        cases.push(succeed.accept("ok", stored(state, next)).why("no failures; the time stays"));
    }
    for (code, number, stays) in ERRORS {
        let state = Some(State(3, NOW));
        let next = State(if stays { 3 } else { 2 }, NOW);
        let why = match (stays, code.starts_with("throttle")) {
            (true, false) => "a guess is paid for",
            (true, true) => "the charge itself was refused: there is nothing to give back",
            (false, _) => "no guess: it is given back",
        };
        cases.push(refund(code.to_owned(), state, (code, number), next).why(why));
    }
    let free = ("otp_malformed", 90);
    for (id, state, failures) in [
        ("0", Some(State(0, NOW)), 0),
        ("1", Some(State(1, NOW)), 0),
        ("100", Some(State(100, NOW)), 99),
    ] {
        let next = State(failures, NOW);
        cases.push(refund(id.into(), state, free, next).why("never below none"));
    }
    let state = Some(State(100, NOW));
    let kept = refund("100-counts".into(), state, ("otp_rejected", 91), State(100, NOW));
    cases.push(kept.why("the last guess stays paid for"));
}

fn refund(id: String, state: Option<State>, error: (&str, u32), next: State) -> Case {
    case("throttle.refund", format!("throttle-refund-{id}"), state)
        .input("error", error.0)
        .input("error_number", error.1)
        .accept("ok", stored(state, next))
}

fn waits(cases: &mut Vec<Case>) {
    let mut push = |throttle, id: &str, state, now, why: &str| {
        cases.push(retry_at(throttle, id, state, now).why(why));
    };
    push(DEFAULT, "nothing-stored", None, NOW, "now");
    push(DEFAULT, "free", Some(State(4, NOW)), NOW, "now");
    for failures in [5, 6, 11, 12, 99] {
        let wait = DEFAULT.wait(failures);
        let state = Some(State(failures, NOW));
        push(DEFAULT, &format!("{failures}-at-once"), state, NOW, "when the wait ends");
        push(DEFAULT, &format!("{failures}-last-second"), state, NOW + wait - 1, "the next second");
        push(DEFAULT, &format!("{failures}-over"), state, NOW + wait, "now");
    }
    push(
        DEFAULT,
        "clock-back",
        Some(State(5, NOW)),
        NOW - 1000,
        "when the wait ends by the old clock",
    );
    push(DEFAULT, "at-the-cap", Some(State(100, NOW)), NOW, "never");
    let own = Throttle { max_failures: 3, free_failures: 1, delay: 10, max_delay: 15 };
    push(own, "with-settings-1", Some(State(1, NOW)), NOW, "ten seconds");
    push(own, "with-settings-2", Some(State(2, NOW)), NOW, "twenty are cut to fifteen");
    push(own, "with-settings-3", Some(State(3, NOW)), NOW, "never");
}

// ---------------------------------------------------------------- what the host stores

fn states(cases: &mut Vec<Case>) {
    let whole = State(3, NOW).text();
    let mut list: Vec<(String, String, &str, &str)> = Vec::new();
    for end in [0, 1, 16, 17, 19, 20, 21, 22, 23] {
        let cut = whole[..end].to_owned();
        list.push((format!("cut-at-{end}"), cut, MALFORMED, "a state that breaks off"));
    }
    let with = |failures: &str, time: &str| format!("$mfakit-throttle$v=1${failures}${time}");
    for (id, text, why) in [
        ("leading-space", format!(" {whole}"), "nothing is trimmed"),
        ("trailing-space", format!("{whole} "), "nothing is trimmed"),
        ("trailing-newline", format!("{whole}\n"), "nothing is trimmed"),
        ("trailing-nul", format!("{whole}\0"), "nothing is trimmed"),
        ("trailing-dollar", format!("{whole}$"), "a fifth part"),
        ("fifth-part", format!("{whole}$1"), "a fifth part"),
        ("without-first-dollar", whole[1..].into(), "a state begins with $"),
        ("other-name", whole.replace("throttle", "throttles"), "another kind of state"),
        ("name-upper-case", whole.replace("mfakit", "MFAKIT"), "names are exact"),
        (
            "recovery-record",
            "$mfakit-rc$v=1,f=full$AAAAAAAAAAAAAAAAAAAAAA$".into(),
            "another kind of text",
        ),
        ("json", "{\"failures\": 3}".into(), "another kind of text"),
        ("number", "3".into(), "another kind of text"),
        ("word-null", "null".into(), "nothing stored is null, not its name"),
        ("version-empty", whole.replace("v=1", "v="), "no version"),
        ("version-word", whole.replace("v=1", "v=one"), "a version is a number"),
        ("version-missing", "$mfakit-throttle$3$1700000000".into(), "a state says its version"),
        ("version-space", whole.replace("v=1", "v= 1"), "nothing is trimmed"),
        ("field-unknown", whole.replace("v=1", "v=1,x=2"), "a field that does not exist"),
        ("failures-empty", with("", "1700000000"), "a number has digits"),
        ("failures-negative", with("-1", "1700000000"), "a number is not negative"),
        ("failures-plus", with("+3", "1700000000"), "a number has one form"),
        ("failures-zero-in-front", with("03", "1700000000"), "a number has one form"),
        ("failures-hex", with("0x3", "1700000000"), "a number is decimal"),
        ("failures-fraction", with("3.0", "1700000000"), "a number is whole"),
        ("failures-exponent", with("3e0", "1700000000"), "a number has one form"),
        ("failures-space", with(" 3", "1700000000"), "nothing is trimmed"),
        ("failures-word", with("three", "1700000000"), "a number has digits"),
        ("failures-arabic", with("\u{663}", "1700000000"), "a digit is an ASCII digit"),
        ("failures-underscore", with("1_0", "1700000000"), "a number has digits alone"),
        ("failures-101", with("101", "1700000000"), "more than any throttle grants"),
        ("failures-2e32", with("4294967296", "1700000000"), "a count is not cut to 32 bits"),
        ("failures-2e64", with("18446744073709551616", "1700000000"), "beyond every counter"),
        ("time-empty", with("3", ""), "a number has digits"),
        ("time-negative", with("3", "-1"), "a number is not negative"),
        ("time-plus", with("3", "+1700000000"), "a number has one form"),
        ("time-zero-in-front", with("3", "01700000000"), "a number has one form"),
        ("time-fraction", with("3", "1700000000.5"), "a number is whole"),
        ("time-2e64", with("3", "18446744073709551616"), "beyond 64 bits"),
        ("time-2e64-plus", with("3", "18446744075409551616"), "a time is not cut to 64 bits"),
        ("time-iso", with("3", "2023-11-14T22:13:20Z"), "Unix seconds"),
    ] {
        list.push((id.into(), text, MALFORMED, why));
    }
    for (id, version) in [("0", "v=0"), ("2", "v=2"), ("10", "v=10"), ("11", "v=11")] {
        let text = whole.replace("v=1", version);
        let later = "written by a later version";
        list.push((format!("version-{id}"), text, "record_version_unknown", later));
    }
    let other_shape = "$mfakit-throttle$v=2$anything else".to_owned();
    list.push((
        "version-2-other-shape".into(),
        other_shape,
        "record_version_unknown",
        "a later version has its own shape",
    ));
    for (id, text, code, why) in list {
        let state = |op| {
            Case::new(op, format!("{}-state-{id}", op.replace(['.', '_'], "-")))
                .source(RULES, "Stored state")
                .input("state", text.as_str())
        };
        for case in [
            state("throttle.charge").input("now", NOW + 100_000),
            state("throttle.retry_at").input("now", NOW),
            state("throttle.succeed"),
            state("throttle.refund").input("error", "otp_malformed").input("error_number", 90),
        ] {
            cases.push(case.reject(code).why(why));
        }
    }
}

fn types(cases: &mut Vec<Case>) {
    for (id, name, value, code) in [
        ("state-number", "state", Json::from(3), "argument_type_invalid"),
        ("state-boolean", "state", false.into(), "argument_type_invalid"),
        ("now-text", "now", "1700000000".into(), "time_invalid"),
        ("now-boolean", "now", true.into(), "time_invalid"),
        ("now-negative", "now", (-1).into(), "time_invalid"),
    ] {
        let case = case("throttle.charge", format!("throttle-type-{id}"), Some(State(3, NOW)));
        cases.push(
            case.input("now", NOW)
                .input(name, value)
                .requires("dynamic_input")
                .reject(code)
                .why("the host's mistake; nothing is converted"),
        );
    }
}

fn configuration(cases: &mut Vec<Case>) {
    let config = |id: &str| {
        Case::new("config.throttle", format!("throttle-config-{id}")).source(RULES, "Throttle")
    };
    cases.push(config("default").accept("ok", []).why("every argument has a default"));
    for (id, throttle) in [
        ("smallest", Throttle { max_failures: 1, free_failures: 0, delay: 1, max_delay: 1 }),
        (
            "largest",
            Throttle { max_failures: 100, free_failures: 99, delay: 86_400, max_delay: 86_400 },
        ),
        ("none-free", Throttle { free_failures: 0, ..DEFAULT }),
    ] {
        let mut case = config(id);
        for (name, value) in [
            ("max_failures", throttle.max_failures),
            ("free_failures", throttle.free_failures),
            ("delay", throttle.delay),
            ("max_delay", throttle.max_delay),
        ] {
            case = case.input(name, value);
        }
        cases.push(case.accept("ok", []).why("the ends of every range"));
    }
    for (id, settings, why) in [
        (
            "max-failures-0",
            &[("max_failures", 0_u64), ("free_failures", 0)][..],
            "some attempt is allowed",
        ),
        ("max-failures-101", &[("max_failures", 101)], "NIST SP 800-63B allows at most 100"),
        ("max-failures-2e32", &[("max_failures", 1 << 32)], "not cut to 32 bits"),
        (
            "free-failures-is-max",
            &[("max_failures", 5), ("free_failures", 5)],
            "at least one attempt waits",
        ),
        (
            "free-failures-beyond-max",
            &[("max_failures", 5), ("free_failures", 6)],
            "at least one attempt waits",
        ),
        ("free-failures-100", &[("free_failures", 100)], "at least one attempt waits"),
        ("default-free-beyond-max", &[("max_failures", 4)], "the default of the other counts, too"),
        ("delay-0", &[("delay", 0)], "a wait takes a second at least"),
        (
            "delay-beyond-max",
            &[("delay", 61), ("max_delay", 60)],
            "a wait starts at most at its longest",
        ),
        ("delay-beyond-default-max", &[("delay", 3601)], "the default of the other counts, too"),
        ("max-delay-0", &[("delay", 0), ("max_delay", 0)], "a wait takes a second at least"),
        ("max-delay-86401", &[("max_delay", 86_401)], "a wait takes a day at most"),
        ("delay-2e32", &[("delay", 1 << 32), ("max_delay", 1 << 32)], "not cut to 32 bits"),
    ] {
        let case = settings.iter().fold(config(id), |case, (name, value)| case.input(name, *value));
        cases.push(case.reject("argument_value_invalid").why(why));
    }
    for (id, name, value) in [
        ("max-failures-text", "max_failures", Json::from("5")),
        ("max-failures-boolean", "max_failures", true.into()),
        ("free-failures-text", "free_failures", "0".into()),
        ("delay-text", "delay", "30".into()),
        ("max-delay-boolean", "max_delay", true.into()),
    ] {
        cases.push(
            config(&format!("type-{id}"))
                .input(name, value)
                .requires("dynamic_input")
                .reject("argument_type_invalid")
                .why("a wrong type is the host's mistake; it is never converted"),
        );
    }
}

// ---------------------------------------------------------------- the odds of a guess

/// A number of 0 to 1, in units of 2^-256, the lowest limb first: far more than a double can tell apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fraction([u64; 4]);

impl Fraction {
    /// `part / whole`, which is below 1.
    fn new(part: u64, whole: u64) -> Self {
        let (mut limbs, mut rest) = ([0; 4], u128::from(part));
        for limb in limbs.iter_mut().rev() {
            rest <<= 64;
            *limb = u64::try_from(rest / u128::from(whole))
                .expect("the remainder is below the divisor");
            rest %= u128::from(whole);
        }
        Self(limbs)
    }

    /// The upper half of the product.
    fn times(self, other: Self) -> Self {
        let mut product = [0_u64; 8];
        for (i, a) in self.0.into_iter().enumerate() {
            let mut carry = 0;
            for (j, b) in other.0.into_iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(product[i + j]) + carry;
                product[i + j] = low(sum);
                carry = sum >> 64;
            }
            product[i + 4] = low(carry);
        }
        Self(product[4..].try_into().expect("four limbs"))
    }

    /// One minus this; `None` for one itself.
    fn complement(self) -> Option<Self> {
        let (mut limbs, mut carry) = (self.0.map(|limb| !limb), true);
        for limb in &mut limbs {
            (*limb, carry) = limb.overflowing_add(carry.into());
        }
        (!carry).then_some(Self(limbs))
    }

    /// The nearest double.
    fn double(self) -> f64 {
        let bit = |n: usize| self.0[n / 64] >> (n % 64) & 1;
        let Some(top) = (0..256).rev().find(|n| bit(*n) == 1) else { return 0.0 };
        let mantissa = (0..53).fold(0, |bits, n| bits << 1 | top.checked_sub(n).map_or(0, bit));
        let half = top.checked_sub(53).map_or(0, bit);
        let exponent = 1023 + u64::try_from(top).expect("below 256") - 256;
        // Rounding up may carry into the exponent, which is then right, too.
        f64::from_bits((exponent << 52) + (mantissa & ((1 << 52) - 1)) + half)
    }
}

fn low(word: u128) -> u64 {
    u64::try_from(word & u128::from(u64::MAX)).expect("64 bits")
}

/// 1 - (1 - window / 10^digits)^attempts, to 50 places and more.
fn guess_odds(digits: u32, window: u64, attempts: u64) -> f64 {
    let codes = 10_u64.pow(digits);
    if attempts == 0 {
        return 0.0;
    }
    let Some(miss) = codes.checked_sub(window).filter(|good| *good > 0) else { return 1.0 };
    // Bit by bit from the highest: squared, and once more for a bit that is set.
    let miss = Fraction::new(miss, codes);
    let mut all = miss;
    for bit in (0..attempts.ilog2()).rev() {
        all = all.times(all);
        if attempts >> bit & 1 == 1 {
            all = all.times(miss);
        }
    }
    all.complement().map_or(1.0, Fraction::double)
}

fn odds(cases: &mut Vec<Case>) {
    let ask = |digits: u64, window: u64, attempts: u64| {
        Case::new("guess_odds", format!("guess-odds-{digits}-{window}-{attempts}"))
            .source(RULES, "Guess odds")
            .input("digits", digits)
            .input("window", window)
            .input("attempts", attempts)
    };
    for (digits, window, attempts, why) in [
        (6, 3, 100, "one step each side, as many attempts as NIST SP 800-63B allows"),
        (6, 1, 100, "one step alone"),
        (6, 21, 100, "the widest window"),
        (6, 101, 100, "the furthest look-ahead"),
        (7, 3, 100, "a digit more"),
        (8, 3, 100, "two digits more"),
        (10, 1, 1, "the smallest odds"),
        (10, 1000, 100, "the largest window"),
        (6, 1, 0, "who does not guess does not get in"),
        (6, 1000, 0, "who does not guess does not get in"),
        (6, 1, 1, "one in a million"),
        (6, 3, 1, "three in a million"),
        (6, 3, 2, "an attempt more"),
        (6, 3, 3, "an attempt more"),
        (1, 1, 1, "one in ten"),
        (1, 5, 2, "three in four"),
        (1, 9, 100, "almost sure"),
        (1, 10, 1, "every code is good"),
        (1, 10, 0, "every code is good, and none is tried"),
        (1, 1000, 1, "more good codes than codes"),
        (3, 1000, 1, "every code is good"),
        (6, 1, 1_000_000, "as many attempts as codes: not sure, since guesses may repeat"),
        (6, 3, 1_000_000_000, "a throttle that never ends"),
        (6, 1, (1 << 53) - 1, "more attempts than anybody has time for"),
        (8, 1, 4_294_967_296, "beyond 32 bits"),
        (10, 1, 99_999, "small odds, many attempts"),
    ] {
        let exact = guess_odds(u32::try_from(digits).expect("small"), window, attempts);
        let field = ("odds_hex", format!("{:016x}", exact.to_bits()).into());
        cases.push(ask(digits, window, attempts).accept("ok", [field]).why(why));
    }
    for (digits, window, why) in [
        (0, 1, "codes of 1 to 10 digits"),
        (11, 1, "codes of 1 to 10 digits"),
        (256 + 6, 1, "not cut to a byte"),
        (6, 0, "1 to 1000 codes are good"),
        (6, 1001, "1 to 1000 codes are good"),
        (6, 65_536 + 3, "not cut to 16 bits"),
    ] {
        cases.push(ask(digits, window, 100).reject("argument_value_invalid").why(why));
    }
    for name in ["digits", "window", "attempts"] {
        for (id, value) in [("text", Json::from("6")), ("boolean", true.into())] {
            let mut case = ask(6, 3, 100).input(name, value);
            case.id = format!("guess-odds-type-{name}-{id}");
            let why = "a wrong type is the host's mistake; it is never converted";
            cases.push(case.requires("dynamic_input").reject("argument_type_invalid").why(why));
        }
    }
}

fn budgets(cases: &mut Vec<Case>) {
    // Digits, window and max_failures; the budget by name, and whether the odds are within it.
    for (digits, window, failures, budget, within) in [
        (6, 3, 100, "usual", true),
        (6, 10, 100, "usual", true),
        (6, 11, 100, "usual", false),
        (6, 21, 100, "usual", false),
        (6, 21, 47, "usual", true),
        (6, 21, 48, "usual", false),
        (6, 101, 9, "usual", true),
        (6, 101, 10, "usual", false),
        (8, 21, 100, "usual", true),
        (8, 1000, 100, "usual", true),
        (7, 101, 99, "usual", true),
        (7, 101, 100, "usual", false),
        (4, 1, 10, "usual", true),
        (4, 1, 11, "usual", false),
        (3, 1, 1, "usual", true),
        (3, 1, 2, "usual", false),
        (1, 1, 1, "usual", false),
        (1, 1000, 1, "usual", false),
        (10, 1000, 100, "usual", true),
        (6, 1, 100, "strict", true),
        (6, 2, 100, "strict", false),
        (6, 2, 50, "strict", true),
        (6, 3, 33, "strict", true),
        (6, 3, 34, "strict", false),
        (7, 10, 100, "strict", true),
        (7, 11, 100, "strict", false),
        (8, 21, 100, "strict", true),
        (4, 1, 1, "strict", true),
        (4, 1, 2, "strict", false),
    ] {
        let most = if budget == "usual" { 1e-3 } else { 1e-4 };
        assert_eq!(
            guess_odds(digits, window, failures) <= most,
            within,
            "{digits} {window} {failures}"
        );
        let id = format!("throttle-budget-{budget}-{digits}-{window}-{failures}");
        let case = Case::new("config.throttle", id)
            .source(RULES, "Guess odds")
            .input("max_failures", failures)
            .input("free_failures", failures.min(6) - 1)
            .input("digits", digits)
            .input("window", window)
            .input("budget", budget);
        cases.push(if within {
            case.accept("ok", []).why("the odds of a guess are within the budget")
        } else {
            case.reject("guess_budget_exceeded").why("the odds of a guess are above the budget")
        });
    }
    let config = |id: &str| {
        Case::new("config.throttle", format!("throttle-budget-{id}")).source(RULES, "Guess odds")
    };
    for (id, name, value) in [
        ("strict-alone", "budget", Json::from("strict")),
        ("window-11-alone", "window", 11.into()),
        ("digits-5-alone", "digits", 5.into()),
    ] {
        let why = "the defaults of the others count, too";
        cases.push(config(id).input(name, value).reject("guess_budget_exceeded").why(why));
    }
    for (id, name, value) in [
        ("usual-alone", "budget", Json::from("usual")),
        ("window-10-alone", "window", 10.into()),
        ("digits-8-alone", "digits", 8.into()),
    ] {
        cases.push(
            config(id)
                .input(name, value)
                .accept("ok", [])
                .why("the defaults of the others count, too"),
        );
    }
    for (id, name, value, why) in [
        ("digits-0", "digits", 0_u64, "codes of 1 to 10 digits"),
        ("digits-11", "digits", 11, "codes of 1 to 10 digits"),
        ("digits-2e32-plus-6", "digits", (1 << 32) + 6, "not cut to 32 bits"),
        ("window-0", "window", 0, "1 to 1000 codes are good"),
        ("window-1001", "window", 1001, "1 to 1000 codes are good"),
        ("window-2e16-plus-3", "window", 65_536 + 3, "not cut to 16 bits"),
    ] {
        cases.push(config(id).input(name, value).reject("argument_value_invalid").why(why));
    }
    for (id, name, value, code) in [
        ("budget-unknown", "budget", Json::from("lax"), "argument_value_invalid"),
        ("budget-empty", "budget", "".into(), "argument_value_invalid"),
        ("budget-upper-case", "budget", "Strict".into(), "argument_value_invalid"),
        ("budget-number", "budget", 1.into(), "argument_type_invalid"),
        ("digits-text", "digits", "6".into(), "argument_type_invalid"),
        ("window-text", "window", "3".into(), "argument_type_invalid"),
        ("window-boolean", "window", true.into(), "argument_type_invalid"),
    ] {
        let case = config(&format!("type-{id}")).input(name, value).requires("dynamic_input");
        cases.push(case.reject(code).why("the host's mistake; nothing is converted"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Python's decimal module with 60 places.
    #[test]
    fn odds_are_what_the_formula_says() {
        for (digits, window, attempts, odds) in [
            (6, 3, 100, 0.000_299_955_454_365_582_4),
            (6, 1, 100, 0.000_099_995_050_161_696_08),
            (8, 3, 100, 0.000_002_999_995_545_004_366),
            (6, 21, 100, 0.002_097_818_546_741_403_6),
            (10, 1, 1, 1e-10),
            (1, 1, 1, 0.1),
            (1, 5, 2, 0.75),
            (1, 10, 1, 1.0),
            (6, 1, 0, 0.0),
            (6, 1, u64::MAX, 1.0),
        ] {
            assert_eq!(guess_odds(digits, window, attempts), odds, "{digits} {window} {attempts}");
        }
    }

    /// The table of docs/throttle, typed in.
    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let waits: Vec<u64> = (5..=13).map(|failures| DEFAULT.wait(failures)).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(DEFAULT.wait(99), 3600);
    }

    #[test]
    fn a_charge_is_one_more_failure_or_none_at_all() {
        assert!(matches!(DEFAULT.charge(None, 7), Ok(State(1, 7))));
        assert!(matches!(DEFAULT.charge(Some(State(5, 100)), 129), Err("throttle_wait")));
        assert!(matches!(DEFAULT.charge(Some(State(5, 100)), 130), Ok(State(6, 130))));
        assert!(matches!(DEFAULT.charge(Some(State(100, 0)), u64::MAX), Err("throttle_disabled")));
    }
}
