//! One changed line of an automation's document. Everything else keeps its bytes.

use crate::diagnostic::edits::{Edits, insert_raw};
use crate::json::{Span, Value, write};
use crate::recognise::{ItemForm, recognise};
use crate::simulate::DocumentText;
use crate::text::phrase::{readable, shown};
use crate::text::steps::step;

/// A document with one changed line.
pub(super) struct Edited {
    pub text: Vec<u8>,
    /// The line before: `within: 90`. Empty if it was added.
    pub before: String,
    /// The line after.
    pub after: String,
    /// Its number in the document, from 1.
    pub line: u64,
}

/// Sets a field of a trigger to a value in JSON. `index`: of the automation in the document; `path`: of its trigger.
pub(super) fn set_field(
    document: DocumentText<'_>,
    index: usize,
    path: &str,
    name: &str,
    value: &str,
) -> Option<Edited> {
    in_trigger(document, index, path, |trigger| {
        let after = format!("{name}: {value}");
        Some(match trigger.get(name) {
            Some(old) => Change {
                edits: vec![(old.span(), value.to_owned())],
                before: format!("{name}: {}", shown(&readable(old.written()))),
                after,
            },
            None => Change { edits: insert_raw(document.bytes, trigger, name, value), before: String::new(), after },
        })
    })
}

/// Replaces a text in a trigger: a pattern or the name of an event.
pub(super) fn replace_text(
    document: DocumentText<'_>,
    index: usize,
    path: &str,
    old: &str,
    new: &str,
) -> Option<Edited> {
    in_trigger(document, index, path, |trigger| {
        let value = trigger.descendants().find(|value| value.is_string() && value.is(old))?;
        let is_plain =
            value.is_bare() && new.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let text = if is_plain { new.to_owned() } else { write::quoted(new) };
        Some(Change { edits: vec![(value.span(), text)], before: shown(old), after: shown(new) })
    })
}

struct Change {
    edits: Edits,
    before: String,
    after: String,
}

fn in_trigger(
    document: DocumentText<'_>,
    index: usize,
    path: &str,
    change: impl Fn(Value<'_>) -> Option<Change>,
) -> Option<Edited> {
    let (found, _) = document.read(|root, _| {
        let items = recognise(root).items;
        let item = items.get(index)?;
        let own = match item.form {
            ItemForm::Trigger | ItemForm::DeploymentTrigger => item.value,
            _ => item.value.get("trigger")?,
        };
        change(nested(own, path)?)
    });
    let Change { edits, before, after } = found?;
    let (Span { start, end }, new) = edits.into_iter().next()?;
    let head = document.bytes.get(..start as usize)?;
    let tail = document.bytes.get(end as usize..)?;
    step(document.bytes.len());
    let text = [head, new.as_bytes(), tail].concat();
    let line = memchr::memchr_iter(b'\n', head).count() as u64;
    Some(Edited { text, before, after, line: line.saturating_add(1) })
}

/// The trigger at a path such as `$.0.1`.
fn nested<'t>(trigger: Value<'t>, path: &str) -> Option<Value<'t>> {
    path.split('.').skip(1).try_fold(trigger, |own, place| {
        let place: usize = place.parse().ok()?;
        own.get("triggers")?.items().nth(place)
    })
}
