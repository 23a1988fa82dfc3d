//! [`RelyingParty`]: who asks, and what is enough. Its ceremonies are in the files beside this one.

mod begin;
mod decoy;
mod explain;
mod finish;

pub use begin::{BeginAuthentication, BeginRegistration, Mediation};
pub use finish::Stateless;

use crate::ceremony::State;
#[cfg(feature = "attestation")]
use crate::metadata::AttestationTrust;
use crate::prepared::{MAX_PREPARED_KEYS, PreparedKeys};
use crate::text::decode;
use mfakit_core::Error;
use mfakit_core::crypto::Es256Backend;
use mfakit_core::encoding::cose;
#[cfg(feature = "attestation")]
use mfakit_core::webauthn::attestation::TrustPolicy;
use mfakit_core::webauthn::attestation::{AttestationPolicy, Formats, UnknownAttestation};
use mfakit_core::webauthn::extensions::UnsolicitedExtensions;
use mfakit_core::webauthn::{
    self as core, BackupPolicy, CounterPolicy, CrossOrigin, EnumerationKey, StateKey,
    UserVerification,
};
use std::sync::Arc;

/// Whether a ceremony may run in a frame of another site's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrossOriginPolicy {
    /// Never.
    #[default]
    Deny,
    /// In a frame of the pages in [`RelyingPartyOptions::top_origins`].
    AllowListed,
    /// In a frame of any page. Any site can then show your prompts.
    DangerAnyTopOrigin,
}

/// A type of the options that is one of a few names.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $( $(#[$variant_doc:meta])* $variant:ident $name:literal, )* }) => {
        $(#[$doc])*
        pub enum $type {
            $( $(#[$variant_doc])* $variant, )*
        }

        impl $type {
            /// The name that WebAuthn gives it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The value of this name.
            ///
            /// # Errors
            ///
            /// [`Error::ArgumentValueInvalid`].
            pub fn from_name(name: &str) -> Result<Self, Error> {
                match name { $( $name => Ok(Self::$variant), )* _ => Err(Error::ArgumentValueInvalid) }
            }
        }
    };
}

named! {
    /// What is asked of the authenticator's maker (WebAuthn Level 3 §5.4.7).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    AttestationConveyance {
        /// Nothing: what suits most sites.
        #[default]
        None "none",
        /// A statement, which the client may replace by one that tells less.
        Indirect "indirect",
        /// The authenticator's own statement. Browsers ask the person first.
        Direct "direct",
        /// A statement that names the very device, for managed ones.
        Enterprise "enterprise",
    }
}

named! {
    /// Whether the credential must be discoverable (§5.4.6): usable without a user name.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    ResidentKey {
        /// Refused by authenticators that cannot.
        Required "required",
        /// Where the authenticator can.
        #[default]
        Preferred "preferred",
        /// Where the authenticator cannot do otherwise.
        Discouraged "discouraged",
    }
}

named! {
    /// How the authenticator is attached (§5.4.5).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Attachment {
        /// Built into the device.
        Platform "platform",
        /// A security key, or another device.
        CrossPlatform "cross-platform",
    }
}

named! {
    /// Which authenticator the person will most likely use (§5.8.7). Browsers arrange their prompts by it; nothing enforces it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Hint {
        /// A security key.
        SecurityKey "security-key",
        /// The device itself.
        ClientDevice "client-device",
        /// A phone, over the air.
        Hybrid "hybrid",
    }
}

/// The policies of a [`RelyingParty`]. The defaults are the strictest; user verification has none and is always named.
#[derive(Clone, Debug)]
pub struct RelyingPartyOptions {
    /// The name that prompts show.
    pub name: String,
    /// The origins of the pages that run ceremonies, exactly as browsers write them: `https://example.org`. Apps have opaque
    /// origins, such as `android:apk-key-hash:…`, compared whole. The pages of related origins are listed here too; see
    /// [`crate::related_origins_json`].
    pub origins: Vec<String>,
    /// Whether users must be verified.
    pub user_verification: UserVerification,
    /// Whether frames may run ceremonies.
    pub cross_origin: CrossOriginPolicy,
    /// The pages that may frame them.
    pub top_origins: Vec<String>,
    /// What happens when the signature counter does not increase.
    pub counter: CounterPolicy,
    /// What happens when backup eligibility changes.
    pub backup: BackupPolicy,
    /// The COSE numbers offered at registration, strongest preference first: EdDSA, ES256 and RS256 unless the caller says
    /// otherwise.
    pub algorithms: Vec<i64>,
    /// Whether credentials must be discoverable.
    pub resident_key: ResidentKey,
    /// The only attachment that is offered; any if `None`.
    pub attachment: Option<Attachment>,
    /// Which authenticators the person will most likely use.
    pub hints: Vec<Hint>,
    /// What is asked of the authenticator's maker.
    pub attestation: AttestationConveyance,
    /// The formats of attestation statements that are accepted: all but the deprecated `android-safetynet`, unless the caller
    /// says otherwise.
    pub attestation_formats: Formats,
    /// What happens to other formats.
    pub unknown_attestation: UnknownAttestation,
    /// Whom attestation is trusted from. Without it statements are verified, and nobody is trusted.
    #[cfg(feature = "attestation")]
    pub trust: Option<AttestationTrust>,
    /// Whether the record keeps the attestation object and the client data of the registration, to be verified again when the
    /// metadata has changed. Records are then some kilobytes long.
    pub keep_attestation: bool,
    /// What happens to outputs of extensions that were not asked for.
    pub unsolicited_extensions: UnsolicitedExtensions,
    /// By which implementation the ES256 signatures of credentials are verified. The verdicts are the same.
    pub es256: Es256Backend,
    /// How many keys of credentials that signed in lately are kept prepared in this process, each in 2 KiB: 0, which is none, unless the
    /// caller says otherwise; at most 65 536. A sign-in whose key is there takes half the time. Clones of the relying party share them.
    pub prepared_keys: usize,
    /// Whether an *assertion* may come without user presence, which proves no person. Registrations never may, unless they
    /// are conditional.
    pub danger_allow_absent_user: bool,
}

impl RelyingPartyOptions {
    /// The strictest policies.
    #[must_use]
    pub fn new(name: &str, origins: &[&str], user_verification: UserVerification) -> Self {
        Self {
            name: name.to_owned(),
            origins: origins.iter().map(|&o| o.to_owned()).collect(),
            user_verification,
            cross_origin: CrossOriginPolicy::Deny,
            top_origins: Vec::new(),
            counter: CounterPolicy::Reject,
            backup: BackupPolicy::Strict,
            algorithms: cose::DEFAULT_OFFER.to_vec(),
            resident_key: ResidentKey::Preferred,
            attachment: None,
            hints: Vec::new(),
            attestation: AttestationConveyance::None,
            attestation_formats: Formats::CURRENT,
            unknown_attestation: UnknownAttestation::Reject,
            #[cfg(feature = "attestation")]
            trust: None,
            keep_attestation: false,
            unsolicited_extensions: UnsolicitedExtensions::Ignore,
            es256: Es256Backend::default(),
            prepared_keys: 0,
            danger_allow_absent_user: false,
        }
    }

    /// Sets the accepted formats by name, such as `packed`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] if there is none, or one that is not known.
    pub fn set_attestation_formats<T: AsRef<str>>(&mut self, names: &[T]) -> Result<(), Error> {
        let formats = names.iter().try_fold(Formats::EMPTY, |formats, name| {
            Formats::from_name(name.as_ref()).map(|format| formats.and(format))
        });
        self.attestation_formats = formats
            .filter(|formats| *formats != Formats::EMPTY)
            .ok_or(Error::ArgumentValueInvalid)?;
        Ok(())
    }
}

/// A relying party. Immutable; share it between threads.
///
/// # Examples
///
/// ```
/// use mfakit::{BeginRegistration, RelyingParty, RelyingPartyOptions, UserVerification};
///
/// let rp = RelyingParty::new(
///     "example.org",
///     RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required),
/// )?;
/// let user_handle = mfakit::generate_user_handle()?;
/// let ceremony = rp.begin_registration(
///     &user_handle,
///     BeginRegistration { user_name: "alice@example.com", ..BeginRegistration::default() },
/// )?;
/// // INSERT INTO ceremonies (id, state, expires_at) …; send ceremony.options_json() to the browser.
/// let refused = rp.finish_registration(b"{}", ceremony.state(), None);
/// assert_eq!(refused.err().map(|e| e.code()), Some("response_malformed"));
/// # Ok::<(), mfakit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RelyingParty {
    id: String,
    options: RelyingPartyOptions,
    state_key: Option<Arc<StateKey>>,
    enumeration_key: Option<Arc<EnumerationKey>>,
    prepared_keys: Option<Arc<PreparedKeys>>,
}

impl RelyingParty {
    /// A relying party with this id, a domain name.
    ///
    /// # Errors
    ///
    /// [`Error::RpIdInvalid`], [`Error::OriginInvalid`], and [`Error::ArgumentValueInvalid`] for an algorithm that is not
    /// built in, an empty name, more than 65 536 prepared keys, top origins without [`CrossOriginPolicy::AllowListed`] (or that without them), or trust that is
    /// required of statements that are not asked for.
    pub fn new(id: &str, options: RelyingPartyOptions) -> Result<Self, Error> {
        let listed = options.cross_origin == CrossOriginPolicy::AllowListed;
        let unasked =
            options.attestation == AttestationConveyance::None && requires_trust(&options);
        if options.name.is_empty() || listed == options.top_origins.is_empty() || unasked {
            return Err(Error::ArgumentValueInvalid);
        }
        let prepared_keys = match options.prepared_keys {
            0 => None,
            count @ ..=MAX_PREPARED_KEYS => Some(Arc::new(PreparedKeys::new(count))),
            _ => return Err(Error::ArgumentValueInvalid),
        };
        let rp = Self {
            id: id.to_owned(),
            options,
            state_key: None,
            enumeration_key: None,
            prepared_keys,
        };
        rp.with_core(|core| core.map(|_| ()))?;
        Ok(rp)
    }

    /// The same relying party with a key of 32 to 64 random bytes, under which the states of its ceremonies are sealed: they may
    /// then be kept where the client can reach them, such as a cookie. It takes no other state from then on.
    ///
    /// A sealed state can be presented again. Before finishing, insert its [`RelyingParty::ceremony_id`] under a unique key, to be
    /// kept until the ceremony expires; who cannot insert it, does not finish.
    ///
    /// What the client did to a sealed state is [`Error::StateMalformed`], a [`crate::Kind::Config`] error like every error about a
    /// state. Where the state comes from a cookie, treat it as a ceremony that is not there.
    ///
    /// # Errors
    ///
    /// [`Error::StateKeyInvalid`].
    pub fn with_state_key(self, key: &[u8]) -> Result<Self, Error> {
        Ok(Self { state_key: Some(Arc::new(StateKey::new(key)?)), ..self })
    }

    /// The same relying party with a key of 32 to 64 random bytes, under which decoys are derived; see
    /// [`RelyingParty::begin_decoy_authentication`].
    ///
    /// # Errors
    ///
    /// [`Error::EnumerationKeyInvalid`].
    pub fn with_enumeration_key(self, key: &[u8]) -> Result<Self, Error> {
        Ok(Self { enumeration_key: Some(Arc::new(EnumerationKey::new(key)?)), ..self })
    }

    /// The same relying party, with the prepared keys of the whole process.
    #[cfg(feature = "border")]
    pub(crate) fn with_prepared_keys(self, keys: Arc<PreparedKeys>) -> Self {
        Self { prepared_keys: Some(keys), ..self }
    }

    /// The id of the ceremony that a state belongs to, as [`crate::Ceremony::id`] gave it.
    ///
    /// # Errors
    ///
    /// [`Error::StateMalformed`].
    pub fn ceremony_id(&self, state: &str) -> Result<String, Error> {
        State::unseal(state, self.state_key.as_deref()).map(|state| state.id)
    }

    /// The relying party id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn with_core<T>(
        &self,
        run: impl FnOnce(Result<core::RelyingParty<'_>, Error>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let options = &self.options;
        let origins: Vec<&str> = options.origins.iter().map(String::as_str).collect();
        let top_origins: Vec<&str> = options.top_origins.iter().map(String::as_str).collect();
        let cross_origin = match options.cross_origin {
            CrossOriginPolicy::Deny => CrossOrigin::Deny,
            CrossOriginPolicy::AllowListed => CrossOrigin::AllowListed(&top_origins),
            CrossOriginPolicy::DangerAnyTopOrigin => CrossOrigin::DangerAnyTopOrigin,
        };
        run((|| {
            Ok(core::RelyingParty::new(&self.id, &origins, options.user_verification)?
                .cross_origin(cross_origin)?
                .algorithms(&options.algorithms)?
                .counter(options.counter)
                .backup(options.backup)
                .es256(options.es256)
                .attestation(self.attestation_policy()))
        })())
    }

    fn attestation_policy(&self) -> AttestationPolicy<'_> {
        let policy = AttestationPolicy {
            formats: self.options.attestation_formats,
            unknown: self.options.unknown_attestation,
            ..AttestationPolicy::default()
        };
        #[cfg(feature = "attestation")]
        if let Some(trust) = &self.options.trust {
            return AttestationPolicy {
                android_key: trust.android_key,
                switches: trust.fido_switches,
                tolerances: trust.tolerances,
                trust: Some(TrustPolicy {
                    source: trust,
                    require: trust.require,
                    danger_ignore_validity: trust.danger_ignore_validity,
                }),
                ..policy
            };
        }
        policy
    }
}

/// Whether a registration without a trusted attestation is refused.
#[cfg(feature = "attestation")]
fn requires_trust(options: &RelyingPartyOptions) -> bool {
    options.trust.as_ref().is_some_and(|trust| trust.require)
}

/// Without metadata there is no trust to require.
#[cfg(not(feature = "attestation"))]
const fn requires_trust(_: &RelyingPartyOptions) -> bool {
    false
}

/// What a site serves as `/.well-known/webauthn`, for pages on other domains that share its relying party id (§5.11).
///
/// Serve it from the relying party id's own domain as `application/json`, and list the same origins in
/// [`RelyingPartyOptions::origins`]: the browser asks the document, the server its list. Browsers need not take more than five
/// different names in front of the public suffix.
///
/// # Errors
///
/// [`Error::OriginInvalid`] if there is none, or one that is not the origin of a web page.
///
/// # Examples
///
/// ```
/// let document = mfakit::related_origins_json(&["https://example.org", "https://example.de"])?;
/// assert_eq!(document, r#"{"origins":["https://example.org","https://example.de"]}"#);
/// # Ok::<(), mfakit::Error>(())
/// ```
pub fn related_origins_json<T: AsRef<str>>(origins: &[T]) -> Result<String, Error> {
    let web = |origin: &T| core::is_web_origin(origin.as_ref());
    if origins.is_empty() || !origins.iter().all(web) {
        return Err(Error::OriginInvalid);
    }
    let quoted = origins.iter().map(|origin| crate::json::quoted(origin.as_ref()));
    Ok(crate::json::Object::new().array("origins", quoted).end())
}

fn read_user_handle(text: &str) -> Result<Vec<u8>, Error> {
    decode(text.as_bytes())
        .ok()
        .filter(|handle| (1..=64).contains(&handle.len()))
        .ok_or(Error::UserHandleInvalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> RelyingPartyOptions {
        RelyingPartyOptions::new("E", &["https://example.org"], UserVerification::Required)
    }

    #[test]
    fn a_state_key_seals_every_state_and_takes_no_other() -> Result<(), Error> {
        let open = RelyingParty::new("example.org", options())?;
        let sealed = open.clone().with_state_key(&[7; 32])?;
        for (rp, other) in [(&open, &sealed), (&sealed, &open)] {
            let ceremony = rp.begin_discoverable_authentication(BeginAuthentication::default())?;
            let state = ceremony.state().to_text();
            assert_eq!(rp.ceremony_id(state).as_deref(), Ok(ceremony.id()));
            assert_eq!(rp.open(state, false, None).err(), None);
            assert_eq!(rp.open(state, true, None).err(), Some(Error::StateKindMismatch));
            assert_eq!(other.ceremony_id(state), Err(Error::StateMalformed));
            assert_eq!(other.open(state, false, None).err(), Some(Error::StateMalformed));
        }
        assert_eq!(open.with_state_key(&[7; 31]).err(), Some(Error::StateKeyInvalid));
        Ok(())
    }

    #[test]
    fn formats_are_named_and_the_deprecated_one_only_by_name() {
        let mut options = options();
        assert!(!options.attestation_formats.contains(Formats::ANDROID_SAFETYNET));
        assert_eq!(options.set_attestation_formats(&["packed", "android-safetynet"]), Ok(()));
        assert!(options.attestation_formats.contains(Formats::ANDROID_SAFETYNET));
        assert!(!options.attestation_formats.contains(Formats::NONE));
        for bad in [&[][..], &["Packed"], &["packed", "x"]] {
            let refused = options.set_attestation_formats(bad);
            assert_eq!(refused, Err(Error::ArgumentValueInvalid), "{bad:?}");
        }
    }

    #[test]
    fn related_origins_are_those_of_pages() {
        for bad in [
            &[][..],
            &["android:apk-key-hash:2jmj7l5rSw0yVb-vlWAYkK-YBwk"],
            &["https://example.org", "https://example.org/"],
            &["http://example.org"],
        ] {
            assert_eq!(related_origins_json(bad), Err(Error::OriginInvalid), "{bad:?}");
        }
    }
}
