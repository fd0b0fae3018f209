//! What captured events say about an automation: when it was created, when it fired, and what its actions caused.

use serde::Serialize;
use uuid::Uuid;

use crate::automation::{Automation, EventTrigger, Specification, Trigger, read};
use crate::catalogue::runs::HEARTBEAT;
use crate::event::{EventReader, Labels, RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE, ReceivedEvent, SharedText};
use crate::json::{Kind, Value};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::{Map, Set};
use crate::time::serial::fraction;
use crate::time::{Instant, instant_of, scalar};
use crate::trigger::{Firing, Outcome};

const AUTOMATION: &str = "prefect.automation.";

/// The most microseconds between a recorded firing and the simulated one that it matches: one round of the server's
/// loops, and the time that the server needs to process it.
pub(crate) const NEAR: i64 = 8_000_000;

/// The longest duration assumed for an action whose beginning was not captured.
const LONGEST_ACTION: i64 = 5_000_000;

/// The recorded firings, compared with the simulated ones.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordedFirings {
    /// How many firings were both recorded and simulated: same labels, at most 8 seconds apart.
    pub matched: usize,
    /// The matched firings with their time difference, in order.
    pub pairs: Vec<RecordedPair>,
    /// Simulated firings that were not recorded, without those after the last captured event.
    #[cfg_attr(feature = "typescript", ts(as = "Vec<crate::trigger::serialize::FiringRecord<'static>>"))]
    pub only_here: Vec<Firing>,
    /// Recorded firings that were not simulated.
    pub only_recorded: Vec<RecordedFiring>,
}

/// A firing that was recorded and simulated.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordedPair {
    /// When the simulation fired: RFC 3339 in UTC with microseconds.
    pub at: Instant,
    /// When the server fired.
    pub recorded: Instant,
    /// How much later the server fired, in seconds; negative if earlier.
    #[serde(serialize_with = "seconds")]
    #[cfg_attr(feature = "typescript", ts(type = "Seconds"))]
    pub seconds: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn seconds<S: serde::Serializer>(micros: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    fraction(*micros, 1_000_000, serializer)
}

/// A `prefect.automation.triggered` event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RecordedFiring {
    /// When the server fired: RFC 3339 in UTC with microseconds.
    pub at: Instant,
    /// The labels of `for_each` with their values.
    #[serde(serialize_with = "labels")]
    #[cfg_attr(feature = "typescript", ts(type = "{ [label: string]: string }"))]
    pub labels: Vec<(SharedText, SharedText)>,
    /// The id of the `prefect.automation.triggered` event.
    #[serde(serialize_with = "id")]
    pub event_id: Uuid,
    /// The id of the event that triggered it. Absent if there was none.
    #[serde(serialize_with = "optional_id", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub triggering_event_id: Option<Uuid>,
}

/// What the automation did while the events were captured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RecordedActions {
    /// How many of its actions were executed, according to the captured events.
    pub executed: usize,
    /// How many failed.
    pub failed: usize,
    /// The events that they caused, in the order in which they occurred: changes to their targets, the runs that they
    /// created, and what followed. They are played too, and change what comes after.
    pub effects: Vec<ActionEffect>,
    /// These events, and those that say what the actions did, are not played: with the option `withoutActions`. Absent
    /// if not so.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "typescript", ts(type = "true", optional))]
    pub left_out: bool,
}

/// An event that a recorded action caused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ActionEffect {
    /// Its id.
    #[serde(serialize_with = "id")]
    pub event_id: Uuid,
    /// Its name.
    #[serde(serialize_with = "text")]
    pub event: SharedText,
    /// When it occurred: RFC 3339 in UTC with microseconds.
    pub occurred: Instant,
    /// The `prefect.resource.id` of its resource.
    #[serde(serialize_with = "text")]
    pub resource: SharedText,
}

fn id<S: serde::Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

fn optional_id<S: serde::Serializer>(id: &Option<Uuid>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

fn text<S: serde::Serializer>(text: &SharedText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

fn labels<S: serde::Serializer>(labels: &[(SharedText, SharedText)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter().map(|(name, value)| (&**name, &**value)))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// An event named `prefect.automation.…`, with data of its payload.
struct Noted {
    /// Its index among the captured events.
    place: usize,
    note: Note,
}

enum Note {
    Changed(Box<NotedChange>),
    Triggered { labels: Vec<(SharedText, SharedText)> },
    ActionTriggered,
    ActionExecuted { creates_run: bool },
    ActionFailed,
    Other,
}

/// The automation as it was created, changed or deleted.
struct NotedChange {
    kind: ChangeKind,
    /// `created` of the automation.
    created: Option<Instant>,
    trigger: Option<Trigger>,
    enabled: bool,
    /// The automation as JSON.
    document: String,
}

/// How an automation was changed on the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

/// A version of an automation, according to a captured event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AutomationVersion<'e> {
    pub kind: ChangeKind,
    /// From when on the server used it.
    pub at: Instant,
    pub trigger: Option<&'e Trigger>,
    pub enabled: bool,
    /// The automation as JSON.
    pub document: &'e str,
}

/// The events of a capture that automations sent.
#[derive(Default)]
pub(super) struct AutomationEvents {
    noted: Vec<Noted>,
    /// Their indexes in `noted`, by the ids of their resources.
    by_id: Map<SharedText, Vec<usize>>,
    /// The same by the names of their resources.
    by_name: Map<SharedText, Vec<usize>>,
}

impl AutomationEvents {
    /// Records an event, if an automation sent it. `place`: its index among the captured events.
    pub(super) fn note(&mut self, event: &ReceivedEvent, place: usize, value: Value<'_>, reader: &mut EventReader) {
        let Some(what) = event.name.strip_prefix(AUTOMATION) else { return };
        step(1);
        let payload = |key: &str| value.get("payload").and_then(|payload| payload.get(key));
        let note = match what {
            "created" => changed(ChangeKind::Created, value),
            "updated" => changed(ChangeKind::Updated, value),
            "deleted" => changed(ChangeKind::Deleted, value),
            "triggered" => {
                let labels = payload("triggering_labels").filter(|labels| labels.kind() == Kind::Object);
                let pair = |(name, value): (Value<'_>, Value<'_>)| {
                    (value.is_string()).then(|| (reader.share(&name.string()), reader.share(&value.string())))
                };
                Note::Triggered { labels: labels.into_iter().flat_map(Value::members).filter_map(pair).collect() }
            }
            "action.triggered" => Note::ActionTriggered,
            "action.executed" => Note::ActionExecuted {
                creates_run: payload("action_type").is_some_and(|kind| kind.is("run-deployment")),
            },
            "action.failed" => Note::ActionFailed,
            _ => Note::Other,
        };
        let index = self.noted.len();
        self.noted.push(Noted { place, note });
        for (label, known) in [(RESOURCE_ID, &mut self.by_id), (RESOURCE_NAME, &mut self.by_name)] {
            if let Some(value) = event.resource.get(label) {
                known.or_default(value.clone()).push(index);
            }
        }
    }

    /// The ids of the automations that sent events, with their names, in order of appearance.
    pub(super) fn senders<'e>(&self, events: &'e [ReceivedEvent]) -> Vec<(&'e str, &'e str)> {
        let mut ids: Set<&str> = Set::default();
        let mut all = Vec::new();
        for event in self.noted.iter().filter_map(|noted| events.get(noted.place)) {
            step(1);
            let label = |label: &str| event.resource.get(label).map_or("", |value| &**value);
            if let Some(id) = label(RESOURCE_ID).strip_prefix(AUTOMATION).filter(|id| ids.insert(*id)) {
                all.push((id, label(RESOURCE_NAME)));
            }
        }
        all
    }

    /// The indexes of the events that would not exist without the actions of any automation, ascending.
    pub(super) fn consequences(&self, events: &[ReceivedEvent]) -> Vec<usize> {
        let all: Vec<&Noted> = self.noted.iter().collect();
        let mut places = Consequences::new(events, &self.noted).of(&all);
        order::by_key(&mut places, &mut |place| *place as u64);
        places
    }

    /// The events that one automation sent: by its id; if nothing has this id, by its name.
    pub(super) fn of<'e>(&'e self, events: &'e [ReceivedEvent], id: Option<&str>, name: &str) -> OwnEvents<'e> {
        let by_id = id.and_then(|id| self.by_id.get(&*[AUTOMATION, id].concat()));
        let by_name = || self.by_name.get(name).filter(|_| !name.is_empty());
        let found = by_id.or_else(by_name).map_or(&[][..], |own| own);
        step(found.len());
        let own = found.iter().filter_map(|index| self.noted.get(*index)).collect();
        let found_by_id = by_id.is_some();
        OwnEvents { events, all: &self.noted, own, found_by_id }
    }
}

/// The events that one automation sent.
pub(crate) struct OwnEvents<'e> {
    events: &'e [ReceivedEvent],
    /// The events that all automations sent.
    all: &'e [Noted],
    own: Vec<&'e Noted>,
    found_by_id: bool,
}

impl<'e> OwnEvents<'e> {
    fn event(&self, noted: &Noted) -> Option<&'e ReceivedEvent> {
        self.events.get(noted.place)
    }

    /// When it was created. An automation found only by its name must look at the same events.
    pub(super) fn created(&self, automation: &Automation) -> Option<Instant> {
        let created = |noted: &&Noted| match &noted.note {
            Note::Changed(change) if change.kind == ChangeKind::Created => {
                let is_alike = |own: &Trigger| is_alike(own, &automation.trigger);
                let is_it = self.found_by_id || change.trigger.as_ref().is_some_and(is_alike);
                let at = change.created.or_else(|| self.event(noted).map(|event| event.occurred));
                at.filter(|_| is_it)
            }
            _ => None,
        };
        self.own.iter().find_map(created)
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// Its versions, in order of time.
    pub(crate) fn versions(&self) -> Vec<AutomationVersion<'e>> {
        let version = |noted: &&'e Noted| match &noted.note {
            Note::Changed(change) => Some(AutomationVersion {
                kind: change.kind,
                at: self.event(noted)?.occurred,
                trigger: change.trigger.as_ref(),
                enabled: change.enabled,
                document: &change.document,
            }),
            _ => None,
        };
        let mut versions: Vec<AutomationVersion<'e>> = self.own.iter().filter_map(version).collect();
        order::by_key(&mut versions, &mut |version| version.at.sortable());
        versions
    }

    /// When another automation was created, changed or deleted, ascending.
    pub(crate) fn other_changes(&self) -> Vec<Instant> {
        let own: Set<usize> = set_of(self.own.iter().map(|noted| noted.place));
        let is_change = |noted: &&Noted| matches!(noted.note, Note::Changed(_)) && !own.contains(&noted.place);
        let mut times: Vec<Instant> =
            self.all.iter().filter(is_change).filter_map(|noted| Some(self.event(noted)?.occurred)).collect();
        order::by_key(&mut times, &mut |at| at.sortable());
        times
    }

    /// Its recorded firings that the server reported from some time on, ascending.
    pub(crate) fn firings(&self, from: Instant) -> Vec<RecordedFiring> {
        let mut recorded = Vec::new();
        for noted in &self.own {
            if let (Note::Triggered { labels }, Some(event)) = (&noted.note, self.event(noted))
                && event.received >= from
            {
                recorded.push(RecordedFiring {
                    at: event.occurred,
                    labels: labels.clone(),
                    event_id: event.id,
                    triggering_event_id: referred(event, "triggering-event").next(),
                });
            }
        }
        order::by_key(&mut recorded, &mut |firing| firing.at.sortable());
        recorded
    }

    /// Its recorded firings compared with the simulated ones. One that was recorded is certain, even after the last event,
    /// and so are the firings of children that it consumed. `None`: none were recorded.
    pub(super) fn compare(&self, outcome: &mut Outcome, from: Instant) -> Option<RecordedFirings> {
        let recorded = self.firings(from);
        if recorded.is_empty() {
            return None;
        }
        let (compared, mut certain) = pair_up(&outcome.firings, recorded);
        let children = &mut outcome.child_firings;
        let mut places = if certain.is_empty() { Groups::default() } else { by_labels(children, true) };
        while let Some((is_child, place)) = certain.pop() {
            let list = if is_child { &mut *children } else { &mut outcome.firings };
            let Some(firing) = list.get_mut(place) else { continue };
            firing.if_silent = false;
            for consumed in firing.children.clone() {
                let Some((own, _)) = places.get_mut(&sorted(&consumed.labels)) else { continue };
                // Each is found once.
                own.retain(|place| {
                    step(1);
                    let is_it = |one: &Firing| one.trigger == consumed.trigger && one.at == consumed.fired;
                    let is_found = children.get(*place).is_some_and(is_it);
                    if is_found {
                        certain.push((true, *place));
                    }
                    !is_found
                });
            }
        }
        Some(compared)
    }

    /// The indexes of the events that would not exist without its actions: the reports of the actions, and their
    /// effects. `None`: it did not act.
    pub(super) fn actions(&self) -> Option<(RecordedActions, Vec<usize>)> {
        let count = |is: fn(&Note) -> bool| self.own.iter().filter(|noted| is(&noted.note)).count();
        let executed = count(|note| matches!(note, Note::ActionExecuted { .. }));
        let failed = count(|note| matches!(note, Note::ActionFailed));
        let triggered = count(|note| matches!(note, Note::ActionTriggered));
        if executed == 0 && failed == 0 && triggered == 0 {
            return None;
        }
        let mut left_out = Consequences::new(self.events, self.all).of(&self.own);
        order::by_key(&mut left_out, &mut |place| *place as u64);
        let effects = left_out.iter().filter_map(|place| self.events.get(*place));
        let effects = effects.filter(|event| !event.name.starts_with(AUTOMATION)).map(|event| ActionEffect {
            event_id: event.id,
            event: event.name.clone(),
            occurred: event.occurred,
            resource: event.resource.get(RESOURCE_ID).cloned().unwrap_or_else(|| "".into()),
        });
        let mut effects: Vec<ActionEffect> = effects.collect();
        order::by_key(&mut effects, &mut |effect| effect.occurred.sortable());
        Some((RecordedActions { executed, failed, effects, left_out: false }, left_out))
    }
}

fn set_of(places: impl Iterator<Item = usize>) -> Set<usize> {
    let mut set = Set::default();
    for place in places {
        set.insert(place);
    }
    set
}

/// A version of an automation that a server reports.
fn changed(kind: ChangeKind, event: Value<'_>) -> Note {
    let payload = event.get("payload");
    let of = |key: &str| payload.and_then(|payload| payload.get(key));
    Note::Changed(Box::new(NotedChange {
        kind,
        created: of("created").and_then(instant_of),
        trigger: of("trigger").and_then(read::client_trigger),
        enabled: of("enabled").and_then(scalar::boolean).unwrap_or(true),
        document: payload.map(|payload| String::from_utf8_lossy(payload.written()).into_owned()).unwrap_or_default(),
    }))
}

/// The events that are related to an event in a role.
fn referred<'e>(event: &'e ReceivedEvent, role: &'e str) -> impl Iterator<Item = Uuid> + 'e {
    let own = event.related.iter().filter(move |related| has_role(related, role));
    own.filter_map(|related| {
        let id = related.get(RESOURCE_ID)?.strip_prefix("prefect.event.")?;
        Uuid::try_parse(id).ok()
    })
}

fn has_role(related: &Labels, role: &str) -> bool {
    related.get(RESOURCE_ROLE).is_some_and(|own| **own == *role)
}

/// The indexes of the firings with some labels: the simulated and the recorded ones.
type Group = (Vec<usize>, Vec<usize>);
type Groups = Map<Vec<(SharedText, SharedText)>, Group>;

fn sorted(labels: &[(SharedText, SharedText)]) -> Vec<(SharedText, SharedText)> {
    step(labels.len());
    let mut own = labels.to_vec();
    order::by_text(&mut own, |(name, _)| name);
    own
}

/// All firings, or those after the last event.
fn by_labels(firings: &[Firing], if_silent: bool) -> Groups {
    let mut groups = Groups::default();
    for (place, firing) in firings.iter().enumerate() {
        if !if_silent || firing.if_silent {
            groups.or_default(sorted(&firing.labels)).0.push(place);
        }
    }
    groups
}

/// Pairs firings with the same labels that are close in time: first those of the same event, then in order of time. And the
/// places of the simulated ones that have a partner after the last event.
fn pair_up(firings: &[Firing], recorded: Vec<RecordedFiring>) -> (RecordedFirings, Vec<(bool, usize)>) {
    let mut groups = by_labels(firings, false);
    for (place, firing) in recorded.iter().enumerate() {
        groups.or_default(sorted(&firing.labels)).1.push(place);
    }
    let mut partner: Vec<Option<usize>> = vec![None; firings.len()];
    let mut is_paired = vec![false; recorded.len()];
    let gap = |here: usize, there: usize| {
        Some(recorded.get(there)?.at.since(firings.get(here)?.at).saturating_abs()).filter(|gap| *gap <= NEAR)
    };
    for (_, (own, theirs)) in groups.iter() {
        let mut by_event: Map<Uuid, Vec<usize>> = Map::default();
        for there in theirs.iter().rev() {
            if let Some(event) = recorded.get(*there).and_then(|firing| firing.triggering_event_id) {
                by_event.or_default(event).push(*there);
            }
        }
        for here in own {
            let event = firings.get(*here).and_then(|firing| firing.event.as_ref());
            let Some(there) = event.and_then(|event| by_event.get_mut(&event.id)) else { continue };
            if let Some(near) = there.last().copied().filter(|there| gap(*here, *there).is_some()) {
                there.pop();
                note_pair(&mut partner, &mut is_paired, *here, near);
            }
        }
        let is_free = |there: &&usize| is_paired.get(**there) == Some(&false);
        let mut free = theirs.iter().filter(is_free).copied().collect::<Vec<usize>>().into_iter().peekable();
        for here in own {
            step(1);
            let Some(firing) = firings.get(*here).filter(|_| partner.get(*here) == Some(&None)) else { continue };
            let too_early = |there: &usize| recorded.get(*there).is_some_and(|one| firing.at.since(one.at) > NEAR);
            while free.next_if(too_early).is_some() {}
            if let Some(near) = free.next_if(|there| gap(*here, *there).is_some()) {
                note_pair(&mut partner, &mut is_paired, *here, near);
            }
        }
    }
    let mut result =
        RecordedFirings { matched: 0, pairs: Vec::new(), only_here: Vec::new(), only_recorded: Vec::new() };
    let mut certain = Vec::new();
    for (place, (firing, partner)) in firings.iter().zip(partner).enumerate() {
        match partner.and_then(|there| recorded.get(there)) {
            Some(other) => {
                let seconds = other.at.since(firing.at);
                result.pairs.push(RecordedPair { at: firing.at, recorded: other.at, seconds });
                if firing.if_silent {
                    certain.push((false, place));
                }
            }
            None if firing.if_silent => {}
            None => result.only_here.push(firing.clone()),
        }
    }
    result.matched = result.pairs.len();
    let unpaired = recorded.into_iter().zip(is_paired).filter(|(_, paired)| !paired);
    result.only_recorded = unpaired.map(|(firing, _)| firing).collect();
    (result, certain)
}

fn note_pair(partner: &mut [Option<usize>], is_paired: &mut [bool], here: usize, there: usize) {
    if let (Some(own), Some(other)) = (partner.get_mut(here), is_paired.get_mut(there)) {
        (*own, *other) = (Some(there), true);
    }
}

/// Whether two triggers look at the same events in the same way, whatever their windows and thresholds.
fn is_alike(one: &Trigger, other: &Trigger) -> bool {
    step(1);
    match (one, other) {
        (Trigger::Event(one), Trigger::Event(other)) => looks_at(one) == looks_at(other),
        (Trigger::Composite(one), Trigger::Composite(other)) => {
            one.order == other.order
                && one.triggers.len() == other.triggers.len()
                && one.triggers.iter().zip(&other.triggers).all(|(one, other)| is_alike(one, other))
        }
        _ => false,
    }
}

/// The sets of a trigger, in an order that the document does not decide.
fn looks_at(trigger: &EventTrigger) -> impl PartialEq + '_ {
    let set = |names: &[String]| {
        let mut own: Vec<String> = names.to_vec();
        order::by_text(&mut own, |name| name);
        own
    };
    let labels = |specification: &Specification| {
        let mut own: Vec<(String, Vec<String>)> = specification.0.clone();
        order::by_text(&mut own, |(name, _)| name);
        own
    };
    let related: Vec<_> = trigger.match_related.iter().map(labels).collect();
    let names = [&trigger.after, &trigger.expect, &trigger.for_each].map(|names| set(names));
    (trigger.posture, labels(&trigger.matches), related, names)
}

/// Which events would not exist without others.
struct Consequences<'e> {
    events: &'e [ReceivedEvent],
    noted: Map<usize, &'e Note>,
    places: Map<Uuid, usize>,
    /// By the event that they follow, or that they name as the cause of a firing or an action.
    after: Map<Uuid, Vec<usize>>,
    /// By their resources, in order of occurrence, without heartbeats and the events of automations.
    about: Map<&'e str, Vec<usize>>,
    /// By the flow run or the automation that they are related to.
    related: Map<&'e str, Vec<usize>>,
}

impl<'e> Consequences<'e> {
    fn new(events: &'e [ReceivedEvent], noted: &'e [Noted]) -> Self {
        let mut own = Consequences {
            events,
            noted: Map::default(),
            places: Map::default(),
            after: Map::default(),
            about: Map::default(),
            related: Map::default(),
        };
        for noted in noted {
            own.noted.insert(noted.place, &noted.note);
        }
        let mut in_time: Vec<usize> = (0..events.len()).collect();
        order::by_key(&mut in_time, &mut |place| events.get(*place).map_or(0, |event| event.occurred.sortable()));
        for (place, event) in in_time.into_iter().filter_map(|place| Some((place, events.get(place)?))) {
            step(event.related.len().saturating_add(1));
            own.places.insert(event.id, place);
            let is_of_automation = event.name.starts_with(AUTOMATION);
            // An automation's events follow the event that triggered it, which they also name as their cause.
            if let Some(leader) = event.follows.filter(|leader| *leader != event.id) {
                own.after.or_default(leader).push(place);
            }
            for role in ["triggering-event", "automation-triggered-event"] {
                for cause in referred(event, role).filter(|_| is_of_automation) {
                    own.after.or_default(cause).push(place);
                }
            }
            if is_of_automation {
                continue;
            }
            let id = event.resource.get(RESOURCE_ID).map(|id| &**id);
            if let Some(id) = id.filter(|_| &*event.name != HEARTBEAT) {
                own.about.or_default(id).push(place);
            }
            own.related.or_default(id.unwrap_or_default()).push(place);
            for related in event.related.iter().filter(|one| has_role(one, "flow-run") || has_role(one, "creator")) {
                if let Some(id) = related.get(RESOURCE_ID) {
                    own.related.or_default(&**id).push(place);
                }
            }
        }
        own
    }

    /// The indexes of the events that some automation sent, and of all effects of its actions.
    fn of(&self, own: &[&Noted]) -> Vec<usize> {
        let mut found: Set<usize> = Set::default();
        let mut all = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut ids: Set<&str> = Set::default();
        for noted in own {
            if matches!(noted.note, Note::ActionTriggered | Note::ActionExecuted { .. } | Note::ActionFailed) {
                open.push(noted.place);
            }
            // The runs that it created name it.
            let id = self.events.get(noted.place).and_then(|event| event.resource.get(RESOURCE_ID));
            if let Some(id) = id.filter(|id| ids.insert(&**id)) {
                open.extend(self.related.get(&**id).into_iter().flatten());
            }
        }
        while let Some(place) = open.pop() {
            step(1);
            if !found.insert(place) {
                continue;
            }
            all.push(place);
            let Some(event) = self.events.get(place) else { continue };
            open.extend(self.after.get(&event.id).into_iter().flatten());
            if let Some(Note::ActionExecuted { creates_run }) = self.noted.get(&place) {
                self.add_effects(event, *creates_run, &mut open);
            }
        }
        all
    }

    /// The effects of an executed action: on its target, during the execution, and the run that it created.
    fn add_effects(&self, executed: &ReceivedEvent, creates_run: bool, open: &mut Vec<usize>) {
        let begin = executed.follows.and_then(|leader| self.events.get(*self.places.get(&leader)?));
        let begin = begin.map_or(executed.occurred.0.saturating_sub(LONGEST_ACTION), |begin| begin.occurred.0);
        for related in executed.related.iter() {
            step(1);
            let Some(id) = related.get(RESOURCE_ID) else { continue };
            if has_role(related, "target") {
                let own = self.about.get(&**id).map_or(&[][..], |own| own);
                let occurred = |place: &usize| self.events.get(*place).map_or(0, |event| event.occurred.0);
                let first = own.partition_point(|place| occurred(place) < begin);
                let meanwhile = own.iter().skip(first).take_while(|place| occurred(place) <= executed.occurred.0);
                open.extend(meanwhile);
            } else if creates_run && has_role(related, "flow-run") {
                open.extend(self.related.get(&**id).into_iter().flatten());
            }
        }
    }
}
