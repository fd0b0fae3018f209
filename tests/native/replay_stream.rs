//! A stream fires as a replay of all events, wherever it is cut.

use std::collections::HashMap;

use prefect_events::event::EventReader;
use prefect_events::event::ReceivedEvent;
use prefect_events::json::{Tape, parse};
use prefect_events::simulate::{
    ReplayOptions, ReplayStream, Scenario, SimulationResult, StreamEnd, StreamOptions, replay,
};
use prefect_events::time::{Instant, TimePoint, TimeSpan};
use prefect_events::trigger::{Decision, Firing, Outcome, Snapshot, Version};
use proptest::prelude::*;
use serde_json::Value as Json;

/// What a stream reported.
#[derive(Default, PartialEq, Debug)]
struct Told {
    firings: Vec<Firing>,
    child_firings: Vec<Firing>,
    decisions: Vec<Decision>,
}

impl Told {
    fn add(&mut self, outcome: Outcome) {
        self.firings.extend(outcome.firings);
        self.child_firings.extend(outcome.child_firings);
        self.decisions.extend(super::snapshot::arranged(outcome.decisions));
    }

    fn of(result: &SimulationResult) -> Told {
        Told {
            firings: result.firings.clone(),
            child_firings: result.child_firings.clone(),
            decisions: super::snapshot::arranged(result.decisions.clone().unwrap_or_default()),
        }
    }

    /// Without what only all events together say: which events came too late, and which leader is absent.
    fn comparable(mut self) -> Told {
        for firing in self.firings.iter_mut().chain(&mut self.child_firings) {
            firing.delayed.retain(|delayed| delayed.waits_for.is_some());
            firing.delayed.iter_mut().for_each(|delayed| delayed.absent = None);
        }
        self
    }
}

/// Pushes events, and saves and takes up the stream's state before those whose index `cut` accepts.
fn stream(
    document: &str,
    options: &StreamOptions,
    events: &[ReceivedEvent],
    cut: impl Fn(usize) -> bool,
) -> (Told, StreamEnd) {
    let mut stream = ReplayStream::new(document.into(), options).unwrap();
    let mut told = Told::default();
    for (index, event) in events.iter().enumerate() {
        if cut(index) {
            told.add(stream.drain());
            let bytes = stream.save().bytes().to_vec();
            stream = ReplayStream::restore(&Snapshot::read(bytes).unwrap(), document.into(), options).unwrap();
        }
        stream.push(event.clone()).unwrap();
        if index % 7 == 0 {
            told.add(stream.drain());
        }
    }
    told.add(stream.drain());
    let mut end = stream.finish().unwrap();
    told.add(std::mem::take(&mut end.outcome));
    (told, end)
}

fn options_of(scenario: &Scenario, version: Version) -> StreamOptions {
    StreamOptions {
        trace: true,
        coverage: true,
        start: Some(scenario.start),
        end: Some(TimePoint::At(scenario.end)),
        tick_seconds: Some(TimeSpan(scenario.tick)),
        tick_offset_seconds: Some(TimeSpan(scenario.offset)),
        delivery: Some(scenario.delivery),
        server_version: Some(version),
        intended: scenario.intended,
        reorder_seconds: None,
    }
}

fn replay_options(options: &StreamOptions) -> ReplayOptions {
    ReplayOptions {
        trace: options.trace,
        coverage: options.coverage,
        start: options.start,
        end: options.end,
        tick_seconds: options.tick_seconds,
        tick_offset_seconds: options.tick_offset_seconds,
        delivery: options.delivery,
        server_version: options.server_version,
        intended: Some(options.intended),
        ..ReplayOptions::default()
    }
}

fn in_order(mut events: Vec<ReceivedEvent>) -> Vec<ReceivedEvent> {
    events.sort_by_key(|event| event.received);
    events
}

fn assert_same(name: &str, (told, end): (Told, StreamEnd), replayed: &SimulationResult) {
    assert_eq!(told.comparable(), Told::of(replayed).comparable(), "{name}");
    let own = &end.automations[0];
    assert_eq!(own.firings, replayed.firings.len() as u64, "{name}");
    assert_eq!(own.coverage, replayed.coverage, "{name}");
    assert_eq!(own.reason, replayed.reason, "{name}");
    assert_eq!(end.counts.undelivered, replayed.undelivered as u64, "{name}");
    assert_eq!(end.counts.before_start, replayed.before_start as u64, "{name}");
    assert_eq!(end.counts.too_late, 0, "{name}");
}

#[test]
fn a_stream_of_each_recorded_scenario_is_its_replay() {
    let (mut fired, mut streams) = (0, 0);
    for (file, version) in [("scenarios-3.9.ndjson.gz", Version::V3_9), ("scenarios-3.8.ndjson.gz", Version::V3_8)] {
        super::cases::each_row(file, |row| {
            let scenario = Scenario::read(row).unwrap();
            let document: Json = serde_json::from_slice(row.raw()).unwrap();
            let text = document["automation"].to_string();
            let options = options_of(&scenario, version);
            let events: String = document["events"].as_array().unwrap().iter().map(|one| format!("{one}\n")).collect();
            let replayed = replay((&*text).into(), (&*events).into(), &replay_options(&options)).unwrap();
            assert_eq!(replayed.errors, []);
            fired += replayed.firings.len();
            let events = in_order(scenario.events);
            let name = document["scenario"].as_str().unwrap();
            let cuts = |index: usize| streams % 2 == 0 && index % 5 == 3;
            assert_same(name, stream(&text, &options, &events, cuts), &replayed);
            streams += 1;
        });
    }
    assert!(streams == 1794 && fired > 2000, "{streams} streams with {fired} firings");
}

fn captured() -> Vec<ReceivedEvent> {
    let mut reader = EventReader::default();
    let mut events = Vec::new();
    super::cases::each_row("live/captured.ndjson.gz", |row| events.push(reader.read(row).unwrap()));
    events
}

#[test]
fn a_stream_of_a_live_server_is_its_replay() {
    let text = String::from_utf8(super::cases::read("live/captured.ndjson.gz")).unwrap();
    let events = in_order(captured());
    let mut fired = 0;
    for (name, document) in super::cases::live_automations() {
        let how = ReplayOptions { trace: true, coverage: true, ..ReplayOptions::default() };
        let replayed = replay((&*document).into(), (&*text).into(), &how).unwrap();
        fired += replayed.firings.len();
        let options = StreamOptions { trace: true, coverage: true, start: replayed.start, ..StreamOptions::default() };
        assert_same(&name, stream(&document, &options, &events, |index| index % 997 == 500), &replayed);
    }
    assert!(fired > 100, "{fired}");
}

/// Events in the order in which they occurred are not in the order of receipt.
#[test]
fn a_stream_waits_for_events_that_come_late() {
    let mut events = captured();
    events.sort_by_key(|event| event.occurred);
    let behind = |events: &[ReceivedEvent]| {
        let mut newest = Instant(i64::MIN);
        let late = events.iter().map(|event| {
            newest = newest.max(event.received);
            newest.since(event.received)
        });
        late.max().unwrap()
    };
    let most = behind(&events);
    assert!(most > 0);
    let (_, document) =
        super::cases::live_automations().into_iter().find(|(name, _)| name == "crash-zombie-flows.json").unwrap();
    let start = events.iter().map(|event| event.received).min();
    let options = |reorder: i64| StreamOptions {
        start,
        trace: true,
        reorder_seconds: Some(TimeSpan(reorder)),
        ..StreamOptions::default()
    };
    let ordered = in_order(events.clone());
    let (told, end) = stream(&document, &options(0), &ordered, |_| false);
    assert!(end.automations[0].firings > 0);
    let (late, end) = stream(&document, &options(most), &events, |index| index % 991 == 500);
    assert_eq!((late, end.counts.too_late), (told, 0));
    // Those that come later still are counted and left out.
    let (_, end) = stream(&document, &options(most / 2), &events, |_| false);
    let mut newest = Instant(i64::MIN);
    let too_late = events.iter().filter(|event| {
        newest = newest.max(event.received);
        newest.since(event.received) > most / 2
    });
    assert_eq!(end.counts.too_late, too_late.count() as u64);
    assert!(end.counts.too_late > 0);
}

#[test]
fn several_automations_share_one_stream() {
    let events = in_order(captured());
    let options = StreamOptions { start: events.first().map(|event| event.received), ..StreamOptions::default() };
    let all = super::cases::live_automations();
    let list: Vec<Json> =
        all.iter().filter(|(name, _)| name.ends_with("json")).map(|(_, text)| read_one(text)).collect();
    let (told, end) = stream(&Json::Array(list.clone()).to_string(), &options, &events, |index| index == 1000);
    let mut firings: HashMap<usize, Vec<Firing>> = HashMap::new();
    for firing in told.firings {
        firings.entry(firing.trigger.automation).or_default().push(firing);
    }
    assert!(firings.len() > 5);
    for (index, automation) in list.iter().enumerate() {
        let (alone, own) = stream(&automation.to_string(), &options, &events, |_| false);
        let without_number = |firings: &[Firing]| -> Vec<Json> {
            // A stream ends when the longest window of all automations is over.
            firings
                .iter()
                .filter(|firing| !firing.if_silent)
                .map(|firing| serde_json::to_value(firing).unwrap())
                .collect()
        };
        let together = firings.remove(&index).unwrap_or_default();
        assert_eq!(without_number(&together), without_number(&alone.firings), "{index}");
        assert_eq!(end.automations[index].name, own.automations[0].name);
    }
}

fn read_one(text: &str) -> Json {
    match serde_json::from_str(text).unwrap() {
        Json::Array(mut list) => list.remove(0),
        one => one,
    }
}

#[test]
fn a_snapshot_belongs_to_its_automations_and_options() {
    let document = "trigger: {posture: Reactive, expect: [a], threshold: 2, within: 60}";
    let options = StreamOptions::default();
    let mut stream = ReplayStream::new(document.into(), &options).unwrap();
    let event = r#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z",
        "event": "a", "resource": {"prefect.resource.id": "x"}}"#;
    assert!(stream.push_text(event.into()).unwrap().valid);
    let snapshot = stream.save();
    assert!(ReplayStream::restore(&snapshot, document.into(), &options).is_ok());
    assert!(
        ReplayStream::restore(&snapshot, document.into(), &StreamOptions { trace: true, ..options.clone() }).is_ok()
    );
    let other = "trigger: {posture: Reactive, expect: [a], threshold: 2, within: 61}";
    let message = |automation: &str, options: &StreamOptions| {
        ReplayStream::restore(&snapshot, automation.into(), options).err().unwrap().to_string()
    };
    let expected = "the snapshot belongs to other automations, or to other options";
    assert_eq!(message(other, &options), expected);
    for changed in [
        StreamOptions { intended: true, ..options.clone() },
        StreamOptions { coverage: true, ..options.clone() },
        StreamOptions { server_version: Some(Version::V3_8), ..options.clone() },
        StreamOptions { tick_seconds: Some(TimeSpan::seconds(4)), ..options.clone() },
        StreamOptions { start: Some(Instant(0)), ..options.clone() },
    ] {
        assert_eq!(message(document, &changed), expected, "{changed:?}");
    }
}

fn read(text: &str) -> ReceivedEvent {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    assert!(parse(text.as_bytes(), 0, &mut tape, &mut issues).complete);
    let document = tape.document(text.as_bytes());
    EventReader::default().read(document.root().unwrap()).unwrap()
}

#[test]
fn time_passes_without_events() {
    let document =
        "trigger: {posture: Proactive, after: [a], expect: [b], for_each: [prefect.resource.id], within: 60}";
    let mut stream = ReplayStream::new(document.into(), &StreamOptions::default()).unwrap();
    let event = read(
        r#"{"id": "00000000-0000-4000-8000-000000000001", "occurred": "2026-03-01T12:00:00Z", "event": "a",
        "resource": {"prefect.resource.id": "x"}}"#,
    );
    let at = |seconds: i64| Instant(event.received.0 + seconds * 1_000_000);
    stream.push(event.clone()).unwrap();
    stream.advance(at(60)).unwrap();
    assert_eq!(stream.drain().firings, []);
    stream.advance(at(61)).unwrap();
    let fired = stream.drain().firings;
    assert_eq!(fired.iter().map(|firing| (firing.at, firing.if_silent)).collect::<Vec<_>>(), [(at(60), false)]);
    // An event from before is too late.
    stream.push(event.clone()).unwrap();
    assert_eq!(stream.counts().too_late, 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Any order within the allowed delay, and any cuts.
    #[test]
    fn any_cuts_and_any_order_give_the_same(
        seconds in prop::collection::vec((0_i64..4000, 0_u32..4, 0_u8..5), 1..120),
        cuts in prop::collection::vec(any::<bool>(), 120),
        reorder in 0_i64..600,
        lags in prop::collection::vec(0_i64..600, 120),
    ) {
        let document = "trigger: {posture: Proactive, after: [a], expect: [a, b], for_each: [prefect.resource.id], within: 200}";
        let mut events: Vec<ReceivedEvent> = seconds.iter().enumerate().map(|(index, (at, run, kind))| {
            let follows = if *kind == 4 && index > 0 { format!(r#", "follows": "00000000-0000-4000-8000-{:012}""#, index - 1) } else { String::new() };
            read(&format!(
                r#"{{"id": "00000000-0000-4000-8000-{index:012}", "occurred": "2026-03-01T{:02}:{:02}:{:02}Z", "event": "{}",
                "resource": {{"prefect.resource.id": "{run}"}}{follows}}}"#,
                12 + at / 3600, at / 60 % 60, at % 60, if *kind == 1 { "b" } else { "a" },
            ))
        }).collect();
        events = in_order(events);
        // Only those of different instants have an order.
        events.dedup_by_key(|event| event.received);
        let options = |reorder| StreamOptions {
            trace: true, coverage: true, start: Some(events[0].received), reorder_seconds: Some(TimeSpan::seconds(reorder)),
            ..StreamOptions::default()
        };
        let (told, end) = stream(document, &options(0), &events, |_| false);
        // Each comes by at most so much later.
        let mut shuffled: Vec<(i64, ReceivedEvent)> = events.iter().cloned().zip(&lags).map(|(event, lag)| {
            (event.received.0 + lag.min(&reorder) * 1_000_000, event)
        }).collect();
        shuffled.sort_by_key(|(at, event)| (*at, event.received));
        let shuffled: Vec<ReceivedEvent> = shuffled.into_iter().map(|(_, event)| event).collect();
        let (other, other_end) = stream(document, &options(reorder), &shuffled, |index| cuts[index]);
        prop_assert_eq!(other, told);
        prop_assert_eq!(other_end.automations, end.automations);
        prop_assert_eq!(other_end.counts, end.counts);
    }
}
