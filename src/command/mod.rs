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
mod backtest;
mod build;
mod captured;
mod diff;
mod explain;
mod input;
mod pull;
mod reader;
mod reason;
mod report;
mod scenario;
mod schema;
mod simulate;
mod steps;
mod surroundings;
mod test;
mod watch;
mod why;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error};

pub use advise::AdviseOptions;
pub use backtest::BacktestCommandOptions;
pub use build::BuildCommandOptions;
pub use diff::DiffCommandOptions;
pub use explain::ExplainOptions;
pub use input::not_text;
pub use pull::{pull_interrupted, pull_summary};
pub use reason::FileAction;
pub use report::{CheckCommandOptions, ValidateCommandOptions};
pub use schema::SchemaOptions;
pub use simulate::SimulateCommandOptions;
pub use surroundings::{Surroundings, Terminal};
pub use test::TestCommandOptions;
pub use watch::{WatchFilesError, watch};
pub use why::WhyCommandOptions;

use steps::{Run, Steps, Whole};

/// What a command asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "want", rename_all = "lowercase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "CommandNext", tag = "want", rename_all = "lowercase", optional_fields)
)]
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
        /// rejected before they are opened, and a later `Write` must not overwrite a file that has changed since.
        #[serde(skip_serializing_if = "Option::is_none")]
        rewrite: Option<&'static str>,
    },
    /// The files in a folder: call [`Command::listed`] or [`Command::failed`].
    List {
        /// Its name as the user gave it.
        folder: String,
    },
    /// The events of a server, received in a range of time: call [`Command::piece`] with NDJSON, then [`Command::end`]; or
    /// [`Command::failed`] with a whole sentence.
    Pull {
        /// The earliest time, as the user gave it.
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<String>,
        /// The latest time.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<String>,
        /// The profile that names the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// The automations of a server, a JSON list, likewise.
    Automations {
        /// Only the one with this name or id.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The profile that names the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// Replace a file that was read, completely or not at all: call [`Command::written`] or [`Command::failed`].
    Write {
        /// Its name as the user gave it; `-` is standard output, which must have received all of it.
        file: String,
        /// The new contents.
        #[serde(skip)]
        #[cfg_attr(feature = "typescript", ts(skip))]
        text: Vec<u8>,
    },
    /// Print a text.
    Print {
        /// Where.
        to: OutputStream,
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
    /// The command has ended.
    Exit {
        /// The exit status.
        status: u8,
    },
}

/// A stream for output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum OutputStream {
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
            "explain" => whole(explain::Explain::new(read(options)?, surroundings)),
            "schema" => whole(schema::PrintSchema::new(read(options)?)),
            "build" => whole(build::Build::new(read(options)?, &surroundings)?),
            "advise" => whole(advise::Advise::new(read(options)?, surroundings)),
            "simulate" => whole(simulate::Simulate::new(read(options)?, surroundings)),
            "test" => whole(test::Test::new(read(options)?, surroundings)),
            "backtest" => whole(backtest::RunBacktest::new(read(options)?, surroundings)),
            "why" => whole(why::RunWhy::new(read(options)?, surroundings)),
            "diff" => whole(diff::RunDiff::new(read(options)?, surroundings)),
            "validate" => Box::new(read::<_, ValidateCommandOptions>(options)?.start(surroundings)?),
            "check" => Box::new(read::<_, CheckCommandOptions>(options)?.start(surroundings)?),
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
    /// `does not exist`: see [`FileAction::reason`].
    pub fn failed(&mut self, reason: &str) {
        self.0.failed(reason);
    }

    /// The file that [`Next::Read`] asked for with `rewrite` can be read, but must not be written: it is a named pipe, say.
    pub fn rejected(&mut self, reason: &str) {
        self.0.rejected(reason);
    }

    /// The file was written.
    pub fn written(&mut self) {
        self.0.written();
    }

    /// The files in the folder.
    pub fn listed(&mut self, files: Vec<Listed>) {
        self.0.listed(files);
    }

    /// Whether a failure on one file, even one of the program itself, leaves the other files to be reported on.
    #[must_use]
    pub fn isolates_files(&self) -> bool {
        self.0.isolates_files()
    }
}

/// Options, strict about their names: the types have a function of the same name that is not.
fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(options: D) -> Result<T, D::Error> {
    T::deserialize(options)
}

fn whole(run: impl Run + 'static) -> Box<dyn Steps> {
    Box::new(Whole::new(run))
}
