//! Errors of invalid schemas.

use std::error::Error;
use std::fmt;

/// An invalid schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BadSchema {
    pub key: String,
    /// The place in it.
    pub pointer: String,
    pub problem: String,
}

/// Why schemas are invalid.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SchemasError {
    /// The text is not JSON.
    NotJson,
    /// The text is JSON, but not an object of event names and schemas.
    NotAnObject {
        /// The actual kind.
        found: String,
    },
    /// One of the schemas is invalid.
    Schema {
        /// Its name in the set.
        key: String,
        /// JSON Pointer inside it.
        pointer: String,
        /// The error.
        problem: String,
    },
    /// One of the files is invalid.
    File {
        /// The name of the file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Column, from 1, in UTF-16 code units.
        column: u64,
        /// The error.
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
