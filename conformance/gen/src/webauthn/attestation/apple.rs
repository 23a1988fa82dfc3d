//! The format `apple`: §8.8.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{APPLE, PLAIN, authority, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::Key;
use mfakit_testing::der;
use mfakit_testing::keys::Es384Key;
use mfakit_testing::x509::{APPLE_NONCE, Extension};

pub(super) fn file() -> File {
    let (base, _) = build(APPLE);
    let mut out = Out::default();
    members(&mut out, &base, &[("x5c", Member::Certificates)]);
    out.refuse(
        &base,
        "member-sig",
        "7.1-22",
        MALFORMED,
        "the format has no signature beside the certificate",
        |r| r.certified().replace("sig", bytes(&[0])),
    );
    let why = "Apple's devices write the credential's algorithm, which the format does not have";
    out.accept(&base, "alg", "7.1-22", why, |r| r.certified().replace("alg", int(-7)));
    out.refuse(&base, "alg-other", "7.1-22", MISMATCH, "another algorithm", |r| {
        r.certified().replace("alg", int(-8))
    });
    out.refuse(&base, "alg-text", "7.1-22", MALFORMED, "alg is a number", |r| {
        r.certified().replace("alg", text("ES256"))
    });
    sizes(&mut out, &base);
    nonces(&mut out, &base);
    keys(&mut out, &base);
    super::file("attestation-apple", "Apple's anonymous statements: section 8.8", out.cases)
}

fn nonces(out: &mut Out, base: &Registration) {
    let mismatch = NONCE_MISMATCH;
    let message = base.subject().message();
    let good = sha256(&message);
    let mut flipped = good.clone();
    flipped[0] ^= 1;
    for (id, nonce, why) in [
        ("bit", flipped, "one bit is flipped"),
        ("short", good[..31].to_vec(), "the last byte is missing"),
        ("longer", [&good[..], &[0]].concat(), "a byte follows"),
        ("empty", Vec::new(), "no nonce"),
        (
            "client-data-hash",
            sha256(&base.ceremony.client_data),
            "the hash of the client data alone",
        ),
        (
            "auth-data-hash",
            sha256(&base.auth_data.bytes()),
            "the hash of the authenticator data alone",
        ),
        ("hashed-twice", sha256(&good), "hashed once more"),
        (
            "another-registration",
            sha256(&build(PLAIN).0.subject().message()),
            "a certificate that was seen elsewhere",
        ),
    ] {
        out.refuse(base, &format!("nonce-{id}"), "7.1-22", mismatch, why, |r| {
            r.certified().leaf.set(Extension::apple_nonce(&nonce))
        });
    }
    out.refuse(base, "aaguid-changed", "7.1-22", mismatch, "the data change after signing", |r| {
        r.attested().aaguid[0] ^= 1
    });
    out.refuse(
        base,
        "nonce-missing",
        "7.1-22",
        CERTIFICATE_REJECTED,
        "the certificate has no nonce",
        |r| r.certified().leaf.remove(APPLE_NONCE),
    );
    let malformed = CERTIFICATE_MALFORMED;
    let wrapped = |value: Vec<u8>| Extension::new(APPLE_NONCE, false, value);
    let inner = der::octets(&good);
    for (id, value, why) in [
        ("unwrapped", good.clone(), "the nonce itself"),
        ("octet-string", inner.clone(), "an OCTET STRING without its SEQUENCE"),
        ("untagged", der::list(std::slice::from_ref(&inner)), "no tag around"),
        ("other-tag", der::list(&[der::explicit(2, &inner)]), "another tag"),
        (
            "trailing",
            [der::list(&[der::explicit(1, &inner)]), der::null()].concat(),
            "something follows",
        ),
        (
            "trailing-inside",
            der::list(&[der::explicit(1, &[inner.clone(), der::null()].concat())]),
            "something follows inside",
        ),
        ("two", der::list(&[der::explicit(1, &inner), der::explicit(1, &inner)]), "two nonces"),
        ("bit-string", der::list(&[der::explicit(1, &der::bits(&good))]), "a BIT STRING"),
        ("nothing", Vec::new(), "nothing in it"),
    ] {
        out.refuse(base, &format!("nonce-{id}"), "7.1-22", malformed, why, |r| {
            r.certified().leaf.set(wrapped(value))
        });
    }
    out.refuse(base, "nonce-twice", "7.1-22", malformed, "the extension twice", |r| {
        let again = r.certified().leaf.extension(APPLE_NONCE).clone();
        r.certified().leaf.extensions.push(again);
    });
}

fn keys(out: &mut Out, base: &Registration) {
    out.refuse(
        base,
        "certified-key-other",
        "7.1-22",
        KEY_MISMATCH,
        "the certificate is another key's",
        |r| r.certified().leaf.spki = super::stranger().spki(),
    );
    let p384 = Key::Es384(Es384Key::new(&[9; 48]));
    out.refuse(
        base,
        "certified-key-p384",
        "7.1-22",
        KEY_MISMATCH,
        "the certificate is that of a key of another type",
        |r| r.certified().leaf.spki = p384.spki(),
    );
    let (_, root) = authority();
    let with_root = root.clone();
    let mut longer = base.clone();
    longer.verdict.path_len = 2;
    out.accept(&longer, "with-the-ca", "7.1-22", "the CA's certificate follows", |r| {
        r.certified().rest.push(with_root)
    });
    out.refuse(
        base,
        "ca-first",
        "7.1-22",
        CERTIFICATE_REJECTED,
        "the CA's certificate first",
        |r| {
            let leaf = r.clone().certified().certificate();
            let certified = r.certified();
            (certified.first, certified.rest) = (Some(root), vec![leaf]);
        },
    );
}
