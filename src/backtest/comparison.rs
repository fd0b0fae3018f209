//! What a change of an automation fires more or less on the same events.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::diagnostic::{Diagnostic, Report};
use crate::event::SharedText;
use crate::simulate::{
    CapturedEvents, DocumentText, GivenAutomation, Lives, NotPlayed, ReplayError, ReplayOptions, RunOutcome,
    UnreadEvents, automations_of,
};
use crate::text::order;
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::text::strict::strict;
use crate::text::table::{Map, Set};
use crate::time::span::duration;
use crate::time::{Instant, TimeSpan};
use crate::trigger::{Firing, OutcomeSize, Version};

use super::result::{OutcomeCounts, is_zero};
use super::subject::{Subjects, state};

/// Options of `compareAutomations`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CompareOptions {
    /// When both start: a point in time. Events received earlier are not evaluated. Default: the first event.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub start: Option<Instant>,
    /// The interval of the server's loops: a number of seconds, or a text such as `"5s"`. Default 5.
    #[cfg_attr(feature = "typescript", ts(type = "Span", optional))]
    pub tick_seconds: Option<TimeSpan>,
    /// The version of the server: `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or one with its patch such as `"3.8.8"`.
    /// Default `"3.9"`.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub server_version: Option<Version>,
    /// Whether to evaluate events at once that follow an event which is not in the input. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub ignore_missing_leaders: bool,
}

impl<'de> Deserialize<'de> for CompareOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Which of the texts something is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum ComparedText {
    /// The old automations.
    Old,
    /// The new ones.
    New,
    /// The events.
    Events,
}

/// Two versions of automations on the same events.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Comparison {
    /// Whether all fire alike, and the input could be read.
    pub same: bool,
    /// How many events were captured.
    pub events: usize,
    /// When the server received the first event. RFC 3339 in UTC with microseconds. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub first: Option<Instant>,
    /// When it received the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub last: Option<Instant>,
    /// Each automation: one of each text, or those with the same name.
    pub automations: Vec<ComparedAutomation>,
    /// Events that cannot be read, because they are nested too deeply: they are not played. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<NotPlayed>>"))]
    pub not_played: Vec<NotPlayed>,
    /// Why nothing was compared. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
    /// The text that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<ComparedText>,
    /// With several texts of events: the 0-based index of the one that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub events_index: Option<usize>,
}

/// Two versions of one automation on the same events.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ComparedAutomation {
    /// Its name in the new text, otherwise in the old one.
    pub name: String,
    /// The result in one sentence.
    pub message: String,
    /// The firings of the old version. Absent if only the new text has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<VersionFirings>,
    /// The firings of the new version. Absent if only the old text has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<VersionFirings>,
    /// How many firings are the same.
    pub same: usize,
    /// The others, in order of time.
    pub changes: Vec<ChangedFiring>,
    /// How many events are not played, because the recorded actions of the automation caused them. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub left_out: usize,
}

/// The firings of one version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct VersionFirings {
    /// How many there are, without those after the last event that the server did not record.
    pub fired: usize,
    /// The state of their runs.
    pub outcomes: OutcomeCounts,
    /// How many come after the last event, and only if nothing more came. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub if_silent: usize,
}

/// How a firing changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum FiringChange {
    /// Only the new version fires.
    Added,
    /// Only the old version fires.
    Removed,
    /// Both fire for the same window or event, at different times.
    Moved,
}

/// A firing that only one version has, or that has another time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChangedFiring {
    /// How it changes.
    pub change: FiringChange,
    /// The name of the flow run, otherwise the values of `for_each`. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The state of the run when the old version fired, otherwise when the new one does. Absent if it is not about a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<RunOutcome>,
    /// When the old version fires: RFC 3339 in UTC with microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub old: Option<Instant>,
    /// When the new version fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub new: Option<Instant>,
    /// The change in words: `no longer fires`, `fires 5 min later`.
    pub message: String,
    /// Why the version fires that does.
    pub reason: String,
}

/// Plays captured events to two versions of automations, and compares the firings. What the recorded actions of the
/// automation caused is not played: with another version, it would not have happened so.
///
/// ```
/// use prefect_events::backtest::{CompareOptions, compare_automations};
/// use prefect_events::simulate::CapturedEvents;
///
/// let version = |threshold| format!(
///     "trigger: {{posture: Reactive, expect: [acme.failed], threshold: {threshold}, within: 60}}"
/// );
/// let mut captured = CapturedEvents::default();
/// captured.add(r#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z",
///     "event": "acme.failed", "resource": {"prefect.resource.id": "acme.backup"}}"#.into());
/// let (old, new) = (version(1), version(2));
/// let result =
///     compare_automations((&*old).into(), (&*new).into(), &captured, &CompareOptions::default())?;
/// assert_eq!(result.automations[0].message, "1 firing with the old version, 0 with the new one");
/// # Ok::<(), prefect_events::simulate::ReplayError>(())
/// ```
///
/// # Errors
/// If the options are invalid, or there are more ticks, firings or open windows than fit into memory.
pub fn compare_automations(
    old: DocumentText<'_>,
    new: DocumentText<'_>,
    captured: &CapturedEvents,
    options: &CompareOptions,
) -> Result<Comparison, ReplayError> {
    if let Some(UnreadEvents { index, report }) = captured.unread() {
        return Ok(unreadable(ComparedText::Events, *index, report.clone()));
    }
    let (olds, report) = old.read(automations_of);
    let Some(olds) = olds else { return Ok(unreadable(ComparedText::Old, None, report)) };
    let (news, report) = new.read(automations_of);
    let Some(news) = news else { return Ok(unreadable(ComparedText::New, None, report)) };
    let consequences = captured.consequences();
    let lives = Lives::new(captured.events(), &consequences);
    let received = captured.received();
    let replay = ReplayOptions {
        start: options.start.or(received.map(|(first, _)| first)),
        tick_seconds: options.tick_seconds,
        server_version: options.server_version,
        ignore_missing_leaders: options.ignore_missing_leaders,
        without_actions: true,
        ..ReplayOptions::default()
    };
    let mut automations = Vec::new();
    let mut size = OutcomeSize::default();
    for (old, new) in pairs(&olds, &news) {
        automations.push(compare_one(captured, &lives, old, new, &replay, &mut size)?);
        size.check().map_err(ReplayError::TooMuch)?;
    }
    Ok(Comparison {
        same: automations.iter().all(|one| one.changes.is_empty()),
        events: captured.len(),
        first: received.map(|(first, _)| first),
        last: received.map(|(_, last)| last),
        automations,
        not_played: captured.not_played().to_vec(),
        ..Comparison::default()
    })
}

/// The result for a text that cannot be read. `index`: of a text of events, if there are several.
fn unreadable(found_in: ComparedText, index: Option<usize>, report: Report) -> Comparison {
    let errors = report.diagnostics;
    Comparison { errors, found_in: Some(found_in), events_index: index, ..Comparison::default() }
}

type Pair<'g> = (Option<&'g GivenAutomation>, Option<&'g GivenAutomation>);

/// One of each, or those with the same name.
fn pairs<'g>(olds: &'g [GivenAutomation], news: &'g [GivenAutomation]) -> Vec<Pair<'g>> {
    if let ([old], [new]) = (olds, news) {
        return vec![(Some(old), Some(new))];
    }
    let mut by_name: Map<&str, Vec<&GivenAutomation>> = Map::default();
    for old in olds.iter().rev() {
        by_name.or_default(&*old.automation.name).push(old);
    }
    let mut all = Vec::new();
    for new in news {
        step(1);
        all.push((by_name.get_mut(&*new.automation.name).and_then(Vec::pop), Some(new)));
    }
    let rest = by_name.iter().flat_map(|(_, left)| left.iter().rev());
    all.extend(rest.map(|old| (Some(*old), None)));
    all
}

fn compare_one(
    captured: &CapturedEvents,
    lives: &Lives<'_>,
    old: Option<&GivenAutomation>,
    new: Option<&GivenAutomation>,
    options: &ReplayOptions,
    size: &mut OutcomeSize,
) -> Result<ComparedAutomation, ReplayError> {
    // On the server it is one automation: what its actions caused belongs to both versions.
    let as_old = new.zip(old).map(|(new, old)| {
        let mut own = new.clone();
        own.id = old.id.clone().or(own.id);
        own.automation.name.clone_from(&old.automation.name);
        own
    });
    let (mut left_out, mut played) = (0, Vec::new());
    for given in [old, as_old.as_ref().or(new)] {
        let result = given.map(|given| captured.play(given, options)).transpose()?;
        let effects = result.as_ref().and_then(|result| result.recorded_actions.as_ref());
        left_out = effects.map_or(0, |actions| actions.effects.len()).max(left_out);
        played.push(result.map(|result| result.firings));
    }
    let (after, before) = (played.pop().flatten(), played.pop().flatten());
    let mut wanted = Set::default();
    for firing in before.iter().chain(&after).flatten() {
        if let Some(event) = &firing.event {
            wanted.insert(event.id);
        }
    }
    let subjects = Subjects::new(captured.events(), &wanted);
    let about = About { lives, subjects };
    let counted = |firings: &Option<Vec<Firing>>| firings.as_ref().map(|firings| about.count(firings));
    let (old_side, new_side) = (counted(&before), counted(&after));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let (same, changes) = changes(&before, &after, &about, size);
    let name = new.or(old).map(|given| given.automation.name.clone()).unwrap_or_default();
    let message = message(old_side.as_ref(), new_side.as_ref());
    Ok(ComparedAutomation { name, message, old: old_side, new: new_side, same, changes, left_out })
}

fn message(old: Option<&VersionFirings>, new: Option<&VersionFirings>) -> String {
    let firings =
        |number: usize| if number == 1 { "1 firing".to_owned() } else { format!("{} firings", count(number)) };
    match (old, new) {
        (Some(old), Some(new)) => {
            let alive = (old.outcomes.alive, new.outcomes.alive);
            let runs = match alive {
                (0, 0) => String::new(),
                (old, new) => format!("; on runs that were alive {} and {}", count(old), count(new)),
            };
            format!("{} with the old version, {} with the new one{runs}", firings(old.fired), count(new.fired))
        }
        (None, Some(new)) => format!("new automation: {}", firings(new.fired)),
        (Some(old), None) => format!("automation removed: {} less", firings(old.fired)),
        (None, None) => String::new(),
    }
}

/// What firings are about.
struct About<'e, 'l> {
    lives: &'l Lives<'e>,
    subjects: Subjects<'e>,
}

impl About<'_, '_> {
    fn of(&self, firing: &Firing) -> (Option<String>, Option<RunOutcome>) {
        let run = self.subjects.of(&firing.labels, firing.event.as_ref().map(|event| event.id));
        let (name, outcome) = state(self.lives, run, firing.at);
        let values = || {
            let values: Vec<&str> = firing.labels.iter().map(|(_, value)| &**value).collect();
            (!values.is_empty()).then(|| values.join(", "))
        };
        (name.or_else(values), outcome)
    }

    fn count(&self, firings: &[Firing]) -> VersionFirings {
        step(firings.len());
        let mut all = VersionFirings::default();
        for firing in firings {
            if firing.if_silent {
                all.if_silent = all.if_silent.saturating_add(1);
            } else {
                all.fired = all.fired.saturating_add(1);
                all.outcomes.add(self.of(firing).1);
            }
        }
        all
    }
}

/// The labels of a firing, sorted by name.
type Labels = Vec<(SharedText, SharedText)>;

fn labels(firing: &Firing) -> Labels {
    let mut own = firing.labels.clone();
    order::by_text(&mut own, |(name, _)| name);
    own
}

/// What two versions of one firing share: the same time, the same window, or the same event.
#[derive(PartialEq, Eq, Hash)]
enum Shared {
    At(Instant, Labels),
    Window(Instant, Labels),
    Event(Uuid, Labels),
}

/// How many firings are the same, and the others.
fn changes(
    before: &[Firing],
    after: &[Firing],
    about: &About<'_, '_>,
    size: &mut OutcomeSize,
) -> (usize, Vec<ChangedFiring>) {
    let mut partner: Vec<Option<usize>> = vec![None; before.len()];
    let mut is_paired = vec![false; after.len()];
    let keys: [fn(&Firing) -> Option<Shared>; 3] = [
        |firing| Some(Shared::At(firing.at, labels(firing))),
        |firing| firing.bucket.map(|bucket| Shared::Window(bucket.start, labels(firing))),
        |firing| firing.event.as_ref().map(|event| Shared::Event(event.id, labels(firing))),
    ];
    for key in keys {
        let mut waiting: Map<Shared, Vec<usize>> = Map::default();
        for (place, firing) in after.iter().enumerate().rev() {
            if let Some(key) = key(firing).filter(|_| is_paired.get(place) == Some(&false)) {
                waiting.or_default(key).push(place);
            }
        }
        for (firing, own) in before.iter().zip(&mut partner).filter(|(_, own)| own.is_none()) {
            let Some(place) = key(firing).and_then(|key| waiting.get_mut(&key)?.pop()) else { continue };
            *own = Some(place);
            if let Some(paired) = is_paired.get_mut(place) {
                *paired = true;
            }
        }
    }
    let (mut same, mut all) = (0_usize, Vec::new());
    let mut changed = |change, old: Option<&Firing>, new: Option<&Firing>, message| {
        old.or(new).into_iter().for_each(|firing| size.add_firing(firing));
        all.push(changed(change, old, new, message, about));
    };
    for (old, partner) in before.iter().zip(partner) {
        match partner.and_then(|place| after.get(place)) {
            // What comes after the last event is not known.
            Some(new) if old.if_silent && new.if_silent => {}
            None if old.if_silent => {}
            Some(new) if new.at == old.at => same = same.saturating_add(1),
            Some(new) => {
                let seconds = new.at.since(old.at);
                let way = if seconds > 0 { "later" } else { "earlier" };
                let doubt = if old.if_silent || new.if_silent { ", if nothing comes after the last event" } else { "" };
                let message = format!("fires {} {way}{doubt}", duration(seconds.saturating_abs()));
                changed(FiringChange::Moved, Some(old), Some(new), message);
            }
            None => changed(FiringChange::Removed, Some(old), None, "no longer fires".to_owned()),
        }
    }
    for (new, _) in after.iter().zip(is_paired).filter(|(new, paired)| !paired && !new.if_silent) {
        changed(FiringChange::Added, None, Some(new), "fires now".to_owned());
    }
    order::by_key(&mut all, &mut |one| one.old.or(one.new).map_or(0, Instant::sortable));
    (same, all)
}

fn changed(
    change: FiringChange,
    old: Option<&Firing>,
    new: Option<&Firing>,
    message: String,
    about: &About<'_, '_>,
) -> ChangedFiring {
    let (subject, outcome) = old.or(new).map(|firing| about.of(firing)).unwrap_or_default();
    ChangedFiring {
        change,
        about: subject,
        outcome,
        old: old.map(|firing| firing.at),
        new: new.map(|firing| firing.at),
        message,
        reason: new.or(old).map(Firing::reason_sentence).unwrap_or_default(),
    }
}
