//! The Rust target: answers conformance lines through the public API of `mfakit`, and low-level operations through its
//! hidden entry. One JSON object a line in, one out, in order. It never sees what a case expects.

mod approvals;
mod assurance;
mod codes;
mod extensions;
mod host;
mod imports;
mod webauthn;

use mfakit::{
    Error, HashAlgorithm, Hotp, HotpOptions, Preset, Totp, TotpOptions, UnixTime, VerifyTotp,
    conformance,
};
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write};

/// Rust's types refuse what these inputs hold before anything runs.
const DYNAMIC_INPUT: &str = "dynamic_input";
/// Above this a time is no host's; the core takes every u64.
const MAX_HOST_TIME: u64 = 100_000_000_000;

/// What an operation answers: fields, an error, or the feature that is missing.
type Answer = Result<Value, Refusal>;

pub(crate) enum Refusal {
    Error(Error),
    Skip(&'static str),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let message: Value = serde_json::from_str(&line)?;
        writeln!(out, "{}", answer(&line, &message))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str, message: &Value) -> Value {
    let op = message["op"].as_str().unwrap_or_default();
    if op == "hello" {
        let mut hello: Value = serde_json::from_str(&conformance::run(line)).unwrap_or_default();
        if let Some(ops) = hello["ops"].as_array_mut() {
            ops.extend(PUBLIC.map(|(op, _)| op.into()));
        }
        return hello;
    }
    let inputs = Inputs(message["inputs"].as_object().cloned().unwrap_or_default());
    let mut answer = match operation(op, &inputs) {
        Some(Ok(fields)) => json!({"accept": fields}),
        Some(Err(Refusal::Error(error))) => json!({"reject": error.code()}),
        Some(Err(Refusal::Skip(feature))) => json!({"skip": feature}),
        None => serde_json::from_str(&conformance::run(line)).unwrap_or_default(),
    };
    answer["id"] = message["id"].clone();
    answer
}

type Operation = fn(&Inputs) -> Answer;

/// What goes through the public API and nowhere else.
const PUBLIC: [(&str, Operation); 74] = [
    ("webauthn.register", webauthn::register),
    ("webauthn.authenticate", webauthn::authenticate),
    ("explain.registration", webauthn::explain_registration),
    ("explain.authentication", webauthn::explain_authentication),
    ("metadata.parse", webauthn::metadata),
    ("decoy.begin", webauthn::decoy),
    ("related_origins", webauthn::related_origins),
    ("ceremony.finish", host::ceremony_finish),
    ("extensions.inputs", extensions::inputs),
    ("config.totp", config_totp),
    ("config.hotp", config_hotp),
    ("config.relying_party", webauthn::config),
    ("config.peppers", codes::config_peppers),
    ("config.recovery", codes::config_recovery),
    ("config.throttle", codes::config_throttle),
    ("totp.commit", host::totp_commit),
    ("totp.verify_at", imports::totp_verify_at),
    ("totp.confirm", imports::confirm),
    ("totp.uri", host::totp_uri),
    ("otpauth.parse", imports::parse),
    ("otpauth.build", imports::build),
    ("migration.parse", imports::migration),
    ("steam.generate", imports::steam_generate),
    ("steam.verify", imports::steam_verify),
    ("code.check", imports::check_code),
    ("hotp.commit", host::hotp_commit),
    ("record.read", host::record_read),
    ("recovery.verify", codes::verify),
    ("temporary.verify", codes::temporary_verify),
    ("temporary.revoke", codes::temporary_revoke),
    ("config.temporary", codes::config_temporary),
    ("guess_odds", codes::odds),
    ("throttle.charge", codes::charge),
    ("throttle.succeed", codes::succeed),
    ("throttle.refund", codes::refund),
    ("throttle.retry_at", codes::retry_at),
    ("amr.salesforce_tier", assurance::salesforce),
    ("amr.parse_claim", assurance::parse_claim),
    ("amr.registered", assurance::registered),
    ("assurance.classify", assurance::classify),
    ("assurance.id_token", assurance::id_token),
    ("assurance.stored_claims", assurance::stored_claims),
    ("assurance.profile", assurance::profile),
    ("assurance.assess", assurance::assess),
    ("assurance.stored", assurance::stored),
    ("assurance.meets", assurance::meets),
    ("policy.profile", assurance::policy),
    ("policy.requirement", assurance::requirement),
    ("policy.decide", assurance::decide),
    ("policy.methods", assurance::methods),
    ("policy.remove", assurance::remove),
    ("policy.disable", assurance::disable),
    ("policy.grandfathered", assurance::still_served),
    ("policy.effects", assurance::effects),
    ("session.expires_at", assurance::expires_at),
    ("session.touch", assurance::touch),
    ("audit.record", assurance::audit),
    ("approval.enroll", approvals::enroll),
    ("approval.finish_enrollment", approvals::finish_enrollment),
    ("approval.device", approvals::read_device),
    ("approval.begin", approvals::begin),
    ("approval.finish", approvals::finish),
    ("approval.read", approvals::read),
    ("approval.cancel", approvals::cancel),
    ("approval.read_answer", approvals::read_answer),
    ("approval.read_request", approvals::read_request),
    ("approval.read_enrollment", approvals::read_enrollment),
    ("approval.enroll_device", approvals::enroll_device),
    ("approval.device_key", approvals::device_key),
    ("approval.sign", approvals::sign),
    ("approval.sign_enrollment", approvals::sign_enrolling),
    ("approval.to_sign", approvals::to_sign),
    ("approval.enrollment_to_sign", approvals::enrolling_to_sign),
    ("approval.answer", approvals::answer),
];

/// `None` sends the line to the hidden entry.
fn operation(op: &str, inputs: &Inputs) -> Option<Answer> {
    let beyond_host_time = inputs.number("t0") != 0 || inputs.number("time") > MAX_HOST_TIME;
    Some(match op {
        "hotp.generate" => {
            hotp(inputs).map(|hotp| json!({"code": hotp.code_at(inputs.number("counter"))}))
        }
        "hotp.verify" => hotp_verify(inputs),
        "hotp.resync" => hotp_resync(inputs),
        "totp.generate" if !beyond_host_time => totp_generate(inputs),
        "totp.verify" if !beyond_host_time => totp_verify(inputs),
        _ => PUBLIC.iter().find(|(known, _)| *known == op)?.1(inputs),
    })
}

/// The inputs of a case.
pub(crate) struct Inputs(pub(crate) Map<String, Value>);

impl Inputs {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Text that the API's type demands.
    pub(crate) fn typed_text(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).and_then(Value::as_str).ok_or(Refusal::Skip(DYNAMIC_INPUT))
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    pub(crate) fn optional(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        self.optional(name).unwrap_or(0)
    }

    /// A number that the API's type demands, or its default.
    pub(crate) fn typed_number(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        match self.0.get(name) {
            None => Ok(default),
            Some(value) => value.as_u64().ok_or(Refusal::Skip(DYNAMIC_INPUT)),
        }
    }

    /// A drift as the API's type demands it; none where the case names none.
    pub(crate) fn typed_drift(&self) -> Result<i64, Refusal> {
        match self.0.get("drift") {
            None => Ok(0),
            Some(value) => value.as_i64().ok_or(Refusal::Skip(DYNAMIC_INPUT)),
        }
    }

    pub(crate) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).and_then(Value::as_str).map(unhex)
    }
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .filter_map(|i| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok())
        .collect()
}

fn algorithm(inputs: &Inputs) -> Result<HashAlgorithm, Refusal> {
    Ok(HashAlgorithm::from_name(inputs.typed_text("algorithm")?)?)
}

fn algorithm_or(inputs: &Inputs, default: HashAlgorithm) -> Result<HashAlgorithm, Refusal> {
    if inputs.get("algorithm").is_some() { algorithm(inputs) } else { Ok(default) }
}

/// RFC 4226 asks for 16 bytes; a vector with fewer means the constructor that says so. That one takes base32.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| (byte >> i) & 1)).collect();
    let symbol = |five: &[u8]| {
        let index = (0..5).fold(0, |index, i| index * 2 + five.get(i).copied().unwrap_or(0));
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(index)])
    };
    bits.chunks(5).map(symbol).collect()
}

pub(crate) fn hotp(inputs: &Inputs) -> Result<Hotp, Refusal> {
    let key = inputs.bytes("secret_hex").unwrap_or_default();
    let default = HotpOptions::default();
    let algorithm = algorithm_or(inputs, default.algorithm)?;
    let digits = inputs.optional("digits").unwrap_or(default.digits);
    let options = HotpOptions { algorithm, digits };
    Ok(match options.digits {
        10 => Hotp::ten_digits(&base32(&key), algorithm)?,
        _ if key.len() < 16 => Hotp::danger_legacy(&base32(&key), options)?,
        _ => Hotp::from_key(&key, options)?,
    })
}

fn hotp_verify(inputs: &Inputs) -> Answer {
    let verified = hotp(inputs)?.verify(
        inputs.typed_text("code")?,
        inputs.number("counter"),
        inputs.number("look_ahead"),
    )?;
    Ok(hotp_fields(&verified))
}

fn hotp_resync(inputs: &Inputs) -> Answer {
    let (first, second) = (inputs.typed_text("first")?, inputs.typed_text("second")?);
    let verified = hotp(inputs)?.resync(
        first,
        second,
        inputs.number("counter"),
        inputs.number("look_ahead"),
    )?;
    Ok(hotp_fields(&verified))
}

fn hotp_fields(verified: &mfakit::HotpVerified) -> Value {
    json!({
        "matched_counter": verified.matched_counter().to_string(),
        "next_counter": verified.next_counter().to_string(),
    })
}

/// What the case says about an authenticator, and the defaults for the rest.
pub(crate) fn totp_options(inputs: &Inputs) -> Result<TotpOptions, Refusal> {
    let default = TotpOptions::default();
    Ok(TotpOptions {
        algorithm: algorithm_or(inputs, default.algorithm)?,
        digits: inputs.optional("digits").unwrap_or(default.digits),
        period: inputs.optional("period").unwrap_or(default.period),
        preset: match inputs.0.get("preset") {
            None => default.preset,
            // Rust's type is an enumeration: another word cannot be said.
            Some(word) => word
                .as_str()
                .and_then(|word| Preset::from_name(word).ok())
                .ok_or(Refusal::Skip(DYNAMIC_INPUT))?,
        },
    })
}

pub(crate) fn totp(inputs: &Inputs) -> Result<Totp, Refusal> {
    let key = inputs.bytes("secret_hex").unwrap_or_default();
    let options = totp_options(inputs)?;
    Ok(if key.len() < 16 {
        Totp::danger_legacy(&base32(&key), options)?
    } else {
        Totp::from_key(&key, options)?
    })
}

fn totp_generate(inputs: &Inputs) -> Answer {
    let time = UnixTime::from_seconds(inputs.number("time"));
    Ok(json!({"code": totp(inputs)?.code_at(Some(time))?}))
}

fn totp_verify(inputs: &Inputs) -> Answer {
    let verified = totp(inputs)?.verify(inputs.typed_text("code")?, verify_totp(inputs))?;
    Ok(json!({"matched_step": verified.step().get().to_string(), "drift": verified.drift()}))
}

/// What the schema's operations say about a verification.
pub(crate) fn verify_totp(inputs: &Inputs) -> VerifyTotp {
    VerifyTotp {
        last_step: last_step(inputs),
        now: Some(UnixTime::from_seconds(inputs.number("time"))),
        past: inputs.optional("window_past"),
        future: inputs.optional("window_future"),
        drift: inputs.get("drift").and_then(Value::as_i64).unwrap_or(0),
    }
}

pub(crate) fn last_step(inputs: &Inputs) -> Option<u64> {
    inputs.optional("last_accepted_step")
}

fn config_totp(inputs: &Inputs) -> Answer {
    let options = TotpOptions {
        digits: inputs.typed_number("digits", 6)?,
        period: inputs.typed_number("period", 30)?,
        algorithm: algorithm(inputs)?,
        ..TotpOptions::default()
    };
    let secret = inputs.typed_text("secret")?;
    match inputs.flag("legacy") {
        Some(true) => Totp::danger_legacy(secret, options)?,
        _ => Totp::new(secret, options)?,
    };
    Ok(json!({}))
}

fn config_hotp(inputs: &Inputs) -> Answer {
    let (secret, algorithm) = (inputs.typed_text("secret")?, algorithm(inputs)?);
    if inputs.flag("ten_digits") == Some(true) {
        Hotp::ten_digits(secret, algorithm)?;
        return Ok(json!({}));
    }
    let options = HotpOptions { algorithm, digits: inputs.typed_number("digits", 6)? };
    match inputs.flag("legacy") {
        Some(true) => Hotp::danger_legacy(secret, options)?,
        _ => Hotp::new(secret, options)?,
    };
    Ok(json!({}))
}
