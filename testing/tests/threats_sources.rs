//! What the sources promise for every build: chapters L and M of docs/threat-model.md, as far as a look at the text tells.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every Rust file under a folder, with the lines of code that ship: comments and unit tests left out.
fn shipped(folder: &str) -> Vec<(PathBuf, String)> {
    let (mut folders, mut files) = (vec![root().join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).expect("UTF-8");
                let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
                files.push((path, code.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(!files.is_empty(), "{folder}");
    files
}

/// M4, L7: no unsafe code where verdicts are made, and no allocator under the core.
#[test]
fn unsafe_code_is_forbidden_and_the_core_has_no_allocator() {
    for manifest in ["core/Cargo.toml", "bindings/rust/Cargo.toml"] {
        assert!(text(manifest).contains("unsafe_code = \"forbid\""), "{manifest}");
    }
    assert!(text("core/src/lib.rs").contains("\n#![no_std]\n"));
    for folder in
        ["core/src", "bindings/rust/src", "bindings/python/src", "bindings/node/src", "wasm/src"]
    {
        for (path, code) in shipped(folder) {
            assert!(!code.contains("unsafe "), "{}", path.display());
            // The one feature that needs the heap names itself where it is brought in.
            let rest = code.replace("#[cfg(feature = \"attestation\")]\nextern crate alloc;", "");
            let core = path.starts_with(root().join("core"));
            assert!(!(core && rest.contains("extern crate alloc")), "{}", path.display());
        }
    }
}

/// L19: arithmetic that overflows stops, also in what ships.
#[test]
fn overflow_is_checked_in_every_profile_that_ships() {
    let manifest = text("Cargo.toml");
    for (profile, rest) in
        manifest.split("\n[profile.").skip(1).filter_map(|part| part.split_once(']'))
    {
        let (name, packages) = profile.split_once('.').unwrap_or((profile, ""));
        if !matches!(name, "dev" | "test") {
            // What a profile says of single packages stands beside what it says of all.
            let checked = !packages.is_empty()
                || rest.contains("overflow-checks = true")
                || rest.contains("inherits = \"release\"");
            assert!(checked && !rest.contains("overflow-checks = false"), "{profile}");
        }
    }
    assert!(manifest.contains("[profile.release]"));
    assert!(text("conformance/targets/firmware/Cargo.toml").contains("overflow-checks = true"));
}

/// L22: no table that is keyed by hashes of what a client sent.
#[test]
fn nothing_hashes_what_a_client_sent_into_a_table() {
    for folder in ["core/src", "bindings/rust/src"] {
        for (path, code) in shipped(folder) {
            for table in ["HashMap", "HashSet", "hashbrown"] {
                assert!(!code.contains(table), "{}: {table}", path.display());
            }
        }
    }
}

/// L15, I36: the core has no clock, no generator, no state of its own: what it decides depends on its arguments alone.
#[test]
fn the_core_has_no_clock_no_generator_and_no_state() {
    for (path, code) in shipped("core/src") {
        for word in [
            "SystemTime",
            "Instant::",
            "getrandom",
            "rand::",
            "static mut",
            "thread_local",
            "AtomicU",
            "std::env",
            "println!",
        ] {
            assert!(!code.contains(word), "{}: {word}", path.display());
        }
    }
    assert!(!text("core/Cargo.toml").contains("getrandom"));
}

/// H16: nobody is trusted unless the host says so: no certificate is built in.
#[test]
fn no_trust_anchor_is_built_in() {
    for folder in ["core/src", "bindings/rust/src"] {
        for (path, code) in shipped(folder) {
            for sign in ["BEGIN CERTIFICATE", "include_bytes!", "MIIC", "MIID", "MIIB"] {
                assert!(!code.contains(sign), "{sign} in {}", path.display());
            }
        }
    }
}
