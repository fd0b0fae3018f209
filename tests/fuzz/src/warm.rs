//! A report does not depend on what the validator has seen before, under any options. The first byte of each text
//! selects its options.

use std::sync::{Arc, OnceLock};

use prefect_events::diagnostic::{Code, Profile, Report, Severity, TextOptions};
use prefect_events::validate::{Schemas, StreamValidator, ValidateOptions, Validator, validate};

use super::input::{choice, has, texts};
use super::reports::is_across_events;
use super::validate::ALL;

pub fn target(input: &[u8]) {
    let mut validator = Validator::default();
    let mut stream = StreamValidator::new(listing_all());
    for text in texts(input) {
        let (choice, text) = choice(text);
        let options = options(choice);
        let of_text = TextOptions { places: !has(choice, 5), wtf8: has(choice, 6) };
        let warm = validator.validate(text, of_text, &options);
        assert_eq!(warm, validate(text, of_text, &options));
        if !text.contains(&b'\n') {
            assert_line(&stream.chunk(text), text);
        }
    }
}

fn listing_all() -> ValidateOptions {
    ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() }
}

/// A stream's report on a line contains the findings about it alone, and those about it together with others.
fn assert_line(in_stream: &Report, text: &[u8]) {
    let own = |report: &Report| {
        let own = report.diagnostics.iter().filter(|found| !is_across_events(found.code));
        // Findings about no event come first.
        let mut own: Vec<_> = own.map(|found| (found.code, found.path.clone())).collect();
        own.sort();
        own
    };
    // One begins a text, the other is not an event in a line.
    if !text.starts_with(b"\xEF\xBB\xBF") && !text.trim_ascii().is_empty() {
        assert_eq!(own(in_stream), own(&validate(text, TextOptions::default(), &listing_all())));
    }
}

fn options(choice: u8) -> ValidateOptions {
    static SCHEMAS: OnceLock<Arc<Schemas>> = OnceLock::new();
    let schemas = || {
        let text = r#"{"prefect.*": {"properties": {"payload": {"maxProperties": 3}}}, "acme.*": {"not": {}}}"#;
        SCHEMAS.get_or_init(|| Arc::new(Schemas::read(text).expect("schemas"))).clone()
    };
    let severity = match (choice >> 1) % 4 {
        0 | 1 => Vec::new(),
        2 => vec![(Code::MISSING_LABEL, None), (Code::MISSING_FIELD, Some(Severity::Info))],
        _ => vec![(Code::MISSING_RESOURCE_ID, None), (Code::UNKNOWN_LABEL, Some(Severity::Error))],
    };
    ValidateOptions {
        profile: if has(choice, 0) { Profile::Server } else { Profile::Documented },
        severity: severity.into_iter().collect(),
        max_diagnostics: if has(choice, 3) { 1 } else { ALL },
        schemas: has(choice, 4).then(schemas),
    }
}
