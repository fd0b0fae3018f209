//! A watch of a server reports the firings of a replay, each once, wherever it is interrupted.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use prefect_events::client::{ConnectOptions, Request, Response, Server, Timing, When};
use prefect_events::render::{Format, RenderOptions, render_watched};
use prefect_events::simulate::{DocumentText, ReplayStream, StreamOptions};
use prefect_events::time::{Instant, TimeSpan, read};
use prefect_events::trigger::Firing;
use prefect_events::watch::{Watch, WatchOptions, WatchStep, WatchedFiring};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const SECOND: i64 = 1_000_000;

fn instant(text: &str) -> Instant {
    read(text.as_bytes()).unwrap().instant.unwrap()
}

fn at(event: &Json, key: &str) -> Instant {
    instant(event[key].as_str().unwrap())
}

fn server() -> Server {
    let options = ConnectOptions { url: Some("https://prefect.example/api".into()), ..ConnectOptions::default() };
    Server::new(&options).unwrap()
}

/// An event of the server.
#[derive(Clone)]
struct Has {
    event: Json,
    occurred: Instant,
    received: Instant,
    /// From when on pulls return it.
    stored: Instant,
    /// Whether websockets send it.
    is_sent: bool,
}

/// A server with a websocket, and the network between.
struct Fake {
    /// In order of receipt.
    events: Vec<Has>,
    /// Times without a network.
    outages: Vec<(Instant, Instant)>,
    /// The open websocket: what it has said, and from when on events must have occurred, once it has subscribed.
    socket: Option<(Vec<String>, Option<Instant>)>,
    /// Events up to here were sent.
    sent: Instant,
    /// How far its clock is behind the watch's.
    behind: i64,
    now: Instant,
}

impl Fake {
    fn new(events: Vec<Has>, now: Instant) -> Fake {
        Fake { events, outages: Vec::new(), socket: None, sent: now, behind: 0, now }
    }

    fn time(&self) -> Instant {
        Instant(self.now.0 - self.behind)
    }

    fn is_reachable(&self) -> bool {
        !self.outages.iter().any(|(from, to)| (*from..*to).contains(&self.now))
    }

    fn pass(&mut self, micros: i64) {
        self.now = Instant(self.now.0 + micros);
    }

    fn with(&self) -> Timing {
        Timing { now: self.now, jitter: 0.0 }
    }

    fn page(&self, request: &Request) -> String {
        let (since, until, offset) = match request.url.split_once("page-token=") {
            Some((_, token)) => {
                let parts: Vec<i64> = token.split('.').map(|part| part.parse().unwrap()).collect();
                (Instant(parts[0]), Instant(parts[1]), usize::try_from(parts[2]).unwrap())
            }
            None => {
                let body: Json = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
                let occurred = &body["filter"]["occurred"];
                (at(occurred, "since"), at(occurred, "until"), 0)
            }
        };
        let time = self.time();
        let is_asked_for = |has: &&Has| (since..=until).contains(&has.occurred) && has.stored <= time;
        let mut found: Vec<&Has> = self.events.iter().filter(is_asked_for).collect();
        found.sort_by_key(|has| has.occurred);
        let rest = found.get(offset..).unwrap_or_default();
        let events: Vec<&Json> = rest.iter().take(50).map(|has| &has.event).collect();
        let token = format!("https://other/next?page-token={}.{}.{}", since.0, until.0, offset + 50);
        let next = if rest.len() > 50 { json!(token) } else { Json::Null };
        json!({"events": events, "total": found.len(), "next_page": next}).to_string()
    }

    fn connect(&mut self, watch: &mut Watch) {
        if self.is_reachable() {
            self.socket = Some((Vec::new(), None));
            watch.opened();
        } else {
            watch.closed(1006, "no network", self.with()).unwrap();
        }
    }

    fn said(&mut self, text: &str) {
        let message: Json = serde_json::from_str(text).unwrap();
        let (messages, subscribed) = self.socket.as_mut().unwrap();
        if message["type"] == "auth" {
            messages.push(json!({"type": "auth_success"}).to_string());
            return;
        }
        let since = at(&message["filter"]["occurred"], "since");
        *subscribed = Some(since);
        self.sent = self.time();
        let backfill = self.events.iter().filter(|has| has.occurred >= since && has.stored <= self.sent);
        let backfill: Vec<String> = backfill.map(|has| frame(&has.event)).collect();
        self.socket.as_mut().unwrap().0.extend(backfill);
    }

    /// Waits for the websocket.
    fn receive(&mut self, watch: &mut Watch, milliseconds: u64) {
        let until = Instant(self.now.0 + i64::try_from(milliseconds).unwrap() * 1000);
        let Some((messages, subscribed)) = &mut self.socket else { panic!("no websocket") };
        if !messages.is_empty() {
            let message = messages.remove(0);
            watch.received(&message).unwrap();
            return;
        }
        let since = subscribed.unwrap();
        let outage = self.outages.iter().find(|(from, to)| *from < until && self.now < *to).copied();
        if let Some((from, to)) = outage {
            // Nothing comes, and after some time the websocket notices.
            self.now = self.now.max(from).max(Instant(to.0.min(self.now.0 + 20 * SECOND)));
            self.socket = None;
            watch.closed(1006, "", self.with()).unwrap();
            return;
        }
        let end = Instant(until.0 - self.behind);
        let next = self
            .events
            .iter()
            .find(|has| has.received > self.sent && has.received <= end && has.is_sent && has.occurred >= since);
        match next.cloned() {
            Some(has) => {
                self.sent = has.received;
                self.now = self.now.max(Instant(has.received.0 + self.behind));
                watch.received(&frame(&has.event)).unwrap();
            }
            None => self.now = until,
        }
    }
}

fn frame(event: &Json) -> String {
    json!({"type": "event", "event": event}).to_string()
}

/// Watches until a time. As the command line does, it saves the state before it waits, after firings and every minute.
/// `kills`: before which steps the program is killed and started again with the last state; if the number is even, it
/// can save its state before.
fn watch(
    fake: &mut Fake,
    documents: &[DocumentText<'_>],
    options: &WatchOptions,
    kills: &BTreeSet<usize>,
    end: Instant,
) -> (Vec<WatchedFiring>, Watch) {
    let mut watch = Watch::new(server(), documents, options, fake.now).unwrap();
    let (mut state, mut saved, mut is_changed) = (watch.save(), fake.now, false);
    let mut fired = Vec::new();
    for number in 0.. {
        let mut step = watch.step(fake.now).unwrap();
        if let WatchStep::Fired(firing) = step {
            is_changed = true;
            fired.push(*firing);
            continue;
        }
        if is_changed || fake.now.0 > saved.0 + 60 * SECOND {
            (state, saved, is_changed) = (watch.save(), fake.now, false);
        }
        if kills.contains(&number) {
            let last = if number % 2 == 0 { watch.save() } else { state.clone() };
            fake.socket = None;
            fake.pass(i64::try_from(number % 7).unwrap() * 40 * SECOND);
            watch = Watch::restore(server(), documents, options, &last, fake.now).unwrap();
            step = watch.step(fake.now).unwrap();
            assert!(!matches!(step, WatchStep::Fired(_)), "each was said");
        }
        if fake.now > end {
            break;
        }
        match step {
            WatchStep::Request(request) => {
                fake.pass(20_000);
                let with = fake.with();
                if fake.is_reachable() {
                    let body = fake.page(&request);
                    let time = Duration::from_micros(u64::try_from(fake.time().0).unwrap());
                    watch.dated(&httpdate::fmt_http_date(UNIX_EPOCH + time), fake.now);
                    let response = Response { status: 200, retry_after: None, body: body.as_bytes() };
                    watch.respond(&response, with).unwrap();
                } else if watch.lost("no network", with).is_err() {
                    // The first request of a program: it is started again later.
                    fake.pass(10 * SECOND);
                    watch = Watch::restore(server(), documents, options, &state, fake.now).unwrap();
                }
            }
            WatchStep::Wait(wait) => fake.pass(i64::try_from(wait.milliseconds).unwrap() * 1000),
            WatchStep::Connect(_) => fake.connect(&mut watch),
            WatchStep::Send(text) => fake.said(&text),
            WatchStep::Receive(milliseconds) => fake.receive(&mut watch, milliseconds),
            WatchStep::Fired(_) => unreachable!(),
        }
    }
    (fired, watch)
}

/// The captured events of a server, without those that were sent days after they occurred. `slow`: how long the server
/// takes to store an event, by its number.
fn captured(slow: impl Fn(usize) -> i64) -> Vec<Has> {
    let text = String::from_utf8(super::cases::read("live/captured.ndjson.gz")).unwrap();
    let events = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    let mut all: Vec<Has> = events
        .map(|event| {
            let (occurred, received) = (at(&event, "occurred"), at(&event, "received"));
            Has { event, occurred, received, stored: received, is_sent: true }
        })
        .filter(|has| has.received.0 - has.occurred.0 < 600 * SECOND)
        .collect();
    all.sort_by_key(|has| has.received);
    for (number, has) in all.iter_mut().enumerate() {
        has.stored = Instant(has.received.0 + slow(number));
    }
    all
}

fn automations() -> Vec<String> {
    super::cases::live_automations().into_iter().map(|(_, document)| document).collect()
}

/// In an order of their own: at one instant, that of the automations is not part of a firing.
fn comparable<'f>(firings: impl IntoIterator<Item = &'f Firing>) -> Vec<String> {
    let mut all: Vec<String> = firings.into_iter().map(|firing| serde_json::to_string(firing).unwrap()).collect();
    all.sort();
    all
}

/// The firings of a replay of all events.
fn replayed(documents: &[String], events: &[Has], start: Instant, end: Instant) -> Vec<Firing> {
    let lines: String = events.iter().map(|has| format!("{}\n", has.event)).collect();
    let mut all = Vec::new();
    for document in documents {
        let options = StreamOptions { start: Some(start), ..StreamOptions::default() };
        let mut stream = ReplayStream::new((&**document).into(), &options).unwrap();
        assert!(stream.push_text((&*lines).into()).unwrap().valid);
        stream.advance(end).unwrap();
        all.extend(stream.drain().firings.into_iter().filter(|firing| firing.at < end));
    }
    all
}

fn assert_replayed(fake: &Fake, documents: &[String], start: Instant, (fired, watch): &(Vec<WatchedFiring>, Watch)) {
    let progress = watch.progress();
    assert_eq!((progress.too_late, progress.unread), (0, 0));
    assert_eq!(progress.firings, fired.len() as u64);
    let expected = replayed(documents, &fake.events, start, progress.until);
    assert!(expected.len() > 20, "{}", expected.len());
    assert_eq!(comparable(fired.iter().map(|fired| &fired.firing)), comparable(&expected));
}

fn texts(documents: &[String]) -> Vec<DocumentText<'_>> {
    documents.iter().map(|document| (&**document).into()).collect()
}

/// The time of all captured events, and some more.
fn span(events: &[Has]) -> (Instant, Instant) {
    (events[0].received, Instant(events.last().unwrap().received.0 + 1200 * SECOND))
}

#[test]
fn a_watch_reports_the_firings_of_a_replay() {
    let documents = automations();
    let events = captured(|number| i64::try_from(number % 50).unwrap() * 100_000);
    let (start, end) = span(&events);
    let mut fake = Fake::new(events, start);
    let found = watch(&mut fake, &texts(&documents), &WatchOptions::default(), &BTreeSet::new(), end);
    assert_replayed(&fake, &documents, start, &found);
    // It comes at most a pull and the server's time to store events later.
    let late = fake.now.0 - found.1.progress().until.0;
    assert!(late < 40 * SECOND, "{late}");
}

#[test]
fn a_watch_of_the_past_reports_the_same() {
    let documents = automations();
    let events = captured(|_| 0);
    let (start, end) = span(&events);
    let mut fake = Fake::new(events, end);
    let options = WatchOptions { since: Some(When::At(start)), ..WatchOptions::default() };
    // Without time between.
    let kills = (7..700).step_by(7).collect();
    let found = watch(&mut fake, &texts(&documents), &options, &kills, Instant(end.0 + 600 * SECOND));
    assert_replayed(&fake, &documents, start, &found);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    /// A killed program goes on from its state; events come twice, late, or only by a pull; the network is interrupted; the
    /// server's clock is behind.
    #[test]
    fn nothing_is_lost_or_said_twice(
        kills in prop::collection::btree_set(1_usize..2000, 0..30),
        outages in prop::collection::vec((0_i64..1700, 1_i64..100), 0..4),
        slow in prop::collection::vec(0_i64..9, 1..20),
        dropped in prop::collection::btree_set(0_usize..1300, 0..200),
        behind in 0_i64..30,
    ) {
        let documents = automations();
        let mut events = captured(|number| slow[number % slow.len()] * SECOND);
        for number in dropped {
            // What a client sent late comes only by a websocket.
            if let Some(has) = events.get_mut(number).filter(|has| has.received.0 - has.occurred.0 < 30 * SECOND) {
                has.is_sent = false;
            }
        }
        let (start, end) = span(&events);
        let mut fake = Fake::new(events, Instant(start.0 + behind * SECOND));
        fake.behind = behind * SECOND;
        let from = |(from, length): (i64, i64)| {
            (Instant(start.0 + from * SECOND), Instant(start.0 + (from + length) * SECOND))
        };
        fake.outages = outages.into_iter().map(from).collect();
        let options = WatchOptions { since: Some(When::At(start)), ..WatchOptions::default() };
        let found = watch(&mut fake, &texts(&documents), &options, &kills, end);
        assert_replayed(&fake, &documents, start, &found);
    }
}

fn heartbeat(number: u32, time: &str) -> Has {
    let event = json!({
        "id": format!("00000000-0000-4000-8000-{number:012x}"), "event": "prefect.flow-run.heartbeat",
        "occurred": time, "received": time, "resource": {"prefect.resource.id": "prefect.flow-run.a"},
        "related": [], "payload": {}, "follows": null,
    });
    let received = instant(time);
    Has { event, occurred: received, received, stored: received, is_sent: true }
}

const ZOMBIES: &str = "
name: Crash zombie flows
trigger: {posture: Proactive, after: [prefect.flow-run.heartbeat], expect: [prefect.flow-run.*],
  for_each: [prefect.resource.id], within: 90}
";
const START: &str = "2026-03-01T12:00:00Z";

fn heartbeats(until: i64) -> Vec<Has> {
    let start = instant(START);
    let time = |number: i64| Instant(start.0 + (30 * number - 1) * SECOND).rfc3339();
    (1..until / 30).map(|number| heartbeat(u32::try_from(number).unwrap(), &time(number))).collect()
}

#[test]
fn silence_counts_only_if_it_is_the_servers() {
    let start = instant(START);
    let mut fake = Fake::new(heartbeats(3600), start);
    fake.outages = vec![(Instant(start.0 + 300 * SECOND), Instant(start.0 + 380 * SECOND))];
    let end = Instant(start.0 + 1800 * SECOND);
    let (fired, own) = watch(&mut fake, &[ZOMBIES.into()], &WatchOptions::default(), &BTreeSet::new(), end);
    assert_eq!(fired, []);
    assert!(own.progress().until.0 > end.0 - 60 * SECOND);
    // Without events there is nothing to report, but time passes.
    let automation = "trigger: {posture: Proactive, expect: [acme.backup.done], within: 600}";
    let mut fake = Fake::new(Vec::new(), start);
    let (fired, _) = watch(&mut fake, &[automation.into()], &WatchOptions::default(), &BTreeSet::new(), end);
    assert_eq!(fired.len(), 2);
}

#[test]
fn a_firing_comes_within_half_a_minute_and_is_rendered() {
    let start = instant(START);
    let mut fake = Fake::new(heartbeats(300), start);
    let mut watch = Watch::new(server(), &[ZOMBIES.into()], &WatchOptions::default(), start).unwrap();
    let fired = loop {
        assert!(fake.now.0 < start.0 + 600 * SECOND);
        match watch.step(fake.now).unwrap() {
            WatchStep::Fired(fired) => break fired,
            WatchStep::Request(request) => {
                let body = fake.page(&request);
                let response = Response { status: 200, retry_after: None, body: body.as_bytes() };
                watch.respond(&response, fake.with()).unwrap();
            }
            WatchStep::Connect(_) => fake.connect(&mut watch),
            WatchStep::Send(text) => fake.said(&text),
            WatchStep::Receive(milliseconds) => fake.receive(&mut watch, milliseconds),
            WatchStep::Wait(wait) => panic!("{wait:?}"),
        }
    };
    assert_eq!(fired.firing.at.rfc3339(), "2026-03-01T12:06:00.000000Z");
    assert!(fake.now.0 - fired.firing.at.0 < 30 * SECOND, "{}", fake.now.rfc3339());
    let pretty = render_watched(&fired, &RenderOptions::default());
    assert_eq!(
        pretty,
        "fired 2026-03-01T12:06:00.000000Z  prefect.flow-run.a\n      none of the expected events arrived (1 needed) \
         from 12:04:29 to 12:05:59, after prefect.flow-run.heartbeat at 12:04:29\n"
    );
    let json = render_watched(&fired, &RenderOptions { format: Format::Json, ..RenderOptions::default() });
    let read: Json = serde_json::from_str(&json).unwrap();
    assert_eq!((json.lines().count(), &read["automation"]), (1, &json!("Crash zombie flows")));
    assert_eq!(read["at"], "2026-03-01T12:06:00.000000Z");
    let several = WatchedFiring { is_one_of_several: true, ..*fired };
    assert!(render_watched(&several, &RenderOptions::default()).contains("Z  Crash zombie flows  prefect.flow-run.a"));

    // What was handed out, but not reported, is part of the state.
    let again = |state: &[u8]| {
        let mut watch = Watch::restore(server(), &[ZOMBIES.into()], &WatchOptions::default(), state, fake.now).unwrap();
        matches!(watch.step(fake.now).unwrap(), WatchStep::Fired(_))
    };
    assert!(again(&watch.save()));
    watch.acknowledge();
    assert!(!again(&watch.save()));
}

#[test]
fn what_came_too_late_is_counted() {
    let start = instant(START);
    let mut events = heartbeats(300);
    // Longer than pulls look back, and no websocket sends it.
    (events[3].stored, events[3].is_sent) = (Instant(events[3].received.0 + 40 * SECOND), false);
    let mut fake = Fake::new(events, start);
    let end = Instant(start.0 + 290 * SECOND);
    let (_, own) = watch(&mut fake, &[ZOMBIES.into()], &WatchOptions::default(), &BTreeSet::from([40, 41]), end);
    assert_eq!(own.progress().too_late, 1);
    assert!(own.progress().to_string().contains("1 event was not played: the server stored or sent it later"));
    let options = WatchOptions { reorder_seconds: Some(TimeSpan::seconds(50)), ..WatchOptions::default() };
    fake = Fake::new(fake.events, start);
    assert_eq!(watch(&mut fake, &[ZOMBIES.into()], &options, &BTreeSet::new(), end).1.progress().too_late, 0);
}

#[test]
fn what_is_nested_too_deeply_is_counted() {
    let start = instant(START);
    let mut events = heartbeats(300);
    // Once by a pull, once by a websocket.
    for number in [0, 5] {
        let payload = (0..950).fold(json!(0), |inner, _| json!([inner]));
        events[number].event["payload"] = payload;
    }
    let mut fake = Fake::new(events, start);
    let end = Instant(start.0 + 290 * SECOND);
    let (_, own) = watch(&mut fake, &[ZOMBIES.into()], &WatchOptions::default(), &BTreeSet::new(), end);
    let progress = own.progress();
    assert_eq!((progress.unread, progress.too_late), (2, 0));
    assert_eq!(progress.events, 7);
    assert!(progress.to_string().ends_with("\n2 events were not played: they cannot be read"), "{progress}");
}

#[test]
fn a_state_that_does_not_fit_is_an_error_that_says_what_to_do() {
    let now = instant(START);
    let options = WatchOptions::default();
    let state = Watch::new(server(), &[ZOMBIES.into()], &options, now).unwrap().save();
    let message = |state: &[u8], server: Server, automation: &str, options: &WatchOptions| {
        Watch::restore(server, &[automation.into()], options, state, now).err().map(|error| error.to_string())
    };
    assert_eq!(message(&state, server(), ZOMBIES, &options), None);
    let since = WatchOptions { since: Some(When::Ago(SECOND)), ..options.clone() };
    assert_eq!(message(&state, server(), ZOMBIES, &since), None);
    let others = "the saved state is the state of other automations, or of another version of the server: give those \
                  again, name another file, or remove it to begin with now";
    for other in [ZOMBIES.replace("90", "60"), ZOMBIES.replace("Crash", "Find"), ZOMBIES.replace("heartbeat", "x")] {
        assert_eq!(message(&state, server(), &other, &options).as_deref(), Some(others), "{other}");
    }
    let elsewhere = ConnectOptions { url: Some("http://127.0.0.1:4200/api".into()), ..ConnectOptions::default() };
    let found = message(&state, Server::new(&elsewhere).unwrap(), ZOMBIES, &options).unwrap();
    assert!(found.starts_with("the saved state is the state of a watch of https://prefect.example/api: "), "{found}");
    let mut changed = state.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (bytes, says) in [
        (&*changed, "is damaged: "),
        (&state[..state.len() - 1], "is damaged: "),
        (b"{}", "is not the state of a watch: "),
        (
            &[&state[..3], &[9], &state[4..]].concat(),
            "was written by another version of prefect-events (the snapshot has",
        ),
    ] {
        let found = message(bytes, server(), ZOMBIES, &options).unwrap();
        assert!(found.starts_with(&format!("the saved state {says}")), "{found}");
        assert!(found.ends_with("remove it to begin with now"), "{found}");
    }
    let new = |options: WatchOptions| Watch::new(server(), &[ZOMBIES.into()], &options, now).err().unwrap().to_string();
    let future = WatchOptions { since: Some(When::At(Instant(now.0 + 1))), ..options.clone() };
    assert_eq!(new(future), "`since` must not be in the future");
    let check = WatchOptions { check_seconds: Some(TimeSpan(0)), ..options.clone() };
    assert_eq!(new(check), "`checkSeconds` must be more than 0 seconds, not `0s`");
    let unread = Watch::new(server(), &["trigger: 1".into()], &options, now).err().unwrap();
    assert!(unread.to_string().starts_with("the automations cannot be read: "), "{unread}");
}
