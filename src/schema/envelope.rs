//! The requirements for all events, whatever their names: the parts that all schemas share.
//!
//! The limits are those of `src/validate/envelope.rs`.

use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::tree::{ObjectTree, Tree};
use crate::validate::{MAX_LABELS, MAX_NAME, MAX_RELATED};

use super::descriptions;
use super::pattern::{DATE, OFFSET, OTHER_TIME, OTHER_UUID, TIME, UUID, reference, whole};

/// The name of the schema of any event, for references.
pub(super) const EVENT: &str = "event";

/// The shared parts, by their names.
pub(super) fn definitions() -> ObjectTree {
    ObjectTree::new()
        .with(EVENT, event())
        .with("resource", resource(&[RESOURCE_ID]).with("description", descriptions::RESOURCE))
        .with(
            "related-resource",
            resource(&[RESOURCE_ID, RESOURCE_ROLE]).with("description", descriptions::RELATED_RESOURCE),
        )
        .with("occurred", occurred())
        .with("timestamp", timestamp())
        .with("event-id", event_id().with("description", descriptions::ID))
        .with(
            "uuid",
            ObjectTree::new()
                .with("type", "string")
                .with("format", "uuid")
                .with("pattern", whole(UUID))
                .with("description", descriptions::UUID),
        )
}

/// The schema of any event.
pub(super) fn event() -> ObjectTree {
    let name = ObjectTree::new()
        .with("type", "string")
        .with("maxLength", size(MAX_NAME))
        .with("description", descriptions::EVENT_NAME)
        .with("examples", ["acme.order.created"]);
    let related = ObjectTree::new()
        .with("type", "array")
        .with("maxItems", size(MAX_RELATED))
        .with("items", reference("related-resource"))
        .with("description", descriptions::RELATED);
    let nothing = ObjectTree::new().with("type", "null");
    let follows =
        ObjectTree::new().with("anyOf", [reference("event-id"), nothing]).with("description", descriptions::FOLLOWS);
    let properties = ObjectTree::new()
        .with("occurred", reference("occurred"))
        .with("event", name)
        .with("resource", reference("resource"))
        .with("related", related)
        .with("payload", ObjectTree::new().with("type", "object").with("description", descriptions::PAYLOAD))
        .with("id", reference("event-id"))
        .with("follows", follows);
    ObjectTree::new()
        .with("title", descriptions::EVENT_TITLE)
        .with("description", descriptions::EVENT)
        .with("type", "object")
        .with("required", ["occurred", "event", "resource", "id"])
        .with("properties", properties)
}

/// Labels; these must be present and not empty.
fn resource(needed: &[&str]) -> ObjectTree {
    let mut properties = ObjectTree::new();
    for label in needed {
        let meaning = if *label == RESOURCE_ID { descriptions::RESOURCE_ID } else { descriptions::RESOURCE_ROLE };
        let text = ObjectTree::new().with("type", "string").with("minLength", 1).with("description", meaning);
        properties = properties.with(label, text);
    }
    ObjectTree::new()
        .with("type", "object")
        .with("maxProperties", size(MAX_LABELS))
        .with("required", Tree::from(needed.to_vec()))
        .with("properties", properties)
        .with("additionalProperties", ObjectTree::new().with("type", "string"))
}

fn occurred() -> ObjectTree {
    let other = [DATE, OTHER_TIME, "?|[+-]?[0-9]+(\\.[0-9]*)?"].concat();
    let other = ObjectTree::new()
        .with("type", "string")
        .with("pattern", whole(&other))
        .with("description", descriptions::OTHER_TIMES);
    let number = ObjectTree::new().with("type", "number").with("description", descriptions::TIME_AS_NUMBER);
    ObjectTree::new()
        .with("description", descriptions::OCCURRED)
        .with("anyOf", [reference("timestamp"), other, number])
        .with("examples", ["2026-03-31T18:30:00.000000Z"])
}

/// The pattern alone decides: if `format` is only an annotation, the verdict is the same, except for days that do not
/// exist.
fn timestamp() -> ObjectTree {
    let without_offset = [DATE, "[Tt]", TIME].concat();
    let format = ObjectTree::new().with("format", "date-time");
    ObjectTree::new()
        .with("type", "string")
        .with("pattern", whole(&[&without_offset, OFFSET, "?"].concat()))
        .with("anyOf", [format, ObjectTree::new().with("pattern", whole(&without_offset))])
        .with("description", descriptions::TIMESTAMP)
}

fn event_id() -> ObjectTree {
    let format = ObjectTree::new().with("format", "uuid");
    ObjectTree::new()
        .with("type", "string")
        .with("pattern", whole(&[UUID, "|", OTHER_UUID].concat()))
        .with("anyOf", [format, ObjectTree::new().with("pattern", whole(OTHER_UUID))])
}

fn size(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
