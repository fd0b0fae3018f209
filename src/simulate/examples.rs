//! Examples for an automation: a history on which it fires, and one on which it does not.
//!
//! They are found by trial, not calculated from the trigger: a fixed list of histories is played to the engine.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::automation::{EventTrigger, Posture, Specification, Trigger};
use crate::catalogue::runs::{FINAL_TYPES, FLOW_RUN, HEARTBEAT};
use crate::diagnostic::{Diagnostic, Severity};
use crate::event::{RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE};
use crate::generate::State;
use crate::json::tree::{ObjectTree, Tree};
use crate::text::Glob;
use crate::text::phrase::{count, shown};
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::time::Instant;
use crate::time::span::duration;
use crate::time::units::{DAY, SECOND};
use crate::trigger::Version;

use super::automations::{self, Files};
use super::meaning::Timeline;
use super::play_options::default_start;
use super::reading::DocumentText;
use super::simulation::{SimulateOptions, simulate};

/// The id of the events' resource.
const UUID: &str = "00000000-0000-4000-8000-000000000000";

/// The scenarios' name for the automation.
const FILE: &str = "./automation.yaml";

/// The final states to try after those that the triggers name.
const USUAL: [&str; 4] = ["Completed", "Failed", "Crashed", "Cancelled"];

/// The usual duration of a run, unless something requires less.
const LENGTH: i64 = 120 * SECOND;
/// The longest window to wait for.
const LONGEST: i64 = 366 * DAY;
/// The most rounds of the server's loops, for windows of any length.
const MOST_TICKS: i64 = 20_000;
const TICK: i64 = 5 * SECOND;
/// The most events or runs to generate, and the most triggers to examine.
const MOST: usize = 200;
const MOST_TRIGGERS: usize = 50;

/// Which automation the examples are for, and which server decides.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", default, rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct ExampleOptions {
    /// Of a document with several automations: the 0-based index of the one to use. Default 0.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub automation_index: Option<usize>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
}

impl<'de> Deserialize<'de> for ExampleOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// A history on which an automation fires, and one on which it does not.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "camelCase", optional_fields))]
pub struct ExampleRuns {
    /// The first history of the list on which it fires. Absent if it fires on none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fires: Option<ExampleRun>,
    /// The most similar history on which it does not fire. Absent if it fires on all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does_not_fire: Option<ExampleRun>,
    /// Why one of the two is absent, in a sentence without a capital letter and a full stop. Absent if neither is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why nothing was played: the errors in the document. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
}

/// A history that was played to an automation.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExampleRun {
    /// What happens, in a few words: `"A run fails"`.
    pub title: String,
    /// Why the automation fires, or why it does not, in a sentence without a capital letter and a full stop.
    pub reason: String,
    /// The scenario. Its `automation` is the file `./automation.yaml`: `simulate` gets its text by the option `files`.
    #[serde(serialize_with = "scenario")]
    #[cfg_attr(feature = "typescript", ts(type = "object"))]
    pub scenario: ExampleScenario,
    /// What it means for each run.
    pub timeline: Timeline,
}

/// The document of a scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct ExampleScenario(ObjectTree);

impl ExampleScenario {
    /// Its JSON text.
    #[must_use]
    pub fn json(&self) -> String {
        Tree::from(self.0.clone()).line()
    }
}

fn scenario<S: Serializer>(scenario: &ExampleScenario, serializer: S) -> Result<S::Ok, S::Error> {
    scenario.0.serialize(serializer)
}

/// Finds a history on which an automation fires, and one on which it does not: a run that completes or fails, several
/// that fail, one whose process dies, one that takes long, is paused or retried, and the events that the trigger names.
///
/// `document` is what [`replay`](super::replay()) accepts.
///
/// ```
/// use prefect_events::simulate::{ExampleOptions, example_runs};
///
/// let automation = "trigger: {posture: Reactive, expect: [prefect.flow-run.Failed], threshold: 3, within: 600}";
/// let examples = example_runs(automation.into(), &ExampleOptions::default());
/// assert_eq!(examples.fires.unwrap().title, "3 runs fail");
/// assert_eq!(examples.does_not_fire.unwrap().title, "2 runs fail");
/// ```
#[must_use]
pub fn example_runs(document: DocumentText<'_>, options: &ExampleOptions) -> ExampleRuns {
    let (given, mut report) = document.read(automations::all);
    let index = options.automation_index.unwrap_or_default();
    let Some(given) = given.as_ref().and_then(|given| given.get(index)) else {
        let reason = report.valid.then(|| format!("the document has no automation with the index {index}"));
        report.diagnostics.retain(|found| found.severity == Severity::Error);
        return ExampleRuns { errors: report.diagnostics, reason, ..ExampleRuns::default() };
    };
    let mut files = Files::default();
    files.insert(FILE, String::from_utf8_lossy(document.bytes));
    let how = SimulateOptions {
        timeline: true,
        files,
        automation_index: Some(index),
        server_version: options.server_version,
        ..SimulateOptions::default()
    };
    let mut leaves = Vec::new();
    add_leaves(&given.automation.trigger, &mut leaves);
    Tries { needs: Needs::of(leaves), how }.examples()
}

fn add_leaves<'a>(trigger: &'a Trigger, leaves: &mut Vec<&'a EventTrigger>) {
    step(1);
    match trigger {
        Trigger::Event(event) if leaves.len() < MOST_TRIGGERS => leaves.push(event),
        Trigger::Event(_) => {}
        Trigger::Composite(composite) => composite.triggers.iter().for_each(|child| add_leaves(child, leaves)),
    }
}

/// A history of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
enum ExampleHistory {
    /// A run reaches this state.
    One(String),
    /// Several runs reach it.
    Many(String, usize),
    /// The process of a run dies.
    Killed,
    /// The process of a run dies, and another run fails.
    KilledAndFailed,
    /// A run takes longer than the windows last.
    Long,
    Paused,
    Retried,
    /// The events named in the triggers.
    Named(Events),
}

/// Which of the events named in the triggers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Events {
    /// All events needed.
    All,
    /// The events that a Proactive trigger expects arrive in time.
    Answered,
    /// One event fewer than needed, or the events of all triggers but the last.
    Fewer,
    /// Too far apart to count together.
    Apart,
    /// The events of the last trigger first.
    Reversed,
    /// Events of a resource that does not match.
    OfAnother,
}

/// What the triggers require.
struct Needs<'a> {
    leaves: Vec<&'a EventTrigger>,
    /// The final states that they name.
    states: Vec<(String, &'static str)>,
    /// Whether they watch the states of flow runs, and their heartbeats.
    of_runs: bool,
    heartbeats: bool,
    /// How often heartbeats are sent.
    frequency: i64,
    /// The longest window, and the longest of a Proactive trigger.
    within: i64,
    silence: i64,
    threshold: usize,
    /// How long a run takes.
    length: i64,
    /// The keys of a run that labels require.
    run: ObjectTree,
}

impl<'a> Needs<'a> {
    fn of(leaves: Vec<&'a EventTrigger>) -> Needs<'a> {
        let all_names = || leaves.iter().flat_map(|leaf| leaf.after.iter().chain(&leaf.expect)).take(MOST);
        step(leaves.len().saturating_add(MOST));
        let heartbeats = all_names().any(|name| Glob::new(name).matches(HEARTBEAT));
        let of_runs = heartbeats || all_names().any(|name| name.starts_with(FLOW_RUN)) || all_names().next().is_none();
        let mut states: Vec<(String, &'static str)> = Vec::new();
        let named = all_names().filter(|name| !name.contains(['*', '?', '[']));
        for name in named.filter_map(|name| name.strip_prefix(FLOW_RUN)).filter(|name| *name != "heartbeat") {
            let kind = State::known(name).map_or("COMPLETED", |state| state.kind);
            if FINAL_TYPES.contains(&kind) && !states.iter().any(|(known, _)| known == name) {
                states.push((name.to_owned(), kind));
            }
        }
        for name in USUAL {
            if let Some(state) = State::known(name).filter(|_| !states.iter().any(|(known, _)| known == name)) {
                states.push((name.to_owned(), state.kind));
            }
        }
        let longest = |which: &dyn Fn(&EventTrigger) -> bool| {
            let own = leaves.iter().filter(|leaf| which(leaf)).map(|leaf| leaf.within);
            own.max().unwrap_or_default().clamp(0, LONGEST)
        };
        let silence = longest(&|leaf| leaf.posture == Posture::Proactive);
        let thresholds = leaves.iter().map(|leaf| usize::try_from(leaf.threshold).unwrap_or_default());
        let frequency = if heartbeats && silence > 0 { whole(silence / 3).max(30 * SECOND) } else { 30 * SECOND };
        let length = if heartbeats {
            frequency.saturating_mul(6)
        } else if silence > 0 {
            whole(silence / 2).clamp(2 * SECOND, LENGTH)
        } else {
            LENGTH
        };
        Needs {
            states,
            of_runs,
            heartbeats,
            frequency,
            within: longest(&|_| true),
            silence,
            threshold: thresholds.max().unwrap_or_default().min(MOST),
            length,
            run: run_keys(&leaves),
            leaves,
        }
    }

    /// In the order of trial.
    fn histories(&self) -> Vec<ExampleHistory> {
        let named = [Events::All, Events::Answered].map(ExampleHistory::Named);
        let mut all = Vec::new();
        if !self.of_runs {
            all.extend(named.clone());
        }
        // The main purpose of a Proactive trigger comes before its side effects.
        if self.silence > 0 {
            all.push(if self.heartbeats { ExampleHistory::Killed } else { ExampleHistory::Long });
        }
        all.extend(self.states.iter().map(|(name, _)| ExampleHistory::One(name.clone())));
        all.extend([ExampleHistory::Long, ExampleHistory::Paused, ExampleHistory::Retried, ExampleHistory::Killed]);
        if self.threshold > 1 {
            all.extend(self.states.iter().map(|(name, _)| ExampleHistory::Many(name.clone(), self.threshold)));
        }
        if self.leaves.len() > 1 {
            all.push(ExampleHistory::KilledAndFailed);
        }
        all.extend(named);
        all
    }

    /// The histories most similar to another.
    fn near(&self, history: &ExampleHistory) -> Vec<ExampleHistory> {
        match history {
            ExampleHistory::Many(name, number) => {
                let fewer = number.saturating_sub(1);
                vec![if fewer > 1 {
                    ExampleHistory::Many(name.clone(), fewer)
                } else {
                    ExampleHistory::One(name.clone())
                }]
            }
            ExampleHistory::Named(_) => {
                let mut all = vec![Events::Answered, Events::Fewer, Events::Apart, Events::Reversed];
                if !self.of_runs {
                    all.push(Events::OfAnother);
                }
                all.into_iter().map(ExampleHistory::Named).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The input of the engine, and its options.
struct Tries<'a> {
    needs: Needs<'a>,
    how: SimulateOptions,
}

impl Tries<'_> {
    fn examples(&self) -> ExampleRuns {
        let histories = self.needs.histories();
        let fires = histories.iter().find_map(|history| Some((history, self.play(history, true)?)));
        let Some((like, fires)) = fires else {
            let last = ExampleHistory::Named(Events::All);
            let silent = [&last].into_iter().chain(&histories).find_map(|history| self.play(history, false));
            let reason = silent.as_ref().map(|run| run.reason.clone());
            return ExampleRuns { does_not_fire: silent, reason, ..ExampleRuns::default() };
        };
        let near = self.needs.near(like);
        let silent = near.iter().chain(&histories).find_map(|history| self.play(history, false));
        let reason = silent.is_none().then(|| {
            let tried = count(near.len().saturating_add(histories.len()));
            format!("it fires on each of the {tried} generated histories")
        });
        ExampleRuns { fires: Some(fires), does_not_fire: silent, reason, ..ExampleRuns::default() }
    }

    /// Plays a history, if it exists. `None`: the automation does not give the wanted result.
    fn play(&self, history: &ExampleHistory, fires: bool) -> Option<ExampleRun> {
        let (title, scenario) = self.needs.scenario(history)?;
        let text = Tree::from(scenario.clone()).line();
        let result = simulate(DocumentText::from(&*text), &self.how);
        let reason = match result.firings.first() {
            Some(first) => first.reason_sentence(),
            // Without a reason, it was not played.
            None => result.reason?,
        };
        let found = result.firings.is_empty() != fires;
        result.timeline.filter(|_| found).map(|timeline| ExampleRun {
            title,
            reason,
            scenario: ExampleScenario(scenario),
            timeline,
        })
    }
}

impl Needs<'_> {
    /// A history in words, and as a scenario. `None`: there is no such history for these triggers.
    fn scenario(&self, history: &ExampleHistory) -> Option<(String, ObjectTree)> {
        let (runs, events, last) = if let ExampleHistory::Named(which) = history {
            let (events, last) = Named::new(self, *which).events()?;
            (Vec::new(), events, last)
        } else {
            let (runs, last) = self.runs(history)?;
            (runs, Vec::new(), last)
        };
        let title = self.title(history, events.len());
        let end = last.saturating_add(self.within).saturating_add(60 * SECOND);
        let tick = whole(end / MOST_TICKS).max(TICK);
        let heartbeat = if self.heartbeats {
            Tree::from(ObjectTree::new().with("frequency", span(self.frequency)))
        } else {
            Tree::Null
        };
        let mut scenario = ObjectTree::new().with("scenario", &*title).with("automation", FILE);
        scenario.push("start", default_start(None).rfc3339());
        scenario.push("end", span(end));
        if tick > TICK {
            scenario.push("tick_seconds", span(tick));
        }
        if !runs.is_empty() {
            scenario.push("heartbeat", heartbeat);
        }
        let scenario = scenario.with_any("runs", runs).with_any("events", events);
        Some((title, scenario))
    }

    /// The runs of a history, and the time of the last event.
    fn runs(&self, history: &ExampleHistory) -> Option<(Vec<ObjectTree>, i64)> {
        let length = self.length;
        let run = |name: &str, starts: i64| {
            ObjectTree::new().with("name", name).with("starts", span(starts)).and(self.run.clone())
        };
        let ended = |run: ObjectTree, ends: i64, state: &str| {
            let kind = self.states.iter().find(|(name, _)| name == state).map_or("COMPLETED", |(_, kind)| kind);
            let state = ObjectTree::new().with("type", kind).with("name", state);
            run.with("ends", span(ends)).with("state", state)
        };
        let begin = 10 * SECOND;
        let end = begin.saturating_add(length);
        let dies = begin.saturating_add(self.frequency.saturating_mul(9) / 2);
        let paused = self.silence.saturating_add(60 * SECOND);
        let broken = |key: &str| {
            let at = begin.saturating_add(length / 2);
            let on = at.saturating_add(paused);
            let ends = on.saturating_add(length / 2);
            let pause = ObjectTree::new().with("at", span(at)).with("for", span(paused));
            (vec![ended(run("run", begin), ends, "Completed").with(key, pause)], ends)
        };
        Some(match history {
            ExampleHistory::One(state) => (vec![ended(run("run", begin), end, state)], end),
            ExampleHistory::Many(state, number) => {
                let gap = self.gap(*number);
                let mut last = end;
                let mut all = Vec::new();
                for place in 0..*number {
                    step(1);
                    let shift = gap.saturating_mul(i64::try_from(place).unwrap_or_default());
                    last = end.saturating_add(shift);
                    let name = format!("run-{}", place.saturating_add(1));
                    all.push(ended(run(&name, begin.saturating_add(shift)), last, state));
                }
                (all, last)
            }
            ExampleHistory::Killed => (vec![run("run", begin).with("dies", span(dies))], dies),
            ExampleHistory::KilledAndFailed => {
                let late = dies.saturating_add(self.silence).saturating_add(30 * SECOND);
                (vec![run("killed", begin).with("dies", span(dies)), ended(run("failed", begin), late, "Failed")], late)
            }
            ExampleHistory::Long if self.silence > 0 => {
                let ends = begin.saturating_add(self.silence.saturating_mul(2)).saturating_add(60 * SECOND);
                (vec![ended(run("run", begin), ends, "Completed")], ends)
            }
            ExampleHistory::Paused => broken("pause"),
            ExampleHistory::Retried => broken("retry"),
            ExampleHistory::Long | ExampleHistory::Named(_) => return None,
        })
    }

    /// The gap between events that keeps all of them in one window.
    fn gap(&self, number: usize) -> i64 {
        let number = i64::try_from(number).unwrap_or(i64::MAX).saturating_add(1);
        whole(self.within.checked_div(number).unwrap_or_default().min(60 * SECOND))
    }

    fn title(&self, history: &ExampleHistory, events: usize) -> String {
        match history {
            ExampleHistory::One(state) => match one_does(state) {
                Some(does) if self.heartbeats => format!("A run sends heartbeats until it {does}"),
                Some(does) => format!("A run {does}"),
                None => format!("A run reaches the state `{}`", shown(state)),
            },
            ExampleHistory::Many(state, number) => match many_do(state) {
                Some(they) => format!("{} runs {they}", count(*number)),
                None => format!("{} runs reach the state `{}`", count(*number), shown(state)),
            },
            ExampleHistory::Killed if self.heartbeats => {
                "The process of a run dies, and its heartbeats stop".to_owned()
            }
            ExampleHistory::Killed => "The process of a run dies".to_owned(),
            ExampleHistory::KilledAndFailed => "The process of a run dies, and another run fails".to_owned(),
            ExampleHistory::Long => {
                format!("A run takes {}", duration(self.silence.saturating_mul(2).saturating_add(60 * SECOND)))
            }
            ExampleHistory::Paused => {
                format!("A run is paused for {}", duration(self.silence.saturating_add(60 * SECOND)))
            }
            ExampleHistory::Retried => {
                format!("A run fails, and is retried after {}", duration(self.silence.saturating_add(60 * SECOND)))
            }
            ExampleHistory::Named(which) => self.title_of_named(*which, events),
        }
    }

    fn title_of_named(&self, which: Events, events: usize) -> String {
        let (only, several) = match self.leaves.as_slice() {
            [only] => (Some(*only), false),
            all => (all.first().copied(), true),
        };
        let Some(leaf) = only else { return "No event".to_owned() };
        let expected = shown(&event_name(leaf.expect.first().map_or("*", |name| &**name)));
        let after = leaf.after.first().map(|name| shown(&event_name(name)));
        let missing =
            if leaf.expect.len() == 1 { format!("no `{expected}`") } else { "none of the expected events".to_owned() };
        let is_proactive = leaf.posture == Posture::Proactive;
        let times = |number: usize| match number {
            0 => "No event".to_owned(),
            1 => format!("`{expected}`"),
            _ => format!("{} × `{expected}`", count(number)),
        };
        match which {
            Events::All if several => "The events of all triggers, one after the other".to_owned(),
            Events::Fewer if several => "The events of all triggers but the last".to_owned(),
            Events::Reversed => "The events of the triggers in reverse order".to_owned(),
            Events::OfAnother => format!("`{expected}` of a resource that does not match"),
            Events::All if is_proactive => match after {
                Some(after) => format!("`{after}`, and {missing} within {}", duration(leaf.within)),
                None => format!("Nothing, so {missing} within {}", duration(leaf.within)),
            },
            _ if is_proactive => match after {
                Some(after) => format!("`{after}`, then `{expected}` in time"),
                None => format!("`{expected}` in time"),
            },
            Events::Apart => format!("{}, further apart than {}", times(events), duration(leaf.within)),
            _ => {
                let number = events.saturating_sub(usize::from(after.is_some()));
                let within = if number > 1 { format!(" within {}", duration(leaf.within)) } else { String::new() };
                let after = after.map_or_else(String::new, |after| format!("`{after}`, then "));
                [after, times(number), within].concat()
            }
        }
    }
}

fn one_does(state: &str) -> Option<&'static str> {
    Some(match state {
        "Completed" => "completes",
        "Failed" => "fails",
        "Crashed" => "crashes",
        "Cancelled" => "is cancelled",
        "TimedOut" => "times out",
        _ => return None,
    })
}

fn many_do(state: &str) -> Option<&'static str> {
    Some(match state {
        "Completed" => "complete",
        "Failed" => "fail",
        "Crashed" => "crash",
        "Cancelled" => "are cancelled",
        "TimedOut" => "time out",
        _ => return None,
    })
}

/// A run's name and parents, chosen so that its events match.
fn run_keys(leaves: &[&EventTrigger]) -> ObjectTree {
    let first = |specification: &Specification, label: &str| {
        let (_, patterns) = specification.0.iter().find(|(own, _)| own == label)?;
        patterns.first().map(|pattern| instance(pattern, "example"))
    };
    let (mut flow, mut deployment, mut tags) = (None, None, Vec::new());
    for related in leaves.iter().flat_map(|leaf| &leaf.match_related).take(MOST) {
        step(related.0.len());
        let name = first(related, RESOURCE_NAME);
        match first(related, RESOURCE_ROLE).as_deref() {
            Some("deployment") => deployment = deployment.or(name),
            Some("tag") => {
                tags.extend(name);
            }
            _ => flow = flow.or(name),
        }
        tags.extend(first(related, RESOURCE_ID).and_then(|id| Some(id.strip_prefix("prefect.tag.")?.to_owned())));
    }
    ObjectTree::new()
        .with_any("flow", flow.unwrap_or_default())
        .with_any("deployment", deployment.unwrap_or_default())
        .with_any("tags", tags)
}

/// An event name that a pattern matches.
fn event_name(pattern: &str) -> String {
    instance(pattern, if pattern == "prefect.flow-run.*" { "Completed" } else { "example" })
}

/// A text that a pattern matches. `fill` replaces the wildcards.
fn instance(pattern: &str, fill: &str) -> String {
    if let Some(unwanted) = pattern.strip_prefix('!') {
        return if Glob::new(unwanted).matches(fill) { [fill, "-other"].concat() } else { fill.to_owned() };
    }
    let mut out = String::new();
    let mut rest = pattern.chars();
    while let Some(next) = rest.next() {
        match next {
            '*' => out.push_str(fill),
            '?' => out.push('x'),
            '[' => {
                let set: String = rest.by_ref().take_while(|next| *next != ']').collect();
                out.extend(set.trim_start_matches('!').chars().next());
            }
            _ => out.push(next),
        }
    }
    out
}

/// Writes the events named in the triggers.
struct Named<'n> {
    needs: &'n Needs<'n>,
    which: Events,
    events: Vec<Tree>,
    at: i64,
}

impl<'n> Named<'n> {
    fn new(needs: &'n Needs<'n>, which: Events) -> Self {
        Named { needs, which, events: Vec::new(), at: 10 * SECOND }
    }

    /// The events, and the time of the last one. `None`: these events are not a different history.
    fn events(mut self) -> Option<(Vec<Tree>, i64)> {
        let leaves = &self.needs.leaves;
        let only = if let [only] = leaves.as_slice() { Some(*only) } else { None };
        let is_proactive = leaves.iter().any(|leaf| leaf.posture == Posture::Proactive);
        let is_other = match self.which {
            Events::All => true,
            Events::Answered => is_proactive,
            Events::Fewer => only.is_none_or(|leaf| leaf.posture == Posture::Reactive && leaf.threshold > 1),
            Events::Apart => only.is_some_and(|leaf| leaf.posture == Posture::Reactive && leaf.threshold > 1),
            Events::Reversed => only.is_none(),
            Events::OfAnother => leaves.iter().any(|leaf| has_clauses(leaf)),
        };
        if !is_other {
            return None;
        }
        let mut order: Vec<&EventTrigger> = leaves.clone();
        match self.which {
            Events::Reversed => order.reverse(),
            Events::Fewer if only.is_none() => {
                order.pop();
            }
            _ => {}
        }
        for leaf in order {
            self.add_leaf(leaf);
        }
        Some((self.events, self.at))
    }

    fn add_leaf(&mut self, leaf: &EventTrigger) {
        let within = leaf.within.clamp(0, LONGEST);
        if let Some(after) = leaf.after.first() {
            self.add(leaf, after);
            self.at = self.at.saturating_add((within / 4).min(30 * SECOND));
        }
        let needed = usize::try_from(leaf.threshold.max(0)).unwrap_or_default().min(MOST);
        if leaf.posture == Posture::Proactive {
            if self.which == Events::Answered {
                self.add_expected(leaf, needed, (within / 4).min(10 * SECOND));
            } else {
                self.at = self.at.saturating_add(within).saturating_add(20 * SECOND);
            }
            return;
        }
        let single = self.needs.leaves.len() == 1;
        let number = if self.which == Events::Fewer && single { needed.saturating_sub(1) } else { needed };
        let gap = match self.which {
            Events::Apart => within.saturating_add(30 * SECOND),
            _ => self.needs.gap(number),
        };
        self.add_expected(leaf, number, gap);
    }

    fn add_expected(&mut self, leaf: &EventTrigger, number: usize, gap: i64) {
        let any = "*".to_owned();
        let name = leaf.expect.first().unwrap_or(&any);
        for place in 0..number {
            if place > 0 {
                self.at = self.at.saturating_add(gap);
            }
            self.add(leaf, name);
        }
        self.at = self.at.saturating_add(10 * SECOND);
    }

    /// An event that passes the clauses of a trigger.
    fn add(&mut self, leaf: &EventTrigger, name: &str) {
        step(leaf.matches.0.len().saturating_add(leaf.match_related.len()).saturating_add(1));
        let number = self.events.len().saturating_add(1);
        let name = event_name(name);
        let mut labels = Labels::default();
        let mut related: Vec<Labels> = Vec::new();
        if self.which == Events::OfAnother {
            labels.set(RESOURCE_ID, "example.another");
        } else {
            labels.meet(&leaf.matches);
            for one in leaf.match_related.iter().filter(|one| !one.0.is_empty()) {
                let mut own = Labels::default();
                own.meet(one);
                own.or(RESOURCE_ID, "example.related");
                own.or(RESOURCE_ROLE, "related");
                related.push(own);
            }
        }
        let is_run = name.starts_with(FLOW_RUN);
        labels.or(RESOURCE_ID, &if is_run { [FLOW_RUN, UUID].concat() } else { "example.resource".to_owned() });
        if is_run {
            labels.or(RESOURCE_NAME, "run");
        }
        for label in &leaf.for_each {
            // `related:ROLE:LABEL` is a label of a related resource.
            match label.strip_prefix("related:").and_then(|rest| rest.split_once(':')) {
                None => labels.or(label, "example"),
                Some((role, label)) => {
                    if !related.iter().any(|own| own.get(RESOURCE_ROLE) == Some(role)) {
                        let mut own = Labels::default();
                        own.set(RESOURCE_ID, "example.related");
                        own.set(RESOURCE_ROLE, role);
                        related.push(own);
                    }
                    if let Some(own) = related.iter_mut().find(|own| own.get(RESOURCE_ROLE) == Some(role)) {
                        own.or(label, "example");
                    }
                }
            }
        }
        let at = Instant(default_start(None).0.saturating_add(self.at));
        let event = ObjectTree::new()
            .with("occurred", at.rfc3339())
            .with("event", name)
            .with("resource", labels.object())
            .with_any("related", related.into_iter().map(Labels::object).collect::<Vec<_>>())
            .with("id", format!("00000000-0000-4000-8000-{number:012}"));
        self.events.push(event.into());
    }
}

fn has_clauses(leaf: &EventTrigger) -> bool {
    !leaf.matches.0.is_empty() || leaf.match_related.iter().any(|one| !one.0.is_empty())
}

/// The labels of a resource.
#[derive(Default)]
struct Labels(Vec<(String, String)>);

impl Labels {
    fn get(&self, label: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == label).map(|(_, value)| &**value)
    }

    fn set(&mut self, label: &str, value: &str) {
        self.0.push((label.to_owned(), value.to_owned()));
    }

    fn or(&mut self, label: &str, value: &str) {
        if self.get(label).is_none() {
            self.set(label, value);
        }
    }

    fn meet(&mut self, specification: &Specification) {
        for (label, patterns) in specification.0.iter().take(MOST) {
            let wanted = patterns.iter().find(|pattern| !pattern.starts_with('!')).or(patterns.first());
            let fill = match wanted {
                Some(wanted) if label == RESOURCE_ID && !wanted.starts_with('!') => UUID,
                _ => "example",
            };
            self.or(label, &wanted.map_or_else(|| fill.to_owned(), |pattern| instance(pattern, fill)));
        }
    }

    fn object(self) -> ObjectTree {
        self.0.into_iter().fold(ObjectTree::new(), |object, (label, value)| object.with(&label, value))
    }
}

/// Without fractions of a second, if it is at least a second.
fn whole(micros: i64) -> i64 {
    let rest = micros.checked_rem(SECOND).unwrap_or_default();
    if micros < SECOND { micros } else { micros.saturating_sub(rest) }
}

/// A span in the notation of scenarios.
fn span(micros: i64) -> String {
    if micros.checked_rem(SECOND) == Some(0) {
        format!("{}s", micros.checked_div(SECOND).unwrap_or_default())
    } else {
        format!("{micros}us")
    }
}
