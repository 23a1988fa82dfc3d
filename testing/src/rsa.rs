//! RSA signatures (RFC 8017): PKCS #1 v1.5 and PSS, from any two primes.

use crate::der;
use num_bigint::BigUint;
use sha2::Digest;

/// The hash of an RSA signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The hash of a message.
    #[must_use]
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => sha1::Sha1::digest(message).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// `AlgorithmIdentifier`, with NULL as PKCS #1 wants it.
    #[must_use]
    pub fn identifier(self) -> der::Element {
        der::list(&[der::oid(self.name()), der::null()])
    }
}

/// An RSA key pair and the COSE number of its signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    algorithm: i64,
    p: BigUint,
    q: BigUint,
    e: BigUint,
}

impl RsaKey {
    /// From two primes, big-endian, with the exponent 65537.
    #[must_use]
    pub fn new(algorithm: i64, p: &[u8], q: &[u8]) -> Self {
        let number = BigUint::from_bytes_be;
        Self { algorithm, p: number(p), q: number(q), e: 65537_u32.into() }
    }

    /// From two Mersenne primes 2^m - 1, by their exponents: the modulus is as long as both together.
    #[must_use]
    pub fn mersenne(algorithm: i64, p: u32, q: u32) -> Self {
        let prime = |bits: u32| (BigUint::from(1_u32) << bits) - 1_u32;
        Self { algorithm, p: prime(p), q: prime(q), e: 65537_u32.into() }
    }

    /// The same primes with another public exponent. It must have no factor in common with p - 1 and q - 1.
    #[must_use]
    pub fn with_exponent(mut self, e: u32) -> Self {
        self.e = e.into();
        self
    }

    /// The same key for another COSE number.
    #[must_use]
    pub const fn under(mut self, algorithm: i64) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The COSE number.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// The modulus, big-endian, without leading zeros.
    #[must_use]
    pub fn n(&self) -> Vec<u8> {
        self.modulus().to_bytes_be()
    }

    /// The public exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn e(&self) -> Vec<u8> {
        self.e.to_bytes_be()
    }

    fn modulus(&self) -> BigUint {
        &self.p * &self.q
    }

    /// The signature by this key's algorithm.
    ///
    /// # Panics
    ///
    /// If its number is not one of RSA's.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.algorithm {
            -65535 => self.sign_pkcs1(Hash::Sha1, message),
            -257 => self.sign_pkcs1(Hash::Sha256, message),
            -258 => self.sign_pkcs1(Hash::Sha384, message),
            -259 => self.sign_pkcs1(Hash::Sha512, message),
            -37 => self.sign_pss(Hash::Sha256, 32, message),
            -38 => self.sign_pss(Hash::Sha384, 48, message),
            -39 => self.sign_pss(Hash::Sha512, 64, message),
            other => panic!("{other} is no algorithm of RSA"),
        }
    }

    /// RSASSA-PKCS1-v1_5 (§8.2).
    #[must_use]
    pub fn sign_pkcs1(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        self.sign_digest_info(&der::list(&[hash.identifier(), der::octets(&hash.of(message))]))
    }

    /// The same around any `DigestInfo`.
    #[must_use]
    pub fn sign_digest_info(&self, info: &[u8]) -> Vec<u8> {
        let padding = vec![0xff; self.n().len() - info.len() - 3];
        self.sign_encoded(&[&[0, 1], &padding[..], &[0], info].concat())
    }

    /// RSASSA-PSS (§8.1) with MGF1 of the same hash and a salt of this length, which follows from the message.
    #[must_use]
    pub fn sign_pss(&self, hash: Hash, salt_len: usize, message: &[u8]) -> Vec<u8> {
        let bits = usize::try_from(self.modulus().bits()).expect("a small number") - 1;
        let len = bits.div_ceil(8);
        let digest = hash.of(message);
        let salt: Vec<u8> = digest.iter().copied().cycle().take(salt_len).collect();
        let h = hash.of(&[&[0; 8][..], &digest, &salt].concat());
        let mut block = vec![0; len - salt.len() - h.len() - 2];
        block.push(1);
        block.extend(&salt);
        for (byte, mask) in block.iter_mut().zip(mgf1(hash, &h, len - h.len() - 1)) {
            *byte ^= mask;
        }
        block[0] &= 0xff >> (8 * len - bits);
        self.sign_encoded(&[&block[..], &h, &[0xbc]].concat())
    }

    /// The private operation on a number smaller than the modulus.
    #[must_use]
    pub fn sign_encoded(&self, encoded: &[u8]) -> Vec<u8> {
        let one = BigUint::from(1_u32);
        let message = BigUint::from_bytes_be(encoded);
        // By the Chinese remainder theorem: two exponentiations of half the length.
        let half = |prime: &BigUint| {
            let d = self.e.modinv(&(prime - &one)).expect("an exponent that fits the prime");
            (&message % prime).modpow(&d, prime)
        };
        let (at_p, at_q) = (half(&self.p), half(&self.q));
        let inverse = self.q.modinv(&self.p).expect("two primes");
        let difference = (&at_p + &self.p - &at_q % &self.p) % &self.p;
        let signature = at_q + (difference * inverse % &self.p) * &self.q;
        let bytes = signature.to_bytes_be();
        [vec![0; self.n().len() - bytes.len()], bytes].concat()
    }
}

/// Whether this is a signature by RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): the public operation must give the one encoding.
#[must_use]
pub fn verifies_pkcs1(n: &[u8], e: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let [number, e, modulus] = [signature, e, n].map(BigUint::from_bytes_be);
    let info = der::list(&[hash.identifier(), der::octets(&hash.of(message))]);
    let Some(padding) = n.len().checked_sub(info.len() + 3) else { return false };
    let encoded = [&[0, 1], &vec![0xff; padding][..], &[0], &info].concat();
    signature.len() == n.len()
        && number < modulus
        && number.modpow(&e, &modulus) == BigUint::from_bytes_be(&encoded)
}

fn mgf1(hash: Hash, seed: &[u8], len: usize) -> Vec<u8> {
    let blocks = (0_u32..).flat_map(|i| hash.of(&[seed, &i.to_be_bytes()].concat()));
    blocks.take(len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(key: &RsaKey, signature: &[u8]) -> Vec<u8> {
        let number = BigUint::from_bytes_be(signature).modpow(&key.e, &key.modulus());
        let bytes = number.to_bytes_be();
        [vec![0; key.n().len() - bytes.len()], bytes].concat()
    }

    /// The modulus of the Level 3 test vector has 3482 bits.
    #[test]
    fn a_signature_opens_to_its_encoding() {
        let key = RsaKey::mersenne(-257, 1279, 2203);
        assert_eq!((key.n().len(), key.n()[0], key.e()), (436, 3, vec![1, 0, 1]));
        let encoded = opened(&key, &key.sign(b"sample"));
        assert_eq!(encoded[..3], [0, 1, 0xff]);
        assert!(encoded.ends_with(&Hash::Sha256.of(b"sample")));
        // The DigestInfo of SHA-256 (RFC 8017 §9.2, note 1).
        let prefix = crate::text::unhex("003031300d060960864801650304020105000420");
        assert!(encoded.windows(prefix.len()).any(|window| window == prefix));
    }

    /// EMSA-PSS-VERIFY (RFC 8017 §9.1.2), step by step.
    #[test]
    fn a_pss_signature_opens_to_its_salt() {
        for (algorithm, hash, salt_len) in
            [(-37, Hash::Sha256, 32), (-38, Hash::Sha384, 48), (-39, Hash::Sha512, 64)]
        {
            let key = RsaKey::mersenne(algorithm, 607, 1279);
            // 1886 bits: the encoding has 1885, and its first three are zero.
            let encoded = opened(&key, &key.sign(b"sample"));
            let (block, rest) = encoded.split_at(encoded.len() - hash.of(b"").len() - 1);
            let (h, end) = rest.split_at(rest.len() - 1);
            assert_eq!(end, [0xbc]);
            let mut block = block.to_vec();
            assert_eq!(block[0] & 0xe0, 0);
            for (byte, mask) in block.iter_mut().zip(mgf1(hash, h, encoded.len() - h.len() - 1)) {
                *byte ^= mask;
            }
            block[0] &= 0x1f;
            let (zeros, salt) = block.split_at(block.len() - salt_len);
            assert!(zeros[..zeros.len() - 1].iter().all(|b| *b == 0) && zeros.ends_with(&[1]));
            assert_eq!(h, hash.of(&[&[0; 8][..], &hash.of(b"sample"), salt].concat()));
        }
    }
}
