//! Jinja's tests: `value is odd`. Their names: [`crate::automation::is_template_test`].

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::automation::{is_template_filter, is_template_test};

use super::error::{Outcome, Raised, type_error};
use super::eval_context::EvalContext;
use super::operator::{binary, compared, contains, equal, items};
use super::show::str_of;
use super::value::{Py, Seen, hashable, is_undefined, look, text, unknown};

/// `value is name(…)`
pub(in crate::action) fn holds(
    name: &str,
    value: &Value,
    arguments: &[Value],
    around: EvalContext<'_>,
) -> Outcome<Value> {
    let is_defined = !is_undefined(value);
    match name {
        "defined" => return Ok(Value::from(is_defined)),
        "undefined" => return Ok(Value::from(!is_defined)),
        // They only look at its type.
        "none" | "boolean" | "true" | "false" | "integer" | "float" | "number" | "string" | "mapping" | "iterable"
        | "sequence" | "escaped" | "callable" => around.touch(value)?,
        _ => around.visit(value)?,
    }
    around.visit_all(arguments)?;
    if let Some(hidden) = std::iter::once(value).chain(arguments).find(|value| unknown(value).is_some()) {
        return Ok(hidden.clone());
    }
    let parameter = if name == "divisibleby" { "num" } else { "other" };
    let absent =
        || Raised::new("TypeError", format!("test_{name}() missing 1 required positional argument: '{parameter}'"));
    let other = || arguments.first().ok_or_else(absent);
    let divides = |by: &Value, rest: i128| -> Outcome<Value> {
        Ok(Value::from(equal(&binary("%", value, by, around)?, &super::value::int(rest))))
    };
    let operator = match name {
        "eq" | "equalto" | "==" => "==",
        "ne" | "!=" => "!=",
        "lt" | "lessthan" | "<" => "<",
        "le" | "<=" => "<=",
        "gt" | "greaterthan" | ">" => ">",
        "ge" | ">=" => ">=",
        _ => "",
    };
    let most = usize::from(!operator.is_empty() || matches!(name, "divisibleby" | "in" | "sameas"));
    if arguments.len() > most {
        let with_environment = usize::from(matches!(name, "filter" | "test")).saturating_add(1);
        let [taken, given] = [most, arguments.len()].map(|count| count.saturating_add(with_environment));
        let plural = if taken == 1 { "" } else { "s" };
        return type_error(format!("test_{name}() takes {taken} positional argument{plural} but {given} were given"));
    }
    if !operator.is_empty() {
        return compared(operator, value, other()?, around);
    }
    Ok(Value::from(match name {
        "odd" => return divides(&Value::from(2), 1),
        "even" => return divides(&Value::from(2), 0),
        "divisibleby" => return divides(other()?, 0),
        "in" => return contains(other()?, value),
        "none" => is_defined && value.is_none(),
        "boolean" => matches!(look(value), Seen::Bool(_)),
        "true" => matches!(look(value), Seen::Bool(true)),
        "false" => matches!(look(value), Seen::Bool(false)),
        "integer" => matches!(look(value), Seen::Int(_)),
        "float" => matches!(look(value), Seen::Float(_)),
        "number" => matches!(look(value), Seen::Int(_) | Seen::Float(_) | Seen::Bool(_)),
        "string" => text(value).is_some(),
        "mapping" => matches!(look(value), Seen::Py(Py::Dict(_))),
        "iterable" => match look(value) {
            Seen::Py(Py::Generator(.., is_async) | Py::Failing(_, is_async)) => !is_async,
            _ => items(value).is_ok(),
        },
        "sequence" => match look(value) {
            Seen::Text(_) | Seen::List | Seen::Tuple => true,
            Seen::Py(found) => matches!(
                found,
                Py::Undefined(_)
                    | Py::Dict(_)
                    | Py::Labels(_)
                    | Py::Enum(..)
                    | Py::Range(..)
                    | Py::Group(..)
                    | Py::Bytes(_)
            ),
            _ => false,
        },
        "lower" | "upper" => {
            let text = str_of(value);
            let (has_lower, has_upper) = (text.chars().any(char::is_lowercase), text.chars().any(char::is_uppercase));
            if name == "lower" { has_lower && !has_upper } else { has_upper && !has_lower }
        }
        "escaped" => match look(value) {
            Seen::Py(Py::Undefined(missing)) => !missing.is_of_inline_if(),
            _ => value.is_safe(),
        },
        "callable" => {
            matches!(look(value), Seen::Py(Py::Method(..) | Py::Function(_) | Py::Undefined(_) | Py::Joiner(..)))
                || matches!(look(value), Seen::Other) && value.kind() != ValueKind::Invalid
        }
        "sameas" => {
            let other = other()?;
            let small = !is_undefined(value) && !matches!(look(value), Seen::List | Seen::Tuple | Seen::Float(_))
                || value.is_none();
            small && equal(value, other) && std::mem::discriminant(&look(value)) == std::mem::discriminant(&look(other))
        }
        _ => {
            let of_filters = name == "filter";
            hashable(value)?;
            let name = str_of(value);
            if of_filters { is_template_filter(&name) } else { is_template_test(&name) }
        }
    }))
}
