//! ES256K: ECDSA with secp256k1 and SHA-256 (COSE −47), by `weierstrass`.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public; verification takes variable time.

use super::weierstrass::{Secp256k1Key, secp256k1};

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es256k: Secp256k1Key = secp256k1, 32, Sha256
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::{Vector, check};
    use super::*;

    // The key 1, whose point is the generator (SEC 2 §2.4.1); the signature by RFC 6979 that libraries of Bitcoin share.
    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es256k, 32>(&Vector {
            x: "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
            y: "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
            message: b"Satoshi Nakamoto",
            r: "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
            s: "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
            n: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        });
    }
}
