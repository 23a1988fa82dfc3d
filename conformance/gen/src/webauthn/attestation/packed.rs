//! The format `packed` with certificates: §8.2 and §8.2.1.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{PACKED, PACKED_SELF, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::{Ed25519Key, Key};
use mfakit_testing::der;
use mfakit_testing::keys::{Ed448Key, Es256kKey, Es384Key, Es512Key, MlDsaKey};
use mfakit_testing::rsa::RsaKey;
use mfakit_testing::x509::{AAGUID, BASIC_CONSTRAINTS, Extension, attributes, name};

pub(super) fn file() -> File {
    let (base, _) = build(PACKED);
    let mut out = Out::default();
    let known = [("alg", Member::Int), ("sig", Member::Bytes), ("x5c", Member::Certificates)];
    // Without x5c the statement is a self attestation: the key signed with is another.
    let base_members = &known[..2];
    members(&mut out, &base, base_members);
    certificates(&mut out, &base);
    sizes(&mut out, &base);
    keys(&mut out, &base);
    signed(&mut out, &base);
    subject(&mut out, &base);
    extensions(&mut out, &base);
    super::file(
        "attestation-packed",
        "Packed statements with certificates: sections 8.2 and 8.2.1",
        out.cases,
    )
}

fn certificates(out: &mut Out, base: &Registration) {
    out.refuse(
        base,
        "member-x5c-missing",
        "7.1-22",
        SIGNATURE_INVALID,
        "no x5c: self attestation, and the credential's key did not sign",
        |r| r.certified().without("x5c"),
    );
    for (id, item) in [("map", map(&[])), ("empty", array(&[])), ("of-text", array(&[text("M")]))] {
        let why = "x5c is a list of one or more byte strings";
        out.refuse(base, &format!("member-x5c-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().replace("x5c", item)
        });
    }
}

/// The attestation key: of every algorithm, and not the one that `alg` names.
fn keys(out: &mut Out, base: &Registration) {
    let every = [
        ("es384", Key::Es384(Es384Key::new(&[9; 48])), "es384"),
        ("es512", Key::Es512(Es512Key::new(&[9; 65])), "es512"),
        ("es256k", Key::Es256k(Es256kKey::new(&[9; 32])), "es256k"),
        ("ed25519", Key::Ed25519(Ed25519Key::new(&[9; 32])), "ed25519"),
        ("ed448", Key::Ed448(Ed448Key::new(&[9; 57])), "ed448"),
        ("rs256", Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)), "rsassa_pkcs1"),
        ("rs512", Key::Rsa(RsaKey::mersenne(-259, 1279, 2203)), "rsassa_pkcs1"),
        ("ps256", Key::Rsa(RsaKey::mersenne(-37, 1279, 2203)), "rsassa_pss"),
        ("ps384", Key::Rsa(RsaKey::mersenne(-38, 1279, 2203)), "rsassa_pss"),
        ("ml-dsa-44", Key::MlDsa(MlDsaKey::new(-48, [9; 32])), "ml_dsa"),
    ];
    for (id, key, feature) in every {
        let id = format!("attestation-key-{id}");
        let certified_by = key.clone();
        out.accept(base, &id, "7.1-22", "an attestation key of another type", |r| {
            let certified = r.certified();
            certified.leaf.spki = certified_by.spki();
            certified.key = certified_by;
        });
        out.requires(feature);
        out.refuse(
            base,
            &format!("{id}-as-es256"),
            "7.1-22",
            MISMATCH,
            "the certificate's key is not one of the statement's algorithm",
            |r| {
                let certified = r.certified();
                certified.leaf.spki = key.spki();
                certified.key = key;
                certified.replace("alg", int(-7));
            },
        );
    }
    for (id, alg, feature, why) in [
        ("es384", -35, "es384", "the certificate has a P-256 key"),
        ("eddsa", -8, "ed25519", "the certificate has a P-256 key"),
        ("es256k", -47, "es256k", "the certificate has a key of another curve"),
        ("rs256", -257, "rsassa_pkcs1", "the certificate has a P-256 key"),
    ] {
        out.refuse(base, &format!("alg-{id}"), "7.1-22", MISMATCH, why, |r| {
            r.certified().replace("alg", int(alg))
        });
        out.requires(feature);
    }
    for (id, alg) in [("zero", 0), ("smallest", i64::MIN), ("rs1", -65535)] {
        let why = "no algorithm that signs statements of this format";
        out.refuse(base, &format!("alg-{id}"), "7.1-22", CERTIFICATE_UNSUPPORTED, why, |r| {
            r.certified().replace("alg", int(alg))
        });
    }
    out.accept(base, "alg-esp256", "7.1-22", "ESP256 is ES256 with its curve in its name", |r| {
        r.certified().replace("alg", int(-9))
    });
    let weak = RsaKey::mersenne(-257, 521, 607);
    out.refuse(
        base,
        "attestation-key-rsa-1128",
        "7.1-22",
        CERTIFICATE_UNSUPPORTED,
        "an RSA key of 1128 bits is too weak",
        |r| {
            let certified = r.certified();
            certified.key = Key::Rsa(weak);
            certified.leaf.spki = certified.key.spki();
        },
    );
    out.requires("rsassa_pkcs1");
    let dsa = der::list(&[der::list(&[der::oid("1.2.840.10040.4.1")]), der::bits(&der::number(1))]);
    out.refuse(
        base,
        "attestation-key-dsa",
        "7.1-22",
        CERTIFICATE_UNSUPPORTED,
        "a DSA key: no algorithm of COSE",
        |r| r.certified().leaf.spki = dsa,
    );
    let key = &base.key;
    out.refuse(
        base,
        "signed-by-the-credential",
        "7.1-22",
        SIGNATURE_INVALID,
        "certificates, and yet the credential's own key signs",
        |r| r.certified().key = key.clone(),
    );
}

fn signed(out: &mut Out, base: &Registration) {
    let data = base.auth_data.bytes();
    let hash = sha256(&base.ceremony.client_data);
    let other = build(PACKED_SELF).0;
    let messages = vec![
        ("hash-then-data", [&hash[..], &data].concat(), "the parts in the other order"),
        ("data-alone", data.clone(), "the client data is not signed"),
        ("hash-alone", hash.clone(), "the authenticator data is not signed"),
        (
            "client-data-unhashed",
            [&data[..], &base.ceremony.client_data].concat(),
            "the client data in place of its hash",
        ),
        ("another-registration", other.subject().message(), "a statement that was seen elsewhere"),
        ("nothing", Vec::new(), "an empty message"),
    ];
    super::signatures(out, base, messages);
    let good = base.subject().message();
    out.refuse(
        base,
        "credential-id-changed",
        "7.1-22",
        SIGNATURE_INVALID,
        "the credential's id is replaced after signing",
        |r| {
            r.certified().message = Some(good.clone());
            r.attested().credential_id[0] ^= 1;
        },
    );
    out.refuse(
        base,
        "aaguid-changed",
        "7.1-22",
        SIGNATURE_INVALID,
        "the model is replaced after signing",
        |r| {
            r.certified().message = Some(good.clone());
            r.attested().aaguid[0] ^= 1;
        },
    );
    out.refuse(
        base,
        "credential-key-replaced",
        "7.1-22",
        SIGNATURE_INVALID,
        "another key is put in after signing",
        |r| {
            r.certified().message = Some(good);
            r.attested().public_key = super::stranger().cose();
        },
    );
}

/// §8.2.1: version and subject.
fn subject(out: &mut Out, base: &Registration) {
    let rejected = CERTIFICATE_REJECTED;
    for (id, version, why) in [("1", None, "version 1"), ("2", Some(1), "version 2")] {
        out.refuse(base, &format!("certificate-version-{id}"), "7.1-22", rejected, why, |r| {
            let leaf = &mut r.certified().leaf;
            leaf.version = version;
            // Only version 3 has extensions.
            leaf.extensions.clear();
        });
    }
    let good = || attributes("WebAuthn test vectors", "W3C", "Authenticator Attestation", "AA");
    let without = |index: usize| {
        let mut left = good();
        left.remove(index);
        name(&left)
    };
    let with = |index: usize, value: Vec<u8>| {
        let mut changed = good();
        changed[index].1 = value;
        name(&changed)
    };
    let twice = |index: usize, value: Vec<u8>| {
        let mut longer = good();
        longer.push((longer[index].0, value));
        name(&longer)
    };
    let rows = [
        ("empty", name(&[]), "no subject at all"),
        ("cn-missing", without(0), "no common name"),
        ("o-missing", without(1), "no organisation"),
        ("ou-missing", without(2), "no unit"),
        ("c-missing", without(3), "no country"),
        ("cn-empty", with(0, der::utf8("")), "the vendor's choice, but not nothing"),
        ("o-empty", with(1, der::utf8("")), "an empty organisation"),
        ("ou-other", with(2, der::utf8("Authenticator")), "another unit"),
        ("ou-longer", with(2, der::utf8("Authenticator Attestation CA")), "the CA's unit"),
        ("ou-case", with(2, der::utf8("authenticator attestation")), "the literal text has case"),
        ("ou-blank", with(2, der::utf8("Authenticator Attestation ")), "a blank at the end"),
        ("c-lower-case", with(3, der::printable("aa")), "codes of countries are upper-case"),
        ("c-three-letters", with(3, der::printable("AAA")), "codes of countries have two letters"),
        ("c-digit", with(3, der::printable("A1")), "codes of countries are letters"),
        ("c-empty", with(3, der::printable("")), "no code"),
        ("ou-twice", twice(2, der::utf8("Other")), "two units: which one is meant?"),
        ("c-twice", twice(3, der::printable("BB")), "two countries"),
    ];
    for (id, subject, why) in rows {
        out.refuse(base, &format!("subject-{id}"), "7.1-22", rejected, why, |r| {
            r.certified().leaf.subject = subject
        });
    }
    for (id, subject, why) in [
        (
            "more",
            {
                let mut longer = good();
                longer.push(("2.5.4.7", der::utf8("Here")));
                name(&longer)
            },
            "other attributes may stand beside",
        ),
        (
            "order",
            {
                let mut turned = good();
                turned.reverse();
                name(&turned)
            },
            "attributes have no order",
        ),
        ("printable", with(2, der::printable("Authenticator Attestation")), "another string type"),
        ("country", with(3, der::printable("SE")), "another country"),
        ("c-utf8", with(3, der::utf8("AA")), "a country in UTF-8"),
    ] {
        out.accept(base, &format!("subject-{id}"), "7.1-22", why, |r| {
            r.certified().leaf.subject = subject
        });
    }
}

/// §8.2.1: CA flag and AAGUID.
fn extensions(out: &mut Out, base: &Registration) {
    let rejected = CERTIFICATE_REJECTED;
    out.refuse(base, "ca-true", "7.1-22", rejected, "a CA attests to nothing itself", |r| {
        r.certified().leaf.set(Extension::basic_constraints(true, None))
    });
    out.refuse(base, "basic-constraints-missing", "7.1-22", rejected, "nothing says: no CA", |r| {
        r.certified().leaf.remove(BASIC_CONSTRAINTS)
    });
    let own = base.auth_data.attested.as_ref().expect("attested").aaguid.clone();
    let mut other = own.clone();
    other[15] ^= 1;
    let aaguid = |critical: bool, value: Vec<u8>| Extension::new(AAGUID, critical, value);
    out.accept(base, "aaguid-extension", "7.1-22", "the certificate names this model", |r| {
        r.certified().leaf.set(aaguid(false, der::octets(&own)))
    });
    let rows = [
        ("other", aaguid(false, der::octets(&other)), AAGUID_MISMATCH, "another model"),
        (
            "zero",
            aaguid(false, der::octets(&[0; 16])),
            AAGUID_MISMATCH,
            "no model where the data name one",
        ),
        ("critical", aaguid(true, der::octets(&own)), rejected, "it must not be critical"),
        (
            "critical-other",
            aaguid(true, der::octets(&other)),
            rejected,
            "critical, and another model",
        ),
        ("short", aaguid(false, der::octets(&own[..15])), CERTIFICATE_MALFORMED, "15 bytes"),
        (
            "long",
            aaguid(false, der::octets(&[&own[..], &[0]].concat())),
            CERTIFICATE_MALFORMED,
            "17 bytes",
        ),
        ("unwrapped", aaguid(false, own.clone()), CERTIFICATE_MALFORMED, "no OCTET STRING around"),
        (
            "wrapped-twice",
            aaguid(false, der::octets(&der::octets(&own))),
            CERTIFICATE_MALFORMED,
            "one OCTET STRING too many",
        ),
        ("empty", aaguid(false, Vec::new()), CERTIFICATE_MALFORMED, "nothing in it"),
        (
            "trailing",
            aaguid(false, [der::octets(&own), der::null()].concat()),
            CERTIFICATE_MALFORMED,
            "something follows",
        ),
        (
            "bit-string",
            aaguid(false, der::bits(&own)),
            CERTIFICATE_MALFORMED,
            "a BIT STRING in place of the OCTET STRING",
        ),
    ];
    for (id, extension, code, why) in rows {
        out.refuse(base, &format!("aaguid-extension-{id}"), "7.1-22", code, why, |r| {
            r.certified().leaf.set(extension)
        });
    }
}
