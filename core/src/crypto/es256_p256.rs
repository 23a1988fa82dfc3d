//! ES256 by the crate `p256`, in constant time: slower, and by other hands than the default, which is tested against it.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public.

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es256P256, p256, 32, Sha256
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::check;
    use super::super::es256::tests::VECTOR;
    use super::*;

    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es256P256, 32>(&VECTOR);
    }
}
