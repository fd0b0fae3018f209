//! A saved state is taken up, saves the same bytes, and decides the same about the events that follow; one that has changed
//! is rejected. With a correct hash, a changed state is rejected too, or it is a state: what it saves can be taken up and
//! saves the same, and going on with it ends. The first byte selects the state, the others change it.

use prefect_events::archive::replay::{ArchiveReplayOptions, MapMemory, Reducer, ReplayPlan, SliceInput};
use prefect_events::client::{ConnectOptions, Response, Server, Surroundings};
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
    let minutes = |minutes: i64| Some(prefect_events::time::Span::seconds(minutes * 60));
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

/// Of a share, after the first slice of all.
fn reducer(share: u32) -> State {
    // Plans live as long as the fuzzer.
    let plan = ReplayPlan::new(AUTOMATIONS.into(), &ArchiveReplayOptions::default()).expect("a plan");
    let plan: &'static ReplayPlan = Box::leak(Box::new(plan));
    let mut memory = MapMemory::default();
    let text = |part: &'static String| DocumentText::from(&**part);
    let mut map = |(number, part)| plan.map(number, text(part), &mut memory).expect("a part");
    let mapped: Vec<_> = (0..).zip(parts()).map(&mut map).collect();
    let heads: Vec<&[u8]> = mapped.iter().map(|part| &*part.head).collect();
    let schedule = Box::leak(Box::new(plan.schedule(&heads).expect("a schedule")));
    let of = |share| {
        let pieces = mapped.iter().flat_map(|part| &part.pieces);
        pieces.filter(|piece| piece.share == share).map(|piece| &*piece.bytes).collect::<Vec<_>>()
    };
    let sequenced = plan.sequence(schedule, 0, &of(None), None).expect("a slice");
    let order = sequenced.orders.iter().find(|order| order.share == share).map(|order| &*order.bytes);
    let (events, mut left) = (of(Some(share)), Vec::new());
    let input = SliceInput { index: 0, ticks: &sequenced.ticks, order, events: &events };
    let mut reducer = Reducer::new(plan, schedule, share).expect("a share");
    reducer.slice(input, &mut std::io::empty(), &mut left).expect("a slice");
    let _ = reducer.take();
    let resume = |bytes: &[u8]| match Reducer::restore(plan, schedule, bytes) {
        Ok(mut reducer) => Ok(Resumed { saved: reducer.save(), decided: format!("{:?}", reducer.take()) }),
        Err(error) => Err(error.to_string()),
    };
    let resumed = Resumed { saved: reducer.save(), decided: format!("{:?}", reducer.take()) };
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
                let read = watch.respond(&response, Surroundings { now: NOW, jitter: 0.0 });
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
