//! What is wrong, where, why, and what to do: one type for events, automations, scenarios and schemas.

mod codes;
pub(crate) mod display;
pub(crate) mod edits;
pub(crate) mod findings;
pub(crate) mod options;
pub(crate) mod path;
mod severity;
pub(crate) mod syntax;

use crate::json::write::{ToJson, Writer};

pub use crate::json::{Position, Range};
pub use codes::{Arguments, Code};
pub use options::{Profile, Settings, TextOptions};
pub use severity::Severity;

/// One finding.
#[derive(Clone, PartialEq, Debug)]
pub struct Diagnostic {
    /// Stable, kebab-case: `missing-label`. [`explain`] tells more.
    pub code: &'static str,
    pub severity: Severity,
    /// One sentence: what is wrong, where, what is expected.
    pub message: String,
    /// The 0-based index of the event in the input.
    pub event: Option<u64>,
    /// The event's name.
    pub name: Option<String>,
    /// JSON Pointer inside that event.
    pub path: String,
    /// Absent when the input was not a text.
    pub range: Option<Range>,
    /// What to do.
    pub help: Option<String>,
    /// Absolute URL, with its anchor where there is one.
    pub docs: Option<String>,
    pub fix: Option<Fix>,
}

/// A change of the text after which the finding is gone and all else is as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

/// Replaces the text of a range; an empty range inserts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub range: Range,
    pub text: String,
}

/// The findings of one input. The counts are complete, also where `diagnostics` is not.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// No error.
    pub valid: bool,
    pub events: u64,
    pub errors: u64,
    pub warnings: u64,
    pub infos: u64,
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings are left out of `diagnostics`.
    pub truncated: Option<u64>,
}

impl ToJson for Diagnostic {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("code", self.code);
        writer.text("severity", self.severity.name());
        writer.text("message", &self.message);
        if let Some(event) = self.event {
            writer.number("event", event);
        }
        writer.optional("name", self.name.as_deref());
        writer.text("path", &self.path);
        if let Some(range) = &self.range {
            writer.value("range", range);
        }
        writer.optional("help", self.help.as_deref());
        writer.optional("docs", self.docs.as_deref());
        if let Some(fix) = &self.fix {
            writer.value("fix", fix);
        }
        writer.close('}');
    }
}

impl ToJson for Fix {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("title", &self.title);
        writer.list("edits", &self.edits);
        writer.close('}');
    }
}

impl ToJson for Edit {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.value("range", &self.range);
        writer.text("text", &self.text);
        writer.close('}');
    }
}

impl ToJson for Report {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.flag("valid", self.valid);
        writer.number("events", self.events);
        writer.number("errors", self.errors);
        writer.number("warnings", self.warnings);
        writer.number("infos", self.infos);
        writer.list("diagnostics", &self.diagnostics);
        if let Some(truncated) = self.truncated {
            writer.number("truncated", truncated);
        }
        writer.close('}');
    }
}
