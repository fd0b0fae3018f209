//! Whether a value has the form that its place in the event requires.

use crate::catalogue::{Alternative, Field, Hole, LabelForm, ValueKind as Type};
use crate::diagnostic::Severity;
use crate::json::Decimal;
use crate::text::uuid::is_uuid;

use super::layout::usual;

/// The required form of a label's text, if it does not have it.
pub(super) fn unfit_label(form: &'static LabelForm, text: &str) -> Option<String> {
    match form {
        LabelForm::Integer if text.parse::<u64>().is_err() => Some("a non-negative integer".to_owned()),
        LabelForm::SignedInteger if text.parse::<i64>().is_err() => Some("a whole number".to_owned()),
        LabelForm::Uuid if !is_uuid(text.as_bytes()) => Some("a UUID".to_owned()),
        LabelForm::JsonStrings if !text.starts_with('[') => Some("a list of strings".to_owned()),
        LabelForm::AtMost(most) if text.len() > *most && text.chars().count() > *most => {
            Some(format!("at most {most} characters long"))
        }
        LabelForm::Values { values, other: Severity::Error } if !values.iter().any(|value| value.text == text) => {
            Some(one_of(&mut values.iter().map(|value| value.text)))
        }
        LabelForm::Templates(templates) if !templates.iter().any(|own| own.template.matches(text.as_bytes())) => {
            Some(one_of(&mut templates.iter().map(|own| own.template.text)))
        }
        _ => None,
    }
}

/// The required form of a part of an id, if it does not have it. `id`: the form of the id, `name`: of the part.
pub(super) fn unfit_part(hole: Hole, id: &str, name: &str, text: &str) -> Option<String> {
    if hole.take(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty()) {
        return None;
    }
    Some(match hole {
        Hole::Uuid => "a UUID".to_owned(),
        Hole::AssetKey => "an asset key such as `s3://bucket/file`".to_owned(),
        _ => format!("the {name} in the id `{id}`"),
    })
}

/// The required form of a whole id, if it does not have it.
pub(super) fn unfit_id(templates: &'static [Alternative], text: &str) -> Option<String> {
    if usual(templates).any(|template| template.matches(text.as_bytes())) {
        return None;
    }
    Some(one_of(&mut usual(templates).map(|template| template.text)))
}

/// Whether a field's value is written as a string; an error if it does not have the field's type.
pub(super) fn is_text_of(field: &'static Field, text: &str, is_text: bool) -> Result<bool, String> {
    let begins = |bracket: char| !is_text && text.starts_with(bracket);
    let (fits, expected) = match field.kind {
        Type::Any => (true, ""),
        Type::String if !field.values.is_empty() => {
            let known = field.other != Severity::Error || field.values.iter().any(|value| value.text == text);
            if !known {
                return Err(one_of(&mut field.values.iter().map(|value| value.text)));
            }
            (is_text || text.parse::<bool>().is_ok(), "a text")
        }
        Type::String => (is_text, "a text"),
        Type::Uuid => (is_text && is_uuid(text.as_bytes()), "a UUID"),
        Type::Timestamp => (is_text, "a time"),
        Type::Integer => (text.parse::<i64>().is_ok(), "a whole number"),
        Type::Number => (Decimal::read(text.as_bytes()).is_some_and(|number| !number.is_beyond_double()), "a number"),
        Type::Boolean => (text.parse::<bool>().is_ok(), "true or false"),
        Type::Object | Type::StringMap => (begins('{'), "an object"),
        Type::Array => (begins('['), "a list"),
    };
    if !fits {
        return Err(expected.to_owned());
    }
    Ok(match field.kind {
        Type::String | Type::Uuid | Type::Timestamp => true,
        Type::Any => is_text,
        _ => false,
    })
}

pub(super) fn one_of(texts: &mut dyn Iterator<Item = &'static str>) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(if out.is_empty() { "" } else { ", " });
        out.push('`');
        out.push_str(text);
        out.push('`');
    }
    if out.contains(", ") { ["one of ", &out].concat() } else { out }
}
