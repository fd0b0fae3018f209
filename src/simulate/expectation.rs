//! Expectations: what a scenario must come to, and whether it does.

use std::fmt::Write;

use crate::diagnostic::{Code, Diagnostic};
use crate::event::{self, RESOURCE_ID};
use crate::json::write::{ToJson, Writer};
use crate::json::{Kind, Value};
use crate::text::phrase::joined;
use crate::time::Instant;
use crate::trigger::{Decision, Firing};

use super::document::{Document, PlayedRun};
use super::reading::{Reading, Text};
use super::simulation::{play_it, trace};
use crate::time::scalar;
use crate::time::span::{moment, words};

const KEYS: [&str; 7] = ["run", "label", "event", "fires", "never", "between", "description"];

/// Which firings, how many of them, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// The name of a run. One that has copies means each of them.
    run: Option<String>,
    /// Labels that a firing must have.
    labels: Vec<(String, String)>,
    /// The name of the event that it fired on.
    event: Option<String>,
    /// `None`: at least one.
    fires: Option<u64>,
    /// Both included.
    between: Option<(Instant, Instant)>,
    start: Instant,
}

pub(super) fn read<'t>(list: Value<'t>, start: Instant, runs: &[&str], reading: &mut Reading<'t>) -> Vec<Expectation> {
    reading.is(list, Kind::Array, "a list of expectations");
    list.items().map(|item| one(item, start, runs, reading)).collect()
}

fn one<'t>(item: Value<'t>, start: Instant, runs: &[&str], reading: &mut Reading<'t>) -> Expectation {
    reading.is(item, Kind::Object, "an object such as `{run: zombie, fires: 1}`");
    reading.unknown_keys(item, &KEYS, false);
    let run = reading.read(item.get("run"), "the name of a run", scalar::text);
    if let (Some(run), Some(value)) = (&run, item.get("run"))
        && !runs.contains(&&**run)
    {
        let near = crate::text::nearest::nearest(run, &mut runs.iter().copied());
        let finding = reading.add(Code::SCENARIO_UNKNOWN_RUN, value).shown("name", run);
        if let Some(near) = near {
            finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near).replace(value, near);
        } else {
            finding.with("hint", "runs stand under `runs`; events that are given are selected by `label`");
        }
    }
    let labels = reading.read(item.get("label"), "an object of labels and their texts", |value| {
        let members = (value.kind() == Kind::Object).then(|| value.members())?;
        members.map(|(key, value)| Some((key.string().into_owned(), scalar::text(value)?))).collect::<Option<Vec<_>>>()
    });
    let event = reading.read(item.get("event"), "the name of an event", scalar::text);
    let count = |value: Value<'_>| scalar::integer(value).and_then(|count| u64::try_from(count).ok());
    let mut fires = reading.read(item.get("fires"), "a whole number, not negative", count);
    let never = |value: Value<'_>| Some(()).filter(|()| value.kind() == Kind::True);
    if reading.read(item.get("never"), "true", never).is_some() {
        let zero = |value: Value<'_>| count(value).filter(|count| *count == 0);
        reading.read(item.get("fires").filter(|_| fires.is_some()), "0 beside `never`", zero);
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
    Expectation { run, labels: labels.unwrap_or_default(), event, fires, between, start }
}

/// How one expectation was met, for one run if it is about runs.
#[derive(Debug)]
struct Outcome {
    /// What was expected, in words.
    expect: String,
    run: Option<String>,
    /// What is wrong; `None`: it is as expected.
    message: Option<String>,
    /// The firings that it is about.
    actual: Vec<(Instant, String)>,
    /// When they must be.
    between: Option<(Instant, Instant)>,
    resource: Option<event::Text>,
    labels: Vec<(String, String)>,
    /// If it is not as expected: what led to that.
    decisions: Vec<Decision>,
}

/// So many decisions of an expectation that is not met are told.
const MOST_TOLD: usize = 1000;

impl Expectation {
    fn words(&self, run: Option<&str>) -> String {
        // Writing to a String cannot fail.
        let mut out = match (run, self.labels.is_empty() && self.event.is_none()) {
            (Some(run), _) => format!("run {run}"),
            (None, true) => "the automation".to_owned(),
            (None, false) => "what is selected".to_owned(),
        };
        for (name, value) in &self.labels {
            let _ = write!(out, ", {name}={value}");
        }
        if let Some(event) = &self.event {
            let _ = write!(out, ", event {event}");
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

    fn at(&self, at: Instant) -> String {
        words(at.since(self.start))
    }

    fn selects(&self, firing: &Firing, run: Option<&PlayedRun>, resource: Option<&str>) -> bool {
        let label = |name: &str| firing.labels.iter().find(|(label, _)| **label == *name).map(|(_, value)| &**value);
        let of_run = |run: &PlayedRun| label(RESOURCE_ID).or(resource) == Some(&*run.resource);
        run.is_none_or(of_run)
            && self.labels.iter().all(|(name, value)| label(name) == Some(value))
            && self.event.as_ref().is_none_or(|name| firing.event.as_ref().is_some_and(|event| *event.name == **name))
    }

    fn check(&self, run: Option<&PlayedRun>, firings: &[(&Firing, Option<&str>)]) -> Outcome {
        let name = run.map(|run| run.name.clone());
        let selected: Vec<&Firing> = firings
            .iter()
            .filter(|(firing, resource)| self.selects(firing, run, *resource))
            .map(|(firing, _)| *firing)
            .collect();
        let within = |firing: &&&Firing| self.between.is_none_or(|(from, to)| from <= firing.at && firing.at <= to);
        let inside = selected.iter().filter(within).count() as u64;
        let all = selected.len() as u64;
        let met = match self.fires {
            Some(0) => inside == 0,
            Some(fires) => all == fires && inside == all,
            None => all > 0 && inside == all,
        };
        let times: Vec<String> = selected.iter().take(10).map(|firing| self.at(firing.at)).collect();
        let message = (!met).then(|| {
            let actual = match all {
                0 => "it never fired".to_owned(),
                1 => format!("it fired once, at {}", times.concat()),
                _ => format!(
                    "it fired {all} times, at {}{}",
                    joined(&mut times.iter().map(|time| &**time), ", "),
                    if all > 10 { ", …" } else { "" }
                ),
            };
            format!("expected: {}; but {actual}", self.words(name.as_deref()))
        });
        Outcome {
            expect: self.words(name.as_deref()),
            run: name,
            message,
            actual: selected.iter().map(|firing| (firing.at, firing.because())).collect(),
            between: self.between,
            resource: run.map(|run| run.resource.clone()),
            labels: self.labels.clone(),
            decisions: Vec::new(),
        }
    }
}

/// The test of one scenario.
#[derive(Debug)]
struct Tested {
    scenario: Option<String>,
    outcomes: Vec<Outcome>,
    errors: Vec<Diagnostic>,
}

impl Tested {
    fn passed(&self) -> bool {
        self.errors.is_empty() && self.outcomes.iter().all(|outcome| outcome.message.is_none())
    }
}

/// The tests of one text.
#[derive(Debug)]
pub struct TestReport {
    tested: Vec<Tested>,
    /// What is wrong with the text.
    found: Vec<Diagnostic>,
    /// Without an error in the text.
    valid: bool,
}

impl TestReport {
    #[must_use]
    pub fn passed(&self) -> bool {
        self.valid && self.tested.iter().all(Tested::passed)
    }

    /// What is wrong with the text, and with each of its scenarios.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter().chain(self.tested.iter().flat_map(|tested| &tested.errors))
    }

    /// What is not as expected, in sentences.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.tested.iter().flat_map(|tested| &tested.outcomes).filter_map(|outcome| outcome.message.as_deref())
    }
}

/// Tests the scenarios of a text: one, a list, or an object with the list `scenarios`.
#[must_use]
pub fn test(text: Text<'_>) -> TestReport {
    let (tested, report) = text.read(|root, reading| {
        let list = if root.kind() == Kind::Array { Some(root) } else { root.get("scenarios") };
        Some(match list {
            Some(list) if reading.is(list, Kind::Array, "a list of scenarios") => {
                list.items().map(|item| test_one(text, root, item)).collect()
            }
            Some(_) => Vec::new(),
            None => vec![test_one(text, root, root)],
        })
    });
    TestReport { tested: tested.unwrap_or_default(), found: report.diagnostics, valid: report.valid }
}

fn test_one<'t>(text: Text<'_>, root: Value<'t>, value: Value<'t>) -> Tested {
    let mut reading = Reading::new(root);
    let outcomes = outcomes(value, &mut reading).unwrap_or_default();
    let errors = text.report(reading.findings).diagnostics;
    Tested { scenario: value.get("scenario").and_then(scalar::text), outcomes, errors }
}

fn outcomes<'t>(value: Value<'t>, reading: &mut Reading<'t>) -> Option<Vec<Outcome>> {
    let document = Document::read(value, reading)?;
    if document.expectations.is_empty() {
        let hint = "say what must come of it, such as `expect: [{run: zombie, fires: 1}]`";
        reading.missing(value, "the scenario", "expect", ", so there is nothing to test").with("hint", hint);
        return None;
    }
    let played = play_it(&document.scenario, false, reading, value)?;
    let mut outcomes = check(&document, &played.outcome.firings);
    if outcomes.iter().any(|outcome| outcome.message.is_some())
        && let Some(told) = trace(&document)
    {
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.message.is_some()) {
            let decisions = told.outcome.decisions.iter().filter(|decision| outcome.concerns(decision));
            outcome.decisions = decisions.take(MOST_TOLD).cloned().collect();
        }
    }
    Some(outcomes)
}

impl Outcome {
    /// Whether a decision is about what the expectation is about, as far as its key tells.
    fn concerns(&self, decision: &Decision) -> bool {
        let has = |value: &str| decision.key.iter().any(|(_, own)| **own == *value);
        self.resource.as_ref().is_none_or(|resource| has(resource)) && self.labels.iter().all(|(_, value)| has(value))
    }
}

fn check(document: &Document, firings: &[Firing]) -> Vec<Outcome> {
    // Composite triggers fire without labels: the event tells the run.
    let resource = |firing: &Firing| {
        let id = firing.event.as_ref().filter(|_| firing.labels.is_empty())?.id;
        document.scenario.events.iter().find(|event| event.id == id)?.resource.get(RESOURCE_ID).map(|text| &**text)
    };
    let firings: Vec<(&Firing, Option<&str>)> = firings.iter().map(|firing| (firing, resource(firing))).collect();
    let mut outcomes = Vec::new();
    for expectation in &document.expectations {
        match &expectation.run {
            None => outcomes.push(expectation.check(None, &firings)),
            Some(name) => {
                for run in document.runs.iter().filter(|run| run.name == *name || run.of == *name) {
                    outcomes.push(expectation.check(Some(run), &firings));
                }
            }
        }
    }
    outcomes
}

impl ToJson for Outcome {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("expect", &self.expect);
        writer.optional("run", self.run.as_deref());
        writer.flag("passed", self.message.is_none());
        writer.optional("message", self.message.as_deref());
        writer.key("actual");
        writer.open('[');
        for (at, because) in &self.actual {
            writer.item();
            writer.open('{');
            writer.text("at", &at.rfc3339());
            writer.text("because", because);
            writer.close('}');
        }
        writer.close(']');
        if let Some((from, to)) = self.between {
            writer.key("between");
            writer.open('{');
            writer.text("from", &from.rfc3339());
            writer.text("to", &to.rfc3339());
            writer.close('}');
        }
        if !self.decisions.is_empty() {
            writer.list("decisions", &self.decisions);
        }
        writer.close('}');
    }
}

impl ToJson for Tested {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.optional("scenario", self.scenario.as_deref());
        writer.flag("passed", self.passed());
        writer.list("expectations", &self.outcomes);
        if !self.errors.is_empty() {
            writer.list("errors", &self.errors);
        }
        writer.close('}');
    }
}

impl ToJson for TestReport {
    fn write(&self, writer: &mut Writer) {
        let outcomes = || self.tested.iter().flat_map(|tested| &tested.outcomes);
        let failed = outcomes().filter(|outcome| outcome.message.is_some()).count();
        writer.open('{');
        writer.flag("passed", self.passed());
        writer.number("expectations", outcomes().count() as u64);
        writer.number("failures", failed as u64);
        writer.list("scenarios", &self.tested);
        if !self.found.is_empty() {
            writer.list(if self.valid { "warnings" } else { "errors" }, &self.found);
        }
        writer.close('}');
    }
}
