//! `encoding::json` against serde_json: both accept the same texts, and read the same values out of them, duplicate members
//! included.
//!
//! Differences, all of them meant: ours drops one byte order mark, refuses more than 16 levels and numbers of more than 32
//! characters, and keeps a number such as 1e999 as text, where serde_json refuses it as out of range.

use mfakit_core::Error;
use mfakit_core::encoding::json::{self, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value as serde_json reads it, with every member in its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number from 0 to 2^64 − 1.
    Unsigned(u64),
    /// A whole negative number.
    Signed(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Tree>),
    /// An object.
    Object(Vec<(String, Tree)>),
}

/// What serde_json and our limits make of a text.
pub enum Reference {
    /// Well formed and within our limits.
    Accepted(Tree),
    /// Not.
    Refused,
    /// serde_json cannot hold a number that is in it.
    OutOfRange,
}

/// Reads a text with serde_json.
#[must_use]
pub fn reference(text: &[u8]) -> Reference {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match serde_json::from_slice::<Tree>(text) {
        Ok(tree) if tree.depth() <= 16 && longest_number(text) <= 32 => Reference::Accepted(tree),
        Err(error) if error.to_string().starts_with("number out of range") => Reference::OutOfRange,
        _ => Reference::Refused,
    }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    match (reference(data), json::read_all(data)) {
        (Reference::Accepted(tree), Ok(value)) => {
            compare(&tree, value);
            check_members(&tree, value);
            true
        }
        (Reference::Refused, Err(error)) => {
            assert_eq!(error, Error::JsonMalformed);
            false
        }
        (Reference::OutOfRange, ours) => ours.is_ok(),
        (Reference::Accepted(tree), Err(_)) => panic!("only serde_json accepts: {tree:?}"),
        (Reference::Refused, Ok(value)) => panic!("only core accepts: {value:?}"),
    }
}

/// The decoded string.
#[must_use]
pub fn decoded(text: json::Str<'_>) -> String {
    String::from_utf8(text.bytes().collect()).expect("a validated string is UTF-8")
}

fn compare(tree: &Tree, value: Value<'_>) {
    // The accessors of the other types say no.
    assert_eq!(value.is_null(), matches!(tree, Tree::Null));
    assert_eq!(value.as_bool(), if let Tree::Bool(b) = tree { Some(*b) } else { None });
    assert_eq!(value.as_str().is_some(), matches!(tree, Tree::String(_)));
    assert_eq!(value.as_array().is_some(), matches!(tree, Tree::Array(_)));
    assert_eq!(value.as_object().is_some(), matches!(tree, Tree::Object(_)));
    let number = matches!(tree, Tree::Unsigned(_) | Tree::Signed(_) | Tree::Float(_));
    assert_eq!(value.is_number(), number);
    assert!(number || value.as_rounded_down().is_none());
    match tree {
        Tree::Null | Tree::Bool(_) => {}
        Tree::Unsigned(n) => {
            assert_eq!(value.as_u64(), Some(*n));
            assert_eq!(value.as_rounded_down(), Some((*n, true)));
            assert_eq!(value.as_i64(), i64::try_from(*n).ok());
        }
        Tree::Signed(n) => {
            assert_eq!((value.as_i64(), value.as_u64()), (Some(*n), None));
            assert_eq!(value.as_rounded_down(), None);
        }
        Tree::Float(n) => {
            match value.as_rounded_down() {
                // Ours is exact, and ends at 2^64; a double is the nearest that there is.
                Some((floor, _)) => {
                    let near = (floor as f64 - n.floor()).abs() <= (n * f64::EPSILON).max(1.0);
                    assert!(near || (floor == u64::MAX && *n >= 18_446_744_073_709_551_615.0));
                }
                // A negative one may be too small for a double.
                None => assert!(*n < 0.0 || (*n == 0.0 && n.is_sign_negative())),
            }
            // serde_json makes a double of -0, which is a whole number to us.
            let zero = *n == 0.0 && value.text() == b"-0";
            assert!((value.as_u64(), value.as_i64()) == (None, None) || zero);
        }
        Tree::String(s) => {
            let ours = value.as_str().expect("a string");
            assert_eq!(decoded(ours), *s);
            assert!(ours == **s);
            assert!(ours.plain().is_none_or(|plain| plain == s));
        }
        Tree::Array(items) => {
            let ours: Vec<_> = value.as_array().expect("an array").collect();
            assert_eq!(ours.len(), items.len());
            items.iter().zip(ours).for_each(|(tree, value)| compare(tree, value));
        }
        Tree::Object(members) => {
            let ours: Vec<_> = value.as_object().expect("an object").collect();
            assert_eq!(ours.len(), members.len());
            for ((name, tree), (our_name, value)) in members.iter().zip(ours) {
                assert_eq!(decoded(our_name), *name);
                compare(tree, value);
            }
        }
    }
}

/// `members` finds a name that stands once, misses one that does not stand, and refuses one that stands twice.
fn check_members(tree: &Tree, value: Value<'_>) {
    const NAMES: [&str; 3] = ["type", "challenge", "a"];
    let expected = tree.members(NAMES);
    match value.members(NAMES) {
        Err(error) => {
            assert_eq!(error, Error::JsonDuplicateMember);
            assert!(expected == Members::Duplicate);
        }
        Ok(None) => assert!(expected == Members::NoObject),
        Ok(Some(found)) => {
            let Members::Found(expected) = expected else { panic!("{expected:?}") };
            for (value, tree) in found.into_iter().zip(expected) {
                assert_eq!(value.is_some(), tree.is_some());
                if let (Some(value), Some(tree)) = (value, tree) {
                    compare(&tree, value);
                }
            }
        }
    }
}

/// The members of some names.
#[derive(Debug, PartialEq)]
pub enum Members<const N: usize> {
    /// Not an object.
    NoObject,
    /// One of the names stands twice.
    Duplicate,
    /// Each where it stands.
    Found([Option<Tree>; N]),
}

impl Tree {
    /// The members of these names.
    #[must_use]
    pub fn members<const N: usize>(&self, names: [&str; N]) -> Members<N> {
        let Self::Object(members) = self else { return Members::NoObject };
        let all = names.map(|name| members.iter().filter(|m| m.0 == name).collect::<Vec<_>>());
        if all.iter().any(|found| found.len() > 1) {
            return Members::Duplicate;
        }
        Members::Found(all.map(|found| found.first().map(|m| m.1.clone())))
    }

    fn depth(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Object(members) => 1 + members.iter().map(|m| m.1.depth()).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// The length of the longest number in a well-formed text.
fn longest_number(text: &[u8]) -> usize {
    let (mut longest, mut here, mut in_string, mut escaped) = (0, 0, false, false);
    for &byte in text {
        let part_of_number = !in_string && matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'E')
            || here > 0 && byte == b'e';
        here = if part_of_number { here + 1 } else { 0 };
        longest = longest.max(here);
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else {
            in_string = byte == b'"';
        }
    }
    longest
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }
    fn visit_bool<E>(self, b: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(b))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(n))
    }
    fn visit_i64<E>(self, n: i64) -> Result<Tree, E> {
        Ok(Tree::Signed(n))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Tree, E> {
        Ok(Tree::Float(n))
    }
    fn visit_str<E>(self, s: &str) -> Result<Tree, E> {
        Ok(Tree::String(s.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Tree::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Tree::Object(members))
    }
}

/// Texts at the edges of the grammar.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let deepest = "[".repeat(16) + &"]".repeat(16);
    let longest = "1".repeat(32);
    let texts = [
        r#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org","a":[1,-2,3.5e-7]}"#,
        r#" { "\u0074ype" : null , "x\"\\\/\b\f\n\r\t" : [ true , false , { } , [ ] ] } "#,
        r#"["\u00e9\ud83d\ude00é😀",18446744073709551615,-9223372036854775808,1e308,-0,0.1]"#,
        r#"{"a":1,"a":2}"#,
        "\u{feff}{}",
        &deepest,
        &longest,
        "1e999",
        r#""\ud800""#,
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}
