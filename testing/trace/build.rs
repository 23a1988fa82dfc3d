//! Tells the linker where code and data lie on the board, which is the conformance image's.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    const MEMORY: &str = "../../conformance/targets/firmware/memory.x";
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::copy(MEMORY, out.join("memory.x")).expect("the firmware's memory map is there");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed={MEMORY}");
    println!("cargo:rerun-if-changed=build.rs");
}
