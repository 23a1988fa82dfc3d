//! DER signatures: the example of WebAuthn Level 3 §6.5.5, one of our own, and every way to get the form wrong.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};
use mfakit_testing::der::{integer, positive, sequence};

pub(crate) use mfakit_testing::der::signature;

/// The order of P-256 (SEC 2 §2.4.2).
pub(crate) const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// The field of P-256 (SEC 2 §2.4.2), which is larger than the order.
const FIELD: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

/// The example of WebAuthn Level 3 §6.5.5: r takes a leading 00, s is 30 bytes short of its sign.
const EXAMPLE: &str = "3043\
    02210089909504e14f1e29dba8158fa7c387e888ffbe07d824bb2143205506ab159c3e\
    021e56554fb5819b12845e85be2f78371cf3cb95e387f451cb362b9478d183d2";

/// Named ways to damage a signature, each breaking one rule of DER or one range. They end as `signature_malformed`.
pub(crate) fn faults(r: &[u8; 32], s: &[u8; 32]) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let good = signature(r, s);
    let (ri, si) = (integer(&positive(r)), integer(&positive(s)));
    let both = [ri.clone(), si.clone()].concat();
    let len = u8::try_from(both.len()).expect("short");
    let order = unhex(ORDER);
    let mut order_plus_1 = order.clone();
    order_plus_1[31] += 1;
    let above_order = [0xff; 32];
    // A content whose first bit is set is negative; r or s is made so by dropping the 00 or by setting the bit.
    let mut negative = r.to_vec();
    negative[0] |= 0x80;
    let mut negative_s = s.to_vec();
    negative_s[0] |= 0x80;
    let field = unhex(FIELD);
    let padded = |number: &[u8]| integer(&[&[0][..], &positive(number)].concat());
    vec![
        ("empty", vec![], "no signature at all"),
        ("tag-only", vec![0x30], "the length is missing"),
        (
            "long-length",
            [&[0x30, 0x81, len][..], &both].concat(),
            "DER writes a length below 128 in one byte",
        ),
        (
            "long-length-inside",
            sequence(&[&[0x02, 0x81][..], &ri[1..], &si].concat()),
            "DER writes a length below 128 in one byte",
        ),
        (
            "indefinite-length",
            [&[0x30, 0x80][..], &both, &[0, 0]].concat(),
            "DER has no indefinite length",
        ),
        ("outer-tag", [&[0x31][..], &good[1..]].concat(), "a SET is no SEQUENCE"),
        ("outer-tag-primitive", [&[0x10][..], &good[1..]].concat(), "a SEQUENCE is constructed"),
        ("r-tag", sequence(&[&[0x03][..], &ri[1..], &si].concat()), "a BIT STRING is no INTEGER"),
        (
            "s-tag",
            sequence(&[&ri[..], &[0x04], &si[1..]].concat()),
            "an OCTET STRING is no INTEGER",
        ),
        (
            "length-short",
            [&[0x30, len - 1][..], &both].concat(),
            "the SEQUENCE ends before its content",
        ),
        (
            "length-long",
            [&[0x30, len + 1][..], &both].concat(),
            "the SEQUENCE ends after the input",
        ),
        ("cut", good[..good.len() - 1].to_vec(), "the last byte is missing"),
        ("trailing", [&good[..], &[0]].concat(), "a byte follows the SEQUENCE"),
        ("trailing-inside", sequence(&[&both[..], &[0x05, 0x00]].concat()), "a third element"),
        ("r-only", sequence(&ri), "s is missing"),
        ("no-elements", sequence(&[]), "r and s are missing"),
        ("r-empty", sequence(&[&integer(&[])[..], &si].concat()), "an INTEGER has a byte"),
        ("s-empty", sequence(&[&ri[..], &integer(&[])].concat()), "an INTEGER has a byte"),
        (
            "r-leading-00",
            sequence(&[padded(r), si.clone()].concat()),
            "r in one byte more than it needs",
        ),
        (
            "s-leading-00",
            sequence(&[ri.clone(), padded(s)].concat()),
            "s in one byte more than it needs",
        ),
        (
            "r-negative",
            sequence(&[&integer(&negative)[..], &si].concat()),
            "the sign bit of r is set",
        ),
        (
            "s-negative",
            sequence(&[&ri[..], &integer(&negative_s)].concat()),
            "the sign bit of s is set",
        ),
        ("r-zero", sequence(&[&integer(&[0])[..], &si].concat()), "r = 0"),
        ("s-zero", sequence(&[&ri[..], &integer(&[0])].concat()), "s = 0"),
        (
            "both-zero",
            sequence(&[integer(&[0]), integer(&[0])].concat()),
            "r = s = 0, which fits every key in careless code",
        ),
        ("r-order", signature(&order, s), "r = n"),
        ("s-order", signature(r, &order), "s = n"),
        ("r-order-plus-1", signature(&order_plus_1, s), "r = n + 1, which is 1 modulo n"),
        ("s-order-plus-1", signature(r, &order_plus_1), "s = n + 1, which is 1 modulo n"),
        ("r-field", signature(&field, s), "r = p: a number of the field, but not below n"),
        ("s-field", signature(r, &field), "s = p: a number of the field, but not below n"),
        ("r-above-order", signature(&above_order, s), "r = 2^256 - 1"),
        ("s-above-order", signature(r, &above_order), "s = 2^256 - 1"),
        (
            "r-33-bytes",
            sequence(&[&integer(&[&[1][..], r].concat())[..], &si].concat()),
            "r beyond 2^256",
        ),
        (
            "s-33-bytes",
            sequence(&[&ri[..], &integer(&[&[1][..], s].concat())].concat()),
            "s beyond 2^256",
        ),
        (
            "long-length-two-bytes",
            [&[0x30, 0x82, 0x00, len][..], &both].concat(),
            "DER writes a length below 128 in one byte",
        ),
        (
            "length-of-four-gigabytes",
            [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &both].concat(),
            "a length that no input can have",
        ),
        ("length-reserved", [&[0x30, 0xff][..], &both].concat(), "X.690 reserves this first byte"),
        ("in-a-sequence", sequence(&good), "a SEQUENCE around the signature"),
        ("in-an-octet-string", [&[0x04, len + 2][..], &good].concat(), "an OCTET STRING around it"),
        (
            "in-a-bit-string",
            [&[0x03, len + 3, 0x00][..], &good].concat(),
            "a BIT STRING around it, as in a certificate",
        ),
        ("twice", [&good[..], &good].concat(), "two signatures"),
        ("p1363", [&r[..], &s[..]].concat(), "r and s side by side, the form of COSE and JOSE"),
    ]
}

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    let mut accept =
        |id: &str, document: &str, section: &str, der: &[u8], r: &[u8], s: &[u8], why: &str| {
            let wide = |number: &[u8]| [&vec![0; 32 - number.len()][..], number].concat();
            cases.push(
                Case::new("ecdsa.der_parse", format!("der-{id}"))
                    .source(document, section)
                    .input("signature_hex", hex(der))
                    .accept(
                        "ok",
                        [("r_hex", hex(&wide(r)).into()), ("s_hex", hex(&wide(s)).into())],
                    )
                    .why(why),
            );
        };
    let example = unhex(EXAMPLE);
    let (r, s) = (&example[5..37], &example[39..69]);
    accept(
        "l3-6.5.5-example",
        "WebAuthn Level 3",
        "6.5.5",
        &example,
        r,
        s,
        "r has a leading 00, s is 30 bytes long",
    );
    let r: [u8; 32] = r.try_into().expect("32 bytes");
    let s: [u8; 32] = [&[0, 0][..], s].concat().try_into().expect("32 bytes");
    assert_eq!(signature(&r, &s), example);

    let order = unhex(ORDER);
    let mut largest = order.clone();
    largest[31] -= 1;
    let half = unhex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
    let mut high = half.clone();
    high[31] += 1;
    for (id, r, s, why) in [
        ("smallest", vec![1], vec![1], "r = s = 1"),
        ("one-byte-with-sign", vec![0x80], vec![0xff], "a leading 00 for the sign, in two bytes"),
        ("largest", largest.clone(), largest, "r = s = n - 1"),
        ("low-s-largest", r.to_vec(), half, "s = (n - 1) / 2"),
        ("high-s-smallest", r.to_vec(), high, "s = (n + 1) / 2: WebAuthn does not ask for low s"),
        ("short-r", vec![0x12; 20], s.to_vec(), "leading zero bytes of r are left out"),
    ] {
        accept(id, "RFC 3279", "2.2.3", &signature(&r, &s), &r, &s, why);
    }
    for (id, der, why) in faults(&r, &s) {
        cases.push(
            Case::new("ecdsa.der_parse", format!("der-{id}"))
                .source("WebAuthn Level 3", "6.5.5")
                .input("signature_hex", hex(&der))
                .reject("signature_malformed")
                .why(why),
        );
    }
    File {
        topic: "der",
        description: "ECDSA signatures in DER (Ecdsa-Sig-Value) for P-256",
        notes: vec![
            "Ranges belong to the form: r or s of 0 or of n and more is signature_malformed."
                .into(),
        ],
        cases,
    }
}
