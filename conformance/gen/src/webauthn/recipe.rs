//! The Level 3 test vectors of attestation none and packed self, and of Ed25519 keys, from the recipe that the specification
//! publishes.

use super::ceremony::{
    AT, Attested, AuthData, Authentication, BE, BS, Ceremony, Registration, Statement, UP, UV,
};
use crate::bytes::base64url;
use crate::case::Case;
use crate::json::Json;
use crate::keys::{Ed25519Key, Es256Key, Key, verifies};
use crate::otp::{Algorithm, mac};
use mfakit_testing::attestation;
use mfakit_testing::client_data::ClientData;

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
}

/// The statement that the specification prints.
#[derive(Clone, Copy, PartialEq)]
enum Printed {
    None,
    PackedSelf,
    /// One with certificates, which is not built here. Its registration is one of our own, with attestation none.
    Certified,
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
pub(crate) const EDDSA: Vector = Vector {
    label: "packed.EdDSA",
    anchor: "packed-eddsa",
    title: "Packed Attestation with Ed25519 Credential",
    algorithm: -8,
    printed: Printed::Certified,
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

/// The pair of ceremonies of a vector.
pub(crate) fn build(vector: Vector) -> (Registration, Authentication) {
    let mut draws = Draws { info: vector.label, salt: 0 };
    let challenge = draws.draw(32);
    let private = draws.draw(32);
    let key = match vector.algorithm {
        -7 => Key::Es256(Es256Key::new(&private)),
        _ => Key::Ed25519(Ed25519Key::new(&private.try_into().expect("32 bytes"))),
    };
    let client_data = client_data(vector, "webauthn.create", &challenge, &mut draws);
    let aaguid = draws.draw(16);
    let credential_id = draws.draw(vector.credential_id_len);
    let flags = draws.byte() & (UV | BE | BS);
    let printed = format!("l3-{}-reg", vector.anchor);
    let none = Statement::Given(attestation::none());
    let (name, fmt, statement) = match vector.printed {
        Printed::None => (printed, "none", none),
        Printed::PackedSelf => (printed, "packed", Statement::PackedSelf),
        Printed::Certified => {
            // The attestation key and the certificate's serial number.
            let _ = (draws.draw(32), draws.draw(16));
            ("own-none-eddsa-reg".into(), "none", none)
        }
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
    let registration = Registration {
        name,
        ceremony: ceremony(challenge, client_data),
        key: key.clone(),
        auth_data: AuthData {
            attested: Some(Attested::new(&aaguid, &credential_id, &key.cose())),
            ..AuthData::new(RP_ID, UP | AT | backup_needs_eligibility(flags), 0)
        },
        offered: if vector.algorithm == -7 { vec![-7] } else { vec![-8, -7] },
        fmt: fmt.into(),
        statement,
        attestation_object: None,
        more: Vec::new(),
    };

    let challenge = draws.draw(32);
    let client_data = self::client_data(vector, "webauthn.get", &challenge, &mut draws);
    let flags = (draws.byte() & (UV | BS)) | (registration.auth_data.flags & BE);
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

/// The positives of a vector as the specification prints them.
pub(crate) fn positives(vector: Vector) -> Vec<Case> {
    let (registration, authentication) = build(vector);
    let mut cases = vec![authentication.accepted(&authentication.name)];
    if vector.printed != Printed::Certified {
        cases.insert(0, registration.accepted(&registration.name));
    }
    for case in &mut cases {
        let anchor = "https://www.w3.org/TR/webauthn-3/#sctn-test-vectors-";
        case.source = Json::object([
            ("document", "WebAuthn Level 3".into()),
            ("section", format!("Test Vectors, {}", vector.title).into()),
            ("anchor", format!("{anchor}{}", vector.anchor).into()),
        ]);
    }
    cases
}
