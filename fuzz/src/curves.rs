//! The curves and RSA in plain arithmetic over large numbers: it shares no code with core's crates. Slow, and in no way
//! constant-time.

use mfakit_testing::keys::Key;
use mfakit_testing::rsa::Hash;
use num_bigint::BigUint;
use shake::Shake256;
use shake::digest::{ExtendableOutput, Update, XofReader};
use std::sync::LazyLock;

fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits")
}

fn one() -> BigUint {
    BigUint::from(1_u8)
}

/// A short Weierstrass curve, y² = x³ + ax + b (SEC 2, FIPS 186-5).
pub struct Weierstrass {
    /// Bytes in a coordinate.
    pub size: usize,
    p: BigUint,
    a: BigUint,
    b: BigUint,
    n: BigUint,
    g: (BigUint, BigUint),
}

/// A Jacobian point; z = 0 is the point at infinity.
#[derive(Clone)]
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

/// The four curves, by the value of `crv`.
static CURVES: LazyLock<[(i64, Weierstrass); 4]> = LazyLock::new(|| {
    let two = |exponent: u32| one() << exponent;
    let nist = |size, p: BigUint, b, n, x, y| {
        let a = &p - 3_u8;
        Weierstrass { size, p, a, b: hex(b), n: hex(n), g: (hex(x), hex(y)) }
    };
    let p256 = nist(
        32,
        two(256) - two(224) + two(192) + two(96) - 1_u8,
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    );
    let p384 = nist(
        48,
        two(384) - two(128) - two(96) + two(32) - 1_u8,
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    );
    let p521 = nist(
        66,
        two(521) - 1_u8,
        "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
        "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        "11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
    );
    let secp256k1 = Weierstrass {
        size: 32,
        p: two(256) - two(32) - 977_u16,
        a: BigUint::ZERO,
        b: BigUint::from(7_u8),
        n: hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
        g: (
            hex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
            hex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
        ),
    };
    [(1, p256), (2, p384), (3, p521), (8, secp256k1)]
});

impl Weierstrass {
    /// The curve of this `crv`.
    #[must_use]
    pub fn named(crv: i64) -> Option<&'static Self> {
        CURVES.iter().find(|(number, _)| *number == crv).map(|(_, curve)| curve)
    }

    /// Whether these coordinates are a point's.
    #[must_use]
    pub fn contains(&self, x: &[u8], y: &[u8]) -> bool {
        let (x, y) = (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y));
        let right = (&x * &x * &x + &self.a * &x + &self.b) % &self.p;
        x < self.p && y < self.p && &y * &y % &self.p == right
    }

    /// r and s of a signature in DER, if there is one and both are in range.
    #[must_use]
    pub fn read_signature(&self, der: &[u8]) -> Option<(BigUint, BigUint)> {
        let (body, []) = element(der, 0x30)? else { return None };
        let (r, rest) = element(body, 2)?;
        let (s, []) = element(rest, 2)? else { return None };
        let number = |content: &[u8]| {
            let minimal = match content {
                [] | [0x80..=0xff, ..] => false,
                [0, next, ..] => *next >= 0x80,
                [0] => false,
                _ => true,
            };
            let number = BigUint::from_bytes_be(content);
            (minimal && number < self.n && number != BigUint::ZERO).then_some(number)
        };
        Some((number(r)?, number(s)?))
    }

    /// FIPS 186-5 §6.4.2.
    #[must_use]
    pub fn verifies(&self, x: &[u8], y: &[u8], hash: &[u8], r: &BigUint, s: &BigUint) -> bool {
        let bits = u64::from(u32::try_from(8 * hash.len()).expect("a short hash"));
        // The leftmost bits of a hash that is longer than the order.
        let e = BigUint::from_bytes_be(hash) >> bits.saturating_sub(self.n.bits());
        let Some(inverse) = s.modinv(&self.n) else { return false };
        let (u, v) = (e * &inverse % &self.n, r * &inverse % &self.n);
        let g = Jacobian { x: self.g.0.clone(), y: self.g.1.clone(), z: one() };
        let q = Jacobian { x: BigUint::from_bytes_be(x), y: BigUint::from_bytes_be(y), z: one() };
        let both = self.add(&g, &q);
        let mut sum = Jacobian { x: one(), y: one(), z: BigUint::ZERO };
        for bit in (0..u.bits().max(v.bits())).rev() {
            sum = self.double(&sum);
            match (u.bit(bit), v.bit(bit)) {
                (true, true) => sum = self.add(&sum, &both),
                (true, false) => sum = self.add(&sum, &g),
                (false, true) => sum = self.add(&sum, &q),
                (false, false) => {}
            }
        }
        let Some(inverse) = sum.z.modinv(&self.p) else { return false };
        &inverse * &inverse % &self.p * sum.x % &self.p % &self.n == *r
    }

    fn minus(&self, from: &BigUint, number: &BigUint) -> BigUint {
        (from + &self.p - number % &self.p) % &self.p
    }

    fn double(&self, point: &Jacobian) -> Jacobian {
        let p = &self.p;
        let square = &point.y * &point.y % p;
        let s = &point.x * &square * 4_u8 % p;
        let z2 = &point.z * &point.z % p;
        let m = (&point.x * &point.x * 3_u8 + &self.a * (&z2 * &z2 % p)) % p;
        let x = self.minus(&(&m * &m % p), &(&s * 2_u8));
        let y = self.minus(&(m * self.minus(&s, &x) % p), &(&square * &square * 8_u8));
        Jacobian { x, y, z: &point.y * &point.z * 2_u8 % p }
    }

    fn add(&self, a: &Jacobian, b: &Jacobian) -> Jacobian {
        let p = &self.p;
        if a.z == BigUint::ZERO {
            return b.clone();
        }
        if b.z == BigUint::ZERO {
            return a.clone();
        }
        let (az2, bz2) = (&a.z * &a.z % p, &b.z * &b.z % p);
        let (u, v) = (&a.x * &bz2 % p, &b.x * &az2 % p);
        let (s, t) = (&a.y * bz2 * &b.z % p, &b.y * az2 * &a.z % p);
        let (h, r) = (self.minus(&v, &u), self.minus(&t, &s));
        if h == BigUint::ZERO {
            if r == BigUint::ZERO {
                return self.double(a);
            }
            return Jacobian { x: one(), y: one(), z: BigUint::ZERO };
        }
        let h2 = &h * &h % p;
        let (h3, uh2) = (&h2 * &h % p, u * &h2 % p);
        let x = self.minus(&self.minus(&(&r * &r % p), &h3), &(&uh2 * 2_u8));
        let y = self.minus(&(r * self.minus(&uh2, &x) % p), &(s * h3));
        Jacobian { x, y, z: &a.z * &b.z * h % p }
    }

    /// The same signature with n − s in place of s.
    #[must_use]
    pub fn other_s(&self, der: &[u8]) -> Option<Vec<u8>> {
        let (r, s) = self.read_signature(der)?;
        let s = &self.n - s;
        Some(mfakit_testing::der::signature(&r.to_bytes_be(), &s.to_bytes_be()))
    }
}

/// The content of an element of at most 255 bytes, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (len, rest) = match bytes {
        [found, 0x81, len @ 0x80..=0xff, rest @ ..] if *found == tag => (*len, rest),
        [found, len @ ..=0x7f, rest @ ..] if *found == tag => (*len, rest),
        _ => return None,
    };
    rest.split_at_checked(usize::from(len))
}

/// The curve of Ed448 (RFC 8032 §5.2): x² + y² = 1 + dx²y².
struct Edwards {
    p: BigUint,
    d: BigUint,
    order: BigUint,
    base: Projective,
}

#[derive(Clone)]
struct Projective {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

static ED448: LazyLock<Edwards> = LazyLock::new(|| {
    let p = (one() << 448) - (one() << 224) - 1_u8;
    let decimal = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 10).expect("digits");
    Edwards {
        d: &p - 39081_u32,
        order: (one() << 446)
            - decimal("13818066809895115352007386748515426880336692474882178609894547503885"),
        base: Projective {
            x: decimal(
                "224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710",
            ),
            y: decimal(
                "298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660",
            ),
            z: one(),
        },
        p,
    }
});

impl Edwards {
    fn add(&self, a: &Projective, b: &Projective) -> Projective {
        let p = &self.p;
        let (z, x, y) = (&a.z * &b.z % p, &a.x * &b.x % p, &a.y * &b.y % p);
        let z2 = &z * &z % p;
        let e = &self.d * &x % p * &y % p;
        let (f, g) = ((&z2 + p - &e) % p, (&z2 + &e) % p);
        let sum = (&a.x + &a.y) * (&b.x + &b.y) + p + p - &x - &y;
        Projective { x: &z * &f % p * (sum % p) % p, y: z * &g % p * (y + p - x) % p, z: f * g % p }
    }

    fn times(&self, point: &Projective, number: &BigUint) -> Projective {
        let mut sum = Projective { x: BigUint::ZERO, y: one(), z: one() };
        for bit in (0..number.bits()).rev() {
            sum = self.add(&sum, &sum);
            if number.bit(bit) {
                sum = self.add(&sum, point);
            }
        }
        sum
    }

    fn equal(&self, a: &Projective, b: &Projective) -> bool {
        let p = &self.p;
        &a.x * &b.z % p == &b.x * &a.z % p && &a.y * &b.z % p == &b.y * &a.z % p
    }

    /// §5.2.3, and nothing else: one encoding a point.
    fn decode(&self, bytes: &[u8; 57]) -> Option<Projective> {
        let (p, sign) = (&self.p, bytes[56] >> 7 == 1);
        let y = BigUint::from_bytes_le(&bytes[..56]);
        if bytes[56] & 0x7f != 0 || y >= *p {
            return None;
        }
        let y2 = &y * &y % p;
        let (top, bottom) = ((&y2 + p - 1_u8) % p, (&self.d * y2 + p - 1_u8) % p);
        let square = top * bottom.modinv(p)? % p;
        let mut x = square.modpow(&((p + 1_u8) >> 2_u8), p);
        if &x * &x % p != square || x == BigUint::ZERO && sign {
            return None;
        }
        if x.bit(0) != sign {
            x = p - x;
        }
        Some(Projective { x, y, z: one() })
    }

    /// A point of the group of prime order that is not its neutral element.
    fn decode_in_group(&self, bytes: &[u8; 57]) -> Option<Projective> {
        let neutral = Projective { x: BigUint::ZERO, y: one(), z: one() };
        let point = self.decode(bytes)?;
        let in_group = self.equal(&self.times(&point, &self.order), &neutral);
        (in_group && !self.equal(&point, &neutral)).then_some(point)
    }
}

/// Whether this is a key for Ed448: a point of the group of prime order, not the neutral one, in its one encoding.
#[must_use]
pub fn is_ed448_key(key: &[u8; 57]) -> bool {
    ED448.decode_in_group(key).is_some()
}

/// Whether the signature has the form of one: R, and S below the order.
#[must_use]
pub fn is_ed448_signature(signature: &[u8]) -> bool {
    signature.len() == 114 && BigUint::from_bytes_le(&signature[57..]) < ED448.order
}

/// RFC 8032 §5.2.7 without the cofactor; R is in the group of prime order, as the key is.
#[must_use]
pub fn verifies_ed448(key: &[u8; 57], message: &[u8], signature: &[u8]) -> bool {
    let curve = &*ED448;
    let parts = (|| {
        let r = curve.decode_in_group(signature.first_chunk()?)?;
        Some((curve.decode_in_group(key)?, r))
    })();
    let Some((a, r)) = parts.filter(|_| is_ed448_signature(signature)) else { return false };
    let mut shake = Shake256::default();
    for part in [b"SigEd448\0\0", &signature[..57], key, message] {
        shake.update(part);
    }
    let mut hash = [0; 114];
    shake.finalize_xof().read(&mut hash);
    let k = BigUint::from_bytes_le(&hash) % &curve.order;
    let s = BigUint::from_bytes_le(&signature[57..]);
    curve.equal(&curve.times(&curve.base, &s), &curve.add(&r, &curve.times(&a, &k)))
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2).
#[must_use]
pub fn verifies_pkcs1(n: &[u8], e: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    mfakit_testing::rsa::verifies_pkcs1(n, e, hash, message, signature)
}

/// RSASSA-PSS (RFC 8017 §8.1.2, §9.1.2) with MGF1 of the same hash and a salt of the hash's length.
#[must_use]
pub fn verifies_pss(n: &[u8], e: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let [number, exponent, modulus] = [signature, e, n].map(BigUint::from_bytes_be);
    if number >= modulus {
        return false;
    }
    let bits = usize::try_from(modulus.bits()).expect("a small number") - 1;
    let len = bits.div_ceil(8);
    let encoded = number.modpow(&exponent, &modulus).to_bytes_be();
    if encoded.len() > len {
        return false;
    }
    let encoded = [vec![0; len - encoded.len()], encoded].concat();
    let digest = hash.of(message);
    let Some((block, tail)) = encoded.split_at_checked(len - digest.len() - 1) else {
        return false;
    };
    let (h, [0xbc]) = tail.split_at(digest.len()) else { return false };
    let unused = 8 * len - bits;
    if u16::from(block[0]) >> (8 - unused) != 0 {
        return false;
    }
    let mut block = block.to_vec();
    let mut counter = 0_u32;
    for chunk in block.chunks_mut(digest.len()) {
        let mask = hash.of(&[h, &counter.to_be_bytes()].concat());
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
        counter += 1;
    }
    block[0] &= 0xff >> unused;
    let (padding, salt) = block.split_at(block.len() - digest.len());
    let (one, zeros) = padding.split_last().expect("a long modulus");
    *one == 1
        && zeros.iter().all(|byte| *byte == 0)
        && *h == hash.of(&[&[0; 8][..], &digest, salt].concat())
}

/// The signature that the key makes of a message, if its algorithm has one signature for each: ML-DSA without a random number.
#[must_use]
pub fn only_signature(key: &Key, message: &[u8]) -> Option<Vec<u8>> {
    matches!(key, Key::MlDsa(_)).then(|| key.sign(message))
}
