//! The faults of the server: each is documented, with a scenario that shows it.

use std::collections::BTreeSet;

use prefect_events::simulate::{SimulateOptions, SimulationResult, simulate};
use prefect_events::trigger::ServerQuirk;

const DOCUMENT: &str = include_str!("../../docs/server-faults.md");

fn play(scenario: &str, intended: bool) -> SimulationResult {
    let scenario = format!("{scenario}intended: {intended}\n");
    let result = simulate((&*scenario).into(), &SimulateOptions { trace: true, ..SimulateOptions::default() });
    assert_eq!(result.errors, []);
    result
}

/// The faults that show when a scenario is played.
fn faults(scenario: &str, intended: bool) -> BTreeSet<&'static str> {
    let decisions = play(scenario, intended).decisions.unwrap();
    decisions.iter().filter_map(|decision| decision.quirk).map(ServerQuirk::name).collect()
}

#[test]
fn each_fault_shows_in_its_scenario_and_is_fixed_as_documented() {
    let mut names = Vec::new();
    for section in DOCUMENT.split("\n## `").skip(1) {
        let (name, rest) = section.split_once('`').unwrap();
        let scenario = rest.split("```").nth(1).and_then(|block| block.strip_prefix("yaml\n")).unwrap();
        assert_eq!(faults(scenario, false), BTreeSet::from([name]), "{name}");
        let mended = match rest.split_once("Fixed by `intended`: ").unwrap().1 {
            answer if answer.starts_with("yes") => true,
            answer if answer.starts_with("no") => false,
            answer => panic!("{answer}"),
        };
        assert_eq!(!faults(scenario, true).contains(name), mended, "{name}");
        names.push(name);
    }
    assert_eq!(names, ServerQuirk::all().map(ServerQuirk::name).collect::<Vec<_>>());
}

#[test]
fn reports_that_500_of_1100_silent_runs_are_never_found() {
    let scenario = DOCUMENT.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let fired = |intended| play(scenario, intended).firings.len();
    assert_eq!((fired(false), fired(true)), (600, 1100));
}
