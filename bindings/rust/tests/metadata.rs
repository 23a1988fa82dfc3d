//! FIDO metadata and trust in attestation, through the public interface: every rule, broken once.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    AttestationConveyance, AttestationTrust, Error, MAX_BLOB, Metadata, MetadataOptions,
    REJECTED_STATUSES, RelyingPartyOptions, Stateless, Trust, UnixTime, UserVerification,
};
use mfakit_core::webauthn::attestation::{AttestationPolicy, TrustPolicy};
use mfakit_core::webauthn::{RelyingParty, registration};
use mfakit_testing::android::{base64, jws, jws_header};
use mfakit_testing::auth_data::{AT, Attested, AuthData, UP};
use mfakit_testing::cbor::{array, bytes, int, map, text};
use mfakit_testing::client_data::ClientData;
use mfakit_testing::keys::{Ed25519Key, Es256Key, Key};
use mfakit_testing::text::base64url;
use mfakit_testing::x509::{self, Certificate, Extension};
use mfakit_testing::{attestation, der, sha256};
use serde_json::{Value, json};

/// 2027-01-15, 08:00.
const NOW: u64 = 1_800_000_000;
const AAGUID: [u8; 16] = [0xa5; 16];
const UUID: &str = "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5";

fn key(private: u8) -> Key {
    Key::Es256(Es256Key::new(&[private; 32]))
}

fn name(common_name: &str) -> Vec<u8> {
    x509::name(&x509::attributes(common_name, "o", "Authenticator Attestation", "DE"))
}

/// A root of this key, named after it.
fn root(private: u8) -> Vec<u8> {
    let name = name(&private.to_string());
    let mut certificate = Certificate::new(&[1], &name, &name, &key(private));
    certificate.set(Extension::basic_constraints(true, None));
    certificate.sign(&key(private))
}

/// A certificate under such a root.
fn leaf(issuer: u8, holder: &Key, change: impl FnOnce(&mut Certificate)) -> Vec<u8> {
    let mut certificate = Certificate::new(&[2], &name(&issuer.to_string()), &name("leaf"), holder);
    certificate.set(Extension::basic_constraints(false, None));
    change(&mut certificate);
    certificate.sign(&key(issuer))
}

/// The BLOB's signer, and its root.
const SIGNER: u8 = 2;
const ROOT: u8 = 1;
/// The root of attestation.
const MAKER: u8 = 5;

/// A certificate for the host that signs FIDO's BLOBs.
fn signers(issuer: u8, holder: &Key, change: impl FnOnce(&mut Certificate)) -> Vec<u8> {
    leaf(issuer, holder, |certificate| {
        certificate.subject = name("mds.fidoalliance.org");
        change(certificate);
    })
}

fn sign(payload: &str) -> Vec<u8> {
    let signer = key(SIGNER);
    jws(&jws_header("ES256", &[signers(ROOT, &signer, |_| {})]), payload, &signer).into_bytes()
}

fn at(seconds: u64) -> Option<UnixTime> {
    Some(UnixTime::from_seconds(seconds))
}

fn parse_text(payload: &str) -> Result<Metadata, Error> {
    let roots: &[&[u8]] = &[&root(ROOT)];
    let options = MetadataOptions { roots, now: at(NOW), ..MetadataOptions::default() };
    Metadata::parse(&sign(payload), options)
}

fn payload(entries: &[Value]) -> Value {
    json!({"no": 7, "nextUpdate": "2027-02-01", "legalHeader": "", "entries": entries})
}

fn parse(entries: &[Value]) -> Metadata {
    parse_text(&payload(entries).to_string()).unwrap()
}

fn entry() -> Value {
    json!({
        "aaguid": UUID,
        "metadataStatement": {
            "aaguid": UUID,
            "description": "A key",
            "protocolFamily": "fido2",
            "authenticatorVersion": 5,
            "attestationTypes": ["basic_full"],
            "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
            "attachmentHint": ["external", "nfc"],
            "keyProtection": ["hardware", "secure_element"],
            "attestationRootCertificates": [base64(&root(MAKER))],
            "icon": "data:image/png;base64,AAAA",
        },
        "statusReports": [{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-01-01"}],
        "timeOfLastStatusChange": "2020-01-02",
    })
}

fn with_statement(name: &str, value: Value) -> Value {
    let mut entry = entry();
    entry["metadataStatement"][name] = value;
    entry
}

fn with_statuses(reports: Value) -> Value {
    let mut entry = entry();
    entry["statusReports"] = reports;
    entry
}

#[test]
fn a_blob_is_read() {
    let metadata = parse(&[entry()]);
    assert_eq!(
        (metadata.number(), metadata.next_update(), metadata.skipped()),
        (7, "2027-02-01", 0)
    );
    assert_eq!(metadata.next_update_time().seconds(), 1_801_440_000);
    let found = metadata.find(&AAGUID).unwrap();
    assert_eq!(found, *metadata.entries().next().unwrap());
    assert_eq!(found.aaguid(), Some(&AAGUID));
    assert_eq!((found.description(), found.protocol_family()), (Some("A key"), Some("fido2")));
    assert_eq!((found.authenticator_version(), found.is_hardware()), (Some(5), true));
    assert_eq!(found.attestation_root_certificates(), [root(MAKER)]);
    assert_eq!(found.attestation_types(), ["basic_full"]);
    assert_eq!(found.authentication_algorithms(), ["secp256r1_ecdsa_sha256_raw"]);
    assert_eq!(found.attachment_hints(), ["external", "nfc"]);
    assert_eq!(found.key_protection(), ["hardware", "secure_element"]);
    assert_eq!(found.time_of_last_status_change(), Some("2020-01-02"));
    let report = &found.status_reports()[0];
    assert_eq!(
        (report.status(), report.effective_date()),
        ("FIDO_CERTIFIED_L1", Some("2020-01-01"))
    );
    assert_eq!(metadata.find(&[0; 16]), None);
    assert_eq!(metadata.find(&[0xff; 16]), None);
    let debug = format!("{metadata:?}");
    assert!(debug.contains("entries: 1") && debug.len() < 200, "{debug}");
}

#[test]
fn key_protection_is_hardware_only_without_software() {
    let is_hardware = |names: Value| {
        parse(&[with_statement("keyProtection", names)]).find(&AAGUID).unwrap().is_hardware()
    };
    for (names, expected) in [
        (json!(["hardware"]), true),
        (json!(["tee"]), true),
        (json!(["secure_element"]), true),
        (json!(["software"]), false),
        (json!(["software", "tee"]), false),
        (json!(["remote_handle"]), false),
        (json!([]), false),
    ] {
        assert_eq!(is_hardware(names.clone()), expected, "{names}");
    }
}

#[test]
fn roots_are_the_callers() {
    let blob = sign(&payload(&[]).to_string());
    let with = |roots: &[&[u8]]| {
        let options = MetadataOptions { roots, now: at(NOW), ..MetadataOptions::default() };
        Metadata::parse(&blob, options).map(|metadata| metadata.number())
    };
    let pem = |label: &str, der: &[u8]| {
        let body = base64(der);
        let (first, rest) = body.split_at(64);
        format!("-----BEGIN {label}-----\n{first}\r\n{rest}\n-----END {label}-----\n")
    };
    let (right, wrong) = (root(ROOT), root(3));
    assert_eq!(with(&[&right]), Ok(7));
    assert_eq!(with(&[&wrong, &right]), Ok(7));
    let file = format!("A comment\n{}\n{}", pem("CERTIFICATE", &wrong), pem("CERTIFICATE", &right));
    assert_eq!(with(&[file.as_bytes()]), Ok(7));
    assert_eq!(with(&[&wrong]), Err(Error::AttestationUntrusted));
    let mixed = format!("{}{}", pem("CERTIFICATE", &right), pem("PRIVATE KEY", &[0; 64]));
    let cut = pem("CERTIFICATE", &right).replace("-----END", "");
    for bad in [&b""[..], b"x", b"\x30\x00", b"\xff", &right[1..], mixed.as_bytes(), cut.as_bytes()]
    {
        assert_eq!(with(&[&right, bad]), Err(Error::AnchorInvalid), "{bad:?}");
    }
    assert_eq!(with(&[]), Err(Error::AnchorInvalid));
}

#[test]
fn a_blob_is_signed_under_a_root() {
    let signer = key(SIGNER);
    let text = payload(&[]).to_string();
    let certificate = signers(ROOT, &signer, |_| {});
    let read = |blob: &[u8], now: u64| {
        let roots: &[&[u8]] = &[&root(ROOT)];
        let options = MetadataOptions { roots, now: at(now), ..MetadataOptions::default() };
        Metadata::parse(blob, options).map(|metadata| metadata.number())
    };
    let header = jws_header("ES256", std::slice::from_ref(&certificate));
    let good = jws(&header, &text, &signer);
    assert_eq!(read(good.as_bytes(), NOW), Ok(7));
    assert_eq!(read(format!("\n{good}\n").as_bytes(), NOW), Ok(7));
    assert_eq!(read(jws(&header, &text, &key(3)).as_bytes(), NOW), Err(Error::SignatureInvalid));
    for name in ["none", "HS256"] {
        let header = jws_header(name, std::slice::from_ref(&certificate));
        assert_eq!(
            read(jws(&header, &text, &signer).as_bytes(), NOW),
            Err(Error::MetadataMalformed)
        );
    }
    let fetched = header.replace("\"alg\"", "\"x5u\":\"https://example.org\",\"alg\"");
    assert_eq!(read(jws(&fetched, &text, &signer).as_bytes(), NOW), Err(Error::MetadataMalformed));
    let mut other = header.clone();
    other = other.replace("ES256", "EdDSA");
    assert_eq!(read(jws(&other, &text, &signer).as_bytes(), NOW), Err(Error::MetadataMalformed));
    for bad in [&b""[..], b"{}", b"a.b", text.as_bytes()] {
        assert_eq!(read(bad, NOW), Err(Error::MetadataMalformed));
    }
    // Signed by itself.
    let own = Certificate::new(&[1], &name("x"), &name("x"), &signer).sign(&signer);
    let own = jws(&jws_header("ES256", &[own]), &text, &signer);
    assert_eq!(read(own.as_bytes(), NOW), Err(Error::AttestationUntrusted));
    // Its signer's certificate is over, or is yet to come.
    let expired = signers(ROOT, &signer, |c| c.validity[1] = x509::time("20270115075959"));
    let expired = jws(&jws_header("ES256", &[expired]), &text, &signer);
    assert_eq!(read(expired.as_bytes(), NOW), Err(Error::CertificateExpired));
    let early = signers(ROOT, &signer, |c| c.validity[0] = x509::time("20270115080001"));
    let early = jws(&jws_header("ES256", &[early]), &text, &signer);
    assert_eq!(read(early.as_bytes(), NOW), Err(Error::CertificateNotYetValid));
    assert_eq!(read(&vec![b'a'; MAX_BLOB + 1], NOW), Err(Error::InputTooLarge));
}

#[test]
fn the_signer_is_the_host_that_was_named() {
    let signer = key(SIGNER);
    let dns = |host: &str| der::sequence(&der::element(0x82, host.as_bytes()));
    let read = |certificate: Vec<u8>, named: Option<&str>| {
        let blob = jws(&jws_header("ES256", &[certificate]), &payload(&[]).to_string(), &signer);
        let roots: &[&[u8]] = &[&root(ROOT)];
        let options =
            MetadataOptions { roots, signer: named, now: at(NOW), ..MetadataOptions::default() };
        Metadata::parse(blob.as_bytes(), options).map(|metadata| metadata.number())
    };
    let with_dns = |host: &str| {
        signers(ROOT, &signer, |c| {
            c.set(x509::Extension::new(x509::SUBJECT_ALT_NAME, false, dns(host)));
        })
    };
    let refused = Err(Error::CertificateRejected);
    assert_eq!(read(with_dns("mds.fidoalliance.org"), None), Ok(7));
    // Alternative names, where there are any, are the only ones.
    assert_eq!(read(with_dns("www.example.org"), None), refused);
    assert_eq!(read(with_dns("www.example.org"), Some("www.example.org")), Ok(7));
    assert_eq!(read(leaf(ROOT, &signer, |_| {}), None), refused);
    assert_eq!(read(signers(ROOT, &signer, |_| {}), Some("www.example.org")), refused);
    // A key for key agreement signs nothing; one for signatures does.
    let used_for = |bits| signers(ROOT, &signer, |c| c.set(x509::Extension::key_usage(bits)));
    assert_eq!(read(used_for([3, 0x08]), None), refused);
    assert_eq!(read(used_for(x509::DIGITAL_SIGNATURE), None), Ok(7));
}

#[test]
fn a_path_may_have_an_intermediate() {
    let (signer, middle) = (key(SIGNER), key(3));
    let mut ca = Certificate::new(&[3], &name("1"), &name("3"), &middle);
    ca.set(Extension::basic_constraints(true, Some(0)));
    let path = [signers(3, &signer, |_| {}), ca.sign(&key(ROOT))];
    let blob = jws(&jws_header("ES256", &path), &payload(&[]).to_string(), &signer);
    let roots: &[&[u8]] = &[&root(ROOT)];
    let options = MetadataOptions { roots, now: at(NOW), ..MetadataOptions::default() };
    assert!(Metadata::parse(blob.as_bytes(), options).is_ok());
}

#[test]
fn an_older_blob_is_refused() {
    let with = |previous_number| {
        let roots: &[&[u8]] = &[&root(ROOT)];
        let options =
            MetadataOptions { roots, now: at(NOW), previous_number, ..MetadataOptions::default() };
        Metadata::parse(&sign(&payload(&[]).to_string()), options).map(|metadata| metadata.number())
    };
    for known in [None, Some(0), Some(6), Some(7)] {
        assert_eq!(with(known), Ok(7), "{known:?}");
    }
    for newer in [8, u64::MAX] {
        assert_eq!(with(Some(newer)), Err(Error::MetadataRollback));
    }
}

#[test]
fn an_overdue_blob_is_refused_unless_it_is_allowed() {
    let with = |now, allow_stale| {
        let roots: &[&[u8]] = &[&root(ROOT)];
        let options =
            MetadataOptions { roots, now: at(now), allow_stale, ..MetadataOptions::default() };
        Metadata::parse(&sign(&payload(&[]).to_string()), options).map(|metadata| metadata.number())
    };
    // 2027-02-01 is a good day to its end.
    let over = 1_801_440_000 + 86_400;
    assert_eq!(with(over - 1, false), Ok(7));
    assert_eq!(with(over, false), Err(Error::MetadataStale));
    assert_eq!(with(over, true), Ok(7));
    assert_eq!(with(100_000_000_001, true), Err(Error::TimeInvalid));
}

#[test]
fn what_is_no_payload_is_malformed() {
    let good = r#"{"no":7,"nextUpdate":"2027-02-01","entries":[]}"#;
    assert!(parse_text(good).is_ok());
    for (from, to) in [
        (r#""no":7,"#, ""),
        ("7,", "-7,"),
        ("7,", "7.0,"),
        ("7,", "18446744073709551616,"),
        ("7,", r#""7","#),
        (r#""no":7"#, r#""no":7,"no":7"#),
        (r#""nextUpdate":"2027-02-01","#, ""),
        ("2027-02-01", "2027-02-29"),
        ("2027-02-01", "2027-13-01"),
        ("2027-02-01", "2027-00-01"),
        ("2027-02-01", "2027-02-00"),
        ("2027-02-01", "2027-2-1"),
        ("2027-02-01", "2027-02"),
        ("2027-02-01", "2027-02-01-01"),
        ("2027-02-01", "2027-02-01T00:00:00Z"),
        ("2027-02-01", "+027-02-01"),
        ("2027-02-01", "1969-12-31"),
        ("2027-02-01", ""),
        (r#","entries":[]"#, ""),
        ("[]", "{}"),
        ("[]", "[]}"),
        ("[]", "[1,]"),
        (good, "[]"),
        (good, ""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_eq!(parse_text(&bad).err(), Some(Error::MetadataMalformed), "{bad}");
    }
    let leap = parse_text(&good.replace("2027-02-01", "2028-02-29")).unwrap();
    assert_eq!(leap.next_update_time().seconds(), 1_835_395_200);
}

#[test]
fn an_entry_that_cannot_be_read_spoils_no_other() {
    let mut bad = vec![json!(1), json!([]), json!({})];
    for (name, value) in [
        ("aaguid", json!(7)),
        ("aaguid", json!("a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5")),
        ("aaguid", json!("a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5ag")),
        ("aaguid", json!("a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5")),
        ("attestationCertificateKeyIdentifiers", json!("00")),
        ("attestationCertificateKeyIdentifiers", json!(["00"])),
        ("statusReports", json!([])),
        ("statusReports", json!({})),
        ("statusReports", json!([{}])),
        ("statusReports", json!([{"status": 1}])),
        ("statusReports", Value::Null),
        ("metadataStatement", json!([])),
    ] {
        let mut entry = entry();
        entry[name] = value;
        bad.push(entry);
    }
    for (name, value) in [
        ("aaguid", json!("00000000-0000-0000-0000-000000000001")),
        ("attestationTypes", json!("basic_full")),
        ("attestationTypes", json!([15879])),
        ("authenticationAlgorithms", json!([1])),
        ("attestationRootCertificates", json!([1])),
        ("attestationRootCertificates", json!({})),
    ] {
        bad.push(with_statement(name, value));
    }
    let mut good = entry();
    good["aaguid"] = json!("00000000-0000-0000-0000-000000000002");
    good["metadataStatement"]["aaguid"] = Value::Null;
    for entry in &bad {
        let metadata = parse(&[entry.clone(), good.clone()]);
        assert_eq!((metadata.entries().len(), metadata.skipped()), (1, 1), "{entry}");
        assert!(metadata.find(&(2_u128).to_be_bytes()).is_some());
    }
    // A known member twice.
    let twice = good.to_string().replacen("{", r#"{"statusReports":[],"#, 1);
    let text = payload(&[json!("HERE")]).to_string().replace("\"HERE\"", &twice);
    assert_eq!(parse_text(&text).unwrap().skipped(), 1);
}

#[test]
fn what_later_versions_add_is_kept_or_passed_over() {
    let mut entry = with_statement("attestationTypes", json!(["of_a_later_version"]));
    entry["metadataStatement"]["authenticatorVersion"] = json!(u64::MAX);
    entry["metadataStatement"]["later"] = json!({"a": [[[{"b": -9_223_372_036_854_775_808_i64}]]]});
    entry["statusReports"] =
        json!([{"status": "LATER", "authenticatorVersion": u64::MAX, "later": {}}]);
    entry["biometricStatusReports"] = json!([{"certLevel": 1}]);
    let found = parse(&[entry]).find(&AAGUID).unwrap();
    assert_eq!(found.attestation_types(), ["of_a_later_version"]);
    assert_eq!(found.authenticator_version(), Some(u64::MAX));
    assert_eq!(found.status_reports()[0].status(), "LATER");
    assert_eq!(found.status_reports()[0].authenticator_version(), Some(u64::MAX));
}

#[test]
fn a_root_that_cannot_be_read_vouches_for_nothing() {
    let good = base64(&root(MAKER));
    let (first, rest) = good.split_at(40);
    let broken = format!("\n{first}\r\n {rest}\t");
    let roots = json!([broken, "", "!", "MAA=", base64url(&root(MAKER)), &good[..100]]);
    let found =
        parse(&[with_statement("attestationRootCertificates", roots)]).find(&AAGUID).unwrap();
    assert_eq!(found.attestation_root_certificates(), [root(MAKER)]);
}

#[test]
fn entries_survive_being_kept_one_by_one() {
    let mut first = with_statuses(json!([
        {"status": "REVOKED", "effectiveDate": "soon", "authenticatorVersion": 3, "certificate": base64(&root(3)), "url": "u"},
        {"status": "UPDATE_AVAILABLE", "batchCertificate": "?"},
    ]));
    first["attestationCertificateKeyIdentifiers"] =
        json!(["0102030405060708090A0B0C0D0E0F1011121314"]);
    let metadata = parse(&[first]);
    let kept = metadata.entries().next().unwrap();
    assert_eq!(kept.keys(), [UUID, "0102030405060708090a0b0c0d0e0f1011121314"]);
    assert!(!kept.json().contains("icon"), "{}", kept.json());
    let again = Metadata::from_trusted_entries(&[kept.json()]).unwrap();
    assert_eq!(again.find(&AAGUID).as_ref(), Some(kept));
    assert_eq!((again.number(), again.next_update()), (0, "2027-02-01"));
    assert!(
        again
            .find_by_key_identifier(&std::array::from_fn(|i| u8::try_from(i).unwrap() + 1))
            .is_some()
    );
    for bad in ["", "[]", "{}", r#"{"statusReports":[{"status":"REVOKED"}],"nextUpdate":"x"}"#] {
        assert_eq!(
            Metadata::from_trusted_entries(&[bad]).err(),
            Some(Error::MetadataMalformed),
            "{bad}"
        );
    }
    let shown: Value = serde_json::from_str(&kept.to_json()).unwrap();
    assert_eq!(shown["attestationRootCertificates"], json!([base64url(&root(MAKER))]));
    assert_eq!((&shown["aaguid"], &shown["isHardware"]), (&json!(UUID), &json!(true)));

    let certificate = leaf(MAKER, &key(6), |_| {});
    let identifier =
        x509::key_identifier(&key(6)).iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(Metadata::keys_of(&AAGUID, &[&certificate, b"?"]), [UUID, &identifier]);
    assert_eq!(Metadata::keys_of(&[0; 16], &[&certificate]), [identifier]);
}

/// Makes a statement of the credential's key, the authenticator data and the hash of the client data.
type Make = Box<dyn Fn(&Key, &[u8], &[u8]) -> Vec<u8>>;

/// How a registration is attested.
struct Statement {
    format: &'static str,
    aaguid: [u8; 16],
    credential: Key,
    make: Make,
}

/// A packed statement with a certificate that the maker issued.
fn packed(change: impl Fn(&mut Certificate) + 'static) -> Statement {
    let make = move |_: &Key, auth_data: &[u8], hash: &[u8]| {
        let holder = key(6);
        let signature = holder.sign(&[auth_data, hash].concat());
        let path = array(&[bytes(&leaf(MAKER, &holder, |c| change(c)))]);
        map(&[(text("alg"), int(-7)), (text("sig"), bytes(&signature)), (text("x5c"), path)])
    };
    Statement { format: "packed", aaguid: AAGUID, credential: key(9), make: Box::new(make) }
}

fn firmware(version: u64) -> Statement {
    packed(move |c| c.set(Extension::new("1.3.6.1.4.1.45724.1.1.5", false, der::number(version))))
}

fn register(statement: &Statement, trust: &AttestationTrust, now: u64) -> Result<Trust, Error> {
    let mut data = AuthData::new("example.org", UP | AT, 0);
    data.attested = Some(Attested::new(&statement.aaguid, b"id", &statement.credential.cose()));
    let auth_data = data.bytes();
    let client_data = ClientData::new("webauthn.create", &[7; 32], "https://example.org").text();
    let hash = sha256(client_data.as_bytes());
    let made = (statement.make)(&statement.credential, &auth_data, &hash);
    let response = registration::RegistrationResponse {
        credential_id: b"id",
        client_data_json: client_data.as_bytes(),
        attestation_object: &attestation::object(statement.format, &made, &auth_data),
    };
    let policy = AttestationPolicy {
        switches: trust.fido_switches,
        tolerances: trust.tolerances,
        trust: Some(TrustPolicy {
            source: trust,
            require: trust.require,
            danger_ignore_validity: trust.danger_ignore_validity,
        }),
        ..AttestationPolicy::default()
    };
    let rp =
        RelyingParty::new("example.org", &["https://example.org"], UserVerification::Discouraged)
            .unwrap()
            .attestation(policy)
            .at(UnixTime::from_seconds(now));
    registration::verify(&rp, &[7; 32], &response).map(|verified| verified.attestation().trust())
}

fn trusted(anchor: &[u8]) -> Result<Trust, Error> {
    Ok(Trust::Trusted(sha256(anchor).try_into().unwrap()))
}

const NO_ANCHORS: [&[u8]; 0] = [];

/// Trust in the metadata alone.
fn metadata(entries: &[Value]) -> AttestationTrust {
    AttestationTrust::new(&NO_ANCHORS).unwrap().with_metadata(parse(entries))
}

fn verdict(entry: Value, statement: &Statement) -> Result<Trust, Error> {
    register(statement, &metadata(&[entry]), NOW)
}

const REJECTED: Result<Trust, Error> = Err(Error::AuthenticatorStatusRejected);

/// The record of a registration as a host makes it.
fn record(statement: &Statement, trust: AttestationTrust) -> mfakit::CredentialRecord {
    let mut data = AuthData::new("example.org", UP | AT, 0);
    data.attested = Some(Attested::new(&statement.aaguid, b"id", &statement.credential.cose()));
    let auth_data = data.bytes();
    let client_data = ClientData::new("webauthn.create", &[7; 32], "https://example.org").text();
    let made = (statement.make)(&statement.credential, &auth_data, &sha256(client_data.as_bytes()));
    let object = attestation::object(statement.format, &made, &auth_data);
    let response = json!({"id": base64url(b"id"), "rawId": base64url(b"id"), "type": "public-key", "response": {
        "clientDataJSON": base64url(client_data.as_bytes()), "attestationObject": base64url(&object)}});
    let mut options = RelyingPartyOptions::new(
        "Example",
        &["https://example.org"],
        UserVerification::Discouraged,
    );
    options.attestation = AttestationConveyance::Direct;
    options.trust = Some(trust);
    let rp = mfakit::RelyingParty::new("example.org", options).unwrap();
    let more = Stateless { now: at(NOW), ..Stateless::default() };
    let response = response.to_string();
    let verified = rp.verify_registration(
        response.as_bytes(),
        &base64url(&[7; 32]),
        &base64url(b"user"),
        more,
    );
    verified.unwrap().commit(1).unwrap()
}

#[test]
fn a_record_says_hardware_where_the_models_own_root_vouches_for_it() {
    assert!(record(&packed(|_| {}), metadata(&[entry()])).hardware());
    let text = record(&packed(|_| {}), metadata(&[entry()])).to_text().to_owned();
    assert!(mfakit::CredentialRecord::from_text(&text).unwrap().hardware());
    let compact = mfakit::CredentialRecord::from_text(&text).unwrap().into_compact();
    assert!(mfakit::CredentialRecord::from_text(compact.to_text()).unwrap().hardware());

    let software = with_statement("keyProtection", json!(["software"]));
    assert!(!record(&packed(|_| {}), metadata(&[software])).hardware());
    // An anchor of the caller's vouches, and says nothing of how the model keeps its keys.
    let anchor = AttestationTrust::new(&[root(MAKER)]).unwrap();
    assert!(!record(&packed(|_| {}), anchor).hardware());
    let elsewhere = with_statement("attestationRootCertificates", json!([base64url(&root(3))]));
    let own = AttestationTrust::new(&[root(MAKER)]).unwrap().with_metadata(parse(&[elsewhere]));
    assert!(!record(&packed(|_| {}), own).hardware());
    let mut nobody = AttestationTrust::new(&NO_ANCHORS).unwrap();
    nobody.require = false;
    assert!(!record(&packed(|_| {}), nobody).hardware());
}

#[test]
fn anchors_are_the_callers() {
    let trust = AttestationTrust::new(&[root(3), root(MAKER)]).unwrap();
    let nobody = AttestationTrust::new(&NO_ANCHORS).unwrap();
    assert_eq!(register(&packed(|_| {}), &nobody, NOW), Err(Error::AttestationUntrusted));
    assert_eq!(register(&packed(|_| {}), &trust, NOW), trusted(&root(MAKER)));
    let mut other = AttestationTrust::new(&[root(3)]).unwrap();
    assert_eq!(register(&packed(|_| {}), &other, NOW), Err(Error::AttestationUntrusted));
    other.require = false;
    assert_eq!(register(&packed(|_| {}), &other, NOW), Ok(Trust::Untrusted));
    assert_eq!(AttestationTrust::new(&[b"x"]).err(), Some(Error::AnchorInvalid));
}

#[test]
fn anchors_are_those_of_the_models_entry() {
    assert_eq!(verdict(entry(), &packed(|_| {})), trusted(&root(MAKER)));
    // Another model's root vouches for that model alone.
    let mut other = with_statement("aaguid", Value::Null);
    other["aaguid"] = json!("00000000-0000-0000-0000-000000000001");
    let without_root = with_statement("attestationRootCertificates", json!([]));
    let both = metadata(&[other.clone(), without_root]);
    assert_eq!(register(&packed(|_| {}), &both, NOW), Err(Error::AttestationUntrusted));
    assert_eq!(verdict(other, &packed(|_| {})), Err(Error::AuthenticatorUnknown));
}

#[test]
fn an_unknown_model_needs_an_anchor_of_the_callers() {
    let with =
        |anchor: Vec<u8>| AttestationTrust::new(&[anchor]).unwrap().with_metadata(parse(&[]));
    assert_eq!(register(&packed(|_| {}), &with(root(MAKER)), NOW), trusted(&root(MAKER)));
    assert_eq!(register(&packed(|_| {}), &with(root(3)), NOW), Err(Error::AuthenticatorUnknown));
    let expired = packed(|c| c.validity[1] = x509::time("20260101000000"));
    assert_eq!(register(&expired, &with(root(MAKER)), NOW), Err(Error::CertificateExpired));
}

#[test]
fn known_faults_refuse_a_model() {
    for status in REJECTED_STATUSES {
        let entry = with_statuses(
            json!([{"status": "FIDO_CERTIFIED"}, {"status": status, "effectiveDate": "2027-01-15"}]),
        );
        assert_eq!(verdict(entry.clone(), &packed(|_| {})), REJECTED, "{status}");
        // Whoever vouches for it, and whether or not trust is required.
        let mut lax = metadata(std::slice::from_ref(&entry));
        lax.require = false;
        assert_eq!(register(&packed(|_| {}), &lax, NOW), REJECTED, "{status}");
        let anchored = AttestationTrust::new(&[root(MAKER)])
            .unwrap()
            .with_metadata(parse(std::slice::from_ref(&entry)));
        assert_eq!(register(&packed(|_| {}), &anchored, NOW), REJECTED, "{status}");
        let mut named = metadata(std::slice::from_ref(&entry));
        named.danger_accept_statuses = vec![status.to_owned()];
        assert_eq!(register(&packed(|_| {}), &named, NOW), trusted(&root(MAKER)), "{status}");
    }
    for harmless in
        ["NOT_FIDO_CERTIFIED", "UPDATE_AVAILABLE", "SELF_ASSERTION_SUBMITTED", "LATER", "revoked"]
    {
        let entry = with_statuses(json!([{"status": harmless}]));
        assert_eq!(verdict(entry, &packed(|_| {})), trusted(&root(MAKER)), "{harmless}");
    }
}

#[test]
fn a_report_counts_from_its_day() {
    let revoked =
        |date: Value| with_statuses(json!([{"status": "REVOKED", "effectiveDate": date}]));
    for date in [
        json!("2027-01-15"),
        json!("1970-01-01"),
        json!("some day"),
        json!("2027-1-16"),
        Value::Null,
    ] {
        assert_eq!(verdict(revoked(date.clone()), &packed(|_| {})), REJECTED, "{date}");
    }
    assert_eq!(verdict(revoked(json!("2027-01-16")), &packed(|_| {})), trusted(&root(MAKER)));
    let trust = metadata(&[revoked(json!("2027-01-16"))]);
    assert_eq!(register(&packed(|_| {}), &trust, 1_800_057_600), REJECTED);
    assert_eq!(register(&packed(|_| {}), &trust, 1_800_057_599), trusted(&root(MAKER)));
}

#[test]
fn a_report_about_a_batch_is_about_no_other() {
    let batch = leaf(MAKER, &key(6), |_| {});
    let other = leaf(MAKER, &key(7), |_| {});
    for name in ["certificate", "batchCertificate"] {
        let about =
            |der: &str| with_statuses(json!([{"status": "ATTESTATION_KEY_COMPROMISE", name: der}]));
        for ours in [base64(&batch), base64(&root(MAKER)), "?".into(), String::new()] {
            assert_eq!(verdict(about(&ours), &packed(|_| {})), REJECTED, "{name} {ours}");
        }
        for others in [base64(&other), base64(&root(3))] {
            assert_eq!(verdict(about(&others), &packed(|_| {})), trusted(&root(MAKER)), "{name}");
        }
    }
}

#[test]
fn an_update_mends_what_proves_that_it_has_it() {
    let fault = |status: &str, version: Value, date: Value| json!({"status": status, "authenticatorVersion": version, "effectiveDate": date});
    let bypass = |version: Value, date: Value| fault("USER_VERIFICATION_BYPASS", version, date);
    let update = |version: Value, date: Value| fault("UPDATE_AVAILABLE", version, date);
    let with = |reports: Value, statement: &Statement| verdict(with_statuses(reports), statement);
    let fine = trusted(&root(MAKER));
    let (early, late) = (json!("2026-01-01"), json!("2026-02-01"));

    let updated = json!([bypass(json!(3), early.clone()), update(json!(5), late.clone())]);
    assert_eq!(with(updated.clone(), &firmware(5)), fine);
    assert_eq!(with(updated.clone(), &firmware(6)), fine);
    // Not the update's firmware, though not the one that was looked at; and none that is proven.
    assert_eq!(with(updated.clone(), &firmware(4)), REJECTED);
    assert_eq!(with(updated.clone(), &firmware(3)), REJECTED);
    assert_eq!(with(updated.clone(), &firmware(2)), REJECTED);
    assert_eq!(with(updated, &packed(|_| {})), REJECTED);
    assert_eq!(with(json!([bypass(json!(3), early.clone())]), &firmware(4)), REJECTED);
    // A fault of every version.
    let every = bypass(Value::Null, late.clone());
    assert_eq!(with(json!([every, update(json!(5), late.clone())]), &firmware(5)), fine);
    for update in [
        update(json!(5), early.clone()),
        update(json!(5), json!("2028-01-01")),
        update(Value::Null, late.clone()),
        json!({"status": "FIDO_CERTIFIED", "authenticatorVersion": 5}),
    ] {
        assert_eq!(with(json!([every, update]), &firmware(5)), REJECTED, "{update}");
    }
    // An update to the firmware that has the fault, and one that stands before the fault.
    let same = json!([bypass(json!(5), early.clone()), update(json!(5), late.clone())]);
    assert_eq!(with(same, &firmware(5)), REJECTED);
    for date in [Value::Null, late.clone()] {
        let before = json!([update(json!(5), late.clone()), bypass(Value::Null, date)]);
        assert_eq!(with(before, &firmware(5)), REJECTED);
    }
    let undated = json!([bypass(Value::Null, Value::Null), update(json!(5), early.clone())]);
    assert_eq!(with(undated, &firmware(5)), fine);
    // Who has the attestation key writes any version, and nothing takes a revocation back.
    for status in REJECTED_STATUSES {
        let reports =
            json!([fault(status, json!(3), early.clone()), update(json!(5), late.clone())]);
        let lost = ["REVOKED", "ATTESTATION_KEY_COMPROMISE"].contains(&status);
        assert_eq!(with(reports, &firmware(5)), if lost { REJECTED } else { fine }, "{status}");
    }
}

#[test]
fn reports_are_heard_under_every_name_of_an_authenticator() {
    let identifier: String =
        x509::key_identifier(&key(6)).iter().map(|b| format!("{b:02x}")).collect();
    let mut by_key = with_statuses(json!([{"status": "ATTESTATION_KEY_COMPROMISE"}]));
    by_key["aaguid"] = Value::Null;
    by_key["metadataStatement"]["aaguid"] = Value::Null;
    by_key["attestationCertificateKeyIdentifiers"] = json!([identifier]);
    // The stolen key under the name of a sister model.
    let both = metadata(&[entry(), by_key]);
    assert_eq!(register(&packed(|_| {}), &both, NOW), REJECTED);
    // A revoked model's certificate in a statement that signs no id, with another id or none beside it.
    let make = |credential: &Key, auth_data: &[u8], hash: &[u8]| {
        let (x, y) = credential.es256().point();
        let signed = [&[0][..], &auth_data[..32], hash, b"id", &[4], &x, &y].concat();
        let named = leaf(MAKER, &key(6), |c| c.set(Extension::aaguid(&AAGUID)));
        let signature = key(6).sign(&signed);
        map(&[(text("sig"), bytes(&signature)), (text("x5c"), array(&[bytes(&named)]))])
    };
    let revoked = with_statuses(json!([{"status": "REVOKED"}]));
    let trust = AttestationTrust::new(&[root(MAKER)]).unwrap().with_metadata(parse(&[revoked]));
    for aaguid in [[0; 16], [1; 16], AAGUID] {
        let make = Box::new(make);
        let u2f = Statement { format: "fido-u2f", aaguid, credential: key(9), make };
        assert_eq!(register(&u2f, &trust, NOW), REJECTED, "{aaguid:?}");
    }
}

#[test]
fn more_statuses_refuse_a_model_while_they_are_its_latest() {
    let with = |reports: Value| {
        let mut trust = metadata(&[with_statuses(reports)]);
        trust.also_reject = vec!["NOT_FIDO_CERTIFIED".into()];
        register(&packed(|_| {}), &trust, NOW)
    };
    let not = |date: &str| json!({"status": "NOT_FIDO_CERTIFIED", "effectiveDate": date});
    let certified = |date: &str| json!({"status": "FIDO_CERTIFIED", "effectiveDate": date});
    assert_eq!(with(json!([not("2026-01-01")])), REJECTED);
    assert_eq!(with(json!([{"status": "NOT_FIDO_CERTIFIED"}])), REJECTED);
    assert_eq!(with(json!([not("2026-01-02"), certified("2026-01-01")])), REJECTED);
    assert_eq!(with(json!([certified("2026-01-02"), not("2026-01-02")])), REJECTED);
    assert_eq!(with(json!([not("2026-01-01"), certified("2028-01-01")])), REJECTED);
    assert_eq!(with(json!([not("2026-01-01"), certified("2026-01-02")])), trusted(&root(MAKER)));
    assert_eq!(with(json!([certified("2026-01-02"), not("2026-01-01")])), trusted(&root(MAKER)));
}

#[test]
fn the_statement_is_of_a_type_that_the_model_makes() {
    let types = |types: Value| verdict(with_statement("attestationTypes", types), &packed(|_| {}));
    assert_eq!(types(json!(["basic_surrogate", "attca"])), trusted(&root(MAKER)));
    for others in
        [json!([]), json!(["basic_surrogate"]), json!(["anonca", "ecdaa", "later"]), Value::Null]
    {
        assert_eq!(types(others.clone()), Err(Error::MetadataMismatch), "{others}");
    }
    let own = |_: &Key, _: &[u8], _: &[u8]| Vec::new();
    let mut own =
        Statement { format: "packed", aaguid: AAGUID, credential: key(9), make: Box::new(own) };
    own.make = Box::new(|credential, auth_data, hash| {
        attestation::packed(-7, &credential.sign(&[auth_data, hash].concat()))
    });
    // A model with certificates does not sign for itself; one that does is not trusted for it.
    assert_eq!(verdict(entry(), &own), Err(Error::MetadataMismatch));
    let surrogate = with_statement("attestationTypes", json!(["basic_surrogate"]));
    assert_eq!(verdict(surrogate, &own), Err(Error::AttestationRequired));
    let none = Statement { format: "none", make: Box::new(|_, _, _| attestation::none()), ..own };
    assert_eq!(verdict(entry(), &none), Err(Error::AttestationRequired));
    let revoked = with_statuses(json!([{"status": "REVOKED"}]));
    assert_eq!(verdict(revoked, &none), REJECTED);
    let unknown = Statement { aaguid: [0; 16], ..none };
    assert_eq!(verdict(entry(), &unknown), Err(Error::AttestationRequired));
}

#[test]
fn the_key_is_of_an_algorithm_that_the_model_has() {
    let ed25519 =
        || Statement { credential: Key::Ed25519(Ed25519Key::new(&[9; 32])), ..packed(|_| {}) };
    let algorithms = |names: Value, statement: &Statement| {
        verdict(with_statement("authenticationAlgorithms", names), statement)
    };
    let both = json!(["secp256r1_ecdsa_sha256_der", "ed25519_eddsa_sha512_raw"]);
    assert_eq!(algorithms(both.clone(), &packed(|_| {})), trusted(&root(MAKER)));
    assert_eq!(algorithms(both, &ed25519()), trusted(&root(MAKER)));
    for names in [json!([]), json!(["secp256r1_ecdsa_sha256_raw"]), json!(["later"])] {
        assert_eq!(algorithms(names.clone(), &ed25519()), Err(Error::MetadataMismatch), "{names}");
    }
}

#[test]
fn apples_anonymous_certificates_are_vouched_for() {
    let make = |credential: &Key, auth_data: &[u8], hash: &[u8]| {
        let nonce = sha256(&[auth_data, hash].concat());
        let certificate = leaf(MAKER, credential, |c| c.set(Extension::apple_nonce(&nonce)));
        map(&[(text("x5c"), array(&[bytes(&certificate)]))])
    };
    let apple =
        Statement { format: "apple", aaguid: AAGUID, credential: key(9), make: Box::new(make) };
    let anonca = with_statement("attestationTypes", json!(["anonca"]));
    assert_eq!(verdict(anonca, &apple), trusted(&root(MAKER)));
    assert_eq!(verdict(entry(), &apple), Err(Error::MetadataMismatch));
}

#[test]
fn models_without_an_id_are_found_by_their_keys() {
    let identifier: String =
        x509::key_identifier(&key(6)).iter().map(|b| format!("{b:02x}")).collect();
    let by_key = |identifier: &str| {
        let mut entry = with_statement("aaguid", Value::Null);
        entry["aaguid"] = Value::Null;
        entry["attestationCertificateKeyIdentifiers"] = json!([identifier]);
        entry
    };
    let no_id = Statement { aaguid: [0; 16], ..packed(|_| {}) };
    assert_eq!(verdict(by_key(&identifier), &no_id), trusted(&root(MAKER)));
    assert_eq!(verdict(by_key(&"00".repeat(20)), &no_id), Err(Error::AuthenticatorUnknown));
    // A model that has an id is found by nothing else.
    assert_eq!(verdict(by_key(&identifier), &packed(|_| {})), Err(Error::AuthenticatorUnknown));
    // The id beside a fido-u2f statement is not signed.
    let make = |credential: &Key, auth_data: &[u8], hash: &[u8]| {
        let (x, y) = credential.es256().point();
        let signed = [&[0][..], &auth_data[..32], hash, b"id", &[4], &x, &y].concat();
        let path = array(&[bytes(&leaf(MAKER, &key(6), |_| {}))]);
        map(&[(text("sig"), bytes(&key(6).sign(&signed))), (text("x5c"), path)])
    };
    let u2f =
        Statement { format: "fido-u2f", aaguid: AAGUID, credential: key(9), make: Box::new(make) };
    assert_eq!(verdict(by_key(&identifier), &u2f), trusted(&root(MAKER)));
    assert_eq!(verdict(entry(), &u2f), Err(Error::AuthenticatorUnknown));
}

#[test]
fn of_two_entries_one_that_is_revoked_is_enough() {
    let revoked = with_statuses(json!([{"status": "REVOKED"}]));
    for entries in [[entry(), revoked.clone()], [revoked, entry()]] {
        assert_eq!(register(&packed(|_| {}), &metadata(&entries), NOW), REJECTED);
    }
    let other_root = with_statement("attestationRootCertificates", json!([base64(&root(3))]));
    let other_type = with_statement("attestationTypes", json!(["anonca"]));
    let trust = metadata(&[other_root, other_type, entry()]);
    assert_eq!(register(&packed(|_| {}), &trust, NOW), trusted(&root(MAKER)));
}

#[test]
fn a_model_that_is_listed_and_not_understood_is_not_trusted() {
    let broken = |reports: Value| {
        let mut broken = with_statement("attestationTypes", json!([7]));
        broken["statusReports"] = reports;
        let anchors = AttestationTrust::new(&[root(MAKER)]).unwrap();
        register(&packed(|_| {}), &anchors.with_metadata(parse(&[broken])), NOW)
    };
    assert_eq!(broken(json!([{"status": "FIDO_CERTIFIED"}])), Err(Error::MetadataMismatch));
    assert_eq!(broken(json!([{"status": "REVOKED"}, {"status": 1}])), REJECTED);
    assert_eq!(broken(json!("?")), Err(Error::MetadataMismatch));
    let mut by_key = json!({"statusReports": [{"status": "REVOKED"}, 1]});
    let identifier: String =
        x509::key_identifier(&key(6)).iter().map(|b| format!("{b:02x}")).collect();
    by_key["attestationCertificateKeyIdentifiers"] = json!([1, identifier]);
    let trust = AttestationTrust::new(&[root(MAKER)]).unwrap().with_metadata(parse(&[by_key]));
    assert_eq!(register(&packed(|_| {}), &trust, NOW), REJECTED);
}

#[test]
fn metadata_grows_stale_in_use() {
    let over = 1_801_440_000 + 86_400;
    // What is known against a model does not grow stale.
    let revoked = metadata(&[with_statuses(json!([{"status": "REVOKED"}]))]);
    assert_eq!(register(&packed(|_| {}), &revoked, over), REJECTED);
    let trust = metadata(&[entry()]);
    assert_eq!(register(&packed(|_| {}), &trust, over - 1), trusted(&root(MAKER)));
    assert_eq!(register(&packed(|_| {}), &trust, over), Err(Error::MetadataStale));
    let kept = trust.metadata().unwrap().find(&AAGUID).unwrap();
    let again = |json: &str| {
        let kept = Metadata::from_trusted_entries(&[json]).unwrap();
        register(
            &packed(|_| {}),
            &AttestationTrust::new(&NO_ANCHORS).unwrap().with_metadata(kept),
            over,
        )
    };
    assert_eq!(again(kept.json()), Err(Error::MetadataStale));
    let roots: &[&[u8]] = &[&root(ROOT)];
    let options =
        MetadataOptions { roots, now: at(NOW), allow_stale: true, ..MetadataOptions::default() };
    let allowed = Metadata::parse(&sign(&payload(&[entry()]).to_string()), options).unwrap();
    assert_eq!(again(allowed.find(&AAGUID).unwrap().json()), trusted(&root(MAKER)));
    let trust = AttestationTrust::new(&NO_ANCHORS).unwrap().with_metadata(allowed);
    assert_eq!(register(&packed(|_| {}), &trust, over), trusted(&root(MAKER)));
}

#[test]
fn switches_and_tolerances_have_names() {
    let mut trust = AttestationTrust::new(&[root(MAKER)]).unwrap();
    trust
        .set_fido_switches(&[
            "u2f_zero_aaguid",
            "tpm_known_vendor",
            "tpm_rs1",
            "no_root_in_x5c",
            "token_binding",
        ])
        .unwrap();
    let on = trust.fido_switches;
    assert!(
        on.u2f_zero_aaguid
            && on.tpm_known_vendor
            && on.tpm_rs1
            && on.no_root_in_x5c
            && on.token_binding
    );
    trust.set_tolerances(&["ecdsa_null_parameters", "signature_unused_bits"]).unwrap();
    assert!(trust.tolerances.ecdsa_null_parameters && trust.tolerances.signature_unused_bits);
    for bad in ["", "all", "Tpm_rs1"] {
        assert_eq!(trust.set_fido_switches(&[bad]), Err(Error::ArgumentValueInvalid));
        assert_eq!(trust.set_tolerances(&[bad]), Err(Error::ArgumentValueInvalid));
    }
}

#[test]
fn trust_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + std::fmt::Debug>() {}
    shared::<Metadata>();
    shared::<AttestationTrust>();
}
