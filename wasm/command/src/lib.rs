//! The module of the command line: its commands, without files and terminals.
//!
//! It has all of the core, so that one module does for each command; it is not for browsers.

use prefect_events::client::PullProgress;
use prefect_events::command::{self, FileAction, Listed, Next, Surroundings};
use prefect_events::render;
use prefect_events_boundary::{object, options, read};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A command that runs: see the core's type of the same name.
#[wasm_bindgen]
pub struct Command {
    command: command::Command,
    /// What is to be written.
    text: Vec<u8>,
}

#[wasm_bindgen]
impl Command {
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, settings: JsValue, surroundings: JsValue) -> Result<Command, JsValue> {
        let surroundings: Surroundings = options(surroundings)?;
        let command = read(settings, |settings| command::Command::new(name, settings, surroundings))?;
        Ok(Command { command, text: Vec::new() })
    }

    /// What to do next: an object.
    #[expect(clippy::should_implement_trait, reason = "between two of them, the caller acts")]
    pub fn next(&mut self) -> Result<JsValue, JsValue> {
        let mut next = self.command.next();
        if let Next::Write { text, .. } = &mut next {
            self.text = std::mem::take(text);
        }
        object(&next)
    }

    /// The contents of the file to write.
    pub fn text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }

    /// Hands over a piece of a file. Returns whether more is needed.
    pub fn piece(&mut self, bytes: &[u8]) -> bool {
        self.command.piece(bytes)
    }

    /// The file has ended.
    pub fn end(&mut self) {
        self.command.end();
    }

    /// It cannot be read or written.
    pub fn failed(&mut self, reason: &str) {
        self.command.failed(reason);
    }

    /// It must not be written.
    pub fn rejected(&mut self, reason: &str) {
        self.command.rejected(reason);
    }

    /// The file was written.
    pub fn written(&mut self) {
        self.command.written();
    }

    /// The names and the paths of the files in the folder.
    pub fn listed(&mut self, names: Vec<String>, paths: Vec<String>) {
        self.command.listed(names.into_iter().zip(paths).map(|(name, path)| Listed { name, path }).collect());
    }

    /// Whether the other files are still reported on if the program itself fails on one.
    #[wasm_bindgen(getter, js_name = isolatesFiles)]
    #[must_use]
    pub fn isolates_files(&self) -> bool {
        self.command.isolates_files()
    }
}

/// Why a file cannot be read, a folder not be listed, or a file not be written: by the name of the system's error.
#[wasm_bindgen(js_name = reasonOf)]
pub fn reason_of(action: JsValue, code: &str, message: &str) -> Result<String, JsValue> {
    let action: FileAction = options(action)?;
    Ok(action.reason(code, message))
}

/// Why a file that begins like this is not text, or nothing.
#[wasm_bindgen(js_name = notText)]
#[must_use]
pub fn not_text(head: &[u8]) -> Option<String> {
    command::not_text(head).map(str::to_owned)
}

/// What `pull` has read.
#[wasm_bindgen(js_name = pullSummary)]
pub fn pull_summary(progress: JsValue) -> Result<String, JsValue> {
    let progress: PullProgress = options(progress)?;
    Ok(command::pull_summary(&progress))
}

/// How to go on after a failure of `pull`.
#[wasm_bindgen(js_name = pullInterrupted)]
pub fn pull_interrupted(progress: JsValue, is_resumed: bool) -> Result<String, JsValue> {
    let progress: PullProgress = options(progress)?;
    Ok(command::pull_interrupted(&progress, is_resumed))
}

/// Text for one line of a terminal.
#[wasm_bindgen]
#[must_use]
pub fn printable(text: &str) -> String {
    render::printable(text)
}

/// Text for several lines of a terminal.
#[wasm_bindgen(js_name = printableLines)]
#[must_use]
pub fn printable_lines(text: &str) -> String {
    render::printable_lines(text)
}
