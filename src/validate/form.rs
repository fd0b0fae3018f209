//! Whether a text has the form, and a value has the kind, that the catalogue requires.

use uuid::Uuid;

use crate::catalogue::{LabelForm, Remark, ValueKind as Expected};
use crate::json::{Kind, Tape, Value, parse};
use crate::text::uuid::{is_uuid, uuid_bytes};
use crate::time;

use crate::text::phrase;

/// How a text fits a form.
pub(super) enum Fit {
    Right,
    /// It is accepted, with a remark on the source.
    Remarked(&'static Remark),
    Wrong,
    /// It is wrong; apart from upper and lower case it would be this value.
    Near(&'static str),
}

pub(super) fn fit(form: &'static LabelForm, text: &[u8]) -> Fit {
    let right = match form {
        LabelForm::Text => true,
        LabelForm::Integer => is_integer(text),
        LabelForm::SignedInteger => is_integer(text.strip_prefix(b"-").unwrap_or(text)),
        LabelForm::Timestamp => is_timestamp(text),
        LabelForm::Uuid => is_uuid(text),
        LabelForm::JsonStrings => is_array_of_strings(text),
        LabelForm::AtMost(limit) => {
            text.len() <= *limit || text.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count() <= *limit
        }
        LabelForm::Values { values, .. } => {
            if let Some(value) = values.iter().find(|value| value.text.as_bytes() == text) {
                return value.remark.as_ref().map_or(Fit::Right, Fit::Remarked);
            }
            let near = values.iter().find(|value| value.text.as_bytes().eq_ignore_ascii_case(text));
            return near.map_or(Fit::Wrong, |value| Fit::Near(value.text));
        }
        LabelForm::Templates(forms) => {
            let found = forms.iter().find(|form| form.template.matches(text));
            return found.map_or(Fit::Wrong, |form| form.remark.as_ref().map_or(Fit::Right, Fit::Remarked));
        }
    };
    if right { Fit::Right } else { Fit::Wrong }
}

/// Whether the text of a value has a form, without any remark.
pub(super) fn fits(form: &'static LabelForm, value: Value<'_>) -> bool {
    matches!(fit(form, &value.bytes()), Fit::Right)
}

/// What a form expects, in messages.
pub(super) fn expected(form: &'static LabelForm) -> String {
    let words = match form {
        LabelForm::Text => "any text",
        LabelForm::Integer => "a whole number in decimal digits",
        LabelForm::SignedInteger => "a whole number in decimal digits, with or without a sign",
        LabelForm::Timestamp => "an RFC 3339 timestamp such as `2026-03-31T18:30:00.000000+00:00`",
        LabelForm::Uuid => "a UUID",
        LabelForm::JsonStrings => "a JSON array of strings, as a string: `[\"a\", \"b\"]`",
        LabelForm::AtMost(limit) => return format!("a string of at most {limit} characters"),
        LabelForm::Values { values, .. } => return phrase::list(&mut values.iter().map(|value| value.text), " or "),
        LabelForm::Templates(forms) => {
            let plain = forms.iter().filter(|form| form.remark.is_none());
            return phrase::list(&mut plain.map(|form| form.template.text), " or ");
        }
    };
    words.to_owned()
}

fn is_integer(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// RFC 3339, or without its offset (which reads as UTC).
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    time::read(text).is_some_and(|time| time.form != time::TimeForm::Other)
}

fn is_array_of_strings(text: &[u8]) -> bool {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let parsed = parse(text, 0, &mut tape, &mut issues);
    let document = tape.document(text);
    let root = document.root().filter(|root| root.kind() == Kind::Array);
    parsed.complete && issues.is_empty() && root.is_some_and(|root| root.items().all(Value::is_string))
}

/// Whether a value is of a kind.
pub(super) fn is_kind(value: Value<'_>, kind: Expected) -> bool {
    match kind {
        Expected::Any => true,
        Expected::String => value.is_string(),
        Expected::Uuid => value.is_string() && is_uuid(&value.bytes()),
        Expected::Timestamp => value.is_string() && is_timestamp(&value.bytes()),
        Expected::Integer => value.kind() == Kind::Integer,
        Expected::Number => value.is_number(),
        Expected::Boolean => matches!(value.kind(), Kind::True | Kind::False),
        Expected::Object => value.kind() == Kind::Object,
        Expected::StringMap => value.kind() == Kind::Object && value.members().all(|(_, member)| member.is_string()),
        Expected::Array => value.kind() == Kind::Array,
    }
}

/// A UUID in Prefect's notation: with hyphens, in lower case, not nil.
pub(super) fn usual_uuid(text: &[u8]) -> Option<Uuid> {
    let id = Uuid::from_bytes(uuid_bytes(text)?);
    // Among digits, letters and hyphens, only upper-case letters have the one bit without the other.
    let (words, _) = text.as_chunks::<4>();
    let upper = words.iter().map(|word| u32::from_le_bytes(*word)).fold(0, |all, word| all | word & !(word << 1));
    (upper & 0x4040_4040 == 0 && id.as_u128() != 0).then_some(id)
}

/// RFC 3339 with its offset.
pub(super) fn usual_time(text: &[u8]) -> Option<time::Instant> {
    time::read(text).filter(|time| time.form == time::TimeForm::Rfc3339)?.instant
}
