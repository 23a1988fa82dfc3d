//! One login of each kind, whose cost is measured.
//!
//! The assertion is signed with the key of RFC 6979 A.2.5, its nonce by that document; the time-based code is the first of RFC
//! 6238 Appendix B. Every input passes a black box, so that nothing is worked out when the image is built.

use core::hint::black_box;
use mfakit_core::otp::totp::{Totp, Window};
use mfakit_core::otp::{Digits, HashAlgorithm};
use mfakit_core::webauthn::assertion::{self, Allow, AssertionResponse, StoredCredential, User};
use mfakit_core::webauthn::{RelyingParty, UserVerification};
use mfakit_core::{Error, Evidence, OtpSecret, Period, UnixTime};

/// Verifies an ES256 assertion.
///
/// # Errors
///
/// None: the assertion is right.
pub fn assertion() -> Result<Evidence, Error> {
    let rp = RelyingParty::new(
        black_box("example.org"),
        black_box(&["https://example.org"]),
        UserVerification::Required,
    )?;
    let stored = StoredCredential {
        id: black_box(b"credential"),
        public_key: black_box(&PUBLIC_KEY),
        user_handle: black_box(b"user"),
        sign_count: black_box(6),
        backup_eligible: black_box(Some(false)),
    };
    let response = AssertionResponse {
        credential_id: black_box(b"credential"),
        client_data_json: black_box(CLIENT_DATA_JSON),
        authenticator_data: black_box(&AUTHENTICATOR_DATA),
        signature: black_box(&SIGNATURE),
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
