//! §7.1, step by step: what a registration must be refused for, and what it must not.

use super::auth_data;
use super::ceremony::{AT, BE, BS, ED, Registration, Statement, UP, UV, derived};
use super::client_data::{Mutation, forms, mutations};
use super::recipe::{CROSS_ORIGIN, LONG_ID, PLAIN, TOP, TOP_ORIGIN, build};
use crate::bytes::hex;
use crate::case::Case;
use crate::cose;
use crate::json::Json;
use mfakit_testing::cbor::{array, bytes, int, map, raw, text};

/// Cases, each derived from a positive by one mutation.
#[derive(Default)]
pub(super) struct Out {
    pub(super) cases: Vec<Case>,
}

impl Out {
    /// One mutation of `base` that must be refused.
    pub(super) fn refuse(
        &mut self,
        base: &Registration,
        id: &str,
        step: &str,
        code: &str,
        why: &str,
        mutate: impl FnOnce(&mut Registration),
    ) {
        let mut changed = base.clone();
        mutate(&mut changed);
        let case = changed.refused(&format!("{}-{id}", base.name), code);
        self.push(base, case, id, step, why);
    }

    /// The last case is of more than 8 KiB.
    pub(super) fn large(&mut self) {
        self.requires("large_inputs");
    }

    /// The last case expects this field too.
    pub(super) fn expect(&mut self, name: &str, value: Json) {
        self.cases.last_mut().expect("a case").expect.set(name, value);
    }

    /// The last case needs this feature.
    pub(super) fn requires(&mut self, feature: &'static str) {
        let needed = &mut self.cases.last_mut().expect("a case").requires;
        if !needed.contains(&feature) {
            needed.push(feature);
        }
    }

    /// One mutation of `base` that must not matter.
    pub(super) fn accept(
        &mut self,
        base: &Registration,
        id: &str,
        step: &str,
        why: &str,
        mutate: impl FnOnce(&mut Registration),
    ) {
        let mut changed = base.clone();
        mutate(&mut changed);
        let case = changed.accepted(&format!("{}-{id}", base.name));
        self.push(base, case, id, step, why);
    }

    fn push(&mut self, base: &Registration, case: Case, id: &str, step: &str, why: &str) {
        assert_ne!(case.inputs, base.accepted("").inputs, "{id} changes nothing");
        self.cases
            .push(derived(case, &step.replace('-', " step "), &base.name, id).step(step).why(why));
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let (plain, _) = build(PLAIN);
    let (framed, _) = build(CROSS_ORIGIN);
    let (topped, _) = build(TOP_ORIGIN);
    let (long, _) = build(LONG_ID);
    let mut out = Out::default();
    client_data(&mut out, &plain);
    frames(&mut out, &framed, &topped);
    attestation_object(&mut out, &plain);
    authenticator_data(&mut out, &plain, &long);
    flags(&mut out, &plain, &framed);
    keys(&mut out, &plain);
    statement(&mut out, &plain);
    around(&mut out, &plain, &long);
    out.cases
}

/// Steps 5 to 11.
fn client_data(out: &mut Out, plain: &Registration) {
    for Mutation { id, check, code, client_data, why } in
        mutations(&plain.ceremony).into_iter().chain(forms(&plain.ceremony))
    {
        let step = check.registration_step();
        let mutate = |r: &mut Registration| r.ceremony.client_data = client_data;
        match code {
            Some(code) => out.refuse(plain, &id, step, code, why, mutate),
            None => out.accept(plain, &id, step, why, mutate),
        }
    }
    out.accept(plain, "client-data-8192-bytes", "7.1-6", "the longest client data", |r| {
        r.ceremony.fill(8192)
    });
    out.large();
    let (why, code) = ("one byte more than the longest client data", "input_too_large");
    out.refuse(plain, "client-data-8193-bytes", "7.1-6", code, why, |r| r.ceremony.fill(8193));
    out.large();
    out.accept(
        plain,
        "second-origin",
        "7.1-9",
        "the origin is the second of two expected ones",
        |r| {
            r.ceremony.origins.insert(0, "https://www.example.org".into());
        },
    );
    out.refuse(
        plain,
        "origin-not-expected",
        "7.1-9",
        "origin_mismatch",
        "the same response at another site's server",
        |r| {
            r.ceremony.origins = vec!["https://www.example.org".into()];
        },
    );
    out.accept(
        plain,
        "origin-android",
        "7.1-9",
        "the opaque origin of an Android app, expected",
        |r| {
            let app = "android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
            r.ceremony.origins.push(app.into());
            r.ceremony.replace("https://example.org", app);
        },
    );
    out.refuse(
        plain,
        "origin-android-other-app",
        "7.1-9",
        "origin_mismatch",
        "the opaque origin of another Android app",
        |r| {
            r.ceremony
                .origins
                .push("android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into());
            r.ceremony.replace(
                "https://example.org",
                "android:apk-key-hash:AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            );
        },
    );
    out.refuse(
        plain,
        "challenge-other",
        "7.1-8",
        "challenge_mismatch",
        "the response answers another challenge",
        |r| r.ceremony.challenge[31] ^= 1,
    );
}

/// Steps 10 and 11, where frames are allowed.
fn frames(out: &mut Out, framed: &Registration, topped: &Registration) {
    out.refuse(
        framed,
        "not-allowed",
        "7.1-10",
        "cross_origin_forbidden",
        "a frame, and none is allowed",
        |r| r.ceremony.allow_cross_origin = false,
    );
    out.refuse(
        topped,
        "not-allowed",
        "7.1-10",
        "cross_origin_forbidden",
        "a frame, and none is allowed",
        |r| {
            r.ceremony.allow_cross_origin = false;
            r.ceremony.top_origins = None;
        },
    );
    let mismatch = "top_origin_mismatch";
    out.refuse(
        topped,
        "not-listed",
        "7.1-11",
        mismatch,
        "the page around the frame is not listed",
        |r| {
            r.ceremony.top_origins = Some(vec!["https://example.net".into()]);
        },
    );
    let quoted = format!("\"topOrigin\":\"{TOP}\"");
    for (id, to, why) in [
        ("slash", "https://example.com/", "a slash at the end"),
        ("http", "http://example.com", "another scheme"),
        ("subdomain", "https://www.example.com", "a subdomain is another origin"),
        ("suffix", "https://example.com.evil.example", "their name starts like the listed one"),
        ("upper-case", "https://EXAMPLE.com", "browsers send lower case"),
        ("own-origin", "https://example.org", "our own origin is not listed as a page around us"),
        ("empty", "", "no origin"),
        ("null", "null", "an opaque origin"),
    ] {
        out.refuse(topped, &format!("top-origin-{id}"), "7.1-11", mismatch, why, |r| {
            r.ceremony.replace(&quoted, &format!("\"topOrigin\":\"{to}\""))
        });
    }
    out.accept(topped, "second-top-origin", "7.1-11", "the second of two listed pages", |r| {
        r.ceremony.top_origins = Some(vec!["https://example.net".into(), TOP.into()]);
    });
    out.refuse(
        topped,
        "top-origin-not-listed-without-frame",
        "7.1-11",
        mismatch,
        "topOrigin is judged whatever crossOrigin says",
        |r| {
            r.ceremony.replace("\"crossOrigin\":true", "\"crossOrigin\":false");
            r.ceremony.replace(TOP, "https://example.net");
        },
    );
    out.refuse(
        framed,
        "top-origin-absent",
        "7.1-11",
        mismatch,
        "a frame that does not say whose page is around it is on no list",
        |r| r.ceremony.top_origins = Some(vec![TOP.into()]),
    );
    out.accept(
        topped,
        "any-top-origin",
        "7.1-11",
        "any page, by the policy that is named for its danger",
        |r| r.ceremony.top_origins = None,
    );
    out.accept(topped, "escaped-top-origin", "7.1-11", "an escaped solidus is a solidus", |r| {
        r.ceremony.replace("https://example.com", "https:\\/\\/example.com")
    });
    out.accept(framed, "not-framed-after-all", "7.1-10", "frames are allowed, not demanded", |r| {
        r.ceremony.replace("\"crossOrigin\":true", "\"crossOrigin\":false")
    });
}

/// Step 13: the CBOR around everything.
fn attestation_object(out: &mut Out, plain: &Registration) {
    let good = plain.object();
    let auth_data = plain.auth_data.bytes();
    let (fmt, stmt, data) = (
        (text("fmt"), text("none")),
        (text("attStmt"), map(&[])),
        (text("authData"), bytes(&auth_data)),
    );
    let malformed = "attestation_object_malformed";
    let rows: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", vec![], "cbor_malformed", "no attestation object"),
        ("cut", good[..good.len() - 1].to_vec(), "cbor_malformed", "the last byte is missing"),
        ("trailing-byte", [&good[..], &[0]].concat(), "cbor_trailing_bytes", "a byte follows"),
        ("twice", [&good[..], &good].concat(), "cbor_trailing_bytes", "a second object follows"),
        (
            "array",
            array(&[text("none"), map(&[]), bytes(&auth_data)]),
            malformed,
            "an array is no object",
        ),
        ("byte-string", bytes(&good), malformed, "the object wrapped in a byte string"),
        (
            "auth-data-alone",
            bytes(&auth_data),
            malformed,
            "the authenticator data in place of the object",
        ),
        ("empty-map", map(&[]), malformed, "nothing in it"),
        ("fmt-missing", map(&[stmt.clone(), data.clone()]), malformed, "no fmt"),
        ("att-stmt-missing", map(&[fmt.clone(), data.clone()]), malformed, "no attStmt"),
        ("auth-data-missing", map(&[fmt.clone(), stmt.clone()]), malformed, "no authData"),
        (
            "fmt-bytes",
            map(&[(text("fmt"), bytes(b"none")), stmt.clone(), data.clone()]),
            malformed,
            "fmt is a byte string",
        ),
        (
            "fmt-null",
            map(&[(text("fmt"), raw("f6")), stmt.clone(), data.clone()]),
            malformed,
            "fmt is null",
        ),
        (
            "att-stmt-array",
            map(&[fmt.clone(), (text("attStmt"), array(&[])), data.clone()]),
            malformed,
            "attStmt is an array",
        ),
        (
            "att-stmt-null",
            map(&[fmt.clone(), (text("attStmt"), raw("f6")), data.clone()]),
            malformed,
            "attStmt is null",
        ),
        (
            "auth-data-text",
            map(&[fmt.clone(), stmt.clone(), (text("authData"), text("x"))]),
            malformed,
            "authData is a text",
        ),
        (
            "auth-data-map",
            map(&[fmt.clone(), stmt.clone(), (text("authData"), map(&[]))]),
            malformed,
            "authData is a map",
        ),
        (
            "ctap-keys",
            map(&[(int(1), text("none")), (int(2), bytes(&auth_data)), (int(3), map(&[]))]),
            malformed,
            "the integer keys that CTAP uses below the browser",
        ),
        (
            "fmt-twice",
            map(&[fmt.clone(), stmt.clone(), data.clone(), fmt.clone()]),
            "cbor_duplicate_key",
            "fmt twice",
        ),
        (
            "auth-data-twice",
            map(&[
                fmt.clone(),
                stmt.clone(),
                data.clone(),
                (text("authData"), bytes(&auth_data[..37])),
            ]),
            "cbor_duplicate_key",
            "authData twice",
        ),
        (
            "indefinite",
            [&[0xbf][..], &good[1..], &[0xff]].concat(),
            "cbor_indefinite_length",
            "an indefinite length",
        ),
        (
            "non-minimal",
            [&[0xb8, 0x03][..], &good[1..]].concat(),
            "cbor_non_minimal",
            "a count in two bytes",
        ),
        (
            "tagged",
            [&[0xd9, 0xd9, 0xf7][..], &good].concat(),
            "cbor_tag_forbidden",
            "the tag that says: this is CBOR",
        ),
        (
            "float",
            map(&[
                fmt.clone(),
                (text("attStmt"), map(&[(text("a"), raw("f93c00"))])),
                data.clone(),
            ]),
            "cbor_type_forbidden",
            "a float in the statement",
        ),
        (
            "auth-data-twice-non-minimal",
            map(&[
                fmt.clone(),
                stmt.clone(),
                data.clone(),
                (raw("78086175746844617461"), bytes(&auth_data[..37])),
            ]),
            "cbor_non_minimal",
            "authData twice, the second name with its length in two bytes",
        ),
        (
            "huge-length",
            [
                &map(&[fmt.clone(), stmt.clone(), (text("authData"), vec![])])[..],
                &raw("5b7fffffffffffffff"),
            ]
            .concat(),
            "cbor_malformed",
            "a length that no input can have",
        ),
        (
            "huge-count",
            [&[0xbb][..], &raw("7fffffffffffffff"), &good[1..]].concat(),
            "cbor_malformed",
            "a count that no input can have",
        ),
        (
            "item-bomb",
            map(&[
                fmt.clone(),
                (text("attStmt"), map(&(0..300).map(|n| (int(n), int(0))).collect::<Vec<_>>())),
                data.clone(),
            ]),
            "cbor_too_deep",
            "six hundred items in the statement",
        ),
        (
            "fmt-not-utf-8",
            map(&[(text("fmt"), raw("62c080")), stmt.clone(), data.clone()]),
            "cbor_malformed",
            "fmt is not UTF-8: an overlong NUL",
        ),
        (
            "key-not-utf-8",
            map(&[fmt.clone(), stmt.clone(), data.clone(), (raw("61ff"), int(0))]),
            "cbor_malformed",
            "the name of an unknown member is not UTF-8",
        ),
        (
            "undefined",
            map(&[fmt.clone(), (text("attStmt"), raw("f7")), data.clone()]),
            "cbor_type_forbidden",
            "attStmt is undefined",
        ),
        (
            "bignum",
            map(&[fmt.clone(), stmt.clone(), data.clone(), (text("x"), raw("c24101"))]),
            "cbor_tag_forbidden",
            "a bignum under an unknown name",
        ),
        (
            "deep",
            map(&[fmt, (text("attStmt"), map(&[(text("a"), raw("8181818100"))])), data]),
            "cbor_too_deep",
            "six levels",
        ),
    ];
    for (id, object, code, why) in rows {
        out.refuse(plain, &format!("object-{id}"), "7.1-13", code, why, |r| {
            r.attestation_object = Some(object)
        });
    }
    out.accept(
        plain,
        "object-unsorted",
        "7.1-13",
        "the keys in the order that old Chrome emitted",
        |r| {
            r.attestation_object = Some(map(&[
                (text("fmt"), text("none")),
                (text("authData"), bytes(&auth_data)),
                (text("attStmt"), map(&[])),
            ]));
        },
    );
}

/// Step 13: the authenticator data within; step 25: the credential id's length.
fn authenticator_data(out: &mut Out, plain: &Registration, long: &Registration) {
    for (id, data, code, why) in auth_data::attested_faults(&plain.auth_data) {
        let step = if code == "credential_id_length" { "7.1-25" } else { "7.1-13" };
        out.refuse(plain, &format!("auth-data-{id}"), step, code, why, |r| {
            r.attestation_object = Some(r.object_around(&data))
        });
    }
    out.refuse(
        plain,
        "attested-data-missing",
        "7.1-13",
        "attested_data_missing",
        "no AT and nothing behind the counter: the authenticator data of an assertion",
        |r| {
            r.auth_data.flags &= !AT;
            r.auth_data.attested = None;
        },
    );
    out.refuse(
        plain,
        "rp-id-hash-bit",
        "7.1-14",
        "rp_id_hash_mismatch",
        "one bit of the hash is flipped",
        |r| r.auth_data.rp_id_hash[0] ^= 1,
    );
    out.refuse(
        plain,
        "rp-id-hash-last-bit",
        "7.1-14",
        "rp_id_hash_mismatch",
        "the last bit of the hash is flipped",
        |r| r.auth_data.rp_id_hash[31] ^= 1,
    );
    out.refuse(plain, "rp-id-hash-zero", "7.1-14", "rp_id_hash_mismatch", "a hash of zeros", |r| {
        r.auth_data.rp_id_hash = vec![0; 32]
    });
    for byte in 1..31 {
        let (id, why) = (format!("rp-id-hash-byte-{byte}"), "one bit of the hash is flipped");
        out.refuse(plain, &id, "7.1-14", "rp_id_hash_mismatch", why, |r| {
            r.auth_data.rp_id_hash[byte] ^= 1 << (byte % 8)
        });
    }
    out.refuse(
        plain,
        "rp-id-hash-of-origin",
        "7.1-14",
        "rp_id_hash_mismatch",
        "the hash of the origin: what U2F's AppID would give",
        |r| {
            r.auth_data.rp_id_hash = super::ceremony::sha256(b"https://example.org");
        },
    );
    out.refuse(
        plain,
        "rp-id-other",
        "7.1-14",
        "rp_id_hash_mismatch",
        "the server expects a subdomain",
        |r| r.ceremony.rp_id = "login.example.org".into(),
    );
    out.refuse(
        long,
        "id-1024-bytes",
        "7.1-25",
        "credential_id_length",
        "one byte more than the longest there may be",
        |r| r.attested().credential_id.push(0),
    );
    out.accept(plain, "id-1-byte", "7.1-25", "the shortest credential id", |r| {
        r.attested().credential_id = vec![0x2a]
    });
    for (id, extensions, why) in auth_data::extensions() {
        out.accept(plain, id, "7.1-28", why, |r| {
            r.auth_data.flags |= ED;
            r.auth_data.extensions = Some(extensions);
        });
    }
    for (id, count) in [("counter-1", 1), ("counter-max", u32::MAX)] {
        out.accept(plain, id, "7.1-27", "the first counter is stored, whatever it is", |r| {
            r.auth_data.sign_count = count
        });
    }
    out.accept(
        plain,
        "aaguid-zero",
        "7.1-27",
        "an AAGUID of zeros, as browsers send with attestation none",
        |r| r.attested().aaguid = vec![0; 16],
    );
}

/// Steps 15 to 19.
fn flags(out: &mut Out, plain: &Registration, framed: &Registration) {
    out.refuse(plain, "user-not-present", "7.1-15", "user_not_present", "UP is clear", |r| {
        r.auth_data.flags &= !UP
    });
    out.accept(
        plain,
        "user-not-present-conditional",
        "7.1-15",
        "UP is clear in a conditional create, where nobody is asked",
        |r| {
            r.auth_data.flags &= !UP;
            r.ceremony.require_presence = false;
            r.more.push(("mediation", "conditional".into()));
        },
    );
    out.accept(
        plain,
        "user-present-conditional",
        "7.1-15",
        "UP is set in a conditional create",
        |r| {
            r.ceremony.require_presence = false;
            r.more.push(("mediation", "conditional".into()));
        },
    );
    out.refuse(
        plain,
        "user-not-verified",
        "7.1-16",
        "user_not_verified",
        "UV is clear and required",
        |r| r.ceremony.require_verification = true,
    );
    out.refuse(
        framed,
        "user-not-verified",
        "7.1-16",
        "user_not_verified",
        "UV is cleared and required",
        |r| {
            r.ceremony.require_verification = true;
            r.auth_data.flags &= !UV;
        },
    );
    out.accept(plain, "user-verified", "7.1-16", "UV is set and required", |r| {
        r.ceremony.require_verification = true;
        r.auth_data.flags |= UV;
    });
    out.refuse(
        plain,
        "backed-up-but-not-eligible",
        "7.1-17",
        "backup_flags_invalid",
        "BS without BE",
        |r| r.auth_data.flags &= !BE,
    );
    out.refuse(
        framed,
        "backed-up-but-not-eligible",
        "7.1-17",
        "backup_flags_invalid",
        "BS without BE",
        |r| r.auth_data.flags |= BS,
    );
    out.accept(plain, "not-backed-up", "7.1-19", "BE without BS", |r| r.auth_data.flags &= !BS);
    out.accept(plain, "not-eligible", "7.1-18", "neither BE nor BS", |r| {
        r.auth_data.flags &= !(BE | BS)
    });
    for bit in [0x02, 0x20] {
        out.accept(
            plain,
            &format!("reserved-flag-{bit:02x}"),
            "7.1-13",
            "a reserved bit is ignored",
            |r| r.auth_data.flags |= bit,
        );
    }
}

/// Step 20, and the key itself.
fn keys(out: &mut Out, plain: &Registration) {
    let (x, y) = plain.key.es256().point();
    for (id, alg) in [("rs256", -257), ("eddsa", -8), ("es384", -35), ("unknown", -60_000)] {
        out.refuse(
            plain,
            &format!("alg-{id}-not-offered"),
            "7.1-20",
            "algorithm_not_offered",
            "the key's algorithm is not one of those offered",
            |r| {
                r.attested().public_key = crate::keys::es256_with(&x, &y, 3, int(alg));
            },
        );
    }
    // Faults of the map's bytes depend on where the key stands; those are authenticator_data's.
    for (id, key, code, why) in cose::faults(&x, &y) {
        if code.starts_with("cose_") {
            let id = id.strip_prefix("es256-").unwrap_or(id);
            out.refuse(plain, &format!("key-{id}"), "7.1-13", code, why, |r| {
                r.attested().public_key = key
            });
        }
    }
}

/// Steps 21, 22 and 24.
fn statement(out: &mut Out, plain: &Registration) {
    for (id, fmt, why) in [
        ("upper-case", "None", "formats have case"),
        ("packed-upper-case", "Packed", "formats have case"),
        ("empty", "", "no format"),
        ("unknown", "example-format", "a format that nobody has registered"),
        ("longer", "none ", "a blank at the end"),
        ("nul", "none\0", "a NUL at the end"),
    ] {
        out.refuse(
            plain,
            &format!("fmt-{id}"),
            "7.1-21",
            "attestation_format_unsupported",
            why,
            |r| r.fmt = fmt.into(),
        );
    }
    for (id, stmt, why) in [
        (
            "empty-signature",
            map(&[(text("sig"), bytes(&[]))]),
            "the statement of \"none\" is an empty map",
        ),
        (
            "packed",
            map(&[(text("alg"), int(-7)), (text("sig"), bytes(&[0x30, 0]))]),
            "the statement of another format",
        ),
        ("integer-key", map(&[(int(1), int(1))]), "the statement of \"none\" is an empty map"),
    ] {
        out.refuse(
            plain,
            &format!("att-stmt-{id}"),
            "7.1-22",
            "attestation_statement_malformed",
            why,
            |r| r.statement = Statement::Given(stmt),
        );
    }
}

/// What stands around the response: ids, handles, the challenge's length.
fn around(out: &mut Out, plain: &Registration, long: &Registration) {
    let own_id = |r: &mut Registration| r.attested().credential_id.clone();
    out.accept(plain, "outer-id", "7.1-13", "the response's id is the attested one", |r| {
        let id = own_id(r);
        r.more.push(("credential_id_hex", hex(&id).into()));
    });
    for (id, base, change, why) in [
        (
            "outer-id-other",
            plain,
            (|id: &mut Vec<u8>| id[0] ^= 1) as fn(&mut Vec<u8>),
            "the response's id has another first bit",
        ),
        ("outer-id-shorter", plain, |id| id.truncate(31), "the response's id is one byte short"),
        ("outer-id-longer", plain, |id| id.push(0), "the response's id is one byte longer"),
        ("outer-id-other", long, |id| id[1022] ^= 1, "the last bit of 1023 bytes differs"),
    ] {
        out.refuse(base, id, "7.1-13", "credential_id_mismatch", why, |r| {
            let mut id = own_id(r);
            change(&mut id);
            r.more.push(("credential_id_hex", hex(&id).into()));
        });
    }
    for (len, ok) in [(0, false), (1, true), (64, true), (65, false)] {
        let mutate = |r: &mut Registration| {
            r.more.push(("expected_user_handle_hex", hex(&vec![0x75; len]).into()))
        };
        let (id, why) = (format!("user-handle-{len}-bytes"), "a user handle has 1 to 64 bytes");
        if ok {
            out.accept(plain, &id, "7.1-1", why, mutate);
        } else {
            out.refuse(plain, &id, "7.1-1", "user_handle_invalid", why, mutate);
        }
    }
    for (len, ok) in [(0, false), (15, false), (16, true), (64, true)] {
        let mutate = |r: &mut Registration| {
            let old = r.ceremony.challenge_text();
            r.ceremony.challenge = vec![0x63; len];
            let new = r.ceremony.challenge_text();
            r.ceremony.replace(&old, &new);
        };
        let (id, why) = (format!("challenge-{len}-bytes"), "a challenge has 16 bytes or more");
        if ok {
            out.accept(plain, &id, "7.1-1", why, mutate);
        } else {
            out.refuse(plain, &id, "7.1-1", "challenge_too_short", why, mutate);
        }
    }
}
