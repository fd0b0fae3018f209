//! The JSON Schema of scenarios against the core, which reads them, and against the schema of automations.

use jsonschema::{Draft, Validator};
use prefect_events::automation::{CheckOptions, Route, check, schema as automation};
use prefect_events::diagnostic::{Profile, TextOptions};
use prefect_events::simulate::schema::{SCENARIO, schema};
use prefect_events::simulate::{SimulateOptions, simulate};
use serde_json::{Value, json};

use super::automation_schema::{Comparison, mistakes};
use super::cases;

/// Bytes of the JSON text on a single line: an editor loads it for each file.
const BUDGET: usize = 80_000;

fn whole() -> Value {
    serde_json::from_str(&schema().line()).unwrap()
}

fn compiled() -> Validator {
    jsonschema::options().with_draft(Draft::Draft202012).build(&whole()).unwrap()
}

#[test]
fn it_keeps_to_its_budget() {
    let size = schema().line().len();
    println!("{size} bytes");
    assert!(size <= BUDGET, "{size} bytes, budget {BUDGET}");
}

/// All parts are those of the schema of automations, except that Prefect's client fills in what is required there.
#[test]
fn the_automation_is_that_of_the_schema_of_automations() {
    let all = automation::schemas();
    let found = all.iter().find(|schema| schema.name == automation::AUTOMATION).unwrap();
    let automations: Value = serde_json::from_str(&found.line()).unwrap();
    let scenario = whole();
    let mut different = Vec::new();
    for (name, part) in automations["$defs"].as_object().unwrap() {
        let mut part = part.clone();
        let mut own = scenario["$defs"][name].clone();
        if part == own {
            continue;
        }
        different.push(name.as_str());
        for one in [&mut part, &mut own] {
            let object = one.as_object_mut().unwrap();
            object.remove("required");
            // The client drops the id of a trigger, whatever it is.
            if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
                properties.remove("id");
            }
        }
        assert_eq!(part, own, "{name}");
    }
    assert_eq!(different, ["automation", "compound-trigger", "event-trigger", "sequence-trigger"]);
    assert_eq!(scenario["$defs"]["automation"]["required"], json!(["trigger"]));
    // What the package writes separately: it has all the rest from the schema of automations.
    let own: Value = serde_json::from_str(&schema().without(found).line()).unwrap();
    let mut together = automations["$defs"].clone();
    for (name, part) in own["$defs"].as_object().unwrap() {
        together[name] = part.clone();
    }
    assert_eq!(together, scenario["$defs"]);
    assert!(own.to_string().len() < 30_000, "{}", own.to_string().len());
}

/// Every automation of the recorded verdicts, in a scenario: the schema accepts those that can be played and that
/// `prefect automation create` accepts.
#[test]
fn agrees_with_the_core_on_every_automation() {
    let validator = compiled();
    let mut comparison = Comparison::default();
    let mut unplayed = 0;
    cases::each_row("automation-verdicts.ndjson.gz", |row| {
        let case = row.get("case").unwrap().string().into_owned();
        let text = std::str::from_utf8(row.get("document").unwrap().raw()).unwrap();
        let document: Value = serde_json::from_str(text).unwrap();
        let scenario = json!({"automation": document, "end": "1s"});
        // `serde_json` would write a large whole number as a float.
        let exact = format!(r#"{{"automation": {text}, "end": "1s"}}"#);
        let played = simulate((&*exact).into(), &SimulateOptions::default()).errors.is_empty();
        unplayed += usize::from(!played);
        let options = CheckOptions { route: Some(Route::Cli), profile: Profile::Server, ..CheckOptions::default() };
        let accepted = check(text.as_bytes(), TextOptions::default(), &options).report.valid;
        let mut mistakes = mistakes(&validator, &scenario);
        // The name and the actions are needed to create it, not to play it.
        if played
            && !accepted
            && mistakes.is_empty()
            && ["name", "actions"].iter().any(|key| document.get(key).is_none())
        {
            mistakes.push("required".to_owned());
        }
        comparison.compare(&case, mistakes, &document, text, Route::Cli, played && accepted);
    });
    assert_eq!((comparison.count, unplayed), (475, 102));
    comparison.end(&[
        ("actions without a type", 1),
        ("booleans for numbers", 3),
        ("ignored fields", 6),
        ("loops of run-deployment", 65),
        ("more than there are triggers", 1),
        ("payloads in JSON", 1),
        ("short windows as text", 1),
        ("templates", 2),
    ]);
}

/// Recorded scenarios have more keys.
#[test]
fn accepts_every_recorded_scenario() {
    let validator = compiled();
    let mut count = 0;
    for file in ["scenarios-3.9.ndjson.gz", "scenarios-3.8.ndjson.gz"] {
        cases::each_row(file, |row| {
            let scenario: Value = serde_json::from_slice(row.raw()).unwrap();
            let mistakes: Vec<String> = validator.iter_errors(&scenario).map(|error| error.to_string()).collect();
            assert_eq!(mistakes, Vec::<String>::new(), "{}", scenario["scenario"]);
            count += 1;
        });
    }
    assert_eq!(count, 1794);
    assert_eq!(schema().name, SCENARIO);
}
