//! The committed conformance vectors, asked of this crate alone.
//!
//! The judge (`conformance/judge`) asks the public API of every language; this asks the core's, without a JSON protocol and
//! another process in between, so that it is quick enough to judge each mutant of the core (`just mutants`). Stricter than
//! the judge: every code and every field that an expectation names is compared. Invariant: a case is either judged or left
//! out by what stands in [`left_out`]; an operation that nobody knows fails.

mod codes;
mod encodings;
mod otp;
mod webauthn;

use crate::support::{read_file, unhex, vector_files};
use mfakit_core::Error;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[test]
fn every_case_gives_its_verdict_code_and_fields() {
    let mut failures = Vec::new();
    let (mut judged, mut without) = (BTreeMap::new(), BTreeMap::new());
    for path in vector_files() {
        let file = read_file(&path);
        let cases = file["cases"].as_array().expect("cases");
        assert_eq!(file["count"], cases.len(), "{}", path.display());
        for case in cases {
            let op = case["op"].as_str().expect("an op");
            if let Some(reason) = left_out(op, case) {
                *without.entry(reason).or_insert(0_usize) += 1;
            } else {
                *judged.entry(op.to_owned()).or_insert(0_usize) += 1;
                if let Err(what) = judge(op, case) {
                    failures.push(format!("{}: {what}", case["id"]));
                }
            }
        }
    }

    assert!(failures.is_empty(), "{} cases:\n{}", failures.len(), failures.join("\n"));
    // Were the folder empty, or every case left out, nothing would have failed.
    for (op, _) in OPERATIONS {
        assert!(judged.contains_key(*op), "no case of {op}");
    }
    println!("judged {judged:?}\nleft out {without:?}");
}

type Answer = Result<Value, Error>;
type Operation = fn(&Inputs<'_>) -> Answer;

/// The operations that the core answers.
const OPERATIONS: &[(&str, Operation)] = &[
    ("hmac", otp::hmac),
    ("hotp.truncate", otp::hotp_truncate),
    ("hotp.generate", otp::hotp_generate),
    ("hotp.verify", otp::hotp_verify),
    ("hotp.commit", otp::hotp_commit),
    ("hotp.resync", otp::hotp_resync),
    ("totp.generate", otp::totp_generate),
    ("totp.verify", otp::totp_verify),
    ("totp.commit", otp::totp_commit),
    ("totp.confirm", otp::totp_confirm),
    ("totp.uri", otp::totp_uri),
    ("steam.generate", otp::steam_generate),
    ("steam.verify", otp::steam_verify),
    ("otpauth.parse", otp::otpauth_parse),
    ("otpauth.build", otp::otpauth_build),
    ("code.check", codes::code_check),
    ("guess_odds", codes::guess_odds),
    ("config.totp", otp::config_totp),
    ("config.hotp", otp::config_hotp),
    ("config.relying_party", webauthn::config),
    ("config.peppers", codes::config_peppers),
    ("config.throttle", codes::config_throttle),
    ("config.temporary", codes::config_temporary),
    ("recovery.verify", codes::recovery_verify),
    ("temporary.verify", codes::temporary_verify),
    ("temporary.revoke", codes::temporary_revoke),
    ("throttle.charge", codes::throttle_charge),
    ("throttle.succeed", codes::throttle_succeed),
    ("throttle.refund", codes::throttle_refund),
    ("throttle.retry_at", codes::throttle_retry_at),
    ("base32.decode", encodings::base32_decode),
    ("base32.roundtrip", encodings::base32_roundtrip),
    ("base64url.decode", encodings::base64url_decode),
    ("base64.roundtrip", encodings::base64_roundtrip),
    ("cbor.decode", encodings::cbor_decode),
    ("cose.parse_key", encodings::cose_parse_key),
    ("ecdsa.der_parse", encodings::ecdsa_der_parse),
    ("sig.verify", encodings::sig_verify),
    ("json.client_data", webauthn::client_data),
    ("auth_data.parse", webauthn::auth_data),
    ("webauthn.register", webauthn::register),
    ("webauthn.authenticate", webauthn::authenticate),
];

/// The operations that it does not: stored texts other than its own, exports, the host's clock and generator are the bindings'.
const OF_THE_BINDINGS: &[&str] = &[
    "audit.record",
    "ceremony.finish",
    "config.recovery",
    "decoy.begin",
    "entropy.fail",
    "explain.authentication",
    "explain.registration",
    "extensions.inputs",
    "metadata.parse",
    "migration.parse",
    "record.read",
    "related_origins",
    "totp.verify_at",
];

/// Why a case is none of the core's business. The case alone decides, never what the core says to it.
fn left_out(op: &str, case: &Value) -> Option<&'static str> {
    let inputs = &case["inputs"];
    let requires = |feature: &str| {
        case["requires"].as_array().is_some_and(|features| features.iter().any(|f| f == feature))
    };
    let topic = op.split('.').next().unwrap_or_default();
    if ["amr", "assurance", "policy", "session", "approval"].contains(&topic) {
        Some("what the firmware's target asks of the core, and the core's modules test")
    } else if OF_THE_BINDINGS.contains(&op) {
        Some("an operation of the bindings")
    } else if cfg!(not(feature = "attestation")) && requires("attestation") {
        Some("statements with certificates, which this build lacks")
    } else if !inputs["trust"]["metadata"].is_null() {
        Some("metadata, which the bindings read")
    } else if inputs["client_extension_results"].is_object()
        && inputs["extensions"]["appid"].is_null()
    {
        Some("what the client says of extensions, which the bindings read")
    } else if requires("dynamic_input") {
        Some("arguments whose type Rust rules out")
    } else if requires("response_json") {
        Some("the response as a text, which the bindings read")
    } else if op == "webauthn.register" && case["expect"]["code"] == "user_handle_invalid" {
        Some("the account's user handle, which the bindings check at a registration")
    } else if !inputs["state_key_hex"].is_null() {
        Some("the key that seals ceremonies, which are the bindings'")
    } else if inputs["used"].is_number() && !fits::<u32>(&inputs["used"]) {
        Some("a mask that is no u32, which the bindings refuse")
    } else if case["expect"]["code"] == "time_invalid" {
        Some("a time that is none, which the bindings refuse")
    } else if op == "config.temporary" && inputs["kind"] != "delivered" && is_good(case) {
        Some("a new code under a slow hash, 600 000 rounds for each mutant")
    } else if is_hashed(case) && case["id"].as_str().is_some_and(|id| id.len() % 4 != 0) {
        Some("three of four codes under a slow hash, so that a mutant is judged in seconds")
    } else {
        None
    }
}

fn is_good(case: &Value) -> bool {
    case["expect"]["result"] == "ok"
}

/// Whether the case gets as far as a slow hash.
fn is_hashed(case: &Value) -> bool {
    let slow = case["inputs"]["record"].as_str().is_some_and(|record| record.contains(",h="));
    let verifies = case["op"].as_str().is_some_and(|op| op.ends_with(".verify"));
    let code = case["expect"]["code"].as_str().unwrap_or_default();
    slow && verifies && (is_good(case) || code.ends_with("_rejected") || code == "state_conflict")
}

fn fits<T: TryFrom<u64>>(number: &Value) -> bool {
    number.as_u64().is_some_and(|number| T::try_from(number).is_ok())
}

/// What this build has, by the names that `requires` uses.
const BUILT: &[&str] = &[
    #[cfg(feature = "es256")]
    "es256",
    #[cfg(feature = "es384")]
    "es384",
    #[cfg(feature = "es512")]
    "es512",
    #[cfg(feature = "es256k")]
    "es256k",
    #[cfg(feature = "ed25519")]
    "ed25519",
    #[cfg(feature = "ed448")]
    "ed448",
    #[cfg(feature = "rsassa-pkcs1")]
    "rsassa_pkcs1",
    #[cfg(feature = "rsassa-pss")]
    "rsassa_pss",
    #[cfg(feature = "ml-dsa")]
    "ml_dsa",
    #[cfg(feature = "attestation")]
    "attestation",
    #[cfg(feature = "argon2")]
    "argon2",
    "large_inputs",
    "migration",
    "typeable",
];

/// Fields of `expect` that say something to people, or how a value came about; no operation returns them.
const NOT_RETURNED: [&str; 8] = [
    "result",
    "normative",
    "why",
    "step",
    "hmac_hex",
    "dynamic_offset",
    "truncated_hex",
    "truncated_decimal",
];

fn judge(op: &str, case: &Value) -> Result<(), String> {
    let inputs = Inputs(case["inputs"].as_object().ok_or("no inputs")?);
    let expect = case["expect"].as_object().ok_or("no expect")?;
    let accepted = matches!(expect["result"].as_str(), Some("ok" | "valid" | "well_formed"));
    let (_, operation) = OPERATIONS
        .iter()
        .find(|(name, _)| *name == op)
        .ok_or_else(|| format!("unknown operation {op}"))?;
    let answer = operation(&inputs);

    let lacks = |feature: &Value| !BUILT.iter().any(|built| feature == built);
    let incomplete = case["requires"].as_array().is_some_and(|features| features.iter().any(lacks));
    match answer {
        // Without an algorithm that a case needs, a refusal that comes before it is asked for stays what it is.
        Err(
            Error::AlgorithmUnsupported
            | Error::AlgorithmNotOffered
            | Error::AttestationFormatUnsupported
            | Error::CertificateAlgorithmUnsupported
            | Error::CodeHashUnsupported,
        ) if incomplete => Ok(()),
        Ok(_) if incomplete => Err("accepted without an algorithm that it needs".into()),
        Err(error) if accepted => Err(format!("refused with {}", error.code())),
        Err(error) if expect.get("code").is_some_and(|code| code == error.code()) => Ok(()),
        Err(error) => Err(format!("refused with {}, not {:?}", error.code(), expect.get("code"))),
        Ok(_) if !accepted => Err(format!("accepted, not {:?}", expect.get("code"))),
        Ok(fields) => {
            for (name, wanted) in expect {
                if NOT_RETURNED.contains(&name.as_str()) {
                    continue;
                }
                let got = fields.get(name).ok_or_else(|| format!("no field {name}"))?;
                let equal = if name == "odds_hex" { near(got, wanted) } else { same(got, wanted) };
                if !equal {
                    return Err(format!("{name} is {got}, not {wanted}"));
                }
            }
            Ok(())
        }
    }
}

/// Doubles of at most 16 units in the last place apart, as the judge has it.
fn near(a: &Value, b: &Value) -> bool {
    let bits = |value: &Value| u64::from_str_radix(value.as_str().expect("bits"), 16).expect("hex");
    bits(a).abs_diff(bits(b)) <= 16
}

/// Numbers beyond 2^53 are texts.
fn same(a: &Value, b: &Value) -> bool {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    a == b || (a.is_number() != b.is_number() && plain(a) == plain(b))
}

/// The inputs of a case. What is of another type than the operation takes is a fault of the vectors, and panics.
struct Inputs<'a>(&'a Map<String, Value>);

impl Inputs<'_> {
    /// `null` and an absent field mean the same.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", |value| value.as_str().expect("a text"))
    }

    /// A whole number that may be negative.
    fn signed(&self, name: &str) -> Option<i64> {
        self.get(name).map(|value| value.as_i64().expect("a whole number"))
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value.as_bool().expect("a boolean"))
    }

    fn optional(&self, name: &str) -> Option<u64> {
        self.get(name).map(|value| match value {
            Value::String(digits) => digits.parse().expect("a decimal"),
            number => number.as_u64().expect("a number"),
        })
    }

    fn number(&self, name: &str) -> u64 {
        self.optional(name).expect("a number")
    }

    fn optional_bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.get(name).map(|value| unhex(value.as_str().expect("hex")))
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        self.optional_bytes(name).expect("bytes")
    }

    /// A number, or what stands for one that is left out.
    fn number_or(&self, name: &str, default: u64) -> u64 {
        self.optional(name).unwrap_or(default)
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        let list = self.get(name).map_or(&[][..], |value| value.as_array().expect("a list"));
        list.iter().map(|text| text.as_str().expect("a text")).collect()
    }
}
