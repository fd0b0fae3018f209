//! Reads the caller's JSON: checks the keys, and puts each value into its slot.

use crate::catalogue::{Family, LabelForm, Object, ValueKind as Type};
use crate::json::{Kind, Value};
use crate::text::steps::step;
use crate::time::{self, Instant};

use super::super::error::{self, BuildError};
use super::keys::dotted;
use super::layout::{At, Layout, What, usual};
use super::slots::{Given, Slots};
use super::value::SlotValue;

type Fallible<T> = Result<T, BuildError>;

/// Of several shapes of the payload, the first whose keys are given. `own`: the input for the event's own resource.
pub(in crate::generate) fn shape_meant(family: &'static Family, own: Option<Value<'_>>) -> Option<&'static Object> {
    let knows = |shape: &&'static Object| {
        let known = |key: Value<'_>| {
            shape.fields.iter().any(|field| key.is(field.name)) || ["id", "name"].iter().any(|own| key.is(own))
        };
        own.is_none_or(|own| own.members().all(|(key, _)| known(key)))
    };
    match family.payload {
        [only] => Some(only),
        shapes => shapes.iter().find(knows).or(shapes.first()),
    }
}

/// Reads the input for an event with this name.
pub(super) fn read<'t>(name: &str, input: Value<'t>, slots: &mut Slots<'t>) -> Fallible<()> {
    let layout = slots.layout.clone();
    let mut reading = Reading { name, layout: &layout, slots };
    reading.slots.give(Some(0), Given::Value(input));
    reading.object(input, 0, true)?;
    reading.take()
}

/// A point in time given for a key.
pub(super) fn instant(key: &str, value: Value<'_>) -> Fallible<Instant> {
    let instant = Some(value).filter(|value| value.is_string()).and_then(|text| time::read(&text.bytes())?.instant);
    // The server reads no year beyond 9999.
    instant
        .filter(|instant| instant.is_usual())
        .ok_or_else(|| error::wrong(key, "a time such as `2026-03-31T18:30:00Z`", value))
}

struct Reading<'r, 't> {
    name: &'r str,
    layout: &'r Layout,
    slots: &'r mut Slots<'t>,
}

impl<'t> Reading<'_, 't> {
    /// Reads the members of an object given for the key `at`. `is_checked`: each must be known.
    fn object(&mut self, object: Value<'t>, at: usize, is_checked: bool) -> Fallible<()> {
        let layout = self.layout;
        let Some(own) = layout.keys.get(at) else { return Ok(()) };
        for (name, value) in object.members() {
            let is_it = |inner: &&usize| layout.keys.get(**inner).is_some_and(|inner| name.is(&inner.name));
            let Some(inner) = own.inner.iter().find(is_it).copied() else {
                if is_checked {
                    self.check_open(name, at)?;
                }
                continue;
            };
            let is_known = own.known.contains(&inner);
            if is_checked && !is_known {
                self.check_open(name, at)?;
            }
            // The last of repeated keys counts.
            if !matches!(self.slots.given_at(Some(inner)), Given::Nothing) {
                self.forget(inner);
            }
            self.give(inner, value, is_checked && is_known)?;
        }
        Ok(())
    }

    /// A key that the catalogue does not list for this object.
    fn check_open(&self, name: Value<'t>, at: usize) -> Fallible<()> {
        let Some(own) = self.layout.keys.get(at) else { return Ok(()) };
        if own.is_open || own.elsewhere.iter().any(|key| name.is(key)) {
            return Ok(());
        }
        let known = own.known.iter().filter_map(|at| self.layout.keys.get(*at));
        let known: Vec<&str> = known.map(|known| known.name.as_str()).collect();
        Err(error::unknown_key(self.name, &name.string(), &own.whole, &known))
    }

    fn give(&mut self, at: usize, value: Value<'t>, is_checked: bool) -> Fallible<()> {
        let layout = self.layout;
        let Some(key) = layout.keys.get(at) else { return Ok(()) };
        self.slots.give(Some(at), Given::Value(value));
        let is_checked = is_checked && !key.is_leaf && !key.known.is_empty();
        match value.kind() {
            Kind::Null => key.inner.iter().try_for_each(|inner| self.give(*inner, value, false)),
            Kind::Object if is_checked || !key.inner.is_empty() => self.object(value, at, is_checked),
            Kind::String if key.main.is_some() => {
                // A string instead of the object: its id or key.
                key.main.into_iter().for_each(|main| self.slots.give(Some(main), Given::Value(value)));
                Ok(())
            }
            _ if is_checked => Err(error::wrong(&key.whole, "an object", value)),
            _ => Ok(()),
        }
    }

    fn forget(&mut self, at: usize) {
        step(1);
        self.slots.give(Some(at), Given::Nothing);
        let layout = self.layout;
        for inner in layout.keys.get(at).into_iter().flat_map(|key| &key.inner) {
            self.forget(*inner);
        }
    }

    /// Puts the input into the slots.
    fn take(&mut self) -> Fallible<()> {
        for place in &self.layout.places {
            step(1);
            let Some(value) = self.slots.given_at(place.given).value() else { continue };
            let own = match place.what {
                What::Part(templates, part) if value.is_string() => {
                    let text = value.string();
                    let whole = usual(templates).find(|template| template.matches(text.as_bytes()));
                    let part = whole.and_then(|template| template.part(text.as_bytes(), part));
                    part.map_or_else(
                        || SlotValue::of(value),
                        |part| SlotValue::Text(String::from_utf8_lossy(part).into_owned().into()),
                    )
                }
                What::Label(label) if matches!(label.form, LabelForm::Timestamp) => {
                    SlotValue::Time(instant(&place.key, value)?)
                }
                What::Field(field) if field.kind == Type::Timestamp && value.kind() != Kind::Null => {
                    SlotValue::Time(instant(&place.key, value)?)
                }
                _ if place.at == At::Occurred => SlotValue::Time(instant(&place.key, value)?),
                _ => SlotValue::of(value),
            };
            self.slots.set(place.slot, &place.key, own)?;
        }
        Ok(())
    }
}

/// The key of the first string in the input, name or value, that is not valid Unicode, outermost first.
pub(crate) fn lone_surrogate(input: Value<'_>) -> Option<String> {
    let wanted = input.descendants().find(|value| value.has_lone_surrogate())?.index();
    let mut path = String::new();
    let mut at = input;
    while at.index() < wanted {
        let next = if at.kind() == Kind::Object {
            let (name, value) = at.members().take_while(|(name, _)| name.index() <= wanted).last()?;
            path = dotted(&path, &name.string());
            if name.index() == wanted { name } else { value }
        } else {
            let (index, item) = at.items().enumerate().take_while(|(_, item)| item.index() <= wanted).last()?;
            path = dotted(&path, &index.to_string());
            item
        };
        at = next;
    }
    Some(path)
}
