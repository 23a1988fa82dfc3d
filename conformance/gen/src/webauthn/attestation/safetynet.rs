//! The format `android-safetynet`: §8.5. Deprecated, and accepted only where it is named.

use super::super::ceremony::{Registration, Statement, sha256};
use super::super::recipe::{PLAIN, authority, authority_name, build};
use super::super::registration::Out;
use super::*;
use crate::bytes::base64;
use crate::case::File;
use crate::keys::{Es256Key, Key};
use mfakit_testing::der;
use mfakit_testing::keys::Es384Key;
use mfakit_testing::rsa::RsaKey;
use mfakit_testing::text::base64url;
use mfakit_testing::x509::{Certificate, Extension, SUBJECT_ALT_NAME, attributes, name};
use serde_json::{Value, json};

pub(super) fn file() -> File {
    let base = safetynet();
    let mut out = Out::default();
    statement(&mut out, &base);
    signatures(&mut out, &base);
    payload(&mut out, &base);
    certificates(&mut out, &base);
    formats(&mut out, &base);
    let mut cases = vec![positive(&base, "8.5", "a genuine device")];
    cases.extend(out.cases);
    super::file("attestation-safetynet", "Android SafetyNet statements: section 8.5", cases)
}

/// A registration of our own with such a statement.
pub(super) fn safetynet() -> Registration {
    let (mut base, _) = build(PLAIN);
    let key = Key::Es256(Es256Key::new(&[9; 32]));
    let subject = name(&attributes("attest.android.com", "Google", "x", "US"));
    let mut leaf = Certificate::new(&[1], &authority_name(), &subject, &key);
    leaf.set(Extension::basic_constraints(false, None));
    leaf.set(Extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]));
    leaf.set(dns_names(&["attest.android.com"]));
    let nonce = sha256(&base.subject().message());
    let certified = Certified {
        kind: Kind::SafetyNet(SafetyNet {
            version: text("14799021"),
            algorithm: "ES256".into(),
            header: Vec::new(),
            payload: genuine(&nonce).to_string(),
            response: None,
        }),
        key,
        leaf,
        issuer: authority().0,
        first: None,
        rest: Vec::new(),
        message: None,
        signature: None,
        edits: Vec::new(),
    };
    base.fmt = "android-safetynet".into();
    base.statement = Statement::Certified(Box::new(certified));
    base.formats = Some(vec!["android-safetynet"]);
    base.now = Some(NOW);
    own(base, "safetynet", "basic")
}

fn dns_names(names: &[&str]) -> Extension {
    let names: Vec<_> = names.iter().map(|name| der::element(0x82, name.as_bytes())).collect();
    Extension::new(SUBJECT_ALT_NAME, false, der::list(&names))
}

/// What Google says of a genuine device.
fn genuine(nonce: &[u8]) -> Value {
    json!({
        "nonce": base64(nonce),
        "timestampMs": NOW * 1000 - 5000,
        "apkPackageName": "com.google.android.gms",
        "apkDigestSha256": base64(&[1; 32]),
        "apkCertificateDigestSha256": [base64(&[2; 32])],
        "ctsProfileMatch": true,
        "basicIntegrity": true,
    })
}

fn statement(out: &mut Out, base: &Registration) {
    members(out, base, &[("ver", Member::Text), ("response", Member::Bytes)]);
    out.refuse(base, "ver-empty", "7.1-22", MALFORMED, "no version", |r| {
        r.certified().safety_net().version = text("")
    });
    let good = {
        let mut copy = base.clone();
        let certified = copy.certified();
        let header = json!({"alg": "ES256", "x5c": [base64(&certified.certificate())]}).to_string();
        let payload = certified.safety_net().payload.clone();
        mfakit_testing::android::jws(&header, &payload, &certified.key)
    };
    let parts: Vec<&str> = good.split('.').collect();
    let rows = [
        ("empty", String::new(), "no JWS"),
        ("one-part", parts[0].to_owned(), "a header alone"),
        ("two-parts", parts[..2].join("."), "no signature"),
        ("four-parts", format!("{good}.AA"), "four parts: that is an encrypted one"),
        ("header-not-base64", format!("!{good}"), "the header is no base64url"),
        ("header-padded", good.replacen('.', "=.", 1), "padding, which JWS has none of"),
        ("header-empty", format!(".{}.{}", parts[1], parts[2]), "an empty header"),
        ("signature-not-base64", format!("{good}!"), "the signature is no base64url"),
        (
            "json",
            json!({"payload": parts[1], "protected": parts[0], "signature": parts[2]}).to_string(),
            "the JSON form",
        ),
        ("white-space", format!(" {good}"), "a blank before it"),
        ("line-break", format!("{good}\n"), "a line break behind it"),
    ];
    for (id, response, why) in rows {
        out.refuse(base, &format!("jws-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().safety_net().response = Some(bytes(response.as_bytes()))
        });
    }
    for (id, header, why) in [
        ("not-json", "x".to_owned(), "the header is no JSON"),
        ("array", "[]".to_owned(), "the header is no object"),
        ("alg-missing", json!({"x5c": ["MAA="]}).to_string(), "no algorithm"),
        ("alg-number", json!({"alg": -7, "x5c": ["MAA="]}).to_string(), "a number of COSE"),
        ("x5c-missing", json!({"alg": "ES256"}).to_string(), "no certificates"),
        ("x5c-empty", json!({"alg": "ES256", "x5c": []}).to_string(), "an empty list"),
        (
            "x5c-text",
            json!({"alg": "ES256", "x5c": "MAA="}).to_string(),
            "a text in place of the list",
        ),
        ("x5c-number", json!({"alg": "ES256", "x5c": [0]}).to_string(), "a number in the list"),
        (
            "alg-twice",
            "{\"alg\":\"ES256\",\"alg\":\"none\",\"x5c\":[\"MAA=\"]}".to_owned(),
            "alg twice",
        ),
    ] {
        let response = format!("{}.{}.{}", base64url(header.as_bytes()), parts[1], parts[2]);
        out.refuse(base, &format!("header-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().safety_net().response = Some(bytes(response.as_bytes()))
        });
    }
    for (id, name, value, why) in [
        ("jwk", "jwk", json!({"kty": "EC"}), "the header brings a key of its own"),
        (
            "jku",
            "jku",
            json!("https://example.com/keys"),
            "the header says where a key may be fetched",
        ),
        (
            "x5u",
            "x5u",
            json!("https://example.com/chain"),
            "the header says where certificates may be fetched",
        ),
        ("crit", "crit", json!(["b64"]), "the header has what must be understood"),
    ] {
        out.refuse(base, &format!("header-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().safety_net().header.push((name, value))
        });
    }
    out.accept(base, "header-typ", "7.1-22", "other members of the header", |r| {
        r.certified().safety_net().header.push(("typ", json!("JWT")))
    });
}

fn signatures(out: &mut Out, base: &Registration) {
    for (id, alg, why) in [
        ("none", "none", "no signature"),
        ("hs256", "HS256", "a key that both sides share: the certificate, for one"),
    ] {
        out.refuse(base, &format!("alg-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().safety_net().algorithm = alg.into()
        });
    }
    for (id, alg) in [("unknown", "XS256"), ("case", "es256"), ("number", "-7")] {
        let why = "no algorithm of JWS";
        out.refuse(base, &format!("alg-{id}"), "7.1-22", "algorithm_unsupported", why, |r| {
            r.certified().safety_net().algorithm = alg.into()
        });
    }
    out.refuse(base, "alg-rs256", "7.1-22", MISMATCH, "the certificate has a P-256 key", |r| {
        r.certified().safety_net().algorithm = "RS256".into()
    });
    out.requires("rsassa_pkcs1");
    out.refuse(
        base,
        "signature-by-another-key",
        "7.1-22",
        SIGNATURE_INVALID,
        "a key that the certificate does not certify",
        |r| r.certified().key = super::stranger(),
    );
    let (header, payload, key) = {
        let mut copy = base.clone();
        let certified = copy.certified();
        let header = json!({"alg": "ES256", "x5c": [base64(&certified.certificate())]}).to_string();
        let payload = certified.safety_net().payload.clone();
        (header, payload, certified.key.clone())
    };
    let signed = format!("{}.{}", base64url(header.as_bytes()), base64url(payload.as_bytes()));
    let der = key.sign(signed.as_bytes());
    for (id, signature, code, why) in [
        ("der", der, "signature_malformed", "DER, where JWS has r and s side by side"),
        ("empty", Vec::new(), "signature_malformed", "no signature"),
        ("short", vec![1; 63], "signature_malformed", "a byte is missing"),
        ("zero", vec![0; 64], "signature_malformed", "r and s are zero"),
    ] {
        let response = format!("{signed}.{}", base64url(&signature));
        out.refuse(base, &format!("signature-{id}"), "7.1-22", code, why, |r| {
            r.certified().safety_net().response = Some(bytes(response.as_bytes()))
        });
    }
    for (id, algorithm, key, feature) in [
        ("rs256", "RS256", Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)), "rsassa_pkcs1"),
        ("es384", "ES384", Key::Es384(Es384Key::new(&[9; 48])), "es384"),
    ] {
        out.accept(base, &format!("alg-{id}-key"), "7.1-22", "a key of another type", |r| {
            let certified = r.certified();
            certified.leaf.spki = key.spki();
            certified.key = key;
            certified.safety_net().algorithm = algorithm.into();
        });
        out.requires(feature);
    }
}

fn payload(out: &mut Out, base: &Registration) {
    let nonce = sha256(&base.subject().message());
    let mut edit = |id: &str, code: &str, why: &str, change: &dyn Fn(&mut Value)| {
        let mut payload = genuine(&nonce);
        change(&mut payload);
        out.refuse(base, id, "7.1-22", code, why, |r| {
            r.certified().safety_net().payload = payload.to_string()
        });
    };
    let claim = CLAIM_REJECTED;
    let mismatch = NONCE_MISMATCH;
    edit("nonce-other", mismatch, "another nonce", &|p| p["nonce"] = json!(base64(&[0; 32])));
    edit("nonce-short", mismatch, "31 bytes", &|p| p["nonce"] = json!(base64(&nonce[..31])));
    edit("nonce-empty", mismatch, "an empty nonce", &|p| p["nonce"] = json!(""));
    edit("nonce-client-data-hash", mismatch, "the hash of the client data alone", &|p| {
        p["nonce"] = json!(base64(&sha256(&base.ceremony.client_data)))
    });
    edit("cts-profile-match-false", claim, "the device is not a certified one", &|p| {
        p["ctsProfileMatch"] = json!(false)
    });
    edit("basic-integrity-false", claim, "the device is tampered with", &|p| {
        p["basicIntegrity"] = json!(false)
    });
    let at = |seconds: i64| {
        let now = i64::try_from(NOW).expect("a time");
        json!((now + seconds) * 1000)
    };
    edit("timestamp-old", claim, "more than a minute old", &|p| p["timestampMs"] = at(-61));
    edit("timestamp-future", claim, "from the future", &|p| p["timestampMs"] = at(3600));
    edit("timestamp-in-seconds", claim, "seconds in place of thousandths", &|p| {
        p["timestampMs"] = json!(NOW)
    });
    let malformed = MALFORMED;
    for member in ["nonce", "timestampMs", "ctsProfileMatch"] {
        edit(&format!("payload-{member}-missing"), malformed, "a member is missing", &|p| {
            p.as_object_mut().expect("an object").remove(member);
        });
        edit(&format!("payload-{member}-null"), malformed, "a member is null", &|p| {
            p[member] = Value::Null
        });
    }
    edit("cts-profile-match-text", malformed, "a text is no boolean", &|p| {
        p["ctsProfileMatch"] = json!("true")
    });
    edit("cts-profile-match-number", malformed, "a number is no boolean", &|p| {
        p["ctsProfileMatch"] = json!(1)
    });
    edit("timestamp-text", malformed, "a text is no number", &|p| {
        p["timestampMs"] = json!("1767225600000")
    });
    edit("timestamp-negative", malformed, "a time before 1970", &|p| p["timestampMs"] = json!(-1));
    edit("nonce-base64url", malformed, "base64url in place of base64", &|p| {
        p["nonce"] = json!(base64url(&[0xff; 32]))
    });
    edit("payload-array", malformed, "no object", &|p| *p = json!([]));
    for (id, change, why) in [
        ("timestamp-60-seconds", at(-60), "a minute old, and no more"),
        ("timestamp-now", at(0), "of this moment"),
    ] {
        let mut payload = genuine(&nonce);
        payload["timestampMs"] = change;
        out.accept(base, id, "7.1-22", why, |r| {
            r.certified().safety_net().payload = payload.to_string()
        });
    }
    out.refuse(base, "data-changed", "7.1-22", mismatch, "the data change after signing", |r| {
        r.attested().aaguid[0] ^= 1
    });
}

fn certificates(out: &mut Out, base: &Registration) {
    let rejected = CERTIFICATE_REJECTED;
    for (id, names, why) in [
        ("other", vec!["example.com"], "another host"),
        ("subdomain", vec!["x.attest.android.com"], "a subdomain"),
        ("suffix", vec!["attest.android.com.example"], "a name that begins alike"),
        ("wildcard", vec!["*.android.com"], "every host of the domain"),
        ("none", vec![], "no name at all: the common name does not stand in"),
    ] {
        out.refuse(base, &format!("host-{id}"), "7.1-22", rejected, why, |r| {
            r.certified().leaf.set(dns_names(&names))
        });
    }
    out.refuse(
        base,
        "host-common-name-other",
        "7.1-22",
        rejected,
        "another host, as common name",
        |r| {
            let leaf = &mut r.certified().leaf;
            leaf.remove(SUBJECT_ALT_NAME);
            leaf.subject = name(&attributes("example.com", "Google", "x", "US"));
        },
    );
    out.accept(base, "host-second", "7.1-22", "the second name of two", |r| {
        r.certified().leaf.set(dns_names(&["example.com", "attest.android.com"]))
    });
    out.accept(
        base,
        "host-common-name",
        "7.1-22",
        "an old certificate, without other names",
        |r| r.certified().leaf.remove(SUBJECT_ALT_NAME),
    );
    out.refuse(
        base,
        "certificate-garbage",
        "7.1-22",
        CERTIFICATE_MALFORMED,
        "an empty SEQUENCE is no certificate",
        |r| r.certified().first = Some(vec![0x30, 0]),
    );
}

/// Deprecated: only where it is named.
fn formats(out: &mut Out, base: &Registration) {
    for (id, formats, why) in [
        ("by-default", None, "the default does not name it"),
        ("packed-only", Some(vec!["packed", "none"]), "others are named"),
    ] {
        out.refuse(base, &format!("formats-{id}"), "7.1-21", FORMAT_UNSUPPORTED, why, |r| {
            r.formats = formats
        });
    }
    out.refuse(
        base,
        "untrusted",
        "7.1-24",
        "attestation_untrusted",
        "anyone can make a certificate for that host",
        |r| {
            r.trust = Some(Trust::required(&[super::other_root()]));
        },
    );
    let (_, root) = authority();
    out.accept(base, "trusted", "7.1-24", "the path leads to an anchor", |r| {
        r.verdict.anchor = Some(root.clone());
        r.trust = Some(Trust::required(&[root]));
    });
}
