//! Codes that a person keeps or is given: recovery codes, and temporary ones.

mod hash;
pub mod recovery;
mod stored;
mod symbols;
pub mod temporary;

pub use hash::SlowHash;
pub use symbols::ShownCode;
