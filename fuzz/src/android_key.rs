//! The description of an Android key (§8.4.1), mutated in a certificate that is signed afterwards, against the schema read a
//! second time.

use crate::certified::{self, CREDENTIAL_KEY, options};
use crate::tlv::{self, Tag, context};
use mfakit_core::Error;
use mfakit_testing::android::{Authorizations, KeyDescription, all_applications, origin, purpose};
use mfakit_testing::{attestation, der, sha256};

/// The two lists, element by element.
struct Lists<'a> {
    challenge: &'a [u8],
    software: Vec<(u32, &'a [u8])>,
    tee: Vec<(u32, &'a [u8])>,
}

fn read(extension: &[u8]) -> Option<Lists<'_>> {
    let fields = tlv::elements(tlv::only(extension, tlv::SEQUENCE)?)?;
    let [version, level, keymint, keymint_level, challenge, unique, software, tee] = fields[..]
    else {
        return None;
    };
    let is = |field: (Tag, &[u8]), tag: Tag| field.0 == tag;
    let level_ok = |field: (Tag, &[u8])| is(field, tlv::ENUMERATED) && matches!(field.1, [0..=2]);
    let heads = is(version, tlv::INTEGER)
        && level_ok(level)
        && is(keymint, tlv::INTEGER)
        && level_ok(keymint_level)
        && is(challenge, tlv::OCTETS)
        && is(unique, tlv::OCTETS)
        && is(software, tlv::SEQUENCE)
        && is(tee, tlv::SEQUENCE);
    let list = |content| {
        let fields = tlv::elements(content)?;
        let mut numbers: Vec<u32> = fields.iter().map(|(tag, _)| tag.number).collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        let sound = fields.iter().all(|(tag, content)| {
            let read = match tag.number {
                1 => {
                    let purposes = tlv::only(content, tlv::SET).and_then(tlv::elements);
                    purposes.is_some_and(|all| {
                        all.len() <= 16 && all.iter().all(|(tag, _)| *tag == tlv::INTEGER)
                    })
                }
                702 => tlv::only(content, tlv::INTEGER).is_some(),
                _ => true,
            };
            *tag == context(tag.number) && read
        });
        (sound && numbers.len() == count && count <= 128)
            .then(|| fields.iter().map(|(tag, content)| (tag.number, *content)).collect())
    };
    heads.then_some(())?;
    Some(Lists { challenge: challenge.1, software: list(software.1)?, tee: list(tee.1)? })
}

fn reference(extension: &[u8], tee_only: bool) -> Result<(), Error> {
    let lists = read(extension).ok_or(Error::CertificateMalformed)?;
    if lists.challenge != sha256(&certified::client_data()) {
        return Err(Error::AttestationNonceMismatch);
    }
    let all: Vec<_> = lists.software.iter().chain(&lists.tee).collect();
    let counted: Vec<_> = if tee_only { lists.tee.iter().collect() } else { all.clone() };
    let origins: Vec<_> = counted.iter().filter(|(tag, _)| *tag == 702).map(|f| f.1).collect();
    let purposes: Vec<u8> =
        counted.iter().filter(|(tag, _)| *tag == 1).flat_map(|f| f.1[2..].to_vec()).collect();
    let holds = all.iter().all(|(tag, _)| *tag != 600)
        && !origins.is_empty()
        && origins.iter().all(|origin| *origin == [2, 1, 0])
        && !purposes.is_empty()
        && purposes.chunks(3).all(|purpose| purpose == [2, 1, 2]);
    if holds { Ok(()) } else { Err(Error::AttestationClaimRejected) }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let (first, extension) = data.split_first().unwrap_or((&0, &[]));
    let chosen = first & options::TEE_ONLY;
    let auth_data = certified::auth_data(&CREDENTIAL_KEY);
    // A longer certificate is not read.
    if extension.len() > 8192 {
        return false;
    }
    let statement = certified::android_key(&auth_data, extension);
    let object = attestation::object("android-key", &statement, &auth_data);
    let client_data = certified::client_data();
    let ours = certified::verify(chosen, &client_data, &object).map(|_| ());
    assert_eq!(ours, reference(extension, chosen != 0));
    ours.is_ok()
}

/// Descriptions that are accepted under one policy or both, and ones with every claim wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let good = KeyDescription::new(&sha256(&certified::client_data()));
    let with = |change: &dyn Fn(&mut KeyDescription)| {
        let mut description = good.clone();
        change(&mut description);
        description.bytes()
    };
    let all = [
        good.bytes(),
        with(&|d| std::mem::swap(&mut d.software, &mut d.tee)),
        with(&|d| d.software = Authorizations::signing()),
        with(&|d| d.tee = Authorizations(vec![purpose(&[2])])),
        with(&|d| d.tee = Authorizations(vec![purpose(&[2, 3]), origin(0)])),
        with(&|d| d.tee = Authorizations(vec![purpose(&[]), origin(0)])),
        with(&|d| d.tee = Authorizations(vec![purpose(&[2]), origin(2)])),
        with(&|d| d.tee = d.tee.clone().and(all_applications())),
        with(&|d| d.software = Authorizations(vec![all_applications()])),
        with(&|d| d.tee = d.tee.clone().and(origin(0))),
        with(&|d| d.tee = d.tee.clone().and((503, der::null()))),
        with(&|d| d.security_levels = [der::number(1), der::enumerated(1)]),
        with(&|d| d.security_levels = [der::enumerated(2), der::enumerated(3)]),
        with(&|d| d.more = der::null()),
        with(&|d| d.challenge = vec![0; 32]),
        with(&|d| d.unique_id = vec![1; 200]),
    ];
    all.iter().flat_map(|bytes| [0, 1].map(|policy| [&[policy], &bytes[..]].concat())).collect()
}
