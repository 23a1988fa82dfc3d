//! Certificate paths: from an attestation certificate to an anchor of the caller's. RFC 5280 §6, by rustls-webpki.
//!
//! An anchor is a subject and a public key, or it is the attestation certificate itself, byte for byte. Its own dates and
//! signature do not matter. A path is `x5c` in its order, each certificate signed by the next, up to the first that an anchor
//! signed; what follows that one is not looked at. A root in `x5c` is never an anchor by being there. Leaks: nothing secret
//! here.
//!
//! What is checked of the certificates below the anchor, and by whom:
//!
//! | rule | where |
//! |---|---|
//! | DER, serial number, one algorithm inside and outside, no extension twice | [`Certificate::parse`] |
//! | order, `keyCertSign`, sizes of RSA keys | here; webpki leaves `keyUsage` alone and finds its own order |
//! | signature, dates, version 3, CA flag, length of the path, name constraints, unknown critical extensions | webpki |
//! | extended key usage | the format, of the attestation certificate; here only that it can be read |
//!
//! A name constraint on directory names refuses every certificate below it, because webpki does not read them.

use super::certificate::{Certificate, KeyKind, MAX_PATH, Spki};
use super::{FidoSwitches, Tolerances};
use crate::crypto;
use crate::encoding::cose::{self, Curve, Hash, PublicKey};
use crate::error::Error;
use crate::time::UnixTime;
use alloc::{borrow::Cow, vec::Vec};
use core::time::Duration;
use pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    TrustAnchor, alg_id,
};
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath,
    anchor_from_trusted_cert,
};

/// Finds the first anchor that a path leads to. `path` is an `x5c`: the attestation certificate first. Returns the SHA-256 hash
/// of the anchor's DER.
///
/// Without `at`, the dates are taken as they would have been when the youngest of the certificates began to be valid: an
/// expired path is then as good as another, but there must have been such a moment.
///
/// # Errors
///
/// [`Error::AnchorInvalid`] before anything else, if an anchor cannot be read; [`Error::AttestationRequired`] if there is no
/// certificate; [`Error::AttestationUntrusted`] if no certificate names an anchor as its issuer;
/// [`Error::CertificatePathInvalid`], [`Error::CertificateExpired`], [`Error::CertificateNotYetValid`],
/// [`Error::CertificateAlgorithmUnsupported`], [`Error::CertificateMalformed`].
pub fn verify(
    path: &[Cow<'_, [u8]>],
    anchors: &[Cow<'_, [u8]>],
    at: Option<UnixTime>,
    switches: FidoSwitches,
    tolerances: Tolerances,
) -> Result<[u8; 32], Error> {
    let anchors: Vec<CertificateDer<'_>> =
        anchors.iter().map(|der| CertificateDer::from(&**der)).collect();
    let anchors: Vec<Anchor<'_>> = anchors.iter().map(Anchor::read).collect::<Result<_, _>>()?;
    let (leaf, issuers) = path.split_first().ok_or(Error::AttestationRequired)?;
    if issuers.len() >= MAX_PATH {
        return Err(Error::CertificatePathInvalid);
    }
    // A name is enough to tell a root: what names itself as its issuer leads nowhere else.
    if switches.no_root_in_x5c {
        for der in issuers {
            let issuer = Certificate::parse(der, tolerances)?;
            if issuer.issuer() == issuer.subject() {
                return Err(Error::CertificatePathInvalid);
            }
        }
    }
    if let Some(anchor) = anchors.iter().find(|anchor| anchor.der == &**leaf) {
        return Ok(crypto::sha256(&[anchor.der]));
    }

    let mut chain: Vec<Certificate<'_>> = Vec::new();
    let (mut failure, mut broken) = (None, None);
    for der in path {
        let certificate = Certificate::parse(der, tolerances)?;
        if let Some(subordinate) = chain.last() {
            let follows = subordinate.issuer() == certificate.subject();
            if !follows || !certificate.may_sign_certificates()? {
                return Err(failure.unwrap_or(Error::CertificatePathInvalid));
            }
            check_issuer_key(certificate.spki())?;
            broken = broken.or_else(|| check_signature(subordinate, certificate.spki()).err());
        }
        chain.push(certificate);
        let issuer = certificate.issuer().content();
        for anchor in anchors.iter().filter(|anchor| anchor.may_issue(issuer)) {
            match broken.map_or_else(|| verify_chain(&chain, anchor, at), Err) {
                Ok(()) => return Ok(crypto::sha256(&[anchor.der])),
                // A signature that another anchor of that name did not make says less than any other failure.
                Err(error) if failure.is_none_or(|f| f == Error::CertificatePathInvalid) => {
                    failure = Some(error);
                }
                Err(_) => {}
            }
        }
    }
    Err(failure.unwrap_or(Error::AttestationUntrusted))
}

/// A certificate of the caller's.
struct Anchor<'a> {
    der: &'a [u8],
    trust: TrustAnchor<'a>,
}

impl<'a> Anchor<'a> {
    fn read(der: &'a CertificateDer<'a>) -> Result<Self, Error> {
        let trust = anchor_from_trusted_cert(der).map_err(|_| Error::AnchorInvalid)?;
        Ok(Self { der, trust })
    }

    /// Whether it has this name and is trusted to sign certificates.
    ///
    /// Metadata lists attestation certificates too. One that is no CA's vouches for itself alone: whoever takes the key out of
    /// an authenticator could else make certificates for other models. Without basic constraints a certificate of version 3
    /// is no CA's (RFC 5280 §4.2.1.9), but for old roots, which are their own issuers; earlier versions cannot say. What
    /// cannot be read signs nothing.
    fn may_issue(&self, issuer: &[u8]) -> bool {
        let is_ca = |certificate: Certificate<'_>| {
            let silent = !certificate.is_v3() || certificate.issuer() == certificate.subject();
            Ok(certificate.is_ca()?.unwrap_or(silent) && certificate.may_sign_certificates()?)
        };
        *self.trust.subject == *issuer
            && Certificate::read(self.der).and_then(is_ca).unwrap_or(false)
    }
}

/// Whether this can be an anchor: a certificate (DER) whose name and key can be read.
#[must_use]
pub fn is_anchor(der: &[u8]) -> bool {
    Certificate::read(der).is_ok() && Anchor::read(&CertificateDer::from(der)).is_ok()
}

/// Verifies that each certificate of the chain was certified by the next one, and the last by the anchor.
fn verify_chain(
    chain: &[Certificate<'_>],
    anchor: &Anchor<'_>,
    at: Option<UnixTime>,
) -> Result<(), Error> {
    let anchor_key = Spki::read(&anchor.trust.subject_public_key_info)?;
    check_issuer_key(anchor_key)?;
    // webpki looks for a path of its own, and whoever makes certificates can give it many to look for. All signatures of this
    // one path hold before it begins.
    check_signature(chain.last().ok_or(Error::AttestationRequired)?, anchor_key)?;
    let rewritten: Vec<_> = chain.iter().map(Certificate::for_webpki).collect();
    let ders: Vec<CertificateDer<'_>> = chain
        .iter()
        .zip(&rewritten)
        .map(|(certificate, rewritten)| match rewritten {
            Some((der, _)) => CertificateDer::from(&**der),
            None => CertificateDer::from(certificate.der()),
        })
        .collect();
    let originals: Vec<(&[u8], &[u8])> = chain
        .iter()
        .zip(&rewritten)
        .filter_map(|(certificate, rewritten)| {
            rewritten.as_ref().map(|(_, signed)| (&**signed, certificate.signed()))
        })
        .collect();
    let verifiers: Vec<Verifier<'_>> =
        ALGORITHMS.iter().map(|algorithm| Verifier { algorithm, originals: &originals }).collect();
    let verifiers: Vec<&dyn SignatureVerificationAlgorithm> =
        verifiers.iter().map(Verifier::as_dyn).collect();

    let youngest = chain.iter().map(|certificate| certificate.validity().0).max();
    let at = at.or(youngest).ok_or(Error::AttestationRequired)?;
    let (leaf, intermediates) = ders.split_first().ok_or(Error::AttestationRequired)?;
    let in_order = |found: &VerifiedPath<'_>| {
        let whole = found
            .intermediate_certificates()
            .map(webpki::Cert::der)
            .eq(intermediates.iter().cloned());
        if whole { Ok(()) } else { Err(webpki::Error::UnknownIssuer) }
    };
    EndEntityCert::try_from(leaf)
        .map_err(translate)?
        .verify_for_usage(
            &verifiers,
            core::slice::from_ref(&anchor.trust),
            intermediates,
            pki_types::UnixTime::since_unix_epoch(Duration::from_secs(at.seconds())),
            AnyUsage,
            None,
            Some(&in_order),
        )
        .map(|_| ())
        .map_err(translate)
}

fn translate(error: webpki::Error) -> Error {
    use webpki::Error as E;
    match error {
        E::CertExpired { .. } => Error::CertificateExpired,
        E::CertNotValidYet { .. } => Error::CertificateNotYetValid,
        E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            Error::CertificateAlgorithmUnsupported
        }
        E::BadDer
        | E::BadDerTime
        | E::TrailingData(_)
        | E::ExtensionValueInvalid
        | E::EmptyEkuExtension
        | E::MalformedExtensions
        | E::MalformedNameConstraint => Error::CertificateMalformed,
        _ => Error::CertificatePathInvalid,
    }
}

/// Takes every extended key usage that can be read.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, mut usages: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        usages.try_for_each(|usage| usage.map(|_| ()))
    }
}

/// A key that signs certificates is of a kind that is built in, and not too weak.
fn check_issuer_key(spki: Spki<'_>) -> Result<(), Error> {
    ALGORITHMS
        .iter()
        .find(|algorithm| *algorithm.key_id == *spki.algorithm())
        .and_then(|algorithm| algorithm.key(spki.key()))
        .map(|_| ())
        .ok_or(Error::CertificateAlgorithmUnsupported)
}

/// Whether the issuer's key signed the certificate.
fn check_signature(certificate: &Certificate<'_>, issuer: Spki<'_>) -> Result<(), Error> {
    let algorithm = ALGORITHMS
        .iter()
        .find(|algorithm| {
            *algorithm.key_id == *issuer.algorithm()
                && *algorithm.signature_id == *certificate.signature_algorithm()
        })
        .ok_or(Error::CertificateAlgorithmUnsupported)?;
    let key = algorithm.key(issuer.key()).ok_or(Error::CertificateAlgorithmUnsupported)?;
    algorithm
        .verify(&key, certificate.signed(), certificate.signature())
        .map_err(|_| Error::CertificatePathInvalid)
}

/// A signature algorithm of certificates: a kind of key with a way to sign.
#[derive(Debug)]
struct Algorithm {
    key_id: AlgorithmIdentifier,
    signature_id: AlgorithmIdentifier,
    kind: KeyKind,
    /// A COSE algorithm for the same kind of key.
    cose: i64,
    /// The hash, for ECDSA, where any curve goes with any hash.
    hash: Option<Hash>,
}

impl Algorithm {
    fn key<'k>(&self, key: &'k [u8]) -> Option<PublicKey<'k>> {
        PublicKey::from_parts(self.cose, self.kind.parts(key).ok()?).ok()
    }

    fn verify(&self, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match self.hash {
            Some(hash) => crypto::verify_ecdsa_with(hash, key, &[message], signature),
            None => crypto::verify(key, &[message], signature),
        }
    }
}

impl Algorithm {
    const fn ecdsa(curve: Curve, hash: Hash, signature_id: AlgorithmIdentifier) -> Self {
        let (key_id, cose) = match curve {
            Curve::P384 => (alg_id::ECDSA_P384, cose::ES384),
            Curve::P521 => (alg_id::ECDSA_P521, cose::ES512),
            _ => (alg_id::ECDSA_P256, cose::ES256),
        };
        Self { key_id, signature_id, kind: KeyKind::Ec(curve), cose, hash: Some(hash) }
    }

    const fn rsa(cose: i64, signature_id: AlgorithmIdentifier) -> Self {
        Self { key_id: alg_id::RSA_ENCRYPTION, signature_id, kind: KeyKind::Rsa, cose, hash: None }
    }

    /// Where key and signature have one identifier.
    const fn plain(cose: i64, id: AlgorithmIdentifier, kind: KeyKind) -> Self {
        Self { key_id: id, signature_id: id, kind, cose, hash: None }
    }
}

/// ecdsa-with-SHA256, -SHA384 and -SHA512 with the NULL that [`Tolerances::ecdsa_null_parameters`] is about.
const ECDSA_SHA256_NULL: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00");
const ECDSA_SHA384_NULL: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03\x05\x00");
const ECDSA_SHA512_NULL: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04\x05\x00");

/// What certificates may be signed with, built in or not: a key whose algorithm is not built in is refused as such. SHA-1 is
/// not here. That NULL is let pass is decided where a certificate is read.
static ALGORITHMS: [Algorithm; 29] = [
    Algorithm::ecdsa(Curve::P256, Hash::Sha256, alg_id::ECDSA_SHA256),
    Algorithm::ecdsa(Curve::P256, Hash::Sha384, alg_id::ECDSA_SHA384),
    Algorithm::ecdsa(Curve::P256, Hash::Sha512, alg_id::ECDSA_SHA512),
    Algorithm::ecdsa(Curve::P384, Hash::Sha256, alg_id::ECDSA_SHA256),
    Algorithm::ecdsa(Curve::P384, Hash::Sha384, alg_id::ECDSA_SHA384),
    Algorithm::ecdsa(Curve::P384, Hash::Sha512, alg_id::ECDSA_SHA512),
    Algorithm::ecdsa(Curve::P521, Hash::Sha256, alg_id::ECDSA_SHA256),
    Algorithm::ecdsa(Curve::P521, Hash::Sha384, alg_id::ECDSA_SHA384),
    Algorithm::ecdsa(Curve::P521, Hash::Sha512, alg_id::ECDSA_SHA512),
    Algorithm::ecdsa(Curve::P256, Hash::Sha256, ECDSA_SHA256_NULL),
    Algorithm::ecdsa(Curve::P256, Hash::Sha384, ECDSA_SHA384_NULL),
    Algorithm::ecdsa(Curve::P256, Hash::Sha512, ECDSA_SHA512_NULL),
    Algorithm::ecdsa(Curve::P384, Hash::Sha256, ECDSA_SHA256_NULL),
    Algorithm::ecdsa(Curve::P384, Hash::Sha384, ECDSA_SHA384_NULL),
    Algorithm::ecdsa(Curve::P384, Hash::Sha512, ECDSA_SHA512_NULL),
    Algorithm::ecdsa(Curve::P521, Hash::Sha256, ECDSA_SHA256_NULL),
    Algorithm::ecdsa(Curve::P521, Hash::Sha384, ECDSA_SHA384_NULL),
    Algorithm::ecdsa(Curve::P521, Hash::Sha512, ECDSA_SHA512_NULL),
    Algorithm::rsa(cose::RS256, alg_id::RSA_PKCS1_SHA256),
    Algorithm::rsa(cose::RS384, alg_id::RSA_PKCS1_SHA384),
    Algorithm::rsa(cose::RS512, alg_id::RSA_PKCS1_SHA512),
    Algorithm::rsa(cose::PS256, alg_id::RSA_PSS_SHA256),
    Algorithm::rsa(cose::PS384, alg_id::RSA_PSS_SHA384),
    Algorithm::rsa(cose::PS512, alg_id::RSA_PSS_SHA512),
    Algorithm::plain(cose::EDDSA, alg_id::ED25519, KeyKind::Okp(Curve::Ed25519)),
    Algorithm::plain(cose::ED448, alg_id::ED448, KeyKind::Okp(Curve::Ed448)),
    Algorithm::plain(cose::ML_DSA_44, alg_id::ML_DSA_44, KeyKind::MlDsa(cose::ML_DSA_44)),
    Algorithm::plain(cose::ML_DSA_65, alg_id::ML_DSA_65, KeyKind::MlDsa(cose::ML_DSA_65)),
    Algorithm::plain(cose::ML_DSA_87, alg_id::ML_DSA_87, KeyKind::MlDsa(cose::ML_DSA_87)),
];

/// Gives webpki the core's cryptography, and the cryptography what was signed.
#[derive(Debug)]
struct Verifier<'m> {
    algorithm: &'static Algorithm,
    /// What is signed, as [`Certificate::for_webpki`] rewrote it and as it was.
    originals: &'m [(&'m [u8], &'m [u8])],
}

impl Verifier<'_> {
    fn as_dyn(&self) -> &dyn SignatureVerificationAlgorithm {
        self
    }
}

impl SignatureVerificationAlgorithm for Verifier<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let original = self.originals.iter().find(|(rewritten, _)| *rewritten == message);
        let message = original.map_or(message, |(_, original)| original);
        let key = self.algorithm.key(public_key).ok_or(InvalidSignature)?;
        self.algorithm.verify(&key, message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.key_id
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_id
    }
}

#[cfg(all(test, feature = "es256"))]
mod tests {
    use super::super::test_builder::*;
    use super::*;

    const LEAF: u8 = 1;
    const CA: u8 = 2;
    const ROOT: u8 = 3;
    const STRANGER: u8 = 4;
    const TOLERANT: Tolerances =
        Tolerances { ecdsa_null_parameters: true, signature_unused_bits: true };

    fn leaf() -> Builder {
        Builder::leaf("CA", &key(LEAF))
    }

    fn ca() -> Builder {
        Builder::ca("CA", "Root", &key(CA))
    }

    fn root() -> Vec<u8> {
        Builder::ca("Root", "Root", &key(ROOT)).sign(&key(ROOT))
    }

    fn verify_at(
        x5c: &[&[u8]],
        anchors: &[&[u8]],
        at: Option<UnixTime>,
    ) -> Result<[u8; 32], Error> {
        let borrow =
            |list: &[&'_ [u8]]| -> Vec<Vec<u8>> { list.iter().map(|d| d.to_vec()).collect() };
        let cow = |list: Vec<Vec<u8>>| -> Vec<Cow<'static, [u8]>> {
            list.into_iter().map(Cow::Owned).collect()
        };
        let (x5c, anchors) = (cow(borrow(x5c)), cow(borrow(anchors)));
        verify(&x5c, &anchors, at, FidoSwitches::default(), Tolerances::default())
    }

    fn verify_now(x5c: &[&[u8]], anchors: &[&[u8]]) -> Result<[u8; 32], Error> {
        verify_at(x5c, anchors, Some(NOW))
    }

    /// A path of two certificates, changed, to the root.
    fn path_with(
        change_leaf: impl FnOnce(&mut Builder),
        change_ca: impl FnOnce(&mut Builder),
    ) -> Result<(), Error> {
        let x5c = [leaf().with(change_leaf).sign(&key(CA)), ca().with(change_ca).sign(&key(ROOT))];
        verify_now(&[&x5c[0], &x5c[1]], &[&root()]).map(|_| ())
    }

    #[test]
    fn a_path_ends_at_the_first_anchor() {
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let hash = |der: &[u8]| Ok(crypto::sha256(&[der]));
        assert_eq!(verify_now(&[&leaf, &ca], &[&root]), hash(&root));
        // With its root; with an intermediate for an anchor; with whatever follows.
        assert_eq!(verify_now(&[&leaf, &ca, &root], &[&root]), hash(&root));
        assert_eq!(verify_now(&[&leaf], &[&ca]), hash(&ca));
        assert_eq!(verify_now(&[&leaf, &ca, &root], &[&ca]), hash(&ca));
        assert_eq!(verify_now(&[&leaf, &ca, &root], &[&root, &ca]), hash(&ca));
        assert_eq!(verify_now(&[&leaf, &ca, b"no certificate"], &[&root]), hash(&root));
        assert_eq!(verify_now(&[&leaf, &ca, &leaf, &ca], &[&root]), hash(&root));
        assert_eq!(verify_now(&[&leaf, &ca, &ca], &[&root]), hash(&root));
    }

    #[test]
    fn without_an_anchor_nothing_is_trusted() {
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let untrusted = Err(Error::AttestationUntrusted);
        let stranger = Builder::ca("Stranger", "Stranger", &key(STRANGER)).sign(&key(STRANGER));
        assert_eq!(verify_now(&[&leaf, &ca, &root], &[]), untrusted);
        assert_eq!(verify_now(&[&leaf, &ca, &root], &[&stranger]), untrusted);
        // A missing link.
        assert_eq!(verify_now(&[&leaf], &[&root]), untrusted);
        assert_eq!(verify_now(&[], &[&root]), Err(Error::AttestationRequired));
        // A loop: a root that certifies itself, over and over.
        let mut looped: Vec<&[u8]> = std::vec![&leaf, &ca];
        looped.resize(8, &root);
        assert_eq!(verify_now(&looped, &[&stranger]), untrusted);
        looped.push(&root);
        assert_eq!(verify_now(&looped, &[&stranger]), Err(Error::CertificatePathInvalid));
    }

    // H28
    #[test]
    fn a_leaf_that_signs_itself_is_no_anchor() {
        let own = Builder::new(common_name("Self"), common_name("Self"), &key(LEAF));
        let own = own.sign(&key(LEAF));
        assert_eq!(verify_now(&[&own], &[&root()]), Err(Error::AttestationUntrusted));
        assert_eq!(verify_now(&[&own, &own], &[&root()]), Err(Error::AttestationUntrusted));
    }

    // H22
    #[test]
    fn x5c_stands_in_order() {
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let invalid = Err(Error::CertificatePathInvalid);
        assert_eq!(verify_now(&[&leaf, &root, &ca], &[&root]), invalid);
        assert_eq!(verify_now(&[&leaf, &root], &[&root]), invalid);
        assert_eq!(verify_now(&[&leaf, &leaf, &ca], &[&root]), invalid);
        let other = Builder::ca("Other", "Root", &key(STRANGER)).sign(&key(ROOT));
        assert_eq!(verify_now(&[&leaf, &other, &ca], &[&root]), invalid);
        assert_eq!(verify_now(&[&ca, &leaf], &[&root]), invalid);
    }

    #[test]
    fn names_do_not_make_up_for_order() {
        // The leaf is signed by the second, which is signed by the first: of one name, they follow each other by name.
        let leaf = Builder::leaf("Root", &key(LEAF)).sign(&key(STRANGER));
        let first = Builder::ca("Root", "Root", &key(CA)).sign(&key(ROOT));
        let second = Builder::ca("Root", "Root", &key(STRANGER)).sign(&key(CA));
        assert!(verify_now(&[&leaf, &second, &first], &[&root()]).is_ok());
        let swapped = verify_now(&[&leaf, &first, &second], &[&root()]);
        assert_eq!(swapped, Err(Error::CertificatePathInvalid));
    }

    // H21
    #[test]
    fn dates_count_below_the_anchor() {
        let past = |c: &mut Builder| c.dates[1] = tlv(UTC_TIME, &[b"251231235959Z"]);
        let last = |c: &mut Builder| c.dates[1] = tlv(UTC_TIME, &[b"260101000000Z"]);
        let first = |c: &mut Builder| c.dates[0] = tlv(UTC_TIME, &[b"260101000000Z"]);
        let future = |c: &mut Builder| c.dates[0] = tlv(UTC_TIME, &[b"260101000001Z"]);
        assert_eq!(path_with(past, |_| {}), Err(Error::CertificateExpired));
        assert_eq!(path_with(|_| {}, past), Err(Error::CertificateExpired));
        assert_eq!(path_with(future, |_| {}), Err(Error::CertificateNotYetValid));
        assert_eq!(path_with(|_| {}, future), Err(Error::CertificateNotYetValid));
        assert_eq!(path_with(last, last), Ok(()));
        assert_eq!(path_with(first, first), Ok(()));
        let never = |c: &mut Builder| {
            last(c);
            future(c);
        };
        assert_eq!(path_with(never, |_| {}), Err(Error::CertificatePathInvalid));

        let (leaf, ca) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)));
        for change in [past, future] {
            let root = Builder::ca("Root", "Root", &key(ROOT)).with(change).sign(&key(ROOT));
            assert!(verify_now(&[&leaf, &ca], &[&root]).is_ok());
        }
    }

    #[test]
    fn ignored_dates_must_have_met_once() {
        let date = |text: &str| tlv(UTC_TIME, &[text.as_bytes()]);
        let with_dates = |leaf_dates: [&str; 2], ca_dates: [&str; 2]| {
            let leaf = leaf().with(|c| c.dates = leaf_dates.map(date)).sign(&key(CA));
            let ca = ca().with(|c| c.dates = ca_dates.map(date)).sign(&key(ROOT));
            verify_at(&[&leaf, &ca], &[&root()], None).map(|_| ())
        };
        let [old, older] = ["100101000000Z", "120101000000Z"];
        let expired = with_dates([old, older], ["090101000000Z", "110101000000Z"]);
        assert_eq!(expired, Ok(()));
        assert_eq!(with_dates([old, older], ["110101000000Z", "400101000000Z"]), Ok(()));
        let apart = with_dates([old, older], ["130101000000Z", "140101000000Z"]);
        assert_eq!(apart, Err(Error::CertificateExpired));
    }

    // H23
    #[test]
    fn an_issuer_may_issue() {
        let invalid = Err(Error::CertificatePathInvalid);
        let only = |extensions: Vec<Vec<u8>>| path_with(|_| {}, |c| c.extensions = extensions);
        let (is_ca, may_sign) = (basic_constraints(true, None), key_usage(0x04));
        assert_eq!(only(std::vec![is_ca.clone(), may_sign.clone()]), Ok(()));
        assert_eq!(only(std::vec![is_ca.clone()]), Ok(()));
        assert_eq!(only(std::vec![is_ca.clone(), key_usage(0x80)]), invalid);
        assert_eq!(only(std::vec![basic_constraints(false, None), may_sign.clone()]), invalid);
        assert_eq!(only(std::vec![may_sign]), invalid);
        assert_eq!(only(std::vec![basic_constraints(true, Some(0))]), Ok(()));
        let unknown = |critical| std::vec![is_ca.clone(), extension(b"\x2a\x03", critical, b"")];
        assert_eq!(only(unknown(false)), Ok(()));
        assert_eq!(only(unknown(true)), invalid);
        assert_eq!(path_with(|c| c.extensions = unknown(true), |_| {}), invalid);
        let version_1 = |c: &mut Builder| {
            c.version.clear();
            c.extensions.clear();
        };
        assert_eq!(path_with(|_| {}, version_1), invalid);
        assert_eq!(path_with(version_1, |_| {}), invalid);
        // A CA's own certificate does not attest.
        assert_eq!(path_with(|c| c.extensions = std::vec![is_ca.clone()], |_| {}), invalid);
    }

    #[test]
    fn a_path_is_no_longer_than_its_cas_allow() {
        let upper = |path_len| {
            let upper = Builder::ca("Upper", "Root", &key(STRANGER));
            upper.with(|c| c.extensions = std::vec![basic_constraints(true, Some(path_len))])
        };
        let leaf = leaf().sign(&key(CA));
        let ca = Builder::ca("CA", "Upper", &key(CA)).sign(&key(STRANGER));
        let verify_under = |path_len| {
            let upper = upper(path_len).sign(&key(ROOT));
            verify_now(&[&leaf, &ca, &upper], &[&root()]).map(|_| ())
        };
        assert_eq!(verify_under(1), Ok(()));
        assert_eq!(verify_under(0), Err(Error::CertificatePathInvalid));
    }

    #[test]
    fn names_stay_within_constraints() {
        let dns = |name: &[u8]| tlv(0x82, &[name]);
        let permit = |base: &[u8]| {
            let subtrees = tlv(0xa0, &[&tlv(SEQUENCE, &[base])]);
            extension(ID_NAME_CONSTRAINTS, true, &tlv(SEQUENCE, &[&subtrees]))
        };
        let named = |name: &[u8]| {
            let names = tlv(SEQUENCE, &[&dns(name)]);
            extension(ID_SUBJECT_ALT_NAME, false, &names)
        };
        let permitted = permit(&dns(b"example.org"));
        let with_name = |name: &'static [u8], constraint: Vec<u8>| {
            path_with(|c| c.extensions.push(named(name)), |c| c.extensions.push(constraint))
        };
        assert_eq!(with_name(b"a.example.org", permitted.clone()), Ok(()));
        assert_eq!(with_name(b"example.com", permitted), Err(Error::CertificatePathInvalid));
        let directory = permit(&tlv(0xa4, &[&packed_subject(b"", None)]));
        assert_eq!(with_name(b"example.org", directory), Err(Error::CertificatePathInvalid));
    }

    // H24
    #[test]
    fn the_signature_decides_and_not_the_name() {
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let namesake = Builder::ca("Root", "Root", &key(STRANGER)).sign(&key(STRANGER));
        let invalid = Err(Error::CertificatePathInvalid);
        assert_eq!(verify_now(&[&leaf, &ca], &[&namesake]), invalid);
        let hash = Ok(crypto::sha256(&[&root]));
        assert_eq!(verify_now(&[&leaf, &ca], &[&namesake, &root]), hash);
        assert_eq!(verify_now(&[&leaf, &ca], &[&root, &namesake]), hash);
        let forged = super::tests::leaf().sign(&key(STRANGER));
        assert_eq!(verify_now(&[&forged, &ca], &[&root]), invalid);
        let forged = super::tests::ca().sign(&key(STRANGER));
        assert_eq!(verify_now(&[&leaf, &forged], &[&root]), invalid);
        let mut tampered = leaf.clone();
        let last = tampered.len() - 1;
        tampered[last] ^= 1;
        assert_eq!(verify_now(&[&tampered, &ca], &[&root]), invalid);
        // Another failure says more than the namesake's.
        let expired = super::tests::ca().with(|c| c.dates[1] = tlv(UTC_TIME, &[b"250101000000Z"]));
        let expired = expired.sign(&key(ROOT));
        assert_eq!(
            verify_now(&[&leaf, &expired], &[&namesake, &root]),
            Err(Error::CertificateExpired)
        );
        let namesake = Builder::ca("CA", "CA", &key(STRANGER)).sign(&key(STRANGER));
        assert_eq!(
            verify_now(&[&leaf, &expired], &[&namesake, &root]),
            Err(Error::CertificateExpired)
        );
        // Key identifiers are hints: these name no key at all.
        let hint = extension(b"\x55\x1d\x23", false, &tlv(SEQUENCE, &[&tlv(0x80, &[&[1; 20]])]));
        assert_eq!(path_with(|c| c.extensions.push(hint), |_| {}), Ok(()));
    }

    // H25
    #[test]
    fn one_algorithm_stands_inside_and_outside() {
        let sha384 = tlv(SEQUENCE, &[b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"]);
        let inside = path_with(|c| c.inner_algorithm = sha384.clone(), |_| {});
        assert_eq!(inside, Err(Error::CertificateMalformed));
        let outside = path_with(|_| {}, |c| c.outer_algorithm = sha384.clone());
        assert_eq!(outside, Err(Error::CertificateMalformed));
    }

    // H26
    #[test]
    fn known_faults_pass_by_their_names() {
        let null = |c: &mut Builder| {
            c.inner_algorithm = tlv(SEQUENCE, &[ECDSA_SHA256, &[5, 0]]);
            c.outer_algorithm = c.inner_algorithm.clone();
        };
        let unused_bits = |c: &mut Builder| c.unused_bits = 7;
        for fault in [null, unused_bits] {
            let x5c = [leaf().with(fault).sign(&key(CA)), ca().with(fault).sign(&key(ROOT))];
            let x5c = x5c.map(Cow::Owned);
            let root = [Cow::Owned(root())];
            let with = |tolerances| {
                verify(&x5c, &root, Some(NOW), FidoSwitches::default(), tolerances).map(|_| ())
            };
            assert_eq!(with(Tolerances::default()), Err(Error::CertificateMalformed));
            assert_eq!(with(TOLERANT), Ok(()));
        }
        let negative = |c: &mut Builder| c.serial = tlv(INTEGER, &[&[0x80]]);
        assert_eq!(path_with(negative, |_| {}), Err(Error::CertificateMalformed));
        // An anchor's serial number vouches for nothing.
        let leaf = leaf().sign(&key(CA));
        let odd = ca().with(negative).sign(&key(ROOT));
        assert!(verify_now(&[&leaf], &[&odd]).is_ok());
    }

    #[test]
    fn critical_policies_are_let_pass_and_stay_signed() {
        let policies = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(OID, &[b"\x2a\x03"])])]);
        let critical = extension(ID_POLICIES, true, &policies);
        let both = |c: &mut Builder| c.extensions.push(critical.clone());
        assert_eq!(path_with(both, both), Ok(()));
        // The certificate that webpki is given has another flag: a signature over that one is none.
        let relaxed = leaf().with(|c| {
            let oid = tlv(OID, &[ID_POLICIES]);
            let value = tlv(OCTET_STRING, &[&policies]);
            c.extensions.push(tlv(SEQUENCE, &[&oid, &tlv(BOOLEAN, &[&[0]]), &value]));
        });
        let forged = leaf().with(both).sign_with(|_| sign(&key(CA), &relaxed.signed_part()));
        let ca = ca().sign(&key(ROOT));
        assert_eq!(verify_now(&[&forged, &ca], &[&root()]), Err(Error::CertificatePathInvalid));
        assert!(verify_now(&[&relaxed.sign(&key(CA)), &ca], &[&root()]).is_ok());
        // What the policies demand of the path is still not understood.
        let demand = extension(b"\x55\x1d\x24", true, &tlv(SEQUENCE, &[&tlv(0x80, &[&[0]])]));
        let demanding = path_with(|_| {}, |c| c.extensions.push(demand));
        assert_eq!(demanding, Err(Error::CertificatePathInvalid));
    }

    // H27
    #[test]
    fn a_leaf_is_an_anchor_byte_for_byte() {
        let old = leaf().with(|c| c.dates[1] = tlv(UTC_TIME, &[b"250101000000Z"])).sign(&key(CA));
        assert_eq!(verify_now(&[&old], &[&root(), &old]), Ok(crypto::sha256(&[&old])));
        let renewed = leaf().sign(&key(CA));
        assert_eq!(verify_now(&[&renewed], &[&old]), Err(Error::AttestationUntrusted));
    }

    #[test]
    fn an_anchor_that_is_no_ca_vouches_for_itself_alone() {
        let forged = Builder::new(packed_subject(b"", None), packed_subject(b"", None), &key(9));
        let forged = forged.with(|c| c.subject = common_name("Forged")).sign(&key(LEAF));
        let with = |extensions: Vec<Vec<u8>>| {
            let anchor = leaf().with(|c| c.extensions = extensions).sign(&key(CA));
            verify_now(&[&forged], &[&anchor]).map(|_| ())
        };
        let untrusted = Err(Error::AttestationUntrusted);
        assert_eq!(with(std::vec![basic_constraints(false, None)]), untrusted);
        assert_eq!(with(std::vec![key_usage(0x80)]), untrusted);
        assert_eq!(with(std::vec![basic_constraints(true, None), key_usage(0x04)]), Ok(()));
        // Without basic constraints only what is its own issuer is an old root.
        assert_eq!(with(Vec::new()), untrusted);
        let own = leaf().with(|c| c.extensions.clear());
        let own = own.with(|c| c.issuer = c.subject.clone()).sign(&key(LEAF));
        assert!(verify_now(&[&forged], &[&own]).is_ok());
    }

    #[test]
    fn a_certificate_of_anothers_making_costs_one_verification() {
        // Six certificates of one name and no common key: a search would try their orders.
        let namesakes: Vec<Vec<u8>> =
            (10..16).map(|n| Builder::ca("Root", "Root", &key(n)).sign(&key(n + 1))).collect();
        let leaf = Builder::leaf("Root", &key(LEAF)).sign(&key(9));
        let mut x5c: Vec<&[u8]> = std::vec![&leaf];
        x5c.extend(namesakes.iter().map(Vec::as_slice));
        assert_eq!(verify_now(&x5c, &[&root()]), Err(Error::CertificatePathInvalid));
    }

    #[test]
    fn anchors_are_certificates_of_any_version() {
        let (leaf, ca) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)));
        let version_1 = Builder::ca("Root", "Root", &key(ROOT)).with(|c| {
            c.version.clear();
            c.extensions.clear();
        });
        assert!(verify_now(&[&leaf, &ca], &[&version_1.sign(&key(ROOT))]).is_ok());
        let invalid = Err(Error::AnchorInvalid);
        assert_eq!(verify_now(&[&leaf, &ca], &[&root(), b"no certificate"]), invalid);
        assert_eq!(verify_now(&[b"no certificate"], &[&root()[1..]]), invalid);
        assert_eq!(verify_now(&[], &[b""]), invalid);
        let malformed = Err(Error::CertificateMalformed);
        assert_eq!(verify_now(&[b"no certificate"], &[&root()]), malformed);
    }

    #[test]
    fn the_switch_refuses_roots_in_x5c() {
        let no_root = FidoSwitches { no_root_in_x5c: true, ..FidoSwitches::default() };
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let with = |x5c: &[&Vec<u8>]| {
            let x5c: Vec<Cow<'_, [u8]>> = x5c.iter().map(|der| Cow::Borrowed(&***der)).collect();
            let anchors = [Cow::Borrowed(&*root), Cow::Borrowed(&*leaf)];
            verify(&x5c, &anchors, Some(NOW), no_root, Tolerances::default()).map(|_| ())
        };
        assert_eq!(with(&[&leaf, &ca]), Ok(()));
        assert_eq!(with(&[&leaf, &ca, &root]), Err(Error::CertificatePathInvalid));
    }

    #[test]
    fn keys_and_signatures_are_of_known_kinds() {
        let unsupported = Err(Error::CertificateAlgorithmUnsupported);
        // 1024 bits of RSA; X25519; a DSA signature; RSA with SHA-1.
        let n = [&[0][..], &[0xff; 128]].concat();
        let numbers = tlv(SEQUENCE, &[&tlv(INTEGER, &[&n]), &tlv(INTEGER, &[&[1, 0, 1]])]);
        let weak = spki_of(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", &numbers);
        let x25519 = spki_of(b"\x06\x03\x2b\x65\x6e", &[1; 32]);
        for spki in [weak, x25519] {
            assert_eq!(path_with(|_| {}, |c| c.spki = spki.clone()), unsupported);
            let anchor = Builder::ca("CA", "CA", &key(CA)).with(|c| c.spki = spki).sign(&key(CA));
            let by_rsa = leaf().with(|c| {
                let rsa_sha256 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
                c.inner_algorithm = tlv(SEQUENCE, &[rsa_sha256]);
                c.outer_algorithm = c.inner_algorithm.clone();
            });
            let by_rsa = by_rsa.sign_with(|_| std::vec![1; 128]);
            assert_eq!(verify_now(&[&by_rsa], &[&anchor]).map(|_| ()), unsupported);
        }
        let dsa: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x02";
        let sha1: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
        let ecdsa_sha1: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x04\x01";
        for algorithm in [dsa, sha1, ecdsa_sha1] {
            let signed_so = |c: &mut Builder| {
                c.inner_algorithm = tlv(SEQUENCE, &[algorithm]);
                c.outer_algorithm = c.inner_algorithm.clone();
            };
            assert_eq!(path_with(signed_so, |_| {}), unsupported);
        }
    }

    #[test]
    fn any_extended_key_usage_passes_that_can_be_read() {
        let with = |value: Vec<u8>| {
            path_with(|c| c.extensions.push(extension(ID_EXTENDED_KEY_USAGE, true, &value)), |_| {})
        };
        assert_eq!(with(tlv(SEQUENCE, &[&tlv(OID, &[b"\x67\x81\x05\x08\x03"])])), Ok(()));
        assert_eq!(with(tlv(SEQUENCE, &[&[5, 0]])), Err(Error::CertificateMalformed));
        assert_eq!(with(tlv(SEQUENCE, &[])), Err(Error::CertificateMalformed));
    }

    #[test]
    fn many_anchors_of_one_name_are_all_tried() {
        let (leaf, ca, root) = (leaf().sign(&key(CA)), ca().sign(&key(ROOT)), root());
        let namesake = Builder::ca("Root", "Root", &key(STRANGER)).sign(&key(STRANGER));
        // More than the 100 signatures that webpki tries in one search.
        let mut anchors: Vec<&[u8]> = std::vec![&namesake; 101];
        anchors.push(&root);
        assert_eq!(verify_now(&[&leaf, &ca], &anchors), Ok(crypto::sha256(&[&root])));
    }

    #[cfg(feature = "es384")]
    #[test]
    fn curves_go_with_any_hash() {
        use p384::ecdsa::signature::hazmat::PrehashSigner;
        let signer = p384::ecdsa::SigningKey::from_slice(&[5; 48]).expect("in range");
        let point = signer.verifying_key().to_sec1_point(false);
        let spki = spki_of(
            b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22",
            point.as_bytes(),
        );
        let anchor = Builder::ca("CA", "CA", &key(CA)).with(|c| c.spki = spki).sign(&key(CA));
        let sign_sha256 = |message: &[u8]| {
            let signature: p384::ecdsa::Signature =
                signer.sign_prehash(&crypto::sha256(&[message])).expect("signs");
            let bytes = signature.to_bytes();
            let number = |half: &[u8]| {
                assert_ne!(half[0], 0, "the test's signatures have no leading zeros");
                let pad: &[u8] = if half[0] >= 0x80 { &[0] } else { &[] };
                tlv(INTEGER, &[pad, half])
            };
            tlv(SEQUENCE, &[&number(&bytes[..48]), &number(&bytes[48..])])
        };
        // As Apple's leaves are signed.
        assert!(verify_now(&[&leaf().sign_with(sign_sha256)], &[&anchor]).is_ok());
        let sha384 = leaf().with(|c| {
            c.inner_algorithm = tlv(SEQUENCE, &[b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"]);
            c.outer_algorithm = c.inner_algorithm.clone();
        });
        let der = sha384.sign_with(sign_sha256);
        assert_eq!(verify_now(&[&der], &[&anchor]), Err(Error::CertificatePathInvalid));
    }
}
