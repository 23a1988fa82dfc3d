//! Prepared keys where only text crosses, and batches of authentications.
//!
//! A key stays in a table of this process and goes by its number; one whose key is gone is `prepared_key_mismatch`.

use super::table::{Table, locked};
use super::webauthn::{authentication, relying_party_of};
use super::{Host, whole};
use crate::batch::{AuthenticationItem, Expected, in_parallel};
use crate::json::Object;
use crate::prepared::{MAX_PREPARED_KEYS, PreparedKeys};
use crate::{AuthenticationState, PreparedKey, RelyingParty};
use mfakit_core::Error;
use std::sync::{Arc, Mutex, OnceLock};

static TABLE: Mutex<Table<PreparedKey>> = Mutex::new(Table::new(MAX_PREPARED_KEYS));

pub(super) fn prepare(host: &Host<'_>) -> Result<String, Error> {
    // Made outside of the lock: it takes as long as one verification.
    let key = host.record()?.prepare()?;
    let algorithm = key.algorithm();
    let number = locked(&TABLE).insert(key);
    Ok(Object::new().number("handle", number).number("algorithm", algorithm).end())
}

/// Forgets a key. One that is gone already is no mistake.
pub(super) fn release(host: &Host<'_>) -> Result<String, Error> {
    locked(&TABLE).remove(host.u64("handle")?);
    Ok(Object::new().end())
}

/// The prepared key that the host names.
pub(super) fn named(host: &Host<'_>) -> Result<Option<PreparedKey>, Error> {
    let Some(number) = host.optional("prepared", whole)? else { return Ok(None) };
    locked(&TABLE).get(number).map(Some).ok_or(Error::PreparedKeyMismatch)
}

/// The cache of the whole process, as large as the largest that a relying party asked for: here a relying party is made for each call.
pub(super) fn shared(capacity: usize) -> Arc<PreparedKeys> {
    static SHARED: OnceLock<Arc<PreparedKeys>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| Arc::new(PreparedKeys::new(capacity)));
    shared.grow(capacity);
    Arc::clone(shared)
}

/// One item, not yet read beyond whose it is and which bytes are its response.
struct Item<'a> {
    rp: &'a Result<RelyingParty, Error>,
    response: &'a [u8],
    host: Host<'a>,
}

/// `client` is the items' responses, one after the other; `host` has `rps`, and `items`, which name one of those, the length of their
/// response, and what a single call takes. The answer is a JSON array with a value for each item: a single call's answer, or an error's number.
/// An answer holds text of the client's, so nothing but a reader of JSON may take it apart.
pub(super) fn batch(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let rps = host.required("rps", |rps| Some(rps.as_array()?.collect::<Vec<_>>()))?;
    let rps: Vec<_> = rps.into_iter().map(|rp| relying_party_of(&Host::new(rp))).collect();
    let items = host.required("items", |items| Some(items.as_array()?.collect::<Vec<_>>()))?;
    let mut rest = client;
    let mut read = |host: &Host<'_>| {
        let rp = usize::try_from(host.u64("rp")?).ok().and_then(|index| rps.get(index));
        let length = usize::try_from(host.u64("length")?).ok();
        let (response, after) =
            length.and_then(|n| rest.split_at_checked(n)).ok_or(Error::ArgumentValueInvalid)?;
        rest = after;
        Ok((rp.ok_or(Error::ArgumentValueInvalid)?, response))
    };
    let items = items.into_iter().map(|item| {
        let host = Host::new(item);
        let (rp, response) = read(&host)?;
        Ok(Item { rp, response, host })
    });
    let items = items.collect::<Result<Vec<_>, Error>>()?;
    let outcomes = in_parallel(&items, |item| {
        item.verify().unwrap_or_else(|error| error.number().to_string())
    });
    Ok(["[", &outcomes.join(","), "]"].concat())
}

impl Item<'_> {
    fn verify(&self) -> Result<String, Error> {
        let Self { rp, response, host } = self;
        let (rp, record) = (rp.as_ref().map_err(|error| *error)?, host.record()?);
        let prepared = named(host)?;
        let state = host.optional_string("state")?.map(AuthenticationState::from_text);
        let (challenge, user_handle);
        let expected = match &state {
            Some(state) => Expected::State(state),
            None => {
                (challenge, user_handle) = (host.string("challenge")?, host.string("userHandle")?);
                Expected::Challenge { challenge: &challenge, user_handle: &user_handle }
            }
        };
        let (prepared, now) = (prepared.as_ref(), Some(host.now()?));
        let item = AuthenticationItem { rp, response, expected, record: &record, prepared, now };
        authentication(&item.verify().verified()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::call;
    use super::*;

    const RECORD: &str = r#"{\"v\":1,\"id\":\"AQID\",\"publicKey\":\"pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\",\"userHandle\":\"dXNlcg\",\"signCount\":0,\"transports\":[]}"#;

    fn handle_of_a_new_key() -> Result<u64, Error> {
        let answer = call("prepare", b"", &format!(r#"{{"record":"{RECORD}"}}"#))?;
        assert!(answer.ends_with(r#","algorithm":-7}"#), "{answer}");
        let number = answer.split([':', ',']).nth(1).and_then(|number| number.parse().ok());
        number.ok_or(Error::ArgumentTypeInvalid)
    }

    fn verified_with(handle: u64) -> Result<String, Error> {
        let host = format!(
            r#"{{"rp":{{"id":"example.org","name":"E","origins":["https://example.org"],"userVerification":"required"}},
            "record":"{RECORD}","challenge":"AAAAAAAAAAAAAAAAAAAAAA","userHandle":"dXNlcg","now":1,"prepared":{handle}}}"#
        );
        call("verify_authentication", b"{}", &host)
    }

    #[test]
    fn a_number_whose_key_is_gone_means_no_other_key() -> Result<(), Error> {
        let (first, second) = (handle_of_a_new_key()?, handle_of_a_new_key()?);
        assert_ne!(first, second);
        // It is found, and what the client sent is looked at.
        assert_eq!(verified_with(first), Err(Error::ResponseMalformed));
        for _ in 0..2 {
            call("release", b"", &format!(r#"{{"handle":{first}}}"#))?;
        }
        let third = handle_of_a_new_key()?;
        assert!(third != first && third != second);
        assert_eq!(verified_with(first), Err(Error::PreparedKeyMismatch));
        for never in [0, u64::MAX] {
            assert_eq!(verified_with(never), Err(Error::PreparedKeyMismatch));
        }
        assert_eq!(verified_with(second), Err(Error::ResponseMalformed));
        Ok(())
    }

    #[test]
    fn a_batch_of_another_shape_is_refused_whole_and_an_item_alone() {
        let rps = r#""rps":[{"id":"example.org","name":"E","origins":["https://example.org"],"userVerification":"required"},{}]"#;
        let outcomes = |client: &[u8], items: &str| {
            call("verify_authentications", client, &format!(r#"{{{rps},"items":[{items}]}}"#))
        };
        let item = |rp: u8, length: u8, rest: &str| {
            format!(r#"{{"rp":{rp},"length":{length},"now":1,"record":"{RECORD}"{rest}}}"#)
        };
        let good = r#","challenge":"AAAAAAAAAAAAAAAAAAAAAA","userHandle":"dXNlcg""#;
        let numbers =
            |first: Error, second: Error| format!("[{},{}]", first.number(), second.number());
        assert_eq!(outcomes(b"", ""), Ok("[]".to_owned()));
        let two = format!("{},{}", item(0, 2, good), item(0, 1, good));
        let expected = numbers(Error::ResponseMalformed, Error::JsonMalformed);
        assert_eq!(outcomes(b"{}[", &two), Ok(expected));
        // The second relying party has no name, and its item alone is the worse for it.
        let two = format!("{},{}", item(1, 1, good), item(0, 2, ""));
        let expected = numbers(Error::ArgumentTypeInvalid, Error::ArgumentTypeInvalid);
        assert_eq!(outcomes(b"[{}", &two), Ok(expected));
        for (items, error) in [
            (item(2, 2, good), Error::ArgumentValueInvalid),
            (item(0, 3, good), Error::ArgumentValueInvalid),
            ("7".to_owned(), Error::ArgumentTypeInvalid),
        ] {
            assert_eq!(outcomes(b"{}", &items), Err(error), "{items}");
        }
    }
}
