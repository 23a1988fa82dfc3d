//! Base32, base64 and base64url: RFC 4648 section 10, and the decoding rules for secrets and for WebAuthn members.

use crate::bytes::{base32, base32_padded, base64, base64url, hex};
use crate::case::{Case, File};

/// RFC 4648 section 10: the text, its base64 and its base32.
const SECTION_10: [(&str, &str, &str); 7] = [
    ("", "", ""),
    ("f", "Zg==", "MY======"),
    ("fo", "Zm8=", "MZXQ===="),
    ("foo", "Zm9v", "MZXW6==="),
    ("foob", "Zm9vYg==", "MZXW6YQ="),
    ("fooba", "Zm9vYmE=", "MZXW6YTB"),
    ("foobar", "Zm9vYmFy", "MZXW6YTBOI======"),
];

const SECRETS: &str = "mfakit docs/otp";

pub(crate) fn base32_file() -> File {
    let mut cases = Vec::new();
    for (i, (text, _, encoded)) in SECTION_10.iter().enumerate() {
        assert_eq!(base32_padded(text.as_bytes()), *encoded);
        let roundtrip = Case::new("base32.roundtrip", format!("b32-rfc4648-10-{i}"))
            .source("RFC 4648", "10")
            .input("data_hex", hex(text.as_bytes()))
            .accept(
                "ok",
                [("encoded", (*encoded).into()), ("encoded_nopad", base32(text.as_bytes()).into())],
            );
        cases.push(roundtrip);
        for (form, written) in
            [("padded", (*encoded).to_owned()), ("unpadded", base32(text.as_bytes()))]
        {
            cases.push(
                Case::new("base32.decode", format!("b32-rfc4648-10-{i}-{form}"))
                    .source("RFC 4648", "10")
                    .input("text", written)
                    .accept("ok", [("data_hex", hex(text.as_bytes()).into())]),
            );
        }
    }
    let accepted = [
        ("lower-case", "mzxw6ytboi", "foobar", "every authenticator app takes lower case"),
        ("mixed-case", "MzXw6YtBoI", "foobar", "case carries nothing"),
        ("groups-of-four", "MZXW 6YTB OI", "foobar", "secrets are shown in groups"),
        ("hyphens", "MZXW-6YTB-OI", "foobar", "secrets are shown with hyphens"),
        ("outer-spaces", " MZXW6YTBOI ", "foobar", "a pasted secret keeps the blanks around it"),
        ("groups-and-padding", "MZXW 6YTB OI== ====", "foobar", "padding is grouped like the rest"),
        ("only-separators", " - ", "", "nothing is left once the separators are gone"),
    ];
    for (id, text, decoded, why) in accepted {
        cases.push(
            Case::new("base32.decode", format!("b32-{id}"))
                .source(SECRETS, "Secrets")
                .input("text", text)
                .accept("ok", [("data_hex", hex(decoded.as_bytes()).into())])
                .normative("POLICY")
                .why(why),
        );
    }
    let refused = [
        ("symbol-0", "MZXW60TB", "0 is not in the alphabet and may be a mistyped O", "6"),
        ("symbol-1", "MZXW61TB", "1 is not in the alphabet and may be a mistyped I or L", "6"),
        ("symbol-8", "MZXW68TB", "8 is not in the alphabet", "6"),
        ("symbol-9", "MZXW69TB", "9 is not in the alphabet", "6"),
        ("symbol-plus", "MZXW6+TB", "+ belongs to base64", "6"),
        ("underscore", "MZXW_6YTB", "only the space and the hyphen separate", "6"),
        ("tab", "MZXW\t6YTB", "only the space and the hyphen separate", "6"),
        ("line-break", "MZXW\n6YTB", "only the space and the hyphen separate", "6"),
        ("nul", "MZXW\u{0}6YTB", "a NUL inside must not end the text", "6"),
        ("nul-at-the-end", "MZXW6YTB\u{0}", "a NUL at the end must not be dropped", "6"),
        ("length-1", "M", "one symbol holds no byte", "6"),
        ("length-3", "MZX", "three symbols are no final quantum", "6"),
        ("length-6", "MZXW6Y", "six symbols are no final quantum", "6"),
        ("length-9", "MZXW6YTBM", "one symbol more than a quantum", "6"),
        ("padding-short", "MY=====", "one = is missing", "6"),
        ("padding-long", "MY=======", "one = too many", "6"),
        ("padding-whole-quantum", "MZXW6YTB========", "a whole quantum needs no padding", "6"),
        ("padding-alone", "========", "padding pads nothing", "6"),
        ("padding-inside", "MY======MY======", "padding ends the text", "6"),
        ("padding-then-symbol", "MZXW6YQ=B", "padding ends the text", "6"),
        (
            "leftover-bits",
            "MZ",
            "the two leftover bits are not zero: two texts for one secret",
            "3.5",
        ),
        ("leftover-bits-padded", "MZ======", "the two leftover bits are not zero", "3.5"),
        ("full-width", "\u{ff2d}ZXW6YTB", "a full-width M is not an M", "6"),
        ("dotless-i", "MZXW6YTBO\u{131}", "U+0131 upper-cases to I in some libraries", "6"),
        ("kelvin", "MZXW6YT\u{212a}", "U+212A lower-cases to k in some libraries", "6"),
        ("long-s", "MZXW6YT\u{17f}", "U+017F upper-cases to S in some libraries", "6"),
        ("no-break-space", "MZXW\u{a0}6YTB", "only the ASCII space separates", "6"),
    ];
    for (id, text, why, section) in refused {
        let normative = if section == "3.5" { "MAY" } else { "MUST" };
        cases.push(
            Case::new("base32.decode", format!("b32-{id}"))
                .source("RFC 4648", section)
                .input("text", text)
                .reject("secret_malformed")
                .normative(normative)
                .why(why),
        );
    }
    File {
        topic: "base32",
        description: "Base32: RFC 4648 section 10, and the decoding of secrets",
        notes: vec![
            "Form is lenient (case, spaces, hyphens, padding or none), content strict.".into(),
        ],
        cases,
    }
}

pub(crate) fn base64_file() -> File {
    let mut cases = Vec::new();
    for (i, (text, encoded, _)) in SECTION_10.iter().enumerate() {
        assert_eq!(base64(text.as_bytes()), *encoded);
        let url = base64url(text.as_bytes());
        cases.push(
            Case::new("base64.roundtrip", format!("b64-rfc4648-10-{i}"))
                .source("RFC 4648", "10")
                .input("data_hex", hex(text.as_bytes()))
                .accept(
                    "ok",
                    [("encoded", (*encoded).into()), ("base64url_nopad", url.as_str().into())],
                ),
        );
        cases.push(
            Case::new("base64url.decode", format!("b64u-rfc4648-10-{i}"))
                .source("RFC 4648", "10")
                .input("text", url)
                .accept("ok", [("data_hex", hex(text.as_bytes()).into())]),
        );
    }
    let every_symbol: Vec<u8> = (0..=255).collect();
    for (id, data) in [("alphabet-ends", vec![0xfb, 0xff, 0xbf]), ("every-byte", every_symbol)] {
        cases.push(
            Case::new("base64url.decode", format!("b64u-{id}"))
                .source("RFC 4648", "5")
                .input("text", base64url(&data))
                .accept("ok", [("data_hex", hex(&data).into())]),
        );
    }
    let refused = [
        ("padded-1", "Zm9vYg==", "MUST", "WebAuthn leaves the padding out"),
        ("padded-2", "Zm9vYmE=", "MUST", "WebAuthn leaves the padding out"),
        ("padding-alone", "====", "MUST", "padding pads nothing"),
        ("plus", "-_+_", "MUST", "+ belongs to base64, not base64url"),
        ("slash", "-_-/", "MUST", "/ belongs to base64, not base64url"),
        ("length-1", "Z", "MUST", "one symbol holds no byte"),
        ("length-5", "Zm9vY", "MUST", "one symbol more than a quantum"),
        (
            "leftover-bits-2",
            "Zh",
            "MAY",
            "the four leftover bits are not zero: two texts for one value",
        ),
        ("leftover-bits-3", "Zm9", "MAY", "the two leftover bits are not zero"),
        ("space", "Zm9v Yg", "MUST", "white space is no symbol"),
        ("space-before", " Zm9v", "MUST", "white space is no symbol"),
        ("line-break", "Zm9v\nYg", "MUST", "a line break is no symbol"),
        ("line-break-after", "Zm9v\n", "MUST", "a line break at the end is no symbol"),
        ("nul", "Zm9v\u{0}", "MUST", "a NUL at the end must not be dropped"),
        ("full-width", "Zm9\u{ff56}", "MUST", "a full-width v is not a v"),
        ("percent", "Zm9v%3D", "MUST", "percent-encoding is not undone"),
    ];
    for (id, text, normative, why) in refused {
        cases.push(
            Case::new("base64url.decode", format!("b64u-{id}"))
                .source("RFC 4648", if normative == "MAY" { "3.5" } else { "5" })
                .input("text", text)
                .reject("base64url_malformed")
                .normative(normative)
                .why(why),
        );
    }
    File {
        topic: "base64",
        description: "Base64 and base64url: RFC 4648 section 10, and the decoding of WebAuthn's members",
        notes: vec![],
        cases,
    }
}
