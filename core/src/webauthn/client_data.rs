//! The client data: what the browser says that it signed for.
//!
//! WebAuthn Level 3 §5.8.1. The challenge is compared as text: ours is encoded, theirs never decoded. Origins are compared
//! whole and exactly. `crossOrigin` and `topOrigin` are denied in both ceremonies unless allowed. Unknown members are
//! ignored, as the specification demands.

use super::relying_party::{CrossOrigin, RelyingParty};
use crate::encoding::base64url;
use crate::encoding::json::{self, Str};
use crate::error::Error;

/// The most bytes of a genuine client data, by a wide margin.
pub const MAX_LEN: usize = 8 * 1024;

/// Which ceremony the client ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    /// `webauthn.create`
    Registration,
    /// `webauthn.get`
    Assertion,
}

/// The members that a relying party checks.
#[derive(Clone, Copy, Debug)]
pub struct ClientData<'a> {
    /// `type`
    pub kind: Str<'a>,
    /// `challenge`: base64url text.
    pub challenge: Str<'a>,
    /// `origin`
    pub origin: Str<'a>,
    /// `crossOrigin`: absent means false.
    pub cross_origin: bool,
    /// `topOrigin`
    pub top_origin: Option<Str<'a>>,
    /// The whole object.
    #[cfg(feature = "attestation")]
    value: json::Value<'a>,
}

impl<'a> ClientData<'a> {
    /// Reads client data. Steps 5 and 6 of §7.1, 8 and 9 of §7.2.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`], [`Error::JsonMalformed`], [`Error::JsonDuplicateMember`],
    /// [`Error::ClientDataMalformed`].
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        if text.len() > MAX_LEN {
            return Err(Error::InputTooLarge);
        }
        let value = json::read_all(text)?;
        let [kind, challenge, origin, cross_origin, top_origin] = value
            .members(["type", "challenge", "origin", "crossOrigin", "topOrigin"])?
            .ok_or(Error::ClientDataMalformed)?;
        let string = |member: Option<json::Value<'a>>| {
            member.and_then(|m| m.as_str()).ok_or(Error::ClientDataMalformed)
        };
        Ok(Self {
            kind: string(kind)?,
            challenge: string(challenge)?,
            origin: string(origin)?,
            cross_origin: match cross_origin {
                None => false,
                Some(member) => member.as_bool().ok_or(Error::ClientDataMalformed)?,
            },
            top_origin: match top_origin {
                None => None,
                Some(_) => Some(string(top_origin)?),
            },
            #[cfg(feature = "attestation")]
            value,
        })
    }

    /// Checks the members against what is expected. Steps 7 to 11 of §7.1, 10 to 14 of §7.2.
    ///
    /// # Errors
    ///
    /// [`Error::ClientDataTypeMismatch`], [`Error::ChallengeMismatch`], [`Error::OriginMismatch`],
    /// [`Error::CrossOriginForbidden`], [`Error::TopOriginMismatch`].
    pub fn check(
        &self,
        ceremony: Ceremony,
        challenge: &[u8],
        rp: &RelyingParty<'_>,
    ) -> Result<(), Error> {
        self.check_token_binding(rp)?;
        self.check_type(ceremony)?;
        self.check_challenge(challenge)?;
        self.check_origin(rp)?;
        self.check_cross_origin(rp)?;
        self.check_top_origin(rp)
    }

    /// Under the switch `token_binding`: an object whose status is a known one, with an id where it is `present` (Level 1 §5.8.1).
    #[cfg(feature = "attestation")]
    pub(super) fn check_token_binding(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        if !rp.attestation_policy().switches.token_binding {
            return Ok(());
        }
        let Some([Some(binding)]) = self.value.members(["tokenBinding"])? else { return Ok(()) };
        let formed = (|| {
            let [status, id] = binding.members(["status", "id"]).ok()??;
            let status = status?.as_str()?;
            let known = status == *"supported" || status == *"not-supported";
            Some(known || (status == *"present" && id?.as_str().is_some()))
        })();
        if formed == Some(true) { Ok(()) } else { Err(Error::ClientDataMalformed) }
    }

    #[cfg(not(feature = "attestation"))]
    pub(super) const fn check_token_binding(&self, _: &RelyingParty<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// §7.1 step 7, §7.2 step 10
    pub(super) fn check_type(&self, ceremony: Ceremony) -> Result<(), Error> {
        let kind = match ceremony {
            Ceremony::Registration => "webauthn.create",
            Ceremony::Assertion => "webauthn.get",
        };
        if self.kind == *kind { Ok(()) } else { Err(Error::ClientDataTypeMismatch) }
    }

    /// §7.1 step 8, §7.2 step 11
    pub(super) fn check_challenge(&self, challenge: &[u8]) -> Result<(), Error> {
        let same = match self.challenge.plain() {
            Some(text) => base64url::is_text_of(text.as_bytes(), challenge),
            None => self.challenge.bytes().eq(base64url::encode(challenge)),
        };
        if same { Ok(()) } else { Err(Error::ChallengeMismatch) }
    }

    /// §7.1 step 9, §7.2 step 12
    pub(super) fn check_origin(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let expected = rp.origins().iter().any(|origin| self.origin == **origin);
        if expected { Ok(()) } else { Err(Error::OriginMismatch) }
    }

    /// A `topOrigin` says that there is a frame, whatever `crossOrigin` says.
    pub(super) fn is_framed(&self) -> bool {
        self.cross_origin || self.top_origin.is_some()
    }

    /// §7.1 step 10, §7.2 step 13
    pub(super) fn check_cross_origin(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        match rp.cross_origin_policy() {
            CrossOrigin::Deny if self.is_framed() => Err(Error::CrossOriginForbidden),
            _ => Ok(()),
        }
    }

    /// §7.1 step 11, §7.2 step 14
    pub(super) fn check_top_origin(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        match (rp.cross_origin_policy(), self.top_origin) {
            (CrossOrigin::AllowListed(_), _) if !self.is_framed() => Ok(()),
            // A frame that does not say whose page is around it is on no list.
            (CrossOrigin::AllowListed(allowed), Some(top))
                if allowed.iter().any(|origin| top == **origin) =>
            {
                Ok(())
            }
            (CrossOrigin::AllowListed(_), _) => Err(Error::TopOriginMismatch),
            _ => Ok(()),
        }
    }
}
