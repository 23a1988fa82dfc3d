//! The relying party of both ceremonies' oracles, its policies chosen by the input, and the steps that the ceremonies share,
//! written a second time over the reference readers.

use crate::cbor::{self, Node};
use crate::{auth_data, client_data, cose};
use data_encoding::BASE64URL_NOPAD;
use mfakit_core::Error;
use mfakit_core::encoding::cbor::Limits;
use mfakit_core::webauthn::attestation::{AttestationPolicy, Formats};
use mfakit_core::webauthn::{
    BackupPolicy, CounterPolicy, CrossOrigin, RelyingParty, UserPresence, UserVerification,
};
use sha2::{Digest, Sha256};

/// The relying party id.
pub const ID: &str = "example.org";
/// The origins.
pub const ORIGINS: &[&str] = &["https://example.org", "https://login.example.org:8443"];
/// The top origins that are listed.
pub const TOP_ORIGINS: &[&str] = &["https://example.com"];

/// What the oracles vary, one bit or two each.
#[derive(Clone, Copy, Debug)]
pub struct Policy(pub u16);

impl Policy {
    /// Frames are allowed to the listed top origins.
    pub const FRAMES_LISTED: u16 = 0x01;
    /// Frames are allowed to all.
    pub const FRAMES_ANY: u16 = 0x02;
    /// User verification is required.
    pub const VERIFICATION: u16 = 0x04;
    /// User presence is not required.
    pub const NO_PRESENCE: u16 = 0x08;
    /// Keys out of order are refused.
    pub const STRICT_ORDER: u16 = 0x10;
    /// A counter that does not increase is only reported.
    pub const REPORT_COUNTER: u16 = 0x20;
    /// Backup eligibility may be gained.
    pub const ALLOW_UPGRADE: u16 = 0x40;
    /// Only ES256 is offered.
    pub const ONLY_ES256: u16 = 0x80;
    /// Only EdDSA is offered.
    pub const ONLY_EDDSA: u16 = 0x100;

    /// Whether this bit is set.
    #[must_use]
    pub const fn has(self, bit: u16) -> bool {
        self.0 & bit != 0
    }

    /// The relying party with this policy.
    #[must_use]
    pub fn relying_party(self) -> RelyingParty<'static> {
        let cross_origin = match self.0 & 3 {
            Self::FRAMES_LISTED => CrossOrigin::AllowListed(TOP_ORIGINS),
            Self::FRAMES_ANY => CrossOrigin::DangerAnyTopOrigin,
            _ => CrossOrigin::Deny,
        };
        let verification = if self.has(Self::VERIFICATION) {
            UserVerification::Required
        } else {
            UserVerification::Preferred
        };
        let mut rp = RelyingParty::new(ID, ORIGINS, verification)
            .and_then(|rp| rp.cross_origin(cross_origin))
            .expect("a valid configuration")
            .strict_key_order(self.has(Self::STRICT_ORDER));
        if self.has(Self::NO_PRESENCE) {
            rp = rp.user_presence(UserPresence::DangerNotRequired);
        }
        if self.has(Self::REPORT_COUNTER) {
            rp = rp.counter(CounterPolicy::Report);
        }
        if self.has(Self::ALLOW_UPGRADE) {
            rp = rp.backup(BackupPolicy::AllowUpgrade);
        }
        let formats = Formats::NONE.and(Formats::PACKED);
        rp.attestation(AttestationPolicy { formats, ..AttestationPolicy::default() })
            .algorithms(self.offered())
            .expect("algorithms that are built in")
    }

    /// The COSE numbers of the algorithms.
    #[must_use]
    pub const fn offered(self) -> &'static [i64] {
        match self.0 & (Self::ONLY_ES256 | Self::ONLY_EDDSA) {
            Self::ONLY_ES256 => &[-7],
            Self::ONLY_EDDSA => &[-8],
            _ => &[-8, -7],
        }
    }

    /// §7.1 steps 7 to 11, §7.2 steps 10 to 14.
    ///
    /// # Errors
    ///
    /// The first step that fails.
    pub fn check_client_data(
        self,
        data: &client_data::Expected,
        kind: &str,
        challenge: &[u8],
    ) -> Result<(), Error> {
        require(data.kind == kind, Error::ClientDataTypeMismatch)?;
        require(data.challenge == BASE64URL_NOPAD.encode(challenge), Error::ChallengeMismatch)?;
        require(ORIGINS.contains(&data.origin.as_str()), Error::OriginMismatch)?;
        let framed = data.cross_origin || data.top_origin.is_some();
        let listed = |top: &String| TOP_ORIGINS.contains(&top.as_str());
        // A frame that does not say whose page is around it is on no list.
        let top_is_listed = data.top_origin.as_ref().is_some_and(listed);
        match self.0 & 3 {
            Self::FRAMES_ANY => Ok(()),
            Self::FRAMES_LISTED => require(!framed || top_is_listed, Error::TopOriginMismatch),
            _ => require(!framed, Error::CrossOriginForbidden),
        }
    }

    /// §7.1 steps 14 to 17, §7.2 steps 15 to 18.
    ///
    /// # Errors
    ///
    /// The first step that fails.
    pub fn check_auth_data(self, data: &auth_data::Expected<'_>) -> Result<(), Error> {
        let (up, uv) = (data.flags & 0x01 != 0, data.flags & 0x04 != 0);
        let (be, bs) = (data.flags & 0x08 != 0, data.flags & 0x10 != 0);
        require(data.ordered || !self.has(Self::STRICT_ORDER), Error::CborKeyOrder)?;
        require(data.rp_id_hash == &Sha256::digest(ID)[..], Error::RpIdHashMismatch)?;
        require(up || self.has(Self::NO_PRESENCE), Error::UserNotPresent)?;
        require(uv || !self.has(Self::VERIFICATION), Error::UserNotVerified)?;
        require(be || !bs, Error::BackupFlagsInvalid)
    }
}

/// §7.1 step 28, §7.2 step 23, where no extension was asked for and others are ignored: a name is a text.
///
/// # Errors
///
/// [`Error::ExtensionOutputMalformed`].
pub fn check_extensions(outputs: Option<&[u8]>) -> Result<(), Error> {
    let read = outputs.and_then(|outputs| cbor::reference(outputs, Limits::EXTENSIONS));
    let Some((Node::Map(outputs), _, _)) = read else { return Ok(()) };
    let named = outputs.iter().all(|(name, _)| matches!(name, Node::Text(_)));
    require(named, Error::ExtensionOutputMalformed)
}

/// `Err(error)` unless the condition holds.
///
/// # Errors
///
/// The one given.
pub const fn require(condition: bool, error: Error) -> Result<(), Error> {
    if condition { Ok(()) } else { Err(error) }
}

/// Of ML-DSA there is one implementation: what it says of a signature, the reference cannot tell.
///
/// # Errors
///
/// [`Refusal::Unknown`].
pub const fn require_reference(key: &cose::Key) -> Result<(), Refusal> {
    match key.kind {
        cose::Kind::MlDsa(_) => Err(Refusal::Unknown),
        _ => Ok(()),
    }
}

/// Why the reference refuses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// With this code.
    Code(Error),
    /// Because this part cannot be read: with one of the codes of its reader, whose own oracle compares them.
    Unreadable,
    /// It cannot tell: the client data has a number that serde_json cannot hold.
    Unknown,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Code(error)
    }
}

impl Refusal {
    /// Panics unless core's error is one that this refusal allows.
    pub fn compare(self, ours: Error) {
        match self {
            Self::Code(expected) => assert_eq!(ours, expected),
            Self::Unreadable => {
                let code = ours.code();
                let prefixes =
                    ["cbor_", "auth_data_", "credential_id_length", "attestation_object_"];
                assert!(prefixes.iter().any(|prefix| code.starts_with(prefix)), "{ours:?}");
            }
            Self::Unknown => {}
        }
    }
}
