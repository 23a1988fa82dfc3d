//! What the images share: the board, frames, the operations, the logins that are measured, and how a program ends.
//!
//! No heap: [`NoHeap`] proves it when an image is linked. `unsafe` is for that, and for measuring.
#![no_std]

pub mod board;
#[cfg(feature = "all")]
pub mod frame;
#[cfg(feature = "all")]
pub mod operations;
pub mod samples;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

/// The exit code of an image that panicked, as of any Rust program.
pub const PANICKED: i32 = 101;

// Without the message: formatting it would cost more flash than what is measured.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(PANICKED)
}

/// The one allocator that an image may have: it calls a function that does not exist.
///
/// So an image in which any code can reach an allocation does not link ("undefined symbol: this_image_allocates"), one in
/// which a dependency brings an allocator does not compile, and nothing of this one is left in an image that links. The
/// absence of an allocator's symbols would prove less: the optimiser dissolves them into their callers.
#[derive(Debug)]
pub struct NoHeap;

#[global_allocator]
static NO_HEAP: NoHeap = NoHeap;

unsafe extern "C" {
    fn this_image_allocates() -> *mut u8;
}

// SAFETY: no call of these functions can be linked.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        // SAFETY: see above.
        unsafe { this_image_allocates() }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {
        // SAFETY: see above.
        unsafe { this_image_allocates() };
    }
}
