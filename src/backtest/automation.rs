//! The backtest of one automation.

use crate::simulate::{
    CapturedEvents, GivenAutomation, Lives, MissingLeaders, OwnEvents, RecordedActions, RecordedFiring,
    RecordedFirings, RecordedPair, ReplayError, ReplayOptions, SimulationResult, TriggerCoverage,
};
use crate::text::order;
use crate::text::phrase::count;
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::TimePoint;
use crate::trigger::Firing;

use super::causes::{Causes, Compared, pair_drifted};
use super::histogram::histogram;
use super::result::{AutomationBacktest, OnlyHere, OnlyRecorded, OutcomeCounts, Verdict};
use super::subject::{Subjects, state};
use super::version::{difference, served};

/// Replays one automation, and compares its firings with the recorded ones.
pub(super) fn backtest_one(
    captured: &CapturedEvents,
    lives: &Lives<'_>,
    given: &GivenAutomation,
    options: &ReplayOptions,
) -> Result<AutomationBacktest, ReplayError> {
    let own = captured.sent_by(given);
    let served = served(given, &own.versions());
    let changed = served.trigger.and_then(|trigger| difference(trigger, &given.automation.trigger));
    let options = ReplayOptions {
        start: options.start.or(served.start),
        end: served.end.map(TimePoint::At),
        coverage: true,
        ..options.clone()
    };
    let mut result = captured.play(given, &options)?;
    let facts = BesideFirings::take(&mut result);
    let mut compared = Compared::new(result);
    let start = compared.start;
    if own.is_empty() {
        compared.recorded = RecordedFirings { only_here: Vec::new(), ..compared.recorded };
    }
    let drifted = pair_drifted(&mut compared);
    let causes = Causes::new(captured, given, &options, served, changed.clone(), &own, &compared);
    let (only_here, only_recorded) = differences(captured, lives, &compared, causes)?;
    let all_recorded = own.firings(start);
    let subjects = subjects(captured, &compared, &all_recorded);
    let certain = || compared.firings.iter().filter(|firing| !firing.if_silent);
    let (mut outcomes_here, mut outcomes_recorded) = (OutcomeCounts::default(), OutcomeCounts::default());
    for firing in certain() {
        let run = subjects.of(&firing.labels, firing.event.as_ref().map(|event| event.id));
        outcomes_here.add(state(lives, run, firing.at).1);
    }
    for firing in &all_recorded {
        let run = subjects.of(&firing.labels, firing.triggering_event_id);
        outcomes_recorded.add(state(lives, run, firing.at).1);
    }
    let mut pairs = compared.recorded.pairs.clone();
    pairs.extend(drifted.iter().map(|(firing, recorded)| RecordedPair {
        at: firing.at,
        recorded: recorded.at,
        seconds: recorded.at.since(firing.at),
    }));
    order::by_key(&mut pairs, &mut |pair| pair.at.sortable());
    let counts = only_here.iter().map(|one| one.cause).chain(only_recorded.iter().map(|one| one.cause));
    let verdict = match counts.filter(|cause| cause.counts()).count() {
        _ if own.is_empty() => Verdict::NotCompared,
        0 => Verdict::Agrees,
        _ => Verdict::Differs,
    };
    let mut backtest = AutomationBacktest {
        name: given.automation.name.clone(),
        id: given.id.clone(),
        verdict,
        message: String::new(),
        start,
        end: served.end,
        changed,
        fired_here: certain().count(),
        fired_recorded: all_recorded.len(),
        both: pairs.len(),
        pairs,
        only_here,
        only_recorded,
        if_silent: compared.firings.len().saturating_sub(certain().count()),
        outcomes_here,
        outcomes_recorded,
        histogram: histogram(
            captured.received().map_or(0, |(first, last)| last.since(first)),
            certain().map(|firing| firing.at),
            all_recorded.iter().map(|firing| firing.at),
        ),
        coverage: facts.coverage,
        reason: facts.reason.filter(|_| certain().next().is_none()),
        missing_leaders: facts.missing_leaders,
        recorded_actions: facts.recorded_actions,
    };
    backtest.message = message(&backtest, &own);
    Ok(backtest)
}

/// What the result says beside the firings.
struct BesideFirings {
    coverage: Vec<TriggerCoverage>,
    reason: Option<String>,
    missing_leaders: Option<MissingLeaders>,
    recorded_actions: Option<RecordedActions>,
}

impl BesideFirings {
    fn take(result: &mut SimulationResult) -> BesideFirings {
        let changes = |leaders: &MissingLeaders| leaders.firings > 0;
        BesideFirings {
            coverage: result.coverage.take().unwrap_or_default(),
            reason: result.reason.take(),
            missing_leaders: result.missing_leaders.take().filter(changes),
            recorded_actions: result.recorded_actions.take(),
        }
    }
}

type Differences = (Vec<OnlyHere>, Vec<OnlyRecorded>);

fn differences(
    captured: &CapturedEvents,
    lives: &Lives<'_>,
    compared: &Compared,
    mut causes: Causes<'_>,
) -> Result<Differences, ReplayError> {
    let subjects = subjects(captured, compared, &compared.recorded.only_recorded);
    let mut only_here = Vec::new();
    for firing in &compared.recorded.only_here {
        let (cause, reason) = causes.of_here(firing)?;
        let run = subjects.of(&firing.labels, firing.event.as_ref().map(|event| event.id));
        let (run, outcome) = state(lives, run, firing.at);
        only_here.push(OnlyHere { firing: firing.clone(), run, outcome, cause, reason });
    }
    let mut only_recorded = Vec::new();
    for firing in &compared.recorded.only_recorded {
        let (cause, reason) = causes.of_recorded(firing)?;
        let run = subjects.of(&firing.labels, firing.triggering_event_id);
        let (run, outcome) = state(lives, run, firing.at);
        only_recorded.push(OnlyRecorded { firing: firing.clone(), run, outcome, cause, reason });
    }
    Ok((only_here, only_recorded))
}

/// The flow runs of firings whose labels name none.
fn subjects<'c>(captured: &'c CapturedEvents, compared: &Compared, recorded: &[RecordedFiring]) -> Subjects<'c> {
    step(compared.firings.len().saturating_add(recorded.len()));
    let mut wanted = Set::default();
    let of_firing = |firing: &Firing| firing.event.as_ref().map(|event| event.id);
    for id in compared.firings.iter().filter_map(of_firing) {
        wanted.insert(id);
    }
    for id in recorded.iter().filter_map(|firing| firing.triggering_event_id) {
        wanted.insert(id);
    }
    Subjects::new(captured.events(), &wanted)
}

/// The result in one sentence.
fn message(backtest: &AutomationBacktest, own: &OwnEvents<'_>) -> String {
    let times = |number: usize| match number {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        _ => format!("{} times", count(number)),
    };
    let here = times(backtest.fired_here);
    if own.is_empty() {
        return format!(
            "it fires {here}; the events contain nothing that this automation sent, so nothing is compared"
        );
    }
    if backtest.fired_here == 0 && backtest.fired_recorded == 0 {
        return "it never fires, here and on the server".to_owned();
    }
    let only = |number: usize, place: &str| (number > 0).then(|| format!("{} only {place}", count(number)));
    let mut parts = vec![format!("{} here and on the server", count(backtest.both))];
    parts.extend(only(backtest.only_here.len(), "here"));
    parts.extend(only(backtest.only_recorded.len(), "on the server"));
    let differences = || {
        let here = backtest.only_here.iter().map(|one| one.cause);
        here.chain(backtest.only_recorded.iter().map(|one| one.cause))
    };
    let counting = differences().filter(|cause| cause.counts()).count();
    let verdict = match (differences().count(), counting) {
        (0, _) => "",
        (_, 0) => ": no difference counts",
        (all, some) if all == some => "",
        (_, 1) => ": 1 difference counts",
        (_, some) => return format!("{}: {} differences count", parts.join(", "), count(some)),
    };
    let _ = served;
    [&*parts.join(", "), verdict].concat()
}
