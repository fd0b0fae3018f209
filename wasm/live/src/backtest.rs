//! Backtests, causes and comparisons.
//!
//! Backtests, comparisons and rendered actions are JSON text, although objects take 0.64 to 0.92 of the time of the text
//! and `JSON.parse` (`tests/bench/boundary.js`): they have maps of labels and of fields of payloads, and an object would
//! lose a label `__proto__`.

use prefect_events::backtest::{
    self, Backtest, BacktestOptions, CompareOptions, ComparedText, Comparison, Why, WhyOptions,
};
use prefect_events::diagnostic::{Report, TextOptions};
use prefect_events::simulate::{self, CapturedEvents, DocumentText, TestOptions};
use prefect_events_boundary::{misuse, object, options, text};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// Captured events, added part by part.
#[wasm_bindgen]
#[derive(Default)]
pub struct Captured {
    events: CapturedEvents,
    /// The index of the text that cannot be read, and why.
    failed: Option<(Option<usize>, Report)>,
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

    /// The text of scenarios with their firings as expectations.
    #[wasm_bindgen(js_name = freezeFirings)]
    pub fn freeze_firings(scenarios: &[u8], wtf8: bool, how: JsValue) -> Result<String, JsValue> {
        let how: TestOptions = options(how)?;
        simulate::freeze_firings(document(scenarios, wtf8), &how.files).map_err(|found| {
            let first = found.first();
            let line = first.and_then(|first| first.range).map(|range| format!("line {}: ", range.start.line));
            misuse(format_args!("{}{}", line.unwrap_or_default(), first.map_or("", |first| &first.message)))
        })
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
        if let Some((_, report)) = &self.failed {
            let first = report.diagnostics.first().map_or("", |first| &first.message);
            return Err(misuse(format_args!("the events cannot be read: {first}")));
        }
        let automations = (!automations.is_empty()).then(|| document(automations, wtf8));
        backtest::why(&self.events, run, automations, &how).map_err(misuse)
    }

    /// Two versions of automations on the same events, as JSON. `end`: of the old one; the new one follows.
    pub fn compare(&self, both: &[u8], end: usize, wtf8: bool, how: JsValue) -> Result<String, JsValue> {
        text(&self.compared(both, end, wtf8, how)?)
    }

    fn compared(&self, both: &[u8], end: usize, wtf8: bool, how: JsValue) -> Result<Comparison, JsValue> {
        let how: CompareOptions = options(how)?;
        if let Some((index, report)) = &self.failed {
            return Ok(Comparison::unreadable(ComparedText::Events, *index, report.clone()));
        }
        let (old, new) = both.split_at_checked(end).unwrap_or((both, &[]));
        backtest::compare_automations(document(old, wtf8), document(new, wtf8), &self.events, &how).map_err(misuse)
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
