//! A single event: its input, and what follows from that by the catalogue.
//!
//! Each place of an event (a label, a part of an id, a field) has a slot; places that must agree share one
//! ([`layout`]). The value of a slot comes from the caller ([`read`]), from the event's name, from another slot, from
//! the catalogue's `default`, or from the random source; otherwise the caller must give it ([`fill`]). The pieces of an
//! event are compiled once ([`template`]) and joined as far as possible ([`joined`]).

mod built;
mod cache;
mod check;
mod custom;
mod fill;
mod inputs;
mod joined;
mod keys;
mod layout;
mod read;
mod related;
mod sink;
mod slots;
mod states;
mod steps;
mod template;
mod tree;
mod value;

use std::cell::RefCell;
use std::rc::Rc;

use crate::catalogue::{Match, find, suggest};
use crate::json::{Document, Fault, JsonInput, Kind, Tape, Value, parse};
use crate::time::Instant;
use crate::validate::MAX_NAME;

use super::error::{self, BuildError};
use super::options::BuildOptions;
use super::random::Random;
pub use built::BuiltEvent;
use cache::Template;
pub(super) use cache::{layout, template};
use custom::custom;
pub use custom::custom_inputs;
pub(super) use fill::{EventId, Filling};
pub use inputs::inputs;
pub(super) use joined::Alike;
pub(super) use keys::dotted;
pub(crate) use read::lone_surrogate;
pub(super) use read::shape_meant;
pub(super) use sink::{JsonText, Sink};
pub(super) use slots::{Given, Slots};
use template::Shape;
pub use tree::Json;
pub(super) use tree::Tree;
pub(super) use value::SlotValue;

type Fallible<T> = Result<T, BuildError>;

const NO_OBJECT: &str = "the input of an event must be an object";
/// [`crate::json::MAX_DEPTH`] levels.
pub(crate) const TOO_DEEP: &str = "the input is nested more than 900 levels deep, which the server cannot read";
const NO_LIST: &str = "the inputs of events must be a list of objects";

/// Builds an event.
///
/// `name`: the event's name, such as `prefect.flow-run.Running`. `input`: its known values: an object, whose keys differ
/// from event to event ([`inputs`] lists them). Missing values are generated.
///
/// # Errors
///
/// The input is not a JSON object, has an unknown key, lacks a required one, or has a value that cannot be in the
/// event; or Prefect has no event with this name.
pub fn build_event<'t>(
    name: &str,
    input: impl Into<JsonInput<'t>>,
    options: &BuildOptions,
) -> Result<BuiltEvent, BuildError> {
    built(name, &input.into(), options)
}

fn built(name: &str, input: &JsonInput<'_>, options: &BuildOptions) -> Fallible<BuiltEvent> {
    TAPE.with_borrow_mut(|tape| {
        let mut out = JsonText::default();
        let document = read_json(input.bytes(), tape, NO_OBJECT)?;
        let root = document.root().ok_or_else(|| BuildError::new(NO_OBJECT))?;
        let mut random = Random::new(options.seed.word());
        let (name, now, own) = (name, options.now, Vec::new());
        Writing { name, now, random: &mut random, slots: None, template: None, own }.event(root, &mut out)?;
        Ok(BuiltEvent(out.finish()))
    })
}

thread_local! {
    /// Kept from one event to the next: a new one would have to fill tables of 16 KB.
    static TAPE: RefCell<Tape> = RefCell::default();
}

/// Builds many events with one name, as NDJSON: in batches, so that they need not be in memory all at once.
pub struct EventBuilder {
    name: String,
    now: Instant,
    random: Random,
    tape: Tape,
    count: usize,
}

impl EventBuilder {
    /// For events with this name.
    #[must_use]
    pub fn new(name: &str, options: &BuildOptions) -> Self {
        let random = Random::new(options.seed.word());
        EventBuilder { name: name.to_owned(), now: options.now, random, tape: Tape::new(), count: 0 }
    }

    /// Builds an event from each of `inputs`, an array of objects. One line of JSON each, in order. The events of the
    /// next call come after them.
    ///
    /// # Errors
    ///
    /// As for [`build_event`]; [`BuildError::index`] says which input it is about, counted over all calls.
    pub fn build_lines<'t>(&mut self, inputs: impl Into<JsonInput<'t>>) -> Result<String, BuildError> {
        self.lines(&inputs.into())
    }

    fn lines(&mut self, inputs: &JsonInput<'_>) -> Fallible<String> {
        let document = read_json(inputs.bytes(), &mut self.tape, NO_LIST)?;
        let root = document.root().filter(|root| root.kind() == Kind::Array);
        let root = root.ok_or_else(|| BuildError::new(NO_LIST))?;
        let mut out = JsonText::default();
        let mut writing = Writing {
            name: &self.name,
            now: self.now,
            random: &mut self.random,
            slots: None,
            template: None,
            own: Vec::new(),
        };
        for input in root.items() {
            writing.event(input, &mut out).map_err(|error| error.of_input(self.count))?;
            out.ready("\n");
            self.count = self.count.saturating_add(1);
        }
        Ok(out.finish())
    }

    /// The number of events built.
    #[must_use]
    pub fn built(&self) -> usize {
        self.count
    }
}

/// `expected`: the message if it is not JSON. Lone surrogates are reported with their keys; the code that reads the event
/// checks numbers.
pub(super) fn read_json<'t>(text: &'t [u8], tape: &'t mut Tape, expected: &str) -> Fallible<Document<'t>> {
    let mut issues = Vec::new();
    let complete = parse(text, 0, tape, &mut issues).complete;
    let is_harmless = |fault: &Fault| {
        use Fault::{DuplicateKey, IntegerTooLong, LoneSurrogate, NumberRange};
        matches!(fault, LoneSurrogate | DuplicateKey { .. } | NumberRange | IntegerTooLong)
    };
    if complete && issues.iter().all(|issue| is_harmless(&issue.fault)) {
        return Ok(tape.document(text));
    }
    // Reading ends there.
    let is_too_deep = issues.last().is_some_and(|issue| issue.fault == Fault::TooDeep);
    Err(BuildError::new(if is_too_deep { TOO_DEEP } else { expected }))
}

/// Writes events with one name.
struct Writing<'w, 't> {
    name: &'w str,
    now: Instant,
    random: &'w mut Random,
    /// From the previous event.
    slots: Option<Slots<'t>>,
    template: Option<(Shape, Rc<Template>)>,
    own: Vec<(usize, SlotValue<'t>)>,
}

impl<'t> Writing<'_, 't> {
    fn event(&mut self, input: Value<'t>, out: &mut JsonText) -> Fallible<()> {
        if input.kind() != Kind::Object {
            return Err(BuildError::new(NO_OBJECT));
        }
        if let Some(key) = lone_surrogate(input) {
            return Err(error::lone_surrogate(&key));
        }
        let Writing { name, now, .. } = *self;
        match family_of(name)? {
            Some(found) => self.of_family(&found, input, out),
            None => custom(name, input, now, self.random, out),
        }
    }

    fn of_family(&mut self, found: &Match<'_>, input: Value<'t>, out: &mut JsonText) -> Fallible<()> {
        let family = found.family;
        let own = || family.labels.first().map(keys::own_name).and_then(|own| input.get(&own));
        let layout = layout(family, shape_meant(family, if family.payload.len() > 1 { own() } else { None }));
        let known = self.slots.take().filter(|slots| Rc::ptr_eq(&slots.layout, &layout));
        let is_same_layout = known.is_some();
        let mut slots = known.unwrap_or_else(|| Slots::new(layout, self.now));
        slots.clear(self.now);
        read::read(self.name, input, &mut slots)?;
        slots.settle(self.name, found.hole)?;
        let shape = slots.shape();
        let template = match self.template.take() {
            Some((known, template)) if known == shape && is_same_layout => template,
            _ => template(&slots.layout, shape.clone()),
        };
        self.own.clear();
        let of_key = |key| EventId::Given(slots.given_at(key).value());
        let mut filling = Filling {
            name: self.name,
            slots: &slots,
            own: &mut self.own,
            occurred: slots.occurred,
            id: of_key(slots.layout.top.id),
            follows: of_key(slots.layout.top.follows),
            random: self.random,
            related: 0,
        };
        filling.write(&template.joined, out)?;
        (self.slots, self.template) = (Some(slots), Some((shape, template)));
        Ok(())
    }
}

/// The family of an event's name; `None` if it is not one of Prefect's names.
pub(super) fn family_of(name: &str) -> Fallible<Option<Match<'_>>> {
    if name.len() > MAX_NAME && name.chars().count() > MAX_NAME {
        return Err(BuildError::new(format!("the name of an event has at most {MAX_NAME} characters")));
    }
    let found = find(name);
    if found.is_none() && (name.starts_with("prefect.") || name.starts_with("prefect-cloud.")) {
        return Err(error::unknown_event(name, suggest(name).as_deref()));
    }
    Ok(found)
}
