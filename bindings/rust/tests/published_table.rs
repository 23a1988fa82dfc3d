//! The table of published values in docs/assurance.md is what the library answers.

use mfakit::{AssuranceProfile, Claims, Error, UnixTime, classify};

const PAGE: &str = include_str!("../../../docs/assurance.md");
const PROFILES: [&str; 2] = ["salesforce-2026-05-05", "rfc8176"];

#[test]
fn every_row_says_what_is_answered() -> Result<(), Error> {
    let mut rows = 0;
    let table = PAGE.lines().skip_while(|line| !line.starts_with("| value | published |"));
    for row in table.skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [value, published, verdicts @ ..] = cells.as_slice() else { break };
        let value = value.trim_matches('`');
        let literal = if *published == "not listed" { "not recognised" } else { published };
        assert_eq!(verdicts.first(), Some(&literal), "{value}: taken literally");
        for (profile, said) in PROFILES.iter().zip(verdicts) {
            assert_eq!(answer(profile, value)?, *said, "{value} under {profile}");
        }
        rows += 1;
    }
    // 28 values that are published and the 7 registered ones that are not among them.
    assert_eq!(rows, 35);
    Ok(())
}

fn answer(profile: &str, value: &str) -> Result<String, Error> {
    let claims = Claims { amr: vec![value.to_owned()], ..Claims::default() };
    let now = Some(UnixTime::from_seconds(1_800_000_000));
    let classification = classify(&AssuranceProfile::named(profile)?, claims, None, now)?;
    Ok(if classification.recognised() {
        classification.tier().as_str().replace("phishing_resistant", "phishing-resistant")
    } else {
        "not recognised".to_owned()
    })
}
