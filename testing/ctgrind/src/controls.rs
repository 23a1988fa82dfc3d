//! What must be reported: the same computations as one would write them without thinking of time. A check that lets one of
//! these pass checks nothing.

use crate::valgrind;
use std::hint::black_box;

/// One leaky computation.
pub(crate) struct Control {
    pub(crate) name: &'static str,
    pub(crate) run: fn(),
}

pub(crate) const CONTROLS: &[Control] = &[
    Control { name: "truncation-by-index", run: truncation_by_index },
    Control { name: "compare-with-early-exit", run: compare_with_early_exit },
    Control { name: "scan-with-early-exit", run: scan_with_early_exit },
    Control { name: "base32-by-table", run: base32_by_table },
    Control { name: "base32-by-branches", run: base32_by_branches },
    Control { name: "digits-by-formatting", run: digits_by_formatting },
    Control { name: "tag-by-slot", run: tag_by_slot },
    Control { name: "check-symbol-by-branches", run: check_symbol_by_branches },
    Control { name: "steam-symbols-by-table", run: steam_symbols_by_table },
    Control { name: "secret-by-search", run: secret_by_search },
    Control { name: "digits-by-rejection", run: digits_by_rejection },
    Control { name: "tag-before-time", run: tag_before_time },
    Control { name: "rounds-until-a-match", run: rounds_until_a_match },
];

fn secret_bytes<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    valgrind::make_secret(&mut bytes);
    black_box(bytes)
}

/// RFC 4226 §5.4 as its reference code has it: the offset is an index.
fn truncation_by_index() {
    let tag = secret_bytes([7; 20]);
    let offset = usize::from(tag[19] & 0xf);
    let four = [tag[offset], tag[offset + 1], tag[offset + 2], tag[offset + 3]];
    black_box(u32::from_be_bytes(four) & 0x7fff_ffff);
}

/// A comparison that returns at the first difference.
fn compare_with_early_exit() {
    fn equal(a: &[u8], b: &[u8]) -> bool {
        for (a, b) in a.iter().zip(b) {
            if a != b {
                return false;
            }
        }
        true
    }
    let code = secret_bytes(*b"755224");
    black_box(equal(black_box(&code), black_box(b"755228")));
}

/// A look-ahead that stops at the first match.
fn scan_with_early_exit() {
    let codes = secret_bytes([1, 2, 3, 4]);
    let typed = black_box(3);
    black_box(codes.iter().position(|&code| code == typed));
}

/// A symbol's value looked up in a table: the address depends on the symbol.
fn base32_by_table() {
    static VALUES: [u8; 256] = {
        let mut values = [255; 256];
        let mut i = 0;
        while i < 32 {
            values[b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[i] as usize] = i as u8;
            i += 1;
        }
        values
    };
    let text = secret_bytes(*b"GEZDGNBV");
    let table = black_box(&VALUES);
    black_box(text.map(|symbol| table[usize::from(symbol)]));
}

/// A symbol's value by comparisons. Kept from turning into selects by work that differs between the branches.
fn base32_by_branches() {
    fn letter(symbol: u8) -> u8 {
        black_box(symbol) - b'A'
    }
    fn digit(symbol: u8) -> u8 {
        black_box(symbol) - b'2' + 26
    }
    for symbol in secret_bytes(*b"GEZDGNBV") {
        black_box(if symbol >= b'A' { letter(symbol) } else { digit(symbol) });
    }
}

/// The standard library's decimal digits: pairs from a table, and a loop as long as the number.
fn digits_by_formatting() {
    let value = u32::from_ne_bytes(secret_bytes(755_224_u32.to_ne_bytes()));
    black_box(format!("{value:06}"));
}

/// The stored tag of a recovery code picked by its slot: the address tells which code was typed.
fn tag_by_slot() {
    let tags = black_box([[1_u8; 32], [2; 32], [3; 32]]);
    let [slot] = secret_bytes([1]);
    black_box(tags[usize::from(slot)]);
}

/// A check symbol by polynomial division that subtracts only where there is something to subtract.
fn check_symbol_by_branches() {
    let mut sum = 0_u8;
    for symbol in secret_bytes([7, 0, 31, 12]) {
        sum = (sum << 1) ^ symbol;
        if sum & 32 != 0 {
            sum = black_box(sum ^ 0b10_0101);
        }
    }
    black_box(sum);
}

/// Steam's symbols as its clients make them: each remainder is an index.
fn steam_symbols_by_table() {
    let alphabet = black_box(b"23456789BCDFGHJKMNPQRTVWXY");
    let mut value = u32::from_ne_bytes(secret_bytes(755_224_u32.to_ne_bytes()));
    for _ in 0..5 {
        black_box(alphabet[value as usize % 26]);
        value /= 26;
    }
}

/// A symbol of a URI's secret looked for in the alphabet, the first half of which is known.
fn secret_by_search() {
    for half in secret_bytes(*b"GEZDGNBV") {
        let symbol = black_box(0x40 | (half & 0x0f));
        black_box(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == symbol));
    }
}

/// Digits of a delivered code by drawing again where a byte is too large.
fn digits_by_rejection() {
    let mut sum = 0_u32;
    for byte in secret_bytes([7, 251, 31, 12]) {
        if byte < 250 {
            sum = black_box(sum * 10 + u32::from(byte % 10));
        }
    }
    black_box(sum);
}

/// Whether a code is still good, asked only if it is right.
fn tag_before_time() {
    let expected = secret_bytes([7; 32]);
    let right = expected.iter().zip(black_box(&[7; 32])).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0;
    if right {
        black_box(black_box(1_800_000_000_u64) <= black_box(1_800_000_600));
    }
}

/// A slow hash that ends where its value is found.
fn rounds_until_a_match() {
    let [mut value] = secret_bytes([7]);
    let mut rounds = 0_u32;
    while value != 0 && rounds < 100 {
        value = value.wrapping_mul(5).wrapping_add(3);
        rounds += 1;
    }
    black_box(rounds);
}
