//! The trigger engine against the decisions of real servers.

use std::collections::BTreeMap;

use prefect_events::json::Value;
use prefect_events::json::write::ToJson;
use prefect_events::simulate::{Scenario, Simulation, run};
use prefect_events::trigger::{Options, Version};
use serde_json::Value as Json;

/// How many scenarios there are, and how many of them prove something: the others depended on chance.
const COUNTS: [(&str, Version, usize, usize); 2] =
    [("scenarios-3.9.ndjson.gz", Version::V3_9, 1456, 1421), ("scenarios-3.8.ndjson.gz", Version::V3_8, 338, 338)];

fn play(row: Value<'_>, version: Version) -> Simulation {
    let scenario = Scenario::read(row).unwrap_or_else(|error| panic!("{error}"));
    run(Scenario { version, ..scenario }, Options::default()).unwrap()
}

/// Firings in a form that can be compared: what the recorder adds is left out, children stand in the order of
/// their paths.
fn comparable(firings: &Json) -> Vec<Json> {
    let mut firings = firings.as_array().unwrap().clone();
    for firing in &mut firings {
        let firing = firing.as_object_mut().unwrap();
        firing.remove("because");
        firing.remove("states");
        if firing.get("posture").is_some_and(Json::is_null) {
            firing.remove("posture");
        }
        if let Some(Json::Array(children)) = firing.get_mut("children") {
            children.sort_by_key(|child| child["path"].to_string());
        }
    }
    firings
}

#[test]
fn every_scenario_fires_as_on_the_real_server() {
    let (mut wrong, mut families) = (Vec::new(), BTreeMap::<String, (usize, usize)>::new());
    for (file, version, all, proving) in COUNTS {
        let (mut count, mut agree, mut sensitive, mut sensitive_agree) = (0, 0, 0, 0);
        super::cases::each_row(file, |row| {
            let recorded: Json = serde_json::from_slice(row.raw()).unwrap();
            let ours = play(row, version);
            let ours: Json = serde_json::from_str(&ours.to_json()).unwrap();
            let same = ["firings", "child_firings"].map(|key| (comparable(&ours[key]), comparable(&recorded[key])));
            let is_same =
                same.iter().all(|(ours, recorded)| ours == recorded) && ours["undelivered"] == recorded["undelivered"];
            count += 1;
            if recorded["order_sensitive"] == true {
                sensitive += 1;
                sensitive_agree += usize::from(is_same);
                return;
            }
            let family = families.entry(format!("{version:?} {}", recorded["family"])).or_default();
            family.0 += 1;
            family.1 += usize::from(is_same);
            agree += usize::from(is_same);
            if !is_same {
                let [(ours, theirs), (our_children, their_children)] = same;
                let first = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
                wrong.push(format!(
                    "{version:?} {}: {} firings, recorded {}; children {} and {}; first difference at {first}:\n  {}\n  {}",
                    recorded["scenario"],
                    ours.len(),
                    theirs.len(),
                    our_children.len(),
                    their_children.len(),
                    ours.get(first).unwrap_or(&Json::Null),
                    theirs.get(first).unwrap_or(&Json::Null),
                ));
            }
        });
        println!(
            "{file}: {agree} of {} agree; of {sensitive} that depended on chance {sensitive_agree}",
            count - sensitive
        );
        assert_eq!((count, count - sensitive), (all, proving));
    }
    println!("{families:#?}");
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}
