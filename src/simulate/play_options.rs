//! How events are played: start, end, and version of the server.

use crate::automation::{Automation, Trigger};
use crate::event::ReceivedEvent;
use crate::json::{Kind, Value};
use crate::text::order;
use crate::text::steps::step;
use crate::time::span::{moment, span};
use crate::time::units::{MINUTE, SECOND};
use crate::time::{Instant, instant_of, scalar};
use crate::trigger::version::VERSIONS;
use crate::trigger::{Delivery, Version};

use super::reading::Reading;
use super::scenario::{MAX_TICKS, Scenario, has_too_many_ticks};

/// Every five seconds, as the server does.
pub(crate) const TICK: i64 = 5 * SECOND;

/// 2026-01-01T00:00:00Z: where a scenario without `start` and without events begins.
const START: Instant = Instant(1_767_225_600_000_000);

pub(super) const NOT_NEGATIVE: &str = "a non-negative duration";
pub(super) const MOMENT: &str =
    "a duration from the start such as `3m30s`, or a point in time such as `2026-03-01T12:00:00Z`";

pub(super) fn not_negative(value: Value<'_>) -> Option<i64> {
    span(value).filter(|span| *span >= 0)
}

/// Spans in microseconds. `None` means the default.
pub(super) struct PlayOptions {
    pub start: Instant,
    pub end: Option<Instant>,
    pub tick: Option<i64>,
    pub offset: Option<i64>,
    pub delivery: Option<Delivery>,
    pub intended: Option<bool>,
    pub version: Option<Version>,
}

/// The default start: the first event, or a fixed time.
pub(super) fn default_start(first: Option<Instant>) -> Instant {
    first.unwrap_or(START)
}

impl PlayOptions {
    /// `first`: when the first event is received.
    pub(super) fn read<'t>(root: Value<'t>, reading: &mut Reading<'t>, first: Option<Instant>) -> PlayOptions {
        let expected = "a point in time such as `2026-03-01T12:00:00Z`";
        let start = root.get("start").map_or(first, |value| reading.read(Some(value), expected, instant_of));
        let start = default_start(start);
        let more = |value: Value<'_>| span(value).filter(|span| *span > 0);
        PlayOptions {
            start,
            end: reading.read(root.get("end"), MOMENT, |value| moment(value, start)),
            tick: reading.read(root.get("tick_seconds"), "more than 0 seconds", more),
            offset: reading.read(root.get("tick_offset_seconds"), NOT_NEGATIVE, not_negative),
            delivery: reading.read(root.get("delivery"), "`consumer` or `direct`", |value| {
                Delivery::read(&value.string()).filter(|_| value.is_string())
            }),
            intended: reading.read(root.get("intended"), "`true` or `false`", scalar::boolean),
            version: reading.read(root.get("server_version"), VERSIONS, |value| {
                let written = value.is_string() || value.kind() == Kind::Float;
                Version::read(&value.string()).filter(|_| written)
            }),
        }
    }

    pub(super) fn tick(&self) -> i64 {
        self.tick.unwrap_or(TICK)
    }

    /// When playing ends. Without an `end`: when everything that the last event causes can have fired.
    pub(super) fn end(&self, last: Option<Instant>, trigger: Option<&Trigger>, frequency: i64) -> Instant {
        self.end.unwrap_or_else(|| {
            let rest = trigger.map_or(0, longest).max(0).saturating_add(frequency.max(0));
            after(last.unwrap_or(self.start).max(self.start), rest)
        })
    }

    /// Reports an impossible end.
    pub(super) fn check_end<'t>(&self, end: Instant, root: Value<'t>, reading: &mut Reading<'t>) {
        let at_end = root.get("end").unwrap_or(root);
        if end < self.start {
            reading.too_early(at_end, "`end`", "`start`");
        } else if has_too_many_ticks(self.start, end, self.tick()) {
            reading.too_large(at_end, MAX_TICKS.unsigned_abs(), "ticks between `start` and `end`");
        }
    }

    pub(super) fn scenario(self, automation: Automation, mut events: Vec<ReceivedEvent>, end: Instant) -> Scenario {
        sort(&mut events);
        Scenario {
            name: None,
            automation,
            start: self.start,
            end,
            tick: self.tick(),
            offset: self.offset.unwrap_or_default(),
            delivery: self.delivery.unwrap_or_default(),
            intended: self.intended.unwrap_or_default(),
            version: self.version.unwrap_or_default(),
            events,
        }
    }
}

/// Sorts by time of receipt.
pub(super) fn sort(events: &mut [ReceivedEvent]) {
    order::by_key(events, &mut |event| event.received.sortable());
}

/// When the last event is received, or the first.
pub(super) fn received(events: &[ReceivedEvent], last: bool) -> Option<Instant> {
    step(events.len());
    let times = events.iter().map(|event| event.received);
    if last { times.max() } else { times.min() }
}

/// When everything that the last event causes can have fired. `rest`: the longest window.
pub(crate) fn after(last: Instant, rest: i64) -> Instant {
    Instant(last.0.saturating_add(rest.max(0)).saturating_add(MINUTE))
}

/// The longest window of a trigger and those in it.
pub(crate) fn longest(trigger: &Trigger) -> i64 {
    step(1);
    match trigger {
        Trigger::Event(event) => event.within,
        Trigger::Composite(composite) => composite.triggers.iter().map(longest).max().unwrap_or_default(),
    }
}
