//! The actions of each firing, rendered as the server would.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::action::{
    ActionOptions, FiringContext, Fuel, Given, RenderedAction, ServerObjects, implied_automation, name_deployment,
    render_with,
};
use crate::diagnostic::Diagnostic;
use crate::json::{Document, Tape, Value, parse, parse_prefix_around};
use crate::recognise::{self, Item, ItemForm, recognise};
use crate::text::steps::step;
use crate::text::strict::{of_option, strict};
use crate::text::table::Map;
use crate::time::scalar;
use crate::trigger::Firing;

use super::automations;
use super::captured::EventTexts;
use super::reading::DocumentText;
use super::replay::{ReplayError, ReplayOptions, replay};
use super::result::{FoundIn, NotPlayed, SimulationResult};
use super::simulation::{SimulateOptions, simulate};

/// The most firings whose actions are rendered by default.
const MOST: usize = 1000;

/// What actions are rendered with.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ActionSettings {
    /// The address of Prefect's interface, for links. Default `"http://127.0.0.1:4200"`.
    pub ui_url: Option<String>,
    /// The most firings whose actions are rendered. Default 1000.
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub most: Option<usize>,
}

impl<'de> Deserialize<'de> for ActionSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The settings of actions among the options of how firings come about: [`SimulateOptions`] or [`ReplayOptions`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RenderActionsOptions<O> {
    /// What actions are rendered with.
    pub settings: ActionSettings,
    /// The other options.
    pub playing: O,
}

impl<'de, O: Deserialize<'de>> Deserialize<'de> for RenderActionsOptions<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Divided(PhantomData))
    }
}

struct Divided<O>(PhantomData<O>);

impl<'de, O: Deserialize<'de>> Visitor<'de> for Divided<O> {
    type Value = RenderActionsOptions<O>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of options")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut settings = ActionSettings::default();
        let playing = O::deserialize(MapAccessDeserializer::new(Others { map, settings: &mut settings }))?;
        Ok(RenderActionsOptions { settings, playing })
    }
}

/// The options without the settings of actions, which are kept.
struct Others<'s, A> {
    map: A,
    settings: &'s mut ActionSettings,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Others<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            let Some(name) = self.map.next_key::<String>()? else { return Ok(None) };
            let ActionSettings { ui_url, most } = &mut *self.settings;
            let read = match &*name {
                "uiUrl" => self.map.next_value().map(|value| *ui_url = value),
                "most" => self.map.next_value().map(|value| *most = value),
                _ => return seed.deserialize(name.into_deserializer()).map(Some),
            };
            read.map_err(|error| of_option(&name, error))?;
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Firings with their rendered actions.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RenderedFirings {
    /// For each firing, in the order of `firings` of the simulation.
    pub firings: Vec<RenderedFiring>,
    /// How many firings more there are. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub more: usize,
    /// With events: those that cannot be read, because they are nested too deeply: they are not played. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<NotPlayed>>"))]
    pub not_played: Vec<NotPlayed>,
    /// Why nothing was played. Absent if it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Diagnostic>>"))]
    pub errors: Vec<Diagnostic>,
    /// With events: the input that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_in: Option<FoundIn>,
    /// With several texts of events: the 0-based index of the one that the errors are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub events_index: Option<usize>,
}

/// A firing with its rendered actions.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RenderedFiring {
    /// The firing.
    #[cfg_attr(feature = "typescript", ts(as = "crate::trigger::serialize::FiringRecord<'static>"))]
    pub firing: Firing,
    /// Its actions, in the order in which the server runs them.
    pub actions: Vec<RenderedAction>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The firings of one automation.
struct Played<'t> {
    automation: Option<Value<'t>>,
    /// The trigger of a deployment implies its action. The deployment's name.
    #[expect(clippy::option_option, reason = "not implied, of a deployment without a name, or with one")]
    implied: Option<Option<String>>,
    firings: Vec<Firing>,
}

/// Plays a scenario, as [`simulate`] does, and renders the actions of each firing.
///
/// ```
/// use prefect_events::simulate::{ActionSettings, SimulateOptions, scenario_actions};
///
/// let scenario = r#"
/// automation:
///   name: Failed runs
///   trigger: {posture: Reactive, expect: [prefect.flow-run.Failed]}
///   actions:
///     - type: send-notification
///       block_document_id: 11111111-1111-4111-8111-111111111111
///       subject: "{{ flow_run.name }} of {{ flow.name }}"
///       body: "{{ flow_run.state.message }}"
/// start: 2026-03-01T12:00:00Z
/// runs: [{name: nightly, flow: etl, ends: 2m, state: Failed}]
/// "#;
/// let result = scenario_actions(scenario.into(), None, &SimulateOptions::default(), &ActionSettings::default());
/// assert!(result.errors.is_empty(), "{:?}", result.errors);
/// let texts = &result.firings[0].actions[0].texts;
/// assert_eq!(texts[0].text.as_deref(), Some("nightly of etl"));
/// ```
#[must_use]
pub fn scenario_actions(
    scenario: DocumentText<'_>,
    given: Option<&ServerObjects>,
    options: &SimulateOptions,
    settings: &ActionSettings,
) -> RenderedFirings {
    let result = simulate(scenario, &SimulateOptions { events: true, ..options.clone() });
    if !result.errors.is_empty() {
        return failed(result);
    }
    let generated: Vec<(Uuid, String)> = result
        .events
        .into_iter()
        .flatten()
        .map(|event| (event.event.id, serde_json::to_string(&event).unwrap_or_default()))
        .collect();
    let mut lines = String::new();
    let mut places: Map<Uuid, usize> = Map::default();
    for (id, text) in generated {
        places.insert(id, lines.len());
        lines.push_str(&text);
        lines.push('\n');
    }
    let mut firings = Some(result.firings);
    let (rendered, _) = scenario.read(|root, _| {
        let mut own: Map<Uuid, Value<'_>> = Map::default();
        for event in root.get("events").into_iter().flat_map(Value::items) {
            step(1);
            if let Some(id) = id_of(event) {
                own.insert(id, event);
            }
        }
        let firings = firings.take().unwrap_or_default();
        let render_all = |automation: Option<Value<'_>>, implied: Option<Option<String>>, firings: Vec<Firing>| {
            let find = |id: Uuid| own.get(&id).copied();
            let text = |id: Uuid| {
                let start = *places.get(&id)?;
                lines.get(start..)?.lines().next()
            };
            of_all(vec![Played { automation, implied, firings }], &find, &text, given, settings)
        };
        let automation = root.get("automation");
        let path = automation.filter(|value| value.is_string()).map(Value::string);
        match path.and_then(|path| options.files.text(&path)) {
            Some(text) => {
                DocumentText::from(text)
                    .read(|root, reading| {
                        let items = recognise(root).items;
                        let _ = reading;
                        let index = options.automation_index.unwrap_or_default();
                        let implied = Implied::of(&items);
                        let documents = Implied::documents(&implied);
                        let own = documents.get(index).and_then(Option::as_ref).and_then(Document::root);
                        let value = own.or_else(|| items.get(index).map(|item| item.value));
                        let deployment = implied.get(index).and_then(Option::as_ref).map(|own| own.deployment.clone());
                        Some(render_all(value, deployment, firings))
                    })
                    .0
            }
            None => Some(render_all(automation.filter(|value| !value.is_string()), None, firings)),
        }
    });
    rendered.unwrap_or_default()
}

/// Plays captured events, as [`replay`] does, and renders the actions of each firing.
///
/// # Errors
/// As [`replay`].
pub fn replay_actions(
    automation: DocumentText<'_>,
    events: &EventTexts<'_>,
    given: Option<&ServerObjects>,
    options: &ReplayOptions,
    settings: &ActionSettings,
) -> Result<RenderedFirings, ReplayError> {
    let result = replay(automation, events.clone(), options)?;
    if !result.errors.is_empty() {
        return Ok(failed(result));
    }
    let mut wanted: Map<Uuid, Option<String>> = Map::default();
    for firing in &result.firings {
        let children = firing.children.iter().filter_map(|child| child.event.as_ref());
        for event in firing.event.iter().chain(children) {
            wanted.insert(event.id, None);
        }
    }
    for text in events.texts() {
        find_texts(text.bytes, &mut wanted);
    }
    let SimulationResult { firings, automations: several, not_played, .. } = result;
    let mut each =
        if several.is_empty() { vec![firings] } else { several.into_iter().map(|one| one.firings).collect() };
    each.reverse();
    let (rendered, _) = automation.read(|root, reading| {
        let names = automations::all(root, reading)?;
        let items = recognise(root).items;
        let implied = Implied::of(&items);
        let documents = Implied::documents(&implied);
        let mut played = Vec::new();
        for (((item, given), implied), document) in items.iter().zip(&names).zip(&implied).zip(&documents) {
            step(1);
            if options.name.as_ref().is_none_or(|name| *name == given.automation.name)
                && let Some(firings) = each.pop()
            {
                let automation = document.as_ref().and_then(Document::root).unwrap_or(item.value);
                let implied = implied.as_ref().map(|own| own.deployment.clone());
                played.push(Played { automation: Some(automation), implied, firings });
            }
        }
        let text = |id: Uuid| wanted.get(&id)?.as_deref();
        Some(of_all(played, &|_| None, &text, given, settings))
    });
    Ok(RenderedFirings { not_played, ..rendered.unwrap_or_default() })
}

/// The automation of a deployment's trigger, which implies its action.
struct Implied {
    deployment: Option<String>,
    text: String,
    tape: Tape,
}

impl Implied {
    /// For each item: `None` for those that are not triggers of deployments.
    fn of(items: &[Item<'_>]) -> Vec<Option<Implied>> {
        let names = automations::deployment_names(items);
        let one = |(item, name): (&Item<'_>, String)| {
            (item.form == ItemForm::DeploymentTrigger).then(|| {
                let text = implied_automation(item.value, &name);
                let (mut tape, mut issues) = (Tape::new(), Vec::new());
                parse(text.as_bytes(), 0, &mut tape, &mut issues);
                Implied {
                    deployment: item.deployment.and_then(|own| own.get("name")).and_then(scalar::text),
                    text,
                    tape,
                }
            })
        };
        items.iter().zip(names).map(one).collect()
    }

    fn documents(all: &[Option<Implied>]) -> Vec<Option<Document<'_>>> {
        all.iter().map(|own| own.as_ref().map(|own| own.tape.document(own.text.as_bytes()))).collect()
    }
}

fn failed(result: SimulationResult) -> RenderedFirings {
    RenderedFirings {
        errors: result.errors,
        found_in: result.found_in,
        events_index: result.events_index,
        ..RenderedFirings::default()
    }
}

fn id_of(event: Value<'_>) -> Option<Uuid> {
    let id = event.get("id").filter(|id| id.is_string())?;
    crate::text::uuid::read_uuid(&id.bytes())
}

/// Keeps the texts of the events that are wanted.
fn find_texts(bytes: &[u8], wanted: &mut Map<Uuid, Option<String>>) {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut at = recognise::events_start(bytes);
    while bytes.get(at..).is_some_and(|rest| !rest.trim_ascii_start().is_empty()) {
        let parsed = parse_prefix_around(bytes, at, &mut tape, &mut issues);
        let document = tape.document(bytes);
        let Some(root) = document.root().filter(|_| parsed.complete && parsed.end > at) else { return };
        step(1);
        at = parsed.end;
        for event in recognise::events(root) {
            if let Some(kept @ None) = id_of(event).and_then(|id| wanted.get_mut(&id)) {
                *kept = Some(String::from_utf8_lossy(event.written()).into_owned());
            }
        }
    }
}

/// Renders the actions of all firings, those of several automations in order of time.
fn of_all<'t>(
    played: Vec<Played<'t>>,
    find: &dyn Fn(Uuid) -> Option<Value<'t>>,
    text: &dyn Fn(Uuid) -> Option<&'t str>,
    given: Option<&ServerObjects>,
    settings: &ActionSettings,
) -> RenderedFirings {
    let mut all: Vec<(Option<Value<'_>>, Option<Option<String>>, Firing)> = Vec::new();
    for Played { automation, implied, firings } in played {
        all.extend(firings.into_iter().map(|firing| (automation, implied.clone(), firing)));
    }
    crate::text::order::by_key(&mut all, &mut |(.., firing)| firing.at.sortable());
    let most = settings.most.unwrap_or(MOST);
    let more = all.len().saturating_sub(most);
    let options = ActionOptions { ui_url: settings.ui_url.clone() };
    let given = given.map(ServerObjects::document);
    let given = Given::of(given.as_ref().and_then(Document::root));
    let fuel = Fuel::default();
    let firings = all.into_iter().take(most).map(|(automation, implied, firing)| {
        step(1);
        let actions = automation.map(|automation| one(automation, &firing, find, text, &given, &options, &fuel));
        let mut actions = actions.unwrap_or_default();
        if let Some(deployment) = implied {
            for action in &mut actions {
                name_deployment(action, deployment.as_deref());
            }
        }
        RenderedFiring { firing, actions }
    });
    RenderedFirings { firings: firings.collect(), more, ..RenderedFirings::default() }
}

/// Renders the actions of one firing. Its events are in the document, or have a text of their own.
fn one<'t>(
    automation: Value<'_>,
    firing: &Firing,
    find: &dyn Fn(Uuid) -> Option<Value<'t>>,
    text: &dyn Fn(Uuid) -> Option<&'t str>,
    given: &Given,
    options: &ActionOptions,
    fuel: &Fuel,
) -> Vec<RenderedAction> {
    let children = firing.children.iter().filter_map(|child| child.event.as_ref());
    let ids: Vec<Uuid> = firing.event.iter().chain(children).map(|event| event.id).collect();
    let mut texts = Vec::new();
    for id in ids {
        if find(id).is_none()
            && let Some(text) = text(id)
        {
            let (mut tape, mut issues) = (Tape::new(), Vec::new());
            parse(text.as_bytes(), 0, &mut tape, &mut issues);
            texts.push((id, text, tape));
        }
    }
    let documents: Vec<_> = texts.iter().map(|(id, text, tape)| (*id, tape.document(text.as_bytes()))).collect();
    let fired = FiringContext::of(firing, &|id| {
        find(id).or_else(|| documents.iter().find(|(own, _)| *own == id).and_then(|(_, document)| document.root()))
    });
    render_with(automation, &fired, given, options, fuel)
}
