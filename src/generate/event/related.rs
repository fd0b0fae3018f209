//! The related resources.

use crate::diagnostic::display::text as shown_value;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::write::Writer;
use crate::json::{Kind, Value};

use super::super::mistake::{self, Mistake};
use super::Fallible;
use super::Maker;
use super::labels::one_of;
use super::layout::{Layout, usual};
use super::steps::RelatedStep;

/// What the server takes.
pub(super) const MOST_RELATED: usize = 100;

pub(super) fn too_many_related(count: usize) -> Mistake {
    format!("an event has at most {MOST_RELATED} related resources, not {count}")
}

/// Related resources as they are given, their labels under their own names.
pub(super) fn related_labels(list: Value<'_>, out: &mut Writer) -> Fallible<usize> {
    if list.kind() != Kind::Array {
        return Err(mistake::wrong("related", "a list of resources", list));
    }
    let mut count = 0_usize;
    for (index, item) in list.items().enumerate() {
        out.item();
        labels(&format!("related.{index}"), item, &[RESOURCE_ID, RESOURCE_ROLE], out)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

pub(super) fn labels(key: &str, resource: Value<'_>, required: &[&str], out: &mut Writer) -> Fallible<()> {
    if resource.kind() != Kind::Object {
        return Err(mistake::wrong(key, "an object of labels", resource));
    }
    for name in required {
        let value = resource.get(name).filter(|value| value.is_string() && !value.string().is_empty());
        if value.is_none() {
            let found = resource.get(name).map_or_else(|| "absent".to_owned(), shown_value);
            return Err(mistake::must_be(&format!("{key}[\"{name}\"]"), "a text", &found));
        }
    }
    out.open('{');
    for (name, value) in resource.members() {
        if !value.is_string() {
            return Err(mistake::wrong(&format!("{key}[\"{}\"]", name.string()), "a text", value));
        }
        out.text(&name.string(), &value.string());
    }
    out.close('}');
    Ok(())
}

impl Maker<'_, '_> {
    pub(super) fn related(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('[');
        let mut count = 0_usize;
        for step in &layout.related {
            count = count.saturating_add(match step.related.max {
                None => self.many(step, out)?,
                Some(_) => usize::from(self.one(step, out)?),
            });
        }
        if let Some(more) = self.input.get("related") {
            count = count.saturating_add(related_labels(more, out)?);
        }
        out.close(']');
        if count > MOST_RELATED { Err(too_many_related(count)) } else { Ok(()) }
    }

    fn one(&mut self, step: &RelatedStep, out: &mut Writer) -> Fallible<bool> {
        let is_null = self.given(step.given).is_some_and(|given| given.kind() == Kind::Null);
        if is_null || (step.related.min == 0 && !step.places.iter().any(|place| self.is_given(*place))) {
            return Ok(false);
        }
        out.item();
        out.open('{');
        out.key(RESOURCE_ID);
        self.id(step.templates, &step.id, out)?;
        out.key(RESOURCE_ROLE);
        out.raw(&step.role);
        self.labels(&step.labels, out)?;
        out.close('}');
        Ok(true)
    }

    /// Any number in one role: texts, or objects with `id`. Sorted, and each once, as Prefect has them.
    fn many(&mut self, step: &RelatedStep, out: &mut Writer) -> Fallible<usize> {
        let RelatedStep { key, templates, .. } = step;
        let Some(list) = self.given(step.given).filter(|list| list.kind() != Kind::Null) else { return Ok(0) };
        if list.kind() != Kind::Array {
            return Err(mistake::wrong(key, "a list", list));
        }
        let mut ids = Vec::new();
        for item in list.items() {
            let text = if item.kind() == Kind::Object { item.get("id").or(item.get("key")) } else { Some(item) };
            let text = text.filter(|text| text.is_string() && !text.string().is_empty());
            let text = text.ok_or_else(|| mistake::wrong(key, "a list of texts, none of them empty", item))?.string();
            let id = if usual(templates).any(|template| template.matches(text.as_bytes())) {
                text.into_owned()
            } else {
                usual(templates).next().map(|template| [template.prefix(), &text].concat()).unwrap_or_default()
            };
            if !usual(templates).any(|template| template.matches(id.as_bytes())) {
                let forms = one_of(&mut usual(templates).map(|template| template.text));
                return Err(mistake::must_be(key, &forms, &format!("`{id}`")));
            }
            let at = ids.partition_point(|other: &String| *other < id);
            if ids.get(at) != Some(&id) {
                ids.insert(at, id);
            }
        }
        for id in &ids {
            out.item();
            out.open('{');
            out.text(RESOURCE_ID, id);
            out.key(RESOURCE_ROLE);
            out.raw(&step.role);
            out.close('}');
        }
        Ok(ids.len())
    }
}
