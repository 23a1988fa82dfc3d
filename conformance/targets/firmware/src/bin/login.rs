//! The smallest image with both second factors: its size is what they cost in flash. It exits with 0 if both were verified.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_firmware::samples;
use semihosting::process::exit;

#[entry]
fn main() -> ! {
    exit(i32::from(samples::assertion().is_err() || samples::totp().is_err()))
}
