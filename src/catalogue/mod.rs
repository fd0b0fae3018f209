//! Prefect's documented and emitted events as data, with look-up by an event's name.
//!
//! `pages/` contains the facts, one file per page of the documentation; the build script checks them and writes them
//! as statics.

mod authoring;
mod event_type;
mod description;
mod example;
mod hole;
mod lookup;
mod model;
pub(crate) mod runs;
mod slug;
#[expect(clippy::unreadable_literal, reason = "generated")]
mod statics;
mod template;
#[cfg(test)]
mod tests;

pub use authoring::{Generation, Presence};
pub use description::Source;
pub use event_type::{
    EventType, Example, FieldType, Input, InputKind, LabelType, RelatedType, VariantType, describe, event_types,
    examples, names,
};
pub(crate) use example::{event, example_value};
pub use example::{example, example_line};
pub use hole::Hole;
pub use lookup::{Match, families, find, suggest};
pub use model::{
    AllowedValue, Alternative, Choice, Compare, Emitter, Equal, Family, Field, Follows, Label, LabelForm, Missing,
    Object, Related, Remark, Term, ValueKind, Variant,
};
pub use slug::slug;
pub use template::{Part, Template};
