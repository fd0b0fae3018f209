//! Events of a real server.

use std::collections::BTreeMap;

use prefect_events::diagnostic::Severity;
use prefect_events::validate::{Settings, TextOptions, validate};

#[test]
fn real_events_have_no_errors() {
    let text = super::cases::read("events.ndjson.gz");
    let report = validate(&text, TextOptions::default(), &Settings { max_diagnostics: 100_000, ..Settings::default() });
    let mut counts: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        counts.entry((diagnostic.severity, diagnostic.code)).or_default().push(format!(
            "{} {}: {}",
            diagnostic.name.as_deref().unwrap_or(""),
            diagnostic.path,
            diagnostic.message
        ));
    }
    for ((severity, code), messages) in &counts {
        println!("{severity:?} {code} {}", messages.len());
        let mut distinct: BTreeMap<&String, usize> = BTreeMap::new();
        for m in messages {
            *distinct.entry(m).or_default() += 1;
        }
        for (m, n) in distinct.iter().take(8) {
            println!("    {n} {m}");
        }
    }
    let errors: Vec<_> =
        report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(report.events, 1392);
}
