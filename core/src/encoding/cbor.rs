//! CBOR as CTAP2 writes it: RFC 8949 in the canonical form of CTAP 2.2 §8.
//!
//! One validating pass reads the whole item: definite lengths, shortest heads, no tags, no duplicate keys, UTF-8 text,
//! bounded depth and number of items. Key *order* is only reported ([`Value::non_canonical_order`]): real authenticators
//! write other orders. Invariant: a [`Value`] holds exactly one valid item, so its accessors cannot fail half-way; no
//! recursion, no allocation. Leaks: nothing secret here.

use super::reader::Reader;
use crate::error::Error;

/// What an item may contain.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Arrays and maps inside one another: at most 8.
    pub depth: usize,
    /// Whether floats and simple values other than `false`, `true` and `null` may stand (they are skipped).
    pub any_simple: bool,
    /// Whether keys out of canonical order are an error.
    pub strict_order: bool,
}

impl Limits {
    /// For CTAP2 messages and COSE keys: depth 4.
    pub const CTAP2: Self = Self { depth: 4, any_simple: false, strict_order: false };
    /// For attestation objects: depth 5, because a compound statement nests one level deeper.
    pub const ATTESTATION_OBJECT: Self = Self { depth: 5, ..Self::CTAP2 };
    /// For extension outputs, which may hold any scalar that we do not know.
    pub const EXTENSIONS: Self = Self { any_simple: true, ..Self::CTAP2 };
}

/// The deepest nesting that any [`Limits`] can allow.
const MAX_DEPTH: usize = 8;
/// The most items in one message. The largest genuine ones, compound attestations, have a few dozen.
const MAX_ITEMS: usize = 256;

/// One valid item.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    bytes: &'a [u8],
    non_canonical_order: bool,
}

/// Reads one item that must be the whole of `bytes`.
///
/// # Errors
///
/// The `cbor_…` codes.
pub fn read_all(bytes: &[u8], limits: Limits) -> Result<Value<'_>, Error> {
    match read_prefix(bytes, limits)? {
        (value, []) => Ok(value),
        _ => Err(Error::CborTrailingBytes),
    }
}

/// Reads one item from the start of `bytes`; returns it and the rest.
///
/// # Errors
///
/// The `cbor_…` codes but [`Error::CborTrailingBytes`].
pub fn read_prefix(bytes: &[u8], limits: Limits) -> Result<(Value<'_>, &[u8]), Error> {
    let (len, non_canonical_order) = validate(bytes, limits)?;
    let (item, rest) = bytes.split_at_checked(len).ok_or(Error::CborMalformed)?;
    Ok((Value { bytes: item, non_canonical_order }, rest))
}

impl<'a> Value<'a> {
    /// The item's encoding.
    #[must_use]
    pub const fn encoding(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether some map's keys are not in the order of CTAP 2.2 §8.
    #[must_use]
    pub const fn non_canonical_order(&self) -> bool {
        self.non_canonical_order
    }

    /// The integer, if it is one that fits.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match head(&mut Reader::new(self.bytes)).ok()? {
            Head { major: 0, argument } => i64::try_from(argument).ok(),
            Head { major: 1, argument } => i64::try_from(argument).ok().map(|n| !n),
            _ => None,
        }
    }

    /// The byte string, if it is one.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&'a [u8]> {
        self.string(2)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&'a str> {
        core::str::from_utf8(self.string(3)?).ok()
    }

    /// The truth value, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.bytes {
            [0xf4] => Some(false),
            [0xf5] => Some(true),
            _ => None,
        }
    }

    fn string(&self, major: u8) -> Option<&'a [u8]> {
        let mut reader = Reader::new(self.bytes);
        let found = head(&mut reader).ok()?;
        (found.major == major).then_some(reader.rest())
    }

    /// The entries, if it is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<Entries<'a>> {
        let mut reader = Reader::new(self.bytes);
        let Head { major: 5, .. } = head(&mut reader).ok()? else { return None };
        Some(Entries { rest: reader.rest() })
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<Elements<'a>> {
        let mut reader = Reader::new(self.bytes);
        let Head { major: 4, .. } = head(&mut reader).ok()? else { return None };
        Some(Elements { rest: Entries { rest: reader.rest() } })
    }

    /// The value under an integer key, if this is a map that has it.
    #[must_use]
    pub fn get_int(&self, key: i64) -> Option<Value<'a>> {
        self.as_map()?.find(|(k, _)| k.as_int() == Some(key)).map(|(_, v)| v)
    }

    /// The value under a text key, if this is a map that has it.
    #[must_use]
    pub fn get_text(&self, key: &str) -> Option<Value<'a>> {
        self.as_map()?.find(|(k, _)| k.as_text() == Some(key)).map(|(_, v)| v)
    }
}

/// The entries of a map, in the order in which they stand.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.item()?;
        let value = self.item()?;
        Some((key, value))
    }
}

impl<'a> Entries<'a> {
    fn item(&mut self) -> Option<Value<'a>> {
        let (bytes, rest) = self.rest.split_at_checked(item_len(self.rest)?)?;
        self.rest = rest;
        Some(Value { bytes, non_canonical_order: false })
    }
}

/// The elements of an array, in their order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    rest: Entries<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest.item()
    }
}

/// An item's first byte and argument.
struct Head {
    major: u8,
    argument: u64,
}

/// Reads a head. For floats and simple values (major type 7) the argument is the value itself.
fn head(reader: &mut Reader<'_>) -> Result<Head, Error> {
    let initial = reader.u8().ok_or(Error::CborMalformed)?;
    let (major, info) = (initial >> 5, initial & 0x1f);
    let (argument, least) = match info {
        0..=23 => (Some(u64::from(info)), 0),
        24 => (reader.u8().map(u64::from), 24),
        25 => (reader.u16().map(u64::from), 0x100),
        26 => (reader.u32().map(u64::from), 0x1_0000),
        27 => (reader.u64(), 0x1_0000_0000),
        31 if matches!(major, 2..=5) => return Err(Error::CborIndefiniteLength),
        _ => return Err(Error::CborMalformed),
    };
    let argument = argument.ok_or(Error::CborMalformed)?;
    // A float's width is part of its type; everything else has one shortest form.
    if argument < least && major != 7 {
        return Err(Error::CborNonMinimal);
    }
    // RFC 8949 §3.3: simple values below 32 have no two-byte form.
    if major == 7 && info == 24 && argument < 32 {
        return Err(Error::CborMalformed);
    }
    Ok(Head { major, argument })
}

/// An open array or map that still has items to come.
#[derive(Clone, Copy)]
struct Frame {
    /// Items still to come: an entry of a map is two.
    remaining: u64,
    is_map: bool,
    /// Where the first entry starts.
    first_entry: usize,
    /// Where the current key starts.
    key_start: usize,
    /// The previous key, as offsets.
    previous_key: Option<(usize, usize)>,
    /// Whether every key so far stood in canonical order.
    ordered: bool,
}

impl Frame {
    /// An item of this array or map ends at `end`.
    fn item_ended(&mut self, bytes: &[u8], end: usize) -> Result<(), Error> {
        self.remaining = self.remaining.saturating_sub(1);
        if !self.is_map {
            return Ok(());
        }
        if self.remaining.is_multiple_of(2) {
            self.key_start = end;
            return Ok(());
        }
        let key = bytes.get(self.key_start..end).unwrap_or_default();
        let ascends = self
            .previous_key
            .is_none_or(|(from, to)| order(bytes.get(from..to).unwrap_or_default()) < order(key));
        self.ordered &= ascends;
        // Ascending keys are unique. Otherwise look at every key before this one; heads are minimal, so equal keys
        // have equal bytes.
        if !self.ordered {
            let before = bytes.get(self.first_entry..self.key_start).unwrap_or_default();
            if (Entries { rest: before }).any(|(earlier, _)| earlier.bytes == key) {
                return Err(Error::CborDuplicateKey);
            }
        }
        self.previous_key = Some((self.key_start, end));
        Ok(())
    }
}

/// CTAP 2.2 §8: by major type, then the shorter key, then bytewise.
fn order(key: &[u8]) -> (u8, usize, &[u8]) {
    (key.first().copied().unwrap_or_default() >> 5, key.len(), key)
}

/// Checks one item; returns its length and whether some key stands out of order.
fn validate(bytes: &[u8], limits: Limits) -> Result<(usize, bool), Error> {
    let mut reader = Reader::new(bytes);
    let mut stack: [Option<Frame>; MAX_DEPTH] = [None; MAX_DEPTH];
    let mut depth = 0_usize;
    let mut all_ordered = true;
    for _ in 0..MAX_ITEMS {
        let first = reader.peek();
        let Head { major, argument } = head(&mut reader)?;
        // Keys are integers or strings: of anything else, equal values can have different bytes.
        let is_key = depth
            .checked_sub(1)
            .and_then(|innermost| stack.get(innermost)?.as_ref())
            .is_some_and(|frame| frame.is_map && frame.remaining.is_multiple_of(2));
        if is_key && matches!(major, 4 | 5 | 7) {
            return Err(Error::CborTypeForbidden);
        }
        let here = |reader: &Reader<'_>| bytes.len().saturating_sub(reader.rest().len());
        let mut items = 0;
        match major {
            0 | 1 => {}
            2 | 3 => {
                let string = usize::try_from(argument)
                    .ok()
                    .and_then(|n| reader.take(n))
                    .ok_or(Error::CborMalformed)?;
                if major == 3 && core::str::from_utf8(string).is_err() {
                    return Err(Error::CborMalformed);
                }
            }
            4 | 5 => {
                items = argument
                    .checked_mul(if major == 5 { 2 } else { 1 })
                    .ok_or(Error::CborMalformed)?;
                // Every item takes at least a byte: a larger count cannot be honest.
                if usize::try_from(items).map_or(true, |n| n > reader.rest().len()) {
                    return Err(Error::CborMalformed);
                }
                if depth >= limits.depth {
                    return Err(Error::CborTooDeep);
                }
            }
            6 => return Err(Error::CborTagForbidden),
            _ => {
                // 0xf4 false, 0xf5 true, 0xf6 null
                if !limits.any_simple && !matches!(first, Some(0xf4..=0xf6)) {
                    return Err(Error::CborTypeForbidden);
                }
            }
        }
        let end = here(&reader);
        if items > 0 {
            let open = Frame {
                remaining: items,
                is_map: major == 5,
                first_entry: end,
                key_start: end,
                previous_key: None,
                ordered: true,
            };
            *stack.get_mut(depth).ok_or(Error::CborTooDeep)? = Some(open);
            depth = depth.saturating_add(1);
            continue;
        }
        // The item is complete, and with it every array and map that it ends.
        loop {
            let Some(innermost) = depth.checked_sub(1) else {
                return if all_ordered || !limits.strict_order {
                    Ok((end, !all_ordered))
                } else {
                    Err(Error::CborKeyOrder)
                };
            };
            let Some(Some(frame)) = stack.get_mut(innermost) else {
                return Err(Error::CborMalformed);
            };
            frame.item_ended(bytes, end)?;
            if frame.remaining > 0 {
                break;
            }
            all_ordered &= frame.ordered;
            depth = innermost;
        }
    }
    Err(Error::CborTooDeep)
}

/// The length of the item at the start of bytes that [`validate`] has passed.
fn item_len(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(bytes);
    let mut outstanding = 1_u64;
    while let Some(left) = outstanding.checked_sub(1) {
        let Head { major, argument } = head(&mut reader).ok()?;
        outstanding = match major {
            2 | 3 => {
                reader.take(usize::try_from(argument).ok()?)?;
                left
            }
            4 => left.checked_add(argument)?,
            5 => left.checked_add(argument.checked_mul(2)?)?,
            _ => left,
        };
    }
    bytes.len().checked_sub(reader.rest().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> std::vec::Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn each_refusal_has_its_own_code() {
        for (item, error) in [
            ("", Error::CborMalformed),
            ("18", Error::CborMalformed),
            ("5bffffffffffffffff00", Error::CborMalformed),
            ("9b7fffffffffffffff", Error::CborMalformed),
            ("bbffffffffffffffff", Error::CborMalformed),
            ("62c080", Error::CborMalformed),
            ("f818", Error::CborMalformed),
            ("1c", Error::CborMalformed),
            ("ff", Error::CborMalformed),
            ("a201000101", Error::CborDuplicateKey),
            ("a3010002000100", Error::CborDuplicateKey),
            ("a302000100020000", Error::CborDuplicateKey),
            ("5f4100ff", Error::CborIndefiniteLength),
            ("9f00ff", Error::CborIndefiniteLength),
            ("bf0000ff", Error::CborIndefiniteLength),
            ("1817", Error::CborNonMinimal),
            ("a20100180101", Error::CborNonMinimal),
            ("580100", Error::CborNonMinimal),
            ("c000", Error::CborTagForbidden),
            ("818181818100", Error::CborTooDeep),
            ("8181818180", Error::CborTooDeep),
            ("0000", Error::CborTrailingBytes),
            ("f93c00", Error::CborTypeForbidden),
            ("f7", Error::CborTypeForbidden),
            ("f0", Error::CborTypeForbidden),
            ("a1f500", Error::CborTypeForbidden),
            ("a18000", Error::CborTypeForbidden),
            ("a2a20100020000a20200010000", Error::CborTypeForbidden),
        ] {
            assert_eq!(read_all(&hex(item), Limits::CTAP2).err(), Some(error), "{item}");
        }
        let strict = Limits { strict_order: true, ..Limits::CTAP2 };
        assert_eq!(read_all(&hex("a220010102"), strict).err(), Some(Error::CborKeyOrder));
    }

    #[test]
    fn order_is_reported_and_values_are_found() {
        let bytes = hex("a3616101012002820304");
        // {"a": 1, 1: -1, 2: [3, 4]}
        let map = read_all(&bytes, Limits::CTAP2).unwrap();
        assert!(map.non_canonical_order());
        assert_eq!(map.get_text("a").unwrap().as_int(), Some(1));
        assert_eq!(map.get_int(1).unwrap().as_int(), Some(-1));
        assert_eq!(map.get_int(2).unwrap().encoding(), [0x82, 3, 4]);
        assert!(map.get_int(3).is_none());
        let bytes = hex("a21903e8002000");
        assert!(!read_all(&bytes, Limits::CTAP2).unwrap().non_canonical_order());
        assert!(read_all(&hex("8181818100"), Limits::CTAP2).is_ok());
        assert!(read_all(&hex("fb3ff0000000000000"), Limits::EXTENSIONS).is_ok());
    }

    #[test]
    fn items_are_bounded() {
        let mut long = std::vec![0x98, 255];
        long.extend([0; 255]);
        assert!(read_all(&long, Limits::CTAP2).is_ok());
        let mut longer = std::vec![0x99, 1, 0];
        longer.extend([0; 256]);
        assert_eq!(read_all(&longer, Limits::CTAP2).err(), Some(Error::CborTooDeep));
    }
}
