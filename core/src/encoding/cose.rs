//! COSE keys of credentials: RFC 9052 §7, narrowed by WebAuthn Level 3 §5.8.5.
//!
//! Invariant: algorithm, key type, curve and hash belong together, coordinates have their exact size and are never
//! compressed; an algorithm that is not built in is `Unsupported`, never read as another. Whether the point is on its curve
//! is `crypto`'s to check. Leaks: nothing secret here.

use super::cbor::{self, Limits, Value};
use crate::error::Error;

/// The one table: a number, the feature that builds it, and what belongs to it. The order is [`SUPPORTED`]'s.
macro_rules! algorithms {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $feature:literal, $scheme:expr;)*) => {
        $($(#[$doc])* pub const $name: i64 = $number;)*

        /// The algorithms that this build verifies, the most usual first, then the strongest; last the fully specified
        /// numbers, which WebAuthn Level 3 §5.8.5 says not to offer in place of the others.
        pub const SUPPORTED: &[i64] = &[$(#[cfg(feature = $feature)] $name),*];

        /// What belongs to each number, built in or not.
        const TABLE: &[(i64, Scheme)] = &[$(($name, $scheme)),*];
    };
}

algorithms! {
    /// EdDSA; in credentials, with Ed25519 only (WebAuthn Level 3 §5.8.5).
    EDDSA = -8, "ed25519", Scheme::EdDsa(Curve::Ed25519);
    /// ECDSA with P-256 and SHA-256.
    ES256 = -7, "es256", Scheme::EcDsa(Curve::P256, Hash::Sha256);
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256 = -257, "rsassa-pkcs1", Scheme::Pkcs1(Hash::Sha256);
    /// ML-DSA-65.
    ML_DSA_65 = -49, "ml-dsa", Scheme::MlDsa(1952);
    /// ML-DSA-87.
    ML_DSA_87 = -50, "ml-dsa", Scheme::MlDsa(2592);
    /// ML-DSA-44.
    ML_DSA_44 = -48, "ml-dsa", Scheme::MlDsa(1312);
    /// EdDSA with Ed448.
    ED448 = -53, "ed448", Scheme::EdDsa(Curve::Ed448);
    /// ECDSA with P-521 and SHA-512.
    ES512 = -36, "es512", Scheme::EcDsa(Curve::P521, Hash::Sha512);
    /// ECDSA with P-384 and SHA-384.
    ES384 = -35, "es384", Scheme::EcDsa(Curve::P384, Hash::Sha384);
    /// ECDSA with secp256k1 and SHA-256.
    ES256K = -47, "es256k", Scheme::EcDsa(Curve::Secp256k1, Hash::Sha256);
    /// RSASSA-PSS with SHA-512.
    PS512 = -39, "rsassa-pss", Scheme::Pss(Hash::Sha512);
    /// RSASSA-PSS with SHA-384.
    PS384 = -38, "rsassa-pss", Scheme::Pss(Hash::Sha384);
    /// RSASSA-PSS with SHA-256.
    PS256 = -37, "rsassa-pss", Scheme::Pss(Hash::Sha256);
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512 = -259, "rsassa-pkcs1", Scheme::Pkcs1(Hash::Sha512);
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384 = -258, "rsassa-pkcs1", Scheme::Pkcs1(Hash::Sha384);
    /// [`EDDSA`] with Ed25519, fully specified.
    ED25519 = -19, "ed25519", Scheme::EdDsa(Curve::Ed25519);
    /// [`ES256`] with P-256, fully specified.
    ESP256 = -9, "es256", Scheme::EcDsa(Curve::P256, Hash::Sha256);
    /// [`ES384`] with P-384, fully specified.
    ESP384 = -51, "es384", Scheme::EcDsa(Curve::P384, Hash::Sha384);
    /// [`ES512`] with P-521, fully specified.
    ESP512 = -52, "es512", Scheme::EcDsa(Curve::P521, Hash::Sha512);
}

/// What a relying party offers unless it says otherwise: what authenticators have. Older ones of Windows have RSA alone.
pub const DEFAULT_OFFER: &[i64] = &[
    #[cfg(feature = "ed25519")]
    EDDSA,
    #[cfg(feature = "es256")]
    ES256,
    #[cfg(feature = "rsassa-pkcs1")]
    RS256,
];

/// The longest key that is read. An RSA key of 8192 bits takes 1 KiB, the largest of ML-DSA 2.6 KiB.
pub const MAX_LEN: usize = 4096;

/// The sizes of an RSA modulus, in bits: below them it can be factored, above them verifying takes too long.
const RSA_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// The largest RSA exponent: 33 bits, the bound of most verifiers. Work grows with the exponent's length.
const RSA_MAX_EXPONENT: u64 = (1 << 33) - 1;

/// An elliptic curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, also called secp256r1.
    P256,
    /// NIST P-384, also called secp384r1.
    P384,
    /// NIST P-521, also called secp521r1.
    P521,
    /// secp256k1.
    Secp256k1,
    /// The Edwards curve of Ed25519.
    Ed25519,
    /// The Edwards curve of Ed448.
    Ed448,
}

impl Curve {
    /// The value of `crv` (RFC 9053 §7.1, RFC 8812 §3.1).
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
            Self::P521 => 3,
            Self::Ed25519 => 6,
            Self::Ed448 => 7,
            Self::Secp256k1 => 8,
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// What an algorithm's number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA on this curve, over this hash of the message.
    EcDsa(Curve, Hash),
    /// EdDSA on this curve; the hash is the curve's.
    EdDsa(Curve),
    /// RSASSA-PKCS1-v1_5 with this hash.
    Pkcs1(Hash),
    /// RSASSA-PSS with this hash, also in its mask, and a salt of the hash's length.
    Pss(Hash),
    /// ML-DSA with a public key of this many bytes (FIPS 204 §4).
    MlDsa(usize),
}

impl Scheme {
    /// What the number stands for; `None` if it is not built in.
    #[must_use]
    pub fn built_in(algorithm: i64) -> Option<Self> {
        SUPPORTED.contains(&algorithm).then_some(())?;
        TABLE.iter().find(|(number, _)| *number == algorithm).map(|(_, scheme)| *scheme)
    }

    /// The value of `kty` (RFC 9053 §7, RFC 8230 §4; AKP for ML-DSA).
    const fn key_type(self) -> i64 {
        match self {
            Self::EdDsa(_) => 1,
            Self::EcDsa(..) => 2,
            Self::Pkcs1(_) | Self::Pss(_) => 3,
            Self::MlDsa(_) => 7,
        }
    }
}

/// A public key, of the right type and size for its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// A point of P-256 for [`ES256`] or [`ESP256`].
    Es256 {
        /// The COSE number.
        algorithm: i64,
        /// The x coordinate, big-endian.
        x: &'a [u8; 32],
        /// The y coordinate, big-endian.
        y: &'a [u8; 32],
    },
    /// A point of P-384 for [`ES384`] or [`ESP384`].
    Es384 {
        /// The COSE number.
        algorithm: i64,
        /// The x coordinate, big-endian.
        x: &'a [u8; 48],
        /// The y coordinate, big-endian.
        y: &'a [u8; 48],
    },
    /// A point of P-521 for [`ES512`] or [`ESP512`].
    Es512 {
        /// The COSE number.
        algorithm: i64,
        /// The x coordinate, big-endian.
        x: &'a [u8; 66],
        /// The y coordinate, big-endian.
        y: &'a [u8; 66],
    },
    /// A point of secp256k1 for [`ES256K`].
    Es256k {
        /// The x coordinate, big-endian.
        x: &'a [u8; 32],
        /// The y coordinate, big-endian.
        y: &'a [u8; 32],
    },
    /// A compressed point for [`EDDSA`] or [`ED25519`].
    Ed25519 {
        /// The COSE number.
        algorithm: i64,
        /// The encoded point (RFC 8032 §5.1.2).
        x: &'a [u8; 32],
    },
    /// A compressed point for [`ED448`].
    Ed448 {
        /// The encoded point (RFC 8032 §5.2.2).
        x: &'a [u8; 57],
    },
    /// An RSA key.
    Rsa {
        /// The COSE number.
        algorithm: i64,
        /// The modulus, big-endian, without leading zeros.
        n: &'a [u8],
        /// The public exponent, big-endian, without leading zeros.
        e: &'a [u8],
    },
    /// A key of [`ML_DSA_44`], [`ML_DSA_65`] or [`ML_DSA_87`].
    MlDsa {
        /// The COSE number.
        algorithm: i64,
        /// The encoded key (FIPS 204 §7.2).
        key: &'a [u8],
    },
}

/// A public key's numbers, from a COSE key or a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyParts<'a> {
    /// An uncompressed point of a Weierstrass curve.
    Ec {
        /// The curve.
        curve: Curve,
        /// The x coordinate, big-endian, of the curve's size.
        x: &'a [u8],
        /// The y coordinate, big-endian, of the curve's size.
        y: &'a [u8],
    },
    /// A compressed point of an Edwards curve.
    Okp {
        /// The curve.
        curve: Curve,
        /// The encoded point.
        x: &'a [u8],
    },
    /// An RSA key.
    Rsa {
        /// The modulus, big-endian, without leading zeros.
        n: &'a [u8],
        /// The public exponent, big-endian, without leading zeros.
        e: &'a [u8],
    },
    /// A key that is one string of bytes, as those of ML-DSA.
    Akp {
        /// The encoded key.
        key: &'a [u8],
    },
}

impl<'a> PublicKey<'a> {
    /// A key for this algorithm, as certificates have them: the exponent of an RSA key may be as small as 3. The point is
    /// checked where the key is used.
    ///
    /// # Errors
    ///
    /// [`Error::AlgorithmUnsupported`]; [`Error::CoseKeyMismatch`], if the key is another algorithm's;
    /// [`Error::CoseKeyMalformed`].
    pub fn from_parts(algorithm: i64, parts: KeyParts<'a>) -> Result<Self, Error> {
        let scheme = Scheme::built_in(algorithm).ok_or(Error::AlgorithmUnsupported)?;
        match (scheme, parts) {
            (Scheme::EcDsa(expected, _), KeyParts::Ec { curve, x, y }) if curve == expected => {
                match curve {
                    Curve::P256 => Ok(Self::Es256 { algorithm, x: exact(x)?, y: exact(y)? }),
                    Curve::P384 => Ok(Self::Es384 { algorithm, x: exact(x)?, y: exact(y)? }),
                    Curve::P521 => Ok(Self::Es512 { algorithm, x: exact(x)?, y: exact(y)? }),
                    Curve::Secp256k1 => Ok(Self::Es256k { x: exact(x)?, y: exact(y)? }),
                    Curve::Ed25519 | Curve::Ed448 => Err(Error::CoseKeyMismatch),
                }
            }
            (Scheme::EdDsa(expected), KeyParts::Okp { curve, x }) if curve == expected => {
                match curve {
                    Curve::Ed25519 => Ok(Self::Ed25519 { algorithm, x: exact(x)? }),
                    Curve::Ed448 => Ok(Self::Ed448 { x: exact(x)? }),
                    _ => Err(Error::CoseKeyMismatch),
                }
            }
            (Scheme::Pkcs1(_) | Scheme::Pss(_), KeyParts::Rsa { n, e }) => {
                check_rsa(n, e, 3)?;
                Ok(Self::Rsa { algorithm, n, e })
            }
            (Scheme::MlDsa(len), KeyParts::Akp { key }) if key.len() == len => {
                Ok(Self::MlDsa { algorithm, key })
            }
            (Scheme::MlDsa(_), KeyParts::Akp { .. }) => Err(Error::CoseKeyMalformed),
            _ => Err(Error::CoseKeyMismatch),
        }
    }

    /// The COSE number of the key's algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> i64 {
        match *self {
            Self::Es256 { algorithm, .. }
            | Self::Es384 { algorithm, .. }
            | Self::Es512 { algorithm, .. }
            | Self::Ed25519 { algorithm, .. }
            | Self::Rsa { algorithm, .. }
            | Self::MlDsa { algorithm, .. } => algorithm,
            Self::Es256k { .. } => ES256K,
            Self::Ed448 { .. } => ED448,
        }
    }

    /// The key's numbers, without the algorithm: equal for two keys exactly if they are one key.
    #[must_use]
    pub const fn parts(&self) -> KeyParts<'a> {
        match *self {
            Self::Es256 { x, y, .. } => KeyParts::Ec { curve: Curve::P256, x, y },
            Self::Es384 { x, y, .. } => KeyParts::Ec { curve: Curve::P384, x, y },
            Self::Es512 { x, y, .. } => KeyParts::Ec { curve: Curve::P521, x, y },
            Self::Es256k { x, y } => KeyParts::Ec { curve: Curve::Secp256k1, x, y },
            Self::Ed25519 { x, .. } => KeyParts::Okp { curve: Curve::Ed25519, x },
            Self::Ed448 { x } => KeyParts::Okp { curve: Curve::Ed448, x },
            Self::Rsa { n, e, .. } => KeyParts::Rsa { n, e },
            Self::MlDsa { key, .. } => KeyParts::Akp { key },
        }
    }
}

/// The `alg` of a key that has not been read further, to be checked against the numbers offered.
///
/// # Errors
///
/// [`Error::CoseKeyMalformed`].
pub fn algorithm(key: &Value<'_>) -> Result<i64, Error> {
    key.get_int(3).and_then(|v| v.as_int()).ok_or(Error::CoseKeyMalformed)
}

/// Reads a key from bytes that hold nothing else.
///
/// # Errors
///
/// The `cbor_…` codes and those of [`parse`].
pub fn parse_all(bytes: &[u8]) -> Result<PublicKey<'_>, Error> {
    parse(&cbor::read_all(bytes, Limits::CTAP2)?)
}

/// Reads a key. Parameters that the algorithm does not use are ignored.
///
/// # Errors
///
/// [`Error::CoseKeyMalformed`], [`Error::AlgorithmUnsupported`], [`Error::CoseKeyMismatch`].
pub fn parse<'a>(key: &Value<'a>) -> Result<PublicKey<'a>, Error> {
    let parameter = |label| key.get_int(label).ok_or(Error::CoseKeyMalformed);
    let integer = |label| parameter(label)?.as_int().ok_or(Error::CoseKeyMalformed);
    let bytes = |label| parameter(label)?.as_bytes().ok_or(Error::CoseKeyMalformed);
    let algorithm = algorithm(key)?;
    let scheme = Scheme::built_in(algorithm).ok_or(Error::AlgorithmUnsupported)?;
    if key.encoding().len() > MAX_LEN {
        return Err(Error::CoseKeyMalformed);
    }
    let key_type = integer(1)?;
    let same_curve = match scheme {
        Scheme::EcDsa(curve, _) | Scheme::EdDsa(curve) => integer(-1)? == curve.number(),
        Scheme::Pkcs1(_) | Scheme::Pss(_) | Scheme::MlDsa(_) => true,
    };
    if key_type != scheme.key_type() || !same_curve {
        return Err(Error::CoseKeyMismatch);
    }
    let parts = match scheme {
        // Compressed points, whose y is a boolean, are forbidden.
        Scheme::EcDsa(curve, _) => KeyParts::Ec { curve, x: bytes(-2)?, y: bytes(-3)? },
        Scheme::EdDsa(curve) => KeyParts::Okp { curve, x: bytes(-2)? },
        Scheme::MlDsa(_) => KeyParts::Akp { key: bytes(-1)? },
        Scheme::Pkcs1(_) | Scheme::Pss(_) => {
            let (n, e) = (bytes(-1)?, bytes(-2)?);
            // A smaller exponent would forgive faulty padding, and nobody makes such credentials.
            check_rsa(n, e, 65537)?;
            KeyParts::Rsa { n, e }
        }
    };
    PublicKey::from_parts(algorithm, parts)
}

/// Bytes of exactly this size.
fn exact<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], Error> {
    bytes.try_into().map_err(|_| Error::CoseKeyMalformed)
}

/// RFC 8017 §3.1, with bounds: an odd modulus of the allowed size, an odd exponent of at least `min_exponent`, neither with
/// leading zeros.
fn check_rsa(n: &[u8], e: &[u8], min_exponent: u64) -> Result<(), Error> {
    let sound = (|| {
        let (&high, &low) = n.first().zip(n.last())?;
        let padding = usize::try_from(high.leading_zeros()).ok()?;
        let bits = n.len().checked_mul(8)?.checked_sub(padding)?;
        let mut exponent = [0; 8];
        let start = exponent.len().checked_sub(e.len())?;
        exponent.get_mut(start..)?.copy_from_slice(e);
        let exponent = u64::from_be_bytes(exponent);
        Some(
            high != 0
                && low & 1 == 1
                && RSA_BITS.contains(&bits)
                && *e.first()? != 0
                && exponent & 1 == 1
                && (min_exponent..=RSA_MAX_EXPONENT).contains(&exponent),
        )
    })();
    sound.unwrap_or(false).then_some(()).ok_or(Error::CoseKeyMalformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// The value of a parameter.
    #[derive(Clone, Copy, Debug)]
    enum Parameter<'a> {
        Int(i64),
        Bytes(&'a [u8]),
        Bool,
    }
    use Parameter::{Bool, Bytes, Int};

    fn head(out: &mut Vec<u8>, major: u8, argument: usize) {
        match u16::try_from(argument).unwrap() {
            small @ ..24 => out.push(major << 5 | small.to_le_bytes()[0]),
            byte @ ..256 => out.extend([major << 5 | 24, byte.to_le_bytes()[0]]),
            long => out.extend([&[major << 5 | 25][..], &long.to_be_bytes()].concat()),
        }
    }

    fn integer(out: &mut Vec<u8>, value: i64) {
        match usize::try_from(value) {
            Ok(value) => head(out, 0, value),
            Err(_) => head(out, 1, usize::try_from(-1 - value).unwrap()),
        }
    }

    fn key(parameters: &[(i64, Parameter<'_>)]) -> Vec<u8> {
        let mut out = vec![];
        head(&mut out, 5, parameters.len());
        for (label, value) in parameters {
            integer(&mut out, *label);
            match value {
                Int(value) => integer(&mut out, *value),
                Bytes(bytes) => {
                    head(&mut out, 2, bytes.len());
                    out.extend(*bytes);
                }
                Bool => out.push(0xf5),
            }
        }
        out
    }

    /// What each number must be, from the registries: key type, curve, length of x or of the key, whether there is a y.
    const LEGAL: [(i64, i64, i64, usize, bool); 13] = [
        (-7, 2, 1, 32, true),
        (-9, 2, 1, 32, true),
        (-35, 2, 2, 48, true),
        (-51, 2, 2, 48, true),
        (-36, 2, 3, 66, true),
        (-52, 2, 3, 66, true),
        (-47, 2, 8, 32, true),
        (-8, 1, 6, 32, false),
        (-19, 1, 6, 32, false),
        (-53, 1, 7, 57, false),
        (-48, 7, 0, 1312, false),
        (-49, 7, 0, 1952, false),
        (-50, 7, 0, 2592, false),
    ];
    const RSA: [i64; 6] = [-257, -258, -259, -37, -38, -39];

    /// Numbers of other algorithms: RS1, ECDH-ES, HSS-LMS, a hash, the content key of AES, nothing.
    const OTHERS: [i64; 6] = [-65535, -25, -46, -16, 1, 0];

    fn modulus() -> [u8; 256] {
        [0xc1; 256]
    }

    #[test]
    fn of_all_combinations_only_the_legal_ones_are_keys() {
        let bytes = [1; 2592];
        let lens = [31, 32, 33, 48, 57, 66, 1312, 1952, 2592];
        let n = modulus();
        let firsts =
            (0..10).map(Int).chain(lens.map(|len| Bytes(&bytes[..len]))).chain([Bytes(&n)]);
        let seconds = lens[..6].iter().map(|len| Bytes(&bytes[..*len])).chain([Bytes(&[1, 0, 1])]);
        let mut keys = 0;
        for algorithm in LEGAL.map(|row| row.0).into_iter().chain(RSA).chain(OTHERS) {
            let row = LEGAL.iter().find(|row| row.0 == algorithm);
            for key_type in 0..9 {
                for (first, second) in
                    firsts.clone().flat_map(|first| seconds.clone().map(move |s| (first, s)))
                {
                    let third = second;
                    let encoded = key(&[
                        (1, Int(key_type)),
                        (3, Int(algorithm)),
                        (-1, first),
                        (-2, second),
                        (-3, third),
                    ]);
                    let legal = match (row, first, second) {
                        (Some((_, kty @ 7, _, len, _)), Bytes(pub_key), _) => {
                            key_type == *kty && pub_key.len() == *len
                        }
                        (Some((_, kty, curve, len, _)), Int(crv), Bytes(x)) => {
                            key_type == *kty && crv == *curve && x.len() == *len
                        }
                        (None, Bytes(n), Bytes(e)) => {
                            RSA.contains(&algorithm)
                                && key_type == 3
                                && n.len() == 256
                                && e.len() == 3
                        }
                        _ => false,
                    };
                    let result = parse_all(&encoded);
                    if !SUPPORTED.contains(&algorithm) {
                        assert_eq!(result.err(), Some(Error::AlgorithmUnsupported), "{algorithm}");
                    } else if legal {
                        assert_eq!(result.map(|key| key.algorithm()), Ok(algorithm));
                        keys += 1;
                    } else {
                        let error = result.err();
                        assert!(
                            matches!(error, Some(Error::CoseKeyMismatch | Error::CoseKeyMalformed)),
                            "{algorithm} {key_type} {first:?} {second:?}"
                        );
                    }
                }
            }
        }
        // One cell for each key with a curve; RSA keys have one too; the second parameter of ML-DSA keys is ignored.
        let expected =
            SUPPORTED.iter().map(|number| if (-50..=-48).contains(number) { 7 } else { 1 });
        assert_eq!(keys, expected.sum::<usize>());
    }

    #[test]
    fn errors_tell_a_wrong_kind_from_a_wrong_form() {
        for (algorithm, key_type, curve, len, has_y) in LEGAL {
            if !SUPPORTED.contains(&algorithm) || key_type == 7 {
                continue;
            }
            let x = [1; 66];
            let error = |kty, crv, x, y| {
                let mut parameters =
                    vec![(1, Int(kty)), (3, Int(algorithm)), (-1, Int(crv)), (-2, x)];
                parameters.extend(has_y.then_some((-3, y)));
                parse_all(&key(&parameters)).err()
            };
            let good = Bytes(&x[..len]);
            assert_eq!(error(key_type, curve, good, good), None);
            assert_eq!(error(3 - key_type, curve, good, good), Some(Error::CoseKeyMismatch));
            assert_eq!(error(key_type, curve + 1, good, good), Some(Error::CoseKeyMismatch));
            let short = Bytes(&x[..len - 1]);
            assert_eq!(error(key_type, curve, short, good), Some(Error::CoseKeyMalformed));
            assert_eq!(error(key_type, curve, Bool, good), Some(Error::CoseKeyMalformed));
            if has_y {
                assert_eq!(error(key_type, curve, good, short), Some(Error::CoseKeyMalformed));
                assert_eq!(error(key_type, curve, good, Bool), Some(Error::CoseKeyMalformed));
            }
        }
    }

    #[test]
    fn preferences_and_offers_are_what_is_built_in() {
        let numbers: Vec<i64> = TABLE.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers.len(), LEGAL.len() + RSA.len());
        for (i, number) in numbers.iter().enumerate() {
            assert!(!numbers[..i].contains(number), "{number} stands twice");
            assert_eq!(Scheme::built_in(*number).is_some(), SUPPORTED.contains(number));
        }
        assert!(OTHERS.iter().all(|number| Scheme::built_in(*number).is_none()));
        let usual = [-8, -7, -257];
        let offered: Vec<i64> = usual.into_iter().filter(|n| SUPPORTED.contains(n)).collect();
        assert_eq!(DEFAULT_OFFER, offered);
        assert_eq!(SUPPORTED[..offered.len()], offered[..]);
    }

    #[test]
    fn each_number_has_its_hash() {
        use Hash::{Sha256, Sha384, Sha512};
        for (number, scheme) in TABLE {
            let hash = match scheme {
                Scheme::EcDsa(_, hash) | Scheme::Pkcs1(hash) | Scheme::Pss(hash) => *hash,
                Scheme::EdDsa(_) | Scheme::MlDsa(_) => continue,
            };
            let expected = match number {
                -7 | -9 | -47 | -37 | -257 => Sha256,
                -35 | -51 | -38 | -258 => Sha384,
                -36 | -52 | -39 | -259 => Sha512,
                _ => unreachable!("{number}"),
            };
            assert_eq!(hash, expected, "{number}");
            let pss = (-39..=-37).contains(number);
            assert_eq!(matches!(scheme, Scheme::Pss(_)), pss, "{number}");
            assert_eq!(matches!(scheme, Scheme::Pkcs1(_)), *number < -256, "{number}");
        }
    }

    #[test]
    fn parts_are_the_key_without_its_algorithm() {
        let bytes = [1; 2592];
        let n = modulus();
        let all = [
            KeyParts::Ec { curve: Curve::P256, x: &bytes[..32], y: &bytes[..32] },
            KeyParts::Ec { curve: Curve::P384, x: &bytes[..48], y: &bytes[..48] },
            KeyParts::Ec { curve: Curve::P521, x: &bytes[..66], y: &bytes[..66] },
            KeyParts::Ec { curve: Curve::Secp256k1, x: &bytes[..32], y: &bytes[..32] },
            KeyParts::Okp { curve: Curve::Ed25519, x: &bytes[..32] },
            KeyParts::Okp { curve: Curve::Ed448, x: &bytes[..57] },
            KeyParts::Rsa { n: &n, e: &[3] },
            KeyParts::Akp { key: &bytes[..1312] },
            KeyParts::Akp { key: &bytes[..1952] },
            KeyParts::Akp { key: &bytes[..2592] },
        ];
        for algorithm in LEGAL.map(|row| row.0).into_iter().chain(RSA) {
            let keys: Vec<PublicKey<'_>> = all
                .iter()
                .filter_map(|parts| match PublicKey::from_parts(algorithm, *parts) {
                    Ok(key) => {
                        assert_eq!((key.algorithm(), key.parts()), (algorithm, *parts));
                        Some(key)
                    }
                    Err(error) => {
                        let expected = match parts {
                            _ if !SUPPORTED.contains(&algorithm) => Error::AlgorithmUnsupported,
                            KeyParts::Akp { .. } if (-50..=-48).contains(&algorithm) => {
                                Error::CoseKeyMalformed
                            }
                            _ => Error::CoseKeyMismatch,
                        };
                        assert_eq!(error, expected, "{algorithm} {parts:?}");
                        None
                    }
                })
                .collect();
            assert_eq!(keys.len(), usize::from(SUPPORTED.contains(&algorithm)), "{algorithm}");
        }
        // An Edwards curve has no uncompressed points, nor a Weierstrass curve bare x.
        let wrong = KeyParts::Ec { curve: Curve::Ed25519, x: &bytes[..32], y: &bytes[..32] };
        assert!(PublicKey::from_parts(EDDSA, wrong).is_err());
        let wrong = KeyParts::Okp { curve: Curve::P256, x: &bytes[..32] };
        assert!(PublicKey::from_parts(ES256, wrong).is_err());
    }

    #[test]
    fn rsa_keys_are_bounded() {
        let sound = |n: &[u8], e: &[u8], min| match check_rsa(n, e, min) {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error, Error::CoseKeyMalformed);
                false
            }
        };
        let number = |high: u8, len: usize| [&[high], &[0xff; 1024][..len - 1]].concat();
        for (high, len, expected) in [
            (0x7f, 256, false),
            (0x80, 256, true),
            (0x03, 436, true),
            (0xff, 1024, true),
            (0x01, 1025, false),
            (0x00, 257, false),
        ] {
            assert_eq!(sound(&number(high, len), &[1, 0, 1], 3), expected, "{high:x} {len}");
        }
        let mut even = modulus();
        even[255] = 0xfe;
        assert!(!sound(&even, &[1, 0, 1], 3));
        assert!(!sound(&[], &[1, 0, 1], 3));
        for (e, credential, certificate) in [
            (&[][..], false, false),
            (&[0], false, false),
            (&[1], false, false),
            (&[2], false, false),
            (&[3], false, true),
            (&[0, 3], false, false),
            (&[0xff, 0xff], false, true),
            (&[1, 0, 0], false, false),
            (&[1, 0, 1], true, true),
            (&[0, 1, 0, 1], false, false),
            (&[1, 0, 2], false, false),
            (&[1, 0xff, 0xff, 0xff, 0xff], true, true),
            (&[2, 0, 0, 0, 1], false, false),
            (&[0, 0, 0, 0, 0, 0, 1, 0, 1], false, false),
        ] {
            assert_eq!(sound(&modulus(), e, 65537), credential, "{e:x?}");
            assert_eq!(sound(&modulus(), e, 3), certificate, "{e:x?}");
        }
    }

    #[test]
    #[cfg(feature = "rsassa-pkcs1")]
    fn a_credential_has_a_large_exponent_and_a_certificate_may_not() {
        let n = modulus();
        let encoded = |e| key(&[(1, Int(3)), (3, Int(RS256)), (-1, Bytes(&n)), (-2, Bytes(e))]);
        assert!(parse_all(&encoded(&[1, 0, 1])).is_ok());
        assert_eq!(parse_all(&encoded(&[3])).err(), Some(Error::CoseKeyMalformed));
        assert!(PublicKey::from_parts(RS256, KeyParts::Rsa { n: &n, e: &[3] }).is_ok());
        assert_eq!(
            PublicKey::from_parts(RS256, KeyParts::Rsa { n: &n, e: &[1] }).err(),
            Some(Error::CoseKeyMalformed)
        );
    }
}
