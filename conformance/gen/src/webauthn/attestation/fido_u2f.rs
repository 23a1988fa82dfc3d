//! The format `fido-u2f`: §8.6.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{FIDO_U2F, PLAIN, authority, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::{Ed25519Key, Key};
use mfakit_testing::keys::{Es256kKey, Es384Key};
use mfakit_testing::rsa::RsaKey;

pub(super) fn file() -> File {
    let (base, _) = build(FIDO_U2F);
    let mut out = Out::default();
    members(&mut out, &base, &[("sig", Member::Bytes), ("x5c", Member::Certificates)]);
    out.refuse(&base, "member-alg", "7.1-22", MALFORMED, "the format has no alg", |r| {
        r.certified().replace("alg", int(-7))
    });
    sizes(&mut out, &base);
    keys(&mut out, &base);
    signed(&mut out, &base);
    switches(&mut out, &base);
    super::file("attestation-fido-u2f", "FIDO U2F statements: section 8.6", out.cases)
}

fn keys(out: &mut Out, base: &Registration) {
    let (_, root) = authority();
    out.refuse(base, "two-certificates", "7.1-22", MALFORMED, "x5c has exactly one element", |r| {
        r.certified().rest.push(root)
    });
    let twin = base.clone().certified().certificate();
    out.refuse(base, "certificate-twice", "7.1-22", MALFORMED, "the same one twice is two", |r| {
        r.certified().rest.push(twin)
    });
    for (id, key) in [
        ("p384", Key::Es384(Es384Key::new(&[9; 48]))),
        ("secp256k1", Key::Es256k(Es256kKey::new(&[9; 32]))),
        ("ed25519", Key::Ed25519(Ed25519Key::new(&[9; 32]))),
        ("rsa", Key::Rsa(RsaKey::mersenne(-257, 1279, 2203))),
    ] {
        let why = "the certified key is not one on P-256";
        out.refuse(base, &format!("attestation-key-{id}"), "7.1-22", MISMATCH, why, |r| {
            r.certified().leaf.spki = key.spki();
            r.certified().key = key;
        });
    }
    for (id, key, feature) in [
        ("es384", Key::Es384(Es384Key::new(&[9; 48])), "es384"),
        ("eddsa", Key::Ed25519(Ed25519Key::new(&[9; 32])), "ed25519"),
        ("es256k", Key::Es256k(Es256kKey::new(&[9; 32])), "es256k"),
        ("rs256", Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)), "rsassa_pkcs1"),
    ] {
        let why = "U2F knows credentials on P-256 only";
        out.refuse(base, &format!("credential-{id}"), "7.1-22", MISMATCH, why, |r| {
            r.attested().public_key = key.cose();
            r.offered = vec![key.algorithm()];
            r.key = key;
        });
        out.requires(feature);
    }
}

fn signed(out: &mut Out, base: &Registration) {
    let attested = base.auth_data.attested.clone().expect("attested");
    let (rp, hash) = (base.auth_data.rp_id_hash.clone(), sha256(&base.ceremony.client_data));
    let point = base.key.spki_key();
    let id = attested.credential_id;
    let join = |parts: &[&[u8]]| parts.concat();
    let (x, y) = base.key.es256().point();
    let compressed = join(&[&[2 | y[31] & 1], &x]);
    let other = build(PLAIN).0;
    let messages = vec![
        ("packed-message", base.subject().message(), "what a packed statement signs"),
        ("no-zero-byte", join(&[&rp, &hash, &id, &point]), "the reserved byte is missing"),
        ("another-first-byte", join(&[&[1], &rp, &hash, &id, &point]), "the reserved byte is 0"),
        (
            "u2f-header-byte",
            join(&[&[5], &rp, &hash, &id, &point]),
            "the first byte of U2F's message",
        ),
        ("hashes-swapped", join(&[&[0], &hash, &rp, &id, &point]), "the parts in another order"),
        (
            "client-data-unhashed",
            join(&[&[0], &rp, &base.ceremony.client_data, &id, &point]),
            "the client data in place of its hash",
        ),
        (
            "another-rp",
            join(&[&[0], &other_rp(), &hash, &id, &point]),
            "a statement for another relying party",
        ),
        (
            "another-id",
            join(&[
                &[0],
                &rp,
                &hash,
                &other.auth_data.attested.expect("attested").credential_id,
                &point,
            ]),
            "another credential's id",
        ),
        ("no-id", join(&[&[0], &rp, &hash, &point]), "the id is not signed"),
        ("compressed-point", join(&[&[0], &rp, &hash, &id, &compressed]), "a compressed point"),
        ("point-without-tag", join(&[&[0], &rp, &hash, &id, &point[1..]]), "x and y alone"),
        ("cose-key", join(&[&[0], &rp, &hash, &id, &base.key.cose()]), "the key as COSE writes it"),
        (
            "another-key",
            join(&[&[0], &rp, &hash, &id, &super::stranger().spki_key()]),
            "another credential's key",
        ),
        ("trailing-byte", join(&[&[0], &rp, &hash, &id, &point, &[0]]), "a byte follows"),
    ];
    super::signatures(out, base, messages);
    out.accept(
        base,
        "aaguid-changed",
        "7.1-22",
        "U2F does not sign the AAGUID, so it says nothing",
        |r| r.attested().aaguid[0] ^= 1,
    );
}

fn other_rp() -> Vec<u8> {
    sha256(b"example.com")
}

/// FIDO's rule that the AAGUID is zero, which the specification does not have.
fn switches(out: &mut Out, base: &Registration) {
    let asked = |switches: &[&'static str]| {
        let switches = switches.to_vec();
        move |r: &mut Registration| {
            let trust = Trust {
                require: false,
                fido_switches: switches,
                ..Trust::required(&[super::other_root()])
            };
            r.trust = Some(trust);
            r.now = Some(NOW);
            r.verdict.asked = true;
        }
    };
    out.refuse(
        base,
        "zero-aaguid-switch",
        "7.1-22",
        AAGUID_MISMATCH,
        "the switch wants the AAGUID to be zero",
        asked(&["u2f_zero_aaguid"]),
    );
    out.accept(base, "zero-aaguid-switch-zero", "7.1-22", "the switch, and it is zero", |r| {
        asked(&["u2f_zero_aaguid"])(r);
        r.attested().aaguid = vec![0; 16];
    });
    out.accept(
        base,
        "other-switches",
        "7.1-22",
        "each switch is for itself",
        asked(&["tpm_known_vendor", "tpm_rs1", "no_root_in_x5c"]),
    );
}
