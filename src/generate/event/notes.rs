//! What of an event can be another value in the next one: see [`super::pattern`].

use std::ops::Range;

use crate::json::Value;
use crate::json::write::quoted;

use super::Maker;
use super::layout::What;
use super::pattern::{Check, Note, Origin, Pattern, Patterns, Written};

/// The origin of what is given.
pub(super) fn given_at(value: Value<'_>, input: Value<'_>, is_time: bool) -> Origin {
    Origin::Given { node: value.index().saturating_sub(input.index()), is_time }
}

/// Values in an input that the next one has others for.
pub(in crate::generate) struct Marks<'m> {
    /// Where they stand in its text; of texts, what is between the quotes.
    pub places: &'m [Range<usize>],
    /// What was written, with gaps for them, which they fill by their numbers.
    pub pattern: &'m mut Option<Pattern>,
}

/// `None`: one of the values decides.
fn of_marks(
    written: &Written<'_>,
    input: Value<'_>,
    places: &[Range<usize>],
    is_free: &dyn Fn(u32) -> bool,
) -> Option<Pattern> {
    let mut marked = Vec::with_capacity(written.notes.len());
    let mut is_found = vec![false; places.len()];
    for note in written.notes {
        let Origin::Given { node, is_time } = note.origin else {
            marked.push(*note);
            continue;
        };
        let value = input.inner(node);
        let quote = usize::from(value.is_string());
        let begin = (value.span().start as usize).saturating_add(quote);
        let end = (value.span().end as usize).saturating_sub(quote);
        for ((place, number), found) in places.iter().zip(0..).zip(&mut is_found) {
            if place.start < begin || place.end > end {
                continue;
            }
            let is_all = *place == (begin..end);
            if is_all && !is_free(node) {
                return None;
            }
            *found = true;
            let skipped = if is_all { 0 } else { place.start.saturating_sub(begin) };
            let length = if is_all { note.end.saturating_sub(note.begin) } else { place.len() };
            let begin = note.begin.saturating_add(skipped);
            marked.push(Note {
                begin,
                end: begin.saturating_add(length),
                origin: Origin::Given { node: number, is_time },
                check: if is_all { note.check } else { Check::Nothing },
            });
        }
    }
    if is_found.contains(&false) {
        return None;
    }
    Some(Pattern::of(&Written { notes: &marked, parts: &[], ..*written }, &|_| true))
}

impl Maker<'_, '_> {
    /// Notes what has been written for a slot, from here to there.
    pub(super) fn note(&mut self, place: Option<usize>, check: Check, begin: usize, end: usize) {
        let slot = place.and_then(|place| self.layout.slot_of_number(place)).and_then(|slot| self.slots.get(slot));
        let Some(slot) = slot else { return };
        let (mut begin, end) = (begin.saturating_sub(self.begin), end.saturating_sub(self.begin));
        match slot.origin {
            Origin::Other => {}
            Origin::Pieces => {
                for (text, origin) in &slot.pieces {
                    let end = begin.saturating_add(quoted(text).len().saturating_sub(2));
                    self.is_unique |= matches!(origin, Origin::Given { .. }) && !check.is_open();
                    self.notes.push(Note { begin, end, origin: *origin, check: Check::Nothing });
                    begin = end;
                }
            }
            origin => self.notes.push(Note { begin, end, origin, check }),
        }
    }

    /// Keeps the event as a pattern of others.
    pub(super) fn keep(mut self, text: &str, patterns: &mut Patterns, marks: Option<Marks<'_>>) {
        let occurred = self.layout.occurred.and_then(|slot| self.slots.get(slot)).map(|slot| slot.origin);
        let given = match occurred {
            Some(Origin::Occurred) => None,
            Some(Origin::Given { node, .. }) => Some(node),
            _ => return,
        };
        if self.is_unique {
            return;
        }
        for note in &mut self.notes {
            if matches!(note.origin, Origin::Given { node, .. } if Some(node) == given) {
                note.origin = Origin::Occurred;
            }
        }
        let slots = || self.slots.iter().zip(&self.layout.is_free).zip(0..);
        let of_slot = |node: u32| {
            slots().find(|((slot, _), _)| matches!(slot.origin, Origin::Given { node: own, .. } if own == node))
        };
        // What is given as an event's id has no slot.
        let is_free = |node: u32| of_slot(node).is_none_or(|((_, is_free), _)| *is_free);
        // Of what may be the whole of an id too, a part is meant.
        let mut parts = Vec::new();
        for note in &self.notes {
            let Origin::Given { node, .. } = note.origin else { continue };
            let slot = of_slot(node).map(|(_, slot)| slot);
            for place in self.layout.places.iter().filter(|place| Some(place.slot) == slot) {
                if let What::Part(templates, _) = place.what {
                    parts.push((node, templates));
                }
            }
        }
        let written = Written { text, notes: &self.notes, made: &self.made, parts: &parts };
        match marks {
            None => patterns.add(self.name, self.input, given, &written, &is_free),
            Some(marks) => *marks.pattern = of_marks(&written, self.input, marks.places, &is_free),
        }
    }
}
