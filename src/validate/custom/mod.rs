//! JSON Schemas that users give for their events: what they refuse becomes findings.

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
pub use files::{SchemaFile, read_files};
pub use schemas::Schemas;

/// Checks an event against the schemas that are for events of its name.
pub(super) fn check(findings: &mut Findings<'_>, schemas: &Schemas, subject: &Subject<'_>, event: Value<'_>) {
    let Some(name) = subject.name else { return };
    let mut matching = schemas.of(name).peekable();
    if matching.peek().is_none() {
        return;
    }
    let instance = read::value(event);
    let mut refused: Vec<Refused<'_>> = Vec::new();
    for schema in matching {
        for error in schema.validator.iter_errors(&instance) {
            causes(&error, &mut |error| violation::refused(&schema.key, error, event, &mut refused));
        }
    }
    refused.sort_by_key(|one| one.last);
    // What is wrong by itself is not said twice.
    refused.retain(|one| !findings.has(&one.path));
    for one in refused {
        if one.last && findings.has(&one.path) {
            continue;
        }
        let code = Code::SCHEMA_VIOLATION;
        let finding = findings.add(code, subject, &Path::Written(one.path.as_str()), one.place);
        let finding = if one.opening { finding.opening() } else { finding };
        finding.with("what", &one.sentence).with("schema", one.schema).with("at", &one.at);
    }
}

/// What a schema refuses.
struct Refused<'t> {
    schema: &'t str,
    path: Pointer,
    place: Value<'t>,
    /// Too much to mark all of it.
    opening: bool,
    /// It may follow from another.
    last: bool,
    sentence: String,
    /// The keyword's place in the schema.
    at: String,
}

/// Calls `visit` with an error; with one of `anyOf` and `oneOf` only if it is not clear which branch is meant, else
/// with those of that branch.
fn causes(error: &ValidationError<'_>, visit: &mut dyn FnMut(&ValidationError<'_>)) {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) = error.kind() else {
        return visit(error);
    };
    match meant(context, error.instance_path().as_str().len()) {
        Some(branch) => branch.iter().for_each(|error| causes(error, visit)),
        None => visit(error),
    }
}

/// The branch that is left when those for values of another type are left out, or else those that another value of a
/// member chooses. `own`: the length of the pointer to the value itself.
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
