//! Errors in the input of an event or a run.

use std::error::Error;
use std::fmt;

use crate::diagnostic::display::text as shown_value;
use crate::json::Value;
use crate::text::nearest::nearest;
use crate::text::phrase::{list, shown};

/// What is wrong with an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuildErrorKind {
    /// Prefect has no event of this name.
    UnknownEvent,
    /// A key that the event needs is missing.
    MissingKey,
    /// The event or run has no such key.
    UnknownKey,
    /// A value, or the whole input, is not what it must be, or contradicts another.
    Invalid,
}

/// Why an event or a run cannot be built.
///
/// Displayed, it is one sentence for the person who wrote the input, such as
/// `` `flow_run.id` must be a UUID, not `7` ``.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildError {
    /// What is wrong.
    pub kind: BuildErrorKind,
    /// The invalid or missing key of the input, outermost first: `task_run.name`. `None` if the error is about the
    /// whole input, or about the name of the event.
    pub key: Option<String>,
    /// Which of several inputs is invalid, from 0. `None` if there is only one.
    pub index: Option<usize>,
    pub(super) message: String,
}

impl BuildError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        BuildError { kind: BuildErrorKind::Invalid, key: None, index: None, message: message.into() }
    }

    fn of_kind(self, kind: BuildErrorKind) -> Self {
        BuildError { kind, ..self }
    }

    pub(super) fn at(key: &str, message: impl Into<String>) -> Self {
        BuildError { key: Some(key.to_owned()), ..BuildError::new(message) }
    }

    pub(super) fn of_input(self, index: usize) -> Self {
        BuildError { index: Some(index), ..self }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.index {
            write!(formatter, "of event {index}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl Error for BuildError {}

pub(super) fn needs(name: &str, key: &str, meaning: &str) -> BuildError {
    let colon = if meaning.is_empty() { "" } else { ": " };
    BuildError::at(key, format!("`{name}` needs `{key}`{colon}{meaning}")).of_kind(BuildErrorKind::MissingKey)
}

pub(super) fn must_be(key: &str, expected: &str, found: &str) -> BuildError {
    BuildError::at(key, format!("`{key}` must be {expected}, not {found}"))
}

pub(super) fn wrong(key: &str, expected: &str, found: Value<'_>) -> BuildError {
    must_be(key, expected, &shown_value(found))
}

pub(super) fn disagree(key: &str, found: &str, other: &str) -> BuildError {
    BuildError::at(key, format!("`{key}` is `{found}`, but must equal `{other}`"))
}

/// `within`: the key of the object with the unknown key; empty: the input itself.
pub(super) fn unknown_key(name: &str, key: &str, within: &str, known: &[&str]) -> BuildError {
    let hint = match nearest(key, &mut known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it takes none".to_owned(),
        None => format!("there are {}", list(&mut known.iter().copied(), " and ")),
    };
    let place = if within.is_empty() { String::new() } else { format!(" in `{within}`") };
    let whole = if within.is_empty() { key.to_owned() } else { [within, ".", key].concat() };
    let message = format!("`{name}` has no `{}`{place}: {hint}", shown(key));
    BuildError::at(&whole, message).of_kind(BuildErrorKind::UnknownKey)
}

pub(super) fn unknown_event(name: &str, near: Option<&str>) -> BuildError {
    let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    let message = format!("Prefect has no event `{name}`{hint} (names that begin with `prefect.` are Prefect's own)");
    BuildError::new(message).of_kind(BuildErrorKind::UnknownEvent)
}

pub(super) fn lone_surrogate(key: &str) -> BuildError {
    BuildError::at(key, format!("`{key}` contains a lone surrogate, which is not a character"))
}
