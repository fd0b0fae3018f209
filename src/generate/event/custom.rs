//! Events of names that are not Prefect's.

use crate::event::RESOURCE_ID;
use crate::json::write::Writer;
use crate::json::{Kind, Value};
use crate::time::{self, Instant};

use super::super::mistake::{self};
use super::super::random::Random;
use super::Fallible;
use super::envelope::ends;
use super::related::{MOST_RELATED, labels, related_labels, too_many_related};

const CUSTOM: [&str; 6] = ["resource", "related", "payload", "id", "occurred", "follows"];

/// An event of a name that is not Prefect's: an envelope around what is given.
pub(super) fn custom(
    name: &str,
    input: Value<'_>,
    now: Instant,
    random: &mut Random,
    out: &mut Writer,
) -> Fallible<()> {
    for (key, _) in input.members() {
        if !CUSTOM.contains(&&*key.string()) {
            return Err(mistake::unknown_key(name, &key.string(), "", &CUSTOM));
        }
    }
    if name.trim().is_empty() {
        return Err("an event needs a name".to_owned());
    }
    let occurred = match input.get("occurred") {
        None => now,
        Some(value) => Some(value)
            .filter(|value| value.is_string())
            .and_then(|text| time::read(&text.bytes())?.instant)
            .ok_or_else(|| mistake::wrong("occurred", "a time such as `2026-03-31T18:30:00Z`", value))?,
    };
    out.open('{');
    out.text("occurred", &occurred.rfc3339());
    out.text("event", name);
    out.key("resource");
    let resource = input.get("resource");
    let meaning = "its labels, of which `prefect.resource.id` names it";
    let resource = resource.ok_or_else(|| mistake::needs(name, "resource", meaning))?;
    labels("resource", resource, &[RESOURCE_ID], out)?;
    out.key("related");
    out.open('[');
    let count = input.get("related").map_or(Ok(0), |related| related_labels(related, out))?;
    if count > MOST_RELATED {
        return Err(too_many_related(count));
    }
    out.close(']');
    out.key("payload");
    match input.get("payload") {
        None => {
            out.open('{');
            out.close('}');
        }
        Some(payload) if payload.kind() == Kind::Object => out.raw(&String::from_utf8_lossy(payload.raw())),
        Some(payload) => return Err(mistake::wrong("payload", "an object", payload)),
    }
    ends(out, name, input, occurred, random, None, &mut |_, _| {})
}
