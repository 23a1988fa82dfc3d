//! `RecoveryCode` against the rules over characters: which texts are a code, and the one text that shows it.
//!
//! One mutation in thirty-two keeps the check symbol right by chance. So the input may ask for it to be put right.

use crate::input::Input;
use mfakit_core::Error;
use mfakit_core::codes::recovery::RecoveryCode;

/// The values of a code's symbols, 0 to 31: the slot, 24 random ones, the check symbol.
pub type Symbols = [u8; 26];

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Space, hyphen, no-break space, the two Unicode hyphens, the en dash.
const SEPARATORS: [char; 6] = [' ', '-', '\u{a0}', '\u{2010}', '\u{2011}', '\u{2013}'];

/// The symbols of a text that a person typed; `None` if it is no code.
#[must_use]
pub fn reference(text: &[u8]) -> Option<Symbols> {
    let symbols = symbols(text)?.try_into().ok()?;
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
fn polynomial(symbols: &Symbols) -> u8 {
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
pub fn with_check(mut symbols: Symbols) -> Symbols {
    let checks = (0..32).filter(|check| {
        symbols[25] = *check;
        polynomial(&symbols) == 0
    });
    let checks: Vec<u8> = checks.collect();
    assert_eq!(checks.len(), 1, "there is one check symbol");
    symbols[25] = checks[0];
    symbols
}

/// The text that shows a code.
#[must_use]
pub fn shown(symbols: &Symbols) -> String {
    let characters: Vec<&str> =
        symbols.iter().map(|&s| &ALPHABET[usize::from(s)..=usize::from(s)]).collect();
    let groups = [0..5, 5..10, 10..15, 15..20, 20..26];
    groups.map(|group| characters[group].concat()).join("-")
}

/// The text with its last symbol put right, if all it lacks is that.
fn repaired(text: &[u8]) -> Vec<u8> {
    let (Some(symbols), Ok(typed)) = (symbols(text), std::str::from_utf8(text)) else {
        return text.to_vec();
    };
    let Ok(symbols) = Symbols::try_from(symbols) else { return text.to_vec() };
    let last = typed.char_indices().rev().find(|(_, c)| symbol(*c).is_some());
    let Some((at, _)) = last else { return text.to_vec() };
    let mut text = text.to_vec();
    text[at] = ALPHABET.as_bytes()[usize::from(with_check(symbols)[25])];
    text
}

/// Whether core takes the code; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let repair = input.u8() & 1 == 1;
    let text = if repair { repaired(input.rest()) } else { input.rest().to_vec() };
    let ours = RecoveryCode::parse(&text);
    let Some(symbols) = reference(&text) else {
        assert_eq!(ours.map(|_| ()), Err(Error::RecoveryCodeMalformed));
        return false;
    };
    let ours = ours.expect("only the reference accepts");
    let shown = shown(&symbols);
    assert_eq!(ours.expose().as_str(), shown);
    assert_eq!(format!("{ours:?}{:?}", ours.expose()), "RecoveryCode(***)ShownCode(***)");
    // The code that is made of these symbols is the same; the upper bits of the entropy are not looked at.
    let entropy: [u8; 24] = symbols[1..25].try_into().expect("24 symbols");
    for entropy in [entropy, entropy.map(|symbol| symbol | 0xe0)] {
        match RecoveryCode::new(symbols[0], &entropy) {
            Ok(code) => assert_eq!(code.expose().as_str(), shown),
            Err(error) => assert_eq!((error, symbols[0]), (Error::ArgumentValueInvalid, 31)),
        }
    }
    true
}

/// Codes in every form that people give them, and texts that are none.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for start in [0, 7, 31] {
        let symbols = with_check(std::array::from_fn(|i| (start + 5 * i as u8) % 32));
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
            format!("{text}{}", " ".repeat(97)),
            format!("{text}{}", " ".repeat(98)),
            format!("{text}{}", " ".repeat(99)),
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
    texts.iter().flat_map(|text| [0, 1].map(|mode| [&[mode], text.as_bytes()].concat())).collect()
}
