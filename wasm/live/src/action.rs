//! The actions of each firing.

use prefect_events::action::ServerObjects;
use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{self, ActionSettings, DocumentText, EventTexts};
use prefect_events_boundary::{misuse, options, text};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

fn known(given: &str) -> Result<Option<ServerObjects>, JsValue> {
    let given = Some(given).filter(|given| !given.is_empty()).map(ServerObjects::read).transpose();
    given.map_err(|error| misuse(format_args!("`given` {error}")))
}

fn document(bytes: &[u8], wtf8: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places: true, wtf8 } }
}

/// Plays a scenario and renders the actions of its firings. `given`: JSON text; empty for none.
#[wasm_bindgen(js_name = scenarioActions)]
pub fn scenario_actions(
    scenario: &[u8],
    wtf8: bool,
    given: &str,
    how: JsValue,
    settings: JsValue,
) -> Result<String, JsValue> {
    let settings: ActionSettings = options(settings)?;
    let scenario = document(scenario, wtf8);
    text(&simulate::scenario_actions(scenario, known(given)?.as_ref(), &options(how)?, &settings))
}

/// Plays events to an automation and renders the actions of its firings. `events`: concatenated texts; `ends`: where each
/// ends.
#[wasm_bindgen(js_name = replayActions)]
#[allow(clippy::too_many_arguments, reason = "JavaScript passes texts and their forms side by side")]
pub fn replay_actions(
    automation: &[u8],
    automation_wtf8: bool,
    events: &[u8],
    ends: &[u32],
    events_wtf8: bool,
    given: &str,
    how: JsValue,
    settings: JsValue,
) -> Result<String, JsValue> {
    let settings: ActionSettings = options(settings)?;
    let mut begin = 0;
    let one = |end: &u32| {
        let end = *end as usize;
        let text = events.get(begin..end).unwrap_or_default();
        begin = end;
        document(text, events_wtf8)
    };
    let events: EventTexts<'_> = ends.iter().map(one).collect::<Vec<_>>().into();
    let automation = document(automation, automation_wtf8);
    let played = simulate::replay_actions(automation, &events, known(given)?.as_ref(), &options(how)?, &settings);
    text(&played.map_err(misuse)?)
}
