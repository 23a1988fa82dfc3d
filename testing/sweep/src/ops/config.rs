//! What a program configures. Another secret or name is another secret or name; it must be well formed by an independent
//! rule, and a secret must give the codes of the bytes that an independent reader finds in it.

use crate::judge::{Judge, as_read, nothing, require};
use crate::reference::{otp as reference, text};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use mfakit::{
    BackupPolicy, CounterPolicy, CrossOriginPolicy, Error, HashAlgorithm, Hotp, HotpOptions,
    RelyingParty, RelyingPartyOptions, Totp, TotpOptions, UnixTime, UserVerification,
};
use serde_json::{Value, json};

fn surface(name: &'static str, text: &str, run: Run, judge: Judge) -> Surface {
    let bytes = text.as_bytes().to_vec();
    let (op, case) = (String::new(), String::new());
    Surface { op, name, case, whose: Whose::Host, text: true, bytes, run, judge }
}

/// Changes are texts here: see `change_text`.
fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// A hash's name has no neighbours.
fn algorithm(inputs: &Inputs) -> Surface {
    let run = |name: &[u8]| HashAlgorithm::from_name(utf8(name)).map(|_| Value::Null);
    surface("algorithm", inputs.text("algorithm"), Box::new(run), nothing())
}

/// Judges an authenticator by its code at counter 0.
fn by_code(inputs: &Inputs, digits: u64) -> Judge {
    let algorithm = inputs.text("algorithm").to_owned();
    let least = if inputs.flag("legacy") == Some(true) { 1 } else { 16 };
    as_read(move |secret| {
        let key = text::base32(secret)?;
        require((least..=128).contains(&key.len()), "a secret of a forbidden length")?;
        Ok(json!(reference::code(&algorithm, &key, 0, digits)?))
    })
}

pub(crate) fn totp(inputs: &Inputs) -> Vec<Surface> {
    let (digits, legacy) = (inputs.number("digits").unwrap_or(6), inputs.flag("legacy"));
    let period = inputs.number("period").unwrap_or(30);
    let name = inputs.text("algorithm").to_owned();
    let run = move |secret: &[u8]| {
        let options = TotpOptions {
            algorithm: HashAlgorithm::from_name(&name)?,
            digits,
            period,
            ..TotpOptions::default()
        };
        let totp = match legacy {
            Some(true) => Totp::danger_legacy(utf8(secret), options)?,
            _ => Totp::new(utf8(secret), options)?,
        };
        Ok(json!(totp.code_at(Some(UnixTime::from_seconds(0)))?))
    };
    let judge = by_code(inputs, digits);
    vec![surface("secret", inputs.text("secret"), Box::new(run), judge), algorithm(inputs)]
}

pub(crate) fn hotp(inputs: &Inputs) -> Vec<Surface> {
    let ten = inputs.flag("ten_digits") == Some(true);
    let legacy = inputs.flag("legacy");
    let digits = if ten { 10 } else { inputs.number("digits").unwrap_or(6) };
    let name = inputs.text("algorithm").to_owned();
    let run = move |secret: &[u8]| {
        let algorithm = HashAlgorithm::from_name(&name)?;
        let options = HotpOptions { algorithm, digits };
        let hotp = match legacy {
            _ if ten => Hotp::ten_digits(utf8(secret), algorithm)?,
            Some(true) => Hotp::danger_legacy(utf8(secret), options)?,
            _ => Hotp::new(utf8(secret), options)?,
        };
        Ok(json!(hotp.code_at(0)))
    };
    let judge = by_code(inputs, digits);
    vec![surface("secret", inputs.text("secret"), Box::new(run), judge), algorithm(inputs)]
}

/// A relying party's texts.
#[derive(Clone)]
struct Texts {
    id: String,
    name: String,
    origins: Vec<String>,
    top_origins: Vec<String>,
}

pub(crate) fn relying_party(inputs: &Inputs) -> Vec<Surface> {
    let texts = Texts {
        id: inputs.text("id").to_owned(),
        name: inputs.text("name").to_owned(),
        origins: inputs.texts("origins"),
        top_origins: inputs.texts("top_origins"),
    };
    let make = |inputs: &Inputs, texts: &Texts| -> Result<Value, Error> {
        let uv = UserVerification::from_name(inputs.text("user_verification"))?;
        let mut options = RelyingPartyOptions::new(&texts.name, &[], uv);
        options.origins.clone_from(&texts.origins);
        options.top_origins.clone_from(&texts.top_origins);
        options.cross_origin = match inputs.text("cross_origin") {
            "allow_listed" => CrossOriginPolicy::AllowListed,
            "danger_any_top_origin" => CrossOriginPolicy::DangerAnyTopOrigin,
            _ => CrossOriginPolicy::Deny,
        };
        if inputs.text("counter") == "report" {
            options.counter = CounterPolicy::Report;
        }
        if inputs.text("backup") == "allow_upgrade" {
            options.backup = BackupPolicy::AllowUpgrade;
        }
        if let Some(algorithms) = inputs.get("algorithms").and_then(Value::as_array) {
            options.algorithms = algorithms.iter().filter_map(Value::as_i64).collect();
        }
        let rp = RelyingParty::new(&texts.id, options)?;
        if let Some(key) = inputs.hex("state_key_hex") {
            rp.with_state_key(&key)?;
        }
        Ok(Value::Null)
    };
    let mut surfaces = Vec::new();
    let mut add = |name,
                   original: &str,
                   rule: fn(&str) -> bool,
                   set: Box<dyn Fn(&mut Texts, String) + Send + Sync>| {
        let (inputs, texts) = (inputs.clone(), texts.clone());
        let run = move |changed: &[u8]| {
            let mut texts = texts.clone();
            set(&mut texts, utf8(changed).to_owned());
            make(&inputs, &texts)
        };
        let judge = as_read(move |changed| {
            require(rule(utf8(changed)), "not well formed by the independent rule")?;
            Ok(Value::Null)
        });
        surfaces.push(surface(name, original, Box::new(run), judge));
    };
    add("id", &texts.id, is_domain, Box::new(|texts, changed| texts.id = changed));
    add(
        "name",
        &texts.name,
        |name| !name.is_empty(),
        Box::new(|texts, changed| texts.name = changed),
    );
    for (i, origin) in texts.origins.iter().enumerate() {
        add(
            "origin",
            origin,
            is_origin,
            Box::new(move |texts, changed| texts.origins[i] = changed),
        );
    }
    for (i, origin) in texts.top_origins.iter().enumerate() {
        let set = move |texts: &mut Texts, changed| texts.top_origins[i] = changed;
        add("top origin", origin, is_origin, Box::new(set));
    }
    surfaces
}

/// RFC 1123 §2.1 in lower case; the last label has a letter, which no IPv4 address has.
fn is_domain(name: &str) -> bool {
    let labels: Vec<&[u8]> = name.as_bytes().split(|byte| *byte == b'.').collect();
    name.len() < 254
        && labels.iter().all(|label| match label {
            [first, .., last] => label.len() < 64 && *first != b'-' && *last != b'-',
            [only] => *only != b'-',
            [] => false,
        })
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b))
        && labels.last().is_some_and(|label| !label.iter().all(u8::is_ascii_digit))
}

/// `https` with a host and perhaps a port, `http` of localhost, or the opaque origin of an app.
fn is_origin(origin: &str) -> bool {
    let (scheme, rest) = origin.split_once(':').unwrap_or_default();
    let Some(authority) = rest.strip_prefix("//").filter(|_| matches!(scheme, "http" | "https"))
    else {
        let mut symbols = scheme.bytes();
        return !matches!(scheme, "http" | "https")
            && symbols.next().is_some_and(|first| first.is_ascii_lowercase())
            && symbols
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
            && !rest.is_empty()
            && rest.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "1"));
    let port_is_one = port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    let default = if scheme == "https" { "443" } else { "80" };
    let octets: Vec<&str> = host.split('.').collect();
    let address = octets.len() == 4
        && octets.iter().all(|o| o.parse::<u8>().is_ok_and(|number| number.to_string() == *o));
    let local = host == "localhost" || host.ends_with(".localhost");
    port_is_one
        && port != "0"
        && port != default
        && (is_domain(host) || address)
        && (scheme == "https" || local)
}
