//! Verifiers with a fault: a set of cases that none of them fails at has shown little.

use super::Verdict;
use super::cases::{Signature, invert, s_bytes, scalar};
use crate::numbers::{N, P, number};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::{Field, Group as _};
use p256::{AffinePoint, ProjectivePoint, Scalar};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    NoSecondR,
    WrappedR,
    UncheckedR,
    ReducedR,
    SumOfEquals,
    SumAtInfinity,
    RefusedDigest,
    NoU1,
    MeetingTables,
}

pub(super) const FAULTS: [(Fault, &str); 9] = [
    (Fault::NoSecondR, "r + n is not compared"),
    (Fault::WrappedR, "r + n is compared modulo p"),
    (Fault::UncheckedR, "r + n is compared modulo p unless it has 257 bits"),
    (Fault::ReducedR, "r of n and more is reduced"),
    (Fault::SumOfEquals, "u1·G = u2·Q is not doubled"),
    (Fault::SumAtInfinity, "R at infinity has every x"),
    (Fault::RefusedDigest, "a digest of n and more is refused"),
    (Fault::NoU1, "u1 = 0 is refused"),
    (
        Fault::MeetingTables,
        "an odd multiple of Q that is one of G is added to it by the formula for others",
    ),
];

pub(super) fn verify(fault: Fault, q: &AffinePoint, made: &Signature) -> Verdict {
    let (r, s, digest) = (number(&made.r), number(&made.s), number(&made.digest));
    let unreduced = r >= *N && fault == Fault::ReducedR;
    if (r >= *N && !unreduced) || s >= *N {
        return Verdict::Scalar;
    }
    let (e, r_scalar, s) = (scalar(&digest), scalar(&r), scalar(&s));
    if bool::from(r_scalar.is_zero() | s.is_zero()) {
        return Verdict::Scalar;
    }
    let w = invert(&s);
    let (u1, u2) = (e * w, r_scalar * w);
    let (first, second) = (ProjectivePoint::GENERATOR * u1, ProjectivePoint::from(*q) * u2);
    let refused = match fault {
        Fault::RefusedDigest => digest >= *N,
        Fault::NoU1 => bool::from(u1.is_zero()),
        Fault::SumOfEquals => first == second,
        Fault::MeetingTables => {
            let mut multiples =
                (1..16_u64).step_by(2).map(|k| ProjectivePoint::GENERATOR * Scalar::from(k));
            multiples.any(|multiple| multiple == ProjectivePoint::from(*q))
        }
        _ => false,
    };
    if refused {
        return Verdict::Signature;
    }
    let sum = first + second;
    if bool::from(sum.is_identity()) {
        return if fault == Fault::SumAtInfinity { Verdict::Accepted } else { Verdict::Signature };
    }
    let x = number(&AffinePoint::from(sum).x().into());
    let r = number(&s_bytes(&r_scalar));
    let over = &r + &*N;
    let holds = x == r
        || match fault {
            Fault::NoSecondR => false,
            Fault::WrappedR => x == over % &*P,
            Fault::UncheckedR => over.bits() <= 256 && x == over % &*P,
            _ => x == over,
        };
    if holds { Verdict::Accepted } else { Verdict::Signature }
}
