//! The errors that a user meant: of `anyOf` and `oneOf`, those of the intended branch.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

/// Calls `visit` with an error; for `anyOf` and `oneOf`, with the errors of the intended branch if that is clear.
pub(super) fn causes(error: &ValidationError<'_>, visit: &mut dyn FnMut(&ValidationError<'_>)) {
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
