//! CBOR: the part of RFC 8949 Appendix A that WebAuthn can meet, and one named fault for each refusal.

use crate::bytes::{hex, unhex};
use crate::case::{Case, File};

/// RFC 8949 Appendix A, Table 6: encoding and diagnostic notation of what a CTAP2 message may hold.
const APPENDIX_A: [(&str, &str); 45] = [
    ("00", "0"),
    ("01", "1"),
    ("0a", "10"),
    ("17", "23"),
    ("1818", "24"),
    ("1819", "25"),
    ("1864", "100"),
    ("1903e8", "1000"),
    ("1a000f4240", "1000000"),
    ("1b000000e8d4a51000", "1000000000000"),
    ("1bffffffffffffffff", "18446744073709551615"),
    ("3bffffffffffffffff", "-18446744073709551616"),
    ("20", "-1"),
    ("29", "-10"),
    ("3863", "-100"),
    ("3903e7", "-1000"),
    ("f4", "false"),
    ("f5", "true"),
    ("f6", "null"),
    ("40", "h''"),
    ("4401020304", "h'01020304'"),
    ("60", "\"\""),
    ("6161", "\"a\""),
    ("6449455446", "\"IETF\""),
    ("62225c", "\"\\\"\\\\\""),
    ("62c3bc", "\"\u{fc}\""),
    ("63e6b0b4", "\"\u{6c34}\""),
    ("64f0908591", "\"\u{10151}\""),
    ("80", "[]"),
    ("83010203", "[1, 2, 3]"),
    ("8301820203820405", "[1, [2, 3], [4, 5]]"),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", "[1, 2, 3, ..., 25]"),
    ("a0", "{}"),
    ("a201020304", "{1: 2, 3: 4}"),
    ("a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}"),
    ("826161a161626163", "[\"a\", {\"b\": \"c\"}]"),
    ("a56161614161626142616361436164614461656145", "{\"a\": \"A\", ..., \"e\": \"E\"}"),
    // Both ends of every width of integer.
    ("18ff", "255"),
    ("190100", "256"),
    ("19ffff", "65535"),
    ("1a00010000", "65536"),
    ("1affffffff", "4294967295"),
    ("1b0000000100000000", "4294967296"),
    ("37", "-24"),
    ("3818", "-25"),
];

/// RFC 8949 Appendix A: floats and simple values, which only an extension output that we do not know may hold.
const SIMPLE_VALUES: [(&str, &str); 12] = [
    ("f90000", "0.0"),
    ("f98000", "-0.0"),
    ("f93c00", "1.0"),
    ("fa47c35000", "100000.0"),
    ("fb3ff199999999999a", "1.1"),
    ("f97c00", "Infinity"),
    ("f97e00", "NaN"),
    ("fb7ff8000000000000", "NaN"),
    ("f7", "undefined"),
    ("f0", "simple(16)"),
    ("f8ff", "simple(255)"),
    ("82f5f93c00", "[true, 1.0]"),
];

/// RFC 8949 Appendix A: well formed, but not in the form that CTAP2 demands.
const APPENDIX_A_REFUSED: [(&str, &str, &str); 17] = [
    ("c249010000000000000000", "cbor_tag_forbidden", "18446744073709551616 as a bignum"),
    ("c074323031332d30332d32315432303a30343a30305a", "cbor_tag_forbidden", "a date"),
    ("c11a514b67b0", "cbor_tag_forbidden", "a time"),
    ("d74401020304", "cbor_tag_forbidden", "bytes that expect hex"),
    ("d818456449455446", "cbor_tag_forbidden", "embedded CBOR"),
    ("d82076687474703a2f2f7777772e6578616d706c652e636f6d", "cbor_tag_forbidden", "a URI"),
    ("5f42010243030405ff", "cbor_indefinite_length", "(_ h'0102', h'030405')"),
    ("7f657374726561646d696e67ff", "cbor_indefinite_length", "(_ \"strea\", \"ming\")"),
    ("9fff", "cbor_indefinite_length", "[_ ]"),
    ("9f018202039f0405ffff", "cbor_indefinite_length", "[_ 1, [2, 3], [_ 4, 5]]"),
    ("9f01820203820405ff", "cbor_indefinite_length", "[_ 1, [2, 3], [4, 5]]"),
    ("83018202039f0405ff", "cbor_indefinite_length", "[1, [2, 3], [_ 4, 5]]"),
    ("83019f0203ff820405", "cbor_indefinite_length", "[1, [_ 2, 3], [4, 5]]"),
    ("bf61610161629f0203ffff", "cbor_indefinite_length", "{_ \"a\": 1, \"b\": [_ 2, 3]}"),
    ("826161bf61626163ff", "cbor_indefinite_length", "[\"a\", {_ \"b\": \"c\"}]"),
    ("bf6346756ef563416d7421ff", "cbor_indefinite_length", "{_ \"Fun\": true, \"Amt\": -2}"),
    ("d9d9f700", "cbor_tag_forbidden", "the tag that says: this is CBOR"),
];

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    let mut add = |id: &str, item: &str| {
        cases.push(
            Case::new("cbor.decode", format!("cbor-{id}")).input("cbor_hex", hex(&unhex(item))),
        );
        cases.len() - 1
    };
    let mut settled = Vec::new();

    for (item, diagnostic) in APPENDIX_A {
        settled.push((add(&format!("a-{item}"), item), Ok(diagnostic), "RFC 8949", "Appendix A"));
    }
    for (item, code, what) in APPENDIX_A_REFUSED {
        settled.push((
            add(&format!("a-{item}"), item),
            Err((code, what)),
            "RFC 8949",
            "Appendix A",
        ));
    }
    for (id, item, code, why) in FAULTS {
        settled.push((add(id, item), Err((code, why)), "CTAP 2.2", "8"));
    }
    for (id, item, why) in IN_ORDER {
        settled.push((add(id, item), Ok(why), "CTAP 2.2", "8"));
    }
    for (i, expected, document, section) in settled {
        let case = cases[i].clone().source(document, section);
        cases[i] = match expected {
            Ok(why) => case.accept("well_formed", [("non_canonical_order", false.into())]).why(why),
            Err((code, why)) => case.reject(code).why(why),
        };
    }

    for (id, item, why) in OUT_OF_ORDER {
        let case = |suffix: &str, strict: bool| {
            Case::new("cbor.decode", format!("cbor-{id}{suffix}"))
                .source("CTAP 2.2", "8")
                .input("cbor_hex", hex(&unhex(item)))
                .input("strict_order", strict)
        };
        cases.push(
            case("", false)
                .accept("well_formed", [("non_canonical_order", true.into())])
                .normative("POLICY")
                .why(why),
        );
        cases.push(case("-strict", true).reject("cbor_key_order").why(why));
    }
    cases.push(
        Case::new("cbor.decode", "cbor-keys-in-order-strict")
            .source("CTAP 2.2", "8")
            .input("cbor_hex", "a3010203262001")
            .input("strict_order", true)
            .accept("well_formed", [("non_canonical_order", false.into())])
            .why("canonical order passes the strict switch"),
    );

    for (item, diagnostic) in SIMPLE_VALUES {
        let case = |suffix: &str, allowed: bool| {
            Case::new("cbor.decode", format!("cbor-simple-{item}{suffix}"))
                .source("RFC 8949", "3.3")
                .input("cbor_hex", item)
                .input("any_simple", allowed)
        };
        cases.push(case("", true).accept("well_formed", []).why(diagnostic));
        cases.push(case("-refused", false).reject("cbor_type_forbidden").why(diagnostic));
    }

    // Of these, equal keys can have different bytes; integers and strings have one form each.
    for (id, item, why) in [
        ("key-array", "a1810000", "an array as a key"),
        ("key-map", "a1a1000000", "a map as a key"),
        ("key-true", "a1f500", "true as a key, which some languages take for 1"),
        ("key-null", "a1f600", "null as a key"),
        ("key-float", "a1f93c0000", "a float as a key: 1.0 has three widths"),
        ("key-deep-array", "a1818181810000", "an array in an array as a key"),
    ] {
        cases.push(
            Case::new("cbor.decode", format!("cbor-{id}"))
                .source("CTAP 2.2", "8")
                .input("cbor_hex", item)
                .reject("cbor_type_forbidden")
                .why(why),
        );
    }

    // Nested arrays around 0, and nested maps.
    let nested = |depth: usize| format!("{}00", "81".repeat(depth));
    let maps = |depth: usize| format!("{}{}", "a100".repeat(depth - 1), "a10000");
    for (id, item, max_depth, ok, why) in [
        ("depth-4", nested(4), None, true, "four levels, the limit of CTAP2"),
        ("depth-5", nested(5), None, false, "five levels"),
        ("depth-4-empty", "8181818180".into(), None, false, "an empty array is a level too"),
        (
            "depth-5-of-5",
            nested(5),
            Some(5),
            true,
            "five levels, the limit of an attestation object",
        ),
        ("depth-6-of-5", nested(6), Some(5), false, "six levels"),
        ("depth-4-maps", maps(4), None, true, "maps count like arrays"),
        ("depth-5-maps", maps(5), None, false, "maps count like arrays"),
        ("depth-1000", nested(1000), None, false, "recursion must not follow the input"),
    ] {
        let mut case = Case::new("cbor.decode", format!("cbor-{id}"))
            .source("CTAP 2.2", "8")
            .input("cbor_hex", item);
        if let Some(depth) = max_depth {
            case = case.input("max_depth", depth);
        }
        let case = if ok { case.accept("well_formed", []) } else { case.reject("cbor_too_deep") };
        cases.push(case.why(why));
    }

    File {
        topic: "cbor",
        description: "CBOR: RFC 8949 Appendix A as far as CTAP2 allows it, and every refusal",
        notes: vec![
            "Keys out of canonical order are accepted and reported: real authenticators emit them.".into(),
            "Nesting counts arrays and maps: 8181818100 has four levels. max_depth is 4 where it is not given.".into(),
            "any_simple = false refuses floats, undefined and the other simple values, as keys and statements do; strict_order refuses unsorted keys.".into(),
        ],
        cases,
    }
}

/// Canonical order: by major type, then the shorter key, then bytewise.
const IN_ORDER: [(&str, &str, &str); 5] = [
    ("keys-of-a-cose-key", "a3010203262001", "1, 3, -1"),
    ("keys-1000-before-minus-1", "a21903e8002000", "the major type decides before the length"),
    ("keys-short-text-first", "a261620062616100", "the shorter text first"),
    ("keys-integer-before-text", "a20100616100", "integers before texts"),
    (
        "keys-of-an-attestation-object",
        "a363666d74646e6f6e656761747453746d74a06861757468446174614100",
        "fmt, attStmt, authData",
    ),
];

const OUT_OF_ORDER: [(&str, &str, &str); 6] = [
    ("keys-unsorted", "a3032601022001", "3 before 1"),
    ("keys-negative-first", "a220010102", "-1 before 1"),
    (
        "keys-length-first",
        "a220001903e800",
        "the order of RFC 7049: shorter first, whatever the type",
    ),
    ("keys-text-bytewise", "a262616100616200", "the longer text first"),
    ("keys-text-before-integer", "a26161000100", "a text before an integer"),
    (
        "keys-authdata-before-attstmt",
        "a363666d74646e6f6e6568617574684461746141006761747453746d74a0",
        "the order that old Chrome emitted",
    ),
];

/// Id, item, code and why.
const FAULTS: [(&str, &str, &str, &str); 63] = [
    ("empty", "", "cbor_malformed", "no item at all"),
    ("head-1-cut", "18", "cbor_malformed", "the head ends early"),
    ("head-2-cut", "1901", "cbor_malformed", "the head ends early"),
    ("head-4-cut", "1a010203", "cbor_malformed", "the head ends early"),
    ("head-8-cut", "1b01020304050607", "cbor_malformed", "the head ends early"),
    ("negative-head-cut", "38", "cbor_malformed", "the head ends early"),
    ("float-cut", "f93c", "cbor_malformed", "the float ends early"),
    ("simple-cut", "f8", "cbor_malformed", "the simple value ends early"),
    ("bytes-cut", "4401", "cbor_malformed", "the string ends early"),
    ("text-short", "6461", "cbor_malformed", "the string ends early"),
    ("bytes-huge", "5b7fffffffffffffff00", "cbor_malformed", "a length that no input can have"),
    (
        "bytes-length-overflow",
        "5bffffffffffffffff00",
        "cbor_malformed",
        "offset plus length must not wrap",
    ),
    (
        "text-length-overflow",
        "7bffffffffffffffff61",
        "cbor_malformed",
        "offset plus length must not wrap",
    ),
    ("bytes-length-32-bits", "5affffffff00", "cbor_malformed", "a length that no input can have"),
    ("array-short", "8200", "cbor_malformed", "the second item is missing"),
    ("array-huge", "9b7fffffffffffffff", "cbor_malformed", "no memory is taken on trust"),
    ("array-count-overflow", "9bffffffffffffffff00", "cbor_malformed", "the count must not wrap"),
    ("map-short-value", "a100", "cbor_malformed", "the value is missing"),
    ("map-short-entry", "a2000001", "cbor_malformed", "the second value is missing"),
    ("map-huge", "bb7fffffffffffffff", "cbor_malformed", "twice the count must not wrap"),
    (
        "map-count-overflow",
        "bb80000000000000000000",
        "cbor_malformed",
        "twice the count must not wrap",
    ),
    ("reserved-28", "1c", "cbor_malformed", "additional information 28 is reserved"),
    ("reserved-29", "5d", "cbor_malformed", "additional information 29 is reserved"),
    ("reserved-30", "9e", "cbor_malformed", "additional information 30 is reserved"),
    ("reserved-map", "bc", "cbor_malformed", "additional information 28 is reserved"),
    ("reserved-simple", "fc", "cbor_malformed", "additional information 28 is reserved"),
    ("indefinite-integer", "1f", "cbor_malformed", "an integer has no indefinite form"),
    ("indefinite-negative", "3f", "cbor_malformed", "an integer has no indefinite form"),
    ("break-alone", "ff", "cbor_malformed", "a break ends nothing"),
    ("break-in-array", "81ff", "cbor_malformed", "a break ends nothing"),
    ("break-as-value", "a100ff", "cbor_malformed", "a break ends nothing"),
    (
        "simple-24-in-two-bytes",
        "f818",
        "cbor_malformed",
        "simple values below 32 have no two-byte form",
    ),
    (
        "simple-0-in-two-bytes",
        "f800",
        "cbor_malformed",
        "simple values below 32 have no two-byte form",
    ),
    ("false-in-two-bytes", "f814", "cbor_malformed", "false has no two-byte form"),
    ("utf8-overlong", "62c080", "cbor_malformed", "an overlong NUL"),
    ("utf8-surrogate", "63eda080", "cbor_malformed", "a surrogate is no character"),
    ("utf8-cut", "61c3", "cbor_malformed", "the character ends early"),
    ("utf8-beyond", "64f4908080", "cbor_malformed", "beyond U+10FFFF"),
    ("utf8-latin-1", "61fc", "cbor_malformed", "Latin-1 is not UTF-8"),
    ("utf8-in-a-key", "a161ff00", "cbor_malformed", "keys are texts too"),
    ("duplicate-integer", "a201000101", "cbor_duplicate_key", "1 twice"),
    ("duplicate-text", "a2616100616101", "cbor_duplicate_key", "\"a\" twice"),
    ("duplicate-apart", "a3010002000100", "cbor_duplicate_key", "1 twice, 2 between them"),
    (
        "duplicate-apart-unsorted",
        "a302000100020000",
        "cbor_duplicate_key",
        "2 twice, 1 between them",
    ),
    (
        "duplicate-same-value",
        "a201000100",
        "cbor_duplicate_key",
        "twice the same entry is twice too",
    ),
    ("duplicate-bytes", "a2410000410001", "cbor_duplicate_key", "h'00' twice"),
    ("duplicate-inner-map", "a100a2616100616101", "cbor_duplicate_key", "in a map within a map"),
    (
        "duplicate-other-encoding",
        "a20100180101",
        "cbor_non_minimal",
        "1 twice, the second in two bytes: refused for its form, so it can never pass as another key",
    ),
    ("non-minimal-23", "1817", "cbor_non_minimal", "23 in two bytes"),
    ("non-minimal-0", "190000", "cbor_non_minimal", "0 in three bytes"),
    ("non-minimal-255", "1900ff", "cbor_non_minimal", "255 in three bytes"),
    ("non-minimal-65535", "1a0000ffff", "cbor_non_minimal", "65535 in five bytes"),
    ("non-minimal-2e32-1", "1b00000000ffffffff", "cbor_non_minimal", "2^32 - 1 in nine bytes"),
    ("non-minimal-negative", "3817", "cbor_non_minimal", "-24 in two bytes"),
    ("non-minimal-bytes", "580100", "cbor_non_minimal", "a length of 1 in two bytes"),
    ("non-minimal-text", "780161", "cbor_non_minimal", "a length of 1 in two bytes"),
    ("non-minimal-array", "980100", "cbor_non_minimal", "a count of 1 in two bytes"),
    ("non-minimal-map", "b8010000", "cbor_non_minimal", "a count of 1 in two bytes"),
    ("tag-on-a-key", "a1c00000", "cbor_tag_forbidden", "a tag on a key"),
    ("tag-in-an-array", "81c100", "cbor_tag_forbidden", "a tag within an array"),
    ("trailing-item", "0000", "cbor_trailing_bytes", "a second item"),
    ("trailing-map", "a0a0", "cbor_trailing_bytes", "a second item"),
    ("trailing-break", "80ff", "cbor_trailing_bytes", "a break after the item"),
];
