//! Client data: what may not be said (§7.1 and §7.2 check it alike), and how JSON may not be written.

use super::ceremony::Ceremony;
use super::recipe::{PLAIN, build};
use crate::bytes::{base64url, hex, unhex};
use crate::case::{Case, File};
use crate::json::Json;

/// A check that both ceremonies make, with its step in §7.1 and in §7.2.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    Utf8,
    Json,
    Type,
    Challenge,
    Origin,
    CrossOrigin,
    TopOrigin,
}

impl Check {
    pub(crate) const fn registration_step(self) -> &'static str {
        match self {
            Self::Utf8 => "7.1-5",
            Self::Json => "7.1-6",
            Self::Type => "7.1-7",
            Self::Challenge => "7.1-8",
            Self::Origin => "7.1-9",
            Self::CrossOrigin => "7.1-10",
            Self::TopOrigin => "7.1-11",
        }
    }

    pub(crate) const fn authentication_step(self) -> &'static str {
        match self {
            Self::Utf8 => "7.2-8",
            Self::Json => "7.2-9",
            Self::Type => "7.2-10",
            Self::Challenge => "7.2-11",
            Self::Origin => "7.2-12",
            Self::CrossOrigin => "7.2-13",
            Self::TopOrigin => "7.2-14",
        }
    }
}

/// One change of the client data.
pub(crate) struct Mutation {
    pub(crate) id: String,
    pub(crate) check: Check,
    /// The code of the refusal, or `None` where the change must not matter.
    pub(crate) code: Option<&'static str>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) why: &'static str,
}

/// The changes that any client data without a frame can suffer: every way to say the wrong thing.
pub(crate) fn mutations(ceremony: &Ceremony) -> Vec<Mutation> {
    let mut out = Vec::new();
    let text = ceremony.client_data_text();
    let mut add = |id: &str,
                   check: Check,
                   code: Option<&'static str>,
                   from: &str,
                   to: &str,
                   why: &'static str| {
        assert_eq!(text.matches(from).count(), 1, "{id}: {from}");
        let client_data = text.replace(from, to).into_bytes();
        assert_ne!(client_data, ceremony.client_data, "{id}");
        out.push(Mutation { id: id.into(), check, code, client_data, why });
    };

    let own = if text.contains("webauthn.create") { "webauthn.create" } else { "webauthn.get" };
    let other = if own == "webauthn.get" { "webauthn.create" } else { "webauthn.get" };
    let mismatch = Some("client_data_type_mismatch");
    for (id, to, why) in [
        ("type-of-the-other-ceremony", other.to_owned(), "a response of the other ceremony"),
        ("type-payment", "payment.get".into(), "a payment is no sign-in"),
        ("type-upper-case", own.to_uppercase(), "the type is compared as a text"),
        ("type-prefix", own[..own.len() - 1].into(), "the last letter is missing"),
        ("type-longer", format!("{own} "), "a blank at the end"),
        ("type-nul", format!("{own}\\u0000"), "a NUL at the end"),
        ("type-empty", String::new(), "an empty type"),
        ("type-u2f", "navigator.id.finishEnrollment".into(), "the type of U2F"),
    ] {
        add(id, Check::Type, mismatch, own, &to, why);
    }

    let challenge = ceremony.challenge_text();
    let flipped = |index: usize, bit: u8| {
        let mut bytes = ceremony.challenge.clone();
        bytes[index] ^= bit;
        base64url(&bytes)
    };
    let last = challenge.len() - 1;
    // 32 bytes leave two bits in the last symbol, so four symbols decode alike in careless code.
    let alias = |symbol: u8| match symbol {
        b'A'..=b'Z' | b'a'..=b'y' | b'0'..=b'8' => char::from(symbol + 1),
        _ => 'b',
    };
    let swapped_case: String =
        challenge
            .chars()
            .map(|c| {
                if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
            })
            .collect();
    let mismatch = Some("challenge_mismatch");
    for (id, to, why) in [
        ("challenge-first-bit", flipped(0, 0x80), "the first bit is flipped"),
        ("challenge-last-bit", flipped(31, 0x01), "the last bit is flipped"),
        ("challenge-empty", String::new(), "no challenge"),
        ("challenge-cut", challenge[..last].into(), "the last symbol is missing"),
        ("challenge-half", base64url(&ceremony.challenge[..16]), "the first 16 bytes alone"),
        ("challenge-longer", format!("{challenge}AA"), "more bytes follow"),
        (
            "challenge-nul-byte",
            base64url(&[&ceremony.challenge[..], &[0]].concat()),
            "a zero byte follows",
        ),
        (
            "challenge-padded",
            format!("{challenge}="),
            "the same bytes with padding: compared as a text",
        ),
        (
            "challenge-leftover-bits",
            format!("{}{}", &challenge[..last], alias(challenge.as_bytes()[last])),
            "the same bytes in careless code: the leftover bits differ",
        ),
        ("challenge-case", swapped_case, "base64url has case"),
        ("challenge-hex", hex(&ceremony.challenge), "the same bytes in hex"),
        (
            "challenge-twice-encoded",
            base64url(challenge.as_bytes()),
            "the text of the challenge, encoded again",
        ),
        ("challenge-space", format!("{challenge} "), "a blank at the end"),
        ("challenge-nul", format!("{challenge}\\u0000"), "a NUL at the end"),
    ] {
        add(id, Check::Challenge, mismatch, &challenge, &to, why);
    }
    if challenge.contains(['-', '_']) {
        let standard = challenge.replace('-', "+").replace('_', "/");
        add(
            "challenge-base64",
            Check::Challenge,
            mismatch,
            &challenge,
            &standard,
            "the same bytes in the other alphabet",
        );
    }

    let quoted = |origin: &str| format!("\"origin\":\"{origin}\"");
    let origin = quoted("https://example.org");
    for (id, to, why) in LOOK_ALIKES {
        add(
            &format!("origin-{id}"),
            Check::Origin,
            Some("origin_mismatch"),
            &origin,
            &quoted(to),
            why,
        );
    }

    let flag = "\"crossOrigin\":false";
    let forbidden = Some("cross_origin_forbidden");
    add(
        "cross-origin-true",
        Check::CrossOrigin,
        forbidden,
        flag,
        "\"crossOrigin\":true",
        "a frame, and none is allowed",
    );
    add(
        "top-origin-without-cross-origin",
        Check::TopOrigin,
        forbidden,
        flag,
        "\"crossOrigin\":false,\"topOrigin\":\"https://example.com\"",
        "a page around the frame, and none is allowed, whatever crossOrigin says",
    );
    add(
        "top-origin-own",
        Check::TopOrigin,
        forbidden,
        flag,
        "\"topOrigin\":\"https://example.org\"",
        "topOrigin is there at all only within a frame",
    );

    let malformed = Some("client_data_malformed");
    let kind = format!("\"type\":\"{own}\"");
    let challenged = format!("\"challenge\":\"{challenge}\"");
    for (id, from, to, why) in [
        ("type-missing", format!("{kind},"), "", "no type"),
        ("type-null", kind.clone(), "\"type\":null", "type is null"),
        ("type-number", kind.clone(), "\"type\":1", "type is a number"),
        ("type-true", kind.clone(), "\"type\":true", "type is a boolean"),
        ("type-object", kind.clone(), "\"type\":{}", "type is an object"),
        ("type-array", kind, "\"type\":[\"webauthn.create\",\"webauthn.get\"]", "type is an array"),
        ("challenge-missing", format!("{challenged},"), "", "no challenge"),
        ("challenge-null", challenged.clone(), "\"challenge\":null", "challenge is null"),
        ("challenge-true", challenged.clone(), "\"challenge\":true", "challenge is a boolean"),
        ("challenge-object", challenged.clone(), "\"challenge\":{}", "challenge is an object"),
        (
            "challenge-number-1469",
            challenged.clone(),
            "\"challenge\":1469",
            "a number whose digits are base64url too",
        ),
        ("challenge-number", challenged.clone(), "\"challenge\":0", "challenge is a number"),
        (
            "challenge-array",
            challenged,
            "\"challenge\":[0,195,15]",
            "challenge is an array of numbers",
        ),
        ("origin-missing", format!("{origin},"), "", "no origin"),
        ("origin-null-value", origin.clone(), "\"origin\":null", "origin is null"),
        ("origin-true", origin.clone(), "\"origin\":true", "origin is a boolean"),
        ("origin-number", origin.clone(), "\"origin\":443", "origin is a number"),
        (
            "origin-array",
            origin.clone(),
            "\"origin\":[\"https://example.org\"]",
            "origin is an array",
        ),
        (
            "origin-object",
            origin,
            "\"origin\":{\"href\":\"https://example.org\"}",
            "origin is an object",
        ),
        (
            "cross-origin-text-true",
            flag.into(),
            "\"crossOrigin\":\"true\"",
            "crossOrigin is a text",
        ),
        (
            "cross-origin-text-false",
            flag.into(),
            "\"crossOrigin\":\"false\"",
            "crossOrigin is a text",
        ),
        ("cross-origin-number", flag.into(), "\"crossOrigin\":1", "crossOrigin is a number"),
        ("cross-origin-zero", flag.into(), "\"crossOrigin\":0", "crossOrigin is a number"),
        ("cross-origin-null", flag.into(), "\"crossOrigin\":null", "crossOrigin is null"),
        ("cross-origin-array", flag.into(), "\"crossOrigin\":[]", "crossOrigin is an array"),
        ("cross-origin-object", flag.into(), "\"crossOrigin\":{}", "crossOrigin is an object"),
        (
            "top-origin-null-value",
            flag.into(),
            "\"crossOrigin\":false,\"topOrigin\":null",
            "topOrigin is null",
        ),
        (
            "top-origin-false",
            flag.into(),
            "\"crossOrigin\":false,\"topOrigin\":false",
            "topOrigin is a boolean",
        ),
        (
            "top-origin-object",
            flag.into(),
            "\"crossOrigin\":false,\"topOrigin\":{}",
            "topOrigin is an object",
        ),
        (
            "top-origin-number",
            flag.into(),
            "\"crossOrigin\":false,\"topOrigin\":1",
            "topOrigin is a number",
        ),
        (
            "top-origin-array",
            flag.into(),
            "\"crossOrigin\":false,\"topOrigin\":[]",
            "topOrigin is an array",
        ),
    ] {
        add(id, Check::Json, malformed, &from, to, why);
    }

    add(
        "cross-origin-absent",
        Check::CrossOrigin,
        None,
        &format!(",{flag}"),
        "",
        "clients of Level 1 leave crossOrigin out",
    );
    add(
        "token-binding",
        Check::Json,
        None,
        flag,
        &format!("{flag},\"tokenBinding\":{{\"status\":\"supported\"}}"),
        "members that are gone from the standard are unknown members",
    );
    out
}

/// Origins that look like https://example.org and are not it.
const LOOK_ALIKES: [(&str, &str, &str); 56] = [
    ("other", "https://example.com", "another site"),
    ("http", "http://example.org", "another scheme"),
    ("subdomain", "https://login.example.org", "a subdomain is another origin"),
    ("parent", "https://org", "the parent domain"),
    ("suffix", "https://example.org.evil.example", "our name at the start of theirs"),
    ("prefix", "https://evilexample.org", "our name at the end of theirs"),
    ("path-in-front", "https://evil.example/https://example.org", "our origin in their path"),
    ("user", "https://example.org@evil.example", "our name as a user of theirs"),
    ("slash", "https://example.org/", "a slash at the end"),
    ("path", "https://example.org/login", "a path"),
    ("query", "https://example.org?", "a query"),
    ("port", "https://example.org:8443", "another port"),
    ("default-port", "https://example.org:443", "the default port, written"),
    ("trailing-dot", "https://example.org.", "the root's dot"),
    ("upper-case-host", "https://EXAMPLE.org", "browsers send lower case"),
    ("upper-case-scheme", "HTTPS://example.org", "browsers send lower case"),
    ("space-before", " https://example.org", "a blank in front"),
    ("space-after", "https://example.org ", "a blank at the end"),
    ("nul", "https://example.org\\u0000.evil.example", "a NUL must not end the comparison"),
    ("cyrillic", "https://\u{435}xample.org", "U+0435 looks like e"),
    ("full-width", "https://\u{ff45}xample.org", "U+FF45 folds to e"),
    ("soft-hyphen", "https://exam\u{ad}ple.org", "an invisible character"),
    ("percent", "https://ex%61mple.org", "percent-encoding is not undone"),
    ("punycode", "https://xn--xample-9uf.org", "a name in punycode"),
    ("null", "null", "an opaque origin"),
    ("empty", "", "no origin"),
    ("host-only", "example.org", "no scheme"),
    ("missing-last", "https://example.or", "the last letter is missing"),
    ("longer", "https://example.orgs", "a letter follows"),
    ("twice", "https://example.orghttps://example.org", "our origin twice"),
    ("two", "https://example.org https://evil.example", "our origin and theirs"),
    ("list", "https://example.org,https://evil.example", "our origin and theirs"),
    ("quoted", "\\\"https://example.org\\\"", "quotation marks around it"),
    ("wildcard", "https://*.example.org", "a pattern is no origin"),
    ("leading-dot", "https://.example.org", "an empty label in front"),
    ("double-dot", "https://example..org", "an empty label inside"),
    ("one-slash", "https:/example.org", "a slash is missing"),
    ("three-slashes", "https:///example.org", "a slash too many"),
    ("backslashes", "https:\\\\\\\\example.org", "browsers read backslashes as slashes"),
    (
        "backslash-user",
        "https://example.org\\\\@evil.example",
        "some readers end the host at a backslash",
    ),
    ("fragment", "https://example.org#", "a fragment"),
    ("empty-user", "https://@example.org", "an empty user in front"),
    ("empty-port", "https://example.org:", "an empty port"),
    ("padded-port", "https://example.org:0443", "the default port, padded"),
    ("tab", "https://example.org\\t", "a tab at the end"),
    ("line-break", "https://example.org\\n", "a line break at the end"),
    ("nul-at-the-end", "https://example.org\\u0000", "a NUL at the end"),
    ("zero-width", "https://exa\u{200b}mple.org", "a character without width"),
    ("right-to-left", "https://\u{202e}example.org", "a sign that turns the text around"),
    ("ideographic-dot", "https://example\u{3002}org", "U+3002, which IDNA maps to a dot"),
    ("combining", "https://example\u{301}.org", "a combining accent"),
    ("wss", "wss://example.org", "a web socket is no page"),
    ("ftp", "ftp://example.org", "another scheme"),
    ("extension", "chrome-extension://example.org", "an extension of the browser"),
    ("localhost", "http://localhost", "a page on the user's own machine"),
    ("address", "https://93.184.215.14", "an address for the name"),
];

/// Texts around one good client data: what a JSON reader must take, and what it must not.
fn json_texts(good: &str) -> Vec<(String, Vec<u8>, Option<&'static str>, &'static str)> {
    let mut out = Vec::new();
    let mut bytes = |id: &str, text: Vec<u8>, code: Option<&'static str>, why: &'static str| {
        out.push((id.to_owned(), text, code, why));
    };
    let open = |member: &str| good.replacen('{', &format!("{{{member},"), 1).into_bytes();
    let close = |member: &str| format!("{},{member}}}", &good[..good.len() - 1]).into_bytes();
    let malformed = Some("json_malformed");
    let twice = Some("json_duplicate_member");

    // Accepted.
    bytes("good", good.into(), None, "as a browser writes it");
    bytes(
        "bom",
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        None,
        "one byte order mark is stripped: UTF-8 decode of the Encoding Standard",
    );
    bytes(
        "white-space-around",
        format!(" \t\r\n{good} \t\r\n").into(),
        None,
        "white space around the value",
    );
    bytes(
        "white-space-inside",
        good.replace("\":", "\" : ").replace(",\"", "\n,\t\"").into(),
        None,
        "white space between the tokens",
    );
    bytes(
        "escaped-solidus",
        good.replace("https://", "https:\\/\\/").into(),
        None,
        "an escaped solidus is a solidus",
    );
    bytes(
        "escaped-letters",
        good.replace("webauthn.get", "\\u0077ebauthn\\u002Eget").into(),
        None,
        "an escaped letter is a letter",
    );
    bytes(
        "escaped-name",
        good.replace("\"type\"", "\"\\u0074ype\"").into(),
        None,
        "an escaped name is that name",
    );
    bytes(
        "unknown-text",
        close("\"extra\":\"\\u00e9\\n\\\"\\ud83d\\ude00\""),
        None,
        "unknown members are ignored",
    );
    bytes(
        "unknown-object",
        open("\"extra\":{\"type\":1,\"a\":[{},[],null,true,-0.5e-3]}"),
        None,
        "members within unknown members are unknown too",
    );
    bytes(
        "unknown-twice",
        close("\"extra\":1,\"extra\":2"),
        None,
        "an unknown member may stand twice: it is ignored twice",
    );
    bytes("unknown-empty-name", close("\"\":0"), None, "an empty name is a name");
    bytes("unknown-other-case", close("\"Type\":\"x\",\"ORIGIN\":1"), None, "names have case");
    bytes("unknown-nul-in-name", close("\"type\\u0000\":1"), None, "a NUL makes another name");
    bytes(
        "unknown-prefix-of-name",
        close("\"typ\":1,\"types\":1"),
        None,
        "a part of a name is another name",
    );
    bytes(
        "unknown-proto",
        close("\"__proto__\":{\"origin\":\"https://evil.example\"}"),
        None,
        "__proto__ is a name like any other",
    );
    bytes(
        "unknown-non-ascii",
        close("\"\u{e9}\u{1f600}\":\"\u{6c34}\""),
        None,
        "names and texts are UTF-8",
    );
    bytes(
        "unknown-numbers",
        close("\"n\":[0,-0,1E+2,1e400,-1.5,18446744073709551616]"),
        None,
        "numbers of unknown members are not computed",
    );
    bytes(
        "unknown-nested-8",
        close(&format!("\"extra\":{}{}", "[".repeat(7), "]".repeat(7))),
        None,
        "eight levels",
    );
    bytes(
        "chrome-grease",
        close(
            "\"other_keys_can_be_added_here\":\"do not compare clientDataJSON against a template. See https://goo.gl/yabPex\"",
        ),
        None,
        "the member that Chrome adds now and then",
    );

    // A known member twice: which one counts is anybody's guess.
    for (id, member) in [
        ("type", "\"type\":\"webauthn.get\""),
        ("origin", "\"origin\":\"https://example.org\""),
        ("challenge", "\"challenge\":\"\""),
        ("cross-origin", "\"crossOrigin\":false"),
    ] {
        bytes(&format!("duplicate-{id}-first"), open(member), twice, "a known member twice");
        bytes(&format!("duplicate-{id}-last"), close(member), twice, "a known member twice");
    }
    bytes(
        "duplicate-top-origin",
        close("\"topOrigin\":\"https://example.com\",\"topOrigin\":\"https://example.com\""),
        twice,
        "a known member twice",
    );
    bytes(
        "duplicate-type-escaped",
        close("\"\\u0074ype\":\"webauthn.get\""),
        twice,
        "a known member twice, once with an escaped name",
    );
    bytes(
        "duplicate-origin-escaped-first",
        open("\"orig\\u0069n\":\"https://evil.example\""),
        twice,
        "a known member twice, once with an escaped name",
    );
    bytes(
        "duplicate-type-other-type",
        close("\"type\":null"),
        twice,
        "a known member twice, once of another type",
    );

    // Not an object.
    let not_an_object = Some("client_data_malformed");
    for (id, text) in [
        ("array", format!("[{good}]")),
        ("null", "null".into()),
        ("text", "\"webauthn.get\"".into()),
        ("number", "1".into()),
        ("true", "true".into()),
        ("empty-object", "{}".into()),
        ("empty-array", "[]".into()),
    ] {
        bytes(&format!("value-{id}"), text.into(), not_an_object, "JSON, but no client data");
    }

    // Not JSON.
    bytes("empty", vec![], malformed, "no text");
    bytes("only-white-space", b" \n".to_vec(), malformed, "no value");
    bytes("only-bom", b"\xef\xbb\xbf".to_vec(), malformed, "no value");
    bytes(
        "two-boms",
        [b"\xef\xbb\xbf\xef\xbb\xbf", good.as_bytes()].concat(),
        malformed,
        "one byte order mark is stripped, the second is no white space",
    );
    bytes(
        "bom-at-the-end",
        [good.as_bytes(), b"\xef\xbb\xbf"].concat(),
        malformed,
        "a byte order mark stands in front or nowhere",
    );
    bytes(
        "utf-16",
        [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        malformed,
        "UTF-16 is not UTF-8",
    );
    bytes(
        "cut",
        good.as_bytes()[..good.len() - 1].to_vec(),
        malformed,
        "the last brace is missing",
    );
    bytes("second-value", format!("{good}{good}").into(), malformed, "two values");
    bytes("trailing-brace", format!("{good}}}").into(), malformed, "a brace too many");
    bytes("trailing-letter", format!("{good}x").into(), malformed, "a letter follows");
    bytes("trailing-nul", format!("{good}\0").into(), malformed, "a NUL follows");
    bytes("leading-nul", format!("\0{good}").into(), malformed, "a NUL is no white space");
    bytes(
        "leading-xssi",
        format!(")]}}'\n{good}").into(),
        malformed,
        "a guard against inclusion is not JSON",
    );
    bytes(
        "comma-at-the-end",
        format!("{},}}", &good[..good.len() - 1]).into(),
        malformed,
        "a comma before the brace",
    );
    bytes(
        "comma-at-the-start",
        good.replacen('{', "{,", 1).into(),
        malformed,
        "a comma after the brace",
    );
    bytes("two-commas", good.replacen(',', ",,", 1).into(), malformed, "two commas");
    bytes("missing-comma", good.replacen(',', " ", 1).into(), malformed, "no comma");
    bytes("missing-colon", good.replacen(':', " ", 1).into(), malformed, "no colon");
    bytes("single-quotes", good.replace('"', "'").into(), malformed, "JSON has double quotes");
    bytes(
        "name-without-quotes",
        good.replacen("\"type\"", "type", 1).into(),
        malformed,
        "a name has quotes",
    );
    bytes("comment", good.replacen('{', "{/**/", 1).into(), malformed, "JSON has no comments");
    bytes("line-comment", format!("{good}//").into(), malformed, "JSON has no comments");
    bytes(
        "vertical-tab",
        good.replacen('{', "{\u{b}", 1).into(),
        malformed,
        "a vertical tab is no white space of JSON",
    );
    bytes(
        "no-break-space",
        good.replacen('{', "{\u{a0}", 1).into(),
        malformed,
        "a no-break space is no white space of JSON",
    );
    for (id, value) in [
        ("upper-case-true", "TRUE"),
        ("true-longer", "trueX"),
        ("true-cut", "tru"),
        ("nan", "NaN"),
        ("infinity", "-Infinity"),
        ("leading-zero", "01"),
        ("plus", "+1"),
        ("point-first", ".5"),
        ("point-last", "1."),
        ("exponent-empty", "1e"),
        ("exponent-sign", "1e+"),
        ("minus", "-"),
        ("hexadecimal", "0x1"),
        ("undefined", "undefined"),
        ("nothing", ""),
        ("mismatched", "[}"),
        ("open-array", "["),
        ("array-comma", "[1,]"),
        ("array-two-commas", "[1,,2]"),
        ("object-comma", "{\"a\":1,}"),
        ("object-no-value", "{\"a\"}"),
        ("object-number-name", "{1:1}"),
    ] {
        bytes(
            &format!("value-{id}"),
            close(&format!("\"extra\":{value}")),
            malformed,
            "no value of JSON, under a name that nobody knows",
        );
    }
    for (id, content) in [
        ("raw-line-break", "a\nb"),
        ("raw-tab", "a\tb"),
        ("raw-nul", "a\0b"),
        ("raw-unit-separator", "a\u{1f}b"),
        ("escape-x", "\\x41"),
        ("escape-nul", "\\0"),
        ("escape-quote", "\\'"),
        ("escape-upper-u", "\\U0041"),
        ("escape-u-short", "\\u41"),
        ("escape-u-letter", "\\u00g0"),
        ("escape-u-sign", "\\u+041"),
        ("lone-high-surrogate", "\\ud83d"),
        ("lone-low-surrogate", "\\ude00"),
        ("swapped-surrogates", "\\ude00\\ud83d"),
        ("high-then-letter", "\\ud83d\\u0041"),
        ("high-then-text", "\\ud83dA"),
        ("unterminated", "\\"),
    ] {
        bytes(
            &format!("string-{id}"),
            close(&format!("\"extra\":\"{content}\"")),
            malformed,
            "no string of JSON, under a name that nobody knows",
        );
    }
    bytes(
        "lone-surrogate-in-origin",
        good.replace("example.org", "example.org\\ud800").into(),
        malformed,
        "a lone surrogate is no character",
    );
    bytes(
        "lone-surrogate-in-a-name",
        close("\"\\udc00\":1"),
        malformed,
        "a lone surrogate is no character",
    );
    for (id, sequence) in [
        ("lone-continuation", "80"),
        ("cut-2", "c3"),
        ("cut-3", "e6b0"),
        ("cut-4", "f09f98"),
        ("overlong-2", "c0af"),
        ("overlong-3", "e080af"),
        ("overlong-4", "f08080af"),
        ("surrogate", "eda080"),
        ("surrogate-pair", "eda0bdedb880"),
        ("beyond", "f4908080"),
        ("ff", "ff"),
        ("latin-1", "e9"),
    ] {
        let mut text = close("\"extra\":\"#\"");
        let at = text.iter().rposition(|b| *b == b'#').expect("there");
        text.splice(at..=at, unhex(sequence));
        bytes(&format!("utf8-{id}"), text, malformed, "not UTF-8, under a name that nobody knows");
    }
    let mut text = good.as_bytes().to_vec();
    let at = good.find("example").expect("there");
    text[at] = 0xff;
    bytes("utf8-in-origin", text, malformed, "not UTF-8: it must not become U+FFFD");
    bytes(
        "number-bomb",
        close(&format!("\"n\":{}", "1".repeat(1000))),
        malformed,
        "a number of a thousand digits: no genuine client sends it, and none is computed",
    );
    bytes(
        "exponent-bomb",
        close(&format!("\"n\":1e{}", "9".repeat(100))),
        malformed,
        "an exponent of a hundred digits",
    );
    bytes(
        "depth-bomb",
        close(&format!("\"extra\":{}{}", "[".repeat(1000), "]".repeat(1000))),
        malformed,
        "a thousand levels: recursion must not follow the input",
    );
    bytes(
        "depth-bomb-open",
        close(&format!("\"extra\":{}", "[{\"a\":".repeat(500))),
        malformed,
        "a thousand levels that never close",
    );
    out
}

/// The texts that also go through whole ceremonies.
const WITHIN_CEREMONIES: [&str; 22] = [
    "bom",
    "white-space-around",
    "white-space-inside",
    "escaped-solidus",
    "escaped-letters",
    "escaped-name",
    "unknown-object",
    "unknown-numbers",
    "duplicate-type-last",
    "duplicate-type-escaped",
    "duplicate-origin-first",
    "duplicate-challenge-last",
    "two-boms",
    "utf8-overlong-2",
    "utf8-in-origin",
    "trailing-nul",
    "second-value",
    "string-lone-high-surrogate",
    "number-bomb",
    "depth-bomb",
    "value-null",
    "empty",
];

/// Changes of the form of any client data, for whole ceremonies.
pub(crate) fn forms(ceremony: &Ceremony) -> Vec<Mutation> {
    let get = ceremony.client_data_text();
    let texts = json_texts(&get.replace("webauthn.create", "webauthn.get"));
    let create = get.contains("webauthn.create");
    let out: Vec<Mutation> = texts
        .into_iter()
        .filter(|(id, ..)| WITHIN_CEREMONIES.contains(&id.as_str()))
        .map(|(id, text, code, why)| {
            // The table speaks of webauthn.get; put the ceremony's own word back.
            let client_data =
                if create { replace_bytes(&text, b"ebauthn.get", b"ebauthn.create") } else { text };
            let client_data = if create {
                replace_bytes(&client_data, b"ebauthn\\u002Eget", b"ebauthn\\u002Ecreate")
            } else {
                client_data
            };
            let check = if matches!(&*id, "bom" | "two-boms") || id.starts_with("utf8") {
                Check::Utf8
            } else {
                Check::Json
            };
            Mutation { id: format!("json-{id}"), check, code, client_data, why }
        })
        .collect();
    assert_eq!(out.len(), WITHIN_CEREMONIES.len(), "every name is one of the table's");
    out
}

fn replace_bytes(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend(to);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

/// The file of texts.
pub(crate) fn file() -> File {
    let (_, plain) = build(PLAIN);
    let good = plain.ceremony.client_data_text();
    let challenge = plain.ceremony.challenge_text();
    let mut cases = Vec::new();
    for (id, text, code, why) in json_texts(&good) {
        let case = Case::new("json.client_data", format!("client-data-{id}"))
            .input("client_data_json_hex", hex(&text));
        let mut case = match code {
            None => case.accept(
                "valid",
                [
                    ("type", "webauthn.get".into()),
                    ("challenge", challenge.as_str().into()),
                    ("origin", "https://example.org".into()),
                    ("cross_origin", false.into()),
                ],
            ),
            Some(code) => case.reject(code),
        };
        let policy = ["bomb", "surrogate", "nested", "1e400"].iter().any(|word| id.contains(word));
        if policy {
            case = case.normative("POLICY");
        }
        case.source = Json::object([
            (
                "document",
                if code == Some("client_data_malformed") { "WebAuthn Level 3" } else { "RFC 8259" }
                    .into(),
            ),
            (
                "section",
                if code == Some("client_data_malformed") { "5.8.1" } else { "2 to 8" }.into(),
            ),
            ("derived_from", plain.name.as_str().into()),
            ("mutation", id.as_str().into()),
        ]);
        cases.push(case.why(why));
    }
    let framed = good.replace(
        "\"crossOrigin\":false",
        "\"crossOrigin\":true,\"topOrigin\":\"https://example.com\"",
    );
    let case = Case::new("json.client_data", "client-data-top-origin")
        .source("WebAuthn Level 3", "5.8.1")
        .input("client_data_json_hex", hex(framed.as_bytes()))
        .accept(
            "valid",
            [("cross_origin", true.into()), ("top_origin", "https://example.com".into())],
        )
        .why("the client data of a frame");
    cases.push(case);
    File {
        topic: "client-data",
        description: "clientDataJSON as a text: JSON that must be read, and what must not pass for it",
        notes: vec![
            "json_malformed: not JSON, not UTF-8, or beyond the limits of any genuine client data. json_duplicate_member: a \
             known member twice. client_data_malformed: JSON, but a known member is missing or of the wrong type."
                .into(),
        ],
        cases,
    }
}
