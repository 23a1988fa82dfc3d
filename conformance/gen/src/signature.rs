//! ES256 signatures: RFC 6979 A.2.5, typed in, and what must not verify.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};
use crate::cose::{RFC6979_X, RFC6979_Y};
use crate::der;
use crate::keys::{Key, es256, other_s};

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
    let key = Key::new(&unhex(PRIVATE));
    let (x, y) = key.point();
    assert_eq!((hex(&x).as_str(), hex(&y).as_str()), (RFC6979_X, RFC6979_Y));
    let public = es256(&x, &y);
    let other = Key::new(&[7; 32]).cose();
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
    File {
        topic: "signature",
        description: "ES256: RFC 6979 A.2.5, damaged signatures, foreign messages and keys",
        notes: vec![],
        cases,
    }
}

fn as_32(hex: &str) -> [u8; 32] {
    unhex(hex).try_into().expect("32 bytes")
}
