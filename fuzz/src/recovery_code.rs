//! `RecoveryCode`, full and typeable, against the rules over characters: which texts are a code, and the one text that shows it.
//!
//! One mutation in thirty-two keeps the check symbol right by chance. So the input may ask for it to be put right.

use crate::input::Input;
use mfakit_core::Error;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::recovery::{Format, RecoveryCode};

/// The values of a code's symbols, 0 to 31: the slot, 24 or 14 random ones, the check symbol.
pub type Symbols = Vec<u8>;

/// The symbols of a full code.
pub const FULL: usize = 26;
/// The symbols of a typeable code.
pub const TYPEABLE: usize = 16;

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Space, hyphen, no-break space, the two Unicode hyphens, the en dash.
const SEPARATORS: [char; 6] = [' ', '-', '\u{a0}', '\u{2010}', '\u{2011}', '\u{2013}'];

/// The symbols of a text that a person typed; `None` if it is no code of so many.
#[must_use]
pub fn reference(text: &[u8], len: usize) -> Option<Symbols> {
    let symbols = symbols(text).filter(|symbols| symbols.len() == len)?;
    (text.len() <= 128 && polynomial(&symbols) == 0).then_some(symbols)
}

fn symbols(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    text.chars().filter(|c| !SEPARATORS.contains(c)).map(symbol).collect()
}

fn symbol(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    ALPHABET.find(c).and_then(|at| u8::try_from(at).ok())
}

/// The sum of symbol times x to the power of its distance from the end, in GF(2)[x]/(x⁵ + x² + 1).
fn polynomial(symbols: &[u8]) -> u8 {
    let mut power = 1;
    symbols.iter().rev().fold(0, |sum, &symbol| {
        let sum = sum ^ product(symbol, power);
        power = product(power, 2);
        sum
    })
}

/// Multiplied as polynomials, then divided by x⁵ + x² + 1 for the remainder.
fn product(a: u8, b: u8) -> u8 {
    let mut wide = (0..5).filter(|i| b >> i & 1 == 1).fold(0, |sum, i| sum ^ u16::from(a) << i);
    for degree in (5..=8).rev() {
        if wide >> degree & 1 == 1 {
            wide ^= 0b10_0101 << (degree - 5);
        }
    }
    u8::try_from(wide).expect("degree 4 at most")
}

/// The code with the right last symbol.
#[must_use]
pub fn with_check(symbols: &[u8]) -> Symbols {
    let with = |check: u8| [&symbols[..symbols.len() - 1], &[check]].concat();
    let checks: Vec<u8> = (0..32).filter(|check| polynomial(&with(*check)) == 0).collect();
    assert_eq!(checks.len(), 1, "there is one check symbol");
    with(checks[0])
}

/// The text that shows a code.
#[must_use]
pub fn shown(symbols: &[u8]) -> String {
    let characters: Vec<&str> =
        symbols.iter().map(|&s| &ALPHABET[usize::from(s)..=usize::from(s)]).collect();
    match symbols.len() {
        TYPEABLE => characters.chunks(4).map(<[&str]>::concat).collect::<Vec<_>>().join("-"),
        _ => {
            [0..5, 5..10, 10..15, 15..20, 20..26].map(|group| characters[group].concat()).join("-")
        }
    }
}

/// The text with its last symbol put right, if all it lacks is that.
fn repaired(text: &[u8]) -> Vec<u8> {
    let (Some(symbols), Ok(typed)) = (symbols(text), std::str::from_utf8(text)) else {
        return text.to_vec();
    };
    if ![FULL, TYPEABLE].contains(&symbols.len()) {
        return text.to_vec();
    }
    let last = typed.char_indices().rev().find(|(_, c)| symbol(*c).is_some());
    let Some((at, _)) = last else { return text.to_vec() };
    let mut text = text.to_vec();
    text[at] = ALPHABET.as_bytes()[usize::from(*with_check(&symbols).last().expect("symbols"))];
    text
}

/// Whether core takes the code; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let mode = input.u8();
    let text = if mode & 1 == 1 { repaired(input.rest()) } else { input.rest().to_vec() };
    let (format, len) = if mode & 2 == 2 {
        // No hash is computed to read a code.
        (Format::Typeable(SlowHash::PBKDF2), TYPEABLE)
    } else {
        (Format::Full, FULL)
    };
    let ours = RecoveryCode::parse(&text, format);
    let Some(symbols) = reference(&text, len) else {
        assert_eq!(ours.map(|_| ()), Err(Error::RecoveryCodeMalformed));
        return false;
    };
    let ours = ours.expect("only the reference accepts");
    let shown = shown(&symbols);
    assert_eq!(ours.expose().as_str(), shown);
    assert_eq!(format!("{ours:?}{:?}", ours.expose()), "RecoveryCode(***)ShownCode(***)");
    // The code that is made of these symbols is the same; the upper bits of the entropy are not looked at.
    for upper in [0, 0xe0] {
        let again = of_symbols(&symbols, upper).map(|code| code.expose().as_str().to_owned());
        let slot = symbols[0] < 31;
        assert_eq!(again, if slot { Ok(shown.clone()) } else { Err(Error::ArgumentValueInvalid) });
    }
    true
}

/// Core's code of these symbols, from bytes whose upper bits are as given.
///
/// # Errors
///
/// Core's.
pub fn of_symbols(symbols: &[u8], upper: u8) -> Result<RecoveryCode, Error> {
    let entropy: Vec<u8> =
        symbols[1..symbols.len() - 1].iter().map(|symbol| symbol | upper).collect();
    match symbols.len() {
        TYPEABLE => RecoveryCode::typeable(symbols[0], &entropy.try_into().expect("14 symbols")),
        _ => RecoveryCode::full(symbols[0], &entropy.try_into().expect("24 symbols")),
    }
}

/// Codes in every form that people give them, and texts that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for (start, len) in
        [(0, FULL), (7, FULL), (31, FULL), (0, TYPEABLE), (9, TYPEABLE), (31, TYPEABLE)]
    {
        let symbols: Vec<u8> = (0..len as u8).map(|i| (start + 5 * i) % 32).collect();
        let symbols = with_check(&symbols);
        let text = shown(&symbols);
        texts.extend([
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('-', "\u{2011}"),
            text.replace('-', "\u{a0}\u{2010} "),
            text.replace('0', "o").replace('1', "l"),
            text.replace('0', "O").replace('1', "I"),
            text.chars().flat_map(|c| [c, '\u{2013}']).collect(),
            // One byte below, at and above the longest.
            format!("{text}{}", " ".repeat(127 - text.len())),
            format!("{text}{}", " ".repeat(128 - text.len())),
            format!("{text}{}", " ".repeat(129 - text.len())),
            text.replace(|c| "BDFG".contains(c), "U"),
            text.replace('-', "\u{2012}"),
            text.replace('-', "\u{2014}"),
            text[1..].to_owned(),
            format!("{text}0"),
            format!("{text}\n"),
            text,
        ]);
        // Each character that may stand for a symbol, and its neighbours.
        for c in ('\0'..='\u{ff}').chain(['\u{130}', '\u{131}', '\u{212a}']) {
            let mut text = shown(&symbols);
            text.replace_range(3..4, &c.to_string());
            texts.push(text);
        }
    }
    texts
        .iter()
        .flat_map(|text| [0, 1, 2, 3].map(|mode| [&[mode], text.as_bytes()].concat()))
        .collect()
}
