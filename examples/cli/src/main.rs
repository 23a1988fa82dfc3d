//! `mfa`, the command line of the demo: logs in, shows whether two-factor authentication is on, turns it on and off, makes recovery codes.
//!
//! Every verdict is the server's. What this side has to get right is how it treats secrets:
//!
//! * A password, a code or a token is never an argument and never in the environment: other programs can read those, and shells keep them.
//! * Nothing typed is shown (`prompt`), and all of it is wiped when it has been sent.
//! * A session goes only to the server that it is from, over TLS or to this machine, and lies in a file of the person's own (`files`).
//! * What a server says is text, never a command to the terminal (`text`).
//!
//! What leaks: the HTTP client and TLS copy what they send, and those copies are not wiped. The process ends soon after.

#[cfg(not(unix))]
compile_error!("the terminal and file modes that mfa relies on are those of Unix");

mod arguments;
mod commands;
mod failure;
mod files;
mod json;
mod origin;
mod prompt;
mod screen;
mod server;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    let done = arguments::parse(std::env::args_os()).and_then(commands::run);
    done.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}
