//! Certificates, statements and registrations to break in tests.

use super::Subject;
use super::policy::AttestationPolicy;
use crate::crypto::sha256;
use crate::encoding::cbor::{self, Limits};
use crate::encoding::cose;
use crate::time::UnixTime;
use crate::webauthn::auth_data::Attested;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use std::vec::Vec;

/// A moment at which the builder's certificates are valid: 2026-01-01.
pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8: u8 = 0x0c;
pub(super) const PRINTABLE: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

pub(super) const ECDSA_SHA256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
pub(super) const ID_AAGUID: &[u8] = b"\x2b\x06\x01\x04\x01\x82\xe5\x1c\x01\x01\x04";
pub(super) const ID_BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
pub(super) const ID_KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
pub(super) const ID_POLICIES: &[u8] = b"\x55\x1d\x20";
pub(super) const ID_NAME_CONSTRAINTS: &[u8] = b"\x55\x1d\x1e";
pub(super) const ID_SUBJECT_ALT_NAME: &[u8] = b"\x55\x1d\x11";
pub(super) const ID_EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
pub(super) const ID_APPLE_NONCE: &[u8] = b"\x2a\x86\x48\x86\xf7\x63\x64\x08\x02";
pub(super) const C: &[u8] = b"\x55\x04\x06";
pub(super) const O: &[u8] = b"\x55\x04\x0a";
pub(super) const OU: &[u8] = b"\x55\x04\x0b";
pub(super) const CN: &[u8] = b"\x55\x04\x03";

/// An element with the parts as its content.
pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = std::vec![tag];
    match content.len() {
        n @ ..=0x7f => out.push(n as u8),
        n @ 0x80..=0xff => out.extend([0x81, n as u8]),
        n => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

pub(super) fn attribute(tag: u8, oid: &[u8], value: &str) -> Vec<u8> {
    tlv(SET, &[&tlv(SEQUENCE, &[&tlv(OID, &[oid]), &tlv(tag, &[value.as_bytes()])])])
}

pub(super) fn name(attributes: &[Vec<u8>]) -> Vec<u8> {
    tlv(SEQUENCE, &[&attributes.concat()])
}

pub(super) fn common_name(text: &str) -> Vec<u8> {
    name(&[attribute(UTF8, CN, text)])
}

/// The subject that §8.2.1 asks for, with one attribute replaced.
pub(super) fn packed_subject(oid: &[u8], replaced: Option<&str>) -> Vec<u8> {
    let usual = [
        (PRINTABLE, C, "SE"),
        (UTF8, O, "Maker"),
        (UTF8, OU, "Authenticator Attestation"),
        (UTF8, CN, "Model"),
    ];
    let attributes = usual.iter().filter_map(|&(tag, found, text)| {
        let text = if found == oid { replaced? } else { text };
        Some(attribute(tag, found, text))
    });
    name(&attributes.collect::<Vec<_>>())
}

pub(super) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    tlv(SEQUENCE, &[&tlv(OID, &[oid]), &critical, &tlv(OCTET_STRING, &[value])])
}

/// basicConstraints; `path_len` below 128.
pub(super) fn basic_constraints(ca: bool, path_len: Option<u8>) -> Vec<u8> {
    let ca = if ca { tlv(BOOLEAN, &[&[0xff]]) } else { Vec::new() };
    let path_len = path_len.map(|len| tlv(INTEGER, &[&[len]])).unwrap_or_default();
    extension(ID_BASIC_CONSTRAINTS, true, &tlv(SEQUENCE, &[&ca, &path_len]))
}

pub(super) fn key_usage(bits: u8) -> Vec<u8> {
    let unused = bits.trailing_zeros() as u8;
    extension(ID_KEY_USAGE, true, &tlv(BIT_STRING, &[&[unused, bits]]))
}

pub(super) fn aaguid_extension(critical: bool, aaguid: &[u8]) -> Vec<u8> {
    extension(ID_AAGUID, critical, &tlv(OCTET_STRING, &[aaguid]))
}

/// An Apple certificate's extension.
pub(super) fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    let value = tlv(SEQUENCE, &[&tlv(0xa1, &[&tlv(OCTET_STRING, &[nonce])])]);
    extension(ID_APPLE_NONCE, false, &value)
}

/// A P-256 key made of one number.
pub(super) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).expect("in range")
}

pub(super) fn point(key: &SigningKey) -> [u8; 65] {
    key.verifying_key().to_sec1_point(false).as_bytes().try_into().expect("uncompressed")
}

pub(super) fn spki(key: &SigningKey) -> Vec<u8> {
    spki_of(
        b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
        &point(key),
    )
}

pub(super) fn spki_of(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[algorithm]), &tlv(BIT_STRING, &[&[0], key])])
}

/// A DER signature.
pub(super) fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(message);
    let number = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        let pad: &[u8] = if bytes[zeros] >= 0x80 { &[0] } else { &[] };
        tlv(INTEGER, &[pad, &bytes[zeros..]])
    };
    let bytes = signature.to_bytes();
    tlv(SEQUENCE, &[&number(&bytes[..32]), &number(&bytes[32..])])
}

/// The parts of a certificate, each in DER.
#[derive(Clone)]
pub(super) struct Builder {
    pub(super) version: Vec<u8>,
    pub(super) serial: Vec<u8>,
    pub(super) inner_algorithm: Vec<u8>,
    pub(super) outer_algorithm: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) dates: [Vec<u8>; 2],
    pub(super) subject: Vec<u8>,
    pub(super) spki: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) unused_bits: u8,
}

impl Builder {
    pub(super) fn new(subject: Vec<u8>, issuer: Vec<u8>, key: &SigningKey) -> Self {
        Self {
            version: tlv(0xa0, &[&tlv(INTEGER, &[&[2]])]),
            serial: tlv(INTEGER, &[&[1]]),
            inner_algorithm: tlv(SEQUENCE, &[ECDSA_SHA256]),
            outer_algorithm: tlv(SEQUENCE, &[ECDSA_SHA256]),
            issuer,
            dates: [tlv(UTC_TIME, &[b"240101000000Z"]), tlv(UTC_TIME, &[b"340101000000Z"])],
            subject,
            spki: spki(key),
            extensions: Vec::new(),
            unused_bits: 0,
        }
    }

    /// A CA's certificate.
    pub(super) fn ca(subject: &str, issuer: &str, key: &SigningKey) -> Self {
        let mut ca = Self::new(common_name(subject), common_name(issuer), key);
        ca.extensions = std::vec![basic_constraints(true, None), key_usage(0x04)];
        ca
    }

    /// An attestation certificate.
    pub(super) fn leaf(issuer: &str, key: &SigningKey) -> Self {
        let mut leaf = Self::new(packed_subject(b"", None), common_name(issuer), key);
        leaf.extensions = std::vec![basic_constraints(false, None)];
        leaf
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn signed_part(&self) -> Vec<u8> {
        let extensions = if self.extensions.is_empty() {
            Vec::new()
        } else {
            tlv(0xa3, &[&tlv(SEQUENCE, &[&self.extensions.concat()])])
        };
        tlv(
            SEQUENCE,
            &[
                &self.version,
                &self.serial,
                &self.inner_algorithm,
                &self.issuer,
                &tlv(SEQUENCE, &[&self.dates.concat()]),
                &self.subject,
                &self.spki,
                &extensions,
            ],
        )
    }

    pub(super) fn sign(&self, issuer_key: &SigningKey) -> Vec<u8> {
        self.sign_with(|message| sign(issuer_key, message))
    }

    pub(super) fn sign_with(&self, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let signed = self.signed_part();
        let signature = tlv(BIT_STRING, &[&[self.unused_bits], &sign(&signed)]);
        tlv(SEQUENCE, &[&signed, &self.outer_algorithm, &signature])
    }
}

fn head(major: u8, n: usize) -> Vec<u8> {
    match n {
        ..=23 => std::vec![major << 5 | n as u8],
        24..=0xff => std::vec![major << 5 | 24, n as u8],
        _ => std::vec![major << 5 | 25, (n >> 8) as u8, n as u8],
    }
}

pub(super) fn int(value: i64) -> Vec<u8> {
    if value < 0 { head(1, !value as usize) } else { head(0, value as usize) }
}

pub(super) fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}

pub(super) fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

pub(super) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

pub(super) fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let entries: Vec<_> =
        entries.iter().map(|(name, value)| [text(name), value.clone()].concat()).collect();
    [head(5, entries.len()), entries.concat()].concat()
}

pub(super) fn x5c(certificates: &[&[u8]]) -> Vec<u8> {
    array(&certificates.iter().map(|der| bytes(der)).collect::<Vec<_>>())
}

/// A registration of an ES256 key.
pub(super) struct Registration {
    pub(super) key: SigningKey,
    pub(super) aaguid: [u8; 16],
    pub(super) credential_id: Vec<u8>,
    pub(super) rp_id_hash: [u8; 32],
    pub(super) client_data_hash: [u8; 32],
    pub(super) auth_data: Vec<u8>,
    cose: Vec<u8>,
}

impl Registration {
    pub(super) fn new() -> Self {
        Self::with_algorithm(cose::ES256)
    }

    pub(super) fn with_algorithm(algorithm: i64) -> Self {
        let key = key(7);
        let point = point(&key);
        let cose = [
            head(5, 5),
            [int(1), int(2), int(3), int(algorithm), int(-1), int(1)].concat(),
            [int(-2), bytes(&point[1..33]), int(-3), bytes(&point[33..])].concat(),
        ]
        .concat();
        let (aaguid, credential_id) = ([9; 16], b"credential".to_vec());
        let rp_id_hash = sha256(&[b"example.org"]);
        let auth_data =
            [&rp_id_hash[..], &[0x45, 0, 0, 0, 0], &aaguid, &[0, 10], &credential_id, &cose]
                .concat();
        let client_data_hash = sha256(&[b"client data"]);
        Self { key, aaguid, credential_id, rp_id_hash, client_data_hash, auth_data, cose }
    }

    pub(super) fn subject<'a>(&'a self, policy: AttestationPolicy<'a>) -> Subject<'a, 'a> {
        let public_key = cbor::read_all(&self.cose, Limits::CTAP2).expect("CBOR");
        Subject {
            auth_data: &self.auth_data,
            rp_id_hash: &self.rp_id_hash,
            attested: Attested {
                aaguid: &self.aaguid,
                credential_id: &self.credential_id,
                public_key,
            },
            key: cose::parse(&public_key).expect("a key"),
            client_data_hash: &self.client_data_hash,
            es256: crate::crypto::Es256Backend::default(),
            policy,
            now: Some(NOW),
        }
    }

    /// What most formats sign.
    pub(super) fn signed(&self) -> Vec<u8> {
        [&self.auth_data[..], &self.client_data_hash].concat()
    }

    /// What `fido-u2f` signs.
    pub(super) fn signed_u2f(&self) -> Vec<u8> {
        let (id, key) = (&self.credential_id[..], &point(&self.key)[..]);
        [&[0], &self.rp_id_hash[..], &self.client_data_hash, id, key].concat()
    }
}
