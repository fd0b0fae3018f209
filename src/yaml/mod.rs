//! YAML onto the same tape as JSON, so that one type of value serves both.
//!
//! The syntax is read by `saphyr-parser`. What it means is what `yaml.safe_load` of `PyYAML` makes of it, because Prefect
//! reads with that: plain scalars by YAML 1.1 (`yes` is a boolean, `010` octal, `2026-03-01` a date), tags, merge keys,
//! and what it rejects. `PyYAML` 6.0.3 is meant: 6.0.4 lets the last of several merged mappings win, where YAML and all
//! versions before want the first.
//!
//! Limits: a document is nested at most 100 deep, and has at most a million values, those included that aliases and
//! merge keys stand for. Both are found before they cost time or memory.
//!
//! Rejected, though `PyYAML` reads it: values without a counterpart in JSON (`!!binary`, `!!set`, `!!omap`, `!!pairs`,
//! values that contain themselves), whole numbers beyond 128 bits that are not decimal, the line breaks U+2028 and
//! U+2029, and what `saphyr-parser` rejects by YAML 1.2, such as `{a:[b]}` without a space. The tests list all of it
//! that the YAML test suite has.

mod compose;
mod construct;
mod error;
mod resolve;
#[cfg(test)]
mod tests;

use crate::json::{Span, Tape};

pub use error::{YamlError, YamlProblem};
pub use resolve::yaml_1_1;

/// Reads the one document of a text onto the tape.
///
/// # Errors
///
/// The first problem of the text, with its place: of its syntax, of a value, or of its size.
pub fn read(text: &[u8], tape: &mut Tape) -> Result<(), YamlError> {
    let outcome = compose::compose(text).and_then(|document| construct::construct(&document, text, tape));
    outcome.map_err(|mut error| {
        tape.clear();
        // At the end of the text there is nothing to mark.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        error.span = Span { start: error.span.start.min(length), end: error.span.end.min(length) };
        error
    })
}
