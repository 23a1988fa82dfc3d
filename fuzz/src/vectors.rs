//! Seeds from the conformance vectors: each case, turned into the input of every oracle that it has something for.

use crate::assertion::{self, options};
use crate::cbor::Node;
use crate::input::Output;
use crate::relying_party::Policy;
use crate::test_key::TestKey;
use crate::{
    assurance_profile, attestation_object, cose, ed25519, recovery_verify, registration, response,
    sealed_state, signature, statement, throttle, tpm,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// The inputs for each oracle.
pub type Seeds = BTreeMap<&'static str, Vec<Vec<u8>>>;

/// Reads every vector file in a folder.
///
/// # Errors
///
/// If a file cannot be read or is no vector file.
pub fn read(folder: &Path) -> Result<Seeds, String> {
    let mut seeds = Seeds::new();
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let name = path.display();
        let text = std::fs::read(path).map_err(|e| format!("{name}: {e}"))?;
        let file: Value = serde_json::from_slice(&text).map_err(|e| format!("{name}: {e}"))?;
        let cases = file["cases"].as_array().ok_or_else(|| format!("{name}: no cases"))?;
        for case in cases {
            add_case(&mut seeds, case);
        }
    }
    Ok(seeds)
}

fn add_case(seeds: &mut Seeds, case: &Value) {
    let inputs = Inputs(&case["inputs"]);
    let mut add = |target, input: Vec<u8>| {
        let all: &mut Vec<_> = seeds.entry(target).or_default();
        if !all.contains(&input) {
            all.push(input);
        }
    };
    // Fields that are the whole input of an oracle, whatever the operation.
    for (field, targets) in [
        ("cbor_hex", &["cbor"][..]),
        ("cose_hex", &["cose", "cbor"]),
        ("public_key_cose_hex", &["cose", "cbor"]),
        ("credential_public_key_cose_hex", &["cose", "cbor"]),
        ("client_data_json_hex", &["client_data", "json"]),
        ("attestation_object_hex", &["attestation_object", "cbor"]),
        ("authenticator_data_hex", &["auth_data"]),
        ("signature_hex", &["der"]),
        ("der_hex", &["der"]),
    ] {
        if let Some(bytes) = inputs.hex(field) {
            targets.iter().for_each(|target| add(target, bytes.clone()));
        }
    }
    match case["op"].as_str() {
        Some("assurance.id_token") => add("claims", inputs.text("id_token")),
        Some("assurance.stored") => add("assessment_text", inputs.text("stored")),
        Some("assurance.profile" | "assurance.classify") => {
            let amr = inputs.0["amr"].as_array().into_iter().flatten().take(8);
            let amr = amr.filter_map(Value::as_str).map(|value| (0, value.as_bytes().to_vec()));
            let profile = inputs.text("profile_json");
            let arguments =
                assurance_profile::Arguments { profile, values: amr.collect(), times: [0; 3] };
            add("assurance_profile", arguments.write());
        }
        Some("policy.profile") => {
            let output = Output::default().number([0]).bytes(b"ui").bytes(b"production");
            let policy = inputs.text("policy_json");
            add("policy_profile", output.number([0; 4]).raw(&policy).finish());
        }
        Some("base32.decode") => add("base32", inputs.text("text")),
        Some("base64url.decode") => add("base64url", inputs.text("text")),
        Some("webauthn.register") => {
            // The credential id stands 55 bytes into the authenticator data, behind its length.
            let object = inputs.hex("attestation_object_hex").unwrap_or_default();
            let id = inputs.hex("credential_id_hex").or_else(|| attested_id(&object));
            let arguments = registration::Arguments {
                policy: inputs.policy(),
                challenge: inputs.hex("expected_challenge_hex").unwrap_or_default(),
                credential_id: id.unwrap_or_default(),
                client_data_json: inputs.hex("client_data_json_hex").unwrap_or_default(),
                attestation_object: object,
            };
            let (object, client_data) =
                (&arguments.attestation_object, &arguments.client_data_json);
            add("statement", statement::input(0, client_data, object));
            add("explain", [&[2], &statement::input(0, client_data, object)[..]].concat());
            let read = attestation_object::reference(object);
            for (target, seed) in read.iter().flat_map(|read| parts_of(&read.statement)) {
                add(target, seed);
            }
            if let Some(results) = inputs.0.get("client_extension_results") {
                let asks = u8::from(inputs.0.get("extensions").is_none()) << 2;
                add("extension_outputs", [&[asks], results.to_string().as_bytes()].concat());
            }
            add("response", response::registration_input(&arguments));
            add("registration", arguments.write());
        }
        Some("webauthn.authenticate") => {
            let signed = inputs.assertion();
            let eddsa = cose::algorithm(&signed.public_key) == Ok(-8);
            let key = if eddsa { TestKey::Ed25519 } else { TestKey::Es256 };
            let again = assertion::Arguments {
                options: signed.options | options::SIGN,
                public_key: key.public_key(),
                ..signed.clone()
            };
            add("response", response::assertion_input(&signed));
            add("assertion", signed.write());
            add("assertion", again.write());
        }
        Some("sig.verify") => {
            let [key, signature, message] = ["public_key_cose_hex", "signature_hex", "message_hex"]
                .map(|field| inputs.hex(field).unwrap_or_default());
            if let Ok(cose::Key { kind: cose::Kind::Ed25519 { x }, .. }) = cose::reference(&key) {
                add("ed25519", ed25519::input(&x, &signature, &message));
            }
            add("signature", signature::input(&key, &message, &signature));
        }
        Some("recovery.verify") => {
            let typeable = inputs.text("record").starts_with(b"$mfakit-rc$v=1,f=typeable");
            add("recovery_code", [&[2 * u8::from(typeable)], &inputs.text("code")[..]].concat());
            add("recovery_record", inputs.text("record"));
            add("recovery_verify", inputs.recovery().write());
        }
        Some("throttle.charge" | "throttle.succeed" | "throttle.refund" | "throttle.retry_at") => {
            add("throttle_state", inputs.text("state"));
            add("throttle", inputs.throttle());
        }
        Some("config.throttle") => add("throttle", inputs.throttle()),
        Some("ceremony.finish") => {
            let (now, state) = (inputs.number("now").unwrap_or(0), inputs.text("state"));
            let sealed = inputs.hex("state_key_hex").is_some();
            add("sealed_state", sealed_state::input(sealed, now, &state));
        }
        Some("temporary.verify" | "temporary.revoke") => {
            add("temporary_record", inputs.text("record"));
        }
        Some("config.temporary") => add("temporary_record", inputs.text("previous")),
        Some("otpauth.parse") => add("otpauth", inputs.text("uri")),
        Some("migration.parse") => add("migration", inputs.text("uri")),
        Some("metadata.parse") => add("metadata", [&[1], &inputs.text("blob")[..]].concat()),
        Some("extensions.inputs") => add("extension_inputs", inputs.text("extensions")),
        Some("record.read") => add("record_text", inputs.text("record")),
        Some("hotp.generate" | "hotp.verify" | "hotp.resync") => add("hotp", inputs.hotp()),
        Some("totp.generate" | "totp.verify") => add("totp", inputs.totp(false)),
        Some("steam.generate" | "steam.verify") => add("totp", inputs.totp(true)),
        _ => {}
    }
}

/// What the oracles of certificates and TPMs find in a statement, or in the statements of a compound one.
fn parts_of(statement: &Node) -> Vec<(&'static str, Vec<u8>)> {
    let entries = match statement {
        Node::Map(entries) => entries,
        Node::Array(parts) => return parts.iter().flat_map(parts_of).collect(),
        _ => return Vec::new(),
    };
    let member = |name: &str| {
        let found = entries.iter().find(|(key, _)| *key == Node::Text(name.to_owned()));
        found.map(|(_, value)| value)
    };
    let mut parts: Vec<_> = member("attStmt").into_iter().flat_map(parts_of).collect();
    if let Some(Node::Array(certificates)) = member("x5c") {
        parts.extend(certificates.iter().filter_map(|certificate| match certificate {
            Node::Bytes(der) => Some(("certificate", der.clone())),
            _ => None,
        }));
    }
    if let (Some(Node::Bytes(public)), Some(Node::Bytes(info))) =
        (member("pubArea"), member("certInfo"))
    {
        parts.push(("tpm", tpm::input(public, info)));
    }
    parts
}

fn attested_id(object: &[u8]) -> Option<Vec<u8>> {
    let object = crate::attestation_object::reference(object)?;
    let data = crate::auth_data::reference(&object.auth_data)?;
    Some(data.attested?.credential_id.to_vec())
}

/// The inputs of a case.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn hex(&self, field: &str) -> Option<Vec<u8>> {
        data_encoding::HEXLOWER.decode(self.0[field].as_str()?.as_bytes()).ok()
    }

    fn text(&self, field: &str) -> Vec<u8> {
        self.0[field].as_str().unwrap_or_default().as_bytes().to_vec()
    }

    /// A number, which may be written as a decimal string.
    fn number(&self, field: &str) -> Option<u64> {
        let value = &self.0[field];
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    fn small(&self, field: &str) -> u8 {
        self.number(field).and_then(|n| u8::try_from(n).ok()).unwrap_or(0)
    }

    fn flag(&self, field: &str, default: bool) -> bool {
        self.0[field].as_bool().unwrap_or(default)
    }

    fn policy(&self) -> u16 {
        let frames = match (self.flag("allow_cross_origin", false), &self.0["expected_top_origins"])
        {
            (false, _) => 0,
            (true, Value::Null) => Policy::FRAMES_ANY,
            (true, _) => Policy::FRAMES_LISTED,
        };
        let when = |condition, bit| if condition { bit } else { 0 };
        frames
            | when(self.flag("require_user_verification", false), Policy::VERIFICATION)
            | when(!self.flag("require_user_presence", true), Policy::NO_PRESENCE)
    }

    fn assertion(&self) -> assertion::Arguments {
        let bytes = |field| self.hex(field).unwrap_or_default();
        let id = bytes("credential_id_hex");
        let handle = self.hex("user_handle_hex");
        let owner = self.hex("expected_user_handle_hex").or_else(|| handle.clone());
        let owner = owner.unwrap_or_else(|| crate::authenticator::USER_HANDLE.to_vec());
        let eligible = self.0["stored_backup_eligible"].as_bool();
        let options = handle.as_ref().map_or(0, |_| options::HAS_USER_HANDLE)
            | eligible.map_or(0, |_| options::KNOWS_ELIGIBILITY)
            | if eligible == Some(true) { options::ELIGIBLE } else { 0 };
        assertion::Arguments {
            policy: self.policy(),
            options,
            stored_sign_count: self
                .number("stored_sign_count")
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0),
            challenge: bytes("expected_challenge_hex"),
            public_key: bytes("credential_public_key_cose_hex"),
            stored_id: id.clone(),
            known_user: owner.clone(),
            owner,
            allowed_id: id.clone(),
            credential_id: id,
            user_handle: handle.unwrap_or_default(),
            client_data_json: bytes("client_data_json_hex"),
            authenticator_data: bytes("authenticator_data_hex"),
            signature: bytes("signature_hex"),
        }
    }

    fn recovery(&self) -> recovery_verify::Arguments {
        let peppers = &self.0["peppers"];
        let keys = peppers["keys"].as_array().map_or(&[][..], Vec::as_slice);
        let pepper = |number: usize| {
            let key = Inputs(keys.get(number).unwrap_or(&Value::Null));
            (key.text("id"), key.hex("key_hex").unwrap_or_default())
        };
        recovery_verify::Arguments {
            options: if peppers.is_null() { 0 } else { recovery_verify::options::PEPPERS },
            used: self.number("used").and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            user_id: self.text("user_id"),
            peppers: [0, 1, 2].map(pepper),
            pepper_count: u8::try_from(keys.len().min(3)).unwrap_or(0),
            current: Inputs(peppers).text("current"),
            code: self.text("code"),
            record: self.text("record"),
            owner: self.text("user_id"),
            pepper_id: pepper(0).0,
            pepper: pepper(0).1,
            set_id: [9; 16],
            count: 10,
            slot: 0,
        }
    }

    fn throttle(&self) -> Vec<u8> {
        let small = |field, default: u64| self.number(field).unwrap_or(default).min(255) as u8;
        let delay = |field, default| {
            u32::try_from(self.number(field).unwrap_or(default)).unwrap_or(u32::MAX)
        };
        throttle::input(
            [small("max_failures", 100), small("free_failures", 5)],
            [delay("delay", 30), delay("max_delay", 3600)],
            self.number("now").unwrap_or(1_700_000_000),
        )
    }

    /// Hash, digits and secret.
    fn authenticator(&self, steam: bool) -> Output {
        let hash = match self.0["algorithm"].as_str() {
            Some("SHA256") => 1,
            Some("SHA512") => 2,
            _ => 0,
        };
        let digits = if steam { 3 } else { self.small("digits").saturating_sub(6) };
        Output::default().number([hash, digits]).bytes(&self.hex("secret_hex").unwrap_or_default())
    }

    fn hotp(&self) -> Vec<u8> {
        let look_ahead = self.number("look_ahead").and_then(|n| u16::try_from(n).ok());
        let first = if self.0["first"].is_string() { "first" } else { "code" };
        self.authenticator(false)
            .number(self.number("counter").unwrap_or(0).to_be_bytes())
            .number(look_ahead.unwrap_or(0).to_be_bytes())
            .number([0])
            .bytes(&self.text(first))
            .number([0])
            .bytes(&self.text("second"))
            .number([1])
            .finish()
    }

    fn drift(&self) -> u8 {
        let drift = self.0["drift"].as_i64().and_then(|drift| i8::try_from(drift).ok());
        drift.unwrap_or(0).cast_unsigned()
    }

    fn totp(&self, steam: bool) -> Vec<u8> {
        let period = self.number("period").and_then(|n| u16::try_from(n).ok()).unwrap_or(30);
        let start = self
            .authenticator(steam)
            .number(period.to_be_bytes())
            .number(self.number("t0").unwrap_or(0).to_be_bytes())
            .number(self.number("time").unwrap_or(0).to_be_bytes())
            .number([self.small("window_past"), self.small("window_future")])
            .number([self.drift()]);
        let start = match self.number("last_accepted_step") {
            Some(last) => start.number([1]).number(last.to_be_bytes()),
            None => start.number([0]),
        };
        start.number([0]).bytes(&self.text("code")).finish()
    }
}
