//! What an identity provider says: the shape of each claim, whole ID tokens, the age of a sign-in, and matching by last segment.

use super::Outcome::{Exact, Segment, Unknown};
use super::{
    ARTICLE, DAY, DOCS, NOW, RESISTANT, SALESFORCE, STANDARD, Said, WEAK, acr, amr, claims,
    classified, context, texts, with_inputs,
};
use crate::case::{Case, File};
use crate::json::Json;

const MALFORMED: &str = "claims_malformed";
const OIDC: &str = "OpenID Connect Core 1.0";
/// By how many seconds the clocks of a host's machines may differ.
const SKEW: u64 = 5;
/// The most values of one claim, and bytes of a value.
const MOST: usize = 64;
const LONGEST: usize = 256;

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    tokens(&mut cases);
    arguments(&mut cases);
    bounds(&mut cases);
    oddities(&mut cases);
    segments(&mut cases);
    ages(&mut cases);
    stored(&mut cases);
    File {
        topic: "assurance-claims",
        description: "Claims of an identity provider: shapes, ID tokens, bounds, last segments, the age of a sign-in",
        notes: vec![
            "amr is an array of case-sensitive strings, acr one such string, auth_time a number; what has another shape is an error, \
             never a weak or a strong sign-in. At most 64 values of 256 bytes."
                .into(),
            "A clock may be 5 seconds off: auth_time > now + 5 is refused, and with max_age, now - auth_time > max_age.".into(),
        ],
        cases,
    }
}

// ---------------------------------------------------------------- ID tokens

fn token(id: &str, text: impl Into<String>) -> Case {
    Case::new("assurance.id_token", format!("token-{id}"))
        .source(OIDC, "2")
        .input("profile", SALESFORCE)
        .input("id_token", text.into())
        .input("now", NOW)
}

fn tokens(cases: &mut Vec<Case>) {
    let pwd_hwk = [amr("pwd", Exact(WEAK)), amr("hwk", Exact(RESISTANT))];
    for (id, text, why) in [
        ("array", r#"{"sub":"alice","amr":["pwd","hwk"]}"#, "the claim as it should be"),
        ("space", " {\"amr\" : [ \"pwd\" ,\n\"hwk\" ]}\t", "white space between the values"),
        ("bom", "\u{feff}{\"amr\":[\"pwd\",\"hwk\"]}", "one byte order mark is dropped"),
        (
            "escaped-name",
            r#"{"\u0061mr":["pwd","hwk"]}"#,
            "a name is read with its escapes decoded",
        ),
        ("escaped-value", r#"{"amr":["pwd","\u0068wk"]}"#, "and so is a value"),
        (
            "duplicate-of-another",
            r#"{"nonce":"1","nonce":"2","amr":["pwd","hwk"]}"#,
            "a member that nobody reads may stand twice",
        ),
        (
            "inner",
            r#"{"amr":["pwd","hwk"],"act":{"amr":["sms"]}}"#,
            "an amr inside another claim is another claim",
        ),
    ] {
        cases.push(token(id, text).accept("ok", classified(&pwd_hwk, RESISTANT)).why(why));
    }
    for (id, text) in [
        ("no-claims", r#"{"sub":"alice"}"#),
        ("empty-object", "{}"),
        ("empty-amr", r#"{"amr":[]}"#),
        ("upper-case-name", r#"{"AMR":["hwk"]}"#),
        ("authn-context", r#"{"authn_context":["X509"]}"#),
    ] {
        cases.push(
            token(id, text)
                .accept("ok", classified(&[], WEAK))
                .why("nothing was said: unrecognised, which satisfies nothing"),
        );
    }
    let whole = [amr("pwd", Exact(WEAK)), amr("otp", Unknown), acr("urn:example:silver", Unknown)];
    cases.push(
        token(
            "all-three",
            r#"{"amr":["pwd","otp"],"acr":"urn:example:silver","auth_time":1799999990}"#,
        )
        .accept("ok", classified(&whole, WEAK))
        .why("amr, acr and auth_time together"),
    );
    for (id, text, why) in [
        ("amr-string", r#"{"amr":"hwk"}"#, "a bare string"),
        ("amr-spaces", r#"{"amr":"pwd hwk"}"#, "a list with spaces, as scope has it"),
        (
            "amr-number",
            r#"{"amr":["hwk",106]}"#,
            "a number: some identity providers number their methods",
        ),
        ("amr-only-number", r#"{"amr":106}"#, "a bare number"),
        ("amr-null", r#"{"amr":null}"#, "null is not absent"),
        ("amr-null-within", r#"{"amr":["hwk",null]}"#, "null is no string"),
        ("amr-true", r#"{"amr":true}"#, "a boolean"),
        ("amr-true-within", r#"{"amr":["hwk",true]}"#, "a boolean is no string"),
        ("amr-object", r#"{"amr":{"0":"hwk"}}"#, "an object is no array"),
        ("amr-object-within", r#"{"amr":[{"hwk":true}]}"#, "an object is no string"),
        ("amr-nested", r#"{"amr":[["hwk"]]}"#, "an array is no string"),
        ("amr-lone-surrogate", r#"{"amr":["hwk","\ud800"]}"#, "half a character"),
        ("acr-number", r#"{"acr":3}"#, "acr is a string, never a number"),
        ("acr-null", r#"{"acr":null,"amr":["hwk"]}"#, "null is not absent"),
        ("acr-array", r#"{"acr":["phr"]}"#, "an array: acr_values asks for several, acr is one"),
        ("auth-time-text", r#"{"amr":["hwk"],"auth_time":"1799999990"}"#, "a number as text"),
        ("auth-time-null", r#"{"amr":["hwk"],"auth_time":null}"#, "null is not absent"),
        ("auth-time-negative", r#"{"amr":["hwk"],"auth_time":-1}"#, "before 1970"),
        ("auth-time-milliseconds", r#"{"amr":["hwk"],"auth_time":1799999990000}"#, "milliseconds"),
        ("auth-time-huge", r#"{"amr":["hwk"],"auth_time":1e400}"#, "more than any number holds"),
        ("not-an-object-array", r#"["hwk"]"#, "no object"),
        ("not-an-object-text", r#""hwk""#, "no object"),
        ("not-an-object-null", "null", "no object"),
    ] {
        let surrogate = id == "amr-lone-surrogate";
        let code = if surrogate { "json_malformed" } else { MALFORMED };
        cases.push(token(id, text).reject(code).why(why));
    }
    for (id, text) in [
        ("empty", ""),
        ("cut", r#"{"amr":["hwk"]"#),
        ("trailing", r#"{"amr":["hwk"]}}"#),
        ("two", r#"{"amr":["hwk"]}{}"#),
        ("comma", r#"{"amr":["hwk",]}"#),
        ("single-quotes", "{'amr':['hwk']}"),
        ("jwt", "eyJhbGciOiJub25lIn0.eyJhbXIiOlsiaHdrIl19."),
        ("two-boms", "\u{feff}\u{feff}{\"amr\":[\"hwk\"]}"),
        ("control", "{\"amr\":[\"h\u{1}wk\"]}"),
    ] {
        let malformed = token(id, text).reject("json_malformed");
        cases.push(if id == "jwt" {
            malformed.why("a token that nobody verified is no payload: only the payload is read")
        } else {
            malformed
        });
    }
    for (id, text) in [
        ("amr-twice", r#"{"amr":["pwd"],"amr":["hwk"]}"#),
        ("amr-twice-escaped", r#"{"amr":["pwd"],"a\u006dr":["hwk"]}"#),
        ("acr-twice", r#"{"acr":"a","acr":"phr"}"#),
        ("auth-time-twice", r#"{"auth_time":1,"auth_time":1799999990}"#),
    ] {
        cases.push(
            token(id, text)
                .reject("json_duplicate_member")
                .why("readers differ in which of two they take"),
        );
    }
    let padded = |length: usize| {
        let head = r#"{"amr":["pwd","hwk"],"p":""#;
        format!("{head}{}\"}}", "x".repeat(length - head.len() - 2))
    };
    cases.push(
        token("64-kib", padded(65_536))
            .accept("ok", classified(&pwd_hwk, RESISTANT))
            .requires("large_inputs"),
    );
    cases.push(
        token("64-kib-and-one", padded(65_537)).reject("input_too_large").requires("large_inputs"),
    );
}

// ---------------------------------------------------------------- arguments

fn case(id: &str, said: &[Said]) -> Case {
    let case = Case::new("assurance.classify", id)
        .source(OIDC, "2")
        .input("profile", SALESFORCE)
        .input("now", NOW);
    with_inputs(case, &claims(said))
}

fn judged(id: &str, said: &[Said], tier: &'static str, why: &str) -> Case {
    case(id, said).accept("ok", classified(said, tier)).why(why)
}

/// Shapes that only languages without types can pass.
fn arguments(cases: &mut Vec<Case>) {
    let bare = |id: &str| case(&format!("argument-{id}"), &[]);
    let object = || Json::object([("0", "hwk".into())]);
    for (id, name, value, why) in [
        (
            "amr-string",
            "amr",
            Json::from("hwk"),
            "a bare string must not be taken for a list of letters",
        ),
        ("amr-number", "amr", Json::from(106_u32), "a bare number"),
        (
            "amr-number-within",
            "amr",
            Json::Array(vec!["hwk".into(), Json::from(1_u32)]),
            "a number is no string",
        ),
        (
            "amr-null-within",
            "amr",
            Json::Array(vec!["hwk".into(), Json::Null]),
            "null is no string",
        ),
        (
            "amr-flag-within",
            "amr",
            Json::Array(vec!["hwk".into(), true.into()]),
            "a boolean is no string",
        ),
        ("amr-nested", "amr", Json::Array(vec![texts(&["hwk"])]), "a list is no string"),
        ("amr-object", "amr", object(), "an object is no list"),
        ("acr-number", "acr", Json::from(3_u32), "acr is no number"),
        ("acr-array", "acr", texts(&["phr"]), "acr is no list"),
        ("authn-context-string", "authn_context", Json::from("X509"), "a bare string"),
        (
            "authn-context-number-within",
            "authn_context",
            Json::Array(vec![Json::from(7_u32)]),
            "a number is no string",
        ),
        ("auth-time-text", "auth_time", Json::from("1799999990"), "a text is no number"),
        ("auth-time-flag", "auth_time", true.into(), "a boolean is no number"),
        ("auth-time-array", "auth_time", Json::Array(vec![NOW.into()]), "a list is no number"),
    ] {
        let case = bare(id).input(name, value).reject(MALFORMED).why(why);
        cases.push(case.requires("dynamic_input"));
    }
    for (id, time) in
        [("negative", Json::from(-1_i64)), ("milliseconds", 1_799_999_990_000_u64.into())]
    {
        let case = case(&format!("argument-auth-time-{id}"), &[amr("hwk", Exact(RESISTANT))]);
        cases.push(case.input("auth_time", time).reject(MALFORMED).why("no time at all"));
    }
    for (id, name) in [
        ("unknown", "salesforce"),
        ("case", "Salesforce-2026-05-05"),
        ("space", "rfc8176 "),
        ("empty", ""),
    ] {
        let case = case(&format!("argument-profile-{id}"), &[amr("hwk", Exact(RESISTANT))]);
        cases.push(
            case.input("profile", name).reject("argument_value_invalid").why("no built-in profile"),
        );
    }
    let no_claims = case("argument-nothing", &[]);
    cases.push(no_claims.accept("ok", classified(&[], WEAK)).why("claims that are absent"));
    let number = case("argument-profile-number", &[]).input("profile", 8176_u32);
    cases.push(number.reject("argument_type_invalid").requires("dynamic_input"));
    let age = case("argument-max-age-flag", &[amr("hwk", Exact(RESISTANT))]);
    let age = age.input("auth_time", NOW).input("claims_max_age", true);
    cases.push(age.reject("argument_type_invalid").requires("dynamic_input"));
}

fn bounds(cases: &mut Vec<Case>) {
    let long = |length: usize| "x".repeat(length);
    let filler = |count: usize| -> Vec<Said> {
        let mut said = vec![amr("hwk", Exact(RESISTANT))];
        said.extend((1..count).map(|n| amr(format!("v{n}"), Unknown)));
        said
    };
    let many = "genuine claims have up to six values";
    cases.push(judged("amr-64-values", &filler(MOST), RESISTANT, many));
    cases.push(case("amr-65-values", &filler(MOST + 1)).reject(MALFORMED).why(many));
    let contexts = |count: usize| -> Vec<Said> {
        (0..count).map(|n| context(format!("v{n}"), Unknown)).collect()
    };
    cases.push(judged("authn-context-64-values", &contexts(MOST), WEAK, many));
    cases.push(case("authn-context-65-values", &contexts(MOST + 1)).reject(MALFORMED).why(many));
    let why = "a value has up to 256 bytes";
    for (id, said) in [
        ("amr", amr as fn(String, super::Outcome) -> Said),
        ("acr", acr),
        ("authn-context", context),
    ] {
        let fits = [said(long(LONGEST), Unknown)];
        cases.push(judged(&format!("{id}-256-bytes"), &fits, WEAK, why));
        let over = [said(long(LONGEST + 1), Unknown)];
        cases.push(case(&format!("{id}-257-bytes"), &over).reject(MALFORMED).why(why));
    }
    // 86 characters of three bytes.
    let wide = [amr("\u{20ac}".repeat(86), Unknown)];
    let why = "bytes are counted, not characters: 86 of three bytes are 258";
    cases.push(case("amr-258-bytes-in-86-characters", &wide).reject(MALFORMED).why(why));
    let long_beside = [amr("hwk", Exact(RESISTANT)), amr(long(LONGEST + 1), Unknown)];
    cases.push(
        case("amr-257-bytes-beside-hwk", &long_beside)
            .reject(MALFORMED)
            .why("a value that is too long refuses all, the listed one beside it included"),
    );
}

/// Values that look like others.
fn oddities(cases: &mut Vec<Case>) {
    for (id, value, why) in [
        ("empty", "", "an empty string says nothing"),
        ("zero", "0", "OpenID Connect Core 1.0 section 2: 0 is less than any level"),
        ("one", "1", "levels are no order here: texts are compared with texts"),
        ("space-before", " hwk", "nothing is trimmed"),
        ("space-after", "hwk ", "nothing is trimmed"),
        ("line-feed", "hwk\n", "nothing is trimmed"),
        ("nul", "hwk\u{0}", "a NUL ends no string"),
        ("nul-within", "hwk\u{0}x", "a NUL ends no string"),
        ("zero-width", "hw\u{200b}k", "a zero width space is a character"),
        ("fullwidth", "\u{ff48}wk", "a fullwidth h is another letter"),
        ("cyrillic", "\u{0440}in", "a Cyrillic letter is another letter"),
        ("kelvin", "hw\u{212a}", "the Kelvin sign, whose lower case is k"),
        ("comma", "pwd,hwk", "a comma divides nothing"),
        ("spaces", "pwd hwk", "a space divides nothing"),
        ("upper-case", "HWK", "values are case-sensitive"),
        ("prefix-of", "hw", "a beginning is not the value"),
        ("longer", "hwk1", "what begins with the value is another one"),
        ("regular-expression", ".*", "a value is no pattern"),
        ("wildcard", "*", "a value is no pattern"),
        ("quoted", "\"hwk\"", "quotes belong to the value"),
        ("json", "[\"hwk\"]", "a list in a string is a string"),
        ("uri", "urn:ietf:params:amr:hwk", "hwk is matched exactly, under no prefix"),
    ] {
        cases.push(judged(&format!("amr-{id}"), &[amr(value, Unknown)], WEAK, why));
    }
    for (id, said, tier, why) in [
        ("acr-empty", vec![acr("", Unknown)], WEAK, "an empty string says nothing"),
        ("acr-zero", vec![acr("0", Unknown)], WEAK, "0 satisfies nothing"),
        ("acr-four", vec![acr("4", Unknown)], WEAK, "no number is a level that the table knows"),
        (
            "acr-listed",
            vec![acr("hwk", Exact(RESISTANT))],
            RESISTANT,
            "the table is one of AMR or ACR values",
        ),
        ("acr-two-in-one", vec![acr("pwd hwk", Unknown)], WEAK, "acr is one value"),
        (
            "authn-context-listed",
            vec![context("multipleauthn", Exact(STANDARD))],
            STANDARD,
            "a context may be the bare value",
        ),
        (
            "unknown-beside-known",
            vec![amr("foo", Unknown), amr("Face", Exact(STANDARD)), amr("bar", Unknown)],
            STANDARD,
            "what is not listed neither adds nor takes away",
        ),
        (
            "zero-beside-known",
            vec![amr("hwk", Exact(RESISTANT)), acr("0", Unknown)],
            RESISTANT,
            "a 0 in acr adds nothing and takes nothing away",
        ),
        (
            "weak-beside-strong",
            vec![amr("sms", Exact(WEAK)), acr("X509", Exact(RESISTANT))],
            RESISTANT,
            "the strongest counts, wherever it stands",
        ),
        (
            "duplicates",
            vec![amr("pwd", Exact(WEAK)), amr("pwd", Exact(WEAK))],
            WEAK,
            "a value that stands twice counts once",
        ),
        (
            "duplicate-unknown",
            vec![amr("foo", Unknown), amr("foo", Unknown)],
            WEAK,
            "twice unknown is unknown",
        ),
    ] {
        cases.push(judged(id, &said, tier, why));
    }
}

// ---------------------------------------------------------------- last segments

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:";
const MICROSOFT: &str = "http://schemas.microsoft.com/claims/";

fn segments(cases: &mut Vec<Case>) {
    let judged = |id: &str, value: String, outcome, tier, why: &str| {
        judged(&format!("segment-{id}"), &[context(value, outcome)], tier, why)
            .source(ARTICLE, "Authentication Strength Tiers")
    };
    for (id, value, tier) in [
        ("x509", "X509", RESISTANT),
        ("tls-client", "TLSClient", RESISTANT),
        ("smartcard", "Smartcard", RESISTANT),
        ("mobile-two-factor-contract", "MobileTwoFactorContract", STANDARD),
    ] {
        let why = "the class of SAML 2.0, of which the table has the last segment";
        cases.push(judged(id, format!("{SAML}{value}"), Segment(tier), tier, why));
    }
    for (id, prefix, value, tier, why) in [
        ("multipleauthn", MICROSOFT, "multipleauthn", STANDARD, "Microsoft's claim"),
        ("case-upper", SAML, "SMARTCARD", RESISTANT, "in the last segment the case does not count"),
        ("case-lower", SAML, "x509", RESISTANT, "in the last segment the case does not count"),
        (
            "case-multipleauthn",
            MICROSOFT,
            "MultipleAuthn",
            STANDARD,
            "in the last segment the case does not count",
        ),
        ("other-prefix", MICROSOFT, "X509", RESISTANT, "either prefix goes with either segment"),
    ] {
        cases.push(judged(id, format!("{prefix}{value}"), Segment(tier), tier, why));
    }
    for (id, value, why) in [
        ("smartcard-pki", format!("{SAML}SmartcardPKI"), "SmartcardPKI is not Smartcard"),
        ("not-x509", format!("{SAML}NotX509"), "NotX509 is not X509"),
        ("cut", format!("{SAML}X50"), "a beginning of the segment"),
        ("one-factor", format!("{SAML}MobileOneFactorContract"), "another class"),
        (
            "password",
            format!("{SAML}PasswordProtectedTransport"),
            "a class that the table does not have",
        ),
        ("no-segment", SAML.to_owned(), "a prefix without a segment"),
        ("extra-segment", format!("{SAML}X509:Extra"), "something after the segment"),
        ("inner-segment", format!("{SAML}Extra:X509"), "something between prefix and segment"),
        ("colon-after", format!("{SAML}X509:"), "a colon after the segment"),
        ("space-after", format!("{SAML}X509 "), "a space after the segment"),
        ("nul-after", format!("{SAML}X509\u{0}"), "a NUL after the segment"),
        ("query-after", format!("{MICROSOFT}multipleauthn?x=1"), "a query after the segment"),
        ("fragment-before", format!("{MICROSOFT}x#multipleauthn"), "a fragment is no segment"),
        (
            "another-prefix",
            "urn:example:classes:X509".into(),
            "under a prefix that the profile does not have",
        ),
        ("version-1-1", "urn:oasis:names:tc:SAML:1.1:ac:classes:X509".into(), "of another version"),
        ("cut-prefix", "classes:X509".into(), "under half a prefix"),
        ("longer-prefix", format!("x{SAML}X509"), "under something more than the prefix"),
        (
            "prefix-upper-case",
            format!("{}X509", SAML.to_uppercase()),
            "the prefix is case-sensitive",
        ),
        (
            "https",
            "https://schemas.microsoft.com/claims/multipleauthn".into(),
            "https is another prefix than http",
        ),
        ("both-prefixes", format!("{SAML}{MICROSOFT}multipleauthn"), "one prefix and no more"),
        ("bare-lower-case", "x509".into(), "without a prefix the value counts as the table has it"),
        (
            "bare-upper-case",
            "SMARTCARD".into(),
            "without a prefix the value counts as the table has it",
        ),
        ("exact-only", format!("{SAML}hwk"), "hwk is no last segment"),
        ("exact-only-face", format!("{SAML}Face"), "Face is no last segment"),
        ("kelvin", format!("{SAML}TLSC\u{13b}ient"), "only ASCII letters have two cases here"),
        ("encoded", format!("{SAML}X5%30%39"), "nothing is decoded"),
    ] {
        cases.push(judged(id, value, Unknown, WEAK, why));
    }
    let in_amr = [amr(format!("{SAML}X509"), Segment(RESISTANT))];
    cases.push(self::judged("segment-in-amr", &in_amr, RESISTANT, "an amr may hold the whole URI"));
    let in_acr = [acr(format!("{SAML}TLSClient"), Segment(RESISTANT))];
    cases.push(self::judged("segment-in-acr", &in_acr, RESISTANT, "an acr may hold the whole URI"));
    let several = [
        context(format!("{SAML}Password"), Unknown),
        context(format!("{SAML}MobileTwoFactorContract"), Segment(STANDARD)),
    ];
    cases.push(self::judged("segment-several", &several, STANDARD, "several contexts"));
}

// ---------------------------------------------------------------- the age

fn ages(cases: &mut Vec<Case>) {
    let said = [amr("hwk", Exact(RESISTANT))];
    let at = |id: &str, auth_time: Option<u64>, max_age: Option<u64>| {
        let mut case = case(&format!("age-{id}"), &said).source(OIDC, "3.1.3.7");
        if let Some(auth_time) = auth_time {
            case = case.input("auth_time", auth_time);
        }
        if let Some(max_age) = max_age {
            case = case.input("claims_max_age", max_age);
        }
        case
    };
    for (id, auth_time, max_age, why) in [
        ("not-asked", NOW - DAY, None, "without max_age no age is too great"),
        ("now", NOW, Some(300), "just now"),
        ("youngest", NOW, Some(0), "max_age 0, in the same second"),
        ("at-the-limit", NOW - 300, Some(300), "as old as it may be"),
        ("skew", NOW + SKEW, Some(300), "a clock that is as far ahead as it may be"),
        ("skew-not-asked", NOW + SKEW, None, "the same without max_age"),
        ("epoch", 0, None, "1970"),
        ("epoch-allowed", 0, Some(NOW), "an age of all time"),
        ("huge-max-age", NOW - DAY, Some((1 << 53) - 1), "a max_age beyond all time"),
    ] {
        let mut fields = classified(&said, RESISTANT).to_vec();
        fields.push(("auth_time", auth_time.into()));
        let fields: [_; 8] = fields.try_into().expect("eight");
        cases.push(at(id, Some(auth_time), max_age).accept("ok", fields).why(why));
    }
    for (id, auth_time, max_age, code, why) in [
        ("missing", None, Some(300), "auth_time_missing", "an age is asked for and unknown"),
        ("missing-youngest", None, Some(0), "auth_time_missing", "max_age 0 asks, too"),
        ("past-the-limit", Some(NOW - 301), Some(300), "auth_time_stale", "one second too old"),
        (
            "past-the-youngest",
            Some(NOW - 1),
            Some(0),
            "auth_time_stale",
            "one second is too old for max_age 0",
        ),
        ("epoch-stale", Some(0), Some(300), "auth_time_stale", "1970"),
        ("future", Some(NOW + SKEW + 1), Some(300), "auth_time_future", "one second past the skew"),
        (
            "future-not-asked",
            Some(NOW + SKEW + 1),
            None,
            "auth_time_future",
            "a sign-in of the future is wrong in any case",
        ),
        ("far-future", Some(NOW + 100 * DAY), None, "auth_time_future", "a hundred days ahead"),
    ] {
        cases.push(at(id, auth_time, max_age).reject(code).why(why));
    }
    let token = |id: &str, auth_time: &str, max_age: u64| {
        let text = format!(r#"{{"amr":["hwk"]{auth_time}}}"#);
        token(id, text).source(OIDC, "3.1.3.7").input("max_age", max_age)
    };
    let accepted = || classified(&said, RESISTANT);
    cases.push(
        token("age-at-the-limit", r#","auth_time":1799999700"#, 300).accept("ok", accepted()),
    );
    cases.push(
        token("age-fraction", r#","auth_time":1799999700.75"#, 300)
            .accept("ok", accepted())
            .why("fractions are rounded down"),
    );
    cases.push(
        token("age-exponent", r#","auth_time":1.7999997e9"#, 300)
            .accept("ok", accepted())
            .why("JSON has one kind of number"),
    );
    cases.push(token("age-past", r#","auth_time":1799999699"#, 300).reject("auth_time_stale"));
    cases.push(token("age-missing", "", 300).reject("auth_time_missing"));
    cases.push(token("age-future", r#","auth_time":1800000006"#, 300).reject("auth_time_future"));
}

// ---------------------------------------------------------------- stored classifications

fn stored(cases: &mut Vec<Case>) {
    let case = |id: &str, text: String| {
        Case::new("assurance.stored_claims", format!("stored-{id}"))
            .source(DOCS, "Storing")
            .input("profile", SALESFORCE)
            .input("stored", text)
    };
    let text = |v: &str, profile: &str, version: &str, tier: &str, rest: &str| {
        format!(
            "{{\"v\":{v},\"profile\":\"{profile}\",\"version\":\"{version}\",\"tier\":\"{tier}\",\"recognised\":true,{rest}}}"
        )
    };
    let said = [amr("pwd", Exact(WEAK)), amr("hwk", Exact(RESISTANT))];
    let rest = r#""amr":["pwd","hwk"],"acr":null,"authnContext":[],"authTime":1799999990"#;
    let good = text("1", SALESFORCE, "2026-05-05", RESISTANT, rest);
    let accepted = |stored: &str| {
        let mut fields = classified(&said, RESISTANT).to_vec();
        fields.push(("auth_time", 1_799_999_990_u64.into()));
        fields.push(("stored", stored.into()));
        let fields: [_; 9] = fields.try_into().expect("nine");
        fields
    };
    cases.push(case("good", good.clone()).accept("ok", accepted(&good)));
    let raised = text("1", SALESFORCE, "2026-05-05", WEAK, rest);
    cases.push(
        case("tier-is-computed", raised)
            .accept("ok", accepted(&good))
            .why("the stored tier is for people: the claims are classified anew"),
    );
    let unknown = text(
        "1",
        SALESFORCE,
        "2026-05-05",
        RESISTANT,
        r#""amr":["mfa"],"acr":null,"authnContext":[],"authTime":null"#,
    );
    cases.push(
        case("tier-is-not-believed", unknown)
            .accept("ok", classified(&[amr("mfa", Unknown)], WEAK))
            .why("a stored tier that the claims do not give"),
    );
    for (id, text) in [
        ("empty", String::new()),
        ("no-object", "[]".into()),
        ("cut", good[..good.len() - 1].to_owned()),
        ("version-zero", text("0", SALESFORCE, "2026-05-05", RESISTANT, rest)),
        ("version-text", text("\"1\"", SALESFORCE, "2026-05-05", RESISTANT, rest)),
        ("no-version", good.replace("\"v\":1,", "")),
        ("no-profile", good.replace("\"profile\"", "\"profil\"")),
        ("amr-string", good.replace("[\"pwd\",\"hwk\"]", "\"hwk\"")),
        ("auth-time-text", good.replace("1799999990", "\"1799999990\"")),
        ("amr-twice", good.replace("\"acr\":null", "\"acr\":null,\"amr\":[\"hwk\"]")),
    ] {
        cases.push(case(id, text).reject("record_corrupt"));
    }
    for version in ["2", "18446744073709551615"] {
        let later = text(version, SALESFORCE, "2026-05-05", RESISTANT, rest);
        cases.push(case(&format!("version-{version}"), later).reject("record_version_unknown"));
    }
    for (id, profile, version) in
        [("another-profile", "rfc8176", "1"), ("another-version", SALESFORCE, "2026-05-06")]
    {
        let text = text("1", profile, version, RESISTANT, rest);
        let why = "claims are read under the profile that they were classified under";
        cases.push(case(id, text).reject("argument_value_invalid").why(why));
    }
}
