//! §7.2, step by step: what an assertion must be refused for, and what it must not.

use super::auth_data;
use super::ceremony::{AT, Authentication, BE, BS, ED, UP, UV, derived, sha256};
use super::client_data::{Mutation, forms, mutations};
use super::recipe::{CROSS_ORIGIN, LONG_ID, PLAIN, TOP, TOP_ORIGIN, build};
use crate::bytes::hex;
use crate::case::Case;
use crate::der;
use crate::json::Json;
use crate::keys::{Es256Key, other_s, verifies};

/// Cases, each derived from a positive by one mutation.
#[derive(Default)]
pub(super) struct Out {
    pub(super) cases: Vec<Case>,
}

impl Out {
    /// One mutation of `base` that must be refused.
    pub(super) fn refuse(
        &mut self,
        base: &Authentication,
        id: &str,
        step: &str,
        code: &str,
        why: &str,
        mutate: impl FnOnce(&mut Authentication),
    ) {
        let mut changed = base.clone();
        mutate(&mut changed);
        // Whoever breaks a rule before the signature must bring a good signature, and the other way round.
        assert_eq!(is_signed(&changed), !code.starts_with("signature_"), "{id}: {code}");
        let case = changed.refused(&format!("{}-{id}", base.name), code);
        self.push(base, case, id, step, why);
    }

    /// One mutation of `base`'s record that makes it one which this library did not write.
    pub(super) fn damaged(
        &mut self,
        base: &Authentication,
        id: &str,
        why: &str,
        mutate: impl FnOnce(&mut Authentication),
    ) {
        let mut changed = base.clone();
        mutate(&mut changed);
        let case = changed.refused(&format!("{}-{id}", base.name), "record_corrupt");
        self.push(base, case, id, "7.2-6", why);
    }

    /// The last case is of more than 8 KiB.
    pub(super) fn large(&mut self) {
        self.cases.last_mut().expect("a case").requires.push("large_inputs");
    }

    /// One mutation of `base` that must not matter.
    pub(super) fn accept(
        &mut self,
        base: &Authentication,
        id: &str,
        step: &str,
        why: &str,
        mutate: impl FnOnce(&mut Authentication),
    ) -> &mut Case {
        let mut changed = base.clone();
        mutate(&mut changed);
        assert!(is_signed(&changed), "{id}");
        let case = changed.accepted(&format!("{}-{id}", base.name));
        self.push(base, case, id, step, why)
    }

    fn push(
        &mut self,
        base: &Authentication,
        case: Case,
        id: &str,
        step: &str,
        why: &str,
    ) -> &mut Case {
        assert_ne!(case.inputs, base.accepted("").inputs, "{id} changes nothing");
        self.cases
            .push(derived(case, &step.replace('-', " step "), &base.name, id).step(step).why(why));
        self.cases.last_mut().expect("just pushed")
    }
}

/// Whether the signature sent is the stored key's over what is sent.
fn is_signed(authentication: &Authentication) -> bool {
    verifies(
        &authentication.stored_key,
        &authentication.signed_bytes(),
        &authentication.sent_signature(),
    )
}

pub(crate) fn cases() -> Vec<Case> {
    let (_, plain) = build(PLAIN);
    let (_, framed) = build(CROSS_ORIGIN);
    let (_, topped) = build(TOP_ORIGIN);
    let (_, long) = build(LONG_ID);
    let mut out = Out::default();
    credential_and_user(&mut out, &plain, &long);
    client_data(&mut out, &plain);
    frames(&mut out, &framed, &topped);
    authenticator_data(&mut out, &plain);
    flags(&mut out, &plain, &framed);
    signature(&mut out, &plain, &framed);
    prepared_keys(&mut out, &plain, &framed);
    counter(&mut out, &plain);
    out.cases
}

/// Steps 5 and 6.
fn credential_and_user(out: &mut Out, plain: &Authentication, long: &Authentication) {
    let allow = |ids: &[&[u8]]| {
        ("allow_credentials_hex", Json::from(ids.iter().map(|id| hex(id)).collect::<Vec<_>>()))
    };
    let own = plain.credential_id.clone();
    let mut other = own.clone();
    other[31] ^= 1;
    out.accept(plain, "allowed", "7.2-5", "the only credential in the list", |a| {
        a.more.push(allow(&[&own]))
    });
    out.accept(plain, "allowed-second", "7.2-5", "the second credential in the list", |a| {
        a.more.push(allow(&[&other, &own]))
    });
    for (id, ids, why) in [
        (
            "not-allowed",
            vec![&other[..]],
            "the list has another credential, which differs in its last bit",
        ),
        ("not-allowed-prefix", vec![&own[..31]], "the list has the first 31 bytes"),
        ("not-allowed-longer", vec![&long.credential_id[..]], "the list has another credential"),
    ] {
        out.refuse(plain, id, "7.2-5", "credential_not_allowed", why, |a| a.more.push(allow(&ids)));
    }
    let record = |id: &[u8]| ("record_credential_id_hex", Json::from(hex(id)));
    for (id, stored, why) in [
        ("record-of-another-credential", other.clone(), "the record is another credential's"),
        ("record-id-shorter", own[..31].to_vec(), "the record's id is one byte short"),
        ("record-id-longer", [&own[..], &[0]].concat(), "the record's id is one byte longer"),
    ] {
        out.refuse(plain, id, "7.2-6", "credential_id_mismatch", why, |a| {
            a.more.push(record(&stored))
        });
    }
    out.refuse(
        long,
        "record-of-another-credential",
        "7.2-6",
        "credential_id_mismatch",
        "the last bit of 1023 bytes differs",
        |a| {
            let mut stored = a.credential_id.clone();
            stored[1022] ^= 1;
            a.more.push(record(&stored));
        },
    );

    let alice = b"alice".to_vec();
    let expected = ("expected_user_handle_hex", Json::from(hex(&alice)));
    let owner = |handle: &[u8]| ("record_user_handle_hex", Json::from(hex(handle)));
    let discoverable = ("discoverable", Json::from(true));
    out.accept(plain, "user-handle", "7.2-6", "the response names the user who was asked", |a| {
        a.user_handle = Some(alice.clone());
        a.more.push(expected.clone());
    });
    out.accept(plain, "user-handle-absent", "7.2-6", "a known user needs no user handle", |a| {
        a.more.push(expected.clone())
    });
    out.accept(
        plain,
        "user-handle-empty",
        "7.2-6",
        "some clients send an empty text for none",
        |a| {
            a.user_handle = Some(vec![]);
            a.more.push(expected.clone());
        },
    );
    for (id, handle, why) in [
        ("user-handle-other", &b"mallory"[..], "the response names another user"),
        ("user-handle-prefix", b"alic", "a part of the name is another name"),
        ("user-handle-longer", b"alice\0", "a zero byte makes another name"),
        ("user-handle-case", b"Alice", "handles are bytes"),
    ] {
        out.refuse(plain, id, "7.2-6", "user_handle_mismatch", why, |a| {
            a.user_handle = Some(handle.to_vec());
            a.more.push(expected.clone());
        });
    }
    out.refuse(
        plain,
        "user-handle-65-bytes",
        "7.2-6",
        "user_handle_mismatch",
        "no user handle has 65 bytes, so it is nobody's",
        |a| {
            a.user_handle = Some(vec![0x75; 65]);
            a.more.push(expected.clone());
        },
    );
    out.refuse(
        plain,
        "record-of-another-user",
        "7.2-6",
        "credential_owner_mismatch",
        "the record belongs to somebody else",
        |a| {
            a.more.extend([expected.clone(), owner(b"mallory")]);
        },
    );
    out.accept(
        plain,
        "discoverable",
        "7.2-6",
        "no user was named before; the response names the record's owner",
        |a| {
            a.user_handle = Some(alice.clone());
            a.more.extend([discoverable.clone(), owner(&alice)]);
        },
    );
    out.refuse(
        plain,
        "discoverable-without-user-handle",
        "7.2-6",
        "user_handle_missing",
        "no user was named before, and none is named now",
        |a| {
            a.more.extend([discoverable.clone(), owner(&alice)]);
        },
    );
    out.refuse(
        plain,
        "discoverable-user-handle-empty",
        "7.2-6",
        "user_handle_missing",
        "an empty user handle is none",
        |a| {
            a.user_handle = Some(vec![]);
            a.more.extend([discoverable.clone(), owner(&alice)]);
        },
    );
    out.refuse(
        plain,
        "discoverable-other-user",
        "7.2-6",
        "user_handle_mismatch",
        "the response names somebody who does not own the record",
        |a| {
            a.user_handle = Some(b"mallory".to_vec());
            a.more.extend([discoverable.clone(), owner(&alice)]);
        },
    );
    for (len, ok) in [(15, false), (16, true)] {
        let mutate = |a: &mut Authentication| {
            let old = a.ceremony.challenge_text();
            a.ceremony.challenge = vec![0x63; len];
            let new = a.ceremony.challenge_text();
            a.ceremony.replace(&old, &new);
        };
        let (id, why) = (format!("challenge-{len}-bytes"), "a challenge has 16 bytes or more");
        if ok {
            out.accept(plain, &id, "7.2-1", why, mutate);
        } else {
            out.refuse(plain, &id, "7.2-1", "challenge_too_short", why, mutate);
        }
    }
}

/// Steps 8 to 14.
fn client_data(out: &mut Out, plain: &Authentication) {
    for Mutation { id, check, code, client_data, why } in
        mutations(&plain.ceremony).into_iter().chain(forms(&plain.ceremony))
    {
        let step = check.authentication_step();
        let mutate = |a: &mut Authentication| a.ceremony.client_data = client_data;
        match code {
            Some(code) => out.refuse(plain, &id, step, code, why, mutate),
            None => {
                out.accept(plain, &id, step, why, mutate);
            }
        }
    }
    out.accept(plain, "client-data-8192-bytes", "7.2-9", "the longest client data", |a| {
        a.ceremony.fill(8192)
    });
    out.large();
    let (why, code) = ("one byte more than the longest client data", "input_too_large");
    out.refuse(plain, "client-data-8193-bytes", "7.2-9", code, why, |a| a.ceremony.fill(8193));
    out.large();
    out.accept(
        plain,
        "second-origin",
        "7.2-12",
        "the origin is the second of two expected ones",
        |a| {
            a.ceremony.origins.insert(0, "https://www.example.org".into());
        },
    );
    out.refuse(
        plain,
        "origin-not-expected",
        "7.2-12",
        "origin_mismatch",
        "the same response at another site's server",
        |a| {
            a.ceremony.origins = vec!["https://www.example.org".into()];
        },
    );
    out.refuse(
        plain,
        "challenge-other",
        "7.2-11",
        "challenge_mismatch",
        "the response answers another challenge: a replay",
        |a| a.ceremony.challenge[0] ^= 0x80,
    );
}

/// Steps 13 and 14, where frames are allowed.
fn frames(out: &mut Out, framed: &Authentication, topped: &Authentication) {
    out.refuse(
        framed,
        "not-allowed",
        "7.2-13",
        "cross_origin_forbidden",
        "a frame, and none is allowed",
        |a| a.ceremony.allow_cross_origin = false,
    );
    out.refuse(
        topped,
        "not-allowed",
        "7.2-13",
        "cross_origin_forbidden",
        "a frame, and none is allowed",
        |a| {
            a.ceremony.allow_cross_origin = false;
            a.ceremony.top_origins = None;
        },
    );
    let mismatch = "top_origin_mismatch";
    out.refuse(
        topped,
        "not-listed",
        "7.2-14",
        mismatch,
        "the page around the frame is not listed",
        |a| {
            a.ceremony.top_origins = Some(vec!["https://example.net".into()]);
        },
    );
    let quoted = format!("\"topOrigin\":\"{TOP}\"");
    for (id, to, why) in [
        ("slash", "https://example.com/", "a slash at the end"),
        ("http", "http://example.com", "another scheme"),
        ("suffix", "https://example.com.evil.example", "their name starts like the listed one"),
        ("own-origin", "https://example.org", "our own origin is not listed as a page around us"),
    ] {
        out.refuse(topped, &format!("top-origin-{id}"), "7.2-14", mismatch, why, |a| {
            a.ceremony.replace(&quoted, &format!("\"topOrigin\":\"{to}\""))
        });
    }
    out.refuse(
        topped,
        "top-origin-not-listed-without-frame",
        "7.2-14",
        mismatch,
        "topOrigin is judged whatever crossOrigin says",
        |a| {
            a.ceremony.replace("\"crossOrigin\":true", "\"crossOrigin\":false");
            a.ceremony.replace(TOP, "https://example.net");
        },
    );
    out.refuse(
        framed,
        "top-origin-absent",
        "7.2-14",
        mismatch,
        "a frame that does not say whose page is around it is on no list",
        |a| a.ceremony.top_origins = Some(vec![TOP.into()]),
    );
    out.accept(
        topped,
        "any-top-origin",
        "7.2-14",
        "any page, by the policy that is named for its danger",
        |a| a.ceremony.top_origins = None,
    );
}

/// Step 15, and the form of the authenticator data.
fn authenticator_data(out: &mut Out, plain: &Authentication) {
    for (id, data, code, why) in auth_data::assertion_faults(&plain.auth_data) {
        out.refuse(plain, &format!("auth-data-{id}"), "7.2-15", code, why, |a| {
            a.auth_data_bytes = Some(data)
        });
    }
    let attested = build(PLAIN).0.auth_data.attested;
    out.refuse(
        plain,
        "attested-data",
        "7.2-15",
        "attested_data_forbidden",
        "the attested credential data of a registration in an assertion",
        |a| {
            a.auth_data.flags |= AT;
            a.auth_data.attested = attested;
        },
    );
    out.refuse(
        plain,
        "rp-id-hash-bit",
        "7.2-15",
        "rp_id_hash_mismatch",
        "one bit of the hash is flipped",
        |a| a.auth_data.rp_id_hash[31] ^= 1,
    );
    for byte in 1..31 {
        let (id, why) = (format!("rp-id-hash-byte-{byte}"), "one bit of the hash is flipped");
        out.refuse(plain, &id, "7.2-15", "rp_id_hash_mismatch", why, |a| {
            a.auth_data.rp_id_hash[byte] ^= 1 << (byte % 8)
        });
    }
    out.refuse(
        plain,
        "rp-id-hash-of-origin",
        "7.2-15",
        "rp_id_hash_mismatch",
        "the hash of the origin: what U2F's AppID would give",
        |a| {
            a.auth_data.rp_id_hash = sha256(b"https://example.org");
        },
    );
    out.refuse(
        plain,
        "rp-id-other",
        "7.2-15",
        "rp_id_hash_mismatch",
        "the server expects a subdomain",
        |a| a.ceremony.rp_id = "login.example.org".into(),
    );
    for (id, extensions, why) in auth_data::extensions() {
        out.accept(plain, id, "7.2-23", why, |a| {
            a.auth_data.flags |= ED;
            a.auth_data.extensions = Some(extensions);
        });
    }
}

/// Steps 16 to 19.
fn flags(out: &mut Out, plain: &Authentication, framed: &Authentication) {
    out.refuse(plain, "user-not-present", "7.2-16", "user_not_present", "UP is clear", |a| {
        a.auth_data.flags &= !UP
    });
    out.refuse(
        plain,
        "user-verified-but-not-present",
        "7.2-16",
        "user_not_present",
        "UV without UP",
        |a| {
            a.auth_data.flags &= !UP;
            a.auth_data.flags |= UV;
        },
    );
    out.refuse(
        plain,
        "user-not-verified",
        "7.2-17",
        "user_not_verified",
        "UV is clear and required",
        |a| a.ceremony.require_verification = true,
    );
    out.accept(plain, "user-verified", "7.2-17", "UV is set and required", |a| {
        a.ceremony.require_verification = true;
        a.auth_data.flags |= UV;
    });
    out.refuse(
        framed,
        "backed-up-but-not-eligible",
        "7.2-18",
        "backup_flags_invalid",
        "BS without BE",
        |a| a.auth_data.flags |= BS,
    );
    let changed = "backup_eligibility_changed";
    out.refuse(
        plain,
        "eligibility-lost",
        "7.2-19",
        changed,
        "the record says eligible, the assertion does not",
        |a| a.auth_data.flags &= !(BE | BS),
    );
    out.refuse(
        plain,
        "eligibility-gained",
        "7.2-19",
        changed,
        "the record says not eligible, the assertion does",
        |a| a.stored_backup_eligible = Some(false),
    );
    out.refuse(
        framed,
        "eligibility-gained",
        "7.2-19",
        changed,
        "the record says not eligible, the assertion does",
        |a| a.auth_data.flags |= BE,
    );
    out.accept(plain, "eligibility-unknown", "7.2-19", "the record is older than the flags", |a| {
        a.stored_backup_eligible = None
    });
    out.accept(plain, "no-longer-backed-up", "7.2-19", "BS may change", |a| {
        a.auth_data.flags &= !BS
    });
    let upgrade = ("backup_policy", Json::from("allow_upgrade"));
    out.accept(
        plain,
        "eligibility-gained-allowed",
        "7.2-19",
        "an upgrade that the field has seen, by a policy of that name",
        |a| {
            a.stored_backup_eligible = Some(false);
            a.more.push(upgrade.clone());
        },
    );
    out.refuse(
        plain,
        "eligibility-lost-under-upgrade",
        "7.2-19",
        changed,
        "an upgrade is no downgrade",
        |a| {
            a.auth_data.flags &= !(BE | BS);
            a.more.push(upgrade.clone());
        },
    );
    for bit in [0x02, 0x20] {
        out.accept(
            plain,
            &format!("reserved-flag-{bit:02x}"),
            "7.2-16",
            "a reserved bit is ignored",
            |a| a.auth_data.flags |= bit,
        );
    }
}

/// Steps 20 and 21.
fn signature(out: &mut Out, plain: &Authentication, framed: &Authentication) {
    let (r, s) = plain.key.es256().sign(&plain.signed_bytes());
    for (id, signature, why) in der::faults(&r, &s) {
        out.refuse(plain, &format!("signature-{id}"), "7.2-21", "signature_malformed", why, |a| {
            a.signature = Some(signature)
        });
    }
    let long = plain.sent_signature().into_iter().cycle().take(40_000).collect();
    let (why, code) = ("40,000 bytes", "signature_malformed");
    out.refuse(plain, "signature-40000-bytes", "7.2-21", code, why, |a| a.signature = Some(long));
    out.large();
    let invalid = "signature_invalid";
    for (bytes, name) in [(&r, "r"), (&s, "s")] {
        for bit in [0, 100, 255] {
            let mut flipped = *bytes;
            flipped[31 - bit / 8] ^= 1 << (bit % 8);
            let signature = if name == "r" {
                der::signature(&flipped, &s)
            } else {
                der::signature(&r, &flipped)
            };
            out.refuse(
                plain,
                &format!("signature-{name}-bit-{bit}"),
                "7.2-21",
                invalid,
                "one bit is flipped, the form and the range are right",
                |a| a.signature = Some(signature),
            );
        }
    }
    out.accept(plain, "signature-other-s", "7.2-21", "(r, n - s) is a signature too", |a| {
        a.signature = Some(der::signature(&r, &other_s(&s)))
    });
    out.refuse(
        plain,
        "signature-r-and-s-swapped",
        "7.2-21",
        invalid,
        "r and s change places",
        |a| a.signature = Some(der::signature(&s, &r)),
    );
    out.refuse(plain, "signature-one-and-one", "7.2-21", invalid, "r = s = 1", |a| {
        a.signature = Some(der::signature(&[1], &[1]))
    });

    let client_data = plain.ceremony.client_data.clone();
    let (data, hash) = (plain.auth_data.bytes(), sha256(&client_data));
    // What the JSON means, written without the white space, is not what was signed.
    let rows: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        (
            "over-hash-then-data",
            [&hash[..], &data].concat(),
            "7.2-21",
            "the parts in the other order",
        ),
        ("over-data-alone", data.clone(), "7.2-21", "the client data is not signed"),
        ("over-hash-alone", hash.clone(), "7.2-21", "the authenticator data is not signed"),
        (
            "over-client-data-unhashed",
            [&data[..], &client_data].concat(),
            "7.2-20",
            "the client data in place of its hash",
        ),
        (
            "over-hash-of-hash",
            [&data[..], &sha256(&hash)].concat(),
            "7.2-20",
            "the hash is hashed once more",
        ),
        (
            "over-hex-of-hash",
            [&data[..], hex(&hash).as_bytes()].concat(),
            "7.2-20",
            "the hash in hex",
        ),
        ("over-nothing", vec![], "7.2-21", "an empty message"),
        (
            "of-registration",
            [build(PLAIN).0.auth_data.bytes(), sha256(&build(PLAIN).0.ceremony.client_data)]
                .concat(),
            "7.2-21",
            "what a packed registration would have signed",
        ),
        ("of-another-assertion", framed.signed_bytes(), "7.2-21", "another assertion"),
    ];
    for (id, message, step, why) in rows {
        let signature = plain.key.sign(&message);
        out.refuse(plain, &format!("signature-{id}"), step, invalid, why, |a| {
            a.signature = Some(signature)
        });
    }
    out.refuse(
        plain,
        "signature-by-another-key",
        "7.2-21",
        invalid,
        "another key signs the right bytes",
        |a| {
            a.signature = Some(Es256Key::new(&[7; 32]).sign_der(&a.signed_bytes()));
        },
    );
    out.refuse(plain, "stored-key-other", "7.2-21", invalid, "the record holds another key", |a| {
        a.stored_key = framed.key.cose()
    });
    // One change behind the signature's back: the signed bytes differ from those sent.
    let good = plain.sent_signature();
    out.refuse(plain, "signed-flags-changed", "7.2-21", invalid, "UV is set after signing", |a| {
        a.auth_data.flags |= UV;
        a.signature = Some(good.clone());
    });
    out.refuse(
        plain,
        "signed-counter-changed",
        "7.2-21",
        invalid,
        "the counter is raised after signing",
        |a| {
            a.auth_data.sign_count = 1;
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        plain,
        "signed-extensions-added",
        "7.2-21",
        invalid,
        "extensions are added after signing",
        |a| {
            a.auth_data.flags |= ED;
            a.auth_data.extensions = Some(vec![0xa0]);
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        plain,
        "signed-client-data-space",
        "7.2-20",
        invalid,
        "a blank is added after signing: the hash is over the bytes, not over what they mean",
        |a| {
            a.ceremony.client_data.push(b' ');
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        plain,
        "signed-client-data-bom",
        "7.2-20",
        invalid,
        "a byte order mark is added after signing: it is stripped for reading, not for hashing",
        |a| {
            a.ceremony.client_data.splice(0..0, *b"\xef\xbb\xbf");
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        plain,
        "signed-client-data-escape",
        "7.2-20",
        invalid,
        "an escape is added after signing",
        |a| {
            a.ceremony.replace("https://", "https:\\/\\/");
            a.signature = Some(good.clone());
        },
    );
    out.refuse(
        plain,
        "signed-client-data-member",
        "7.2-20",
        invalid,
        "an unknown member is added after signing",
        |a| {
            a.ceremony.replace("\"crossOrigin\":false", "\"crossOrigin\":false,\"x\":0");
            a.signature = Some(good);
        },
    );
}

/// Step 21, with a key that was prepared. `framed` has another person's.
fn prepared_keys(out: &mut Out, plain: &Authentication, framed: &Authentication) {
    let prepared = |key: &[u8]| ("prepared_public_key_cose_hex", Json::from(hex(key)));
    let own = plain.stored_key.clone();
    out.accept(plain, "prepared", "7.2-21", "the record's key, prepared", |a| {
        a.more.push(prepared(&own))
    });
    let own_of_other = framed.stored_key.clone();
    out.accept(framed, "prepared", "7.2-21", "another record's key, prepared", |a| {
        a.more.push(prepared(&own_of_other))
    });
    let (mut r, s) = plain.key.es256().sign(&plain.signed_bytes());
    let other = other_s(&s);
    out.accept(plain, "prepared-other-s", "7.2-21", "(r, n - s), with a prepared key", |a| {
        a.more.push(prepared(&own));
        a.signature = Some(der::signature(&r, &other));
    });
    r[31] ^= 1;
    let (why, code) = ("one bit of r is flipped, with a prepared key", "signature_invalid");
    out.refuse(plain, "prepared-r-bit-0", "7.2-21", code, why, |a| {
        a.more.push(prepared(&own));
        a.signature = Some(der::signature(&r, &s));
    });
    let (why, code) = ("s is 0, with a prepared key", "signature_malformed");
    out.refuse(plain, "prepared-s-0", "7.2-21", code, why, |a| {
        a.more.push(prepared(&own));
        a.signature = Some(der::signature(&r, &[0; 32]));
    });
    let mut renamed = own.to_vec();
    assert_eq!(renamed[3..5], [3, 0x26], "the algorithm's number");
    renamed[4] = 0x28;
    for (id, key, why) in [
        ("prepared-another-key", &framed.stored_key[..], "the prepared key of another record"),
        ("prepared-another-number", &renamed, "the same point, under the number of ESP256"),
    ] {
        out.refuse(plain, id, "7.2-21", "prepared_key_mismatch", why, |a| {
            a.more.push(prepared(key))
        });
    }
}

/// Step 22, which stands behind the signature.
fn counter(out: &mut Out, plain: &Authentication) {
    let set = |stored: u32, new: u32| {
        move |a: &mut Authentication| {
            a.stored_sign_count = stored;
            a.auth_data.sign_count = new;
        }
    };
    for (stored, new) in [
        (0, 1),
        (5, 6),
        (5, 500),
        (0, u32::MAX),
        (0x7fff_ffff, 0x8000_0000),
        (u32::MAX - 1, u32::MAX),
    ] {
        out.accept(
            plain,
            &format!("counter-{stored}-to-{new}"),
            "7.2-22",
            "the counter rises",
            set(stored, new),
        );
    }
    let regressed = "counter_regressed";
    for (stored, new, why) in [
        (5, 5, "the counter stands still"),
        (5, 4, "the counter falls"),
        (5, 0, "the counter falls to 0"),
        (1, 0, "the counter falls to 0"),
        (u32::MAX, u32::MAX, "the counter stands still at its end"),
        (u32::MAX, 0, "the counter wraps: refused like any fall"),
        (0x8000_0000, 0x7fff_ffff, "the counter falls; a signed comparison would see a rise"),
    ] {
        out.refuse(
            plain,
            &format!("counter-{stored}-to-{new}"),
            "7.2-22",
            regressed,
            why,
            set(stored, new),
        );
    }
    out.refuse(
        plain,
        "counter-judged-after-signature",
        "7.2-22",
        "signature_invalid",
        "a forged assertion must not look like a cloned authenticator",
        |a| {
            let good = a.sent_signature();
            set(5, 4)(a);
            a.signature = Some(good);
        },
    );
    let report = ("sign_count_policy", Json::from("report"));
    for (stored, new) in [(5_u32, 5_u32), (5, 4), (5, 0), (u32::MAX, 0)] {
        let case = out.accept(
            plain,
            &format!("counter-{stored}-to-{new}-reported"),
            "7.2-22",
            "the fall is data, by a policy of that name",
            |a| {
                set(stored, new)(a);
                a.more.push(report.clone());
            },
        );
        case.expect.set("counter_regressed", true.into());
    }
}
