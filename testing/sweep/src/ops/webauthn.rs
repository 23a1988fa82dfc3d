//! Registrations and authentications, through the API of the crate `mfakit`.
//!
//! An assertion is signed: whatever is accepted has the original's client data, authenticator data and signature byte for
//! byte, names the same credential, and gives the same answer; a user handle may be left out where the user is known.
//! A registration with `none` signs nothing: model, counter, flags, extension outputs, transports and members that nobody
//! reads may change, as far as the policy goes, and must be reported as they stand; the credential id, the key, the challenge,
//! the origin and the relying party may not. A statement signs client data and authenticator data too, U2F's but a part of it;
//! of its certificates, what is not needed to verify its signature is held to nothing unless it is trusted.

use crate::judge::{Judge, Meaning, equal, meaning, require};
use crate::reference::cbor::{self, Item};
use crate::reference::webauthn::{
    AttestationObject, AuthData, Ceremony, ClientData, Key, Response,
};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use mfakit::{
    AndroidKeyPolicy, AttestationConveyance, AttestationTrust, AuthenticationVerified,
    BackupPolicy, CounterPolicy, CredentialRecord, CrossOriginPolicy, Error, ExtensionInputs,
    Mediation, Metadata, MetadataOptions, NewRecord, RegistrationVerified, RelyingParty,
    RelyingPartyOptions, Stateless, UnixTime, UnknownAttestation, UnsolicitedExtensions,
    UserVerification, read_response,
};
use mfakit_core::encoding::cose::SUPPORTED;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Any user: most cases say nothing about who it is.
const ANY_USER: &[u8] = b"conformance";

pub(super) fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// The relying party of a case, as the drivers make it.
pub(super) fn relying_party(inputs: &Inputs) -> Result<RelyingParty, String> {
    let uv = match inputs.flag("require_user_verification") {
        Some(true) => UserVerification::Required,
        _ => UserVerification::Preferred,
    };
    let mut options = RelyingPartyOptions::new("sweep", &[], uv);
    options.origins = inputs.texts("expected_origins");
    if inputs.flag("allow_cross_origin") == Some(true) {
        options.top_origins = inputs.texts("expected_top_origins");
        options.cross_origin = match inputs.has("expected_top_origins") {
            true => CrossOriginPolicy::AllowListed,
            false => CrossOriginPolicy::DangerAnyTopOrigin,
        };
    }
    if inputs.text("sign_count_policy") == "report" {
        options.counter = CounterPolicy::Report;
    }
    if inputs.text("backup_policy") == "allow_upgrade" {
        options.backup = BackupPolicy::AllowUpgrade;
    }
    options.danger_allow_absent_user = inputs.flag("require_user_presence") == Some(false);
    options.algorithms = offered(inputs);
    if inputs.has("formats") {
        let formats = options.set_attestation_formats(&inputs.texts("formats"));
        formats.map_err(|error| error.code())?;
    }
    if inputs.text("unknown_attestation") == "ignore" {
        options.unknown_attestation = UnknownAttestation::Ignore;
    }
    if inputs.text("unsolicited_extensions") == "reject" {
        options.unsolicited_extensions = UnsolicitedExtensions::Reject;
    }
    options.trust = trust(inputs).map_err(|error| error.code())?;
    if options.trust.is_some() {
        options.attestation = AttestationConveyance::Direct;
    }
    RelyingParty::new(inputs.text("rp_id"), options).map_err(|error| error.code().to_owned())
}

/// The numbers of a case, or all.
fn offered(inputs: &Inputs) -> Vec<i64> {
    match inputs.get("allowed_algs").and_then(Value::as_array) {
        Some(offered) => {
            offered.iter().filter_map(Value::as_i64).filter(|a| SUPPORTED.contains(a)).collect()
        }
        None => SUPPORTED.to_vec(),
    }
}

/// What is asked about trust: our own input, or those of the reference files.
fn trust(inputs: &Inputs) -> Result<Option<AttestationTrust>, Error> {
    let bytes = |list: Vec<String>| -> Vec<Vec<u8>> {
        list.iter().filter_map(|hex| HEXLOWER.decode(hex.as_bytes()).ok()).collect()
    };
    if let Some(asked) = inputs.inner("trust") {
        let mut trust = AttestationTrust::new(&bytes(asked.texts("anchors_hex")))?;
        trust.require = asked.flag("require") != Some(false);
        if asked.text("android_key") == "tee_only" {
            trust.android_key = AndroidKeyPolicy::TeeOnly;
        }
        trust.set_fido_switches(&asked.texts("fido_switches"))?;
        trust.set_tolerances(&asked.texts("tolerances"))?;
        trust.danger_ignore_validity = asked.flag("danger_ignore_validity") == Some(true);
        let Some(metadata) = asked.inner("metadata") else { return Ok(Some(trust)) };
        trust.also_reject = metadata.texts("also_reject");
        trust.danger_accept_statuses = metadata.texts("danger_accept_statuses");
        let blob = metadata.text("blob").as_bytes().to_vec();
        return Ok(Some(trust.with_metadata(metadata_parse(&metadata, &blob)?)));
    }
    if !inputs.has("trust_anchors_hex") && !inputs.has("android_key_policy") {
        return Ok(None);
    }
    let mut trust = AttestationTrust::new(&bytes(inputs.texts("trust_anchors_hex")))?;
    // There, anchors are judged where a path exists: a member `x5c`.
    let has_path = inputs.text("attestation_object_hex").contains("63783563");
    trust.require = has_path && inputs.has("trust_anchors_hex");
    if inputs.text("android_key_policy").starts_with("tee") {
        trust.android_key = AndroidKeyPolicy::TeeOnly;
    }
    trust.danger_ignore_validity = !inputs.has("verification_time");
    Ok(Some(trust))
}

fn metadata_parse(inputs: &Inputs, blob: &[u8]) -> Result<Metadata, Error> {
    let roots: Vec<Vec<u8>> = inputs
        .texts("roots_hex")
        .iter()
        .filter_map(|hex| HEXLOWER.decode(hex.as_bytes()).ok())
        .collect();
    let roots: Vec<&[u8]> = roots.iter().map(Vec::as_slice).collect();
    let options = MetadataOptions {
        roots: &roots,
        now: inputs.number("now").map(UnixTime::from_seconds),
        previous_number: inputs.number("previous_number"),
        allow_stale: inputs.flag("allow_stale") == Some(true),
        ..MetadataOptions::default()
    };
    Metadata::parse(blob, options)
}

/// A BLOB is signed to its last byte.
pub(crate) fn metadata(inputs: &Inputs) -> Vec<Surface> {
    let (blob, inputs) = (inputs.text("blob").as_bytes().to_vec(), inputs.clone());
    let run = move |blob: &[u8]| Ok(json!(metadata_parse(&inputs, blob)?.number()));
    let run: Run = Box::new(run);
    vec![super::primitives::surface("blob", Whose::Client, blob, run, crate::judge::nothing())]
}

/// The text that a case's client sent: its own, or what a browser would have written.
pub(super) fn response_text(inputs: &Inputs, id: &[u8]) -> Vec<u8> {
    if let Some(text) = inputs.hex("response_hex") {
        return text;
    }
    if let Some(value) = inputs.get("response_value") {
        return value.to_string().into_bytes();
    }
    let members = [
        ("clientDataJSON", "client_data_json_hex"),
        ("attestationObject", "attestation_object_hex"),
        ("authenticatorData", "authenticator_data_hex"),
        ("signature", "signature_hex"),
        ("userHandle", "user_handle_hex"),
    ];
    let encoded = members.iter().filter_map(|(name, input)| {
        inputs.hex(input).map(|bytes| ((*name).to_owned(), Value::from(base64url(&bytes))))
    });
    let results = inputs.get("client_extension_results").cloned().unwrap_or_else(|| json!({}));
    write_response(id, encoded.collect(), &results)
}

fn write_response(id: &[u8], members: Map<String, Value>, results: &Value) -> Vec<u8> {
    let id = base64url(id);
    let whole = json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": results, "response": members});
    whole.to_string().into_bytes()
}

/// One part of a response, to be changed as bytes.
type Part = (&'static str, fn(&Response) -> Vec<u8>, fn(&mut Response, Vec<u8>));

const REGISTRATION: &[Part] = &[
    ("clientDataJSON", |r| r.client_data.clone(), |r, bytes| r.client_data = bytes),
    ("id and rawId", |r| r.id.clone(), |r, bytes| r.id = bytes),
    (
        "attestationObject",
        |r| r.attestation_object.clone(),
        |r, bytes| r.attestation_object = bytes,
    ),
];

const AUTHENTICATION: &[Part] = &[
    ("clientDataJSON", |r| r.client_data.clone(), |r, bytes| r.client_data = bytes),
    ("id and rawId", |r| r.id.clone(), |r, bytes| r.id = bytes),
    (
        "authenticatorData",
        |r| r.authenticator_data.clone(),
        |r, bytes| r.authenticator_data = bytes,
    ),
    ("signature", |r| r.signature.clone(), |r, bytes| r.signature = bytes),
    (
        "userHandle",
        |r| r.user_handle.clone().unwrap_or_default(),
        |r, bytes| r.user_handle = Some(bytes),
    ),
];

/// What verifies a response text.
pub(super) type Verify = Arc<dyn Fn(&[u8]) -> Result<Value, Error> + Send + Sync>;
/// What judges an accepted response, given the original one.
pub(super) type JudgeResponse =
    Arc<dyn Fn(&Response, &Response, &Value, &Value) -> Result<Meaning, String> + Send + Sync>;

/// The surfaces of a response: its text, each of its parts, and the reading of it without verification.
pub(super) fn surfaces(
    text: Vec<u8>,
    ceremony: Ceremony,
    verify: &Verify,
    judge: &JudgeResponse,
) -> Result<Vec<Surface>, String> {
    let original = Response::read(&text, ceremony)?;
    let surface = |name, bytes: Vec<u8>, run: Run, judge: Judge| {
        let (op, case, whose) = (String::new(), String::new(), Whose::Client);
        Surface { op, name, case, whose, text: false, bytes, run, judge }
    };
    let mut all = Vec::new();
    let parts = if ceremony == Ceremony::Registration { REGISTRATION } else { AUTHENTICATION };
    for &(name, get, set) in parts {
        let bytes = get(&original);
        if bytes.is_empty() {
            continue;
        }
        let with = {
            let original = original.clone();
            move |changed: &[u8]| {
                let mut response = original.clone();
                set(&mut response, changed.to_vec());
                rewritten(&response, ceremony)
            }
        };
        let (verify, judge, original, rebuild) =
            (verify.clone(), judge.clone(), original.clone(), with.clone());
        all.push(surface(
            name,
            bytes,
            Box::new(move |changed| verify(&with(changed))),
            Box::new(move |changed, before, answer| {
                let changed = Response::read(&rebuild(changed), ceremony)?;
                judge(&original, &changed, before, answer)
            }),
        ));
    }
    let (verify, judge, before_text) = (verify.clone(), judge.clone(), original);
    all.push(surface(
        "response",
        text.clone(),
        Box::new(move |changed| verify(changed)),
        Box::new(move |changed, before, answer| {
            judge(&before_text, &Response::read(changed, ceremony)?, before, answer)
        }),
    ));
    let reading = surface(
        "response",
        text,
        Box::new(|changed| {
            let read = read_response(changed)?;
            Ok(json!([read.credential_id, read.user_handle, read.challenge]))
        }),
        crate::judge::as_read(|changed| {
            let read = Response::read(changed, Ceremony::Any)?;
            let challenge = ClientData::read(&read.client_data)?.challenge;
            let handle = read.user_handle.as_deref().map(base64url);
            Ok(json!([base64url(&read.id), handle, challenge]))
        }),
    );
    all.push(Surface { op: "read_response".to_owned(), ..reading });
    Ok(all)
}

/// The text of a response, as a browser would have written it.
fn rewritten(response: &Response, ceremony: Ceremony) -> Vec<u8> {
    let mut members = Map::new();
    let mut put = |name: &str, bytes: &[u8]| {
        members.insert(name.to_owned(), Value::from(base64url(bytes)));
    };
    put("clientDataJSON", &response.client_data);
    if ceremony == Ceremony::Registration {
        put("attestationObject", &response.attestation_object);
        members.insert("transports".to_owned(), json!(response.transports));
    } else {
        put("authenticatorData", &response.authenticator_data);
        put("signature", &response.signature);
        if let Some(handle) = &response.user_handle {
            put("userHandle", handle);
        }
    }
    let results = serde_json::from_str(&response.extension_results).unwrap_or_default();
    write_response(&response.id, members, &results)
}

pub(crate) fn register(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let rp = relying_party(inputs)?;
    let conditional = inputs.text("mediation") == "conditional"
        || inputs.flag("require_user_presence") == Some(false);
    let mediation = conditional.then_some(Mediation::Conditional);
    let now = inputs.number("now").or_else(|| inputs.number("verification_time"));
    let now = now.map(UnixTime::from_seconds);
    let asked = extensions(inputs, ExtensionInputs::registration)?;
    let challenge = base64url(&inputs.bytes("expected_challenge_hex"));
    let user = inputs.hex("expected_user_handle_hex").unwrap_or_else(|| ANY_USER.to_vec());
    let verify = {
        let (challenge, user) = (challenge.clone(), base64url(&user));
        move |text: &[u8]| {
            let more =
                Stateless { mediation, now, extensions: asked.as_ref(), ..Stateless::default() };
            rp.verify_registration(text, &challenge, &user, more)
        }
    };
    let id = match inputs.hex("credential_id_hex") {
        Some(id) => id,
        None => attested_id(&inputs.bytes("attestation_object_hex")).unwrap_or_default(),
    };
    let text = response_text(inputs, &id);
    let judge = policy_judge(Policy::of(inputs, &challenge, conditional, &user));
    let record = verify(&text).map_err(|error| error.code())?.credential().clone();
    let run: Verify = Arc::new(move |text| verify(text).map(|verified| registered(&verified)));
    let mut all = surfaces(text, Ceremony::Registration, &run, &judge)?;
    all.push(super::stored::record(record.to_text().to_owned()));
    all.push(super::stored::record(record.to_compact()));
    Ok(all)
}

/// The extensions that a case asks for.
fn extensions(
    inputs: &Inputs,
    read: fn(&str) -> Result<ExtensionInputs, Error>,
) -> Result<Option<ExtensionInputs>, String> {
    let asked = inputs.get("extensions").map(|asked| read(&asked.to_string()));
    asked.transpose().map_err(|error| error.code().to_owned())
}

pub(super) fn attested_id(object: &[u8]) -> Option<Vec<u8>> {
    let data = AuthData::read(&AttestationObject::read(object).ok()?.auth_data).ok()?;
    Some(data.attested?.credential_id)
}

/// Everything that a registration reports.
pub(super) fn registered(verified: &RegistrationVerified) -> Value {
    let credential = verified.credential();
    json!({
        "format": verified.attestation().format(),
        "attestation": verified.attestation().attestation_type(),
        "trust": verified.attestation().trust().as_str(),
        "flags": verified.flags(),
        "user_verified": verified.user_verified(),
        "extensions": verified.extensions().raw_authenticator().map(|bytes| HEXLOWER.encode(bytes)),
        "user": verified.user_handle(),
        "id": credential.id(),
        "key": credential.public_key(),
        "algorithm": credential.algorithm(),
        "sign_count": credential.sign_count(),
        "backup_eligible": credential.backup_eligible(),
        "backed_up": credential.backed_up(),
        "transports": credential.transports(),
        "aaguid": credential.aaguid().map(|uuid| uuid.replace('-', "")),
    })
}

/// What a registration is held to, read from the case alone.
pub(super) struct Policy {
    rp_id_hash: Vec<u8>,
    challenge: String,
    origins: Vec<String>,
    /// `None`: no frames. `Some(None)`: frames of any page. Else of these pages.
    frames: Option<Option<Vec<String>>>,
    presence: bool,
    pub(super) verification: bool,
    user: String,
    offered: Vec<i64>,
    /// Whether formats that nobody verifies are let pass.
    unverified: bool,
}

impl Policy {
    pub(super) fn of(inputs: &Inputs, challenge: &str, conditional: bool, user: &[u8]) -> Self {
        let listed = inputs.has("expected_top_origins");
        Self {
            rp_id_hash: Sha256::digest(inputs.text("rp_id")).to_vec(),
            challenge: challenge.to_owned(),
            origins: inputs.texts("expected_origins"),
            frames: (inputs.flag("allow_cross_origin") == Some(true))
                .then(|| listed.then(|| inputs.texts("expected_top_origins"))),
            presence: !conditional,
            verification: inputs.flag("require_user_verification") == Some(true),
            user: base64url(user),
            offered: offered(inputs),
            unverified: inputs.text("unknown_attestation") == "ignore",
        }
    }

    fn check_client_data(&self, bytes: &[u8]) -> Result<ClientData, String> {
        let data = ClientData::read(bytes)?;
        equal("the type", &data.kind.as_str(), &"webauthn.create")?;
        equal("the challenge", &data.challenge, &self.challenge)?;
        require(self.origins.contains(&data.origin), "another origin")?;
        let framed = data.cross_origin || data.top_origin.is_some();
        let allowed = match (&self.frames, &data.top_origin) {
            _ if !framed => true,
            (None, _) => false,
            (Some(None), _) => true,
            (Some(Some(pages)), Some(page)) => pages.contains(page),
            (Some(Some(_)), None) => false,
        };
        require(allowed, "a frame that the policy forbids")?;
        Ok(data)
    }

    fn check_flags(&self, flags: u8) -> Result<(), String> {
        require(!self.presence || flags & 0x01 != 0, "no user presence")?;
        require(!self.verification || flags & 0x04 != 0, "no user verification")?;
        require(flags & 0x18 != 0x10, "backed up, yet not eligible")
    }
}

pub(super) fn policy_judge(policy: Policy) -> JudgeResponse {
    Arc::new(move |original, changed, before, answer| {
        judge_registration(&policy, original, changed, before, answer)?;
        Ok(meaning(before, answer))
    })
}

fn judge_registration(
    policy: &Policy,
    original: &Response,
    changed: &Response,
    before_answer: &Value,
    answer: &Value,
) -> Result<(), String> {
    equal("the credential id", &changed.id, &original.id)?;
    let data = policy.check_client_data(&changed.client_data)?;
    equal("the origin", &data.origin, &ClientData::read(&original.client_data)?.origin)?;
    let object = AttestationObject::read(&changed.attestation_object)?;
    let before = AttestationObject::read(&original.attestation_object)?;
    let unverified = answer["attestation"] == "unverified";
    if unverified {
        require(policy.unverified, "a format that nobody verified")?;
    } else {
        equal("the format", &object.format, &before.format)?;
        let trusted = answer["trust"] == "trusted";
        let (mutated, known) = (&object.statement, &before.statement);
        statement_may_replace(&object.format, mutated, known, trusted, policy.unverified)?;
        match object.format.as_str() {
            "none" => equal("the statement", &object.statement, &Item::Map(Vec::new()))?,
            // U2F signs the relying party, the credential's id and its key, and nothing else of the authenticator data.
            "fido-u2f" => {
                equal("the signed client data", &changed.client_data, &original.client_data)?;
                let signed = |data: &[u8]| data.get(53..).map(<[u8]>::to_vec);
                let (data, before) = (signed(&object.auth_data), signed(&before.auth_data));
                let key = |data: Option<Vec<u8>>| data.unwrap_or_default();
                require(same_u2f_key(&key(data), &key(before)), "another id or key")?;
            }
            _ => {
                equal("the signed client data", &changed.client_data, &original.client_data)?;
                equal("the signed authenticator data", &object.auth_data, &before.auth_data)?;
            }
        }
    }
    let data = AuthData::read(&object.auth_data)?;
    let attested = data.attested.ok_or("no credential")?;
    equal("the relying party", &data.rp_id_hash, &policy.rp_id_hash)?;
    policy.check_flags(data.flags)?;
    equal("the attested credential id", &attested.credential_id, &original.id)?;
    let before = AuthData::read(&before.auth_data)?.attested.ok_or("no credential")?;
    let key = Key::read(&attested.public_key)?;
    key.may_replace(&Key::read(&before.public_key)?)?;
    require(policy.offered.contains(&key.algorithm()), "an algorithm that was not offered")?;
    let expected = json!({
        "format": object.format,
        "attestation": if unverified { &answer["attestation"] } else { &before_answer["attestation"] },
        // A certificate that was changed may cost the trust, where it is not required.
        "trust": answer["trust"],
        "flags": data.flags,
        "user_verified": data.flags & 0x04 != 0,
        "extensions": data.extensions.map(|bytes| HEXLOWER.encode(&bytes)),
        "user": policy.user,
        "id": base64url(&changed.id),
        "key": base64url(&attested.public_key),
        "algorithm": key.algorithm(),
        "sign_count": data.sign_count,
        "backup_eligible": data.flags & 0x08 != 0,
        "backed_up": data.flags & 0x10 != 0,
        "transports": changed.transports,
        "aaguid": HEXLOWER.encode(&attested.aaguid),
    });
    equal("the answer", answer, &expected)
}

/// A statement that was accepted in place of `original`. What is signed is the same; of certificates, only the key of the first
/// has signed, unless it is trusted: then the first is the one that was issued, and what stands behind the one that an anchor
/// signed is not looked at. The version of SafetyNet is any text. Of a format that nobody verifies anything may change, where that
/// is let pass.
fn statement_may_replace(
    format: &str,
    changed: &Item,
    original: &Item,
    trusted: bool,
    unverified: bool,
) -> Result<(), String> {
    const FORMATS: [&str; 8] = [
        "none",
        "packed",
        "fido-u2f",
        "tpm",
        "android-key",
        "android-safetynet",
        "apple",
        "compound",
    ];
    if unverified && !FORMATS.contains(&format) {
        return Ok(());
    }
    match (changed, original) {
        (Item::Map(members), Item::Map(before)) => {
            equal("the number of members", &members.len(), &before.len())?;
            for (name, value) in members {
                let known = original.get(name).ok_or("another member")?;
                match (format, name) {
                    ("android-safetynet", Item::Text(name)) if name == "ver" => {}
                    (_, Item::Text(name)) if name == "x5c" => {
                        let first = |item: &Item| match item {
                            Item::Array(items) => items.first().cloned(),
                            _ => None,
                        };
                        require(
                            first(value).is_some() && (!trusted || first(value) == first(known)),
                            "another certificate is trusted",
                        )?;
                    }
                    _ => equal("a member of the statement", value, known)?,
                }
            }
            Ok(())
        }
        (Item::Array(parts), Item::Array(before)) if format == "compound" => {
            equal("the number of statements", &parts.len(), &before.len())?;
            for (part, before) in parts.iter().zip(before) {
                let (inner, known) = (part.named("attStmt"), before.named("attStmt"));
                let (name, known_name) = (part.named("fmt"), before.named("fmt"));
                let known_text = |name: Option<&Item>| matches!(name, Some(Item::Text(name)) if FORMATS.contains(&&**name));
                // One unknown name is as good as another; a known one that was changed is not verified any more.
                if !(unverified && !known_text(name)) {
                    equal("a statement's format", &name, &known_name)?;
                }
                let (Some(Item::Text(name)), Some(inner), Some(known)) = (name, inner, known)
                else {
                    return Err("a statement without its members".to_owned());
                };
                // Which of the parts is trusted, the answer does not say.
                statement_may_replace(name, inner, known, false, unverified)?;
            }
            Ok(())
        }
        _ => equal("the statement", changed, original),
    }
}

/// The length of the credential id, the id, and the key's numbers: what else stands in the COSE key is not signed.
fn same_u2f_key(changed: &[u8], original: &[u8]) -> bool {
    let split = |data: &[u8]| {
        let (len, rest) = data.split_at_checked(2)?;
        let len = usize::from(u16::from_be_bytes([len[0], len[1]]));
        let (id, key) = rest.split_at_checked(len)?;
        let key = cbor::read_prefix(key).ok()?.item;
        Some((id.to_vec(), key))
    };
    match (split(changed), split(original)) {
        (Some((id, key)), Some((known_id, known))) => {
            let same = [-2, -3].iter().all(|label| key.at(*label) == known.at(*label));
            id == known_id && same
        }
        _ => false,
    }
}

pub(crate) fn authenticate(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let rp = relying_party(inputs)?;
    let id = inputs.bytes("credential_id_hex");
    let known = inputs.hex("expected_user_handle_hex").or_else(|| inputs.hex("user_handle_hex"));
    let known = known.filter(|handle| !handle.is_empty()).unwrap_or_else(|| ANY_USER.to_vec());
    let owner = inputs.hex("record_user_handle_hex").unwrap_or_else(|| known.clone());
    let record_id = inputs.hex("record_credential_id_hex").unwrap_or_else(|| id.clone());
    let key = base64url(&inputs.bytes("credential_public_key_cose_hex"));
    let sign_count = u32::try_from(inputs.number_or_zero("stored_sign_count"));
    let parts = NewRecord {
        public_key: &key,
        user_handle: &base64url(&owner),
        sign_count: sign_count.map_err(|error| error.to_string())?,
        transports: Vec::new(),
        backup_eligible: inputs.flag("stored_backup_eligible"),
        backed_up: None,
        aaguid: None,
        uv_initialized: inputs.flag("stored_uv_initialized"),
    };
    let record =
        CredentialRecord::new(&base64url(&record_id), parts).map_err(|error| error.code())?;
    let text = response_text(inputs, &id);
    let challenge = base64url(&inputs.bytes("expected_challenge_hex"));
    let discoverable = inputs.flag("discoverable") == Some(true);
    let allow: Option<Vec<Vec<u8>>> = inputs.has("allow_credentials_hex").then(|| {
        let ids = inputs.texts("allow_credentials_hex");
        ids.iter().filter_map(|id| HEXLOWER.decode(id.as_bytes()).ok()).collect()
    });
    let asked = extensions(inputs, ExtensionInputs::authentication)?;
    let verify: Verify = Arc::new(move |text| {
        let slices: Option<Vec<&[u8]>> =
            allow.as_ref().map(|ids| ids.iter().map(Vec::as_slice).collect());
        let more = Stateless {
            allow: slices.as_deref(),
            extensions: asked.as_ref(),
            ..Stateless::default()
        };
        let verified = if discoverable {
            rp.verify_discoverable_authentication(text, &challenge, &record, more)?
        } else {
            let user = base64url(&known);
            rp.verify_authentication(text, &challenge, &user, &record, more)?
        };
        Ok(authenticated(&verified))
    });
    let judge = signed_judge(owner, discoverable);
    surfaces(text, Ceremony::Authentication, &verify, &judge)
}

/// Of an assertion everything is signed but the user handle, which may be left out where the user is known.
pub(super) fn signed_judge(owner: Vec<u8>, discoverable: bool) -> JudgeResponse {
    Arc::new(move |original, changed, before, answer| {
        equal("the answer", answer, before)?;
        equal("the credential id", &changed.id, &original.id)?;
        equal("the client data", &changed.client_data, &original.client_data)?;
        equal("the authenticator data", &changed.authenticator_data, &original.authenticator_data)?;
        equal("the signature", &changed.signature, &original.signature)?;
        match &changed.user_handle {
            Some(handle) => equal("the user handle", handle, &owner)?,
            None => require(!discoverable, "nobody is named")?,
        }
        Ok(Meaning::Same)
    })
}

/// Everything that an authentication reports.
pub(super) fn authenticated(verified: &AuthenticationVerified) -> Value {
    json!({
        "id": verified.credential_id(),
        "user": verified.user_handle(),
        "flags": verified.flags(),
        "user_verified": verified.user_verified(),
        "backup_eligible": verified.backup_eligible(),
        "backed_up": verified.backed_up(),
        "counter": verified.counter(),
        "counter_regressed": verified.counter_regressed(),
        "extensions": verified.extensions().raw_authenticator().map(|bytes| HEXLOWER.encode(bytes)),
        "prev": verified.transition().prev,
        "next": verified.transition().next,
    })
}
