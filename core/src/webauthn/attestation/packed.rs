//! The format `packed`: WebAuthn Level 3 §8.2.
//!
//! The statement is `{alg, sig}`, signed with the credential's own key, or `{alg, sig, x5c}`, signed with a certified one, over
//! the authenticator data and the hash of the client data. Certificates need the feature `attestation`. Leaks: nothing secret
//! here.

#[cfg(feature = "attestation")]
use super::certificate::{Certificate, read_x5c};
use super::{Attestation, AttestationType, Subject};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::error::Error;

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let (algorithm, signature, certificates) = read(&statement)?;
    if let Some(x5c) = certificates {
        return verify_certified(format, algorithm, signature, x5c, subject);
    }
    if algorithm != subject.key.algorithm() {
        return Err(Error::AttestationStatementMismatch);
    }
    let message = [subject.auth_data, subject.client_data_hash];
    crypto::verify_by(subject.es256, &subject.key, &message, signature)?;
    Ok(Attestation::new(format, AttestationType::SelfAttested))
}

/// With a certificate: the type is `basic`, as only metadata can tell an attestation CA's from it (§8.2).
#[cfg(feature = "attestation")]
fn verify_certified<'a>(
    format: &'a str,
    algorithm: i64,
    signature: &[u8],
    x5c: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let path = read_x5c(x5c)?;
    let leaf = path.first().ok_or(Error::AttestationStatementMalformed)?;
    let leaf = Certificate::parse(leaf, subject.policy.tolerances)?;
    leaf.verify(algorithm, &[subject.auth_data, subject.client_data_hash], signature)?;
    let aaguid = subject.attested.aaguid;
    leaf.check_packed_requirements(aaguid)?;
    Ok(Attestation::certified(format, AttestationType::Basic, Some(aaguid), path))
}

#[cfg(not(feature = "attestation"))]
fn verify_certified<'a>(
    _: &'a str,
    _: i64,
    _: &[u8],
    _: Value<'a>,
    _: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    Err(Error::AttestationFormatUnsupported)
}

/// The members of the statement, which `android-key` has too; any other member is refused, as the syntax has none.
pub(super) fn read<'a>(statement: &Value<'a>) -> Result<(i64, &'a [u8], Option<Value<'a>>), Error> {
    let (mut algorithm, mut signature, mut certificates) = (None, None, None);
    for (name, value) in statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("alg") => algorithm = value.as_int(),
            Some("sig") => signature = value.as_bytes(),
            Some("x5c") => certificates = Some(value),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    let (algorithm, signature) =
        algorithm.zip(signature).ok_or(Error::AttestationStatementMalformed)?;
    Ok((algorithm, signature, certificates))
}

#[cfg(all(test, feature = "attestation", feature = "es256"))]
mod tests {
    use super::super::policy::AttestationPolicy;
    use super::super::test_builder::*;
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use crate::encoding::cose::{EDDSA, ES256, ESP256};
    use std::vec::Vec;

    const LEAF: u8 = 1;

    fn run(registration: &Registration, statement: &[u8]) -> Result<(), Error> {
        let value = cbor::read_all(statement, Limits::ATTESTATION_OBJECT)?;
        let subject = registration.subject(AttestationPolicy::default());
        let attestation = verify("packed", value, &subject)?;
        assert_eq!(attestation.aaguid, attestation.path().first().map(|_| &registration.aaguid));
        Ok(())
    }

    fn statement(algorithm: i64, signature: &[u8], certificates: &[&[u8]]) -> Vec<u8> {
        map(&[("alg", int(algorithm)), ("sig", bytes(signature)), ("x5c", x5c(certificates))])
    }

    #[test]
    fn a_certified_statement_is_basic() {
        let registration = Registration::new();
        let der = Builder::leaf("CA", &key(LEAF)).sign(&key(2));
        let signature = sign(&key(LEAF), &registration.signed());
        let statement = statement(ES256, &signature, &[&der, b"what follows is not read here"]);
        let value = cbor::read_all(&statement, Limits::ATTESTATION_OBJECT).expect("CBOR");
        let subject = registration.subject(AttestationPolicy::default());
        let attestation = verify("packed", value, &subject).expect("verified");
        assert_eq!(attestation.attestation_type(), AttestationType::Basic);
        assert_eq!(attestation.path().len(), 2);
        assert_eq!(attestation.path()[0], der);
        assert_eq!(attestation.proven_aaguid(), None);
    }

    // H1
    #[test]
    fn the_algorithm_is_the_certified_keys() {
        let registration = Registration::new();
        let der = Builder::leaf("CA", &key(LEAF)).sign(&key(2));
        let signature = sign(&key(LEAF), &registration.signed());
        let with = |algorithm| run(&registration, &statement(algorithm, &signature, &[&der]));
        assert_eq!(with(ES256), Ok(()));
        assert_eq!(with(ESP256), Ok(()));
        let expected = if cfg!(feature = "ed25519") {
            Error::AttestationStatementMismatch
        } else {
            Error::CertificateAlgorithmUnsupported
        };
        assert_eq!(with(EDDSA), Err(expected));
        assert_eq!(with(-65535), Err(Error::CertificateAlgorithmUnsupported));
    }

    #[test]
    fn the_signature_is_over_this_registration_by_the_certified_key() {
        let registration = Registration::new();
        let der = Builder::leaf("CA", &key(LEAF)).sign(&key(2));
        let with = |signature: &[u8]| run(&registration, &statement(ES256, signature, &[&der]));
        assert_eq!(
            with(&sign(&registration.key, &registration.signed())),
            Err(Error::SignatureInvalid)
        );
        assert_eq!(with(&sign(&key(LEAF), &registration.auth_data)), Err(Error::SignatureInvalid));
        assert_eq!(with(b""), Err(Error::SignatureMalformed));
    }

    // H2, H3; each rule has its test beside `Certificate::check_packed_requirements`.
    #[test]
    fn the_certificate_meets_the_requirements() {
        let registration = Registration::new();
        let signature = sign(&key(LEAF), &registration.signed());
        let with = |change: &dyn Fn(&mut Builder)| {
            let der = Builder::leaf("CA", &key(LEAF)).with(change).sign(&key(2));
            run(&registration, &statement(ES256, &signature, &[&der]))
        };
        assert_eq!(with(&|_| {}), Ok(()));
        let subject = packed_subject(OU, Some("Other"));
        assert_eq!(with(&|c| c.subject = subject.clone()), Err(Error::CertificateRejected));
        let other = aaguid_extension(false, &[1; 16]);
        let expected = Err(Error::AttestationAaguidMismatch);
        assert_eq!(with(&|c| c.extensions.push(other.clone())), expected);
        let negative = tlv(INTEGER, &[&[0x80]]);
        assert_eq!(with(&|c| c.serial = negative.clone()), Err(Error::CertificateMalformed));
    }

    // H4, H5
    #[test]
    fn a_statement_is_signed_by_the_credential_or_has_certificates() {
        let registration = Registration::new();
        let signature = sign(&registration.key, &registration.signed());
        let own = |algorithm| map(&[("alg", int(algorithm)), ("sig", bytes(&signature))]);
        assert_eq!(run(&registration, &own(ES256)), Ok(()));
        assert_eq!(run(&registration, &own(EDDSA)), Err(Error::AttestationStatementMismatch));
        // The credential's own signature is none of a certificate's.
        let der = Builder::leaf("CA", &key(LEAF)).sign(&key(2));
        let mixed = statement(ES256, &signature, &[&der]);
        assert_eq!(run(&registration, &mixed), Err(Error::SignatureInvalid));
    }

    #[test]
    fn the_statement_has_its_members_alone() {
        let registration = Registration::new();
        let der = Builder::leaf("CA", &key(LEAF)).sign(&key(2));
        let signature = sign(&key(LEAF), &registration.signed());
        let (alg, sig, certificates) =
            (("alg", int(ES256)), ("sig", bytes(&signature)), ("x5c", x5c(&[&der])));
        let malformed = Err(Error::AttestationStatementMalformed);
        let with = |members: &[(&str, Vec<u8>)]| run(&registration, &map(members));
        assert_eq!(with(&[alg.clone(), sig.clone(), certificates.clone()]), Ok(()));
        assert_eq!(with(&[sig.clone(), certificates.clone()]), malformed);
        assert_eq!(with(&[alg.clone(), certificates.clone()]), malformed);
        assert_eq!(with(&[alg.clone(), sig.clone(), ("x5c", x5c(&[]))]), malformed);
        assert_eq!(with(&[alg.clone(), sig.clone(), ("x5c", bytes(&der))]), malformed);
        assert_eq!(with(&[alg.clone(), ("sig", text("s")), certificates.clone()]), malformed);
        let key_id = ("ecdaaKeyId", bytes(b"id"));
        assert_eq!(with(&[alg, sig, certificates, key_id]), malformed);
    }
}
