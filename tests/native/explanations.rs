//! Every code's explanation, and its pair of a right and a wrong text.

use std::collections::{BTreeMap, BTreeSet};

use super::options::{check_options, validate_options};
use prefect_events::automation;
use prefect_events::diagnostic::TextOptions;
use prefect_events::diagnostic::{Code, Diagnostic, Report, Severity};
use prefect_events::explain::{About, Explanation, explain};
use prefect_events::simulate::{DocumentText, test_scenarios};
use prefect_events::validate::validate;

/// Findings without a place in the text.
const WITHOUT_EXTENT: [&str; 2] = ["syntax-empty", "syntax-truncated"];

/// Findings about the options, which are not in the text.
const NOWHERE: [&str; 1] = ["heartbeat-frequency-too-low"];

/// Codes whose example shows their fix.
const FIXED: [&str; 42] = [
    "syntax-trailing-comma",
    "syntax-missing-comma",
    "syntax-literal",
    "syntax-control-character",
    "missing-field",
    "label-not-text",
    "timestamp-without-offset",
    "unusual-uuid",
    "missing-label",
    "misspelt-label",
    "wrong-label-value",
    "misspelt-role",
    "unknown-role",
    "misspelt-payload-field",
    "wrong-payload-value",
    "unknown-label",
    "missing-automation-field",
    "label-pattern-not-text",
    "unknown-automation-field",
    "unknown-trigger-type",
    "unknown-posture",
    "not-a-duration",
    "unknown-action-type",
    "unknown-state-type",
    "ignored-field",
    "within-text-before-3-9",
    "proactive-without-for-each",
    "state-type-as-name",
    "misspelt-event",
    "no-such-status",
    "misspelt-state",
    "event-without-prefix",
    "role-never-related",
    "label-never-has-value",
    "for-each-never-present",
    "unknown-prefect-kind",
    "heartbeat-without-for-each",
    "heartbeat-not-expected",
    "states-not-expected",
    "scenario-unknown-key",
    "scenario-unknown-state",
    "scenario-unknown-run",
];

/// The largest text of a `wrong` example.
const MAX_EXAMPLE: usize = 3_000_000;

fn explanations() -> impl Iterator<Item = (Code, Explanation)> {
    Code::ALL.iter().copied().map(|code| (code, explain(code)))
}

/// Each code with a text that has its finding, and the matching check.
fn wrong_examples() -> impl Iterator<Item = (Code, String, Checker)> {
    explanations().map(|(code, explanation)| {
        let checker = Checker { about: explanation.about, options: explanation.wrong_options };
        (code, explanation.wrong_example(), checker)
    })
}

#[derive(Clone, Copy)]
struct Checker {
    about: About,
    options: Option<&'static str>,
}

impl Checker {
    fn check(self, text: &str) -> Report {
        let (text, options) = (bytes(text), TextOptions::default());
        let settings = self.options.unwrap_or_default();
        match self.about {
            About::Events => validate(&text, options, &validate_options(settings).unwrap()),
            About::Automations => automation::check(&text, options, &check_options(settings)).report,
            About::Scenarios => {
                let report = test_scenarios(DocumentText { bytes: &text, options });
                let diagnostics: Vec<Diagnostic> = report.diagnostics().cloned().collect();
                // The right example meets its expectations.
                assert_eq!(diagnostics.is_empty(), report.passed, "{:?}", report.failures().collect::<Vec<_>>());
                let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error).count() as u64;
                Report {
                    valid: errors == 0,
                    count: 0,
                    errors,
                    warnings: 0,
                    infos: 0,
                    diagnostics,
                    truncated: None,
                    form: None,
                }
            }
        }
    }
}

/// The bytes of an example: `�` stands for a byte that is not UTF-8, here `é` in Latin-1.
fn bytes(example: &str) -> Vec<u8> {
    let mut parts = example.split('\u{FFFD}');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(0xE9);
        bytes.extend_from_slice(part.as_bytes());
    }
    assert_eq!(String::from_utf8_lossy(&bytes), example);
    bytes
}

/// The text in the diagnostic's range.
fn marked(text: &str, diagnostic: &Diagnostic) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let range = diagnostic.range.expect(diagnostic.code);
    let (start, end) = (range.start.offset as usize, range.end.offset as usize);
    String::from_utf16_lossy(&units[start..end])
}

/// The text with all edits of the diagnostic's fix applied.
fn fixed(text: &str, diagnostic: &Diagnostic) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut edits = diagnostic.fix.clone().unwrap().edits;
    edits.sort_by_key(|edit| edit.range.start.offset);
    let (mut out, mut at) = (Vec::new(), 0);
    for edit in &edits {
        let (start, end) = (edit.range.start.offset as usize, edit.range.end.offset as usize);
        assert!(at <= start, "{}: the edits overlap", diagnostic.code);
        out.extend_from_slice(&units[at..start]);
        out.extend(edit.text.encode_utf16());
        at = end;
    }
    out.extend_from_slice(&units[at..]);
    String::from_utf16(&out).unwrap()
}

fn codes(report: &Report) -> Vec<&str> {
    report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn the_texts_are_complete() {
    let mut titles = BTreeMap::new();
    for (code, explanation) in explanations() {
        let Explanation { title, text, docs, .. } = explanation;
        let name = code.name();
        assert!(title.starts_with(char::is_uppercase) && !title.ends_with('.') && title.len() < 60, "{name}: {title}");
        assert_eq!(titles.insert(title, name), None, "{name}: the title stands twice");
        let sentences = text.matches(". ").count() + 1;
        assert!(text.ends_with(['.', ')']) && (2..=5).contains(&sentences), "{name}: {sentences} sentences: {text}");
        assert!(!text.contains('\n'), "{name}");
        assert!(
            docs.is_none_or(|docs| docs.starts_with(concat!(env!("PREFECT_DOCUMENTATION"), "/v3/"))
                || docs.contains("/rfc8259#section-")
                || docs.starts_with("https://yaml.org/spec/1.2.2/#")),
            "{name}"
        );
    }
    let total: usize = explanations().map(|(_, explanation)| explanation.title.len() + explanation.text.len()).sum();
    assert!(total < 55_000, "the texts take {total} bytes of the package");
}

#[test]
fn the_right_examples_have_no_findings() {
    for (code, explanation) in explanations() {
        let checker = Checker { about: explanation.about, options: explanation.options };
        let report = checker.check(&explanation.right);
        assert_eq!(codes(&report), Vec::<&str>::new(), "{}: {:#?}", code.name(), report.diagnostics);
    }
}

#[test]
fn wrong_examples_have_exactly_their_finding() {
    let mut other = Vec::new();
    for (code, wrong, checker) in wrong_examples() {
        assert_ne!(explain(code).right, wrong, "{}", code.name());
        let whole = serde_json::to_value(explain(code).whole()).unwrap();
        assert!(whole["wrong"] == wrong, "{}: the whole explanation has the whole example", code.name());
        assert!(wrong.len() < MAX_EXAMPLE, "{}: {} bytes", code.name(), wrong.len());
        let report = checker.check(&wrong);
        if codes(&report) != [code.name()] {
            let found = report.diagnostics.iter().map(|found| format!("{}: {}", found.code, found.message));
            other.push((code.name(), found.collect::<Vec<_>>()));
        }
    }
    assert!(other.is_empty(), "{other:#?}");
}

/// What `validate` reports about any text, of events or not.
#[test]
fn the_codes_of_events_are_those_that_validate_reports() {
    let mut reported = BTreeSet::new();
    for (_, explanation) in explanations() {
        let wrong = explanation.wrong_example();
        for (text, options) in [(wrong, explanation.wrong_options), (explanation.right, explanation.options)] {
            let options = options.filter(|_| explanation.about == About::Events);
            let report = Checker { about: About::Events, options }.check(&text);
            reported.extend(report.diagnostics.iter().map(|found| Code::find(found.code).expect(found.code)));
        }
    }
    assert_eq!(reported, Code::OF_EVENTS.iter().copied().collect());
}

#[test]
fn the_wrong_examples_are_as_severe_as_the_table_says() {
    for (code, wrong, checker) in wrong_examples() {
        let report = checker.check(&wrong);
        assert!(report.diagnostics.iter().all(|diagnostic| diagnostic.severity == code.severity()), "{}", code.name());
        assert_eq!(report.valid, code.severity() != Severity::Error, "{}", code.name());
    }
}

#[test]
fn every_finding_points_to_a_value() {
    for (code, wrong, checker) in wrong_examples() {
        if NOWHERE.contains(&code.name()) {
            continue;
        }
        for diagnostic in &checker.check(&wrong).diagnostics {
            let empty = marked(&wrong, diagnostic).is_empty();
            assert_eq!(empty, WITHOUT_EXTENT.contains(&code.name()), "{}", code.name());
        }
    }
}

#[test]
fn messages_have_no_unfilled_placeholders() {
    for (code, wrong, checker) in wrong_examples() {
        for Diagnostic { message, help, fix, .. } in checker.check(&wrong).diagnostics {
            let title = fix.map(|fix| fix.title);
            for sentence in [Some(message), help, title].into_iter().flatten() {
                let name = code.name();
                assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{name}: {sentence}");
                let begins = sentence.starts_with("JSON")
                    || sentence.starts_with("Jinja")
                    || sentence.starts_with("Prefect")
                    || !sentence.starts_with(char::is_uppercase);
                assert!(begins, "{name}: {sentence}");
            }
        }
    }
}

#[test]
fn applied_fixes_remove_the_findings() {
    let mut with_fix = BTreeSet::new();
    for (code, wrong, checker) in wrong_examples() {
        for diagnostic in checker.check(&wrong).diagnostics.iter().filter(|diagnostic| diagnostic.fix.is_some()) {
            let text = fixed(&wrong, diagnostic);
            let report = checker.check(&text);
            assert_eq!(codes(&report), Vec::<&str>::new(), "{}: {text}", code.name());
            with_fix.insert(code);
        }
    }
    let expected = FIXED.map(|name| Code::find(name).expect(name));
    assert_eq!(with_fix, BTreeSet::from(expected));
}
