//! Low-level operations for the conformance vectors. Built for tests only; not API.
//!
//! One JSON object in, `{"op": …, "inputs": {…}}`; one out: `{"accept": {…}}`, `{"reject": "code"}` or `{"skip": "reason"}`.
//! Ceremonies and one-time passwords go through the public API of each language; only what that API leaves out by design is
//! here: parsers, primitives, and times that no host passes.

use crate::entropy::failure;
use crate::text::{from_base64url, to_base64url, to_hex as hex};
use crate::{
    BeginAuthentication, BeginRegistration, CredentialRecord, GenerateRecoveryCodes,
    IssueTemporaryCode, NewRecord, PendingTotp, RelyingParty, RelyingPartyOptions, TemporaryKind,
    TotpOptions, UserVerification,
};
use mfakit_core::crypto::hmac::HmacKey;
use mfakit_core::encoding::{base32, cbor, cose, der};
use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm, truncate_to_code};
use mfakit_core::webauthn::attestation::AttestationObject;
use mfakit_core::webauthn::auth_data::AuthData;
use mfakit_core::webauthn::client_data::ClientData;
use mfakit_core::{Error, OtpSecret, Period, UnixTime, crypto};
use serde_json::{Map, Value, json};

/// The operations that [`run`] knows.
pub const OPS: &[&str] = &[
    "hmac",
    "hmac.verify",
    "hotp.truncate",
    "hotp.generate",
    "hotp.verify",
    "hotp.resync",
    "totp.generate",
    "totp.verify",
    "base32.roundtrip",
    "base32.decode",
    "base64.roundtrip",
    "base64url.decode",
    "cbor.decode",
    "cose.parse_key",
    "sig.verify",
    "ecdsa.der_parse",
    "json.client_data",
    "auth_data.parse",
    "entropy.fail",
];

/// How the names of the operations begin that a binding's API has, and a build without these parts does not.
const LACKS: [(bool, &[&str]); 3] = [
    (cfg!(feature = "attestation"), &["metadata."]),
    (cfg!(feature = "approval"), &["approval."]),
    (cfg!(feature = "assurance"), &["amr.", "assurance.", "audit.", "policy.", "session."]),
];

/// Runs one operation.
#[must_use]
pub fn run(request: &str) -> String {
    let Ok(request) = serde_json::from_str::<Value>(request) else {
        return json!({"skip": "the request is not JSON"}).to_string();
    };
    if request.get("op").and_then(Value::as_str) == Some("hello") {
        let mut features =
            vec!["es256", "none", "packed", "response_json", "large_inputs", "typeable"];
        features.extend(cfg!(feature = "argon2").then_some("argon2"));
        features.extend(cfg!(feature = "attestation").then_some("attestation"));
        let ed25519 = cfg!(feature = "ed25519") || cfg!(feature = "all-algorithms");
        features.extend(ed25519.then_some("ed25519"));
        if cfg!(feature = "all-algorithms") {
            features.extend([
                "es384",
                "es512",
                "es256k",
                "ed448",
                "rsassa_pkcs1",
                "rsassa_pss",
                "ml_dsa",
            ]);
        }
        let lacks = LACKS.iter().flat_map(|(built, ops)| if *built { &[][..] } else { *ops });
        let (lacks, algorithms) = (lacks.collect::<Vec<_>>(), cose::SUPPORTED);
        return json!({"features": features, "ops": OPS, "lacks": lacks, "algorithms": algorithms})
            .to_string();
    }
    let inputs =
        Inputs(request.get("inputs").and_then(Value::as_object).cloned().unwrap_or_default());
    let op = request.get("op").and_then(Value::as_str).unwrap_or_default();
    let answer = match operation(op, &inputs) {
        Some(Ok(fields)) => json!({"accept": fields}),
        Some(Err(error)) => json!({"reject": error.code()}),
        None => json!({"skip": op}),
    };
    answer.to_string()
}

fn operation(op: &str, inputs: &Inputs) -> Option<Result<Value, Error>> {
    Some(match op {
        "hmac" => hmac(inputs),
        "hmac.verify" => hmac_verify(inputs),
        "hotp.truncate" => hotp_truncate(inputs),
        "hotp.generate" => {
            hotp(inputs).map(|(hotp, counter)| json!({"code": hotp.code_at(counter).expose()}))
        }
        "hotp.verify" => hotp_verify(inputs),
        "hotp.resync" => hotp_resync(inputs),
        "totp.generate" => totp_generate(inputs),
        "totp.verify" => totp_verify(inputs),
        "base32.roundtrip" => base32_roundtrip(inputs),
        "base32.decode" => {
            base32_decode(inputs.text("text")).map(|bytes| json!({"data_hex": hex(&bytes)}))
        }
        "base64.roundtrip" => base64_roundtrip(inputs),
        "base64url.decode" => {
            from_base64url(inputs.text("text")).map(|bytes| json!({"data_hex": hex(&bytes)}))
        }
        "cbor.decode" => cbor_decode(inputs),
        "cose.parse_key" => cose_parse_key(inputs),
        "sig.verify" => sig_verify(inputs),
        "ecdsa.der_parse" => ecdsa_der_parse(inputs),
        "json.client_data" => client_data(inputs),
        "auth_data.parse" => auth_data(inputs),
        "entropy.fail" => entropy_fail(inputs.text("call")),
        "attested_credential_id" => attested_credential_id(inputs),
        _ => return None,
    })
}

/// Runs the call on a generator that fails.
fn entropy_fail(call: &str) -> Result<Value, Error> {
    let uv = UserVerification::Required;
    let options = RelyingPartyOptions::new("E", &["https://example.org"], uv);
    let rp = RelyingParty::new("example.org", options)?;
    let now = Some(UnixTime::from_seconds(0));
    let begin = BeginAuthentication { now, ..BeginAuthentication::default() };
    let registration = BeginRegistration { user_name: "a", now, ..BeginRegistration::default() };
    failure::with(|| match call {
        "generate_secret" => crate::generate_secret(20).map(|_| json!({})),
        "generate_user_handle" => crate::generate_user_handle().map(|_| json!({})),
        "generate_recovery_codes" => {
            crate::generate_recovery_codes("a", GenerateRecoveryCodes::default()).map(|_| json!({}))
        }
        "issue_temporary_code" => {
            let issue =
                IssueTemporaryCode { now, ..IssueTemporaryCode::new(TemporaryKind::Admin, "a") };
            crate::issue_temporary_code("a", issue).map(|_| json!({}))
        }
        "pending_totp" => PendingTotp::generate(TotpOptions::default()).map(|_| json!({})),
        "begin_registration" => rp.begin_registration("AA", registration).map(|_| json!({})),
        "begin_authentication" => {
            rp.begin_authentication("AA", &[record()?], begin).map(|_| json!({}))
        }
        "begin_decoy_authentication" => rp
            .with_enumeration_key(&[7; 32])?
            .begin_decoy_authentication("a", begin)
            .map(|_| json!({})),
        "begin_discoverable_authentication" => {
            rp.begin_discoverable_authentication(begin).map(|_| json!({}))
        }
        _ => Err(Error::ArgumentValueInvalid),
    })
}

fn record() -> Result<CredentialRecord, Error> {
    // The base point of P-256 (SEC 2 §2.4.2), which is a valid key.
    let mut key = unhex("a5010203262001215820");
    key.extend(unhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"));
    key.extend(unhex("225820"));
    key.extend(unhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));
    let parts = NewRecord {
        public_key: &to_base64url(&key),
        user_handle: "AA",
        sign_count: 0,
        transports: Vec::new(),
        backup_eligible: None,
        backed_up: None,
        aaguid: None,
        uv_initialized: None,
    };
    CredentialRecord::new("AA", parts)
}

/// The inputs of a vector. What is missing or of another type reads as empty or zero, and fails as the operation fails.
struct Inputs(Map<String, Value>);

impl Inputs {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.text(name))
    }

    fn optional(&self, name: &str) -> Option<u64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> u64 {
        self.optional(name).unwrap_or(0)
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().filter_map(|c| c.to_digit(16)).filter_map(|d| u8::try_from(d).ok()).collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit))
        .collect()
}

fn key(inputs: &Inputs) -> Result<HmacKey, Error> {
    let algorithm = HashAlgorithm::from_name(inputs.text("algorithm"))?;
    Ok(HmacKey::new(algorithm, &inputs.bytes("key_hex")))
}

fn hmac(inputs: &Inputs) -> Result<Value, Error> {
    Ok(json!({"mac_hex": hex(key(inputs)?.tag(&inputs.bytes("message_hex")).expose())}))
}

fn hmac_verify(inputs: &Inputs) -> Result<Value, Error> {
    let tag = key(inputs)?.tag(&inputs.bytes("message_hex"));
    let bits = usize::try_from(inputs.number("tag_bits")).unwrap_or(usize::MAX);
    let claimed = inputs.bytes("tag_hex");
    let right = tag.expose().get(..bits / 8).is_some_and(|start| start == claimed);
    if right { Ok(json!({})) } else { Err(Error::SignatureInvalid) }
}

fn hotp_truncate(inputs: &Inputs) -> Result<Value, Error> {
    let code = truncate_to_code(&inputs.bytes("hmac_hex"), digits(inputs, true)?)?;
    Ok(json!({"code": code.expose()}))
}

/// Six, seven or eight; ten where the operation has a constructor for it.
fn digits(inputs: &Inputs, ten: bool) -> Result<Digits, Error> {
    match inputs.number("digits") {
        10 if ten => Ok(Digits::TEN),
        other => Digits::new(other),
    }
}

fn secret(inputs: &Inputs) -> Result<OtpSecret, Error> {
    OtpSecret::danger_legacy(&inputs.bytes("secret_hex"))
}

fn hotp(inputs: &Inputs) -> Result<(Hotp, u64), Error> {
    let algorithm = HashAlgorithm::from_name(inputs.text("algorithm"))?;
    let (secret, digits) = (secret(inputs)?, digits(inputs, true)?);
    Ok((Hotp::new(&secret, algorithm, digits)?, inputs.number("counter")))
}

fn hotp_verify(inputs: &Inputs) -> Result<Value, Error> {
    let (hotp, counter) = hotp(inputs)?;
    let verified =
        hotp.verify(inputs.text("code").as_bytes(), counter, inputs.number("look_ahead"))?;
    Ok(hotp_fields(&verified))
}

fn hotp_resync(inputs: &Inputs) -> Result<Value, Error> {
    let (hotp, counter) = hotp(inputs)?;
    let (first, second) = (inputs.text("first").as_bytes(), inputs.text("second").as_bytes());
    Ok(hotp_fields(&hotp.resync(first, second, counter, inputs.number("look_ahead"))?))
}

fn hotp_fields(verified: &mfakit_core::otp::hotp::HotpVerified) -> Value {
    json!({
        "matched_counter": verified.matched_counter().to_string(),
        "next_counter": verified.next_counter().to_string(),
    })
}

/// The checks stand in the order of the public API: secret, digits, period.
fn totp(inputs: &Inputs) -> Result<(Totp, UnixTime), Error> {
    let algorithm = HashAlgorithm::from_name(inputs.text("algorithm"))?;
    let (secret, digits) = (secret(inputs)?, digits(inputs, false)?);
    let period = Period::from_seconds(inputs.number("period"))?;
    let totp = Totp::new(&secret, algorithm, digits, period)?;
    let totp = totp.with_t0(UnixTime::from_seconds(inputs.number("t0")));
    Ok((totp, UnixTime::from_seconds(inputs.number("time"))))
}

fn totp_generate(inputs: &Inputs) -> Result<Value, Error> {
    let (totp, now) = totp(inputs)?;
    let step = totp.step_at(now)?.get().to_string();
    Ok(json!({"code": totp.code_at(now)?.expose(), "time_step": step}))
}

fn totp_verify(inputs: &Inputs) -> Result<Value, Error> {
    let (totp, now) = totp(inputs)?;
    let window = Window::new(inputs.number("window_past"), inputs.number("window_future"))?;
    let drift = inputs.0.get("drift").and_then(Value::as_i64).unwrap_or(0);
    let window = window.with_drift(i8::try_from(drift).map_err(|_| Error::WindowTooLarge)?)?;
    let last_step = inputs.optional("last_accepted_step");
    let verified = totp.verify(inputs.text("code").as_bytes(), last_step, now, window)?;
    Ok(json!({"matched_step": verified.step().get().to_string(), "drift": verified.drift()}))
}

fn base32_decode(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = [0; OtpSecret::MAX];
    let len = base32::decode(text.as_bytes(), &mut out)?;
    Ok(out.get(..len).unwrap_or_default().to_vec())
}

fn base32_roundtrip(inputs: &Inputs) -> Result<Value, Error> {
    let data = inputs.bytes("data_hex");
    let text: String = base32::encode(&data).collect();
    if base32_decode(&text)? != data {
        return Err(Error::SecretMalformed);
    }
    Ok(json!({"encoded_nopad": text}))
}

fn base64_roundtrip(inputs: &Inputs) -> Result<Value, Error> {
    let data = inputs.bytes("data_hex");
    let text = to_base64url(&data);
    if from_base64url(&text)? != data {
        return Err(Error::Base64urlMalformed);
    }
    Ok(json!({"base64url_nopad": text}))
}

fn cbor_decode(inputs: &Inputs) -> Result<Value, Error> {
    let flag = |name: &str| inputs.0.get(name).and_then(Value::as_bool) == Some(true);
    let limits = cbor::Limits {
        depth: usize::try_from(inputs.optional("max_depth").unwrap_or(4)).unwrap_or(4),
        any_simple: inputs.0.get("any_simple").and_then(Value::as_bool) != Some(false),
        strict_order: flag("strict_order"),
    };
    let bytes = inputs.bytes("cbor_hex");
    let value = cbor::read_all(&bytes, limits)?;
    Ok(json!({"non_canonical_order": value.non_canonical_order()}))
}

fn cose_parse_key(inputs: &Inputs) -> Result<Value, Error> {
    let bytes = inputs.bytes("cose_hex");
    let key = cose::parse_all(&bytes)?;
    crypto::check_key(&key)?;
    Ok(json!({"alg": key.algorithm()}))
}

fn sig_verify(inputs: &Inputs) -> Result<Value, Error> {
    let bytes = inputs.bytes("public_key_cose_hex");
    let key = cose::parse_all(&bytes)?;
    crypto::verify(&key, &[&inputs.bytes("message_hex")], &inputs.bytes("signature_hex"))?;
    Ok(json!({}))
}

fn ecdsa_der_parse(inputs: &Inputs) -> Result<Value, Error> {
    let signature = inputs.bytes("signature_hex");
    der::read_ecdsa_p256(&signature)?;
    let (r, s) = crypto::es256::parse_signature(&signature)?;
    Ok(json!({"r_hex": hex(&r), "s_hex": hex(&s)}))
}

fn client_data(inputs: &Inputs) -> Result<Value, Error> {
    let text = inputs.bytes("client_data_json_hex");
    let parsed = ClientData::parse(&text)?;
    let string = |text| crate::json::owned(text);
    Ok(json!({
        "type": string(parsed.kind),
        "challenge": string(parsed.challenge),
        "origin": string(parsed.origin),
        "cross_origin": parsed.cross_origin,
        "top_origin": parsed.top_origin.and_then(string),
    }))
}

fn auth_data(inputs: &Inputs) -> Result<Value, Error> {
    let bytes = inputs.bytes("authenticator_data_hex");
    let parsed = AuthData::parse(&bytes)?;
    Ok(json!({
        "rp_id_hash_hex": hex(parsed.rp_id_hash),
        "flags_hex": hex(&[parsed.flags.bits()]),
        "sign_count": parsed.sign_count,
        "aaguid_hex": parsed.attested.map(|a| hex(a.aaguid)),
        "credential_id_hex": parsed.attested.map(|a| hex(a.credential_id)),
        "credential_public_key_cose_hex": parsed.attested.map(|a| hex(a.public_key.encoding())),
        "extensions_hex": parsed.extensions.map(|e| hex(e.encoding())),
    }))
}

/// So that a driver can name the credential in the response's `id`, as a browser would.
fn attested_credential_id(inputs: &Inputs) -> Result<Value, Error> {
    let bytes = inputs.bytes("attestation_object_hex");
    let object = AttestationObject::parse(&bytes)?;
    let attested = AuthData::parse(object.auth_data)?.attested.ok_or(Error::AttestedDataMissing)?;
    Ok(json!({"credential_id_hex": hex(attested.credential_id)}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_that_fails_is_an_error_and_only_while_it_fails() {
        for call in [
            "generate_secret",
            "generate_user_handle",
            "generate_recovery_codes",
            "issue_temporary_code",
            "pending_totp",
            "begin_registration",
            "begin_authentication",
            "begin_discoverable_authentication",
            "begin_decoy_authentication",
        ] {
            assert_eq!(entropy_fail(call), Err(Error::EntropyUnavailable), "{call}");
        }
        assert!(crate::generate_secret(20).is_ok());
    }
}
