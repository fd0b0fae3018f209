//! Streams of a server: the past, the websocket, and what an interruption or a restart would lose.

use prefect_events::client::{
    Batch, ClientErrorCode, ConnectOptions, EventFilter, EventStream, Request, Response, Secret, Server, StreamStep,
    Timing,
};
use prefect_events::time::{Instant, read};
use serde_json::{Value as Json, json};

const START: &str = "2026-03-08T12:00:00Z";
const NO_EVENTS: &str = r#"{"events": [], "total": 0, "next_page": null}"#;

struct Session {
    stream: EventStream,
    now: Instant,
}

impl Session {
    fn new() -> Session {
        let options = ConnectOptions {
            url: Some("https://prefect.example/api".into()),
            auth_string: Some(Secret::new("admin:s3cret")),
            ..ConnectOptions::default()
        };
        let now = read(START.as_bytes()).unwrap().instant.unwrap();
        let stream = EventStream::new(Server::new(&options).unwrap(), &EventFilter::default(), now).unwrap();
        Session { stream, now }
    }

    fn with(&self) -> Timing {
        Timing { now: self.now, jitter: 0.0 }
    }

    fn pass(&mut self, seconds: i64) {
        self.now = Instant(self.now.0 + seconds * 1_000_000);
    }

    fn request(&mut self) -> Request {
        match self.stream.step(self.now) {
            StreamStep::Request(request) => request,
            other => panic!("{other:?}"),
        }
    }

    fn respond(&mut self, body: &str) {
        let with = self.with();
        self.stream.respond(&Response { status: 200, retry_after: None, body: body.as_bytes() }, with).unwrap();
    }

    fn wait(&mut self) -> String {
        match self.stream.step(self.now) {
            StreamStep::Wait(wait) => {
                self.pass(i64::try_from(wait.milliseconds / 1000 + 1).unwrap());
                wait.reason
            }
            other => panic!("{other:?}"),
        }
    }

    fn ids(&mut self) -> Vec<u64> {
        match self.stream.step(self.now) {
            StreamStep::Events(Batch { lines, .. }) => lines
                .lines()
                .map(|line| {
                    serde_json::from_str::<Json>(line).unwrap()["event"].as_str().unwrap()[5..].parse().unwrap()
                })
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    /// Everything up to the open websocket.
    fn open(&mut self) {
        assert_eq!(self.stream.step(self.now), StreamStep::Connect("wss://prefect.example/api/events/out".to_owned()));
        self.stream.opened();
        let StreamStep::Send(auth) = self.stream.step(self.now) else { panic!() };
        assert_eq!(auth, r#"{"type":"auth","token":"admin:s3cret"}"#);
        self.stream.received(r#"{"type": "auth_success"}"#).unwrap();
        let StreamStep::Send(filter) = self.stream.step(self.now) else { panic!() };
        assert!(filter.contains(r#""backfill":true"#), "{filter}");
    }

    fn event(&self, number: u64) -> Json {
        json!({
            "id": format!("00000000-0000-4000-8000-{number:012x}"), "event": format!("acme.{number}"),
            "occurred": self.now.rfc3339(), "received": self.now.rfc3339(), "resource": {"prefect.resource.id": "a"},
            "related": [], "payload": {}, "follows": null,
        })
    }

    fn receive(&mut self, event: &Json) {
        self.stream.received(&json!({"type": "event", "event": event}).to_string()).unwrap();
    }
}

fn page(events: &[&Json]) -> String {
    json!({"events": events, "total": events.len(), "next_page": null}).to_string()
}

#[test]
fn a_restarted_server_loses_nothing_and_repeats_nothing() {
    let mut session = Session::new();
    session.request();
    session.respond(NO_EVENTS);
    assert_eq!(session.ids(), [0_u64; 0]);
    session.open();
    session.pass(1);
    let first = session.event(1);
    session.receive(&first);
    assert_eq!(session.ids(), [1]);
    // The same again, as in the backfill.
    session.receive(&first);
    assert!(matches!(session.stream.step(session.now), StreamStep::Receive(_)));

    // A request is repeated with its range, and the server returns no event outside of it.
    let missed = session.event(2);
    let with = session.with();
    session.stream.closed(1012, "service restart", with).unwrap();
    assert_eq!(session.wait(), "the connection was closed: service restart");
    // The server is still gone, then it fails, then it is there.
    for expected in ["no response (connect ECONNREFUSED)", "no response (connect ECONNREFUSED)"] {
        session.request();
        let with = session.with();
        session.stream.lost("connect ECONNREFUSED", with).unwrap();
        assert_eq!(session.wait(), expected);
    }
    session.request();
    let with = session.with();
    session.stream.respond(&Response { status: 503, retry_after: None, body: b"" }, with).unwrap();
    assert_eq!(session.wait(), "the server fails (status 503)");
    let asked = session.request();
    assert!(asked.body.unwrap().contains("2026-03-08T11:59:00"), "from a minute before the last look");
    session.respond(&page(&[&first, &missed]));
    assert_eq!(session.ids(), [2]);
    session.open();
    session.receive(&missed);
    let later = session.event(3);
    session.receive(&later);
    assert_eq!(session.ids(), [3]);
    assert_eq!(session.stream.progress().events, 3);
}

#[test]
fn an_open_websocket_is_checked_by_further_pulls() {
    let mut session = Session::new();
    session.request();
    session.respond(NO_EVENTS);
    session.ids();
    session.open();
    let StreamStep::Receive(milliseconds) = session.stream.step(session.now) else { panic!() };
    assert_eq!(milliseconds, 10_000);
    session.pass(10);
    session.request();
    // Stored when the subscription began, distributed before.
    let between = session.event(7);
    session.respond(&page(&[&between]));
    assert_eq!(session.ids(), [7]);
    let StreamStep::Receive(milliseconds) = session.stream.step(session.now) else { panic!() };
    assert_eq!(milliseconds, 60_000);
}

#[test]
fn a_server_that_stays_away_or_rejects_ends_the_stream() {
    let mut session = Session::new();
    session.request();
    session.respond(NO_EVENTS);
    session.ids();
    session.open();
    let with = session.with();
    let rejected = session.stream.closed(1008, "Auth required", with).unwrap_err();
    assert_eq!(rejected.code, ClientErrorCode::Unauthorized);

    let mut session = Session::new();
    session.request();
    session.respond(NO_EVENTS);
    session.ids();
    session.open();
    let with = session.with();
    session.stream.closed(1006, "", with).unwrap();
    session.wait();
    let error = loop {
        session.request();
        let with = session.with();
        match session.stream.lost("connect ECONNREFUSED", with) {
            Ok(()) => session.wait(),
            Err(error) => break error,
        };
    };
    assert_eq!(error.code, ClientErrorCode::Unreachable);
    assert!(error.message.contains("after 8 attempts"), "{error}");
    let waited = session.now.since(read(START.as_bytes()).unwrap().instant.unwrap());
    assert!((60_000_000..300_000_000).contains(&waited), "{waited}");
}
