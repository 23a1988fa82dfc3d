//! What is verified: one sign-in, two registrations, a thousand sign-ins, a code. Every library gets the very same bytes.
//!
//! All of it follows from seeds, so that counts of instructions can be repeated. Of each input there is a second one that has
//! to be refused: with one bit of its signature changed where there is one.

use mfakit::{CredentialRecord, NewRecord};
use mfakit_testing::cbor::{Value, array, bytes, int, map, read, text};
use mfakit_testing::keys::{Es256Key, Key};
use mfakit_testing::rsa::{Hash, RsaKey};
use mfakit_testing::text::{base64url, from_base64url, unhex};
use mfakit_testing::x509::{self, Certificate, Extension};
use mfakit_testing::{SoftAuthenticator, attestation, der, sha256};
use serde_json::{Value as Json, json};

/// The relying party.
pub const RP_ID: &str = "example.org";
/// The page.
pub const ORIGIN: &str = "https://example.org";
/// 16 bytes: what webauthn_rp has, and nobody refuses.
pub const CHALLENGE: [u8; 16] = *b"challenge of all";
/// 64 bytes: what webauthn_rp has, and nobody refuses.
pub const USER: [u8; 64] = [0x75; 64];
/// 20 bytes, as RFC 4226 recommends.
pub const SECRET: &[u8; 20] = b"12345678901234567890";
/// When the code is verified.
pub const NOW: u64 = 1_800_000_000;

const AAGUID: [u8; 16] = *b"benched mfakit !";
// An RSA key of 2048 bits: two primes of 1024 bits, made once for this.
const P: &str = "d36c5bd44cb917672f9da966c5ce11a36aebc58e8fffc6ab6c2f89cdc3253904b1e38bad3b00f36c4abbf7\
     91e243d51c72b4c9cac17ffad0c8c1e22edcf1245ea5108f28f2bcc5c427ce82cb73431cd243f59e81dc4f\
     88ee720558d755c948812725eaa3d806364ae454feb57d9f5653c514b06f09fdb53c6906cc19c7f0659b";
const Q: &str = "dc51f8172227b94de1c9a10f88e40feb74471e04eb05adab6b91f043e3d7888a974d4320d089738ec40129\
     c060c57f98c97a1a2d20794c34edd34a4a16636fccafe33fc774e155018c9f4fb05682667f7a51c4294c62\
     d27345f580ecfdb630bba5089f7a52b4bd634f7daf5036f0f1ab84204b2e9738c346b7bf0062ceaabc99";

/// A sign-in, whole and in its parts.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The text that a browser posts.
    pub response: String,
    /// The stored credential.
    pub record: String,
    /// The credential's id.
    pub id: Vec<u8>,
    /// The public key as it is stored: a COSE key.
    pub cose: Vec<u8>,
    /// Its coordinates.
    pub point: ([u8; 32], [u8; 32]),
    /// What was signed.
    pub message: Vec<u8>,
    /// The signature, in DER.
    pub signature: Vec<u8>,
}

impl SignIn {
    /// The public key as SEC 1 writes it, uncompressed.
    pub fn sec1(&self) -> Vec<u8> {
        [&[4], &self.point.0[..], &self.point.1].concat()
    }

    /// The public key as X.509 writes it.
    pub fn spki(&self) -> Vec<u8> {
        let algorithm =
            der::list(&[der::oid("1.2.840.10045.2.1"), der::oid("1.2.840.10045.3.1.7")]);
        der::list(&[algorithm, der::bits(&self.sec1())])
    }

    /// The same with the lowest bit of s changed, which leaves the signature well formed.
    pub fn flipped(&self) -> Self {
        let mut other = self.clone();
        flip(&mut other.signature);
        let mut response: Json = serde_json::from_str(&self.response).expect("JSON");
        response["response"]["signature"] = base64url(&other.signature).into();
        other.response = response.to_string();
        other
    }
}

/// The sign-in of one credential, by its seed.
pub fn sign_in(seed: &str) -> SignIn {
    let mut passkey = SoftAuthenticator::seeded(ORIGIN, seed.as_bytes());
    let created = parsed(&passkey.create(&creation()).expect("a registration"));
    let request = json!({"rpId": RP_ID, "challenge": base64url(&CHALLENGE)}).to_string();
    let response = passkey.get(&request).expect("a sign-in");
    let answer = parsed(&response);
    let member = |name: &str| decoded(&answer["response"][name]);
    let (auth_data, client_data) = (member("authenticatorData"), member("clientDataJSON"));
    let registered = decoded(&created["response"]["authenticatorData"]);
    // Behind 37 bytes, a model of 16 and a length of two: the id and the key (WebAuthn Level 3 §6.5.1).
    let id = decoded(&answer["id"]);
    let cose = registered[37 + 16 + 2 + id.len()..].to_vec();
    let (x, y) = point(&cose);
    let parts = NewRecord {
        public_key: &base64url(&cose),
        user_handle: &base64url(&USER),
        sign_count: 0,
        backup_eligible: Some(false),
        backed_up: Some(false),
        transports: vec!["internal".into()],
        aaguid: None,
        uv_initialized: Some(true),
    };
    let record = CredentialRecord::new(&base64url(&id), parts).expect("a record");
    SignIn {
        record: record.to_text().to_owned(),
        id,
        point: (x, y),
        message: attestation::signed_bytes(&auth_data, &client_data),
        signature: member("signature"),
        response,
        cose,
    }
}

/// An RS256 signature: modulus, exponent, message, signature.
pub fn rs256() -> (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) {
    let key = RsaKey::new(-257, &unhex(P), &unhex(Q));
    let message = sign_in("one").message;
    let signature = key.sign_pkcs1(Hash::Sha256, &message);
    (key.n(), key.e(), message, signature)
}

/// Everything, for the other languages.
pub fn json(batch: usize) -> Json {
    let one = sign_in("one");
    let bad = one.flipped();
    let [packed, packed_bad] = packed();
    let mut passkey = SoftAuthenticator::seeded(ORIGIN, b"one");
    let none = passkey.create(&creation()).expect("a registration");
    // Without a signature there is only the challenge to be wrong about.
    let other = creation().replace(&base64url(&CHALLENGE), &base64url(b"another of these"));
    let none_bad = passkey.create(&other).expect("a registration");
    let batch: Vec<Json> = (0..batch)
        .map(|number| sign_in(&format!("batch {number}")))
        .map(|one| json!({"response": one.response, "record": one.record}))
        .collect();
    json!({
        "rp_id": RP_ID,
        "origin": ORIGIN,
        "challenge": base64url(&CHALLENGE),
        "user_handle": base64url(&USER),
        "authentication": {"good": one.response, "bad": bad.response},
        "record": one.record,
        "credential_id": base64url(&one.id),
        "public_key": base64url(&one.cose),
        "es256": {
            "sec1": base64url(&one.sec1()),
            "spki": base64url(&one.spki()),
            "message": base64url(&one.message),
            "signature": {"good": base64url(&one.signature), "bad": base64url(&bad.signature)},
        },
        "none": {"good": none, "bad": none_bad},
        "packed": {"good": packed, "bad": packed_bad},
        "totp": {"secret": totp_secret(), "now": NOW, "good": code(), "bad": "000000"},
        "batch": batch,
    })
}

/// The code of the step after the current one: whoever tries the steps in order has to try all three.
pub fn code() -> String {
    let totp = mfakit::Totp::from_key(SECRET, mfakit::TotpOptions::default()).expect("a secret");
    totp.code_at(Some(mfakit::UnixTime::from_seconds(NOW + 30))).expect("a time")
}

fn totp_secret() -> String {
    let totp = mfakit::Totp::from_key(SECRET, mfakit::TotpOptions::default()).expect("a secret");
    totp.expose_secret().to_string()
}

/// A registration with a packed statement under a certificate (WebAuthn Level 3 §8.2), and the same with a wrong signature.
fn packed() -> [String; 2] {
    let mut passkey = SoftAuthenticator::seeded(ORIGIN, b"packed");
    passkey.aaguid = AAGUID;
    let response = parsed(&passkey.create(&creation()).expect("a registration"));
    let member = |name: &str| decoded(&response["response"][name]);
    let (auth_data, client_data) = (member("authenticatorData"), member("clientDataJSON"));

    let (root, leaf) = (key(b"the maker's root"), key(b"the maker's leaf"));
    let named = |name, unit| x509::name(&x509::attributes(name, "Maker", unit, "SE"));
    let issuer = named("Maker Root", "Authority");
    let subject = named("Maker Key", "Authenticator Attestation");
    let mut certificate = Certificate::new(&[7], &issuer, &subject, &leaf);
    certificate.set(Extension::basic_constraints(false, None));
    certificate.set(Extension::aaguid(&AAGUID));
    let certificate = certificate.sign(&root);

    let good = leaf.sign(&attestation::signed_bytes(&auth_data, &client_data));
    let mut bad = good.clone();
    flip(&mut bad);
    [good, bad].map(|signature| {
        let statement = map(&[
            (text("alg"), int(-7)),
            (text("sig"), bytes(&signature)),
            (text("x5c"), array(&[bytes(&certificate)])),
        ]);
        let mut response = response.clone();
        let object = attestation::object("packed", &statement, &auth_data);
        response["response"]["attestationObject"] = base64url(&object).into();
        response.to_string()
    })
}

fn creation() -> String {
    json!({
        "rp": {"id": RP_ID, "name": "Example"},
        "user": {"id": base64url(&USER), "name": "alice", "displayName": "Alice"},
        "challenge": base64url(&CHALLENGE),
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    })
    .to_string()
}

fn key(seed: &[u8]) -> Key {
    Key::Es256(Es256Key::new(&sha256(seed)))
}

fn flip(signature: &mut [u8]) {
    *signature.last_mut().expect("bytes") ^= 1;
}

fn point(cose: &[u8]) -> ([u8; 32], [u8; 32]) {
    let (key, _) = read(cose).expect("CBOR");
    let coordinate = |label| {
        let value = key.get_int(label).and_then(Value::as_bytes).expect("a coordinate");
        value.try_into().expect("32 bytes")
    };
    (coordinate(-2), coordinate(-3))
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).expect("JSON")
}

fn decoded(value: &Json) -> Vec<u8> {
    from_base64url(value.as_str().expect("text")).expect("base64url")
}
