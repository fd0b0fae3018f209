//! Checks events: text, envelope, family, consistency, chain.

mod agreement;
mod cache;
mod chain;
mod consistency;
#[cfg_attr(not(feature = "custom-schemas"), path = "custom_absent.rs")]
mod custom;
pub(crate) mod envelope;
mod family;
mod form;
mod input;
mod lines;
mod links;
mod options;
mod parts;
mod session;
mod split;
mod stream;
#[cfg(test)]
mod tests;
mod transition;
mod validator;

pub use chain::Memory;
pub(crate) use chain::{Chain, Id, Key, Linked, Role};
pub use custom::Schemas;
#[cfg(feature = "custom-schemas")]
pub use custom::{SchemaFile, SchemasError};
pub(crate) use envelope::{MAX_LABELS, MAX_NAME, MAX_RELATED};
pub(crate) use lines::{Checked, Keep, Line, LineValidator};
pub(crate) use links::{Links, StateLinks};
pub use options::ValidateOptions;
pub(crate) use session::{FirstForm, Relate, form_of_lines};
pub(crate) use split::Kept;
pub use split::{CheckedPart, Merge, PartValidator};
pub use stream::{LateReport, StreamValidator};
pub use validator::{Validator, are_lines, is_ndjson, validate};
