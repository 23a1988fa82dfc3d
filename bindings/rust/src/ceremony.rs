//! A ceremony between its two halves: what the browser is asked, and what the host keeps until the answer comes.

use crate::extensions::Asked;
use crate::json::{self, Object};
use crate::text::{decode, to_base64url};
use mfakit_core::encoding::json as reader;
use mfakit_core::webauthn::assertion::id_hash;
use mfakit_core::webauthn::{StateKey, UserVerification};
use mfakit_core::{CLOCK_SKEW, Error, UnixTime};

/// What a sealed state begins with: `$mfakit-st$v=1,k=KEYID$CONTENT$TAG`, each in base64url.
const SEALED: &str = "$mfakit-st$v=1,k=";
const MAX_SEALED: usize = 64 * 1024;

/// A ceremony that was begun.
///
/// Store `state` under `id` until `expires_at`, send `options_json` to the browser, and when the answer comes *delete* the
/// row by `id` and finish with the state that the delete returned: so an answer is good for one attempt only.
#[derive(Clone, Debug)]
#[must_use]
pub struct Ceremony<S> {
    pub(crate) options_json: String,
    pub(crate) state: S,
    pub(crate) id: String,
    pub(crate) expires_at: u64,
}

impl<S: AsRef<str>> Ceremony<S> {
    /// What `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes.
    #[must_use]
    pub fn options_json(&self) -> &str {
        &self.options_json
    }
    /// What the host keeps: one text, see `as_ref`.
    #[must_use]
    pub const fn state(&self) -> &S {
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

macro_rules! state_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// What a host stored, to be read when the ceremony is finished.
            #[must_use]
            pub fn from_text(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text to store.
            #[must_use]
            pub fn to_text(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

state_text!(
    /// The state of a registration. A type of its own: an authentication cannot be finished with it.
    RegistrationState
);
state_text!(
    /// The state of an authentication. A type of its own: a registration cannot be finished with it.
    AuthenticationState
);

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
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub(crate) kind: CeremonyKind,
    pub(crate) rp_id: String,
    /// The name that the host consumes it by.
    pub(crate) id: String,
    pub(crate) challenge: Vec<u8>,
    /// The user the ceremony was begun for; empty for a discoverable one, and for an authentication whose state is sealed.
    pub(crate) user_handle: Vec<u8>,
    /// In place of the handle, in a sealed authentication: a tag of it, since whoever has the cookie may read what is in it.
    pub(crate) owner_tag: Option<[u8; 16]>,
    pub(crate) user_verification: UserVerification,
    pub(crate) conditional: bool,
    /// Hashes of the allowed credential ids; `None` allows any.
    pub(crate) allow: Option<Vec<[u8; 16]>>,
    /// The extensions that were asked for.
    pub(crate) asked: Asked,
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
}

impl State {
    pub(crate) fn to_text(&self) -> String {
        let allow = self
            .allow
            .as_ref()
            .map(|hashes| json::list(hashes.iter().map(|hash| json::quoted(&to_base64url(hash)))));
        Object::new()
            .number("v", 1)
            .string("kind", self.kind.as_str())
            .string("rp", &self.rp_id)
            .string("id", &self.id)
            .string("challenge", &to_base64url(&self.challenge))
            .string("user", &to_base64url(&self.user_handle))
            .optional_string("owner", self.owner_tag.map(|tag| to_base64url(&tag)).as_deref())
            .string("uv", self.user_verification.as_str())
            .bool("conditional", self.conditional)
            .raw("allow", allow.as_deref().unwrap_or("null"))
            .array("extensions", self.asked.names.iter().map(|name| json::quoted(name)))
            .optional_string("appid", self.asked.appid.as_deref())
            .number("issued", self.issued_at)
            .number("expires", self.expires_at)
            .end()
    }

    /// The text to keep: sealed if there is a key.
    pub(crate) fn seal(&self, key: Option<&StateKey>) -> String {
        let Some(key) = key else { return self.to_text() };
        let content = match self.kind {
            // A new credential's record needs the handle. An authentication compares it, and it would tell an account from a
            // decoy.
            CeremonyKind::Authentication => self.with_owner_tag(key).to_text(),
            _ => self.to_text(),
        };
        let tag = to_base64url(&key.tag(content.as_bytes()));
        let (id, content) = (to_base64url(&key.id()), to_base64url(content.as_bytes()));
        format!("{SEALED}{id}${content}${tag}")
    }

    fn with_owner_tag(&self, key: &StateKey) -> Self {
        let owner_tag = Some(owner_tag(key, &self.id, &self.user_handle));
        Self { user_handle: Vec::new(), owner_tag, ..self.clone() }
    }

    /// Whether the ceremony was begun for the user with this handle.
    pub(crate) fn is_for(&self, key: Option<&StateKey>, user_handle: &[u8]) -> bool {
        match (self.owner_tag, key) {
            (None, _) => self.user_handle == user_handle,
            (Some(tag), Some(key)) => tag == owner_tag(key, &self.id, user_handle),
            (Some(_), None) => false,
        }
    }

    /// Reads a state text: a sealed one if there is a key, and only then.
    pub(crate) fn unseal(text: &str, key: Option<&StateKey>) -> Result<Self, Error> {
        let state = match key {
            None => read(text),
            Some(key) => unseal(text, key).and_then(|content| read(&content)),
        };
        state.ok_or(Error::StateMalformed)
    }

    /// Reads a state text and checks that it is this kind of ceremony, of this relying party, and still open.
    ///
    /// A ceremony that was begun for a known user and one that was begun for nobody are both finished as an
    /// authentication; the state tells them apart.
    pub(crate) fn open(
        text: &str,
        key: Option<&StateKey>,
        rp_id: &str,
        registration: bool,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let state = Self::unseal(text, key)?;
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

/// A tag of a user handle that means nothing beside another ceremony's id. No state begins as this content does.
fn owner_tag(key: &StateKey, id: &str, user_handle: &[u8]) -> [u8; 16] {
    let content = [b"owner\0", id.as_bytes(), b"\0", user_handle].concat();
    let mut tag = [0; 16];
    for (slot, byte) in tag.iter_mut().zip(key.tag(&content)) {
        *slot = byte;
    }
    tag
}

/// The content of a sealed text, if the key sealed it.
fn unseal(text: &str, key: &StateKey) -> Option<String> {
    // Room for a thousand allowed credentials; more is refused before any work.
    let mut fields = text.strip_prefix(SEALED).filter(|_| text.len() <= MAX_SEALED)?.split('$');
    let mut next = || decode(fields.next()?.as_bytes()).ok();
    let (id, content, tag) = (next()?, next()?, next()?);
    let good = fields.next().is_none() && id == key.id() && key.is_tag(&content, &tag);
    String::from_utf8(content).ok().filter(|_| good)
}

fn read(text: &str) -> Option<State> {
    let members = reader::read_all(text.as_bytes())
        .ok()?
        .members([
            "v",
            "kind",
            "rp",
            "id",
            "challenge",
            "user",
            "owner",
            "uv",
            "conditional",
            "allow",
            "extensions",
            "appid",
            "issued",
            "expires",
        ])
        .ok()??;
    let [
        version,
        kind,
        rp_id,
        id,
        challenge,
        user,
        owner,
        uv,
        conditional,
        allow,
        extensions,
        appid,
        issued,
        expires,
    ] = members;
    if version?.as_u64()? != 1 {
        return None;
    }
    let kind = CeremonyKind::from_name(&json::borrowed(kind)?)?;
    let bytes = json::bytes;
    let hash = |value| bytes(Some(value))?.try_into().ok();
    let state = State {
        kind,
        rp_id: json::text(rp_id)?,
        id: json::text(id)?,
        challenge: bytes(challenge).filter(|c| c.len() >= 16)?,
        user_handle: bytes(user)?,
        owner_tag: match json::present(owner) {
            None => None,
            owner => Some(bytes(owner)?.try_into().ok()?),
        },
        user_verification: UserVerification::from_name(&json::borrowed(uv)?).ok()?,
        conditional: conditional?.as_bool()?,
        allow: match allow?.as_array() {
            Some(hashes) => Some(hashes.map(hash).collect::<Option<Vec<_>>>()?),
            None if allow?.is_null() => None,
            None => return None,
        },
        asked: Asked {
            // A state of the time before extensions were remembered has neither member.
            names: match json::present(extensions) {
                None => Vec::new(),
                Some(names) => {
                    names.as_array()?.map(|name| json::text(Some(name))).collect::<Option<_>>()?
                }
            },
            appid: match json::present(appid) {
                None => None,
                appid => Some(json::text(appid)?),
            },
        },
        issued_at: issued?.as_u64()?,
        expires_at: expires?.as_u64()?,
    };
    // Each kind has its own shape: a text that was changed must not become a laxer ceremony.
    let named = (1..=64).contains(&state.user_handle.len());
    let listed = state.allow.as_ref().is_some_and(|hashes| !hashes.is_empty());
    let coherent = match kind {
        CeremonyKind::Registration => named && state.owner_tag.is_none() && state.allow.is_none(),
        CeremonyKind::Authentication => {
            let tagged = state.owner_tag.is_some() && state.user_handle.is_empty();
            (tagged || (named && state.owner_tag.is_none())) && listed && !state.conditional
        }
        CeremonyKind::Discoverable => {
            state.user_handle.is_empty() && state.owner_tag.is_none() && state.allow.is_none()
        }
    };
    (coherent && state.asked.is_coherent()).then_some(state)
}

/// The hashes of credential ids, for [`State::allow`].
pub(crate) fn id_hashes<'a>(ids: impl IntoIterator<Item = &'a [u8]>) -> Vec<[u8; 16]> {
    ids.into_iter().map(id_hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(kind: CeremonyKind, user: &[u8], allow: Option<Vec<[u8; 16]>>) -> String {
        let state = State {
            kind,
            rp_id: "example.org".into(),
            id: "id".into(),
            challenge: vec![7; 32],
            user_handle: user.to_vec(),
            owner_tag: None,
            user_verification: UserVerification::Required,
            conditional: false,
            allow,
            asked: Asked {
                names: vec!["appid".into(), "x".into()],
                appid: Some("https://example.org/u2f".into()),
            },
            issued_at: 1000,
            expires_at: 1300,
        };
        state.to_text()
    }

    fn open(text: &str, registration: bool, now: u64) -> Result<State, Error> {
        State::open(text, None, "example.org", registration, UnixTime::from_seconds(now))
    }

    #[test]
    fn a_state_opens_for_its_own_ceremony_in_its_time() {
        let registration = state(CeremonyKind::Registration, b"user", None);
        for (now, expected) in [
            (994, Some(Error::CeremonyExpired)),
            (995, None),
            (1000, None),
            (1300, None),
            (1301, Some(Error::CeremonyExpired)),
            (u64::MAX, Some(Error::CeremonyExpired)),
        ] {
            assert_eq!(open(&registration, true, now).err(), expected, "{now}");
        }
        assert_eq!(open(&registration, false, 1000).err(), Some(Error::StateKindMismatch));
        let other =
            State::open(&registration, None, "example.com", true, UnixTime::from_seconds(1000));
        assert_eq!(other.err(), Some(Error::StateKindMismatch));
    }

    #[test]
    fn each_kind_has_its_own_shape() {
        use CeremonyKind::{Authentication, Discoverable, Registration};
        let listed = || Some(vec![[1; 16]]);
        assert!(open(&state(Authentication, b"user", listed()), false, 1000).is_ok());
        assert!(open(&state(Discoverable, b"", None), false, 1000).is_ok());
        for (kind, user, allow) in [
            (Authentication, &b"user"[..], None),
            (Authentication, b"user", Some(Vec::new())),
            (Authentication, b"", listed()),
            (Discoverable, b"user", None),
            (Discoverable, b"", listed()),
            (Registration, b"", None),
            (Registration, &[1; 65], None),
            (Registration, b"user", listed()),
        ] {
            let text = state(kind, user, allow);
            assert_eq!(
                open(&text, kind == Registration, 1000).err(),
                Some(Error::StateMalformed),
                "{text}"
            );
        }
    }

    #[test]
    fn what_was_asked_for_is_remembered_and_coherent() -> Result<(), Error> {
        let text = state(CeremonyKind::Discoverable, b"", None);
        let asked = open(&text, false, 1000)?.asked;
        assert_eq!(asked.names, ["appid", "x"]);
        assert_eq!(asked.appid.as_deref(), Some("https://example.org/u2f"));
        let earlier =
            text.replace(r#","extensions":["appid","x"],"appid":"https://example.org/u2f""#, "");
        assert_eq!(open(&earlier, false, 1000)?.asked, Asked::default());
        for (from, to) in [
            (r#"["appid","x"]"#, r#"["x"]"#),
            (r#"["appid","x"]"#, "7"),
            (r#""https://example.org/u2f""#, "null"),
        ] {
            let changed = text.replace(from, to);
            assert_eq!(open(&changed, false, 1000).err(), Some(Error::StateMalformed), "{changed}");
        }
        Ok(())
    }

    #[test]
    fn every_damaged_state_is_malformed_or_the_same() {
        let whole = state(CeremonyKind::Authentication, b"user", Some(vec![[1; 16], [2; 16]]));
        for end in 0..whole.len() {
            let cut = whole.get(..end).unwrap_or_default();
            assert_eq!(open(cut, false, 1000).err(), Some(Error::StateMalformed), "{cut}");
        }
    }

    #[test]
    fn a_sealed_state_opens_under_its_key_and_every_change_is_noticed() -> Result<(), Error> {
        let (key, other) = (StateKey::new(&[1; 32])?, StateKey::new(&[2; 32])?);
        let plain = state(CeremonyKind::Discoverable, b"", None);
        let sealed = State::unseal(&plain, None)?.seal(Some(&key));
        assert_eq!(State::unseal(&sealed, Some(&key))?.to_text(), plain);
        for (text, key) in [(&sealed, Some(&other)), (&sealed, None), (&plain, Some(&key))] {
            assert_eq!(State::unseal(text, key).err(), Some(Error::StateMalformed), "{text}");
        }
        let named = State::unseal(
            &state(CeremonyKind::Authentication, b"user", Some(vec![[1; 16]])),
            None,
        )?;
        let content = named.seal(Some(&key));
        assert!(
            !String::from_utf8_lossy(&decode(
                content.split('$').nth(3).unwrap_or_default().as_bytes()
            )?)
            .contains("dXNlcg")
        );
        let named = State::unseal(&content, Some(&key))?;
        assert!(named.is_for(Some(&key), b"user"));
        assert!(!named.is_for(Some(&key), b"other") && !named.is_for(Some(&other), b"user"));
        assert!(!named.is_for(Some(&key), b"") && !named.is_for(None, b""));
        for index in 0..sealed.len() {
            for change in [1, 2, 0x20] {
                let mut bytes = sealed.clone().into_bytes();
                if let Some(byte) = bytes.get_mut(index) {
                    *byte ^= change;
                }
                let changed = String::from_utf8(bytes).unwrap_or_default();
                let refused = State::unseal(&changed, Some(&key)).err();
                assert_eq!(refused, Some(Error::StateMalformed), "{changed}");
            }
            let cut = sealed.get(..index).unwrap_or_default();
            assert_eq!(State::unseal(cut, Some(&key)).err(), Some(Error::StateMalformed), "{cut}");
        }
        Ok(())
    }
}
