//! Registrations, authentications and the configuration of a relying party.

use crate::{Answer, DYNAMIC_INPUT, Inputs, Refusal, unhex};
use mfakit::{
    BackupPolicy, CounterPolicy, CredentialRecord, CrossOriginPolicy, Error, Mediation, NewRecord,
    RelyingParty, RelyingPartyOptions, Stateless, UserVerification, conformance, from_base64url,
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
    if let Some(algorithms) = inputs.get("allowed_algs").and_then(Value::as_array) {
        // A relying party offers what it can verify: of the case's list, what is built in.
        let built: Vec<i64> = options.algorithms.clone();
        options.algorithms =
            algorithms.iter().filter_map(Value::as_i64).filter(|a| built.contains(a)).collect();
        if options.algorithms.is_empty() {
            return Err(Refusal::Error(Error::AlgorithmNotOffered));
        }
    }
    with_state_key(RelyingParty::new(inputs.text("rp_id"), options)?, inputs)
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
    with_state_key(RelyingParty::new(inputs.typed_text("id")?, options)?, inputs)?;
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
    let whole = json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response});
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

pub(crate) fn register(inputs: &Inputs) -> Answer {
    let rp = relying_party(inputs)?;
    let id = registered_id(inputs);
    let members = [
        ("clientDataJSON", "client_data_json_hex"),
        ("attestationObject", "attestation_object_hex"),
    ];
    let response = response(inputs, &id, &members)?;
    // The one registration that needs no presence is a conditional one.
    let conditional = inputs.text("mediation") == "conditional"
        || inputs.flag("require_user_presence") == Some(false);
    let more = Stateless {
        mediation: conditional.then_some(Mediation::Conditional),
        ..Stateless::default()
    };
    let challenge = to_base64url(&inputs.bytes("expected_challenge_hex").unwrap_or_default());
    let user = to_base64url(
        &inputs.bytes("expected_user_handle_hex").unwrap_or_else(|| ANY_USER.to_vec()),
    );
    let verified = rp.verify_registration(&response, &challenge, &user, more)?;
    let credential = verified.credential();
    Ok(json!({
        "fmt": verified.attestation().format(),
        "attestation_type": verified.attestation().attestation_type(),
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
        "extensions_hex": verified.extensions().map(hex),
    }))
}

pub(crate) fn authenticate(inputs: &Inputs) -> Answer {
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
    };
    let record = CredentialRecord::new(&to_base64url(&record_id), parts)?;
    let members = [
        ("clientDataJSON", "client_data_json_hex"),
        ("authenticatorData", "authenticator_data_hex"),
        ("signature", "signature_hex"),
        ("userHandle", "user_handle_hex"),
    ];
    let response = response(inputs, &id, &members)?;
    let challenge = to_base64url(&inputs.bytes("expected_challenge_hex").unwrap_or_default());
    let verified = if inputs.flag("discoverable") == Some(true) {
        rp.verify_discoverable_authentication(&response, &challenge, &record, Stateless::default())?
    } else {
        let allow =
            inputs.get("allow_credentials_hex").map(|list| texts(Some(list))).transpose()?;
        let allow: Option<Vec<Vec<u8>>> = allow.map(|ids| ids.iter().map(|id| unhex(id)).collect());
        let slices: Option<Vec<&[u8]>> =
            allow.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
        let more = Stateless { allow: slices.as_deref(), ..Stateless::default() };
        rp.verify_authentication(&response, &challenge, &to_base64url(&known), &record, more)?
    };
    Ok(json!({
        "new_sign_count": verified.counter(),
        "flags_hex": hex(&[verified.flags()]),
        "up": verified.flags() & 1 == 1,
        "uv": verified.user_verified(),
        "backup_eligible": verified.backup_eligible(),
        "backup_state": verified.backed_up(),
        "extensions_hex": verified.extensions().map(hex),
    }))
}
