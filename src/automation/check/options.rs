//! How automations are checked.

use std::fmt;

use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::options::{ReportOptions, count};
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, DEFAULT_MAX_DIAGNOSTICS, Profile, Severities};
use crate::recognise::Form;
use crate::text::strict::{from_text, strict, word};
use crate::time::TimeSpan;
use crate::time::units::SECOND;

/// Versions of Prefect, such as 3.9.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct PrefectVersion(pub u32, pub u32, pub u32);

impl PrefectVersion {
    /// `3`, `3.9`, `3.9.1`, also with a suffix such as `rc1`, and `v` before it.
    #[must_use]
    pub fn read(text: &str) -> Option<PrefectVersion> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.splitn(3, '.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..digits)?.parse().ok()
        });
        let first = parts.next()??;
        Some(PrefectVersion(first, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
    }
}

impl<'de> Deserialize<'de> for PrefectVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "a version such as `3.9.1`", PrefectVersion::read)
    }
}

/// How a document reaches Prefect. Each route accepts and rejects different documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Route {
    /// It is sent to the REST API unchanged.
    Api,
    /// `prefect automation create` or `update` with `--from-file`, and the Python SDK: the client fills in defaults,
    /// and drops unknown fields.
    Cli,
    /// `prefect deploy`: templates are resolved, and triggers completed.
    Deploy,
    /// Prefect's Terraform provider.
    Terraform,
}

impl Route {
    const ALL: [(&'static str, Route); 4] =
        [("api", Route::Api), ("cli", Route::Cli), ("deploy", Route::Deploy), ("terraform", Route::Terraform)];

    /// Whether the client's models come first.
    pub(super) fn has_client(self) -> bool {
        matches!(self, Route::Cli | Route::Deploy)
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "`api`, `cli`, `deploy` or `terraform`", |text| word(&Route::ALL, text))
    }
}

/// How an automation is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CheckOptions {
    /// Which rules apply: `documented` (default) for all of them, `server` for only what the Prefect server rejects.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Profile>", optional))]
    pub profile: Profile,
    /// How the document reaches Prefect. Default: by its format: `deploy` for a `prefect.yaml` and deployment triggers,
    /// `terraform` for Terraform's JSON, otherwise `cli`. With the profile `server`, `api`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Route>", optional))]
    pub route: Option<Route>,
    /// Severities that differ from the default, by code: `{ "missing-label": "off" }`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Severities>", optional))]
    pub severity: Severities,
    /// The most diagnostics in a report (default 1000), errors before warnings before infos. The counts are complete.
    #[serde(deserialize_with = "count")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub max_diagnostics: usize,
    /// The version of the server, such as `3.9.1`. Default: the latest known, 3.9.
    pub server_version: Option<PrefectVersion>,
    /// The version of the clients that run the flows, such as `3.9.1`. Default: recent.
    pub client_version: Option<PrefectVersion>,
    /// Seconds between two heartbeats of a run, or a text such as `"3m"`. Default: the clients' default.
    #[serde(deserialize_with = "seconds")]
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub heartbeat_frequency: Option<u32>,
    /// Whether it is for Prefect Cloud, which has metric triggers, incidents and e-mails. Default `false`: an
    /// open-source server.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub cloud: bool,
}

impl<'de> Deserialize<'de> for CheckOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl Default for CheckOptions {
    fn default() -> Self {
        CheckOptions {
            profile: Profile::default(),
            route: None,
            severity: Severities::default(),
            max_diagnostics: DEFAULT_MAX_DIAGNOSTICS,
            server_version: None,
            client_version: None,
            heartbeat_frequency: None,
            cloud: false,
        }
    }
}

/// How often clients send heartbeats by themselves, in seconds (`settings/models/flows.py`).
pub(super) const DEFAULT_FREQUENCY: u32 = 180;
/// The shortest one that Prefect accepts.
const SHORTEST: u32 = 30;
/// The first client that can send heartbeats.
pub(super) const FIRST_HEARTBEATS: PrefectVersion = PrefectVersion(3, 1, 8);
/// The first client that does so by default.
pub(super) const HEARTBEATS_BY_DEFAULT: PrefectVersion = PrefectVersion(3, 6, 22);

impl CheckOptions {
    pub(super) fn report(&self) -> ReportOptions<'_> {
        ReportOptions { profile: self.profile, severity: &self.severity, max_diagnostics: self.max_diagnostics }
    }

    /// How a document of this form reaches Prefect.
    pub(super) fn route_of(&self, form: Form) -> Route {
        self.route.unwrap_or(match form {
            _ if self.profile == Profile::Server => Route::Api,
            Form::PrefectYaml | Form::DeploymentTriggers => Route::Deploy,
            Form::Terraform => Route::Terraform,
            _ => Route::Cli,
        })
    }

    /// Seconds between two heartbeats.
    pub(super) fn frequency(&self) -> u32 {
        self.heartbeat_frequency.unwrap_or(DEFAULT_FREQUENCY)
    }
}

/// Reads a whole number of seconds.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Seconds;

    impl Visitor<'_> for Seconds {
        type Value = Option<u32>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a whole number of seconds, or a text such as `3m`")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<u32>, E> {
            match u32::try_from(number) {
                Ok(number) if number > 0 => Ok(Some(number)),
                _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
            }
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<u32>, E> {
            let span = text.parse::<TimeSpan>().ok().filter(|span| span.0.checked_rem(SECOND) == Some(0));
            let seconds = span.and_then(|span| u64::try_from(span.0.checked_div(SECOND)?).ok());
            match seconds {
                Some(seconds) => self.visit_u64(seconds),
                None => Err(E::invalid_value(Unexpected::Str(text), &self)),
            }
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<u32>, E> {
            match u64::try_from(number) {
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            }
        }
    }

    deserializer.deserialize_any(Seconds)
}

/// What is wrong with the options themselves.
pub(super) fn check(findings: &mut Findings<'_>, options: &CheckOptions) {
    if let Some(frequency) = options.heartbeat_frequency.filter(|frequency| *frequency < SHORTEST) {
        let code = Code::HEARTBEAT_FREQUENCY_TOO_LOW;
        findings
            .note(code.severity(), code, &Subject::default(), &Path::Root)
            .say("found", format_args!("{frequency}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, version) in [
            ("3.9.1", Some(PrefectVersion(3, 9, 1))),
            ("3.9", Some(PrefectVersion(3, 9, 0))),
            ("v3.6.22.dev1", Some(PrefectVersion(3, 6, 22))),
            ("3.10.0rc2", Some(PrefectVersion(3, 10, 0))),
            ("", None),
            ("latest", None),
            ("3.x", None),
        ] {
            assert_eq!(PrefectVersion::read(text), version, "{text}");
        }
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| {
            let sentence = serde_json::from_str::<CheckOptions>(text).err().map(|error| error.to_string());
            sentence.unwrap_or_default().split(" at line").next().unwrap_or_default().to_owned()
        };
        assert_eq!(
            mistake(r#"{"server_version": "3.9"}"#),
            "unknown option `server_version`: did you mean `serverVersion`?"
        );
        assert_eq!(
            mistake(r#"{"heartbeatFrequency": 0}"#),
            "the option `heartbeatFrequency`: invalid value: integer `0`, expected a whole number of seconds, or a text such as `3m`"
        );
        assert_eq!(
            mistake(r#"{"clientVersion": 3.6}"#),
            "the option `clientVersion`: invalid type: floating point `3.6`, expected a version such as `3.9.1`"
        );
        assert!(
            mistake(r#"{"clientVersion": "x"}"#).ends_with("invalid value: `x`, expected a version such as `3.9.1`")
        );
    }
}
