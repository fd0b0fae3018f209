//! The messages about what a schema rejects.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Rejection};
use serde_json::Value as Json;

use crate::json::{Pointer, Value};
use crate::text::phrase::count;
use crate::text::phrase::shown;

use crate::diagnostic::{display, path};

use super::read::Finder;

/// A value that a schema rejects.
pub(super) struct Rejected<'t> {
    pub(super) schema: &'t str,
    pub(super) path: Pointer,
    pub(super) place: Value<'t>,
    /// Too large to mark all of it.
    pub(super) opening: bool,
    /// It may follow from another.
    pub(super) last: bool,
    pub(super) sentence: String,
    /// The keyword's place in the schema.
    pub(super) at: String,
}

/// What a schema rejects in an event; one for each member that is not allowed.
pub(super) fn rejected<'t>(
    schema: &'t str,
    error: &ValidationError<'_>,
    places: &mut Finder<'t>,
    all: &mut Vec<Rejected<'t>>,
) {
    let Some(value) = places.at(error.instance_path().as_str()) else { return };
    let own = path::short(error.instance_path().as_str());
    let path = Pointer::from(own.to_owned());
    let whole = match own {
        "" => "the event".to_owned(),
        _ => format!("`{own}`"),
    };
    let mut add = |path: Pointer, place, opening, last, what: &str| {
        let at = ["#", error.evaluation_path().as_str()].concat();
        let sentence = [&whole, " ", what].concat();
        all.push(Rejected { schema, path, place, opening, last, sentence, at });
    };
    match error.kind() {
        Rejection::AdditionalProperties { unexpected } | Rejection::UnevaluatedProperties { unexpected } => {
            let last = matches!(error.kind(), Rejection::UnevaluatedProperties { .. });
            for name in unexpected {
                let place = places.member(value, name).map_or(value, |(key, _)| key);
                add(path.clone().key(name), place, false, last, &format!("must not have `{}`", shown(name)));
            }
        }
        Rejection::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            add(path.key(name), value, true, false, &format!("must have `{}`", shown(name)));
        }
        kind => {
            // The whole event is too large to mark.
            let opening = own.is_empty();
            add(path, value, opening, false, &demand(kind, error, &display::text(value)));
        }
    }
}

/// What a schema demands of a value, and the actual value.
pub(super) fn demand(kind: &Rejection, error: &ValidationError<'_>, found: &str) -> String {
    match kind {
        Rejection::Type { kind: TypeKind::Single(one) } => {
            format!("must be {}, not {found}", type_name(&one.to_string()))
        }
        Rejection::Type { kind: TypeKind::Multiple(types) } => {
            let types: Vec<String> = types.iter().map(|one| type_name(&one.to_string()).to_owned()).collect();
            format!("must be {}, not {found}", types.join(" or "))
        }
        Rejection::Constant { expected_value } => format!("must be {}, not {found}", json(expected_value)),
        Rejection::Enum { options } => format!("must be {}, not {found}", choice(options)),
        Rejection::Minimum { limit } => format!("must be at least {}, not {found}", json(limit)),
        Rejection::Maximum { limit } => format!("must be at most {}, not {found}", json(limit)),
        Rejection::ExclusiveMinimum { limit } => format!("must be more than {}, not {found}", json(limit)),
        Rejection::ExclusiveMaximum { limit } => format!("must be less than {}, not {found}", json(limit)),
        Rejection::MultipleOf { multiple_of } => format!("must be a multiple of `{multiple_of}`, not {found}"),
        Rejection::MinLength { limit } => {
            format!("must have at least {}, unlike {found}", counted(*limit, "character"))
        }
        Rejection::MaxLength { limit } => format!("must have at most {}, unlike {found}", counted(*limit, "character")),
        Rejection::Pattern { pattern } => format!("must match the pattern `{}`, unlike {found}", shown(pattern)),
        Rejection::Format { format } => format!("must have the format `{}`, unlike {found}", shown(format)),
        Rejection::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        Rejection::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        Rejection::AdditionalItems { limit } => format!("must have at most {}", counted(*limit as u64, "item")),
        Rejection::MinProperties { limit } => format!("must have at least {}", counted(*limit, "member")),
        Rejection::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "member")),
        Rejection::UniqueItems => "must not have the same item twice".to_owned(),
        Rejection::Contains => "must have as many items that match `contains` as the schema says".to_owned(),
        Rejection::UnevaluatedItems { .. } => "must not have items beyond those in the schema".to_owned(),
        Rejection::AnyOf { .. } => "must match a schema in `anyOf`, but matches none".to_owned(),
        Rejection::OneOfNotValid { .. } => "must match a schema in `oneOf`, but matches none".to_owned(),
        Rejection::OneOfMultipleValid { .. } => "must match only one schema in `oneOf`, but matches several".to_owned(),
        Rejection::Not { .. } => "must not match the schema in `not`".to_owned(),
        Rejection::FalseSchema => "must not be present".to_owned(),
        Rejection::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            format!("must not have a key like `{}`, which {}", shown(name), demand(error.kind(), error, "it"))
        }
        _ => format!("is rejected: {}", shown(&error.to_string())),
    }
}

fn type_name(name: &str) -> &'static str {
    match name {
        "array" => "an array",
        "boolean" => "a boolean",
        "integer" => "a whole number",
        "null" => "null",
        "number" => "a number",
        "object" => "an object",
        _ => "a string",
    }
}

fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(usize::try_from(number).unwrap_or(usize::MAX)))
}

/// A value of the schema: strings without quotes, like the values of events.
fn json(value: &Json) -> String {
    match value {
        Json::String(text) => format!("`{}`", shown(text)),
        other => format!("`{}`", shown(&other.to_string())),
    }
}

fn choice(options: &Json) -> String {
    const MOST: usize = 8;
    let Some(options) = options.as_array() else { return json(options) };
    let mut names: Vec<String> = options.iter().take(MOST).map(json).collect();
    if options.len() > MOST {
        return format!("{} or another of the {} in `enum`", names.join(", "), count(options.len()));
    }
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        last => last.unwrap_or_else(|| "one of no values".to_owned()),
    }
}
