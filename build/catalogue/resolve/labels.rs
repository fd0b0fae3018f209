//! Labels, values and related resources.

use super::super::data::{self, Groups, Level, Resource, Short};
use super::super::hole::is_uuid;
use super::super::leak;
use super::super::model::{Alternative, Aside, Described, Form, Label, Presence, Related, Source, Value};
use super::example::is_timestamp;
use super::{Fallible, ID, ROLE, Resolver, build, missing, no_group, remark, shared_remark, template, unique};

impl Resolver<'_> {
    pub(super) fn labels(&self, labels: &[data::Label], source: Source) -> Fallible<&'static [Label]> {
        unique("label", labels.iter().map(|label| &label.name))?;
        let labels = labels.iter().map(|label| self.label(label, source)).collect::<Fallible<Vec<_>>>()?;
        Ok(labels.leak())
    }

    fn label(&self, label: &data::Label, source: Source) -> Fallible<Label> {
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
        Ok(Label {
            name: leak(&label.name),
            presence: Aside(label.presence),
            missing: missing(label.presence, label.missing, source, &label.meaning),
            form,
            meaning: Aside(leak(&label.meaning)),
            source: Described(source),
            example: Described(leak(example)),
            build: build(
                label.key.as_deref(),
                label.default.as_deref(),
                None,
                example,
                label.name == "prefect.resource.name",
            ),
        })
    }

    fn form(&self, label: &data::Label) -> Fallible<Form> {
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
            return templates(&label.templates, example);
        }
        if !label.values.is_empty() {
            let other = label.other_values.unwrap_or(Level::Error).severity();
            return Ok(Form::Values {
                values: self.values(&label.values, example)?,
                other: other.ok_or("other_values: cannot be accepted")?,
            });
        }
        let form = label.form.as_deref().unwrap_or("text");
        let (form, fits): (Form, fn(&str) -> bool) = match form {
            "text" => (Form::Text, |_| true),
            "integer" => (Form::Integer, |text| text.parse::<u64>().is_ok()),
            "signed-integer" => (Form::SignedInteger, |text| text.parse::<i64>().is_ok()),
            "timestamp" => (Form::Timestamp, is_timestamp),
            "uuid" => (Form::Uuid, |text| is_uuid(text.as_bytes())),
            "json-strings" => (Form::JsonStrings, |text| text.starts_with('[') && text.ends_with(']')),
            other => {
                let number = other.strip_prefix("at-most ").and_then(|number| number.parse::<usize>().ok());
                let number = number.ok_or_else(|| format!("there is no form `{other}`"))?;
                return Ok(Form::AtMost(number));
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

    pub(super) fn values(&self, values: &[Short<data::Value>], example: Option<&str>) -> Fallible<&'static [Value]> {
        let all = self.values_of(values)?;
        if let Some(example) = example
            && !all.iter().any(|value| value.text == example)
        {
            return Err(format!("the example `{example}` is none of the values"));
        }
        let values = all.iter().map(|value| Value {
            text: leak(&value.text),
            remark: remark(value.warning.as_ref(), value.info.as_ref()),
        });
        Ok(values.collect::<Vec<_>>().leak())
    }

    pub(super) fn related(&self, related: &data::Related, source: Source) -> Fallible<Related> {
        let wrong = |what: &str| format!("related {}: {what}", related.role);
        let source = related.source.unwrap_or(source);
        let whole = resource(related, self.groups)?;
        let id = templates(&whole.templates, Some(&whole.example)).map_err(|error| wrong(&error))?;
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
        Ok(Related {
            role: leak(&related.role),
            id,
            min: related.min,
            max: if related.many { None } else { Some(1) },
            missing: match related.min {
                0 => None,
                _ => missing(Presence::Required, related.missing, source, &related.when),
            },
            when: Described(leak(&related.when)),
            labels,
            source: Described(source),
            example: Described(leak(&whole.example)),
            build: build(related.key.as_deref(), None, None, &whole.example, false),
            remark: shared_remark(related.warning.as_ref(), related.info.as_ref()),
        })
    }
}

fn templates(templates: &[Short<data::Value>], example: Option<&str>) -> Fallible<Form> {
    let mut list = Vec::new();
    let mut fits = example.is_none_or(str::is_empty);
    for Short(value) in templates {
        let template = template::read(&value.text)?;
        fits |= example.is_some_and(|example| template.matches(example.as_bytes()));
        list.push(Alternative { template, remark: remark(value.warning.as_ref(), value.info.as_ref()) });
    }
    if !fits {
        return Err(format!("the example `{}` fits no template", example.unwrap_or_default()));
    }
    Ok(Form::Templates(list.leak()))
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

/// What a related entry says of the resource itself, or takes from `resources`.
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
