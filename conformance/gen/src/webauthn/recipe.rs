//! The Level 3 test vectors from the recipe that the specification publishes: all fifteen pairs of a registration and an
//! authentication.

use super::ceremony::{
    AT, Attested, AuthData, Authentication, BE, BS, Ceremony, Registration, Statement, UP, UV,
    Verdict, sha256,
};
use super::certified::{Certified, Kind, Tpm};
use crate::bytes::{base64url, hex};
use crate::case::Case;
use crate::json::Json;
use crate::keys::{Ed25519Key, Es256Key, Key, verifies};
use crate::otp::{Algorithm, mac};
use mfakit_testing::android::{Authorizations, KeyDescription};
use mfakit_testing::attestation;
use mfakit_testing::client_data::ClientData;
use mfakit_testing::der;
use mfakit_testing::keys::{Ed448Key, Es384Key, Es512Key};
use mfakit_testing::rsa::RsaKey;
use mfakit_testing::tpm::{CertifyInfo, Public};
use mfakit_testing::x509::{
    AIK_CERTIFICATE, AUTHORITY_KEY_IDENTIFIER, CERTIFICATE_AUTHORITY, Certificate,
    DIGITAL_SIGNATURE, Extension, SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER, attributes,
    key_identifier, name,
};

/// A vector: its name in the recipe, its anchor in the specification, and what is special about it.
#[derive(Clone, Copy)]
pub(crate) struct Vector {
    label: &'static str,
    anchor: &'static str,
    title: &'static str,
    algorithm: i64,
    printed: Printed,
    cross_origin: bool,
    top_origin: bool,
    credential_id_len: usize,
    challenge_len: usize,
}

/// The statement that the specification prints.
#[derive(Clone, Copy, PartialEq)]
enum Printed {
    None,
    PackedSelf,
    Packed,
    Tpm,
    AndroidKey(Erratum),
    Apple,
    FidoU2f,
}

/// The text of the android-key vector changed twice.
#[derive(Clone, Copy, PartialEq)]
enum Erratum {
    /// The right one, of the branch L3-CR.
    None,
    /// Both authorization lists are empty.
    EmptyLists,
    /// They are, and the security levels are INTEGER in place of ENUMERATED.
    Integers,
}

pub(crate) const PLAIN: Vector = Vector {
    label: "none.ES256",
    anchor: "none-es256",
    title: "ES256 Credential with No Attestation",
    algorithm: -7,
    printed: Printed::None,
    cross_origin: false,
    top_origin: false,
    credential_id_len: 32,
    challenge_len: 32,
};
pub(crate) const CROSS_ORIGIN: Vector = Vector {
    label: "none.ES256.crossOrigin",
    anchor: "none-es256-crossOrigin",
    title: "ES256 Credential with \"crossOrigin\": true in clientDataJSON",
    cross_origin: true,
    ..PLAIN
};
pub(crate) const TOP_ORIGIN: Vector = Vector {
    label: "none.ES256.topOrigin",
    anchor: "none-es256-topOrigin",
    title: "ES256 Credential with \"topOrigin\" in clientDataJSON",
    cross_origin: true,
    top_origin: true,
    ..PLAIN
};
pub(crate) const LONG_ID: Vector = Vector {
    label: "none.ES256.long-credential-id",
    anchor: "none-es256-long-credential-id",
    title: "ES256 Credential with very long credential ID",
    credential_id_len: 1023,
    ..PLAIN
};
pub(crate) const PACKED_SELF: Vector = Vector {
    label: "packed-self.ES256",
    anchor: "packed-self-es256",
    title: "ES256 Credential with Self Attestation",
    printed: Printed::PackedSelf,
    ..PLAIN
};
pub(crate) const PACKED: Vector = Vector {
    label: "packed.ES256",
    anchor: "packed-es256",
    title: "Packed Attestation with ES256 Credential",
    printed: Printed::Packed,
    ..PLAIN
};
pub(crate) const PACKED_ES384: Vector = Vector {
    label: "packed.ES384",
    anchor: "packed-es384",
    title: "Packed Attestation with ES384 Credential",
    algorithm: -35,
    ..PACKED
};
pub(crate) const PACKED_ES512: Vector = Vector {
    label: "packed.ES512",
    anchor: "packed-es512",
    title: "Packed Attestation with ES512 Credential",
    algorithm: -36,
    challenge_len: 128,
    ..PACKED
};
pub(crate) const PACKED_RS256: Vector = Vector {
    label: "packed.RS256",
    anchor: "packed-rs256",
    title: "Packed Attestation with RS256 Credential",
    algorithm: -257,
    ..PACKED
};
pub(crate) const EDDSA: Vector = Vector {
    label: "packed.EdDSA",
    anchor: "packed-eddsa",
    title: "Packed Attestation with Ed25519 Credential",
    algorithm: -8,
    ..PACKED
};
pub(crate) const PACKED_ED448: Vector = Vector {
    label: "packed.Ed448",
    anchor: "packed-ed448",
    title: "Packed Attestation with Ed448 Credential",
    algorithm: -53,
    ..PACKED
};
pub(crate) const TPM: Vector = Vector {
    label: "tpm.ES256",
    anchor: "tpm-es256",
    title: "TPM Attestation with ES256 Credential",
    printed: Printed::Tpm,
    ..PLAIN
};
pub(crate) const ANDROID_KEY: Vector = Vector {
    label: "android-key.ES256",
    anchor: "android-key-es256",
    title: "Android Key Attestation with ES256 Credential",
    printed: Printed::AndroidKey(Erratum::None),
    ..PLAIN
};
pub(crate) const APPLE: Vector = Vector {
    label: "apple.ES256",
    anchor: "apple-es256",
    title: "Apple Anonymous Attestation with ES256 Credential",
    printed: Printed::Apple,
    ..PLAIN
};
pub(crate) const FIDO_U2F: Vector = Vector {
    label: "fido-u2f.ES256",
    anchor: "fido-u2f-es256",
    title: "FIDO U2F Attestation with ES256 Credential",
    printed: Printed::FidoU2f,
    ..PLAIN
};

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";
pub(crate) const TOP: &str = "https://example.com";

/// HKDF-SHA-256 (RFC 5869) with a salt of one byte that counts the values drawn.
struct Draws {
    info: &'static str,
    salt: u8,
}

impl Draws {
    fn draw(&mut self, len: usize) -> Vec<u8> {
        let pseudorandom_key = mac(Algorithm::Sha256, &[self.salt], b"WebAuthn test vectors");
        self.salt += 1;
        let mut out = Vec::new();
        let mut block = Vec::new();
        for counter in 1..=u8::MAX {
            block = mac(
                Algorithm::Sha256,
                &pseudorandom_key,
                &[&block, self.info.as_bytes(), &[counter]].concat(),
            );
            out.extend(&block);
            if out.len() >= len {
                break;
            }
        }
        out.truncate(len);
        out
    }

    fn byte(&mut self) -> u8 {
        self.draw(1)[0]
    }
}

/// The key of a credential of this algorithm.
fn credential_key(algorithm: i64, draws: &mut Draws) -> Key {
    match algorithm {
        -7 => Key::Es256(Es256Key::new(&draws.draw(32))),
        -35 => Key::Es384(Es384Key::new(&draws.draw(48))),
        // One byte less than the order has: below it.
        -36 => Key::Es512(Es512Key::new(&draws.draw(65))),
        -8 => Key::Ed25519(Ed25519Key::new(&draws.draw(32).try_into().expect("32 bytes"))),
        -53 => Key::Ed448(Ed448Key::new(&draws.draw(57).try_into().expect("57 bytes"))),
        // Two Mersenne primes; nothing is drawn.
        -257 => Key::Rsa(RsaKey::mersenne(-257, 1279, 2203)),
        other => panic!("no vector of the algorithm {other}"),
    }
}

/// The attestation CA of the vectors: its key and its certificate.
pub(crate) fn authority() -> (Key, Vec<u8>) {
    let mut draws = Draws { info: "Attestation CA", salt: 0 };
    let key = Key::Es256(Es256Key::new(&draws.draw(32)));
    let subject = authority_name();
    let mut certificate = Certificate::new(&draws.draw(16), &subject, &subject, &key);
    certificate.set(Extension::basic_constraints(true, None));
    certificate.set(Extension::key_usage(CERTIFICATE_AUTHORITY));
    certificate.set(subject_key_identifier(&key));
    let signed = certificate.sign(&key);
    (key, signed)
}

/// The name of the attestation CA.
pub(crate) fn authority_name() -> Vec<u8> {
    name(&attributes("WebAuthn test vectors", "W3C", "Authenticator Attestation CA", "AA"))
}

fn subject_key_identifier(key: &Key) -> Extension {
    Extension::new(SUBJECT_KEY_IDENTIFIER, false, der::octets(&key_identifier(key)))
}

/// The template of an attestation certificate, without what its format adds.
fn leaf(serial: &[u8], key: &Key, subject: &[u8]) -> Certificate {
    let (authority, _) = authority();
    let mut leaf = Certificate::new(serial, &authority_name(), subject, key);
    leaf.set(Extension::basic_constraints(false, None));
    leaf.set(Extension::key_usage(DIGITAL_SIGNATURE));
    leaf.set(subject_key_identifier(key));
    let identifier = der::element(0x80, &key_identifier(&authority));
    leaf.set(Extension::new(AUTHORITY_KEY_IDENTIFIER, false, der::sequence(&identifier)));
    leaf
}

/// The subject of an attestation certificate.
fn leaf_name() -> Vec<u8> {
    name(&attributes("WebAuthn test vectors", "W3C", "Authenticator Attestation", "AA"))
}

/// The statement with certificates that the vector prints.
fn certified(printed: Printed, registration: &Registration, draws: &mut Draws) -> Certified {
    // Two formats certify the credential's own key.
    let own = matches!(printed, Printed::AndroidKey(_) | Printed::Apple);
    let key =
        if own { registration.key.clone() } else { Key::Es256(Es256Key::new(&draws.draw(32))) };
    let serial = draws.draw(16);
    let subject = if printed == Printed::Tpm { name(&[]) } else { leaf_name() };
    let mut leaf = leaf(&serial, &key, &subject);
    let hash = sha256(&registration.ceremony.client_data);
    let message = registration.subject().message();
    let kind = match printed {
        Printed::Packed => Kind::Packed,
        Printed::FidoU2f => Kind::FidoU2f,
        Printed::Apple => {
            leaf.set(Extension::apple_nonce(&sha256(&message)));
            Kind::Apple
        }
        Printed::AndroidKey(erratum) => {
            let mut description = KeyDescription::new(&hash);
            if erratum != Erratum::None {
                description.tee = Authorizations::default();
            }
            if erratum == Erratum::Integers {
                description.security_levels = [der::number(0), der::number(0)];
            }
            Kind::AndroidKey(description)
        }
        Printed::Tpm => {
            leaf.set(Extension::extended_key_usage(&[AIK_CERTIFICATE]));
            leaf.set(device_name("id:00000000", "WebAuthn test vectors", "id:00000000"));
            let public = Public { auth_policy: Vec::new(), ..Public::new(&registration.key) };
            let info = CertifyInfo {
                // The specification ignores the clock; its vector's flag is neither 0 nor 1.
                clock_info: [&[0; 8][..], &[0x11; 4], &[0x22; 4], &[0x33]].concat(),
                ..CertifyInfo::new(&public, &sha256(&message))
            };
            Kind::Tpm(Tpm::new(&public, &info))
        }
        Printed::None | Printed::PackedSelf => panic!("no certificates"),
    };
    Certified {
        kind,
        key,
        leaf,
        issuer: authority().0,
        first: None,
        rest: Vec::new(),
        message: None,
        signature: None,
        edits: Vec::new(),
    }
}

/// The subject alternative name of an attestation identity key (§8.3.1): the TPM's manufacturer, model and version.
pub(crate) fn device_name(manufacturer: &str, model: &str, version: &str) -> Extension {
    let attribute = |kind, value| der::list(&[der::oid(kind), der::utf8(value)]);
    // One set: the order is that of the encodings, as DER wants it.
    let mut attributes = vec![
        attribute("2.23.133.2.1", manufacturer),
        attribute("2.23.133.2.3", version),
        attribute("2.23.133.2.2", model),
    ];
    attributes.sort();
    let directory_name = der::explicit(4, &der::list(&[der::set(&attributes)]));
    Extension::new(SUBJECT_ALT_NAME, true, der::list(&[directory_name]))
}

/// The pair of ceremonies of a vector.
pub(crate) fn build(vector: Vector) -> (Registration, Authentication) {
    let mut draws = Draws { info: vector.label, salt: 0 };
    let challenge = draws.draw(vector.challenge_len);
    let key = credential_key(vector.algorithm, &mut draws);
    let client_data = client_data(vector, "webauthn.create", &challenge, &mut draws);
    let aaguid = draws.draw(16);
    let credential_id = draws.draw(vector.credential_id_len);
    // A U2F key has no such flags.
    let flags = match vector.printed {
        Printed::FidoU2f => 0,
        _ => draws.byte() & (UV | BE | BS),
    };
    let ceremony = |challenge: Vec<u8>, client_data: Vec<u8>| Ceremony {
        rp_id: RP_ID.into(),
        origins: vec![ORIGIN.into()],
        allow_cross_origin: vector.cross_origin,
        top_origins: vector.top_origin.then(|| vec![TOP.into()]),
        challenge,
        require_presence: true,
        require_verification: false,
        client_data,
    };
    let mut registration = Registration {
        name: format!("l3-{}-reg", vector.anchor),
        ceremony: ceremony(challenge, client_data),
        key: key.clone(),
        auth_data: AuthData {
            attested: Some(Attested::new(&aaguid, &credential_id, &key.cose())),
            ..AuthData::new(RP_ID, UP | AT | backup_needs_eligibility(flags), 0)
        },
        offered: match vector.algorithm {
            -7 => vec![-7],
            other => vec![other, -7],
        },
        fmt: "none".into(),
        statement: Statement::Given(attestation::none()),
        attestation_object: None,
        trust: None,
        formats: None,
        unknown: None,
        now: None,
        verdict: Verdict::plain("none"),
        more: Vec::new(),
    };
    let (fmt, kind) = match vector.printed {
        Printed::None => ("none", "none"),
        Printed::PackedSelf => ("packed", "self"),
        Printed::Packed => ("packed", "basic"),
        Printed::Tpm => ("tpm", "attca"),
        Printed::AndroidKey(_) => ("android-key", "basic"),
        Printed::Apple => ("apple", "anonca"),
        Printed::FidoU2f => ("fido-u2f", "basic"),
    };
    registration.fmt = fmt.into();
    match vector.printed {
        Printed::None => {}
        Printed::PackedSelf => {
            registration.statement = Statement::PackedSelf;
            registration.verdict = Verdict::plain(kind);
        }
        printed => {
            let made = certified(printed, &registration, &mut draws);
            registration.statement = Statement::Certified(Box::new(made));
            registration.verdict =
                Verdict { kind: kind.into(), path_len: 1, ..Verdict::plain(kind) };
        }
    }

    let challenge = draws.draw(vector.challenge_len);
    let client_data = self::client_data(vector, "webauthn.get", &challenge, &mut draws);
    let flags = (draws.byte() & (UV | BS)) | (registration.auth_data.flags & BE);
    let flags = if vector.printed == Printed::FidoU2f { 0 } else { flags };
    let authentication = Authentication {
        name: format!("l3-{}-auth", vector.anchor),
        ceremony: ceremony(challenge, client_data),
        auth_data: AuthData::new(RP_ID, UP | backup_needs_eligibility(flags), 0),
        auth_data_bytes: None,
        signature: None,
        credential_id,
        stored_key: key.cose(),
        stored_sign_count: 0,
        stored_backup_eligible: Some(registration.auth_data.flags & BE != 0),
        user_handle: None,
        key,
        more: Vec::new(),
    };
    assert!(verifies(
        &authentication.stored_key,
        &authentication.signed_bytes(),
        &authentication.sent_signature()
    ));
    (registration, authentication)
}

/// The registration of a vector with attestation none in place of the statement that the specification prints.
pub(crate) fn build_unattested(vector: Vector) -> (Registration, Authentication) {
    let (mut registration, authentication) = build(vector);
    registration.name = format!("own-none-{}", vector.anchor.replacen("packed-", "", 1)) + "-reg";
    registration.fmt = "none".into();
    registration.statement = Statement::Given(attestation::none());
    registration.verdict = Verdict::plain("none");
    (registration, authentication)
}

/// BS is cleared where BE is.
const fn backup_needs_eligibility(flags: u8) -> u8 {
    if flags & BE == 0 { flags & !BS } else { flags }
}

/// The client data; bit 0 of a drawn byte says whether an unknown member follows.
fn client_data(vector: Vector, kind: &str, challenge: &[u8], draws: &mut Draws) -> Vec<u8> {
    let mut data = ClientData::new(kind, challenge, ORIGIN);
    data.cross_origin = vector.cross_origin;
    data.top_origin = vector.top_origin.then(|| TOP.into());
    if draws.byte() & 1 == 1 {
        data.more = Some(format!(
            "\"extraData\":\"clientDataJSON may be extended with additional fields in the future, such as this: {}\"",
            base64url(&draws.draw(16))
        ));
    }
    data.text().into_bytes()
}

/// The time at which the certificates of the positives are judged: the first moment of 2026.
const VERIFIED_AT: u64 = 1_767_225_600;

/// The positives of a vector as the specification prints them.
pub(crate) fn positives(vector: Vector) -> Vec<Case> {
    let (registration, authentication) = build(vector);
    let registration = as_printed(registration);
    let mut cases = vec![
        registration.accepted(&registration.name),
        authentication.accepted(&authentication.name),
    ];
    cases.iter_mut().for_each(|case| case.source = source(vector));
    cases
}

/// A statement with certificates is judged under the vectors' own CA.
fn as_printed(mut registration: Registration) -> Registration {
    if let Statement::Certified(_) = registration.statement {
        let (_, anchor) = authority();
        registration.more = vec![
            ("trust_anchors_hex", vec![hex(&anchor)].into()),
            ("verification_time", VERIFIED_AT.into()),
        ];
        if registration.fmt == "android-key" {
            registration.more.push(("android_key_policy", "tee".into()));
        }
        registration.verdict.anchor = Some(anchor);
    }
    registration
}

fn source(vector: Vector) -> Json {
    Json::object([
        ("document", "WebAuthn Level 3".into()),
        ("section", format!("Test Vectors, {}", vector.title).into()),
        (
            "anchor",
            format!("https://www.w3.org/TR/webauthn-3/#sctn-test-vectors-{}", vector.anchor).into(),
        ),
    ])
}

/// The two earlier texts of the android-key vector: everything holds but the key's description (w3c/webauthn issue 2373).
pub(crate) fn errata() -> Vec<Case> {
    let rows = [
        (
            Erratum::EmptyLists,
            "empty-lists",
            "attestation_claim_rejected",
            "both authorization lists are empty: neither origin nor purpose is said",
        ),
        (
            Erratum::Integers,
            "integer-enum",
            "certificate_malformed",
            "the security levels are INTEGER in place of ENUMERATED, and both lists are empty",
        ),
    ];
    rows.into_iter()
        .map(|(erratum, id, code, why)| {
            let vector = Vector { printed: Printed::AndroidKey(erratum), ..ANDROID_KEY };
            let mut registration = as_printed(build(vector).0);
            registration.more.pop();
            registration.more.push(("android_key_policy", "union".into()));
            let id = format!("l3-erratum-{}-{id}-reg", vector.anchor);
            let mut case = registration.refused(&id, code).step("7.1-22").why(why);
            case.source = source(vector);
            case
        })
        .collect()
}
