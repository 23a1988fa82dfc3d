//! What can go wrong, as a sentence for the person and an exit status for a script.
//!
//! The statuses are stable and listed in the README. No sentence repeats what was typed, and none repeats an argument.

use crate::{prompt, screen};
use std::process::ExitCode;

/// Why a command ended without doing what it is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The arguments, or where the input comes from.
    Usage(String),
    /// The server's answer is not what was agreed on.
    Answer(String),
    /// The server said no.
    Refused(Refusal),
    /// There is no session, or the server does not know it any more.
    NotLoggedIn(String),
    /// No answer came.
    Unreachable(String),
    /// A file could not be read or written, or is not private.
    File(String),
    /// A signal came while a secret was typed.
    Interrupted(i32),
}

/// A server's no, already cleaned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) id: String,
    pub(crate) message: String,
    /// The same request with a code may be granted.
    pub(crate) needs_code: bool,
}

impl Failure {
    /// Tells the person, on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        if let Self::Interrupted(signal) = self {
            return prompt::end_by(*signal);
        }
        screen::problem(&self.sentence());
        ExitCode::from(self.status())
    }

    fn status(&self) -> u8 {
        match self {
            Self::Answer(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused(refusal) => match refusal.status {
                401 | 403 => 3,
                429 => 5,
                _ => 1,
            },
            Self::NotLoggedIn(_) => 4,
            Self::Unreachable(_) => 6,
            Self::File(_) => 7,
            Self::Interrupted(_) => 130,
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.sentence(),
            Self::Usage(sentence)
            | Self::Answer(sentence)
            | Self::NotLoggedIn(sentence)
            | Self::Unreachable(sentence)
            | Self::File(sentence) => sentence.clone(),
            Self::Interrupted(_) => String::new(),
        }
    }
}

impl Refusal {
    pub(crate) fn sentence(&self) -> String {
        format!("{} ({})", self.message, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statuses_are_those_of_the_readme() {
        let refused = |status| {
            Failure::Refused(Refusal {
                status,
                id: "an_id".into(),
                message: "No.".into(),
                needs_code: false,
            })
        };
        assert_eq!(refused(403).sentence(), "No. (an_id)");
        let all = [
            Failure::Answer(String::new()),
            Failure::Usage(String::new()),
            refused(401),
            refused(403),
            Failure::NotLoggedIn(String::new()),
            refused(429),
            Failure::Unreachable(String::new()),
            Failure::File(String::new()),
            refused(409),
        ];
        assert_eq!(all.map(|failure| failure.status()), [1, 2, 3, 3, 4, 5, 6, 7, 1]);
    }
}
