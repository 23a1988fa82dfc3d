//! The format `fido-u2f`: WebAuthn Level 3 §8.6, for authenticators that speak FIDO U2F.
//!
//! The statement is `{x5c, sig}` with one certificate of a P-256 key. What is signed is U2F's own message: it holds the RP ID's
//! hash, the client data's hash, the credential's id and key, and not the AAGUID, so the AAGUID beside it is not proven. Leaks:
//! nothing secret here.

use super::certificate::{Certificate, read_x5c};
use super::{Attestation, AttestationType, Subject};
use crate::encoding::cbor::Value;
use crate::encoding::cose::{ES256, PublicKey};
use crate::error::Error;

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let (signature, x5c) = read(&statement)?;
    let path = read_x5c(x5c)?;
    let [leaf] = path.as_slice() else {
        return Err(Error::AttestationStatementMalformed);
    };
    let leaf = Certificate::parse(leaf, subject.policy.tolerances)?;
    let PublicKey::Es256 { algorithm: ES256, x, y } = subject.key else {
        return Err(Error::AttestationStatementMismatch);
    };
    // 0x04: the point is not compressed (U2F raw message formats §4.3).
    let message = [
        &[0],
        subject.rp_id_hash.as_slice(),
        subject.client_data_hash,
        subject.attested.credential_id,
        &[4],
        x,
        y,
    ];
    leaf.verify(ES256, &message, signature)?;
    if subject.policy.switches.u2f_zero_aaguid && *subject.attested.aaguid != [0; 16] {
        return Err(Error::AttestationAaguidMismatch);
    }
    Ok(Attestation::certified(format, AttestationType::Basic, None, path))
}

fn read<'a>(statement: &Value<'a>) -> Result<(&'a [u8], Value<'a>), Error> {
    let (mut signature, mut certificates) = (None, None);
    for (name, value) in statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("sig") => signature = value.as_bytes(),
            Some("x5c") => certificates = Some(value),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    signature.zip(certificates).ok_or(Error::AttestationStatementMalformed)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::FidoSwitches;
    use super::super::policy::AttestationPolicy;
    use super::super::test_builder::*;
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use crate::encoding::cose::ESP256;
    use std::vec::Vec;

    const LEAF: u8 = 1;

    fn run(registration: &Registration, statement: &[u8]) -> Result<(), Error> {
        run_under(registration, statement, FidoSwitches::default())
    }

    fn run_under(
        registration: &Registration,
        statement: &[u8],
        switches: FidoSwitches,
    ) -> Result<(), Error> {
        let value = cbor::read_all(statement, Limits::ATTESTATION_OBJECT)?;
        let policy = AttestationPolicy { switches, ..AttestationPolicy::default() };
        let attestation = verify("fido-u2f", value, &registration.subject(policy))?;
        assert_eq!(attestation.attestation_type(), AttestationType::Basic);
        assert_eq!(attestation.path().len(), 1);
        assert_eq!(attestation.aaguid, None);
        Ok(())
    }

    fn certificate() -> Builder {
        Builder::new(common_name("U2F"), common_name("CA"), &key(LEAF))
    }

    fn statement(registration: &Registration, certificates: &[&[u8]]) -> Vec<u8> {
        let signature = sign(&key(LEAF), &registration.signed_u2f());
        map(&[("sig", bytes(&signature)), ("x5c", x5c(certificates))])
    }

    // H6
    #[test]
    fn one_certificate_of_a_p256_key() {
        let registration = Registration::new();
        let der = certificate().sign(&key(2));
        let malformed = Err(Error::AttestationStatementMalformed);
        assert_eq!(run(&registration, &statement(&registration, &[&der])), Ok(()));
        assert_eq!(run(&registration, &statement(&registration, &[&der, &der])), malformed);
        assert_eq!(run(&registration, &statement(&registration, &[])), malformed);
        let p384 = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
        let ed25519 = b"\x06\x03\x2b\x65\x70";
        for spki in [spki_of(p384, &[4; 97]), spki_of(ed25519, &[1; 32])] {
            let other = certificate().with(|c| c.spki = spki).sign(&key(2));
            let refused = run(&registration, &statement(&registration, &[&other]));
            assert_eq!(refused, Err(Error::AttestationStatementMismatch));
        }
        let long = spki_of(&spki(&key(LEAF))[4..23], &[4; 67]);
        let long = certificate().with(|c| c.spki = long).sign(&key(2));
        let refused = run(&registration, &statement(&registration, &[&long]));
        assert_eq!(refused, Err(Error::CertificateMalformed));
    }

    // H6
    #[test]
    fn the_credential_is_for_es256() {
        let registration = Registration::with_algorithm(ESP256);
        let der = certificate().sign(&key(2));
        let refused = run(&registration, &statement(&registration, &[&der]));
        assert_eq!(refused, Err(Error::AttestationStatementMismatch));
    }

    // H6
    #[test]
    fn an_aaguid_is_refused_under_the_switch_alone() {
        let mut registration = Registration::new();
        let der = certificate().sign(&key(2));
        let zero = FidoSwitches { u2f_zero_aaguid: true, ..FidoSwitches::default() };
        let statement = statement(&registration, &[&der]);
        assert_eq!(run(&registration, &statement), Ok(()));
        let mismatch = Err(Error::AttestationAaguidMismatch);
        assert_eq!(run_under(&registration, &statement, zero), mismatch);
        registration.aaguid = [0; 16];
        assert_eq!(run_under(&registration, &statement, zero), Ok(()));
    }

    #[test]
    fn everything_in_the_message_is_signed() {
        let registration = Registration::new();
        let der = certificate().sign(&key(2));
        let message = registration.signed_u2f();
        // The first byte, the RP ID's hash, the client data's, the credential's id and its key.
        for at in [0, 1, 33, 65, 75, 76, 108] {
            let mut other = message.clone();
            other[at] ^= 1;
            let signature = sign(&key(LEAF), &other);
            let statement = map(&[("sig", bytes(&signature)), ("x5c", x5c(&[&der]))]);
            assert_eq!(run(&registration, &statement), Err(Error::SignatureInvalid), "{at}");
        }
    }

    #[test]
    fn the_statement_has_its_members_alone() {
        let registration = Registration::new();
        let der = certificate().sign(&key(2));
        let signature = sign(&key(LEAF), &registration.signed_u2f());
        let (sig, certificates) = (("sig", bytes(&signature)), ("x5c", x5c(&[&der])));
        let malformed = Err(Error::AttestationStatementMalformed);
        let with = |members: &[(&str, Vec<u8>)]| run(&registration, &map(members));
        assert_eq!(with(&[sig.clone(), certificates.clone()]), Ok(()));
        assert_eq!(with(core::slice::from_ref(&sig)), malformed);
        assert_eq!(with(core::slice::from_ref(&certificates)), malformed);
        assert_eq!(with(&[sig, certificates, ("alg", int(ES256))]), malformed);
    }
}
