//! States: their types, the previous states, and how often the run has been running.

use std::borrow::Cow;

use crate::catalogue::runs::FINAL_TYPES;
use crate::catalogue::{Family, Variant, suggest};

use super::super::error::{self, BuildError};
use super::slots::Slots;
use super::value::SlotValue;

fn known(family: &Family, name: &str) -> Option<&'static Variant> {
    family.variants.iter().find(|variant| variant.name == name)
}

fn of_type(family: &Family, kind: &str) -> Option<&'static Variant> {
    family.variants.iter().find(|variant| variant.state_type == Some(kind))
}

impl<'t> Slots<'t> {
    fn text_at(&self, slot: Option<usize>) -> Option<String> {
        let value = self.value(slot).filter(|value| **value != SlotValue::Null)?;
        Some(value.shown().into_owned())
    }

    fn settle_slot(&mut self, slot: Option<usize>, value: Option<Cow<'t, str>>) {
        if let Some(own) = slot.and_then(|slot| self.values.get_mut(slot))
            && own.is_none()
        {
            *own = Some(value.map_or(SlotValue::Null, SlotValue::Text));
        }
    }

    /// What follows from the name of the event's state: its type, the previous state, and how often the run has been
    /// running.
    pub(super) fn settle_state(&mut self, event: &str, name: &str) -> Result<(), BuildError> {
        let layout = self.layout.clone();
        let (family, slots) = (layout.family, &layout.state);
        if slots.kind.is_none() {
            return Ok(());
        }
        if let Some(kind) = known(family, name).and_then(|variant| variant.state_type) {
            self.settle_slot(slots.kind, Some(kind.into()));
        }
        let Some(kind) = self.text_at(slots.kind) else {
            let near = suggest(event).map(|near| format!(" (or did you mean `{near}`?)")).unwrap_or_default();
            let types = ["the type of a custom state, such as `COMPLETED`", &near].concat();
            return Err(error::needs(event, "state.type", &types));
        };
        let usual = known(family, name).or_else(|| of_type(family, &kind)).and_then(Variant::previous);
        let mut before = usual.and_then(|usual| known(family, usual));
        let given = self.given_at(slots.before);
        if given.is_null() {
            before = None;
        } else if given.is_given() {
            before = match (self.text_at(slots.before_name), self.text_at(slots.before_type)) {
                (Some(name), Some(kind)) => known(family, &name).or_else(|| of_type(family, &kind)),
                (Some(name), None) => {
                    let types = "the type of a custom state, such as `RUNNING`";
                    let known = known(family, &name);
                    Some(known.ok_or_else(|| error::needs(event, "previous.type", types))?)
                }
                (None, Some(kind)) => of_type(family, &kind),
                (None, None) => before,
            }
        }
        self.settle_slot(slots.before_type, before.and_then(|before| before.state_type).map(Cow::Borrowed));
        self.settle_slot(slots.before_name, before.map(|before| before.name.into()));
        if before.is_none() {
            self.settle_slot(slots.before_message, None);
        }
        let mut count = u32::from(kind == "RUNNING");
        let mut earlier = before;
        // At most one step per variant: the build script rejects cycles.
        for _ in family.variants {
            count = count.saturating_add(u32::from(earlier.is_some_and(|one| one.state_type == Some("RUNNING"))));
            earlier = earlier.and_then(Variant::previous).and_then(|name| known(family, name));
        }
        (self.ran, self.ended) = (count > 0, FINAL_TYPES.contains(&kind.as_str()));
        self.settle_slot(slots.count, Some(count.to_string().into()));
        Ok(())
    }
}
