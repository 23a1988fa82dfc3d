//! Claims, assessments, policies, sessions and audit records: the published tables, typed in, and one named fault for each refusal.
#![allow(clippy::type_complexity, reason = "a row of a table is a tuple, and its type stands once")]

pub(crate) mod amr;
pub(crate) mod assessment;
pub(crate) mod audit;
pub(crate) mod claims;
pub(crate) mod decision;
pub(crate) mod methods;
pub(crate) mod profiles;
pub(crate) mod requirement;
pub(crate) mod session;

use crate::case::Case;
use crate::json::Json;

/// 2027-01-15T08:00:00Z.
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const DAY: u64 = 86_400;

pub(crate) const SALESFORCE: &str = "salesforce-2026-05-05";
/// The article of the tables, and of the enforcement.
pub(crate) const ARTICLE: &str = "Salesforce Help, Prepare for MFA Enforcement for All Employee Users, article 005321563, 2026-05-05";
pub(crate) const DOCS: &str = "mfakit docs/assurance";

pub(crate) const WEAK: &str = "weak";
pub(crate) const STANDARD: &str = "standard";
pub(crate) const RESISTANT: &str = "phishing_resistant";
pub(crate) const TIERS: [&str; 3] = [WEAK, STANDARD, RESISTANT];

pub(crate) fn texts(texts: &[&str]) -> Json {
    texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().into()
}

/// A case whose inputs are an object's members.
pub(crate) fn with_inputs(mut case: Case, inputs: &Json) -> Case {
    let Json::Object(members) = inputs else { panic!("only an object has members") };
    for (name, value) in members {
        case = case.input(name, value.clone());
    }
    case
}

// ---------------------------------------------------------------- what was proven

/// A proof: the facts that an assessment stores of it.
#[derive(Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) kind: &'static str,
    pub(crate) at: u64,
    pub(crate) user_verified: bool,
    pub(crate) hardware: bool,
    pub(crate) backup_eligible: bool,
    pub(crate) verified_by: &'static str,
}

/// A proof of which nothing more is known.
pub(crate) const fn proof(kind: &'static str) -> Proof {
    Proof {
        kind,
        at: NOW,
        user_verified: false,
        hardware: false,
        backup_eligible: false,
        verified_by: "",
    }
}

/// A WebAuthn assertion with user verification, told to be by these, if any.
pub(crate) const fn verified(kind: &'static str, verified_by: &'static str) -> Proof {
    Proof { user_verified: true, verified_by, ..proof(kind) }
}

impl Proof {
    pub(crate) const fn at(self, at: u64) -> Self {
        Self { at, ..self }
    }
    pub(crate) const fn in_hardware(self) -> Self {
        Self { hardware: true, ..self }
    }
    pub(crate) const fn backed_up(self) -> Self {
        Self { backup_eligible: true, ..self }
    }

    /// As an input.
    fn json(self) -> Json {
        Json::object([
            ("kind", self.kind.into()),
            ("at", self.at.into()),
            ("user_verified", self.user_verified.into()),
            ("hardware", self.hardware.into()),
            ("backup_eligible", self.backup_eligible.into()),
            ("verified_by", self.verified_by.into()),
        ])
    }

    /// As a stored text has it.
    pub(crate) fn stored(self) -> String {
        let mut text = format!("{{\"kind\":\"{}\",\"at\":{}", self.kind, self.at);
        for (name, set) in [
            ("userVerified", self.user_verified),
            ("hardware", self.hardware),
            ("backupEligible", self.backup_eligible),
        ] {
            if set {
                text.push_str(&format!(",\"{name}\":true"));
            }
        }
        if !self.verified_by.is_empty() {
            let told: Vec<String> =
                self.verified_by.split(' ').map(|by| format!("\"{by}\"")).collect();
            text.push_str(&format!(",\"verifiedBy\":[{}]", told.join(",")));
        }
        text + "}"
    }
}

pub(crate) fn proven(proofs: &[Proof]) -> Json {
    proofs.iter().map(|proof| proof.json()).collect::<Vec<_>>().into()
}

// ---------------------------------------------------------------- what was said

/// Where a value stood.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Amr,
    Acr,
    Context,
}

/// What a profile makes of it.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Exact(&'static str),
    Segment(&'static str),
    Denied,
    Unknown,
}

use Outcome::{Denied, Exact, Segment, Unknown};

/// A value of a claim and what is to become of it.
#[derive(Clone)]
pub(crate) struct Said {
    source: Source,
    value: String,
    outcome: Outcome,
}

pub(crate) fn amr(value: impl Into<String>, outcome: Outcome) -> Said {
    Said { source: Source::Amr, value: value.into(), outcome }
}
pub(crate) fn acr(value: impl Into<String>, outcome: Outcome) -> Said {
    Said { source: Source::Acr, value: value.into(), outcome }
}
pub(crate) fn context(value: impl Into<String>, outcome: Outcome) -> Said {
    Said { source: Source::Context, value: value.into(), outcome }
}

impl Said {
    /// The line of an explanation.
    fn line(&self) -> String {
        let source = match self.source {
            Source::Amr => "amr",
            Source::Acr => "acr",
            Source::Context => "authn_context",
        };
        let (code, tier) = match self.outcome {
            Exact(tier) => ("exact", tier),
            Segment(tier) => ("last_segment", tier),
            Denied => ("denied", "-"),
            Unknown => ("unknown", "-"),
        };
        format!("{code} {source}:{} {tier}", self.value)
    }
}

/// The inputs of claims: those that are not said are absent.
pub(crate) fn claims(said: &[Said]) -> Json {
    let mut inputs = Json::object([]);
    let all = |source| values(said, source);
    for (name, source) in [("amr", Source::Amr), ("authn_context", Source::Context)] {
        if !all(source).is_empty() {
            inputs.set(name, all(source).into());
        }
    }
    if let [acr] = &all(Source::Acr)[..] {
        inputs.set("acr", acr.as_str().into());
    }
    inputs
}

fn values(said: &[Said], source: Source) -> Vec<String> {
    said.iter().filter(|said| said.source == source).map(|said| said.value.clone()).collect()
}

/// What a classification shows of what was said, which is in the order amr, acr, contexts.
pub(crate) fn classified(said: &[Said], tier: &'static str) -> [(&'static str, Json); 7] {
    let denied = said.iter().any(|said| matches!(said.outcome, Denied));
    let listed = said.iter().any(|said| matches!(said.outcome, Exact(_) | Segment(_)));
    let unknown = said.iter().filter(|said| matches!(said.outcome, Unknown));
    [
        ("tier", tier.into()),
        ("recognised", (listed && !denied).into()),
        ("unknown", unknown.map(|said| said.value.clone()).collect::<Vec<_>>().into()),
        ("explain", said.iter().map(Said::line).collect::<Vec<_>>().into()),
        ("amr", values(said, Source::Amr).into()),
        ("acr", values(said, Source::Acr).first().cloned().into()),
        ("authn_context", values(said, Source::Context).into()),
    ]
}
