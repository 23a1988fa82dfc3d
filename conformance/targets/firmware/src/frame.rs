//! Frames: what the bridge and the device say to each other, in binary.
//!
//! A frame is its length (u32) and that many bytes; every number is little-endian. A request holds fields. A response holds
//! a verdict (one byte, [`Verdict`]) and fields, or after a refusal the error's number (u16). A field is the length of its
//! name (one byte), the name, a kind (one byte, [`kind`]) and the value. Invariant: the reader is total and borrows; a
//! [`Fields`] holds well-formed fields only. This is the harness, not the core: what is wrong here is the bridge's mistake.

/// The first byte of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// Fields follow.
    Accept = 0,
    /// The number of an [`mfakit_core::Error`] follows.
    Reject = 1,
    /// This image does not have the operation.
    UnknownOperation = 2,
    /// An input is of a type that the core's signatures rule out.
    WrongType = 3,
    /// The frame, or the harness's room for it, is at fault.
    Harness = 4,
}

/// The kinds of value.
pub mod kind {
    /// No value.
    pub const NULL: u8 = 0;
    /// A boolean: one byte, 0 or 1.
    pub const FLAG: u8 = 1;
    /// A whole number: eight bytes.
    pub const UNSIGNED: u8 = 2;
    /// A negative number: eight bytes, two's complement.
    pub const NEGATIVE: u8 = 3;
    /// Bytes: their number (u32), then they.
    pub const BYTES: u8 = 4;
    /// Text: like bytes.
    pub const TEXT: u8 = 5;
    /// A list: the number of its values (u32), then each with its kind.
    pub const LIST: u8 = 6;
    /// Something that no operation takes: a fraction, an object.
    pub const OTHER: u8 = 7;
}

/// The most fields in a request: the largest operation has 25 or so.
const MAX_FIELDS: usize = 40;

/// One value of a request.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Unsigned(u64),
    /// A negative number.
    Negative(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text; whether it is UTF-8 is not checked here.
    Text(&'a [u8]),
    /// A list.
    List(List<'a>),
    /// Something that no operation takes.
    Other,
}

/// The values of a list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    count: u32,
    values: &'a [u8],
}

impl<'a> Iterator for List<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.count = self.count.checked_sub(1)?;
        take_value(&mut self.values, 0)
    }
}

/// The fields of a request.
#[derive(Debug)]
pub struct Fields<'a> {
    fields: [(&'a [u8], Value<'a>); MAX_FIELDS],
    count: usize,
}

impl<'a> Fields<'a> {
    /// Reads the fields of a frame; `None` if they are not well formed, or too many.
    #[must_use]
    pub fn read(mut frame: &'a [u8]) -> Option<Self> {
        let mut read = Self { fields: [(&[], Value::Null); MAX_FIELDS], count: 0 };
        while !frame.is_empty() {
            let [len] = *take_array(&mut frame)?;
            let name = take(&mut frame, len.into())?;
            *read.fields.get_mut(read.count)? = (name, take_value(&mut frame, 1)?);
            read.count += 1;
        }
        Some(read)
    }

    /// The value of a field; absent and null are the same.
    #[must_use]
    pub fn get(&self, name: &str) -> Value<'a> {
        let found = self.fields[..self.count].iter().find(|(n, _)| *n == name.as_bytes());
        found.map_or(Value::Null, |(_, value)| *value)
    }
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(len)?;
    *bytes = tail;
    Some(head)
}

fn take_array<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    take(bytes, N)?.try_into().ok()
}

fn take_sized<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u32::from_le_bytes(*take_array(bytes)?);
    take(bytes, usize::try_from(len).ok()?)
}

/// Lists may nest `lists` deep.
fn take_value<'a>(bytes: &mut &'a [u8], lists: u32) -> Option<Value<'a>> {
    let [found] = *take_array(bytes)?;
    Some(match found {
        kind::NULL => Value::Null,
        kind::FLAG => Value::Flag(*take_array(bytes)? != [0]),
        kind::UNSIGNED => Value::Unsigned(u64::from_le_bytes(*take_array(bytes)?)),
        kind::NEGATIVE => Value::Negative(i64::from_le_bytes(*take_array(bytes)?)),
        kind::BYTES => Value::Bytes(take_sized(bytes)?),
        kind::TEXT => Value::Text(take_sized(bytes)?),
        kind::LIST => {
            let inner = lists.checked_sub(1)?;
            let count = u32::from_le_bytes(*take_array(bytes)?);
            let values = *bytes;
            for _ in 0..count {
                take_value(bytes, inner)?;
            }
            Value::List(List { count, values })
        }
        kind::OTHER => Value::Other,
        _ => return None,
    })
}

/// Writes a response into a buffer. What does not fit makes it [`Verdict::Harness`] in the end.
#[derive(Debug)]
pub struct Response<'b> {
    buffer: &'b mut [u8],
    len: usize,
    overflow: bool,
}

/// The bytes before the fields: the frame's length and the verdict.
const HEAD: usize = 5;

impl<'b> Response<'b> {
    /// An empty response. `buffer` has room for the head at least.
    #[must_use]
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: HEAD, overflow: false }
    }

    /// The finished frame.
    #[must_use]
    pub fn finish(self, verdict: Verdict) -> &'b [u8] {
        let (verdict, len) = match (self.overflow, verdict) {
            (true, _) => (Verdict::Harness, HEAD),
            (false, verdict) => (verdict, self.len),
        };
        let content = u32::try_from(len - HEAD + 1).unwrap_or(u32::MAX);
        self.buffer[..4].copy_from_slice(&content.to_le_bytes());
        self.buffer[4] = verdict as u8;
        &self.buffer[..len]
    }

    /// Drops every field and writes an error's number instead.
    #[must_use]
    pub fn refuse(mut self, number: u16) -> &'b [u8] {
        self.len = HEAD;
        self.put(&number.to_le_bytes());
        self.finish(Verdict::Reject)
    }

    /// Drops every field.
    #[must_use]
    pub fn fail(mut self, verdict: Verdict) -> &'b [u8] {
        self.len = HEAD;
        self.finish(verdict)
    }

    /// Writes a field.
    pub fn field<'v>(&mut self, name: &str, value: impl Into<Value<'v>>) {
        self.name(name);
        self.value(value.into());
    }

    /// Writes a text field, given its UTF-8 bytes one by one.
    pub fn text(&mut self, name: &str, value: impl Iterator<Item = u8>) {
        self.name(name);
        self.put(&[kind::TEXT]);
        self.counted(value, |response, byte| response.put(&[byte]));
    }

    /// Writes a field that is a list.
    pub fn list<'v>(&mut self, name: &str, values: impl Iterator<Item = Value<'v>>) {
        self.name(name);
        self.put(&[kind::LIST]);
        self.counted(values, Self::value);
    }

    fn name(&mut self, name: &str) {
        match u8::try_from(name.len()) {
            Ok(len) => self.put(&[len]),
            Err(_) => self.overflow = true,
        }
        self.put(name.as_bytes());
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Null => self.put(&[kind::NULL]),
            Value::Flag(flag) => self.put(&[kind::FLAG, u8::from(flag)]),
            Value::Unsigned(number) => self.tagged(kind::UNSIGNED, &number.to_le_bytes()),
            Value::Negative(number) => self.tagged(kind::NEGATIVE, &number.to_le_bytes()),
            Value::Bytes(bytes) => self.sized(kind::BYTES, bytes),
            Value::Text(text) => self.sized(kind::TEXT, text),
            // No result nests lists.
            Value::List(_) | Value::Other => self.overflow = true,
        }
    }

    fn tagged(&mut self, kind: u8, bytes: &[u8]) {
        self.put(&[kind]);
        self.put(bytes);
    }

    fn sized(&mut self, kind: u8, bytes: &[u8]) {
        match u32::try_from(bytes.len()) {
            Ok(len) => self.tagged(kind, &len.to_le_bytes()),
            Err(_) => self.overflow = true,
        }
        self.put(bytes);
    }

    /// Writes items, and how many there were (u32) in front of them.
    fn counted<T>(&mut self, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        let at = self.len;
        self.put(&[0; 4]);
        let mut count = 0_u32;
        for item in items {
            write(self, item);
            count += 1;
        }
        if let Some(slot) = self.buffer.get_mut(at..at + 4) {
            slot.copy_from_slice(&count.to_le_bytes());
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        match self.buffer.get_mut(self.len..self.len + bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            None => self.overflow = true,
        }
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Unsigned(number.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Unsigned(number)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        u64::try_from(number).map_or(Self::Negative(number), Self::Unsigned)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.as_bytes())
    }
}

impl<'a> From<Option<&'a [u8]>> for Value<'a> {
    fn from(bytes: Option<&'a [u8]>) -> Self {
        bytes.map_or(Self::Null, Self::Bytes)
    }
}
