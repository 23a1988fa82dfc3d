//! A ceremony between its two halves: what the browser is asked, and what the host keeps until the answer comes.

use crate::json::{self, Object};
use crate::text::{decode, to_base64url};
use mfakit_core::encoding::json as reader;
use mfakit_core::webauthn::UserVerification;
use mfakit_core::webauthn::assertion::id_hash;
use mfakit_core::{Error, UnixTime};

/// How far back the host's clock may step between the halves of a ceremony, in seconds.
const CLOCK_SKEW: u64 = 5;

/// A ceremony that was begun.
///
/// Store `state` under `id` until `expires_at`, send `options_json` to the browser, and when the answer comes *delete* the
/// row by `id` and finish with the state that the delete returned: so an answer is good for one attempt only.
#[derive(Clone, Debug)]
#[must_use]
pub struct Ceremony {
    pub(crate) options_json: String,
    pub(crate) state: String,
    pub(crate) id: String,
    pub(crate) expires_at: u64,
}

impl Ceremony {
    /// What `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes.
    #[must_use]
    pub fn options_json(&self) -> &str {
        &self.options_json
    }
    /// What the host keeps, one text.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }
    /// A random name to keep it under, base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
    /// The last Unix second in which the ceremony can be finished.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

/// Which ceremony a state belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CeremonyKind {
    Registration,
    Authentication,
    Discoverable,
}

impl CeremonyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
            Self::Discoverable => "discoverable",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Registration, Self::Authentication, Self::Discoverable]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// What a state text holds.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) kind: CeremonyKind,
    pub(crate) rp_id: String,
    pub(crate) challenge: Vec<u8>,
    /// The user the ceremony was begun for; empty for a discoverable one.
    pub(crate) user_handle: Vec<u8>,
    pub(crate) user_verification: UserVerification,
    pub(crate) conditional: bool,
    /// Hashes of the allowed credential ids; `None` allows any.
    pub(crate) allow: Option<Vec<[u8; 16]>>,
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
}

impl State {
    pub(crate) fn to_text(&self) -> String {
        let allow = self.allow.as_ref().map(|hashes| {
            let hashes: Vec<String> =
                hashes.iter().map(|h| json::quoted(&to_base64url(h))).collect();
            format!("[{}]", hashes.join(","))
        });
        Object::new()
            .number("v", 1)
            .string("kind", self.kind.as_str())
            .string("rp", &self.rp_id)
            .string("challenge", &to_base64url(&self.challenge))
            .string("user", &to_base64url(&self.user_handle))
            .string("uv", self.user_verification.as_str())
            .bool("conditional", self.conditional)
            .raw("allow", allow.as_deref().unwrap_or("null"))
            .number("issued", self.issued_at)
            .number("expires", self.expires_at)
            .end()
    }

    /// Reads a state text and checks that it is this kind of ceremony, of this relying party, and still open.
    ///
    /// A ceremony that was begun for a known user and one that was begun for nobody are both finished as an
    /// authentication; the state tells them apart.
    pub(crate) fn open(
        text: &str,
        rp_id: &str,
        registration: bool,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let state = read(text).ok_or(Error::StateMalformed)?;
        if (state.kind == CeremonyKind::Registration) != registration || state.rp_id != rp_id {
            return Err(Error::StateKindMismatch);
        }
        let now = now.seconds();
        if now > state.expires_at || now.saturating_add(CLOCK_SKEW) < state.issued_at {
            return Err(Error::CeremonyExpired);
        }
        Ok(state)
    }
}

fn read(text: &str) -> Option<State> {
    let members = reader::read_all(text.as_bytes())
        .ok()?
        .members([
            "v",
            "kind",
            "rp",
            "challenge",
            "user",
            "uv",
            "conditional",
            "allow",
            "issued",
            "expires",
        ])
        .ok()??;
    let [version, kind, rp_id, challenge, user, uv, conditional, allow, issued, expires] = members;
    if version?.as_u64()? != 1 {
        return None;
    }
    let bytes = |member| decode(json::text(member)?.as_bytes()).ok();
    let hash = |value| bytes(Some(value))?.try_into().ok();
    Some(State {
        kind: CeremonyKind::from_name(&json::text(kind)?)?,
        rp_id: json::text(rp_id)?,
        challenge: bytes(challenge).filter(|c| c.len() >= 16)?,
        user_handle: bytes(user)?,
        user_verification: UserVerification::from_name(&json::text(uv)?).ok()?,
        conditional: conditional?.as_bool()?,
        allow: match allow?.as_array() {
            Some(hashes) => Some(hashes.map(hash).collect::<Option<Vec<_>>>()?),
            None if allow?.is_null() => None,
            None => return None,
        },
        issued_at: issued?.as_u64()?,
        expires_at: expires?.as_u64()?,
    })
}

/// The hashes of credential ids, for [`State::allow`].
pub(crate) fn id_hashes<'a>(ids: impl IntoIterator<Item = &'a [u8]>) -> Vec<[u8; 16]> {
    ids.into_iter().map(id_hash).collect()
}
