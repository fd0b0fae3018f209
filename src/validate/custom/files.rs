//! Schemas in files: errors are reported with line and column.

use serde::{Deserialize, Serialize};

use crate::diagnostic::syntax::first_error;
use crate::json::{Places, Position, Tape, parse, repeated_keys};

use super::error::{BadSchema, SchemasError};
use super::read;
use super::schemas::Schemas;

/// A file with a schema.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SchemaFile {
    /// The name of the file, for messages.
    pub file: String,
    /// The name of the schema, which is the name of its events: `acme.order.*`.
    pub key: String,
    /// The contents of the file: JSON.
    pub text: String,
}

impl Schemas {
    /// Reads the schemas in files.
    ///
    /// # Errors
    /// One of the files is not JSON, or its schema is invalid: the message begins with the place.
    pub fn of_files(files: &[SchemaFile]) -> Result<Schemas, SchemasError> {
        let mut tapes: Vec<Tape> = Vec::new();
        for file in files {
            tapes.push(read_file(file)?);
        }
        let documents: Vec<_> =
            tapes.iter().zip(files).map(|(tape, file)| tape.document(file.text.as_bytes())).collect();
        let schemas = || {
            let roots = files.iter().zip(&documents);
            roots.filter_map(|(file, document)| Some((file.key.clone(), document.root()?)))
        };
        Schemas::compile(schemas()).map_err(|bad| {
            let Some(SchemaFile { file, text, .. }) = files.iter().find(|file| file.key == bad.key) else {
                return bad.into();
            };
            let BadSchema { key, pointer, problem } = bad;
            let root = schemas().find(|(own, _)| *own == key).map(|(_, root)| root);
            let span = root.and_then(|root| Some(read::at(root, &pointer)?.span())).unwrap_or_default();
            let Position { line, column, .. } =
                Places::new(text.as_bytes(), Position::START, false).position(span.start as usize);
            let problem = format!("invalid schema: {problem}");
            SchemasError::File { file: file.clone(), line, column, problem }
        })
    }
}

fn read_file(SchemaFile { file, text, .. }: &SchemaFile) -> Result<Tape, SchemasError> {
    let bytes = text.as_bytes();
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let _ = parse(bytes, 0, &mut tape, &mut issues);
    if let Some(root) = tape.document(bytes).root() {
        repeated_keys(root, &mut issues);
    }
    match first_error(bytes, &issues) {
        None => Ok(tape),
        Some((Position { line, column, .. }, problem)) => {
            Err(SchemasError::File { file: file.clone(), line, column, problem })
        }
    }
}
