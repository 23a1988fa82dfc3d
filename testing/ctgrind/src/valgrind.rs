//! Client requests: how a program talks to the valgrind that runs it.
//!
//! valgrind.h and memcheck.h of valgrind 3.19. A request is an instruction sequence that does nothing on a processor and
//! that valgrind recognises. Memcheck's "undefined" then means "secret": it reports every branch and every address that is
//! made from undefined bits, and follows them through memory and arithmetic.

#[cfg(not(all(target_arch = "x86_64", unix)))]
compile_error!("the client requests are written for x86-64 Unix only");

/// `VG_USERREQ__RUNNING_ON_VALGRIND`
const RUNNING_ON_VALGRIND: usize = 0x1001;
/// `VG_USERREQ__MAKE_MEM_UNDEFINED`: the tool's name 'M', 'C' and 1.
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
/// `VG_USERREQ__MAKE_MEM_DEFINED`
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

/// Whether this program runs under valgrind.
pub(crate) fn is_watching() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

/// Marks bytes as secret.
pub(crate) fn make_secret(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr().addr(), bytes.len());
}

/// Marks bytes as public.
pub(crate) fn make_public(bytes: &mut [u8]) {
    request(MAKE_MEM_DEFINED, bytes.as_mut_ptr().addr(), bytes.len());
}

/// Marks a value as public, whatever it is made of.
pub(crate) fn make_value_public<T>(value: &mut T) {
    request(MAKE_MEM_DEFINED, std::ptr::from_mut(value).addr(), size_of::<T>());
}

/// Sends a request; outside valgrind the answer is 0.
fn request(code: usize, first: usize, second: usize) -> usize {
    let arguments = [code, first, second, 0, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: the four rotations of rdi add up to 128 bits and restore it, and xchg rbx, rbx changes nothing; valgrind reads
    // `arguments`, which outlives the block, and writes rdx. Without `nomem` the compiler takes it that memory was read and
    // written, so that nothing is moved across a request.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}
