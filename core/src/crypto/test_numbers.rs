//! Numbers that the tests of our own arithmetic are made of.

use num_bigint::BigUint;

/// Numbers that look random, the same in each run.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: &BigUint) -> BigUint {
        let words = (0..20).map(|_| self.next() as u32);
        BigUint::new(words.collect()) % bound
    }

    /// Words of 32 bits, each of a kind that carries begin, pass or end at.
    pub(super) fn pattern(&mut self, bits: u64) -> BigUint {
        let words = (0..bits.div_ceil(32)).map(|_| match self.next() % 8 {
            0 | 1 => 0,
            2 | 3 => u32::MAX,
            4 => 1,
            5 => 1 << 31,
            6 => u32::MAX - 1,
            _ => self.next() as u32,
        });
        BigUint::new(words.collect()) >> (bits.div_ceil(32) * 32 - bits)
    }

    pub(super) fn uniform(&mut self, bits: u64) -> BigUint {
        let words = (0..bits.div_ceil(32)).map(|_| self.next() as u32);
        BigUint::new(words.collect()) >> (bits.div_ceil(32) * 32 - bits)
    }
}
