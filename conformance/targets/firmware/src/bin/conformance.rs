//! The conformance image: reads a frame from the host, answers it, and so on, until the host closes the line.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use mfakit_firmware::board::Line;
use mfakit_firmware::operations;
use semihosting::io;
use semihosting::process::exit;

/// Room for a request. The core refuses client data and attestation objects above 64 KiB; vectors of that stay below this.
const REQUEST: usize = 256 * 1024;
/// Room for a response. The longest repeat an input: what `base64url.decode` decodes, or the strings of a client data.
const RESPONSE: usize = 128 * 1024;

#[entry]
fn main() -> ! {
    static mut REQUEST_BUFFER: [u8; REQUEST] = [0; REQUEST];
    static mut RESPONSE_BUFFER: [u8; RESPONSE] = [0; RESPONSE];
    match serve(REQUEST_BUFFER, RESPONSE_BUFFER) {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn serve(request: &mut [u8], response: &mut [u8]) -> io::Result<()> {
    let mut line = Line::open()?;
    let mut len = [0; 4];
    while line.receive(&mut len)? {
        let len = usize::try_from(u32::from_le_bytes(len)).unwrap_or(usize::MAX);
        // A longer frame ends in a panic: the bridge is wrong about the device, and nothing after it would make sense.
        let request = &mut request[..len];
        if line.receive(request)? {
            line.send(operations::answer(request, response))?;
        }
    }
    Ok(())
}
