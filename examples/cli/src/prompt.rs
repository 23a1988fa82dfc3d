//! Questions and typed answers.
//!
//! A secret is read with the terminal's echo off. The echo is on again whichever way the question ends: an answer, an error,
//! a panic, a signal (Ctrl-C, a closed window), and while the process is suspended (Ctrl-Z). What was typed and not used is
//! thrown away then: the shell, which reads next, would show it and keep it.
//!
//! Invariant: echo is off before the question is shown. Whoever types when asked is never seen.
//!
//! What leaks: the number of characters of a code, one `#` each. Of a password, nothing.

use crate::failure::Failure;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::{flag, low_level};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::{Zeroize, Zeroizing};

/// Longer than any password or address; memory of this size is taken at once, so that it never moves and leaves a copy.
const LONGEST: usize = 1024;
/// How often a wrong code may be typed again.
const TRIES: u32 = 3;

/// Ends the process as a signal does, once everything that it held is wiped and restored.
pub(crate) fn end_by(signal: i32) -> ExitCode {
    let _ = low_level::emulate_default_handler(signal);
    // What shells say of a process that a signal ended.
    ExitCode::from(u8::try_from(signal).map_or(1, |number| number.saturating_add(128)))
}

/// The person, or the script that stands for one.
pub(crate) struct Prompter {
    /// None: lines, from a script.
    signals: Option<Signals>,
}

/// What is shown for each character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Echo {
    Nothing,
    Hash,
}

impl Prompter {
    /// `lines`: whether the script that writes to standard input has said that it does.
    pub(crate) fn new(lines: bool) -> Result<Self, Failure> {
        match (std::io::stdin().is_terminal(), lines) {
            (true, false) => Ok(Self { signals: Some(Signals::new().map_err(broken)?) }),
            (false, true) => Ok(Self { signals: None }),
            (true, true) => Err(Failure::Usage(
                "--stdin is for scripts: here is a terminal, and what you type would show. Leave it out.".into(),
            )),
            (false, false) => Err(Failure::Usage(
                "Standard input is not a terminal. A script that answers line by line says --stdin.".into(),
            )),
        }
    }

    /// How often a code may be tried: a script's next line is no second attempt.
    pub(crate) fn tries(&self) -> u32 {
        if self.signals.is_some() { TRIES } else { 1 }
    }

    /// An answer that may be seen.
    pub(crate) fn ask(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        if self.signals.is_some() {
            show(question);
        }
        line()
    }

    /// A password.
    pub(crate) fn ask_password(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        self.ask_secret(question, Echo::Nothing)
    }

    /// A two-factor code: of the app, or a recovery code. Spaces around it do not count.
    pub(crate) fn ask_code(&mut self) -> Result<Zeroizing<String>, Failure> {
        let typed = self.ask_secret("Two-factor code: ", Echo::Hash)?;
        let code = typed.trim();
        if code.is_empty() || !code.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Failure::Usage("A two-factor code has only digits and letters.".into()));
        }
        Ok(Zeroizing::new(code.into()))
    }

    fn ask_secret(&mut self, question: &str, echo: Echo) -> Result<Zeroizing<String>, Failure> {
        match &mut self.signals {
            Some(signals) => signals.read(question, echo),
            None => line(),
        }
    }
}

/// Shown on standard error: standard output may go to a file.
fn show(text: &str) {
    let mut out = std::io::stderr();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn broken(error: std::io::Error) -> Failure {
    Failure::File(format!("The terminal cannot be used: {}.", error.kind()))
}

fn ended() -> Failure {
    Failure::Usage("The input ended before the answer.".into())
}

/// One line, byte by byte: a buffer of the standard library's would keep what follows it.
fn line() -> Result<Zeroizing<String>, Failure> {
    let mut line = Line::new();
    loop {
        match byte()? {
            None if line.is_empty() => return Err(ended()),
            None | Some(b'\n') => return line.finish(),
            Some(byte) => line.push(byte)?,
        }
    }
}

fn byte() -> Result<Option<u8>, Failure> {
    let mut byte = [0];
    let read = loop {
        match rustix::io::read(std::io::stdin(), &mut byte) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other.map_err(|error| broken(error.into()))?,
        }
    };
    Ok((read == 1).then_some(std::mem::take(&mut byte[0])))
}

/// What has been typed of a line.
struct Line(Zeroizing<Vec<u8>>);

impl Line {
    fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(LONGEST)))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, byte: u8) -> Result<(), Failure> {
        if self.0.len() == LONGEST {
            return Err(Failure::Usage(format!("An answer has at most {LONGEST} bytes.")));
        }
        self.0.push(byte);
        Ok(())
    }

    /// Takes the last character away; false if there is none.
    fn rub_out(&mut self) -> bool {
        let before = self.0.len();
        // A character of several bytes is one that begins it and others that continue it (10xxxxxx).
        while self.0.pop_if(|byte| *byte & 0xc0 == 0x80).is_some() {}
        self.0.pop();
        self.0.len() < before
    }

    fn finish(mut self) -> Result<Zeroizing<String>, Failure> {
        while self.0.pop_if(|byte| *byte == b'\r').is_some() {}
        String::from_utf8(std::mem::take(&mut *self.0)).map(Zeroizing::new).map_err(|error| {
            error.into_bytes().zeroize();
            Failure::Usage("An answer must be UTF-8.".into())
        })
    }
}

/// The signals that would leave a terminal without echo. While a secret is read they wake us; else they do what they always do.
struct Signals {
    wake: UnixStream,
    /// No secret is being read.
    idle: Arc<AtomicBool>,
    /// Which came, those that end the process first.
    came: Vec<(i32, Arc<AtomicBool>)>,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let idle = Arc::new(AtomicBool::new(true));
        let mut came = Vec::new();
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT] {
            let seen = Arc::new(AtomicBool::new(false));
            // In this order: it does what it always does if no secret is being read; it is noted; it wakes.
            if signal != SIGCONT {
                flag::register_conditional_default(signal, Arc::clone(&idle))?;
            }
            flag::register(signal, Arc::clone(&seen))?;
            low_level::pipe::register(signal, waker.try_clone()?)?;
            came.push((signal, seen));
        }
        Ok(Self { wake, idle, came })
    }

    /// Which signals came since the last time.
    fn take(&mut self) -> Vec<i32> {
        // The pipe first: what comes after it is read wakes again.
        while matches!(self.wake.read(&mut [0; 16]), Ok(1..)) {}
        let came = self.came.iter().filter(|(_, seen)| seen.swap(false, Ordering::SeqCst));
        came.map(|(signal, _)| *signal).collect()
    }

    fn read(&mut self, question: &str, echo: Echo) -> Result<Zeroizing<String>, Failure> {
        self.take();
        self.idle.store(false, Ordering::SeqCst);
        let answer = self.read_unseen(question, echo);
        self.idle.store(true, Ordering::SeqCst);
        // One that came after the last key. To be suspended is no reason to end.
        match self.take().into_iter().find(|signal| !matches!(*signal, SIGCONT | SIGTSTP)) {
            Some(signal) => Err(Failure::Interrupted(signal)),
            None => answer,
        }
    }

    fn read_unseen(&mut self, question: &str, echo: Echo) -> Result<Zeroizing<String>, Failure> {
        let mut terminal = Quiet::new()?;
        let mut line = Line::new();
        let mut keys = Keys::default();
        show(question);
        loop {
            let (stdin, wake) = (std::io::stdin(), &self.wake);
            let mut waiting =
                [PollFd::new(&stdin, PollFlags::IN), PollFd::new(wake, PollFlags::IN)];
            match poll(&mut waiting, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(broken(error.into())),
            }
            let typed = !waiting[0].revents().is_empty();
            let signals = self.take();
            for signal in &signals {
                match *signal {
                    SIGCONT => {
                        terminal.hide()?;
                        show(question);
                        show(&echo.of(&line));
                    }
                    SIGTSTP => {
                        terminal.restore();
                        show("\n");
                        low_level::emulate_default_handler(*signal).map_err(broken)?;
                    }
                    number => {
                        show("\n");
                        return Err(Failure::Interrupted(number));
                    }
                }
            }
            // After a signal what was typed may be thrown away already, and to read would be to wait, deaf to other signals.
            if !typed || !signals.is_empty() {
                continue;
            }
            match byte()?.map(|byte| keys.meaning(byte)) {
                None => return Err(ended()),
                Some(Key::End) if line.is_empty() => {
                    show("\n");
                    return Err(ended());
                }
                Some(Key::Enter) => {
                    show("\n");
                    return line.finish();
                }
                Some(Key::RubOut) => {
                    if line.rub_out() {
                        show(echo.back());
                    }
                }
                Some(Key::RubOutAll) => {
                    while line.rub_out() {
                        show(echo.back());
                    }
                }
                Some(Key::Part(byte)) => {
                    line.push(byte)?;
                    show(echo.forth(byte));
                }
                Some(Key::End | Key::Nothing) => {}
            }
        }
    }
}

impl Echo {
    /// What a byte shows: the bytes that continue a character show nothing.
    fn forth(self, byte: u8) -> &'static str {
        if self == Self::Hash && byte & 0xc0 != 0x80 { "#" } else { "" }
    }

    fn back(self) -> &'static str {
        if self == Self::Hash { "\x08 \x08" } else { "" }
    }

    fn of(self, line: &Line) -> String {
        line.0.iter().map(|byte| self.forth(*byte)).collect()
    }
}

/// What a key means while a secret is typed.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Part(u8),
    RubOut,
    RubOutAll,
    Enter,
    End,
    Nothing,
}

/// Arrows and function keys send several bytes, of which none is the secret's: ESC `[` … letter or `~`, and ESC `O` letter.
#[derive(Default)]
enum Keys {
    #[default]
    Plain,
    Escape,
    Control,
    Function,
}

impl Keys {
    fn meaning(&mut self, byte: u8) -> Key {
        match (std::mem::take(self), byte) {
            (Self::Escape, b'[') => *self = Self::Control,
            (Self::Escape, b'O') => *self = Self::Function,
            (Self::Control, 0x20..=0x3f) => *self = Self::Control,
            (Self::Control, 0x40..=0x7e) | (Self::Function, b' '..=b'~') => {}
            (_, 0x1b) => *self = Self::Escape,
            (_, b'\n' | b'\r') => return Key::Enter,
            // Backspace and DELETE; Ctrl-U and Ctrl-W, of which the second would say where words end; Ctrl-D.
            (_, 0x08 | 0x7f) => return Key::RubOut,
            (_, 0x15 | 0x17) => return Key::RubOutAll,
            (_, 0x04) => return Key::End,
            (_, 0x00..=0x1f) => {}
            _ => return Key::Part(byte),
        }
        Key::Nothing
    }
}

/// A terminal without echo, until it goes.
struct Quiet {
    before: Termios,
    hidden: bool,
}

impl Quiet {
    fn new() -> Result<Self, Failure> {
        let before = tcgetattr(std::io::stdin()).map_err(|error| broken(error.into()))?;
        let mut quiet = Self { before, hidden: false };
        quiet.hide()?;
        Ok(quiet)
    }

    /// Byte by byte, because the kernel's own line editing has a buffer that nobody wipes.
    fn hide(&mut self) -> Result<(), Failure> {
        let mut modes = self.before.clone();
        modes.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON);
        modes.local_modes.insert(LocalModes::ISIG);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        // What was typed before the question was seen; it is no answer.
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &modes)
            .map_err(|error| broken(error.into()))?;
        self.hidden = true;
        Ok(())
    }

    /// In the background this would suspend the process, so only where there is something to restore.
    fn restore(&mut self) {
        if std::mem::take(&mut self.hidden) {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.before);
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.restore();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> Vec<Key> {
        let mut keys = Keys::default();
        bytes.iter().map(|byte| keys.meaning(*byte)).filter(|key| *key != Key::Nothing).collect()
    }

    fn line_of(text: &str) -> Result<Line, Failure> {
        let mut line = Line::new();
        text.bytes().try_for_each(|byte| line.push(byte))?;
        Ok(line)
    }

    #[test]
    fn keys() {
        assert_eq!(typed(b"a[O~ "), b"a[O~ ".map(Key::Part));
        assert_eq!(typed("é".as_bytes()), [Key::Part(0xc3), Key::Part(0xa9)]);
        // Arrow, Delete, Ctrl-arrow, F1, Alt-x, Tab, two bare escapes.
        assert_eq!(
            typed(b"\x1b[A\x1b[3~\x1b[1;5C\x1bOP\x1bx\t\x1b\x1b[Ay"),
            [b'x', b'y'].map(Key::Part)
        );
        assert_eq!(
            typed(b"\x7f\x08\x15\x17"),
            [Key::RubOut, Key::RubOut, Key::RubOutAll, Key::RubOutAll]
        );
        assert_eq!(typed(b"\r\n\x04"), [Key::Enter, Key::Enter, Key::End]);
        // Enter ends even what never should have begun.
        assert_eq!(typed(b"\x1b\n\x1b[\n"), [Key::Enter, Key::Enter]);
    }

    #[test]
    fn lines() -> Result<(), Failure> {
        let mut line = line_of("aé漢🔑")?;
        let memory = line.0.as_ptr();
        assert_eq!(Echo::Hash.of(&line), "####");
        assert_eq!(Echo::Nothing.of(&line), "");
        assert!(line.rub_out() && line.rub_out());
        assert_eq!(line.0.as_slice(), "aé".as_bytes());
        assert!(line.rub_out() && line.rub_out() && !line.rub_out() && line.is_empty());
        for _ in 0..LONGEST {
            line.push(b'x')?;
        }
        assert!(line.push(b'x').is_err());
        let answer = line.finish()?;
        // The same memory all the way: there is one copy to wipe.
        assert_eq!((answer.as_ptr(), answer.len()), (memory, LONGEST));
        assert_eq!(line_of("x\r\r")?.finish()?.as_str(), "x");
        let mut invalid = Line::new();
        invalid.push(0xff)?;
        assert!(matches!(invalid.finish(), Err(Failure::Usage(_))));
        Ok(())
    }
}
