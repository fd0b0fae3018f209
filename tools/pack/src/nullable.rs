//! Which keys of an event's input can be null: those with which the builder builds an event.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use prefect_events::catalogue::{Family, Input, example, families};
use prefect_events::generate::{BuildOptions, build_event, custom_inputs, inputs};
use serde_json::{Map, Value};

/// The paths of values and objects that can be null, by the name patterns of events; of custom events at `""`.
pub(crate) fn nullable() -> Result<BTreeMap<&'static str, Vec<String>>> {
    let mut all = BTreeMap::new();
    for family in families() {
        let names = [None].into_iter().chain(family.variants.iter().map(|variant| Some(variant.name)));
        let names: Result<Vec<String>> = names.map(|variant| event_name(family, variant)).collect();
        all.insert(family.name.text, of_events(&names?, &inputs(family))?);
    }
    all.insert("", of_events(&["acme.order.paid".to_owned()], &custom_inputs())?);
    Ok(all)
}

fn event_name(family: &'static Family, variant: Option<&'static str>) -> Result<String> {
    let event: Value = serde_json::from_str(&example(family, variant))?;
    Ok(event.get("event").and_then(Value::as_str).context("an example has no name")?.to_owned())
}

/// What can be null in an event of one of these names.
fn of_events(names: &[String], inputs: &[Input]) -> Result<Vec<String>> {
    let mut given = Value::Object(Map::new());
    for input in inputs.iter().filter(|input| input.required) {
        let example = input.example.as_deref().context("a required key has no example")?;
        set(&mut given, &input.key, serde_json::from_str(example)?);
    }
    let mut paths: Vec<&str> = Vec::new();
    for input in inputs {
        let objects = input.key.match_indices('.').filter_map(|(dot, _)| input.key.get(..dot));
        paths.extend(objects.chain([&*input.key]));
    }
    paths.sort_unstable();
    paths.dedup();
    let options: BuildOptions = serde_json::from_str(r#"{"seed": 7, "now": "2026-03-31T18:30:00Z"}"#)?;
    paths.retain(|path| {
        let mut given = given.clone();
        set(&mut given, path, Value::Null);
        let given = given.to_string();
        names.iter().any(|name| build_event(name, given.as_bytes(), &options).is_ok())
    });
    Ok(paths.into_iter().map(str::to_owned).collect())
}

fn set(given: &mut Value, path: &str, value: Value) {
    let mut at = given;
    for part in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[part];
    }
    *at = value;
}
