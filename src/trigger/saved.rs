//! Parts of a saved state: plain data. Times are in microseconds.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::automation::{EventTrigger, Posture};
use crate::event::{EventReader, Labels, ReceivedEvent, SharedText};
use crate::time::Instant;

use super::bucket::EventRef;
use super::step::Facts;

/// The labels of a resource.
type SavedLabels = Vec<(SharedText, SharedText)>;

/// The key of a window.
pub(super) type SavedKey = Vec<SharedText>;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedRef {
    id: Uuid,
    occurred: i64,
    name: SharedText,
}

impl SavedRef {
    pub(super) fn new(event: &EventRef) -> Self {
        SavedRef { id: event.id, occurred: event.occurred.0, name: event.name.clone() }
    }

    /// `texts`: to share equal ones.
    pub(super) fn restore(&self, texts: &mut EventReader) -> EventRef {
        EventRef { id: self.id, occurred: Instant(self.occurred), name: texts.share(&self.name) }
    }
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedFacts {
    id: Uuid,
    occurred: i64,
    received: i64,
    follows: Option<Uuid>,
    is_log: bool,
}

impl SavedFacts {
    pub(super) fn new(facts: &Facts) -> Self {
        let Facts { id, occurred, received, follows, is_log } = *facts;
        SavedFacts { id, occurred: occurred.0, received: received.0, follows, is_log }
    }

    pub(super) fn restore(&self) -> Facts {
        Facts {
            id: self.id,
            occurred: Instant(self.occurred),
            received: Instant(self.received),
            follows: self.follows,
            is_log: self.is_log,
        }
    }
}

/// A whole event.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(crate) struct SavedEvent {
    id: Uuid,
    occurred: i64,
    received: i64,
    name: SharedText,
    resource: SavedLabels,
    related: Vec<SavedLabels>,
    follows: Option<Uuid>,
}

impl SavedEvent {
    pub(crate) fn new(event: &ReceivedEvent) -> Self {
        let labels = |labels: &Labels| labels.iter().cloned().collect();
        SavedEvent {
            id: event.id,
            occurred: event.occurred.0,
            received: event.received.0,
            name: event.name.clone(),
            resource: labels(&event.resource),
            related: event.related.iter().map(labels).collect(),
            follows: event.follows,
        }
    }

    /// `texts`: to share equal ones.
    pub(crate) fn restore(&self, texts: &mut EventReader) -> ReceivedEvent {
        let mut labels = |labels: &SavedLabels| {
            let labels = labels.iter().map(|(name, value)| (texts.share(name), texts.share(value)));
            Labels::new(labels.collect())
        };
        let resource = labels(&self.resource);
        let related = self.related.iter().map(labels).collect();
        ReceivedEvent {
            id: self.id,
            occurred: Instant(self.occurred),
            received: Instant(self.received),
            name: texts.share(&self.name),
            resource,
            related,
            follows: self.follows,
        }
    }
}

/// What an event trigger decides by.
#[derive(Serialize)]
pub(super) struct Shape<'t> {
    proactive: bool,
    matches: &'t [(String, Vec<String>)],
    match_related: Vec<&'t [(String, Vec<String>)]>,
    names: [&'t [String]; 3],
    threshold: i64,
    within: i64,
}

impl<'t> Shape<'t> {
    pub(super) fn new(trigger: &'t EventTrigger) -> Self {
        Shape {
            proactive: trigger.posture == Posture::Proactive,
            matches: &trigger.matches.0,
            match_related: trigger.match_related.iter().map(|related| &*related.0).collect(),
            names: [&trigger.after, &trigger.expect, &trigger.for_each],
            threshold: trigger.threshold,
            within: trigger.within,
        }
    }
}
