//! Writing JSON, and owned values out of read JSON. Reading is core's.

use crate::text::{decode, push_base64url, to_hex};
use mfakit_core::encoding::json::{Str, Value};
use std::borrow::Cow;

/// A JSON object in the making.
///
/// One pointer, and no function of it inlined: the border is hundreds of these calls, and they are a quarter of its size this way.
/// The text is UTF-8 at every step.
pub(crate) struct Object {
    #[expect(clippy::box_collection, reason = "handed on in a register")]
    text: Box<Vec<u8>>,
}

/// A number of an object: its sign and what it is without.
pub(crate) trait Whole {
    fn parts(self) -> (bool, u64);
}

macro_rules! whole {
    ($($type:ty => $value:ident, $negative:expr, $magnitude:expr;)*) => {
        $(impl Whole for $type {
            fn parts(self) -> (bool, u64) {
                let $value = self;
                ($negative, $magnitude)
            }
        })*
    };
}

whole! {
    u8 => n, false, n.into();
    u16 => n, false, n.into();
    u32 => n, false, n.into();
    u64 => n, false, n;
    usize => n, false, n as u64;
    i8 => n, n < 0, n.unsigned_abs().into();
    i32 => n, n < 0, n.unsigned_abs().into();
    i64 => n, n < 0, n.unsigned_abs();
}

impl Object {
    #[inline(never)]
    pub(crate) fn new() -> Self {
        Self::with_room(64)
    }

    /// An object whose text will be about so long.
    #[inline(never)]
    pub(crate) fn with_room(bytes: usize) -> Self {
        let mut text = Vec::with_capacity(bytes);
        text.push(b'{');
        Self { text: Box::new(text) }
    }

    /// The name of a member, and what stands before its value.
    #[inline(never)]
    fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if self.text.len() > 1 {
            self.text.push(b',');
        }
        push_string(&mut self.text, name);
        self.text.push(b':');
        &mut self.text
    }

    /// A member whose value is JSON text already.
    #[inline(never)]
    pub(crate) fn raw(mut self, name: &str, value: &str) -> Self {
        self.name(name).extend_from_slice(value.as_bytes());
        self
    }

    #[inline(never)]
    pub(crate) fn string(mut self, name: &str, value: &str) -> Self {
        push_string(self.name(name), value);
        self
    }

    /// Bytes, as base64url.
    #[inline(never)]
    pub(crate) fn base64url(mut self, name: &str, value: &[u8]) -> Self {
        let text = self.name(name);
        text.push(b'"');
        push_base64url(text, value);
        text.push(b'"');
        self
    }

    pub(crate) fn number(self, name: &str, value: impl Whole) -> Self {
        let (negative, magnitude) = value.parts();
        self.whole(name, negative, magnitude)
    }

    #[inline(never)]
    fn whole(mut self, name: &str, negative: bool, magnitude: u64) -> Self {
        let text = self.name(name);
        if negative {
            text.push(b'-');
        }
        text.extend_from_slice(magnitude.to_string().as_bytes());
        self
    }

    #[inline(never)]
    pub(crate) fn bool(self, name: &str, value: bool) -> Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    /// `null` for `None`.
    #[inline(never)]
    pub(crate) fn optional_string(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.string(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// `null` for `None`.
    #[inline(never)]
    pub(crate) fn optional_base64url(self, name: &str, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.base64url(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// `null` for `None`.
    #[inline(never)]
    pub(crate) fn optional_bool(self, name: &str, value: Option<bool>) -> Self {
        match value {
            Some(value) => self.bool(name, value),
            None => self.raw(name, "null"),
        }
    }

    pub(crate) fn array(mut self, name: &str, elements: impl IntoIterator<Item = String>) -> Self {
        self.name(name).extend_from_slice(list(elements).as_bytes());
        self
    }

    #[inline(never)]
    pub(crate) fn end(mut self) -> String {
        self.text.push(b'}');
        String::from_utf8(*self.text).unwrap_or_default()
    }
}

/// A JSON array of what is JSON text already.
pub(crate) fn list(elements: impl IntoIterator<Item = String>) -> String {
    let mut list = String::from("[");
    for element in elements {
        push_element(&mut list, &element);
    }
    list.push(']');
    list
}

#[inline(never)]
fn push_element(list: &mut String, element: &str) {
    if list.len() > 1 {
        list.push(',');
    }
    list.push_str(element);
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_string(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes a JSON string.
#[inline(never)]
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let plain = |b: u8| (0x20..0x7f).contains(&b) & (b != b'"') & (b != b'\\');
    let mut rest = text;
    // What needs no care goes as it is, up to the next character that does.
    while let Some(at) = rest.bytes().position(|b| !plain(b)) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before.as_bytes());
        let mut after = after.chars();
        after.by_ref().take(1).for_each(|c| push_char(out, c));
        rest = after.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

#[inline(never)]
fn push_char(out: &mut Vec<u8>, c: char) {
    match c {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        // Some readers end a line at the separators, some terminals obey the upper controls, and the last turn the direction of
        // the text around them. All of these have four digits.
        c if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
            let code = u32::from(c) as u16;
            out.extend_from_slice(b"\\u");
            out.extend_from_slice(to_hex(&code.to_be_bytes()).as_bytes());
        }
        c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// The decoded string.
#[inline(never)]
pub(crate) fn owned(text: Str<'_>) -> Option<String> {
    cow(text).map(Cow::into_owned)
}

/// The decoded string: as it stands, unless it has escapes.
#[inline(never)]
pub(crate) fn cow(text: Str<'_>) -> Option<Cow<'_, str>> {
    match text.plain() {
        Some(plain) => Some(Cow::Borrowed(plain)),
        None => String::from_utf8(text.bytes().collect()).ok().map(Cow::Owned),
    }
}

/// As [`text`], without a copy where there are no escapes.
#[inline(never)]
pub(crate) fn borrowed(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    cow(value?.as_str()?)
}

/// The bytes of a member that is there, not null, and base64url text.
#[inline(never)]
pub(crate) fn bytes(value: Option<Value<'_>>) -> Option<Vec<u8>> {
    decode(borrowed(value)?.as_bytes()).ok()
}

/// The decoded string of a member that is there, not null, and a string.
#[inline(never)]
pub(crate) fn text(value: Option<Value<'_>>) -> Option<String> {
    owned(value?.as_str()?)
}

/// A member that is there and not null.
pub(crate) fn present(value: Option<Value<'_>>) -> Option<Value<'_>> {
    value.filter(|v| !v.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_by_serde_json() {
        let nasty = "\"\\\u{0}\n\u{7f}\u{2028}é😀/";
        let written = Object::new()
            .string("a", nasty)
            .number("b", u64::MAX)
            .bool("c", true)
            .optional_string("d", None)
            .optional_bool("e", None)
            .array(nasty, [quoted("x"), quoted(nasty)])
            .end();
        let read: Option<serde_json::Value> = serde_json::from_str(&written).ok();
        assert_eq!(
            read,
            Some(
                serde_json::json!({"a": nasty, "b": u64::MAX, "c": true, "d": null, "e": null, nasty: ["x", nasty]})
            )
        );
        assert_eq!(Object::new().end(), "{}");
    }
}
