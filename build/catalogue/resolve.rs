//! Checks the families of the pages and resolves the groups that they use.

mod example;
mod labels;
mod payload;
mod rules;
mod template;

use std::collections::BTreeSet;
use std::error::Error;

use super::data::{self, Groups, Level, Short};
use super::model::{Aside, Build, Choice, Described, Family, Missing, Presence, Remark, Source, Template, Variant};
use super::{leak, link};
use crate::diagnostic::Severity;
use labels::{expand_labels, expand_related};
use rules::Context;

const ID: &str = "prefect.resource.id";
const ROLE: &str = "prefect.resource.role";

type Fallible<T> = Result<T, String>;

/// The families as the crate knows them: checked, and with all groups resolved.
pub fn resolve(families: &[(String, data::Family)], groups: &Groups) -> Result<Vec<Family>, Box<dyn Error>> {
    let names: Vec<_> = families.iter().map(|(_, f)| f.name.as_str()).collect();
    let resolver = Resolver { groups, names };
    let mut all: Vec<Family> = Vec::new();
    for (page, family) in families {
        let wrong = |error: &str| format!("{page}: {}: {error}", family.name);
        if all.iter().any(|other| other.name.text == family.name) {
            return Err(wrong("there are two families of this name").into());
        }
        all.push(resolver.family(family).map_err(|error| wrong(&error))?);
    }
    Ok(all)
}

struct Resolver<'a> {
    groups: &'a Groups,
    names: Vec<&'a str>,
}

impl Resolver<'_> {
    fn family(&self, family: &data::Family) -> Fallible<Family> {
        let emitter = family.emitter.as_deref().ok_or("needs an emitter")?;
        if !["client", "server", "cloud"].contains(&emitter) {
            return Err(format!("`{emitter}` is not an emitter"));
        }
        let source = family.source.unwrap_or(Source::Both);
        let name = template::read(&family.name)?;
        let labels = expand_labels(family.labels.as_deref().unwrap_or_default(), self.groups)?;
        if labels.first().is_none_or(|label| label.name != ID) {
            return Err(format!("the first label must be {ID}"));
        }
        let related = expand_related(family.related.as_deref().unwrap_or_default(), self.groups)?;
        let mut shapes = vec![self.fields_of(family.payload.as_deref().unwrap_or_default())?];
        if let Some(other) = &family.payload_or {
            shapes.push(self.fields_of(other)?);
        }
        let context = Context { name: &name, labels: &labels, related: &related, shapes: &shapes, groups: self.groups };

        let (variants, hole_example) = self.variants(family, &name)?;
        let choices = choices(family, &name)?;
        let equal = self.equal(family, &context)?;
        let follows = match &family.follows {
            Some(follows) => Some(&*Box::leak(Box::new(self.follows(follows, &context)?))),
            None => None,
        };
        let labels = self.labels(&labels, source)?;
        let related = related.iter().map(|related| self.related(related, source)).collect::<Fallible<Vec<_>>>()?;
        let other_fields = family.other_fields.unwrap_or(Level::Warning);
        let payload =
            shapes.iter().map(|shape| self.object(shape, other_fields, source)).collect::<Fallible<Vec<_>>>()?;
        let docs = family.page.as_ref().map(|page| {
            let own = family.anchor.clone();
            let anchor = own.unwrap_or_else(|| link::anchor(&family.name));
            leak(&link::link(page, &anchor))
        });
        Ok(Family {
            name,
            title: Described(leak(&family.title)),
            documented: Described(family.page.is_some()),
            cloud: Described(emitter == "cloud"),
            emitter: leak(emitter),
            emitted_by: Described(leak(&family.emitted_by)),
            notes: Described(texts(&family.notes)),
            code: Described(leak(family.code.as_deref().unwrap_or_default())),
            labels,
            related: related.leak(),
            other_roles: family.other_roles.unwrap_or(Level::Warning).severity(),
            payload: payload.leak(),
            follows,
            docs,
            variants: variants.leak(),
            other_variants: family.other_variants.and_then(Level::severity),
            choices,
            hole_example: Described(leak(&hole_example)),
            equal,
        })
    }

    /// The variants of a name, and the value of its placeholder for examples.
    fn variants(&self, family: &data::Family, name: &Template) -> Fallible<(Vec<Variant>, String)> {
        let variants = self.variants_of(family)?;
        let first = || variants.first().map(|variant| variant.name.clone());
        let example = family.hole_example.clone().or_else(first).unwrap_or_default();
        if name.is_literal() != example.is_empty() {
            return Err("a name with a placeholder needs a `hole_example` or variants, another has none".to_owned());
        }
        let list = variants.iter().map(|variant| Variant {
            name: leak(&variant.name),
            state_type: variant.state_type.as_deref().map(leak),
            previous: Aside(variant.previous.as_deref().map(leak)),
            documented: Described(variant.documented),
        });
        Ok((list.collect(), example))
    }

    fn variants_of(&self, family: &data::Family) -> Fallible<Vec<data::Variant>> {
        let mut all: Vec<data::Variant> = Vec::new();
        for Short(variant) in &family.variants {
            match &variant.group {
                Some(group) => {
                    let group = self.groups.variants.get(group).ok_or_else(|| no_group("variants", group))?;
                    all.extend(group.iter().map(|Short(variant)| variant.clone()));
                }
                None => all.push(variant.clone()),
            }
        }
        unique("variant", all.iter().map(|variant| &variant.name))?;
        for variant in &all {
            // No chain of predecessors is longer than the list, unless it goes in a circle.
            let mut before = variant.previous.as_ref();
            for _ in 0..=all.len() {
                let Some(name) = before else { break };
                let previous = all.iter().find(|other| other.name == *name);
                before = previous
                    .ok_or_else(|| format!("variant {}: there is no variant `{name}`", variant.name))?
                    .previous
                    .as_ref();
            }
            if before.is_some() {
                return Err(format!("variant {}: comes before itself", variant.name));
            }
            if let Some(state_type) = &variant.state_type {
                let types = self.values_of(&[Short(data::Value {
                    group: Some("state-types".to_owned()),
                    ..data::Value::from("")
                })])?;
                if !types.iter().any(|value| value.text == *state_type) {
                    return Err(format!("variant {}: there is no state type `{state_type}`", variant.name));
                }
            }
        }
        Ok(all)
    }
}

fn choices(family: &data::Family, name: &Template) -> Fallible<&'static [Choice]> {
    let mut choices = Vec::new();
    for (hole, values) in &family.choices {
        if !template::has(name, hole) || values.is_empty() {
            return Err(format!("choices: the name has no placeholder `{hole}`, or there are no values"));
        }
        choices.push(Choice { hole: leak(hole), values: texts(values) });
    }
    Ok(choices.leak())
}

fn texts(texts: &[String]) -> &'static [&'static str] {
    texts.iter().map(|text| leak(text)).collect::<Vec<_>>().leak()
}

fn unique<'t>(what: &str, names: impl Iterator<Item = &'t String>) -> Fallible<()> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("the {what} `{name}` stands there twice"));
        }
    }
    Ok(())
}

fn no_group(kind: &str, name: &str) -> String {
    format!("there is no group `{name}` of {kind}")
}

/// What the absence of an item means: its own word, or an error where the documentation promises the item.
fn missing(presence: Presence, own: Option<Level>, source: Source, words: &str) -> Option<Missing> {
    let severity = match (presence, own) {
        (Presence::Required, Some(level)) => level.severity(),
        (Presence::Required, None) if source == Source::Code => Some(Severity::Warning),
        (Presence::Required, None) => Some(Severity::Error),
        _ => None,
    };
    severity.map(|severity| Missing { severity, words: leak(words) })
}

/// What the page says of how a value is built.
fn build(key: Option<&str>, default: Option<&str>, once: Option<&str>, example: &str, is_name: bool) -> Aside<Build> {
    Aside(Build {
        key: leak(key.unwrap_or_default()),
        default: default.map(leak),
        once: leak(once.unwrap_or_default()),
        called: leak(if is_name { example.trim_matches('"') } else { "" }),
        is_shown: !example.is_empty(),
    })
}

/// A sentence on a value, if there is one.
fn remark(warning: Option<&String>, info: Option<&String>) -> Option<Remark> {
    let (severity, text) = match (warning, info) {
        (Some(text), _) => (Severity::Warning, text),
        (None, Some(text)) => (Severity::Info, text),
        (None, None) => return None,
    };
    Some(Remark { severity, text: leak(text) })
}

/// The same as a thing of its own: few have one.
fn shared_remark(warning: Option<&String>, info: Option<&String>) -> Option<&'static Remark> {
    remark(warning, info).map(|remark| &*Box::leak(Box::new(remark)))
}
