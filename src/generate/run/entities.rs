//! The entities that the events of a run are about or related to, and how they fill the slots of the layouts.

use std::rc::Rc;

use crate::time::Instant;

use super::super::error::BuildError;
use super::super::event::{Given, SlotValue, Slots, family_of, layout, shape_meant};
use super::flow_run::Transition;

/// Something with an id and a name.
#[derive(Clone, Debug, Default)]
pub(super) struct Entity {
    pub id: String,
    pub name: String,
}

/// The entities that the events of a run are about or related to.
#[derive(Clone, Debug, Default)]
pub(super) struct Entities {
    pub flow_run: Entity,
    pub flow: Entity,
    pub deployment: Option<Entity>,
    pub work_queue: Option<Entity>,
    /// With its type.
    pub work_pool: Option<(Entity, String)>,
    pub tags: Rc<[String]>,
    /// For a subflow: the task run that represents it in its parent.
    pub task_run: Option<Entity>,
}

/// The input for an event: a value for each key. Similar events differ only in some of them.
pub(super) struct Givens<'g> {
    /// `None`: only the varying values.
    slots: Option<Slots<'static>>,
    /// The varying values, each with its slot; an index beyond all slots if the event has none.
    pub varying: Varying<'g>,
    /// The slots of the varying values, in order, if known.
    known: Rc<[usize]>,
}

impl<'g> Givens<'g> {
    /// All values, for a single event or the first of several similar ones.
    pub(super) fn all(slots: Slots<'static>) -> Self {
        Givens { slots: Some(slots), varying: Vec::new(), known: Rc::default() }
    }

    /// Only the varying values, which fill these slots in order.
    pub(super) fn varying(known: Rc<[usize]>) -> Self {
        Givens { slots: None, varying: Vec::with_capacity(known.len().saturating_add(4)), known }
    }

    /// A value that is the same in all similar events. Unknown keys are ignored: the catalogue knows which properties
    /// of its entities an event reports.
    pub(super) fn fixed(&mut self, key: &str, value: impl FnOnce() -> SlotValue<'static>) {
        if let Some(slots) = &mut self.slots
            && let Some(slot) = slots.layout.slot_of_key(key)
        {
            slots.give_slot(slot, value());
        }
    }

    pub(super) fn fixed_text(&mut self, key: &str, text: &str) {
        self.fixed(key, || SlotValue::Text(text.to_owned().into()));
    }

    pub(super) fn null(&mut self, key: &str) {
        if let Some(slots) = &mut self.slots
            && let Some(key) = slots.layout.key_named(key)
        {
            slots.give_null(key);
        }
    }

    pub(super) fn texts(&mut self, key: &str, texts: &Rc<[String]>) {
        if let Some(slots) = &mut self.slots
            && !texts.is_empty()
        {
            let key = slots.layout.key_named(key);
            slots.give(key, Given::Texts(texts.clone()));
        }
    }

    /// A value that differs between events.
    pub(super) fn vary(&mut self, key: &str, value: SlotValue<'g>) {
        let slot = match &mut self.slots {
            None => self.known.get(self.varying.len()).copied(),
            Some(slots) => slots.layout.slot_of_key(key).map(|slot| {
                slots.give_slot(slot, value.clone().into_owned());
                slot.1
            }),
        };
        self.varying.push((slot.unwrap_or(usize::MAX), value));
    }

    pub(super) fn occurred(&mut self, at: Instant) {
        self.vary("occurred", SlotValue::Time(at));
    }

    fn entity(&mut self, [id, name]: [&str; 2], entity: &Entity) {
        self.fixed_text(id, &entity.id);
        self.fixed_text(name, &entity.name);
    }

    pub(super) fn flow_run(&mut self, flow_run: &Entity) {
        self.entity(["flow_run.id", "flow_run.name"], flow_run);
    }

    pub(super) fn flow(&mut self, flow: &Entity) {
        self.entity(["flow.id", "flow.name"], flow);
    }

    pub(super) fn deployment(&mut self, deployment: Option<&Entity>) {
        if let Some(deployment) = deployment {
            self.entity(["deployment.id", "deployment.name"], deployment);
        }
    }

    pub(super) fn work_queue(&mut self, work_queue: Option<&Entity>) {
        if let Some(work_queue) = work_queue {
            self.entity(["work_queue.id", "work_queue.name"], work_queue);
        }
    }

    pub(super) fn work_pool(&mut self, work_pool: Option<&(Entity, String)>) {
        if let Some((work_pool, kind)) = work_pool {
            self.entity(["work_pool.id", "work_pool.name"], work_pool);
            self.fixed_text("work_pool.type", kind);
        }
    }

    /// For a state event or a heartbeat of the flow run.
    pub(super) fn of_flow_run(&mut self, entities: &Entities, transition: Option<&Transition>) {
        self.flow_run(&entities.flow_run);
        self.flow(&entities.flow);
        self.deployment(entities.deployment.as_ref());
        self.work_queue(entities.work_queue.as_ref());
        self.work_pool(entities.work_pool.as_ref());
        self.texts("tags", &entities.tags);
        let Some(Transition { before, after, run_count }) = transition else { return };
        if let Some(task_run) = &entities.task_run {
            self.entity(["task_run.id", "task_run.name"], task_run);
        }
        self.fixed("flow_run.run_count", || SlotValue::Text(run_count.to_string().into()));
        self.fixed("state.type", || SlotValue::Text(after.kind.into()));
        if !after.message.is_empty() {
            self.fixed_text("state.message", &after.message);
        }
        if let Some(reschedule) = after.pause_reschedule() {
            self.fixed("state.pause_reschedule", || SlotValue::Text(reschedule.into()));
        }
        let Some(before) = before else { return self.null("previous") };
        self.fixed("previous.type", || SlotValue::Text(before.kind.into()));
        self.fixed_text("previous.name", &before.name);
        if !before.message.is_empty() {
            self.fixed_text("previous.message", &before.message);
        }
        if let Some(reschedule) = before.pause_reschedule() {
            self.fixed("previous.pause_reschedule", || SlotValue::Text(reschedule.into()));
        }
    }
}

/// The varying values of similar events, with their slots.
pub(super) type Varying<'g> = Vec<(usize, SlotValue<'g>)>;

/// The slots of an event with this name, with its input and derived values; and the varying values.
pub(super) fn slots_of<'g>(
    name: &str,
    at: Instant,
    give: &dyn Fn(&mut Givens<'g>),
) -> Result<(Slots<'static>, Varying<'g>), BuildError> {
    let found = family_of(name)?.ok_or_else(|| BuildError::new("an event needs a name"))?;
    let layout = layout(found.family, shape_meant(found.family, None));
    let mut givens = Givens::all(Slots::new(layout.clone(), at));
    give(&mut givens);
    let Givens { slots, varying, .. } = givens;
    let mut slots = slots.unwrap_or_else(|| Slots::new(layout, at));
    slots.settle(name, found.hole)?;
    Ok((slots, varying))
}
