//! Firings and decisions in results: the names of the keys are the public interface.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use uuid::Uuid;

use crate::automation::{Posture, TriggerType};
use crate::event::SharedText;
use crate::text::steps::step;
use crate::time::Instant;

use super::bucket::EventRef;
use super::decision::{BucketSnapshot, ChildFiring, Decision, DecisionKind, Firing, Phase};
use super::delayed::DelayedEvent;
use super::quirk::ServerQuirk;

fn labels<S: Serializer>(labels: &[(SharedText, SharedText)], serializer: S) -> Result<S::Ok, S::Error> {
    step(labels.len());
    let mut map = serializer.serialize_map(Some(labels.len()))?;
    for (name, value) in labels {
        map.serialize_entry(&**name, &**value)?;
    }
    map.end()
}

/// Null if there was no event, as in Prefect.
fn event_id<S: Serializer>(event: &Option<&EventRef>, serializer: S) -> Result<S::Ok, S::Error> {
    match event {
        Some(event) => serializer.collect_str(&event.id),
        None => serializer.serialize_none(),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_none(event: &Option<&EventRef>) -> bool {
    event.is_none()
}

/// A trigger fired.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Firing", optional_fields))]
pub(crate) struct FiringRecord<'f> {
    /// When it fired: RFC 3339 in UTC with microseconds.
    at: Instant,
    /// For firings of the proactive evaluation: the earliest time at which a real server fires, which is the end of the
    /// window. A server evaluates every 5 s and a little more, at a random phase. RFC 3339 in UTC with microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    earliest: Option<Instant>,
    /// The latest time, if the evaluation itself takes no time. For windows that the server opens by itself, both are
    /// wider with each following window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    latest: Option<Instant>,
    /// What the server did when it fired: it received an event, or ran its proactive (`tick`) or its periodic
    /// evaluation.
    #[cfg_attr(feature = "typescript", ts(inline))]
    phase: Phase,
    /// The type of the trigger.
    #[cfg_attr(feature = "typescript", ts(inline))]
    trigger: TriggerType,
    /// `"$"` is the trigger of the automation, `"$.0.1"` one nested in it.
    path: &'f str,
    /// For event triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(inline))]
    posture: Option<Posture>,
    /// The labels of `for_each` with their values. Empty for composite triggers.
    #[serde(serialize_with = "labels")]
    #[cfg_attr(feature = "typescript", ts(type = "{ [label: string]: string }"))]
    labels: &'f [(SharedText, SharedText)],
    /// The id of the triggering event, or null.
    #[serde(serialize_with = "event_id")]
    #[cfg_attr(feature = "typescript", ts(type = "string | null"))]
    event_id: Option<&'f EventRef>,
    /// The window, for event triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<BucketSnapshot>"))]
    bucket: Option<&'f BucketSnapshot>,
    /// For composite triggers: the consumed firings of its child triggers.
    #[serde(skip_serializing_if = "<[ChildFiring]>::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<ChildFiringRecord<'static>>>"))]
    children: &'f [ChildFiring],
    /// For Proactive triggers: expected events that occurred in the window but were not evaluated in time, so the run
    /// was not silent; the last ten. Absent if there are none.
    #[serde(skip_serializing_if = "<[DelayedEvent]>::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<DelayedEventRecord<'static>>>"))]
    delayed: &'f [DelayedEvent],
    /// A server fault, where the server does not do what is intended: its name in `docs/server-faults.md`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<ServerQuirk>"))]
    fault: Option<ServerQuirk>,
    /// With `replay`: set if it fires after the last captured event, and only if no further event came. Not set if the
    /// server recorded it.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    if_silent: bool,
    /// Why it fired, in one sentence; a second one says what came too late.
    reason: String,
}

/// An expected event that occurred in the window before the firing, but was not evaluated in time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "DelayedEvent", optional_fields))]
pub(crate) struct DelayedEventRecord<'f> {
    /// Its id.
    #[serde(serialize_with = "uuid")]
    event_id: Uuid,
    /// Its name.
    event: &'f str,
    /// When it occurred: RFC 3339 in UTC with microseconds.
    occurred: Instant,
    /// When the server received it: RFC 3339 in UTC with microseconds.
    received: Instant,
    /// The id of the event that it follows and waits for. Absent if it was received only after the firing.
    #[serde(serialize_with = "optional_uuid", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    waits_for: Option<Uuid>,
    /// The id of the event that it waits for and that is not in the input: the one that it follows, or one further up
    /// the chain. Absent if there is none.
    #[serde(serialize_with = "optional_uuid", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    absent: Option<Uuid>,
}

fn uuid<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

fn optional_uuid<S: Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The firing of a child trigger that a composite trigger consumed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ChildFiring"))]
pub(crate) struct ChildFiringRecord<'f> {
    /// `"$.0.1"`: the path of the child in the automation's trigger.
    path: &'f str,
    /// When it fired: RFC 3339 in UTC with microseconds.
    fired: Instant,
    /// The id of the triggering event, or null.
    #[serde(serialize_with = "event_id")]
    #[cfg_attr(feature = "typescript", ts(type = "string | null"))]
    event_id: Option<&'f EventRef>,
    /// The labels of `for_each` with their values.
    #[serde(serialize_with = "labels")]
    #[cfg_attr(feature = "typescript", ts(type = "{ [label: string]: string }"))]
    labels: &'f [(SharedText, SharedText)],
}

/// One step of the engine.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "Decision", optional_fields))]
pub(crate) struct DecisionRecord<'d> {
    /// When it was decided: RFC 3339 in UTC with microseconds.
    at: Instant,
    /// What the server was doing: receiving an event, or its proactive (`tick`) or periodic evaluation.
    #[cfg_attr(feature = "typescript", ts(inline))]
    phase: Phase,
    /// `"$"` is the trigger of the automation, `"$.0.1"` one nested in it.
    path: &'d str,
    /// The labels of `for_each` with their values: the key of the window. Empty if the decision is only about an event.
    #[serde(serialize_with = "labels")]
    #[cfg_attr(feature = "typescript", ts(type = "{ [label: string]: string }"))]
    key: &'d [(SharedText, SharedText)],
    /// The kind of decision.
    #[cfg_attr(feature = "typescript", ts(inline))]
    kind: DecisionKind,
    /// The event that it is about.
    #[serde(serialize_with = "event_id", skip_serializing_if = "is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    event_id: Option<&'d EventRef>,
    /// The window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<BucketSnapshot>"))]
    bucket: Option<&'d BucketSnapshot>,
    /// A server fault, where the server does not do what is intended: its name in `docs/server-faults.md`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<ServerQuirk>"))]
    fault: Option<ServerQuirk>,
    /// The reason, in one sentence.
    reason: String,
}

impl<'f> From<&'f Firing> for FiringRecord<'f> {
    fn from(firing: &'f Firing) -> Self {
        FiringRecord {
            at: firing.at,
            earliest: firing.span.map(|span| span.earliest),
            latest: firing.span.map(|span| span.latest),
            phase: firing.phase,
            trigger: firing.trigger.kind,
            path: &firing.trigger.path,
            posture: firing.trigger.posture,
            labels: &firing.labels,
            event_id: firing.event.as_ref(),
            bucket: firing.bucket.as_ref(),
            children: &firing.children,
            delayed: &firing.delayed,
            fault: firing.quirk(),
            if_silent: firing.if_silent,
            reason: firing.reason_sentence(),
        }
    }
}

impl Serialize for Firing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FiringRecord::from(self).serialize(serializer)
    }
}

impl Serialize for DelayedEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = DelayedEventRecord {
            event_id: self.event.id,
            event: &self.event.name,
            occurred: self.event.occurred,
            received: self.received,
            waits_for: self.waits_for,
            absent: self.absent,
        };
        record.serialize(serializer)
    }
}

impl Serialize for ChildFiring {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = ChildFiringRecord {
            path: &self.trigger.path,
            fired: self.fired,
            event_id: self.event.as_ref(),
            labels: &self.labels,
        };
        record.serialize(serializer)
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = DecisionRecord {
            at: self.at,
            phase: self.phase,
            path: self.trigger.as_ref().map_or("$", |trigger| &trigger.path),
            key: &self.key,
            kind: self.kind(),
            event_id: self.event.as_ref(),
            bucket: self.bucket.as_ref(),
            fault: self.quirk,
            reason: self.reason_sentence(),
        };
        record.serialize(serializer)
    }
}
