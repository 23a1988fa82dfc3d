//! Points of a curve y² = x³ + a·x + b: the group law in Jacobian coordinates, special cases included.
//!
//! VARIABLE TIME: for points that everybody may know, and for factors that everybody may know. Never for signing.
//!
//! The formulas are the textbook ones (Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography, §3.2), for a = −3 and
//! a = 0. The order of the group is an odd prime: no point but the identity is its own negative, and doubling has no special case.
//! Leaks: everything, by time.

use super::field::{self, Number, bits};
use super::{A, Curve};

/// How many bits a digit of a factor has: tables have 2^(width − 2) points.
const WIDTH: usize = 5;

/// The digits of a factor: one more than it has bits.
const DIGITS: usize = field::MOST_BITS + 1;

/// The point (x/z², y/z³), or, with z = 0, the identity. All three are in Montgomery's form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<const L: usize> {
    pub(super) x: Number<L>,
    pub(super) y: Number<L>,
    pub(super) z: Number<L>,
}

impl<const L: usize> Point<L> {
    const IDENTITY: Self = Self { x: [0; L], y: [0; L], z: [0; L] };

    pub(super) fn is_identity(&self) -> bool {
        self.z == [0; L]
    }
}

impl<const L: usize> Curve<L> {
    /// The point with these coordinates, which are below p; `None`, if it is not on the curve.
    pub(super) fn point(&self, x: &Number<L>, y: &Number<L>) -> Option<Point<L>> {
        let p = &self.p;
        let (x, y) = (p.form(x), p.form(y));
        let mut a = p.square(&x);
        if let A::MinusThree = self.a {
            let one = p.one();
            a = p.sub(&a, &p.add(&p.add(&one, &one), &one));
        }
        // y² = x·(x² + a) + b
        let right = p.add(&p.mul(&x, &a), &p.form(&self.b));
        (p.square(&y) == right).then(|| Point { x, y, z: p.one() })
    }

    /// Whether x of a point, which is not the identity, is this number below p.
    pub(super) fn has_x(&self, point: &Point<L>, x: &Number<L>) -> bool {
        let p = &self.p;
        p.mul(&p.square(&point.z), &p.form(x)) == point.x
    }

    pub(super) fn double(&self, point: &Point<L>) -> Point<L> {
        let p = &self.p;
        let twice = |number: &Number<L>| p.add(number, number);
        let gamma = p.square(&point.y);
        let beta = p.mul(&point.x, &gamma);
        // x² + a·z⁴/3
        let third = match self.a {
            A::Zero => p.square(&point.x),
            A::MinusThree => {
                let delta = p.square(&point.z);
                p.mul(&p.sub(&point.x, &delta), &p.add(&point.x, &delta))
            }
        };
        let alpha = p.add(&twice(&third), &third);
        let four_beta = twice(&twice(&beta));
        let x = p.sub(&p.square(&alpha), &twice(&four_beta));
        // 8·y⁴
        let eight = twice(&p.square(&twice(&gamma)));
        let y = p.sub(&p.mul(&alpha, &p.sub(&four_beta, &x)), &eight);
        let z = twice(&p.mul(&point.y, &point.z));
        Point { x, y, z }
    }

    pub(super) fn add(&self, one: &Point<L>, other: &Point<L>) -> Point<L> {
        if one.is_identity() {
            return *other;
        }
        if other.is_identity() {
            return *one;
        }
        let p = &self.p;
        let (zz1, zz2) = (p.square(&one.z), p.square(&other.z));
        let (u1, u2) = (p.mul(&one.x, &zz2), p.mul(&other.x, &zz1));
        let s1 = p.mul(&one.y, &p.mul(&other.z, &zz2));
        let s2 = p.mul(&other.y, &p.mul(&one.z, &zz1));
        let (h, r) = (p.sub(&u2, &u1), p.sub(&s2, &s1));
        if h == [0; L] {
            // The same x: the same point, or its negative.
            return if r == [0; L] { self.double(one) } else { Point::IDENTITY };
        }
        let hh = p.square(&h);
        let hhh = p.mul(&h, &hh);
        let v = p.mul(&u1, &hh);
        let x = p.sub(&p.sub(&p.square(&r), &hhh), &p.add(&v, &v));
        let y = p.sub(&p.mul(&r, &p.sub(&v, &x)), &p.mul(&s1, &hhh));
        let z = p.mul(&p.mul(&one.z, &other.z), &h);
        Point { x, y, z }
    }

    /// The sum of factor·point, for both in one chain of doublings (Straus). The factors are below n.
    pub(super) fn sum(&self, factors: [&Number<L>; 2], points: [&Point<L>; 2]) -> Point<L> {
        let tables = points.map(|point| self.odd_multiples(point));
        let digits = factors.map(recode);
        let mut sum = Point::IDENTITY;
        for position in (0..DIGITS).rev() {
            if !sum.is_identity() {
                sum = self.double(&sum);
            }
            for (table, digits) in tables.iter().zip(&digits) {
                let digit = digits.get(position).copied().unwrap_or(0);
                let multiple = table.get(usize::from(digit.unsigned_abs() >> 1));
                if let Some(multiple) = multiple.filter(|_| digit != 0) {
                    let Point { x, y, z } = *multiple;
                    let y = if digit < 0 { self.p.sub(&[0; L], &y) } else { y };
                    sum = self.add(&sum, &Point { x, y, z });
                }
            }
        }
        sum
    }

    /// P, 3P, 5P and so on.
    fn odd_multiples(&self, point: &Point<L>) -> [Point<L>; 1 << (WIDTH - 2)] {
        let twice = self.double(point);
        let mut multiples = [*point; 1 << (WIDTH - 2)];
        let mut last = *point;
        for multiple in multiples.iter_mut().skip(1) {
            last = self.add(&last, &twice);
            *multiple = last;
        }
        multiples
    }
}

/// The non-adjacent form of a factor (§3.3.1 there), lowest digit first: each is 0 or odd, and below 2^(width − 1) in magnitude; of
/// as many in a row as the width at most one is not 0; the sum of digit·2^position is the factor.
pub(super) fn recode<const L: usize>(factor: &Number<L>) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    // What the digits so far are too low by, in units of the present position.
    let (mut carry, mut position) = (0, 0);
    while let Some(digit) = digits.get_mut(position) {
        let window = bits(factor, position);
        if window & 1 == carry {
            position = position.wrapping_add(1);
            continue;
        }
        // Odd, as its lowest bit is not the carry.
        let odd = (window & ((1 << WIDTH) - 1)).wrapping_add(carry);
        carry = odd >> (WIDTH - 1);
        let odd = i8::try_from(odd).unwrap_or(0);
        *digit = if carry == 1 { odd.wrapping_sub(1 << WIDTH) } else { odd };
        position = position.wrapping_add(WIDTH);
    }
    digits
}
