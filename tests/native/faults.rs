//! The faults of the server: each is documented, with a scenario in which it shows.

use std::collections::BTreeSet;

use prefect_events::diagnostic::TextOptions;
use prefect_events::simulate::{Request, Text, simulate};
use prefect_events::trigger::{Fault, Outcome};

const DOCUMENT: &str = include_str!("../../docs/server-faults.md");

fn play(scenario: &str, intended: bool) -> Outcome {
    let scenario = format!("{scenario}intended: {intended}\n");
    let text = Text { bytes: scenario.as_bytes(), options: TextOptions { places: true, wtf8: false } };
    let result = simulate(text, Request { trace: true, ..Request::default() });
    let (simulation, _) = result.played().unwrap_or_else(|| panic!("{:?}", result.errors()));
    simulation.outcome.clone()
}

/// The faults that show when a scenario is played.
fn faults(scenario: &str, intended: bool) -> BTreeSet<&'static str> {
    play(scenario, intended).decisions.iter().filter_map(|decision| decision.fault).map(Fault::name).collect()
}

#[test]
fn each_shows_in_its_scenario_and_is_mended_where_it_is_said_to_be() {
    let mut told = Vec::new();
    for section in DOCUMENT.split("\n## `").skip(1) {
        let (name, rest) = section.split_once('`').unwrap();
        let scenario = rest.split("```").nth(1).and_then(|block| block.strip_prefix("yaml\n")).unwrap();
        assert_eq!(faults(scenario, false), BTreeSet::from([name]), "{name}");
        let mended = match rest.split_once("Mended by `intended`: ").unwrap().1 {
            answer if answer.starts_with("yes") => true,
            answer if answer.starts_with("no") => false,
            answer => panic!("{answer}"),
        };
        assert_eq!(!faults(scenario, true).contains(name), mended, "{name}");
        told.push(name);
    }
    assert_eq!(told, Fault::all().map(Fault::name).collect::<Vec<_>>());
}

#[test]
fn of_1100_silent_runs_500_are_never_reported() {
    let scenario = DOCUMENT.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let fired = |intended| play(scenario, intended).firings.len();
    assert_eq!((fired(false), fired(true)), (600, 1100));
}
