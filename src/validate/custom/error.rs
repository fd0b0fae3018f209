//! What is wrong with schemas that cannot be used.

use std::error::Error;
use std::fmt;

/// A schema that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BadSchema {
    pub key: String,
    /// Where in it.
    pub pointer: String,
    pub problem: String,
}

/// Why schemas cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SchemasError {
    /// The text is not JSON.
    NotJson,
    /// The text is JSON, but not an object of event names and schemas.
    NotAnObject {
        /// What it is instead.
        found: String,
    },
    /// One of the schemas cannot be used.
    Schema {
        /// The name under which it is given.
        key: String,
        /// JSON Pointer inside it.
        pointer: String,
        /// What is wrong there.
        problem: String,
    },
    /// One of the files cannot be used.
    File {
        /// The name of the file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Column, from 1, in UTF-16 code units.
        column: u64,
        /// What is wrong there.
        problem: String,
    },
}

impl fmt::Display for SchemasError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchemasError::NotJson => formatter.write_str("the option `schemas` must be JSON"),
            SchemasError::NotAnObject { found } => {
                write!(formatter, "the option `schemas` must be an object of event names and JSON Schemas, not {found}")
            }
            SchemasError::Schema { key, pointer, problem } => {
                write!(formatter, "invalid schema `{key}`: {problem} (at `#{pointer}`)")
            }
            SchemasError::File { file, line, column, problem } => {
                write!(formatter, "{file}:{line}:{column}: {problem}")
            }
        }
    }
}

impl Error for SchemasError {}

impl From<BadSchema> for SchemasError {
    fn from(BadSchema { key, pointer, problem }: BadSchema) -> Self {
        SchemasError::Schema { key, pointer, problem }
    }
}
