//! Tables of odd multiples: those of the generator, made when the crate is compiled, and those of keys that a firmware has in flash.
//!
//! A point P's table is P, 3P, 5P, … in affine coordinates, each a number below p in Montgomery form. Invariant: every point is on
//! the curve and none is the identity. Leaks: nothing; the points are public.
#![allow(
    clippy::indexing_slicing,
    reason = "const functions cannot iterate; indices are below the arrays' lengths"
)]

use crate::curve::{B, GENERATOR};
use crate::field::P;
use crate::field::constant::{ONE, R2, add, half, mul, square, sub};
use crate::words::less;

/// x and y, in the Montgomery form of a layout.
pub type PackedPoint = [[u64; 4]; 2];

/// The odd multiples below 2⁵: what a recoding of width 5 needs.
pub type Narrow = [PackedPoint; 8];
/// The odd multiples below 2⁷.
pub type Wide = [PackedPoint; 32];

/// Which power of two the Montgomery form of a layout has.
#[derive(Clone, Copy, Debug)]
pub enum Radix {
    /// 2²⁵⁶
    Bits256,
    /// 2²⁶¹
    Bits261,
}

/// The generator's table: 2 KiB.
pub(crate) const fn generator(radix: Radix) -> Wide {
    in_radix(odd_multiples(&generator_point()), radix)
}

/// The tables of 2⁶⁴, 2¹²⁸ and 2¹⁹² times the generator, 512 bytes each. Only prepared keys need them.
pub(crate) const fn generator_shifted(radix: Radix) -> [Narrow; 3] {
    let point = shifted(&generator_point());
    let first = in_radix(odd_multiples(&point), radix);
    let point = shifted(&point);
    let second = in_radix(odd_multiples(&point), radix);
    let point = shifted(&point);
    [first, second, in_radix(odd_multiples(&point), radix)]
}

/// The tables of Q, 2⁶⁴Q, 2¹²⁸Q and 2¹⁹²Q for the point with these coordinates; `None` if there is no such point.
pub(crate) const fn key(x: &[u64; 4], y: &[u64; 4], radix: Radix) -> Option<[Narrow; 4]> {
    if !less(x, &P) || !less(y, &P) {
        return None;
    }
    let (x, y) = (mul(x, &R2), mul(y, &R2));
    // y² = x³ − 3x + b, as (x² − 3)·x + b.
    let three = add(&add(&ONE, &ONE), &ONE);
    let right = add(&mul(&sub(&square(&x), &three), &x), &mul(&B, &R2));
    if !is_zero(&sub(&square(&y), &right)) {
        return None;
    }
    let (mut tables, mut point, mut i) = ([[[[0; 4]; 2]; 8]; 4], [x, y], 0);
    while i < 4 {
        tables[i] = in_radix(odd_multiples(&point), radix);
        point = shifted(&point);
        i = i.wrapping_add(1);
    }
    Some(tables)
}

const fn generator_point() -> PackedPoint {
    [mul(&GENERATOR[0], &R2), mul(&GENERATOR[1], &R2)]
}

/// 2⁶⁴ times a point.
const fn shifted(point: &PackedPoint) -> PackedPoint {
    let (mut multiple, mut i) = (Jacobian { x: point[0], y: point[1], z: ONE }, 0u32);
    while i < 64 {
        multiple = multiple.double();
        i = i.wrapping_add(1);
    }
    multiple.affine(&invert(&multiple.z))
}

/// P, 3P, 5P, … with one inversion for all of them. P has the order n, a large prime: no sum on the way is special.
const fn odd_multiples<const N: usize>(point: &PackedPoint) -> [PackedPoint; N] {
    let first = Jacobian { x: point[0], y: point[1], z: ONE };
    let twice = first.double();
    let twice = twice.affine(&invert(&twice.z));

    // products[i] is the product of the z up to i.
    let (mut multiples, mut products, mut i) = ([first; N], [ONE; N], 1);
    while i < N {
        let before = i.wrapping_sub(1);
        multiples[i] = multiples[before].add(&twice);
        products[i] = mul(&products[before], &multiples[i].z);
        i = i.wrapping_add(1);
    }
    let mut table = [*point; N];
    let mut inverse = invert(&products[N.wrapping_sub(1)]);
    let mut i = N.wrapping_sub(1);
    while i > 0 {
        table[i] = multiples[i].affine(&mul(&inverse, &products[i.wrapping_sub(1)]));
        inverse = mul(&inverse, &multiples[i].z);
        i = i.wrapping_sub(1);
    }
    table
}

/// The same table in another Montgomery form.
const fn in_radix<const N: usize>(mut table: [PackedPoint; N], radix: Radix) -> [PackedPoint; N] {
    let doublings = match radix {
        Radix::Bits256 => return table,
        Radix::Bits261 => 5,
    };
    let mut i = 0;
    while i < N {
        let mut doubling = 0u32;
        while doubling < doublings {
            table[i] = [add(&table[i][0], &table[i][0]), add(&table[i][1], &table[i][1])];
            doubling = doubling.wrapping_add(1);
        }
        i = i.wrapping_add(1);
    }
    table
}

/// The point (x/z², y/z³), in Montgomery form; z is not 0.
#[derive(Clone, Copy)]
struct Jacobian {
    x: [u64; 4],
    y: [u64; 4],
    z: [u64; 4],
}

impl Jacobian {
    /// As [`crate::point::Jacobian::double`].
    const fn double(&self) -> Self {
        let delta = square(&self.z);
        let gamma = square(&self.y);
        let product = mul(&sub(&self.x, &delta), &add(&self.x, &delta));
        let alpha = add(&half(&product), &product);
        let beta = mul(&self.x, &gamma);
        let x = sub(&square(&alpha), &add(&beta, &beta));
        let y = sub(&mul(&alpha, &sub(&beta, &x)), &square(&gamma));
        Self { x, y, z: mul(&self.y, &self.z) }
    }

    /// As [`crate::point::Jacobian::add`], of a point that is neither this one nor its negative.
    const fn add(&self, point: &PackedPoint) -> Self {
        let zz = square(&self.z);
        let h = sub(&mul(&point[0], &zz), &self.x);
        let r = sub(&mul(&point[1], &mul(&zz, &self.z)), &self.y);
        let hh = square(&h);
        let hhh = mul(&h, &hh);
        let v = mul(&self.x, &hh);
        let x = sub(&sub(&square(&r), &hhh), &add(&v, &v));
        let y = sub(&mul(&r, &sub(&v, &x)), &mul(&self.y, &hhh));
        Self { x, y, z: mul(&self.z, &h) }
    }

    const fn affine(&self, inverse_of_z: &[u64; 4]) -> PackedPoint {
        let squared = square(inverse_of_z);
        [mul(&self.x, &squared), mul(&self.y, &mul(&squared, inverse_of_z))]
    }
}

/// a^(p − 2).
const fn invert(a: &[u64; 4]) -> [u64; 4] {
    let exponent = [P[0].wrapping_sub(2), P[1], P[2], P[3]];
    let (mut power, mut i) = (ONE, 256usize);
    while i > 0 {
        i = i.wrapping_sub(1);
        power = square(&power);
        if exponent[i >> 6] >> (i & 63) & 1 == 1 {
            power = mul(&power, a);
        }
    }
    power
}

const fn is_zero(a: &[u64; 4]) -> bool {
    a[0] | a[1] | a[2] | a[3] == 0
}
