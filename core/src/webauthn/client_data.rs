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
        let [kind, challenge, origin, cross_origin, top_origin] = json::read_all(text)?
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
        // §7.1 step 7, §7.2 step 10
        let kind = match ceremony {
            Ceremony::Registration => "webauthn.create",
            Ceremony::Assertion => "webauthn.get",
        };
        if self.kind != *kind {
            return Err(Error::ClientDataTypeMismatch);
        }
        // §7.1 step 8, §7.2 step 11
        if !self.challenge.bytes().eq(base64url::encode(challenge)) {
            return Err(Error::ChallengeMismatch);
        }
        // §7.1 step 9, §7.2 step 12
        if !rp.origins().iter().any(|origin| self.origin == **origin) {
            return Err(Error::OriginMismatch);
        }
        // §7.1 steps 10 and 11, §7.2 steps 13 and 14. A topOrigin says that there is a frame, whatever crossOrigin says.
        if !self.cross_origin && self.top_origin.is_none() {
            return Ok(());
        }
        match rp.cross_origin_policy() {
            CrossOrigin::Deny => Err(Error::CrossOriginForbidden),
            CrossOrigin::DangerAnyTopOrigin => Ok(()),
            // A frame that does not say whose page is around it is on no list.
            CrossOrigin::AllowListed(allowed) => match self.top_origin {
                Some(top) if allowed.iter().any(|origin| top == **origin) => Ok(()),
                _ => Err(Error::TopOriginMismatch),
            },
        }
    }
}
