//! Backtests, causes and comparisons.
//!
//! Backtests, comparisons and rendered actions are JSON text, although objects take 0.64 to 0.92 of the time of the text
//! and `JSON.parse` (`tests/bench/boundary.js`): they have maps of labels and of fields of payloads, and an object would
//! lose a label `__proto__`.

use prefect_events::backtest::{self, Backtest, BacktestOptions, CompareOptions, Comparison, Why, WhyOptions};
use prefect_events::simulate::{self, CapturedEvents, TestOptions};
use prefect_events_boundary::{document, misuse, object, options, text};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Captured events, added part by part.
#[wasm_bindgen]
#[derive(Default)]
pub struct Captured(CapturedEvents);

#[wasm_bindgen]
impl Captured {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Captured {
        Captured::default()
    }

    /// Adds a document, or whole lines of NDJSON after `lines` others of the same text. `index`: of the text, if there are
    /// several. Returns whether it could be read; if not, every result has its errors.
    pub fn add(&mut self, bytes: &[u8], wtf8: bool, lines: u32, index: Option<usize>) -> bool {
        self.0.add_lines(document(bytes, true, wtf8), u64::from(lines), index).valid
    }

    /// The text of scenarios with their firings as expectations.
    #[wasm_bindgen(js_name = freezeFirings)]
    pub fn freeze_firings(scenarios: &[u8], wtf8: bool, how: JsValue) -> Result<String, JsValue> {
        let how: TestOptions = options(how)?;
        simulate::freeze_firings(document(scenarios, true, wtf8), &how.files).map_err(misuse)
    }

    /// A backtest as JSON.
    pub fn backtest(&self, automations: &[u8], wtf8: bool, how: JsValue) -> Result<String, JsValue> {
        text(&self.backtested(automations, wtf8, how)?)
    }

    /// What happened to one run. `automations`: nothing for those that the events describe.
    pub fn why(&self, run: &str, automations: &[u8], wtf8: bool, how: JsValue) -> Result<JsValue, JsValue> {
        object(&self.explained(run, automations, wtf8, how)?)
    }

    fn explained(&self, run: &str, automations: &[u8], wtf8: bool, how: JsValue) -> Result<Why, JsValue> {
        let how: WhyOptions = options(how)?;
        let automations = (!automations.is_empty()).then(|| document(automations, true, wtf8));
        backtest::why(&self.0, run, automations, &how).map_err(misuse)
    }

    /// Two versions of automations on the same events, as JSON. `end`: of the old one; the new one follows.
    pub fn compare(
        &self,
        both: &[u8],
        end: usize,
        old_wtf8: bool,
        new_wtf8: bool,
        how: JsValue,
    ) -> Result<String, JsValue> {
        text(&self.compared(both, end, [old_wtf8, new_wtf8], how)?)
    }

    fn compared(
        &self,
        both: &[u8],
        end: usize,
        [old_wtf8, new_wtf8]: [bool; 2],
        how: JsValue,
    ) -> Result<Comparison, JsValue> {
        let how: CompareOptions = options(how)?;
        let (old, new) = both.split_at_checked(end).unwrap_or((both, &[]));
        let (old, new) = (document(old, true, old_wtf8), document(new, true, new_wtf8));
        backtest::compare_automations(old, new, &self.0, &how).map_err(misuse)
    }

    fn backtested(&self, automations: &[u8], wtf8: bool, how: JsValue) -> Result<Backtest, JsValue> {
        let how: BacktestOptions = options(how)?;
        backtest::backtest_captured(document(automations, true, wtf8), &self.0, &how).map_err(misuse)
    }
}
