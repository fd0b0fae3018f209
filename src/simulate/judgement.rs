//! Whether scenarios meet their expectations.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::diagnostic::Diagnostic;
use crate::event::{Labels, RESOURCE_ID, ReceivedEvent, SharedText};
use crate::json::{Kind, Places, Position, Range, Span, Value};
use crate::recognise::{ItemForm, form_of};
use crate::text::phrase::joined;
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::text::table::Map;
use crate::time::span::compact;
use crate::time::{Instant, scalar};
use crate::trigger::{Decision, Firing, Options, TEXT};

use super::automations::Files;
use super::coverage::Coverage;
use super::document::{Document, PlayedRun, other_than_scenarios};
use super::expectation::Expectation;
use super::meaning::Timeline;
use super::reading::{DocumentText, Reading};
use super::scenario::{Scenario, play_sorted};

/// The most firings, and the most decisions, that are listed for one expectation.
const MOST_LISTED: usize = 1000;
/// The most for all expectations of a text together.
const MOST_LISTED_IN_ALL: usize = 100_000;

/// How many expectations that failed because nothing fired get a reason, per scenario: each is played once more.
const MOST_REASONS: usize = 10;

const NEVER: &str = "it never fired";

/// How many expectations that were not met get a timeline.
const MOST_TIMELINES: usize = 100;

/// How much the timelines, decisions and firings of a text hold together: entries, and each [`TEXT`] bytes of their texts.
const MOST_PARTS: usize = 2_000_000;

/// Options of `testScenarios`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TestOptions {
    /// The texts of the files that the scenarios refer to, such as `automation: ./zombies.yaml`, by path.
    #[cfg_attr(feature = "typescript", ts(type = "{ [path: string]: string }", optional))]
    pub files: Files,
}

impl<'de> Deserialize<'de> for TestOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The tests of one text.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TestReport {
    /// Whether all expectations are met, and the text is valid.
    pub passed: bool,
    /// How many expectations were checked.
    pub expectations: usize,
    /// How many of them were not met.
    pub failures: usize,
    /// Each scenario, in the order of the text.
    pub scenarios: Vec<TestedScenario>,
    /// Warnings about the text, such as a repeated key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub warnings: Vec<Diagnostic>,
    /// Why nothing was tested. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
}

/// The test of one scenario.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TestedScenario {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Whether all expectations are met.
    pub passed: bool,
    /// Each expectation; one about a run with copies has an entry for each copy.
    pub expectations: Vec<TestedExpectation>,
    /// Why the scenario was not played. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
}

/// The result of one expectation, for one run if it is about runs.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TestedExpectation {
    /// What was expected, in words.
    pub expect: String,
    /// The name of the run that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Whether it was met.
    pub passed: bool,
    /// What was expected and what happened, if it was not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its place in the text, if it was not met. Absent if the input was an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// The firings that it is about: at most 1000, and 100,000 in the whole report.
    pub actual: Vec<TestedFiring>,
    /// When they must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<TestedSpan>,
    /// If it was not met: the decisions for its runs and labels. At most 1000, and 100,000 in the whole report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<crate::trigger::serialize::DecisionRecord<'static>>>"))]
    pub decisions: Vec<Decision>,
    /// The timeline of these decisions: `decisions` of a lane are indexes into those above. For the first 100
    /// expectations that were not met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

/// A firing that an expectation is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TestedFiring {
    /// When it fired: RFC 3339 in UTC with microseconds.
    pub at: Instant,
    /// Why it fired, in one sentence.
    pub reason: String,
}

/// When firings must be, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TestedSpan {
    /// RFC 3339 in UTC with microseconds.
    pub from: Instant,
    /// RFC 3339 in UTC with microseconds.
    pub to: Instant,
}

impl TestReport {
    /// The errors of the text, and of each of its scenarios.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        let own = self.warnings.iter().chain(&self.errors);
        own.chain(self.scenarios.iter().flat_map(|tested| &tested.errors))
    }

    /// The unmet expectations, in sentences.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        let all = self.scenarios.iter().flat_map(|tested| &tested.expectations);
        all.filter_map(|expectation| expectation.message.as_deref())
    }
}

/// A scenario of a text.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ListedScenario {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its place in the text.
    pub range: Range,
}

/// The findings because of which scenarios cannot be listed. Displayed, a line for each, without the name of the file before it.
#[derive(Clone, PartialEq, Debug)]
pub struct UnlistedScenarios(pub Vec<Diagnostic>);

impl fmt::Display for UnlistedScenarios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Diagnostic { range, message, code, .. }) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            if let Some(Range { start, .. }) = range {
                write!(f, "{}:{}: ", start.line, start.column)?;
            }
            write!(f, "{message} [{code}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnlistedScenarios {}

/// Lists the scenarios of a text, without reading them.
///
/// # Errors
/// If the text cannot be read.
pub fn list_scenarios(scenarios: DocumentText<'_>) -> Result<Vec<ListedScenario>, UnlistedScenarios> {
    let (listed, report) = scenarios.read(|root, reading| {
        let list = listed(root, reading)?;
        let mut places = Places::new(scenarios.bytes, Position::START, scenarios.options.wtf8);
        let one = |value: Value<'_>| {
            let Span { start, end } = value.span();
            ListedScenario { name: value.get("scenario").and_then(scalar::text), range: places.range(start, end) }
        };
        Some(list.map_or_else(Vec::new, |all| all.into_iter().map(one).collect()))
    });
    listed.ok_or(UnlistedScenarios(report.diagnostics))
}

/// The scenarios of a document: it is one, a list, or an object with a list. `None`: it is another kind of document;
/// `Some(None)`: the list is none.
#[expect(clippy::option_option, reason = "another document, no list, or one")]
fn listed<'t>(root: Value<'t>, reading: &mut Reading<'t>) -> Option<Option<Vec<Value<'t>>>> {
    if let Some(form) = other_than_scenarios(root) {
        reading.not_a_scenario(root, form);
        return None;
    }
    let list = if root.kind() == Kind::Array { Some(root) } else { root.get("scenarios") };
    let Some(list) = list else { return Some(Some(vec![root])) };
    if list.kind() != Kind::Array || list.items().next().is_none() {
        reading.wrong(list, "a list with at least one scenario");
        return Some(None);
    }
    Some(Some(list.items().collect()))
}

/// Tests scenarios with expectations: one, a list, or an object with the list `scenarios`.
///
/// ```
/// use prefect_events::simulate::test_scenarios;
///
/// let report = test_scenarios("
/// automation: crash-zombie-flows
/// heartbeat: {frequency: 30}
/// runs: [{name: zombie, dies: 2m}]
/// expect: [{run: zombie, fires: 2}]
/// ".into());
/// assert!(!report.passed);
/// let failures: Vec<_> = report.failures().collect();
/// assert_eq!(failures, ["expected: run zombie fires 2 times; actual: it fired once, at 3m5s"]);
/// ```
#[must_use]
pub fn test_scenarios(scenarios: DocumentText<'_>) -> TestReport {
    test_scenarios_with(scenarios, &TestOptions::default())
}

/// The same with the texts of the files that the scenarios refer to.
#[must_use]
pub fn test_scenarios_with(scenarios: DocumentText<'_>, options: &TestOptions) -> TestReport {
    let files = &options.files;
    let mut spans = Vec::new();
    let mut left = Left { firings: MOST_LISTED_IN_ALL, decisions: MOST_LISTED_IN_ALL, parts: MOST_PARTS };
    let (tested, report) = scenarios.read(|root, reading| {
        let all = listed(root, reading)?.unwrap_or_default();
        Some(all.into_iter().map(|item| test_one(scenarios, files, root, item, &mut left, &mut spans)).collect())
    });
    let mut tested: Vec<TestedScenario> = tested.unwrap_or_default();
    if scenarios.options.places && !spans.is_empty() {
        let mut places = Places::new(scenarios.bytes, Position::START, scenarios.options.wtf8);
        let failed = tested.iter_mut().flat_map(|tested| &mut tested.expectations).filter(|tested| !tested.passed);
        for (expectation, span) in failed.zip(spans) {
            expectation.range = Some(places.range(span.start, span.end));
        }
    }
    let all = || tested.iter().flat_map(|tested| &tested.expectations);
    let (warnings, errors) =
        if report.valid { (report.diagnostics, Vec::new()) } else { (Vec::new(), report.diagnostics) };
    TestReport {
        passed: report.valid && tested.iter().all(|tested| tested.passed),
        expectations: all().count(),
        failures: all().filter(|expectation| !expectation.passed).count(),
        scenarios: tested,
        warnings,
        errors,
    }
}

/// How many may still be listed.
struct Left {
    firings: usize,
    decisions: usize,
    /// See [`MOST_PARTS`].
    parts: usize,
}

impl Left {
    /// Whether something with texts of so many bytes may still be listed.
    fn has_room(&mut self, bytes: usize) -> bool {
        let left = self.parts.checked_sub((bytes / TEXT).saturating_add(1));
        self.parts = left.unwrap_or(0);
        left.is_some()
    }

    fn take(left: &mut usize) -> usize {
        let some = MOST_LISTED.min(*left);
        *left = left.saturating_sub(some);
        some
    }
}

fn test_one<'t>(
    text: DocumentText<'_>,
    files: &Files,
    root: Value<'t>,
    value: Value<'t>,
    left: &mut Left,
    failed: &mut Vec<Span>,
) -> TestedScenario {
    let mut reading = Reading::new(root);
    reading.findings.set_fixable(form_of(value) == ItemForm::Scenario);
    let judged = judged(value, files, &mut reading, left).unwrap_or_default();
    failed.extend(judged.iter().filter(|(tested, _)| !tested.passed).map(|(_, span)| *span));
    let expectations: Vec<TestedExpectation> = judged.into_iter().map(|(tested, _)| tested).collect();
    let errors = text.report(reading.findings).diagnostics;
    let passed = errors.is_empty() && expectations.iter().all(|expectation| expectation.passed);
    TestedScenario { scenario: value.get("scenario").and_then(scalar::text), passed, expectations, errors }
}

fn judged<'t>(
    value: Value<'t>,
    files: &Files,
    reading: &mut Reading<'t>,
    left: &mut Left,
) -> Option<Vec<(TestedExpectation, Span)>> {
    let document = Document::read(value, files, None, reading, false)?;
    if document.expectations.is_empty() {
        let hint = "write what should happen, such as `expect: [{run: zombie, fires: 1}]`";
        reading.missing(value, "the scenario", "expect", ", so there is nothing to test").with("hint", hint);
        return None;
    }
    let play = |trace| {
        let options = Options { trace, ..Options::default() };
        play_sorted(&document.scenario, options)
    };
    let played = play(false).map_err(|error| reading.too_much(value, error.limit())).ok()?;
    let mut judge = Judge::new(&document, &played.outcome.firings);
    let mut judged = Vec::new();
    for (expectation, run) in judge.with_runs() {
        judged.push((judge.judge(expectation, run, left), expectation, run));
    }
    let mut reasons =
        Reasons { document: &document, firings: played.outcome.firings.len(), whole: None, left: MOST_REASONS };
    for (tested, _, run) in &mut judged {
        if let Some(message) = tested.message.as_mut().filter(|message| message.ends_with(NEVER))
            && let Some(reason) = reasons.of(*run)
        {
            message.push_str(": ");
            message.push_str(&reason);
        }
    }
    if judged.iter().any(|(tested, ..)| !tested.passed)
        && let Ok(traced) = play(true)
    {
        let timeline = Timeline::of_scenario(&document, &traced.outcome);
        let decisions = traced.outcome.decisions;
        let by_value = by_value(&decisions);
        let failed = judged.iter_mut().filter(|(tested, ..)| !tested.passed);
        for (number, (tested, expectation, run)) in failed.enumerate() {
            let own = concerned(&decisions, &by_value, expectation, *run, left);
            if number < MOST_TIMELINES {
                tested.timeline = timeline.part(&own, &mut left.parts);
            }
            let own = own.iter().filter_map(|index| decisions.get(*index));
            let bytes = |key: &[(SharedText, SharedText)]| {
                key.iter()
                    .fold(0, |sum: usize, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()))
            };
            tested.decisions = own.take_while(|decision| left.has_room(bytes(&decision.key))).cloned().collect();
        }
    }
    Some(judged.into_iter().map(|(tested, expectation, _)| (tested, expectation.span)).collect())
}

/// Why nothing that an expectation is about fired.
struct Reasons<'d> {
    document: &'d Document,
    /// How often the automation fired.
    firings: usize,
    /// Of the whole scenario.
    whole: Option<String>,
    left: usize,
}

impl Reasons<'_> {
    fn of(&mut self, run: Option<&PlayedRun>) -> Option<String> {
        if let Some(run) = run
            && self.left > 0
        {
            self.left = self.left.saturating_sub(1);
            return Some(self.of_run(run));
        }
        if self.firings > 0 {
            let times = if self.firings == 1 { "once".to_owned() } else { format!("{} times", self.firings) };
            return run.is_none().then(|| format!("the automation fired {times}, but not on the selection"));
        }
        if self.whole.is_none() {
            self.whole = never(&self.document.scenario).err();
        }
        self.whole.clone()
    }

    /// The result for the events of one run alone.
    fn of_run(&self, run: &PlayedRun) -> String {
        let scenario = &self.document.scenario;
        step(scenario.events.len());
        let is_own = |resource: &Labels| resource.get(RESOURCE_ID).is_some_and(|id| *id == run.resource);
        let own = |event: &&ReceivedEvent| is_own(&event.resource) || event.related.iter().any(is_own);
        let events = scenario.events.iter().filter(own).cloned().collect();
        match never(&Scenario { events, ..scenario.clone() }) {
            Err(reason) => reason,
            Ok(at) => {
                let at = compact(at.since(scenario.start));
                format!("without the events of other runs, the automation would have fired at {at}")
            }
        }
    }
}

/// Why a scenario never fires; if it does, when.
fn never(scenario: &Scenario) -> Result<Instant, String> {
    let Ok(played) = play_sorted(scenario, Options { coverage: true, ..Options::default() }) else {
        return Err("it could not be played again".to_owned());
    };
    match played.outcome.firings.first() {
        Some(first) => Ok(first.at),
        None => Err(Coverage::of(scenario, &played).reason.unwrap_or_default()),
    }
}

/// The decisions with a value in their key, by that value.
type ByValue<'d> = Map<&'d str, Vec<usize>>;

fn by_value(decisions: &[Decision]) -> ByValue<'_> {
    let mut by_value = ByValue::default();
    for (index, decision) in decisions.iter().enumerate() {
        step(decision.key.len().saturating_add(1));
        for (_, value) in &decision.key {
            let known = by_value.or_default(&**value);
            if known.last() != Some(&index) {
                known.push(index);
            }
        }
    }
    by_value
}

/// The decisions about the subject of an expectation, according to their keys.
fn concerned(
    decisions: &[Decision],
    by_value: &ByValue<'_>,
    expectation: &Expectation,
    run: Option<&PlayedRun>,
    left: &mut Left,
) -> Vec<usize> {
    let own = run.map(|run| &*run.resource);
    let wanted: Vec<&str> = own.into_iter().chain(expectation.labels.iter().map(|(_, value)| &**value)).collect();
    let has = |index: &&usize| {
        step(wanted.len());
        let key = decisions.get(**index).map(|decision| &decision.key);
        key.is_some_and(|key| wanted.iter().all(|wanted| key.iter().any(|(_, value)| **value == **wanted)))
    };
    let most = Left::take(&mut left.decisions);
    let found: Vec<usize> = if wanted.is_empty() {
        (0..decisions.len()).take(most).collect()
    } else {
        let none: &[usize] = &[];
        let lists = wanted.iter().map(|wanted| by_value.get(*wanted).map_or(none, |list| list));
        let shortest = lists.min_by_key(|list| list.len()).unwrap_or(none);
        shortest.iter().filter(has).take(most).copied().collect()
    };
    step(found.len());
    left.decisions = left.decisions.saturating_add(most.saturating_sub(found.len()));
    found
}

/// The firings of a scenario, indexed by what expectations select.
struct Judge<'s> {
    document: &'s Document,
    firings: &'s [Firing],
    /// The subject of each firing.
    resources: Vec<Option<&'s str>>,
    /// The indices of firings, in order of time.
    by_resource: Map<&'s str, Vec<usize>>,
    by_label: Map<(&'s str, &'s str), Vec<usize>>,
    by_event: Map<&'s str, Vec<usize>>,
    all: Vec<usize>,
    /// Earlier selections: expectations often select the same.
    selected: Map<Selector<'s>, Vec<usize>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Selector<'s> {
    run: Option<&'s str>,
    labels: &'s [(String, String)],
    event: Option<&'s str>,
}

impl<'s> Judge<'s> {
    fn new(document: &'s Document, firings: &'s [Firing]) -> Self {
        let label = |firing: &'s Firing, name: &str| {
            step(firing.labels.len());
            firing.labels.iter().find(|(label, _)| **label == *name).map(|(_, value)| &**value)
        };
        // Composite triggers fire without labels: the event identifies the run.
        let mut of_event: Map<_, _> = Map::default();
        if firings.iter().any(|firing| firing.labels.is_empty()) {
            for event in document.scenario.events.iter().rev() {
                step(1);
                of_event.insert(event.id, event.resource.get(RESOURCE_ID).map(|text| &**text));
            }
        }
        let mut judge = Judge {
            document,
            firings,
            resources: Vec::new(),
            by_resource: Map::default(),
            by_label: Map::default(),
            by_event: Map::default(),
            all: (0..firings.len()).collect(),
            selected: Map::default(),
        };
        for (index, firing) in firings.iter().enumerate() {
            step(firing.labels.len().saturating_add(1));
            let event = firing.event.as_ref().filter(|_| firing.labels.is_empty());
            let resource = label(firing, RESOURCE_ID).or_else(|| *of_event.get(&event?.id)?);
            judge.resources.push(resource);
            if let Some(resource) = resource {
                judge.by_resource.or_default(resource).push(index);
            }
            for (name, value) in &firing.labels {
                judge.by_label.or_default((&**name, &**value)).push(index);
            }
            if let Some(event) = &firing.event {
                judge.by_event.or_default(&*event.name).push(index);
            }
        }
        judge
    }

    /// Each expectation, with each of the runs that it is about.
    fn with_runs(&self) -> Vec<(&'s Expectation, Option<&'s PlayedRun>)> {
        let mut runs: Map<&str, Vec<&PlayedRun>> = Map::default();
        step(self.document.runs.len());
        for run in &self.document.runs {
            runs.or_default(&*run.name).push(run);
            if run.of != run.name {
                runs.or_default(&*run.of).push(run);
            }
        }
        step(self.document.expectations.len());
        let mut with_runs = Vec::new();
        for expectation in &self.document.expectations {
            match &expectation.run {
                None => with_runs.push((expectation, None)),
                Some(name) => {
                    let own = runs.get(&**name).into_iter().flatten();
                    with_runs.extend(own.map(|run| (expectation, Some(*run))));
                }
            }
        }
        with_runs
    }

    /// The firings that an expectation is about.
    fn select(&mut self, expectation: &'s Expectation, run: Option<&'s PlayedRun>) -> &[usize] {
        let selector = Selector {
            run: run.map(|run| &*run.resource),
            labels: &expectation.labels,
            event: expectation.event.as_deref(),
        };
        let none: &[usize] = &[];
        let mut lists: Vec<&[usize]> = Vec::new();
        if let Some(run) = selector.run {
            lists.push(self.by_resource.get(run).map_or(none, |list| list));
        }
        for (name, value) in selector.labels {
            lists.push(self.by_label.get(&(&**name, &**value)).map_or(none, |list| list));
        }
        if let Some(event) = selector.event {
            lists.push(self.by_event.get(event).map_or(none, |list| list));
        }
        let Some(shortest) = lists.iter().min_by_key(|list| list.len()) else { return &self.all };
        if lists.len() == 1 {
            return shortest;
        }
        let resources = &self.resources;
        let firings = self.firings;
        let is_selected = |index: &&usize| {
            step(selector.labels.len().saturating_add(1));
            let Some(firing) = firings.get(**index) else { return false };
            let has = |name: &str, value: &str| {
                step(firing.labels.len());
                firing.labels.iter().find(|(own, _)| **own == *name).is_some_and(|(_, own)| **own == *value)
            };
            selector.run.is_none_or(|run| resources.get(**index) == Some(&Some(run)))
                && selector.labels.iter().all(|(name, value)| has(name, value))
                && selector.event.is_none_or(|name| firing.event.as_ref().is_some_and(|event| *event.name == *name))
        };
        self.selected.or_insert_with(selector.clone(), || shortest.iter().filter(is_selected).copied().collect())
    }

    fn judge(
        &mut self,
        expectation: &'s Expectation,
        run: Option<&'s PlayedRun>,
        left: &mut Left,
    ) -> TestedExpectation {
        let firings = self.firings;
        let at = |index: &usize| firings.get(*index).map(|firing| firing.at);
        let selected = self.select(expectation, run);
        let all = selected.len() as u64;
        // Firings are in order of time.
        let inside = expectation.between.map_or(all, |(from, to)| {
            let before = selected.partition_point(|index| at(index).is_some_and(|at| at < from));
            let until = selected.partition_point(|index| at(index).is_some_and(|at| at <= to));
            until.saturating_sub(before) as u64
        });
        let met = match expectation.fires {
            Some(0) => inside == 0,
            Some(fires) => all == fires && inside == all,
            None => all > 0 && inside == all,
        };
        let name = run.map(|run| run.name.clone());
        let expect = expectation.sentence(name.as_deref());
        let message = (!met).then(|| {
            let times: Vec<String> = selected.iter().take(10).filter_map(at).map(|at| expectation.at(at)).collect();
            let actual = match all {
                0 => NEVER.to_owned(),
                1 => format!("it fired once, at {}", times.concat()),
                _ => format!(
                    "it fired {all} times, at {}{}",
                    joined(&mut times.iter().map(|time| &**time), ", "),
                    if all > 10 { ", …" } else { "" }
                ),
            };
            format!("expected: {expect}; actual: {actual}")
        });
        let most = Left::take(&mut left.firings);
        let listed = selected.iter().filter_map(|index| firings.get(*index)).take(most);
        let listed = listed.map(|firing| TestedFiring { at: firing.at, reason: firing.reason_sentence() });
        let actual: Vec<TestedFiring> = listed.take_while(|firing| left.has_room(firing.reason.len())).collect();
        step(actual.len().saturating_add(1));
        left.firings = left.firings.saturating_add(most.saturating_sub(actual.len()));
        TestedExpectation {
            expect,
            run: name,
            passed: met,
            message,
            range: None,
            actual,
            between: expectation.between.map(|(from, to)| TestedSpan { from, to }),
            decisions: Vec::new(),
            timeline: None,
        }
    }
}
