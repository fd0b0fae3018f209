//! A saved state is taken up, saves the same bytes, and decides the same about the events that follow; one that has changed
//! is rejected. With a correct hash, a changed state is rejected too, or it is a state: what it saves can be taken up and
//! saves the same, and going on with it ends. The first byte selects the state, the others change it.

use prefect_events::archive::replay::{ArchiveReplayOptions, MapMemory, Reducer, ReplayPlan, Schedule, SliceInput};
use prefect_events::client::{ConnectOptions, Response, Server, Timing};
use prefect_events::simulate::{DocumentText, ReplayStream, StreamOptions};
use prefect_events::time::Instant;
use prefect_events::trigger::{Delivery, Snapshot};
use prefect_events::watch::{Watch, WatchOptions, WatchStep};
use sha2::{Digest, Sha256};

use super::damage::damaged;
use super::input::{choice, has};
use super::small::{AUTOMATIONS, lines, parts};

/// The mark and the kind, then the hash of what follows.
const KIND_END: usize = 5;
const HEAD: usize = KIND_END + 32;

/// After the last event.
const NOW: Instant = Instant(1_774_982_400_000_000);

/// Takes up a state and goes on with it.
type Resume = Box<dyn Fn(&[u8]) -> Result<Resumed, String>>;

#[derive(PartialEq, Debug)]
struct Resumed {
    /// Saved again at once.
    saved: Vec<u8>,
    /// What it decides about what follows.
    decided: String,
}

/// What goes on from a state.
struct State {
    /// The state, and what is decided about what follows without it.
    resumed: Resumed,
    resume: Resume,
}

thread_local! {
    static STATES: Vec<State> = states();
}

pub fn target(input: &[u8]) {
    let (choice, edits) = choice(input);
    STATES.with(|states| {
        let State { resumed, resume } = &states[usize::from(choice >> 1) % states.len()];
        let mut changed = damaged(&resumed.saved, edits);
        if changed == resumed.saved {
            assert_eq!(resume(&changed).as_ref(), Ok(resumed));
            return;
        }
        assert!(resume(&changed).is_err_and(|error| !error.is_empty()));
        if has(choice, 0) && changed.len() > HEAD {
            let hash = Sha256::digest(&changed[HEAD..]);
            changed[KIND_END..HEAD].copy_from_slice(&hash);
            if let Ok(Resumed { saved, .. }) = resume(&changed) {
                assert_eq!(resume(&saved).map(|again| again.saved), Ok(saved));
            }
        }
    });
}

fn states() -> Vec<State> {
    let mut all = Vec::new();
    let start = Some(Instant(1_774_981_920_000_000));
    let minutes = |minutes: i64| Some(prefect_events::time::TimeSpan::seconds(minutes * 60));
    for options in [
        StreamOptions::default(),
        StreamOptions { coverage: true, reorder_seconds: minutes(2), ..StreamOptions::default() },
        StreamOptions { start, reorder_seconds: minutes(60), ..StreamOptions::default() },
        StreamOptions { intended: true, delivery: Some(Delivery::Direct), ..StreamOptions::default() },
    ] {
        for count in [lines().len() / 2, lines().len()] {
            all.push(stream(&options, count));
        }
    }
    all.push(reducer(0));
    all.push(reducer(2));
    all.push(watch());
    all
}

fn stream(options: &StreamOptions, count: usize) -> State {
    let mut stream = ReplayStream::new(AUTOMATIONS.into(), options).expect("a stream");
    for line in &lines()[..count] {
        assert!(stream.push_text(DocumentText::from(&**line)).is_ok_and(|report| report.valid));
    }
    let _ = stream.drain();
    let options = options.clone();
    let resume = move |bytes: &[u8]| {
        let snapshot = Snapshot::read(bytes.to_vec()).map_err(|error| error.to_string())?;
        assert_eq!(snapshot.bytes(), bytes);
        let stream = ReplayStream::restore(&snapshot, AUTOMATIONS.into(), &options);
        Ok(go_on(stream.map_err(|error| error.to_string())?, count))
    };
    State { resumed: go_on(stream, count), resume: Box::new(resume) }
}

/// Plays the events after so many.
fn go_on(mut stream: ReplayStream, count: usize) -> Resumed {
    let saved = stream.save().bytes().to_vec();
    for line in &lines()[count..] {
        let _ = stream.push_text(DocumentText::from(&**line));
    }
    let drained = stream.drain();
    Resumed { saved, decided: format!("{drained:?} {:?}", stream.finish()) }
}

/// What a share reads in a slice.
struct Slice {
    ticks: Vec<u8>,
    order: Option<Vec<u8>>,
    events: Vec<Vec<u8>>,
}

/// Of a share, after the first of several slices.
fn reducer(share: u32) -> State {
    let slice_seconds = Some(prefect_events::time::TimeSpan::seconds(120));
    let options = ArchiveReplayOptions { slice_seconds, ..ArchiveReplayOptions::default() };
    // Plans live as long as the fuzzer.
    let plan = ReplayPlan::new(AUTOMATIONS.into(), &options).expect("a plan");
    let plan: &'static ReplayPlan = Box::leak(Box::new(plan));
    let mut memory = MapMemory::default();
    let text = |part: &'static String| DocumentText::from(&**part);
    let mut map = |(number, part)| plan.map(number, text(part), &mut memory).expect("a part");
    let mapped: Vec<_> = (0..).zip(parts()).map(&mut map).collect();
    let heads: Vec<&[u8]> = mapped.iter().map(|part| &*part.head).collect();
    let schedule: &'static Schedule = Box::leak(Box::new(plan.schedule(&heads).expect("a schedule")));
    let pieces = |slice, share| {
        let pieces = mapped.iter().flat_map(|part| &part.pieces);
        pieces.filter(move |piece| piece.slice == slice && piece.share == share).map(|piece| &*piece.bytes)
    };
    let (mut slices, mut in_order) = (Vec::new(), None::<Vec<u8>>);
    for (index, slice) in schedule.slices().iter().enumerate() {
        let facts: Vec<&[u8]> = pieces(*slice, None).collect();
        let own = plan.sequence(schedule, index, &facts, in_order.as_deref()).expect("a slice");
        let order = own.orders.into_iter().find(|order| order.share == share).map(|order| order.bytes);
        let events = pieces(*slice, Some(share)).map(<[u8]>::to_vec).collect();
        slices.push(Slice { ticks: own.ticks, order, events });
        in_order = Some(own.state);
    }
    assert!(slices.len() > 2, "nothing follows");
    let play = move |reducer: &mut Reducer<'static>, index: usize, mut before: &[u8], after: &mut Vec<u8>| {
        let Slice { ticks, order, events } = &slices[index];
        let events: Vec<&[u8]> = events.iter().map(Vec::as_slice).collect();
        let input = SliceInput { index, ticks, order: order.as_deref(), events: &events };
        reducer.slice(input, &mut before, after).map(|()| index + 1 < slices.len())
    };
    let mut reducer = Reducer::new(plan, schedule, share).expect("a share");
    let mut left = Vec::new();
    play(&mut reducer, 0, &[], &mut left).expect("a slice");
    let _ = reducer.take();
    let go_on = move |mut reducer: Reducer<'static>| {
        let saved = reducer.save();
        let (mut index, mut before, mut follows) = (1, left.clone(), Ok(true));
        while follows == Ok(true) {
            let mut after = Vec::new();
            follows = play(&mut reducer, index, &before, &mut after);
            (index, before) = (index + 1, after);
        }
        Resumed { saved, decided: format!("{follows:?} {:?}", reducer.take()) }
    };
    let resumed = go_on(reducer);
    assert!(resumed.decided.starts_with("Ok"), "{}", resumed.decided);
    let resume = move |bytes: &[u8]| match Reducer::restore(plan, schedule, bytes) {
        Ok(reducer) => Ok(go_on(reducer)),
        Err(error) => Err(error.to_string()),
    };
    State { resumed, resume: Box::new(resume) }
}

fn watch() -> State {
    let options = ConnectOptions { url: Some("https://prefect.example/api".to_owned()), ..ConnectOptions::default() };
    let server = Server::new(&options).expect("a server");
    let documents = [DocumentText::from(AUTOMATIONS)];
    let since = serde_json::from_str(r#"{"since": "15m"}"#).expect("options");
    let mut watch = Watch::new(server.clone(), &documents, &since, NOW).expect("a watch");
    let page = format!(r#"{{"events": [{}], "total": {}, "next_page": null}}"#, lines().join(","), lines().len());
    let mut resumed = Resumed { saved: watch.save(), decided: String::new() };
    play(&mut watch, &page, |watch, firing| resumed = Resumed { saved: watch.save(), decided: firing });
    // It was saved when the last firing was found, and reports it again.
    let resume = move |bytes: &[u8]| {
        let watch = Watch::restore(server.clone(), &[AUTOMATIONS.into()], &WatchOptions::default(), bytes, NOW);
        let mut watch = watch.map_err(|error| error.to_string())?;
        let saved = watch.save();
        let mut decided = String::new();
        play(&mut watch, &page, |_, firing| decided += &firing);
        Ok(Resumed { saved, decided })
    };
    State { resumed, resume: Box::new(resume) }
}

/// Watches until all has been read, and passes on each firing.
fn play(watch: &mut Watch, page: &str, mut fired: impl FnMut(&Watch, String)) {
    let response = Response { status: 200, retry_after: None, body: page.as_bytes() };
    // One page, its firings, and what comes between.
    for _ in 0..10_000 {
        match watch.step(NOW) {
            Ok(WatchStep::Request(_)) => {
                let read = watch.respond(&response, Timing { now: NOW, jitter: 0.0 });
                if read.is_err() {
                    return;
                }
            }
            Ok(WatchStep::Fired(firing)) => fired(watch, format!("{firing:?}")),
            Ok(WatchStep::Connect(_)) | Err(_) => return,
            Ok(_) => {}
        }
    }
    panic!("it never ends");
}
