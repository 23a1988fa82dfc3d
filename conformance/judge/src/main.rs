//! Judges every target against the conformance vectors.
//!
//! A target is a program that answers one JSON object a line (conformance/README.md). It is sent the operation and the
//! inputs of a case, never what is expected of it.

mod coverage;
mod decisions;
mod diff;
mod rules;
mod run;
mod target;
mod vectors;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use target::{Config, Lacks};

const USAGE: &str = "\
usage: mfakit-judge [DIR/] [TARGET…] [options]         the vectors of DIR (conformance/vectors) on the targets (all)
       mfakit-judge diff N [TARGET…] [options]         N generated inputs: all targets must agree

  --dir DIR             the same as DIR
  --report FILE         writes every row as JSON
  --target NAME=COMMAND starts the target NAME with this shell command
  --timeout SECONDS     what a target may take for everything (900)
  --seed NUMBER         another choice of generated inputs";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
struct Options {
    dir: Option<PathBuf>,
    report: Option<PathBuf>,
    diff: Option<usize>,
    targets: Vec<String>,
    commands: Vec<(String, String)>,
    timeout: Duration,
    seed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = parse(&arguments).and_then(|options| match options.diff {
        Some(count) => differ(&options, count),
        None => judge(&options),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("mfakit-judge: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        dir: None,
        report: None,
        diff: None,
        targets: Vec::new(),
        commands: Vec::new(),
        timeout: Duration::from_secs(900),
        seed: 1,
    };
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{text} is not a number"));
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or(format!("{argument} needs a value\n{USAGE}"));
        match argument.as_str() {
            "--dir" => options.dir = Some(value()?.into()),
            "--report" => options.report = Some(value()?.into()),
            "--timeout" => options.timeout = Duration::from_secs(number(&value()?)?),
            "--seed" => options.seed = number(&value()?)?,
            "--diff" | "diff" => {
                options.diff = Some(usize::try_from(number(&value()?)?).map_err(|e| e.to_string())?)
            }
            "--target" => {
                let text = value()?;
                let (name, command) =
                    text.split_once('=').ok_or(format!("{text} is not NAME=COMMAND"))?;
                options.commands.push((name.to_owned(), command.to_owned()));
            }
            "--help" | "-h" => return Err(USAGE.into()),
            word if word.starts_with('-') => return Err(format!("{word} is no option\n{USAGE}")),
            // A folder is written with a slash: there is a folder `wasm` beside the target of that name.
            word if options.dir.is_none() && word.contains('/') => options.dir = Some(word.into()),
            word => options.targets.push(word.to_owned()),
        }
    }
    Ok(options)
}

/// The repository's root: cargo names our own folder, otherwise this is it.
fn root() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| ".".into(), |folder| Path::new(&folder).join("../.."))
}

/// The targets that are asked for, or all.
fn configs(options: &Options, file: &Path) -> Result<Vec<Config>, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let known = read_configs(&text).map_err(|e| format!("{}: {e}", file.display()))?;
    select(options, known)
}

fn select(options: &Options, mut known: Vec<Config>) -> Result<Vec<Config>, String> {
    let mut wanted = options.targets.clone();
    for (name, command) in &options.commands {
        let command = vec!["sh".into(), "-c".into(), command.clone()];
        match known.iter_mut().find(|config| config.name == *name) {
            Some(config) => config.command = command,
            None => known.push(Config { name: name.clone(), command, lacks: None }),
        }
        if !wanted.contains(name) {
            wanted.push(name.clone());
        }
    }
    if wanted.is_empty() {
        return Ok(known);
    }
    let find = |name: &String| {
        let names: Vec<&str> = known.iter().map(|config| config.name.as_str()).collect();
        known.iter().find(|config| config.name == *name).cloned().ok_or(format!(
            "no target {name}; there are {}; a folder has a slash",
            names.join(", ")
        ))
    };
    wanted.iter().map(find).collect()
}

/// Targets in the order in which the file names them; `{target_dir}` stands for cargo's target folder.
fn read_configs(text: &str) -> Result<Vec<Config>, String> {
    let file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let target_dir = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let texts = |value: &Value, what: &str| -> Result<Vec<String>, String> {
        let items = value.as_array().ok_or(format!("{what} is not a list"))?;
        items
            .iter()
            .map(|item| {
                item.as_str().map(str::to_owned).ok_or(format!("{what} is not a list of texts"))
            })
            .collect()
    };
    let list = file["targets"].as_array().ok_or("no targets")?;
    list.iter()
        .map(|target| {
            let name = target["name"].as_str().ok_or("a target without a name")?.to_owned();
            let command = texts(&target["command"], "command")?;
            let lacks = Lacks {
                ops: texts(&target["lacks"]["ops"], "lacks.ops")?,
                features: texts(&target["lacks"]["features"], "lacks.features")?,
            };
            let command =
                command.iter().map(|word| word.replace("{target_dir}", &target_dir)).collect();
            Ok(Config { name, command, lacks: Some(lacks) })
        })
        .collect()
}

fn judge(options: &Options) -> Result<bool, String> {
    let root = root();
    let folder = options.dir.clone().unwrap_or_else(|| root.join("conformance/vectors"));
    let configs = configs(options, &root.join("conformance/targets.json"))?;
    let decisions = decisions::load(&root.join("conformance/decisions.json"))?;
    let (cases, ignored) = vectors::load(&folder)?;
    for name in ignored {
        println!("{name} holds no cases: ignored");
    }
    let mut rows = Vec::new();
    for config in &configs {
        eprintln!("{}: {} cases …", config.name, cases.len());
        rows.extend(run::rows(config, &cases, run::ask(config, &cases, &root, options.timeout)));
    }
    let names: Vec<String> = configs.iter().map(|config| config.name.clone()).collect();
    let (text, count) = run::print(&cases, &names, &rows, &decisions);
    if let Some(file) = &options.report {
        let report = run::report(&cases, &rows, &decisions);
        let lines: Vec<String> =
            report.as_array().into_iter().flatten().map(Value::to_string).collect();
        std::fs::write(file, format!("[\n{}\n]\n", lines.join(",\n")))
            .map_err(|e| format!("{}: {e}", file.display()))?;
    }
    // Other people's vectors need not cover anything.
    let faults = if options.dir.is_none() { covered(&root, &cases)? } else { Vec::new() };
    print!("{text}");
    for fault in &faults {
        eprintln!("mfakit-judge: not covered: {fault}");
    }
    // A run in which nothing was asked proves nothing.
    Ok(count.failed == 0 && count.passed > 0 && faults.is_empty())
}

/// Prints what the committed vectors cover; gives what they do not.
fn covered(root: &Path, cases: &[vectors::Case]) -> Result<Vec<String>, String> {
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let coverage =
        coverage::check(cases, &read("docs/errors.md")?, &read("conformance/README.md")?);
    println!("{}", coverage.summary);
    Ok(coverage.faults)
}

fn differ(options: &Options, count: usize) -> Result<bool, String> {
    let root = root();
    let configs = configs(options, &root.join("conformance/targets.json"))?;
    if configs.len() < 2 {
        return Err("one target always agrees with itself: name two or more".into());
    }
    let folder = options.dir.clone().unwrap_or_else(|| root.join("conformance/vectors"));
    let (cases, _) = vectors::load(&folder)?;
    let generated = diff::generate(&cases, count, options.seed);
    let (agreed, different) = diff::run(&configs, &generated, &root, options.timeout)?;
    for line in &different {
        println!("{line}");
    }
    println!("{agreed} passed, {} failed", different.len());
    Ok(different.is_empty() && agreed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn command_lines() {
        let options =
            parsed("some/dir rust node --report r.json --target x=true --timeout 5").unwrap();
        assert_eq!(options.dir, Some("some/dir".into()));
        assert_eq!(options.targets, ["rust", "node"]);
        // Of the folder in which tests run, `src` is one.
        assert_eq!(parsed("src").unwrap().targets, ["src"]);
        assert_eq!(options.report, Some("r.json".into()));
        assert_eq!(options.commands, [("x".to_owned(), "true".to_owned())]);
        assert_eq!(options.timeout, Duration::from_secs(5));
        assert_eq!(parsed("diff 10 rust").unwrap().diff, Some(10));
        assert_eq!(parsed("--diff 10").unwrap().diff, Some(10));
        for line in ["--dir", "--what", "diff x", "--target x", "--help"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn targets_are_chosen() {
        let text = r#"{"targets": [
            {"name": "a", "command": ["{target_dir}/a"], "lacks": {"ops": [], "features": []}},
            {"name": "b", "command": ["b"], "lacks": {"ops": ["x.*"], "features": []}}]}"#;
        let names = |line: &str| -> Result<Vec<String>, String> {
            Ok(select(&parsed(line)?, read_configs(text)?)?.into_iter().map(|c| c.name).collect())
        };
        assert_eq!(names("").unwrap(), ["a", "b"]);
        assert_eq!(names("b").unwrap(), ["b"]);
        assert_eq!(names("--target c=true").unwrap(), ["c"]);
        assert_eq!(names("a --target b=true").unwrap(), ["a", "b"]);
        assert!(names("z").unwrap_err().contains("there are a, b"));
        let replaced =
            select(&parsed("--target b=true").unwrap(), read_configs(text).unwrap()).unwrap();
        assert_eq!(replaced[0].command, ["sh", "-c", "true"]);
        assert_eq!(replaced[0].lacks.as_ref().unwrap().ops, ["x.*"]);
        assert!(!read_configs(text).unwrap()[0].command[0].contains("target_dir"));
        assert!(read_configs(&text.replace("\"lacks\"", "\"licks\"")).is_err());
    }
}
