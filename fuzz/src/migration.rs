//! `parse_otpauth_migration` against the protocol buffer read a second time, into a list of fields: the same entries, or one of
//! the errors that the rules find.

use crate::otpauth::forbidden;
use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD};
use mfakit::{Error, Otp, Otpauth};

/// An entry, and the export it is in.
#[derive(Debug, PartialEq)]
pub struct Read {
    secret: Vec<u8>,
    algorithm: &'static str,
    digits: u8,
    counter: Option<u64>,
    issuer: Option<String>,
    account: String,
    batch: (u32, u32, i32),
    unique_id: Option<String>,
    warnings: Vec<&'static str>,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Varint(u64),
    Bytes(Vec<u8>),
    Fixed,
}

/// The fields of a message, in order; `None` if it is none.
fn fields(mut rest: &[u8]) -> Option<Vec<(u64, Value)>> {
    fn varint(rest: &mut &[u8]) -> Option<u64> {
        let len = rest.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
        let wide =
            rest[..len].iter().rev().fold(0_u128, |n, byte| n << 7 | u128::from(byte & 0x7f));
        *rest = &rest[len..];
        u64::try_from(wide).ok()
    }
    fn take<'a>(rest: &mut &'a [u8], len: u64) -> Option<&'a [u8]> {
        let taken = rest.get(..usize::try_from(len).ok()?)?;
        *rest = &rest[taken.len()..];
        Some(taken)
    }
    let mut found = Vec::new();
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let number = Some(key / 8).filter(|number| (1..1 << 29).contains(number))?;
        let value = match key % 8 {
            0 => Value::Varint(varint(&mut rest)?),
            1 => take(&mut rest, 8).map(|_| Value::Fixed)?,
            2 => {
                let len = varint(&mut rest)?;
                Value::Bytes(take(&mut rest, len)?.to_vec())
            }
            5 => take(&mut rest, 4).map(|_| Value::Fixed)?,
            _ => return None,
        };
        found.push((number, value));
    }
    Some(found)
}

/// A field that stands once at most and has its type.
struct Known(Vec<(u64, Value)>);

impl Known {
    fn one(&self, number: u64) -> Option<Option<&Value>> {
        let mut found = self.0.iter().filter(|(own, _)| *own == number).map(|(_, value)| value);
        let one = found.next();
        if found.next().is_none() { Some(one) } else { None }
    }

    fn varint(&self, number: u64) -> Option<Option<u64>> {
        match self.one(number)? {
            None => Some(None),
            Some(Value::Varint(value)) => Some(Some(*value)),
            Some(_) => None,
        }
    }

    fn bytes(&self, number: u64) -> Option<Option<Vec<u8>>> {
        match self.one(number)? {
            None => Some(None),
            Some(Value::Bytes(bytes)) => Some(Some(bytes.clone())),
            Some(_) => None,
        }
    }

    fn text(&self, number: u64) -> Option<Option<String>> {
        match self.bytes(number)? {
            None => Some(None),
            Some(bytes) => {
                let text = String::from_utf8(bytes).ok()?;
                (!text.contains(forbidden)).then_some(Some(text))
            }
        }
    }
}

/// The bytes of the payload: base64, of which plus signs and slashes may be percent-encoded.
fn payload(uri: &str) -> Option<Vec<u8>> {
    let scheme = "otpauth-migration://offline?";
    let start = uri.get(..scheme.len())?;
    let given: Vec<&str> = uri[scheme.len()..]
        .split('&')
        .filter_map(|parameter| parameter.strip_prefix("data="))
        .collect();
    let [data] = given[..] else { return None };
    if !start.eq_ignore_ascii_case(scheme) {
        return None;
    }
    let mut text = Vec::new();
    let mut parts = data.split('%');
    text.extend(parts.next()?.bytes());
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        text.extend(data_encoding::HEXLOWER_PERMISSIVE.decode(code.as_bytes()).ok()?);
        text.extend(rest.bytes());
    }
    if text.contains(&b'=') {
        // data-encoding takes padded texts one after the other for one text.
        let symbols = text.iter().position(|byte| *byte == b'=')?;
        let padded = text[symbols..].iter().all(|byte| *byte == b'=');
        BASE64.decode(&text).ok().filter(|_| padded)
    } else {
        BASE64_NOPAD.decode(&text).ok()
    }
}

/// The entries of an export, or everything that is wrong with it.
///
/// # Errors
///
/// Those of `parse_otpauth_migration`, which may name any.
pub fn reference(uri: &str) -> Result<Vec<Read>, Vec<Error>> {
    if uri.len() > 4096 {
        return Err(vec![Error::InputTooLarge]);
    }
    let malformed = || vec![Error::MigrationMalformed];
    let message = payload(uri).and_then(|bytes| fields(&bytes)).map(Known).ok_or_else(malformed)?;
    let mut faults = Vec::new();
    let one = |number| message.varint(number).ok_or_else(malformed);
    let (version, size, index, id) = (one(2)?, one(3)?, one(4)?, one(5)?);
    if version.unwrap_or(0) > 2 {
        faults.push(Error::OtpauthUnsupported);
    }
    let size = u32::try_from(size.unwrap_or(0)).map(|size| if size == 0 { 1 } else { size });
    let index = u32::try_from(index.unwrap_or(0));
    // An int32 in 64 bits: its upper half says no more than its sign.
    let id = i32::try_from(id.unwrap_or(0) as i64);
    let mut batch = (0, 0, 0);
    match (index, size, id) {
        (Ok(index), Ok(size), Ok(id)) if index < size => batch = (index, size, id),
        _ => faults.push(Error::MigrationMalformed),
    }
    let mut entries = Vec::new();
    for (number, value) in &message.0 {
        if *number == 1 {
            let Value::Bytes(bytes) = value else { return Err(malformed()) };
            entries.push(Known(fields(bytes).ok_or_else(malformed)?));
        }
    }
    if entries.is_empty() {
        faults.push(Error::MigrationMalformed);
    }
    let mut read = Vec::new();
    for fields in &entries {
        match entry(fields, batch).ok_or_else(malformed)? {
            Ok(entry) => read.push(entry),
            Err(error) => faults.extend(error),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// `None` if the fields are not what they may be.
fn entry(fields: &Known, batch: (u32, u32, i32)) -> Option<Result<Read, Vec<Error>>> {
    let secret = fields.bytes(1)?.unwrap_or_default();
    // An id is kept as it is; a name has no spaces around it.
    let name_of = |field| Some(fields.text(field)?.unwrap_or_default().trim().to_owned());
    let (name, issuer) = (name_of(2)?, name_of(3)?);
    let (algorithm, digits, kind) = (fields.varint(4)?, fields.varint(5)?, fields.varint(6)?);
    let (counter, unique_id) = (fields.varint(7)?.unwrap_or(0), fields.text(8)?);

    let mut faults = Vec::new();
    if !(1..=128).contains(&secret.len()) {
        faults.push(Error::OtpauthSecretInvalid);
    }
    let algorithm =
        ["SHA1", "SHA1", "SHA256", "SHA512"].get(algorithm.unwrap_or(0).min(9) as usize);
    let digits = [6, 6, 8].get(digits.unwrap_or(0).min(9) as usize);
    let hotp = match kind {
        Some(1) => Some(true),
        Some(2) => Some(false),
        _ => None,
    };
    let (Some(algorithm), Some(digits), Some(hotp)) = (algorithm, digits, hotp) else {
        return Some(Err([faults, vec![Error::OtpauthUnsupported]].concat()));
    };
    if hotp && counter > i64::MAX as u64 {
        faults.push(Error::OtpauthParameterInvalid);
    }
    if !faults.is_empty() {
        return Some(Err(faults));
    }
    // `issuer:account`: after the issuer that stands apart, if the name begins with it, else after the first colon.
    let own = format!("{issuer}:");
    let split = if !issuer.is_empty() && name.starts_with(&own) {
        Some((issuer.as_str(), &name[own.len()..]))
    } else {
        name.split_once(':')
    };
    let (prefix, account) = split.unwrap_or(("", &name));
    let (prefix, account) = (prefix.trim(), account.trim().to_owned());
    // Of two issuers, the one that stands apart.
    let mismatch = ![&issuer, prefix].contains(&"") && issuer != prefix;
    let issuer = if issuer.is_empty() { prefix.to_owned() } else { issuer.clone() };
    let warnings = [
        (mismatch, "issuer_mismatch"),
        (*algorithm != "SHA1", "non_default_algorithm"),
        (secret.len() < 16, "short_secret"),
    ];
    Some(Ok(Read {
        secret,
        algorithm,
        digits: *digits,
        counter: hotp.then_some(counter),
        issuer: Some(issuer).filter(|issuer| !issuer.is_empty()),
        account,
        batch,
        unique_id,
        warnings: warnings.into_iter().filter(|(said, _)| *said).map(|(_, name)| name).collect(),
    }))
}

/// What mfakit says of an entry.
#[must_use]
pub fn read(ours: &Otpauth) -> Read {
    let (secret, algorithm, digits) = match &ours.otp {
        Otp::Totp(totp) => {
            assert_eq!((totp.period(), totp.is_steam()), (30, false));
            (totp.expose_secret(), totp.algorithm(), totp.digits())
        }
        Otp::Hotp(hotp) => (hotp.expose_secret(), hotp.algorithm(), hotp.digits()),
    };
    assert_eq!(matches!(ours.otp, Otp::Hotp(_)), ours.counter.is_some());
    let place = ours.migration.clone().expect("where it stood");
    Read {
        secret: BASE32_NOPAD.decode(secret.as_bytes()).expect("canonical base32"),
        algorithm: algorithm.as_str(),
        digits,
        counter: ours.counter,
        issuer: ours.issuer.clone(),
        account: ours.account.clone(),
        batch: (place.batch_index, place.batch_size, place.batch_id),
        unique_id: place.unique_id,
        warnings: ours.warnings.iter().map(|warning| warning.as_str()).collect(),
    }
}

/// Whether mfakit takes the URI; panics on disagreement. An input that does not begin like a URI is the payload of one: a mutation of
/// base64 is seldom a message.
pub fn check(data: &[u8]) -> bool {
    let uri = match data {
        [0, payload @ ..] => format!("otpauth-migration://offline?data={}", BASE64.encode(payload)),
        _ => match std::str::from_utf8(data) {
            Ok(uri) => uri.to_owned(),
            Err(_) => return false,
        },
    };
    let ours = mfakit::parse_otpauth_migration(&uri);
    match (ours, reference(&uri)) {
        (Ok(ours), Ok(expected)) => {
            assert_eq!(ours.iter().map(read).collect::<Vec<_>>(), expected);
            true
        }
        (Err(error), Err(faults)) => {
            assert!(faults.contains(&error), "{error:?}, not {faults:?}");
            false
        }
        (ours, expected) => panic!("{ours:?}, the rules say {expected:?}"),
    }
}

/// A varint.
fn number(field: u8, value: u64) -> Vec<u8> {
    let mut bytes = vec![field << 3];
    let mut rest = value;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// A byte string of fewer than 128 bytes.
fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    [&[field << 3 | 2, value.len() as u8][..], value].concat()
}

/// Exports with every field at its bounds, whole and in URIs.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let usual = || {
        vec![
            bytes(1, b"12345678901234567890"),
            bytes(2, b"Acme:alice"),
            bytes(3, b"Acme"),
            number(4, 1),
            number(5, 1),
            number(6, 2),
        ]
    };
    let mut entries = vec![usual()];
    for extra in [
        number(7, 0),
        number(7, 5),
        number(7, u64::MAX),
        bytes(8, b"id"),
        bytes(8, b" id "),
        bytes(8, b"\x1f"),
        bytes(9, b"later"),
        number(9, 1),
        bytes(1, b"twice"),
        number(2, 1),
        vec![0x4d, 1, 2, 3, 4],
        vec![0x49, 1, 2, 3, 4, 5, 6, 7, 8],
        vec![0x4b],
        vec![0x00, 1],
        bytes(10, &[0xff; 100]),
        vec![0x52, 0x80, 0x01],
    ] {
        entries.push([usual(), vec![extra]].concat());
    }
    for (place, others) in [
        (0, vec![bytes(1, b""), bytes(1, b"x"), bytes(1, &[7; 127]), Vec::new(), number(1, 3)]),
        (
            1,
            vec![
                bytes(2, b"alice"),
                bytes(2, b""),
                bytes(2, b" Shop : a:b "),
                bytes(2, b"\xff"),
                bytes(2, b"Acme: x"),
                Vec::new(),
            ],
        ),
        (
            2,
            vec![
                bytes(3, b""),
                bytes(3, b" "),
                bytes(3, "Gr\u{f6}\u{df}e".as_bytes()),
                bytes(3, b"Acme:a"),
                Vec::new(),
            ],
        ),
        (3, [0, 2, 3, 4, 5, u64::MAX].map(|n| number(4, n)).into()),
        (4, [0, 2, 3, 8].map(|n| number(5, n)).into()),
        (5, vec![number(6, 0), number(6, 1), number(6, 3), Vec::new()]),
    ] {
        for other in others {
            let mut entry = usual();
            entry[place] = other;
            entries.push(entry);
        }
    }
    let entries: Vec<Vec<u8>> =
        entries.into_iter().map(|entry| bytes(1, &entry.concat())).collect();
    let mut exports: Vec<Vec<u8>> = entries
        .iter()
        .map(|entry| {
            [entry.clone(), number(2, 2), number(3, 1), number(4, 0), number(5, 77)].concat()
        })
        .collect();
    for rest in [
        vec![],
        number(2, 1),
        number(2, 3),
        number(3, 0),
        [number(3, 2), number(4, 1)].concat(),
        [number(3, 2), number(4, 2)].concat(),
        number(4, 1),
        number(3, 1 << 32),
        number(5, 1 << 31),
        number(5, (1 << 31) - 1),
        number(5, -5_i64 as u64),
        number(5, (-5_i32) as u32 as u64),
        [number(2, 1), number(2, 1)].concat(),
        bytes(2, b"1"),
        number(6, 9),
        entries[1].clone(),
    ] {
        exports.push([entries[0].clone(), rest].concat());
    }
    exports.extend([vec![], number(2, 1), entries.concat()]);
    let mut all = Vec::new();
    for export in exports {
        let text = BASE64.encode(&export);
        let escaped = text.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        all.push([&[0], &export[..]].concat());
        all.push(format!("otpauth-migration://offline?data={escaped}").into_bytes());
        all.push(
            format!("OTPAUTH-migration://offline?x=1&data={}", text.trim_end_matches('='))
                .into_bytes(),
        );
    }
    let text = BASE64.encode(&entries[0]);
    for uri in [
        format!("otpauth-migration://offline?data={text}&data={text}"),
        format!("otpauth-migration://online?data={text}"),
        format!("otpauth-migration://offline?data={text}="),
        format!("otpauth-migration://offline?data={}", text.replace('+', "-").replace('/', "_")),
        format!("otpauth-migration://offline?{}data={text}", "&".repeat(4096 - 33 - text.len())),
        format!("otpauth-migration://offline?{}data={text}", "&".repeat(4097 - 33 - text.len())),
        "otpauth-migration://offline?data=%".to_owned(),
        String::new(),
    ] {
        all.push(uri.into_bytes());
    }
    all
}
