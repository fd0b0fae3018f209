//! Which findings a report contains, and their severities.

use std::fmt;

use serde::de::{self, Deserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use super::{Code, Severity};
use crate::text::nearest::nearest;
use crate::text::phrase::shown;
use crate::text::strict::from_text;

/// The default limit of diagnostics in a report.
pub const DEFAULT_MAX_DIAGNOSTICS: usize = 1000;

/// Where the text of a document comes from, for the places in it.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Whether findings get ranges. Off if the input was an object, whose text is generated.
    pub places: bool,
    /// Lone surrogates are written as three bytes each, as in a JavaScript string that became bytes.
    pub wtf8: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { places: true, wtf8: false }
    }
}

/// Which rules apply: `documented` for Prefect's documentation and the events that Prefect emits, `server` for only
/// what the Prefect server rejects.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Profile {
    /// The documentation's rules, and those derived from Prefect's own events.
    #[default]
    Documented,
    /// Only what the Prefect server itself rejects.
    Server,
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "`documented` or `server`", |text| match text {
            "documented" => Some(Profile::Documented),
            "server" => Some(Profile::Server),
            _ => None,
        })
    }
}

/// Severities that differ from the default, by code. `None`: findings with this code are not reported.
// Keyed by the codes' names: a module that reads this option needs no texts of codes that it never reports.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Severities(Vec<(&'static str, Option<Severity>)>);

impl Severities {
    const NONE: &Severities = &Severities(Vec::new());

    /// Sets the severity of a code; `None` switches it off.
    pub fn set(&mut self, code: Code, severity: Option<Severity>) {
        self.set_named(code.name(), severity);
    }

    fn set_named(&mut self, code: &'static str, severity: Option<Severity>) {
        match self.0.iter_mut().find(|(own, _)| *own == code) {
            Some((_, own)) => *own = severity,
            None => self.0.push((code, severity)),
        }
    }

    /// The severity of a code, by default `usual`; `None`: switched off.
    fn of(&self, code: Code, usual: Severity) -> Option<Severity> {
        self.0.iter().find(|(own, _)| *own == code.name()).map_or(Some(usual), |(_, severity)| *severity)
    }
}

impl FromIterator<(Code, Option<Severity>)> for Severities {
    fn from_iter<I: IntoIterator<Item = (Code, Option<Severity>)>>(severities: I) -> Self {
        let mut all = Severities::default();
        severities.into_iter().for_each(|(code, severity)| all.set(code, severity));
        all
    }
}

/// An object of codes and `error`, `warning`, `info` or `off`.
impl<'de> Deserialize<'de> for Severities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByCode;

        impl<'de> Visitor<'de> for ByCode {
            type Value = Severities;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of codes and severities")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Severities, A::Error> {
                let mut all = Severities::default();
                while let Some(name) = map.next_key::<String>()? {
                    let code = Code::NAMES.iter().find(|code| **code == name);
                    let code = code.ok_or_else(|| de::Error::custom(unknown_code(&name)))?;
                    let named = |error| de::Error::custom(format_args!("`{name}`: {error}"));
                    let Level(severity) = map.next_value().map_err(|error: A::Error| named(error))?;
                    all.set_named(code, severity);
                }
                Ok(all)
            }
        }

        deserializer.deserialize_any(ByCode)
    }
}

fn unknown_code(name: &str) -> String {
    let hint = nearest(name, &mut Code::NAMES.iter().copied());
    let hint = hint.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    format!("unknown diagnostic code `{}`{hint}", shown(name))
}

/// A severity in the notation of the options.
struct Level(Option<Severity>);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "`error`, `warning`, `info` or `off`", |text| {
            Some(Level(match text {
                "error" => Some(Severity::Error),
                "warning" => Some(Severity::Warning),
                "info" => Some(Severity::Info),
                "off" => None,
                _ => return None,
            }))
        })
    }
}

/// Reads the option `maxDiagnostics`.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    struct Count;

    impl Visitor<'_> for Count {
        type Value = usize;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a whole number, 0 or more")
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<usize, E> {
            Ok(usize::try_from(number).unwrap_or(usize::MAX))
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<usize, E> {
            match u64::try_from(number) {
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            }
        }
    }

    deserializer.deserialize_u64(Count)
}

/// The part of a check's options that [`super::findings::Findings`] needs.
#[derive(Clone, Copy)]
pub(crate) struct ReportOptions<'o> {
    pub profile: Profile,
    pub severity: &'o Severities,
    /// The most diagnostics in the report, errors before warnings before infos. The counts are complete.
    pub max_diagnostics: usize,
}

impl Default for ReportOptions<'_> {
    fn default() -> Self {
        ReportOptions::listing(DEFAULT_MAX_DIAGNOSTICS)
    }
}

/// The codes about the user's own schemas.
const OF_SCHEMAS: [&str; 2] = ["schema-violation", "schema-budget-exceeded"];

impl ReportOptions<'_> {
    /// The default options, except the number of diagnostics.
    pub(crate) const fn listing(max_diagnostics: usize) -> Self {
        ReportOptions { profile: Profile::Documented, severity: Severities::NONE, max_diagnostics }
    }

    /// The severity of a finding whose rule sets `usual`; `None`: it is not reported.
    pub(crate) fn severity(self, code: Code, usual: Severity) -> Option<Severity> {
        // The server has no schemas: if you pass some, you want them checked. By name: modules without schemas do not contain
        // the texts of these codes.
        let of_schemas = OF_SCHEMAS.contains(&code.name());
        let counts = code.rejected_by_server() || of_schemas;
        if self.profile == Profile::Server && !counts {
            return None;
        }
        self.severity.of(code, usual)
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, OF_SCHEMAS};

    #[test]
    fn the_codes_of_schemas_exist() {
        assert_eq!([Code::SCHEMA_VIOLATION.name(), Code::SCHEMA_BUDGET_EXCEEDED.name()], OF_SCHEMAS);
    }
}
