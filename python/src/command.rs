//! The commands of the command line.

use prefect_events::client::{self, Response};
use prefect_events::command::{self, Listed, Next};
use prefect_events::render;
use prefect_events::time::Instant;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

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

    /// What to do next: JSON text, and the text to print or to write. `now`: microseconds since 1970; `jitter`: a random
    /// number from 0 to 1.
    fn next<'py>(
        &mut self,
        py: Python<'py>,
        now: i64,
        jitter: f64,
    ) -> PyResult<(String, Option<Bound<'py, PyBytes>>)> {
        self.0.clock(Instant(now), jitter);
        let mut next = self.0.next();
        // JSON text of such a text would take longer than all else.
        let text = match &mut next {
            Next::Print { text, .. } | Next::Append { text } => Some(std::mem::take(text).into_bytes()),
            Next::Write { text, .. } => Some(std::mem::take(text)),
            _ => None,
        };
        let described = serde_json::to_string(&next).map_err(misuse)?;
        Ok((described, text.map(|text| PyBytes::new(py, &text))))
    }

    /// A piece of the file. Returns whether more of it is needed.
    fn piece(&mut self, bytes: &[u8]) -> bool {
        self.0.piece(bytes)
    }

    /// The file has ended.
    fn end(&mut self) {
        self.0.end();
    }

    /// What was asked for cannot be had.
    fn failed(&mut self, reason: &str) {
        self.0.failed(reason);
    }

    /// What was asked for was done.
    fn written(&mut self) {
        self.0.written();
    }

    /// The names and paths of the files in the folder.
    fn listed(&mut self, files: Vec<(String, String)>) {
        self.0.listed(files.into_iter().map(|(name, path)| Listed { name, path }).collect());
    }

    /// What Prefect's settings are read from: JSON text.
    fn settings(&mut self, sources: &str) -> PyResult<()> {
        self.0.settings(options(sources)?);
        Ok(())
    }

    /// The end of the file to append to, and whether that is all of it.
    fn tail(&mut self, bytes: &[u8], is_all: bool) {
        self.0.tail(bytes, is_all);
    }

    /// The response to the request.
    #[pyo3(signature = (status, retry_after, body, now, jitter))]
    fn responded(&mut self, status: u16, retry_after: Option<&str>, body: &[u8], now: i64, jitter: f64) {
        self.0.clock(Instant(now), jitter);
        self.0.responded(Response { status, retry_after, body });
    }

    /// The request had no response.
    fn lost(&mut self, reason: &str, now: i64, jitter: f64) {
        self.0.clock(Instant(now), jitter);
        self.0.lost(reason);
    }

    /// The websocket is open.
    fn opened(&mut self) {
        self.0.opened();
    }

    /// A text came on the websocket.
    fn received(&mut self, text: &str) {
        self.0.received(text);
    }

    /// The websocket was closed, or could not be opened.
    fn closed(&mut self, code: u16, reason: &str, now: i64, jitter: f64) {
        self.0.clock(Instant(now), jitter);
        self.0.closed(code, reason);
    }

    /// The user does not want to wait longer.
    fn interrupt(&mut self) {
        self.0.interrupt();
    }
}

/// The path of the file with Prefect's profiles, if these settings name one: JSON text.
#[pyfunction]
pub(crate) fn profiles_path(sources: &str) -> PyResult<Option<String>> {
    client::profiles_path(&options(sources)?).map_err(misuse)
}

/// Why a file cannot be read: by the name of the system's error, or with its message.
#[pyfunction]
pub(crate) fn read_reason(code: &str, message: &str) -> String {
    command::read_reason(code, message)
}

/// Why a file cannot be written, likewise.
#[pyfunction]
pub(crate) fn write_reason(code: &str, message: &str) -> String {
    command::write_reason(code, message)
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
