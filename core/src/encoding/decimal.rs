//! Decimal numbers in stored texts. Leaks: nothing; what is stored here is public.

/// A number in its one decimal form: no sign, no leading zero.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || text.bytes().next().is_some_and(|b| matches!(b, b'1'..=b'9'));
    text.parse().ok().filter(|_| canonical)
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn a_number_has_one_form() {
        for (text, value) in [("0", 0), ("7", 7), ("18446744073709551615", u64::MAX)] {
            assert_eq!(decimal(text), Some(value));
        }
        for text in ["", "00", "07", "+7", "-7", "7 ", " 7", "18446744073709551616", "0x7", "7\0"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
