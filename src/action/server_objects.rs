//! What only the server knows, given by the user.

use std::fmt;

use crate::json::{Document, Fault, Kind, Tape, Value, parse};

/// What only the server knows: an object of the API's objects, by variable (`flow_run`, `deployment`, `flow`,
/// `task_run`, `work_pool`, `work_queue`, `concurrency_limit`, `variables`), or by resource (`prefect.flow-run.…`). Null:
/// it does not exist.
pub struct ServerObjects {
    text: Vec<u8>,
    tape: Tape,
}

/// Why a text is not what the server knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerObjectsError {
    /// It is not JSON.
    NotJson,
    /// It is not an object.
    NotAnObject,
    /// One of its texts contains a lone surrogate.
    LoneSurrogate,
}

impl fmt::Display for ServerObjectsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ServerObjectsError::NotJson => "is not JSON",
            ServerObjectsError::NotAnObject => "must be an object, such as {\"flow_run\": {…}}",
            ServerObjectsError::LoneSurrogate => "contains a lone surrogate, which is not a character",
        })
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
        let is_complete = parse(&text, 0, &mut tape, &mut issues).complete;
        let is_json = |fault| matches!(fault, Fault::LoneSurrogate | Fault::NumberRange | Fault::IntegerTooLong);
        if !is_complete || !issues.iter().all(|issue| is_json(issue.fault)) {
            return Err(ServerObjectsError::NotJson);
        }
        if issues.iter().any(|issue| issue.fault == Fault::LoneSurrogate) {
            return Err(ServerObjectsError::LoneSurrogate);
        }
        let kind = tape.document(&text).root().map(Value::kind);
        if kind == Some(Kind::Object) { Ok(ServerObjects { text, tape }) } else { Err(ServerObjectsError::NotAnObject) }
    }

    /// The document, whose root is the object.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        self.tape.document(&self.text)
    }
}
