//! WebAuthn: Level 3 test vectors, rebuilt from their recipe, and everything derived from them.

pub(crate) mod algorithms;
pub(crate) mod around;
pub(crate) mod attestation;
pub(crate) mod auth_data;
pub(crate) mod authentication;
pub(crate) mod ceremony;
pub(crate) mod certified;
pub(crate) mod client_data;
pub(crate) mod eddsa;
pub(crate) mod extension_inputs;
pub(crate) mod extensions;
pub(crate) mod level3;
pub(crate) mod metadata;
pub(crate) mod packed;
pub(crate) mod recipe;
pub(crate) mod registration;
pub(crate) mod response;

use crate::case::File;

/// The file of whole ceremonies.
pub(crate) fn file() -> File {
    let vectors = [recipe::PLAIN, recipe::CROSS_ORIGIN, recipe::TOP_ORIGIN, recipe::LONG_ID];
    let mut cases: Vec<_> = vectors.into_iter().flat_map(recipe::positives).collect();
    cases.extend(registration::cases());
    cases.extend(authentication::cases());
    cases.extend(response::cases());
    File {
        topic: "webauthn-none",
        description: "WebAuthn Level 3 test vectors with attestation none and ES256, and mutations of them",
        notes: vec![
            "Every random value of the positives is HKDF-SHA-256 with the input key \"WebAuthn test vectors\", the vector's \
             name as info, and a one-byte salt that counts the draws."
                .into(),
            "Every negative is one named mutation of a positive (source.derived_from, source.mutation), signed anew where \
             the rule stands before the signature, so that exactly one rule is broken."
                .into(),
            "expect.step is the step of WebAuthn Level 3 section 7.1 or 7.2.".into(),
        ],
        cases,
    }
}
