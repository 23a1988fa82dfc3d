//! What the RSA algorithms share: keys, and the public operation.
//!
//! VARIABLE TIME: for verification, whose inputs are all public: a key, a signature, a message. Never for decryption or signing.
//!
//! RFC 8017 §3.1 and §5.2.2, with bounds. No heap: a verification takes eight buffers of the longest modulus, 8 KiB of stack, and 12 KB with its callers.
//! Leaks: nothing secret here.

mod montgomery;

use crate::error::Error;
use montgomery::Modulus;

/// The sizes of a modulus, in bits: it need not be a multiple of 8 or of a limb.
const BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// The longest modulus, in bytes.
pub(super) const MOST_BYTES: usize = 1024;

/// 33 bits, the bound of most verifiers.
const MOST_EXPONENT: u64 = 0x1_ffff_ffff;

#[cfg(target_pointer_width = "64")]
type Number = Modulus<u64, 128>;
#[cfg(not(target_pointer_width = "64"))]
type Number = Modulus<u32, 256>;

/// A key with an odd modulus and an odd exponent of 3 up to 33 bits. `encoding::cose` has stricter rules for credentials.
#[derive(Debug)]
pub(super) struct PublicKey {
    modulus: Number,
    /// The modulus' size.
    bits: usize,
    exponent: u64,
}

/// Runs something in a frame of its own: a key takes 1 KiB of the stack, which the other algorithms need not pay for.
#[inline(never)]
pub(super) fn apart<T>(run: impl FnOnce() -> T) -> T {
    run()
}

impl PublicKey {
    /// From big-endian numbers.
    pub(super) fn new(n: &[u8], e: &[u8]) -> Result<Self, Error> {
        Self::sound(n, e).ok_or(Error::CosePointInvalid)
    }

    #[inline(always)]
    fn sound(n: &[u8], e: &[u8]) -> Option<Self> {
        if n.len() > MOST_BYTES {
            return None;
        }
        let n = n.get(n.iter().position(|byte| *byte != 0)?..)?;
        let padding = usize::try_from(n.first()?.leading_zeros()).ok()?;
        let bits = n.len().checked_mul(8)?.checked_sub(padding)?;

        let mut exponent = [0; 8];
        let start = exponent.len().checked_sub(e.len())?;
        exponent.get_mut(start..)?.copy_from_slice(e);
        let exponent = u64::from_be_bytes(exponent);
        let sound = BITS.contains(&bits)
            && (3..=MOST_EXPONENT).contains(&exponent)
            && exponent.trailing_zeros() == 0;
        if !sound {
            return None;
        }
        // It refuses even numbers.
        Some(Self { modulus: Number::new(n)?, bits, exponent })
    }

    /// The size of the modulus, in bits.
    #[cfg(feature = "rsassa-pss")]
    pub(super) const fn bits(&self) -> usize {
        self.bits
    }

    /// What was signed: RSAVP1 (§5.2.2), in as many bytes as the modulus has, which are as many as a signature must have
    /// (§8.1.2, §8.2.2: step 1).
    pub(super) fn open<'b>(
        &self,
        signature: &[u8],
        buffer: &'b mut [u8; MOST_BYTES],
    ) -> Result<&'b mut [u8], Error> {
        let len = self.bits.div_ceil(8);
        if signature.len() != len {
            return Err(Error::SignatureMalformed);
        }
        let (encoded, _) = buffer.split_at_mut_checked(len).ok_or(Error::SignatureInvalid)?;
        self.modulus.power(signature, self.exponent, encoded).ok_or(Error::SignatureInvalid)?;
        Ok(encoded)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::encoding::base64url;
    use std::vec::Vec;

    /// The modulus of the key of RFC 7520 §3.4; its exponent is 65537.
    pub(in crate::crypto) const N: &str = "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0\
        VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBord\
        aZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzw\
        OHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwU\
        kRz5iaiQkqgc5gHdrNP5zw";
    pub(in crate::crypto) const E: &[u8] = &[1, 0, 1];

    /// The payload of RFC 7520 §4, which its signatures are over, after a header and a full stop.
    pub(in crate::crypto) const PAYLOAD: &[u8] =
        b"SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91\
          IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXi\
          gJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

    pub(in crate::crypto) fn decode(text: &str) -> Vec<u8> {
        base64url::decode(text.as_bytes(), &mut [0; 256]).expect("base64url").to_vec()
    }

    #[test]
    fn sizes_and_parity_are_bounded() {
        let accepted = |n: &[u8], e: &[u8]| match PublicKey::new(n, e) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error, Error::CosePointInvalid);
                false
            }
        };
        let modulus = |high: u8, len: usize| [&[high], &[0xff; 1024][..len - 1]].concat();
        for (high, len, sound) in [
            (0x7f, 256, false),
            (0x80, 256, true),
            (0x03, 436, true),
            (0xff, 1024, true),
            (0x01, 1025, false),
        ] {
            assert_eq!(accepted(&modulus(high, len), E), sound, "{high:x} {len}");
        }
        // Zeros may stand before it, up to the longest modulus' size.
        for (zeros, len, sound) in [(1, 256, true), (1, 1023, true), (1, 1024, false)] {
            let number = [&[0; 1][..zeros], &modulus(0xff, len)].concat();
            assert_eq!(accepted(&number, E), sound, "{zeros} {len}");
        }
        assert!(!accepted(&[0; 256], E));
        let mut even = decode(N);
        even[255] ^= 1;
        assert!(!accepted(&even, E));
        assert!(!accepted(&[], E));
        let exponents: [(&[u8], bool); 9] = [
            (&[], false),
            (&[0], false),
            (&[1], false),
            (&[2], false),
            (&[3], true),
            (&[1, 0, 0], false),
            (&[1, 0xff, 0xff, 0xff, 0xff], true),
            (&[2, 0, 0, 0, 1], false),
            (&[0, 0, 0, 0, 0, 0, 0, 1, 1], false),
        ];
        for (e, sound) in exponents {
            assert_eq!(accepted(&decode(N), e), sound, "{e:x?}");
        }
    }
}
