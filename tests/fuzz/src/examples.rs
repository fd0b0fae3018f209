//! The examples for an automation do what is said of them when their scenarios are played again. The first byte selects
//! the automation and the version.

use prefect_events::simulate::{ExampleOptions, ExampleRun, Files, SimulateOptions, example_runs, simulate};
use prefect_events::trigger::Version;

use super::input::{choice, has, is_short};
use super::reports::{Units, assert_found};

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    if !is_short(text) {
        return;
    }
    let index = usize::from(choice >> 6);
    let options = ExampleOptions {
        automation_index: has(choice, 0).then_some(index),
        server_version: has(choice, 1).then_some(Version::V3_8),
    };
    let found = example_runs(text.into(), &options);
    assert_found(&found.errors, &Units::of(text, false), true);
    let absent = found.fires.is_none() || found.does_not_fire.is_none();
    assert_eq!(found.reason.is_some(), absent && found.errors.is_empty());
    let mut files = Files::default();
    files.insert("./automation.yaml", String::from_utf8_lossy(text));
    let how = SimulateOptions {
        timeline: true,
        files,
        automation_index: Some(options.automation_index.unwrap_or_default()),
        server_version: options.server_version,
        ..SimulateOptions::default()
    };
    let again = |run: &ExampleRun, fires: bool| {
        assert!(!run.title.is_empty() && !run.reason.is_empty());
        let scenario = run.scenario.json();
        let result = simulate((&*scenario).into(), &how);
        assert_eq!(result.errors, [], "{scenario}");
        assert_eq!(result.timeline.as_ref(), Some(&run.timeline), "{scenario}");
        assert_eq!(!result.firings.is_empty(), fires, "{scenario}");
    };
    found.fires.iter().for_each(|run| again(run, true));
    found.does_not_fire.iter().for_each(|run| again(run, false));
}
