//! One-time passwords. A changed code may be accepted if it is the right code of the counter that the answer names, by HMAC
//! and truncation written a second time, and that counter is one that may be taken.

use crate::judge::{Judge, as_read, equal, meaning, require};
use crate::reference::otp as reference;
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use mfakit_core::otp::hotp::{Hotp, HotpVerified};
use mfakit_core::otp::totp::{PendingTotp, Totp, Window};
use mfakit_core::otp::uri::{MovingFactor, OtpUri};
use mfakit_core::otp::{Digits, HashAlgorithm, truncate_to_code};
use mfakit_core::{Error, OtpSecret, Period, UnixTime};
use mfakit_fuzz::otpauth::forbidden;
use serde_json::{Value, json};

/// The parameters of an authenticator.
#[derive(Clone)]
struct Parameters {
    key: Vec<u8>,
    algorithm: String,
    digits: u64,
}

impl Parameters {
    fn of(inputs: &Inputs) -> Self {
        Self {
            key: inputs.bytes("secret_hex"),
            // A case that does not name them means what every authenticator app knows.
            algorithm: match inputs.text("algorithm") {
                "" => "SHA1".to_owned(),
                named => named.to_owned(),
            },
            digits: inputs.number("digits").unwrap_or(6),
        }
    }

    fn with_key(&self, key: &[u8]) -> Self {
        Self { key: key.to_vec(), ..self.clone() }
    }

    fn hotp(&self) -> Result<Hotp, Error> {
        let digits = if self.digits == 10 { Digits::TEN } else { Digits::new(self.digits)? };
        Hotp::new(&self.secret()?, HashAlgorithm::from_name(&self.algorithm)?, digits)
    }

    fn steam(&self) -> Result<Totp, Error> {
        let (secret, period) = (self.secret()?, Period::THIRTY_SECONDS);
        Totp::new(&secret, HashAlgorithm::Sha1, Digits::STEAM, period)
    }

    fn totp(&self, inputs: &Inputs) -> Result<Totp, Error> {
        let period = Period::from_seconds(period_of(inputs))?;
        let algorithm = HashAlgorithm::from_name(&self.algorithm)?;
        let totp = Totp::new(&self.secret()?, algorithm, Digits::new(self.digits)?, period)?;
        Ok(totp.with_t0(UnixTime::from_seconds(inputs.number_or_zero("t0"))))
    }

    fn secret(&self) -> Result<OtpSecret, Error> {
        OtpSecret::danger_legacy(&self.key)
    }

    /// The code at a counter, by the reference.
    fn code(&self, counter: u64) -> Result<String, String> {
        reference::code(&self.algorithm, &self.key, counter, self.digits)
    }
}

fn surface(name: &'static str, whose: Whose, bytes: Vec<u8>, run: Run, judge: Judge) -> Surface {
    Surface { op: String::new(), name, case: String::new(), whose, text: false, bytes, run, judge }
}

pub(crate) fn truncate(inputs: &Inputs) -> Vec<Surface> {
    let digits = inputs.number_or_zero("digits");
    let run = move |tag: &[u8]| {
        let count = if digits == 10 { Digits::TEN } else { Digits::new(digits)? };
        Ok(json!(truncate_to_code(tag, count)?.expose()))
    };
    let judge = as_read(move |tag| Ok(json!(reference::truncate(tag, digits)?)));
    vec![surface("tag", Whose::Client, inputs.bytes("hmac_hex"), Box::new(run), judge)]
}

pub(crate) fn hotp_generate(inputs: &Inputs) -> Vec<Surface> {
    let (parameters, counter) = (Parameters::of(inputs), inputs.number_or_zero("counter"));
    let expected = parameters.clone();
    let run =
        move |key: &[u8]| Ok(json!(parameters.with_key(key).hotp()?.code_at(counter).expose()));
    let judge = as_read(move |key| Ok(json!(expected.with_key(key).code(counter)?)));
    vec![surface("secret", Whose::Host, inputs.bytes("secret_hex"), Box::new(run), judge)]
}

pub(crate) fn totp_generate(inputs: &Inputs) -> Vec<Surface> {
    let (parameters, owned) = (Parameters::of(inputs), inputs.clone());
    let expected = parameters.clone();
    let now = time_of(inputs);
    let step = step_of(inputs);
    let run = move |key: &[u8]| {
        let totp = parameters.with_key(key).totp(&owned)?;
        Ok(json!(totp.code_at(UnixTime::from_seconds(now))?.expose()))
    };
    let judge = as_read(move |key| Ok(json!(expected.with_key(key).code(step)?)));
    vec![surface("secret", Whose::Host, inputs.bytes("secret_hex"), Box::new(run), judge)]
}

fn period_of(inputs: &Inputs) -> u64 {
    inputs.number("period").unwrap_or(30)
}

/// Whole seconds, by whichever name.
fn time_of(inputs: &Inputs) -> u64 {
    let thousandths = inputs.number("now_thousandths").map(|thousandths| thousandths / 1000);
    let now = inputs.number("time").or_else(|| inputs.number("now")).or(thousandths);
    now.unwrap_or(0)
}

/// RFC 6238 §4.2.
fn step_of(inputs: &Inputs) -> u64 {
    time_of(inputs).saturating_sub(inputs.number_or_zero("t0")) / period_of(inputs).max(1)
}

pub(crate) fn hotp_verify(inputs: &Inputs) -> Vec<Surface> {
    let parameters = Parameters::of(inputs);
    let (counter, ahead) = (inputs.number_or_zero("counter"), inputs.number_or_zero("look_ahead"));
    let expected = parameters.clone();
    let run = move |code: &[u8]| Ok(fields(&parameters.hotp()?.verify(code, counter, ahead)?));
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let code = reference::typed(changed)?;
        let matched = counter_of(answer, "matched")?;
        require((counter..=counter.saturating_add(ahead)).contains(&matched), "out of reach")?;
        equal("the next counter", &counter_of(answer, "next")?, &(matched + 1))?;
        equal("the code", &code, &expected.code(matched)?)?;
        for lower in counter..matched {
            require(expected.code(lower)? != code, "a lower counter has this code")?;
        }
        Ok(meaning(original, answer))
    };
    vec![surface("code", Whose::Client, code(inputs, "code"), Box::new(run), Box::new(judge))]
}

pub(crate) fn hotp_resync(inputs: &Inputs) -> Vec<Surface> {
    let (counter, ahead) = (inputs.number_or_zero("counter"), inputs.number_or_zero("look_ahead"));
    let codes = [code(inputs, "first"), code(inputs, "second")];
    [("first", 0), ("second", 1)]
        .map(|(name, place)| {
            let both = move |codes: &[Vec<u8>; 2], changed: &[u8]| {
                let mut codes = codes.clone();
                codes[place] = changed.to_vec();
                codes
            };
            let (parameters, mine) = (Parameters::of(inputs), codes.clone());
            let (expected, theirs) = (parameters.clone(), codes.clone());
            let run = move |changed: &[u8]| {
                let [first, second] = both(&mine, changed);
                Ok(fields(&parameters.hotp()?.resync(&first, &second, counter, ahead)?))
            };
            let judge = move |changed: &[u8], original: &Value, answer: &Value| {
                let [first, second] = both(&theirs, changed);
                let matched = counter_of(answer, "matched")?;
                let reach = counter..=counter.saturating_add(ahead);
                require(reach.contains(&matched), "out of reach")?;
                equal("the next counter", &counter_of(answer, "next")?, &(matched + 2))?;
                let pair = (reference::typed(&first)?, reference::typed(&second)?);
                equal("the codes", &pair, &(expected.code(matched)?, expected.code(matched + 1)?))?;
                Ok(meaning(original, answer))
            };
            let bytes = codes[place].clone();
            surface(name, Whose::Client, bytes, Box::new(run), Box::new(judge))
        })
        .into()
}

/// The form of a code, and nothing else.
pub(super) fn check(inputs: &Inputs, factor: &str) -> Run {
    let (parameters, owned) = (Parameters::of(inputs), inputs.clone());
    let (hotp, steam) = (factor == "hotp", inputs.flag("steam") == Some(true));
    Box::new(move |code| {
        match (hotp, steam) {
            (true, _) => parameters.hotp()?.check_code(code)?,
            (_, true) => parameters.steam()?.check_code(code)?,
            _ => parameters.totp(&owned)?.check_code(code)?,
        }
        Ok(Value::Null)
    })
}

pub(crate) fn steam_generate(inputs: &Inputs) -> Vec<Surface> {
    let (parameters, now) = (Parameters::of(inputs), time_of(inputs));
    let run = move |key: &[u8]| {
        let totp = parameters.with_key(key).steam()?;
        Ok(json!(totp.code_at(UnixTime::from_seconds(now))?.expose()))
    };
    let judge = as_read(move |key| Ok(json!(reference::steam_code(key, now / 30)?)));
    vec![surface("secret", Whose::Host, inputs.bytes("secret_hex"), Box::new(run), judge)]
}

/// An enrolment: one step each side, nothing burnt.
pub(crate) fn totp_confirm(inputs: &Inputs) -> Vec<Surface> {
    let (parameters, owned) = (Parameters::of(inputs), inputs.clone());
    let expected = parameters.clone();
    let now = step_of(inputs);
    let run = move |code: &[u8]| {
        let time = UnixTime::from_seconds(time_of(&owned));
        let verified = PendingTotp::new(parameters.totp(&owned)?).confirm(code, time)?;
        Ok(json!({"matched": verified.step().get()}))
    };
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let matched = counter_of(answer, "matched")?;
        require(matched.abs_diff(now) <= 1, "outside the window")?;
        equal("the code", &reference::typed(changed)?, &expected.code(matched)?)?;
        Ok(meaning(original, answer))
    };
    vec![surface("code", Whose::Client, code(inputs, "code"), Box::new(run), Box::new(judge))]
}

pub(crate) fn totp_verify(inputs: &Inputs) -> Vec<Surface> {
    totp_or_steam(inputs, false)
}

pub(crate) fn steam_verify(inputs: &Inputs) -> Vec<Surface> {
    totp_or_steam(inputs, true)
}

/// The first and the last step around `now`, as far moved by the drift as keeps both within ten steps of it.
fn window_around(now: u64, past: u64, future: u64, drift: i64) -> std::ops::RangeInclusive<u64> {
    let moved = i128::from(drift).min(10 - i128::from(future)).max(i128::from(past) - 10);
    let centre = (i128::from(now) + moved).clamp(0, i128::from(u64::MAX));
    let centre = u64::try_from(centre).unwrap_or_default();
    centre.saturating_sub(past)..=centre.saturating_add(future)
}

fn totp_or_steam(inputs: &Inputs, steam: bool) -> Vec<Surface> {
    let (parameters, owned) = (Parameters::of(inputs), inputs.clone());
    let expected = parameters.clone();
    let now = step_of(inputs);
    let usual = if inputs.text("preset") == "strict" { 0 } else { 1 };
    let steps = |name, other| inputs.number(name).or_else(|| inputs.number(other)).unwrap_or(usual);
    let (past, future) = (steps("window_past", "past"), steps("window_future", "future"));
    let drift = inputs.get("drift").and_then(Value::as_i64).unwrap_or(0);
    let last_step = inputs.number("last_accepted_step");
    let run = move |code: &[u8]| {
        let time = UnixTime::from_seconds(time_of(&owned));
        let drift = i8::try_from(drift).map_err(|_| Error::WindowTooLarge)?;
        let window = Window::new(past, future)?.with_drift(drift)?;
        let totp = if steam { parameters.steam()? } else { parameters.totp(&owned)? };
        let verified = totp.verify(code, last_step, time, window)?;
        Ok(json!({"matched": verified.step().get(), "drift": verified.drift()}))
    };
    let judge = move |changed: &[u8], original: &Value, answer: &Value| {
        let code =
            if steam { reference::steam_typed(changed)? } else { reference::typed(changed)? };
        let code_of = |step| match steam {
            true => reference::steam_code(&expected.key, step),
            false => expected.code(step),
        };
        let matched = counter_of(answer, "matched")?;
        let window = window_around(now, past, future, drift);
        require(window.contains(&matched), "outside the window")?;
        require(last_step.is_none_or(|burnt| matched > burnt), "not after the last step")?;
        let drift = i128::from(matched) - i128::from(now);
        equal("the drift", &answer["drift"].as_i64().map(i128::from), &Some(drift))?;
        equal("the code", &code, &code_of(matched)?)?;
        for later in matched.saturating_add(1)..=*window.end() {
            require(later == matched || code_of(later)? != code, "a later step has it")?;
        }
        Ok(meaning(original, answer))
    };
    vec![surface("code", Whose::Client, code(inputs, "code"), Box::new(run), Box::new(judge))]
}

pub(crate) fn totp_uri(inputs: &Inputs) -> Vec<Surface> {
    uri_of(inputs, "totp")
}

pub(crate) fn otpauth_build(inputs: &Inputs) -> Vec<Surface> {
    uri_of(inputs, if inputs.text("type") == "hotp" { "hotp" } else { "totp" })
}

fn uri_of(inputs: &Inputs, kind: &'static str) -> Vec<Surface> {
    const LABELS: [&str; 2] = ["issuer", "account"];
    let parameters = Parameters::of(inputs);
    let (steam, hotp) = (inputs.flag("steam") == Some(true), kind == "hotp");
    let (period, counter) = (period_of(inputs), inputs.number_or_zero("counter"));
    let labels = LABELS.map(|name| inputs.text(name).to_owned());
    let of_place = |place: usize| {
        let changed = {
            let labels = labels.clone();
            move |bytes: &[u8]| {
                let mut labels = labels.clone();
                labels[place] = String::from_utf8_lossy(bytes).into_owned();
                labels
            }
        };
        let (mine, theirs) = (parameters.clone(), parameters.clone());
        let expected = changed.clone();
        let run = move |bytes: &[u8]| {
            let [issuer, account] = changed(bytes);
            let algorithm = HashAlgorithm::from_name(&mine.algorithm)?;
            let moving = match hotp {
                true => MovingFactor::Counter(counter),
                false => MovingFactor::Time(Period::from_seconds(period)?),
            };
            let digits = match mine.digits {
                _ if steam => Digits::STEAM,
                10 if hotp => Digits::TEN,
                other => Digits::new(other)?,
            };
            let secret = mine.secret()?;
            let uri = OtpUri::new(&secret, algorithm, digits, moving, &issuer, &account)?;
            let mut text = String::new();
            uri.write(&mut text).map_err(|_| Error::InputTooLarge)?;
            Ok(json!(text))
        };
        let judge = as_read(move |bytes| {
            let labels = expected(bytes);
            for label in &labels {
                let sized = (1..=128).contains(&label.len()) && label.trim() == label;
                let plain = !label.contains(|c: char| c == ':' || forbidden(c));
                require(sized && plain, "a label that no app reads")?;
            }
            let [issuer, account] = labels.map(|label| reference::percent_encoded(&label));
            let Parameters { key, algorithm, digits } = &theirs;
            let secret = data_encoding::BASE32_NOPAD.encode(key);
            let moving = match hotp {
                true => format!("counter={counter}"),
                false => format!("period={period}"),
            };
            let encoder = if steam { "&encoder=steam" } else { "" };
            Ok(json!(format!(
                "otpauth://{kind}/{issuer}:{account}?secret={secret}&issuer={issuer}\
                 &algorithm={algorithm}&digits={digits}&{moving}{encoder}"
            )))
        });
        let bytes = labels[place].as_bytes().to_vec();
        let uri = surface(LABELS[place], Whose::Host, bytes, Box::new(run), judge);
        Surface { text: true, ..uri }
    };
    vec![of_place(0), of_place(1)]
}

fn code(inputs: &Inputs, name: &str) -> Vec<u8> {
    inputs.text(name).as_bytes().to_vec()
}

fn fields(verified: &HotpVerified) -> Value {
    json!({"matched": verified.matched_counter(), "next": verified.next_counter()})
}

fn counter_of(answer: &Value, name: &str) -> Result<u64, String> {
    answer[name].as_u64().ok_or_else(|| format!("no {name} in the answer"))
}
