//! Deterministic mutations for the smoke test: what libFuzzer does, without its guidance.

/// A small generator of pseudo-random numbers (xorshift64*), so that a run can be repeated.
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator that always gives the same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        // The state must not be zero.
        Self { state: seed.wrapping_mul(2).wrapping_add(1) }
    }

    /// 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        // The top bits are the good ones; the bias of the remainder does not matter here.
        usize::try_from((self.next() >> 16) % bound.max(1)).unwrap_or(0)
    }
}

/// Bytes that mean something to some reader.
const INTERESTING: &[u8] = &[
    0x00, 0x01, 0x17, 0x18, 0x1f, 0x20, 0x40, 0x58, 0x60, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xf4,
    0xf7, 0xf8, 0xf9, 0xfb, 0xff, b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'0', b'9',
    b'A', b'=', b'-', b' ', b'u', b'e', b'.',
];

/// Texts that stand together in some format.
const WORDS: &[&[u8]] = &[
    b"\"type\"",
    b"\"challenge\"",
    b"\"origin\"",
    b"\"crossOrigin\"",
    b"\"topOrigin\"",
    b"webauthn.get",
    b"true",
    b"null",
    b"\\u0074",
    b"\\ud83d\\ude00",
    b"\\ud800",
    b"1e999",
    b"-0",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"fmt",
    b"attStmt",
    b"authData",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x80\x00\x00\x00",
    b"\x00\x01\x00\x00",
];

/// Changes `bytes` in one to four places; `other` is what parts may be taken from.
pub fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    // Longer inputs bring no new shape, only time.
    const MAX_LEN: usize = 4096;
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = bytes.len().min(at + 1 + random.below(16));
        match random.below(10) {
            0 => flip(bytes, random),
            1 => set(bytes, at, random.next().to_le_bytes()[7]),
            2 | 3 => set(bytes, at, INTERESTING[random.below(INTERESTING.len())]),
            4 => bytes.insert(at, INTERESTING[random.below(INTERESTING.len())]),
            5 => drop(bytes.drain(at..end)),
            6 => insert(bytes, at, WORDS[random.below(WORDS.len())]),
            7 => {
                let part = bytes[at..end].to_vec();
                insert(bytes, at, &part);
            }
            8 => {
                let from = random.below(other.len());
                let to = other.len().min(from + 1 + random.below(64));
                insert(bytes, at, &other[from..to]);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes.truncate(MAX_LEN);
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    let bit = 1 << random.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= bit;
    }
}

fn set(bytes: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value;
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    bytes.splice(at..at, part.iter().copied());
}
