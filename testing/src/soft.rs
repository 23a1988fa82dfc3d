//! [`SoftAuthenticator`]: a browser and an authenticator in one value (WebAuthn Level 3 §5.1.3, §5.1.4 and §6.3).
//!
//! It does what a client must do before anybody is asked (the RP ID, the algorithms, the lists of credentials) and then says
//! whatever its knobs say.

use crate::attestation;
use crate::auth_data::{AT, Attested, AuthData, BE, BS, UP, UV};
use crate::client_data::ClientData;
use crate::cose::{EDDSA, ES256};
use crate::keys::{Ed25519Key, Es256Key, Key};
use crate::text::{base64url, from_base64url};
use serde_json::{Value, json};
use std::fmt;

/// Which attestation statement a registration carries. A browser would strip one that nobody asked for; this does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attestation {
    /// None.
    #[default]
    None,
    /// `packed`, signed with the credential's own key.
    PackedSelf,
}

/// Why no response came: what a browser would say to the page, as an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SoftError {
    /// The options are not JSON, or lack what they must have (`TypeError`).
    OptionsMalformed,
    /// The RP ID is neither the origin's host nor a parent domain of it (`SecurityError`).
    RpIdForeign,
    /// `pubKeyCredParams` does not have this authenticator's algorithm (`NotSupportedError`).
    NoAlgorithm,
    /// This authenticator has a credential that `excludeCredentials` lists (`InvalidStateError`).
    CredentialExcluded,
    /// The options ask for a discoverable credential, and this authenticator makes none (`ConstraintError`).
    NotDiscoverable,
    /// No credential of this authenticator fits (`NotAllowedError`).
    NoCredential,
    /// [`SoftAuthenticator::algorithm`] is neither -7 nor -8.
    AlgorithmUnknown,
    /// The system's random generator failed.
    EntropyUnavailable,
}

impl fmt::Display for SoftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OptionsMalformed => "the options are not those of a ceremony",
            Self::RpIdForeign => "the RP ID does not belong to the origin",
            Self::NoAlgorithm => "the algorithm is not one of those asked for",
            Self::CredentialExcluded => "a credential of this authenticator is excluded",
            Self::NotDiscoverable => "a discoverable credential is required",
            Self::NoCredential => "no credential fits",
            Self::AlgorithmUnknown => "the algorithm is neither -7 nor -8",
            Self::EntropyUnavailable => "the system's random generator failed",
        })
    }
}

impl std::error::Error for SoftError {}

/// A passkey in software, with the browser around it. For tests: private keys lie in memory in the clear.
///
/// The fields are knobs; they may be changed between calls.
///
/// # Examples
///
/// ```
/// use mfakit_testing::{Attestation, SoftAuthenticator, SoftError};
///
/// let mut key = SoftAuthenticator::seeded("https://login.example.org", b"the same keys in every run");
/// key.algorithm = -8;
/// key.attestation = Attestation::PackedSelf;
/// key.counter = 1;
///
/// let options = r#"{"rp": {"id": "example.com"}, "user": {"id": "YWxpY2U"}, "challenge": "AAAA", "pubKeyCredParams": []}"#;
/// assert_eq!(key.create(options), Err(SoftError::RpIdForeign));
/// ```
#[derive(Clone, Debug)]
pub struct SoftAuthenticator {
    /// The origin of the page, as a browser writes it: `https://example.org`.
    pub origin: String,
    /// The COSE number of new credentials: -7 (ES256) or -8 (Ed25519).
    pub algorithm: i64,
    /// The statement of registrations.
    pub attestation: Attestation,
    /// Whether the authenticator says that it verified the user (UV), whatever the options ask for.
    pub user_verified: bool,
    /// Whether it says that the user was present (UP).
    pub user_present: bool,
    /// Whether it says that credentials may be backed up (BE).
    pub backup_eligible: bool,
    /// Whether it says that they are (BS).
    pub backed_up: bool,
    /// The signature counter of the next response, which then rises by one. 0: it has no counter and always says 0.
    pub counter: u32,
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// What registrations name as transports.
    pub transports: Vec<String>,
    /// What the client data say in place of the origin: a page of another site.
    pub wrong_origin: Option<String>,
    /// What they say in `crossOrigin`: whether the page stood in a frame of another site.
    pub cross_origin: bool,
    /// What they say in `topOrigin`: the site around that frame.
    pub top_origin: Option<String>,
    /// Whether new credentials can be found without their ids, and then name their user.
    pub discoverable: bool,
    random: Random,
    credentials: Vec<Credential>,
}

#[derive(Clone, Debug)]
struct Credential {
    id: Vec<u8>,
    rp_id: String,
    /// `None` if it is not discoverable.
    user_handle: Option<Vec<u8>>,
    key: Key,
}

impl SoftAuthenticator {
    /// An authenticator on a page of this origin, with random keys: a platform passkey that verifies its user.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self::with_random(origin, Random::System)
    }

    /// The same, with keys and credential ids that follow from the seed. A test that fails then fails in every run.
    #[must_use]
    pub fn seeded(origin: &str, seed: &[u8]) -> Self {
        Self::with_random(origin, Random::Seeded { seed: seed.to_vec(), drawn: 0 })
    }

    fn with_random(origin: &str, random: Random) -> Self {
        Self {
            origin: origin.to_owned(),
            algorithm: ES256,
            attestation: Attestation::None,
            user_verified: true,
            user_present: true,
            backup_eligible: false,
            backed_up: false,
            counter: 0,
            aaguid: [0; 16],
            transports: vec!["internal".to_owned()],
            wrong_origin: None,
            cross_origin: false,
            top_origin: None,
            discoverable: true,
            random,
            credentials: Vec::new(),
        }
    }

    /// `navigator.credentials.create()`: from a `PublicKeyCredentialCreationOptionsJSON` to a `RegistrationResponseJSON`.
    ///
    /// # Errors
    ///
    /// Where a browser would refuse; see [`SoftError`].
    pub fn create(&mut self, options: &str) -> Result<String, SoftError> {
        let options = read(options)?;
        let rp_id = self.rp_id(&options["rp"]["id"])?;
        let user_handle = bytes(&options["user"]["id"])?;
        let challenge = bytes(&options["challenge"])?;
        self.check_algorithm(&options["pubKeyCredParams"])?;
        if self.held(&rp_id, &options["excludeCredentials"])?.is_some() {
            return Err(SoftError::CredentialExcluded);
        }
        let selection = &options["authenticatorSelection"];
        let required =
            selection["residentKey"] == "required" || selection["requireResidentKey"] == true;
        if required && !self.discoverable {
            return Err(SoftError::NotDiscoverable);
        }

        let credential = Credential {
            key: self.new_key()?,
            id: self.random.draw()?.to_vec(),
            rp_id,
            user_handle: self.discoverable.then_some(user_handle),
        };
        let mut auth_data = self.auth_data(&credential.rp_id, AT);
        let public_key = credential.key.cose();
        auth_data.attested = Some(Attested::new(&self.aaguid, &credential.id, &public_key));
        let auth_data = auth_data.bytes();
        let client_data = self.client_data("webauthn.create", &challenge);
        let object = match self.attestation {
            Attestation::None => attestation::object("none", &attestation::none(), &auth_data),
            Attestation::PackedSelf => {
                let statement =
                    attestation::packed_self(&credential.key, &auth_data, client_data.as_bytes());
                attestation::object("packed", &statement, &auth_data)
            }
        };
        let extensions = if options["extensions"]["credProps"] == true {
            json!({"credProps": {"rk": self.discoverable}})
        } else {
            json!({})
        };
        let response = json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "authenticatorData": base64url(&auth_data),
            "transports": self.transports,
            "publicKey": base64url(&credential.key.spki()),
            "publicKeyAlgorithm": credential.key.algorithm(),
            "attestationObject": base64url(&object),
        });
        let text = self.response(&credential.id, response, extensions);
        self.credentials.push(credential);
        Ok(text)
    }

    /// `navigator.credentials.get()`: from a `PublicKeyCredentialRequestOptionsJSON` to an `AuthenticationResponseJSON`.
    ///
    /// Without `allowCredentials` the youngest discoverable credential answers.
    ///
    /// # Errors
    ///
    /// Where a browser would refuse; see [`SoftError`].
    pub fn get(&mut self, options: &str) -> Result<String, SoftError> {
        let options = read(options)?;
        let rp_id = self.rp_id(&options["rpId"])?;
        let challenge = bytes(&options["challenge"])?;
        let listed = &options["allowCredentials"];
        let credential = if listed.as_array().is_none_or(Vec::is_empty) {
            let fits = |c: &&Credential| c.rp_id == rp_id && c.user_handle.is_some();
            self.credentials.iter().rev().find(fits)
        } else {
            self.held(&rp_id, listed)?
        };
        let credential = credential.ok_or(SoftError::NoCredential)?.clone();
        let auth_data = self.auth_data(&rp_id, 0).bytes();
        let client_data = self.client_data("webauthn.get", &challenge);
        let signed = attestation::signed_bytes(&auth_data, client_data.as_bytes());
        let response = json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "authenticatorData": base64url(&auth_data),
            "signature": base64url(&credential.key.sign(&signed)),
            "userHandle": credential.user_handle.as_deref().map(base64url),
        });
        Ok(self.response(&credential.id, response, json!({})))
    }

    /// §5.1.3 step 8, §5.1.4 step 7: the RP ID must be the page's own domain or a parent of it.
    fn rp_id(&self, asked: &Value) -> Result<String, SoftError> {
        // An app's origin, such as android:apk-key-hash:…, names no host; its site vouches for it in a file of its own.
        let host = self
            .origin
            .split_once("://")
            .map(|(_, rest)| rest.split_once(':').map_or(rest, |(host, _)| host));
        let rp_id = match (asked, host) {
            (Value::String(id), _) => id.clone(),
            (Value::Null, Some(host)) => host.to_owned(),
            _ => return Err(SoftError::OptionsMalformed),
        };
        let belongs = host.is_none_or(|host| {
            host == rp_id || host.strip_suffix(&*rp_id).is_some_and(|rest| rest.ends_with('.'))
        });
        if belongs && !rp_id.is_empty() { Ok(rp_id) } else { Err(SoftError::RpIdForeign) }
    }

    /// §5.1.3 step 10. An empty list stands for ES256 and RS256.
    fn check_algorithm(&self, parameters: &Value) -> Result<(), SoftError> {
        let parameters = parameters.as_array().ok_or(SoftError::OptionsMalformed)?;
        let asked = parameters
            .iter()
            .any(|p| p["type"] == "public-key" && p["alg"].as_i64() == Some(self.algorithm));
        let default = parameters.is_empty() && self.algorithm == ES256;
        if asked || default { Ok(()) } else { Err(SoftError::NoAlgorithm) }
    }

    /// The first credential of this list that is here.
    fn held(&self, rp_id: &str, list: &Value) -> Result<Option<&Credential>, SoftError> {
        for descriptor in list.as_array().into_iter().flatten() {
            let id = bytes(&descriptor["id"])?;
            let found = self.credentials.iter().find(|c| c.rp_id == rp_id && c.id == id);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn new_key(&mut self) -> Result<Key, SoftError> {
        match self.algorithm {
            // One number of 32 bytes in 2^32 is not below the order of the curve.
            ES256 => loop {
                if let Some(key) = Es256Key::from_slice(&self.random.draw()?) {
                    return Ok(Key::Es256(key));
                }
            },
            EDDSA => Ok(Key::Ed25519(Ed25519Key::new(&self.random.draw()?))),
            _ => Err(SoftError::AlgorithmUnknown),
        }
    }

    fn auth_data(&mut self, rp_id: &str, more: u8) -> AuthData {
        let knobs = [
            (self.user_present, UP),
            (self.user_verified, UV),
            (self.backup_eligible, BE),
            (self.backed_up, BS),
        ];
        let flags = knobs.iter().filter(|(set, _)| *set).fold(more, |flags, (_, bit)| flags | bit);
        let counter = self.counter;
        if counter != 0 {
            self.counter = counter.saturating_add(1);
        }
        AuthData::new(rp_id, flags, counter)
    }

    fn client_data(&self, kind: &str, challenge: &[u8]) -> String {
        let origin = self.wrong_origin.as_ref().unwrap_or(&self.origin);
        let mut data = ClientData::new(kind, challenge, origin);
        data.cross_origin = self.cross_origin;
        data.top_origin = self.top_origin.clone();
        data.text()
    }

    fn response(&self, id: &[u8], response: Value, extensions: Value) -> String {
        let platform = self.transports.iter().any(|transport| transport == "internal");
        json!({
            "id": base64url(id),
            "rawId": base64url(id),
            "response": response,
            "authenticatorAttachment": if platform { "platform" } else { "cross-platform" },
            "clientExtensionResults": extensions,
            "type": "public-key",
        })
        .to_string()
    }
}

fn read(options: &str) -> Result<Value, SoftError> {
    serde_json::from_str(options).ok().filter(Value::is_object).ok_or(SoftError::OptionsMalformed)
}

fn bytes(value: &Value) -> Result<Vec<u8>, SoftError> {
    value.as_str().and_then(from_base64url).ok_or(SoftError::OptionsMalformed)
}

/// Where keys and ids come from.
#[derive(Clone, Debug)]
enum Random {
    System,
    Seeded { seed: Vec<u8>, drawn: u64 },
}

impl Random {
    fn draw(&mut self) -> Result<[u8; 32], SoftError> {
        let mut out = [0; 32];
        match self {
            Self::System => {
                getrandom::fill(&mut out).map_err(|_| SoftError::EntropyUnavailable)?;
            }
            Self::Seeded { seed, drawn } => {
                out.copy_from_slice(&crate::sha256(&[&drawn.to_be_bytes()[..], seed].concat()));
                *drawn += 1;
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://login.example.org:8443";

    fn creation(rp_id: &str, algorithm: i64) -> Value {
        json!({
            "rp": {"id": rp_id, "name": "Example"},
            "user": {"id": "YWxpY2U", "name": "alice", "displayName": "Alice"},
            "challenge": "AAECAwQFBgcICQoLDA0ODw",
            "pubKeyCredParams": [{"type": "public-key", "alg": -257}, {"type": "public-key", "alg": algorithm}],
        })
    }

    fn request(rp_id: &str, allowed: &[&str]) -> String {
        let list: Vec<Value> =
            allowed.iter().map(|id| json!({"type": "public-key", "id": id})).collect();
        json!({"rpId": rp_id, "challenge": "AAECAwQFBgcICQoLDA0ODw", "allowCredentials": list})
            .to_string()
    }

    fn create(authenticator: &mut SoftAuthenticator) -> Value {
        let options = creation("example.org", authenticator.algorithm).to_string();
        serde_json::from_str(&authenticator.create(&options).expect("a response")).expect("JSON")
    }

    fn id(response: &Value) -> &str {
        response["id"].as_str().expect("an id")
    }

    #[test]
    fn a_seed_settles_keys_and_ids() {
        let run = |seed: &[u8]| {
            let mut one = SoftAuthenticator::seeded(ORIGIN, seed);
            (create(&mut one), create(&mut one))
        };
        assert_eq!(run(b"a"), run(b"a"));
        assert_ne!(id(&run(b"a").0), id(&run(b"b").0));
        assert_ne!(id(&run(b"a").0), id(&run(b"a").1));
        let random = || create(&mut SoftAuthenticator::new(ORIGIN));
        assert_ne!(id(&random()), id(&random()));
    }

    #[test]
    fn the_rp_id_is_the_host_or_a_parent_of_it() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        for (rp_id, expected) in [
            ("login.example.org", None),
            ("example.org", None),
            ("org", None),
            ("ogin.example.org", Some(SoftError::RpIdForeign)),
            ("www.example.org", Some(SoftError::RpIdForeign)),
            ("example.com", Some(SoftError::RpIdForeign)),
            ("", Some(SoftError::RpIdForeign)),
        ] {
            assert_eq!(one.create(&creation(rp_id, -7).to_string()).err(), expected, "{rp_id}");
        }
        let mut options = creation("x", -7);
        options["rp"] = json!({"name": "Example"});
        assert!(one.create(&options.to_string()).is_ok());
        assert!(one.get(&request("login.example.org", &[])).is_ok());
        assert_eq!(one.get(&request("com", &[])), Err(SoftError::RpIdForeign));
        options["rp"]["id"] = json!(7);
        assert_eq!(one.create(&options.to_string()), Err(SoftError::OptionsMalformed));
        let mut app = SoftAuthenticator::new("android:apk-key-hash:AAAA");
        assert!(app.create(&creation("example.org", -7).to_string()).is_ok());
    }

    #[test]
    fn algorithms_are_picked_from_those_asked_for() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        assert_eq!(create(&mut one)["response"]["publicKeyAlgorithm"], -7);
        one.algorithm = -8;
        assert_eq!(create(&mut one)["response"]["publicKeyAlgorithm"], -8);
        let only = creation("example.org", -7).to_string();
        assert_eq!(one.create(&only), Err(SoftError::NoAlgorithm));
        one.algorithm = -257;
        assert_eq!(one.create(&only), Err(SoftError::AlgorithmUnknown));
        one.algorithm = -7;
        let mut empty = creation("example.org", -7);
        empty["pubKeyCredParams"] = json!([]);
        assert!(one.create(&empty.to_string()).is_ok());
    }

    #[test]
    fn lists_of_credentials_are_heeded() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        let (first, second) = (create(&mut one), create(&mut one));
        let answer = |one: &mut SoftAuthenticator, rp_id: &str, allowed: &[&str]| {
            one.get(&request(rp_id, allowed))
                .map(|text| serde_json::from_str::<Value>(&text).expect("JSON")["id"].clone())
        };
        assert_eq!(answer(&mut one, "example.org", &[]), Ok(second["id"].clone()));
        let listed = ["AAAA", id(&first)];
        assert_eq!(answer(&mut one, "example.org", &listed), Ok(first["id"].clone()));
        assert_eq!(answer(&mut one, "example.org", &["AAAA"]), Err(SoftError::NoCredential));
        assert_eq!(answer(&mut one, "login.example.org", &[]), Err(SoftError::NoCredential));
        assert_eq!(answer(&mut one, "login.example.org", &listed), Err(SoftError::NoCredential));
        let mut options = creation("example.org", -7);
        options["excludeCredentials"] = json!([{"type": "public-key", "id": id(&first)}]);
        assert_eq!(one.create(&options.to_string()), Err(SoftError::CredentialExcluded));
        assert!(SoftAuthenticator::new(ORIGIN).create(&options.to_string()).is_ok());
    }

    #[test]
    fn a_credential_that_is_not_discoverable_must_be_listed_and_names_nobody() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        one.discoverable = false;
        let made = create(&mut one);
        assert_eq!(one.get(&request("example.org", &[])), Err(SoftError::NoCredential));
        let answer = one.get(&request("example.org", &[id(&made)])).expect("a response");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["response"]["userHandle"], Value::Null);
        let mut options = creation("example.org", -7);
        options["authenticatorSelection"] = json!({"residentKey": "required"});
        options["extensions"] = json!({"credProps": true});
        assert_eq!(one.create(&options.to_string()), Err(SoftError::NotDiscoverable));
        one.discoverable = true;
        let made: Value =
            serde_json::from_str(&one.create(&options.to_string()).expect("made")).expect("JSON");
        assert_eq!(made["clientExtensionResults"], json!({"credProps": {"rk": true}}));
    }

    #[test]
    fn the_counter_rises_from_where_it_is_set_and_stays_at_its_end() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        let counter = |one: &mut SoftAuthenticator| {
            let data = &create(one)["response"]["authenticatorData"];
            let data = from_base64url(data.as_str().expect("a text")).expect("base64url");
            u32::from_be_bytes(data[33..37].try_into().expect("four bytes"))
        };
        assert_eq!([counter(&mut one), counter(&mut one)], [0, 0]);
        one.counter = 7;
        assert_eq!([counter(&mut one), counter(&mut one)], [7, 8]);
        one.counter = u32::MAX;
        assert_eq!([counter(&mut one), counter(&mut one)], [u32::MAX; 2]);
    }

    #[test]
    fn options_that_are_none_are_refused() {
        let mut one = SoftAuthenticator::new(ORIGIN);
        let good = creation("example.org", -7);
        for text in ["", "[]", "null", "{}", "{\"rp\":{}}"] {
            assert_eq!(one.create(text), Err(SoftError::OptionsMalformed), "{text}");
        }
        assert_eq!(one.get("{}"), Err(SoftError::OptionsMalformed));
        for pointer in ["/user/id", "/challenge", "/pubKeyCredParams"] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).expect("there") = json!("AAA=");
            assert_eq!(one.create(&bad.to_string()), Err(SoftError::OptionsMalformed), "{pointer}");
        }
    }
}
