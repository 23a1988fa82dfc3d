//! What a relying party accepts as attestation. Invariant: every default is the strictest choice, and every departure from the
//! specification has a name.

#[cfg(feature = "attestation")]
use super::Attestation;
#[cfg(feature = "attestation")]
use crate::encoding::cose::PublicKey;
#[cfg(feature = "attestation")]
use crate::error::Error;
#[cfg(feature = "attestation")]
use crate::time::UnixTime;
#[cfg(feature = "attestation")]
use alloc::{borrow::Cow, vec::Vec};

/// A set of attestation statement formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Formats(u8);

impl Formats {
    /// `none` (§8.7): no statement.
    pub const NONE: Self = Self(1);
    /// `packed` (§8.2).
    pub const PACKED: Self = Self(1 << 1);
    /// `fido-u2f` (§8.6).
    pub const FIDO_U2F: Self = Self(1 << 2);
    /// `tpm` (§8.3).
    pub const TPM: Self = Self(1 << 3);
    /// `android-key` (§8.4).
    pub const ANDROID_KEY: Self = Self(1 << 4);
    /// `android-safetynet` (§8.5): deprecated, and accepted only where it is named.
    pub const ANDROID_SAFETYNET: Self = Self(1 << 5);
    /// `apple` (§8.8).
    pub const APPLE: Self = Self(1 << 6);
    /// `compound` (§8.9).
    pub const COMPOUND: Self = Self(1 << 7);
    /// All but the deprecated one.
    pub const CURRENT: Self = Self(!Self::ANDROID_SAFETYNET.0);
    /// Not one.
    pub const EMPTY: Self = Self(0);

    const NAMES: [(&'static str, Self); 8] = [
        ("none", Self::NONE),
        ("packed", Self::PACKED),
        ("fido-u2f", Self::FIDO_U2F),
        ("tpm", Self::TPM),
        ("android-key", Self::ANDROID_KEY),
        ("android-safetynet", Self::ANDROID_SAFETYNET),
        ("apple", Self::APPLE),
        ("compound", Self::COMPOUND),
    ];

    /// The one format of this name, compared exactly.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of those are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// The names of these, in the order of the specification's sections.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(_, format)| self.contains(*format))
            .map(|(name, _)| name)
    }
}

/// What happens to a format that is not known, not built in or not accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownAttestation {
    /// The registration is refused.
    #[default]
    Reject,
    /// The format is reported, nothing is verified, and nothing follows from it.
    Ignore,
}

/// Which authorization list of an Android key must name its origin and purpose (§8.4).
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AndroidKeyPolicy {
    /// Either of the two.
    #[default]
    Union,
    /// That of the trusted execution environment.
    TeeOnly,
}

/// Rules of the FIDO conformance requirements that the specification does not have. All are off by default.
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FidoSwitches {
    /// The AAGUID beside a `fido-u2f` statement must be zero.
    pub u2f_zero_aaguid: bool,
    /// The manufacturer in a TPM's certificate must be in the TCG's registry.
    pub tpm_known_vendor: bool,
    /// A TPM statement may be signed with RSA and SHA-1 (COSE −65535), and name its key by SHA-1, as old TPMs do.
    pub tpm_rs1: bool,
    /// No self-signed certificate may follow the attestation certificate in `x5c`.
    pub no_root_in_x5c: bool,
    /// A `tokenBinding` in the client data, which Level 3 dropped, must have the form that Level 1 gave it. In both ceremonies.
    pub token_binding: bool,
}

/// Faults of genuine certificates that are let pass, each by its name. All are off by default.
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerances {
    /// `NULL` parameters in the algorithm identifier of an ECDSA signature, which must have none (RFC 5758 §3.2).
    pub ecdsa_null_parameters: bool,
    /// A signature's BIT STRING that claims unused bits: one vendor's first U2F keys.
    pub signature_unused_bits: bool,
}

/// Where anchors come from.
#[cfg(feature = "attestation")]
pub trait TrustSource: core::fmt::Debug {
    /// The certificates (DER) that may vouch for this statement at this time.
    ///
    /// # Errors
    ///
    /// What the metadata has against the authenticator: [`Error::AuthenticatorStatusRejected`],
    /// [`Error::AuthenticatorUnknown`], [`Error::MetadataMismatch`].
    fn anchors(
        &self,
        attestation: &Attestation<'_>,
        aaguid: &[u8; 16],
        key: &PublicKey<'_>,
        at: Option<UnixTime>,
    ) -> Result<Vec<Cow<'_, [u8]>>, Error>;
}

/// Asks for trust.
#[cfg(feature = "attestation")]
#[derive(Clone, Copy, Debug)]
pub struct TrustPolicy<'p> {
    /// Where anchors come from.
    pub source: &'p dyn TrustSource,
    /// Whether a registration without a trusted attestation is refused.
    pub require: bool,
    /// Whether the certificates' dates are ignored: expired ones are then as good as others.
    pub danger_ignore_validity: bool,
}

/// What a relying party accepts as attestation. The default verifies every current format and trusts nothing.
#[derive(Clone, Copy, Debug)]
pub struct AttestationPolicy<'p> {
    /// The accepted formats.
    pub formats: Formats,
    /// What happens to others.
    pub unknown: UnknownAttestation,
    /// Which authorization list counts.
    #[cfg(feature = "attestation")]
    pub android_key: AndroidKeyPolicy,
    /// FIDO's own rules.
    #[cfg(feature = "attestation")]
    pub switches: FidoSwitches,
    /// Known faults that are let pass.
    #[cfg(feature = "attestation")]
    pub tolerances: Tolerances,
    /// Whether trust is asked for.
    #[cfg(feature = "attestation")]
    pub trust: Option<TrustPolicy<'p>>,
    #[cfg(not(feature = "attestation"))]
    #[doc(hidden)]
    pub lifetime: core::marker::PhantomData<&'p ()>,
}

impl Default for AttestationPolicy<'_> {
    fn default() -> Self {
        Self {
            formats: Formats::CURRENT,
            unknown: UnknownAttestation::Reject,
            #[cfg(feature = "attestation")]
            android_key: AndroidKeyPolicy::Union,
            #[cfg(feature = "attestation")]
            switches: FidoSwitches::default(),
            #[cfg(feature = "attestation")]
            tolerances: Tolerances::default(),
            #[cfg(feature = "attestation")]
            trust: None,
            #[cfg(not(feature = "attestation"))]
            lifetime: core::marker::PhantomData,
        }
    }
}
