//! Writes the conformance vectors, the same bytes on every run.
//!
//! Every expectation is a fact typed in with its source, or follows from public labels and recipes; nothing comes from
//! mfakit's own code, and nothing of it is linked. `mfakit-gen` writes `conformance/vectors`, `mfakit-gen --check`
//! compares byte for byte, `mfakit-gen capture FILE` takes in what a browser gave.

mod approval;
mod assurance;
mod bases;
mod bytes;
mod captures;
mod case;
mod cbor;
mod config;
mod cose;
mod der;
mod ed25519;
mod hmac_vectors;
mod hotp;
mod json;
mod keys;
mod migration;
mod otp;
mod otpauth;
mod record;
mod recovery;
mod short_codes;
mod signature;
mod state;
mod steam;
mod temporary;
mod throttle;
mod totp;
mod typeable;
mod webauthn;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: mfakit-gen [--check | capture FILE]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let home = home();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => write(&home),
        ["--check"] => check(&home),
        ["capture", file] => capture(&home, Path::new(file)).and_then(|()| write(&home)),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("mfakit-gen: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The folder `conformance/gen`: cargo names it, otherwise it is looked for from the repository's root.
fn home() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| "conformance/gen".into(), PathBuf::from)
}

fn vectors(home: &Path) -> PathBuf {
    home.join("../vectors")
}

/// The name and bytes of every vector file.
fn files(home: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut files = vec![
        approval::file(),
        assurance::amr::file(),
        assurance::assessment::file(),
        assurance::audit::file(),
        assurance::claims::file(),
        assurance::decision::file(),
        assurance::methods::file(),
        assurance::profiles::file(),
        assurance::requirement::file(),
        assurance::session::file(),
        bases::base32_file(),
        bases::base64_file(),
        cbor::file(),
        config::file(),
        cose::file(),
        der::file(),
        hmac_vectors::file(),
        hotp::file(),
        migration::file(),
        otpauth::file(),
        record::file(),
        recovery::file(),
        signature::file(),
        state::file(),
        steam::file(),
        temporary::file(),
        throttle::file(),
        totp::file(),
        typeable::file(),
        webauthn::algorithms::file(),
        webauthn::around::file(),
        webauthn::auth_data::file(),
        webauthn::client_data::file(),
        webauthn::eddsa::file(),
        webauthn::extension_inputs::file(),
        webauthn::extensions::file(),
        webauthn::level3::file(),
        webauthn::metadata::file(),
        webauthn::file(),
        webauthn::packed::file(),
    ];
    files.extend(webauthn::attestation::files());
    files.extend(captures::file(&stored_captures(home)?)?);
    Ok(files.iter().map(|file| (format!("{}.json", file.topic), file.text())).collect())
}

/// The captures in the order of their names.
fn stored_captures(home: &Path) -> Result<Vec<String>, String> {
    let folder = home.join("captures");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    listed(&folder)?.iter().map(|name| read(&folder.join(name))).collect()
}

/// The names of a folder's JSON files, sorted.
fn listed(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(home: &Path) -> Result<String, String> {
    let folder = vectors(home);
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let files = files(home)?;
    for name in listed(&folder)?.iter().filter(|name| !files.contains_key(*name)) {
        std::fs::remove_file(folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
    }
    for (name, text) in &files {
        std::fs::write(folder.join(name), text).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(summary(&files, "written"))
}

/// Compares what would be written with what is there; the first difference is the error.
fn check(home: &Path) -> Result<String, String> {
    let folder = vectors(home);
    let files = files(home)?;
    for (name, text) in &files {
        let stored = read(&folder.join(name))?;
        if let Some(difference) = first_difference(text, &stored) {
            return Err(format!("{name}: {difference}"));
        }
    }
    match listed(&folder)?.iter().find(|name| !files.contains_key(*name)) {
        Some(stray) => Err(format!("{stray} is not one of the generated files")),
        None => Ok(summary(&files, "unchanged")),
    }
}

/// Where two texts part, by line.
fn first_difference(generated: &str, stored: &str) -> Option<String> {
    if generated == stored {
        return None;
    }
    let cut = |line: Option<&str>| match line {
        Some(line) => line.chars().take(160).collect::<String>(),
        None => "(the file ends)".into(),
    };
    let (mut left, mut right) = (generated.split('\n'), stored.split('\n'));
    for number in 1.. {
        let (generated, stored) = (left.next(), right.next());
        if generated != stored {
            return Some(format!(
                "line {number}\n  generated: {}\n  stored:    {}",
                cut(generated),
                cut(stored)
            ));
        }
    }
    None
}

fn summary(files: &BTreeMap<String, String>, what: &str) -> String {
    let mut lines = Vec::new();
    let mut all = 0;
    for (name, text) in files {
        let count = text.lines().filter(|line| line.starts_with("{\"id\": ")).count();
        all += count;
        lines.push(format!("{name:<24} {count:>5} cases {:>9} bytes", text.len()));
    }
    lines.push(format!("{} files, {all} cases: {what}", files.len()));
    lines.join("\n")
}

/// Checks a capture and keeps it under its own name.
fn capture(home: &Path, file: &Path) -> Result<(), String> {
    let text = read(file)?;
    let name = captures::read(&text)?.name;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let folder = home.join("captures");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let pretty = serde_json::to_string_pretty(&value).map_err(|e| e.to_string())?;
    std::fs::write(folder.join(format!("{name}.json")), format!("{pretty}\n"))
        .map_err(|e| format!("{name}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert!(first_difference("a\nb\n", "a\nc\n").unwrap().starts_with("line 2"));
        assert!(first_difference("a\n", "a").unwrap().contains("(the file ends)"));
    }

    #[test]
    fn committed_vectors_are_what_is_generated() {
        check(&home()).unwrap();
    }

    /// Steps that a library has a part in; conformance/README.md lists the others.
    #[test]
    fn every_step_that_a_relying_party_can_check_is_cited() {
        let text = ["webauthn-none.json", "webauthn-packed.json"]
            .map(|name| read(&vectors(&home()).join(name)).unwrap())
            .concat();
        let cited =
            |step: String| assert!(text.contains(&format!("\"step\": \"{step}\"")), "{step}");
        (1..=28)
            .filter(|n| ![2, 4, 23, 24, 26].contains(n))
            .for_each(|n| cited(format!("7.1-{n}")));
        (1..=23).filter(|n| ![2, 4, 7].contains(n)).for_each(|n| cited(format!("7.2-{n}")));
    }
}
