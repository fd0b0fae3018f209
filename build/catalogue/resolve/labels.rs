//! Labels, values and related resources.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::data::{self, Groups, Level, Presence, Resource, Short, Source};
use super::super::statics::{Table, option, variant};
use super::example::is_timestamp;
use super::{Fallible, ID, ROLE, Resolver, generation, missing, no_group, remark, template, unique};
use crate::text::uuid::is_uuid;

impl Resolver<'_> {
    pub(super) fn labels(&self, labels: &[data::Label], source: Source) -> Fallible<TokenStream> {
        unique("label", labels.iter().map(|label| &label.name))?;
        let labels = labels.iter().map(|label| self.label(label, source)).collect::<Fallible<Vec<_>>>()?;
        Ok(self.statics.list("Label", &labels))
    }

    fn label(&self, label: &data::Label, source: Source) -> Fallible<TokenStream> {
        let wrong = |what: &str| format!("label {}: {what}", label.name);
        if label.name.is_empty() || label.meaning.is_empty() {
            return Err(wrong("needs a name and a meaning"));
        }
        let source = label.source.unwrap_or(source);
        let form = self.form(label).map_err(|error| wrong(&error))?;
        if label.example.is_none() && label.presence != Presence::Optional {
            return Err(wrong("needs an example"));
        }
        let example = label.example.as_deref().unwrap_or_default();
        let (name, meaning, presence) = (&label.name, &label.meaning, variant("Presence", &label.presence));
        let is_name = name == "prefect.resource.name";
        let generation = generation(label.key.as_deref(), label.default.as_deref(), None, example, is_name);
        let said_by = variant("Source", &source);
        let number = self.statics.row(
            Table::Label,
            quote!(Authoring { presence: #presence, meaning: #meaning, generation: #generation }),
            quote!(Description { source: #said_by, example: #example }),
        );
        let missing = missing(label.presence, label.missing, source, meaning);
        Ok(quote!(Label { name: #name, missing: #missing, form: #form, number: #number }))
    }

    fn form(&self, label: &data::Label) -> Fallible<TokenStream> {
        if [label.form.is_some(), !label.values.is_empty(), !label.templates.is_empty()]
            .iter()
            .filter(|one| **one)
            .count()
            > 1
        {
            return Err("has more than one of form, values and templates".to_owned());
        }
        let example = label.example.as_deref();
        if !label.templates.is_empty() {
            return self.templates(&label.templates, example);
        }
        if !label.values.is_empty() {
            let other = label.other_values.unwrap_or(Level::Error).severity();
            let values = self.values(&label.values, example)?;
            let other = other.ok_or("other_values: cannot be accepted")?;
            return Ok(quote!(LabelForm::Values { values: #values, other: #other }));
        }
        let form = label.form.as_deref().unwrap_or("text");
        let (form, fits): (TokenStream, fn(&str) -> bool) = match form {
            "text" => (quote!(LabelForm::Text), |_| true),
            "integer" => (quote!(LabelForm::Integer), |text| text.parse::<u64>().is_ok()),
            "signed-integer" => (quote!(LabelForm::SignedInteger), |text| text.parse::<i64>().is_ok()),
            "timestamp" => (quote!(LabelForm::Timestamp), is_timestamp),
            "uuid" => (quote!(LabelForm::Uuid), |text| is_uuid(text.as_bytes())),
            "json-strings" => (quote!(LabelForm::JsonStrings), |text| text.starts_with('[') && text.ends_with(']')),
            other => {
                let number = other.strip_prefix("at-most ").and_then(|number| number.parse::<usize>().ok());
                let number = number.ok_or_else(|| format!("there is no form `{other}`"))?;
                return Ok(quote!(LabelForm::AtMost(#number)));
            }
        };
        match example {
            Some(text) if !fits(text) => Err(format!("the example `{text}` does not fit the form")),
            _ => Ok(form),
        }
    }

    pub(super) fn values_of(&self, values: &[Short<data::Value>]) -> Fallible<Vec<data::Value>> {
        let mut all: Vec<data::Value> = Vec::new();
        for Short(value) in values {
            match &value.group {
                Some(group) => {
                    let group = self.groups.values.get(group).ok_or_else(|| no_group("values", group))?;
                    all.extend(group.iter().map(|Short(value)| value.clone()));
                }
                None => all.push(value.clone()),
            }
        }
        unique("value", all.iter().map(|value| &value.text))?;
        Ok(all)
    }

    pub(super) fn values(&self, values: &[Short<data::Value>], example: Option<&str>) -> Fallible<TokenStream> {
        let all = self.values_of(values)?;
        if let Some(example) = example
            && !all.iter().any(|value| value.text == example)
        {
            return Err(format!("the example `{example}` is none of the values"));
        }
        let values = all.iter().map(|data::Value { text, warning, info, .. }| {
            let remark = option(remark(warning.as_ref(), info.as_ref()));
            quote!(AllowedValue { text: #text, remark: #remark })
        });
        Ok(self.statics.list("AllowedValue", &values.collect::<Vec<_>>()))
    }

    pub(super) fn related(&self, related: &data::Related, source: Source) -> Fallible<TokenStream> {
        let wrong = |what: &str| format!("related {}: {what}", related.role);
        let source = related.source.unwrap_or(source);
        let whole = resource(related, self.groups)?;
        let id = self.templates(&whole.templates, Some(&whole.example)).map_err(|error| wrong(&error))?;
        if related.role.is_empty() || related.when.is_empty() {
            return Err(wrong("needs a role and `when`"));
        }
        if related.min > 0 && whole.example.is_empty() {
            return Err(wrong("needs an example"));
        }
        if whole.labels.iter().any(|label| label.name == ID || label.name == ROLE) {
            return Err(wrong("id and role do not stand among its labels"));
        }
        let labels = self.labels(&whole.labels, source).map_err(|error| wrong(&error))?;
        let (role, when, min, example) = (&related.role, &related.when, related.min, &whole.example);
        let generation = generation(related.key.as_deref(), None, None, example, false);
        let said_by = variant("Source", &source);
        let number = self.statics.row(
            Table::Related,
            generation,
            quote!(RelatedDescription { when: #when, source: #said_by, example: #example }),
        );
        let max = option((!related.many).then_some(1_u32));
        let missing = match related.min {
            0 => quote!(None),
            _ => missing(Presence::Required, related.missing, source, when),
        };
        let remark = self.remark(related.warning.as_ref(), related.info.as_ref());
        Ok(quote!(Related {
            role: #role,
            id: #id,
            min: #min,
            max: #max,
            missing: #missing,
            labels: #labels,
            remark: #remark,
            number: #number,
        }))
    }

    fn templates(&self, templates: &[Short<data::Value>], example: Option<&str>) -> Fallible<TokenStream> {
        let mut list = Vec::new();
        let mut fits = example.is_none_or(str::is_empty);
        for Short(value) in templates {
            let template = template::read(&value.text)?;
            fits |= example.is_some_and(|example| template.matches(example.as_bytes()));
            let template = self.template(&template);
            let remark = option(remark(value.warning.as_ref(), value.info.as_ref()));
            list.push(quote!(Alternative { template: #template, remark: #remark }));
        }
        if !fits {
            return Err(format!("the example `{}` fits no template", example.unwrap_or_default()));
        }
        let list = self.statics.list("Alternative", &list);
        Ok(quote!(LabelForm::Templates(#list)))
    }
}

pub(super) fn expand_labels(labels: &[data::Label], groups: &Groups) -> Fallible<Vec<data::Label>> {
    let mut all = Vec::new();
    for label in labels {
        match &label.group {
            Some(group) => {
                all.extend(expand_labels(groups.labels.get(group).ok_or_else(|| no_group("labels", group))?, groups)?);
            }
            None => all.push(label.clone()),
        }
    }
    Ok(all)
}

pub(super) fn expand_related(related: &[data::Related], groups: &Groups) -> Fallible<Vec<data::Related>> {
    let mut all = Vec::new();
    for entry in related {
        match &entry.group {
            Some(group) => all
                .extend(expand_related(groups.related.get(group).ok_or_else(|| no_group("related", group))?, groups)?),
            None => all.push(entry.clone()),
        }
    }
    unique("role", all.iter().map(|entry| &entry.role))?;
    Ok(all)
}

/// A related entry's own description of the resource, or the one in `resources`.
pub(super) struct Whole {
    pub templates: Vec<Short<data::Value>>,
    example: String,
    pub labels: Vec<data::Label>,
}

pub(super) fn resource(related: &data::Related, groups: &Groups) -> Fallible<Whole> {
    let name = related.resource.as_ref().unwrap_or(&related.role);
    let own = related.id.is_some() || !related.templates.is_empty();
    let shared: Option<&Resource> = groups.resources.get(name).filter(|_| !own);
    let templates = match (&related.id, shared) {
        (Some(id), _) => vec![Short(data::Value::from(id.as_str()))],
        (None, Some(shared)) => vec![Short(data::Value::from(shared.id.as_str()))],
        (None, None) if own => related.templates.clone(),
        (None, None) => return Err(no_group("resources", name)),
    };
    let example = related.example.clone().or(shared.map(|shared| shared.example.clone()));
    let labels = match (&related.labels, shared) {
        (Some(labels), _) => labels.as_slice(),
        (None, Some(shared)) => shared.labels.as_slice(),
        (None, None) => &[],
    };
    Ok(Whole { templates, example: example.unwrap_or_default(), labels: expand_labels(labels, groups)? })
}
