//! How an oracle with several arguments takes them from one byte string: numbers big-endian, byte strings with a length of
//! two bytes in front. Whatever is missing reads as zero, so that every input means something.

/// Takes arguments from the front of the input.
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    /// The arguments in these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, n: usize) -> &'a [u8] {
        let (head, tail) = self.rest.split_at(n.min(self.rest.len()));
        self.rest = tail;
        head
    }

    fn number(&mut self, n: usize) -> u64 {
        self.take(n).iter().fold(0, |number, &byte| (number << 8) | u64::from(byte))
    }

    /// One byte.
    pub fn u8(&mut self) -> u8 {
        self.number(1) as u8
    }

    /// Two bytes.
    pub fn u16(&mut self) -> u16 {
        self.number(2) as u16
    }

    /// Four bytes.
    pub fn u32(&mut self) -> u32 {
        self.number(4) as u32
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> u64 {
        self.number(8)
    }

    /// A byte string.
    pub fn bytes(&mut self) -> &'a [u8] {
        let len = usize::from(self.u16());
        self.take(len)
    }

    /// Exactly `N` bytes; what is missing is zero.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.take(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }

    /// What is left.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// Writes arguments as [`Input`] reads them.
#[derive(Default)]
pub struct Output {
    bytes: Vec<u8>,
}

impl Output {
    /// A big-endian number of its type's width.
    #[must_use]
    pub fn number<const N: usize>(mut self, big_endian: [u8; N]) -> Self {
        self.bytes.extend(big_endian);
        self
    }

    /// A byte string of at most 65535 bytes; more is cut off.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
        self.bytes.extend((bytes.len() as u16).to_be_bytes());
        self.bytes.extend(bytes);
        self
    }

    /// Bytes without a length in front.
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend(bytes);
        self
    }

    /// The whole input.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
