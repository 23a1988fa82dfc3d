//! FIDO metadata: what is known of authenticator models, their attestation roots and their faults.
//!
//! [FIDO Metadata Service 3](https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html). The host fetches
//! the BLOB and passes its bytes; nothing here reaches a network. Invariant: a [`Metadata`] was signed under a root of the
//! host's and is not older than what the host knew; an entry that cannot be read is left out and counted, it never spoils the
//! others; names that are not known are kept as they stand. Leaks: nothing secret here.

mod trust;

pub use trust::{AttestationTrust, REJECTED_STATUSES};

use crate::json::{Object, present, quoted, text};
use crate::record::{read_uuid, uuid_text};
use crate::text::{from_hex, to_base64url, to_hex};
use crate::time::or_clock;
use mfakit_core::encoding::json::{self, Value};
use mfakit_core::webauthn::attestation::certificate::{Certificate, MAX_LEN};
use mfakit_core::webauthn::attestation::{FidoSwitches, Tolerances, jws, path};
use mfakit_core::{Error, UnixTime};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The largest BLOB that is read. FIDO's had 9 MB in 2026.
pub const MAX_BLOB: usize = 32 * 1024 * 1024;

/// Who signs FIDO's BLOB (Metadata Service 3 §3.2).
const SIGNER: &str = "mds.fidoalliance.org";

/// How [`Metadata::parse`] judges a BLOB.
#[derive(Clone, Copy, Debug, Default)]
pub struct MetadataOptions<'a> {
    /// The roots (DER or PEM) under which the BLOB is signed: FIDO's is GlobalSign's. While a root is being replaced, both.
    pub roots: &'a [&'a [u8]],
    /// The host name in the signer's certificate; `mds.fidoalliance.org` if `None`. FIDO's root certifies web servers of anybody.
    pub signer: Option<&'a str>,
    /// The time at which the signer's certificates must be valid; the host's clock if `None`.
    pub now: Option<UnixTime>,
    /// The number of the BLOB that was used before: an older one is refused.
    pub previous_number: Option<u64>,
    /// Whether a BLOB whose next update is overdue is used all the same. It does not know of the latest faults.
    pub allow_stale: bool,
}

/// A verified BLOB. Cheap to clone.
///
/// # Examples
///
/// ```
/// use mfakit::{Metadata, MetadataOptions};
///
/// let refused = Metadata::parse(b"not a BLOB", MetadataOptions::default());
/// assert_eq!(refused.err().map(|e| e.code()), Some("anchor_invalid")); // no root was named
/// ```
#[derive(Clone)]
pub struct Metadata(Arc<Blob>);

struct Blob {
    number: u64,
    next_update: Date,
    allow_stale: bool,
    entries: Vec<MetadataEntry>,
    skipped: usize,
    /// What could be read of entries that are skipped: their names and reports.
    unreadable: Vec<MetadataEntry>,
    /// Sorted; one id may have several entries.
    by_aaguid: Vec<([u8; 16], usize)>,
    /// Sorted.
    by_key: Vec<([u8; 20], usize)>,
}

impl Metadata {
    /// Verifies a BLOB: its signature, the signer's path to a root, its number and its age.
    ///
    /// # Errors
    ///
    /// [`Error::AnchorInvalid`] for roots that are none; [`Error::InputTooLarge`], [`Error::MetadataMalformed`],
    /// [`Error::SignatureInvalid`], [`Error::AttestationUntrusted`] and the `certificate_…` codes for a BLOB that is not
    /// signed under a root; [`Error::MetadataRollback`], [`Error::MetadataStale`].
    pub fn parse(blob: &[u8], options: MetadataOptions<'_>) -> Result<Self, Error> {
        let roots = read_anchors(options.roots.iter().copied())?;
        if roots.is_empty() {
            return Err(Error::AnchorInvalid);
        }
        let now = or_clock(options.now)?;
        if blob.len() > MAX_BLOB {
            return Err(Error::InputTooLarge);
        }
        let signer = options.signer.unwrap_or(SIGNER);
        let payload = verify_blob(blob.trim_ascii(), &roots, signer, now)?;
        let blob = Blob::read(&payload, options.allow_stale).ok_or(Error::MetadataMalformed)?;
        if options.previous_number.is_some_and(|previous| blob.number < previous) {
            return Err(Error::MetadataRollback);
        }
        let metadata = Self(Arc::new(blob));
        metadata.check_age(Some(now))?;
        Ok(metadata)
    }

    /// Metadata of entries that [`MetadataEntry::json`] gave, which nobody else can have changed: they are not signed any more.
    /// The BLOB's number is lost; its age is not.
    ///
    /// # Errors
    ///
    /// [`Error::MetadataMalformed`].
    #[doc(hidden)]
    pub fn from_trusted_entries(entries: &[&str]) -> Result<Self, Error> {
        let mut blob = Blob::new(0, Date::never(), false);
        for entry in entries {
            let read = (|| {
                let entry = json::read_all(entry.as_bytes()).ok()?;
                let [next_update, unreadable] =
                    entry.members(["nextUpdate", "unreadable"]).ok()??;
                let unreadable = unreadable.is_some_and(|flag| flag.as_bool() == Some(true));
                let read = if unreadable { Entry::read_names(entry) } else { Entry::read(entry) };
                let good_until = text(next_update);
                let next_update = match &good_until {
                    Some(day) => Date::parse(day.clone())?,
                    None => Date::never(),
                };
                let good_until = good_until.map(Arc::from);
                Some((next_update, Entry { good_until, ..read? }))
            })();
            let (next_update, entry) = read.ok_or(Error::MetadataMalformed)?;
            if next_update.start < blob.next_update.start {
                blob.next_update = next_update;
            }
            if entry.unreadable {
                blob.unreadable.push(MetadataEntry(Arc::new(entry)));
            } else {
                blob.push(entry);
            }
        }
        Ok(Self(Arc::new(blob.indexed())))
    }

    /// The names under which [`Metadata::entries`] may have an authenticator: those that [`MetadataEntry::keys`] gives.
    #[doc(hidden)]
    #[must_use]
    pub fn keys_of(aaguid: &[u8; 16], certificates: &[&[u8]]) -> Vec<String> {
        let aaguid = (*aaguid != [0; 16]).then(|| uuid_text(aaguid));
        let certified = certificates
            .iter()
            .filter_map(|der| trust::certified_aaguid(&Certificate::parse(der, READABLE).ok()?));
        let identifiers = certificates.iter().filter_map(|der| key_identifier(der));
        let aaguids = aaguid.into_iter().chain(certified.map(|aaguid| uuid_text(&aaguid)));
        aaguids.chain(identifiers.map(|identifier| to_hex(&identifier))).collect()
    }

    /// The BLOB's number: store it, and pass it as [`MetadataOptions::previous_number`] next time.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// The day by which the next BLOB is published, as the BLOB has it: `2026-12-01`.
    #[must_use]
    pub fn next_update(&self) -> &str {
        &self.0.next_update.text
    }

    /// The start of that day.
    #[must_use]
    pub fn next_update_time(&self) -> UnixTime {
        self.0.next_update.start
    }

    /// The entries, in the BLOB's order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &MetadataEntry> {
        self.0.entries.iter()
    }

    /// The entries, and the names and reports of those that could not be read.
    #[doc(hidden)]
    pub fn listed(&self) -> impl Iterator<Item = &MetadataEntry> {
        self.0.entries.iter().chain(&self.0.unreadable)
    }

    /// How many entries could not be read.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.0.skipped
    }

    /// The entry of a model.
    #[must_use]
    pub fn find(&self, aaguid: &[u8; 16]) -> Option<MetadataEntry> {
        self.by_aaguid(aaguid).next().cloned()
    }

    /// The entry of the attestation certificates with this key identifier, which is how models without an AAGUID are found.
    #[must_use]
    pub fn find_by_key_identifier(&self, identifier: &[u8; 20]) -> Option<MetadataEntry> {
        self.by_key_identifier(identifier).next().cloned()
    }

    /// What is known of the entries that were skipped, though they are listed.
    fn unreadable(&self) -> &[MetadataEntry] {
        &self.0.unreadable
    }

    fn by_aaguid<'m>(
        &'m self,
        aaguid: &[u8; 16],
    ) -> impl Iterator<Item = &'m MetadataEntry> + use<'m> {
        self.equal(&self.0.by_aaguid, aaguid)
    }

    fn by_key_identifier<'m>(
        &'m self,
        identifier: &[u8; 20],
    ) -> impl Iterator<Item = &'m MetadataEntry> + use<'m> {
        self.equal(&self.0.by_key, identifier)
    }

    fn equal<'m, K: Ord>(
        &'m self,
        index: &'m [(K, usize)],
        key: &K,
    ) -> impl Iterator<Item = &'m MetadataEntry> + use<'m, K> {
        let from = index.partition_point(|(k, _)| k < key);
        let len = index.get(from..).unwrap_or_default().partition_point(|(k, _)| k == key);
        let found = index.get(from..from + len).unwrap_or_default();
        found.iter().filter_map(|(_, position)| self.0.entries.get(*position))
    }

    /// A long-lived process holds a BLOB longer than it is good for, so its age is looked at whenever it is used.
    fn check_age(&self, now: Option<UnixTime>) -> Result<(), Error> {
        const DAY: u64 = 86_400;
        // The update may come at any hour of its day.
        let overdue = self.0.next_update.start.seconds().saturating_add(DAY);
        match now {
            Some(now) if now.seconds() >= overdue && !self.0.allow_stale => {
                Err(Error::MetadataStale)
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata")
            .field("number", &self.0.number)
            .field("next_update", &self.0.next_update.text)
            .field("entries", &self.0.entries.len())
            .field("skipped", &self.0.skipped)
            .finish()
    }
}

/// The payload, once its signer is known to be the root's.
fn verify_blob(
    blob: &[u8],
    roots: &[Vec<u8>],
    signer: &str,
    now: UnixTime,
) -> Result<Vec<u8>, Error> {
    let tolerances = Tolerances::default();
    let signed =
        jws::verify(blob, Error::MetadataMalformed, tolerances).map_err(|error| match error {
            // The words of a statement; this is none.
            Error::AttestationStatementMismatch => Error::MetadataMalformed,
            other => other,
        })?;
    let path: Vec<Cow<'_, [u8]>> =
        signed.certificates.iter().map(|der| Cow::Borrowed(&der[..])).collect();
    let roots: Vec<Cow<'_, [u8]>> = roots.iter().map(|der| Cow::Borrowed(&der[..])).collect();
    path::verify(&path, &roots, Some(now), FidoSwitches::default(), tolerances)?;
    let leaf = path.first().ok_or(Error::MetadataMalformed)?;
    let leaf = Certificate::parse(leaf, tolerances)?;
    if !leaf.is_for_host(signer)? || !leaf.may_sign()? {
        return Err(Error::CertificateRejected);
    }
    Ok(signed.payload)
}

impl Blob {
    fn read(payload: &[u8], allow_stale: bool) -> Option<Self> {
        let payload = json::read_all(payload).ok()?;
        let [number, next_update, entries] =
            payload.members(["no", "nextUpdate", "entries"]).ok()??;
        let next_update = Date::parse(text(next_update)?)?;
        let mut blob = Self::new(number?.as_u64()?, next_update, allow_stale);
        let good_until: Option<Arc<str>> = (!allow_stale).then(|| (*blob.next_update.text).into());
        for entry in entries?.as_array()? {
            match Entry::read(entry) {
                Some(entry) => blob.push(Entry { good_until: good_until.clone(), ..entry }),
                None => {
                    blob.skipped += 1;
                    let names = Entry::read_names(entry)
                        .map(|entry| Entry { good_until: good_until.clone(), ..entry });
                    blob.unreadable.extend(names.map(|entry| MetadataEntry(Arc::new(entry))));
                }
            }
        }
        Some(blob.indexed())
    }

    fn new(number: u64, next_update: Date, allow_stale: bool) -> Self {
        Self {
            number,
            next_update,
            allow_stale,
            entries: Vec::new(),
            skipped: 0,
            unreadable: Vec::new(),
            by_aaguid: Vec::new(),
            by_key: Vec::new(),
        }
    }

    fn push(&mut self, entry: Entry) {
        let position = self.entries.len();
        self.by_aaguid.extend(entry.aaguid.map(|aaguid| (aaguid, position)));
        self.by_key.extend(entry.key_identifiers.iter().map(|k| (*k, position)));
        self.entries.push(MetadataEntry(Arc::new(entry)));
    }

    fn indexed(mut self) -> Self {
        self.by_aaguid.sort_unstable();
        self.by_key.sort_unstable();
        self
    }
}

/// What is known of one model. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataEntry(Arc<Entry>);

#[derive(Debug)]
struct Entry {
    aaguid: Option<[u8; 16]>,
    key_identifiers: Vec<[u8; 20]>,
    statuses: Vec<StatusReport>,
    last_status_change: Option<String>,
    description: Option<String>,
    protocol_family: Option<String>,
    version: Option<u64>,
    roots: Vec<Vec<u8>>,
    attestation_types: Vec<String>,
    algorithms: Vec<String>,
    attachment_hints: Vec<String>,
    key_protection: Vec<String>,
    /// The next update of the BLOB, unless its age does not matter.
    good_until: Option<Arc<str>>,
    /// Whether it is but the names and reports of an entry that cannot be read.
    unreadable: bool,
    json: OnceLock<String>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.write() == other.write()
    }
}

impl Eq for Entry {}

impl Entry {
    fn read(entry: Value<'_>) -> Option<Self> {
        let [aaguid, identifiers, statuses, changed, statement] = entry
            .members([
                "aaguid",
                "attestationCertificateKeyIdentifiers",
                "statusReports",
                "timeOfLastStatusChange",
                "metadataStatement",
            ])
            .ok()??;
        let mut read = Self {
            aaguid: read_optional(aaguid, read_aaguid)?,
            key_identifiers: read_list(identifiers, |value| from_hex(&text(Some(value))?))?,
            statuses: read_list(statuses, StatusReport::read)?,
            last_status_change: text(changed),
            ..Self::empty()
        };
        // An entry without reports cannot say that nothing is wrong.
        if read.statuses.is_empty() {
            return None;
        }
        if let Some(statement) = present(statement) {
            read.read_statement(statement)?;
        }
        Some(read)
    }

    /// The names of an entry that cannot be read as a whole, and the reports that can.
    fn read_names(entry: Value<'_>) -> Option<Self> {
        let [aaguid, identifiers, statuses] = entry
            .members(["aaguid", "attestationCertificateKeyIdentifiers", "statusReports"])
            .ok()??;
        let named = Self {
            aaguid: aaguid.and_then(read_aaguid),
            key_identifiers: elements_of(identifiers)
                .filter_map(|value| from_hex(&text(Some(value))?))
                .collect(),
            statuses: elements_of(statuses).filter_map(StatusReport::read).collect(),
            unreadable: true,
            ..Self::empty()
        };
        (named.aaguid.is_some() || !named.key_identifiers.is_empty()).then_some(named)
    }

    fn empty() -> Self {
        Self {
            aaguid: None,
            key_identifiers: Vec::new(),
            statuses: Vec::new(),
            last_status_change: None,
            description: None,
            protocol_family: None,
            version: None,
            roots: Vec::new(),
            attestation_types: Vec::new(),
            algorithms: Vec::new(),
            attachment_hints: Vec::new(),
            key_protection: Vec::new(),
            good_until: None,
            unreadable: false,
            json: OnceLock::new(),
        }
    }

    fn read_statement(&mut self, statement: Value<'_>) -> Option<()> {
        let [aaguid, description, family, version, roots, types, algorithms, hints, protection] =
            statement
                .members([
                    "aaguid",
                    "description",
                    "protocolFamily",
                    "authenticatorVersion",
                    "attestationRootCertificates",
                    "attestationTypes",
                    "authenticationAlgorithms",
                    "attachmentHint",
                    "keyProtection",
                ])
                .ok()??;
        // A statement about another model than the entry's is about neither.
        if read_optional(aaguid, read_aaguid)?.is_some_and(|named| self.aaguid != Some(named)) {
            return None;
        }
        self.description = text(description);
        self.protocol_family = text(family);
        self.version = version.and_then(|v| v.as_u64());
        // A root that cannot be read vouches for nothing; what is known of the model's faults still holds.
        self.roots = read_list(roots, |value| {
            value.as_str()?;
            Some(read_certificate(value))
        })?
        .into_iter()
        .flatten()
        .collect();
        self.attestation_types = read_list(types, |value| text(Some(value)))?;
        self.algorithms = read_list(algorithms, |value| text(Some(value)))?;
        self.attachment_hints = read_list(hints, |value| text(Some(value)))?;
        self.key_protection = read_list(protection, |value| text(Some(value)))?;
        Some(())
    }

    /// What was read, in the words of the BLOB.
    fn write(&self) -> String {
        let texts = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
        let statement = Object::new()
            .optional_string("description", self.description.as_deref())
            .optional_string("protocolFamily", self.protocol_family.as_deref())
            .raw("authenticatorVersion", &number_text(self.version))
            .array("attestationRootCertificates", self.roots.iter().map(|der| quoted(&base64(der))))
            .array("attestationTypes", texts(&self.attestation_types))
            .array("authenticationAlgorithms", texts(&self.algorithms))
            .array("attachmentHint", texts(&self.attachment_hints))
            .array("keyProtection", texts(&self.key_protection))
            .end();
        let identifiers = self.key_identifiers.iter().map(|identifier| quoted(&to_hex(identifier)));
        Object::new()
            .optional_string("aaguid", self.aaguid.as_ref().map(uuid_text).as_deref())
            .array("attestationCertificateKeyIdentifiers", identifiers)
            .array("statusReports", self.statuses.iter().map(StatusReport::write))
            .optional_string("timeOfLastStatusChange", self.last_status_change.as_deref())
            .raw("metadataStatement", &statement)
            .optional_string("nextUpdate", self.good_until.as_deref())
            .bool("unreadable", self.unreadable)
            .end()
    }
}

impl MetadataEntry {
    /// The model's id; models of U2F have none.
    #[must_use]
    pub fn aaguid(&self) -> Option<&[u8; 16]> {
        self.0.aaguid.as_ref()
    }

    /// The identifiers of the keys in the model's attestation certificates (SHA-1, RFC 5280 §4.2.1.2).
    #[must_use]
    pub fn key_identifiers(&self) -> &[[u8; 20]] {
        &self.0.key_identifiers
    }

    /// The model in words.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// `fido2`, `u2f`, `uaf` or a later one.
    #[must_use]
    pub fn protocol_family(&self) -> Option<&str> {
        self.0.protocol_family.as_deref()
    }

    /// The earliest firmware that the statement is about.
    #[must_use]
    pub fn authenticator_version(&self) -> Option<u64> {
        self.0.version
    }

    /// The anchors (DER) of the model's attestation.
    #[must_use]
    pub fn attestation_root_certificates(&self) -> &[Vec<u8>] {
        &self.0.roots
    }

    /// `basic_full`, `basic_surrogate`, `attca`, `anonca`, `ecdaa` or later ones.
    #[must_use]
    pub fn attestation_types(&self) -> &[String] {
        &self.0.attestation_types
    }

    /// The model's signature algorithms, by the names of the FIDO Registry of Predefined Values §3.6.1.
    #[must_use]
    pub fn authentication_algorithms(&self) -> &[String] {
        &self.0.algorithms
    }

    /// `internal`, `external`, `nfc` and so on (FIDO Registry of Predefined Values §3.4).
    #[must_use]
    pub fn attachment_hints(&self) -> &[String] {
        &self.0.attachment_hints
    }

    /// `hardware`, `software` and so on (FIDO Registry of Predefined Values §3.2).
    #[must_use]
    pub fn key_protection(&self) -> &[String] {
        &self.0.key_protection
    }

    /// Whether the model keeps its keys in hardware, a trusted execution environment or a secure element, and nowhere else.
    #[must_use]
    pub fn is_hardware(&self) -> bool {
        let names = |wanted: &[&str]| self.0.key_protection.iter().any(|p| wanted.contains(&&**p));
        names(&["hardware", "tee", "secure_element"]) && !names(&["software"])
    }

    /// What became known of the model, in the BLOB's order.
    #[must_use]
    pub fn status_reports(&self) -> &[StatusReport] {
        &self.0.statuses
    }

    /// The day of the last change to the reports, as the BLOB has it.
    #[must_use]
    pub fn time_of_last_status_change(&self) -> Option<&str> {
        self.0.last_status_change.as_deref()
    }

    /// The names that find this entry: its AAGUID as a UUID, and the identifiers of its attestation keys in hexadecimal.
    #[doc(hidden)]
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let aaguid = self.0.aaguid.as_ref().map(uuid_text);
        aaguid.into_iter().chain(self.0.key_identifiers.iter().map(|k| to_hex(k))).collect()
    }

    /// What is used of the entry, for [`Metadata::from_trusted_entries`]: without the model's picture, which is most of it.
    #[doc(hidden)]
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.json.get_or_init(|| self.0.write())
    }

    /// What people ask of an entry, as a JSON object: `aaguid`, `description`, `isHardware`, `attestationTypes`,
    /// `keyProtection`, `attachmentHint`, `statusReports`, `attestationRootCertificates` (base64url).
    #[must_use]
    pub fn to_json(&self) -> String {
        let texts = |texts: &[String]| texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
        let report = |report: &StatusReport| {
            Object::new()
                .string("status", report.status())
                .optional_string("effectiveDate", report.effective_date())
                .end()
        };
        let roots = self.0.roots.iter().map(|der| quoted(&to_base64url(der)));
        Object::new()
            .optional_string("aaguid", self.aaguid().map(uuid_text).as_deref())
            .optional_string("description", self.description())
            .bool("isHardware", self.is_hardware())
            .array("attestationTypes", texts(&self.0.attestation_types))
            .array("keyProtection", texts(&self.0.key_protection))
            .array("attachmentHint", texts(&self.0.attachment_hints))
            .array("statusReports", self.0.statuses.iter().map(report))
            .array("attestationRootCertificates", roots)
            .end()
    }
}

/// What became known of a model at some time (Metadata Service 3 §3.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    status: String,
    effective_date: Option<String>,
    effective_from: Option<UnixTime>,
    version: Option<u64>,
    certificates: Vec<Vec<u8>>,
    url: Option<String>,
}

impl StatusReport {
    fn read(report: Value<'_>) -> Option<Self> {
        let [status, date, version, certificate, batch, url] = report
            .members([
                "status",
                "effectiveDate",
                "authenticatorVersion",
                "certificate",
                "batchCertificate",
                "url",
            ])
            .ok()??;
        // A certificate that cannot be read narrows nothing: the report is then about every authenticator of the model.
        let certificates: Option<Vec<_>> = [certificate, batch]
            .into_iter()
            .filter_map(|value| present(value).map(read_certificate))
            .collect();
        let effective_date = text(date);
        Some(Self {
            status: text(status)?,
            // So does a date.
            effective_from: effective_date.clone().and_then(Date::parse).map(|date| date.start),
            effective_date,
            version: version.and_then(|v| v.as_u64()),
            certificates: certificates.unwrap_or_default(),
            url: text(url),
        })
    }

    fn write(&self) -> String {
        let mut object = Object::new()
            .string("status", &self.status)
            .optional_string("effectiveDate", self.effective_date.as_deref())
            .raw("authenticatorVersion", &number_text(self.version))
            .optional_string("url", self.url.as_deref());
        for (name, der) in ["certificate", "batchCertificate"].iter().zip(&self.certificates) {
            object = object.string(name, &base64(der));
        }
        object.end()
    }

    /// `FIDO_CERTIFIED_L1`, `REVOKED` and so on (Metadata Service 3 §3.1.4).
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// The day from which it counts, as the BLOB has it. Without one it counts already.
    #[must_use]
    pub fn effective_date(&self) -> Option<&str> {
        self.effective_date.as_deref()
    }

    /// Whether it counts at this time. Where the time is not known, it does.
    #[must_use]
    pub fn is_effective(&self, at: Option<UnixTime>) -> bool {
        self.effective_from.zip(at).is_none_or(|(from, at)| from <= at)
    }

    /// The firmware that it is about; every one if `None`.
    #[must_use]
    pub fn authenticator_version(&self) -> Option<u64> {
        self.version
    }

    /// The certificates (DER) of the batches that it is about; every authenticator of the model if there are none.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Where there is more to read.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// When it begins to count, if the BLOB says so.
    fn effective_from(&self) -> Option<UnixTime> {
        self.effective_from
    }
}

/// A day.
struct Date {
    text: String,
    start: UnixTime,
}

impl Date {
    /// A day that does not come.
    fn never() -> Self {
        Self { text: String::new(), start: UnixTime::from_seconds(u64::MAX) }
    }

    /// `YYYY-MM-DD` (ISO 8601), from 1970 on.
    fn parse(text: String) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |len: usize| {
            let digits = parts.next().filter(|digits| digits.len() == len)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let is_leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        let lengths =
            [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let before = usize::try_from(month).ok()?.checked_sub(1)?;
        if parts.next().is_some() || year < 1970 || !(1..=*lengths.get(before)?).contains(&day) {
            return None;
        }
        let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let days = years + lengths.iter().take(before).sum::<u64>() + day - 1;
        Some(Self { text, start: UnixTime::from_seconds(days * 86_400) })
    }
}

/// The elements of a list that is there; nothing if it is not. `None` if it is no list, or an element cannot be read.
fn read_list<T>(
    list: Option<Value<'_>>,
    read: impl FnMut(Value<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    match present(list) {
        Some(list) => list.as_array()?.map(read).collect(),
        None => Some(Vec::new()),
    }
}

/// The elements of what may be a list.
fn elements_of(list: Option<Value<'_>>) -> impl Iterator<Item = Value<'_>> {
    list.and_then(|list| list.as_array()).into_iter().flatten()
}

/// What a value says if it is there. `None` if it cannot be read.
fn read_optional<T>(
    value: Option<Value<'_>>,
    read: impl FnOnce(Value<'_>) -> Option<T>,
) -> Option<Option<T>> {
    match present(value) {
        Some(value) => read(value).map(Some),
        None => Some(None),
    }
}

/// An AAGUID in the form of a UUID (RFC 9562 §4), in either case.
fn read_aaguid(value: Value<'_>) -> Option<[u8; 16]> {
    read_uuid(&text(Some(value))?)
}

/// Base64 with padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    let mut text = to_base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

fn number_text(number: Option<u64>) -> String {
    number.map_or_else(|| "null".to_owned(), |number| number.to_string())
}

/// A certificate in base64, as metadata has it: with line breaks at times.
fn read_certificate(value: Value<'_>) -> Option<Vec<u8>> {
    let symbols = value.as_str()?.bytes().filter(|byte| !byte.is_ascii_whitespace());
    jws::from_base64(symbols, MAX_LEN).filter(|der| path::is_anchor(der))
}

/// For telling certificates from other things: whether a fault is let pass is decided where a path is followed.
const READABLE: Tolerances =
    Tolerances { ecdsa_null_parameters: true, signature_unused_bits: true };

/// The identifier of a certificate's key, if it is a certificate.
fn key_identifier(der: &[u8]) -> Option<[u8; 20]> {
    Certificate::parse(der, READABLE).ok().map(|certificate| certificate.key_identifier())
}

/// The certificates in DER and PEM files, of which one PEM file may hold several.
fn read_anchors<'a>(files: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Vec<u8>>, Error> {
    let mut anchors = Vec::new();
    for file in files {
        // The tag of a SEQUENCE is the digit 0 in ASCII, with which no PEM file begins.
        let certificates = if file.first() == Some(&0x30) {
            vec![file.to_vec()]
        } else {
            read_pem(file).ok_or(Error::AnchorInvalid)?
        };
        if certificates.is_empty() || !certificates.iter().all(|der| path::is_anchor(der)) {
            return Err(Error::AnchorInvalid);
        }
        anchors.extend(certificates);
    }
    Ok(anchors)
}

/// The certificates of a PEM file (RFC 7468). Text around them is explanatory; a block of anything else is a mistake.
fn read_pem(file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = std::str::from_utf8(file).ok()?;
    let mut blocks = text.split("-----BEGIN ");
    blocks.next();
    blocks
        .map(|block| {
            let (body, _) =
                block.strip_prefix("CERTIFICATE-----")?.split_once("-----END CERTIFICATE-----")?;
            jws::from_base64(body.bytes().filter(|b| !b.is_ascii_whitespace()), MAX_LEN)
        })
        .collect()
}
