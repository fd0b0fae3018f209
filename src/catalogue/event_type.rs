//! The descriptions of events that users can look up.

use std::ops::Not;

use serde::Serialize;

use super::example::{event, named, unfilled};
use super::{
    AllowedValue, Emitter, Family, Field, Label, LabelForm, Object, Presence, Related, Source, ValueKind, families,
    find,
};
use crate::json::tree::{optional_text_as_value, text_as_value};

/// Everything known about one event, or about a family of events with a common name pattern.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct EventType {
    /// The name, or the pattern of the names: `prefect.task-run.{state}`.
    pub name_pattern: &'static str,
    /// A short title.
    pub title: &'static str,
    /// Whether Prefect's documentation describes it; otherwise it is known from Prefect's source code.
    pub documented: bool,
    /// Whether only Prefect Cloud emits it.
    pub cloud: bool,
    /// What emits it.
    pub emitter: Emitter,
    /// The form of `resource["prefect.resource.id"]`, such as `prefect.task-run.{uuid}`.
    pub resource_id: String,
    /// The labels of the resource.
    pub labels: Vec<LabelType>,
    /// The related resources, by role.
    pub related: Vec<RelatedType>,
    /// The fields of the payload at all depths, by their paths.
    pub payload: Vec<FieldType>,
    /// The event that `follows` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<&'static str>,
    /// The documentation: an absolute URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<&'static str>,
    /// The known values of the placeholder in the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<VariantType>>"))]
    pub variants: Vec<VariantType>,
    /// The input that `buildEvent` accepts for it, in the order of the event.
    pub inputs: Vec<Input>,
    /// A valid event.
    pub example: Example,
}

/// A label.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "Label"))]
pub struct LabelType {
    /// The name, such as `prefect.resource.name`.
    pub name: &'static str,
    /// Whether every event has it.
    pub presence: Presence,
    /// The form of its value, such as `uuid`.
    pub form: String,
    /// All possible values, if known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub values: Vec<&'static str>,
    /// The meaning.
    pub meaning: &'static str,
    /// The source of this information.
    pub source: Source,
}

/// The related resources in one role.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "RelatedResource"))]
pub struct RelatedType {
    /// Its `prefect.resource.role`.
    pub role: &'static str,
    /// The form of its `prefect.resource.id`.
    pub id: String,
    /// How many there are at least.
    pub min: u32,
    /// How many there are at most; absent: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// When it is present.
    pub when: &'static str,
    /// Its labels, without id and role.
    pub labels: Vec<LabelType>,
    /// The source of this information.
    pub source: Source,
}

/// A field of the payload.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "PayloadField"))]
pub struct FieldType {
    /// The path, with dots: `validated_state.type`; `[]` stands for each item of an array.
    pub path: String,
    /// The type of its value, such as `string`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether its value can be null.
    pub nullable: bool,
    /// Whether every event has it.
    pub presence: Presence,
    /// All possible values, if known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub values: Vec<&'static str>,
    /// The meaning.
    pub meaning: &'static str,
    /// The source of this information.
    pub source: Source,
}

/// A known value of the placeholder in an event's name.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "Variant"))]
pub struct VariantType {
    /// The value of the placeholder, such as `Running`.
    pub name: &'static str,
    /// Its state type, such as `RUNNING`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub state_type: Option<&'static str>,
    /// Whether it is documented.
    pub documented: bool,
}

/// The type of an input's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "InputType", rename_all = "lowercase"))]
pub enum InputKind {
    /// Any text.
    Text,
    /// A UUID.
    Uuid,
    /// A point in time.
    Timestamp,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An object whose values are texts.
    #[serde(rename = "object of strings")]
    #[cfg_attr(feature = "typescript", ts(rename = "object of strings"))]
    StringMap,
    /// An array.
    Array,
    /// An array of texts.
    #[serde(rename = "list of texts")]
    #[cfg_attr(feature = "typescript", ts(rename = "list of texts"))]
    Texts,
    /// The labels of a resource.
    Labels,
    /// The labels of several resources.
    #[serde(rename = "list of labels")]
    #[cfg_attr(feature = "typescript", ts(rename = "list of labels"))]
    LabelLists,
    /// Any value.
    Any,
}

impl From<ValueKind> for InputKind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Any => InputKind::Any,
            ValueKind::String => InputKind::Text,
            ValueKind::Uuid => InputKind::Uuid,
            ValueKind::Timestamp => InputKind::Timestamp,
            ValueKind::Integer => InputKind::Integer,
            ValueKind::Number => InputKind::Number,
            ValueKind::Boolean => InputKind::Boolean,
            ValueKind::Object => InputKind::Object,
            ValueKind::StringMap => InputKind::StringMap,
            ValueKind::Array => InputKind::Array,
        }
    }
}

/// An input key of `buildEvent`.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "InputKey"))]
pub struct Input {
    /// The path, with dots: `task_run.name`.
    pub key: String,
    /// Set if the event cannot be built without it.
    #[serde(skip_serializing_if = "Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "true"))]
    pub required: bool,
    /// Set if every such event has it; if you do not give it, it is generated.
    #[serde(skip_serializing_if = "Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "true"))]
    pub always: bool,
    /// Set if the event's name already determines it.
    #[serde(skip_serializing_if = "Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "true"))]
    pub named: bool,
    /// The type of its value.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "typescript", ts(rename = "type"))]
    pub kind: InputKind,
    /// All possible values, if known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub values: Vec<&'static str>,
    /// The default, in words; for what is optional, once another key of the same object is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// An example, if it is not generated. In Rust JSON text, in JSON the value itself.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_text_as_value")]
    #[cfg_attr(feature = "typescript", ts(type = "unknown", optional))]
    pub example: Option<String>,
    /// The meaning.
    pub meaning: String,
}

impl Input {
    /// An optional input.
    #[must_use]
    pub fn optional(key: String, kind: InputKind) -> Input {
        Input {
            key,
            required: false,
            always: false,
            named: false,
            kind,
            values: Vec::new(),
            otherwise: None,
            example: None,
            meaning: String::new(),
        }
    }
}

/// A complete, valid event. In Rust JSON text on a single line, in JSON the event itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Example(
    #[serde(serialize_with = "text_as_value")]
    #[cfg_attr(feature = "typescript", ts(type = "object"))]
    pub String,
);

/// The description of the type of an event, with an example of this name. `name` can be the pattern of the names too.
///
/// ```
/// use prefect_events::catalogue::describe;
/// use prefect_events::generate::inputs;
///
/// let described = describe("prefect.task-run.Running", &inputs).expect("Prefect emits it");
/// assert_eq!(described.name_pattern, "prefect.task-run.{state}");
/// assert!(described.example.0.contains("\"event\":\"prefect.task-run.Running\""));
/// ```
#[must_use]
pub fn describe(name: &str, inputs: &dyn Fn(&'static Family) -> Vec<Input>) -> Option<EventType> {
    let Some(found) = find(name) else {
        // A pattern is not always a name of its own family.
        let family = families().iter().find(|family| family.name.text == name)?;
        return Some(event_type(family, inputs(family)));
    };
    let mut described = event_type(found.family, inputs(found.family));
    if name != found.family.name.text {
        described.example = Example(event(found.family, found.hole).line());
    }
    Some(described)
}

/// All known names of events: of a family whose name has a placeholder, one with each known value.
#[must_use]
pub fn names() -> Vec<String> {
    let mut all = Vec::new();
    for family in families() {
        if family.variants.is_empty() {
            all.push(family.name.text.to_owned());
        }
        all.extend(family.variants.iter().map(|variant| named(family, variant.name)));
    }
    all
}

/// Describes every family, in the order of the documentation. `inputs`: the inputs that the builder accepts:
/// [`generate::inputs`](crate::generate::inputs).
///
/// ```
/// use prefect_events::catalogue::event_types;
/// use prefect_events::generate::inputs;
///
/// let all = event_types(&inputs);
/// let task_run = all.iter().find(|one| one.name_pattern == "prefect.task-run.{state}");
/// assert_eq!(task_run.map(|one| one.resource_id.as_str()), Some("prefect.task-run.{uuid}"));
/// ```
#[must_use]
pub fn event_types(inputs: &dyn Fn(&'static Family) -> Vec<Input>) -> Vec<EventType> {
    families().iter().map(|family| event_type(family, inputs(family))).collect()
}

/// The examples of the families whose names have a placeholder: one for each of its known values, preceded by one that
/// contains the placeholder itself, to be replaced by any other value.
#[must_use]
pub fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for family in families().iter().filter(|family| !family.name.is_literal()) {
        all.push(Example(unfilled(family).line()));
        all.extend(family.variants.iter().map(|variant| Example(event(family, Some(variant.name)).line())));
    }
    all
}

fn event_type(family: &'static Family, inputs: Vec<Input>) -> EventType {
    EventType {
        name_pattern: family.name.text,
        title: family.title(),
        documented: family.is_documented(),
        cloud: family.is_cloud(),
        emitter: family.emitter,
        resource_id: family.labels.first().map(|label| label.form.describe()).unwrap_or_default(),
        labels: family.labels.iter().map(label_type).collect(),
        related: family.related.iter().map(related_type).collect(),
        payload: payload_types(family.payload),
        follows: family.follows.map(super::model::Follows::meaning),
        docs: family.docs(),
        variants: family
            .variants
            .iter()
            .map(|variant| VariantType {
                name: variant.name,
                state_type: variant.state_type,
                documented: variant.is_documented(),
            })
            .collect(),
        inputs,
        example: Example(event(family, None).line()),
    }
}

fn label_type(label: &'static Label) -> LabelType {
    LabelType {
        name: label.name,
        presence: label.presence(),
        form: label.form.describe(),
        values: match &label.form {
            LabelForm::Values { values, .. } => texts(values),
            _ => Vec::new(),
        },
        meaning: label.meaning(),
        source: label.source(),
    }
}

fn related_type(related: &'static Related) -> RelatedType {
    RelatedType {
        role: related.role,
        id: related.id.describe(),
        min: related.min,
        max: related.max,
        when: related.when(),
        labels: related.labels.iter().map(label_type).collect(),
        source: related.source(),
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
        let end = if field.kind == ValueKind::Array { "[]." } else { "." };
        let inner = [&path, end].concat();
        all.push(FieldType {
            path,
            kind: field.kind.name(),
            nullable: field.nullable,
            presence: field.presence(),
            values: texts(field.values),
            meaning: field.meaning(),
            source: field.source(),
        });
        if let Some(object) = field.object {
            field_types(object.fields, &inner, all);
        }
    }
}

fn texts(values: &'static [AllowedValue]) -> Vec<&'static str> {
    values.iter().map(|value| value.text).collect()
}

impl LabelForm {
    /// The form in words, or as templates.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            LabelForm::Text => "text".to_owned(),
            LabelForm::Integer => "integer".to_owned(),
            LabelForm::SignedInteger => "integer, possibly negative".to_owned(),
            LabelForm::Timestamp => "RFC 3339 timestamp".to_owned(),
            LabelForm::Uuid => "UUID".to_owned(),
            LabelForm::JsonStrings => "JSON array of strings".to_owned(),
            LabelForm::AtMost(most) => format!("text of at most {most} characters"),
            LabelForm::Values { .. } => "one of the values".to_owned(),
            LabelForm::Templates(templates) => {
                templates.iter().map(|alternative| alternative.template.text).collect::<Vec<_>>().join(" | ")
            }
        }
    }
}

impl ValueKind {
    /// Its name for users.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ValueKind::Any => "any",
            ValueKind::String => "string",
            ValueKind::Uuid => "uuid",
            ValueKind::Timestamp => "timestamp",
            ValueKind::Integer => "integer",
            ValueKind::Number => "number",
            ValueKind::Boolean => "boolean",
            ValueKind::Object => "object",
            ValueKind::StringMap => "object of strings",
            ValueKind::Array => "array",
        }
    }
}
