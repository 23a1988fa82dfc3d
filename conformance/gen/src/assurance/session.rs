//! How long a session lives: the published limits, each boundary to the second.

use super::{DAY, NOW};
use crate::case::{Case, File};
use crate::json::Json;

const DOCUMENT: &str = "mfakit docs/policy";
/// What hosts may pass as a time.
const LATEST: u64 = 100_000_000_000;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    ends(&mut cases);
    touches(&mut cases);
    faults(&mut cases);
    File {
        topic: "session",
        description: "Sessions: 24 hours that activity extends to 10 days, 30 days for command lines and API keys",
        notes: vec![
            "web: min(last_active + 24 h, created + 10 d); cli, api_key: created + 30 d. At that second it is over.".into(),
        ],
        cases,
    }
}

/// Seconds without activity, and in all.
fn limits(kind: &str) -> (Option<u64>, u64) {
    match kind {
        "web" => (Some(DAY), 10 * DAY),
        _ => (None, 30 * DAY),
    }
}

fn end(kind: &str, created: u64, last_active: u64) -> u64 {
    let (idle, lifetime) = limits(kind);
    idle.map_or(created + lifetime, |idle| (last_active + idle).min(created + lifetime))
}

fn expires(id: &str, kind: &str, created: u64, last_active: Option<u64>) -> Case {
    let case = Case::new("session.expires_at", format!("expires-{id}"))
        .source(DOCUMENT, "Sessions")
        .input("kind", kind)
        .input("created", created);
    match last_active {
        Some(active) => case.input("last_active", active),
        None => case,
    }
}

fn ends(cases: &mut Vec<Case>) {
    for (id, kind, active, why) in [
        ("web", "web", None, "no activity after the first second"),
        ("web-just-now", "web", Some(0), "activity in the first second"),
        ("web-second", "web", Some(1), "a second later"),
        ("web-day", "web", Some(DAY), "activity extends by a day"),
        ("web-ninth-day", "web", Some(9 * DAY), "up to the tenth day"),
        ("web-past-ninth-day", "web", Some(9 * DAY + 1), "and no further"),
        ("web-tenth-day", "web", Some(10 * DAY), "even where it was active on the last second"),
        ("web-later", "web", Some(20 * DAY), "or after it"),
        ("cli", "cli", None, "30 days"),
        ("cli-active", "cli", Some(29 * DAY), "activity extends nothing"),
        ("api-key", "api_key", None, "30 days"),
        ("api-key-active", "api_key", Some(DAY), "activity extends nothing"),
    ] {
        let at = end(kind, NOW, NOW + active.unwrap_or(0));
        let case = expires(id, kind, NOW, active.map(|active| NOW + active));
        cases.push(case.accept("ok", [("expires_at", at.into())]).why(why));
    }
    for kind in ["web", "cli", "api_key"] {
        let at = end(kind, LATEST, LATEST);
        let case = expires(&format!("{kind}-latest"), kind, LATEST, None);
        cases.push(
            case.accept("ok", [("expires_at", at.into())])
                .why("the latest time that a host may pass"),
        );
        let at = end(kind, 0, 0);
        let case = expires(&format!("{kind}-epoch"), kind, 0, None);
        cases.push(case.accept("ok", [("expires_at", at.into())]).why("1970"));
    }
}

fn touch(id: &str, kind: &str, last_active: u64, now: u64) -> Case {
    Case::new("session.touch", format!("touch-{id}"))
        .source(DOCUMENT, "Sessions")
        .input("kind", kind)
        .input("created", NOW)
        .input("last_active", NOW + last_active)
        .input("now", NOW + now)
}

fn touches(cases: &mut Vec<Case>) {
    for (id, kind, active, now, why) in [
        ("web-first", "web", 0, 0, "in the first second"),
        ("web-last-second", "web", 0, DAY - 1, "in the last second of a day without activity"),
        (
            "web-extended",
            "web",
            DAY - 1,
            2 * DAY - 2,
            "a day after the last activity, less a second",
        ),
        ("web-tenth-day", "web", 10 * DAY - 1, 10 * DAY - 1, "in the last second of ten days"),
        ("cli-last-second", "cli", 0, 30 * DAY - 1, "in the last second of thirty days"),
        ("api-key-last-second", "api_key", 0, 30 * DAY - 1, "in the last second of thirty days"),
        ("clock-back", "web", DAY / 2, DAY / 4, "a clock that went back makes nothing shorter"),
    ] {
        let at = end(kind, NOW, NOW + active.max(now));
        let case = touch(id, kind, active, now);
        cases.push(case.accept("ok", [("expires_at", at.into())]).why(why));
    }
    for (id, kind, active, now, why) in [
        ("web-day", "web", 0, DAY, "a day without activity"),
        ("web-day-and-second", "web", 0, DAY + 1, "a day and a second"),
        ("web-extended", "web", DAY, 2 * DAY, "a day after the last activity"),
        ("web-tenth-day", "web", 10 * DAY - 1, 10 * DAY, "ten days, whatever the activity"),
        ("web-active-after", "web", 11 * DAY, 11 * DAY, "activity after the end revives nothing"),
        ("web-long-ago", "web", 0, 400 * DAY, "a year later"),
        ("cli", "cli", 30 * DAY - 1, 30 * DAY, "thirty days, whatever the activity"),
        ("api-key", "api_key", 0, 30 * DAY, "thirty days"),
    ] {
        let case = touch(&format!("over-{id}"), kind, active, now);
        cases.push(case.reject("session_expired").why(why));
    }
}

fn faults(cases: &mut Vec<Case>) {
    let invalid = "argument_value_invalid";
    for (id, kind) in [
        ("upper-case", "Web"),
        ("unknown", "browser"),
        ("hyphen", "api-key"),
        ("empty", ""),
        ("space", " web"),
    ] {
        let case = expires(&format!("kind-{id}"), kind, NOW, None);
        cases.push(case.reject(invalid).why("web, cli or api_key"));
    }
    for kind in ["web", "cli"] {
        let case = expires(&format!("{kind}-active-before"), kind, NOW, Some(NOW - 6));
        cases.push(
            case.reject(invalid).why("active before it was created, by more than clocks differ"),
        );
        let case = expires(&format!("{kind}-active-skewed"), kind, NOW, Some(NOW - 5));
        let at = end(kind, NOW, NOW);
        cases.push(
            case.accept("ok", [("expires_at", at.into())])
                .why("a machine whose clock is five seconds behind"),
        );
    }
    let before = Case::new("session.touch", "touch-active-before")
        .source(DOCUMENT, "Sessions")
        .input("kind", "web")
        .input("created", NOW)
        .input("last_active", NOW - 6)
        .input("now", NOW);
    cases.push(before.reject(invalid).why("active before it was created"));
    let ahead = |seconds: u64| {
        Case::new("session.touch", format!("touch-created-ahead-{seconds}"))
            .source(DOCUMENT, "Sessions")
            .input("kind", "web")
            .input("created", NOW + seconds)
            .input("last_active", NOW + seconds)
            .input("now", NOW)
    };
    let at = end("web", NOW + 5, NOW + 5);
    cases.push(
        ahead(5)
            .accept("ok", [("expires_at", at.into())])
            .why("a clock that is as far ahead as it may be"),
    );
    cases.push(ahead(6).reject(invalid).why("created in the future"));
    for (id, name) in [("created", "created"), ("active", "last_active")] {
        for (what, time) in [
            ("milliseconds", Json::from(NOW * 1000)),
            ("past", (LATEST + 1).into()),
            ("negative", Json::from(-1_i64)),
        ] {
            let case = touch(&format!("{id}-{what}"), "web", 0, 0).input(name, time);
            cases.push(case.reject("time_invalid").why("no time of a host's"));
        }
    }
    let now = touch("now-milliseconds", "web", 0, 0).input("now", NOW * 1000);
    cases.push(now.reject("time_invalid").why("no time of a host's"));
    let kind = expires("kind-number", "", NOW, None).input("kind", 1_u32);
    cases.push(kind.reject("argument_type_invalid").requires("dynamic_input"));
    let missing = expires("created-null", "web", NOW, None).input("created", Json::Null);
    cases.push(missing.reject("argument_type_invalid").requires("dynamic_input"));
}
