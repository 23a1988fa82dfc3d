//! HMAC as RFC 2104 writes it, and codes as the reference code of RFC 4226 §5.4 makes them: by an index and a remainder.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The authentication code of a message.
pub(crate) fn hmac(algorithm: &str, key: &[u8], message: &[u8]) -> Result<Vec<u8>, String> {
    match algorithm {
        "SHA1" => Ok(keyed::<Sha1>(64, key, message)),
        "SHA256" => Ok(keyed::<Sha256>(64, key, message)),
        "SHA512" => Ok(keyed::<Sha512>(128, key, message)),
        other => Err(format!("no such hash: {other}")),
    }
}

fn keyed<H: Digest>(block: usize, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut padded = if key.len() > block { H::digest(key).to_vec() } else { key.to_vec() };
    padded.resize(block, 0);
    let pad = |byte: u8| -> Vec<u8> { padded.iter().map(|b| b ^ byte).collect() };
    let inner = H::new().chain_update(pad(0x36)).chain_update(message).finalize();
    H::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// The digits of an authentication code.
pub(crate) fn truncate(tag: &[u8], digits: u64) -> Result<String, String> {
    let last = *tag.last().ok_or("no tag")?;
    let offset = usize::from(last & 15);
    let four = tag.get(offset..offset + 4).ok_or("the tag is too short")?;
    let number = four.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte)) & 0x7fff_ffff;
    let width = usize::try_from(digits).map_err(|e| e.to_string())?;
    let modulus = 10_u64.checked_pow(u32::try_from(digits).map_err(|e| e.to_string())?);
    Ok(format!("{:0width$}", number % modulus.ok_or("too many digits")?))
}

/// The code at a counter.
pub(crate) fn code(
    algorithm: &str,
    key: &[u8],
    counter: u64,
    digits: u64,
) -> Result<String, String> {
    truncate(&hmac(algorithm, key, &counter.to_be_bytes())?, digits)
}

/// What a person typed, without the spaces and hyphens in it.
pub(crate) fn typed(code: &[u8]) -> Result<String, String> {
    let kept: Vec<u8> = code.iter().copied().filter(|b| !matches!(b, b' ' | b'-')).collect();
    if kept.iter().all(u8::is_ascii_digit) {
        String::from_utf8(kept).map_err(|error| error.to_string())
    } else {
        Err("a code with something else than digits, spaces and hyphens".to_owned())
    }
}

/// RFC 3986 §2.3: everything but the unreserved characters, byte by byte.
pub(crate) fn percent_encoded(text: &str) -> String {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let encoded = text.bytes().map(|byte| match unreserved(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

/// Steam's symbols of a number: remainders of 26, the lowest first.
const STEAM: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// The Steam code of a step.
pub(crate) fn steam_code(key: &[u8], step: u64) -> Result<String, String> {
    // Ten digits are the whole number.
    let mut number: usize = code("SHA1", key, step, 10)?.parse().map_err(|_| "no number")?;
    let mut text = String::new();
    for _ in 0..5 {
        text.push(char::from(STEAM[number % 26]));
        number /= 26;
    }
    Ok(text)
}

/// What a person typed of a Steam code, in capitals.
pub(crate) fn steam_typed(code: &[u8]) -> Result<String, String> {
    let kept = code.iter().filter(|byte| !matches!(byte, b' ' | b'-'));
    let kept: Vec<u8> = kept.map(u8::to_ascii_uppercase).collect();
    if kept.iter().all(|byte| STEAM.contains(byte)) {
        String::from_utf8(kept).map_err(|error| error.to_string())
    } else {
        Err("a code with something else than Steam's symbols".to_owned())
    }
}
