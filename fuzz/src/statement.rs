//! Attestation statements of every format, mutated as they are sent. Whoever has no key of ours cannot make one that is
//! accepted: an accepted statement with certificates is about authenticator data that was signed for a seed, a trusted one has
//! a certificate that the authority issued, and a credential's own statement is by its own key.

use crate::attestation_object;
use crate::certified::{self, ROOT, options};
use crate::input::{Input, Output};
use mfakit_core::webauthn::attestation::{Attestation, AttestationType, Trust};
use mfakit_testing::{attestation, cbor, sha256};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A seed's format, authenticator data, and the attestation certificates in it.
struct Made {
    format: &'static str,
    auth_data: Vec<u8>,
}

static MADE: LazyLock<Vec<Made>> = LazyLock::new(|| {
    certified::statements()
        .into_iter()
        .map(|(format, _, auth_data)| Made { format, auth_data })
        .collect()
});

/// Every certificate in a seed.
static ISSUED: LazyLock<BTreeSet<Vec<u8>>> = LazyLock::new(|| {
    let mut issued = BTreeSet::new();
    for (format, statement, data) in certified::statements() {
        let object = attestation::object(format, &statement, &data);
        let chosen = options::TRUST | options::REQUIRE;
        let client_data = certified::client_data();
        if let Ok(verified) = certified::verify(chosen, &client_data, &object) {
            let all = std::iter::once(verified.attestation()).chain(verified.attestation().parts());
            issued.extend(all.flat_map(Attestation::path).map(|der| der.to_vec()));
        }
    }
    issued
});

/// Whether core accepts; panics if it accepts what nobody signed.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (chosen, client_data) = (input.u8(), input.bytes());
    let object = input.rest();
    let Ok(verified) = certified::verify(chosen, client_data, object) else { return false };
    let read = attestation_object::reference(object);
    let auth_data = read.map(|read| read.auth_data).expect("core read it");
    let attestation = verified.attestation();
    check_attestation(attestation, &auth_data, client_data, chosen);
    let required = chosen & options::TRUST != 0 && chosen & options::REQUIRE != 0;
    assert!(!required || matches!(attestation.trust(), Trust::Trusted(_)), "it was required");
    true
}

fn check_attestation(found: &Attestation<'_>, auth_data: &[u8], client_data: &[u8], chosen: u8) {
    use AttestationType as Kind;
    let format = found.format();
    match found.attestation_type() {
        Kind::None => assert_eq!(format, "none"),
        Kind::SelfAttested => assert_eq!(format, "packed"),
        Kind::Unverified => assert_ne!(chosen & options::IGNORE_UNKNOWN, 0),
        Kind::Compound => {
            assert_eq!(format, "compound");
            found.parts().iter().for_each(|part| {
                check_attestation(part, auth_data, client_data, chosen);
            });
        }
        Kind::Basic | Kind::AttCa | Kind::AnonCa => {
            // The challenge is the seeds'; the rest of the client data is signed by its hash.
            assert_eq!(sha256(client_data), sha256(&certified::client_data()), "{format}");
            let covered = |made: &Made| {
                // U2F signs the RP ID's hash, the credential's id and its key.
                let parts = |data: &[u8]| (data[..32].to_vec(), data[53..].to_vec());
                match format {
                    "fido-u2f" => parts(&made.auth_data) == parts(auth_data),
                    _ => made.auth_data == auth_data,
                }
            };
            let known = MADE
                .iter()
                .any(|made| (made.format == format || made.format == "compound") && covered(made));
            assert!(known, "{format}");
        }
        other => panic!("the oracle knows no {other:?}"),
    }
    match found.trust() {
        // Of a compound statement the whole has the verdict too, and its parts may each have another.
        Trust::NotRequested => assert_eq!(chosen & options::TRUST, 0),
        Trust::Untrusted => assert_ne!(chosen & options::TRUST, 0),
        Trust::Trusted(anchor) => {
            assert_eq!(anchor[..], sha256(&ROOT));
            if let Some(leaf) = found.path().first() {
                assert!(ISSUED.contains(&**leaf), "{format}");
            }
        }
    }
}

/// Every valid statement under every choice that lets it pass.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (format, statement, data) in certified::statements() {
        let object = attestation::object(format, &statement, &data);
        for chosen in
            [0, options::TRUST, options::TRUST | options::REQUIRE, options::TOLERANT, options::FIDO]
        {
            seeds.push(input(chosen, &certified::client_data(), &object));
        }
    }
    let unknown = attestation::object("x", &cbor::map(&[]), &MADE[0].auth_data);
    seeds.push(input(options::IGNORE_UNKNOWN, &certified::client_data(), &unknown));
    seeds
}

/// The input that stands for these arguments.
#[must_use]
pub fn input(chosen: u8, client_data: &[u8], object: &[u8]) -> Vec<u8> {
    Output::default().number([chosen]).bytes(client_data).raw(object).finish()
}

/// Whether the authority issued this certificate for a seed.
#[must_use]
pub fn is_issued(certificate: &[u8]) -> bool {
    let plain = certified::leaf(&certified::LEAF_KEY).sign(&certified::ROOT_KEY);
    ISSUED.contains(certificate) || plain == certificate
}
