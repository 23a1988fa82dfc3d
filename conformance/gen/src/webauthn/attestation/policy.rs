//! Formats and policies: what is accepted, what is required, and what is said of it. §7.1 steps 21 to 24.

use super::super::ceremony::{Registration, Statement, Verdict};
use super::super::recipe::{
    ANDROID_KEY, APPLE, FIDO_U2F, PACKED, PACKED_SELF, PLAIN, TPM, authority, build,
};
use super::super::registration::Out;
use super::*;
use crate::bytes::hex;
use crate::case::File;
use crate::json::Json;
use mfakit_testing::x509::Extension;

pub(super) fn file() -> File {
    let mut out = Out::default();
    accepted_formats(&mut out);
    unknown_formats(&mut out);
    requirement(&mut out);
    super::file(
        "attestation-policy",
        "Accepted formats, unknown formats, and whether trust is required",
        out.cases,
    )
}

/// Every format with its name among the accepted ones, and without.
fn accepted_formats(out: &mut Out) {
    for vector in [PLAIN, PACKED_SELF, PACKED, FIDO_U2F, TPM, ANDROID_KEY, APPLE] {
        let (base, _) = build(vector);
        let all = ["none", "packed", "fido-u2f", "tpm", "android-key", "apple", "compound"];
        let own: Vec<&'static str> = all.iter().copied().filter(|f| *f == base.fmt).collect();
        let others: Vec<&'static str> = all.iter().copied().filter(|f| *f != base.fmt).collect();
        out.accept(&base, "formats-this", "7.1-21", "the one accepted format", |r| {
            r.formats = Some(own)
        });
        let why = "every other format is accepted";
        out.refuse(&base, "formats-others", "7.1-21", FORMAT_UNSUPPORTED, why, |r| {
            r.formats = Some(others.clone())
        });
        out.accept(&base, "formats-others-ignored", "7.1-21", "not accepted, and ignored", |r| {
            r.formats = Some(others);
            r.unknown = Some("ignore");
            r.verdict = Verdict::plain("unverified");
        });
    }
}

fn unknown_formats(out: &mut Out) {
    let (plain, _) = build(PLAIN);
    let unverified = |r: &mut Registration| {
        r.unknown = Some("ignore");
        r.verdict = Verdict::plain("unverified");
    };
    for (id, fmt) in
        [("example", "example"), ("case", "None"), ("packed-case", "Packed"), ("empty", "")]
    {
        out.refuse(
            &plain,
            &format!("fmt-{id}"),
            "7.1-21",
            FORMAT_UNSUPPORTED,
            "nobody knows it",
            |r| {
                r.fmt = fmt.into();
                r.unknown = Some("reject");
            },
        );
        out.accept(
            &plain,
            &format!("fmt-{id}-ignored"),
            "7.1-21",
            "reported, and nothing more",
            |r| {
                r.fmt = fmt.into();
                unverified(r);
            },
        );
    }
    out.accept(
        &plain,
        "fmt-example-with-statement",
        "7.1-21",
        "a statement of an unknown format is not read",
        |r| {
            r.fmt = "example".into();
            r.statement = Statement::Given(map(&[(text("sig"), bytes(&[0; 64]))]));
            unverified(r);
        },
    );
    let (packed, _) = build(PACKED);
    out.refuse(
        &packed,
        "known-format-is-not-ignored",
        "7.1-22",
        SIGNATURE_INVALID,
        "what is known is verified, whatever happens to the unknown",
        |r| {
            r.unknown = Some("ignore");
            r.certified().key = super::stranger();
        },
    );
    let (_, root) = authority();
    out.refuse(
        &plain,
        "fmt-example-trust-required",
        "7.1-24",
        "attestation_required",
        "ignored is not trusted",
        |r| {
            r.fmt = "example".into();
            r.unknown = Some("ignore");
            r.trust = Some(Trust::required(&[root]));
            r.now = Some(NOW);
        },
    );
}

/// Trust required or not, with every kind of statement.
fn requirement(out: &mut Out) {
    let (_, root) = authority();
    let other = super::other_root();
    let asked = |r: &mut Registration, anchor: &[u8], require: bool| {
        r.trust = Some(Trust { require, ..Trust::required(&[anchor.to_vec()]) });
        r.now = Some(NOW);
        r.verdict.asked = true;
    };
    for vector in [PLAIN, PACKED_SELF] {
        let (base, _) = build(vector);
        let why = "there is no certificate that anyone could trust";
        out.refuse(&base, "trust-required", "7.1-24", "attestation_required", why, |r| {
            asked(r, &root, true)
        });
        out.accept(&base, "trust-asked", "7.1-24", "asked for, and not required", |r| {
            asked(r, &root, false)
        });
    }
    for vector in [PACKED, FIDO_U2F, TPM, ANDROID_KEY, APPLE] {
        let (base, _) = build(vector);
        out.accept(&base, "trusted", "7.1-24", "required, and the path leads to the anchor", |r| {
            asked(r, &root, true);
            r.verdict.anchor = Some(root.clone());
        });
        // Android's and U2F's keys do not sign the model's id, and a TPM's does not know of it.
        let aaguid = &base.auth_data.attested.as_ref().expect("attested").aaguid;
        let proven = ["packed", "apple"].contains(&&*base.fmt).then(|| hex(aaguid));
        out.expect("proven_aaguid_hex", proven.into());
        out.accept(&base, "trusted-not-required", "7.1-24", "the path leads to the anchor", |r| {
            asked(r, &root, false);
            r.verdict.anchor = Some(root.clone());
        });
        let why = "no path leads to an anchor";
        out.refuse(&base, "untrusted", "7.1-24", "attestation_untrusted", why, |r| {
            asked(r, &other, true)
        });
        out.accept(&base, "untrusted-not-required", "7.1-24", why, |r| asked(r, &other, false));
    }
    let (base, _) = build(TPM);
    let aaguid = base.auth_data.attested.as_ref().expect("attested").aaguid.clone();
    out.accept(&base, "trusted-with-aaguid", "7.1-24", "the certificate names the model", |r| {
        asked(r, &root, true);
        r.verdict.anchor = Some(root.clone());
        r.certified().leaf.set(Extension::aaguid(&aaguid));
    });
    out.expect("proven_aaguid_hex", hex(&aaguid).into());
    let (base, _) = build(PACKED);
    let why = "who is not trusted proves nothing";
    out.accept(&base, "untrusted-aaguid", "7.1-24", why, |r| asked(r, &other, false));
    out.expect("proven_aaguid_hex", Json::Null);
    out.accept(
        &base,
        "expired-not-required",
        "7.1-24",
        "a path that breaks a rule leads nowhere",
        |r| {
            asked(r, &root, false);
            r.certified().leaf.validity = [
                mfakit_testing::x509::time("20010101000000"),
                mfakit_testing::x509::time("20020101000000"),
            ];
        },
    );
    out.refuse(
        &base,
        "anchor-invalid-not-required",
        "7.1-23",
        "anchor_invalid",
        "the caller's mistake is said, whatever is required",
        |r| asked(r, &[0x30, 0], false),
    );
    let (bad, _) = build(PACKED);
    out.refuse(
        &bad,
        "signature-before-trust",
        "7.1-22",
        SIGNATURE_INVALID,
        "the statement is verified before anyone asks whom to trust",
        |r| {
            asked(r, &other, true);
            r.certified().key = super::stranger();
        },
    );
}
