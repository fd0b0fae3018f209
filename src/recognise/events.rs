//! Events: one, a list, a page of the API, a websocket frame, or lines of these.

use crate::json::{Kind, Value};

/// The line that `prefect event stream` prints before the first event.
const STREAM_BEGINS: &[u8] = b"Subscribing to event stream...";

/// The first byte of a text's events: after a byte order mark, and after the first line of `prefect event stream`.
#[must_use]
pub fn events_start(text: &[u8]) -> usize {
    let mark = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let rest = text.get(mark..).unwrap_or_default();
    let Some(after) = rest.strip_prefix(STREAM_BEGINS) else { return mark };
    let line_break = match after {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ if after.is_empty() => 0,
        _ => return mark,
    };
    mark.saturating_add(STREAM_BEGINS.len()).saturating_add(line_break)
}

/// Whether a document is one event, the usual case.
pub(crate) fn is_event(root: Value<'_>) -> bool {
    root.get_first("event").is_some_and(Value::is_string) && root.get_first("resource").is_some()
}

/// Documents with these keys are not pages of events: scenarios, and triggers with another name for `expect`.
const NOT_OF_PAGES: [&str; 8] = ["automation", "trigger", "type", "posture", "expect", "match", "within", "threshold"];

/// The list of a page of the API.
pub(super) fn page(root: Value<'_>) -> Option<Value<'_>> {
    let list = root.get("events").filter(|events| events.kind() == Kind::Array && root.get("resource").is_none())?;
    NOT_OF_PAGES.iter().all(|key| root.get(key).is_none()).then_some(list)
}

/// The event of a websocket frame.
pub(super) fn frame(root: Value<'_>) -> Option<Value<'_>> {
    root.get("event")
        .filter(|event| event.kind() == Kind::Object && root.get("type").is_some_and(|name| name.is("event")))
}

/// Whether a document contains more than events.
pub(crate) fn is_wrapped(root: Value<'_>) -> bool {
    root.kind() != Kind::Array
        && !is_event(root)
        && events(root).next().is_none_or(|event| event.index() != root.index())
}

/// The events that a document contains, or should contain.
pub fn events(root: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let (list, single) = if is_event(root) {
        (None, Some(root))
    } else {
        let list = page(root).or_else(|| (root.kind() == Kind::Array).then_some(root));
        let single = if list.is_some() { None } else { Some(frame(root).unwrap_or(root)) };
        (list, single)
    };
    list.into_iter().flat_map(Value::items).chain(single)
}
