//! Ed25519 (RFC 8032): the published examples, every encoding that a strict verifier refuses, and signatures that only a lax
//! one takes.

use crate::bytes::unhex;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use mfakit_testing::keys::Ed25519Key;
use sha2::{Digest, Sha512};

/// The order of the base point, L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 §5.1).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
/// The field, p = 2^255 - 19, little-endian.
const FIELD: &str = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";

/// RFC 8032 §7.1: name, private key, public key, message, signature.
pub(crate) const EXAMPLES: [(&str, &str, &str, &str, &str); 4] = [
    (
        "test-1",
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "test-2",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "test-3",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "test-sha-abc",
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
];

/// The points whose order divides 8, each by its one canonical encoding, with its order.
const SMALL_ORDER: [(&str, &str); 8] = [
    ("order-1", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order-2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order-4-a", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("order-4-b", "0000000000000000000000000000000000000000000000000000000000000080"),
    ("order-8-a", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("order-8-b", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    ("order-8-c", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ("order-8-d", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
];
/// Their other encodings: y of p and p + 1, and a sign for x = 0, which has none.
const SMALL_ORDER_AGAIN: [(&str, &str); 6] = [
    ("order-1-signed", "0100000000000000000000000000000000000000000000000000000000000080"),
    ("order-2-signed", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ("y-field", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("y-field-signed", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ("y-field-plus-1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("y-field-plus-1-signed", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
];

/// A point by its encoding, if there is one.
fn point(encoding: &[u8; 32]) -> Option<EdwardsPoint> {
    CompressedEdwardsY(*encoding).decompress()
}

fn as_32(hex: &str) -> [u8; 32] {
    unhex(hex).try_into().expect("32 bytes")
}

/// Every encoding of a point of small order: name, encoding, why.
pub(crate) fn small_order() -> Vec<(String, [u8; 32], &'static str)> {
    let rows = [
        (
            &SMALL_ORDER[..],
            "a point of small order: some signature holds under it for many messages",
        ),
        (&SMALL_ORDER_AGAIN[..], "a second encoding of a point of small order"),
    ];
    let mut out = Vec::new();
    for (list, why) in rows {
        for (name, hex) in list {
            let encoding = as_32(hex);
            assert!(point(&encoding).expect("on the curve").is_small_order(), "{name}");
            out.push(((*name).to_owned(), encoding, why));
        }
    }
    out
}

/// Encodings with a y of p and more that stand for other points: each is a second name for a point of large order.
pub(crate) fn not_canonical() -> Vec<(String, [u8; 32])> {
    // y = p + n fits 255 bits for n below 19; not every y has a point.
    let out: Vec<(String, [u8; 32])> = (2..19)
        .map(|n| (format!("y-field-plus-{n}"), sum(&as_32(FIELD), n)))
        .filter(|(_, encoding)| point(encoding).is_some_and(|p| !p.is_small_order()))
        .collect();
    assert!(out.len() > 4, "about every second y has a point");
    out
}

/// Small y that no point of the curve has.
pub(crate) fn off_curve() -> Vec<(String, [u8; 32])> {
    let out = (2..20).map(|y| (format!("y-{y}"), sum(&[0; 32], y)));
    out.filter(|(_, encoding)| point(encoding).is_none()).collect()
}

/// A little-endian number and a small one. What does not fit 256 bits panics.
fn sum(number: &[u8; 32], small: u16) -> [u8; 32] {
    let mut other = [0; 32];
    other[..2].copy_from_slice(&small.to_le_bytes());
    add(number, &other)
}

fn add(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut carry = 0_u16;
    for (slot, (a, b)) in out.iter_mut().zip(left.iter().zip(right)) {
        let digit = u16::from(*a) + u16::from(*b) + carry;
        *slot = u8::try_from(digit & 0xff).expect("a byte");
        carry = digit >> 8;
    }
    assert_eq!(carry, 0, "it fits");
    out
}

fn halves(signature: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (r, s) = signature.split_at(32);
    (r.try_into().expect("R"), s.try_into().expect("S"))
}

fn join(r: &[u8; 32], s: &[u8; 32]) -> Vec<u8> {
    [&r[..], &s[..]].concat()
}

/// Ways to break the form of a signature; they end as `signature_malformed`.
pub(crate) fn malformed(good: &[u8; 64]) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let (r, s) = halves(good);
    let order = as_32(ORDER);
    let mut eight = order;
    for _ in 0..3 {
        eight = add(&eight, &eight);
    }
    let mut below = order;
    below[31] |= 0x80;
    vec![
        ("empty", vec![], "no signature at all"),
        ("1-byte", good[..1].to_vec(), "one byte"),
        ("r-alone", r.to_vec(), "S is missing"),
        ("63-bytes", good[..63].to_vec(), "the last byte is missing"),
        ("65-bytes", [&good[..], &[0]].concat(), "a byte follows"),
        ("leading-byte", [&[0], &good[..]].concat(), "a byte stands in front"),
        ("twice", [&good[..], good].concat(), "128 bytes"),
        ("ed448-size", [&good[..], &[0; 50]].concat(), "114 bytes, the size of Ed448"),
        ("der-octets", [&[0x04, 0x40], &good[..]].concat(), "wrapped in an OCTET STRING"),
        (
            "der-integers",
            mfakit_testing::der::signature(&r, &s),
            "R and S as DER integers, the form of ECDSA",
        ),
        ("s-order", join(&r, &order), "S = L"),
        ("s-plus-order", join(&r, &add(&s, &order)), "S + L, which is S modulo L"),
        ("s-plus-8-orders", join(&r, &add(&s, &eight)), "S + 8 L: the highest bits are used too"),
        ("s-order-with-high-bit", join(&r, &below), "L and the highest bit"),
        ("s-all-ones", join(&r, &[0xff; 32]), "S = 2^256 - 1"),
    ]
}

/// Well-formed signatures that must not hold; they end as `signature_invalid`.
pub(crate) fn invalid(
    key: &Ed25519Key,
    message: &[u8],
    good: &[u8; 64],
) -> Vec<(String, Vec<u8>, &'static str)> {
    let (r, s) = halves(good);
    let mut out: Vec<(String, Vec<u8>, &'static str)> = Vec::new();
    let mut add = |name: &str, signature: Vec<u8>, why| out.push((name.into(), signature, why));
    let mut largest = as_32(ORDER);
    largest[0] -= 1;
    add("s-zero", join(&r, &[0; 32]), "S = 0");
    add("s-largest", join(&r, &largest), "S = L - 1");
    add("all-zero", vec![0; 64], "R and S of zeros");
    for bit in [0_usize, 7, 100, 251] {
        let mut flipped = s;
        flipped[bit / 8] ^= 1 << (bit % 8);
        // Flipping the 252nd bit may lead to L and beyond, which is another fault.
        if flipped.iter().rev().lt(as_32(ORDER).iter().rev()) {
            add(&format!("s-bit-{bit}"), join(&r, &flipped), "one bit of S is flipped");
        }
    }
    for bit in [0_usize, 100, 254, 255] {
        let mut flipped = r;
        flipped[bit / 8] ^= 1 << (bit % 8);
        add(&format!("r-bit-{bit}"), join(&flipped, &s), "one bit of R is flipped");
    }
    for (name, encoding, _) in small_order() {
        let forged = forge(key, &encoding, message);
        add(
            &format!("r-{name}"),
            forged.to_vec(),
            "R of small order, with the S that a verifier with a cofactor takes",
        );
    }
    out
}

/// A signature with this R, of small order: S = k·a. Then S·B = k·A, and that is R + k·A but for a point of small order.
fn forge(key: &Ed25519Key, r: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let mut private: [u8; 32] =
        Sha512::digest(key.private())[..32].try_into().expect("half of the hash");
    private[0] &= 0xf8;
    private[31] = private[31] & 0x7f | 0x40;
    let hash: [u8; 64] = Sha512::new()
        .chain_update(r)
        .chain_update(key.public())
        .chain_update(message)
        .finalize()
        .into();
    let k = Scalar::from_bytes_mod_order_wide(&hash);
    let s = k * Scalar::from_bytes_mod_order(private);

    let public = point(&key.public()).expect("a public key");
    let rest = EdwardsPoint::mul_base(&s) - k * public - point(r).expect("a point");
    assert!(rest.mul_by_cofactor().is_identity(), "the equation holds with the cofactor");
    join(r, &s.to_bytes()).try_into().expect("64 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mfakit_testing::keys::verifies;

    #[test]
    fn the_published_examples_are_made_and_verified() {
        for (name, private, public, message, signature) in EXAMPLES {
            let key = Ed25519Key::new(&as_32(private));
            assert_eq!(key.public().to_vec(), unhex(public), "{name}");
            assert_eq!(key.sign(&unhex(message)).to_vec(), unhex(signature), "{name}");
            assert!(verifies(&key.cose(), &unhex(message), &unhex(signature)), "{name}");
        }
    }

    #[test]
    fn every_point_of_small_order_is_there_once() {
        let mut encodings: Vec<_> = small_order().into_iter().map(|(_, e, _)| e).collect();
        encodings.sort_unstable();
        encodings.dedup();
        assert_eq!(encodings.len(), 14);
        // Every encoding: 8 points, and a second one for each y below 19 and for each x of 0.
        let canonical =
            encodings.iter().filter(|e| point(e).is_some_and(|p| p.compress().to_bytes() == **e));
        assert_eq!(canonical.count(), 8);
    }

    #[test]
    fn nothing_that_must_be_refused_verifies() {
        let key = Ed25519Key::new(&[7; 32]);
        let good = key.sign(b"message");
        for (name, signature, _) in malformed(&good) {
            assert!(!verifies(&key.cose(), b"message", &signature), "{name}");
        }
        for (name, signature, _) in invalid(&key, b"message", &good) {
            assert!(!verifies(&key.cose(), b"message", &signature), "{name}");
        }
    }
}
