//! What is wrong, where, why, and what to do: one type for events, automations, scenarios and schemas.

mod codes;
mod explain;
mod severity;

use serde::Serialize;

pub use crate::json::{Position, Range};
pub use codes::{Arguments, Code};
pub use explain::{Explanation, Replacement, explain};
pub use severity::Severity;

/// One finding.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Diagnostic {
    /// Stable, kebab-case: `missing-label`. [`explain`] tells more.
    pub code: &'static str,
    pub severity: Severity,
    /// One sentence: what is wrong, where, what is expected.
    pub message: String,
    /// The 0-based index of the event in the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The event's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// JSON Pointer inside that event.
    pub path: String,
    /// Absent when the input was not a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Absolute URL, with its anchor where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A change of the text after which the finding is gone and all else is as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

/// Replaces the text of a range; an empty range inserts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Edit {
    pub range: Range,
    pub text: String,
}

/// The findings of one input. The counts are complete, also where `diagnostics` is not.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// No error.
    pub valid: bool,
    pub events: u64,
    pub errors: u64,
    pub warnings: u64,
    pub infos: u64,
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings are left out of `diagnostics`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<u64>,
}
