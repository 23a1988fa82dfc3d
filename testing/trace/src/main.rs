//! Runs a function of mfakit-core once for each of several secrets, each time between two marks. `run` beside this crate lets
//! QEMU write down every program counter and compares what lies between them: for a function that does not branch on its
//! secret it is the same sequence each time.
//!
//! The byte on standard input is the function's number; 255 asks for the addresses of the marks and the names of the functions.
//! The image ends with 0 if every verdict was right: a path that is not taken would show nothing.
#![no_std]
#![no_main]

mod cases;
mod controls;
mod secrets;

use core::arch::asm;
use core::hint::black_box;
use core::panic::PanicInfo;
use cortex_m_rt::entry;
use semihosting::fs::File;
use semihosting::io::{self, Read, Write};
use semihosting::process::exit;

/// One function on one path.
pub(crate) struct Case {
    /// `case` or `control`, and `function/path`
    pub(crate) name: &'static str,
    /// Runs it with each secret; says whether every verdict was right.
    pub(crate) run: fn() -> bool,
}

#[entry]
fn main() -> ! {
    match serve() {
        Ok(true) => exit(0),
        Ok(false) => exit(1),
        Err(_) => exit(2),
    }
}

fn serve() -> io::Result<bool> {
    let mut number = [0];
    File::open(c"/dev/stdin")?.read_exact(&mut number)?;
    let [number] = number;
    let mut all = cases::CASES.iter().chain(controls::CONTROLS);
    if number == 255 {
        let mut out = File::create(c"/dev/stdout")?;
        write!(out, "{} {}\n", address(mark_begin), address(mark_end))?;
        for case in all {
            write!(out, "{}\n", case.name)?;
        }
        return Ok(true);
    }
    Ok(all.nth(usize::from(number)).is_some_and(|case| (case.run)()))
}

/// Where a function's code starts: the lowest bit of a pointer to it says that it is Thumb code.
fn address(function: extern "C" fn()) -> usize {
    (function as *const ()).addr() & !1
}

/// Does the work between the marks.
#[inline(never)]
pub(crate) fn traced<T>(work: impl FnOnce() -> T) -> T {
    mark_begin();
    let done = black_box(work());
    mark_end();
    done
}

#[inline(never)]
extern "C" fn mark_begin() {
    // SAFETY: does nothing. The two marks differ, so that the compiler does not make them one.
    unsafe { asm!("mov r0, r0") };
}

#[inline(never)]
extern "C" fn mark_end() {
    // SAFETY: does nothing.
    unsafe { asm!("mov r1, r1") };
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}
