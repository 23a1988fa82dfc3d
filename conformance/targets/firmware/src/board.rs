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
