//! What each command does: what it asks, what it sends, what it shows.

use crate::arguments::{Command, HELP, Invocation, Output};
use crate::failure::{Failure, Refusal};
use crate::files::{Directory, Draft, Session};
use crate::json::Object;
use crate::origin::Origin;
use crate::prompt::Prompter;
use crate::screen;
use crate::screen::{note, problem, say, warn};
use crate::server::{Server, not_understood};
use crate::text::{clean, clean_lines, day};
use mfakit::Otp;
use serde_json::Value;
use std::os::unix::process::CommandExt;
use std::process::{Command as Program, Stdio};
use zeroize::Zeroizing;

const DEFAULT_SERVER: &str = "http://localhost:8080";
const PASSWORD: &str = "Password (typing will be hidden): ";
const NOT_ENABLED: &str = "Two-factor is not enabled.";

pub(crate) fn run(invocation: Invocation) -> Result<(), Failure> {
    let Invocation { command, server, stdin } = invocation;
    let directory = Directory::find;
    let site = || wanted(server.as_deref());
    let here = || connect(directory()?, site()?);
    let person = || Prompter::new(stdin);
    match command {
        Command::Help => say(HELP.trim_end()),
        Command::Version => say(concat!("mfa ", env!("CARGO_PKG_VERSION"))),
        Command::Login => login(&directory()?, site()?, &mut person()?),
        Command::Logout => logout(&directory()?),
        Command::Status => status(&here()?.server),
        Command::Enable { browser: true } => enable_in_browser(&here()?.server),
        Command::Enable { browser: false } => enable(&here()?, &mut person()?),
        Command::Disable => disable(&here()?.server, &mut person()?),
        Command::GenerateRecoveryCodes { output } => {
            generate_recovery_codes(&here()?.server, &mut person()?, output)
        }
    }
}

// ---- sessions

fn login(
    directory: &Directory,
    server: Option<Origin>,
    person: &mut Prompter,
) -> Result<(), Failure> {
    let before = directory.session().unwrap_or_default();
    let origin = match server {
        Some(origin) => origin,
        None => match &before {
            Some(session) => session.server.clone(),
            None => Origin::parse(DEFAULT_SERVER)?,
        },
    };
    let server = Server::new(origin.clone(), None);
    let (email, password) = (person.ask("Email: ")?, person.ask_password(PASSWORD)?);
    let answer = proven(person, None, |code| {
        server.post("/api/cli/login", &[("email", &email), ("password", &password)], code)
    })?;
    let is_token = |token: &&str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    let token = answer.text("token").filter(is_token).ok_or_else(not_understood)?;
    let session = Session { server: origin, token: Zeroizing::new(token.into()) };
    directory.keep_session(&session)?;
    // The session that this one replaces would live on, unused, for a month. If it is gone already, so much the better.
    if let Some(before) = before.filter(|before| before.server == session.server) {
        let _ = Server::new(before.server, Some(before.token)).post("/api/cli/logout", &[], None);
    }
    let name = answer.text("name").map_or_else(|| clean(&email), clean);
    say(&format!("Logged in as {name}."))
}

fn logout(directory: &Directory) -> Result<(), Failure> {
    // First here: whatever the server says, this machine has no session any more.
    let Some(session) = directory.take_session()? else {
        return say("You are not logged in.");
    };
    match Server::new(session.server, Some(session.token)).post("/api/cli/logout", &[], None) {
        // A session that the server does not know is over as well.
        Ok(_) | Err(Failure::Refused(Refusal { status: 401, .. })) => say("Logged out."),
        Err(Failure::Unreachable(why)) => Err(Failure::Unreachable(format!(
            "{why} The session is deleted on this machine; the server ends it within 30 days."
        ))),
        Err(other) => Err(other),
    }
}

/// Somebody who is logged in.
struct Here {
    directory: Directory,
    server: Server,
}

/// The server of the session, if it is the one that is wanted.
fn connect(directory: Directory, wanted: Option<Origin>) -> Result<Here, Failure> {
    let Some(session) = directory.session()? else {
        return Err(Failure::NotLoggedIn("You are not logged in. Run mfa login.".into()));
    };
    match wanted {
        Some(wanted) if wanted != session.server => Err(Failure::NotLoggedIn(format!(
            "You are logged in to {}, not to {}. Run mfa login.",
            session.server.as_str(),
            wanted.as_str()
        ))),
        _ => Ok(Here { directory, server: Server::new(session.server, Some(session.token)) }),
    }
}

/// The server that the arguments or the environment name.
fn wanted(server: Option<&str>) -> Result<Option<Origin>, Failure> {
    let named = std::env::var("MFA_SERVER").ok().filter(|url| !url.is_empty());
    server.or(named.as_deref()).map(Origin::parse).transpose()
}

// ---- two-factor authentication

fn status(server: &Server) -> Result<(), Failure> {
    let answer = server.get("/api/cli/2fa")?;
    if !is_enabled(&answer)? {
        return say(NOT_ENABLED);
    }
    say("Two-factor auth is enabled.")?;
    for method in answer.list("methods").unwrap_or_default() {
        say(&format!("  {}", method_name(method)))?;
    }
    match answer.number("recoveryCodesLeft") {
        Some(left) => say(&format!("Recovery codes left: {left}"))?,
        None => say("Recovery codes: none. mfa 2fa:generate-recovery-codes makes them.")?,
    }
    match answer.number("apiKeyExpiresAt").and_then(day) {
        Some(day) => say(&format!("API key expires: {day}")),
        None => Ok(()),
    }
}

fn enable(here: &Here, person: &mut Prompter) -> Result<(), Failure> {
    let Here { directory, server } = here;
    server.get("/api/cli/2fa")?;
    if screen::is_terminal() && !screen::draws() {
        return Err(Failure::Usage(
            "This terminal cannot show a QR code. Use 2fa:enable --browser.".into(),
        ));
    }
    warn_of_the_api_key();
    let answer = {
        let (email, password) = (person.ask("Email: ")?, person.ask_password(PASSWORD)?);
        proven(person, None, |code| {
            server.post("/api/cli/2fa/enable", &[("email", &email), ("password", &password)], code)
        })?
    };
    let uri = answer.text("uri").ok_or_else(not_understood)?;
    // No server makes a phone open something else than what a code was announced for.
    match mfakit::parse_otpauth(uri) {
        Ok(read) if matches!(read.otp, Otp::Totp(_)) => {}
        _ => return Err(not_understood()),
    }
    if screen::is_terminal() {
        say(screen::qr(uri)?.trim_end_matches('\n'))?;
        say("If you can't scan this QR code, use 2fa:enable --browser.")?;
    } else {
        // For a script, which has no camera.
        say(uri)?;
    }
    let code = person.ask_code()?;
    let answer = proven(person, Some(code), |code| {
        server.post("/api/cli/2fa/enable/confirm", &[("code", code.unwrap_or_default())], None)
    })?;
    say("Enabled two-factor authentication.")?;
    if let Some(key) = answer.text("apiKey") {
        let path = directory.keep_api_key(key)?;
        let expires = answer.number("apiKeyExpiresAt").and_then(day);
        let until = expires.map(|day| format!(" It expires on {day}.")).unwrap_or_default();
        say(&format!("Your new API key is in {}.{until}", path.display()))?;
    }
    Ok(())
}

fn enable_in_browser(server: &Server) -> Result<(), Failure> {
    let answer = server.get("/api/cli/2fa")?;
    let page =
        answer.text("page").filter(|page| server.has_page(page)).ok_or_else(not_understood)?;
    warn_of_the_api_key();
    say(&format!("Enable two-factor authentication on your account page: {page}"))?;
    open(page);
    Ok(())
}

fn disable(server: &Server, person: &mut Prompter) -> Result<(), Failure> {
    if !is_enabled(&server.get("/api/cli/2fa")?)? {
        return say(NOT_ENABLED);
    }
    let password = person.ask_password(PASSWORD)?;
    proven(person, None, |code| {
        server.post("/api/cli/2fa/disable", &[("password", &password)], code)
    })?;
    say("Disabled two-factor authentication.")
}

fn generate_recovery_codes(
    server: &Server,
    person: &mut Prompter,
    output: Output,
) -> Result<(), Failure> {
    if !is_enabled(&server.get("/api/cli/2fa")?)? {
        return Err(Failure::Answer(NOT_ENABLED.into()));
    }
    // Whatever could go wrong with the place is found out first: the old codes end when the new ones are made.
    let draft = match &output {
        Output::File { path, replace } => Some(Draft::new(path, *replace)?),
        Output::Terminal if !screen::is_terminal() => {
            return Err(Failure::Usage(
                "Standard output is not a terminal, and recovery codes are shown only once. \
                 Say --output FILE, or --output - for standard output."
                    .into(),
            ));
        }
        Output::Terminal | Output::Stdout => None,
    };
    let code = person.ask_code()?;
    let answer =
        proven(person, Some(code), |code| server.post("/api/cli/2fa/recovery-codes", &[], code))?;
    let text = recovery_text(&answer)?;
    match (draft, output) {
        (Some(mut draft), Output::File { path, .. }) => {
            let kept = draft.write(text.as_bytes()).and_then(|()| draft.finish());
            if let Err(failure) = kept {
                if screen::is_terminal() {
                    show_codes(&text)?;
                } else {
                    problem(
                        "The old recovery codes no longer work, and the new ones are lost. Make others.",
                    );
                }
                return Err(failure);
            }
            say(&format!(
                "Your new recovery codes are in {}. The old ones no longer work.",
                path.display()
            ))
        }
        (_, Output::Stdout) => say(text.trim_end_matches('\n')),
        _ => show_codes(&text),
    }
}

fn show_codes(text: &str) -> Result<(), Failure> {
    say("Your new recovery codes. The old ones no longer work, and these are not shown again:\n")?;
    say(text.trim_end_matches('\n'))
}

// ---- what they share

/// Sends, and sends again with a two-factor code where the server wants one. A wrong code may be typed again.
fn proven(
    person: &mut Prompter,
    mut code: Option<Zeroizing<String>>,
    send: impl Fn(Option<&str>) -> Result<Object, Failure>,
) -> Result<Object, Failure> {
    for tries_left in (0..person.tries()).rev() {
        let mut answer = send(code.as_ref().map(|code| code.as_str()));
        if code.is_none()
            && let Err(Failure::Refused(Refusal { needs_code: true, .. })) = &answer
        {
            code = Some(person.ask_code()?);
            answer = send(code.as_ref().map(|code| code.as_str()));
        }
        match answer {
            Err(Failure::Refused(refusal))
                if tries_left > 0 && refusal.id == "invalid_two_factor_code" =>
            {
                problem(&refusal.sentence());
                code = Some(person.ask_code()?);
            }
            other => return other,
        }
    }
    Err(not_understood())
}

fn warn_of_the_api_key() {
    warn("WARN: this will change your API key, and expire it every 30 days!");
}

fn is_enabled(answer: &Object) -> Result<bool, Failure> {
    answer.flag("enabled").ok_or_else(not_understood)
}

/// A method's kind in words, and the name that its owner gave it.
fn method_name(method: &Value) -> String {
    let text = |name| method.get(name).and_then(Value::as_str);
    let kind = match text("kind").unwrap_or_default() {
        "security_key" => "Security key".into(),
        "built_in_authenticator" => "Built-in authenticator".into(),
        "synced_passkey" | "device_bound_passkey" => "Passkey".into(),
        "totp" => "Authenticator app".into(),
        "hotp" => "Code generator".into(),
        "push_approval" => "Push approval".into(),
        other => clean(other),
    };
    match text("name").map(clean).filter(|name| !name.is_empty() && *name != kind) {
        Some(name) => format!("{kind}: {name}"),
        None => kind,
    }
}

/// The server's own text of the codes, if it has them all; else the codes, one on a line.
fn recovery_text(answer: &Object) -> Result<Zeroizing<String>, Failure> {
    let codes = answer.list("codes").unwrap_or_default();
    let codes = codes.iter().map(|code| code.as_str().ok_or_else(not_understood));
    let codes = codes.collect::<Result<Vec<_>, _>>()?;
    if codes.is_empty() {
        return Err(not_understood());
    }
    let text = answer.text("text").filter(|text| codes.iter().all(|code| text.contains(code)));
    Ok(Zeroizing::new(match text {
        Some(text) => clean_lines(text),
        None => clean_lines(&Zeroizing::new(codes.join("\n"))),
    }))
}

/// Opens a page where there is a desktop. Whoever has none has read its address.
fn open(page: &str) {
    let has_desktop = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if has_desktop("DISPLAY") || has_desktop("WAYLAND_DISPLAY") {
        "xdg-open"
    } else {
        return;
    };
    let started = Program::new(program)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A browser stays when this terminal goes.
        .process_group(0)
        .spawn();
    if started.is_err() {
        note("No browser could be started here.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_names() {
        for (method, name) in [
            (r#"{"kind":"totp","name":null}"#, "Authenticator app"),
            (r#"{"kind":"totp","name":"Authenticator app"}"#, "Authenticator app"),
            (
                r#"{"kind":"security_key","name":"Blue\u001b[31m one"}"#,
                "Security key: Blue\u{fffd}[31m one",
            ),
            (r#"{"kind":"new\u0007kind","name":""}"#, "new\u{fffd}kind"),
            (r#"{}"#, ""),
        ] {
            let read = serde_json::from_str::<Value>(method).map(|value| method_name(&value));
            assert_eq!(read.ok().as_deref(), Some(name), "{method}");
        }
    }

    #[test]
    fn no_recovery_code_is_left_out() {
        let text = |json: &str| {
            let object = Object::read(json.as_bytes()).ok_or_else(not_understood)?;
            recovery_text(&object)
        };
        let is = |json, expected: &str| text(json).is_ok_and(|text| *text == expected);
        assert!(is(r#"{"codes":["aaa","bbb"],"text":"Codes\n\naaa\nbbb"}"#, "Codes\n\naaa\nbbb\n"));
        assert!(is(r#"{"codes":["aaa","bbb"],"text":"Codes\naaa"}"#, "aaa\nbbb\n"));
        assert!(is(r#"{"codes":["aaa","b\u001bb"]}"#, "aaa\nb\u{fffd}b\n"));
        for json in ["{}", r#"{"codes":[]}"#, r#"{"codes":[1],"text":"1"}"#, r#"{"text":"x"}"#] {
            assert_eq!(text(json), Err(not_understood()), "{json}");
        }
    }
}
