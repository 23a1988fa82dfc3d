//! otpauth URIs: what the Key URI format says, what services write, and what has two meanings or none; and URIs as they are built.
//!
//! What a URI means is typed in beside it. Only building has a model, which writes a URI as the format describes it; every URI
//! that it writes is also a case of reading.

use crate::bytes::{base32, base32_padded, hex};
use crate::case::{Case, File};
use crate::json::Json;
use crate::otp::Algorithm;
use std::fmt::Write as _;

pub(crate) const FORMAT: &str = "otpauth Key URI";
const RULES: &str = "mfakit docs/otp";
const KEY: &[u8] = b"12345678901234567890";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const MALFORMED: &str = "otpauth_malformed";
const DUPLICATE: &str = "otpauth_parameter_duplicate";
const BAD_SECRET: &str = "otpauth_secret_invalid";
const INVALID: &str = "otpauth_parameter_invalid";
pub(crate) const UNSUPPORTED: &str = "otpauth_unsupported";

pub(crate) const MISMATCH: &str = "issuer_mismatch";
pub(crate) const ALGORITHM: &str = "non_default_algorithm";
pub(crate) const SHORT: &str = "short_secret";
const UNKNOWN: &str = "unknown_parameter";
const PERIOD: &str = "app_may_ignore_period";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    labels(&mut cases);
    bad_labels(&mut cases);
    schemes_and_types(&mut cases);
    secrets(&mut cases);
    parameters(&mut cases);
    counters(&mut cases);
    duplicates(&mut cases);
    warnings(&mut cases);
    steam(&mut cases);
    sizes_and_types(&mut cases);
    built(&mut cases);
    not_built(&mut cases);
    File {
        topic: "otpauth",
        description: "otpauth URIs: read as the field writes them, with warnings; refused where two meanings are left or none; built",
        notes: vec![
            "Read: the issuer parameter wins over what stands before the account; the label is parted at the colon after the issuer \
             parameter's own text, else at the first colon, else at the first %3A; + is a plus sign, unless the issuer parameter has one \
             for each space of the prefix."
                .into(),
            "Warnings come in this order: issuer_mismatch, non_default_algorithm, short_secret, unknown_parameter, \
             app_may_ignore_period."
                .into(),
            "Built: everything but A-Z a-z 0-9 - . _ ~ is percent-encoded; issuer as prefix and as parameter, every parameter written."
                .into(),
        ],
        cases,
    }
}

/// What is read out of a URI, or of an entry of an export.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) kind: &'static str,
    pub(crate) secret: Vec<u8>,
    pub(crate) algorithm: Algorithm,
    pub(crate) digits: u32,
    pub(crate) period: Option<u64>,
    pub(crate) steam: bool,
    pub(crate) issuer: Option<String>,
    pub(crate) account: String,
    pub(crate) counter: Option<u64>,
    pub(crate) warnings: Vec<&'static str>,
}

impl Read {
    /// Alice's account with everything as usual.
    pub(crate) fn usual() -> Self {
        Self {
            kind: "totp",
            secret: KEY.to_vec(),
            algorithm: Algorithm::Sha1,
            digits: 6,
            period: Some(30),
            steam: false,
            issuer: None,
            account: "alice".into(),
            counter: None,
            warnings: Vec::new(),
        }
    }

    pub(crate) fn hotp(counter: u64) -> Self {
        Self { kind: "hotp", period: None, counter: Some(counter), ..Self::usual() }
    }

    fn steam() -> Self {
        Self { steam: true, digits: 5, ..Self::usual() }
    }

    fn named(issuer: Option<&str>, account: &str) -> Self {
        Self { issuer: issuer.map(Into::into), account: account.into(), ..Self::usual() }
    }

    fn warned(mut self, warnings: &[&'static str]) -> Self {
        self.warnings = warnings.to_vec();
        self
    }

    pub(crate) fn fields(&self) -> [(&'static str, Json); 10] {
        [
            ("type", self.kind.into()),
            ("secret_hex", hex(&self.secret).into()),
            ("algorithm", self.algorithm.name().into()),
            ("digits", self.digits.into()),
            ("period", self.period.into()),
            ("steam", self.steam.into()),
            ("issuer", self.issuer.clone().into()),
            ("account", self.account.as_str().into()),
            ("counter", self.counter.map(|counter| counter.to_string()).into()),
            ("warnings", self.warnings.clone().into()),
        ]
    }
}

fn case(id: &str, uri: impl Into<Json>) -> Case {
    Case::new("otpauth.parse", format!("otpauth-{id}")).source(FORMAT, "Key URI").input("uri", uri)
}

fn accepted(id: &str, uri: impl Into<Json>, read: &Read, why: &str) -> Case {
    case(id, uri).accept("ok", read.fields()).why(why)
}

fn refused(id: &str, uri: impl Into<Json>, code: &str, why: &str) -> Case {
    case(id, uri).reject(code).why(why)
}

/// The usual URI with more parameters.
fn with(more: &str) -> String {
    format!("otpauth://totp/alice?secret={SECRET}{more}")
}

/// The usual URI with another label and more parameters.
fn labelled(label: &str, more: &str) -> String {
    format!("otpauth://totp/{label}?secret={SECRET}{more}")
}

// ---------------------------------------------------------------- labels

fn labels(cases: &mut Vec<Case>) {
    // Id, label, further parameters, issuer, account, why.
    type Row = (&'static str, &'static str, &'static str, Option<&'static str>, &'static str);
    let rows: [(Row, &str); 36] = [
        (("account", "alice", "", None, "alice"), "an account and nothing else"),
        (("prefix", "Acme:alice", "", Some("Acme"), "alice"), "the issuer as prefix"),
        (("parameter", "alice", "&issuer=Acme", Some("Acme"), "alice"), "the issuer as parameter"),
        (("both", "Acme:alice", "&issuer=Acme", Some("Acme"), "alice"), "the issuer as both"),
        (
            ("colon-encoded", "Acme%3Aalice", "&issuer=Acme", Some("Acme"), "alice"),
            "the format allows %3A as separator",
        ),
        (
            ("colon-encoded-lower-case", "Acme%3aalice", "&issuer=Acme", Some("Acme"), "alice"),
            "hexadecimal digits in either case",
        ),
        (
            ("colon-encoded-prefix-only", "Acme%3Aalice", "", Some("Acme"), "alice"),
            "%3A parts where no plain colon does",
        ),
        (
            ("colon-space", "Acme:%20alice", "", Some("Acme"), "alice"),
            "the format allows %20 after the separator",
        ),
        (
            ("colon-encoded-space", "Acme%3A%20alice", "&issuer=Acme", Some("Acme"), "alice"),
            "the format allows %20 after the separator",
        ),
        (
            ("colon-raw-space", "Acme: alice", "", Some("Acme"), "alice"),
            "a space that nobody encoded",
        ),
        (
            ("spaces-around", "%20Acme%20:%20alice%20", "", Some("Acme"), "alice"),
            "spaces around a label are nobody's name",
        ),
        (
            ("parameter-spaces-around", "alice", "&issuer=%20Acme%20", Some("Acme"), "alice"),
            "spaces around a label are nobody's name",
        ),
        (
            ("plus-for-space", "Big%20Bank:alice", "&issuer=Big+Bank", Some("Big Bank"), "alice"),
            "the parameter is the prefix as forms write it",
        ),
        (
            ("plus-in-both", "Big+Bank:alice", "&issuer=Big+Bank", Some("Big+Bank"), "alice"),
            "a plus sign in a URI is a plus sign",
        ),
        (
            ("plus-in-parameter", "alice", "&issuer=Big+Bank", Some("Big+Bank"), "alice"),
            "a plus sign in a URI is a plus sign",
        ),
        (
            ("plus-encoded", "alice", "&issuer=Big%2BBank", Some("Big+Bank"), "alice"),
            "an encoded plus sign is one in every reading",
        ),
        (
            ("plus-in-account", "alice+tag@example.org", "", None, "alice+tag@example.org"),
            "an address with a tag",
        ),
        (
            (
                "colon-in-issuer",
                "Text%3A%20More:alice",
                "&issuer=Text%3A%20More",
                Some("Text: More"),
                "alice",
            ),
            "the separator is the colon after the issuer",
        ),
        (
            (
                "colon-in-issuer-all-encoded",
                "Text%3A%20More%3Aalice",
                "&issuer=Text%3A%20More",
                Some("Text: More"),
                "alice",
            ),
            "the separator is the colon after the issuer",
        ),
        (
            (
                "colon-in-issuer-plain",
                "Text:More:alice",
                "&issuer=Text:More",
                Some("Text:More"),
                "alice",
            ),
            "the separator is the colon after the issuer",
        ),
        (
            (
                "colon-in-issuer-prefix-only",
                "Text%3A%20More:alice",
                "",
                Some("Text: More"),
                "alice",
            ),
            "a plain colon parts before an encoded one",
        ),
        (
            ("colons-plain", "a:b:c", "", Some("a"), "b:c"),
            "the first of the plain ones, where nothing else is known",
        ),
        (
            ("colons-encoded", "a%3Ab%3ac", "", Some("a"), "b:c"),
            "the first of the encoded ones, where nothing else is known",
        ),
        (("label-empty", "", "", None, ""), "no name at all, as some write it"),
        (("label-empty-parameter", "", "&issuer=Acme", Some("Acme"), ""), "an issuer alone"),
        (("account-empty", "Acme:", "", Some("Acme"), ""), "an issuer alone"),
        (("prefix-empty", ":alice", "", None, "alice"), "an empty prefix is no issuer"),
        (("colon-alone", ":", "", None, ""), "two empty names"),
        (("parameter-empty", "alice", "&issuer=", None, "alice"), "an empty issuer is none"),
        (("parameter-without-value", "alice", "&issuer", None, "alice"), "an empty issuer is none"),
        (
            ("parameter-empty-prefix", "Acme:alice", "&issuer=", Some("Acme"), "alice"),
            "an empty issuer is none, and contradicts nobody",
        ),
        (
            (
                "utf-8-encoded",
                "Gro%C3%9Fe%E2%82%AC:%F0%9F%94%91",
                "",
                Some("Gro\u{df}e\u{20ac}"),
                "\u{1f511}",
            ),
            "characters of two, three and four bytes",
        ),
        (
            (
                "utf-8-raw",
                "Gro\u{df}e:\u{1f511}",
                "&issuer=Gro%C3%9Fe",
                Some("Gro\u{df}e"),
                "\u{1f511}",
            ),
            "characters that nobody encoded mean themselves",
        ),
        (
            ("every-letter-encoded", "%41cme:%61lice", "&issuer=Ac%6De", Some("Acme"), "alice"),
            "an escape and its character are the same (RFC 3986, 6.2.2.2)",
        ),
        (
            ("decoded-once", "100%25%2541", "", None, "100%%41"),
            "what an escape stands for is not an escape again",
        ),
        (
            ("slash", "dir%2Fbranch/alice", "", None, "dir/branch/alice"),
            "only the first slash parts",
        ),
    ];
    for ((id, label, more, issuer, account), why) in rows {
        let read = Read::named(issuer, account);
        cases.push(accepted(&format!("label-{id}"), labelled(label, more), &read, why));
    }
    for (id, label, parameter, issuer, account, why) in [
        ("other", "Acme:alice", "Other", "Other", "alice", "the parameter wins"),
        ("case", "Acme:alice", "acme", "acme", "alice", "names are compared exactly"),
        (
            "domain",
            "Acme%20Shop:alice",
            "acme.example",
            "acme.example",
            "alice",
            "a name to show and a domain",
        ),
        (
            "of-a-tenant",
            "Some+Company%3Ame%40example.org",
            "Microsoft",
            "Microsoft",
            "me@example.org",
            "the tenant as prefix, the service as parameter",
        ),
        ("decomposed", "Caf%C3%A9:a", "Cafe%CC%81", "Cafe\u{301}", "a", "nothing is normalised"),
        (
            "plus-kept",
            "Big+Bank:alice",
            "Big%20Bank",
            "Big Bank",
            "alice",
            "a plus sign in a path is no space",
        ),
        (
            "shorter",
            "Acme%20Shop:alice",
            "Acme",
            "Acme",
            "alice",
            "a part of the prefix is another name",
        ),
    ] {
        let read = Read::named(Some(issuer), account).warned(&[MISMATCH]);
        let uri = labelled(label, &format!("&issuer={parameter}"));
        cases.push(accepted(&format!("issuer-mismatch-{id}"), uri, &read, why));
    }
}

fn bad_labels(cases: &mut Vec<Case>) {
    for (id, text, why) in [
        ("escape-letters", "a%ZZ", "two hexadecimal digits follow a percent sign"),
        ("escape-one-digit", "a%4", "two hexadecimal digits follow a percent sign"),
        ("escape-none", "100%", "two hexadecimal digits follow a percent sign"),
        ("escape-sign", "a%+1", "a sign is no digit"),
        ("utf-8-continuation", "a%80", "not UTF-8"),
        ("utf-8-cut", "a%C3", "not UTF-8"),
        ("utf-8-broken", "a%C3%28", "not UTF-8"),
        ("utf-8-overlong", "a%C0%AF", "not UTF-8: a slash in two bytes"),
        ("utf-8-surrogate", "a%ED%A0%80", "not UTF-8: half of a pair"),
        ("utf-8-beyond", "a%F5%80%80%80", "not UTF-8: beyond U+10FFFF"),
        ("latin-1", "caf%E9", "another encoding than UTF-8"),
        ("nul", "a%00", "a control character"),
        ("line-break", "a%0Ab", "a control character"),
        ("delete", "a%7F", "a control character"),
        ("c1", "a%C2%85", "a control character"),
        ("line-separator", "a%E2%80%A8b", "a line break by another name"),
        ("paragraph-separator", "a%E2%80%A9b", "a line break by another name"),
        ("right-to-left-override", "%E2%80%AEknab", "one name shows as another"),
        ("left-to-right-embedding", "a%E2%80%AAb", "one name shows as another"),
        ("isolate", "a%E2%81%A6b", "one name shows as another"),
        ("isolate-end", "a%E2%81%A9b", "one name shows as another"),
        ("raw-right-to-left-override", "\u{202e}knab", "one name shows as another"),
        ("raw-nul", "a\0", "a control character"),
        ("raw-tab", "a\tb", "a control character"),
    ] {
        let account = labelled(text, "");
        cases.push(refused(&format!("account-{id}"), account, MALFORMED, why));
        let issuer = with(&format!("&issuer={text}"));
        cases.push(refused(&format!("issuer-{id}"), issuer, MALFORMED, why));
    }
    let prefix = labelled("a%ZZ:alice", "&issuer=Acme");
    cases.push(refused("prefix-escape", prefix, MALFORMED, "every label is read, wanted or not"));
    for (id, uri) in [
        ("label", labelled("al#ice", "")),
        ("secret", with("#fragment")),
        ("issuer", with("&issuer=C#")),
        ("empty", with("#")),
    ] {
        let why = "a fragment: apps cut it off or take it for a part of the value";
        cases.push(refused(&format!("fragment-{id}"), uri, MALFORMED, why));
    }
    let uri = format!("otpauth://totp/Who?:alice?secret={SECRET}");
    let why = "the query begins at the first question mark, so no parameter is called secret";
    cases.push(refused("question-mark-in-label", uri, BAD_SECRET, why));
    let read = Read::named(Some("Who?"), "alice");
    let uri = labelled("Who%3F:alice", "&issuer=Who?");
    let why = "encoded in the label; plain in the query, where it parts nothing";
    cases.push(accepted("question-mark-encoded", uri, &read, why));
}

// ---------------------------------------------------------------- scheme and type

fn schemes_and_types(cases: &mut Vec<Case>) {
    let usual = Read::usual();
    let query = format!("alice?secret={SECRET}");
    for (id, start) in
        [("scheme", "OTPAUTH://totp/"), ("type", "otpauth://TOTP/"), ("mixed", "OtpAuth://Totp/")]
    {
        let uri = format!("{start}{query}");
        let why = "schemes and hosts have no case (RFC 3986, 6.2.2.1)";
        cases.push(accepted(&format!("upper-case-{id}"), uri, &usual, why));
    }
    let hotp = format!("otpauth://HOTP/{query}&counter=7");
    cases.push(accepted("upper-case-hotp", hotp, &Read::hotp(7), "as for totp"));
    let names = format!(
        "otpauth://totp/alice?SECRET={SECRET}&Digits=8&PERIOD=30&ALGORITHM=sha1&Issuer=Acme"
    );
    let read = Read { digits: 8, ..Read::named(Some("Acme"), "alice") };
    cases.push(accepted("upper-case-names", names, &read, "names of parameters in any case"));
    let read = Read { digits: 8, ..Read::named(Some("Acme"), "alice") };
    let uri = format!("otpauth://totp/alice?digits=8&issuer=Acme&secret={SECRET}");
    cases.push(accepted("secret-last", uri, &read, "parameters in any order"));
    for (id, more) in [
        ("doubled", "&&issuer=Acme"),
        ("at-the-end", "&issuer=Acme&"),
        ("in-front", "&issuer=Acme&&&"),
    ] {
        let why = "an ampersand too many says nothing";
        let read = Read::named(Some("Acme"), "alice");
        cases.push(accepted(&format!("ampersand-{id}"), with(more), &read, why));
    }
    for (id, uri, why) in [
        ("empty", String::new(), "nothing"),
        ("other-scheme", format!("https://totp/{query}"), "another scheme"),
        ("scheme-cut", format!("tpauth://totp/{query}"), "another scheme"),
        ("one-slash", format!("otpauth:/totp/{query}"), "no authority"),
        ("no-colon", format!("otpauth//totp/{query}"), "no scheme"),
        ("leading-space", format!(" otpauth://totp/{query}"), "nothing is trimmed"),
        ("byte-order-mark", format!("\u{feff}otpauth://totp/{query}"), "nothing is trimmed"),
        ("full-width", format!("\u{ff4f}tpauth://totp/{query}"), "a look-alike of o"),
        (
            "migration",
            "otpauth-migration://offline?data=AAAA".into(),
            "an export is read by another function",
        ),
        ("secret-alone", SECRET.into(), "a secret is no URI"),
        ("nothing-after-the-type", "otpauth://totp".into(), "no label"),
        ("query-after-the-type", format!("otpauth://totp?secret={SECRET}"), "no label"),
    ] {
        cases.push(refused(&format!("uri-{id}"), uri, MALFORMED, why));
    }
    for (id, kind) in [
        ("empty", ""),
        ("motp", "motp"),
        ("yaotp", "yaotp"),
        ("longer", "totps"),
        ("with-port", "totp:80"),
        ("with-user", "me@totp"),
    ] {
        let uri = format!("otpauth://{kind}/{query}");
        let why = "a type of which nothing here makes codes";
        cases.push(refused(&format!("type-{id}"), uri, UNSUPPORTED, why));
    }
}

// ---------------------------------------------------------------- secrets

fn secrets(cases: &mut Vec<Case>) {
    let uri = |secret: &str| format!("otpauth://totp/alice?secret={secret}");
    let usual = Read::usual();
    for (id, text, why) in [
        ("lower-case", SECRET.to_lowercase(), "case does not matter"),
        (
            "mixed-case",
            format!("{}{}", &SECRET[..16], SECRET[16..].to_lowercase()),
            "case does not matter",
        ),
        ("spaces-encoded", apart(SECRET, "%20"), "groups of four, as they are shown"),
        ("spaces-raw", apart(SECRET, " "), "groups of four, as they are shown"),
        ("hyphens", apart(SECRET, "-"), "groups of four, as they are shown"),
        (
            "letters-encoded",
            format!("%47EZD{}", &SECRET[4..]),
            "an escape and its character are the same",
        ),
    ] {
        cases.push(accepted(&format!("secret-{id}"), uri(&text), &usual, why));
    }
    for len in [1, 2, 3, 4, 5, 10, 15] {
        let read = Read { secret: key(len), ..Read::usual() }.warned(&[SHORT]);
        let (plain, padded) = (base32(&read.secret), base32_padded(&read.secret));
        let why = "fewer than 16 bytes: some services issue such secrets";
        cases.push(accepted(&format!("secret-{len}-bytes"), uri(&plain), &read, why));
        if plain != padded {
            let id = format!("secret-{len}-bytes-padded");
            cases.push(accepted(&id, uri(&padded), &read, "padding as RFC 4648 has it"));
            let id = format!("secret-{len}-bytes-padding-encoded");
            let text = padded.replace('=', "%3D");
            cases.push(accepted(&id, uri(&text), &read, "padding, encoded"));
        }
    }
    for len in [16, 32, 64, 128] {
        let read = Read { secret: key(len), ..Read::usual() };
        let text = base32(&read.secret);
        cases.push(accepted(&format!("secret-{len}-bytes"), uri(&text), &read, "long enough"));
    }
    let sixteen = base32(&key(16));
    assert_eq!(sixteen.len(), 26);
    for (id, text, why) in [
        ("empty", String::new(), "no secret"),
        ("separators", "%20--%20".into(), "no secret"),
        ("padding", "========".into(), "no secret"),
        ("1-symbol", "A".into(), "no byte string has this length"),
        ("3-symbols", "MZX".into(), "no byte string has this length"),
        ("6-symbols", "MZXW6Y".into(), "no byte string has this length"),
        ("33-symbols", format!("{SECRET}A"), "a dangling symbol"),
        ("trailing-bits", leftover(&sixteen), "the bits that belong to no byte are not zero"),
        ("trailing-bits-2", "MZ".into(), "the bits that belong to no byte are not zero"),
        ("digit-0", format!("0{}", &SECRET[1..]), "0 is no symbol, and is not taken for O"),
        ("digit-1", format!("1{}", &SECRET[1..]), "1 is no symbol, and is not taken for L"),
        ("digit-8", format!("8{}", &SECRET[1..]), "8 is no symbol"),
        ("digit-9", format!("9{}", &SECRET[1..]), "9 is no symbol"),
        ("plus", apart(SECRET, "+"), "a plus sign is no space"),
        ("tab", apart(SECRET, "%09"), "a tab is no separator"),
        ("underscore", apart(SECRET, "_"), "an underscore is no separator"),
        ("line-break", format!("{SECRET}\n"), "a line break is no separator"),
        ("nul", format!("{SECRET}%00"), "a text does not end at a NUL"),
        ("non-ascii", format!("\u{e4}{}", &SECRET[1..]), "no symbol"),
        ("full-width", format!("\u{ff27}{}", &SECRET[1..]), "no symbol"),
        ("dotless-i", format!("{}\u{131}", &SECRET[1..]), "its upper-case form is I"),
        ("kelvin-sign", format!("{}\u{212a}", &SECRET[1..]), "its lower-case form is k"),
        ("escape", format!("{}%4", &SECRET[2..]), "two hexadecimal digits follow a percent sign"),
        ("padding-too-short", "MZXW6==".into(), "the padding of another length"),
        ("padding-too-long", "MZXW6====".into(), "the padding of another length"),
        ("padding-where-none-is-due", format!("{SECRET}========"), "whole groups have no padding"),
        ("padding-inside", "MY======MY======".into(), "padding ends a text"),
        ("129-bytes", base32(&key(129)), "more than 128 bytes"),
        ("256-bytes", base32(&key(256)), "more than 128 bytes"),
        (
            "1000-separators",
            format!("{SECRET}{}", "-".repeat(1000)),
            "more separators than symbols can have",
        ),
        ("hex", hex(KEY), "hexadecimal digits are no base32: 0 and 1 are no symbols"),
    ] {
        cases.push(refused(&format!("secret-{id}"), uri(&text), BAD_SECRET, why));
    }
    for (id, uri) in [
        ("no-query", "otpauth://totp/alice"),
        ("query-empty", "otpauth://totp/alice?"),
        ("none", "otpauth://totp/alice?issuer=Acme&digits=6"),
        ("without-value", "otpauth://totp/alice?secret"),
        ("name-with-space", "otpauth://totp/alice? secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
    ] {
        cases.push(refused(&format!("secret-missing-{id}"), uri, BAD_SECRET, "there is no secret"));
    }
}

fn key(len: usize) -> Vec<u8> {
    KEY.iter().copied().cycle().take(len).collect()
}

/// Groups of four.
fn apart(text: &str, between: &str) -> String {
    let groups: Vec<&str> =
        (0..text.len() / 4).map(|group| &text[4 * group..4 * group + 4]).collect();
    groups.join(between)
}

/// The same bytes to a lenient reader: the last bit of the last symbol, which belongs to no byte, is set.
fn leftover(text: &str) -> String {
    let (start, last) = text.split_at(text.len() - 1);
    assert!("AEIMQUY".contains(last), "two spare bits, both zero");
    format!("{start}{}", char::from(last.as_bytes()[0] + 1))
}

// ---------------------------------------------------------------- parameters

fn parameters(cases: &mut Vec<Case>) {
    for digits in [6, 7, 8] {
        let read = Read { digits, ..Read::usual() };
        let uri = with(&format!("&digits={digits}"));
        cases.push(accepted(&format!("digits-{digits}"), uri, &read, "6, 7 and 8"));
    }
    for period in [1, 15, 29, 31, 60, 3600] {
        let read = Read { period: Some(period), ..Read::usual() }.warned(&[PERIOD]);
        let uri = with(&format!("&period={period}"));
        cases.push(accepted(&format!("period-{period}"), uri, &read, "1 to 3600 seconds"));
    }
    for (id, more) in [("30", "&period=30"), ("leading-zero", "&period=030")] {
        let why = "the usual period, whoever writes it out";
        cases.push(accepted(&format!("period-{id}"), with(more), &Read::usual(), why));
    }
    for (name, texts, algorithm) in [
        ("sha1", ["SHA1", "sha1", "SHA-1", "sha-1"], Algorithm::Sha1),
        ("sha256", ["SHA256", "sha256", "SHA-256", "Sha-256"], Algorithm::Sha256),
        ("sha512", ["SHA512", "sha512", "SHA-512", "sHA-512"], Algorithm::Sha512),
    ] {
        for (id, text) in
            ["", "-lower-case", "-hyphen", "-hyphen-other-case"].into_iter().zip(texts)
        {
            let usual = algorithm == Algorithm::Sha1;
            let warnings: &[&str] = if usual { &[] } else { &[ALGORITHM] };
            let read = Read { algorithm, ..Read::usual() }.warned(warnings);
            let uri = with(&format!("&algorithm={text}"));
            let why = "in any case, with or without its hyphen";
            cases.push(accepted(&format!("algorithm-{name}{id}"), uri, &read, why));
        }
    }
    for (id, text) in [
        ("md5", "MD5"),
        ("sha224", "SHA224"),
        ("sha384", "SHA384"),
        ("sha3-256", "SHA3-256"),
        ("empty", ""),
        ("space", "SHA%20256"),
        ("hmac", "HmacSHA256"),
        ("number", "256"),
        ("long-s", "\u{17f}HA256"),
        ("two-hyphens", "SHA--256"),
        ("hyphen-in-number", "SHA-51-2"),
        ("hyphen-in-name", "S-HA256"),
        ("hyphen-in-front", "-SHA256"),
        ("hyphen-behind", "SHA256-"),
        ("cut", "SH"),
        ("plus", "SHA+256"),
    ] {
        let why = "not a hash that is built in: no code of it would be right";
        let uri = with(&format!("&algorithm={text}"));
        cases.push(refused(&format!("algorithm-{id}"), uri, UNSUPPORTED, why));
    }
    for (name, texts) in
        [("digits", ["0", "5", "9", "10", "99"]), ("period", ["0", "3601", "86400", "00", "99999"])]
    {
        for text in texts {
            let why = "out of range";
            let uri = with(&format!("&{name}={text}"));
            cases.push(refused(&format!("{name}-{text}"), uri, INVALID, why));
        }
        for (id, text) in NOT_NUMBERS {
            let why = "not a number of ASCII digits within 64 bits";
            let uri = with(&format!("&{name}={text}"));
            cases.push(refused(&format!("{name}-{id}"), uri, INVALID, why));
        }
    }
}

const NOT_NUMBERS: [(&str, &str); 11] = [
    ("empty", ""),
    ("plus", "+6"),
    ("minus", "-6"),
    ("fraction", "6.0"),
    ("exponent", "6e0"),
    ("hexadecimal", "0x6"),
    ("letters", "six"),
    ("space", "%206"),
    ("line-break", "6\n"),
    ("arabic", "\u{666}"),
    ("2e64-plus-6", "18446744073709551622"),
];

fn counters(cases: &mut Vec<Case>) {
    let uri = |more: &str| format!("otpauth://hotp/alice?secret={SECRET}{more}");
    for (id, counter) in [
        ("0", 0),
        ("1", 1),
        ("2e32", 1 << 32),
        ("2e53-plus-1", (1 << 53) + 1),
        ("2e63", 1 << 63),
        ("max", u64::MAX),
    ] {
        let text = uri(&format!("&counter={counter}"));
        let why = "every counter that there is, to the last bit";
        cases.push(accepted(&format!("counter-{id}"), text, &Read::hotp(counter), why));
    }
    let read =
        Read { algorithm: Algorithm::Sha256, digits: 8, ..Read::hotp(5) }.warned(&[ALGORITHM]);
    let text = uri("&counter=5&digits=8&algorithm=SHA256");
    cases.push(accepted("hotp-sha256-8-digits", text, &read, "parameters as for totp"));
    let read = Read { digits: 10, ..Read::hotp(5) };
    cases.push(accepted(
        "hotp-10-digits",
        uri("&counter=5&digits=10"),
        &read,
        "tokens with ten digits",
    ));
    cases.push(refused("counter-missing", uri(""), INVALID, "the format requires it"));
    for (id, text) in
        [("2e64", "18446744073709551616"), ("2e64-minus-1-signed", "-18446744073709551615")]
    {
        let text = uri(&format!("&counter={text}"));
        cases.push(refused(&format!("counter-{id}"), text, INVALID, "beyond 64 bits"));
    }
    for (id, text) in NOT_NUMBERS {
        let why = "not a number of ASCII digits within 64 bits";
        let text = uri(&format!("&counter={text}"));
        cases.push(refused(&format!("counter-{id}"), text, INVALID, why));
    }
    for digits in ["5", "9", "11"] {
        let text = uri(&format!("&counter=0&digits={digits}"));
        cases.push(refused(&format!("hotp-digits-{digits}"), text, INVALID, "out of range"));
    }
}

fn duplicates(cases: &mut Vec<Case>) {
    let other = base32(b"another secret of 24 b..");
    let totp = |more: String| with(&more);
    let hotp = |more: String| format!("otpauth://hotp/alice?secret={SECRET}{more}");
    let why = "apps take the first or the last: one URI, two authenticators";
    for (id, uri) in [
        ("secret", totp(format!("&secret={other}"))),
        ("secret-equal", totp(format!("&secret={SECRET}"))),
        ("secret-other-case", totp(format!("&SECRET={other}"))),
        ("secret-empty", totp("&secret=".into())),
        ("secret-without-value", totp("&secret".into())),
        ("issuer", totp("&issuer=Acme&issuer=Other".into())),
        ("issuer-equal", totp("&issuer=Acme&issuer=Acme".into())),
        ("algorithm", totp("&algorithm=SHA1&algorithm=SHA256".into())),
        ("digits", totp("&digits=6&digits=8".into())),
        ("digits-other-case", totp("&digits=6&Digits=8".into())),
        ("period", totp("&period=30&period=60".into())),
        ("counter", hotp("&counter=0&counter=1".into())),
        ("encoder", totp("&encoder=steam&encoder=steam".into())),
    ] {
        cases.push(refused(&format!("duplicate-{id}"), uri, DUPLICATE, why));
    }
    for (id, uri) in [
        ("digits", with("&d%69gits=8")),
        ("second-secret", with(&format!("&%73ecret={other}"))),
        ("secret", format!("otpauth://totp/alice?s%65cret={SECRET}")),
        ("unknown", with("&im%61ge=x")),
        ("space", with("&%20digits=8")),
        ("equals", with("&digits%3D8")),
        ("escape", with("&a%ZZ=x")),
    ] {
        let why = "names are compared as they stand here, and decoded elsewhere: two meanings";
        cases.push(refused(&format!("name-encoded-{id}"), uri, MALFORMED, why));
    }
    let read = Read::usual().warned(&[UNKNOWN]);
    let uri = with("&image=a&image=b");
    cases.push(accepted("duplicate-unknown", uri, &read, "what nobody reads may stand twice"));
}

fn warnings(cases: &mut Vec<Case>) {
    let unknown = Read::usual().warned(&[UNKNOWN]);
    for (id, more) in [
        ("image", "&image=https%3A%2F%2Fexample.org%2Fa.png"),
        ("without-value", "&lock"),
        ("name-empty", "&=1"),
        ("bad-escape", "&colour=%ZZ"),
        ("almost-secret", "&secret2=AAAA"),
        ("almost-digits", "&digit=8"),
        ("name-with-space", "& digits=8"),
        ("counter-of-totp", "&counter=5"),
        ("counter-of-totp-0", "&counter=0"),
    ] {
        let why = "a parameter that nothing reads here";
        cases.push(accepted(&format!("unknown-{id}"), with(more), &unknown, why));
    }
    let uri = format!("otpauth://hotp/alice?secret={SECRET}&counter=5&period=30");
    let read = Read::hotp(5).warned(&[UNKNOWN]);
    cases.push(accepted("unknown-period-of-hotp", uri, &read, "counters have no period"));
    let all = Read {
        secret: key(10),
        algorithm: Algorithm::Sha512,
        digits: 8,
        period: Some(60),
        ..Read::named(Some("Other"), "alice")
    }
    .warned(&[MISMATCH, ALGORITHM, SHORT, UNKNOWN, PERIOD]);
    let uri = format!(
        "otpauth://totp/Acme:alice?period=60&image=x&secret={}&algorithm=SHA512&issuer=Other&digits=8",
        base32(&all.secret)
    );
    cases.push(accepted(
        "all-warnings",
        uri,
        &all,
        "every warning, in the one order that they have",
    ));
}

fn steam(cases: &mut Vec<Case>) {
    let read = Read::steam();
    for (id, kind, more) in [
        ("type", "steam", ""),
        ("type-upper-case", "STEAM", ""),
        ("type-5-digits", "steam", "&digits=5"),
        ("type-30-seconds", "steam", "&period=30"),
        ("type-sha1", "steam", "&algorithm=SHA1"),
        ("type-encoder", "steam", "&encoder=steam"),
        ("encoder", "totp", "&encoder=steam"),
        ("encoder-upper-case", "totp", "&encoder=STEAM"),
        ("encoder-5-digits", "totp", "&encoder=steam&digits=5"),
    ] {
        let uri = format!("otpauth://{kind}/alice?secret={SECRET}{more}");
        let why = "Steam's five symbols, as a type or as an encoder";
        cases.push(accepted(&format!("steam-{id}"), uri, &read, why));
    }
    let labels =
        Read { issuer: Some("Steam".into()), secret: key(15), ..Read::steam() }.warned(&[SHORT]);
    let uri = format!("otpauth://steam/Steam:alice?secret={}&issuer=Steam", base32(&labels.secret));
    cases.push(accepted(
        "steam-short-secret",
        uri,
        &labels,
        "a short secret is worth a warning here, too",
    ));
    for (id, kind, more, code, why) in [
        ("6-digits", "steam", "&digits=6", INVALID, "Steam shows five symbols"),
        (
            "encoder-6-digits",
            "totp",
            "&encoder=steam&digits=6",
            INVALID,
            "Steam shows five symbols",
        ),
        ("totp-5-digits", "totp", "&digits=5", INVALID, "five digits are not five symbols"),
        ("sha256", "steam", "&algorithm=SHA256", UNSUPPORTED, "Steam has SHA-1"),
        ("60-seconds", "steam", "&period=60", UNSUPPORTED, "Steam has 30 seconds"),
        ("hotp", "hotp", "&counter=0&encoder=steam", UNSUPPORTED, "Steam counts no codes"),
        ("encoder-other", "totp", "&encoder=other", UNSUPPORTED, "no encoder that is known"),
        ("encoder-empty", "totp", "&encoder=", UNSUPPORTED, "no encoder that is known"),
        ("type-encoder-other", "steam", "&encoder=other", UNSUPPORTED, "no encoder that is known"),
    ] {
        let uri = format!("otpauth://{kind}/alice?secret={SECRET}{more}");
        cases.push(refused(&format!("steam-{id}"), uri, code, why));
    }
}

fn sizes_and_types(cases: &mut Vec<Case>) {
    let padded = |len: usize| {
        let uri = with("&x=");
        let rest = len - uri.len();
        format!("{uri}{}", "x".repeat(rest))
    };
    let read = Read::usual().warned(&[UNKNOWN]);
    cases.push(accepted("2400-bytes", padded(2400), &read, "as much as a QR code holds, and some"));
    let large = "input_too_large";
    cases.push(refused("2401-bytes", padded(2401), large, "more than a QR code holds"));
    let uri = format!("{}\u{e9}", padded(2399));
    assert_eq!((uri.len(), uri.chars().count()), (2401, 2400));
    cases.push(refused("2401-bytes-2400-characters", uri, large, "counted in bytes of UTF-8"));
    let far = refused("20-kb", padded(20_000), large, "far more than a QR code holds");
    cases.push(far.requires("large_inputs"));
    for (id, value) in [
        ("null", Json::Null),
        ("number", 5.into()),
        ("boolean", true.into()),
        ("list", vec![with("")].into()),
        ("object", Json::object([("uri", with("").into())])),
    ] {
        let why = "whatever stands in the client's argument, it is the client's fault";
        let case = refused(&format!("uri-type-{id}"), value, "input_malformed", why);
        cases.push(case.requires("dynamic_input"));
    }
}

// ---------------------------------------------------------------- building

/// RFC 3986 §2.3: everything but the unreserved characters.
fn percent_encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes every write");
        }
    }
    out
}

/// The URI of what is read out of it again.
fn uri(read: &Read) -> String {
    let issuer = percent_encoded(read.issuer.as_deref().expect("an issuer"));
    let account = percent_encoded(&read.account);
    let moving = match (read.period, read.counter) {
        (Some(period), None) => format!("period={period}"),
        (None, Some(counter)) => format!("counter={counter}"),
        _ => panic!("one of the two moves"),
    };
    let steam = if read.steam { "&encoder=steam" } else { "" };
    format!(
        "otpauth://{}/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={}&digits={}&{moving}{steam}",
        read.kind,
        base32(&read.secret),
        read.algorithm.name(),
        read.digits,
    )
}

fn build(id: &str, read: &Read) -> Case {
    let case = Case::new("otpauth.build", format!("otpauth-build-{id}"))
        .source(RULES, "otpauth URIs")
        .input("type", read.kind)
        .input("secret_hex", hex(&read.secret))
        .input("algorithm", read.algorithm.name())
        .input("digits", read.digits);
    let case = match read.counter {
        Some(counter) => case.input("counter", counter),
        None => case.input("period", read.period),
    };
    let case = if read.steam { case.input("steam", true) } else { case };
    case.input("issuer", read.issuer.clone()).input("account", read.account.as_str())
}

fn built(cases: &mut Vec<Case>) {
    let named = |issuer: &str, account: &str| Read::named(Some(issuer), account);
    let acme = || named("Acme", "alice");
    let hotp = |counter| Read { issuer: Some("Acme".into()), ..Read::hotp(counter) };
    for (id, read, why) in [
        ("plain", acme(), "everything is written out, so that no app guesses"),
        ("spaces", named("Big Bank", "alice b"), "a space is %20, never a plus sign"),
        (
            "plus",
            named("A+B", "alice+tag@example.org"),
            "a plus sign is %2B, so that no app reads a space",
        ),
        (
            "reserved",
            named("R&D = 100%?", "a/b#c;d,e@[f]!$'()*"),
            "no character parts what it should not",
        ),
        ("unreserved", named("a-b.c_d~e", "A-Z.0_9~"), "unreserved characters stand as they are"),
        ("quotes", named("\"'<>`{}|\\^", "a\"b"), "characters that mean something to somebody"),
        (
            "utf-8",
            named("Gro\u{df}e \u{20ac}", "\u{1f511}"),
            "characters of two, three and four bytes",
        ),
        ("right-to-left", named("\u{5d0}\u{5d1}", "\u{5d2}a"), "text in any direction"),
        ("128-bytes", named(&"i".repeat(128), &"a".repeat(128)), "the longest names"),
        (
            "128-bytes-utf-8",
            named(&"\u{e9}".repeat(64), &"\u{20ac}".repeat(42)),
            "the longest names in bytes",
        ),
        ("percent", named("%41", "%"), "an escape is not taken for one"),
        (
            "sha256",
            Read { algorithm: Algorithm::Sha256, digits: 8, ..acme() }.warned(&[ALGORITHM]),
            "another hash",
        ),
        (
            "sha512-60-seconds",
            Read { algorithm: Algorithm::Sha512, digits: 7, period: Some(60), ..acme() }
                .warned(&[ALGORITHM, PERIOD]),
            "another hash and period",
        ),
        (
            "10-bytes",
            Read { secret: key(10), ..acme() }.warned(&[SHORT]),
            "a short secret goes as it came",
        ),
        ("17-bytes", Read { secret: key(17), ..acme() }, "no padding, whatever the length"),
        ("128-byte-secret", Read { secret: key(128), ..acme() }, "the longest secret"),
        ("hotp", hotp(0), "a counter for a period"),
        ("hotp-max", hotp(u64::MAX), "the last counter"),
        ("hotp-2e53-plus-1", hotp((1 << 53) + 1), "no bit is lost"),
        ("hotp-10-digits", Read { digits: 10, ..hotp(7) }, "tokens with ten digits"),
        (
            "steam",
            Read { issuer: Some("Steam".into()), ..Read::steam() },
            "the encoder says what five digits mean",
        ),
    ] {
        let text = uri(&read);
        cases.push(build(id, &read).accept("ok", [("uri", text.as_str().into())]).why(why));
        let why = "what is built is read again as it was";
        cases.push(accepted(&format!("round-trip-{id}"), text, &read, why));
    }
}

fn not_built(cases: &mut Vec<Case>) {
    for (id, name, why) in [
        ("empty", String::new(), "a label has a name"),
        ("129-bytes", "x".repeat(129), "at most 128 bytes"),
        ("130-bytes-utf-8", "\u{e9}".repeat(65), "at most 128 bytes, counted in UTF-8"),
        ("colon", "a:b".into(), "a colon parts the label"),
        ("leading-space", " a".into(), "readers trim it"),
        ("trailing-space", "a ".into(), "readers trim it"),
        ("spaces", "  ".into(), "a label has a name"),
        ("line-break", "a\nb".into(), "a control character"),
        ("nul", "a\0".into(), "a control character"),
        ("delete", "a\u{7f}b".into(), "a control character"),
        ("c1", "a\u{85}b".into(), "a control character"),
        ("line-separator", "a\u{2028}b".into(), "a line break by another name"),
        ("right-to-left-override", "\u{202e}knab".into(), "one name shows as another"),
        ("isolate", "a\u{2066}b".into(), "one name shows as another"),
    ] {
        for (which, read) in [
            ("issuer", Read::named(Some(&name), "alice")),
            ("account", Read::named(Some("Acme"), &name)),
        ] {
            let id = format!("{which}-{id}");
            cases.push(build(&id, &read).reject("otp_label_invalid").why(why));
        }
    }
    let hotp = Read { issuer: Some("a:b".into()), ..Read::hotp(0) };
    cases.push(build("hotp-issuer-colon", &hotp).reject("otp_label_invalid").why("as for totp"));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the format's own page.
    #[test]
    fn a_uri_is_written_as_the_format_shows_it() {
        let read = Read {
            secret: vec![
                0x3d, 0xc6, 0xca, 0xa4, 0x82, 0x4a, 0x6d, 0x28, 0x87, 0x67, 0xb2, 0x33, 0x1e, 0x20,
                0xb4, 0x31, 0x66, 0xcb, 0x85, 0xd9,
            ],
            ..Read::named(Some("ACME Co"), "john.doe@email.com")
        };
        assert_eq!(
            uri(&read),
            "otpauth://totp/ACME%20Co:john.doe%40email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ\
             &issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn groups_and_left_over_bits() {
        assert_eq!(apart("ABCDEFGH", "-"), "ABCD-EFGH");
        assert_eq!(leftover("MY"), "MZ");
        assert_eq!(percent_encoded("a b+\u{e9}~"), "a%20b%2B%C3%A9~");
    }
}
