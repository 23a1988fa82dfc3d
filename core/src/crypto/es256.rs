//! ES256: ECDSA with P-256 and SHA-256 (COSE −7 and −9), by the crate `p256`.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public.

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es256, p256, 32, Sha256
}

/// Reads a DER signature and checks that r and s are in 1..n.
///
/// # Errors
///
/// [`Error::SignatureMalformed`].
pub fn parse_signature(der: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    let (r, s) = der::read_ecdsa::<32>(der)?;
    Signature::from_scalars(r, s).map_err(|_| Error::SignatureMalformed)?;
    Ok((r, s))
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::{Vector, check};
    use super::*;

    // RFC 6979 §A.2.5.
    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es256, 32>(&Vector {
            x: "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            y: "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
            message: b"sample",
            r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
            n: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        });
    }
}
