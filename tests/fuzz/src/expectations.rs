//! The counts of a test report equal those of its parts, and its firings equal those of a simulation.

use prefect_events::simulate::{DocumentText, SimulateOptions, simulate, test_scenarios};

use super::input::is_short;
use super::reports::{Units, assert_found};

pub fn target(text: &[u8]) {
    if !is_short(text) {
        return;
    }
    let report = test_scenarios(DocumentText::from(text));
    assert_found(report.diagnostics(), &Units::of(text, false), true);
    let all = || report.scenarios.iter().flat_map(|scenario| &scenario.expectations);
    assert_eq!(report.expectations, all().count());
    assert_eq!(report.failures, all().filter(|expectation| !expectation.passed).count());
    assert_eq!(report.failures, report.failures().count());
    assert_eq!(report.passed, report.errors.is_empty() && report.scenarios.iter().all(|scenario| scenario.passed));
    for scenario in &report.scenarios {
        let met = scenario.expectations.iter().all(|expectation| expectation.passed);
        assert_eq!(scenario.passed, met && scenario.errors.is_empty());
        // An unreadable scenario, or one without expectations, is an error, not a success.
        assert!(!scenario.passed || !scenario.expectations.is_empty());
    }
    for expectation in all() {
        assert_eq!(expectation.passed, expectation.message.is_none());
        assert!(!expectation.expect.is_empty() && expectation.actual.is_sorted_by_key(|firing| firing.at));
        assert!(!expectation.passed || expectation.timeline.is_none() && expectation.decisions.is_empty());
        assert!(expectation.between.is_none_or(|between| between.from <= between.to));
    }
    if let [scenario] = &*report.scenarios
        && report.errors.is_empty()
        && scenario.errors.is_empty()
    {
        let played = simulate(DocumentText::from(text), &SimulateOptions::default());
        // It may be the only one of a list, which cannot be played.
        if played.errors.is_empty() {
            let fired = all().flat_map(|expectation| &expectation.actual);
            fired.for_each(|fired| assert!(played.firings.iter().any(|firing| firing.at == fired.at)));
        }
    }
}
