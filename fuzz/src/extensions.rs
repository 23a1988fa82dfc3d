//! `AuthenticatorExtensions::read` against the reference reader of CBOR and the rules written a second time: which outputs
//! become values, and which refuse a ceremony.

use crate::cbor::{self, Node};
use crate::input::{Input, Output};
use crate::relying_party::require;
use mfakit_core::Error;
use mfakit_core::encoding::cbor::{Limits, read_all};
use mfakit_core::webauthn::extensions::{
    AuthenticatorExtensions, ExtensionSet, Requested, UnsolicitedExtensions,
};

/// The extensions that authenticators answer, by the bits of the first byte; what is beside them is asked for by its name.
const KNOWN: [(&str, ExtensionSet); 4] = [
    ("credProtect", ExtensionSet::CRED_PROTECT),
    ("hmac-secret", ExtensionSet::PRF),
    ("minPinLength", ExtensionSet::MIN_PIN_LENGTH),
    ("uvm", ExtensionSet::UVM),
];
const OTHERS: u8 = 0x10;
const REJECT: u8 = 0x20;
const OTHER: &str = "credBlob";

/// The values.
#[derive(Debug, Default, PartialEq)]
struct Expected {
    protection: Option<&'static str>,
    hmac_secret: Option<bool>,
    min_pin_length: Option<u32>,
    uvm: Vec<[u64; 3]>,
}

fn reference(outputs: &[(Node, Node)], chosen: u8) -> Result<Expected, Error> {
    let mut expected = Expected::default();
    let malformed = Error::ExtensionOutputMalformed;
    for (name, value) in outputs {
        let Node::Text(name) = name else { return Err(malformed) };
        let known = KNOWN.iter().position(|(known, _)| known == name);
        let asked = match known {
            Some(bit) => chosen & 1 << bit != 0,
            None => chosen & OTHERS != 0 && name == OTHER,
        };
        if !asked {
            require(chosen & REJECT == 0, Error::ExtensionUnsolicited)?;
            continue;
        }
        let below = |value: &Node, bound: i128| match value {
            Node::Integer(number) if (0..bound).contains(number) => u64::try_from(*number).ok(),
            _ => None,
        };
        match (known, value) {
            (Some(0), Node::Integer(1)) => expected.protection = Some("userVerificationOptional"),
            (Some(0), Node::Integer(2)) => {
                expected.protection = Some("userVerificationOptionalWithCredentialIDList");
            }
            (Some(0), Node::Integer(3)) => expected.protection = Some("userVerificationRequired"),
            (Some(1), Node::Simple(bit @ 20..=21)) => expected.hmac_secret = Some(*bit == 21),
            (Some(1), Node::Bytes(_)) => {}
            (Some(2), value) => {
                let length = below(value, 1 << 32).ok_or(malformed)?;
                expected.min_pin_length = u32::try_from(length).ok();
            }
            (Some(3), Node::Array(methods)) if (1..=3).contains(&methods.len()) => {
                for method in methods {
                    let Node::Array(numbers) = method else { return Err(malformed) };
                    let [method, key, matcher] = &numbers[..] else { return Err(malformed) };
                    let read =
                        [below(method, 1 << 32), below(key, 1 << 16), below(matcher, 1 << 16)];
                    let [Some(method), Some(key), Some(matcher)] = read else {
                        return Err(malformed);
                    };
                    expected.uvm.push([method, key, matcher]);
                }
            }
            (Some(_), _) => return Err(malformed),
            (None, _) => {}
        }
    }
    Ok(expected)
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let (chosen, outputs) = (input.u8(), input.rest());
    let Ok(value) = read_all(outputs, Limits::EXTENSIONS) else { return false };
    let (node, ..) = cbor::reference(outputs, Limits::EXTENSIONS).expect("both read the same");
    let known = KNOWN
        .iter()
        .enumerate()
        .filter(|(bit, _)| chosen & 1 << bit != 0)
        .fold(ExtensionSet::EMPTY, |set, (_, (_, extension))| set.and(*extension));
    let requested = Requested {
        known,
        others: if chosen & OTHERS == 0 { &[] } else { &[OTHER] },
        unsolicited: if chosen & REJECT == 0 {
            UnsolicitedExtensions::Ignore
        } else {
            UnsolicitedExtensions::Reject
        },
    };
    let ours = AuthenticatorExtensions::read(Some(&value), &requested);
    let Node::Map(node) = node else {
        // The authenticator data refuses what is no map.
        return false;
    };
    let seen = ours.as_ref().map_err(|error| *error).map(|ours| Expected {
        protection: ours.credential_protection().map(|protection| protection.as_str()),
        hmac_secret: ours.hmac_secret(),
        min_pin_length: ours.min_pin_length(),
        uvm: ours
            .uvm()
            .map(|m| [m.method.into(), m.key_protection.into(), m.matcher_protection.into()])
            .collect(),
    });
    assert_eq!(seen, reference(&node, chosen));
    assert!(ours.is_err() || ours.is_ok_and(|ours| ours.raw() == Some(outputs)));
    seen.is_ok()
}

/// Good outputs asked for in every way, and ones of every other shape.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let outputs: [&[u8]; 16] = [
        b"\xa4\x63uvm\x82\x83\x02\x04\x02\x83\x19\x04\x00\x01\x01\x6bcredProtect\x03\x6bhmac-secret\xf5\x6cminPinLength\x06",
        b"\xa1\x68credBlob\xf5",
        b"\xa0",
        b"\xa1\x6bcredProtect\x01",
        b"\xa1\x6bcredProtect\x02",
        b"\xa1\x6bcredProtect\x04",
        b"\xa1\x6bhmac-secret\xf4",
        b"\xa1\x6bhmac-secret\x58\x20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"\xa1\x6bhmac-secret\xf6",
        b"\xa1\x6cminPinLength\x1a\xff\xff\xff\xff",
        b"\xa1\x6cminPinLength\x1b\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\xa1\x63uvm\x80",
        b"\xa1\x63uvm\x84\x83\x02\x04\x02\x83\x02\x04\x02\x83\x02\x04\x02\x83\x02\x04\x02",
        b"\xa1\x63uvm\x81\x83\x02\x19\xff\xff\x19\xff\xff",
        b"\xa1\x63uvm\x81\x83\x20\x04\x02",
        b"\xa1\x01\x01",
    ];
    let choices = [0x00, 0x0f, 0x1f, 0x20, 0x2f, 0x3f, 0x01, 0x02, 0x04, 0x08];
    outputs
        .iter()
        .flat_map(|outputs| {
            choices.map(|chosen| Output::default().number([chosen]).raw(outputs).finish())
        })
        .collect()
}
