//! Python values in, `mfakit` values out, and errors back.

use mfakit::{Claims, Error, HashAlgorithm, MethodKind, Tier, UnixTime, Zeroizing};
use pyo3::PyTypeCheck;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple,
};
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

/// An argument: whatever it is, these functions say what it may be.
pub(crate) type Any<'a, 'py> = &'a Bound<'py, PyAny>;
/// An argument that may be left out.
pub(crate) type Maybe<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The exception of this error: `mfakit._errors` has the classes and the table.
pub(crate) fn raise(error: Error) -> PyErr {
    Python::attach(|py| {
        let made = py
            .import("mfakit._errors")
            .and_then(|m| m.call_method1("_from_number", (error.number(),)));
        made.map_or_else(|failed| failed, PyErr::from_value)
    })
}

/// The error of an exception of ours; whatever else was raised, such as an interrupt, is raised again.
pub(crate) fn ours(py: Python<'_>, raised: PyErr) -> PyResult<Error> {
    let number = raised.value(py).getattr("number").and_then(|number| number.extract());
    number.ok().and_then(Error::from_number).ok_or(raised)
}

/// Verified values have no truth value: `if verified:` is a mistake, because failure is an exception.
pub(crate) fn no_truth_value() -> PyResult<bool> {
    Err(wrong_type())
}

/// A client's text. This copy is wiped; Python's own cannot be. Text with a lone surrogate is `malformed`. Text of more than
/// `longest` characters is not copied: spaces that are as much too long stand for it, and the core refuses them in its turn.
fn client(value: Any<'_, '_>, longest: usize, malformed: Error) -> PyResult<Zeroizing<String>> {
    let text = value.cast::<PyString>().map_err(|_| raise(Error::InputMalformed))?;
    // A subclass may say anything of its length, or raise.
    if text.len().map_err(|_| raise(Error::InputMalformed))? > longest {
        return Ok(Zeroizing::new(" ".repeat(longest + 1)));
    }
    text.to_cow().map(|t| Zeroizing::new(t.into_owned())).map_err(|_| raise(malformed))
}

/// A one-time password.
pub(crate) fn otp(value: Any<'_, '_>) -> PyResult<Zeroizing<String>> {
    client(value, 64, Error::OtpMalformed)
}

/// A recovery or temporary code.
pub(crate) fn code(value: Any<'_, '_>, malformed: Error) -> PyResult<Zeroizing<String>> {
    client(value, 128, malformed)
}

/// A URI that another service wrote.
pub(crate) fn uri(
    value: Any<'_, '_>,
    longest: usize,
    malformed: Error,
) -> PyResult<Zeroizing<String>> {
    client(value, longest, malformed)
}

/// The most characters of a push approval's request or answer that are looked at; genuine ones have fewer than 2800.
const MAX_APPROVAL: usize = 4096;

/// A push approval's request or answer.
pub(crate) fn approval(value: Any<'_, '_>) -> PyResult<Zeroizing<String>> {
    client(value, MAX_APPROVAL, Error::ApprovalMalformed)
}

fn claims_malformed() -> PyErr {
    raise(Error::ClaimsMalformed)
}

/// A claim that is text.
pub(crate) fn claim(value: Any<'_, '_>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| claims_malformed())?;
    text.to_cow().map(Cow::into_owned).map_err(|_| claims_malformed())
}

/// A claim that is a list of texts.
pub(crate) fn claim_list(value: Any<'_, '_>) -> PyResult<Vec<String>> {
    elements(value).ok_or_else(claims_malformed)?.iter().map(claim).collect()
}

/// A claim that is a time: a number of seconds, as JSON has it.
pub(crate) fn claim_time(value: Any<'_, '_>) -> PyResult<UnixTime> {
    let number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
    if !number || value.is_instance_of::<PyBool>() {
        return Err(claims_malformed());
    }
    let seconds = value.extract().map_err(|_| claims_malformed())?;
    mfakit::host_time(seconds).map_err(|_| claims_malformed())
}

/// The most bytes of an ID token's payload that are looked at.
const MAX_CLAIMS: usize = 64 * 1024;

/// The payload of a verified ID token: JSON text, as `str` or bytes, or the parsed object.
pub(crate) fn claims(value: Any<'_, '_>) -> PyResult<Claims> {
    if !value.is_instance_of::<PyDict>() {
        let text = file(value, MAX_CLAIMS).map_err(|error| match error {
            Error::InputTooLarge => error,
            _ => Error::ClaimsMalformed,
        });
        return text.and_then(|text| Claims::from_id_token(&text)).map_err(raise);
    }
    let text = dumped(value)?.ok_or_else(claims_malformed)?;
    // An object has no syntax to be wrong: what JSON cannot hold was the claims' fault.
    Claims::from_id_token(text.as_bytes()).map_err(|error| match error {
        Error::InputTooLarge => raise(error),
        _ => claims_malformed(),
    })
}

/// A client's text of which any means something. A lone surrogate is a replacement character, as where a browser encodes it.
pub(crate) fn any_text(value: Any<'_, '_>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| raise(Error::InputMalformed))?;
    if let Ok(text) = text.to_cow() {
        return Ok(text.into_owned());
    }
    let encode = value.py().get_type::<PyString>().getattr("encode")?;
    let utf16 = bytes(&encode.call1((text, "utf-16-le", "surrogatepass"))?).unwrap_or_default();
    let unit = |pair: &[u8]| pair.iter().rev().fold(0, |unit, byte| unit << 8 | u16::from(*byte));
    Ok(String::from_utf16_lossy(&utf16.chunks(2).map(unit).collect::<Vec<_>>()))
}

/// A response: JSON text, as `str` or bytes, or the parsed object.
pub(crate) fn response(value: Any<'_, '_>) -> PyResult<Vec<u8>> {
    sent(value)?.map_err(raise)
}

/// The same; the inner error is the client's.
pub(crate) fn sent(value: Any<'_, '_>) -> PyResult<Result<Vec<u8>, Error>> {
    if !value.is_instance_of::<PyDict>() {
        return Ok(file(value, mfakit::MAX_RESPONSE));
    }
    Ok(dumped(value)?.map(String::into_bytes).ok_or(Error::InputMalformed))
}

/// A client's file, as `str` or bytes. One that is too long is not copied.
pub(crate) fn file(value: Any<'_, '_>, longest: usize) -> Result<Vec<u8>, Error> {
    let text = value.cast::<PyString>();
    let is_bytes = value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>();
    if text.is_err() && !is_bytes {
        return Err(Error::InputMalformed);
    }
    // A subclass may say anything of its length, or raise.
    if value.len().map_err(|_| Error::InputMalformed)? > longest {
        return Err(Error::InputTooLarge);
    }
    match text {
        Ok(text) => text.to_cow().map(|t| t.into_owned().into_bytes()).ok(),
        Err(_) => bytes(value),
    }
    .ok_or(Error::InputMalformed)
}

/// A dictionary as JSON text; `None` if something in it has none. Whatever a hostile object raises, an interrupt stays one.
fn dumped(dictionary: Any<'_, '_>) -> PyResult<Option<String>> {
    let mut text = Vec::with_capacity(1024);
    if write_plain(&mut text, dictionary, 0).is_some() {
        return Ok(String::from_utf8(text).ok());
    }
    let py = dictionary.py();
    let dumped = py.import("json").and_then(|json| json.call_method1("dumps", (dictionary,)));
    match dumped.and_then(|text| text.extract()) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        Err(interrupt) => Err(interrupt),
    }
}

/// Writes what JSON text was parsed to, if it is that: values of Python's own types, whose methods nobody wrote anew. `None` for
/// whatever else, which Python's `json` says what to make of.
fn write_plain(out: &mut Vec<u8>, value: Any<'_, '_>, depth: u8) -> Option<()> {
    if let Ok(text) = value.cast_exact::<PyString>() {
        mfakit::push_json_string(out, &text.to_cow().ok()?);
    } else if let Some(dictionary) = value.cast_exact::<PyDict>().ok().filter(|_| depth < 8) {
        out.push(b'{');
        // A copy: another thread may change the dictionary meanwhile.
        for (index, (name, value)) in dictionary.copy().ok()?.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            mfakit::push_json_string(out, &name.cast_exact::<PyString>().ok()?.to_cow().ok()?);
            out.push(b':');
            write_plain(out, &value, depth + 1)?;
        }
        out.push(b'}');
    } else if let Some(list) = value.cast_exact::<PyList>().ok().filter(|_| depth < 8) {
        out.push(b'[');
        for (index, value) in list.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_plain(out, &value, depth + 1)?;
        }
        out.push(b']');
    } else if value.is_none() {
        out.extend_from_slice(b"null");
    } else {
        let truth = value.cast_exact::<PyBool>().ok()?.is_true();
        out.extend_from_slice(if truth { b"true" } else { b"false" });
    }
    Some(())
}

/// JSON text of ours as Python has it: new objects each time, so that a result stays what it is. A client may have written a part
/// of it, which the core read first: no number is so long, and no nesting so deep, that Python would raise.
pub(crate) fn loaded<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}

pub(crate) fn bytes(value: Any<'_, '_>) -> Option<Vec<u8>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(bytes.as_bytes().to_vec());
    }
    // Copied once: the caller may change it afterwards.
    value.cast::<PyByteArray>().ok().map(|bytes| bytes.to_vec())
}

pub(crate) fn wrong_type() -> PyErr {
    raise(Error::ArgumentTypeInvalid)
}

/// A host's dictionary as JSON text.
pub(crate) fn dictionary(value: Any<'_, '_>) -> PyResult<String> {
    if !value.is_instance_of::<PyDict>() {
        return Err(wrong_type());
    }
    dumped(value)?.ok_or_else(wrong_type)
}

/// A host's text.
pub(crate) fn text(value: Any<'_, '_>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type())?;
    text.to_cow().map(Cow::into_owned).map_err(|_| wrong_type())
}

/// A host's base64url text, or the bytes that it would stand for.
pub(crate) fn base64url(value: Any<'_, '_>) -> PyResult<String> {
    match bytes(value) {
        Some(bytes) => Ok(mfakit::to_base64url(&bytes)),
        None => text(value),
    }
}

/// A host's bytes, or base64url text of them.
pub(crate) fn octets(value: Any<'_, '_>) -> PyResult<Vec<u8>> {
    match bytes(value) {
        Some(bytes) => Ok(bytes),
        None => {
            mfakit::from_base64url(&text(value)?).map_err(|_| raise(Error::ArgumentValueInvalid))
        }
    }
}

/// A host's name for a model: a UUID, base64url, or the bytes.
pub(crate) fn aaguid(value: Any<'_, '_>) -> PyResult<[u8; 16]> {
    mfakit::read_aaguid(&base64url(value)?).map_err(raise)
}

/// A host's secret as bytes. This copy is wiped; Python's own cannot be.
pub(crate) fn key(value: Any<'_, '_>) -> PyResult<Zeroizing<Vec<u8>>> {
    bytes(value).map(Zeroizing::new).ok_or_else(wrong_type)
}

/// A host's secret as base32 text. This copy is wiped; Python's own cannot be.
pub(crate) fn secret(value: Any<'_, '_>) -> PyResult<Zeroizing<String>> {
    text(value).map(Zeroizing::new)
}

/// A host's whole number; beyond the type's range it is `out_of_range`. Python's `bool` is an `int`; it is refused where a
/// number is meant.
pub(crate) fn whole<'a, 'py, T: FromPyObject<'a, 'py>>(
    value: &'a Bound<'py, PyAny>,
    out_of_range: Error,
) -> PyResult<T> {
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(wrong_type());
    }
    value.extract().map_err(|_| raise(out_of_range))
}

/// A host's whole number that is not negative.
pub(crate) fn u64(value: Any<'_, '_>) -> PyResult<u64> {
    whole(value, Error::ArgumentValueInvalid)
}

/// A host's whole number that may be negative, such as a COSE algorithm.
pub(crate) fn i64(value: Any<'_, '_>) -> PyResult<i64> {
    whole(value, Error::ArgumentValueInvalid)
}

/// An error that mfakit raised.
pub(crate) fn error(value: Any<'_, '_>) -> PyResult<Error> {
    let class = value.py().import("mfakit._errors")?.getattr("MfaError")?;
    if !value.is_instance(&class).unwrap_or(false) {
        return Err(wrong_type());
    }
    let number = u64(&value.getattr("number").map_err(|_| wrong_type())?)?;
    let found = u16::try_from(number).ok().and_then(Error::from_number);
    found.ok_or_else(|| raise(Error::ArgumentValueInvalid))
}

/// A host's truth value.
pub(crate) fn bool(value: Any<'_, '_>) -> PyResult<bool> {
    value.cast::<PyBool>().map(|b| b.is_true()).map_err(|_| wrong_type())
}

/// A host's value that may be `None`.
pub(crate) fn optional<'py, T>(
    value: Option<&Bound<'py, PyAny>>,
    convert: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Option<T>> {
    value.filter(|v| !v.is_none()).map(convert).transpose()
}

/// The elements of a list or tuple. Those that it holds: a subclass may say anything when it is iterated, raise, or never end.
pub(crate) fn elements<'py>(value: Any<'_, 'py>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = value.cast::<PyList>() {
        return Some(list.iter().collect());
    }
    value.cast::<PyTuple>().ok().map(|tuple| tuple.iter().collect())
}

/// A host's list or tuple.
pub(crate) fn list<'py, T>(
    value: &Bound<'py, PyAny>,
    convert: impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    elements(value).ok_or_else(wrong_type)?.iter().map(convert).collect()
}

/// The most elements that are taken from something that gives one after the other: it may never end.
const MAX_SEVERAL: usize = 1024;

/// A host's list, or whatever else can be iterated. What it raises is a wrong type, an interrupt stays one.
pub(crate) fn several<'py, T>(
    value: &Bound<'py, PyAny>,
    convert: impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    let ours = |error: PyErr| {
        if error.is_instance_of::<PyException>(value.py()) { wrong_type() } else { error }
    };
    let mut taken = Vec::new();
    for element in value.try_iter().map_err(ours)? {
        if taken.len() == MAX_SEVERAL {
            return Err(raise(Error::ArgumentValueInvalid));
        }
        taken.push(convert(&element.map_err(ours)?)?);
    }
    Ok(taken)
}

/// A host's list of names that may be `None`.
pub(crate) fn names<T>(
    value: Maybe<'_, '_>,
    from_name: impl Fn(&str) -> Result<T, Error>,
) -> PyResult<Option<Vec<T>>> {
    optional(value, |v| list(v, |v| from_name(&text(v)?).map_err(raise)))
}

/// A host's list of texts; none if it is `None`.
pub(crate) fn texts(value: Maybe<'_, '_>) -> PyResult<Vec<String>> {
    Ok(optional(value, |v| list(v, text))?.unwrap_or_default())
}

/// The hash inside an HMAC.
pub(crate) fn algorithm(name: &Text) -> PyResult<HashAlgorithm> {
    HashAlgorithm::from_name(&name.0).map_err(raise)
}

/// A host's value of a class of ours, which may be `None`.
pub(crate) fn instance<'a, 'py, T: PyTypeCheck>(
    value: Maybe<'a, 'py>,
) -> PyResult<Option<&'a Bound<'py, T>>> {
    value.filter(|v| !v.is_none()).map(|v| v.cast().map_err(|_| wrong_type())).transpose()
}

/// A host's name for one of a few things, which may be `None`.
pub(crate) fn name<T>(
    value: Maybe<'_, '_>,
    from_name: impl Fn(&str) -> Result<T, Error>,
) -> PyResult<Option<T>> {
    optional(value, |v| from_name(&text(v)?).map_err(raise))
}

/// The one of a few names that the host chose.
pub(crate) fn choice<T: Copy>(name: &str, choices: &[(&str, T)]) -> PyResult<T> {
    let found = choices.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value).ok_or_else(|| raise(Error::ArgumentValueInvalid))
}

/// A host's time: whole or fractional Unix seconds, or an aware `datetime`; `None` is the clock.
pub(crate) fn now(value: Maybe<'_, '_>) -> PyResult<Option<UnixTime>> {
    let Some(value) = value.filter(|v| !v.is_none()) else { return Ok(None) };
    let invalid = || raise(Error::TimeInvalid);
    if value.is_instance_of::<PyBool>() {
        return Err(invalid());
    }
    let seconds = if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        value.extract::<f64>()
    } else {
        let datetime = value.py().import("datetime")?.getattr("datetime")?;
        if !value.is_instance(&datetime).unwrap_or(false)
            || value.call_method0("utcoffset").map_or(true, |offset| offset.is_none())
        {
            return Err(invalid());
        }
        value.call_method0("timestamp").and_then(|seconds| seconds.extract())
    };
    mfakit::host_time(seconds.map_err(|_| invalid())?).map(Some).map_err(raise)
}

/// A host's time that must be there.
pub(crate) fn time(value: Any<'_, '_>) -> PyResult<UnixTime> {
    now(Some(value))?.ok_or_else(wrong_type)
}

/// A host's time, or now.
pub(crate) fn at(value: Maybe<'_, '_>) -> PyResult<UnixTime> {
    match now(value)? {
        Some(at) => Ok(at),
        None => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let since = since.map_err(|_| raise(Error::TimeInvalid))?;
            Ok(UnixTime::from_seconds(since.as_secs()))
        }
    }
}

/// A host's tier: one of ours, its number, or its name.
pub(crate) fn tier(value: Any<'_, '_>) -> PyResult<Tier> {
    if value.is_instance_of::<PyString>() {
        return Tier::from_name(&text(value)?).map_err(raise);
    }
    Tier::from_number(whole(value, Error::ArgumentValueInvalid)?).map_err(raise)
}

/// A tier as Python has it.
pub(crate) fn tier_object<'py>(py: Python<'py>, tier: Tier) -> PyResult<Bound<'py, PyAny>> {
    py.import("mfakit._tier")?.getattr("Tier")?.call1((tier.number(),))
}

/// The names of kinds of method.
pub(crate) fn kind_tuple<'py>(
    py: Python<'py>,
    kinds: &[MethodKind],
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, kinds.iter().map(|kind| kind.as_str()))
}

/// The row count of a compare-and-set. Drivers say −1 for "unknown", which is not one row.
pub(crate) fn rows(value: Any<'_, '_>) -> PyResult<u64> {
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(wrong_type());
    }
    Ok(value.extract().unwrap_or(0))
}

/// A whole number with a default: `None` is a wrong type, not the default.
pub(crate) struct Number(pub(crate) u64);

impl<'py> FromPyObject<'_, 'py> for Number {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        u64(&value).map(Self)
    }
}

/// A whole number of steps, negative ones too, with a default.
pub(crate) struct Steps(pub(crate) i64);

impl<'py> FromPyObject<'_, 'py> for Steps {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        whole(&value, Error::WindowTooLarge).map(Self)
    }
}

/// Text with a default.
pub(crate) struct Text(pub(crate) Cow<'static, str>);

impl Text {
    /// The default.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        text(&value).map(|text| Self(Cow::Owned(text)))
    }
}

/// A truth value with a default.
pub(crate) struct Flag(pub(crate) bool);

impl<'py> FromPyObject<'_, 'py> for Flag {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        bool(&value).map(Self)
    }
}
