//! The YAML form of the catalogue's pages.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use proc_macro2::TokenStream;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::statics::variant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    /// Path of the page in the documentation; absent: its families are not documented.
    page: Option<String>,
    // The defaults of the page's families.
    source: Option<Source>,
    other_roles: Option<Level>,
    other_fields: Option<Level>,

    #[serde(default)]
    labels: BTreeMap<String, Vec<Label>>,
    #[serde(default)]
    resources: BTreeMap<String, Resource>,
    #[serde(default)]
    related: BTreeMap<String, Vec<Related>>,
    #[serde(default)]
    fields: BTreeMap<String, Vec<Field>>,
    #[serde(default)]
    values: BTreeMap<String, Vec<Short<Value>>>,
    #[serde(default)]
    variants: BTreeMap<String, Vec<Short<Variant>>>,
    #[serde(default)]
    equal: BTreeMap<String, Vec<Equal>>,
    #[serde(default)]
    families: Vec<Family>,
}

/// Everything that `use` can name.
#[derive(Default)]
pub(super) struct Groups {
    pub labels: BTreeMap<String, Vec<Label>>,
    pub resources: BTreeMap<String, Resource>,
    pub related: BTreeMap<String, Vec<Related>>,
    pub fields: BTreeMap<String, Vec<Field>>,
    pub values: BTreeMap<String, Vec<Short<Value>>>,
    pub variants: BTreeMap<String, Vec<Short<Variant>>>,
    pub equal: BTreeMap<String, Vec<Equal>>,
}

impl Contents {
    /// Adds the page's groups, and returns its families with the page's defaults.
    pub(super) fn read(self, groups: &mut Groups) -> Result<Vec<Family>, String> {
        add(&mut groups.labels, self.labels)?;
        add(&mut groups.resources, self.resources)?;
        add(&mut groups.related, self.related)?;
        add(&mut groups.fields, self.fields)?;
        add(&mut groups.values, self.values)?;
        add(&mut groups.variants, self.variants)?;
        add(&mut groups.equal, self.equal)?;
        let mut families = self.families;
        for family in &mut families {
            family.page.clone_from(&self.page);
            if family.like.is_none() {
                family.source = family.source.or(self.source);
                family.other_roles = family.other_roles.or(self.other_roles);
                family.other_fields = family.other_fields.or(self.other_fields);
            }
        }
        Ok(families)
    }
}

fn add<T>(all: &mut BTreeMap<String, T>, more: BTreeMap<String, T>) -> Result<(), String> {
    for (name, group) in more {
        if all.insert(name.clone(), group).is_some() {
            return Err(format!("there is a group `{name}` already"));
        }
    }
    Ok(())
}

/// Fills the missing fields of every family that is `like` another from that one.
pub(super) fn inherit(mut families: Vec<(String, Family)>) -> Result<Vec<(String, Family)>, String> {
    let models: BTreeMap<_, _> = families.iter().map(|(_, family)| (family.name.clone(), family.clone())).collect();
    for (page, family) in &mut families {
        let Some(like) = &family.like else { continue };
        let wrong = |what: &str| format!("{page}: {}: like {like}: {what}", family.name);
        let model = models.get(like).ok_or_else(|| wrong("there is no such family"))?.clone();
        if model.like.is_some() {
            return Err(wrong("that family is itself like another"));
        }
        let changed_payload = family.payload.is_some();
        family.emitter = family.emitter.take().or(model.emitter);
        family.labels = family.labels.take().or(model.labels);
        family.related = family.related.take().or(model.related);
        family.other_roles = family.other_roles.or(model.other_roles);
        if !changed_payload {
            family.payload = model.payload;
            family.payload_or = model.payload_or;
            family.other_fields = family.other_fields.or(model.other_fields);
        }
        family.equal = family.equal.take().or(model.equal);
        family.source = family.source.or(model.source);
        family.code = family.code.take().or(model.code);
    }
    Ok(families)
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    pub name: String,
    pub title: String,
    /// Another family, for all fields missing here (except variants, follows and notes).
    pub like: Option<String>,
    /// The anchor on the page, if it does not follow from the name.
    pub anchor: Option<String>,
    pub emitter: Option<String>,
    pub emitted_by: String,
    /// The default source of this family's entries.
    pub source: Option<Source>,
    pub labels: Option<Vec<Label>>,
    pub related: Option<Vec<Related>>,
    pub other_roles: Option<Level>,
    pub payload: Option<Vec<Field>>,
    /// A second shape of the payload.
    pub payload_or: Option<Vec<Field>>,
    pub other_fields: Option<Level>,
    pub follows: Option<Follows>,
    #[serde(default)]
    pub variants: Vec<Short<Variant>>,
    pub other_variants: Option<Level>,
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
    pub hole_example: Option<String>,
    pub equal: Option<Vec<Equal>>,
    pub code: Option<String>,
    #[serde(default)]
    pub notes: Vec<String>,
    #[serde(skip)]
    pub page: Option<String>,
}

/// The severity of something; `accepted`: no finding.
#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Info,
    Accepted,
}

impl Level {
    /// The crate's `Severity`, unless it is accepted.
    pub(super) fn severity(self) -> Option<TokenStream> {
        (self != Level::Accepted).then(|| variant("Severity", &self))
    }
}

/// The source of an entry, named like the crate's `Source`.
#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    Docs,
    Code,
    Both,
}

/// Named like the crate's `Presence`.
#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Presence {
    Required,
    Optional,
    Undocumented,
}

/// Named like the crate's `Compare`.
#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Compare {
    Text,
    Instant,
    Integer,
    Uuid,
    Slug,
    Tail,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub name: String,
    #[serde(default = "required")]
    pub presence: Presence,
    pub missing: Option<Level>,
    pub form: Option<String>,
    #[serde(default)]
    pub values: Vec<Short<Value>>,
    pub other_values: Option<Level>,
    #[serde(default)]
    pub templates: Vec<Short<Value>>,
    #[serde(default)]
    pub meaning: String,
    pub source: Option<Source>,
    pub example: Option<String>,
    pub key: Option<String>,
    pub default: Option<String>,
}

fn required() -> Presence {
    Presence::Required
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource {
    pub id: String,
    pub example: String,
    pub labels: Vec<Label>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Related {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub role: String,
    /// Which of `resources` it is, if its name differs from the role.
    pub resource: Option<String>,
    pub id: Option<String>,
    #[serde(default)]
    pub templates: Vec<Short<Value>>,
    #[serde(default)]
    pub min: u32,
    /// Any number instead of at most one.
    #[serde(default)]
    pub many: bool,
    pub missing: Option<Level>,
    #[serde(default)]
    pub when: String,
    pub labels: Option<Vec<Label>>,
    pub source: Option<Source>,
    pub example: Option<String>,
    pub key: Option<String>,
    /// A sentence about it, by severity.
    pub warning: Option<String>,
    pub info: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub name: String,
    #[serde(rename = "type", default = "string")]
    pub kind: String,
    #[serde(default = "required")]
    pub presence: Presence,
    pub missing: Option<Level>,
    #[serde(default)]
    pub values: Vec<Short<Value>>,
    pub other_values: Option<Level>,
    pub fields: Option<Vec<Field>>,
    pub other_fields: Option<Level>,
    pub also: Option<Also>,
    #[serde(default)]
    pub meaning: String,
    pub source: Option<Source>,
    pub example: Option<String>,
    pub key: Option<String>,
    pub default: Option<String>,
    pub once: Option<String>,
    /// A sentence about it, by severity.
    pub warning: Option<String>,
    pub info: Option<String>,
}

fn string() -> String {
    "string".to_owned()
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Also {
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence about it, by severity.
    pub warning: Option<String>,
    pub info: Option<String>,
}

/// A value or a template.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub text: String,
    /// A sentence about it, by severity.
    pub warning: Option<String>,
    pub info: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Variant {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub name: String,
    #[serde(rename = "type")]
    pub state_type: Option<String>,
    pub previous: Option<String>,
    #[serde(default = "yes")]
    pub documented: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Equal {
    #[serde(rename = "use")]
    pub group: Option<String>,
    #[serde(default)]
    pub same: Vec<String>,
    #[serde(default = "as_text")]
    pub compare: Compare,
    pub severity: Option<Level>,
}

fn as_text() -> Compare {
    Compare::Text
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(super) struct Follows {
    pub text: String,
    #[serde(default)]
    pub families: Vec<String>,
    pub same: Option<String>,
    #[serde(default)]
    pub same_resource: bool,
    #[serde(default)]
    pub window: u32,
    #[serde(default)]
    pub documented: bool,
    pub missing: Option<Level>,
    #[serde(default)]
    pub states: bool,
}

/// An entry that can be written as a plain string.
#[derive(Clone)]
pub(super) struct Short<T>(pub T);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value { group: None, text: text.to_owned(), warning: None, info: None }
    }
}

impl From<&str> for Variant {
    fn from(name: &str) -> Self {
        Variant { group: None, name: name.to_owned(), state_type: None, previous: None, documented: true }
    }
}

impl<'de, T> Deserialize<'de> for Short<T>
where
    T: Deserialize<'de> + for<'s> From<&'s str>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T> Visitor<'de> for Either<T>
        where
            T: Deserialize<'de> + for<'s> From<&'s str>,
        {
            type Value = Short<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a text or a mapping")
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Short(T::from(text)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Short)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}
