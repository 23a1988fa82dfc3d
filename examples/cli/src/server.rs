//! The server's HTTP interface: JSON objects there and back, a session in `Authorization`, a two-factor code in a header of its own.
//!
//! Invariants: a session goes only to the origin that gave it; no redirect is followed, and without TLS no proxy is asked,
//! so that nothing secret goes anywhere else; an answer is read to a limit, and nothing in it is shown uncleaned.

use crate::failure::{Failure, Refusal};
use crate::json::{Object, object};
use crate::origin::Origin;
use crate::text::clean;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{HeaderValue, Request, Response, StatusCode};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error};
use zeroize::Zeroizing;

/// A person waits for no longer. Slow password hashes take a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// Ten times what the longest answer, a set of recovery codes, needs.
const LARGEST_ANSWER: usize = 64 * 1024;
const CODE_HEADER: &str = "Mfakit-Two-Factor-Code";
const CODE_REQUIRED_HEADER: &str = "Mfakit-Two-Factor-Required";

/// A server, and who we are there.
pub(crate) struct Server {
    agent: Agent,
    origin: Origin,
    token: Option<Zeroizing<String>>,
}

impl Server {
    pub(crate) fn new(origin: Origin, token: Option<Zeroizing<String>>) -> Self {
        let config = Agent::config_builder()
            .user_agent(concat!("mfa/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false);
        let config = if origin.is_secure() {
            config.https_only(true).tls_config(tls())
        } else {
            config.proxy(None)
        };
        Self { agent: config.build().into(), origin, token }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Object, Failure> {
        self.call(Request::get(self.url(path)), &[], None)
    }

    /// Sends texts, some of them secret, and a two-factor code if there is one.
    pub(crate) fn post(
        &self,
        path: &str,
        members: &[(&str, &str)],
        code: Option<&str>,
    ) -> Result<Object, Failure> {
        let request = Request::post(self.url(path)).header("Content-Type", "application/json");
        self.call(request, &object(members), code)
    }

    /// Is this URL a page of this server?
    pub(crate) fn has_page(&self, url: &str) -> bool {
        self.origin.has_page(url)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin.as_str())
    }

    fn call(
        &self,
        mut request: ureq::http::request::Builder,
        body: &[u8],
        code: Option<&str>,
    ) -> Result<Object, Failure> {
        if let Some(token) = &self.token {
            let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
            request = request.header("Authorization", secret(&bearer)?);
        }
        if let Some(code) = code {
            request = request.header(CODE_HEADER, secret(code)?);
        }
        let answer = if body.is_empty() {
            request.body(()).map_err(Error::from).and_then(|request| self.agent.run(request))
        } else {
            request.body(body).map_err(Error::from).and_then(|request| self.agent.run(request))
        };
        let answer = answer.map_err(|error| self.unreachable(&error))?;
        let (status, needs_code) = (answer.status(), needs_code(&answer));
        if status.is_redirection() {
            return Err(Failure::Answer(format!(
                "{} answered with a redirect ({}), which mfa does not follow.",
                self.origin.as_str(),
                status.as_u16()
            )));
        }
        let object = self.read(answer)?;
        if status.is_success() {
            return object.ok_or_else(not_understood);
        }
        let refusal = refusal(status, object.as_ref(), needs_code);
        // A session that the server does not know, not a password: those are only asked where the session was good a moment ago.
        if status == StatusCode::UNAUTHORIZED && self.token.is_some() && body.is_empty() {
            return Err(Failure::NotLoggedIn(format!(
                "{} Run mfa login. ({})",
                refusal.message, refusal.id
            )));
        }
        Err(Failure::Refused(refusal))
    }

    /// None: not a JSON object.
    fn read(&self, answer: Response<Body>) -> Result<Option<Object>, Failure> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST_ANSWER + 1));
        let mut reader = answer.into_body().into_reader().take(LARGEST_ANSWER as u64 + 1);
        reader.read_to_end(&mut bytes).map_err(|error| self.unreachable(&Error::Io(error)))?;
        Ok(if bytes.len() > LARGEST_ANSWER { None } else { Object::read(&bytes) })
    }

    fn unreachable(&self, error: &Error) -> Failure {
        let (origin, why) = (self.origin.as_str(), clean(&error.to_string()));
        Failure::Unreachable(format!("There is no answer from {origin}: {why}."))
    }
}

/// An answer that is not what was agreed on.
pub(crate) fn not_understood() -> Failure {
    Failure::Answer("The server's answer was not understood.".into())
}

/// TLS by the system's certificates.
fn tls() -> TlsConfig {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots = roots.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::from(roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

/// A header's value that nothing prints, not even for debugging.
fn secret(text: &str) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(text);
    let mut value = value.map_err(|_| Failure::Usage("A code or session is malformed.".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn needs_code(answer: &Response<Body>) -> bool {
    answer.headers().get(CODE_REQUIRED_HEADER).is_some_and(|value| value == "true")
}

fn refusal(status: StatusCode, object: Option<&Object>, needs_code: bool) -> Refusal {
    let text = |name| object.and_then(|object| object.text(name));
    let is_id = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    let number = status.as_u16();
    Refusal {
        status: number,
        id: text("id").filter(is_id).map_or_else(|| format!("http_{number}"), str::to_owned),
        message: text("message").map_or_else(|| "The server refused.".into(), clean),
        needs_code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_cleaned() {
        let refused = |text: &str| {
            refusal(StatusCode::FORBIDDEN, Object::read(text.as_bytes()).as_ref(), false)
        };
        let said = refused(r#"{"id":"invalid_two_factor_code","message":"No\u001b[2J."}"#);
        assert_eq!(said.sentence(), "No\u{fffd}[2J. (invalid_two_factor_code)");
        for text in
            ["", "[]", "{}", r#"{"id":"","message":1}"#, r#"{"id":"a\u001bb"}"#, r#"{"id":"a b"}"#]
        {
            assert_eq!(refused(text).sentence(), "The server refused. (http_403)", "{text}");
        }
    }

    #[test]
    fn headers_cannot_be_split() {
        assert!(secret("123456").is_ok_and(|value| value.is_sensitive()));
        assert!(secret("123456\r\nX: y").is_err() && secret("123456\n").is_err());
    }
}
