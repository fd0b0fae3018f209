//! Reads a page of events.

use uuid::Uuid;

use crate::json::{Kind, Tape, Value, parse_around};
use crate::text::uuid::read_uuid;
use crate::time::{Instant, instant_of};

/// An event as one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct PulledEvent {
    pub id: Uuid,
    pub occurred: Instant,
    pub follows: Option<Uuid>,
    pub name: String,
    /// JSON on one line, as the server wrote it.
    pub line: String,
}

/// A page of events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Page {
    pub events: Vec<PulledEvent>,
    /// How many events all pages have.
    pub total: Option<u64>,
    /// The token of the next page. Its address is not usable behind a proxy.
    pub token: Option<String>,
}

/// Reads JSON of a certain form; `None` if it is not complete, or not of this form. An event that is nested too deeply comes
/// as the server wrote it: the code that reads the event reports it.
pub(super) fn read<T>(body: &[u8], form: impl FnOnce(Value<'_>) -> Option<T>) -> Option<T> {
    let mut tape = Tape::new();
    if !parse_around(body, 0, &mut tape, &mut Vec::new()).complete {
        return None;
    }
    form(tape.document(body).root()?)
}

pub(super) fn page(root: Value<'_>) -> Option<Page> {
    let list = root.get("events").filter(|list| list.kind() == Kind::Array)?;
    let next = root.get("next_page").filter(|next| next.is_string());
    let total = root.get("total").and_then(|total| std::str::from_utf8(total.raw()).ok()?.parse().ok());
    let mut events = Vec::new();
    for item in list.items() {
        events.push(event(item)?);
    }
    Some(Page { events, total, token: next.and_then(|next| token(&next.string())) })
}

pub(super) fn event(value: Value<'_>) -> Option<PulledEvent> {
    let id = |value: Value<'_>| read_uuid(&value.bytes());
    Some(PulledEvent {
        id: id(value.get("id")?)?,
        occurred: instant_of(value.get("occurred")?)?,
        follows: value.get("follows").filter(|value| value.is_string()).and_then(id),
        name: value.get("event")?.string().into_owned(),
        line: line(value),
    })
}

/// The text of a value on one line: line breaks in JSON are only between tokens.
pub(super) fn line(value: Value<'_>) -> String {
    let text = String::from_utf8_lossy(value.written());
    if text.contains(['\n', '\r']) { text.replace(['\n', '\r'], " ") } else { text.into_owned() }
}

/// The token of an address, as it is written there.
fn token(address: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let token = query.split(['&', '#']).find_map(|part| part.strip_prefix("page-token="))?;
    let is_plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then(|| token.to_owned())
}
