//! What is under test: each layout with plain and prepared keys, and the API as products have it.

use crate::ecdsa::Verdict;
use mfakit_p256::layouts::{Field, Limbs4x64, Limbs8x32, Limbs9x29, Prepared, Verifier};
use mfakit_p256::{PreparedVerifyingKey, Rejected, VerifyingKey};

pub(crate) const LAYOUTS: [&str; 3] = ["4x64", "8x32", "9x29"];

/// A key that can verify.
pub(crate) trait Keyed {
    fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Verdict;
}

fn verdict(result: Result<(), Rejected>) -> Verdict {
    match result {
        Ok(()) => Verdict::Accepted,
        Err(Rejected::Point) => Verdict::Point,
        Err(Rejected::Scalar) => Verdict::Scalar,
        Err(Rejected::Signature) => Verdict::Signature,
    }
}

macro_rules! keyed {
    ($([$($generic:tt)*] $name:ty;)*) => {
        $(impl $($generic)* Keyed for $name {
            fn verify(&self, digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Verdict {
                verdict(self.verify(digest, r, s))
            }
        })*
    };
}

keyed! {
    [<F: Field>] Verifier<F>;
    [<F: Field>] Prepared<F>;
    [] VerifyingKey;
    [] PreparedVerifyingKey;
}

/// A name, and a key or why there is none.
pub(crate) type Key = (String, Result<Box<dyn Keyed>, Verdict>);

/// This key in every way in which it can be had; `build`: also as if at build time.
pub(crate) fn keys(x: &[u8; 32], y: &[u8; 32], layout: Option<&str>, build: bool) -> Vec<Key> {
    let mut keys = Vec::new();
    for name in LAYOUTS {
        if layout.is_none_or(|layout| layout == name) {
            match name {
                "4x64" => in_layout::<Limbs4x64>(name, x, y, &mut keys),
                "8x32" => in_layout::<Limbs8x32>(name, x, y, &mut keys),
                _ => in_layout::<Limbs9x29>(name, x, y, &mut keys),
            }
        }
    }
    if build {
        let key = VerifyingKey::new(x, y);
        let plain = key.map(|key| Box::new(key) as Box<dyn Keyed>);
        keys.push(("VerifyingKey".into(), plain.map_err(|why| verdict(Err(why)))));
        let prepared = key.map(|key| Box::new(key.prepare()) as Box<dyn Keyed>);
        keys.push(("prepare()".into(), prepared.map_err(|why| verdict(Err(why)))));
        let built = PreparedVerifyingKey::at_build_time(x, y);
        let built = built.map(|key| Box::new(key) as Box<dyn Keyed>);
        keys.push(("at_build_time()".into(), built.ok_or(Verdict::Point)));
    }
    keys
}

fn in_layout<F: Field>(name: &str, x: &[u8; 32], y: &[u8; 32], keys: &mut Vec<Key>) {
    match Verifier::<F>::new(x, y) {
        Ok(key) => {
            keys.push((format!("{name} prepared"), Ok(Box::new(key.prepare()))));
            keys.push((name.into(), Ok(Box::new(key))));
        }
        Err(why) => keys.push((name.into(), Err(verdict(Err(why))))),
    }
}
