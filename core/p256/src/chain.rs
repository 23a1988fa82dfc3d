//! u1·G + u2·Q in one chain of doublings (Straus), with factors in few odd digits.
//!
//! Hankerson, Menezes, Vanstone: Guide to Elliptic Curve Cryptography, §3.3.3. Leaks: everything; public inputs only.

use crate::field::Field;
use crate::point::{Affine, Jacobian};
use crate::recoding::recode;
use crate::scalar::Scalar;
use crate::table::{Narrow, PackedPoint};

/// The widths of the digits: their tables have 2^(width − 2) points.
const NARROW: u32 = 5;
const WIDE: u32 = 7;

/// u1·G + u2·Q; `None` is the identity.
pub(crate) fn sum<F: Field>(u1: &Scalar, u2: &Scalar, q: &Affine<F>) -> Option<Jacobian<F>> {
    let multiples = q.odd_multiples();
    let digits_of_g = recode::<257>(u1.words(), WIDE);
    let digits_of_q = recode::<257>(u2.words(), NARROW);
    let mut sum: Option<Jacobian<F>> = None;
    for (g, q) in digits_of_g.iter().zip(&digits_of_q).rev() {
        if let Some(sum) = &mut sum {
            *sum = sum.double();
        }
        if let Some(point) = entry(&multiples, *q) {
            add(&mut sum, *point, *q);
        }
        add_packed(&mut sum, F::generator(), *g);
    }
    sum
}

/// The same in a quarter of the doublings, with the tables of Q, 2⁶⁴Q, 2¹²⁸Q and 2¹⁹²Q; so each factor has four parts.
pub(crate) fn sum_prepared<F: Field>(
    u1: &Scalar,
    u2: &Scalar,
    q: &[Narrow; 4],
) -> Option<Jacobian<F>> {
    let [g0, parts_of_g @ ..] = u1.words();
    let first_of_g = recode::<65>(&[*g0], WIDE);
    let digits_of_g = parts_of_g.map(|part| recode::<65>(&[part], NARROW));
    let digits_of_q = u2.words().map(|part| recode::<65>(&[part], NARROW));
    let mut sum: Option<Jacobian<F>> = None;
    for position in (0..65).rev() {
        if let Some(sum) = &mut sum {
            *sum = sum.double();
        }
        let digit = |digits: &[i8; 65]| digits.get(position).copied().unwrap_or(0);
        for (table, digits) in q.iter().zip(&digits_of_q) {
            add_packed(&mut sum, table, digit(digits));
        }
        for (table, digits) in F::generator_shifted().iter().zip(&digits_of_g) {
            add_packed(&mut sum, table, digit(digits));
        }
        add_packed(&mut sum, F::generator(), digit(&first_of_g));
    }
    sum
}

/// Adds digit times the point whose packed odd multiples these are.
#[inline(always)]
fn add_packed<F: Field>(sum: &mut Option<Jacobian<F>>, table: &[PackedPoint], digit: i8) {
    if let Some(point) = entry(table, digit) {
        add(sum, Affine::unpack(point), digit);
    }
}

/// Adds the point, or its negative, as the digit has it.
#[inline(never)]
fn add<F: Field>(sum: &mut Option<Jacobian<F>>, point: Affine<F>, digit: i8) {
    let point = if digit < 0 { point.negate() } else { point };
    *sum = match sum {
        None => Some(point.jacobian()),
        Some(sum) => sum.add(&point),
    };
}

/// The point of a table of P, 3P, 5P, … that the digit's magnitude asks for; none for 0.
#[inline(always)]
fn entry<T>(table: &[T], digit: i8) -> Option<&T> {
    if digit == 0 { None } else { table.get(usize::from(digit.unsigned_abs() >> 1)) }
}
