//! Responses that a real browser gave, kept as data in `captures/` and turned into cases.
//!
//! A capture is read without any of mfakit's code, and one that does not hold (a wrong challenge, a signature that does
//! not verify) is refused: what is written from it is a promise.

use crate::bytes::{base64url, from_base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::keys::verifies;
use crate::webauthn::ceremony::{AT, BE, BS, ED, UP, UV, sha256};
use mfakit_testing::cbor::{self, Value as Cbor};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a credential's record holds after a registration or an assertion.
struct Record {
    public_key: Vec<u8>,
    sign_count: u32,
    backup_eligible: bool,
    user_handle: Vec<u8>,
}

/// The file of all captures, each given by its text; `None` if there is none.
pub(crate) fn file(captures: &[String]) -> Result<Option<File>, String> {
    let mut cases = Vec::new();
    for text in captures {
        cases.extend(read(text)?.cases);
    }
    Ok((!cases.is_empty()).then(|| File {
        topic: "browser-captures",
        description: "Registrations and sign-ins of real browsers with virtual authenticators",
        notes: vec![
            "Each response stands twice: as its bytes, and as the JSON text that the browser gave."
                .into(),
        ],
        cases,
    }))
}

/// A capture that holds.
pub(crate) struct Capture {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
}

/// Reads a capture.
pub(crate) fn read(text: &str) -> Result<Capture, String> {
    let capture: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    if capture["schema"] != "mfakit-capture/1" {
        return Err("the schema is not mfakit-capture/1".into());
    }
    let name = slug(&capture["name"])?;
    let mut records = BTreeMap::new();
    let mut cases = Vec::new();
    for ceremony in capture["ceremonies"].as_array().ok_or("ceremonies is not an array")? {
        let label = slug(&ceremony["name"])?;
        let read = one(&capture, ceremony, &format!("capture-{name}-{label}"), &mut records);
        cases.extend(read.map_err(|e| format!("{name}, {label}: {e}"))?);
    }
    Ok(Capture { name, cases })
}

fn slug(value: &Value) -> Result<String, String> {
    let text = string(value, "name")?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.chars().all(fits) {
        Ok(text)
    } else {
        Err(format!("the name {text:?} is not of a-z, 0-9 and -"))
    }
}

fn string(value: &Value, what: &str) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or(format!("{what} is not a text"))
}

fn octets(value: &Value, what: &str) -> Result<Vec<u8>, String> {
    from_base64url(&string(value, what)?).ok_or(format!("{what} is not base64url"))
}

/// A member that may be missing, null or empty; all three mean absent.
fn optional_octets(value: &Value, what: &str) -> Result<Option<Vec<u8>>, String> {
    if value.is_null() {
        Ok(None)
    } else {
        octets(value, what).map(|bytes| (!bytes.is_empty()).then_some(bytes))
    }
}

fn check(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.into()) }
}

/// Authenticator data, cut into its parts.
struct Parts {
    flags: u8,
    sign_count: u32,
    /// AAGUID, credential id, public key.
    attested: Option<(Vec<u8>, Vec<u8>, Vec<u8>)>,
    extensions: Option<Vec<u8>>,
}

fn parts(data: &[u8]) -> Option<Parts> {
    let flags = *data.get(32)?;
    let sign_count = u32::from_be_bytes(data.get(33..37)?.try_into().ok()?);
    let mut rest = data.get(37..)?;
    let attested = if flags & AT == 0 {
        None
    } else {
        let len = usize::from(u16::from_be_bytes(rest.get(16..18)?.try_into().ok()?));
        let (aaguid, id) = (rest.get(..16)?.to_vec(), rest.get(18..18 + len)?.to_vec());
        let from = rest.get(18 + len..)?;
        let (_, after) = cbor::read(from)?;
        rest = after;
        Some((aaguid, id, from[..from.len() - after.len()].to_vec()))
    };
    let extensions = if flags & ED == 0 { None } else { Some(std::mem::take(&mut rest).to_vec()) };
    rest.is_empty().then_some(Parts { flags, sign_count, attested, extensions })
}

/// What is said of an attestation statement: a format, a type, how many certificates.
struct Statement {
    format: String,
    kind: &'static str,
    path_len: u64,
}

/// The authenticator data in an attestation object, and what its statement is.
fn attested(object: &[u8]) -> Result<(Vec<u8>, Statement), String> {
    let Some((value, [])) = cbor::read(object) else {
        return Err("the attestation object cannot be read".into());
    };
    let auth_data = value.get("authData").and_then(Cbor::as_bytes).ok_or("no authData")?;
    let certificates = match value.get("attStmt").and_then(|statement| statement.get("x5c")) {
        Some(Cbor::Array(certificates)) => certificates.len(),
        _ => 0,
    };
    let statement = match (value.get("fmt"), certificates) {
        (Some(Cbor::Text(fmt)), 0) if fmt == "none" => (fmt, "none"),
        (Some(Cbor::Text(fmt)), 1..) if fmt == "packed" || fmt == "fido-u2f" => (fmt, "basic"),
        _ => return Err("another format".into()),
    };
    let path_len = u64::try_from(certificates).expect("a small number");
    Ok((auth_data.to_vec(), Statement { format: statement.0.clone(), kind: statement.1, path_len }))
}

/// The algorithm of a COSE key, and the feature that it is, if not every target has it.
fn algorithm(key: &[u8]) -> Result<(i64, Option<&'static str>), String> {
    let (key, _) = cbor::read(key).ok_or("the key cannot be read")?;
    match key.get_int(3) {
        Some(Cbor::Int(-7)) => Ok((-7, None)),
        Some(Cbor::Int(-8)) => Ok((-8, Some("ed25519"))),
        Some(Cbor::Int(-257)) => Ok((-257, Some("rsassa_pkcs1"))),
        _ => Err("another algorithm".into()),
    }
}

fn one(
    capture: &Value,
    ceremony: &Value,
    id: &str,
    records: &mut BTreeMap<Vec<u8>, Record>,
) -> Result<Vec<Case>, String> {
    let registers = match ceremony["kind"].as_str() {
        Some("registration") => true,
        Some("authentication") => false,
        _ => return Err("kind is neither registration nor authentication".into()),
    };
    let (rp_id, origin) =
        (string(&capture["rp_id"], "rp_id")?, string(&capture["origin"], "origin")?);
    let top_origin = capture["top_origin"].as_str();
    let challenge = octets(&ceremony["challenge"], "challenge")?;
    let required = string(&ceremony["user_verification"], "user_verification")? == "required";
    let response = &ceremony["response"];
    let inner = &response["response"];
    let credential_id = octets(&response["id"], "id")?;
    let client_data = octets(&inner["clientDataJSON"], "clientDataJSON")?;
    let said: Value =
        serde_json::from_slice(&client_data).map_err(|e| format!("clientDataJSON: {e}"))?;
    check(
        said["type"] == if registers { "webauthn.create" } else { "webauthn.get" },
        "the type differs",
    )?;
    check(said["challenge"] == base64url(&challenge).as_str(), "the challenge differs")?;
    check(said["origin"] == origin.as_str(), "the origin differs")?;
    check(said["topOrigin"].as_str() == top_origin, "the top origin differs")?;

    let object = if registers {
        Some(octets(&inner["attestationObject"], "attestationObject")?)
    } else {
        None
    };
    let (auth_data, statement) = match &object {
        Some(object) => {
            let (auth_data, statement) = attested(object)?;
            (auth_data, Some(statement))
        }
        None => (octets(&inner["authenticatorData"], "authenticatorData")?, None),
    };
    let parts = parts(&auth_data).ok_or("the authenticator data cannot be read")?;
    check(auth_data[..32] == sha256(rp_id.as_bytes()), "the rp id differs")?;
    check(parts.flags & UP != 0, "UP is clear")?;
    check(parts.flags & UV != 0 || !required, "UV is clear")?;

    let bytes_of_text = serde_json::to_vec(response).map_err(|e| e.to_string())?;
    let start = |id: String, op| {
        let mut case = Case::new(op, id);
        case.source = Json::object([
            ("document", string(&capture["browser"], "browser")?.into()),
            ("section", "captured with a virtual authenticator".into()),
        ]);
        Ok::<_, String>(
            case.input("rp_id", rp_id.as_str())
                .input("expected_origins", vec![origin.as_str()])
                .input("allow_cross_origin", top_origin.is_some())
                .input("expected_top_origins", top_origin.map(|top| vec![top]))
                .input("expected_challenge_hex", hex(&challenge))
                .input("require_user_presence", true)
                .input("require_user_verification", required),
        )
    };
    let flag = |bit: u8| Json::from(parts.flags & bit != 0);
    let expected = |case: Case, counter: &str| {
        let mut case = case.accept("valid", [(counter, parts.sign_count.into())]);
        for (name, value) in [
            ("flags_hex", Json::from(hex(&[parts.flags]))),
            ("up", flag(UP)),
            ("uv", flag(UV)),
            ("backup_eligible", flag(BE)),
            ("backup_state", flag(BS)),
            ("extensions_hex", parts.extensions.as_deref().map(hex).into()),
        ] {
            case.expect.set(name, value);
        }
        case
    };
    let sent = |case: Case, members: Vec<(&str, Vec<u8>)>, as_text: bool| {
        if as_text {
            case.input("response_hex", hex(&bytes_of_text)).requires("response_json")
        } else {
            members.into_iter().fold(case, |case, (name, bytes)| case.input(name, hex(&bytes)))
        }
    };

    let mut cases = Vec::new();
    if let Some(object) = object {
        let user_handle = octets(&ceremony["user_handle"], "user_handle")?;
        let (aaguid, attested_id, public_key) =
            parts.attested.clone().ok_or("no attested credential data")?;
        check(attested_id == credential_id, "the id is not the attested one")?;
        let (algorithm, feature) = algorithm(&public_key)?;
        let statement = statement.ok_or("no statement")?;
        for as_text in [false, true] {
            let case = start(
                format!("{id}{}", if as_text { "-response" } else { "" }),
                "webauthn.register",
            )?;
            let case = case
                .input("allowed_algs", vec![algorithm])
                .input("trust_anchors_hex", Json::Null)
                .input("verification_time", Json::Null)
                .input("credential_id_hex", hex(&credential_id))
                .input("expected_user_handle_hex", hex(&user_handle));
            let members = vec![
                ("client_data_json_hex", client_data.clone()),
                ("attestation_object_hex", object.clone()),
            ];
            let mut case = expected(sent(case, members, as_text), "sign_count");
            for (name, value) in [
                ("fmt", Json::from(statement.format.as_str())),
                ("attestation_type", statement.kind.into()),
                ("trust", "not_requested".into()),
                ("path_len", statement.path_len.into()),
                ("aaguid_hex", hex(&aaguid).into()),
                ("credential_id_hex", hex(&credential_id).into()),
                ("credential_public_key_cose_hex", hex(&public_key).into()),
                ("alg", algorithm.into()),
            ] {
                case.expect.set(name, value);
            }
            case.requires.extend((statement.path_len > 0).then_some("attestation"));
            case.requires.extend(feature);
            cases.push(case);
        }
        let record = Record {
            public_key,
            sign_count: parts.sign_count,
            backup_eligible: parts.flags & BE != 0,
            user_handle,
        };
        records.insert(credential_id, record);
    } else {
        let record = records
            .get_mut(&credential_id)
            .ok_or("no registration of this credential stands before it")?;
        let signature = octets(&inner["signature"], "signature")?;
        let user_handle = optional_octets(&inner["userHandle"], "userHandle")?;
        let discoverable = ceremony["discoverable"].as_bool().unwrap_or(false);
        let signed = [&auth_data[..], &sha256(&client_data)].concat();
        check(verifies(&record.public_key, &signed, &signature), "the signature does not verify")?;
        check(parts.attested.is_none(), "AT is set")?;
        check(user_handle.is_some() || !discoverable, "no user handle")?;
        check(
            user_handle.as_ref().is_none_or(|handle| *handle == record.user_handle),
            "the user handle differs",
        )?;
        check(record.backup_eligible == (parts.flags & BE != 0), "BE has changed")?;
        let rises =
            parts.sign_count > record.sign_count || (parts.sign_count, record.sign_count) == (0, 0);
        check(rises, "the counter does not rise")?;
        for as_text in [false, true] {
            let case = start(
                format!("{id}{}", if as_text { "-response" } else { "" }),
                "webauthn.authenticate",
            )?;
            let mut case = case
                .input("credential_id_hex", hex(&credential_id))
                .input("credential_public_key_cose_hex", hex(&record.public_key))
                .input("stored_sign_count", record.sign_count)
                .input("stored_backup_eligible", record.backup_eligible)
                .input("record_user_handle_hex", hex(&record.user_handle));
            case = if discoverable {
                case.input("discoverable", true)
            } else {
                case.input("expected_user_handle_hex", hex(&record.user_handle))
            };
            let mut members = vec![
                ("client_data_json_hex", client_data.clone()),
                ("authenticator_data_hex", auth_data.clone()),
                ("signature_hex", signature.clone()),
            ];
            members.extend(user_handle.clone().map(|handle| ("user_handle_hex", handle)));
            let mut case = expected(sent(case, members, as_text), "new_sign_count");
            case.requires.extend(algorithm(&record.public_key)?.1);
            cases.push(case);
        }
        record.sign_count = parts.sign_count;
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webauthn::recipe::{PLAIN, build};
    use crate::webauthn::response::{authentication_json, registration_json};

    /// A capture made of the first Level 3 vector.
    fn capture() -> String {
        let (mut registration, authentication) = build(PLAIN);
        format!(
            r#"{{"schema": "mfakit-capture/1", "name": "test", "browser": "none", "rp_id": "example.org",
                "origin": "https://example.org", "ceremonies": [
                {{"kind": "registration", "name": "register", "challenge": "{}", "user_handle": "YQ",
                  "user_verification": "preferred", "response": {}}},
                {{"kind": "authentication", "name": "sign-in", "challenge": "{}",
                  "user_verification": "preferred", "response": {}}}]}}"#,
            registration.ceremony.challenge_text(),
            registration_json(&mut registration),
            authentication.ceremony.challenge_text(),
            authentication_json(&authentication),
        )
    }

    #[test]
    fn a_capture_becomes_cases_as_bytes_and_as_text() {
        let cases = read(&capture()).unwrap().cases;
        let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        let expected = ["register", "register-response", "sign-in", "sign-in-response"];
        assert_eq!(ids, expected.map(|id| format!("capture-test-{id}")));
        let (registration, authentication) = build(PLAIN);
        let printed = registration.accepted("");
        for name in ["client_data_json_hex", "attestation_object_hex", "expected_challenge_hex"] {
            assert_eq!(cases[0].inputs.get(name), printed.inputs.get(name));
        }
        assert_eq!(
            cases[2].expect.get("flags_hex"),
            authentication.accepted("").expect.get("flags_hex")
        );
    }

    #[test]
    fn a_capture_that_does_not_hold_is_refused() {
        let (_, authentication) = build(PLAIN);
        let signature = base64url(&authentication.sent_signature());
        let other = base64url(&authentication.key.sign(b"other"));
        for (from, to, what) in [
            ("mfakit-capture/1", "mfakit-capture/2", "schema"),
            ("\"test\"", "\"No Name\"", "name"),
            ("https://example.org", "https://example.com", "origin differs"),
            ("\"rp_id\": \"example.org\"", "\"rp_id\": \"example.com\"", "rp id differs"),
            ("\"preferred\"", "\"required\"", "UV is clear"),
            ("\"kind\": \"registration\"", "\"kind\": \"authentication\"", "type differs"),
            (&signature, &other, "signature does not verify"),
            ("\"userHandle\":null", "\"userHandle\":\"Yg\"", "user handle differs"),
            ("\"challenge\": \"", "\"challenge\": \"AAAA", "challenge differs"),
        ] {
            let changed = capture().replace(from, to);
            assert_ne!(changed, capture(), "{from}");
            let error = read(&changed).err().unwrap_or_default();
            assert!(error.contains(what), "{what}: {error}");
        }
    }
}
