//! What simulations mean, against what the page derived from the same decisions before the core did
//! (`tests/cases/lanes.ndjson.gz`): its presets, runs of all kinds, and triggers of other shapes, each played as a
//! scenario and replayed as captured events.

use prefect_events::render::simulation_html;
use prefect_events::simulate::{Lane, ReplayOptions, RunEnding, SimulateOptions, SimulationResult, replay, simulate};
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

fn lanes(scenario: &Json) -> Vec<Lane> {
    let options = SimulateOptions { timeline: true, ..SimulateOptions::default() };
    let result = simulate((&*scenario.to_string()).into(), &options);
    assert!(result.errors.is_empty(), "{:?}", result.errors);
    let drawn = simulation_html(&result).unwrap();
    let lanes = result.timeline.unwrap().lanes;
    assert_drawn(&drawn, &lanes);
    lanes
}

/// The drawing has the captions, and marks those that are wrong.
fn assert_drawn(drawn: &str, lanes: &[Lane]) {
    for part in lanes.iter().flat_map(|lane| lane.caption.split(" · ")) {
        assert!(drawn.contains(&format!(">{part}</text>")), "{part}: {drawn}");
    }
    let wrong: usize = lanes.iter().filter(|lane| lane.wrong).map(|lane| lane.caption.split(" · ").count()).sum();
    assert_eq!(drawn.matches("<text class=\"pe-bad\"").count(), wrong);
    let died = lanes.iter().filter(|lane| lane.ending == Some(RunEnding::Died)).count();
    assert_eq!(drawn.matches("<title>the process dies ").count(), died);
    let alarms = lanes.iter().flat_map(|lane| &lane.fired).filter(|fired| fired.false_alarm).count();
    // One more is in the legend.
    assert_eq!(drawn.matches("<path class=\"pe-mark\"").count(), if alarms > 0 { alarms + 1 } else { 0 });
}

#[test]
fn the_drawing_says_what_the_timeline_says() {
    let mut captions = 0;
    let mut check = |result: &SimulationResult| {
        let lanes = result.timeline.as_ref().map_or(&[][..], |timeline| &timeline.lanes);
        if lanes.len() <= 40 {
            assert_drawn(&simulation_html(result).unwrap(), lanes);
            captions += lanes.len();
        }
    };
    super::cases::each_row("lanes.ndjson.gz", |row| {
        let case: Json = serde_json::from_slice(row.raw()).unwrap();
        let how = SimulateOptions { events: true, timeline: true, ..SimulateOptions::default() };
        let played = simulate(case["scenario"].as_str().unwrap().into(), &how);
        check(&played);
        let events: String =
            played.events.iter().flatten().map(|event| serde_json::to_string(event).unwrap() + "\n").collect();
        let how = ReplayOptions { timeline: true, ..ReplayOptions::default() };
        check(&replay(case["automation"].as_str().unwrap().into(), (&*events).into(), &how).unwrap());
    });
    let recorded: Json = serde_json::from_slice(&super::cases::read("timelines.json")).unwrap();
    for case in recorded.as_array().unwrap() {
        let how = SimulateOptions { timeline: true, ..SimulateOptions::default() };
        check(&simulate((&*case["scenario"].to_string()).into(), &how));
    }
    assert!(captions > 100, "{captions}");
}

/// The run, how it ended, its caption, and whether that is wrong; then the end of the scenario.
#[test]
fn captions_say_how_runs_ended() {
    let running = json!({"posture": "Proactive", "after": ["prefect.flow-run.Running"],
        "expect": ["prefect.flow-run.Completed"], "for_each": ["prefect.resource.id"], "within": 300});
    let late = json!({"name": "Late", "trigger": running, "actions": []});
    let failed = json!({"name": "Failed", "trigger": {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"],
        "for_each": ["prefect.resource.id"], "within": 0}, "actions": []});
    let together = json!({"name": "Failed", "trigger": {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"],
        "within": 60, "threshold": 2}, "actions": []});
    let zombies = json!("crash-zombie-flows");
    use RunEnding::{Died, Finished, Running};
    let cases = [
        // It dies at the end of the scenario, and at the instant of its final state, which it reaches.
        (&zombies, json!({"dies": "5m"}), "5m", Died, "died · window still open", false),
        (&zombies, json!({"dies": "6m"}), "5m", Running, "still running · not fired", false),
        (&zombies, json!({"dies": "4m", "ends": "4m"}), "9m", Finished, "finished · not fired", false),
        (&zombies, json!({"dies": "4m", "ends": "5m"}), "9m", Died, "fired 12:05:05 · was dead", false),
        (&zombies, json!({"ends": "4m", "dies": "5m"}), "9m", Finished, "finished · not fired", false),
        (&zombies, json!({"dies": "4m", "first_heartbeat": "never"}), "9m", Died, "died · not detected", true),
        (&zombies, json!({"ends": "8m", "misses": [3, 4]}), "9m", Finished, "fired 12:02:00 · was alive", true),
        (
            &zombies,
            json!({"ends": "4m", "heartbeat_after_end": "1s"}),
            "9m",
            Finished,
            "fired 12:05:35 · had finished",
            true,
        ),
        (&zombies, json!({"dies": "4m"}), "1d", Died, "fired 1 Mar 12:05:05 · was dead", false),
        (&late, json!({}), "9m", Running, "fired 12:05:00 · nothing came in time", false),
        (&late, json!({"dies": "1m"}), "2m", Died, "died · not fired", false),
        (&failed, json!({"ends": "1m", "state": "Failed"}), "2m", Finished, "fired 12:01:00", false),
        (&together, json!({"ends": "1m", "state": "Failed"}), "2m", Finished, "finished", false),
    ];
    for (automation, mut run, end, ending, caption, wrong) in cases {
        run["name"] = json!("own");
        let lanes = lanes(&json!({
            "automation": automation, "start": "2026-03-01T12:00:00Z", "end": end, "heartbeat": {"frequency": 30}, "runs": [run],
        }));
        let lane = &lanes[0];
        assert_eq!((lane.ending, &*lane.caption, lane.wrong), (Some(ending), caption, wrong), "{run} {end}");
        let over = match ending {
            Died => lane.dies,
            Finished => lane.ends,
            Running => None,
        };
        assert_eq!((lane.over, lane.over.is_some()), (over, ending != Running), "{run} {end}");
    }
}

/// A false alarm is not the detection of the death that follows, and only a trigger that watches each run can miss it.
#[test]
fn deaths_that_are_not_detected() {
    let heartbeats = |for_each: &[&str]| {
        json!({"name": "Own", "trigger": {"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
            "expect": ["prefect.flow-run.*"], "for_each": for_each, "within": 90}, "actions": []})
    };
    let failed = json!({"name": "Failed", "trigger": {"posture": "Reactive", "expect": ["prefect.flow-run.Failed"],
        "for_each": ["prefect.resource.id"], "within": 0}, "actions": []});
    let first_only = json!({"dies": "5m", "misses": [2, 3, 4, 5, 6, 7, 8, 9, 10]});
    let cases = [
        (heartbeats(&["prefect.resource.id"]), first_only, true, "fired 12:01:35 · was alive", true),
        (failed, json!({"dies": "1m"}), false, "died · not fired", false),
        (heartbeats(&[]), json!({"dies": "2m"}), true, "died", false),
    ];
    for (automation, mut run, undetected, caption, wrong) in cases {
        run["name"] = json!("own");
        let lanes = lanes(&json!({"automation": automation, "start": "2026-03-01T12:00:00Z", "end": "9m",
            "heartbeat": {"frequency": 30}, "runs": [run]}));
        let lane = &lanes[0];
        assert_eq!((lane.undetected, &*lane.caption, lane.wrong), (undetected, caption, wrong), "{lane:?}");
    }
}

/// The events of a capture, their runs and times; then each caption, and whether it is wrong.
#[test]
fn captions_say_what_fired() {
    let heartbeats = json!({"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": 90});
    let failed = |within: i64| {
        json!({"posture": "Reactive", "expect": ["prefect.flow-run.Failed"],
            "for_each": ["prefect.resource.id"], "within": within})
    };
    let late = json!({"posture": "Proactive", "after": ["prefect.flow-run.Pending"],
        "expect": ["prefect.flow-run.Running"], "for_each": ["prefect.resource.id"], "within": 90});
    let both = |one: &Json, require: &str| json!({"type": "compound", "require": require, "within": 600, "triggers": [one, failed(60)]});
    let beat = ("heartbeat", "a", 0);
    let later = |events: &[(&'static str, &'static str, i64)]| [events, &[("Pending", "z", 300)]].concat();
    let cases: Vec<(Json, Vec<(&str, &str, i64)>, &[(&str, bool)])> = vec![
        (heartbeats.clone(), later(&[beat]), &[("fired 12:01:30 · sent nothing more", false)]),
        (heartbeats.clone(), vec![beat], &[("fires 12:01:30 if nothing comes", false)]),
        // A heartbeat after the end opens another window.
        (
            heartbeats.clone(),
            vec![("Completed", "a", 0), ("heartbeat", "a", 5)],
            &[("fires 12:01:35 if nothing comes", false)],
        ),
        (failed(0), vec![("Failed", "a", 0), ("Failed", "a", 5)], &[("fired 12:00:00 and 1 more", false)]),
        // What has fired is the caption, not what may fire.
        (
            heartbeats.clone(),
            vec![("heartbeat", "a", 0), ("Pending", "z", 200), ("heartbeat", "a", 201)],
            &[("fired 12:01:30 · was alive", true)],
        ),
        (both(&late, "all"), later(&[("Pending", "a", 0)]), &[("child fired 12:01:30", false)]),
        (both(&late, "all"), vec![("Pending", "a", 0)], &[("a child fires 12:01:30 if nothing comes", false)]),
    ];
    for (trigger, events, captions) in cases {
        let event = |(number, (name, run, seconds)): (usize, &(&str, &str, i64))| {
            let at = format!("2026-03-01T12:{:02}:{:02}Z", seconds / 60, seconds % 60);
            json!({"id": format!("00000000-0000-4000-8000-{number:012}"), "occurred": at, "received": at,
                "event": format!("prefect.flow-run.{name}"),
                "resource": {"prefect.resource.id": format!("prefect.flow-run.{run}"),
                    "prefect.state-type": name.to_uppercase()}})
            .to_string()
        };
        let text: Vec<String> = events.iter().enumerate().map(event).collect();
        let automation = json!({"trigger": trigger}).to_string();
        let how = ReplayOptions { timeline: true, ..ReplayOptions::default() };
        let result = replay((&*automation).into(), (&*text.join("\n")).into(), &how).unwrap();
        assert!(result.errors.is_empty(), "{:?}", result.errors);
        let lanes = result.timeline.unwrap().lanes;
        let found: Vec<(&str, bool)> = lanes.iter().map(|lane| (&*lane.caption, lane.wrong)).collect();
        assert_eq!(found[..captions.len()], *captions, "{automation} {found:?}");
    }
}

#[test]
fn a_false_alarm_has_the_window_that_tolerates_it() {
    let longer = |within: i64, misses: Json| {
        let automation = json!({"name": "Own", "trigger": {"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
            "expect": ["prefect.flow-run.*"], "for_each": ["prefect.resource.id"], "within": within}, "actions": []});
        let fired = lanes(&json!({"automation": automation, "end": "9m", "heartbeat": {"frequency": 30},
            "runs": [{"name": "own", "misses": misses}]}))
        .remove(0)
        .fired;
        let first = fired.first()?;
        assert!(first.false_alarm);
        Some((first.missed, first.longer_within))
    };
    assert_eq!(longer(90, json!([3])), None);
    assert_eq!(longer(90, json!([3, 4])), Some((2, Some(135))));
    assert_eq!(longer(90, json!([3, 4, 5, 6])), Some((4, Some(152))));
    assert_eq!(longer(90, json!([3, 4, 5, 6, 7])), Some((5, None)));
    // No heartbeat is missed, but the window is shorter than the time between two.
    assert_eq!(longer(20, json!([])), Some((0, Some(135))));
}

/// Of a compound trigger, only what watches heartbeats can be wrong about a run.
#[test]
fn a_trigger_that_reacts_to_events_raises_no_false_alarm() {
    let heartbeats = json!({"posture": "Proactive", "after": ["prefect.flow-run.heartbeat"],
        "expect": ["prefect.flow-run.heartbeat"], "for_each": ["prefect.resource.id"], "within": 60});
    let running = json!({"posture": "Reactive", "expect": ["prefect.flow-run.Running"],
        "for_each": ["prefect.resource.id"], "within": 0});
    let trigger = json!({"type": "compound", "require": "all", "within": 3600, "triggers": [heartbeats, running]});
    let lanes = lanes(&json!({"automation": {"name": "Both", "trigger": trigger, "actions": []}, "end": "9m",
        "heartbeat": {"frequency": 30}, "runs": [{"name": "own", "misses": [3, 4]}]}));
    let fired: Vec<(&str, bool)> = lanes[0].fired.iter().map(|one| (&*one.path, one.false_alarm)).collect();
    assert_eq!(fired[..2], [("$.1", false), ("$.0", true)]);
}
