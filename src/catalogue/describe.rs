//! What there is to know about an event, as users see it.
//!
//! The npm package has this as a file of its own beside the module, which has none of it.

use super::example::{event, unfilled};
use super::{Family, Field, Label, LabelForm, Object, Presence, Related, Source, Value, ValueKind, families};
use crate::json::write::{ToJson, Writer};

/// What is known of a family, as users see it.
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
    pub follows: Option<&'static str>,
    pub docs: Option<&'static str>,
    pub variants: Vec<VariantType>,
    /// What can be given to build it.
    pub inputs: Vec<Input>,
    pub example: Example,
}

pub struct LabelType {
    pub name: &'static str,
    pub presence: &'static str,
    pub form: String,
    pub values: Vec<&'static str>,
    pub meaning: &'static str,
    pub source: &'static str,
}

pub struct RelatedType {
    pub role: &'static str,
    pub id: String,
    pub min: u32,
    pub max: Option<u32>,
    pub when: &'static str,
    pub labels: Vec<LabelType>,
    pub source: &'static str,
}

pub struct FieldType {
    /// Keys from the outside in, with dots between; `[]` stands for each item of an array.
    pub path: String,
    pub kind: &'static str,
    pub nullable: bool,
    pub presence: &'static str,
    pub values: Vec<&'static str>,
    pub meaning: &'static str,
    pub source: &'static str,
}

pub struct VariantType {
    pub name: &'static str,
    pub state_type: Option<&'static str>,
    pub documented: bool,
}

/// A key that the builder takes for an event.
pub struct Input {
    /// From the outside in: `task_run.name`.
    pub key: String,
    /// Without it, the event cannot be built.
    pub required: bool,
    /// What it says is in the event, whether it is given or not.
    pub always: bool,
    /// The event's name says it already.
    pub named: bool,
    pub kind: &'static str,
    pub values: Vec<&'static str>,
    /// What it is unless it is given, in words.
    pub otherwise: Option<String>,
    /// As JSON text, where nothing is made.
    pub example: Option<String>,
    pub meaning: String,
}

impl Input {
    /// One that the event can do without.
    #[must_use]
    pub fn optional(key: String, kind: &'static str) -> Input {
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

/// A whole, correct event, as JSON text on a single line.
pub struct Example(pub String);

impl ToJson for Example {
    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }
}

impl ToJson for EventType {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("name_pattern", self.name_pattern);
        writer.text("title", self.title);
        writer.flag("documented", self.documented);
        writer.flag("cloud", self.cloud);
        writer.text("emitter", self.emitter);
        writer.text("resource_id", &self.resource_id);
        writer.list("labels", &self.labels);
        writer.list("related", &self.related);
        writer.list("payload", &self.payload);
        writer.optional("follows", self.follows);
        writer.optional("docs", self.docs);
        if !self.variants.is_empty() {
            writer.list("variants", &self.variants);
        }
        writer.list("inputs", &self.inputs);
        writer.value("example", &self.example);
        writer.close('}');
    }
}

impl ToJson for Input {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("key", &self.key);
        let flags = [("required", self.required), ("always", self.always), ("named", self.named)];
        for (name, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
            writer.flag(name, true);
        }
        writer.text("type", self.kind);
        writer.texts("values", &self.values);
        writer.optional("otherwise", self.otherwise.as_deref());
        if let Some(example) = &self.example {
            writer.key("example");
            writer.raw(example);
        }
        writer.text("meaning", &self.meaning);
        writer.close('}');
    }
}

impl ToJson for LabelType {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("name", self.name);
        writer.text("presence", self.presence);
        writer.text("form", &self.form);
        writer.texts("values", &self.values);
        writer.text("meaning", self.meaning);
        writer.text("source", self.source);
        writer.close('}');
    }
}

impl ToJson for RelatedType {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("role", self.role);
        writer.text("id", &self.id);
        writer.number("min", u64::from(self.min));
        if let Some(max) = self.max {
            writer.number("max", u64::from(max));
        }
        writer.text("when", self.when);
        writer.list("labels", &self.labels);
        writer.text("source", self.source);
        writer.close('}');
    }
}

impl ToJson for FieldType {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("path", &self.path);
        writer.text("type", self.kind);
        writer.flag("nullable", self.nullable);
        writer.text("presence", self.presence);
        writer.texts("values", &self.values);
        writer.text("meaning", self.meaning);
        writer.text("source", self.source);
        writer.close('}');
    }
}

impl ToJson for VariantType {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("name", self.name);
        writer.optional("type", self.state_type);
        writer.flag("documented", self.documented);
        writer.close('}');
    }
}

/// Describes every family. `inputs`: what the builder, which stands on the catalogue, takes for its events.
#[must_use]
pub fn event_types(inputs: &dyn Fn(&'static Family) -> Vec<Input>) -> Vec<EventType> {
    families().iter().map(|family| event_type(family, inputs(family))).collect()
}

/// The examples of the families whose names have a placeholder: one for each of its known values, and before them one
/// in which it stands itself, to be replaced by any other value.
#[must_use]
pub fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for family in families().iter().filter(|family| !family.name.is_literal()) {
        all.push(Example(unfilled(family)));
        all.extend(family.variants.iter().map(|variant| Example(event(family, Some(variant.name)))));
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
        follows: family.follows.map(|follows| follows.meaning()),
        docs: family.docs,
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
        example: Example(event(family, None)),
    }
}

fn label_type(label: &'static Label) -> LabelType {
    LabelType {
        name: label.name,
        presence: label.presence().name(),
        form: label.form.describe(),
        values: match &label.form {
            LabelForm::Values { values, .. } => texts(values),
            _ => Vec::new(),
        },
        meaning: label.meaning(),
        source: label.source().name(),
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
        source: related.source().name(),
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
            presence: field.presence().name(),
            values: texts(field.values),
            meaning: field.meaning(),
            source: field.source().name(),
        });
        if let Some(object) = field.object {
            field_types(object.fields, &inner, all);
        }
    }
}

fn texts(values: &'static [Value]) -> Vec<&'static str> {
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

impl ValueKind {
    /// As users see it; what a string contains stands in the field's meaning.
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
