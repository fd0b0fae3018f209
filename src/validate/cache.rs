//! The cache of events without findings: a similar event has none either, and is not checked again.
//!
//! The checks see an event only through [`Observed`]. It records everything that it reveals beyond the event's shape
//! (keys, kinds, numbers of items) as a [`Guard`]: by default the exact bytes, and for a method that answers a question
//! about a value only the answer. To the checks, an event of the same shape for which all guards hold is the same
//! event. So a check cannot forget to declare what it relies on: reading more than it needs costs hits, never a wrong
//! verdict.
//!
//! `tests/bench/validate.rs lines` takes 0.25 of the instructions with it; a test counts the hits on the captured
//! events.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::hash::BuildHasher;

use crate::catalogue::{self, Compare, Family, Hole, LabelForm, Match, Part};
use crate::diagnostic::Profile;
use crate::json::{Kind, SkeletonId, Value, equal};
use crate::text::hash::{hash, mix};
use crate::text::order;
use crate::text::table::{HashIndex, HashSeed};
use crate::text::uuid::is_uuid;

use super::agreement::{self, Operand};
use super::form::{self, usual_time, usual_uuid};

/// The most nodes and guards of all entries together: of families, and the same number of none.
const CAPACITY: usize = 100_000;

/// The most entries that share a key. Each is compared in full.
const ENTRIES_PER_KEY: usize = 16;

/// A fact about a value, or about it and the value at another place.
enum Guard {
    /// Written with these bytes.
    Exact(Box<[u8]>),
    /// A string that is not blank.
    NotBlank,
    Fits(&'static LabelForm),
    /// This text, followed by a UUID.
    IdOf(&'static str),
    Is(catalogue::ValueKind),
    NotZero,
    Divided,
    UsualUuid,
    UsualTime,
    /// The text of the value has fewer bytes.
    Shorter(u32),
    /// A different text from that of the value at this place.
    Differs(u32),
    /// The same text as that of the value at this place.
    Equals(u32),
    /// A tag whose resource has the id at this place.
    TagOf(u32),
    /// These agree with one another.
    Agree(Compare, Vec<Operand<u32>>),
}

impl Guard {
    #[inline(always)]
    fn holds(&self, event: Value<'_>, value: Value<'_>) -> bool {
        match self {
            Guard::Exact(text) => equal(value.raw(), text),
            Guard::NotBlank => value.raw().first().is_some_and(u8::is_ascii_graphic) || !value.is_blank(),
            Guard::Fits(form) => form::fits(form, value),
            Guard::IdOf(start) => is_id_of(start, value),
            Guard::Is(kind) => form::is_kind(value, *kind),
            Guard::NotZero => !agreement::is_zero(value),
            Guard::Divided => is_divided(value),
            Guard::UsualUuid => usual_uuid(value.raw()).is_some(),
            Guard::UsualTime => usual_time(value.raw()).is_some(),
            Guard::Shorter(limit) => is_shorter(value, *limit),
            Guard::Differs(other) => !value.is_same_text(event.inner(*other)),
            Guard::Equals(other) => value.is_same_text(event.inner(*other)),
            Guard::TagOf(id) => agreement::is_tag_id(value, event.inner(*id)),
            Guard::Agree(compare, operands) => {
                agreement::agree(*compare, operands.iter().map(|operand| operand.read(|at| event.inner(at))))
            }
        }
    }

    /// Of several guards of one value, those of the first rank imply the others.
    fn rank(&self) -> u64 {
        match self {
            Guard::Exact(_) => 0,
            Guard::IdOf(_) => 1,
            _ => 2,
        }
    }

    /// Whether it follows from the guard of the first rank of the same value.
    fn follows_from(&self, first: &Guard) -> bool {
        let of_one_value = matches!(
            self,
            Guard::Exact(_)
                | Guard::NotBlank
                | Guard::Fits(_)
                | Guard::IdOf(_)
                | Guard::Is(_)
                | Guard::NotZero
                | Guard::Divided
                | Guard::UsualUuid
                | Guard::UsualTime
        );
        match first {
            Guard::Exact(_) => of_one_value,
            Guard::IdOf(_) => matches!(self, Guard::NotBlank | Guard::IdOf(_)),
            _ => false,
        }
    }
}

fn is_divided(value: Value<'_>) -> bool {
    value.raw().iter().any(|byte| matches!(byte, b'.' | b'/' | b':' | b' '))
}

fn is_shorter(value: Value<'_>, limit: u32) -> bool {
    let span = value.span();
    span.end.saturating_sub(span.start) < limit
}

/// What the checks have read from one event.
pub(super) struct Record {
    /// The index of the event.
    event: u32,
    /// Each with its position, relative to the event.
    guards: RefCell<Vec<(u32, Guard)>>,
    /// Whether the guards cover everything that was read.
    complete: Cell<bool>,
}

impl Record {
    /// `wanted`: whether the event can become an entry of the cache.
    pub(super) fn new(event: Value<'_>, wanted: bool) -> Self {
        Record { event: event.index(), guards: RefCell::default(), complete: Cell::new(wanted) }
    }

    pub(super) fn observe<'t>(&'t self, event: Value<'t>) -> Observed<'t> {
        Observed { value: event, record: self }
    }

    fn note(&self, value: Value<'_>, guard: impl FnOnce() -> Guard) {
        if self.complete.get() {
            self.guards.borrow_mut().push((self.place(value), guard()));
        }
    }

    fn place(&self, value: Value<'_>) -> u32 {
        value.index().wrapping_sub(self.event)
    }
}

/// A value of an event under check.
#[derive(Clone, Copy)]
pub(super) struct Observed<'t> {
    value: Value<'t>,
    record: &'t Record,
}

/// Facts that follow from the shape of an event: nothing to record.
impl<'t> Observed<'t> {
    fn with(self, value: Value<'t>) -> Self {
        Observed { value, ..self }
    }

    pub(super) fn kind(self) -> Kind {
        self.value.kind()
    }

    pub(super) fn is_string(self) -> bool {
        self.value.is_string()
    }

    pub(super) fn is_number(self) -> bool {
        self.value.is_number()
    }

    /// Its position, relative to the event.
    pub(super) fn place(self) -> u32 {
        self.record.place(self.value)
    }

    /// Its keys are part of the shape.
    pub(super) fn members(self) -> impl Iterator<Item = (Value<'t>, Observed<'t>)> {
        self.value.members().map(move |(key, member)| (key, self.with(member)))
    }

    pub(super) fn items(self) -> impl Iterator<Item = Observed<'t>> {
        self.value.items().map(move |item| self.with(item))
    }

    pub(super) fn get(self, key: &str) -> Option<Observed<'t>> {
        self.value.get(key).map(|value| self.with(value))
    }

    pub(super) fn at_path(self, path: &[&str]) -> Option<Observed<'t>> {
        self.value.at_path(path).map(|value| self.with(value))
    }
}

/// Facts that depend on the texts of an event.
impl<'t> Observed<'t> {
    /// The value itself, all of which counts from now on: for reports, and for rare checks that need no guard.
    pub(super) fn exposed(self) -> Value<'t> {
        self.record.complete.set(false);
        self.value
    }

    fn exact(self) {
        // Most are read several times in a row.
        let place = self.place();
        if matches!(self.record.guards.borrow().last(), Some((last, Guard::Exact(_))) if *last == place) {
            return;
        }
        self.record.note(self.value, || Guard::Exact(self.value.raw().into()));
    }

    fn noted(self, holds: bool, guard: impl FnOnce() -> Guard) -> bool {
        if holds {
            self.record.note(self.value, guard);
        } else {
            self.exact();
        }
        holds
    }

    /// The bytes of a string, unescaped. Other values: as written.
    pub(super) fn bytes(self) -> Cow<'t, [u8]> {
        self.exact();
        self.value.bytes()
    }

    /// The text of a string. Other values: as written.
    pub(super) fn string(self) -> Cow<'t, str> {
        self.exact();
        self.value.string()
    }

    /// Whether it is the string `other`.
    pub(super) fn is(self, other: &str) -> bool {
        self.exact();
        self.value.is(other)
    }

    /// Not a blank or empty string.
    pub(super) fn is_not_blank(self) -> bool {
        !self.is_string() || self.noted(!self.value.is_blank(), || Guard::NotBlank)
    }

    /// Whether the text has a form, without any remark.
    pub(super) fn fits(self, form: &'static LabelForm) -> bool {
        self.noted(form::fits(form, self.value), || match id_of(form, self.value) {
            Some(start) => Guard::IdOf(start),
            None => Guard::Fits(form),
        })
    }

    pub(super) fn is_kind(self, kind: catalogue::ValueKind) -> bool {
        let is = form::is_kind(self.value, kind);
        // The others are part of the shape.
        if let catalogue::ValueKind::Uuid | catalogue::ValueKind::Timestamp = kind {
            return self.noted(is, || Guard::Is(kind));
        }
        is
    }

    /// Not a string with a whole number that is zero.
    pub(super) fn is_not_zero(self) -> bool {
        self.noted(!agreement::is_zero(self.value), || Guard::NotZero)
    }

    /// Whether its text has a character that divides the parts of an id.
    pub(super) fn is_divided(self) -> bool {
        self.noted(is_divided(self.value), || Guard::Divided)
    }

    /// Whether it is a UUID in Prefect's notation.
    pub(super) fn is_usual_uuid(self) -> bool {
        self.is_string() && self.noted(usual_uuid(self.value.raw()).is_some(), || Guard::UsualUuid)
    }

    /// Whether it is a time in RFC 3339 with an offset.
    pub(super) fn is_usual_time(self) -> bool {
        self.is_string() && self.noted(usual_time(self.value.raw()).is_some(), || Guard::UsualTime)
    }

    /// Whether its text has fewer bytes.
    pub(super) fn is_shorter(self, limit: usize) -> bool {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let holds = is_shorter(self.value, limit);
        if !holds {
            return self.exposed_as(false);
        }
        self.record.note(self.value, || Guard::Shorter(limit));
        holds
    }

    /// Whether two strings have different texts.
    pub(super) fn differs(self, other: Observed<'_>) -> bool {
        let differs = !self.value.is_same_text(other.value);
        if !differs {
            return self.exposed_as(false);
        }
        self.record.note(self.value, || Guard::Differs(other.place()));
        differs
    }

    /// Whether one of the ids is this tag's resource.
    pub(super) fn is_tag_of_one(self, ids: &[Observed<'_>]) -> bool {
        let Some(id) = ids.iter().find(|id| agreement::is_tag_id(self.value, id.value)) else {
            return self.exposed_as(false);
        };
        self.record.note(self.value, || Guard::TagOf(id.place()));
        true
    }

    /// Whether some of the event's values agree.
    pub(super) fn agree(self, compare: Compare, operands: &[Operand<Observed<'t>>]) -> bool {
        if !agreement::agree(compare, operands.iter().map(|operand| operand.read(|value| value.value))) {
            return self.exposed_as(false);
        }
        if operands.iter().filter(|operand| !matches!(operand, Operand::Absent)).count() > 1 {
            self.record.note(self.value, || {
                Guard::Agree(compare, operands.iter().map(|operand| operand.map(Observed::place)).collect())
            });
        }
        true
    }

    fn exposed_as(self, answer: bool) -> bool {
        let _ = self.exposed();
        answer
    }
}

/// An event without findings. `X`: additional data.
pub(super) struct Entry<X> {
    profile: Profile,
    /// That of the event from which it was made, if it had one: others with it have the same shape.
    skeleton: Option<SkeletonId>,
    shape: Vec<u64>,
    guards: Vec<(u32, Guard)>,
    pub extra: X,
    pub name: String,
    family: Option<&'static Family>,
    /// The placeholder of the name, in bytes.
    hole: Option<(usize, usize)>,
}

impl<X> Entry<X> {
    pub(super) fn matched(&self) -> Option<Match<'_>> {
        let hole = self.hole.and_then(|(start, end)| self.name.get(start..end));
        self.family.map(|family| Match { family, hole })
    }

    /// How many nodes and guards it has.
    fn size(&self) -> usize {
        self.shape.len().saturating_add(self.guards.len())
    }

    #[inline(always)]
    fn has_shape(&self, event: Value<'_>) -> bool {
        match (self.skeleton, event.skeleton()) {
            (Some(own), Some(other)) if own == other => true,
            _ => event.has_shape(&self.shape),
        }
    }

    #[inline(always)]
    fn decides(&self, profile: Profile, event: Value<'_>) -> bool {
        self.profile == profile
            && self.has_shape(event)
            && self.guards.iter().all(|(place, guard)| guard.holds(event, event.inner(*place)))
    }
}

/// The events without findings. Those of no family are apart: users can have any number of names, which would drive the
/// others out.
pub(super) struct ShapeCache<X> {
    listed: Entries<X>,
    unlisted: Entries<X>,
}

/// Entries by a key that few of them share.
struct Entries<X> {
    /// Each key with its entries.
    by_key: Vec<(u64, Vec<Entry<X>>)>,
    index: HashIndex,
    seed: HashSeed,
    size: usize,
}

impl<X> Default for ShapeCache<X> {
    fn default() -> Self {
        ShapeCache { listed: Entries::default(), unlisted: Entries::default() }
    }
}

impl<X> Default for Entries<X> {
    fn default() -> Self {
        Entries { by_key: Vec::new(), index: HashIndex::default(), seed: HashSeed::default(), size: 0 }
    }
}

impl<X> ShapeCache<X> {
    /// An entry that says that an event has no findings.
    pub(super) fn find(&self, profile: Profile, event: Value<'_>) -> Option<&Entry<X>> {
        let key = key(event)?;
        [&self.listed, &self.unlisted].into_iter().find_map(|entries| entries.find(key, profile, event))
    }

    /// Adds an event without findings.
    pub(super) fn add(
        &mut self,
        profile: Profile,
        event: Value<'_>,
        name: &str,
        matched: Option<&Match<'_>>,
        extra: X,
        seen: &Record,
    ) {
        if !seen.complete.get() {
            return;
        }
        let (Some(key), Some(shape)) = (key(event), event.shape()) else { return };
        let guards = simplified(seen.guards.take());
        let hole = matched.and_then(|Match { family, hole }| {
            let start = family.name.prefix().len();
            hole.map(|hole| (start, start.saturating_add(hole.len())))
        });
        let entries = if matched.is_some() { &mut self.listed } else { &mut self.unlisted };
        let family = matched.map(|matched| matched.family);
        let (skeleton, name) = (event.skeleton(), name.to_owned());
        entries.add(key, Entry { profile, skeleton, shape, guards, extra, name, family, hole });
    }
}

impl<X> Entries<X> {
    #[inline(always)]
    fn find(&self, key: u64, profile: Profile, event: Value<'_>) -> Option<&Entry<X>> {
        let (_, entries) = self.by_key.get(self.place(key)?)?;
        entries.iter().find(|entry| entry.decides(profile, event))
    }

    fn place(&self, key: u64) -> Option<usize> {
        let is_it = |place: usize| self.by_key.get(place).is_some_and(|(other, _)| *other == key);
        self.index.find(self.seed.hash_one(key), &mut { is_it })
    }

    fn add(&mut self, key: u64, entry: Entry<X>) {
        let size = entry.size();
        if size > CAPACITY {
            return;
        }
        if self.size.saturating_add(size) > CAPACITY {
            *self = Entries::default();
        }
        self.size = self.size.saturating_add(size);
        let place = self.place(key).unwrap_or_else(|| {
            self.index.add(self.seed.hash_one(key), self.by_key.len());
            self.by_key.push((key, Vec::new()));
            self.by_key.len().saturating_sub(1)
        });
        let Some((_, entries)) = self.by_key.get_mut(place) else { return };
        if entries.len() >= ENTRIES_PER_KEY {
            self.size = self.size.saturating_sub(entries.remove(0).size());
        }
        entries.push(entry);
    }
}

/// The same guards without redundant ones.
fn simplified(mut guards: Vec<(u32, Guard)>) -> Vec<(u32, Guard)> {
    order::by_key(&mut guards, &mut |(place, guard)| u64::from(*place) << 8 | guard.rank());
    let mut simple: Vec<(u32, Guard)> = Vec::with_capacity(guards.len());
    let mut first = 0;
    for (place, guard) in guards {
        match simple.get(first) {
            Some((own, known)) if *own == place => {
                if guard.follows_from(known) {
                    continue;
                }
            }
            _ => first = simple.len(),
        }
        match guard {
            Guard::Agree(Compare::Text, operands)
                if operands.iter().all(|operand| matches!(operand, Operand::Value(_))) =>
            {
                let pairs = operands.iter().zip(operands.iter().skip(1));
                simple.extend(pairs.filter_map(|pair| match pair {
                    (Operand::Value(one), Operand::Value(other)) => Some((*one, Guard::Equals(*other))),
                    _ => None,
                }));
            }
            guard => simple.push((place, guard)),
        }
    }
    simple
}

/// The text before the UUID, if the form is a text followed by a UUID and the value has it.
fn id_of(form: &'static LabelForm, value: Value<'_>) -> Option<&'static str> {
    let LabelForm::Templates(templates) = form else { return None };
    templates.iter().filter(|form| form.remark.is_none()).find_map(|form| match form.template.parts {
        [Part::Literal(start), Part::Hole { hole: Hole::Uuid, .. }] if is_id_of(start, value) => Some(*start),
        _ => None,
    })
}

fn is_id_of(start: &str, value: Value<'_>) -> bool {
    let Some((literal, id)) = value.raw().split_at_checked(start.len()) else { return false };
    equal(literal, start.as_bytes()) && is_uuid(id)
}

/// A key that few shapes share.
fn key(event: Value<'_>) -> Option<u64> {
    let name = event.get_first("event")?;
    let shape = event.skeleton().map_or_else(|| event.shape_hash(), |SkeletonId(number)| number.into());
    Some(mix(hash(name.raw()), shape))
}
