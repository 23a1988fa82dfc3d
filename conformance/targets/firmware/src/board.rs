//! The board: QEMU's mps2-an386, a Cortex-M4F at 25 MHz, and its line to the host.
//!
//! The line is semihosting (<https://github.com/ARM-software/abi-aa/blob/main/semihosting/semihosting.rst>): whole blocks, where
//! the board's serial port takes the emulator a round through its event loop for every byte. It ends when the host does.

use core::arch::asm;
use semihosting::fs::File;
use semihosting::io::{self, Read, Write};

/// The line to the host: the emulator's standard input and output.
#[derive(Debug)]
pub struct Line {
    from_host: File,
    to_host: File,
}

impl Line {
    /// Opens the line.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn open() -> io::Result<Self> {
        Ok(Self { from_host: File::open(c"/dev/stdin")?, to_host: File::create(c"/dev/stdout")? })
    }

    /// Fills `buffer`; `false` if the host closed the line instead.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn receive(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.from_host.read(&mut buffer[filled..])? {
                0 => return Ok(false),
                more => filled += more,
            }
        }
        Ok(true)
    }

    /// Sends all of `bytes`.
    ///
    /// # Errors
    ///
    /// The host's.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to_host.write_all(bytes)
    }
}

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Instructions, to the nearest 40, given that the emulator runs one in each nanosecond (`-icount shift=0`).
    pub instructions: u32,
    /// Bytes of stack below the caller's frame.
    pub stack: usize,
}

/// SysTick (ARMv7-M Architecture Reference Manual, B3.3): a 24-bit counter that runs down with the processor's clock.
const SYSTICK_CONTROL: *mut u32 = core::ptr::without_provenance_mut(0xe000_e010);
const SYSTICK_RELOAD: *mut u32 = core::ptr::without_provenance_mut(0xe000_e014);
const SYSTICK_CURRENT: *mut u32 = core::ptr::without_provenance_mut(0xe000_e018);
/// Enabled, without interrupt, by the processor's clock.
const SYSTICK_RUN: u32 = 0b101;
const SYSTICK_MAX: u32 = 0x00ff_ffff;
/// Nanoseconds in a tick at 25 MHz.
const TICK: u32 = 40;

/// How far below the stack pointer is painted: far more than any login takes, far less than the board has.
const PAINTED: usize = 64 * 1024;
const PAINT: u32 = 0xa5a5_a5a5;

/// Runs `work` on a painted stack and against the clock. Not for work of more than 671 million instructions.
#[inline(never)]
pub fn measure(work: impl FnOnce()) -> Figures {
    let top = paint();
    // SAFETY: registers of the processor that nothing else uses.
    unsafe {
        SYSTICK_RELOAD.write_volatile(SYSTICK_MAX);
        SYSTICK_CURRENT.write_volatile(0);
        SYSTICK_CONTROL.write_volatile(SYSTICK_RUN);
    }
    // The first tick loads the counter.
    while systick() == 0 {}
    let start = systick();
    work();
    let ticks = start.wrapping_sub(systick()) & SYSTICK_MAX;
    Figures { instructions: ticks * TICK, stack: top - lowest_used(top) }
}

fn systick() -> u32 {
    // SAFETY: a register of the processor that may be read at any time.
    unsafe { SYSTICK_CURRENT.read_volatile() }
}

/// Paints the unused stack and returns the stack pointer.
#[inline(always)]
fn paint() -> usize {
    let top: usize;
    // SAFETY: stores words from `PAINTED` below the stack pointer up to it. No interrupt is enabled that could use the
    // stack meanwhile, and no function is called.
    unsafe {
        asm!(
            "mov {top}, sp",
            "sub {at}, {top}, {painted}",
            "2:",
            "str {paint}, [{at}], #4",
            "cmp {at}, {top}",
            "blo 2b",
            top = out(reg) top,
            at = out(reg) _,
            painted = in(reg) PAINTED,
            paint = in(reg) PAINT,
        );
    }
    top
}

/// The lowest address that has lost its paint.
fn lowest_used(top: usize) -> usize {
    let mut address = top - PAINTED;
    // SAFETY: the words that were painted; nothing else writes there now.
    while address < top
        && unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() } == PAINT
    {
        address += 4;
    }
    address
}
