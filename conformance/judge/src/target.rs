//! A target: a program that answers one JSON object a line, in order.

use crate::rules::{Answer, Hello};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How to start a target, and what it is known to lack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) command: Vec<String>,
    /// Operations (patterns) and features without which our own vectors may be skipped; `None`: whichever.
    pub(crate) lacks: Option<Lacks>,
}

/// What a target may lack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lacks {
    pub(crate) ops: Vec<String>,
    pub(crate) features: Vec<String>,
}

/// A running target.
pub(crate) struct Target {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Result<String, String>>,
    complaints: Receiver<String>,
    deadline: Instant,
    patience: Duration,
}

/// How many lines of a target's standard error a failure's report shows.
const LAST_WORDS: usize = 20;
/// How long a target that has no more questions to answer may take to go.
const FAREWELL: Duration = Duration::from_secs(5);

impl Target {
    /// Starts the program in `folder`. It must answer everything within `patience`.
    pub(crate) fn start(
        config: &Config,
        folder: &Path,
        patience: Duration,
    ) -> Result<Self, String> {
        let (program, arguments) = config.command.split_first().ok_or("no command")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that what it starts (a browser, an emulator) can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|e| format!("{program}: {e}"))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let stderr = child.stderr.take().ok_or("no standard error")?;
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                if send.send(line.map_err(|e| e.to_string())).is_err() {
                    return;
                }
            }
        });
        let (send, complaints) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, stdin, lines, complaints, deadline: Instant::now() + patience, patience })
    }

    /// Sends every line from a thread of its own, so that neither side waits on a full pipe, then closes the pipe.
    pub(crate) fn feed(&mut self, requests: Vec<String>) {
        let Some(mut stdin) = self.stdin.take() else { return };
        std::thread::spawn(move || {
            for request in requests {
                // A target that has gone takes no more lines; whoever reads its answers will see that.
                if writeln!(stdin, "{request}").is_err() {
                    return;
                }
            }
        });
    }

    /// The next line, or what happened instead.
    fn line(&mut self) -> Result<String, String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(format!("unreadable output: {error}")),
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(format!("no answer within {} s{}", self.patience.as_secs(), self.last_words()))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = match self.wait() {
                    Some(status) => status.to_string(),
                    None => "its output closed, but it runs on".into(),
                };
                Err(format!("the target ended ({status}){}", self.last_words()))
            }
        }
    }

    /// Its exit status, if it goes by itself before long.
    fn wait(&mut self) -> Option<ExitStatus> {
        let until = Instant::now() + FAREWELL;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Ends the program and what it has started.
    fn end(&mut self) {
        // Whatever fails here, it is gone already, which is as good.
        #[cfg(unix)]
        let _ =
            Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).output();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it last wrote to standard error.
    fn last_words(&mut self) -> String {
        let mut said = VecDeque::new();
        while let Ok(line) = self.complaints.recv_timeout(Duration::from_millis(200)) {
            if said.len() == LAST_WORDS {
                said.pop_front();
            }
            said.push_back(line);
        }
        if said.is_empty() {
            String::new()
        } else {
            format!("; its last words:\n    {}", Vec::from(said).join("\n    "))
        }
    }

    /// Asks what the target can do.
    pub(crate) fn hello(&mut self) -> Result<Hello, String> {
        if let Some(stdin) = &mut self.stdin {
            // One line fits every pipe; if it cannot be written, the answer will not come, and that is reported.
            let _ = writeln!(stdin, r#"{{"op":"hello"}}"#).and_then(|()| stdin.flush());
        }
        let line = self.line()?;
        let value: Value = serde_json::from_str(&line)
            .map_err(|_| format!("hello was answered with {}", cut(&line)))?;
        let list = |name: &str| {
            let items = value[name]
                .as_array()
                .ok_or(format!("hello was answered without {name}: {}", cut(&line)))?;
            Ok(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
        };
        list("features").and_then(|features| Ok(Hello { features, ops: list("ops")? }))
    }

    /// The next answer, which must be to the request with this number. An error ends the conversation.
    pub(crate) fn answer(&mut self, number: usize) -> Result<Answer, String> {
        let line = self.line()?;
        let value: Value = match serde_json::from_str(&line) {
            Ok(value) => value,
            Err(_) => return Err(format!("a line that is not JSON: {}", cut(&line))),
        };
        if value["id"] != number.to_string().as_str() {
            return Err(format!(
                "answers are out of order: {} where {number} was due",
                value["id"]
            ));
        }
        let said: Vec<&str> = ["accept", "reject", "skip"]
            .into_iter()
            .filter(|word| value.get(word).is_some())
            .collect();
        Ok(match (&said[..], &value) {
            (["accept"], value) if value["accept"].is_object() => {
                Answer::Accept(value["accept"].as_object().cloned().unwrap_or_default())
            }
            (["reject"], value) if value["reject"].is_string() => {
                Answer::Reject(text(&value["reject"]))
            }
            (["skip"], value) if value["skip"].is_string() => Answer::Skip(text(&value["skip"])),
            _ => Answer::Broken(format!("no legal answer: {}", cut(&line))),
        })
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.stdin.take());
        if self.wait().is_none() {
            self.end();
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The start of a line, for messages.
fn cut(line: &str) -> String {
    let start: String = line.chars().take(300).collect();
    if start.len() < line.len() { start + " …" } else { start }
}
