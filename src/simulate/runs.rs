//! The runs of a scenario, as described in the document.

use crate::diagnostic::Code;
use crate::generate::{Break, Heartbeats, RunPhase, RunPlan, State, state_type};
use crate::json::{Decimal, Kind, Value};
use crate::text::steps::step;
use crate::text::table::Set;
use crate::time::serial::SPAN;
use crate::time::span::{moment, span};
use crate::time::units::DAY;
use crate::time::{Instant, scalar};

use super::fields::{OF_BREAKS, OF_HEARTBEATS, OF_RUNS, OF_STATES, names};
use super::play_options::{MOMENT, NOT_NEGATIVE, not_negative};
use super::reading::Reading;
use super::scenario::MAX_EVENTS;

const HEARTBEAT: [&str; OF_HEARTBEATS.len()] = names(&OF_HEARTBEATS);

const RUN: [&str; OF_RUNS.len()] = names(&OF_RUNS);
const BREAK: [&str; OF_BREAKS.len()] = names(&OF_BREAKS);
const STATE: [&str; OF_STATES.len()] = names(&OF_STATES);

/// Longer than any sensible frequency, and short enough to calculate with.
const LONGEST: i64 = 366 * DAY;

/// A run, and the `name` in the document.
pub(super) struct Spec {
    pub run: RunPlan,
    pub of: String,
}

/// The heartbeats of a scenario, or of one run in it.
pub(super) fn heartbeats<'t>(
    value: Option<Value<'t>>,
    base: Option<&Heartbeats>,
    reading: &mut Reading<'t>,
) -> Heartbeats {
    let mut beats = base.cloned().unwrap_or_default();
    let Some(value) = value else { return beats };
    if value.kind() == Kind::Null {
        beats.frequency = 0;
        return beats;
    }
    if !reading.is(value, Kind::Object, "an object such as `{frequency: 30}`, or null for no heartbeats") {
        return beats;
    }
    reading.unknown_keys(value, &HEARTBEAT, false);
    let some = |value: Value<'_>| span(value).filter(|span| (0..=LONGEST).contains(span));
    let more = |value: Value<'_>| some(value).filter(|span| *span > 0);
    if let Some(frequency) = reading.read(value.get("frequency"), "more than 0 seconds, at most a year", more) {
        beats.frequency = frequency;
    }
    let fields: [(&str, &mut i64); 4] = [
        ("drift", &mut beats.drift),
        ("first", &mut beats.first),
        ("delay", &mut beats.delay),
        ("jitter", &mut beats.jitter),
    ];
    for (key, field) in fields {
        if let Some(span) = reading.read(value.get(key), "a duration from 0 to a year", some) {
            *field = span;
        }
    }
    let share = reading.read(value.get("loss"), "a number from 0 to 1, such as 0.01 for one in a hundred", |value| {
        let micros = Decimal::read(value.raw()).filter(|_| value.is_number())?.micros();
        micros.filter(|micros| (0..=1_000_000).contains(micros))
    });
    beats.loss = share.unwrap_or(beats.loss);
    let seed = reading.read(value.get("seed"), "a whole number", scalar::integer);
    beats.seed = seed.map_or(beats.seed, i64::cast_unsigned);
    beats
}

pub(super) fn read<'t>(list: Value<'t>, start: Instant, beats: &Heartbeats, reading: &mut Reading<'t>) -> Vec<Spec> {
    let mut specs: Vec<Spec> = Vec::new();
    let mut names: Set<String> = Set::default();
    reading.is(list, Kind::Array, "a list of runs");
    for (index, item) in list.items().enumerate() {
        if !reading.is(item, Kind::Object, "an object such as `{name: zombie, starts: 0s, dies: 2m}`") {
            continue;
        }
        reading.unknown_keys(item, &RUN, false);
        let run = one(item, index, start, beats, reading);
        let most = |value: Value<'_>| {
            let count = scalar::integer(value).and_then(|count| u64::try_from(count).ok());
            count.filter(|count| (1..=MAX_EVENTS).contains(count))
        };
        let count = item.get("count");
        let copies = reading.read(count, "a whole number, from 1 to 2,000,000", most).unwrap_or(1);
        let every = reading.read(item.get("every"), NOT_NEGATIVE, not_negative).unwrap_or_default();
        // Each run has at least three events.
        if (specs.len() as u64).saturating_add(copies).saturating_mul(3) > MAX_EVENTS {
            reading.too_large(item, MAX_EVENTS, "events");
            return specs;
        }
        if !names.insert(run.name.clone()) {
            let place = item.get("name").unwrap_or(item);
            reading.add(Code::SCENARIO_REPEATED_RUN, place).shown("name", &run.name);
        }
        for copy in 0..copies {
            let shift = i64::try_from(copy).unwrap_or_default().saturating_mul(every);
            let mut own = shifted(&run, shift);
            if count.is_some() {
                own.name = format!("{}-{}", run.name, copy.saturating_add(1));
            }
            specs.push(Spec { run: own, of: run.name.clone() });
        }
    }
    specs
}

fn shifted(run: &RunPlan, by: i64) -> RunPlan {
    step(run.breaks.len().saturating_add(run.misses.len()).saturating_add(1));
    let shift = |at: Instant| Instant(at.0.saturating_add(by));
    let mut run = run.clone();
    run.starts = shift(run.starts);
    run.ends = run.ends.map(shift);
    run.dies = run.dies.map(shift);
    for one in &mut run.breaks {
        one.from = shift(one.from);
        one.until = one.until.map(shift);
    }
    run
}

fn one<'t>(item: Value<'t>, index: usize, start: Instant, beats: &Heartbeats, reading: &mut Reading<'t>) -> RunPlan {
    let text = |value: Value<'_>| scalar::text(value).filter(|text| !text.is_empty());
    let at = |value: Value<'_>| moment(value, start);
    let name = reading.read(item.get("name"), "a text", text);
    let starts = reading.read(item.get("starts"), MOMENT, at).unwrap_or(start);
    let mut heartbeats = heartbeats(item.get("heartbeat"), Some(beats), reading);
    if let Some(first) = item.get("first_heartbeat") {
        if first.is("never") {
            heartbeats.frequency = 0;
        } else if let Some(first) = reading.read(Some(first), "a non-negative duration, or `never`", not_negative) {
            heartbeats.first = first;
        }
    }
    let [ends, dies] = [("ends", "`ends`"), ("dies", "`dies`")].map(|(key, later)| {
        let place = item.get(key)?;
        let moment = reading.read(Some(place), MOMENT, at)?;
        if moment < starts {
            reading.too_early(place, later, "`starts`");
        }
        Some(moment)
    });
    let state = item.get("state").and_then(|value| state(value, reading));
    if ends.is_none()
        && item.get("ends").is_none()
        && (item.get("state").is_some() || item.get("heartbeat_after_end").is_some())
    {
        reading.missing(item, "the run", "ends", ", so it never reaches its final state");
    }
    let mut breaks = Vec::new();
    for (key, phase) in [("retry", RunPhase::Retry), ("pause", RunPhase::Pause), ("suspend", RunPhase::Suspend)] {
        let Some(value) = item.get(key) else { continue };
        if value.kind() == Kind::Array {
            breaks.extend(value.items().filter_map(|value| stop(value, phase, start, reading)));
        } else {
            breaks.extend(stop(value, phase, start, reading));
        }
    }
    crate::text::order::by_key(&mut breaks, &mut |one: &Break| one.from.sortable());
    step(breaks.len());
    let over =
        breaks.iter().zip(breaks.iter().skip(1)).any(|(one, next)| one.until.is_none_or(|until| next.from < until));
    if over || breaks.first().is_some_and(|first| first.from < starts) {
        reading.too_early(item, "each of `retry`, `pause` and `suspend`", "`starts` and the end of the one before");
    }
    let misses = reading.read(item.get("misses"), "a list of heartbeat numbers, counted from 1", |value| {
        let numbers = (value.kind() == Kind::Array).then(|| value.items())?;
        numbers.map(|number| scalar::integer(number).and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0)).collect()
    });
    RunPlan {
        name: name.unwrap_or_else(|| format!("run-{}", index.saturating_add(1))),
        flow: reading.read(item.get("flow"), "a text", text).unwrap_or_else(|| "my-flow".to_owned()),
        deployment: reading.read(item.get("deployment"), "a text", text),
        tags: reading.read(item.get("tags"), "a list of strings", scalar::texts).unwrap_or_default(),
        starts,
        ends,
        dies,
        state: state.or_else(|| State::known("Completed")).unwrap_or(State {
            name: String::new(),
            kind: "COMPLETED",
            message: String::new(),
        }),
        breaks,
        misses: misses.unwrap_or_default(),
        heartbeats,
        after_end: reading.read(item.get("heartbeat_after_end"), SPAN, not_negative),
        horizon: start,
    }
}

/// `{at: 3m, for: 30s}`, or `until` instead of `for`; without both, the run never resumes.
fn stop<'t>(value: Value<'t>, phase: RunPhase, start: Instant, reading: &mut Reading<'t>) -> Option<Break> {
    if !reading.is(value, Kind::Object, "an object such as `{at: 3m, for: 30s}`") {
        return None;
    }
    reading.unknown_keys(value, &BREAK, false);
    let Some(at) = value.get("at") else {
        reading.missing(value, "this", "at", ": when the run stops");
        return None;
    };
    let time = |value: Value<'_>| moment(value, start);
    let from = reading.read(Some(at), MOMENT, time)?;
    let positive = |value: Value<'_>| span(value).filter(|span| *span > 0);
    let length = reading.read(value.get("for"), "more than 0 seconds", positive);
    let until = reading.read(value.get("until"), MOMENT, time);
    let until = until.or(length.and_then(|length| from.0.checked_add(length).map(Instant)));
    if until.is_some_and(|until| until <= from) {
        reading.too_early(value, "`until`", "`at`");
    }
    Some(Break { phase, from, until })
}

/// The name of a standard state of Prefect, or `{type, name}`.
fn state<'t>(value: Value<'t>, reading: &mut Reading<'t>) -> Option<State> {
    if value.is_string() {
        let name = value.string();
        let known = State::known(&name);
        if known.is_none() {
            let near = crate::text::nearest::nearest(&name, &mut State::names());
            let finding = reading.add(Code::SCENARIO_UNKNOWN_STATE, value).shown("name", &name);
            if let Some(near) = near {
                finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near).replace(value, near);
            } else {
                finding.with("hint", "a custom state is an object with `type` and `name`");
            }
        }
        return known;
    }
    if !reading.is(
        value,
        Kind::Object,
        "the name of a state, or an object such as `{type: COMPLETED, name: Processed}`",
    ) {
        return None;
    }
    reading.unknown_keys(value, &STATE, false);
    let Some(kind) = value.get("type") else {
        reading.missing(value, "this state", "type", ", such as `COMPLETED`");
        return None;
    };
    let expected = "a state type such as `COMPLETED`, `FAILED`, `CANCELLED` or `CRASHED`";
    let known = reading.read(Some(kind), expected, |kind| state_type(&kind.string()))?;
    let own = reading.read(value.get("name"), "a text", |name| scalar::text(name).filter(|text| !text.is_empty()));
    // `COMPLETED`: `Completed`.
    let usual = || {
        let (first, rest) = known.split_at_checked(1).unwrap_or_default();
        [first, &*rest.to_ascii_lowercase()].concat()
    };
    Some(State { name: own.unwrap_or_else(usual), kind: known, message: String::new() })
}
