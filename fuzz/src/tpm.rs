//! The two structures of a TPM (§8.3; TPM 2.0 Library, part 2), mutated and signed afterwards, against fixed offsets and
//! tables written a second time. The alternative names of the attestation key's certificate are mutated too.

use crate::certified::{self, CREDENTIAL_KEY, RSA_KEY, options};
use crate::input::{Input, Output};
use mfakit_core::Error;
use mfakit_testing::keys::Key;
use mfakit_testing::rsa::Hash;
use mfakit_testing::tpm::{CertifyInfo, Public};
use mfakit_testing::{attestation, der, sha256};
use num_bigint::BigUint;

/// Bits of the first byte of an input, beside [`options`].
mod own {
    /// The credential's key is RSA.
    pub(super) const RSA: u8 = 0x80;
    /// The nonce and the name are made right, whatever the input says.
    pub(super) const FIX: u8 = 0x40;
}

/// A structure read from its start.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, len: usize) -> Option<u64> {
        Some(self.take(len)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn sized(&mut self, most: u64) -> Option<&'a [u8]> {
        let len = self.number(2).filter(|len| *len <= most)?;
        self.take(usize::try_from(len).ok()?)
    }

    /// One of the algorithms and as many bytes as its details have.
    fn algorithm(&mut self, known: &[(u64, usize)]) -> Option<()> {
        let id = self.number(2)?;
        let (_, details) = known.iter().find(|(known, _)| *known == id)?;
        self.take(*details).map(|_| ())
    }
}

/// The numbers of a key, and the algorithm of its name.
fn read_public(public: &[u8]) -> Option<(u64, Vec<BigUint>)> {
    let mut fields = Fields(public);
    let (kind, name) = (fields.number(2)?, fields.number(2)?);
    fields.take(4)?;
    fields.sized(64)?;
    // NULL; AES, SM4, Camellia: bits and mode.
    fields.algorithm(match kind {
        1 | 0x23 => &[(0x10, 0), (0x06, 4), (0x13, 4), (0x26, 4)],
        _ => return None,
    })?;
    let big = BigUint::from_bytes_be;
    let numbers = if kind == 1 {
        fields.algorithm(&[(0x10, 0), (0x15, 0), (0x14, 2), (0x16, 2), (0x17, 2)])?;
        let bits = fields.number(2)?;
        let exponent = match fields.number(4)? {
            0 => 65537,
            exponent => exponent,
        };
        vec![big(fields.sized(bits.div_ceil(8))?), BigUint::from(exponent)]
    } else {
        let schemes = [0x18, 0x19, 0x1b, 0x1c, 0x1d].map(|id| (id, 2));
        fields.algorithm(&[&[(0x10, 0), (0x1a, 4)], &schemes[..]].concat())?;
        let curve = fields.number(2)?;
        fields.algorithm(&[(0x10, 0), (0x07, 2), (0x20, 2), (0x21, 2), (0x22, 2)])?;
        vec![BigUint::from(curve), big(fields.sized(80)?), big(fields.sized(80)?)]
    };
    fields.0.is_empty().then_some((name, numbers))
}

fn reference(key: &Key, chosen: u8, public: &[u8], info: &[u8]) -> Result<(), Error> {
    let big = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
    let expected = match key {
        Key::Rsa(key) => vec![big(&key.n()), big(&key.e())],
        key => {
            let (x, y) = key.es256().point();
            vec![BigUint::from(3_u8), big(&x), big(&y)]
        }
    };
    let malformed = Error::AttestationStatementMalformed;
    let (name_algorithm, numbers) = read_public(public).ok_or(malformed)?;
    if numbers != expected {
        return Err(Error::AttestationKeyMismatch);
    }
    if info.len() < 6 {
        return Err(malformed);
    }
    if info[..6] != [0xff, b'T', b'C', b'G', 0x80, 0x17] {
        return Err(Error::AttestationClaimRejected);
    }
    let mut fields = Fields(&info[6..]);
    let parts = (|| {
        fields.sized(66)?;
        let nonce = fields.sized(66)?;
        fields.take(17 + 8)?;
        let name = fields.sized(66)?;
        fields.sized(66)?;
        fields.0.is_empty().then_some((nonce, name))
    })();
    let (nonce, name) = parts.ok_or(malformed)?;
    if nonce != sha256(&certified::message(&certified::auth_data(key))) {
        return Err(Error::AttestationNonceMismatch);
    }
    let hash = match name_algorithm {
        4 if chosen & options::FIDO != 0 => Hash::Sha1,
        11 => Hash::Sha256,
        12 => Hash::Sha384,
        13 => Hash::Sha512,
        _ => return Err(Error::AlgorithmUnsupported),
    };
    let expected = [&[0, public[3]][..], &hash.of(public)].concat();
    if name == expected { Ok(()) } else { Err(Error::AttestationClaimRejected) }
}

/// Whether core accepts; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    let mut input = Input::new(data);
    let first = input.u8();
    let chosen = first & options::FIDO;
    let key: &Key = if first & own::RSA == 0 { &CREDENTIAL_KEY } else { &RSA_KEY };
    let auth_data = certified::auth_data(key);
    let (public, mut info, names) = (input.bytes(), input.bytes().to_vec(), input.rest());
    if names.len() > 8192 {
        return false;
    }
    if first & own::FIX != 0 {
        info = fixed(key, public);
    }
    let object = attestation::object("tpm", &certified::tpm(public, &info, names), &auth_data);
    let client_data = certified::client_data();
    let ours = certified::verify(chosen, &client_data, &object).map(|_| ());
    let expected = reference(key, chosen, public, &info);
    if expected.is_err() || names == certified::device_names() {
        assert_eq!(ours, expected);
    } else {
        // Whatever the names are: with one of the three missing, there is no TPM.
        let told = |oid: &str| {
            let oid = der::oid(oid);
            names.windows(oid.len()).any(|window| window == oid)
        };
        let complete = ["2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"].iter().all(|oid| told(oid));
        let refused = matches!(ours, Err(Error::CertificateRejected | Error::CertificateMalformed));
        assert!(refused || ours.is_ok() && complete, "{ours:?}");
    }
    ours.is_ok()
}

/// What a TPM says of whatever stands as the key.
fn fixed(key: &Key, public: &[u8]) -> Vec<u8> {
    let nonce = sha256(&certified::message(&certified::auth_data(key)));
    let hash = match public.get(3) {
        Some(4) => Hash::Sha1,
        Some(12) => Hash::Sha384,
        Some(13) => Hash::Sha512,
        _ => Hash::Sha256,
    };
    let mut info = CertifyInfo::new(&Public::new(key), &nonce);
    info.name = [public.get(2..4).unwrap_or_default(), &hash.of(public)].concat();
    info.bytes()
}

/// The input in which both structures stand as they are, beside good names.
#[must_use]
pub fn input(public: &[u8], info: &[u8]) -> Vec<u8> {
    let names = certified::device_names();
    Output::default().number([0]).bytes(public).bytes(info).raw(&names).finish()
}

/// Both kinds of key with every knob of the structures turned, and names of TPMs.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (bit, key) in [(0, &*CREDENTIAL_KEY), (own::RSA, &*RSA_KEY)] {
        let public = Public::new(key);
        let nonce = sha256(&certified::message(&certified::auth_data(key)));
        let info = CertifyInfo::new(&public, &nonce);
        let input = |first: u8, public: &[u8], info: &[u8], names: &[u8]| {
            Output::default().number([first | bit]).bytes(public).bytes(info).raw(names).finish()
        };
        let names = certified::device_names();
        for first in [0, own::FIX, options::FIDO, options::FIDO | own::FIX] {
            seeds.push(input(first, &public.bytes(), &info.bytes(), &names));
        }
        let changes: [&dyn Fn(&mut Public); 6] = [
            &|p| p.name_algorithm = 4,
            &|p| p.name_algorithm = 13,
            &|p| p.auth_policy = vec![1; 32],
            &|p| p.parameters[2] = 0xff,
            &|p| p.parameters.splice(2..4, [0, 0x14, 0, 0x0b]).for_each(drop),
            &|p| p.parameters.splice(0..2, [0, 6, 0, 128, 0, 0x43]).for_each(drop),
        ];
        for change in changes {
            let mut public = public.clone();
            change(&mut public);
            seeds.push(input(options::FIDO | own::FIX, &public.bytes(), &[], &names));
            seeds.push(input(own::FIX, &public.bytes(), &[], &names));
        }
        let changes: [&dyn Fn(&mut CertifyInfo); 5] = [
            &|i| i.magic ^= 1,
            &|i| i.kind = 0x8018,
            &|i| i.extra_data[0] ^= 1,
            &|i| i.qualified_signer = vec![1; 66],
            &|i| i.name[4] ^= 1,
        ];
        for change in changes {
            let mut info = info.clone();
            change(&mut info);
            seeds.push(input(0, &public.bytes(), &info.bytes(), &names));
        }
        for cut in [2, 10, 20, names.len() - 1] {
            seeds.push(input(0, &public.bytes(), &info.bytes(), &names[..cut]));
        }
    }
    seeds
}
