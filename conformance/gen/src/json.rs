//! JSON whose members keep the order in which they were written, so that the vector files are the same bytes on every
//! run and read like a table: one case a line.

use std::fmt::Write as _;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// Integers only: no vector needs a fraction.
    Int(i128),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// The largest integer that every JSON reader keeps exactly; larger ones are written as decimal strings.
const LARGEST_SAFE: i128 = (1 << 53) - 1;

impl Json {
    /// An object from its members.
    pub(crate) fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The value under a name, if this is an object that has it.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// Sets a member: in place if it is there, at the end if it is not.
    pub(crate) fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else { panic!("only an object has members") };
        match members.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => members.push((name.to_owned(), value)),
        }
    }

    /// Removes a member that must be there.
    pub(crate) fn remove(&mut self, name: &str) {
        let Self::Object(members) = self else { panic!("only an object has members") };
        let before = members.len();
        members.retain(|(n, _)| n != name);
        assert_eq!(members.len() + 1, before, "no member {name}");
    }

    /// The text on one line.
    pub(crate) fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) if value.abs() > LARGEST_SAFE => write_text(&value.to_string(), out),
            Self::Int(value) => out.push_str(&value.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (i, (name, value)) in members.iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { ", " });
                    write_text(name, out);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Everything outside printable ASCII is escaped: the files survive every editor, and look-alike letters show.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'"') => out.push_str("\\\""),
            Ok(b'\\') => out.push_str("\\\\"),
            Ok(b'\n') => out.push_str("\\n"),
            Ok(byte @ 0x20..=0x7e) => out.push(char::from(byte)),
            _ => write!(out, "\\u{unit:04x}").expect("a String takes every write"),
        }
    }
    out.push('"');
}

macro_rules! from {
    ($($type:ty => |$value:ident| $json:expr;)*) => {
        $(impl From<$type> for Json {
            fn from($value: $type) -> Self { $json }
        })*
    };
}

from! {
    bool => |value| Json::Bool(value);
    u8 => |value| Json::Int(value.into());
    u32 => |value| Json::Int(value.into());
    u64 => |value| Json::Int(value.into());
    i32 => |value| Json::Int(value.into());
    i64 => |value| Json::Int(value.into());
    i128 => |value| Json::Int(value);
    &str => |value| Json::Text(value.to_owned());
    String => |value| Json::Text(value);
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Json::Null, Into::into)
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(value: Vec<T>) -> Self {
        Json::Array(value.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_ascii_and_order_is_kept() {
        let value = Json::object([
            ("z", Json::from("é\u{1f600}\"\\\n\u{7f}")),
            ("a", Json::from(vec![1_u64, (1 << 53) - 1, 1 << 53])),
            ("n", Json::from(None::<bool>)),
        ]);
        let expected = "{\"z\": \"\\u00e9\\ud83d\\ude00\\\"\\\\\\n\\u007f\", \
                        \"a\": [1, 9007199254740991, \"9007199254740992\"], \"n\": null}";
        assert_eq!(value.compact(), expected);
    }
}
