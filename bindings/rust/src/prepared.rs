//! Prepared keys: tables made of a stored credential's key, with which each verification takes half the time.
//!
//! They are worth their while where the same credential signs in often, or a batch has it many times; a record is enough everywhere
//! else. Invariant: a prepared key lives in this process alone, has no byte form, and is refused for any record but one with its very
//! key. What it is made of is public. Leaks: nothing secret here.

use crate::record::CredentialRecord;
use mfakit_core::Error;
use mfakit_core::crypto;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most keys that [`crate::RelyingPartyOptions::prepared_keys`] takes, and that the border keeps by number: 140 MB of tables.
pub(crate) const MAX_PREPARED_KEYS: usize = 65_536;

/// The key of a stored credential, prepared; see [`CredentialRecord::prepare`]. A clone shares the tables.
///
/// # Examples
///
/// ```
/// # use mfakit::*;
/// # use mfakit_testing::SoftAuthenticator;
/// # let options = RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required);
/// # let rp = RelyingParty::new("example.org", options)?;
/// # let mut passkey = SoftAuthenticator::new("https://example.org");
/// # let user = generate_user_handle()?;
/// # let ceremony = rp.begin_registration(&user, BeginRegistration { user_name: "alice", ..Default::default() })?;
/// # let response = passkey.create(ceremony.options_json())?;
/// # let record = rp.finish_registration(response.as_bytes(), ceremony.state(), None)?.commit(1)?;
/// let prepared = record.prepare()?; // once; kept beside what else is known of the credential while the process runs
///
/// let ceremony = rp.begin_authentication(&user, &[record.clone()], BeginAuthentication::default())?;
/// # let response = passkey.get(ceremony.options_json())?;
/// let verified = rp.finish_authentication_prepared(response.as_bytes(), ceremony.state(), &record, &prepared, None)?;
/// # assert_eq!(verified.user_handle(), user);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PreparedKey(Arc<Prepared>);

struct Prepared {
    algorithm: i64,
    public_key: Vec<u8>,
    /// Of ES256 alone: the other algorithms' keys are only compared.
    tables: Option<crypto::PreparedKey>,
}

impl CredentialRecord {
    /// Prepares the key, for as long as the process keeps it: 2 KiB, made in the time of about one verification.
    ///
    /// Any record's key can be prepared. It makes verifications of ES256 (two thirds of all passkeys) faster, and no others slower.
    ///
    /// # Errors
    ///
    /// [`Error::RecordCorrupt`] if the key is no point of its curve.
    pub fn prepare(&self) -> Result<PreparedKey, Error> {
        let tables = match crypto::PreparedKey::new(&self.public_key) {
            Ok(tables) => Some(tables),
            Err(Error::AlgorithmUnsupported) => None,
            Err(_) => return Err(Error::RecordCorrupt),
        };
        let (algorithm, public_key) = (self.algorithm(), self.public_key.clone());
        Ok(PreparedKey(Arc::new(Prepared { algorithm, public_key, tables })))
    }
}

impl PreparedKey {
    /// The COSE number of the key's algorithm; 0 if the key names none.
    #[must_use]
    pub fn algorithm(&self) -> i64 {
        self.0.algorithm
    }

    /// The tables, if there are any, once it is sure that they are this record's.
    pub(crate) fn tables_of(
        &self,
        record: &CredentialRecord,
    ) -> Result<Option<&crypto::PreparedKey>, Error> {
        let tables = self.0.tables.as_ref();
        let same = self.0.public_key == record.public_key
            || tables.is_some_and(|tables| tables.is_for(&record.public_key));
        if same { Ok(tables) } else { Err(Error::PreparedKeyMismatch) }
    }
}

impl fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKey").field("algorithm", &self.0.algorithm).finish_non_exhaustive()
    }
}

/// Prepared keys of the credentials that signed in lately, by their whole keys.
///
/// A key is prepared once an assertion of its credential was accepted, so that nobody fills the cache with what others sent. It has two
/// generations, each of half the size: when the younger is full it becomes the older, and what the older still had is dropped. What
/// is used moves to the younger.
pub(crate) struct PreparedKeys {
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    capacity: usize,
    young: Sorted,
    old: Sorted,
}

/// By public key. What sorts them is quick enough for a table of this size, and a fraction of a hash table's code.
type Sorted = Vec<PreparedKey>;

fn place(keys: &Sorted, public_key: &[u8]) -> Result<usize, usize> {
    keys.binary_search_by(|key| key.0.public_key.as_slice().cmp(public_key))
}

impl PreparedKeys {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { generations: Mutex::new(Generations { capacity, ..Generations::default() }) }
    }

    /// Makes room for at least as many keys.
    #[cfg(feature = "border")]
    pub(crate) fn grow(&self, capacity: usize) {
        let mut generations = self.locked();
        generations.capacity = generations.capacity.max(capacity);
    }

    /// The prepared key of a record, if its credential signed in lately.
    pub(crate) fn get(&self, record: &CredentialRecord) -> Option<PreparedKey> {
        self.locked().get(&record.public_key)
    }

    /// Prepares the key of a record whose credential signed in. One that cannot be prepared is not kept.
    pub(crate) fn keep(&self, record: &CredentialRecord) {
        // Outside of the lock: it takes as long as one verification.
        let prepared = record.prepare().ok().filter(|key| key.0.tables.is_some());
        if let Some(prepared) = prepared {
            self.locked().insert(prepared);
        }
    }

    fn locked(&self) -> MutexGuard<'_, Generations> {
        // Whatever a panic left behind is whole: each step leaves the maps within their bounds.
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn get(&mut self, public_key: &[u8]) -> Option<PreparedKey> {
        if let Ok(here) = place(&self.young, public_key) {
            return self.young.get(here).cloned();
        }
        let found = self.old.remove(place(&self.old, public_key).ok()?);
        self.insert(found.clone());
        Some(found)
    }

    fn insert(&mut self, prepared: PreparedKey) {
        if self.young.len() >= (self.capacity / 2).max(1) {
            self.old = std::mem::take(&mut self.young);
            // One key alone has but one generation.
            if self.capacity < 2 {
                self.old.clear();
            }
        }
        // Two threads may have prepared the same key.
        if let Err(here) = place(&self.young, &prepared.0.public_key) {
            self.young.insert(here, prepared);
        }
    }
}

impl fmt::Debug for PreparedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedKeys").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NewRecord;
    use crate::text::to_base64url;

    const KEY: &str = "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";

    fn with_key(public_key: &str) -> Result<CredentialRecord, Error> {
        let parts = NewRecord {
            public_key,
            user_handle: "dXNlcg",
            sign_count: 0,
            transports: Vec::new(),
            backup_eligible: None,
            backed_up: None,
            aaguid: None,
            uv_initialized: None,
        };
        CredentialRecord::new("AQID", parts)
    }

    /// An Ed25519 key: any 32 bytes will do where nothing is verified.
    fn eddsa(first: u8) -> Result<CredentialRecord, Error> {
        let mut key = vec![0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32];
        key.extend_from_slice(&mfakit_core::crypto::sha256(&[&[first]]));
        CredentialRecord::from_text(&format!(
            r#"{{"v":1,"id":"AQID","publicKey":"{}","userHandle":"dXNlcg","signCount":0,"transports":[]}}"#,
            to_base64url(&key)
        ))
    }

    #[test]
    fn a_key_is_its_records_and_no_others() -> Result<(), Error> {
        let record = with_key(KEY)?;
        let prepared = record.prepare()?;
        assert_eq!(prepared.algorithm(), -7);
        assert_eq!(format!("{prepared:?}"), "PreparedKey { algorithm: -7, .. }");
        assert!(prepared.tables_of(&record)?.is_some());
        let (first, second) = (eddsa(1)?, eddsa(2)?);
        assert!(first.prepare()?.tables_of(&first)?.is_none());
        for (prepared, other) in
            [(&prepared, &first), (&first.prepare()?, &second), (&first.prepare()?, &record)]
        {
            assert_eq!(prepared.tables_of(other).err(), Some(Error::PreparedKeyMismatch));
        }
        Ok(())
    }

    #[test]
    fn the_cache_is_keyed_by_the_whole_key_and_never_larger_than_asked() -> Result<(), Error> {
        let keys = (0..100).map(|i| eddsa(i)?.prepare()).collect::<Result<Vec<_>, _>>()?;
        let name = |key: &PreparedKey| key.0.public_key.clone();
        let used = keys.first().map(name).unwrap_or_default();
        for capacity in [1, 2, 3, 7, 8] {
            let mut cache = Generations { capacity, ..Generations::default() };
            for (index, key) in keys.iter().enumerate() {
                assert!(cache.get(&name(key)).is_none());
                cache.insert(key.clone());
                assert!(cache.young.len() + cache.old.len() <= capacity, "{capacity}");
                let found = cache.get(&name(key)).ok_or(Error::PreparedKeyMismatch)?;
                assert!(Arc::ptr_eq(&found.0, &key.0));
                // What is used each time stays, where there is room for it and another.
                assert_eq!(cache.get(&used).is_some(), capacity > 1 || index == 0);
                assert!(cache.young.len() + cache.old.len() <= capacity, "{capacity}");
                let mut other = name(key);
                other.pop();
                assert!(cache.get(&other).is_none());
            }
        }
        Ok(())
    }

    #[test]
    fn the_cache_keeps_what_was_accepted_and_can_be_prepared() -> Result<(), Error> {
        let cache = PreparedKeys::new(4);
        let (es256, eddsa) = (with_key(KEY)?, eddsa(1)?);
        assert!(cache.get(&es256).is_none());
        for record in [&es256, &eddsa] {
            cache.keep(record);
        }
        let found = cache.get(&es256).ok_or(Error::RecordCorrupt)?;
        assert!(found.tables_of(&es256)?.is_some());
        assert!(cache.get(&eddsa).is_none());
        Ok(())
    }
}
