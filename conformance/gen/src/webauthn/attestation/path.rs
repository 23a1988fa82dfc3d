//! Certificate paths: RFC 5280 §6, §7.1 steps 23 and 24, on a packed statement.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{PACKED, authority, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::{Ed25519Key, Es256Key, Key};
use mfakit_testing::der;
use mfakit_testing::keys::{Es384Key, Es512Key};
use mfakit_testing::rsa::RsaKey;
use mfakit_testing::x509::{
    BASIC_CONSTRAINTS, CERTIFICATE_AUTHORITY, Certificate, DIGITAL_SIGNATURE, Extension, KEY_USAGE,
    NAME_CONSTRAINTS, attributes, key_identifier, name, time,
};

const UNTRUSTED: &str = "attestation_untrusted";
const INVALID: &str = "certificate_path_invalid";
const EXPIRED: &str = "certificate_expired";
const NOT_YET: &str = "certificate_not_yet_valid";
const STEP: &str = "7.1-24";

/// A certificate authority: its key, its certificate before it was signed, and its certificate.
#[derive(Clone)]
pub(super) struct Authority {
    pub(super) name: Vec<u8>,
    pub(super) key: Key,
    pub(super) template: Certificate,
    pub(super) certificate: Vec<u8>,
}

impl Authority {
    /// A root; its key follows from a byte.
    pub(super) fn new(common_name: &str, seed: u8) -> Self {
        Self::with_key(common_name, Key::Es256(Es256Key::new(&[seed; 32])))
    }

    pub(super) fn with_key(common_name: &str, key: Key) -> Self {
        let name = name(&attributes(common_name, "W3C", "Authenticator Attestation CA", "AA"));
        let template = template(&name, &name, &key);
        let certificate = template.sign(&key);
        Self { name, key, template, certificate }
    }

    /// An authority below this one.
    pub(super) fn below(&self, common_name: &str, seed: u8) -> Self {
        let mut made = Self::new(common_name, seed);
        made.template.issuer = self.name.clone();
        made.certificate = made.template.sign(&self.key);
        made
    }

    /// The same authority with another certificate, signed by this one.
    pub(super) fn changed(&self, by: &Self, change: impl FnOnce(&mut Certificate)) -> Self {
        let mut made = self.clone();
        change(&mut made.template);
        made.certificate = made.template.sign(&by.key);
        made
    }
}

fn template(issuer: &[u8], subject: &[u8], key: &Key) -> Certificate {
    let mut template = Certificate::new(&sha256(&key.spki())[..8], issuer, subject, key);
    template.set(Extension::basic_constraints(true, None));
    template.set(Extension::key_usage(CERTIFICATE_AUTHORITY));
    let identifier = der::octets(&key_identifier(key));
    template.set(Extension::new(mfakit_testing::x509::SUBJECT_KEY_IDENTIFIER, false, identifier));
    template
}

/// Puts these authorities above the attestation certificate: the first one signed it.
fn above(r: &mut Registration, authorities: &[&Authority]) {
    let certified = r.certified();
    let first = authorities[0];
    certified.issuer = first.key.clone();
    certified.leaf.issuer = first.name.clone();
    certified.leaf.remove(mfakit_testing::x509::AUTHORITY_KEY_IDENTIFIER);
    certified.rest = authorities.iter().map(|authority| authority.certificate.clone()).collect();
}

pub(super) fn file() -> File {
    let base = trusted();
    let mut out = Out::default();
    anchors(&mut out, &base);
    let (root, first, second) = three();
    let chain = chain(&base, &root, &[&second, &first]);
    validity(&mut out, &base, &chain, &root);
    order(&mut out, &chain, &root);
    rules(&mut out, &chain, &root);
    algorithms(&mut out, &base);
    let section = "7.1 step 24";
    let mut cases = vec![
        positive(&base, section, "the CA's certificate is the anchor"),
        positive(
            &chain,
            section,
            "two authorities between the attestation certificate and the anchor",
        ),
    ];
    cases.extend(out.cases);
    super::file("attestation-path", "Certificate paths to the caller's anchors", cases)
}

/// The packed vector where trust is required: its CA is the anchor.
pub(super) fn trusted() -> Registration {
    let (mut base, _) = build(PACKED);
    let (_, root) = authority();
    base.trust = Some(Trust::required(std::slice::from_ref(&root)));
    base.now = Some(NOW);
    let mut base = own(base, "path-short", "basic");
    base.verdict.anchor = Some(root);
    base
}

/// A root, an authority below it and one below that.
fn three() -> (Authority, Authority, Authority) {
    let root = Authority::new("Root", 0x31);
    let first = root.below("First", 0x32);
    let second = first.below("Second", 0x33);
    (root, first, second)
}

/// The registration with these authorities in x5c and the root as its anchor.
fn chain(base: &Registration, root: &Authority, authorities: &[&Authority]) -> Registration {
    let mut chain = base.clone();
    above(&mut chain, authorities);
    chain.trust().anchors = vec![root.certificate.clone()];
    chain.now = Some(NOW);
    let mut chain = own(chain, "path-long", "basic");
    chain.verdict.anchor = Some(root.certificate.clone());
    chain
}

fn anchors(out: &mut Out, base: &Registration) {
    let (key, root) = authority();
    let other = Authority::new("Another CA", 0x71);
    out.refuse(base, "other-anchor", "7.1-23", UNTRUSTED, "another authority is trusted", |r| {
        r.trust().anchors = vec![other.certificate.clone()]
    });
    let namesake = Authority::new("WebAuthn test vectors", 0x72);
    out.refuse(
        base,
        "anchor-of-the-same-name",
        STEP,
        INVALID,
        "the anchor has the name and another key",
        |r| r.trust().anchors = vec![namesake.certificate.clone()],
    );
    out.accept(base, "anchor-and-its-namesake", STEP, "one of two anchors of one name", |r| {
        r.trust().anchors = vec![namesake.certificate.clone(), root.clone()]
    });
    out.accept(base, "anchor-second", STEP, "the second of two anchors", |r| {
        r.trust().anchors = vec![other.certificate.clone(), root.clone()]
    });
    let leaf = base.clone().certified().certificate();
    out.accept(
        base,
        "anchor-is-the-leaf",
        STEP,
        "the attestation certificate itself is trusted",
        |r| {
            r.trust().anchors = vec![leaf.clone()];
            r.verdict.anchor = Some(leaf.clone());
        },
    );
    out.refuse(
        base,
        "anchor-is-another-leaf",
        STEP,
        UNTRUSTED,
        "a batch certificate of another model is trusted",
        |r| {
            let mut copy = r.clone();
            copy.certified().leaf.serial = vec![1];
            r.trust().anchors = vec![copy.certified().certificate()];
        },
    );
    out.refuse(
        base,
        "self-signed-leaf",
        STEP,
        UNTRUSTED,
        "the attestation key vouches for itself",
        |r| {
            let certified = r.certified();
            certified.issuer = certified.key.clone();
            certified.leaf.issuer = certified.leaf.subject.clone();
        },
    );
    out.accept(base, "self-signed-leaf-as-anchor", STEP, "it is trusted, byte for byte", |r| {
        let certified = r.certified();
        certified.issuer = certified.key.clone();
        certified.leaf.issuer = certified.leaf.subject.clone();
        let leaf = certified.certificate();
        r.trust().anchors = vec![leaf.clone()];
        r.verdict.anchor = Some(leaf);
    });
    let own_root = Authority::new("Their own root", 0x73);
    out.refuse(
        base,
        "their-root-in-x5c",
        STEP,
        UNTRUSTED,
        "a root is no anchor by standing in x5c",
        |r| above(r, &[&own_root]),
    );
    out.refuse(
        base,
        "signed-by-another",
        STEP,
        INVALID,
        "the CA named as issuer did not sign",
        |r| r.certified().issuer = super::stranger(),
    );
    out.refuse(
        base,
        "signature-bit",
        STEP,
        INVALID,
        "one bit of the certificate's signature",
        |r| {
            let mut bytes = r.certified().certificate();
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            r.certified().first = Some(bytes);
        },
    );
    out.refuse(
        base,
        "issuer-name-other",
        STEP,
        UNTRUSTED,
        "signed by the CA, and another issuer is named",
        |r| r.certified().leaf.issuer = name(&attributes("x", "W3C", "y", "AA")),
    );
    // The anchor's own constraints are about those below it.
    let no_ca = |change: fn(&mut Certificate)| {
        let names = super::super::recipe::authority_name();
        let mut changed = template(&names, &names, &key);
        change(&mut changed);
        changed.sign(&key)
    };
    for (id, bytes, why) in [
        ("garbage", vec![0x30, 0], "an empty SEQUENCE"),
        ("empty", Vec::new(), "nothing"),
        ("truncated", root[..root.len() - 1].to_vec(), "the last byte is missing"),
        ("trailing", [&root[..], &[0]].concat(), "a byte follows"),
        (
            "with-unreadable-constraints",
            no_ca(|c| c.extension(BASIC_CONSTRAINTS).value = der::null()),
            "nobody can say whether it may sign",
        ),
    ] {
        out.refuse(base, &format!("anchor-{id}"), "7.1-23", "anchor_invalid", why, |r| {
            r.trust().anchors = vec![bytes]
        });
    }
    out.accept(
        base,
        "anchor-not-self-signed",
        STEP,
        "an anchor's own signature does not matter",
        |r| {
            let mut unsigned = root.clone();
            let last = unsigned.len() - 1;
            unsigned[last] ^= 1;
            r.trust().anchors = vec![unsigned.clone()];
            r.verdict.anchor = Some(unsigned);
        },
    );
    for (id, validity, why) in [
        (
            "expired",
            [time("20010101000000"), time("20020101000000")],
            "an anchor's dates do not matter",
        ),
        (
            "not-yet-valid",
            [time("20900101000000"), time("20910101000000")],
            "an anchor's dates do not matter",
        ),
    ] {
        let anchor = {
            let mut changed = template(
                &super::super::recipe::authority_name(),
                &super::super::recipe::authority_name(),
                &key,
            );
            changed.validity = validity;
            changed.sign(&key)
        };
        out.accept(base, &format!("anchor-{id}"), STEP, why, |r| {
            r.trust().anchors = vec![anchor.clone()];
            r.verdict.anchor = Some(anchor);
        });
    }
    for (id, anchor, why) in [
        (
            "that-is-no-ca",
            no_ca(|c| c.set(Extension::basic_constraints(false, None))),
            "a certificate that is no CA's vouches for itself alone",
        ),
        (
            "that-may-not-sign-certificates",
            no_ca(|c| c.set(Extension::key_usage(DIGITAL_SIGNATURE))),
            "a certificate that may not sign others vouches for itself alone",
        ),
    ] {
        out.refuse(base, &format!("anchor-{id}"), STEP, UNTRUSTED, why, |r| {
            r.trust().anchors = vec![anchor]
        });
    }
    for (id, anchor, why) in [
        (
            "self-issued-without-constraints",
            no_ca(|c| c.remove(BASIC_CONSTRAINTS)),
            "an old root: version 3, no word of what it may do, its own issuer",
        ),
        (
            "of-version-1",
            no_ca(|c| {
                c.version = None;
                c.extensions.clear();
            }),
            "an old root: version 1 cannot say what it may do",
        ),
    ] {
        out.accept(base, &format!("anchor-{id}"), STEP, why, |r| {
            r.trust().anchors = vec![anchor.clone()];
            r.verdict.anchor = Some(anchor);
        });
    }
    let batch = no_ca(|c| {
        c.remove(BASIC_CONSTRAINTS);
        c.issuer = name(&attributes("Another CA", "W3C", "x", "AA"));
    });
    let why = "a batch certificate that does not say that it is a CA's vouches for itself alone";
    out.refuse(base, "anchor-without-constraints", STEP, UNTRUSTED, why, |r| {
        r.trust().anchors = vec![batch]
    });
    let with_root = root.clone();
    let mut longer = base.clone();
    longer.verdict.path_len = 2;
    out.accept(&longer, "root-included", STEP, "x5c ends with the anchor itself", |r| {
        r.certified().rest = vec![with_root]
    });
    out.refuse(
        base,
        "root-included-switch",
        STEP,
        INVALID,
        "the switch wants no self-signed certificate behind the first",
        |r| {
            r.certified().rest = vec![root.clone()];
            r.trust().fido_switches = vec!["no_root_in_x5c"];
        },
    );
    out.accept(base, "no-root-switch", STEP, "the switch, and there is none", |r| {
        r.trust().fido_switches = vec!["no_root_in_x5c"]
    });
    let unrelated = Authority::new("Unrelated", 0x74);
    let mut appended = base.clone();
    appended.verdict.path_len = 2;
    out.accept(
        &appended,
        "unrelated-appended",
        STEP,
        "the path stops at the first anchor, whatever follows",
        |r| r.certified().rest = vec![unrelated.certificate],
    );
}

/// H21: dates.
fn validity(out: &mut Out, base: &Registration, long: &Registration, root: &Authority) {
    let old = || [time("20010101000000"), time("20020101000000")];
    let young = || [time("20900101000000"), time("20910101000000")];
    out.refuse(
        base,
        "leaf-expired",
        STEP,
        EXPIRED,
        "the attestation certificate is expired",
        |r| r.certified().leaf.validity = old(),
    );
    out.refuse(base, "leaf-not-yet-valid", STEP, NOT_YET, "it is not valid yet", |r| {
        r.certified().leaf.validity = young()
    });
    out.accept(
        base,
        "leaf-expired-ignored",
        STEP,
        "dates are ignored, by the policy named for its danger",
        |r| {
            r.certified().leaf.validity = old();
            r.trust().danger_ignore_validity = true;
        },
    );
    out.accept(
        base,
        "leaf-not-yet-valid-ignored",
        STEP,
        "dates are ignored, by the policy named for its danger",
        |r| {
            r.certified().leaf.validity = young();
            r.trust().danger_ignore_validity = true;
        },
    );
    out.accept(base, "without-time-ignored", STEP, "whoever ignores dates needs no clock", |r| {
        r.trust().danger_ignore_validity = true;
        r.now = Some(0);
    });
    // 2026-01-01T00:00:00Z is NOW.
    let at_the_end = || [time("20240101000000"), time("20260101000000")];
    let at_the_start = || [time("20260101000000"), time("20270101000000")];
    out.accept(base, "leaf-last-second", STEP, "notAfter is this second", |r| {
        r.certified().leaf.validity = at_the_end()
    });
    out.refuse(base, "leaf-expired-by-a-second", STEP, EXPIRED, "notAfter was a second ago", |r| {
        r.certified().leaf.validity = at_the_end();
        r.now = Some(NOW + 1);
    });
    out.accept(base, "leaf-first-second", STEP, "notBefore is this second", |r| {
        r.certified().leaf.validity = at_the_start()
    });
    out.refuse(
        base,
        "leaf-not-yet-valid-by-a-second",
        STEP,
        NOT_YET,
        "notBefore is in a second",
        |r| {
            r.certified().leaf.validity = at_the_start();
            r.now = Some(NOW - 1);
        },
    );
    out.accept(base, "leaf-utc-time-of-1970", STEP, "two digits of a year: 70 is 1970", |r| {
        r.certified().leaf.validity[0] = der::element(0x17, b"700101000000Z")
    });
    let first = root.below("First", 0x32);
    for (id, dates, code, why) in [
        ("expired", old(), EXPIRED, "an authority's certificate is expired"),
        ("not-yet-valid", young(), NOT_YET, "an authority's certificate is not valid yet"),
    ] {
        let changed = first.changed(root, |c| c.validity = dates);
        let second = changed.below("Second", 0x33);
        out.refuse(long, &format!("intermediate-{id}"), STEP, code, why, |r| {
            r.certified().rest = vec![second.certificate, changed.certificate]
        });
    }
    for (id, dates) in [("expired", old()), ("not-yet-valid", young())] {
        let changed = root.changed(root, |c| c.validity = dates);
        out.accept(long, &format!("anchor-{id}"), STEP, "an anchor's dates do not matter", |r| {
            r.trust().anchors = vec![changed.certificate.clone()];
            r.verdict.anchor = Some(changed.certificate);
        });
    }
}

/// H22: which certificates stand in x5c, and in which order.
fn order(out: &mut Out, long: &Registration, root: &Authority) {
    let first = root.below("First", 0x32);
    let second = first.below("Second", 0x33);
    let (one, two) = (first.certificate.clone(), second.certificate.clone());
    let rows: [(&str, Vec<Vec<u8>>, &str, &str); 7] = [
        (
            "order-turned",
            vec![one.clone(), two.clone()],
            INVALID,
            "the authorities in the wrong order",
        ),
        ("link-missing", vec![one.clone()], INVALID, "the authority that signed is missing"),
        (
            "last-link-missing",
            vec![two.clone()],
            UNTRUSTED,
            "the authority below the anchor is missing",
        ),
        ("authorities-missing", Vec::new(), UNTRUSTED, "the attestation certificate alone"),
        ("root-only", vec![root.certificate.clone()], INVALID, "the anchor follows directly"),
        ("duplicate", vec![two.clone(), two.clone(), one.clone()], INVALID, "an authority twice"),
        (
            "unrelated-between",
            vec![two.clone(), Authority::new("Unrelated", 0x74).certificate, one.clone()],
            INVALID,
            "an unrelated certificate between",
        ),
    ];
    for (id, rest, code, why) in rows {
        out.refuse(long, id, STEP, code, why, |r| r.certified().rest = rest);
    }
    // Two authorities that signed each other, and never anyone above.
    let mut left = Authority::new("Left", 0x41);
    let mut right = Authority::new("Right", 0x42);
    left.template.issuer = right.name.clone();
    right.template.issuer = left.name.clone();
    left.certificate = left.template.sign(&right.key);
    right.certificate = right.template.sign(&left.key);
    out.refuse(long, "loop", STEP, UNTRUSTED, "two authorities that vouch for each other", |r| {
        above_again(r, &[&left, &right, &left])
    });
    let mut longer = long.clone();
    longer.verdict.path_len = 4;
    out.accept(&longer, "root-included", STEP, "x5c ends with the anchor itself", |r| {
        r.certified().rest.push(root.certificate.clone())
    });
    out.accept(
        &longer,
        "unrelated-appended",
        STEP,
        "what follows the anchor is not looked at",
        |r| r.certified().rest.push(Authority::new("Unrelated", 0x74).certificate),
    );
    out.accept(
        long,
        "anchor-is-an-intermediate",
        STEP,
        "the path stops at the first anchor",
        |r| {
            r.trust().anchors = vec![one.clone()];
            r.verdict.anchor = Some(one.clone());
        },
    );
    // The same name with another key: the signature decides.
    let twin = Authority::new("Second", 0x52);
    out.refuse(
        long,
        "same-subject-other-key",
        STEP,
        INVALID,
        "the issuer's name with another key",
        |r| {
            let mut changed = twin.clone();
            changed.template.issuer = first.name.clone();
            changed.certificate = changed.template.sign(&first.key);
            r.certified().rest[0] = changed.certificate;
        },
    );
    out.accept(
        long,
        "key-identifiers-other",
        STEP,
        "the signature decides, not the key's identifier",
        |r| {
            let wrong = der::octets(&[0x5a; 20]);
            let identifier =
                Extension::new(mfakit_testing::x509::SUBJECT_KEY_IDENTIFIER, false, wrong);
            let changed = second.changed(&first, |c| c.set(identifier));
            r.certified().rest[0] = changed.certificate;
        },
    );
    out.refuse(long, "intermediate-signature-bit", STEP, INVALID, "one bit of a signature", |r| {
        let last = r.certified().rest[1].len() - 1;
        r.certified().rest[1][last] ^= 1;
    });
    out.refuse(long, "intermediate-garbage", STEP, CERTIFICATE_MALFORMED, "no certificate", |r| {
        r.certified().rest[0] = vec![0x30, 0]
    });
}

/// The authorities of a chain, replaced.
fn above_again(r: &mut Registration, authorities: &[&Authority]) {
    let certified = r.certified();
    certified.issuer = authorities[0].key.clone();
    certified.leaf.issuer = authorities[0].name.clone();
    certified.rest = authorities.iter().map(|authority| authority.certificate.clone()).collect();
}

/// H23 to H26: what an authority's certificate must say.
fn rules(out: &mut Out, long: &Registration, root: &Authority) {
    let first = root.below("First", 0x32);
    let second = first.below("Second", 0x33);
    let mut lower = |id: &str, code: &str, why: &str, change: &dyn Fn(&mut Certificate)| {
        let changed = second.changed(&first, change);
        out.refuse(long, &format!("lower-{id}"), STEP, code, why, |r| {
            r.certified().rest[0] = changed.certificate
        });
    };
    lower("ca-false", INVALID, "the issuer is no CA", &|c| {
        c.set(Extension::basic_constraints(false, None))
    });
    lower("basic-constraints-missing", INVALID, "nothing says that the issuer is a CA", &|c| {
        c.remove(BASIC_CONSTRAINTS)
    });
    lower("key-cert-sign-missing", INVALID, "its key may not sign certificates", &|c| {
        c.set(Extension::key_usage(DIGITAL_SIGNATURE))
    });
    lower("crl-sign-only", INVALID, "its key may sign lists of revocations alone", &|c| {
        c.set(Extension::key_usage([1, 0x02]))
    });
    lower("unknown-critical", INVALID, "an unknown extension that is critical", &|c| {
        c.set(Extension::new("1.2.3.4", true, der::null()))
    });
    lower("version-1", INVALID, "version 1 says of nobody that it is a CA", &|c| {
        c.version = None;
        c.extensions.clear();
    });
    lower(
        "inner-algorithm-other",
        CERTIFICATE_MALFORMED,
        "inside another algorithm than outside",
        &|c| c.inner_algorithm = Some(der::list(&[der::oid("1.2.840.10045.4.3.3")])),
    );
    lower("serial-negative", CERTIFICATE_MALFORMED, "serial numbers are positive", &|c| {
        c.serial = vec![0x80]
    });
    lower("extension-twice", CERTIFICATE_MALFORMED, "an extension twice", &|c| {
        let again = c.extensions[0].clone();
        c.extensions.push(again);
    });
    out.accept(
        long,
        "lower-key-usage-missing",
        STEP,
        "nothing restricts the authority's key",
        |r| r.certified().rest[0] = second.changed(&first, |c| c.remove(KEY_USAGE)).certificate,
    );
    out.accept(long, "lower-path-len-0", STEP, "no authority below: there is none", |r| {
        let constraints = Extension::basic_constraints(true, Some(0));
        r.certified().rest[0] = second.changed(&first, |c| c.set(constraints)).certificate;
    });
    out.refuse(
        long,
        "upper-path-len-0",
        STEP,
        INVALID,
        "no authority below, and there is one",
        |r| {
            let constraints = Extension::basic_constraints(true, Some(0));
            r.certified().rest[1] = first.changed(root, |c| c.set(constraints)).certificate;
        },
    );
    out.accept(long, "upper-path-len-1", STEP, "one authority below, and there is one", |r| {
        let constraints = Extension::basic_constraints(true, Some(1));
        r.certified().rest[1] = first.changed(root, |c| c.set(constraints)).certificate;
    });
    out.refuse(
        long,
        "leaf-unknown-critical",
        STEP,
        INVALID,
        "an unknown extension that is critical",
        |r| r.certified().leaf.set(Extension::new("1.2.3.4", true, der::null())),
    );
    // dNSName in the permitted subtrees: the attestation certificate's host is another.
    let permitted = |host: &str| {
        let subtree = der::list(&[der::element(0x82, host.as_bytes())]);
        let value = der::list(&[der::element(0xa0, &subtree)]);
        Extension::new(NAME_CONSTRAINTS, true, value)
    };
    let host = |host: &str| {
        let names = der::list(&[der::element(0x82, host.as_bytes())]);
        Extension::new(mfakit_testing::x509::SUBJECT_ALT_NAME, false, names)
    };
    out.refuse(
        long,
        "name-constraint",
        STEP,
        INVALID,
        "a host outside of what its authority may name",
        |r| {
            let changed = second.changed(&first, |c| c.set(permitted("example.org")));
            r.certified().rest[0] = changed.certificate;
            r.certified().leaf.set(host("example.com"));
        },
    );
    out.accept(
        long,
        "name-constraint-kept",
        STEP,
        "a host within what its authority may name",
        |r| {
            let changed = second.changed(&first, |c| c.set(permitted("example.org")));
            r.certified().rest[0] = changed.certificate;
            r.certified().leaf.set(host("www.example.org"));
        },
    );
}

/// What certificates may be signed with.
fn algorithms(out: &mut Out, base: &Registration) {
    let rsa = |algorithm| Key::Rsa(RsaKey::mersenne(algorithm, 1279, 2203));
    for (id, key, feature) in [
        ("p384", Key::Es384(Es384Key::new(&[0x61; 48])), "es384"),
        ("p521", Key::Es512(Es512Key::new(&[0x61; 65])), "es512"),
        ("ed25519", Key::Ed25519(Ed25519Key::new(&[0x61; 32])), "ed25519"),
        ("rsa-sha256", rsa(-257), "rsassa_pkcs1"),
        ("rsa-sha384", rsa(-258), "rsassa_pkcs1"),
        ("rsa-sha512", rsa(-259), "rsassa_pkcs1"),
        ("rsa-pss-sha256", rsa(-37), "rsassa_pss"),
    ] {
        let root = Authority::with_key("Root", key);
        let lower = Authority::new("Lower", 0x62);
        let signed = lower.changed(&root, |c| c.issuer = root.name.clone());
        let mut chain = base.clone();
        chain.verdict.path_len = 2;
        out.accept(
            &chain,
            &format!("authority-{id}"),
            STEP,
            "an authority with another key",
            |r| {
                above(r, &[&signed]);
                r.trust().anchors = vec![root.certificate.clone()];
                r.verdict.anchor = Some(root.certificate.clone());
            },
        );
        out.requires(feature);
        out.refuse(
            &chain,
            &format!("authority-{id}-wrong"),
            STEP,
            INVALID,
            "another key signed",
            |r| {
                let mut forged = signed.clone();
                let last = forged.certificate.len() - 1;
                forged.certificate[last] ^= 1;
                above(r, &[&forged]);
                r.trust().anchors = vec![root.certificate];
            },
        );
        out.requires(feature);
    }
    let unsupported = CERTIFICATE_UNSUPPORTED;
    let weak = Key::Rsa(RsaKey::mersenne(-257, 521, 607));
    let weak_root = Authority::with_key("Root", weak);
    out.refuse(
        base,
        "authority-rsa-1128",
        STEP,
        unsupported,
        "an RSA key of 1128 bits is too weak",
        |r| {
            let certified = r.certified();
            certified.issuer = weak_root.key.clone();
            certified.leaf.issuer = weak_root.name.clone();
            r.trust().anchors = vec![weak_root.certificate.clone()];
        },
    );
    out.requires("rsassa_pkcs1");
    let below = Authority::new("Lower", 0x62);
    let signed = below.changed(&weak_root, |c| c.issuer = weak_root.name.clone());
    let strong = Authority::new("Root of all", 0x63);
    let weak_below = weak_root.changed(&strong, |c| c.issuer = strong.name.clone());
    out.refuse(base, "intermediate-rsa-1128", STEP, unsupported, "the same, between", |r| {
        above(r, &[&signed, &weak_below]);
        r.trust().anchors = vec![strong.certificate.clone()];
    });
    out.requires("rsassa_pkcs1");
    let sha1 = Authority::with_key("Root", rsa(-65535));
    out.refuse(base, "authority-rsa-sha1", STEP, unsupported, "SHA-1 is broken", |r| {
        let certified = r.certified();
        certified.issuer = sha1.key.clone();
        certified.leaf.issuer = sha1.name.clone();
        r.trust().anchors = vec![sha1.certificate.clone()];
    });
    out.requires("rsassa_pkcs1");
    // P-384 with SHA-256 and the other way round: no algorithm of COSE, and common in certificates.
    let p384 = Es384Key::new(&[0x61; 48]);
    let root = Authority::with_key("Root", Key::Es384(p384));
    out.refuse(
        base,
        "authority-p384-says-sha512",
        STEP,
        INVALID,
        "signed with SHA-384, called SHA-512",
        |r| {
            let algorithm = der::list(&[der::oid("1.2.840.10045.4.3.4")]);
            let certified = r.certified();
            certified.issuer = root.key.clone();
            certified.leaf.issuer = root.name.clone();
            certified.leaf.inner_algorithm = Some(algorithm.clone());
            certified.leaf.outer_algorithm = Some(algorithm);
            r.trust().anchors = vec![root.certificate.clone()];
        },
    );
    out.requires("es384");
    out.refuse(
        base,
        "authority-p256-says-rsa",
        STEP,
        unsupported,
        "signed with ECDSA, called RSA",
        |r| {
            let algorithm = der::list(&[der::oid("1.2.840.113549.1.1.11"), der::null()]);
            r.certified().leaf.inner_algorithm = Some(algorithm.clone());
            r.certified().leaf.outer_algorithm = Some(algorithm);
        },
    );
    out.refuse(
        base,
        "algorithm-unknown",
        STEP,
        unsupported,
        "an algorithm that nobody knows",
        |r| {
            let algorithm = der::list(&[der::oid("1.2.3.4")]);
            r.certified().leaf.inner_algorithm = Some(algorithm.clone());
            r.certified().leaf.outer_algorithm = Some(algorithm);
        },
    );
}
