//! Temporary codes over stored texts, with the values for an audit.

use crate::codes::{Peppers, with_peppers};
use crate::entropy::random;
use crate::text::to_base64url;
use crate::time::or_clock;
use mfakit_core::codes::SlowHash;
use mfakit_core::codes::temporary::{self, Issue, RANDOM_SYMBOLS, TemporaryRecord};
use mfakit_core::{Error, Evidence, Transition, UnixTime};
use std::fmt;
use zeroize::Zeroizing;

pub use mfakit_core::codes::temporary::TemporaryKind;

/// What is written down of a temporary code: who issued it, for how long, how often it was used. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporaryAudit {
    /// `issued`, `verified` or `revoked`.
    pub event: &'static str,
    /// Names the code: 16 random bytes as base64url.
    pub id: String,
    /// Who gave it.
    pub kind: TemporaryKind,
    /// The administrator, support agent or process that issued it.
    pub issued_by: String,
    /// When it was issued, in Unix seconds.
    pub not_before: u64,
    /// The last second in which it is good.
    pub not_after: u64,
    /// How often it may be used.
    pub max_uses: u32,
    /// How often it was used, the event itself included.
    pub uses: u32,
    /// Whether it is revoked.
    pub revoked: bool,
}

impl TemporaryAudit {
    fn of(event: &'static str, record: &TemporaryRecord<'_>) -> Self {
        Self {
            event,
            id: to_base64url(record.id()),
            kind: record.kind(),
            issued_by: record.issued_by().to_owned(),
            not_before: record.not_before().seconds(),
            not_after: record.not_after().seconds(),
            max_uses: record.max_uses(),
            uses: record.uses(),
            revoked: record.is_revoked(),
        }
    }
}

/// How a temporary code is issued.
#[derive(Clone, Copy, Debug)]
pub struct IssueTemporaryCode<'a> {
    /// Who gives it.
    pub kind: TemporaryKind,
    /// The administrator, support agent or process that issues it: 1 to 255 bytes, for the audit.
    pub issued_by: &'a str,
    /// The user's record until now; its code is void once the transition is stored.
    pub previous: Option<&'a str>,
    /// Seconds: 3 600 to 86 400, 60 to 600 for a delivered code; `None` for an hour, or 10 minutes for a delivered code.
    pub lifetime: Option<u64>,
    /// The digits of a delivered code, 6 to 8.
    pub digits: u64,
    /// The peppers, whose current one keys the stored tag. A delivered code needs them.
    pub peppers: Option<&'a Peppers>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
}

impl<'a> IssueTemporaryCode<'a> {
    /// A code of this kind by this issuer, everything else as usual.
    #[must_use]
    pub const fn new(kind: TemporaryKind, issued_by: &'a str) -> Self {
        Self {
            kind,
            issued_by,
            previous: None,
            lifetime: None,
            digits: 6,
            peppers: None,
            now: None,
        }
    }
}

/// A new temporary code: show or send it once, store the transition. `Debug` shows no code.
#[must_use]
pub struct TemporaryCode {
    code: Zeroizing<String>,
    transition: Transition<String>,
    audit: TemporaryAudit,
}

impl TemporaryCode {
    /// The code: four groups of 4 symbols with hyphens, or digits.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }
    /// From the previous record to the new one.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// The last second in which it is good, in Unix seconds.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.audit.not_after
    }
    /// What to write down.
    #[must_use]
    pub const fn audit(&self) -> &TemporaryAudit {
        &self.audit
    }
}

impl fmt::Debug for TemporaryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemporaryCode").field("audit", &self.audit).finish_non_exhaustive()
    }
}

/// Issues a temporary code for a user. It is good once its transition is stored; then the previous code is void.
///
/// An administrator's or support's code takes some tenths of a second of processor time: PBKDF2 with 600 000 rounds.
///
/// # Errors
///
/// [`Error::TemporaryCodeLimit`] for the seventh code within an hour. The host's: [`Error::UserIdInvalid`],
/// [`Error::ArgumentValueInvalid`] for a lifetime or an issuer out of bounds, [`Error::DigitsInvalid`], [`Error::PepperRequired`],
/// [`Error::RecordCorrupt`], [`Error::TimeInvalid`], [`Error::EntropyUnavailable`].
///
/// # Examples
///
/// ```
/// use mfakit::{
///     IssueTemporaryCode, TemporaryKind, VerifyTemporaryCode, issue_temporary_code, revoke_temporary_code,
///     verify_temporary_code,
/// };
///
/// let issued = issue_temporary_code("alice", IssueTemporaryCode::new(TemporaryKind::Admin, "rosa"))?;
/// let shown = issued.code().to_owned(); // to the administrator, once
/// let record = issued.transition().next.clone(); // UPDATE … SET code = next WHERE user = … AND code IS NULL
///
/// let stored = VerifyTemporaryCode::new("alice", &record);
/// let verified = verify_temporary_code(&shown, stored)?;
/// let next = verified.transition().next.clone(); // UPDATE … SET code = next WHERE user = … AND code = prev
/// let evidence = verified.commit(1)?;
/// assert_eq!(evidence.method().as_str(), "admin_code");
///
/// let revoked = revoke_temporary_code(&next)?;
/// let refused = verify_temporary_code(&shown, VerifyTemporaryCode::new("alice", &revoked.transition.next));
/// assert_eq!(refused.err().map(|e| e.code()), Some("temporary_code_rejected"));
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn issue_temporary_code(
    user_id: &str,
    options: IssueTemporaryCode<'_>,
) -> Result<TemporaryCode, Error> {
    let previous = options.previous.map(TemporaryRecord::parse).transpose()?;
    let code = match options.kind {
        TemporaryKind::Delivered => {
            temporary::TemporaryCode::digits(options.digits, &Zeroizing::new(random::<8>()?))?
        }
        TemporaryKind::Admin | TemporaryKind::Support => {
            temporary::TemporaryCode::symbols(&Zeroizing::new(random::<RANDOM_SYMBOLS>()?))
        }
    };
    let issue = Issue {
        user_id: user_id.as_bytes(),
        kind: options.kind,
        issued_by: options.issued_by,
        previous: previous.as_ref(),
        lifetime: options.lifetime,
        id: random::<16>()?,
        pepper: options.peppers.and_then(Peppers::current),
        hash: Some(SlowHash::PBKDF2),
        now: or_clock(options.now)?,
    };
    let record = temporary::issue(&code, issue)?;
    Ok(TemporaryCode {
        code: Zeroizing::new(code.expose().as_str().to_owned()),
        transition: Transition {
            prev: options.previous.map(str::to_owned),
            next: record.to_string(),
        },
        audit: TemporaryAudit::of("issued", &record),
    })
}

/// What a temporary code is verified against.
#[derive(Clone, Copy, Debug)]
pub struct VerifyTemporaryCode<'a> {
    /// The id of the account that signs in: the one the code was issued for.
    pub user_id: &'a str,
    /// The stored record.
    pub record: &'a str,
    /// The peppers, if records are made under one.
    pub peppers: Option<&'a Peppers>,
    /// The time; `None` for the host's clock.
    pub now: Option<UnixTime>,
}

impl<'a> VerifyTemporaryCode<'a> {
    /// A user's record, without peppers, now.
    #[must_use]
    pub const fn new(user_id: &'a str, record: &'a str) -> Self {
        Self { user_id, record, peppers: None, now: None }
    }
}

/// A temporary code that was right and good. It counts once its transition is stored.
#[derive(Debug)]
#[must_use]
pub struct TemporaryVerified {
    evidence: Evidence,
    transition: Transition<String>,
    audit: TemporaryAudit,
}

impl TemporaryVerified {
    /// Who gave the code.
    #[must_use]
    pub const fn kind(&self) -> TemporaryKind {
        self.audit.kind
    }
    /// How often it may be used again.
    #[must_use]
    pub const fn uses_left(&self) -> u32 {
        self.audit.max_uses.saturating_sub(self.audit.uses)
    }
    /// From the record, as it was passed in, to the record with this use.
    #[must_use]
    pub const fn transition(&self) -> &Transition<String> {
        &self.transition
    }
    /// What to write down.
    #[must_use]
    pub const fn audit(&self) -> &TemporaryAudit {
        &self.audit
    }
    /// Turns the proof into evidence, given how many rows the compare-and-set changed.
    ///
    /// # Errors
    ///
    /// [`Error::StateConflict`] unless exactly one.
    pub fn commit(self, rows: u64) -> Result<Evidence, Error> {
        mfakit_core::require_one_row(rows)?;
        Ok(self.evidence)
    }
}

/// Verifies a temporary code as a person typed it.
///
/// # Errors
///
/// [`Error::TemporaryCodeMalformed`] for a typing error; [`Error::TemporaryCodeRejected`] for a code that is wrong, used up, revoked, too
/// early or too late. The host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`], [`Error::CodeHashUnsupported`],
/// [`Error::PepperUnknown`], [`Error::UserIdInvalid`], [`Error::TimeInvalid`].
pub fn verify_temporary_code(
    code: &str,
    stored: VerifyTemporaryCode<'_>,
) -> Result<TemporaryVerified, Error> {
    let record = TemporaryRecord::parse(stored.record)?;
    let now = or_clock(stored.now)?;
    let verified = with_peppers(stored.peppers, |peppers| {
        temporary::verify(code.as_bytes(), stored.user_id.as_bytes(), &record, peppers, now)
    })?;
    let prev = Some(stored.record.to_owned());
    let transition = Transition { prev, next: verified.next().to_string() };
    let audit = TemporaryAudit::of("verified", verified.next());
    // The evidence is out of reach until the caller's own `commit`.
    Ok(TemporaryVerified { evidence: verified.commit(1)?, transition, audit })
}

/// Checks the form of a temporary code against its record, and nothing else. What fails here is a typing error: end before the
/// throttle is charged.
///
/// # Errors
///
/// [`Error::TemporaryCodeMalformed`]. The host's: [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`],
/// [`Error::CodeHashUnsupported`].
pub fn check_temporary_code(code: &str, record: &str) -> Result<(), Error> {
    TemporaryRecord::parse(record)?.check_code(code.as_bytes())
}

/// A revocation, to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct TemporaryRevoked {
    /// From the record, as it was passed in, to the revoked one.
    pub transition: Transition<String>,
    /// What to write down.
    pub audit: TemporaryAudit,
}

/// Revokes a temporary code. It is void once the transition is stored. The record remembers when codes were issued: delete it and the limit
/// of six an hour begins anew.
///
/// # Errors
///
/// [`Error::RecordCorrupt`], [`Error::RecordVersionUnknown`], [`Error::CodeHashUnsupported`].
pub fn revoke_temporary_code(record: &str) -> Result<TemporaryRevoked, Error> {
    let revoked = TemporaryRecord::parse(record)?.revoked_now();
    let transition = Transition { prev: Some(record.to_owned()), next: revoked.to_string() };
    Ok(TemporaryRevoked { transition, audit: TemporaryAudit::of("revoked", &revoked) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivered_code_is_audited_from_its_issue_to_its_end() -> Result<(), Error> {
        let peppers = Peppers::new([("p", [7; 32])], "p")?;
        let at = |seconds| Some(UnixTime::from_seconds(seconds));
        let options = IssueTemporaryCode {
            digits: 8,
            peppers: Some(&peppers),
            now: at(1000),
            ..IssueTemporaryCode::new(TemporaryKind::Delivered, "login")
        };
        let issued = issue_temporary_code("alice", options)?;
        assert_eq!((issued.code().len(), issued.expires_at()), (8, 1600));
        assert!(!format!("{issued:?}").contains(issued.code()));
        let record = &issued.transition().next;
        let stored = VerifyTemporaryCode {
            peppers: Some(&peppers),
            now: at(1600),
            ..VerifyTemporaryCode::new("alice", record)
        };
        let verified = verify_temporary_code(issued.code(), stored)?;
        assert_eq!((verified.uses_left(), verified.audit().uses), (0, 1));
        assert_eq!(verified.audit().id, issued.audit().id);
        assert_eq!(verified.transition().prev.as_ref(), Some(record));
        let revoked = revoke_temporary_code(&verified.transition().next)?;
        assert_eq!((revoked.audit.event, revoked.audit.revoked), ("revoked", true));
        assert_eq!(verified.commit(0).err(), Some(Error::StateConflict));
        let again = verify_temporary_code(
            issued.code(),
            VerifyTemporaryCode { record: &revoked.transition.next, ..stored },
        );
        assert_eq!(again.err(), Some(Error::TemporaryCodeRejected));
        let without =
            issue_temporary_code("alice", IssueTemporaryCode { peppers: None, ..options });
        assert_eq!(without.err(), Some(Error::PepperRequired));
        assert_eq!(check_temporary_code("1234567", record), Err(Error::TemporaryCodeMalformed));
        Ok(())
    }
}
