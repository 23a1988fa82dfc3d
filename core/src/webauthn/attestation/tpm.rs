//! The format `tpm`: WebAuthn Level 3 §8.3, TPM 2.0 Library Part 2 (structures).
//!
//! The statement is `{ver, alg, x5c, sig, certInfo, pubArea}`: `pubArea` is the credential's key as the TPM holds it, `certInfo`
//! is what the TPM says of it and of the registration, and `sig` is by a key that a CA knows to be a TPM's. Invariant: both
//! structures are read to their last byte; the key in `pubArea` is the credential's, whatever its type. Leaks: nothing secret
//! here.

use super::asn1;
use super::certificate::{self, Certificate, Name, OID_AAGUID, OID_SUBJECT_ALT_NAME};
use super::{Attestation, AttestationType, FidoSwitches, Subject};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::encoding::cose::{self, Curve, KeyParts, Scheme};
use crate::encoding::reader::Reader;
use crate::error::Error;
use der::asn1::ObjectIdentifier;

/// RSASSA-PKCS1-v1_5 with SHA-1 (RFC 8812 §2): not for credentials, and here only under a switch.
const RS1: i64 = -65535;

/// tcg-kp-AIKCertificate: the purpose of an attestation key's certificate (§8.3.1).
const OID_AIK_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.3");
/// tcg-at-tpmManufacturer (TCG EK Credential Profile §3.2.9).
const OID_TPM_MANUFACTURER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.1");
/// tcg-at-tpmModel.
const OID_TPM_MODEL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.2");
/// tcg-at-tpmVersion.
const OID_TPM_VERSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.2.3");

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let switches = subject.policy.switches;
    let statement = Statement::read(&statement)?;
    if statement.version != "2.0" {
        return Err(Error::AttestationClaimRejected);
    }
    let public = Public::parse(statement.pub_area).ok_or(Error::AttestationStatementMalformed)?;
    if !public.is(&subject.key.parts()) {
        return Err(Error::AttestationKeyMismatch);
    }
    let info = CertifyInfo::parse(statement.cert_info)?;
    let signed_hash = signed_hash(statement.algorithm, switches)?;
    if info.extra_data != signed_hash.of(&[subject.auth_data, subject.client_data_hash]).as_bytes()
    {
        return Err(Error::AttestationNonceMismatch);
    }
    let name_hash = TpmHash::of_name(public.name_algorithm, switches)?;
    let (name_algorithm, digest) =
        info.name.split_first_chunk().ok_or(Error::AttestationClaimRejected)?;
    if u16::from_be_bytes(*name_algorithm) != public.name_algorithm
        || digest != name_hash.of(&[statement.pub_area]).as_bytes()
    {
        return Err(Error::AttestationClaimRejected);
    }
    let path = certificate::read_x5c(statement.certificates)?;
    let leaf = path.first().ok_or(Error::AttestationStatementMalformed)?;
    let aik = Certificate::parse(leaf, subject.policy.tolerances)?;
    verify_signature(&aik, &statement)?;
    check_aik(&aik, switches)?;
    aik.check_aaguid(subject.attested.aaguid)?;
    // Whoever administers the TPM can have it certify any nonce: the AAGUID is proven where the certificate names it.
    let aaguid = aik.extension(OID_AAGUID).map(|_| subject.attested.aaguid);
    Ok(Attestation::certified(format, AttestationType::AttCa, aaguid, path))
}

/// The members of the statement; any other member is refused, as the format's syntax has none.
struct Statement<'a> {
    version: &'a str,
    algorithm: i64,
    certificates: Value<'a>,
    signature: &'a [u8],
    cert_info: &'a [u8],
    pub_area: &'a [u8],
}

impl<'a> Statement<'a> {
    fn read(statement: &Value<'a>) -> Result<Self, Error> {
        let (mut version, mut algorithm, mut certificates) = (None, None, None);
        let (mut signature, mut cert_info, mut pub_area) = (None, None, None);
        for (name, value) in statement.as_map().into_iter().flatten() {
            match name.as_text() {
                Some("ver") => version = value.as_text(),
                Some("alg") => algorithm = value.as_int(),
                Some("x5c") => certificates = Some(value),
                Some("sig") => signature = value.as_bytes(),
                Some("certInfo") => cert_info = value.as_bytes(),
                Some("pubArea") => pub_area = value.as_bytes(),
                _ => return Err(Error::AttestationStatementMalformed),
            }
        }
        let all = (|| {
            Some(Self {
                version: version?,
                algorithm: algorithm?,
                certificates: certificates?,
                signature: signature?,
                cert_info: cert_info?,
                pub_area: pub_area?,
            })
        })();
        all.ok_or(Error::AttestationStatementMalformed)
    }
}

/// A signature in the form of its COSE algorithm: what authenticators put there, though §8.3 names TPMT_SIGNATURE.
fn verify_signature(aik: &Certificate<'_>, statement: &Statement<'_>) -> Result<(), Error> {
    let message = &[statement.cert_info];
    if statement.algorithm != RS1 {
        return crypto::verify(&aik.public_key(statement.algorithm)?, message, statement.signature);
    }
    // The key is an RSA key whatever the hash: RS256 stands for it.
    #[cfg(feature = "rsassa-pkcs1")]
    if let KeyParts::Rsa { n, e } = aik.public_key(cose::RS256)?.parts() {
        return crypto::rsassa_pkcs1::verify_rs1(n, e, message, statement.signature);
    }
    Err(Error::AlgorithmUnsupported)
}

/// The requirements on the certificate of an attestation key: §8.3.1.
fn check_aik(aik: &Certificate<'_>, switches: FidoSwitches) -> Result<(), Error> {
    let fits = aik.is_v3()
        && aik.subject().is_empty()
        && aik.has_extended_key_usage(OID_AIK_CERTIFICATE)?
        && aik.is_ca()? == Some(false);
    let device = if fits { device_name(aik)? } else { None };
    let device = device.ok_or(Error::CertificateRejected)?;
    let one = |oid| {
        let mut values = device.attributes(oid);
        values.next().filter(|value| !value.is_empty() && values.next().is_none())
    };
    let manufacturer = one(OID_TPM_MANUFACTURER)
        .filter(|_| one(OID_TPM_MODEL).is_some() && one(OID_TPM_VERSION).is_some())
        .ok_or(Error::CertificateRejected)?;
    if switches.tpm_known_vendor && !is_known_vendor(manufacturer) {
        return Err(Error::CertificateRejected);
    }
    Ok(())
}

/// The one directory name among the alternative names: it describes the TPM (TCG EK Credential Profile §3.2.9).
fn device_name<'a>(aik: &Certificate<'a>) -> Result<Option<Name<'a>>, Error> {
    let Some(extension) = aik.extension(OID_SUBJECT_ALT_NAME) else { return Ok(None) };
    let mut names = asn1::sequence(extension.value)?;
    let mut found = None;
    while !names.is_empty() {
        // [4] is explicit around a Name, which is a CHOICE (RFC 5280 §4.2.1.6).
        match names.take_if(asn1::context(4))? {
            Some(name) if found.replace(Name::parse(name)?).is_some() => return Ok(None),
            Some(_) => {}
            None => {
                names.next()?;
            }
        }
    }
    Ok(found)
}

/// Vendor ids of the TCG's registry (TPM Vendor ID Registry, capability vendor ids): four characters, shorter ones padded
/// with NUL, but for two that are padded with a space. Simulators and FIDO's test vendor are not there.
const VENDORS: [&[u8; 4]; 29] = [
    b"AMD\0", b"ANT\0", b"ATML", b"BRCM", b"CSCO", b"FLYS", b"GOOG", b"HISI", b"HPE\0", b"HPI\0",
    b"IBM\0", b"IFX\0", b"INTC", b"LEN\0", b"MSFT", b"NSG\0", b"NSM ", b"NTC\0", b"NTZ\0", b"QCOM",
    b"ROCC", b"SEAL", b"SECE", b"SMSC", b"SMSN", b"SNS\0", b"STM ", b"TXN\0", b"WEC\0",
];

/// Whether a manufacturer, `id:` and eight hexadecimal digits, is in the registry.
fn is_known_vendor(manufacturer: &str) -> bool {
    let id = manufacturer.strip_prefix("id:").filter(|digits| {
        digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    });
    id.and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .is_some_and(|id| VENDORS.contains(&&id.to_be_bytes()))
}

/// A hash function of a TPM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TpmHash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A hash of up to 64 bytes.
struct Digest {
    bytes: [u8; 64],
    len: usize,
}

impl Digest {
    fn new(hash: &[u8]) -> Self {
        let mut digest = Self { bytes: [0; 64], len: hash.len() };
        for (slot, byte) in digest.bytes.iter_mut().zip(hash) {
            *slot = *byte;
        }
        digest
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl TpmHash {
    /// The hash in an object's name, by its TPM_ALG_ID (Part 2 §6.3). A name under SHA-1 could be that of two keys, made to
    /// collide, so it needs the same switch as a signature over SHA-1.
    fn of_name(id: u16, switches: FidoSwitches) -> Result<Self, Error> {
        match id {
            0x0004 if switches.tpm_rs1 => Ok(Self::Sha1),
            0x000b => Ok(Self::Sha256),
            0x000c => Ok(Self::Sha384),
            0x000d => Ok(Self::Sha512),
            _ => Err(Error::AlgorithmUnsupported),
        }
    }

    fn of(self, parts: &[&[u8]]) -> Digest {
        match self {
            Self::Sha1 => Digest::new(&crypto::sha1(parts)),
            Self::Sha256 => Digest::new(&crypto::sha256(parts)),
            Self::Sha384 => Digest::new(&crypto::sha384(parts)),
            Self::Sha512 => Digest::new(&crypto::sha512(parts)),
        }
    }
}

/// The hash that the algorithm of the statement's signature has. An algorithm without one of its own is none that a TPM signs
/// with.
fn signed_hash(algorithm: i64, switches: FidoSwitches) -> Result<TpmHash, Error> {
    if algorithm == RS1 && switches.tpm_rs1 {
        return Ok(TpmHash::Sha1);
    }
    match Scheme::built_in(algorithm) {
        Some(Scheme::EcDsa(_, hash) | Scheme::Pkcs1(hash) | Scheme::Pss(hash)) => Ok(match hash {
            cose::Hash::Sha256 => TpmHash::Sha256,
            cose::Hash::Sha384 => TpmHash::Sha384,
            cose::Hash::Sha512 => TpmHash::Sha512,
        }),
        _ => Err(Error::AlgorithmUnsupported),
    }
}

/// A TPMT_PUBLIC (Part 2 §12.2.4), as far as it tells of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Public<'a> {
    /// The TPM_ALG_ID of the hash in the object's name.
    name_algorithm: u16,
    key: TpmKey<'a>,
}

/// A key in a TPM: numbers are big-endian, and may have leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TpmKey<'a> {
    Rsa { n: &'a [u8], e: u32 },
    Ecc { curve: u16, x: &'a [u8], y: &'a [u8] },
}

/// TPM_ALG_NULL: nothing is set, and nothing follows.
const ALG_NULL: u16 = 0x0010;

impl<'a> Public<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let (kind, name_algorithm) = (reader.u16()?, reader.u16()?);
        let _object_attributes = reader.u32()?;
        let _auth_policy = sized(&mut reader, MAX_DIGEST)?;
        let key = match kind {
            0x0001 => read_rsa(&mut reader)?,
            0x0023 => read_ecc(&mut reader)?,
            _ => return None,
        };
        reader.rest().is_empty().then_some(Self { name_algorithm, key })
    }

    /// Whether it is this key. Keys of types that a TPM does not hold are none.
    fn is(&self, parts: &KeyParts<'_>) -> bool {
        match (self.key, *parts) {
            (TpmKey::Rsa { n, e }, KeyParts::Rsa { n: modulus, e: exponent }) => {
                number(n) == number(modulus) && number(&e.to_be_bytes()) == number(exponent)
            }
            (TpmKey::Ecc { curve, x, y }, KeyParts::Ec { curve: named, x: first, y: second }) => {
                curve_id(named) == Some(curve)
                    && number(x) == number(first)
                    && number(y) == number(second)
            }
            _ => false,
        }
    }
}

/// TPMS_RSA_PARMS (Part 2 §12.2.3.5) and TPM2B_PUBLIC_KEY_RSA.
fn read_rsa<'a>(reader: &mut Reader<'a>) -> Option<TpmKey<'a>> {
    skip_symmetric(reader)?;
    match reader.u16()? {
        // RSAES has no parameters.
        ALG_NULL | 0x0015 => {}
        // RSASSA, RSAPSS, OAEP: a hash.
        0x0014 | 0x0016 | 0x0017 => _ = reader.u16()?,
        _ => return None,
    }
    let bits = usize::from(reader.u16()?);
    let e = match reader.u32()? {
        // Part 2 §12.2.3.5: zero stands for the default, 2^16 + 1.
        0 => 0x1_0001,
        e => e,
    };
    let n = sized(reader, bits.div_ceil(8))?;
    Some(TpmKey::Rsa { n, e })
}

/// TPMS_ECC_PARMS (Part 2 §12.2.3.6) and TPMS_ECC_POINT.
fn read_ecc<'a>(reader: &mut Reader<'a>) -> Option<TpmKey<'a>> {
    skip_symmetric(reader)?;
    match reader.u16()? {
        ALG_NULL => {}
        // ECDSA, ECDH, SM2, ECSCHNORR, ECMQV: a hash.
        0x0018 | 0x0019 | 0x001b..=0x001d => _ = reader.u16()?,
        // ECDAA: a hash and a counter.
        0x001a => _ = reader.u32()?,
        _ => return None,
    }
    let curve = reader.u16()?;
    match reader.u16()? {
        ALG_NULL => {}
        // MGF1, KDF1_SP800_56A, KDF2, KDF1_SP800_108: a hash.
        0x0007 | 0x0020..=0x0022 => _ = reader.u16()?,
        _ => return None,
    }
    // The largest curve that a TPM may have is one of 638 bits.
    let (x, y) = (sized(reader, 80)?, sized(reader, 80)?);
    Some(TpmKey::Ecc { curve, x, y })
}

/// TPMT_SYM_DEF_OBJECT (Part 2 §11.1.7): set for keys that hold other keys.
fn skip_symmetric(reader: &mut Reader<'_>) -> Option<()> {
    match reader.u16()? {
        ALG_NULL => Some(()),
        // AES, SM4, CAMELLIA: the key's bits and a mode.
        0x0006 | 0x0013 | 0x0026 => reader.u32().map(|_| ()),
        _ => None,
    }
}

/// The TPM_ECC_CURVE (Part 2 §6.4) of a curve.
const fn curve_id(curve: Curve) -> Option<u16> {
    match curve {
        Curve::P256 => Some(0x0003),
        Curve::P384 => Some(0x0004),
        Curve::P521 => Some(0x0005),
        Curve::Secp256k1 | Curve::Ed25519 | Curve::Ed448 => None,
    }
}

/// A number without its leading zeros.
fn number(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    bytes.get(first..).unwrap_or_default()
}

/// A TPMS_ATTEST (Part 2 §10.12.12) of TPM2_Certify. The clock, the firmware's version and the qualified names are the TPM's
/// own affair (§8.3) and may hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CertifyInfo<'a> {
    extra_data: &'a [u8],
    name: &'a [u8],
}

/// The largest hash that a TPM may have.
const MAX_DIGEST: usize = 64;
/// A name is a hash behind its two-byte identifier.
const MAX_NAME: usize = MAX_DIGEST + 2;

impl<'a> CertifyInfo<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let head = (|| Some((reader.u32()?, reader.u16()?)))();
        let (magic, kind) = head.ok_or(Error::AttestationStatementMalformed)?;
        // TPM_GENERATED_VALUE: made by the TPM, never by its caller. TPM_ST_ATTEST_CERTIFY: about a key.
        if magic != 0xff54_4347 || kind != 0x8017 {
            return Err(Error::AttestationClaimRejected);
        }
        let body = (|| {
            let _qualified_signer = sized(&mut reader, MAX_NAME)?;
            let extra_data = sized(&mut reader, MAX_NAME)?;
            // clockInfo: clock, resetCount, restartCount, safe.
            let _clock_info = reader.take(8 + 4 + 4 + 1)?;
            let _firmware_version = reader.u64()?;
            let name = sized(&mut reader, MAX_NAME)?;
            let _qualified_name = sized(&mut reader, MAX_NAME)?;
            reader.rest().is_empty().then_some(Self { extra_data, name })
        })();
        body.ok_or(Error::AttestationStatementMalformed)
    }
}

/// A TPM2B: a length of two bytes, and as many bytes, at most `max`.
fn sized<'a>(reader: &mut Reader<'a>, max: usize) -> Option<&'a [u8]> {
    let len = usize::from(reader.u16()?);
    if len > max { None } else { reader.take(len) }
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::AttestationPolicy;
    use super::super::fixture::{AAGUID, Proven, Registration, key};
    use super::*;
    use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
    use mfakit_testing::keys::Key;
    use mfakit_testing::rsa::Hash;
    use mfakit_testing::x509::{self, Extension};
    use mfakit_testing::{der, tpm};
    use std::vec;
    use std::vec::Vec;

    /// What a statement is made of. The fields are knobs.
    struct Parts {
        registration: Registration,
        version: Item,
        algorithm: i64,
        aik: Key,
        certificate: x509::Certificate,
        public: Vec<u8>,
        info: tpm::CertifyInfo,
        info_bytes: Option<Vec<u8>>,
        signature: Option<Vec<u8>>,
        /// Members that stand for those of their names, or behind the others; an empty item takes one away.
        other: Vec<(&'static str, Item)>,
        switches: FidoSwitches,
    }

    fn device(attributes: &[(&'static str, der::Element)]) -> Extension {
        let name = der::explicit(4, &x509::name(attributes));
        Extension::new(x509::SUBJECT_ALT_NAME, true, der::list(&[name]))
    }

    fn attributes(manufacturer: &str) -> Vec<(&'static str, der::Element)> {
        vec![
            ("2.23.133.2.1", der::utf8(manufacturer)),
            ("2.23.133.2.2", der::utf8("model")),
            ("2.23.133.2.3", der::utf8("id:13")),
        ]
    }

    impl Parts {
        fn new(credential: Key) -> Self {
            let aik = key(2);
            let registration = Registration::new(credential);
            let public = tpm::Public::new(&registration.key);
            let info = tpm::CertifyInfo::new(&public, &Hash::Sha256.of(&registration.signed()));
            let issuer = x509::name(&x509::attributes("a", "b", "c", "DE"));
            let mut certificate = x509::Certificate::new(&[1], &issuer, &x509::name(&[]), &aik);
            certificate.set(device(&attributes("id:49465800")));
            certificate.set(Extension::extended_key_usage(&[x509::AIK_CERTIFICATE]));
            certificate.set(Extension::basic_constraints(false, None));
            Self {
                registration,
                version: text("2.0"),
                algorithm: -7,
                aik,
                certificate,
                public: public.bytes(),
                info,
                info_bytes: None,
                signature: None,
                other: Vec::new(),
                switches: FidoSwitches::default(),
            }
        }

        fn verify(self) -> Result<Proven, Error> {
            let info = self.info_bytes.unwrap_or_else(|| self.info.bytes());
            let signature = self.signature.unwrap_or_else(|| self.aik.sign(&info));
            let mut members = vec![
                ("ver", self.version),
                ("alg", int(self.algorithm)),
                ("x5c", array(&[bytes(&self.certificate.sign(&key(9)))])),
                ("sig", bytes(&signature)),
                ("certInfo", bytes(&info)),
                ("pubArea", bytes(&self.public)),
            ];
            for other in self.other {
                match members.iter_mut().find(|member| member.0 == other.0) {
                    Some(member) => *member = other,
                    None => members.push(other),
                }
            }
            members.retain(|(_, value)| !value.is_empty());
            let members: Vec<_> = members.into_iter().map(|(k, v)| (text(k), v)).collect();
            let statement = map(&members);
            let policy = AttestationPolicy { switches: self.switches, ..Default::default() };
            self.registration.verify("tpm", &statement, policy)
        }
    }

    /// The verdict on a statement with one thing changed.
    fn with(change: impl FnOnce(&mut Parts)) -> Result<Proven, Error> {
        let mut parts = Parts::new(key(1));
        change(&mut parts);
        parts.verify()
    }

    #[test]
    fn a_key_that_the_tpm_certified_is_attested() {
        let proven = with(|_| {}).unwrap();
        assert_eq!((proven.kind, proven.covers_aaguid), (AttestationType::AttCa, false));
        assert_eq!(proven.path.len(), 1);
    }

    #[test]
    fn every_member_is_needed_and_has_its_type() {
        let malformed = Err(Error::AttestationStatementMalformed);
        for name in ["ver", "alg", "x5c", "sig", "certInfo", "pubArea"] {
            assert_eq!(with(|p| p.other = vec![(name, vec![])]), malformed, "no {name}");
            assert_eq!(with(|p| p.other = vec![(name, map(&[]))]), malformed, "{name} is a map");
        }
        assert_eq!(with(|p| p.other = vec![("ecdaaKeyId", bytes(b""))]), malformed);
        assert_eq!(with(|p| p.other = vec![("x5c", array(&[]))]), malformed);
    }

    #[test]
    fn the_version_is_2_0() {
        for version in ["", "1.2", "2.0 ", "2"] {
            let refused = with(|p| p.version = text(version));
            assert_eq!(refused, Err(Error::AttestationClaimRejected), "{version}");
        }
    }

    #[test]
    fn certify_info_is_the_tpms_about_a_key() {
        let magic = with(|p| p.info.magic ^= 1);
        assert_eq!(magic, Err(Error::AttestationClaimRejected));
        // TPM_ST_ATTEST_QUOTE
        let kind = with(|p| p.info.kind = 0x8018);
        assert_eq!(kind, Err(Error::AttestationClaimRejected));
    }

    #[test]
    fn certify_info_is_about_this_registration() {
        for i in [0, 31] {
            let refused = with(|p| p.info.extra_data[i] ^= 1);
            assert_eq!(refused, Err(Error::AttestationNonceMismatch), "{i}");
        }
        let short = with(|p| p.info.extra_data.truncate(31));
        assert_eq!(short, Err(Error::AttestationNonceMismatch));
        let other_hash = with(|p| p.info.extra_data = Hash::Sha512.of(&p.registration.signed()));
        assert_eq!(other_hash, Err(Error::AttestationNonceMismatch));
    }

    #[test]
    fn certify_info_names_the_key() {
        for i in [1, 2, 33] {
            let refused = with(|p| p.info.name[i] ^= 1);
            assert_eq!(refused, Err(Error::AttestationClaimRejected), "{i}");
        }
        for name in [&[][..], &[0], &[0, 0x0b]] {
            let refused = with(|p| p.info.name = name.to_vec());
            assert_eq!(refused, Err(Error::AttestationClaimRejected), "{name:?}");
        }
        // Another hash than the key's own, though it is right.
        let refused = with(|p| p.info.name = tpm::name(tpm::SHA512, &p.public));
        assert_eq!(refused, Err(Error::AttestationClaimRejected));
    }

    #[test]
    fn what_the_tpm_says_of_itself_may_be_anything() {
        let proven = with(|p| {
            // A `safe` that is no boolean, as in a test vector of the specification.
            p.info.clock_info = vec![0x33; 17];
            p.info.firmware_version = [0xff; 8];
            p.info.qualified_signer = vec![1; 34];
            p.info.qualified_name = vec![2; 66];
        });
        assert!(proven.is_ok());
    }

    #[test]
    fn certify_info_is_read_to_its_last_byte() {
        let whole = Parts::new(key(1)).info.bytes();
        for len in 0..whole.len() {
            let refused = with(|p| p.info_bytes = Some(whole[..len].to_vec()));
            assert_eq!(refused, Err(Error::AttestationStatementMalformed), "{len}");
        }
        let refused = with(|p| p.info_bytes = Some([&whole[..], &[0]].concat()));
        assert_eq!(refused, Err(Error::AttestationStatementMalformed));
        for long in [67, 0xffff] {
            let refused = with(|p| p.info.qualified_signer = vec![0; long]);
            assert_eq!(refused, Err(Error::AttestationStatementMalformed), "{long}");
        }
    }

    #[test]
    fn hashes_of_names() {
        for hash in [tpm::SHA256, tpm::SHA384, tpm::SHA512] {
            let proven = with(|p| {
                let public = tpm::Public { name_algorithm: hash, ..tpm::Public::new(&key(1)) };
                (p.public, p.info.name) = (public.bytes(), public.name());
            });
            assert!(proven.is_ok(), "{hash:#x}");
        }
        let sha1 = |switches| {
            with(|p| {
                let public = tpm::Public { name_algorithm: tpm::SHA1, ..tpm::Public::new(&key(1)) };
                (p.public, p.info.name) = (public.bytes(), public.name());
                p.switches = switches;
            })
        };
        assert_eq!(sha1(FidoSwitches::default()), Err(Error::AlgorithmUnsupported));
        assert!(sha1(FidoSwitches { tpm_rs1: true, ..Default::default() }).is_ok());
        // SM3, and no hash at all.
        for unknown in [0x0012, 0x0010] {
            let refused = with(|p| {
                let public = tpm::Public { name_algorithm: unknown, ..tpm::Public::new(&key(1)) };
                p.public = public.bytes();
            });
            assert_eq!(refused, Err(Error::AlgorithmUnsupported), "{unknown:#x}");
        }
    }

    #[test]
    fn the_certified_key_is_the_credentials() {
        let other = with(|p| p.public = tpm::Public::new(&key(3)).bytes());
        assert_eq!(other, Err(Error::AttestationKeyMismatch));
        // The right point on the wrong curve.
        let curve = with(|p| {
            let mut public = tpm::Public::new(&key(1));
            public.parameters[5] = 4;
            p.public = public.bytes();
        });
        assert_eq!(curve, Err(Error::AttestationKeyMismatch));
        for coordinate in [2, 36] {
            let refused = with(|p| {
                let mut public = tpm::Public::new(&key(1));
                public.unique[coordinate] ^= 1;
                p.public = public.bytes();
            });
            assert_eq!(refused, Err(Error::AttestationKeyMismatch), "{coordinate}");
        }
    }

    #[test]
    fn leading_zeros_of_a_coordinate_do_not_matter() {
        let (x, y) = key(1).es256().point();
        let unique = [tpm::sized(&[&[0][..], &x].concat()), tpm::sized(&y)].concat();
        let public = tpm::Public { unique, ..tpm::Public::new(&key(1)) };
        assert!(with(|p| (p.public, p.info.name) = (public.bytes(), public.name())).is_ok());
    }

    #[cfg(feature = "ed25519")]
    #[test]
    fn a_key_of_a_kind_that_no_tpm_holds_is_not_certified() {
        use mfakit_testing::keys::Ed25519Key;
        let mut parts = Parts::new(key(1));
        parts.registration = Registration::new(Key::Ed25519(Ed25519Key::new(&[1; 32])));
        parts.info.extra_data = Hash::Sha256.of(&parts.registration.signed());
        assert_eq!(parts.verify(), Err(Error::AttestationKeyMismatch));
    }

    #[cfg(feature = "rsassa-pkcs1")]
    mod rsa {
        use super::*;
        use mfakit_testing::rsa::RsaKey;

        fn rsa() -> RsaKey {
            RsaKey::mersenne(-257, 1279, 2203)
        }

        #[test]
        fn an_rsa_key_is_its_modulus_and_its_exponent() {
            assert!(Parts::new(Key::Rsa(rsa())).verify().is_ok());
            let exponent = |e: u32| {
                let mut parts = Parts::new(Key::Rsa(rsa()));
                let mut public = tpm::Public::new(&parts.registration.key);
                public.parameters[6..].copy_from_slice(&e.to_be_bytes());
                (parts.public, parts.info.name) = (public.bytes(), public.name());
                parts.verify()
            };
            assert!(exponent(65537).is_ok());
            for other in [1, 3, 65539, 0x0100_0100] {
                assert_eq!(exponent(other), Err(Error::AttestationKeyMismatch), "{other}");
            }
            let mut modulus = Parts::new(Key::Rsa(rsa()));
            let last = modulus.public.len() - 1;
            modulus.public[last] ^= 2;
            assert_eq!(modulus.verify(), Err(Error::AttestationKeyMismatch));
        }

        #[test]
        fn a_modulus_is_not_longer_than_its_bits_say() {
            let mut parts = Parts::new(Key::Rsa(rsa()));
            let mut public = tpm::Public::new(&parts.registration.key);
            public.parameters[4..6].copy_from_slice(&2048_u16.to_be_bytes());
            parts.public = public.bytes();
            assert_eq!(parts.verify(), Err(Error::AttestationStatementMalformed));
        }

        #[test]
        fn sha1_needs_its_switch() {
            let rs1 = |switches| {
                let mut parts = Parts::new(key(1));
                parts.aik = Key::Rsa(rsa().under(RS1));
                parts.certificate.spki = parts.aik.spki();
                parts.algorithm = RS1;
                parts.info.extra_data = Hash::Sha1.of(&parts.registration.signed());
                parts.switches = switches;
                parts
            };
            let on = FidoSwitches { tpm_rs1: true, ..Default::default() };
            assert!(rs1(on).verify().is_ok());
            assert_eq!(rs1(FidoSwitches::default()).verify(), Err(Error::AlgorithmUnsupported));
            let mut forged = rs1(on);
            forged.signature = Some(vec![1; 436]);
            assert_eq!(forged.verify(), Err(Error::SignatureInvalid));
            // The hash of the signature is also that of what is attested.
            let mut mixed = rs1(on);
            mixed.info.extra_data = Hash::Sha256.of(&mixed.registration.signed());
            assert_eq!(mixed.verify(), Err(Error::AttestationNonceMismatch));
            let mut ec = rs1(on);
            ec.certificate.spki = key(2).spki();
            assert_eq!(ec.verify(), Err(Error::AttestationStatementMismatch));
        }
    }

    #[test]
    fn the_attestation_key_signs() {
        let other = with(|p| p.signature = Some(key(3).sign(&p.info.bytes())));
        assert_eq!(other, Err(Error::SignatureInvalid));
        let malformed = with(|p| p.signature = Some(vec![0; 64]));
        assert_eq!(malformed, Err(Error::SignatureMalformed));
        // An algorithm without a hash of its own; one that there is not.
        for algorithm in [-8, -65535, 0] {
            let refused = with(|p| p.algorithm = algorithm);
            assert_eq!(refused, Err(Error::AlgorithmUnsupported), "{algorithm}");
        }
    }

    #[test]
    fn the_certificate_is_one_of_a_tpm() {
        let rejected = |name: &str, change: &dyn Fn(&mut x509::Certificate)| {
            let refused = with(|p| change(&mut p.certificate));
            assert_eq!(refused, Err(Error::CertificateRejected), "{name}");
        };
        rejected("version", &|c| {
            c.version = None;
            c.extensions.clear();
        });
        rejected("version 2", &|c| c.version = Some(1));
        rejected("subject", &|c| c.subject = x509::name(&x509::attributes("a", "b", "c", "DE")));
        rejected("no EKU", &|c| c.remove(x509::EXTENDED_KEY_USAGE));
        // Of an endorsement key.
        rejected("EKU", &|c| c.set(Extension::extended_key_usage(&["2.23.133.8.1"])));
        rejected("CA", &|c| c.set(Extension::basic_constraints(true, None)));
        rejected("no constraints", &|c| c.remove(x509::BASIC_CONSTRAINTS));
        let several = with(|p| {
            p.certificate
                .set(Extension::extended_key_usage(&["2.23.133.8.1", x509::AIK_CERTIFICATE]));
        });
        assert!(several.is_ok());
    }

    #[test]
    fn the_certificate_names_the_tpm() {
        let named = |names: &[der::Element]| {
            with(|p| {
                let names = der::list(names);
                p.certificate.set(Extension::new(x509::SUBJECT_ALT_NAME, true, names));
            })
        };
        let directory =
            |attributes: &[(&'static str, der::Element)]| der::explicit(4, &x509::name(attributes));
        let all = attributes("id:00000000");
        // Other kinds of names beside it, and all attributes in one set.
        let dns = der::element(0x82, b"example.org");
        let one_set: Vec<_> =
            all.iter().map(|(oid, v)| der::list(&[der::oid(oid), v.clone()])).collect();
        let one_set = der::explicit(4, &der::list(&[der::set(&one_set)]));
        assert!(named(&[dns.clone(), one_set]).is_ok());
        for i in 0..3 {
            let mut missing = all.clone();
            missing.remove(i);
            assert_eq!(named(&[directory(&missing)]), Err(Error::CertificateRejected), "{i}");
            let mut empty = all.clone();
            empty[i].1 = der::utf8("");
            assert_eq!(named(&[directory(&empty)]), Err(Error::CertificateRejected), "{i}");
            let twice = [&all[..], &all[i..=i]].concat();
            assert_eq!(named(&[directory(&twice)]), Err(Error::CertificateRejected), "{i}");
        }
        assert_eq!(named(&[dns]), Err(Error::CertificateRejected));
        assert_eq!(named(&[directory(&all), directory(&all)]), Err(Error::CertificateRejected));
        assert_eq!(named(&[der::explicit(4, b"")]), Err(Error::CertificateMalformed));
        let none = with(|p| p.certificate.remove(x509::SUBJECT_ALT_NAME));
        assert_eq!(none, Err(Error::CertificateRejected));
    }

    #[test]
    fn vendors_are_looked_up_where_that_is_asked_for() {
        let vendor = |manufacturer: &str, tpm_known_vendor| {
            with(|p| {
                p.certificate.set(device(&attributes(manufacturer)));
                p.switches.tpm_known_vendor = tpm_known_vendor;
            })
        };
        for known in ["id:49465800", "id:53544D20", "id:4e544300"] {
            assert!(vendor(known, true).is_ok(), "{known}");
        }
        // FIDO's test vendor, a simulator, and other spellings.
        for unknown in [
            "id:FFFFF1D0",
            "id:53494D30",
            "id:00000000",
            "49465800",
            "id:4946580",
            "id:+9465800",
            "IFX",
        ] {
            assert_eq!(vendor(unknown, true), Err(Error::CertificateRejected), "{unknown}");
            assert!(vendor(unknown, false).is_ok(), "{unknown}");
        }
    }

    #[test]
    fn the_certificate_names_the_model_or_none() {
        let named = with(|p| p.certificate.set(Extension::aaguid(&AAGUID))).unwrap();
        assert!(named.covers_aaguid);
        let other = with(|p| p.certificate.set(Extension::aaguid(&[1; 16])));
        assert_eq!(other, Err(Error::AttestationAaguidMismatch));
    }

    #[test]
    fn public_areas_are_read_to_their_last_byte() {
        let whole = tpm::Public { auth_policy: vec![7; 32], ..tpm::Public::new(&key(1)) }.bytes();
        let public = Public::parse(&whole).unwrap();
        assert_eq!(public.name_algorithm, tpm::SHA256);
        for len in 0..whole.len() {
            assert_eq!(Public::parse(&whole[..len]), None, "{len}");
        }
        assert_eq!(Public::parse(&[&whole[..], &[0]].concat()), None);
        let refused = with(|p| p.public.push(0));
        assert_eq!(refused, Err(Error::AttestationStatementMalformed));
        // TPM_ALG_KEYEDHASH, TPM_ALG_SYMCIPHER
        for kind in [0x0008, 0x0025] {
            assert_eq!(
                Public::parse(&tpm::Public { kind, ..tpm::Public::new(&key(1)) }.bytes()),
                None
            );
        }
        let long_policy = tpm::Public { auth_policy: vec![0; 65], ..tpm::Public::new(&key(1)) };
        assert_eq!(Public::parse(&long_policy.bytes()), None);
    }

    #[test]
    fn parameters_of_keys() {
        let ecc = |parameters: &[u16]| {
            let parameters = parameters.iter().flat_map(|p| p.to_be_bytes()).collect();
            Public::parse(&tpm::Public { parameters, ..tpm::Public::new(&key(1)) }.bytes())
                .is_some()
        };
        let null = tpm::NULL;
        // AES with its bits and mode; ECDSA with a hash; ECDAA with a hash and a counter; a key derivation with a hash.
        for good in [
            &[null, null, 3, null][..],
            &[0x0006, 128, 0x0043, null, 3, null],
            &[null, 0x0018, 0x000b, 3, null],
            &[null, 0x001a, 0x000b, 1, 3, null],
            &[null, null, 3, 0x0020, 0x000b],
        ] {
            assert!(ecc(good), "{good:x?}");
        }
        for bad in [
            &[0x0001, null, 3, null][..],
            &[null, 0x0014, 0x000b, 3, null],
            &[null, null, 3, 0x0018, 0x000b],
        ] {
            assert!(!ecc(bad), "{bad:x?}");
        }
        let rsa = |parameters: &[u16]| {
            let public = tpm::Public {
                kind: tpm::RSA,
                parameters: parameters.iter().flat_map(|p| p.to_be_bytes()).collect(),
                unique: tpm::sized(&[0xff; 256]),
                ..tpm::Public::new(&key(1))
            };
            match Public::parse(&public.bytes())?.key {
                TpmKey::Rsa { n, e } => Some((n.len(), e)),
                TpmKey::Ecc { .. } => None,
            }
        };
        assert_eq!(rsa(&[null, null, 2048, 0, 0]), Some((256, 65537)));
        assert_eq!(rsa(&[null, 0x0014, 0x000b, 2048, 0, 3]), Some((256, 3)));
        assert_eq!(rsa(&[null, 0x0015, 2048, 1, 1]), Some((256, 65537)));
        assert_eq!(rsa(&[null, 0x0018, 0x000b, 2048, 0, 0]), None);
        assert_eq!(rsa(&[null, null, 1024, 0, 0]), None);
    }
}
