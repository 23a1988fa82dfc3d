//! Every algorithm (§5.8.5): a registration and an authentication with each, and what each must be refused for.

use super::authentication::Out as Assertions;
use super::ceremony::{Authentication, Registration, Statement, Verdict, derived};
use super::recipe::{PLAIN, build};
use super::registration::Out as Registrations;
use crate::bytes::hex;
use crate::case::{Case, File};
use crate::keys::{Ed25519Key, Es256Key, Key};
use mfakit_testing::cbor::{Item, bytes, int};
use mfakit_testing::cose::{with, without};
use mfakit_testing::keys::{Ed448Key, Es256kKey, Es384Key, Es512Key, MlDsaKey};
use mfakit_testing::rsa::{Hash, RsaKey};

/// An RSA key of 3482 bits, as the Level 3 vector has it.
fn rsa(algorithm: i64) -> Key {
    Key::Rsa(RsaKey::mersenne(algorithm, 1279, 2203))
}

/// Every algorithm with its feature; ES256 and EdDSA have files of their own.
fn every() -> Vec<(&'static str, Key, &'static str)> {
    let p256 = || Key::Es256(Es256Key::new(&[0x51; 32]));
    let ed25519 = || Key::Ed25519(Ed25519Key::new(&[0x51; 32]));
    let p384 = || Key::Es384(Es384Key::new(&[0x51; 48]));
    let p521 = || Key::Es512(Es512Key::new(&[0x51; 65]));
    vec![
        ("es256", p256(), "es256"),
        ("esp256", p256().under(-9), "es256"),
        ("eddsa", ed25519(), "ed25519"),
        ("ed25519", ed25519().under(-19), "ed25519"),
        ("es384", p384(), "es384"),
        ("esp384", p384().under(-51), "es384"),
        ("es512", p521(), "es512"),
        ("esp512", p521().under(-52), "es512"),
        ("es256k", Key::Es256k(Es256kKey::new(&[0x51; 32])), "es256k"),
        ("ed448", Key::Ed448(Ed448Key::new(&[0x51; 57])), "ed448"),
        ("rs256", rsa(-257), "rsassa_pkcs1"),
        ("rs384", rsa(-258), "rsassa_pkcs1"),
        ("rs512", rsa(-259), "rsassa_pkcs1"),
        ("ps256", rsa(-37), "rsassa_pss"),
        ("ps384", rsa(-38), "rsassa_pss"),
        ("ps512", rsa(-39), "rsassa_pss"),
        ("ml-dsa-44", Key::MlDsa(MlDsaKey::new(-48, [0x51; 32])), "ml_dsa"),
        ("ml-dsa-65", Key::MlDsa(MlDsaKey::new(-49, [0x51; 32])), "ml_dsa"),
        ("ml-dsa-87", Key::MlDsa(MlDsaKey::new(-50, [0x51; 32])), "ml_dsa"),
    ]
}

/// Another key of the same type.
fn stranger(key: &Key) -> Key {
    match key {
        Key::Es256(_) => Key::Es256(Es256Key::new(&[0x52; 32])),
        Key::Ed25519(_) => Key::Ed25519(Ed25519Key::new(&[0x52; 32])),
        Key::Es384(_) => Key::Es384(Es384Key::new(&[0x52; 48])),
        Key::Es512(_) => Key::Es512(Es512Key::new(&[0x52; 65])),
        Key::Es256k(_) => Key::Es256k(Es256kKey::new(&[0x52; 32])),
        Key::Ed448(_) => Key::Ed448(Ed448Key::new(&[0x52; 57])),
        // Nearly the same length.
        Key::Rsa(key) => Key::Rsa(RsaKey::mersenne(key.algorithm(), 1279, 2281)),
        Key::MlDsa(key) => Key::MlDsa(MlDsaKey::new(key.algorithm(), [0x52; 32])),
        Key::Renamed(algorithm, key) => stranger(key).under(*algorithm),
    }
}

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    for (id, key, feature) in every() {
        let (registration, authentication) = pair(id, &key);
        let section = "5.8.5";
        for case in [
            registration.accepted(&registration.name).step("7.1-20"),
            authentication.accepted(&authentication.name).step("7.2-21"),
        ] {
            cases.push(
                derived(case, section, "l3-none-es256", id).why("a credential of this algorithm"),
            );
        }
        let mut out = Registrations::default();
        registrations(&mut out, &registration);
        cases.extend(out.cases);
        let mut out = Assertions::default();
        assertions(&mut out, &authentication);
        cases.extend(out.cases);
        cases.extend(key_faults(id, &key, feature));
    }
    cases.extend(rsa_keys());
    cases.extend(signatures());
    for case in &mut cases {
        case.requires.retain(|feature| *feature != "es256");
        if case.inputs.compact().len() > 16_000 {
            case.requires.push("large_inputs");
        }
    }
    File {
        topic: "webauthn-algorithms",
        description: "Credentials of every algorithm, their keys and their signatures",
        notes: vec![
            "ES256 and EdDSA have more cases in webauthn-none and webauthn-eddsa; the Level 3 vectors of others are in \
             webauthn-level-3."
                .into(),
        ],
        cases,
    }
}

fn pair(id: &str, key: &Key) -> (Registration, Authentication) {
    let (mut registration, mut authentication) = build(PLAIN);
    registration.name = format!("own-{id}-reg");
    registration.key = key.clone();
    registration.attested().public_key = key.cose();
    registration.offered = vec![key.algorithm()];
    authentication.name = format!("own-{id}-auth");
    authentication.stored_key = key.cose();
    authentication.key = key.clone();
    (registration, authentication)
}

fn registrations(out: &mut Registrations, base: &Registration) {
    let own = base.key.algorithm();
    let other = if own == -7 { -8 } else { -7 };
    out.refuse(
        base,
        "not-offered",
        "7.1-20",
        "algorithm_not_offered",
        "another algorithm was asked for",
        |r| r.offered = vec![other],
    );
    // A name of the same algorithm that was not asked for is another one.
    let twins = [
        (-7, -9),
        (-8, -19),
        (-35, -51),
        (-36, -52),
        (-257, -258),
        (-37, -38),
        (-257, -37),
        (-48, -49),
    ];
    for (left, right) in twins {
        let twin = if own == left {
            right
        } else if own == right {
            left
        } else {
            continue;
        };
        out.refuse(
            base,
            &format!("offered{twin}"),
            "7.1-20",
            "algorithm_not_offered",
            "asked for under another number: numbers are compared, not keys",
            |r| r.offered = vec![twin],
        );
        if own == -37 || own == -257 {
            out.requires(if twin == -37 { "rsassa_pss" } else { "rsassa_pkcs1" });
        }
    }
    out.accept(base, "packed-self", "7.1-22", "the credential's key signs the statement", |r| {
        r.fmt = "packed".into();
        r.statement = Statement::PackedSelf;
        r.verdict = Verdict::plain("self");
    });
    out.refuse(
        base,
        "packed-self-by-another",
        "7.1-22",
        "signature_invalid",
        "another key of the same type signs the statement",
        |r| {
            let signature = stranger(&r.key).sign(&r.subject().message());
            // One of RSA is as long as its key, here by a few bytes longer: the first are cut off.
            let signature = match &r.key {
                Key::Rsa(key) => signature[signature.len() - key.n().len()..].to_vec(),
                _ => signature,
            };
            r.fmt = "packed".into();
            r.statement = Statement::Given(mfakit_testing::attestation::packed(
                r.key.algorithm(),
                &signature,
            ));
        },
    );
}

fn assertions(out: &mut Assertions, base: &Authentication) {
    let good = base.sent_signature();
    out.refuse(
        base,
        "flags-changed",
        "7.2-21",
        "signature_invalid",
        "UV is set after signing",
        |a| {
            a.auth_data.flags ^= super::ceremony::UV;
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        base,
        "client-data-changed",
        "7.2-20",
        "signature_invalid",
        "a blank after signing",
        |a| {
            a.ceremony.client_data.push(b' ');
            a.signature = Some(good.clone());
        },
    );
    out.refuse(base, "signature-empty", "7.2-21", "signature_malformed", "no signature", |a| {
        a.signature = Some(Vec::new())
    });
    out.refuse(
        base,
        "signature-short",
        "7.2-21",
        "signature_malformed",
        "the last byte is missing",
        |a| a.signature = Some(good[..good.len() - 1].to_vec()),
    );
    out.refuse(base, "signature-long", "7.2-21", "signature_malformed", "a byte follows", |a| {
        a.signature = Some([&good[..], &[0]].concat())
    });
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    // In DER the middle byte may be a length; the last one is a digit of s.
    let at = match base.key.algorithm() {
        -7 | -9 | -35 | -51 | -36 | -52 | -47 => flipped.len() - 1,
        _ => middle - 8,
    };
    flipped[at] ^= 1;
    out.refuse(base, "signature-bit", "7.2-21", "signature_invalid", "one bit is flipped", |a| {
        a.signature = Some(flipped)
    });
}

/// §7.1 step 13: keys that are not those of their algorithm.
fn key_faults(id: &str, key: &Key, feature: &'static str) -> Vec<Case> {
    let entries = || key.entries();
    let malformed = "cose_key_malformed";
    let mismatch = "cose_key_mismatch";
    let mut rows: Vec<(String, Item, &str, &str)> = Vec::new();
    let mut row = |what: &str, key: Item, code, why| rows.push((what.to_owned(), key, code, why));
    row("kty-missing", without(entries(), 1), malformed, "no kty");
    row("kty-symmetric", with(entries(), 1, &int(4)), mismatch, "a symmetric key");
    let own = i64::from(key.entries()[0].1[0]);
    for kty in [1, 2, 3, 7].into_iter().filter(|kty| *kty != own) {
        row(&format!("kty-{kty}"), with(entries(), 1, &int(kty)), mismatch, "another type of key");
    }
    let numbers: &[i64] = match own {
        2 => &[-2, -3],
        1 => &[-2],
        3 => &[-1, -2],
        _ => &[-1],
    };
    if own < 3 {
        row("crv-missing", without(entries(), -1), malformed, "no crv");
        let curve = i64::from(key.entries()[2].1[0]);
        for crv in [1, 2, 3, 4, 6, 7, 8].into_iter().filter(|crv| *crv != curve) {
            row(&format!("crv-{crv}"), with(entries(), -1, &int(crv)), mismatch, "another curve");
        }
    }
    for label in numbers {
        let value = entries().into_iter().find(|(k, _)| *k == int(*label)).expect("there").1;
        let content = mfakit_testing::cbor::read(&value)
            .and_then(|(v, _)| v.as_bytes().map(<[u8]>::to_vec))
            .expect("bytes");
        row(
            &format!("{label}-missing"),
            without(entries(), *label),
            malformed,
            "a parameter is missing",
        );
        row(
            &format!("{label}-integer"),
            with(entries(), *label, &int(1)),
            malformed,
            "a parameter is a number",
        );
        row(
            &format!("{label}-empty"),
            with(entries(), *label, &bytes(&[])),
            malformed,
            "a parameter is empty",
        );
        if own != 3 {
            row(
                &format!("{label}-short"),
                with(entries(), *label, &bytes(&content[1..])),
                malformed,
                "a byte is missing",
            );
            let longer = [&[0], &content[..]].concat();
            row(
                &format!("{label}-long"),
                with(entries(), *label, &bytes(&longer)),
                malformed,
                "a byte too many",
            );
        } else {
            let longer = [&[0], &content[..]].concat();
            row(
                &format!("{label}-leading-zero"),
                with(entries(), *label, &bytes(&longer)),
                malformed,
                "a leading zero",
            );
        }
    }
    if own == 2 {
        let mut y = mfakit_testing::cbor::read(&entries()[4].1)
            .and_then(|(v, _)| v.as_bytes().map(<[u8]>::to_vec))
            .expect("y");
        let last = y.len() - 1;
        y[last] ^= 1;
        row(
            "point-off-the-curve",
            with(entries(), -3, &bytes(&y)),
            "cose_point_invalid",
            "not a point of the curve",
        );
        row(
            "compressed",
            with(entries(), -3, &mfakit_testing::cbor::raw("f5")),
            malformed,
            "the sign of y alone",
        );
        let zeros = vec![0xff; y.len()];
        row(
            "x-above-the-field",
            with(entries(), -2, &bytes(&zeros)),
            "cose_point_invalid",
            "x is not below p",
        );
    }
    rows.into_iter()
        .map(|(what, item, code, why)| {
            Case::new("cose.parse_key", format!("cose-{id}-{what}"))
                .input("cose_hex", hex(&item))
                .source("WebAuthn Level 3", "5.8.5")
                .reject(code)
                .requires(feature)
                .why(why)
        })
        .chain([Case::new("cose.parse_key", format!("cose-{id}"))
            .input("cose_hex", hex(&key.cose()))
            .source("WebAuthn Level 3", "5.8.5")
            .accept("valid", [("alg", key.algorithm().into())])
            .requires(feature)
            .why("a key of this algorithm")])
        .collect()
}

/// Sizes and exponents of RSA keys.
fn rsa_keys() -> Vec<Case> {
    let parse = |id: &str, key: &Item| {
        Case::new("cose.parse_key", format!("cose-rsa-{id}"))
            .input("cose_hex", hex(key))
            .source("mfakit", "RSA keys")
            .requires("rsassa_pkcs1")
    };
    let entries = |p, q| RsaKey::mersenne(-257, p, q);
    let cose = |key: RsaKey| Key::Rsa(key).cose();
    let malformed = "cose_key_malformed";
    let good = entries(1279, 2203);
    let exponent = |e: &[u8]| with(Key::Rsa(good.clone()).entries(), -2, &bytes(e));
    let mut even = good.n();
    let last = even.len() - 1;
    even[last] &= 0xfe;
    let rows = [
        ("1128-bits", cose(entries(521, 607)), "too short"),
        ("1886-bits", cose(entries(607, 1279)), "too short"),
        ("8676-bits", cose(entries(4253, 4423)), "too long"),
        ("exponent-1", exponent(&[1]), "everyone can sign"),
        ("exponent-3", exponent(&[3]), "too small"),
        ("exponent-65535", exponent(&[0xff, 0xff]), "too small"),
        ("exponent-even", exponent(&[1, 0, 2]), "no exponent is even"),
        ("exponent-zero", exponent(&[0]), "zero"),
        (
            "modulus-even",
            with(Key::Rsa(good.clone()).entries(), -1, &bytes(&even)),
            "no modulus is even",
        ),
    ];
    let mut cases: Vec<Case> =
        rows.into_iter().map(|(id, key, why)| parse(id, &key).reject(malformed).why(why)).collect();
    for (id, key, why) in [
        ("7470-bits", cose(entries(3217, 4253)), "a long one"),
        ("exponent-65539", exponent(&[1, 0, 3]), "another exponent"),
    ] {
        cases.push(parse(id, &key).accept("valid", [("alg", (-257).into())]).why(why));
    }
    cases
}

/// Forms of signatures that only a lax verifier takes.
fn signatures() -> Vec<Case> {
    let message = b"sample";
    let verify = |id: &str, key: &Key, signature: &[u8], feature: &'static str| {
        Case::new("sig.verify", format!("sig-{id}"))
            .input("alg", key.algorithm())
            .input("public_key_cose_hex", hex(&key.cose()))
            .input("message_hex", hex(message))
            .input("signature_hex", hex(signature))
            .source("RFC 8017", "8")
            .requires(feature)
    };
    let Key::Rsa(key) = rsa(-257) else { panic!("an RSA key") };
    let n = key.n();
    let good = key.sign(message);
    let digest = Hash::Sha256.of(message);
    let info = |identifier: Vec<u8>| {
        mfakit_testing::der::list(&[identifier, mfakit_testing::der::octets(&digest)])
    };
    let right = info(Hash::Sha256.identifier());
    let padded = |head: &[u8], len: usize, tail: &[u8]| {
        key.sign_encoded(&[head, &vec![0xff; len], &[0], tail].concat())
    };
    let whole = n.len() - right.len() - 3;
    let one = num_plus(&good, &n);
    let invalid = "signature_invalid";
    let mut cases = Vec::new();
    let pkcs1: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "other-hash",
            key.sign_pkcs1(Hash::Sha384, message),
            invalid,
            "SHA-384 where RS256 has SHA-256",
        ),
        ("sha-1", key.sign_pkcs1(Hash::Sha1, message), invalid, "SHA-1"),
        ("pss", key.sign_pss(Hash::Sha256, 32, message), invalid, "PSS where RS256 has PKCS #1"),
        ("digest-alone", key.sign_digest_info(&digest), invalid, "no DigestInfo around the hash"),
        (
            "null-missing",
            key.sign_digest_info(&info(mfakit_testing::der::list(&[mfakit_testing::der::oid(
                "2.16.840.1.101.3.4.2.1",
            )]))),
            invalid,
            "the identifier has no NULL",
        ),
        (
            "padding-short",
            padded(&[0, 1], 8, &[&right[..], &vec![0; whole - 8]].concat()),
            invalid,
            "what follows the hash is not looked at",
        ),
        ("padding-type-2", padded(&[0, 2], whole, &right), invalid, "the padding of an encryption"),
        (
            "padding-byte",
            key.sign_encoded(&[&[0, 1], &vec![0xff; whole - 1][..], &[0xfe, 0], &right].concat()),
            invalid,
            "one byte of the padding differs",
        ),
        ("zero", vec![0; n.len()], invalid, "zero"),
        ("one", [&vec![0; n.len() - 1][..], &[1]].concat(), invalid, "one"),
    ];
    for (id, signature, code, why) in pkcs1 {
        let key = Key::Rsa(key.clone());
        cases.push(
            verify(&format!("rs256-{id}"), &key, &signature, "rsassa_pkcs1").reject(code).why(why),
        );
    }
    if let Some(larger) = one {
        let key = Key::Rsa(key.clone());
        let case = verify("rs256-plus-n", &key, &larger, "rsassa_pkcs1");
        cases.push(case.reject(invalid).why("the signature plus the modulus: not below it"));
    }
    let pss_key = Key::Rsa(key.clone().under(-37));
    let pss: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "salt-0",
            key.sign_pss(Hash::Sha256, 0, message),
            "no salt: RFC 8230 wants one as long as the hash",
        ),
        ("salt-20", key.sign_pss(Hash::Sha256, 20, message), "a salt of 20 bytes"),
        ("salt-64", key.sign_pss(Hash::Sha256, 64, message), "a salt of 64 bytes"),
        ("other-hash", key.sign_pss(Hash::Sha384, 48, message), "SHA-384 where PS256 has SHA-256"),
        ("pkcs1", good.clone(), "PKCS #1 where PS256 has PSS"),
    ];
    for (id, signature, why) in pss {
        let case = verify(&format!("ps256-{id}"), &pss_key, &signature, "rsassa_pss");
        cases.push(case.reject(invalid).why(why));
    }
    let ml_dsa = MlDsaKey::new(-48, [0x51; 32]);
    let with_context = ml_dsa.sign_in(message, b"context");
    let key = Key::MlDsa(ml_dsa);
    cases.push(
        verify("ml-dsa-44-context", &key, &with_context, "ml_dsa")
            .reject(invalid)
            .why("signed in a context: WebAuthn has none"),
    );
    cases
}

/// A number plus the modulus, if it is as long as the modulus.
fn num_plus(number: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let mut sum = vec![0; modulus.len()];
    let mut carry = 0_u16;
    for i in (0..modulus.len()).rev() {
        let digit = u16::from(number[i]) + u16::from(modulus[i]) + carry;
        sum[i] = u8::try_from(digit & 0xff).expect("a byte");
        carry = digit >> 8;
    }
    (carry == 0).then_some(sum)
}
