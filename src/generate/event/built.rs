//! An event that was built.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::json::tree::text_as_value;

/// A built event in the form that the API accepts: `occurred`, `event`, `resource`, `related`, `payload`, `id`,
/// `follows`. Displayed, it is JSON text on one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuiltEvent(pub(super) String);

impl BuiltEvent {
    /// Its JSON text on one line.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0
    }

    /// The same.
    #[must_use]
    pub fn into_json(self) -> String {
        self.0
    }
}

impl fmt::Display for BuiltEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BuiltEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        text_as_value(&self.0, serializer)
    }
}
