//! A simulation's decisions do not depend on what else it returns, and its timeline is consistent.

use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{DocumentText, SimulateOptions, SimulationResult, Timeline, compare_versions, simulate};
use prefect_events::time::Instant;
use prefect_events::trigger::Version;

use super::input::{choice, has, is_short};
use super::reports::{Units, assert_found};

pub fn target(input: &[u8]) {
    let (choice, bytes) = choice(input);
    if !is_short(bytes) {
        return;
    }
    let options = TextOptions { places: !has(choice, 0), wtf8: has(choice, 1) && Units::are_of(bytes) };
    let scenario = DocumentText { bytes, options };
    let result = simulate(scenario, &SimulateOptions::default());
    assert_result(&result, &Units::of(bytes, options.wtf8), options.places);
    assert!(result.decisions.is_none() && result.timeline.is_none() && result.events.is_none());

    let whole = SimulateOptions { trace: true, timeline: true, events: true, ..SimulateOptions::default() };
    let traced = simulate(scenario, &whole);
    assert_eq!(outcome(&traced), outcome(&result));
    if let Some(timeline) = &traced.timeline {
        assert_timeline(timeline, &traced);
    }
    assert_eq!(traced.events.is_some(), traced.errors.is_empty());
    assert_eq!(serde_json::to_string(&traced).ok(), serde_json::to_string(&simulate(scenario, &whole)).ok());

    if has(choice, 2) {
        let comparison = compare_versions(scenario, &SimulateOptions::default());
        let of = |version| {
            simulate(scenario, &SimulateOptions { server_version: Some(version), ..SimulateOptions::default() })
        };
        assert_eq!((&comparison.v3_8, &comparison.v3_9), (&of(Version::V3_8), &of(Version::V3_9)));
        assert_compared(&comparison);
    }
}

/// Everything that must not depend on what else is returned.
pub fn outcome(result: &SimulationResult) -> impl PartialEq + std::fmt::Debug {
    let SimulationResult { scenario, firings, child_firings, undelivered, warnings, errors, found_in, .. } =
        result.clone();
    (scenario, firings, child_firings, undelivered, warnings, errors, found_in)
}

/// Asserts that a result is consistent.
pub fn assert_result(result: &SimulationResult, units: &Units, places: bool) {
    assert_found(result.errors.iter().chain(&result.warnings), units, places);
    if !result.errors.is_empty() {
        let empty = SimulationResult {
            errors: result.errors.clone(),
            found_in: result.found_in,
            ..SimulationResult::default()
        };
        assert_eq!(*result, empty);
    } else {
        // Only a result that certainly never fires has a reason, and it always has one.
        assert_eq!(result.reason.is_some(), result.firings.iter().all(|firing| firing.if_silent));
    }
    assert!(result.firings.is_sorted_by_key(|firing| firing.at));
    assert!(result.child_firings.is_sorted_by_key(|firing| firing.at));
    assert!(result.firings.iter().all(|firing| !firing.reason_sentence().is_empty()));
}

/// Asserts that a timeline is consistent, in itself and with its result.
pub fn assert_timeline(timeline: &Timeline, result: &SimulationResult) {
    let inside = |at: Instant| timeline.start <= at && at <= timeline.end;
    assert!(timeline.start <= timeline.end);
    assert!(result.firings.iter().all(|firing| inside(firing.at)));
    let decisions = result.decisions.as_ref().map_or(0, Vec::len);
    let mut fired = 0;
    for lane in &timeline.lanes {
        assert!(lane.heartbeats.is_sorted() && lane.missed.is_sorted(), "{lane:?}");
        assert!(lane.states.is_sorted_by_key(|state| state.at) && lane.fired.is_sorted_by_key(|fired| fired.at));
        assert!(lane.windows.iter().all(|window| window.closed.is_some() == window.closed_by.is_some()));
        let own = lane.decisions.iter().flatten();
        assert!(own.clone().is_sorted() && own.clone().all(|index| *index < decisions), "{lane:?}");
        assert!(lane.fired.iter().filter_map(|fired| fired.decision).all(|index| index < decisions));
        fired += lane.fired.iter().filter(|fired| !fired.child).count();
    }
    assert_eq!(fired, result.firings.len());
}

/// Asserts that there are differences only where there are different firings.
pub fn assert_compared(comparison: &prefect_events::simulate::VersionComparison) {
    let same = comparison.v3_8.firings == comparison.v3_9.firings;
    assert!(comparison.differences.is_empty() || !same);
    assert!(comparison.differences.is_sorted_by_key(|difference| difference.at));
    for difference in &comparison.differences {
        assert!(difference.v3_8.is_some() || difference.v3_9.is_some());
        assert!(!difference.message.is_empty());
    }
}
