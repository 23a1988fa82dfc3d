//! What the ECDSA algorithms share: they differ in their curve and hash alone.
//!
//! WebAuthn Level 3 §6.5.5: the signature is DER; r and s are in 1..n; high s is accepted (Secure Enclave writes it).
//! Leaks: nothing secret here, every input is public.

/// Defines the verifier `$name` over `$hash`. What `$new` makes of the key's coordinates is a `$key`, which verifies r and s over a
/// digest of any length; all four numbers are big-endian and have `$len` bytes.
#[allow(unused_macros, reason = "a build for tests may have none of the algorithms")]
macro_rules! ecdsa_verifier {
    ($(#[$doc:meta])* $name:ident: $key:ty = $new:expr, $len:literal, $hash:ident) => {
        use crate::crypto::{SignatureVerifier, hash};
        use crate::encoding::cose::Hash;
        use crate::encoding::der;
        use crate::error::Error;

        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name($key);

        #[allow(dead_code, reason = "not every use of the macro has every form of signature")]
        impl $name {
            /// Verifies a signature over a hash that was made.
            fn verify_prehash(&self, hash: &[u8], signature: &[u8]) -> Result<(), Error> {
                let (r, s) = der::read_ecdsa::<$len>(signature)?;
                self.0.verify(hash, &r, &s)
            }

            /// Verifies a signature that is r and s, each of the curve's size, one after the other (RFC 9053 §2.1).
            #[cfg(feature = "approval")]
            pub(super) fn verify_fixed(
                &self,
                message: &[&[u8]],
                signature: &[u8],
            ) -> Result<(), Error> {
                let fixed = signature.split_first_chunk::<$len>();
                let scalars = fixed.and_then(|(r, s)| Some((r, s.try_into().ok()?)));
                let (r, s) = scalars.ok_or(Error::SignatureMalformed)?;
                self.0.verify(&hash::<sha2::$hash>(message), r, s)
            }

            /// Verifies a signature over another hash of the message.
            pub(super) fn verify_with(
                &self,
                with: Hash,
                message: &[&[u8]],
                signature: &[u8],
            ) -> Result<(), Error> {
                match with {
                    Hash::Sha256 => {
                        self.verify_prehash(&hash::<sha2::Sha256>(message), signature)
                    }
                    Hash::Sha384 => {
                        self.verify_prehash(&hash::<sha2::Sha384>(message), signature)
                    }
                    Hash::Sha512 => {
                        self.verify_prehash(&hash::<sha2::Sha512>(message), signature)
                    }
                }
            }
        }

        impl SignatureVerifier for $name {
            type Key<'k> = (&'k [u8; $len], &'k [u8; $len]);

            fn new((x, y): Self::Key<'_>) -> Result<Self, Error> {
                $new(x, y).map(Self)
            }

            fn verify(&self, message: &[&[u8]], signature: &[u8]) -> Result<(), Error> {
                self.verify_prehash(&hash::<sha2::$hash>(message), signature)
            }
        }
    };
}

#[allow(unused_imports, reason = "as above")]
pub(super) use ecdsa_verifier;

#[cfg(test)]
pub(super) mod tests {
    use crate::crypto::{SignatureVerifier, from_hex};
    use crate::error::Error;
    use std::vec::Vec;

    /// A signature of a message, in hexadecimal, and the order of the curve.
    pub(in crate::crypto) struct Vector {
        pub(in crate::crypto) x: &'static str,
        pub(in crate::crypto) y: &'static str,
        pub(in crate::crypto) message: &'static [u8],
        pub(in crate::crypto) r: &'static str,
        pub(in crate::crypto) s: &'static str,
        pub(in crate::crypto) n: &'static str,
    }

    /// The vector holds, nothing near it does.
    pub(in crate::crypto) fn check<V, const N: usize>(vector: &Vector)
    where
        V: for<'k> SignatureVerifier<Key<'k> = (&'k [u8; N], &'k [u8; N])>,
    {
        let [x, y, r, s, n] = [vector.x, vector.y, vector.r, vector.s, vector.n].map(from_hex::<N>);
        let Ok(key) = V::new((&x, &y)) else { panic!("the key is refused") };
        let verify = |r: [u8; N], s: [u8; N]| key.verify(&[vector.message], &der(&r, &s));
        assert_eq!(verify(r, s), Ok(()));
        assert_eq!(verify(r, subtract(&n, &s)), Ok(()), "the other s");
        assert_eq!(verify(s, r), Err(Error::SignatureInvalid));
        assert_eq!(verify(subtract(&n, &r), s), Err(Error::SignatureInvalid));

        let (head, tail) = vector.message.split_at(2);
        let signature = der(&r, &s);
        assert_eq!(key.verify(&[head, &[], tail], &signature), Ok(()));
        assert_eq!(key.verify(&[tail, head], &signature), Err(Error::SignatureInvalid));

        let (zero, one) = ([0; N], core::array::from_fn(|i| u8::from(i == N - 1)));
        let last = subtract(&n, &one);
        for number in [one, last] {
            assert_eq!(verify(number, s), Err(Error::SignatureInvalid));
            assert_eq!(verify(r, number), Err(Error::SignatureInvalid));
        }
        for number in [zero, n, [0xff; N]] {
            assert_eq!(verify(number, s), Err(Error::SignatureMalformed));
            assert_eq!(verify(r, number), Err(Error::SignatureMalformed));
        }
        let raw = [r, s].concat();
        assert_eq!(key.verify(&[vector.message], &raw), Err(Error::SignatureMalformed));

        let mut beside = y;
        beside[N - 1] ^= 1;
        for (x, y) in [(&x, &beside), (&y, &x), (&zero, &zero), (&x, &[0xff; N]), (&[0xff; N], &y)]
        {
            assert_eq!(V::new((x, y)).err(), Some(Error::CosePointInvalid));
        }
    }

    pub(in crate::crypto) fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let element = |tag: u8, content: &[u8]| match u8::try_from(content.len()).unwrap() {
            len @ 0x80.. => [&[tag, 0x81, len], content].concat(),
            len => [&[tag, len], content].concat(),
        };
        let integer = |number: &[u8]| {
            let zeros = number.iter().take_while(|byte| **byte == 0).count();
            let magnitude = &number[zeros.min(number.len() - 1)..];
            let sign: &[u8] = if magnitude[0] >= 0x80 { &[0] } else { &[] };
            element(2, &[sign, magnitude].concat())
        };
        element(0x30, &[integer(r), integer(s)].concat())
    }

    fn subtract<const N: usize>(from: &[u8; N], number: &[u8; N]) -> [u8; N] {
        let (mut difference, mut borrow) = ([0; N], false);
        for i in (0..N).rev() {
            let (byte, first) = from[i].overflowing_sub(number[i]);
            let (byte, second) = byte.overflowing_sub(u8::from(borrow));
            (difference[i], borrow) = (byte, first || second);
        }
        difference
    }
}
