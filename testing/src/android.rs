//! What Android says: `KeyDescription` of its key attestation (WebAuthn Level 3 §8.4.1) and the payload of SafetyNet (§8.5).

use crate::der::{self, Element};
use crate::keys::Key;
use crate::text::base64url;

/// KM_TAG_PURPOSE.
pub const PURPOSE: u32 = 1;
/// KM_TAG_ALL_APPLICATIONS.
pub const ALL_APPLICATIONS: u32 = 600;
/// KM_TAG_ORIGIN.
pub const ORIGIN: u32 = 702;

/// `AuthorizationList`: what a key may do, by tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorizations(pub Vec<(u32, Element)>);

impl Authorizations {
    /// A key that signs and was made where it is: purpose SIGN, origin GENERATED.
    #[must_use]
    pub fn signing() -> Self {
        Self(vec![purpose(&[2]), origin(0)])
    }

    /// The same list with one more entry behind the others.
    #[must_use]
    pub fn and(mut self, entry: (u32, Element)) -> Self {
        self.0.push(entry);
        self
    }

    fn bytes(&self) -> Element {
        let entries: Vec<Element> =
            self.0.iter().map(|(tag, value)| der::explicit(*tag, value)).collect();
        der::list(&entries)
    }
}

/// The entry of a key's purposes.
#[must_use]
pub fn purpose(purposes: &[u64]) -> (u32, Element) {
    let purposes: Vec<Element> = purposes.iter().map(|purpose| der::number(*purpose)).collect();
    (PURPOSE, der::set(&purposes))
}

/// The entry of where a key was made.
#[must_use]
pub fn origin(origin: u64) -> (u32, Element) {
    (ORIGIN, der::number(origin))
}

/// The entry of a key that every application may use.
#[must_use]
pub fn all_applications() -> (u32, Element) {
    (ALL_APPLICATIONS, der::null())
}

/// `KeyDescription`. The fields are knobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// The version of the schema.
    pub version: u64,
    /// The two security levels: ENUMERATED where they are genuine.
    pub security_levels: [Element; 2],
    /// The version of the key store.
    pub keymint_version: u64,
    /// The challenge: the hash of the client data.
    pub challenge: Vec<u8>,
    /// The unique id.
    pub unique_id: Vec<u8>,
    /// What the system enforces.
    pub software: Authorizations,
    /// What the trusted execution environment enforces.
    pub tee: Authorizations,
    /// Elements behind the known ones.
    pub more: Vec<u8>,
}

impl KeyDescription {
    /// A signing key made in the trusted execution environment for this challenge.
    #[must_use]
    pub fn new(challenge: &[u8]) -> Self {
        Self {
            version: 300,
            security_levels: [der::enumerated(0), der::enumerated(0)],
            keymint_version: 0,
            challenge: challenge.to_vec(),
            unique_id: Vec::new(),
            software: Authorizations::default(),
            tee: Authorizations::signing(),
            more: Vec::new(),
        }
    }

    /// The content of the certificate's extension.
    #[must_use]
    pub fn bytes(&self) -> Element {
        der::list(&[
            der::number(self.version),
            self.security_levels[0].clone(),
            der::number(self.keymint_version),
            self.security_levels[1].clone(),
            der::octets(&self.challenge),
            der::octets(&self.unique_id),
            self.software.bytes(),
            self.tee.bytes(),
            self.more.clone(),
        ])
    }
}

/// A JWS in its compact form (RFC 7515 §3.1): header, payload and signature.
///
/// # Panics
///
/// If the key's algorithm has none.
#[must_use]
pub fn jws(header: &str, payload: &str, key: &Key) -> String {
    let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
    let signature = match key {
        // r and s side by side (RFC 7518 §3.4), not DER.
        Key::Es256(key) => {
            let (r, s) = key.sign(signed.as_bytes());
            [r, s].concat()
        }
        Key::Es384(key) => {
            let (r, s) = key.sign(signed.as_bytes());
            [r, s].concat()
        }
        Key::Rsa(key) => key.sign(signed.as_bytes()),
        other => panic!("no JWS of the algorithm {}", other.algorithm()),
    };
    format!("{signed}.{}", base64url(&signature))
}

/// The names of a JWS header: `alg` and `x5c` (RFC 7515 §4.1), the certificates in base64 with padding.
#[must_use]
pub fn jws_header(algorithm: &str, certificates: &[Element]) -> String {
    let list: Vec<String> = certificates.iter().map(|der| base64(der)).collect();
    serde_json::json!({"alg": algorithm, "x5c": list}).to_string()
}

/// Base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Es256Key;
    use crate::text::{hex, unhex};

    /// The extension's layout as the Level 3 test vector prints it, around another challenge.
    #[test]
    fn a_key_description() {
        let expected =
            "0202012c 0a0100 020100 0a0100 0401aa 0400 3000 300e a1053103020102 bf853e03020100";
        let mut description = KeyDescription::new(&[0xaa]);
        assert_eq!(hex(&description.bytes()[2..]), hex(&unhex(expected)));
        description.tee = Authorizations::default().and(all_applications());
        assert!(description.bytes().ends_with(&unhex("3006bf8458020500")));
    }

    #[test]
    fn a_jws_has_three_parts() {
        let key = Key::Es256(Es256Key::new(&[7; 32]));
        let text = jws(&jws_header("ES256", &[vec![0xff; 2]]), "{}", &key);
        let parts: Vec<&str> = text.split('.').collect();
        assert_eq!((parts.len(), parts[1], parts[2].len()), (3, "e30", 86));
        assert_eq!(base64(&[0xff, 0xef]), "/+8=");
    }
}
