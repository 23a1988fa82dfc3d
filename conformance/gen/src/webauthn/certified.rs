//! Attestation statements with certificates, as values that a mutation can change in one place before they are signed.

use super::ceremony::sha256;
use crate::bytes::hex;
use crate::json::Json;
use crate::keys::Key;
use mfakit_testing::android::{KeyDescription, jws};
use mfakit_testing::auth_data::AuthData;
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use mfakit_testing::tpm::{CertifyInfo, Public};
use mfakit_testing::x509::{Certificate, Extension, KEY_DESCRIPTION};

/// What a statement is about.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) auth_data: &'a AuthData,
    pub(crate) client_data: &'a [u8],
    pub(crate) key: &'a Key,
}

impl Subject<'_> {
    pub(crate) fn hash(&self) -> Vec<u8> {
        sha256(self.client_data)
    }

    /// The authenticator data and the hash of the client data.
    pub(crate) fn message(&self) -> Vec<u8> {
        [self.auth_data.bytes(), self.hash()].concat()
    }

    /// What a U2F key signs (§8.6): a zero byte, the RP ID's hash, that of the client data, the credential's id and its point.
    fn u2f_message(&self) -> Vec<u8> {
        let attested = self.auth_data.attested.as_ref().expect("attested credential data");
        let parts: [&[u8]; 5] = [
            &[0],
            &self.auth_data.rp_id_hash,
            &self.hash(),
            &attested.credential_id,
            &self.key.spki_key(),
        ];
        parts.concat()
    }
}

/// What makes a format what it is.
#[derive(Clone)]
pub(crate) enum Kind {
    Packed,
    FidoU2f,
    Tpm(Tpm),
    AndroidKey(KeyDescription),
    Apple,
    SafetyNet(SafetyNet),
}

/// What a TPM adds: `pubArea` and `certInfo`.
#[derive(Clone)]
pub(crate) struct Tpm {
    pub(crate) version: Item,
    pub(crate) public: Vec<u8>,
    pub(crate) info: Vec<u8>,
}

impl Tpm {
    pub(crate) fn new(public: &Public, info: &CertifyInfo) -> Self {
        Self { version: text("2.0"), public: public.bytes(), info: info.bytes() }
    }
}

/// The JWS in a SafetyNet statement.
#[derive(Clone)]
pub(crate) struct SafetyNet {
    pub(crate) version: Item,
    /// The value of `alg` in its header.
    pub(crate) algorithm: String,
    /// Members of the header beside `alg` and `x5c`.
    pub(crate) header: Vec<(&'static str, serde_json::Value)>,
    pub(crate) payload: String,
    /// Sent in place of the JWS.
    pub(crate) response: Option<Item>,
}

/// A statement with certificates.
#[derive(Clone)]
pub(crate) struct Certified {
    pub(crate) kind: Kind,
    /// The attestation key: it signs the statement.
    pub(crate) key: Key,
    /// Its certificate, before it is signed.
    pub(crate) leaf: Certificate,
    /// Who signs the certificate.
    pub(crate) issuer: Key,
    /// Sent in place of the certificate.
    pub(crate) first: Option<Vec<u8>>,
    /// The certificates behind it.
    pub(crate) rest: Vec<Vec<u8>>,
    /// What is signed, in place of what should be.
    pub(crate) message: Option<Vec<u8>>,
    /// Sent in place of the signature.
    pub(crate) signature: Option<Vec<u8>>,
    /// Members replaced, taken away or added, by their names.
    pub(crate) edits: Vec<(&'static str, Option<Item>)>,
}

impl Certified {
    /// The attestation certificate.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.first.clone().unwrap_or_else(|| {
            let mut leaf = self.leaf.clone();
            if let Kind::AndroidKey(description) = &self.kind {
                // A mutation that replaces the whole extension has its way.
                if !leaf.extensions.iter().any(|extension| extension.oid == KEY_DESCRIPTION) {
                    leaf.set(Extension::new(KEY_DESCRIPTION, false, description.bytes()));
                }
            }
            leaf.sign(&self.issuer)
        })
    }

    /// All certificates.
    pub(crate) fn path(&self) -> Vec<Vec<u8>> {
        [vec![self.certificate()], self.rest.clone()].concat()
    }

    pub(crate) fn tpm(&mut self) -> &mut Tpm {
        match &mut self.kind {
            Kind::Tpm(tpm) => tpm,
            _ => panic!("not a TPM's statement"),
        }
    }

    pub(crate) fn description(&mut self) -> &mut KeyDescription {
        match &mut self.kind {
            Kind::AndroidKey(description) => description,
            _ => panic!("not a statement of Android's key store"),
        }
    }

    pub(crate) fn safety_net(&mut self) -> &mut SafetyNet {
        match &mut self.kind {
            Kind::SafetyNet(safety_net) => safety_net,
            _ => panic!("not a statement of SafetyNet"),
        }
    }

    pub(crate) fn replace(&mut self, name: &'static str, item: Item) {
        self.edits.push((name, Some(item)));
    }

    pub(crate) fn without(&mut self, name: &'static str) {
        self.edits.push((name, None));
    }

    fn jws(&self, safety_net: &SafetyNet) -> String {
        let mut header = serde_json::Map::new();
        header.insert("alg".into(), safety_net.algorithm.as_str().into());
        let list: Vec<_> = self.path().iter().map(|der| crate::bytes::base64(der)).collect();
        header.insert("x5c".into(), list.into());
        for (name, value) in &safety_net.header {
            header.insert((*name).into(), value.clone());
        }
        let header = serde_json::Value::from(header).to_string();
        jws(&header, &safety_net.payload, &self.key)
    }

    /// The statement around this subject.
    pub(crate) fn item(&self, subject: Subject<'_>) -> Item {
        let signature = || {
            let message = self.message.clone().unwrap_or_else(|| match &self.kind {
                Kind::FidoU2f => subject.u2f_message(),
                Kind::Tpm(tpm) => tpm.info.clone(),
                _ => subject.message(),
            });
            let made = self.signature.clone();
            ("sig", bytes(&made.unwrap_or_else(|| self.key.sign(&message))))
        };
        let alg = || ("alg", int(self.key.algorithm()));
        let x5c = || {
            let path: Vec<Item> = self.path().iter().map(|der| bytes(der)).collect();
            ("x5c", array(&path))
        };
        let mut members = match &self.kind {
            Kind::Packed | Kind::AndroidKey(_) => vec![alg(), signature(), x5c()],
            Kind::FidoU2f => vec![signature(), x5c()],
            Kind::Apple => vec![x5c()],
            Kind::Tpm(tpm) => vec![
                alg(),
                signature(),
                ("ver", tpm.version.clone()),
                x5c(),
                ("pubArea", bytes(&tpm.public)),
                ("certInfo", bytes(&tpm.info)),
            ],
            Kind::SafetyNet(safety_net) => {
                let response = safety_net
                    .response
                    .clone()
                    .unwrap_or_else(|| bytes(self.jws(safety_net).as_bytes()));
                vec![("ver", safety_net.version.clone()), ("response", response)]
            }
        };
        for (name, item) in &self.edits {
            members.retain(|(known, _)| known != name);
            members.extend(item.clone().map(|item| (*name, item)));
        }
        // CTAP's canonical order: shorter names first, then by their bytes.
        members.sort_by_key(|(name, _)| (name.len(), *name));
        let entries: Vec<(Item, Item)> =
            members.into_iter().map(|(name, item)| (text(name), item)).collect();
        map(&entries)
    }
}

/// What a relying party asks for about trust: the input `trust`.
#[derive(Clone)]
pub(crate) struct Trust {
    pub(crate) anchors: Vec<Vec<u8>>,
    pub(crate) require: bool,
    pub(crate) android_key: &'static str,
    pub(crate) fido_switches: Vec<&'static str>,
    pub(crate) tolerances: Vec<&'static str>,
    pub(crate) danger_ignore_validity: bool,
    /// A BLOB, its roots and its time.
    pub(crate) metadata: Option<Json>,
    /// Statuses that refuse a model beside the usual ones, and usual ones that do not.
    pub(crate) also_reject: Vec<&'static str>,
    pub(crate) accept_statuses: Vec<&'static str>,
}

impl Trust {
    /// Trust is required, and these are the anchors.
    pub(crate) fn required(anchors: &[Vec<u8>]) -> Self {
        Self {
            anchors: anchors.to_vec(),
            require: true,
            android_key: "union",
            fido_switches: Vec::new(),
            tolerances: Vec::new(),
            danger_ignore_validity: false,
            metadata: None,
            also_reject: Vec::new(),
            accept_statuses: Vec::new(),
        }
    }

    pub(crate) fn json(&self) -> Json {
        let anchors: Vec<String> = self.anchors.iter().map(|der| hex(der)).collect();
        let mut json = Json::object([
            ("anchors_hex", anchors.into()),
            ("require", self.require.into()),
            ("android_key", self.android_key.into()),
            ("fido_switches", self.fido_switches.clone().into()),
            ("tolerances", self.tolerances.clone().into()),
            ("danger_ignore_validity", self.danger_ignore_validity.into()),
        ]);
        if let Some(metadata) = &self.metadata {
            let mut metadata = metadata.clone();
            if !self.also_reject.is_empty() {
                metadata.set("also_reject", self.also_reject.clone().into());
            }
            if !self.accept_statuses.is_empty() {
                metadata.set("danger_accept_statuses", self.accept_statuses.clone().into());
            }
            json.set("metadata", metadata);
        }
        json
    }
}
