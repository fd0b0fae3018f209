//! The client of servers, against a server in memory that pages like Prefect's, and against its faults.

use std::collections::BTreeMap;

use prefect_events::client::{
    Batch, ClientError, ClientErrorCode, ConnectOptions, EventFilter, Lookup, LookupStep, Pull, PullStep, Request,
    Response, Secret, Server, ServerTask, SettingsError, SettingsSources, Timing, Wanted, When, profiles_path,
    server_settings,
};
use prefect_events::command::watch;
use prefect_events::diagnostic::TextOptions;
use prefect_events::render::RenderOptions;
use prefect_events::simulate::DocumentText;
use prefect_events::time::{Instant, read};
use prefect_events::validate::{ValidateOptions, validate};
use prefect_events::watch::WatchOptions;
use serde_json::{Value, json};

pub(super) const NOW: &str = "2026-03-08T12:00:00Z";

pub(super) fn at(text: &str) -> Instant {
    read(text.as_bytes()).unwrap().instant.unwrap()
}

pub(super) fn server() -> Server {
    let options = ConnectOptions {
        url: Some("http://127.0.0.1:4200/api/".into()),
        auth_string: Some(Secret::new("admin:s3cret")),
        client_id: Some("11111111-1111-4111-8111-111111111111".into()),
        ..ConnectOptions::default()
    };
    Server::new(&options).unwrap()
}

pub(super) fn event(number: usize, occurred: Instant, name: &str) -> Value {
    json!({
        "occurred": occurred.rfc3339(),
        "event": name,
        "resource": {"prefect.resource.id": format!("acme.{}", number % 7)},
        "related": [], "payload": {},
        "id": format!("00000000-0000-4000-8000-{number:012x}"),
        "follows": null,
        "received": occurred.rfc3339(),
    })
}

/// Answers like the server: sorted by `occurred` alone, paged by offset.
#[derive(Default)]
struct Fake {
    events: Vec<Value>,
    requests: Vec<Request>,
    deepest: usize,
    /// Called before each response with the number of the request, from 1; can change the events, or answer.
    #[allow(clippy::type_complexity)]
    fault: Option<Box<dyn FnMut(usize, &Request, &mut Vec<Value>) -> Option<Fault>>>,
}

enum Fault {
    Status(u16, Option<&'static str>, &'static str),
    Cut,
    /// The page before again.
    Twice,
    Lost,
}

impl Fake {
    fn of(events: Vec<Value>) -> Fake {
        Fake { events, ..Fake::default() }
    }

    fn selected(&self, filter: &Value) -> Vec<&Value> {
        // All times have the same form, so their texts sort like the times.
        fn time(value: &Value) -> &str {
            value.as_str().unwrap()
        }
        let (since, until) = (time(&filter["occurred"]["since"]), time(&filter["occurred"]["until"]));
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let (names, prefixes) = (texts(&filter["event"]["name"]), texts(&filter["event"]["prefix"]));
        let (ids, resources) = (texts(&filter["id"]["id"]), texts(&filter["any_resource"]["id"]));
        let mut all: Vec<&Value> = self
            .events
            .iter()
            .filter(|event| {
                let occurred = time(&event["occurred"]);
                let name = event["event"].as_str().unwrap();
                since <= occurred
                    && occurred <= until
                    && (names.is_empty() || names.iter().any(|one| one == name))
                    && (prefixes.is_empty() || prefixes.iter().any(|prefix| name.starts_with(&**prefix)))
                    && (ids.is_empty() || ids.iter().any(|id| event["id"] == **id))
                    && (resources.is_empty()
                        || resources.iter().any(|id| event["resource"]["prefect.resource.id"] == **id))
            })
            .collect();
        all.sort_by(|a, b| time(&a["occurred"]).cmp(time(&b["occurred"])));
        all
    }

    fn answer(&mut self, request: &Request) -> Result<(u16, Option<&'static str>, Vec<u8>), &'static str> {
        self.requests.push(request.clone());
        let number = self.requests.len();
        let mut fault = self.fault.take();
        let happens = fault.as_mut().and_then(|fault| fault(number, request, &mut self.events));
        self.fault = fault;
        match happens {
            Some(Fault::Status(status, retry_after, body)) => return Ok((status, retry_after, body.into())),
            Some(Fault::Lost) => return Err("connect ECONNREFUSED"),
            _ => {}
        }
        let path = request.url.strip_prefix("http://127.0.0.1:4200/api").expect("one's own address");
        let (filter, mut offset, total) = match path.strip_prefix("/events/filter/next?page-token=") {
            Some(token) => {
                let mut parts = token.split('.');
                let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
                let (first, offset, total) = (number(), number(), number());
                let body: Value = serde_json::from_str(self.requests[first].body.as_ref().unwrap()).unwrap();
                (body["filter"].clone(), offset, Some((total, first)))
            }
            None if path == "/events/filter" => {
                let body: Value = serde_json::from_str(request.body.as_ref().unwrap()).unwrap();
                assert_eq!((&body["limit"], &body["filter"]["order"]), (&json!(50), &json!("ASC")));
                (body["filter"].clone(), 0, None)
            }
            None => return Ok((404, None, b"{}".to_vec())),
        };
        if matches!(happens, Some(Fault::Twice)) {
            offset -= 50;
        }
        self.deepest = self.deepest.max(offset);
        let all = self.selected(&filter);
        // Only the first page counts.
        let (total, first) = total.unwrap_or((all.len(), number - 1));
        let page: Vec<&Value> = all.into_iter().skip(offset).take(50).collect();
        let next = (offset + 50 < total)
            .then(|| format!("http://internal:8080/api/events/filter/next?page-token={first}.{}.{total}", offset + 50));
        let body = json!({"events": page, "total": total, "next_page": next}).to_string().into_bytes();
        let half = body.len() / 2;
        Ok((200, None, if matches!(happens, Some(Fault::Cut)) { body[..half].to_vec() } else { body }))
    }
}

struct Pulled {
    batches: Vec<Batch>,
    waits: Vec<(u64, String)>,
    result: Result<(), ClientError>,
}

impl Pulled {
    fn ids(&self) -> Vec<String> {
        let lines = self.batches.iter().flat_map(|batch| batch.lines.lines());
        lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn run(fake: &mut Fake, pull: &mut Pull) -> Pulled {
    let mut pulled = Pulled { batches: Vec::new(), waits: Vec::new(), result: Ok(()) };
    let with = Timing { now: at(NOW), jitter: 0.5 };
    for _ in 0..100_000 {
        match pull.step() {
            PullStep::Done => return pulled,
            PullStep::Events(batch) => pulled.batches.push(batch),
            PullStep::Wait(wait) => pulled.waits.push((wait.milliseconds, wait.reason)),
            PullStep::Request(request) => {
                let done = match fake.answer(&request) {
                    Ok((status, retry_after, body)) => {
                        pull.respond(&Response { status, retry_after, body: &body }, with)
                    }
                    Err(reason) => pull.lost(reason, with),
                };
                if done.is_err() {
                    pulled.result = done;
                    return pulled;
                }
            }
        }
    }
    panic!("it does not end");
}

fn pull(fake: &mut Fake, filter: &EventFilter) -> Pulled {
    run(fake, &mut Pull::new(server(), filter, at(NOW)).unwrap())
}

/// Events every few seconds of the last two days, with bursts and a silent day.
fn history() -> Vec<Value> {
    let start = at("2026-03-05T12:00:00Z").0;
    let mut all = Vec::new();
    for number in 0..6000_usize {
        let second = i64::try_from(number).unwrap();
        let day = if second % 3 == 0 { 0 } else { 2 * 86_400 };
        let occurred = start + (day + second * 7) * 1_000_000 + second % 997;
        let name = if number % 5 == 0 { "prefect.flow-run.Running" } else { "acme.noise" };
        all.push(event(number, Instant(occurred), name));
    }
    all
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[test]
fn all_events_come_once_in_order_and_with_shallow_pages() {
    let mut fake = Fake::of(history());
    let pulled = pull(&mut fake, &EventFilter::default());
    assert_eq!(pulled.result, Ok(()));
    let ids = pulled.ids();
    assert_eq!(ids.len(), 6000);
    assert_eq!(sorted(ids.clone()), sorted(fake.events.iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()));
    let mut times: Vec<(String, String)> = Vec::new();
    for line in pulled.batches.iter().flat_map(|batch| batch.lines.lines()) {
        let event: Value = serde_json::from_str(line).unwrap();
        times.push((event["occurred"].to_string(), line.to_owned()));
    }
    assert!(times.is_sorted_by_key(|(time, _)| time.clone()));
    assert!(fake.deepest < 4000, "{}", fake.deepest);
    // 120 pages, and few more for the slices.
    assert!(fake.requests.len() < 160, "{}", fake.requests.len());
    let last = &pulled.batches.last().unwrap().progress;
    assert_eq!((last.events, last.lacking, last.until, last.reached.0), (6000, 0, at(NOW), at(NOW).0 + 1));
}

/// The text of an event that is nested more deeply than is read, with brackets and quotes in strings and a line break.
fn deep_event(number: usize, occurred: Instant) -> String {
    let (open, close) = ("[".repeat(950), "]".repeat(950));
    let payload = format!("{{\"a ]}}\\\"[{{\": {open}\"]\\\\\",\n{{\"}}\": []}}{close}}}");
    event(number, occurred, "acme.deep").to_string().replace(r#""payload":{}"#, &format!(r#""payload":{payload}"#))
}

fn page_of(events: &[String]) -> String {
    format!(r#"{{"events": [{}], "total": {}, "next_page": null}}"#, events.join(","), events.len())
}

#[test]
fn an_event_that_is_nested_too_deeply_comes_as_the_server_wrote_it() {
    let start = at("2026-03-08T11:00:00Z");
    let of = |number: i64| Instant(start.0 + number);
    let shallow = |number: usize| event(number, of(number as i64), "acme.backup").to_string();
    let events = [shallow(0), deep_event(1, of(1)), shallow(2), deep_event(3, of(3)), shallow(4)];
    let body = page_of(&events);
    let filter = EventFilter { since: Some(When::At(start)), ..EventFilter::default() };
    let with = Timing { now: at(NOW), jitter: 0.5 };
    let mut pull = Pull::new(server(), &filter, at(NOW)).unwrap();
    let mut lines = String::new();
    let mut requests = 0;
    loop {
        match pull.step() {
            PullStep::Done => break,
            PullStep::Wait(wait) => panic!("{}", wait.reason),
            PullStep::Events(batch) => lines += &batch.lines,
            PullStep::Request(_) => {
                requests += 1;
                let body = if requests == 1 { body.clone() } else { page_of(&[]) };
                pull.respond(&Response { status: 200, retry_after: None, body: body.as_bytes() }, with).unwrap();
            }
        }
    }
    let expected: String = events.iter().map(|event| event.replace('\n', " ") + "\n").collect();
    assert_eq!((pull.progress().events, &lines), (5, &expected));
    // The check of the events reports them.
    let report = validate(lines.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    let found: Vec<_> = report.diagnostics.iter().map(|found| (found.index, found.code)).collect();
    assert_eq!(found, [(Some(1), "syntax-too-deep"), (Some(3), "syntax-too-deep")]);

    // A capture with such an event is continued.
    let resumed = EventFilter { resume: Some(expected), ..EventFilter::default() };
    assert_eq!(Pull::new(server(), &resumed, at(NOW)).unwrap().progress().since, of(4));

    // What is cut is asked for again, wherever it is cut.
    for end in (1..body.len()).step_by(997) {
        let mut pull = Pull::new(server(), &filter, at(NOW)).unwrap();
        assert!(matches!(pull.step(), PullStep::Request(_)));
        let cut = &body.as_bytes()[..end];
        pull.respond(&Response { status: 200, retry_after: None, body: cut }, with).unwrap();
        assert!(matches!(pull.step(), PullStep::Wait(wait) if wait.reason == "the response was cut"), "{end}");
    }
}

#[test]
fn events_of_one_instant_come_all() {
    let instant = at("2026-03-08T11:00:00Z");
    let mut all: Vec<Value> = (0..7000).map(|number| event(number, instant, "acme.burst")).collect();
    all.push(event(7000, Instant(instant.0 + 1), "acme.after"));
    let mut fake = Fake::of(all);
    let pulled = pull(&mut fake, &EventFilter { since: Some(When::Ago(7_200_000_000)), ..EventFilter::default() });
    assert_eq!(pulled.ids().len(), 7001);
}

#[test]
fn a_page_that_comes_twice_and_events_that_are_stored_or_deleted_meanwhile_lose_nothing() {
    for kind in ["twice", "stored", "deleted"] {
        let mut fake = Fake::of(history());
        fake.fault = Some(Box::new(move |number, request, events| {
            let is_next = request.url.contains("page-token");
            match kind {
                "twice" if number % 7 == 0 && is_next => return Some(Fault::Twice),
                // The server stores an event that occurred before those that were read.
                "stored" if number % 9 == 0 => {
                    let first = at(events[0]["occurred"].as_str().unwrap());
                    events.push(event(10_000 + number, Instant(first.0 + 1), "acme.late"));
                }
                // Retention: the oldest events go.
                "deleted" if number == 8 => {
                    events.sort_by_key(|event| event["occurred"].to_string());
                    events.drain(..60);
                }
                _ => {}
            }
            None
        }));
        let pulled = pull(&mut fake, &EventFilter::default());
        assert_eq!(pulled.result, Ok(()), "{kind}");
        let ids = pulled.ids();
        let unique = sorted(ids.clone()).windows(2).all(|pair| pair[0] != pair[1]);
        assert!(unique, "{kind}");
        let history = |id: &&String| !id.contains("-000000002") || kind != "stored";
        // Without the deleted ones, each event that was there all the time.
        for one in &fake.events {
            let id = one["id"].as_str().unwrap().to_owned();
            if one["event"] != "acme.late" {
                assert!(ids.iter().filter(history).any(|known| *known == id), "{kind}: {id} is missing");
            }
        }
        assert_eq!(pulled.batches.last().unwrap().progress.lacking, 0, "{kind}");
    }
}

#[test]
fn a_cut_page_and_failures_of_the_server_are_asked_again_after_a_pause() {
    let mut fake = Fake::of(history());
    fake.fault = Some(Box::new(|number, _, _| match number {
        2 => Some(Fault::Cut),
        4 => Some(Fault::Status(429, Some("7"), "{}")),
        6 => Some(Fault::Status(503, None, "<html>")),
        7 => Some(Fault::Lost),
        8 => Some(Fault::Status(503, Some("Sun, 08 Mar 2026 12:00:30 GMT"), "")),
        _ => None,
    }));
    let pulled = pull(&mut fake, &EventFilter::default());
    assert_eq!((pulled.result.clone(), pulled.ids().len()), (Ok(()), 6000));
    let waits: Vec<(u64, &str)> = pulled.waits.iter().map(|(wait, why)| (*wait, &**why)).collect();
    assert_eq!(
        waits,
        [
            (1125, "the response was cut"),
            (7875, "the server asks to wait (status 429)"),
            (1125, "the server fails (status 503)"),
            (2250, "no response (connect ECONNREFUSED)"),
            (33_750, "the server fails (status 503)"),
        ]
    );
}

#[test]
fn final_failures_end_with_a_sentence_without_secrets() {
    for (fault, from, code, sentence) in [
        ("401", 1, ClientErrorCode::Unauthorized, "rejects the credentials (status 401)"),
        ("403", 1, ClientErrorCode::Unauthorized, "denies access (status 403)"),
        ("404", 1, ClientErrorCode::NotPrefect, "there is no Prefect API at http://127.0.0.1:4200/api (status 404)"),
        ("422", 1, ClientErrorCode::Rejected, "(status 422): {\"loc\": 1}"),
        ("html", 1, ClientErrorCode::NotPrefect, "it is a web page"),
        ("gone", 1, ClientErrorCode::Unreachable, "cannot be reached: connect ECONNREFUSED"),
        ("gone", 3, ClientErrorCode::Unreachable, "does not respond: no response (connect ECONNREFUSED), after 8"),
        ("500", 1, ClientErrorCode::Unreachable, "does not respond: the server fails (status 500), after 8"),
    ] {
        let mut fake = Fake::of(history());
        fake.fault = Some(Box::new(move |number, _, _| {
            (number >= from).then(|| match fault {
                "html" => Fault::Status(200, None, "<!doctype html>"),
                "gone" => Fault::Lost,
                "422" => Fault::Status(422, None, r#"{"detail": {"loc": 1}}"#),
                status => Fault::Status(status.parse().unwrap(), None, r#"{"exception_message":"Unauthorized"}"#),
            })
        }));
        let error = pull(&mut fake, &EventFilter::default()).result.unwrap_err();
        assert_eq!(error.code, code, "{fault}: {error}");
        assert!(error.message.contains(sentence), "{fault}: {error}");
        assert!(!format!("{error} {error:?} {:?}", fake.requests).contains("s3cret"));
    }
    // Base64 of `admin:s3cret`.
    let mut fake = Fake::of(Vec::new());
    pull(&mut fake, &EventFilter::default());
    assert!(fake.requests[0].headers.contains(&("Authorization", "Basic YWRtaW46czNjcmV0".to_owned())));
    assert!(!format!("{:?} {:?}", fake.requests, server()).contains("YWRtaW46"));
}

#[test]
fn csrf_tokens_are_fetched_where_the_server_wants_them_and_again_after_they_expire() {
    let mut fake = Fake::of(history());
    fake.fault = Some(Box::new(move |number, request, _| {
        if request.url.contains("/csrf-token?client=11111111-1111-4111-8111-111111111111") {
            let token = if number < 10 { r#"{"token": "first"}"# } else { r#"{"token": "second"}"# };
            return Some(Fault::Status(200, None, token));
        }
        let token = request.headers.iter().find(|(name, _)| *name == "Prefect-Csrf-Token").map(|(_, token)| &**token);
        match (request.method, token) {
            ("GET", _) => None,
            (_, None) => Some(Fault::Status(403, None, r#"{"detail":"Missing CSRF token."}"#)),
            (_, Some("first")) if number > 20 => {
                Some(Fault::Status(403, None, r#"{"detail":"Invalid CSRF token or client identifier."}"#))
            }
            _ => None,
        }
    }));
    let pulled = pull(&mut fake, &EventFilter::default());
    assert_eq!((pulled.result.clone(), pulled.ids().len()), (Ok(()), 6000));
    assert_eq!(fake.requests.iter().filter(|request| request.url.contains("csrf")).count(), 2);

    // A browser only sees that no response came.
    let mut fake = Fake::of(history());
    fake.fault = Some(Box::new(|_, request, _| {
        let has_token = request.headers.iter().any(|(name, _)| *name == "Prefect-Csrf-Token");
        match request.method {
            "GET" if request.url.contains("csrf") => Some(Fault::Status(200, None, r#"{"token": "first"}"#)),
            "GET" => None,
            _ if has_token => None,
            _ => Some(Fault::Lost),
        }
    }));
    let pulled = pull(&mut fake, &EventFilter::default());
    assert_eq!((pulled.result.clone(), pulled.ids().len()), (Ok(()), 6000));
    // Not a matter of tokens: the first failure counts.
    let mut fake = Fake::of(history());
    fake.fault = Some(Box::new(|_, request, _| match request.method {
        "GET" => Some(Fault::Status(422, None, r#"{"detail": "CSRF protection is disabled."}"#)),
        _ => Some(Fault::Lost),
    }));
    let error = pull(&mut fake, &EventFilter::default()).result.unwrap_err();
    assert_eq!((error.code, fake.requests.len()), (ClientErrorCode::Unreachable, 2));
    assert!(error.message.contains("cannot be reached: connect ECONNREFUSED"), "{error}");

    let mut fake = Fake::of(Vec::new());
    fake.fault = Some(Box::new(|_, request, _| {
        let is_token = request.url.contains("csrf");
        let text = if is_token { r#"{"token": "x"}"# } else { r#"{"detail":"Invalid CSRF token."}"# };
        Some(Fault::Status(if is_token { 200 } else { 403 }, None, text))
    }));
    let error = pull(&mut fake, &EventFilter::default()).result.unwrap_err();
    assert_eq!(error.code, ClientErrorCode::Unauthorized);
}

#[test]
fn a_pull_continues_after_an_earlier_capture_even_if_its_last_slice_is_incomplete() {
    let mut fake = Fake::of(history());
    let all: Vec<String> = pull(&mut fake, &EventFilter::default())
        .batches
        .iter()
        .flat_map(|batch| batch.lines.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for kept in [0, 1, 49, 1234, 5999, 6000] {
        let filter = EventFilter { resume: Some(all[..kept].join("\n")), ..EventFilter::default() };
        let rest = pull(&mut fake, &filter);
        assert_eq!(rest.ids().len(), 6000 - kept, "after {kept}");
    }
}

#[test]
fn an_automation_selects_its_names_and_the_events_that_these_follow() {
    let start = at("2026-03-08T10:00:00Z");
    let later = |seconds: i64| Instant(start.0 + seconds * 1_000_000);
    let mut all = vec![
        event(1, later(0), "prefect.deployment.ready"),
        event(2, later(1), "acme.middle"),
        event(3, later(2), "prefect.flow-run.Running"),
        event(4, later(3), "acme.noise"),
        event(5, later(4), "prefect.automation.triggered"),
        event(6, later(-86_400), "prefect.flow-run.Pending"),
        event(7, later(5), "prefect.flow-run.Completed"),
    ];
    let id = |number: usize| format!("00000000-0000-4000-8000-{number:012x}");
    all[1]["follows"] = json!(id(1));
    all[2]["follows"] = json!(id(2));
    all[6]["follows"] = json!(id(6));
    let mut fake = Fake::of(all);
    let automation = "name: a\ntrigger: {type: event, posture: Reactive, expect: [prefect.flow-run.*], threshold: 1, \
                      within: 0}\nactions: [{type: do-nothing}]\n";
    let filter = EventFilter {
        since: Some(When::At(later(-60))),
        automation: Some(automation.into()),
        ..EventFilter::default()
    };
    let mut client = Pull::new(server(), &filter, at(NOW)).unwrap();
    let limits = client.progress().limits.clone().unwrap();
    assert!(limits.starts_with("only events named `prefect.automation.*` and `prefect.flow-run.*`, and"), "{limits}");
    let pulled = run(&mut fake, &mut client);
    assert_eq!(pulled.ids(), [6, 1, 2, 3, 5, 7].map(id));

    // A trigger without `expect` waits for any event.
    let any = automation.replace("expect: [prefect.flow-run.*], ", "");
    let filter = EventFilter { automation: Some(any), ..filter };
    let client = Pull::new(server(), &filter, at(NOW)).unwrap();
    assert_eq!(client.progress().limits, None);
}

#[test]
fn names_prefixes_and_resources_select_events() {
    let mut fake = Fake::of(history());
    let strings = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let filter = |names: &[&str], prefixes: &[&str], resources: &[&str]| EventFilter {
        names: strings(names),
        prefixes: strings(prefixes),
        resources: strings(resources),
        ..EventFilter::default()
    };
    assert_eq!(pull(&mut fake, &filter(&["acme.noise"], &[], &[])).ids().len(), 4800);
    assert_eq!(pull(&mut fake, &filter(&["acme"], &["prefect."], &[])).ids().len(), 1200);
    assert_eq!(pull(&mut fake, &filter(&[], &[], &["acme.3"])).ids().len(), 857);
    assert_eq!(pull(&mut fake, &filter(&["acme.noise"], &["prefect."], &["acme.3", "acme.4"])).ids().len(), 1714);
}

#[test]
fn runs_are_found_by_name_or_id() {
    let id = "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11";
    let mut own = event(1, at("2026-03-08T10:00:00Z"), "prefect.flow-run.Running");
    own["resource"]["prefect.resource.id"] = json!(format!("prefect.flow-run.{id}"));
    let mut fake = Fake::of(vec![own, event(2, at("2026-03-08T10:00:00Z"), "acme.noise")]);
    fake.fault = Some(Box::new(|_, request, _| {
        request.url.ends_with("/flow_runs/filter").then(|| {
            assert!(request.body.as_ref().unwrap().contains("brave-otter"));
            Fault::Status(200, None, r#"[{"id": "3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11", "name": "brave-otter"}]"#)
        })
    }));
    for run in ["brave-otter", id, &format!("prefect.flow-run.{id}")] {
        let filter = EventFilter { runs: vec![run.to_owned()], ..EventFilter::default() };
        assert_eq!(pull(&mut fake, &filter).ids().len(), 1, "{run}");
    }
    let runs = vec!["brave-otter".to_owned(), "nobody".to_owned()];
    let error = pull(&mut fake, &EventFilter { runs, ..EventFilter::default() }).result.unwrap_err();
    assert_eq!(error.message, "http://127.0.0.1:4200/api has no flow run `nobody`");
}

#[test]
fn automations_are_looked_up() {
    let all: Vec<Value> = (0..201).map(|n| json!({"id": n, "name": format!("a{n}"), "trigger": {}})).collect();
    let ask = |wanted| {
        let mut lookup = Lookup::new(server(), wanted);
        let with = Timing { now: at(NOW), jitter: 0.0 };
        for _ in 0..10 {
            match lookup.step() {
                LookupStep::Found(text) => {
                    return Ok::<_, ClientError>(serde_json::from_str::<Vec<Value>>(&text).unwrap());
                }
                LookupStep::Wait(_) => panic!(),
                LookupStep::Request(request) => {
                    let body: Value = request.body.map_or(Value::Null, |body| serde_json::from_str(&body).unwrap());
                    let offset = usize::try_from(body["offset"].as_u64().unwrap_or(0)).unwrap();
                    let name = body["automations"]["name"]["any_"][0].as_str();
                    let found: Vec<&Value> =
                        all.iter().filter(|one| name.is_none_or(|name| one["name"] == *name)).skip(offset).collect();
                    let page = json!(found.into_iter().take(200).collect::<Vec<_>>());
                    let (status, page) = match request.method {
                        "POST" => (200, page),
                        _ if request.url.ends_with("4e11") => (200, all[3].clone()),
                        _ => (404, json!({"detail": "Automation not found"})),
                    };
                    let body = page.to_string().into_bytes();
                    lookup.respond(&Response { status, retry_after: None, body: &body }, with)?;
                }
            }
        }
        panic!("it does not end")
    };
    assert_eq!(ask(Wanted::Automations).unwrap().len(), 201);
    assert_eq!(ask(Wanted::Automation("a7".into())).unwrap()[0]["id"], 7);
    assert_eq!(ask(Wanted::Automation("3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11".into())).unwrap()[0]["id"], 3);
    let missing = |wanted: &str| ask(Wanted::Automation(wanted.into())).unwrap_err().message;
    assert_eq!(missing("b"), "http://127.0.0.1:4200/api has no automation `b`");
    let id = "00000000-77b4-4e0b-9c1d-2a6f0b9d0000";
    assert_eq!(missing(id), format!("http://127.0.0.1:4200/api has no automation `{id}`"));
}

/// The steps of a task until it neither sends a request, which `respond` answers, nor hands over events.
fn steps_of(mut task: ServerTask, respond: impl Fn(&Value) -> (u16, Value)) -> Vec<Value> {
    let with = Timing { now: at(NOW), jitter: 0.0 };
    let mut steps = Vec::new();
    loop {
        let step = serde_json::to_value(task.step(with.now)).unwrap();
        steps.push(step.clone());
        match step["kind"].as_str() {
            Some("events") => continue,
            Some("request") => {}
            _ => return steps,
        }
        let (status, body) = respond(&step);
        let body = body.to_string().into_bytes();
        task.respond(&Response { status, retry_after: None, body: &body }, None, with);
    }
}

#[test]
fn whatever_a_task_reads_its_steps_have_one_form_and_a_failure_is_the_next() {
    let none = |_: &Value| (200, json!({"events": [], "total": 0, "next_page": null}));
    let filter = EventFilter::default();
    let pull = || ServerTask::pull(server(), &filter, at(NOW)).unwrap();
    let done = steps_of(pull(), none);
    assert_eq!((&done[0]["method"], done.last()), (&json!("POST"), Some(&json!({"kind": "done"}))));
    let denied = steps_of(pull(), |_| (401, json!({})));
    assert_eq!((&denied[1]["kind"], &denied[1]["code"]), (&json!("failed"), &json!("unauthorized")));
    assert!(denied[1]["message"].as_str().unwrap().contains("rejects the credentials"));

    let found = steps_of(ServerTask::automations(server(), None), |_| (200, json!([{"id": 1}])));
    assert_eq!(found.last(), Some(&json!({"kind": "found", "text": "[{\"id\":1}]"})));

    let stream = steps_of(ServerTask::stream(server(), &filter, at(NOW)).unwrap(), none);
    assert_eq!(stream.last(), Some(&json!({"kind": "connect", "url": "ws://127.0.0.1:4200/api/events/out"})));
    let mut task = ServerTask::stream(server(), &filter, at(NOW)).unwrap();
    task.closed(1008, "", Timing { now: at(NOW), jitter: 0.0 });
    let failed = serde_json::to_value(task.step(at(NOW))).unwrap();
    assert_eq!((&failed["kind"], &failed["code"]), (&json!("failed"), &json!("unauthorized")));
    assert_eq!(serde_json::to_value(task.step(at(NOW))).unwrap()["kind"], "request", "it fails once");
    assert_eq!((task.save(), task.progress()), (None, None), "no watch");
}

#[test]
fn a_watch_that_does_not_begin_names_the_file_that_causes_it() {
    let begin = |texts: [&'static str; 2], state: Option<&[u8]>| {
        let documents: Vec<_> = ["a.yaml", "b.yaml"].into_iter().zip(texts.map(DocumentText::from)).collect();
        let (settings, how) = (WatchOptions::default(), RenderOptions::default());
        watch(server(), &documents, &settings, state.map(|state| ("w.state", state)), how, at(NOW))
            .map_err(|error| error.to_string())
    };
    let right = "trigger: {posture: Reactive, expect: [acme.backup.failed], threshold: 1, within: 0}";
    let mut task = begin([right, right], None).unwrap();
    assert_eq!(serde_json::to_value(task.step(at(NOW))).unwrap()["kind"], "request");
    let state = task.save().unwrap();
    let (progress, missed) = task.progress().unwrap();
    assert!(progress.starts_with("0 firings, 0 events up to ") && missed == 0, "{progress}");
    assert!(begin([right, right], Some(&state)).is_ok());
    let error = |texts, state| begin(texts, state).err().unwrap();
    let unread = error([right, "trigger: {"], None);
    assert!(unread.starts_with("b.yaml: the automations cannot be read: "), "{unread}");
    let damaged = error([right, right], Some(b"something else"));
    assert!(damaged.starts_with("w.state is not the state of a watch: "), "{damaged}");
}

#[test]
fn addresses_are_normal_and_a_password_in_one_counts_as_basic_authentication() {
    let header = |url: &str| {
        let options = ConnectOptions { url: Some(url.into()), ..ConnectOptions::default() };
        let server = Server::new(&options).ok()?;
        let text = server.url().to_owned();
        let mut pull = Pull::new(server, &EventFilter::default(), at(NOW)).unwrap();
        let PullStep::Request(request) = pull.step() else { panic!() };
        let value = request.headers.into_iter().find(|(name, _)| *name == "Authorization").map(|(_, value)| value);
        Some((text, value))
    };
    assert_eq!(header("HTTPS://a.example//api/?x#y"), Some(("https://a.example//api".into(), None)));
    let basic = Some("Basic YWRhOnB3QA==".to_owned());
    assert_eq!(header(" http://ada:pw%40@a:1/x/api/ "), Some(("http://a:1/x/api".into(), basic)));
    for wrong in ["", "a.example/api", "ftp://a/api", "http:///api", "http://a b/"] {
        assert_eq!(header(wrong), None, "{wrong}");
    }
}

fn sources(environment: &[(&str, &str)], files: &[(&str, &str)]) -> SettingsSources {
    let file = |name| files.iter().find(|(file, _)| *file == name).map(|(_, text)| Secret::new(*text));
    SettingsSources {
        environment: environment
            .iter()
            .map(|(key, text)| ((*key).into(), Secret::new(*text)))
            .collect::<BTreeMap<_, _>>(),
        dot_env: file(".env"),
        prefect_toml: file("prefect.toml"),
        pyproject_toml: file("pyproject.toml"),
        profiles: file("profiles.toml"),
        profile: None,
    }
}

const PROFILES: &str = "active = \"work\"\n[profiles.work]\nPREFECT_API_URL = \"http://profile/api\"\n\
                        PREFECT_API_KEY = \"pnu_1\"\n[profiles.ephemeral]\nPREFECT_SERVER_EPHEMERAL_ENABLED = \"true\"\n\
                        [profiles.other]\nPREFECT_API_URL = \"http://other/api\"\n";

#[test]
fn settings_come_from_the_first_source_that_has_them() {
    let all = [
        (".env", "PREFECT_API_URL=http://dotenv/api\n"),
        ("prefect.toml", "[api]\nurl = \"http://prefect-toml/api\"\n"),
        ("pyproject.toml", "[tool.prefect.api]\nurl = \"http://pyproject/api\"\n"),
        ("profiles.toml", PROFILES),
    ];
    let url = |environment: &[(&str, &str)], from: usize| {
        server_settings(&sources(environment, &all[from..])).map(|settings| settings.url)
    };
    assert_eq!(url(&[("PREFECT_API_URL", "http://env/api")], 0).unwrap(), "http://env/api");
    assert_eq!(url(&[("prefect_api_url", "http://lower/api")], 0).unwrap(), "http://lower/api");
    for (from, expected) in
        ["http://dotenv/api", "http://prefect-toml/api", "http://pyproject/api", "http://profile/api"]
            .iter()
            .enumerate()
    {
        assert_eq!(url(&[], from).unwrap(), *expected);
    }
    assert_eq!(url(&[("PREFECT_PROFILE", "other")], 3).unwrap(), "http://other/api");
    let by_option =
        SettingsSources { profile: Some("other".into()), ..sources(&[("PREFECT_PROFILE", "work")], &all[3..]) };
    assert_eq!(server_settings(&by_option).unwrap().url, "http://other/api");
}

#[test]
fn settings_without_a_server_end_with_a_sentence() {
    let sentence = |sources: &SettingsSources| server_settings(sources).unwrap_err().to_string();
    assert_eq!(
        sentence(&sources(&[], &[])),
        "no server: the profile `ephemeral` starts a temporary server for each process, which keeps no events to read. \
         Set PREFECT_API_URL, such as http://127.0.0.1:4200/api"
    );
    let named =
        |name: &str| SettingsSources { profile: Some(name.into()), ..sources(&[], &[("profiles.toml", PROFILES)]) };
    assert_eq!(
        sentence(&named("ephemeral")),
        "no server: the profile `ephemeral` starts a temporary server for each process, which keeps no events to read. \
         Set PREFECT_API_URL, such as http://127.0.0.1:4200/api, or choose another profile: `other`, `work`"
    );
    assert_eq!(sentence(&named("wrok")), "there is no profile `wrok`: there are `ephemeral`, `other`, `work`");
    let hidden = sources(&[("PREFECT_API_URL", "")], &[("profiles.toml", PROFILES)]);
    assert!(matches!(server_settings(&hidden), Err(SettingsError::NoUrl { .. })));
    let broken = sources(&[], &[("profiles.toml", "active = \"a\"\n[profiles.a]\nPREFECT_API_KEY = pnu_secret\n")]);
    let text = format!("{} {:?}", sentence(&broken), broken);
    assert!(text.starts_with("profiles.toml line 3 is not TOML: "), "{text}");
    assert!(!text.contains("pnu_secret"), "{text}");
    let number = sources(&[], &[("prefect.toml", "[api]\nurl = 5\n")]);
    assert_eq!(sentence(&number), "prefect.toml: `PREFECT_API_URL` must be a string");
}

#[test]
fn the_file_with_the_profiles_is_where_prefect_looks_for_it() {
    let path = |environment: &[(&str, &str)], files: &[(&str, &str)]| {
        profiles_path(&sources(environment, files)).unwrap().unwrap_or_else(|| "home".into())
    };
    assert_eq!(path(&[], &[]), "home");
    assert_eq!(path(&[("PREFECT_HOME", "/p/")], &[]), "/p/profiles.toml");
    let env = ("PREFECT_PROFILES_PATH", "/env.toml");
    let files = [
        (".env", "PREFECT_PROFILES_PATH=/dot.toml\nPREFECT_HOME=/unused\n"),
        ("prefect.toml", "profiles_path = \"/prefect.toml\"\n"),
        ("pyproject.toml", "[tool.prefect]\nprofiles_path = \"/py.toml\"\n"),
    ];
    assert_eq!(path(&[env], &files), "/env.toml");
    assert_eq!(path(&[("PREFECT_HOME", "/p")], &files), "/dot.toml");
    assert_eq!(path(&[("PREFECT_HOME", "/p")], &files[1..]), "/prefect.toml");
    assert_eq!(path(&[("PREFECT_HOME", "/p")], &files[2..]), "/py.toml");
}
