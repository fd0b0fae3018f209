//! Events that are like one before. Of an input, the keys, the kinds and a few values decide what is written; the other
//! values are only written down, after a look at their form. So the text of an event serves as a pattern: the next one
//! differs from it in its gaps alone.

use std::borrow::Cow;

use uuid::Uuid;

use crate::catalogue::{Alternative, Field, Hole, Label, LabelForm, ValueKind as Type, is_uuid};
use crate::json::write::Writer;
use crate::json::{Kind, Value, equal};
use crate::time::{self, Instant};

use super::super::ids::timed_id;
use super::super::random::Random;
use super::labels::{is_whole, unfit};
use super::payload::is_text_of;

/// More are not kept: the oldest makes room.
const MOST: usize = 64;

/// Where the value of a slot comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::generate) enum Origin {
    /// What decides, or follows from what does: it stays what it is.
    #[default]
    Other,
    /// The value at this place of the input.
    Given {
        node: u32,
        is_time: bool,
    },
    /// What chance made as the so-manieth.
    Made(usize, Made),
    Occurred,
    /// It was put together.
    Pieces,
}

/// What chance makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::generate) enum Made {
    Id,
    /// So many hexadecimal digits.
    Hex(usize),
}

/// Hexadecimal digits, 16 at most.
pub(in crate::generate) fn hex(random: &mut Random, digits: usize) -> String {
    let mut text = format!("{:016x}", random.word());
    text.truncate(digits);
    text
}

/// What a value must be where it is written.
#[derive(Clone, Copy)]
pub(in crate::generate) enum Check {
    Nothing,
    Id,
    Label(&'static Label),
    Field(&'static Field),
    Part(Hole),
    /// A part of an id, not the whole of it.
    NotWhole(&'static [Alternative]),
}

impl Check {
    /// Any text will do.
    pub fn is_open(self) -> bool {
        match self {
            Check::Nothing => true,
            Check::Label(label) => matches!(label.form, LabelForm::Text),
            Check::Field(field) => matches!(field.kind, Type::String | Type::Any) && field.values.is_empty(),
            _ => false,
        }
    }

    fn holds(self, text: &str, is_text: bool) -> bool {
        match self {
            Check::Nothing => true,
            Check::Id => is_text && is_uuid(text.as_bytes()),
            Check::Label(label) => unfit(&label.form, text).is_none(),
            Check::Field(field) => is_text_of(field, text, is_text, &String::new).is_ok(),
            Check::Part(hole) => hole.take(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty()),
            Check::NotWhole(templates) => !is_whole(templates, text),
        }
    }
}

/// Something that was written: from here to there.
#[derive(Clone, Copy)]
pub(in crate::generate) struct Note {
    pub begin: usize,
    pub end: usize,
    pub origin: Origin,
    pub check: Check,
}

/// An event that was written.
pub(in crate::generate) struct Written<'w> {
    pub text: &'w str,
    pub notes: &'w [Note],
    pub made: &'w [Made],
    /// Values that must not be the whole of an id.
    pub parts: &'w [(u32, &'static [Alternative])],
}

/// What is written into a gap.
#[derive(Clone)]
pub(in crate::generate) enum Fill<'t> {
    Text(Cow<'t, str>),
    Json(Cow<'t, str>),
    Time(Instant),
    Id(Uuid),
}

impl Fill<'_> {
    pub fn write(&self, out: &mut Writer) {
        match self {
            Fill::Text(text) => out.escaped(text),
            Fill::Json(json) => out.raw(json),
            Fill::Time(time) if time.is_usual() => write_time(*time, "Z", out),
            Fill::Time(time) => out.raw(&time.rfc3339()),
            Fill::Id(id) => write_id(*id, out),
        }
    }
}

fn write_time(time: Instant, zone: &str, out: &mut Writer) {
    time.write(&mut |text| out.raw(text));
    out.raw(zone);
}

fn write_id(id: Uuid, out: &mut Writer) {
    out.raw(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
}

struct Gap {
    /// Where the text before it ends.
    at: usize,
    filled: Filled,
    /// A time with `+00:00` instead of `Z`.
    is_offset: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    /// By one of what is given.
    Given(usize),
    Made(usize),
    Occurred,
}

/// What is given, and may be anything of its form.
struct Given {
    node: u32,
    is_time: bool,
    checks: Vec<Check>,
}

pub(in crate::generate) struct Pattern {
    /// Without what stood in the gaps.
    text: String,
    gaps: Vec<Gap>,
    given: Vec<Given>,
    made: Vec<Made>,
}

impl Pattern {
    /// Of a text and what is noted of it. `is_free`: whether a given value may be another one.
    pub fn of(written: &Written<'_>, is_free: &dyn Fn(u32) -> bool) -> Self {
        let Written { text, notes, made, parts } = *written;
        let mut pattern =
            Pattern { text: String::with_capacity(text.len()), gaps: Vec::new(), given: Vec::new(), made: Vec::new() };
        let mut begin = 0;
        for note in notes {
            let written = text.get(note.begin..note.end).unwrap_or_default();
            let filled = match note.origin {
                Origin::Other | Origin::Pieces => continue,
                Origin::Given { node, .. } if written.is_empty() || !is_free(node) => continue,
                Origin::Given { node, is_time } => Filled::Given(pattern.give(node, is_time, note.check)),
                Origin::Made(number, _) => Filled::Made(number),
                Origin::Occurred => Filled::Occurred,
            };
            pattern.text.push_str(text.get(begin..note.begin).unwrap_or_default());
            begin = note.end;
            pattern.gaps.push(Gap { at: pattern.text.len(), filled, is_offset: written.ends_with("+00:00") });
        }
        pattern.text.push_str(text.get(begin..).unwrap_or_default());
        for given in &mut pattern.given {
            let parts = parts.iter().filter(|(node, _)| *node == given.node);
            given.checks.extend(parts.map(|(_, templates)| Check::NotWhole(templates)));
        }
        pattern.made = made.to_vec();
        pattern
    }

    fn give(&mut self, node: u32, is_time: bool, check: Check) -> usize {
        let known = self.given.iter().position(|given| given.node == node);
        let at = known.unwrap_or_else(|| {
            self.given.push(Given { node, is_time, checks: Vec::new() });
            self.given.len().saturating_sub(1)
        });
        if let Some(given) = self.given.get_mut(at) {
            given.checks.push(check);
        }
        at
    }

    /// The values given, of an input like the first, if each is of its form.
    fn read<'t>(&self, input: Value<'t>) -> Option<Vec<Fill<'t>>> {
        let mut fills = Vec::with_capacity(self.given.len());
        for Given { node, is_time, checks } in &self.given {
            let value = input.inner(*node);
            let text = value.string();
            let fill = if *is_time {
                Fill::Time(time::read(text.as_bytes())?.instant.filter(|time| time.is_usual())?)
            } else if text.is_empty() || !checks.iter().all(|check| check.holds(&text, value.is_string())) {
                return None;
            } else if value.is_string() {
                Fill::Text(text)
            } else {
                Fill::Json(text)
            };
            fills.push(fill);
        }
        Some(fills)
    }

    /// Whether texts that are not read from an input are of their forms: those of ids, times and numbers are.
    pub fn fits(&self, fills: &[Fill<'_>]) -> bool {
        self.given.len() <= fills.len()
            && self.given.iter().all(|given| match fills.get(given.node as usize) {
                Some(Fill::Text(text)) => !text.is_empty() && given.checks.iter().all(|check| check.holds(text, true)),
                Some(Fill::Time(time)) => time.is_usual(),
                fill => fill.is_some(),
            })
    }

    /// Writes an event. `fill`: what fills the gap of something given.
    pub fn write<'f, 't: 'f>(
        &self,
        occurred: Instant,
        random: &mut Random,
        fill: &dyn Fn(usize, u32) -> Option<&'f Fill<'t>>,
        out: &mut Writer,
    ) {
        let mut made = Vec::with_capacity(self.made.len());
        for kind in &self.made {
            made.push(match kind {
                Made::Id => Fill::Id(timed_id(occurred, random)),
                Made::Hex(digits) => Fill::Json(hex(random, *digits).into()),
            });
        }
        let mut begin = 0;
        for gap in &self.gaps {
            out.raw(self.text.get(begin..gap.at).unwrap_or_default());
            begin = gap.at;
            let filled = match gap.filled {
                Filled::Given(at) => self.given.get(at).and_then(|given| fill(at, given.node)),
                Filled::Made(at) => made.get(at),
                Filled::Occurred => Some(&Fill::Time(occurred)),
            };
            match filled {
                Some(Fill::Time(time)) if gap.is_offset => write_time(*time, "+00:00", out),
                Some(filled) => filled.write(out),
                None => {}
            }
        }
        out.raw(self.text.get(begin..).unwrap_or_default());
    }
}

/// A pattern with the inputs that it is for.
struct Known {
    name: String,
    shape: Vec<u64>,
    /// Where the input says when it occurred.
    occurred: Option<u32>,
    /// Values that decide.
    same: Vec<(u32, Box<[u8]>)>,
    pattern: Pattern,
}

/// The patterns of the inputs that one tape reads.
#[derive(Default)]
pub(in crate::generate) struct Patterns {
    known: Vec<Known>,
    oldest: usize,
}

impl Patterns {
    /// Writes an event of an input like one before; otherwise nothing.
    pub fn write(&self, name: &str, input: Value<'_>, now: Instant, random: &mut Random, out: &mut Writer) -> bool {
        let is_like = |known: &&Known| {
            equal(known.name.as_bytes(), name.as_bytes())
                && input.has_shape(&known.shape)
                && known.same.iter().all(|(node, text)| equal(input.inner(*node).raw(), text))
        };
        let Some(known) = self.known.iter().find(is_like) else { return false };
        let occurred = match known.occurred.map(|node| time::read(&input.inner(node).bytes())) {
            None => Some(now),
            Some(given) => given.and_then(|time| time.instant),
        };
        let Some(occurred) = occurred.filter(|time| time.is_usual()) else { return false };
        let Some(fills) = known.pattern.read(input) else { return false };
        known.pattern.write(occurred, random, &|at, _| fills.get(at), out);
        true
    }

    /// Keeps what was written for an input. `is_free`: whether a value of it does not decide.
    pub fn add(
        &mut self,
        name: &str,
        input: Value<'_>,
        occurred: Option<u32>,
        written: &Written<'_>,
        is_free: &dyn Fn(u32) -> bool,
    ) {
        let Some(shape) = input.shape() else { return };
        let is_plain = |node: u32| !matches!(input.inner(node).kind(), Kind::Null | Kind::Array | Kind::Object);
        let pattern = Pattern::of(written, &|node| is_plain(node) && is_free(node));
        let mut same = Vec::new();
        leaves(input, &mut |leaf| {
            let node = leaf.index().saturating_sub(input.index());
            if occurred != Some(node) && !pattern.given.iter().any(|given| given.node == node) {
                same.push((node, leaf.raw().into()));
            }
        });
        let known = Known { name: name.to_owned(), shape, occurred, same, pattern };
        match self.known.get_mut(self.oldest) {
            Some(oldest) => *oldest = known,
            None => self.known.push(known),
        }
        self.oldest = self.oldest.saturating_add(1).checked_rem(MOST).unwrap_or_default();
    }
}

/// The values that contain no others.
fn leaves<'t>(value: Value<'t>, each: &mut dyn FnMut(Value<'t>)) {
    match value.kind() {
        Kind::Object => value.members().for_each(|(_, inner)| leaves(inner, each)),
        Kind::Array => value.items().for_each(|inner| leaves(inner, each)),
        _ => each(value),
    }
}
