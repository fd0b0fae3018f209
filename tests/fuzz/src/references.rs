//! The files that scenarios refer to are listed: with their texts no file is missing, and none is if nothing is listed. The
//! texts are the scenarios and that of all files.

use std::collections::BTreeSet;

use prefect_events::simulate::{DocumentText, Files, TestOptions, scenario_files, test_scenarios_with};

use super::input::{is_short, two_texts};
use super::reports::{Units, assert_found};

const MISSING: &str = "the option `files` does not contain its text";

pub fn target(input: &[u8]) {
    let (scenarios, text) = two_texts(input);
    if !is_short(scenarios) || !is_short(text) {
        return;
    }
    let document = DocumentText::from(scenarios);
    let listed = scenario_files(document);
    let paths: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(paths.len(), listed.len());
    let mut files = Files::default();
    for path in &listed {
        files.insert(path.clone(), String::from_utf8_lossy(text));
    }
    let missing = |files: Files| {
        let report = test_scenarios_with(document, &TestOptions { files });
        assert_found(report.diagnostics(), &Units::of(scenarios, false), true);
        let is_missing = |message: &str| message.contains(MISSING) && !message.contains(&format!("`{MISSING}"));
        report.diagnostics().filter(|found| found.code == "scenario-file" && is_missing(&found.message)).count()
    };
    assert_eq!(missing(files), 0, "{listed:?}");
    assert!(missing(Files::default()) == 0 || !listed.is_empty());
}
