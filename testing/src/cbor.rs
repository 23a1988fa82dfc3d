//! Writes CBOR (RFC 8949), well formed or not, and reads the little of it that genuine messages need.
//!
//! An item is its encoding: a list of bytes that can be damaged before it is put into the next one.

use crate::text::unhex;

/// A CBOR item, as its encoding.
pub type Item = Vec<u8>;

fn head(major: u8, argument: u64) -> Item {
    let first = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => vec![first | bytes[7]],
        24..=0xff => [&[first | 24], &bytes[7..]].concat(),
        0x100..=0xffff => [&[first | 25], &bytes[6..]].concat(),
        0x1_0000..=0xffff_ffff => [&[first | 26], &bytes[4..]].concat(),
        _ => [&[first | 27][..], &bytes[..]].concat(),
    }
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).expect("a length fits")
}

/// An integer.
#[must_use]
pub fn int(value: i64) -> Item {
    match u64::try_from(value) {
        Ok(positive) => head(0, positive),
        Err(_) => head(1, u64::try_from(!value).expect("not negative")),
    }
}

/// A byte string.
#[must_use]
pub fn bytes(value: &[u8]) -> Item {
    [head(2, len(value)), value.to_vec()].concat()
}

/// A text.
#[must_use]
pub fn text(value: &str) -> Item {
    [head(3, len(value.as_bytes())), value.as_bytes().to_vec()].concat()
}

/// An array.
#[must_use]
pub fn array(items: &[Item]) -> Item {
    [head(4, u64::try_from(items.len()).expect("a count fits")), items.concat()].concat()
}

/// A map, its entries in the order given.
#[must_use]
pub fn map(entries: &[(Item, Item)]) -> Item {
    let content: Vec<u8> =
        entries.iter().flat_map(|(k, v)| [k.clone(), v.clone()].concat()).collect();
    [head(5, u64::try_from(entries.len()).expect("a count fits")), content].concat()
}

/// An item from its hex.
///
/// # Panics
///
/// If it is not hex.
#[must_use]
pub fn raw(hex: &str) -> Item {
    unhex(hex)
}

/// An item that was read: enough of CBOR for what browsers send.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer.
    Int(i128),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// A map, in the order in which it was written.
    Map(Vec<(Value, Value)>),
    /// False, true, null and floats, unread.
    Simple,
}

/// Reads one item; returns it and the rest, or `None` for anything unusual: tags, indefinite lengths, what is cut short.
#[must_use]
pub fn read(input: &[u8]) -> Option<(Value, &[u8])> {
    let (first, rest) = input.split_first()?;
    let extra = match first & 0x1f {
        0..=23 => 0,
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (argument_bytes, mut rest) = rest.split_at_checked(extra)?;
    let argument = match extra {
        0 => u64::from(first & 0x1f),
        _ => argument_bytes.iter().fold(0, |n, byte| (n << 8) | u64::from(*byte)),
    };
    let count = usize::try_from(argument).ok();
    let value = match first >> 5 {
        0 => Value::Int(argument.into()),
        1 => Value::Int(-1 - i128::from(argument)),
        major @ (2 | 3) => {
            let (content, after) = rest.split_at_checked(count?)?;
            rest = after;
            match major {
                2 => Value::Bytes(content.to_vec()),
                _ => Value::Text(String::from_utf8(content.to_vec()).ok()?),
            }
        }
        4 => {
            let mut items = Vec::new();
            for _ in 0..count? {
                let (item, after) = read(rest)?;
                (rest, _) = (after, items.push(item));
            }
            Value::Array(items)
        }
        5 => {
            let mut entries = Vec::new();
            for _ in 0..count? {
                let (key, after) = read(rest)?;
                let (value, after) = read(after)?;
                (rest, _) = (after, entries.push((key, value)));
            }
            Value::Map(entries)
        }
        7 => Value::Simple,
        _ => return None,
    };
    Some((value, rest))
}

impl Value {
    /// The value under a text key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(k, _)| *k == Self::Text(name.to_owned())).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// The value under an integer key, if this is a map that has it.
    #[must_use]
    pub fn get_int(&self, key: i128) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(k, _)| *k == Self::Int(key)).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// The bytes, if this is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let key = || {
            map(&[
                (int(1), int(2)),
                (int(-3), bytes(&[7; 300])),
                (text("x"), array(&[int(-500), int(1 << 40)])),
            ])
        };
        let written = [key(), vec![0xaa]].concat();
        let (value, rest) = read(&written).unwrap();
        assert_eq!(rest, [0xaa]);
        assert_eq!(value.get_int(1), Some(&Value::Int(2)));
        assert_eq!(value.get_int(-3).unwrap().as_bytes(), Some(&[7; 300][..]));
        assert_eq!(
            value.get("x"),
            Some(&Value::Array(vec![Value::Int(-500), Value::Int(1 << 40)]))
        );
        for cut in 0..key().len() {
            assert!(read(&key()[..cut]).is_none());
        }
    }
}
