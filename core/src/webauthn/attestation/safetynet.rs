//! The format `android-safetynet`: WebAuthn Level 3 §8.5. Deprecated; Google's service is shut down, and the format is accepted
//! only where it is named.
//!
//! The statement is `{ver, response}`: the response is Google's word, a JSON Web Signature, that the device is genuine. It says
//! nothing of the key, and its lifetime is a minute. Leaks: nothing secret here.

use super::certificate::Certificate;
use super::jws;
use super::{Attestation, AttestationType, Subject};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::encoding::json;
use crate::error::Error;
use crate::time::{CLOCK_SKEW, UnixTime};
use alloc::{borrow::Cow, vec::Vec};

/// Whom Google's certificate is issued to.
const HOSTNAME: &str = "attest.android.com";

/// The oldest response that is accepted, in seconds: the ceremony is over by then.
const MAX_AGE: u64 = 60;

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let response = read(&statement)?;
    let now = subject.now.ok_or(Error::TimeInvalid)?;
    let tolerances = subject.policy.tolerances;
    let signed = jws::verify(response, Error::AttestationStatementMalformed, tolerances)?;
    let payload = Payload::parse(&signed.payload)?;
    let nonce = crypto::sha256(&[subject.auth_data, subject.client_data_hash]);
    if payload.nonce != nonce {
        return Err(Error::AttestationNonceMismatch);
    }
    let leaf = signed.certificates.first().ok_or(Error::AttestationStatementMalformed)?;
    if !Certificate::parse(leaf, tolerances)?.is_for_host(HOSTNAME)? {
        return Err(Error::CertificateRejected);
    }
    if !payload.device_is_genuine || !is_fresh(payload.timestamp_ms, now) {
        return Err(Error::AttestationClaimRejected);
    }
    let path = signed.certificates.into_iter().map(Cow::Owned).collect();
    // Google answers any program's nonce: it vouches for the device, not for the AAGUID.
    Ok(Attestation::certified(format, AttestationType::Basic, None, path))
}

/// The response. The version is that of Google's software, and any is taken; any other member is refused, as the format's
/// syntax has none.
fn read<'a>(statement: &Value<'a>) -> Result<&'a [u8], Error> {
    let (mut version, mut response) = (None, None);
    for (name, value) in statement.as_map().into_iter().flatten() {
        match name.as_text() {
            Some("ver") => version = value.as_text().filter(|text| !text.is_empty()),
            Some("response") => response = value.as_bytes(),
            _ => return Err(Error::AttestationStatementMalformed),
        }
    }
    version.and(response).ok_or(Error::AttestationStatementMalformed)
}

/// What Google says.
struct Payload {
    nonce: Vec<u8>,
    timestamp_ms: u64,
    device_is_genuine: bool,
}

impl Payload {
    fn parse(text: &[u8]) -> Result<Self, Error> {
        let members = json::read_all(text)
            .and_then(|payload| {
                payload.members(["nonce", "timestampMs", "ctsProfileMatch", "basicIntegrity"])
            })
            .ok()
            .flatten();
        let payload = members.and_then(|[nonce, timestamp, profile_match, integrity]| {
            // A profile cannot match on a device without integrity, so early responses had no word for it.
            let integrity = integrity.map_or(Some(true), |value| value.as_bool())?;
            Some(Self {
                nonce: jws::from_base64(nonce?.as_str()?.bytes(), 32)?,
                timestamp_ms: timestamp?.as_u64()?,
                device_is_genuine: profile_match?.as_bool()? && integrity,
            })
        });
        payload.ok_or(Error::AttestationStatementMalformed)
    }
}

/// Not older than a minute, and not from the future, but for the difference of two clocks.
fn is_fresh(timestamp_ms: u64, now: UnixTime) -> bool {
    let (made, now) = (timestamp_ms / 1000, now.seconds());
    (now.saturating_sub(MAX_AGE)..=now.saturating_add(CLOCK_SKEW)).contains(&made)
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::fixture::{NOW, Proven, Registration, key};
    use super::super::{AttestationPolicy, Formats};
    use super::*;
    use mfakit_testing::android::{base64, jws, jws_header};
    use mfakit_testing::cbor::{Item, bytes, map, text};
    use mfakit_testing::{der, sha256, x509};
    use std::string::{String, ToString};
    use std::vec;

    /// What a statement is made of. The fields are knobs.
    struct Parts {
        version: Option<Item>,
        header: Option<String>,
        payload: serde_json::Value,
        subject: der::Element,
        names: Option<Vec<der::Element>>,
        response: Option<Option<Item>>,
        more: Vec<(Item, Item)>,
        now: Option<UnixTime>,
        formats: Formats,
    }

    impl Parts {
        fn new() -> Self {
            let nonce = base64(&sha256(&Registration::new(key(1)).signed()));
            Self {
                version: Some(text("12345")),
                header: None,
                payload: serde_json::json!({
                    "nonce": nonce,
                    "timestampMs": NOW * 1000,
                    "ctsProfileMatch": true,
                    "basicIntegrity": true,
                    "apkPackageName": "com.google.android.gms",
                }),
                subject: x509::name(&[("2.5.4.3", der::utf8("example.org"))]),
                names: Some(vec![der::element(0x82, HOSTNAME.as_bytes())]),
                response: None,
                more: vec![],
                now: Some(UnixTime::from_seconds(NOW)),
                formats: Formats::ANDROID_SAFETYNET,
            }
        }

        fn verify(self) -> Result<Proven, Error> {
            let leaf = key(2);
            let mut certificate =
                x509::Certificate::new(&[1], &x509::name(&[]), &self.subject, &leaf);
            if let Some(names) = self.names {
                let names = der::list(&names);
                certificate.set(x509::Extension::new(x509::SUBJECT_ALT_NAME, false, names));
            }
            let path = [certificate.sign(&key(9)), b"not looked at here".to_vec()];
            let header = self.header.unwrap_or_else(|| jws_header("ES256", &path));
            let response = jws(&header, &self.payload.to_string(), &leaf);
            let response = self.response.unwrap_or_else(|| Some(bytes(response.as_bytes())));
            let mut members = self.more;
            members.extend(self.version.map(|version| (text("ver"), version)));
            members.extend(response.map(|response| (text("response"), response)));
            let statement = map(&members);
            let policy = AttestationPolicy { formats: self.formats, ..Default::default() };
            Registration::new(key(1)).verify_at("android-safetynet", &statement, policy, self.now)
        }
    }

    /// The verdict on a statement with one thing changed.
    fn with(change: impl FnOnce(&mut Parts)) -> Result<Proven, Error> {
        let mut parts = Parts::new();
        change(&mut parts);
        parts.verify()
    }

    const MALFORMED: Result<Proven, Error> = Err(Error::AttestationStatementMalformed);
    const REJECTED: Result<Proven, Error> = Err(Error::AttestationClaimRejected);

    #[test]
    fn a_genuine_device_is_attested_where_the_format_is_named() {
        let proven = with(|_| {}).unwrap();
        assert_eq!((proven.kind, proven.covers_aaguid), (AttestationType::Basic, false));
        assert_eq!((proven.path.len(), &proven.path[1][..]), (2, &b"not looked at here"[..]));
        let unnamed = with(|p| p.formats = Formats::CURRENT);
        assert_eq!(unnamed, Err(Error::AttestationFormatUnsupported));
    }

    #[test]
    fn every_member_is_needed_and_has_its_type() {
        for version in [None, Some(text("")), Some(bytes(b"1"))] {
            assert_eq!(with(|p| p.version = version), MALFORMED);
        }
        for response in
            [None, Some(text("e30.e30.AA")), Some(bytes(b"")), Some(bytes(b"e30.e30.AA"))]
        {
            assert_eq!(with(|p| p.response = Some(response)), MALFORMED);
        }
        assert_eq!(with(|p| p.more = vec![(text("alg"), text(""))]), MALFORMED);
    }

    #[test]
    fn the_response_is_signed() {
        for name in ["none", "HS256"] {
            let header = with(|p| p.header = Some(jws_header(name, &[vec![0x30, 0]])));
            assert_eq!(header, MALFORMED, "{name}");
        }
        let other = x509::Certificate::new(&[1], &x509::name(&[]), &x509::name(&[]), &key(3));
        let other = with(|p| p.header = Some(jws_header("ES256", &[other.sign(&key(9))])));
        assert_eq!(other, Err(Error::SignatureInvalid));
    }

    #[test]
    fn the_nonce_is_this_registrations() {
        let nonce = |nonce: serde_json::Value| with(|p| p.payload["nonce"] = nonce);
        assert_eq!(nonce(base64(&[0; 32]).into()), Err(Error::AttestationNonceMismatch));
        let short = sha256(&Registration::new(key(1)).signed())[..30].to_vec();
        assert_eq!(nonce(base64(&short).into()), Err(Error::AttestationNonceMismatch));
        let url = mfakit_testing::text::base64url(&sha256(&Registration::new(key(1)).signed()));
        for bad in [url.into(), base64(&[0; 33]).into(), 7.into(), serde_json::Value::Null] {
            assert_eq!(nonce(bad), MALFORMED);
        }
    }

    #[test]
    fn the_payload_has_its_members() {
        for name in ["nonce", "timestampMs", "ctsProfileMatch"] {
            let missing = with(|p| _ = p.payload.as_object_mut().unwrap().remove(name));
            assert_eq!(missing, MALFORMED, "{name}");
        }
        for (name, value) in [
            ("timestampMs", serde_json::json!("1800000000000")),
            ("timestampMs", serde_json::json!(-1)),
            ("timestampMs", serde_json::json!(1.8e12)),
            ("ctsProfileMatch", serde_json::json!("true")),
            ("ctsProfileMatch", serde_json::json!(1)),
            ("basicIntegrity", serde_json::json!("true")),
            ("basicIntegrity", serde_json::Value::Null),
        ] {
            assert_eq!(with(|p| p.payload[name] = value), MALFORMED, "{name}");
        }
        assert_eq!(with(|p| p.payload = serde_json::json!([])), MALFORMED);
    }

    #[test]
    fn the_device_is_genuine() {
        assert_eq!(with(|p| p.payload["ctsProfileMatch"] = false.into()), REJECTED);
        assert_eq!(with(|p| p.payload["basicIntegrity"] = false.into()), REJECTED);
        let early = with(|p| _ = p.payload.as_object_mut().unwrap().remove("basicIntegrity"));
        assert!(early.is_ok());
    }

    #[test]
    fn a_response_lives_for_a_minute() {
        let at = |timestamp_ms: u64| with(|p| p.payload["timestampMs"] = timestamp_ms.into());
        for fresh in [NOW * 1000, (NOW - 60) * 1000, (NOW + 5) * 1000 + 999] {
            assert!(at(fresh).is_ok(), "{fresh}");
        }
        for stale in [0, (NOW - 60) * 1000 - 1, (NOW + 6) * 1000, u64::MAX] {
            assert_eq!(at(stale), REJECTED, "{stale}");
        }
        assert_eq!(with(|p| p.now = None), Err(Error::TimeInvalid));
    }

    #[test]
    fn the_certificate_is_googles() {
        let refused = Err(Error::CertificateRejected);
        let dns = |name: &str| der::element(0x82, name.as_bytes());
        let named = |names: &[der::Element]| with(|p| p.names = Some(names.to_vec()));
        assert!(named(&[dns("example.org"), dns("Attest.Android.com")]).is_ok());
        for other in [
            "*.android.com",
            "attest.android.com.example.org",
            "xattest.android.com",
            "android.com",
            "",
        ] {
            assert_eq!(named(&[dns(other)]), refused, "{other}");
        }
        // The same text as a name of another kind, and in the subject, where alternative names speak.
        assert_eq!(named(&[der::element(0x86, HOSTNAME.as_bytes())]), refused);
        let google = x509::name(&[("2.5.4.3", der::utf8(HOSTNAME))]);
        assert_eq!(
            with(|p| (p.subject, p.names) = (google.clone(), Some(vec![dns("a.b")]))),
            refused
        );
        assert!(with(|p| (p.subject, p.names) = (google.clone(), None)).is_ok());
        assert_eq!(with(|p| p.names = None), refused);
        let twice = [("2.5.4.3", der::utf8(HOSTNAME)), ("2.5.4.3", der::utf8(HOSTNAME))];
        assert_eq!(with(|p| (p.subject, p.names) = (x509::name(&twice), None)), refused);
    }
}
