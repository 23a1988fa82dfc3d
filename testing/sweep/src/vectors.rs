//! The committed vectors: the cases that must be accepted, and their inputs.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use std::path::Path;

/// A case that must be accepted.
pub(crate) struct Case {
    /// File and id.
    pub(crate) name: String,
    pub(crate) op: String,
    pub(crate) inputs: Inputs,
}

/// Every accepted case of every file, in order.
pub(crate) fn accepted(folder: &Path) -> Result<Vec<Case>, String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read(&path).map_err(|error| format!("{name}: {error}"))?;
        let file: Value = serde_json::from_slice(&text).map_err(|e| format!("{name}: {e}"))?;
        for case in file["cases"].as_array().into_iter().flatten() {
            let accepted = matches!(
                case["expect"]["result"].as_str(),
                Some("ok" | "valid" | "well_formed" | "acceptable")
            );
            if accepted {
                cases.push(Case {
                    name: format!("{name}/{}", case["id"].as_str().unwrap_or_default()),
                    op: case["op"].as_str().unwrap_or_default().to_owned(),
                    inputs: Inputs(case["inputs"].as_object().cloned().unwrap_or_default()),
                });
            }
        }
    }
    if cases.is_empty() {
        Err(format!("no accepted case in {}", folder.display()))
    } else {
        Ok(cases)
    }
}

/// The inputs of a case. `null` and absent mean the same.
#[derive(Clone, Debug)]
pub(crate) struct Inputs(Map<String, Value>);

impl Inputs {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.get(name).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    pub(crate) fn hex(&self, name: &str) -> Option<Vec<u8>> {
        HEXLOWER.decode(self.get(name)?.as_str()?.as_bytes()).ok()
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        self.hex(name).unwrap_or_default()
    }

    /// A number, which may be written as a decimal text.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        let value = self.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn number_or_zero(&self, name: &str) -> u64 {
        self.number(name).unwrap_or(0)
    }

    /// An object among the inputs.
    pub(crate) fn inner(&self, name: &str) -> Option<Self> {
        self.get(name)?.as_object().cloned().map(Self)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }
}
