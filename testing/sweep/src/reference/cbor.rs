//! CBOR into a tree, by recursion, as RFC 8949 Appendix C reads it, narrowed to the canonical form of CTAP 2.2 §8 but for the
//! order of keys, which is reported.

/// A data item.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Int(i128),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Item>),
    Map(Vec<(Item, Item)>),
    /// Simple values and floats, by head and content.
    Simple(Vec<u8>),
}

/// A data item and what is to be known about its form.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) item: Item,
    /// The number of bytes that it takes.
    pub(crate) len: usize,
    /// Arrays and maps inside one another.
    pub(crate) depth: usize,
    pub(crate) in_order: bool,
    /// Whether there is a simple value other than false, true and null, or a float.
    pub(crate) unusual: bool,
}

impl Item {
    /// The value under a key, in a map.
    pub(crate) fn get(&self, key: &Item) -> Option<&Item> {
        match self {
            Self::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn at(&self, key: i128) -> Option<&Item> {
        self.get(&Self::Int(key))
    }

    pub(crate) fn named(&self, key: &str) -> Option<&Item> {
        self.get(&Self::Text(key.to_owned()))
    }
}

/// Reads one item that is the whole of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, String> {
    let read = read_prefix(bytes)?;
    if read.len == bytes.len() { Ok(read) } else { Err("bytes follow the item".to_owned()) }
}

/// Reads one item from the start of `bytes`.
pub(crate) fn read_prefix(bytes: &[u8]) -> Result<Read, String> {
    let first = *bytes.first().ok_or("the item is missing")?;
    let (major, info) = (first >> 5, first & 31);
    let width = match info {
        0..=23 => 0,
        24..=27 => 1 << (info - 24),
        _ => return Err("a reserved or indefinite head".to_owned()),
    };
    let tail = bytes.get(1..1 + width).ok_or("a head is cut off")?;
    let argument = match width {
        0 => u64::from(info),
        _ => tail.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)),
    };
    let smallest = match width {
        0 => 0,
        1 => 24,
        2 => 1 << 8,
        4 => 1 << 16,
        _ => 1 << 32,
    };
    if major != 7 && argument < smallest {
        return Err("a head is longer than it need be".to_owned());
    }
    let head = 1 + width;
    let mut read = Read { item: Item::Int(0), len: head, depth: 0, in_order: true, unusual: false };
    match major {
        0 => read.item = Item::Int(i128::from(argument)),
        1 => read.item = Item::Int(-1 - i128::from(argument)),
        2 | 3 => {
            let end = usize::try_from(argument).ok().and_then(|n| n.checked_add(head));
            let content = bytes.get(head..end.ok_or("a length beyond memory")?);
            let content = content.ok_or("a string is cut off")?.to_vec();
            read.len += content.len();
            read.item = match major {
                2 => Item::Bytes(content),
                _ => Item::Text(String::from_utf8(content).map_err(|e| e.to_string())?),
            };
        }
        4 => {
            let mut items = Vec::new();
            for _ in 0..argument {
                items.push(inner(bytes, &mut read)?);
            }
            read.depth += 1;
            read.item = Item::Array(items);
        }
        5 => {
            let mut entries: Vec<(Item, Item)> = Vec::new();
            let mut last: Option<Vec<u8>> = None;
            for _ in 0..argument {
                let start = read.len;
                let key = inner(bytes, &mut read)?;
                if !matches!(key, Item::Int(_) | Item::Bytes(_) | Item::Text(_)) {
                    return Err("a key that is neither integer nor string".to_owned());
                }
                if entries.iter().any(|(k, _)| *k == key) {
                    return Err("a key stands twice".to_owned());
                }
                let encoding = bytes[start..read.len].to_vec();
                let rank = |key: &[u8]| (key[0] >> 5, key.len(), key.to_vec());
                read.in_order &= last.as_ref().is_none_or(|last| rank(last) < rank(&encoding));
                last = Some(encoding);
                entries.push((key, inner(bytes, &mut read)?));
            }
            read.depth += 1;
            read.item = Item::Map(entries);
        }
        6 => return Err("a tag".to_owned()),
        _ => {
            if info == 24 && argument < 32 {
                return Err("a simple value in two bytes that takes one".to_owned());
            }
            read.unusual = !matches!(first, 0xf4..=0xf6);
            read.item = Item::Simple(bytes[..head].to_vec());
        }
    }
    Ok(read)
}

/// The next item inside an array or a map.
fn inner(bytes: &[u8], outer: &mut Read) -> Result<Item, String> {
    let read = read_prefix(&bytes[outer.len..])?;
    outer.len += read.len;
    outer.depth = outer.depth.max(read.depth);
    outer.in_order &= read.in_order;
    outer.unusual |= read.unusual;
    Ok(read.item)
}
