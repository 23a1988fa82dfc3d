//! `encoding::cbor` against a recursive reader after RFC 8949 Appendix C, and against ciborium: core accepts exactly what the
//! rules of its module header allow, ciborium decodes all of it to the same values, and writes it back byte for byte.
//!
//! Differences, all of them meant: ciborium takes much that CTAP2 forbids; it has no simple values but false, true, null and
//! undefined, so an item with another one (which only extension outputs may hold) is not given to it; it writes floats in
//! their shortest form and undefined as null.

use ciborium::Value as Ciborium;
use mfakit_core::encoding::cbor::{self, Limits, Value};

/// An item as the reference reader reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Major types 0 and 1.
    Integer(i128),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3.
    Text(String),
    /// Major type 4.
    Array(Vec<Node>),
    /// Major type 5.
    Map(Vec<(Node, Node)>),
    /// Major type 7: a simple value.
    Simple(u8),
    /// Major type 7: a float, as it stands.
    Float(Vec<u8>),
}

/// What the whole input must satisfy besides its form.
struct Facts {
    depth: usize,
    items: usize,
    other_simple: bool,
    duplicate_key: bool,
    other_key: bool,
    ordered: bool,
}

/// Reads one item in the shortest form and with definite lengths, and what the limits ask about it. Returns it with the rest
/// of the input if the limits allow it.
#[must_use]
pub fn reference(bytes: &[u8], limits: Limits) -> Option<(Node, bool, &[u8])> {
    let mut facts = Facts {
        depth: 0,
        items: 0,
        other_simple: false,
        duplicate_key: false,
        other_key: false,
        ordered: true,
    };
    let mut rest = bytes;
    let node = item(&mut rest, 0, &mut facts)?;
    let allowed = facts.depth <= limits.depth
        && facts.items <= 256
        && !facts.duplicate_key
        && !facts.other_key
        && (limits.any_simple || !facts.other_simple)
        && (facts.ordered || !limits.strict_order);
    allowed.then_some((node, facts.ordered, rest))
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(n)?;
    *rest = tail;
    Some(head)
}

fn item(rest: &mut &[u8], depth: usize, facts: &mut Facts) -> Option<Node> {
    facts.items += 1;
    // Deeper than any limit, or more items: refused in any case, and this reader recurses.
    if depth > 9 || facts.items > 300 {
        return None;
    }
    let initial = take(rest, 1)?[0];
    let (major, info) = (initial >> 5, initial & 31);
    let width = match info {
        0..24 => 0,
        24..28 => 1 << (info - 24),
        _ => return None,
    };
    let following = take(rest, width)?;
    let argument = match width {
        0 => u64::from(info),
        _ => following.iter().fold(0, |n, &byte| (n << 8) | u64::from(byte)),
    };
    if major == 7 {
        facts.other_simple |= !matches!(initial, 0xf4..=0xf6);
        return match width {
            0 => Some(Node::Simple(info)),
            1 => (argument >= 32).then_some(Node::Simple(following[0])),
            _ => Some(Node::Float(following.to_vec())),
        };
    }
    let shortest = match argument {
        0..24 => 0,
        24..0x100 => 1,
        0x100..0x1_0000 => 2,
        0x1_0000..0x1_0000_0000 => 4,
        _ => 8,
    };
    if width != shortest {
        return None;
    }
    match major {
        0 => Some(Node::Integer(i128::from(argument))),
        1 => Some(Node::Integer(-1 - i128::from(argument))),
        2 => Some(Node::Bytes(take(rest, usize::try_from(argument).ok()?)?.to_vec())),
        3 => {
            let text = take(rest, usize::try_from(argument).ok()?)?;
            Some(Node::Text(String::from_utf8(text.to_vec()).ok()?))
        }
        4 => {
            facts.depth = facts.depth.max(depth + 1);
            let mut items = Vec::new();
            for _ in 0..argument {
                items.push(item(rest, depth + 1, facts)?);
            }
            Some(Node::Array(items))
        }
        5 => {
            facts.depth = facts.depth.max(depth + 1);
            let (mut entries, mut keys) = (Vec::new(), Vec::new());
            for _ in 0..argument {
                let before = *rest;
                let key = item(rest, depth + 1, facts)?;
                facts.other_key |=
                    !matches!(key, Node::Integer(_) | Node::Bytes(_) | Node::Text(_));
                keys.push(before[..before.len() - rest.len()].to_vec());
                entries.push((key, item(rest, depth + 1, facts)?));
            }
            // CTAP 2.2 §8: by major type, then by length, then bytewise.
            let mut sorted = keys.clone();
            sorted.sort_by_key(|key| (key[0] >> 5, key.len(), key.clone()));
            facts.ordered &= sorted == keys;
            facts.duplicate_key |= sorted.windows(2).any(|pair| pair[0] == pair[1]);
            Some(Node::Map(entries))
        }
        _ => None,
    }
}

/// Whether core accepts under any limits; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let strict = Limits { strict_order: true, ..Limits::CTAP2 };
    let all = [Limits::CTAP2, Limits::ATTESTATION_OBJECT, Limits::EXTENSIONS, strict];
    let accepted = all.map(|limits| check_with(data, limits));
    accepted.contains(&true)
}

fn check_with(data: &[u8], limits: Limits) -> bool {
    let expected = reference(data, limits);
    let ours = cbor::read_prefix(data, limits);
    let (Some((node, ordered, rest)), Ok((value, our_rest))) = (&expected, &ours) else {
        assert!(expected.is_none() && ours.is_err(), "{expected:?} {ours:?} {limits:?}");
        assert!(cbor::read_all(data, limits).is_err());
        return false;
    };
    assert_eq!(rest, our_rest);
    assert_eq!(cbor::read_all(data, limits).is_ok(), rest.is_empty());
    assert_eq!(value.encoding(), &data[..data.len() - rest.len()]);
    assert_eq!(value.non_canonical_order(), !ordered);
    compare(node, value);
    if !has_unknown_simple(node) {
        compare_with_ciborium(node, value.encoding());
    }
    true
}

/// Every accessor says what the node is, and that it is nothing else.
fn compare(node: &Node, value: &Value<'_>) {
    let integer = if let Node::Integer(n) = node { i64::try_from(*n).ok() } else { None };
    assert_eq!(value.as_int(), integer);
    assert_eq!(value.as_bytes(), if let Node::Bytes(b) = node { Some(&b[..]) } else { None });
    assert_eq!(value.as_text(), if let Node::Text(s) = node { Some(&s[..]) } else { None });
    let Node::Map(entries) = node else {
        assert!(value.as_map().is_none());
        return;
    };
    let ours: Vec<_> = value.as_map().expect("a map").collect();
    assert_eq!(ours.len(), entries.len());
    for ((key, node), (our_key, our_value)) in entries.iter().zip(ours) {
        compare(key, &our_key);
        compare(node, &our_value);
        let found = match key {
            Node::Integer(n) => i64::try_from(*n).ok().and_then(|n| value.get_int(n)),
            Node::Text(s) => value.get_text(s),
            _ => continue,
        };
        // Nothing is found under an integer that no i64 holds.
        assert!(found.is_none_or(|found| found.encoding() == our_value.encoding()));
        assert_eq!(found.is_none(), matches!(key, Node::Integer(n) if i64::try_from(*n).is_err()));
    }
}

fn has_unknown_simple(node: &Node) -> bool {
    match node {
        Node::Simple(n) => !matches!(n, 20..=23),
        Node::Array(items) => items.iter().any(has_unknown_simple),
        Node::Map(entries) => {
            entries.iter().any(|(k, v)| has_unknown_simple(k) || has_unknown_simple(v))
        }
        _ => false,
    }
}

fn compare_with_ciborium(node: &Node, encoding: &[u8]) {
    let mut rest = encoding;
    let theirs: Ciborium = ciborium::from_reader(&mut rest).expect("ciborium decodes it");
    assert!(rest.is_empty());
    assert!(same(node, &theirs), "{node:?} {theirs:?}");
    if !has_float_or_undefined(node) {
        let mut written = Vec::new();
        ciborium::into_writer(&theirs, &mut written).expect("a Vec takes everything");
        assert_eq!(written, encoding);
    }
}

fn has_float_or_undefined(node: &Node) -> bool {
    match node {
        Node::Float(_) | Node::Simple(23) => true,
        Node::Array(items) => items.iter().any(has_float_or_undefined),
        Node::Map(entries) => {
            entries.iter().any(|(k, v)| has_float_or_undefined(k) || has_float_or_undefined(v))
        }
        _ => false,
    }
}

/// Whether ciborium read the same value.
fn same(node: &Node, theirs: &Ciborium) -> bool {
    match (node, theirs) {
        (Node::Integer(n), Ciborium::Integer(m)) => *n == i128::from(*m),
        (Node::Bytes(a), Ciborium::Bytes(b)) => a == b,
        (Node::Text(a), Ciborium::Text(b)) => a == b,
        (Node::Array(a), Ciborium::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Node::Map(a), Ciborium::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.0, &b.0) && same(&a.1, &b.1))
        }
        (Node::Simple(20), Ciborium::Bool(false)) | (Node::Simple(21), Ciborium::Bool(true)) => {
            true
        }
        (Node::Simple(22 | 23), Ciborium::Null) => true,
        // Core skips floats and has no accessor for them: their width is all there is to compare.
        (Node::Float(_), Ciborium::Float(_)) => true,
        _ => false,
    }
}

/// Items at the edges of the rules.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let items: [&[u8]; 14] = [
        &[0x00],
        &[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x1b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &[0x43, 1, 2, 3],
        &[0x62, 0xc3, 0xa9],
        &[0x83, 0xf4, 0xf5, 0xf6],
        &[0xa3, 0x01, 0x00, 0x20, 0x01, 0x61, 0x61, 0x02],
        &[0xa2, 0x61, 0x61, 0x00, 0x01, 0x02],
        &[0xa2, 0x01, 0x00, 0x01, 0x02],
        &[0xa1, 0x81, 0x01, 0xa1, 0x82, 0x01, 0x02, 0x81, 0x80],
        &[0x81, 0x81, 0x81, 0x81, 0x81, 0x00],
        &[
            0x85, 0xf9, 0x3c, 0x00, 0xfa, 0x7f, 0xc0, 0, 0, 0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0,
            0xf7, 0xf8, 0xff,
        ],
        &[0x19, 0x01, 0x00],
        &[0x18, 0x18],
    ];
    items.iter().map(|item| item.to_vec()).collect()
}
