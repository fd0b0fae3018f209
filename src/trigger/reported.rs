//! Firings as plain data, to hand them from one process to another.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::automation::Automation;
use crate::event::{EventReader, SharedText};
use crate::text::table::Map;
use crate::time::Instant;

use super::composite::Tree;
use super::decision::{BucketSnapshot, ChildFiring, Firing, FiringSpan, Phase, TriggerSummary};
use super::delayed::{DelayedEvent, LateEvent};
use super::saved::SavedRef;

/// The triggers of an automation by their paths.
pub(crate) struct Summaries(Map<String, Rc<TriggerSummary>>);

impl Summaries {
    /// `number`: of the automation, which firings refer to.
    pub(crate) fn new(automation: &Automation, number: usize) -> Self {
        let mut all = Map::default();
        for summary in Tree::new(automation, number, 0).0.summaries() {
            all.insert(summary.path.clone(), summary);
        }
        Summaries(all)
    }
}

type Pairs = Vec<(SharedText, SharedText)>;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct SavedDelay {
    event: SavedRef,
    received: i64,
    waits_for: Option<Uuid>,
}

impl SavedDelay {
    fn new(delayed: &DelayedEvent) -> Self {
        let DelayedEvent { event, received, waits_for, absent: _ } = delayed;
        SavedDelay { event: SavedRef::new(event), received: received.0, waits_for: *waits_for }
    }

    fn restore(&self, texts: &mut EventReader) -> DelayedEvent {
        let (event, received) = (self.event.restore(texts), Instant(self.received));
        DelayedEvent { event, received, waits_for: self.waits_for, absent: None }
    }
}

fn shared(pairs: &Pairs, texts: &mut EventReader) -> Pairs {
    pairs.iter().map(|(name, value)| (texts.share(name), texts.share(value))).collect()
}

/// A firing.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct SavedFiring {
    path: String,
    at: i64,
    phase: Phase,
    labels: Pairs,
    event: Option<SavedRef>,
    /// The count, start, end and time of evaluation.
    bucket: Option<[i64; 4]>,
    span: Option<[i64; 2]>,
    children: Vec<(String, i64, Option<SavedRef>, Pairs)>,
    delayed: Vec<SavedDelay>,
    if_silent: bool,
}

impl SavedFiring {
    pub(crate) fn new(firing: &Firing) -> Self {
        let child = |child: &ChildFiring| {
            let event = child.event.as_ref().map(SavedRef::new);
            (child.trigger.path.clone(), child.fired.0, event, child.labels.clone())
        };
        SavedFiring {
            path: firing.trigger.path.clone(),
            at: firing.at.0,
            phase: firing.phase,
            labels: firing.labels.clone(),
            event: firing.event.as_ref().map(SavedRef::new),
            bucket: firing.bucket.map(|own| [own.count, own.start.0, own.end.0, own.as_of.0]),
            span: firing.span.map(|span| [span.earliest.0, span.latest.0]),
            children: firing.children.iter().map(child).collect(),
            delayed: firing.delayed.iter().map(SavedDelay::new).collect(),
            if_silent: firing.if_silent,
        }
    }

    /// `None`: it is none of these triggers.
    pub(crate) fn restore(&self, triggers: &Summaries, texts: &mut EventReader) -> Option<Firing> {
        let mut children = Vec::with_capacity(self.children.len());
        for (path, fired, event, labels) in &self.children {
            let event = event.as_ref().map(|event| event.restore(texts));
            let (trigger, labels) = (triggers.0.get(path)?.clone(), shared(labels, texts));
            children.push(ChildFiring { trigger, fired: Instant(*fired), event, labels });
        }
        Some(Firing {
            trigger: triggers.0.get(&self.path)?.clone(),
            at: Instant(self.at),
            phase: self.phase,
            labels: shared(&self.labels, texts),
            event: self.event.as_ref().map(|event| event.restore(texts)),
            bucket: self.bucket.map(|[count, start, end, as_of]| BucketSnapshot {
                count,
                start: Instant(start),
                end: Instant(end),
                as_of: Instant(as_of),
            }),
            span: self
                .span
                .map(|[earliest, latest]| FiringSpan { earliest: Instant(earliest), latest: Instant(latest) }),
            children,
            delayed: self.delayed.iter().map(|delayed| delayed.restore(texts)).collect(),
            if_silent: self.if_silent,
        })
    }
}

/// An event that came too late for a firing.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct SavedLate {
    path: String,
    labels: Pairs,
    fired: i64,
    event: SavedDelay,
}

impl SavedLate {
    pub(crate) fn new(late: &LateEvent) -> Self {
        let (path, labels) = (late.trigger.path.clone(), late.labels.clone());
        SavedLate { path, labels, fired: late.fired.0, event: SavedDelay::new(&late.event) }
    }

    /// `None`: it is for none of these triggers.
    pub(crate) fn restore(&self, triggers: &Summaries, texts: &mut EventReader) -> Option<LateEvent> {
        let (trigger, labels) = (triggers.0.get(&self.path)?.clone(), shared(&self.labels, texts));
        Some(LateEvent { trigger, labels, fired: Instant(self.fired), event: self.event.restore(texts) })
    }
}
