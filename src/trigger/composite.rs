//! Composite triggers: which children have fired, and whether they are enough.
//!
//! Source: `evaluate_composite_trigger` of `server/events/triggers.py`, `CompositeTrigger` of
//! `server/events/schemas/automations.py`, `server/events/models/composite_trigger_child_firing.py`. Firings are
//! compared by when they happened, never by when their events occurred.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::automation::{Automation, Composite, EventTrigger, Order, Trigger};
use crate::event::{EventReader, SharedText};
use crate::text::hash::mix;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::Instant;

use super::decision::{ChildFiring, Decision, Firing, Reason, TriggerSummary};
use super::evaluation::EvaluationContext;
use super::quirk;
use super::saved::SavedRef;

/// The triggers of one automation, parents before children.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    summary: Rc<TriggerSummary>,
    /// The parent, and the index among its children.
    parent: Option<(usize, usize)>,
    state: Option<CompositeState>,
}

struct CompositeState {
    order: Order,
    within: Option<i64>,
    require: usize,
    /// The newest firing of each child.
    fired: Vec<Option<ChildFiring>>,
    /// Of children that fired at the same instant, the one with the lowest rank comes first. The server leaves it to
    /// the database.
    ranks: Vec<u64>,
}

/// A saved firing of a child: of which composite trigger, and which of its children.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
pub(super) struct SavedChild {
    node: usize,
    place: usize,
    fired: i64,
    event: Option<SavedRef>,
    labels: Vec<(SharedText, SharedText)>,
}

/// An event trigger in a tree.
pub(super) struct Leaf {
    pub(super) summary: Rc<TriggerSummary>,
    pub(super) node: usize,
    pub(super) trigger: EventTrigger,
}

/// The parent of a trigger and its place there; of a composite one, whether the order counts, `within` and `require`.
type NodeShape = (Option<(usize, usize)>, Option<(bool, Option<i64>, usize)>);

/// Composite triggers, each with the most children that counted at the same time.
pub(super) type Present = Vec<(Rc<TriggerSummary>, usize)>;

impl Tree {
    /// The tree of an automation, and its event triggers in the order of the document.
    pub(super) fn new(automation: &Automation, index: usize, chance: u64) -> (Self, Vec<Leaf>) {
        let (mut nodes, mut leaves) = (Vec::new(), Vec::new());
        let mut open = vec![(&automation.trigger, None, "$".to_owned())];
        while let Some((trigger, parent, path)) = open.pop() {
            let node = nodes.len();
            let summary = Rc::new(summary(trigger, index, path.clone()));
            let state = match trigger {
                Trigger::Event(event) => {
                    leaves.push(Leaf { summary: summary.clone(), node, trigger: event.clone() });
                    None
                }
                Trigger::Composite(Composite { order, triggers, within, require }) => {
                    step(triggers.len());
                    // Pushed in reverse, so that the first is popped first.
                    for (place, child) in triggers.iter().enumerate().rev() {
                        open.push((child, Some((node, place)), [&*path, ".", &place.to_string()].concat()));
                    }
                    let fired = triggers.iter().map(|_| None).collect();
                    let rank = |place| if chance == 0 { place } else { mix(mix(chance, node as u64), place) };
                    let ranks = (0..).zip(triggers).map(|(place, _)| rank(place)).collect();
                    Some(CompositeState { order: *order, within: *within, require: *require, fired, ranks })
                }
            };
            nodes.push(Node { summary, parent, state });
        }
        (Tree { nodes }, leaves)
    }

    /// Its triggers, parents before children.
    pub(super) fn summaries(&self) -> impl Iterator<Item = Rc<TriggerSummary>> {
        step(self.nodes.len());
        self.nodes.iter().map(|node| node.summary.clone())
    }

    /// The parents of the nodes, and what composite triggers decide by.
    pub(super) fn shape(&self) -> Vec<NodeShape> {
        step(self.nodes.len());
        let own = |state: &CompositeState| (state.order == Order::Declared, state.within, state.require);
        self.nodes.iter().map(|node| (node.parent, node.state.as_ref().map(own))).collect()
    }

    /// The firings of children that still count.
    pub(super) fn save(&self, now: i64) -> Vec<SavedChild> {
        let mut saved = Vec::new();
        for (node, state) in self.nodes.iter().enumerate().filter_map(|(node, own)| Some((node, own.state.as_ref()?))) {
            let oldest = state.within.map_or(i64::MIN, |within| now.saturating_sub(within));
            for (place, child) in state.fired.iter().enumerate().filter_map(|(at, child)| Some((at, child.as_ref()?))) {
                if child.fired.0 >= oldest {
                    let (event, labels) = (child.event.as_ref().map(SavedRef::new), child.labels.clone());
                    saved.push(SavedChild { node, place, fired: child.fired.0, event, labels });
                }
            }
        }
        saved
    }

    /// Takes up saved firings. `false`: they are none of these triggers.
    pub(super) fn restore(&mut self, saved: Vec<SavedChild>, texts: &mut EventReader) -> bool {
        let mut children: Map<(usize, usize), Rc<TriggerSummary>> = Map::default();
        for node in &self.nodes {
            if let Some(parent) = node.parent {
                children.insert(parent, node.summary.clone());
            }
        }
        saved.into_iter().all(|SavedChild { node, place, fired, event, labels }| {
            let (Some(trigger), Some(state)) =
                (children.get(&(node, place)), self.nodes.get_mut(node).and_then(|node| node.state.as_mut()))
            else {
                return false;
            };
            let event = event.map(|event| event.restore(texts));
            let labels = labels.iter().map(|(name, value)| (texts.share(name), texts.share(value))).collect();
            let child = ChildFiring { trigger: trigger.clone(), fired: Instant(fired), event, labels };
            state.fired.get_mut(place).map(|own| *own = Some(child)).is_some()
        })
    }

    /// The composite triggers with a fired child, each with the most children that counted at the same time.
    pub(super) fn present(&self, most: &Map<usize, usize>) -> Present {
        step(self.nodes.len());
        let own = |(node, own): (usize, &Node)| Some((own.summary.clone(), *most.get(&node)?));
        self.nodes.iter().enumerate().filter_map(own).collect()
    }
}

fn summary(trigger: &Trigger, automation: usize, path: String) -> TriggerSummary {
    let (kind, watches_heartbeats) = (trigger.kind(), trigger.watching().is_some());
    match trigger {
        Trigger::Event(event) => TriggerSummary {
            automation,
            path,
            kind,
            posture: Some(event.posture),
            threshold: event.threshold,
            within: event.within,
            has_after: !event.after.is_empty(),
            watches_heartbeats,
        },
        Trigger::Composite(composite) => TriggerSummary {
            automation,
            path,
            kind,
            posture: None,
            threshold: i64::try_from(composite.require).unwrap_or(i64::MAX),
            within: composite.within.unwrap_or_default(),
            has_after: false,
            watches_heartbeats,
        },
    }
}

/// A trigger fires: its automation acts, or its parent evaluates it and may fire in turn.
pub(super) fn fire(context: &mut EvaluationContext<'_>, mut node: usize, mut firing: Firing) {
    while let Some((parent, place)) = parent_of(context, node) {
        context.outcome.add_child_firing(firing.clone());
        let Some(fired) = take_child(context, parent, place, firing) else { return };
        if context.trace {
            context.outcome.add_decision(Decision {
                at: fired.at,
                phase: fired.phase,
                trigger: Some(fired.trigger.clone()),
                key: Vec::new(),
                event: fired.event.clone(),
                bucket: None,
                quirk: quirk::of_children(&fired.children),
                reason: Reason::Fired,
            });
        }
        (node, firing) = (parent, fired);
    }
    context.outcome.add_firing(firing);
}

fn parent_of(context: &EvaluationContext<'_>, node: usize) -> Option<(usize, usize)> {
    context.tree.nodes.get(node)?.parent
}

/// The firing of the parent, if the child's firing completes it.
fn take_child(context: &mut EvaluationContext<'_>, parent: usize, place: usize, firing: Firing) -> Option<Firing> {
    let node = context.tree.nodes.get_mut(parent)?;
    let rows = node.state.as_mut()?;
    let (at, phase, event, delayed) = (firing.at, firing.phase, firing.event.clone(), firing.delayed);
    let span = firing.span;
    let child = ChildFiring { trigger: firing.trigger, fired: at, event: firing.event, labels: firing.labels };
    let children = if rows.require == 1 {
        // A single child needs no memory, and `within` does not matter.
        vec![child]
    } else {
        rows.put(place, child, at);
        step(rows.fired.len());
        let present = rows.fired.iter().flatten().count();
        if let Some(coverage) = &mut context.coverage {
            coverage.see_children(parent, present);
        }
        if !rows.is_ready(present) {
            if context.trace {
                context.outcome.add_decision(Decision {
                    at,
                    phase,
                    trigger: Some(node.summary.clone()),
                    key: Vec::new(),
                    event,
                    bucket: None,
                    quirk: None,
                    reason: Reason::ChildrenMissing { present },
                });
            }
            return None;
        }
        rows.fired.iter_mut().filter_map(Option::take).collect()
    };
    Some(Firing {
        trigger: node.summary.clone(),
        at,
        phase,
        labels: Vec::new(),
        event,
        bucket: None,
        span,
        children,
        delayed,
        if_silent: false,
    })
}

impl CompositeState {
    /// Keeps the newest firing of each child, unless it is too old.
    fn put(&mut self, place: usize, child: ChildFiring, now: Instant) {
        if let Some(within) = self.within {
            let oldest = now.0.saturating_sub(within);
            for fired in &mut self.fired {
                fired.take_if(|fired| fired.fired.0 < oldest);
            }
        }
        if let Some(own) = self.fired.get_mut(place) {
            *own = Some(child);
        }
    }

    /// A sequence: all have fired, in the declared order.
    fn is_ready(&self, present: usize) -> bool {
        present >= self.require
            && match self.order {
                Order::Any => true,
                Order::Declared => {
                    let times = self.fired.iter().flatten().map(|child| child.fired).zip(&self.ranks);
                    times.is_sorted()
                }
            }
    }
}
