//! What the RSA algorithms share: keys, by the crate `rsa`.
//!
//! RFC 8017 §3.1, with bounds. Verification works on public values only: the crate's timing fault, RUSTSEC-2023-0071, is of
//! decryption and signing, which are not linked. Leaks: nothing secret here.

use crate::error::Error;
use rsa::{BoxedUint, RsaPublicKey};

/// A modulus of 2048 to 8192 bits: it need not be a multiple of 8 bits.
const BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// A key with an odd modulus and an odd exponent of 3 up to 33 bits. `encoding::cose` has stricter rules for credentials.
pub(super) fn public_key(n: &[u8], e: &[u8]) -> Result<RsaPublicKey, Error> {
    // The crate makes a number of any bytes, however many.
    if n.len() > 1024 || e.len() > 8 {
        return Err(Error::CosePointInvalid);
    }
    let number = BoxedUint::from_be_slice_vartime;
    RsaPublicKey::new_with_size_limits(number(n), number(e), BITS)
        .map_err(|_| Error::CosePointInvalid)
}

/// A signature is exactly as long as the modulus (RFC 8017 §8.1.2, §8.2.2).
pub(super) fn check_length(key: &RsaPublicKey, signature: &[u8]) -> Result<(), Error> {
    use rsa::traits::PublicKeyParts;
    if signature.len() == key.size() { Ok(()) } else { Err(Error::SignatureMalformed) }
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
        let accepted = |n: &[u8], e: &[u8]| match public_key(n, e) {
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
