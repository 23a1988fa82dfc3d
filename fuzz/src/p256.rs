//! `mfakit_p256`, every layout with plain and prepared keys, against the crate p256: the same verdict.
//!
//! No mutation finds a signature, so the input says how one is made: the key's logarithm, u1 and u2, from which r, s and the digest
//! follow. What stands behind that is added to them, bit by bit.

use crate::input::{Input, Output};
use ::p256::ecdsa::signature::hazmat::PrehashVerifier;
use ::p256::ecdsa::{self, SigningKey};
use ::p256::elliptic_curve::ops::Reduce;
use ::p256::elliptic_curve::point::AffineCoordinates;
use ::p256::elliptic_curve::sec1::FromSec1Point;
use ::p256::elliptic_curve::{Field as _, PrimeField};
use ::p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, Sec1Point};
use mfakit_p256::layouts::{Field, Limbs4x64, Limbs8x32, Limbs9x29, Verifier};
use mfakit_p256::{PreparedVerifyingKey, Rejected, VerifyingKey};

/// Bits of the first byte of an input.
mod options {
    /// The key and the signature are made; what stands in their places is a logarithm, u1 and u2.
    pub(super) const MADE: u8 = 0x01;
    /// u1·G + u2·Q is the identity and a little more.
    pub(super) const CANCEL: u8 = 0x02;
    /// u1·G and u2·Q are the same and a little more.
    pub(super) const MEET: u8 = 0x04;
    /// n − s stands in place of s.
    pub(super) const OTHER_S: u8 = 0x08;
    /// The key is also prepared as if at build time, which takes long.
    pub(super) const BUILT: u8 = 0x10;
}

/// Whether the signature is accepted; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let chosen = input.u8();
    let [mut x, mut y, mut digest, mut r, mut s]: [[u8; 32]; 5] =
        [(); 5].map(|()| input.array::<32>());
    if chosen & options::MADE != 0 {
        let changes = [r, s];
        let Some(made) = made(chosen, &x, &y, &digest) else { return false };
        [x, y, digest, r, s] = made;
        for (bytes, change) in [&mut r, &mut s].into_iter().zip(changes) {
            bytes.iter_mut().zip(change).for_each(|(byte, change)| *byte ^= change);
        }
    }
    let expected = reference(&x, &y, &digest, &r, &s);
    let same = |verdict: Result<(), Rejected>, way: &str| assert_eq!(verdict, expected, "{way}");
    same(in_layout::<Limbs4x64>(&x, &y, &digest, &r, &s), "4x64");
    same(in_layout::<Limbs8x32>(&x, &y, &digest, &r, &s), "8x32");
    same(in_layout::<Limbs9x29>(&x, &y, &digest, &r, &s), "9x29");
    let key = VerifyingKey::new(&x, &y);
    same(key.and_then(|key| key.verify(&digest, &r, &s)), "the key");
    same(key.and_then(|key| key.prepare().verify(&digest, &r, &s)), "the prepared key");
    if chosen & options::BUILT != 0 {
        let key = PreparedVerifyingKey::at_build_time(&x, &y).ok_or(Rejected::Point);
        same(key.and_then(|key| key.verify(&digest, &r, &s)), "the key made at build time");
    }
    expected.is_ok()
}

fn in_layout<F: Field>(
    x: &[u8; 32],
    y: &[u8; 32],
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Result<(), Rejected> {
    let key = Verifier::<F>::new(x, y)?;
    let verdict = key.verify(digest, r, s);
    assert_eq!(key.prepare().verify(digest, r, s), verdict, "prepared");
    verdict
}

/// What the crate p256 says.
fn reference(
    x: &[u8; 32],
    y: &[u8; 32],
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Result<(), Rejected> {
    let encoded = Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
    let point = AffinePoint::from_sec1_point(&encoded).into_option().ok_or(Rejected::Point)?;
    let key = ecdsa::VerifyingKey::from_affine(point).map_err(|_| Rejected::Point)?;
    let signature = ecdsa::Signature::from_scalars(*r, *s).map_err(|_| Rejected::Scalar)?;
    key.verify_prehash(digest, &signature).map_err(|_| Rejected::Signature)
}

/// x, y, digest, r and s of a signature with these factors; if R is the identity, r is 1.
fn made(chosen: u8, d: &[u8; 32], u1: &[u8; 32], u2: &[u8; 32]) -> Option<[[u8; 32]; 5]> {
    let reduce = |bytes: &[u8; 32]| <Scalar as Reduce<FieldBytes>>::reduce(&(*bytes).into());
    let (d, mut u1, u2) = (reduce(d), reduce(u1), reduce(u2));
    if chosen & options::CANCEL != 0 {
        u1 -= u2 * d;
    }
    if chosen & options::MEET != 0 {
        u1 += u2 * d;
    }
    let q = ecdsa::VerifyingKey::from_affine((ProjectivePoint::GENERATOR * d).to_affine()).ok()?;
    let point = (ProjectivePoint::GENERATOR * (u1 + u2 * d)).to_affine();
    let r = Some(reduce(&point.x().into())).filter(|r| !bool::from(r.is_zero()));
    let r = r.unwrap_or(Scalar::ONE);
    let s = r * u2.invert().into_option()?;
    let e = u1 * s;
    let s = if chosen & options::OTHER_S != 0 { -s } else { s };
    let encoded = q.to_sec1_point(false);
    let (x, y) = encoded.as_bytes().get(1..)?.split_at(32);
    let bytes = |scalar: Scalar| scalar.to_repr().into();
    Some([x.try_into().ok()?, y.try_into().ok()?, bytes(e), bytes(r), bytes(s)])
}

fn input(chosen: u8, parts: [[u8; 32]; 5]) -> Vec<u8> {
    parts.into_iter().fold(Output::default().number([chosen]), Output::number).finish()
}

/// Good signatures, as they are and made; factors that meet and cancel; what is out of range.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let number = |few: u8| core::array::from_fn(|at| if at == 31 { few } else { 0 });
    let (zero, one, many) = (number(0), number(1), [0x5a; 32]);
    let mut seeds = Vec::new();
    for chosen in [0, options::CANCEL, options::MEET, options::OTHER_S, options::BUILT] {
        let chosen = chosen | options::MADE;
        for (d, u1, u2) in [
            (many, many, many),
            (one, one, one),
            (one, zero, many),
            (number(3), number(5), many),
            (many, number(200), number(31)),
        ] {
            seeds.push(input(chosen, [d, u1, u2, zero, zero]));
        }
        seeds.push(input(chosen, [many, many, many, zero, one]));
    }
    let key = SigningKey::from_bytes(&[7; 32].into()).expect("a scalar");
    let (signature, _) = key.sign_prehash_recoverable(&many);
    let encoded = key.verifying_key().to_sec1_point(false);
    let (x, y) = encoded.as_bytes()[1..].split_at(32);
    let coordinate = |bytes: &[u8]| bytes.try_into().expect("32 bytes");
    let (r, s) = signature.split_bytes();
    let (x, y, r, s) = (coordinate(x), coordinate(y), r.into(), s.into());
    for parts in [
        [x, y, many, r, s],
        [x, y, many, s, r],
        [x, y, many, zero, s],
        [x, y, many, r, zero],
        [x, y, many, [0xff; 32], s],
        [y, x, many, r, s],
        [zero, zero, many, r, s],
    ] {
        seeds.push(input(0, parts));
    }
    seeds
}
