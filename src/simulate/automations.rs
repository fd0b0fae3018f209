//! The automations of a document, in every common form: one or several, as files for `prefect automation create`, as
//! Prefect exports them, bare triggers, and the triggers of deployments.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::automation::{Automation, EventTrigger, Posture, Specification, Trigger, read};
use crate::catalogue::runs::HEARTBEAT;
use crate::diagnostic::{Code, Report};
use crate::json::{Kind, Value};
use crate::recognise::{Item, ItemForm, Recognised, recognise};
use crate::text::phrase::{joined, shown};
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::units::SECOND;
use crate::time::{Instant, instant_of, scalar};

use super::reading::{DocumentText, Reading};

/// An automation to play events to.
#[derive(Clone)]
pub(crate) struct GivenAutomation {
    pub automation: Automation,
    /// The id, if a server exported it.
    pub id: Option<String>,
    /// When the server received it.
    pub created: Option<Instant>,
    /// When it was changed last.
    pub updated: Option<Instant>,
}

/// All automations of a document, with the client's defaults: `prefect automation create` and `prefect deploy` fill
/// them in.
pub(crate) fn all<'t>(root: Value<'t>, reading: &mut Reading<'t>) -> Option<Vec<GivenAutomation>> {
    let Recognised { form, items } = recognise(root);
    if !form.is_checked() {
        reading.add(Code::NOT_AUTOMATIONS, root).opening().with("what", form.phrase()).with("remedy", &form.remedy());
        return None;
    }
    let mut all = Vec::new();
    for (item, name) in items.iter().zip(deployment_names(&items)) {
        step(1);
        all.push(one(item, name, reading)?);
    }
    if all.is_empty() {
        reading.missing(root, "the document", "trigger", "");
        return None;
    }
    Some(all)
}

/// The names that `prefect deploy` gives to the automations of deployments' triggers (`_initialize_deployment_triggers`):
/// for each item, empty for others.
pub(super) fn deployment_names(items: &[Item<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    let mut last = None;
    let mut number = 0_usize;
    for item in items {
        step(1);
        let place = item.deployment.map(Value::index);
        number = if place.is_some() && place == last { number.saturating_add(1) } else { 1 };
        last = place;
        let numbered = |name: String| format!("{name}__automation_{number}");
        let given = item.value.get("name").and_then(scalar::text);
        names.push(
            given
                .or_else(|| item.deployment.and_then(|own| own.get("name")).and_then(scalar::text).map(numbered))
                .unwrap_or_default(),
        );
    }
    names
}

/// The automations of a document on their own.
///
/// # Errors
/// The document has errors, or no automation.
pub(crate) fn given_automations(document: DocumentText<'_>) -> Result<Vec<Automation>, Box<Report>> {
    let (read, report) = document.read(all);
    match read {
        Some(given) => Ok(given.into_iter().map(|given| given.automation).collect()),
        None => Err(Box::new(report)),
    }
}

fn one<'t>(item: &Item<'t>, name: String, reading: &mut Reading<'t>) -> Option<GivenAutomation> {
    let value = item.value;
    let text = |key: &str| value.get(key).and_then(scalar::text);
    let bare = |trigger: Trigger, name: String| GivenAutomation {
        automation: unnamed(trigger, name, value.get("enabled").and_then(scalar::boolean).unwrap_or(true)),
        id: None,
        created: None,
        updated: None,
    };
    match item.form {
        ItemForm::Trigger => Some(bare(trigger(value, reading)?, String::new())),
        ItemForm::DeploymentTrigger => Some(bare(trigger(value, reading)?, name)),
        _ => Some(GivenAutomation {
            automation: automation(value, reading)?,
            id: text("id"),
            created: value.get("created").and_then(instant_of),
            updated: value.get("updated").and_then(instant_of),
        }),
    }
}

/// The names of built-in automations, with the seconds that a run may be silent: the documentation's automation for
/// heartbeats every 30 seconds, and the automation that Prefect Cloud manages, for heartbeats every 3 minutes.
pub(super) const BUILT_IN: [(&str, i64); 2] = [("crash-zombie-flows", 90), ("unresponsive-run-detection", 540)];
const NAMES: &str = "an automation, or the name `crash-zombie-flows` or `unresponsive-run-detection`";

/// The documentation's automation that detects zombie runs. `within`: microseconds.
pub(crate) fn crash_zombie_flows(within: i64) -> Automation {
    let heartbeat = HEARTBEAT.to_owned();
    let all = "prefect.flow-run.*".to_owned();
    let id = "prefect.resource.id".to_owned();
    Automation {
        name: "Crash zombie flows".to_owned(),
        description: String::new(),
        enabled: true,
        tags: Vec::new(),
        trigger: Trigger::Event(EventTrigger {
            posture: Posture::Proactive,
            matches: Specification(vec![(id.clone(), vec![all.clone()])]),
            match_related: vec![Specification::default()],
            after: vec![heartbeat],
            expect: vec![all],
            for_each: vec![id],
            threshold: 1,
            within,
        }),
        actions: Vec::new(),
        actions_on_trigger: Vec::new(),
        actions_on_resolve: Vec::new(),
    }
}

/// Reads Prefect's document, or the name of a built-in one.
pub(super) fn automation<'t>(value: Value<'t>, reading: &mut Reading<'t>) -> Option<Automation> {
    if let Some((_, within)) = BUILT_IN.into_iter().find(|(name, _)| value.is(name)) {
        return Some(crash_zombie_flows(within.saturating_mul(SECOND)));
    }
    if !reading.is(value, Kind::Object, NAMES) {
        return None;
    }
    if let Some(read) = read::automation(value) {
        reading.check_size(&read.trigger, value);
        return Some(read);
    }
    let Some(place) = value.get("trigger") else {
        reading.missing(value, "the automation", "trigger", "");
        return None;
    };
    let trigger = trigger(place, reading)?;
    for key in ["actions", "actions_on_trigger", "actions_on_resolve"] {
        if let Some(actions) = value.get(key)
            && read::actions(actions).is_none()
        {
            reading.add(Code::SCENARIO_AUTOMATION, actions).with("what", "these actions");
        }
    }
    // The name and the actions do not matter here.
    let name = reading.read(value.get("name"), "a text", scalar::text).unwrap_or_default();
    let enabled = reading.read(value.get("enabled"), "`true` or `false`", scalar::boolean).unwrap_or(true);
    Some(unnamed(trigger, name, enabled))
}

/// The texts of the files that scenarios refer to, by the scenarios' names for them.
#[derive(Clone, Debug, Default)]
pub struct Files(Map<String, String>);

impl Files {
    /// Adds the text of a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.0.insert(path.into(), text.into());
    }

    /// The text of a file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(|text| &**text)
    }
}

impl PartialEq for Files {
    fn eq(&self, other: &Files) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|(path, text)| other.0.get(&**path) == Some(text))
    }
}

impl Eq for Files {}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Files;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of paths and texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Files, A::Error> {
                let mut files = Files::default();
                while let Some(path) = entries.next_key::<String>()? {
                    let text: Result<String, A::Error> = entries.next_value();
                    let named = |error| de::Error::custom(format_args!("`{}`: {error}", shown(&path)));
                    files.insert(path.clone(), text.map_err(named)?);
                }
                Ok(files)
            }
        }

        deserializer.deserialize_any(Texts)
    }
}

/// Whether a text is the path of a file, not a name.
fn is_path(text: &str) -> bool {
    text.contains(['/', '\\']) || [".yaml", ".yml", ".json"].iter().any(|end| text.ends_with(end))
}

/// The automation of a scenario: a document, the name of a built-in one, or the path of a file. `index`: selects one of
/// a file with several.
pub(super) fn of_scenario<'t>(
    value: Value<'t>,
    files: &Files,
    index: Option<usize>,
    reading: &mut Reading<'t>,
) -> Option<Automation> {
    let path = value.string();
    if !value.is_string() || !is_path(&path) {
        return automation(value, reading);
    }
    let why = match files.0.get(&*path) {
        None => "the option `files` does not contain its text".to_owned(),
        Some(text) => {
            let (given, report) = DocumentText::from(&**text).read(all);
            let chosen = index.zip(given.as_deref()).and_then(|(index, given)| given.get(index));
            if let Some(one) = chosen {
                return Some(one.automation.clone());
            }
            match given.as_deref() {
                Some([one]) => return Some(one.automation.clone()),
                Some(several) => {
                    let names = joined(&mut several.iter().map(|given| &*given.automation.name), "`, `");
                    format!("a scenario plays one automation, and this file has {}: `{names}`", several.len())
                }
                None => report.diagnostics.into_iter().next().map(|first| first.message).unwrap_or_default(),
            }
        }
    };
    reading.add(Code::SCENARIO_FILE, value).shown("path", &path).with("why", &why);
    None
}

/// The paths of the files that a text of scenarios refers to, each once: those that [`simulate`](super::simulate()) and
/// [`test_scenarios_with`](super::test_scenarios_with()) need as `files`. Those functions report errors in the text, such as a path with
/// a lone surrogate, which is not listed.
///
/// ```
/// use prefect_events::simulate::scenario_files;
///
/// let scenario = "automation: ./zombies.yaml";
/// assert_eq!(scenario_files(scenario.into()), ["./zombies.yaml"]);
/// assert!(scenario_files("automation: crash-zombie-flows".into()).is_empty());
/// ```
#[must_use]
pub fn scenario_files(scenarios: DocumentText<'_>) -> Vec<String> {
    let mut paths: Map<String, ()> = Map::default();
    let _ = scenarios.read(|root, _| {
        let list = if root.kind() == Kind::Array { Some(root) } else { root.get("scenarios") };
        let mut add = |scenario: Value<'_>| {
            step(1);
            if let Some(value) =
                scenario.get("automation").filter(|value| value.is_string() && !value.has_lone_surrogate())
            {
                let path = value.string();
                if is_path(&path) {
                    paths.insert(path.into_owned(), ());
                }
            }
        };
        match list {
            Some(list) => list.items().for_each(add),
            None => add(root),
        }
        Some(())
    });
    paths.iter().map(|(path, ())| path.clone()).collect()
}

/// Reads a trigger with the client's defaults, because the client creates automations from files.
pub(super) fn trigger<'t>(value: Value<'t>, reading: &mut Reading<'t>) -> Option<Trigger> {
    let trigger = read::client_trigger(value);
    match &trigger {
        Some(trigger) => reading.check_size(trigger, value),
        None => drop(reading.add(Code::SCENARIO_AUTOMATION, value).with("what", "this trigger")),
    }
    trigger
}

/// An automation of which little but the trigger is known.
pub(super) fn unnamed(trigger: Trigger, name: String, enabled: bool) -> Automation {
    Automation { name, enabled, trigger, ..crash_zombie_flows(0) }
}
