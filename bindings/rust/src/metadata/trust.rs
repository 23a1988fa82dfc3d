//! [`AttestationTrust`]: which authenticators' attestation is trusted.
//!
//! WebAuthn Level 3 §7.1 steps 23 and 24. Anchors are the caller's certificates and, for a model that the metadata knows, those
//! of its entry. Invariant: what the metadata has against a model or a batch is an error before any anchor is looked at; every
//! default is the strictest choice. Leaks: nothing secret here.

use super::{Metadata, MetadataEntry, StatusReport, key_identifier, read_anchors};
use mfakit_core::crypto::sha256;
use mfakit_core::encoding::cose::{self, PublicKey};
use mfakit_core::webauthn::attestation::certificate::{Certificate, OID_AAGUID};
use mfakit_core::webauthn::attestation::{
    AndroidKeyPolicy, Attestation, AttestationType, FidoSwitches, Tolerances, Trust, TrustSource,
    path,
};
use mfakit_core::{Error, UnixTime};
use std::borrow::Cow;
use std::sync::Arc;

/// The statuses that refuse a model unless the caller accepts them by name: Metadata Service 3 §3.1.4, the security notifications.
pub const REJECTED_STATUSES: [&str; 5] = [
    "REVOKED",
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
];

/// Which authenticators' attestation is trusted. Immutable once a relying party has it; share it between threads.
///
/// # Examples
///
/// ```
/// use mfakit::AttestationTrust;
///
/// let refused = AttestationTrust::new(&[b"not a certificate"]);
/// assert_eq!(refused.err().map(|e| e.code()), Some("anchor_invalid"));
/// ```
#[derive(Clone, Debug)]
pub struct AttestationTrust {
    anchors: Arc<[Vec<u8>]>,
    metadata: Option<Metadata>,
    /// Whether a registration without a trusted attestation is refused: yes, unless said otherwise.
    pub require: bool,
    /// Which authorization list of an Android key must name its origin and purpose.
    pub android_key: AndroidKeyPolicy,
    /// Rules of the FIDO conformance requirements that the specification does not have.
    pub fido_switches: FidoSwitches,
    /// Faults of genuine certificates that are let pass, each by its name.
    pub tolerances: Tolerances,
    /// Statuses that refuse a model while they are its latest, besides [`REJECTED_STATUSES`]: `NOT_FIDO_CERTIFIED`, say.
    pub also_reject: Vec<String>,
    /// Statuses of [`REJECTED_STATUSES`] that are accepted all the same.
    pub danger_accept_statuses: Vec<String>,
    /// Whether the certificates' dates are ignored: expired ones are then as good as others.
    pub danger_ignore_validity: bool,
}

impl AttestationTrust {
    /// Trust in these certificates (DER, or PEM, which may hold several) of attestation CAs or of single batches. There may be
    /// none, for trust in metadata alone.
    ///
    /// # Errors
    ///
    /// [`Error::AnchorInvalid`].
    pub fn new(anchors: &[impl AsRef<[u8]>]) -> Result<Self, Error> {
        Ok(Self {
            anchors: read_anchors(anchors.iter().map(AsRef::as_ref))?.into(),
            metadata: None,
            require: true,
            android_key: AndroidKeyPolicy::default(),
            fido_switches: FidoSwitches::default(),
            tolerances: Tolerances::default(),
            also_reject: Vec::new(),
            danger_accept_statuses: Vec::new(),
            danger_ignore_validity: false,
        })
    }

    /// The same trust, and trust in what the metadata says of models. What it has against a model or a batch counts against
    /// the anchors too.
    #[must_use]
    pub fn with_metadata(self, metadata: Metadata) -> Self {
        Self { metadata: Some(metadata), ..self }
    }

    /// The metadata.
    #[must_use]
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Turns switches on by their names: `u2f_zero_aaguid`, `tpm_known_vendor`, `tpm_rs1`, `no_root_in_x5c`,
    /// `token_binding`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn set_fido_switches(&mut self, names: &[impl AsRef<str>]) -> Result<(), Error> {
        for name in names {
            match name.as_ref() {
                "u2f_zero_aaguid" => self.fido_switches.u2f_zero_aaguid = true,
                "tpm_known_vendor" => self.fido_switches.tpm_known_vendor = true,
                "tpm_rs1" => self.fido_switches.tpm_rs1 = true,
                "no_root_in_x5c" => self.fido_switches.no_root_in_x5c = true,
                "token_binding" => self.fido_switches.token_binding = true,
                _ => return Err(Error::ArgumentValueInvalid),
            }
        }
        Ok(())
    }

    /// Turns tolerances on by their names: `ecdsa_null_parameters`, `signature_unused_bits`.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn set_tolerances(&mut self, names: &[impl AsRef<str>]) -> Result<(), Error> {
        for name in names {
            match name.as_ref() {
                "ecdsa_null_parameters" => self.tolerances.ecdsa_null_parameters = true,
                "signature_unused_bits" => self.tolerances.signature_unused_bits = true,
                _ => return Err(Error::ArgumentValueInvalid),
            }
        }
        Ok(())
    }
}

impl TrustSource for AttestationTrust {
    fn anchors(
        &self,
        attestation: &Attestation<'_>,
        aaguid: &[u8; 16],
        key: &PublicKey<'_>,
        at: Option<UnixTime>,
    ) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let mut anchors = borrowed(&self.anchors);
        let Some(metadata) = &self.metadata else { return Ok(anchors) };
        // What an old BLOB has against an authenticator is still true; what it does not know is the matter.
        let names = self.names(attestation, aaguid);
        let unreadable = metadata.unreadable().iter().filter(|entry| names.are_of(entry)).collect();
        let suspects = [names.entries(metadata), unreadable];
        if suspects.iter().flatten().any(|entry| self.is_rejected(entry, attestation, at)) {
            return Err(Error::AuthenticatorStatusRejected);
        }
        metadata.check_age(at)?;
        // Listed and not understood: nobody else's word is taken for it.
        let [_, unreadable] = suspects;
        if !unreadable.is_empty() {
            return Err(Error::MetadataMismatch);
        }
        let entries = self.find(metadata, attestation, aaguid);
        if entries.is_empty() {
            return if self.is_unknown(attestation, &anchors) {
                Err(Error::AuthenticatorUnknown)
            } else {
                Ok(anchors)
            };
        }
        let fitting: Vec<_> =
            entries.into_iter().filter(|entry| fits(entry, attestation, key)).collect();
        if fitting.is_empty() {
            return Err(Error::MetadataMismatch);
        }
        anchors.extend(fitting.iter().flat_map(|e| borrowed(e.attestation_root_certificates())));
        Ok(anchors)
    }
}

impl AttestationTrust {
    /// Whether the metadata says that this model keeps its keys in hardware: the model is proven, and the anchor that vouches is the
    /// model's own.
    pub(crate) fn is_hardware(&self, attestation: &Attestation<'_>, aaguid: &[u8; 16]) -> bool {
        let (Some(metadata), Trust::Trusted(anchor)) = (&self.metadata, attestation.trust()) else {
            return false;
        };
        if attestation.proven_aaguid().is_none() && attestation.format() != "fido-u2f" {
            return false;
        }
        let vouches = |entry: &&MetadataEntry| {
            entry.attestation_root_certificates().iter().any(|der| sha256(&[der]) == anchor)
        };
        let mut entries = self.find(metadata, attestation, aaguid).into_iter().filter(vouches);
        entries.next().is_some_and(MetadataEntry::is_hardware)
            && entries.all(MetadataEntry::is_hardware)
    }

    /// The entries about an authenticator. By its model's id, if the statement covers one; else by its certificates' keys.
    fn find<'m>(
        &self,
        metadata: &'m Metadata,
        attestation: &Attestation<'_>,
        aaguid: &[u8; 16],
    ) -> Vec<&'m MetadataEntry> {
        // A fido-u2f statement does not sign the id beside it (§8.6), so that anyone may write one there.
        if attestation.format() != "fido-u2f" && *aaguid != [0; 16] {
            return metadata.by_aaguid(aaguid).collect();
        }
        let keys = self.names(attestation, aaguid).keys;
        keys.iter().flat_map(|key| metadata.by_key_identifier(key)).collect()
    }

    /// Every name of an authenticator. Who holds a bad key chooses the format and the id beside it, so that reports are looked
    /// for under all of them.
    fn names(&self, attestation: &Attestation<'_>, aaguid: &[u8; 16]) -> Names {
        let certified = self.leaf(attestation).and_then(|leaf| certified_aaguid(&leaf));
        Names {
            aaguids: [Some(*aaguid), certified].into_iter().flatten().collect(),
            keys: attestation.path().iter().filter_map(|der| key_identifier(der)).collect(),
        }
    }

    /// The attestation certificate.
    fn leaf<'a>(&self, attestation: &'a Attestation<'_>) -> Option<Certificate<'a>> {
        Certificate::parse(attestation.path().first()?, self.tolerances).ok()
    }

    /// Whether nobody knows the authenticator: the metadata has no entry, and none of the caller's own anchors vouches for it.
    fn is_unknown(&self, attestation: &Attestation<'_>, anchors: &[Cow<'_, [u8]>]) -> bool {
        // Without certificates there is nothing to vouch for: the core says so itself.
        let followed = self.follow(attestation, anchors);
        !attestation.path().is_empty() && matches!(followed, Err(Error::AttestationUntrusted))
    }

    /// Where the certificates lead, whatever the time.
    fn follow(
        &self,
        attestation: &Attestation<'_>,
        anchors: &[Cow<'_, [u8]>],
    ) -> Result<[u8; 32], Error> {
        path::verify(attestation.path(), anchors, None, self.fido_switches, self.tolerances)
    }

    /// Whether a report speaks against this authenticator.
    fn is_rejected(
        &self,
        entry: &MetadataEntry,
        attestation: &Attestation<'_>,
        at: Option<UnixTime>,
    ) -> bool {
        let effective: Vec<&StatusReport> = entry
            .status_reports()
            .iter()
            .filter(|report| report.is_effective(at))
            .filter(|report| self.is_about(report, attestation))
            .collect();
        let firmware = self.leaf(attestation).and_then(|leaf| leaf.firmware_version());
        let latest = effective.iter().filter_map(|report| report.effective_from()).max();
        let named = |names: &[String], report: &StatusReport| {
            names.iter().any(|name| name == report.status())
        };
        effective.iter().enumerate().any(|(position, report)| {
            let fault = REJECTED_STATUSES.contains(&report.status())
                && !named(&self.danger_accept_statuses, report)
                && !is_mended(position, firmware, &effective);
            let is_latest = report.effective_from().is_none_or(|from| Some(from) == latest);
            fault || (is_latest && named(&self.also_reject, report))
        })
    }

    /// Whether a report is about this authenticator's batch: one that names certificates is about those alone, and about what
    /// they certify.
    fn is_about(&self, report: &StatusReport, attestation: &Attestation<'_>) -> bool {
        report.certificates().is_empty()
            || report.certificates().iter().any(|batch| {
                attestation.path().iter().any(|der| der[..] == batch[..])
                    || self.follow(attestation, &[Cow::Borrowed(&batch[..])]).is_ok()
            })
    }
}

/// Under what an authenticator may be listed.
struct Names {
    aaguids: Vec<[u8; 16]>,
    keys: Vec<[u8; 20]>,
}

impl Names {
    fn entries<'m>(&self, metadata: &'m Metadata) -> Vec<&'m MetadataEntry> {
        let by_aaguid = self.aaguids.iter().flat_map(|aaguid| metadata.by_aaguid(aaguid));
        let by_key = self.keys.iter().flat_map(|key| metadata.by_key_identifier(key));
        by_aaguid.chain(by_key).collect()
    }

    fn are_of(&self, entry: &MetadataEntry) -> bool {
        entry.aaguid().is_some_and(|aaguid| self.aaguids.contains(aaguid))
            || entry.key_identifiers().iter().any(|key| self.keys.contains(key))
    }
}

/// The model that a certificate names: an OCTET STRING of 16 bytes.
pub(super) fn certified_aaguid(leaf: &Certificate<'_>) -> Option<[u8; 16]> {
    leaf.extension(OID_AAGUID)?.value.strip_prefix(&[0x04, 16])?.try_into().ok()
}

/// The faults that an update of the firmware can mend. A stolen attestation key can claim any firmware, and a model that is
/// revoked is not to be trusted for any reason (Metadata Service 3 §3.1.4).
const MENDABLE: [&str; 3] =
    ["USER_VERIFICATION_BYPASS", "USER_KEY_REMOTE_COMPROMISE", "USER_KEY_PHYSICAL_COMPROMISE"];

/// Whether the fault in the report at this position is gone from this authenticator: its certificate proves at least the
/// firmware of an update that was published after the fault. An update that is not proven to be installed mends nothing.
fn is_mended(fault: usize, firmware: Option<u64>, reports: &[&StatusReport]) -> bool {
    let Some((report, later)) = reports.get(fault..).and_then(|reports| reports.split_first())
    else {
        return false;
    };
    let dates = |update: &StatusReport| report.effective_from().zip(update.effective_from());
    MENDABLE.contains(&report.status())
        && later.iter().any(|update| {
            update.status() == "UPDATE_AVAILABLE"
                && dates(update).is_none_or(|(fault, update)| fault <= update)
                && update.authenticator_version().zip(firmware).is_some_and(|(version, has)| {
                    version <= has && report.authenticator_version().is_none_or(|v| v < version)
                })
        })
}

/// Whether the statement and the key are of a kind that the model makes.
fn fits(entry: &MetadataEntry, attestation: &Attestation<'_>, key: &PublicKey<'_>) -> bool {
    fits_type(entry.attestation_types(), attestation)
        && fits_algorithm(entry.authentication_algorithms(), key.algorithm())
}

fn fits_type(types: &[String], attestation: &Attestation<'_>) -> bool {
    let names: &[&str] = match (attestation.attestation_type(), attestation.format()) {
        // Clients drop statements (§5.4.7), and a format that is not verified says nothing: neither contradicts the metadata.
        (AttestationType::None | AttestationType::Unverified, _) => return true,
        (AttestationType::SelfAttested, _) => &["basic_surrogate"],
        // §8.2 and §8.6: such a statement does not tell which of the two it is.
        (AttestationType::Basic, "packed" | "fido-u2f") => &["basic_full", "attca"],
        (AttestationType::Basic, _) => &["basic_full"],
        (AttestationType::AttCa, _) => &["attca"],
        (AttestationType::AnonCa, _) => &["anonca"],
        _ => &[],
    };
    types.iter().any(|name| names.contains(&&**name))
}

/// Names of algorithms (FIDO Registry of Predefined Values §3.6.1) and the COSE numbers that they stand for.
const ALGORITHM_NAMES: [(&str, &[i64]); 21] = [
    ("secp256r1_ecdsa_sha256_raw", &[cose::ES256, cose::ESP256]),
    ("secp256r1_ecdsa_sha256_der", &[cose::ES256, cose::ESP256]),
    ("secp256k1_ecdsa_sha256_raw", &[cose::ES256K]),
    ("secp256k1_ecdsa_sha256_der", &[cose::ES256K]),
    ("secp384r1_ecdsa_sha384_raw", &[cose::ES384, cose::ESP384]),
    ("secp384r1_ecdsa_sha384_der", &[cose::ES384, cose::ESP384]),
    ("secp521r1_ecdsa_sha512_raw", &[cose::ES512, cose::ESP512]),
    ("secp512r1_ecdsa_sha256_raw", &[cose::ES512, cose::ESP512]),
    ("ed25519_eddsa_sha512_raw", &[cose::EDDSA, cose::ED25519]),
    ("ed448_eddsa_sha512_raw", &[cose::ED448]),
    ("rsassa_pkcsv15_sha256_raw", &[cose::RS256]),
    ("rsassa_pkcsv15_sha384_raw", &[cose::RS384]),
    ("rsassa_pkcsv15_sha512_raw", &[cose::RS512]),
    ("rsa_emsa_pkcs1_sha256_raw", &[cose::RS256]),
    ("rsa_emsa_pkcs1_sha256_der", &[cose::RS256]),
    ("rsassa_pss_sha256_raw", &[cose::PS256]),
    ("rsassa_pss_sha256_der", &[cose::PS256]),
    ("rsassa_pss_sha384_raw", &[cose::PS384]),
    ("rsassa_pss_sha512_raw", &[cose::PS512]),
    ("sm2_sm3_raw", &[]),
    ("rsassa_pkcsv15_sha1_raw", &[]),
];

/// Whether one of the names stands for the algorithm. An algorithm that has no name here may have one that is not known yet.
fn fits_algorithm(names: &[String], algorithm: i64) -> bool {
    let numbers = |name: &str| ALGORITHM_NAMES.iter().find(|(n, _)| *n == name).map(|(_, a)| *a);
    let is_named = ALGORITHM_NAMES.iter().any(|(_, numbers)| numbers.contains(&algorithm));
    names.iter().any(|name| match numbers(name) {
        Some(numbers) => numbers.contains(&algorithm),
        None => !is_named,
    })
}

fn borrowed(certificates: &[Vec<u8>]) -> Vec<Cow<'_, [u8]>> {
    certificates.iter().map(|der| Cow::Borrowed(&der[..])).collect()
}
