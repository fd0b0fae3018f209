//! The server of a command: what to send to it, and what came.

use crate::client::{
    Batch, ClientError, ConnectOptions, EventFilter, Lookup, LookupStep, Pull, PullStep, Response, Server,
    SettingsSources, Stream, StreamStep, Surroundings, Wait, Wanted,
};
use crate::time::Instant;

use super::super::Next;
use super::super::steps::{Inputs, Stop};

/// What a server said, or the caller about it.
#[derive(Clone, Copy, Debug)]
pub(in crate::command) enum FromServer<'s> {
    Response(Response<'s>),
    Lost(&'s str),
    Opened,
    Received(&'s str),
    Closed(u16, &'s str),
}

/// What came.
pub(super) enum Came {
    Events(Batch),
    /// A JSON array of automations.
    Found(String),
    /// Everything.
    All,
}

enum Task {
    Pull(Box<Pull>),
    Lookup(Box<Lookup>),
    Stream(Box<Stream>),
}

/// The server, and what is being read from it.
#[derive(Default)]
pub(in crate::command) struct Connection {
    server: Option<Server>,
    task: Option<Task>,
    failed: Option<ClientError>,
    client_id: String,
    now: Instant,
    jitter: f64,
    is_interrupted: bool,
}

impl Connection {
    pub(super) fn new(client_id: &str) -> Connection {
        Connection { client_id: client_id.to_owned(), ..Connection::default() }
    }

    /// The caller's clock, and a random number from 0 to 1.
    pub(in crate::command) fn set_clock(&mut self, now: Instant, jitter: f64) {
        (self.now, self.jitter) = (now, jitter);
    }

    pub(in crate::command) fn interrupt(&mut self) {
        self.is_interrupted = true;
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// The server, if the settings have been read.
    pub(super) fn known(&self) -> Option<Server> {
        self.server.clone()
    }

    /// Whether something is being read.
    pub(super) fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// The server that the settings name. They are asked for each time, like files.
    pub(super) fn server(&mut self, profile: Option<&str>, inputs: &mut Inputs) -> Result<Server, Stop> {
        let sources = inputs.settings(profile)?.map_err(Stop::Fail)?;
        if let Some(server) = &self.server {
            return Ok(server.clone());
        }
        let settings = SettingsSources { profile: profile.map(str::to_owned), ..SettingsSources::clone(&sources) };
        let client_id = Some(self.client_id.clone());
        let options = ConnectOptions { settings: Some(settings), client_id, ..ConnectOptions::default() };
        let server = Server::new(&options).map_err(|error| Stop::Fail(error.to_string()))?;
        Ok(self.server.insert(server).clone())
    }

    pub(super) fn pull(&mut self, server: Server, filter: &EventFilter) -> Result<(), Stop> {
        let pull = Pull::new(server, filter, self.now).map_err(|error| Stop::Fail(error.to_string()))?;
        self.task = Some(Task::Pull(Box::new(pull)));
        Ok(())
    }

    pub(super) fn stream(&mut self, server: Server, filter: &EventFilter) -> Result<(), Stop> {
        let stream = Stream::new(server, filter, self.now).map_err(|error| Stop::Fail(error.to_string()))?;
        self.task = Some(Task::Stream(Box::new(stream)));
        Ok(())
    }

    pub(super) fn look_up(&mut self, server: Server, wanted: Wanted) {
        self.task = Some(Task::Lookup(Box::new(Lookup::new(server, wanted))));
    }

    /// What came next, or what to do for it.
    pub(super) fn next(&mut self) -> Result<Came, Stop> {
        if let Some(failed) = self.failed.take() {
            return Err(Stop::Fail(failed.message));
        }
        let want = match &mut self.task {
            None => return Ok(Came::All),
            Some(Task::Pull(pull)) => match pull.step() {
                PullStep::Request(request) => Next::Request(request),
                PullStep::Wait(wait) => waiting(&wait),
                PullStep::Events(batch) => return Ok(Came::Events(batch)),
                PullStep::Done => {
                    self.task = None;
                    return Ok(Came::All);
                }
            },
            Some(Task::Lookup(lookup)) => match lookup.step() {
                LookupStep::Request(request) => Next::Request(request),
                LookupStep::Wait(wait) => waiting(&wait),
                LookupStep::Found(text) => {
                    self.task = None;
                    return Ok(Came::Found(text));
                }
            },
            Some(Task::Stream(stream)) => match stream.step(self.now) {
                StreamStep::Request(request) => Next::Request(request),
                StreamStep::Wait(wait) => waiting(&wait),
                StreamStep::Events(batch) => return Ok(Came::Events(batch)),
                StreamStep::Connect(url) => Next::Connect { url },
                StreamStep::Send(text) => Next::Send { text },
                StreamStep::Receive(milliseconds) => Next::Receive { milliseconds },
            },
        };
        Err(Stop::Want(want))
    }

    pub(in crate::command) fn said(&mut self, said: FromServer<'_>) {
        let with = Surroundings { now: self.now, jitter: self.jitter };
        let result = match (&mut self.task, said) {
            (Some(Task::Pull(pull)), FromServer::Response(response)) => pull.respond(&response, with),
            (Some(Task::Pull(pull)), FromServer::Lost(reason)) => pull.lost(reason, with),
            (Some(Task::Lookup(lookup)), FromServer::Response(response)) => lookup.respond(&response, with),
            (Some(Task::Lookup(lookup)), FromServer::Lost(reason)) => lookup.lost(reason, with),
            (Some(Task::Stream(stream)), FromServer::Response(response)) => stream.respond(&response, with),
            (Some(Task::Stream(stream)), FromServer::Lost(reason)) => stream.lost(reason, with),
            (Some(Task::Stream(stream)), FromServer::Received(text)) => stream.received(text),
            (Some(Task::Stream(stream)), FromServer::Closed(code, reason)) => stream.closed(code, reason, with),
            (Some(Task::Stream(stream)), FromServer::Opened) => {
                stream.opened();
                Ok(())
            }
            _ => Ok(()),
        };
        self.failed = result.err();
    }
}

fn waiting(wait: &Wait) -> Next {
    let tenths = wait.milliseconds.div_ceil(100);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let seconds = if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") };
    let text = format!("waiting {seconds} s: {}\n", crate::render::printable(&wait.reason));
    Next::Wait { milliseconds: wait.milliseconds, text }
}
