//! Points of the curve y² = x³ − 3x + b: the group law in Jacobian coordinates, special cases included.
//!
//! The formulas are the textbook ones (Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography, §3.2), arranged for few
//! reductions. Invariant: coordinates are tight elements; a Jacobian point's z is not 0, the identity is `None`. The order of the
//! group is an odd prime: no point is its own negative, so that doubling has no special case. Leaks: everything; public inputs only.

use crate::curve::B;
use crate::field::{Field, P};
use crate::table::{Narrow, PackedPoint};
use crate::words::less;

/// A point that is not the identity, by its coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<F> {
    x: F,
    y: F,
}

/// The point (x/z², y/z³).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian<F> {
    x: F,
    y: F,
    z: F,
}

impl<F: Field> Affine<F> {
    /// The point with these coordinates, if there is one: both are below p, and the equation holds. The identity has none.
    pub(crate) fn new(x: &[u64; 4], y: &[u64; 4]) -> Option<Self> {
        if !less(x, &P) || !less(y, &P) {
            return None;
        }
        let (x, y) = (F::from_words(x), F::from_words(y));
        // y² − x·(x² − 3) = b
        let three = F::ONE.double().add(&F::ONE).tight();
        let difference = F::mul_sub(&y, &y, &x, &x.square().sub(&three));
        difference.sub(&F::from_words(&B)).is_zero().then_some(Self { x, y })
    }

    #[inline]
    pub(crate) fn unpack(packed: &PackedPoint) -> Self {
        let [x, y] = packed;
        Self { x: F::unpack(x), y: F::unpack(y) }
    }

    #[inline]
    pub(crate) fn negate(&self) -> Self {
        Self { x: self.x, y: F::ZERO.sub(&self.y).tight() }
    }

    #[inline]
    pub(crate) fn jacobian(&self) -> Jacobian<F> {
        Jacobian { x: self.x, y: self.y, z: F::ONE }
    }

    /// Q, 3Q, 5Q, … 15Q, with one inversion.
    ///
    /// Each is the one before plus 2Q. Both are kept over one z, which makes sums cheap (Meloni, 2007). Q has the order n, a large
    /// prime: no sum here is special.
    pub(crate) fn odd_multiples(&self) -> [Self; 8] {
        // 2Q, and Q over its z.
        let Jacobian { x, y, mut z } = self.jacobian().double();
        let mut twice = Self { x, y };
        let zz = z.square();
        let mut multiple = Self { x: self.x.mul(&zz), y: self.y.mul(&zz.mul(&z)) };
        // Each multiple, and how many times its z is the z of the one before.
        let mut multiples = [(*self, F::ONE); 8];
        for next in multiples.iter_mut().skip(1) {
            let h = multiple.x.sub(&twice.x);
            let r = multiple.y.sub(&twice.y);
            // Both points over h·z.
            let hh = h.square();
            let (u, v) = (twice.x.mul(&hh), multiple.x.mul(&hh));
            let s = twice.y.mul(&v.sub(&u));

            let x = r.square().sub(&u).sub(&v).tight();
            let y = r.mul(&u.sub(&x)).sub(&s).tight();
            (twice, multiple) = (Self { x: u, y: s }, Self { x, y });
            (*next, z) = ((multiple, h), z.mul(&h));
        }

        let mut inverse = z.invert();
        for (multiple, h) in multiples.iter_mut().skip(1).rev() {
            *multiple = Jacobian { x: multiple.x, y: multiple.y, z: *h }.over(&inverse);
            inverse = inverse.mul(h);
        }
        multiples.map(|(multiple, _)| multiple)
    }

    /// The tables of Q, 2⁶⁴Q, 2¹²⁸Q and 2¹⁹²Q.
    pub(crate) fn prepare(&self) -> [Narrow; 4] {
        let (mut base, mut tables) = (*self, [[[[0; 4]; 2]; 8]; 4]);
        for (i, table) in tables.iter_mut().enumerate() {
            if i > 0 {
                let shifted = (0..64).fold(base.jacobian(), |point, _| point.double());
                base = shifted.over(&shifted.z.invert());
            }
            *table = base.odd_multiples().map(|point| [point.x.pack(), point.y.pack()]);
        }
        tables
    }
}

impl<F: Field> Jacobian<F> {
    /// The point by its coordinates, of the inverse of its z.
    fn over(&self, inverse_of_z: &F) -> Affine<F> {
        let squared = inverse_of_z.square();
        Affine { x: self.x.mul(&squared), y: self.y.mul(&squared.mul(inverse_of_z)) }
    }

    /// Whether the point's x, this x through z², is the number below p that these words are.
    pub(crate) fn has_x(&self, x: &[u64; 4]) -> bool {
        let expected = self.z.square().mul(&F::from_words(x));
        expected.sub(&self.x).is_zero()
    }

    /// 2P: four products and four squares, seven reductions. z becomes y·z, half of what the textbooks have, which saves doublings.
    ///
    /// Neighbours do not wait for each other, so that processors can overlap them; so in [`Self::add`].
    #[inline(never)]
    pub(crate) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        // 3(x² − z⁴)/2
        let product = self.x.sub(&delta).mul(&self.x.add(&delta));
        let beta = self.x.mul(&gamma);
        let alpha = product.half().add(&product).tight();
        let z = self.y.mul(&self.z);
        let x = alpha.square().sub(&beta.double()).tight();
        let y = F::mul_sub_square(&alpha, &beta.sub(&x), &gamma);
        Self { x, y, z }
    }

    /// P + Q: eight products, three squares, ten reductions. `None` is the identity.
    #[inline]
    pub(crate) fn add(&self, other: &Affine<F>) -> Option<Self> {
        let zz = self.z.square();
        let s2 = other.y.mul(&self.z);
        let h = other.x.mul(&zz).sub(&self.x);
        let r = s2.mul(&zz).sub(&self.y);
        if h.is_zero() {
            // The same x: the same point, or its negative.
            return r.is_zero().then(|| self.double());
        }
        let hh = h.square();
        let square = r.square();
        let hhh = hh.mul(&h);
        let v = self.x.mul(&hh);
        let z = self.z.mul(&h);
        let x = square.sub(&hhh).sub(&v.double()).tight();
        let y = F::mul_sub(&r, &v.sub(&x), &self.y, &hhh);
        Some(Self { x, y, z })
    }
}
