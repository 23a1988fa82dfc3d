//! HOTP: RFC 4226 Appendix D and section 5.4, then the rules of docs/otp for counters.

use crate::bytes::hex;
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::{Algorithm, Otp, digits_of, mac, truncate};

/// RFC 4226 Appendix D: the code, the HMAC and the truncated number of counts 0 to 9.
const APPENDIX_D: [(&str, &str, &str); 10] = [
    ("755224", "cc93cf18508d94934c64b65d8ba7667fb7cde4b0", "4c93cf18"),
    ("287082", "75a48a19d4cbe100644e8ac1397eea747a2d33ab", "41397eea"),
    ("359152", "0bacb7fa082fef30782211938bc1c5e70416ff44", "082fef30"),
    ("969429", "66c28227d03a2d5529262ff016a1e6ef76557ece", "66ef7655"),
    ("338314", "a904c900a64b35909874b33e61c5938a8e15ed1c", "61c5938a"),
    ("254676", "a37e783d7b7233c083d4f62926c7a25f238d0316", "33c083d4"),
    ("287922", "bc9cd28561042c83f219324d3c607256c03272ae", "7256c032"),
    ("162583", "a4fb960c0bc06e1eabb804e5b397cdc4b45596fa", "04e5b397"),
    ("399871", "1b3c89f65e6c9e883012052823443f048b4332db", "2823443f"),
    ("520489", "1637409809a679dc698207310c8c7fc07290d9e5", "2679dc69"),
];

const RULES: &str = "mfakit docs/otp";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    generated(&mut cases);
    verified(&mut cases);
    resynchronised(&mut cases);
    File {
        topic: "hotp",
        description: "HOTP: RFC 4226 Appendix D and 5.4; look-ahead, replay, the counter's end, resynchronisation",
        notes: vec![
            "Candidates are counter ..= counter + look_ahead, never back; the lowest match wins.".into(),
            "Digits that equal the code of counter - 1 are refused as otp_replayed, whatever else they match.".into(),
            "A match at 2^64 - 1 leaves no next counter: otp_counter_exhausted.".into(),
        ],
        cases,
    }
}

fn parameters(case: Case, otp: &Otp) -> Case {
    case.input("secret_hex", hex(&otp.secret))
        .input("digits", otp.digits)
        .input("algorithm", otp.algorithm.name())
}

fn generated(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    for (counter, (code, mac_hex, truncated_hex)) in (0_u64..).zip(APPENDIX_D) {
        let computed = mac(Algorithm::Sha1, &otp.secret, &counter.to_be_bytes());
        let (offset, number) = truncate(&computed);
        assert_eq!(
            (hex(&computed).as_str(), hex(&number.to_be_bytes()).as_str()),
            (mac_hex, truncated_hex)
        );
        assert_eq!(otp.code(counter), code);
        cases.push(
            parameters(Case::new("hotp.generate", format!("hotp-rfc4226-d-{counter}")), &otp)
                .source("RFC 4226", "Appendix D")
                .input("counter", counter)
                .accept(
                    "ok",
                    [
                        ("code", code.into()),
                        ("hmac_hex", mac_hex.into()),
                        ("dynamic_offset", i128::try_from(offset).expect("small").into()),
                        ("truncated_hex", truncated_hex.into()),
                        ("truncated_decimal", number.into()),
                    ],
                ),
        );
    }
    let example = crate::bytes::unhex("1f8698690e02ca16618550ef7f19da8e945b555a");
    assert_eq!(truncate(&example), (10, 0x50ef_7f19));
    for (digits, code) in [(6, "872921"), (7, "7872921"), (8, "57872921"), (10, "1357872921")] {
        assert_eq!(digits_of(0x50ef_7f19, digits), code);
        cases.push(
            Case::new("hotp.truncate", format!("hotp-rfc4226-5.4-digits-{digits}"))
                .source("RFC 4226", "5.4")
                .input("hmac_hex", hex(&example))
                .input("digits", digits)
                .accept("ok", [("code", code.into())]),
        );
    }
    // The offset is the low nibble of the LAST byte, which is byte 19 for SHA-1 only.
    for (name, len) in [("sha256", 32_u8), ("sha512", 64)] {
        let bytes: Vec<u8> = (0..len).map(|i| i.wrapping_mul(37).wrapping_add(0x93)).collect();
        let (offset, number) = truncate(&bytes);
        assert_ne!(offset, usize::from(bytes[19] & 0xf), "the wrong byte must show");
        cases.push(
            Case::new("hotp.truncate", format!("hotp-truncate-{name}-last-byte"))
                .source("RFC 4226", "5.3")
                .input("hmac_hex", hex(&bytes))
                .input("digits", 8)
                .accept("ok", [("code", digits_of(number, 8).into())])
                .why("the offset comes from the last byte of the HMAC, not from byte 19"),
        );
    }
    // Offsets at both ends, and a top bit that must be masked.
    for (name, last) in [("offset-0", 0x00_u8), ("offset-15", 0xff)] {
        let mut bytes = vec![0xff; 20];
        bytes[19] = last;
        cases.push(
            Case::new("hotp.truncate", format!("hotp-truncate-{name}"))
                .source("RFC 4226", "5.3")
                .input("hmac_hex", hex(&bytes))
                .input("digits", 8)
                .accept("ok", [("code", digits_of(truncate(&bytes).1, 8).into())])
                .why("the top bit of the number is masked"),
        );
    }
    let counters = [
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        1 << 32,
        (1 << 53) + 1,
        1 << 63,
        u64::MAX - 1,
        u64::MAX,
    ];
    for algorithm in Algorithm::ALL {
        for digits in [6, 7, 8] {
            for counter in counters {
                let otp = Otp::rfc6238(algorithm, digits);
                let name = algorithm.name().to_lowercase();
                cases.push(
                    parameters(
                        Case::new(
                            "hotp.generate",
                            format!("hotp-{name}-{digits}-digits-counter-{counter}"),
                        ),
                        &otp,
                    )
                    .source("RFC 4226", "5.2")
                    .input("counter", counter)
                    .accept("ok", [("code", otp.code(counter).into())]),
                );
            }
        }
    }
    let ten = Otp { digits: 10, ..Otp::rfc4226() };
    for counter in [0, 7] {
        cases.push(
            parameters(
                Case::new("hotp.generate", format!("hotp-ten-digits-counter-{counter}")),
                &ten,
            )
            .source(RULES, "Digits")
            .input("counter", counter)
            .accept("ok", [("code", ten.code(counter).into())])
            .why("ten digits hold the whole 31-bit number; the first digit is 0, 1 or 2"),
        );
    }
}

fn verified(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let mut verify = |id: &str,
                      otp: &Otp,
                      typed: &str,
                      counter: u64,
                      look_ahead: u64,
                      expected: Result<u64, &str>,
                      why: &str| {
        assert_eq!(otp.verify_hotp(typed, counter, look_ahead), expected, "{id}");
        let case = parameters(Case::new("hotp.verify", format!("hotp-verify-{id}")), otp)
            .source(RULES, "HOTP")
            .input("counter", counter)
            .input("look_ahead", look_ahead)
            .input("code", typed);
        cases.push(
            match expected {
                Ok(matched) => case.accept(
                    "ok",
                    [("matched_counter", matched.into()), ("next_counter", (matched + 1).into())],
                ),
                Err(code) => case.reject(code),
            }
            .why(why),
        );
    };

    verify("exact", &otp, "755224", 0, 0, Ok(0), "the counter's own code");
    verify(
        "look-ahead-0-next",
        &otp,
        "287082",
        0,
        0,
        Err("otp_rejected"),
        "no look-ahead, no next code",
    );
    verify("look-ahead-1-next", &otp, "287082", 0, 1, Ok(1), "one step ahead");
    verify("look-ahead-9-last", &otp, "520489", 0, 9, Ok(9), "the last counter of the window");
    verify(
        "look-ahead-8-beyond",
        &otp,
        "520489",
        0,
        8,
        Err("otp_rejected"),
        "one beyond the window",
    );
    verify(
        "look-ahead-100-last",
        &otp,
        &otp.code(100),
        0,
        100,
        Ok(100),
        "the largest window, its last counter",
    );
    verify(
        "look-ahead-100-beyond",
        &otp,
        &otp.code(101),
        0,
        100,
        Err("otp_rejected"),
        "one beyond the largest window",
    );
    verify(
        "look-ahead-101",
        &otp,
        "755224",
        0,
        101,
        Err("window_too_large"),
        "101 is more than 100",
    );
    verify(
        "look-ahead-1000",
        &otp,
        "755224",
        0,
        1000,
        Err("window_too_large"),
        "1000 belongs to resynchronisation",
    );
    verify(
        "wrong",
        &otp,
        "000000",
        0,
        10,
        Err("otp_rejected"),
        "no counter of the window has this code",
    );
    verify("wrong-by-one", &otp, "755225", 0, 10, Err("otp_rejected"), "the last digit differs");

    verify(
        "previous",
        &otp,
        "287082",
        2,
        10,
        Err("otp_replayed"),
        "the code of counter - 1 was the last one used",
    );
    verify(
        "never-back-2",
        &otp,
        "755224",
        2,
        10,
        Err("otp_rejected"),
        "the window never goes back",
    );
    verify(
        "never-back-9",
        &otp,
        "755224",
        9,
        100,
        Err("otp_rejected"),
        "the window never goes back",
    );
    verify(
        "at-0-nothing-before",
        &otp,
        &otp.code(u64::MAX),
        0,
        10,
        Err("otp_rejected"),
        "counter 0 has no predecessor, and 2^64 - 1 is none",
    );

    // 57766335 and 57766336 have the same code; so have 57017782 and 57017784.
    let (low, high) = (57_766_335, 57_766_336);
    assert_eq!((otp.code(low), otp.code(high)), ("251166".into(), "251166".into()));
    verify(
        "collision-lowest",
        &otp,
        "251166",
        low,
        10,
        Ok(low),
        "two counters have this code: the lowest wins, so that none is skipped",
    );
    verify(
        "collision-lowest-ahead",
        &otp,
        "251166",
        low - 3,
        10,
        Ok(low),
        "the lowest of two matches ahead",
    );
    verify(
        "collision-replayed",
        &otp,
        "251166",
        high,
        10,
        Err("otp_replayed"),
        "the same digits were accepted one counter before",
    );
    verify(
        "collision-second-after-its-own",
        &otp,
        "251166",
        high + 1,
        10,
        Err("otp_replayed"),
        "the digits of counter - 1",
    );
    let (low, high) = (57_017_782, 57_017_784);
    assert_eq!((otp.code(low), otp.code(high)), ("882938".into(), "882938".into()));
    verify("collision-2-lowest", &otp, "882938", low, 10, Ok(low), "the lowest of two matches");
    verify(
        "collision-2-replayed",
        &otp,
        "882938",
        low + 1,
        10,
        Err("otp_replayed"),
        "digits of counter - 1, though a counter ahead has them too",
    );
    verify(
        "collision-2-later",
        &otp,
        "882938",
        low + 2,
        10,
        Ok(high),
        "only counter - 1 is remembered; the state holds one number",
    );

    for base in [1_u64 << 31, (1 << 32) - 1, 1 << 32, (1 << 53) - 1, (1 << 53) + 1, 1 << 63] {
        verify(
            &format!("counter-{base}"),
            &otp,
            &otp.code(base),
            base,
            0,
            Ok(base),
            "large counters keep every bit",
        );
        verify(
            &format!("counter-{base}-ahead-10"),
            &otp,
            &otp.code(base + 10),
            base,
            10,
            Ok(base + 10),
            "large counters keep every bit",
        );
        verify(
            &format!("counter-{base}-previous"),
            &otp,
            &otp.code(base - 1),
            base,
            10,
            Err("otp_replayed"),
            "the code of counter - 1",
        );
    }
    verify(
        "truncated-to-32-bits",
        &otp,
        &otp.code(5),
        (1 << 32) + 5,
        10,
        Err("otp_rejected"),
        "a counter cut to 32 bits would match",
    );

    verify(
        "end-minus-1",
        &otp,
        &otp.code(u64::MAX - 1),
        u64::MAX - 1,
        10,
        Ok(u64::MAX - 1),
        "the last counter that has a successor",
    );
    verify(
        "end",
        &otp,
        &otp.code(u64::MAX),
        u64::MAX,
        0,
        Err("otp_counter_exhausted"),
        "there is no next counter to store",
    );
    verify(
        "end-ahead",
        &otp,
        &otp.code(u64::MAX),
        u64::MAX - 1,
        10,
        Err("otp_counter_exhausted"),
        "there is no next counter to store",
    );
    verify(
        "end-wrong",
        &otp,
        &otp.code(7),
        u64::MAX,
        10,
        Err("otp_rejected"),
        "a wrong code at the end is just wrong",
    );
    verify(
        "end-previous",
        &otp,
        &otp.code(u64::MAX - 1),
        u64::MAX,
        10,
        Err("otp_replayed"),
        "the code of counter - 1",
    );
    verify(
        "end-no-wrap-0",
        &otp,
        &otp.code(0),
        u64::MAX - 1,
        10,
        Err("otp_rejected"),
        "the window must not wrap to 0",
    );
    verify(
        "end-no-wrap-5",
        &otp,
        &otp.code(5),
        u64::MAX - 3,
        100,
        Err("otp_rejected"),
        "the window must not wrap to 5",
    );

    for algorithm in Algorithm::ALL {
        for digits in [6, 7, 8] {
            let otp = Otp::rfc6238(algorithm, digits);
            let id = format!("{}-{digits}-digits", algorithm.name().to_lowercase());
            verify(
                &id,
                &otp,
                &otp.code(12),
                10,
                5,
                Ok(12),
                "every hash with every number of digits",
            );
        }
    }
    let ten = Otp { digits: 10, ..Otp::rfc4226() };
    verify(
        "ten-digits",
        &ten,
        &ten.code(3),
        0,
        10,
        Ok(3),
        "ten digits, by the explicit constructor",
    );
    verify(
        "ten-digits-six-typed",
        &ten,
        "969429",
        0,
        10,
        Err("otp_malformed"),
        "the last six digits are not the code",
    );

    let zero =
        (0..).find(|n| otp.code(*n).starts_with("00")).expect("some code starts with two zeros");
    let code = otp.code(zero);
    verify("leading-zeros", &otp, &code, zero, 0, Ok(zero), "leading zeros are part of the code");
    verify(
        "leading-zeros-dropped",
        &otp,
        code.trim_start_matches('0'),
        zero,
        0,
        Err("otp_malformed"),
        "a code is a string of digits, not a number",
    );

    for (id, typed) in FORMS_ACCEPTED {
        verify(
            &format!("form-{id}"),
            &otp,
            typed,
            0,
            0,
            Ok(0),
            "ASCII spaces and hyphens are stripped",
        );
    }
    for (id, typed) in FORMS_REFUSED {
        verify(
            &format!("form-{id}"),
            &otp,
            typed,
            0,
            0,
            Err("otp_malformed"),
            "not six ASCII digits",
        );
    }
    for (id, value) in not_text() {
        cases.push(
            parameters(Case::new("hotp.verify", format!("hotp-verify-type-{id}")), &otp)
                .source(RULES, "Codes are text")
                .input("counter", 0)
                .input("look_ahead", 0)
                .input("code", value)
                .reject("input_malformed")
                .why("a code is text; anything else is the client's mistake, not a crash")
                .requires("dynamic_input"),
        );
    }
}

/// Ways to write 755224 that are taken.
pub(crate) const FORMS_ACCEPTED: [(&str, &str); 7] = [
    ("space", "755 224"),
    ("hyphen", "755-224"),
    ("outer-spaces", " 755224 "),
    ("space-and-hyphen", " 755-224"),
    ("every-digit-apart", "7 5 5 2 2 4"),
    ("hyphens-around", "-755224-"),
    ("many-spaces", "755          224"),
];

/// Ways to write 755224, and other texts, that are not six ASCII digits.
pub(crate) const FORMS_REFUSED: [(&str, &str); 26] = [
    ("empty", ""),
    ("only-separators", " - "),
    ("five-digits", "75522"),
    ("seven-digits", "7552240"),
    ("leading-zero", "0755224"),
    ("trailing-letter", "755224a"),
    ("letter-inside", "75522a"),
    ("letters", "abcdef"),
    ("plus", "+755224"),
    ("plus-five", "+75522"),
    ("tab", "755\t224"),
    ("line-break", "755224\n"),
    ("carriage-return", "755224\r"),
    ("nul", "755224\u{0}"),
    ("nul-inside", "755\u{0}224"),
    ("full-width", "\u{ff17}\u{ff15}\u{ff15}\u{ff12}\u{ff12}\u{ff14}"),
    ("one-full-width", "75522\u{ff14}"),
    ("arabic-indic", "\u{667}\u{665}\u{665}\u{662}\u{662}\u{664}"),
    ("superscript", "75522\u{2074}"),
    ("no-break-space", "755\u{a0}224"),
    ("en-dash", "755\u{2013}224"),
    ("bullets", "\u{25cf}\u{25cf}\u{25cf}\u{25cf}\u{25cf}\u{25cf}"),
    ("byte-order-mark", "\u{feff}755224"),
    ("point", "755.224"),
    ("underscore", "755_224"),
    ("hexadecimal", "0x0b8638"),
];

/// Values that are no text in languages that would let them through.
pub(crate) fn not_text() -> Vec<(&'static str, Json)> {
    vec![
        ("number", Json::from(755_224)),
        ("null", Json::Null),
        ("boolean", true.into()),
        ("array", vec!["755224"].into()),
        ("object", Json::object([("code", "755224".into())])),
    ]
}

fn resynchronised(cases: &mut Vec<Case>) {
    let otp = Otp::rfc4226();
    let mut resync = |id: &str,
                      first: &str,
                      second: &str,
                      counter: u64,
                      look_ahead: u64,
                      expected: Result<u64, &str>,
                      why: &str| {
        assert_eq!(otp.resync(first, second, counter, look_ahead), expected, "{id}");
        let case = parameters(Case::new("hotp.resync", format!("hotp-resync-{id}")), &otp)
            .source(RULES, "HOTP resynchronisation")
            .input("counter", counter)
            .input("look_ahead", look_ahead)
            .input("first", first)
            .input("second", second);
        cases.push(
            match expected {
                Ok(matched) => case.accept(
                    "ok",
                    [("matched_counter", matched.into()), ("next_counter", (matched + 2).into())],
                ),
                Err(code) => case.reject(code),
            }
            .why(why),
        );
    };
    let code = |n: u64| otp.code(n);
    resync("here", "755224", "287082", 0, 100, Ok(0), "two consecutive codes from the counter on");
    resync("ahead", &code(50), &code(51), 0, 100, Ok(50), "two consecutive codes ahead");
    resync(
        "last",
        &code(100),
        &code(101),
        0,
        100,
        Ok(100),
        "the first code at the end of the window, the second beyond it",
    );
    resync(
        "beyond",
        &code(101),
        &code(102),
        0,
        100,
        Err("otp_rejected"),
        "the first code is beyond the window",
    );
    resync("look-ahead-0", "755224", "287082", 0, 0, Ok(0), "no look-ahead: the counter itself");
    resync(
        "look-ahead-0-next",
        "287082",
        "359152",
        0,
        0,
        Err("otp_rejected"),
        "no look-ahead, no next code",
    );
    resync(
        "look-ahead-1000",
        &code(1000),
        &code(1001),
        0,
        1000,
        Ok(1000),
        "the largest window, its last counter",
    );
    resync(
        "look-ahead-1000-beyond",
        &code(1001),
        &code(1002),
        0,
        1000,
        Err("otp_rejected"),
        "one beyond the largest window",
    );
    resync(
        "look-ahead-1001",
        "755224",
        "287082",
        0,
        1001,
        Err("window_too_large"),
        "1001 is more than 1000",
    );
    resync("swapped", "287082", "755224", 0, 100, Err("otp_rejected"), "the order counts");
    resync("same-twice", "755224", "755224", 0, 100, Err("otp_rejected"), "one code is not two");
    resync("gap", "755224", "359152", 0, 100, Err("otp_rejected"), "the codes must be consecutive");
    resync(
        "second-wrong",
        "755224",
        "000000",
        0,
        100,
        Err("otp_rejected"),
        "the second code is wrong",
    );
    resync(
        "first-wrong",
        "000000",
        "287082",
        0,
        100,
        Err("otp_rejected"),
        "the first code is wrong",
    );
    resync(
        "never-back",
        &code(5),
        &code(6),
        10,
        1000,
        Err("otp_rejected"),
        "the window never goes back",
    );
    resync(
        "previous",
        &code(9),
        &code(10),
        10,
        1000,
        Err("otp_replayed"),
        "the first code is the one accepted last",
    );
    resync(
        "previous-at-0",
        &code(0),
        &code(1),
        0,
        0,
        Ok(0),
        "nothing was accepted before counter 0",
    );
    resync(
        "previous-twin",
        "251166",
        &code(57_766_337),
        57_766_336,
        100,
        Err("otp_replayed"),
        "the code accepted last, as that of a later counter",
    );
    resync(
        "collision",
        "251166",
        &code(57_766_337),
        57_766_300,
        100,
        Ok(57_766_336),
        "the first code has two counters; the second settles which",
    );
    resync(
        "collision-itself",
        "251166",
        "251166",
        57_766_300,
        100,
        Ok(57_766_335),
        "two equal codes that are consecutive",
    );
    resync(
        "large",
        &code((1 << 32) + 7),
        &code((1 << 32) + 8),
        1 << 32,
        100,
        Ok((1 << 32) + 7),
        "large counters keep every bit",
    );
    resync(
        "end-minus-2",
        &code(u64::MAX - 2),
        &code(u64::MAX - 1),
        u64::MAX - 5,
        100,
        Ok(u64::MAX - 2),
        "the last pair that has a successor",
    );
    resync(
        "end",
        &code(u64::MAX - 1),
        &code(u64::MAX),
        u64::MAX - 5,
        100,
        Err("otp_counter_exhausted"),
        "there is no next counter to store",
    );
    resync(
        "no-wrap",
        &code(u64::MAX),
        &code(0),
        u64::MAX - 5,
        100,
        Err("otp_rejected"),
        "0 does not follow 2^64 - 1",
    );
    resync(
        "separators",
        "755 224",
        "287-082",
        0,
        100,
        Ok(0),
        "ASCII spaces and hyphens are stripped from both",
    );
    resync("first-malformed", "75522", "287082", 0, 100, Err("otp_malformed"), "five digits");
    resync("second-malformed", "755224", "28708x", 0, 100, Err("otp_malformed"), "a letter");
}
