//! Checks events against the users' own JSON Schemas: violations become findings.

mod budget;
mod error;
mod files;
mod read;
mod schemas;
mod violation;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use crate::diagnostic::Code;
use crate::json::{Pointer, Value};

use crate::diagnostic::findings::{Findings, Subject};
use crate::diagnostic::path::Path;

pub use error::SchemasError;
pub use files::SchemaFile;
pub use schemas::Schemas;

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

/// A value that a schema rejects.
struct Rejected<'t> {
    schema: &'t str,
    path: Pointer,
    place: Value<'t>,
    /// Too large to mark all of it.
    opening: bool,
    /// It may follow from another.
    last: bool,
    sentence: String,
    /// The keyword's place in the schema.
    at: String,
}

/// Calls `visit` with an error; for `anyOf` and `oneOf`, with the errors of the intended branch if that is clear.
fn causes(error: &ValidationError<'_>, visit: &mut dyn FnMut(&ValidationError<'_>)) {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
        return visit(error);
    };
    match meant(context, error.instance_path().as_str().len()) {
        Some(branch) => branch.iter().for_each(|error| causes(error, visit)),
        None => visit(error),
    }
}

/// The only branch left after excluding those for values of other types, or those that a member's value excludes.
/// `own`: the length of the pointer to the value itself.
fn meant<'e, 'v>(context: &'e [Vec<ValidationError<'v>>], own: usize) -> Option<&'e [ValidationError<'v>]> {
    let at_value = |error: &ValidationError<'_>| error.instance_path().as_str().len() == own;
    let other_type =
        |error: &ValidationError<'_>| at_value(error) && matches!(error.kind(), ValidationErrorKind::Type { .. });
    let chosen_otherwise = |error: &ValidationError<'_>| {
        !at_value(error)
            && matches!(error.kind(), ValidationErrorKind::Constant { .. } | ValidationErrorKind::Enum { .. })
    };
    let typed = || context.iter().filter(|branch| !branch.iter().any(other_type));
    only(typed()).or_else(|| only(typed().filter(|branch| !branch.iter().any(chosen_otherwise)))).map(Vec::as_slice)
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}
