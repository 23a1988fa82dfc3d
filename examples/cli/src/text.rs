//! Text for people: what servers wrote, made harmless; dates.

/// What stands for a character that is not shown.
const REPLACEMENT: char = '\u{fffd}';
/// Enough for a sentence, too little to push what matters off the screen.
const LONGEST: usize = 500;

/// Text of a server, on one line: nothing in it moves the cursor, changes colours, talks to the terminal or turns the reading direction.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = text.chars().take(LONGEST).map(harmless).collect::<String>();
    if text.chars().nth(LONGEST).is_some() {
        cleaned.push('…');
    }
    cleaned
}

/// The same for text of many lines, such as a file of recovery codes.
pub(crate) fn clean_lines(text: &str) -> String {
    let lines = text.lines().map(|line| line.chars().map(harmless).collect::<String>() + "\n");
    lines.collect()
}

fn harmless(character: char) -> char {
    match character {
        // C0 with escape, DELETE, C1 with the eight-bit control sequences.
        _ if character.is_control() => REPLACEMENT,
        // Line and paragraph separators; marks, embeddings, overrides and isolates of direction (UAX #9); characters without width.
        '\u{2028}'
        | '\u{2029}'
        | '\u{061c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' => REPLACEMENT,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => REPLACEMENT,
        // Tags, which no terminal shows.
        '\u{e0000}'..='\u{e007f}' => REPLACEMENT,
        _ => character,
    }
}

/// The day of a time in seconds since 1970, UTC: `2026-11-22`. None far outside of what dates are written for.
pub(crate) fn day(seconds: u64) -> Option<String> {
    const DAY: u64 = 86_400;
    // The year 10000: its years have five digits.
    if seconds >= 253_402_300_800 {
        return None;
    }
    // Counted from a first of March in a year that 400 divides, so that leap days end years: 719 468 days before 1970.
    let days = seconds / DAY + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March have 31, 30, 31, 30, 31 days, and again.
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    Some(format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let hostile = "a\x1b[2Jb\x1b]0;title\x07c\r\nd\u{9b}31me\u{202e}f\x7f\u{8}\0";
        assert_eq!(clean(hostile), "a�[2Jb�]0;title�c��d�31me�f���");
        for code in (0..0x20).chain(0x7f..0xa0).chain(0x202a..0x202f).chain(0x2066..0x206a) {
            let character = char::from_u32(code);
            assert_eq!(character.map(harmless), Some(REPLACEMENT), "{code:#x}");
        }
        assert_eq!(clean("Große Bank & Co, 漢字 🔑"), "Große Bank & Co, 漢字 🔑");
        assert_eq!(clean(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
        assert_eq!(clean(&"é".repeat(LONGEST + 1)), "é".repeat(LONGEST) + "…");
        assert_eq!(clean_lines("one\x1b[1m\r\ntwo"), "one�[1m\ntwo\n");
    }

    #[test]
    fn days() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_795_305_600, "2026-11-22"),
            (1_798_761_599, "2026-12-31"),
            (1_798_761_600, "2027-01-01"),
            (4_107_542_400, "2100-03-01"),
            (4_107_542_399, "2100-02-28"),
            (253_402_300_799, "9999-12-31"),
        ] {
            assert_eq!(day(seconds).as_deref(), Some(expected), "{seconds}");
        }
        assert_eq!((day(253_402_300_800), day(u64::MAX)), (None, None));
    }
}
