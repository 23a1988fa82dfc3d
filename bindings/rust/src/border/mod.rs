//! The border to TypeScript: one function, text in and text out. It keeps prepared keys, which have no text, and relying parties,
//! which are read once. A TOTP code has a second one, without any text to read.
//!
//! `client` is what came from the browser: everything wrong with it is the client's fault. `host` is a JSON object of the
//! host's arguments: everything wrong with it is a `config` error. Numbers that may pass 2^53 are decimal strings in the
//! results; `host` may pass them either way. TypeScript checks its own types first; this module checks again.

#[cfg(feature = "approval")]
mod approval;
#[cfg(feature = "assurance")]
mod assurance;
#[cfg(feature = "codes")]
mod codes;
#[cfg(feature = "otp")]
mod otp;
#[cfg(feature = "webauthn")]
mod prepared;
#[cfg(feature = "webauthn")]
mod table;
mod throttle;
#[cfg(feature = "attestation")]
mod trust;
#[cfg(feature = "webauthn")]
mod webauthn;

#[cfg(feature = "otp")]
pub use otp::{HotTotp, totp_verify};

use crate::json;
use crate::time::json_time;
#[cfg(feature = "webauthn")]
use crate::{CredentialRecord, Mediation, UserVerification};
use mfakit_core::encoding::json as reader;
use mfakit_core::{Error, UnixTime};
use zeroize::Zeroizing;

/// Runs the operation `op`. The result is a JSON object; that of a batch is an array.
///
/// # Errors
///
/// The operation's; [`Error::ArgumentTypeInvalid`] if `host` is not a JSON object or a member has the wrong type;
/// [`Error::ArgumentValueInvalid`] for an operation that is unknown or not built in.
#[allow(unused_variables, reason = "a build may have nothing but the throttle")]
pub fn call(op: &str, client: &[u8], host: &str) -> Result<String, Error> {
    let host = reader::read_all(host.as_bytes()).map_err(|_| Error::ArgumentTypeInvalid)?;
    let host = Host::new(host);
    if host.members.is_none() {
        return Err(Error::ArgumentTypeInvalid);
    }
    #[allow(unused_mut, reason = "see above")]
    let mut answer = throttle::call(op, &host);
    #[cfg(feature = "otp")]
    {
        answer = answer.or_else(|| otp::call(op, client, &host));
    }
    #[cfg(feature = "codes")]
    {
        answer = answer.or_else(|| codes::call(op, client, &host));
    }
    #[cfg(feature = "attestation")]
    {
        answer = answer.or_else(|| trust::call(op, client, &host));
    }
    #[cfg(feature = "assurance")]
    {
        answer = answer.or_else(|| assurance::call(op, client, &host));
    }
    #[cfg(feature = "approval")]
    {
        answer = answer.or_else(|| approval::call(op, client, &host));
    }
    #[cfg(feature = "webauthn")]
    {
        answer.unwrap_or_else(|| webauthn::call(op, client, &host))
    }
    #[cfg(not(feature = "webauthn"))]
    {
        answer.unwrap_or(Err(Error::ArgumentValueInvalid))
    }
}

/// The host's arguments: the members of an object, found once. Of anything else each member is an error.
pub(super) struct Host<'a> {
    members: Option<Vec<(reader::Str<'a>, reader::Value<'a>)>>,
}

impl<'a> Host<'a> {
    pub(super) fn new(value: reader::Value<'a>) -> Self {
        Self { members: value.as_object().map(Iterator::collect) }
    }

    /// A member that stands twice is an error.
    pub(super) fn member(&self, name: &str) -> Result<Option<reader::Value<'a>>, Error> {
        let members = self.members.as_ref().ok_or(Error::ArgumentTypeInvalid)?;
        let mut named = members.iter().filter(|(other, _)| *other == *name);
        let found = named.next().map(|(_, value)| *value);
        if named.next().is_some() {
            return Err(Error::ArgumentTypeInvalid);
        }
        Ok(json::present(found))
    }

    /// A member that may be absent or null; of another type it is an error.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(reader::Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        self.member(name)?.map(|value| read(value).ok_or(Error::ArgumentTypeInvalid)).transpose()
    }

    pub(super) fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(reader::Value<'a>) -> Option<T>,
    ) -> Result<T, Error> {
        self.optional(name, read)?.ok_or(Error::ArgumentTypeInvalid)
    }

    pub(super) fn string(&self, name: &str) -> Result<String, Error> {
        self.required(name, |v| json::text(Some(v)))
    }

    /// The secret of an authenticator, wiped when it is dropped.
    pub(super) fn secret(&self) -> Result<Zeroizing<String>, Error> {
        self.string("secret").map(Zeroizing::new)
    }

    pub(super) fn optional_string(&self, name: &str) -> Result<Option<String>, Error> {
        self.optional(name, |v| json::text(Some(v)))
    }

    pub(super) fn u64(&self, name: &str) -> Result<u64, Error> {
        self.required(name, whole)
    }

    pub(super) fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Error> {
        self.optional(name, |v| v.as_array()?.map(|e| json::text(Some(e))).collect())
    }

    pub(super) fn now(&self) -> Result<UnixTime, Error> {
        self.required("now", json_time).map_err(|_| Error::TimeInvalid)?
    }

    #[cfg(feature = "webauthn")]
    pub(super) fn record(&self) -> Result<CredentialRecord, Error> {
        CredentialRecord::from_text(&self.string("record")?)
    }

    #[cfg(feature = "webauthn")]
    pub(super) fn records(&self, name: &str) -> Result<Vec<CredentialRecord>, Error> {
        let texts = self.strings(name)?.unwrap_or_default();
        texts.iter().map(|text| CredentialRecord::from_text(text)).collect()
    }

    /// A member that names one of a few values.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        let Some(chosen) = self.optional_string(name)? else { return Ok(None) };
        let found = choices.iter().find(|(name, _)| *name == chosen);
        found.map(|(_, value)| Some(*value)).ok_or(Error::ArgumentValueInvalid)
    }

    /// A member that is a name of a type's own.
    pub(super) fn named<T>(
        &self,
        name: &str,
        read: fn(&str) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.optional_string(name)?.map(|value| read(&value)).transpose()
    }

    /// A member that is false where it is absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        Ok(self.optional(name, |v| v.as_bool())?.unwrap_or(false))
    }

    #[cfg(feature = "webauthn")]
    pub(super) fn user_verification(&self) -> Result<Option<UserVerification>, Error> {
        self.named("userVerification", UserVerification::from_name)
    }

    #[cfg(feature = "webauthn")]
    pub(super) fn mediation(&self) -> Result<Option<Mediation>, Error> {
        self.choice("mediation", &[("conditional", Mediation::Conditional)])
    }
}

/// A whole number, plain or as a decimal string.
pub(super) fn whole(value: reader::Value<'_>) -> Option<u64> {
    value.as_u64().or_else(|| json::text(Some(value))?.parse().ok())
}

/// The answer of a check, which has nothing to tell.
pub(super) fn checked(outcome: Result<(), Error>) -> Result<String, Error> {
    outcome.map(|()| json::Object::new().end())
}

/// The client's text; what is not UTF-8 is `malformed`.
pub(super) fn text(client: &[u8], malformed: Error) -> Result<&str, Error> {
    std::str::from_utf8(client).map_err(|_| malformed)
}

/// A key, wiped when it is dropped.
pub(super) fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    crate::from_base64url(text).map(Zeroizing::new).map_err(|_| Error::ArgumentTypeInvalid)
}

#[cfg(all(test, feature = "otp"))]
mod tests {
    use super::*;

    const HOST: &str = r#"{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algorithm":"SHA1","digits":6,"period":30,
        "now":59.5,"lastStep":null,"past":1,"future":1,"counter":"0","lookAhead":10,"second":"755224"}"#;

    #[test]
    fn what_the_client_sent_fails_as_the_clients_and_what_the_host_sent_as_the_hosts() {
        assert_eq!(
            call("totp_verify", b"287082", HOST).as_deref(),
            Ok(r#"{"step":"1","drift":0,"prev":null,"next":"1"}"#)
        );
        assert_eq!(call("totp_verify", b"\xff", HOST), Err(Error::OtpMalformed));
        assert_eq!(call("totp_verify", b"287082", "[]"), Err(Error::ArgumentTypeInvalid));
        assert_eq!(call("totp_uri", b"", "{}"), Err(Error::ArgumentTypeInvalid));
        let milliseconds = HOST.replace("59.5", "1800000000000");
        assert_eq!(call("totp_verify", b"287082", &milliseconds), Err(Error::TimeInvalid));
        assert_eq!(
            call("hotp_resync", b"755224", &HOST.replace("\"755224\"", "7")),
            Err(Error::OtpMalformed)
        );
        assert_eq!(call("no such operation", b"", HOST), Err(Error::ArgumentValueInvalid));
    }

    #[test]
    fn every_prefix_of_the_hosts_text_is_an_error() {
        for end in 0..HOST.len() {
            let cut = HOST.get(..end).unwrap_or_default();
            assert_eq!(call("totp_code", b"", cut), Err(Error::ArgumentTypeInvalid), "{cut}");
        }
    }
}
