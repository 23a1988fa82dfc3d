//! A surface: one input of one accepted vector, how to run it, and how to judge what came of a change.

use crate::changes;
use crate::judge::{Judge, Meaning};
use mfakit_core::{Error, Kind};
use serde_json::Value;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many changes of a surface its judge is shown as if they had been accepted with the original's answer.
const LENIENT: usize = 64;
/// Up to this many bytes every change is tried. A few vectors are as long as a response may be, 64 KiB, nearly all of it
/// filling: of those fewer changes, spread evenly, so that one of them takes no longer than eight others.
const WHOLE: usize = 8 * 1024;

/// Who sends the input: an error about it must be of that side's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Whatever is in it, the error is not the program's: never of kind `config`.
    Client,
    /// The program's own: an error is always of kind `config`.
    Host,
    /// The program's own, beside an input of the client's: what a change of it brings may look like either's mistake.
    Either,
}

pub(crate) type Run = Box<dyn Fn(&[u8]) -> Result<Value, Error> + Send + Sync>;

/// One input of one accepted vector.
pub(crate) struct Surface {
    /// The operation.
    pub(crate) op: String,
    /// Which of its inputs is changed.
    pub(crate) name: &'static str,
    /// The vector.
    pub(crate) case: String,
    pub(crate) whose: Whose,
    /// Whether the API takes text: then every change is text too.
    pub(crate) text: bool,
    /// What is changed.
    pub(crate) bytes: Vec<u8>,
    pub(crate) run: Run,
    pub(crate) judge: Judge,
}

/// What the changes of a surface came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) inputs: u64,
    pub(crate) refused: u64,
    /// Accepted, with the meaning of the original.
    pub(crate) same: u64,
    /// Accepted as what it became: the answer says so, and nothing signs it.
    pub(crate) reported: u64,
    /// Changes that the judge was shown as accepted, and to how many it objected.
    pub(crate) lenient: u64,
    pub(crate) objections: u64,
    /// The original is refused because its algorithm is not built in: so must every change be.
    pub(crate) not_built: bool,
    /// Changes that were left out, for length.
    pub(crate) left_out: u64,
    pub(crate) findings: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.inputs += other.inputs;
        self.refused += other.refused;
        self.same += other.same;
        self.reported += other.reported;
        self.findings.extend(other.findings.iter().cloned());
    }
}

impl Surface {
    /// Tries each `every`th change.
    pub(crate) fn sweep(&self, every: usize) -> Tally {
        let mut tally = Tally::default();
        let original = match self.answer(&self.bytes) {
            Ok(Ok(original)) => Some(original),
            Ok(Err(error)) if error.kind() == Kind::Unsupported => None,
            Ok(Err(error)) => {
                tally.findings.push(format!("unchanged, it is refused: {}", error.code()));
                return tally;
            }
            Err(panic) => {
                tally.findings.push(format!("unchanged, it panics: {panic}"));
                return tally;
            }
        };
        tally.not_built = original.is_none();
        let count = changes::count(self.bytes.len());
        let stride = every * self.bytes.len().div_ceil(WHOLE).max(1).pow(2) | 1;
        tally.left_out = (count.div_ceil(every) - count.div_ceil(stride)) as u64;
        for number in (0..count).step_by(stride) {
            let changed = self.change(number);
            if changed == self.bytes {
                continue;
            }
            tally.inputs += 1;
            if let Err(what) = self.try_change(&changed, original.as_ref(), &mut tally) {
                let change = changes::describe(&self.bytes, number);
                let input = data_encoding::HEXLOWER.encode(&changed);
                tally.findings.push(format!("{change}: {what}\n     input {input}"));
            }
        }
        if let Some(original) = original {
            self.try_judge(&original, &mut tally);
        }
        tally
    }

    fn try_change(
        &self,
        changed: &[u8],
        original: Option<&Value>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        match self.answer(changed) {
            Err(panic) => return Err(format!("panics: {panic}")),
            Ok(Err(error)) => {
                self.check_side(error)?;
                tally.refused += 1;
            }
            Ok(Ok(answer)) => {
                let original = original.ok_or("accepted, though the original is not built in")?;
                match (self.judge)(changed, original, &answer)? {
                    Meaning::Same => tally.same += 1,
                    Meaning::Reported => tally.reported += 1,
                }
            }
        }
        Ok(())
    }

    fn change(&self, number: usize) -> Vec<u8> {
        let change = if self.text { changes::change_text } else { changes::change };
        change(&self.bytes, number)
    }

    fn answer(&self, input: &[u8]) -> Result<Result<Value, Error>, String> {
        catch_unwind(AssertUnwindSafe(|| (self.run)(input)))
            .map_err(|_| LAST_PANIC.with(|last| last.borrow().clone()))
    }

    fn check_side(&self, error: Error) -> Result<(), String> {
        let config = error.kind() == Kind::Config;
        let right = match self.whose {
            Whose::Client => !config,
            Whose::Host => config,
            Whose::Either => true,
        };
        if right { Ok(()) } else { Err(format!("the wrong side's error: {}", error.code())) }
    }

    /// A judge that never objects judges nothing: it is shown the answer of a verifier that accepts everything.
    fn try_judge(&self, original: &Value, tally: &mut Tally) {
        let count = changes::count(self.bytes.len());
        // The first is the empty input, the change that there is always something to say against.
        let empty = self.bytes.first().map(|byte| usize::from(*byte));
        for number in empty.into_iter().chain((0..count).step_by((count / LENIENT).max(1) | 1)) {
            let changed = self.change(number);
            if changed != self.bytes {
                tally.lenient += 1;
                tally.objections += u64::from((self.judge)(&changed, original, original).is_err());
            }
        }
        if tally.lenient > 0 && tally.objections == 0 {
            tally.findings.push("the judge objects to nothing".to_owned());
        }
    }
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics are findings: they are kept for the report instead of being printed.
pub(crate) fn watch_panics() {
    std::panic::set_hook(Box::new(|info| {
        LAST_PANIC.with(|last| *last.borrow_mut() = info.to_string().replace('\n', " "));
    }));
}
