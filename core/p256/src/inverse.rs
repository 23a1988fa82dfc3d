//! The inverse modulo an odd prime, p or n, by division steps that look at the lowest bits alone.
//!
//! Bernstein and Yang: Fast constant-time gcd computation and modular inversion (2019), §11, the form of it in which steps that only
//! halve are done at once; so it takes variable time. Thirty steps are done on the lowest words, as a matrix, which is then applied
//! to the whole numbers: f and g, whose greatest common divisor is sought, and d and e, with d·a = f and e·a = g modulo the prime m.
//!
//! Invariant: d and e are in −2m … m; f is odd. 25 rounds of thirty steps always suffice for 256 bits (§11: 741 steps), so the loop is
//! bounded. Leaks: everything; public inputs only.
#![allow(
    clippy::as_conversions,
    reason = "casts take the low half of a word, or its sign's bits, on purpose"
)]

/// A signed number: the sum of limb·2^(30·i). All limbs but the highest are in 0..2³⁰.
type Limbs = [i32; 9];

const BITS: u32 = 30;
const MASK: i64 = (1 << BITS) - 1;

/// An odd prime below 2²⁵⁶.
pub(crate) struct Prime {
    limbs: Limbs,
    /// Its inverse modulo 2³⁰.
    inverse: i32,
}

impl Prime {
    pub(crate) const fn new(words: &[u64; 4]) -> Self {
        let limbs = split(words);
        let lowest = limbs[0] as u32;
        // m·m is 1 modulo 8; each round doubles the number of right bits.
        let (mut inverse, mut round) = (lowest, 0u32);
        while round < 4 {
            inverse = inverse.wrapping_mul(2u32.wrapping_sub(lowest.wrapping_mul(inverse)));
            round = round.wrapping_add(1);
        }
        Self { limbs, inverse: (inverse & MASK as u32) as i32 }
    }
}

/// The effect of thirty steps: 2³⁰ times the new f is u·f + v·g, and of the new g, q·f + r·g.
struct Matrix {
    u: i32,
    v: i32,
    q: i32,
    r: i32,
}

/// 1/a modulo the prime, of an a below it; 0 of 0.
pub(crate) fn inverse(a: &[u64; 4], prime: &Prime) -> [u64; 4] {
    let (mut f, mut g) = (prime.limbs, split(a));
    let (mut d, mut e) = ([0; 9], [0; 9]);
    e[0] = 1;
    let mut eta = -1;
    for _ in 0..25 {
        if g == [0; 9] {
            break;
        }
        let matrix;
        (eta, matrix) = steps(eta, f[0], g[0]);
        (d, e) = matrix.apply_modulo(&d, &e, prime);
        (f, g) = matrix.apply(&f, &g);
    }
    // f is 1 or −1 now, and d·a is f.
    join(&normalised(d, f[8] < 0, prime))
}

/// Thirty division steps on the lowest bits of f and g. eta is −δ of the paper.
fn steps(mut eta: i32, f: i32, g: i32) -> (i32, Matrix) {
    let (mut f, mut g) = (f as u32, g as u32);
    let (mut u, mut v, mut q, mut r) = (1u32, 0u32, 0u32, 1u32);
    let mut left = BITS;
    loop {
        // As long as g is even, a step halves it; instead of g's row, f's is doubled.
        let zeros = (g | u32::MAX.wrapping_shl(left)).trailing_zeros();
        g = g.wrapping_shr(zeros);
        u = u.wrapping_shl(zeros);
        v = v.wrapping_shl(zeros);
        eta = eta.wrapping_sub_unsigned(zeros);
        left = left.wrapping_sub(zeros);
        if left == 0 {
            let matrix = Matrix { u: u as i32, v: v as i32, q: q as i32, r: r as i32 };
            return (eta, matrix);
        }
        if eta < 0 {
            eta = eta.wrapping_neg();
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // The multiple of f that makes up to six low bits of g zero: −g/f, and 1/f is f·(2 − f²) modulo 2⁶. No more of them
        // than steps can be done before f and g change places.
        let limit = left.min(eta.unsigned_abs().wrapping_add(1)).min(6);
        let multiple = f.wrapping_mul(g).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let multiple = multiple & 1u32.wrapping_shl(limit).wrapping_sub(1);
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q = q.wrapping_add(u.wrapping_mul(multiple));
        r = r.wrapping_add(v.wrapping_mul(multiple));
    }
}

impl Matrix {
    /// The new f and g: both sums are multiples of 2³⁰.
    fn apply(&self, f: &Limbs, g: &Limbs) -> (Limbs, Limbs) {
        let (mut above, mut below) = (Sum(0), Sum(0));
        let (mut new_f, mut new_g) = ([0; 9], [0; 9]);
        above.add(self.u, f[0]).add(self.v, g[0]).shift();
        below.add(self.q, f[0]).add(self.r, g[0]).shift();
        let slots = new_f.iter_mut().zip(&mut new_g);
        for ((f, g), (new_f, new_g)) in f.iter().zip(g).skip(1).zip(slots) {
            *new_f = above.add(self.u, *f).add(self.v, *g).shift();
            *new_g = below.add(self.q, *f).add(self.r, *g).shift();
        }
        (new_f[8], new_g[8]) = (above.0 as i32, below.0 as i32);
        (new_f, new_g)
    }

    /// The new d and e: multiples of the prime make both sums multiples of 2³⁰.
    fn apply_modulo(&self, d: &Limbs, e: &Limbs, prime: &Prime) -> (Limbs, Limbs) {
        let (mut above, mut below) = (Sum(0), Sum(0));
        let (mut new_d, mut new_e) = ([0; 9], [0; 9]);
        above.add(self.u, d[0]).add(self.v, e[0]);
        below.add(self.q, d[0]).add(self.r, e[0]);
        // The prime for each negative one, so that the results stay in −2m … m; then what the lowest limb needs.
        let (sign_d, sign_e) = (d[8] >> 31, e[8] >> 31);
        let start_d = (self.u & sign_d).wrapping_add(self.v & sign_e);
        let start_e = (self.q & sign_d).wrapping_add(self.r & sign_e);
        let multiple_d = start_d.wrapping_sub(above.low_multiple(start_d, prime));
        let multiple_e = start_e.wrapping_sub(below.low_multiple(start_e, prime));
        above.add(prime.limbs[0], multiple_d).shift();
        below.add(prime.limbs[0], multiple_e).shift();
        let slots = new_d.iter_mut().zip(&mut new_e);
        let terms = d.iter().zip(e).zip(&prime.limbs).skip(1);
        for (((d, e), m), (new_d, new_e)) in terms.zip(slots) {
            *new_d = above.add(self.u, *d).add(self.v, *e).add(*m, multiple_d).shift();
            *new_e = below.add(self.q, *d).add(self.r, *e).add(*m, multiple_e).shift();
        }
        (new_d[8], new_e[8]) = (above.0 as i32, below.0 as i32);
        (new_d, new_e)
    }
}

/// A sum of products with what was carried from the limbs below: |u| + |v| is at most 2³⁰ and a multiple of the prime below 2³⁰, so that
/// it is below 2⁶² in magnitude.
struct Sum(i64);

impl Sum {
    #[inline(always)]
    fn add(&mut self, a: i32, b: i32) -> &mut Self {
        self.0 = self.0.wrapping_add(i64::from(a).wrapping_mul(i64::from(b)));
        self
    }

    /// Gives the lowest limb and keeps the rest.
    #[inline(always)]
    fn shift(&mut self) -> i32 {
        let low = self.0 & MASK;
        self.0 >>= BITS;
        low as i32
    }

    /// What has to be taken from the start of a factor, so that this sum and that many primes make a multiple of 2³⁰.
    #[inline(always)]
    fn low_multiple(&self, start: i32, prime: &Prime) -> i32 {
        prime.inverse.wrapping_mul(self.0 as i32).wrapping_add(start) & MASK as i32
    }
}

/// The number in 0..m that d, or −d, is modulo the prime m; d is in −2m … m.
fn normalised(d: Limbs, negate: bool, prime: &Prime) -> Limbs {
    let plus_prime = |mut number: Limbs| {
        for (limb, m) in number.iter_mut().zip(prime.limbs) {
            *limb = limb.wrapping_add(m);
        }
        carried(number)
    };
    let mut number = if d[8] < 0 { plus_prime(d) } else { d };
    if negate {
        number = carried(number.map(i32::wrapping_neg));
    }
    if number[8] < 0 { plus_prime(number) } else { number }
}

/// The same number, with all limbs but the highest in 0..2³⁰.
fn carried(mut number: Limbs) -> Limbs {
    let mut carry = 0;
    let [low @ .., high] = &mut number;
    for limb in low {
        let sum = limb.wrapping_add(carry);
        *limb = sum & MASK as i32;
        carry = sum >> BITS;
    }
    *high = high.wrapping_add(carry);
    number
}

const fn split(words: &[u64; 4]) -> Limbs {
    let [a, b, c, d] = *words;
    const fn low(word: u64) -> i32 {
        (word & MASK as u64) as i32
    }
    [
        low(a),
        low(a >> 30),
        low(a >> 60 | b << 4),
        low(b >> 26),
        low(b >> 56 | c << 8),
        low(c >> 22),
        low(c >> 52 | d << 12),
        low(d >> 18),
        low(d >> 48),
    ]
}

fn join(limbs: &Limbs) -> [u64; 4] {
    let [a, b, c, d, e, f, g, h, i] = limbs.map(|limb| limb as u64);
    [
        a | b << 30 | c << 60,
        c >> 4 | d << 26 | e << 56,
        e >> 8 | f << 22 | g << 52,
        g >> 12 | h << 18 | i << 48,
    ]
}
