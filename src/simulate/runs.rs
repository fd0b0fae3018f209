//! The runs of a scenario, as their document tells them.

use crate::automation::read;
use crate::build::{Break, Heartbeats, Phase, RunSpec, State, state_type};
use crate::json::{Decimal, Kind};
use crate::time::Instant;

use super::document::{MAX_EVENTS, MOMENT, Reading, SPAN};
use super::moment::{moment, span};
use super::problem::{Place, Problem};

const HEARTBEAT: [&str; 7] = ["frequency", "drift", "first", "delay", "jitter", "loss", "seed"];

const RUN: [&str; 18] = [
    "name",
    "starts",
    "ends",
    "dies",
    "state",
    "misses",
    "retry",
    "pause",
    "suspend",
    "first_heartbeat",
    "heartbeat_after_end",
    "heartbeat",
    "flow",
    "deployment",
    "tags",
    "count",
    "every",
    "description",
];

/// Longer than any frequency that makes sense, and short enough to reckon with.
const LONGEST: i64 = 366 * 86_400_000_000;

/// A run, and the `name` in the document.
pub(super) struct Spec {
    pub run: RunSpec,
    pub of: String,
}

/// The heartbeats of a scenario, or of one run in it.
pub(super) fn heartbeats(place: Option<Place<'_>>, base: Option<&Heartbeats>, reading: &mut Reading) -> Heartbeats {
    let mut beats = base.cloned().unwrap_or_default();
    let Some(place) = place else { return beats };
    if place.value.kind() == Kind::Null {
        beats.frequency = 0;
        return beats;
    }
    if place.value.kind() != Kind::Object {
        reading.problems.push(place.wrong("an object such as `{frequency: 30}`, or null for no heartbeats"));
        return beats;
    }
    place.unknown_keys(&HEARTBEAT, false, &mut reading.problems);
    let some = |place: &Place<'_>| span(place.value).filter(|span| (0..=LONGEST).contains(span));
    let more = |place: &Place<'_>| some(place).filter(|span| *span > 0);
    if let Some(frequency) = reading.read(place.get("frequency"), "more than 0 seconds", more) {
        beats.frequency = frequency;
    }
    let fields: [(&str, &mut i64); 4] = [
        ("drift", &mut beats.drift),
        ("first", &mut beats.first),
        ("delay", &mut beats.delay),
        ("jitter", &mut beats.jitter),
    ];
    for (key, field) in fields {
        if let Some(value) = reading.read(place.get(key), "a span of time, not negative, and a year at most", some) {
            *field = value;
        }
    }
    let share = reading.read(place.get("loss"), "a number from 0 to 1, such as 0.01 for one in a hundred", |place| {
        let micros = Decimal::read(place.value.raw()).filter(|_| place.value.is_number())?.micros();
        micros.filter(|micros| (0..=1_000_000).contains(micros))
    });
    beats.loss = share.unwrap_or(beats.loss);
    let seed = reading.read(place.get("seed"), "a whole number", |place| read::integer(place.value));
    beats.seed = seed.map_or(beats.seed, i64::cast_unsigned);
    beats
}

pub(super) fn read(place: &Place<'_>, start: Instant, beats: &Heartbeats, reading: &mut Reading) -> Vec<Spec> {
    if place.value.kind() != Kind::Array {
        reading.problems.push(place.wrong("a list of runs"));
        return Vec::new();
    }
    let mut specs: Vec<Spec> = Vec::new();
    for (index, item) in place.items().enumerate() {
        if item.value.kind() != Kind::Object {
            reading.problems.push(item.wrong("an object such as `{name: zombie, starts: 0s, dies: 2m}`"));
            continue;
        }
        item.unknown_keys(&RUN, false, &mut reading.problems);
        let run = one(&item, index, start, beats, reading);
        let most = |place: &Place<'_>| {
            let count = read::integer(place.value).and_then(|count| u64::try_from(count).ok());
            count.filter(|count| (1..=MAX_EVENTS).contains(count))
        };
        let count = item.get("count");
        let counted = count.is_some();
        let expected = format!("a whole number from 1 to {MAX_EVENTS}");
        let copies = reading.read(count, &expected, most).unwrap_or(1);
        let not_negative = |place: &Place<'_>| span(place.value).filter(|span| *span >= 0);
        let every = reading.read(item.get("every"), "a span of time, not negative", not_negative).unwrap_or_default();
        // Each run has three events at least.
        if (specs.len() as u64).saturating_add(copies).saturating_mul(3) > MAX_EVENTS {
            let message = format!("the scenario has too many runs: it may have {MAX_EVENTS} events");
            reading.problems.push(item.problem("scenario-too-large", message));
            return specs;
        }
        if specs.iter().any(|spec| spec.of == run.name) {
            let message = format!("two runs are called `{}`: expectations could not tell them apart", run.name);
            reading.problems.push(item.problem("scenario-wrong-value", message));
        }
        for copy in 0..copies {
            let shift = i64::try_from(copy).unwrap_or_default().saturating_mul(every);
            let mut own = shifted(&run, shift);
            if counted {
                own.name = format!("{}-{}", run.name, copy.saturating_add(1));
            }
            specs.push(Spec { run: own, of: run.name.clone() });
        }
    }
    specs
}

fn shifted(run: &RunSpec, by: i64) -> RunSpec {
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

fn one(item: &Place<'_>, index: usize, start: Instant, beats: &Heartbeats, reading: &mut Reading) -> RunSpec {
    let text = |place: &Place<'_>| read::text(place.value).filter(|text| !text.is_empty());
    let at = |place: &Place<'_>| moment(place.value, start);
    let name = reading.read(item.get("name"), "a text", text);
    let starts = reading.read(item.get("starts"), MOMENT, at).unwrap_or(start);
    let mut heartbeats = heartbeats(item.get("heartbeat"), Some(beats), reading);
    let not_negative = |place: &Place<'_>| span(place.value).filter(|span| *span >= 0);
    if let Some(place) = item.get("first_heartbeat") {
        if place.value.is("never") {
            heartbeats.frequency = 0;
        } else if let Some(first) =
            reading.read(Some(place), "`never`, or a span of time from Running to the first heartbeat", not_negative)
        {
            heartbeats.first = first;
        }
    }
    let ends = reading.read(item.get("ends"), MOMENT, at);
    let dies = reading.read(item.get("dies"), MOMENT, at);
    for (key, moment) in [("ends", ends), ("dies", dies)] {
        if moment.is_some_and(|moment| moment < starts) {
            let message = format!("the run's `{key}` is before its `starts`");
            reading.problems.extend(item.get(key).map(|place| place.problem("scenario-time", message)));
        }
    }
    let state = item.get("state").and_then(|place| {
        let state = state(&place);
        reading.note(state)
    });
    if ends.is_none() && (item.get("state").is_some() || item.get("heartbeat_after_end").is_some()) {
        let message = "the run has no `ends`, so it never reaches its last state".to_owned();
        reading.problems.push(item.problem("scenario-time", message));
    }
    let mut breaks = Vec::new();
    for (key, phase) in [("retry", Phase::Retry), ("pause", Phase::Pause), ("suspend", Phase::Suspend)] {
        let Some(place) = item.get(key) else { continue };
        if place.value.kind() == Kind::Array {
            for place in place.items() {
                breaks.extend(stop(&place, phase, start, reading));
            }
        } else {
            breaks.extend(stop(&place, phase, start, reading));
        }
    }
    crate::sort::by_key(&mut breaks, &mut |one: &Break| one.from.sortable());
    let over =
        breaks.iter().zip(breaks.iter().skip(1)).any(|(one, next)| one.until.is_none_or(|until| next.from < until));
    if over || breaks.first().is_some_and(|first| first.from < starts) {
        let message = "`retry`, `pause` and `suspend` must follow each other, and come after `starts`".to_owned();
        reading.problems.push(item.problem("scenario-time", message));
    }
    let misses = reading.read(item.get("misses"), "a list of the numbers of heartbeats, from 1", |place| {
        let numbers = (place.value.kind() == Kind::Array).then(|| place.value.items())?;
        numbers.map(|number| read::integer(number).and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0)).collect()
    });
    RunSpec {
        name: name.unwrap_or_else(|| format!("run-{}", index.saturating_add(1))),
        flow: reading.read(item.get("flow"), "a text", text).unwrap_or_else(|| "my-flow".to_owned()),
        deployment: reading.read(item.get("deployment"), "a text", text),
        tags: reading.read(item.get("tags"), "a list of texts", |place| read::texts(place.value)).unwrap_or_default(),
        starts,
        ends,
        dies,
        state: state.or_else(|| State::known("Completed")).unwrap_or(State { name: String::new(), kind: "COMPLETED" }),
        breaks,
        misses: misses.unwrap_or_default(),
        heartbeats,
        after_end: reading.read(item.get("heartbeat_after_end"), SPAN, not_negative),
        horizon: start,
    }
}

/// `{at: 3m, for: 30s}`, or `until` in place of `for`; without both, the run never goes on.
fn stop(place: &Place<'_>, phase: Phase, start: Instant, reading: &mut Reading) -> Option<Break> {
    if place.value.kind() != Kind::Object {
        reading.problems.push(place.wrong("an object such as `{at: 3m, for: 30s}`"));
        return None;
    }
    place.unknown_keys(&["at", "for", "until"], false, &mut reading.problems);
    if place.get("at").is_none() {
        reading.problems.push(place.problem("scenario-missing-key", "this lacks `at`: when the run stops".to_owned()));
    }
    let from = reading.read(place.get("at"), MOMENT, |place| moment(place.value, start))?;
    let positive = |place: &Place<'_>| span(place.value).filter(|span| *span > 0);
    let length = reading.read(place.get("for"), "more than 0 seconds", positive);
    let until = reading.read(place.get("until"), MOMENT, |place| moment(place.value, start));
    let until = until.or(length.and_then(|length| from.0.checked_add(length).map(Instant)));
    if until.is_some_and(|until| until <= from) {
        reading.problems.push(place.problem("scenario-time", "`until` must be after `at`".to_owned()));
    }
    Some(Break { phase, from, until })
}

/// The name of a state that Prefect knows, or `{type, name}`.
fn state(place: &Place<'_>) -> Result<State, Problem> {
    if place.value.is_string() {
        let name = place.value.string();
        return State::known(&name).ok_or_else(|| {
            let near = crate::validate::nearest(&name, &mut State::names());
            let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            let help =
                format!("for a state with a name of its own, give its type too: `{{type: COMPLETED, name: {name}}}`");
            Problem {
                help: Some(help),
                ..place.problem("scenario-wrong-value", format!("`{name}` is no state that Prefect names itself{hint}"))
            }
        });
    }
    if place.value.kind() != Kind::Object {
        return Err(place.wrong("the name of a state, or an object such as `{type: COMPLETED, name: Processed}`"));
    }
    let mut unknown = Vec::new();
    place.unknown_keys(&["type", "name"], false, &mut unknown);
    if let Some(problem) = unknown.into_iter().next() {
        return Err(problem);
    }
    let missing = || place.problem("scenario-missing-key", "this state lacks `type`, such as `COMPLETED`".to_owned());
    let kind = place.get("type").ok_or_else(missing)?;
    let expected = "a state type such as `COMPLETED`, `FAILED`, `CANCELLED` or `CRASHED`";
    let known = state_type(&kind.value.string()).ok_or_else(|| kind.wrong(expected))?;
    let lower = known.to_ascii_lowercase();
    let usual =
        || lower.get(..1).map(|first| [&*first.to_ascii_uppercase(), lower.get(1..).unwrap_or_default()].concat());
    let name = match place.get("name") {
        None => usual().unwrap_or_default(),
        Some(name) => read::text(name.value).filter(|text| !text.is_empty()).ok_or_else(|| name.wrong("a text"))?,
    };
    Ok(State { name, kind: known })
}
