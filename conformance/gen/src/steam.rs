//! Steam's codes: the published ones, then windows, single use and the form of what is typed.

use crate::bytes::hex;
use crate::case::{Case, File};
use crate::hotp::not_text;
use crate::otp::{Otp, Window};

const RULES: &str = "mfakit docs/otp";
const STEAM: &str = "Steam Guard";
/// A step whose code has a letter, so that case can be changed.
const NOW: u64 = 56_000_000;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    generated(&mut cases);
    windows(&mut cases);
    forms(&mut cases);
    File {
        topic: "steam",
        description: "Steam: five symbols in place of digits; windows, single use, forms",
        notes: vec![
            "HMAC-SHA-1 of the 30-second step, truncated to 31 bits as in RFC 4226; five symbols of 23456789BCDFGHJKMNPQRTVWXY, the \
             number's remainder by 26 first, then that of the quotient, and so on."
                .into(),
            "A typed code is read in either case; ASCII spaces and hyphens are dropped. Windows and single use are those of totp.".into(),
        ],
        cases,
    }
}

fn otp(secret: &[u8]) -> Otp {
    Otp { secret: secret.to_vec(), ..Otp::steam() }
}

fn generated(cases: &mut Vec<Case>) {
    let mut push = |id: &str, secret: &[u8], time: u64, why: &str| {
        let case = Case::new("steam.generate", format!("steam-{id}"))
            .source(STEAM, "authenticator codes")
            .input("secret_hex", hex(secret))
            .input("time", time);
        cases.push(case.accept("ok", [("code", otp(secret).code(time / 30).into())]).why(why));
    };
    for (time, code) in [(3_000_030, "YRGQJ"), (3_000_029, "94R9D")] {
        let secret = b"superdupersecret";
        assert_eq!(otp(secret).code(time / 30), code, "as published");
        push(
            &format!("published-{time}"),
            secret,
            time,
            "printed by the tests of ValvePython/steam",
        );
    }
    let key = Otp::rfc4226().secret;
    for (id, time) in [
        ("t-0", 0),
        ("t-29", 29),
        ("t-30", 30),
        ("t-59", 59),
        ("t-2e31", 1 << 31),
        ("t-2e32", 1 << 32),
        ("t-2033", 2_000_000_000),
        ("t-last", 100_000_000_000),
    ] {
        push(id, &key, time, "30 seconds, whatever the time");
    }
    let symbols = "23456789BCDFGHJKMNPQRTVWXY";
    for place in [0, 4] {
        for symbol in ["2", "Y"] {
            let step = (0..)
                .find(|n| otp(&key).code(*n)[place..].starts_with(symbol))
                .expect("every symbol comes up");
            assert!(symbols.contains(symbol));
            let id = format!("symbol-{place}-{}", symbol.to_lowercase());
            push(
                &id,
                &key,
                step * 30,
                "the first and the last symbol, in the first and the last place",
            );
        }
    }
    for len in [1_usize, 10, 16, 64, 65, 128] {
        let key: Vec<u8> = (0..=255).cycle().take(len).collect();
        push(&format!("secret-{len}-bytes"), &key, NOW * 30, "exports have secrets of any length");
    }
}

struct Row<'a> {
    code: &'a str,
    time: u64,
    window: (u64, u64),
    last: Option<u64>,
    drift: Option<i64>,
}

impl<'a> Row<'a> {
    const fn now(code: &'a str) -> Self {
        Self { code, time: NOW * 30 + 7, window: (1, 1), last: None, drift: None }
    }
}

/// What the model says about it; the case names the outcome that is meant.
fn verify(id: &str, row: &Row<'_>, expected: Result<u64, &str>, why: &str) -> Case {
    let otp = Otp::steam();
    let (now, (past, future)) = (row.time / 30, row.window);
    let window = Window { past, future, last: row.last, drift: row.drift.unwrap_or(0), now };
    assert_eq!(otp.verify_totp(row.code, &window), expected, "{id}");
    let mut case = Case::new("steam.verify", format!("steam-verify-{id}"))
        .source(RULES, "Steam")
        .input("secret_hex", hex(&otp.secret))
        .input("time", row.time)
        .input("window_past", past)
        .input("window_future", future)
        .input("last_accepted_step", row.last)
        .input("code", row.code);
    if let Some(drift) = row.drift {
        case = case.input("drift", drift);
    }
    match expected {
        Ok(step) => {
            let drift = i128::from(step) - i128::from(now);
            case.accept("ok", [("matched_step", step.into()), ("drift", drift.into())])
        }
        Err(code) => case.reject(code),
    }
    .why(why)
}

fn windows(cases: &mut Vec<Case>) {
    let code = |step: u64| Otp::steam().code(step);
    let mut push = |id: &str, row: &Row<'_>, expected, why: &str| {
        cases.push(verify(id, row, expected, why));
    };
    for (id, step, expected, why) in [
        ("now", NOW, Ok(NOW), "the current step"),
        ("past", NOW - 1, Ok(NOW - 1), "the step before"),
        ("future", NOW + 1, Ok(NOW + 1), "the step after"),
        ("too-old", NOW - 2, Err("otp_rejected"), "two steps before"),
        ("too-new", NOW + 2, Err("otp_rejected"), "two steps after"),
    ] {
        push(id, &Row::now(&code(step)), expected, why);
    }
    let here = code(NOW);
    let row = Row { last: Some(NOW), ..Row::now(&here) };
    push("replayed", &row, Err("otp_replayed"), "the same code again");
    let row = Row { last: Some(NOW - 1), ..Row::now(&here) };
    push("after-last", &row, Ok(NOW), "the step after the last one");
    let row = Row { last: Some(NOW + 1), ..Row::now(&here) };
    push("below-last", &row, Err("otp_replayed"), "a step before the last one is burnt");
    let next = code(NOW + 1);
    let row = Row { window: (0, 0), ..Row::now(&next) };
    push("no-window", &row, Err("otp_rejected"), "no window at all");
    let row = Row { window: (11, 0), ..Row::now(&here) };
    push("window-11", &row, Err("window_too_large"), "at most 10 steps a side");
    let ahead = code(NOW + 3);
    let row = Row { drift: Some(3), ..Row::now(&ahead) };
    push("drift-3", &row, Ok(NOW + 3), "the window moves with the drift");
    let row = Row { drift: Some(3), ..Row::now(&here) };
    push("drift-3-now", &row, Err("otp_rejected"), "the window moved away from now");
    push("wrong", &Row::now("22222"), Err("otp_rejected"), "no step of the window has this code");
    let zero = code(0);
    let row = Row { time: 0, ..Row::now(&zero) };
    push("t-0", &row, Ok(0), "now - past must not go below 0");
}

fn forms(cases: &mut Vec<Case>) {
    let code = Otp::steam().code(NOW);
    assert!(code.bytes().any(|b| b.is_ascii_uppercase()), "a letter whose case can be changed");
    let mut push = |id: &str, text: &str, expected, why: &str| {
        cases.push(verify(&format!("form-{id}"), &Row::now(text), expected, why));
    };
    for (id, text, why) in [
        ("lower-case", code.to_lowercase(), "case does not matter"),
        ("space", format!("{} {}", &code[..2], &code[2..]), "ASCII spaces are stripped"),
        ("hyphens", format!("-{}-{}-", &code[..3], &code[3..]), "ASCII hyphens are stripped"),
        ("64-bytes", format!("{code}{}", " ".repeat(59)), "as long as an input may be"),
    ] {
        push(id, &text, Ok(NOW), why);
    }
    let malformed = Err("otp_malformed");
    for letter in ["A", "E", "I", "L", "O", "S", "U", "Z", "0", "1"] {
        let text = format!("{}{letter}", &code[..4]);
        let id = format!("not-a-symbol-{}", letter.to_lowercase());
        push(&id, &text, malformed, "letters and digits that are taken for others are no symbols");
    }
    let wide: String = code
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).expect("a full-width form"))
        .collect();
    for (id, text, why) in [
        ("empty", String::new(), "nothing"),
        ("4-symbols", code[..4].into(), "one is missing"),
        ("6-symbols", format!("{code}2"), "one too many"),
        ("6-digits", "755224".into(), "digits of another authenticator"),
        ("5-digits", "75520".into(), "0 is no symbol"),
        ("full-width", wide, "full-width symbols"),
        ("kelvin-sign", format!("{}\u{212a}", &code[..4]), "its lower-case form is k"),
        ("line-break", format!("{code}\n"), "a line break is not stripped"),
        ("nul", format!("{code}\0"), "a text does not end at a NUL"),
        ("65-bytes", format!("{code}{}", " ".repeat(60)), "one byte too long"),
    ] {
        push(id, &text, malformed, why);
    }
    for (id, value) in not_text() {
        let case =
            verify(&format!("type-{id}"), &Row::now(&code), Ok(NOW), "").input("code", value);
        cases.push(
            case.requires("dynamic_input")
                .reject("input_malformed")
                .why("a code is text; anything else is the client's mistake, not a crash"),
        );
    }
}
