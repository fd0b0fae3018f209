//! Templates whose pieces are joined as far as their text is known before an event is written.
//!
//! This is the builder's one means for speed. Of events that are alike (the heartbeats of a run, the task runs of one
//! course) only few slots differ: all others are filled in once, and what stands between two that differ is one
//! text. `tests/bench/generate.rs` measures what it gains (three to six times as many events per second as filling
//! each template anew); a property test holds that the events are the same.

use crate::time::Instant;

use super::super::error::BuildError;
use super::super::random::Random;
use super::cache;
use super::fill::{EventId, Filling};
use super::sink::{JsonText, Sink};
use super::slots::Slots;
use super::steps::{Piece as UsualPiece, Usual};
use super::template::Piece;
use super::value::SlotValue;

/// Events that are alike: of one name, with the same values in all slots but a few.
pub(in crate::generate) struct Alike {
    name: String,
    slots: Slots<'static>,
    pieces: Vec<Piece>,
    varying: Vec<usize>,
}

impl Alike {
    /// `slots`: of one of them, settled. `varying`: the slots in which others have other values, of the same kind.
    pub fn new(name: &str, slots: Slots<'static>, varying: Vec<usize>) -> Self {
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
        let pieces = joined(&template.pieces, Some(Known { filling, varying: &varying }));
        Alike { name: name.to_owned(), slots, pieces, varying }
    }

    /// Writes one of them. `values`: of the varying slots, in their order.
    pub fn write<'t>(
        &self,
        values: impl IntoIterator<Item = SlotValue<'t>>,
        occurred: Instant,
        [id, follows]: [EventId<'t>; 2],
        random: &mut Random,
        out: &mut JsonText,
    ) -> Result<(), BuildError> {
        let mut own = vec![None; self.slots.values.len()];
        for (slot, value) in self.varying.iter().zip(values) {
            if let Some(own) = own.get_mut(*slot) {
                *own = Some(value);
            }
        }
        let (name, slots) = (&self.name, &self.slots);
        let mut filling = Filling { name, slots, own: &mut own, occurred, id, follows, random, related: 0 };
        filling.write(&self.pieces, out)
    }
}

/// Joins pieces. With `known`, slots that do not vary are filled from it.
pub(super) fn joined(pieces: &[Piece], mut known: Option<Known<'_, '_, '_>>) -> Vec<Piece> {
    let mut joiner = Joiner { pieces: Vec::new(), text: JsonText::default(), begun: Some(false) };
    for piece in pieces {
        if let Some(static_text) = joiner.fixed(piece) {
            joiner.text.ready(&static_text);
            continue;
        }
        if let Piece::EndRelated(count) = piece {
            let before = known.as_ref().map_or(0, |known| known.filling.related);
            joiner.add(Piece::EndRelated(count.saturating_add(before)));
            continue;
        }
        match known.as_mut().and_then(|known| known.text_of(piece, joiner.begun)) {
            Some(text) => {
                joiner.text.ready(&text);
                if !piece.is_optional() || !text.is_empty() {
                    joiner.begun = Some(true);
                }
            }
            None => {
                joiner.add(piece.clone());
                joiner.begun = if piece.is_optional() && joiner.begun != Some(true) { None } else { Some(true) };
            }
        }
    }
    joiner.flush();
    joiner.pieces
}

/// What is known of all events that are alike.
pub(super) struct Known<'k, 'f, 't> {
    pub filling: Filling<'f, 't>,
    /// The slots whose values differ from event to event.
    pub varying: &'k [usize],
}

struct Joiner {
    pieces: Vec<Piece>,
    text: JsonText,
    /// Whether something stands in the innermost brackets; `None`: that depends on the event.
    begun: Option<bool>,
}

impl Joiner {
    fn flush(&mut self) {
        if self.text.written() > 0 {
            self.pieces.push(Piece::Ready(std::mem::take(&mut self.text).finish().into()));
        }
    }

    fn add(&mut self, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
    }

    fn comma(&mut self) {
        match self.begun {
            Some(true) => self.text.ready(","),
            Some(false) => {}
            None => self.add(Piece::Comma),
        }
    }

    /// The text of a piece that is the same in all events.
    fn fixed(&mut self, piece: &Piece) -> Option<String> {
        let mut out = JsonText::default();
        match piece {
            Piece::Open(bracket) => {
                self.begun = Some(false);
                out.open(*bracket);
            }
            Piece::Close(bracket) => {
                self.begun = Some(true);
                out.close(*bracket);
            }
            Piece::Key(name) => {
                self.comma();
                self.begun = Some(true);
                out.key(name);
            }
            Piece::Item => self.comma(),
            Piece::Null => out.json("null"),
            Piece::Text(text) => out.text(text),
            Piece::BeginText => out.begin_text(),
            Piece::Chars(text) => out.chars(text),
            Piece::EndText => out.end_text(),
            _ => return None,
        }
        Some(out.finish())
    }
}

impl Known<'_, '_, '_> {
    /// What is written for a piece, if it is the same in all events that are alike, and right.
    fn text_of(&mut self, piece: &Piece, begun: Option<bool>) -> Option<String> {
        let is_settled = match piece {
            Piece::EventName | Piece::Many(_) | Piece::FurtherRelated | Piece::FurtherFields { .. } => true,
            Piece::FurtherPayload(_) => true,
            Piece::Label { place, .. }
            | Piece::WholeId { place, .. }
            | Piece::IdPart { place, .. }
            | Piece::Field { place, .. }
            | Piece::FieldIfAny { place, .. } => {
                let slot = place.and_then(|place| self.filling.slots.layout.places.get(place)).map(|place| place.slot);
                slot.is_none_or(|slot| self.is_settled(slot, 0))
            }
            _ => false,
        };
        // Whether a comma comes first is known, or the piece stays.
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

    /// Whether a slot has the same value in all events that are alike.
    fn is_settled(&self, slot: usize, depth: usize) -> bool {
        let slots = self.filling.slots;
        if self.varying.contains(&slot) {
            return false;
        }
        if slots.values.get(slot).is_some_and(Option::is_some) {
            return true;
        }
        // A default that asks for itself has no end.
        let is_settled = |slot: &usize| depth < 8 && self.is_settled(*slot, depth.saturating_add(1));
        match slots.layout.usual.get(slot) {
            Some(Usual::Null | Usual::Text(_) | Usual::Json(_) | Usual::Keys(_) | Usual::Same(_)) => true,
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
