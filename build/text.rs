//! The reader of UUIDs, as the crate has it.

#[allow(dead_code, reason = "shared with the crate")]
#[path = "../src/text/uuid.rs"]
pub(crate) mod uuid;
