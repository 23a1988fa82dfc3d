//! `Otpauth::parse` and `mfakit::parse_otpauth` against the rules over decoded text: the same fields and warnings, or one of
//! the errors that the rules find; and what `OtpUri` writes comes back as it was.

use crate::base32;
use data_encoding::BASE32_NOPAD;
use mfakit_core::Error;
use mfakit_core::otp::otpauth::Otpauth;
use mfakit_core::otp::uri::{MovingFactor, OtpUri};

/// What a URI says.
#[derive(Debug, PartialEq)]
pub struct Read {
    /// The secret.
    pub secret: Vec<u8>,
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: &'static str,
    /// The digits; 5 for Steam.
    pub digits: u64,
    /// Seconds, where time moves the code.
    pub period: Option<u64>,
    /// The counter, where a counter does.
    pub counter: Option<u64>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// For whom.
    pub account: String,
    /// The warnings' names.
    pub warnings: Vec<&'static str>,
}

/// A character, and whether it stood as an escape.
type Decoded = Vec<(char, bool)>;

/// Percent-encoded UTF-8 without control characters.
fn decoded(raw: &str) -> Option<Decoded> {
    let (bytes, escaped) = unescaped(raw)?;
    let text = String::from_utf8(bytes).ok()?;
    let characters: Decoded = text.char_indices().map(|(at, c)| (c, escaped[at])).collect();
    (!text.contains(forbidden)).then_some(characters)
}

/// Control characters, the separators of lines and paragraphs, and what turns the direction of writing.
#[must_use]
pub fn forbidden(c: char) -> bool {
    let turns = ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}'];
    let isolates = ['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
    let separates = ['\u{2028}', '\u{2029}'];
    c.is_control() || turns.contains(&c) || isolates.contains(&c) || separates.contains(&c)
}

/// The bytes that percent-encoded text stands for, and which of them were escapes.
fn unescaped(raw: &str) -> Option<(Vec<u8>, Vec<bool>)> {
    let (mut bytes, mut escaped) = (Vec::new(), Vec::new());
    let mut rest = raw.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        let value = match (first, others) {
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                data_encoding::HEXLOWER_PERMISSIVE.decode(&[*high, *low]).ok()?[0]
            }
            (b'%', _) => return None,
            (plain, _) => *plain,
        };
        bytes.push(value);
        escaped.push(*first == b'%');
    }
    Some((bytes, escaped))
}

fn text(characters: &[(char, bool)]) -> String {
    characters.iter().map(|(c, _)| *c).collect()
}

/// What the URI says, or everything that is wrong with it.
///
/// # Errors
///
/// Those of `Otpauth::parse`, of which core may name any.
pub fn reference(uri: &[u8]) -> Result<Read, Vec<Error>> {
    if uri.len() > 2400 {
        return Err(vec![Error::InputTooLarge]);
    }
    let malformed = || vec![Error::OtpauthMalformed];
    let uri = std::str::from_utf8(uri).map_err(|_| malformed())?;
    let scheme = uri.get(..10).is_some_and(|scheme| scheme.to_lowercase() == "otpauth://");
    if !scheme || uri.contains('#') {
        return Err(malformed());
    }
    let (path, query) = uri[10..].split_once('?').unwrap_or((&uri[10..], ""));
    let (kind, label) = path.split_once('/').ok_or_else(malformed)?;
    let mut faults = Vec::new();

    let parameters: Vec<(String, &str)> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    // Another reader would decode a name, and find a parameter that this one does not.
    if parameters.iter().any(|(name, _)| name.contains('%')) {
        faults.push(Error::OtpauthMalformed);
    }
    let known = ["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder"];
    let all = |name: &str| -> Vec<&str> {
        parameters.iter().filter(|(own, _)| own == name).map(|(_, value)| *value).collect()
    };
    if known.iter().any(|name| all(name).len() > 1) {
        faults.push(Error::OtpauthParameterDuplicate);
    }
    let mut unknown = parameters.iter().any(|(name, _)| !known.contains(&name.as_str()));
    let get = |name: &str| all(name).first().copied();
    let number = |name: &str| {
        get(name).map(|value| {
            let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            value.parse::<u64>().ok().filter(|_| digits)
        })
    };

    let encoder = get("encoder").map(str::to_ascii_lowercase);
    let kind = match (kind.to_ascii_lowercase().as_str(), encoder.as_deref()) {
        ("totp", None) => "totp",
        ("hotp", None) => "hotp",
        ("totp", Some("steam")) | ("steam", None | Some("steam")) => "steam",
        _ => return Err([faults, vec![Error::OtpauthUnsupported]].concat()),
    };

    let secret = get("secret").and_then(unescaped).map(|(bytes, _)| bytes);
    let secret = secret.filter(|text| text.len() <= 512).and_then(|text| base32::reference(&text));
    let secret = secret.filter(|bytes| (1..=128).contains(&bytes.len()));
    if secret.is_none() {
        faults.push(Error::OtpauthSecretInvalid);
    }
    let algorithm = get("algorithm").unwrap_or("SHA1").to_ascii_uppercase();
    let algorithm = match algorithm.as_str() {
        "SHA1" | "SHA-1" => Some("SHA1"),
        "SHA256" | "SHA-256" => Some("SHA256"),
        "SHA512" | "SHA-512" => Some("SHA512"),
        _ => None,
    };
    if algorithm.is_none() {
        faults.push(Error::OtpauthUnsupported);
    }
    let allowed: &[u64] = match kind {
        "totp" => &[6, 7, 8],
        "hotp" => &[6, 7, 8, 10],
        _ => &[5],
    };
    let digits = number("digits").unwrap_or(Some(allowed[0])).filter(|n| allowed.contains(n));
    let (mut period, mut counter) = (None, None);
    if kind == "hotp" {
        counter = number("counter").flatten();
        unknown |= get("period").is_some();
    } else {
        period = number("period").unwrap_or(Some(30)).filter(|n| (1..=3600).contains(n));
        unknown |= get("counter").is_some();
    }
    if digits.is_none() || period.or(counter).is_none() {
        faults.push(Error::OtpauthParameterInvalid);
    }
    if kind == "steam" && (algorithm != Some("SHA1") || period != Some(30)) {
        faults.push(Error::OtpauthUnsupported);
    }

    let (label, issuer) = (decoded(label), get("issuer").map(decoded));
    let (Some(label), None | Some(Some(_))) = (label, &issuer) else {
        return Err([faults, malformed()].concat());
    };
    let (prefix, account) = split(&label, issuer.as_ref().and_then(Option::as_ref));
    // The parameter without the spaces around it, and the same with its plus signs as spaces, as forms write them.
    let named = issuer.flatten().map(|issuer| {
        let kept: Vec<_> = (0..issuer.len()).filter(|at| issuer[*at].0 != ' ').collect();
        let (first, last) = (kept.first().copied(), kept.last().copied());
        let trimmed = first.zip(last).map_or(&[][..], |(first, last)| &issuer[first..=last]);
        let plus = |c: &(char, bool)| if *c == ('+', false) { (' ', false) } else { *c };
        (text(trimmed), text(&trimmed.iter().map(plus).collect::<Decoded>()))
    });
    let named = named.filter(|(plain, _)| !plain.is_empty());
    let form_of = |prefix: &str| named.as_ref().is_some_and(|(_, form)| form == prefix);
    let mut mismatch = false;
    let issuer = match (prefix, &named) {
        (Some(prefix), Some(_)) if form_of(&prefix) => Some(prefix),
        (prefix, Some((plain, _))) => {
            mismatch = prefix.is_some_and(|prefix| prefix != *plain);
            Some(plain.clone())
        }
        (prefix, None) => prefix,
    };
    match (secret, algorithm, digits, faults.is_empty()) {
        (Some(secret), Some(algorithm), Some(digits), true) => {
            let warnings = [
                (mismatch, "issuer_mismatch"),
                (algorithm != "SHA1", "non_default_algorithm"),
                (secret.len() < 16, "short_secret"),
                (unknown, "unknown_parameter"),
                (period.is_some_and(|period| period != 30), "app_may_ignore_period"),
            ];
            let warnings = warnings.into_iter().filter(|(said, _)| *said).map(|(_, name)| name);
            let warnings = warnings.collect();
            Ok(Read { secret, algorithm, digits, period, counter, issuer, account, warnings })
        }
        _ => Err(faults),
    }
}

/// The issuer in front of the account, if there is one, and the account.
fn split(label: &Decoded, issuer: Option<&Decoded>) -> (Option<String>, String) {
    let colons: Vec<usize> = (0..label.len()).filter(|at| label[*at].0 == ':').collect();
    let named = colons.iter().find(|at| issuer.is_some_and(|i| text(i) == text(&label[..**at])));
    let plain = colons.iter().find(|at| !label[**at].1);
    let trimmed = |part: &[(char, bool)]| text(part).trim_matches(' ').to_owned();
    match named.or(plain).or(colons.first()) {
        Some(at) => {
            let prefix = Some(trimmed(&label[..*at])).filter(|prefix| !prefix.is_empty());
            (prefix, trimmed(&label[at + 1..]))
        }
        None => (None, trimmed(label)),
    }
}

/// What core says of a URI.
#[must_use]
pub fn read(ours: &Otpauth<'_>) -> Read {
    let (period, counter) = match ours.moving() {
        MovingFactor::Time(period) => (Some(u64::from(period.seconds())), None),
        MovingFactor::Counter(counter) => (None, Some(counter)),
    };
    Read {
        secret: ours.secret().expose().to_vec(),
        algorithm: ours.algorithm().as_str(),
        digits: u64::from(ours.digits().get()),
        period,
        counter,
        issuer: ours.issuer().map(|issuer| issuer.to_string()),
        account: ours.account().to_string(),
        warnings: ours.warnings().iter().map(|warning| warning.as_str()).collect(),
    }
}

/// Whether core takes the URI; panics on disagreement.
pub fn check(uri: &[u8]) -> bool {
    let ours = Otpauth::parse(uri);
    let expected = reference(uri);
    match (&ours, &expected) {
        (Ok(ours), Ok(expected)) => assert_eq!(read(ours), *expected),
        (Err(error), Err(faults)) => assert!(faults.contains(error), "{error:?}, not {faults:?}"),
        _ => panic!("{ours:?}, the rules say {expected:?}"),
    }
    if let Ok(uri) = std::str::from_utf8(uri) {
        check_owned(uri, ours.as_ref().map_err(|error| *error), expected.as_ref().ok());
    }
    let (Ok(ours), Ok(expected)) = (&ours, &expected) else { return false };
    check_round_trip(ours, expected);
    true
}

/// The same in owned types.
fn check_owned(uri: &str, ours: Result<&Otpauth<'_>, Error>, expected: Option<&Read>) {
    let owned = mfakit::parse_otpauth(uri);
    let Some(expected) = expected else {
        assert_eq!(owned.err(), ours.err());
        return;
    };
    let owned = owned.expect("core took it");
    let (secret, digits) = match &owned.otp {
        mfakit::Otp::Totp(totp) => {
            assert_eq!(Some(u64::from(totp.period())), expected.period);
            assert_eq!(totp.is_steam(), expected.digits == 5);
            (totp.expose_secret(), totp.digits())
        }
        mfakit::Otp::Hotp(hotp) => (hotp.expose_secret(), hotp.digits()),
    };
    assert_eq!(*secret, BASE32_NOPAD.encode(&expected.secret));
    assert_eq!(u64::from(digits), expected.digits);
    assert_eq!((&owned.issuer, &owned.account), (&expected.issuer, &expected.account));
    assert_eq!((owned.counter, owned.migration), (expected.counter, None));
    let warnings: Vec<_> = owned.warnings.iter().map(|warning| warning.as_str()).collect();
    assert_eq!(warnings, expected.warnings);
    assert!(!format!("{:?}", owned.otp).contains(&*secret) || secret.len() < 5);
}

/// What is written of a URI's parts reads as those parts, without a warning about how it is written.
fn check_round_trip(ours: &Otpauth<'_>, expected: &Read) {
    let (issuer, account) = (expected.issuer.as_deref().unwrap_or_default(), &expected.account);
    let label = |part: &str| {
        let plain = !part.contains(|c: char| c == ':' || forbidden(c)) && part.trim() == part;
        plain && (1..=128).contains(&part.len())
    };
    let (secret, moving) = (ours.secret(), ours.moving());
    let uri = OtpUri::new(secret, ours.algorithm(), ours.digits(), moving, issuer, account);
    if !label(issuer) || !label(account) {
        assert_eq!(uri.err(), Some(Error::OtpLabelInvalid));
        return;
    }
    let mut written = String::new();
    uri.expect("good labels").write(&mut written).expect("a String takes any text");
    assert!(!written.contains('+'), "{written}");
    let again = Otpauth::parse(written.as_bytes()).expect("what was written is read");
    let about_the_text = ["issuer_mismatch", "unknown_parameter"];
    let mut warnings = expected.warnings.clone();
    warnings.retain(|warning| !about_the_text.contains(warning));
    let issuer = Some(issuer.to_owned());
    let (secret, account) = (expected.secret.clone(), account.clone());
    assert_eq!(read(&again), Read { secret, issuer, account, warnings, ..*expected });
}

/// URIs as services write them, and ones with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let mut uris = Vec::new();
    for label in [
        "alice",
        "Acme:alice",
        "Acme%3Aalice",
        "Acme%3a%20alice%20",
        "%20Acme : a:b ",
        "",
        ":",
        "%3A",
        "a%3Ab:c",
        "Text%3A%20More:a",
        "Big%20Bank:a",
        "Big+Bank:a+b",
        "Gro%C3%9Fe:Ä",
        "%F0%9F%94%91:a",
        "%ZZ",
        "%4",
        "%C3",
        "a%00b",
        "a#b",
        "a/b",
        "+:a",
        "%2B:a",
        "a%",
        "%ED%A0%80",
        "a%E2%80%AEb",
        "\u{2028}:a",
        "a%E2%81%A9",
        "a%E2%80%8B",
    ] {
        for issuer in [
            "",
            "&issuer=Acme",
            "&issuer=Big+Bank",
            "&issuer=Text%3A%20More",
            "&issuer=+",
            "&issuer=%20+%20",
            "&issuer=%2B",
            "&issuer=%80",
        ] {
            uris.push(format!("otpauth://totp/{label}?secret={secret}{issuer}"));
        }
    }
    for more in [
        "&digits=8",
        "&digits=10",
        "&digits=5",
        "&digits=06",
        "&digits=",
        "&digits=+6",
        "&period=60",
        "&period=0",
        "&period=3601",
        "&algorithm=SHA-256",
        "&algorithm=sha512",
        "&algorithm=MD5",
        "&algorithm=SHA--1",
        "&algorithm=S-HA1",
        "&algorithm=SHA1-",
        "&counter=0",
        "&counter=-1",
        "&counter=18446744073709551615",
        "&counter=18446744073709551616",
        "&encoder=steam",
        "&encoder=other",
        "&secret=MY",
        "&d%69gits=8",
        "&%73ecret=MY",
        "&x%=",
        "&Issuer=a&issuer=a",
        "&image=x",
        "&&",
        "&=",
        "&digits",
        "&encoder=steam&digits=5&period=30",
        "&counter=1&digits=10&period=30",
        "&algorithm=SHA256&encoder=steam",
    ] {
        uris.extend(
            ["totp", "hotp", "steam", "TOTP", "motp", ""]
                .map(|kind| format!("otpauth://{kind}/a?secret={secret}{more}")),
        );
    }
    for secret in [
        "",
        "A",
        "MZ",
        "MY",
        "MY======",
        "MY%3D%3D%3D%3D%3D%3D",
        "gezd%20gnbv-gy3t qojq",
        "MZXW6+",
        "MZXW6%",
        "77777777",
        &"A".repeat(205),
        &"A".repeat(208),
        &"-".repeat(511),
        &"-".repeat(512),
        "%4D%59",
    ] {
        uris.push(format!("otpauth://totp/a?secret={secret}"));
        uris.push(format!("OTPAUTH://totp/a?digits=6&secret={secret}&issuer=b"));
    }
    for len in [2400, 2401] {
        let uri = format!("otpauth://totp/a?secret={secret}");
        uris.push(format!("{uri}{}", "&".repeat(len - uri.len())));
    }
    uris.extend(
        [
            "",
            "otpauth://totp",
            "otpauth://",
            "otpauth:/totp/a",
            "https://example.org/a?secret=MY",
            "otpauth://totp/a",
        ]
        .map(str::to_owned),
    );
    uris.into_iter().map(String::into_bytes).collect()
}
