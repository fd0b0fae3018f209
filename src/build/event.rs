//! A single event: what the caller gives under natural keys, and what follows from it by the catalogue.
//!
//! Each place of an event (a label, a part of an id, a field) is of a slot; places that must say the same share one.
//! A slot has its value from the caller, from the event's name, from another slot, from the page's `default`, or by
//! chance; what is left the caller is asked for.

use std::borrow::Cow;
use std::cell::RefCell;
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
use super::random::Random;
use super::words::{self, Mistake};

type Fallible<T> = Result<T, Mistake>;

/// What the server takes.
const MOST_RELATED: usize = 100;
const LONGEST_NAME: usize = 1024;
const TERMINAL: [&str; 4] = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"];

/// Builds an event: its JSON text. `input`: JSON text, an object.
pub fn build_event(name: &str, input: &str, options: BuildOptions) -> Fallible<String> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let complete = parse(input.as_bytes(), 0, &mut tape, &mut issues).complete;
    let document = tape.document(input.as_bytes());
    let root = document.root().filter(|root| complete && root.kind() == Kind::Object);
    let root = root.ok_or("what an event is built of must be an object")?;
    if name.chars().count() > LONGEST_NAME {
        return Err(format!("the name of an event has at most {LONGEST_NAME} characters"));
    }
    let mut random = Random::new(options.seed);
    match find(name) {
        Some(found) => {
            let mut maker = Maker::new(found.family, name, root, options.now, &mut random);
            maker.prepare(found.hole)?;
            maker.event()
        }
        None if name.starts_with("prefect.") || name.starts_with("prefect-cloud.") => {
            Err(words::unknown_event(name, suggest(name).as_deref()))
        }
        None => custom(name, root, options.now, &mut random),
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
    what: What,
    slot: usize,
}

#[derive(Clone, Default)]
struct Slot<'t> {
    value: Option<Val<'t>>,
    /// It was given, or follows from what was.
    explicit: bool,
    /// It is the slug, or the tail, of another slot.
    from: Option<(Compare, usize)>,
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
    /// The keys that are possible in the input, and in each object in it.
    keys: Vec<(String, Vec<String>)>,
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
    occurred: Instant,
    /// The run has been running.
    ran: bool,
    ended: bool,
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
            let mut layout =
                Layout { family, shape, own, places: Vec::new(), from: Vec::new(), open: Vec::new(), keys: Vec::new() };
            layout.collect();
            layout.unite();
            layout.list_keys();
            let layout = Rc::new(layout);
            layouts.push(layout.clone());
            layout
        })
    }

    fn add(&mut self, at: At, key: String, what: What) {
        let slot = self.places.len();
        self.places.push(Place { at, key, what, slot });
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
            let key = match field.build.0.key {
                "" if field.name == self.own => self.own.clone(),
                "" => joined(within, field.name),
                key => key.to_owned(),
            };
            match field.object.filter(|inner| field.kind == Type::Object && !inner.fields.is_empty()) {
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
        self.keys = keys;
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
    fn new(family: &'static Family, name: &'b str, input: Value<'t>, now: Instant, random: &'b mut Random) -> Self {
        let layout = Layout::of(family, input);
        let slots = layout.from.iter().map(|from| Slot { value: None, explicit: false, from: *from }).collect();
        Maker { layout, family, name, input, now, random, slots, occurred: now, ran: false, ended: false }
    }

    fn prepare(&mut self, hole: Option<&str>) -> Fallible<()> {
        self.check_keys(self.input, "")?;
        self.take_given()?;
        self.name_says()?;
        self.time()?;
        if let Some(hole) = hole {
            self.state(hole)?;
        }
        Ok(())
    }

    fn place(&self, at: &At) -> Option<&Place> {
        self.layout.places.iter().find(|place| place.at == *at)
    }

    fn at_key(&self, key: &str) -> Option<usize> {
        self.layout.places.iter().find(|place| place.key == key).map(|place| place.slot)
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

    /// The keys that are possible in an object.
    fn keys_within(&self, within: &str) -> &[String] {
        let keys = self.layout.keys.iter().find(|(own, _)| own == within);
        keys.map_or(&[], |(_, keys)| keys.as_slice())
    }

    fn check_keys(&self, object: Value<'t>, within: &str) -> Fallible<()> {
        let known = self.keys_within(within);
        for (key, value) in object.members() {
            let whole = joined(within, &key.string());
            if !known.iter().any(|known| **known == *key.string()) {
                if self.layout.open.iter().any(|open| open == within) || is_told_elsewhere(within, &key.string()) {
                    continue;
                }
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                return Err(words::unknown_key(self.name, &whole, within, &known));
            }
            let is_leaf = self.layout.places.iter().any(|place| place.key == whole);
            if is_leaf || self.keys_within(&whole).is_empty() {
                continue;
            }
            match value.kind() {
                Kind::Object => self.check_keys(value, &whole)?,
                Kind::Null => {}
                _ if value.is_string() && self.main_key(&whole).is_some() => {}
                _ => return Err(words::wrong(&whole, "an object", value)),
            }
        }
        Ok(())
    }

    /// What a text in place of an object means: the thing's id or key.
    fn main_key(&self, within: &str) -> Option<String> {
        ["id", "key", "slug"].iter().map(|last| joined(within, last)).find(|key| self.at_key(key).is_some())
    }

    /// What is given for a key; null, if it or what it is in is null.
    fn given(&self, key: &str) -> Option<Value<'t>> {
        let (mut value, mut walked) = (self.input, 0_usize);
        for part in key.split('.') {
            if value.kind() == Kind::Null {
                break;
            }
            if value.is_string() {
                let within = key.get(..walked.saturating_sub(1)).unwrap_or_default();
                return (self.main_key(within).as_deref() == Some(key)).then_some(value);
            }
            value = value.get(part)?;
            walked = walked.saturating_add(part.len()).saturating_add(1);
        }
        Some(value)
    }

    fn take_given(&mut self) -> Fallible<()> {
        let mut taken = Vec::new();
        for place in self.layout.places.iter().filter(|place| !place.key.is_empty()) {
            let Some(value) = self.given(&place.key) else { continue };
            let own = match place.what {
                What::Part(templates, part) if value.is_string() => {
                    let text = value.string();
                    let whole = usual(templates).find(|template| template.matches(text.as_bytes()));
                    let part = whole.and_then(|template| template.part(text.as_bytes(), part));
                    part.map_or_else(|| val(value), |part| Val::Text(String::from_utf8_lossy(part).into_owned().into()))
                }
                What::Label(label) if matches!(label.form, Form::Timestamp) => Self::instant(&place.key, value)?,
                What::Field(field) if field.kind == Type::Timestamp && value.kind() != Kind::Null => {
                    Self::instant(&place.key, value)?
                }
                _ if place.at == At::Occurred => Self::instant(&place.key, value)?,
                _ => val(value),
            };
            taken.push((place.slot, place.key.clone(), own));
        }
        for (slot, key, value) in taken {
            self.set(slot, &key, value)?;
        }
        Ok(())
    }

    fn instant(key: &str, value: Value<'t>) -> Fallible<Val<'t>> {
        let instant = Some(value).filter(|value| value.is_string()).and_then(|text| time::read(&text.bytes())?.instant);
        let instant = instant.ok_or_else(|| words::wrong(key, "a time such as `2026-03-31T18:30:00Z`", value))?;
        Ok(Val::Text(instant.rfc3339().into()))
    }

    fn set(&mut self, slot: usize, key: &str, value: Val<'t>) -> Fallible<()> {
        let Some(own) = self.slots.get_mut(slot) else { return Ok(()) };
        match &own.value {
            Some(other) if own.explicit && other.shown() != value.shown() => {
                return Err(words::disagree(key, value.shown(), other.shown()));
            }
            _ => *own = Slot { value: Some(value), explicit: true, from: own.from },
        }
        Ok(())
    }

    /// The values that stand in the event's name.
    fn name_says(&mut self) -> Fallible<()> {
        for part in self.family.name.parts {
            let Part::Hole { name, .. } = part else { continue };
            let value = self.family.name.part(self.name.as_bytes(), name);
            let value = value.map(|value| String::from_utf8_lossy(value).into_owned());
            if let (Some(slot), Some(value)) = (self.place(&At::Name(name)).map(|place| place.slot), value) {
                let key = self.key_of(slot).to_owned();
                self.set(slot, &key, Val::Text(value.into()))?;
            }
        }
        Ok(())
    }

    fn time(&mut self) -> Fallible<()> {
        let Some(slot) = self.place(&At::Occurred).map(|place| place.slot) else { return Ok(()) };
        match self.slots.get(slot).and_then(|slot| slot.value.as_ref()) {
            Some(Val::Text(text)) => {
                let instant = time::read(text.as_bytes()).and_then(|time| time.instant);
                self.occurred = instant.unwrap_or(self.now);
                Ok(())
            }
            _ => self.set(slot, "occurred", Val::Text(self.now.rfc3339().into())),
        }
    }

    // ---- states

    fn known(&self, name: &str) -> Option<&'static Variant> {
        self.family.variants.iter().find(|variant| variant.name == name)
    }

    fn of_type(&self, kind: &str) -> Option<&'static Variant> {
        self.family.variants.iter().find(|variant| variant.state_type == Some(kind))
    }

    fn text_at(&self, key: &str) -> Option<String> {
        match self.at_key(key).and_then(|slot| self.slots.get(slot))?.value.as_ref()? {
            Val::Null => None,
            Val::Text(text) | Val::Json(text) => Some(text.clone().into_owned()),
        }
    }

    fn settle(&mut self, key: &str, value: Option<&str>) {
        if let Some(slot) = self.at_key(key).and_then(|slot| self.slots.get_mut(slot))
            && slot.value.is_none()
        {
            let value = value.map_or(Val::Null, |value| Val::Text(value.to_owned().into()));
            *slot = Slot { value: Some(value), explicit: true, from: None };
        }
    }

    /// The type of the state, the state before, and how often the run has been running.
    fn state(&mut self, name: &str) -> Fallible<()> {
        if self.at_key("state.type").is_none() {
            return Ok(());
        }
        if let Some(kind) = self.known(name).and_then(|variant| variant.state_type) {
            self.settle("state.type", Some(kind));
        }
        let Some(kind) = self.text_at("state.type") else {
            let near = suggest(self.name).map(|near| format!(" (or did you mean `{near}`?)")).unwrap_or_default();
            let types = ["the type of a state with a name of its own, such as `COMPLETED`", &near].concat();
            return Err(words::needs(self.name, "state.type", &types));
        };
        let usual = self.known(name).or_else(|| self.of_type(&kind)).and_then(|variant| variant.previous.0);
        let mut before = usual.and_then(|usual| self.known(usual));
        match self.given("previous") {
            Some(previous) if previous.kind() == Kind::Null => before = None,
            Some(_) => {
                before = match (self.text_at("previous.name"), self.text_at("previous.type")) {
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
        self.settle("previous.type", before.and_then(|before| before.state_type));
        self.settle("previous.name", before.map(|before| before.name));
        if before.is_none() {
            self.settle("previous.message", None);
        }
        let mut count = u32::from(kind == "RUNNING");
        let mut earlier = before;
        // As many steps as there are variants: the build script refuses circles.
        for _ in self.family.variants {
            count = count.saturating_add(u32::from(earlier.is_some_and(|one| one.state_type == Some("RUNNING"))));
            earlier = earlier.and_then(|one| one.previous.0).and_then(|name| self.known(name));
        }
        (self.ran, self.ended) = (count > 0, TERMINAL.contains(&kind.as_str()));
        let key = joined(&self.layout.own, "run_count");
        self.settle(&key, Some(&count.to_string()));
        Ok(())
    }

    // ---- values

    fn is_explicit(&self, at: &At) -> bool {
        let slot = self.place(at).and_then(|place| self.slots.get(place.slot));
        slot.is_some_and(|slot| slot.explicit && slot.value != Some(Val::Null))
    }

    /// The value at a place, made if there is none.
    fn value(&mut self, at: &At) -> Fallible<Val<'t>> {
        let Some(slot) = self.place(at).map(|place| place.slot) else { return Ok(Val::Null) };
        self.slot_value(slot)
    }

    fn slot_value(&mut self, slot: usize) -> Fallible<Val<'t>> {
        let own = self.slots.get(slot).cloned().unwrap_or_default();
        if let Some(value) = own.value {
            return Ok(value);
        }
        // A default that asks for itself ends here.
        if let Some(own) = self.slots.get_mut(slot) {
            own.value = Some(Val::Null);
        }
        let value = match own.from {
            Some((compare, of)) => self.made_from(slot, compare, of)?,
            None => self.made(slot)?,
        };
        if let Some(own) = self.slots.get_mut(slot) {
            own.value = Some(value.clone());
        }
        Ok(value)
    }

    fn made_from(&mut self, slot: usize, compare: Compare, of: usize) -> Fallible<Val<'t>> {
        let of = self.slot_value(of)?;
        let text = match compare {
            Compare::Slug => slug(of.shown()).filter(|slug| !slug.is_empty()),
            _ => of.shown().rsplit(['/', ':']).next().map(str::to_owned),
        };
        let name = "the name as python-slugify writes it, which is not known of such a name";
        let text = text.ok_or_else(|| words::needs(self.name, self.key_of(slot), name))?;
        Ok(Val::Text(text.into()))
    }

    fn made(&mut self, slot: usize) -> Fallible<Val<'t>> {
        let whats: Vec<What> =
            self.layout.places.iter().filter(|place| place.slot == slot).map(|place| place.what).collect();
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
                Some("ask") => return Err(self.ask(slot)),
                Some("null") => return Ok(Val::Null),
                Some(text) if is_text => return Ok(Val::Text(self.filled(text)?.into())),
                Some(text) => {
                    let json = text.strip_prefix("keys ").map_or_else(|| text.to_owned(), |of| self.keys_of(of));
                    return Ok(Val::Json(json.into()));
                }
            }
        }
        for what in &whats {
            if let Some(value) = self.generated(*what) {
                return Ok(value);
            }
        }
        Err(self.ask(slot))
    }

    fn ask(&self, slot: usize) -> Mistake {
        words::needs(self.name, self.key_of(slot), self.meaning(slot))
    }

    /// What needs nobody to know it.
    fn generated(&mut self, what: What) -> Option<Val<'t>> {
        let text = |text: String| Some(Val::Text(text.into()));
        let json = |text: &'static str| Some(Val::Json(text.into()));
        match what {
            What::Label(label) => match label.form {
                Form::Values { values: [only], .. } => text(only.text.to_owned()),
                Form::Uuid => text(self.uuid()),
                Form::Timestamp => text(self.occurred.rfc3339()),
                _ if label.name == "prefect.resource.name" => text(label.example.0.to_owned()),
                _ => None,
            },
            What::Field(field) => match field.kind {
                Type::Timestamp => text(self.occurred.rfc3339()),
                _ if field.nullable => Some(Val::Null),
                Type::Uuid => text(self.uuid()),
                Type::Array => json("[]"),
                Type::Object | Type::StringMap => json("{}"),
                Type::String if field.name == "name" => text(field.example.0.trim_matches('"').to_owned()),
                _ => None,
            },
            What::Part(_, "uuid" | "uid") => text(self.uuid()),
            What::Part(_, "container-id") => text([self.hex(), self.hex(), self.hex()].concat()),
            What::Part(_, "task-id") => text([self.hex(), self.hex()].concat()),
            _ => None,
        }
    }

    fn uuid(&mut self) -> String {
        timed_id(self.occurred, self.random).to_string()
    }

    /// 16 hexadecimal digits.
    fn hex(&mut self) -> String {
        format!("{:016x}", self.random.word())
    }

    fn filled(&mut self, text: &str) -> Fallible<String> {
        let mut out = String::new();
        for (at, piece) in text.split(['{', '}']).enumerate() {
            let inside = at.checked_rem(2) == Some(1);
            match piece {
                _ if !inside => out.push_str(piece),
                "uuid" => out.push_str(&self.uuid()),
                "hex" => out.extend(self.hex().chars().take(8)),
                _ => {
                    let last = piece.strip_prefix("last ");
                    let slot = self.at_key(last.unwrap_or(piece));
                    let value = slot.map_or(Ok(Val::Null), |slot| self.slot_value(slot))?;
                    let text = value.shown();
                    out.push_str(last.and_then(|_| text.rsplit('.').next()).unwrap_or(text));
                }
            }
        }
        Ok(out)
    }

    /// The keys of what is given for a key, as a JSON array.
    fn keys_of(&self, key: &str) -> String {
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

    fn event(&mut self) -> Fallible<String> {
        let mut out = Writer::default();
        out.open('{');
        out.text("occurred", &self.occurred.rfc3339());
        out.text("event", self.name);
        out.key("resource");
        self.resource(&mut out)?;
        out.key("related");
        self.related(&mut out)?;
        out.key("payload");
        self.payload(&mut out)?;
        ends(&mut out, self.name, self.input, self.occurred, self.random, self.must_follow())?;
        Ok(out.finish())
    }

    fn must_follow(&self) -> Option<&'static str> {
        self.family.follows.filter(|follows| follows.missing.is_some()).map(|follows| follows.text.0)
    }

    fn resource(&mut self, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        for label in self.family.labels {
            if label.name == RESOURCE_ID {
                let id = match label.form {
                    Form::Templates(templates) => self.id_text(templates, &At::Id, &|part| At::IdPart(part))?,
                    _ => self.label_text(label, &At::Id)?,
                };
                out.text(RESOURCE_ID, &id);
                continue;
            }
            self.label(label, &At::Label(label.name), out)?;
        }
        out.close('}');
        Ok(())
    }

    fn label(&mut self, label: &'static Label, at: &At, out: &mut Writer) -> Fallible<()> {
        if label.presence.0 == Presence::Optional && !self.is_explicit(at) {
            return Ok(());
        }
        let text = self.label_text(label, at)?;
        out.text(label.name, &text);
        Ok(())
    }

    fn label_text(&mut self, label: &'static Label, at: &At) -> Fallible<String> {
        let value = self.value(at)?;
        let key = self.place(at).map_or_else(String::new, |place| place.key.clone());
        let wrong = |expected: &str| words::must_be(&key, expected, &format!("`{}`", value.shown()));
        let text = match (&value, &label.form) {
            (Val::Null, _) => return Err(words::needs(self.name, &key, label.meaning.0)),
            (Val::Json(json), Form::JsonStrings) if json.starts_with('[') => json.to_string(),
            (Val::Json(json), _) if json.starts_with(['[', '{']) => return Err(wrong("a text")),
            (Val::Text(text) | Val::Json(text), _) => text.to_string(),
        };
        match &label.form {
            Form::Integer if text.parse::<u64>().is_err() => Err(wrong("a whole number, not negative")),
            Form::SignedInteger if text.parse::<i64>().is_err() => Err(wrong("a whole number")),
            Form::Uuid if !is_uuid(text.as_bytes()) => Err(wrong("a UUID")),
            Form::JsonStrings if !text.starts_with('[') => Err(wrong("a list of texts")),
            Form::AtMost(most) if text.chars().count() > *most => {
                Err(wrong(&format!("at most {most} characters long")))
            }
            Form::Values { values, other: Severity::Error } if !values.iter().any(|value| value.text == text) => {
                Err(wrong(&one_of(&mut values.iter().map(|value| value.text))))
            }
            Form::Templates(templates) if !templates.iter().any(|own| own.template.matches(text.as_bytes())) => {
                Err(wrong(&one_of(&mut templates.iter().map(|own| own.template.text))))
            }
            Form::Timestamp => Ok(text.strip_suffix('Z').map_or(text.clone(), |text| [text, "+00:00"].concat())),
            _ => Ok(text),
        }
    }

    fn id_text(
        &mut self,
        templates: &'static [Alternative],
        whole: &At,
        part: &dyn Fn(&'static str) -> At,
    ) -> Fallible<String> {
        let forms = one_of(&mut usual(templates).map(|template| template.text));
        if is_ambiguous(templates) {
            let key = self.place(whole).map_or_else(String::new, |place| place.key.clone());
            let value = self.value(whole)?;
            let fits = usual(templates).any(|template| template.matches(value.shown().as_bytes()));
            let found = format!("`{}`", value.shown());
            return if fits { Ok(value.shown().to_owned()) } else { Err(words::must_be(&key, &forms, &found)) };
        }
        let Some(template) = usual(templates).next() else { return Ok(String::new()) };
        let mut id = String::new();
        for piece in template.parts {
            match piece {
                Part::Literal(text) => id.push_str(text),
                Part::Hole { name, hole } => {
                    let at = part(name);
                    let value = self.value(&at)?;
                    let text = value.shown();
                    let fits = hole.take(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty());
                    if !fits || value == Val::Null {
                        let key = self.place(&at).map_or_else(String::new, |place| place.key.clone());
                        let expected = match hole {
                            Hole::Uuid => "a UUID".to_owned(),
                            Hole::AssetKey => "an asset key such as `s3://bucket/file`".to_owned(),
                            _ => format!("the part of the id `{}` that is called {name}", template.text),
                        };
                        return Err(words::must_be(&key, &expected, &format!("`{text}`")));
                    }
                    id.push_str(text);
                }
            }
        }
        Ok(id)
    }

    fn related(&mut self, out: &mut Writer) -> Fallible<()> {
        out.open('[');
        let mut count = 0_usize;
        for related in self.family.related {
            count = count.saturating_add(match related.max {
                None => self.many(related, out)?,
                Some(_) => usize::from(self.one(related, out)?),
            });
        }
        if let Some(more) = self.input.get("related") {
            count = count.saturating_add(related_labels(more, out)?);
        }
        out.close(']');
        if count > MOST_RELATED { Err(too_many_related(count)) } else { Ok(()) }
    }

    fn one(&mut self, related: &'static Related, out: &mut Writer) -> Fallible<bool> {
        let role = related.role;
        let is_of = |at: &At| match at {
            At::RelatedId(own) | At::RelatedPart(own, _) | At::RelatedLabel(own, _) => *own == role,
            _ => false,
        };
        let is_given = |place: &&Place| {
            let slot = self.slots.get(place.slot);
            is_of(&place.at) && slot.is_some_and(|slot| slot.explicit && slot.value != Some(Val::Null))
        };
        let is_null = self.given(&related_key(related)).is_some_and(|given| given.kind() == Kind::Null);
        if is_null || (related.min == 0 && !self.layout.places.iter().any(|place| is_given(&place))) {
            return Ok(false);
        }
        let Form::Templates(templates) = related.id else { return Ok(false) };
        let id = self.id_text(templates, &At::RelatedId(role), &|part| At::RelatedPart(role, part))?;
        out.item();
        out.open('{');
        out.text(RESOURCE_ID, &id);
        out.text(RESOURCE_ROLE, role);
        for label in related.labels {
            self.label(label, &At::RelatedLabel(role, label.name), out)?;
        }
        out.close('}');
        Ok(true)
    }

    /// Any number in one role: texts, or objects with `id`. Sorted, and each once, as Prefect has them.
    fn many(&mut self, related: &'static Related, out: &mut Writer) -> Fallible<usize> {
        let key = related_key(related);
        let Some(list) = self.given(&key).filter(|list| list.kind() != Kind::Null) else { return Ok(0) };
        if list.kind() != Kind::Array {
            return Err(words::wrong(&key, "a list", list));
        }
        let Form::Templates(templates) = related.id else { return Ok(0) };
        let mut ids = Vec::new();
        for item in list.items() {
            let text = if item.kind() == Kind::Object { item.get("id").or(item.get("key")) } else { Some(item) };
            let text = text.filter(|text| text.is_string() && !text.string().is_empty());
            let text = text.ok_or_else(|| words::wrong(&key, "a list of texts, none of them empty", item))?.string();
            let id = if usual(templates).any(|template| template.matches(text.as_bytes())) {
                text.into_owned()
            } else {
                usual(templates).next().map(|template| [template.prefix(), &text].concat()).unwrap_or_default()
            };
            if !usual(templates).any(|template| template.matches(id.as_bytes())) {
                let forms = one_of(&mut usual(templates).map(|template| template.text));
                return Err(words::must_be(&key, &forms, &format!("`{id}`")));
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
            out.text(RESOURCE_ROLE, related.role);
            out.close('}');
        }
        Ok(ids.len())
    }

    fn payload(&mut self, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        if let Some(shape) = self.layout.shape {
            let own = self.layout.own.clone();
            self.object(shape, &own, &mut Vec::new(), out)?;
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

    fn object(
        &mut self,
        object: &'static Object,
        within: &str,
        path: &mut Vec<&'static str>,
        out: &mut Writer,
    ) -> Fallible<()> {
        for field in object.fields {
            path.push(field.name);
            self.field(field, within, path, out)?;
            path.pop();
        }
        Ok(())
    }

    fn field(
        &mut self,
        field: &'static Field,
        within: &str,
        path: &mut Vec<&'static str>,
        out: &mut Writer,
    ) -> Fallible<()> {
        let key = match field.build.0.key {
            "" if field.name == self.layout.own => self.layout.own.clone(),
            "" => joined(within, field.name),
            key => key.to_owned(),
        };
        let Some(inner) = field.object.filter(|inner| field.kind == Type::Object && !inner.fields.is_empty()) else {
            return self.leaf(field, path, out);
        };
        let is_optional = field.presence.0 == Presence::Optional;
        let is_part = |place: &&Place| match &place.at {
            At::Field(other) => other.starts_with(path),
            _ => false,
        };
        let has_any = self.layout.places.iter().filter(is_part).any(|place| {
            self.slots.get(place.slot).is_some_and(|slot| slot.explicit && slot.value.as_ref() != Some(&Val::Null))
        });
        let given = self.given(&key);
        if !has_any && (is_optional || (field.nullable && (!field.example.0.is_empty() || self.is_null(path)))) {
            if !is_optional || given.is_some_and(|given| given.kind() == Kind::Null && field.nullable) {
                out.null(field.name);
            }
            return Ok(());
        }
        out.key(field.name);
        out.open('{');
        self.object(inner, &key, path, out)?;
        if let Some(given) = given.filter(|given| inner.other.is_none() && given.kind() == Kind::Object) {
            let new = |key: &str| !inner.fields.iter().any(|field| field.name == key);
            members(given, &new, out);
        }
        out.close('}');
        Ok(())
    }

    /// Whether all that is known of an object says that it is null.
    fn is_null(&self, path: &[&'static str]) -> bool {
        let mut known =
            self.layout.places.iter().filter(|place| matches!(&place.at, At::Field(own) if own.starts_with(path)));
        known.any(|place| self.slots.get(place.slot).is_some_and(|slot| slot.explicit && slot.value == Some(Val::Null)))
    }

    fn leaf(&mut self, field: &'static Field, path: &[&'static str], out: &mut Writer) -> Fallible<()> {
        let at = At::Field(path.to_vec());
        if !field.build.0.once.is_empty() && !self.is_explicit(&at) {
            let is_there = if field.build.0.once == "ended" { self.ended } else { self.ran };
            if !is_there {
                return Ok(());
            }
        } else if field.presence.0 == Presence::Optional {
            // What only the documentation has is there if it is asked for by its own name.
            let key = self.place(&at).map_or("", |place| place.key.as_str());
            let alone = self.layout.places.iter().filter(|place| place.key == key).count() == 1;
            if field.remark.is_some() && !(alone && self.given(key).is_some()) {
                return Ok(());
            }
            let given_null = field.nullable
                && self.place(&at).is_some_and(|place| {
                    self.slots.get(place.slot).is_some_and(|slot| slot.explicit && slot.value == Some(Val::Null))
                });
            if !self.is_explicit(&at) && !given_null {
                return Ok(());
            }
        }
        let value = self.value(&at)?;
        // What counts as empty when it is absent is left out when it is empty.
        let absent = |term: &Term| matches!(term, Term::Payload { absent: Some(absent), .. } if at.is(term) && *absent == value.shown());
        let mut terms = self.family.equal.iter().flat_map(|rule| rule.terms);
        if field.presence.0 == Presence::Optional && (terms.any(absent) || value == Val::Text("".into())) {
            return Ok(());
        }
        let key = self.place(&at).map_or_else(String::new, |place| place.key.clone());
        let json = field_json(self.name, field, &key, &value)?;
        out.key(field.name);
        out.raw(&json);
        Ok(())
    }
}

/// A value as the JSON text of a field, if it is of its type.
fn field_json(name: &str, field: &'static Field, key: &str, value: &Val<'_>) -> Fallible<String> {
    let wrong = |expected: &str| words::must_be(key, expected, &format!("`{}`", value.shown()));
    let text = match value {
        Val::Null if field.nullable => return Ok("null".to_owned()),
        Val::Null => return Err(words::needs(name, key, field.meaning.0)),
        Val::Text(text) | Val::Json(text) => &**text,
    };
    let is_text = matches!(value, Val::Text(_));
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
    let as_text = match field.kind {
        Type::String | Type::Uuid | Type::Timestamp => true,
        Type::Any => is_text,
        _ => false,
    };
    Ok(if as_text { quoted(text) } else { text.to_owned() })
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

/// Whether events of another family tell this of such a resource: what describes it can be given to all of them.
fn is_told_elsewhere(own: &str, key: &str) -> bool {
    let related = families().iter().flat_map(|family| family.related).filter(|related| related_key(related) == own);
    let whole = joined(own, key);
    related.flat_map(|related| related.labels).any(|label| label_key(label, own) == whole)
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
) -> Fallible<()> {
    let uuid = |key: &str| -> Fallible<Option<String>> {
        match input.get(key) {
            None => Ok(None),
            Some(value) if value.is_string() && is_uuid(&value.bytes()) => Ok(Some(value.string().into_owned())),
            Some(value) if key == "follows" && value.kind() == Kind::Null => Ok(None),
            Some(value) => Err(words::wrong(key, "the UUID of an event", value)),
        }
    };
    out.text("id", &uuid("id")?.unwrap_or_else(|| timed_id(occurred, random).to_string()));
    match (uuid("follows")?, must_follow) {
        (Some(follows), _) => out.text("follows", &follows),
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
fn custom(name: &str, input: Value<'_>, now: Instant, random: &mut Random) -> Fallible<String> {
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
    let mut out = Writer::default();
    out.open('{');
    out.text("occurred", &occurred.rfc3339());
    out.text("event", name);
    out.key("resource");
    let resource = input.get("resource");
    let meaning = "its labels, of which `prefect.resource.id` names it";
    let resource = resource.ok_or_else(|| words::needs(name, "resource", meaning))?;
    labels("resource", resource, &[RESOURCE_ID], &mut out)?;
    out.key("related");
    out.open('[');
    let count = input.get("related").map_or(Ok(0), |related| related_labels(related, &mut out))?;
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
    ends(&mut out, name, input, occurred, random, None)?;
    Ok(out.finish())
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
