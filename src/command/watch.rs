//! The command `watch`, which the command lines run themselves: they send its requests.

use std::fmt;

use crate::client::{ClientError, Response, Server, ServerStep, ServerSteps, ServerTask, Timing};
use crate::render::{RenderOptions, render_watched};
use crate::simulate::DocumentText;
use crate::time::Instant;
use crate::watch::{Watch, WatchError, WatchOptions, WatchStep};

/// Why a watch of files does not begin; displayed as a sentence with the name of the file that causes it.
#[derive(Clone, PartialEq, Debug)]
pub struct WatchFilesError {
    name: Option<String>,
    error: WatchError,
}

impl fmt::Display for WatchFilesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.error, &self.name) {
            (WatchError::State(error), Some(name)) => write!(f, "{name} {error}"),
            (error, Some(name)) => write!(f, "{name}: {error}"),
            (error, None) => error.fmt(f),
        }
    }
}

impl std::error::Error for WatchFilesError {}

/// Watches a server for the firings of automations in files; its steps have the firings as text. `automations`, `state`: with
/// the names of the files. `state`: a saved one, from which the watch goes on.
///
/// # Errors
/// As those of [`Watch::new`] and [`Watch::restore`].
pub fn watch(
    server: Server,
    automations: &[(&str, DocumentText<'_>)],
    settings: &WatchOptions,
    state: Option<(&str, &[u8])>,
    rendering: RenderOptions,
    now: Instant,
) -> Result<ServerTask, WatchFilesError> {
    let documents: Vec<_> = automations.iter().map(|(_, document)| *document).collect();
    let watch = match state {
        Some((_, state)) => Watch::restore(server, &documents, settings, state, now),
        None => Watch::new(server, &documents, settings, now),
    };
    let watch = watch.map_err(|error| {
        let name = match &error {
            WatchError::State(_) => state.map(|(name, _)| name),
            WatchError::Automations(index, _) => automations.get(*index).map(|(name, _)| *name),
            _ => None,
        };
        WatchFilesError { name: name.map(str::to_owned), error }
    })?;
    Ok(ServerTask::new(WatchSteps { watch, rendering }))
}

struct WatchSteps {
    watch: Watch,
    rendering: RenderOptions,
}

impl ServerSteps for WatchSteps {
    fn step(&mut self, now: Instant) -> ServerStep {
        match self.watch.step(now) {
            Ok(WatchStep::Request(request)) => ServerStep::Request(request),
            Ok(WatchStep::Wait(wait)) => ServerStep::Wait(wait),
            Ok(WatchStep::Connect(url)) => ServerStep::Connect { url },
            Ok(WatchStep::Send(text)) => ServerStep::Send { text },
            Ok(WatchStep::Receive(milliseconds)) => ServerStep::Receive { milliseconds },
            Ok(WatchStep::Fired(fired)) => ServerStep::Fired { text: render_watched(&fired, &self.rendering) },
            Err(error) => ServerStep::Failed { code: None, message: error.to_string() },
        }
    }

    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.watch.respond(response, with)
    }

    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.watch.lost(reason, with)
    }

    fn opened(&mut self) {
        self.watch.opened();
    }

    fn received(&mut self, frame: &str) -> Result<(), ClientError> {
        self.watch.received(frame)
    }

    fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.watch.closed(code, reason, with)
    }

    fn dated(&mut self, date: &str, now: Instant) {
        self.watch.dated(date, now);
    }

    fn acknowledge(&mut self) {
        self.watch.acknowledge();
    }

    fn save(&self) -> Option<Vec<u8>> {
        Some(self.watch.save())
    }

    fn progress(&self) -> Option<(String, u64)> {
        let progress = self.watch.progress();
        Some((progress.to_string(), progress.too_late.saturating_add(progress.unread)))
    }
}
