//! Extensions: what a ceremony asks for, and what came of it.
//!
//! WebAuthn Level 3 §9, §10. Inputs are checked before they reach a browser; outputs that nobody asked for never become values,
//! and are ignored or refused by a policy with a name. What the client says of itself (`credProps`, `largeBlob`, `prf`, `appid`)
//! is signed by nobody; what the authenticator says (`credProtect`, `minPinLength`, `uvm`) is.

use crate::json::{self, Object};
use crate::text::{decode, to_base64url};
use mfakit_core::Error;
use mfakit_core::encoding::json as reader;
use mfakit_core::webauthn::extensions::{
    AuthenticatorExtensions, ExtensionSet, Requested, UnsolicitedExtensions,
};

/// The most extensions asked for, and the longest name and AppID taken.
const MAX_EXTENSIONS: usize = 32;
const MAX_NAME: usize = 64;
const MAX_APPID: usize = 512;

/// The ceremony that inputs are for: some extensions belong to one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceremony {
    Registration,
    Authentication,
}

/// What a ceremony asks for: an `AuthenticationExtensionsClientInputsJSON`, checked.
///
/// The members that are known are `credProps`, `credentialProtectionPolicy`, `enforceCredentialProtectionPolicy`,
/// `minPinLength`, `appidExclude` (registrations), `appid` (authentications), `largeBlob`, `prf`, `uvm`; each must have the
/// type that the specification gives it. Others are passed on as they are.
///
/// # Examples
///
/// ```
/// use mfakit::ExtensionInputs;
///
/// let inputs = ExtensionInputs::registration(r#"{"credProps": true, "prf": {}}"#)?;
/// assert_eq!(inputs.to_json(), r#"{"credProps":true,"prf":{}}"#);
/// let typo = ExtensionInputs::registration(r#"{"credProps": "yes"}"#);
/// assert_eq!(typo.err().map(|e| e.code()), Some("argument_value_invalid"));
/// # Ok::<(), mfakit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionInputs {
    json: String,
    pub(crate) asked: Asked,
}

impl ExtensionInputs {
    /// Reads the inputs of a registration.
    ///
    /// # Errors
    ///
    /// [`Error::ArgumentTypeInvalid`] if the text is not a JSON object; [`Error::ArgumentValueInvalid`] if a known member has
    /// another type, belongs to the other ceremony, or there are more than 32.
    pub fn registration(json: &str) -> Result<Self, Error> {
        Self::read(json, Ceremony::Registration)
    }

    /// Reads the inputs of an authentication.
    ///
    /// # Errors
    ///
    /// As [`ExtensionInputs::registration`].
    pub fn authentication(json: &str) -> Result<Self, Error> {
        Self::read(json, Ceremony::Authentication)
    }

    /// What the browser is given.
    #[must_use]
    pub fn to_json(&self) -> &str {
        if self.json.is_empty() { "{}" } else { &self.json }
    }

    pub(crate) fn read(text: &str, ceremony: Ceremony) -> Result<Self, Error> {
        let value = reader::read_all(text.as_bytes()).map_err(|_| Error::ArgumentTypeInvalid)?;
        let (mut asked, mut object) = (Asked::default(), Object::new());
        for (count, (name, value)) in
            value.as_object().ok_or(Error::ArgumentTypeInvalid)?.enumerate()
        {
            let name = json::owned(name).filter(|name| name.len() <= MAX_NAME);
            let name =
                name.filter(|_| count < MAX_EXTENSIONS).ok_or(Error::ArgumentValueInvalid)?;
            if asked.names.contains(&name) || !is_input(&name, value, ceremony) {
                return Err(Error::ArgumentValueInvalid);
            }
            if name == "appid" {
                asked.appid = json::text(Some(value));
            }
            let raw = std::str::from_utf8(value.text()).map_err(|_| Error::ArgumentTypeInvalid)?;
            object = object.raw(&name, raw);
            asked.names.push(name);
        }
        Ok(Self { json: object.end(), asked })
    }
}

/// What a registration asks for unless the caller says otherwise: whether the credential is discoverable.
pub(crate) fn default_inputs() -> ExtensionInputs {
    let asked = Asked { names: vec!["credProps".to_owned()], appid: None };
    ExtensionInputs { json: r#"{"credProps":true}"#.to_owned(), asked }
}

/// Whether a known member has the type that the specification gives it. Unknown ones have any.
fn is_input(name: &str, value: reader::Value<'_>, ceremony: Ceremony) -> bool {
    let registration = ceremony == Ceremony::Registration;
    let flag = value.as_bool().is_some();
    let url = || {
        json::text(Some(value))
            .is_some_and(|url| url.starts_with("https://") && url.len() <= MAX_APPID)
    };
    match name {
        "credProps" | "minPinLength" | "enforceCredentialProtectionPolicy" => registration && flag,
        "uvm" => flag,
        "appidExclude" => registration && url(),
        "appid" => !registration && url(),
        "credentialProtectionPolicy" => {
            let policies = [
                "userVerificationOptional",
                "userVerificationOptionalWithCredentialIDList",
                "userVerificationRequired",
            ];
            registration
                && json::text(Some(value)).is_some_and(|policy| policies.contains(&policy.as_str()))
        }
        "largeBlob" => is_large_blob(value, registration).unwrap_or(false),
        "prf" => is_prf(value, registration).unwrap_or(false),
        _ => true,
    }
}

fn is_large_blob(value: reader::Value<'_>, registration: bool) -> Option<bool> {
    let [support, read, write] = value.members(["support", "read", "write"]).ok()??;
    let members = [support, read, write].map(json::present);
    Some(match members {
        [Some(support), None, None] => {
            let support = json::text(Some(support));
            registration && matches!(support.as_deref(), Some("required" | "preferred"))
        }
        [None, Some(read), None] => !registration && read.as_bool() == Some(true),
        [None, None, blob @ Some(_)] => !registration && bytes(blob).is_some(),
        _ => false,
    })
}

fn is_prf(value: reader::Value<'_>, registration: bool) -> Option<bool> {
    let [eval, by_credential] = value.members(["eval", "evalByCredential"]).ok()??;
    let values = |eval: reader::Value<'_>| {
        let [first, second] = eval.members(["first", "second"]).ok()??;
        let second = match json::present(second) {
            None => true,
            second => bytes(second).is_some(),
        };
        Some(bytes(first).is_some() && second)
    };
    let eval_ok = json::present(eval).is_none_or(|eval| values(eval) == Some(true));
    let by_credential_ok = match json::present(by_credential) {
        None => true,
        Some(map) => {
            !registration
                && map.as_object()?.all(|(id, eval)| {
                    let id = json::owned(id).filter(|id| decode(id.as_bytes()).is_ok());
                    id.is_some_and(|id| !id.is_empty()) && values(eval) == Some(true)
                })
        }
    };
    Some(eval_ok && by_credential_ok)
}

/// The bytes of a base64url member.
fn bytes(member: Option<reader::Value<'_>>) -> Option<Vec<u8>> {
    decode(json::text(member)?.as_bytes()).ok()
}

/// What a ceremony's state remembers of its inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Client names.
    pub(crate) names: Vec<String>,
    pub(crate) appid: Option<String>,
}

impl Asked {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|asked| asked == name)
    }

    /// Whether the lists could come of [`ExtensionInputs::read`].
    pub(crate) fn is_coherent(&self) -> bool {
        self.names.len() <= MAX_EXTENSIONS
            && self.names.iter().all(|name| name.len() <= MAX_NAME)
            && self.has("appid") == self.appid.is_some()
    }

    pub(crate) fn with_requested<T>(
        &self,
        unsolicited: UnsolicitedExtensions,
        run: impl FnOnce(Requested<'_>) -> T,
    ) -> T {
        let others: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let known = ExtensionSet::from_client_names(others.iter().copied());
        run(Requested { known, others: &others, unsolicited })
    }
}

/// What the client says came of its extensions. Nobody signs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClientOutputs {
    raw: Option<String>,
    cred_props_rk: Option<bool>,
    appid: Option<bool>,
    appid_exclude: Option<bool>,
    large_blob: Option<LargeBlob>,
    prf: Option<Prf>,
}

/// `largeBlob` (§10.1.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LargeBlob {
    /// Whether the credential can store one; of a registration.
    pub supported: Option<bool>,
    /// What was read.
    pub blob: Option<Vec<u8>>,
    /// Whether it was written.
    pub written: Option<bool>,
}

/// `prf` (§10.1.4).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Prf {
    /// Whether the credential can be used with it; of a registration.
    pub enabled: Option<bool>,
    /// The results: secrets of the user's, which a client should keep from the server.
    pub results: Option<(Vec<u8>, Option<Vec<u8>>)>,
}

impl std::fmt::Debug for Prf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prf").field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

impl ClientOutputs {
    /// Reads `clientExtensionResults`.
    pub(crate) fn read(
        results: Option<reader::Value<'_>>,
        asked: &Asked,
        unsolicited: UnsolicitedExtensions,
    ) -> Result<Self, Error> {
        let malformed = Error::ExtensionOutputMalformed;
        let Some(results) = json::present(results) else { return Ok(Self::default()) };
        let mut read =
            Self { raw: String::from_utf8(results.text().to_vec()).ok(), ..Self::default() };
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in results.as_object().ok_or(Error::ResponseMalformed)? {
            let name = json::owned(name).ok_or(malformed)?;
            if asked.has(&name) {
                if seen.contains(&name) {
                    return Err(Error::JsonDuplicateMember);
                }
                read.set(&name, value).ok_or(malformed)?;
                seen.push(name);
            } else if unsolicited == UnsolicitedExtensions::Reject {
                return Err(Error::ExtensionUnsolicited);
            }
        }
        Ok(read)
    }

    fn set(&mut self, name: &str, value: reader::Value<'_>) -> Option<()> {
        let flag = |member: Option<reader::Value<'_>>| match json::present(member) {
            None => Some(None),
            Some(value) => value.as_bool().map(Some),
        };
        match name {
            "appid" => self.appid = Some(value.as_bool()?),
            "appidExclude" => self.appid_exclude = Some(value.as_bool()?),
            "credProps" => {
                let [rk] = value.members(["rk"]).ok()??;
                self.cred_props_rk = flag(rk)?;
            }
            "largeBlob" => {
                let [supported, blob, written] =
                    value.members(["supported", "blob", "written"]).ok()??;
                let blob = match json::present(blob) {
                    None => None,
                    blob => Some(bytes(blob)?),
                };
                let (supported, written) = (flag(supported)?, flag(written)?);
                self.large_blob = Some(LargeBlob { supported, blob, written });
            }
            "prf" => {
                let [enabled, results] = value.members(["enabled", "results"]).ok()??;
                let results = match json::present(results) {
                    None => None,
                    Some(results) => {
                        let [first, second] = results.members(["first", "second"]).ok()??;
                        let second = match json::present(second) {
                            None => None,
                            second => Some(bytes(second)?),
                        };
                        Some((bytes(first)?, second))
                    }
                };
                self.prf = Some(Prf { enabled: flag(enabled)?, results });
            }
            _ => {}
        }
        Some(())
    }

    /// Whether the client says that it used the AppID.
    pub(crate) fn used_appid(&self) -> bool {
        self.appid == Some(true)
    }
}

/// What came of a ceremony's extensions: only of those that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionOutputs {
    client: ClientOutputs,
    authenticator: Option<Vec<u8>>,
    credential_protection: Option<&'static str>,
    hmac_secret: Option<bool>,
    min_pin_length: Option<u32>,
    uvm: Vec<[u32; 3]>,
}

impl ExtensionOutputs {
    pub(crate) fn new(client: ClientOutputs, read: &AuthenticatorExtensions<'_>) -> Self {
        Self {
            client,
            authenticator: read.raw().map(<[u8]>::to_vec),
            credential_protection: read.credential_protection().map(|policy| policy.as_str()),
            hmac_secret: read.hmac_secret(),
            min_pin_length: read.min_pin_length(),
            uvm: read
                .uvm()
                .map(|m| [m.method, m.key_protection.into(), m.matcher_protection.into()])
                .collect(),
        }
    }

    /// `credProps.rk`: whether the credential is discoverable, as the client says.
    #[must_use]
    pub const fn discoverable(&self) -> Option<bool> {
        self.client.cred_props_rk
    }
    /// `appid`: whether the assertion was made for the AppID.
    #[must_use]
    pub const fn appid(&self) -> Option<bool> {
        self.client.appid
    }
    /// `appidExclude`: whether the client acted upon it.
    #[must_use]
    pub const fn appid_exclude(&self) -> Option<bool> {
        self.client.appid_exclude
    }
    /// `largeBlob`, as the client says.
    #[must_use]
    pub const fn large_blob(&self) -> Option<&LargeBlob> {
        self.client.large_blob.as_ref()
    }
    /// `prf`, as the client says.
    #[must_use]
    pub const fn prf(&self) -> Option<&Prf> {
        self.client.prf.as_ref()
    }
    /// `credProtect`: when the credential may be used. Signed by the authenticator.
    #[must_use]
    pub const fn credential_protection(&self) -> Option<&'static str> {
        self.credential_protection
    }
    /// `hmac-secret` of a registration: whether the credential can be used with `prf`. Signed by the authenticator.
    #[must_use]
    pub const fn hmac_secret(&self) -> Option<bool> {
        self.hmac_secret
    }
    /// `minPinLength`: the shortest PIN, in characters, that the authenticator takes. Signed by the authenticator.
    #[must_use]
    pub const fn min_pin_length(&self) -> Option<u32> {
        self.min_pin_length
    }
    /// `uvm`: method, key protection and matcher protection of each way in which the user was verified (FIDO Registry of
    /// Predefined Values §3). Signed by the authenticator.
    #[must_use]
    pub fn uvm(&self) -> &[[u32; 3]] {
        &self.uvm
    }
    /// The authenticator's whole output, a CBOR map, with what was not asked for.
    #[must_use]
    pub fn raw_authenticator(&self) -> Option<&[u8]> {
        self.authenticator.as_deref()
    }
    /// The client's whole output, a JSON object, with what was not asked for.
    #[must_use]
    pub fn raw_client(&self) -> Option<&str> {
        self.client.raw.as_deref()
    }

    /// All of it as a JSON object, for the languages that have dictionaries: the client names of the outputs, with bytes in
    /// base64url, and `raw` with `authenticator` (base64url) and `client`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = |bytes: &Vec<u8>| to_base64url(bytes);
        let mut object = Object::new();
        if let Some(rk) = self.client.cred_props_rk {
            object = object.raw("credProps", &Object::new().bool("rk", rk).end());
        }
        for (name, value) in [
            ("appid", self.client.appid),
            ("appidExclude", self.client.appid_exclude),
            ("hmacCreateSecret", self.hmac_secret),
        ] {
            if let Some(value) = value {
                object = object.bool(name, value);
            }
        }
        if let Some(large_blob) = &self.client.large_blob {
            let value = Object::new()
                .optional_bool("supported", large_blob.supported)
                .optional_string("blob", large_blob.blob.as_ref().map(text).as_deref())
                .optional_bool("written", large_blob.written);
            object = object.raw("largeBlob", &value.end());
        }
        if let Some(prf) = &self.client.prf {
            let results = prf.results.as_ref().map(|(first, second)| {
                Object::new()
                    .string("first", &to_base64url(first))
                    .optional_string("second", second.as_ref().map(text).as_deref())
                    .end()
            });
            let value = Object::new()
                .optional_bool("enabled", prf.enabled)
                .raw("results", results.as_deref().unwrap_or("null"));
            object = object.raw("prf", &value.end());
        }
        if let Some(policy) = self.credential_protection {
            object = object.string("credentialProtectionPolicy", policy);
        }
        if let Some(length) = self.min_pin_length {
            object = object.number("minPinLength", length);
        }
        if !self.uvm.is_empty() {
            object = object.array("uvm", self.uvm.iter().map(|[a, b, c]| format!("[{a},{b},{c}]")));
        }
        let raw = Object::new()
            .optional_string("authenticator", self.authenticator.as_ref().map(text).as_deref())
            .raw("client", self.client.raw.as_deref().unwrap_or("null"));
        object.raw("raw", &raw.end()).end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_types_that_the_specification_gives_them() {
        use Ceremony::{Authentication, Registration};
        let both = [Registration, Authentication];
        for (text, ceremonies) in [
            ("{}", &both[..]),
            (r#"{"credProps":true}"#, &[Registration]),
            (r#"{"appidExclude":"https://example.org/u2f"}"#, &[Registration]),
            (r#"{"appid":"https://example.org/u2f"}"#, &[Authentication]),
            (r#"{"largeBlob":{"support":"required"}}"#, &[Registration]),
            (r#"{"largeBlob":{"read":true}}"#, &[Authentication]),
            (r#"{"largeBlob":{"write":"AAEC"}}"#, &[Authentication]),
            (r#"{"prf":{}}"#, &both),
            (r#"{"prf":{"eval":{"first":"AAEC","second":"AQ"}}}"#, &both),
            (r#"{"prf":{"evalByCredential":{"AAEC":{"first":"AQ"}}}}"#, &[Authentication]),
            (r#"{"uvm":true}"#, &both),
            (
                r#"{"credentialProtectionPolicy":"userVerificationRequired","enforceCredentialProtectionPolicy":true}"#,
                &[Registration],
            ),
            (r#"{"minPinLength":true}"#, &[Registration]),
            (r#"{"credBlob":"AAEC","x-vendor":{"deep":[1,null]}}"#, &both),
            (r#"{"credProps":1}"#, &[]),
            (r#"{"appid":"http://example.org"}"#, &[]),
            (r#"{"largeBlob":{"read":true,"write":"AAEC"}}"#, &[]),
            (r#"{"largeBlob":{"read":false}}"#, &[]),
            (r#"{"largeBlob":{"support":1,"read":true}}"#, &[]),
            (r#"{"largeBlob":{"write":"A"}}"#, &[]),
            (r#"{"largeBlob":{}}"#, &[]),
            (r#"{"prf":{"eval":{}}}"#, &[]),
            (r#"{"prf":{"eval":{"first":"AAEC","second":1}}}"#, &[]),
            (r#"{"prf":{"evalByCredential":{"":{"first":"AQ"}}}}"#, &[]),
            (r#"{"prf":true}"#, &[]),
            (r#"{"credentialProtectionPolicy":"always"}"#, &[]),
            (r#"{"uvm":true,"uvm":true}"#, &[]),
        ] {
            for ceremony in both {
                let read = ExtensionInputs::read(text, ceremony);
                assert_eq!(read.is_ok(), ceremonies.contains(&ceremony), "{text} {ceremony:?}");
                if let Ok(read) = read {
                    assert_eq!(read.to_json(), text);
                }
            }
        }
        for text in ["[]", "", "null", "{"] {
            let refused = ExtensionInputs::registration(text);
            assert_eq!(refused, Err(Error::ArgumentTypeInvalid), "{text}");
        }
        let many: Vec<String> = (0..33).map(|n| format!("\"x{n}\":1")).collect();
        let refused = ExtensionInputs::registration(&format!("{{{}}}", many.join(",")));
        assert_eq!(refused, Err(Error::ArgumentValueInvalid));
    }

    fn outputs(
        asked: &str,
        text: &str,
        unsolicited: UnsolicitedExtensions,
    ) -> Result<ClientOutputs, Error> {
        let asked = ExtensionInputs::registration(asked)?.asked;
        ClientOutputs::read(Some(reader::read_all(text.as_bytes())?), &asked, unsolicited)
    }

    #[test]
    fn outputs_are_values_only_if_they_were_asked_for() -> Result<(), Error> {
        use UnsolicitedExtensions::{Ignore, Reject};
        let text = r#"{"credProps":{"rk":true},"prf":{"enabled":true,"results":{"first":"AQ"}}}"#;
        let all = outputs(r#"{"credProps":true,"prf":{}}"#, text, Reject)?;
        assert_eq!(all.cred_props_rk, Some(true));
        let some = ExtensionOutputs::new(
            outputs(r#"{"prf":{}}"#, text, Ignore)?,
            &AuthenticatorExtensions::default(),
        );
        assert_eq!(
            some.to_json(),
            format!(
                r#"{{"prf":{{"enabled":true,"results":{{"first":"AQ","second":null}}}},"raw":{{"authenticator":null,"client":{text}}}}}"#
            )
        );
        assert!(!format!("{some:?}").contains("first: [1]"));
        assert_eq!(outputs("{}", text, Reject), Err(Error::ExtensionUnsolicited));
        Ok(())
    }

    #[test]
    fn an_output_of_another_shape_is_malformed() {
        let asked = r#"{"credProps":true,"prf":{},"largeBlob":{"support":"preferred"},"appidExclude":"https://a.example"}"#;
        for text in [
            r#"{"credProps":true}"#,
            r#"{"credProps":{"rk":1}}"#,
            r#"{"prf":{"enabled":"yes"}}"#,
            r#"{"prf":{"results":{}}}"#,
            r#"{"prf":{"results":{"first":"A"}}}"#,
            r#"{"largeBlob":{"supported":"yes"}}"#,
            r#"{"largeBlob":{"blob":1}}"#,
            r#"{"appidExclude":"yes"}"#,
        ] {
            let refused = outputs(asked, text, UnsolicitedExtensions::Ignore);
            assert_eq!(refused, Err(Error::ExtensionOutputMalformed), "{text}");
        }
        let twice = r#"{"credProps":{},"credProps":{"rk":true}}"#;
        let refused = outputs(asked, twice, UnsolicitedExtensions::Ignore);
        assert_eq!(refused, Err(Error::JsonDuplicateMember));
    }
}
