//! Payload fields.

use super::super::data::{self, Level};
use super::super::leak;
use super::super::model::{Aside, Described, Field, Kind, Object, Remark, Source};
use super::example::example;
use super::{Fallible, Resolver, build, missing, no_group, remark, shared_remark, unique};

impl Resolver<'_> {
    /// The fields with their groups resolved, at all depths.
    pub(super) fn fields_of(&self, fields: &[data::Field]) -> Fallible<Vec<data::Field>> {
        let mut all = Vec::new();
        for field in fields {
            if let Some(group) = &field.group {
                let group = self.groups.fields.get(group).ok_or_else(|| no_group("fields", group))?;
                all.extend(self.fields_of(group)?);
            } else {
                let mut field = field.clone();
                if let Some(inner) = &field.fields {
                    field.fields = Some(self.fields_of(inner)?);
                }
                all.push(field);
            }
        }
        unique("field", all.iter().map(|field| &field.name))?;
        Ok(all)
    }

    pub(super) fn object(&self, fields: &[data::Field], other: Level, source: Source) -> Fallible<Object> {
        let fields = fields.iter().map(|field| self.field(field, source)).collect::<Fallible<Vec<_>>>()?;
        Ok(Object { fields: fields.leak(), other: other.severity() })
    }

    fn field(&self, field: &data::Field, source: Source) -> Fallible<Field> {
        let wrong = |what: &str| format!("field {}: {what}", field.name);
        if field.name.is_empty() || field.meaning.is_empty() {
            return Err(wrong("needs a name and a meaning"));
        }
        let source = field.source.unwrap_or(source);
        let (text, nullable) = match field.kind.strip_suffix(" or null") {
            Some(text) => (text, true),
            None => (field.kind.as_str(), false),
        };
        let (text, items) = match text.strip_prefix("array of ") {
            Some(items) => ("array", Some(items)),
            None => (text, None),
        };
        let kind = kind(text).map_err(|error| wrong(&error))?;
        let items = match items {
            Some(items) => Some(self::kind(items).map_err(|error| wrong(&error))?),
            None => None,
        };
        if (field.fields.is_some() || field.other_fields.is_some())
            && kind != Kind::Object
            && items != Some(Kind::Object)
        {
            return Err(wrong("only objects have fields"));
        }
        if !field.values.is_empty() && kind != Kind::String && items != Some(Kind::String) {
            return Err(wrong("only strings have values"));
        }

        let example = example(field, kind, nullable).map_err(|error| wrong(&error))?;
        let of_value = if kind == Kind::String {
            field.example.as_deref().filter(|text| !(nullable && *text == "null"))
        } else {
            None
        };
        let values =
            self.values(&field.values, of_value.filter(|_| !field.values.is_empty())).map_err(|error| wrong(&error))?;
        let other = field.other_values.unwrap_or(Level::Error).severity();
        let object: Option<&Object> = match (&field.fields, field.other_fields) {
            (None, None) => None,
            (fields, other) => {
                let fields = fields.as_deref().unwrap_or_default();
                let object =
                    self.object(fields, other.unwrap_or(Level::Warning), source).map_err(|error| wrong(&error))?;
                Some(Box::leak(Box::new(object)))
            }
        };
        Ok(Field {
            name: leak(&field.name),
            kind,
            nullable,
            presence: Aside(field.presence),
            missing: missing(field.presence, field.missing, source, &field.meaning),
            values,
            other: other.ok_or_else(|| wrong("other_values: cannot be accepted"))?,
            object,
            items,
            also: also(field.also.as_ref()).map_err(|error| wrong(&error))?,
            remark: shared_remark(field.warning.as_ref(), field.info.as_ref()),
            meaning: Aside(leak(&field.meaning)),
            source: Described(source),
            example: Described(leak(&example)),
            build: build(
                field.key.as_deref(),
                field.default.as_deref(),
                field.once.as_deref(),
                &example,
                field.name == "name",
            ),
        })
    }
}

/// Another kind that is accepted.
fn also(also: Option<&data::Also>) -> Fallible<Option<&'static (Kind, Remark)>> {
    let Some(also) = also else {
        return Ok(None);
    };
    let kind = kind(&also.kind)?;
    let remark = remark(also.warning.as_ref(), also.info.as_ref()).ok_or("also: needs a sentence")?;
    Ok(Some(Box::leak(Box::new((kind, remark)))))
}

fn kind(text: &str) -> Fallible<Kind> {
    Ok(match text {
        "any" => Kind::Any,
        "string" => Kind::String,
        "uuid" => Kind::Uuid,
        "timestamp" => Kind::Timestamp,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "object" => Kind::Object,
        "strings" => Kind::StringMap,
        "array" => Kind::Array,
        other => return Err(format!("there is no type `{other}`")),
    })
}
