//! The format `compound`: WebAuthn Level 3 §8.9, several statements about one credential.
//!
//! The statement is an array of `{fmt, attStmt}`, each of them verified as if it stood alone. How many must verify is the
//! relying party's to say (§8.9), and here the answer is all: a statement that fails may be a forgery, and a good one beside it
//! does not mend that. Leaks: nothing secret here.
//!
//! What the specification leaves open is decided so:
//!
//! * One format may stand twice. The syntax allows it, and an authenticator with two keys (one of them post-quantum, say) has
//!   a use for it. Each is verified and has its own certificates, so nothing is gained by repeating one.
//! * `none` may stand, as the syntax excludes `compound` alone. It counts for nothing.
//! * One statement at least must be signed: else the type `compound` would promise what no statement holds.

use super::{Attestation, AttestationType, Subject};
use crate::encoding::cbor::Value;
use crate::error::Error;
use alloc::vec::Vec;

/// The most statements in one. Verifying each takes as long as verifying a registration; genuine ones have two or three.
const MAX_PARTS: usize = 8;

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let statements: Vec<(&'a str, Value<'a>)> = statement
        .as_array()
        .ok_or(Error::AttestationStatementMalformed)?
        .take(MAX_PARTS.saturating_add(1))
        .map(|part| read(&part))
        .collect::<Result<_, _>>()?;
    if !(2..=MAX_PARTS).contains(&statements.len()) {
        return Err(Error::AttestationStatementMalformed);
    }
    let parts: Vec<Attestation<'a>> = statements
        .into_iter()
        .map(|(format, statement)| super::verify(format, statement, subject))
        .collect::<Result<_, _>>()?;
    let is = |kinds: &[AttestationType]| parts.iter().all(|part| kinds.contains(&part.kind));
    if is(&[AttestationType::None]) {
        return Err(Error::AttestationStatementMalformed);
    }
    if is(&[AttestationType::None, AttestationType::Unverified]) {
        return Err(Error::AttestationFormatUnsupported);
    }
    Ok(Attestation { parts, ..Attestation::new(format, AttestationType::Compound) })
}

/// A statement in the array: exactly a format, which is not this one, and the statement in it.
fn read<'a>(part: &Value<'a>) -> Result<(&'a str, Value<'a>), Error> {
    let (mut format, mut statement) = (None, None);
    for (name, value) in part.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("fmt") => format = value.as_text().filter(|format| *format != "compound"),
            Some("attStmt") => statement = value.as_map().map(|_| value),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    format.zip(statement).ok_or(Error::AttestationStatementMalformed)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::policy::{AttestationPolicy, Formats, UnknownAttestation};
    use super::super::test_builder::*;
    use super::*;
    use crate::encoding::cbor::{self, Limits};
    use crate::encoding::cose::ES256;

    fn kinds(
        statement: &[u8],
        policy: AttestationPolicy<'_>,
    ) -> Result<Vec<AttestationType>, Error> {
        let registration = Registration::new();
        let value = cbor::read_all(statement, Limits::ATTESTATION_OBJECT)?;
        let subject = registration.subject(policy);
        let attestation = super::super::verify("compound", value, &subject)?;
        assert_eq!(attestation.attestation_type(), AttestationType::Compound);
        assert!(attestation.path().is_empty());
        Ok(attestation.parts().iter().map(Attestation::attestation_type).collect())
    }

    fn run(parts: &[Vec<u8>]) -> Result<Vec<AttestationType>, Error> {
        kinds(&array(parts), AttestationPolicy::default())
    }

    fn ignoring(parts: &[Vec<u8>]) -> Result<Vec<AttestationType>, Error> {
        let unknown = UnknownAttestation::Ignore;
        kinds(&array(parts), AttestationPolicy { unknown, ..AttestationPolicy::default() })
    }

    fn part(format: &str, statement: Vec<u8>) -> Vec<u8> {
        map(&[("fmt", text(format)), ("attStmt", statement)])
    }

    fn none() -> Vec<u8> {
        part("none", map(&[]))
    }

    fn own() -> Vec<u8> {
        let registration = Registration::new();
        let signature = sign(&registration.key, &registration.signed());
        part("packed", map(&[("alg", int(ES256)), ("sig", bytes(&signature))]))
    }

    fn u2f() -> Vec<u8> {
        let registration = Registration::new();
        let der = Builder::new(common_name("U2F"), common_name("CA"), &key(1)).sign(&key(2));
        let signature = sign(&key(1), &registration.signed_u2f());
        part("fido-u2f", map(&[("sig", bytes(&signature)), ("x5c", x5c(&[&der]))]))
    }

    fn forged() -> Vec<u8> {
        let signature = sign(&key(1), b"something else");
        part("packed", map(&[("alg", int(ES256)), ("sig", bytes(&signature))]))
    }

    // H19
    #[test]
    fn every_part_verifies() {
        let (own_kind, basic) = (AttestationType::SelfAttested, AttestationType::Basic);
        assert_eq!(run(&[own(), u2f()]), Ok(std::vec![own_kind, basic]));
        assert_eq!(run(&[u2f(), own()]), Ok(std::vec![basic, own_kind]));
        for parts in [[own(), forged()], [forged(), own()]] {
            assert_eq!(run(&parts), Err(Error::SignatureInvalid));
            assert_eq!(ignoring(&parts), Err(Error::SignatureInvalid));
        }
        // One format twice.
        assert_eq!(run(&[own(), own()]), Ok(std::vec![own_kind; 2]));
    }

    // H19
    #[test]
    fn two_to_eight_parts_of_two_members_and_none_nested() {
        let malformed = Err(Error::AttestationStatementMalformed);
        let policy = AttestationPolicy::default();
        assert_eq!(run(&[]), malformed);
        assert_eq!(run(&[own()]), malformed);
        assert!(run(&std::vec![own(); 8]).is_ok());
        assert_eq!(run(&std::vec![own(); 9]), malformed);
        let nested = part("compound", array(&[own(), own()]));
        assert_eq!(run(&[own(), nested.clone()]), malformed);
        assert_eq!(ignoring(&[own(), nested]), malformed);
        assert_eq!(run(&[own(), part("compound", map(&[]))]), malformed);
        assert_eq!(run(&[own(), map(&[("fmt", text("none"))])]), malformed);
        assert_eq!(run(&[own(), map(&[("attStmt", map(&[]))])]), malformed);
        let third = map(&[("fmt", text("none")), ("attStmt", map(&[])), ("x", int(1))]);
        assert_eq!(run(&[own(), third]), malformed);
        assert_eq!(run(&[own(), map(&[("fmt", int(1)), ("attStmt", map(&[]))])]), malformed);
        assert_eq!(run(&[own(), part("none", bytes(b""))]), malformed);
        assert_eq!(run(&[own(), text("none")]), malformed);
        assert_eq!(kinds(&map(&[]), policy), malformed);
    }

    #[test]
    fn something_is_signed() {
        let (own_kind, nothing) = (AttestationType::SelfAttested, AttestationType::None);
        assert_eq!(run(&[none(), own()]), Ok(std::vec![nothing, own_kind]));
        assert_eq!(run(&[none(), none()]), Err(Error::AttestationStatementMalformed));
        let full = part("none", map(&[("x", int(1))]));
        assert_eq!(run(&[full, own()]), Err(Error::AttestationStatementMalformed));
    }

    // H20
    #[test]
    fn formats_that_are_not_accepted_are_refused_or_unverified() {
        let unsupported = Err(Error::AttestationFormatUnsupported);
        let unverified = AttestationType::Unverified;
        let parts = [own(), part("Packed", map(&[]))];
        assert_eq!(run(&parts), unsupported);
        let seen = ignoring(&parts);
        assert_eq!(seen, Ok(std::vec![AttestationType::SelfAttested, unverified]));
        let unknown = part("unknown", map(&[]));
        assert_eq!(ignoring(&[unknown.clone(), unknown.clone()]), unsupported);
        assert_eq!(ignoring(&[unknown, none()]), unsupported);
        let without_u2f = Formats::PACKED.and(Formats::COMPOUND);
        let policy = AttestationPolicy { formats: without_u2f, ..AttestationPolicy::default() };
        assert_eq!(kinds(&array(&[own(), u2f()]), policy), unsupported);
    }
}
