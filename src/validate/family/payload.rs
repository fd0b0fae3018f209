//! The payload against the fields that the catalogue lists.

use std::borrow::Cow;

use crate::catalogue::{Field, Missing, Object, ValueKind as Expected};
use crate::diagnostic::Code;
use crate::json::Value;

use super::super::cache::Observed;
use super::super::parts::Parts;
use super::labels::{Check, did_you_mean, explained, in_order, is_null};
use crate::diagnostic::path::Path;
use crate::text::nearest::{is_near, nearest};
use crate::text::phrase::{self, joined, shown};

pub(super) fn check(check: &mut Check<'_, '_>, event: &Parts<'_>) {
    // Present, but not an object: already reported.
    if event.payload.is_none() && event.value.get("payload").is_some() {
        return;
    }
    let path = &Path::Field("payload");
    let known = |shape: &&Object| {
        event.payload.map_or(0, |payload| payload.members().filter(|(key, _)| field(shape, key).is_some()).count())
    };
    let shapes = check.family.payload;
    let fitting = match shapes {
        [only] => Some(only),
        several => several.iter().rev().max_by_key(known),
    };
    let Some(shape) = fitting else { return };
    let empty = event.payload.is_none_or(|payload| payload.members().next().is_none());
    let required = || shape.fields.iter().filter(|field| is_required(field));
    if shapes.len() > 1 && known(&shape) == 0 {
        let names = |shape: &Object| phrase::list(&mut shape.fields.iter().map(|field| field.name), " and ");
        let expected: Vec<String> = shapes.iter().map(names).collect();
        let expected = joined(&mut expected.iter().map(String::as_str), "; or ");
        let code = Code::NO_PAYLOAD_SHAPE;
        check
            .add_as(code.severity(), code, path, event.payload.unwrap_or(event.value).exposed())
            .opening()
            .with("expected", &expected);
        return;
    }
    // One cause: the payload is missing.
    if empty && required().count() > 1 {
        let severity = required().filter_map(|field| field.missing).map(|missing| missing.severity).max();
        let names = joined(&mut required().map(|field| field.name), "`, `");
        let severity = severity.unwrap_or(Code::MISSING_PAYLOAD_FIELD.severity());
        check
            .add_as(severity, Code::MISSING_PAYLOAD_FIELD, path, event.payload.unwrap_or(event.value).exposed())
            .opening()
            .with("field", &names)
            .with("meaning", "it is empty");
        return;
    }
    match event.payload {
        Some(payload) => object(check, payload, shape, path, ""),
        None => {
            for field in required() {
                missing(check, event.value, field, path, "");
            }
        }
    }
}

const WITHOUT_PAYLOAD: &str = "Prefect emits this event without a payload";

fn is_required(field: &Field) -> bool {
    field.missing.is_some()
}

fn field(shape: &Object, key: &Value<'_>) -> Option<&'static Field> {
    shape.fields.iter().find(|field| key.is(field.name))
}

/// `task_run` and `name` make `task_run.name`.
fn dotted(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

fn object(check: &mut Check<'_, '_>, value: Observed<'_>, shape: &'static Object, path: &Path<'_>, parent: &str) {
    let mut present = 0_u64;
    let mut unlisted: Vec<(Value<'_>, Cow<'_, str>)> = Vec::new();
    let mut next = 0;
    for (key, member) in value.members() {
        match in_order(shape.fields.len(), next, |place| {
            shape.fields.get(place).is_some_and(|field| key.is(field.name))
        }) {
            Some(place) => {
                next = place.saturating_add(1);
                present |= 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63));
                if let Some(field) = shape.fields.get(place) {
                    check_field(check, field, member, &Path::Key(path, field.name), parent);
                }
            }
            None => unlisted.push((key, key.string())),
        }
    }
    for (place, field) in shape.fields.iter().enumerate() {
        let missing_here = present & 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63)) == 0;
        if !(missing_here && is_required(field)) {
            continue;
        }
        let similar = unlisted.iter().position(|(_, name)| is_near(name, field.name));
        match similar.map(|at| unlisted.swap_remove(at)) {
            Some((key, name)) => misspelt(check, field, key, &name, path, parent),
            None => missing(check, value, field, path, parent),
        }
    }
    if !unlisted.is_empty() {
        unknown(check, shape, &unlisted, path, parent);
    }
}

fn missing(check: &mut Check<'_, '_>, value: Observed<'_>, field: &'static Field, path: &Path<'_>, parent: &str) {
    let Some(Missing { severity, words }) = field.missing else { return };
    check
        .add_as(severity, Code::MISSING_PAYLOAD_FIELD, &Path::Key(path, field.name), value.exposed())
        .opening()
        .with("field", &dotted(parent, field.name))
        .with("meaning", &explained(words));
}

fn misspelt(
    check: &mut Check<'_, '_>,
    field: &'static Field,
    key: Value<'_>,
    found: &str,
    path: &Path<'_>,
    parent: &str,
) {
    let Some(Missing { severity, .. }) = field.missing else { return };
    check
        .add_as(severity, Code::MISSPELT_PAYLOAD_FIELD, &Path::Key(path, found), key)
        .with("field", &dotted(parent, field.name))
        .shown("found", found)
        .with("name", field.name)
        .replace(key, field.name);
}

fn unknown(
    check: &mut Check<'_, '_>,
    shape: &'static Object,
    unlisted: &[(Value<'_>, Cow<'_, str>)],
    path: &Path<'_>,
    parent: &str,
) {
    let Some(severity) = shape.other else { return };
    // An unexpected payload is one finding, not one for each of its keys.
    if shape.fields.is_empty() && unlisted.len() > 1 {
        let names: Vec<String> = unlisted.iter().map(|(_, name)| shown(name)).collect();
        let names = joined(&mut names.iter().map(String::as_str), "`, `");
        let Some((key, _)) = unlisted.first() else { return };
        check
            .add_as(severity, Code::UNKNOWN_PAYLOAD_FIELD, path, *key)
            .with("field", &names)
            .with("hint", WITHOUT_PAYLOAD);
        return;
    }
    for (key, name) in unlisted {
        let known = || shape.fields.iter().map(|field| field.name);
        let finding = check
            .add_as(severity, Code::UNKNOWN_PAYLOAD_FIELD, &Path::Key(path, name), *key)
            .with("field", &dotted(parent, &shown(name)));
        match nearest(name, &mut known()) {
            Some(similar) => did_you_mean(finding, similar),
            None if shape.fields.is_empty() => finding.with("hint", WITHOUT_PAYLOAD),
            None => finding.say("hint", format_args!("it writes {}", phrase::list(&mut known(), " and "))),
        };
    }
}

fn check_field(check: &mut Check<'_, '_>, field: &'static Field, value: Observed<'_>, path: &Path<'_>, parent: &str) {
    if let Some(remark) = &field.remark
        && !is_null(value)
    {
        check.remark(remark, path, value.exposed());
    }
    if is_null(value) && field.nullable {
        return;
    }
    if !value.is_kind(field.kind) {
        match &field.also {
            Some((kind, remark)) if value.is_kind(*kind) => {
                check.remark(remark, path, value.exposed());
            }
            _ => {
                let or_null = if field.nullable { " or null" } else { "" };
                let expected = [kind_words(field.kind), or_null].concat();
                wrong_type(check, &dotted(parent, field.name), &expected, value.exposed(), path);
            }
        }
        return;
    }
    match field.kind {
        Expected::Array => items(check, field, value, path, parent),
        Expected::Object => {
            if let Some(shape) = field.object.filter(|shape| shape.other.is_some() || !shape.fields.is_empty()) {
                object(check, value, shape, path, &dotted(parent, field.name));
            }
        }
        Expected::String if !field.values.is_empty() => listed(check, field, value, path, parent),
        _ => {}
    }
}

fn items(check: &mut Check<'_, '_>, field: &'static Field, value: Observed<'_>, path: &Path<'_>, parent: &str) {
    for (index, item) in value.items().enumerate() {
        let path = &Path::Item(path, index);
        let name = || format!("{}[{index}]", dotted(parent, field.name));
        if let Some(kind) = field.items
            && !item.is_kind(kind)
        {
            wrong_type(check, &name(), kind_words(kind), item.exposed(), path);
            continue;
        }
        if let Some(shape) = field.object {
            object(check, item, shape, path, &name());
        } else if !field.values.is_empty() {
            listed(check, field, item, path, parent);
        }
    }
}

/// A string from a list.
fn listed(check: &mut Check<'_, '_>, field: &'static Field, value: Observed<'_>, path: &Path<'_>, parent: &str) {
    let bytes = value.bytes();
    if let Some(known) = field.values.iter().find(|known| value.is_string() && *bytes == *known.text.as_bytes()) {
        if let Some(remark) = &known.remark {
            check.remark(remark, path, value.exposed());
        }
        return;
    }
    let value = value.exposed();
    let text = value.string();
    let meant = field.values.iter().find(|known| known.text.eq_ignore_ascii_case(&text)).map(|known| known.text);
    let expected = phrase::list(&mut field.values.iter().map(|known| known.text), " or ");
    let finding = check
        .add_as(field.other, Code::WRONG_PAYLOAD_VALUE, path, value)
        .with("field", &dotted(parent, field.name))
        .shown("found", &text)
        .with("expected", &expected);
    if let Some(meant) = meant {
        finding.with("value", meant).replace(value, meant);
    }
}

fn wrong_type(check: &mut Check<'_, '_>, name: &str, expected: &str, value: Value<'_>, path: &Path<'_>) {
    let code = Code::WRONG_PAYLOAD_TYPE;
    check
        .add_as(code.severity(), code, path, value)
        .with("field", name)
        .with("expected", expected)
        .value("found", value);
}

fn kind_words(kind: Expected) -> &'static str {
    match kind {
        Expected::Any => "any value",
        Expected::String => "a string",
        Expected::Uuid => "a UUID (a string)",
        Expected::Timestamp => "an RFC 3339 timestamp (a string)",
        Expected::Integer => "an integer",
        Expected::Number => "a number",
        Expected::Boolean => "a boolean",
        Expected::Object => "an object",
        Expected::StringMap => "an object of strings",
        Expected::Array => "an array",
    }
}
