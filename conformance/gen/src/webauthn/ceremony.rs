//! The two ceremonies as values that a mutation can change in one place, and their cases.

use super::certified::{Certified, Subject, Trust};
use crate::bytes::{base64url, hex};
use crate::case::Case;
use crate::json::Json;
use crate::keys::Key;
use mfakit_testing::attestation;
use mfakit_testing::cbor::{Item, array, map, text};

pub(crate) use mfakit_testing::auth_data::{AT, Attested, AuthData, BE, BS, ED, UP, UV};
pub(crate) use mfakit_testing::sha256;

/// What both ceremonies share.
#[derive(Clone)]
pub(crate) struct Ceremony {
    pub(crate) rp_id: String,
    pub(crate) origins: Vec<String>,
    pub(crate) allow_cross_origin: bool,
    pub(crate) top_origins: Option<Vec<String>>,
    pub(crate) challenge: Vec<u8>,
    pub(crate) require_presence: bool,
    pub(crate) require_verification: bool,
    pub(crate) client_data: Vec<u8>,
}

impl Ceremony {
    fn inputs(&self, case: Case) -> Case {
        case.input("rp_id", self.rp_id.as_str())
            .input("expected_origins", self.origins.clone())
            .input("allow_cross_origin", self.allow_cross_origin)
            .input("expected_top_origins", self.top_origins.clone())
            .input("expected_challenge_hex", hex(&self.challenge))
            .input("require_user_presence", self.require_presence)
            .input("require_user_verification", self.require_verification)
            .input("client_data_json_hex", hex(&self.client_data))
    }

    /// The client data as text. Panics if a mutation has made it something else.
    pub(crate) fn client_data_text(&self) -> String {
        String::from_utf8(self.client_data.clone()).expect("client data is text")
    }

    /// Replaces a part of the client data that must stand in it exactly once.
    pub(crate) fn replace(&mut self, from: &str, to: &str) {
        let text = self.client_data_text();
        assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
        self.client_data = text.replace(from, to).into_bytes();
    }

    /// Fills the client data to this length with an unknown member.
    pub(crate) fn fill(&mut self, len: usize) {
        let filled =
            |filler: usize| format!("\"crossOrigin\":false,\"filler\":\"{}\"", "x".repeat(filler));
        let without = self.client_data.len() - "\"crossOrigin\":false".len() + filled(0).len();
        self.replace("\"crossOrigin\":false", &filled(len - without));
        assert_eq!(self.client_data.len(), len);
    }

    /// The challenge as the client data spells it.
    pub(crate) fn challenge_text(&self) -> String {
        base64url(&self.challenge)
    }
}

/// An attestation statement.
#[derive(Clone)]
pub(crate) enum Statement {
    /// This item, whatever it is.
    Given(Item),
    /// Packed self: signed by the credential's key over what is sent.
    PackedSelf,
    /// One with certificates.
    Certified(Box<Certified>),
    /// Several, each with its format's name.
    Compound(Vec<(String, Statement)>),
}

impl Statement {
    fn item(&self, subject: Subject<'_>) -> Item {
        match self {
            Self::Given(item) => item.clone(),
            Self::PackedSelf => attestation::packed_self(
                subject.key,
                &subject.auth_data.bytes(),
                subject.client_data,
            ),
            Self::Certified(certified) => certified.item(subject),
            Self::Compound(parts) => array(
                &parts
                    .iter()
                    .map(|(fmt, part)| {
                        map(&[(text("fmt"), text(fmt)), (text("attStmt"), part.item(subject))])
                    })
                    .collect::<Vec<_>>(),
            ),
        }
    }

    /// Whether a target without the feature `attestation` can verify it.
    fn needs_certificates(&self) -> bool {
        matches!(self, Self::Certified(_) | Self::Compound(_))
    }
}

/// A registration: a positive one, or one that a mutation has changed.
#[derive(Clone)]
pub(crate) struct Registration {
    /// The id of the positive case.
    pub(crate) name: String,
    pub(crate) ceremony: Ceremony,
    pub(crate) key: Key,
    pub(crate) auth_data: AuthData,
    /// The COSE numbers that were asked for.
    pub(crate) offered: Vec<i64>,
    pub(crate) fmt: String,
    pub(crate) statement: Statement,
    /// Written in place of the attestation object that the parts make.
    pub(crate) attestation_object: Option<Vec<u8>>,
    /// What is asked about trust.
    pub(crate) trust: Option<Trust>,
    /// The accepted formats; `None`: the default ones.
    pub(crate) formats: Option<Vec<&'static str>>,
    /// What happens to other formats, if it is said.
    pub(crate) unknown: Option<&'static str>,
    /// The time.
    pub(crate) now: Option<u64>,
    /// What an accepted registration says of its statement.
    pub(crate) verdict: Verdict,
    /// Inputs that only some cases have.
    pub(crate) more: Vec<(&'static str, Json)>,
}

/// What an accepted registration says of its statement.
#[derive(Clone)]
pub(crate) struct Verdict {
    /// `attestation_type`.
    pub(crate) kind: String,
    /// The anchor that its path leads to.
    pub(crate) anchor: Option<Vec<u8>>,
    /// Whether anchors were given at all.
    pub(crate) asked: bool,
    /// How many certificates it has.
    pub(crate) path_len: usize,
}

impl Verdict {
    /// A statement without certificates, and nobody asked for trust.
    pub(crate) fn plain(kind: &str) -> Self {
        Self { kind: kind.into(), anchor: None, asked: false, path_len: 0 }
    }

    fn trust(&self) -> &'static str {
        match (&self.anchor, self.asked) {
            (Some(_), _) => "trusted",
            (None, true) => "untrusted",
            (None, false) => "not_requested",
        }
    }
}

impl Registration {
    /// The attestation object around any authenticator data.
    pub(crate) fn object_around(&self, auth_data: &[u8]) -> Vec<u8> {
        let statement = match &self.statement {
            Statement::PackedSelf => {
                attestation::packed_self(&self.key, auth_data, &self.ceremony.client_data)
            }
            other => other.item(self.subject()),
        };
        attestation::object(&self.fmt, &statement, auth_data)
    }

    /// What the statement is about.
    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject {
            auth_data: &self.auth_data,
            client_data: &self.ceremony.client_data,
            key: &self.key,
        }
    }

    /// The statement with certificates. Panics if it is another.
    pub(crate) fn certified(&mut self) -> &mut Certified {
        match &mut self.statement {
            Statement::Certified(certified) => certified,
            _ => panic!("a statement without certificates"),
        }
    }

    /// What is asked about trust. Panics if nothing is.
    pub(crate) fn trust(&mut self) -> &mut Trust {
        self.trust.as_mut().expect("trust is asked for")
    }

    /// The attestation object as sent.
    pub(crate) fn object(&self) -> Vec<u8> {
        self.attestation_object
            .clone()
            .unwrap_or_else(|| self.object_around(&self.auth_data.bytes()))
    }

    /// The attested credential data. Panics if a mutation has taken it away.
    pub(crate) fn attested(&mut self) -> &mut Attested {
        self.auth_data.attested.as_mut().expect("attested credential data")
    }

    fn case(&self, id: &str) -> Case {
        let case = self
            .ceremony
            .inputs(Case::new("webauthn.register", id))
            .input("allowed_algs", self.offered.clone());
        let case = case
            .input("attestation_object_hex", hex(&self.object()))
            .input("trust_anchors_hex", Json::Null)
            .input("verification_time", Json::Null);
        let case =
            self.more.iter().fold(case, |case, (name, value)| case.input(name, value.clone()));
        let case = match &self.trust {
            Some(trust) => case.input("trust", trust.json()),
            None => case,
        };
        let case = match &self.formats {
            Some(formats) => case.input("formats", formats.clone()),
            None => case,
        };
        let case =
            self.unknown.into_iter().fold(case, |c, word| c.input("unknown_attestation", word));
        let case = self.now.into_iter().fold(case, |case, now| case.input("now", now));
        let certificates = self.statement.needs_certificates() || self.trust.is_some();
        let case = if certificates { case.requires("attestation") } else { case };
        needs_algorithm(case, &self.key)
    }

    /// The case that must be accepted.
    pub(crate) fn accepted(&self, id: &str) -> Case {
        let attested = self.auth_data.attested.as_ref().expect("attested credential data");
        self.case(id).accept(
            "valid",
            [
                ("fmt", self.fmt.as_str().into()),
                ("attestation_type", self.verdict.kind.as_str().into()),
                ("trust", self.verdict.trust().into()),
                (
                    "anchor_sha256_hex",
                    self.verdict.anchor.as_deref().map(|der| hex(&sha256(der))).into(),
                ),
                ("path_len", u64::try_from(self.verdict.path_len).expect("a small number").into()),
                ("aaguid_hex", hex(&attested.aaguid).into()),
                ("credential_id_hex", hex(&attested.credential_id).into()),
                ("credential_public_key_cose_hex", hex(&attested.public_key).into()),
                ("alg", self.key.algorithm().into()),
                ("sign_count", self.auth_data.sign_count.into()),
                ("flags_hex", hex(&[self.auth_data.flags]).into()),
                ("up", (self.auth_data.flags & UP != 0).into()),
                ("uv", (self.auth_data.flags & UV != 0).into()),
                ("backup_eligible", (self.auth_data.flags & BE != 0).into()),
                ("backup_state", (self.auth_data.flags & BS != 0).into()),
                ("extensions_hex", self.auth_data.extensions.as_deref().map(hex).into()),
            ],
        )
    }

    /// The case that must be refused.
    pub(crate) fn refused(&self, id: &str, code: &str) -> Case {
        self.case(id).reject(code)
    }
}

/// An authentication: a positive one, or one that a mutation has changed.
#[derive(Clone)]
pub(crate) struct Authentication {
    pub(crate) name: String,
    pub(crate) ceremony: Ceremony,
    pub(crate) key: Key,
    pub(crate) auth_data: AuthData,
    /// Sent in place of the authenticator data that the parts make.
    pub(crate) auth_data_bytes: Option<Vec<u8>>,
    /// Sent in place of the signature over what is sent.
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) stored_key: Item,
    pub(crate) stored_sign_count: u32,
    pub(crate) stored_backup_eligible: Option<bool>,
    pub(crate) user_handle: Option<Vec<u8>>,
    pub(crate) more: Vec<(&'static str, Json)>,
}

impl Authentication {
    /// The authenticator data as sent.
    pub(crate) fn sent_auth_data(&self) -> Vec<u8> {
        self.auth_data_bytes.clone().unwrap_or_else(|| self.auth_data.bytes())
    }

    /// What an authenticator signs.
    pub(crate) fn signed_bytes(&self) -> Vec<u8> {
        attestation::signed_bytes(&self.sent_auth_data(), &self.ceremony.client_data)
    }

    /// The signature as sent: by default a good one over what is sent.
    pub(crate) fn sent_signature(&self) -> Vec<u8> {
        self.signature.clone().unwrap_or_else(|| self.key.sign(&self.signed_bytes()))
    }

    fn case(&self, id: &str) -> Case {
        let case = self
            .ceremony
            .inputs(Case::new("webauthn.authenticate", id))
            .input("authenticator_data_hex", hex(&self.sent_auth_data()))
            .input("signature_hex", hex(&self.sent_signature()))
            .input("credential_id_hex", hex(&self.credential_id))
            .input("credential_public_key_cose_hex", hex(&self.stored_key))
            .input("stored_sign_count", self.stored_sign_count)
            .input("stored_backup_eligible", self.stored_backup_eligible)
            .input("user_handle_hex", self.user_handle.as_deref().map(hex));
        let case =
            self.more.iter().fold(case, |case, (name, value)| case.input(name, value.clone()));
        needs_algorithm(case, &self.key)
    }

    /// The case that must be accepted.
    pub(crate) fn accepted(&self, id: &str) -> Case {
        self.case(id).accept(
            "valid",
            [
                ("new_sign_count", self.auth_data.sign_count.into()),
                ("flags_hex", hex(&[self.auth_data.flags]).into()),
                ("up", (self.auth_data.flags & UP != 0).into()),
                ("uv", (self.auth_data.flags & UV != 0).into()),
                ("backup_eligible", (self.auth_data.flags & BE != 0).into()),
                ("backup_state", (self.auth_data.flags & BS != 0).into()),
                ("extensions_hex", self.auth_data.extensions.as_deref().map(hex).into()),
            ],
        )
    }

    /// The case that must be refused.
    pub(crate) fn refused(&self, id: &str, code: &str) -> Case {
        self.case(id).reject(code)
    }
}

/// Every target has ES256; a case with a key of another algorithm says so.
pub(crate) fn needs_algorithm(case: Case, key: &Key) -> Case {
    match feature_of(key) {
        Some(feature) if !case.requires.contains(&feature) => case.requires(feature),
        _ => case,
    }
}

fn feature_of(key: &Key) -> Option<&'static str> {
    match key {
        Key::Es256(_) => None,
        Key::Ed25519(_) => Some("ed25519"),
        Key::Es384(_) => Some("es384"),
        Key::Es512(_) => Some("es512"),
        Key::Es256k(_) => Some("es256k"),
        Key::Ed448(_) => Some("ed448"),
        Key::Rsa(key) if key.algorithm() >= -39 => Some("rsassa_pss"),
        Key::Rsa(_) => Some("rsassa_pkcs1"),
        Key::MlDsa(_) => Some("ml_dsa"),
        Key::Renamed(_, key) => feature_of(key),
    }
}

/// Says where a derived case comes from.
pub(crate) fn derived(mut case: Case, section: &str, from: &str, mutation: &str) -> Case {
    case.source = Json::object([
        ("document", "WebAuthn Level 3".into()),
        ("section", section.into()),
        ("derived_from", from.into()),
        ("mutation", mutation.into()),
    ]);
    case
}
