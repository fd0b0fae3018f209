//! Where captured events come from: files, or a server.

use crate::client::{EventFilter, Wanted, When};
use crate::diagnostic::{Report, TextOptions};
use crate::simulate::{CapturedEvents, DocumentText};

use super::super::Next;
use super::super::steps::{Inputs, Stop, needed};
use super::connection::{Came, Connection};

/// The options that choose it.
#[derive(Clone, Default)]
pub(super) struct Source {
    /// Files; `None`: the server.
    pub events: Option<Vec<String>>,
    pub since: Option<When>,
    pub until: Option<When>,
    pub profile: Option<String>,
}

/// Events that are gathered part by part.
pub(super) struct Captured {
    source: Source,
    pub connection: Connection,
    pub events: CapturedEvents,
    /// The index of the text that cannot be read, if there are several, and why.
    pub failed: Option<(Option<usize>, Report)>,
    /// How many files were begun.
    begun: usize,
    is_pulled: bool,
}

impl Captured {
    pub(super) fn new(source: Source, client_id: &str) -> Captured {
        Captured {
            source,
            connection: Connection::new(client_id),
            events: CapturedEvents::default(),
            failed: None,
            begun: 0,
            is_pulled: false,
        }
    }

    pub(super) fn files(&self) -> &[String] {
        self.source.events.as_deref().unwrap_or_default()
    }

    pub(super) fn is_from_server(&self) -> bool {
        self.source.events.is_none()
    }

    /// Options of the server beside files are misuse.
    pub(super) fn check(&self) -> Result<(), Stop> {
        let Source { events, since, until, profile } = &self.source;
        if events.is_some() && (since.is_some() || until.is_some() || profile.is_some()) {
            return Err(Stop::Want(Next::Usage));
        }
        Ok(())
    }

    /// Adds a document, or whole lines of NDJSON after `lines` others. Returns whether it could be read.
    pub(super) fn add(&mut self, bytes: &[u8], lines: u64) -> bool {
        let index = (self.files().len() > 1).then(|| self.begun.saturating_sub(1));
        let report = self.events.add_lines(document(bytes), lines);
        let valid = report.valid;
        if !valid && self.failed.is_none() {
            self.failed = Some((index, report));
        }
        valid
    }

    /// Reads all events; those after an error are left out.
    pub(super) fn gather(&mut self, inputs: &mut Inputs) -> Result<(), Stop> {
        if self.is_from_server() {
            return self.pull(inputs);
        }
        for (index, file) in self.files().to_vec().iter().enumerate() {
            if index >= self.begun && self.failed.is_some() {
                break;
            }
            self.begun = self.begun.max(index.saturating_add(1));
            needed(file, inputs.stream(file)?)?;
        }
        Ok(())
    }

    fn pull(&mut self, inputs: &mut Inputs) -> Result<(), Stop> {
        let server = self.connection.server(self.source.profile.as_deref(), inputs)?;
        if self.is_pulled {
            return Ok(());
        }
        if !self.connection.is_busy() {
            let Source { since, until, .. } = self.source;
            self.connection.pull(server, &EventFilter { since, until, ..EventFilter::default() })?;
        }
        match self.connection.next()? {
            Came::Events(batch) => {
                self.add(batch.lines.as_bytes(), 0);
                Err(Stop::Want(Next::Progress(batch.progress)))
            }
            Came::Found(_) | Came::All => {
                self.is_pulled = true;
                Ok(())
            }
        }
    }

    /// The automations of the server that have a name or an id, or all: JSON. Call it after `gather`.
    pub(super) fn automations(&mut self, name: Option<&str>) -> Result<String, Stop> {
        if !self.connection.is_busy()
            && let Some(server) = self.connection.known()
        {
            let wanted = name.map_or(Wanted::Automations, |name| Wanted::Automation(name.to_owned()));
            self.connection.look_up(server, wanted);
        }
        match self.connection.next()? {
            Came::Found(text) => Ok(text),
            Came::Events(_) | Came::All => Ok("[]".to_owned()),
        }
    }
}

pub(super) fn document(bytes: &[u8]) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places: true, wtf8: false } }
}
