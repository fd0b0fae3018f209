//! The commands of the command lines, without a file system and a terminal of their own.
//!
//! A command line parses arguments, and does what a [`Command`] asks for next: read a file, write one, print a text, exit.
//! What is read and when, every message, every form of output and the exit status are decided here, so that the command
//! lines in JavaScript and in Python are the same.
//!
//! ```
//! use prefect_events::command::{Command, Next, Surroundings};
//!
//! let options = serde_json::json!({ "subject": "missing-label", "format": "pretty" });
//! let mut command = Command::new("explain", options, Surroundings::default()).unwrap();
//! let Next::Print { text, .. } = command.next() else { panic!("it reads no file") };
//! assert!(text.starts_with("error[missing-label]: Required label missing"));
//! assert_eq!(command.next(), Next::Exit { status: 0 });
//! ```

mod advise;
mod build;
mod explain;
mod input;
mod live;
mod reader;
mod reason;
mod scenario;
mod schema;
mod simulate;
mod steps;
mod surroundings;
mod test;

use serde::de::{Deserialize, Deserializer, Error};
use serde::Serialize;

pub use advise::AdviseOptions;
pub use build::BuildCommandOptions;
pub use explain::ExplainOptions;
pub use live::{BacktestCommandOptions, DiffCommandOptions, PullCommandOptions, WhyCommandOptions};
pub use reason::{read_reason, write_reason};
pub use schema::SchemaOptions;
pub use simulate::SimulateCommandOptions;
pub use surroundings::{Surroundings, Terminal};
pub use test::TestCommandOptions;

use crate::client::{PullProgress, Request, Response, SettingsSources};
use crate::time::Instant;

use live::FromServer;
use steps::{Run, Steps, Whole};

/// What a command asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "want", rename_all = "lowercase")]
pub enum Next {
    /// The pieces of a file: call [`Command::piece`] for each of any length until it returns `false`, then
    /// [`Command::end`]; or [`Command::failed`].
    Read {
        /// Its name as the user gave it; `-` is standard input.
        file: String,
        /// The name is relative to the folder of this file, not to the working directory. `-`: to the latter.
        #[serde(skip_serializing_if = "Option::is_none")]
        beside: Option<String>,
        /// The option for which the file will be written, such as `--fix`: special files such as named pipes must be
        /// refused before they are opened, and a later `Write` must not overwrite a file that has changed since.
        #[serde(skip_serializing_if = "Option::is_none")]
        rewrite: Option<&'static str>,
    },
    /// The files in a folder: call [`Command::listed`] or [`Command::failed`].
    List {
        /// Its name as the user gave it.
        folder: String,
    },
    /// Replace a file that was read, completely or not at all: call [`Command::written`] or [`Command::failed`].
    Write {
        /// Its name as the user gave it; `-` is standard output, which must have received all of it.
        file: String,
        /// The new contents.
        #[serde(skip)]
        text: Vec<u8>,
    },
    /// Print a text.
    Print {
        /// Where.
        to: Stream,
        /// What, with a line break at the end.
        text: String,
    },
    /// Print how the command is used to standard error, and exit with status 2.
    Usage,
    /// Arguments do not go together: print this as the parser of arguments prints its errors, and exit with status 2.
    Misuse {
        /// A sentence without a full stop.
        message: String,
    },
    /// Whether a file exists: call [`Command::written`] if it does, otherwise [`Command::failed`].
    Exists {
        /// Its name as the user gave it.
        file: String,
    },
    /// What Prefect's settings are read from: call [`Command::settings`], or [`Command::failed`] with a sentence.
    Settings {
        /// The profile to use instead of the active one.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// Send this, then call [`Command::responded`] or [`Command::lost`].
    Request(Request),
    /// Wait. The progress that is drawn gives way to the text, which goes to standard error.
    Wait {
        /// How long.
        milliseconds: u64,
        /// Why, with a line break at the end.
        text: String,
    },
    /// Open a websocket with the subprotocol `prefect`, then call [`Command::opened`] or [`Command::closed`].
    Connect {
        /// Its address.
        url: String,
    },
    /// Send a text on the websocket. It contains the credentials.
    Send {
        /// The text.
        text: String,
    },
    /// Wait for the websocket, then call [`Command::received`] or [`Command::closed`], if it said anything.
    Receive {
        /// The longest time to wait.
        milliseconds: u64,
    },
    /// Draw how far reading from the server has come, if standard error is a terminal.
    Progress(PullProgress),
    /// Open a file to append to it, or create it: call [`Command::tail`] or [`Command::failed`].
    Resume {
        /// Its name as the user gave it.
        file: String,
        /// The most bytes of its end to hand over.
        most: usize,
    },
    /// Remove so many bytes from the end of this file: call [`Command::written`] or [`Command::failed`].
    Cut {
        /// How many.
        bytes: usize,
    },
    /// Append whole lines to this file: call [`Command::written`] or [`Command::failed`].
    Append {
        /// The lines.
        text: String,
    },
    /// The command has ended.
    Exit {
        /// The exit status.
        status: u8,
    },
}

/// A stream for output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output: results.
    Stdout,
    /// Standard error: messages.
    Stderr,
}

/// A file in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its name, without the folder.
    pub name: String,
    /// Its path: how it is read and named in messages.
    pub path: String,
}

/// A command that runs. Call [`Command::next`], do what it says, and repeat until [`Next::Usage`], [`Next::Misuse`] or
/// [`Next::Exit`].
pub struct Command(Box<dyn Steps>);

impl Command {
    /// Starts a command with its parsed options: an object whose names are those of the long options in camel case, and
    /// of the arguments.
    ///
    /// # Errors
    /// There is no such command, or an option is unknown or has a wrong value.
    pub fn new<'de, D: Deserializer<'de>>(
        name: &str,
        options: D,
        surroundings: Surroundings,
    ) -> Result<Command, D::Error> {
        let steps: Box<dyn Steps> = match name {
            "explain" => whole(explain::Explain::new(ExplainOptions::deserialize(options)?, surroundings)),
            "schema" => whole(schema::PrintSchema::new(SchemaOptions::deserialize(options)?)),
            "build" => whole(build::Build::new(BuildCommandOptions::deserialize(options)?, &surroundings)?),
            "advise" => whole(advise::Advise::new(AdviseOptions::deserialize(options)?, surroundings)),
            "simulate" => whole(simulate::Simulate::new(SimulateCommandOptions::deserialize(options)?, surroundings)),
            "test" => whole(test::Test::new(TestCommandOptions::deserialize(options)?, surroundings)),
            "backtest" => {
                whole(live::BacktestCommand::new(BacktestCommandOptions::deserialize(options)?, surroundings))
            }
            "why" => whole(live::WhyCommand::new(WhyCommandOptions::deserialize(options)?, surroundings)),
            "diff" => whole(live::DiffCommand::new(DiffCommandOptions::deserialize(options)?, surroundings)),
            "pull" => whole(live::PullCommand::new(PullCommandOptions::deserialize(options)?, &surroundings)),
            _ => return Err(D::Error::custom(format_args!("there is no command `{name}`"))),
        };
        Ok(Command(steps))
    }

    /// What to do next.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "between two of them, the caller acts")]
    pub fn next(&mut self) -> Next {
        self.0.next()
    }

    /// Hands over a piece of the file that [`Next::Read`] asked for. Returns whether more of it is needed.
    pub fn piece(&mut self, bytes: &[u8]) -> bool {
        self.0.piece(bytes)
    }

    /// The file has ended, or [`Command::piece`] needs no more of it.
    pub fn end(&mut self) {
        self.0.end();
    }

    /// What was asked for cannot be read or written. `reason` is a sentence without its subject, such as
    /// `does not exist`: see [`read_reason`] and [`write_reason`].
    pub fn failed(&mut self, reason: &str) {
        self.0.failed(reason);
    }

    /// The file was written.
    pub fn written(&mut self) {
        self.0.written();
    }

    /// The files in the folder.
    pub fn listed(&mut self, files: Vec<Listed>) {
        self.0.listed(files);
    }

    /// Where Prefect's settings are.
    pub fn settings(&mut self, sources: SettingsSources) {
        self.0.settings(sources);
    }

    /// The end of the file to append to, and whether that is all of it.
    pub fn tail(&mut self, bytes: &[u8], is_all: bool) {
        self.0.tail(bytes, is_all);
    }

    /// The present time, and a random number from 0 to 1. Commands that read from a server need it before each call of
    /// [`Command::next`], and before they are told what the server said.
    pub fn clock(&mut self, now: Instant, jitter: f64) {
        if let Some(connection) = self.0.connection() {
            connection.set_clock(now, jitter);
        }
    }

    /// The response to the request.
    pub fn responded(&mut self, response: Response<'_>) {
        self.said(FromServer::Response(response));
    }

    /// The request had no response; the reason is the system's message.
    pub fn lost(&mut self, reason: &str) {
        self.said(FromServer::Lost(reason));
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        self.said(FromServer::Opened);
    }

    /// A text came on the websocket.
    pub fn received(&mut self, text: &str) {
        self.said(FromServer::Received(text));
    }

    /// The websocket was closed, or could not be opened.
    pub fn closed(&mut self, code: u16, reason: &str) {
        self.said(FromServer::Closed(code, reason));
    }

    /// The user does not want to wait longer: the command ends at its next step.
    pub fn interrupt(&mut self) {
        if let Some(connection) = self.0.connection() {
            connection.interrupt();
        }
    }

    fn said(&mut self, said: FromServer<'_>) {
        if let Some(connection) = self.0.connection() {
            connection.said(said);
        }
    }

    /// Whether a failure on one file, even one of the program itself, leaves the other files to be reported on.
    #[must_use]
    pub fn isolates_files(&self) -> bool {
        self.0.isolates_files()
    }
}

fn whole(run: impl Run + 'static) -> Box<dyn Steps> {
    Box::new(Whole::new(run))
}
