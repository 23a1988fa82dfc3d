//! `encoding::cose` and the check of keys against the parameters that ciborium finds and the points that p256 takes.

use crate::{authenticator, cbor as reference_cbor};
use ciborium::Value as Ciborium;
use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::encoding::cose::{self, PublicKey};

/// The coordinates of an ES256 key, or why there are none: not canonical CBOR, or the first parameter that is wrong.
///
/// # Errors
///
/// As `cose::parse_all`; `None` where the error is one of CBOR's own.
pub fn reference(encoding: &[u8]) -> Result<([u8; 32], [u8; 32]), Option<Error>> {
    match reference_cbor::reference(encoding, Limits::CTAP2) {
        Some((_, _, [])) => {}
        _ => return Err(None),
    }
    let key: Ciborium = ciborium::from_reader(encoding).expect("the reference reader accepts less");
    let parameter = |label: i64| {
        let entries = key.as_map()?;
        let entry = entries.iter().find(|(k, _)| *k == Ciborium::from(label))?;
        Some(entry.1.clone())
    };
    let integer = |label| {
        let number = parameter(label).and_then(|v| v.as_integer());
        number.and_then(|n| i64::try_from(n).ok()).ok_or(Some(Error::CoseKeyMalformed))
    };
    if integer(3)? != -7 {
        return Err(Some(Error::AlgorithmUnsupported));
    }
    if encoding.len() > cose::MAX_LEN {
        return Err(Some(Error::CoseKeyMalformed));
    }
    let kty_matches = integer(1)? == 2;
    if !kty_matches || integer(-1)? != 1 {
        return Err(Some(Error::CoseKeyMismatch));
    }
    let coordinate = |label| {
        let value = parameter(label).ok_or(Some(Error::CoseKeyMalformed))?;
        let bytes = value.as_bytes().ok_or(Some(Error::CoseKeyMalformed))?;
        <[u8; 32]>::try_from(&bytes[..]).map_err(|_| Some(Error::CoseKeyMalformed))
    };
    Ok((coordinate(-2)?, coordinate(-3)?))
}

/// Whether p256 takes the point.
#[must_use]
pub fn verifying_key(x: &[u8; 32], y: &[u8; 32]) -> Option<p256::ecdsa::VerifyingKey> {
    let point = p256::Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
    p256::ecdsa::VerifyingKey::from_sec1_point(&point).ok()
}

/// Whether core takes the key; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let ours = cose::parse_all(data);
    match (reference(data), &ours) {
        (Ok((x, y)), Ok(key @ PublicKey::Es256 { x: our_x, y: our_y })) => {
            assert_eq!((x, y), (**our_x, **our_y));
            assert_eq!(key.algorithm(), -7);
            let on_curve = verifying_key(&x, &y).is_some();
            let expected = if on_curve { Ok(()) } else { Err(Error::CosePointInvalid) };
            assert_eq!(crypto::check_key(key), expected);
            on_curve
        }
        (Err(Some(expected)), Err(error)) => {
            assert_eq!(*error, expected);
            false
        }
        (Err(None), Err(error)) => {
            assert!(error.code().starts_with("cbor_"), "{error:?}");
            false
        }
        (expected, ours) => panic!("{expected:?} {ours:?}"),
    }
}

/// A good key, and one for each parameter that can be wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let good = authenticator::public_key();
    let mut seeds = vec![good.clone()];
    // The values of kty, alg and crv, and a byte of each coordinate.
    for at in [2, 4, 6, 20, 60] {
        let mut wrong = good.clone();
        wrong[at] ^= 1;
        seeds.push(wrong);
    }
    seeds
}
