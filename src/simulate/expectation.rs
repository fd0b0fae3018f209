//! Expectations: what a scenario must come to, and whether it does.

use std::fmt::Write;

use crate::automation::read;
use crate::diagnostic::Diagnostic;
use crate::event::RESOURCE_ID;
use crate::json::Kind;
use crate::json::write::{ToJson, Writer};
use crate::time::Instant;
use crate::trigger::Firing;

use super::document::{Document, PlayedRun, Reading};
use super::moment::{moment, words};
use super::problem::{Place, Problem, Text};
use super::simulation::play_document;

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

pub(super) fn read(place: &Place<'_>, start: Instant, runs: &[&str], reading: &mut Reading) -> Vec<Expectation> {
    if place.value.kind() != Kind::Array {
        reading.problems.push(place.wrong("a list of expectations"));
        return Vec::new();
    }
    place.items().map(|item| one(&item, start, runs, reading)).collect()
}

fn one(item: &Place<'_>, start: Instant, runs: &[&str], reading: &mut Reading) -> Expectation {
    if item.value.kind() != Kind::Object {
        reading.problems.push(item.wrong("an object such as `{run: zombie, fires: 1}`"));
    }
    item.unknown_keys(&KEYS, false, &mut reading.problems);
    let text = |place: &Place<'_>| read::text(place.value);
    let run = reading.read(item.get("run"), "the name of a run", text);
    if let (Some(run), Some(place)) = (&run, item.get("run"))
        && !runs.contains(&&**run)
    {
        let near = crate::validate::nearest(run, &mut runs.iter().copied());
        let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        let message = format!("no run of this scenario is called `{run}`{hint}");
        let help = "events of runs that are not generated are selected by `label`".to_owned();
        reading.problems.push(Problem { help: Some(help), ..place.problem("scenario-wrong-value", message) });
    }
    let labels = reading.read(item.get("label"), "an object of labels and their texts", |place| {
        let members = (place.value.kind() == Kind::Object).then(|| place.value.members())?;
        members.map(|(key, value)| Some((key.string().into_owned(), read::text(value)?))).collect::<Option<Vec<_>>>()
    });
    let event = reading.read(item.get("event"), "the name of an event", text);
    let count = |place: &Place<'_>| read::integer(place.value).and_then(|count| u64::try_from(count).ok());
    let mut fires = reading.read(item.get("fires"), "a whole number, not negative", count);
    if let Some(never) =
        reading.read(item.get("never"), "true", |place| Some(place.value.kind() == Kind::True).filter(|is| *is))
    {
        if fires.is_some_and(|fires| fires > 0) {
            reading
                .problems
                .push(item.problem("scenario-wrong-value", "`never` and `fires` exclude each other".to_owned()));
        }
        fires = Some(u64::from(!never));
    }
    let between = reading.read(item.get("between"), "two points in time, such as `[3m30s, 3m50s]`", |place| {
        let mut items = place.value.items();
        let pair = (items.next()?, items.next()?);
        items.next().is_none().then(|| Some((moment(pair.0, start)?, moment(pair.1, start)?)))?
    });
    if between.is_some_and(|(from, to)| to < from) {
        let message = "the second time of `between` must not be before the first".to_owned();
        reading.problems.extend(item.get("between").map(|place| place.problem("scenario-time", message)));
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
}

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
                _ => format!("it fired {all} times, at {}{}", times.join(", "), if all > 10 { ", …" } else { "" }),
            };
            format!("expected: {}; but {actual}", self.words(name.as_deref()))
        });
        Outcome {
            expect: self.words(name.as_deref()),
            run: name,
            message,
            actual: selected.iter().map(|firing| (firing.at, firing.because())).collect(),
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
    /// Why nothing was tested.
    errors: Vec<Diagnostic>,
}

impl TestReport {
    #[must_use]
    pub fn passed(&self) -> bool {
        self.errors.is_empty() && self.tested.iter().all(Tested::passed)
    }

    /// What is not as expected, in sentences.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.tested.iter().flat_map(|tested| &tested.outcomes).filter_map(|outcome| outcome.message.as_deref())
    }
}

/// Tests the scenarios of a text: one, a list, or an object with the list `scenarios`.
#[must_use]
pub fn test(text: Text<'_>) -> TestReport {
    let tested = text.read(|root| {
        let list = if root.value.kind() == Kind::Array { Some(root.clone()) } else { root.get("scenarios") };
        match list {
            Some(list) if list.value.kind() == Kind::Array => list.items().map(|item| test_one(text, &item)).collect(),
            Some(list) => {
                let errors = text.diagnostics(vec![list.wrong("a list of scenarios")]);
                vec![Tested { scenario: None, outcomes: Vec::new(), errors }]
            }
            None => vec![test_one(text, &root)],
        }
    });
    match tested {
        Ok(tested) => TestReport { tested, errors: Vec::new() },
        Err(errors) => TestReport { tested: Vec::new(), errors },
    }
}

fn test_one(text: Text<'_>, place: &Place<'_>) -> Tested {
    let scenario = place.value.get("scenario").and_then(read::text);
    let run = || {
        let document = Document::read(place)?;
        if document.expectations.is_empty() {
            let message = "the scenario expects nothing: it lacks `expect`".to_owned();
            let help = "say what must come of it, such as `expect: [{run: zombie, fires: 1}]`".to_owned();
            return Err(vec![Problem { help: Some(help), ..place.problem("scenario-missing-key", message) }]);
        }
        let played = play_document(&document, false).map_err(|problem| vec![problem])?;
        Ok(check(&document, &played.outcome.firings))
    };
    match run() {
        Ok(outcomes) => Tested { scenario, outcomes, errors: Vec::new() },
        Err(problems) => Tested { scenario, outcomes: Vec::new(), errors: text.diagnostics(problems) },
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
        if !self.errors.is_empty() {
            writer.list("errors", &self.errors);
        }
        writer.close('}');
    }
}
