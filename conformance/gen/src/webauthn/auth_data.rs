//! Authenticator data (§6.1): flags against bytes, lengths, and what may follow.

use super::ceremony::{AT, AuthData, BE, BS, ED, UP, UV};
use super::recipe::{LONG_ID, PLAIN, build};
use crate::bytes::hex;
use crate::case::{Case, File};
use crate::json::Json;
use mfakit_testing::cbor::{array, int, map, raw, text};

/// Ways to break attested credential data or what stands around it, for registrations: id, bytes, code, why.
pub(crate) fn attested_faults(
    good: &AuthData,
) -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let whole = good.bytes();
    let attested = good.attested.clone().expect("attested credential data");
    let id_len = attested.credential_id.len();
    let with_id = |len: usize| {
        let mut changed = good.clone();
        changed.attested.as_mut().expect("there").credential_id =
            attested.credential_id.iter().copied().cycle().take(len).collect();
        changed.bytes()
    };
    let claims = |length: u16| {
        let mut changed = good.clone();
        changed.attested.as_mut().expect("there").length = Some(length);
        changed.bytes()
    };
    let with_flags = |flags: u8| AuthData { flags, ..good.clone() }.bytes();
    let with_extensions = |flags: u8, extensions| {
        AuthData { flags, extensions: Some(extensions), ..good.clone() }.bytes()
    };
    let malformed = "auth_data_malformed";
    let ext = good.flags | ED;
    vec![
        ("empty", vec![], malformed, "no authenticator data"),
        ("cut-in-the-hash", whole[..31].to_vec(), malformed, "shorter than the hash"),
        ("cut-before-the-flags", whole[..32].to_vec(), malformed, "the flags are missing"),
        (
            "cut-in-the-counter",
            whole[..36].to_vec(),
            malformed,
            "36 bytes, one short of the smallest",
        ),
        (
            "cut-after-the-counter",
            whole[..37].to_vec(),
            malformed,
            "AT announces what is not there",
        ),
        ("cut-in-the-aaguid", whole[..52].to_vec(), malformed, "the AAGUID ends early"),
        ("cut-in-the-id-length", whole[..54].to_vec(), malformed, "the length ends early"),
        (
            "cut-in-the-id",
            whole[..55 + id_len - 1].to_vec(),
            malformed,
            "the credential id ends early",
        ),
        (
            "cut-in-the-key",
            whole[..whole.len() - 1].to_vec(),
            "cbor_malformed",
            "the last byte of the key is missing",
        ),
        (
            "trailing-byte",
            [&whole[..], &[0]].concat(),
            "auth_data_trailing_bytes",
            "a byte follows the key",
        ),
        (
            "trailing-extensions",
            [whole.clone(), map(&[])].concat(),
            "auth_data_trailing_bytes",
            "extensions without ED",
        ),
        (
            "at-clear",
            with_flags(good.flags & !AT),
            "auth_data_trailing_bytes",
            "attested credential data without AT",
        ),
        ("ed-without-extensions", with_flags(ext), malformed, "ED announces what is not there"),
        (
            "extensions-trailing-byte",
            with_extensions(ext, [map(&[]), vec![0]].concat()),
            "auth_data_trailing_bytes",
            "a byte follows the extensions",
        ),
        ("extensions-array", with_extensions(ext, array(&[])), malformed, "extensions are a map"),
        ("extensions-integer", with_extensions(ext, int(0)), malformed, "extensions are a map"),
        ("extensions-cut", with_extensions(ext, raw("a1")), "cbor_malformed", "the map ends early"),
        (
            "extensions-duplicate",
            with_extensions(ext, map(&[(text("a"), int(0)), (text("a"), int(0))])),
            "cbor_duplicate_key",
            "an extension twice",
        ),
        (
            "extensions-indefinite",
            with_extensions(ext, raw("bfff")),
            "cbor_indefinite_length",
            "an indefinite length",
        ),
        (
            "extensions-non-minimal",
            with_extensions(ext, raw("b800")),
            "cbor_non_minimal",
            "a count in two bytes",
        ),
        (
            "extensions-tag",
            with_extensions(ext, map(&[(text("a"), raw("c000"))])),
            "cbor_tag_forbidden",
            "a tag",
        ),
        (
            "extensions-deep",
            with_extensions(ext, map(&[(text("a"), raw("8181818100"))])),
            "cbor_too_deep",
            "five levels",
        ),
        ("id-0-bytes", with_id(0), "credential_id_length", "an empty credential id"),
        ("id-1024-bytes", with_id(1024), "credential_id_length", "one byte more than 1023"),
        ("id-length-beyond", claims(1000), malformed, "a length beyond the end"),
        ("id-length-largest", claims(0xffff), malformed, "the largest length, beyond the end"),
        ("id-length-zero", claims(0), "credential_id_length", "a length of 0 before an id"),
        (
            "key-duplicate-label",
            {
                let mut changed = good.clone();
                let key = &mut changed.attested.as_mut().expect("there").public_key;
                *key = [&[0xa6][..], &key[1..], &int(3), &int(-7)].concat();
                changed.bytes()
            },
            "cbor_duplicate_key",
            "alg twice",
        ),
    ]
}

/// Ways to break the authenticator data of an assertion: id, bytes, code, why.
pub(crate) fn assertion_faults(
    good: &AuthData,
) -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let whole = good.bytes();
    let with = |flags: u8, extensions: Option<Vec<u8>>| {
        AuthData { flags, extensions, ..good.clone() }.bytes()
    };
    let ext = good.flags | ED;
    vec![
        ("empty", vec![], "auth_data_malformed", "no authenticator data"),
        ("36-bytes", whole[..36].to_vec(), "auth_data_malformed", "one byte short of the smallest"),
        (
            "trailing-byte",
            [&whole[..], &[0]].concat(),
            "auth_data_trailing_bytes",
            "a byte follows",
        ),
        (
            "trailing-extensions",
            [whole.clone(), map(&[])].concat(),
            "auth_data_trailing_bytes",
            "extensions without ED",
        ),
        (
            "ed-without-extensions",
            with(ext, None),
            "auth_data_malformed",
            "ED announces what is not there",
        ),
        (
            "at-without-data",
            with(good.flags | AT, None),
            "auth_data_malformed",
            "AT announces what is not there",
        ),
        (
            "extensions-trailing-byte",
            with(ext, Some(raw("a000"))),
            "auth_data_trailing_bytes",
            "a byte follows the extensions",
        ),
        (
            "extensions-text",
            with(ext, Some(text("a"))),
            "auth_data_malformed",
            "extensions are a map",
        ),
        (
            "extensions-duplicate",
            with(ext, Some(map(&[(text("a"), int(0)), (text("a"), int(1))]))),
            "cbor_duplicate_key",
            "an extension twice",
        ),
        (
            "extensions-indefinite",
            with(ext, Some(raw("bfff"))),
            "cbor_indefinite_length",
            "an indefinite length",
        ),
    ]
}

/// Extension outputs that nobody asked for and that must do no harm.
pub(crate) fn extensions() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    vec![
        ("extensions-empty", map(&[]), "an empty map"),
        (
            "extensions-unknown",
            map(&[(text("example.unknown"), map(&[(text("a"), array(&[int(1), raw("f5")]))]))]),
            "an extension that nobody knows",
        ),
        (
            "extensions-credprotect",
            map(&[(text("credProtect"), int(2))]),
            "credProtect, as real authenticators add it",
        ),
        (
            "extensions-float",
            map(&[(text("example.float"), raw("fb3ff199999999999a"))]),
            "a float within an extension that nobody knows",
        ),
        (
            "extensions-unsorted",
            map(&[(text("credProtect"), int(2)), (text("a"), int(0))]),
            "keys out of canonical order",
        ),
    ]
}

/// The file of authenticator data on its own.
pub(crate) fn file() -> File {
    let (registration, authentication) = build(PLAIN);
    let (long, _) = build(LONG_ID);
    let mut cases = Vec::new();
    let mut accept = |id: &str, from: &str, data: &AuthData, why: &str| {
        let attested = data.attested.as_ref();
        let mut case = Case::new("auth_data.parse", format!("auth-data-{id}"))
            .input("authenticator_data_hex", hex(&data.bytes()))
            .accept(
                "valid",
                [
                    ("rp_id_hash_hex", hex(&data.rp_id_hash).into()),
                    ("flags_hex", hex(&[data.flags]).into()),
                    ("sign_count", data.sign_count.into()),
                    ("aaguid_hex", attested.map(|a| hex(&a.aaguid)).into()),
                    ("credential_id_hex", attested.map(|a| hex(&a.credential_id)).into()),
                    ("credential_public_key_cose_hex", attested.map(|a| hex(&a.public_key)).into()),
                    ("extensions_hex", data.extensions.as_deref().map(hex).into()),
                ],
            )
            .why(why);
        case.source = source(from, id);
        cases.push(case);
    };
    let (reg, auth) = (&registration.auth_data, &authentication.auth_data);
    accept("assertion", &authentication.name, auth, "37 bytes");
    accept("registration", &registration.name, reg, "with attested credential data");
    accept(
        "registration-long-id",
        &long.name,
        &long.auth_data,
        "with a credential id of 1023 bytes",
    );
    let mut one = reg.clone();
    one.attested.as_mut().expect("there").credential_id = vec![0x2a];
    accept("registration-id-1-byte", &registration.name, &one, "with a credential id of one byte");
    for (id, extensions, why) in extensions() {
        let extended = |data: &AuthData| AuthData {
            flags: data.flags | ED,
            extensions: Some(extensions.clone()),
            ..data.clone()
        };
        accept(&format!("assertion-{id}"), &authentication.name, &extended(auth), why);
        accept(&format!("registration-{id}"), &registration.name, &extended(reg), why);
    }
    for (id, flags, why) in [
        ("flags-none", 0, "no flag at all: what it means is not the reader's business"),
        ("flags-reserved", UP | 0x22, "reserved bits are ignored"),
        ("flags-all-but-at-and-ed", UP | UV | BE | BS | 0x22, "every bit that announces nothing"),
    ] {
        accept(id, &authentication.name, &AuthData { flags, ..auth.clone() }, why);
    }
    for sign_count in [1, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        accept(
            &format!("counter-{sign_count}"),
            &authentication.name,
            &AuthData { sign_count, ..auth.clone() },
            "the counter has 32 bits, big-endian",
        );
    }
    let largest = {
        let mut data = reg.clone();
        data.attested.as_mut().expect("there").credential_id = vec![0x2a; 65_535];
        data.bytes()
    };
    let mut case = Case::new("auth_data.parse", "auth-data-registration-id-65535-bytes")
        .input("authenticator_data_hex", hex(&largest))
        .reject("credential_id_length")
        .requires("large_inputs")
        .why("the largest id that the length can announce");
    case.source = source(&registration.name, "registration-id-65535-bytes");
    cases.push(case);
    cases.extend(cells(reg, &registration.name));
    let faults = [
        ("registration", &registration.name, attested_faults(reg)),
        ("assertion", &authentication.name, assertion_faults(auth)),
    ];
    for (kind, from, faults) in faults {
        for (id, bytes, code, why) in faults {
            let id = format!("{kind}-{id}");
            let mut case = Case::new("auth_data.parse", format!("auth-data-{id}"))
                .input("authenticator_data_hex", hex(&bytes))
                .reject(code)
                .why(why);
            case.source = source(from, &id);
            cases.push(case);
        }
    }
    File {
        topic: "auth-data",
        description: "Authenticator data: flags against bytes, lengths, extensions",
        notes: vec![
            "Data that ends where its flags announce more is auth_data_malformed; CBOR that is there and wrong keeps its \
             cbor_ code; what is left over is auth_data_trailing_bytes."
                .into(),
        ],
        cases,
    }
}

/// Every way in which AT, ED and what stands behind the counter can differ.
fn cells(good: &AuthData, from: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    // An AAGUID of zeros is no map: where extensions are announced, it does not pass for them.
    let mut attested = good.attested.clone().expect("there");
    attested.aaguid = vec![0; 16];
    for (says_attested, says_extensions) in
        [(false, false), (false, true), (true, false), (true, true)]
    {
        for (has_attested, has_extensions) in
            [(false, false), (false, true), (true, false), (true, true)]
        {
            let flag = |set: bool, bit: u8| if set { bit } else { 0 };
            let data = AuthData {
                flags: UP | flag(says_attested, AT) | flag(says_extensions, ED),
                attested: has_attested.then(|| attested.clone()),
                extensions: has_extensions.then(|| map(&[])),
                ..good.clone()
            };
            let missing = (says_attested && !has_attested)
                || (says_extensions && !has_extensions)
                || (says_extensions && !says_attested && has_attested);
            let word = |set: bool| if set { "set" } else { "clear" };
            let body = match (has_attested, has_extensions) {
                (false, false) => "nothing",
                (true, false) => "attested",
                (false, true) => "extensions",
                (true, true) => "both",
            };
            let id = format!("cell-at-{}-ed-{}-{body}", word(says_attested), word(says_extensions));
            let case = Case::new("auth_data.parse", format!("auth-data-{id}"))
                .input("authenticator_data_hex", hex(&data.bytes()));
            let mut case = if (says_attested, says_extensions) == (has_attested, has_extensions) {
                case.accept(
                    "valid",
                    [
                        ("flags_hex", hex(&[data.flags]).into()),
                        ("extensions_hex", data.extensions.as_deref().map(hex).into()),
                    ],
                )
                .why("what is announced is there")
            } else if missing {
                case.reject("auth_data_malformed").why("what is announced is not there")
            } else {
                case.reject("auth_data_trailing_bytes").why("what is there is not announced")
            };
            case.source = source(from, &id);
            cases.push(case);
        }
    }
    cases
}

fn source(from: &str, mutation: &str) -> Json {
    Json::object([
        ("document", "WebAuthn Level 3".into()),
        ("section", "6.1".into()),
        ("derived_from", from.into()),
        ("mutation", mutation.into()),
    ])
}
