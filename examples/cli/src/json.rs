//! JSON with secrets in it: written into memory that is wiped, and read into values that are wiped.

use serde_json::Value;
use zeroize::{Zeroize, Zeroizing};

/// A JSON object that was read. All its text is wiped when it goes.
pub(crate) struct Object(Value);

impl Object {
    /// None: not JSON, or not an object.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let object = Self(serde_json::from_slice(bytes).ok()?);
        object.0.is_object().then_some(object)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(crate) fn list(&self, name: &str) -> Option<&[Value]> {
        self.0.get(name)?.as_array().map(Vec::as_slice)
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A JSON object of texts.
pub(crate) fn object(members: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
    // The most that writing can need, so that the memory never moves and leaves a copy: six bytes for one (\u001f), and `"":"",`.
    let most = members.iter().map(|(name, text)| 6 * (name.len() + text.len()) + 6).sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 2));
    bytes.push(b'{');
    for (number, (name, text)) in members.iter().enumerate() {
        if number > 0 {
            bytes.push(b',');
        }
        push(&mut bytes, name);
        bytes.push(b':');
        push(&mut bytes, text);
    }
    bytes.push(b'}');
    bytes
}

fn push(bytes: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(bytes, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_never_moved() {
        let password = "\u{1}\"\\é\u{1f}\n漢🔑".repeat(40);
        let members = [("email", "alice@example.com"), ("password", password.as_str())];
        let bytes = object(&members);
        let most =
            members.iter().map(|(name, text)| 6 * (name.len() + text.len()) + 6).sum::<usize>();
        assert_eq!(bytes.capacity(), most + 2);
        let read = Object::read(&bytes);
        for (name, text) in members {
            assert_eq!(read.as_ref().and_then(|object| object.text(name)), Some(text));
        }
        assert_eq!(*object(&[]), b"{}");
    }

    #[test]
    fn all_text_is_wiped() {
        let mut value =
            serde_json::json!({"a": "x", "b": ["y", {"c": "z"}], "d": 1, "e": null, "f": true});
        wipe(&mut value);
        let wiped =
            serde_json::json!({"a": "", "b": ["", {"c": ""}], "d": 1, "e": null, "f": true});
        assert_eq!(value, wiped);
    }

    #[test]
    fn only_objects_are_read() {
        for text in ["", "[]", "1", "null", "\"x\"", "{\"a\":1", "{} {}"] {
            assert!(Object::read(text.as_bytes()).is_none(), "{text}");
        }
        let object = Object::read(br#"{"text":"x","number":7,"flag":true,"list":[1]}"#);
        let object = object.as_ref();
        assert_eq!(object.and_then(|o| o.text("number")), None);
        assert_eq!(object.and_then(|o| o.number("number")), Some(7));
        assert_eq!(object.and_then(|o| o.flag("flag")), Some(true));
        assert_eq!(object.and_then(|o| o.list("list")).map(<[Value]>::len), Some(1));
        assert_eq!(object.and_then(|o| o.number("text")), None);
    }
}
