//! Whether 32 bytes are a point of Ed25519 (RFC 8032 §5.1.3) that may be a key: schoolbook arithmetic modulo 2^255 − 19.

/// A number below 2^256, its low limb first.
type Number = [u64; 4];

/// 2^255 − 19.
const P: Number = [0xffff_ffff_ffff_ffed, u64::MAX, u64::MAX, 0x7fff_ffff_ffff_ffff];
/// −121665 / 121666, as RFC 8032 §5.1 prints it.
const D: Number =
    [0x75eb_4dca_1359_78a3, 0x0070_0a4d_4141_d8ab, 0x8cc7_4079_7779_e898, 0x5203_6cee_2b6f_fe73];
/// The y of the points of order 1, 2, 4 and 8 (±, twice each).
const SMALL_ORDER: [Number; 5] = [
    [1, 0, 0, 0],
    [0xffff_ffff_ffff_ffec, u64::MAX, u64::MAX, 0x7fff_ffff_ffff_ffff],
    [0, 0, 0, 0],
    [0xb027_b2c2_8f95_e826, 0xf098_eff2_89f4_c345, 0x3933_c6d3_05ac_dfd5, 0x05fc_536d_8802_38b1],
    [0x4fd8_4d3d_706a_17c7, 0x0f67_100d_760b_3cba, 0xc6cc_392c_fa53_202a, 0x7a03_ac92_77fd_c74e],
];

/// An error unless it is the one encoding of a point that is not of small order.
pub(crate) fn check(point: &[u8; 32]) -> Result<(), String> {
    let mut y = [0_u64; 4];
    for (limb, bytes) in y.iter_mut().zip(point.chunks(8)) {
        *limb = bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    }
    y[3] &= 0x7fff_ffff_ffff_ffff;
    if !less(&y, &P) {
        return Err("y is not below p".to_owned());
    }
    if SMALL_ORDER.contains(&y) {
        return Err("a point of small order".to_owned());
    }
    // x² = (y² − 1) / (d y² + 1): a square if the product of the two is one, by Euler.
    let square = multiply(&y, &y);
    let numerator = add(&square, &SMALL_ORDER[1]);
    let denominator = add(&multiply(&D, &square), &[1, 0, 0, 0]);
    let product = multiply(&numerator, &denominator);
    match half_order_power(&product) == [1, 0, 0, 0] {
        true => Ok(()),
        false => Err("not on the curve".to_owned()),
    }
}

fn less(a: &Number, b: &Number) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

fn add(a: &Number, b: &Number) -> Number {
    let mut sum = [0; 4];
    let mut carry = false;
    for (i, limb) in sum.iter_mut().enumerate() {
        let (partial, first) = a[i].overflowing_add(b[i]);
        let (whole, second) = partial.overflowing_add(u64::from(carry));
        (*limb, carry) = (whole, first | second);
    }
    // Both are below p, so that the sum is below 2^256 and at most one subtraction too large.
    if less(&sum, &P) { sum } else { subtract(&sum, &P) }
}

fn subtract(a: &Number, b: &Number) -> Number {
    let mut difference = [0; 4];
    let mut borrow = false;
    for (i, limb) in difference.iter_mut().enumerate() {
        let (partial, first) = a[i].overflowing_sub(b[i]);
        let (whole, second) = partial.overflowing_sub(u64::from(borrow));
        (*limb, borrow) = (whole, first | second);
    }
    difference
}

/// By doubling and adding, bit by bit.
fn multiply(a: &Number, b: &Number) -> Number {
    let mut product = [0; 4];
    for bit in (0..256).rev() {
        product = add(&product, &product);
        if b[bit / 64] >> (bit % 64) & 1 == 1 {
            product = add(&product, a);
        }
    }
    product
}

/// `base` to the power of (p − 1) / 2 = 2^254 − 10: 1 for squares that are not zero.
fn half_order_power(base: &Number) -> Number {
    let exponent: Number = [0xffff_ffff_ffff_fff6, u64::MAX, u64::MAX, 0x3fff_ffff_ffff_ffff];
    let mut power = [1, 0, 0, 0];
    for bit in (0..256).rev() {
        power = multiply(&power, &power);
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            power = multiply(&power, base);
        }
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(hex: &str) -> [u8; 32] {
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hex");
        bytes.try_into().expect("32 bytes")
    }

    #[test]
    fn the_keys_of_rfc_8032_are_points_and_their_neighbours_sometimes() {
        for key in [
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        ] {
            assert_eq!(check(&point(key)), Ok(()), "{key}");
            let near = (0..=255).filter(|first| {
                let mut other = point(key);
                other[0] = *first;
                check(&other).is_ok()
            });
            assert!((96..160).contains(&near.count()), "{key}");
        }
    }

    #[test]
    fn small_order_and_other_forms_are_refused() {
        for bad in [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            assert!(check(&point(bad)).is_err(), "{bad}");
        }
    }
}
