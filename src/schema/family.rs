//! The catalogue's rules for a family, as a schema.
//!
//! A schema rejects what `validate` reports as an error in the profile `documented`. It accepts, and only describes,
//! what `validate` reports as a warning or an info.

use crate::catalogue::example_value;
use crate::catalogue::{self, AllowedValue, Family, Field, Label, LabelForm, Missing, Related, Source, ValueKind};
use crate::diagnostic::Severity;
use crate::event::RESOURCE_ROLE;
use crate::json::tree::{ObjectTree, Tree};

use super::descriptions::{self, remarks};
use super::pattern::{form, name, reference};

/// The schema of a family, in addition to that of any event.
pub(super) fn body(family: &Family) -> ObjectTree {
    let documented = family.is_documented();
    let mut required = Vec::new();
    if family.related.iter().any(|related| must_be(related.missing) && related.min > 0) {
        required.push("related");
    }
    if family.payload.iter().all(|shape| shape.fields.iter().any(|field| must_be(field.missing))) {
        required.push("payload");
    }
    let mut event = name(family);
    if !family.variants.is_empty() {
        let names: Vec<String> =
            family.variants.iter().map(|variant| family.name.text.replace(hole(family), variant.name)).collect();
        event = event.with("examples", names);
    }
    let labels = Labels::of(family.labels, documented);
    let resource = labels.schema();
    let mut properties = ObjectTree::new().with("event", event).with("resource", resource);
    let related = related(family);
    if !related.is_empty() {
        properties = properties.with("related", ObjectTree::new().with("type", "array").and(related));
    }
    properties = properties.with("payload", payload(family));
    if let Some(follows) = family.follows {
        properties = properties
            .with("follows", ObjectTree::new().with("description", descriptions::sentence(follows.meaning())));
    }
    ObjectTree::new()
        .with("title", family.title())
        .with("description", descriptions::family(family.emitted_by(), family.notes(), documented, family.docs()))
        .with("type", "object")
        .with_any("required", Tree::from(required))
        .with("properties", properties)
}

/// The placeholder of a family's name, with its braces.
fn hole(family: &Family) -> &'static str {
    let text = family.name.text;
    text.find('{').zip(text.find('}')).and_then(|(start, end)| text.get(start..=end)).unwrap_or(text)
}

/// Whether the absence of something is an error.
fn must_be(missing: Option<Missing>) -> bool {
    missing.is_some_and(|missing| missing.severity == Severity::Error)
}

/// The labels of one resource.
struct Labels {
    required: Vec<&'static str>,
    properties: ObjectTree,
}

impl Labels {
    fn of(labels: &'static [Label], documented: bool) -> Labels {
        let mut all = Labels { required: Vec::new(), properties: ObjectTree::new() };
        for label in labels {
            if must_be(label.missing) {
                all.required.push(label.name);
            }
            let meaning =
                descriptions::part(label.meaning(), label.presence(), label.missing, label.source(), documented);
            let meaning = described(meaning, &mut remarks(&label.form));
            let meaning = match &label.form {
                LabelForm::Values { values, other } => known(meaning, values, *other),
                _ => meaning,
            };
            all.properties = all.properties.with(
                label.name,
                ObjectTree::new()
                    .with("type", "string")
                    .and(if is_warned(label) { ObjectTree::new() } else { form(&label.form) })
                    .with("description", meaning)
                    .with_any("examples", examples(label.example())),
            );
        }
        all
    }

    fn schema(self) -> ObjectTree {
        ObjectTree::new()
            .with("type", "object")
            .with_any("required", Tree::from(self.required))
            .with_any("properties", self.properties)
    }
}

/// A label whose form only causes a warning.
fn is_warned(label: &Label) -> bool {
    label.name == "prefect.state-message"
}

fn examples(example: &str) -> Tree {
    if example.is_empty() { Tree::List(Vec::new()) } else { Tree::from([example]) }
}

/// A description followed by remarks.
fn described(meaning: String, remarks: &mut dyn Iterator<Item = &'static str>) -> String {
    let mut all = vec![meaning];
    all.extend(remarks.map(descriptions::sentence));
    all.join(" ")
}

/// The possible values of a string; nothing, if others are not errors.
pub(super) fn one_of(values: &[AllowedValue], other: Severity, nullable: bool) -> ObjectTree {
    if other != Severity::Error {
        return ObjectTree::new();
    }
    match (values, nullable) {
        ([], _) => ObjectTree::new(),
        ([only], false) => ObjectTree::new().with("const", only.text),
        _ => {
            let mut list: Vec<Tree> = values.iter().map(|value| Tree::from(value.text)).collect();
            if nullable {
                list.push(Tree::Null);
            }
            ObjectTree::new().with("enum", list)
        }
    }
}

/// A description with the known values, if the schema does not list them.
fn known(meaning: String, values: &[AllowedValue], other: Severity) -> String {
    if other == Severity::Error || values.is_empty() {
        return meaning;
    }
    let known: Vec<&str> = values.iter().map(|value| value.text).collect();
    [meaning, descriptions::other_values(&known)].join(" ")
}

// ---- related resources

fn related(family: &Family) -> ObjectTree {
    let mut items = Vec::new();
    let mut needed = Vec::new();
    for related in family.related {
        items.push(
            ObjectTree::new().with("if", in_role(related)).with("then", resource(related, family.is_documented())),
        );
        if must_be(related.missing) && related.min > 0 {
            let contains =
                ObjectTree::new().with("contains", ObjectTree::new().with("type", "object").and(in_role(related)));
            needed.push(if related.min > 1 { contains.with("minContains", u64::from(related.min)) } else { contains });
        }
    }
    let mut schema = ObjectTree::new();
    if !items.is_empty() {
        schema = schema.with("items", ObjectTree::new().with("type", "object").with("allOf", items));
    }
    match needed.len() {
        0 => schema,
        1 => needed.into_iter().fold(schema, ObjectTree::and),
        _ => schema.with("allOf", needed),
    }
}

fn in_role(related: &Related) -> ObjectTree {
    let role = ObjectTree::new().with("const", related.role);
    ObjectTree::new().with("required", [RESOURCE_ROLE]).with("properties", ObjectTree::new().with(RESOURCE_ROLE, role))
}

fn resource(related: &'static Related, documented: bool) -> ObjectTree {
    let mut meaning = vec![descriptions::sentence(related.when())];
    meaning.extend(match related.remark {
        Some(remark) => Some(descriptions::sentence(remark.text)),
        None => descriptions::said_by(related.source(), documented).map(str::to_owned),
    });
    meaning.extend(related.max.map(descriptions::at_most));
    let labels = Labels::of(related.labels, documented);
    let mut id = ObjectTree::new().with("type", "string").and(form(&related.id));
    let remarks: Vec<String> = remarks(&related.id).map(descriptions::sentence).collect();
    id = id.with_any("description", remarks.join(" ")).with_any("examples", examples(related.example()));
    let properties = ObjectTree::new().with("prefect.resource.id", id).and(labels.properties);
    ObjectTree::new()
        .with("description", meaning.join(" "))
        .with_any("required", Tree::from(labels.required))
        .with("properties", properties)
}

// ---- payload

fn payload(family: &Family) -> ObjectTree {
    let shape = |object: &'static catalogue::Object| fields(object, family.is_documented());
    match family.payload {
        [] => ObjectTree::new().with("type", "object").with("description", descriptions::NO_PAYLOAD),
        [only] if only.fields.is_empty() && only.other.is_some() => {
            ObjectTree::new().with("type", "object").with("description", descriptions::NO_PAYLOAD)
        }
        [only] => ObjectTree::new().with("type", "object").and(shape(only)),
        [first, others @ ..] => {
            // A field that only one shape has selects that shape, so errors are reported for the intended shape.
            let mut schema = shape(first);
            for other in others {
                let own = other.fields.iter().filter(|field| first.fields.iter().all(|known| known.name != field.name));
                let any: Vec<ObjectTree> = own
                    .map(|field| {
                        let property = ObjectTree::new().with(field.name, true);
                        ObjectTree::new().with("required", [field.name]).with("properties", property)
                    })
                    .collect();
                schema = ObjectTree::new()
                    .with("if", ObjectTree::new().with("anyOf", any))
                    .with("then", shape(other))
                    .with("else", schema);
            }
            ObjectTree::new().with("type", "object").with("description", descriptions::SEVERAL_PAYLOADS).and(schema)
        }
    }
}

/// The fields of an object, without its type.
fn fields(object: &'static catalogue::Object, documented: bool) -> ObjectTree {
    let mut required = Vec::new();
    let mut properties = ObjectTree::new();
    for field in object.fields {
        if must_be(field.missing) {
            required.push(field.name);
        }
        properties = properties.with(field.name, self::field(field, documented));
    }
    ObjectTree::new().with_any("required", Tree::from(required)).with_any("properties", properties)
}

fn field(field: &'static Field, documented: bool) -> ObjectTree {
    // A remark already says who writes it.
    let source = if field.remark.is_some() { Source::Both } else { field.source() };
    let meaning = descriptions::part(field.meaning(), field.presence(), field.missing, source, documented);
    let also = field.also.as_ref().map(|(_, remark)| remark.text);
    let values = field.values.iter().filter_map(|value| value.remark.as_ref().map(|remark| remark.text));
    let own = field.remark.map(|remark| remark.text);
    let meaning = described(meaning, &mut own.into_iter().chain(also).chain(values));
    let meaning = known(meaning, field.values, field.other);
    let example = Tree::List(example_value(field).into_iter().collect());
    let schema = match field.also {
        Some((kind, _)) => {
            let also = ObjectTree::new().with("type", type_of(*kind));
            ObjectTree::new().with("anyOf", [value(field, documented), also])
        }
        None => value(field, documented),
    };
    schema.with("description", meaning).with_any("examples", example)
}

fn value(field: &'static Field, documented: bool) -> ObjectTree {
    let nullable = field.nullable;
    match field.kind {
        ValueKind::Any => ObjectTree::new(),
        ValueKind::Uuid | ValueKind::Timestamp => {
            let text = kind(field.kind);
            let nothing = ObjectTree::new().with("type", "null");
            if nullable { ObjectTree::new().with("anyOf", [text, nothing]) } else { text }
        }
        ValueKind::Object => {
            let schema = typed("object", nullable);
            field.object.map_or(schema.clone(), |object| schema.and(fields(object, documented)))
        }
        ValueKind::StringMap => typed("object", nullable).with("additionalProperties", kind(ValueKind::String)),
        ValueKind::Array => {
            let item = match field.object {
                Some(object) => ObjectTree::new().with("type", "object").and(fields(object, documented)),
                None => field.items.map_or(ObjectTree::new(), kind).and(one_of(field.values, field.other, false)),
            };
            typed("array", nullable).with_any("items", item)
        }
        ValueKind::String => typed("string", nullable).and(one_of(field.values, field.other, nullable)),
        ValueKind::Integer | ValueKind::Number | ValueKind::Boolean => typed(type_of(field.kind), nullable),
    }
}

fn typed(name: &str, nullable: bool) -> ObjectTree {
    if nullable { ObjectTree::new().with("type", [name, "null"]) } else { ObjectTree::new().with("type", name) }
}

/// A value of a kind without further rules.
fn kind(kind: ValueKind) -> ObjectTree {
    match kind {
        ValueKind::Any => ObjectTree::new(),
        ValueKind::Uuid => reference("uuid"),
        ValueKind::Timestamp => reference("timestamp"),
        ValueKind::StringMap => {
            ObjectTree::new().with("type", "object").with("additionalProperties", self::kind(ValueKind::String))
        }
        _ => ObjectTree::new().with("type", type_of(kind)),
    }
}

fn type_of(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Integer => "integer",
        ValueKind::Number => "number",
        ValueKind::Boolean => "boolean",
        ValueKind::Object | ValueKind::StringMap => "object",
        ValueKind::Array => "array",
        ValueKind::Any | ValueKind::String | ValueKind::Uuid | ValueKind::Timestamp => "string",
    }
}
