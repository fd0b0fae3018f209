//! The user's own JSON Schemas: too much work causes an error or a finding, and is not done. The texts are the schemas
//! and the events.

use std::sync::Arc;

use prefect_events::diagnostic::TextOptions;
use prefect_events::text::steps;
use prefect_events::validate::{SchemaFile, Schemas, ValidateOptions, Validator, validate};

use super::input::two_texts;
use super::reports::{Units, assert_sound, keys};
use super::validate::ALL;

pub fn target(input: &[u8]) {
    let (schemas, events) = two_texts(input);
    let Ok(schemas) = std::str::from_utf8(schemas) else { return };
    assert_files(schemas);
    let before = steps();
    let read = match Schemas::read(schemas) {
        Ok(read) => Arc::new(read),
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let options = ValidateOptions { schemas: Some(read), max_diagnostics: ALL, ..ValidateOptions::default() };
    let report = validate(events, TextOptions::default(), &options);
    // Proportional to the texts and to the budget of each event.
    let bound = 8 * (schemas.len() + events.len()) as u64 + 11_000_000 * (1 + report.count);
    assert!(steps() - before < bound, "{} of {bound} steps", steps() - before);
    assert_sound(&report, &Units::of(events, false), true);

    // Schemas only add findings of their own.
    let without = ValidateOptions { schemas: None, ..options.clone() };
    let without = validate(events, TextOptions::default(), &without);
    let own = ["schema-violation", "schema-budget-exceeded"];
    let others = report.diagnostics.iter().filter(|found| !own.contains(&found.code));
    assert_eq!(keys(others), keys(&without.diagnostics));

    let mut validator = Validator::default();
    let _ = validator.validate(events, TextOptions::default(), &ValidateOptions { schemas: None, ..options.clone() });
    assert_eq!(validator.validate(events, TextOptions::default(), &options), report);
}

/// The result of reading schema files is valid.
fn assert_files(schema: &str) {
    let file = SchemaFile { file: "acme.json".to_owned(), key: "acme.*".to_owned(), text: schema.to_owned() };
    if let Err(error) = Schemas::of_files(&[file]) {
        assert!(error.to_string().starts_with("acme.json:"), "{error}");
    }
}
