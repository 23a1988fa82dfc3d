//! When an answer is right: verdicts, codes, fields, and what may be skipped.

use crate::vectors::Case;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a target said about a case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Accept(Map<String, Value>),
    Reject(String),
    Skip(String),
    /// No legal answer: the text says what came instead.
    Broken(String),
}

/// What a target says that it can do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hello {
    pub(crate) features: BTreeSet<String>,
    pub(crate) ops: BTreeSet<String>,
}

/// What the judge says about an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Pass,
    Fail(String),
    /// Legally left out: the text names what the target lacks.
    Skip(String),
    /// Not what the document recommends or what its author chose.
    Deviation(String),
}

/// Features that a target may lack. A skip for any other reason is illegal, so that a typing error hides nothing.
const OTHER_FEATURES: [&str; 3] = [
    // Arguments whose type the language's own signatures rule out.
    "dynamic_input",
    // Inputs of more than 8 KiB.
    "large_inputs",
    // The JSON text of a response, as opposed to the bytes in it.
    "response_json",
];
/// Hashes that HMAC knows elsewhere and one-time passwords have no use for.
const HASHES: [(&str, &str); 2] = [("SHA224", "sha224"), ("SHA384", "sha384")];
/// COSE algorithms and the feature that each one is.
const ALGORITHMS: [(i64, &str); 19] = [
    (-7, "es256"),
    (-8, "ed25519"),
    (-9, "es256"),
    (-19, "ed25519"),
    (-35, "es384"),
    (-36, "es512"),
    (-37, "rsassa_pss"),
    (-38, "rsassa_pss"),
    (-39, "rsassa_pss"),
    (-47, "es256k"),
    (-48, "ml_dsa"),
    (-49, "ml_dsa"),
    (-50, "ml_dsa"),
    (-51, "es384"),
    (-52, "es512"),
    (-53, "ed448"),
    (-257, "rsassa_pkcs1"),
    (-258, "rsassa_pkcs1"),
    (-259, "rsassa_pkcs1"),
];
/// Statements with certificates, of every format; `none` and `packed` under the credential's own key are always there.
const ATTESTATION: &str = "attestation";

/// Slow hashes of stored codes; a target without one says so of the record.
const CODE_HASHES: [&str; 2] = ["argon2", "typeable"];

fn is_feature(name: &str) -> bool {
    OTHER_FEATURES.contains(&name)
        || CODE_HASHES.contains(&name)
        || name == ATTESTATION
        || HASHES.iter().any(|(_, feature)| *feature == name)
        || ALGORITHMS.iter().any(|(_, feature)| *feature == name)
}

/// Whether a target without this feature is asked about the case all the same: it must then say that it does not support it.
/// What it is told about trust and formats, such a target could not even say.
pub(crate) fn is_asked_without(feature: &str, case: &Case) -> bool {
    let policy = ["trust", "formats", "unknown_attestation"];
    let asks = || policy.iter().any(|name| !case.inputs[*name].is_null());
    !OTHER_FEATURES.contains(&feature) && (feature != ATTESTATION || !asks())
}

/// Fields of `expect` that say something to people only.
const ADVISORY: [&str; 12] = [
    "result",
    "normative",
    "reason",
    "note",
    "why",
    "step",
    "validated",
    "diagnostic",
    "decoded_json",
    "ctap2_canonical",
    "why_not_canonical",
    "description",
];

/// The registry's description of an `amr` value is a result; elsewhere `description` describes the case.
fn is_advisory(op: &str, field: &str) -> bool {
    (ADVISORY.contains(&field) && !(op == "amr.registered" && field == "description"))
        || field.contains("_if_")
}

/// The fields that prove that an operation was done; a target that leaves one out fails.
const fn required_fields(op: &str) -> &'static [&'static str] {
    match op.as_bytes() {
        b"hotp.generate" | b"hotp.truncate" | b"totp.generate" | b"steam.generate" => &["code"],
        b"totp.verify" => &["matched_step"],
        b"steam.verify" => &["matched_step", "drift"],
        b"hotp.verify" | b"hotp.resync" => &["matched_counter", "next_counter"],
        b"hmac" => &["mac_hex"],
        b"base32.decode" | b"base64url.decode" => &["data_hex"],
        b"base32.roundtrip" => &["encoded_nopad"],
        b"base64.roundtrip" => &["base64url_nopad"],
        b"cbor.decode" => &["non_canonical_order"],
        b"cose.parse_key" => &["alg"],
        b"ecdsa.der_parse" => &["r_hex", "s_hex"],
        b"json.client_data" => &["type", "challenge", "origin", "cross_origin", "top_origin"],
        b"auth_data.parse" => {
            &["rp_id_hash_hex", "flags_hex", "sign_count", "credential_id_hex", "extensions_hex"]
        }
        b"webauthn.register" => &[
            "credential_id_hex",
            "credential_public_key_cose_hex",
            "sign_count",
            "uv",
            "backup_eligible",
            "backup_state",
            "extension_outputs",
        ],
        b"webauthn.authenticate" => {
            &["new_sign_count", "uv", "backup_eligible", "backup_state", "extension_outputs"]
        }
        b"explain.registration" | b"explain.authentication" => &["failed"],
        b"extensions.inputs" => &["extensions"],
        b"metadata.parse" => &["number", "next_update", "entries", "skipped"],
        b"decoy.begin" => &["allow_credentials"],
        b"related_origins" => &["text"],
        b"totp.commit" => &["matched_step", "prev", "next", "method", "user_verified"],
        b"hotp.commit" => &["next_counter", "prev", "next", "method", "user_verified"],
        b"totp.verify_at" => &["matched_step", "drift"],
        b"totp.confirm" => &["matched_step", "drift", "prev", "next", "again"],
        b"totp.uri" | b"otpauth.build" => &["uri"],
        b"otpauth.parse" => &[
            "type",
            "secret_hex",
            "algorithm",
            "digits",
            "period",
            "steam",
            "issuer",
            "account",
            "counter",
            "warnings",
        ],
        b"migration.parse" => &["entries"],
        b"record.read" => &[
            "credential_id_hex",
            "public_key_cose_hex",
            "user_handle_hex",
            "sign_count",
            "backup_eligible",
            "backed_up",
            "transports",
            "aaguid_hex",
            "uv_initialized",
            "attestation_object_hex",
            "attestation_client_data_json_hex",
            "record",
            "json",
            "compact",
        ],
        // Those of a sign-in; a registration's expectations name no `prev` and no evidence.
        b"ceremony.finish" => &[
            "credential_id_hex",
            "user_handle_hex",
            "new_sign_count",
            "uv",
            "prev",
            "next",
            "method",
            "user_verified",
        ],
        b"recovery.verify" => &[
            "bit",
            "remaining",
            "low",
            "needs_regeneration",
            "prev",
            "next",
            "method",
            "user_verified",
        ],
        b"config.recovery" => &["codes", "accepted", "lines", "prefix"],
        b"temporary.verify" | b"temporary.revoke" | b"config.temporary" => &[
            "accepted",
            "code_length",
            "event",
            "expires_at",
            "id",
            "issued",
            "issued_by",
            "kind",
            "max_uses",
            "method",
            "next",
            "not_after",
            "not_before",
            "prefix",
            "prev",
            "revoked",
            "user_verified",
            "uses",
            "uses_left",
        ],
        b"guess_odds" => &["odds_hex"],
        b"throttle.charge" | b"throttle.succeed" | b"throttle.refund" => &["prev", "next"],
        b"throttle.retry_at" => &["retry_at"],
        b"amr.salesforce_tier" => &["tier"],
        b"amr.parse_claim" => &["amr"],
        b"amr.registered" => &["registered", "description"],
        b"assurance.classify" | b"assurance.id_token" | b"assurance.stored_claims" => &[
            "tier",
            "recognised",
            "unknown",
            "explain",
            "profile",
            "version",
            "amr",
            "acr",
            "authn_context",
            "auth_time",
            "stored",
        ],
        b"assurance.profile" => &["id", "version", "lint"],
        b"assurance.assess" | b"assurance.stored" => {
            &["tier", "amr", "acr", "methods", "factors", "recovery", "explain", "stored"]
        }
        b"assurance.meets" => &["meets"],
        b"policy.profile" => &["id", "version", "labels", "channels", "privileged_rights"],
        b"policy.requirement" => &[
            "tier",
            "applies",
            "max_age",
            "exempt",
            "waiver",
            "enforced_from",
            "client_can",
            "acr_values",
            "policy",
            "policy_version",
        ],
        b"policy.decide" => &["kind", "reason", "need", "options", "challenge", "explain"],
        b"policy.methods" => &["eligible", "enrollable", "advice"],
        b"policy.remove" | b"policy.disable" => &["allowed", "reason"],
        b"policy.grandfathered" => &["grandfathered"],
        b"policy.effects" => &["effects"],
        b"session.expires_at" | b"session.touch" => &["expires_at"],
        b"audit.record" => &["record"],
        b"approval.enroll" => &["audience", "user_id", "expires_at"],
        b"approval.finish_enrollment"
        | b"approval.device"
        | b"approval.enroll_device"
        | b"approval.device_key" => &[
            "device_id",
            "user_id",
            "audience",
            "algorithm",
            "public_key_hex",
            "name",
            "record",
            "next",
        ],
        b"approval.begin" => &[
            "prev",
            "expires_at",
            "prefix",
            "number_length",
            "status",
            "audience",
            "user_id",
            "action",
            "context",
        ],
        b"approval.finish" => &["decision", "device_id", "user_id", "approval_id", "prev", "next"],
        b"approval.read" => &["status"],
        b"approval.cancel" => &["prev", "next"],
        b"approval.read_answer" => &["user_id", "device_id", "request_id"],
        b"approval.read_request" => {
            &["id", "audience", "user_id", "action", "context", "expires_at"]
        }
        b"approval.read_enrollment" => &["audience", "user_id", "device_id", "expires_at"],
        b"approval.sign" | b"approval.sign_enrollment" | b"approval.answer" => &["answer"],
        b"approval.to_sign" | b"approval.enrollment_to_sign" => &["to_sign_hex"],
        _ => &[],
    }
}

/// What evidence is worth, where a case asks for it.
const EVIDENCE_FIELDS: [&str; 6] =
    ["method", "user_verified", "evidence_kind", "assessed_tier", "assessed_amr", "assessed_acr"];

/// The same of a statement with certificates.
const ATTESTATION_FIELDS: [&str; 4] =
    ["attestation_type", "trust", "anchor_sha256_hex", "proven_aaguid_hex"];

/// Whether a target that leaves this field out fails.
fn is_required(case: &Case, field: &str) -> bool {
    let attested = case.requires.iter().any(|feature| feature == ATTESTATION);
    required_fields(&case.op).contains(&field)
        || EVIDENCE_FIELDS.contains(&field)
        || (attested && ATTESTATION_FIELDS.contains(&field))
}

/// The verdict that a case expects; `None` where both are right.
fn expected_verdict(case: &Case) -> Option<bool> {
    let expect = &case.expect;
    // A decoder accepts what is canonical but for the order of keys: real authenticators write other orders.
    if case.op == "cbor.decode" && expect["ctap2_canonical"].is_boolean() {
        return Some(
            expect["ctap2_canonical"] == true || expect["why_not_canonical"] == "map_key_order",
        );
    }
    match expect["result"].as_str() {
        Some("ok" | "valid" | "well_formed") => Some(true),
        Some("acceptable") => None,
        _ => Some(false),
    }
}

/// Whether a case expects a refusal.
pub(crate) fn rejects(case: &Case) -> bool {
    expected_verdict(case) == Some(false)
}

/// The expected verdict as a word.
pub(crate) fn expected_word(case: &Case) -> &'static str {
    match expected_verdict(case) {
        Some(true) => "accept",
        Some(false) => "reject",
        None => "either",
    }
}

/// Judges an answer.
pub(crate) fn judge(case: &Case, answer: &Answer, hello: &Hello) -> Outcome {
    match answer {
        Answer::Broken(what) => Outcome::Fail(what.clone()),
        Answer::Skip(reason) => judge_skip(case, reason, hello),
        Answer::Accept(_)
            if case.requires.iter().any(|feature| !hello.features.contains(feature)) =>
        {
            Outcome::Fail(
                "accepted without a feature that the case needs and the target says it lacks"
                    .into(),
            )
        }
        Answer::Accept(fields) => match expected_verdict(case) {
            Some(false) => mismatch(case, format!("accepted; expected {}", wanted(case))),
            _ => match wrong_field(case, fields) {
                Some(what) => mismatch(case, what),
                None => Outcome::Pass,
            },
        },
        Answer::Reject(code) => {
            let right_code =
                case.expect["code"].as_str().is_some_and(|wanted| wanted == code && rejects(case));
            if let (false, Some(feature)) = (right_code, missing_feature(case, code, hello)) {
                return Outcome::Skip(feature);
            }
            match expected_verdict(case) {
                Some(true) => mismatch(case, format!("refused with {code}; expected acceptance")),
                Some(false) if case.expect["code"].is_string() && !right_code => {
                    mismatch(case, format!("refused with {code}; expected {}", wanted(case)))
                }
                _ => Outcome::Pass,
            }
        }
    }
}

fn wanted(case: &Case) -> String {
    match case.expect["code"].as_str() {
        Some(code) => format!("a refusal with {code}"),
        None => "a refusal".into(),
    }
}

/// A wrong answer fails where it breaks a demand or a promise of ours; elsewhere it deviates.
fn mismatch(case: &Case, what: String) -> Outcome {
    if case.strict || case.normative() == "MUST" {
        Outcome::Fail(what)
    } else {
        Outcome::Deviation(what)
    }
}

fn judge_skip(case: &Case, reason: &str, hello: &Hello) -> Outcome {
    let illegal = |why: &str| Outcome::Fail(format!("illegal skip {reason:?}: {why}"));
    if !is_feature(reason) {
        illegal("no known feature has this name")
    } else if hello.features.contains(reason) {
        illegal("the target says that it has this feature")
    } else if case.strict && !case.requires.iter().any(|feature| feature == reason) {
        illegal("the case does not need this feature")
    } else {
        Outcome::Skip(reason.into())
    }
}

/// The algorithm or format that a refusal as unsupported is about, if the target says that it lacks it.
fn missing_feature(case: &Case, code: &str, hello: &Hello) -> Option<String> {
    let candidates: Vec<&str> = match code {
        // Which of its algorithms a refused case is about, only the case itself can say; a target offers what is built in.
        "algorithm_unsupported" | "algorithm_not_offered" | "certificate_algorithm_unsupported"
            if case.strict =>
        {
            let needed = |feature: &&str| case.requires.iter().any(|needed| needed == *feature);
            ALGORITHMS.iter().map(|(_, feature)| *feature).filter(needed).collect()
        }
        "algorithm_unsupported" | "algorithm_not_offered" => {
            let number = case.expect["alg"]
                .as_i64()
                .or(case.inputs["alg"].as_i64())
                .or_else(|| key_algorithm(case));
            ALGORITHMS
                .iter()
                .filter(|(alg, _)| Some(*alg) == number)
                .map(|(_, feature)| *feature)
                .collect()
        }
        "attestation_format_unsupported" => {
            let fmt = case.expect["fmt"].as_str().or(case.inputs["fmt"].as_str());
            // Our own files say what they require; what others wrote has to be looked at.
            let certified = if case.strict {
                case.requires.iter().any(|feature| feature == ATTESTATION)
            } else {
                has_x5c(case)
            };
            let heap_free = fmt == Some("none") || (fmt == Some("packed") && !certified);
            // Of a refusal in a file of ours nothing is known but what it requires.
            if heap_free { Vec::new() } else { vec![ATTESTATION] }
        }
        "code_hash_unsupported" => {
            let needed = |hash: &&str| case.requires.iter().any(|feature| feature == *hash);
            CODE_HASHES.iter().copied().filter(needed).collect()
        }
        "hash_algorithm_unknown" if !case.strict => HASHES
            .iter()
            .filter(|(name, _)| case.inputs["algorithm"] == *name)
            .map(|(_, feature)| *feature)
            .collect(),
        _ => return None,
    };
    let missing = candidates.into_iter().find(|feature| !hello.features.contains(*feature))?;
    let legal = !case.strict || case.requires.iter().any(|feature| feature == missing);
    legal.then(|| missing.to_owned())
}

/// Whether the attestation object of a case has a member `x5c`: CBOR's text of three letters.
fn has_x5c(case: &Case) -> bool {
    case.inputs["attestation_object_hex"].as_str().is_some_and(|hex| hex.contains("63783563"))
}

/// The algorithm of the key that a case holds: the value of label 3, which every key in use has in its first bytes
/// (`a? 01 kty 03 alg`).
fn key_algorithm(case: &Case) -> Option<i64> {
    let key = ["credential_public_key_cose_hex", "cose_hex"]
        .into_iter()
        .find_map(|name| case.inputs[name].as_str())?;
    let bytes: Vec<i64> = (0..key.len() / 2)
        .map_while(|i| i64::from_str_radix(key.get(2 * i..2 * i + 2)?, 16).ok())
        .collect();
    match bytes.get(1..)? {
        [0x01, _, 0x03, small @ 0x20..=0x37, ..] => Some(0x1f - small),
        [0x01, _, 0x03, 0x38, byte, ..] => Some(-1 - byte),
        [0x01, _, 0x03, 0x39, high, low, ..] => Some(-1 - (high * 256 + low)),
        _ => None,
    }
}

/// The first field that is not as expected.
fn wrong_field(case: &Case, got: &Map<String, Value>) -> Option<String> {
    let expect = case.expect.as_object()?;
    for (name, wanted) in expect {
        if is_advisory(&case.op, name) {
            continue;
        }
        // In a refusal `code` is the error's; in a result it is a one-time password.
        if name == "code" && rejects(case) {
            continue;
        }
        match got.get(name) {
            Some(value) if name == "odds_hex" && close(wanted, value) => {}
            Some(value) if !same(wanted, value) => {
                return Some(format!("{name} is {value}; expected {wanted}"));
            }
            None if is_required(case, name) => {
                return Some(format!("{name} is missing; expected {wanted}"));
            }
            _ => {}
        }
    }
    None
}

/// Equality, with numbers taken as integers or as decimal texts, also within lists and objects.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    fn number(value: &Value) -> Option<i128> {
        match value {
            Value::Number(n) => n.to_string().parse().ok(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::Object(left), Value::Object(right)) => {
            let held = |(name, value): (&String, _)| {
                right.get(name).is_some_and(|other| same(value, other))
            };
            left.len() == right.len() && left.iter().all(held)
        }
        // Two texts are compared as texts: a code of 012345 is not 12345.
        (Value::String(_), Value::String(_)) => left == right,
        _ => left == right || (number(left).is_some() && number(left) == number(right)),
    }
}

/// Whether two doubles, given by their bits, are equal but for rounding. The expected one is exact; the sums and products that
/// come to it lose at most half a unit in the last place each, and there are some fifty of them for a hundred attempts.
fn close(wanted: &Value, got: &Value) -> bool {
    const UNITS: u64 = 16;
    let bits = |value: &Value| {
        let text = value.as_str().filter(|text| text.len() == 16)?;
        u64::from_str_radix(text, 16).ok()
    };
    // Doubles of one sign are in the order of their bits.
    matches!((bits(wanted), bits(got)), (Some(a), Some(b)) if a.abs_diff(b) <= UNITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(op: &str, expect: Value) -> Case {
        Case {
            file: "f".into(),
            strict: false,
            id: "c".into(),
            op: op.into(),
            inputs: json!({}),
            expect,
            requires: vec![],
        }
    }

    fn hello(features: &[&str]) -> Hello {
        Hello { features: features.iter().map(|f| (*f).to_owned()).collect(), ops: BTreeSet::new() }
    }

    fn accept(fields: Value) -> Answer {
        Answer::Accept(fields.as_object().unwrap().clone())
    }

    fn reject(code: &str) -> Answer {
        Answer::Reject(code.into())
    }

    fn fails(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Fail(_))
    }

    #[test]
    fn a_wrong_verdict_fails() {
        let none = hello(&[]);
        let good = case("x", json!({"result": "ok"}));
        let bad = case("x", json!({"result": "invalid"}));
        assert_eq!(judge(&good, &accept(json!({})), &none), Outcome::Pass);
        assert_eq!(judge(&bad, &reject("anything"), &none), Outcome::Pass);
        assert!(fails(&judge(&good, &reject("anything"), &none)));
        assert!(fails(&judge(&bad, &accept(json!({})), &none)), "unexpected success");
        assert!(fails(&judge(&good, &Answer::Broken("noise".into()), &none)));
        for result in ["malformed", "unknown word"] {
            assert!(fails(&judge(
                &case("x", json!({"result": result})),
                &accept(json!({})),
                &none
            )));
        }
        let either = case("x", json!({"result": "acceptable"}));
        assert_eq!(judge(&either, &accept(json!({})), &none), Outcome::Pass);
        assert_eq!(judge(&either, &reject("anything"), &none), Outcome::Pass);
    }

    #[test]
    fn a_wrong_code_fails() {
        let bad = case("x", json!({"result": "invalid", "code": "otp_replayed"}));
        assert_eq!(judge(&bad, &reject("otp_replayed"), &hello(&[])), Outcome::Pass);
        assert!(fails(&judge(&bad, &reject("otp_rejected"), &hello(&[]))));
    }

    #[test]
    fn fields_are_compared() {
        let none = hello(&[]);
        let totp = case(
            "totp.verify",
            json!({"result": "ok", "matched_step": 5, "drift": -1, "why": "x"}),
        );
        assert_eq!(
            judge(&totp, &accept(json!({"matched_step": "5", "drift": -1})), &none),
            Outcome::Pass
        );
        assert_eq!(judge(&totp, &accept(json!({"matched_step": 5})), &none), Outcome::Pass);
        assert!(fails(&judge(&totp, &accept(json!({"matched_step": 6})), &none)));
        assert!(fails(&judge(&totp, &accept(json!({"matched_step": 5, "drift": 1})), &none)));
        assert!(fails(&judge(&totp, &accept(json!({})), &none)), "the proof of work is missing");
        let large =
            case("totp.verify", json!({"result": "ok", "matched_step": "18446744073709551615"}));
        assert_eq!(judge(&large, &accept(json!({"matched_step": u64::MAX})), &none), Outcome::Pass);
        let code = case("hotp.generate", json!({"result": "ok", "code": "012345"}));
        assert!(fails(&judge(&code, &accept(json!({"code": "12345"})), &none)));
        let null = case("webauthn.register", json!({"result": "valid", "extensions_hex": null}));
        assert!(fails(&judge(&null, &accept(json!({"extensions_hex": "a0"})), &none)));
    }

    #[test]
    fn cbor_is_judged_by_its_form() {
        let none = hello(&[]);
        let unsorted = json!({"result": "well_formed", "ctap2_canonical": false, "why_not_canonical": "map_key_order"});
        assert_eq!(judge(&case("cbor.decode", unsorted), &accept(json!({})), &none), Outcome::Pass);
        let tagged = json!({"result": "well_formed", "ctap2_canonical": false, "why_not_canonical": "tag_not_allowed"});
        assert!(fails(&judge(&case("cbor.decode", tagged), &accept(json!({})), &none)));
    }

    #[test]
    fn only_a_must_fails_unless_the_file_promises() {
        for (word, deviates) in [
            ("SHOULD", true),
            ("POLICY", true),
            ("MAY", true),
            ("INTERPRETATION", true),
            ("EXACT", false),
            ("MUST", false),
        ] {
            let mut case = case("x", json!({"result": "ok", "normative": word}));
            assert_eq!(
                matches!(judge(&case, &reject("a"), &hello(&[])), Outcome::Deviation(_)),
                deviates,
                "{word}"
            );
            case.strict = true;
            assert!(fails(&judge(&case, &reject("a"), &hello(&[]))), "{word}");
        }
    }

    #[test]
    fn a_skip_is_legal_only_for_what_is_missing() {
        let skip = |reason: &str| Answer::Skip(reason.into());
        let mut case = case("x", json!({"result": "ok"}));
        assert_eq!(judge(&case, &skip("ed448"), &hello(&[])), Outcome::Skip("ed448".into()));
        assert!(fails(&judge(&case, &skip("ed448"), &hello(&["ed448"]))), "it has the feature");
        assert!(fails(&judge(&case, &skip("not today"), &hello(&[]))), "no feature");
        case.strict = true;
        assert!(fails(&judge(&case, &skip("ed448"), &hello(&[]))), "the case needs no feature");
        case.requires = vec!["ed448".into()];
        assert_eq!(judge(&case, &skip("ed448"), &hello(&[])), Outcome::Skip("ed448".into()));
        assert!(
            fails(&judge(&case, &accept(json!({})), &hello(&[]))),
            "it says that it cannot, and does"
        );
        assert_eq!(judge(&case, &accept(json!({})), &hello(&["ed448"])), Outcome::Pass);
    }

    #[test]
    fn unsupported_counts_as_skipped_only_where_it_is_true() {
        let unsupported = reject("algorithm_unsupported");
        let rs256 = case("cose.parse_key", json!({"result": "valid", "alg": -257}));
        let pkcs1 = Outcome::Skip("rsassa_pkcs1".into());
        assert_eq!(judge(&rs256, &unsupported, &hello(&["es256"])), pkcs1);
        assert!(fails(&judge(&rs256, &unsupported, &hello(&["rsassa_pkcs1"]))));
        let es256 = case("cose.parse_key", json!({"result": "valid", "alg": -7}));
        assert!(fails(&judge(&es256, &unsupported, &hello(&["es256"]))));
        let no_format = reject("attestation_format_unsupported");
        let mut packed =
            case("webauthn.register", json!({"result": "valid", "fmt": "packed", "alg": -7}));
        assert!(fails(&judge(&packed, &no_format, &hello(&[]))), "its own key signs: always built");
        packed.inputs = json!({"attestation_object_hex": "a1637835638140"});
        let skipped = Outcome::Skip("attestation".into());
        assert_eq!(judge(&packed, &no_format, &hello(&["es256"])), skipped);
        assert!(fails(&judge(&packed, &no_format, &hello(&["attestation"]))));
        let mut refused =
            case("webauthn.register", json!({"result": "invalid", "code": "certificate_rejected"}));
        refused.strict = true;
        refused.inputs = packed.inputs;
        assert!(fails(&judge(&refused, &no_format, &hello(&[]))), "the case does not need it");
        refused.requires = vec!["attestation".into(), "es384".into()];
        assert_eq!(judge(&refused, &no_format, &hello(&[])), skipped);
        let no_key = reject("certificate_algorithm_unsupported");
        let es384 = Outcome::Skip("es384".into());
        assert_eq!(judge(&refused, &no_key, &hello(&["attestation"])), es384);
        assert!(fails(&judge(&refused, &no_key, &hello(&["attestation", "es384"]))));
        // A refusal that is expected under this very code is no skip.
        let never = case(
            "cose.parse_key",
            json!({"result": "invalid", "code": "algorithm_unsupported", "alg": -65535}),
        );
        assert_eq!(judge(&never, &unsupported, &hello(&[])), Outcome::Pass);
        let mut stored = case("webauthn.authenticate", json!({"result": "valid"}));
        stored.inputs = json!({"credential_public_key_cose_hex": "a40103033901002059"});
        assert_eq!(judge(&stored, &unsupported, &hello(&[])), pkcs1);
        let mut hmac = case("hmac", json!({"result": "ok"}));
        hmac.inputs = json!({"algorithm": "SHA384"});
        let unknown = reject("hash_algorithm_unknown");
        assert_eq!(judge(&hmac, &unknown, &hello(&[])), Outcome::Skip("sha384".into()));
        hmac.inputs = json!({"algorithm": "SHA256"});
        assert!(fails(&judge(&hmac, &unknown, &hello(&[]))));
        stored.inputs = json!({"credential_public_key_cose_hex": "a401010327200621"});
        assert_eq!(judge(&stored, &unsupported, &hello(&[])), Outcome::Skip("ed25519".into()));
        stored.inputs = json!({"credential_public_key_cose_hex": "a5010203382220"});
        assert_eq!(judge(&stored, &unsupported, &hello(&[])), Outcome::Skip("es384".into()));
    }

    #[test]
    fn trust_is_asked_of_targets_that_have_it() {
        let mut case = case("webauthn.register", json!({"result": "valid"}));
        assert!(is_asked_without(ATTESTATION, &case) && is_asked_without("es384", &case));
        assert!(!is_asked_without("response_json", &case));
        case.inputs = json!({"trust": null});
        assert!(is_asked_without(ATTESTATION, &case));
        case.inputs = json!({"trust": {"anchors_hex": []}});
        assert!(!is_asked_without(ATTESTATION, &case) && is_asked_without("es384", &case));
        // Where it is asked, what it says of trust is proof.
        case.requires = vec![ATTESTATION.into()];
        case.expect = json!({"result": "valid", "trust": "trusted"});
        let hello = hello(&[ATTESTATION]);
        assert!(fails(&judge(&case, &accept(json!({})), &hello)));
        assert_eq!(judge(&case, &accept(json!({"trust": "trusted"})), &hello), Outcome::Pass);
    }

    #[test]
    fn a_slow_hash_that_is_lacking_is_a_skip_where_the_case_needs_it() {
        let unsupported = reject("code_hash_unsupported");
        let mut good = case("recovery.verify", json!({"result": "ok"}));
        good.strict = true;
        assert!(fails(&judge(&good, &unsupported, &hello(&[]))));
        good.requires = vec!["typeable".into()];
        assert_eq!(judge(&good, &unsupported, &hello(&[])), Outcome::Skip("typeable".into()));
        assert!(fails(&judge(&good, &unsupported, &hello(&["typeable"]))));
        assert!(fails(&judge(&good, &accept(json!({})), &hello(&[]))), "it said that it cannot");
        let unknown =
            case("recovery.verify", json!({"result": "invalid", "code": "code_hash_unsupported"}));
        assert_eq!(judge(&unknown, &unsupported, &hello(&[])), Outcome::Pass);
    }

    #[test]
    fn a_description_is_a_result_of_the_registry_alone() {
        let expect = json!({"result": "ok", "registered": true, "description": "a"});
        let registry = case("amr.registered", expect.clone());
        let said = |what: Value| accept(json!({"registered": true, "description": what}));
        assert_eq!(judge(&registry, &said(json!("a")), &hello(&[])), Outcome::Pass);
        assert!(fails(&judge(&registry, &said(json!("b")), &hello(&[]))));
        assert!(fails(&judge(&registry, &accept(json!({"registered": true})), &hello(&[]))));
        let other = case("cbor.decode", expect);
        assert_eq!(judge(&other, &said(json!("b")), &hello(&[])), Outcome::Pass);
    }

    #[test]
    fn what_evidence_is_worth_must_be_said_where_a_case_asks() {
        let commit = case("totp.commit", json!({"result": "ok", "assessed_tier": "standard"}));
        assert!(fails(&judge(&commit, &accept(json!({})), &hello(&[]))));
        let said =
            |tier: &str| judge(&commit, &accept(json!({"assessed_tier": tier})), &hello(&[]));
        assert_eq!(said("standard"), Outcome::Pass);
        assert!(fails(&said("phishing_resistant")));
    }

    #[test]
    fn lists_are_compared_member_by_member() {
        let wanted = json!([{"counter": "5", "warnings": ["a"], "issuer": null}]);
        assert!(same(&wanted, &json!([{"counter": 5, "warnings": ["a"], "issuer": null}])));
        for other in [
            json!([]),
            json!([{"counter": "5", "warnings": ["a"]}]),
            json!([{"counter": "5", "warnings": ["a"], "issuer": null, "more": 1}]),
            json!([{"counter": "05", "warnings": ["a"], "issuer": null}]),
            json!([{"counter": "5", "warnings": [], "issuer": null}]),
            json!([{"counter": "5", "warnings": ["a"], "issuer": ""}]),
        ] {
            assert!(!same(&wanted, &other), "{other}");
            assert!(!same(&other, &wanted), "{other}");
        }
    }

    #[test]
    fn odds_may_differ_by_rounding_and_by_nothing_else() {
        let odds = |value: f64| json!(format!("{:016x}", value.to_bits()));
        let wanted = case("guess_odds", json!({"result": "ok", "odds_hex": odds(0.000_3)}));
        let said = |value: Value| judge(&wanted, &accept(json!({"odds_hex": value})), &hello(&[]));
        assert_eq!(said(odds(0.000_3 * (1.0 + f64::EPSILON))), Outcome::Pass);
        for other in [odds(0.000_3 + 1e-15), odds(-0.000_3), json!(0.000_3), json!("3e-4")] {
            assert!(fails(&said(other)));
        }
        assert!(fails(&judge(&wanted, &accept(json!({})), &hello(&[]))));
    }
}
