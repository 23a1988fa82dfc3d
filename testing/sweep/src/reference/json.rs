//! JSON by serde_json, with every member kept: a map type would hide a name that stands twice.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The members of an object in their order.
pub(crate) struct Object<'a>(Vec<(String, &'a RawValue)>);

/// Reads an object that is the whole text; one byte order mark is dropped.
pub(crate) fn read(text: &[u8]) -> Result<Object<'_>, String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(text).map_err(|error| format!("serde_json refuses it: {error}"))
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry::<String, &RawValue>()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        from.deserialize_map(Members)
    }
}

impl<'a> Object<'a> {
    /// The value of a member; an error if it stands twice.
    pub(crate) fn member(&self, name: &str) -> Result<Option<&'a str>, String> {
        let mut found = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.get());
        let first = found.next();
        if found.next().is_some() {
            return Err(format!("\"{name}\" stands twice"));
        }
        Ok(first)
    }

    /// The value of a member that is there and not null.
    pub(crate) fn present(&self, name: &str) -> Result<Option<&'a str>, String> {
        Ok(self.member(name)?.filter(|value| *value != "null"))
    }

    /// The string of a member that must be there.
    pub(crate) fn string(&self, name: &str) -> Result<String, String> {
        let value = self.member(name)?.ok_or_else(|| format!("there is no \"{name}\""))?;
        parse(name, value)
    }

    /// The bytes of a base64url member that must be there.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        super::text::base64url(self.string(name)?.as_bytes())
    }

    /// A member that must be an object.
    pub(crate) fn object(&self, name: &str) -> Result<Object<'a>, String> {
        read(self.member(name)?.ok_or_else(|| format!("there is no \"{name}\""))?.as_bytes())
    }
}

/// A value of serde_json's types.
pub(crate) fn parse<T: for<'a> Deserialize<'a>>(name: &str, value: &str) -> Result<T, String> {
    serde_json::from_str(value).map_err(|error| format!("\"{name}\" is {value}: {error}"))
}
