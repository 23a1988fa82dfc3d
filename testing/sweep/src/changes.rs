//! The changes of an input: 256 for each of its bytes.
//!
//! Number `256 p + v` is the input with byte `p` set to `v`; where it has that value already, it is the prefix that ends
//! there. So every number is an input of its own, and every prefix but the whole is one of them.

/// How many changes an input of this length has.
pub(crate) const fn count(len: usize) -> usize {
    len * 256
}

/// A change of `original`, and what it is.
///
/// # Panics
///
/// If `number` is not below `count(original.len())`.
pub(crate) fn change(original: &[u8], number: usize) -> Vec<u8> {
    let (at, value) = place(number);
    if original[at] == value {
        return original[..at].to_vec();
    }
    let mut changed = original.to_vec();
    changed[at] = value;
    changed
}

/// The same for an input that must be text. Where the byte alone would break the UTF-8 encoding, the character at that place
/// becomes the one with this number: U+0080 to U+00FF, or an ASCII character in place of a longer one. A prefix that ends
/// inside a character ends before it.
///
/// # Panics
///
/// If `original` is not UTF-8.
pub(crate) fn change_text(original: &[u8], number: usize) -> Vec<u8> {
    let changed = change(original, number);
    if std::str::from_utf8(&changed).is_ok() {
        return changed;
    }
    let text = std::str::from_utf8(original).expect("texts are UTF-8");
    let (at, value) = place(number);
    let start = (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    if original[at] == value {
        return original[..start].to_vec();
    }
    let after = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    format!("{}{}{}", &text[..start], char::from(value), &text[after..]).into_bytes()
}

/// What a change is, for people.
pub(crate) fn describe(original: &[u8], number: usize) -> String {
    let (at, value) = place(number);
    match original.get(at) {
        Some(byte) if *byte == value => format!("the first {at} bytes"),
        Some(byte) => format!("byte {at} from {byte:#04x} to {value:#04x}"),
        None => format!("change {number}"),
    }
}

const fn place(number: usize) -> (usize, u8) {
    (number / 256, number.to_le_bytes()[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_prefix_and_every_single_byte_change_is_there_once() {
        let original = b"\x00ab\xff";
        let all: BTreeSet<Vec<u8>> =
            (0..count(original.len())).map(|n| change(original, n)).collect();
        assert_eq!(all.len(), 4 * 256);
        assert!((0..4).all(|end| all.contains(&original[..end])));
        assert!(!all.contains(&original[..]));
        assert_eq!(all.iter().filter(|changed| changed.len() == 4).count(), 4 * 255);
    }

    #[test]
    fn changes_of_a_text_are_texts() {
        let original = "aé€".as_bytes();
        for n in 0..count(original.len()) {
            assert!(std::str::from_utf8(&change_text(original, n)).is_ok(), "{n}");
        }
    }
}
