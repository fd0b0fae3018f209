//! The actions of each firing.

use prefect_events::action::ServerObjects;
use prefect_events::simulate::{self, RenderActionsOptions};
use prefect_events_boundary::{document, event_texts, misuse, options, text};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

fn known(given: &str) -> Result<Option<ServerObjects>, JsValue> {
    let given = Some(given).filter(|given| !given.is_empty()).map(ServerObjects::read).transpose();
    given.map_err(|error| misuse(format_args!("`given` {error}")))
}

/// Plays a scenario and renders the actions of its firings. `given`: JSON text; empty for none.
#[wasm_bindgen(js_name = scenarioActions)]
pub fn scenario_actions(scenario: &[u8], wtf8: bool, given: &str, how: JsValue) -> Result<String, JsValue> {
    let RenderActionsOptions { settings, playing } = options(how)?;
    let scenario = document(scenario, true, wtf8);
    text(&simulate::scenario_actions(scenario, known(given)?.as_ref(), &playing, &settings))
}

/// Plays events to an automation and renders the actions of its firings. `events`: concatenated texts; `ends`: where each
/// ends; `events_wtf8`: 1 for each that has lone surrogates.
#[wasm_bindgen(js_name = replayActions)]
pub fn replay_actions(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    ends: &[u32],
    events_wtf8: &[u8],
    given: &str,
    how: JsValue,
) -> Result<String, JsValue> {
    let RenderActionsOptions { settings, playing } = options(how)?;
    let events = event_texts(events, ends, events_wtf8);
    let automation = document(automation, true, automation_wtf8);
    let played = simulate::replay_actions(automation, &events, known(given)?.as_ref(), &playing, &settings);
    text(&played.map_err(misuse)?)
}
