//! Registrations, authentications and the configuration of a relying party.

use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, unhex};
use mfakit::{
    AndroidKeyPolicy, AttestationConveyance, AttestationReport, AttestationTrust, BackupPolicy,
    BeginAuthentication, CounterPolicy, CredentialRecord, CrossOriginPolicy, Error,
    ExtensionInputs, ExtensionOutputs, Mediation, Metadata, MetadataOptions, NewRecord,
    PreparedKey, RelyingParty, RelyingPartyOptions, Stateless, Step, UnixTime, UnknownAttestation,
    UnsolicitedExtensions, UserVerification, conformance, from_base64url, related_origins_json,
    to_base64url,
};
use serde_json::{Map, Value, json};

/// Any user: most cases say nothing about who it is.
const ANY_USER: &[u8] = b"conformance";

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hexadecimal form of a base64url text that the API gave.
pub(crate) fn rehex(text: &str) -> String {
    hex(&from_base64url(text).unwrap_or_default())
}

fn texts(value: Option<&Value>) -> Result<Vec<String>, Refusal> {
    let Some(list) = value else { return Ok(Vec::new()) };
    let text = |entry: &Value| entry.as_str().map(str::to_owned);
    list.as_array()
        .and_then(|list| list.iter().map(text).collect())
        .ok_or(Refusal::Skip(DYNAMIC_INPUT))
}

fn choice<T: Copy>(
    inputs: &Inputs,
    name: &str,
    choices: &[(&str, T)],
    default: T,
) -> Result<T, Refusal> {
    if inputs.get(name).is_none() {
        return Ok(default);
    }
    let chosen = inputs.typed_text(name)?;
    // Rust's type is an enumeration: another word cannot be said.
    choices
        .iter()
        .find(|(word, _)| *word == chosen)
        .map(|(_, value)| *value)
        .ok_or(Refusal::Skip(DYNAMIC_INPUT))
}

const COUNTERS: [(&str, CounterPolicy); 2] =
    [("reject", CounterPolicy::Reject), ("report", CounterPolicy::Report)];
const UNSOLICITED: [(&str, UnsolicitedExtensions); 2] =
    [("ignore", UnsolicitedExtensions::Ignore), ("reject", UnsolicitedExtensions::Reject)];
const UNKNOWN: [(&str, UnknownAttestation); 2] =
    [("reject", UnknownAttestation::Reject), ("ignore", UnknownAttestation::Ignore)];
const ANDROID_KEY: [(&str, AndroidKeyPolicy); 3] = [
    ("union", AndroidKeyPolicy::Union),
    ("tee_only", AndroidKeyPolicy::TeeOnly),
    // The word of the reference files.
    ("tee", AndroidKeyPolicy::TeeOnly),
];
const BACKUPS: [(&str, BackupPolicy); 2] =
    [("strict", BackupPolicy::Strict), ("allow_upgrade", BackupPolicy::AllowUpgrade)];

pub(crate) fn relying_party(inputs: &Inputs) -> Result<RelyingParty, Refusal> {
    let uv = match inputs.flag("require_user_verification") {
        Some(true) => UserVerification::Required,
        _ => UserVerification::Preferred,
    };
    let mut options = RelyingPartyOptions::new("conformance", &[], uv);
    options.origins = texts(inputs.get("expected_origins"))?;
    if inputs.flag("allow_cross_origin") == Some(true) {
        options.top_origins = texts(inputs.get("expected_top_origins"))?;
        options.cross_origin = match inputs.get("expected_top_origins") {
            None => CrossOriginPolicy::DangerAnyTopOrigin,
            Some(_) => CrossOriginPolicy::AllowListed,
        };
    }
    options.counter = choice(inputs, "sign_count_policy", &COUNTERS, CounterPolicy::Reject)?;
    options.backup = choice(inputs, "backup_policy", &BACKUPS, BackupPolicy::Strict)?;
    options.danger_allow_absent_user = inputs.flag("require_user_presence") == Some(false);
    options.algorithms = built_algorithms();
    if let Some(algorithms) = inputs.get("allowed_algs").and_then(Value::as_array) {
        // A relying party offers what it can verify: of the case's list, what is built in.
        let built = options.algorithms;
        options.algorithms =
            algorithms.iter().filter_map(Value::as_i64).filter(|a| built.contains(a)).collect();
        if options.algorithms.is_empty() {
            return Err(Refusal::Error(Error::AlgorithmNotOffered));
        }
    }
    if inputs.get("formats").is_some() {
        options.set_attestation_formats(&texts(inputs.get("formats"))?)?;
    }
    options.unknown_attestation =
        choice(inputs, "unknown_attestation", &UNKNOWN, UnknownAttestation::Reject)?;
    options.unsolicited_extensions =
        choice(inputs, "unsolicited_extensions", &UNSOLICITED, UnsolicitedExtensions::Ignore)?;
    options.trust = trust(inputs)?;
    if options.trust.is_some() {
        options.attestation = AttestationConveyance::Direct;
    }
    with_state_key(RelyingParty::new(inputs.text("rp_id"), options)?, inputs)
}

/// The numbers of every algorithm that is built in.
fn built_algorithms() -> Vec<i64> {
    let hello = conformance::run(&json!({"op": "hello"}).to_string());
    let hello: Value = serde_json::from_str(&hello).unwrap_or_default();
    hello["algorithms"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect()
}

/// What is asked about trust: our own input, or those of the reference files.
fn trust(inputs: &Inputs) -> Result<Option<AttestationTrust>, Refusal> {
    let anchors = |value: Option<&Value>| {
        let anchors = texts(value)?.iter().map(|der| unhex(der)).collect::<Vec<_>>();
        Ok::<_, Refusal>(AttestationTrust::new(&anchors)?)
    };
    if let Some(asked) = inputs.get("trust") {
        let asked = Inputs(asked.as_object().cloned().unwrap_or_default());
        let mut trust = anchors(asked.get("anchors_hex"))?;
        trust.require = asked.flag("require") != Some(false);
        trust.android_key = choice(&asked, "android_key", &ANDROID_KEY, AndroidKeyPolicy::Union)?;
        trust.set_fido_switches(&texts(asked.get("fido_switches"))?)?;
        trust.set_tolerances(&texts(asked.get("tolerances"))?)?;
        trust.danger_ignore_validity = asked.flag("danger_ignore_validity") == Some(true);
        let Some(metadata) = asked.get("metadata") else { return Ok(Some(trust)) };
        let metadata = Inputs(metadata.as_object().cloned().unwrap_or_default());
        trust.also_reject = texts(metadata.get("also_reject"))?;
        trust.danger_accept_statuses = texts(metadata.get("danger_accept_statuses"))?;
        return Ok(Some(trust.with_metadata(parse_metadata(&metadata)?)));
    }
    if inputs.get("trust_anchors_hex").or(inputs.get("android_key_policy")).is_none() {
        return Ok(None);
    }
    let mut trust = anchors(inputs.get("trust_anchors_hex"))?;
    // There, anchors are judged where a path exists: a member `x5c`, which is a text of three letters.
    let has_path = inputs.text("attestation_object_hex").contains("63783563");
    trust.require = has_path && inputs.get("trust_anchors_hex").is_some();
    trust.android_key =
        choice(inputs, "android_key_policy", &ANDROID_KEY, AndroidKeyPolicy::Union)?;
    trust.danger_ignore_validity = inputs.get("verification_time").is_none();
    Ok(Some(trust))
}

fn parse_metadata(inputs: &Inputs) -> Result<Metadata, Refusal> {
    let roots: Vec<Vec<u8>> =
        texts(inputs.get("roots_hex"))?.iter().map(|der| unhex(der)).collect();
    let options = MetadataOptions {
        roots: &roots.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        now: inputs.optional("now").map(UnixTime::from_seconds),
        signer: inputs.get("signer").and_then(Value::as_str),
        previous_number: inputs.optional("previous_number"),
        allow_stale: inputs.flag("allow_stale") == Some(true),
    };
    Ok(Metadata::parse(inputs.text("blob").as_bytes(), options)?)
}

pub(crate) fn metadata(inputs: &Inputs) -> Answer {
    let metadata = parse_metadata(inputs)?;
    Ok(json!({
        "number": metadata.number(),
        "next_update": metadata.next_update(),
        "entries": metadata.entries().len(),
        "skipped": metadata.skipped(),
    }))
}

/// `compound:a,b` for a compound statement.
fn attestation_type(attestation: &AttestationReport) -> String {
    let parts: Vec<_> =
        attestation.parts().iter().map(AttestationReport::attestation_type).collect();
    match attestation.attestation_type() {
        "compound" => format!("compound:{}", parts.join(",")),
        other => other.to_owned(),
    }
}

/// Rust's relying party is given its key after it was made.
fn with_state_key(rp: RelyingParty, inputs: &Inputs) -> Result<RelyingParty, Refusal> {
    Ok(match inputs.bytes("state_key_hex") {
        None => rp,
        Some(key) => rp.with_state_key(&key)?,
    })
}

pub(crate) fn config(inputs: &Inputs) -> Answer {
    let cross_origins = [
        ("deny", CrossOriginPolicy::Deny),
        ("allow_listed", CrossOriginPolicy::AllowListed),
        ("danger_any_top_origin", CrossOriginPolicy::DangerAnyTopOrigin),
    ];
    let words = [
        ("required", UserVerification::Required),
        ("preferred", UserVerification::Preferred),
        ("discouraged", UserVerification::Discouraged),
    ];
    // The name is one that must be given: a missing one cannot be written in Rust.
    inputs.typed_text("user_verification")?;
    let uv = choice(inputs, "user_verification", &words, UserVerification::Required)?;
    let mut options = RelyingPartyOptions::new(inputs.typed_text("name")?, &[], uv);
    options.origins = texts(Some(inputs.get("origins").ok_or(Refusal::Skip(DYNAMIC_INPUT))?))?;
    options.top_origins = texts(inputs.get("top_origins"))?;
    options.cross_origin = choice(inputs, "cross_origin", &cross_origins, CrossOriginPolicy::Deny)?;
    options.counter = choice(inputs, "counter", &COUNTERS, CounterPolicy::Reject)?;
    options.backup = choice(inputs, "backup", &BACKUPS, BackupPolicy::Strict)?;
    if let Some(algorithms) = inputs.get("algorithms") {
        let numbers =
            algorithms.as_array().and_then(|list| list.iter().map(Value::as_i64).collect());
        options.algorithms = numbers.ok_or(Refusal::Skip(DYNAMIC_INPUT))?;
    }
    let rp = with_state_key(RelyingParty::new(inputs.typed_text("id")?, options)?, inputs)?;
    if let Some(key) = inputs.bytes("enumeration_key_hex") {
        rp.with_enumeration_key(&key)?;
    }
    Ok(json!({}))
}

/// The response's JSON text: the bytes of the case where it has some, else what a browser would have sent.
pub(crate) fn response(
    inputs: &Inputs,
    id: &[u8],
    members: &[(&str, &str)],
) -> Result<Vec<u8>, Refusal> {
    if let Some(bytes) = inputs.bytes("response_hex") {
        return Ok(bytes);
    }
    if inputs.0.contains_key("response_value") {
        return Err(Refusal::Skip(DYNAMIC_INPUT));
    }
    let encoded = members.iter().filter_map(|(name, input)| {
        inputs.bytes(input).map(|bytes| ((*name).to_owned(), Value::from(to_base64url(&bytes))))
    });
    let response: Map<String, Value> = encoded.collect();
    let id = to_base64url(id);
    let results = inputs.get("client_extension_results").cloned().unwrap_or_else(|| json!({}));
    let whole = json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": results, "response": response});
    Ok(whole.to_string().into_bytes())
}

/// What a browser would send as `id`: the one in the attested data, where there is one to be read.
fn attested_credential_id(inputs: &Inputs) -> Vec<u8> {
    let object = inputs.text("attestation_object_hex");
    let request =
        json!({"op": "attested_credential_id", "inputs": {"attestation_object_hex": object}});
    let answer: Value =
        serde_json::from_str(&conformance::run(&request.to_string())).unwrap_or_default();
    answer["accept"]["credential_id_hex"].as_str().map_or_else(|| vec![0], unhex)
}

/// The `id` beside an attestation object: the case's, or the attested one.
pub(crate) fn registered_id(inputs: &Inputs) -> Vec<u8> {
    inputs.bytes("credential_id_hex").unwrap_or_else(|| attested_credential_id(inputs))
}

/// What was asked for, in the words of the options.
fn extensions(
    inputs: &Inputs,
    read: fn(&str) -> Result<ExtensionInputs, Error>,
) -> Result<Option<ExtensionInputs>, Refusal> {
    Ok(inputs.get("extensions").map(|asked| read(&asked.to_string())).transpose()?)
}

fn outputs(outputs: &ExtensionOutputs) -> Value {
    serde_json::from_str(&outputs.to_json()).unwrap_or_default()
}

/// The arguments of a registration's call.
struct Registering {
    rp: RelyingParty,
    response: Vec<u8>,
    challenge: String,
    user: String,
    extensions: Option<ExtensionInputs>,
    conditional: bool,
    now: Option<UnixTime>,
}

impl Registering {
    fn read(inputs: &Inputs) -> Result<Self, Refusal> {
        let rp = relying_party(inputs)?;
        let id = registered_id(inputs);
        let members = [
            ("clientDataJSON", "client_data_json_hex"),
            ("attestationObject", "attestation_object_hex"),
        ];
        let user = inputs.bytes("expected_user_handle_hex").unwrap_or_else(|| ANY_USER.to_vec());
        let now = inputs.optional("now").or(inputs.optional("verification_time"));
        Ok(Self {
            rp,
            response: response(inputs, &id, &members)?,
            challenge: to_base64url(&inputs.bytes("expected_challenge_hex").unwrap_or_default()),
            user: to_base64url(&user),
            extensions: extensions(inputs, ExtensionInputs::registration)?,
            // The one registration that needs no presence is a conditional one.
            conditional: inputs.text("mediation") == "conditional"
                || inputs.flag("require_user_presence") == Some(false),
            now: now.map(UnixTime::from_seconds),
        })
    }

    fn more(&self) -> Stateless<'_> {
        Stateless {
            mediation: self.conditional.then_some(Mediation::Conditional),
            extensions: self.extensions.as_ref(),
            now: self.now,
            ..Stateless::default()
        }
    }
}

pub(crate) fn register(inputs: &Inputs) -> Answer {
    let call = Registering::read(inputs)?;
    let verified =
        call.rp.verify_registration(&call.response, &call.challenge, &call.user, call.more())?;
    let credential = verified.credential();
    let attestation = verified.attestation();
    Ok(json!({
        "fmt": attestation.format(),
        "attestation_type": attestation_type(attestation),
        "trust": attestation.trust().as_str(),
        "anchor_sha256_hex": attestation.anchor(),
        "proven_aaguid_hex": attestation.proven_aaguid().map(|aaguid| aaguid.replace('-', "")),
        "path_len": attestation.path().len(),
        "aaguid_hex": credential.aaguid().unwrap_or_default().replace('-', ""),
        "credential_id_hex": rehex(&credential.id()),
        "credential_public_key_cose_hex": rehex(&credential.public_key()),
        "alg": credential.algorithm(),
        "sign_count": credential.sign_count(),
        "flags_hex": hex(&[verified.flags()]),
        "up": verified.flags() & 1 == 1,
        "uv": verified.user_verified(),
        "backup_eligible": credential.backup_eligible(),
        "backup_state": credential.backed_up(),
        "extensions_hex": verified.extensions().raw_authenticator().map(hex),
        "extension_outputs": outputs(verified.extensions()),
    }))
}

/// The steps that failed.
fn failed(steps: &[Step]) -> Value {
    let failed = steps.iter().filter_map(|step| {
        Some(json!({"step": step.number, "code": step.verdict.error()?.code()}))
    });
    json!({"failed": failed.collect::<Vec<_>>()})
}

pub(crate) fn explain_registration(inputs: &Inputs) -> Answer {
    let call = Registering::read(inputs)?;
    let steps =
        call.rp.explain_registration(&call.response, &call.challenge, &call.user, call.more())?;
    Ok(failed(&steps))
}

/// The arguments of an authentication's call.
struct Authenticating {
    rp: RelyingParty,
    response: Vec<u8>,
    challenge: String,
    /// Who was asked; nobody in a discoverable one.
    user: Option<String>,
    record: CredentialRecord,
    allow: Option<Vec<Vec<u8>>>,
    extensions: Option<ExtensionInputs>,
    prepared: Option<PreparedKey>,
}

impl Authenticating {
    fn read(inputs: &Inputs) -> Result<Self, Refusal> {
        let rp = relying_party(inputs)?;
        let id = inputs.bytes("credential_id_hex").unwrap_or_default();
        let known =
            inputs.bytes("expected_user_handle_hex").or_else(|| inputs.bytes("user_handle_hex"));
        let known = known.filter(|handle| !handle.is_empty()).unwrap_or_else(|| ANY_USER.to_vec());
        let owner = inputs.bytes("record_user_handle_hex").unwrap_or_else(|| known.clone());
        let record_id = inputs.bytes("record_credential_id_hex").unwrap_or_else(|| id.clone());
        let key = to_base64url(&inputs.bytes("credential_public_key_cose_hex").unwrap_or_default());
        let parts = NewRecord {
            public_key: &key,
            user_handle: &to_base64url(&owner),
            sign_count: u32::try_from(inputs.number("stored_sign_count"))
                .map_err(|_| Error::ArgumentValueInvalid)?,
            transports: Vec::new(),
            backup_eligible: inputs.flag("stored_backup_eligible"),
            backed_up: None,
            aaguid: None,
            uv_initialized: None,
        };
        let prepared = inputs.bytes("prepared_public_key_cose_hex").map(|key| {
            let parts = NewRecord { public_key: &to_base64url(&key), ..parts.clone() };
            CredentialRecord::new(&to_base64url(&record_id), parts)?.prepare()
        });
        let record = CredentialRecord::new(&to_base64url(&record_id), parts)?;
        let members = [
            ("clientDataJSON", "client_data_json_hex"),
            ("authenticatorData", "authenticator_data_hex"),
            ("signature", "signature_hex"),
            ("userHandle", "user_handle_hex"),
        ];
        let discoverable = inputs.flag("discoverable") == Some(true);
        let allow =
            inputs.get("allow_credentials_hex").map(|list| texts(Some(list))).transpose()?;
        Ok(Self {
            rp,
            response: response(inputs, &id, &members)?,
            challenge: to_base64url(&inputs.bytes("expected_challenge_hex").unwrap_or_default()),
            user: (!discoverable).then(|| to_base64url(&known)),
            record,
            allow: allow.map(|ids| ids.iter().map(|id| unhex(id)).collect()),
            extensions: extensions(inputs, ExtensionInputs::authentication)?,
            prepared: prepared.transpose()?,
        })
    }

    /// Runs a call with what it wants beside the four first arguments.
    fn with_more<T>(&self, call: impl FnOnce(Stateless<'_>) -> T) -> T {
        let allow: Option<Vec<&[u8]>> =
            self.allow.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
        call(Stateless {
            allow: allow.as_deref(),
            extensions: self.extensions.as_ref(),
            prepared: self.prepared.as_ref(),
            ..Stateless::default()
        })
    }
}

pub(crate) fn authenticate(inputs: &Inputs) -> Answer {
    let call = Authenticating::read(inputs)?;
    let (rp, response, challenge) = (&call.rp, &call.response, &call.challenge);
    let verified = call.with_more(|more| match &call.user {
        Some(user) => rp.verify_authentication(response, challenge, user, &call.record, more),
        None => rp.verify_discoverable_authentication(response, challenge, &call.record, more),
    })?;
    Ok(json!({
        "new_sign_count": verified.counter(),
        "flags_hex": hex(&[verified.flags()]),
        "up": verified.flags() & 1 == 1,
        "uv": verified.user_verified(),
        "backup_eligible": verified.backup_eligible(),
        "backup_state": verified.backed_up(),
        "counter_regressed": verified.counter_regressed(),
        "extensions_hex": verified.extensions().raw_authenticator().map(hex),
        "extension_outputs": outputs(verified.extensions()),
    }))
}

pub(crate) fn explain_authentication(inputs: &Inputs) -> Answer {
    let call = Authenticating::read(inputs)?;
    let (rp, response, challenge) = (&call.rp, &call.response, &call.challenge);
    let steps = call.with_more(|more| {
        rp.explain_authentication(response, challenge, call.user.as_deref(), &call.record, more)
    })?;
    Ok(failed(&steps))
}

pub(crate) fn decoy(inputs: &Inputs) -> Answer {
    let mut rp = relying_party(inputs)?;
    if let Some(key) = inputs.bytes("enumeration_key_hex") {
        rp = rp.with_enumeration_key(&key)?;
    }
    let ceremony =
        rp.begin_decoy_authentication(inputs.text("identifier"), BeginAuthentication::default())?;
    let options: Value = serde_json::from_str(ceremony.options_json()).unwrap_or_default();
    Ok(json!({"allow_credentials": options["allowCredentials"]}))
}

pub(crate) fn related_origins(inputs: &Inputs) -> Answer {
    Ok(json!({"text": related_origins_json(&texts(inputs.get("origins"))?)?}))
}
