//! Captured events for the commands `backtest`, `why` and `diff`: from files, or from a server.

use std::rc::Rc;

use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use crate::diagnostic::TextOptions;
use crate::render::{RenderOptions, display_name};
use crate::simulate::{CapturedEvents, DocumentText};
use crate::text::strict::sentence;

use super::Next;
use super::steps::{Inputs, Stop, needed};
use super::surroundings::Surroundings;

/// Where events come from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct EventSource {
    pub events: Option<Vec<String>>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub profile: Option<String>,
}

impl EventSource {
    /// Options of the server beside files.
    pub(super) fn is_mixed(&self) -> bool {
        self.events.is_some() && [&self.since, &self.until, &self.profile].into_iter().any(Option::is_some)
    }

    /// Whether events come from a server.
    pub(super) fn is_server(&self) -> bool {
        self.events.is_none()
    }

    fn files(&self) -> &[String] {
        self.events.as_deref().unwrap_or_default()
    }

    /// How results on automations in a file are rendered.
    pub(super) fn rendering(&self, file: Option<&str>, surroundings: &Surroundings) -> RenderOptions {
        RenderOptions {
            file: file.map(|file| display_name(file).to_owned()),
            events: self.files().iter().map(|file| display_name(file).to_owned()).collect(),
            ..surroundings.stdout.rendering()
        }
    }
}

/// Events that are being read.
#[derive(Default)]
pub(super) struct Captured {
    pub events: CapturedEvents,
    /// The index of the file that is being read, if there are several.
    file: Option<usize>,
}

impl Captured {
    /// Adds a document, or whole lines of NDJSON after `lines` others; returns whether they could be read.
    pub(super) fn add(&mut self, bytes: &[u8], lines: u64) -> bool {
        self.events.add_lines(DocumentText { bytes, options: TextOptions::default() }, lines, self.file).valid
    }

    /// Reads all events: the caller passes them on to [`Captured::add`].
    pub(super) fn read(&mut self, source: &EventSource, inputs: &mut Inputs) -> Result<(), Stop> {
        if source.is_server() {
            let EventSource { since, until, profile, .. } = source.clone();
            return inputs.pull(Next::Pull { since, until, profile })?.map_err(Stop::Fail);
        }
        let files = source.files();
        for (index, file) in files.iter().enumerate() {
            if self.events.unread().is_some() {
                break;
            }
            self.file = Some(index).filter(|_| files.len() > 1);
            needed(file, inputs.stream(file)?)?;
        }
        Ok(())
    }
}

/// The automations of a server, a JSON list; with a name or an id, only that one.
pub(super) fn automations_of_server(
    source: &EventSource,
    name: Option<&str>,
    inputs: &mut Inputs,
) -> Result<Rc<Vec<u8>>, Stop> {
    let want = Next::Automations { name: name.map(str::to_owned), profile: source.profile.clone() };
    inputs.ask(want)?.map_err(Stop::Fail)
}

/// The options of the library.
pub(super) fn options<O: for<'de> Deserialize<'de>>(given: Vec<(&'static str, Option<Value>)>) -> Result<O, Stop> {
    let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
    O::deserialize(MapDeserializer::new(given))
        .map_err(|error: serde_json::Error| Stop::Fail(sentence(&error.to_string())))
}

/// A flag, which is not given if it is not set.
pub(super) fn flag(is_set: bool) -> Option<Value> {
    is_set.then_some(Value::Bool(true))
}
