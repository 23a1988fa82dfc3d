//! Client data (WebAuthn Level 3 §5.8.1), written as the specification's serialisation writes it: the members in their
//! order, no white space.

use crate::text::base64url;

/// What `clientDataJSON` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientData {
    /// `webauthn.create` or `webauthn.get`.
    pub kind: String,
    /// The challenge, as it is spelt: base64url.
    pub challenge: String,
    /// The origin of the page.
    pub origin: String,
    /// Whether the page stood in a frame of another site.
    pub cross_origin: bool,
    /// The origin of the page around the frame.
    pub top_origin: Option<String>,
    /// Members behind the known ones, such as `"extra":1`.
    pub more: Option<String>,
}

impl ClientData {
    /// The client data of a page that stands in no frame.
    #[must_use]
    pub fn new(kind: &str, challenge: &[u8], origin: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            challenge: base64url(challenge),
            origin: origin.to_owned(),
            cross_origin: false,
            top_origin: None,
            more: None,
        }
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut members = vec![
            format!("\"type\":{}", quoted(&self.kind)),
            format!("\"challenge\":{}", quoted(&self.challenge)),
            format!("\"origin\":{}", quoted(&self.origin)),
            format!("\"crossOrigin\":{}", self.cross_origin),
        ];
        members
            .extend(self.top_origin.as_ref().map(|top| format!("\"topOrigin\":{}", quoted(top))));
        members.extend(self.more.clone());
        format!("{{{}}}", members.join(","))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_their_order() {
        let mut data = ClientData::new("webauthn.get", &[0xff], "https://example.org");
        let plain = r#"{"type":"webauthn.get","challenge":"_w","origin":"https://example.org","crossOrigin":false}"#;
        assert_eq!(data.text(), plain);
        data.cross_origin = true;
        data.top_origin = Some("https://\"".into());
        data.more = Some("\"x\":0".into());
        let end = r#","crossOrigin":true,"topOrigin":"https://\"","x":0}"#;
        assert!(data.text().ends_with(end), "{}", data.text());
    }
}
