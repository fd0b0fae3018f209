//! Backtests, causes and comparisons.

use prefect_events::backtest::{self, BacktestOptions};
use prefect_events::diagnostic::TextOptions;
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
}

/// A rendered result, and whether it is what the caller hopes for.
#[derive(Serialize)]
struct Rendered {
    text: String,
    /// Absent if the input could not be read.
    agrees: Option<bool>,
}

#[wasm_bindgen]
impl Captured {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Captured {
        Captured::default()
    }

    /// Adds whole lines of NDJSON, or a whole document. The errors, if it cannot be read.
    pub fn add(&mut self, bytes: &[u8], wtf8: bool) -> Result<JsValue, JsValue> {
        let report = self.events.add(document(bytes, wtf8));
        if report.valid { Ok(JsValue::UNDEFINED) } else { object(&report.diagnostics) }
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

    fn backtested(&self, automations: &[u8], wtf8: bool, how: JsValue) -> Result<backtest::Backtest, JsValue> {
        let how: BacktestOptions = options(how)?;
        backtest::backtest_captured(document(automations, wtf8), &self.events, &how).map_err(misuse)
    }
}

fn document(bytes: &[u8], wtf8: bool) -> DocumentText<'_> {
    DocumentText { bytes, options: TextOptions { places: true, wtf8 } }
}
