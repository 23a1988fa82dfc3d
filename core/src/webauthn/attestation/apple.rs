//! The format `apple`: WebAuthn Level 3 §8.8, for platform authenticators of Apple's.
//!
//! The statement is `{x5c}`: a CA of Apple's certifies the credential's own key, and in an extension the hash of this
//! registration. There is no other signature, so all rests on the certificate: without an anchor nothing is proven. Leaks:
//! nothing secret here.

use super::asn1;
use super::certificate::{Certificate, read_x5c};
use super::{Attestation, AttestationType, Subject};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::error::Error;
use der::Tag;
use der::asn1::ObjectIdentifier;

/// The hash of the registration: `SEQUENCE { nonce [1] EXPLICIT OCTET STRING }` (§8.8).
const OID_NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.8.2");

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let (algorithm, x5c) = read(&statement)?;
    if algorithm.is_some_and(|algorithm| algorithm != subject.key.algorithm()) {
        return Err(Error::AttestationStatementMismatch);
    }
    let path = read_x5c(x5c)?;
    let leaf = path.first().ok_or(Error::AttestationStatementMalformed)?;
    let leaf = Certificate::parse(leaf, subject.policy.tolerances)?;
    let expected = crypto::sha256(&[subject.auth_data, subject.client_data_hash]);
    if read_nonce(&leaf)? != expected {
        return Err(Error::AttestationNonceMismatch);
    }
    if leaf.spki().parts()? != subject.key.parts() {
        return Err(Error::AttestationKeyMismatch);
    }
    let aaguid = Some(subject.attested.aaguid);
    Ok(Attestation::certified(format, AttestationType::AnonCa, aaguid, path))
}

/// The syntax has `x5c` alone. Apple's devices write an `alg` beside it, the credential's, so that one may stand.
fn read<'a>(statement: &Value<'a>) -> Result<(Option<i64>, Value<'a>), Error> {
    let (mut algorithm, mut certificates) = (None, None);
    for (name, value) in statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("alg") => {
                algorithm = Some(value.as_int().ok_or(Error::AttestationStatementMalformed)?);
            }
            Some("x5c") => certificates = Some(value),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    Ok((algorithm, certificates.ok_or(Error::AttestationStatementMalformed)?))
}

fn read_nonce<'a>(certificate: &Certificate<'a>) -> Result<&'a [u8], Error> {
    let extension = certificate.extension(OID_NONCE).ok_or(Error::CertificateRejected)?;
    let nonce = asn1::only(asn1::only(extension.value, Tag::Sequence)?, asn1::context(1))?;
    asn1::only(nonce, Tag::OctetString)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::policy::AttestationPolicy;
    use super::super::test_builder::*;
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use crate::encoding::cose::{EDDSA, ES256};
    use std::vec::Vec;

    fn run(registration: &Registration, statement: &[u8]) -> Result<(), Error> {
        let value = cbor::read_all(statement, Limits::ATTESTATION_OBJECT)?;
        let subject = registration.subject(AttestationPolicy::default());
        let attestation = verify("apple", value, &subject)?;
        assert_eq!(attestation.attestation_type(), AttestationType::AnonCa);
        assert_eq!(attestation.aaguid, Some(&registration.aaguid));
        Ok(())
    }

    fn nonce(registration: &Registration) -> [u8; 32] {
        crypto::sha256(&[&registration.signed()])
    }

    fn certificate(registration: &Registration) -> Builder {
        Builder::new(common_name("credential"), common_name("CA"), &registration.key)
            .with(|c| c.extensions.push(nonce_extension(&nonce(registration))))
    }

    fn run_with(change: impl FnOnce(&mut Builder)) -> Result<(), Error> {
        let registration = Registration::new();
        let der = certificate(&registration).with(change).sign(&key(2));
        run(&registration, &map(&[("x5c", x5c(&[&der]))]))
    }

    // H18
    #[test]
    fn the_certificate_names_this_registration() {
        assert_eq!(run_with(|_| {}), Ok(()));
        assert_eq!(run_with(|c| c.extensions.clear()), Err(Error::CertificateRejected));
        let twice = |c: &mut Builder| c.extensions.extend_from_within(..);
        assert_eq!(run_with(twice), Err(Error::CertificateMalformed));
        let replaced = |extension| run_with(|c| c.extensions = std::vec![extension]);
        let mismatch = Err(Error::AttestationNonceMismatch);
        assert_eq!(replaced(nonce_extension(&[1; 32])), mismatch);
        let other = Registration::new();
        assert_eq!(replaced(nonce_extension(&nonce(&other)[..31])), mismatch);
        assert_eq!(replaced(nonce_extension(&crypto::sha256(&[&other.auth_data]))), mismatch);
        let malformed = Err(Error::CertificateMalformed);
        let odd = |value: &[u8]| replaced(extension(ID_APPLE_NONCE, false, value));
        let octets = tlv(OCTET_STRING, &[&nonce(&other)]);
        assert_eq!(odd(&octets), malformed);
        assert_eq!(odd(&tlv(SEQUENCE, &[&octets])), malformed);
        assert_eq!(odd(&tlv(SEQUENCE, &[&tlv(0xa0, &[&octets])])), malformed);
        assert_eq!(odd(&tlv(SEQUENCE, &[&tlv(0xa1, &[&octets, &octets])])), malformed);
        assert_eq!(odd(&tlv(SEQUENCE, &[&tlv(0xa1, &[&octets]), &octets])), malformed);
        assert_eq!(odd(&tlv(SEQUENCE, &[])), malformed);
    }

    // H18
    #[test]
    fn the_certified_key_is_the_credentials() {
        let mismatch = Err(Error::AttestationKeyMismatch);
        assert_eq!(run_with(|c| c.spki = spki(&key(1))), mismatch);
        let ed25519 = spki_of(b"\x06\x03\x2b\x65\x70", &[1; 32]);
        assert_eq!(run_with(|c| c.spki = ed25519), mismatch);
    }

    #[test]
    fn the_statement_has_its_members_alone() {
        let registration = Registration::new();
        let der = certificate(&registration).sign(&key(2));
        let certificates = ("x5c", x5c(&[&der]));
        let with = |members: &[(&str, Vec<u8>)]| run(&registration, &map(members));
        let malformed = Err(Error::AttestationStatementMalformed);
        // As Apple's devices write it.
        assert_eq!(with(&[("alg", int(ES256)), certificates.clone()]), Ok(()));
        assert_eq!(
            with(&[("alg", int(EDDSA)), certificates.clone()]),
            Err(Error::AttestationStatementMismatch)
        );
        assert_eq!(with(&[("alg", text("ES256")), certificates.clone()]), malformed);
        assert_eq!(with(&[("sig", bytes(b"s")), certificates]), malformed);
        assert_eq!(with(&[("alg", int(ES256))]), malformed);
        assert_eq!(with(&[("x5c", x5c(&[]))]), malformed);
    }
}
