//! X.509 certificates (RFC 5280) for attestation: a template whose fields are knobs, right by default.

use crate::der::{self, Element};
use crate::keys::Key;

/// id-fido-gen-ce-aaguid (WebAuthn Level 3 §8.2.1).
pub const AAGUID: &str = "1.3.6.1.4.1.45724.1.1.4";
/// The nonce of Apple's anonymous attestation (§8.8).
pub const APPLE_NONCE: &str = "1.2.840.113635.100.8.2";
/// `KeyDescription` of Android's key attestation (§8.4.1).
pub const KEY_DESCRIPTION: &str = "1.3.6.1.4.1.11129.2.1.17";
/// basicConstraints.
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
/// keyUsage.
pub const KEY_USAGE: &str = "2.5.29.15";
/// extKeyUsage.
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
/// subjectAltName.
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
/// subjectKeyIdentifier.
pub const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
/// authorityKeyIdentifier.
pub const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
/// nameConstraints.
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
/// tcg-kp-AIKCertificate (§8.3.1).
pub const AIK_CERTIFICATE: &str = "2.23.133.8.3";
/// digitalSignature, as keyUsage names it.
pub const DIGITAL_SIGNATURE: [u8; 2] = [7, 0x80];
/// keyCertSign and cRLSign, as keyUsage names them.
pub const CERTIFICATE_AUTHORITY: [u8; 2] = [1, 0x06];

/// An extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name, such as `2.5.29.19`.
    pub oid: String,
    /// Whether it is critical.
    pub critical: bool,
    /// The content of its OCTET STRING.
    pub value: Element,
}

impl Extension {
    /// An extension.
    #[must_use]
    pub fn new(oid: &str, critical: bool, value: Element) -> Self {
        Self { oid: oid.to_owned(), critical, value }
    }

    /// basicConstraints: whether its holder is a certificate authority, and of how many authorities below.
    #[must_use]
    pub fn basic_constraints(authority: bool, path_len: Option<u64>) -> Self {
        let mut parts = Vec::new();
        if authority {
            parts.push(der::boolean(true));
        }
        parts.extend(path_len.map(der::number));
        Self::new(BASIC_CONSTRAINTS, true, der::list(&parts))
    }

    /// keyUsage: the number of unused bits and the bits.
    #[must_use]
    pub fn key_usage(bits: [u8; 2]) -> Self {
        Self::new(KEY_USAGE, true, der::element(3, &bits))
    }

    /// The model of the authenticator.
    #[must_use]
    pub fn aaguid(aaguid: &[u8]) -> Self {
        Self::new(AAGUID, false, der::octets(aaguid))
    }

    /// The nonce of an Apple certificate.
    #[must_use]
    pub fn apple_nonce(nonce: &[u8]) -> Self {
        let value = der::list(&[der::explicit(1, &der::octets(nonce))]);
        Self::new(APPLE_NONCE, false, value)
    }

    /// extKeyUsage.
    #[must_use]
    pub fn extended_key_usage(purposes: &[&str]) -> Self {
        let purposes: Vec<Element> = purposes.iter().map(|purpose| der::oid(purpose)).collect();
        Self::new(EXTENDED_KEY_USAGE, false, der::list(&purposes))
    }

    fn bytes(&self) -> Element {
        let mut parts = vec![der::oid(&self.oid)];
        if self.critical {
            parts.push(der::boolean(true));
        }
        parts.push(der::octets(&self.value));
        der::list(&parts)
    }
}

/// An attribute of a name: its type, such as `2.5.4.3`, and its value.
pub type Attribute = (&'static str, Element);

/// A name of attributes, each in a set of its own.
#[must_use]
pub fn name(attributes: &[Attribute]) -> Element {
    let sets: Vec<Element> = attributes
        .iter()
        .map(|(kind, value)| der::set(&[der::list(&[der::oid(kind), value.clone()])]))
        .collect();
    der::list(&sets)
}

/// The attributes that §8.2.1 asks for, in the order common name, organisation, unit, country.
#[must_use]
pub fn attributes(
    common_name: &str,
    organisation: &str,
    unit: &str,
    country: &str,
) -> Vec<Attribute> {
    vec![
        ("2.5.4.3", der::utf8(common_name)),
        ("2.5.4.10", der::utf8(organisation)),
        ("2.5.4.11", der::utf8(unit)),
        ("2.5.4.6", der::printable(country)),
    ]
}

/// A time as RFC 5280 wants it: UTCTime up to 2049, GeneralizedTime from then on. `YYYYMMDDHHMMSS`.
#[must_use]
pub fn time(digits: &str) -> Element {
    match digits {
        early if early < "2050" => der::element(0x17, format!("{}Z", &early[2..]).as_bytes()),
        late => der::element(0x18, format!("{late}Z").as_bytes()),
    }
}

/// A certificate before it is signed. The fields are knobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The version's number as it is written: 2 for version 3; `None` for version 1, which is not written.
    pub version: Option<u64>,
    /// The content of the serial number.
    pub serial: Vec<u8>,
    /// The algorithm inside; `None`: the signer's.
    pub inner_algorithm: Option<Element>,
    /// The algorithm outside; `None`: the signer's.
    pub outer_algorithm: Option<Element>,
    /// The issuer's name.
    pub issuer: Element,
    /// From when to when.
    pub validity: [Element; 2],
    /// The subject's name.
    pub subject: Element,
    /// The subject's key.
    pub spki: Element,
    /// The extensions; none at all are not written.
    pub extensions: Vec<Extension>,
    /// Bytes behind the extensions, inside what is signed.
    pub more: Vec<u8>,
}

impl Certificate {
    /// A certificate of version 3 without extensions, valid from 2024 to 3024.
    #[must_use]
    pub fn new(serial: &[u8], issuer: &[u8], subject: &[u8], key: &Key) -> Self {
        Self {
            version: Some(2),
            serial: der::positive(serial),
            inner_algorithm: None,
            outer_algorithm: None,
            issuer: issuer.to_vec(),
            validity: [time("20240101000000"), time("30240101000000")],
            subject: subject.to_vec(),
            spki: key.spki(),
            extensions: Vec::new(),
            more: Vec::new(),
        }
    }

    /// The extension of this name.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn extension(&mut self, oid: &str) -> &mut Extension {
        let found = self.extensions.iter_mut().find(|extension| extension.oid == oid);
        found.unwrap_or_else(|| panic!("no extension {oid}"))
    }

    /// Puts an extension in the place of the one of its name, or behind the others.
    pub fn set(&mut self, extension: Extension) {
        match self.extensions.iter_mut().find(|old| old.oid == extension.oid) {
            Some(old) => *old = extension,
            None => self.extensions.push(extension),
        }
    }

    /// Takes the extension of this name away.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn remove(&mut self, oid: &str) {
        let before = self.extensions.len();
        self.extensions.retain(|extension| extension.oid != oid);
        assert_ne!(before, self.extensions.len(), "no extension {oid}");
    }

    /// `TBSCertificate`: what is signed.
    #[must_use]
    pub fn to_be_signed(&self, algorithm: &[u8]) -> Element {
        let version = self.version.map(|version| der::explicit(0, &der::number(version)));
        let extensions: Vec<Element> = self.extensions.iter().map(Extension::bytes).collect();
        let extensions =
            (!extensions.is_empty()).then(|| der::explicit(3, &der::list(&extensions)));
        let parts = [
            version.unwrap_or_default(),
            der::integer(&self.serial),
            self.inner_algorithm.clone().unwrap_or_else(|| algorithm.to_vec()),
            self.issuer.clone(),
            der::list(&self.validity),
            self.subject.clone(),
            self.spki.clone(),
            extensions.unwrap_or_default(),
            self.more.clone(),
        ];
        der::list(&parts)
    }

    /// The certificate, signed by this key.
    #[must_use]
    pub fn sign(&self, signer: &Key) -> Element {
        let algorithm = signer.signature_algorithm();
        let body = self.to_be_signed(&algorithm);
        let signature = signer.sign(&body);
        let outer = self.outer_algorithm.clone().unwrap_or(algorithm);
        der::list(&[body, outer, der::bits(&signature)])
    }
}

/// The key identifier of RFC 5280 §4.2.1.2 (1): SHA-1 of the key's bits.
#[must_use]
pub fn key_identifier(key: &Key) -> Vec<u8> {
    crate::rsa::Hash::Sha1.of(&key.spki_key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Es256Key, verifies};

    #[test]
    fn a_certificate_is_signed_by_its_issuer() {
        let (issuer, subject) =
            (Key::Es256(Es256Key::new(&[7; 32])), Key::Es256(Es256Key::new(&[8; 32])));
        let mut certificate = Certificate::new(&[0x80], &name(&[]), &name(&[]), &subject);
        certificate.set(Extension::basic_constraints(false, None));
        certificate.set(Extension::basic_constraints(true, Some(0)));
        assert_eq!(certificate.extension(BASIC_CONSTRAINTS).value, der::raw("30060101ff020100"));
        let body = certificate.to_be_signed(&issuer.signature_algorithm());
        let whole = certificate.sign(&issuer);
        let at = whole.windows(body.len()).position(|window| window == body).expect("inside");
        let rest = &whole[at + body.len() + issuer.signature_algorithm().len()..];
        // BIT STRING, a length, no unused bits.
        assert_eq!((rest[0], rest[2]), (3, 0));
        assert!(verifies(&issuer.cose(), &body, &rest[3..]));
        certificate.remove(BASIC_CONSTRAINTS);
        certificate.version = None;
        let shorter = certificate.to_be_signed(&[]);
        // The serial number stands first, positive.
        assert_eq!(shorter[3..7], [2, 2, 0, 0x80]);
    }

    #[test]
    fn times_change_their_form_in_2050() {
        assert_eq!(time("20491231235959"), der::element(0x17, b"491231235959Z"));
        assert_eq!(time("20500101000000"), der::element(0x18, b"20500101000000Z"));
    }
}
