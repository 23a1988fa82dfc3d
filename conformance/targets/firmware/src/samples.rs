//! One login of each kind, whose cost is measured.
//!
//! The assertion is signed with the key of RFC 6979 A.2.5, its nonce by that document; the time-based code is the first of RFC
//! 6238 Appendix B; with every feature, Ed25519 under the first key of RFC 8032 §7.1, a recovery code of the conformance
//! vectors (`recovery-peppered-10-slot-9`), and a delivered code under the same pepper. Every input passes a black box, so that
//! nothing is worked out when the image is built.

use core::hint::black_box;
#[cfg(feature = "all")]
use mfakit_core::codes::{recovery, temporary};
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::{RelyingParty, UserVerification};
use mfakit_core::{Error, Evidence, OtpSecret, Period, UnixTime};
#[cfg(feature = "all")]
use mfakit_core::{Pepper, Peppers};

/// Verifies an ES256 assertion.
///
/// # Errors
///
/// None: the assertion is right.
pub fn assertion() -> Result<Evidence, Error> {
    sign_in(&PUBLIC_KEY, &SIGNATURE)
}

/// Verifies an Ed25519 assertion.
///
/// # Errors
///
/// None: the assertion is right.
#[cfg(feature = "all")]
pub fn ed25519() -> Result<Evidence, Error> {
    sign_in(&ED25519_KEY, &ED25519_SIGNATURE)
}

fn sign_in(public_key: &[u8], signature: &[u8]) -> Result<Evidence, Error> {
    let rp = RelyingParty::new(
        black_box("example.org"),
        black_box(&["https://example.org"]),
        UserVerification::Required,
    )?;
    let stored = StoredCredential {
        id: black_box(b"credential"),
        public_key: black_box(public_key),
        user_handle: black_box(b"user"),
        sign_count: black_box(6),
        backup_eligible: black_box(Some(false)),
    };
    let response = AssertionResponse {
        credential_id: black_box(b"credential"),
        client_data_json: black_box(CLIENT_DATA_JSON),
        authenticator_data: black_box(&AUTHENTICATOR_DATA),
        signature: black_box(signature),
        user_handle: None,
    };
    let user = User::Known(black_box(b"user"));
    let verified =
        assertion::verify(&rp, black_box(&CHALLENGE), user, Allow::Any, &stored, &response)?;
    verified.commit(black_box(1))
}

/// Verifies a six-digit TOTP code with SHA-1, one step to each side, after an earlier login.
///
/// # Errors
///
/// None: the code is right.
pub fn totp() -> Result<Evidence, Error> {
    let secret = OtpSecret::new(black_box(b"12345678901234567890"))?;
    let totp = Totp::new(&secret, HashAlgorithm::Sha1, Digits::SIX, Period::THIRTY_SECONDS)?;
    let now = UnixTime::from_seconds(black_box(59));
    totp.verify(black_box(b"287082"), black_box(Some(0)), now, Window::ONE_STEP)?
        .commit(black_box(1))
}

/// Verifies a recovery code against a set of ten under a pepper.
///
/// # Errors
///
/// None: the code is right.
#[cfg(feature = "all")]
pub fn recovery() -> Result<Evidence, Error> {
    let record = recovery::RecoveryRecord::parse(black_box(RECOVERY_RECORD))?;
    let pepper = Pepper::new(black_box(&PEPPER))?;
    let keys = [("2026-05", &pepper)];
    let peppers = Peppers::new(&keys, "2026-05")?;
    let (code, user) = (black_box(RECOVERY_CODE), black_box(b"user-0001"));
    recovery::verify(code, user, &record, black_box(0), Some(&peppers))?.commit(black_box(1))
}

/// Verifies a delivered code of six digits under a pepper.
///
/// # Errors
///
/// None: the code is right.
#[cfg(feature = "all")]
pub fn delivered() -> Result<Evidence, Error> {
    let record = temporary::TemporaryRecord::parse(black_box(DELIVERED_RECORD))?;
    let pepper = Pepper::new(black_box(&PEPPER))?;
    let keys = [("2026-05", &pepper)];
    let peppers = Peppers::new(&keys, "2026-05")?;
    let (code, user) = (black_box(b"271828"), black_box(b"user-0001"));
    let now = UnixTime::from_seconds(black_box(1_800_000_000));
    temporary::verify(code, user, &record, Some(&peppers), now)?.commit(black_box(1))
}

/// The bytes 0 to 31.
const CHALLENGE: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut i = 0_u8;
    while i < 32 {
        bytes[i as usize] = i;
        i += 1;
    }
    bytes
};

const CLIENT_DATA_JSON: &[u8] = br#"{"type":"webauthn.get","challenge":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","origin":"https://example.org","crossOrigin":false}"#;

/// The SHA-256 hash of `example.org`, UP and UV, counter 7.
#[rustfmt::skip]
const AUTHENTICATOR_DATA: [u8; 37] = [
    0xbf, 0xab, 0xc3, 0x74, 0x32, 0x95, 0x8b, 0x06, 0x33, 0x60, 0xd3, 0xad, 0x64, 0x61, 0xc9, 0xc4,
    0x73, 0x5a, 0xe7, 0xf8, 0xed, 0xd4, 0x65, 0x92, 0xa5, 0xe0, 0xf0, 0x14, 0x52, 0xb2, 0xe4, 0xb5,
    0x05, 0x00, 0x00, 0x00, 0x07,
];

#[rustfmt::skip]
const SIGNATURE: [u8; 71] = [
    0x30, 0x45, 0x02, 0x21, 0x00, 0xf0, 0x27, 0x23, 0xf1, 0x8a, 0x29, 0x07, 0x40, 0x88, 0x4e, 0x7d,
    0xb8, 0x12, 0x9a, 0x5a, 0x02, 0x7e, 0x18, 0x44, 0x5b, 0xa4, 0x5e, 0xa0, 0x23, 0x1f, 0x1d, 0x1d,
    0x2f, 0xe4, 0xc1, 0xc0, 0x9a, 0x02, 0x20, 0x29, 0xce, 0xc2, 0x32, 0x2e, 0x28, 0xbc, 0xf5, 0x70,
    0xda, 0x04, 0x69, 0x8c, 0x7e, 0xd7, 0xcc, 0x70, 0x10, 0xd7, 0x8d, 0x37, 0x17, 0xfb, 0xf5, 0x5f,
    0xd2, 0xbe, 0x10, 0xda, 0x94, 0xcf, 0x11,
];

/// COSE: EC2, ES256, P-256, x, y.
#[rustfmt::skip]
const PUBLIC_KEY: [u8; 77] = [
    0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, 0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a,
    0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68, 0xc0, 0x49, 0xb8, 0x92, 0x3b, 0x61,
    0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6, 0x22, 0x58, 0x20, 0x79, 0x03, 0xfe,
    0x10, 0x08, 0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64, 0xf2, 0xf1, 0xb2,
    0x0c, 0x2d, 0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
];

#[cfg(feature = "all")]
#[rustfmt::skip]
const ED25519_SIGNATURE: [u8; 64] = [
    0xd0, 0x43, 0xa4, 0x9d, 0xe8, 0x5f, 0x3b, 0x5f, 0xaa, 0xbf, 0xe2, 0xdd, 0x1f, 0xb3, 0x34, 0x21,
    0x29, 0xab, 0xa7, 0x52, 0x8e, 0xe5, 0x5e, 0x9f, 0x93, 0x38, 0x1e, 0xd2, 0x39, 0x4c, 0xa3, 0x36,
    0x9b, 0xd3, 0xfa, 0xe8, 0x2c, 0x30, 0x64, 0xb0, 0xb9, 0x1f, 0x3c, 0xf7, 0x65, 0x3b, 0x81, 0xda,
    0x03, 0x14, 0xa4, 0x17, 0x91, 0x0c, 0xdf, 0x70, 0x95, 0xe6, 0xbc, 0x3b, 0xa1, 0x2f, 0x57, 0x00,
];

/// COSE: OKP, EdDSA, Ed25519, x.
#[cfg(feature = "all")]
#[rustfmt::skip]
const ED25519_KEY: [u8; 42] = [
    0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20, 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1,
    0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a, 0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6,
    0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
];

#[cfg(feature = "all")]
const RECOVERY_CODE: &[u8] = b"9XR5K-CPKJS-7BZW2-HB3RT-BH54C9";

#[cfg(feature = "all")]
const RECOVERY_RECORD: &str = "$mfakit-rc$v=1,f=full,k=2026-05$tYiq6-eB02lCvEKuc-IFzg$\
    om2CAi7I2l7BR250ogW6B-mQRslmPDpnwH_N0d5IpOM.j21KqszZ3o1V5nGjONw4mJiy0xHw7oJqe1HvkFhpW6k.\
    0-XEl7QA9tbkRohtOuPhXlfX3DiQ6nLZp7nRqWMDXMY.DEeL8bx7pjlOxz6bVMoG9vU7LwtDpGUL7ngyPvOi6Rg.\
    cvZej10ISIvNK58vQ-bkXkFdEsGBhZMAeaIYq3HLCb0.PnhnbSBp59FcdoU1WdH79gQMoI-Oqgey0JRp-BrVPeQ.\
    ZSy8fnkCMuoV2OfDM0WRRZryqaLdZbk5bfq9Xx94rs4.BJAMO7DpnKPy1J8QkpIZj7F-QT-2Lz2mATA8_8Aj4B0.\
    q52bYZwFLn5uaqFOOY2Ut0g0ES72dMNlfvisesAcPTg.3W3oWV2B1UNQBqpgfYE-qUAy62jcApvB47f5RdpyY0w";

#[cfg(feature = "all")]
const DELIVERED_RECORD: &str = "$mfakit-tc$v=1,t=delivered,d=6,k=2026-05$AAECAwQFBgcICQoLDA0ODw$\
    aCMfpY1wgTNc3aL_3Du6FdIttaGn4dx1YOaXGSnQpHE$1800000000.1800000600.1.0.0$bG9naW4$1800000000";

#[cfg(feature = "all")]
#[rustfmt::skip]
const PEPPER: [u8; 32] = [
    0xa0, 0x57, 0x0e, 0xb1, 0x26, 0x2c, 0x3c, 0xcd, 0x67, 0x36, 0xee, 0x0b, 0x50, 0xcd, 0x2d, 0xa2,
    0x85, 0x04, 0x0f, 0xaf, 0x92, 0xc6, 0x81, 0x63, 0x19, 0xc6, 0xad, 0xc7, 0xa6, 0xfc, 0xe0, 0x77,
];
