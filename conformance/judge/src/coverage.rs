//! What the committed vectors cover: every error code, and every step of WebAuthn Level 3 that a relying party can check.
//!
//! The codes are those of docs/errors.md, the steps without a refusal those of the table in conformance/README.md: what a
//! reader is told is what is checked. Both are equalities: a code that no table knows and an exemption that is not needed
//! are errors, too.

use crate::rules::rejects;
use crate::vectors::Case;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The last steps of §7.1 and §7.2.
const STEPS: [(&str, u32); 2] = [("7.1", 29), ("7.2", 25)];
/// The words of the README's table for what shows a step that nothing refuses.
const ACCEPTED: &str = "an accepted case";
const NOTHING: &str = "nothing";

/// What is covered, in lines, and what is not.
#[derive(Debug, PartialEq)]
pub(crate) struct Coverage {
    pub(crate) summary: String,
    pub(crate) faults: Vec<String>,
}

/// Compares the cases with the error table and the table of exempted steps.
pub(crate) fn check(cases: &[Case], errors: &str, readme: &str) -> Coverage {
    let mut faults = Vec::new();
    let known = codes(errors);
    let refused: Vec<&Case> = cases.iter().filter(|case| rejects(case)).collect();
    let produced: BTreeSet<&str> =
        refused.iter().filter_map(|case| case.expect["code"].as_str()).collect();
    faults.extend(known.difference(&produced).map(|code| format!("no vector gives {code}")));
    faults.extend(produced.difference(&known).map(|code| format!("{code} is no error code")));

    let step = |case: &&Case| case.expect["step"].as_str().map(str::to_owned);
    let by_refusal: BTreeSet<String> = refused.iter().filter_map(step).collect();
    let by_any: BTreeSet<String> = cases.iter().filter_map(|case| step(&case)).collect();
    let exempt = |words| exemptions(readme, words);
    let (shown, left_out) = (exempt(ACCEPTED), exempt(NOTHING));
    let all: BTreeSet<String> = STEPS
        .iter()
        .flat_map(|(section, last)| (1..=*last).map(move |n| format!("{section}-{n}")))
        .collect();
    for step in &all {
        let fault = match (shown.contains(step), left_out.contains(step)) {
            (true, true) => Some("stands twice in the table of exempted steps"),
            (false, false) if !by_refusal.contains(step) => Some("no negative cites it"),
            (true, false) if by_refusal.contains(step) => Some("a negative cites it: not exempted"),
            (true, false) if !by_any.contains(step) => Some("no vector cites it"),
            (false, true) if by_any.contains(step) => Some("a vector cites it: not exempted"),
            _ => None,
        };
        faults.extend(fault.map(|fault| format!("step {step}: {fault}")));
    }
    let unknown = by_any.iter().chain(&shown).chain(&left_out).filter(|step| !all.contains(*step));
    faults.extend(unknown.map(|step| format!("step {step} does not exist")));

    let mut summary = String::new();
    let covered = known.intersection(&produced).count();
    let _ = writeln!(
        summary,
        "{} cases, {} of them refusals; {covered} of {} error codes are produced",
        cases.len(),
        refused.len(),
        known.len()
    );
    let _ = writeln!(
        summary,
        "{} steps of WebAuthn Level 3 sections 7.1 and 7.2: {} refused by a case, {} shown by an accepted one, {} not a library's",
        all.len(),
        all.intersection(&by_refusal).count(),
        shown.intersection(&by_any).count(),
        left_out.len()
    );
    Coverage { summary, faults }
}

/// The cells of a Markdown table's row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

/// The codes of docs/errors.md: rows that begin with a number.
fn codes(errors: &str) -> BTreeSet<&str> {
    let code = |line| match &cells(line)?[..] {
        [number, code, ..] => {
            number.parse::<u16>().ok()?;
            code.strip_prefix('`')?.strip_suffix('`')
        }
        _ => None,
    };
    errors.lines().filter_map(code).collect()
}

/// The steps whose row of the README's table ends with these words.
fn exemptions(readme: &str, words: &str) -> BTreeSet<String> {
    let row = |line| match &cells(line)?[..] {
        [steps, _, shown] if *shown == words => {
            let steps: Vec<&str> = steps.split_whitespace().collect();
            steps.iter().all(|step| is_step(step)).then_some(steps)
        }
        _ => None,
    };
    readme.lines().filter_map(row).flatten().map(str::to_owned).collect()
}

fn is_step(word: &str) -> bool {
    STEPS.iter().any(|(section, _)| {
        let number = word.strip_prefix(section).and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;
    use std::path::Path;

    const ERRORS: &str = "| number | code |\n|---|---|\n| 10 | `a` | x |\n| 11 | `b` | y |\n";

    fn case(code: Option<&str>, step: &str) -> Case {
        let expect = match code {
            Some(code) => serde_json::json!({"result": "invalid", "code": code, "step": step}),
            None => serde_json::json!({"result": "ok", "step": step}),
        };
        Case {
            file: "f".into(),
            strict: true,
            id: "c".into(),
            op: "x".into(),
            inputs: serde_json::json!({}),
            expect,
            requires: vec![],
        }
    }

    /// Every step refused but 7.1-1, which is accepted, and 7.1-2, which is nobody's.
    fn complete() -> (Vec<Case>, String) {
        let mut cases = vec![case(None, "7.1-1"), case(Some("b"), "7.1-3")];
        cases.extend((3..=29).map(|n| case(Some("a"), &format!("7.1-{n}"))));
        cases.extend((1..=25).map(|n| case(Some("a"), &format!("7.2-{n}"))));
        (cases, "| 7.1-1 | why | an accepted case |\n| 7.1-2 | why | nothing |\n".into())
    }

    #[test]
    fn what_is_complete_has_no_fault() {
        let (cases, readme) = complete();
        let coverage = check(&cases, ERRORS, &readme);
        assert_eq!(coverage.faults, [""; 0]);
        assert!(coverage.summary.contains("2 of 2 error codes"), "{}", coverage.summary);
        assert!(coverage.summary.contains("52 refused by a case, 1 shown"), "{}", coverage.summary);
    }

    #[test]
    fn whatever_is_missing_or_too_much_is_a_fault() {
        let faults = |change: fn(&mut Vec<Case>, &mut String), errors: &str| {
            let (mut cases, mut readme) = complete();
            change(&mut cases, &mut readme);
            check(&cases, errors, &readme).faults
        };
        let none = |_: &mut Vec<Case>, _: &mut String| ();
        let more = format!("{ERRORS}| 12 | `c` | z |\n");
        assert_eq!(faults(none, &more), ["no vector gives c"]);
        assert_eq!(faults(none, &ERRORS.replace("`b`", "`d`")).len(), 2);
        assert_eq!(
            faults(|cases, _| drop(cases.pop()), ERRORS),
            ["step 7.2-25: no negative cites it"]
        );
        assert_eq!(
            faults(|cases, _| cases.push(case(Some("a"), "7.1-1")), ERRORS),
            ["step 7.1-1: a negative cites it: not exempted"]
        );
        assert_eq!(
            faults(|cases, _| cases.push(case(None, "7.1-2")), ERRORS),
            ["step 7.1-2: a vector cites it: not exempted"]
        );
        assert_eq!(
            faults(|cases, _| drop(cases.remove(0)), ERRORS),
            ["step 7.1-1: no vector cites it"]
        );
        assert_eq!(
            faults(|cases, _| cases.push(case(None, "7.1-30")), ERRORS),
            ["step 7.1-30 does not exist"]
        );
        assert_eq!(faults(|_, readme| readme.push_str("| 7.1-1 | x | nothing |"), ERRORS).len(), 1);
    }

    #[test]
    fn the_committed_vectors_cover_everything() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
        let (cases, _) = vectors::load(&root.join("conformance/vectors")).unwrap();
        let coverage = check(&cases, &read("docs/errors.md"), &read("conformance/README.md"));
        assert_eq!(coverage.faults, [""; 0]);
    }
}
