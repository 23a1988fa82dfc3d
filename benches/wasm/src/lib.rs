//! ES256 verification without JSON, so that a signature's own cost in WebAssembly can be measured.
//!
//! [`buffer`] is where the host writes x, y, the message and the DER signature, one after the other. Nothing here is secret.

use core::cell::UnsafeCell;
use mfakit_core::crypto::es256::{Es256, parse_signature};
use mfakit_core::crypto::{SignatureVerifier, sha256};
use mfakit_p256::{PreparedVerifyingKey, VerifyingKey};

const SIZE: usize = 1024;

struct Shared<T>(UnsafeCell<T>);

// SAFETY: the module has one thread.
unsafe impl<T> Sync for Shared<T> {}

static BUFFER: Shared<[u8; SIZE]> = Shared(UnsafeCell::new([0; SIZE]));

/// Where the host writes.
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *mut u8 {
    BUFFER.0.get().cast()
}

/// 1 if the signature holds.
#[unsafe(no_mangle)]
pub extern "C" fn verify(message: usize, signature: usize) -> u32 {
    let holds = |(x, y, message, signature): Parts<'_>| {
        Some(Es256::new((x, y)).ok()?.verify(&[message], signature).is_ok())
    };
    u32::from(parts(message, signature).and_then(holds).unwrap_or(false))
}

static PREPARED: Shared<Option<PreparedVerifyingKey>> = Shared(UnsafeCell::new(None));

/// Makes the tables of the key; 1 if it is one.
#[unsafe(no_mangle)]
pub extern "C" fn prepare() -> u32 {
    let key = parts(0, 0).and_then(|(x, y, ..)| VerifyingKey::new(x, y).ok());
    // SAFETY: nobody holds a reference between calls.
    let prepared = unsafe { &mut *PREPARED.0.get() };
    *prepared = key.map(|key| key.prepare());
    u32::from(prepared.is_some())
}

/// As [`verify`], by the tables.
#[unsafe(no_mangle)]
pub extern "C" fn verify_prepared(message: usize, signature: usize) -> u32 {
    // SAFETY: nobody writes during a call.
    let prepared = unsafe { &*PREPARED.0.get() };
    let holds = |(_, _, message, signature): Parts<'_>| {
        let (r, s) = parse_signature(signature).ok()?;
        Some(prepared.as_ref()?.verify(&sha256(&[message]), &r, &s).is_ok())
    };
    u32::from(parts(message, signature).and_then(holds).unwrap_or(false))
}

type Parts<'a> = (&'a [u8; 32], &'a [u8; 32], &'a [u8], &'a [u8]);

fn parts(message: usize, signature: usize) -> Option<Parts<'static>> {
    // SAFETY: the host writes only between calls.
    let all: &'static [u8; SIZE] = unsafe { &*BUFFER.0.get() };
    let (x, rest) = all.split_first_chunk()?;
    let (y, rest) = rest.split_first_chunk()?;
    let (message, rest) = rest.split_at_checked(message)?;
    Some((x, y, message, rest.get(..signature)?))
}
