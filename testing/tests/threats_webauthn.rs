//! Attacks on passkeys that no single vector shows: whole tables, whole matrices, and what a client may say beside the
//! signed bytes. The ids are those of docs/threat-model.md. Every message is made by this crate, none by mfakit.

use mfakit::{
    AuthenticationVerified, BeginAuthentication, BeginRegistration, CredentialRecord, Error,
    NewRecord, RegistrationVerified, RelyingParty, RelyingPartyOptions, Stateless,
    UserVerification, generate_user_handle, read_response,
};
use mfakit_testing::auth_data::{AT, Attested, AuthData, BE, BS, UP, UV};
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use mfakit_testing::client_data::ClientData;
use mfakit_testing::cose::{EDDSA, ES256};
use mfakit_testing::keys::{Ed25519Key, Es256Key, Key};
use mfakit_testing::text::base64url;
use mfakit_testing::{SoftAuthenticator, attestation};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";
const CHALLENGE: [u8; 32] = [0x5c; 32];
const USER: &[u8] = b"a user handle";
const ID: [u8; 20] = [0x1d; 20];

fn rp_with(change: impl FnOnce(&mut RelyingPartyOptions)) -> RelyingParty {
    let mut options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    change(&mut options);
    RelyingParty::new(RP_ID, options).expect("a relying party")
}

fn rp() -> RelyingParty {
    rp_with(|_| {})
}

fn es256_key() -> Key {
    Key::Es256(Es256Key::new(&[7; 32]))
}

fn ed25519_key() -> Key {
    Key::Ed25519(Ed25519Key::new(&[7; 32]))
}

fn client_data(kind: &str) -> String {
    ClientData::new(kind, &CHALLENGE, ORIGIN).text()
}

fn response(id: &[u8], members: Value) -> Vec<u8> {
    let id = base64url(id);
    json!({"id": id, "rawId": id, "type": "public-key", "response": members})
        .to_string()
        .into_bytes()
}

fn registration(client_data: &str, object: &[u8]) -> Vec<u8> {
    let members = json!({
        "clientDataJSON": base64url(client_data.as_bytes()), "attestationObject": base64url(object),
    });
    response(&ID, members)
}

/// A registration's authenticator data around a key, as an authenticator that verified its user writes it.
fn attested(public_key: &[u8], flags: u8) -> AuthData {
    let mut data = AuthData::new(RP_ID, flags | AT, 0);
    data.attested = Some(Attested::new(&[0; 16], &ID, public_key));
    data
}

fn register_as(
    rp: &RelyingParty,
    format: &str,
    statement: &[u8],
    data: &AuthData,
) -> Result<RegistrationVerified, Error> {
    let object = attestation::object(format, statement, &data.bytes());
    let response = registration(&client_data("webauthn.create"), &object);
    let (challenge, user) = (base64url(&CHALLENGE), base64url(USER));
    rp.verify_registration(&response, &challenge, &user, Stateless::default())
}

/// A registration without a statement: nothing is signed, so only what is written decides.
fn register(rp: &RelyingParty, public_key: &[u8]) -> Result<RegistrationVerified, Error> {
    register_as(rp, "none", &attestation::none(), &attested(public_key, UP | UV))
}

fn assertion(client_data: &str, auth_data: &[u8], signature: &[u8]) -> Vec<u8> {
    let members = json!({
        "clientDataJSON": base64url(client_data.as_bytes()),
        "authenticatorData": base64url(auth_data),
        "signature": base64url(signature),
        "userHandle": base64url(USER),
    });
    response(&ID, members)
}

fn record_of(key: &Key, backup_eligible: Option<bool>) -> CredentialRecord {
    let parts = NewRecord {
        public_key: &base64url(&key.cose()),
        user_handle: &base64url(USER),
        sign_count: 0,
        transports: Vec::new(),
        backup_eligible,
        backed_up: None,
        aaguid: None,
        uv_initialized: None,
    };
    CredentialRecord::new(&base64url(&ID), parts).expect("a record")
}

fn sign_in(
    rp: &RelyingParty,
    response: &[u8],
    record: &CredentialRecord,
    user_verification: Option<UserVerification>,
) -> Result<AuthenticationVerified, Error> {
    let more = Stateless { user_verification, ..Stateless::default() };
    let (challenge, user) = (base64url(&CHALLENGE), base64url(USER));
    rp.verify_authentication(response, &challenge, &user, record, more)
}

fn signed(key: &Key, auth_data: &[u8]) -> Vec<u8> {
    let client_data = client_data("webauthn.get");
    let message = attestation::signed_bytes(auth_data, client_data.as_bytes());
    assertion(&client_data, auth_data, &key.sign(&message))
}

fn changed(response: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(response).expect("JSON");
    change(&mut value);
    value.to_string().into_bytes()
}

/// A person with a passkey of their own.
fn person(rp: &RelyingParty, seed: &str) -> (SoftAuthenticator, CredentialRecord, String) {
    let mut passkey = SoftAuthenticator::seeded(ORIGIN, seed.as_bytes());
    let user = generate_user_handle().expect("random bytes");
    let begin = BeginRegistration { user_name: seed, ..BeginRegistration::default() };
    let ceremony = rp.begin_registration(&user, begin).expect("a ceremony");
    let answer = passkey.create(ceremony.options_json()).expect("an answer");
    let verified = rp.finish_registration(answer.as_bytes(), ceremony.state(), None);
    (passkey, verified.expect("good").commit(1).expect("one row"), user)
}

/// A5: an answer belongs to one ceremony of one person.
#[test]
fn an_answer_fits_only_its_own_ceremony_and_its_own_record() {
    let rp = rp();
    let mut people = [person(&rp, "alice"), person(&rp, "bob")];
    let begin = BeginAuthentication::default();
    let ceremonies = people.each_ref().map(|(_, record, user)| {
        rp.begin_authentication(user, std::slice::from_ref(record), begin).expect("a ceremony")
    });
    let answers: Vec<String> = people
        .iter_mut()
        .zip(&ceremonies)
        .map(|((passkey, ..), ceremony)| passkey.get(ceremony.options_json()).expect("an answer"))
        .collect();
    for (asked, ceremony) in ceremonies.iter().enumerate() {
        for (answered, answer) in answers.iter().enumerate() {
            for (stored, (_, record, _)) in people.iter().enumerate() {
                let verdict =
                    rp.finish_authentication(answer.as_bytes(), ceremony.state(), record, None);
                let expected = match (asked == answered, answered == stored) {
                    (true, true) => None,
                    (false, _) => Some(Error::CredentialNotAllowed),
                    (true, false) => Some(Error::CredentialOwnerMismatch),
                };
                assert_eq!(verdict.err(), expected, "{asked} {answered} {stored}");
            }
        }
    }

    // Two ceremonies of one person, and two of nobody: the challenge tells them apart.
    let [(passkey, record, user), _] = &mut people;
    for round in 0..2 {
        let ceremony = || match round {
            0 => rp.begin_authentication(user, std::slice::from_ref(record), begin),
            _ => rp.begin_discoverable_authentication(begin),
        };
        let (first, second) = (ceremony().expect("one"), ceremony().expect("another"));
        let answer = passkey.get(first.options_json()).expect("an answer");
        let finish = |state| rp.finish_authentication(answer.as_bytes(), state, record, None);
        assert_eq!(finish(second.state()).err(), Some(Error::ChallengeMismatch));
        assert!(finish(first.state()).is_ok());
    }
    let register = || {
        let begin = BeginRegistration { user_name: "alice", ..BeginRegistration::default() };
        rp.begin_registration(user, begin).expect("a ceremony")
    };
    let (first, second) = (register(), register());
    let answer = passkey.create(first.options_json()).expect("an answer");
    let refused = rp.finish_registration(answer.as_bytes(), second.state(), None);
    assert_eq!(refused.err(), Some(Error::ChallengeMismatch));
}

/// B13: of every origin and every RP ID, only the pairs that a relying party names.
#[test]
fn each_origin_belongs_to_its_own_relying_party() {
    let sites = [
        ("example.org", &["https://example.org", "https://www.example.org"][..]),
        ("www.example.org", &["https://www.example.org"]),
        ("example.com", &["https://example.com", "https://example.com:8443"]),
    ];
    let origins = [
        "https://example.org",
        "https://www.example.org",
        "https://example.com",
        "https://example.com:8443",
    ];
    let key = es256_key();
    let mut accepted = 0;
    for (id, own) in sites {
        let options = RelyingPartyOptions::new("Example", own, UserVerification::Required);
        let rp = RelyingParty::new(id, options).expect("a relying party");
        for origin in origins {
            for (hashed, _) in sites {
                let mut data = attested(&key.cose(), UP | UV);
                data.rp_id_hash = mfakit_testing::sha256(hashed.as_bytes());
                let object = attestation::object("none", &attestation::none(), &data.bytes());
                let client_data = ClientData::new("webauthn.create", &CHALLENGE, origin).text();
                let response = registration(&client_data, &object);
                let (challenge, user) = (base64url(&CHALLENGE), base64url(USER));
                let verdict =
                    rp.verify_registration(&response, &challenge, &user, Stateless::default());
                let expected = match (own.contains(&origin), hashed == id) {
                    (true, true) => None,
                    (true, false) => Some(Error::RpIdHashMismatch),
                    (false, _) => Some(Error::OriginMismatch),
                };
                accepted += usize::from(expected.is_none());
                assert_eq!(verdict.err(), expected, "{id} {origin} {hashed}");
            }
        }
    }
    assert_eq!(accepted, 5);
}

/// C5: `id` and `rawId` are one credential id.
#[test]
fn an_id_that_is_not_the_raw_id_is_refused() {
    let (rp, key) = (rp(), es256_key());
    let record = record_of(&key, None);
    let good = signed(&key, &AuthData::new(RP_ID, UP | UV, 0).bytes());
    for name in ["id", "rawId"] {
        let other = changed(&good, |value| value[name] = json!(base64url(&[0x1e; 20])));
        let refused = sign_in(&rp, &other, &record, None);
        assert_eq!(refused.err(), Some(Error::CredentialIdMismatch), "{name}");
        assert_eq!(read_response(&other).err(), Some(Error::CredentialIdMismatch), "{name}");
    }
}

/// C9: a response also spells the key and the authenticator data out for the page. What is registered is what the attestation
/// object holds.
#[test]
fn a_key_beside_the_attestation_object_is_not_believed() {
    let (rp, key, thief) = (rp(), es256_key(), Key::Es256(Es256Key::new(&[8; 32])));
    let object =
        attestation::object("none", &attestation::none(), &attested(&key.cose(), UP | UV).bytes());
    let good = registration(&client_data("webauthn.create"), &object);
    let theirs = changed(&good, |value| {
        value["response"]["publicKey"] = json!(base64url(&thief.spki()));
        value["response"]["publicKeyAlgorithm"] = json!(EDDSA);
        value["response"]["authenticatorData"] =
            json!(base64url(&attested(&thief.cose(), UP | UV | BE | BS).bytes()));
    });
    let (challenge, user) = (base64url(&CHALLENGE), base64url(USER));
    let verified = rp.verify_registration(&theirs, &challenge, &user, Stateless::default());
    let record = verified.and_then(|verified| verified.commit(1)).expect("good");
    assert_eq!(record.public_key(), base64url(&key.cose()));
    assert_eq!((record.algorithm(), record.backup_eligible()), (ES256, Some(false)));
    let auth_data = AuthData::new(RP_ID, UP | UV, 0).bytes();
    assert!(sign_in(&rp, &signed(&key, &auth_data), &record, None).is_ok());
    let refused = sign_in(&rp, &signed(&thief, &auth_data), &record, None);
    assert_eq!(refused.err(), Some(Error::SignatureInvalid));
}

/// E2, E3, E19, E23, E24: of every key type, algorithm and curve, two combinations are keys.
#[test]
fn two_combinations_of_key_type_algorithm_and_curve_are_keys() {
    let rp = rp();
    let (p256, edwards) = (Es256Key::new(&[7; 32]).point(), Ed25519Key::new(&[7; 32]).public());
    let algorithms = [
        -7,
        -8,
        -9,
        -19,
        -35,
        -36,
        -37,
        -38,
        -39,
        -46,
        -47,
        -48,
        -49,
        -50,
        -51,
        -52,
        -53,
        -257,
        -258,
        -259,
        -65535,
        -25,
        1,
        5,
        0,
        7,
        8,
        i64::MIN,
        i64::MAX,
        -7 + (1 << 32),
        -8 - (1 << 32),
    ];
    let mut registered = Vec::new();
    for kty in 0..=8 {
        for algorithm in algorithms {
            for curve in 0..=8 {
                // Long enough for either reading, and a point for each.
                let x = if kty == 1 || curve == 6 { edwards } else { p256.0 };
                let key = map(&[
                    (int(1), int(kty)),
                    (int(3), int(algorithm)),
                    (int(-1), int(curve)),
                    (int(-2), bytes(&x)),
                    (int(-3), bytes(&p256.1)),
                ]);
                let expected = match (kty, algorithm, curve) {
                    (2, -7, 1) | (1, -8, 6) => None,
                    (_, -7 | -8, _) => Some(Error::CoseKeyMismatch),
                    _ => Some(Error::AlgorithmNotOffered),
                };
                let verdict = register(&rp, &key);
                if verdict.is_ok() {
                    registered.push((kty, algorithm, curve));
                }
                assert_eq!(verdict.err(), expected, "kty {kty}, alg {algorithm}, crv {curve}");
            }
        }
    }
    assert_eq!(registered, [(1, -8, 6), (2, -7, 1)]);
}

/// E1: what is offered decides at registration; at a login the record's own algorithm does.
#[test]
fn an_algorithm_that_is_no_longer_offered_still_logs_in() {
    let (all, only) = (rp(), rp_with(|options| options.algorithms = vec![ES256]));
    let key = ed25519_key();
    assert_eq!(register(&only, &key.cose()).err(), Some(Error::AlgorithmNotOffered));
    let record = register(&all, &key.cose()).and_then(|verified| verified.commit(1));
    let record = record.expect("offered");
    let response = signed(&key, &AuthData::new(RP_ID, UP | UV, 0).bytes());
    assert!(sign_in(&only, &response, &record, None).is_ok());
}

/// E20: a signature of any length is an answer, not a crash; none of these is one.
#[test]
fn signatures_of_every_length_are_refused() {
    let rp = rp();
    let auth_data = AuthData::new(RP_ID, UP | UV, 0).bytes();
    for key in [es256_key(), ed25519_key()] {
        let record = record_of(&key, None);
        for length in (0..=150).chain([255, 256, 4096, 40_000]) {
            for fill in [0x00, 0x30, 0xff] {
                let response =
                    assertion(&client_data("webauthn.get"), &auth_data, &vec![fill; length]);
                let error = sign_in(&rp, &response, &record, None).err();
                // 64 zero bytes have the form of an Ed25519 signature.
                let formed = key.algorithm() == EDDSA && (length, fill) == (64, 0);
                let expected =
                    if formed { Error::SignatureInvalid } else { Error::SignatureMalformed };
                assert_eq!(error, Some(expected), "{} {length} {fill}", key.algorithm());
            }
        }
        let response = assertion(&client_data("webauthn.get"), &auth_data, &vec![0x30; 65_536]);
        let error = sign_in(&rp, &response, &record, None).err();
        assert_eq!(error, Some(Error::InputTooLarge));
    }
}

/// E22: the signature of a packed statement is made by the same key over the same kind of bytes, and signs nobody in.
#[test]
fn the_signature_of_a_registration_signs_nobody_in() {
    let rp = rp();
    for key in [es256_key(), ed25519_key()] {
        let created = client_data("webauthn.create");
        let data = attested(&key.cose(), UP | UV).bytes();
        let signature = key.sign(&attestation::signed_bytes(&data, created.as_bytes()));
        let record = record_of(&key, None);
        let get = client_data("webauthn.get");
        let plain = AuthData::new(RP_ID, UP | UV, 0).bytes();
        for (client_data, auth_data, expected) in [
            (&created, &data, Error::ClientDataTypeMismatch),
            (&get, &data, Error::AttestedDataForbidden),
            (&get, &plain, Error::SignatureInvalid),
        ] {
            let error = sign_in(&rp, &assertion(client_data, auth_data, &signature), &record, None);
            assert_eq!(error.err(), Some(expected));
        }
        // And the other way: an assertion's signature under a statement.
        let signed = key.sign(&attestation::signed_bytes(&plain, get.as_bytes()));
        let statement = attestation::packed(key.algorithm(), &signed);
        let error = register_as(&rp, "packed", &statement, &attested(&key.cose(), UP | UV)).err();
        assert_eq!(error, Some(Error::SignatureInvalid));
    }
}

/// E25, H4: each format with each kind of key, and what a self-signed statement may not be.
#[test]
fn each_format_with_each_kind_of_key() {
    let rp = rp();
    for (key, other) in [(es256_key(), ed25519_key()), (ed25519_key(), es256_key())] {
        let data = attested(&key.cose(), UP | UV);
        let message =
            attestation::signed_bytes(&data.bytes(), client_data("webauthn.create").as_bytes());
        let signature = key.sign(&message);
        let entry = |name: &str, value: Item| (text(name), value);
        let (alg, sig) = (entry("alg", int(key.algorithm())), entry("sig", bytes(&signature)));
        let more = |name, value| map(&[alg.clone(), sig.clone(), entry(name, value)]);
        let packed = |algorithm, signature: &[u8]| attestation::packed(algorithm, signature);

        let good = register_as(&rp, "packed", &packed(key.algorithm(), &signature), &data);
        let kind = |verified: RegistrationVerified| verified.attestation().attestation_type();
        assert_eq!(good.map(kind), Ok("self"));
        let none = register_as(&rp, "none", &attestation::none(), &data);
        assert_eq!(none.map(kind), Ok("none"));

        let mut bent = signature.clone();
        if let Some(last) = bent.last_mut() {
            *last ^= 1;
        }
        for (statement, expected) in [
            (packed(other.algorithm(), &signature), Error::AttestationStatementMismatch),
            (packed(-257, &signature), Error::AttestationStatementMismatch),
            (packed(other.algorithm(), &other.sign(&message)), Error::AttestationStatementMismatch),
            (packed(key.algorithm(), &other.sign(&message)), Error::SignatureMalformed),
            (packed(key.algorithm(), b""), Error::SignatureMalformed),
            (packed(key.algorithm(), &key.sign(b"something else")), Error::SignatureInvalid),
            (
                map(&[entry("alg", text("ES256")), sig.clone()]),
                Error::AttestationStatementMalformed,
            ),
            (
                map(&[entry("alg", int(key.algorithm())), entry("sig", text("MEUC"))]),
                Error::AttestationStatementMalformed,
            ),
            (map(std::slice::from_ref(&alg)), Error::AttestationStatementMalformed),
            (map(std::slice::from_ref(&sig)), Error::AttestationStatementMalformed),
            (map(&[]), Error::AttestationStatementMalformed),
            (more("ecdaaKeyId", bytes(b"key")), Error::AttestationStatementMalformed),
            (more("ver", text("2.0")), Error::AttestationStatementMalformed),
            // A list of certificates is another type of attestation, also an empty one: never read as self.
            (more("x5c", array(&[])), Error::AttestationStatementMalformed),
            (more("x5c", array(&[bytes(b"certificate")])), Error::CertificateMalformed),
            (more("x5c", text("none")), Error::AttestationStatementMalformed),
        ] {
            let refused = register_as(&rp, "packed", &statement, &data).err();
            // The last bits of r and s of the other kind are a signature of the right form only by chance.
            assert_eq!(refused, Some(expected), "{} {statement:02x?}", key.algorithm());
        }
        let refused = register_as(&rp, "packed", &packed(key.algorithm(), &bent), &data).err();
        assert_eq!(refused, Some(Error::SignatureInvalid), "the last bit of s");
        let refused = register_as(&rp, "none", &packed(key.algorithm(), &signature), &data).err();
        assert_eq!(refused, Some(Error::AttestationStatementMalformed));
    }
}

/// H30: the model is what the client says, and a registration without a certificate proves nothing about it.
#[test]
fn a_model_without_a_certificate_is_a_claim() {
    let (rp, key) = (rp(), es256_key());
    let mut data = attested(&key.cose(), UP | UV);
    if let Some(attested) = &mut data.attested {
        attested.aaguid = vec![0xaa; 16];
    }
    let message =
        attestation::signed_bytes(&data.bytes(), client_data("webauthn.create").as_bytes());
    let packed = attestation::packed(ES256, &key.sign(&message));
    for (format, statement, kind) in
        [("none", attestation::none(), "none"), ("packed", packed, "self")]
    {
        let verified = register_as(&rp, format, &statement, &data).expect("good");
        let attestation = verified.attestation().clone();
        assert_eq!((attestation.format(), attestation.attestation_type()), (format, kind));
        // The record keeps the claim, so that a later certificate can be held against it; it holds no word of trust.
        let record = verified.commit(1).expect("one row");
        let claimed = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
        assert_eq!(record.aaguid().as_deref(), Some(claimed));
        assert!(!record.to_text().contains("trust"), "{}", record.to_text());
    }
}

/// D12: a credential that registered without verification gains nothing by having it once.
#[test]
fn verification_is_asked_for_at_each_login() {
    let (rp, key) =
        (rp_with(|options| options.user_verification = UserVerification::Preferred), es256_key());
    let verified = register_as(&rp, "none", &attestation::none(), &attested(&key.cose(), UP));
    let mut record = verified.and_then(|verified| verified.commit(1)).expect("preferred");
    for (flags, expected) in
        [(UP, Some(Error::UserNotVerified)), (UP | UV, None), (UP, Some(Error::UserNotVerified))]
    {
        let response = signed(&key, &AuthData::new(RP_ID, flags, 0).bytes());
        let verdict = sign_in(&rp, &response, &record, Some(UserVerification::Required));
        if let Ok(verified) = &verdict {
            record = CredentialRecord::from_text(&verified.transition().next).expect("a record");
        }
        assert_eq!(verdict.err(), expected);
    }
}

/// F17: sixteen times the bytes take some sixteen times as long, and nothing like two hundred and fifty-six times.
#[test]
fn time_grows_with_the_length_of_a_message() {
    // Time on the processor where the system tells it, so that what else runs on the machine does not count.
    let clock = || {
        let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let nanoseconds = spent.and_then(|text| text.split(' ').next()?.parse().ok());
        nanoseconds.map(Duration::from_nanos)
    };
    let fastest = |run: &dyn Fn()| {
        let mut best = Duration::MAX;
        for _ in 0..15 {
            let (before, start) = (clock(), Instant::now());
            run();
            let spent = clock().zip(before).map(|(after, before)| after.saturating_sub(before));
            best = best.min(spent.filter(|spent| !spent.is_zero()).unwrap_or(start.elapsed()));
        }
        best
    };
    let responses = |size: usize| {
        let id = base64url(&ID);
        let mut members = String::from("{");
        while members.len() < size {
            members.push_str("\"x\":[[[\"\\u0074\"]]],");
        }
        let names = format!("{members}\"id\":\"{id}\"}}").into_bytes();
        let escapes = format!("{{\"id\":\"{}\"}}", "\\u0041".repeat(size / 6)).into_bytes();
        let deep = format!("{{\"x\":[{}{{}}]}}", "[[]],".repeat(size / 5)).into_bytes();
        let object = vec![0x41; size * 3 / 4];
        let base64 = registration(&client_data("webauthn.create"), &object);
        [names, escapes, deep, base64]
    };
    let rp = rp();
    let (challenge, user) = (base64url(&CHALLENGE), base64url(USER));
    let verify = |response: &[u8]| {
        assert!(rp.verify_registration(response, &challenge, &user, Stateless::default()).is_err());
        assert!(read_response(response).is_err() || response.len() > 100);
    };
    for (short, long) in responses(3_500).iter().zip(&responses(56_000)) {
        let (few, many) = (fastest(&|| verify(short)), fastest(&|| verify(long)));
        assert!(many < few * 100, "{:?} took {many:?}, a sixteenth of it {few:?}", &long[..20]);
    }
    // Of CBOR, where keys are compared with each other, the number of items is what bounds the work.
    let map_of =
        |keys: i64| map(&(0..keys).rev().map(|key| (int(key), int(0))).collect::<Vec<_>>());
    let full =
        register_as(&rp, "none", &map_of(120), &attested(&es256_key().cose(), UP | UV)).err();
    assert_eq!(full, Some(Error::AttestationStatementMalformed));
    let over =
        register_as(&rp, "none", &map_of(128), &attested(&es256_key().cose(), UP | UV)).err();
    assert_eq!(over, Some(Error::CborTooDeep));
}
