//! The commands of the command line.

use prefect_events::client::PullProgress;
use prefect_events::command::{self, FileAction, Listed, Next};
use prefect_events::render;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;

use crate::{misuse, options, wrong_options};

/// A command that runs. It stays on its thread.
#[pyclass(unsendable)]
pub(crate) struct Command(command::Command);

#[pymethods]
impl Command {
    /// `options`, `surroundings`: JSON text.
    #[new]
    fn new(name: &str, options: &str, surroundings: &str) -> PyResult<Command> {
        let surroundings = self::options(surroundings)?;
        let command = command::Command::new(name, &mut serde_json::Deserializer::from_str(options), surroundings);
        Ok(Command(command.map_err(|error| wrong_options(&error))?))
    }

    /// What to do next: JSON text, and the text to print or to write.
    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<(String, Option<Bound<'py, PyBytes>>)> {
        let mut next = self.0.next();
        // To write JSON of such a text, and to read it, would take longer than all else.
        let text = match &mut next {
            Next::Print { text, .. } => Some(std::mem::take(text).into_bytes()),
            Next::Write { text, .. } => Some(std::mem::take(text)),
            _ => None,
        };
        let described = serde_json::to_string(&next).map_err(misuse)?;
        Ok((described, text.map(|text| PyBytes::new(py, &text))))
    }

    /// A piece of what was asked for. Returns whether more of it is needed.
    fn piece(&mut self, bytes: &[u8]) -> bool {
        self.0.piece(bytes)
    }

    /// It has ended.
    fn end(&mut self) {
        self.0.end();
    }

    /// It is not available.
    fn failed(&mut self, reason: &str) {
        self.0.failed(reason);
    }

    /// The file can be read, but must not be written.
    fn rejected(&mut self, reason: &str) {
        self.0.rejected(reason);
    }

    /// The file was written.
    fn written(&mut self) {
        self.0.written();
    }

    /// The names and paths of the files in the folder.
    fn listed(&mut self, files: Vec<(String, String)>) {
        self.0.listed(files.into_iter().map(|(name, path)| Listed { name, path }).collect());
    }
}

/// Why a file cannot be read, a folder not be listed, or a file not be written: by the name of the system's error, or with its
/// message.
#[pyfunction]
pub(crate) fn reason_of(action: &str, code: &str, message: &str) -> PyResult<String> {
    let action = FileAction::deserialize(action.into_deserializer()).map_err(|error: ValueError| misuse(error))?;
    Ok(action.reason(code, message))
}

/// Why a file that begins like this is not text.
#[pyfunction]
pub(crate) fn not_text(head: &[u8]) -> Option<&'static str> {
    command::not_text(head)
}

/// What `pull` has read: from JSON text.
#[pyfunction]
pub(crate) fn pull_summary(progress: &str) -> PyResult<String> {
    let progress: PullProgress = options(progress)?;
    Ok(command::pull_summary(&progress))
}

/// How to go on after a failure of `pull`.
#[pyfunction]
pub(crate) fn pull_interrupted(progress: &str, is_resumed: bool) -> PyResult<String> {
    let progress: PullProgress = options(progress)?;
    Ok(command::pull_interrupted(&progress, is_resumed))
}

/// All known names of events.
#[pyfunction]
pub(crate) fn event_names() -> Vec<String> {
    prefect_events::catalogue::names()
}

/// A text for one line of a terminal or a log.
#[pyfunction]
pub(crate) fn printable(text: &str) -> String {
    render::printable(text)
}

/// The same for several lines.
#[pyfunction]
pub(crate) fn printable_lines(text: &str) -> String {
    render::printable_lines(text)
}
