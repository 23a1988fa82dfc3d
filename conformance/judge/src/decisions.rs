//! Decisions: where mfakit differs from what a document recommends or leaves open, and why.

use serde_json::Value;
use std::path::Path;

/// One decision.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// A pattern of ids: `*` stands for any text.
    id: String,
    pub(crate) text: String,
}

/// The decisions of a file.
pub(crate) fn load(path: &Path) -> Result<Vec<Decision>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&text).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(text: &str) -> Result<Vec<Decision>, String> {
    let file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let list = file["decisions"].as_array().ok_or("no decisions")?;
    list.iter()
        .map(|row| {
            let field = |name: &str| {
                row[name]
                    .as_str()
                    .filter(|t| !t.is_empty())
                    .ok_or(format!("a decision without {name}: {row}"))
            };
            let (id, decision, reason) = (field("id")?, field("decision")?, field("reason")?);
            Ok(Decision { id: id.to_owned(), text: format!("{decision}: {reason}") })
        })
        .collect()
}

/// The first decision about an id.
pub(crate) fn about<'a>(decisions: &'a [Decision], id: &str) -> Option<&'a Decision> {
    decisions.iter().find(|decision| matches(&decision.id, id))
}

/// Whether a text fits a pattern in which `*` stands for any text, an empty one included.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => match text.strip_prefix(start) {
            Some(tail) => (0..=tail.len())
                .filter(|i| tail.is_char_boundary(*i))
                .any(|i| matches(rest, &tail[i..])),
            None => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text) in [
            ("a", "a"),
            ("*", ""),
            ("a*", "abc"),
            ("*c", "abc"),
            ("a*c*e", "abcde"),
            ("a**b", "ab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("a", "ab"), ("b*", "ab"), ("*b", "abc"), ("a*c*e", "abce!"), ("", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_decision_has_a_reason() {
        let row = r#"{"decisions": [{"id": "x-*", "decision": "refused", "reason": "because"}]}"#;
        let decisions = parse(row).unwrap();
        assert_eq!(about(&decisions, "x-1").unwrap().text, "refused: because");
        assert!(about(&decisions, "y-1").is_none());
        assert!(parse(&row.replace("because", "")).unwrap_err().contains("without reason"));
    }
}
