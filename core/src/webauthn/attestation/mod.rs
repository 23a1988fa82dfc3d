//! Attestation statements: what the authenticator's maker says about it.
//!
//! WebAuthn Level 3 §6.5, §8. A statement that is present is always verified; an unknown or unbuilt format is
//! `Unsupported`, never treated as absent. Whether the maker is trusted is a second question, asked only under a
//! [`TrustPolicy`]: a certificate that was verified and never compared with an anchor proves nothing. Leaks: nothing secret
//! here.

#[cfg(feature = "attestation")]
mod android_key;
#[cfg(feature = "attestation")]
mod apple;
#[cfg(feature = "attestation")]
mod asn1;
#[cfg(feature = "attestation")]
pub mod certificate;
#[cfg(feature = "attestation")]
mod compound;
#[cfg(feature = "attestation")]
mod fido_u2f;
#[cfg(all(test, feature = "attestation", feature = "es256"))]
mod fixture;
#[cfg(feature = "attestation")]
pub mod jws;
mod none;
mod packed;
#[cfg(feature = "attestation")]
pub mod path;
mod policy;
#[cfg(feature = "attestation")]
mod safetynet;
#[cfg(all(test, feature = "attestation", feature = "es256"))]
mod test_builder;
#[cfg(feature = "attestation")]
mod tpm;

#[cfg(feature = "attestation")]
pub use policy::{AndroidKeyPolicy, FidoSwitches, Tolerances, TrustPolicy, TrustSource};
pub use policy::{AttestationPolicy, Formats, UnknownAttestation};

use super::auth_data::{Attested, AuthData};
use super::relying_party::RelyingParty;
use crate::crypto::Es256Backend;
use crate::encoding::cbor::{self, Limits, Value};
use crate::encoding::cose::PublicKey;
use crate::error::Error;
#[cfg(feature = "attestation")]
use crate::time::UnixTime;
#[cfg(feature = "attestation")]
use alloc::{borrow::Cow, vec::Vec};

/// The largest attestation object that is read.
pub const MAX_LEN: usize = 64 * 1024;

/// An attestation object (§6.5.4), taken apart.
#[derive(Clone, Copy, Debug)]
pub struct AttestationObject<'a> {
    /// The statement's format.
    pub format: &'a str,
    /// The statement: a CBOR map, or an array for `compound`.
    pub statement: Value<'a>,
    /// The authenticator data.
    pub auth_data: &'a [u8],
    /// Whether some map's keys are not in canonical order.
    pub non_canonical_order: bool,
}

impl<'a> AttestationObject<'a> {
    /// Takes an attestation object apart. Step 13 of §7.1.
    ///
    /// # Errors
    ///
    /// [`Error::InputTooLarge`], the `cbor_…` codes, [`Error::AttestationObjectMalformed`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_LEN {
            return Err(Error::InputTooLarge);
        }
        let object = cbor::read_all(bytes, Limits::ATTESTATION_OBJECT)?;
        let parts = (|| {
            let format = object.get_text("fmt")?.as_text()?;
            let statement = object.get_text("attStmt").filter(|s| {
                s.as_map().is_some() || (format == "compound" && s.as_array().is_some())
            })?;
            let auth_data = object.get_text("authData")?.as_bytes()?;
            Some((format, statement, auth_data))
        })();
        let (format, statement, auth_data) = parts.ok_or(Error::AttestationObjectMalformed)?;
        Ok(Self { format, statement, auth_data, non_canonical_order: object.non_canonical_order() })
    }

    pub(super) fn check_key_order(&self, rp: &RelyingParty<'_>) -> Result<(), Error> {
        let refused = rp.wants_strict_key_order() && self.non_canonical_order;
        if refused { Err(Error::CborKeyOrder) } else { Ok(()) }
    }
}

/// Who signed the statement (§6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttestationType {
    /// Nobody: there is no statement.
    None,
    /// The credential's own key: it proves that the key signs, not who made the authenticator.
    SelfAttested,
    /// A key that many authenticators of one model share, or that one device has.
    Basic,
    /// A key certified by an attestation CA.
    AttCa,
    /// A key certified for this one credential.
    AnonCa,
    /// Several statements, each with its own type.
    Compound,
    /// A format that is not verified, which [`UnknownAttestation::Ignore`] let pass: nothing is known.
    Unverified,
}

impl AttestationType {
    /// The stable name: `none`, `self`, `basic`, `attca`, `anonca`, `compound` or `unverified`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfAttested => "self",
            Self::Basic => "basic",
            Self::AttCa => "attca",
            Self::AnonCa => "anonca",
            Self::Compound => "compound",
            Self::Unverified => "unverified",
        }
    }
}

/// Whether a path leads from the statement to an anchor of the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// No anchors were given: nobody asked.
    NotRequested,
    /// There is no such path.
    Untrusted,
    /// There is one. The value is the SHA-256 hash of the anchor's certificate.
    Trusted([u8; 32]),
}

impl Trust {
    /// The stable name: `not_requested`, `untrusted` or `trusted`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRequested => "not_requested",
            Self::Untrusted => "untrusted",
            Self::Trusted(_) => "trusted",
        }
    }
}

/// A statement that was verified, or is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation<'a> {
    format: &'a str,
    kind: AttestationType,
    trust: Trust,
    /// The model's id, where the statement's signature covers it.
    aaguid: Option<&'a [u8; 16]>,
    #[cfg(feature = "attestation")]
    path: Vec<Cow<'a, [u8]>>,
    #[cfg(feature = "attestation")]
    parts: Vec<Attestation<'a>>,
}

impl<'a> Attestation<'a> {
    const fn new(format: &'a str, kind: AttestationType) -> Self {
        Self {
            format,
            kind,
            trust: Trust::NotRequested,
            aaguid: None,
            #[cfg(feature = "attestation")]
            path: Vec::new(),
            #[cfg(feature = "attestation")]
            parts: Vec::new(),
        }
    }

    /// A statement with certificates: the attestation certificate first.
    #[cfg(feature = "attestation")]
    fn certified(
        format: &'a str,
        kind: AttestationType,
        aaguid: Option<&'a [u8; 16]>,
        path: Vec<Cow<'a, [u8]>>,
    ) -> Self {
        Self { aaguid, path, ..Self::new(format, kind) }
    }

    /// The format's name (§8), as the client wrote it.
    #[must_use]
    pub const fn format(&self) -> &'a str {
        self.format
    }

    /// Who signed it.
    #[must_use]
    pub const fn attestation_type(&self) -> AttestationType {
        self.kind
    }

    /// Whether its certificates lead to an anchor of the caller's. Of a compound statement, whether one part's do.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        self.trust
    }

    /// The authenticator's model, proven: `None` unless the statement is trusted and its signature covers the id.
    #[must_use]
    pub const fn proven_aaguid(&self) -> Option<&'a [u8; 16]> {
        match self.trust {
            Trust::Trusted(_) => self.aaguid,
            _ => None,
        }
    }

    /// The certificates (DER) that came with the statement, the attestation certificate first.
    #[cfg(feature = "attestation")]
    #[must_use]
    pub fn path(&self) -> &[Cow<'a, [u8]>] {
        &self.path
    }

    /// The statements in a compound one.
    #[cfg(feature = "attestation")]
    #[must_use]
    pub fn parts(&self) -> &[Attestation<'a>] {
        &self.parts
    }
}

/// What a statement is about: the registration around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a, 's> {
    /// The authenticator data, as it is signed.
    pub(super) auth_data: &'a [u8],
    /// The SHA-256 hash of the RP ID.
    #[cfg(feature = "attestation")]
    pub(super) rp_id_hash: &'a [u8; 32],
    /// The model, the credential's id and its key.
    #[cfg(feature = "attestation")]
    pub(super) attested: Attested<'a>,
    /// The credential's key.
    pub(super) key: PublicKey<'a>,
    /// The SHA-256 hash of the client data.
    pub(super) client_data_hash: &'s [u8; 32],
    /// By what the credential's own ES256 signature is verified.
    pub(super) es256: Es256Backend,
    /// What is accepted.
    pub(super) policy: AttestationPolicy<'s>,
    /// The time of the registration, if the caller told it.
    #[cfg(feature = "attestation")]
    pub(super) now: Option<UnixTime>,
}

impl<'a, 's> Subject<'a, 's> {
    /// The subject of a registration that was taken apart.
    #[cfg_attr(not(feature = "attestation"), allow(unused_variables, reason = "certificates ask"))]
    pub(super) fn new(
        rp: &RelyingParty<'s>,
        object: &AttestationObject<'a>,
        auth_data: &AuthData<'a>,
        attested: Attested<'a>,
        key: PublicKey<'a>,
        client_data_hash: &'s [u8; 32],
    ) -> Self {
        Self {
            auth_data: object.auth_data,
            #[cfg(feature = "attestation")]
            rp_id_hash: auth_data.rp_id_hash,
            #[cfg(feature = "attestation")]
            attested,
            key,
            client_data_hash,
            es256: rp.es256_backend(),
            policy: rp.attestation_policy(),
            #[cfg(feature = "attestation")]
            now: rp.time(),
        }
    }
}

/// Verifies the statement. Steps 21 and 22 of §7.1.
pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    // Names of formats are compared exactly: "None" is not "none" (§8.1).
    let accepted = Formats::from_name(format).filter(|f| subject.policy.formats.contains(*f));
    match (accepted, subject.policy.unknown) {
        (Some(Formats::NONE), _) => none::verify(format, statement),
        (Some(Formats::PACKED), _) => packed::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::FIDO_U2F), _) => fido_u2f::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::TPM), _) => tpm::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::ANDROID_KEY), _) => android_key::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::ANDROID_SAFETYNET), _) => safetynet::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::APPLE), _) => apple::verify(format, statement, subject),
        #[cfg(feature = "attestation")]
        (Some(Formats::COMPOUND), _) => compound::verify(format, statement, subject),
        // A format that other builds verify is refused by one that cannot, and not ignored: no verdict depends on a feature.
        #[cfg(not(feature = "attestation"))]
        (Some(_), _) => Err(Error::AttestationFormatUnsupported),
        (_, UnknownAttestation::Ignore) => {
            Ok(Attestation::new(format, AttestationType::Unverified))
        }
        (_, UnknownAttestation::Reject) => Err(Error::AttestationFormatUnsupported),
    }
}

/// Finds the anchor that the statement's certificates lead to, and requires one if the policy does. Steps 23 and 24 of §7.1.
#[cfg(feature = "attestation")]
pub(super) fn evaluate_trust<'a>(
    mut attestation: Attestation<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let Some(policy) = subject.policy.trust else { return Ok(attestation) };
    if attestation.parts.is_empty() {
        attestation.trust = match find_anchor(&attestation, subject, policy) {
            Ok(trust) => trust,
            Err(error) if policy.require || ends_the_ceremony(error) => return Err(error),
            Err(_) => Trust::Untrusted,
        };
        return Ok(attestation);
    }
    let mut first_failure = None;
    attestation.trust = Trust::Untrusted;
    for part in &mut attestation.parts {
        match find_anchor(part, subject, policy) {
            Ok(trust) => part.trust = trust,
            Err(error) if ends_the_ceremony(error) => return Err(error),
            Err(error) => {
                part.trust = Trust::Untrusted;
                first_failure = first_failure.or(Some(error));
            }
        }
        if attestation.trust == Trust::Untrusted {
            (attestation.trust, attestation.aaguid) = (part.trust, part.aaguid);
        }
    }
    match (attestation.trust, first_failure) {
        (Trust::Untrusted, Some(error)) if policy.require => Err(error),
        _ => Ok(attestation),
    }
}

/// Whether a failure is more than a lack of trust: what is known against the authenticator, which another part of a compound
/// statement does not make good either, and the caller's own mistakes.
#[cfg(feature = "attestation")]
fn ends_the_ceremony(error: Error) -> bool {
    error == Error::AuthenticatorStatusRejected || error.kind() == crate::error::Kind::Config
}

#[cfg(feature = "attestation")]
fn find_anchor(
    attestation: &Attestation<'_>,
    subject: &Subject<'_, '_>,
    policy: TrustPolicy<'_>,
) -> Result<Trust, Error> {
    // What the metadata says of the model holds without a certificate too: a revoked model stays revoked.
    let anchors =
        policy.source.anchors(attestation, subject.attested.aaguid, &subject.key, subject.now)?;
    if attestation.path.is_empty() {
        return Err(Error::AttestationRequired);
    }
    let at = match (policy.danger_ignore_validity, subject.now) {
        (true, _) => None,
        (false, Some(now)) => Some(now),
        (false, None) => return Err(Error::TimeInvalid),
    };
    path::verify(
        &attestation.path,
        &anchors,
        at,
        subject.policy.switches,
        subject.policy.tolerances,
    )
    .map(Trust::Trusted)
}
