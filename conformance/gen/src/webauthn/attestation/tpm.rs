//! The format `tpm`: §8.3, §8.3.1 and TPM 2.0 Library, part 2.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{PLAIN, TPM, build, device_name};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::{Ed25519Key, Key};
use mfakit_testing::der;
use mfakit_testing::keys::{Es384Key, Es512Key};
use mfakit_testing::rsa::{Hash, RsaKey};
use mfakit_testing::tpm::{self, CertifyInfo, Public};
use mfakit_testing::x509::{
    AAGUID, AIK_CERTIFICATE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, Extension, SUBJECT_ALT_NAME,
    attributes, name,
};

pub(super) fn file() -> File {
    let (base, _) = build(TPM);
    let mut out = Out::default();
    let known = [
        ("alg", Member::Int),
        ("sig", Member::Bytes),
        ("ver", Member::Text),
        ("x5c", Member::Certificates),
        ("pubArea", Member::Bytes),
        ("certInfo", Member::Bytes),
    ];
    members(&mut out, &base, &known);
    sizes(&mut out, &base);
    versions(&mut out, &base);
    certify_info(&mut out, &base);
    public_area(&mut out, &base);
    kinds_of_keys(&mut out, &base);
    signed(&mut out, &base);
    identity_key(&mut out, &base);
    switches(&mut out, &base);
    super::file("attestation-tpm", "TPM statements: sections 8.3 and 8.3.1", out.cases)
}

fn versions(out: &mut Out, base: &Registration) {
    for (id, version) in
        [("1-2", "1.2"), ("2", "2"), ("2-00", "2.00"), ("empty", ""), ("blank", "2.0 ")]
    {
        let why = "the one version is 2.0";
        out.refuse(base, &format!("ver-{id}"), "7.1-22", CLAIM_REJECTED, why, |r| {
            r.certified().tpm().version = text(version)
        });
    }
}

/// The two structures of this registration, as its TPM made them.
fn structures(r: &Registration) -> (Public, CertifyInfo) {
    let public = Public::new(&r.key);
    let info = CertifyInfo::new(&public, &sha256(&r.subject().message()));
    (public, info)
}

fn certify_info(out: &mut Out, base: &Registration) {
    let mut change = |id: &str, code: &str, why: &str, mutate: &dyn Fn(&mut CertifyInfo)| {
        out.refuse(base, id, "7.1-22", code, why, |r| {
            let (_, mut info) = structures(r);
            mutate(&mut info);
            r.certified().tpm().info = info.bytes();
        });
    };
    let claim = CLAIM_REJECTED;
    change("magic-zero", claim, "not made by a TPM", &|i| i.magic = 0);
    change("magic-turned", claim, "the bytes of the magic in the other order", &|i| {
        i.magic = i.magic.swap_bytes()
    });
    change("type-quote", claim, "TPM_ST_ATTEST_QUOTE", &|i| i.kind = 0x8018);
    change("type-creation", claim, "TPM_ST_ATTEST_CREATION", &|i| i.kind = 0x801a);
    let nonce = NONCE_MISMATCH;
    change("extra-data-bit", nonce, "one bit of the nonce is flipped", &|i| i.extra_data[31] ^= 1);
    change("extra-data-empty", nonce, "no nonce", &|i| i.extra_data.clear());
    change("extra-data-short", nonce, "half of the nonce", &|i| i.extra_data.truncate(16));
    change("extra-data-longer", nonce, "a byte follows the nonce", &|i| i.extra_data.push(0));
    change("name-bit", claim, "the name of another key: one bit is flipped", &|i| i.name[33] ^= 1);
    change("name-algorithm", claim, "the name says another hash than pubArea", &|i| {
        i.name[1] = 0x0c
    });
    change("name-empty", claim, "no name", &|i| i.name.clear());
    change("name-hash-alone", claim, "the hash without its algorithm", &|i| {
        i.name.drain(..2);
    });
    change("name-short", claim, "half of the name", &|i| i.name.truncate(18));
    let malformed = MALFORMED;
    change("qualified-signer-too-long", malformed, "no name is so long", &|i| {
        i.qualified_signer = vec![0; 67]
    });
    change("clock-short", malformed, "the clock lacks its last byte", &|i| {
        i.clock_info.pop();
    });
    out.refuse(base, "info-empty", "7.1-22", malformed, "no structure", |r| {
        r.certified().tpm().info.clear()
    });
    out.refuse(base, "info-cut", "7.1-22", malformed, "the last byte is missing", |r| {
        r.certified().tpm().info.pop();
    });
    out.refuse(base, "info-trailing", "7.1-22", malformed, "a byte follows", |r| {
        r.certified().tpm().info.push(0)
    });
    out.refuse(
        base,
        "info-sized",
        "7.1-22",
        CLAIM_REJECTED,
        "TPM2B_ATTEST: a length stands before the structure",
        |r| {
            let info = r.certified().tpm().info.clone();
            r.certified().tpm().info = tpm::sized(&info);
        },
    );
    let other = build(PLAIN).0;
    for (id, data, why) in [
        (
            "client-data-hash",
            sha256(&base.ceremony.client_data),
            "the hash of the client data alone",
        ),
        (
            "auth-data-hash",
            sha256(&base.auth_data.bytes()),
            "the hash of the authenticator data alone",
        ),
        (
            "another-registration",
            sha256(&other.subject().message()),
            "a statement that was seen elsewhere",
        ),
        (
            "sha-1",
            Hash::Sha1.of(&base.subject().message()),
            "SHA-1 where the signature has SHA-256",
        ),
        ("sha-512", Hash::Sha512.of(&base.subject().message()), "SHA-512 where it has SHA-256"),
        ("unhashed", base.subject().message()[..32].to_vec(), "the message in place of its hash"),
    ] {
        out.refuse(base, &format!("extra-data-{id}"), "7.1-22", nonce, why, |r| {
            let (_, mut info) = structures(r);
            info.extra_data = data;
            r.certified().tpm().info = info.bytes();
        });
    }
    out.accept(base, "names-of-the-signer", "7.1-22", "qualified names are not judged", |r| {
        let (_, mut info) = structures(r);
        info.qualified_signer = vec![0; 34];
        info.qualified_name = vec![1; 34];
        info.firmware_version = [0xff; 8];
        r.certified().tpm().info = info.bytes();
    });
}

/// Sets the public area and the name that fits it.
fn set_public(r: &mut Registration, bytes: Vec<u8>, name_algorithm: u16) {
    // Any key will do: the name is replaced.
    let any = Public::new(&super::stranger());
    let mut info = CertifyInfo::new(&any, &sha256(&r.subject().message()));
    info.name = tpm::name(name_algorithm, &bytes);
    let tpm = r.certified().tpm();
    (tpm.public, tpm.info) = (bytes, info.bytes());
}

fn public_area(out: &mut Out, base: &Registration) {
    let mismatch = KEY_MISMATCH;
    out.refuse(base, "public-another-key", "7.1-22", mismatch, "the TPM has another key", |r| {
        let public = Public::new(&super::stranger());
        set_public(r, public.bytes(), tpm::SHA256);
    });
    let mut change = |id: &str, code: &str, why: &str, mutate: &dyn Fn(&mut Public)| {
        out.refuse(base, id, "7.1-22", code, why, |r| {
            let (mut public, _) = structures(r);
            mutate(&mut public);
            set_public(r, public.bytes(), tpm::SHA256);
        });
    };
    let malformed = MALFORMED;
    // Symmetric, scheme, curve, key derivation: two bytes each.
    change("public-curve-p384", mismatch, "the right point, called one of P-384", &|p| {
        p.parameters[5] = 4
    });
    change("public-curve-unknown", mismatch, "the right point on no curve of COSE's", &|p| {
        p.parameters[5] = 0x20
    });
    change("public-y-bit", mismatch, "one bit of y is flipped", &|p| p.unique[67] ^= 1);
    change("public-x-short", mismatch, "x lacks its last byte", &|p| {
        let (x, y) = (p.unique[2..33].to_vec(), p.unique[36..].to_vec());
        p.unique = [tpm::sized(&x), tpm::sized(&y)].concat();
    });
    change("public-y-missing", malformed, "no y", &|p| p.unique.truncate(34));
    change("public-kind-unknown", malformed, "a type that has no key", &|p| p.kind = 0x0025);
    change("public-kind-rsa", malformed, "the parameters are not RSA's", &|p| p.kind = tpm::RSA);
    change("public-scheme-unknown", malformed, "a scheme that nobody knows", &|p| {
        p.parameters[3] = 0x99
    });
    change("public-policy-too-long", malformed, "no hash is so long", &|p| {
        p.auth_policy = vec![0; 65]
    });
    for (id, edit) in [
        ("cut", (|bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1)) as fn(&mut Vec<u8>)),
        ("trailing", |bytes| bytes.push(0)),
        ("sized", |bytes| *bytes = tpm::sized(bytes)),
        ("empty", Vec::clear),
    ] {
        let why = match id {
            "sized" => "TPM2B_PUBLIC: a length stands before the structure",
            _ => "the structure does not end where its bytes do",
        };
        out.refuse(base, &format!("public-{id}"), "7.1-22", malformed, why, |r| {
            let mut bytes = structures(r).0.bytes();
            edit(&mut bytes);
            set_public(r, bytes, tpm::SHA256);
        });
    }
    for (id, algorithm) in [("sha384", tpm::SHA384), ("sha512", tpm::SHA512)] {
        let why = "the name under another hash";
        out.accept(base, &format!("name-{id}"), "7.1-22", why, |r| {
            let (mut public, _) = structures(r);
            public.name_algorithm = algorithm;
            set_public(r, public.bytes(), algorithm);
        });
    }
    out.refuse(
        base,
        "name-sha1",
        "7.1-22",
        "algorithm_unsupported",
        "a name under SHA-1 could be that of two keys",
        |r| {
            let (mut public, _) = structures(r);
            public.name_algorithm = tpm::SHA1;
            set_public(r, public.bytes(), tpm::SHA1);
        },
    );
    out.refuse(
        base,
        "name-algorithm-unknown",
        "7.1-22",
        "algorithm_unsupported",
        "the name under a hash that is not built in",
        |r| {
            let (mut public, _) = structures(r);
            public.name_algorithm = 0x0012;
            set_public(r, public.bytes(), tpm::SHA256);
        },
    );
    out.accept(base, "public-attributes", "7.1-22", "attributes and policy are not judged", |r| {
        let (mut public, _) = structures(r);
        public.attributes = 0x0006_0472;
        public.auth_policy = vec![0x5a; 32];
        set_public(r, public.bytes(), tpm::SHA256);
    });
    out.accept(base, "public-scheme", "7.1-22", "a key that is bound to ECDSA with SHA-256", |r| {
        let (mut public, _) = structures(r);
        public.parameters = [0x10, 0x18, 0x0b, 3, 0x10].map(|n: u16| n.to_be_bytes()).concat();
        set_public(r, public.bytes(), tpm::SHA256);
    });
}

/// Credentials that a TPM may hold, and one that it may not.
fn kinds_of_keys(out: &mut Out, base: &Registration) {
    let rsa = RsaKey::mersenne(-257, 1279, 2203);
    let credential = |r: &mut Registration, key: &Key| {
        r.offered = vec![key.algorithm()];
        r.attested().public_key = key.cose();
        r.key = key.clone();
        let public = Public::new(key);
        set_public(r, public.bytes(), tpm::SHA256);
    };
    for (id, key, feature) in [
        ("es384", Key::Es384(Es384Key::new(&[9; 48])), "es384"),
        ("es512", Key::Es512(Es512Key::new(&[9; 65])), "es512"),
        ("rs256", Key::Rsa(rsa.clone()), "rsassa_pkcs1"),
        ("ps256", Key::Rsa(rsa.clone().under(-37)), "rsassa_pss"),
    ] {
        let why = "a credential of another type, as the TPM describes it";
        out.accept(base, &format!("credential-{id}"), "7.1-22", why, |r| credential(r, &key));
        out.requires(feature);
        let why = "the credential is of another type than the TPM's key";
        out.refuse(base, &format!("credential-{id}-other"), "7.1-22", KEY_MISMATCH, why, |r| {
            r.offered = vec![key.algorithm()];
            r.attested().public_key = key.cose();
            r.key = key;
            let public = Public::new(&super::stranger());
            set_public(r, public.bytes(), tpm::SHA256);
        });
        out.requires(feature);
    }
    let eddsa = Key::Ed25519(Ed25519Key::new(&[9; 32]));
    out.refuse(
        base,
        "credential-eddsa",
        "7.1-22",
        KEY_MISMATCH,
        "an Ed25519 key beside a TPM's: no type is passed over",
        |r| {
            r.offered = vec![-8];
            r.attested().public_key = eddsa.cose();
            r.key = eddsa;
            let public = Public::new(&super::stranger());
            set_public(r, public.bytes(), tpm::SHA256);
        },
    );
    out.requires("ed25519");
    let key = Key::Rsa(rsa.clone());
    let with_exponent = |e: u32| {
        let mut public = Public::new(&key);
        let at = public.parameters.len() - 4;
        public.parameters[at..].copy_from_slice(&e.to_be_bytes());
        public.bytes()
    };
    let written = with_exponent(65537);
    out.accept(base, "rsa-exponent-written", "7.1-22", "65537, written out", |r| {
        credential(r, &key);
        set_public(r, written, tpm::SHA256);
    });
    out.requires("rsassa_pkcs1");
    for (id, e, why) in [
        ("3", 3, "the TPM's exponent is 3"),
        ("turned", 65537_u32.swap_bytes(), "its bytes in the other order"),
        ("1", 1, "the TPM's exponent is 1"),
    ] {
        let public = with_exponent(e);
        out.refuse(base, &format!("rsa-exponent-{id}"), "7.1-22", KEY_MISMATCH, why, |r| {
            credential(r, &key);
            set_public(r, public, tpm::SHA256);
        });
        out.requires("rsassa_pkcs1");
    }
    out.refuse(base, "rsa-modulus-bit", "7.1-22", KEY_MISMATCH, "another modulus", |r| {
        credential(r, &key);
        let mut public = Public::new(&key);
        let last = public.unique.len() - 1;
        public.unique[last] ^= 2;
        set_public(r, public.bytes(), tpm::SHA256);
    });
    out.requires("rsassa_pkcs1");
    let odd = Key::Rsa(rsa.with_exponent(65539));
    out.accept(base, "rsa-exponent-65539", "7.1-22", "another exponent on both sides", |r| {
        r.offered = vec![-257];
        r.attested().public_key = odd.cose();
        r.key = odd.clone();
        let mut public = Public::new(&odd);
        let at = public.parameters.len() - 4;
        public.parameters[at..].copy_from_slice(&65539_u32.to_be_bytes());
        set_public(r, public.bytes(), tpm::SHA256);
    });
    out.requires("rsassa_pkcs1");
}

fn signed(out: &mut Out, base: &Registration) {
    let messages = vec![
        ("packed-message", base.subject().message(), "what a packed statement signs"),
        ("public-area", structures(base).0.bytes(), "pubArea in place of certInfo"),
        ("nothing", Vec::new(), "an empty message"),
    ];
    super::signatures(out, base, messages);
    for (id, key, feature) in [
        ("es384", Key::Es384(Es384Key::new(&[9; 48])), "es384"),
        ("rs256", Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)), "rsassa_pkcs1"),
        ("rs384", Key::Rsa(RsaKey::mersenne(-258, 1279, 2203)), "rsassa_pkcs1"),
        ("ps256", Key::Rsa(RsaKey::mersenne(-37, 1279, 2203)), "rsassa_pss"),
    ] {
        let hash = match id {
            "es384" | "rs384" => Hash::Sha384,
            _ => Hash::Sha256,
        };
        let why = "an attestation key of another type; the nonce has its hash";
        out.accept(base, &format!("attestation-key-{id}"), "7.1-22", why, |r| {
            let (_, mut info) = structures(r);
            info.extra_data = hash.of(&r.subject().message());
            let certified = r.certified();
            certified.leaf.spki = key.spki();
            certified.key = key;
            certified.tpm().info = info.bytes();
        });
        out.requires(feature);
    }
    out.refuse(base, "alg-rs256", "7.1-22", MISMATCH, "the certificate has a P-256 key", |r| {
        r.certified().replace("alg", int(-257))
    });
    out.requires("rsassa_pkcs1");
    out.refuse(
        base,
        "alg-eddsa",
        "7.1-22",
        "algorithm_unsupported",
        "no TPM signs with Ed25519: the nonce would have no hash",
        |r| r.certified().replace("alg", int(-8)),
    );
}

/// §8.3.1: the certificate of the attestation identity key.
fn identity_key(out: &mut Out, base: &Registration) {
    let rejected = CERTIFICATE_REJECTED;
    let mut change = |id: &str, code: &str, why: &str, mutate: &dyn Fn(&mut Certified)| {
        out.refuse(base, id, "7.1-22", code, why, |r| mutate(r.certified()));
    };
    change("certificate-version-2", rejected, "version 2", &|c| {
        c.leaf.version = Some(1);
        c.leaf.extensions.clear();
    });
    change("subject-not-empty", rejected, "the subject must be empty", &|c| {
        c.leaf.subject = name(&attributes("TPM", "x", "y", "AA"))
    });
    change("eku-missing", rejected, "no purpose", &|c| c.leaf.remove(EXTENDED_KEY_USAGE));
    change("eku-other", rejected, "another purpose: a server's", &|c| {
        c.leaf.set(Extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]))
    });
    change("eku-endorsement", rejected, "the purpose of an endorsement key", &|c| {
        c.leaf.set(Extension::extended_key_usage(&["2.23.133.8.1"]))
    });
    change("eku-prefix", rejected, "a purpose that begins alike", &|c| {
        c.leaf.set(Extension::extended_key_usage(&["2.23.133.8.3.1"]))
    });
    change("eku-any", rejected, "any purpose is not this one", &|c| {
        c.leaf.set(Extension::extended_key_usage(&["2.5.29.37.0"]))
    });
    change("eku-garbage", CERTIFICATE_MALFORMED, "extKeyUsage is no SEQUENCE", &|c| {
        c.leaf.extension(EXTENDED_KEY_USAGE).value = der::null()
    });
    change("ca-true", rejected, "a CA attests to nothing itself", &|c| {
        c.leaf.set(Extension::basic_constraints(true, None))
    });
    change("basic-constraints-missing", rejected, "nothing says: no CA", &|c| {
        c.leaf.remove(BASIC_CONSTRAINTS)
    });
    change("san-missing", rejected, "no name of the device", &|c| c.leaf.remove(SUBJECT_ALT_NAME));
    let directory = |attributes: &[(&'static str, &str)]| {
        let set: Vec<_> = attributes
            .iter()
            .map(|(kind, value)| der::list(&[der::oid(kind), der::utf8(value)]))
            .collect();
        let names = der::explicit(4, &der::list(&[der::set(&set)]));
        Extension::new(SUBJECT_ALT_NAME, true, der::list(&[names]))
    };
    const MANUFACTURER: (&str, &str) = ("2.23.133.2.1", "id:00000000");
    const MODEL: (&str, &str) = ("2.23.133.2.2", "x");
    const VERSION: (&str, &str) = ("2.23.133.2.3", "id:00000000");
    for (id, names) in [
        ("manufacturer-missing", [MODEL, VERSION]),
        ("model-missing", [MANUFACTURER, VERSION]),
        ("version-missing", [MANUFACTURER, MODEL]),
    ] {
        change(&format!("san-{id}"), rejected, "an attribute of the device is missing", &|c| {
            c.leaf.set(directory(&names))
        });
    }
    change("san-manufacturer-twice", rejected, "two manufacturers", &|c| {
        c.leaf.set(directory(&[MANUFACTURER, ("2.23.133.2.1", "id:FFFFF1D0"), MODEL, VERSION]))
    });
    change("san-manufacturer-empty", rejected, "a manufacturer without a name", &|c| {
        c.leaf.set(directory(&[("2.23.133.2.1", ""), MODEL, VERSION]))
    });
    change("san-dns-name", rejected, "a host's name in place of the device's", &|c| {
        let dns = der::element(0x82, b"tpm.example");
        c.leaf.set(Extension::new(SUBJECT_ALT_NAME, true, der::list(&[dns])))
    });
    change("san-garbage", CERTIFICATE_MALFORMED, "subjectAltName is no SEQUENCE", &|c| {
        c.leaf.extension(SUBJECT_ALT_NAME).value = der::null()
    });
    let own = base.auth_data.attested.as_ref().expect("attested").aaguid.clone();
    change("aaguid-extension-other", AAGUID_MISMATCH, "another model", &|c| {
        c.leaf.set(Extension::aaguid(&[0x5a; 16]))
    });
    change("aaguid-extension-critical", rejected, "it must not be critical", &|c| {
        c.leaf.set(Extension::new(AAGUID, true, der::octets(&own)))
    });
    change("aaguid-extension-short", CERTIFICATE_MALFORMED, "15 bytes", &|c| {
        c.leaf.set(Extension::aaguid(&own[..15]))
    });
    out.accept(base, "aaguid-extension", "7.1-22", "the certificate names this model", |r| {
        r.certified().leaf.set(Extension::aaguid(&own))
    });
    out.accept(
        base,
        "san-not-critical",
        "7.1-22",
        "real TPMs' names are not always critical",
        |r| r.certified().leaf.extension(SUBJECT_ALT_NAME).critical = false,
    );
    out.accept(base, "san-sets", "7.1-22", "each attribute in a set of its own", |r| {
        let names = name(&[
            ("2.23.133.2.1", der::utf8("id:00000000")),
            ("2.23.133.2.2", der::utf8("x")),
            ("2.23.133.2.3", der::utf8("id:00000000")),
        ]);
        let names = der::list(&[der::explicit(4, &names)]);
        r.certified().leaf.set(Extension::new(SUBJECT_ALT_NAME, true, names));
    });
    out.accept(base, "eku-more", "7.1-22", "other purposes beside", |r| {
        let purposes = ["1.3.6.1.4.1.311.21.36", AIK_CERTIFICATE];
        r.certified().leaf.set(Extension::extended_key_usage(&purposes));
    });
}

/// FIDO's rules, each by its name.
fn switches(out: &mut Out, base: &Registration) {
    let asked = |r: &mut Registration, switches: &[&'static str]| {
        let trust = Trust {
            require: false,
            fido_switches: switches.to_vec(),
            ..Trust::required(&[super::other_root()])
        };
        r.trust = Some(trust);
        r.now = Some(NOW);
        r.verdict.asked = true;
    };
    let rejected = CERTIFICATE_REJECTED;
    out.refuse(
        base,
        "known-vendor-switch",
        "7.1-22",
        rejected,
        "the switch wants a manufacturer of the registry",
        |r| asked(r, &["tpm_known_vendor"]),
    );
    for (id, vendor) in
        [("infineon", "id:49465800"), ("amd", "id:414D4400"), ("lower-case", "id:414d4400")]
    {
        let why = "the switch, and the manufacturer is in the registry";
        out.accept(base, &format!("known-vendor-{id}"), "7.1-22", why, |r| {
            asked(r, &["tpm_known_vendor"]);
            r.certified().leaf.set(device_name(vendor, "x", "id:13"));
        });
    }
    for (id, vendor, why) in [
        ("fido-test", "id:FFFFF1D0", "FIDO's own test vendor is not in the registry"),
        ("without-id", "49465800", "no id: before the digits"),
        ("short", "id:494658", "six digits"),
    ] {
        out.refuse(base, &format!("known-vendor-{id}"), "7.1-22", rejected, why, |r| {
            asked(r, &["tpm_known_vendor"]);
            r.certified().leaf.set(device_name(vendor, "x", "id:13"));
        });
    }
    let rs1 = Key::Rsa(RsaKey::mersenne(-65535, 1279, 2203));
    let with_rs1 = |r: &mut Registration| {
        let (_, mut info) = structures(r);
        info.extra_data = Hash::Sha1.of(&r.subject().message());
        let certified = r.certified();
        certified.leaf.spki = rs1.spki();
        certified.key = rs1.clone();
        certified.tpm().info = info.bytes();
    };
    out.refuse(
        base,
        "rs1",
        "7.1-22",
        "algorithm_unsupported",
        "SHA-1 is broken: not without the switch",
        with_rs1,
    );
    out.refuse(
        base,
        "rs1-other-switch",
        "7.1-22",
        "algorithm_unsupported",
        "another switch",
        |r| {
            with_rs1(r);
            asked(r, &["u2f_zero_aaguid"]);
        },
    );
    out.accept(base, "rs1-switch", "7.1-22", "RSA with SHA-1, by the switch's name", |r| {
        with_rs1(r);
        asked(r, &["tpm_rs1"]);
    });
    out.requires("rsassa_pkcs1");
    out.refuse(base, "rs1-switch-nonce", "7.1-22", NONCE_MISMATCH, "the nonce has SHA-256", |r| {
        let message = r.subject().message();
        with_rs1(r);
        asked(r, &["tpm_rs1"]);
        let (_, mut info) = structures(r);
        info.extra_data = sha256(&message);
        r.certified().tpm().info = info.bytes();
    });
    out.requires("rsassa_pkcs1");
    out.refuse(
        base,
        "rs1-switch-signature",
        "7.1-22",
        SIGNATURE_INVALID,
        "one bit is flipped",
        |r| {
            with_rs1(r);
            asked(r, &["tpm_rs1"]);
            let info = r.certified().tpm().info.clone();
            let mut signature = rs1.sign(&info);
            signature[435] ^= 1;
            r.certified().signature = Some(signature);
        },
    );
    out.requires("rsassa_pkcs1");
    out.accept(
        base,
        "rs1-switch-name-sha1",
        "7.1-22",
        "a name under SHA-1, by the same switch",
        |r| {
            asked(r, &["tpm_rs1"]);
            let (mut public, _) = structures(r);
            public.name_algorithm = tpm::SHA1;
            set_public(r, public.bytes(), tpm::SHA1);
        },
    );
}
