//! The commands of the command line: what they ask for as dictionaries.

use prefect_events::command::{self, Listed, Next, Stream};
use prefect_events::render;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::wrong_options;

/// A command that runs. It stays on its thread.
#[pyclass(unsendable)]
pub(crate) struct Command(command::Command);

#[pymethods]
impl Command {
    /// `options` and `surroundings`: JSON text.
    #[new]
    fn new(name: &str, options: &str, surroundings: &str) -> PyResult<Command> {
        let mut text = serde_json::Deserializer::from_str(options);
        let command = command::Command::new(name, &mut text, crate::options(surroundings)?);
        Ok(Command(command.map_err(|error| wrong_options(&error))?))
    }

    /// What to do next: a dictionary whose `want` names it.
    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let step = PyDict::new(py);
        let want = match self.0.next() {
            Next::Read { file, beside, rewrite } => {
                step.set_item("file", file)?;
                step.set_item("beside", beside)?;
                step.set_item("rewrite", rewrite)?;
                "read"
            }
            Next::List { folder } => {
                step.set_item("folder", folder)?;
                "list"
            }
            Next::Write { file, text } => {
                step.set_item("file", file)?;
                step.set_item("text", PyBytes::new(py, &text))?;
                "write"
            }
            Next::Print { to, text } => {
                step.set_item("to", if to == Stream::Stdout { "stdout" } else { "stderr" })?;
                step.set_item("text", text)?;
                "print"
            }
            Next::Usage => "usage",
            Next::Misuse { message } => {
                step.set_item("message", message)?;
                "misuse"
            }
            Next::Exit { status } => {
                step.set_item("status", status)?;
                "exit"
            }
        };
        step.set_item("want", want)?;
        Ok(step)
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

    /// The file was written.
    fn written(&mut self) {
        self.0.written();
    }

    /// The names and paths of the files in the folder.
    fn listed(&mut self, files: Vec<(String, String)>) {
        self.0.listed(files.into_iter().map(|(name, path)| Listed { name, path }).collect());
    }
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
