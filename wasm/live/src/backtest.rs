//! Backtests, causes and comparisons.

use prefect_events::backtest::{self, Backtest, BacktestOptions};
use prefect_events::diagnostic::{Report, TextOptions};
use prefect_events::render::{self, RenderOptions};
use prefect_events::simulate::{CapturedEvents, DocumentText};
use prefect_events_boundary::{misuse, object, options, text};
use serde::Serialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Captured events, added part by part.
#[wasm_bindgen]
#[derive(Default)]
pub struct Captured {
    events: CapturedEvents,
    /// The index of the text that cannot be read, and why.
    failed: Option<(Option<usize>, Report)>,
}

/// A rendered result, and whether it is what the caller hopes for.
#[derive(Serialize)]
struct Rendered {
    text: String,
    /// Absent if the input could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    agrees: Option<bool>,
}

#[wasm_bindgen]
impl Captured {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Captured {
        Captured::default()
    }

    /// Adds a document, or whole lines of NDJSON after `lines` others of the same text. `index`: of the text, if there are
    /// several. Returns whether it could be read; if not, every result has its errors.
    pub fn add(&mut self, bytes: &[u8], wtf8: bool, lines: u32, index: Option<usize>) -> bool {
        let report = self.events.add_lines(document(bytes, wtf8), u64::from(lines));
        let valid = report.valid;
        if !valid && self.failed.is_none() {
            self.failed = Some((index, report));
        }
        valid
    }

    /// How many events there are.
    pub fn count(&self) -> usize {
        self.events.len()
    }

    /// The automations that the events describe: a JSON list. With a name or an id, only those that have it.
    pub fn automations(&self, name: &str) -> String {
        backtest::captured_automations(&self.events, Some(name).filter(|name| !name.is_empty()))
    }

    /// A backtest as JSON.
    pub fn backtest(&self, automations: &[u8], wtf8: bool, how: JsValue) -> Result<String, JsValue> {
        text(&self.backtested(automations, wtf8, how)?)
    }

    /// A backtest as text.
    #[wasm_bindgen(js_name = renderBacktest)]
    pub fn render_backtest(
        &self,
        automations: &[u8],
        wtf8: bool,
        how: JsValue,
        rendering: JsValue,
    ) -> Result<JsValue, JsValue> {
        let rendering: RenderOptions = options(rendering)?;
        let result = self.backtested(automations, wtf8, how)?;
        let agrees = result.errors.is_empty().then_some(result.agrees);
        object(&Rendered { text: render::render_backtest(&result, &rendering), agrees })
    }

    fn backtested(&self, automations: &[u8], wtf8: bool, how: JsValue) -> Result<Backtest, JsValue> {
        let how: BacktestOptions = options(how)?;
        if let Some((index, report)) = &self.failed {
            return Ok(Backtest::unreadable_events(*index, report.clone()));
        }
        backtest::backtest_captured(document(automations, wtf8), &self.events, &how).map_err(misuse)
    }
}

fn document(bytes: &[u8], wtf8: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places: true, wtf8 } }
}
