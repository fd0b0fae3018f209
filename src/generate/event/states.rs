//! States: their types, the states before, and how often the run has been running.

use std::borrow::Cow;

use crate::catalogue::{Variant, suggest};
use crate::json::Kind;

use super::super::mistake::{self};
use super::Fallible;
use super::Maker;
use super::steps::StateSlots;
use super::values::{Slot, Val};

const TERMINAL: [&str; 4] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

impl<'t> Maker<'_, 't> {
    fn known(&self, name: &str) -> Option<&'static Variant> {
        self.family.variants.iter().find(|variant| variant.name == name)
    }

    fn of_type(&self, kind: &str) -> Option<&'static Variant> {
        self.family.variants.iter().find(|variant| variant.state_type == Some(kind))
    }

    fn text_at(&self, slot: Option<usize>) -> Option<String> {
        match slot.and_then(|slot| self.slots.get(slot))?.value.as_ref()? {
            Val::Null => None,
            Val::Text(text) | Val::Json(text) => Some(text.clone().into_owned()),
        }
    }

    fn settle(&mut self, slot: Option<usize>, value: Option<Cow<'t, str>>) {
        if let Some(slot) = slot.and_then(|slot| self.slots.get_mut(slot))
            && slot.value.is_none()
        {
            *slot = Slot { value: Some(value.map_or(Val::Null, Val::Text)), explicit: true, ..Slot::default() };
        }
    }

    /// The type of the state, the state before, and how often the run has been running.
    pub(super) fn state(&mut self, name: &str, slots: &StateSlots) -> Fallible<()> {
        if slots.kind.is_none() {
            return Ok(());
        }
        if let Some(kind) = self.known(name).and_then(|variant| variant.state_type) {
            self.settle(slots.kind, Some(kind.into()));
        }
        let Some(kind) = self.text_at(slots.kind) else {
            let near = suggest(self.name).map(|near| format!(" (or did you mean `{near}`?)")).unwrap_or_default();
            let types = ["the type of a state with a name of its own, such as `COMPLETED`", &near].concat();
            return Err(mistake::needs(self.name, "state.type", &types));
        };
        let usual = self.known(name).or_else(|| self.of_type(&kind)).and_then(|variant| variant.previous());
        let mut before = usual.and_then(|usual| self.known(usual));
        match self.given(slots.before) {
            Some(previous) if previous.kind() == Kind::Null => before = None,
            Some(_) => {
                before = match (self.text_at(slots.before_name), self.text_at(slots.before_type)) {
                    (Some(name), Some(kind)) => self.known(&name).or_else(|| self.of_type(&kind)),
                    (Some(name), None) => {
                        let known = self.known(&name);
                        let types = "the type of a state with a name of its own, such as `RUNNING`";
                        Some(known.ok_or_else(|| mistake::needs(self.name, "previous.type", types))?)
                    }
                    (None, Some(kind)) => self.of_type(&kind),
                    (None, None) => before,
                }
            }
            None => {}
        }
        self.settle(slots.before_type, before.and_then(|before| before.state_type).map(Cow::Borrowed));
        self.settle(slots.before_name, before.map(|before| before.name.into()));
        if before.is_none() {
            self.settle(slots.before_message, None);
        }
        let mut count = u32::from(kind == "RUNNING");
        let mut earlier = before;
        // As many steps as there are variants: the build script refuses circles.
        for _ in self.family.variants {
            count = count.saturating_add(u32::from(earlier.is_some_and(|one| one.state_type == Some("RUNNING"))));
            earlier = earlier.and_then(|one| one.previous()).and_then(|name| self.known(name));
        }
        (self.ran, self.ended) = (count > 0, TERMINAL.contains(&kind.as_str()));
        self.settle(slots.count, Some(count.to_string().into()));
        Ok(())
    }
}
