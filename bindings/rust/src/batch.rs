//! Many authentications at once, on all of the machine's cores.
//!
//! Each item has an outcome of its own, and one that fails changes none of the others. Invariant: the outcomes are in the order of the
//! items, and each is what a call with that item alone gives.

use crate::ceremony::AuthenticationState;
use crate::prepared::PreparedKey;
use crate::record::CredentialRecord;
use crate::relying_party::{RelyingParty, Stateless};
use crate::verified::AuthenticationVerified;
use mfakit_core::{Error, UnixTime};
#[cfg(not(target_family = "wasm"))]
use std::{
    num::NonZeroUsize,
    sync::{Mutex, OnceLock, PoisonError},
    thread,
};

/// A thread costs as much to start as a verification takes or less. With fewer items than this for each it does not pay.
#[cfg(not(target_family = "wasm"))]
const ITEMS_A_THREAD: usize = 8;
/// How many items a thread takes at a time: enough that nobody waits for the queue, few enough that all end together.
#[cfg(not(target_family = "wasm"))]
const ITEMS_A_TURN: usize = 4;

/// What an authentication of a batch is verified against.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'a> {
    /// What deleting the ceremony returned, as for [`RelyingParty::finish_authentication`].
    State(&'a AuthenticationState),
    /// A challenge that the caller kept and consumed, as for [`RelyingParty::verify_authentication`].
    Challenge {
        /// Base64url.
        challenge: &'a str,
        /// Base64url.
        user_handle: &'a str,
    },
}

/// One authentication of a batch.
#[derive(Clone, Copy, Debug)]
pub struct AuthenticationItem<'a> {
    /// Whose it is; the items of a batch may have several.
    pub rp: &'a RelyingParty,
    /// The JSON text from the browser.
    pub response: &'a [u8],
    /// What it is verified against.
    pub expected: Expected<'a>,
    /// The record of the credential that the response names.
    pub record: &'a CredentialRecord,
    /// Its prepared key, if there is one.
    pub prepared: Option<&'a PreparedKey>,
    /// The time for a state; the host's clock if `None`.
    pub now: Option<UnixTime>,
}

impl AuthenticationItem<'_> {
    /// What becomes of this item alone.
    pub fn verify(&self) -> Outcome {
        let Self { rp, response, record, prepared, now, .. } = *self;
        Outcome(match self.expected {
            Expected::State(state) => rp.finish_with(response, state, record, prepared, now),
            Expected::Challenge { challenge, user_handle } => {
                let more = Stateless { prepared, ..Stateless::default() };
                rp.verify_authentication(response, challenge, user_handle, record, more)
            }
        })
    }
}

/// What became of one item of a batch. It says nothing until it is asked for what was verified.
#[derive(Debug)]
#[must_use]
pub struct Outcome(Result<AuthenticationVerified, Error>);

impl Outcome {
    /// The verified authentication.
    ///
    /// # Errors
    ///
    /// This item's: what a call with it alone gives.
    pub fn verified(self) -> Result<AuthenticationVerified, Error> {
        self.0
    }
}

/// Verifies many authentications, on as many threads as the machine has cores; on one where there are few items, and in WebAssembly.
///
/// A batch consumes nothing: each item's ceremony was deleted before, as for a single one, and each outcome's transition is stored by
/// itself. Two items with one record are both verified against it; the compare-and-set tells the second that it came too late.
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
/// # let ceremony = rp.begin_authentication(&user, &[record.clone()], BeginAuthentication::default())?;
/// # let response = passkey.get(ceremony.options_json())?;
/// # let state = ceremony.state();
/// let item = AuthenticationItem {
///     rp: &rp,
///     response: response.as_bytes(),
///     expected: Expected::State(state),
///     record: &record,
///     prepared: None,
///     now: None,
/// };
/// let tampered = AuthenticationItem { response: b"{}", ..item };
/// let mut outcomes = verify_authentications(&[item, tampered]).into_iter().map(Outcome::verified);
/// assert_eq!(outcomes.next().unwrap()?.user_handle(), user);
/// assert_eq!(outcomes.next().unwrap().err(), Some(Error::ResponseMalformed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify_authentications(items: &[AuthenticationItem<'_>]) -> Vec<Outcome> {
    in_parallel(items, AuthenticationItem::verify)
}

/// What `run` makes of each item, in their order.
#[doc(hidden)]
pub fn in_parallel<T: Sync, R: Send>(items: &[T], run: impl Fn(&T) -> R + Sync) -> Vec<R> {
    #[cfg(target_family = "wasm")]
    return items.iter().map(run).collect();
    #[cfg(not(target_family = "wasm"))]
    in_threads(items, threads_for(items.len()), run)
}

#[cfg(not(target_family = "wasm"))]
fn in_threads<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    run: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if threads < 2 {
        return items.iter().map(run).collect();
    }
    let mut results = Vec::new();
    results.resize_with(items.len(), || None);
    let turns = items.chunks(ITEMS_A_TURN).zip(results.chunks_mut(ITEMS_A_TURN));
    let turns = Mutex::new(turns);
    let work = || {
        let next = || turns.lock().unwrap_or_else(PoisonError::into_inner).next();
        while let Some((items, slots)) = next() {
            for (item, slot) in items.iter().zip(slots) {
                *slot = Some(run(item));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // A thread that cannot be had leaves its work to the others, of which this is one.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    // Every slot is filled: a panic in a thread goes on in this one, in front of here.
    results.into_iter().flatten().collect()
}

#[cfg(not(target_family = "wasm"))]
fn threads_for(items: usize) -> usize {
    // Asking takes longer than a verification: the system reads files.
    static CORES: OnceLock<usize> = OnceLock::new();
    if items < 2 * ITEMS_A_THREAD {
        return 1;
    }
    let cores = CORES.get_or_init(|| thread::available_parallelism().map_or(1, NonZeroUsize::get));
    (*cores).min(items / ITEMS_A_THREAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items_on_any_number_of_threads() {
        for count in [0, 1, 3, 4, 5, 31, 32, 257] {
            let items: Vec<usize> = (0..count).collect();
            let squares: Vec<usize> = items.iter().map(|n| n * n).collect();
            for threads in [0, 1, 2, 7, 64] {
                assert_eq!(in_threads(&items, threads, |n| n * n), squares, "{count} {threads}");
            }
            assert_eq!(in_parallel(&items, |n| n * n), squares);
        }
    }

    #[test]
    fn a_few_items_start_no_thread_and_many_no_more_than_there_are_cores() {
        assert_eq!([0, 1, 15].map(threads_for), [1; 3]);
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        assert_eq!(threads_for(16), cores.min(2));
        assert_eq!(threads_for(1_000_000), cores);
    }
}
