//! `Assessment::from_trusted_json` against the form of a stored assessment over serde_json's reading, and the method table over the
//! proofs in it: the tier is that of the strongest, order never matters, and the text is read back as it was.

use crate::json::{self, Members, Reference, Tree};
use mfakit::{Assessment, Error, MethodKind, Tier};

/// A proof, as the text says it.
#[derive(Clone, Debug, PartialEq)]
struct Proof {
    kind: String,
    at: u64,
    /// User verified, hardware, backup eligible.
    flags: [bool; 3],
    /// PIN, fingerprint, face.
    told: [bool; 3],
}

const WEBAUTHN: [&str; 4] =
    ["security_key", "built_in_authenticator", "synced_passkey", "device_bound_passkey"];
const STANDARD: [&str; 6] =
    ["totp", "hotp", "push_approval", "admin_code", "support_code", "recovery_code"];
const WEAK: [&str; 5] = ["sms", "phone", "email", "delivered_code", "password"];

impl Proof {
    fn read(tree: &Tree) -> Option<Self> {
        let names = ["kind", "at", "userVerified", "hardware", "backupEligible", "verifiedBy"];
        let Members::Found(members) = tree.members(names) else { return None };
        let [kind, at, user_verified, hardware, backup_eligible, verified_by] = members;
        let flag = |tree: Option<Tree>| match tree {
            None => Some(false),
            Some(Tree::Bool(flag)) => Some(flag),
            Some(_) => None,
        };
        let (Some(Tree::String(kind)), Some(Tree::Unsigned(at))) = (kind, at) else { return None };
        let mut told = [false; 3];
        match verified_by {
            None => {}
            Some(Tree::Array(names)) => {
                for name in names {
                    let Tree::String(name) = name else { return None };
                    told[["pin", "fpt", "face"].iter().position(|known| *known == name)?] = true;
                }
            }
            Some(_) => return None,
        }
        let flags = [flag(user_verified)?, flag(hardware)?, flag(backup_eligible)?];
        let webauthn = WEBAUTHN.contains(&kind.as_str());
        let known = webauthn || STANDARD.contains(&kind.as_str()) || WEAK.contains(&kind.as_str());
        let plain = flags == [false; 3] && told == [false; 3];
        let told_without = told != [false; 3] && !flags[0];
        (known && (plain || webauthn) && !told_without).then_some(Self { kind, at, flags, told })
    }

    /// Whether it shows more than that somebody has something.
    fn is_other_factor(&self) -> bool {
        self.kind == "password" || self.flags[0]
    }
}

fn read(text: &str) -> Option<Result<Vec<Proof>, Error>> {
    let tree = match json::reference(text.as_bytes()) {
        Reference::Accepted(tree) => tree,
        Reference::Refused => return Some(Err(Error::RecordCorrupt)),
        Reference::OutOfRange => return None,
    };
    let Members::Found([version, methods]) = tree.members(["v", "methods"]) else {
        return Some(Err(Error::RecordCorrupt));
    };
    match version {
        Some(Tree::Unsigned(1)) => {}
        Some(Tree::Unsigned(2..)) => return Some(Err(Error::RecordVersionUnknown)),
        _ => return Some(Err(Error::RecordCorrupt)),
    }
    let Some(Tree::Array(methods)) = methods else { return Some(Err(Error::RecordCorrupt)) };
    let all: Option<Vec<Proof>> = methods.iter().map(Proof::read).collect();
    let Some(all) = all else { return Some(Err(Error::RecordCorrupt)) };
    // Each kind of proof once, with its latest time.
    let mut different: Vec<Proof> = Vec::new();
    for proof in all {
        let same = |old: &&mut Proof| {
            (&old.kind, old.flags, old.told) == (&proof.kind, proof.flags, proof.told)
        };
        match different.iter_mut().find(same) {
            Some(old) => old.at = old.at.max(proof.at),
            None => different.push(proof),
        }
    }
    Some(if different.len() > 16 { Err(Error::RecordCorrupt) } else { Ok(different) })
}

/// The method table.
fn tier(proofs: &[Proof]) -> Tier {
    let of = |(at, proof): (usize, &Proof)| {
        let beside = || {
            let mut others = proofs.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(_, other)| other.is_other_factor())
        };
        match proof.kind.as_str() {
            kind if STANDARD.contains(&kind) => Tier::Standard,
            kind if WEBAUTHN.contains(&kind) && (proof.flags[0] || beside()) => {
                Tier::PhishingResistant
            }
            _ => Tier::Weak,
        }
    };
    proofs.iter().enumerate().map(of).max().unwrap_or(Tier::Weak)
}

/// Whether mfakit takes the text; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    if text.len() > 16 * 1024 {
        assert_eq!(Assessment::from_trusted_json(text), Err(Error::RecordCorrupt));
        return false;
    }
    let Some(expected) = read(text) else { return false };
    let ours = Assessment::from_trusted_json(text);
    let (ours, proofs) = match (ours, expected) {
        (Ok(ours), Ok(proofs)) => (ours, proofs),
        (Err(error), Err(expected)) => {
            assert_eq!(error, expected);
            return false;
        }
        (ours, expected) => panic!("{ours:?}, the rules say {expected:?}"),
    };
    assert_eq!(ours.tier(), tier(&proofs));
    let acr = ours.acr();
    assert_eq!(acr.is_some(), ours.tier() == Tier::PhishingResistant);
    let in_hardware = proofs.iter().any(|proof| proof.flags[1] && !proof.flags[2]);
    assert!(acr != Some("phrh") || in_hardware);
    assert_eq!(
        ours.recovery(),
        proofs
            .iter()
            .any(|proof| { ["recovery_code", "support_code"].contains(&proof.kind.as_str()) })
    );
    let has = |value: &str| ours.amr().contains(&value);
    let shows = |kinds: &[&str]| proofs.iter().any(|proof| kinds.contains(&proof.kind.as_str()));
    assert_eq!(has("pwd"), shows(&["password"]));
    assert_eq!(has("otp"), shows(&["totp", "hotp"]));
    assert_eq!(has("user"), shows(&WEBAUTHN));
    assert_eq!(has("pin"), proofs.iter().any(|proof| proof.told[0]));
    assert_eq!(has("hwk"), proofs.iter().any(|proof| proof.flags[1]));
    let is_mfa = proofs.iter().any(Proof::is_other_factor)
        && (shows(&WEBAUTHN) || shows(&STANDARD) || shows(&["sms", "phone"]));
    assert_eq!((has("mfa"), ours.factors().kinds() >= 2), (is_mfa, is_mfa));
    let kinds: Vec<&str> = ours.methods().into_iter().map(MethodKind::as_str).collect();
    assert!(proofs.iter().all(|proof| kinds.contains(&proof.kind.as_str())));
    for wanted in Tier::ALL {
        let meets = ours.meets(wanted, None, None).expect("no time is needed");
        assert_eq!(meets, !proofs.is_empty() && ours.tier() >= wanted);
    }
    let stored = ours.to_json();
    assert_eq!(Assessment::from_trusted_json(&stored).as_ref(), Ok(&ours));
    true
}

/// One of each kind alone and beside a password, keys with every flag, and texts with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut proofs: Vec<String> = MethodKind::ALL
        .into_iter()
        .map(|kind| format!(r#"{{"kind":"{}","at":1800000000}}"#, kind.as_str()))
        .collect();
    for (member, value) in [
        ("userVerified", "true"),
        ("hardware", "true"),
        ("backupEligible", "true"),
        ("userVerified", "1"),
        ("verifiedBy", r#"["pin"]"#),
        ("verifiedBy", "[]"),
    ] {
        proofs.push(format!(r#"{{"kind":"security_key","at":5,"{member}":{value}}}"#));
        proofs.push(format!(r#"{{"kind":"totp","at":5,"{member}":{value}}}"#));
    }
    proofs.push(r#"{"kind":"synced_passkey","at":5,"userVerified":true,"hardware":true,"verifiedBy":["fpt","face"]}"#.into());
    proofs.push(r#"{"kind":"other","at":5}"#.into());
    proofs.push(r#"{"kind":"totp"}"#.into());
    let password = r#"{"kind":"password","at":1799999000}"#;
    let mut texts =
        vec![r#"{"v":1,"methods":[]}"#.to_owned(), r#"{"v":2,"methods":[]}"#.to_owned()];
    for proof in proofs {
        texts.push(format!(r#"{{"v":1,"methods":[{proof}]}}"#));
        texts.push(format!(r#"{{"v":1,"tier":"weak","amr":[],"methods":[{password},{proof}]}}"#));
        texts.push(format!(r#"{{"v":1,"methods":[{proof},{password},{proof}]}}"#));
    }
    texts.into_iter().map(String::into_bytes).collect()
}
