//! A single event: what the caller gives under natural keys, and what follows from it by the catalogue.
//!
//! Each place of an event (a label, a part of an id, a field) is of a slot; places that must say the same share one.
//! A slot has its value from the caller, from the event's name, from another slot, from the page's `default`, or by
//! chance; what is left the caller is asked for.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use crate::catalogue::{
    Alternative, Compare, Family, Field, Form, Hole, Kind as Type, Label, Object, Part, Presence, Related, Template,
    Term, Variant, families, find, is_uuid, slug, suggest,
};
use crate::diagnostic::Severity;
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::write::{Writer, quoted};
use crate::json::{Kind, Tape, Value, parse};
use crate::time::{self, Instant};
use crate::validate::shown_value;

use super::ids::timed_id;
use super::options::BuildOptions;
use super::pattern::{Check, Made, Note, Origin, Pattern, Patterns, hex};
use super::random::Random;
use super::words::{self, Mistake};

#[cfg(not(target_arch = "wasm32"))]
mod inputs;

#[cfg(not(target_arch = "wasm32"))]
pub use inputs::inputs;

type Fallible<T> = Result<T, Mistake>;

/// What the server takes.
const MOST_RELATED: usize = 100;
const LONGEST_NAME: usize = 1024;
const TERMINAL: [&str; 4] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

/// Builds an event: its JSON text. `input`: JSON text, an object.
pub fn build_event(name: &str, input: &str, options: BuildOptions) -> Fallible<String> {
    let mut out = Writer::default();
    build(name, input, options.now, &mut Random::new(options.seed), &mut out, None)?;
    Ok(out.finish())
}

/// Builds an event of each of `inputs`, JSON text, an array of objects: one line each, in their order.
pub fn build_events(name: &str, inputs: &str, options: BuildOptions) -> Fallible<String> {
    EventLines::new(name, options).write(inputs.as_bytes())
}

/// Builds events of one name, some after the other.
pub struct EventLines {
    name: String,
    now: Instant,
    random: Random,
    count: usize,
}

impl EventLines {
    #[must_use]
    pub fn new(name: &str, options: BuildOptions) -> Self {
        EventLines { name: name.to_owned(), now: options.now, random: Random::new(options.seed), count: 0 }
    }

    /// As [`build_events`].
    pub fn write(&mut self, inputs: &[u8]) -> Fallible<String> {
        BUILDER.with_borrow_mut(|Builder { tape, patterns }| {
            let complete = parse(inputs, 0, tape, &mut Vec::new()).complete;
            let document = tape.document(inputs);
            let root = document.root().filter(|root| complete && root.kind() == Kind::Array);
            let root = root.ok_or("what events are built of must be a list of objects")?;
            let mut out = Writer::default();
            for input in root.items() {
                let built = write_event(&self.name, input, self.now, &mut self.random, patterns, &mut out, None);
                built.map_err(|mistake| format!("of event {}: {mistake}", self.count))?;
                out.line();
                self.count = self.count.saturating_add(1);
            }
            Ok(out.finish())
        })
    }
}

/// What is kept from one event to the next.
#[derive(Default)]
struct Builder {
    tape: Tape,
    patterns: Patterns,
}

thread_local! {
    static BUILDER: RefCell<Builder> = RefCell::default();
}

/// Writes an event of an input, JSON text. With `marks`, it is the first of some that are like it.
pub(super) fn build(
    name: &str,
    input: &str,
    now: Instant,
    random: &mut Random,
    out: &mut Writer,
    marks: Option<Marks<'_>>,
) -> Fallible<()> {
    BUILDER.with_borrow_mut(|Builder { tape, patterns }| {
        let complete = parse(input.as_bytes(), 0, tape, &mut Vec::new()).complete;
        let document = tape.document(input.as_bytes());
        let root = document.root().filter(|_| complete);
        write_event(name, root.ok_or(NO_OBJECT)?, now, random, patterns, out, marks)
    })
}

const NO_OBJECT: &str = "what an event is built of must be an object";

fn write_event(
    name: &str,
    input: Value<'_>,
    now: Instant,
    random: &mut Random,
    patterns: &mut Patterns,
    out: &mut Writer,
    marks: Option<Marks<'_>>,
) -> Fallible<()> {
    if input.kind() != Kind::Object {
        return Err(NO_OBJECT.to_owned());
    }
    if marks.is_none() && patterns.write(name, input, now, random, out) {
        return Ok(());
    }
    if name.len() > LONGEST_NAME && name.chars().count() > LONGEST_NAME {
        return Err(format!("the name of an event has at most {LONGEST_NAME} characters"));
    }
    match find(name) {
        Some(found) => {
            let begin = out.written();
            let mut maker = Maker::new(found.family, name, input, now, random, begin);
            maker.prepare(found.hole)?;
            maker.event(out)?;
            maker.keep(out.since(begin), patterns, marks);
            Ok(())
        }
        None if name.starts_with("prefect.") || name.starts_with("prefect-cloud.") => {
            Err(words::unknown_event(name, suggest(name).as_deref()))
        }
        None => custom(name, input, now, random, out),
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Val<'t> {
    Null,
    Text(Cow<'t, str>),
    /// JSON text of anything but a string or null.
    Json(Cow<'t, str>),
}

impl Val<'_> {
    fn shown(&self) -> &str {
        match self {
            Val::Null => "null",
            Val::Text(text) | Val::Json(text) => text,
        }
    }
}

fn val(value: Value<'_>) -> Val<'_> {
    match value.kind() {
        Kind::Null => Val::Null,
        _ if value.is_string() => Val::Text(value.string()),
        _ => Val::Json(String::from_utf8_lossy(value.raw())),
    }
}

/// Where something stands in an event.
#[derive(Clone, PartialEq, Debug)]
enum At {
    Name(&'static str),
    Occurred,
    Label(&'static str),
    IdPart(&'static str),
    /// An id that is given whole.
    Id,
    Field(Vec<&'static str>),
    RelatedLabel(&'static str, &'static str),
    RelatedPart(&'static str, &'static str),
    RelatedId(&'static str),
}

impl At {
    fn is(&self, term: &Term) -> bool {
        match (self, term) {
            (At::Name(own), Term::Name(other))
            | (At::Label(own), Term::Label(other))
            | (At::IdPart(own), Term::IdPart(other)) => own == other,
            (At::Occurred, Term::Occurred) => true,
            (At::Field(own), Term::Payload { path, .. }) => own == path,
            (At::RelatedLabel(own, label), Term::RelatedLabel { role, label: other }) => own == role && label == other,
            (At::RelatedPart(own, part), Term::RelatedIdPart { role, part: other }) => own == role && part == other,
            _ => false,
        }
    }
}

#[derive(Clone, Copy)]
enum What {
    Label(&'static Label),
    Field(&'static Field),
    /// A part of an id of one of these forms.
    Part(&'static [Alternative], &'static str),
    Other,
}

struct Place {
    at: At,
    /// What the caller calls it; empty: the caller cannot give it.
    key: String,
    /// Where this stands among the keys.
    given: Option<usize>,
    what: What,
    slot: usize,
}

/// A key of the input, or of an object in it. Each comes behind the one that it is in.
#[derive(Default)]
struct Key {
    whole: String,
    /// The last part of it.
    name: String,
    /// Those in it that can be given.
    known: Vec<usize>,
    /// All in it.
    inner: Vec<usize>,
    /// What a text in its place means: the thing's id or key.
    main: Option<usize>,
    is_leaf: bool,
    /// It takes more than the catalogue lists.
    is_open: bool,
    /// Other events tell this of the thing: it can be given to all of them.
    told: Vec<String>,
}

// What is written, step by step. Places stand here by their numbers.

enum Id {
    Whole(Option<usize>),
    Parts(&'static Template, Vec<Option<usize>>),
    None,
}

struct LabelStep {
    label: &'static Label,
    place: Option<usize>,
    /// The name as JSON text, with its colon.
    name: String,
}

struct RelatedStep {
    related: &'static Related,
    key: String,
    given: Option<usize>,
    templates: &'static [Alternative],
    id: Id,
    /// The role as JSON text.
    role: String,
    labels: Vec<LabelStep>,
    /// All places of it.
    places: Vec<usize>,
}

struct FieldStep {
    field: &'static Field,
    name: String,
    given: Option<usize>,
    place: Option<usize>,
    /// Its key has no other place.
    is_alone: bool,
    /// What counts the same as its absence.
    absent: Vec<&'static str>,
    inner: Option<(&'static Object, Vec<FieldStep>)>,
    /// All places in it.
    places: Vec<usize>,
}

/// What a slot is unless it is given.
enum Usual {
    Ask,
    Null,
    Text(&'static str),
    Json(&'static str),
    Filled(Vec<Piece>),
    Keys(Option<usize>),
    /// The list that is given for a key.
    Same(Option<usize>),
    Slug(usize),
    Tail(usize),
    Uuid,
    Occurred,
    /// So many times 16 hexadecimal digits.
    Hex(usize),
}

enum Piece {
    Text(&'static str),
    Uuid,
    Hex,
    Slot(Option<usize>),
    /// The part behind the last dot.
    Last(Option<usize>),
}

/// The slots that a state is told of.
#[derive(Default)]
struct StateSlots {
    kind: Option<usize>,
    before_name: Option<usize>,
    before_type: Option<usize>,
    before_message: Option<usize>,
    count: Option<usize>,
    /// Among the keys.
    before: Option<usize>,
}

#[derive(Clone, Default)]
struct Slot<'t> {
    value: Option<Val<'t>>,
    /// It was given, or follows from what was.
    explicit: bool,
    origin: Origin,
    /// What it is put together of.
    pieces: Vec<(String, Origin)>,
}

/// The places of a family's events and their slots: the same for each event of it.
struct Layout {
    family: &'static Family,
    shape: Option<&'static Object>,
    /// What the event is about, such as `task_run`.
    own: String,
    places: Vec<Place>,
    /// Of each slot: it is the slug, or the tail, of another one.
    from: Vec<Option<(Compare, usize)>>,
    /// The keys of payload objects that take more than the catalogue lists.
    open: Vec<String>,
    /// The input, and all keys that are possible in it.
    keys: Vec<Key>,
    /// Of each slot.
    usual: Vec<Usual>,
    occurred: Option<usize>,
    /// Of each slot: its value is written down, and decides nothing.
    is_free: Vec<bool>,
    /// The slots of what stands in the name.
    named: Vec<(&'static str, usize)>,
    state: StateSlots,
    id: Id,
    /// Without the id.
    labels: Vec<LabelStep>,
    id_label: Option<&'static Label>,
    related: Vec<RelatedStep>,
    fields: Vec<FieldStep>,
}

thread_local! {
    /// The layouts that were needed so far.
    static LAYOUTS: RefCell<Vec<Rc<Layout>>> = const { RefCell::new(Vec::new()) };
}

struct Maker<'b, 't> {
    layout: Rc<Layout>,
    family: &'static Family,
    name: &'b str,
    input: Value<'t>,
    now: Instant,
    random: &'b mut Random,
    slots: Vec<Slot<'t>>,
    /// What is given for each key; null, if it or what it is in is null.
    given: Vec<Option<Value<'t>>>,
    occurred: Instant,
    /// The run has been running.
    ran: bool,
    ended: bool,
    /// Where the event begins in what is written.
    begin: usize,
    notes: Vec<Note>,
    /// What chance has made.
    made: Vec<Made>,
    /// It cannot be told which others are like it.
    is_unique: bool,
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

fn joined(one: &str, other: &str) -> String {
    if one.is_empty() { other.to_owned() } else { [one, ".", other].concat() }
}

/// The templates that Prefect itself follows.
fn usual(templates: &'static [Alternative]) -> impl Iterator<Item = &'static Template> {
    templates.iter().filter(|own| own.remark.is_none()).map(|own| &own.template)
}

/// Of ids of several forms the caller must say which.
fn is_ambiguous(templates: &'static [Alternative]) -> bool {
    let mut lengths = usual(templates).map(|template| template.parts.len());
    let first = lengths.next();
    lengths.any(|other| Some(other) == first)
}

impl Layout {
    fn of(family: &'static Family, input: Value<'_>) -> Rc<Layout> {
        let own = family.labels.first().map(own_name).unwrap_or_default();
        let shape = shape_meant(family, input.get(&own));
        let same = |one: Option<&'static Object>| match (one, shape) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        LAYOUTS.with_borrow_mut(|layouts| {
            let known = layouts.iter().find(|layout| std::ptr::eq(layout.family, family) && same(layout.shape));
            if let Some(layout) = known {
                return layout.clone();
            }
            let mut layout = Layout {
                family,
                shape,
                own,
                places: Vec::new(),
                from: Vec::new(),
                open: Vec::new(),
                keys: Vec::new(),
                usual: Vec::new(),
                occurred: None,
                is_free: Vec::new(),
                named: Vec::new(),
                state: StateSlots::default(),
                id: Id::None,
                labels: Vec::new(),
                id_label: None,
                related: Vec::new(),
                fields: Vec::new(),
            };
            layout.collect();
            layout.unite();
            layout.list_keys();
            layout.compile();
            layout.is_free = layout.free_slots();
            let layout = Rc::new(layout);
            layouts.push(layout.clone());
            layout
        })
    }

    fn add(&mut self, at: At, key: String, what: What) {
        let slot = self.places.len();
        self.places.push(Place { at, key, given: None, what, slot });
    }

    fn collect(&mut self) {
        let family = self.family;
        for part in family.name.parts {
            if let Part::Hole { name, .. } = part {
                self.add(At::Name(name), String::new(), What::Other);
            }
        }
        self.add(At::Occurred, "occurred".to_owned(), What::Other);
        for label in family.labels {
            if label.name == RESOURCE_ID {
                let own = self.own.clone();
                match label.form {
                    Form::Templates(templates) => {
                        self.id(templates, &own, label.build.0.key, At::Id, &|part| At::IdPart(part));
                    }
                    _ => self.add(At::Id, joined(&own, "id"), What::Label(label)),
                }
            } else {
                let key = label_key(label, &self.own);
                self.add(At::Label(label.name), key, What::Label(label));
            }
        }
        for related in family.related.iter().filter(|related| related.max.is_some()) {
            let own = related_key(related);
            if let Form::Templates(templates) = related.id {
                let role = related.role;
                self.id(templates, &own, "", At::RelatedId(role), &|part| At::RelatedPart(role, part));
            }
            for label in related.labels {
                self.add(At::RelatedLabel(related.role, label.name), label_key(label, &own), What::Label(label));
            }
        }
        if let Some(shape) = self.shape {
            let own = self.own.clone();
            self.fields(shape, &own, &mut Vec::new());
        }
    }

    fn id(
        &mut self,
        templates: &'static [Alternative],
        own: &str,
        key: &str,
        whole: At,
        part: &dyn Fn(&'static str) -> At,
    ) {
        if is_ambiguous(templates) {
            return self.add(whole, joined(own, "id"), What::Other);
        }
        let Some(template) = usual(templates).next() else { return };
        for piece in template.parts {
            let Part::Hole { name, .. } = piece else { continue };
            let last = match *name {
                "type" | "slug" => name,
                "name-slug" => "name_slug",
                "resource-type" => "type",
                _ if !key.is_empty() => key.rsplit('.').next().unwrap_or(key),
                _ => "id",
            };
            self.add(part(name), joined(own, last), What::Part(templates, name));
        }
    }

    fn fields(&mut self, object: &'static Object, within: &str, path: &mut Vec<&'static str>) {
        for field in object.fields {
            path.push(field.name);
            let key = self.field_key(field, within);
            match inner_of(field) {
                Some(inner) => {
                    if inner.other.is_none() {
                        self.open.push(key.clone());
                    }
                    self.fields(inner, &key, path);
                }
                None => self.add(At::Field(path.clone()), key, What::Field(field)),
            }
            path.pop();
        }
    }

    fn list_keys(&mut self) {
        let many = self.family.related.iter().filter(|related| related.max.is_none()).map(related_key);
        let all = self.places.iter().map(|place| place.key.clone()).chain(self.open.iter().cloned()).chain(many);
        let mut keys: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
        for key in all.filter(|key| !key.is_empty()) {
            let mut within = String::new();
            for part in key.split('.') {
                let known = keys.iter().position(|(own, _)| *own == within).unwrap_or_else(|| {
                    keys.push((within.clone(), Vec::new()));
                    keys.len().saturating_sub(1)
                });
                if let Some((_, list)) = keys.get_mut(known)
                    && !list.iter().any(|other| other == part)
                {
                    list.push(part.to_owned());
                }
                within = joined(&within, part);
            }
        }
        if let Some((_, list)) = keys.first_mut() {
            let open = self.shape.is_some_and(|shape| shape.other.is_none());
            let more =
                [("id", true), ("follows", true), ("related", self.family.other_roles.is_none()), ("payload", open)];
            list.extend(more.iter().filter(|(_, is_known)| *is_known).map(|(key, _)| (*key).to_owned()));
        }
        self.keys.push(Key::default());
        for (within, list) in keys {
            let at = self.key(&within);
            for part in list {
                let inner = self.key(&joined(&within, &part));
                if let Some(key) = self.keys.get_mut(at) {
                    key.known.push(inner);
                }
            }
        }
    }

    /// The place of a key among all of them; it is added if it is new.
    fn key(&mut self, whole: &str) -> usize {
        if let Some(known) = self.keys.iter().position(|key| key.whole == whole) {
            return known;
        }
        let (within, name) = whole.rsplit_once('.').unwrap_or(("", whole));
        let within = self.key(within);
        let at = self.keys.len();
        self.keys.push(Key { whole: whole.to_owned(), name: name.to_owned(), ..Key::default() });
        if let Some(outer) = self.keys.get_mut(within) {
            outer.inner.push(at);
        }
        at
    }

    /// The steps by which an event is written: whatever is the same for each event is found once.
    fn compile(&mut self) {
        let family = self.family;
        for at in 0..self.places.len() {
            let key = self.places.get(at).map(|place| place.key.clone()).filter(|key| !key.is_empty());
            let given = key.map(|key| self.key(&key));
            if let Some(place) = self.places.get_mut(at) {
                place.given = given;
            }
            if let Some(key) = given.and_then(|given| self.keys.get_mut(given)) {
                key.is_leaf = true;
            }
        }
        let first = |layout: &Layout, key: &str| layout.places.iter().position(|place| place.key == key);
        let slot = |layout: &Layout, key: &str| {
            first(layout, key).and_then(|at| layout.places.get(at)).map(|place| place.slot)
        };
        self.state = StateSlots {
            kind: slot(self, "state.type"),
            before_name: slot(self, "previous.name"),
            before_type: slot(self, "previous.type"),
            before_message: slot(self, "previous.message"),
            count: slot(self, &joined(&self.own, "run_count")),
            before: Some(self.key("previous")),
        };
        self.occurred = self.slot_at(&At::Occurred);
        for part in family.name.parts {
            if let Part::Hole { name, .. } = part {
                self.named.extend(self.slot_at(&At::Name(name)).map(|slot| (*name, slot)));
            }
        }
        for label in family.labels {
            if label.name == RESOURCE_ID {
                self.id_label = Some(label);
                self.id = match label.form {
                    Form::Templates(templates) => self.id_step(templates, &At::Id, &|part| At::IdPart(part)),
                    _ => Id::Whole(self.place_at(&At::Id)),
                };
            } else {
                self.labels.push(self.label_step(label, &At::Label(label.name)));
            }
        }
        for related in family.related {
            let role = related.role;
            let Form::Templates(templates) = related.id else { continue };
            let is_of = |at: &At| match at {
                At::RelatedId(own) | At::RelatedPart(own, _) | At::RelatedLabel(own, _) => *own == role,
                _ => false,
            };
            let key = related_key(related);
            let step = RelatedStep {
                related,
                given: Some(self.key(&key)),
                key,
                templates,
                id: self.id_step(templates, &At::RelatedId(role), &|part| At::RelatedPart(role, part)),
                role: quoted(role),
                labels: (related.labels.iter())
                    .map(|label| self.label_step(label, &At::RelatedLabel(role, label.name)))
                    .collect(),
                places: self.places_of(&is_of),
            };
            self.related.push(step);
        }
        if let Some(shape) = self.shape {
            let own = self.own.clone();
            self.fields = self.field_steps(shape, &own, &mut Vec::new());
        }
        self.usual = (0..self.places.len()).map(|slot| self.usual(slot)).collect();
        for at in 0..self.keys.len() {
            let Some(key) = self.keys.get(at) else { continue };
            let mut main = ["id", "key", "slug"].iter().map(|last| joined(&key.whole, last));
            let main = main.find_map(|main| self.keys.iter().position(|key| key.is_leaf && key.whole == main));
            let is_open = self.open.contains(&key.whole);
            let told = told_elsewhere(&key.whole);
            if let Some(key) = self.keys.get_mut(at) {
                (key.main, key.is_open, key.told) = (main, is_open, told);
            }
        }
    }

    fn free_slots(&self) -> Vec<bool> {
        let StateSlots { kind, before_name, before_type, .. } = self.state;
        let mut deciding: Vec<usize> = [kind, before_name, before_type].into_iter().flatten().collect();
        deciding.extend(self.named.iter().map(|(_, slot)| slot));
        deciding.extend(self.from.iter().flatten().map(|(_, of)| of));
        for usual in &self.usual {
            let Usual::Filled(pieces) = usual else { continue };
            deciding.extend(pieces.iter().filter_map(|piece| if let Piece::Last(slot) = piece { *slot } else { None }));
        }
        // A field may be left out because of what stands in it.
        let mut steps: Vec<&FieldStep> = self.fields.iter().collect();
        while let Some(step) = steps.pop() {
            steps.extend(step.inner.iter().flat_map(|(_, inner)| inner));
            if !step.absent.is_empty() {
                deciding.extend(step.place.and_then(|place| self.slot_of_number(place)));
            }
        }
        (0..self.places.len()).map(|slot| !deciding.contains(&slot)).collect()
    }

    fn place_at(&self, at: &At) -> Option<usize> {
        self.places.iter().position(|place| place.at == *at)
    }

    fn slot_at(&self, at: &At) -> Option<usize> {
        self.place_at(at).and_then(|at| self.slot_of_number(at))
    }

    fn places_of(&self, is_of: &dyn Fn(&At) -> bool) -> Vec<usize> {
        let places = self.places.iter().enumerate().filter(|(_, place)| is_of(&place.at));
        places.map(|(at, _)| at).collect()
    }

    fn id_step(&self, templates: &'static [Alternative], whole: &At, part: &dyn Fn(&'static str) -> At) -> Id {
        if is_ambiguous(templates) {
            return Id::Whole(self.place_at(whole));
        }
        let Some(template) = usual(templates).next() else { return Id::None };
        let places = template.parts.iter().filter_map(|piece| match piece {
            Part::Literal(_) => None,
            Part::Hole { name, .. } => Some(self.place_at(&part(name))),
        });
        Id::Parts(template, places.collect())
    }

    fn label_step(&self, label: &'static Label, at: &At) -> LabelStep {
        LabelStep { label, place: self.place_at(at), name: [&quoted(label.name), ":"].concat() }
    }

    fn field_key(&self, field: &'static Field, within: &str) -> String {
        match field.build.0.key {
            "" if field.name == self.own => self.own.clone(),
            "" => joined(within, field.name),
            key => key.to_owned(),
        }
    }

    fn field_steps(&mut self, object: &'static Object, within: &str, path: &mut Vec<&'static str>) -> Vec<FieldStep> {
        let mut steps = Vec::with_capacity(object.fields.len());
        for field in object.fields {
            path.push(field.name);
            let key = self.field_key(field, within);
            let inner = inner_of(field).map(|inner| (inner, self.field_steps(inner, &key, path)));
            let at = At::Field(path.clone());
            let place = self.place_at(&at);
            let terms = self.family.equal.iter().flat_map(|rule| rule.terms);
            let absent = terms.filter(|term| at.is(term)).filter_map(|term| match term {
                Term::Payload { absent, .. } => *absent,
                _ => None,
            });
            let own_key = place.and_then(|place| self.places.get(place)).map_or("", |place| place.key.as_str());
            steps.push(FieldStep {
                field,
                name: [&quoted(field.name), ":"].concat(),
                place,
                is_alone: self.places.iter().filter(|place| place.key == own_key).count() == 1,
                absent: absent.collect(),
                places: self.places_of(&|at| matches!(at, At::Field(own) if own.starts_with(path))),
                given: Some(self.key(&key)),
                inner,
            });
            path.pop();
        }
        steps
    }

    fn usual(&mut self, slot: usize) -> Usual {
        match self.from.get(slot).copied().flatten() {
            Some((Compare::Slug, of)) => return Usual::Slug(of),
            Some((_, of)) => return Usual::Tail(of),
            None => {}
        }
        let whats: Vec<What> = self.places.iter().filter(|place| place.slot == slot).map(|place| place.what).collect();
        for what in &whats {
            let (default, is_text) = match what {
                What::Label(label) => (label.build.0.default, true),
                What::Field(field) => {
                    (field.build.0.default, matches!(field.kind, Type::String | Type::Uuid | Type::Timestamp))
                }
                _ => (None, true),
            };
            match default {
                None => {}
                Some("ask") => return Usual::Ask,
                Some("null") => return Usual::Null,
                Some(text) if is_text && !text.contains('{') => return Usual::Text(text),
                Some(text) if is_text => return Usual::Filled(self.pieces(text)),
                Some(text) => {
                    return match (text.strip_prefix("keys "), text.strip_prefix("same ")) {
                        (Some(of), _) => Usual::Keys(Some(self.key(of))),
                        (_, Some(of)) => Usual::Same(Some(self.key(of))),
                        _ => Usual::Json(text),
                    };
                }
            }
        }
        whats.iter().find_map(|what| generated(*what)).unwrap_or(Usual::Ask)
    }

    fn pieces(&self, text: &'static str) -> Vec<Piece> {
        let slot = |key: &str| self.places.iter().find(|place| place.key == key).map(|place| place.slot);
        let pieces = text.split(['{', '}']).enumerate().map(|(at, piece)| match piece {
            _ if at.checked_rem(2) != Some(1) => Piece::Text(piece),
            "uuid" => Piece::Uuid,
            "hex" => Piece::Hex,
            _ => match piece.strip_prefix("last ") {
                Some(last) => Piece::Last(slot(last)),
                None => Piece::Slot(slot(piece)),
            },
        });
        pieces.collect()
    }

    /// Places that must say the same get one slot.
    fn unite(&mut self) {
        for at in 0..self.places.len() {
            let Some(place) = self.places.get(at) else { continue };
            let same = self.places.iter().position(|other| !other.key.is_empty() && other.key == place.key);
            if let Some(slot) = same.and_then(|same| self.places.get(same)).map(|same| same.slot) {
                self.merge(place.slot, slot);
            }
        }
        let mut from = Vec::new();
        for rule in self.family.equal {
            let slots: Vec<usize> = rule.terms.iter().filter_map(|term| self.slot_of(term)).collect();
            let [first, rest @ ..] = slots.as_slice() else { continue };
            if matches!(rule.compare, Compare::Slug | Compare::Tail) {
                from.extend(rest.first().map(|of| (*first, (rule.compare, *of))));
                continue;
            }
            for other in rest {
                // Slots change with each merger.
                if let (Some(one), Some(other)) = (self.slot_of_number(*first), self.slot_of_number(*other)) {
                    self.merge(other, one);
                }
            }
        }
        self.from = vec![None; self.places.len()];
        for (slot, (compare, of)) in from {
            if let (Some(slot), Some(of)) = (self.slot_of_number(slot), self.slot_of_number(of))
                && let Some(slot) = self.from.get_mut(slot)
            {
                *slot = Some((compare, of));
            }
        }
        // Of related resources the slug has no rule of its own.
        for place in &self.places {
            let Some(name) = place.key.strip_suffix("_slug") else { continue };
            let of = self.places.iter().find(|other| other.key == name).map(|other| other.slot);
            if let (Some(slot), Some(of)) = (self.from.get_mut(place.slot), of) {
                *slot = Some((Compare::Slug, of));
            }
        }
    }

    fn merge(&mut self, from: usize, into: usize) {
        for place in &mut self.places {
            if place.slot == from {
                place.slot = into;
            }
        }
    }

    fn slot_of(&self, term: &Term) -> Option<usize> {
        self.places.iter().find(|place| place.at.is(term)).map(|place| place.slot)
    }

    /// The slot of what was in a slot at first.
    fn slot_of_number(&self, first: usize) -> Option<usize> {
        self.places.get(first).map(|place| place.slot)
    }
}

/// The object whose fields are given one by one.
fn inner_of(field: &'static Field) -> Option<&'static Object> {
    field.object.filter(|inner| field.kind == Type::Object && !inner.fields.is_empty())
}

/// What needs nobody to know it.
fn generated(what: What) -> Option<Usual> {
    match what {
        What::Label(label) => match label.form {
            Form::Values { values: [only], .. } => Some(Usual::Text(only.text)),
            Form::Uuid => Some(Usual::Uuid),
            Form::Timestamp => Some(Usual::Occurred),
            _ if label.name == "prefect.resource.name" => Some(Usual::Text(label.build.0.called)),
            _ => None,
        },
        What::Field(field) => match field.kind {
            Type::Timestamp => Some(Usual::Occurred),
            _ if field.nullable => Some(Usual::Null),
            Type::Uuid => Some(Usual::Uuid),
            Type::Array => Some(Usual::Json("[]")),
            Type::Object | Type::StringMap => Some(Usual::Json("{}")),
            Type::String if field.name == "name" => Some(Usual::Text(field.build.0.called)),
            _ => None,
        },
        What::Part(_, "uuid" | "uid") => Some(Usual::Uuid),
        What::Part(_, "container-id") => Some(Usual::Hex(3)),
        What::Part(_, "task-id") => Some(Usual::Hex(2)),
        _ => None,
    }
}

/// Of several shapes of the payload the first whose keys are given.
fn shape_meant(family: &'static Family, given: Option<Value<'_>>) -> Option<&'static Object> {
    let knows = |shape: &&'static Object| {
        let known = |key: &str| shape.fields.iter().any(|field| field.name == key) || ["id", "name"].contains(&key);
        given.is_none_or(|given| given.kind() != Kind::Object || given.members().all(|(key, _)| known(&key.string())))
    };
    match family.payload {
        [only] => Some(only),
        shapes => shapes.iter().find(knows).or(shapes.first()),
    }
}

impl<'b, 't> Maker<'b, 't> {
    fn new(
        family: &'static Family,
        name: &'b str,
        input: Value<'t>,
        now: Instant,
        random: &'b mut Random,
        begin: usize,
    ) -> Self {
        let layout = Layout::of(family, input);
        let slots = layout.places.iter().map(|_| Slot::default()).collect();
        let given = vec![None; layout.keys.len()];
        Maker {
            layout,
            family,
            name,
            input,
            now,
            random,
            slots,
            given,
            occurred: now,
            ran: false,
            ended: false,
            begin,
            notes: Vec::new(),
            made: Vec::new(),
            is_unique: false,
        }
    }

    fn prepare(&mut self, hole: Option<&str>) -> Fallible<()> {
        let layout = self.layout.clone();
        self.check_keys(self.input, 0)?;
        self.find_given(&layout);
        self.take_given(&layout)?;
        self.name_says(&layout)?;
        self.time(&layout)?;
        if let Some(hole) = hole {
            self.state(hole, &layout.state)?;
        }
        Ok(())
    }

    fn key_at(&self, place: Option<usize>) -> String {
        let place = place.and_then(|place| self.layout.places.get(place));
        place.map_or_else(String::new, |place| place.key.clone())
    }

    fn key_of(&self, slot: usize) -> &str {
        let mut keys = self.layout.places.iter().filter(|place| place.slot == slot).map(|place| place.key.as_str());
        keys.find(|key| !key.is_empty()).unwrap_or_default()
    }

    fn meaning(&self, slot: usize) -> &'static str {
        let mut places = self.layout.places.iter().filter(|place| place.slot == slot);
        let meaning = places.find_map(|place| match (place.what, &place.at) {
            (What::Label(label), _) => Some(label.meaning.0),
            (What::Field(field), _) => Some(field.meaning.0),
            (_, At::IdPart(_)) => self.family.labels.first().map(|label| label.meaning.0),
            _ => None,
        });
        meaning.unwrap_or("what it is called in the related resource's id")
    }

    // ---- what is given

    fn check_keys(&self, object: Value<'t>, at: usize) -> Fallible<()> {
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
                return Err(words::unknown_key(self.name, &whole, &own.whole, &known));
            };
            if known.is_leaf || known.known.is_empty() {
                continue;
            }
            match value.kind() {
                Kind::Object => self.check_keys(value, at)?,
                Kind::Null => {}
                _ if value.is_string() && known.main.is_some() => {}
                _ => return Err(words::wrong(&known.whole, "an object", value)),
            }
        }
        Ok(())
    }

    /// Of a repeated key the last value counts.
    fn find_given(&mut self, layout: &Layout) {
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

    fn given(&self, at: Option<usize>) -> Option<Value<'t>> {
        at.and_then(|at| self.given.get(at).copied().flatten())
    }

    fn take_given(&mut self, layout: &Layout) -> Fallible<()> {
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
                What::Label(label) if matches!(label.form, Form::Timestamp) => instant()?,
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
        let instant = instant.ok_or_else(|| words::wrong(key, "a time such as `2026-03-31T18:30:00Z`", value))?;
        Ok(Val::Text(instant.rfc3339().into()))
    }

    fn set(&mut self, slot: usize, key: &str, value: Val<'t>, origin: Origin) -> Fallible<()> {
        let Some(own) = self.slots.get_mut(slot) else { return Ok(()) };
        match &own.value {
            Some(other) if own.explicit && other.shown() != value.shown() => {
                return Err(words::disagree(key, value.shown(), other.shown()));
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
    fn name_says(&mut self, layout: &Layout) -> Fallible<()> {
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

    fn time(&mut self, layout: &Layout) -> Fallible<()> {
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

    // ---- states

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
    fn state(&mut self, name: &str, slots: &StateSlots) -> Fallible<()> {
        if slots.kind.is_none() {
            return Ok(());
        }
        if let Some(kind) = self.known(name).and_then(|variant| variant.state_type) {
            self.settle(slots.kind, Some(kind.into()));
        }
        let Some(kind) = self.text_at(slots.kind) else {
            let near = suggest(self.name).map(|near| format!(" (or did you mean `{near}`?)")).unwrap_or_default();
            let types = ["the type of a state with a name of its own, such as `COMPLETED`", &near].concat();
            return Err(words::needs(self.name, "state.type", &types));
        };
        let usual = self.known(name).or_else(|| self.of_type(&kind)).and_then(|variant| variant.previous.0);
        let mut before = usual.and_then(|usual| self.known(usual));
        match self.given(slots.before) {
            Some(previous) if previous.kind() == Kind::Null => before = None,
            Some(_) => {
                before = match (self.text_at(slots.before_name), self.text_at(slots.before_type)) {
                    (Some(name), Some(kind)) => self.known(&name).or_else(|| self.of_type(&kind)),
                    (Some(name), None) => {
                        let known = self.known(&name);
                        let types = "the type of a state with a name of its own, such as `RUNNING`";
                        Some(known.ok_or_else(|| words::needs(self.name, "previous.type", types))?)
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
            earlier = earlier.and_then(|one| one.previous.0).and_then(|name| self.known(name));
        }
        (self.ran, self.ended) = (count > 0, TERMINAL.contains(&kind.as_str()));
        self.settle(slots.count, Some(count.to_string().into()));
        Ok(())
    }

    // ---- values

    fn is_given(&self, place: usize) -> bool {
        let slot = self.layout.places.get(place).and_then(|place| self.slots.get(place.slot));
        slot.is_some_and(|slot| slot.explicit && slot.value != Some(Val::Null))
    }

    fn is_given_null(&self, place: usize) -> bool {
        let slot = self.layout.places.get(place).and_then(|place| self.slots.get(place.slot));
        slot.is_some_and(|slot| slot.explicit && slot.value == Some(Val::Null))
    }

    /// The value at a place, made if there is none.
    fn value(&mut self, place: Option<usize>) -> Fallible<&Val<'t>> {
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
                Val::Text(text.ok_or_else(|| words::needs(self.name, self.key_of(slot), name))?.into())
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
        words::needs(self.name, self.key_of(slot), self.meaning(slot))
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

    // ---- the event

    fn event(&mut self, out: &mut Writer) -> Fallible<()> {
        let layout = self.layout.clone();
        out.open('{');
        out.text("occurred", &self.occurred.rfc3339());
        let end = out.written().saturating_sub(self.begin).saturating_sub(1);
        let begin = end.saturating_sub(self.occurred.rfc3339().len());
        self.notes.push(Note { begin, end, origin: Origin::Occurred, check: Check::Nothing });
        out.text("event", self.name);
        out.key("resource");
        self.resource(&layout, out)?;
        out.key("related");
        self.related(&layout, out)?;
        out.key("payload");
        self.payload(&layout, out)?;
        let must_follow = self.must_follow();
        let Maker { name, input, occurred, begin, .. } = *self;
        let made = self.made.len();
        let notes = &mut self.notes;
        ends(out, name, input, occurred, self.random, must_follow, &mut |out, given| {
            let end = out.written().saturating_sub(begin).saturating_sub(1);
            let origin = given.map_or(Origin::Made(made, Made::Id), |given| given_at(given, input, false));
            notes.push(Note { begin: end.saturating_sub(36), end, origin, check: Check::Id });
        })?;
        if input.get("id").is_none() {
            self.made.push(Made::Id);
        }
        Ok(())
    }

    /// Notes what has been written for a slot, from here to there.
    fn note(&mut self, place: Option<usize>, check: Check, begin: usize, end: usize) {
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
    fn keep(mut self, text: &str, patterns: &mut Patterns, marks: Option<Marks<'_>>) {
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
        match marks {
            None => patterns.add(self.name, self.input, given, text, &self.notes, &self.made, &parts, &is_free),
            Some(marks) => *marks.pattern = of_marks(text, &self.notes, &self.made, self.input, marks.places, &is_free),
        }
    }

    fn must_follow(&self) -> Option<&'static str> {
        self.family.follows.filter(|follows| follows.missing.is_some()).map(|follows| follows.text.0)
    }

    fn resource(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        if let Some(label) = layout.id_label {
            out.key(RESOURCE_ID);
            match label.form {
                Form::Templates(templates) => self.id(templates, &layout.id, out)?,
                _ => self.label_text(label, if let Id::Whole(place) = layout.id { place } else { None }, out)?,
            }
        }
        self.labels(&layout.labels, out)?;
        out.close('}');
        Ok(())
    }

    fn labels(&mut self, steps: &[LabelStep], out: &mut Writer) -> Fallible<()> {
        for LabelStep { label, place, name } in steps {
            if label.presence.0 == Presence::Optional && !place.is_some_and(|place| self.is_given(place)) {
                continue;
            }
            out.item();
            out.raw(name);
            self.label_text(label, *place, out)?;
        }
        Ok(())
    }

    fn label_text(&mut self, label: &'static Label, place: Option<usize>, out: &mut Writer) -> Fallible<()> {
        self.value(place)?;
        let value = self.known_value(place);
        let wrong = |expected: &str| words::must_be(&self.key_at(place), expected, &format!("`{}`", value.shown()));
        let text: &str = match (value, &label.form) {
            (Val::Null, _) => return Err(words::needs(self.name, &self.key_at(place), label.meaning.0)),
            (Val::Json(json), Form::JsonStrings) if json.starts_with('[') => json,
            (Val::Json(json), _) if json.starts_with(['[', '{']) => return Err(wrong("a text")),
            (Val::Text(text) | Val::Json(text), _) => text,
        };
        if let Some(expected) = unfit(&label.form, text) {
            return Err(wrong(&expected));
        }
        let begin = out.written();
        match text.strip_suffix('Z').filter(|_| matches!(label.form, Form::Timestamp)) {
            Some(text) => out.string(&[text, "+00:00"].concat()),
            None => out.string(text),
        }
        self.note(place, Check::Label(label), begin.saturating_add(1), out.written().saturating_sub(1));
        Ok(())
    }

    /// The value at a place, once it has been made.
    fn known_value(&self, place: Option<usize>) -> &Val<'t> {
        let slot = place.and_then(|place| self.layout.places.get(place)).and_then(|place| self.slots.get(place.slot));
        slot.and_then(|slot| slot.value.as_ref()).unwrap_or(&Val::Null)
    }

    fn id(&mut self, templates: &'static [Alternative], id: &Id, out: &mut Writer) -> Fallible<()> {
        let (template, places) = match id {
            Id::None => {
                out.string("");
                return Ok(());
            }
            Id::Whole(place) => {
                let value = self.value(*place)?.shown();
                if usual(templates).any(|template| template.matches(value.as_bytes())) {
                    out.string(value);
                    return Ok(());
                }
                let found = format!("`{value}`");
                let forms = one_of(&mut usual(templates).map(|template| template.text));
                return Err(words::must_be(&self.key_at(*place), &forms, &found));
            }
            Id::Parts(template, places) => (template, places),
        };
        out.raw("\"");
        let mut places = places.iter().copied();
        for piece in template.parts {
            match piece {
                Part::Literal(text) => out.escaped(text),
                Part::Hole { name, hole } => {
                    let place = places.next().flatten();
                    let value = self.value(place)?;
                    let text = value.shown();
                    let fits = hole.take(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty());
                    if !fits || *value == Val::Null {
                        let expected = match hole {
                            Hole::Uuid => "a UUID".to_owned(),
                            Hole::AssetKey => "an asset key such as `s3://bucket/file`".to_owned(),
                            _ => format!("the part of the id `{}` that is called {name}", template.text),
                        };
                        let found = format!("`{text}`");
                        return Err(words::must_be(&self.key_at(place), &expected, &found));
                    }
                    let begin = out.written();
                    out.escaped(text);
                    self.note(place, Check::Part(*hole), begin, out.written());
                }
            }
        }
        out.raw("\"");
        Ok(())
    }

    fn related(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('[');
        let mut count = 0_usize;
        for step in &layout.related {
            count = count.saturating_add(match step.related.max {
                None => self.many(step, out)?,
                Some(_) => usize::from(self.one(step, out)?),
            });
        }
        if let Some(more) = self.input.get("related") {
            count = count.saturating_add(related_labels(more, out)?);
        }
        out.close(']');
        if count > MOST_RELATED { Err(too_many_related(count)) } else { Ok(()) }
    }

    fn one(&mut self, step: &RelatedStep, out: &mut Writer) -> Fallible<bool> {
        let is_null = self.given(step.given).is_some_and(|given| given.kind() == Kind::Null);
        if is_null || (step.related.min == 0 && !step.places.iter().any(|place| self.is_given(*place))) {
            return Ok(false);
        }
        out.item();
        out.open('{');
        out.key(RESOURCE_ID);
        self.id(step.templates, &step.id, out)?;
        out.key(RESOURCE_ROLE);
        out.raw(&step.role);
        self.labels(&step.labels, out)?;
        out.close('}');
        Ok(true)
    }

    /// Any number in one role: texts, or objects with `id`. Sorted, and each once, as Prefect has them.
    fn many(&mut self, step: &RelatedStep, out: &mut Writer) -> Fallible<usize> {
        let RelatedStep { key, templates, .. } = step;
        let Some(list) = self.given(step.given).filter(|list| list.kind() != Kind::Null) else { return Ok(0) };
        if list.kind() != Kind::Array {
            return Err(words::wrong(key, "a list", list));
        }
        let mut ids = Vec::new();
        for item in list.items() {
            let text = if item.kind() == Kind::Object { item.get("id").or(item.get("key")) } else { Some(item) };
            let text = text.filter(|text| text.is_string() && !text.string().is_empty());
            let text = text.ok_or_else(|| words::wrong(key, "a list of texts, none of them empty", item))?.string();
            let id = if usual(templates).any(|template| template.matches(text.as_bytes())) {
                text.into_owned()
            } else {
                usual(templates).next().map(|template| [template.prefix(), &text].concat()).unwrap_or_default()
            };
            if !usual(templates).any(|template| template.matches(id.as_bytes())) {
                let forms = one_of(&mut usual(templates).map(|template| template.text));
                return Err(words::must_be(key, &forms, &format!("`{id}`")));
            }
            let at = ids.partition_point(|other: &String| *other < id);
            if ids.get(at) != Some(&id) {
                ids.insert(at, id);
            }
        }
        for id in &ids {
            out.item();
            out.open('{');
            out.text(RESOURCE_ID, id);
            out.key(RESOURCE_ROLE);
            out.raw(&step.role);
            out.close('}');
        }
        Ok(ids.len())
    }

    fn payload(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        if let Some(shape) = layout.shape {
            self.object(&layout.fields, out)?;
            let more = self.input.get("payload").filter(|_| shape.other.is_none());
            if let Some(more) = more {
                if more.kind() != Kind::Object {
                    return Err(words::wrong("payload", "an object", more));
                }
                let new = |key: &str| !shape.fields.iter().any(|field| field.name == key);
                members(more, &new, out);
            }
        }
        out.close('}');
        Ok(())
    }

    fn object(&mut self, steps: &[FieldStep], out: &mut Writer) -> Fallible<()> {
        steps.iter().try_for_each(|step| self.field(step, out))
    }

    fn field(&mut self, step: &FieldStep, out: &mut Writer) -> Fallible<()> {
        let FieldStep { field, .. } = step;
        let Some((inner, fields)) = &step.inner else {
            return self.leaf(step, out);
        };
        let is_optional = field.presence.0 == Presence::Optional;
        let has_any = step.places.iter().any(|place| self.is_given(*place));
        let given = self.given(step.given);
        // Whether all that is known of an object says that it is null.
        let is_null = || step.places.iter().any(|place| self.is_given_null(*place));
        if !has_any && (is_optional || (field.nullable && (field.build.0.is_shown || is_null()))) {
            if !is_optional || given.is_some_and(|given| given.kind() == Kind::Null && field.nullable) {
                out.null(field.name);
            }
            return Ok(());
        }
        out.item();
        out.raw(&step.name);
        out.open('{');
        self.object(fields, out)?;
        if let Some(given) = given.filter(|given| inner.other.is_none() && given.kind() == Kind::Object) {
            let new = |key: &str| !inner.fields.iter().any(|field| field.name == key);
            members(given, &new, out);
        }
        out.close('}');
        Ok(())
    }

    fn leaf(&mut self, step: &FieldStep, out: &mut Writer) -> Fallible<()> {
        let FieldStep { field, place, .. } = step;
        let is_explicit = place.is_some_and(|place| self.is_given(place));
        let is_optional = field.presence.0 == Presence::Optional;
        if !field.build.0.once.is_empty() && !is_explicit {
            let is_there = if field.build.0.once == "ended" { self.ended } else { self.ran };
            if !is_there {
                return Ok(());
            }
        } else if is_optional {
            // What only the documentation has is there if it is asked for by its own name.
            let own = place.and_then(|place| self.layout.places.get(place)).and_then(|place| place.given);
            if field.remark.is_some() && !(step.is_alone && self.given(own).is_some()) {
                return Ok(());
            }
            let given_null = field.nullable && place.is_some_and(|place| self.is_given_null(place));
            if !is_explicit && !given_null {
                return Ok(());
            }
        }
        self.value(*place)?;
        let value = self.known_value(*place);
        // What counts as empty when it is absent is left out when it is empty.
        let is_empty = || step.absent.contains(&value.shown()) || matches!(value, Val::Text(text) if text.is_empty());
        if is_optional && is_empty() {
            return Ok(());
        }
        let text = match value {
            Val::Null if field.nullable => None,
            Val::Null => return Err(words::needs(self.name, &self.key_at(*place), field.meaning.0)),
            Val::Text(text) | Val::Json(text) => Some(&**text),
        };
        out.item();
        out.raw(&step.name);
        let begin = out.written();
        match text {
            None => out.raw("null"),
            Some(text) if is_text_of(field, text, matches!(value, Val::Text(_)), &|| self.key_at(*place))? => {
                out.string(text);
                let (begin, end) = (begin.saturating_add(1), out.written().saturating_sub(1));
                self.note(*place, Check::Field(field), begin, end);
            }
            Some(text) => {
                out.raw(text);
                self.note(*place, Check::Field(field), begin, out.written());
            }
        }
        Ok(())
    }
}

/// What the text of a label must be, if it is not.
pub(super) fn unfit(form: &'static Form, text: &str) -> Option<String> {
    match form {
        Form::Integer if text.parse::<u64>().is_err() => Some("a whole number, not negative".to_owned()),
        Form::SignedInteger if text.parse::<i64>().is_err() => Some("a whole number".to_owned()),
        Form::Uuid if !is_uuid(text.as_bytes()) => Some("a UUID".to_owned()),
        Form::JsonStrings if !text.starts_with('[') => Some("a list of texts".to_owned()),
        Form::AtMost(most) if text.len() > *most && text.chars().count() > *most => {
            Some(format!("at most {most} characters long"))
        }
        Form::Values { values, other: Severity::Error } if !values.iter().any(|value| value.text == text) => {
            Some(one_of(&mut values.iter().map(|value| value.text)))
        }
        Form::Templates(templates) if !templates.iter().any(|own| own.template.matches(text.as_bytes())) => {
            Some(one_of(&mut templates.iter().map(|own| own.template.text)))
        }
        _ => None,
    }
}

/// Whether a text is the whole of an id of one of these forms.
pub(super) fn is_whole(templates: &'static [Alternative], text: &str) -> bool {
    usual(templates).any(|template| template.matches(text.as_bytes()))
}

/// The origin of what is given.
fn given_at(value: Value<'_>, input: Value<'_>, is_time: bool) -> Origin {
    Origin::Given { node: value.index().saturating_sub(input.index()), is_time }
}

/// Values in an input that the next one has others for.
pub(super) struct Marks<'m> {
    /// Where they stand in its text; of texts, what is between the quotes.
    pub places: &'m [Range<usize>],
    /// What was written, with gaps for them, which they fill by their numbers.
    pub pattern: &'m mut Option<Pattern>,
}

/// `None`: one of the values decides.
fn of_marks(
    text: &str,
    notes: &[Note],
    made: &[Made],
    input: Value<'_>,
    places: &[Range<usize>],
    is_free: &dyn Fn(u32) -> bool,
) -> Option<Pattern> {
    let mut marked = Vec::with_capacity(notes.len());
    let mut is_found = vec![false; places.len()];
    for note in notes {
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
    Some(Pattern::of(text, &marked, made, &[], &|_| true))
}

/// Whether a value is written as a text, if it is of the field's type.
pub(super) fn is_text_of(field: &'static Field, text: &str, is_text: bool, key: &dyn Fn() -> String) -> Fallible<bool> {
    let wrong = |expected: &str| words::must_be(&key(), expected, &format!("`{text}`"));
    let begins = |bracket: char| !is_text && text.starts_with(bracket);
    let (fits, expected) = match field.kind {
        Type::Any => (true, ""),
        Type::String if !field.values.is_empty() => {
            let known = field.other != Severity::Error || field.values.iter().any(|value| value.text == text);
            if !known {
                return Err(wrong(&one_of(&mut field.values.iter().map(|value| value.text))));
            }
            (is_text || text.parse::<bool>().is_ok(), "a text")
        }
        Type::String => (is_text, "a text"),
        Type::Uuid => (is_text && is_uuid(text.as_bytes()), "a UUID"),
        Type::Timestamp => (is_text, "a time"),
        Type::Integer => (text.parse::<i64>().is_ok(), "a whole number"),
        Type::Number => (text.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        Type::Boolean => (text.parse::<bool>().is_ok(), "true or false"),
        Type::Object | Type::StringMap => (begins('{'), "an object"),
        Type::Array => (begins('['), "a list"),
    };
    if !fits {
        return Err(wrong(expected));
    }
    Ok(match field.kind {
        Type::String | Type::Uuid | Type::Timestamp => true,
        Type::Any => is_text,
        _ => false,
    })
}

fn one_of(texts: &mut dyn Iterator<Item = &'static str>) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(if out.is_empty() { "" } else { ", " });
        out.push('`');
        out.push_str(text);
        out.push('`');
    }
    if out.contains(", ") { ["one of ", &out].concat() } else { out }
}

/// What the event is about, by the form of its id.
fn own_name(label: &'static Label) -> String {
    let key = label.build.0.key;
    if let Some((own, _)) = key.split_once('.') {
        return own.to_owned();
    }
    let Form::Templates(templates) = label.form else { return "resource".to_owned() };
    let prefix = usual(templates).next().map(Template::prefix).unwrap_or_default();
    snake(prefix.trim_end_matches('.').rsplit('.').next().unwrap_or_default())
}

fn related_key(related: &'static Related) -> String {
    match related.build.0.key {
        "" => snake(related.role),
        key => key.to_owned(),
    }
}

/// What events of any family tell of such a resource: what describes it can be given to all of them.
fn told_elsewhere(own: &str) -> Vec<String> {
    let related = families().iter().flat_map(|family| family.related).filter(|related| related_key(related) == own);
    let keys = related.flat_map(|related| related.labels).map(|label| label_key(label, own));
    let mut told: Vec<String> =
        keys.filter_map(|key| key.strip_prefix(own)?.strip_prefix('.').map(str::to_owned)).collect();
    told.sort_unstable();
    told.dedup();
    told
}

/// What the caller calls a label of a resource that is called `own`.
fn label_key(label: &'static Label, own: &str) -> String {
    if !label.build.0.key.is_empty() {
        return label.build.0.key.to_owned();
    }
    let name = label.name.strip_prefix("prefect.").unwrap_or(label.name);
    let name = name.strip_prefix("resource.").unwrap_or(name);
    let (first, rest) = name.split_once('.').unwrap_or(("", name));
    let (first, rest) = (snake(first), snake(rest));
    // `prefect.worker-type` of a worker is its type.
    let rest = rest.strip_prefix(own).and_then(|rest| rest.strip_prefix('_')).unwrap_or(&rest);
    match first.as_str() {
        "infrastructure" => joined(&first, rest),
        _ => joined(own, rest),
    }
}

/// The members of an object that are new, behind others.
fn members(object: Value<'_>, new: &dyn Fn(&str) -> bool, out: &mut Writer) {
    for (key, value) in object.members() {
        let key = key.string();
        if new(&key) {
            out.key(&key);
            out.raw(&String::from_utf8_lossy(value.raw()));
        }
    }
}

/// `id` and `follows`, and the end of the event.
fn ends(
    out: &mut Writer,
    name: &str,
    input: Value<'_>,
    occurred: Instant,
    random: &mut Random,
    must_follow: Option<&str>,
    note: &mut dyn FnMut(&Writer, Option<Value<'_>>),
) -> Fallible<()> {
    let uuid = |key: &str| match input.get(key) {
        None => Ok(None),
        Some(value) if value.is_string() && is_uuid(&value.bytes()) => Ok(Some(value)),
        Some(value) if key == "follows" && value.kind() == Kind::Null => Ok(None),
        Some(value) => Err(words::wrong(key, "the UUID of an event", value)),
    };
    let id = uuid("id")?;
    let text = id.map_or_else(|| timed_id(occurred, random).to_string().into(), Value::string);
    out.text("id", &text);
    note(out, id);
    match (uuid("follows")?, must_follow) {
        (Some(follows), _) => {
            out.text("follows", &follows.string());
            note(out, Some(follows));
        }
        (None, Some(text)) if input.get("follows").is_none() => {
            let text = ["the id of ", &lower(text), "; null for none"].concat();
            return Err(words::needs(name, "follows", &text));
        }
        _ => out.null("follows"),
    }
    out.close('}');
    Ok(())
}

/// The first sentence, in the middle of another.
fn lower(text: &str) -> String {
    let first = text.split(". ").next().unwrap_or(text);
    let mut chars = first.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

// ---- custom events

const CUSTOM: [&str; 6] = ["resource", "related", "payload", "id", "occurred", "follows"];

/// An event of a name that is not Prefect's: an envelope around what is given.
fn custom(name: &str, input: Value<'_>, now: Instant, random: &mut Random, out: &mut Writer) -> Fallible<()> {
    for (key, _) in input.members() {
        if !CUSTOM.contains(&&*key.string()) {
            return Err(words::unknown_key(name, &key.string(), "", &CUSTOM));
        }
    }
    if name.trim().is_empty() {
        return Err("an event needs a name".to_owned());
    }
    let occurred = match input.get("occurred") {
        None => now,
        Some(value) => Some(value)
            .filter(|value| value.is_string())
            .and_then(|text| time::read(&text.bytes())?.instant)
            .ok_or_else(|| words::wrong("occurred", "a time such as `2026-03-31T18:30:00Z`", value))?,
    };
    out.open('{');
    out.text("occurred", &occurred.rfc3339());
    out.text("event", name);
    out.key("resource");
    let resource = input.get("resource");
    let meaning = "its labels, of which `prefect.resource.id` names it";
    let resource = resource.ok_or_else(|| words::needs(name, "resource", meaning))?;
    labels("resource", resource, &[RESOURCE_ID], out)?;
    out.key("related");
    out.open('[');
    let count = input.get("related").map_or(Ok(0), |related| related_labels(related, out))?;
    if count > MOST_RELATED {
        return Err(too_many_related(count));
    }
    out.close(']');
    out.key("payload");
    match input.get("payload") {
        None => {
            out.open('{');
            out.close('}');
        }
        Some(payload) if payload.kind() == Kind::Object => out.raw(&String::from_utf8_lossy(payload.raw())),
        Some(payload) => return Err(words::wrong("payload", "an object", payload)),
    }
    ends(out, name, input, occurred, random, None, &mut |_, _| {})
}

fn too_many_related(count: usize) -> Mistake {
    format!("an event has at most {MOST_RELATED} related resources, not {count}")
}

/// Related resources as they are given, their labels under their own names.
fn related_labels(list: Value<'_>, out: &mut Writer) -> Fallible<usize> {
    if list.kind() != Kind::Array {
        return Err(words::wrong("related", "a list of resources", list));
    }
    let mut count = 0_usize;
    for (index, item) in list.items().enumerate() {
        out.item();
        labels(&format!("related.{index}"), item, &[RESOURCE_ID, RESOURCE_ROLE], out)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn labels(key: &str, resource: Value<'_>, required: &[&str], out: &mut Writer) -> Fallible<()> {
    if resource.kind() != Kind::Object {
        return Err(words::wrong(key, "an object of labels", resource));
    }
    for name in required {
        let value = resource.get(name).filter(|value| value.is_string() && !value.string().is_empty());
        if value.is_none() {
            let found = resource.get(name).map_or_else(|| "absent".to_owned(), shown_value);
            return Err(words::must_be(&format!("{key}[\"{name}\"]"), "a text", &found));
        }
    }
    out.open('{');
    for (name, value) in resource.members() {
        if !value.is_string() {
            return Err(words::wrong(&format!("{key}[\"{}\"]", name.string()), "a text", value));
        }
        out.text(&name.string(), &value.string());
    }
    out.close('}');
    Ok(())
}
