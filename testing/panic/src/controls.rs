//! What must not link.

/// An index that may be out of bounds.
#[unsafe(no_mangle)]
pub fn control_index(bytes: &[u8], at: usize) -> u8 {
    bytes[at]
}

/// A slice that may be out of bounds.
#[unsafe(no_mangle)]
pub fn control_slice(bytes: &[u8], from: usize) -> &[u8] {
    &bytes[from..]
}

/// An addition that may overflow, as overflow checks see it.
#[unsafe(no_mangle)]
pub fn control_overflow(a: u64, b: u64) -> u64 {
    a + b
}

/// An absent value.
#[unsafe(no_mangle)]
pub fn control_unwrap(value: Option<u8>) -> u8 {
    value.unwrap()
}

/// A division by what may be zero.
#[unsafe(no_mangle)]
pub fn control_divide(a: u64, b: u64) -> u64 {
    a / b
}

/// A copy between slices whose lengths may differ: the panic stands in the library, not in the caller.
#[unsafe(no_mangle)]
pub fn control_copy(from: &[u8], to: &mut [u8]) {
    to.copy_from_slice(from);
}
