//! ES512: ECDSA with P-521 and SHA-512 (COSE −36 and −52), by `weierstrass`.
//!
//! The rules are in `ecdsa`. Leaks: nothing secret here, every input is public; verification takes variable time.

use super::weierstrass::{P521Key, p521};

super::ecdsa::ecdsa_verifier! {
    /// A point that is on the curve and not the identity.
    Es512: P521Key = p521, 66, Sha512
}

#[cfg(test)]
mod tests {
    use super::super::ecdsa::tests::{Vector, check};
    use super::*;

    // RFC 6979 §A.2.7.
    #[test]
    fn a_public_vector_holds_and_nothing_near_it() {
        check::<Es512, 66>(&Vector {
            x: "01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd\
                371123d46e45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f50\
                23a4",
            y: "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a\
                28a0db25741b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfd\
                fcf5",
            message: b"sample",
            r: "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f\
                174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e3\
                77fa",
            s: "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af\
                282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4\
                a67a",
            n: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
                fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138\
                6409",
        });
    }
}
