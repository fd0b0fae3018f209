//! Archives that no process holds as a whole: what one process finds in the text of all parts, found by many.
//!
//! Pure functions over bytes, without files, threads and clocks: *map* reads a part by itself and leaves records for the
//! buckets of a hash, *reduce* reads the records of one bucket from all parts in their order, *merge* makes the result of
//! what they found. Where the bytes are kept meanwhile, and who runs what, is up to the caller.

mod bytes;
mod heartbeats;
mod lines;
pub mod replay;
pub mod validate;

pub use bytes::ArchiveError;
pub use heartbeats::heartbeat_lines;
pub use lines::{LINES_HEAD, NotLines, require_lines};
