//! Checks the families of the pages and resolves the groups that they use.

mod example;
mod labels;
mod payload;
mod rules;
mod template;

use std::collections::BTreeSet;
use std::error::Error;

use proc_macro2::TokenStream;
use quote::quote;

use super::data::{self, Groups, Level, Presence, Short, Source};
use super::statics::{Statics, Table, option};
use super::template::{Part, Template};
use crate::site::SITE;
use labels::{expand_labels, expand_related};
use rules::Context;

const ID: &str = "prefect.resource.id";
const ROLE: &str = "prefect.resource.role";

type Fallible<T> = Result<T, String>;

/// The families for the crate: checked, and with all groups resolved.
pub(super) fn resolve(families: &[(String, data::Family)], groups: &Groups) -> Result<String, Box<dyn Error>> {
    let names: Vec<_> = families.iter().map(|(_, f)| f.name.as_str()).collect();
    unique("family", families.iter().map(|(_, family)| &family.name))?;
    let resolver = Resolver { groups, names, statics: Statics::default() };
    let (mut all, mut literals, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (page, family)) in families.iter().enumerate() {
        let wrong = |error: String| format!("{page}: {}: {error}", family.name);
        let name = template::read(&family.name).map_err(wrong)?;
        all.push(resolver.family(family, &name).map_err(wrong)?);
        match name.parts {
            [Part::Literal(text)] => literals.push((text.len(), *text, place)),
            [Part::Literal(prefix), ..] => patterns.push((prefix.len(), *prefix, place)),
            _ => return Err(wrong("the name must not begin with a placeholder".to_owned()).into()),
        }
    }
    // Searches compare lengths before texts.
    literals.sort_unstable();
    // Names with more literal text come first.
    patterns.sort_unstable();
    patterns.reverse();
    let statics = resolver.statics;
    let length = all.len();
    statics.public(&quote!(static FAMILIES: [Family; #length] = [#(#all),*];));
    for (list, names) in [(quote!(LITERALS), literals), (quote!(PATTERNS), patterns)] {
        let length = names.len();
        let names = names.into_iter().map(|(_, name, place)| quote!((#name, &FAMILIES[#place])));
        statics.public(&quote!(static #list: [(&str, &Family); #length] = [#(#names),*];));
    }
    Ok(statics.finish()?)
}

struct Resolver<'a> {
    groups: &'a Groups,
    names: Vec<&'a str>,
    statics: Statics,
}

impl Resolver<'_> {
    fn family(&self, family: &data::Family, name: &Template) -> Fallible<TokenStream> {
        let emitter = family.emitter.as_deref().ok_or("needs an emitter")?;
        let emitter_variant = match emitter {
            "client" => quote!(Emitter::Client),
            "server" => quote!(Emitter::Server),
            "cloud" => quote!(Emitter::Cloud),
            _ => return Err(format!("`{emitter}` is not an emitter")),
        };
        let source = family.source.unwrap_or(Source::Both);
        let labels = expand_labels(family.labels.as_deref().unwrap_or_default(), self.groups)?;
        if labels.first().is_none_or(|label| label.name != ID) {
            return Err(format!("the first label must be {ID}"));
        }
        let related = expand_related(family.related.as_deref().unwrap_or_default(), self.groups)?;
        let mut shapes = vec![self.fields_of(family.payload.as_deref().unwrap_or_default())?];
        if let Some(other) = &family.payload_or {
            shapes.push(self.fields_of(other)?);
        }
        let context = Context { name, labels: &labels, related: &related, shapes: &shapes, groups: self.groups };

        let (variants, placeholder_example) = self.variants(family, name)?;
        let choices = self.choices(family, name)?;
        let equal = self.equal(family, &context)?;
        let follows = match &family.follows {
            Some(follows) => Some(self.follows(follows, &context)?),
            None => None,
        };
        let follows = option(follows);
        let labels = self.labels(&labels, source)?;
        let related = related.iter().map(|related| self.related(related, source)).collect::<Fallible<Vec<_>>>()?;
        let related = self.statics.list("Related", &related);
        let other_fields = family.other_fields.unwrap_or(Level::Warning);
        let payload =
            shapes.iter().map(|shape| self.object(shape, other_fields, source)).collect::<Fallible<Vec<_>>>()?;
        let payload = self.statics.list("Object", &payload);
        let docs = option(family.page.as_ref().map(|page| {
            let anchor = family.anchor.clone().unwrap_or_else(|| anchor(&family.name));
            [SITE, page, "#", &anchor].concat()
        }));
        let other_roles = option(family.other_roles.unwrap_or(Level::Warning).severity());
        let other_variants = option(family.other_variants.and_then(Level::severity));
        let name = self.template(name);

        let (title, emitted_by, is_documented, is_cloud) =
            (&family.title, &family.emitted_by, family.page.is_some(), emitter == "cloud");
        let (notes, code) = (self.statics.texts(&family.notes), family.code.as_deref().unwrap_or_default());
        let number = self.statics.row(
            Table::Family,
            docs,
            quote!(FamilyDescription {
                title: #title,
                is_documented: #is_documented,
                is_cloud: #is_cloud,
                emitted_by: #emitted_by,
                notes: #notes,
                code: #code,
                placeholder_example: #placeholder_example,
            }),
        );
        Ok(quote!(Family {
            name: #name,
            emitter: #emitter_variant,
            labels: #labels,
            related: #related,
            other_roles: #other_roles,
            payload: #payload,
            follows: #follows,
            variants: #variants,
            other_variants: #other_variants,
            choices: #choices,
            equal: #equal,
            number: #number,
        }))
    }

    /// The variants of a name, and the value of its placeholder for examples.
    fn variants(&self, family: &data::Family, name: &Template) -> Fallible<(TokenStream, String)> {
        let variants = self.variants_of(family)?;
        let first = || variants.first().map(|variant| variant.name.clone());
        let example = family.hole_example.clone().or_else(first).unwrap_or_default();
        if name.is_literal() != example.is_empty() {
            return Err("a name with a placeholder needs a `hole_example` or variants, another has none".to_owned());
        }
        let list = variants.iter().map(|data::Variant { name, state_type, previous, documented, .. }| {
            let previous = option(previous.as_ref());
            let number = self.statics.row(Table::Variant, previous, quote!(#documented));
            let state_type = option(state_type.as_ref());
            quote!(Variant { name: #name, state_type: #state_type, number: #number })
        });
        Ok((self.statics.list("Variant", &list.collect::<Vec<_>>()), example))
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
            // A chain of predecessors longer than the list is a cycle.
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

    fn choices(&self, family: &data::Family, name: &Template) -> Fallible<TokenStream> {
        let mut choices = Vec::new();
        for (hole, values) in &family.choices {
            if !template::has(name, hole) || values.is_empty() {
                return Err(format!("choices: the name has no placeholder `{hole}`, or there are no values"));
            }
            let values = self.statics.texts(values);
            choices.push(quote!(Choice { hole: #hole, values: #values }));
        }
        Ok(self.statics.list("Choice", &choices))
    }

    /// The same as a separate static: few have one.
    fn remark(&self, warning: Option<&String>, info: Option<&String>) -> TokenStream {
        option(remark(warning, info).map(|remark| self.statics.one("Remark", &remark)))
    }
}

/// The anchor of a heading with the name of an event: in lower case, without dots and braces.
fn anchor(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '.' | '{' | '}')).map(|c| c.to_ascii_lowercase()).collect()
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

/// The finding for the absence of an item: its own setting, or an error if the documentation promises the item.
fn missing(presence: Presence, own: Option<Level>, source: Source, words: &str) -> TokenStream {
    let level = match (presence, own) {
        (Presence::Required, Some(level)) => level,
        (Presence::Required, None) if source == Source::Code => Level::Warning,
        (Presence::Required, None) => Level::Error,
        _ => Level::Accepted,
    };
    option(level.severity().map(|severity| quote!(Missing { severity: #severity, words: #words })))
}

/// The page's rules for building a value.
fn generation(
    key: Option<&str>,
    default: Option<&str>,
    once: Option<&str>,
    example: &str,
    is_name: bool,
) -> TokenStream {
    let (key, default, once) = (key.unwrap_or_default(), option(default), once.unwrap_or_default());
    let called = if is_name { example.trim_matches('"') } else { "" };
    let is_shown = !example.is_empty();
    quote!(Generation { key: #key, default: #default, once: #once, called: #called, is_shown: #is_shown })
}

/// A sentence about a value, if there is one.
fn remark(warning: Option<&String>, info: Option<&String>) -> Option<TokenStream> {
    let (level, text) = match (warning, info) {
        (Some(text), _) => (Level::Warning, text),
        (None, Some(text)) => (Level::Info, text),
        (None, None) => return None,
    };
    let severity = level.severity()?;
    Some(quote!(Remark { severity: #severity, text: #text }))
}
