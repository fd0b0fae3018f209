//! The state of an engine: saved, compared, and taken up.

use std::rc::Rc;

use prefect_events::automation::{Automation, EventTrigger, Posture, Specification, Trigger};
use prefect_events::event::{Labels, ReceivedEvent};
use prefect_events::simulate::Scenario;
use prefect_events::time::Instant;
use prefect_events::trigger::{
    Decision, Delivery, Engine, Facts, Options, Outcome, Reason, Sequencer, Snapshot, SnapshotError, StateHash, Version,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// What happens to an engine.
#[derive(Clone, Debug)]
enum Told {
    Event(ReceivedEvent),
    Tick(Instant),
}

/// Events in order of receipt, and the ticks between them.
fn told(events: &[ReceivedEvent], first: Instant, tick: i64, end: Instant) -> Vec<Told> {
    let mut events = events.to_vec();
    events.sort_by_key(|event| event.received);
    let mut events = events.into_iter().filter(|event| event.received <= end).peekable();
    let (mut all, mut now) = (Vec::new(), first);
    while now <= end {
        while let Some(event) = events.next_if(|event| event.received <= now) {
            all.push(Told::Event(event));
        }
        all.push(Told::Tick(now));
        now = Instant(now.0 + tick);
    }
    all.extend(events.map(Told::Event));
    all
}

fn tell(engine: &mut Engine, told: &Told) {
    match told {
        Told::Event(event) => engine.deliver(event, event.received).unwrap(),
        Told::Tick(now) => engine.tick(*now).unwrap(),
    }
}

type Results = (Vec<String>, Vec<String>, Vec<String>);

/// The server removes the windows that have reached the threshold in one statement, and those that are over in another.
/// In which order a trace lists these is not part of a state.
pub(crate) fn arranged(mut decisions: Vec<Decision>) -> Vec<Decision> {
    let statement = |own: &Decision| {
        let trigger = own.trigger.as_ref().map(|trigger| trigger.path.clone());
        matches!(own.reason, Reason::Satisfied | Reason::Swept).then(|| (own.at, own.reason.clone(), trigger))
    };
    for own in decisions.chunk_by_mut(|one, other| statement(one).is_some() && statement(one) == statement(other)) {
        own.sort_by(|one, other| one.key.cmp(&other.key));
    }
    decisions
}

fn add(results: &mut Results, outcome: Outcome) {
    results.0.extend(outcome.firings.iter().map(|firing| format!("{firing:?}")));
    results.1.extend(outcome.child_firings.iter().map(|firing| format!("{firing:?}")));
    results.2.extend(arranged(outcome.decisions).iter().map(|decision| format!("{decision:?}")));
}

/// Runs an engine, and replaces it by its saved state before the steps that `cut` names. Returns its results and its
/// last state.
fn run(
    automation: &Automation,
    version: Version,
    options: Options,
    all: &[Told],
    mut cut: impl FnMut(usize) -> bool,
) -> (Results, Snapshot) {
    let mut engine = Engine::new(version, options);
    engine.load(automation);
    let mut results = Results::default();
    for (index, told) in all.iter().enumerate() {
        if cut(index) {
            add(&mut results, engine.take());
            let bytes = engine.save().bytes().to_vec();
            let snapshot = Snapshot::read(bytes.clone()).unwrap();
            engine = Engine::restore(&snapshot, version, options, std::slice::from_ref(automation)).unwrap();
            assert_eq!(engine.save().bytes(), bytes, "a state that was taken up is saved the same");
        }
        tell(&mut engine, told);
    }
    add(&mut results, engine.take());
    (results, engine.save())
}

#[test]
fn recorded_scenarios_can_be_cut_at_any_step() {
    let mut cuts = 0;
    for (file, version) in [("scenarios-3.9.ndjson.gz", Version::V3_9), ("scenarios-3.8.ndjson.gz", Version::V3_8)] {
        let mut number = 0_usize;
        super::cases::each_row(file, |row| {
            let scenario = Scenario::read(row).unwrap();
            let options = Options {
                trace: true,
                coverage: number.is_multiple_of(2),
                intended: number.is_multiple_of(5),
                delivery: scenario.delivery,
                ..Options::default()
            };
            let first = Instant(scenario.start.0 + scenario.offset);
            let all = told(&scenario.events, first, scenario.tick, scenario.end);
            let whole = run(&scenario.automation, version, options, &all, |_| false);
            // At each step of some, at some steps of all.
            let every = if number.is_multiple_of(40) { 1 } else { 17 };
            let cut = run(&scenario.automation, version, options, &all, |step| {
                let is_cut = step % every == number % every;
                cuts += usize::from(is_cut);
                is_cut
            });
            assert_eq!(cut.0, whole.0, "{file} {number}");
            assert_eq!(cut.1.hash(), whole.1.hash(), "{file} {number}");
            number += 1;
        });
    }
    assert!(cuts > 5000, "{cuts}");
}

fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number) << 64 | 7)
}

fn event(number: u64, at: i64, name: &str, run: u64) -> ReceivedEvent {
    ReceivedEvent {
        id: id(number),
        occurred: Instant(at),
        received: Instant(at),
        name: name.into(),
        resource: Labels::new(vec![("prefect.resource.id".into(), format!("prefect.flow-run.{run}").into())]),
        related: Rc::default(),
        follows: None,
    }
}

fn zombies(within: i64) -> Automation {
    automation(Posture::Proactive, &["prefect.flow-run.heartbeat"], &["prefect.flow-run.*"], 1, within)
}

fn automation(posture: Posture, after: &[&str], expect: &[&str], threshold: i64, within: i64) -> Automation {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Automation {
        name: "a".to_owned(),
        description: String::new(),
        enabled: true,
        tags: Vec::new(),
        trigger: Trigger::Event(EventTrigger {
            posture,
            matches: Specification::default(),
            match_related: Vec::new(),
            after: texts(after),
            expect: texts(expect),
            for_each: vec!["prefect.resource.id".to_owned()],
            threshold,
            within,
        }),
        actions: Vec::new(),
        actions_on_trigger: Vec::new(),
        actions_on_resolve: Vec::new(),
    }
}

const NAMES: [&str; 3] = ["prefect.flow-run.heartbeat", "prefect.flow-run.Running", "prefect.flow-run.Completed"];

/// Events of a few runs: late ones, repeated ones, chains.
fn histories() -> impl Strategy<Value = Vec<ReceivedEvent>> {
    let one = (0_i64..5400, 0_i64..240, 0_usize..3, 0_u64..6, 0_u8..8, any::<prop::sample::Index>());
    prop::collection::vec(one, 1..150).prop_map(|all| {
        let count = all.len();
        let events = all.into_iter().enumerate().map(|(number, (at, lag, name, run, kind, other))| {
            let own = event(number as u64, at * SECOND, NAMES[name], run);
            let late = if kind == 1 { lag * SECOND } else { 0 };
            ReceivedEvent {
                id: if kind == 2 { id(other.index(count) as u64) } else { own.id },
                received: Instant(own.received.0 + late),
                follows: (kind >= 5).then(|| id(other.index(count + 1) as u64)),
                ..own
            }
        });
        events.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_history_can_be_cut_at_any_step(
        events in histories(), every in 1_usize..40, proactive in any::<bool>(), threshold in -1_i64..4,
        intended in any::<bool>(), after in 0_usize..3, direct in any::<bool>(),
    ) {
        let posture = if proactive { Posture::Proactive } else { Posture::Reactive };
        let automation = automation(posture, &NAMES[..after], &["prefect.flow-run.*"], threshold, 90 * SECOND);
        let delivery = if direct { Delivery::Direct } else { Delivery::Consumer };
        let options = Options { trace: true, coverage: true, intended, delivery, ..Options::default() };
        let all = told(&events, Instant(2 * SECOND), 5 * SECOND, Instant(7200 * SECOND));
        let whole = run(&automation, Version::V3_9, options, &all, |_| false);
        let cut = run(&automation, Version::V3_9, options, &all, |step| step % every == 0);
        prop_assert_eq!(cut.0, whole.0);
        prop_assert_eq!(cut.1, whole.1);
    }

    /// What came first within one instant no longer matters once the ids are forgotten.
    #[test]
    fn equal_states_are_equal_however_they_were_reached(
        runs in prop::collection::vec(0_u64..500, 1..60), rotate in 0_usize..60, noise in 0_u64..40,
    ) {
        let mut runs = runs;
        runs.sort_unstable();
        runs.dedup();
        let automation = zombies(4 * 3600 * SECOND);
        let mut other = runs.clone();
        other.rotate_left(rotate % runs.len());
        let state = |runs: &[u64], noise: u64| {
            let mut engine = Engine::new(Version::V3_9, Options::default());
            engine.load(&automation);
            // Windows that open and close before leave no trace.
            for number in 0..noise {
                engine.deliver(&event(10_000 + number, 0, NAMES[0], 1000 + number), Instant(0)).unwrap();
                engine.deliver(&event(20_000 + number, SECOND, NAMES[2], 1000 + number), Instant(SECOND)).unwrap();
            }
            engine.tick(Instant(2 * SECOND)).unwrap();
            for run in runs {
                engine.deliver(&event(*run, 3 * SECOND, NAMES[0], *run), Instant(3 * SECOND)).unwrap();
            }
            let mut now = 3 * SECOND;
            while now < 40 * MINUTE {
                engine.tick(Instant(now)).unwrap();
                now += 5 * SECOND;
            }
            (engine.open_windows(), engine.save())
        };
        let (windows, own) = state(&runs, 0);
        prop_assert_eq!(windows, runs.len());
        let (_, other) = state(&other, noise);
        prop_assert_eq!(own.hash(), other.hash());
        prop_assert_eq!(own, other);
    }
}

/// The sequencer after events and ticks from some time on, up to another.
fn sequenced(events: &[ReceivedEvent], from: i64, until: i64) -> StateHash {
    let mut sequencer: Sequencer<()> = Sequencer::new(Delivery::Consumer);
    // The ticks of all slices are those of the whole.
    for told in told(events, Instant(0), 5 * SECOND, Instant(until)) {
        match told {
            Told::Event(event) if event.received.0 >= from => {
                sequencer.deliver(&Facts::from(&event), &(), event.received, &mut |_| {});
            }
            Told::Tick(now) if now.0 >= from => sequencer.tick(now, &mut |_| {}),
            _ => {}
        }
    }
    sequencer.save().hash()
}

/// How long before a slice its sequencer starts, so that it is certain to have the true state if no id is repeated and
/// each event comes within 10 minutes of the one that it follows: that one may be unknown in the first 10 minutes, then the
/// event waits for 15 minutes in vain, and is remembered for 30. Where events follow each other over more than 15 minutes,
/// a difference can go on for as long as the chain does: the hash shows it.
const CERTAIN: i64 = 75 * MINUTE;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_slice_that_starts_early_enough_has_the_true_state(
        gaps in prop::collection::vec((1_i64..120, 0_i64..60, 0_u8..4, 1_usize..7), 200..400),
    ) {
        let mut now = 0;
        let mut events: Vec<ReceivedEvent> = Vec::new();
        for (number, (gap, lag, kind, back)) in gaps.iter().enumerate() {
            now += gap * SECOND;
            let follows = (*kind == 0).then(|| id((number + 2).saturating_sub(*back) as u64));
            let received = Instant(now);
            let own = event(number as u64, now - lag * SECOND, NAMES[0], 0);
            events.push(ReceivedEvent { received, follows: follows.filter(|leader| *leader != own.id), ..own });
        }
        let end = now - now % (5 * SECOND);
        prop_assert_eq!(sequenced(&events, end - CERTAIN, end), sequenced(&events, 0, end));
        // With nothing that follows, 30 minutes and a bit are enough.
        for event in &mut events {
            event.follows = None;
        }
        prop_assert_eq!(sequenced(&events, end - 31 * MINUTE, end), sequenced(&events, 0, end));
        prop_assert_ne!(sequenced(&events, end - 5 * MINUTE, end), sequenced(&events, 0, end));
    }
}

/// Where no start is early enough, the hash says so: the slice has to be done again.
#[test]
fn a_slice_cannot_know_everything() {
    let end = 10 * 60 * MINUTE;
    let each = |gap: i64, make: &dyn Fn(u64, i64) -> ReceivedEvent| -> Vec<ReceivedEvent> {
        (0..end / gap).map(|number| make(number.unsigned_abs(), number * gap)).collect()
    };
    let differs = |events: &[ReceivedEvent]| {
        let all = sequenced(events, 0, end);
        [2, 3, 5].map(|hours| sequenced(events, end - hours * 60 * MINUTE + 7 * SECOND, end) != all)
    };
    let plain = each(MINUTE, &|number, at| event(number, at, NAMES[0], 0));
    assert_eq!(differs(&plain), [false; 3]);
    // More events than the server remembers by number: also known, because the last ones count.
    let many = each(MINUTE / 600, &|number, at| event(number, at, NAMES[0], 0));
    assert_eq!(differs(&many), [false; 3]);
    // An id that is repeated all the time: which of its events is dropped depends on the first.
    let repeated = each(4 * MINUTE, &|_, at| event(1, at, NAMES[0], 0));
    assert!(differs(&repeated).contains(&true));
    // The newest event came long ago, and all since are older.
    let stale = each(MINUTE, &|number, at| {
        let own = event(number, at, NAMES[0], 0);
        ReceivedEvent { occurred: Instant(if number > 60 { at - 9 * 60 * MINUTE - 60 * MINUTE } else { at }), ..own }
    });
    assert_eq!(differs(&stale), [true; 3]);
}

/// The sequencer needs to know nothing of an event but its facts, so it decides the same with and without the events.
#[test]
fn the_state_of_a_sequencer_does_not_depend_on_what_it_carries() {
    let events: Vec<ReceivedEvent> = (0..50)
        .map(|number| ReceivedEvent {
            // The last one waits for an event that does not come.
            follows: (number % 7 == 0).then(|| id(number + 1)),
            ..event(number, number.cast_signed() * SECOND, NAMES[0], number)
        })
        .collect();
    let mut carrying: Sequencer<ReceivedEvent> = Sequencer::new(Delivery::Consumer);
    let mut bare: Sequencer<u64> = Sequencer::new(Delivery::Consumer);
    let (mut steps, mut bare_steps) = (Vec::new(), Vec::new());
    for (number, event) in (0..).zip(&events) {
        let now = event.received;
        carrying.deliver(&event.into(), event, now, &mut |step| steps.push(format!("{:?}", step.phase)));
        bare.deliver(&event.into(), &number, now, &mut |step| bare_steps.push(format!("{:?}", step.phase)));
        carrying.tick(now, &mut |step| steps.push(format!("{:?}", step.phase)));
        bare.tick(now, &mut |step| bare_steps.push(format!("{:?}", step.phase)));
        assert_eq!(carrying.save(), bare.save());
    }
    assert_eq!(steps, bare_steps);
    assert!(bare.waiting().count() > 0);
    let waiting = bare.waiting().copied().collect();
    assert_eq!(Sequencer::<u64>::restore(&bare.save(), waiting).unwrap().save(), bare.save());
    assert_eq!(Sequencer::<u64>::restore(&bare.save(), Vec::new()).err(), Some(SnapshotError::Damaged));
}

/// An engine with something of everything.
fn full() -> (Automation, Engine) {
    let automation = zombies(90 * SECOND);
    let mut engine = Engine::new(Version::V3_9, Options { coverage: true, ..Options::default() });
    engine.load(&automation);
    for number in 0..40_u64 {
        let at = number.cast_signed() * 3 * SECOND;
        let own = event(number, at, NAMES[usize::try_from(number % 3).unwrap()], number % 5);
        let follows = (number % 7 == 6).then(|| id(number + 100));
        engine.deliver(&ReceivedEvent { follows, ..own }, Instant(at)).unwrap();
    }
    engine.tick(Instant(200 * SECOND)).unwrap();
    let _ = engine.take();
    (automation, engine)
}

#[test]
fn damaged_snapshots_are_errors() {
    let (automation, engine) = full();
    let options = Options { coverage: true, ..Options::default() };
    let bytes = engine.save().bytes().to_vec();
    let restore = |bytes: Vec<u8>| {
        let snapshot = Snapshot::read(bytes)?;
        Engine::restore(&snapshot, Version::V3_9, options, std::slice::from_ref(&automation)).map(|_| ())
    };
    assert_eq!(restore(bytes.clone()), Ok(()));
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let expected = match place {
            0..3 | 4 => SnapshotError::NotASnapshot,
            3 => SnapshotError::OtherFormat(bytes[3] ^ 1),
            _ => SnapshotError::Damaged,
        };
        assert_eq!(restore(changed), Err(expected), "{place}");
        assert!(restore(bytes[..place].to_vec()).is_err());
    }
    let sequencer: Sequencer<()> = Sequencer::new(Delivery::Consumer);
    assert_eq!(restore(sequencer.save().bytes().to_vec()), Err(SnapshotError::NotASnapshot));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Even with a right hash nothing panics, and what was taken up works.
    #[test]
    fn wrong_states_do_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>(), cuts in any::<bool>()) {
        let (automation, engine) = full();
        let mut bytes = engine.save().bytes().to_vec();
        let payload = &mut bytes[37..];
        for (place, byte) in changes {
            let place = place.index(payload.len());
            payload[place] = byte;
        }
        if cuts {
            let rest = cut.index(bytes.len() - 37);
            bytes.truncate(37 + rest);
        }
        let hash: [u8; 32] = Sha256::digest(&bytes[37..]).into();
        bytes[5..37].copy_from_slice(&hash);
        let snapshot = Snapshot::read(bytes).unwrap();
        let options = Options { coverage: true, ..Options::default() };
        if let Ok(mut engine) = Engine::restore(&snapshot, Version::V3_9, options, &[automation]) {
            for number in 0..20 {
                let at = Instant((300 + number) * SECOND);
                engine.deliver(&event(500 + number.unsigned_abs(), at.0, NAMES[0], number.unsigned_abs() % 5), at).unwrap();
                engine.tick(at).unwrap();
            }
        }
    }
}

/// Runs that end, one after the other.
fn after_runs(events: u64) -> (usize, usize) {
    let mut engine = Engine::new(Version::V3_9, Options { coverage: true, ..Options::default() });
    engine.load(&zombies(90 * SECOND));
    let (mut tick, mut firings, mut now) = (0, 0, 0);
    for number in 0..events {
        now = number.cast_signed() * SECOND / 50;
        while tick < now {
            engine.tick(Instant(tick)).unwrap();
            tick += 5 * SECOND;
            firings += engine.take().firings.len();
        }
        // Each tenth run dies after its first heartbeat.
        let (run, part) = (number / 3, usize::try_from(number % 3).unwrap());
        if part == 0 || run % 10 != 0 {
            engine.deliver(&event(number, now, NAMES[part], run), Instant(now)).unwrap();
        }
    }
    // A day later all is forgotten, also the firings.
    let end = now + 25 * 60 * MINUTE;
    while tick < end {
        engine.tick(Instant(tick)).unwrap();
        tick += 60 * SECOND;
        firings += engine.take().firings.len();
    }
    (engine.save().bytes().len(), firings)
}

#[test]
fn the_state_does_not_grow_with_finished_runs() {
    let (few, some) = after_runs(10_000);
    let (many, more) = after_runs(100_000);
    assert!(more > some, "{some} and {more} firings");
    assert!(few.abs_diff(many) < 40, "{few} and {many} bytes");
}
