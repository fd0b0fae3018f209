//! The input for one event: typed values for the slots of its layout.

use std::rc::Rc;

use crate::json::{Kind, Value};
use crate::time::Instant;

use super::super::error::{self, BuildError};
use super::layout::Layout;
use super::template::{InputStatus, Shape};
use super::value::SlotValue;

/// The input for a key.
#[derive(Clone, Default)]
pub(in crate::generate) enum Given<'t> {
    #[default]
    Nothing,
    /// The value of a slot, or of slots inside it.
    Slots,
    Null,
    Value(Value<'t>),
    /// Strings, for related resources that can occur many times.
    Texts(Rc<[String]>),
}

impl<'t> Given<'t> {
    pub(crate) fn is_null(&self) -> bool {
        match self {
            Given::Null => true,
            Given::Value(value) => value.kind() == Kind::Null,
            _ => false,
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Given::Nothing)
    }

    pub(crate) fn value(&self) -> Option<Value<'t>> {
        if let Given::Value(value) = self { Some(*value) } else { None }
    }

    fn kind(&self) -> InputStatus {
        match self {
            Given::Nothing => InputStatus::Nothing,
            _ if self.is_null() => InputStatus::Null,
            _ => InputStatus::Something,
        }
    }
}

/// The slots of an event's layout, with the given values and those that follow from them.
#[derive(Clone)]
pub(in crate::generate) struct Slots<'t> {
    pub layout: Rc<Layout>,
    /// For each slot. For one without a value, the layout has the default.
    pub values: Vec<Option<SlotValue<'t>>>,
    /// For each key of the layout.
    pub given: Vec<Given<'t>>,
    pub occurred: Instant,
    /// The run has been running.
    pub ran: bool,
    pub ended: bool,
}

impl<'t> Slots<'t> {
    pub(crate) fn new(layout: Rc<Layout>, now: Instant) -> Self {
        let values = vec![None; layout.places.len()];
        let given = vec![Given::Nothing; layout.keys.len()];
        Slots { layout, values, given, occurred: now, ran: false, ended: false }
    }

    /// Resets them.
    pub(crate) fn clear(&mut self, now: Instant) {
        self.values.fill(None);
        self.given.fill(Given::Nothing);
        (self.occurred, self.ran, self.ended) = (now, false, false);
    }

    pub(crate) fn given_at(&self, key: Option<usize>) -> &Given<'t> {
        key.and_then(|key| self.given.get(key)).unwrap_or(&Given::Nothing)
    }

    pub(crate) fn value(&self, slot: Option<usize>) -> Option<&SlotValue<'t>> {
        slot.and_then(|slot| self.values.get(slot)).and_then(Option::as_ref)
    }

    pub(crate) fn give(&mut self, key: Option<usize>, given: Given<'t>) {
        if let Some(own) = key.and_then(|key| self.given.get_mut(key)) {
            *own = given;
        }
    }

    /// Sets the value for a key of the layout.
    pub(crate) fn give_slot(&mut self, (key, slot): (usize, usize), value: SlotValue<'t>) {
        let (mut at, layout) = (key, self.layout.clone());
        // The input itself is the first key.
        while at > 0 {
            self.give(Some(at), Given::Slots);
            at = layout.keys.get(at).map_or(0, |key| key.outer);
        }
        if let Some(own) = self.values.get_mut(slot) {
            *own = Some(value);
        }
    }

    /// Sets a key, and all its children, to null.
    pub(crate) fn give_null(&mut self, key: usize) {
        self.give(Some(key), Given::Null);
        let layout = self.layout.clone();
        for place in layout.places.iter().filter(|place| place.given == Some(key)) {
            if let Some(own) = self.values.get_mut(place.slot) {
                *own = Some(SlotValue::Null);
            }
        }
        for inner in layout.keys.get(key).into_iter().flat_map(|key| &key.inner) {
            self.give_null(*inner);
        }
    }

    /// Values given twice must agree.
    pub(crate) fn set(&mut self, slot: usize, key: &str, value: SlotValue<'t>) -> Result<(), BuildError> {
        let Some(own) = self.values.get_mut(slot) else { return Ok(()) };
        match own {
            Some(other) if *other != value && other.shown() != value.shown() => {
                Err(error::disagree(key, &value.shown(), &other.shown()))
            }
            _ => {
                *own = Some(value);
                Ok(())
            }
        }
    }

    /// Everything that decides which pieces an event has.
    pub(crate) fn shape(&self) -> Shape {
        let slots = self.values.iter().map(|value| match value {
            None => InputStatus::Nothing,
            Some(SlotValue::Null) => InputStatus::Null,
            Some(_) => InputStatus::Something,
        });
        Shape::new(slots, self.given.iter().map(Given::kind), [self.ran, self.ended])
    }

    /// Derives values from the input: the name's placeholders, the time, the states. `hole`: the value of the name's
    /// placeholder.
    pub(crate) fn settle(&mut self, name: &str, hole: Option<&str>) -> Result<(), BuildError> {
        let layout = self.layout.clone();
        for (part, slot) in &layout.named {
            let value = layout.family.name.part(name.as_bytes(), part);
            if let Some(value) = value.map(|value| String::from_utf8_lossy(value).into_owned()) {
                let is_given = self.value(Some(*slot)).is_some();
                let key = if is_given { layout.key_of_slot(*slot) } else { "" };
                self.set(*slot, key, SlotValue::Text(value.into()))?;
            }
        }
        if let Some(slot) = layout.occurred {
            match self.value(Some(slot)) {
                Some(SlotValue::Time(time)) => self.occurred = *time,
                Some(SlotValue::Text(text)) => {
                    let instant = crate::time::read(text.as_bytes()).and_then(|time| time.instant);
                    self.occurred = instant.unwrap_or(self.occurred);
                }
                _ => self.set(slot, "occurred", SlotValue::Time(self.occurred))?,
            }
        }
        hole.map_or(Ok(()), |hole| self.settle_state(name, hole))
    }
}
