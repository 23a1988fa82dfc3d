//! ES256 and Ed25519 signatures: RFC 6979 A.2.5 and RFC 8032 §7.1, typed in, and what must not verify.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};
use crate::cose::{RFC6979_X, RFC6979_Y};
use crate::der;
use crate::ed25519::{self, EXAMPLES};
use crate::keys::{Ed25519Key, Es256Key, es256, other_s};
use sha2::{Digest, Sha512};

const PRIVATE: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
/// RFC 6979 A.2.5, SHA-256: message, r, s.
const SIGNATURES: [(&str, &str, &str); 2] = [
    (
        "sample",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ),
    (
        "test",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
        "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ),
];

pub(crate) fn file() -> File {
    let key = Es256Key::new(&unhex(PRIVATE));
    let (x, y) = key.point();
    assert_eq!((hex(&x).as_str(), hex(&y).as_str()), (RFC6979_X, RFC6979_Y));
    let public = es256(&x, &y);
    let other = Es256Key::new(&[7; 32]).cose();
    let mut cases = Vec::new();
    let case = |id: &str, public: &[u8], message: &[u8], signature: &[u8]| {
        Case::new("sig.verify", format!("sig-es256-{id}"))
            .source("RFC 6979", "A.2.5")
            .input("alg", -7)
            .input("public_key_cose_hex", hex(public))
            .input("message_hex", hex(message))
            .input("signature_hex", hex(signature))
    };
    for (message, r, s) in SIGNATURES {
        let (r, s): ([u8; 32], [u8; 32]) = (as_32(r), as_32(s));
        assert_eq!(key.sign(message.as_bytes()), (r, s));
        let message_bytes = message.as_bytes();
        let good = der::signature(&r, &s);
        let id = |what: &str| format!("{message}{what}");
        cases.push(case(&id(""), &public, message_bytes, &good).accept("valid", []));
        cases.push(
            case(&id("-other-s"), &public, message_bytes, &der::signature(&r, &other_s(&s)))
                .accept("valid", [])
                .why("(r, n - s) is a signature too: one of the two is high, and WebAuthn takes both"),
        );
        let invalid = [
            (
                "-message-changed",
                public.clone(),
                b"Sample".to_vec(),
                good.clone(),
                "another message",
            ),
            ("-message-empty", public.clone(), vec![], good.clone(), "no message"),
            (
                "-message-longer",
                public.clone(),
                [message_bytes, &[0]].concat(),
                good.clone(),
                "a byte follows the message",
            ),
            (
                "-message-hashed-twice",
                public.clone(),
                <sha2::Sha256 as sha2::Digest>::digest(message_bytes).to_vec(),
                good.clone(),
                "the hash in place of the message",
            ),
            ("-other-key", other.clone(), message_bytes.to_vec(), good.clone(), "another key"),
            (
                "-r-and-s-swapped",
                public.clone(),
                message_bytes.to_vec(),
                der::signature(&s, &r),
                "r and s change places",
            ),
            (
                "-one-and-one",
                public.clone(),
                message_bytes.to_vec(),
                der::signature(&[1], &[1]),
                "r = s = 1",
            ),
        ];
        for (what, public, message, signature, why) in invalid {
            cases.push(
                case(&id(what), &public, &message, &signature).reject("signature_invalid").why(why),
            );
        }
        for bit in [0, 1, 127, 255] {
            let flipped = |number: &[u8; 32]| {
                let mut number = *number;
                number[31 - bit / 8] ^= 1 << (bit % 8);
                number
            };
            for (what, r, s) in [("r", flipped(&r), s), ("s", r, flipped(&s))] {
                cases.push(
                    case(
                        &id(&format!("-{what}-bit-{bit}")),
                        &public,
                        message_bytes,
                        &der::signature(&r, &s),
                    )
                    .reject("signature_invalid")
                    .why("one bit is flipped, the form and the range are right"),
                );
            }
        }
    }
    let (message, r, s) = SIGNATURES[0];
    for (id, signature, why) in der::faults(&as_32(r), &as_32(s)) {
        cases.push(
            case(&format!("der-{id}"), &public, message.as_bytes(), &signature)
                .reject("signature_malformed")
                .why(why),
        );
    }
    let long = [0x30; 65_536];
    cases.push(
        case("64-kib", &public, message.as_bytes(), &long)
            .reject("signature_malformed")
            .requires("large_inputs")
            .why("65,536 bytes"),
    );
    cases.extend(eddsa());
    File {
        topic: "signature",
        description: "ES256 and Ed25519: RFC 6979 A.2.5, RFC 8032 §7.1, damaged signatures, foreign messages and keys",
        notes: vec![
            "Ed25519 is verified strictly: S below L, R compared as bytes, neither R nor the key of small order.".into(),
        ],
        cases,
    }
}

/// The examples of RFC 8032, and what must not pass for them.
fn eddsa() -> Vec<Case> {
    let mut cases = Vec::new();
    let case = |id: &str, public: &[u8], message: &[u8], signature: &[u8]| {
        Case::new("sig.verify", format!("sig-ed25519-{id}"))
            .source("RFC 8032", "7.1")
            .input("alg", -8)
            .input("public_key_cose_hex", hex(public))
            .input("message_hex", hex(message))
            .input("signature_hex", hex(signature))
            .requires("ed25519")
    };
    let other = Ed25519Key::new(&[7; 32]).cose();
    for (name, private, _, message, signature) in EXAMPLES {
        let key = Ed25519Key::new(&as_32(private));
        let (public, message) = (key.cose(), unhex(message));
        let good: [u8; 64] = unhex(signature).try_into().expect("64 bytes");
        assert_eq!(key.sign(&message), good);
        cases.push(case(name, &public, &message, &good).accept("valid", []));
        let invalid = "signature_invalid";
        let prehashed = Sha512::digest(&message).to_vec();
        let swapped = [&good[32..], &good[..32]].concat();
        for (what, public, message, why) in [
            (
                "message-longer",
                &public,
                [&message[..], &[0]].concat(),
                "a byte follows the message",
            ),
            ("message-prehashed", &public, prehashed, "the hash in place of the message"),
            ("other-key", &other, message.clone(), "another key"),
        ] {
            let id = format!("{name}-{what}");
            cases.push(case(&id, public, &message, &good).reject(invalid).why(why));
        }
        // What stands for S must be below L, or it is the form that is wrong.
        if swapped[63] < 0x10 {
            let id = format!("{name}-r-and-s-swapped");
            let why = "R and S change places";
            cases.push(case(&id, &public, &message, &swapped).reject(invalid).why(why));
        }
        if name == "test-3" {
            for (what, signature, why) in ed25519::malformed(&good) {
                let id = format!("{name}-{what}");
                let refused = case(&id, &public, &message, &signature);
                cases.push(refused.reject("signature_malformed").why(why));
            }
            for (what, signature, why) in ed25519::invalid(&key, &message, &good) {
                let id = format!("{name}-{what}");
                cases.push(case(&id, &public, &message, &signature).reject(invalid).why(why));
            }
            let long = [&good[..], &[0; 65_472]].concat();
            cases.push(
                case("test-3-64-kib", &public, &message, &long)
                    .reject("signature_malformed")
                    .requires("large_inputs")
                    .why("65,536 bytes"),
            );
        }
    }
    // R = 0 and S = 0: under such a key it holds for one message in eight or more, where nobody looks at the key.
    for (name, encoding, why) in ed25519::small_order() {
        let public = mfakit_testing::cose::ed25519(&encoding);
        let signature = [&[1][..], &[0; 63]].concat();
        cases.push(
            case(&format!("key-{name}"), &public, b"any message", &signature)
                .reject("cose_point_invalid")
                .why(why),
        );
    }
    cases
}

fn as_32(hex: &str) -> [u8; 32] {
    unhex(hex).try_into().expect("32 bytes")
}
