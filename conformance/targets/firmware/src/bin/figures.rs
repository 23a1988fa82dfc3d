//! Measures one login of each kind: a line with its name, instructions and bytes of stack for each.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_core::{Error, Evidence};
use mfakit_firmware::{board, samples};
use semihosting::fs::File;
use semihosting::io::{self, Write};
use semihosting::process::exit;

#[entry]
fn main() -> ! {
    match print() {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn print() -> io::Result<()> {
    let mut out = File::create(c"/dev/stdout")?;
    measure(&mut out, "assertion", samples::assertion)?;
    #[cfg(feature = "all")]
    measure(&mut out, "ed25519", samples::ed25519)?;
    #[cfg(feature = "es384")]
    measure(&mut out, "es384", samples::es384)?;
    #[cfg(feature = "es512")]
    measure(&mut out, "es512", samples::es512)?;
    #[cfg(feature = "es256k")]
    measure(&mut out, "es256k", samples::es256k)?;
    #[cfg(feature = "rsa")]
    measure(&mut out, "rsa", samples::rs256)?;
    #[cfg(feature = "recovery")]
    measure(&mut out, "recovery", samples::recovery)?;
    #[cfg(feature = "all")]
    measure(&mut out, "delivered", samples::delivered)?;
    measure(&mut out, "totp", samples::totp)
}

fn measure(out: &mut File, name: &str, login: fn() -> Result<Evidence, Error>) -> io::Result<()> {
    let figures = board::measure(|| {
        // A login that fails early would look cheap.
        if login().is_err() {
            exit(2);
        }
    });
    write!(out, "{name} {} {}\n", figures.instructions, figures.stack)
}
