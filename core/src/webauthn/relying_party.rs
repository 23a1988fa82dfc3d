//! What a relying party expects, checked once when it is configured.
//!
//! WebAuthn Level 3 §4 (RP ID), §13.4.9 (origins). Invariant: every default is the strictest choice; user verification has
//! no safe default and is always named.

use super::attestation::AttestationPolicy;
use super::extensions::Requested;
use crate::crypto::Es256Backend;
use crate::encoding::cose;
use crate::error::Error;
use crate::time::UnixTime;

/// Whether the authenticator must verify the user (a fingerprint, a PIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserVerification {
    /// Refused without it: the credential can then stand alone.
    Required,
    /// Asked for, reported, not required: for a second factor.
    Preferred,
    /// Not asked for.
    Discouraged,
}

impl UserVerification {
    /// The name that WebAuthn gives it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Discouraged => "discouraged",
        }
    }

    /// The value of this name.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "required" => Ok(Self::Required),
            "preferred" => Ok(Self::Preferred),
            "discouraged" => Ok(Self::Discouraged),
            _ => Err(Error::ArgumentValueInvalid),
        }
    }
}

/// Whether a ceremony may run in a frame of another site's page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CrossOrigin<'a> {
    /// Never.
    #[default]
    Deny,
    /// In a frame of these pages: the client must send a `topOrigin`, and it must be one of them.
    AllowListed(&'a [&'a str]),
    /// In a frame of any page. Any site can then show your prompts.
    DangerAnyTopOrigin,
}

/// Whether the user-present flag must be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserPresence {
    /// It must.
    #[default]
    Required,
    /// It need not: conditional registrations (§7.1 step 15), and silent assertions, which prove no person.
    DangerNotRequired,
}

/// What happens when the signature counter does not increase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CounterPolicy {
    /// The assertion is refused.
    #[default]
    Reject,
    /// The assertion is accepted and says so.
    Report,
}

/// What happens when the backup-eligible flag differs from the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackupPolicy {
    /// The assertion is refused.
    #[default]
    Strict,
    /// A change from 0 to 1 is accepted and stored: some providers turned device-bound credentials into synced ones.
    AllowUpgrade,
}

/// A relying party: who asks, from where, and what is enough.
///
/// # Examples
///
/// ```
/// use mfakit_core::Error;
/// use mfakit_core::webauthn::{RelyingParty, UserVerification};
///
/// let rp = RelyingParty::new("example.org", &["https://example.org"], UserVerification::Required)?;
/// assert_eq!(rp.id(), "example.org");
/// let slash = RelyingParty::new("example.org", &["https://example.org/"], UserVerification::Required);
/// assert_eq!(slash.err(), Some(Error::OriginInvalid));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RelyingParty<'a> {
    id: &'a str,
    origins: &'a [&'a str],
    user_verification: UserVerification,
    cross_origin: CrossOrigin<'a>,
    user_presence: UserPresence,
    counter: CounterPolicy,
    backup: BackupPolicy,
    algorithms: &'a [i64],
    strict_key_order: bool,
    attestation: AttestationPolicy<'a>,
    extensions: Requested<'a>,
    appid: Option<&'a str>,
    now: Option<UnixTime>,
    es256: Es256Backend,
}

impl<'a> RelyingParty<'a> {
    /// A relying party with the strictest policies.
    ///
    /// # Errors
    ///
    /// [`Error::RpIdInvalid`], [`Error::OriginInvalid`].
    pub fn new(
        id: &'a str,
        origins: &'a [&'a str],
        user_verification: UserVerification,
    ) -> Result<Self, Error> {
        if !is_domain(id) {
            return Err(Error::RpIdInvalid);
        }
        if origins.is_empty() || !origins.iter().all(|origin| is_origin(origin)) {
            return Err(Error::OriginInvalid);
        }
        Ok(Self {
            id,
            origins,
            user_verification,
            cross_origin: CrossOrigin::Deny,
            user_presence: UserPresence::Required,
            counter: CounterPolicy::Reject,
            backup: BackupPolicy::Strict,
            algorithms: cose::DEFAULT_OFFER,
            strict_key_order: false,
            attestation: AttestationPolicy::default(),
            extensions: Requested::default(),
            appid: None,
            now: None,
            es256: Es256Backend::default(),
        })
    }

    /// Sets the policy for frames.
    ///
    /// # Errors
    ///
    /// [`Error::OriginInvalid`].
    pub fn cross_origin(mut self, policy: CrossOrigin<'a>) -> Result<Self, Error> {
        if let CrossOrigin::AllowListed(origins) = policy
            && !origins.iter().all(|origin| is_origin(origin))
        {
            return Err(Error::OriginInvalid);
        }
        self.cross_origin = policy;
        Ok(self)
    }

    /// Sets the COSE numbers offered at registration, strongest preference first.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentValueInvalid`] if there is none, or one that this build cannot verify: a credential with it could
    /// register and never log in.
    pub fn algorithms(mut self, algorithms: &'a [i64]) -> Result<Self, Error> {
        if algorithms.is_empty() || !algorithms.iter().all(|a| cose::SUPPORTED.contains(a)) {
            return Err(Error::ArgumentValueInvalid);
        }
        self.algorithms = algorithms;
        Ok(self)
    }

    /// Sets by which implementation a credential's ES256 signatures are verified, for those who want RustCrypto's. Certificates'
    /// signatures are verified by the default one.
    #[must_use]
    pub const fn es256(mut self, backend: Es256Backend) -> Self {
        self.es256 = backend;
        self
    }

    /// Sets whether this ceremony requires user verification.
    #[must_use]
    pub const fn user_verification(mut self, user_verification: UserVerification) -> Self {
        self.user_verification = user_verification;
        self
    }

    /// Sets whether this ceremony requires user presence.
    #[must_use]
    pub const fn user_presence(mut self, user_presence: UserPresence) -> Self {
        self.user_presence = user_presence;
        self
    }

    /// Sets the policy for counters that do not increase.
    #[must_use]
    pub const fn counter(mut self, policy: CounterPolicy) -> Self {
        self.counter = policy;
        self
    }

    /// Sets the policy for changed backup eligibility.
    #[must_use]
    pub const fn backup(mut self, policy: BackupPolicy) -> Self {
        self.backup = policy;
        self
    }

    /// Refuses CBOR whose keys are not in canonical order. Some genuine authenticators write other orders.
    #[must_use]
    pub const fn strict_key_order(mut self, strict: bool) -> Self {
        self.strict_key_order = strict;
        self
    }

    /// Sets which attestation is accepted, and whether trust is asked for.
    #[must_use]
    pub const fn attestation(mut self, policy: AttestationPolicy<'a>) -> Self {
        self.attestation = policy;
        self
    }

    /// Tells which extensions this ceremony asked for, and what happens to outputs of others.
    #[must_use]
    pub const fn extensions(mut self, requested: Requested<'a>) -> Self {
        self.extensions = requested;
        self
    }

    /// Sets the AppID that an assertion was made for in place of the relying party id: only where this ceremony asked for the
    /// extension `appid` with this value, and its client output is `true` (§10.1.1).
    #[must_use]
    pub const fn appid(mut self, appid: &'a str) -> Self {
        self.appid = Some(appid);
        self
    }

    /// Tells the time of this ceremony: the certificates of attestation statements must be valid at it.
    #[must_use]
    pub const fn at(mut self, now: UnixTime) -> Self {
        self.now = Some(now);
        self
    }

    /// The relying party id.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// The COSE numbers offered.
    #[must_use]
    pub const fn offered(&self) -> &'a [i64] {
        self.algorithms
    }

    pub(super) const fn origins(&self) -> &'a [&'a str] {
        self.origins
    }

    pub(super) const fn cross_origin_policy(&self) -> CrossOrigin<'a> {
        self.cross_origin
    }

    pub(super) fn requires_user_verification(&self) -> bool {
        self.user_verification == UserVerification::Required
    }

    pub(super) fn requires_user_presence(&self) -> bool {
        self.user_presence == UserPresence::Required
    }

    pub(super) const fn counter_policy(&self) -> CounterPolicy {
        self.counter
    }

    pub(super) const fn backup_policy(&self) -> BackupPolicy {
        self.backup
    }

    pub(super) const fn attestation_policy(&self) -> AttestationPolicy<'a> {
        self.attestation
    }

    pub(super) const fn requested(&self) -> &Requested<'a> {
        &self.extensions
    }

    /// The name whose hash the authenticator signs.
    pub(super) fn signed_id(&self) -> &'a str {
        self.appid.unwrap_or(self.id)
    }

    #[cfg(feature = "attestation")]
    pub(super) const fn time(&self) -> Option<UnixTime> {
        self.now
    }

    pub(super) const fn es256_backend(&self) -> Es256Backend {
        self.es256
    }

    pub(super) const fn wants_strict_key_order(&self) -> bool {
        self.strict_key_order
    }
}

/// A lower-case ASCII domain name that is not an IP address. No list of public suffixes is consulted.
fn is_domain(name: &str) -> bool {
    let label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
            && label.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    // No top-level domain is a number; an IPv4 address ends in one.
    let numeric = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    let top = labels(name).next_back();
    name.len() <= 253 && labels(name).all(label) && !top.is_none_or(numeric)
}

/// An IPv4 address: four numbers below 256.
fn is_ipv4(host: &str) -> bool {
    labels(host).count() == 4 && labels(host).all(|label| is_number(label, 255))
}

/// A decimal number up to this one, which is not padded.
fn is_number(text: &[u8], most: u32) -> bool {
    let value = text.iter().try_fold(0_u32, |value, digit| match digit {
        b'0'..=b'9' => Some(value.wrapping_mul(10).wrapping_add(u32::from(digit & 0xf))),
        _ => None,
    });
    let padded = text.len() > 1 && text.starts_with(b"0");
    (1..=5).contains(&text.len()) && !padded && value.is_some_and(|value| value <= most)
}

fn labels(name: &str) -> impl DoubleEndedIterator<Item = &[u8]> {
    name.as_bytes().split(|byte| *byte == b'.')
}

/// Whether this is the serialised origin of a web page: `https` anywhere, `http` on localhost only.
#[must_use]
pub fn is_web_origin(origin: &str) -> bool {
    if let Some(authority) = origin.strip_prefix("https://") {
        return is_authority(authority, "443").is_some();
    }
    origin.strip_prefix("http://").is_some_and(|authority| {
        is_authority(authority, "80")
            .is_some_and(|host| host == "localhost" || host.ends_with(".localhost"))
    })
}

/// The origin of a web page, or the opaque origin of an app.
fn is_origin(origin: &str) -> bool {
    if is_web_origin(origin) {
        return true;
    }
    // android:apk-key-hash:…, ios:bundle-id:…, chrome-extension://…: compared exactly, never interpreted.
    let Some((scheme, rest)) = origin.split_once(':') else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'));
    scheme_ok
        && !matches!(scheme, "http" | "https")
        && !rest.is_empty()
        && rest.bytes().all(|b| b.is_ascii_graphic())
}

/// The host of `host[:port]`, the port being neither default nor padded.
fn is_authority<'a>(authority: &'a str, default_port: &str) -> Option<&'a str> {
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let port_ok = port.is_none_or(|port| {
        port != default_port && port != "0" && is_number(port.as_bytes(), 65_535)
    });
    // An https origin may be an IP address.
    (port_ok && (is_domain(host) || is_ipv4(host))).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rp_ids() {
        for good in ["example.org", "localhost", "a.b-c.example", "xn--bcher-kva.example", "co.uk"]
        {
            assert!(is_domain(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "example.org.",
            ".example.org",
            "a..b",
            "Example.org",
            "https://example.org",
            "example.org:443",
            "127.0.0.1",
            "1",
            "::1",
            "[::1]",
            "bücher.example",
            "a_b.example",
            "-a.example",
            "a-.example",
            "example.org/",
        ] {
            assert!(!is_domain(bad), "{bad}");
        }
        let long = "a.".repeat(127);
        assert!(!is_domain(&(long + "ab")));
    }

    #[test]
    fn addresses_are_those_that_the_standard_library_reads() {
        let numbers = [
            "", "0", "1", "00", "01", "9", "99", "255", "256", "999", "1000", "65536", "a", "+1",
            "-1",
        ];
        for a in numbers {
            for b in numbers {
                let of = [
                    std::format!("{a}.{b}.0.255"),
                    std::format!("10.{a}.{b}"),
                    std::format!("1.2.3.{a}.{b}"),
                    std::format!("1.2.{b}.{a}"),
                ];
                for host in of {
                    let read = host.parse::<core::net::Ipv4Addr>().is_ok();
                    assert_eq!(is_ipv4(&host), read, "{host}");
                }
            }
        }
    }

    #[test]
    fn origins() {
        for good in [
            "https://example.org",
            "https://example.org:8443",
            "http://localhost",
            "http://localhost:8080",
            "http://app.localhost:3000",
            "https://127.0.0.1:8443",
            "android:apk-key-hash:2jmj7l5rSw0yVb-vlWAYkK-YBwk",
            "ios:bundle-id:org.example.app",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "null",
            "example.org",
            "https://",
            "https://example.org/",
            "https://example.org/path",
            "https://Example.org",
            "https://user@example.org",
            "https://example.org:443",
            "https://example.org:",
            "https://example.org:0",
            "https://example.org:080",
            "https://example.org:65536",
            "https://example.org:+1",
            "https://example.org.",
            "http://example.org",
            "http://localhost:80",
            "http://evillocalhost",
            "HTTPS://example.org",
            "https://a b",
            "android:",
            ":x",
            "https:example.org",
            "android:apk key",
            "https://*.example.org",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
