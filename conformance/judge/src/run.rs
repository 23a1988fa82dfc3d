//! A run: every case on every target, the matrix, the list of failures, the report.

use crate::decisions::{self, Decision};
use crate::rules::{Answer, Hello, Outcome, expected_word, is_asked_without, judge};
use crate::target::{Config, Lacks, Target};
use crate::vectors::Case;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// What came of one case on one target.
pub(crate) struct Row {
    pub(crate) target: String,
    pub(crate) case: usize,
    pub(crate) answer: Option<Answer>,
    pub(crate) outcome: Outcome,
}

/// What a target answered, case by case: `None` where it was not asked, with the reason.
pub(crate) struct Asked {
    pub(crate) hello: Hello,
    pub(crate) answers: Vec<Result<Answer, Outcome>>,
}

/// Asks a target everything that it can be asked.
pub(crate) fn ask(
    config: &Config,
    cases: &[Case],
    folder: &Path,
    patience: Duration,
) -> Result<Asked, String> {
    let mut target = Target::start(config, folder, patience)?;
    let hello = target.hello()?;
    let plan: Vec<_> =
        cases.iter().map(|case| not_asked(case, &hello, config.lacks.as_ref())).collect();
    let due = cases.iter().enumerate().zip(&plan).filter(|(_, reason)| reason.is_none());
    target.feed(due.map(|((number, case), _)| case.request(number)).collect());
    let mut broken: Option<String> = None;
    let mut answers = Vec::new();
    for (number, reason) in plan.into_iter().enumerate() {
        answers.push(match (reason, &broken) {
            (Some(outcome), _) => Err(outcome),
            (None, Some(_)) => {
                Err(Outcome::Fail("not answered: the conversation had ended".into()))
            }
            (None, None) => target.answer(number).map_err(|error| {
                broken = Some(error.clone());
                Outcome::Fail(error)
            }),
        });
    }
    Ok(Asked { hello, answers })
}

/// Why a target is not asked about a case, if it is not.
fn not_asked(case: &Case, hello: &Hello, lacks: Option<&Lacks>) -> Option<Outcome> {
    if !hello.ops.contains(&case.op) {
        let known = lacks.is_none_or(|lacks| {
            lacks.ops.iter().any(|pattern| decisions::matches(pattern, &case.op))
        });
        return Some(if known || !case.strict {
            Outcome::Skip(format!("the operation {}", case.op))
        } else {
            Outcome::Fail(format!(
                "the target does not know the operation {}, which it must",
                case.op
            ))
        });
    }
    let feature = case
        .requires
        .iter()
        .find(|f| !is_asked_without(f, case) && !hello.features.contains(*f))?;
    Some(allowed(feature, lacks, case))
}

/// A skip for a feature, if the target is known to lack it.
fn allowed(feature: &str, lacks: Option<&Lacks>, case: &Case) -> Outcome {
    if !case.strict || lacks.is_none_or(|lacks| lacks.features.iter().any(|known| known == feature))
    {
        Outcome::Skip(feature.into())
    } else {
        Outcome::Fail(format!("the target says that it lacks {feature}, which it must not"))
    }
}

/// Judges what a target answered.
pub(crate) fn rows(config: &Config, cases: &[Case], asked: Result<Asked, String>) -> Vec<Row> {
    let row = |case, answer, outcome| Row { target: config.name.clone(), case, answer, outcome };
    match asked {
        Err(error) => {
            (0..cases.len()).map(|i| row(i, None, Outcome::Fail(error.clone()))).collect()
        }
        Ok(Asked { hello, answers }) => answers
            .into_iter()
            .enumerate()
            .map(|(i, answer)| match answer {
                Err(outcome) => row(i, None, outcome),
                Ok(answer) => {
                    let outcome = match judge(&cases[i], &answer, &hello) {
                        Outcome::Skip(feature) => {
                            allowed(&feature, config.lacks.as_ref(), &cases[i])
                        }
                        outcome => outcome,
                    };
                    row(i, Some(answer), outcome)
                }
            })
            .collect(),
    }
}

/// How a run ended.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    /// Mismatches of what is recommended or left open.
    pub(crate) deviated: usize,
}

impl Count {
    fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut count = Self::default();
        for row in rows {
            *match row.outcome {
                Outcome::Pass => &mut count.passed,
                Outcome::Fail(_) => &mut count.failed,
                Outcome::Skip(_) => &mut count.skipped,
                Outcome::Deviation(_) => &mut count.deviated,
            } += 1;
        }
        count
    }

    fn cell(&self) -> String {
        let mut cell = self.passed.to_string();
        for (count, mark) in
            [(self.failed, "failed"), (self.skipped, "skipped"), (self.deviated, "decided")]
        {
            if count > 0 {
                let _ = write!(cell, ", {count} {mark}");
            }
        }
        cell
    }
}

/// The matrix of files and targets, then what failed, deviated and was skipped, then the count.
pub(crate) fn print(
    cases: &[Case],
    targets: &[String],
    rows: &[Row],
    decisions: &[Decision],
) -> (String, Count) {
    let mut out = String::new();
    let mut files: Vec<&str> = cases.iter().map(|case| case.file.as_str()).collect();
    files.dedup();
    let mut table = vec![
        std::iter::once("passed")
            .chain(targets.iter().map(String::as_str))
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    for file in &files {
        let mut line = vec![(*file).to_owned()];
        for target in targets {
            line.push(
                Count::of(
                    rows.iter()
                        .filter(|row| row.target == *target && cases[row.case].file == *file),
                )
                .cell(),
            );
        }
        table.push(line);
    }
    let widths: Vec<usize> = (0..=targets.len())
        .map(|i| table.iter().map(|line| line[i].len()).max().unwrap_or(0))
        .collect();
    for line in table {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(out, "{}", cells.join("  ").trim_end());
    }

    let mut skips: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut failures, mut deviations) = (Vec::new(), BTreeMap::new());
    for row in rows {
        let case = &cases[row.case];
        match &row.outcome {
            Outcome::Pass => {}
            Outcome::Skip(reason) => *skips.entry((&row.target, reason)).or_default() += 1,
            Outcome::Fail(what) => failures.push((row, case, what)),
            Outcome::Deviation(what) => {
                deviations
                    .entry((&case.file, &case.id, what))
                    .or_insert_with(Vec::new)
                    .push(row.target.as_str());
            }
        }
    }
    if !skips.is_empty() {
        let _ = writeln!(out, "\nskipped for want of");
        for ((target, reason), count) in skips {
            let _ = writeln!(out, "  {target}: {reason} ({count})");
        }
    }
    if !deviations.is_empty() {
        let _ = writeln!(out, "\nnot as recommended, or otherwise than the vectors' author chose");
        for ((file, id, what), targets) in deviations {
            let decision =
                decisions::about(decisions, id).map_or("UNDECIDED", |decision| &decision.text);
            let _ =
                writeln!(out, "  {file} {id} on {}: {what}\n    {decision}", targets.join(", "));
        }
    }
    if !failures.is_empty() {
        let _ = writeln!(out, "\nfailed");
        // The same case fails on every target more often than not: what the first of them said is enough to start with.
        const SHOWN: usize = 200;
        for (row, case, what) in failures.iter().take(SHOWN) {
            let why =
                case.expect["why"].as_str().map(|why| format!("\n    ({why})")).unwrap_or_default();
            let _ = writeln!(
                out,
                "  {} {} {} [{}]: {what}{why}",
                row.target,
                case.file,
                case.id,
                case.normative()
            );
        }
        if failures.len() > SHOWN {
            let _ = writeln!(out, "  … and {} more; --report FILE has all", failures.len() - SHOWN);
        }
    }
    let count = Count::of(rows.iter());
    if count.deviated > 0 {
        let _ = writeln!(out, "\n{} not as recommended (see above)", count.deviated);
    }
    let _ = writeln!(
        out,
        "\n{} passed, {} failed, {} skipped",
        count.passed, count.failed, count.skipped
    );
    (out, count)
}

/// The report: one object a case and target.
pub(crate) fn report(cases: &[Case], rows: &[Row], decisions: &[Decision]) -> Value {
    let entry = |row: &Row| {
        let case = &cases[row.case];
        let (got, code) = match &row.answer {
            Some(Answer::Accept(_)) => ("accept", Value::Null),
            Some(Answer::Reject(code)) => ("reject", code.as_str().into()),
            Some(Answer::Skip(reason)) => ("skip", reason.as_str().into()),
            Some(Answer::Broken(_)) => ("none", Value::Null),
            None if matches!(row.outcome, Outcome::Skip(_)) => ("skip", Value::Null),
            None => ("none", Value::Null),
        };
        let mut entry = json!({
            "target": row.target,
            "file": case.file,
            "id": case.id,
            "op": case.op,
            "normative": case.normative(),
            "expected": expected_word(case),
            "expected_code": if expected_word(case) == "reject" { case.expect["code"].clone() } else { Value::Null },
            "got": got,
            "code": code,
            "pass": matches!(row.outcome, Outcome::Pass | Outcome::Skip(_)),
        });
        match &row.outcome {
            Outcome::Pass => {}
            Outcome::Skip(reason) => {
                // Also where the refusal itself said that something is not built in.
                entry["got"] = "skip".into();
                entry["skipped"] = reason.as_str().into();
            }
            Outcome::Fail(what) => entry["detail"] = what.as_str().into(),
            Outcome::Deviation(what) => {
                entry["detail"] = what.as_str().into();
                entry["decision"] =
                    decisions::about(decisions, &case.id).map(|d| d.text.as_str()).into();
            }
        }
        entry
    };
    Value::Array(rows.iter().map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    const FILE: &str = r#"{"schema": "mfakit-vectors/1", "strict": true, "cases": [
        {"id": "one", "op": "x", "inputs": {"n": 1}, "expect": {"result": "ok"}},
        {"id": "two", "op": "x", "inputs": {"n": 2}, "expect": {"result": "invalid", "code": "wrong"}},
        {"id": "three", "op": "x", "inputs": {"n": 3}, "expect": {"result": "ok"}, "requires": ["ed448"]}]}"#;

    /// A target in a few lines of shell: `body` answers the line in `$line`, whose id is in `$id`.
    fn config(hello: &str, body: &str) -> Config {
        let script = format!(
            "while IFS= read -r line; do
               id=$(printf '%s' \"$line\" | sed 's/.*\"id\":\"\\([0-9]*\\)\".*/\\1/')
               case $line in
                 *'\"hello\"'*) echo '{hello}' ;;
                 *) {body} ;;
               esac
             done"
        );
        Config { name: "fake".into(), command: vec!["sh".into(), "-c".into(), script], lacks: None }
    }

    const HELLO: &str = r#"{"features": [], "ops": ["x"]}"#;
    /// Right in everything: the third needs a feature that it lacks.
    const GOOD: &str = r#"case $line in
        *'"n":1'*) echo "{\"id\": \"$id\", \"accept\": {}}" ;;
        *'"n":2'*) echo "{\"id\": \"$id\", \"reject\": \"wrong\"}" ;;
        *) echo "{\"id\": \"$id\", \"skip\": \"ed448\"}" ;;
      esac"#;

    fn run(config: &Config, seconds: u64) -> (Count, String) {
        let cases = vectors::parse("f.json", FILE).unwrap().unwrap();
        let asked = ask(config, &cases, Path::new("."), Duration::from_secs(seconds));
        let rows = rows(config, &cases, asked);
        let (text, count) = print(&cases, &["fake".into()], &rows, &[]);
        assert_eq!(report(&cases, &rows, &[]).as_array().unwrap().len(), 3);
        (count, text)
    }

    fn counted(passed: usize, failed: usize, skipped: usize) -> Count {
        Count { passed, failed, skipped, deviated: 0 }
    }

    #[test]
    fn a_good_target_passes() {
        let (count, text) = run(&config(HELLO, GOOD), 60);
        assert_eq!(count, counted(2, 0, 1), "{text}");
        assert!(text.ends_with("\n2 passed, 0 failed, 1 skipped\n"), "{text}");
    }

    #[test]
    fn a_target_sees_no_expectation() {
        let body = r#"case $line in
            *'"expect"'*|*'"wrong"'*|*'"result"'*|*'"two"'*) echo "{\"id\": \"$id\", \"reject\": \"wrong\"}" ;;
            *) echo "{\"id\": \"$id\", \"accept\": {}}" ;;
          esac"#;
        let (count, text) = run(&config(HELLO, body), 60);
        // It cannot tell which one to refuse, so the second is an unexpected success, and the third is one too.
        assert_eq!(count, counted(1, 2, 0), "{text}");
    }

    #[test]
    fn wrong_verdicts_codes_and_skips_fail() {
        for (answer, expected) in [
            (r#"\"reject\": \"wrong\""#, counted(1, 2, 0)),
            (r#"\"reject\": \"other\""#, counted(0, 3, 0)),
            (r#"\"skip\": \"ed448\""#, counted(0, 2, 1)),
            (r#"\"skip\": \"tired\""#, counted(0, 3, 0)),
            (r#"\"accept\": true"#, counted(0, 3, 0)),
            (r#"\"accept\": {}, \"reject\": \"wrong\""#, counted(0, 3, 0)),
            (r#"\"defect\": \"panic\""#, counted(0, 3, 0)),
        ] {
            let (count, text) =
                run(&config(HELLO, &format!("echo \"{{\\\"id\\\": \\\"$id\\\", {answer}}}\"")), 60);
            assert_eq!(count, expected, "{answer}\n{text}");
        }
    }

    #[test]
    fn a_target_that_dies_fails_and_says_why() {
        for (body, what) in [
            ("echo 'out of luck' >&2; exit 3", "out of luck"),
            ("exit 0", "the target ended"),
            ("echo noise", "not JSON"),
            (r#"echo "{\"id\": \"9\", \"accept\": {}}""#, "out of order"),
        ] {
            let (count, text) = run(&config(HELLO, body), 60);
            assert_eq!(count.failed, 3, "{text}");
            assert!(text.contains(what), "{what}\n{text}");
        }
        let (count, text) = run(&config(HELLO, "sleep 60"), 1);
        assert_eq!(count.failed, 3, "{text}");
        assert!(text.contains("no answer within 1 s"), "{text}");
        let none = Config { command: vec!["/nonexistent/program".into()], ..config(HELLO, GOOD) };
        assert_eq!(run(&none, 60).0.failed, 3);
    }

    #[test]
    fn a_bad_hello_fails() {
        for hello in ["{}", "[]", "hello", r#"{"ops": ["x"]}"#] {
            assert_eq!(run(&config(hello, GOOD), 60).0.failed, 3, "{hello}");
        }
    }

    #[test]
    fn a_target_may_lack_only_what_it_is_known_to_lack() {
        let without = r#"{"features": [], "ops": []}"#;
        assert_eq!(run(&config(without, GOOD), 60).0, counted(0, 0, 3));
        let strict = |hello, ops: &[&str], features: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
            let lacks = Some(Lacks { ops: owned(ops), features: owned(features) });
            run(&Config { lacks, ..config(hello, GOOD) }, 60).0
        };
        assert_eq!(strict(without, &[], &["ed448"]), counted(0, 3, 0));
        assert_eq!(strict(without, &["x*"], &[]), counted(0, 0, 3));
        assert_eq!(strict(HELLO, &[], &[]), counted(2, 1, 0));
        assert_eq!(strict(HELLO, &[], &["ed448"]), counted(2, 0, 1));
    }

    #[test]
    fn deviations_are_listed_with_their_decision() {
        let text = FILE
            .replace("\"strict\": true, ", "")
            .replace("\"ok\"", "\"ok\", \"normative\": \"POLICY\"");
        let cases = vectors::parse("f.json", &text).unwrap().unwrap();
        let refuse = config(HELLO, r#"echo "{\"id\": \"$id\", \"reject\": \"wrong\"}""#);
        let rows =
            rows(&refuse, &cases, ask(&refuse, &cases, Path::new("."), Duration::from_secs(60)));
        let file =
            r#"{"decisions": [{"id": "o*", "decision": "refused", "reason": "we know better"}]}"#;
        let folder = std::env::temp_dir().join(format!("mfakit-judge-{}.json", std::process::id()));
        std::fs::write(&folder, file).unwrap();
        let decisions = decisions::load(&folder).unwrap();
        std::fs::remove_file(&folder).unwrap();
        let (printed, count) = print(&cases, &["fake".into()], &rows, &decisions);
        assert_eq!(count, Count { passed: 1, failed: 0, skipped: 0, deviated: 2 }, "{printed}");
        assert!(
            printed.contains("refused: we know better") && printed.contains("UNDECIDED"),
            "{printed}"
        );
        let report = report(&cases, &rows, &decisions);
        assert_eq!(report[0]["pass"], false);
        assert_eq!(report[0]["decision"], "refused: we know better");
        assert_eq!(report[1]["pass"], true);
    }
}
