//! One signature on a Cortex-M4F: what an image is made of beside the library that verifies it.
//!
//! Each image prints one line: instructions and bytes of stack. The signature is that of RFC 6979 A.2.5 over "sample".
#![no_std]

#[path = "../../../conformance/targets/firmware/src/board.rs"]
pub mod board;

use core::hint::black_box;
use core::panic::PanicInfo;
use semihosting::fs::File;
use semihosting::io::Write;
use semihosting::process::exit;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// A key, a digest and a signature, all numbers big-endian.
#[derive(Clone, Copy, Debug)]
pub struct Signed {
    /// The key.
    pub x: [u8; 32],
    /// The key.
    pub y: [u8; 32],
    /// SHA-256 of the message.
    pub digest: [u8; 32],
    /// The signature.
    pub r: [u8; 32],
    /// The signature.
    pub s: [u8; 32],
}

/// Runs `verify` on the signature, which it must accept, and with another digest, which it must refuse; prints what the first took.
pub fn measure(verify: impl Fn(&Signed) -> bool) -> ! {
    let good = black_box(SIGNED);
    let figures = board::measure(|| {
        if !verify(&good) {
            exit(2);
        }
    });
    let mut bad = good;
    bad.digest[31] ^= 1;
    if verify(&bad) {
        exit(3);
    }
    let Ok(mut out) = File::create(c"/dev/stdout") else { exit(1) };
    let printed = write!(out, "{} {}\n", figures.instructions, figures.stack);
    exit(i32::from(printed.is_err()))
}

/// RFC 6979 A.2.5.
pub const SIGNED: Signed = Signed {
    x: number("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
    y: number("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
    digest: number("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
    r: number("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"),
    s: number("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"),
};

const fn number(hex: &str) -> [u8; 32] {
    let (hex, mut bytes, mut at) = (hex.as_bytes(), [0; 32], 0);
    while at < 32 {
        bytes[at] = digit(hex[2 * at]) << 4 | digit(hex[2 * at + 1]);
        at += 1;
    }
    bytes
}

const fn digit(character: u8) -> u8 {
    if character < b'a' { character - b'0' } else { character - b'a' + 10 }
}
