//! HMAC: RFC 2202 section 3 (SHA-1) and RFC 4231 section 4 (SHA-256, SHA-512), every test case, typed in.

use crate::bytes::hex;
use crate::case::{Case, File};
use crate::otp::{Algorithm, mac};

/// Key, message and MAC of RFC 2202 section 3. Case 5 also prints the MAC cut to 96 bits.
fn rfc2202() -> [(Vec<u8>, Vec<u8>, &'static str); 7] {
    let larger = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let larger_data = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data";
    [
        (vec![0x0b; 20], b"Hi There".to_vec(), "b617318655057264e28bc0b6fb378c8ef146be00"),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (vec![0xaa; 20], vec![0xdd; 50], "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
        ((1..=25).collect(), vec![0xcd; 50], "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
        (
            vec![0x0c; 20],
            b"Test With Truncation".to_vec(),
            "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
        ),
        (vec![0xaa; 80], larger.to_vec(), "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
        (vec![0xaa; 80], larger_data.to_vec(), "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"),
    ]
}

/// Key, message, HMAC-SHA-256 and HMAC-SHA-512 of RFC 4231 section 4. Of case 5 the RFC prints the first 128 bits only.
fn rfc4231() -> [(Vec<u8>, Vec<u8>, &'static str, &'static str); 7] {
    let larger = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let larger_data =
        b"This is a test using a larger than block-size key and a larger than block-size data. \
                        The key needs to be hashed before being used by the HMAC algorithm.";
    [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
             daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
             bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
             a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (
            vec![0x0c; 20],
            b"Test With Truncation".to_vec(),
            "a3b6167473100ee06e0c796c2955552b",
            "415fad6271580a531d4179bc891d87a6",
        ),
        (
            vec![0xaa; 131],
            larger.to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
             6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            vec![0xaa; 131],
            larger_data.to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
             b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ]
}

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    let mut case = |rfc: &str,
                    number: usize,
                    section: &str,
                    algorithm,
                    key: &[u8],
                    message: &[u8],
                    printed: &str| {
        let full = hex(&mac(algorithm, key, message));
        assert!(full.starts_with(printed), "{rfc} case {number}: {full}");
        let id = format!(
            "{}-{}-{number}",
            rfc.replace(' ', "").to_lowercase(),
            algorithm.name().to_lowercase()
        );
        cases.push(
            Case::new("hmac", id)
                .source(rfc, section)
                .input("algorithm", algorithm.name())
                .input("key_hex", hex(key))
                .input("message_hex", hex(message))
                .accept("ok", [("mac_hex", full.as_str().into())]),
        );
    };
    for (i, (key, message, sha1)) in rfc2202().iter().enumerate() {
        case("RFC 2202", i + 1, "3", Algorithm::Sha1, key, message, sha1);
    }
    for (i, (key, message, sha256, sha512)) in rfc4231().iter().enumerate() {
        let section = format!("4.{}", i + 2);
        case("RFC 4231", i + 1, &section, Algorithm::Sha256, key, message, sha256);
        case("RFC 4231", i + 1, &section, Algorithm::Sha512, key, message, sha512);
    }
    File {
        topic: "hmac",
        description: "HMAC: RFC 2202 (SHA-1) and RFC 4231 (SHA-256, SHA-512)",
        notes: vec![
            "Of case 5 RFC 4231 prints the first 128 bits; mac_hex is the whole value and starts with them.".into(),
        ],
        cases,
    }
}
