//! What a judge says of a change that was accepted.

use serde_json::Value;

/// Why an accepted change is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// It means what the original means, and the answer is the original's.
    Same,
    /// Nothing signs what was changed, and the answer is the changed value, as an independent reader finds it.
    Reported,
}

/// Judges an accepted change, given the changed input, the answer to the original, and the answer to the change. An error says
/// why it should not have been accepted, or not with this answer.
pub(crate) type Judge = Box<dyn Fn(&[u8], &Value, &Value) -> Result<Meaning, String> + Send + Sync>;

/// For what is compared with what was signed or stored: no change may be accepted.
pub(crate) fn nothing() -> Judge {
    Box::new(|_, _, _| Err("no change of this may be accepted".to_owned()))
}

/// For decoders: `read` is an independent one, and the answer must be its.
pub(crate) fn as_read(
    read: impl Fn(&[u8]) -> Result<Value, String> + Send + Sync + 'static,
) -> Judge {
    Box::new(move |changed, original, answer| {
        equal("the answer", answer, &read(changed)?)?;
        Ok(meaning(original, answer))
    })
}

/// As [`as_read`], for encodings in which one value has one form: two inputs never give one answer.
pub(crate) fn as_read_injectively(
    read: impl Fn(&[u8]) -> Result<Value, String> + Send + Sync + 'static,
) -> Judge {
    let judge = as_read(read);
    Box::new(move |changed, original, answer| match judge(changed, original, answer)? {
        Meaning::Same => Err("another input has the same answer".to_owned()),
        Meaning::Reported => Ok(Meaning::Reported),
    })
}

pub(crate) fn meaning(original: &Value, answer: &Value) -> Meaning {
    if original == answer { Meaning::Same } else { Meaning::Reported }
}

/// An error unless both are equal.
pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    got: &T,
    expected: &T,
) -> Result<(), String> {
    if got == expected {
        Ok(())
    } else {
        Err(format!("{what} is {got:?}, an independent reader finds {expected:?}"))
    }
}

/// An error with this text unless it holds.
pub(crate) fn require(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}
