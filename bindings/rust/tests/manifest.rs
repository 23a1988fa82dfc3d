//! The crate exports what the manifest says: no more, no less.
#![allow(clippy::expect_used, clippy::panic, reason = "tests may panic")]

use std::collections::BTreeSet;

/// The names that `src/lib.rs` makes public, hidden ones left out: `pub use path::{A, B};`, `pub const C`.
fn exported() -> BTreeSet<String> {
    let source = include_str!("../src/lib.rs");
    let mut names = BTreeSet::new();
    let mut hidden = false;
    for item in source.split_inclusive(';') {
        let lines: Vec<&str> =
            item.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
        hidden |= lines.iter().any(|line| line.starts_with("#[doc(hidden)]"));
        let code =
            lines.into_iter().filter(|line| !line.starts_with("#[")).collect::<Vec<_>>().join(" ");
        let code = code.trim().trim_end_matches(';');
        if let Some(path) = code.strip_prefix("pub use ") {
            let list = path.rsplit_once("::").map_or(path, |(_, last)| last);
            let braced = path.split_once('{').map(|(_, inside)| inside.trim_end_matches('}'));
            if !hidden {
                names.extend(
                    braced
                        .unwrap_or(list)
                        .split(',')
                        .map(|n| n.trim().to_owned())
                        .filter(|n| !n.is_empty()),
                );
            }
        } else if let Some(rest) = code.strip_prefix("pub const ") {
            names.extend(rest.split(':').next().map(|name| name.trim().to_owned()));
        }
        hidden = false;
    }
    names
}

#[test]
fn the_crate_exports_the_manifest() {
    let manifest: serde_json::Value =
        serde_json::from_str(include_str!("../../manifest.json")).expect("the manifest is JSON");
    let wanted: BTreeSet<String> = manifest["rust"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|n| n.as_str().map(str::to_owned))
        .collect();
    assert_eq!(exported(), wanted);
}
