//! Texts of bounded length, in place, and what may stand in those that a person is shown.

use crate::encoding::base64url;
use crate::encoding::stored::write_base64url;
use core::fmt;

/// The longest audience, user id, action or device name, in bytes of UTF-8.
pub const MAX_NAME: usize = 255;
/// The longest context, in bytes of UTF-8.
pub const MAX_CONTEXT: usize = 1024;

/// 1 to 255 bytes of UTF-8.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    bytes: [u8; MAX_NAME],
    len: u8,
}

impl Name {
    pub(super) fn new(text: &str) -> Option<Self> {
        let len = u8::try_from(text.len()).ok().filter(|len| *len > 0)?;
        let mut name = Self { bytes: [0; MAX_NAME], len };
        name.bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(name)
    }

    /// What [`Name::write`] wrote.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; MAX_NAME];
        let bytes = base64url::decode(text.as_bytes(), &mut bytes).ok()?;
        Self::new(core::str::from_utf8(bytes).ok()?)
    }

    pub(super) fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        write_base64url(out, self.as_str().as_bytes())
    }

    pub(super) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.len)).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(…)")
    }
}

/// A user's id: 1 to 255 bytes.
pub(super) const fn is_user(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME
}

/// An audience, an action or a device's name: 1 to 255 bytes that can be shown on one line, and are not blank.
pub(super) fn is_line(text: &str) -> bool {
    is_user(text)
        && text.chars().all(can_be_shown)
        && text.chars().any(|c| !c.is_whitespace() && !is_joiner(c))
}

/// A context: up to 1024 bytes that can be shown on nine lines.
pub(super) fn is_context(text: &str) -> bool {
    text.len() <= MAX_CONTEXT
        && text.chars().all(|c| c == '\n' || can_be_shown(c))
        && text.chars().filter(|c| *c == '\n').count() <= MAX_LINE_FEEDS
}

/// More would push what is below them off a small screen.
const MAX_LINE_FEEDS: usize = 8;

/// Control characters, line ends, what turns the direction of what follows, and what nobody sees could make a text look like
/// another.
fn can_be_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        )
        && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{2800}' | '\u{3164}' | '\u{feff}')
        && !matches!(c, '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
}

/// What joins letters in Persian and Hindi, and faces in emoji: seen beside others alone.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_bytes() {
        let long = "é".repeat(127);
        for (text, good) in [("", false), ("a", true), (&long, true)] {
            assert_eq!(
                (is_user(text), is_line(text), Name::new(text).is_some()),
                (good, good, good)
            );
        }
        let long = "é".repeat(128);
        assert_eq!(
            (is_user(&long), is_line(&long), Name::new(&long).is_some()),
            (false, false, false)
        );
        assert!(is_context("") && is_context(&"é".repeat(512)) && !is_context(&"é".repeat(513)));
    }

    #[test]
    fn what_would_fool_the_eye_is_refused() {
        for text in ["a\nb", "a\tb", "a\u{0}", "a\u{7f}", "a\u{85}"] {
            assert!(!is_line(text) && is_user(text), "{text:?}");
            assert_eq!(is_context(text), text == "a\nb", "{text:?}");
        }
        for c in [
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{180e}',
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2069}',
            '\u{2800}',
            '\u{3164}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{e0000}',
            '\u{e0041}',
            '\u{e007f}',
        ] {
            let text = std::format!("a{c}b");
            assert!(!is_line(&text) && !is_context(&text), "{text:?}");
        }
        for blank in [" ", "\u{a0}\u{3000}", "\u{200d}", "\u{200c} "] {
            assert!(!is_line(blank) && is_context(blank), "{blank:?}");
        }
        for text in [
            "Überweisung: 5\u{a0}€ an תמר \u{1f600}",
            "می\u{200c}خواهم",
            "👨\u{200d}👩\u{200d}👧",
            "7",
        ] {
            assert!(is_line(text) && is_context(text), "{text}");
        }
        assert!(is_context(&"\n".repeat(8)) && !is_context(&"\n".repeat(9)));
    }

    #[test]
    fn a_name_is_read_back_as_it_was_written() {
        for text in ["a", "Überweisung \u{1f600}", &"x".repeat(255)] {
            let name = Name::new(text).expect("a name");
            let mut written = std::string::String::new();
            name.write(&mut written).expect("room");
            assert_eq!(Name::read(&written).expect("the same").as_str(), text);
        }
        for bad in ["", "_w", "=", "YQ=="] {
            assert!(Name::read(bad).is_none(), "{bad}");
        }
    }
}
