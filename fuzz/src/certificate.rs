//! `Certificate::parse` against x509-parser: what ours takes, that takes too, and both find the same in it. It refuses more:
//! what RFC 5280 forbids, and what attestation has no use for.

use crate::certified::{self, CREDENTIAL_KEY, LEAF_KEY, ROOT, ROOT_KEY};
use crate::signature::KEYS;
use mfakit_core::Error;
use mfakit_core::webauthn::attestation::Tolerances;
use mfakit_core::webauthn::attestation::certificate::{
    Certificate, MAX_LEN, OID_AAGUID, OID_BASIC_CONSTRAINTS, OID_COMMON_NAME,
    OID_EXTENDED_KEY_USAGE, OID_SUBJECT_ALT_NAME,
};
use mfakit_testing::x509::{self, Extension};
use mfakit_testing::{der, sha256};
use x509_parser::asn1_rs::Class;
use x509_parser::prelude::{AttributeTypeAndValue, FromDer, X509Certificate, X509Version};

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let tolerant = Tolerances { ecdsa_null_parameters: true, signature_unused_bits: true };
    let strict = Certificate::parse(data, Tolerances::default());
    let ours = Certificate::parse(data, tolerant);
    assert!(ours.is_ok() || strict.is_err(), "a tolerance takes nothing away");
    let Ok(ours) = ours else {
        assert_eq!(ours.err(), Some(Error::CertificateMalformed));
        return false;
    };
    assert!(data.len() <= MAX_LEN && ours.der() == data);
    // Whatever is asked of it, it answers.
    let aaguid = certified::AAGUID;
    let packed = ours.check_packed_requirements(&aaguid);
    assert!(packed.is_err() || ours.check_aaguid(&aaguid).is_ok() && ours.is_v3());
    assert!(ours.firmware_version().is_none_or(|_| ours.is_v3() || ours.der().len() > 20));
    for algorithm in certified::ALL_ALGORITHMS {
        if let Ok(key) = ours.public_key(*algorithm) {
            assert_eq!(key.algorithm(), *algorithm);
            assert_eq!(Ok(key.parts()), ours.spki().parts());
        }
    }
    compare(data, &ours);
    strict.is_ok()
}

fn compare(data: &[u8], ours: &Certificate<'_>) {
    // It has no unique ids in mind that ours refuses, and other ideas of dates, which have their own test.
    let Ok((rest, theirs)) = X509Certificate::from_der(data) else {
        // nom-based, it reads values that ours leaves alone: names' attributes, extensions' contents.
        return;
    };
    assert!(rest.is_empty(), "a byte too much");
    assert_eq!(ours.is_v3(), theirs.version() == X509Version::V3);
    assert_eq!(ours.subject().is_empty(), theirs.subject().iter_rdn().next().is_none());
    assert_eq!(ours.spki().key(), &*theirs.public_key().subject_public_key.data);
    assert_eq!(ours.key_identifier(), *sha1(&theirs.public_key().subject_public_key.data));
    let [from, to] = [theirs.validity().not_before, theirs.validity().not_after]
        .map(|time| u64::try_from(time.timestamp()).unwrap_or(0));
    assert_eq!((ours.validity().0.seconds(), ours.validity().1.seconds()), (from, to));
    // It takes the tag's number for a string's, whatever the class is; and it takes more kinds of strings than a name may have:
    // UTF8String, PrintableString, TeletexString, IA5String.
    let is_text = |name: &&AttributeTypeAndValue<'_>| {
        let header = &name.attr_value().header;
        header.class() == Class::Universal && [12, 19, 20, 22].contains(&header.tag().0)
    };
    let names: Vec<&str> = theirs
        .subject()
        .iter_common_name()
        .filter(is_text)
        .filter_map(|name| name.as_str().ok())
        .collect();
    let found: Vec<&str> = ours.subject().attributes(OID_COMMON_NAME).collect();
    assert!(names.iter().all(|name| found.contains(name)), "{names:?} {found:?}");
    for oid in [OID_AAGUID, OID_SUBJECT_ALT_NAME, OID_BASIC_CONSTRAINTS, OID_EXTENDED_KEY_USAGE] {
        let theirs = theirs.extensions().iter().find(|e| e.oid.as_bytes() == oid.as_bytes());
        let seen = ours.extension(oid).map(|e| (e.critical, e.value));
        assert_eq!(seen, theirs.map(|e| (e.critical, e.value)), "{oid}");
    }
    if let (Ok(ours), Ok(Some(theirs))) = (ours.is_ca(), theirs.basic_constraints()) {
        assert_eq!(ours, Some(theirs.value.ca));
    }
}

fn sha1(bytes: &[u8]) -> Box<[u8; 20]> {
    let hash = mfakit_testing::rsa::Hash::Sha1.of(bytes);
    Box::new(hash.try_into().expect("20 bytes"))
}

/// Certificates of every kind of key, of every format, and with every field turned.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![ROOT.clone(), certified::safetynet_leaf()];
    for key in KEYS.iter() {
        seeds.push(certified::leaf(key).sign(&ROOT_KEY));
        seeds.push(certified::leaf(&LEAF_KEY).sign(key));
    }
    seeds.push(certified::aik(&LEAF_KEY, &certified::device_names()).sign(&ROOT_KEY));
    let good = {
        let mut leaf = certified::leaf(&CREDENTIAL_KEY);
        leaf.set(Extension::aaguid(&certified::AAGUID));
        leaf.set(Extension::apple_nonce(&sha256(b"")));
        leaf.set(Extension::extended_key_usage(&[x509::AIK_CERTIFICATE]));
        leaf
    };
    let changes: [&dyn Fn(&mut x509::Certificate); 12] = [
        &|_| {},
        &|c| c.version = None,
        &|c| c.version = Some(1),
        &|c| c.version = Some(0),
        &|c| c.serial = vec![0x80],
        &|c| c.serial = vec![1; 21],
        &|c| c.inner_algorithm = Some(der::null()),
        &|c| c.more = der::null(),
        &|c| c.extensions.push(Extension::basic_constraints(true, None)),
        &|c| c.extensions.clear(),
        &|c| c.validity = [x509::time("19500101000000"), x509::time("99991231235959")],
        &|c| c.set(Extension::new("1.3.6.1.4.1.45724.1.1.5", false, der::number(300))),
    ];
    for change in changes {
        let mut certificate = good.clone();
        change(&mut certificate);
        seeds.push(certificate.sign(&ROOT_KEY));
        seeds.push(certificate.sign(&CREDENTIAL_KEY));
    }
    seeds
}
