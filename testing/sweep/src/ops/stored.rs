//! Texts that a host stores: credential records and ceremony states. Nothing but a state key protects them, so a changed one
//! may be accepted if it is well formed, and then it says what an independent reader finds in it.

use crate::judge::{as_read, nothing};
use crate::reference::json;
use crate::surface::{Surface, Whose};
use data_encoding::BASE64URL_NOPAD;
use mfakit::{
    BeginAuthentication, BeginRegistration, CredentialRecord, Error, RelyingParty,
    RelyingPartyOptions, UnixTime, UserVerification,
};
use serde_json::json;

/// A credential record.
pub(super) fn record(text: String) -> Surface {
    let run = |text: &[u8]| {
        let text = std::str::from_utf8(text).unwrap_or_default();
        let record = CredentialRecord::from_text(text)?;
        Ok(json!({
            "text": record.to_text(),
            "id": record.id(),
            "key": record.public_key(),
            "user": record.user_handle(),
            "sign_count": record.sign_count(),
            "backup_eligible": record.backup_eligible(),
            "backed_up": record.backed_up(),
            "uv_initialized": record.uv_initialized(),
            "hardware": record.hardware(),
            "transports": record.transports(),
            "aaguid": record.aaguid(),
            "object": record.attestation_object(),
            "client_data": record.attestation_client_data_json(),
        }))
    };
    let judge = as_read(|text| {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        let record = mfakit_fuzz::record_text::reference(text).ok_or("a number out of range")?;
        let record = record.map_err(|error| error.code().to_owned())?;
        let [object, client_data] = record.kept;
        Ok(json!({
            "text": text,
            "id": record.id,
            "key": record.public_key,
            "user": record.user_handle,
            "sign_count": record.sign_count,
            "backup_eligible": record.backup_eligible,
            "backed_up": record.backed_up,
            "uv_initialized": record.uv_initialized,
            "hardware": record.hardware,
            "transports": record.transports,
            "aaguid": record.aaguid,
            "object": object,
            "client_data": client_data,
        }))
    });
    Surface {
        op: "record".to_owned(),
        name: "text",
        case: String::new(),
        whose: Whose::Host,
        text: true,
        bytes: text.into_bytes(),
        run: Box::new(run),
        judge,
    }
}

/// States as `begin_…` writes them, sealed and not: read by the call that tells the ceremony's id. A sealed one has no second
/// form, and no part that may change.
pub(crate) fn states() -> Result<Vec<Surface>, String> {
    let text = |error: Error| error.code().to_owned();
    let options =
        RelyingPartyOptions::new("sweep", &["https://example.org"], UserVerification::Required);
    let open = RelyingParty::new("example.org", options).map_err(text)?;
    let sealed = open.clone().with_state_key(&[7; 32]).map_err(text)?;
    let now = Some(UnixTime::from_seconds(1_800_000_000));
    let user = BASE64URL_NOPAD.encode(b"user");
    let mut all = Vec::new();
    for (rp, seals) in [(open, false), (sealed, true)] {
        let begin = BeginRegistration { user_name: "user", now, ..BeginRegistration::default() };
        let registration = rp.begin_registration(&user, begin).map_err(text)?;
        let begin = BeginAuthentication { now, ..BeginAuthentication::default() };
        let discoverable = rp.begin_discoverable_authentication(begin).map_err(text)?;
        for (case, state) in [
            ("a registration", registration.state().to_text().to_owned()),
            ("a discoverable authentication", discoverable.state().to_text().to_owned()),
        ] {
            let judge = if seals {
                nothing()
            } else {
                as_read(|text| {
                    let state = json::read(text)?;
                    Ok(json!(state.string("id")?))
                })
            };
            let rp = rp.clone();
            let run = move |text: &[u8]| {
                let text = std::str::from_utf8(text).unwrap_or_default();
                Ok(json!(rp.ceremony_id(text)?))
            };
            all.push(Surface {
                op: if seals { "sealed state" } else { "state" }.to_owned(),
                name: "text",
                case: case.to_owned(),
                whose: Whose::Host,
                text: true,
                bytes: state.into_bytes(),
                run: Box::new(run),
                judge,
            });
        }
    }
    Ok(all)
}
