//! The format packed in its self form (§8.2, §7.1 steps 21 and 22): the Level 3 vector, Ed25519 beside it, and every way to
//! get the statement wrong.

use super::ceremony::{AT, ED, Registration, Statement, UP, UV, Verdict, derived, sha256};
use super::recipe::{EDDSA, PACKED_SELF, PLAIN, build, positives};
use super::registration::Out;
use crate::case::{Case, File};
use crate::keys::{Key, other_s};
use crate::{der, ed25519};
use mfakit_testing::attestation;
use mfakit_testing::cbor::{Item, array, bytes, int, map, raw, text};
use mfakit_testing::cose::Entries;
use mfakit_testing::keys::{Ed25519Key, Es256Key};

/// The file of packed statements.
pub(crate) fn file() -> File {
    let (es256, _) = build(PACKED_SELF);
    let eddsa = packed_eddsa();
    let mut cases = positives(PACKED_SELF);
    cases.push(own_positive(&eddsa));
    let mut out = Out::default();
    for base in [&es256, &eddsa] {
        statement(&mut out, base);
        signed_bytes(&mut out, base);
        order_of_steps(&mut out, base);
    }
    es256_forms(&mut out, &es256);
    eddsa_forms(&mut out, &eddsa);
    cases.extend(out.cases);
    File {
        topic: "webauthn-packed",
        description: "Registrations with a packed statement that the credential's own key signs: ES256 and Ed25519",
        notes: vec![
            "Statements with certificates (x5c) are in attestation-packed.".into(),
            "Every negative is one named mutation of a positive (source.derived_from, source.mutation); where the rule stands \
             before the signature, the statement is signed anew, so that exactly one rule is broken."
                .into(),
        ],
        cases,
    }
}

/// The registration of the Level 3 vector of Ed25519, with a self-signed statement in place of the printed one.
fn packed_eddsa() -> Registration {
    let (mut registration, _) = build(EDDSA);
    registration.name = "own-packed-self-eddsa-reg".into();
    registration.fmt = "packed".into();
    registration.statement = Statement::PackedSelf;
    registration.verdict = Verdict::plain("self");
    registration
}

fn own_positive(registration: &Registration) -> Case {
    let case = registration.accepted(&registration.name);
    let section = "Test Vectors, Packed Attestation with Ed25519 Credential";
    derived(case, section, "l3-packed-eddsa-reg", "self-signed-statement")
        .step("7.1-22")
        .why("the credential's own key signs, not an attestation key")
}

/// The genuine signature of a statement.
fn signature(registration: &Registration) -> Vec<u8> {
    registration.key.sign(&message(registration))
}

/// What a statement signs.
fn message(registration: &Registration) -> Vec<u8> {
    let client_data = &registration.ceremony.client_data;
    attestation::signed_bytes(&registration.auth_data.bytes(), client_data)
}

fn with_statement(entries: &[(Item, Item)]) -> impl FnOnce(&mut Registration) {
    let item = map(entries);
    move |r| r.statement = Statement::Given(item)
}

/// The members of the statement.
fn statement(out: &mut Out, base: &Registration) {
    let own = base.key.algorithm();
    let other = if own == -7 { -8 } else { -7 };
    let (alg, sig) = ((text("alg"), int(own)), (text("sig"), bytes(&signature(base))));
    let both = |more: (Item, Item)| vec![alg.clone(), sig.clone(), more];
    let with_alg = |item: Item| vec![(text("alg"), item), sig.clone()];
    let with_sig = |item: Item| vec![alg.clone(), (text("sig"), item)];
    let x5c = |item: Item| both((text("x5c"), item));

    for (id, number, why) in [
        ("of-the-other-key-type", other, "the algorithm of another type of key"),
        ("rs256", -257, "RS256, which the credential is not"),
        ("es384", -35, "ES384, which the credential is not"),
        ("zero", 0, "0 is no algorithm"),
        ("positive", -own, "the sign is lost"),
        ("off-by-one", own - 1, "the next number"),
        ("smallest", i64::MIN, "a number at the end of the range"),
    ] {
        let id = format!("statement-alg-{id}");
        let code = "attestation_statement_mismatch";
        out.refuse(base, &id, "7.1-22", code, why, with_statement(&with_alg(int(number))));
    }

    let malformed = "attestation_statement_malformed";
    let rows: Vec<(&str, Entries, &str)> = vec![
        ("empty", vec![], "an empty statement: that of another format"),
        ("alg-missing", vec![sig.clone()], "no alg"),
        ("sig-missing", vec![alg.clone()], "no sig"),
        ("alg-text", with_alg(text("ES256")), "alg is a number"),
        ("alg-bytes", with_alg(bytes(&[0x26])), "alg is a number"),
        ("alg-null", with_alg(raw("f6")), "alg is null"),
        ("alg-true", with_alg(raw("f5")), "alg is a boolean"),
        ("alg-array", with_alg(array(&[int(own)])), "alg is an array"),
        ("alg-beyond-64-bits", with_alg(raw("1bfffffffffffffff9")), "alg is 2^64 - 7"),
        ("sig-text", with_sig(text("signature")), "sig is a text"),
        ("sig-integer", with_sig(int(0)), "sig is a number"),
        ("sig-null", with_sig(raw("f6")), "sig is null"),
        ("sig-array", with_sig(array(&[bytes(&signature(base))])), "sig is an array"),
        ("sig-map", with_sig(map(&[])), "sig is a map"),
        (
            "ecdaa-key-id",
            both((text("ecdaaKeyId"), bytes(&[0; 32]))),
            "ECDAA is gone from the standard",
        ),
        ("unknown-member", both((text("x"), int(0))), "the format has no such member"),
        ("unknown-member-ver", both((text("ver"), text("2.0"))), "a member of another format"),
        ("unknown-integer-label", both((int(1), int(0))), "the format has no integer labels"),
        ("unknown-empty-name", both((text(""), int(0))), "the format has no empty name"),
        (
            "member-case",
            vec![(text("Alg"), int(own)), sig.clone()],
            "names have case: alg is missing",
        ),
        (
            "member-bytes",
            vec![(bytes(b"alg"), int(own)), sig.clone()],
            "a byte string is another name",
        ),
        (
            "x5c-without-sig",
            vec![alg.clone(), (text("x5c"), array(&[]))],
            "certificates, and nothing that is signed",
        ),
    ];
    for (id, entries, why) in rows {
        let id = format!("statement-{id}");
        out.refuse(base, &id, "7.1-22", malformed, why, with_statement(&entries));
    }

    for (id, item, code, why) in [
        (
            "empty-sequence",
            array(&[bytes(&[0x30, 0x00])]),
            "certificate_malformed",
            "an empty SEQUENCE is no certificate",
        ),
        ("empty", array(&[]), malformed, "an empty list is not an absent one"),
        ("null", raw("f6"), malformed, "null is not absent"),
        ("bytes", bytes(&[0x30, 0x00]), malformed, "a certificate without its list"),
        ("text", array(&[text("MA")]), malformed, "certificates are byte strings"),
    ] {
        let id = format!("statement-x5c-{id}");
        out.refuse(base, &id, "7.1-22", code, why, with_statement(&x5c(item)));
        out.requires("attestation");
    }

    for (id, entries, code, why) in [
        ("alg-twice", both(alg.clone()), "cbor_duplicate_key", "alg twice, the same"),
        (
            "alg-twice-other",
            both((text("alg"), int(other))),
            "cbor_duplicate_key",
            "alg twice, the second of another key type",
        ),
        (
            "sig-twice",
            both((text("sig"), bytes(&[]))),
            "cbor_duplicate_key",
            "sig twice, the second empty",
        ),
        (
            "alg-twice-non-minimal",
            both((raw("7803616c67"), int(other))),
            "cbor_non_minimal",
            "alg twice, the second name with its length in two bytes",
        ),
        (
            "alg-float",
            with_alg(raw("f9c700")),
            "cbor_type_forbidden",
            "alg is -7.0: a float is no number of an algorithm",
        ),
        ("alg-bignum", with_alg(raw("c34106")), "cbor_tag_forbidden", "alg is -7 as a bignum"),
        (
            "sig-tagged",
            with_sig([raw("d8184100"), vec![]].concat()),
            "cbor_tag_forbidden",
            "a tag around sig",
        ),
        ("sig-indefinite", with_sig(raw("5fff")), "cbor_indefinite_length", "sig in pieces"),
        (
            "deep",
            both((text("x5c"), raw("8181818100"))),
            "cbor_too_deep",
            "six levels: compound needs five, packed three",
        ),
    ] {
        let id = format!("statement-{id}");
        out.refuse(base, &id, "7.1-13", code, why, with_statement(&entries));
    }
    out.accept(
        base,
        "statement-unsorted",
        "7.1-13",
        "sig before alg: the order of keys is reported, not refused",
        with_statement(&[sig.clone(), alg.clone()]),
    );

    for (id, fmt, why) in [
        ("upper-case", "PACKED", "formats have case"),
        ("longer", "packed ", "a blank at the end"),
        ("nul", "packed\0", "a NUL at the end"),
        ("prefix", "pack", "a part of the name"),
        ("tpm-upper-case", "TPM", "formats have case"),
    ] {
        let (id, code) = (format!("fmt-{id}"), "attestation_format_unsupported");
        out.refuse(base, &id, "7.1-21", code, why, |r| r.fmt = fmt.into());
    }
    for fmt in ["fido-u2f", "tpm", "android-key", "apple", "compound"] {
        let why = "the statement of another format";
        out.refuse(base, &format!("fmt-{fmt}"), "7.1-22", malformed, why, |r| r.fmt = fmt.into());
        out.requires("attestation");
    }
    out.refuse(
        base,
        "fmt-android-safetynet",
        "7.1-21",
        "attestation_format_unsupported",
        "the format is deprecated, and accepted only where it is named",
        |r| r.fmt = "android-safetynet".into(),
    );
    out.refuse(
        base,
        "fmt-none",
        "7.1-22",
        malformed,
        "the statement of \"none\" is an empty map: a signed one is not dropped",
        |r| r.fmt = "none".into(),
    );
}

/// What the signature covers.
fn signed_bytes(out: &mut Out, base: &Registration) {
    let data = base.auth_data.bytes();
    let client_data = base.ceremony.client_data.clone();
    let hash = sha256(&client_data);
    let invalid = "signature_invalid";
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("hash-then-data", [&hash[..], &data].concat(), "the parts in the other order"),
        ("data-alone", data.clone(), "the client data is not signed"),
        ("hash-alone", hash.clone(), "the authenticator data is not signed"),
        (
            "client-data-unhashed",
            [&data[..], &client_data].concat(),
            "the client data in place of its hash",
        ),
        ("hash-of-hash", [&data[..], &sha256(&hash)].concat(), "the hash is hashed once more"),
        (
            "challenge",
            [&data[..], &base.ceremony.challenge].concat(),
            "the challenge in place of the hash: 32 bytes as well",
        ),
        ("extra-byte", [message(base), vec![0]].concat(), "a byte follows"),
        ("nothing", vec![], "an empty message"),
        ("object", base.object(), "the attestation object"),
        (
            "another-registration",
            message(&build(PLAIN).0),
            "another registration: a signature that was seen elsewhere",
        ),
        (
            "assertion",
            {
                let pair = if base.key.algorithm() == -7 { PACKED_SELF } else { EDDSA };
                build(pair).1.signed_bytes()
            },
            "an assertion of the same credential",
        ),
    ];
    for (id, message, why) in rows {
        let statement = attestation::packed(base.key.algorithm(), &base.key.sign(&message));
        let (step, id) = (step_of(id), format!("signature-over-{id}"));
        out.refuse(base, &id, step, invalid, why, |r| r.statement = Statement::Given(statement));
    }
    let foreign = stranger(base).sign(&message(base));
    let statement = attestation::packed(base.key.algorithm(), &foreign);
    out.refuse(
        base,
        "signature-by-another-key",
        "7.1-22",
        invalid,
        "another key signs the right bytes: nobody has shown to hold the credential's",
        |r| r.statement = Statement::Given(statement),
    );

    // One change behind the signature's back.
    let good = attestation::packed(base.key.algorithm(), &signature(base));
    let mut after = |id: &str, why: &str, change: fn(&mut Registration)| {
        let statement = Statement::Given(good.clone());
        out.refuse(base, &format!("signed-{id}"), step_of(id), invalid, why, |r| {
            change(r);
            r.statement = statement;
        });
    };
    after("flags-changed", "UV changes after signing", |r| r.auth_data.flags ^= UV);
    after("counter-changed", "the counter is raised after signing", |r| r.auth_data.sign_count = 1);
    after("aaguid-changed", "the AAGUID is replaced after signing", |r| {
        r.attested().aaguid[0] ^= 1
    });
    after("id-changed", "the credential id is replaced after signing", |r| {
        r.attested().credential_id[31] ^= 1;
    });
    after("extensions-added", "extensions are added after signing", |r| {
        r.auth_data.flags |= ED;
        r.auth_data.extensions = Some(map(&[]));
    });
    after("key-order-changed", "the key is written in another order after signing", |r| {
        let key = &mut r.attested().public_key;
        // kty and alg, two bytes each, change places.
        key[1..5].rotate_left(2);
    });
    after("client-data-space", "a blank is added after signing", |r| {
        r.ceremony.client_data.push(b' ');
    });
    after("client-data-bom", "a byte order mark is added after signing", |r| {
        r.ceremony.client_data.splice(0..0, *b"\xef\xbb\xbf");
    });
    after("key-replaced", "another key of the same type is put in after signing", |r| {
        r.attested().public_key = stranger(r).cose();
    });
}

/// Another key of the same type.
fn stranger(base: &Registration) -> Key {
    match base.key.algorithm() {
        -7 => Key::Es256(Es256Key::new(&[7; 32])),
        _ => Key::Ed25519(Ed25519Key::new(&[7; 32])),
    }
}

/// Step 12 is the hash of the client data, step 22 the rest of the statement.
fn step_of(id: &str) -> &'static str {
    let hashed = id.starts_with("client-data") || id == "hash-of-hash" || id == "challenge";
    if hashed { "7.1-12" } else { "7.1-22" }
}

/// Steps before the signature are judged first, and a good signature does not excuse them.
fn order_of_steps(out: &mut Out, base: &Registration) {
    out.refuse(base, "user-not-present", "7.1-15", "user_not_present", "UP is clear", |r| {
        r.auth_data.flags &= !UP
    });
    out.refuse(
        base,
        "rp-id-hash-bit",
        "7.1-14",
        "rp_id_hash_mismatch",
        "one bit of the hash is flipped",
        |r| r.auth_data.rp_id_hash[31] ^= 1,
    );
    out.refuse(
        base,
        "attested-data-missing",
        "7.1-13",
        "attested_data_missing",
        "no AT and nothing behind the counter",
        |r| {
            r.auth_data.flags &= !AT;
            r.auth_data.attested = None;
        },
    );
    out.refuse(
        base,
        "alg-not-offered",
        "7.1-20",
        "algorithm_not_offered",
        "the other algorithm was asked for",
        |r| r.offered = vec![if r.key.algorithm() == -7 { -8 } else { -7 }],
    );
    out.refuse(
        base,
        "challenge-other",
        "7.1-8",
        "challenge_mismatch",
        "the response answers another challenge",
        |r| r.ceremony.challenge[31] ^= 1,
    );
    out.accept(
        base,
        "extensions-unknown",
        "7.1-28",
        "extension outputs are signed like the rest",
        |r| {
            r.auth_data.flags |= ED;
            r.auth_data.extensions = Some(map(&[(text("example.unknown"), int(0))]));
        },
    );
    out.accept(
        base,
        "client-data-member",
        "7.1-6",
        "an unknown member, signed like the rest",
        |r| r.ceremony.replace("\"crossOrigin\":false", "\"crossOrigin\":false,\"x\":0"),
    );
}

/// Forms of an ECDSA signature.
fn es256_forms(out: &mut Out, base: &Registration) {
    let (r, s) = base.key.es256().sign(&message(base));
    for (id, signature, why) in der::faults(&r, &s) {
        let statement = Statement::Given(attestation::packed(-7, &signature));
        let (id, code) = (format!("signature-{id}"), "signature_malformed");
        out.refuse(base, &id, "7.1-22", code, why, |r| r.statement = statement);
    }
    let other = attestation::packed(-7, &der::signature(&r, &other_s(&s)));
    out.accept(base, "signature-other-s", "7.1-22", "(r, n - s) is a signature too", |r| {
        r.statement = Statement::Given(other)
    });
    let one = attestation::packed(-7, &der::signature(&[1], &[1]));
    out.refuse(base, "signature-one-and-one", "7.1-22", "signature_invalid", "r = s = 1", |r| {
        r.statement = Statement::Given(one)
    });
}

/// Forms of an Ed25519 signature.
fn eddsa_forms(out: &mut Out, base: &Registration) {
    let message = message(base);
    let key = base.key.ed25519();
    let good = key.sign(&message);
    for (id, signature, why) in ed25519::malformed(&good) {
        let statement = Statement::Given(attestation::packed(-8, &signature));
        let (id, code) = (format!("signature-{id}"), "signature_malformed");
        out.refuse(base, &id, "7.1-22", code, why, |r| r.statement = statement);
    }
    for (id, signature, why) in ed25519::invalid(key, &message, &good) {
        let statement = Statement::Given(attestation::packed(-8, &signature));
        let (id, code) = (format!("signature-{id}"), "signature_invalid");
        out.refuse(base, &id, "7.1-22", code, why, |r| r.statement = statement);
    }
}
