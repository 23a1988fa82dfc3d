//! The format `android-key`: WebAuthn Level 3 §8.4, and Android's schema of key descriptions.
//!
//! The statement is `{alg, sig, x5c}`, signed with the credential's own key; the first certificate is about that key and carries
//! a KeyDescription, in which the device says how the key was made and what it may do. Invariant: what is in the lists that
//! the policy reads was understood, or the statement is refused; nothing is taken for granted because it is absent. Leaks:
//! nothing secret here.

use super::asn1::{self, Elements};
use super::certificate::{self, Certificate};
use super::{AndroidKeyPolicy, Attestation, AttestationType, Subject, packed};
use crate::crypto;
use crate::encoding::cbor::Value;
use crate::error::Error;
use alloc::vec::Vec;
use der::asn1::ObjectIdentifier;
use der::{Tag, TagNumber};

/// Android's key description.
const OID_KEY_DESCRIPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.1.17");

pub(super) fn verify<'a>(
    format: &'a str,
    statement: Value<'a>,
    subject: &Subject<'a, '_>,
) -> Result<Attestation<'a>, Error> {
    let (algorithm, signature, certificates) = packed::read(&statement)?;
    let path = certificate::read_x5c(certificates.ok_or(Error::AttestationStatementMalformed)?)?;
    let leaf = path.first().ok_or(Error::AttestationStatementMalformed)?;
    let leaf = Certificate::parse(leaf, subject.policy.tolerances)?;
    let key = leaf.public_key(algorithm)?;
    crypto::verify(&key, &[subject.auth_data, subject.client_data_hash], signature)?;
    if key.parts() != subject.key.parts() {
        return Err(Error::AttestationKeyMismatch);
    }
    let extension = leaf.extension(OID_KEY_DESCRIPTION).ok_or(Error::CertificateRejected)?;
    let description = KeyDescription::parse(extension.value)?;
    if description.challenge != subject.client_data_hash {
        return Err(Error::AttestationNonceMismatch);
    }
    description.check(subject.policy.android_key)?;
    // Any program on the device can make such a key and sign any AAGUID with it: the maker vouches for the key alone.
    Ok(Attestation::certified(format, AttestationType::Basic, None, path))
}

/// What the device says of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyDescription<'a> {
    challenge: &'a [u8],
    software: AuthorizationList<'a>,
    tee: AuthorizationList<'a>,
}

impl<'a> KeyDescription<'a> {
    fn parse(extension: &'a [u8]) -> Result<Self, Error> {
        let mut fields = asn1::sequence(extension)?;
        // attestationVersion and attestationSecurityLevel, keyMintVersion and keyMintSecurityLevel.
        for _ in 0..2 {
            fields.take(Tag::Integer)?;
            // Software, TrustedEnvironment, StrongBox.
            if !matches!(fields.take(Tag::Enumerated)?, [0..=2]) {
                return Err(Error::CertificateMalformed);
            }
        }
        let challenge = fields.take(Tag::OctetString)?;
        let _unique_id = fields.take(Tag::OctetString)?;
        let software = AuthorizationList::parse(fields.sequence()?)?;
        let tee = AuthorizationList::parse(fields.sequence()?)?;
        fields.end()?;
        Ok(Self { challenge, software, tee })
    }

    fn check(&self, policy: AndroidKeyPolicy) -> Result<(), Error> {
        // A key for all applications is not bound to the RP's.
        if self.software.all_applications || self.tee.all_applications {
            return Err(Error::AttestationClaimRejected);
        }
        let lists: &[&AuthorizationList<'_>] = match policy {
            AndroidKeyPolicy::Union => &[&self.software, &self.tee],
            AndroidKeyPolicy::TeeOnly => &[&self.tee],
        };
        // "Equal to" (§8.4): every value that is there, and one is. A key that signs and decrypts is none for credentials.
        let all_equal = |values: &mut dyn Iterator<Item = &'a [u8]>, wanted: &[u8]| {
            let mut values = values.peekable();
            values.peek().is_some() && values.all(|value| value == wanted)
        };
        let generated = all_equal(&mut lists.iter().filter_map(|l| l.origin), &KM_ORIGIN_GENERATED);
        let signs =
            all_equal(&mut lists.iter().flat_map(|l| l.purposes.iter().copied()), &KM_PURPOSE_SIGN);
        if generated && signs { Ok(()) } else { Err(Error::AttestationClaimRejected) }
    }
}

/// The content of the INTEGER: made in the device, not imported.
const KM_ORIGIN_GENERATED: [u8; 1] = [0];
/// The content of the INTEGER: the key may sign.
const KM_PURPOSE_SIGN: [u8; 1] = [2];

/// The fields of an AuthorizationList that §8.4 has rules for: `[number] EXPLICIT`, all optional. Numbers are contents of
/// INTEGERs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct AuthorizationList<'a> {
    /// `[1]`
    purposes: Vec<&'a [u8]>,
    /// `[600]`
    all_applications: bool,
    /// `[702]`
    origin: Option<&'a [u8]>,
}

/// The most fields in a list. The schema of KeyMint 4 has about 50.
const MAX_FIELDS: usize = 128;
/// The most purposes of a key. KeyMint knows eight.
const MAX_PURPOSES: usize = 16;

impl<'a> AuthorizationList<'a> {
    fn parse(mut fields: Elements<'a>) -> Result<Self, Error> {
        let mut list = Self::default();
        let mut seen = Vec::new();
        while !fields.is_empty() {
            let field = fields.next()?;
            let Tag::ContextSpecific { constructed: true, number: TagNumber(number) } =
                der::Tagged::tag(&field)
            else {
                return Err(Error::CertificateMalformed);
            };
            if seen.contains(&number) || seen.len() == MAX_FIELDS {
                return Err(Error::CertificateMalformed);
            }
            seen.push(number);
            match number {
                1 => {
                    let mut purposes = Elements::new(asn1::only(field.value(), Tag::Set)?)?;
                    while !purposes.is_empty() {
                        if list.purposes.len() == MAX_PURPOSES {
                            return Err(Error::CertificateMalformed);
                        }
                        list.purposes.push(purposes.take(Tag::Integer)?);
                    }
                }
                600 => list.all_applications = true,
                702 => list.origin = Some(asn1::only(field.value(), Tag::Integer)?),
                // Facts about the key or the device that §8.4 does not ask for.
                _ => {}
            }
        }
        Ok(list)
    }
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::AttestationPolicy;
    use super::super::fixture::{Proven, Registration, key};
    use super::*;
    use mfakit_testing::android::{
        self, Authorizations, KeyDescription, all_applications, origin, purpose,
    };
    use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
    use mfakit_testing::keys::Key;
    use mfakit_testing::{der, x509};
    use std::vec;
    use std::vec::Vec;

    /// What a statement is made of. The fields are knobs.
    struct Parts {
        registration: Registration,
        algorithm: i64,
        signer: Key,
        certified: Key,
        description: KeyDescription,
        extension: Option<Vec<u8>>,
        more: Vec<(Item, Item)>,
        policy: AndroidKeyPolicy,
    }

    impl Parts {
        fn new() -> Self {
            let registration = Registration::new(key(1));
            Self {
                algorithm: -7,
                signer: key(1),
                certified: key(1),
                description: KeyDescription::new(&registration.client_data_hash),
                extension: None,
                more: vec![],
                policy: AndroidKeyPolicy::Union,
                registration,
            }
        }

        fn verify(self) -> Result<Proven, Error> {
            let name = x509::name(&x509::attributes("a", "b", "c", "DE"));
            let mut leaf = x509::Certificate::new(&[1], &name, &name, &self.certified);
            let extension = self.extension.unwrap_or_else(|| self.description.bytes());
            if !extension.is_empty() {
                leaf.set(x509::Extension::new(x509::KEY_DESCRIPTION, false, extension));
            }
            let path = [leaf.sign(&key(9)), b"not looked at here".to_vec()];
            let members = [
                (text("alg"), int(self.algorithm)),
                (text("sig"), bytes(&self.signer.sign(&self.registration.signed()))),
                (text("x5c"), array(&path.map(|der| bytes(&der)))),
            ];
            let policy = AttestationPolicy { android_key: self.policy, ..Default::default() };
            let statement = map(&[&members[..], &self.more].concat());
            self.registration.verify("android-key", &statement, policy)
        }
    }

    /// The verdict on a statement with one thing changed.
    fn with(change: impl FnOnce(&mut Parts)) -> Result<Proven, Error> {
        let mut parts = Parts::new();
        change(&mut parts);
        parts.verify()
    }

    fn lists(
        policy: AndroidKeyPolicy,
        software: &[(u32, der::Element)],
        tee: &[(u32, der::Element)],
    ) -> Result<Proven, Error> {
        with(|p| {
            p.policy = policy;
            p.description.software = Authorizations(software.to_vec());
            p.description.tee = Authorizations(tee.to_vec());
        })
    }

    const REJECTED: Result<Proven, Error> = Err(Error::AttestationClaimRejected);
    const MALFORMED: Result<Proven, Error> = Err(Error::CertificateMalformed);

    #[test]
    fn a_key_made_for_this_registration_is_attested() {
        let proven = with(|_| {}).unwrap();
        assert_eq!((proven.kind, proven.covers_aaguid), (AttestationType::Basic, false));
        assert_eq!(proven.path.len(), 2);
        assert!(with(|p| p.policy = AndroidKeyPolicy::TeeOnly).is_ok());
    }

    #[test]
    fn every_member_is_needed_and_has_its_type() {
        let whole = [("alg", int(-7)), ("sig", bytes(b"")), ("x5c", array(&[bytes(b"")]))];
        let registration = Registration::new(key(1));
        let verdict = |members: &[(&str, Item)]| {
            let members: Vec<_> = members.iter().map(|(k, v)| (text(k), v.clone())).collect();
            registration.verify("android-key", &map(&members), AttestationPolicy::default())
        };
        for i in 0..whole.len() {
            let mut missing = whole.to_vec();
            missing.remove(i);
            assert_eq!(verdict(&missing), Err(Error::AttestationStatementMalformed), "{i}");
            let mut mistyped = whole.to_vec();
            mistyped[i].1 = text("");
            assert_eq!(verdict(&mistyped), Err(Error::AttestationStatementMalformed), "{i}");
        }
        let unknown = with(|p| p.more = vec![(text("ver"), text("2.0"))]);
        assert_eq!(unknown, Err(Error::AttestationStatementMalformed));
    }

    #[test]
    fn the_credentials_own_key_signs_and_is_certified() {
        assert_eq!(with(|p| p.signer = key(2)), Err(Error::SignatureInvalid));
        // Another key signs, and its certificate says so.
        let other = with(|p| (p.signer, p.certified) = (key(2), key(2)));
        assert_eq!(other, Err(Error::AttestationKeyMismatch));
        assert_eq!(with(|p| p.certified = key(2)), Err(Error::SignatureInvalid));
    }

    #[cfg(feature = "ed25519")]
    #[test]
    fn the_algorithm_is_the_keys() {
        assert_eq!(with(|p| p.algorithm = -8), Err(Error::AttestationStatementMismatch));
    }

    #[test]
    fn the_key_was_made_for_these_client_data() {
        assert_eq!(with(|p| p.extension = Some(vec![])), Err(Error::CertificateRejected));
        let first = with(|p| p.description.challenge[0] ^= 1);
        assert_eq!(first, Err(Error::AttestationNonceMismatch));
        let short = with(|p| p.description.challenge.truncate(31));
        assert_eq!(short, Err(Error::AttestationNonceMismatch));
    }

    #[test]
    fn a_key_for_all_applications_is_refused_in_either_list() {
        let good = [purpose(&[2]), origin(0)];
        let both = AndroidKeyPolicy::Union;
        let tee = AndroidKeyPolicy::TeeOnly;
        for policy in [both, tee] {
            assert_eq!(lists(policy, &[all_applications()], &good), REJECTED);
            let more = [&good[..], &[all_applications()]].concat();
            assert_eq!(lists(policy, &[], &more), REJECTED);
        }
    }

    #[test]
    fn the_key_was_generated_and_signs() {
        let union = |software: &[_], tee: &[_]| lists(AndroidKeyPolicy::Union, software, tee);
        assert!(union(&[], &[purpose(&[2]), origin(0)]).is_ok());
        assert!(union(&[purpose(&[2]), origin(0)], &[]).is_ok());
        assert!(union(&[purpose(&[2])], &[origin(0)]).is_ok());
        assert!(union(&[purpose(&[2]), origin(0)], &[purpose(&[2]), origin(0)]).is_ok());
        // Nothing is said; half of it is said.
        assert_eq!(union(&[], &[]), REJECTED);
        assert_eq!(union(&[purpose(&[2])], &[]), REJECTED);
        assert_eq!(union(&[], &[origin(0)]), REJECTED);
        assert_eq!(union(&[], &[purpose(&[]), origin(0)]), REJECTED);
        // Imported, derived; verifies, signs and decrypts.
        for other in [1, 2, 3, 256] {
            assert_eq!(union(&[], &[purpose(&[2]), origin(other)]), REJECTED, "{other}");
        }
        for others in [&[3][..], &[0, 2], &[2, 3], &[0x0102]] {
            assert_eq!(union(&[], &[purpose(others), origin(0)]), REJECTED, "{others:?}");
        }
        // One list takes back what the other says.
        assert_eq!(union(&[origin(2)], &[purpose(&[2]), origin(0)]), REJECTED);
        assert_eq!(union(&[purpose(&[3])], &[purpose(&[2]), origin(0)]), REJECTED);
    }

    #[test]
    fn the_trusted_environment_alone_counts_where_that_is_asked_for() {
        let tee_only = |software: &[_], tee: &[_]| lists(AndroidKeyPolicy::TeeOnly, software, tee);
        assert!(tee_only(&[origin(2), purpose(&[3])], &[purpose(&[2]), origin(0)]).is_ok());
        assert_eq!(tee_only(&[purpose(&[2]), origin(0)], &[]), REJECTED);
        assert_eq!(tee_only(&[purpose(&[2])], &[origin(0)]), REJECTED);
        assert_eq!(tee_only(&[origin(0)], &[purpose(&[2])]), REJECTED);
    }

    #[test]
    fn fields_that_are_not_known_are_passed_over() {
        // Lists within, a number beyond two bytes, and a field of a later schema.
        let more = [
            (5, der::set(&[der::number(4)])),
            (704, der::list(&[der::octets(&[1; 32]), der::boolean(true)])),
            (70_000, der::null()),
        ];
        let tee = [&[purpose(&[2]), origin(0)][..], &more].concat();
        assert!(lists(AndroidKeyPolicy::Union, &more, &tee).is_ok());
    }

    #[test]
    fn a_list_that_cannot_be_read_fails() {
        let union = |tee: &[_]| lists(AndroidKeyPolicy::Union, &[], tee);
        let good = [purpose(&[2]), origin(0)];
        for (name, bad) in [
            ("purpose twice", purpose(&[2])),
            ("origin twice", origin(0)),
            ("unknown twice", (5, der::null())),
        ] {
            let list = [&good[..], &[bad], &[(5, der::null())]].concat();
            assert_eq!(union(&list), MALFORMED, "{name}");
        }
        for (name, list) in [
            ("purpose is no set", [(android::PURPOSE, der::number(2)), origin(0)]),
            (
                "a purpose is no integer",
                [(android::PURPOSE, der::set(&[der::enumerated(2)])), origin(0)],
            ),
            ("origin is no integer", [purpose(&[2]), (android::ORIGIN, der::enumerated(0))]),
            (
                "two origins in one field",
                [purpose(&[2]), (android::ORIGIN, [der::number(0), der::number(0)].concat())],
            ),
            ("an empty field", [purpose(&[2]), (android::ORIGIN, vec![])]),
            ("too many purposes", [purpose(&[2; 17]), origin(0)]),
        ] {
            assert_eq!(union(&list), MALFORMED, "{name}");
        }
        // The TEE's list is good; the other must be readable all the same.
        let software = lists(AndroidKeyPolicy::TeeOnly, &[origin(0), origin(0)], &good);
        assert_eq!(software, MALFORMED);
        let many: Vec<_> = (1000..1129).map(|tag| (tag, der::null())).collect();
        assert_eq!(lists(AndroidKeyPolicy::Union, &many, &good), MALFORMED);
        assert!(lists(AndroidKeyPolicy::Union, &many[..128], &good).is_ok());
    }

    #[test]
    fn the_description_has_its_schema() {
        let levels = |levels: [der::Element; 2]| with(|p| p.description.security_levels = levels);
        assert!(levels([der::enumerated(1), der::enumerated(2)]).is_ok());
        // As an old text of the specification's test vectors had them.
        assert_eq!(levels([der::number(0), der::enumerated(0)]), MALFORMED);
        assert_eq!(levels([der::enumerated(0), der::number(0)]), MALFORMED);
        assert_eq!(levels([der::enumerated(3), der::enumerated(0)]), MALFORMED);
        assert_eq!(levels([der::element(0x0a, &[0, 0]), der::enumerated(0)]), MALFORMED);
        assert_eq!(with(|p| p.description.more = der::null()), MALFORMED);
        let bytes = Parts::new().description.bytes();
        for (name, extension) in [
            ("cut short", bytes[..bytes.len() - 1].to_vec()),
            ("trailing", [&bytes[..], &[0]].concat()),
            ("a set", [&[0x31][..], &bytes[1..]].concat()),
            ("empty", der::list(&[])),
            ("no context tag", {
                der::list(&[
                    der::number(300),
                    der::enumerated(0),
                    der::number(0),
                    der::enumerated(0),
                    der::octets(&Parts::new().description.challenge),
                    der::octets(&[]),
                    der::list(&[der::number(2)]),
                    der::list(&[]),
                ])
            }),
        ] {
            assert_eq!(with(|p| p.extension = Some(extension)), MALFORMED, "{name}");
        }
    }
}
