//! The verification of a signature, over any layout of the field.
//!
//! FIPS 186-5 §6.4.2. Invariant: a verifier's point is on the curve and not the identity. Leaks: everything; public inputs only.

use crate::Rejected;
use crate::chain;
use crate::field::Field;
use crate::point::{Affine, Jacobian};
use crate::scalar::Scalar;
use crate::table::{self, Narrow};
use crate::words::from_bytes;
use core::marker::PhantomData;

/// A public key.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<F>(Affine<F>);

/// A public key with the tables of Q, 2⁶⁴Q, 2¹²⁸Q and 2¹⁹²Q.
#[derive(Clone, Debug)]
pub struct Prepared<F> {
    tables: [Narrow; 4],
    layout: PhantomData<F>,
}

impl<F: Field> Verifier<F> {
    /// The key with these coordinates.
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, Rejected> {
        Affine::new(&from_bytes(x), &from_bytes(y)).map(Self).ok_or(Rejected::Point)
    }

    /// The key with its tables.
    pub fn prepare(&self) -> Prepared<F> {
        Prepared { tables: self.0.prepare(), layout: PhantomData }
    }

    /// Verifies a signature over a digest.
    pub fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Result<(), Rejected> {
        verify(digest, r, s, |u1, u2| chain::sum(u1, u2, &self.0))
    }
}

impl<F: Field> Prepared<F> {
    pub(crate) const fn at_build_time(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        match table::key(&from_bytes(x), &from_bytes(y), F::RADIX) {
            Some(tables) => Some(Self { tables, layout: PhantomData }),
            None => None,
        }
    }

    /// Verifies a signature over a digest.
    pub fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Result<(), Rejected> {
        verify(digest, r, s, |u1, u2| chain::sum_prepared::<F>(u1, u2, &self.tables))
    }
}

fn verify<F: Field>(
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
    sum: impl FnOnce(&Scalar, &Scalar) -> Option<Jacobian<F>>,
) -> Result<(), Rejected> {
    // Step 1: r and s are in 1..n.
    let r = Scalar::in_range(r).ok_or(Rejected::Scalar)?;
    let s = Scalar::in_range(s).ok_or(Rejected::Scalar)?;
    // Steps 2 and 3: the digest as a number; it has as many bits as n.
    let e = Scalar::reduced(digest);
    // Step 4: 1/s.
    let inverse = s.invert();
    // Step 5: u1 and u2.
    let (u1, u2) = (e.mul(&inverse), r.mul(&inverse));
    // Step 6: R, which may not be the identity.
    let point = sum(&u1, &u2).ok_or(Rejected::Signature)?;
    // Steps 7 to 9: r is R's x modulo n. x is below p, so it is r or, where that is below p too, r + n.
    let holds = point.has_x(r.words()) || r.plus_order_in_field().is_some_and(|x| point.has_x(&x));
    if holds { Ok(()) } else { Err(Rejected::Signature) }
}
