//! What only the server knows, given by the user.

use std::fmt;

use crate::diagnostic::syntax::first_error;
use crate::generate::lone_surrogate;
use crate::json::{Document, Fault, Kind, Position, Tape, Value, parse};
use crate::text::phrase::shown;

/// What only the server knows: an object of the API's objects, by variable (`flow_run`, `deployment`, `flow`,
/// `task_run`, `work_pool`, `work_queue`, `concurrency_limit`, `variables`), or by resource (`prefect.flow-run.…`). Null:
/// it does not exist.
pub struct ServerObjects {
    text: Vec<u8>,
    tape: Tape,
}

/// Why a text is not what the server knows.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ServerObjectsError {
    /// It is not JSON.
    NotJson {
        /// Line, from 1.
        line: u64,
        /// Column, from 1, in UTF-16 code units.
        column: u64,
        /// The error.
        problem: String,
    },
    /// It is not an object.
    NotAnObject,
    /// One of its texts contains a lone surrogate.
    LoneSurrogate {
        /// Its key, outermost first: `flow_run.name`.
        key: String,
    },
}

impl fmt::Display for ServerObjectsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServerObjectsError::NotJson { line, column, problem } => {
                write!(f, "is not JSON: line {line}, column {column}: {problem}")
            }
            ServerObjectsError::NotAnObject => f.write_str("must be an object, such as {\"flow_run\": {…}}"),
            ServerObjectsError::LoneSurrogate { key } => {
                write!(f, "contains a lone surrogate, which is not a character, in `{}`", shown(key))
            }
        }
    }
}

impl std::error::Error for ServerObjectsError {}

impl ServerObjects {
    /// Reads JSON text.
    ///
    /// # Errors
    /// It is not JSON, not an object, or contains a lone surrogate.
    pub fn read(text: impl Into<Vec<u8>>) -> Result<ServerObjects, ServerObjectsError> {
        let text = text.into();
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let _ = parse(&text, 0, &mut tape, &mut issues);
        issues
            .retain(|issue| !matches!(issue.fault, Fault::LoneSurrogate | Fault::NumberRange | Fault::IntegerTooLong));
        if let Some((Position { line, column, .. }, problem)) = first_error(&text, &issues) {
            return Err(ServerObjectsError::NotJson { line, column, problem });
        }
        let document = tape.document(&text);
        if let Some(key) = document.root().and_then(lone_surrogate) {
            return Err(ServerObjectsError::LoneSurrogate { key });
        }
        let kind = document.root().map(Value::kind);
        if kind == Some(Kind::Object) { Ok(ServerObjects { text, tape }) } else { Err(ServerObjectsError::NotAnObject) }
    }

    /// The document, whose root is the object.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        self.tape.document(&self.text)
    }
}
