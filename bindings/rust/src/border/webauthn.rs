//! The border's WebAuthn ceremonies and records, and whatever is no operation at all.

use super::table::{Table, locked};
use super::{Host, bytes, prepared, whole};
use crate::facts::write_facts;
use crate::json::{self, Object};
use crate::{
    Attachment, AttestationConveyance, AuthenticationState, AuthenticationVerified, BackupPolicy,
    BeginAuthentication, BeginRegistration, Ceremony, CounterPolicy, CredentialRecord,
    CrossOriginPolicy, Es256Backend, ExtensionInputs, Hint, NewRecord, RegistrationState,
    RegistrationVerified, RelyingParty, RelyingPartyOptions, ResidentKey, Stateless, Step,
    UnknownAttestation, UnsolicitedExtensions, read_response, related_origins_json,
};
use mfakit_core::Error;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    match op {
        "generate_user_handle" => {
            Ok(Object::new().string("userHandle", &crate::generate_user_handle()?).end())
        }
        "rp_keep" => keep(host),
        "rp_release" => release(host),
        "ceremony_id" => {
            let id = relying_party(host)?.ceremony_id(&host.string("state")?)?;
            Ok(Object::new().string("id", &id).end())
        }
        "related_origins" => {
            let origins = host.strings("origins")?.ok_or(Error::ArgumentTypeInvalid)?;
            Ok(Object::new().string("json", &related_origins_json(&origins)?).end())
        }
        "begin_registration" => begin_registration(host),
        "begin_authentication" => {
            let (allow, asked) = (host.records("allow")?, Asked::authentication(host)?);
            let (rp, owner) = (relying_party(host)?, host.string("userHandle")?);
            ceremony(&rp.begin_authentication(&owner, &allow, asked.begin(host)?)?)
        }
        "begin_discoverable_authentication" => {
            let (rp, asked) = (relying_party(host)?, Asked::authentication(host)?);
            ceremony(&rp.begin_discoverable_authentication(asked.begin(host)?)?)
        }
        "begin_decoy_authentication" => {
            let (rp, asked) = (relying_party(host)?, Asked::authentication(host)?);
            // Whatever was typed has a decoy; what is no text has that of its replacement.
            let identifier = String::from_utf8_lossy(client);
            ceremony(&rp.begin_decoy_authentication(&identifier, asked.begin(host)?)?)
        }
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
            let prepared = prepared::named(host)?;
            let state = AuthenticationState::from_text(host.string("state")?);
            let now = Some(host.now()?);
            authentication(&rp.finish_with(client, &state, &record, prepared.as_ref(), now)?)
        }
        "verify_registration" => {
            let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
            let (rp, asked) = (relying_party(host)?, Asked::registration(host)?);
            let more = asked.stateless(host)?;
            registration(&rp.verify_registration(client, &challenge, &user_handle, more)?)
        }
        "explain_registration" => {
            let (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
            let (rp, asked) = (relying_party(host)?, Asked::registration(host)?);
            let more = asked.stateless(host)?;
            Ok(steps(&rp.explain_registration(client, &challenge, &user_handle, more)?))
        }
        "verify_authentication" => with_allowed(host, |allow| {
            let (rp, record) = (relying_party(host)?, host.record()?);
            let asked = Asked::authentication(host)?;
            let prepared = prepared::named(host)?;
            let prepared = prepared.as_ref();
            let more = Stateless { allow, prepared, ..asked.stateless(host)? };
            let (challenge, owner) = (host.string("challenge")?, host.string("userHandle")?);
            authentication(&rp.verify_authentication(client, &challenge, &owner, &record, more)?)
        }),
        "explain_authentication" => with_allowed(host, |allow| {
            let (rp, record) = (relying_party(host)?, host.record()?);
            let asked = Asked::authentication(host)?;
            let more = Stateless { allow, ..asked.stateless(host)? };
            let (challenge, owner) =
                (host.string("challenge")?, host.optional_string("userHandle")?);
            let owner = owner.as_deref();
            Ok(steps(&rp.explain_authentication(client, &challenge, owner, &record, more)?))
        }),
        "verify_discoverable_authentication" => {
            let (rp, record) = (relying_party(host)?, host.record()?);
            let (challenge, asked) = (host.string("challenge")?, Asked::authentication(host)?);
            let prepared = prepared::named(host)?;
            let more = Stateless { prepared: prepared.as_ref(), ..asked.stateless(host)? };
            authentication(
                &rp.verify_discoverable_authentication(client, &challenge, &record, more)?,
            )
        }
        "read_response" => {
            let response = read_response(client)?;
            Ok(Object::new()
                .string("credentialId", &response.credential_id)
                .optional_string("userHandle", response.user_handle.as_deref())
                .string("challenge", &response.challenge)
                .end())
        }
        "prepare" => prepared::prepare(host),
        "release" => prepared::release(host),
        "verify_authentications" => prepared::batch(client, host),
        "record_new" => record_new(host),
        "record_read" => Ok(record(&host.record()?)),
        _ => Err(Error::ArgumentValueInvalid),
    }
}

/// The most relying parties that are kept by number.
const MAX_RELYING_PARTIES: usize = 1024;

/// A relying party is read once, and so are the keys in it, which are wiped when it goes.
static KEPT: Mutex<Table<Arc<RelyingParty>>> = Mutex::new(Table::new(MAX_RELYING_PARTIES));

/// Reads a relying party and keeps it.
fn keep(host: &Host<'_>) -> Result<String, Error> {
    // Read outside of the lock.
    let rp = Arc::new(relying_party_of(&Host::new(host.required("rp", Some)?))?);
    let number = locked(&KEPT).insert(rp);
    Ok(Object::new().number("number", number).end())
}

/// Forgets a relying party. One that is gone already is no mistake.
fn release(host: &Host<'_>) -> Result<String, Error> {
    locked(&KEPT).remove(host.u64("number")?);
    Ok(Object::new().end())
}

/// By its number, or as an object. One that made room for another is an error, after which TypeScript has it kept once more.
fn relying_party(host: &Host<'_>) -> Result<Arc<RelyingParty>, Error> {
    let rp = host.required("rp", Some)?;
    match rp.as_u64() {
        Some(number) => locked(&KEPT).get(number).ok_or(Error::ArgumentValueInvalid),
        None => relying_party_of(&Host::new(rp)).map(Arc::new),
    }
}

pub(super) fn relying_party_of(rp: &Host<'_>) -> Result<RelyingParty, Error> {
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
    let unknown = [("reject", UnknownAttestation::Reject), ("ignore", UnknownAttestation::Ignore)];
    let unsolicited =
        [("ignore", UnsolicitedExtensions::Ignore), ("reject", UnsolicitedExtensions::Reject)];
    options.cross_origin = rp.choice("crossOrigin", &cross_origins)?.unwrap_or_default();
    options.top_origins = rp.strings("topOrigins")?.unwrap_or_default();
    options.counter = rp.choice("counter", &counters)?.unwrap_or_default();
    options.backup = rp.choice("backup", &backups)?.unwrap_or_default();
    options.unknown_attestation = rp.choice("unknownAttestation", &unknown)?.unwrap_or_default();
    options.unsolicited_extensions =
        rp.choice("unsolicitedExtensions", &unsolicited)?.unwrap_or_default();
    options.resident_key =
        rp.named("residentKey", ResidentKey::from_name)?.unwrap_or(options.resident_key);
    options.attachment = rp.named("attachment", Attachment::from_name)?;
    options.hints = hints(rp)?.unwrap_or_default();
    options.attestation =
        rp.named("attestation", AttestationConveyance::from_name)?.unwrap_or(options.attestation);
    if let Some(names) = rp.strings("attestationFormats")? {
        options.set_attestation_formats(&names)?;
    }
    #[cfg(feature = "attestation")]
    {
        options.trust = super::trust::read(rp)?;
    }
    #[cfg(not(feature = "attestation"))]
    if rp.member("trust")?.is_some() {
        // A build that cannot judge trust does not pass over the wish for it.
        return Err(Error::ArgumentValueInvalid);
    }
    options.keep_attestation = rp.flag("keepAttestation")?;
    options.danger_allow_absent_user = rp.flag("dangerAllowAbsentUser")?;
    if let Some(algorithms) =
        rp.optional("algorithms", |v| v.as_array()?.map(|e| e.as_i64()).collect())?
    {
        options.algorithms = algorithms;
    }
    let key = |name| Ok::<_, Error>(rp.optional_string(name)?.map(Zeroizing::new));
    let (state_key, enumeration_key) = (key("stateKey")?, key("enumerationKey")?);
    options.es256 = rp.named("es256", Es256Backend::from_name)?.unwrap_or_default();
    options.prepared_keys = rp
        .optional("preparedKeys", whole)?
        .map_or(Ok(0), usize::try_from)
        .map_err(|_| Error::ArgumentValueInvalid)?;
    let kept = options.prepared_keys;
    let mut rp = RelyingParty::new(&rp.string("id")?, options)?;
    if kept > 0 {
        rp = rp.with_prepared_keys(prepared::shared(kept));
    }
    if let Some(key) = state_key {
        rp = rp.with_state_key(&bytes(&key)?)?;
    }
    if let Some(key) = enumeration_key {
        rp = rp.with_enumeration_key(&bytes(&key)?)?;
    }
    Ok(rp)
}

fn hints(host: &Host<'_>) -> Result<Option<Vec<Hint>>, Error> {
    let hints = host.strings("hints")?;
    hints.map(|names| names.iter().map(|name| Hint::from_name(name)).collect()).transpose()
}

/// What of a ceremony's arguments has to live as long as the call.
struct Asked {
    hints: Option<Vec<Hint>>,
    extensions: Option<ExtensionInputs>,
}

impl Asked {
    fn registration(host: &Host<'_>) -> Result<Self, Error> {
        Self::read(host, ExtensionInputs::registration)
    }

    fn authentication(host: &Host<'_>) -> Result<Self, Error> {
        Self::read(host, ExtensionInputs::authentication)
    }

    fn read(
        host: &Host<'_>,
        inputs: fn(&str) -> Result<ExtensionInputs, Error>,
    ) -> Result<Self, Error> {
        let extensions = host.optional_string("extensions")?;
        let extensions = extensions.map(|json| inputs(&json)).transpose()?;
        Ok(Self { hints: hints(host)?, extensions })
    }

    fn begin(&self, host: &Host<'_>) -> Result<BeginAuthentication<'_>, Error> {
        Ok(BeginAuthentication {
            user_verification: host.user_verification()?,
            hints: self.hints.as_deref(),
            mediation: host.mediation()?,
            extensions: self.extensions.as_ref(),
            lifetime: host.optional("lifetime", whole)?,
            now: Some(host.now()?),
        })
    }

    fn stateless(&self, host: &Host<'_>) -> Result<Stateless<'_>, Error> {
        Ok(Stateless {
            user_verification: host.user_verification()?,
            mediation: host.mediation()?,
            allow: None,
            extensions: self.extensions.as_ref(),
            now: Some(host.now()?),
            prepared: None,
        })
    }
}

fn begin_registration(host: &Host<'_>) -> Result<String, Error> {
    let (user_name, display_name) =
        (host.string("userName")?, host.optional_string("displayName")?);
    let (exclude, asked) = (host.records("exclude")?, Asked::registration(host)?);
    let begin = BeginRegistration {
        user_name: &user_name,
        display_name: display_name.as_deref(),
        exclude: &exclude,
        user_verification: host.user_verification()?,
        resident_key: host.named("residentKey", ResidentKey::from_name)?,
        attachment: host.named("attachment", Attachment::from_name)?,
        hints: asked.hints.as_deref(),
        mediation: host.mediation()?,
        extensions: asked.extensions.as_ref(),
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
    };
    ceremony(&relying_party(host)?.begin_registration(&host.string("userHandle")?, begin)?)
}

fn with_allowed(
    host: &Host<'_>,
    run: impl FnOnce(Option<&[&[u8]]>) -> Result<String, Error>,
) -> Result<String, Error> {
    let ids = host.strings("allow")?.map(|entries| {
        entries.iter().map(|entry| crate::allowed_id(entry)).collect::<Result<Vec<_>, _>>()
    });
    let ids = ids.transpose()?;
    let slices: Option<Vec<&[u8]>> =
        ids.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
    run(slices.as_deref())
}

fn steps(steps: &[Step]) -> String {
    let step = |step: &Step| {
        Object::new()
            .string("number", step.number)
            .string("title", step.title)
            .string("verdict", step.verdict.as_str())
            .optional_string("code", step.verdict.error().map(Error::code))
            .end()
    };
    Object::new().array("steps", steps.iter().map(step)).end()
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
        uv_initialized: host.optional("uvInitialized", |v| v.as_bool())?,
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
        .optional_bool("uvInitialized", record.uv_initialized())
        .bool("hardware", record.hardware())
        .string("kind", record.kind().as_str())
        .optional_string("attestationObject", record.attestation_object().as_deref())
        .optional_string(
            "attestationClientDataJSON",
            record.attestation_client_data_json().as_deref(),
        )
        .string("json", &record.to_json())
        .string("compact", &record.to_compact())
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
    Ok(Object::new()
        .raw("credential", &record(verified.credential()))
        .string("userHandle", &verified.user_handle())
        .bool("userVerified", verified.user_verified())
        .number("flags", verified.flags())
        .optional_string("attachment", verified.attachment())
        .raw("attestation", &verified.attestation().to_json())
        .raw("extensions", &verified.extensions().to_json())
        .optional_string("prev", None)
        .string("next", verified.credential().to_text())
        .end())
}

/// What is verified, but for the text that was stored, which the caller has.
pub(super) fn authentication(verified: &AuthenticationVerified) -> Result<String, Error> {
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
        .optional_string("attachment", verified.attachment())
        .raw("extensions", &verified.extensions().to_json())
        .string("next", &transition.next)
        .optional_string("uvNext", verified.uv_transition().map(|t| t.next).as_deref())
        .raw("evidence", &write_facts(&verified.proof.facts(), None))
        .end())
}

#[cfg(test)]
mod tests {
    use super::super::call;
    use super::*;

    fn kept(id: &str) -> Result<u64, Error> {
        let host = format!(
            r#"{{"rp":{{"id":"{id}","name":"E","origins":["https://{id}"],"userVerification":"required"}}}}"#
        );
        let answer = call("rp_keep", b"", &host)?;
        let number = answer.trim_start_matches("{\"number\":").trim_end_matches('}');
        number.parse().map_err(|_| Error::ArgumentTypeInvalid)
    }

    fn begun(number: u64) -> Result<String, Error> {
        let host = format!(r#"{{"rp":{number},"now":1}}"#);
        call("begin_discoverable_authentication", b"", &host)
    }

    #[test]
    fn a_number_whose_relying_party_is_gone_means_no_other() -> Result<(), Error> {
        let (first, second) = (kept("a.example")?, kept("b.example")?);
        assert!(begun(first)?.contains(r#""rpId":"a.example""#));
        for _ in 0..2 {
            call("rp_release", b"", &format!(r#"{{"number":{first}}}"#))?;
        }
        let third = kept("c.example")?;
        assert!(third != first && third != second);
        for gone in [first, 0, u64::MAX] {
            assert_eq!(begun(gone), Err(Error::ArgumentValueInvalid));
        }
        assert!(begun(second)?.contains(r#""rpId":"b.example""#));
        assert!(begun(third)?.contains(r#""rpId":"c.example""#));
        Ok(())
    }

    #[test]
    fn what_is_no_number_is_read_as_an_object() {
        for (rp, error) in [
            ("\"1\"", Error::ArgumentTypeInvalid),
            ("-1", Error::ArgumentTypeInvalid),
            ("{}", Error::ArgumentTypeInvalid),
            ("null", Error::ArgumentTypeInvalid),
        ] {
            let host = format!(r#"{{"rp":{rp},"now":1}}"#);
            assert_eq!(call("begin_discoverable_authentication", b"", &host), Err(error), "{rp}");
        }
    }
}
