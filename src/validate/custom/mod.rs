//! Checks events against the users' own JSON Schemas: violations become findings.

mod budget;
mod causes;
mod error;
mod files;
mod read;
mod schemas;
mod violation;

use crate::diagnostic::Code;
use crate::json::Value;

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::path::Path;

pub use error::SchemasError;
pub use files::SchemaFile;
pub use schemas::Schemas;

use causes::causes;
use violation::Rejected;

/// Checks an event against the schemas that are for events of its name.
pub(super) fn check(
    findings: &mut Findings<'_>,
    schemas: &Schemas,
    subject: &Subject<'_>,
    name: Option<&str>,
    event: Value<'_>,
) {
    let Some(name) = name else { return };
    let mut matching = schemas.of(name).peekable();
    if matching.peek().is_none() {
        return;
    }
    let instance = read::value(event);
    let mut places = read::Finder::new(event);
    let mut rejected: Vec<Rejected<'_>> = Vec::new();
    let mut left = budget::MAX_PER_EVENT;
    let values = budget::values(&instance);
    for schema in matching {
        let Some(rest) = left.checked_sub(values.saturating_mul(schema.work)) else {
            findings
                .add(Code::SCHEMA_BUDGET_EXCEEDED, subject, &Path::Root, event)
                .opening()
                .with("schema", &schema.key)
                .count("values", usize::try_from(values).unwrap_or(usize::MAX))
                .count("work", usize::try_from(schema.work).unwrap_or(usize::MAX))
                .count("limit", usize::try_from(budget::MAX_PER_EVENT).unwrap_or(usize::MAX));
            continue;
        };
        left = rest;
        for error in schema.validator.iter_errors(&instance) {
            causes(&error, &mut |error| violation::rejected(&schema.key, error, &mut places, &mut rejected));
        }
    }
    rejected.sort_by_key(|one| one.last);
    // A value with a finding of its own is not reported twice.
    rejected.retain(|one| !findings.has(&one.path));
    for one in rejected {
        if one.last && findings.has(&one.path) {
            continue;
        }
        let code = Code::SCHEMA_VIOLATION;
        let finding = findings.add(code, subject, &Path::Written(one.path.as_str()), one.place);
        let finding = if one.opening { finding.opening() } else { finding };
        finding.with("what", &one.sentence).with("schema", one.schema).with("at", &one.at);
    }
}
