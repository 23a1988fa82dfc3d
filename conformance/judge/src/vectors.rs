//! Vector files of the schema `mfakit-vectors/1`, read as they are.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// A case with the file that it stands in.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The file's name without `.json`.
    pub(crate) file: String,
    /// Whether the file is one whose every expectation is a promise.
    pub(crate) strict: bool,
    pub(crate) id: String,
    pub(crate) op: String,
    pub(crate) inputs: Value,
    pub(crate) expect: Value,
    /// Features without which a target cannot be asked.
    pub(crate) requires: Vec<String>,
}

impl Case {
    /// What the document demands: `MUST` where nothing else is said.
    pub(crate) fn normative(&self) -> &str {
        match self.expect["normative"].as_str() {
            None | Some("EXACT") => "MUST",
            Some("INTERPRETATION") => "POLICY",
            Some(word) => word,
        }
    }

    /// What a target is sent: the id is a number, so that no name gives away what is expected.
    pub(crate) fn request(&self, number: usize) -> String {
        serde_json::json!({"id": number.to_string(), "op": self.op, "inputs": self.inputs})
            .to_string()
    }
}

/// Every case of a folder's files, in the order of their names, and the names of files that hold none.
pub(crate) fn load(folder: &Path) -> Result<(Vec<Case>, Vec<String>), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let (mut cases, mut ignored) = (Vec::new(), Vec::new());
    for name in names {
        let text =
            std::fs::read_to_string(folder.join(&name)).map_err(|e| format!("{name}: {e}"))?;
        match parse(&name, &text).map_err(|e| format!("{name}: {e}"))? {
            Some(read) => cases.extend(read),
            None => ignored.push(name),
        }
    }
    if cases.is_empty() {
        return Err(format!("{}: no cases", folder.display()));
    }
    Ok((cases, ignored))
}

/// The cases of one file; `None` if it is no list of cases.
pub(crate) fn parse(name: &str, text: &str) -> Result<Option<Vec<Case>>, String> {
    let file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let Some(list) = file["cases"].as_array() else { return Ok(None) };
    if file["schema"] != "mfakit-vectors/1" {
        return Err("the schema is not mfakit-vectors/1".into());
    }
    if file["count"].as_u64().is_some_and(|count| usize::try_from(count) != Ok(list.len())) {
        return Err(format!("{} cases, but count says {}", list.len(), file["count"]));
    }
    let strict = file["strict"] == true;
    let mut ids = BTreeSet::new();
    let mut cases = Vec::new();
    for case in list {
        let text = |name: &str| {
            case[name].as_str().map(str::to_owned).ok_or(format!("a case without {name}"))
        };
        let id = text("id")?;
        if !ids.insert(id.clone()) {
            return Err(format!("the id {id} stands twice"));
        }
        if !case["inputs"].is_object() || !case["expect"]["result"].is_string() {
            return Err(format!("{id}: no inputs or no expected result"));
        }
        let requires = case["requires"].as_array().cloned().unwrap_or_default();
        let case = Case {
            file: name.trim_end_matches(".json").to_owned(),
            strict,
            op: text("op")?,
            inputs: case["inputs"].clone(),
            expect: case["expect"].clone(),
            requires: requires.iter().filter_map(|r| r.as_str().map(str::to_owned)).collect(),
            id,
        };
        if strict && crate::rules::rejects(&case) && !case.expect["code"].is_string() {
            return Err(format!("{}: a refusal without a code", case.id));
        }
        cases.push(case);
    }
    Ok(Some(cases))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(cases: &str) -> String {
        format!("{{\"schema\": \"mfakit-vectors/1\", \"strict\": true, \"cases\": [{cases}]}}")
    }

    const GOOD: &str = r#"{"id": "a", "op": "x", "inputs": {}, "expect": {"result": "ok"}}"#;

    #[test]
    fn files_are_read_strictly() {
        assert_eq!(parse("f.json", &file(GOOD)).unwrap().unwrap().len(), 1);
        assert!(parse("f.json", r#"{"samples": []}"#).unwrap().is_none());
        for (text, what) in [
            (file(&format!("{GOOD}, {GOOD}")), "stands twice"),
            (file(&GOOD.replace("\"op\"", "\"po\"")), "without op"),
            (file(&GOOD.replace("inputs", "input")), "no inputs"),
            (file(&GOOD.replace("ok", "invalid")), "without a code"),
            (file(GOOD).replace("/1", "/2"), "schema"),
            (file(GOOD).replace("\"strict\": true", "\"count\": 2"), "count says 2"),
            ("{".into(), "EOF"),
        ] {
            assert!(parse("f.json", &text).unwrap_err().contains(what), "{what}");
        }
    }

    #[test]
    fn a_request_holds_nothing_of_what_is_expected() {
        let case = &parse("f.json", &file(&GOOD.replace("{}", "{\"n\": 1}"))).unwrap().unwrap()[0];
        let request: Value = serde_json::from_str(&case.request(7)).unwrap();
        assert_eq!(request, serde_json::json!({"id": "7", "op": "x", "inputs": {"n": 1}}));
    }
}
