//! Writing JSON, and owned values out of read JSON. Reading is core's.

use mfakit_core::encoding::json::{Str, Value};

/// A JSON object in the making.
pub(crate) struct Object {
    text: String,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self { text: String::from("{") }
    }

    /// A member whose value is JSON text already.
    pub(crate) fn raw(mut self, name: &str, value: &str) -> Self {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        push_string(&mut self.text, name);
        self.text.push(':');
        self.text.push_str(value);
        self
    }

    pub(crate) fn string(self, name: &str, value: &str) -> Self {
        let mut quoted = String::new();
        push_string(&mut quoted, value);
        self.raw(name, &quoted)
    }

    pub(crate) fn number(self, name: &str, value: impl Into<i128>) -> Self {
        self.raw(name, &value.into().to_string())
    }

    pub(crate) fn bool(self, name: &str, value: bool) -> Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    /// `null` for `None`.
    pub(crate) fn optional_string(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.string(name, value),
            None => self.raw(name, "null"),
        }
    }

    /// `null` for `None`.
    pub(crate) fn optional_bool(self, name: &str, value: Option<bool>) -> Self {
        match value {
            Some(value) => self.bool(name, value),
            None => self.raw(name, "null"),
        }
    }

    pub(crate) fn array(self, name: &str, elements: impl IntoIterator<Item = String>) -> Self {
        let elements: Vec<String> = elements.into_iter().collect();
        self.raw(name, &format!("[{}]", elements.join(",")))
    }

    pub(crate) fn end(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::new();
    push_string(&mut out, text);
    out
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // Some readers end a line at the separators, some terminals obey the upper controls, and the last turn the direction of
            // the text around them.
            c if c.is_control()
                || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The decoded string.
pub(crate) fn owned(text: Str<'_>) -> Option<String> {
    String::from_utf8(text.bytes().collect()).ok()
}

/// The decoded string of a member that is there, not null, and a string.
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
