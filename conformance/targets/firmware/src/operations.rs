//! The operations of the conformance corpus: from a request's fields to a call of the core, and back to a response.
//!
//! Names and inputs are those of the vector files; see conformance/README.md. Verdicts are the core's, but for arguments that
//! the core's types leave to its host, whose part is played here: words for policies, lists of algorithms and pages, the
//! account's user handle, and the form of a stored record. Where an input has two faults, the order is that of the other APIs.

use crate::frame::{Fields, List, Response, Value, Verdict};
use core::fmt::{self, Write};
use mfakit_core::codes::recovery::{self, RecoveryRecord};
use mfakit_core::crypto::hmac::{HashAlgorithm, HmacKey};
use mfakit_core::encoding::{base32, base64url, cbor, cose};
use mfakit_core::otp::hotp::Hotp;
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::uri::TotpUri;
use mfakit_core::otp::{Code, Digits, truncate_to_code};
use mfakit_core::throttle::{Throttle, ThrottleState};
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::attestation::AttestationObject;
use mfakit_core::webauthn::auth_data::{AuthData, Flags};
use mfakit_core::webauthn::client_data::ClientData;
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{
    BackupPolicy, CounterPolicy, CrossOrigin, RelyingParty, StateKey, UserPresence,
    UserVerification,
};
use mfakit_core::{Error, Evidence, OtpSecret, Pepper, Peppers, Period, UnixTime, crypto};

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

type Operation = fn(&Fields<'_>, &mut Response<'_>) -> Result<(), Failure>;

const OPERATIONS: [(&str, Operation); 32] = [
    ("hello", hello),
    ("config.totp", config_totp),
    ("config.hotp", config_hotp),
    ("config.relying_party", config_relying_party),
    ("config.peppers", config_peppers),
    ("config.throttle", config_throttle),
    ("totp.generate", totp_generate),
    ("totp.verify", totp_verify),
    ("totp.commit", totp_commit),
    ("totp.uri", totp_uri),
    ("hotp.generate", hotp_generate),
    ("hotp.verify", hotp_verify),
    ("hotp.commit", hotp_commit),
    ("hotp.resync", hotp_resync),
    ("hotp.truncate", hotp_truncate),
    ("recovery.verify", recovery_verify),
    ("throttle.charge", throttle_charge),
    ("throttle.succeed", throttle_succeed),
    ("throttle.refund", throttle_refund),
    ("throttle.retry_at", throttle_retry_at),
    ("webauthn.register", webauthn_register),
    ("webauthn.authenticate", webauthn_authenticate),
    ("json.client_data", json_client_data),
    ("auth_data.parse", auth_data_parse),
    ("cose.parse_key", cose_parse_key),
    ("sig.verify", sig_verify),
    ("ecdsa.der_parse", ecdsa_der_parse),
    ("cbor.decode", cbor_decode),
    ("base64url.decode", base64url_decode),
    ("base32.decode", base32_decode),
    ("base32.roundtrip", base32_roundtrip),
    ("hmac", hmac),
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
fn hello(_: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let names = OPERATIONS.iter().map(|(name, _)| *name).filter(|name| *name != "hello");
    response.list("ops", names.map(Value::from));
    response.list(
        "features",
        ["es256", "ed25519", "none", "packed", "large_inputs"].into_iter().map(Value::from),
    );
    let rows = Error::ALL.iter().flat_map(|e| [u32::from(e.number()).into(), e.code().into()]);
    response.list("errors", rows);
    Ok(())
}

// ---------------------------------------------------------------- configuration

fn config_totp(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    let (digits, period) = (fields.integer("digits")?, fields.integer("period")?);
    let (algorithm, secret) = (algorithm(fields)?, config_secret(fields)?);
    let digits = Digits::new(digits)?;
    Totp::new(&secret, algorithm, digits, Period::from_seconds(period)?)?;
    Ok(())
}

fn config_hotp(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    let digits = fields.integer("digits")?;
    let (algorithm, secret) = (algorithm(fields)?, config_secret(fields)?);
    let digits = match fields.flag_or("ten_digits", false)? {
        true => Digits::TEN,
        false => Digits::new(digits)?,
    };
    Hotp::new(&secret, algorithm, digits)?;
    Ok(())
}

fn config_secret(fields: &Fields<'_>) -> Result<OtpSecret, Failure> {
    let text = fields.string("secret")?;
    Ok(match fields.flag_or("legacy", false)? {
        true => OtpSecret::danger_legacy_from_base32(text)?,
        false => OtpSecret::from_base32(text)?,
    })
}

fn config_relying_party(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    let (mut origins, mut top_origins, mut algorithms) =
        (Strings::new(), Strings::new(), [0; ROOM]);
    let origins = origins.fill(fields.list("origins")?.ok_or(Failure::WrongType)?)?;
    let top_origins = match fields.list("top_origins")? {
        Some(list) => top_origins.fill(list)?,
        None => &[],
    };
    let user_verification = UserVerification::from_name(fields.string("user_verification")?)?;
    let cross_origin = match fields.string_or("cross_origin", "deny")? {
        "deny" => CrossOrigin::Deny,
        "allow_listed" => CrossOrigin::AllowListed(top_origins),
        "danger_any_top_origin" => CrossOrigin::DangerAnyTopOrigin,
        _ => return Err(Error::ArgumentValueInvalid.into()),
    };
    // A list that is not used, or is used and empty, is a mistake that the core's type rules out in part.
    let listed = matches!(cross_origin, CrossOrigin::AllowListed(_));
    if fields.string("name")?.is_empty() || listed == top_origins.is_empty() {
        return Err(Error::ArgumentValueInvalid.into());
    }
    let rp = RelyingParty::new(fields.string("id")?, origins, user_verification)?
        .cross_origin(cross_origin)?
        .counter(counter_policy(fields, "counter")?)
        .backup(backup_policy(fields, "backup")?);
    if let Some(list) = fields.list("algorithms")? {
        rp.algorithms(fill(&mut algorithms, list.map(integer))?)?;
    }
    if let Some(key) = fields.optional_bytes("state_key_hex")? {
        StateKey::new(key)?;
    }
    Ok(())
}

fn config_peppers(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    let keys = Keys::read(fields.list("keys.id")?, fields.list("keys.key_hex")?)?;
    keys.with(fields.string("current")?, |_| Ok(()))
}

fn config_throttle(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    throttle(fields).map(|_| ())
}

fn counter_policy(fields: &Fields<'_>, name: &str) -> Result<CounterPolicy, Failure> {
    match fields.string_or(name, "reject")? {
        "reject" => Ok(CounterPolicy::Reject),
        "report" => Ok(CounterPolicy::Report),
        _ => Err(Error::ArgumentValueInvalid.into()),
    }
}

fn backup_policy(fields: &Fields<'_>, name: &str) -> Result<BackupPolicy, Failure> {
    match fields.string_or(name, "strict")? {
        "strict" => Ok(BackupPolicy::Strict),
        "allow_upgrade" => Ok(BackupPolicy::AllowUpgrade),
        _ => Err(Error::ArgumentValueInvalid.into()),
    }
}

// ---------------------------------------------------------------- one-time passwords

fn totp_generate(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let now = UnixTime::from_seconds(fields.number("time")?);
    let totp = totp(fields)?;
    let step = totp.step_at(now)?;
    put_code(response, &totp.code_at(now)?);
    response.field("time_step", step.get());
    Ok(())
}

fn totp_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let code = fields.text("code")?;
    let now = UnixTime::from_seconds(fields.number("time")?);
    let last_step = fields.optional_number("last_accepted_step")?;
    let totp = totp(fields)?;
    let window = Window::new(fields.number("window_past")?, fields.number("window_future")?)?;
    let verified = totp.verify(code, last_step, now, window)?;
    response.field("matched_step", verified.step().get());
    response.field("drift", i64::from(verified.drift()));
    Ok(())
}

fn totp_commit(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let code = fields.text("code")?;
    let now = UnixTime::from_seconds(fields.number("time")?);
    let last_step = fields.optional_number("last_accepted_step")?;
    let totp = totp(fields)?;
    let window = Window::new(fields.number("window_past")?, fields.number("window_future")?)?;
    let verified = totp.verify(code, last_step, now, window)?;
    let transition = verified.transition();
    response.field("matched_step", verified.step().get());
    response.field("prev", transition.prev.map_or(Value::Null, Value::Unsigned));
    response.field("next", transition.next);
    put_evidence(response, &verified.commit(fields.number("rows")?)?);
    Ok(())
}

fn hotp_commit(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let code = fields.text("code")?;
    let (counter, look_ahead) = (fields.number("counter")?, fields.number("look_ahead")?);
    let verified = hotp(fields)?.verify(code, counter, look_ahead)?;
    let transition = verified.transition();
    response.field("next_counter", verified.next_counter());
    response.field("prev", transition.prev.map_or(Value::Null, Value::Unsigned));
    response.field("next", transition.next);
    put_evidence(response, &verified.commit(fields.number("rows")?)?);
    Ok(())
}

fn put_evidence(response: &mut Response<'_>, evidence: &Evidence) {
    response.field("method", evidence.method().as_str());
    response.field("user_verified", evidence.user_verified());
}

fn totp_uri(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (algorithm, secret) = (algorithm(fields)?, secret(fields)?);
    let digits = Digits::new(fields.number("digits")?)?;
    let period = Period::from_seconds(fields.number("period")?)?;
    let (issuer, account) = (fields.string("issuer")?, fields.string("account")?);
    let uri = TotpUri::new(&secret, algorithm, digits, period, issuer, account)?;
    let mut text = Text::new();
    uri.write(&mut text).map_err(|_| Failure::Harness)?;
    response.field("uri", text.value());
    Ok(())
}

fn totp(fields: &Fields<'_>) -> Result<Totp, Failure> {
    let t0 = UnixTime::from_seconds(fields.optional_number("t0")?.unwrap_or_default());
    let (algorithm, secret) = (algorithm(fields)?, secret(fields)?);
    let digits = Digits::new(fields.number("digits")?)?;
    let period = Period::from_seconds(fields.number("period")?)?;
    Ok(Totp::new(&secret, algorithm, digits, period)?.with_t0(t0))
}

fn hotp_generate(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let counter = fields.number("counter")?;
    put_code(response, &hotp(fields)?.code_at(counter));
    Ok(())
}

fn hotp_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let code = fields.text("code")?;
    let (counter, look_ahead) = (fields.number("counter")?, fields.number("look_ahead")?);
    let verified = hotp(fields)?.verify(code, counter, look_ahead)?;
    response.field("matched_counter", verified.matched_counter());
    response.field("next_counter", verified.next_counter());
    Ok(())
}

fn hotp_resync(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (first, second) = (fields.text("first")?, fields.text("second")?);
    let (counter, look_ahead) = (fields.number("counter")?, fields.number("look_ahead")?);
    let verified = hotp(fields)?.resync(first, second, counter, look_ahead)?;
    response.field("matched_counter", verified.matched_counter());
    response.field("next_counter", verified.next_counter());
    Ok(())
}

fn hotp(fields: &Fields<'_>) -> Result<Hotp, Failure> {
    let algorithm = algorithm(fields)?;
    let secret = match fields.number("digits")? {
        // No API has a constructor for both ten digits and short secrets.
        10 => OtpSecret::new(fields.bytes("secret_hex")?)?,
        _ => secret(fields)?,
    };
    Ok(Hotp::new(&secret, algorithm, hotp_digits(fields)?)?)
}

fn hotp_truncate(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    put_code(response, &truncate_to_code(fields.bytes("hmac_hex")?, hotp_digits(fields)?)?);
    Ok(())
}

/// The vectors name ten digits like any other number; the core has a constructor of its own for them.
fn hotp_digits(fields: &Fields<'_>) -> Result<Digits, Failure> {
    match fields.number("digits")? {
        10 => Ok(Digits::TEN),
        digits => Ok(Digits::new(digits)?),
    }
}

/// The vectors hold short secrets too; they go through the constructor that is named for them.
fn secret(fields: &Fields<'_>) -> Result<OtpSecret, Failure> {
    Ok(OtpSecret::danger_legacy(fields.bytes("secret_hex")?)?)
}

fn algorithm(fields: &Fields<'_>) -> Result<HashAlgorithm, Failure> {
    Ok(HashAlgorithm::from_name(fields.string("algorithm")?)?)
}

fn put_code(response: &mut Response<'_>, code: &Code) {
    response.field("code", code.expose());
}

// ---------------------------------------------------------------- recovery codes and the throttle

fn recovery_verify(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (code, user_id) = (fields.text("code")?, fields.text("user_id")?);
    let used = integer(fields.get("used"))?;
    let ids = fields.list("peppers.keys.id")?;
    let keys = Keys::read(ids, fields.list("peppers.keys.key_hex")?)?;
    let mut verify = |peppers: Option<&Peppers<'_>>| {
        let record = RecoveryRecord::parse(fields.string("record")?)?;
        let used = u32::try_from(used).map_err(|_| Error::RecordCorrupt)?;
        let verified = recovery::verify(code, user_id, &record, used, peppers)?;
        let transition = verified.transition();
        response.field("bit", verified.bit());
        response.field("remaining", verified.remaining());
        response.field("low", verified.low());
        response.field("needs_regeneration", verified.needs_regeneration());
        response.field("prev", transition.prev.map_or(Value::Null, Value::from));
        response.field("next", transition.next);
        if let Some(rows) = fields.optional_number("rows")? {
            put_evidence(response, &verified.commit(rows)?);
        }
        Ok(())
    };
    match ids {
        None => verify(None),
        Some(_) => keys.with(fields.string("peppers.current")?, |peppers| verify(Some(peppers))),
    }
}

/// The most peppers in a case.
const MAX_PEPPERS: usize = 4;

/// Peppers in the making: ids and keys that the bridge sends as two lists.
struct Keys<'a> {
    ids: [&'a str; MAX_PEPPERS],
    keys: [Option<Pepper>; MAX_PEPPERS],
}

impl<'a> Keys<'a> {
    fn read(ids: Option<List<'a>>, keys: Option<List<'a>>) -> Result<Self, Failure> {
        let mut read = Self { ids: [""; MAX_PEPPERS], keys: [const { None }; MAX_PEPPERS] };
        let (Some(ids), Some(keys)) = (ids, keys) else { return Ok(read) };
        fill(&mut read.ids, ids.map(string))?;
        fill(&mut read.keys, keys.map(|key| Ok(Some(Pepper::new(bytes(key)?)?))))?;
        Ok(read)
    }

    fn with<T>(
        &self,
        current: &str,
        run: impl FnOnce(&Peppers<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(first) = &self.keys[0] else { return Err(Error::PepperInvalid.into()) };
        let mut pairs = [("", first); MAX_PEPPERS];
        let pair = |(id, key): (&&'a str, _)| Some((*id, Option::as_ref(key)?));
        let given = fill(&mut pairs, self.ids.iter().zip(&self.keys).filter_map(pair).map(Ok))?;
        run(&Peppers::new(given, current)?)
    }
}

/// Above this a time is no host's: mfakit's other APIs refuse it, the core takes every u64.
const MAX_HOST_TIME: u64 = 100_000_000_000;

fn throttle_charge(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (throttle, now) = (throttle(fields)?, host_time(fields)?);
    put_state(fields, response, throttle.charge(throttle_state(fields)?, now)?)
}

fn throttle_succeed(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    put_state(fields, response, Throttle::default().succeed(throttle_state(fields)?))
}

fn throttle_refund(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let code = fields.string("error")?;
    let error = Error::ALL.iter().find(|error| error.code() == code).ok_or(Failure::WrongType)?;
    put_state(fields, response, Throttle::default().refund(throttle_state(fields)?, *error))
}

fn throttle_retry_at(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (throttle, now) = (throttle(fields)?, host_time(fields)?);
    let at = throttle.retry_at(throttle_state(fields)?, now)?;
    response.field("retry_at", at.map_or(Value::Null, |at| Value::Unsigned(at.seconds())));
    Ok(())
}

fn throttle(fields: &Fields<'_>) -> Result<Throttle, Failure> {
    // The defaults of the other APIs, where the options are one struct.
    let number =
        |name, default| Ok::<_, Failure>(fields.optional_integer(name)?.unwrap_or(default));
    Ok(Throttle::new(
        number("max_failures", 100)?,
        number("free_failures", 5)?,
        number("delay", 30)?,
        number("max_delay", 3600)?,
    )?)
}

fn throttle_state(fields: &Fields<'_>) -> Result<ThrottleState, Failure> {
    match fields.get("state") {
        Value::Null => Ok(ThrottleState::default()),
        text => Ok(ThrottleState::parse(string(text)?)?),
    }
}

fn host_time(fields: &Fields<'_>) -> Result<UnixTime, Failure> {
    match fields.integer("now")? {
        now if now > MAX_HOST_TIME => Err(Error::TimeInvalid.into()),
        now => Ok(UnixTime::from_seconds(now)),
    }
}

fn put_state(
    fields: &Fields<'_>,
    response: &mut Response<'_>,
    next: ThrottleState,
) -> Result<(), Failure> {
    let mut text = Text::new();
    write!(text, "{next}").map_err(|_| Failure::Harness)?;
    response.field("prev", fields.get("state"));
    response.field("next", text.value());
    Ok(())
}

// ---------------------------------------------------------------- WebAuthn

fn webauthn_register(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (mut origins, mut top_origins) = (Strings::new(), Strings::new());
    let mut rp = relying_party(fields, &mut origins, &mut top_origins)?;
    let mut algorithms = [0; ROOM];
    if let Some(list) = fields.list("allowed_algs")? {
        // An algorithm that is not built in cannot be offered.
        let built = |item: &Result<i64, _>| !matches!(item, Ok(n) if !cose::SUPPORTED.contains(n));
        let offered = fill(&mut algorithms, list.map(integer).filter(built))?;
        if offered.is_empty() {
            return Err(Error::AlgorithmNotOffered.into());
        }
        rp = rp.algorithms(offered)?;
    }
    let attestation_object = fields.bytes("attestation_object_hex")?;
    let registration = RegistrationResponse {
        // The `id` beside the attestation object; a client that is not hostile repeats the attested one.
        credential_id: match fields.optional_bytes("credential_id_hex")? {
            Some(id) => id,
            None => attested_credential_id(attestation_object).unwrap_or(b"none"),
        },
        client_data_json: fields.bytes("client_data_json_hex")?,
        attestation_object,
    };
    let challenge = fields.bytes("expected_challenge_hex")?;
    if challenge.len() < 16 {
        return Err(Error::ChallengeTooShort.into());
    }
    // The core takes the user handle at sign-in; at registration it stands in the options, which the host makes.
    if let Some(user_handle) = fields.optional_bytes("expected_user_handle_hex")? {
        check_user_handle(user_handle)?;
    }
    let verified = registration::verify(&rp, challenge, &registration)?;
    response.field("fmt", verified.attestation().format());
    response.field("attestation_type", verified.attestation().attestation_type());
    response.field("aaguid_hex", &verified.unproven_aaguid()[..]);
    response.field("credential_id_hex", verified.credential_id());
    response.field("credential_public_key_cose_hex", verified.public_key());
    response.field("alg", verified.algorithm());
    response.field("sign_count", verified.sign_count());
    put_flags(response, verified.flags());
    response.field("extensions_hex", verified.extensions());
    Ok(())
}

fn attested_credential_id(attestation_object: &[u8]) -> Option<&[u8]> {
    let object = AttestationObject::parse(attestation_object).ok()?;
    Some(AuthData::parse(object.auth_data).ok()?.attested?.credential_id)
}

fn webauthn_authenticate(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (mut origins, mut top_origins) = (Strings::new(), Strings::new());
    let rp = relying_party(fields, &mut origins, &mut top_origins)?
        .counter(counter_policy(fields, "sign_count_policy")?)
        .backup(backup_policy(fields, "backup_policy")?);

    let claimed = fields.optional_bytes("user_handle_hex")?;
    // Most vectors say nothing about who the user is.
    let known = fields.optional_bytes("expected_user_handle_hex")?.or(claimed);
    let known = known.filter(|handle| !handle.is_empty()).unwrap_or(b"any");
    let user = match fields.flag_or("discoverable", false)? {
        true => User::Discoverable,
        false => User::Known(known),
    };
    let credential_id = fields.bytes("credential_id_hex")?;
    let stored = StoredCredential {
        id: fields.optional_bytes("record_credential_id_hex")?.unwrap_or(credential_id),
        public_key: fields.bytes("credential_public_key_cose_hex")?,
        user_handle: fields.optional_bytes("record_user_handle_hex")?.unwrap_or(known),
        sign_count: u32::try_from(fields.number("stored_sign_count")?)
            .map_err(|_| Error::ArgumentValueInvalid)?,
        backup_eligible: fields.optional_flag("stored_backup_eligible")?,
    };
    check_record(&stored)?;
    let mut ids = [&[][..]; ROOM];
    let allow = match fields.list("allow_credentials_hex")? {
        Some(list) => Allow::Ids(fill(&mut ids, list.map(bytes))?),
        None => Allow::Any,
    };
    let assertion = AssertionResponse {
        credential_id,
        client_data_json: fields.bytes("client_data_json_hex")?,
        authenticator_data: fields.bytes("authenticator_data_hex")?,
        signature: fields.bytes("signature_hex")?,
        user_handle: claimed,
    };
    let challenge = fields.bytes("expected_challenge_hex")?;
    let verified = assertion::verify(&rp, challenge, user, allow, &stored, &assertion)?;
    response.field("new_sign_count", verified.sign_count());
    response.field("counter_regressed", verified.counter_regressed());
    put_flags(response, verified.flags());
    response.field("extensions_hex", verified.extensions());
    Ok(())
}

/// A host reads a record before it uses it.
fn check_record(record: &StoredCredential<'_>) -> Result<(), Error> {
    if !(1..=1023).contains(&record.id.len()) {
        return Err(Error::ArgumentValueInvalid);
    }
    check_user_handle(record.user_handle)?;
    match cose::parse_all(record.public_key).and_then(|key| crypto::check_key(&key)) {
        Ok(()) | Err(Error::AlgorithmUnsupported) => Ok(()),
        Err(_) => Err(Error::RecordCorrupt),
    }
}

fn check_user_handle(user_handle: &[u8]) -> Result<(), Error> {
    match user_handle.len() {
        1..=64 => Ok(()),
        _ => Err(Error::UserHandleInvalid),
    }
}

fn relying_party<'r>(
    fields: &Fields<'r>,
    origins: &'r mut Strings<'r>,
    top_origins: &'r mut Strings<'r>,
) -> Result<RelyingParty<'r>, Failure> {
    let origins = origins.fill(fields.list("expected_origins")?.ok_or(Failure::WrongType)?)?;
    let user_verification = match fields.flag_or("require_user_verification", false)? {
        true => UserVerification::Required,
        false => UserVerification::Preferred,
    };
    let conditional = fields.string_or("mediation", "optional")? == "conditional";
    let user_presence = match fields.flag_or("require_user_presence", true)? && !conditional {
        true => UserPresence::Required,
        false => UserPresence::DangerNotRequired,
    };
    let cross_origin = match fields.list("expected_top_origins")? {
        _ if !fields.flag_or("allow_cross_origin", false)? => CrossOrigin::Deny,
        None => CrossOrigin::DangerAnyTopOrigin,
        Some(list) => CrossOrigin::AllowListed(top_origins.fill(list)?),
    };
    Ok(RelyingParty::new(fields.string("rp_id")?, origins, user_verification)?
        .user_presence(user_presence)
        .cross_origin(cross_origin)?)
}

fn json_client_data(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let data = ClientData::parse(fields.bytes("client_data_json_hex")?)?;
    response.text("type", data.kind.bytes());
    response.text("challenge", data.challenge.bytes());
    response.text("origin", data.origin.bytes());
    response.field("cross_origin", data.cross_origin);
    match data.top_origin {
        Some(origin) => response.text("top_origin", origin.bytes()),
        None => response.field("top_origin", Value::Null),
    }
    Ok(())
}

fn auth_data_parse(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let data = AuthData::parse(fields.bytes("authenticator_data_hex")?)?;
    response.field("rp_id_hash_hex", &data.rp_id_hash[..]);
    put_flags(response, data.flags);
    response.field("sign_count", data.sign_count);
    response.field("aaguid_hex", data.attested.map(|a| &a.aaguid[..]));
    response.field("credential_id_hex", data.attested.map(|a| a.credential_id));
    let key = data.attested.map(|a| a.public_key.encoding());
    response.field("credential_public_key_cose_hex", key);
    response.field("extensions_hex", data.extensions.map(|e| e.encoding()));
    Ok(())
}

fn put_flags(response: &mut Response<'_>, flags: Flags) {
    response.field("flags_hex", &[flags.bits()][..]);
    response.field("up", flags.user_present());
    response.field("uv", flags.user_verified());
    response.field("backup_eligible", flags.backup_eligible());
    response.field("backup_state", flags.backed_up());
}

// ---------------------------------------------------------------- encodings and primitives

fn cose_parse_key(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let key = cose::parse_all(fields.bytes("cose_hex")?)?;
    crypto::check_key(&key)?;
    response.field("alg", key.algorithm());
    Ok(())
}

fn sig_verify(fields: &Fields<'_>, _: &mut Response<'_>) -> Result<(), Failure> {
    let key = cose::parse_all(fields.bytes("public_key_cose_hex")?)?;
    let (message, signature) = (fields.bytes("message_hex")?, fields.bytes("signature_hex")?);
    Ok(crypto::verify(&key, &[message], signature)?)
}

fn ecdsa_der_parse(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let (r, s) = crypto::es256::parse_signature(fields.bytes("signature_hex")?)?;
    response.field("r_hex", &r[..]);
    response.field("s_hex", &s[..]);
    Ok(())
}

fn cbor_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let depth = match fields.optional_number("max_depth")? {
        Some(depth) => usize::try_from(depth).map_err(|_| Failure::WrongType)?,
        None => cbor::Limits::CTAP2.depth,
    };
    let limits = cbor::Limits {
        depth,
        any_simple: fields.flag_or("any_simple", true)?,
        strict_order: fields.flag_or("strict_order", false)?,
    };
    let value = cbor::read_all(fields.bytes("cbor_hex")?, limits)?;
    response.field("non_canonical_order", value.non_canonical_order());
    Ok(())
}

fn base64url_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    // More than any vector decodes to.
    let mut room = [0; 64 * 1024];
    response.field("data_hex", base64url::decode(fields.text("text")?, &mut room)?);
    Ok(())
}

fn base32_decode(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let mut room = [0; BASE32_MAX];
    let len = base32::decode(fields.text("text")?, &mut room)?;
    response.field("data_hex", &room[..len]);
    Ok(())
}

/// What the longest text that the core decodes can hold: 1024 symbols of five bits.
const BASE32_MAX: usize = 640;

fn base32_roundtrip(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let data = fields.bytes("data_hex")?;
    let (mut text, mut len) = ([0; 1024], 0);
    for symbol in base32::encode(data) {
        let byte = u8::try_from(symbol).map_err(|_| Failure::Harness)?;
        *text.get_mut(len).ok_or(Failure::Harness)? = byte;
        len += 1;
    }
    let text = &text[..len];
    let mut room = [0; BASE32_MAX];
    let decoded = base32::decode(text, &mut room)?;
    response.field("encoded_nopad", Value::Text(text));
    response.field("data_hex", &room[..decoded]);
    Ok(())
}

fn hmac(fields: &Fields<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
    let key = HmacKey::new(algorithm(fields)?, fields.bytes("key_hex")?).ok_or(Failure::Harness)?;
    response.field("mac_hex", key.tag(fields.bytes("message_hex")?).expose());
    Ok(())
}

// ---------------------------------------------------------------- inputs by type

impl<'a> Fields<'a> {
    fn integer(&self, name: &str) -> Result<u64, Failure> {
        match self.get(name) {
            Value::Unsigned(number) => Ok(number),
            _ => Err(Failure::WrongType),
        }
    }

    /// A number, or its decimal digits: the vectors write large ones so.
    fn number(&self, name: &str) -> Result<u64, Failure> {
        self.optional_number(name)?.ok_or(Failure::WrongType)
    }

    fn optional_number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::Text(digits) => {
                let digits = core::str::from_utf8(digits).map_err(|_| Failure::WrongType)?;
                digits.parse().map(Some).map_err(|_| Failure::WrongType)
            }
            _ => self.integer(name).map(Some),
        }
    }

    /// A whole number in its JSON form, if the field is there.
    fn optional_integer(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            _ => self.integer(name).map(Some),
        }
    }

    fn flag_or(&self, name: &str, default: bool) -> Result<bool, Failure> {
        Ok(self.optional_flag(name)?.unwrap_or(default))
    }

    fn optional_flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::Flag(flag) => Ok(Some(flag)),
            _ => Err(Failure::WrongType),
        }
    }

    fn bytes(&self, name: &str) -> Result<&'a [u8], Failure> {
        bytes(self.get(name))
    }

    fn optional_bytes(&self, name: &str) -> Result<Option<&'a [u8]>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            other => bytes(other).map(Some),
        }
    }

    fn text(&self, name: &str) -> Result<&'a [u8], Failure> {
        match self.get(name) {
            Value::Text(text) => Ok(text),
            _ => Err(Failure::WrongType),
        }
    }

    fn string(&self, name: &str) -> Result<&'a str, Failure> {
        string(self.get(name))
    }

    fn string_or(&self, name: &str, default: &'a str) -> Result<&'a str, Failure> {
        match self.get(name) {
            Value::Null => Ok(default),
            other => string(other),
        }
    }

    fn list(&self, name: &str) -> Result<Option<List<'a>>, Failure> {
        match self.get(name) {
            Value::Null => Ok(None),
            Value::List(list) => Ok(Some(list)),
            _ => Err(Failure::WrongType),
        }
    }
}

fn bytes(value: Value<'_>) -> Result<&[u8], Failure> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        _ => Err(Failure::WrongType),
    }
}

fn string(value: Value<'_>) -> Result<&str, Failure> {
    match value {
        Value::Text(text) => core::str::from_utf8(text).map_err(|_| Failure::WrongType),
        _ => Err(Failure::WrongType),
    }
}

fn integer(value: Value<'_>) -> Result<i64, Failure> {
    match value {
        Value::Negative(number) => Ok(number),
        Value::Unsigned(number) => i64::try_from(number).map_err(|_| Failure::WrongType),
        _ => Err(Failure::WrongType),
    }
}

/// The longest list that an operation takes.
const ROOM: usize = 128;

/// Room for a list of strings.
struct Strings<'a>([&'a str; ROOM]);

impl<'a> Strings<'a> {
    const fn new() -> Self {
        Self([""; ROOM])
    }

    fn fill(&mut self, list: List<'a>) -> Result<&[&'a str], Failure> {
        fill(&mut self.0, list.map(string))
    }
}

/// Room for a text that the core writes: a URI of the two longest names, every letter escaped, has about 1400 bytes.
struct Text {
    bytes: [u8; 2048],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; 2048], len: 0 }
    }

    fn value(&self) -> Value<'_> {
        Value::Text(&self.bytes[..self.len])
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Stores a list's items in `room`.
fn fill<T>(
    room: &mut [T],
    items: impl Iterator<Item = Result<T, Failure>>,
) -> Result<&[T], Failure> {
    let mut count = 0;
    for item in items {
        *room.get_mut(count).ok_or(Failure::Harness)? = item?;
        count += 1;
    }
    Ok(&room[..count])
}
