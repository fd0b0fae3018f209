//! From the tape to the values that the library for JSON Schema knows, and back to the tape.

use serde_json::{Map, Value as Json};

use crate::json::{Kind, Value};

/// What has been reported as unreadable (`NaN`, a number beyond all doubles) is null.
pub fn value(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null | Kind::NonFinite => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Integer | Kind::Float => serde_json::from_slice(value.raw()).map_or(Json::Null, Json::Number),
        Kind::String | Kind::Date => Json::String(value.string().into_owned()),
        Kind::Array => Json::Array(value.items().map(self::value).collect()),
        Kind::Object => {
            let member = |(key, member): (Value<'_>, Value<'_>)| (key.string().into_owned(), self::value(member));
            Json::Object(value.members().map(member).collect::<Map<_, _>>())
        }
    }
}

/// The value at a JSON Pointer.
pub fn at<'t>(root: Value<'t>, pointer: &str) -> Option<Value<'t>> {
    pointer.split('/').skip(1).try_fold(root, |value, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match value.kind() {
            Kind::Array => value.items().nth(step.parse().ok()?),
            _ => value.get(&step),
        }
    })
}

/// The key of a member; of a repeated one the last, whose value counts.
pub fn key<'t>(object: Value<'t>, name: &str) -> Option<Value<'t>> {
    object.members().filter(|(key, _)| key.is(name)).last().map(|(key, _)| key)
}
