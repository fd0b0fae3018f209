//! How strict to be.

use super::{Code, Severity};
use crate::json::{Kind, Tape, Value, parse};

use super::display;
use crate::text::nearest;

/// Where the text of a document comes from, for the places in it.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// The findings get ranges. Without: the input was an object, its text is ours.
    pub places: bool,
    /// Lone surrogates stand as three bytes each: how a JavaScript string is handed over.
    pub wtf8: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { places: true, wtf8: false }
    }
}

/// Whose opinion counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    /// The documentation's, and what experience adds to it.
    #[default]
    Documented,
    /// Only what the Prefect server itself refuses.
    Server,
}

/// How an input is checked.
#[derive(Clone, Debug)]
pub struct Settings {
    pub profile: Profile,
    /// Other severities for some codes; `None`: off.
    pub severity: Vec<(Code, Option<Severity>)>,
    /// How many diagnostics a report holds at most, errors before warnings before infos. The
    /// counts stay complete.
    pub max_diagnostics: usize,
    /// The user's own.
    #[cfg(feature = "custom-schemas")]
    pub schemas: Option<std::sync::Arc<crate::validate::custom::Schemas>>,
}

/// See [`Settings::read_with`].
pub(crate) type Other<'o> = &'o mut dyn FnMut(&str, Value<'_>) -> Result<bool, String>;

impl Default for Settings {
    fn default() -> Self {
        Settings::listing(1000)
    }
}

impl Settings {
    /// What is usual, but for the number of diagnostics.
    pub(crate) const fn listing(max_diagnostics: usize) -> Self {
        Settings {
            profile: Profile::Documented,
            severity: Vec::new(),
            max_diagnostics,
            #[cfg(feature = "custom-schemas")]
            schemas: None,
        }
    }

    /// Reads the options of `validate` as users write them, as JSON text: `profile`, `severity`,
    /// `maxDiagnostics`, `schemas`. A mistake is told in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let all = "`profile`, `severity`, `maxDiagnostics` and `schemas`";
        #[cfg(feature = "custom-schemas")]
        {
            let mut schemas = None;
            let settings = Settings::read_with(text, all, &mut |name, value| {
                if name == "schemas" {
                    schemas = Some(crate::validate::custom::Schemas::read(value)?);
                }
                Ok(name == "schemas")
            })?;
            Ok(Settings { schemas, ..settings })
        }
        #[cfg(not(feature = "custom-schemas"))]
        Settings::read_with(text, all, &mut |_, _| Ok(false))
    }

    /// The same, with options of another check's own. `other` takes the value of one of those, or says that there is
    /// none of this name; `all` names all that there are.
    pub(crate) fn read_with(text: &str, all: &str, other: Other<'_>) -> Result<Self, String> {
        let mut settings = Settings::default();
        if text.is_empty() {
            return Ok(settings);
        }
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let complete = parse(text.as_bytes(), 0, &mut tape, &mut issues).complete;
        let document = tape.document(text.as_bytes());
        let options = document.root().filter(|root| complete && root.kind() == Kind::Object);
        let Some(options) = options else { return Err("the options must be an object".to_owned()) };
        for (key, value) in options.members() {
            match &*key.string() {
                "profile" if value.is("documented") => settings.profile = Profile::Documented,
                "profile" if value.is("server") => settings.profile = Profile::Server,
                "profile" => return Err(must_be("profile", "`documented` or `server`", value)),
                "severity" => settings.severity = severities(value)?,
                "maxDiagnostics" => {
                    let digits = Some(value.raw()).filter(|_| value.kind() == Kind::Integer);
                    let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
                    let expected = "a whole number, not negative";
                    settings.max_diagnostics = number.ok_or_else(|| must_be("maxDiagnostics", expected, value))?;
                }
                name if other(name, value)? => {}
                name => return Err(format!("there is no option `{name}`: there are {all}")),
            }
        }
        Ok(settings)
    }

    /// The severity of a finding whose rule says `usual`; `None`: it does not count.
    pub(crate) fn severity(&self, code: Code, usual: Severity) -> Option<Severity> {
        // The server knows no schemas: who gives some wants them checked.
        let counts = code.refused_by_server() || code == Code::SCHEMA_VIOLATION;
        if self.profile == Profile::Server && !counts {
            return None;
        }
        let set = self.severity.iter().rev().find(|(other, _)| *other == code);
        set.map_or(Some(usual), |(_, severity)| *severity)
    }
}

pub(crate) fn must_be(option: &str, expected: &str, found: Value<'_>) -> String {
    format!("the option `{option}` must be {expected}, not {}", display::text(found))
}

fn severities(value: Value<'_>) -> Result<Vec<(Code, Option<Severity>)>, String> {
    if value.kind() != Kind::Object {
        return Err(must_be("severity", "an object of codes and severities", value));
    }
    value.members().map(|(key, value)| severity(&key.string(), value)).collect()
}

fn severity(name: &str, value: Value<'_>) -> Result<(Code, Option<Severity>), String> {
    let code = Code::find(name).ok_or_else(|| {
        let hint = nearest::nearest(name, &mut Code::ALL.iter().copied().map(Code::name))
            .map(|near| format!(": did you mean `{near}`?"));
        format!("the option `severity` names `{name}`, which is no diagnostic code{}", hint.unwrap_or_default())
    })?;
    let severity = match &*value.string() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        "off" => None,
        _ => return Err(must_be(&format!("severity.{name}"), "`error`, `warning`, `info` or `off`", value)),
    };
    Ok((code, severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let text =
            r#"{"profile": "server", "severity": {"missing-label": "off", "nil-uuid": "error"}, "maxDiagnostics": 5}"#;
        let settings = Settings::read(text).unwrap_or_default();
        assert_eq!(settings.profile, Profile::Server);
        assert_eq!(settings.severity, [(Code::MISSING_LABEL, None), (Code::NIL_UUID, Some(Severity::Error))]);
        assert_eq!(settings.max_diagnostics, 5);
        assert!(Settings::read("").is_ok() && Settings::read("{}").is_ok());
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| Settings::read(text).err().unwrap_or_default();
        assert_eq!(mistake("[]"), "the options must be an object");
        assert_eq!(
            mistake(r#"{"profle": 1}"#),
            "there is no option `profle`: there are `profile`, `severity`, `maxDiagnostics` and `schemas`"
        );
        assert_eq!(
            mistake(r#"{"profile": "strict"}"#),
            "the option `profile` must be `documented` or `server`, not `strict`"
        );
        assert_eq!(
            mistake(r#"{"severity": {"mising-label": "off"}}"#),
            "the option `severity` names `mising-label`, which is no diagnostic code: did you mean `missing-label`?"
        );
        assert_eq!(
            mistake(r#"{"severity": {"missing-label": "fatal"}}"#),
            "the option `severity.missing-label` must be `error`, `warning`, `info` or `off`, not `fatal`"
        );
        assert_eq!(
            mistake(r#"{"maxDiagnostics": "10"}"#),
            "the option `maxDiagnostics` must be a whole number, not negative, not `10`"
        );
        assert_eq!(
            mistake(r#"{"maxDiagnostics": -1}"#),
            "the option `maxDiagnostics` must be a whole number, not negative, not a number (`-1`)"
        );
    }
}
