//! What a host may configure, and the one code of each mistake.

use crate::bytes::base32;
use crate::case::{Case, File};
use crate::json::Json;

const OTP: &str = "mfakit docs/otp";
const RP: &str = "mfakit docs/webauthn";

pub(crate) fn file() -> File {
    let mut cases = Vec::new();
    otp(&mut cases);
    relying_party(&mut cases);
    File {
        topic: "config",
        description: "Constructor arguments of Totp, Hotp and RelyingParty",
        notes: vec![
            "A mistake of the host is of kind config, whatever the client sends; the inputs are the constructor's arguments."
                .into(),
        ],
        cases,
    }
}

/// A secret of `len` bytes, none of them zero.
fn secret(len: usize) -> String {
    base32(&(1..=255).cycle().take(len).collect::<Vec<u8>>())
}

fn otp(cases: &mut Vec<Case>) {
    let totp = |id: &str| {
        Case::new("config.totp", format!("config-totp-{id}"))
            .source(OTP, "Parameters")
            .input("secret", secret(20))
            .input("algorithm", "SHA1")
            .input("digits", 6)
            .input("period", 30)
    };
    let hotp = |id: &str| {
        Case::new("config.hotp", format!("config-hotp-{id}"))
            .source(OTP, "Parameters")
            .input("secret", secret(20))
            .input("algorithm", "SHA1")
            .input("digits", 6)
    };
    let mut accept = |case: Case, why: &str| cases.push(case.accept("ok", []).why(why));
    accept(totp("default"), "what every authenticator app knows");
    accept(hotp("default"), "what every authenticator app knows");
    for (algorithm, digits, period) in [("SHA256", 7, 1), ("SHA512", 8, 3600), ("SHA1", 8, 60)] {
        let id = format!("{}-{digits}-{period}", algorithm.to_lowercase());
        let case =
            totp(&id).input("algorithm", algorithm).input("digits", digits).input("period", period);
        accept(case, "the ends of every range");
        accept(
            hotp(&format!("{}-{digits}", algorithm.to_lowercase()))
                .input("algorithm", algorithm)
                .input("digits", digits),
            "the ends of every range",
        );
    }
    for len in [16, 128] {
        accept(
            totp(&format!("secret-{len}-bytes")).input("secret", secret(len)),
            "the shortest and the longest secret",
        );
        accept(
            hotp(&format!("secret-{len}-bytes")).input("secret", secret(len)),
            "the shortest and the longest secret",
        );
    }
    let grouped = secret(20)
        .to_lowercase()
        .as_bytes()
        .chunks(4)
        .map(|c| String::from_utf8_lossy(c).into_owned())
        .collect::<Vec<_>>()
        .join(" ");
    accept(totp("secret-lower-case-in-groups").input("secret", grouped), "as people paste it");
    for len in [10, 15] {
        let case = totp(&format!("legacy-secret-{len}-bytes"))
            .input("secret", secret(len))
            .input("legacy", true);
        accept(case, "a short secret, by the constructor that is named for it");
    }
    accept(
        hotp("ten-digits").input("digits", 10).input("ten_digits", true),
        "ten digits, by the constructor that is named for it",
    );

    let mut reject = |case: Case, code: &str, why: &str| cases.push(case.reject(code).why(why));
    for digits in [0, 1, 5, 9, 10, 11, 100] {
        reject(
            totp(&format!("digits-{digits}")).input("digits", digits),
            "digits_invalid",
            "a TOTP code has 6, 7 or 8 digits",
        );
        reject(
            hotp(&format!("digits-{digits}")).input("digits", digits),
            "digits_invalid",
            "an HOTP code has 6, 7 or 8 digits; 10 has its own constructor",
        );
    }
    for (id, period) in
        [("0", 0_u64), ("3601", 3601), ("86400", 86_400), ("2e32-plus-30", (1 << 32) + 30)]
    {
        reject(
            totp(&format!("period-{id}")).input("period", period),
            "period_invalid",
            "a period is 1 to 3600 seconds",
        );
    }
    for (id, name) in [
        ("md5", "MD5"),
        ("sha224", "SHA224"),
        ("sha384", "SHA384"),
        ("sha3", "SHA3-256"),
        ("empty", ""),
        ("space", "SHA1 "),
        ("nul", "SHA1\0"),
    ] {
        reject(
            totp(&format!("algorithm-{id}")).input("algorithm", name),
            "hash_algorithm_unknown",
            "SHA1, SHA256 or SHA512",
        );
        reject(
            hotp(&format!("algorithm-{id}")).input("algorithm", name),
            "hash_algorithm_unknown",
            "SHA1, SHA256 or SHA512",
        );
    }
    for (id, text, code, why) in [
        ("empty", String::new(), "secret_too_short", "no secret at all"),
        ("1-byte", secret(1), "secret_too_short", "fewer than 16 bytes"),
        (
            "10-bytes",
            secret(10),
            "secret_too_short",
            "what some issuers hand out; it takes the constructor that is named for it",
        ),
        ("15-bytes", secret(15), "secret_too_short", "one byte short of 16"),
        ("129-bytes", secret(129), "secret_too_long", "one byte more than 128"),
        ("1000-bytes", secret(1000), "secret_too_long", "far more than 128"),
        ("digit-0", format!("0{}", &secret(20)[1..]), "secret_malformed", "0 is no base32 symbol"),
        ("digit-1", format!("1{}", &secret(20)[1..]), "secret_malformed", "1 is no base32 symbol"),
        (
            "hex",
            "0102030405060708090a0b0c0d0e0f1011121314".into(),
            "secret_malformed",
            "hex is not base32",
        ),
        (
            "uri",
            "otpauth://totp/x?secret=AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYU".into(),
            "secret_malformed",
            "a URI is not a secret",
        ),
        (
            "full-width",
            format!("\u{ff21}{}", &secret(20)[1..]),
            "secret_malformed",
            "a full-width A",
        ),
        ("cut", secret(20)[..30].into(), "secret_malformed", "a length that base32 does not have"),
        (
            "leftover-bits",
            format!("{}B", &secret(16)[..25]),
            "secret_malformed",
            "leftover bits that are not zero",
        ),
    ] {
        reject(totp(&format!("secret-{id}")).input("secret", text.clone()), code, why);
        reject(hotp(&format!("secret-{id}")).input("secret", text), code, why);
    }
    reject(
        totp("legacy-secret-malformed").input("secret", "0000000000000000").input("legacy", true),
        "secret_malformed",
        "short is not malformed",
    );
    reject(
        hotp("ten-digits-6")
            .input("digits", 6)
            .input("ten_digits", true)
            .input("secret", secret(15)),
        "secret_too_short",
        "the ten-digit constructor is no way around the length",
    );

    for (id, name, value) in [
        ("secret-number", "secret", Json::from(1234)),
        ("secret-null", "secret", Json::Null),
        ("digits-text", "digits", "6".into()),
        ("digits-boolean", "digits", true.into()),
        ("digits-null", "digits", Json::Null),
        ("period-text", "period", "30".into()),
        ("period-boolean", "period", true.into()),
        ("algorithm-number", "algorithm", Json::from(1)),
    ] {
        reject(
            totp(&format!("type-{id}")).input(name, value).requires("dynamic_input"),
            "argument_type_invalid",
            "a wrong type is the host's mistake; it is never converted",
        );
    }
}

fn relying_party(cases: &mut Vec<Case>) {
    let rp = |id: &str| {
        Case::new("config.relying_party", format!("config-rp-{id}"))
            .source(RP, "RelyingParty")
            .input("id", "example.org")
            .input("name", "Example")
            .input("origins", vec!["https://example.org"])
            .input("user_verification", "required")
    };
    let mut accept = |case: Case, why: &str| cases.push(case.accept("ok", []).why(why));
    accept(rp("default"), "an id, a name, an origin, and a word on user verification");
    for word in ["required", "preferred", "discouraged"] {
        accept(
            rp(&format!("user-verification-{word}")).input("user_verification", word),
            "the three words of the standard",
        );
    }
    for (id, rp_id, origin) in [
        ("subdomain", "login.example.org", "https://login.example.org"),
        ("parent-domain", "example.org", "https://login.example.org"),
        ("port", "example.org", "https://example.org:8443"),
        ("localhost", "localhost", "http://localhost"),
        ("localhost-port", "localhost", "http://localhost:8080"),
        ("localhost-https", "localhost", "https://localhost:8443"),
        ("punycode", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("digits-and-hyphens", "3-com.4.example", "https://3-com.4.example"),
        (
            "android",
            "example.org",
            "android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ),
        ("other-site", "example.org", "https://example.net"),
    ] {
        let case = rp(&format!("accepted-{id}")).input("id", rp_id).input("origins", vec![origin]);
        accept(case, "origins are compared as texts; a related origin may be another site");
    }
    accept(
        rp("two-origins").input("origins", vec!["https://example.org", "https://www.example.org"]),
        "several origins",
    );
    accept(
        rp("cross-origin-listed")
            .input("cross_origin", "allow_listed")
            .input("top_origins", vec!["https://example.com"]),
        "frames within listed pages",
    );

    let mut reject = |case: Case, code: &str, why: &str| cases.push(case.reject(code).why(why));
    let long_label = "a".repeat(64);
    let long_name = vec!["a".repeat(60); 5].join(".");
    for (id, rp_id, why) in [
        ("empty", "", "no id"),
        ("upper-case", "Example.org", "browsers hash the lower-case form"),
        ("scheme", "https://example.org", "an id is a domain, not an origin"),
        ("port", "example.org:443", "an id has no port"),
        ("path", "example.org/", "an id has no path"),
        ("ipv4", "192.0.2.1", "an IP address is no domain"),
        ("ipv6", "[2001:db8::1]", "an IP address is no domain"),
        ("ipv6-bare", "2001:db8::1", "an IP address is no domain"),
        ("trailing-dot", "example.org.", "browsers leave the root's dot out"),
        ("leading-dot", ".example.org", "an empty label"),
        ("two-dots", "example..org", "an empty label"),
        ("space", "example.org ", "a blank is no letter"),
        ("wildcard", "*.example.org", "an id is one domain"),
        ("user", "user@example.org", "an id has no user"),
        ("non-ascii", "b\u{fc}cher.example", "browsers hash the punycode form"),
        ("underscore", "my_site.example", "no host name has an underscore"),
        ("hyphen-first", "-example.org", "a label starts with a letter or digit"),
        ("hyphen-last", "example-.org", "a label ends with a letter or digit"),
        ("nul", "example.org\0", "a NUL is no letter"),
        ("long-label", &*long_label, "a label has at most 63 characters"),
        ("long", &*long_name, "a name has at most 253 characters"),
    ] {
        reject(rp(&format!("id-{id}")).input("id", rp_id), "rp_id_invalid", why);
    }
    for (id, origin, why) in [
        ("empty", "", "no origin"),
        ("no-scheme", "example.org", "an origin has a scheme"),
        ("trailing-slash", "https://example.org/", "an origin has no path: it would never match"),
        ("path", "https://example.org/login", "an origin has no path"),
        ("query", "https://example.org?x", "an origin has no query"),
        ("fragment", "https://example.org#x", "an origin has no fragment"),
        ("user", "https://user@example.org", "an origin has no user"),
        (
            "upper-case-host",
            "https://Example.org",
            "browsers send the lower-case form: it would never match",
        ),
        ("upper-case-scheme", "HTTPS://example.org", "browsers send the lower-case form"),
        ("http", "http://example.org", "no passkeys without TLS, but on localhost"),
        ("http-look-alike", "http://localhost.example.org", "not localhost"),
        (
            "default-port",
            "https://example.org:443",
            "browsers leave the default port out: it would never match",
        ),
        ("default-port-http", "http://localhost:80", "browsers leave the default port out"),
        ("port-empty", "https://example.org:", "a port has digits"),
        ("port-zero", "https://example.org:0", "no server listens on port 0"),
        ("port-leading-zero", "https://example.org:08443", "browsers leave leading zeros out"),
        ("port-large", "https://example.org:65536", "a port is below 65536"),
        ("port-text", "https://example.org:https", "a port is a number"),
        ("null", "null", "an opaque origin is nobody's"),
        ("wildcard", "https://*.example.org", "an origin is one site"),
        ("star", "*", "an origin is one site"),
        ("trailing-dot", "https://example.org.", "it would never match"),
        ("space", "https://example.org ", "a blank is no letter"),
        ("backslash", "https:\\\\example.org", "a backslash is no slash"),
        ("one-slash", "https:/example.org", "two slashes"),
        ("non-ascii", "https://b\u{fc}cher.example", "browsers send the punycode form"),
        ("two", "https://example.org,https://example.com", "a list is a list"),
    ] {
        reject(rp(&format!("origin-{id}")).input("origins", vec![origin]), "origin_invalid", why);
        if id == "http" || id == "trailing-slash" || id == "star" {
            let case = rp(&format!("top-origin-{id}"))
                .input("cross_origin", "allow_listed")
                .input("top_origins", vec![origin]);
            reject(case, "origin_invalid", why);
        }
    }
    reject(
        rp("origins-none").input("origins", Vec::<&str>::new()),
        "origin_invalid",
        "nothing could ever match",
    );
    reject(
        rp("origins-second-wrong")
            .input("origins", vec!["https://example.org", "https://example.org/"]),
        "origin_invalid",
        "every origin is checked",
    );
    for (id, name, value) in [
        ("user-verification", "user_verification", "always"),
        ("user-verification-empty", "user_verification", ""),
        ("user-verification-case", "user_verification", "Required"),
        ("cross-origin", "cross_origin", "allow"),
        ("counter", "counter", "ignore"),
        ("backup", "backup", "lax"),
    ] {
        reject(
            rp(&format!("{id}-unknown")).input(name, value).requires("dynamic_input"),
            "argument_value_invalid",
            "not one of the allowed words",
        );
    }
    for (id, name, value) in [
        ("id-number", "id", Json::from(1)),
        ("id-null", "id", Json::Null),
        ("origins-text", "origins", "https://example.org".into()),
        ("origins-null", "origins", Json::Null),
        ("user-verification-boolean", "user_verification", true.into()),
    ] {
        reject(
            rp(&format!("type-{id}")).input(name, value).requires("dynamic_input"),
            "argument_type_invalid",
            "a wrong type is the host's mistake; it is never converted",
        );
    }
}
