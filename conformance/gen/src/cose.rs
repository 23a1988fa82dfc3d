//! COSE keys: the forms of ES256 and Ed25519 keys, right and wrong, and algorithms that are or are not built.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};
use crate::ed25519 as ed25519_points;
use crate::keys::{es256, es256_with, es256_without};
use mfakit_testing::cbor::{Item, array, bytes, int, map, raw, text};
use mfakit_testing::cose::{Entries, ed25519, ed25519_entries, es256_entries, with, without};

/// The key pair of RFC 6979 A.2.5: a point that everybody can look up.
pub(crate) const RFC6979_X: &str =
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
pub(crate) const RFC6979_Y: &str =
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
/// The field of P-256 (SEC 2 §2.4.2).
const FIELD: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
/// The base points of P-384 and P-521 (SEC 2 §2.5.1, §2.6.1): public keys whose private key is 1.
const P384_X: &str = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7";
const P384_Y: &str = "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
const P521_X: &str = "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66";
const P521_Y: &str = "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650";
/// The public key of RFC 8032 §7.1 TEST 1.
const ED25519_X: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// The modulus of the Level 3 RSA test key, (2^1279 - 1)(2^2203 - 1) = 2^3482 - 2^2203 - 2^1279 + 1, 436 bytes.
fn rsa_modulus() -> Vec<u8> {
    // Little-endian bits: 2^3482 - 2^2203 has bits 2203..=3481; subtracting 2^1279 - 1 borrows from bit 2203.
    let mut bits = vec![false; 436 * 8];
    bits[2204..3482].fill(true);
    bits[1279..2203].fill(true);
    bits[0] = true;
    bits.chunks(8)
        .rev()
        .map(|chunk| chunk.iter().rev().fold(0, |byte, bit| (byte << 1) | u8::from(*bit)))
        .collect()
}

pub(crate) fn file() -> File {
    let (x, y) = (unhex(RFC6979_X), unhex(RFC6979_Y));
    let mut cases = Vec::new();
    let new = |id: &str, key: &Item| {
        Case::new("cose.parse_key", format!("cose-{id}")).input("cose_hex", hex(key))
    };

    cases.push(
        new("es256", &es256(&x, &y))
            .source("RFC 6979", "A.2.5")
            .accept("valid", [("alg", (-7).into())])
            .why("the form that WebAuthn Level 3 §6.5.1.1 shows"),
    );
    for (id, entries, why) in leniencies(&x, &y) {
        cases.push(
            new(id, &map(&entries))
                .source("WebAuthn Level 3", "6.5.1.1")
                .accept("valid", [("alg", (-7).into())])
                .normative("POLICY")
                .why(why),
        );
    }
    for (id, key, code, why) in faults(&x, &y) {
        cases.push(new(id, &key).source("WebAuthn Level 3", "5.8.5").reject(code).why(why));
    }

    for (id, key, why) in bad_points(&x, &y) {
        let case = new(&format!("es256-point-{id}"), &key).source("WebAuthn Level 3", "5.8.5");
        cases.push(case.reject("cose_point_invalid").why(why));
    }
    let mut negative = unhex(FIELD);
    subtract(&mut negative, &y);
    cases.push(
        new("es256-y-negated", &es256(&x, &negative))
            .source("WebAuthn Level 3", "5.8.5")
            .accept("valid", [("alg", (-7).into())])
            .why("p - y is the y of the other point with this x"),
    );
    for (id, key, why) in [
        (
            "ed25519-alg-before-kty",
            {
                let mut entries = ed25519_entries(&unhex(ED25519_X));
                entries.swap(0, 1);
                map(&entries)
            },
            "real authenticators emit other orders",
        ),
        (
            "ed25519-with-y",
            [&[0xa5][..], &ed25519(&unhex(ED25519_X))[1..], &int(-3), &bytes(&y)].concat(),
            "a parameter that Ed25519 does not use is ignored",
        ),
    ] {
        cases.push(
            new(id, &key)
                .source("WebAuthn Level 3", "6.5.1.1")
                .accept("valid", [("alg", (-8).into())])
                .normative("POLICY")
                .requires("ed25519")
                .why(why),
        );
    }
    for (id, key, code, why) in ed25519_faults(&unhex(ED25519_X)) {
        let case = new(&format!("ed25519-{id}"), &key).source("WebAuthn Level 3", "5.8.5");
        cases.push(case.reject(code).requires("ed25519").why(why));
    }
    cases.extend(cube(&x, &y));

    // Algorithms that WebAuthn names: a target that declares the feature takes the key, any other answers
    // algorithm_unsupported, and the judge counts that as skipped.
    let wide = |n: &str| bytes(&unhex(n));
    let ec2 = |alg: i64, crv: i64, x: &str, y: &str| {
        map(&[
            (int(1), int(2)),
            (int(3), int(alg)),
            (int(-1), int(crv)),
            (int(-2), wide(x)),
            (int(-3), wide(y)),
        ])
    };
    let named = [
        ("es384", ec2(-35, 2, P384_X, P384_Y), -35, "es384"),
        ("es512", ec2(-36, 3, P521_X, P521_Y), -36, "es512"),
        (
            "ed25519",
            map(&[
                (int(1), int(1)),
                (int(3), int(-8)),
                (int(-1), int(6)),
                (int(-2), wide(ED25519_X)),
            ]),
            -8,
            "ed25519",
        ),
        (
            "rs256",
            map(&[
                (int(1), int(3)),
                (int(3), int(-257)),
                (int(-1), bytes(&rsa_modulus())),
                (int(-2), bytes(&[1, 0, 1])),
            ]),
            -257,
            "rsassa_pkcs1",
        ),
    ];
    for (id, key, alg, feature) in named {
        cases.push(
            new(id, &key)
                .source("WebAuthn Level 3", "5.8.5")
                .accept("valid", [("alg", alg.into())])
                .requires(feature),
        );
    }
    for (id, alg, why) in [
        ("alg-rs1", -65535, "RSASSA-PKCS1-v1_5 with SHA-1 is never built"),
        ("alg-ecdh", -25, "ECDH-ES + HKDF-256 is no signature"),
        ("alg-hmac", 5, "HMAC 256/256 is no signature"),
        ("alg-reserved", 0, "0 is reserved"),
        ("alg-unknown", -60_000, "a number that nobody has registered"),
        ("alg-smallest", i64::MIN, "a number at the end of the range"),
        ("alg-largest", i64::MAX, "a number at the other end of the range"),
    ] {
        cases.push(
            new(id, &es256_with(&x, &y, 3, int(alg)))
                .source("WebAuthn Level 3", "5.8.5")
                .reject("algorithm_unsupported")
                .why(why),
        );
    }

    for (id, alg, feature, why) in [
        ("alg-ed25519-19", -19, "ed25519", "Ed25519, by its other number"),
        ("alg-es384", -35, "es384", "ES384"),
        ("alg-es256k", -47, "es256k", "ECDSA with secp256k1"),
        ("alg-ed448", -53, "ed448", "Ed448"),
        ("alg-rs256", -257, "rsassa_pkcs1", "RSA"),
        ("alg-ml-dsa-44", -48, "ml_dsa", "ML-DSA"),
        ("alg-ml-dsa-65", -49, "ml_dsa", "ML-DSA"),
        ("alg-ml-dsa-87", -50, "ml_dsa", "ML-DSA"),
    ] {
        cases.push(
            new(id, &es256_with(&x, &y, 3, int(alg)))
                .source("WebAuthn Level 3", "5.8.5")
                .reject("cose_key_mismatch")
                .requires(feature)
                .why(why),
        );
    }

    File {
        topic: "cose",
        description: "COSE keys of WebAuthn credentials",
        notes: vec![
            "cose_key_malformed: a parameter is missing, or has the wrong type or size. cose_key_mismatch: kty or crv does \
             not belong to alg. cose_point_invalid: not a point of the curve. Faults of the CBOR keep their cbor_ codes."
                .into(),
        ],
        cases,
    }
}

/// Keys that are not as WebAuthn writes them and are taken all the same.
fn leniencies(x: &[u8], y: &[u8]) -> Vec<(&'static str, Entries, &'static str)> {
    let good = || es256_entries(x, y);
    let reordered = || {
        let mut entries = good();
        entries.swap(0, 1);
        entries
    };
    let with = |key: Item, value: Item| {
        let mut entries = good();
        entries.push((key, value));
        entries
    };
    vec![
        ("es256-alg-before-kty", reordered(), "real authenticators emit other orders"),
        (
            "es256-with-kid",
            with(int(2), bytes(b"kid")),
            "a parameter that ES256 does not use is ignored",
        ),
        ("es256-with-text-label", with(text("x"), int(0)), "a label that nobody knows is ignored"),
    ]
}

/// Id, key, code and why: one fault each.
pub(crate) fn faults(x: &[u8], y: &[u8]) -> Vec<(&'static str, Item, &'static str, &'static str)> {
    let with = |label, value| es256_with(x, y, label, value);
    let entries = || es256_entries(x, y);
    let and = |key: Item, value: Item| {
        let mut entries = entries();
        entries.push((key, value));
        map(&entries)
    };
    let mut off_curve = y.to_vec();
    off_curve[31] ^= 1;
    let field_plus = |n: u8| {
        let mut number = unhex(FIELD);
        let mut carry = u16::from(n);
        for byte in number.iter_mut().rev() {
            let sum = u16::from(*byte) + carry;
            *byte = u8::try_from(sum & 0xff).expect("a byte");
            carry = sum >> 8;
        }
        number
    };
    // x = 5 is on the curve, so x = p + 5, which still fits 32 bytes, is a second name for the same point.
    let small_y = unhex("459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
    assert!(on_curve(5, &small_y));
    let malformed = "cose_key_malformed";
    let mismatch = "cose_key_mismatch";
    let point = "cose_point_invalid";
    vec![
        ("es256-kty-okp", with(1, int(1)), mismatch, "kty OKP with alg -7"),
        ("es256-kty-rsa", with(1, int(3)), mismatch, "kty RSA with alg -7"),
        ("es256-kty-symmetric", with(1, int(4)), mismatch, "kty Symmetric with alg -7"),
        ("es256-crv-p384", with(-1, int(2)), mismatch, "crv P-384 with alg -7"),
        ("es256-crv-p521", with(-1, int(3)), mismatch, "crv P-521 with alg -7"),
        ("es256-crv-ed25519", with(-1, int(6)), mismatch, "crv Ed25519 with alg -7"),
        ("es256-crv-secp256k1", with(-1, int(8)), mismatch, "crv secp256k1 with alg -7"),
        (
            "es256-p384-key",
            map(&[
                (int(1), int(2)),
                (int(3), int(-7)),
                (int(-1), int(2)),
                (int(-2), bytes(&unhex(P384_X))),
                (int(-3), bytes(&unhex(P384_Y))),
            ]),
            mismatch,
            "a whole P-384 key with alg -7: RFC 9053 allows it, WebAuthn does not",
        ),
        ("es256-kty-missing", es256_without(x, y, 1), malformed, "kty is missing"),
        ("es256-alg-missing", es256_without(x, y, 3), malformed, "alg is missing"),
        ("es256-crv-missing", es256_without(x, y, -1), malformed, "crv is missing"),
        ("es256-x-missing", es256_without(x, y, -2), malformed, "x is missing"),
        ("es256-y-missing", es256_without(x, y, -3), malformed, "y is missing"),
        ("es256-alg-text", with(3, text("ES256")), malformed, "alg is a number in WebAuthn"),
        ("es256-alg-bytes", with(3, bytes(&[0x26])), malformed, "alg is a number in WebAuthn"),
        ("es256-alg-null", with(3, raw("f6")), malformed, "alg is null"),
        ("es256-alg-true", with(3, raw("f5")), malformed, "alg is a boolean"),
        ("es256-alg-array", with(3, array(&[int(-7)])), malformed, "alg is an array"),
        (
            "es256-alg-beyond-64-bits",
            with(3, raw("1bfffffffffffffff9")),
            malformed,
            "alg is 2^64 - 7, which wraps to -7",
        ),
        (
            "es256-alg-below-64-bits",
            with(3, raw("3bffffffffffffffff")),
            malformed,
            "alg is -2^64, which wraps around",
        ),
        (
            "es256-alg-half-float",
            with(3, raw("f9c700")),
            "cbor_type_forbidden",
            "alg is -7.0: a float is no number of an algorithm",
        ),
        ("es256-alg-bignum", with(3, raw("c34106")), "cbor_tag_forbidden", "alg is -7 as a bignum"),
        ("es256-kty-text", with(1, text("EC2")), malformed, "kty is a number"),
        ("es256-crv-text", with(-1, text("P-256")), malformed, "crv is a number"),
        (
            "es256-label-true",
            [&[0xa5, 0xf5][..], &es256(x, y)[2..]].concat(),
            LABEL_TYPE,
            "the label of kty is true, which some languages take for 1",
        ),
        (
            "es256-label-text",
            [&[0xa5][..], &text("1"), &es256(x, y)[2..]].concat(),
            malformed,
            "the label of kty is the text 1",
        ),
        (
            "es256-label-bytes",
            [&[0xa5][..], &bytes(&[1]), &es256(x, y)[2..]].concat(),
            malformed,
            "the label of kty is a byte string",
        ),
        (
            "es256-label-float",
            [&[0xa5, 0xf9, 0x3c, 0x00][..], &es256(x, y)[2..]].concat(),
            "cbor_type_forbidden",
            "the label of kty is 1.0",
        ),
        ("es256-y-true", with(-3, raw("f5")), malformed, "a compressed point: y is a boolean"),
        ("es256-y-false", with(-3, raw("f4")), malformed, "a compressed point: y is a boolean"),
        ("es256-y-null", with(-3, raw("f6")), malformed, "y is null"),
        ("es256-x-text", with(-2, text(&"x".repeat(32))), malformed, "x is a text"),
        ("es256-x-array", with(-2, array(&[])), malformed, "x is an array"),
        ("es256-x-31-bytes", with(-2, bytes(&x[1..])), malformed, "x has 31 bytes"),
        (
            "es256-x-33-bytes",
            with(-2, bytes(&[&[0], x].concat())),
            malformed,
            "x has 33 bytes, the first of them 0",
        ),
        ("es256-y-31-bytes", with(-3, bytes(&y[1..])), malformed, "y has 31 bytes"),
        (
            "es256-y-33-bytes",
            with(-3, bytes(&[&[0], y].concat())),
            malformed,
            "y has 33 bytes, the first of them 0",
        ),
        ("es256-x-empty", with(-2, bytes(&[])), malformed, "x is empty"),
        (
            "es256-x-sec1",
            with(-2, bytes(&[&[4], x, y].concat())),
            malformed,
            "x holds a whole SEC 1 point",
        ),
        ("es256-y-off-by-one", es256(x, &off_curve), point, "the last bit of y is flipped"),
        ("es256-x-y-swapped", es256(y, x), point, "x and y change places"),
        (
            "es256-zero",
            es256(&[0; 32], &[0; 32]),
            point,
            "(0, 0), which some code takes for infinity",
        ),
        ("es256-x-zero", es256(&[0; 32], y), point, "x = 0 with the y of another point"),
        ("es256-x-field", es256(&unhex(FIELD), y), point, "x = p"),
        ("es256-y-field", es256(x, &unhex(FIELD)), point, "y = p"),
        (
            "es256-x-field-plus-5",
            es256(&field_plus(5), &small_y),
            point,
            "x = p + 5: a second name for the point with x = 5",
        ),
        ("es256-all-ones", es256(&[0xff; 32], &[0xff; 32]), point, "x = y = 2^256 - 1"),
        ("es256-duplicate-alg", and(int(3), int(-7)), "cbor_duplicate_key", "alg twice, the same"),
        (
            "es256-duplicate-alg-other",
            and(int(3), int(-257)),
            "cbor_duplicate_key",
            "alg twice, -7 and -257",
        ),
        ("es256-duplicate-x", and(int(-2), bytes(y)), "cbor_duplicate_key", "x twice"),
        (
            "es256-label-non-minimal",
            [&[0xa5, 0x18, 0x01][..], &es256(x, y)[2..]].concat(),
            "cbor_non_minimal",
            "the label 1 in two bytes",
        ),
        (
            "es256-indefinite",
            [&[0xbf][..], &es256(x, y)[1..], &[0xff]].concat(),
            "cbor_indefinite_length",
            "the map has an indefinite length",
        ),
        (
            "es256-tagged",
            [&[0xd8, 0x60][..], &es256(x, y)].concat(),
            "cbor_tag_forbidden",
            "a tag around the key",
        ),
        (
            "es256-float",
            and(int(-70_000), raw("f93c00")),
            "cbor_type_forbidden",
            "a float under a label that nobody knows",
        ),
        (
            "es256-deep",
            and(int(-70_000), raw("8181818100")),
            "cbor_too_deep",
            "five levels under a label that nobody knows",
        ),
        (
            "es256-large",
            and(int(-70_000), bytes(&[0; 4096])),
            malformed,
            "4096 bytes under a label that nobody knows: too large for any record",
        ),
        (
            "es256-trailing",
            [es256(x, y), vec![0]].concat(),
            "cbor_trailing_bytes",
            "a byte follows the map",
        ),
        (
            "es256-cut",
            es256(x, y)[..76].to_vec(),
            "cbor_malformed",
            "the last byte of y is missing",
        ),
        ("empty", vec![], "cbor_malformed", "no key at all"),
        ("empty-map", map(&[]), malformed, "a map without parameters"),
        (
            "array",
            array(&[int(2), int(-7), int(1), bytes(x), bytes(y)]),
            malformed,
            "an array is no key",
        ),
        ("byte-string", bytes(&es256(x, y)), malformed, "the key wrapped in a byte string"),
        ("null", raw("f6"), malformed, "null is no key"),
    ]
}

/// The code of a map key that is neither an integer nor a string.
const LABEL_TYPE: &str = "cbor_type_forbidden";

/// Id, key, code and why: one fault each of an Ed25519 key.
pub(crate) fn ed25519_faults(x: &[u8]) -> Vec<(String, Item, &'static str, &'static str)> {
    let with = |label, value: Item| with(ed25519_entries(x), label, &value);
    let without = |label| without(ed25519_entries(x), label);
    let malformed = "cose_key_malformed";
    let mismatch = "cose_key_mismatch";
    let fixed = [
        ("kty-ec2", with(1, int(2)), mismatch, "kty EC2 with alg -8"),
        ("kty-rsa", with(1, int(3)), mismatch, "kty RSA with alg -8"),
        ("kty-akp", with(1, int(7)), mismatch, "kty AKP, that of ML-DSA, with alg -8"),
        ("crv-p256", with(-1, int(1)), mismatch, "crv P-256 with alg -8"),
        ("crv-x25519", with(-1, int(4)), mismatch, "crv X25519, which does not sign"),
        ("crv-x448", with(-1, int(5)), mismatch, "crv X448, which does not sign"),
        ("crv-ed448", with(-1, int(7)), mismatch, "crv Ed448: EdDSA, but not in WebAuthn"),
        ("kty-missing", without(1), malformed, "kty is missing"),
        ("alg-missing", without(3), malformed, "alg is missing"),
        ("crv-missing", without(-1), malformed, "crv is missing"),
        ("x-missing", without(-2), malformed, "x is missing"),
        ("crv-text", with(-1, text("Ed25519")), malformed, "crv is a number"),
        ("alg-text", with(3, text("EdDSA")), malformed, "alg is a number in WebAuthn"),
        ("x-text", with(-2, text(&"x".repeat(32))), malformed, "x is a text"),
        ("x-null", with(-2, raw("f6")), malformed, "x is null"),
        ("x-array", with(-2, array(&[])), malformed, "x is an array"),
        ("x-empty", with(-2, bytes(&[])), malformed, "x is empty"),
        ("x-31-bytes", with(-2, bytes(&x[..31])), malformed, "x has 31 bytes"),
        (
            "x-33-bytes",
            with(-2, bytes(&[x, &[0]].concat())),
            malformed,
            "x has 33 bytes, the last of them 0",
        ),
        (
            "x-prefixed",
            with(-2, bytes(&[&[0x40], x].concat())),
            malformed,
            "x has the prefix that OpenPGP writes",
        ),
        (
            "x-57-bytes",
            with(-2, bytes(&[0; 57])),
            malformed,
            "x has the size of Ed448: its point of order 4",
        ),
        ("x-64-bytes", with(-2, bytes(&[x, x].concat())), malformed, "x has 64 bytes"),
        (
            "duplicate-x",
            [&[0xa5][..], &ed25519(x)[1..], &int(-2), &bytes(x)].concat(),
            "cbor_duplicate_key",
            "x twice",
        ),
    ];
    let mut out: Vec<_> = fixed.map(|(id, key, code, why)| (id.to_owned(), key, code, why)).into();
    let point = "cose_point_invalid";
    for (name, encoding, why) in ed25519_points::small_order() {
        out.push((format!("x-{name}"), ed25519(&encoding), point, why));
    }
    for (name, encoding) in ed25519_points::not_canonical() {
        out.push((format!("x-{name}"), ed25519(&encoding), point, "y is not below p"));
    }
    for (name, encoding) in ed25519_points::off_curve() {
        out.push((format!("x-{name}"), ed25519(&encoding), point, "no point has this y"));
    }
    out.push(("x-all-ones".into(), ed25519(&[0xff; 32]), point, "y = 2^255 - 1"));
    out
}

/// Every key type and curve under the two algorithms that are built, with x and y to suit either: two cells are legal.
fn cube(x: &[u8], y: &[u8]) -> Vec<Case> {
    let mut cases = Vec::new();
    for alg in [-7, -8] {
        for kty in [1, 2, 3, 4, 7] {
            for crv in 1..=8 {
                // The Ed25519 point fits where the P-256 x stands: 32 bytes.
                let x = if alg == -8 { unhex(ED25519_X) } else { x.to_vec() };
                let key = map(&[
                    (int(1), int(kty)),
                    (int(3), int(alg)),
                    (int(-1), int(crv)),
                    (int(-2), bytes(&x)),
                    (int(-3), bytes(y)),
                ]);
                let legal = matches!((alg, kty, crv), (-7, 2, 1) | (-8, 1, 6));
                let case = Case::new("cose.parse_key", format!("cose-cube{alg}-{kty}-{crv}"))
                    .source("WebAuthn Level 3", "5.8.5")
                    .input("cose_hex", hex(&key));
                let case = if legal {
                    case.accept("valid", [("alg", alg.into())])
                        .why("type and curve are the algorithm's")
                } else {
                    case.reject("cose_key_mismatch").why("type or curve is another algorithm's")
                };
                cases.push(if alg == -8 { case.requires("ed25519") } else { case });
            }
        }
    }
    cases
}

/// Base points of other curves over 256 bits: SEC 2 §2.4.1, RFC 5639 §3.4, GB/T 32918.5.
const FOREIGN: [(&str, &str, &str, &str); 3] = [
    (
        "secp256k1",
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        "the base point of secp256k1",
    ),
    (
        "brainpool",
        "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
        "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        "the base point of brainpoolP256r1",
    ),
    (
        "sm2",
        "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7",
        "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0",
        "the base point of SM2",
    ),
];

/// Id, key and why: coordinates of the right size that are no point of P-256.
fn bad_points(x: &[u8], y: &[u8]) -> Vec<(String, Item, &'static str)> {
    let mut out: Vec<(String, Item, &'static str)> = Vec::new();
    let mut add = |id: String, x: &[u8], y: &[u8], why| {
        assert!(!is_point(x, y), "{id}");
        out.push((id, es256(x, y), why));
    };
    let flipped = |number: &[u8], bit: usize| {
        let mut number = number.to_vec();
        number[31 - bit / 8] ^= 1 << (bit % 8);
        number
    };
    for bit in (0..256).step_by(17) {
        add(format!("x-bit-{bit}"), &flipped(x, bit), y, "one bit of x is flipped");
        add(format!("y-bit-{bit}"), x, &flipped(y, bit), "one bit of y is flipped");
    }
    let mut wide = unhex(FIELD);
    for n in 0..24_u8 {
        let mut small = [0; 32];
        small[31] = n;
        match y_of(&small) {
            Some(y) => add(
                format!("x-field-plus-{n}"),
                &wide,
                &y,
                "x is not below p: a second name for a point",
            ),
            None => add(
                format!("twist-x-{n}"),
                &small,
                y,
                "an x that no point of the curve has: its points are the twist's",
            ),
        }
        increment(&mut wide);
    }
    for (id, number, why) in [
        ("y-zero", [0; 32], "y = 0: the curve has no point of order 2"),
        (
            "y-one",
            {
                let mut n = [0; 32];
                n[31] = 1;
                n
            },
            "y = 1 with the x of another point",
        ),
        ("y-all-ones", [0xff; 32], "y = 2^256 - 1"),
    ] {
        add(id.into(), x, &number, why);
    }
    add("y-field-of-zero".into(), &[0; 32], &unhex(FIELD), "(0, p)");
    add("x-field-y-zero".into(), &unhex(FIELD), &[0; 32], "(p, 0)");
    add("both-field".into(), &unhex(FIELD), &unhex(FIELD), "(p, p), another (0, 0)");
    for (id, x, y, why) in FOREIGN {
        add(id.into(), &unhex(x), &unhex(y), why);
    }
    assert!(out.len() >= 50);
    out
}

/// The even y of the point with this x, if there is one.
fn y_of(x: &[u8; 32]) -> Option<[u8; 32]> {
    use p256::elliptic_curve::sec1::ToSec1Point;
    let key = p256::PublicKey::from_sec1_bytes(&[&[2], &x[..]].concat()).ok()?;
    key.as_affine().to_sec1_point(false).as_bytes()[33..].try_into().ok()
}

fn is_point(x: &[u8], y: &[u8]) -> bool {
    p256::PublicKey::from_sec1_bytes(&[&[4], x, y].concat()).is_ok()
}

/// Adds one to a big-endian number.
fn increment(number: &mut [u8]) {
    for byte in number.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return;
        }
    }
}

/// Subtracts one big-endian number from another of the same length.
fn subtract(number: &mut [u8], other: &[u8]) {
    let mut borrow = false;
    for (byte, less) in number.iter_mut().zip(other).rev() {
        let (difference, first) = byte.overflowing_sub(*less);
        let (difference, second) = difference.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (difference, first || second);
    }
}

/// Whether (x, y) is on P-256, for an x of one byte, by asking the curve library.
fn on_curve(x: u8, y: &[u8]) -> bool {
    is_point(&[&[0; 31][..], &[x]].concat(), y)
}
