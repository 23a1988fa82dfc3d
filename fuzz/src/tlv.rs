//! A second reader of DER (X.690 §8, §10), over slices: shortest lengths, nothing left over.

/// The class and form of a tag, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The first three bits.
    pub class: u8,
    /// The number.
    pub number: u32,
}

/// INTEGER.
pub const INTEGER: Tag = Tag { class: 0, number: 2 };
/// OCTET STRING.
pub const OCTETS: Tag = Tag { class: 0, number: 4 };
/// ENUMERATED.
pub const ENUMERATED: Tag = Tag { class: 0, number: 10 };
/// SEQUENCE.
pub const SEQUENCE: Tag = Tag { class: 1, number: 16 };
/// SET.
pub const SET: Tag = Tag { class: 1, number: 17 };

/// `[number] EXPLICIT`.
#[must_use]
pub const fn context(number: u32) -> Tag {
    Tag { class: 5, number }
}

/// All elements in these bytes; `None` if they are not elements to the last byte.
#[must_use]
pub fn elements(mut bytes: &[u8]) -> Option<Vec<(Tag, &[u8])>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (tag, content, rest) = element(bytes)?;
        all.push((tag, content));
        bytes = rest;
    }
    Some(all)
}

/// The content of the one element, of this tag, that the bytes are.
#[must_use]
pub fn only(bytes: &[u8], tag: Tag) -> Option<&[u8]> {
    match element(bytes)? {
        (found, content, []) if found == tag => Some(content),
        _ => None,
    }
}

fn element(bytes: &[u8]) -> Option<(Tag, &[u8], &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut number = u32::from(first & 0x1f);
    if number == 0x1f {
        number = 0;
        loop {
            let (&byte, after) = rest.split_first()?;
            // No leading zeros, and no number that fits the short form.
            if number == 0 && byte == 0x80 || number >> 25 != 0 {
                return None;
            }
            number = number << 7 | u32::from(byte & 0x7f);
            rest = after;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if number < 0x1f {
            return None;
        }
    }
    let (&len, rest) = rest.split_first()?;
    let (len, rest) = match len {
        ..=0x7f => (usize::from(len), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(len - 0x80))?;
            let value = bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
            if bytes[0] == 0 || value < 0x80 {
                return None;
            }
            (value, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(len)?;
    Some((Tag { class: first >> 5, number }, content, rest))
}
