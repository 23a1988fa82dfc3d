//! Client data, authenticator data, both ceremonies, and the configuration of a relying party.

use super::{Answer, Inputs};
use crate::support::{hex, unhex};
use mfakit_core::crypto::PreparedKey;
use mfakit_core::encoding::{base64url, cose, json};
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::attestation::{
    Attestation, AttestationObject, AttestationPolicy, AttestationType, Formats, Trust,
    UnknownAttestation,
};
use mfakit_core::webauthn::auth_data::{AuthData, Flags};
use mfakit_core::webauthn::client_data::ClientData;
use mfakit_core::webauthn::extensions::{
    AuthenticatorExtensions, ExtensionSet, Requested, UnsolicitedExtensions,
};
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use mfakit_core::webauthn::{
    BackupPolicy, CounterPolicy, CrossOrigin, EnumerationKey, RelyingParty, UserPresence,
    UserVerification,
};
use mfakit_core::{Error, UnixTime};
use serde_json::{Value, json};

fn owned(text: json::Str<'_>) -> String {
    String::from_utf8(text.bytes().collect()).expect("UTF-8")
}

pub(super) fn client_data(inputs: &Inputs<'_>) -> Answer {
    let text = inputs.bytes("client_data_json_hex");
    let parsed = ClientData::parse(&text)?;
    Ok(json!({
        "type": owned(parsed.kind),
        "challenge": owned(parsed.challenge),
        "origin": owned(parsed.origin),
        "cross_origin": parsed.cross_origin,
        "top_origin": parsed.top_origin.map(owned),
    }))
}

pub(super) fn auth_data(inputs: &Inputs<'_>) -> Answer {
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

pub(super) fn config(inputs: &Inputs<'_>) -> Answer {
    let (origins, top_origins) = (inputs.texts("origins"), inputs.texts("top_origins"));
    let uv = UserVerification::from_name(inputs.text("user_verification"))?;
    RelyingParty::new(inputs.text("id"), &origins, uv)?
        .cross_origin(CrossOrigin::AllowListed(&top_origins))?;
    if let Some(key) = inputs.optional_bytes("enumeration_key_hex") {
        EnumerationKey::new(&key)?;
    }
    Ok(json!({}))
}

fn with_relying_party(
    inputs: &Inputs<'_>,
    run: impl FnOnce(&RelyingParty<'_>) -> Answer,
) -> Answer {
    let flag = |name| inputs.flag(name) == Some(true);
    let uv = match flag("require_user_verification") {
        true => UserVerification::Required,
        false => UserVerification::Preferred,
    };
    let (origins, top_origins) =
        (inputs.texts("expected_origins"), inputs.texts("expected_top_origins"));
    let mut rp = RelyingParty::new(inputs.text("rp_id"), &origins, uv)?;
    if flag("allow_cross_origin") {
        rp = rp.cross_origin(match inputs.get("expected_top_origins") {
            None => CrossOrigin::DangerAnyTopOrigin,
            Some(_) => CrossOrigin::AllowListed(&top_origins),
        })?;
    }
    if inputs.flag("require_user_presence") == Some(false) {
        rp = rp.user_presence(UserPresence::DangerNotRequired);
    }
    rp = match inputs.text("sign_count_policy") {
        "" | "reject" => rp,
        "report" => rp.counter(CounterPolicy::Report),
        other => panic!("{other}"),
    };
    rp = match inputs.text("backup_policy") {
        "" | "strict" => rp,
        "allow_upgrade" => rp.backup(BackupPolicy::AllowUpgrade),
        other => panic!("{other}"),
    };
    // A relying party offers what it can verify: of the case's list, what is built in.
    let mut offered = cose::SUPPORTED.to_vec();
    if let Some(algorithms) = inputs.get("allowed_algs").and_then(Value::as_array) {
        offered.retain(|built| algorithms.iter().any(|a| a.as_i64() == Some(*built)));
        if offered.is_empty() {
            return Err(Error::AlgorithmNotOffered);
        }
    }
    rp = rp.algorithms(&offered)?;
    if let Some(now) = inputs.optional("now").or(inputs.optional("verification_time")) {
        rp = rp.at(UnixTime::from_seconds(now));
    }
    let asked = asked(inputs);
    rp = rp.extensions(Requested {
        known: ExtensionSet::from_client_names(asked.iter().copied()),
        others: &asked,
        unsolicited: match inputs.text("unsolicited_extensions") {
            "" | "ignore" => UnsolicitedExtensions::Ignore,
            "reject" => UnsolicitedExtensions::Reject,
            other => panic!("{other}"),
        },
    });
    // Where the client says that it used the AppID, the assertion is for it.
    let used =
        inputs.get("client_extension_results").is_some_and(|results| results["appid"] == true);
    if let Some(appid) = inputs.get("extensions").and_then(|asked| asked["appid"].as_str())
        && used
    {
        rp = rp.appid(appid);
    }
    let policy = AttestationPolicy {
        formats: formats(inputs)?,
        unknown: match inputs.text("unknown_attestation") {
            "" | "reject" => UnknownAttestation::Reject,
            "ignore" => UnknownAttestation::Ignore,
            other => panic!("{other}"),
        },
        ..AttestationPolicy::default()
    };
    with_trust(inputs, policy, |policy| run(&rp.attestation(policy)))
}

fn formats(inputs: &Inputs<'_>) -> Result<Formats, Error> {
    if inputs.get("formats").is_none() {
        return Ok(AttestationPolicy::default().formats);
    }
    inputs.texts("formats").into_iter().try_fold(Formats::EMPTY, |formats, name| {
        Formats::from_name(name)
            .map(|format| formats.and(format))
            .ok_or(Error::ArgumentValueInvalid)
    })
}

/// A build without certificates is asked for no trust: see [`super::left_out`].
#[cfg(not(feature = "attestation"))]
fn with_trust(
    _: &Inputs<'_>,
    policy: AttestationPolicy<'_>,
    run: impl FnOnce(AttestationPolicy<'_>) -> Answer,
) -> Answer {
    run(policy)
}

#[cfg(feature = "attestation")]
use trust::with_trust;

/// What a case asks for about trust.
#[cfg(feature = "attestation")]
mod trust {
    use super::super::{Answer, Inputs};
    use crate::support::unhex;
    use mfakit_core::encoding::cose::PublicKey;
    use mfakit_core::webauthn::attestation::{
        AndroidKeyPolicy, Attestation, AttestationPolicy, FidoSwitches, Tolerances, TrustPolicy,
        TrustSource,
    };
    use mfakit_core::{Error, UnixTime};
    use std::borrow::Cow;

    /// The same anchors for every authenticator.
    #[derive(Debug)]
    struct Anchors(Vec<Vec<u8>>);

    impl TrustSource for Anchors {
        fn anchors(
            &self,
            _: &Attestation<'_>,
            _: &[u8; 16],
            _: &PublicKey<'_>,
            _: Option<UnixTime>,
        ) -> Result<Vec<Cow<'_, [u8]>>, Error> {
            Ok(self.0.iter().map(|anchor| Cow::Borrowed(&anchor[..])).collect())
        }
    }

    pub(super) fn with_trust(
        inputs: &Inputs<'_>,
        mut policy: AttestationPolicy<'_>,
        run: impl FnOnce(AttestationPolicy<'_>) -> Answer,
    ) -> Answer {
        let (source, require, danger_ignore_validity);
        if let Some(trust) = inputs.get("trust") {
            let trust = Inputs(trust.as_object().expect("an object"));
            source = Anchors(trust.texts("anchors_hex").into_iter().map(unhex).collect());
            require = trust.flag("require").unwrap_or(true);
            danger_ignore_validity = trust.flag("danger_ignore_validity") == Some(true);
            policy.android_key = android_key(trust.text("android_key"));
            policy.switches = switches(&trust.texts("fido_switches"))?;
            policy.tolerances = tolerances(&trust.texts("tolerances"))?;
        } else if inputs.get("trust_anchors_hex").or(inputs.get("android_key_policy")).is_some() {
            let anchors = inputs.texts("trust_anchors_hex");
            source = Anchors(anchors.into_iter().map(unhex).collect());
            // The reference files judge anchors where a path exists: a member `x5c`, as CBOR writes it.
            let has_path = inputs.text("attestation_object_hex").contains("63783563");
            require = has_path && inputs.get("trust_anchors_hex").is_some();
            danger_ignore_validity = inputs.get("verification_time").is_none();
            policy.android_key = android_key(inputs.text("android_key_policy"));
        } else {
            return run(policy);
        }
        let trust = TrustPolicy { source: &source, require, danger_ignore_validity };
        run(AttestationPolicy { trust: Some(trust), ..policy })
    }

    fn android_key(word: &str) -> AndroidKeyPolicy {
        match word {
            "" | "union" => AndroidKeyPolicy::Union,
            "tee_only" | "tee" => AndroidKeyPolicy::TeeOnly,
            other => panic!("{other}"),
        }
    }

    fn switches(names: &[&str]) -> Result<FidoSwitches, Error> {
        let mut switches = FidoSwitches::default();
        for name in names {
            match *name {
                "u2f_zero_aaguid" => switches.u2f_zero_aaguid = true,
                "tpm_known_vendor" => switches.tpm_known_vendor = true,
                "tpm_rs1" => switches.tpm_rs1 = true,
                "no_root_in_x5c" => switches.no_root_in_x5c = true,
                "token_binding" => switches.token_binding = true,
                _ => return Err(Error::ArgumentValueInvalid),
            }
        }
        Ok(switches)
    }

    fn tolerances(names: &[&str]) -> Result<Tolerances, Error> {
        let mut tolerances = Tolerances::default();
        for name in names {
            match *name {
                "ecdsa_null_parameters" => tolerances.ecdsa_null_parameters = true,
                "signature_unused_bits" => tolerances.signature_unused_bits = true,
                _ => return Err(Error::ArgumentValueInvalid),
            }
        }
        Ok(tolerances)
    }
}

/// The client names of the extensions that were asked for.
fn asked<'i>(inputs: &'i Inputs<'_>) -> Vec<&'i str> {
    let asked = inputs.get("extensions").and_then(Value::as_object);
    asked.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// The outputs in the form of the bindings: those of the authenticator, and of the client's what the core has a part in.
fn extension_outputs(inputs: &Inputs<'_>, read: &AuthenticatorExtensions<'_>) -> Value {
    let encoded = |raw| base64url::encode(raw).map(char::from).collect::<String>();
    let client = inputs.get("client_extension_results").cloned().unwrap_or_else(|| json!({}));
    let uvm: Vec<Value> =
        read.uvm().map(|m| json!([m.method, m.key_protection, m.matcher_protection])).collect();
    let asked = asked(inputs);
    let appid = client.get("appid").filter(|_| asked.contains(&"appid")).cloned();
    let outputs = [
        ("appid", appid),
        ("hmacCreateSecret", read.hmac_secret().map(Value::from)),
        (
            "credentialProtectionPolicy",
            read.credential_protection().map(|policy| policy.as_str().into()),
        ),
        ("minPinLength", read.min_pin_length().map(Value::from)),
        ("uvm", (!uvm.is_empty()).then(|| uvm.into())),
        ("raw", Some(json!({"authenticator": read.raw().map(encoded), "client": client}))),
    ];
    outputs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn flag_fields(flags: Flags) -> Value {
    json!({
        "flags_hex": hex(&[flags.bits()]),
        "up": flags.user_present(),
        "uv": flags.user_verified(),
        "backup_eligible": flags.backup_eligible(),
        "backup_state": flags.backed_up(),
    })
}

fn joined(mut fields: Value, more: Value) -> Value {
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    fields
}

pub(super) fn register(inputs: &Inputs<'_>) -> Answer {
    let attestation_object = inputs.bytes("attestation_object_hex");
    let id = inputs.optional_bytes("credential_id_hex").or_else(|| {
        // What a browser would send as `id`: the one in the attested data, where there is one to be read.
        let object = AttestationObject::parse(&attestation_object).ok()?;
        let attested = AuthData::parse(object.auth_data).ok()?.attested?;
        Some(attested.credential_id.to_vec())
    });
    let client_data_json = inputs.bytes("client_data_json_hex");
    let response = RegistrationResponse {
        credential_id: id.as_deref().unwrap_or(&[0]),
        client_data_json: &client_data_json,
        attestation_object: &attestation_object,
    };
    with_relying_party(inputs, |rp| {
        let challenge = inputs.bytes("expected_challenge_hex");
        let verified = registration::verify(rp, &challenge, &response)?;
        let fields = json!({
            "fmt": verified.attestation().format(),
            "attestation_type": attestation_type(verified.attestation()),
            "trust": verified.attestation().trust().as_str(),
            "anchor_sha256_hex": match verified.attestation().trust() {
                Trust::Trusted(anchor) => Some(hex(&anchor)),
                _ => None,
            },
            "path_len": path_len(verified.attestation()),
            "proven_aaguid_hex": verified.attestation().proven_aaguid().map(|aaguid| hex(aaguid)),
            "aaguid_hex": hex(verified.unproven_aaguid()),
            "credential_id_hex": hex(verified.credential_id()),
            "credential_public_key_cose_hex": hex(verified.public_key()),
            "alg": verified.algorithm(),
            "sign_count": verified.sign_count(),
            "extensions_hex": verified.extensions().raw().map(hex),
            "extension_outputs": extension_outputs(inputs, verified.extensions()),
        });
        Ok(joined(fields, flag_fields(verified.flags())))
    })
}

/// `compound:a,b` of a compound statement.
fn attestation_type(attestation: &Attestation<'_>) -> String {
    match attestation.attestation_type() {
        #[cfg(feature = "attestation")]
        AttestationType::Compound => {
            let parts: Vec<String> = attestation.parts().iter().map(attestation_type).collect();
            format!("compound:{}", parts.join(","))
        }
        other => AttestationType::as_str(other).to_owned(),
    }
}

#[cfg(feature = "attestation")]
fn path_len(attestation: &Attestation<'_>) -> usize {
    attestation.path().len()
}

#[cfg(not(feature = "attestation"))]
fn path_len(_: &Attestation<'_>) -> usize {
    0
}

/// Any user: most cases say nothing about who it is.
const ANY_USER: &[u8] = b"conformance";

pub(super) fn authenticate(inputs: &Inputs<'_>) -> Answer {
    let id = inputs.bytes("credential_id_hex");
    let claimed = inputs.optional_bytes("user_handle_hex");
    let known = inputs
        .optional_bytes("expected_user_handle_hex")
        .or_else(|| claimed.clone())
        .filter(|handle| !handle.is_empty())
        .unwrap_or_else(|| ANY_USER.to_vec());
    let stored = StoredCredential {
        id: &inputs.optional_bytes("record_credential_id_hex").unwrap_or_else(|| id.clone()),
        public_key: &inputs.bytes("credential_public_key_cose_hex"),
        user_handle: &inputs
            .optional_bytes("record_user_handle_hex")
            .unwrap_or_else(|| known.clone()),
        sign_count: u32::try_from(inputs.number("stored_sign_count")).expect("a counter"),
        backup_eligible: inputs.flag("stored_backup_eligible"),
    };
    let response = AssertionResponse {
        credential_id: &id,
        client_data_json: &inputs.bytes("client_data_json_hex"),
        authenticator_data: &inputs.bytes("authenticator_data_hex"),
        signature: &inputs.bytes("signature_hex"),
        user_handle: claimed.as_deref(),
    };
    let user = match inputs.flag("discoverable") {
        Some(true) => User::Discoverable,
        _ => User::Known(&known),
    };
    let ids: Vec<Vec<u8>> =
        inputs.texts("allow_credentials_hex").iter().map(|id| unhex(id)).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let hashes: Vec<[u8; 16]> = ids.iter().map(|id| assertion::id_hash(id)).collect();
    // The list and the form of it that fits in a cookie must decide alike.
    let allows = match inputs.get("allow_credentials_hex") {
        None => vec![Allow::Any],
        Some(_) => vec![Allow::Ids(&ids), Allow::IdHashes(&hashes)],
    };
    let prepared = inputs.optional_bytes("prepared_public_key_cose_hex");
    let prepared = prepared.map(|key| PreparedKey::new(&key).expect("an ES256 key"));
    with_relying_party(inputs, |rp| {
        let challenge = inputs.bytes("expected_challenge_hex");
        let mut answers: Vec<Answer> = allows
            .into_iter()
            .map(|allow| {
                let (stored, sent) = (&stored, &response);
                let verified = match &prepared {
                    Some(key) => {
                        assertion::verify_prepared(rp, &challenge, user, allow, stored, key, sent)
                    }
                    None => assertion::verify(rp, &challenge, user, allow, stored, sent),
                }?;
                let fields = json!({
                    "new_sign_count": verified.sign_count(),
                    "counter_regressed": verified.counter_regressed(),
                    "extensions_hex": verified.extensions().raw().map(hex),
                    "extension_outputs": extension_outputs(inputs, verified.extensions()),
                });
                let fields = joined(fields, flag_fields(verified.flags()));
                let (sent, known) = (verified.sign_count(), stored.sign_count);
                assert_eq!(verified.next_sign_count(), sent.max(known));
                let regressed = sent <= known && (sent, known) != (0, 0);
                assert_eq!(verified.counter_regressed(), regressed);
                let uv = verified.flags().user_verified();
                let evidence = verified.commit(1)?;
                assert_eq!(
                    (evidence.method().as_str(), evidence.user_verified()),
                    ("webauthn", uv)
                );
                Ok(fields)
            })
            .collect();
        let last = answers.pop().expect("an answer");
        assert!(answers.iter().all(|answer| *answer == last), "{answers:?} {last:?}");
        last
    })
}
