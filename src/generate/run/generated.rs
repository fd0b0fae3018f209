//! Generated flow runs for simulations: their events in the form that the server receives.

use std::rc::Rc;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::catalogue::runs::FLOW_RUN;
use crate::event::{EventReader, Labels, ReceivedEvent, SharedText};
use crate::text::hash::hash;
use crate::text::steps::step;
use crate::time::Instant;

use super::super::event::{EventId, Filling, Json, Tree, template};
use super::super::ids::random_id;
use super::super::random::Random;
use super::entities::{Entities, Entity, slots_of};
use super::flow_run::{FurtherStates, RunEvent, Transition, course};
use super::plan::RunPlan;
use super::planner::tags;

/// A generated flow run: its events, and further facts about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedRun {
    /// The name of the run.
    pub name: String,
    /// The id of its resource: `prefect.flow-run.` followed by a UUID.
    pub resource: SharedText,
    /// When it is Running for the first time.
    pub starts: Instant,
    /// When it reaches its final state by its plan, unless it dies before.
    pub ends: Option<Instant>,
    /// When its process dies by its plan, unless it ends before.
    pub dies: Option<Instant>,
    /// In order of occurrence.
    pub events: Vec<GeneratedEvent>,
    /// When the heartbeats skipped by `misses` or dropped by `loss` were due, ascending. All are before the end or the
    /// death of the run.
    pub missed: Vec<Instant>,
}

/// An event with its payload.
///
/// Serialized in the server's form: `occurred`, `event`, `resource`, `related`, `payload`, `id`, `follows`,
/// `received`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedEvent {
    /// The event in the server's form during evaluation.
    pub event: ReceivedEvent,
    /// An object.
    pub payload: Rc<Json>,
}

/// Generates all events of a run. `reader` shares their strings.
#[must_use]
pub fn generate_run(plan: &RunPlan, reader: &mut EventReader, random: &mut Random) -> GeneratedRun {
    let entities = entities_of(plan, random);
    let resource = reader.share(&[FLOW_RUN, &entities.flow_run.id].concat());
    let course = course(plan, FurtherStates::default(), random);
    let mut heartbeat: Option<Parts> = None;
    let mut related: Option<Rc<[Labels]>> = None;
    let mut events = Vec::with_capacity(course.events.len());
    for event in course.events {
        step(1);
        let parts = match (&event.transition, &heartbeat) {
            // Heartbeats differ only in their ids and times.
            (None, Some(known)) => Some(known.clone()),
            (transition, _) => parts_of(&entities, transition.as_ref(), event.occurred, reader),
        };
        let Some(mut parts) = parts else { continue };
        if event.transition.is_none() {
            heartbeat.get_or_insert_with(|| parts.clone());
        } else {
            // Data shared by the events of a run is kept once.
            match &related {
                Some(known) if *known == parts.related => parts.related = known.clone(),
                _ => related = Some(parts.related.clone()),
            }
        }
        let RunEvent { occurred, received, id, follows, .. } = event;
        let Parts { name, resource, related, payload } = parts;
        let event = ReceivedEvent { id, occurred, received, name, resource, related, follows };
        events.push(GeneratedEvent { event, payload });
    }
    let RunPlan { starts, ends, dies, .. } = *plan;
    GeneratedRun { name: plan.name.clone(), resource, starts, ends, dies, events, missed: course.missed }
}

fn entities_of(plan: &RunPlan, random: &mut Random) -> Entities {
    let flow_run = Entity { id: random_id(random).to_string(), name: plan.name.clone() };
    // Runs that name the same flow, deployment or tag share it.
    let own = |kind: &str, name: &str| {
        let seed = hash([kind, name].concat().as_bytes());
        Entity { id: random_id(&mut Random::new(seed)).to_string(), name: name.to_owned() }
    };
    Entities {
        flow_run,
        flow: own("flow", &plan.flow),
        deployment: plan.deployment.as_deref().map(|name| own("deployment", name)),
        tags: tags(&plan.tags),
        ..Entities::default()
    }
}

/// An event without its ids and times.
#[derive(Clone)]
struct Parts {
    name: SharedText,
    resource: Labels,
    related: Rc<[Labels]>,
    payload: Rc<Json>,
}

/// `None`: no such event, which the catalogue makes impossible.
fn parts_of(
    entities: &Entities,
    transition: Option<&Transition>,
    at: Instant,
    reader: &mut EventReader,
) -> Option<Parts> {
    let name = [FLOW_RUN, transition.map_or("heartbeat", |transition| &transition.after.name)].concat();
    let (slots, _) = slots_of(&name, at, &|givens| {
        givens.occurred(at);
        givens.of_flow_run(entities, transition);
    })
    .ok()?;
    let template = template(&slots.layout, slots.shape());
    let mut tree = Tree::new(reader);
    let mut filling = Filling {
        name: &name,
        slots: &slots,
        own: &mut Vec::new(),
        occurred: at,
        id: EventId::No,
        follows: EventId::No,
        random: &mut Random::new(0),
        related: 0,
    };
    filling.write_tree(&template.pieces, &mut tree).ok()?;
    let Json::Object(members) = tree.finish()? else { return None };
    let (mut resource, mut related, mut payload) = (None, None, None);
    for (name, value) in members {
        match &*name {
            "resource" => resource = labels(value),
            "related" => related = list_of_labels(value),
            "payload" => payload = Some(value),
            _ => {}
        }
    }
    Some(Parts { name: reader.share(&name), resource: resource?, related: related?, payload: Rc::new(payload?) })
}

fn labels(value: Json) -> Option<Labels> {
    let Json::Object(members) = value else { return None };
    let labels = members.into_iter().map(|(name, value)| match value {
        Json::Text(text) => Some((name, text)),
        _ => None,
    });
    labels.collect::<Option<Vec<_>>>().map(Labels::new)
}

fn list_of_labels(value: Json) -> Option<Rc<[Labels]>> {
    let Json::List(items) = value else { return None };
    items.into_iter().map(labels).collect()
}

struct OfLabels<'l>(&'l Labels);

impl Serialize for OfLabels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.iter() {
            map.serialize_entry(&**name, &**value)?;
        }
        map.end()
    }
}

impl Serialize for GeneratedEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let GeneratedEvent { event, payload } = self;
        let related: Vec<OfLabels<'_>> = event.related.iter().map(OfLabels).collect();
        let mut fields = serializer.serialize_struct("GeneratedEvent", 8)?;
        fields.serialize_field("occurred", &event.occurred.rfc3339())?;
        fields.serialize_field("event", &*event.name)?;
        fields.serialize_field("resource", &OfLabels(&event.resource))?;
        fields.serialize_field("related", &related)?;
        fields.serialize_field("payload", &**payload)?;
        fields.serialize_field("id", &event.id.to_string())?;
        fields.serialize_field("follows", &event.follows.map(|follows| follows.to_string()))?;
        fields.serialize_field("received", &event.received.rfc3339())?;
        fields.end()
    }
}
