//! Attestation with certificates (§8.2 to §8.9): every rule of every format broken once, paths to anchors, and policies.

mod android_key;
mod apple;
mod certificate;
mod compound;
mod fido_u2f;
mod packed;
mod path;
mod policy;
mod safetynet;
mod tpm;

use super::ceremony::{Registration, Statement, Verdict};
use super::recipe::authority;
use super::registration::Out;
use crate::case::{Case, File};
use mfakit_testing::cbor::{Item, array, bytes, int, map, raw, text};

pub(super) use super::certified::{Certified, Kind, SafetyNet, Tpm, Trust};

/// The time of cases that have one: the first moment of 2026.
pub(crate) const NOW: u64 = 1_767_225_600;

const MALFORMED: &str = "attestation_statement_malformed";
const MISMATCH: &str = "attestation_statement_mismatch";
const KEY_MISMATCH: &str = "attestation_key_mismatch";
const NONCE_MISMATCH: &str = "attestation_nonce_mismatch";
const CLAIM_REJECTED: &str = "attestation_claim_rejected";
const AAGUID_MISMATCH: &str = "attestation_aaguid_mismatch";
const CERTIFICATE_MALFORMED: &str = "certificate_malformed";
const CERTIFICATE_REJECTED: &str = "certificate_rejected";
const CERTIFICATE_UNSUPPORTED: &str = "certificate_algorithm_unsupported";
const SIGNATURE_INVALID: &str = "signature_invalid";
const FORMAT_UNSUPPORTED: &str = "attestation_format_unsupported";

/// The files of attestation.
pub(crate) fn files() -> Vec<File> {
    vec![
        android_key::file(),
        apple::file(),
        certificate::file(),
        compound::file(),
        fido_u2f::file(),
        packed::file(),
        path::file(),
        policy::file(),
        safetynet::file(),
        tpm::file(),
    ]
}

/// A file of mutations.
fn file(topic: &'static str, description: &'static str, cases: Vec<Case>) -> File {
    File {
        topic,
        description,
        notes: vec![
            "Every case is one named mutation of a positive (source.derived_from, source.mutation); certificate and statement \
             are signed anew unless the mutation is about the signature, so that exactly one rule is broken."
                .into(),
            "The positives are the Level 3 test vectors, which are in webauthn-level-3, unless their names begin with own-.".into(),
        ],
        cases,
    }
}

/// What a member of a statement is.
#[derive(Clone, Copy)]
enum Member {
    Bytes,
    Int,
    Text,
    Certificates,
}

/// Members that are missing, of other types, or not the format's.
fn members(out: &mut Out, base: &Registration, known: &[(&'static str, Member)]) {
    for (name, member) in known {
        let id = |what: &str| format!("member-{name}-{what}");
        out.refuse(base, &id("missing"), "7.1-22", MALFORMED, &format!("no {name}"), |r| {
            r.certified().without(name)
        });
        let items: Vec<(&str, Item)> = match member {
            Member::Bytes => vec![("text", text("x")), ("integer", int(0)), ("array", array(&[]))],
            Member::Int => vec![("text", text("ES256")), ("bytes", bytes(&[0x26]))],
            Member::Text => vec![("bytes", bytes(b"2.0")), ("integer", int(2))],
            Member::Certificates => vec![
                ("map", map(&[])),
                ("empty", array(&[])),
                ("of-text", array(&[text("MIIB")])),
                ("of-null", array(&[raw("f6")])),
                ("nested", array(&[array(&[bytes(&[0x30, 0])])])),
            ],
        };
        let null = ("null", raw("f6"));
        for (what, item) in items.into_iter().chain([null]) {
            let why = format!("{name} is of another type");
            out.refuse(base, &id(what), "7.1-22", MALFORMED, &why, |r| {
                r.certified().replace(name, item)
            });
        }
    }
    for (id, name) in [("unknown", "x"), ("ecdaa-key-id", "ecdaaKeyId"), ("case", "Sig")] {
        let why = "the format has no such member";
        out.refuse(base, &format!("member-{id}"), "7.1-22", MALFORMED, why, |r| {
            r.certified().replace(name, bytes(&[0; 32]))
        });
    }
}

/// More certificates than any genuine statement has, and a larger one.
fn sizes(out: &mut Out, base: &Registration) {
    let (_, root) = authority();
    out.refuse(base, "x5c-of-9", "7.1-22", MALFORMED, "nine certificates", |r| {
        r.certified().rest = vec![root; 8];
    });
    let large = [&[0x30, 0x82, 0x40, 0x00][..], &[0; 0x4000]].concat();
    out.refuse(
        base,
        "x5c-of-16-kib",
        "7.1-22",
        MALFORMED,
        "a certificate of more than 16 KiB",
        |r| r.certified().first = Some(large),
    );
    out.large();
}

/// Signatures that must not verify: of another message, by another key, changed.
fn signatures(
    out: &mut Out,
    base: &Registration,
    messages: Vec<(&'static str, Vec<u8>, &'static str)>,
) {
    for (id, message, why) in messages {
        let id = format!("signature-over-{id}");
        out.refuse(base, &id, "7.1-22", SIGNATURE_INVALID, why, |r| {
            r.certified().message = Some(message)
        });
    }
    out.refuse(base, "signature-empty", "7.1-22", "signature_malformed", "no signature", |r| {
        r.certified().signature = Some(Vec::new())
    });
    out.refuse(
        base,
        "signature-by-another-key",
        "7.1-22",
        SIGNATURE_INVALID,
        "a key that the certificate does not certify",
        |r| r.certified().key = stranger(),
    );
}

/// A P-256 key that nobody knows.
fn stranger() -> crate::keys::Key {
    crate::keys::Key::Es256(crate::keys::Es256Key::new(&[7; 32]))
}

/// The certificate of an authority that has signed nothing here.
fn other_root() -> Vec<u8> {
    path::Authority::new("Another CA", 0x71).certificate
}

/// A registration of our own: another name, and what it says when it is accepted.
fn own(mut base: Registration, name: &str, kind: &str) -> Registration {
    base.name = format!("own-{name}-reg");
    let path_len = match &base.statement {
        Statement::Certified(certified) => certified.path().len(),
        _ => 0,
    };
    base.verdict = Verdict { path_len, ..Verdict::plain(kind) };
    base
}

/// The positive case of a registration of our own.
fn positive(base: &Registration, section: &str, why: &str) -> Case {
    let mut case = base.accepted(&base.name).step("7.1-22").why(why);
    case.source = crate::json::Json::object([
        ("document", "WebAuthn Level 3".into()),
        ("section", section.into()),
    ]);
    case
}
