//! What the tests of the core share: bytes and hexadecimal, the committed vectors, and a registration and an assertion that
//! hold, each field to be changed. Neither attestation `none` nor a changed expectation needs a signature.

use mfakit_core::Error;
use mfakit_core::crypto::sha256;
use mfakit_core::encoding::base64url;
use mfakit_core::webauthn::RelyingParty;
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::registration::{self, RegistrationResponse};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

// ---- bytes

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16).expect("a digit")).collect();
    assert!(digits.len().is_multiple_of(2), "whole bytes");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte")).collect()
}

/// The shortest head of a CBOR item.
pub(crate) fn head(major: u8, argument: u64) -> Vec<u8> {
    let wide = argument.to_be_bytes();
    let (info, argument) = match argument {
        0..24 => (wide[7], &[][..]),
        24..0x100 => (24, &wide[7..]),
        0x100..0x1_0000 => (25, &wide[6..]),
        0x1_0000..0x1_0000_0000 => (26, &wide[4..]),
        _ => (27, &wide[..]),
    };
    [&[major << 5 | info], argument].concat()
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    [head(3, text.len() as u64), text.into()].concat()
}

pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len() as u64), bytes.into()].concat()
}

// ---- vectors

pub(crate) fn vector_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/vectors");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the vectors' folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}

pub(crate) fn read_file(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("a readable file")).expect("JSON")
}

// ---- WebAuthn

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";

/// The key of the vector that [`Assertion::new`] takes.
pub(crate) fn es256_key() -> Vec<u8> {
    Assertion::new().key
}

/// The same key with its first two parameters exchanged.
pub(crate) fn shuffled_key() -> Vec<u8> {
    let key = es256_key();
    // {1: 2, 3: -7, …}
    assert_eq!(key[..5], [0xa5, 0x01, 0x02, 0x03, 0x26]);
    [&[0xa5, 0x03, 0x26, 0x01, 0x02], &key[5..]].concat()
}

/// A registration with attestation `none`.
pub(crate) struct Registration {
    pub(crate) challenge: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) key: Vec<u8>,
    pub(crate) extensions: Option<Vec<u8>>,
    /// In which the members of the attestation object stand.
    pub(crate) order: [&'static str; 3],
}

impl Registration {
    pub(crate) fn new() -> Self {
        Self {
            challenge: vec![7; 32],
            // AT, UV, UP
            flags: 0x45,
            key: es256_key(),
            extensions: None,
            order: ["fmt", "attStmt", "authData"],
        }
    }

    pub(crate) fn auth_data(&self) -> Vec<u8> {
        let flags = self.flags | if self.extensions.is_some() { 0x80 } else { 0 };
        let fixed = [&sha256(&[RP_ID.as_bytes()])[..], &[flags], &[0; 4], &[0; 16]].concat();
        let extensions = self.extensions.as_deref().unwrap_or_default();
        [&fixed, &[0, 2][..], b"id", &self.key, extensions].concat()
    }

    pub(crate) fn attestation_object(&self) -> Vec<u8> {
        let mut object = head(5, 3);
        for name in self.order {
            object.extend(text(name));
            object.extend(match name {
                "fmt" => text("none"),
                "attStmt" => head(5, 0),
                _ => bytes(&self.auth_data()),
            });
        }
        object
    }

    /// Hands over the challenge and the response.
    pub(crate) fn with<T>(&self, run: impl FnOnce(&[u8], &RegistrationResponse<'_>) -> T) -> T {
        let challenge: String = base64url::encode(&self.challenge).map(char::from).collect();
        let client_data = format!(
            r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"{ORIGIN}"}}"#
        );
        let response = RegistrationResponse {
            credential_id: b"id",
            client_data_json: client_data.as_bytes(),
            attestation_object: &self.attestation_object(),
        };
        run(&self.challenge, &response)
    }

    pub(crate) fn verify(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        self.with(|challenge, response| registration::verify(rp, challenge, response).map(|_| ()))
    }
}

/// The inputs of the vector that an [`Assertion`] is. Its file is large, and read once.
fn positive() -> &'static Value {
    static INPUTS: OnceLock<Value> = OnceLock::new();
    INPUTS.get_or_init(|| {
        let file = vector_files().into_iter().find(|path| path.ends_with("webauthn-none.json"));
        let mut file = read_file(&file.expect("the file"));
        let cases = file["cases"].as_array_mut().expect("cases");
        let case = cases.iter_mut().find(|case| case["id"] == "l3-none-es256-auth-user-verified");
        case.expect("the positive")["inputs"].take()
    })
}

/// An assertion of the vectors, with user verification.
pub(crate) struct Assertion {
    pub(crate) challenge: Vec<u8>,
    pub(crate) id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) auth_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) claimed: Option<Vec<u8>>,
    pub(crate) key: Vec<u8>,
    pub(crate) owner: Vec<u8>,
    /// `None`: a discoverable sign-in.
    pub(crate) known: Option<Vec<u8>>,
}

impl Assertion {
    pub(crate) fn new() -> Self {
        let inputs = positive();
        let bytes = |name: &str| unhex(inputs[name].as_str().expect("bytes"));
        Self {
            challenge: bytes("expected_challenge_hex"),
            id: bytes("credential_id_hex"),
            client_data: bytes("client_data_json_hex"),
            auth_data: bytes("authenticator_data_hex"),
            signature: bytes("signature_hex"),
            claimed: None,
            key: bytes("credential_public_key_cose_hex"),
            owner: b"owner".to_vec(),
            known: Some(b"owner".to_vec()),
        }
    }

    /// Hands over the challenge, the user, the record and the response.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&[u8], User<'_>, &StoredCredential<'_>, &AssertionResponse<'_>) -> T,
    ) -> T {
        let user = self.known.as_deref().map_or(User::Discoverable, User::Known);
        let stored = StoredCredential {
            id: &self.id,
            public_key: &self.key,
            user_handle: &self.owner,
            sign_count: 0,
            backup_eligible: None,
        };
        let response = AssertionResponse {
            credential_id: &self.id,
            client_data_json: &self.client_data,
            authenticator_data: &self.auth_data,
            signature: &self.signature,
            user_handle: self.claimed.as_deref(),
        };
        run(&self.challenge, user, &stored, &response)
    }

    pub(crate) fn verify(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        self.with(|challenge, user, stored, response| {
            assertion::verify(rp, challenge, user, Allow::Any, stored, response).map(|_| ())
        })
    }
}
