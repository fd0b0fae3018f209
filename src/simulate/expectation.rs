//! Expectations: the required results of a scenario.

use std::fmt::Write;

use crate::diagnostic::Code;
use crate::json::{Kind, Span, Value};
use crate::text::nearest::nearest;
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::span::{compact, moment};
use crate::time::{Instant, scalar};

use super::fields::{OF_EXPECTATIONS, names};
use super::reading::Reading;

const KEYS: [&str; OF_EXPECTATIONS.len()] = names(&OF_EXPECTATIONS);

/// Which firings, how many of them, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Expectation {
    /// The name of a run. For a run with copies, each of them.
    pub run: Option<String>,
    /// Labels that a firing must have.
    pub labels: Vec<(String, String)>,
    /// The name of the event that it fired on.
    pub event: Option<String>,
    /// `None`: at least one.
    pub fires: Option<u64>,
    /// Both ends included.
    pub between: Option<(Instant, Instant)>,
    /// Its place in the text.
    pub span: Span,
    start: Instant,
}

/// The names of a scenario's runs.
pub(super) struct RunNames<'n> {
    /// The first ones, if there are many: suggestions for unknown names come from these.
    first: Vec<&'n str>,
    all: Set<&'n str>,
}

/// The most names that are searched for suggestions.
const MOST_NAMES: usize = 1000;

impl<'n> RunNames<'n> {
    pub(super) fn new(names: impl Iterator<Item = &'n str>) -> Self {
        let (mut first, mut all) = (Vec::new(), Set::default());
        for name in names {
            if all.insert(name) && first.len() < MOST_NAMES {
                first.push(name);
            }
        }
        RunNames { first, all }
    }
}

pub(super) fn read<'t>(
    list: Value<'t>,
    start: Instant,
    runs: &RunNames<'_>,
    reading: &mut Reading<'t>,
) -> Vec<Expectation> {
    reading.is(list, Kind::Array, "a list of expectations");
    list.items().map(|item| one(item, start, runs, reading)).collect()
}

fn one<'t>(item: Value<'t>, start: Instant, runs: &RunNames<'_>, reading: &mut Reading<'t>) -> Expectation {
    step(1);
    reading.is(item, Kind::Object, "an object such as `{run: zombie, fires: 1}`");
    reading.unknown_keys(item, &KEYS, false);
    let run = reading.read(item.get("run"), "the name of a run", scalar::text);
    if let (Some(run), Some(value)) = (&run, item.get("run"))
        && !runs.all.contains(&**run)
    {
        // A finding that is only counted needs no hint.
        let near = if reading.is_listing() { nearest(run, &mut runs.first.iter().copied()) } else { None };
        let finding = reading.add(Code::SCENARIO_UNKNOWN_RUN, value).shown("name", run);
        if let Some(near) = near {
            finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near).replace(value, near);
        } else {
            finding.with("hint", "only runs under `runs` have names; select given events by `label`");
        }
    }
    let labels = reading.read(item.get("label"), "an object of labels and their values", |value| {
        let members = (value.kind() == Kind::Object).then(|| value.members())?;
        members.map(|(key, value)| Some((key.string().into_owned(), scalar::text(value)?))).collect::<Option<Vec<_>>>()
    });
    let event = reading.read(item.get("event"), "the name of an event", scalar::text);
    let count = |value: Value<'_>| scalar::integer(value).and_then(|count| u64::try_from(count).ok());
    let mut fires = reading.read(item.get("fires"), "a non-negative integer", count);
    let never = |value: Value<'_>| Some(()).filter(|()| value.kind() == Kind::True);
    if reading.read(item.get("never"), "true", never).is_some() {
        let zero = |value: Value<'_>| count(value).filter(|count| *count == 0);
        reading.read(item.get("fires").filter(|_| fires.is_some()), "0 together with `never`", zero);
        fires = Some(0);
    }
    let between = reading.read(item.get("between"), "two points in time, such as `[3m30s, 3m50s]`", |value| {
        let mut items = value.items();
        let pair = (items.next()?, items.next()?);
        items.next().is_none().then(|| Some((moment(pair.0, start)?, moment(pair.1, start)?)))?
    });
    if let (Some((from, to)), Some(value)) = (between, item.get("between"))
        && to < from
    {
        reading.too_early(value, "the second time of `between`", "the first");
    }
    Expectation { run, labels: labels.unwrap_or_default(), event, fires, between, span: item.span(), start }
}

impl Expectation {
    /// What is expected, as the beginning of a sentence.
    pub(super) fn sentence(&self, run: Option<&str>) -> String {
        // Writing to a String cannot fail.
        let mut out = run.map_or_else(|| "the automation".to_owned(), |run| format!("run {run}"));
        step(self.labels.len());
        let labels = self.labels.iter().map(|(name, value)| format!("{name}={value}"));
        let event = self.event.iter().map(|event| format!("event {event}"));
        for (index, part) in labels.chain(event).enumerate() {
            let _ = write!(out, "{} {part}", if index == 0 { ", on" } else { "," });
        }
        if !self.labels.is_empty() || self.event.is_some() {
            out.push(',');
        }
        match self.fires {
            Some(0) => out.push_str(" never fires"),
            Some(1) => out.push_str(" fires once"),
            Some(fires) => {
                let _ = write!(out, " fires {fires} times");
            }
            None => out.push_str(" fires"),
        }
        if let Some((from, to)) = self.between {
            let _ = write!(out, " between {} and {}", self.at(from), self.at(to));
        }
        out
    }

    pub(super) fn at(&self, at: Instant) -> String {
        compact(at.since(self.start))
    }
}
