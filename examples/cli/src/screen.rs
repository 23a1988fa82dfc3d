//! What is shown: results on standard output; warnings, errors and questions on standard error.
//!
//! Colours decorate only where both are terminals and NO_COLOR is unset. The black and white of a QR code is no decoration:
//! without it, whether a phone can read the code depends on the terminal's theme.

use crate::failure::Failure;
use mfakit::TerminalStyle;
use std::io::{IsTerminal, Write};
use zeroize::Zeroizing;

/// Shows lines on standard output.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
    written.and_then(|()| out.flush()).map_err(|error| {
        Failure::File(format!("Standard output cannot be written: {}.", error.kind()))
    })
}

/// Shows a line on standard error. If nobody reads that, there is nobody to tell.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A line that must not be missed.
pub(crate) fn warn(text: &str) {
    note(&painted(text, "1"));
}

/// An error.
pub(crate) fn problem(text: &str) {
    note(&format!("{} {text}", painted("mfa:", "31")));
}

/// Is standard output a terminal?
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Does the terminal obey the sequences that a QR code needs?
pub(crate) fn draws() -> bool {
    variable("TERM").is_some_and(|term| term != "dumb")
}

fn painted(text: &str, style: &str) -> String {
    if is_terminal() && std::io::stderr().is_terminal() && variable("NO_COLOR").is_none() && draws()
    {
        format!("\x1b[{style}m{text}\x1b[0m")
    } else {
        text.into()
    }
}

/// An environment variable that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(|v| v.to_string_lossy().into())
}

/// A QR code for this terminal, and a note if it does not fit.
pub(crate) fn qr(text: &str) -> Result<Zeroizing<String>, Failure> {
    // POSIX: the first of these that is set decides.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| variable(name));
    let drawn = mfakit::qr_terminal(text, style_for(locale.as_deref()));
    let drawn = drawn.map(Zeroizing::new).map_err(|_| {
        Failure::Answer(
            "The server's answer is too long for a QR code. Use 2fa:enable --browser.".into(),
        )
    })?;
    let (columns, lines) = size(&drawn);
    // Below the code stand the hint, a question and its answer.
    let lines = lines + 3;
    if let Ok(window) = rustix::termios::tcgetwinsize(std::io::stdout())
        && window.ws_col > 0
        && (usize::from(window.ws_col) < columns || usize::from(window.ws_row) < lines)
    {
        note(&format!(
            "This window is too small for the QR code: it needs {columns} columns and {lines} lines."
        ));
    }
    Ok(drawn)
}

/// Half blocks need Unicode.
fn style_for(locale: Option<&str>) -> TerminalStyle {
    let name = locale.unwrap_or_default().to_lowercase().replace('-', "");
    if name.contains("utf8") { TerminalStyle::HalfBlocks } else { TerminalStyle::Ascii }
}

/// Columns and lines of a drawing, whose only sequences are colours.
fn size(drawn: &str) -> (usize, usize) {
    let columns = |line: &str| {
        let pieces = line.split("\x1b[").enumerate();
        let shown = pieces.map(|(number, piece)| match piece.split_once('m') {
            Some((_, after)) if number > 0 => after.chars().count(),
            _ => piece.chars().count(),
        });
        shown.sum::<usize>()
    };
    (drawn.lines().map(columns).max().unwrap_or(0), drawn.lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_follows_the_locale() {
        for locale in ["de_DE.UTF-8", "C.utf8", "en_US.utf-8"] {
            assert_eq!(style_for(Some(locale)), TerminalStyle::HalfBlocks, "{locale}");
        }
        for locale in [None, Some("C"), Some("POSIX"), Some("de_DE.ISO-8859-1")] {
            assert_eq!(style_for(locale), TerminalStyle::Ascii, "{locale:?}");
        }
    }

    #[test]
    fn sizes_are_those_of_the_symbol() -> Result<(), mfakit::Error> {
        // Version 1 has 21 modules to a side, and four light ones around them.
        let half = mfakit::qr_terminal("a", TerminalStyle::HalfBlocks)?;
        assert_eq!(size(&half), (29, 15));
        let ascii = mfakit::qr_terminal("a", TerminalStyle::Ascii)?;
        assert_eq!(size(&ascii), (58, 29));
        Ok(())
    }
}
