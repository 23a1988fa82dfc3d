//! Certificates that are not DER, not X.509, or only under a tolerance: RFC 5280 §4, X.690, on a packed statement.

use super::super::ceremony::Registration;
use super::super::recipe::{PACKED, authority, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use mfakit_testing::der::{self, Element};
use mfakit_testing::x509::{BASIC_CONSTRAINTS, Extension, KEY_USAGE, time};

pub(super) fn file() -> File {
    let (base, _) = build(PACKED);
    let mut out = Out::default();
    encodings(&mut out, &base);
    fields(&mut out, &base);
    tolerances(&mut out, &base);
    super::file(
        "attestation-certificate",
        "Attestation certificates that are not X.509 in DER, and the tolerances that are named",
        out.cases,
    )
}

/// The certificate's bytes, changed after it was signed.
fn encodings(out: &mut Out, base: &Registration) {
    let mut base_copy = base.clone();
    let good = base_copy.certified().certificate();
    assert_eq!(good[..2], [0x30, 0x82], "a length in two bytes");
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "no certificate"),
        ("null", der::null(), "NULL"),
        ("truncated", good[..good.len() - 1].to_vec(), "the last byte is missing"),
        ("trailing-byte", [&good[..], &[0]].concat(), "a byte follows"),
        ("twice", [&good[..], &good].concat(), "a second one follows"),
        (
            "pem",
            format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                crate::bytes::base64(&good)
            )
            .into_bytes(),
            "PEM",
        ),
        (
            "length-non-minimal",
            [&[0x30, 0x83, 0x00][..], &good[2..]].concat(),
            "a length in one byte too many",
        ),
        (
            "length-indefinite",
            [&[0x30, 0x80][..], &good[4..], &[0, 0]].concat(),
            "BER's indefinite length",
        ),
        ("tag-set", changed(|bytes| bytes[0] = 0x31), "a SET"),
        ("in-octet-string", der::octets(&good), "wrapped in an OCTET STRING"),
        (
            "tbs-only",
            {
                let mut copy = base.clone();
                let certified = copy.certified();
                certified.leaf.to_be_signed(&certified.issuer.signature_algorithm())
            },
            "what is signed, without the signature",
        ),
    ];
    for (id, bytes, why) in rows {
        let id = format!("der-{id}");
        out.refuse(base, &id, "7.1-22", CERTIFICATE_MALFORMED, why, |r| {
            r.certified().first = Some(bytes)
        });
    }
}

/// The certificate's fields, changed before it is signed.
fn fields(out: &mut Out, base: &Registration) {
    let malformed = CERTIFICATE_MALFORMED;
    let mut change = |id: &str, why: &str, mutate: &dyn Fn(&mut Certified)| {
        out.refuse(base, id, "7.1-22", malformed, why, |r| mutate(r.certified()));
    };
    change("version-1-written", "DER leaves a default out", &|c| {
        c.leaf.version = Some(0);
        c.leaf.extensions.clear();
    });
    change("serial-negative", "serial numbers are positive", &|c| c.leaf.serial = vec![0x80, 1]);
    change("serial-non-minimal", "a zero too many", &|c| c.leaf.serial = vec![0, 1]);
    change("serial-empty", "an INTEGER has at least one byte", &|c| c.leaf.serial = Vec::new());
    change("serial-of-22-bytes", "RFC 5280 allows 20", &|c| c.leaf.serial = vec![1; 22]);
    change("inner-algorithm-other", "inside another algorithm than outside", &|c| {
        c.leaf.inner_algorithm = Some(der::list(&[der::oid("1.2.840.10045.4.3.3")]))
    });
    change("outer-algorithm-other", "outside another algorithm than inside", &|c| {
        c.leaf.outer_algorithm = Some(der::list(&[der::oid("1.2.840.10045.4.3.3")]))
    });
    change("algorithm-empty", "no algorithm", &|c| {
        c.leaf.inner_algorithm = Some(der::list(&[]));
        c.leaf.outer_algorithm = Some(der::list(&[]));
    });
    change("extension-twice", "an extension twice", &|c| {
        let again = c.leaf.extensions[0].clone();
        c.leaf.extensions.push(again);
    });
    change("extension-twice-other", "the CA flag twice, with two values", &|c| {
        c.leaf.extensions.push(Extension::basic_constraints(true, None))
    });
    change("basic-constraints-garbage", "basicConstraints is no SEQUENCE", &|c| {
        c.leaf.extension(BASIC_CONSTRAINTS).value = der::null()
    });
    change("basic-constraints-ber-boolean", "TRUE is 0xff in DER", &|c| {
        c.leaf.extension(BASIC_CONSTRAINTS).value = der::list(&[der::element(1, &[1])])
    });
    change("basic-constraints-trailing", "something follows the constraints", &|c| {
        c.leaf.extension(BASIC_CONSTRAINTS).value = [der::list(&[]), der::null()].concat()
    });
    change("bytes-behind-the-extensions", "something follows the extensions", &|c| {
        c.leaf.more = der::null()
    });
    change("time-garbage", "no time", &|c| c.leaf.validity[0] = der::element(0x17, b"soon"));
    change("time-without-seconds", "RFC 5280 wants seconds", &|c| {
        c.leaf.validity[0] = der::element(0x17, b"2401010000Z")
    });
    change("time-with-offset", "RFC 5280 wants Greenwich", &|c| {
        c.leaf.validity[0] = der::element(0x17, b"240101000000+0100")
    });
    change("time-of-february-30", "no such day", &|c| c.leaf.validity[0] = time("20240230000000"));
    change("time-missing", "one time of two", &|c| c.leaf.validity[1] = Vec::new());
    change("name-empty-set", "a set of no attributes", &|c| {
        c.leaf.issuer = der::list(&[der::set(&[])])
    });
    change("name-text", "an issuer that is a text", &|c| c.leaf.issuer = der::utf8("CN=x"));
    change("spki-garbage", "no key", &|c| c.leaf.spki = der::null());
    change("spki-unused-bits", "a key is of whole bytes", &|c| {
        let key = c.key.spki_key();
        c.leaf.spki =
            der::list(&[c.key.spki_algorithm(), der::element(3, &[&[4][..], &key].concat())]);
    });
    change("point-not-on-the-curve", "the certified key is no point", &|c| {
        let mut key = c.key.spki_key();
        key[64] ^= 1;
        c.leaf.spki = der::list(&[c.key.spki_algorithm(), der::bits(&key)]);
    });
    change("point-short", "a coordinate is a byte short", &|c| {
        let key = c.key.spki_key();
        c.leaf.spki = der::list(&[c.key.spki_algorithm(), der::bits(&key[..64])]);
    });
    let unsupported = CERTIFICATE_UNSUPPORTED;
    out.refuse(base, "point-compressed", "7.1-22", unsupported, "a compressed point", |r| {
        let certified = r.certified();
        let key = certified.key.spki_key();
        let compressed = [&[2 | key[64] & 1][..], &key[1..33]].concat();
        certified.leaf.spki = der::list(&[certified.key.spki_algorithm(), der::bits(&compressed)]);
    });
    for (id, serial, why) in [
        ("of-one-byte", vec![1], "a short serial number"),
        ("of-20-bytes", vec![0x7f; 20], "the longest serial number"),
    ] {
        out.accept(base, &format!("serial-{id}"), "7.1-22", why, |r| {
            r.certified().leaf.serial = serial
        });
    }
    out.accept(base, "extension-unknown", "7.1-22", "an unknown extension, not critical", |r| {
        r.certified().leaf.set(Extension::new("1.2.3.4", false, der::null()))
    });
    out.accept(base, "key-usage-missing", "7.1-22", "§8.2.1 does not ask for keyUsage", |r| {
        r.certified().leaf.remove(KEY_USAGE)
    });
    out.accept(
        base,
        "issuer-unknown",
        "7.1-22",
        "nobody asks for trust: who signed the certificate is not judged",
        |r| r.certified().issuer = super::stranger(),
    );
    out.accept(base, "expired", "7.1-22", "nobody asks for trust: dates are not judged", |r| {
        r.certified().leaf.validity = [time("20010101000000"), time("20020101000000")]
    });
}

/// Faults of genuine certificates, without and with the tolerance.
fn tolerances(out: &mut Out, base: &Registration) {
    let (_, root) = authority();
    let null = || -> Element { der::list(&[der::oid("1.2.840.10045.4.3.2"), der::null()]) };
    let mut tolerant = base.clone();
    tolerant.name = "own-packed-tolerant-reg".into();
    tolerant.trust = Some(Trust::required(std::slice::from_ref(&root)));
    tolerant.now = Some(NOW);
    tolerant.verdict.anchor = Some(root);
    tolerant.verdict.asked = true;
    let with_null = |r: &mut Registration| {
        r.certified().leaf.inner_algorithm = Some(null());
        r.certified().leaf.outer_algorithm = Some(null());
    };
    let malformed = CERTIFICATE_MALFORMED;
    out.refuse(
        &tolerant,
        "ecdsa-null-parameters",
        "7.1-22",
        malformed,
        "ECDSA's identifier has no parameters",
        with_null,
    );
    out.refuse(
        &tolerant,
        "ecdsa-null-parameters-other-tolerance",
        "7.1-22",
        malformed,
        "each tolerance is for itself",
        |r| {
            with_null(r);
            r.trust().tolerances = vec!["signature_unused_bits"];
        },
    );
    out.accept(
        &tolerant,
        "ecdsa-null-parameters-tolerated",
        "7.1-22",
        "NULL, by the tolerance's name",
        |r| {
            with_null(r);
            r.trust().tolerances = vec!["ecdsa_null_parameters"];
        },
    );
    out.refuse(
        &tolerant,
        "ecdsa-other-parameters",
        "7.1-22",
        malformed,
        "the tolerance is for NULL alone",
        |r| {
            let other = der::list(&[der::oid("1.2.840.10045.4.3.2"), der::number(0)]);
            r.certified().leaf.inner_algorithm = Some(other.clone());
            r.certified().leaf.outer_algorithm = Some(other);
            r.trust().tolerances = vec!["ecdsa_null_parameters"];
        },
    );
    // The BIT STRING of the signature is the last element: its content begins with the number of unused bits.
    let with_unused_bits = |r: &mut Registration, bits: u8| {
        let mut copy = r.clone();
        let mut bytes = copy.certified().certificate();
        let certified = copy.certified();
        let body = certified.leaf.to_be_signed(&certified.issuer.signature_algorithm());
        let at = 4 + body.len() + certified.issuer.signature_algorithm().len() + 2;
        assert_eq!((bytes[at - 2], bytes[at]), (3, 0), "a BIT STRING of whole bytes");
        bytes[at] = bits;
        r.certified().first = Some(bytes);
    };
    let why = "a signature is of whole bytes";
    out.refuse(&tolerant, "signature-unused-bits", "7.1-22", malformed, why, |r| {
        with_unused_bits(r, 4)
    });
    out.refuse(
        &tolerant,
        "signature-unused-bits-other-tolerance",
        "7.1-22",
        malformed,
        "each tolerance is for itself",
        |r| {
            with_unused_bits(r, 4);
            r.trust().tolerances = vec!["ecdsa_null_parameters"];
        },
    );
    out.accept(
        &tolerant,
        "signature-unused-bits-tolerated",
        "7.1-22",
        "unused bits that are used, by the tolerance's name",
        |r| {
            with_unused_bits(r, 4);
            r.trust().tolerances = vec!["signature_unused_bits"];
        },
    );
    out.refuse(
        &tolerant,
        "signature-eight-unused-bits",
        "7.1-22",
        malformed,
        "a byte has seven at most",
        |r| {
            with_unused_bits(r, 8);
            r.trust().tolerances = vec!["signature_unused_bits"];
        },
    );
}
