//! Where a server is: scheme, host and port, and nothing else.
//!
//! Invariant: without TLS, only this machine. A secret that goes over a network in clear text is known to all of it.

use crate::failure::Failure;

/// An origin in its one spelling, such as `https://example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    /// Reads a URL that has no more than an origin.
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| Err(Failure::Usage(format!("The server's URL {why}.")));
        if url.contains('@') {
            return wrong("may not have a name or a password in it: mfa asks for them");
        }
        let lower = url.to_ascii_lowercase();
        let (secure, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return wrong("must begin with https:// or http://"),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let Some((host, port)) = host_and_port(authority) else {
            return wrong("must be no more than https://NAME or https://NAME:PORT");
        };
        if !secure && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return wrong(
                "must begin with https://: without TLS everyone between here and there could read your password. \
                          Only a server on this machine (localhost, 127.0.0.1, [::1]) may do without",
            );
        }
        let scheme = if secure { "https" } else { "http" };
        Ok(Self(match port {
            Some(port) if port != if secure { 443 } else { 80 } => {
                format!("{scheme}://{host}:{port}")
            }
            _ => format!("{scheme}://{host}"),
        }))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Is this URL a page of this server, and nothing that a program could take for an option or several words?
    pub(crate) fn has_page(&self, url: &str) -> bool {
        let path = url.strip_prefix(&self.0);
        path.is_some_and(|path| path.is_empty() || path.starts_with('/'))
            && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'\\`<>^{|}".contains(&byte))
    }
}

/// A name, an IPv4 address, or an IPv6 address in brackets; and a port.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = match authority.find(']') {
        Some(end) => end + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(end)?;
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port != 0)?)
        }
        Some(_) => return None,
        None if port.is_empty() => None,
        None => return None,
    };
    let is_host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let labels = || host.split('.');
            let fits = |label: &str| !label.is_empty() && !label.starts_with('-');
            host.len() <= 253
                && labels().all(fits)
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        }
    };
    is_host.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (url, origin) in [
            ("http://localhost:8080", "http://localhost:8080"),
            ("HTTP://LocalHost:8080/", "http://localhost:8080"),
            ("http://localhost:80", "http://localhost"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://Example.com:443/", "https://example.com"),
            ("https://example.com:80", "https://example.com:80"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]"),
            ("https://192.0.2.1:8443", "https://192.0.2.1:8443"),
        ] {
            assert_eq!(Origin::parse(url).map(|origin| origin.0).as_deref(), Ok(origin), "{url}");
        }
    }

    #[test]
    fn without_tls_only_this_machine() {
        for url in [
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.2",
            "http://192.168.0.1",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
            "http://0x7f000001",
            "http://localhost.",
        ] {
            assert!(Origin::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn nothing_but_an_origin() {
        for url in [
            "",
            "localhost:8080",
            "ftp://localhost",
            "https:example.com",
            "https://",
            "https:///",
            "https://:443",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:+443",
            "https://example.com:443:443",
            "https://example.com//",
            "https://example.com/path",
            "https://example.com?query",
            "https://example.com#fragment",
            "https://example..com",
            "https://exa mple.com",
            "https://example.com\r\nX: y",
            "https://exämple.com",
            "https://[::1",
            "https://[::1]x",
            "https://[localhost]",
            "https://alice:hunter2@example.com",
            "http://localhost:8080@example.com",
            "http://localhost\\@example.com",
        ] {
            let unrepeated = |failure: &Failure| matches!(failure, Failure::Usage(text) if !text.contains("hunter2"));
            assert!(Origin::parse(url).is_err_and(|failure| unrepeated(&failure)), "{url}");
        }
    }

    #[test]
    fn pages_are_the_servers_own() {
        let origin = Origin::parse("http://localhost:8080");
        let has = |url| origin.as_ref().is_ok_and(|origin| origin.has_page(url));
        for url in [
            "http://localhost:8080",
            "http://localhost:8080/",
            "http://localhost:8080/account#2fa?x=1",
        ] {
            assert!(has(url), "{url}");
        }
        for url in [
            "http://localhost:80801/",
            "http://localhost:8080@example.com/",
            "http://localhost:8080.example.com/",
            "https://localhost:8080/",
            "file:///etc/passwd",
            "--help",
            "/account",
            "http://localhost:8080/a b",
            "http://localhost:8080/\x1b[2J",
            "http://localhost:8080/'$(id)'",
        ] {
            assert!(!has(url), "{url}");
        }
    }
}
