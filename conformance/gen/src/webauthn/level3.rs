//! The Level 3 test vectors with certificates and with other keys than ES256, as the specification prints them.

use super::recipe::{
    ANDROID_KEY, APPLE, EDDSA, FIDO_U2F, PACKED, PACKED_ED448, PACKED_ES384, PACKED_ES512,
    PACKED_RS256, TPM, errata, positives,
};
use crate::case::File;

/// The file of these vectors; those without a statement and with a packed self one are in their own files.
pub(crate) fn file() -> File {
    let vectors = [
        PACKED,
        PACKED_ES384,
        PACKED_ES512,
        PACKED_RS256,
        EDDSA,
        PACKED_ED448,
        TPM,
        ANDROID_KEY,
        APPLE,
        FIDO_U2F,
    ];
    let mut cases: Vec<_> = vectors.into_iter().flat_map(positives).collect();
    cases.extend(errata());
    File {
        topic: "webauthn-level-3",
        description: "WebAuthn Level 3 test vectors: attestation with certificates, and every algorithm",
        notes: vec![
            "Every random value is HKDF-SHA-256 with the input key \"WebAuthn test vectors\", the vector's name as info, and \
             a one-byte salt that counts the draws; certificates follow one template."
                .into(),
            "The vectors without attestation are in webauthn-none, the one with self attestation is in webauthn-packed.".into(),
            "The three PRF vectors are not here: they are about what a client computes, and mfakit has no client.".into(),
        ],
        cases,
    }
}
