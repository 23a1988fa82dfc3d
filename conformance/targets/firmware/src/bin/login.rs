//! The smallest image with its factors: its size is what they cost in flash. It exits with 0 if all were verified.
//!
//! Without the feature `all` these are an ES256 assertion and a TOTP code; with it, Ed25519, a recovery code and a delivered code as well; with
//! `recovery`, a recovery code; with `es384`, `es512`, `es256k` and `rsa`, an assertion of each.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_firmware::samples;
use semihosting::process::exit;

#[entry]
fn main() -> ! {
    let verified = samples::assertion().is_ok() && samples::totp().is_ok();
    #[cfg(feature = "all")]
    let verified = verified && samples::ed25519().is_ok() && samples::delivered().is_ok();
    #[cfg(feature = "recovery")]
    let verified = verified && samples::recovery().is_ok();
    #[cfg(feature = "es384")]
    let verified = verified && samples::es384().is_ok();
    #[cfg(feature = "es512")]
    let verified = verified && samples::es512().is_ok();
    #[cfg(feature = "es256k")]
    let verified = verified && samples::es256k().is_ok();
    #[cfg(feature = "rsa")]
    let verified = verified && samples::rs256().is_ok();
    exit(i32::from(!verified))
}
