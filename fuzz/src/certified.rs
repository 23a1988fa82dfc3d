//! Registrations with certificates by `mfakit-testing`, one for each format: what the oracles of statements start from, and the
//! certificate authority that stands behind them.

use crate::authenticator::{self, CHALLENGE, CREDENTIAL_ID};
use crate::relying_party::{ID, ORIGINS};
use mfakit_core::webauthn::attestation::{
    AndroidKeyPolicy, AttestationPolicy, FidoSwitches, Formats, Tolerances, TrustPolicy,
    TrustSource, UnknownAttestation,
};
use mfakit_core::webauthn::registration::{self, RegistrationResponse, RegistrationVerified};
use mfakit_core::webauthn::{RelyingParty, UserVerification};
use mfakit_core::{Error, UnixTime};
use mfakit_testing::android::{KeyDescription, jws, jws_header};
use mfakit_testing::auth_data::{Attested, AuthData};
use mfakit_testing::cbor::{Item, array, bytes, int, map, text};
use mfakit_testing::keys::{Es256Key, Es384Key, Key};
use mfakit_testing::rsa::RsaKey;
use mfakit_testing::tpm::{CertifyInfo, Public};
use mfakit_testing::x509::{self, Certificate, Extension};
use mfakit_testing::{attestation, der, sha256};
use std::borrow::Cow;
use std::sync::LazyLock;

/// The model.
pub const AAGUID: [u8; 16] = [0xab; 16];
/// The time of every ceremony: within the certificates' dates.
pub const NOW: u64 = 1_800_000_000;

/// The authority's key.
pub static ROOT_KEY: LazyLock<Key> = LazyLock::new(|| Key::Es384(Es384Key::new(&[9; 48])));
/// The key that signs statements.
pub static LEAF_KEY: LazyLock<Key> = LazyLock::new(|| Key::Es256(Es256Key::new(&[8; 32])));
/// The credential's key.
pub static CREDENTIAL_KEY: LazyLock<Key> = LazyLock::new(|| Key::Es256(Es256Key::new(&[7; 32])));
/// The credential's key where a TPM holds it.
pub static RSA_KEY: LazyLock<Key> = LazyLock::new(|| Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)));
/// The authority's certificate.
pub static ROOT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut root = Certificate::new(&[1], &root_name(), &root_name(), &ROOT_KEY);
    root.set(Extension::basic_constraints(true, None));
    root.set(Extension::key_usage(x509::CERTIFICATE_AUTHORITY));
    root.sign(&ROOT_KEY)
});

fn root_name() -> Vec<u8> {
    x509::name(&x509::attributes("Root", "Example", "Authenticators", "AA"))
}

/// A certificate of this key, issued by the authority, before it is signed: one that §8.2.1 lets pass.
#[must_use]
pub fn leaf(key: &Key) -> Certificate {
    let subject = x509::attributes("Model", "Example", "Authenticator Attestation", "AA");
    let mut leaf = Certificate::new(&[2], &root_name(), &x509::name(&subject), key);
    leaf.set(Extension::basic_constraints(false, None));
    leaf
}

/// The certificate of a TPM's attestation key (§8.3.1) with this content of its alternative names.
#[must_use]
pub fn aik(key: &Key, names: &[u8]) -> Certificate {
    let mut aik = leaf(key);
    aik.subject = x509::name(&[]);
    aik.set(Extension::new(x509::SUBJECT_ALT_NAME, true, names.to_vec()));
    aik.set(Extension::extended_key_usage(&[x509::AIK_CERTIFICATE]));
    aik
}

/// The alternative names of a TPM: its manufacturer, model and version.
#[must_use]
pub fn device_names() -> Vec<u8> {
    let device = x509::name(&[
        ("2.23.133.2.1", der::utf8("id:494E5443")),
        ("2.23.133.2.2", der::utf8("model")),
        ("2.23.133.2.3", der::utf8("id:1")),
    ]);
    der::list(&[der::explicit(4, &device)])
}

/// Certificates, the first one's issuer behind it.
#[must_use]
pub fn x5c(certificates: &[Vec<u8>]) -> Item {
    array(&certificates.iter().map(|certificate| bytes(certificate)).collect::<Vec<_>>())
}

/// The authenticator data of a credential with this key.
#[must_use]
pub fn auth_data(key: &Key) -> Vec<u8> {
    let attested = Some(Attested::new(&AAGUID, CREDENTIAL_ID, &key.cose()));
    AuthData { attested, ..AuthData::new(ID, 0x45, 0) }.bytes()
}

/// The client data of every registration here.
#[must_use]
pub fn client_data() -> Vec<u8> {
    authenticator::client_data("webauthn.create", &CHALLENGE)
}

/// What statements sign: the authenticator data and the hash of the client data.
#[must_use]
pub fn message(auth_data: &[u8]) -> Vec<u8> {
    attestation::signed_bytes(auth_data, &client_data())
}

/// A `tpm` statement around these two structures.
#[must_use]
pub fn tpm(public: &[u8], info: &[u8], names: &[u8]) -> Item {
    map(&[
        (text("ver"), text("2.0")),
        (text("alg"), int(LEAF_KEY.algorithm())),
        (text("sig"), bytes(&LEAF_KEY.sign(info))),
        (text("x5c"), x5c(&[aik(&LEAF_KEY, names).sign(&ROOT_KEY)])),
        (text("pubArea"), bytes(public)),
        (text("certInfo"), bytes(info)),
    ])
}

/// An `android-key` statement about the credential's key, with this content of the extension.
#[must_use]
pub fn android_key(auth_data: &[u8], description: &[u8]) -> Item {
    let mut certificate = leaf(&CREDENTIAL_KEY);
    certificate.set(Extension::new(x509::KEY_DESCRIPTION, false, description.to_vec()));
    map(&[
        (text("alg"), int(CREDENTIAL_KEY.algorithm())),
        (text("sig"), bytes(&CREDENTIAL_KEY.sign(&message(auth_data)))),
        (text("x5c"), x5c(&[certificate.sign(&ROOT_KEY)])),
    ])
}

/// An `apple` statement about the credential's key, with this content of the extension.
#[must_use]
pub fn apple(nonce: &[u8]) -> Item {
    let mut certificate = leaf(&CREDENTIAL_KEY);
    certificate.set(Extension::new(x509::APPLE_NONCE, false, nonce.to_vec()));
    map(&[(text("x5c"), x5c(&[certificate.sign(&ROOT_KEY)]))])
}

/// The certificate of SafetyNet's signer.
#[must_use]
pub fn safetynet_leaf() -> Vec<u8> {
    let mut leaf = leaf(&LEAF_KEY);
    let name = der::element(0x82, b"attest.android.com");
    leaf.set(Extension::new(x509::SUBJECT_ALT_NAME, false, der::list(&[name])));
    leaf.sign(&ROOT_KEY)
}

/// An `android-safetynet` statement around a text that is a JWS.
#[must_use]
pub fn safetynet(response: &str) -> Item {
    map(&[(text("ver"), text("1")), (text("response"), bytes(response.as_bytes()))])
}

/// The payload of SafetyNet about this authenticator data.
#[must_use]
pub fn safetynet_payload(auth_data: &[u8]) -> String {
    let nonce = mfakit_testing::android::base64(&sha256(&message(auth_data)));
    format!(
        r#"{{"nonce":"{nonce}","timestampMs":{},"ctsProfileMatch":true,"basicIntegrity":true}}"#,
        NOW * 1000
    )
}

/// A `packed` statement by this key, with its certificate.
#[must_use]
pub fn packed(auth_data: &[u8], key: &Key) -> Item {
    let mut certificate = leaf(key);
    certificate.set(Extension::aaguid(&AAGUID));
    map(&[
        (text("alg"), int(key.algorithm())),
        (text("sig"), bytes(&key.sign(&message(auth_data)))),
        (text("x5c"), x5c(&[certificate.sign(&ROOT_KEY), ROOT.clone()])),
    ])
}

fn u2f() -> Item {
    let point = CREDENTIAL_KEY.spki_key();
    let parts = [&[0][..], &sha256(ID.as_bytes()), &sha256(&client_data()), CREDENTIAL_ID, &point];
    map(&[
        (text("sig"), bytes(&LEAF_KEY.sign(&parts.concat()))),
        (text("x5c"), x5c(&[leaf(&LEAF_KEY).sign(&ROOT_KEY)])),
    ])
}

/// A valid statement of each format, with the format's name and the authenticator data.
#[must_use]
pub fn statements() -> Vec<(&'static str, Item, Vec<u8>)> {
    let data = auth_data(&CREDENTIAL_KEY);
    let tpm_of = |key: &Key| {
        let data = auth_data(key);
        let public = Public::new(key);
        let info = CertifyInfo::new(&public, &sha256(&message(&data)));
        (tpm(&public.bytes(), &info.bytes(), &device_names()), data)
    };
    let (tpm, tpm_data) = tpm_of(&CREDENTIAL_KEY);
    let (tpm_rsa, tpm_rsa_data) = tpm_of(&RSA_KEY);
    let description = KeyDescription::new(&sha256(&client_data()));
    let nonce = Extension::apple_nonce(&sha256(&message(&data)));
    let header = jws_header("ES256", &[safetynet_leaf()]);
    let part = |format: &str, statement: &[u8]| {
        map(&[(text("fmt"), text(format)), (text("attStmt"), statement.to_vec())])
    };
    let apple = apple(&nonce.value);
    let packed_by_leaf = packed(&data, &LEAF_KEY);
    vec![
        ("none", attestation::none(), data.clone()),
        ("packed", attestation::packed_self(&CREDENTIAL_KEY, &data, &client_data()), data.clone()),
        ("packed", packed_by_leaf.clone(), data.clone()),
        ("packed", packed(&data, &Key::Rsa(RsaKey::mersenne(-37, 1279, 2203))), data.clone()),
        ("fido-u2f", u2f(), data.clone()),
        ("tpm", tpm, tpm_data),
        ("tpm", tpm_rsa, tpm_rsa_data),
        ("android-key", android_key(&data, &description.bytes()), data.clone()),
        ("apple", apple.clone(), data.clone()),
        (
            "android-safetynet",
            safetynet(&jws(&header, &safetynet_payload(&data), &LEAF_KEY)),
            data.clone(),
        ),
        (
            "compound",
            array(&[part("packed", &packed_by_leaf), part("apple", &apple)]),
            data.clone(),
        ),
        ("compound", array(&[part("none", &attestation::none()), part("fido-u2f", &u2f())]), data),
    ]
}

/// What an input chooses, one bit each.
pub mod options {
    /// Only the list of the trusted execution environment counts.
    pub const TEE_ONLY: u8 = 0x01;
    /// Every one of FIDO's own rules holds.
    pub const FIDO: u8 = 0x02;
    /// Every known fault is let pass.
    pub const TOLERANT: u8 = 0x04;
    /// Trust is asked for.
    pub const TRUST: u8 = 0x08;
    /// And required.
    pub const REQUIRE: u8 = 0x10;
    /// Formats that are not known are ignored.
    pub const IGNORE_UNKNOWN: u8 = 0x20;
}

/// The authority.
#[derive(Debug)]
struct Anchors;

impl TrustSource for Anchors {
    fn anchors(
        &self,
        _: &mfakit_core::webauthn::attestation::Attestation<'_>,
        _: &[u8; 16],
        _: &mfakit_core::encoding::cose::PublicKey<'_>,
        _: Option<UnixTime>,
    ) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        Ok(vec![Cow::Borrowed(&ROOT[..])])
    }
}

/// Every COSE number.
pub const ALL_ALGORITHMS: &[i64] = &[
    -8, -19, -53, -7, -9, -35, -51, -36, -52, -47, -257, -258, -259, -37, -38, -39, -48, -49, -50,
];

/// A relying party that accepts every format, with these choices.
#[must_use]
pub fn relying_party(chosen: u8) -> RelyingParty<'static> {
    let has = |option| chosen & option != 0;
    let policy = AttestationPolicy {
        formats: Formats::CURRENT.and(Formats::ANDROID_SAFETYNET),
        unknown: if has(options::IGNORE_UNKNOWN) {
            UnknownAttestation::Ignore
        } else {
            UnknownAttestation::Reject
        },
        android_key: if has(options::TEE_ONLY) {
            AndroidKeyPolicy::TeeOnly
        } else {
            AndroidKeyPolicy::Union
        },
        switches: FidoSwitches {
            tpm_known_vendor: has(options::FIDO),
            tpm_rs1: has(options::FIDO),
            ..FidoSwitches::default()
        },
        tolerances: Tolerances {
            ecdsa_null_parameters: has(options::TOLERANT),
            signature_unused_bits: has(options::TOLERANT),
        },
        trust: has(options::TRUST).then_some(TrustPolicy {
            source: &Anchors,
            require: has(options::REQUIRE),
            danger_ignore_validity: false,
        }),
    };
    RelyingParty::new(ID, ORIGINS, UserVerification::Preferred)
        .and_then(|rp| rp.algorithms(ALL_ALGORITHMS))
        .expect("a valid configuration")
        .attestation(policy)
        .at(UnixTime::from_seconds(NOW))
}

/// The verdict on an attestation object under these choices.
///
/// # Errors
///
/// As `registration::verify`.
pub fn verify<'a>(
    chosen: u8,
    client_data_json: &'a [u8],
    object: &'a [u8],
) -> Result<RegistrationVerified<'a>, Error> {
    let response = RegistrationResponse {
        credential_id: CREDENTIAL_ID,
        client_data_json,
        attestation_object: object,
    };
    registration::verify(&relying_party(chosen), &CHALLENGE, &response)
}
