//! The values of slots, and their notation.

use std::borrow::Cow;

use uuid::Uuid;

use crate::json::{Kind, Value};
use crate::time::Instant;

use super::sink::Sink;

/// The value of a slot.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::generate) enum SlotValue<'t> {
    Null,
    Text(Cow<'t, str>),
    /// JSON text of anything but a string or null.
    Json(Cow<'t, str>),
    Time(Instant),
    Id(Uuid),
}

impl<'t> SlotValue<'t> {
    pub(crate) fn of(value: Value<'t>) -> SlotValue<'t> {
        match value.kind() {
            Kind::Null => SlotValue::Null,
            _ if value.is_string() => SlotValue::Text(value.string()),
            _ => SlotValue::Json(raw(value)),
        }
    }

    pub(crate) fn into_owned(self) -> SlotValue<'static> {
        match self {
            SlotValue::Null => SlotValue::Null,
            SlotValue::Text(text) => SlotValue::Text(text.into_owned().into()),
            SlotValue::Json(json) => SlotValue::Json(json.into_owned().into()),
            SlotValue::Time(time) => SlotValue::Time(time),
            SlotValue::Id(id) => SlotValue::Id(id),
        }
    }

    /// Its text, without quotes.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        match self {
            SlotValue::Null => "null".into(),
            SlotValue::Text(text) | SlotValue::Json(text) => (&**text).into(),
            SlotValue::Time(time) => time.rfc3339().into(),
            SlotValue::Id(id) => id.hyphenated().to_string().into(),
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        !matches!(self, SlotValue::Null | SlotValue::Json(_))
    }

    /// Writes its text between quotes that the caller writes.
    pub(crate) fn write_chars(&self, sink: &mut dyn Sink) {
        match self {
            SlotValue::Null => sink.chars("null"),
            SlotValue::Text(text) | SlotValue::Json(text) => sink.chars(text),
            SlotValue::Time(time) => write_time(*time, "Z", sink),
            SlotValue::Id(id) => sink.chars(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())),
        }
    }
}

/// RFC 3339 in UTC, with this for the zone: `Z` or `+00:00`.
pub(super) fn write_time(time: Instant, zone: &str, sink: &mut dyn Sink) {
    if time.is_usual() {
        time.write(&mut |text| sink.chars(text));
    } else {
        sink.chars(time.rfc3339().trim_end_matches('Z'));
    }
    sink.chars(zone);
}

/// The JSON text of a value, on one line. The reader has ensured that it is Unicode.
pub(super) fn raw(value: Value<'_>) -> Cow<'_, str> {
    let written = String::from_utf8_lossy(value.written());
    // In JSON, line breaks are never inside strings, and never the only separator of two values.
    if written.contains(['\n', '\r']) { written.replace(['\n', '\r'], "").into() } else { written }
}
