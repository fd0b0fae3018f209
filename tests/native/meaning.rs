//! What simulations mean, against what the page derived from the same decisions before the core did
//! (`tests/cases/lanes.ndjson.gz`): its presets, runs of all kinds, and triggers of other shapes, each played as a
//! scenario and replayed as captured events.

use prefect_events::simulate::{ReplayOptions, SimulateOptions, SimulationResult, replay, simulate};
use serde_json::{Value as Json, json};

fn options(text: &Json) -> SimulateOptions {
    serde_json::from_value(text.clone()).unwrap()
}

/// Whole milliseconds: the page knew no others.
fn whole(time: &Json) -> Json {
    json!(time.as_f64().unwrap().floor() as i64)
}

fn all(times: &Json) -> Vec<Json> {
    times.as_array().unwrap().iter().map(whole).collect()
}

/// A timeline in the form in which the page had it.
fn comparable(result: &SimulationResult) -> Json {
    let json = serde_json::to_value(result).unwrap();
    let timeline = &json["timeline"];
    let or_null = |value: &Json| if value.is_null() { Json::Null } else { whole(value) };
    let lanes: Vec<Json> = timeline["lanes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lane| {
            let list = |key: &str| lane[key].as_array().unwrap().clone();
            let mut own = json!({
                "name": lane["name"],
                "run": lane["run"],
                "starts": whole(&lane["starts"]),
                "heartbeats": all(&lane["heartbeats"]),
                "missed": all(&lane["missed"]),
                "states": list("states").iter().map(|state| {
                    json!([whole(&state["at"]), state["name"], state.get("type").unwrap_or(&json!(""))])
                }).collect::<Vec<_>>(),
                "windows": list("windows").iter().map(|window| {
                    json!([whole(&window["opened"]), whole(&window["start"]), whole(&window["end"]), or_null(&window["closed"])])
                }).collect::<Vec<_>>(),
                "decisions": lane["decisions"],
                "fired": list("fired").iter().map(|fired| {
                    let outcome = match fired.get("outcome").and_then(Json::as_str) {
                        Some("finished") => "done",
                        Some(outcome) => outcome,
                        None => "unknown",
                    };
                    let child = fired.get("child").unwrap_or(&json!(false)).clone();
                    json!([fired["decision"], whole(&fired["at"]), outcome, fired["missed"], child, fired["reason"]])
                }).collect::<Vec<_>>(),
            });
            for key in ["ends", "dies"] {
                if !lane[key].is_null() {
                    own[key] = whole(&lane[key]);
                }
            }
            own
        })
        .collect();
    json!({
        "start": whole(&timeline["start"]),
        "end": whole(&timeline["end"]),
        "tick": timeline["tickSeconds"].as_f64().unwrap() as i64 * 1000,
        "watches_heartbeats": timeline["watchesHeartbeats"],
        "lanes": lanes,
    })
}

/// Where two values differ.
fn differences(path: &str, ours: &Json, recorded: &Json, out: &mut Vec<String>) {
    match (ours, recorded) {
        (Json::Object(one), Json::Object(other)) => {
            for key in one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))) {
                differences(&format!("{path}/{key}"), &ours[key], &recorded[key], out);
            }
        }
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                differences(&format!("{path}/{index}"), one, other, out);
            }
        }
        _ if ours != recorded => out.push(format!("{path}: ours {ours} recorded {recorded}")),
        _ => {}
    }
}

#[test]
fn lanes_equal_the_recorded_ones() {
    let mut wrong = Vec::new();
    let (mut count, mut fired, mut missed) = (0, 0, 0);
    super::cases::each_row("lanes.ndjson.gz", |row| {
        count += 1;
        let case: Json = serde_json::from_slice(row.raw()).unwrap();
        let title = case["title"].as_str().unwrap();
        let scenario = case["scenario"].as_str().unwrap();
        let all = options(&json!({
            "trace": true, "timeline": true, "events": true, "serverVersion": case["server_version"],
        }));
        let played = simulate(scenario.into(), &all);
        let mut recorded = case["simulated"].clone();
        know_better(title, &mut recorded);
        differences(&format!("{title} simulated"), &comparable(&played), &recorded, &mut wrong);
        fired +=
            played.timeline.iter().flat_map(|timeline| &timeline.lanes).map(|lane| lane.fired.len()).sum::<usize>();
        missed +=
            played.timeline.iter().flat_map(|timeline| &timeline.lanes).map(|lane| lane.missed.len()).sum::<usize>();

        let events: String =
            played.events.iter().flatten().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
        let all: ReplayOptions = serde_json::from_value(json!({
            "trace": true, "timeline": true, "serverVersion": case["server_version"],
        }))
        .unwrap();
        let replayed = replay(case["automation"].as_str().unwrap().into(), (&*events).into(), &all).unwrap();
        differences(&format!("{title} replayed"), &comparable(&replayed), &case["replayed"], &mut wrong);
    });
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    assert_eq!((count, fired > 40, missed > 40), (14, true, true), "{fired} {missed}");
}

/// Heartbeats that were lost shortly before a run was over, or before a state: the page guessed by the gaps and could
/// not know them, the generator does. The case, the lane, the lost heartbeats, and how many of them before a firing.
const LOST: [(&str, usize, &[i64], Option<usize>); 3] = [
    ("zombie-30 3.8", 2, &[1_772_366_470_095, 1_772_366_560_140, 1_772_366_590_155, 1_772_366_800_260], None),
    ("zombie-180 3.8", 2, &[1_772_366_820_095, 1_772_367_360_140, 1_772_367_540_155, 1_772_368_800_260], None),
    ("explicit-expect 3.8", 2, &[1_772_366_465_095, 1_772_366_585_155], Some(1)),
];

/// Where the core is more accurate than the page was.
fn know_better(title: &str, recorded: &mut Json) {
    for (_, lane, lost, before) in LOST.iter().filter(|(own, ..)| *own == title) {
        let lane = &mut recorded["lanes"][lane];
        assert!(lane["missed"].as_array().unwrap().iter().all(|missed| lost.contains(&missed.as_i64().unwrap())));
        lane["missed"] = json!(lost);
        if let Some(before) = before {
            lane["fired"][0][3] = json!(before);
        }
    }
}
