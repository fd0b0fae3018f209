//! An archive is replayed as one process replays it, however it is cut.

use std::io::{self, Write};

use prefect_events::archive::replay::{
    ArchiveReplay, ArchiveReplayError, ArchiveReplayOptions, MapMemory, Reducer, ReplayPlan, SequencedSlice,
    SliceInput, WindowCounts, replay_parts,
};
use prefect_events::event::ReceivedEvent;
use prefect_events::simulate::{
    DocumentText, ReplayOptions, ReplayStream, Scenario, SimulationResult, StreamOptions, replay,
};
use prefect_events::time::{TimePoint, TimeSpan};
use prefect_events::trigger::{Firing, Version};
use proptest::prelude::*;
use serde_json::Value as Json;

/// Chooses the order in which tasks run: the same seed, the same order.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }

    fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
        all
    }
}

/// What a replay did on the way.
#[derive(Default, Debug)]
struct Seen {
    slices: usize,
    again: usize,
    /// Of each slice and share.
    windows: Vec<WindowCounts>,
}

/// Runs all tasks in a random order, each with bytes only, and the reducers through their saved states.
fn run(
    automation: &str,
    parts: &[&[u8]],
    options: &ArchiveReplayOptions,
    chance: &mut Chance,
    seen: &mut Seen,
) -> ArchiveReplay {
    // Each process makes its own plan.
    let plan = || ReplayPlan::new(automation.into(), options).unwrap();
    let numbered: Vec<(u64, &[u8])> = (0..).zip(parts.iter().copied()).collect();
    let (mut heads, mut pieces, mut memory) = (Vec::new(), Vec::new(), MapMemory::default());
    for (number, part) in chance.shuffled(numbered) {
        let mapped = plan().map(number, DocumentText::from(part), &mut memory).unwrap();
        heads.push(mapped.head);
        pieces.extend(mapped.pieces);
    }
    let pieces = chance.shuffled(pieces);
    let of = |slice: i64, share: Option<u32>| -> Vec<&[u8]> {
        pieces.iter().filter(|piece| piece.slice == slice && piece.share == share).map(|piece| &*piece.bytes).collect()
    };
    let schedule = plan().schedule(&heads.iter().map(|head| &**head).collect::<Vec<_>>()).unwrap().bytes();
    let schedule = plan().read_schedule(&schedule).unwrap();
    let indexes = chance.shuffled((0..schedule.slices().len()).collect());
    let mut sequenced: Vec<Option<SequencedSlice>> = vec![None; indexes.len()];
    for index in indexes {
        let facts: Vec<&[u8]> = schedule.facts_of(index).iter().flat_map(|slice| of(*slice, None)).collect();
        sequenced[index] = Some(plan().sequence(&schedule, index, &facts, None).unwrap());
    }
    let mut slices: Vec<SequencedSlice> = Vec::new();
    for (index, own) in sequenced.into_iter().map(Option::unwrap).enumerate() {
        seen.slices += 1;
        let before = slices.last().map(|before| before.state.clone());
        let state = before.as_deref();
        if state.is_none_or(|state| plan().continues(&own.head, state).unwrap()) {
            slices.push(own);
        } else {
            seen.again += 1;
            let facts = of(schedule.slices()[index], None);
            let again = plan().sequence(&schedule, index, &facts, state).unwrap();
            assert!(plan().continues(&again.head, state.unwrap()).unwrap());
            slices.push(again);
        }
    }
    let shared = plan();
    let mut firings = Vec::new();
    for share in chance.shuffled((0..shared.shares()).collect()) {
        let mut state: Option<Vec<u8>> = None;
        let mut windows: Vec<u8> = Vec::new();
        for (index, own) in slices.iter().enumerate() {
            let mut reducer = match &state {
                Some(state) => Reducer::restore(&shared, &schedule, state).unwrap(),
                None => Reducer::new(&shared, &schedule, share).unwrap(),
            };
            let order = own.orders.iter().find(|order| order.share == share).map(|order| &*order.bytes);
            let events = of(schedule.slices()[index], Some(share));
            let before = std::mem::take(&mut windows);
            let input = SliceInput { index, ticks: &own.ticks, order, events: &events };
            reducer.slice(input, &mut &*before, &mut windows).unwrap();
            seen.windows.push(reducer.windows());
            firings.push(reducer.take());
            state = Some(reducer.save());
        }
    }
    let heads: Vec<&[u8]> = slices.iter().map(|slice| &*slice.head).collect();
    plan().merge(&schedule, &heads, &firings.iter().map(|own| &**own).collect::<Vec<_>>()).unwrap()
}

/// The same in one process: a stream of the events in order of receipt.
fn streamed(automation: &str, parts: &[&[u8]], options: &ArchiveReplayOptions) -> (Vec<Vec<Firing>>, [u64; 5]) {
    let mut events: Vec<ReceivedEvent> = parts.iter().flat_map(|part| super::cases::events(part)).collect();
    events.sort_by_key(|event| event.received);
    let options = StreamOptions {
        start: options.start,
        end: options.end,
        tick_seconds: options.tick_seconds,
        tick_offset_seconds: options.tick_offset_seconds,
        delivery: options.delivery,
        server_version: options.server_version,
        intended: options.intended,
        ..StreamOptions::default()
    };
    let mut stream = ReplayStream::new(automation.into(), &options).unwrap();
    let mut all: Vec<Firing> = Vec::new();
    let mut children: Vec<Firing> = Vec::new();
    let mut late = Vec::new();
    for event in events {
        stream.push(event).unwrap();
    }
    let end = stream.finish().unwrap();
    all.extend(end.outcome.firings);
    children.extend(end.outcome.child_firings);
    late.extend(end.outcome.late);
    let mut firings = vec![Vec::new(); end.automations.len() * 2];
    for mut firing in all {
        add_late(&mut firing, &late);
        let own = firing.trigger.automation;
        firings[own * 2].push(firing);
    }
    for mut firing in children {
        add_late(&mut firing, &late);
        let own = firing.trigger.automation;
        firings[own * 2 + 1].push(firing);
    }
    let counts = end.counts;
    (firings, [counts.events, counts.before_start, counts.undelivered, counts.waited, counts.leaders_lost])
}

fn add_late(firing: &mut Firing, late: &[prefect_events::trigger::LateEvent]) {
    let own = late.iter().filter(|late| {
        late.fired == firing.at
            && late.trigger.path == firing.trigger.path
            && late.trigger.automation == firing.trigger.automation
            && late.labels == firing.labels
    });
    let before = firing.delayed.len();
    firing.delayed.extend(own.map(|late| late.event.clone()));
    if firing.delayed.len() > before {
        firing.delayed.sort_by_key(|delayed| delayed.event.occurred);
    }
}

fn assert_same(name: &str, replayed: &ArchiveReplay, expected: &(Vec<Vec<Firing>>, [u64; 5])) {
    let ArchiveReplay { result, counts } = replayed;
    let results: Vec<&SimulationResult> =
        if result.automations.is_empty() { vec![result] } else { result.automations.iter().collect() };
    assert_eq!(results.len() * 2, expected.0.len(), "{name}");
    for (own, expected) in results.iter().zip(expected.0.chunks(2)) {
        assert_eq!(own.firings, expected[0], "{name}");
        assert_eq!(own.child_firings, expected[1], "{name}");
    }
    let counts = [counts.events, counts.before_start, counts.undelivered, counts.waited, counts.leaders_lost];
    assert_eq!(counts, expected.1, "{name}");
}

/// Cuts lines into parts, each line into any of them, so that parts overlap in time.
fn dealt(lines: &[&str], parts: usize, chance: &mut Chance) -> Vec<String> {
    let mut all = vec![String::new(); parts];
    for line in lines {
        let own = chance.below(parts);
        all[own].push_str(line);
        all[own].push('\n');
    }
    all
}

fn bytes(parts: &[String]) -> Vec<&[u8]> {
    parts.iter().map(|part| part.as_bytes()).collect()
}

#[test]
fn each_recorded_scenario_in_parts_and_slices() {
    let (mut fired, mut number, mut seen) = (0, 0_u64, Seen::default());
    for (file, version) in [("scenarios-3.9.ndjson.gz", Version::V3_9), ("scenarios-3.8.ndjson.gz", Version::V3_8)] {
        super::cases::each_row(file, |row| {
            number += 1;
            let scenario = Scenario::read(row).unwrap();
            let document: Json = serde_json::from_slice(row.raw()).unwrap();
            let text = document["automation"].to_string();
            let lines: Vec<String> = document["events"].as_array().unwrap().iter().map(Json::to_string).collect();
            let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
            let mut chance = Chance(number);
            let options = ArchiveReplayOptions {
                start: Some(scenario.start),
                end: Some(TimePoint::At(scenario.end)),
                tick_seconds: Some(TimeSpan(scenario.tick)),
                tick_offset_seconds: Some(TimeSpan(scenario.offset)),
                delivery: Some(scenario.delivery),
                server_version: Some(version),
                intended: scenario.intended || number % 3 == 0,
                slice_seconds: Some(TimeSpan::seconds([60, 300, 900, 3600][chance.below(4)])),
                warm_up_seconds: Some(TimeSpan::seconds(1800)),
                hashes: Some(1 + u32::try_from(chance.below(4)).unwrap()),
            };
            let count = 1 + chance.below(4);
            let parts = dealt(&lines, count, &mut chance);
            let expected = streamed(&text, &bytes(&parts), &options);
            fired += expected.0[0].len();
            let replayed = run(&text, &bytes(&parts), &options, &mut chance, &mut seen);
            assert_same(document["scenario"].as_str().unwrap(), &replayed, &expected);
        });
    }
    assert!(number == 1794 && fired > 2000 && seen.slices > 3000, "{number} scenarios with {fired} firings");
    let idle: u64 = seen.windows.iter().map(|own| own.idle).sum();
    assert!(idle > 400, "{idle}");
}

/// All automations at once, over the events of a server.
#[test]
fn a_live_server_in_parts_and_slices() {
    let text = String::from_utf8(super::cases::read("live/captured.ndjson.gz")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let list: Vec<Json> = super::cases::live_automations()
        .iter()
        .filter(|(name, _)| name.ends_with("json"))
        .map(|(_, text)| match serde_json::from_str(text).unwrap() {
            Json::Array(mut list) => list.remove(0),
            one => one,
        })
        .collect();
    let document = Json::Array(list).to_string();
    let mut seen = Seen::default();
    for (seed, parts, slice, hashes, intended) in
        [(1, 1, 3600, 1, false), (2, 7, 600, 1, false), (3, 3, 240, 5, true), (4, 20, 60, 3, true)]
    {
        let mut chance = Chance(seed);
        let parts = dealt(&lines, parts, &mut chance);
        let options = ArchiveReplayOptions {
            intended,
            slice_seconds: Some(TimeSpan::seconds(slice)),
            warm_up_seconds: Some(TimeSpan::seconds(1800)),
            hashes: Some(hashes),
            ..ArchiveReplayOptions::default()
        };
        let expected = streamed(&document, &bytes(&parts), &options);
        assert!(expected.0.iter().map(Vec::len).sum::<usize>() > 100);
        let replayed = run(&document, &bytes(&parts), &options, &mut chance, &mut seen);
        assert_same(&format!("seed {seed}"), &replayed, &expected);
        assert_eq!(replay_parts((&*document).into(), &bytes(&parts), &options).unwrap(), replayed);
    }
    assert!(seen.slices > 20, "{seen:?}");
}

/// What `replay` returns, byte for byte, without what only all events together say.
#[test]
fn a_live_server_as_replay_does() {
    let text = String::from_utf8(super::cases::read("live/captured.ndjson.gz")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (mut fired, mut seen) = (0, Seen::default());
    for (seed, (name, document)) in (9..).zip(super::cases::live_automations()) {
        let whole = replay((&*document).into(), (&*text).into(), &ReplayOptions::default()).unwrap();
        let mut chance = Chance(seed);
        // Events of one instant keep their order if lines stay in order.
        let parts: Vec<String> = lines.chunks(1 + lines.len() / 5).map(|lines| lines.join("\n")).collect();
        let options = ArchiveReplayOptions {
            start: whole.start,
            slice_seconds: Some(TimeSpan::seconds(300)),
            ..ArchiveReplayOptions::default()
        };
        let replayed = run(&document, &bytes(&parts), &options, &mut chance, &mut seen).result;
        let json = |result: &SimulationResult| {
            let without = |firings: &[Firing]| -> Vec<Firing> {
                let mut firings = firings.to_vec();
                firings.iter_mut().flat_map(|own| &mut own.delayed).for_each(|delayed| delayed.absent = None);
                firings
            };
            let own = SimulationResult {
                firings: without(&result.firings),
                child_firings: without(&result.child_firings),
                missing_leaders: None,
                recorded: None,
                recorded_actions: None,
                reason: None,
                coverage: None,
                ..result.clone()
            };
            serde_json::to_string(&own).unwrap()
        };
        assert_eq!(json(&replayed), json(&whole), "{name}");
        fired += whole.firings.len();
    }
    assert!(fired > 100, "{fired}");
}

fn line(number: usize, at: i64, lag: i64, name: &str, run: u32, follows: Option<usize>) -> String {
    let time = |at: i64| format!("2026-03-01T{:02}:{:02}:{:02}Z", 6 + at / 3600, at / 60 % 60, at % 60);
    let id = |number: usize| format!("00000000-0000-4000-8000-{number:012}");
    let follows = follows.map_or(String::new(), |leader| format!(r#", "follows": "{}""#, id(leader)));
    format!(
        r#"{{"id": "{}", "occurred": "{}", "received": "{}", "event": "{name}", "resource": {{"prefect.resource.id": "prefect.flow-run.{run}"}}{follows}}}"#,
        id(number),
        time(at),
        time(at + lag),
    )
}

const AUTOMATIONS: [&str; 5] = [
    "trigger: {posture: Proactive, after: [a], expect: [a, b], for_each: [prefect.resource.id], within: 200}",
    "trigger: {posture: Reactive, expect: [b], for_each: [prefect.resource.id], threshold: 2, within: 900}",
    "trigger: {posture: Proactive, expect: [b], threshold: 2, within: 60}",
    "trigger: {posture: Proactive, expect: ['*'], for_each: [prefect.resource.id], threshold: 2, within: 300}",
    "trigger: {type: sequence, within: 600, triggers: [{posture: Reactive, expect: [a], for_each: [prefect.resource.id]}, {posture: Reactive, expect: [b], for_each: [prefect.resource.id]}]}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Any cut into parts, any order of tasks, any number of slices and hashes; ids that come again, leaders that come
    /// late or never, events of the past.
    #[test]
    fn any_cut_gives_the_same(
        events in prop::collection::vec((0_i64..20_000, 0_u32..5, 0_u8..9, 0_i64..1200, any::<prop::sample::Index>()), 1..160),
        which in 0_usize..5, parts in 1_usize..6, slice in 30_i64..8000, hashes in 1_u32..6, seed in any::<u64>(),
        intended in any::<bool>(), direct in any::<bool>(), start in prop::option::of(0_i64..20_000),
    ) {
        let count = events.len();
        let lines: Vec<String> = events.iter().enumerate().map(|(number, (at, run, kind, lag, other))| {
            let id = if *kind == 0 { other.index(count) } else { number };
            let name = if *kind % 2 == 0 { "b" } else { "a" };
            let lag = if *kind == 1 { *lag } else { 0 };
            line(id, *at, lag, name, *run, (*kind >= 6).then(|| other.index(count + 1)))
        }).collect();
        let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
        let mut chance = Chance(seed);
        let parts = dealt(&lines, parts, &mut chance);
        let from = start.map(|at| format!("2026-03-01T{:02}:{:02}:{:02}Z", 6 + at / 3600, at / 60 % 60, at % 60));
        let options = ArchiveReplayOptions {
            start: from.map(|at| serde_json::from_value(at.into()).unwrap()),
            intended,
            delivery: Some(if direct { prefect_events::trigger::Delivery::Direct } else { prefect_events::trigger::Delivery::Consumer }),
            slice_seconds: Some(TimeSpan::seconds(slice)),
            warm_up_seconds: Some(TimeSpan::seconds(1800)),
            hashes: Some(hashes),
            ..ArchiveReplayOptions::default()
        };
        let automation = AUTOMATIONS[which];
        let expected = streamed(automation, &bytes(&parts), &options);
        let replayed = run(automation, &bytes(&parts), &options, &mut chance, &mut Seen::default());
        assert_same("any", &replayed, &expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 60, ..ProptestConfig::default() })]

    /// The same with more windows than the server reads at once, so that some are idle.
    #[test]
    fn any_cut_of_many_windows_gives_the_same(
        groups in prop::collection::vec((0_i64..12_000, 1_u32..800, 0_i64..400, -300_i64..9000, 1_u32..20), 2..5),
        within in 100_i64..9000, which in 0_usize..6, keys in 0_usize..3, slice in 60_i64..4000, hashes in 1_u32..4,
        seed in any::<u64>(), intended in prop::bool::weighted(0.3), direct in any::<bool>(),
        start in prop::option::of(0_i64..3000),
    ) {
        let mut lines = Vec::new();
        for (group, (begins, runs, spread, after, every)) in (1_u32..).zip(groups) {
            for run in 0..runs {
                let key = group * 1000 + run;
                let at = 400 + begins + i64::from(run) * spread / i64::from(runs);
                lines.push(line(lines.len(), at, 0, "a", key, None));
                if run % every == 0 {
                    lines.push(line(lines.len(), at + after, i64::from(run % 7) * 60, "b", key, None));
                }
                if run % 50 == 0 {
                    lines.push(line(lines.len(), at + 700, 0, "a", key, None));
                }
            }
        }
        // Of the second label most events have none.
        let each = ["for_each: [prefect.resource.id]", "for_each: [kind, prefect.resource.id]", "for_each: ['related:flow:prefect.resource.id']"][keys];
        let automation = match which {
            0 | 1 => format!("trigger: {{posture: Proactive, after: [a], expect: [b], {each}, within: {within}}}"),
            2 => format!("trigger: {{posture: Proactive, after: [a], expect: [a, b], {each}, threshold: 2, within: {within}}}"),
            3 => format!("trigger: {{type: compound, require: any, within: 60, triggers: [{{posture: Proactive, after: [a], expect: [b], {each}, within: {within}}}, {{posture: Proactive, after: [a], expect: [c], {each}, within: 3000}}]}}"),
            4 => format!("trigger: {{posture: Reactive, expect: [a, b], {each}, threshold: 2, within: {within}}}"),
            _ => format!("trigger: {{type: sequence, within: {within}, triggers: [{{posture: Reactive, expect: [b], {each}}}, {{posture: Proactive, after: [a], expect: [b], {each}, within: {within}}}]}}"),
        };
        let mut chance = Chance(seed);
        // Some wait for others, or have another key.
        let count = lines.len();
        let varied = |line: String| {
            let (id, run) = (chance.below(count * 2), chance.below(3));
            let end = match chance.below(12) {
                0 => format!(r#", "follows": "00000000-0000-4000-8000-{id:012}"}}"#),
                1 => format!(r#", "related": [{{"prefect.resource.id": "prefect.flow.{run}", "prefect.resource.role": "flow"}}]}}"#),
                2 => return line.replacen(r#""resource": {"#, r#""resource": {"kind": "x", "#, 1),
                _ => return line,
            };
            format!("{}{end}", line.strip_suffix('}').unwrap())
        };
        let lines: Vec<String> = lines.into_iter().map(varied).collect();
        let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
        let parts = dealt(&lines, 2, &mut chance);
        let from = start.map(|at| format!("2026-03-01T{:02}:{:02}:{:02}Z", 6 + at / 3600, at / 60 % 60, at % 60));
        let options = ArchiveReplayOptions {
            start: from.map(|at| serde_json::from_value(at.into()).unwrap()),
            delivery: Some(if direct { prefect_events::trigger::Delivery::Direct } else { prefect_events::trigger::Delivery::Consumer }),
            intended,
            slice_seconds: Some(TimeSpan::seconds(slice)),
            warm_up_seconds: Some(TimeSpan::seconds(1800)),
            hashes: Some(hashes),
            ..ArchiveReplayOptions::default()
        };
        let expected = streamed(&automation, &bytes(&parts), &options);
        let replayed = run(&automation, &bytes(&parts), &options, &mut chance, &mut Seen::default());
        assert_same(&automation, &replayed, &expected);
    }
}

/// Of many windows, those that nothing happens to stay on the disk, also where the server reads them in pages of 500.
#[test]
fn idle_windows_stay_on_disk() {
    let automations = [
        "trigger: {posture: Proactive, after: [a], expect: [b], for_each: [prefect.resource.id], within: 6000}",
        "trigger: {posture: Reactive, expect: [a, b], for_each: [prefect.resource.id], threshold: 2, within: 9000}",
        // The server reads all windows of such a trigger.
        "trigger: {posture: Proactive, expect: [a, b], for_each: [prefect.resource.id], threshold: 2, within: 6000}",
        "trigger: {type: compound, require: any, within: 600, triggers: [{posture: Proactive, after: [a], expect: [b], for_each: [prefect.resource.id], within: 7000}, {posture: Reactive, expect: [b], for_each: [prefect.resource.id], threshold: 3, within: 9000}]}",
    ];
    let mut lines = Vec::new();
    // 700 runs begin at once, 700 a little later, and 1,500 one after the other; a third of them end, some before they begin.
    for run in 0..2900_u32 {
        let begins = match run {
            0..700 => 1000,
            700..1400 => 1003,
            _ => i64::from(run) * 2 - 1600,
        };
        lines.push(line(lines.len(), begins, 0, "a", run, None));
        match run % 9 {
            0 => lines.push(line(lines.len(), begins + 5000, 0, "b", run, None)),
            1 => lines.push(line(lines.len(), begins - 200, 0, "b", run, None)),
            2 => lines.push(line(lines.len(), begins + 5900, 300, "b", run, None)),
            // Closed in the evaluation between, and opened again.
            3 if run >= 1600 => {
                lines.push(line(lines.len(), begins + 50, 0, "b", run, None));
                lines.push(line(lines.len(), 7150, 0, "a", run, None));
            }
            // Swept before.
            4 => {
                lines.push(line(lines.len(), begins + 9100, 0, "a", run, None));
                lines.push(line(lines.len(), begins + 9110, 0, "a", run, None));
            }
            _ => {}
        }
        // Held for too long when the window opens.
        if run % 40 == 5 {
            lines.push(line(lines.len(), 3000, 0, "b", 5000 + run, None));
            lines.push(line(lines.len(), 2990, 2400, "a", 5000 + run, None));
        }
    }
    let lines: Vec<&str> = lines.iter().map(|line| &**line).collect();
    for (number, automation) in (0_usize..).zip(automations) {
        for (slice, intended) in [(130, false), (300, true)] {
            let mut chance = Chance(slice);
            let parts = dealt(&lines, 3, &mut chance);
            let options = ArchiveReplayOptions {
                intended,
                slice_seconds: Some(TimeSpan::seconds(i64::try_from(slice).unwrap())),
                warm_up_seconds: Some(TimeSpan::seconds(1800)),
                ..ArchiveReplayOptions::default()
            };
            let expected = streamed(automation, &bytes(&parts), &options);
            let mut seen = Seen::default();
            let replayed = run(automation, &bytes(&parts), &options, &mut chance, &mut seen);
            assert_same(automation, &replayed, &expected);
            let fired = expected.0.iter().map(Vec::len).sum::<usize>();
            assert!(fired > 190, "{automation}: {fired}");
            let most = |of: fn(&WindowCounts) -> u64| seen.windows.iter().map(of).max().unwrap();
            let (loaded, idle, left) = (most(|own| own.loaded), most(|own| own.idle), most(|own| own.left));
            let name = format!("{automation}: {loaded} loaded, {idle} idle, {left} left");
            assert!(left > 2400, "{name}");
            if number == 2 && !intended {
                assert_eq!((loaded, idle), (left, 0), "{name}");
            } else {
                assert!(idle > 1000, "{name}");
            }
            let sum = |of: fn(&WindowCounts) -> u64| seen.windows.iter().map(of).sum::<u64>();
            assert!(number == 2 || slice > 130 || sum(|own| own.loaded) < sum(|own| own.idle), "{name}");
        }
    }
}

/// A leader that was seen just before the warm-up: without memory its follower waits, so the slice must be done again.
#[test]
fn a_warm_up_that_was_too_short_is_noticed() {
    let mut lines =
        vec![line(0, 0, 0, "a", 1, None), line(1, 5395, 0, "b", 1, None), line(2, 5405, 0, "a", 1, Some(1))];
    for number in 3..40 {
        lines.push(line(number, 5400 + 100 * i64::try_from(number).unwrap(), 0, "a", 2, None));
    }
    let text = lines.join("\n");
    let options = ArchiveReplayOptions {
        slice_seconds: Some(TimeSpan::seconds(1800)),
        warm_up_seconds: Some(TimeSpan::seconds(1800)),
        ..ArchiveReplayOptions::default()
    };
    let mut seen = Seen::default();
    let replayed = run(AUTOMATIONS[0], &[text.as_bytes()], &options, &mut Chance(1), &mut seen);
    assert_same("again", &replayed, &streamed(AUTOMATIONS[0], &[text.as_bytes()], &options));
    assert!(seen.again > 0 && seen.again < seen.slices, "{seen:?}");
}

#[test]
fn what_is_wrong_is_said() {
    let wrong =
        |options: ArchiveReplayOptions| ReplayPlan::new(AUTOMATIONS[0].into(), &options).err().unwrap().to_string();
    let none = ArchiveReplayOptions::default;
    assert_eq!(
        wrong(ArchiveReplayOptions { warm_up_seconds: Some(TimeSpan::seconds(1799)), ..none() }),
        "`warmUpSeconds` must be at least 30 minutes, not `29m59s`"
    );
    assert_eq!(
        wrong(ArchiveReplayOptions { slice_seconds: Some(TimeSpan::seconds(0)), ..none() }),
        "`sliceSeconds` must be more than 0 seconds, not `0s`"
    );
    for hashes in [0, 1001, u32::MAX] {
        let expected = format!("`hashes` must be from 1 to 1000, not {hashes}");
        assert_eq!(wrong(ArchiveReplayOptions { hashes: Some(hashes), ..none() }), expected);
    }
    let plan = ReplayPlan::new(AUTOMATIONS[0].into(), &none()).unwrap();
    let events = |error| matches!(error, Some(ArchiveReplayError::Events(report)) if report.diagnostics[0].code == "scenario-event");
    assert!(events(plan.map(0, r#"{"event": "a"}"#.into(), &mut MapMemory::default()).err()));
    // The bytes of another replay, and damaged ones.
    let text = line(0, 0, 0, "a", 1, None);
    let own = plan.map(0, (&*text).into(), &mut MapMemory::default()).unwrap();
    let other = ReplayPlan::new(AUTOMATIONS[1].into(), &none()).unwrap();
    assert_eq!(other.schedule(&[&own.head]).err(), Some(ArchiveReplayError::Damaged));
    assert_eq!(plan.schedule(&[&own.head[..3]]).err(), Some(ArchiveReplayError::Damaged));
    let schedule = plan.schedule(&[&own.head]).unwrap();
    for piece in &own.pieces {
        for length in 0..piece.bytes.len() {
            let cut = &piece.bytes[..length];
            assert_eq!(plan.sequence(&schedule, 0, &[cut], None).err(), Some(ArchiveReplayError::Damaged));
        }
        // One of another kind.
        assert_eq!(plan.sequence(&schedule, 0, &[&piece.bytes], None).is_ok(), piece.share.is_none());
    }
    let slice = plan.sequence(&schedule, 0, &[&own.pieces[0].bytes], None).unwrap();
    let reduced = |order: Option<&[u8]>, events: &[&[u8]]| {
        let mut reducer = Reducer::new(&plan, &schedule, 0).unwrap();
        let input = SliceInput { index: 0, ticks: &slice.ticks, order, events };
        reducer.slice(input, &mut io::empty(), &mut Vec::new()).err()
    };
    let order = &*slice.orders[0].bytes;
    assert_eq!(reduced(Some(order), &[&own.pieces[1].bytes]), None);
    // The events are missing.
    assert_eq!(reduced(Some(order), &[]), Some(ArchiveReplayError::Damaged));
}

/// The windows of another slice, cut ones, and a full disk.
#[test]
fn wrong_windows_are_reported() {
    let automation =
        "trigger: {posture: Proactive, after: [a], expect: [b], for_each: [prefect.resource.id], within: 90000}";
    let plan = ReplayPlan::new(automation.into(), &ArchiveReplayOptions::default()).unwrap();
    let lines = [line(0, 0, 0, "a", 1, None), line(1, 30_000, 0, "a", 2, None), line(2, 60_000, 0, "a", 3, None)];
    let mapped = plan.map(0, (&*lines.join("\n")).into(), &mut MapMemory::default()).unwrap();
    let schedule = plan.schedule(&[&mapped.head]).unwrap();
    let pieces = |slice: i64, share: Option<u32>| -> Vec<&[u8]> {
        let of = mapped.pieces.iter().filter(|piece| piece.slice == slice && piece.share == share);
        of.map(|piece| &*piece.bytes).collect()
    };
    let (mut state, mut in_order) = (None::<Vec<u8>>, None::<Vec<u8>>);
    let mut files: Vec<Vec<u8>> = Vec::new();
    for (index, slice) in schedule.slices().iter().enumerate() {
        let own = plan.sequence(&schedule, index, &pieces(*slice, None), in_order.as_deref()).unwrap();
        let events = pieces(*slice, Some(0));
        let run = |mut before: &[u8], after: &mut dyn Write| {
            let mut reducer = match &state {
                Some(state) => Reducer::restore(&plan, &schedule, state).unwrap(),
                None => Reducer::new(&plan, &schedule, 0).unwrap(),
            };
            let order = own.orders.first().map(|order| &*order.bytes);
            let input = SliceInput { index, ticks: &own.ticks, order, events: &events };
            reducer.slice(input, &mut before, after).map(|()| reducer.save())
        };
        let before = files.last().cloned().unwrap_or_default();
        let mut after = Vec::new();
        let next = run(&before, &mut after).unwrap();
        for length in 0..before.len() {
            assert_eq!(run(&before[..length], &mut io::sink()), Err(ArchiveReplayError::Damaged));
        }
        if let [.., earlier, _] = &*files {
            assert_eq!(run(earlier, &mut io::sink()), Err(ArchiveReplayError::Damaged));
        }
        let full = run(&before, &mut &mut [0; 20][..]);
        let Err(ArchiveReplayError::Disk { kind: io::ErrorKind::WriteZero, reason }) = &full else {
            panic!("{full:?}")
        };
        let said = full.as_ref().map_err(ToString::to_string);
        assert_eq!(said, Err(format!("windows cannot be kept on disk: {reason}")));
        files.push(after);
        (state, in_order) = (Some(next), Some(own.state));
    }
    let lengths: Vec<usize> = files.iter().map(Vec::len).collect();
    // All are over in the last slice.
    assert!(lengths.len() == 3 && lengths[1] > lengths[0] && lengths[0] > 90 && lengths[2] < 30, "{lengths:?}");
}
