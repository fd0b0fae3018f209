//! Payload fields.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::data::{self, Level, Source};
use super::super::statics::{Table, option, variant};
use super::example::example;
use super::{Fallible, Resolver, generation, missing, no_group, remark, unique};

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

    pub(super) fn object(&self, fields: &[data::Field], other: Level, source: Source) -> Fallible<TokenStream> {
        let fields = fields.iter().map(|field| self.field(field, source)).collect::<Fallible<Vec<_>>>()?;
        let (fields, other) = (self.statics.list("Field", &fields), option(other.severity()));
        Ok(quote!(Object { fields: #fields, other: #other }))
    }

    fn field(&self, field: &data::Field, source: Source) -> Fallible<TokenStream> {
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
        let object = match (&field.fields, field.other_fields) {
            (None, None) => quote!(None),
            (fields, other) => {
                let fields = fields.as_deref().unwrap_or_default();
                let object =
                    self.object(fields, other.unwrap_or(Level::Warning), source).map_err(|error| wrong(&error))?;
                option(Some(self.statics.one("Object", &object)))
            }
        };
        let (name, meaning, presence) = (&field.name, &field.meaning, variant("Presence", &field.presence));
        let generation = generation(
            field.key.as_deref(),
            field.default.as_deref(),
            field.once.as_deref(),
            &example,
            field.name == "name",
        );
        let said_by = variant("Source", &source);
        let number = self.statics.row(
            Table::Field,
            quote!(Authoring { presence: #presence, meaning: #meaning, generation: #generation }),
            quote!(Description { source: #said_by, example: #example }),
        );
        let missing = missing(field.presence, field.missing, source, meaning);
        let other = other.ok_or_else(|| wrong("other_values: cannot be accepted"))?;
        let also = self.also(field.also.as_ref()).map_err(|error| wrong(&error))?;
        let remark = self.remark(field.warning.as_ref(), field.info.as_ref());
        let (kind, items) = (variant("ValueKind", &kind), option(items.map(|items| variant("ValueKind", &items))));
        Ok(quote!(Field {
            name: #name,
            kind: #kind,
            nullable: #nullable,
            missing: #missing,
            values: #values,
            other: #other,
            object: #object,
            items: #items,
            also: #also,
            remark: #remark,
            number: #number,
        }))
    }

    /// Another kind that is accepted.
    fn also(&self, also: Option<&data::Also>) -> Fallible<TokenStream> {
        let Some(also) = also else {
            return Ok(quote!(None));
        };
        let kind = variant("ValueKind", &kind(&also.kind)?);
        let remark = remark(also.warning.as_ref(), also.info.as_ref()).ok_or("also: needs a sentence")?;
        Ok(option(Some(self.statics.one("(ValueKind, Remark)", &quote!((#kind, #remark))))))
    }
}

/// Named like the crate's `ValueKind`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    Any,
    String,
    Uuid,
    Timestamp,
    Integer,
    Number,
    Boolean,
    Object,
    StringMap,
    Array,
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
