//! The arguments. Whatever could be a secret there is refused with the reason, and not repeated: the message may go to a log.

use crate::failure::Failure;
use lexopt::Arg::{Long, Short, Value};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
mfa: two-factor authentication from a terminal

Usage: mfa COMMAND [OPTIONS]

Commands:
  login         log in: asks for email, password and, if needed, a code
  logout        log out on this machine
  2fa           is two-factor auth enabled, and by which methods?
  2fa:enable    set up an authenticator app by a QR code in the terminal
      --browser       open the account page instead
  2fa:disable   turn two-factor auth off: asks for the password
  2fa:generate-recovery-codes
                replace the recovery codes: asks for a two-factor code
      --output FILE   write them to a new file that only you can read;
                      - is standard output
      --force         replace FILE if it exists

Options:
  --server URL  the site; otherwise MFA_SERVER, the one where you are logged in,
                or http://localhost:8080
  --stdin       read the answers as lines from standard input, for scripts
  --help, --version

No option takes a password, a code or a token: mfa asks for them.
";

/// Why a secret is refused here.
const NO_SECRETS: &str = "mfa takes no password, code or token as an argument: other programs on this machine can read \
    arguments, and your shell keeps them in its history. Leave it out, and mfa asks for it. If what you typed was a real one, change it.";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Version,
    Login,
    Logout,
    Status,
    Enable { browser: bool },
    Disable,
    GenerateRecoveryCodes { output: Output },
}

/// Where recovery codes go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Terminal,
    Stdout,
    File { path: PathBuf, replace: bool },
}

/// A command, and how it reaches the server and the person.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    pub(crate) command: Command,
    pub(crate) server: Option<String>,
    pub(crate) stdin: bool,
}

/// Reads the arguments, the program's own name first.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, Failure> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let (mut name, mut server, mut output) = (None, None, None);
    let (mut stdin, mut browser, mut force) = (false, false, false);
    let (mut help, mut version) = (false, false);
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Value(value) if name.is_none() => name = Some(value),
            Long("server") if server.is_none() => {
                let value = parser.value().map_err(wrong)?.into_string();
                server = Some(value.map_err(|_| usage("--server needs a URL"))?);
            }
            Long("output") if output.is_none() => output = Some(parser.value().map_err(wrong)?),
            Long("stdin") => stdin = true,
            Long("browser") => browser = true,
            Long("force") => force = true,
            Short('h') | Long("help") => help = true,
            Short('V') | Long("version") => version = true,
            Value(_) => return Err(usage(NO_SECRETS)),
            Long(name) => return Err(unknown(name)),
            // Short options may have a value stuck to them: `-phunter2`.
            Short(_) => return Err(usage(NO_SECRETS)),
        }
    }
    let command = if help {
        Command::Help
    } else if version {
        Command::Version
    } else {
        let name = name.ok_or_else(|| usage("Which command? See mfa --help."))?;
        command(&name.to_string_lossy(), &mut browser, &mut force, &mut output)?
    };
    // What the command did not take is not its own.
    if !help && !version && (browser || force || output.is_some()) {
        let which = if browser { "--browser" } else { "--output or --force" };
        return Err(usage(&format!("{which} belongs to another command. See mfa --help.")));
    }
    Ok(Invocation { command, server, stdin })
}

fn command(
    name: &str,
    browser: &mut bool,
    force: &mut bool,
    output: &mut Option<OsString>,
) -> Result<Command, Failure> {
    match name {
        "login" => Ok(Command::Login),
        "logout" => Ok(Command::Logout),
        "2fa" => Ok(Command::Status),
        "2fa:enable" => Ok(Command::Enable { browser: std::mem::take(browser) }),
        "2fa:disable" => Ok(Command::Disable),
        "2fa:generate-recovery-codes" => {
            let replace = std::mem::take(force);
            let output = match output.take() {
                Some(path) if path == "-" && !replace => Output::Stdout,
                Some(path) if path != "-" => Output::File { path: path.into(), replace },
                None if !replace => Output::Terminal,
                _ => return Err(usage("--force is for --output FILE.")),
            };
            Ok(Command::GenerateRecoveryCodes { output })
        }
        _ => Err(usage("There is no such command. See mfa --help.")),
    }
}

fn usage(sentence: &str) -> Failure {
    Failure::Usage(sentence.into())
}

/// An option that does not exist. Only a name that looks like one is repeated.
fn unknown(name: &str) -> Failure {
    /// What options for secrets are called elsewhere.
    const SECRETS: [&str; 11] =
        ["pass", "pwd", "secret", "token", "code", "otp", "pin", "key", "cred", "auth", "session"];
    let lower = name.to_lowercase();
    if SECRETS.iter().any(|part| lower.contains(part)) {
        return usage(NO_SECRETS);
    }
    if matches!(name, "server" | "output") {
        return usage(&format!("--{name} may be given once."));
    }
    if name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        return usage(&format!("There is no option --{name}. See mfa --help."));
    }
    usage("There is no such option. See mfa --help.")
}

/// The parser's own errors, without the values that it would show.
fn wrong(error: lexopt::Error) -> Failure {
    match error {
        lexopt::Error::MissingValue { option: Some(option) } => {
            usage(&format!("{option} needs a value. See mfa --help."))
        }
        // Only a flag of ours gets here with a value: `--stdin=hunter2`.
        lexopt::Error::UnexpectedValue { .. } => usage(NO_SECRETS),
        _ => usage("Those arguments were not understood. See mfa --help."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Invocation, Failure> {
        parse(std::iter::once("mfa").chain(line.split_whitespace()).map(OsString::from))
    }

    fn command_of(line: &str) -> Option<Command> {
        parsed(line).ok().map(|invocation| invocation.command)
    }

    #[test]
    fn commands_and_their_options() {
        assert_eq!(command_of("login"), Some(Command::Login));
        assert_eq!(command_of("logout"), Some(Command::Logout));
        assert_eq!(command_of("2fa"), Some(Command::Status));
        assert_eq!(command_of("2fa:enable"), Some(Command::Enable { browser: false }));
        assert_eq!(command_of("--browser 2fa:enable"), Some(Command::Enable { browser: true }));
        assert_eq!(command_of("2fa:disable"), Some(Command::Disable));
        for (options, output) in [
            ("", Output::Terminal),
            ("--output -", Output::Stdout),
            ("--output=codes.txt", Output::File { path: "codes.txt".into(), replace: false }),
            ("--force --output ./-", Output::File { path: "./-".into(), replace: true }),
        ] {
            let line = format!("2fa:generate-recovery-codes {options}");
            assert_eq!(
                command_of(&line),
                Some(Command::GenerateRecoveryCodes { output }),
                "{line}"
            );
        }
        let invocation = parsed("2fa --server https://example.com --stdin");
        let server = Some("https://example.com".into());
        assert_eq!(invocation, Ok(Invocation { command: Command::Status, server, stdin: true }));
        assert_eq!(command_of("--help"), Some(Command::Help));
        assert_eq!(command_of("2fa:enable --browser -h"), Some(Command::Help));
        assert_eq!(command_of("-V"), Some(Command::Version));
    }

    #[test]
    fn every_command_is_in_the_help() {
        for name in
            ["login", "logout", "2fa", "2fa:enable", "2fa:disable", "2fa:generate-recovery-codes"]
        {
            assert!(
                command_of(name).is_some() && HELP.split_whitespace().any(|word| word == name),
                "{name}"
            );
        }
    }

    #[test]
    fn options_of_other_commands_are_refused() {
        for line in [
            "login --browser",
            "2fa --output x",
            "2fa:disable --force",
            "2fa:generate-recovery-codes --browser",
            "2fa:generate-recovery-codes --force",
            "2fa:generate-recovery-codes --force --output -",
            "2fa --server",
            "2fa --server http://localhost --server http://localhost",
            "",
            "enable",
        ] {
            assert!(matches!(parsed(line), Err(Failure::Usage(_))), "{line}");
        }
    }

    #[test]
    fn secrets_are_refused_and_never_repeated() {
        for line in [
            "login --password hunter2",
            "login --password=hunter2",
            "login --Password=hunter2",
            "login -p hunter2",
            "login -phunter2",
            "login hunter2",
            "login alice@example.com hunter2",
            "2fa:disable -- hunter2",
            "2fa:disable --stdin=hunter2",
            "2fa --token hunter2",
            "2fa --api-key=hunter2",
            "2fa:generate-recovery-codes --two-factor-code hunter2",
            "2fa:generate-recovery-codes --otp hunter2",
        ] {
            assert_eq!(parsed(line), Err(Failure::Usage(NO_SECRETS.into())), "{line}");
        }
        for line in ["hunter2", "login --hunter2", "login --Hunter", "login --hunter2=hunter2"] {
            let unrepeated = |failure: &Failure| matches!(failure, Failure::Usage(text) if !text.to_lowercase().contains("hunter"));
            assert!(parsed(line).is_err_and(|failure| unrepeated(&failure)), "{line}");
        }
        assert_eq!(
            parsed("2fa --colour"),
            Err(usage("There is no option --colour. See mfa --help."))
        );
    }
}
