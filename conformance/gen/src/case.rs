//! A case, a file of cases, and how they are written.

use crate::json::Json;
use std::collections::BTreeSet;

/// One line of a vector file.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) op: &'static str,
    pub(crate) source: Json,
    pub(crate) inputs: Json,
    pub(crate) expect: Json,
    /// Features without which a target cannot be asked; see conformance/README.md.
    pub(crate) requires: Vec<&'static str>,
}

impl Case {
    /// A case that still lacks its inputs and its expectation.
    pub(crate) fn new(op: &'static str, id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            op,
            source: Json::Null,
            inputs: Json::object([]),
            expect: Json::Null,
            requires: Vec::new(),
        }
    }

    /// The document and section that settle the case.
    pub(crate) fn source(mut self, document: &str, section: &str) -> Self {
        self.source = Json::object([("document", document.into()), ("section", section.into())]);
        self
    }

    /// Sets an input.
    pub(crate) fn input(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.inputs.set(name, value.into());
        self
    }

    /// Expects success; `result` is the word that the operation uses for it.
    pub(crate) fn accept<const N: usize>(
        mut self,
        result: &str,
        fields: [(&str, Json); N],
    ) -> Self {
        self.expect = Json::object([("result", result.into())]);
        for (name, value) in fields {
            self.expect.set(name, value);
        }
        self
    }

    /// Expects a refusal with this code.
    pub(crate) fn reject(mut self, code: &str) -> Self {
        self.expect = Json::object([("result", "invalid".into()), ("code", code.into())]);
        self
    }

    /// The step of WebAuthn Level 3 §7.1 or §7.2, such as `7.2-21`.
    pub(crate) fn step(mut self, step: &str) -> Self {
        self.expect.set("step", step.into());
        self
    }

    /// One sentence on why, for whoever reads a failure.
    pub(crate) fn why(mut self, why: &str) -> Self {
        self.expect.set("why", why.into());
        self
    }

    /// Marks the document's demand: `MUST` unless this says otherwise.
    pub(crate) fn normative(mut self, normative: &str) -> Self {
        self.expect.set("normative", normative.into());
        self
    }

    /// Only targets with this feature can be asked.
    pub(crate) fn requires(mut self, feature: &'static str) -> Self {
        self.requires.push(feature);
        self
    }

    fn json(&self) -> Json {
        let mut expect = self.expect.clone();
        if expect.get("normative").is_none() {
            expect.set("normative", "MUST".into());
        }
        let mut case = Json::object([
            ("id", self.id.as_str().into()),
            ("op", self.op.into()),
            ("source", self.source.clone()),
            ("inputs", self.inputs.clone()),
            ("expect", expect),
        ]);
        if !self.requires.is_empty() {
            case.set("requires", self.requires.clone().into());
        }
        case
    }
}

/// One vector file.
pub(crate) struct File {
    pub(crate) topic: &'static str,
    pub(crate) description: &'static str,
    pub(crate) notes: Vec<String>,
    pub(crate) cases: Vec<Case>,
}

impl File {
    /// The file's bytes.
    ///
    /// Panics on an id that stands twice, a case without source or expectation, and a refusal without a code: such a
    /// file must not come to be.
    pub(crate) fn text(&self) -> String {
        let mut ids = BTreeSet::new();
        let mut out = String::from("{\n\"schema\": \"mfakit-vectors/1\",\n");
        let header = [
            ("topic", Json::from(self.topic)),
            ("description", self.description.into()),
            // Every expectation here is one that mfakit promises: see conformance/README.md.
            ("strict", true.into()),
            ("notes", self.notes.clone().into()),
            ("count", u64::try_from(self.cases.len()).expect("a count fits").into()),
        ];
        for (name, value) in header {
            out.push_str(&format!("\"{name}\": {},\n", value.compact()));
        }
        out.push_str("\"cases\": [\n");
        for (i, case) in self.cases.iter().enumerate() {
            assert!(ids.insert(&case.id), "{}: the id {} stands twice", self.topic, case.id);
            assert!(case.source.get("document").is_some(), "{}: no source", case.id);
            let result =
                case.expect.get("result").unwrap_or_else(|| panic!("{}: no result", case.id));
            let rejected = *result == Json::from("invalid");
            assert!(!rejected || case.expect.get("code").is_some(), "{}: no code", case.id);
            out.push_str(if i == 0 { "" } else { ",\n" });
            out.push_str(&case.json().compact());
        }
        out.push_str("\n]\n}\n");
        out
    }
}
