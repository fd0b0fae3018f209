//! The values that link an event to others.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Family, Match, Term};
use crate::event::RESOURCE_ID;

use super::cache::Observed;
use super::parts::Parts;

/// Places in an event: as values, or as positions relative to its beginning.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Links<V> {
    /// The fields with these names.
    pub occurred: Option<V>,
    pub event: Option<V>,
    pub id: Option<V>,
    pub follows: Option<V>,
    /// The id of the primary resource.
    pub resource: Option<V>,
    /// The value that its followers share with it.
    pub shared: Option<V>,
    /// The label `prefect.state-type`.
    pub state_type: Option<V>,
    pub validated: StateLinks<V>,
    pub initial: StateLinks<V>,
    /// The id of the related flow run.
    pub flow_run: Option<V>,
}

/// A state of the payload.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct StateLinks<V> {
    pub whole: Option<V>,
    /// Both are strings.
    pub kind: Option<V>,
    pub name: Option<V>,
}

impl<V> Links<V> {
    /// No link.
    pub(crate) const NONE: Self = Links {
        occurred: None,
        event: None,
        id: None,
        follows: None,
        resource: None,
        shared: None,
        state_type: None,
        validated: StateLinks::NONE,
        initial: StateLinks::NONE,
        flow_run: None,
    };
}

impl<V> StateLinks<V> {
    const NONE: Self = StateLinks { whole: None, kind: None, name: None };
}

impl<V: Copy> Links<V> {
    pub(crate) fn map<W>(&self, mut to: impl FnMut(V) -> W) -> Links<W> {
        let to = &mut to;
        Links {
            occurred: link(self.occurred, to),
            event: link(self.event, to),
            id: link(self.id, to),
            follows: link(self.follows, to),
            resource: link(self.resource, to),
            shared: link(self.shared, to),
            state_type: link(self.state_type, to),
            validated: self.validated.map(to),
            initial: self.initial.map(to),
            flow_run: link(self.flow_run, to),
        }
    }
}

impl<V: Copy> StateLinks<V> {
    #[inline(always)]
    fn map<W>(&self, to: &mut impl FnMut(V) -> W) -> StateLinks<W> {
        StateLinks { whole: link(self.whole, to), kind: link(self.kind, to), name: link(self.name, to) }
    }
}

#[inline(always)]
#[expect(clippy::manual_map, reason = "`Option::map` is not inlined, and each event runs through this")]
fn link<V, W>(value: Option<V>, to: &mut impl FnMut(V) -> W) -> Option<W> {
    match value {
        Some(value) => Some(to(value)),
        None => None,
    }
}

impl<'t> Links<Observed<'t>> {
    pub(super) fn of(event: &Parts<'t>, matched: Option<&Match<'_>>) -> Self {
        let field = |name: &str| event.value.get(name);
        let state = |name: &str| {
            let state = event.payload_at(&[name]);
            let text = |key: &str| state?.get(key).filter(|value| value.is_string());
            StateLinks { whole: state, kind: text("type"), name: text("name") }
        };
        Links {
            occurred: field("occurred"),
            event: field("event"),
            id: field("id"),
            follows: field("follows"),
            resource: event.id_label(),
            shared: matched.and_then(|matched| shared(event, matched.family)),
            state_type: event.label("prefect.state-type"),
            validated: state("validated_state"),
            initial: state("initial_state"),
            flow_run: event.in_role("flow-run").and_then(|(_, run)| run.get(RESOURCE_ID)),
        }
    }
}

fn shared<'t>(event: &Parts<'t>, family: &'static Family) -> Option<Observed<'t>> {
    let own = family.follows.as_ref().and_then(|follows| follows.same.as_ref());
    let of_followers = || {
        crate::catalogue::families().iter().find_map(|other| {
            let follows = other.follows.as_ref()?;
            follows.families.contains(&family.name.text).then_some(follows.same.as_ref()?)
        })
    };
    match own.or_else(of_followers)? {
        Term::Label(label) => event.label(label),
        Term::Payload { path, .. } => event.payload_at(path),
        Term::RelatedLabel { role, label } => event.in_role(role).and_then(|(_, related)| related.get(label)),
        Term::RelatedIdPart { role, .. } => event.in_role(role).and_then(|(_, related)| related.get(RESOURCE_ID)),
        Term::IdPart(_) => event.label(RESOURCE_ID),
        Term::Name(_) | Term::Occurred => None,
    }
}
