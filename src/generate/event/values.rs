//! Values: given ones, and those that are made because none is given.

use std::borrow::Cow;

use crate::catalogue::slug;
use crate::json::write::{Writer, quoted};
use crate::json::{Kind, Value};

use super::super::ids::timed_id;
use super::super::mistake::{self, Mistake};
use super::Fallible;
use super::Maker;
use super::pattern::{Made, Origin, hex};
use super::steps::{Piece, Usual};

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Val<'t> {
    Null,
    Text(Cow<'t, str>),
    /// JSON text of anything but a string or null.
    Json(Cow<'t, str>),
}

impl Val<'_> {
    pub(super) fn shown(&self) -> &str {
        match self {
            Val::Null => "null",
            Val::Text(text) | Val::Json(text) => text,
        }
    }
}

pub(super) fn val(value: Value<'_>) -> Val<'_> {
    match value.kind() {
        Kind::Null => Val::Null,
        _ if value.is_string() => Val::Text(value.string()),
        _ => Val::Json(String::from_utf8_lossy(value.raw())),
    }
}

#[derive(Clone, Default)]
pub(super) struct Slot<'t> {
    pub(super) value: Option<Val<'t>>,
    /// It was given, or follows from what was.
    pub(super) explicit: bool,
    pub(super) origin: Origin,
    /// What it is put together of.
    pub(super) pieces: Vec<(String, Origin)>,
}

impl<'t> Maker<'_, 't> {
    pub(super) fn is_given(&self, place: usize) -> bool {
        let slot = self.layout.places.get(place).and_then(|place| self.slots.get(place.slot));
        slot.is_some_and(|slot| slot.explicit && slot.value != Some(Val::Null))
    }

    pub(super) fn is_given_null(&self, place: usize) -> bool {
        let slot = self.layout.places.get(place).and_then(|place| self.slots.get(place.slot));
        slot.is_some_and(|slot| slot.explicit && slot.value == Some(Val::Null))
    }

    /// The value at a place, made if there is none.
    pub(super) fn value(&mut self, place: Option<usize>) -> Fallible<&Val<'t>> {
        match place.and_then(|place| self.layout.places.get(place)).map(|place| place.slot) {
            Some(slot) => self.slot_value(slot),
            None => Ok(&Val::Null),
        }
    }

    fn slot_value(&mut self, slot: usize) -> Fallible<&Val<'t>> {
        if self.slots.get(slot).is_some_and(|own| own.value.is_none()) {
            // A default that asks for itself ends here.
            if let Some(own) = self.slots.get_mut(slot) {
                own.value = Some(Val::Null);
            }
            let origin = match self.layout.usual.get(slot) {
                Some(Usual::Uuid) => Origin::Made(self.made.len(), Made::Id),
                Some(Usual::Occurred) => Origin::Occurred,
                Some(Usual::Filled(_) | Usual::Hex(_)) => Origin::Pieces,
                _ => Origin::Other,
            };
            let value = self.made(slot)?;
            if let Some(own) = self.slots.get_mut(slot) {
                (own.value, own.origin) = (Some(value), origin);
            }
        }
        Ok(self.slots.get(slot).and_then(|own| own.value.as_ref()).unwrap_or(&Val::Null))
    }

    fn made(&mut self, slot: usize) -> Fallible<Val<'t>> {
        let layout = self.layout.clone();
        Ok(match layout.usual.get(slot) {
            None | Some(Usual::Ask) => return Err(self.ask(slot)),
            Some(Usual::Null) => Val::Null,
            Some(Usual::Text(text)) => Val::Text((*text).into()),
            Some(Usual::Json(json)) => Val::Json((*json).into()),
            Some(Usual::Filled(pieces)) => Val::Text(self.filled(slot, pieces)?.into()),
            Some(Usual::Keys(of)) => Val::Json(self.keys_of(*of).into()),
            Some(Usual::Same(of)) => match self.given(*of) {
                Some(given) if given.kind() == Kind::Array => val(given),
                _ => Val::Json("[]".into()),
            },
            Some(Usual::Slug(of)) => {
                let text = slug(self.slot_value(*of)?.shown()).filter(|slug| !slug.is_empty());
                let name = "the name as python-slugify writes it, which is not known of such a name";
                Val::Text(text.ok_or_else(|| mistake::needs(self.name, self.key_of(slot), name))?.into())
            }
            Some(Usual::Tail(of)) => {
                let text = self.slot_value(*of)?.shown();
                Val::Text(text.rsplit(['/', ':']).next().unwrap_or(text).to_owned().into())
            }
            Some(Usual::Uuid) => Val::Text(self.uuid().into()),
            Some(Usual::Occurred) => Val::Text(self.occurred.rfc3339().into()),
            Some(Usual::Hex(count)) => Val::Text((0..*count).map(|_| self.hex(slot, 16)).collect::<String>().into()),
        })
    }

    fn ask(&self, slot: usize) -> Mistake {
        mistake::needs(self.name, self.key_of(slot), self.meaning(slot))
    }

    fn uuid(&mut self) -> String {
        self.made.push(Made::Id);
        timed_id(self.occurred, self.random).to_string()
    }

    fn hex(&mut self, slot: usize, digits: usize) -> String {
        let origin = Origin::Made(self.made.len(), Made::Hex(digits));
        self.made.push(Made::Hex(digits));
        let text = hex(self.random, digits);
        self.piece(slot, text.clone(), origin);
        text
    }

    fn piece(&mut self, slot: usize, text: String, origin: Origin) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.pieces.push((text, origin));
        }
    }

    fn filled(&mut self, slot: usize, pieces: &[Piece]) -> Fallible<String> {
        let mut out = String::new();
        for piece in pieces {
            let (text, origin) = match piece {
                Piece::Text(text) => ((*text).to_owned(), Origin::Other),
                Piece::Uuid => {
                    let origin = Origin::Made(self.made.len(), Made::Id);
                    (self.uuid(), origin)
                }
                Piece::Hex => {
                    out.push_str(&self.hex(slot, 8));
                    continue;
                }
                Piece::Slot(None) | Piece::Last(None) => (Val::Null.shown().to_owned(), Origin::Other),
                Piece::Slot(Some(of)) => {
                    let text = self.slot_value(*of)?.shown().to_owned();
                    (text, self.slots.get(*of).map(|slot| slot.origin).unwrap_or_default())
                }
                Piece::Last(Some(of)) => {
                    let text = self.slot_value(*of)?.shown();
                    (text.rsplit('.').next().unwrap_or(text).to_owned(), Origin::Other)
                }
            };
            // What is put together twice, or of a time, is like no other.
            self.is_unique |= matches!(origin, Origin::Pieces | Origin::Occurred | Origin::Given { is_time: true, .. });
            out.push_str(&text);
            self.piece(slot, text, origin);
        }
        Ok(out)
    }

    /// The keys of what is given for a key, as a JSON array.
    fn keys_of(&self, key: Option<usize>) -> String {
        let mut writer = Writer::default();
        writer.open('[');
        for (key, _) in self.given(key).into_iter().flat_map(Value::members) {
            writer.item();
            writer.raw(&quoted(&key.string()));
        }
        writer.close(']');
        writer.finish()
    }

    /// The value at a place, once it has been made.
    pub(super) fn known_value(&self, place: Option<usize>) -> &Val<'t> {
        let slot = place.and_then(|place| self.layout.places.get(place)).and_then(|place| self.slots.get(place.slot));
        slot.and_then(|slot| slot.value.as_ref()).unwrap_or(&Val::Null)
    }
}
