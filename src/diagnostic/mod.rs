//! Diagnostics (what is wrong, where, why, and what to do): one type for events, automations, scenarios and schemas.

mod codes;
pub(crate) mod display;
pub(crate) mod edits;
pub(crate) mod findings;
mod fixes;
mod form;
pub(crate) mod options;
pub(crate) mod packed;
pub(crate) mod path;
mod severity;
mod source;
pub(crate) mod syntax;

use serde::{Deserialize, Serialize};

pub use crate::json::{Position, Range};
pub use codes::{Arguments, Code};
pub use fixes::{FixOutsideText, apply_fixes};
pub use form::Form;
pub use options::{DEFAULT_MAX_DIAGNOSTICS, Profile, Severities, TextOptions};
pub use severity::Severity;

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Diagnostic {
    /// The stable name of the problem, in kebab-case: `missing-label`. `explain` describes each one.
    #[cfg_attr(feature = "typescript", ts(as = "Code"))]
    pub code: &'static str,
    /// The severity. Only errors make a report invalid.
    pub severity: Severity,
    /// One sentence: what is wrong, where, and what is expected.
    pub message: String,
    /// The 0-based index of the event, automation or scenario in the input; absent if the finding is about the whole
    /// input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub index: Option<u64>,
    /// The event's name; absent if it has no readable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// JSON Pointer (RFC 6901) inside that event; `""` is the event itself. At most 1,000 bytes: if the pointer is
    /// longer, that of the innermost enclosing value with a shorter one.
    pub path: String,
    /// The place in the text. Absent if the input was an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Absolute URL of the documentation, with its anchor if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// A change to the text that removes the finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A change to the text that removes the finding and leaves everything else as it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Fix {
    /// A short description.
    pub title: String,
    /// Apply all of them together. Their ranges do not overlap.
    pub edits: Vec<Edit>,
}

/// Replaces the text in a range; an empty range inserts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Edit {
    /// The range to replace.
    pub range: Range,
    /// The new text.
    pub text: String,
}

/// The findings of one input. The counts are complete, even if `diagnostics` is not.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "ValidationReport"))]
pub struct Report {
    /// Whether there are no errors.
    pub valid: bool,
    /// How many events or automations the input holds.
    pub count: u64,
    /// How many errors there are.
    pub errors: u64,
    /// How many warnings there are.
    pub warnings: u64,
    /// How many infos there are.
    pub infos: u64,
    /// The findings, by event and place. Limited by the option `maxDiagnostics`: errors before warnings before infos.
    pub diagnostics: Vec<Diagnostic>,
    /// How many findings `diagnostics` omits. Absent if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub truncated: Option<u64>,
    /// The form of the input: what it was recognised as. Absent in reports on parts of an input, and on scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}
