//! What a ceremony may ask of extensions.

use crate::{Answer, Inputs};
use mfakit::{
    BeginAuthentication, BeginRegistration, ExtensionInputs, RelyingParty, RelyingPartyOptions,
    UserVerification,
};
use serde_json::{Value, json};

pub(crate) fn inputs(inputs: &Inputs) -> Answer {
    let origins = ["https://example.org"];
    let options = RelyingPartyOptions::new("conformance", &origins, UserVerification::Preferred);
    let rp = RelyingParty::new("example.org", options)?;
    let asked = inputs.get("extensions").map(Value::to_string);
    let asked = asked.as_deref();
    let options = if inputs.text("ceremony") == "registration" {
        let asked = asked.map(ExtensionInputs::registration).transpose()?;
        let user = mfakit::to_base64url(b"conformance");
        let begin = BeginRegistration {
            user_name: "conformance",
            extensions: asked.as_ref(),
            ..BeginRegistration::default()
        };
        rp.begin_registration(&user, begin)?.options_json().to_owned()
    } else {
        let asked = asked.map(ExtensionInputs::authentication).transpose()?;
        let begin =
            BeginAuthentication { extensions: asked.as_ref(), ..BeginAuthentication::default() };
        rp.begin_discoverable_authentication(begin)?.options_json().to_owned()
    };
    let options: Value = serde_json::from_str(&options).unwrap_or_default();
    Ok(json!({"extensions": options["extensions"]}))
}
