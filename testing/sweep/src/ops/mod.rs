//! The operations: for each, which inputs are changed, and what an accepted change may mean.

mod ceremony;
mod codes;
mod config;
mod encodings;
mod imports;
mod otp;
mod primitives;
mod stored;
mod temporary;
mod webauthn;

use crate::surface::Surface;
use crate::vectors::Case;

/// The surfaces of an accepted case. An operation that is not known here is an error: nothing is left out in silence.
pub(crate) fn surfaces(case: &Case) -> Result<Vec<Surface>, String> {
    let inputs = &case.inputs;
    // Argon2id needs a heap, and is not built in here: its records are refused whole.
    if inputs.text("record").contains(",h=argon2id,") {
        return Ok(Vec::new());
    }
    let mut found = match case.op.as_str() {
        "hmac" => primitives::hmac(inputs),
        "sig.verify" => primitives::signature(inputs),
        "cose.parse_key" => primitives::cose_key(inputs),
        "ecdsa.der_parse" => primitives::der(inputs),
        "base32.decode" => encodings::base32_decode(inputs),
        "base32.roundtrip" => encodings::base32_round_trip(inputs),
        "base64url.decode" => encodings::base64url_decode(inputs),
        "base64.roundtrip" => encodings::base64url_round_trip(inputs),
        "cbor.decode" => encodings::cbor_decode(inputs),
        "json.client_data" => encodings::client_data(inputs),
        "auth_data.parse" => encodings::auth_data(inputs),
        "hotp.truncate" => otp::truncate(inputs),
        "hotp.generate" => otp::hotp_generate(inputs),
        "hotp.verify" | "hotp.commit" => otp::hotp_verify(inputs),
        "hotp.resync" => otp::hotp_resync(inputs),
        "totp.generate" => otp::totp_generate(inputs),
        "totp.verify" | "totp.verify_at" | "totp.commit" => otp::totp_verify(inputs),
        "totp.confirm" => otp::totp_confirm(inputs),
        "totp.uri" => otp::totp_uri(inputs),
        "steam.generate" => otp::steam_generate(inputs),
        "steam.verify" => otp::steam_verify(inputs),
        "otpauth.parse" => imports::otpauth(inputs),
        "otpauth.build" => otp::otpauth_build(inputs),
        "migration.parse" => imports::migration(inputs),
        "code.check" => temporary::code_check(inputs)?,
        "temporary.verify" => temporary::verify(inputs)?,
        "temporary.revoke" => vec![temporary::revoke(inputs)],
        "config.temporary" => temporary::issue(inputs)?,
        "config.totp" => config::totp(inputs),
        "config.hotp" => config::hotp(inputs),
        "config.relying_party" => config::relying_party(inputs),
        "config.peppers" => codes::peppers(inputs),
        "config.recovery" => codes::generate(inputs)?,
        // Their arguments are numbers.
        "config.throttle" | "guess_odds" => Vec::new(),
        "recovery.verify" => codes::recovery(inputs)?,
        op if op.starts_with("throttle.") => codes::throttle(op, inputs)?,
        "record.read" => vec![stored::record(inputs.text("record").to_owned())],
        "ceremony.finish" => ceremony::finish(inputs)?,
        "metadata.parse" => webauthn::metadata(inputs),
        // The oracles `explain` and `extension_inputs` of the folder fuzz change them; origins are config.relying_party's.
        "explain.registration"
        | "explain.authentication"
        | "extensions.inputs"
        | "decoy.begin"
        | "related_origins" => Vec::new(),
        // The oracles `assurance_profile`, `policy_profile`, `claims`, `assessment_text`, `requirement_text`, `decide` and `approval` of
        // the folder fuzz change them; core's own tests change every bit of an approval's answer.
        op if ["amr.", "assurance.", "policy.", "session.", "audit.", "approval."]
            .iter()
            .any(|group| op.starts_with(group)) =>
        {
            Vec::new()
        }
        "webauthn.register" => webauthn::register(inputs)?,
        "webauthn.authenticate" => webauthn::authenticate(inputs)?,
        other => return Err(format!("the operation {other} has no sweep")),
    };
    for surface in &mut found {
        surface.case.clone_from(&case.name);
        if surface.op.is_empty() {
            surface.op.clone_from(&case.op);
        }
    }
    Ok(found)
}

/// What no vector holds, because it is made at run time: states of ceremonies.
pub(crate) fn of_our_own() -> Result<Vec<Surface>, String> {
    stored::states()
}
