//! What Prefect documents of its events, as data, and look-up by an event's name.
//!
//! The facts stand in `pages/`, one file per page of the documentation; the build script
//! makes bytes of them, which are decoded at first use.

mod decode;
mod describe;
#[cfg(test)]
mod encode;
mod example;
mod hole;
mod link;
mod lookup;
mod model;
mod slug;
mod template;
#[cfg(test)]
mod tests;

pub use describe::{EventType, Example, FieldType, Input, LabelType, RelatedType, VariantType, event_types, examples};
pub use example::{example, example_line};
pub use hole::{Hole, is_uuid, uuid_bytes};
pub use lookup::{Match, families, find, suggest};
pub use model::*;
pub use slug::slug;
