//! The Level 3 test vectors of attestation "none" with ES256, from the recipe that the specification publishes.

use super::ceremony::{
    AT, Attested, AuthData, Authentication, BE, BS, Ceremony, Registration, UP, UV, sha256,
};
use crate::bytes::base64url;
use crate::case::Case;
use crate::cbor_build::{map, text};
use crate::json::Json;
use crate::keys::{Key, verifies};
use crate::otp::{Algorithm, mac};

/// A vector: its name in the recipe, its anchor in the specification, and what is special about it.
#[derive(Clone, Copy)]
pub(crate) struct Vector {
    label: &'static str,
    anchor: &'static str,
    title: &'static str,
    cross_origin: bool,
    top_origin: bool,
    credential_id_len: usize,
}

pub(crate) const PLAIN: Vector = Vector {
    label: "none.ES256",
    anchor: "none-es256",
    title: "ES256 Credential with No Attestation",
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
pub(crate) const ALL: [Vector; 4] = [PLAIN, CROSS_ORIGIN, TOP_ORIGIN, LONG_ID];

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
    let key = Key::new(&draws.draw(32));
    let client_data = client_data(vector, "webauthn.create", &challenge, &mut draws);
    let aaguid = draws.draw(16);
    let credential_id = draws.draw(vector.credential_id_len);
    let flags = draws.byte() & (UV | BE | BS);
    let rp_id_hash = sha256(RP_ID.as_bytes());
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
        name: format!("l3-{}-reg", vector.anchor),
        ceremony: ceremony(challenge, client_data),
        key: key.clone(),
        auth_data: AuthData {
            rp_id_hash: rp_id_hash.clone(),
            flags: UP | AT | backup_needs_eligibility(flags),
            sign_count: 0,
            attested: Some(Attested {
                aaguid,
                credential_id: credential_id.clone(),
                length: None,
                public_key: key.cose(),
            }),
            extensions: None,
        },
        fmt: text("none"),
        att_stmt: map(&[]),
        attestation_object: None,
        more: Vec::new(),
    };

    let challenge = draws.draw(32);
    let client_data = self::client_data(vector, "webauthn.get", &challenge, &mut draws);
    let flags = (draws.byte() & (UV | BS)) | (registration.auth_data.flags & BE);
    let authentication = Authentication {
        name: format!("l3-{}-auth", vector.anchor),
        ceremony: ceremony(challenge, client_data),
        auth_data: AuthData {
            rp_id_hash,
            flags: UP | backup_needs_eligibility(flags),
            sign_count: 0,
            attested: None,
            extensions: None,
        },
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
    let (x, y) = authentication.key.point();
    assert!(verifies(&x, &y, &authentication.signed_bytes(), &authentication.sent_signature()));
    (registration, authentication)
}

/// BS is cleared where BE is.
const fn backup_needs_eligibility(flags: u8) -> u8 {
    if flags & BE == 0 { flags & !BS } else { flags }
}

/// The client data; bit 0 of a drawn byte says whether an unknown member follows.
fn client_data(vector: Vector, kind: &str, challenge: &[u8], draws: &mut Draws) -> Vec<u8> {
    let mut text = format!(
        "{{\"type\":\"{kind}\",\"challenge\":\"{}\",\"origin\":\"{ORIGIN}\",\"crossOrigin\":{}",
        base64url(challenge),
        vector.cross_origin
    );
    if vector.top_origin {
        text.push_str(&format!(",\"topOrigin\":\"{TOP}\""));
    }
    if draws.byte() & 1 == 1 {
        text.push_str(&format!(
            ",\"extraData\":\"clientDataJSON may be extended with additional fields in the future, such as this: {}\"",
            base64url(&draws.draw(16))
        ));
    }
    text.push('}');
    text.into_bytes()
}

/// The positives as the specification prints them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for vector in ALL {
        let (registration, authentication) = build(vector);
        for mut case in [
            registration.accepted(&registration.name),
            authentication.accepted(&authentication.name),
        ] {
            case.source = Json::object([
                ("document", "WebAuthn Level 3".into()),
                ("section", format!("Test Vectors, {}", vector.title).into()),
                (
                    "anchor",
                    format!(
                        "https://www.w3.org/TR/webauthn-3/#sctn-test-vectors-{}",
                        vector.anchor
                    )
                    .into(),
                ),
            ]);
            cases.push(case);
        }
    }
    cases
}
