//! Rules between the places of an event, and of two events.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::data::{self, Family, Field, Groups, Label, Level, Related, Short, Value};
use super::super::statics::{Table, option, variant};
use super::super::template::Template;
use super::labels::resource;
use super::{Fallible, ID, Resolver, no_group, template};

impl Resolver<'_> {
    pub(super) fn equal(&self, family: &Family, context: &Context) -> Fallible<TokenStream> {
        let mut rules = Vec::new();
        for rule in self.equal_of(family)? {
            if rule.same.len() < 2 {
                return Err("equal: `same` needs two places or more".to_owned());
            }
            let terms = rule.same.iter().map(|text| self.term(text, context)).collect::<Fallible<Vec<_>>>()?;
            let level = rule.severity.ok_or("equal: needs a severity")?;
            let severity = level.severity().ok_or("equal: cannot be accepted")?;
            let (terms, compare) = (self.statics.list("Term", &terms), variant("Compare", &rule.compare));
            rules.push(quote!(Equal { severity: #severity, terms: #terms, compare: #compare }));
        }
        Ok(self.statics.list("Equal", &rules))
    }

    fn equal_of(&self, family: &Family) -> Fallible<Vec<data::Equal>> {
        let mut all = Vec::new();
        for rule in family.equal.as_deref().unwrap_or_default() {
            match &rule.group {
                Some(group) => {
                    all.extend(self.groups.equal.get(group).ok_or_else(|| no_group("equal", group))?.iter().cloned());
                }
                None => all.push(rule.clone()),
            }
        }
        Ok(all)
    }

    pub(super) fn follows(&self, follows: &data::Follows, context: &Context) -> Fallible<TokenStream> {
        for family in &follows.families {
            if !self.names.contains(&family.as_str()) {
                return Err(format!("follows: there is no family {family}"));
            }
        }
        let same = match &follows.same {
            Some(text) => Some(self.term(text, context)?),
            None => None,
        };
        let data::Follows { text, families, same_resource, window, documented, missing, states, .. } = follows;
        let number = self.statics.row(Table::Follows, quote!(#text), quote!(#documented));
        let (same, families) = (option(same), self.statics.texts(families));
        let missing = missing.and_then(Level::severity);
        let missing = option(missing.map(|severity| quote!(Missing { severity: #severity, words: #text })));
        let follows = quote!(Follows {
            families: #families,
            same: #same,
            same_resource: #same_resource,
            window: #window,
            missing: #missing,
            states: #states,
            number: #number,
        });
        Ok(self.statics.one("Follows", &follows))
    }

    /// A place in an event: `name state`, `label prefect.state-name`, `id uuid`, `payload task_run.name`,
    /// `payload validated_state.message or ""`, `related flow-run label prefect.resource.id`,
    /// `related flow-run id uuid` or `occurred`.
    fn term(&self, term: &str, context: &Context) -> Fallible<TokenStream> {
        let wrong = |what: String| format!("place `{term}`: {what}");
        let words: Vec<&str> = term.split_whitespace().collect();
        match *words.as_slice() {
            ["occurred"] => Ok(quote!(Term::Occurred)),
            ["name", hole] if template::has(context.name, hole) => Ok(quote!(Term::Name(#hole))),
            ["label", label] if context.labels.iter().any(|l| l.name == label) => Ok(quote!(Term::Label(#label))),
            ["id", hole] if context.labels.first().map_or(Ok(false), |id| has_hole(&id.templates, hole))? => {
                Ok(quote!(Term::IdPart(#hole)))
            }
            ["payload", path, ref rest @ ..] => {
                let absent = match *rest {
                    [] => None,
                    ["or", text] => Some(text.trim_matches('"')),
                    _ => return Err(wrong("after the path may stand `or \"…\"`".to_owned())),
                };
                let path: Vec<&str> = path.split('.').collect();
                if !context.shapes.iter().any(|shape| has_field(shape, &path)) {
                    return Err(wrong("the payload has no such field".to_owned()));
                }
                let (path, absent) = (self.statics.texts(&path), option(absent));
                Ok(quote!(Term::Payload { path: #path, absent: #absent }))
            }
            ["related", role, what, which] => {
                let related = context
                    .related
                    .iter()
                    .find(|r| r.role == role)
                    .ok_or_else(|| wrong(format!("no related resource is a {role}")))?;
                let whole = resource(related, context.groups)?;
                match what {
                    "label" if which == ID || whole.labels.iter().any(|l| l.name == which) => {
                        Ok(quote!(Term::RelatedLabel { role: #role, label: #which }))
                    }
                    "id" if has_hole(&whole.templates, which)? => {
                        Ok(quote!(Term::RelatedIdPart { role: #role, part: #which }))
                    }
                    _ => Err(wrong(format!("the {role} has no such {what}"))),
                }
            }
            _ => Err(wrong("there is no such place".to_owned())),
        }
    }
}

/// The names that a family's rules can use.
pub(super) struct Context<'f> {
    pub name: &'f Template,
    pub labels: &'f [Label],
    pub related: &'f [Related],
    pub shapes: &'f [Vec<Field>],
    pub groups: &'f Groups,
}

fn has_hole(templates: &[Short<Value>], hole: &str) -> Fallible<bool> {
    for Short(value) in templates {
        if template::has(&template::read(&value.text)?, hole) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_field(fields: &[Field], path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return true;
    };
    fields.iter().any(|field| {
        field.name == *first && (rest.is_empty() || has_field(field.fields.as_deref().unwrap_or_default(), rest))
    })
}
