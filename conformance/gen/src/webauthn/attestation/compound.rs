//! The format `compound`: §8.9.

use super::super::ceremony::{Registration, Statement};
use super::super::recipe::{APPLE, FIDO_U2F, PACKED, TPM, authority, build};
use super::super::registration::Out;
use super::*;
use crate::case::File;
use mfakit_testing::attestation;

pub(super) fn file() -> File {
    let base = compound(&["packed", "fido-u2f"]);
    let mut out = Out::default();
    shapes(&mut out, &base);
    parts(&mut out, &base);
    trust(&mut out, &base);
    let section = "8.9";
    let mut cases = vec![positive(&base, section, "two statements of two formats about one key")];
    for formats in [["packed", "tpm"], ["apple", "packed"], ["self", "fido-u2f"]] {
        let registration = compound(&formats);
        cases.push(positive(&registration, section, "two statements about one key"));
    }
    cases.extend(out.cases);
    super::file("attestation-compound", "Compound statements: section 8.9", cases)
}

/// A registration of our own with statements of these formats about one credential.
pub(super) fn compound(formats: &[&str]) -> Registration {
    let (mut base, _) = build(PACKED);
    let mut kinds = Vec::new();
    let parts = formats
        .iter()
        .map(|format| {
            let (fmt, kind, part) = part(&base, format);
            kinds.push(kind);
            (fmt.to_owned(), part)
        })
        .collect();
    base.fmt = "compound".into();
    base.statement = Statement::Compound(parts);
    own(base, &format!("compound-{}", formats.join("-")), &format!("compound:{}", kinds.join(",")))
}

/// A statement of a format about this registration's credential.
fn part(base: &Registration, format: &str) -> (&'static str, &'static str, Statement) {
    let from = |vector| {
        let (mut other, _) = build(vector);
        std::mem::take(&mut other.more);
        other.certified().clone()
    };
    let certified = |mut made: Certified| {
        // What the format puts into the certificate or the structures is about this credential.
        let message = super::super::ceremony::sha256(&base.subject().message());
        match &mut made.kind {
            Kind::Tpm(tpm) => {
                let public = mfakit_testing::tpm::Public::new(&base.key);
                let info = mfakit_testing::tpm::CertifyInfo::new(&public, &message);
                *tpm = Tpm::new(&public, &info);
            }
            Kind::Apple => {
                made.leaf.set(mfakit_testing::x509::Extension::apple_nonce(&message));
                made.leaf.spki = base.key.spki();
            }
            _ => {}
        }
        Statement::Certified(Box::new(made))
    };
    match format {
        "packed" => ("packed", "basic", certified(from(PACKED))),
        "fido-u2f" => ("fido-u2f", "basic", certified(from(FIDO_U2F))),
        "tpm" => ("tpm", "attca", certified(from(TPM))),
        "apple" => ("apple", "anonca", certified(from(APPLE))),
        "self" => ("packed", "self", Statement::PackedSelf),
        "none" => ("none", "none", Statement::Given(attestation::none())),
        other => panic!("no part {other}"),
    }
}

fn list(r: &mut Registration) -> &mut Vec<(String, Statement)> {
    match &mut r.statement {
        Statement::Compound(parts) => parts,
        _ => panic!("not a compound statement"),
    }
}

fn shapes(out: &mut Out, base: &Registration) {
    let malformed = MALFORMED;
    out.refuse(base, "no-part", "7.1-22", malformed, "an empty list", |r| list(r).clear());
    out.refuse(base, "one-part", "7.1-22", malformed, "two or more, says the standard", |r| {
        list(r).truncate(1)
    });
    out.refuse(base, "nine-parts", "7.1-22", malformed, "more than any authenticator has", |r| {
        let part = list(r)[0].clone();
        *list(r) = vec![part; 9];
    });
    out.refuse(base, "none-twice", "7.1-22", malformed, "nobody has signed anything", |r| {
        let (fmt, _, none) = part(r, "none");
        *list(r) = vec![(fmt.to_owned(), none); 2];
    });
    out.refuse(
        base,
        "unknown-twice-ignored",
        "7.1-22",
        FORMAT_UNSUPPORTED,
        "nothing that is verified holds anything",
        |r| {
            list(r).iter_mut().for_each(|(fmt, _)| *fmt = "example".into());
            r.unknown = Some("ignore");
        },
    );
    out.accept(
        base,
        "unknown-second-ignored",
        "7.1-22",
        "one is verified, one is not known",
        |r| {
            list(r)[1].0 = "example".into();
            r.unknown = Some("ignore");
            r.verdict.kind = "compound:basic,unverified".into();
        },
    );
    out.accept(base, "same-format-twice", "7.1-22", "an authenticator with two keys", |r| {
        let first = list(r)[0].clone();
        list(r)[1] = first;
    });
    out.accept(base, "none-beside", "7.1-22", "none counts for nothing, and may stand", |r| {
        let (fmt, _, none) = part(r, "none");
        list(r).push((fmt.to_owned(), none));
        r.verdict.kind = "compound:basic,basic,none".into();
    });
    let given = |item: Item| move |r: &mut Registration| r.statement = Statement::Given(item);
    let object =
        |fmt: Item, statement: Item| map(&[(text("fmt"), fmt), (text("attStmt"), statement)]);
    let [first, second] = {
        let mut copy = base.clone();
        let statements: Vec<Item> = list(&mut copy)
            .clone()
            .into_iter()
            .map(|(fmt, part)| {
                let Statement::Certified(certified) = part else { panic!("with certificates") };
                object(text(&fmt), certified.item(base.subject()))
            })
            .collect();
        <[Item; 2]>::try_from(statements).expect("two parts")
    };
    let rows = [
        ("map", map(&[]), "a map in place of the list"),
        ("of-text", array(&[text("packed"), text("fido-u2f")]), "texts in the list"),
        ("of-arrays", array(&[array(&[]), array(&[])]), "lists in the list"),
        ("part-empty", array(&[first.clone(), map(&[])]), "a part without format and statement"),
        (
            "part-without-fmt",
            array(&[first.clone(), map(&[(text("attStmt"), map(&[]))])]),
            "a part without its format",
        ),
        (
            "part-without-statement",
            array(&[first.clone(), map(&[(text("fmt"), text("none"))])]),
            "a part without its statement",
        ),
        (
            "part-fmt-bytes",
            array(&[first.clone(), object(bytes(b"none"), map(&[]))]),
            "a format that is no text",
        ),
        (
            "part-statement-null",
            array(&[first.clone(), object(text("none"), raw("f6"))]),
            "a statement that is null",
        ),
        (
            "part-with-auth-data",
            array(&[
                first.clone(),
                map(&[
                    (text("fmt"), text("none")),
                    (text("attStmt"), map(&[])),
                    (text("authData"), bytes(&[])),
                ]),
            ]),
            "a part has no authenticator data of its own",
        ),
        (
            "nested",
            array(&[
                first.clone(),
                object(text("compound"), array(&[first.clone(), second.clone()])),
            ]),
            "a compound statement in a compound statement",
        ),
    ];
    for (id, item, why) in rows {
        let code = if id == "nested" { "cbor_too_deep" } else { malformed };
        let step = if id == "nested" { "7.1-13" } else { "7.1-22" };
        out.refuse(base, id, step, code, why, given(item));
        out.requires("attestation");
    }
    out.refuse(
        base,
        "nested-flat",
        "7.1-22",
        malformed,
        "a compound statement in a compound statement, empty",
        given(array(&[first, object(text("compound"), array(&[]))])),
    );
    out.requires("attestation");
}

fn parts(out: &mut Out, base: &Registration) {
    let certified =
        |r: &mut Registration, index: usize, mutate: &dyn Fn(&mut Certified)| match &mut list(r)
            [index]
            .1
        {
            Statement::Certified(certified) => mutate(certified),
            _ => panic!("a statement with certificates"),
        };
    for (id, index) in [("first", 0), ("second", 1)] {
        let why = "one bad statement of two spoils both";
        out.refuse(
            base,
            &format!("{id}-signature-invalid"),
            "7.1-22",
            SIGNATURE_INVALID,
            why,
            |r| certified(r, index, &|c| c.key = super::stranger()),
        );
        out.refuse(base, &format!("{id}-malformed"), "7.1-22", MALFORMED, why, |r| {
            certified(r, index, &|c| c.without("sig"))
        });
        out.refuse(
            base,
            &format!("{id}-unknown"),
            "7.1-22",
            FORMAT_UNSUPPORTED,
            "a part of an unknown format",
            |r| list(r)[index].0 = "example".into(),
        );
        out.refuse(
            base,
            &format!("{id}-upper-case"),
            "7.1-22",
            FORMAT_UNSUPPORTED,
            "formats have case",
            |r| {
                let name = &mut list(r)[index].0;
                *name = name.to_uppercase();
            },
        );
    }
    out.refuse(
        base,
        "certificate-rejected",
        "7.1-22",
        CERTIFICATE_REJECTED,
        "the packed part's certificate breaks a rule",
        |r| certified(r, 0, &|c| c.leaf.subject = mfakit_testing::x509::name(&[])),
    );
    out.refuse(
        base,
        "formats-without-part",
        "7.1-22",
        FORMAT_UNSUPPORTED,
        "a part of a format that is not accepted",
        |r| r.formats = Some(vec!["compound", "packed"]),
    );
    out.refuse(
        base,
        "formats-without-compound",
        "7.1-21",
        FORMAT_UNSUPPORTED,
        "compound is not accepted, though its parts are",
        |r| r.formats = Some(vec!["packed", "fido-u2f"]),
    );
    out.accept(
        base,
        "formats-of-all-parts",
        "7.1-22",
        "compound and its parts are accepted",
        |r| r.formats = Some(vec!["compound", "packed", "fido-u2f"]),
    );
}

fn trust(out: &mut Out, base: &Registration) {
    let (_, root) = authority();
    let with = |anchors: &[Vec<u8>]| {
        let anchors = anchors.to_vec();
        move |r: &mut Registration| {
            r.trust = Some(Trust::required(&anchors));
            r.now = Some(NOW);
        }
    };
    out.accept(base, "trusted", "7.1-24", "both parts lead to the anchor", |r| {
        r.verdict.anchor = Some(root.clone());
        with(std::slice::from_ref(&root))(r);
    });
    let other = super::other_root();
    out.refuse(
        base,
        "untrusted",
        "7.1-24",
        "attestation_untrusted",
        "neither part leads to an anchor",
        with(&[other]),
    );
    let half = compound(&["self", "fido-u2f"]);
    out.accept(&half, "trusted", "7.1-24", "one part leads to the anchor: that is enough", |r| {
        r.verdict.anchor = Some(root.clone());
        with(std::slice::from_ref(&root))(r);
    });
}
