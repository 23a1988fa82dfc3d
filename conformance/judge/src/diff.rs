//! Agreement: generated inputs to which every target must give the same answer.
//!
//! Inputs are mutations of the committed ones, so that most come close to being right; they depend on the seed alone.

use crate::rules::{Answer, rejects, same};
use crate::run::{Asked, ask};
use crate::target::Config;
use crate::vectors::Case;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a usize fits");
        usize::try_from(self.next() % bound).expect("below a usize")
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// `count` cases, each one or more mutations away from a committed one.
pub(crate) fn generate(cases: &[Case], count: usize, seed: u64) -> Vec<Case> {
    // What only some languages can be asked says nothing about agreement.
    let seeds: Vec<&Case> = cases.iter().filter(|case| case.requires.is_empty()).collect();
    let mut random = Random(seed);
    (0..count)
        .map(|_| {
            let mut case = seeds[random.below(seeds.len())].clone();
            if !damage(&mut case, &mut random) {
                for _ in 0..=random.below(3) {
                    mutate(&mut case.inputs, &mut random);
                }
            }
            case
        })
        .collect()
}

/// Changes a stored text of every second case that has one, if the case was good: languages differ in which of two mistakes
/// of the host they see first.
fn damage(case: &mut Case, random: &mut Random) -> bool {
    if rejects(case) || random.below(2) == 0 {
        return false;
    }
    let names =
        ["previous", "record", "state"].into_iter().filter(|name| case.inputs[*name].is_string());
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return false;
    }
    let name = random.pick(&names);
    let text = case.inputs[name].as_str().map(|text| mutated_text(text, random));
    case.inputs[name] = text.into();
    true
}

/// Changes one input. An error's number stays that of its code.
fn mutate(inputs: &mut Value, random: &mut Random) {
    let Some(inputs) = inputs.as_object_mut() else { return };
    let names: Vec<String> = inputs
        .iter()
        .filter(|(name, value)| !value.is_null() && !value.is_array() && *name != "error_number")
        .map(|(name, _)| name.clone())
        .collect();
    if names.is_empty() {
        return;
    }
    let name = &names[random.below(names.len())];
    let Some(value) = inputs.get_mut(name) else { return };
    *value = match &*value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => mutated_number(number.as_i64(), random),
        Value::String(text) if name.ends_with("_hex") => mutated_bytes(text, random).into(),
        Value::String(text)
            if matches!(
                name.as_str(),
                "code" | "first" | "second" | "text" | "secret" | "uri" | "user_id"
            ) =>
        {
            mutated_text(text, random).into()
        }
        // Words such as an algorithm's name: wrong ones are config's vectors.
        other => other.clone(),
    };
}

/// Small steps, and the ends of what every language can be given as a plain number.
fn mutated_number(number: Option<i64>, random: &mut Random) -> Value {
    let Some(number) = number.filter(|n| (0..1 << 52).contains(n)) else { return 0.into() };
    random.pick(&[number + 1, (number - 1).max(0), number * 2 % (1 << 52), 0, 1, 10, 11, 30]).into()
}

fn mutated_bytes(hex: &str, random: &mut Random) -> String {
    let mut bytes: Vec<u8> = (0..hex.len() / 2)
        .filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok())
        .collect();
    let low = |random: &mut Random| u8::try_from(random.below(256)).expect("a byte");
    if bytes.is_empty() {
        bytes.push(low(random));
    } else {
        let at = random.below(bytes.len());
        match random.below(7) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = random.pick(&[0x00, 0x7f, 0x80, 0xff, 0x22, 0x7d, 0xa0]),
            3 => bytes.truncate(at),
            4 => drop(bytes.remove(at)),
            5 => bytes.insert(at, low(random)),
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..bytes.len().min(from + 8)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mutated_text(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let at = random.below(letters.len() + 1);
    let letter = random.pick(&[
        '0',
        '1',
        '9',
        'A',
        'a',
        'Z',
        '=',
        ' ',
        '-',
        '\t',
        '\u{0}',
        '\u{ff11}',
        '\u{1f600}',
    ]);
    if at == letters.len() || random.below(3) == 0 {
        letters.insert(at, letter);
    } else if random.below(2) == 0 {
        letters[at] = letter;
    } else {
        letters.remove(at);
    }
    letters.into_iter().collect()
}

/// Whether two answers say the same: the verdict, the code, and every field that both give.
fn agree(left: &Answer, right: &Answer) -> bool {
    match (left, right) {
        (Answer::Accept(left), Answer::Accept(right)) => {
            left.iter().all(|(name, value)| right.get(name).is_none_or(|other| same(value, other)))
        }
        (Answer::Reject(left), Answer::Reject(right)) => left == right,
        _ => false,
    }
}

/// Feeds all targets; returns how many cases they agreed on, and a line for each other one.
pub(crate) fn run(
    configs: &[Config],
    cases: &[Case],
    folder: &Path,
    patience: Duration,
) -> Result<(usize, Vec<String>), String> {
    let mut asked: Vec<(&str, Asked)> = Vec::new();
    for config in configs {
        let anyone = Config { lacks: None, ..config.clone() };
        asked.push((
            &config.name,
            ask(&anyone, cases, folder, patience).map_err(|e| format!("{}: {e}", config.name))?,
        ));
    }
    let mut agreed = 0;
    let mut different = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        // Who was not asked or names something missing has no say.
        let voices: Vec<(&str, &Answer)> = asked
            .iter()
            .filter_map(|(name, asked)| match &asked.answers[i] {
                Ok(Answer::Skip(_)) => None,
                Ok(answer) => Some((*name, answer)),
                Err(_) => None,
            })
            .collect();
        let broken = asked.iter().find_map(|(name, asked)| match &asked.answers[i] {
            Err(crate::rules::Outcome::Fail(what)) => Some(format!("{name}: {what}")),
            Ok(Answer::Broken(what)) => Some(format!("{name}: {what}")),
            _ => None,
        });
        let all = voices.iter().all(|(_, answer)| agree(voices[0].1, answer));
        match broken {
            None if all => agreed += 1,
            _ => {
                let said: Vec<String> = voices
                    .iter()
                    .map(|(name, answer)| format!("{name} {}", word(answer)))
                    .collect();
                let broken = broken.map(|what| format!("; {what}")).unwrap_or_default();
                different.push(format!(
                    "{} {}: {}{broken}\n    {}",
                    case.op,
                    case.id,
                    said.join(", "),
                    case.inputs
                ));
            }
        }
    }
    Ok((agreed, different))
}

fn word(answer: &Answer) -> String {
    match answer {
        Answer::Accept(fields) => format!("accepts {}", Value::Object(fields.clone())),
        Answer::Reject(code) => format!("refuses with {code}"),
        Answer::Skip(reason) => format!("skips for {reason}"),
        Answer::Broken(what) => what.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    const FILE: &str = r#"{"schema": "mfakit-vectors/1", "cases": [
        {"id": "a", "op": "x", "inputs": {"data_hex": "00112233445566778899", "n": 5, "flag": true, "code": "123456"}, "expect": {"result": "ok"}},
        {"id": "b", "op": "x", "inputs": {"data_hex": ""}, "expect": {"result": "ok"}},
        {"id": "c", "op": "x", "inputs": {"code": 1}, "expect": {"result": "ok"}, "requires": ["dynamic_input"]}]}"#;

    fn seeds() -> Vec<Case> {
        vectors::parse("f.json", FILE).unwrap().unwrap()
    }

    #[test]
    fn inputs_depend_on_the_seed_alone_and_differ() {
        let texts = |seed| {
            generate(&seeds(), 500, seed)
                .iter()
                .map(|case| case.inputs.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
        let distinct: std::collections::BTreeSet<_> = texts(1).into_iter().collect();
        assert!(distinct.len() > 300, "{}", distinct.len());
        for case in generate(&seeds(), 500, 3) {
            assert_ne!(case.id, "c", "not every language can be asked");
            let hex = case.inputs["data_hex"].as_str().unwrap();
            assert!(hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }

    #[test]
    fn a_stored_text_is_damaged_alone_and_only_where_all_was_well() {
        let file = r#"{"schema": "mfakit-vectors/1", "cases": [
            {"id": "a", "op": "x", "inputs": {"n": 5, "state": "$v=1"}, "expect": {"result": "ok"}},
            {"id": "b", "op": "x", "inputs": {"n": 5, "state": "$v=1"}, "expect": {"result": "invalid"}}]}"#;
        let seeds = vectors::parse("f.json", file).unwrap().unwrap();
        let cases = generate(&seeds, 200, 1);
        let damaged: Vec<&Case> =
            cases.iter().filter(|case| case.inputs["state"] != "$v=1").collect();
        assert!(damaged.len() > 20, "{}", damaged.len());
        assert!(damaged.iter().all(|case| case.id == "a" && case.inputs["n"] == 5));
    }

    fn target(name: &str, answer: &str) -> Config {
        let script = format!(
            "while IFS= read -r line; do
               id=$(printf '%s' \"$line\" | sed 's/.*\"id\":\"\\([0-9]*\\)\".*/\\1/')
               case $line in
                 *'\"hello\"'*) echo '{{\"features\": [], \"ops\": [\"x\"]}}' ;;
                 *) echo \"{{\\\"id\\\": \\\"$id\\\", {answer}}}\" ;;
               esac
             done"
        );
        Config { name: name.into(), command: vec!["sh".into(), "-c".into(), script], lacks: None }
    }

    #[test]
    fn disagreement_is_found() {
        let cases = generate(&seeds(), 3, 1);
        let accept = || target("one", r#"\"accept\": {\"n\": 1}"#);
        for (other, agreed) in [
            (r#"\"accept\": {\"n\": \"1\"}"#, 3),
            (r#"\"accept\": {}"#, 3),
            (r#"\"skip\": \"ed448\""#, 3),
            (r#"\"accept\": {\"n\": 2}"#, 0),
            (r#"\"reject\": \"a\""#, 0),
            (r#"\"defect\": 1"#, 0),
        ] {
            let targets = [accept(), target("two", other)];
            let (same, different) =
                run(&targets, &cases, Path::new("."), Duration::from_secs(60)).unwrap();
            assert_eq!((same, different.len()), (agreed, 3 - agreed), "{other}");
        }
        let codes = [target("one", r#"\"reject\": \"a\""#), target("two", r#"\"reject\": \"b\""#)];
        assert_eq!(run(&codes, &cases, Path::new("."), Duration::from_secs(60)).unwrap().0, 0);
    }
}
