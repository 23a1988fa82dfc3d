//! Evidence to an assessment, as a value to store beside a session.
//!
//! The rules are core's. Invariant: the stored text holds the proofs, and everything else is computed from them when it is read.
//! Leaks: nothing; no secret is in it.

use crate::facts::{read_facts, write_facts};
use crate::json::{self, Object};
use crate::time::or_clock;
use mfakit_core::assurance::{self as core, Factors, Proven, Tier};
use mfakit_core::encoding::json as reader;
use mfakit_core::{Error, Evidence, MethodKind, UnixTime};

/// The version that is written.
const VERSION: u64 = 1;
/// The largest text that is read. Sixteen proofs have less than 3 KiB.
const MAX_TEXT: usize = 16 * 1024;

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable code.
    pub code: &'static str,
    /// The kind of method, or the value, that it is about.
    pub subject: Option<String>,
    /// The tier that goes with it.
    pub tier: Option<Tier>,
    /// One sentence.
    pub message: &'static str,
}

impl Reason {
    /// The line as a JSON object: `code`, `subject`, `tier`, `message`.
    #[must_use]
    pub fn to_json(&self) -> String {
        Object::new()
            .string("code", self.code)
            .optional_string("subject", self.subject.as_deref())
            .optional_string("tier", self.tier.map(Tier::as_str))
            .string("message", self.message)
            .end()
    }
}

/// What a session is worth: everything that was proven for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assessment(core::Assessment);

/// Judges what was proven for one user, on top of the session's assessment until now. `now` is the time of evidence that does not
/// know its own; `None` is the host's clock.
///
/// # Errors
///
/// [`Error::ArgumentValueInvalid`] for more than 16 different proofs; [`Error::TimeInvalid`], also for evidence of the future.
///
/// # Examples
///
/// ```
/// use mfakit::{Evidence, Tier, UnixTime, assess};
///
/// let noon = UnixTime::from_seconds(1_800_000_000);
/// let signed_in = assess(&[Evidence::password(noon)], None, Some(noon))?;
/// assert_eq!(signed_in.tier(), Tier::Weak);
/// let session = mfakit::Assessment::from_trusted_json(&signed_in.to_json())?;
/// assert_eq!(session, signed_in);
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn assess<'e>(
    evidence: impl IntoIterator<Item = &'e Evidence>,
    previous: Option<&Assessment>,
    now: Option<UnixTime>,
) -> Result<Assessment, Error> {
    let previous = previous.map(|assessment| &assessment.0);
    core::assess(evidence, previous, or_clock(now)?).map(Assessment)
}

impl Assessment {
    pub(crate) const fn core(&self) -> &core::Assessment {
        &self.0
    }

    /// The same with one more proof, as [`assess`] adds it.
    #[cfg(feature = "border")]
    pub(crate) fn and(self, proven: Proven, now: UnixTime) -> Result<Self, Error> {
        self.0.and(proven, now).map(Self)
    }

    fn from_proven(proven: impl IntoIterator<Item = Proven>) -> Result<Self, Error> {
        core::Assessment::from_trusted(proven).map(Self)
    }

    /// The tier: that of the strongest proof.
    #[must_use]
    pub fn tier(&self) -> Tier {
        self.0.tier()
    }
    /// The `amr` values (RFC 8176).
    #[must_use]
    pub fn amr(&self) -> Vec<&'static str> {
        self.0.amr().iter().collect()
    }
    /// The `acr` value (OpenID EAP): `phr`, `phrh`, or none.
    #[must_use]
    pub fn acr(&self) -> Option<&'static str> {
        self.0.acr()
    }
    /// The kinds of method that were proven, in the order of the proofs.
    #[must_use]
    pub fn methods(&self) -> Vec<MethodKind> {
        self.0.proven().map(|proven| proven.facts.kind).collect()
    }
    /// How many factors there are of each kind.
    #[must_use]
    pub fn factors(&self) -> Factors {
        self.0.factors()
    }
    /// Whether a code to get back in was used: the methods should be set up again.
    #[must_use]
    pub fn recovery(&self) -> bool {
        self.0.recovery()
    }
    /// Whether nothing was proven.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the tier is reached; with `max_age`, by proofs of the last so many seconds.
    ///
    /// # Errors
    ///
    /// [`Error::TimeInvalid`].
    pub fn meets(
        &self,
        tier: Tier,
        max_age: Option<u64>,
        now: Option<UnixTime>,
    ) -> Result<bool, Error> {
        Ok(match max_age {
            None => self.0.meets(tier),
            Some(age) => self.0.recent(age, or_clock(now)?).meets(tier),
        })
    }

    /// Each proof and why it has its tier.
    #[must_use]
    pub fn explain(&self) -> Vec<Reason> {
        let lines = self.0.reasons().map(|(proven, reason)| Reason {
            code: reason.code(),
            subject: Some(proven.facts.kind.as_str().to_owned()),
            tier: Some(reason.tier()),
            message: reason.message(),
        });
        lines.collect()
    }

    /// The text to store beside the session. `tier`, `amr` and `acr` in it are for people and queries; reading computes them anew.
    #[must_use]
    pub fn to_json(&self) -> String {
        let acr = self.acr();
        Object::new()
            .number("v", VERSION)
            .string("tier", self.tier().as_str())
            .array("amr", self.amr().into_iter().map(json::quoted))
            .optional_string("acr", acr)
            .array("methods", self.0.proven().map(|p| write_facts(&p.facts, Some(p.at))))
            .end()
    }

    /// Reads a stored text. Whoever can write that text can claim any proof: it belongs where sessions are kept, never to a client.
    ///
    /// # Errors
    ///
    /// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`].
    pub fn from_trusted_json(text: &str) -> Result<Self, Error> {
        let corrupt = Error::RecordCorrupt;
        if text.len() > MAX_TEXT {
            return Err(corrupt);
        }
        let members = reader::read_all(text.as_bytes())
            .and_then(|object| object.members(["v", "methods"]))
            .map_err(|_| corrupt)?;
        let [version, methods] = members.ok_or(corrupt)?;
        match version.and_then(|value| value.as_u64()) {
            Some(VERSION) => {}
            Some(0) | None => return Err(corrupt),
            Some(_) => return Err(Error::RecordVersionUnknown),
        }
        let methods = methods.and_then(|value| value.as_array()).ok_or(corrupt)?;
        let proven = methods.map(|value| {
            let (facts, at) = read_facts(value)?;
            Some(Proven { facts, at: at? })
        });
        let proven: Option<Vec<Proven>> = proven.collect();
        Self::from_proven(proven.ok_or(corrupt)?).map_err(|_| corrupt)
    }
}
