//! Reads YAML onto the same tape as JSON, so that one type of value serves both.
//!
//! `saphyr-parser` parses the syntax. The meaning follows `yaml.safe_load` of `PyYAML`, because Prefect uses it: plain
//! scalars by YAML 1.1 (`yes` is a boolean, `010` octal, `2026-03-01` a date), tags, merge keys, and rejections. The
//! reference is `PyYAML` 6.0.3: in 6.0.4 the last of several merged mappings wins, but in YAML and all earlier versions
//! the first.
//!
//! Limits: a document is nested at most 100 deep, and has at most a million values, including those that aliases and
//! merge keys expand to. Both are checked before they cost time or memory.
//!
//! Rejected, though `PyYAML` reads it: values without a counterpart in JSON (`!!binary`, `!!set`, `!!omap`, `!!pairs`,
//! values that contain themselves), whole numbers beyond 128 bits that are not decimal, the line breaks U+2028 and
//! U+2029, and some text that `saphyr-parser` rejects by YAML 1.2, such as `[?a]` or `[-]`. What people do write, such as
//! lines between brackets that are not indented, it gets with the spaces that it wants (`spaced`). The tests list all
//! such cases in the YAML test suite; docs/limits.md names them.

mod compose;
mod construct;
mod error;
mod resolve;
mod spaced;
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
        // At the end of the text, there is nothing to mark.
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        error.span = Span { start: error.span.start.min(length), end: error.span.end.min(length) };
        error
    })
}
