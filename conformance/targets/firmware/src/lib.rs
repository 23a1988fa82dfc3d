//! What the images share: the board's serial line and timer, frames, the operations, and how a program ends.
//!
//! No heap: no allocator is linked, which `measure` checks. The only `unsafe` is for hardware registers and the stack.
#![no_std]

pub mod board;
pub mod frame;
pub mod operations;
pub mod samples;

use core::panic::PanicInfo;

/// The exit code of an image that panicked, as of any Rust program.
pub const PANICKED: i32 = 101;

// Without the message: formatting it would cost more flash than what is measured.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(PANICKED)
}
