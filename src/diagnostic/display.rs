//! Values of a document in messages.

use crate::json::Value;
use crate::text::phrase::{readable, shown};

/// A value in words: its text in backticks if it is a string or short, and its kind if it is not a string.
pub(crate) fn text(value: Value<'_>) -> String {
    if value.is_string() { format!("`{}`", shown(&value.string())) } else { self::value(value) }
}

/// A value of a wrong kind: the kind, and its text in backticks if it is a string or short.
pub(crate) fn value(value: Value<'_>) -> String {
    if value.is_string() {
        format!("the string `{}`", shown(&value.string()))
    } else {
        let raw = readable(value.written());
        if (1..=40).contains(&raw.len()) && raw != value.kind_name() {
            format!("{} (`{raw}`)", value.kind_name())
        } else {
            value.kind_name().to_owned()
        }
    }
}
