//! `path::verify` on paths that are built to order, each certificate good or wrong in one of the ways that RFC 5280 §6 knows,
//! against the rules over what was ordered; and on mutated certificates, of which none is trusted that was not issued.

use crate::certified::{self, NOW, ROOT};
use crate::input::{Input, Output};
use crate::statement;
use mfakit_core::webauthn::attestation::{FidoSwitches, Tolerances, path};
use mfakit_core::{Error, UnixTime};
use mfakit_testing::keys::{Es256Key, Key};
use mfakit_testing::x509::{self, Certificate, Extension};
use mfakit_testing::{der, sha256};
use std::borrow::Cow;

/// What is wrong with a certificate.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    NotCa,
    NoConstraints,
    NoCertSign,
    Expired,
    NotYet,
    OtherIssuer,
    OtherSigner,
    UnknownCritical,
    PathLen,
    Version1,
}

impl Fault {
    /// Good ones are the most frequent.
    fn read(byte: u8) -> Self {
        match byte {
            1 => Self::NotCa,
            2 => Self::NoConstraints,
            3 => Self::NoCertSign,
            4 => Self::Expired,
            5 => Self::NotYet,
            6 => Self::OtherIssuer,
            7 => Self::OtherSigner,
            8 => Self::UnknownCritical,
            9 => Self::PathLen,
            10 => Self::Version1,
            _ => Self::None,
        }
    }

    /// Whether it forbids a path through this certificate, `below` being how many authorities are under it.
    fn forbids(self, leaf: bool, below: usize) -> bool {
        match self {
            Self::None => false,
            Self::NotCa | Self::NoConstraints | Self::NoCertSign => !leaf,
            // It is zero: no authority may be below.
            Self::PathLen => !leaf && below > 0,
            _ => true,
        }
    }
}

fn key(number: usize) -> Key {
    let number = u8::try_from(number).expect("few keys");
    Key::Es256(Es256Key::new(&[&[0x10 + number][..], &[7; 31]].concat()))
}

fn name(number: usize) -> Vec<u8> {
    x509::name(&[("2.5.4.3", der::utf8(&format!("CA {number}")))])
}

/// The certificate of this number; the next number is its issuer's.
fn certificate(number: usize, fault: Fault, last: bool) -> Vec<u8> {
    let (leaf, next) = (number == 0, if last { number } else { number + 1 });
    let issuer = if fault == Fault::OtherIssuer { name(99) } else { name(next) };
    let mut made = Certificate::new(&[1], &issuer, &name(number), &key(number));
    let path_len = (fault == Fault::PathLen && !leaf).then_some(0);
    if fault != Fault::NoConstraints {
        made.set(Extension::basic_constraints(!leaf && fault != Fault::NotCa, path_len));
    }
    if fault == Fault::NoCertSign || leaf {
        made.set(Extension::key_usage(x509::DIGITAL_SIGNATURE));
    } else {
        made.set(Extension::key_usage(x509::CERTIFICATE_AUTHORITY));
    }
    match fault {
        Fault::Expired => {
            made.validity = [x509::time("20200101000000"), x509::time("20210101000000")]
        }
        Fault::NotYet => {
            made.validity = [x509::time("21000101000000"), x509::time("22000101000000")]
        }
        Fault::UnknownCritical => made.set(Extension::new("1.2.3.4", true, der::null())),
        Fault::Version1 => {
            made.version = None;
            made.extensions.clear();
        }
        _ => {}
    }
    made.sign(&if fault == Fault::OtherSigner { key(98) } else { key(next) })
}

/// The first byte: bits of the whole.
mod options {
    /// The anchor's own certificate is at the end of the path.
    pub(super) const WITH_ROOT: u8 = 0x01;
    /// The anchor is another authority.
    pub(super) const OTHER_ANCHOR: u8 = 0x02;
    /// The attestation certificate itself is the anchor.
    pub(super) const LEAF_ANCHOR: u8 = 0x04;
    /// No dates are looked at.
    pub(super) const NO_TIME: u8 = 0x08;
    /// What follows are certificates and an anchor as bytes.
    pub(super) const RAW: u8 = 0x80;
}

fn verify(path: &[Vec<u8>], anchors: &[Vec<u8>], time: bool) -> Result<[u8; 32], Error> {
    let borrow =
        |all: &[Vec<u8>]| all.iter().map(|der| Cow::Owned(der.clone())).collect::<Vec<_>>();
    path::verify(
        &borrow(path),
        &borrow(anchors),
        time.then(|| UnixTime::from_seconds(NOW)),
        FidoSwitches::default(),
        Tolerances::default(),
    )
}

/// Whether there is a path to the anchor; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let chosen = input.u8();
    if chosen & options::RAW != 0 {
        return check_raw(&mut input);
    }
    let authorities = usize::from(input.u8() % 5);
    let faults: Vec<Fault> = (0..=authorities).map(|_| Fault::read(input.u8())).collect();
    let mut path: Vec<Vec<u8>> =
        faults.iter().enumerate().map(|(n, fault)| certificate(n, *fault, false)).collect();
    let root = certificate(authorities + 1, Fault::None, true);
    let anchor = match chosen & (options::OTHER_ANCHOR | options::LEAF_ANCHOR) {
        0 => root.clone(),
        options::LEAF_ANCHOR => path[0].clone(),
        _ => certificate(97, Fault::None, true),
    };
    if chosen & options::WITH_ROOT != 0 {
        path.push(root);
    }
    let time = chosen & options::NO_TIME == 0;
    let verdict = verify(&path, std::slice::from_ref(&anchor), time);
    let good =
        faults.iter().enumerate().all(|(n, fault)| !fault.forbids(n == 0, n.saturating_sub(1)));
    // Dates that are not looked at must still have a moment in common.
    let dated = |fault: &Fault| matches!(fault, Fault::Expired | Fault::NotYet);
    let expected = match chosen & (options::OTHER_ANCHOR | options::LEAF_ANCHOR) {
        0 if !time && faults.iter().any(dated) => None,
        0 => Some(good),
        options::LEAF_ANCHOR => Some(true),
        _ => Some(false),
    };
    if let Some(expected) = expected {
        assert_eq!(verdict.is_ok(), expected, "{verdict:?}");
    }
    if let Ok(hash) = verdict {
        assert_eq!(hash[..], sha256(&anchor));
    }
    verdict.is_ok()
}

/// Certificates as they come. A trusted path begins with one that was issued, or with the anchor itself.
fn check_raw(input: &mut Input<'_>) -> bool {
    let (use_ours, count) = (input.u8() & 1 == 0, usize::from(input.u8() % 10));
    let path: Vec<Vec<u8>> = (0..count).map(|_| input.bytes().to_vec()).collect();
    let anchor = if use_ours { ROOT.clone() } else { input.bytes().to_vec() };
    let verdict = verify(&path, std::slice::from_ref(&anchor), true);
    if let (Ok(hash), true) = (verdict, use_ours) {
        assert_eq!(hash[..], sha256(&ROOT));
        assert!(statement::is_issued(&path[0]) || path[0] == anchor, "nobody issued it");
    }
    verdict.is_ok()
}

/// Paths of every length with each fault at each place, and the certificates of real statements.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for chosen in
        [0, options::WITH_ROOT, options::OTHER_ANCHOR, options::LEAF_ANCHOR, options::NO_TIME]
    {
        for authorities in 0..4_u8 {
            seeds.push([vec![chosen, authorities], vec![0; 5]].concat());
        }
    }
    for fault in 1..=10 {
        for place in 0..=2 {
            let mut faults = vec![0; 3];
            faults[place] = fault;
            seeds.push([vec![0, 2], faults.clone()].concat());
            seeds.push([vec![options::WITH_ROOT, 2], faults].concat());
        }
    }
    let leaf = certified::leaf(&certified::LEAF_KEY).sign(&certified::ROOT_KEY);
    for path in [vec![leaf.clone()], vec![leaf.clone(), ROOT.clone()], vec![ROOT.clone()], vec![]] {
        let count = u8::try_from(path.len()).expect("few");
        let start = Output::default().number([options::RAW, 0, count]);
        seeds.push(path.iter().fold(start, |out, der| out.bytes(der)).finish());
        let start = Output::default().number([options::RAW, 1, count]);
        seeds.push(path.iter().fold(start, |out, der| out.bytes(der)).bytes(&ROOT).finish());
    }
    seeds
}
