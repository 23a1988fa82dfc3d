//! Every flags byte under every policy, and every bit of the hashes and numbers that are compared whole, against an oracle
//! written from the specification: §6.1 for the form, §7.1 steps 13 to 17, §7.2 steps 11 and 15 to 19.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests may panic")]

use mfakit::{
    BackupPolicy, CredentialRecord, Error, Mediation, NewRecord, RelyingParty, RelyingPartyOptions,
    Stateless, UserVerification,
};
use mfakit_testing::attestation;
use mfakit_testing::auth_data::{AT, Attested, AuthData, BE, BS, ED, UP, UV};
use mfakit_testing::client_data::ClientData;
use mfakit_testing::keys::{Es256Key, Key};
use mfakit_testing::text::base64url;
use serde_json::json;

const RP_ID: &str = "example.org";
const ORIGIN: &str = "https://example.org";
const CHALLENGE: [u8; 32] = [0x2a; 32];
const ID: &[u8] = b"credential";
const OWNER: &[u8] = b"owner";
const EMPTY_MAP: [u8; 1] = [0xa0];

const VERIFICATIONS: [UserVerification; 3] =
    [UserVerification::Required, UserVerification::Preferred, UserVerification::Discouraged];

fn key() -> Key {
    Key::Es256(Es256Key::new(&[7; 32]))
}

fn attested() -> Attested {
    Attested::new(&[0; 16], ID, &key().cose())
}

fn rp(backup: BackupPolicy, absent_user: bool) -> RelyingParty {
    let mut options = RelyingPartyOptions::new("Example", &[ORIGIN], UserVerification::Required);
    options.backup = backup;
    options.danger_allow_absent_user = absent_user;
    RelyingParty::new(RP_ID, options).unwrap()
}

fn response(members: serde_json::Value) -> Vec<u8> {
    let id = base64url(ID);
    json!({"id": id, "rawId": id, "type": "public-key", "response": members}).to_string().into()
}

fn registration(auth_data: &[u8]) -> Vec<u8> {
    let client_data = ClientData::new("webauthn.create", &CHALLENGE, ORIGIN).text();
    response(json!({
        "clientDataJSON": base64url(client_data.as_bytes()),
        "attestationObject": base64url(&attestation::object("none", &attestation::none(), auth_data)),
    }))
}

fn assertion(auth_data: &[u8], challenge: &[u8]) -> Vec<u8> {
    let client_data = ClientData::new("webauthn.get", challenge, ORIGIN).text();
    let signed = attestation::signed_bytes(auth_data, client_data.as_bytes());
    response(json!({
        "clientDataJSON": base64url(client_data.as_bytes()),
        "authenticatorData": base64url(auth_data),
        "signature": base64url(&key().sign(&signed)),
    }))
}

fn record(backup_eligible: Option<bool>, backed_up: Option<bool>) -> CredentialRecord {
    let parts = NewRecord {
        public_key: &base64url(&key().cose()),
        user_handle: &base64url(OWNER),
        sign_count: 0,
        transports: Vec::new(),
        backup_eligible,
        backed_up,
        aaguid: None,
        uv_initialized: None,
    };
    CredentialRecord::new(&base64url(ID), parts).unwrap()
}

fn challenge() -> String {
    base64url(&CHALLENGE)
}

/// Authenticator data with these flags, and behind the counter what `body` says, whatever the flags announce.
fn auth_data(flags: u8, body: Body) -> Vec<u8> {
    AuthData {
        attested: body.attested.then(attested),
        extensions: body.extensions.then(|| EMPTY_MAP.to_vec()),
        ..AuthData::new(RP_ID, flags, 0)
    }
    .bytes()
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Body {
    attested: bool,
    extensions: bool,
}

const BODIES: [Body; 4] = [
    Body { attested: false, extensions: false },
    Body { attested: false, extensions: true },
    Body { attested: true, extensions: false },
    Body { attested: true, extensions: true },
];

fn announced(flags: u8) -> Body {
    Body { attested: flags & AT != 0, extensions: flags & ED != 0 }
}

/// §6.1: AT and ED say what follows, all of it and nothing else.
fn form(flags: u8, body: Body) -> Result<(), Error> {
    let announced = announced(flags);
    if body == announced {
        return Ok(());
    }
    // What is missing is noticed where it should stand; attested credential data begin with an AAGUID of zeros here,
    // which is no map of extensions.
    let missing = (announced.attested && !body.attested)
        || (announced.extensions && !body.extensions)
        || (announced.extensions && !announced.attested && body.attested);
    Err(if missing { Error::AuthDataMalformed } else { Error::AuthDataTrailingBytes })
}

/// What both procedures ask of the flags, in their order.
fn presence_and_backup(flags: u8, uv: UserVerification, absent_user: bool) -> Result<(), Error> {
    if flags & UP == 0 && !absent_user {
        return Err(Error::UserNotPresent);
    }
    if flags & UV == 0 && uv == UserVerification::Required {
        return Err(Error::UserNotVerified);
    }
    if flags & BS != 0 && flags & BE == 0 {
        return Err(Error::BackupFlagsInvalid);
    }
    Ok(())
}

#[test]
fn registrations_with_every_flags_byte() {
    let rp = rp(BackupPolicy::Strict, false);
    let (mut accepted, mut all) = (0, 0);
    for flags in 0..=u8::MAX {
        for body in BODIES {
            let response = registration(&auth_data(flags, body));
            for uv in VERIFICATIONS {
                for mediation in [None, Some(Mediation::Conditional)] {
                    let more = Stateless {
                        user_verification: Some(uv),
                        mediation,
                        ..Stateless::default()
                    };
                    let expected = form(flags, body)
                        .and(if flags & AT == 0 { Err(Error::AttestedDataMissing) } else { Ok(()) })
                        .and(presence_and_backup(flags, uv, mediation.is_some()));
                    let got =
                        rp.verify_registration(&response, &challenge(), &base64url(OWNER), more);
                    let row = format!("{flags:#04x} {body:?} {uv:?} {mediation:?}");
                    all += 1;
                    match (expected, got) {
                        (Ok(()), Ok(verified)) => {
                            accepted += 1;
                            assert_eq!(verified.flags(), flags, "{row}");
                            assert_eq!(verified.user_verified(), flags & UV != 0, "{row}");
                            let record = verified.credential();
                            assert_eq!(record.backup_eligible(), Some(flags & BE != 0), "{row}");
                            assert_eq!(record.backed_up(), Some(flags & BS != 0), "{row}");
                            assert_eq!(
                                verified.extensions().raw_authenticator().is_some(),
                                body.extensions,
                                "{row}"
                            );
                        }
                        (expected, got) => assert_eq!(got.err(), expected.err(), "{row}"),
                    }
                }
            }
        }
    }
    // Per ED and per reserved bit twice over, with AT: 3 of 4 backup states; of (UP, UV) under three policies with and
    // without mediation 1 + 2, 2 + 4 and 2 + 4 pass.
    assert_eq!((all, accepted), (256 * 4 * 6, 8 * 3 * (3 + 6 + 6)));
}

#[test]
fn assertions_with_every_flags_byte_policy_and_record() {
    let states = [None, Some(false), Some(true)];
    let (mut accepted, mut all) = (0, 0);
    for flags in 0..=u8::MAX {
        for body in BODIES {
            let response = assertion(&auth_data(flags, body), &CHALLENGE);
            for backup in [BackupPolicy::Strict, BackupPolicy::AllowUpgrade] {
                for absent_user in [false, true] {
                    let rp = rp(backup, absent_user);
                    for (uv, known) in VERIFICATIONS.iter().flat_map(|uv| states.map(|k| (*uv, k)))
                    {
                        let eligible = flags & BE != 0;
                        let upgraded = backup == BackupPolicy::AllowUpgrade && eligible;
                        let kept = known.is_none_or(|known| known == eligible || upgraded);
                        let expected = form(flags, body)
                            .and(if flags & AT == 0 {
                                Ok(())
                            } else {
                                Err(Error::AttestedDataForbidden)
                            })
                            .and(presence_and_backup(flags, uv, absent_user))
                            .and(if kept { Ok(()) } else { Err(Error::BackupEligibilityChanged) });
                        // The stored BS decides nothing: it takes turns.
                        let record = record(known, states[usize::from(flags) % 3]);
                        let more =
                            Stateless { user_verification: Some(uv), ..Stateless::default() };
                        let owner = base64url(OWNER);
                        let got = rp.verify_authentication(
                            &response,
                            &challenge(),
                            &owner,
                            &record,
                            more,
                        );
                        let row = format!(
                            "{flags:#04x} {body:?} {backup:?} {absent_user} {uv:?} {known:?}"
                        );
                        all += 1;
                        match (expected, got) {
                            (Ok(()), Ok(verified)) => {
                                accepted += 1;
                                assert_eq!(verified.flags(), flags, "{row}");
                                assert_eq!(verified.user_verified(), flags & UV != 0, "{row}");
                                assert_eq!(verified.backup_eligible(), eligible, "{row}");
                                assert_eq!(verified.backed_up(), flags & BS != 0, "{row}");
                                let next = &verified.transition().next;
                                let next = CredentialRecord::from_text(next).unwrap();
                                assert_eq!(next.backup_eligible(), Some(eligible), "{row}");
                                assert_eq!(next.backed_up(), Some(flags & BS != 0), "{row}");
                            }
                            (expected, got) => assert_eq!(got.err(), expected.err(), "{row}"),
                        }
                    }
                }
            }
        }
    }
    // Per ED and per reserved bit twice over, without AT. (UP, UV) pass 15 times as above. Of the records, BE = 0 fits two
    // with its one state of BS, under both policies; BE = 1 fits two of three, and all three under the upgrade, with two.
    assert_eq!((all, accepted), (256 * 4 * 2 * 2 * 9, 8 * 15 * (2 * 2 + (2 + 3) * 2)));
}

#[test]
fn every_bit_of_the_rp_id_hash_counts() {
    let rp = rp(BackupPolicy::Strict, false);
    for bit in 0..256 {
        for flags in [UP | UV | AT, UP | UV] {
            let mut data = auth_data(flags, announced(flags));
            data[bit / 8] ^= 1 << (bit % 8);
            let (challenge, owner) = (challenge(), base64url(OWNER));
            let error = if flags & AT == 0 {
                let response = assertion(&data, &CHALLENGE);
                let record = record(Some(false), Some(false));
                rp.verify_authentication(
                    &response,
                    &challenge,
                    &owner,
                    &record,
                    Stateless::default(),
                )
                .err()
            } else {
                let response = registration(&data);
                rp.verify_registration(&response, &challenge, &owner, Stateless::default()).err()
            };
            assert_eq!(error, Some(Error::RpIdHashMismatch), "bit {bit}");
        }
    }
}

#[test]
fn every_bit_of_the_challenge_counts() {
    let rp = rp(BackupPolicy::Strict, false);
    let data = auth_data(UP | UV, BODIES[0]);
    let verify = |answered: &[u8]| {
        let record = record(Some(false), Some(false));
        let response = assertion(&data, answered);
        let owner = base64url(OWNER);
        rp.verify_authentication(&response, &challenge(), &owner, &record, Stateless::default())
            .err()
    };
    assert_eq!(verify(&CHALLENGE), None);
    for bit in 0..256 {
        let mut answered = CHALLENGE;
        answered[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&answered), Some(Error::ChallengeMismatch), "bit {bit}");
    }
}

#[test]
fn every_bit_of_what_is_signed_counts() {
    let rp = rp(BackupPolicy::Strict, false);
    let good = auth_data(UP | UV, BODIES[0]);
    let client_data = ClientData::new("webauthn.get", &CHALLENGE, ORIGIN).text();
    let signature = key().sign(&attestation::signed_bytes(&good, client_data.as_bytes()));
    let verify = |data: &[u8]| {
        let response = response(json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "authenticatorData": base64url(data),
            "signature": base64url(&signature),
        }));
        let (record, owner) = (record(Some(false), Some(false)), base64url(OWNER));
        rp.verify_authentication(&response, &challenge(), &owner, &record, Stateless::default())
            .err()
    };
    assert_eq!(verify(&good), None);
    // From the counter on, no step but the signature's looks at the bit.
    for bit in 0..32 {
        let mut data = good.clone();
        data[33 + bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&data), Some(Error::SignatureInvalid), "bit {bit}");
    }
}
