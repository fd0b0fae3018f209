//! Whatever a server responds, the client asks this server only, returns each event once, as one line of JSON, and does the
//! same again for the same responses. A watch can be saved after each of them. The first text is the filter, each other
//! one a response: its first byte selects the status, or that there is none.

use std::collections::BTreeSet;

use prefect_events::client::{
    Batch, ClientError, ConnectOptions, EventFilter, EventStream, Lookup, LookupStep, Pull, PullStep, Request,
    Response, Secret, Server, StreamStep, Timing, Wait, Wanted,
};
use prefect_events::simulate::DocumentText;
use prefect_events::time::Instant;
use prefect_events::watch::{Watch, WatchOptions, WatchStep};
use serde_json::Value as Json;

use super::input::{choice, has, texts};

const URL: &str = "https://prefect.example/api";
const SECRET: &str = "admin:s3cret";
const NOW: Instant = Instant(1_772_366_400_000_000);
/// More steps than one response calls for.
const MOST: usize = 5000;
const AUTOMATION: &str = "{name: Late, trigger: {posture: Reactive, expect: ['*'], threshold: 1, within: 0}}";

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    let (filter, responses) = (texts[0], &texts[1..]);
    let play = || match choice % 4 {
        0 => pull(filter, responses),
        1 => stream(filter, responses),
        2 => watch(responses, has(choice, 7)),
        _ => lookup(filter, responses),
    };
    assert_eq!(play(), play());
}

fn server() -> Server {
    let options = ConnectOptions {
        url: Some(URL.to_owned()),
        auth_string: Some(Secret::new(SECRET)),
        client_id: Some("11111111-1111-4111-8111-111111111111".to_owned()),
        ..ConnectOptions::default()
    };
    Server::new(&options).expect("a server")
}

/// What a server does.
enum Answer<'r> {
    Response(Response<'r>),
    Lost(&'r str),
}

fn answer(text: &[u8]) -> Answer<'_> {
    let (first, body) = choice(text);
    let of = |status, retry_after| Answer::Response(Response { status, retry_after, body });
    let text = std::str::from_utf8(body).unwrap_or("no response");
    match first {
        b'3' => of(403, None),
        b'4' => of(404, None),
        b'5' => of(503, None),
        b'9' => of(429, text.lines().next()),
        b'L' => Answer::Lost(text),
        b'0' => of(u16::from(body.first().copied().unwrap_or_default()) * 3, None),
        _ => of(200, None),
    }
}

fn with(now: Instant) -> Timing {
    Timing { now, jitter: 0.5 }
}

fn assert_request(request: &Request) -> String {
    assert!(request.url.strip_prefix(URL).is_some_and(|path| path.starts_with('/')), "{}", request.url);
    assert!(request.url.bytes().all(|byte| byte.is_ascii_graphic()), "{}", request.url);
    if let Some(body) = &request.body {
        assert!(serde_json::from_str::<Json>(body).is_ok(), "{body}");
    }
    let shown = format!("{request:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    shown
}

fn assert_wait(wait: &Wait) -> String {
    assert!(!wait.reason.is_empty());
    format!("{wait:?}")
}

fn assert_error(error: &ClientError) -> String {
    assert!(!error.message.is_empty() && !error.message.contains(SECRET), "{error:?}");
    error.message.clone()
}

/// Each event comes once: its id is new, unless a line is read otherwise by `serde_json`.
fn assert_batch(batch: &Batch, ids: &mut BTreeSet<String>) -> String {
    assert_eq!(batch.lines.lines().count(), batch.count);
    assert!(batch.lines.is_empty() || batch.lines.ends_with('\n'));
    for line in batch.lines.lines() {
        let Ok(Json::Object(event)) = serde_json::from_str::<Json>(line) else { continue };
        if let Some(id) = event.get("id").and_then(Json::as_str) {
            let plain: String = id.to_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
            assert!(plain.len() != 32 || ids.insert(plain), "{id} comes twice");
        }
    }
    batch.lines.clone()
}

fn pull(filter: &[u8], responses: &[&[u8]]) -> Vec<String> {
    let filter = serde_json::from_slice::<EventFilter>(filter).unwrap_or_default();
    let mut pull = match Pull::new(server(), &filter, NOW) {
        Ok(pull) => pull,
        Err(error) => return vec![error.to_string()],
    };
    let (mut done, mut ids, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for response in responses {
        for steps in 0.. {
            assert!(steps < MOST);
            match pull.step() {
                PullStep::Request(request) => {
                    done.push(assert_request(&request));
                    break;
                }
                PullStep::Wait(wait) => done.push(assert_wait(&wait)),
                PullStep::Events(batch) => {
                    count += batch.count as u64;
                    done.push(assert_batch(&batch, &mut ids));
                    assert_eq!(batch.progress.events, count);
                }
                PullStep::Done => {
                    assert!(pull.progress().reached > pull.progress().until);
                    return done;
                }
            }
        }
        let answered = match answer(response) {
            Answer::Response(response) => pull.respond(&response, with(NOW)),
            Answer::Lost(reason) => pull.lost(reason, with(NOW)),
        };
        if let Err(error) = answered {
            done.push(assert_error(&error));
            return done;
        }
    }
    done
}

/// What follows events: a stream alone, or a watch.
trait Follow {
    fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), String>;
    fn lost(&mut self, reason: &str, with: Timing) -> Result<(), String>;
    fn opened(&mut self);
    fn received(&mut self, frame: &str) -> Result<(), String>;
    fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), String>;
}

macro_rules! follow {
    ($kind:ty) => {
        impl Follow for $kind {
            fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), String> {
                self.respond(response, with).map_err(|error| assert_error(&error))
            }
            fn lost(&mut self, reason: &str, with: Timing) -> Result<(), String> {
                self.lost(reason, with).map_err(|error| assert_error(&error))
            }
            fn opened(&mut self) {
                self.opened();
            }
            fn received(&mut self, frame: &str) -> Result<(), String> {
                self.received(frame).map_err(|error| assert_error(&error))
            }
            fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), String> {
                self.closed(code, reason, with).map_err(|error| assert_error(&error))
            }
        }
    };
}

follow!(EventStream);
follow!(Watch);

/// What the client waits for.
enum Awaited {
    Response,
    Connection,
    Message,
}

/// Gives a follower the next response, in the way it waits for it.
fn hand(follower: &mut impl Follow, awaited: &Awaited, text: &[u8], now: Instant) -> Result<(), String> {
    let (first, rest) = choice(text);
    let words = String::from_utf8_lossy(rest);
    let code = if first == b'8' { 1008 } else { 1006 };
    match awaited {
        Awaited::Response => match answer(text) {
            Answer::Response(response) => follower.respond(&response, with(now)),
            Answer::Lost(reason) => follower.lost(reason, with(now)),
        },
        Awaited::Connection if matches!(first, b'L' | b'8') => follower.closed(code, &words, with(now)),
        Awaited::Connection => {
            follower.opened();
            Ok(())
        }
        Awaited::Message if matches!(first, b'L' | b'8') => follower.closed(code, &words, with(now)),
        // Nothing came.
        Awaited::Message if first == b'S' => Ok(()),
        Awaited::Message => follower.received(&words),
    }
}

fn stream(filter: &[u8], responses: &[&[u8]]) -> Vec<String> {
    let filter = serde_json::from_slice::<EventFilter>(filter).unwrap_or_default();
    let mut stream = match EventStream::new(server(), &filter, NOW) {
        Ok(stream) => stream,
        Err(error) => return vec![error.to_string()],
    };
    let (mut done, mut ids, mut now) = (Vec::new(), BTreeSet::new(), NOW);
    for response in responses {
        let mut steps = 0;
        let awaited = loop {
            steps += 1;
            assert!(steps < MOST);
            match stream.step(now) {
                StreamStep::Request(request) => {
                    done.push(assert_request(&request));
                    break Awaited::Response;
                }
                StreamStep::Wait(wait) => {
                    now = after(now, wait.milliseconds);
                    done.push(assert_wait(&wait));
                }
                StreamStep::Events(batch) => done.push(assert_batch(&batch, &mut ids)),
                StreamStep::Connect(url) => {
                    done.push(url);
                    break Awaited::Connection;
                }
                StreamStep::Send(text) => done.push(text),
                StreamStep::Receive(milliseconds) => {
                    now = after(now, milliseconds);
                    break Awaited::Message;
                }
            }
        };
        if let Err(error) = hand(&mut stream, &awaited, response, now) {
            done.push(error);
            return done;
        }
    }
    done
}

fn after(now: Instant, milliseconds: u64) -> Instant {
    Instant(now.0.saturating_add(i64::try_from(milliseconds).unwrap_or(i64::MAX).saturating_mul(1000)))
}

/// `resumes`: another process goes on after each response.
fn watch(responses: &[&[u8]], resumes: bool) -> Vec<String> {
    let (documents, options) = ([DocumentText::from(AUTOMATION)], WatchOptions::default());
    let mut watch = Watch::new(server(), &documents, &options, NOW).expect("a watch");
    let (mut done, mut now) = (Vec::new(), NOW);
    for response in responses {
        let mut steps = 0;
        let awaited = loop {
            steps += 1;
            assert!(steps < MOST);
            match watch.step(now) {
                Err(error) => {
                    done.push(error.to_string());
                    return done;
                }
                Ok(WatchStep::Fired(fired)) => done.push(format!("{fired:?}")),
                Ok(WatchStep::Request(request)) => {
                    done.push(assert_request(&request));
                    break Awaited::Response;
                }
                Ok(WatchStep::Wait(wait)) => {
                    now = after(now, wait.milliseconds);
                    done.push(assert_wait(&wait));
                }
                Ok(WatchStep::Connect(_)) => break Awaited::Connection,
                Ok(WatchStep::Send(text)) => done.push(text),
                Ok(WatchStep::Receive(milliseconds)) => {
                    now = after(now, milliseconds);
                    break Awaited::Message;
                }
            }
        };
        if let Err(error) = hand(&mut watch, &awaited, response, now) {
            done.push(error);
            return done;
        }
        let state = watch.save();
        let other = Watch::restore(server(), &documents, &options, &state, now).expect("its own state");
        assert_eq!(other.save(), state);
        assert_eq!(other.progress(), watch.progress());
        if resumes {
            watch = other;
        }
    }
    done
}

fn lookup(wanted: &[u8], responses: &[&[u8]]) -> Vec<String> {
    let wanted = match std::str::from_utf8(wanted) {
        Ok(name) if !name.is_empty() && name != "{}" => Wanted::Automation(name.to_owned()),
        _ => Wanted::Automations,
    };
    let (mut lookup, mut done) = (Lookup::new(server(), wanted), Vec::new());
    for response in responses {
        loop {
            match lookup.step() {
                LookupStep::Request(request) => {
                    done.push(assert_request(&request));
                    break;
                }
                LookupStep::Wait(wait) => done.push(assert_wait(&wait)),
                LookupStep::Found(text) => {
                    assert!(text.starts_with('[') && text.ends_with(']') && !text.contains('\n'));
                    done.push(text);
                    return done;
                }
            }
        }
        let answered = match answer(response) {
            Answer::Response(response) => lookup.respond(&response, with(NOW)),
            Answer::Lost(reason) => lookup.lost(reason, with(NOW)),
        };
        if let Err(error) = answered {
            done.push(assert_error(&error));
            return done;
        }
    }
    done
}
