//! Random mutations of valid responses and of every public function's arguments: no panic, and nothing is accepted whose
//! signed bytes differ. `MFAKIT_MUTATIONS` sets how many a seed or function gets.

#![allow(clippy::expect_used, clippy::panic, reason = "tests may panic")]

use mfakit::{
    AuthenticationState, BeginAuthentication, BeginRegistration, CredentialRecord,
    CrossOriginPolicy, HashAlgorithm, Hotp, HotpOptions, NewRecord, Preset, RegistrationState,
    RelyingParty, RelyingPartyOptions, Stateless, Totp, TotpOptions, UnixTime, UserVerification,
    VerifyTotp, from_base64url, read_response, to_base64url,
};
use serde_json::{Value, json};

fn mutations() -> usize {
    std::env::var("MFAKIT_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000)
}

/// xorshift64*: the same sequence everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % (n.max(1) as u64)) as usize
    }

    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..=self.below(2) {
            let at = self.below(out.len() + 1);
            match self.below(6) {
                0 if at < out.len() => out[at] ^= 1 << self.below(8),
                1 if at < out.len() => out[at] = self.next() as u8,
                2 => out.insert(at, self.next() as u8),
                3 if at < out.len() => drop(out.remove(at)),
                4 => out.truncate(at),
                _ => {
                    let from = self.below(out.len() + 1);
                    let piece: Vec<u8> =
                        out.iter().skip(from).take(self.below(16)).copied().collect();
                    out.splice(at..at, piece);
                }
            }
        }
        out
    }

    fn junk_text(&mut self) -> String {
        const PIECES: [&str; 16] = [
            "",
            "0",
            "755224",
            "-",
            " ",
            "GEZDGNBV",
            "=",
            "é",
            "😀",
            "\u{0}",
            "{",
            "\"",
            "https://",
            "example.org",
            "null",
            "\u{feff}",
        ];
        (0..self.below(8)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn junk_number(&mut self) -> u64 {
        let edges = [
            0,
            1,
            6,
            10,
            30,
            100,
            1000,
            1 << 31,
            1 << 32,
            1 << 53,
            1 << 63,
            u64::MAX - 1,
            u64::MAX,
        ];
        if self.below(3) == 0 { self.next() } else { edges[self.below(edges.len())] }
    }
}

fn vectors() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/vectors/webauthn-none.json");
    let text = std::fs::read_to_string(path).expect("the vectors are in the repository");
    let file: Value = serde_json::from_str(&text).expect("vectors are JSON");
    let cases = file["cases"].as_array().expect("a file has cases");
    // Responses that the drivers would build; those with a text of their own are about the text.
    let wanted = |case: &&Value| {
        case["expect"]["result"] == "valid" && case["inputs"]["client_data_json_hex"].is_string()
    };
    cases.iter().filter(wanted).cloned().collect()
}

fn bytes(case: &Value, name: &str) -> Vec<u8> {
    let text = case["inputs"][name].as_str().unwrap_or_default();
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex"))
        .collect()
}

fn relying_party(case: &Value) -> RelyingParty {
    let inputs = &case["inputs"];
    let texts = |value: &Value| -> Vec<String> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .map(|t| t.as_str().expect("text").to_owned())
            .collect()
    };
    let mut options = RelyingPartyOptions::new("test", &[], UserVerification::Preferred);
    options.origins = texts(&inputs["expected_origins"]);
    options.top_origins = texts(&inputs["expected_top_origins"]);
    options.danger_allow_absent_user = inputs["require_user_presence"] == false;
    if inputs["allow_cross_origin"] == true {
        options.cross_origin = match options.top_origins.is_empty() {
            true => CrossOriginPolicy::DangerAnyTopOrigin,
            false => CrossOriginPolicy::AllowListed,
        };
    } else {
        options.top_origins.clear();
    }
    RelyingParty::new(inputs["rp_id"].as_str().expect("text"), options)
        .expect("a valid case has a valid configuration")
}

fn response(id: &[u8], members: Value) -> Vec<u8> {
    let id = to_base64url(id);
    json!({"id": id, "rawId": id, "type": "public-key", "response": members})
        .to_string()
        .into_bytes()
}

/// The bytes that a response's signature covers, as an independent parser finds them.
fn signed(response: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let text = response.strip_prefix(b"\xef\xbb\xbf").unwrap_or(response);
    let value: Value = serde_json::from_slice(text).ok()?;
    let member = |name: &str| from_base64url(value["response"][name].as_str()?).ok();
    Some((member("clientDataJSON")?, member("authenticatorData")?))
}

#[test]
fn mutated_assertions_are_accepted_only_if_the_signed_bytes_are_the_same() {
    let mut random = Random(0x6d66_616b_6974_0001);
    let (mut seeds, mut refused) = (0, 0);
    for case in vectors().iter().filter(|case| case["op"] == "webauthn.authenticate") {
        let rp = relying_party(case);
        let id = bytes(case, "credential_id_hex");
        let parts = NewRecord {
            public_key: &to_base64url(&bytes(case, "credential_public_key_cose_hex")),
            user_handle: "dXNlcg",
            sign_count: case["inputs"]["stored_sign_count"].as_u64().unwrap_or(0) as u32,
            transports: Vec::new(),
            backup_eligible: None,
            backed_up: None,
            aaguid: None,
            uv_initialized: None,
        };
        let record =
            CredentialRecord::new(&to_base64url(&id), parts).expect("a valid case has a valid key");
        let (client_data, auth_data) =
            (bytes(case, "client_data_json_hex"), bytes(case, "authenticator_data_hex"));
        let signature = bytes(case, "signature_hex");
        let challenge = to_base64url(&bytes(case, "expected_challenge_hex"));
        let build = |client_data: &[u8], auth_data: &[u8], signature: &[u8]| {
            response(
                &id,
                json!({
                    "clientDataJSON": to_base64url(client_data),
                    "authenticatorData": to_base64url(auth_data),
                    "signature": to_base64url(signature),
                }),
            )
        };
        let good = build(&client_data, &auth_data, &signature);
        let verify = |response: &[u8]| {
            rp.verify_authentication(response, &challenge, "dXNlcg", &record, Stateless::default())
        };
        if case["inputs"]["sign_count_policy"] == "report"
            || case["inputs"]["backup_policy"].is_string()
        {
            continue;
        }
        let _ = verify(&good).unwrap_or_else(|e| panic!("{}: {e:?}", case["id"]));
        seeds += 1;
        for round in 0..mutations() {
            let mutated = match round % 4 {
                0 => random.mutate(&good),
                1 => build(&random.mutate(&client_data), &auth_data, &signature),
                2 => build(&client_data, &random.mutate(&auth_data), &signature),
                _ => build(&client_data, &auth_data, &random.mutate(&signature)),
            };
            let _ = read_response(&mutated);
            match verify(&mutated) {
                Ok(_) => assert_eq!(
                    signed(&mutated),
                    Some((client_data.clone(), auth_data.clone())),
                    "{}",
                    case["id"]
                ),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(seeds >= 4, "{seeds} seeds");
    assert!(refused >= seeds * mutations() / 2, "{refused} refused");
}

#[test]
fn mutated_registrations_keep_challenge_type_and_origin() {
    let mut random = Random(0x6d66_616b_6974_0002);
    let mut seeds = 0;
    for case in vectors().iter().filter(|case| case["op"] == "webauthn.register") {
        let rp = relying_party(case);
        let mediation = (case["inputs"]["mediation"] == "conditional")
            .then_some(mfakit::Mediation::Conditional);
        let (client_data, object) =
            (bytes(case, "client_data_json_hex"), bytes(case, "attestation_object_hex"));
        let challenge = to_base64url(&bytes(case, "expected_challenge_hex"));
        let named = case["expect"]["credential_id_hex"].as_str();
        let id = match named {
            Some(_) => (0..named.map_or(0, str::len) / 2)
                .filter_map(|i| u8::from_str_radix(named?.get(2 * i..2 * i + 2)?, 16).ok())
                .collect(),
            None => bytes(case, "credential_id_hex"),
        };
        let build = |client_data: &[u8], object: &[u8]| {
            let members = json!({"clientDataJSON": to_base64url(client_data), "attestationObject": to_base64url(object)});
            response(&id, members)
        };
        let more = Stateless { mediation, ..Stateless::default() };
        let verify = |response: &[u8]| rp.verify_registration(response, &challenge, "dXNlcg", more);
        let good = build(&client_data, &object);
        let _ = verify(&good).unwrap_or_else(|e| panic!("{}: {e:?}", case["id"]));
        seeds += 1;
        for round in 0..mutations() {
            let mutated = match round % 3 {
                0 => random.mutate(&good),
                1 => build(&random.mutate(&client_data), &object),
                _ => build(&client_data, &random.mutate(&object)),
            };
            let Ok(accepted) = verify(&mutated) else { continue };
            // `none` signs nothing; what binds the registration is in the client data.
            let text: Value =
                serde_json::from_slice(&mutated).expect("accepted responses are JSON");
            let decoded =
                from_base64url(text["response"]["clientDataJSON"].as_str().expect("text"))
                    .expect("base64url");
            let decoded = decoded.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&decoded);
            let members: Value = match serde_json::from_slice(decoded) {
                Ok(members) => members,
                // RFC 8259 sets numbers no range; serde_json does. Such a number stands in an unknown member.
                Err(error) if error.to_string().starts_with("number out of range") => continue,
                Err(error) => panic!("accepted client data is not JSON: {error}"),
            };
            assert_eq!(members["type"], "webauthn.create");
            assert_eq!(members["challenge"].as_str(), Some(challenge.as_str()));
            assert!(
                case["inputs"]["expected_origins"]
                    .as_array()
                    .is_some_and(|o| o.contains(&members["origin"]))
            );
            assert_eq!(accepted.credential().id(), to_base64url(&id));
        }
    }
    assert!(seeds >= 4, "{seeds} seeds");
}

#[test]
fn hostile_arguments_of_every_function_are_errors_or_values() {
    let mut random = Random(0x6d66_616b_6974_0003);
    let rp = RelyingParty::new(
        "example.org",
        RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required),
    )
    .expect("valid");
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for _ in 0..mutations() {
        let options = TotpOptions {
            algorithm: [HashAlgorithm::Sha1, HashAlgorithm::Sha256, HashAlgorithm::Sha512]
                [random.below(3)],
            digits: random.junk_number(),
            period: random.junk_number(),
            preset: [Preset::Usual, Preset::Strict][random.below(2)],
        };
        let (a, b) = (random.junk_text(), random.junk_text());
        let _ = Totp::new(&a, options).map(|totp| totp.uri(&a, &b));
        let _ = Totp::from_key(a.as_bytes(), options);
        let _ = Totp::danger_legacy(&b, options);
        let totp = Totp::new(
            secret,
            TotpOptions { period: 1 + random.next() % 3600, ..TotpOptions::default() },
        )
        .expect("valid");
        let now = Some(UnixTime::from_seconds(random.junk_number()));
        let _ = totp.code_at(now);
        let _ = totp.confirm(&a, now);
        let last_step = (random.below(2) == 0).then(|| random.junk_number());
        let verify = VerifyTotp {
            last_step,
            now,
            past: Some(random.next() % 12),
            future: Some(random.next() % 12),
            drift: 0,
        };
        if let Ok(verified) = totp.verify(&a, verify) {
            assert!(last_step.is_none_or(|last| last < verified.step().get()));
        }
        let hotp = Hotp::new(secret, HotpOptions::default()).expect("valid");
        let counter = random.junk_number();
        let _ = hotp.code_at(counter);
        if let Ok(verified) = hotp.verify(&a, counter, random.next() % 102) {
            assert!(verified.next_counter() > counter);
        }
        let _ = hotp.resync(&a, &b, counter, random.next() % 32);
        let _ = Hotp::ten_digits(&b, HashAlgorithm::Sha512);
        let _ = CredentialRecord::from_text(&a);
        let _ = mfakit::generate_secret(random.below(200));
        let _ = mfakit::host_time(f64::from_bits(random.next()));
        let _ = mfakit::read_aaguid(&a);
        let begin = BeginAuthentication {
            lifetime: Some(random.junk_number()),
            now,
            ..BeginAuthentication::default()
        };
        let _ = rp.begin_authentication(&a, &[], begin);
        let _ = rp.begin_discoverable_authentication(begin);
        let _ = rp.begin_decoy_authentication(&a, begin);
        let _ = mfakit::ExtensionInputs::registration(&a);
        let _ = mfakit::ExtensionInputs::authentication(&a);
        let _ = mfakit::related_origins_json(&[&a]);
        let _ = rp.explain_registration(a.as_bytes(), &b, &a, Stateless::default());
        let registration = BeginRegistration {
            user_name: &b,
            lifetime: begin.lifetime,
            now,
            ..BeginRegistration::default()
        };
        let _ = rp.begin_registration(&a, registration);
        let _ = rp.finish_registration(a.as_bytes(), &RegistrationState::from_text(b.clone()), now);
        let _ = rp.verify_registration(a.as_bytes(), &b, &a, Stateless::default());
        let options = RelyingPartyOptions::new(&a, &[&b], UserVerification::Preferred);
        let _ = RelyingParty::new(&b, options);
    }
    let ceremony =
        rp.begin_discoverable_authentication(BeginAuthentication::default()).expect("valid");
    let key = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
    let parts = NewRecord {
        public_key: key,
        user_handle: "dXNlcg",
        sign_count: 0,
        transports: Vec::new(),
        backup_eligible: None,
        backed_up: None,
        aaguid: None,
        uv_initialized: None,
    };
    let record = CredentialRecord::new("AQID", parts).expect("valid");
    for _ in 0..mutations() {
        let state = random.mutate(ceremony.state().to_text().as_bytes());
        let state = String::from_utf8_lossy(&state);
        let _ = rp.finish_registration(b"{}", &RegistrationState::from_text(state.clone()), None);
        let _ =
            rp.finish_authentication(b"{}", &AuthenticationState::from_text(state), &record, None);
    }
}
