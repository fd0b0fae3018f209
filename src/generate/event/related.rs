//! Related resources that can occur any number of times.

use crate::diagnostic::display::text as shown_value;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Value};
use crate::text::order;
use crate::validate::MAX_RELATED;

use super::super::error::{self, BuildError};
use super::check::unfit_id;
use super::layout::usual;
use super::sink::Sink;
use super::slots::Given;
use super::steps::RelatedStep;

type Fallible<T> = Result<T, BuildError>;

pub(super) fn too_many_related(count: usize) -> BuildError {
    BuildError::at("related", format!("an event has at most {MAX_RELATED} related resources, not {count}"))
}

/// Related resources as given, with their labels under their own names.
pub(super) fn further_related(list: Value<'_>, out: &mut dyn Sink) -> Fallible<usize> {
    if list.kind() != Kind::Array {
        return Err(error::wrong("related", "a list of resources", list));
    }
    let mut count = 0_usize;
    for (index, item) in list.items().enumerate() {
        out.item();
        labels(&format!("related.{index}"), item, &[RESOURCE_ID, RESOURCE_ROLE], out)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

pub(super) fn labels(key: &str, resource: Value<'_>, required: &[&str], out: &mut dyn Sink) -> Fallible<()> {
    if resource.kind() != Kind::Object {
        return Err(error::wrong(key, "an object of labels", resource));
    }
    for name in required {
        let value = resource.get(name).filter(|value| value.is_string() && !value.string().is_empty());
        if value.is_none() {
            let found = resource.get(name).map_or_else(|| "absent".to_owned(), shown_value);
            return Err(error::must_be(&format!("{key}[\"{name}\"]"), "a text", &found));
        }
    }
    out.open('{');
    for (name, value) in resource.members() {
        if !value.is_string() {
            return Err(error::wrong(&format!("{key}[\"{}\"]", name.string()), "a text", value));
        }
        out.key(&name.string());
        out.text(&value.string());
    }
    out.close('}');
    Ok(())
}

/// Any number in one role: strings, or objects with `id`. Sorted and unique, as in Prefect.
pub(super) fn many(step: &RelatedStep, given: &Given<'_>, out: &mut dyn Sink) -> Fallible<usize> {
    let mut ids = match given {
        Given::Texts(texts) => {
            let ids = texts.iter().map(|text| id_of(step, text));
            ids.collect::<Fallible<Vec<String>>>()?
        }
        Given::Value(list) if list.kind() != Kind::Null => of_list(step, *list)?,
        _ => return Ok(0),
    };
    order::by_text(&mut ids, |id| id);
    ids.dedup();
    for id in &ids {
        out.item();
        out.open('{');
        out.key(RESOURCE_ID);
        out.text(id);
        out.key(RESOURCE_ROLE);
        out.text(step.role);
        out.close('}');
    }
    Ok(ids.len())
}

fn of_list(step: &RelatedStep, list: Value<'_>) -> Fallible<Vec<String>> {
    let key = &step.key;
    if list.kind() != Kind::Array {
        return Err(error::wrong(key, "a list", list));
    }
    let of = |item: Value<'_>| {
        let text = if item.kind() == Kind::Object { item.get("id").or(item.get("key")) } else { Some(item) };
        let text = text.filter(|text| text.is_string() && !text.string().is_empty());
        let text = text.ok_or_else(|| error::wrong(key, "a list of non-empty strings", item))?;
        id_of(step, &text.string())
    };
    list.items().map(of).collect()
}

fn id_of(step: &RelatedStep, text: &str) -> Fallible<String> {
    let RelatedStep { key, templates, .. } = step;
    if usual(templates).any(|template| template.matches(text.as_bytes())) {
        return Ok(text.to_owned());
    }
    let id = usual(templates).next().map(|template| [template.prefix(), text].concat()).unwrap_or_default();
    match unfit_id(templates, &id) {
        Some(expected) => Err(error::must_be(key, &expected, &format!("`{id}`"))),
        None => Ok(id),
    }
}
