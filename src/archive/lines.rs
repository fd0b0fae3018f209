//! What a file of an archive must be.

use std::fmt;

use crate::validate::are_lines;

/// A file has no lines of events; displayed as a sentence without its subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotLines;

impl fmt::Display for NotLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not NDJSON: one event a line")
    }
}

impl std::error::Error for NotLines {}

/// Checks that a file that begins like this can be NDJSON. `whole`: this is all of it.
///
/// ```
/// use prefect_events::archive::require_lines;
///
/// assert!(require_lines(b"{\"event\": \"a\"}\n{\"event\": ", false).is_ok());
/// let error = require_lines(b"[\n  {\"event\": \"a\"}\n]", true).unwrap_err();
/// assert_eq!(error.to_string(), "is not NDJSON: one event a line");
/// ```
///
/// # Errors
/// It is another kind of document.
pub fn require_lines(text: &[u8], whole: bool) -> Result<(), NotLines> {
    if are_lines(text, whole) { Ok(()) } else { Err(NotLines) }
}
