//! FIDO metadata: BLOBs that are read or refused, and registrations that are judged by one.
//!
//! Metadata Service 3 §3.1 and §3.2, Metadata Statement §4. The BLOBs are signed here under roots of our own; the BLOB that FIDO
//! publishes has megabytes and grows old.

use super::attestation::NOW;
use super::ceremony::{Registration, Statement, Verdict, derived};
use super::recipe::{
    ANDROID_KEY, APPLE, FIDO_U2F, PACKED, PACKED_SELF, PLAIN, TPM, authority, build,
};
use crate::bytes::{base64, base64url, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::keys::{Es256Key, Key};
use mfakit_testing::android::jws;
use mfakit_testing::der;
use mfakit_testing::keys::Es384Key;
use mfakit_testing::x509::{
    CERTIFICATE_AUTHORITY, Certificate, DIGITAL_SIGNATURE, Extension, KEY_USAGE, SUBJECT_ALT_NAME,
    attributes, key_identifier, name, time,
};

const SERVICE: &str = "FIDO Metadata Service 3";
const STATEMENT: &str = "FIDO Metadata Statement";
const MALFORMED: &str = "metadata_malformed";
const REJECTED: &str = "authenticator_status_rejected";
const MISMATCH: &str = "metadata_mismatch";
const UNKNOWN: &str = "authenticator_unknown";
const UNTRUSTED: &str = "attestation_untrusted";
/// Whose certificate signs FIDO's BLOB.
const HOST: &str = "mds.fidoalliance.org";
/// The next update of the BLOBs: a month after [`NOW`].
const NEXT_UPDATE: &str = "2026-02-01";
/// The end of that day.
const OVERDUE: u64 = 1_769_904_000 + 86_400;
const DAY: u64 = 86_400;
/// id-fido-gen-ce-fw-version (FIDO security requirements): the firmware that a certificate is for.
const FIRMWARE: &str = "1.3.6.1.4.1.45724.1.1.5";
const CERTIFIED: &str = r#"{"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2020-01-01"}"#;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    signatures(&mut cases);
    paths(&mut cases);
    numbers_and_dates(&mut cases);
    payloads(&mut cases);
    entries(&mut cases);
    models(&mut cases);
    statuses(&mut cases);
    batches(&mut cases);
    updates(&mut cases);
    policies(&mut cases);
    statements(&mut cases);
    key_identifiers(&mut cases);
    File {
        topic: "metadata",
        description: "FIDO metadata: BLOBs, and registrations judged by them",
        notes: vec![
            "Every BLOB is signed under a root of our own, whose key and whose signer's key follow from labels.".into(),
            "The registrations are those of the Level 3 test vectors; their CA is the root in the metadata.".into(),
            "The time is the first moment of 2026 unless a case says otherwise.".into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- BLOBs

fn key(seed: u8) -> Key {
    Key::Es256(Es256Key::new(&[seed; 32]))
}

fn named(common_name: &str) -> Vec<u8> {
    name(&attributes(common_name, "Metadata", "Test", "AA"))
}

/// A root of BLOBs; its key follows from a byte.
fn root(seed: u8) -> Vec<u8> {
    authority_below(seed, seed, |_| {})
}

/// The certificate of a CA, by another or by itself.
fn authority_below(issuer: u8, holder: u8, change: impl FnOnce(&mut Certificate)) -> Vec<u8> {
    let subject = |seed: u8| named(&format!("Metadata root {seed}"));
    let mut certificate =
        Certificate::new(&[holder], &subject(issuer), &subject(holder), &key(holder));
    certificate.set(Extension::basic_constraints(true, None));
    certificate.set(Extension::key_usage(CERTIFICATE_AUTHORITY));
    change(&mut certificate);
    certificate.sign(&key(issuer))
}

/// The certificate of whoever signs BLOBs.
fn signer(issuer: u8, holder: &Key, change: impl FnOnce(&mut Certificate)) -> Vec<u8> {
    let issuer_name = named(&format!("Metadata root {issuer}"));
    let mut certificate = Certificate::new(&[0x40], &issuer_name, &named(HOST), holder);
    certificate.set(Extension::basic_constraints(false, None));
    certificate.set(Extension::key_usage(DIGITAL_SIGNATURE));
    certificate.set(alternative_name(HOST));
    change(&mut certificate);
    certificate.sign(&key(issuer))
}

/// A subject alternative name of one dNSName.
fn alternative_name(host: &str) -> Extension {
    Extension::new(SUBJECT_ALT_NAME, false, der::list(&[der::element(0x82, host.as_bytes())]))
}

/// The seeds of the root and of another one, and the signer's.
const ROOT: u8 = 0x51;
const OTHER_ROOT: u8 = 0x52;
const MIDDLE: u8 = 0x53;
const SIGNER: u8 = 0x54;

/// A BLOB before it is signed. The fields are knobs.
#[derive(Clone)]
struct Blob {
    algorithm: &'static str,
    /// Members of the header beside `alg` and `x5c`, each with a comma behind it.
    header: &'static str,
    path: Option<Vec<Vec<u8>>>,
    key: Key,
    number: String,
    next_update: String,
    entries: Vec<String>,
    /// In place of all three.
    payload: Option<String>,
}

impl Blob {
    fn new(entries: &[String]) -> Self {
        Self {
            algorithm: "ES256",
            header: "",
            path: Some(vec![signer(ROOT, &key(SIGNER), |_| {})]),
            key: key(SIGNER),
            number: "7".into(),
            next_update: format!("\"{NEXT_UPDATE}\""),
            entries: entries.to_vec(),
            payload: None,
        }
    }

    fn payload(&self) -> String {
        self.payload.clone().unwrap_or_else(|| {
            format!(
                "{{\"legalHeader\": \"For tests.\", \"no\": {}, \"nextUpdate\": {}, \"entries\": [{}]}}",
                self.number,
                self.next_update,
                self.entries.join(", ")
            )
        })
    }

    fn header(&self) -> String {
        let path = self.path.as_ref().map(|path| {
            let list: Vec<String> = path.iter().map(|der| format!("\"{}\"", base64(der))).collect();
            format!(", \"x5c\": [{}]", list.join(", "))
        });
        let path = path.unwrap_or_default();
        format!("{{{}\"typ\": \"JWT\", \"alg\": \"{}\"{path}}}", self.header, self.algorithm)
    }

    fn text(&self) -> String {
        jws(&self.header(), &self.payload(), &self.key)
    }
}

/// The metadata of a model, one JSON object.
#[derive(Clone)]
struct Entry {
    aaguid: Option<String>,
    key_identifiers: Vec<String>,
    reports: Vec<String>,
    /// In base64.
    roots: Vec<String>,
    types: Vec<&'static str>,
    algorithms: Vec<&'static str>,
    /// Other members, each with a comma before it.
    more: String,
}

impl Entry {
    /// A model of the vectors' maker: its roots are the vectors' CA.
    fn new(aaguid: &[u8]) -> Self {
        Self {
            aaguid: Some(uuid(aaguid)),
            key_identifiers: Vec::new(),
            reports: vec![CERTIFIED.into()],
            roots: vec![base64(&authority().1)],
            types: vec!["basic_full"],
            algorithms: vec!["secp256r1_ecdsa_sha256_raw"],
            more: String::new(),
        }
    }

    fn text(&self) -> String {
        let aaguid = |prefix: &str| match &self.aaguid {
            Some(uuid) => format!("{prefix}\"aaguid\": \"{uuid}\", "),
            None => String::new(),
        };
        format!(
            "{{{}\"attestationCertificateKeyIdentifiers\": {}, \"metadataStatement\": {{{}\"description\": \"A model\", \
             \"authenticatorVersion\": 1, \"protocolFamily\": \"fido2\", \"attestationTypes\": {}, \
             \"authenticationAlgorithms\": {}, \"keyProtection\": [\"hardware\", \"secure_element\"], \
             \"attachmentHint\": [\"external\", \"wired\"], \"attestationRootCertificates\": {}}}, \
             \"statusReports\": [{}], \"timeOfLastStatusChange\": \"2020-01-01\"{}}}",
            aaguid(""),
            Json::from(self.key_identifiers.clone()).compact(),
            aaguid(""),
            Json::from(self.types.clone()).compact(),
            Json::from(self.algorithms.clone()).compact(),
            Json::from(self.roots.clone()).compact(),
            self.reports.join(", "),
            self.more,
        )
    }

    fn reports(mut self, reports: &[&str]) -> Self {
        self.reports = reports.iter().map(|report| (*report).to_owned()).collect();
        self
    }

    fn types(mut self, types: &[&'static str]) -> Self {
        self.types = types.to_vec();
        self
    }
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`
fn uuid(bytes: &[u8]) -> String {
    let hex = hex(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A model that no registration here is of.
fn stranger() -> Entry {
    Entry::new(&[0xa5; 16])
}

// ---------------------------------------------------------------- metadata.parse

/// A BLOB that is handed over with the root.
fn parse(id: &str, blob: &str) -> Case {
    Case::new("metadata.parse", format!("blob-{id}"))
        .source(SERVICE, "3.2")
        .input("blob", blob)
        .input("roots_hex", vec![hex(&root(ROOT))])
        .input("now", NOW)
        .requires("attestation")
}

/// What a BLOB is read as.
fn read(case: Case, number: &str, entries: u64, skipped: u64) -> Case {
    case.accept(
        "ok",
        [
            ("number", number.into()),
            ("next_update", NEXT_UPDATE.into()),
            ("entries", entries.into()),
            ("skipped", skipped.into()),
        ],
    )
}

/// The BLOB of one model, changed.
fn changed(change: impl FnOnce(&mut Blob)) -> String {
    let mut blob = Blob::new(&[stranger().text()]);
    change(&mut blob);
    blob.text()
}

fn signatures(cases: &mut Vec<Case>) {
    let good = changed(|_| {});
    cases.push(read(parse("good", &good), "7", 1, 0).why("signed under the root"));
    let file = format!("\n {good}\r\n");
    cases.push(read(parse("white-space", &file), "7", 1, 0).why("a file ends with a line's end"));
    let p384 = Key::Es384(Es384Key::new(&[7; 48]));
    let es384 = changed(|blob| {
        blob.algorithm = "ES384";
        blob.path = Some(vec![signer(ROOT, &p384, |_| {})]);
        blob.key = p384.clone();
    });
    cases.push(read(parse("es384", &es384).requires("es384"), "7", 1, 0).why("another algorithm"));

    let (signed, signature) = good.rsplit_once('.').expect("a signature");
    let (header, _) = signed.split_once('.').expect("a payload");
    let other = base64url(Blob::new(&[]).payload().as_bytes());
    let zeros = base64url(&[0; 64]);
    let mut refuse = |id: &str, blob: &str, code: &str, why: &str| {
        cases.push(parse(id, blob).reject(code).why(why));
    };
    refuse(
        "by-another-key",
        &changed(|blob| blob.key = key(0x61)),
        "signature_invalid",
        "a key that the certificate does not certify",
    );
    refuse(
        "payload-exchanged",
        &format!("{header}.{other}.{signature}"),
        "signature_invalid",
        "another payload under the same signature",
    );
    refuse(
        "signature-short",
        &format!("{signed}.{}", base64url(&[1; 63])),
        "signature_malformed",
        "r and s have 32 bytes each",
    );
    refuse(
        "signature-zero",
        &format!("{signed}.{zeros}"),
        "signature_malformed",
        "r and s are not zero",
    );
    for (id, algorithm, why) in [
        ("alg-none", "none", "nobody signs"),
        ("alg-hs256", "HS256", "a key that both sides share"),
        ("alg-es384", "ES384", "the certified key is on another curve"),
    ] {
        refuse(id, &changed(|blob| blob.algorithm = algorithm), MALFORMED, why);
    }
    let unsigned = changed(|blob| blob.algorithm = "none");
    let (unsigned, _) = unsigned.rsplit_once('.').expect("a signature");
    refuse("unsigned", &format!("{unsigned}."), MALFORMED, "nobody signs, and nothing is there");
    refuse(
        "alg-unknown",
        &changed(|blob| blob.algorithm = "ES257"),
        "algorithm_unsupported",
        "nobody knows the algorithm",
    );
    for (id, header, why) in [
        ("x5u", "\"x5u\": \"https://example.org/key\", ", "where to fetch a key"),
        ("jku", "\"jku\": \"https://example.org/keys\", ", "where to fetch keys"),
        ("jwk", "\"jwk\": {\"kty\": \"EC\"}, ", "a key that nobody certifies"),
        ("crit", "\"crit\": [\"exp\"], ", "members with another meaning"),
        ("alg-twice", "\"alg\": \"ES256\", ", "a member stands once"),
    ] {
        refuse(id, &changed(|blob| blob.header = header), MALFORMED, why);
    }
    refuse("x5c-missing", &changed(|blob| blob.path = None), MALFORMED, "no certificate");
    refuse("x5c-empty", &changed(|blob| blob.path = Some(Vec::new())), MALFORMED, "no certificate");
    refuse(
        "x5c-not-a-certificate",
        &changed(|blob| blob.path = Some(vec![vec![0x30, 0]])),
        "certificate_malformed",
        "an empty sequence",
    );
    for (id, blob, why) in [
        ("empty", String::new(), "nothing"),
        ("json", Blob::new(&[]).payload(), "the payload alone"),
        ("two-parts", signed.to_owned(), "no signature"),
        ("four-parts", format!("{good}.{other}"), "one part too many"),
        ("padded", format!("{good}=="), "base64url has no padding here"),
        ("space-within", good.replacen('.', " .", 1), "white space within"),
    ] {
        refuse(id, &blob, MALFORMED, why);
    }
}

fn paths(cases: &mut Vec<Case>) {
    let good = changed(|_| {});
    let with_roots = |id: &str, roots: &[Vec<u8>]| {
        let roots: Vec<String> = roots.iter().map(|root| hex(root)).collect();
        parse(id, &good).input("roots_hex", roots)
    };
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        base64(&root(ROOT))
    );
    for (id, roots, why) in [
        (
            "root-second",
            vec![root(OTHER_ROOT), root(ROOT)],
            "while a root is replaced, there are two",
        ),
        (
            "root-first",
            vec![root(ROOT), root(OTHER_ROOT)],
            "while a root is replaced, there are two",
        ),
        ("root-pem", vec![pem.into_bytes()], "the root as PEM"),
    ] {
        cases.push(read(with_roots(id, &roots), "7", 1, 0).why(why));
    }
    for (id, roots, code, why) in [
        ("root-other", vec![root(OTHER_ROOT)], UNTRUSTED, "another root"),
        ("root-none", Vec::new(), "anchor_invalid", "no root"),
        ("root-not-a-certificate", vec![vec![0x30, 0]], "anchor_invalid", "a root that is none"),
        ("root-and-rubbish", vec![root(ROOT), vec![0xff]], "anchor_invalid", "one of two is none"),
    ] {
        cases.push(with_roots(id, &roots).reject(code).why(why));
    }

    let above = |holder: u8, change: fn(&mut Certificate)| authority_below(ROOT, holder, change);
    let below = |middle: Vec<u8>| {
        let path = vec![signer(MIDDLE, &key(SIGNER), |_| {}), middle];
        changed(|blob| blob.path = Some(path))
    };
    let chain = below(above(MIDDLE, |_| {}));
    cases.push(read(parse("chain", &chain), "7", 1, 0).why("a CA between signer and root"));
    let alone = |change: fn(&mut Certificate)| {
        changed(|blob| blob.path = Some(vec![signer(ROOT, &key(SIGNER), change)]))
    };
    let mut refuse = |id: &str, blob: &str, code: &str, why: &str| {
        cases.push(parse(id, blob).reject(code).why(why));
    };
    let missing = changed(|blob| blob.path = Some(vec![signer(MIDDLE, &key(SIGNER), |_| {})]));
    refuse("chain-missing", &missing, UNTRUSTED, "the CA between is not there");
    let no_authority = below(above(MIDDLE, |certificate| {
        certificate.set(Extension::basic_constraints(false, None));
    }));
    refuse(
        "chain-no-authority",
        &no_authority,
        "certificate_path_invalid",
        "the CA between is none",
    );
    let expired = below(above(MIDDLE, |certificate| {
        certificate.validity[1] = time("20251231235959");
    }));
    refuse("chain-expired", &expired, "certificate_expired", "the CA between is over");
    let forged = below(authority_below(OTHER_ROOT, MIDDLE, |certificate| {
        certificate.issuer = named(&format!("Metadata root {ROOT}"));
    }));
    refuse("chain-forged", &forged, "certificate_path_invalid", "another root signed for this one");
    let own = Certificate::new(&[1], &named("x"), &named("x"), &key(SIGNER)).sign(&key(SIGNER));
    let own = changed(|blob| blob.path = Some(vec![own]));
    cases.push(parse("self-signed", &own).reject(UNTRUSTED).why("the signer vouches for itself"));
    type Change = (&'static str, fn(&mut Certificate), &'static str, &'static str);
    let rows: [Change; 6] = [
        (
            "signer-expired",
            |certificate| certificate.validity[1] = time("20251231235959"),
            "certificate_expired",
            "the signer's certificate is over",
        ),
        (
            "signer-not-yet",
            |certificate| certificate.validity[0] = time("20260101000001"),
            "certificate_not_yet_valid",
            "the signer's certificate is yet to come",
        ),
        (
            "signer-other-host",
            |certificate| certificate.set(alternative_name("mds.example.org")),
            "certificate_rejected",
            "a certificate of somebody else under the same root",
        ),
        (
            "signer-host-below",
            |certificate| certificate.set(alternative_name("www.mds.fidoalliance.org")),
            "certificate_rejected",
            "the name ends alike",
        ),
        (
            "signer-other-common-name",
            |certificate| {
                certificate.remove(SUBJECT_ALT_NAME);
                certificate.subject = named("mds.example.org");
            },
            "certificate_rejected",
            "a certificate of somebody else, who has no alternative name",
        ),
        (
            "signer-key-usage",
            // keyAgreement.
            |certificate| certificate.set(Extension::key_usage([3, 0x08])),
            "certificate_rejected",
            "a key that is not for signatures",
        ),
    ];
    for (id, change, code, why) in rows {
        cases.push(parse(id, &alone(change)).reject(code).why(why));
    }
    let any: fn(&mut Certificate) = |certificate| certificate.remove(KEY_USAGE);
    let case = read(parse("signer-without-key-usage", &alone(any)), "7", 1, 0);
    cases.push(case.why("a key without usages is for any"));
    let bare: fn(&mut Certificate) = |certificate| certificate.remove(SUBJECT_ALT_NAME);
    let case = read(parse("signer-common-name", &alone(bare)), "7", 1, 0);
    cases.push(case.why("without alternative names the common name counts"));
    let last: fn(&mut Certificate) = |certificate| certificate.validity[1] = time("20260101000000");
    let case = read(parse("signer-last-second", &alone(last)), "7", 1, 0);
    cases.push(case.why("the end of the validity is within it"));
}

fn numbers_and_dates(cases: &mut Vec<Case>) {
    let numbered = |number: &str| changed(|blob| blob.number = number.into());
    for (id, previous, why) in [
        ("previous-none", None, "the first BLOB that is read"),
        ("previous-older", Some(6_u64), "a newer one"),
        ("previous-equal", Some(7), "the same one again"),
    ] {
        let case = parse(id, &numbered("7")).input("previous_number", previous);
        cases.push(read(case, "7", 1, 0).why(why));
    }
    for (id, previous) in [("previous-newer", 8_u64), ("previous-largest", u64::MAX)] {
        let case = parse(id, &numbered("7")).input("previous_number", previous);
        cases.push(case.reject("metadata_rollback").why("an older one than was used before"));
    }
    for (id, number) in [
        ("number-0", "0"),
        ("number-2-to-53-and-1", "9007199254740993"),
        ("number-2-to-63", "9223372036854775808"),
        ("number-largest", "18446744073709551615"),
    ] {
        cases.push(read(parse(id, &numbered(number)), number, 1, 0).why("numbers have 64 bits"));
    }
    let close = parse("previous-wide", &numbered("9007199254740993"))
        .input("previous_number", (1_u64 << 53) + 2)
        .reject("metadata_rollback");
    cases.push(close.why("two numbers that a double cannot tell apart"));
    for (id, number) in [
        ("number-too-large", "18446744073709551616"),
        ("number-negative", "-7"),
        ("number-fraction", "7.0"),
        ("number-exponent", "7e0"),
        ("number-text", "\"7\""),
        ("number-null", "null"),
    ] {
        cases.push(parse(id, &numbered(number)).reject(MALFORMED).why("a whole number of 64 bits"));
    }

    let good = changed(|_| {});
    let last = parse("next-update-last-second", &good).input("now", OVERDUE - 1);
    cases.push(read(last, "7", 1, 0).why("the day of the next update is good to its end"));
    let late = |id: &str| parse(id, &good).input("now", OVERDUE);
    cases.push(late("overdue").reject("metadata_stale").why("the next update is overdue"));
    let denied = late("overdue-not-allowed").input("allow_stale", false);
    cases.push(denied.reject("metadata_stale").why("the next update is overdue"));
    let allowed = late("overdue-allowed").input("allow_stale", true);
    cases.push(read(allowed, "7", 1, 0).why("the host says that age does not matter"));
    let old = changed(|blob| blob.next_update = "\"2025-12-30\"".into());
    let rollback =
        parse("old-and-overdue", &old).input("previous_number", 8_u64).input("allow_stale", true);
    cases.push(
        rollback.reject("metadata_rollback").why("age may be allowed, another number is not"),
    );
    for (id, day) in [
        ("next-update-no-such-day", "\"2027-02-29\""),
        ("next-update-no-such-month", "\"2026-13-01\""),
        ("next-update-short", "\"2026-2-1\""),
        ("next-update-time", "\"2026-02-01T00:00:00Z\""),
        ("next-update-signed", "\"+026-02-01\""),
        ("next-update-empty", "\"\""),
        ("next-update-number", "20260201"),
        ("next-update-null", "null"),
    ] {
        let blob = changed(|blob| blob.next_update = day.into());
        cases.push(parse(id, &blob).reject(MALFORMED).why("a day has the form 2026-02-01"));
    }
}

fn payloads(cases: &mut Vec<Case>) {
    let good = Blob::new(&[]).payload();
    for (id, from, to, why) in [
        ("no-number", "\"no\": 7, ", "", "no number"),
        ("no-entries", ", \"entries\": []", "", "no entries"),
        ("entries-object", "[]", "{}", "entries are a list"),
        ("entries-null", "[]", "null", "entries are a list"),
        ("number-twice", "\"no\": 7", "\"no\": 7, \"no\": 8", "a member stands once"),
        ("trailing", "[]}", "[]} {}", "something follows"),
        ("comma", "[]", "[,]", "no JSON"),
    ] {
        let payload = good.replacen(from, to, 1);
        assert_ne!(payload, good, "{id}");
        let blob = changed(|blob| blob.payload = Some(payload));
        cases.push(parse(&format!("payload-{id}"), &blob).reject(MALFORMED).why(why));
    }
    for (id, payload) in [("payload-empty", ""), ("payload-list", "[]"), ("payload-text", "\"no\"")]
    {
        let blob = changed(|blob| blob.payload = Some(payload.into()));
        cases.push(parse(id, &blob).reject(MALFORMED).why("the payload is an object"));
    }
    let none = changed(|blob| blob.entries.clear());
    cases.push(read(parse("without-entries", &none), "7", 0, 0).why("nobody is known"));
    let more = good.replacen("{", "{\"x\": [1.5, null, {\"y\": true}], ", 1);
    let more = changed(|blob| blob.payload = Some(more));
    cases.push(read(parse("members-more", &more), "7", 0, 0).why("later versions may say more"));
}

/// Entries that are read, and entries that are left out and counted.
fn entries(cases: &mut Vec<Case>) {
    let good = stranger().text();
    let mut bad: Vec<(&str, String)> = vec![
        ("number", "1".into()),
        ("null", "null".into()),
        ("list", "[]".into()),
        ("object", "{}".into()),
    ];
    for (id, from, to) in [
        (
            "aaguid-short",
            "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5",
            "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5",
        ),
        (
            "aaguid-plain",
            "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5",
            "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5",
        ),
        (
            "aaguid-letter",
            "a5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5",
            "g5a5a5a5-a5a5-a5a5-a5a5-a5a5a5a5a5a5",
        ),
        ("no-reports", CERTIFIED, ""),
        ("report-without-status", CERTIFIED, "{\"effectiveDate\": \"2020-01-01\"}"),
        ("report-status-number", CERTIFIED, "{\"status\": 1}"),
        ("report-null", CERTIFIED, "null"),
        ("types-text", "[\"basic_full\"]", "\"basic_full\""),
        ("types-number", "[\"basic_full\"]", "[7]"),
        ("key-identifier-short", "Identifiers\": []", "Identifiers\": [\"00\"]"),
        ("status-twice", "\"status\": ", "\"status\": \"x\", \"status\": "),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{id}");
        bad.push((id, text));
    }
    let other = good.replacen("a5a5a5a5", "b5b5b5b5", 1);
    bad.push(("statement-of-another", other));
    for (id, text) in &bad {
        let blob = Blob::new(&[good.clone(), text.clone(), Entry::new(&[0xa6; 16]).text()]);
        let case = parse(&format!("entry-{id}"), &blob.text());
        cases.push(read(case, "7", 2, 1).why("an entry that cannot be read spoils no other"));
    }
    let all: Vec<String> =
        [good.clone()].into_iter().chain(bad.iter().map(|(_, text)| text.clone())).collect();
    let skipped = u64::try_from(bad.len()).expect("a small number");
    let case = parse("entries-bad", &Blob::new(&all).text());
    cases.push(read(case, "7", 1, skipped).why("each is counted"));

    for (id, from, to, why) in [
        ("status-unknown", CERTIFIED, "{\"status\": \"FIDO_CERTIFIED_L9\"}", "a later status"),
        ("type-unknown", "basic_full", "basic_later", "a later type of attestation"),
        ("algorithm-unknown", "secp256r1_ecdsa_sha256_raw", "later", "a later algorithm"),
        ("protection-unknown", "secure_element", "later", "a later protection"),
        ("hint-unknown", "wired", "later", "a later hint"),
        ("family-unknown", "fido2", "fido3", "a later family"),
        (
            "aaguid-upper-case",
            "a5a5a5a5-a5a5",
            "A5A5A5A5-A5A5",
            "hexadecimal digits of either case",
        ),
        (
            "no-statement-members",
            ", \"protocolFamily\": \"fido2\"",
            "",
            "a statement that says less",
        ),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good, "{id}");
        let case = parse(&format!("entry-{id}"), &Blob::new(&[text]).text());
        cases.push(read(case, "7", 1, 0).why(why));
    }
    let wide = Entry {
        more: ", \"rogueListURL\": null, \"x\": 18446744073709551615".into(),
        ..stranger()
    };
    let case = parse("entry-wide-integers", &Blob::new(&[wide.text()]).text());
    cases.push(read(case, "7", 1, 0).why("integers of 64 bits stand where nobody looks"));
}

// ---------------------------------------------------------------- registrations

/// What is asked of the metadata.
#[derive(Clone)]
struct Asked {
    entries: Vec<String>,
    anchors: Vec<Vec<u8>>,
    require: bool,
    also_reject: Vec<&'static str>,
    danger_accept: Vec<&'static str>,
    allow_stale: bool,
    /// The time of the registration, after that of the BLOB.
    later: u64,
    /// Handed over in place of the BLOB.
    blob: Option<String>,
}

impl Asked {
    fn new(entries: &[Entry]) -> Self {
        Self {
            entries: entries.iter().map(Entry::text).collect(),
            anchors: Vec::new(),
            require: true,
            also_reject: Vec::new(),
            danger_accept: Vec::new(),
            allow_stale: false,
            later: 0,
            blob: None,
        }
    }

    fn json(&self) -> Json {
        let blob = self.blob.clone().unwrap_or_else(|| Blob::new(&self.entries).text());
        let anchors: Vec<String> = self.anchors.iter().map(|der| hex(der)).collect();
        let mut metadata = Json::object([
            ("blob", blob.into()),
            ("roots_hex", vec![hex(&root(ROOT))].into()),
            ("now", NOW.into()),
        ]);
        for (name, list) in
            [("also_reject", &self.also_reject), ("danger_accept_statuses", &self.danger_accept)]
        {
            if !list.is_empty() {
                metadata.set(name, list.clone().into());
            }
        }
        if self.allow_stale {
            metadata.set("allow_stale", true.into());
        }
        Json::object([
            ("anchors_hex", anchors.into()),
            ("require", self.require.into()),
            ("metadata", metadata),
        ])
    }

    /// The registration under this trust.
    fn put(&self, mut registration: Registration) -> Registration {
        registration.more = vec![("trust", self.json())];
        registration.now = Some(NOW + self.later);
        registration.verdict.asked = true;
        registration
    }
}

/// Cases of one registration.
struct Out<'c> {
    cases: &'c mut Vec<Case>,
    base: Registration,
    step: &'static str,
}

impl Out<'_> {
    fn push(&mut self, case: Case, id: &str, why: &str) {
        let case = if case.requires.contains(&"attestation") {
            case
        } else {
            case.requires("attestation")
        };
        let section = self.step.replace('-', " step ");
        self.cases.push(derived(case, &section, &self.base.name, id).step(self.step).why(why));
    }

    fn id(&self, id: &str) -> String {
        format!("{}-metadata-{id}", self.base.name)
    }

    fn refuse(&mut self, id: &str, asked: &Asked, code: &str, why: &str) {
        let case = asked.put(self.base.clone()).refused(&self.id(id), code);
        self.push(case, id, why);
    }

    /// Accepted under the vectors' CA.
    fn trust(&mut self, id: &str, asked: &Asked, why: &str) {
        let mut changed = asked.put(self.base.clone());
        changed.verdict.anchor = Some(authority().1);
        let case = changed.accepted(&self.id(id));
        self.push(case, id, why);
    }

    /// Accepted, and not trusted.
    fn untrusted(&mut self, id: &str, asked: &Asked, why: &str) {
        let asked = Asked { require: false, ..asked.clone() };
        let case = asked.put(self.base.clone()).accepted(&self.id(id));
        self.push(case, id, why);
    }
}

/// The packed vector and the entry of its model.
fn packed(cases: &mut Vec<Case>) -> (Out<'_>, Entry) {
    let (base, _) = build(PACKED);
    let entry = Entry::new(&aaguid(&base));
    (Out { cases, base, step: "7.1-24" }, entry)
}

fn aaguid(base: &Registration) -> Vec<u8> {
    base.auth_data.attested.as_ref().expect("attested credential data").aaguid.to_vec()
}

/// Who is known, and under whose roots.
fn models(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    out.step = "7.1-23";
    let known = Asked::new(&[stranger(), entry.clone()]);
    out.trust("trusted", &known, "the roots are those of the model's entry");
    let unknown = Asked::new(&[stranger()]);
    out.refuse("unknown", &unknown, UNKNOWN, "the metadata does not know the model");
    out.untrusted("unknown-not-required", &unknown, "nobody vouches for it, and nobody need");
    let with_anchor = Asked { anchors: vec![authority().1], ..unknown };
    out.trust("unknown-with-anchor", &with_anchor, "the host's own anchor vouches for it");
    let other = Entry { roots: vec![base64(&root(OTHER_ROOT))], ..entry.clone() };
    out.refuse(
        "other-root",
        &Asked::new(std::slice::from_ref(&other)),
        UNTRUSTED,
        "the model's roots are others",
    );
    let none = Entry { roots: Vec::new(), ..entry.clone() };
    out.refuse("no-root", &Asked::new(&[none]), UNTRUSTED, "the model has no roots");
    let two =
        Entry { roots: vec![base64(&root(OTHER_ROOT)), base64(&authority().1)], ..entry.clone() };
    out.trust("second-root", &Asked::new(&[two]), "one of the model's roots");
    let leaf = out.base.clone().certified().certificate();
    let mut batch =
        Asked::new(&[Entry { roots: vec![base64(&leaf)], ..entry.clone() }]).put(out.base.clone());
    batch.verdict.anchor = Some(leaf);
    let case = batch.accepted(&out.id("leaf-is-root"));
    out.push(case, "leaf-is-root", "an entry may list the attestation certificate itself");
    let unreadable = Asked::new(&[Entry { roots: vec!["MAA=".into()], ..entry.clone() }]);
    out.refuse(
        "unreadable-root",
        &unreadable,
        UNTRUSTED,
        "a root that cannot be read vouches for nothing",
    );
    let beside = Entry { roots: vec!["MAA=".into(), base64(&authority().1)], ..entry.clone() };
    out.trust("unreadable-root-first", &Asked::new(&[beside]), "the other root can be read");

    out.step = "7.1-24";
    let bad = entry.text().replacen("[\"basic_full\"]", "7", 1);
    let asked = Asked { entries: vec![bad], anchors: vec![authority().1], ..Asked::new(&[]) };
    out.refuse(
        "listed-and-unreadable",
        &asked,
        MISMATCH,
        "what is said of the model is not understood",
    );
    let revoked = entry.clone().reports(&[r#"{"status": "REVOKED"}"#, r#"{"status": 1}"#]).text();
    let asked = Asked { entries: vec![revoked], ..asked };
    out.refuse("unreadable-and-revoked", &asked, REJECTED, "a report that can be read is heard");
    out.step = "7.1-23";

    // What is wrong with the BLOB is said when it is read.
    let mut forged = Blob::new(&[entry.text()]);
    forged.key = key(0x61);
    let asked = Asked { blob: Some(forged.text()), ..known.clone() };
    out.refuse("forged", &asked, "signature_invalid", "the BLOB is another's");
    let asked = Asked { later: OVERDUE - NOW, ..known.clone() };
    out.refuse("stale", &asked, "metadata_stale", "the BLOB has grown old since it was read");
    let asked = Asked { later: OVERDUE - NOW - 1, ..known.clone() };
    out.trust("last-second", &asked, "the last second at which the BLOB is good");
    let asked = Asked { later: OVERDUE - NOW, allow_stale: true, ..known };
    out.trust("stale-allowed", &asked, "the host says that age does not matter");
}

/// What a status does.
fn statuses(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    let with = |reports: &[&str]| Asked::new(&[entry.clone().reports(reports)]);
    for status in [
        "REVOKED",
        "USER_VERIFICATION_BYPASS",
        "ATTESTATION_KEY_COMPROMISE",
        "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    ] {
        let id = status.to_lowercase().replace('_', "-");
        let report = format!("{{\"status\": \"{status}\", \"effectiveDate\": \"2025-06-01\"}}");
        let asked = with(&[CERTIFIED, &report]);
        out.refuse(&id, &asked, REJECTED, "the maker or FIDO found a fault");
        let asked = Asked { require: false, ..asked };
        out.refuse(
            &format!("{id}-not-required"),
            &asked,
            REJECTED,
            "trust need not be, a fault must not",
        );
        let asked = Asked { anchors: vec![authority().1], require: true, ..asked };
        let id = format!("{id}-with-anchor");
        out.refuse(&id, &asked, REJECTED, "the host's anchor makes no fault good");
    }
    for status in [
        "NOT_FIDO_CERTIFIED",
        "SELF_ASSERTION_SUBMITTED",
        "FIDO_CERTIFIED",
        "FIDO_CERTIFIED_L3plus",
        "UPDATE_AVAILABLE",
        "A_LATER_STATUS",
        "revoked",
    ] {
        let id = status.to_lowercase().replace('_', "-");
        let id = if status == "revoked" { "revoked-lower-case".to_owned() } else { id };
        let report = format!("{{\"status\": \"{status}\", \"effectiveDate\": \"2025-06-01\"}}");
        out.trust(&id, &with(&[&report]), "nothing is said against the model");
    }
    let report = |rest: &str| format!("{{\"status\": \"REVOKED\"{rest}}}");
    for (id, date, why) in [
        ("undated", "", "without a date it counts already"),
        (
            "today",
            ", \"effectiveDate\": \"2026-01-01\"",
            "it counts from the first moment of its day",
        ),
        (
            "date-unreadable",
            ", \"effectiveDate\": \"soon\"",
            "a date that cannot be read narrows nothing",
        ),
    ] {
        out.refuse(&format!("revoked-{id}"), &with(&[&report(date)]), REJECTED, why);
    }
    let tomorrow = with(&[CERTIFIED, &report(", \"effectiveDate\": \"2026-01-02\"")]);
    out.trust("revoked-tomorrow", &tomorrow, "it does not count yet");
    let asked = Asked { later: DAY, ..tomorrow };
    out.refuse("revoked-since-today", &asked, REJECTED, "a day later it counts");
    let first = with(&[&report(", \"effectiveDate\": \"2024-01-01\""), CERTIFIED]);
    out.refuse("revoked-and-certified", &first, REJECTED, "a report is not taken back by another");
    let asked = Asked::new(&[entry.clone(), entry.clone().reports(&[&report("")])]);
    out.refuse("revoked-in-second-entry", &asked, REJECTED, "a model may have two entries");
}

/// Reports about some of the authenticators of a model.
fn batches(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    let leaf = out.base.clone().certified().certificate();
    let mut other = out.base.clone();
    other.certified().leaf.serial = vec![1];
    let other = other.certified().certificate();
    let with = |member: &str, value: &str| {
        let report =
            format!("{{\"status\": \"ATTESTATION_KEY_COMPROMISE\", \"{member}\": \"{value}\"}}");
        Asked::new(&[entry.clone().reports(&[CERTIFIED, &report])])
    };
    for member in ["certificate", "batchCertificate"] {
        let id = |what: &str| format!("{}-{what}", member.to_lowercase());
        let asked = with(member, &base64(&leaf));
        out.refuse(
            &id("this"),
            &asked,
            REJECTED,
            "the report is about this attestation certificate",
        );
        let asked = with(member, &base64(&authority().1));
        out.refuse(
            &id("issuer"),
            &asked,
            REJECTED,
            "the report is about all that this CA certified",
        );
        let asked = with(member, &base64(&other));
        out.trust(&id("other"), &asked, "the report is about another batch");
        let asked = with(member, "MAA=");
        out.refuse(&id("unreadable"), &asked, REJECTED, "what cannot be read narrows nothing");
    }
    let lines: String = base64(&leaf)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\\r\\n")
        .collect();
    let why = "base64 with line breaks, as some makers write it";
    out.refuse("certificate-in-lines", &with("certificate", &lines), REJECTED, why);
}

/// Faults that an update mends, for those who have it.
fn updates(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    let plain = out.base.clone();
    let with_firmware = |version: Option<u64>| {
        let mut base = plain.clone();
        if let Some(version) = version {
            base.certified().leaf.set(Extension::new(FIRMWARE, false, der::number(version)));
        }
        base
    };
    let fault = |status: &str, date: &str| {
        format!(
            "{{\"status\": \"{status}\", \"effectiveDate\": \"{date}\", \"authenticatorVersion\": 1}}"
        )
    };
    let update = |version: u64, date: &str| {
        format!(
            "{{\"status\": \"UPDATE_AVAILABLE\", \"effectiveDate\": \"{date}\", \"authenticatorVersion\": {version}}}"
        )
    };
    let bypass = fault("USER_VERIFICATION_BYPASS", "2025-03-01");
    let mended = update(2, "2025-04-01");
    let with = |reports: &[&str]| Asked::new(&[entry.clone().reports(reports)]);
    for version in [2, 3, 0x1_0000_0000] {
        out.base = with_firmware(Some(version));
        let why = "the certificate proves firmware of the update";
        out.trust(&format!("update-has-{version}"), &with(&[&bypass, &mended]), why);
    }
    for (id, version, why) in [
        ("update-has-1", Some(1), "the certificate proves older firmware"),
        ("update-unproven", None, "nothing proves that the update is installed"),
    ] {
        out.base = with_firmware(version);
        out.refuse(id, &with(&[&bypass, &mended]), REJECTED, why);
    }
    out.base = with_firmware(Some(9));
    for (id, reports, why) in [
        ("update-none", vec![bypass.clone()], "no update is known"),
        (
            "update-before",
            vec![mended.clone(), bypass.clone()],
            "the update stands before the fault",
        ),
        (
            "update-earlier",
            vec![bypass.clone(), update(2, "2025-02-01")],
            "the update is older than the fault",
        ),
        (
            "update-tomorrow",
            vec![bypass.clone(), update(2, "2026-01-02")],
            "the update is yet to come",
        ),
        (
            "update-without-version",
            vec![
                bypass.clone(),
                r#"{"status": "UPDATE_AVAILABLE", "effectiveDate": "2025-04-01"}"#.into(),
            ],
            "the update does not say what it brings",
        ),
        (
            "update-revoked",
            vec![fault("REVOKED", "2025-03-01"), mended.clone()],
            "a revoked model is not mended",
        ),
        (
            "update-key-compromise",
            vec![fault("ATTESTATION_KEY_COMPROMISE", "2025-03-01"), mended.clone()],
            "who has the key certifies any firmware",
        ),
        (
            "update-second-fault",
            vec![bypass.clone(), mended.clone(), fault("USER_KEY_REMOTE_COMPROMISE", "2025-05-01")],
            "one of two faults is mended",
        ),
    ] {
        let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
        out.refuse(id, &with(&reports), REJECTED, why);
    }
    for status in ["USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"] {
        let id = format!("update-mends-{}", status.to_lowercase().replace('_', "-"));
        out.trust(&id, &with(&[&fault(status, "2025-03-01"), &mended]), "the update mends it");
    }
}

/// What the host adds to the rules and takes from them.
fn policies(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    let uncertified = r#"{"status": "NOT_FIDO_CERTIFIED", "effectiveDate": "2020-01-01"}"#;
    let certified = r#"{"status": "FIDO_CERTIFIED", "effectiveDate": "2024-01-01"}"#;
    let with = |reports: &[&str]| Asked::new(&[entry.clone().reports(reports)]);
    let asked = Asked { also_reject: vec!["NOT_FIDO_CERTIFIED"], ..with(&[uncertified]) };
    out.refuse("also-reject", &asked, REJECTED, "the host takes certified models only");
    let asked =
        Asked { also_reject: vec!["NOT_FIDO_CERTIFIED"], ..with(&[uncertified, certified]) };
    out.trust("also-reject-superseded", &asked, "it was certified since");
    let asked = Asked { also_reject: vec!["A_LATER_STATUS"], ..with(&[certified]) };
    out.trust("also-reject-other", &asked, "the model has no such status");
    let bypass = r#"{"status": "USER_VERIFICATION_BYPASS", "effectiveDate": "2025-01-01"}"#;
    let asked = Asked { danger_accept: vec!["USER_VERIFICATION_BYPASS"], ..with(&[bypass]) };
    out.trust("danger-accept", &asked, "the host lives with this fault");
    let asked = Asked { danger_accept: vec!["REVOKED"], ..with(&[bypass]) };
    out.refuse("danger-accept-other", &asked, REJECTED, "the host lives with another fault");
}

/// What the statement says of the model's attestation and algorithms.
fn statements(cases: &mut Vec<Case>) {
    let (mut out, entry) = packed(cases);
    let only = |entry: &Entry| Asked::new(std::slice::from_ref(entry));
    for (id, types, why) in [
        ("type-attca", &["attca"][..], "a packed statement does not tell basic from attca"),
        ("type-second", &["anonca", "basic_full"], "one of the model's types"),
    ] {
        out.trust(id, &only(&entry.clone().types(types)), why);
    }
    for (id, types, why) in [
        ("type-surrogate", &["basic_surrogate"][..], "the model attests with the credential's key"),
        ("type-anonca", &["anonca"], "the model has a certificate for each credential"),
        ("type-unknown", &["basic_later"], "a type that nobody knows"),
        ("type-none", &[], "the model has no type"),
    ] {
        out.refuse(id, &only(&entry.clone().types(types)), MISMATCH, why);
    }
    let algorithms =
        |names: &[&'static str]| only(&Entry { algorithms: names.to_vec(), ..entry.clone() });
    out.trust("algorithm-der", &algorithms(&["secp256r1_ecdsa_sha256_der"]), "the same algorithm");
    let both = ["ed25519_eddsa_sha512_raw", "secp256r1_ecdsa_sha256_raw"];
    out.trust("algorithm-second", &algorithms(&both), "one of the model's algorithms");
    for (id, names, why) in [
        (
            "algorithm-other",
            &["ed25519_eddsa_sha512_raw"][..],
            "the model makes keys of another algorithm",
        ),
        (
            "algorithm-other-curve",
            &["secp256k1_ecdsa_sha256_raw"],
            "the model makes keys on another curve",
        ),
        ("algorithm-none", &[], "the model makes no keys"),
    ] {
        out.refuse(id, &algorithms(names), MISMATCH, why);
    }
    let mut untrusted = Asked::new(&[entry.clone().types(&["anonca"])]);
    untrusted.anchors = vec![authority().1];
    out.untrusted("mismatch-not-required", &untrusted, "what does not fit is not trusted");
    for case in &mut out.cases.iter_mut().rev().take(12) {
        case.source.set("document", STATEMENT.into());
        case.source.set("section", "4".into());
    }

    for (vector, types, wrong) in [
        (TPM, "attca", "basic_full"),
        (ANDROID_KEY, "basic_full", "attca"),
        (APPLE, "anonca", "basic_full"),
    ] {
        let (base, _) = build(vector);
        let entry = Entry::new(&aaguid(&base));
        let mut out = Out { cases, base, step: "7.1-24" };
        out.trust("trusted", &only(&entry.clone().types(&[types])), "the type of the model");
        out.refuse("type-other", &only(&entry.types(&[wrong])), MISMATCH, "another type");
    }

    let (base, _) = build(PACKED_SELF);
    let entry = Entry::new(&aaguid(&base)).types(&["basic_surrogate"]);
    let mut out = Out { cases, base, step: "7.1-24" };
    let why = "the model attests so, and nobody vouches for it";
    out.refuse("surrogate", &only(&entry), "attestation_required", why);
    out.untrusted("surrogate-not-required", &only(&entry), why);
    let full = only(&entry.clone().types(&["basic_full"]));
    out.refuse(
        "full",
        &full,
        MISMATCH,
        "the model has certificates: this is not one of its statements",
    );
    let revoked = entry.reports(&[r#"{"status": "REVOKED"}"#]);
    let asked = Asked { require: false, ..only(&revoked) };
    out.refuse("revoked", &asked, REJECTED, "a revoked model stays revoked without a certificate");

    let (base, _) = build(PLAIN);
    let entry = Entry::new(&aaguid(&base));
    let mut out = Out { cases, base, step: "7.1-24" };
    out.untrusted("none", &only(&entry), "clients drop statements: that contradicts no metadata");
    out.refuse("none-required", &only(&entry), "attestation_required", "there is no statement");
    let asked = Asked { require: false, ..only(&entry.reports(&[r#"{"status": "REVOKED"}"#])) };
    out.refuse(
        "none-revoked",
        &asked,
        REJECTED,
        "a revoked model stays revoked without a statement",
    );
}

/// Models without an AAGUID, which are found by the keys in their certificates.
fn key_identifiers(cases: &mut Vec<Case>) {
    let (mut base, _) = build(FIDO_U2F);
    let Statement::Certified(certified) = &base.statement else {
        panic!("a statement without certificates")
    };
    let identifier = hex(&key_identifier(&certified.key));
    let written = aaguid(&base);
    let entry = Entry { aaguid: None, key_identifiers: vec![identifier], ..Entry::new(&[0; 16]) };
    base.verdict = Verdict { asked: true, ..base.verdict };
    let plain = base.clone();
    let mut out = Out { cases, base, step: "7.1-23" };
    let only = |entry: &Entry| Asked::new(std::slice::from_ref(entry));
    out.trust("key-identifier", &only(&entry), "the entry names the attestation key");
    let two = Entry {
        key_identifiers: vec!["00".repeat(20), entry.key_identifiers[0].clone()],
        ..entry.clone()
    };
    out.trust("key-identifier-second", &only(&two), "one of the model's keys");
    let upper =
        Entry { key_identifiers: vec![entry.key_identifiers[0].to_uppercase()], ..entry.clone() };
    out.trust("key-identifier-upper-case", &only(&upper), "hexadecimal digits of either case");
    let other = Entry { key_identifiers: vec!["00".repeat(20)], ..entry.clone() };
    out.refuse("key-identifier-other", &only(&other), UNKNOWN, "another key");
    let by_aaguid = Entry::new(&written);
    let why = "nobody signs the AAGUID beside such a statement: no entry is found by it";
    out.refuse("aaguid-beside", &only(&by_aaguid), UNKNOWN, why);
    out.step = "7.1-24";
    let revoked = |entry: &Entry| only(&entry.clone().reports(&[r#"{"status": "REVOKED"}"#]));
    out.refuse("key-identifier-revoked", &revoked(&entry), REJECTED, "the model is revoked");
    let compromised = entry.clone().reports(&[r#"{"status": "ATTESTATION_KEY_COMPROMISE"}"#]);
    out.refuse("key-identifier-compromised", &only(&compromised), REJECTED, "the key is stolen");
    out.refuse(
        "aaguid-beside-revoked",
        &revoked(&by_aaguid),
        REJECTED,
        "a report is heard under every name",
    );
    let third = Entry::new(&[0xc3; 16]);
    out.base = plain;
    out.base.certified().leaf.set(Extension::aaguid(&[0xc3; 16]));
    let why = "the certificate names a revoked model, whatever the format";
    let asked = Asked { anchors: vec![authority().1], ..revoked(&third) };
    out.refuse("certified-aaguid-revoked", &asked, REJECTED, why);

    // A packed statement by a key that an entry by key identifier calls stolen, under the name of a model that is in order.
    let (mut out, entry) = packed(cases);
    let identifier = hex(&key_identifier(&out.base.clone().certified().key));
    let stolen = Entry { aaguid: None, key_identifiers: vec![identifier], ..Entry::new(&[0; 16]) };
    let stolen = stolen.reports(&[r#"{"status": "ATTESTATION_KEY_COMPROMISE"}"#]);
    let asked = Asked::new(&[entry, stolen]);
    out.refuse("stolen-key", &asked, REJECTED, "a report is heard under every name");
}
