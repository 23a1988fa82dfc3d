//! The field of P-256: numbers modulo p = 2²⁵⁶ − 2²²⁴ + 2¹⁹² + 2⁹⁶ − 1 (FIPS 186-5, SP 800-186 §3.2.1.3), in three layouts of limbs.
//!
//! All three keep numbers in Montgomery form, a·R mod p. p + 1 is a multiple of 2⁹⁶, so that the factor of each reduction step is
//! the lowest limb itself. Invariant: each operation is right for every operand that its documentation allows; what it allows is
//! asserted in debug builds. Leaks: everything; variable time, public inputs only.

mod limbs4x64;
#[cfg(any(
    test,
    feature = "layouts",
    not(any(target_pointer_width = "64", target_family = "wasm"))
))]
mod limbs8x32;
#[cfg(any(test, feature = "layouts", target_family = "wasm"))]
mod limbs9x29;

use crate::inverse::{Prime, inverse};
use crate::table::{Narrow, Radix, Wide};
#[allow(unused_imports, reason = "elsewhere its arithmetic makes the tables, and no more")]
pub use limbs4x64::Limbs4x64;
pub(crate) use limbs4x64::constant;
#[cfg(any(
    test,
    feature = "layouts",
    not(any(target_pointer_width = "64", target_family = "wasm"))
))]
pub use limbs8x32::Limbs8x32;
#[cfg(any(test, feature = "layouts", target_family = "wasm"))]
pub use limbs9x29::Limbs9x29;

/// The layout that suits the target. WebAssembly has no carries and no product of 128 bits: limbs that leave room win there.
#[cfg(all(target_pointer_width = "64", not(target_family = "wasm")))]
pub(crate) type Native = Limbs4x64;
#[cfg(not(any(target_pointer_width = "64", target_family = "wasm")))]
pub(crate) type Native = Limbs8x32;
#[cfg(target_family = "wasm")]
pub(crate) type Native = Limbs9x29;

/// p, lowest word first.
pub(crate) const P: [u64; 4] =
    [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// An element of the field.
///
/// Elements are *tight* or *loose*. [`Self::add`], [`Self::sub`], [`Self::double`] and [`Self::half`] give loose ones, everything else tight ones.
/// [`Self::tight`] makes a loose element tight that is made of at most four tight ones. A sum of two is good as the second operand of
/// [`Self::mul`] and for nothing else; a difference of two, wherever a tight element is. The saturated layouts know no difference.
pub trait Field: Copy + core::fmt::Debug + 'static {
    /// 0.
    const ZERO: Self;

    /// 1.
    const ONE: Self;

    /// The R of this layout's Montgomery form.
    const RADIX: Radix;

    /// The number below p that these words are (lowest first).
    fn from_words(words: &[u64; 4]) -> Self;

    /// The number below p that this element is: the inverse of [`Self::from_words`].
    fn to_words(self) -> [u64; 4];

    /// The element in this layout's Montgomery form: a number below p.
    fn pack(self) -> [u64; 4];

    /// The inverse of [`Self::pack`].
    fn unpack(packed: &[u64; 4]) -> Self;

    /// The generator's odd multiples, packed.
    fn generator() -> &'static Wide;

    /// Those of 2⁶⁴, 2¹²⁸ and 2¹⁹² times the generator.
    fn generator_shifted() -> &'static [Narrow; 3];

    /// a + b, loose.
    #[must_use]
    fn add(&self, b: &Self) -> Self;

    /// a − b, loose.
    #[must_use]
    fn sub(&self, b: &Self) -> Self;

    /// 2a, loose.
    #[must_use]
    fn double(&self) -> Self;

    /// a/2 of a tight a, loose, and no operand of a product.
    #[must_use]
    fn half(&self) -> Self;

    /// The same element, tight.
    #[must_use]
    fn tight(self) -> Self;

    /// a·b.
    #[must_use]
    fn mul(&self, b: &Self) -> Self;

    /// a².
    #[must_use]
    fn square(&self) -> Self;

    /// a·b − c·d, with one reduction.
    #[must_use]
    fn mul_sub(a: &Self, b: &Self, c: &Self, d: &Self) -> Self;

    /// a·b − c², with one reduction.
    #[must_use]
    fn mul_sub_square(a: &Self, b: &Self, c: &Self) -> Self;

    /// Whether the element is 0.
    fn is_zero(&self) -> bool;

    /// 1/a; 0 of 0.
    #[must_use]
    fn invert(&self) -> Self {
        const MODULUS: Prime = Prime::new(&P);
        Self::from_words(&inverse(&self.to_words(), &MODULUS))
    }
}
