//! Tells the linker where code and data lie on the board, which is that of conformance/targets/firmware.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let memory = include_str!("../../conformance/targets/firmware/memory.x");
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR is writable");
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=../../conformance/targets/firmware/memory.x");
    println!("cargo:rerun-if-changed=build.rs");
}
