//! Events of a real server.

use std::collections::BTreeMap;

use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{ValidateOptions, validate};

/// Their only findings: a custom state name, a task run without a flow run, an event that follows one outside of the
/// file. None of these requires action.
const REMARKS: [(&str, usize); 3] = [("custom-state-name", 8), ("follows-not-found", 15), ("missing-related", 13)];

#[test]
fn real_events_have_neither_errors_nor_warnings() {
    let text = super::cases::read("events.ndjson.gz");
    let report = validate(&text, TextOptions::default(), &ValidateOptions::default());
    assert_eq!((report.count, report.errors, report.warnings), (1392, 0, 0), "{:#?}", report.diagnostics);
    let mut counts = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        *counts.entry(diagnostic.code).or_default() += 1;
    }
    assert_eq!(counts, BTreeMap::from(REMARKS));
}
