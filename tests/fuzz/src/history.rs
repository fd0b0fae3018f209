//! The history of a run has no errors, and is the same in parts, event by event, and for a specification read by
//! another reader.

use prefect_events::diagnostic::TextOptions;
use prefect_events::generate::{History, RunSpec, build_run};
use prefect_events::validate::{ValidateOptions, validate};

use super::event::build_options;
use super::input::{choice, is_short};

/// Only the beginning of longer histories is checked.
const MOST_EVENTS: usize = 20_000;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    if !is_short(text) {
        return;
    }
    let options = build_options(choice);
    let spec = match RunSpec::from_json(text) {
        Ok(spec) => spec,
        Err(error) => return assert!(!error.to_string().is_empty() && error.index.is_none()),
    };
    let mut history = match History::new(&spec, &options) {
        Ok(history) => history,
        Err(error) => return assert!(!error.to_string().is_empty() && error.index.is_none()),
    };
    let count = history.remaining();
    if count > MOST_EVENTS {
        return;
    }
    let whole = build_run(&spec, &options).expect("as before");
    let report = validate(whole.as_bytes(), TextOptions::default(), &ValidateOptions::default());
    assert_eq!((report.count, report.errors), (count as u64, 0), "{:#?}\n{whole}", report.diagnostics);
    let parts: Vec<String> = std::iter::from_fn(|| history.part()).collect();
    assert_eq!(joined(&parts), whole);
    let mut each = History::new(&spec, &options).expect("as before").each_by_itself();
    let parts: Vec<String> = std::iter::from_fn(|| each.part()).collect();
    assert_eq!(joined(&parts), whole);
}

/// Concatenates lists.
fn joined(parts: &[String]) -> String {
    let items = parts.iter().map(|part| &part[1..part.len() - 1]);
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}
