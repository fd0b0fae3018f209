//! Documents to automations, with the defaults and coercions of the server (pydantic's lax mode).
//!
//! `None`: the server rejects the value. Source: `server/events/schemas/automations.py`.

use std::borrow::Cow;

use crate::json::{Kind, Value};
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::scalar::{boolean, duration, each, integer, set, text, texts};

use super::check::trigger::{Level, kind_of};
use super::model::{Action, Automation, Composite, EventTrigger, Order, Posture, Specification, Trigger};

/// How deeply composite triggers can be nested in each other.
pub const MAX_NESTING: usize = 64;

/// The shortest window of a Proactive trigger, and its default (microseconds).
pub const PROACTIVE_MINIMUM: i64 = 10_000_000;

/// A whole automation. What only concerns its actions is not checked.
#[must_use]
pub fn automation(value: Value<'_>) -> Option<Automation> {
    Some(Automation {
        name: text(value.get("name")?)?,
        description: or(value, "description", text, String::new())?,
        enabled: or(value, "enabled", boolean, true)?,
        tags: or(value, "tags", texts, Vec::new())?,
        trigger: trigger(value.get("trigger")?)?,
        actions: actions(value.get("actions")?)?,
        actions_on_trigger: or(value, "actions_on_trigger", actions, Vec::new())?,
        actions_on_resolve: or(value, "actions_on_resolve", actions, Vec::new())?,
    })
}

/// The value of a key, or what holds when it is not there.
fn or<T>(object: Value<'_>, key: &str, read: impl Fn(Value<'_>) -> Option<T>, default: T) -> Option<T> {
    object.get(key).map_or(Some(default), read)
}

/// A list of actions, of which only the types are read.
#[must_use]
pub fn actions(value: Value<'_>) -> Option<Vec<Action>> {
    let action = |item: Value<'_>| {
        step(1);
        let kind = or(item, "type", |kind| text(kind).map(Some), None)?;
        (item.kind() == Kind::Object).then_some(Action { kind })
    };
    each(value, action)
}

/// A trigger of any kind.
#[must_use]
pub fn trigger(value: Value<'_>) -> Option<Trigger> {
    nested_trigger(value, 0, false)
}

/// A trigger as the client reads it from a file, before it sends it: it fills in a `posture` and the `within` of
/// composites (`events/schemas/automations.py`).
#[must_use]
pub fn client_trigger(value: Value<'_>) -> Option<Trigger> {
    nested_trigger(value, 0, true)
}

fn nested_trigger(value: Value<'_>, depth: usize, client: bool) -> Option<Trigger> {
    step(1);
    let default = client.then_some(Posture::Reactive);
    let kind = if client {
        kind_of(value, Level::CLIENT).filter(|_| value.kind() == Kind::Object)?
    } else {
        trigger_kind(value)?
    };
    match kind {
        TriggerKind::Event => Some(Trigger::Event(event_trigger(value, default)?)),
        TriggerKind::Composite(order) => {
            // Without a type, the server reads as an event trigger what is no composite one.
            let may_be_event = !client && value.get("type").is_none();
            let event = || event_trigger(value, default).filter(|_| may_be_event).map(Trigger::Event);
            composite(value, order, depth, client).map(Trigger::Composite).or_else(event)
        }
    }
}

/// Which kind of trigger a document is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TriggerKind {
    /// Counts events.
    Event,
    /// Waits for other triggers.
    Composite(Order),
}

/// The kind by `type`, or without it by the other keys, as the server's untagged union finds it.
#[must_use]
pub fn trigger_kind(value: Value<'_>) -> Option<TriggerKind> {
    if value.kind() != Kind::Object {
        return None;
    }
    match value.get("type") {
        Some(kind) if kind.is("event") => Some(TriggerKind::Event),
        Some(kind) if kind.is("compound") => Some(TriggerKind::Composite(Order::Any)),
        Some(kind) if kind.is("sequence") => Some(TriggerKind::Composite(Order::Declared)),
        Some(_) => None,
        None => {
            let has_window = value.get("within").is_some() || is_proactive(value);
            // An event trigger needs a posture, and is tried first.
            let is_filled = |list: Value<'_>| list.items().next().is_some() || value.get("posture").is_none();
            let is_composite = has_window && value.get("triggers").is_some_and(is_filled);
            Some(if is_composite { TriggerKind::Composite(guessed_order(value)) } else { TriggerKind::Event })
        }
    }
}

/// The order of a composite trigger without a type: if its `require` does not fit, it is a sequence for the server.
pub(super) fn guessed_order(value: Value<'_>) -> Order {
    let children = || value.get("triggers").map_or(0, |list| list.items().count());
    match value.get("require") {
        Some(required) if require(required, children()).is_some() => Order::Any,
        _ => Order::Declared,
    }
}

fn composite(value: Value<'_>, order: Order, depth: usize, client: bool) -> Option<Composite> {
    if depth >= MAX_NESTING {
        return None;
    }
    let child = |item: Value<'_>| nested_trigger(item, depth.saturating_add(1), client);
    let (triggers, require, within) = composite_of(value, order, client, child)?;
    Some(Composite { order, triggers, within, require })
}

/// The parts of a composite trigger: the triggers as `child` reads them, how many are required, and the window.
pub fn composite_of<T>(
    value: Value<'_>,
    order: Order,
    client: bool,
    child: impl FnMut(Value<'_>) -> Option<T>,
) -> Option<(Vec<T>, usize, Option<i64>)> {
    let triggers = each(value.get("triggers")?, child)?;
    let require = match order {
        Order::Any => require(value.get("require")?, triggers.len())?,
        Order::Declared => triggers.len(),
    };
    Some((triggers, require, composite_window(value, client)?))
}

/// How many of some children are required.
#[must_use]
pub fn require(value: Value<'_>, children: usize) -> Option<usize> {
    match () {
        () if value.is("any") => Some(1),
        () if value.is("all") => Some(children),
        () => usize::try_from(integer(value)?).ok().filter(|require| (1..=children).contains(require)),
    }
}

/// The window of a composite trigger. The server first tries to read it as an event trigger, and this writes the default of a
/// Proactive one into the document.
#[must_use]
pub fn composite_window(value: Value<'_>, client: bool) -> Option<Option<i64>> {
    match value.get("within").map(composite_within) {
        None if client => Some(None),
        None | Some(Some(Some(0))) if !client && is_proactive(value) => Some(Some(PROACTIVE_MINIMUM)),
        within => within?,
    }
}

fn is_proactive(value: Value<'_>) -> bool {
    value.get("posture").and_then(posture) == Some(Posture::Proactive)
}

/// `null`: without a limit.
#[must_use]
pub fn composite_within(value: Value<'_>) -> Option<Option<i64>> {
    if value.kind() == Kind::Null { Some(None) } else { duration(value).map(Some) }
}

/// An event trigger. `default`: the posture of one that names none; the server has no such default.
#[must_use]
pub fn event_trigger(value: Value<'_>, default: Option<Posture>) -> Option<EventTrigger> {
    let posture = value.get("posture").map_or(default, posture)?;
    Some(EventTrigger {
        posture,
        matches: or(value, "match", specification, Specification::default())?,
        match_related: or(value, "match_related", specifications, vec![Specification::default()])?,
        after: or(value, "after", set, Vec::new())?,
        expect: or(value, "expect", set, Vec::new())?,
        for_each: or(value, "for_each", set, Vec::new())?,
        threshold: or(value, "threshold", integer, 1)?,
        within: within(value.get("within"), posture)?,
    })
}

/// `Reactive` or `Proactive`.
#[must_use]
pub fn posture(value: Value<'_>) -> Option<Posture> {
    [Posture::Reactive, Posture::Proactive].into_iter().find(|posture| value.is(posture.name()))
}

/// The window of an event trigger in microseconds; `None` for a key that is not there.
#[must_use]
pub fn within(value: Option<Value<'_>>, posture: Posture) -> Option<i64> {
    let within = value.map_or(Some(0), duration)?;
    match posture {
        Posture::Proactive if within == 0 => Some(PROACTIVE_MINIMUM),
        Posture::Proactive => Some(within).filter(|within| *within >= PROACTIVE_MINIMUM),
        Posture::Reactive => Some(within).filter(|within| *within >= 0),
    }
}

/// Labels with a pattern or a list of patterns each.
#[must_use]
pub fn specification(value: Value<'_>) -> Option<Specification> {
    if value.kind() != Kind::Object {
        return None;
    }
    let mut labels: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: Map<Cow<'_, str>, usize> = Map::default();
    for (key, value) in value.members() {
        step(1);
        let key = key.string();
        let patterns = if value.is_string() { vec![text(value)?] } else { texts(value)? };
        // Of a repeated key the last one counts.
        let place = *places.or_insert_with(key.clone(), || labels.len());
        match labels.get_mut(place) {
            Some((_, known)) => *known = patterns,
            None => labels.push((key.into_owned(), patterns)),
        }
    }
    Some(Specification(labels))
}

/// One specification or a list of them.
#[must_use]
pub fn specifications(value: Value<'_>) -> Option<Vec<Specification>> {
    if value.kind() == Kind::Array { each(value, specification) } else { Some(vec![specification(value)?]) }
}
