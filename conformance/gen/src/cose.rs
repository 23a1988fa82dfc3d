//! COSE keys: the forms of an ES256 key, right and wrong, and algorithms that are or are not built.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};
use crate::cbor_build::{Item, array, bytes, int, map, raw, text};
use crate::keys::{es256, es256_entries, es256_with, es256_without};

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
            "rs256",
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
    ] {
        cases.push(
            new(id, &es256_with(&x, &y, 3, int(alg)))
                .source("WebAuthn Level 3", "5.8.5")
                .reject("algorithm_unsupported")
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

type Entries = Vec<(Item, Item)>;

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
        ("es256-kty-text", with(1, text("EC2")), malformed, "kty is a number"),
        ("es256-crv-text", with(-1, text("P-256")), malformed, "crv is a number"),
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

/// Whether (x, y) is on P-256, for an x of one byte, by asking the curve library.
fn on_curve(x: u8, y: &[u8]) -> bool {
    let point = [&[4][..], &[0; 31], &[x], y].concat();
    p256::PublicKey::from_sec1_bytes(&point).is_ok()
}
