//! Registrations, assertions and relying parties, and the data that clients sign.

use super::inputs::{ROOM, Strings, bytes, fill, integer};
use super::{Failure, Outcome};
use crate::frame::{Fields, Response, Value};
use mfakit_core::crypto::PreparedKey;
use mfakit_core::encoding::cose;
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::attestation::{
    AttestationObject, AttestationPolicy, Formats, UnknownAttestation,
};
use mfakit_core::webauthn::auth_data::{AuthData, Flags};
use mfakit_core::webauthn::client_data::ClientData;
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{
    BackupPolicy, CounterPolicy, CrossOrigin, RelyingParty, StateKey, UserPresence,
    UserVerification,
};
use mfakit_core::{Error, crypto};

pub(super) fn config_relying_party(fields: &Fields<'_>, _: &mut Response<'_>) -> Outcome {
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

pub(super) fn webauthn_register(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
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
    let mut policy = AttestationPolicy::default();
    if let Some(list) = fields.list("formats")? {
        policy.formats = formats(list)?;
    }
    policy.unknown = match fields.string_or("unknown_attestation", "reject")? {
        "reject" => UnknownAttestation::Reject,
        "ignore" => UnknownAttestation::Ignore,
        _ => return Err(Error::ArgumentValueInvalid.into()),
    };
    rp = rp.attestation(policy);
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
    response.field("attestation_type", verified.attestation().attestation_type().as_str());
    response.field("aaguid_hex", &verified.unproven_aaguid()[..]);
    response.field("credential_id_hex", verified.credential_id());
    response.field("credential_public_key_cose_hex", verified.public_key());
    response.field("alg", verified.algorithm());
    response.field("sign_count", verified.sign_count());
    put_flags(response, verified.flags());
    response.field("extensions_hex", verified.extensions().raw());
    Ok(())
}

/// A set of formats by their names; there is one at least.
fn formats<'f>(list: impl Iterator<Item = Value<'f>>) -> Result<Formats, Failure> {
    let mut formats = Formats::EMPTY;
    for name in list {
        let Value::Text(name) = name else { return Err(Failure::WrongType) };
        let known = core::str::from_utf8(name).ok().and_then(Formats::from_name);
        formats = formats.and(known.ok_or(Error::ArgumentValueInvalid)?);
    }
    if formats == Formats::EMPTY { Err(Error::ArgumentValueInvalid.into()) } else { Ok(formats) }
}

fn attested_credential_id(attestation_object: &[u8]) -> Option<&[u8]> {
    let object = AttestationObject::parse(attestation_object).ok()?;
    Some(AuthData::parse(object.auth_data).ok()?.attested?.credential_id)
}

pub(super) fn webauthn_authenticate(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
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
    let verified = match fields.optional_bytes("prepared_public_key_cose_hex")? {
        Some(key) => {
            let key = PreparedKey::new(key)?;
            assertion::verify_prepared(&rp, challenge, user, allow, &stored, &key, &assertion)?
        }
        None => assertion::verify(&rp, challenge, user, allow, &stored, &assertion)?,
    };
    response.field("new_sign_count", verified.sign_count());
    response.field("counter_regressed", verified.counter_regressed());
    put_flags(response, verified.flags());
    response.field("extensions_hex", verified.extensions().raw());
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

pub(super) fn json_client_data(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
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

pub(super) fn auth_data_parse(fields: &Fields<'_>, response: &mut Response<'_>) -> Outcome {
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
