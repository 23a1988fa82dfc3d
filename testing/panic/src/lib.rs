//! Entry points of mfakit-core, one function each, around a panic handler that cannot be linked.
//!
//! `check` beside this crate links each of them alone. One that links reaches no panic, whatever its arguments. The
//! `control_` functions panic on purpose, and must not link.
#![no_std]

pub mod approval;
pub mod assurance;
pub mod attestation;
pub mod codes;
pub mod controls;
pub mod encodings;
pub mod otp;
pub mod webauthn;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

unsafe extern "C" {
    /// There is no such function: what can reach it does not link.
    fn this_entry_can_panic(info: *const u8) -> !;
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    // SAFETY: no call of it can be linked. What it is given keeps the places of panics in the image.
    unsafe { this_entry_can_panic(core::ptr::from_ref(info).cast()) }
}

/// The heap, for certificates, RSA and ML-DSA. When it is exhausted, the standard library panics: a place of its own.
struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

unsafe extern "C" {
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn free(pointer: *mut u8);
}

// SAFETY: the C library's allocator, with a size that is a multiple of the alignment.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = layout.pad_to_align();
        // SAFETY: the alignment is a power of two, the size a multiple of it.
        unsafe { aligned_alloc(layout.align(), layout.size()) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, _: Layout) {
        // SAFETY: it came from `alloc`.
        unsafe { free(pointer) }
    }
}

/// A buffer to write into, which says so when it is full.
pub(crate) struct Buffer<'b> {
    rest: &'b mut [u8],
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(rest: &'b mut [u8]) -> Self {
        Self { rest }
    }
}

impl core::fmt::Write for Buffer<'_> {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let rest = core::mem::take(&mut self.rest);
        let (here, after) = rest.split_at_mut_checked(text.len()).ok_or(core::fmt::Error)?;
        for (slot, byte) in here.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        self.rest = after;
        Ok(())
    }
}
