//! An event built from a name and an input has no errors except those in the input, and is the same alone and as one of
//! several. The texts are the name and the input.

use prefect_events::diagnostic::{Diagnostic, Severity, TextOptions};
use prefect_events::generate::{BuildOptions, EventBuilder, build_event};
use prefect_events::time;
use prefect_events::validate::{ValidateOptions, validate};

use super::input::{choice, two_texts};

pub fn build_options(seed: u8) -> BuildOptions {
    let now = time::read(b"2026-03-31T18:30:00Z").and_then(|time| time.instant).expect("a time");
    BuildOptions { seed: i32::from(seed).into(), now }
}

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let (name, input) = two_texts(rest);
    let Ok(name) = std::str::from_utf8(name) else { return };
    let options = build_options(choice);
    let built = build_event(name, input, &options);
    assert_eq!(built, build_event(name, input, &options));
    let list = [b"[", input, b"]"].concat();
    match built {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(error.index, None);
        }
        Ok(event) => {
            let event = event.into_json();
            assert_built(event.as_bytes());
            assert!(!event.contains('\n'));
            let lines = EventBuilder::new(name, &options).build_lines(&list);
            assert_eq!(lines.as_deref(), Ok(&*[&*event, "\n"].concat()));
            let twice = [b"[", input, b",", input, b"]"].concat();
            let lines = EventBuilder::new(name, &options).build_lines(&twice).expect("as before");
            assert_eq!(lines.lines().next(), Some(&*event));
            assert_eq!(lines.lines().count(), 2);
        }
    }
}

/// Asserts that what was built has no errors but in payloads, whose values can be given as they are.
fn assert_built(text: &[u8]) {
    let report = validate(text, TextOptions::default(), &ValidateOptions::default());
    assert_eq!(report.count, 1, "{}", String::from_utf8_lossy(text));
    let of_input = |found: &&Diagnostic| found.path.starts_with("/payload");
    let errors = report.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let own: Vec<_> = errors.filter(|found| !of_input(found)).collect();
    assert!(own.is_empty(), "{own:#?}\n{}", String::from_utf8_lossy(text));
}
