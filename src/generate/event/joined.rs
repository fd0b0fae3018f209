//! Templates whose pieces are joined where their text is known before an event is written.
//!
//! This is the builder's main optimisation. In similar events (the heartbeats of a run, the task runs of one course)
//! only few slots differ: all others are filled in once, and the text between two varying slots is one piece.
//! `tests/bench/generate.rs` measures the gain: three times as many task runs, and heartbeats, per second as with
//! separate filling. A property test ensures that the events are the same.

use std::rc::Rc;

use crate::time::Instant;

use super::super::error::BuildError;
use super::super::random::Random;
use super::cache;
use super::fill::{EventId, Filling};
use super::layout::Layout;
use super::sink::{JsonText, Sink};
use super::slots::Slots;
use super::steps::{Usual, UsualPiece};
use super::template::{EventPiece, InputStatus, Shape};
use super::value::SlotValue;

/// Similar events: with one name, and the same values in all slots but a few.
pub(in crate::generate) struct Alike {
    name: String,
    slots: Slots<'static>,
    pieces: Vec<EventPiece>,
    /// The slots that vary.
    pub varying: Rc<[usize]>,
}

impl Alike {
    /// `slots`: those of one event, complete. `varying`: the slots in which others have other values of the same kind.
    pub(crate) fn new(name: &str, slots: Slots<'static>, varying: Rc<[usize]>) -> Self {
        let template = cache::template(&slots.layout, slots.shape());
        let mut own = Vec::new();
        let filling = Filling {
            name,
            slots: &slots,
            own: &mut own,
            occurred: slots.occurred,
            id: EventId::No,
            follows: EventId::No,
            random: &mut Random::new(0),
            related: 0,
        };
        let pieces = joined(&template.pieces, Known { filling, varying: &varying, shape: None });
        Alike { name: name.to_owned(), slots, pieces, varying }
    }

    /// Writes one of them. `varying`: the values of the varying slots.
    pub(crate) fn write<'t>(
        &self,
        varying: &mut Vec<(usize, SlotValue<'t>)>,
        occurred: Instant,
        [id, follows]: [EventId<'t>; 2],
        random: &mut Random,
        out: &mut JsonText,
    ) -> Result<(), BuildError> {
        let (name, slots) = (&self.name, &self.slots);
        let mut filling = Filling { name, slots, own: varying, occurred, id, follows, random, related: 0 };
        filling.write(&self.pieces, out)
    }
}

/// Joins the pieces of all events of a shape: fills everything that does not depend on the input.
pub(super) fn joined_of_shape(pieces: &[EventPiece], layout: &Rc<Layout>, shape: &Shape) -> Vec<EventPiece> {
    let slots = Slots::new(layout.clone(), Instant(0));
    let filling = Filling {
        name: "",
        slots: &slots,
        own: &mut Vec::new(),
        occurred: slots.occurred,
        id: EventId::No,
        follows: EventId::No,
        random: &mut Random::new(0),
        related: 0,
    };
    joined(pieces, Known { filling, varying: &[], shape: Some(shape) })
}

/// Joins pieces. Slots that do not vary are filled.
fn joined(pieces: &[EventPiece], mut known: Known<'_, '_, '_>) -> Vec<EventPiece> {
    let mut joiner = Joiner { pieces: Vec::new(), text: JsonText::default(), begun: Some(false) };
    for piece in pieces {
        if let Some(static_text) = joiner.fixed(piece) {
            joiner.text.ready(&static_text);
            continue;
        }
        if let EventPiece::EndRelated(count) = piece {
            let before = known.filling.related;
            joiner.add(EventPiece::EndRelated(count.saturating_add(before)));
            continue;
        }
        if let Some(text) = known.text_of(piece, joiner.begun) {
            joiner.text.ready(&text);
            if !piece.is_optional() || !text.is_empty() {
                joiner.begun = Some(true);
            }
        } else {
            joiner.add(piece.clone());
            joiner.begun = if piece.is_optional() && joiner.begun != Some(true) { None } else { Some(true) };
        }
    }
    joiner.flush();
    joiner.pieces
}

/// What all similar events have in common.
struct Known<'k, 'f, 't> {
    filling: Filling<'f, 't>,
    /// The slots whose values differ from event to event.
    varying: &'k [usize],
    /// If only the shape of the events is known: all given values vary.
    shape: Option<&'k Shape>,
}

struct Joiner {
    pieces: Vec<EventPiece>,
    text: JsonText,
    /// Whether the innermost brackets contain something; `None`: depends on the event.
    begun: Option<bool>,
}

impl Joiner {
    fn flush(&mut self) {
        if self.text.written() > 0 {
            self.pieces.push(EventPiece::Ready(std::mem::take(&mut self.text).finish().into()));
        }
    }

    fn add(&mut self, piece: EventPiece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn comma(&mut self) {
        match self.begun {
            Some(true) => self.text.ready(","),
            Some(false) => {}
            None => self.add(EventPiece::Comma),
        }
    }

    /// The text of a piece that is the same in all events.
    fn fixed(&mut self, piece: &EventPiece) -> Option<String> {
        let mut out = JsonText::default();
        match piece {
            EventPiece::Open(bracket) => {
                self.begun = Some(false);
                out.open(*bracket);
            }
            EventPiece::Close(bracket) => {
                self.begun = Some(true);
                out.close(*bracket);
            }
            EventPiece::Key(name) => {
                self.comma();
                self.begun = Some(true);
                out.key(name);
            }
            EventPiece::Item => self.comma(),
            EventPiece::Null => out.json("null"),
            EventPiece::Text(text) => out.text(text),
            EventPiece::BeginText => out.begin_text(),
            EventPiece::Chars(text) => out.chars(text),
            EventPiece::EndText => out.end_text(),
            _ => return None,
        }
        Some(out.finish())
    }
}

impl Known<'_, '_, '_> {
    /// The text of a piece, if it is valid and the same in all similar events.
    fn text_of(&mut self, piece: &EventPiece, begun: Option<bool>) -> Option<String> {
        let is_settled = match piece {
            EventPiece::EventName
            | EventPiece::FurtherRelated
            | EventPiece::FurtherFields { .. }
            | EventPiece::FurtherPayload(_) => self.shape.is_none(),
            EventPiece::Many(step) => {
                let given = self.filling.slots.layout.related.get(*step).and_then(|step| step.given);
                self.is_known_key(given)
            }
            EventPiece::Label { place, .. }
            | EventPiece::WholeId { place, .. }
            | EventPiece::IdPart { place, .. }
            | EventPiece::Field { place, .. }
            | EventPiece::FieldIfAny { place, .. } => {
                let slot = place.and_then(|place| self.filling.slots.layout.places.get(place)).map(|place| place.slot);
                slot.is_none_or(|slot| self.is_settled(slot, 0))
            }
            _ => false,
        };
        // If it is unknown whether a comma comes first, the piece stays.
        let before = match begun {
            _ if !is_settled => return None,
            Some(true) if piece.is_optional() => "0",
            None if piece.is_optional() => return None,
            _ => "",
        };
        let mut out = JsonText::default();
        out.ready(before);
        self.filling.piece(piece, &mut out).ok()?;
        out.finish().strip_prefix(before).map(str::to_owned)
    }

    fn is_known_key(&self, key: Option<usize>) -> bool {
        self.shape.is_none_or(|shape| shape.of_key(key) == InputStatus::Nothing)
    }

    /// Whether a slot has the same value in all similar events.
    fn is_settled(&self, slot: usize, depth: usize) -> bool {
        let slots = self.filling.slots;
        if self.varying.contains(&slot) || self.shape.is_some_and(|shape| shape.of_slot(slot) != InputStatus::Nothing) {
            return false;
        }
        if slots.values.get(slot).is_some_and(Option::is_some) {
            return true;
        }
        // A default that refers to itself never ends.
        let is_settled = |slot: &usize| depth < 8 && self.is_settled(*slot, depth.saturating_add(1));
        match slots.layout.usual.get(slot) {
            Some(Usual::Null | Usual::Text(_) | Usual::Json(_)) => true,
            Some(Usual::Keys(of) | Usual::Same(of)) => self.is_known_key(*of),
            Some(Usual::Slug(of) | Usual::Tail(of)) => is_settled(of),
            Some(Usual::Filled(pieces)) => pieces.iter().all(|piece| match piece {
                UsualPiece::Text(_) | UsualPiece::Slot(None) | UsualPiece::Last(None) => true,
                UsualPiece::Slot(Some(of)) | UsualPiece::Last(Some(of)) => is_settled(of),
                UsualPiece::Uuid | UsualPiece::Hex => false,
            }),
            Some(Usual::Ask | Usual::Uuid | Usual::Occurred | Usual::Hex(_)) | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{example_line, families, find};
    use crate::json::{Tape, parse};

    use super::super::{inputs, read, shape_meant};
    use super::*;

    /// Joined events equal separately filled ones.
    #[test]
    fn joined_pieces_give_the_same_event() {
        let mut count = 0;
        for family in families() {
            let name = example_line(family);
            let name = name.split("\"event\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
            let all = inputs(family);
            let given = |with: &str| {
                let own = all.iter().filter(|input| input.required || input.key == with);
                let own = own
                    .filter_map(|input| Some((input.key.split_once('.'), input.key.as_str(), input.example.as_ref()?)));
                let members = own.map(|(parts, key, example)| match parts {
                    Some((outer, inner)) if !inner.contains('.') => format!("\"{outer}\":{{\"{inner}\":{example}}}"),
                    Some(_) => "\"id\":\"3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11\"".to_owned(),
                    None => format!("\"{key}\":{example}"),
                });
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            };
            for with in all.iter().map(|input| &*input.key).chain([""]) {
                let text = given(with);
                let mut tape = Tape::new();
                parse(text.as_bytes(), 0, &mut tape, &mut Vec::new());
                let document = tape.document(text.as_bytes());
                let layout = cache::layout(family, shape_meant(family, None));
                let mut slots = Slots::new(layout, Instant(1_000_000));
                if read::read(&name, document.root().unwrap(), &mut slots).is_err() {
                    continue;
                }
                if slots.settle(&name, find(&name).unwrap().hole).is_err() {
                    continue;
                }
                let template = cache::template(&slots.layout, slots.shape());
                let [one, other] = [&template.pieces, &template.joined].map(|pieces| {
                    let mut out = JsonText::default();
                    let mut filling = Filling {
                        name: &name,
                        slots: &slots,
                        own: &mut Vec::new(),
                        occurred: slots.occurred,
                        id: EventId::No,
                        follows: EventId::No,
                        random: &mut Random::new(7),
                        related: 0,
                    };
                    filling.write(pieces, &mut out).map(|()| out.finish())
                });
                assert_eq!(one, other, "{name} {text}");
                count += usize::from(one.is_ok());
            }
        }
        assert!(count > 300, "{count}");
    }
}
