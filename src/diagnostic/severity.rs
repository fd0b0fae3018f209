use serde::{Deserialize, Serialize};

/// How bad a finding is. Only an `Error` makes a report invalid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Prefect accepts it, but it is probably not what you meant.
    Warning,
    /// Prefect rejects it, or its documentation says otherwise.
    Error,
}

impl Severity {
    /// Its name in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}
