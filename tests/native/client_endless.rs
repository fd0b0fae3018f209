//! Servers that do not do what was asked: a pull ends, and says what they did.

use prefect_events::client::{
    ClientErrorCode, EventFilter, Lookup, LookupStep, Pull, PullStep, Request, Response, Timing, Wanted, When,
};
use prefect_events::time::Instant;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::{NOW, at, event, server};

/// The range that a request asks for, or that of the request before whose next page it is.
fn range(request: &Request, last: &mut (Instant, Instant)) -> (Instant, Instant) {
    if let Some(body) = &request.body {
        let occurred = &serde_json::from_str::<Value>(body).unwrap()["filter"]["occurred"];
        *last = (at(occurred["since"].as_str().unwrap()), at(occurred["until"].as_str().unwrap()));
    }
    *last
}

struct Ended {
    requests: usize,
    /// How many events the server returned.
    returned: usize,
    events: u64,
    lacking: u64,
    result: Result<(), (ClientErrorCode, String)>,
}

/// Pulls from a server that answers with events, a total, and whether there is another page.
fn run(filter: &EventFilter, mut answer: impl FnMut(Instant, Instant, &Request) -> (Vec<Value>, u64, bool)) -> Ended {
    let mut pull = Pull::new(server(), filter, at(NOW)).unwrap();
    let mut ended = Ended { requests: 0, returned: 0, events: 0, lacking: 0, result: Ok(()) };
    let mut last = (at(NOW), at(NOW));
    loop {
        match pull.step() {
            PullStep::Done => break,
            PullStep::Events(_) => {}
            PullStep::Wait(wait) => panic!("{wait:?}"),
            PullStep::Request(request) => {
                ended.requests += 1;
                // In proportion to what came; one that invents new events has no end.
                assert!(ended.requests <= 15_000 + 2 * ended.returned, "it does not end");
                if ended.returned > 30_000 {
                    break;
                }
                let (since, until) = range(&request, &mut last);
                let (events, total, more) = answer(since, until, &request);
                ended.returned += events.len();
                let next = more.then(|| format!("http://a/api/events/filter/next?page-token={}", ended.requests));
                let body = json!({"events": events, "total": total, "next_page": next}).to_string().into_bytes();
                let response = Response { status: 200, retry_after: None, body: &body };
                if let Err(error) = pull.respond(&response, Timing { now: at(NOW), jitter: 0.0 }) {
                    ended.result = Err((error.code, error.message));
                    break;
                }
            }
        }
    }
    ended.events = pull.progress().events;
    ended.lacking = pull.progress().lacking;
    ended
}

/// Expects that the pull ends soon, with this sentence.
#[track_caller]
fn fails(ended: &Ended, most: usize, sentence: &str) {
    assert!(ended.requests <= most, "{} requests", ended.requests);
    let (code, message) = ended.result.clone().unwrap_err();
    assert_eq!(code, ClientErrorCode::NotPrefect);
    assert!(message.starts_with("http://127.0.0.1:4200/api "), "{message}");
    assert!(message.contains(sentence), "{message}");
}

#[test]
fn the_same_events_for_every_range() {
    for many in [1, 3, 1001, 5000_u64] {
        let same: Vec<Value> =
            (0..many).map(|n| event(usize::try_from(n).unwrap(), at("2026-03-05T00:00:00Z"), "acme.a")).collect();
        let ended = run(&EventFilter::default(), |_, _, _| (same.clone(), many, false));
        fails(
            &ended,
            1,
            "does not filter events by time: asked for those from 2026-03-01T12:00:00.000000Z to 2026-03-01T12:09:59.999999Z, it \
             returned one of 2026-03-05T00:00:00.000000Z",
        );
    }
    // Always the first moment of the range.
    let ended =
        run(&EventFilter::default(), |since, _, _| ((0..20).map(|n| event(n, since, "acme.a")).collect(), 20, false));
    assert_eq!(ended.result, Ok(()));
    assert!(ended.requests < 40, "{}", ended.requests);
    assert_eq!(ended.events, 20);
}

#[test]
fn more_events_counted_than_returned() {
    let one = |since: Instant| vec![event(1, since, "acme.a")];
    let ended = run(&EventFilter::default(), |since, _, _| (one(since), 3, false));
    // Each slice is read seven times.
    fails(&ended, 7 * 51, "counts more events than it returns: it counted 3 from 2026-03-0");
    for total in [4001, 1_000_000_000] {
        let ended = run(&EventFilter::default(), |since, _, _| (one(since), total, false));
        fails(&ended, 1200, "but returned 1");
        let none = run(&EventFilter::default(), |_, _, _| (Vec::new(), total, false));
        fails(&none, 1200, "but returned 0");
    }
    // Only in long ranges.
    let ended = run(&EventFilter::default(), |since, until, _| {
        if until.0 - since.0 > 1_000_000 { (one(since), 1_000_000_000, false) } else { (Vec::new(), 0, false) }
    });
    fails(&ended, 5000, "but returned only 0 in all when asked for parts of the range");
    // Only at first: each slice is read again six times, so that a 64th of the rest is read at once.
    let mut number = 0;
    let ended = run(&EventFilter::default(), |_, _, _| {
        number += 1;
        (Vec::new(), u64::from(number % 7 != 0), false)
    });
    assert_eq!(ended.result, Ok(()));
    assert!(ended.requests < 14_000, "{}", ended.requests);
}

#[test]
fn pages_without_end() {
    for many in [1, 50_u64] {
        let ended = run(&EventFilter::default(), |since, _, _| {
            ((0..many).map(|n| event(usize::try_from(n).unwrap(), since, "acme.a")).collect(), 4000, true)
        });
        assert!(ended.requests < 2000, "{}", ended.requests);
    }
}

#[test]
fn events_that_were_not_asked_for_by_id() {
    let automation = "name: a\ntrigger: {type: event, posture: Reactive, expect: [acme.a], threshold: 1, within: 0}\n\
                      actions: [{type: do-nothing}]\n";
    let filter = EventFilter { automation: Some(automation.into()), ..EventFilter::default() };
    let mut number = 0;
    let ended = run(&filter, |since, _, _| {
        number += 2;
        let mut one = event(number, since, "acme.a");
        one["follows"] = event(number + 1, since, "")["id"].clone();
        (vec![one], 1, false)
    });
    fails(
        &ended,
        2,
        "does not filter events by id: it returned 00000000-0000-4000-8000-000000000004, which was not asked",
    );
}

#[test]
fn a_burst_at_any_place_of_an_empty_range_is_found() {
    let mut most = 0;
    for (years, part) in (0..60_i64).map(|n| (1 + n % 7, 3 * n)) {
        let since = Instant(at(NOW).0 - years * 365 * 86_400_000_000);
        let burst = Instant(since.0 + (at(NOW).0 - since.0) / 211 * part + part * part);
        // The pages are those of the last first page.
        let mut offset = 0;
        let filter = EventFilter { since: Some(When::At(since)), ..EventFilter::default() };
        let ended = run(&filter, |since, until, request| {
            if burst < since || burst > until {
                return (Vec::new(), 0, false);
            }
            offset = if request.body.is_some() { 0 } else { offset + 50 };
            ((offset..offset + 50).map(|n| event(n, burst, "acme.a")).collect(), 4500, offset + 50 < 4500)
        });
        assert_eq!((ended.result, ended.events, ended.lacking), (Ok(()), 4500, 0));
        most = most.max(ended.requests);
    }
    // 90 are the pages of the burst.
    assert!(most < 280, "{most}");
}

#[test]
fn a_server_that_repeats_and_skips_events_of_one_instant_is_no_error() {
    let burst = at("2026-03-05T00:00:00Z");
    let (mut offset, mut seed) = (0, 1_usize);
    let ended = run(&EventFilter::default(), |since, until, request| {
        if burst < since || burst > until {
            return (Vec::new(), 0, false);
        }
        offset = if request.body.is_some() { 0 } else { offset + 50 };
        let mut page = Vec::new();
        for _ in 0..50 {
            seed = (seed * 1_103_515_245 + 12345) % (1 << 31);
            page.push(event(seed / 65536 % 3000, burst, "acme.a"));
        }
        (page, 3000, offset + 50 < 3000)
    });
    assert_eq!((ended.result, ended.events + ended.lacking), (Ok(()), 3000));
    assert!(ended.events > 1500, "{}", ended.events);
}

#[test]
fn the_same_automations_for_every_offset() {
    let same: Vec<Value> = (0..200).map(|n| json!({"id": n, "name": "a", "trigger": {}})).collect();
    let body = json!(same).to_string().into_bytes();
    let mut lookup = Lookup::new(server(), Wanted::Automations);
    for _ in 0..2 {
        let LookupStep::Request(_) = lookup.step() else { panic!() };
        let response = Response { status: 200, retry_after: None, body: &body };
        if let Err(error) = lookup.respond(&response, Timing { now: at(NOW), jitter: 0.0 }) {
            assert_eq!(error.message, "http://127.0.0.1:4200/api returns the same automations for every offset");
            return;
        }
    }
    panic!("it asks again");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever a server answers, the requests are in proportion to the events that it returned.
    #[test]
    fn any_answers_end(answers in prop::collection::vec((0..60_usize, 0..5_u8, 0..4_u8, any::<bool>()), 1..40)) {
        let mut number = 0;
        let ended = run(&EventFilter::default(), |since, until, _| {
            let (many, total, place, more) = answers[number % answers.len()];
            number += 1;
            let occurred = match place {
                0 => since,
                1 => until,
                _ => Instant(since.0 + (until.0 - since.0) / 2),
            };
            let first = if place == 3 { number * 60 } else { 0 };
            let events = (first..first + many).map(|n| event(n, occurred, "acme.a")).collect();
            let total = match total {
                0 => 0,
                1 => many as u64,
                2 => many as u64 + 1,
                3 => 4001,
                _ => 1_000_000_000,
            };
            (events, total, more)
        });
        prop_assert!(ended.requests > 0);
    }
}

/// An event that is counted and never returned is reported, and hides no other.
#[test]
fn an_event_that_is_never_returned_is_lacking() {
    for second in [0, 1, 137, 299] {
        let start = at(NOW).0 - 300_000_000;
        let ended =
            run(&EventFilter { since: Some(When::At(Instant(start))), ..EventFilter::default() }, |since, until, _| {
                let is_in = |number: &i64| (since.0..=until.0).contains(&(start + number * 1_000_000));
                let all: Vec<i64> = (0..300).filter(is_in).collect();
                let shown = all.iter().filter(|number| **number != second);
                let events = shown.map(|number| event(*number as usize, Instant(start + number * 1_000_000), "acme.a"));
                (events.collect(), all.len() as u64, false)
            });
        assert_eq!((&ended.result, ended.events, ended.lacking), (&Ok(()), 299, 1), "{second}");
        assert!(ended.requests < 60, "{}", ended.requests);
    }
}
