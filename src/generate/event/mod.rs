//! A single event: what the caller gives under natural keys, and what follows from it by the catalogue.
//!
//! Each place of an event (a label, a part of an id, a field) is of a slot; places that must say the same share one.
//! A slot has its value from the caller, from the event's name, from another slot, from the page's `default`, or by
//! chance; what is left the caller is asked for.

mod custom;
mod envelope;
mod input;
mod inputs;
mod keys;
mod labels;
mod layout;
mod notes;
mod pattern;
mod payload;
mod related;
mod states;
mod steps;
mod values;

use std::cell::RefCell;
use std::rc::Rc;

use crate::catalogue::{Family, find, suggest};
use crate::json::write::Writer;
use crate::json::{Kind, Tape, Value, parse};
use crate::time::Instant;

use super::mistake::{self, Mistake};
use super::options::BuildOptions;
use super::random::Random;
use custom::custom;
use layout::{At, Layout, What};

use pattern::{Made, Note, Patterns};
use values::Slot;

pub use inputs::inputs;
pub(super) use notes::Marks;
pub(super) use pattern::{Fill, Pattern};

type Fallible<T> = Result<T, Mistake>;

const LONGEST_NAME: usize = 1024;

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
            Err(mistake::unknown_event(name, suggest(name).as_deref()))
        }
        None => custom(name, input, now, random, out),
    }
}

/// Makes one event.
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
            (What::Label(label), _) => Some(label.meaning()),
            (What::Field(field), _) => Some(field.meaning()),
            (_, At::IdPart(_)) => self.family.labels.first().map(|label| label.meaning()),
            _ => None,
        });
        meaning.unwrap_or("what it is called in the related resource's id")
    }
}
