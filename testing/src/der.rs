//! DER (X.690): written, never read. What is written may be wrong: a content is taken as it is.

use crate::text::unhex;

/// A DER element, as its encoding.
pub type Element = Vec<u8>;

/// An element with this tag around a content.
#[must_use]
pub fn element(tag: u8, content: &[u8]) -> Element {
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().position(|b| *b != 0).unwrap_or(length.len() - 1)..];
    let mut out = vec![tag];
    if content.len() >= 0x80 {
        out.push(0x80 | u8::try_from(digits.len()).expect("at most eight"));
    }
    [&out, digits, content].concat()
}

/// An INTEGER from its content, whatever that is.
#[must_use]
pub fn integer(content: &[u8]) -> Element {
    element(0x02, content)
}

/// The content of a positive INTEGER: no leading zeros but the one that keeps the sign.
#[must_use]
pub fn positive(number: &[u8]) -> Vec<u8> {
    let first = number.iter().position(|b| *b != 0).unwrap_or(number.len() - 1);
    let digits = &number[first..];
    if digits[0] >= 0x80 { [&[0][..], digits].concat() } else { digits.to_vec() }
}

/// A small INTEGER that is not negative.
#[must_use]
pub fn number(value: u64) -> Element {
    integer(&positive(&value.to_be_bytes()))
}

/// An ENUMERATED.
#[must_use]
pub fn enumerated(value: u8) -> Element {
    element(0x0a, &[value])
}

/// A BOOLEAN.
#[must_use]
pub fn boolean(value: bool) -> Element {
    element(0x01, &[if value { 0xff } else { 0 }])
}

/// A SEQUENCE from its content.
#[must_use]
pub fn sequence(content: &[u8]) -> Element {
    element(0x30, content)
}

/// A SEQUENCE of elements.
#[must_use]
pub fn list(elements: &[Element]) -> Element {
    sequence(&elements.concat())
}

/// A SET of elements, in the order given.
#[must_use]
pub fn set(elements: &[Element]) -> Element {
    element(0x31, &elements.concat())
}

/// An OCTET STRING.
#[must_use]
pub fn octets(content: &[u8]) -> Element {
    element(0x04, content)
}

/// A BIT STRING of whole bytes.
#[must_use]
pub fn bits(content: &[u8]) -> Element {
    element(0x03, &[&[0], content].concat())
}

/// An element in an EXPLICIT tag of the context's class.
#[must_use]
pub fn explicit(tag: u32, content: &[u8]) -> Element {
    match u8::try_from(tag) {
        Ok(small @ 0..=30) => element(0xa0 | small, content),
        _ => {
            // The long form: seven bits a byte, the first bit set in all but the last.
            let mut name: Vec<u8> = (0..5)
                .rev()
                .map(|i| u8::try_from((tag >> (7 * i)) & 0x7f).expect("seven bits"))
                .skip_while(|b| *b == 0)
                .collect();
            let last = name.len() - 1;
            name[..last].iter_mut().for_each(|b| *b |= 0x80);
            let short = element(0, content);
            [&[0xbf][..], &name, &short[1..]].concat()
        }
    }
}

/// NULL.
#[must_use]
pub fn null() -> Element {
    element(0x05, &[])
}

/// A UTF8String.
#[must_use]
pub fn utf8(text: &str) -> Element {
    element(0x0c, text.as_bytes())
}

/// A PrintableString.
#[must_use]
pub fn printable(text: &str) -> Element {
    element(0x13, text.as_bytes())
}

/// An OBJECT IDENTIFIER from its numbers, such as `2.5.4.3`.
///
/// # Panics
///
/// If the text is not one.
#[must_use]
pub fn oid(dotted: &str) -> Element {
    let arcs: Vec<u64> =
        dotted.split('.').map(|arc| arc.parse().expect("a number between dots")).collect();
    let first = arcs[0] * 40 + arcs[1];
    let content: Vec<u8> = [first].iter().chain(&arcs[2..]).flat_map(|arc| base128(*arc)).collect();
    element(0x06, &content)
}

fn base128(value: u64) -> Vec<u8> {
    let mut digits: Vec<u8> = (0..10)
        .rev()
        .map(|i| u8::try_from((value >> (7 * i)) & 0x7f).expect("seven bits"))
        .skip_while(|b| *b == 0)
        .collect();
    if digits.is_empty() {
        digits.push(0);
    }
    let last = digits.len() - 1;
    digits[..last].iter_mut().for_each(|b| *b |= 0x80);
    digits
}

/// An element from its hex.
///
/// # Panics
///
/// If it is not hex.
#[must_use]
pub fn raw(hex: &str) -> Element {
    unhex(hex)
}

/// `Ecdsa-Sig-Value` from r and s, big-endian.
#[must_use]
pub fn signature(r: &[u8], s: &[u8]) -> Element {
    list(&[integer(&positive(r)), integer(&positive(s))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{hex, unhex};

    /// The example of WebAuthn Level 3 §6.5.5: r takes a leading 00, s is 30 bytes long.
    #[test]
    fn the_example_of_the_specification() {
        let r = unhex("89909504e14f1e29dba8158fa7c387e888ffbe07d824bb2143205506ab159c3e");
        let s = unhex("000056554fb5819b12845e85be2f78371cf3cb95e387f451cb362b9478d183d2");
        let expected = "3043\
            02210089909504e14f1e29dba8158fa7c387e888ffbe07d824bb2143205506ab159c3e\
            021e56554fb5819b12845e85be2f78371cf3cb95e387f451cb362b9478d183d2";
        assert_eq!(hex(&signature(&r, &s)), expected);
        assert_eq!(signature(&[0], &[0x80]), [0x30, 7, 2, 1, 0, 2, 2, 0, 0x80]);
    }

    #[test]
    fn lengths_tags_and_names_take_as_many_bytes_as_they_need() {
        assert_eq!(element(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(element(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[7; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(hex(&oid("1.2.840.113635.100.8.2")), "06092a864886f763640802");
        assert_eq!(hex(&oid("2.23.133.8.3")), "06056781050803");
        // The two tags of an Android key's origin and of all its applications.
        assert_eq!(hex(&explicit(702, &number(0))), "bf853e03020100");
        assert_eq!(hex(&explicit(600, &null())), "bf8458020500");
        assert_eq!(hex(&explicit(1, &number(300))), "a1040202012c");
        assert_eq!(hex(&list(&[boolean(true), enumerated(1)])), "30060101ff0a0101");
    }
}
