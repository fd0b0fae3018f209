//! The examples of payload fields.

use super::super::data::{Field, Presence};
use super::Fallible;
use super::payload::Kind;
use crate::text::uuid::is_uuid;

/// The example of a field as JSON text.
pub(super) fn example(field: &Field, kind: Kind, nullable: bool) -> Fallible<String> {
    let Some(text) = field.example.as_deref() else {
        let made_of_fields = kind == Kind::Object && field.fields.is_some();
        return match field.presence {
            Presence::Optional => Ok(String::new()),
            _ if made_of_fields => Ok(String::new()),
            _ => Err("needs an example".to_owned()),
        };
    };
    if nullable && text == "null" {
        return Ok(text.to_owned());
    }
    let surrounded = |open: char, close: char| text.starts_with(open) && text.ends_with(close);
    let fits = match kind {
        Kind::Uuid => is_uuid(text.as_bytes()),
        Kind::Timestamp => is_timestamp(text),
        Kind::Integer => text.parse::<i64>().is_ok(),
        Kind::Number => text.parse::<f64>().is_ok(),
        Kind::Boolean => text.parse::<bool>().is_ok(),
        Kind::Object | Kind::StringMap => surrounded('{', '}'),
        Kind::Array => surrounded('[', ']'),
        _ => true,
    };
    let json = match kind {
        Kind::String | Kind::Uuid | Kind::Timestamp => serde_json::Value::from(text).to_string(),
        _ => text.to_owned(),
    };
    if !fits || serde_json::from_str::<serde::de::IgnoredAny>(&json).is_err() {
        return Err(format!("the example `{text}` does not fit the type"));
    }
    Ok(json)
}

pub(super) fn is_timestamp(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    ["Z", "+00:00", "-00:00"].iter().any(|zone| shape.strip_suffix(zone) == Some("0000-00-00T00:00:00.000000"))
}
