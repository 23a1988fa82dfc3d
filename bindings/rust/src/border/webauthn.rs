//! The border's WebAuthn ceremonies and records, and whatever is no operation at all.

use super::{Host, bytes, whole};
use crate::json::{self, Object};
use crate::{
    AuthenticationState, AuthenticationVerified, BackupPolicy, BeginAuthentication,
    BeginRegistration, Ceremony, CounterPolicy, CredentialRecord, CrossOriginPolicy, NewRecord,
    RegistrationState, RegistrationVerified, RelyingParty, RelyingPartyOptions, Stateless,
    read_response, to_base64url,
};
use mfakit_core::Error;
use zeroize::Zeroizing;

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    match op {
        "generate_user_handle" => {
            Ok(Object::new().string("userHandle", &crate::generate_user_handle()?).end())
        }
        "rp_check" => relying_party(host).map(|_| Object::new().end()),
        "ceremony_id" => {
            let id = relying_party(host)?.ceremony_id(&host.string("state")?)?;
            Ok(Object::new().string("id", &id).end())
        }
        "begin_registration" => begin_registration(host),
        "begin_authentication" => {
            let allow = host.records("allow")?;
            let rp = relying_party(host)?;
            ceremony(&rp.begin_authentication(
                &host.string("userHandle")?,
                &allow,
                begin_authentication(host)?,
            )?)
        }
        "begin_discoverable_authentication" => ceremony(
            &relying_party(host)?.begin_discoverable_authentication(begin_authentication(host)?)?,
        ),
        "finish_registration" => {
            let rp = relying_party(host)?;
            registration(&rp.finish_registration(
                client,
                &RegistrationState::from_text(host.string("state")?),
                Some(host.now()?),
            )?)
        }
        "finish_authentication" => {
            let (rp, record) = (relying_party(host)?, host.record()?);
            authentication(&rp.finish_authentication(
                client,
                &AuthenticationState::from_text(host.string("state")?),
                &record,
                Some(host.now()?),
            )?)
        }
        "verify_registration" => {
            let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
            let stateless = stateless(host)?;
            registration(&relying_party(host)?.verify_registration(
                client,
                &challenge,
                &user_handle,
                stateless,
            )?)
        }
        "verify_authentication" => verify_authentication(client, host),
        "verify_discoverable_authentication" => {
            let (rp, record) = (relying_party(host)?, host.record()?);
            let challenge = host.string("challenge")?;
            authentication(&rp.verify_discoverable_authentication(
                client,
                &challenge,
                &record,
                stateless(host)?,
            )?)
        }
        "read_response" => {
            let response = read_response(client)?;
            Ok(Object::new()
                .string("credentialId", &response.credential_id)
                .optional_string("userHandle", response.user_handle.as_deref())
                .string("challenge", &response.challenge)
                .end())
        }
        "record_new" => record_new(host),
        "record_read" => Ok(record(&host.record()?)),
        _ => Err(Error::ArgumentValueInvalid),
    }
}

fn relying_party(host: &Host<'_>) -> Result<RelyingParty, Error> {
    let rp = Host(host.required("rp", Some)?);
    let uv = rp.user_verification()?.ok_or(Error::ArgumentTypeInvalid)?;
    let origins = rp.strings("origins")?.ok_or(Error::ArgumentTypeInvalid)?;
    let mut options = RelyingPartyOptions::new(&rp.string("name")?, &[], uv);
    options.origins = origins;
    let cross_origins = [
        ("deny", CrossOriginPolicy::Deny),
        ("allow_listed", CrossOriginPolicy::AllowListed),
        ("danger_any_top_origin", CrossOriginPolicy::DangerAnyTopOrigin),
    ];
    let counters = [("reject", CounterPolicy::Reject), ("report", CounterPolicy::Report)];
    let backups = [("strict", BackupPolicy::Strict), ("allow_upgrade", BackupPolicy::AllowUpgrade)];
    options.cross_origin = rp.choice("crossOrigin", &cross_origins)?.unwrap_or_default();
    options.top_origins = rp.strings("topOrigins")?.unwrap_or_default();
    options.counter = rp.choice("counter", &counters)?.unwrap_or_default();
    options.backup = rp.choice("backup", &backups)?.unwrap_or_default();
    options.danger_allow_absent_user =
        rp.optional("dangerAllowAbsentUser", |v| v.as_bool())?.unwrap_or(false);
    if let Some(algorithms) =
        rp.optional("algorithms", |v| v.as_array()?.map(|e| e.as_i64()).collect())?
    {
        options.algorithms = algorithms;
    }
    let key = rp.optional_string("stateKey")?.map(Zeroizing::new);
    let rp = RelyingParty::new(&rp.string("id")?, options)?;
    match key {
        None => Ok(rp),
        Some(key) => rp.with_state_key(&bytes(&key)?),
    }
}

fn begin_registration(host: &Host<'_>) -> Result<String, Error> {
    let (user_name, display_name) =
        (host.string("userName")?, host.optional_string("displayName")?);
    let exclude = host.records("exclude")?;
    let begin = BeginRegistration {
        user_name: &user_name,
        display_name: display_name.as_deref(),
        exclude: &exclude,
        user_verification: host.user_verification()?,
        mediation: host.mediation()?,
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
    };
    ceremony(&relying_party(host)?.begin_registration(&host.string("userHandle")?, begin)?)
}

fn begin_authentication(host: &Host<'_>) -> Result<BeginAuthentication, Error> {
    Ok(BeginAuthentication {
        user_verification: host.user_verification()?,
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
    })
}

fn stateless<'a>(host: &Host<'_>) -> Result<Stateless<'a>, Error> {
    Ok(Stateless {
        user_verification: host.user_verification()?,
        mediation: host.mediation()?,
        allow: None,
    })
}

fn verify_authentication(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (rp, record) = (relying_party(host)?, host.record()?);
    let ids = host.strings("allow")?.map(|entries| {
        entries.iter().map(|entry| crate::allowed_id(entry)).collect::<Result<Vec<_>, _>>()
    });
    let ids = ids.transpose()?;
    let slices: Option<Vec<&[u8]>> =
        ids.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
    let more = Stateless { allow: slices.as_deref(), ..stateless(host)? };
    let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
    authentication(&rp.verify_authentication(client, &challenge, &user_handle, &record, more)?)
}

fn record_new(host: &Host<'_>) -> Result<String, Error> {
    let (public_key, user_handle) = (host.string("publicKey")?, host.string("userHandle")?);
    let parts = NewRecord {
        public_key: &public_key,
        user_handle: &user_handle,
        sign_count: u32::try_from(host.u64("signCount")?)
            .map_err(|_| Error::ArgumentValueInvalid)?,
        transports: host.strings("transports")?.unwrap_or_default(),
        backup_eligible: host.optional("backupEligible", |v| v.as_bool())?,
        backed_up: host.optional("backedUp", |v| v.as_bool())?,
        aaguid: host
            .optional_string("aaguid")?
            .map(|text| crate::record::read_aaguid(&text))
            .transpose()?,
    };
    Ok(record(&CredentialRecord::new(&host.string("id")?, parts)?))
}

fn record(record: &CredentialRecord) -> String {
    Object::new()
        .string("text", record.to_text())
        .string("id", &record.id())
        .string("publicKey", &record.public_key())
        .number("algorithm", record.algorithm())
        .string("userHandle", &record.user_handle())
        .number("signCount", record.sign_count())
        .array("transports", record.transports().iter().map(|t| json::quoted(t)))
        .optional_bool("backupEligible", record.backup_eligible())
        .optional_bool("backedUp", record.backed_up())
        .optional_string("aaguid", record.aaguid().as_deref())
        .end()
}

fn ceremony<S: AsRef<str>>(ceremony: &Ceremony<S>) -> Result<String, Error> {
    Ok(Object::new()
        .raw("options", ceremony.options_json())
        .string("state", ceremony.state().as_ref())
        .string("id", ceremony.id())
        .number("expiresAt", ceremony.expires_at())
        .end())
}

fn registration(verified: &RegistrationVerified) -> Result<String, Error> {
    let attestation = Object::new()
        .string("format", verified.attestation().format())
        .string("type", verified.attestation().attestation_type())
        .string("trust", "not_requested")
        .end();
    Ok(Object::new()
        .raw("credential", &record(verified.credential()))
        .string("userHandle", &verified.user_handle())
        .bool("userVerified", verified.user_verified())
        .number("flags", verified.flags())
        .raw("attestation", &attestation)
        .optional_string("extensions", verified.extensions().map(to_base64url).as_deref())
        .optional_string("prev", None)
        .string("next", verified.credential().to_text())
        .end())
}

fn authentication(verified: &AuthenticationVerified) -> Result<String, Error> {
    let transition = verified.transition();
    Ok(Object::new()
        .string("credentialId", verified.credential_id())
        .string("userHandle", verified.user_handle())
        .bool("userVerified", verified.user_verified())
        .number("flags", verified.flags())
        .bool("backupEligible", verified.backup_eligible())
        .bool("backedUp", verified.backed_up())
        .number("counter", verified.counter())
        .bool("counterRegressed", verified.counter_regressed())
        .optional_string("extensions", verified.extensions().map(to_base64url).as_deref())
        .optional_string("prev", transition.prev.as_deref())
        .string("next", &transition.next)
        .end())
}
