//! JSON Schemas (draft 2020-12) of automations, generated from the tables that the check reads and from the catalogue.
//!
//! They are for editors: they propose known event names, labels, roles and ids, and accept others. Fields that the
//! server silently drops are errors.

mod descriptions;
mod document;
mod proposals;
mod trigger;
mod value;

use crate::json::tree::ObjectTree;
use crate::schema::{Schema, head};

pub use crate::schema::{AUTOMATION, DEPLOYMENT_TRIGGERS, TRIGGER};

/// The schemas of an automation as the REST API accepts it, of its trigger, and of the `triggers` of a deployment in a
/// `prefect.yaml`. They refer to no others.
#[must_use]
pub fn schemas() -> Vec<Schema> {
    [
        (
            AUTOMATION,
            document::automations(),
            document::definitions(FirstReader::Server).and(shared(FirstReader::Server)),
        ),
        (
            TRIGGER,
            ObjectTree::new().with("title", "Trigger").with("$ref", "#/$defs/trigger"),
            shared(FirstReader::Server),
        ),
        (DEPLOYMENT_TRIGGERS, document::deployments(), trigger::of_deployments().and(shared(FirstReader::Deploy))),
    ]
    .into_iter()
    .map(|(name, root, definitions)| Schema::new(name, head(name).and(root).with("$defs", definitions)))
    .collect()
}

/// One object, a list of them, or an object with such a list.
pub(crate) use document::one_or_several;

/// The definitions of an automation in a scenario, with the client's defaults: only `trigger` is required.
pub(crate) fn played() -> ObjectTree {
    document::definitions(FirstReader::Client).and(shared(FirstReader::Client))
}

/// The first reader of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FirstReader {
    /// The server, unchanged.
    Server,
    /// The client, which fills in missing values.
    Client,
    /// `prefect deploy`, which fills in missing values and resolves `{{ … }}`.
    Deploy,
}

/// The triggers, and what they consist of.
fn shared(reader: FirstReader) -> ObjectTree {
    trigger::definitions(reader).and(proposals::definitions(reader)).and(value::definitions(reader))
}
