//! JSON of clients and hosts: RFC 8259, without numbers larger or nesting deeper than a genuine text has.
//!
//! One validating pass reads the whole text (UTF-8, escapes, surrogate pairs, numbers, depth); afterwards a [`Value`]
//! holds exactly one valid value, so its accessors cannot fail half-way. Names and strings are compared after their
//! escapes are decoded, so that `"\u0074ype"` is `"type"`. A *known* member that stands twice is an error; unknown members
//! are ignored. Invariant: no recursion, no allocation, time linear in the text for each call. Leaks: nothing secret here.

use super::reader::Reader;
use crate::error::Error;

/// The deepest nesting. Genuine client data has two levels, genuine responses four.
const MAX_DEPTH: u32 = 16;
/// The most characters in a number. A u64 has 20 digits, a double 17 and an exponent.
const MAX_NUMBER: usize = 32;

/// One valid JSON value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    text: &'a [u8],
}

/// A string's content as it stands in the text: escapes not yet decoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Str<'a> {
    raw: &'a [u8],
}

/// Reads one value that must be the whole text. One byte order mark in front is dropped (the UTF-8 decode of the Encoding
/// Standard, which WebAuthn prescribes, does so too).
///
/// # Errors
///
/// [`Error::JsonMalformed`].
pub fn read_all(text: &[u8]) -> Result<Value<'_>, Error> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if core::str::from_utf8(text).is_err() {
        return Err(Error::JsonMalformed);
    }
    let mut reader = Reader::new(text);
    skip_space(&mut reader);
    let start = reader.rest();
    validate(&mut reader).ok_or(Error::JsonMalformed)?;
    let value = start.get(..start.len().saturating_sub(reader.rest().len())).unwrap_or_default();
    skip_space(&mut reader);
    if reader.rest().is_empty() { Ok(Value { text: value }) } else { Err(Error::JsonMalformed) }
}

impl<'a> Value<'a> {
    /// The value's text.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.text == b"null"
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.text {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// The number, if it is a whole one without fraction or exponent that fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.number()?.parse().ok()
    }

    /// The number, if it is a whole one without fraction or exponent that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.number()?.parse().ok()
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.number().is_some()
    }

    /// The number rounded down, and whether it was whole, if it is one that is not negative; `u64::MAX` for more than that.
    ///
    /// Exact, whatever its digits and exponent are; through a float it would be neither that nor small (11 KB of tables).
    #[must_use]
    pub fn as_rounded_down(&self) -> Option<(u64, bool)> {
        let number = self.number()?.as_bytes();
        let (negative, number) = match number.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let mut parts = number.split(|b| matches!(b, b'e' | b'E'));
        let (mantissa, exponent) = (parts.next()?, parts.next().unwrap_or_default());
        let (down, exponent) = match exponent {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] | digits => (false, digits),
        };
        // A number has at most 32 characters: what saturates is far out of any range either way.
        let exponent = exponent.iter().fold(0, |sum, &digit| append(sum, digit));
        let exponent = i64::try_from(exponent).unwrap_or(i64::MAX);
        let exponent = if down { exponent.saturating_neg() } else { exponent };
        let point = mantissa.iter().position(|&b| b == b'.').unwrap_or(mantissa.len());
        // How many digits stand before the point once the exponent has moved it.
        let mut places = i64::try_from(point).ok()?.saturating_add(exponent);
        let (mut floor, mut whole) = (0_u64, true);
        for &digit in mantissa.iter().filter(|&&b| b != b'.') {
            if places > 0 {
                floor = append(floor, digit);
            } else {
                whole &= digit == b'0';
            }
            places = places.saturating_sub(1);
        }
        while places > 0 && floor != 0 && floor != u64::MAX {
            floor = floor.saturating_mul(10);
            places = places.saturating_sub(1);
        }
        let zero = floor == 0 && whole;
        (zero || !negative).then_some((floor, whole))
    }

    fn number(&self) -> Option<&'a str> {
        matches!(self.text.first(), Some(b'-' | b'0'..=b'9'))
            .then(|| core::str::from_utf8(self.text).ok())?
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<Str<'a>> {
        let raw = self.text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        Some(Str { raw })
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<Elements<'a>> {
        Some(Elements { reader: Reader::new(self.text.strip_prefix(b"[")?) })
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<Members<'a>> {
        Some(Members { reader: Reader::new(self.text.strip_prefix(b"{")?) })
    }

    /// The members of these names, if it is an object.
    ///
    /// # Errors
    ///
    /// [`Error::JsonDuplicateMember`] if one of them stands twice.
    pub fn members<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<Option<[Option<Value<'a>>; N]>, Error> {
        let Some(members) = self.as_object() else { return Ok(None) };
        let mut found = [None; N];
        for (name, value) in members {
            let plain = name.is_plain();
            for (slot, wanted) in found.iter_mut().zip(names) {
                let same = if plain { name.raw == wanted.as_bytes() } else { name == *wanted };
                if same {
                    if slot.replace(value).is_some() {
                        return Err(Error::JsonDuplicateMember);
                    }
                    break;
                }
            }
        }
        Ok(Some(found))
    }
}

/// The number with one more digit at its end.
fn append(number: u64, digit: u8) -> u64 {
    number.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))
}

/// The elements of an array.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        skip_separators(&mut self.reader);
        take_value(&mut self.reader)
    }
}

/// The members of an object, in the order in which they stand.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    reader: Reader<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Str<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        skip_separators(&mut self.reader);
        let name = take_value(&mut self.reader)?.as_str()?;
        skip_separators(&mut self.reader);
        Some((name, take_value(&mut self.reader)?))
    }
}

impl<'a> Str<'a> {
    /// The UTF-8 bytes of the decoded string.
    #[must_use]
    pub fn bytes(self) -> Utf8<'a> {
        Utf8 { reader: Reader::new(self.raw), pending: [0; 4], pending_len: 0, sent: 0 }
    }

    /// The string as it stands, if it has no escapes.
    #[must_use]
    pub fn plain(self) -> Option<&'a str> {
        if self.is_plain() { core::str::from_utf8(self.raw).ok() } else { None }
    }

    fn is_plain(self) -> bool {
        !self.raw.contains(&b'\\')
    }
}

impl PartialEq<str> for Str<'_> {
    fn eq(&self, other: &str) -> bool {
        if self.is_plain() {
            return self.raw == other.as_bytes();
        }
        self.bytes().eq(other.bytes())
    }
}

/// The bytes of a decoded string. Made from a validated text; ends early, never panics, on anything else.
#[derive(Clone, Debug)]
pub struct Utf8<'a> {
    reader: Reader<'a>,
    pending: [u8; 4],
    pending_len: usize,
    sent: usize,
}

impl Iterator for Utf8<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.sent < self.pending_len {
            let byte = self.pending.get(self.sent).copied();
            self.sent = self.sent.saturating_add(1);
            return byte;
        }
        match self.reader.u8()? {
            b'\\' => {
                self.pending_len = escape(&mut self.reader)?.encode_utf8(&mut self.pending).len();
                self.sent = 1;
                self.pending.first().copied()
            }
            byte => Some(byte),
        }
    }
}

/// The character that an escape stands for, the backslash being read already. A surrogate without its partner is none.
fn escape(reader: &mut Reader<'_>) -> Option<char> {
    Some(match reader.u8()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = hex4(reader)?;
            if !(0xd800..0xdc00).contains(&unit) {
                return char::from_u32(unit);
            }
            if reader.array::<2>()? != b"\\u" {
                return None;
            }
            let low = hex4(reader)?;
            if !(0xdc00..0xe000).contains(&low) {
                return None;
            }
            char::from_u32(0x1_0000_u32.saturating_add((unit & 0x3ff) << 10) | (low & 0x3ff))?
        }
        _ => return None,
    })
}

fn hex4(reader: &mut Reader<'_>) -> Option<u32> {
    reader
        .array::<4>()?
        .iter()
        .try_fold(0_u32, |word, byte| Some((word << 4) | char::from(*byte).to_digit(16)?))
}

fn skip_space(reader: &mut Reader<'_>) {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = reader.peek() {
        reader.u8();
    }
}

/// Within a validated text, commas and colons between values carry no information.
fn skip_separators(reader: &mut Reader<'_>) {
    while let Some(b' ' | b'\t' | b'\n' | b'\r' | b',' | b':') = reader.peek() {
        reader.u8();
    }
}

/// The next value of a validated text; `None` at a closing bracket or the end.
fn take_value<'a>(reader: &mut Reader<'a>) -> Option<Value<'a>> {
    let start = reader.rest();
    skip_value(reader)?;
    Some(Value { text: start.get(..start.len().checked_sub(reader.rest().len())?)? })
}

/// Moves past one value of a validated text: brackets are counted, nothing is checked again.
fn skip_value(reader: &mut Reader<'_>) -> Option<()> {
    let mut depth = 0_u32;
    loop {
        match reader.peek()? {
            b'"' => skip_string(reader)?,
            b'{' | b'[' => {
                reader.u8();
                depth = depth.saturating_add(1);
                continue;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                reader.u8();
            }
            _ if depth > 0 => {
                reader.u8();
                continue;
            }
            // A number or a word by itself ends where something else begins.
            _ => {
                let end =
                    |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' | b'}' | b']');
                let rest = reader.rest();
                reader.skip(rest.iter().position(end).unwrap_or(rest.len()));
            }
        }
        if depth == 0 {
            return Some(());
        }
    }
}

/// Moves past one string of a validated text.
fn skip_string(reader: &mut Reader<'_>) -> Option<()> {
    reader.u8();
    loop {
        reader.skip(plain_len(reader.rest()));
        match reader.u8()? {
            b'\\' => reader.u8()?,
            _ => return Some(()),
        };
    }
}

/// How many bytes stand in front of the next quote, backslash or control character, or of the end. Eight are looked at at once: of
/// those of a word that compare as smaller, the lowest is exact.
fn plain_len(text: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES.wrapping_mul(bound)) & !word;
    let is = |word: u64, byte: u8| below(word ^ ONES.wrapping_mul(u64::from(byte)), 1);
    let (words, tail) = text.as_chunks::<8>();
    let mut len = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let stops = (is(word, b'"') | is(word, b'\\') | below(word, 0x20)) & (ONES << 7);
        if stops != 0 {
            let clear = usize::try_from(stops.trailing_zeros() / 8).unwrap_or_default();
            return len.saturating_add(clear);
        }
        len = len.saturating_add(8);
    }
    let stop = |b: &u8| matches!(b, b'"' | b'\\' | 0..=0x1f);
    len.saturating_add(tail.iter().position(stop).unwrap_or(tail.len()))
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    NameOrEnd,
    Name,
    CommaOrEnd,
}

/// Moves past one value, checking it whole.
fn validate(reader: &mut Reader<'_>) -> Option<()> {
    // One bit a level: 1 for an object, 0 for an array.
    let (mut levels, mut depth) = (0_u32, 0_u32);
    let mut expect = Expect::Value;
    loop {
        if depth > 0 {
            skip_space(reader);
        }
        let byte = reader.peek()?;
        let in_object = levels & 1 == 1;
        match (expect, byte) {
            (Expect::Value | Expect::ValueOrEnd, b'{' | b'[') => {
                reader.u8();
                depth = depth.checked_add(1).filter(|d| *d <= MAX_DEPTH)?;
                levels = (levels << 1) | u32::from(byte == b'{');
                expect = if byte == b'{' { Expect::NameOrEnd } else { Expect::ValueOrEnd };
                continue;
            }
            (Expect::NameOrEnd | Expect::Name, b'"') => {
                string(reader)?;
                skip_space(reader);
                if reader.u8()? != b':' {
                    return None;
                }
                expect = Expect::Value;
                continue;
            }
            (Expect::CommaOrEnd, b',') => {
                reader.u8();
                expect = if in_object { Expect::Name } else { Expect::Value };
                continue;
            }
            (Expect::NameOrEnd, b'}') | (Expect::ValueOrEnd, b']') => {
                reader.u8();
                depth = depth.saturating_sub(1);
                levels >>= 1;
            }
            (Expect::CommaOrEnd, b'}' | b']') if in_object == (byte == b'}') => {
                reader.u8();
                depth = depth.saturating_sub(1);
                levels >>= 1;
            }
            (Expect::Value | Expect::ValueOrEnd, _) => scalar(reader, byte)?,
            _ => return None,
        }
        if depth == 0 {
            return Some(());
        }
        expect = Expect::CommaOrEnd;
    }
}

fn scalar(reader: &mut Reader<'_>, first: u8) -> Option<()> {
    match first {
        b'"' => string(reader),
        b't' => (reader.array()? == b"true").then_some(()),
        b'f' => (reader.array()? == b"false").then_some(()),
        b'n' => (reader.array()? == b"null").then_some(()),
        _ => number(reader),
    }
}

fn string(reader: &mut Reader<'_>) -> Option<()> {
    reader.u8();
    loop {
        reader.skip(plain_len(reader.rest()));
        match reader.u8()? {
            b'"' => return Some(()),
            b'\\' => {
                escape(reader)?;
            }
            _ => return None,
        }
    }
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn number(reader: &mut Reader<'_>) -> Option<()> {
    let before = reader.rest().len();
    let skip = |reader: &mut Reader<'_>, accepted: &[u8]| {
        let here = reader.peek().is_some_and(|b| accepted.contains(&b));
        if here {
            reader.u8();
        }
        here
    };
    let digits = |reader: &mut Reader<'_>| {
        let mut any = None;
        while let Some(b'0'..=b'9') = reader.peek() {
            reader.u8();
            any = Some(());
        }
        any
    };
    skip(reader, b"-");
    if !skip(reader, b"0") {
        digits(reader)?;
    }
    if skip(reader, b".") {
        digits(reader)?;
    }
    if skip(reader, b"eE") {
        skip(reader, b"+-");
        digits(reader)?;
    }
    (before.saturating_sub(reader.rest().len()) <= MAX_NUMBER).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn values_are_read() {
        let text =
            br#" { "a" : 1 , "b":[true,null,-2.5e1,"x\n\u00e9\ud83d\ude00"], "\u0063":{} } "#;
        let value = read_all(text).unwrap();
        let [a, b, c, d] = value.members(["a", "b", "c", "d"]).unwrap().unwrap();
        assert_eq!(a.unwrap().as_u64(), Some(1));
        assert_eq!(c.unwrap().text(), b"{}");
        assert!(d.is_none());
        let elements: Vec<_> = b.unwrap().as_array().unwrap().collect();
        assert_eq!(elements[0].as_bool(), Some(true));
        assert!(elements[1].is_null());
        assert!(elements[2].is_number());
        assert_eq!(elements[2].as_rounded_down(), None);
        assert_eq!(elements[2].as_i64(), None);
        assert_eq!(
            String::from_utf8(elements[3].as_str().unwrap().bytes().collect()).unwrap(),
            "x\né😀"
        );
        assert_eq!(elements.len(), 4);
    }

    #[test]
    fn strings_end_where_they_end() {
        // Every length around the words that are looked at at once, with each byte that stops and each that only seems to.
        for len in 0..20_usize {
            let before = "\u{e9}x\u{7f}!".chars().cycle().take(len).collect::<String>();
            for (stop, ends) in [
                (b'"', true),
                (b'\\', true),
                (0, true),
                (0x1f, true),
                (b' ', false),
                (b'!', false),
                (b'#', false),
                (0x80, false),
                (0xff, false),
                (0xa2, false),
                (0xdc, false),
            ] {
                let mut text = before.clone().into_bytes();
                text.push(stop);
                text.extend_from_slice(b"0123456789abcdef\"");
                let plain = text.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap();
                assert_eq!(plain_len(&text), plain, "{text:?}");
                assert_eq!(plain == before.len(), ends, "{text:?}");
            }
            assert_eq!(plain_len(before.as_bytes()), before.len());
        }
    }

    #[test]
    fn values_are_skipped_whole() {
        let text =
            br#"{"a":"}]\"\\","b":[{"c":"\\"},[],"]"],"d":-1.5e3 ,"e":true,"f":{},"g":null}"#;
        let [a, b, d, e, f, g] =
            read_all(text).unwrap().members(["a", "b", "d", "e", "f", "g"]).unwrap().unwrap();
        let texts = [a, b, d, e, f, g].map(|v| v.unwrap().text());
        let expected: [&[u8]; 6] =
            [br#""}]\"\\""#, br#"[{"c":"\\"},[],"]"]"#, b"-1.5e3", b"true", b"{}", b"null"];
        assert_eq!(texts, expected);
        assert_eq!(b.unwrap().as_array().unwrap().count(), 3);
    }

    #[test]
    fn numbers_are_rounded_down_exactly() {
        let values = [
            ("0", 0, true),
            ("-0", 0, true),
            ("-0.00e7", 0, true),
            ("0e99999999999999999999", 0, true),
            ("59.999999999999999999999999999", 59, false),
            ("59.000", 59, true),
            ("595e-1", 59, false),
            ("590e-1", 59, true),
            ("1e-999999999999999999999", 0, false),
            ("0.0001234e7", 1234, true),
            ("12.345e2", 1234, false),
            ("1E+3", 1000, true),
            ("18446744073709551615", u64::MAX, true),
            ("18446744073709551616", u64::MAX, true),
            ("1e30", u64::MAX, true),
            ("9e99999999999999999999", u64::MAX, true),
        ];
        for (text, floor, whole) in values {
            let value = read_all(text.as_bytes()).unwrap();
            assert_eq!(value.as_rounded_down(), Some((floor, whole)), "{text}");
        }
        for text in ["-1", "-0.5", "-1e-30", "null", "\"1\"", "[1]"] {
            let value = read_all(text.as_bytes()).unwrap();
            assert_eq!(value.as_rounded_down(), None, "{text}");
        }
    }

    #[test]
    fn known_members_stand_once() {
        let value = read_all(br#"{"type":1,"\u0074ype":2,"x":1,"x":2}"#).unwrap();
        assert_eq!(value.members(["type"]).err(), Some(Error::JsonDuplicateMember));
        assert!(value.members(["other"]).unwrap().unwrap()[0].is_none());
    }

    #[test]
    fn malformed_texts_are_refused() {
        let deep = "[".repeat(17) + &"]".repeat(17);
        let long_number = "1".repeat(33);
        let refused = [
            "",
            " ",
            "{",
            "}",
            "[",
            "{]",
            "[}",
            "[1,]",
            "{\"a\":1,}",
            "{,}",
            "{\"a\"}",
            "{\"a\" 1}",
            "{a:1}",
            "nul",
            "tru",
            "01",
            "+1",
            "1.",
            ".5",
            "1e",
            "-",
            "NaN",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "\"\n\"",
            "1 2",
            "{}{}",
            "//",
            "[1 2]",
            "\u{feff}\u{feff}{}",
            &deep,
            &long_number,
        ];
        for text in refused {
            assert_eq!(read_all(text.as_bytes()).err(), Some(Error::JsonMalformed), "{text}");
        }
        assert_eq!(read_all(b"\"\xff\"").err(), Some(Error::JsonMalformed));
        assert!(read_all("\u{feff}{}".as_bytes()).is_ok());
        let deep = "[".repeat(16) + &"]".repeat(16);
        assert!(read_all(deep.as_bytes()).is_ok());
    }
}
