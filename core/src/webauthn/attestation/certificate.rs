//! An X.509 certificate, as far as attestation has rules for it: RFC 5280 §4, WebAuthn Level 3 §8.2.1.
//!
//! Invariant: a [`Certificate`] is one whole certificate in DER, with no byte after it and no extension twice, and is signed
//! with the algorithm that it names in its signed part. Nothing is copied. Whether its signature verifies is for
//! [`path`](super::path) to say. Leaks: nothing secret here.

use super::Tolerances;
use super::asn1::{self, Elements};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::encoding::cose::{self, Curve, KeyParts, PublicKey};
use crate::error::Error;
use crate::time::UnixTime;
use alloc::{borrow::Cow, vec::Vec};
use der::asn1::{GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode, Tag, TagNumber};

/// The largest certificate that is read. Genuine ones have about 1 KiB; with an ML-DSA key and signature, 8 KiB.
pub const MAX_LEN: usize = 16 * 1024;

/// The most certificates in one statement. The longest genuine paths, Android's, have five.
pub const MAX_PATH: usize = 8;

/// The most extensions in one certificate. Genuine ones have at most a dozen.
const MAX_EXTENSIONS: usize = 64;

/// The AAGUID in a certificate: id-fido-gen-ce-aaguid (§8.2.1).
pub const OID_AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
const OID_FIRMWARE_VERSION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.5");
/// subjectAltName (RFC 5280 §4.2.1.6).
pub const OID_SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// basicConstraints (RFC 5280 §4.2.1.9).
pub const OID_BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
/// extKeyUsage (RFC 5280 §4.2.1.12).
pub const OID_EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const OID_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// commonName in a name (RFC 5280 Appendix A.1).
pub const OID_COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const OID_COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const OID_ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const OID_ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// The arc ecdsa-with-SHA2, and ecdsa-with-SHA1 beside it (RFC 5758 §3.2, RFC 3279 §2.2.3).
const OID_ECDSA_SIGNATURES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4");

const OID_CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");

/// The kinds of keys (RFC 5480 §2.1.1, RFC 3279 §2.3.1, RFC 8410 §3, RFC 9881 §2).
const OID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const OID_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const OID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const OID_ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const OID_ML_DSA_44: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
const OID_ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");
const OID_ML_DSA_87: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19");

/// The curves (RFC 5480 §2.1.1.1, SEC 2).
const CURVES: [(ObjectIdentifier, Curve); 4] = [
    (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), Curve::P256),
    (ObjectIdentifier::new_unwrap("1.3.132.0.34"), Curve::P384),
    (ObjectIdentifier::new_unwrap("1.3.132.0.35"), Curve::P521),
    (ObjectIdentifier::new_unwrap("1.3.132.0.10"), Curve::Secp256k1),
];

/// NULL, as parameters are if an algorithm's have no content.
const NULL: &[u8] = &[5, 0];

/// A certificate.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    /// The encoding of what is signed.
    signed: &'a [u8],
    version: u8,
    serial_number: &'a [u8],
    /// What is in the SEQUENCE of the signature algorithm's identifier.
    signature_algorithm: &'a [u8],
    issuer: Name<'a>,
    validity: (UnixTime, UnixTime),
    subject: Name<'a>,
    spki: Spki<'a>,
    /// What is in the SEQUENCE of extensions.
    extensions: &'a [u8],
    /// What is in the BIT STRING of the signature; the first byte says how many bits of the last are unused.
    signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads a certificate.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn parse(der: &'a [u8], tolerances: Tolerances) -> Result<Self, Error> {
        let certificate = Self::read(der)?;
        check_serial_number(certificate.serial_number)?;
        check_signature_algorithm(certificate.signature_algorithm, tolerances)?;
        if certificate.signature.first() != Some(&0) && !tolerances.signature_unused_bits {
            return Err(Error::CertificateMalformed);
        }
        Ok(certificate)
    }

    /// Reads a certificate, and leaves out what [`Tolerances`] are about, and the serial number.
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(Error::CertificateMalformed);
        }
        let mut certificate = asn1::sequence(der)?;
        let signed = certificate.encoding()?;
        let outside = certificate.take(Tag::Sequence)?;
        let signature @ [0..=7, _, ..] = certificate.take(Tag::BitString)? else {
            return Err(Error::CertificateMalformed);
        };
        certificate.end()?;

        let mut fields = asn1::sequence(signed)?;
        let version = match fields.take_if(asn1::context(0))? {
            // DER omits a default (X.690 §11.5), and version 1 is one.
            Some(explicit) => match asn1::only(explicit, Tag::Integer)? {
                [version @ 1..=0x7f] => version.saturating_add(1),
                _ => return Err(Error::CertificateMalformed),
            },
            None => 1,
        };
        let serial_number = fields.take(Tag::Integer)?;
        let signature_algorithm = fields.take(Tag::Sequence)?;
        // RFC 5280 §4.1.1.2: the field outside what is signed repeats the one inside.
        if outside != signature_algorithm {
            return Err(Error::CertificateMalformed);
        }
        let issuer = Name::read(fields.take(Tag::Sequence)?)?;
        let mut dates = fields.sequence()?;
        let validity = (read_time(dates.encoding()?)?, read_time(dates.encoding()?)?);
        dates.end()?;
        let subject = Name::read(fields.take(Tag::Sequence)?)?;
        let spki = Spki::read(fields.take(Tag::Sequence)?)?;
        // The unique ids that could stand here are forbidden (RFC 5280 §4.1.2.8).
        let extensions = match fields.take_if(asn1::context(3))? {
            Some(explicit) => asn1::only(explicit, Tag::Sequence)?,
            None => &[],
        };
        fields.end()?;
        check_extensions(extensions)?;
        Ok(Self {
            der,
            signed,
            version,
            serial_number,
            signature_algorithm,
            issuer,
            validity,
            subject,
            spki,
            extensions,
            signature,
        })
    }

    /// The certificate's encoding.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// Whether it is of version 3, the only one with extensions.
    #[must_use]
    pub const fn is_v3(&self) -> bool {
        self.version == 3
    }

    /// Who signed it.
    #[must_use]
    pub const fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    /// The first and the last moment at which it is valid.
    #[must_use]
    pub const fn validity(&self) -> (UnixTime, UnixTime) {
        self.validity
    }

    /// Whom it is for.
    #[must_use]
    pub const fn subject(&self) -> Name<'a> {
        self.subject
    }

    /// The key that it certifies, as it stands there.
    #[must_use]
    pub const fn spki(&self) -> Spki<'a> {
        self.spki
    }

    /// The key that it certifies, as one for this COSE algorithm.
    ///
    /// # Errors
    ///
    /// [`Error::AttestationStatementMismatch`] if it is a key for another, [`Error::CertificateAlgorithmUnsupported`],
    /// [`Error::CertificateMalformed`].
    pub fn public_key(&self, cose_algorithm: i64) -> Result<PublicKey<'a>, Error> {
        self.spki.public_key(cose_algorithm)
    }

    /// Verifies a signature by the certified key, over the concatenation of `message`.
    ///
    /// # Errors
    ///
    /// Those of [`Certificate::public_key`], [`Error::SignatureMalformed`], [`Error::SignatureInvalid`].
    pub fn verify(
        &self,
        cose_algorithm: i64,
        message: &[&[u8]],
        signature: &[u8],
    ) -> Result<(), Error> {
        let key = self.public_key(cose_algorithm)?;
        crypto::verify(&key, message, signature).map_err(|error| match error {
            // The point is not on its curve.
            Error::CosePointInvalid => Error::CertificateMalformed,
            other => other,
        })
    }

    /// The SHA-1 hash of the certified key: the usual key identifier (RFC 5280 §4.2.1.2, method 1).
    #[must_use]
    pub fn key_identifier(&self) -> [u8; 20] {
        crypto::sha1(&[self.spki.key()])
    }

    /// The extension with this identifier.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<Extension<'a>> {
        let mut extensions = Elements::new(self.extensions).ok()?;
        while !extensions.is_empty() {
            let (found, extension) = Extension::read(&mut extensions).ok()?;
            if found == oid.as_bytes() {
                return Some(extension);
            }
        }
        None
    }

    /// What basicConstraints say of whether it is a CA's certificate: nothing, no or yes.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn is_ca(&self) -> Result<Option<bool>, Error> {
        let Some(extension) = self.extension(OID_BASIC_CONSTRAINTS) else { return Ok(None) };
        let mut constraints = asn1::sequence(extension.value)?;
        let is_ca = match constraints.take_if(Tag::Boolean)? {
            Some(content) => asn1::boolean(content)?,
            None => false,
        };
        // The length of the path is webpki's to judge.
        constraints.take_if(Tag::Integer)?;
        constraints.end()?;
        Ok(Some(is_ca))
    }

    /// Whether its key may sign certificates: what keyUsage says, and yes if it says nothing (RFC 5280 §4.2.1.3).
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn may_sign_certificates(&self) -> Result<bool, Error> {
        // Bit 5, counted from the highest.
        self.may_be_used_for(0x04)
    }

    /// Whether its key may sign what is no certificate: what keyUsage says, and yes if it says nothing (RFC 5280 §4.2.1.3).
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn may_sign(&self) -> Result<bool, Error> {
        self.may_be_used_for(0x80)
    }

    fn may_be_used_for(&self, usage: u8) -> Result<bool, Error> {
        let Some(extension) = self.extension(OID_KEY_USAGE) else { return Ok(true) };
        match asn1::only(extension.value, Tag::BitString)? {
            [0] => Ok(false),
            [0..=7, first, ..] => Ok(first & usage != 0),
            _ => Err(Error::CertificateMalformed),
        }
    }

    /// Whether extKeyUsage names this purpose.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn has_extended_key_usage(&self, purpose: ObjectIdentifier) -> Result<bool, Error> {
        let Some(extension) = self.extension(OID_EXTENDED_KEY_USAGE) else { return Ok(false) };
        let mut purposes = asn1::sequence(extension.value)?;
        let mut found = false;
        while !purposes.is_empty() {
            found |= purposes.take(Tag::ObjectIdentifier)? == purpose.as_bytes();
        }
        Ok(found)
    }

    /// The requirements on a packed attestation certificate: §8.2.1.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateRejected`], [`Error::AttestationAaguidMismatch`], [`Error::CertificateMalformed`].
    pub fn check_packed_requirements(&self, aaguid: &[u8; 16]) -> Result<(), Error> {
        let one = |oid| {
            let mut values = self.subject.attributes(oid);
            values.next().filter(|value| !value.is_empty() && values.next().is_none())
        };
        let country = |name: &str| name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase());
        let subject_fits = one(OID_COUNTRY).is_some_and(country)
            && one(OID_ORGANIZATION).is_some()
            && one(OID_ORGANIZATIONAL_UNIT) == Some("Authenticator Attestation")
            && one(OID_COMMON_NAME).is_some();
        if !self.is_v3() || !subject_fits || self.is_ca()? != Some(false) {
            return Err(Error::CertificateRejected);
        }
        self.check_aaguid(aaguid)
    }

    /// The extension with the AAGUID, if it is there, is not critical and names this model.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateRejected`], [`Error::AttestationAaguidMismatch`], [`Error::CertificateMalformed`].
    pub fn check_aaguid(&self, aaguid: &[u8; 16]) -> Result<(), Error> {
        let Some(extension) = self.extension(OID_AAGUID) else { return Ok(()) };
        if extension.critical {
            return Err(Error::CertificateRejected);
        }
        // An OCTET STRING inside the one that every extension's value is.
        let named: &[u8; 16] = asn1::only(extension.value, Tag::OctetString)?
            .try_into()
            .map_err(|_| Error::CertificateMalformed)?;
        if named == aaguid { Ok(()) } else { Err(Error::AttestationAaguidMismatch) }
    }

    /// The version of the authenticator's firmware, if the certificate has one that can be read: id-fido-gen-ce-fw-version
    /// (FIDO Metadata Statement §5).
    #[must_use]
    pub fn firmware_version(&self) -> Option<u64> {
        let mut value = Elements::new(self.extension(OID_FIRMWARE_VERSION)?.value).ok()?;
        let version = value.unsigned().ok().filter(|_| value.is_empty())?;
        let mut number = [0; 8];
        let start = number.len().checked_sub(version.len())?;
        number.get_mut(start..)?.copy_from_slice(version);
        Some(u64::from_be_bytes(number))
    }

    /// The certificate in a form that webpki reads, and what is signed in that form, if they differ from the original.
    ///
    /// Of the signature, the number of unused bits is cleared: [`Tolerances::signature_unused_bits`]. certificatePolicies,
    /// which webpki does not know, are marked as not critical. Microsoft's certificates for TPMs have them so, and no
    /// policy is asked for: then RFC 5280 §6.1 accepts whatever they say.
    pub(super) fn for_webpki(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let critical =
            self.extension(OID_CERTIFICATE_POLICIES).filter(|policies| policies.critical);
        if self.signature.first() == Some(&0) && critical.is_none() {
            return None;
        }
        let mut der = self.der.to_vec();
        *der.get_mut(offset(self.der, self.signature)?)? = 0;
        if let Some(policies) = critical {
            let before = offset(self.der, policies.value)?;
            // 01 01 FF is TRUE; between it and the content are the tag and the length of the OCTET STRING.
            let flag = der.get(..before)?.windows(3).rposition(|window| window == [1, 1, 0xff])?;
            *der.get_mut(flag.checked_add(2)?)? = 0;
        }
        let start = offset(self.der, self.signed)?;
        let signed = der.get(start..start.checked_add(self.signed.len())?)?.to_vec();
        Some((der, signed))
    }

    /// The encoding of what is signed.
    pub(super) const fn signed(&self) -> &'a [u8] {
        self.signed
    }

    pub(super) const fn signature_algorithm(&self) -> &'a [u8] {
        self.signature_algorithm
    }

    pub(super) fn signature(&self) -> &'a [u8] {
        self.signature.get(1..).unwrap_or_default()
    }

    /// Whether its alternative names have this DNS name (RFC 5280 §4.2.1.6), or its common name is it and it has no alternative
    /// names.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn is_for_host(&self, host: &str) -> Result<bool, Error> {
        let Some(extension) = self.extension(OID_SUBJECT_ALT_NAME) else {
            let mut names = self.subject().attributes(OID_COMMON_NAME);
            return Ok(names.next().is_some_and(|name| name.eq_ignore_ascii_case(host))
                && names.next().is_none());
        };
        // dNSName is [2] IMPLICIT IA5String.
        const DNS_NAME: Tag = Tag::ContextSpecific { constructed: false, number: TagNumber(2) };
        let mut names = asn1::sequence(extension.value)?;
        let mut found = false;
        while !names.is_empty() {
            match names.take_if(DNS_NAME)? {
                Some(name) => found |= name.eq_ignore_ascii_case(host.as_bytes()),
                None => {
                    names.next()?;
                }
            }
        }
        Ok(found)
    }
}

/// Where a part of `whole` starts in it.
fn offset(whole: &[u8], part: &[u8]) -> Option<usize> {
    part.as_ptr().addr().checked_sub(whole.as_ptr().addr())
}

/// A distinguished name (RFC 5280 §4.1.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// What is in the SEQUENCE.
    content: &'a [u8],
}

impl<'a> Name<'a> {
    /// A name whose every attribute can be read.
    fn read(content: &'a [u8]) -> Result<Self, Error> {
        let mut names = Elements::new(content)?;
        while !names.is_empty() {
            let mut attributes = Elements::new(names.take(Tag::Set)?)?;
            // SET SIZE (1..MAX)
            read_attribute(&mut attributes)?;
            while !attributes.is_empty() {
                read_attribute(&mut attributes)?;
            }
        }
        Ok(Self { content })
    }

    /// A name from elsewhere in a certificate: the encoding of its SEQUENCE.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateMalformed`].
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        Self::read(asn1::only(der, Tag::Sequence)?)
    }

    /// Whether it has no attribute at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The content of its encoding.
    pub(super) const fn content(&self) -> &'a [u8] {
        self.content
    }

    /// The values of an attribute, in their order. Values that are not ASCII or UTF-8 text are left out.
    pub fn attributes(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut names = Elements::new(self.content).ok();
        let mut attributes: Option<Elements<'a>> = None;
        core::iter::from_fn(move || {
            loop {
                if let Some(left) = attributes.as_mut().filter(|left| !left.is_empty()) {
                    let (found, value) = read_attribute(left).ok()?;
                    if let Some(text) = value.filter(|_| found == oid.as_bytes()) {
                        return Some(text);
                    }
                } else {
                    attributes = Elements::new(names.as_mut()?.take(Tag::Set).ok()?).ok();
                }
            }
        })
    }
}

/// An attribute's type, and its value if it is text.
fn read_attribute<'a>(attributes: &mut Elements<'a>) -> Result<(&'a [u8], Option<&'a str>), Error> {
    use der::Tagged;
    let mut attribute = attributes.sequence()?;
    let oid = attribute.take(Tag::ObjectIdentifier)?;
    let value = attribute.next()?;
    attribute.end()?;
    let is_text = matches!(
        value.tag(),
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString
    );
    Ok((oid, core::str::from_utf8(value.value()).ok().filter(|_| is_text)))
}

/// A subject's public key (RFC 5280 §4.1.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spki<'a> {
    algorithm: &'a [u8],
    key: &'a [u8],
}

/// What a key in a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A point of a Weierstrass curve.
    Ec(Curve),
    /// A point of an Edwards curve.
    Okp(Curve),
    /// RSA.
    Rsa,
    /// ML-DSA, by its COSE number.
    MlDsa(i64),
}

impl<'a> Spki<'a> {
    /// From what is in its SEQUENCE.
    pub(super) fn read(content: &'a [u8]) -> Result<Self, Error> {
        let mut spki = Elements::new(content)?;
        let algorithm = spki.take(Tag::Sequence)?;
        read_algorithm(algorithm)?;
        let [0, key @ ..] = spki.take(Tag::BitString)? else {
            return Err(Error::CertificateMalformed);
        };
        spki.end()?;
        Ok(Self { algorithm, key })
    }

    /// What is in the SEQUENCE of the algorithm's identifier.
    pub(super) const fn algorithm(&self) -> &'a [u8] {
        self.algorithm
    }

    /// What is in the BIT STRING: the key, in the form of its algorithm.
    #[must_use]
    pub const fn key(&self) -> &'a [u8] {
        self.key
    }

    /// The key's numbers.
    ///
    /// # Errors
    ///
    /// [`Error::CertificateAlgorithmUnsupported`], [`Error::CertificateMalformed`].
    pub fn parts(&self) -> Result<KeyParts<'a>, Error> {
        self.kind()?.parts(self.key)
    }

    fn kind(&self) -> Result<KeyKind, Error> {
        let (oid, parameters) = read_algorithm(self.algorithm)?;
        let is = |known: ObjectIdentifier| oid == known.as_bytes();
        let kind = if is(OID_EC_PUBLIC_KEY) {
            let named = asn1::only(parameters, Tag::ObjectIdentifier)?;
            let (_, curve) = CURVES
                .iter()
                .find(|(curve, _)| curve.as_bytes() == named)
                .ok_or(Error::CertificateAlgorithmUnsupported)?;
            return Ok(KeyKind::Ec(*curve));
        } else if is(OID_RSA) {
            return if parameters == NULL {
                Ok(KeyKind::Rsa)
            } else {
                Err(Error::CertificateMalformed)
            };
        } else if is(OID_ED25519) {
            KeyKind::Okp(Curve::Ed25519)
        } else if is(OID_ED448) {
            KeyKind::Okp(Curve::Ed448)
        } else if is(OID_ML_DSA_44) {
            KeyKind::MlDsa(cose::ML_DSA_44)
        } else if is(OID_ML_DSA_65) {
            KeyKind::MlDsa(cose::ML_DSA_65)
        } else if is(OID_ML_DSA_87) {
            KeyKind::MlDsa(cose::ML_DSA_87)
        } else {
            return Err(Error::CertificateAlgorithmUnsupported);
        };
        if parameters.is_empty() { Ok(kind) } else { Err(Error::CertificateMalformed) }
    }

    fn public_key(&self, cose_algorithm: i64) -> Result<PublicKey<'a>, Error> {
        let kind = self.kind()?;
        if matches!(kind, KeyKind::MlDsa(number) if number != cose_algorithm) {
            return Err(Error::AttestationStatementMismatch);
        }
        PublicKey::from_parts(cose_algorithm, kind.parts(self.key)?).map_err(|error| match error {
            Error::CoseKeyMismatch => Error::AttestationStatementMismatch,
            Error::CoseKeyMalformed if kind != KeyKind::Rsa => Error::CertificateMalformed,
            // Too small or too large, if it is a key of RSA.
            _ => Error::CertificateAlgorithmUnsupported,
        })
    }
}

impl KeyKind {
    /// The numbers of a key of this kind, from what is in its BIT STRING.
    pub(super) fn parts(self, key: &[u8]) -> Result<KeyParts<'_>, Error> {
        match self {
            Self::Ec(curve) => {
                let [4, point @ ..] = key else {
                    // Compressed points are allowed (RFC 5480 §2.2), and nobody has them.
                    return Err(Error::CertificateAlgorithmUnsupported);
                };
                let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
                Ok(KeyParts::Ec { curve, x, y })
            }
            Self::Okp(curve) => Ok(KeyParts::Okp { curve, x: key }),
            Self::Rsa => {
                let mut numbers = asn1::sequence(key)?;
                let (n, e) = (numbers.unsigned()?, numbers.unsigned()?);
                numbers.end()?;
                Ok(KeyParts::Rsa { n, e })
            }
            Self::MlDsa(_) => Ok(KeyParts::Akp { key }),
        }
    }
}

/// An algorithm's identifier, and the encoding of its parameters, which is empty if there are none.
fn read_algorithm(content: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let mut elements = Elements::new(content)?;
    let oid = elements.take(Tag::ObjectIdentifier)?;
    let parameters = if elements.is_empty() { &[] } else { elements.encoding()? };
    elements.end()?;
    Ok((oid, parameters))
}

/// An extension (RFC 5280 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Whether a verifier that does not know it must refuse the certificate.
    pub critical: bool,
    /// What is in its OCTET STRING.
    pub value: &'a [u8],
}

impl<'a> Extension<'a> {
    fn read(extensions: &mut Elements<'a>) -> Result<(&'a [u8], Self), Error> {
        let mut extension = extensions.sequence()?;
        let oid = extension.take(Tag::ObjectIdentifier)?;
        // A FALSE that is written out, though it is the default, is let pass, as webpki does.
        let critical = match extension.take_if(Tag::Boolean)? {
            Some(content) => asn1::boolean(content)?,
            None => false,
        };
        let value = extension.take(Tag::OctetString)?;
        extension.end()?;
        Ok((oid, Self { critical, value }))
    }
}

/// RFC 5280 §4.2: no extension twice.
fn check_extensions(content: &[u8]) -> Result<(), Error> {
    let mut extensions = Elements::new(content)?;
    let mut seen = Vec::new();
    while !extensions.is_empty() {
        let (oid, _) = Extension::read(&mut extensions)?;
        if seen.contains(&oid) || seen.len() == MAX_EXTENSIONS {
            return Err(Error::CertificateMalformed);
        }
        seen.push(oid);
    }
    Ok(())
}

/// RFC 5280 §4.1.2.2: not negative, in its shortest form, at most 20 bytes and a sign's.
fn check_serial_number(content: &[u8]) -> Result<(), Error> {
    match content {
        [0, 0..=0x7f, ..] => Err(Error::CertificateMalformed),
        [0..=0x7f, ..] if content.len() <= 21 => Ok(()),
        _ => Err(Error::CertificateMalformed),
    }
}

/// RFC 5758 §3.2: ECDSA's identifiers have no parameters.
fn check_signature_algorithm(identifier: &[u8], tolerances: Tolerances) -> Result<(), Error> {
    let (oid, parameters) = read_algorithm(identifier)?;
    let fault = oid.starts_with(OID_ECDSA_SIGNATURES.as_bytes()) && !parameters.is_empty();
    if fault && !(tolerances.ecdsa_null_parameters && parameters == NULL) {
        return Err(Error::CertificateMalformed);
    }
    Ok(())
}

/// A UTCTime or a GeneralizedTime, to the second, in Greenwich (RFC 5280 §4.1.2.5).
fn read_time(der: &[u8]) -> Result<UnixTime, Error> {
    UtcTime::from_der(der)
        .map(|time| time.to_unix_duration())
        .or_else(|_| GeneralizedTime::from_der(der).map(|time| time.to_unix_duration()))
        .map(|since_epoch| UnixTime::from_seconds(since_epoch.as_secs()))
        .map_err(|_| Error::CertificateMalformed)
}

/// The certificates in an `x5c`, the attestation certificate first. They are not read yet.
///
/// # Errors
///
/// [`Error::AttestationStatementMalformed`].
pub fn read_x5c(x5c: Value<'_>) -> Result<Vec<Cow<'_, [u8]>>, Error> {
    let certificates: Option<Vec<_>> = x5c
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| item.as_bytes().filter(|der| der.len() <= MAX_LEN).map(Cow::Borrowed))
        .collect();
    certificates
        .filter(|certificates| (1..=MAX_PATH).contains(&certificates.len()))
        .ok_or(Error::AttestationStatementMalformed)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::test_builder::*;
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use crate::encoding::cose::{EDDSA, ES256, ES384, RS256};

    const STRICT: Tolerances =
        Tolerances { ecdsa_null_parameters: false, signature_unused_bits: false };

    fn leaf() -> Builder {
        Builder::leaf("CA", &key(1))
    }

    fn refused(change: impl FnOnce(&mut Builder)) -> Option<Error> {
        Certificate::parse(&leaf().with(change).sign(&key(2)), STRICT).err()
    }

    #[test]
    fn a_certificate_is_taken_apart() {
        let der =
            leaf().with(|c| c.extensions.push(aaguid_extension(false, &[9; 16]))).sign(&key(2));
        let certificate = Certificate::parse(&der, STRICT).expect("a certificate");
        assert!(certificate.is_v3());
        assert_eq!(certificate.der(), der);
        assert_eq!(certificate.subject().attributes(OID_COMMON_NAME).next(), Some("Model"));
        assert_eq!(certificate.issuer().attributes(OID_COMMON_NAME).next(), Some("CA"));
        let dates = (UnixTime::from_seconds(1_704_067_200), UnixTime::from_seconds(2_019_686_400));
        assert_eq!(certificate.validity(), dates);
        assert_eq!(certificate.spki().key(), point(&key(1)));
        assert_eq!(certificate.is_ca(), Ok(Some(false)));
        let extension = certificate.extension(OID_AAGUID).expect("there");
        assert_eq!((extension.critical, extension.value.len()), (false, 18));
        assert_eq!(certificate.extension(OID_KEY_USAGE), None);
        assert_eq!(certificate.check_packed_requirements(&[9; 16]), Ok(()));
        assert!(certificate.for_webpki().is_none());
    }

    #[test]
    fn what_is_not_one_certificate_in_der_is_malformed() {
        let malformed = Some(Error::CertificateMalformed);
        let der = leaf().sign(&key(2));
        assert!(Certificate::parse(&der, STRICT).is_ok());
        for end in 0..der.len() {
            assert_eq!(Certificate::parse(&der[..end], STRICT).err(), malformed, "{end}");
        }
        let trailing = [&der[..], &[0]].concat();
        assert_eq!(Certificate::parse(&trailing, STRICT).err(), malformed);
        // A length in a longer form than it needs (BER), and one that is not told.
        let longer = [&[0x30, 0x83, 0, der[2], der[3]], &der[4..]].concat();
        assert_eq!(Certificate::parse(&longer, STRICT).err(), malformed);
        let indefinite = [&[0x30, 0x80], &der[4..], &[0, 0]].concat();
        assert_eq!(Certificate::parse(&indefinite, STRICT).err(), malformed);
        let large = extension(b"\x55\x1d\x0e", false, &[0; MAX_LEN]);
        assert_eq!(refused(|c| c.extensions.push(large)), malformed);
        let nearly = extension(b"\x55\x1d\x0e", false, &[0; MAX_LEN - 600]);
        assert_eq!(refused(|c| c.extensions.push(nearly)), None);
    }

    #[test]
    fn no_byte_changed_makes_a_panic() {
        let der = leaf().sign(&key(2));
        for at in 0..der.len() {
            for bit in 0..8 {
                let mut changed = der.clone();
                changed[at] ^= 1 << bit;
                if let Ok(certificate) = Certificate::parse(&changed, STRICT) {
                    let _ = certificate.check_packed_requirements(&[9; 16]);
                    let _ = certificate.public_key(ES256);
                    let _ = certificate.may_sign_certificates();
                    let _ = certificate.for_webpki();
                }
            }
        }
    }

    #[test]
    fn each_field_has_its_form() {
        let malformed = Some(Error::CertificateMalformed);
        assert_eq!(refused(|_| {}), None);
        for number in [&[0xff][..], &[], &[0, 1], &[1; 22]] {
            assert_eq!(refused(|c| c.serial = tlv(INTEGER, &[number])), malformed, "{number:?}");
        }
        assert_eq!(refused(|c| c.serial = tlv(INTEGER, &[&[1; 20]])), None);
        assert_eq!(refused(|c| c.version = tlv(0xa0, &[&tlv(INTEGER, &[&[0]])])), malformed);
        assert_eq!(refused(|c| c.version = tlv(0xa0, &[&tlv(INTEGER, &[&[2, 2]])])), malformed);
        let sha384 = tlv(SEQUENCE, &[b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"]);
        assert_eq!(refused(|c| c.outer_algorithm = sha384), malformed);
        let empty_set = tlv(SEQUENCE, &[&tlv(SET, &[])]);
        assert_eq!(refused(|c| c.subject = empty_set.clone()), malformed);
        assert_eq!(refused(|c| c.issuer = empty_set.clone()), malformed);
        for date in [&b"240101000000"[..], b"241301000000Z", b"2401010000Z", b"600101000000Z"] {
            assert_eq!(refused(|c| c.dates[0] = tlv(UTC_TIME, &[date])), malformed, "{date:?}");
        }
        assert_eq!(refused(|c| c.dates[1] = tlv(0x18, &[b"20660101000000Z"])), None);
        let unused = tlv(SEQUENCE, &[&spki(&key(1))[2..23], &tlv(BIT_STRING, &[&[1], &[4; 65]])]);
        assert_eq!(refused(|c| c.spki = unused), malformed);
        let unique_id = tlv(0x81, &[&[0, 1]]);
        assert_eq!(refused(|c| c.spki.extend(unique_id)), malformed);
    }

    #[test]
    fn extensions_are_well_formed_and_unique() {
        let malformed = Some(Error::CertificateMalformed);
        let twice = aaguid_extension(false, &[9; 16]);
        assert_eq!(refused(|c| c.extensions.push(twice.clone())), None);
        assert_eq!(refused(|c| c.extensions.extend([twice.clone(), twice])), malformed);
        let flagged = |flag: u8| {
            let oid = tlv(OID, &[ID_AAGUID]);
            tlv(SEQUENCE, &[&oid, &tlv(BOOLEAN, &[&[flag]]), &tlv(OCTET_STRING, &[&[5, 0]])])
        };
        assert_eq!(refused(|c| c.extensions.push(flagged(0))), None);
        assert_eq!(refused(|c| c.extensions.push(flagged(1))), malformed);
        let many = |n: u8| (0..n).map(|i| extension(&[0x55, 0x1d, 0x80, i & 0x7f], false, &[]));
        assert_eq!(refused(|c| c.extensions = many(64).collect()), None);
        assert_eq!(refused(|c| c.extensions = many(65).collect()), malformed);
    }

    #[test]
    fn known_faults_pass_by_their_names_alone() {
        let null = leaf().with(|c| {
            c.inner_algorithm = tlv(SEQUENCE, &[ECDSA_SHA256, NULL]);
            c.outer_algorithm = c.inner_algorithm.clone();
        });
        let unused_bits = leaf().with(|c| c.unused_bits = 5);
        let null_tolerated = Tolerances { ecdsa_null_parameters: true, ..STRICT };
        let bits_tolerated = Tolerances { signature_unused_bits: true, ..STRICT };
        let passes = |certificate: &Builder, tolerances| {
            Certificate::parse(&certificate.sign(&key(2)), tolerances).map(|_| ())
        };
        let malformed = Err(Error::CertificateMalformed);
        for (certificate, its_own, other) in [
            (&null, null_tolerated, bits_tolerated),
            (&unused_bits, bits_tolerated, null_tolerated),
        ] {
            assert_eq!(passes(certificate, STRICT), malformed);
            assert_eq!(passes(certificate, other), malformed);
            assert_eq!(passes(certificate, its_own), Ok(()));
        }
        assert_eq!(passes(&unused_bits.with(|c| c.unused_bits = 8), bits_tolerated), malformed);
        let other = leaf().with(|c| {
            c.inner_algorithm = tlv(SEQUENCE, &[ECDSA_SHA256, &[5, 1, 0]]);
            c.outer_algorithm = c.inner_algorithm.clone();
        });
        assert_eq!(passes(&other, null_tolerated), malformed);
    }

    // H2
    #[test]
    fn a_packed_certificate_has_its_version_subject_and_constraints() {
        let check = |change: &dyn Fn(&mut Builder)| {
            let der = leaf().with(change).sign(&key(2));
            Certificate::parse(&der, STRICT)?.check_packed_requirements(&[9; 16])
        };
        assert_eq!(check(&|_| {}), Ok(()));
        let rejected = Err(Error::CertificateRejected);
        assert_eq!(check(&|c| c.version = tlv(0xa0, &[&tlv(INTEGER, &[&[1]])])), rejected);
        assert_eq!(check(&|c| c.version = tlv(0xa0, &[&tlv(INTEGER, &[&[3]])])), rejected);
        assert_eq!(check(&|c| c.version = Vec::new()), rejected);
        for (oid, value) in [
            (C, None),
            (C, Some("se")),
            (C, Some("SWE")),
            (C, Some("S1")),
            (O, None),
            (O, Some("")),
            (OU, None),
            (OU, Some("authenticator attestation")),
            (OU, Some("Authenticator Attestation ")),
            (CN, None),
            (CN, Some("")),
        ] {
            let subject = packed_subject(oid, value);
            assert_eq!(check(&|c| c.subject = subject.clone()), rejected, "{value:?}");
        }
        let two = [packed_subject(b"", None)[2..].to_vec(), attribute(UTF8, OU, "Other")];
        assert_eq!(check(&|c| c.subject = name(&two)), rejected);
        assert_eq!(check(&|c| c.extensions.clear()), rejected);
        assert_eq!(check(&|c| c.extensions = std::vec![basic_constraints(true, None)]), rejected);
        let odd = extension(ID_BASIC_CONSTRAINTS, true, &[0x30, 1, 0]);
        let malformed = Err(Error::CertificateMalformed);
        assert_eq!(check(&|c| c.extensions = std::vec![odd.clone()]), malformed);
    }

    // H3
    #[test]
    fn the_aaguid_in_a_certificate_is_the_authenticators() {
        let check = |extension: Vec<u8>| {
            let der = leaf().with(|c| c.extensions.push(extension)).sign(&key(2));
            Certificate::parse(&der, STRICT)?.check_aaguid(&[9; 16])
        };
        assert_eq!(check(aaguid_extension(false, &[9; 16])), Ok(()));
        assert_eq!(check(aaguid_extension(false, &[8; 16])), Err(Error::AttestationAaguidMismatch));
        assert_eq!(check(aaguid_extension(true, &[9; 16])), Err(Error::CertificateRejected));
        let malformed = Err(Error::CertificateMalformed);
        assert_eq!(check(aaguid_extension(false, &[9; 15])), malformed);
        assert_eq!(check(aaguid_extension(false, &[9; 17])), malformed);
        assert_eq!(check(extension(ID_AAGUID, false, &[9; 16])), malformed);
        let trailing = [&tlv(OCTET_STRING, &[&[9; 16]])[..], &[0]].concat();
        assert_eq!(check(extension(ID_AAGUID, false, &trailing)), malformed);
    }

    #[test]
    fn a_key_is_one_for_its_algorithm_alone() {
        let key_of = |spki: Vec<u8>, algorithm| {
            let der = leaf().with(|c| c.spki = spki).sign(&key(2));
            Certificate::parse(&der, STRICT)?.public_key(algorithm).map(|key| key.algorithm())
        };
        let mismatch = Err(Error::AttestationStatementMismatch);
        let unsupported = Err(Error::CertificateAlgorithmUnsupported);
        let malformed = Err(Error::CertificateMalformed);
        assert_eq!(key_of(spki(&key(1)), ES256), Ok(ES256));
        assert_eq!(key_of(spki(&key(1)), 12345), unsupported);
        for (algorithm, built_in) in [
            (EDDSA, cfg!(feature = "ed25519")),
            (ES384, cfg!(feature = "es384")),
            (RS256, cfg!(feature = "rsassa-pkcs1")),
        ] {
            let expected = if built_in { mismatch } else { unsupported };
            assert_eq!(key_of(spki(&key(1)), algorithm), expected, "{algorithm}");
        }
        const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
        const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
        const P384: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x22";
        let ec = |curve: &[u8], key: &[u8]| key_of(spki_of(&[EC, curve].concat(), key), ES256);
        assert_eq!(ec(P384, &[4; 97]), mismatch);
        assert_eq!(ec(b"\x06\x05\x2b\x81\x04\x00\x21", &[4; 57]), unsupported);
        assert_eq!(ec(&[], &[4; 65]), malformed);
        assert_eq!(ec(P256, &[4; 64]), malformed);
        assert_eq!(ec(P256, &[4; 67]), malformed);
        assert_eq!(ec(P256, &[2; 33]), unsupported);
        assert_eq!(ec(P256, &[]), unsupported);
        let unknown = spki_of(b"\x06\x03\x2b\x65\x6f", &[1; 32]);
        assert_eq!(key_of(unknown, ES256), unsupported);
        let ed25519 = spki_of(b"\x06\x03\x2b\x65\x70", &[1; 32]);
        assert_eq!(key_of(ed25519, ES256), mismatch);
        let with_parameters = spki_of(b"\x06\x03\x2b\x65\x70\x05\x00", &[1; 32]);
        assert_eq!(key_of(with_parameters, ES256), malformed);
    }

    #[cfg(feature = "rsassa-pkcs1")]
    #[test]
    fn an_rsa_key_has_2048_bits_and_an_exponent_of_at_least_3() {
        const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
        let key_of = |parameters: &[u8], n: &[u8], e: &[u8]| {
            let numbers = tlv(SEQUENCE, &[&tlv(INTEGER, &[n]), &tlv(INTEGER, &[e])]);
            let spki = spki_of(&[RSA, parameters].concat(), &numbers);
            let der = leaf().with(|c| c.spki = spki).sign(&key(2));
            Certificate::parse(&der, STRICT)?.public_key(RS256).map(|key| key.algorithm())
        };
        let n = [&[0][..], &[0xff; 256]].concat();
        assert_eq!(key_of(NULL, &n, &[3]), Ok(RS256));
        let unsupported = Err(Error::CertificateAlgorithmUnsupported);
        assert_eq!(key_of(NULL, &[&[0x7f][..], &[0xff; 255]].concat(), &[3]), unsupported);
        assert_eq!(key_of(NULL, &n, &[1]), unsupported);
        assert_eq!(key_of(NULL, &n, &[4]), unsupported);
        let malformed = Err(Error::CertificateMalformed);
        assert_eq!(key_of(&[], &n, &[3]), malformed);
        assert_eq!(key_of(NULL, &[0xff; 256], &[3]), malformed);
        assert_eq!(key_of(NULL, &[&[0, 0][..], &[0xff; 256]].concat(), &[3]), malformed);
    }

    #[test]
    fn a_point_off_its_curve_verifies_nothing() {
        let odd = spki_of(&spki(&key(1))[4..23], &[4; 65]);
        let der = leaf().with(|c| c.spki = odd).sign(&key(2));
        let certificate = Certificate::parse(&der, STRICT).expect("a certificate");
        let signature = sign(&key(1), b"message");
        let verified = certificate.verify(ES256, &[b"message"], &signature);
        assert_eq!(verified, Err(Error::CertificateMalformed));
    }

    #[test]
    fn usages_are_read() {
        let with = |extension: Vec<u8>| leaf().with(|c| c.extensions = std::vec![extension]);
        let may_sign = |value: &[u8]| {
            let der = with(extension(ID_KEY_USAGE, true, value)).sign(&key(2));
            Certificate::parse(&der, STRICT)?.may_sign_certificates()
        };
        assert_eq!(may_sign(&[3, 2, 2, 0x04]), Ok(true));
        assert_eq!(may_sign(&[3, 2, 1, 0x06]), Ok(true));
        assert_eq!(may_sign(&[3, 2, 7, 0x80]), Ok(false));
        assert_eq!(may_sign(&[3, 1, 0]), Ok(false));
        assert_eq!(may_sign(&[3, 2, 8, 0x04]), Err(Error::CertificateMalformed));
        assert_eq!(may_sign(&[3, 0]), Err(Error::CertificateMalformed));

        let purpose = ObjectIdentifier::new_unwrap("2.23.133.8.3");
        let has = |value: &[u8]| {
            let der = with(extension(ID_EXTENDED_KEY_USAGE, false, value)).sign(&key(2));
            Certificate::parse(&der, STRICT)?.has_extended_key_usage(purpose)
        };
        let (asked, other) = (tlv(OID, &[b"\x67\x81\x05\x08\x03"]), tlv(OID, &[b"\x67\x81\x05"]));
        assert_eq!(has(&tlv(SEQUENCE, &[&other, &asked])), Ok(true));
        assert_eq!(has(&tlv(SEQUENCE, &[&other])), Ok(false));
        assert_eq!(has(&tlv(SEQUENCE, &[&asked, &[5, 0]])), Err(Error::CertificateMalformed));
        let none = leaf().sign(&key(2));
        let certificate = Certificate::parse(&none, STRICT).expect("a certificate");
        assert_eq!(certificate.has_extended_key_usage(purpose), Ok(false));
        assert_eq!(certificate.may_sign_certificates(), Ok(true));
        assert_eq!(certificate.firmware_version(), None);
    }

    #[test]
    fn identifiers_of_key_and_firmware_are_read() {
        const ID_FIRMWARE: &[u8] = b"\x2b\x06\x01\x04\x01\x82\xe5\x1c\x01\x01\x05";
        let version = |value: &[u8]| {
            let der = leaf()
                .with(|c| c.extensions.push(extension(ID_FIRMWARE, false, value)))
                .sign(&key(2));
            Certificate::parse(&der, STRICT).expect("a certificate").firmware_version()
        };
        assert_eq!(version(&[2, 1, 0]), Some(0));
        assert_eq!(version(&[2, 2, 1, 2]), Some(258));
        assert_eq!(version(&[&[2, 9, 0][..], &[0xff; 8]].concat()), Some(u64::MAX));
        assert_eq!(version(&[&[2, 9, 1][..], &[0xff; 8]].concat()), None);
        assert_eq!(version(&[2, 1, 0xff]), None);
        assert_eq!(version(&[2, 1, 1, 0]), None);
        let der = leaf().sign(&key(2));
        let certificate = Certificate::parse(&der, STRICT).expect("a certificate");
        assert_eq!(certificate.key_identifier(), crypto::sha1(&[&point(&key(1))]));
    }

    #[test]
    fn attributes_stand_in_any_set_and_are_text() {
        let pair = |tag: u8, oid: &[u8], value: &[u8]| {
            tlv(SEQUENCE, &[&tlv(OID, &[oid]), &tlv(tag, &[value])])
        };
        let der = tlv(
            SEQUENCE,
            &[
                &tlv(
                    SET,
                    &[&pair(UTF8, CN, b"a"), &pair(UTF8, O, b"b"), &pair(PRINTABLE, CN, b"c")],
                ),
                &tlv(SET, &[&pair(0x1e, CN, b"\0d")]),
                &tlv(SET, &[&pair(UTF8, CN, b"\xff")]),
                &tlv(SET, &[&pair(0x16, CN, b"e")]),
            ],
        );
        let name = Name::parse(&der).expect("a name");
        let values: Vec<&str> = name.attributes(OID_COMMON_NAME).collect();
        assert_eq!(values, ["a", "c", "e"]);
        assert!(!name.is_empty());
        assert!(Name::parse(&[0x30, 0]).expect("a name").is_empty());
        assert_eq!(Name::parse(&[0x30, 0, 0]).err(), Some(Error::CertificateMalformed));
        assert_eq!(Name::parse(&[0x31, 0]).err(), Some(Error::CertificateMalformed));
    }

    #[test]
    fn one_to_eight_certificates_stand_in_x5c() {
        let read = |cbor: Vec<u8>| {
            let value = cbor::read_all(&cbor, Limits::CTAP2).expect("CBOR");
            read_x5c(value).map(|path| path.len())
        };
        let malformed = Err(Error::AttestationStatementMalformed);
        assert_eq!(read(x5c(&[b"a"])), Ok(1));
        assert_eq!(read(x5c(&[&b"a"[..]; 8])), Ok(8));
        assert_eq!(read(x5c(&[&b"a"[..]; 9])), malformed);
        assert_eq!(read(x5c(&[])), malformed);
        assert_eq!(read(x5c(&[&[0; MAX_LEN]])), Ok(1));
        assert_eq!(read(x5c(&[&[0; MAX_LEN + 1]])), malformed);
        assert_eq!(read(array(&[bytes(b"a"), text("b")])), malformed);
        assert_eq!(read(bytes(b"a")), malformed);
    }
}
