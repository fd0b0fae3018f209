use serde::Serialize;

use super::Family;
use super::{Field, Form, Kind, Label, Object, Presence, Related, Source, Value, families, find};

/// What is known of a family, as users see it.
#[derive(Serialize)]
pub struct EventType {
    pub name_pattern: &'static str,
    pub title: &'static str,
    pub documented: bool,
    pub cloud: bool,
    pub emitter: &'static str,
    /// The form of the primary resource's id.
    pub resource_id: String,
    pub labels: Vec<LabelType>,
    pub related: Vec<RelatedType>,
    /// The fields of the payload at all depths, by their paths.
    pub payload: Vec<FieldType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<VariantType>,
}

#[derive(Serialize)]
pub struct LabelType {
    pub name: &'static str,
    pub presence: &'static str,
    pub form: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<&'static str>,
    pub meaning: &'static str,
    pub source: &'static str,
}

#[derive(Serialize)]
pub struct RelatedType {
    pub role: &'static str,
    pub id: String,
    pub min: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    pub when: &'static str,
    pub labels: Vec<LabelType>,
    pub source: &'static str,
}

#[derive(Serialize)]
pub struct FieldType {
    /// Keys from the outside in, with dots between; `[]` stands for each item of an array.
    pub path: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub nullable: bool,
    pub presence: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<&'static str>,
    pub meaning: &'static str,
    pub source: &'static str,
}

#[derive(Serialize)]
pub struct VariantType {
    pub name: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub state_type: Option<&'static str>,
    pub documented: bool,
}

/// Describes every family.
#[must_use]
pub fn event_types() -> Vec<EventType> {
    families().iter().map(event_type).collect()
}

/// Describes the family of an event's name, or of a pattern such as `prefect.task-run.{state}`.
#[must_use]
pub fn describe(name: &str) -> Option<EventType> {
    let pattern = families().iter().find(|family| family.name.text == name);
    pattern.or_else(|| find(name).map(|found| found.family)).map(event_type)
}

fn event_type(family: &'static Family) -> EventType {
    EventType {
        name_pattern: family.name.text,
        title: family.title,
        documented: family.documented,
        cloud: family.cloud,
        emitter: family.emitter,
        resource_id: family.labels.first().map(|label| label.form.describe()).unwrap_or_default(),
        labels: family.labels.iter().map(label_type).collect(),
        related: family.related.iter().map(related_type).collect(),
        payload: payload_types(family.payload),
        follows: family.follows.map(|follows| follows.text),
        docs: family.docs,
        variants: family
            .variants
            .iter()
            .map(|variant| VariantType {
                name: variant.name,
                state_type: variant.state_type,
                documented: variant.documented,
            })
            .collect(),
    }
}

fn label_type(label: &'static Label) -> LabelType {
    LabelType {
        name: label.name,
        presence: label.presence.name(),
        form: label.form.describe(),
        values: match &label.form {
            Form::Values { values, .. } => texts(values),
            _ => Vec::new(),
        },
        meaning: label.meaning,
        source: label.source.name(),
    }
}

fn related_type(related: &'static Related) -> RelatedType {
    RelatedType {
        role: related.role,
        id: related.id.describe(),
        min: related.min,
        max: related.max,
        when: related.when,
        labels: related.labels.iter().map(label_type).collect(),
        source: related.source.name(),
    }
}

fn payload_types(shapes: &'static [Object]) -> Vec<FieldType> {
    let mut all = Vec::new();
    for shape in shapes {
        field_types(shape.fields, "", &mut all);
    }
    all
}

fn field_types(fields: &'static [Field], before: &str, all: &mut Vec<FieldType>) {
    for field in fields {
        let path = [before, field.name].concat();
        let end = if field.kind == Kind::Array { "[]." } else { "." };
        let inner = [&path, end].concat();
        all.push(FieldType {
            path,
            kind: field.kind.name(),
            nullable: field.nullable,
            presence: field.presence.name(),
            values: texts(field.values),
            meaning: field.meaning,
            source: field.source.name(),
        });
        if let Some(object) = field.object {
            field_types(object.fields, &inner, all);
        }
    }
}

fn texts(values: &'static [Value]) -> Vec<&'static str> {
    values.iter().map(|value| value.text).collect()
}

impl Form {
    /// The form in words, or as templates.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Form::Text => "text".to_owned(),
            Form::Integer => "integer".to_owned(),
            Form::SignedInteger => "integer, possibly negative".to_owned(),
            Form::Timestamp => "RFC 3339 timestamp".to_owned(),
            Form::Uuid => "UUID".to_owned(),
            Form::JsonStrings => "JSON array of strings".to_owned(),
            Form::AtMost(most) => format!("text of at most {most} characters"),
            Form::Values { .. } => "one of the values".to_owned(),
            Form::Templates(templates) => {
                templates.iter().map(|alternative| alternative.template.text).collect::<Vec<_>>().join(" | ")
            }
        }
    }
}

impl Presence {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Undocumented => "undocumented",
        }
    }
}

impl Source {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Source::Docs => "docs",
            Source::Code => "code",
            Source::Both => "both",
        }
    }
}

impl Kind {
    /// As users see it; what a string contains stands in the field's meaning.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Any => "any",
            Kind::String => "string",
            Kind::Uuid => "uuid",
            Kind::Timestamp => "timestamp",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Object => "object",
            Kind::StringMap => "object of strings",
            Kind::Array => "array",
        }
    }
}
