//! The operations of the conformance corpus: from a request's fields to a call of the core, and back to a response.
//!
//! Names and inputs are those of the vector files; see conformance/README.md. Verdicts are the core's, but for arguments that
//! the core's types leave to its host, whose part is played here: words for policies, lists of algorithms and pages, the
//! account's user handle, and the form of a stored record. Where an input has two faults, the order is that of the other APIs.

mod approval;
mod assurance;
mod codes;
mod encodings;
mod inputs;
mod otp;
mod webauthn;

use crate::frame::{Fields, Response, Value, Verdict};
use mfakit_core::Error;

/// Why an operation gave no result.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Core(Error),
    WrongType,
    Harness,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

type Outcome = Result<(), Failure>;
type Operation = fn(&Fields<'_>, &mut Response<'_>) -> Outcome;

const OPERATIONS: [(&str, Operation); 75] = [
    ("hello", hello),
    ("config.totp", otp::config_totp),
    ("config.hotp", otp::config_hotp),
    ("config.relying_party", webauthn::config_relying_party),
    ("config.peppers", codes::config_peppers),
    ("config.temporary", codes::config_temporary),
    ("config.throttle", codes::config_throttle),
    ("totp.generate", otp::totp_generate),
    ("totp.verify", otp::totp_verify),
    ("totp.commit", otp::totp_commit),
    ("totp.confirm", otp::totp_confirm),
    ("totp.uri", otp::totp_uri),
    ("steam.generate", otp::steam_generate),
    ("steam.verify", otp::steam_verify),
    ("hotp.generate", otp::hotp_generate),
    ("hotp.verify", otp::hotp_verify),
    ("hotp.commit", otp::hotp_commit),
    ("hotp.resync", otp::hotp_resync),
    ("hotp.truncate", otp::hotp_truncate),
    ("otpauth.parse", otp::otpauth_parse),
    ("otpauth.build", otp::otpauth_build),
    ("code.check", codes::check),
    ("recovery.verify", codes::recovery_verify),
    ("temporary.verify", codes::temporary_verify),
    ("temporary.revoke", codes::temporary_revoke),
    ("guess_odds", codes::odds),
    ("throttle.charge", codes::throttle_charge),
    ("throttle.succeed", codes::throttle_succeed),
    ("throttle.refund", codes::throttle_refund),
    ("throttle.retry_at", codes::throttle_retry_at),
    ("webauthn.register", webauthn::webauthn_register),
    ("webauthn.authenticate", webauthn::webauthn_authenticate),
    ("json.client_data", webauthn::json_client_data),
    ("auth_data.parse", webauthn::auth_data_parse),
    ("cose.parse_key", encodings::cose_parse_key),
    ("sig.verify", encodings::sig_verify),
    ("ecdsa.der_parse", encodings::ecdsa_der_parse),
    ("cbor.decode", encodings::cbor_decode),
    ("base64url.decode", encodings::base64url_decode),
    ("base32.decode", encodings::base32_decode),
    ("base32.roundtrip", encodings::base32_roundtrip),
    ("hmac", encodings::hmac),
    ("amr.salesforce_tier", assurance::salesforce_tier),
    ("amr.registered", assurance::registered),
    ("assurance.classify", assurance::classify),
    ("assurance.profile", assurance::profile_read),
    ("assurance.assess", assurance::assess),
    ("assurance.meets", assurance::meets),
    ("policy.profile", assurance::policy_read),
    ("policy.requirement", assurance::demanded),
    ("policy.decide", assurance::decide),
    ("policy.methods", assurance::methods),
    ("policy.remove", assurance::remove),
    ("policy.disable", assurance::disable),
    ("policy.grandfathered", assurance::still_served),
    ("policy.effects", assurance::effects),
    ("session.expires_at", assurance::expires_at),
    ("session.touch", assurance::touch),
    ("approval.enroll", approval::enroll),
    ("approval.finish_enrollment", approval::finish_enrollment),
    ("approval.device", approval::device),
    ("approval.begin", approval::begin),
    ("approval.finish", approval::finish),
    ("approval.read", approval::status),
    ("approval.cancel", approval::cancel),
    ("approval.read_answer", approval::read_answer),
    ("approval.read_request", approval::read_request),
    ("approval.read_enrollment", approval::read_enrollment),
    ("approval.enroll_device", approval::enroll_device),
    ("approval.device_key", approval::device_key),
    ("approval.sign", approval::sign),
    ("approval.sign_enrollment", approval::sign_enrollment),
    ("approval.to_sign", approval::to_sign),
    ("approval.enrollment_to_sign", approval::enrollment_to_sign),
    ("approval.answer", approval::answer),
];

/// Answers one request: the whole frame of the response, in `buffer`.
pub fn answer<'b>(request: &[u8], buffer: &'b mut [u8]) -> &'b [u8] {
    let mut response = Response::new(buffer);
    let Some(fields) = Fields::read(request) else { return response.fail(Verdict::Harness) };
    let Value::Text(name) = fields.get("op") else { return response.fail(Verdict::Harness) };
    let Some((_, operation)) = OPERATIONS.iter().find(|(known, _)| known.as_bytes() == name) else {
        return response.fail(Verdict::UnknownOperation);
    };
    match operation(&fields, &mut response) {
        Ok(()) => response.finish(Verdict::Accept),
        Err(Failure::Core(error)) => response.refuse(error.number()),
        Err(Failure::WrongType) => response.fail(Verdict::WrongType),
        Err(Failure::Harness) => response.fail(Verdict::Harness),
    }
}

/// What this image can do, and the error table, so that the bridge needs no copy of either.
fn hello(_: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
    let names = OPERATIONS.iter().map(|(name, _)| *name).filter(|name| *name != "hello");
    response.list("ops", names.map(Value::from));
    let built = [
        ("es256", true),
        ("ed25519", true),
        ("es384", cfg!(feature = "es384")),
        ("es512", cfg!(feature = "es512")),
        ("es256k", cfg!(feature = "es256k")),
        ("rsassa_pkcs1", cfg!(feature = "rsa")),
        ("rsassa_pss", cfg!(feature = "rsa")),
        ("none", true),
        ("packed", true),
        ("large_inputs", true),
    ];
    let features = built.into_iter().filter(|(_, is)| *is).map(|(name, _)| Value::from(name));
    response.list("features", features);
    let rows = Error::ALL.iter().flat_map(|e| [u32::from(e.number()).into(), e.code().into()]);
    response.list("errors", rows);
    Ok(())
}
