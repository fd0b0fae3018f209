//! What editors propose: event names, labels, roles and ids of the catalogue. Others are accepted.

use std::collections::BTreeMap;

use crate::catalogue::{Family, LabelForm, families};
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::tree::ObjectTree;
use crate::schema::descriptions::sentence;
use crate::schema::pattern::reference;

use super::FirstReader;
use super::descriptions;
use super::value::{any_of, choice, resolved};

/// How many events are named that have a label.
const NAMED: usize = 4;

/// A label of some resources.
#[derive(Default)]
struct Known {
    meaning: &'static str,
    /// Values and patterns that it can have.
    values: Vec<String>,
    /// The events, or the roles, of whose resources it is.
    of: Vec<&'static str>,
}

type Labels = BTreeMap<&'static str, Known>;

/// Event names, labels and what labels can be.
pub(super) fn definitions(reader: FirstReader) -> ObjectTree {
    let (mut own, mut related) = (Labels::new(), Labels::new());
    let mut roles: Vec<&'static str> = Vec::new();
    for family in families() {
        for label in family.labels {
            add(&mut own, label.name, label.meaning(), &label.form, family.name.text);
        }
        for one in family.related {
            if !roles.contains(&one.role) {
                roles.push(one.role);
            }
            add(&mut related, RESOURCE_ID, descriptions::RESOURCE_ID, &one.id, one.role);
            for label in one.labels {
                add(&mut related, label.name, label.meaning(), &label.form, one.role);
            }
        }
    }
    roles.sort_unstable();
    let role = related.entry(RESOURCE_ROLE).or_default();
    role.meaning = descriptions::RESOURCE_ROLE;
    role.values = roles.iter().map(|role| (*role).to_owned()).collect();
    let mut grouping: Vec<(String, String)> =
        own.iter().map(|(name, known)| ((*name).to_owned(), meaning(known, "Events"))).collect();
    for role in roles {
        grouping.push((["related:", role, ":", RESOURCE_ID].concat(), descriptions::for_each_role(role)));
    }
    ObjectTree::new()
        .with("event-name", open(&event_names()).with("description", descriptions::EVENT_NAME))
        .with("label-name", open(&grouping).with("description", descriptions::LABEL_NAME))
        .with("labels", resolved(reader, labels(&own, "Events")).with("description", descriptions::LABELS))
        .with(
            "related-labels",
            resolved(reader, labels(&related, "Roles")).with("description", descriptions::RELATED_LABELS),
        )
        .with(
            "patterns",
            any_of([text(), ObjectTree::new().with("type", "array").with("items", text())])
                .with("description", descriptions::PATTERNS),
        )
}

fn text() -> ObjectTree {
    ObjectTree::new().with("type", "string")
}

/// Values that are known, each with its meaning, and any other string.
fn open(values: &[(String, String)]) -> ObjectTree {
    let mut all: Vec<ObjectTree> = values.iter().map(|(value, meaning)| choice(value, meaning)).collect();
    all.push(text());
    any_of(all)
}

fn add(labels: &mut Labels, name: &'static str, meaning: &'static str, form: &LabelForm, of: &'static str) {
    let known = labels.entry(name).or_default();
    if known.meaning.is_empty() {
        known.meaning = meaning;
    }
    if !known.of.contains(&of) {
        known.of.push(of);
    }
    let values: Vec<String> = match form {
        LabelForm::Values { values, .. } => values.iter().map(|value| value.text.to_owned()).collect(),
        LabelForm::Templates(forms) => {
            let prefixes = forms.iter().map(|form| form.template.prefix()).filter(|prefix| !prefix.is_empty());
            prefixes.map(|prefix| [prefix, "*"].concat()).collect()
        }
        _ => Vec::new(),
    };
    for value in values {
        if !known.values.contains(&value) {
            known.values.push(value);
        }
    }
}

/// What a label says, and where it is.
fn meaning(known: &Known, of: &str) -> String {
    let mut all: Vec<String> = known.of.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = known.of.len().saturating_sub(NAMED);
    if more > 0 {
        all.push(format!("{more} more"));
    }
    let first = sentence(known.meaning);
    let place = if all.is_empty() { String::new() } else { format!("{of}: {}.", all.join(", ")) };
    [first, place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn labels(labels: &Labels, of: &str) -> ObjectTree {
    let mut properties = ObjectTree::new();
    for (name, known) in labels {
        let schema = if known.values.is_empty() {
            reference("patterns")
        } else {
            let value = any_of(
                known
                    .values
                    .iter()
                    .map(|value| ObjectTree::new().with("const", value.as_str()))
                    .chain([text()])
                    .collect::<Vec<_>>(),
            );
            any_of([value.clone(), ObjectTree::new().with("type", "array").with("items", value)])
        };
        properties = properties.with(name, schema.with_any("description", meaning(known, of)));
    }
    ObjectTree::new()
        .with("type", "object")
        .with("properties", properties)
        .with("additionalProperties", reference("patterns"))
}

/// The names of all events, and patterns of those of which not all are known.
fn event_names() -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut add = |name: String, meaning: String| {
        if !names.iter().any(|(known, _)| *known == name) {
            names.push((name, meaning));
        }
    };
    for family in families() {
        let meaning = descriptions::event(family.title(), family.is_cloud());
        for name in names_of(family) {
            add(name, meaning.clone());
        }
        let prefix = family.name.prefix();
        if !family.name.is_literal() && prefix.ends_with('.') {
            add([prefix, "*"].concat(), descriptions::all_events(prefix));
        }
    }
    names
}

/// The names of a family. Of two placeholders the second stands for anything: not every pair is an event.
fn names_of(family: &Family) -> Vec<String> {
    let text = family.name.text;
    let Some((before, rest)) = text.split_once('{') else { return vec![text.to_owned()] };
    let Some((hole, after)) = rest.split_once('}') else { return vec![text.to_owned()] };
    let after = after.split_once('{').map_or_else(|| after.to_owned(), |(between, _)| [between, "*"].concat());
    let chosen = family.choices.iter().find(|choice| choice.hole == hole);
    let values: Vec<&str> = match chosen {
        Some(choice) => choice.values.to_vec(),
        None if family.variants.is_empty() => vec!["*"],
        None => family.variants.iter().map(|variant| variant.name).collect(),
    };
    values.iter().map(|value| [before, value, &after].concat()).collect()
}
