//! The command `pull`: events of a live server, one per line.

use serde::{Deserialize, Deserializer};

use crate::client::{Batch, EventFilter, PullProgress, When};
use crate::render::printable;
use crate::text::phrase::count;
use crate::text::strict::strict;

use super::super::steps::{Had, Inputs, Outcome, Run, Stop, error, needed};
use super::super::surroundings::Surroundings;
use super::super::{Next, Stream};
use super::connection::{Came, Connection};

/// As shells report a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;
/// So many bytes of an earlier capture decide what is new.
const TAIL: usize = 16 << 20;

/// The options of `pull`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct PullCommandOptions {
    /// The earliest time.
    pub since: Option<When>,
    /// The latest time.
    pub until: Option<When>,
    /// A file with automations: only the events that these wait for.
    pub r#for: Option<String>,
    /// Only events of these runs.
    pub run: Vec<String>,
    /// The profile that names the server.
    pub profile: Option<String>,
    /// An earlier capture, to which the events after its last one are appended.
    pub resume: Option<String>,
    /// Follow new events.
    pub stream: bool,
}

impl<'de> Deserialize<'de> for PullCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(in crate::command) struct PullCommand {
    options: PullCommandOptions,
    connection: Connection,
    is_begun: bool,
    /// How far reading has come.
    last: Option<PullProgress>,
    /// Events whose progress was reported, but that are not printed yet.
    batch: Option<Batch>,
    /// Whether events are being appended.
    appends: bool,
    /// What is left to print before the end, and the exit status.
    ending: Option<(Option<Next>, u8)>,
}

impl PullCommand {
    pub(in crate::command) fn new(options: PullCommandOptions, surroundings: &Surroundings) -> Self {
        PullCommand {
            options,
            connection: Connection::new(&surroundings.seed),
            is_begun: false,
            last: None,
            batch: None,
            appends: false,
            ending: None,
        }
    }

    fn begin(&mut self, inputs: &mut Inputs) -> Result<(), Stop> {
        let options = &self.options;
        let automation = match &options.r#for {
            Some(file) => Some(String::from_utf8_lossy(&needed(file, inputs.read(file)?)?).into_owned()),
            None => None,
        };
        let server = self.connection.server(options.profile.as_deref(), inputs)?;
        let resume = match &options.resume {
            Some(file) => Some(tail(file, inputs)?),
            None => None,
        };
        let filter = EventFilter {
            since: options.since,
            until: options.until,
            runs: options.run.clone(),
            automation,
            resume,
            ..EventFilter::default()
        };
        if options.stream {
            self.connection.stream(server, &filter)?;
        } else {
            self.connection.pull(server, &filter)?;
        }
        self.is_begun = true;
        inputs.forget();
        Ok(())
    }

    /// Prints a text to standard error, then ends.
    fn end(&mut self, text: String, then: Option<Next>, status: u8) -> Stop {
        self.ending = Some((then, status));
        Stop::Want(Next::Print { to: Stream::Stderr, text })
    }

    fn put(&mut self, lines: String, inputs: &mut Inputs) -> Stop {
        if self.options.resume.is_none() {
            return Stop::Want(Next::Print { to: Stream::Stdout, text: lines });
        }
        self.appends = true;
        inputs.forget();
        Stop::Want(Next::Append { text: lines })
    }

    fn come(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        if let Some(batch) = self.batch.take() {
            return Err(self.put(batch.lines, inputs));
        }
        match self.connection.next() {
            Ok(Came::Events(batch)) => {
                self.last = Some(batch.progress.clone());
                let progress = Next::Progress(batch.progress.clone());
                let has_events = batch.count > 0;
                if self.options.stream {
                    if has_events {
                        return Err(self.put(batch.lines, inputs));
                    }
                    return self.come(inputs);
                }
                self.batch = Some(batch).filter(|_| has_events);
                Err(Stop::Want(progress))
            }
            Ok(Came::All | Came::Found(_)) => match self.last.take() {
                Some(last) => Err(self.end(summary(&last), None, 0)),
                None => Ok(Outcome::default()),
            },
            Err(Stop::Fail(message)) => match self.last.take() {
                Some(last) => Err(self.end(how_to_go_on(&self.options, &last), Some(error(&message)), 2)),
                None => Err(Stop::Fail(message)),
            },
            Err(want) => Err(want),
        }
    }
}

impl Run for PullCommand {
    fn connection(&mut self) -> Option<&mut Connection> {
        Some(&mut self.connection)
    }

    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        if let Some((then, status)) = &mut self.ending {
            return match then.take() {
                Some(next) => Err(Stop::Want(next)),
                None => Ok(Outcome { status: *status, ..Outcome::default() }),
            };
        }
        if std::mem::take(&mut self.appends)
            && let Some(Err(reason)) = inputs.written()
        {
            return Err(Stop::Fail([self.options.resume.as_deref().unwrap_or_default(), " ", &reason].concat()));
        }
        if self.connection.is_interrupted() {
            // A stream has no other end.
            let status = if self.options.stream { 0 } else { INTERRUPTED };
            return match self.last.take() {
                Some(last) => Err(self.end(how_to_go_on(&self.options, &last), None, status)),
                None => Ok(Outcome { status, ..Outcome::default() }),
            };
        }
        if !self.is_begun {
            self.begin(inputs)?;
        }
        self.come(inputs)
    }
}

/// The whole lines at the end of an earlier capture. A line that was not written completely is removed from it.
fn tail(file: &str, inputs: &mut Inputs) -> Result<String, Stop> {
    let problem = |reason: String| Stop::Fail([file, " ", &reason].concat());
    let (bytes, is_all) = inputs.resume(file, TAIL)?.map_err(problem)?;
    let end = memchr::memrchr(b'\n', &bytes).map_or(0, |at| at.saturating_add(1));
    let excess = bytes.len().saturating_sub(end);
    if excess > 0 {
        // Without any complete line it may be another file.
        if end == 0 {
            return Err(problem("is not a capture: it must have one event per line".to_owned()));
        }
        let cut: Had<()> = inputs.cut(excess)?;
        cut.map_err(problem)?;
    }
    let first = if is_all { 0 } else { memchr::memchr(b'\n', &bytes).map_or(0, |at| at.saturating_add(1)) };
    Ok(String::from_utf8_lossy(bytes.get(first..end).unwrap_or_default()).into_owned())
}

fn counted(events: u64) -> String {
    let noun = if events == 1 { "event" } else { "events" };
    format!("{} {noun}", count(usize::try_from(events).unwrap_or(usize::MAX)))
}

fn summary(PullProgress { events, lacking, since, until, limits, .. }: &PullProgress) -> String {
    let mut text = format!("{} from {} to {}\n", counted(*events), since.rfc3339(), until.rfc3339());
    if *lacking > 0 {
        let lacking = count(usize::try_from(*lacking).unwrap_or(usize::MAX));
        text.extend(["the server counted ", &lacking, " more, but did not return them\n"]);
    }
    if let Some(limits) = limits {
        text.extend([&*printable(limits), "\n"]);
    }
    text
}

fn how_to_go_on(options: &PullCommandOptions, PullProgress { events, reached, .. }: &PullProgress) -> String {
    let how = match options.resume {
        Some(_) => "the same command again",
        None => "the same command with --resume FILE instead of > FILE, where FILE has these events",
    };
    format!("{} came, up to {}. To continue: {how}\n", counted(*events), reached.rfc3339())
}
