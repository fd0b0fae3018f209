//! The payload.

use crate::catalogue::{Field, Presence, ValueKind as Type, is_uuid};
use crate::diagnostic::Severity;
use crate::json::write::Writer;
use crate::json::{Kind, Value};

use super::super::mistake::{self};
use super::Fallible;
use super::Maker;
use super::labels::one_of;
use super::layout::Layout;
use super::pattern::Check;
use super::steps::FieldStep;
use super::values::Val;

/// Whether a value is written as a text, if it is of the field's type.
pub(super) fn is_text_of(field: &'static Field, text: &str, is_text: bool, key: &dyn Fn() -> String) -> Fallible<bool> {
    let wrong = |expected: &str| mistake::must_be(&key(), expected, &format!("`{text}`"));
    let begins = |bracket: char| !is_text && text.starts_with(bracket);
    let (fits, expected) = match field.kind {
        Type::Any => (true, ""),
        Type::String if !field.values.is_empty() => {
            let known = field.other != Severity::Error || field.values.iter().any(|value| value.text == text);
            if !known {
                return Err(wrong(&one_of(&mut field.values.iter().map(|value| value.text))));
            }
            (is_text || text.parse::<bool>().is_ok(), "a text")
        }
        Type::String => (is_text, "a text"),
        Type::Uuid => (is_text && is_uuid(text.as_bytes()), "a UUID"),
        Type::Timestamp => (is_text, "a time"),
        Type::Integer => (text.parse::<i64>().is_ok(), "a whole number"),
        Type::Number => (text.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        Type::Boolean => (text.parse::<bool>().is_ok(), "true or false"),
        Type::Object | Type::StringMap => (begins('{'), "an object"),
        Type::Array => (begins('['), "a list"),
    };
    if !fits {
        return Err(wrong(expected));
    }
    Ok(match field.kind {
        Type::String | Type::Uuid | Type::Timestamp => true,
        Type::Any => is_text,
        _ => false,
    })
}

/// The members of an object that are new, behind others.
fn members(object: Value<'_>, new: &dyn Fn(&str) -> bool, out: &mut Writer) {
    for (key, value) in object.members() {
        let key = key.string();
        if new(&key) {
            out.key(&key);
            out.raw(&String::from_utf8_lossy(value.raw()));
        }
    }
}

impl Maker<'_, '_> {
    pub(super) fn payload(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        if let Some(shape) = layout.shape {
            self.object(&layout.fields, out)?;
            let more = self.input.get("payload").filter(|_| shape.other.is_none());
            if let Some(more) = more {
                if more.kind() != Kind::Object {
                    return Err(mistake::wrong("payload", "an object", more));
                }
                let new = |key: &str| !shape.fields.iter().any(|field| field.name == key);
                members(more, &new, out);
            }
        }
        out.close('}');
        Ok(())
    }

    fn object(&mut self, steps: &[FieldStep], out: &mut Writer) -> Fallible<()> {
        steps.iter().try_for_each(|step| self.field(step, out))
    }

    fn field(&mut self, step: &FieldStep, out: &mut Writer) -> Fallible<()> {
        let FieldStep { field, .. } = step;
        let Some((inner, fields)) = &step.inner else {
            return self.leaf(step, out);
        };
        let is_optional = field.presence() == Presence::Optional;
        let has_any = step.places.iter().any(|place| self.is_given(*place));
        let given = self.given(step.given);
        // Whether all that is known of an object says that it is null.
        let is_null = || step.places.iter().any(|place| self.is_given_null(*place));
        if !has_any && (is_optional || (field.nullable && (field.generation().is_shown || is_null()))) {
            if !is_optional || given.is_some_and(|given| given.kind() == Kind::Null && field.nullable) {
                out.null(field.name);
            }
            return Ok(());
        }
        out.item();
        out.raw(&step.name);
        out.open('{');
        self.object(fields, out)?;
        if let Some(given) = given.filter(|given| inner.other.is_none() && given.kind() == Kind::Object) {
            let new = |key: &str| !inner.fields.iter().any(|field| field.name == key);
            members(given, &new, out);
        }
        out.close('}');
        Ok(())
    }

    fn leaf(&mut self, step: &FieldStep, out: &mut Writer) -> Fallible<()> {
        let FieldStep { field, place, .. } = step;
        let is_explicit = place.is_some_and(|place| self.is_given(place));
        let is_optional = field.presence() == Presence::Optional;
        if !field.generation().once.is_empty() && !is_explicit {
            let is_there = if field.generation().once == "ended" { self.ended } else { self.ran };
            if !is_there {
                return Ok(());
            }
        } else if is_optional {
            // What only the documentation has is there if it is asked for by its own name.
            let own = place.and_then(|place| self.layout.places.get(place)).and_then(|place| place.given);
            if field.remark.is_some() && !(step.is_alone && self.given(own).is_some()) {
                return Ok(());
            }
            let given_null = field.nullable && place.is_some_and(|place| self.is_given_null(place));
            if !is_explicit && !given_null {
                return Ok(());
            }
        }
        self.value(*place)?;
        let value = self.known_value(*place);
        // What counts as empty when it is absent is left out when it is empty.
        let is_empty = || step.absent.contains(&value.shown()) || matches!(value, Val::Text(text) if text.is_empty());
        if is_optional && is_empty() {
            return Ok(());
        }
        let text = match value {
            Val::Null if field.nullable => None,
            Val::Null => return Err(mistake::needs(self.name, &self.key_at(*place), field.meaning())),
            Val::Text(text) | Val::Json(text) => Some(&**text),
        };
        out.item();
        out.raw(&step.name);
        let begin = out.written();
        match text {
            None => out.raw("null"),
            Some(text) if is_text_of(field, text, matches!(value, Val::Text(_)), &|| self.key_at(*place))? => {
                out.string(text);
                let (begin, end) = (begin.saturating_add(1), out.written().saturating_sub(1));
                self.note(*place, Check::Field(field), begin, end);
            }
            Some(text) => {
                out.raw(text);
                self.note(*place, Check::Field(field), begin, out.written());
            }
        }
        Ok(())
    }
}
