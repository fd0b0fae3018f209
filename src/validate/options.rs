//! How events are validated.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::custom::Schemas;
use crate::diagnostic::options::{ReportOptions, count};
use crate::diagnostic::{DEFAULT_MAX_DIAGNOSTICS, Profile, Severities};
use crate::text::strict::strict;

/// How events are validated.
#[derive(Clone, Debug, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ValidateOptions {
    /// Which rules apply: `documented` (default) for all of them, `server` for only what the Prefect server rejects.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Profile>", optional))]
    pub profile: Profile,
    /// Severities that differ from the default, by code: `{ "missing-label": "off" }`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Severities>", optional))]
    pub severity: Severities,
    /// The most diagnostics in a report (default 1000), errors before warnings before infos. The counts are complete.
    #[serde(deserialize_with = "count")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub max_diagnostics: usize,
    /// JSON Schemas of your own, with the feature `custom-schemas`. They are not deserialized: see `Schemas::read`.
    #[serde(skip)]
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub schemas: Option<Arc<Schemas>>,
}

impl<'de> Deserialize<'de> for ValidateOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl Default for ValidateOptions {
    fn default() -> Self {
        ValidateOptions {
            profile: Profile::default(),
            severity: Severities::default(),
            max_diagnostics: DEFAULT_MAX_DIAGNOSTICS,
            schemas: None,
        }
    }
}

impl ValidateOptions {
    pub(crate) fn report(&self) -> ReportOptions<'_> {
        ReportOptions { profile: self.profile, severity: &self.severity, max_diagnostics: self.max_diagnostics }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Severity};

    #[test]
    fn reads_options() {
        let text =
            r#"{"profile": "server", "severity": {"missing-label": "off", "nil-uuid": "error"}, "maxDiagnostics": 5}"#;
        let options: ValidateOptions = serde_json::from_str(text).unwrap();
        assert_eq!(options.profile, Profile::Server);
        let severity = [(Code::MISSING_LABEL, None), (Code::NIL_UUID, Some(Severity::Error))];
        assert_eq!(options.severity, severity.into_iter().collect());
        assert_eq!(options.max_diagnostics, 5);
        let usual: ValidateOptions = serde_json::from_str("{}").unwrap();
        assert_eq!((usual.profile, usual.max_diagnostics), (Profile::Documented, 1000));
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| {
            let sentence = serde_json::from_str::<ValidateOptions>(text).unwrap_err().to_string();
            sentence.split(" at line").next().unwrap_or_default().to_owned()
        };
        assert_eq!(mistake("[]"), "invalid type: sequence, expected an object");
        assert_eq!(mistake(r#"{"profle": 1}"#), "unknown option `profle`: did you mean `profile`?");
        assert_eq!(
            mistake(r#"{"schemas": {}}"#),
            "unknown option `schemas`: the options are `profile`, `severity` and `maxDiagnostics`"
        );
        assert_eq!(
            mistake(r#"{"profile": "strict"}"#),
            "the option `profile`: invalid value: `strict`, expected `documented` or `server`"
        );
        assert_eq!(
            mistake(r#"{"severity": {"mising-label": "off"}}"#),
            "the option `severity`: unknown diagnostic code `mising-label`: did you mean `missing-label`?"
        );
        assert_eq!(
            mistake(r#"{"severity": {"missing-label": "fatal"}}"#),
            "the option `severity`: `missing-label`: invalid value: `fatal`, expected `error`, `warning`, `info` or `off`"
        );
        assert_eq!(
            mistake(r#"{"maxDiagnostics": "10"}"#),
            "the option `maxDiagnostics`: invalid type: string \"10\", expected a whole number, 0 or more"
        );
        assert_eq!(
            mistake(r#"{"maxDiagnostics": -1}"#),
            "the option `maxDiagnostics`: invalid value: integer `-1`, expected a whole number, 0 or more"
        );
    }
}
