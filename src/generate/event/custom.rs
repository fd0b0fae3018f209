//! Custom events, with names that are not Prefect's.

use crate::catalogue::{Input, InputKind};
use crate::event::RESOURCE_ID;
use crate::json::{Kind, Value};
use crate::time::Instant;
use crate::validate::MAX_RELATED;

use super::super::error::{self, BuildError};
use super::super::random::Random;
use super::fill::{EventId, write_follows_of, write_id};
use super::inputs::{FOLLOWED, NEW_UUID, NOW, OF_THE_EVENT, RELATED, WHEN};
use super::read::instant;
use super::related::{further_related, labels, too_many_related};
use super::sink::{JsonText, Sink};
use super::value::{raw, write_time};

const KEYS: [&str; 6] = ["resource", "related", "payload", "occurred", "id", "follows"];

/// All inputs for a custom event, an event whose name is not Prefect's: its envelope.
#[must_use]
pub fn custom_inputs() -> Vec<Input> {
    let input = |key: &str| {
        let (kind, meaning, otherwise) = match key {
            "resource" => (InputKind::Labels, "What it is about: its labels, with `prefect.resource.id`", None),
            "related" => (InputKind::LabelLists, RELATED, None),
            "payload" => (InputKind::Object, "Any other data", None),
            "occurred" => (InputKind::Timestamp, WHEN, Some(NOW)),
            "id" => (InputKind::Uuid, OF_THE_EVENT, Some(NEW_UUID)),
            _ => (InputKind::Uuid, FOLLOWED, None),
        };
        let required = key == "resource";
        let example = r#"{"prefect.resource.id": "acme.order.1042", "prefect.resource.name": "Order 1042"}"#;
        Input {
            required,
            always: required || otherwise.is_some(),
            otherwise: otherwise.map(str::to_owned),
            example: required.then(|| example.to_owned()),
            meaning: meaning.to_owned(),
            ..Input::optional(key.to_owned(), kind)
        }
    };
    KEYS.map(input).into()
}

/// A custom event: an envelope around the input.
pub(super) fn custom(
    name: &str,
    input: Value<'_>,
    now: Instant,
    random: &mut Random,
    out: &mut JsonText,
) -> Result<(), BuildError> {
    for (key, _) in input.members() {
        if !KEYS.iter().any(|known| key.is(known)) {
            return Err(error::unknown_key(name, &key.string(), "", &KEYS));
        }
    }
    if name.trim().is_empty() {
        return Err(BuildError::new("an event needs a name"));
    }
    let occurred = input.get("occurred").map_or(Ok(now), |value| instant("occurred", value))?;
    out.open('{');
    out.key("occurred");
    out.begin_text();
    write_time(occurred, "Z", out);
    out.end_text();
    out.key("event");
    out.text(name);
    out.key("resource");
    let resource = input.get("resource");
    let meaning = "its labels, including `prefect.resource.id`";
    let resource = resource.ok_or_else(|| error::needs(name, "resource", meaning))?;
    labels("resource", resource, &[RESOURCE_ID], out)?;
    out.key("related");
    out.open('[');
    let count = input.get("related").map_or(Ok(0), |related| further_related(related, out))?;
    if count > MAX_RELATED {
        return Err(too_many_related(count));
    }
    out.close(']');
    out.key("payload");
    match input.get("payload") {
        None => {
            out.open('{');
            out.close('}');
        }
        Some(payload) if payload.kind() == Kind::Object => out.json(&raw(payload)),
        Some(payload) => return Err(error::wrong("payload", "an object", payload)),
    }
    out.key("id");
    write_id(EventId::Given(input.get("id")), occurred, random, out)?;
    out.key("follows");
    write_follows_of(name, EventId::Given(input.get("follows")), None, out)?;
    out.close('}');
    Ok(())
}
