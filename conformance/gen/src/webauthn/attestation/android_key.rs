//! The format `android-key`: §8.4, §8.4.1, and Android's schema of key descriptions.

use super::super::ceremony::{Registration, sha256};
use super::super::recipe::{ANDROID_KEY, PLAIN, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use crate::keys::Key;
use mfakit_testing::android::{Authorizations, KeyDescription, all_applications, origin, purpose};
use mfakit_testing::der;
use mfakit_testing::keys::Es384Key;
use mfakit_testing::x509::{Extension, KEY_DESCRIPTION};

pub(super) fn file() -> File {
    let (base, _) = build(ANDROID_KEY);
    let mut out = Out::default();
    let known = [("alg", Member::Int), ("sig", Member::Bytes), ("x5c", Member::Certificates)];
    members(&mut out, &base, &known);
    sizes(&mut out, &base);
    keys(&mut out, &base);
    description(&mut out, &base);
    authorizations(&mut out, &base);
    policies(&mut out, &base);
    super::file(
        "attestation-android-key",
        "Android key statements: sections 8.4 and 8.4.1",
        out.cases,
    )
}

fn keys(out: &mut Out, base: &Registration) {
    let messages = vec![
        ("client-data-hash", sha256(&base.ceremony.client_data), "the challenge alone"),
        ("nothing", Vec::new(), "an empty message"),
        (
            "another-registration",
            build(PLAIN).0.subject().message(),
            "a statement that was seen elsewhere",
        ),
    ];
    super::signatures(out, base, messages);
    out.refuse(
        base,
        "certified-key-other",
        "7.1-22",
        KEY_MISMATCH,
        "certificate and signature are another key's",
        |r| {
            let certified = r.certified();
            certified.key = super::stranger();
            certified.leaf.spki = certified.key.spki();
        },
    );
    out.refuse(
        base,
        "credential-key-other",
        "7.1-22",
        KEY_MISMATCH,
        "the credential's key is not the certified one",
        |r| {
            r.attested().public_key = super::stranger().cose();
        },
    );
    let p384 = Key::Es384(Es384Key::new(&[9; 48]));
    out.refuse(
        base,
        "certified-key-p384",
        "7.1-22",
        KEY_MISMATCH,
        "a key of another curve signs and is certified",
        |r| {
            let certified = r.certified();
            certified.leaf.spki = p384.spki();
            certified.key = p384;
        },
    );
    out.requires("es384");
    out.refuse(base, "alg-es384", "7.1-22", MISMATCH, "the certificate has a P-256 key", |r| {
        r.certified().replace("alg", int(-35))
    });
    out.requires("es384");
}

fn description(out: &mut Out, base: &Registration) {
    out.refuse(
        base,
        "description-missing",
        "7.1-22",
        CERTIFICATE_REJECTED,
        "the certificate has no key description",
        |r| {
            let certified = r.certified();
            let leaf = certified.leaf.sign(&certified.issuer);
            certified.first = Some(leaf);
        },
    );
    let nonce = NONCE_MISMATCH;
    let mut change = |id: &str, code: &str, why: &str, mutate: &dyn Fn(&mut KeyDescription)| {
        out.refuse(base, id, "7.1-22", code, why, |r| mutate(r.certified().description()));
    };
    change("challenge-bit", nonce, "one bit is flipped", &|d| d.challenge[31] ^= 1);
    change("challenge-empty", nonce, "no challenge", &|d| d.challenge.clear());
    change("challenge-longer", nonce, "a byte follows", &|d| d.challenge.push(0));
    change("challenge-short", nonce, "the last byte is missing", &|d| {
        d.challenge.pop();
    });
    let challenge = base.ceremony.challenge.clone();
    change("challenge-unhashed", nonce, "the ceremony's challenge itself", &|d| {
        d.challenge = challenge.clone()
    });
    let message = sha256(&base.subject().message());
    change("challenge-packed", nonce, "the hash of more than the client data", &|d| {
        d.challenge = message.clone()
    });
    let malformed = CERTIFICATE_MALFORMED;
    change("security-level-integer", malformed, "INTEGER in place of ENUMERATED", &|d| {
        d.security_levels[0] = der::number(1)
    });
    change("keymint-security-level-integer", malformed, "the same for the key store", &|d| {
        d.security_levels[1] = der::number(1)
    });
    change("security-level-unknown", malformed, "a level that the schema does not know", &|d| {
        d.security_levels[0] = der::enumerated(7)
    });
    change("trailing-element", malformed, "something follows the lists", &|d| d.more = der::null());
    for (id, value, why) in [
        ("empty", Vec::new(), "nothing in the extension"),
        ("null", der::null(), "no SEQUENCE"),
        (
            "trailing",
            [KeyDescription::new(&sha256(&base.ceremony.client_data)).bytes(), der::null()]
                .concat(),
            "something follows",
        ),
        (
            "cut",
            {
                let mut fields = KeyDescription::new(&sha256(&base.ceremony.client_data)).bytes();
                fields.truncate(fields.len() - 16);
                fields[1] -= 16;
                fields
            },
            "the last list is missing",
        ),
    ] {
        out.refuse(base, &format!("description-{id}"), "7.1-22", malformed, why, |r| {
            r.certified().leaf.set(Extension::new(KEY_DESCRIPTION, false, value))
        });
    }
    for (id, levels, why) in
        [("tee", 1, "the trusted execution environment"), ("strongbox", 2, "a chip of its own")]
    {
        out.accept(base, &format!("security-level-{id}"), "7.1-22", why, |r| {
            r.certified().description().security_levels =
                [der::enumerated(levels), der::enumerated(levels)]
        });
    }
    out.accept(base, "unique-id", "7.1-22", "a unique id and other versions", |r| {
        let description = r.certified().description();
        (description.version, description.keymint_version) = (4, 41);
        description.unique_id = vec![1; 16];
    });
}

/// What the key may do, and where it was made.
fn authorizations(out: &mut Out, base: &Registration) {
    let claim = CLAIM_REJECTED;
    let lists = |software: Authorizations, tee: Authorizations| {
        move |r: &mut Registration| {
            let description = r.certified().description();
            (description.software, description.tee) = (software, tee);
        }
    };
    let none = Authorizations::default;
    let signing = Authorizations::signing;
    let rows = [
        (
            "all-applications-tee",
            none(),
            signing().and(all_applications()),
            "every application may use it",
        ),
        ("all-applications-software", none().and(all_applications()), signing(), "in either list"),
        (
            "origin-imported",
            none(),
            Authorizations(vec![purpose(&[2]), origin(2)]),
            "made elsewhere",
        ),
        (
            "origin-derived",
            none(),
            Authorizations(vec![purpose(&[2]), origin(1)]),
            "derived from another",
        ),
        (
            "origin-securely-imported",
            none(),
            Authorizations(vec![purpose(&[2]), origin(4)]),
            "wrapped elsewhere",
        ),
        (
            "origin-missing",
            none(),
            Authorizations(vec![purpose(&[2])]),
            "nothing says where it was made",
        ),
        ("purpose-missing", none(), Authorizations(vec![origin(0)]), "nothing says what it may do"),
        (
            "purpose-empty",
            none(),
            Authorizations(vec![purpose(&[]), origin(0)]),
            "it may do nothing",
        ),
        (
            "purpose-verify",
            none(),
            Authorizations(vec![purpose(&[3]), origin(0)]),
            "it may only verify",
        ),
        (
            "purpose-decrypt",
            none(),
            Authorizations(vec![purpose(&[1]), origin(0)]),
            "it may only decrypt",
        ),
        (
            "purpose-sign-and-decrypt",
            none(),
            Authorizations(vec![purpose(&[1, 2]), origin(0)]),
            "it may do more than sign",
        ),
        ("both-lists-empty", none(), none(), "neither list says anything"),
        (
            "origin-two-values",
            Authorizations(vec![origin(2)]),
            signing(),
            "the two lists contradict each other",
        ),
    ];
    for (id, software, tee, why) in rows {
        out.refuse(base, id, "7.1-22", claim, why, lists(software, tee));
    }
    let malformed = CERTIFICATE_MALFORMED;
    let rows = [
        ("origin-text", signing_with(702, der::utf8("GENERATED")), "origin is an INTEGER"),
        ("origin-null", signing_with(702, der::null()), "origin is an INTEGER"),
        ("purpose-integer", signing_with(1, der::number(2)), "purpose is a SET"),
        ("purpose-sequence", signing_with(1, der::list(&[der::number(2)])), "purpose is a SET"),
        ("purpose-of-null", signing_with(1, der::set(&[der::null()])), "purposes are INTEGERs"),
        ("origin-twice", signing().and(origin(0)), "an entry twice"),
        ("purpose-twice", signing().and(purpose(&[2])), "an entry twice"),
        (
            "origin-trailing",
            signing_with(702, [der::number(0), der::null()].concat()),
            "something follows the origin",
        ),
    ];
    for (id, tee, why) in rows {
        out.refuse(base, &format!("malformed-{id}"), "7.1-22", malformed, why, lists(none(), tee));
    }
    out.accept(
        base,
        "other-entries",
        "7.1-22",
        "entries that §8.4 has no rule for",
        lists(
            none().and((701, der::number(1_700_000_000_000))),
            Authorizations(vec![
                purpose(&[2]),
                (2, der::number(3)),
                (3, der::number(256)),
                (503, der::null()),
                origin(0),
                (705, der::number(140_000)),
            ]),
        ),
    );
}

fn signing_with(tag: u32, value: Vec<u8>) -> Authorizations {
    let entries = Authorizations::signing().0.into_iter();
    Authorizations(
        entries.map(|(t, v)| if t == tag { (t, value.clone()) } else { (t, v) }).collect(),
    )
}

/// Which list counts.
fn policies(out: &mut Out, base: &Registration) {
    let asked = |r: &mut Registration, policy: &'static str| {
        r.trust = Some(Trust {
            require: false,
            android_key: policy,
            ..Trust::required(&[super::other_root()])
        });
        r.now = Some(NOW);
        r.verdict.asked = true;
    };
    let in_software = |r: &mut Registration| {
        let description = r.certified().description();
        (description.software, description.tee) =
            (Authorizations::signing(), Authorizations::default());
    };
    let split = |r: &mut Registration| {
        let description = r.certified().description();
        description.software = Authorizations(vec![purpose(&[2])]);
        description.tee = Authorizations(vec![origin(0)]);
    };
    let tee_only = "tee_only";
    out.accept(base, "tee-only", "7.1-22", "the environment's list has it all", |r| {
        asked(r, tee_only)
    });
    out.accept(base, "union-software", "7.1-22", "the system's list counts as well", |r| {
        asked(r, "union");
        in_software(r);
    });
    out.accept(base, "union-by-default", "7.1-22", "the system's list counts as well", in_software);
    out.accept(base, "union-split", "7.1-22", "one in each list", split);
    let claim = CLAIM_REJECTED;
    out.refuse(
        base,
        "tee-only-software",
        "7.1-22",
        claim,
        "the system's list does not count",
        |r| {
            asked(r, tee_only);
            in_software(r);
        },
    );
    out.refuse(
        base,
        "tee-only-split",
        "7.1-22",
        claim,
        "the purpose is in the system's list",
        |r| {
            asked(r, tee_only);
            split(r);
        },
    );
    out.refuse(
        base,
        "tee-only-all-applications-in-software",
        "7.1-22",
        claim,
        "the policy is about origin and purpose; this holds for both lists",
        |r| {
            asked(r, tee_only);
            r.certified().description().software =
                Authorizations::default().and(all_applications());
        },
    );
}
