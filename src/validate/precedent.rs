//! Events that are like one before: what was found without fault need not be checked in full again.
//!
//! The verdict on an event rests on its shape (all keys, kinds and numbers of items) and on facts
//! about its values, which the checks note as they go (`Findings::rests_on`). An event of the same
//! shape of which the same facts hold is without fault too. A stream of events has few shapes.

use crate::catalogue::{self, Compare, Family, Hole, LabelForm, Match, Part};
use crate::json::{Value, equal};
use crate::text::hash::{Places, hash, mix};
use crate::text::order;

use super::consistency::{self, Place};
use super::family;
use super::links::Links;

/// How many nodes and facts all precedents together have at most.
const MOST: usize = 100_000;

/// Something that the verdict on an event rests on.
pub(crate) enum Fact {
    /// The value is written with these bytes.
    Same(Box<[u8]>),
    /// A string of more than white space.
    NotBlank,
    Fits(&'static LabelForm),
    /// This text, and a UUID behind it.
    IdOf(&'static str),
    Is(catalogue::ValueKind),
    NotZero,
    /// It differs from the one at this place.
    Differs(u32),
    /// It is the same as the one at this place.
    Equals(u32),
    /// A tag, whose resource has the id at this place.
    Tag(u32),
    /// These places agree with one another.
    Agree(Compare, Vec<Place<u32>>),
}

impl Fact {
    #[inline(always)]
    fn holds(&self, event: Value<'_>, value: Value<'_>) -> bool {
        match self {
            Fact::Same(text) => equal(value.raw(), text),
            Fact::NotBlank => value.raw().first().is_some_and(u8::is_ascii_graphic) || !value.is_blank(),
            Fact::Fits(form) => family::fits(form, value),
            Fact::IdOf(start) => is_id_of(start, value),
            Fact::Is(kind) => family::is_kind(value, *kind),
            Fact::NotZero => !consistency::is_zero(value),
            Fact::Differs(other) => !value.is_same_text(event.inner(*other)),
            Fact::Tag(id) => consistency::is_tag_id(value, event.inner(*id)),
            Fact::Equals(other) => value.is_same_text(event.inner(*other)),
            Fact::Agree(compare, places) => {
                consistency::agree(*compare, places.iter().map(|place| place.read(|at| event.inner(at))))
            }
        }
    }
}

/// An event without findings.
pub(super) struct Precedent {
    shape: Vec<u64>,
    /// Each with the place that it is about.
    facts: Vec<(u32, Fact)>,
    pub links: Links<u32>,
    pub name: String,
    family: &'static Family,
    /// The placeholder of the name, in bytes.
    hole: Option<(usize, usize)>,
    /// Another one of the same key.
    other: Option<usize>,
}

impl Precedent {
    pub fn matched(&self) -> Match<'_> {
        let hole = self.hole.and_then(|(start, end)| self.name.get(start..end));
        Match { family: self.family, hole }
    }
}

#[derive(Default)]
pub(super) struct Precedents {
    places: Places,
    list: Vec<Precedent>,
    size: usize,
}

impl Precedents {
    /// One that decides on an event.
    pub fn find(&self, event: Value<'_>) -> Option<&Precedent> {
        let mut at = *self.places.get(&key(event)?)?;
        loop {
            let precedent = self.list.get(at)?;
            if event.has_shape(&precedent.shape) {
                for (place, fact) in &precedent.facts {
                    if !fact.holds(event, event.inner(*place)) {
                        return None;
                    }
                }
                return Some(precedent);
            }
            at = precedent.other?;
        }
    }

    /// Remembers an event without findings, and what that rests on.
    pub fn add(
        &mut self,
        event: Value<'_>,
        name: &str,
        matched: &Match<'_>,
        links: Links<u32>,
        facts: impl Iterator<Item = (u32, Fact)>,
    ) {
        let (Some(key), Some(shape)) = (key(event), event.shape()) else { return };
        let own = event
            .get_first("event")
            .map(|name| (name.index().wrapping_sub(event.index()), Fact::Same(name.raw().into())));
        let facts = simple(event, own.into_iter().chain(facts).collect());
        let size = shape.len().saturating_add(facts.len());
        if self.size.saturating_add(size) > MOST {
            *self = Precedents::default();
        }
        if size > MOST {
            return;
        }
        self.size = self.size.saturating_add(size);
        let start = matched.family.name.prefix().len();
        let hole = matched.hole.map(|hole| (start, start.saturating_add(hole.len())));
        let other = self.places.insert(key, self.list.len());
        self.list.push(Precedent { shape, facts, links, name: name.to_owned(), family: matched.family, hole, other });
    }
}

/// The same facts in forms that are quick to check. Of a text that is known, and of an id, no more need be said.
fn simple(event: Value<'_>, mut facts: Vec<(u32, Fact)>) -> Vec<(u32, Fact)> {
    order::by_key(&mut facts, &mut |(_, fact)| match fact {
        Fact::Same(_) => 0,
        Fact::Fits(_) => 1,
        _ => 2,
    });
    let mut known: Vec<u32> = Vec::new();
    let mut simple = Vec::with_capacity(facts.len());
    for (place, fact) in facts {
        if known.contains(&place) && matches!(fact, Fact::Same(_) | Fact::Fits(_) | Fact::NotBlank) {
            continue;
        }
        let fact = match fact {
            Fact::Fits(form) => id_of(form, event.inner(place)).map_or(Fact::Fits(form), Fact::IdOf),
            fact => fact,
        };
        if let Fact::Same(_) | Fact::IdOf(_) = fact {
            known.push(place);
        }
        match &fact {
            Fact::Agree(Compare::Text, places) if places.iter().all(|place| matches!(place, Place::Value(_))) => {
                let pairs = places.iter().zip(places.iter().skip(1));
                simple.extend(pairs.filter_map(|pair| match pair {
                    (Place::Value(one), Place::Value(other)) => Some((*one, Fact::Equals(*other))),
                    _ => None,
                }));
            }
            _ => simple.push((place, fact)),
        }
    }
    simple
}

/// The text before the UUID, if a form is that and a value has it.
fn id_of(form: &'static LabelForm, value: Value<'_>) -> Option<&'static str> {
    let LabelForm::Templates(templates) = form else { return None };
    templates.iter().filter(|form| form.remark.is_none()).find_map(|form| match form.template.parts {
        [Part::Literal(start), Part::Hole { hole: Hole::Uuid, .. }] if is_id_of(start, value) => Some(*start),
        _ => None,
    })
}

fn is_id_of(start: &str, value: Value<'_>) -> bool {
    let Some((literal, id)) = value.raw().split_at_checked(start.len()) else { return false };
    equal(literal, start.as_bytes()) && catalogue::is_uuid(id)
}

/// What few shapes have in common.
fn key(event: Value<'_>) -> Option<u64> {
    let name = event.get_first("event")?;
    Some(mix(hash(name.raw()), event.shape_hash()))
}
