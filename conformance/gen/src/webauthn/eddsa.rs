//! Ed25519 credentials (§5.8.5): the Level 3 vector without its statement, and what strict verification refuses.

use super::authentication::Out as Assertions;
use super::ceremony::{Authentication, Registration, UP, UV, derived, sha256};
use super::recipe::{EDDSA, PLAIN, build, build_unattested};
use super::registration::Out as Registrations;
use crate::case::File;
use crate::cose::ed25519_faults;
use crate::ed25519;
use crate::keys::Es256Key;
use mfakit_testing::cbor::int;
use mfakit_testing::cose;
use mfakit_testing::keys::Ed25519Key;

/// The file of Ed25519 credentials.
pub(crate) fn file() -> File {
    let (registration, authentication) = build_unattested(EDDSA);
    let section = "Test Vectors, Packed Attestation with Ed25519 Credential";
    let positive = registration.accepted(&registration.name);
    let mut cases = vec![
        derived(positive, section, "l3-packed-eddsa-reg", "statement-none")
            .step("7.1-22")
            .why("the same credential with attestation none"),
    ];
    let mut out = Registrations::default();
    keys(&mut out, &registration);
    cases.extend(out.cases);
    let mut out = Assertions::default();
    signatures(&mut out, &authentication);
    stored_keys(&mut out, &authentication);
    around(&mut out, &authentication);
    cases.extend(out.cases);
    File {
        topic: "webauthn-eddsa",
        description: "Registrations and authentications of Ed25519 credentials",
        notes: vec![
            "Ed25519 is verified strictly: S below L, R compared as bytes, neither R nor the key of small order.".into(),
            "The vector itself, l3-packed-eddsa, is in webauthn-level-3.".into(),
        ],
        cases,
    }
}

/// §7.1 steps 13 and 20: the key.
fn keys(out: &mut Registrations, base: &Registration) {
    let public = base.key.ed25519().public();
    for (id, key, code, why) in ed25519_faults(&public) {
        if code.starts_with("cose_") && id != "alg-missing" {
            let mutate = |r: &mut Registration| r.attested().public_key = key;
            out.refuse(base, &format!("key-{id}"), "7.1-13", code, why, mutate);
        }
    }
    let entries = || cose::ed25519_entries(&public);
    for (id, alg, why) in [
        ("ed25519-19", -19, "Ed25519 by its other number, which was not asked for"),
        ("ed448", -53, "Ed448"),
        ("rs256", -257, "RS256"),
        ("ml-dsa-44", -48, "ML-DSA"),
    ] {
        let key = cose::with(entries(), 3, &int(alg));
        let (id, code) = (format!("alg-{id}-not-offered"), "algorithm_not_offered");
        out.refuse(base, &id, "7.1-20", code, why, |r| r.attested().public_key = key);
    }
    out.refuse(
        base,
        "alg-es256",
        "7.1-13",
        "cose_key_mismatch",
        "an Ed25519 key that says ES256, which was offered too",
        |r| r.attested().public_key = cose::with(cose::ed25519_entries(&public), 3, &int(-7)),
    );
    let (x, y) = Es256Key::new(&[7; 32]).point();
    let whole = cose::with(cose::es256_entries(&x, &y), 3, &int(-8));
    out.refuse(
        base,
        "p256-key",
        "7.1-13",
        "cose_key_mismatch",
        "a whole P-256 key that says EdDSA",
        |r| r.attested().public_key = whole,
    );
    out.refuse(
        base,
        "alg-not-offered",
        "7.1-20",
        "algorithm_not_offered",
        "only ES256 was asked for",
        |r| r.offered = vec![-7],
    );
    out.accept(base, "only-alg-offered", "7.1-20", "only EdDSA was asked for", |r| {
        r.offered = vec![-8]
    });
    out.accept(base, "user-verified", "7.1-16", "UV is set and required", |r| {
        r.ceremony.require_verification = true;
        r.auth_data.flags |= UV;
    });
}

/// §7.2 steps 20 and 21.
fn signatures(out: &mut Assertions, base: &Authentication) {
    let key = base.key.ed25519();
    let message = base.signed_bytes();
    let good = key.sign(&message);
    for (id, signature, why) in ed25519::malformed(&good) {
        let (id, code) = (format!("signature-{id}"), "signature_malformed");
        out.refuse(base, &id, "7.2-21", code, why, |a| a.signature = Some(signature));
    }
    let invalid = "signature_invalid";
    for (id, signature, why) in ed25519::invalid(key, &message, &good) {
        let id = format!("signature-{id}");
        out.refuse(base, &id, "7.2-21", invalid, why, |a| a.signature = Some(signature));
    }
    let hash = sha256(&base.ceremony.client_data);
    let data = base.auth_data.bytes();
    let rows: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("hash-then-data", [&hash[..], &data].concat(), "7.2-21", "the parts in the other order"),
        ("data-alone", data.clone(), "7.2-21", "the client data is not signed"),
        (
            "client-data-unhashed",
            [&data[..], &base.ceremony.client_data].concat(),
            "7.2-20",
            "the client data in place of its hash",
        ),
        ("hash-of-all", sha256(&message), "7.2-21", "the hash of the message in its place"),
        ("extra-byte", [&message[..], &[0]].concat(), "7.2-21", "a byte follows"),
        ("nothing", vec![], "7.2-21", "an empty message"),
    ];
    for (id, message, step, why) in rows {
        let signature = key.sign(&message).to_vec();
        let id = format!("signature-over-{id}");
        out.refuse(base, &id, step, invalid, why, |a| a.signature = Some(signature));
    }
    out.refuse(
        base,
        "signature-by-another-key",
        "7.2-21",
        invalid,
        "another key signs the right bytes",
        |a| a.signature = Some(Ed25519Key::new(&[7; 32]).sign(&a.signed_bytes()).to_vec()),
    );
    out.refuse(
        base,
        "signature-by-a-p256-key",
        "7.2-21",
        "signature_malformed",
        "an ES256 signature where the record has Ed25519",
        |a| a.signature = Some(Es256Key::new(&[7; 32]).sign_der(&a.signed_bytes())),
    );
    let kept = good.to_vec();
    out.refuse(base, "signed-flags-changed", "7.2-21", invalid, "UV is set after signing", |a| {
        a.auth_data.flags |= UV;
        a.signature = Some(kept);
    });
    // The other way round: an Ed25519 signature where the record has ES256.
    let (_, plain) = build(PLAIN);
    let signature = Ed25519Key::new(&[7; 32]).sign(&plain.signed_bytes()).to_vec();
    out.refuse(
        &plain,
        "signature-by-an-ed25519-key",
        "7.2-21",
        "signature_malformed",
        "an Ed25519 signature where the record has ES256",
        |a| a.signature = Some(signature),
    );
}

/// A record that holds a key which no registration lets in is damaged: nobody's sign-in failed.
fn stored_keys(out: &mut Assertions, base: &Authentication) {
    let kept = base.sent_signature();
    for (id, encoding, why) in ed25519::small_order() {
        let id = format!("stored-key-{id}");
        out.damaged(base, &id, why, |a| {
            a.stored_key = cose::ed25519(&encoding);
            a.signature = Some(kept.clone());
        });
    }
    let (name, encoding) = ed25519::not_canonical().remove(0);
    out.damaged(base, &format!("stored-key-{name}"), "y is not below p", |a| {
        a.stored_key = cose::ed25519(&encoding);
        a.signature = Some(kept.clone());
    });
}

/// The steps around the signature do not depend on the algorithm.
fn around(out: &mut Assertions, base: &Authentication) {
    out.refuse(base, "user-not-present", "7.2-16", "user_not_present", "UP is clear", |a| {
        a.auth_data.flags &= !UP
    });
    out.refuse(
        base,
        "challenge-other",
        "7.2-11",
        "challenge_mismatch",
        "the response answers another challenge: a replay",
        |a| a.ceremony.challenge[0] ^= 0x80,
    );
    out.accept(base, "counter-5-to-6", "7.2-22", "the counter rises", |a| {
        a.stored_sign_count = 5;
        a.auth_data.sign_count = 6;
    });
    out.refuse(
        base,
        "counter-5-to-5",
        "7.2-22",
        "counter_regressed",
        "the counter stands still",
        |a| {
            a.stored_sign_count = 5;
            a.auth_data.sign_count = 5;
        },
    );
}
