//! The verification of ECDSA signatures on P-384, P-521 and secp256k1.
//!
//! VARIABLE TIME: for verification, whose inputs are all public: a key, a signature, a digest. Never for signing.
//!
//! FIPS 186-5 §6.4.2, on the curves of SP 800-186 §3.2.1 and SEC 2 §2.4.1. One code for all of them, which is small first. No heap;
//! every loop is bounded by the size of a curve. Leaks: everything, by time.

mod field;
mod point;
#[cfg(test)]
mod tests;

use crate::error::Error;
use field::{Modulus, Number, constant, len, number};
use point::Point;

/// The curve y² = x³ + a·x + b modulo p, with a generator of order n, which is a prime below p; so every point is a multiple of it.
#[derive(Debug)]
struct Curve<const L: usize> {
    p: Modulus<L>,
    n: Modulus<L>,
    a: A,
    b: Number<L>,
    /// The generator's x and y.
    generator: [Number<L>; 2],
    /// The size of p and of n, in bytes.
    len: usize,
}

#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "a build may have one curve")]
enum A {
    Zero,
    MinusThree,
}

/// SP 800-186 §3.2.1.4.
#[cfg(any(feature = "es384", test))]
static P384: Curve<{ len(384) }> = Curve {
    p: Modulus::new(
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
         ffffffff0000000000000000ffffffff",
    ),
    n: Modulus::new(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
         581a0db248b0a77aecec196accc52973",
    ),
    a: A::MinusThree,
    b: constant(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a\
         c656398d8a2ed19d2a85c8edd3ec2aef",
    ),
    generator: [
        constant(
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38\
             5502f25dbf55296c3a545e3872760ab7",
        ),
        constant(
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0\
             0a60b1ce1d7e819d7a431d7c90ea0e5f",
        ),
    ],
    len: 48,
};

/// SP 800-186 §3.2.1.5.
#[cfg(any(feature = "es512", test))]
static P521: Curve<{ len(521) }> = Curve {
    p: Modulus::new(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
         ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
         ffff",
    ),
    n: Modulus::new(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
         fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138\
         6409",
    ),
    a: A::MinusThree,
    b: constant(
        "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1\
         09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b50\
         3f00",
    ),
    generator: [
        constant(
            "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d\
             3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5\
             bd66",
        ),
        constant(
            "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e\
             662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd1\
             6650",
        ),
    ],
    len: 66,
};

/// SEC 2 §2.4.1.
#[cfg(any(feature = "es256k", test))]
static SECP256K1: Curve<{ len(256) }> = Curve {
    p: Modulus::new("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"),
    n: Modulus::new("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
    a: A::Zero,
    b: constant("07"),
    generator: [
        constant("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        constant("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
    ],
    len: 32,
};

/// A point that is on its curve and not the identity.
#[derive(Debug)]
pub(super) struct Key<const L: usize> {
    curve: &'static Curve<L>,
    point: Point<L>,
}

#[cfg(any(feature = "es384", test))]
pub(super) type P384Key = Key<{ len(384) }>;

/// The key on P-384 with these coordinates, big-endian.
#[cfg(any(feature = "es384", test))]
pub(super) fn p384(x: &[u8; 48], y: &[u8; 48]) -> Result<P384Key, Error> {
    Key::new(&P384, x, y)
}

#[cfg(any(feature = "es512", test))]
pub(super) type P521Key = Key<{ len(521) }>;

/// The key on P-521 with these coordinates, big-endian.
#[cfg(any(feature = "es512", test))]
pub(super) fn p521(x: &[u8; 66], y: &[u8; 66]) -> Result<P521Key, Error> {
    Key::new(&P521, x, y)
}

#[cfg(any(feature = "es256k", test))]
pub(super) type Secp256k1Key = Key<{ len(256) }>;

/// The key on secp256k1 with these coordinates, big-endian.
#[cfg(any(feature = "es256k", test))]
pub(super) fn secp256k1(x: &[u8; 32], y: &[u8; 32]) -> Result<Secp256k1Key, Error> {
    Key::new(&SECP256K1, x, y)
}

impl<const L: usize> Key<L> {
    /// From big-endian coordinates, each of the curve's size.
    fn new(curve: &'static Curve<L>, x: &[u8], y: &[u8]) -> Result<Self, Error> {
        let coordinates = curve.p.read(x).zip(curve.p.read(y));
        let point = coordinates.and_then(|(x, y)| curve.point(&x, &y));
        point.map(|point| Self { curve, point }).ok_or(Error::CosePointInvalid)
    }

    /// Verifies a signature, big-endian r and s of the curve's size, over a digest of any hash of up to 64 bytes.
    pub(super) fn verify(&self, digest: &[u8], r: &[u8], s: &[u8]) -> Result<(), Error> {
        let Curve { p, n, .. } = self.curve;
        // Step 1: r and s are in 1..n.
        let scalar = |bytes| n.read(bytes).filter(|number| *number != [0; L]);
        let (r, s) = scalar(r).zip(scalar(s)).ok_or(Error::SignatureMalformed)?;
        // Steps 2 and 3: the digest's first bits, as many as n has, as a number. These sizes are multiples of 8, or n is longer.
        let e = number(digest.get(..self.curve.len).unwrap_or(digest));
        // Step 4: 1/s, times R.
        let inverse = n.invert(&n.form(&s));
        // Step 5: u1 and u2, out of Montgomery's form.
        let (u1, u2) = (n.mul(&e, &inverse), n.mul(&r, &inverse));
        // Step 6: the sum, which may not be the identity.
        let [x, y] = &self.curve.generator;
        let generator = self.curve.point(x, y).ok_or(Error::SignatureInvalid)?;
        let sum = self.curve.sum([&u1, &u2], [&generator, &self.point]);
        // Steps 7 to 9: r is the sum's x modulo n. x is below p, so it is r or, where that is below p too, r + n: n is above p/2.
        let has_x = |x: &Number<L>| self.curve.has_x(&sum, x);
        let holds = !sum.is_identity()
            && (has_x(&r) || n.plus(&r).and_then(|x| p.below(x)).is_some_and(|x| has_x(&x)));
        if holds { Ok(()) } else { Err(Error::SignatureInvalid) }
    }
}
