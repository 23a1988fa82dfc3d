//! Numbers of 256 bits that break arithmetic, and plain arithmetic modulo p and n.

use num_bigint::BigUint;
use std::sync::LazyLock;

/// The prime of the field.
pub(crate) static P: LazyLock<BigUint> =
    LazyLock::new(|| hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"));
/// The order of the group.
pub(crate) static N: LazyLock<BigUint> =
    LazyLock::new(|| hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
/// The curve's b.
pub(crate) static B: LazyLock<BigUint> =
    LazyLock::new(|| hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"));

fn hex(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits")
}

/// Big-endian, with zeros in front.
///
/// # Panics
/// From 2^256 on.
pub(crate) fn bytes(number: &BigUint) -> [u8; 32] {
    let digits = number.to_bytes_be();
    let mut bytes = [0; 32];
    bytes[32 - digits.len()..].copy_from_slice(&digits);
    bytes
}

/// The number that stands there big-endian.
pub(crate) fn number(bytes: &[u8; 32]) -> BigUint {
    BigUint::from_bytes_be(bytes)
}

/// 2^k.
pub(crate) fn power(k: usize) -> BigUint {
    BigUint::from(1_u8) << k
}

/// A number that is its own argument.
pub(crate) fn small(number: u64) -> BigUint {
    BigUint::from(number)
}

/// The inverse modulo a prime, by Fermat; of 0, 0.
pub(crate) fn inverse(number: &BigUint, prime: &BigUint) -> BigUint {
    number.modpow(&(prime - 2_u8), prime)
}

/// A square root modulo p, if there is one: p ≡ 3 mod 4.
pub(crate) fn root(number: &BigUint) -> Option<BigUint> {
    let root = number.modpow(&((&*P + 1_u8) >> 2), &P);
    (&root * &root % &*P == number % &*P).then_some(root)
}

/// One y of the curve's points at x.
pub(crate) fn y_at(x: &BigUint) -> Option<BigUint> {
    root(&((x * x * x + &*B + (&*P - 3_u8) * x) % &*P))
}

/// A small generator of pseudo-random numbers (xorshift64*), so that a run can be repeated.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// A generator that always gives the same numbers for the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        // Seeds that are neighbours must not give neighbours. The state must not be zero.
        let mixed = (seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mut random = Self { state: (mixed ^ (mixed >> 29)) | 1 };
        for _ in 0..8 {
            random.next();
        }
        random
    }

    /// 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The top bits are the good ones; the bias of the remainder does not matter here.
        (self.next() >> 16) % bound
    }

    /// Once in so many times.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub(crate) fn one_of<T: Clone>(&mut self, these: &[T]) -> T {
        let place = self.below(these.len() as u64) as usize;
        these[place].clone()
    }

    /// 256 bits.
    pub(crate) fn bits(&mut self) -> BigUint {
        self.limbs(64, |random| random.next())
    }

    /// 256 bits of limbs so long, the top ones cut.
    fn limbs(&mut self, long: usize, limb: impl Fn(&mut Self) -> u64) -> BigUint {
        let mut number = small(0);
        for place in (0..256).step_by(long) {
            let limb = limb(self) & (u64::MAX >> (64 - long.min(256 - place)));
            number |= small(limb) << place;
        }
        number
    }

    /// 256 bits in which carries run far, or stop where few expect it: each limb of one layout is a number next to a bound.
    pub(crate) fn pattern(&mut self) -> BigUint {
        match self.below(8) {
            0 => self.bits(),
            1 => self.near(&[small(0), P.clone(), N.clone(), power(256)]),
            2 => {
                let k = self.below(256) as usize;
                self.near(&[power(k), &*P >> (255 - k), &*N >> (255 - k)])
            }
            // A run of ones, or of zeros, anywhere.
            3 => {
                let (from, long) = (self.below(256) as usize, self.below(256) as usize);
                let run = (power(long) - 1_u8) << from;
                let rest = self.bits();
                (if self.one_in(2) { run } else { run ^ rest }) % power(256)
            }
            kind => {
                let long = [64, 32, 29, 52][kind as usize - 4];
                self.limbs(long, |random| random.limb(long))
            }
        }
    }

    /// One of these or a number a little next to it, modulo 2^256.
    pub(crate) fn near(&mut self, these: &[BigUint]) -> BigUint {
        let apart = self.below(4);
        let apart = if apart == 3 { self.below(1 << 32) } else { apart };
        let one = self.one_of(these);
        (if self.one_in(2) { one + apart } else { one + power(256) - apart }) % power(256)
    }

    fn limb(&mut self, long: usize) -> u64 {
        let full = u64::MAX >> (64 - long);
        let k = self.below(long as u64);
        let limb = match self.below(14) {
            0 | 1 => 0,
            2 | 3 => full,
            4 => 1,
            5 => 2,
            6 => full - 1,
            7 => 1 << k,
            8 => (1 << k) - 1,
            9 => full - (1 << k) + 1,
            10 => 1 << 31,
            11 => (1 << 32) + 1,
            12 => (1 << 32) - 1,
            _ => self.next(),
        };
        limb & full
    }
}
