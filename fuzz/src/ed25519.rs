//! `crypto::verify` under Ed25519 keys against RFC 8032 §5.1 in plain arithmetic, which shares no code with core's crate: the
//! same keys, the same signatures, and the same code for every other.
//!
//! Signatures over what was mutated cannot be found by mutation. So the input may ask for one to be made, and for the ways in
//! which verifiers are known to differ: a component of small order in the key or in R, and S with the order added.

use crate::input::{Input, Output};
use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cose::PublicKey;
use sha2::{Digest, Sha512};
use std::sync::LazyLock;

/// Bits of the first byte of an input.
mod options {
    /// The signature is made, with the 32 bytes of the key as the private key.
    pub(super) const SIGN: u8 = 0x01;
    /// A point of order 8 is added to the public key.
    pub(super) const MIXED_KEY: u8 = 0x02;
    /// One is taken away from R.
    pub(super) const MIXED_R: u8 = 0x04;
    /// The group's order is added to S.
    pub(super) const LARGE_S: u8 = 0x08;
    /// R is made without a nonce: it is neutral, or what is taken from it.
    pub(super) const NO_NONCE: u8 = 0x10;
}

/// A signature's verdict by RFC 8032 §5.1.7 without the cofactor, where neither key nor R may have small order.
///
/// # Errors
///
/// As `crypto::verify`.
pub fn verify(key: &[u8; 32], message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let a = read_key(key).ok_or(Error::CosePointInvalid)?;
    let (r_bytes, s) = signature.split_at_checked(32).ok_or(Error::SignatureMalformed)?;
    let s = <[u8; 32]>::try_from(s).map_err(|_| Error::SignatureMalformed)?;
    let s = Some(limbs(&s)).filter(|s| below(s, &ORDER)).ok_or(Error::SignatureMalformed)?;
    let r = <[u8; 32]>::try_from(r_bytes).ok().and_then(|r| Point::decode(&r));
    let r = r.filter(|r| !r.has_small_order()).ok_or(Error::SignatureInvalid)?;
    let k = reduce_bytes(&Sha512::digest([r_bytes, key, message].concat()));
    if BASE.times(&s) == r.plus(&a.times(&k)) { Ok(()) } else { Err(Error::SignatureInvalid) }
}

/// Whether the key is a point, canonically encoded and not of small order.
#[must_use]
pub fn is_key(key: &[u8; 32]) -> bool {
    read_key(key).is_some()
}

fn read_key(key: &[u8; 32]) -> Option<Point> {
    Point::decode(key).filter(|a| !a.has_small_order())
}

/// The public key of a private one.
#[must_use]
pub fn public_key(private: &[u8; 32]) -> [u8; 32] {
    BASE.times(&expand(private).0).encode()
}

/// The signature under a private key.
#[must_use]
pub fn sign(private: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let (_, prefix) = expand(private);
    let nonce = reduce_bytes(&Sha512::digest([&prefix[..], message].concat()));
    sign_as(private, &public_key(private), message, nonce, Point::NEUTRAL)
}

/// A signature that names another public key, with any nonce, and with a point taken from R.
fn sign_as(
    private: &[u8; 32],
    public: &[u8; 32],
    message: &[u8],
    r: Number,
    from_r: Point,
) -> [u8; 64] {
    let (a, _) = expand(private);
    let r_bytes = BASE.times(&r).plus(&from_r.negated()).encode();
    let k = reduce_bytes(&Sha512::digest([&r_bytes[..], public, message].concat()));
    let s = add_modulo(&r, &multiply_modulo(&k, &a, &ORDER), &ORDER);
    [r_bytes, bytes(&s)].concat().try_into().expect("64 bytes")
}

/// §5.1.5: the scalar, and the prefix for the nonce.
fn expand(private: &[u8; 32]) -> (Number, [u8; 32]) {
    let hash = Sha512::digest(private);
    let (mut scalar, mut prefix) = ([0; 32], [0; 32]);
    scalar.copy_from_slice(&hash[..32]);
    prefix.copy_from_slice(&hash[32..]);
    scalar[0] &= 0xf8;
    scalar[31] = scalar[31] & 0x7f | 0x40;
    (limbs(&scalar), prefix)
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let chosen = input.u8();
    let mut key = input.array();
    let (signature, message) = input.rest().split_at(input.rest().len().min(64));
    let mut signature = signature.to_vec();
    let has = |option| chosen & option != 0;
    if has(options::SIGN) {
        let private = key;
        if has(options::MIXED_KEY) {
            let mixed = BASE.times(&expand(&private).0).plus(&ORDER_8);
            key = mixed.encode();
        } else {
            key = public_key(&private);
        }
        let from_r = if has(options::MIXED_R) { *ORDER_8 } else { Point::NEUTRAL };
        let nonce = if has(options::NO_NONCE) { [0; 4] } else { [0x6e6f_6e63_6531, 2, 3, 4] };
        signature = sign_as(&private, &key, message, nonce, from_r).to_vec();
        if has(options::LARGE_S) {
            let s = limbs(signature[32..].try_into().expect("32 bytes"));
            let (larger, carry) = add(&s, &ORDER);
            assert!(!carry, "both are below 2^253");
            signature[32..].copy_from_slice(&bytes(&larger));
        }
    }
    let public = PublicKey::Ed25519 { algorithm: -8, x: &key };
    assert_eq!(
        crypto::check_key(&public),
        read_key(&key).map(|_| ()).ok_or(Error::CosePointInvalid)
    );
    let expected = verify(&key, message, &signature);
    assert_eq!(crypto::verify(&public, &[message], &signature), expected);
    let (first, second) = message.split_at(message.len() / 2);
    assert_eq!(crypto::verify(&public, &[first, second], &signature), expected);
    expected.is_ok()
}

/// The input in which key, signature and message stand as they are.
#[must_use]
pub fn input(key: &[u8], signature: &[u8], message: &[u8]) -> Vec<u8> {
    Output::default().number([0]).raw(key).raw(signature).raw(message).finish()
}

/// Good signatures, ones made in every bad way, and every point of small order in both places and both encodings.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let private = [5; 32];
    let (public, signature) = (public_key(&private), sign(&private, b"message"));
    seeds.push(input(&public, &signature, b"message"));
    let ways = options::MIXED_KEY | options::MIXED_R | options::LARGE_S | options::NO_NONCE;
    for chosen in 0..=ways {
        // One in eight multiplies away the component of order 8.
        for message in 0..16_u8 {
            let seed = Output::default().number([options::SIGN | chosen]).raw(&private);
            seeds.push(seed.raw(&[0; 64]).raw(&[message]).finish());
        }
    }
    let mut point = Point::NEUTRAL;
    for _ in 0..8 {
        for encoding in encodings(&point) {
            seeds.push(input(&encoding, &signature, b"message"));
            seeds.push(input(&public, &[encoding, bytes(&[0; 4])].concat(), b"message"));
            seeds.push(input(&encoding, &[encoding, bytes(&[0; 4])].concat(), b"message"));
        }
        point = point.plus(&ORDER_8);
    }
    // The 19 numbers from p up to 2^255, with both signs, are other names of 0 to 18.
    for low in 0xed..=0xff {
        for high in [0x7f, 0xff] {
            let mut y = [0xff; 32];
            (y[0], y[31]) = (low, high);
            seeds.push(input(&y, &signature, b"message"));
            seeds.push(input(&public, &[y, bytes(&[1, 0, 0, 0])].concat(), b"message"));
        }
    }
    for s in [[0; 4], [1, 0, 0, 0], ORDER, [ORDER[0] - 1, ORDER[1], 0, ORDER[3]], [u64::MAX; 4]] {
        seeds.push(input(&public, &[&signature[..32], &bytes(&s)].concat(), b"message"));
    }
    for len in [0, 31, 32, 63] {
        seeds.push(input(&public, &signature[..len], b""));
    }
    seeds
}

/// The encoding of a point, and the same with the other sign.
fn encodings(point: &Point) -> [[u8; 32]; 2] {
    let encoding = point.encode();
    let mut other = encoding;
    other[31] ^= 0x80;
    [encoding, other]
}

/// 256 bits, least significant limb first.
type Number = [u64; 4];

/// 2^255 − 19.
const P: Number = [0xffff_ffff_ffff_ffed, u64::MAX, u64::MAX, 0x7fff_ffff_ffff_ffff];
/// 2^252 + 27742317777372353535851937790883648493.
const ORDER: Number = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// −121665/121666.
static D: LazyLock<Field> = LazyLock::new(|| {
    Field::ZERO.minus(Field([121_665, 0, 0, 0])).times(Field([121_666, 0, 0, 0]).inverse())
});
/// y = 4/5 and an even x.
static BASE: LazyLock<Point> = LazyLock::new(|| {
    let y = Field([4, 0, 0, 0]).times(Field([5, 0, 0, 0]).inverse());
    Point::decode(&bytes(&y.0)).expect("the base point is on the curve")
});
/// A point of order 8: what is left of some point once the order of the base is multiplied away.
static ORDER_8: LazyLock<Point> = LazyLock::new(|| {
    (2_u64..)
        .filter_map(|y| Point::decode(&bytes(&[y, 0, 0, 0])))
        .map(|point| point.times(&ORDER))
        .find(|point| !point.doubled().doubled().is_neutral())
        .expect("half of all points have such a part")
});

/// A point in extended coordinates (§5.1.4).
#[derive(Clone, Copy, Debug)]
struct Point {
    x: Field,
    y: Field,
    z: Field,
    t: Field,
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.x.times(other.z) == other.x.times(self.z)
            && self.y.times(other.z) == other.y.times(self.z)
    }
}

impl Point {
    const NEUTRAL: Self = Self { x: Field::ZERO, y: Field::ONE, z: Field::ONE, t: Field::ZERO };

    /// §5.1.3.
    fn decode(encoding: &[u8; 32]) -> Option<Self> {
        let mut y = *encoding;
        let odd = y[31] >> 7 == 1;
        y[31] &= 0x7f;
        let y = Field(limbs(&y));
        if !below(&y.0, &P) {
            return None;
        }
        let square = y.times(y);
        let (u, v) = (square.minus(Field::ONE), D.times(square).plus(Field::ONE));
        let mut x = u.times(v.inverse()).square_root()?;
        if x == Field::ZERO && odd {
            return None;
        }
        if (x.0[0] & 1 == 1) != odd {
            x = Field::ZERO.minus(x);
        }
        Some(Self { x, y, z: Field::ONE, t: x.times(y) })
    }

    /// §5.1.2.
    fn encode(&self) -> [u8; 32] {
        let z = self.z.inverse();
        let (x, y) = (self.x.times(z), self.y.times(z));
        let mut encoding = bytes(&y.0);
        encoding[31] |= u8::from(x.0[0] & 1 == 1) << 7;
        encoding
    }

    /// §5.1.4; it is complete, so that it doubles too.
    fn plus(&self, other: &Self) -> Self {
        let a = self.y.minus(self.x).times(other.y.minus(other.x));
        let b = self.y.plus(self.x).times(other.y.plus(other.x));
        let c = self.t.times(other.t).times(*D);
        let c = c.plus(c);
        let d = self.z.times(other.z);
        let d = d.plus(d);
        let (e, f, g, h) = (b.minus(a), d.minus(c), d.plus(c), b.plus(a));
        Self { x: e.times(f), y: g.times(h), z: f.times(g), t: e.times(h) }
    }

    fn doubled(&self) -> Self {
        self.plus(self)
    }

    fn negated(&self) -> Self {
        Self { x: Field::ZERO.minus(self.x), t: Field::ZERO.minus(self.t), ..*self }
    }

    fn times(&self, number: &Number) -> Self {
        bits(number).fold(Self::NEUTRAL, |sum, bit| {
            let sum = sum.doubled();
            if bit { sum.plus(self) } else { sum }
        })
    }

    fn is_neutral(&self) -> bool {
        *self == Self::NEUTRAL
    }

    fn has_small_order(&self) -> bool {
        self.doubled().doubled().doubled().is_neutral()
    }
}

/// A number below p.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Field(Number);

impl Field {
    const ZERO: Self = Self([0; 4]);
    const ONE: Self = Self([1, 0, 0, 0]);

    fn plus(self, other: Self) -> Self {
        Self(add_modulo(&self.0, &other.0, &P))
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self(if other == Self::ZERO { [0; 4] } else { subtract(&P, &other.0) }))
    }

    fn times(self, other: Self) -> Self {
        // 2^256 is 38 modulo p: the upper half counts 38 times.
        let wide = multiply(&self.0, &other.0);
        let (mut low, mut over) = ([0; 4], 0_u128);
        for i in 0..4 {
            over += u128::from(wide[i]) + 38 * u128::from(wide[i + 4]);
            low[i] = over as u64;
            over >>= 64;
        }
        while over > 0 {
            over *= 38;
            for limb in &mut low {
                over += u128::from(*limb);
                *limb = over as u64;
                over >>= 64;
            }
        }
        while !below(&low, &P) {
            low = subtract(&low, &P);
        }
        Self(low)
    }

    fn power(self, exponent: &Number) -> Self {
        bits(exponent).fold(Self::ONE, |product, bit| {
            let product = product.times(product);
            if bit { product.times(self) } else { product }
        })
    }

    /// By Fermat's little theorem; of 0 it is 0.
    fn inverse(self) -> Self {
        self.power(&subtract(&P, &[2, 0, 0, 0]))
    }

    /// p is 5 modulo 8: a square's root is its power to (p + 3)/8, or that times a root of −1, which is 2 to (p − 1)/4.
    fn square_root(self) -> Option<Self> {
        let root = self.power(&halved(halved(halved(add(&P, &[3, 0, 0, 0]).0))));
        let minus_one = Self([2, 0, 0, 0]).power(&halved(halved(subtract(&P, &[1, 0, 0, 0]))));
        [root, root.times(minus_one)].into_iter().find(|root| root.times(*root) == self)
    }
}

fn limbs(bytes: &[u8; 32]) -> Number {
    std::array::from_fn(|i| {
        let limb = bytes[8 * i..8 * i + 8].try_into().expect("eight bytes");
        u64::from_le_bytes(limb)
    })
}

fn bytes(number: &Number) -> [u8; 32] {
    std::array::from_fn(|i| number[i / 8].to_le_bytes()[i % 8])
}

/// The bits, most significant first, from the first one that is set.
fn bits(number: &Number) -> impl Iterator<Item = bool> {
    let number = *number;
    (0..256).rev().map(move |i| number[i / 64] >> (i % 64) & 1 == 1).skip_while(|bit| !bit)
}

fn below(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

fn add(a: &Number, b: &Number) -> (Number, bool) {
    let mut carry = 0;
    let sum = std::array::from_fn(|i| {
        carry += u128::from(a[i]) + u128::from(b[i]);
        let limb = carry as u64;
        carry >>= 64;
        limb
    });
    (sum, carry == 1)
}

/// a − b, where b is not above a.
fn subtract(a: &Number, b: &Number) -> Number {
    let mut borrow = false;
    std::array::from_fn(|i| {
        let (limb, first) = a[i].overflowing_sub(b[i]);
        let (limb, second) = limb.overflowing_sub(u64::from(borrow));
        borrow = first || second;
        limb
    })
}

fn halved(number: Number) -> Number {
    std::array::from_fn(|i| number[i] >> 1 | number.get(i + 1).map_or(0, |next| next << 63))
}

fn multiply(a: &Number, b: &Number) -> [u64; 8] {
    let mut product = [0; 8];
    for i in 0..4 {
        let mut carry = 0;
        for j in 0..4 {
            carry += u128::from(product[i + j]) + u128::from(a[i]) * u128::from(b[j]);
            product[i + j] = carry as u64;
            carry >>= 64;
        }
        product[i + 4] = carry as u64;
    }
    product
}

/// a + b, where both are below the modulus, which is below 2^255.
fn add_modulo(a: &Number, b: &Number, modulus: &Number) -> Number {
    let (sum, _) = add(a, b);
    if below(&sum, modulus) { sum } else { subtract(&sum, modulus) }
}

fn multiply_modulo(a: &Number, b: &Number, modulus: &Number) -> Number {
    let a = reduce_bits(bits(a), modulus);
    bits(b).fold([0; 4], |product, bit| {
        let product = add_modulo(&product, &product, modulus);
        if bit { add_modulo(&product, &a, modulus) } else { product }
    })
}

/// A little-endian number modulo the order.
fn reduce_bytes(bytes: &[u8]) -> Number {
    reduce_bits(
        bytes.iter().rev().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1 == 1)),
        &ORDER,
    )
}

fn reduce_bits(bits: impl Iterator<Item = bool>, modulus: &Number) -> Number {
    bits.fold([0; 4], |number, bit| {
        let number = add_modulo(&number, &number, modulus);
        if bit { add_modulo(&number, &[1, 0, 0, 0], modulus) } else { number }
    })
}
