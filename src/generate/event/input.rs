//! What the caller gives: the keys are known, and each value comes into its slot.

use crate::catalogue::{LabelForm, ValueKind as Type};
use crate::json::{Kind, Value};
use crate::time::{self};

use super::super::mistake::{self};
use super::Fallible;
use super::Maker;
use super::keys::joined;
use super::layout::{At, Layout, What, usual};
use super::notes::given_at;
use super::pattern::Origin;
use super::values::{Slot, Val, val};

impl<'t> Maker<'_, 't> {
    pub(super) fn check_keys(&self, object: Value<'t>, at: usize) -> Fallible<()> {
        let keys = &self.layout.keys;
        let Some(own) = keys.get(at) else { return Ok(()) };
        for (key, value) in object.members() {
            let mut known = own.known.iter().filter_map(|at| Some((*at, keys.get(*at)?)));
            let Some((at, known)) = known.find(|(_, known)| key.is(&known.name)) else {
                if own.is_open || own.told.iter().any(|told| key.is(told)) {
                    continue;
                }
                let whole = joined(&own.whole, &key.string());
                let known: Vec<&str> =
                    own.known.iter().filter_map(|at| keys.get(*at)).map(|known| known.name.as_str()).collect();
                return Err(mistake::unknown_key(self.name, &whole, &own.whole, &known));
            };
            if known.is_leaf || known.known.is_empty() {
                continue;
            }
            match value.kind() {
                Kind::Object => self.check_keys(value, at)?,
                Kind::Null => {}
                _ if value.is_string() && known.main.is_some() => {}
                _ => return Err(mistake::wrong(&known.whole, "an object", value)),
            }
        }
        Ok(())
    }

    /// Of a repeated key the last value counts.
    pub(super) fn find_given(&mut self, layout: &Layout) {
        let mut give = |at: usize, value: Value<'t>| {
            if let Some(given) = self.given.get_mut(at) {
                *given = Some(value);
            }
        };
        give(0, self.input);
        for (at, key) in layout.keys.iter().enumerate() {
            let Some(value) = self.given.get(at).copied().flatten().filter(|_| !key.inner.is_empty()) else { continue };
            let mut give = |at: usize, value: Value<'t>| {
                if let Some(given) = self.given.get_mut(at) {
                    *given = Some(value);
                }
            };
            match value.kind() {
                Kind::Null => key.inner.iter().for_each(|inner| give(*inner, value)),
                Kind::Object => {
                    for (name, value) in value.members() {
                        let is_it = |inner: &&usize| layout.keys.get(**inner).is_some_and(|inner| name.is(&inner.name));
                        if let Some(inner) = key.inner.iter().find(is_it) {
                            give(*inner, value);
                        }
                    }
                }
                Kind::String => {
                    if let Some(main) = key.main {
                        give(main, value);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn given(&self, at: Option<usize>) -> Option<Value<'t>> {
        at.and_then(|at| self.given.get(at).copied().flatten())
    }

    pub(super) fn take_given(&mut self, layout: &Layout) -> Fallible<()> {
        let mut taken = Vec::new();
        for place in &layout.places {
            let Some(value) = self.given(place.given) else { continue };
            let mut is_time = false;
            let mut is_cut = false;
            let mut instant = || {
                is_time = true;
                Self::instant(&place.key, value)
            };
            let own = match place.what {
                What::Part(templates, part) if value.is_string() => {
                    let text = value.string();
                    let whole = usual(templates).find(|template| template.matches(text.as_bytes()));
                    let part = whole.and_then(|template| template.part(text.as_bytes(), part));
                    is_cut = part.is_some();
                    part.map_or_else(|| val(value), |part| Val::Text(String::from_utf8_lossy(part).into_owned().into()))
                }
                What::Label(label) if matches!(label.form, LabelForm::Timestamp) => instant()?,
                What::Field(field) if field.kind == Type::Timestamp && value.kind() != Kind::Null => instant()?,
                _ if place.at == At::Occurred => instant()?,
                _ => val(value),
            };
            let origin = if is_cut { Origin::Other } else { given_at(value, self.input, is_time) };
            taken.push((place, own, origin));
        }
        for (place, value, origin) in taken {
            self.set(place.slot, &place.key, value, origin)?;
        }
        Ok(())
    }

    fn instant(key: &str, value: Value<'t>) -> Fallible<Val<'t>> {
        let instant = Some(value).filter(|value| value.is_string()).and_then(|text| time::read(&text.bytes())?.instant);
        let instant = instant.ok_or_else(|| mistake::wrong(key, "a time such as `2026-03-31T18:30:00Z`", value))?;
        Ok(Val::Text(instant.rfc3339().into()))
    }

    fn set(&mut self, slot: usize, key: &str, value: Val<'t>, origin: Origin) -> Fallible<()> {
        let Some(own) = self.slots.get_mut(slot) else { return Ok(()) };
        match &own.value {
            Some(other) if own.explicit && other.shown() != value.shown() => {
                return Err(mistake::disagree(key, value.shown(), other.shown()));
            }
            known => {
                // What is said twice must be the same: then it decides.
                let origin = if known.is_none() || own.origin == origin { origin } else { Origin::Other };
                *own = Slot { value: Some(value), explicit: true, origin, pieces: Vec::new() };
            }
        }
        Ok(())
    }

    /// The values that stand in the event's name.
    pub(super) fn name_says(&mut self, layout: &Layout) -> Fallible<()> {
        for (name, slot) in &layout.named {
            let value = self.family.name.part(self.name.as_bytes(), name);
            if let Some(value) = value.map(|value| String::from_utf8_lossy(value).into_owned()) {
                let own = self.slots.get(*slot).and_then(|slot| slot.value.as_ref());
                let key = if own.is_some() { self.key_of(*slot).to_owned() } else { String::new() };
                self.set(*slot, &key, Val::Text(value.into()), Origin::Other)?;
            }
        }
        Ok(())
    }

    pub(super) fn time(&mut self, layout: &Layout) -> Fallible<()> {
        let Some(slot) = layout.occurred else { return Ok(()) };
        match self.slots.get(slot).and_then(|slot| slot.value.as_ref()) {
            Some(Val::Text(text)) => {
                let instant = time::read(text.as_bytes()).and_then(|time| time.instant);
                self.occurred = instant.unwrap_or(self.now);
            }
            _ => self.set(slot, "occurred", Val::Text(self.now.rfc3339().into()), Origin::Occurred)?,
        }
        Ok(())
    }
}
