//! JSON Web Signatures with certificates: RFC 7515, compact serialisation.
//!
//! What SafetyNet answers (WebAuthn Level 3 §8.5) and what FIDO publishes (Metadata Service 3 §3.1.7) are such texts. The key
//! is the first certificate's in the header's `x5c`, and nothing else in the header may bring or fetch a key. Invariant: a
//! [`Signed`] carries what its leaf certificate's key signed; whether anyone trusts that certificate is for
//! [`path`](super::path) to say. Leaks: nothing secret here.

use super::Tolerances;
use super::certificate::{Certificate, MAX_LEN, MAX_PATH};
use crate::crypto;
use crate::encoding::{base64url, json};
use crate::error::Error;
use alloc::vec::Vec;

/// The longest header: the most certificates of the largest size, in base64 and that in base64url, and as much again for the
/// other members as one certificate takes.
const MAX_HEADER: usize = MAX_LEN / 9 * 16 * (MAX_PATH + 1);

/// What the key of the first certificate signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The content.
    pub payload: Vec<u8>,
    /// The certificates (DER), the signer's first. Not followed to an anchor yet.
    pub certificates: Vec<Vec<u8>>,
}

/// Reads a compact JWS and verifies its signature with the key of the first certificate in its header.
///
/// # Errors
///
/// `malformed` for what is not such a text, or whose header asks for no signature, for a shared key, or for a key that is not
/// certified. [`Error::AlgorithmUnsupported`], [`Error::AttestationStatementMismatch`] if the key is not one for the header's
/// algorithm, [`Error::SignatureMalformed`], [`Error::SignatureInvalid`], and those of [`Certificate::parse`].
pub fn verify(text: &[u8], malformed: Error, tolerances: Tolerances) -> Result<Signed, Error> {
    let parts = Parts::split(text).ok_or(malformed)?;
    let header = decode(parts.header).ok_or(malformed)?;
    let (algorithm, certificates) = read_header(&header, malformed)?;
    let signature = decode(parts.signature).ok_or(malformed)?;
    let leaf = certificates.first().ok_or(malformed)?;
    let key = Certificate::parse(leaf, tolerances)?.public_key(algorithm.cose)?;
    match algorithm.scalar_len {
        Some(len) => crypto::verify(&key, &[parts.signed], &ecdsa_der(&signature, len)?)?,
        None => crypto::verify(&key, &[parts.signed], &signature)?,
    }
    Ok(Signed { payload: decode(parts.payload).ok_or(malformed)?, certificates })
}

/// The certificates (DER) in the header of a compact JWS that nobody has verified: for finding out what is known of its signer.
#[must_use]
pub fn unverified_certificates(text: &[u8]) -> Vec<Vec<u8>> {
    let header = Parts::split(text).and_then(|parts| decode(parts.header));
    let read = header.and_then(|header| read_header(&header, Error::CertificateMalformed).ok());
    read.map_or_else(Vec::new, |(_, certificates)| certificates)
}

/// The three parts of the text, still encoded.
struct Parts<'t> {
    header: &'t [u8],
    payload: &'t [u8],
    signature: &'t [u8],
    /// Header and payload with the dot between them.
    signed: &'t [u8],
}

impl<'t> Parts<'t> {
    fn split(text: &'t [u8]) -> Option<Self> {
        let mut parts = text.split(|byte| *byte == b'.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || header.len() > MAX_HEADER {
            return None;
        }
        let signed = text.get(..header.len().checked_add(1)?.checked_add(payload.len())?)?;
        Some(Self { header, payload, signature, signed })
    }
}

/// A signature algorithm: RFC 7518 §3.1, RFC 8037 §3.1.
struct Algorithm {
    name: &'static str,
    cose: i64,
    /// How many bytes r and s have each, where the signature is a pair.
    scalar_len: Option<usize>,
}

const ALGORITHMS: [Algorithm; 10] = [
    Algorithm { name: "RS256", cose: -257, scalar_len: None },
    Algorithm { name: "RS384", cose: -258, scalar_len: None },
    Algorithm { name: "RS512", cose: -259, scalar_len: None },
    Algorithm { name: "PS256", cose: -37, scalar_len: None },
    Algorithm { name: "PS384", cose: -38, scalar_len: None },
    Algorithm { name: "PS512", cose: -39, scalar_len: None },
    Algorithm { name: "ES256", cose: -7, scalar_len: Some(32) },
    Algorithm { name: "ES384", cose: -35, scalar_len: Some(48) },
    Algorithm { name: "ES512", cose: -36, scalar_len: Some(66) },
    Algorithm { name: "EdDSA", cose: -8, scalar_len: None },
];

/// Names that ask for no signature or for a key that both sides share: never a matter of what is built in.
const NO_SIGNATURE: [&str; 4] = ["none", "HS256", "HS384", "HS512"];

/// Members that bring or fetch a key (`jwk`, `jku`, `x5u`), or that say that the rest means something else (`crit`).
const REFUSED: [&str; 4] = ["jwk", "jku", "x5u", "crit"];

fn read_header(
    header: &[u8],
    malformed: Error,
) -> Result<(&'static Algorithm, Vec<Vec<u8>>), Error> {
    let header = json::read_all(header).map_err(|_| malformed)?;
    let members = header.members(["alg", "x5c"]).map_err(|_| malformed)?.ok_or(malformed)?;
    let refused = |(name, _): (json::Str<'_>, _)| REFUSED.iter().any(|r| name == **r);
    if header.as_object().is_none_or(|mut members| members.any(refused)) {
        return Err(malformed);
    }
    let [algorithm, certificates] = members;
    let name = algorithm.and_then(|a| a.as_str()).ok_or(malformed)?;
    if NO_SIGNATURE.iter().any(|n| name == **n) {
        return Err(malformed);
    }
    let algorithm =
        ALGORITHMS.iter().find(|a| name == *a.name).ok_or(Error::AlgorithmUnsupported)?;
    let certificates = certificates.and_then(|c| c.as_array()).ok_or(malformed)?;
    let certificates: Option<Vec<_>> = certificates
        .take(MAX_PATH.saturating_add(1))
        .map(|c| from_base64(c.as_str()?.bytes(), MAX_LEN))
        .collect();
    let certificates = certificates
        .filter(|c| (1..=MAX_PATH).contains(&c.len()) && c.iter().all(|c| !c.is_empty()))
        .ok_or(malformed)?;
    Ok((algorithm, certificates))
}

/// The DER form of a signature that is r and s side by side (RFC 7518 §3.4).
fn ecdsa_der(signature: &[u8], scalar_len: usize) -> Result<Vec<u8>, Error> {
    let (r, s) = signature
        .split_at_checked(scalar_len)
        .filter(|(_, s)| s.len() == scalar_len)
        .ok_or(Error::SignatureMalformed)?;
    let mut numbers = Vec::new();
    for number in [r, s] {
        let first = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
        let magnitude = number.get(first..).unwrap_or_default();
        // A zero, or a byte that keeps the number from being negative.
        let padded = magnitude.first().is_none_or(|byte| *byte >= 0x80);
        push_header(&mut numbers, 0x02, magnitude.len().saturating_add(usize::from(padded)))?;
        if padded {
            numbers.push(0);
        }
        numbers.extend_from_slice(magnitude);
    }
    let mut der = Vec::new();
    push_header(&mut der, 0x30, numbers.len())?;
    der.append(&mut numbers);
    Ok(der)
}

/// A tag, and a length of one byte: two numbers of P-521 need no more.
fn push_header(der: &mut Vec<u8>, tag: u8, len: usize) -> Result<(), Error> {
    let len = u8::try_from(len).map_err(|_| Error::SignatureMalformed)?;
    der.push(tag);
    if len >= 0x80 {
        der.push(0x81);
    }
    der.push(len);
    Ok(())
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = alloc::vec![0; base64url::decoded_len(text.len())?];
    base64url::decode(text, &mut bytes).ok()?;
    Some(bytes)
}

/// The bytes of a base64 text (RFC 4648 §4) in its one canonical form, padding included, if there are at most `max_len`.
#[must_use]
pub fn from_base64(text: impl Iterator<Item = u8>, max_len: usize) -> Option<Vec<u8>> {
    let max_symbols = max_len.div_ceil(3).saturating_mul(4);
    let mut symbols = Vec::new();
    for symbol in text.take(max_symbols.saturating_add(1)) {
        symbols.push(match symbol {
            b'+' => b'-',
            b'/' => b'_',
            b'-' | b'_' => return None,
            other => other,
        });
    }
    if symbols.len() > max_symbols || symbols.len() % 4 != 0 {
        return None;
    }
    // At most two, and only at the end: the decoder refuses any that is left.
    for _ in 0..2 {
        if symbols.last() == Some(&b'=') {
            symbols.pop();
        }
    }
    decode(&symbols).filter(|bytes| bytes.len() <= max_len)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::fixture::key;
    use super::*;
    use mfakit_testing::android::{jws, jws_header};
    use mfakit_testing::keys::Key;
    use mfakit_testing::text::base64url;
    use mfakit_testing::x509;
    use std::format;
    use std::string::String;

    const MALFORMED: Error = Error::MetadataMalformed;

    fn read(text: &str) -> Result<Signed, Error> {
        verify(text.as_bytes(), MALFORMED, Tolerances::default())
    }

    fn certificate(key: &Key) -> Vec<u8> {
        let name = x509::name(&x509::attributes("a", "b", "c", "DE"));
        x509::Certificate::new(&[1], &name, &name, key).sign(key)
    }

    /// A JWS by the key, whose header is made of the text of an `x5c`.
    fn with_header(header: impl FnOnce(&str) -> String) -> Result<Signed, Error> {
        let signer = key(1);
        let whole = jws_header("ES256", &[certificate(&signer)]);
        let x5c = &whole[whole.find('[').unwrap()..=whole.find(']').unwrap()];
        read(&jws(&header(x5c), "{}", &signer))
    }

    #[test]
    fn what_the_leaf_signed_is_read() {
        let (leaf, other) = (key(1), key(2));
        let certificates = [certificate(&leaf), certificate(&other)];
        let text = jws(&jws_header("ES256", &certificates), r#"{"a":1}"#, &leaf);
        let signed = read(&text).unwrap();
        assert_eq!(
            signed,
            Signed { payload: br#"{"a":1}"#.to_vec(), certificates: certificates.into() }
        );
        // Only the first certificate's key counts.
        let text = jws(&jws_header("ES256", &signed.certificates), "{}", &other);
        assert_eq!(read(&text), Err(Error::SignatureInvalid));
    }

    #[cfg(feature = "rsassa-pkcs1")]
    #[test]
    fn rsa_signatures_are_taken_as_they_stand() {
        let rsa = Key::Rsa(mfakit_testing::rsa::RsaKey::mersenne(-257, 1279, 2203));
        let text = jws(&jws_header("RS256", &[certificate(&rsa)]), "{}", &rsa);
        assert_eq!(read(&text).unwrap().payload, b"{}");
        // The same key under the name of another hash.
        let text = jws(&jws_header("RS512", &[certificate(&rsa)]), "{}", &rsa);
        assert_eq!(read(&text), Err(Error::SignatureInvalid));
    }

    #[test]
    fn anything_but_three_parts_is_malformed() {
        let signer = key(1);
        let good = jws(&jws_header("ES256", &[certificate(&signer)]), "{}", &signer);
        let (header, rest) = good.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        for bad in [
            "",
            ".",
            "..",
            &good[..good.rfind('.').unwrap()],
            &format!("{good}."),
            &format!("{good}.e30"),
            &format!(" {good}"),
            &format!("{good}\n"),
            &format!("{good}="),
            &format!(".{payload}.{signature}"),
            &format!("{header}.{payload}.{}", signature.replace(|_| true, "+")),
            &format!("{}.{payload}.{signature}", base64url(b"{")),
            &format!("{}.{payload}.{signature}", base64url(b"[]")),
            &format!("{}.{payload}.{signature}", "A".repeat(MAX_HEADER + 4)),
        ] {
            assert_eq!(read(bad), Err(MALFORMED), "{bad}");
        }
        // A payload that is no base64url, though it is signed.
        let signed = format!("{header}.e3");
        let (r, s) = signer.es256().sign(signed.as_bytes());
        assert_eq!(read(&format!("{signed}.{}", base64url(&[r, s].concat()))), Err(MALFORMED));
    }

    #[test]
    fn the_header_names_an_algorithm_and_certificates_and_no_other_key() {
        assert!(
            with_header(|x5c| format!(r#"{{"alg":"ES256","x5c":{x5c},"typ":"JWT","kid":"1"}}"#))
                .is_ok()
        );
        for name in ["none", "HS256", "HS384", "HS512"] {
            let refused = with_header(|x5c| format!(r#"{{"alg":"{name}","x5c":{x5c}}}"#));
            assert_eq!(refused, Err(MALFORMED), "{name}");
        }
        for name in ["None", "es256", "ES256K", "RSA-OAEP", ""] {
            let refused = with_header(|x5c| format!(r#"{{"alg":"{name}","x5c":{x5c}}}"#));
            assert_eq!(refused, Err(Error::AlgorithmUnsupported), "{name}");
        }
        for member in [
            r#""jwk":{}"#,
            r#""jku":"https://example.org""#,
            r#""x5u":"https://example.org""#,
            r#""crit":["b64"]"#,
            r#""\u006awk":{}"#,
            r#""alg":"ES256""#,
            r#""x5c":[]"#,
        ] {
            let refused = with_header(|x5c| format!(r#"{{"alg":"ES256","x5c":{x5c},{member}}}"#));
            assert_eq!(refused, Err(MALFORMED), "{member}");
        }
        for header in [r#"{"alg":"ES256"}"#, r#"{"alg":7,"x5c":[]}"#, r#"{"x5c":[]}"#] {
            assert_eq!(with_header(|_| header.into()), Err(MALFORMED), "{header}");
        }
        for x5c in [
            r#""MA==""#,
            "{}",
            "[]",
            "[1]",
            r#"[""]"#,
            r#"["MA="]"#,
            r#"["-_8="]"#,
            r#"["MA==\n"]"#,
        ] {
            let refused = with_header(|_| format!(r#"{{"alg":"ES256","x5c":{x5c}}}"#));
            assert_eq!(refused, Err(MALFORMED), "{x5c}");
        }
        let refused = with_header(|_| r#"{"alg":"ES256","x5c":["MAA="]}"#.into());
        assert_eq!(refused, Err(Error::CertificateMalformed));
    }

    #[test]
    fn at_most_eight_certificates_are_read() {
        let signer = key(1);
        let many =
            |n| jws(&jws_header("ES256", &std::vec![certificate(&signer); n]), "{}", &signer);
        assert_eq!(read(&many(8)).unwrap().certificates.len(), 8);
        assert_eq!(read(&many(9)), Err(MALFORMED));
    }

    #[test]
    fn the_algorithm_is_the_keys() {
        let signer = key(1);
        let text = jws(&jws_header("RS256", &[certificate(&signer)]), "{}", &signer);
        // Without RSA in the build there is no such algorithm at all.
        let expected = if cfg!(feature = "rsassa-pkcs1") {
            Error::AttestationStatementMismatch
        } else {
            Error::CertificateAlgorithmUnsupported
        };
        assert_eq!(read(&text), Err(expected));
    }

    #[test]
    fn a_pair_of_numbers_has_exactly_its_length() {
        let signer = key(1);
        let good = jws(&jws_header("ES256", &[certificate(&signer)]), "{}", &signer);
        let (signed, _) = good.rsplit_once('.').unwrap();
        let (r, s) = signer.es256().sign(signed.as_bytes());
        let with = |signature: &[u8]| read(&format!("{signed}.{}", base64url(signature)));
        assert!(with(&[r, s].concat()).is_ok());
        for bad in
            [&[][..], &r, &[&r[..], &s[..31]].concat(), &[&r[..], &s, &[0]].concat(), &[0; 64]]
        {
            assert_eq!(with(bad), Err(Error::SignatureMalformed), "{}", bad.len());
        }
        // The form that certificates have is not the one of RFC 7518.
        assert_eq!(with(&signer.sign(signed.as_bytes())), Err(Error::SignatureMalformed));
    }

    #[test]
    fn pairs_become_der() {
        assert_eq!(ecdsa_der(&[0, 1, 0x80, 0], 2).unwrap(), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]);
        assert_eq!(ecdsa_der(&[0, 0], 1).unwrap(), [0x30, 6, 2, 1, 0, 2, 1, 0]);
        let long = ecdsa_der(&[0xff; 132], 66).unwrap();
        assert_eq!((&long[..6], long.len()), (&[0x30, 0x81, 138, 2, 67, 0][..], 141));
    }

    #[test]
    fn base64_has_one_form() {
        let read = |text: &str| from_base64(text.bytes(), 4);
        assert_eq!(read("+/8=").unwrap(), [0xfb, 0xff]);
        assert_eq!(read("AAAAAA==").unwrap(), [0; 4]);
        assert!(read("").unwrap().is_empty());
        for bad in [
            "A", "AA", "AA=", "AA===", "====", "=AAA", "AA=A", "AB==", "-_8=", "AA==\n", "AAAAAAA=",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
