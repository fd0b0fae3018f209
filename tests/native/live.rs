//! The automations of a live server against the events that it captured: they fire as the server recorded.

use prefect_events::simulate::{ReplayOptions, SimulationResult, replay};
use prefect_events::time::{Instant, read};
use serde_json::{Map, Value as Json};

/// The real server may be so much later: it publishes its events of firings after it has decided, and its clock for
/// Proactive triggers has another phase.
const TOLERANCE: i64 = 8_000_000;

/// How long the server works between two evaluations, beside the 5 s that it sleeps.
const WORK: i64 = 250_000;

/// Those that fired otherwise, each with how many firings only the engine has and only the server, and the reason.
const DIFFERENT: [(&str, usize, usize, &str); 4] = [
    ("star-60", 1, 3, "histories were posted in one batch each, and two consumers took their events out of order"),
    ("too-short-30", 0, 4, "the tick and a late heartbeat overlapped: the server fired twice for one window"),
    (
        "no-for-each-45",
        9,
        8,
        "the server sleeps 5 s after its work: its ticks drift, and each firing sets the next window",
    ),
    (
        "order-proactive",
        10,
        10,
        "automations that were created meanwhile made the server begin anew, and its ticks drift",
    ),
];

fn instant(value: &Json) -> Instant {
    read(value.as_str().unwrap().as_bytes()).unwrap().instant.unwrap()
}

fn play(document: &Json, events: &[Json], options: &ReplayOptions) -> SimulationResult {
    let text: String = events.iter().map(|event| event.to_string() + "\n").collect();
    let result = replay((&*document.to_string()).into(), (&*text).into(), options).unwrap();
    assert_eq!(result.errors, []);
    result
}

/// The replay leaves out what a server has forgotten when an automation is created: earlier events, and links to them.
fn since(events: &[Json], created: Instant) -> Vec<Json> {
    let is_before = |event: &&Json| instant(&event["received"]) < created;
    let before: std::collections::HashSet<&str> =
        events.iter().filter(is_before).map(|event| event["id"].as_str().unwrap()).collect();
    let mut own: Vec<Json> = events.iter().filter(|event| !is_before(event)).cloned().collect();
    for event in &mut own {
        if event["follows"].as_str().is_some_and(|leader| before.contains(leader)) {
            event["follows"] = Json::Null;
        }
    }
    own
}

/// Firings with their labels, in order of time.
type Fired = Vec<(Instant, Map<String, Json>)>;

fn only(some: &Fired, others: &Fired) -> Fired {
    let mut left = others.clone();
    let is_alone = |(at, labels): &&(Instant, Map<String, Json>)| {
        let near = |(other, own): &(Instant, Map<String, Json>)| own == labels && at.since(*other).abs() <= TOLERANCE;
        match left.iter().position(near) {
            Some(place) => {
                left.remove(place);
                false
            }
            None => true,
        }
    };
    some.iter().filter(is_alone).cloned().collect()
}

#[test]
fn the_automations_of_a_live_server_fire_as_it_recorded() {
    let mut events = Vec::new();
    super::cases::each_row("live/captured.ndjson.gz", |row| {
        events.push(serde_json::from_slice::<Json>(row.raw()).unwrap());
    });
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".json", ""))
        .collect();
    names.sort();
    let mut found = Vec::new();
    let (mut compared, mut within) = (0, 0);
    for name in &names {
        let document = super::cases::read(&format!("live/automations/{name}.json"));
        let document: Json = serde_json::from_slice(&document).unwrap();
        let created = instant(&document["created"]);
        let id = format!("prefect.automation.{}", document["id"].as_str().unwrap());
        let recorded: Fired = events
            .iter()
            .filter(|event| event["event"] == "prefect.automation.triggered")
            .filter(|event| event["resource"]["prefect.resource.id"] == *id)
            .map(|event| {
                let labels = event["payload"]["triggering_labels"].as_object().cloned().unwrap_or_default();
                (instant(&event["occurred"]), labels)
            })
            .collect();
        // The capture has no information after the last event, not even about firings.
        let last = events.iter().map(|event| instant(&event["received"])).max().unwrap();
        let options = ReplayOptions { start: Some(created), ..ReplayOptions::default() };
        let firings = play(&document, &since(&events, created), &options).firings;
        let known = || firings.iter().filter(|firing| firing.at <= last);
        let ours: Fired = known()
            .map(|firing| {
                let labels = firing.labels.iter().map(|(name, value)| (name.to_string(), Json::from(&**value)));
                (firing.at, labels.collect())
            })
            .collect();
        compared += recorded.len();
        for (place, firing) in known().enumerate() {
            let Some(span) = firing.span else { continue };
            // Where each firing sets the next window, both sides have as many, one after the other.
            let (_, labels) = &ours[place];
            let near =
                |(at, own): &&(Instant, Map<String, Json>)| own == labels && at.since(firing.at).abs() <= TOLERANCE;
            let real = if name == "no-for-each-45" { recorded.get(place) } else { recorded.iter().find(near) };
            let is_known = name == "no-for-each-45" || DIFFERENT.iter().all(|(other, ..)| other != name);
            if let Some((real, _)) = real.filter(|_| is_known) {
                let latest = Instant(span.latest.0 + WORK);
                assert!(span.earliest <= *real && *real <= latest, "{name} {place}: {span:?} {real:?}");
                within += 1;
            }
        }
        let (here, there) = (only(&ours, &recorded), only(&recorded, &ours));
        if !here.is_empty() || !there.is_empty() {
            found.push((&**name, here.len(), there.len()));
        }
    }
    assert_eq!((names.len(), compared, within), (17, 268, 29));
    let mut expected: Vec<_> = DIFFERENT.iter().map(|(name, here, there, _)| (*name, *here, *there)).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}
