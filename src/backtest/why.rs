//! What happened to one run: why an automation fired for it or did not, and one changed line that would change this.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::automation::Posture;
use crate::event::{RESOURCE_ID, ReceivedEvent, SharedText};
use crate::simulate::{
    CapturedEvents, Clause, DocumentText, GivenAutomation, Life, Lives, RecordedFiring, ReplayError, ReplayOptions,
    RunOutcome, automations_of, named,
};
use crate::text::order;
use crate::text::phrase::{duration, joined, shown};
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::time::{Instant, Span};
use crate::trigger::{Firing, ServerQuirk, Version};

use super::all::captured_automations;
use super::change::{Edited, replace_text, set_within};
use super::subject::run_of;

const FLOW_RUN: &str = "prefect.flow-run.";

/// How long the server holds an event back whose leader does not come, and one round of its loops (microseconds).
const HELD: i64 = 905_000_000;

/// How many changes are tried at most: each is played over all events.
const MOST_TRIED: usize = 12;

/// Options of `whyRun`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct WhyOptions {
    /// For a document with several automations: the name of the one to explain. Default: the one that acted on the run.
    pub name: Option<String>,
    /// The interval of the server's loops: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "string | number", optional))]
    pub tick_seconds: Option<Span>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(type = "\"3.9\" | \"3.8\" | \"3.7\" | \"3.6\" | (string & {})", optional))]
    pub server_version: Option<Version>,
}

impl<'de> Deserialize<'de> for WhyOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Why a run cannot be explained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhyError {
    /// No captured run has this name or id.
    UnknownRun(String),
    /// Several runs have it: their names and ids.
    AmbiguousRun(String, Vec<String>),
    /// The automations cannot be read: the first error.
    Unreadable(String),
    /// They cannot be played.
    Replay(ReplayError),
}

impl fmt::Display for WhyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyError::UnknownRun(run) => write!(f, "no run in these events has the name or id `{}`", shown(run)),
            WhyError::AmbiguousRun(run, all) => {
                let all = joined(&mut all.iter().map(|one| &**one), ", ");
                write!(f, "several runs begin with `{}`: {all}; give one's id", shown(run))
            }
            WhyError::Unreadable(message) => write!(f, "the automations cannot be read: {message}"),
            WhyError::Replay(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WhyError {}

impl From<ReplayError> for WhyError {
    fn from(error: ReplayError) -> Self {
        WhyError::Replay(error)
    }
}

/// The cause of what happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
pub enum WhyCause {
    /// An automation fired on the run although it was alive.
    Alive,
    /// It fired because the server held an event back that follows one it never got.
    AbsentLeader,
    /// It fired because an event arrived too late.
    Late,
    /// It fired on a run that had reached its final state: an event of the run came after that.
    Finished,
    /// It fired, and the run sent nothing more.
    Silent,
    /// It fired, for another reason.
    Fired,
    /// No automation fired on it.
    NotFired,
    /// Not an automation but Prefect itself gave it its final state.
    Reported,
}

/// What happened to one run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Why {
    /// The name of the run.
    pub run: String,
    /// Its `prefect.resource.id`.
    pub id: String,
    /// The name of its last captured state. Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The cause.
    pub cause: WhyCause,
    /// The same in one sentence.
    pub message: String,
    /// The automation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<String>,
    /// When it fired on the run: RFC 3339 in UTC with microseconds. Absent if it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "Timestamp", optional))]
    pub fired: Option<Instant>,
    /// One changed line, with which it would not have fired on the run, or would have. It was played. Absent if there is
    /// none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangedLine>,
}

/// One changed line of an automation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChangedLine {
    /// As it is: `within: 90`. Empty if the line is new.
    pub before: String,
    /// As it should be: `within: 153`.
    pub after: String,
    /// Its number in the automation's text, from 1. Absent if the automation comes from the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub line: Option<u64>,
    /// How often the automation fires on all events as it is, without what its own actions caused.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub firings_before: usize,
    /// How often it fires with this line.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub firings_after: usize,
    /// What the change means, in one sentence.
    pub message: String,
}

/// Explains what happened to one run: why an automation fired for it, or why it did not.
///
/// `run` is its name or id, or the beginning of one. `automations` are those to look at; without them, those that the
/// events describe.
///
/// # Errors
/// If the run is unknown or ambiguous, or the automations cannot be read or played.
pub fn why(
    captured: &CapturedEvents,
    run: &str,
    automations: Option<DocumentText<'_>>,
    options: &WhyOptions,
) -> Result<Why, WhyError> {
    let consequences = captured.consequences();
    let lives = Lives::new(captured.events(), &consequences);
    let (id, life) = find(&lives, run)?;
    let described = captured_automations(captured, None);
    let is_given = automations.is_some();
    let document = automations.unwrap_or_else(|| (&*described).into());
    let all = if is_given || described != "[]" {
        let (given, report) = document.read(automations_of);
        given.ok_or_else(|| {
            let first = report.diagnostics.into_iter().next();
            WhyError::Unreadable(first.map(|first| first.message).unwrap_or_default())
        })?
    } else {
        Vec::new()
    };
    named(&all, options.name.as_deref()).map_err(WhyError::Replay)?;
    let story = Story { captured, id, life: *life, options };
    let mut found: Option<(usize, OnRun)> = None;
    for (index, given) in all.iter().enumerate() {
        if options.name.as_ref().is_some_and(|name| *name != given.automation.name) {
            continue;
        }
        let own = story.on_run(given)?;
        if own.rank > found.as_ref().map_or(0, |(_, best)| best.rank) {
            found = Some((index, own));
        }
    }
    if let Some((index, own)) = found
        && let Some(given) = all.get(index)
    {
        return story.fired(document, is_given, index, given, &own);
    }
    story.not_fired(document, is_given, &all)
}

/// The captured run with a name or an id, or the only one that begins so.
fn find<'l, 'e>(lives: &'l Lives<'e>, run: &str) -> Result<(&'e str, &'l Life<'e>), WhyError> {
    let uuid = |id: &'e str| id.strip_prefix(FLOW_RUN).unwrap_or(id);
    let exact = |(id, life): &(&'e str, &Life<'e>)| *id == run || uuid(id) == run || life.name == Some(run);
    let begins = |(id, life): &(&'e str, &Life<'e>)| {
        !run.is_empty() && (uuid(id).starts_with(run) || life.name.is_some_and(|name| name.starts_with(run)))
    };
    let mut matches: Vec<(&'e str, &'l Life<'e>)> = lives.iter().filter(exact).collect();
    if matches.is_empty() {
        matches = lives.iter().filter(begins).collect();
    }
    match &*matches {
        [] => Err(WhyError::UnknownRun(run.to_owned())),
        [one] => Ok(*one),
        several => {
            let all = several.iter().take(10);
            let all = all.map(|(id, life)| format!("{} ({})", life.name.unwrap_or_default(), uuid(id))).collect();
            Err(WhyError::AmbiguousRun(run.to_owned(), all))
        }
    }
}

/// What one automation did to the run.
struct OnRun {
    /// 0: nothing; 1: it fires here; 2: the server recorded a firing; 3: its action changed the run.
    rank: u8,
    here: Vec<Firing>,
    recorded: Vec<RecordedFiring>,
}

struct Story<'c> {
    captured: &'c CapturedEvents,
    id: &'c str,
    life: Life<'c>,
    options: &'c WhyOptions,
}

impl Story<'_> {
    fn replay(&self) -> ReplayOptions {
        ReplayOptions {
            tick_seconds: self.options.tick_seconds,
            server_version: self.options.server_version,
            ..ReplayOptions::default()
        }
    }

    /// Whether an event is about the run.
    fn is_own(&self, event: &ReceivedEvent) -> bool {
        run_of(event) == Some(self.id)
    }

    fn run_of_event(&self, id: Option<Uuid>) -> bool {
        let Some(id) = id else { return false };
        step(self.captured.len());
        self.captured.events().iter().any(|event| event.id == id && self.is_own(event))
    }

    fn is_on_run(&self, labels: &[(SharedText, SharedText)], event: Option<Uuid>) -> bool {
        let mut runs = labels.iter().map(|(_, value)| &**value).filter(|value| value.starts_with(FLOW_RUN)).peekable();
        if runs.peek().is_some() {
            return runs.any(|run| run == self.id);
        }
        self.run_of_event(event)
    }

    fn firings_on_run(&self, firings: Vec<Firing>) -> Vec<Firing> {
        let is_own = |firing: &Firing| self.is_on_run(&firing.labels, firing.event.as_ref().map(|event| event.id));
        firings.into_iter().filter(is_own).collect()
    }

    fn on_run(&self, given: &GivenAutomation) -> Result<OnRun, WhyError> {
        // What an action did is no cause of its firing: without it first.
        let without = ReplayOptions { without_actions: true, ..self.replay() };
        let result = self.captured.play(given, &without)?;
        let effects = result.recorded_actions.iter().flat_map(|actions| &actions.effects);
        let acted = effects.into_iter().any(|effect| *effect.resource == *self.id);
        let own = self.captured.sent_by(given);
        let recorded: Vec<RecordedFiring> = own
            .firings(Instant(i64::MIN))
            .into_iter()
            .filter(|firing| self.is_on_run(&firing.labels, firing.triggering_event_id))
            .collect();
        let mut here = self.firings_on_run(result.firings);
        if here.is_empty() && acted {
            // An automation can also start itself.
            here = self.firings_on_run(self.captured.play(given, &self.replay())?.firings);
        }
        let rank = match (acted, recorded.is_empty(), here.is_empty()) {
            (true, ..) => 3,
            (_, false, _) => 2,
            (.., false) => 1,
            _ => 0,
        };
        Ok(OnRun { rank, here, recorded })
    }

    fn name(&self) -> String {
        self.life.name.unwrap_or(self.id).to_owned()
    }

    fn why(&self, cause: WhyCause, message: String) -> Why {
        let states = self.captured.events().iter().filter(|event| {
            step(1);
            event.resource.get(RESOURCE_ID).is_some_and(|id| **id == *self.id)
                && event.resource.get("prefect.state-name").is_some()
        });
        let last = states.max_by_key(|event| event.occurred);
        Why {
            run: self.name(),
            id: self.id.to_owned(),
            state: last.and_then(|event| Some(event.resource.get("prefect.state-name")?.to_string())),
            cause,
            message,
            automation: None,
            fired: None,
            change: None,
        }
    }

    /// An automation fired on the run.
    fn fired(
        &self,
        document: DocumentText<'_>,
        is_given: bool,
        index: usize,
        given: &GivenAutomation,
        own: &OnRun,
    ) -> Result<Why, WhyError> {
        let name = shown(&given.automation.name);
        let recorded = own.recorded.first().map(|firing| firing.at);
        // The firing here that is nearest to the recorded one.
        let firing = match recorded {
            Some(at) => own.here.iter().min_by_key(|firing| firing.at.since(at).unsigned_abs()),
            None => own.here.first(),
        };
        let at = recorded.or(firing.map(|firing| firing.at));
        let clock = at.map(|at| at.clock_time().chars().take(8).collect::<String>()).unwrap_or_default();
        let fired = match own.rank {
            3 => format!("`{name}` fired at {clock}, and its action changed the run"),
            2 => format!("`{name}` fired at {clock}"),
            _ => format!("`{name}` fires at {clock} in the replay; the server recorded no firing on this run"),
        };
        let Some(firing) = firing else {
            let message = format!("{fired}; in the replay it does not fire on this run: `backtest` shows why");
            let why = self.why(WhyCause::Fired, message);
            return Ok(Why { automation: Some(given.automation.name.clone()), fired: at, ..why });
        };
        let reason = firing.reason_sentence();
        let next = self.next_sign(firing);
        let proactive = firing.trigger.posture == Some(Posture::Proactive);
        let (cause, message) = match () {
            () if firing.quirk() == Some(ServerQuirk::AbsentLeader) => {
                (WhyCause::AbsentLeader, format!("{fired}: {reason}"))
            }
            () if !firing.delayed.is_empty() => (WhyCause::Late, format!("{fired}: {reason}")),
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Alive => {
                let sign = next.map(|event| {
                    let after = duration(event.received.since(firing.bucket.map_or(firing.at, |bucket| bucket.start)));
                    format!(": {} came {after} after the window began", event.name)
                });
                let sign = sign.unwrap_or_default();
                (WhyCause::Alive, format!("{fired} although the run was alive{sign}; {reason}"))
            }
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Finished => {
                let ends = self.life.ends.map(|ends| format!(" at {}", ends.clock_time())).unwrap_or_default();
                (WhyCause::Finished, format!("{fired} although the run had reached its final state{ends}: {reason}"))
            }
            () if proactive && self.life.outcome(firing.at) == RunOutcome::Silent => {
                (WhyCause::Silent, format!("{fired}, and the run sent nothing more: {reason}"))
            }
            () => (WhyCause::Fired, format!("{fired}: {reason}")),
        };
        let change = if matches!(cause, WhyCause::Alive | WhyCause::AbsentLeader | WhyCause::Late) {
            self.longer_window(document, is_given, index, given, firing)?
        } else {
            None
        };
        let automation = Some(given.automation.name.clone());
        Ok(Why { automation, fired: at, change, ..self.why(cause, message) })
    }

    /// The first event of the run after a firing that no automation caused.
    fn next_sign(&self, firing: &Firing) -> Option<&ReceivedEvent> {
        let caused = self.captured.consequences();
        let events = self.captured.events().iter().enumerate();
        let later = events.filter(|(place, event)| {
            step(1);
            event.received >= firing.at && self.is_own(event) && caused.binary_search(place).is_err()
        });
        later.map(|(_, event)| event).min_by_key(|event| event.received)
    }

    /// The `within` in whole seconds that reaches to an event of the run, and with which the automation does not fire on it.
    fn longer_window(
        &self,
        document: DocumentText<'_>,
        is_given: bool,
        index: usize,
        given: &GivenAutomation,
        firing: &Firing,
    ) -> Result<Option<ChangedLine>, WhyError> {
        let Some(bucket) = firing.bucket else { return Ok(None) };
        // Times at which something could have closed the window: late and held events, then all later events of the run.
        let mut times: Vec<Instant> = Vec::new();
        for delayed in &firing.delayed {
            let held = if delayed.waits_for.is_some() { HELD } else { 0 };
            times.push(Instant(delayed.received.0.saturating_add(held)));
        }
        let caused = self.captured.consequences();
        for (place, event) in self.captured.events().iter().enumerate() {
            step(1);
            if event.received >= firing.at && self.is_own(event) && caused.binary_search(&place).is_err() {
                times.push(event.received);
            }
        }
        order::by_key(&mut times, &mut |at| at.sortable());
        let mut tried = 0_i64;
        for at in times.into_iter().take(MOST_TRIED) {
            let seconds = at.since(bucket.start).checked_div(1_000_000).unwrap_or_default().saturating_add(1);
            if seconds <= tried {
                continue;
            }
            tried = seconds;
            let Some(edited) = set_within(document, index, &firing.trigger.path, seconds) else { return Ok(None) };
            let Some((all, on_run)) = self.tested(&edited, index)? else { return Ok(None) };
            if on_run == 0 {
                let message = format!(
                    "with it the automation does not fire on this run; it finds a dead run {} later",
                    duration(seconds.saturating_mul(1_000_000).saturating_sub(bucket.end.since(bucket.start)))
                );
                return Ok(Some(self.line(edited, is_given, given, all, message)?));
            }
        }
        Ok(None)
    }

    /// How often the changed automation fires, and how often on the run; without what the actions caused.
    fn tested(&self, edited: &Edited, index: usize) -> Result<Option<(usize, usize)>, WhyError> {
        let text: &[u8] = &edited.text;
        let Some(all) = DocumentText::from(text).read(automations_of).0 else { return Ok(None) };
        let Some(changed) = all.into_iter().nth(index) else { return Ok(None) };
        let options = ReplayOptions { without_actions: true, ..self.replay() };
        let firings = self.captured.play(&changed, &options)?.firings;
        let certain: Vec<Firing> = firings.into_iter().filter(|firing| !firing.if_silent).collect();
        Ok(Some((certain.len(), self.firings_on_run(certain).len())))
    }

    fn line(
        &self,
        edited: Edited,
        is_given: bool,
        given: &GivenAutomation,
        firings_after: usize,
        message: String,
    ) -> Result<ChangedLine, WhyError> {
        let options = ReplayOptions { without_actions: true, ..self.replay() };
        let firings = self.captured.play(given, &options)?.firings;
        Ok(ChangedLine {
            before: edited.before,
            after: edited.after,
            line: is_given.then_some(edited.line),
            firings_before: firings.iter().filter(|firing| !firing.if_silent).count(),
            firings_after,
            message,
        })
    }

    /// No automation fired on the run.
    fn not_fired(&self, document: DocumentText<'_>, is_given: bool, all: &[GivenAutomation]) -> Result<Why, WhyError> {
        let only = match all {
            _ if self.options.name.is_some() => {
                let name = self.options.name.as_deref();
                all.iter().enumerate().find(|(_, given)| Some(&*given.automation.name) == name)
            }
            [one] => Some((0, one)),
            _ => None,
        };
        let ended = self.ended();
        let Some((index, given)) = only else {
            let message = format!("no automation fired on this run; {ended}");
            let cause = if self.life.ends.is_some() { WhyCause::Reported } else { WhyCause::NotFired };
            return Ok(self.why(cause, message));
        };
        // What this run alone would have done shows which clause stops it.
        let alone = self.captured.only(|event| self.is_own(event));
        let options = ReplayOptions { coverage: true, ..self.replay() };
        let result = alone.play(given, &options)?;
        let reason = result.reason.clone().unwrap_or_else(|| "other runs' events keep it from firing".to_owned());
        let name = shown(&given.automation.name);
        let message = format!("`{name}` did not fire on this run: {reason}; {ended}");
        let mut change = None;
        for trigger in result.coverage.iter().flatten() {
            for clause in trigger.clauses.iter().filter(|clause| clause.clause != Clause::ForEach) {
                let (Some(wanted), Some(nearest)) = (&clause.wanted, &clause.nearest) else { continue };
                let old = wanted.split_once(": ").map_or(&**wanted, |(_, pattern)| pattern);
                let Some(edited) = replace_text(document, index, &trigger.path, old, nearest) else { continue };
                if let Some((all, on_run)) = self.tested(&edited, index)?.filter(|(_, on_run)| *on_run > 0) {
                    let times = if on_run == 1 { "once".to_owned() } else { format!("{on_run} times") };
                    let message = format!("with it the automation fires {times} on this run");
                    change = Some(self.line(edited, is_given, given, all, message)?);
                    break;
                }
            }
            if change.is_some() {
                break;
            }
        }
        let automation = Some(given.automation.name.clone());
        Ok(Why { automation, change, ..self.why(WhyCause::NotFired, message) })
    }

    /// How the run ended, in words.
    fn ended(&self) -> String {
        let Some(ends) = self.life.ends else {
            return match self.life.last_sign {
                Some(last) => format!("it has no final state, and its last event is of {}", last.clock_time()),
                None => "it has no final state".to_owned(),
            };
        };
        let is_end = |event: &&ReceivedEvent| {
            step(1);
            event.occurred == ends && event.resource.get(RESOURCE_ID).is_some_and(|id| **id == *self.id)
        };
        let event = self.captured.events().iter().find(is_end);
        let label = |name: &str| event.and_then(|event| event.resource.get(name)).map(|value| shown(value));
        let state = label("prefect.state-name").unwrap_or_else(|| "final".to_owned());
        let message = label("prefect.state-message").filter(|message| !message.is_empty());
        let message = message.map(|message| format!(": {message}")).unwrap_or_default();
        format!("the run itself became {state} at {}{message}", ends.clock_time())
    }
}
