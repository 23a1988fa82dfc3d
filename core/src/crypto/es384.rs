//! ES384: ECDSA with P-384 and SHA-384 (COSE −35 and −51), by `weierstrass`.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public; verification takes variable time.

use super::weierstrass::{P384Key, p384};

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es384: P384Key = p384, 48, Sha384
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::{Vector, check};
    use super::*;

    // RFC 6979 §A.2.6.
    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es384, 48>(&Vector {
            x: "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64\
                def8f0ea9055866064a254515480bc13",
            y: "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1\
                288b231c3ae0d4fe7344fd2533264720",
            message: b"sample",
            r: "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c\
                81a648152e44acf96e36dd1e80fabe46",
            s: "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f\
                a329c145786e679e7b82c71a38628ac8",
            n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
                581a0db248b0a77aecec196accc52973",
        });
    }
}
