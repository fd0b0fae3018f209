//! Realistic automations, each with the expected findings.

use prefect_events::automation::{self, CheckOptions};
use prefect_events::diagnostic::{Diagnostic, Report, Severity, TextOptions};
use prefect_events::json::Value;
use regex::Regex;

/// How a report fails the expectation of a row.
fn missed(report: &Report, expect: Value<'_>) -> Vec<String> {
    let text = |name: &str| expect.get(name).map(|value| value.string().into_owned());
    let said = |found: &Diagnostic| {
        let fix = found.fix.iter().flat_map(|fix| fix.edits.iter().map(|edit| edit.text.clone())).collect::<String>();
        let title = found.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
        [&*found.message, found.help.as_deref().unwrap_or_default(), &title, &fix, &found.path].join("\n")
    };
    let mut missed = Vec::new();
    match text("errors").as_deref() {
        Some("0") if report.errors > 0 => missed.push(format!("{} errors", report.errors)),
        Some(">0") if report.errors == 0 => missed.push("no error".to_owned()),
        _ => {}
    }
    if text("warnings").as_deref() == Some("0") && report.warnings > 0 {
        missed.push(format!("{} warnings", report.warnings));
    }
    let least = text("at_least");
    let counts = |found: &&Diagnostic| match least.as_deref() {
        Some("error") => found.severity == Severity::Error,
        Some("warning") => found.severity != Severity::Info,
        _ => true,
    };
    if let Some(mentions) = text("mentions") {
        let wanted = Regex::new(&format!("(?i){mentions}")).unwrap();
        if !report.diagnostics.iter().filter(counts).any(|found| wanted.is_match(&said(found))) {
            missed.push(format!("nothing mentions {mentions}"));
        }
    } else if least.is_some() && !report.diagnostics.iter().any(|found| counts(&found)) {
        missed.push(format!("nothing is at least {}", least.unwrap_or_default()));
    }
    if let Some(unwanted) = text("not_mentions") {
        let unwanted = Regex::new(&format!("(?i){unwanted}")).unwrap();
        missed.extend(
            report
                .diagnostics
                .iter()
                .filter(|found| unwanted.is_match(&said(found)))
                .map(|found| found.message.clone()),
        );
    }
    missed
}

#[test]
fn every_automation_gets_an_explanation() {
    let (mut count, mut wrong) = (0, Vec::new());
    super::cases::each_row("check.ndjson", |row| {
        count += 1;
        let text = row.get("text").unwrap().string();
        let report = automation::check(text.as_bytes(), TextOptions::default(), &CheckOptions::default()).report;
        let missed = missed(&report, row.get("expect").unwrap());
        if !missed.is_empty() {
            let said: Vec<_> = report.diagnostics.iter().map(|found| (found.code, &found.message)).collect();
            wrong.push(format!("{}: {missed:?}: {said:?}", row.get("id").unwrap().string()));
        }
    });
    assert_eq!(count, 27);
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
