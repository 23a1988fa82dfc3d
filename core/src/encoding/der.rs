//! The DER form of an ECDSA signature: `SEQUENCE { INTEGER r, INTEGER s }`.
//!
//! WebAuthn Level 3 §6.5.5, X.690 §10. Invariant: DER only; one signature has one encoding. Leaks: nothing secret here.

use super::reader::Reader;
use crate::error::Error;

/// Reads `r` and `s` as unsigned 32-byte big-endian numbers. Their range is the curve's to check.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn read_ecdsa_p256(der: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    let mut outer = Reader::new(der);
    let signature = (|| {
        let mut body = Reader::new(element(&mut outer, 0x30)?);
        let r = unsigned(element(&mut body, 0x02)?)?;
        let s = unsigned(element(&mut body, 0x02)?)?;
        (outer.rest().is_empty() && body.rest().is_empty()).then_some((r, s))
    })();
    signature.ok_or(Error::SignatureMalformed)
}

/// The content of an element with this tag. Two 33-byte numbers need no long-form length, so none is taken.
fn element<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<&'a [u8]> {
    let found = reader.u8()?;
    let len = reader.u8()?;
    if found != tag || len >= 0x80 {
        return None;
    }
    reader.take(usize::from(len))
}

/// A non-negative, minimally encoded integer of at most 32 bytes.
fn unsigned(content: &[u8]) -> Option<[u8; 32]> {
    let magnitude = match content {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => return None,
        [0, rest @ ..] => rest,
        all => all,
    };
    let mut number = [0; 32];
    let start = number.len().checked_sub(magnitude.len())?;
    number.get_mut(start..)?.copy_from_slice(magnitude);
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_der_is_read() {
        let number = |n: u8| core::array::from_fn(|i| if i == 31 { n } else { 0 });
        assert_eq!(read_ecdsa_p256(&[0x30, 6, 2, 1, 1, 2, 1, 2]), Ok((number(1), number(2))));
        assert_eq!(
            read_ecdsa_p256(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 0]),
            Ok((number(0x80), number(0)))
        );
        let refused: [&[u8]; 13] = [
            &[],
            &[0x30],
            &[0x30, 6, 2, 1, 1, 2, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 7, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 2],
            &[0x30, 6, 2, 1, 0x81, 2, 1, 2],
            &[0x30, 5, 2, 0, 2, 1, 2],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0],
            &[0x31, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 6, 3, 1, 1, 2, 1, 2],
            &[0x30, 8, 2, 3, 0, 0, 1, 2, 1, 2],
        ];
        for der in refused {
            assert_eq!(read_ecdsa_p256(der), Err(Error::SignatureMalformed), "{der:x?}");
        }
    }
}
