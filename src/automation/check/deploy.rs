//! Values that `prefect deploy` resolves before it reads them: the results are unknown here.
//!
//! Source: `utilities/templating`, and `cli/deploy/_core.py`: blocks and variables first, then environment variables,
//! then the outputs of earlier steps.

use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::phrase::shown;

use super::super::fields::{OF_COMPOSITE_TRIGGERS, OF_EVENT_TRIGGERS};
use super::Check;
use super::options::Route;

/// The placeholders of a text, `{{ name }}`, each with whether it is the whole text (`PLACEHOLDER_CAPTURE_REGEX`).
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '$');
    text.match_indices("{{").filter_map(move |(at, _)| {
        let inside = text.get(at.saturating_add(2)..)?.trim_start();
        let length = inside.find(|c: char| !is_name(c))?;
        let (name, rest) = inside.split_at_checked(length)?;
        let rest = rest.trim_start().strip_prefix("}}")?;
        (!name.is_empty()).then_some((name, at == 0 && rest.is_empty()))
    })
}

impl Check<'_, '_> {
    /// Whether a value is a text that `prefect deploy` changes before it reads it.
    pub(super) fn is_template(&self, value: Value<'_>) -> bool {
        self.route == Route::Deploy && value.is_string() && placeholders(&value.string()).next().is_some()
    }

    /// Whether a field that decides about an event trigger depends on templates.
    pub(super) fn has_templates(&self, trigger: Value<'_>) -> bool {
        let fields = || OF_EVENT_TRIGGERS.iter().chain(&OF_COMPOSITE_TRIGGERS);
        self.route == Route::Deploy
            && fields()
                .filter_map(|field| trigger.get(field.name))
                .any(|value| value.descendants().any(|inner| inner.kind() == Kind::String && self.is_template(inner)))
    }

    /// An environment variable as a duration: it stays a string, and a number in a string is not a duration.
    pub(super) fn environment_as_duration(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) -> bool {
        if self.route != Route::Deploy || !value.is_string() {
            return false;
        }
        let text = value.string();
        let whole = placeholders(&text).find(|(name, is_whole)| *is_whole && name.starts_with('$'));
        if let Some((name, _)) = whole {
            self.add(Code::ENVIRONMENT_VARIABLE_AS_DURATION, path, value)
                .with("field", field)
                .say("found", format_args!("`{}`", shown(name)));
        }
        whole.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn finds_the_placeholders_that_prefect_finds() {
        let found = |text| placeholders(text).collect::<Vec<_>>();
        assert_eq!(found("{{ prefect.variables.x }}"), [("prefect.variables.x", true)]);
        assert_eq!(found("{{$W}}"), [("$W", true)]);
        assert_eq!(found("a-{{ $W }}-{{ b.c[0] }}"), [("$W", false), ("b.c[0]", false)]);
        // With a filter it is not a placeholder.
        assert_eq!(found("{{ event.payload | tojson }}"), []);
        assert_eq!(found("{{ }} {{ x"), []);
    }
}
