//! What a TPM says (TPM 2.0 Library, part 2): `TPMT_PUBLIC` and `TPMS_ATTEST`, the two structures of a `tpm` statement
//! (WebAuthn Level 3 §8.3). Every field is a knob.

use crate::keys::Key;
use crate::rsa::Hash;

/// TPM_ALG_SHA1.
pub const SHA1: u16 = 0x0004;
/// TPM_ALG_SHA256.
pub const SHA256: u16 = 0x000b;
/// TPM_ALG_SHA384.
pub const SHA384: u16 = 0x000c;
/// TPM_ALG_SHA512.
pub const SHA512: u16 = 0x000d;
/// TPM_ALG_NULL.
pub const NULL: u16 = 0x0010;
/// TPM_ALG_RSA.
pub const RSA: u16 = 0x0001;
/// TPM_ALG_ECC.
pub const ECC: u16 = 0x0023;
/// TPM_GENERATED_VALUE.
pub const GENERATED: u32 = 0xff54_4347;
/// TPM_ST_ATTEST_CERTIFY.
pub const CERTIFY: u16 = 0x8017;

/// A structure behind its length of two bytes: `TPM2B`.
///
/// # Panics
///
/// If it has more than 65 535 bytes.
#[must_use]
pub fn sized(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a length of two bytes");
    [&length.to_be_bytes()[..], content].concat()
}

/// `TPMT_PUBLIC`: the key that is attested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// [`RSA`] or [`ECC`].
    pub kind: u16,
    /// The hash of the key's name.
    pub name_algorithm: u16,
    /// The object's attributes.
    pub attributes: u32,
    /// The policy's digest.
    pub auth_policy: Vec<u8>,
    /// The parameters of the type, without their lengths.
    pub parameters: Vec<u8>,
    /// The unique field, with its lengths.
    pub unique: Vec<u8>,
}

impl Public {
    /// The key as a TPM describes it: P-256, P-384 or RSA.
    ///
    /// # Panics
    ///
    /// For keys that a TPM does not have.
    #[must_use]
    pub fn new(key: &Key) -> Self {
        // Symmetric algorithm and scheme: none. An RSA exponent of 0 stands for 65537.
        let ec = |curve: u16, x: &[u8], y: &[u8]| {
            (
                ECC,
                [NULL, NULL, curve, NULL].map(u16::to_be_bytes).concat(),
                [sized(x), sized(y)].concat(),
            )
        };
        let (kind, parameters, unique) = match key {
            Key::Es256(key) => ec(3, &key.point().0, &key.point().1),
            Key::Es384(key) => ec(4, &key.point().0, &key.point().1),
            Key::Es512(key) => ec(5, &key.point().0, &key.point().1),
            Key::Rsa(key) => {
                let bits = u16::try_from(8 * key.n().len()).expect("a length of two bytes");
                let head = [NULL, NULL, bits].map(u16::to_be_bytes).concat();
                (RSA, [&head[..], &[0; 4]].concat(), sized(&key.n()))
            }
            other => panic!("no TPM has a key of the algorithm {}", other.algorithm()),
        };
        Self {
            kind,
            name_algorithm: SHA256,
            attributes: 0x0004_0000,
            auth_policy: Vec::new(),
            parameters,
            unique,
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = [self.kind, self.name_algorithm].map(u16::to_be_bytes).concat();
        out.extend(self.attributes.to_be_bytes());
        out.extend(sized(&self.auth_policy));
        out.extend(&self.parameters);
        out.extend(&self.unique);
        out
    }

    /// The name: the algorithm and the hash of the bytes.
    #[must_use]
    pub fn name(&self) -> Vec<u8> {
        name(self.name_algorithm, &self.bytes())
    }
}

/// The name of a public area: the algorithm's number and the hash.
///
/// # Panics
///
/// If the number is none of a hash.
#[must_use]
pub fn name(algorithm: u16, public: &[u8]) -> Vec<u8> {
    let hash = match algorithm {
        SHA1 => Hash::Sha1,
        SHA256 => Hash::Sha256,
        SHA384 => Hash::Sha384,
        SHA512 => Hash::Sha512,
        other => panic!("{other:#x} is no hash"),
    };
    [&algorithm.to_be_bytes()[..], &hash.of(public)].concat()
}

/// `TPMS_ATTEST` of a certified key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifyInfo {
    /// [`GENERATED`].
    pub magic: u32,
    /// [`CERTIFY`].
    pub kind: u16,
    /// The qualified name of the signing key.
    pub qualified_signer: Vec<u8>,
    /// The nonce: the hash of what is attested.
    pub extra_data: Vec<u8>,
    /// Clock, counts of resets and restarts, whether the clock is safe.
    pub clock_info: Vec<u8>,
    /// The firmware's version.
    pub firmware_version: [u8; 8],
    /// The attested key's name.
    pub name: Vec<u8>,
    /// Its qualified name.
    pub qualified_name: Vec<u8>,
}

impl CertifyInfo {
    /// What a TPM says of this key.
    #[must_use]
    pub fn new(public: &Public, extra_data: &[u8]) -> Self {
        Self {
            magic: GENERATED,
            kind: CERTIFY,
            qualified_signer: Vec::new(),
            extra_data: extra_data.to_vec(),
            clock_info: [&[0; 8][..], &[0x11; 4], &[0x22; 4], &[1]].concat(),
            firmware_version: [0; 8],
            name: public.name(),
            qualified_name: Vec::new(),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.magic.to_be_bytes().to_vec();
        out.extend(self.kind.to_be_bytes());
        out.extend(sized(&self.qualified_signer));
        out.extend(sized(&self.extra_data));
        out.extend(&self.clock_info);
        out.extend(self.firmware_version);
        out.extend(sized(&self.name));
        out.extend(sized(&self.qualified_name));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Es256Key;
    use crate::rsa::RsaKey;

    #[test]
    fn fields_stand_where_the_library_puts_them() {
        let key = Key::Es256(Es256Key::new(&[7; 32]));
        let public = Public::new(&key);
        let bytes = public.bytes();
        assert_eq!(bytes[..10], [0, 0x23, 0, 0x0b, 0, 4, 0, 0, 0, 0]);
        assert_eq!(bytes[10..20], [0, 0x10, 0, 0x10, 0, 3, 0, 0x10, 0, 32]);
        assert!(bytes.ends_with(&key.es256().point().1));
        assert_eq!(public.name()[2..], crate::sha256(&bytes));
        let info = CertifyInfo::new(&public, b"nonce").bytes();
        assert_eq!(info[..10], [0xff, 0x54, 0x43, 0x47, 0x80, 0x17, 0, 0, 0, 5]);
        // Clock information of 17 bytes and the firmware's version of 8.
        assert_eq!(info[15 + 17 + 8..][..4], [0, 34, 0, 0x0b]);
        assert!(info.ends_with(&[0, 0]));
    }

    #[test]
    fn an_rsa_key_has_its_length_in_bits_and_a_default_exponent() {
        let key = RsaKey::mersenne(-257, 1279, 2203);
        let public = Public::new(&Key::Rsa(key.clone()));
        assert_eq!(public.parameters, [0, 0x10, 0, 0x10, 0x0d, 0xa0, 0, 0, 0, 0]);
        assert_eq!(public.unique[..2], [1, 0xb4]);
        assert!(public.unique.ends_with(&key.n()));
    }
}
