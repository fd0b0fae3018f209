//! The caller's keys for the parts of an event.

use crate::catalogue::{Label, LabelForm, Related, Template, families};
use crate::text::order;

use super::layout::usual;

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

pub(in crate::generate) fn dotted(one: &str, other: &str) -> String {
    if one.is_empty() { other.to_owned() } else { [one, ".", other].concat() }
}

/// The kind of the event's resource, by the form of its id.
pub(super) fn own_name(label: &'static Label) -> String {
    let key = label.generation().key;
    if let Some((own, _)) = key.split_once('.') {
        return own.to_owned();
    }
    let LabelForm::Templates(templates) = label.form else { return "resource".to_owned() };
    let prefix = usual(templates).next().map(Template::prefix).unwrap_or_default();
    snake(prefix.trim_end_matches('.').rsplit('.').next().unwrap_or_default())
}

pub(super) fn related_key(related: &'static Related) -> String {
    match related.generation().key {
        "" => snake(related.role),
        key => key.to_owned(),
    }
}

/// What events of any family report about such a resource: all of them accept these keys.
pub(super) fn keys_elsewhere(own: &str) -> Vec<String> {
    let related = families().iter().flat_map(|family| family.related).filter(|related| related_key(related) == own);
    let keys = related.flat_map(|related| related.labels).map(|label| label_key(label, own));
    let mut keys_of_others: Vec<String> =
        keys.filter_map(|key| key.strip_prefix(own)?.strip_prefix('.').map(str::to_owned)).collect();
    order::by_text(&mut keys_of_others, |key| key);
    keys_of_others.dedup();
    keys_of_others
}

/// The caller's key for a label of the resource `own`.
pub(super) fn label_key(label: &'static Label, own: &str) -> String {
    if !label.generation().key.is_empty() {
        return label.generation().key.to_owned();
    }
    let name = label.name.strip_prefix("prefect.").unwrap_or(label.name);
    let name = name.strip_prefix("resource.").unwrap_or(name);
    let (first, rest) = name.split_once('.').unwrap_or(("", name));
    let (first, rest) = (snake(first), snake(rest));
    // `prefect.worker-type` of a worker is its type.
    let rest = rest.strip_prefix(own).and_then(|rest| rest.strip_prefix('_')).unwrap_or(&rest);
    match first.as_str() {
        "infrastructure" => dotted(&first, rest),
        _ => dotted(own, rest),
    }
}
