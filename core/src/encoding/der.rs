//! The DER form of an ECDSA signature: `SEQUENCE { INTEGER r, INTEGER s }`.
//!
//! WebAuthn Level 3 §6.5.5, X.690 §10. Invariant: DER only; one signature has one encoding. Leaks: nothing secret here.

use super::reader::Reader;
use crate::error::Error;

/// Reads `r` and `s` as unsigned big-endian numbers of the curve's size. Their range is the curve's to check.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn read_ecdsa<const N: usize>(der: &[u8]) -> Result<([u8; N], [u8; N]), Error> {
    let mut outer = Reader::new(der);
    let signature = (|| {
        let mut body = Reader::new(element(&mut outer, 0x30)?);
        let r = unsigned(element(&mut body, 0x02)?)?;
        let s = unsigned(element(&mut body, 0x02)?)?;
        (outer.rest().is_empty() && body.rest().is_empty()).then_some((r, s))
    })();
    signature.ok_or(Error::SignatureMalformed)
}

/// [`read_ecdsa`] for P-256.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn read_ecdsa_p256(der: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    read_ecdsa(der)
}

/// The content of an element with this tag. Two numbers of P-521 take up to 136 bytes, which need the long form of one byte;
/// no longer one is taken, nor the long form where the short one would do.
fn element<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<&'a [u8]> {
    if reader.u8()? != tag {
        return None;
    }
    let len = match reader.u8()? {
        short @ ..=0x7f => short,
        0x81 => reader.u8().filter(|len| *len >= 0x80)?,
        _ => return None,
    };
    reader.take(usize::from(len))
}

/// A non-negative, minimally encoded integer of at most `N` bytes.
fn unsigned<const N: usize>(content: &[u8]) -> Option<[u8; N]> {
    let magnitude = match content {
        [] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => return None,
        [0, rest @ ..] => rest,
        all => all,
    };
    let mut number = [0; N];
    let start = number.len().checked_sub(magnitude.len())?;
    number.get_mut(start..)?.copy_from_slice(magnitude);
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn only_der_is_read() {
        let number = |n: u8| core::array::from_fn(|i| if i == 31 { n } else { 0 });
        assert_eq!(read_ecdsa::<32>(&[0x30, 6, 2, 1, 1, 2, 1, 2]), Ok((number(1), number(2))));
        assert_eq!(
            read_ecdsa::<32>(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 0]),
            Ok((number(0x80), number(0)))
        );
        let refused: [&[u8]; 14] = [
            &[],
            &[0x30],
            &[0x30, 6, 2, 1, 1, 2, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 7, 2, 1, 1, 2, 1, 2, 0],
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 2],
            &[0x30, 6, 2, 1, 0x81, 2, 1, 2],
            &[0x30, 5, 2, 0, 2, 1, 2],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 7, 2, 0x81, 1, 1, 2, 1, 2],
            &[0x30, 0x80, 2, 1, 1, 2, 1, 2, 0, 0],
            &[0x31, 6, 2, 1, 1, 2, 1, 2],
            &[0x30, 6, 3, 1, 1, 2, 1, 2],
            &[0x30, 8, 2, 3, 0, 0, 1, 2, 1, 2],
        ];
        for der in refused {
            assert_eq!(read_ecdsa::<32>(der), Err(Error::SignatureMalformed), "{der:x?}");
        }
    }

    #[test]
    fn lengths_are_in_the_shortest_form() {
        // r and s of as many bytes as fill a SEQUENCE of this length.
        let body = |len: usize| -> Vec<u8> {
            let (r, s) = (len / 2 - 2, len - len / 2 - 2);
            let number = |n: usize| [&[2, u8::try_from(n).unwrap()], &[1; 66][..n]].concat();
            [number(r), number(s)].concat()
        };
        let signature = |head: &[u8], len| [head, &body(len)].concat();
        let accepted = |der: &[u8]| read_ecdsa::<66>(der).is_ok();
        assert!(accepted(&signature(&[0x30, 127], 127)));
        assert!(accepted(&signature(&[0x30, 0x81, 128], 128)));
        assert!(accepted(&signature(&[0x30, 0x81, 136], 136)));
        assert!(!accepted(&signature(&[0x30, 0x81, 127], 127)));
        assert!(!accepted(&signature(&[0x30, 0x82, 0, 128], 128)));
        assert!(!accepted(&signature(&[0x30, 128], 128)));
        assert!(!accepted(&signature(&[0x30, 0x81, 129], 128)));
        assert!(!accepted(&signature(&[0x30, 0x81, 127], 128)));
        assert!(read_ecdsa::<48>(&signature(&[0x30, 0x81, 136], 136)).is_err());
    }
}
