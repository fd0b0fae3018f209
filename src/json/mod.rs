//! Reads text onto a flat tape of nodes with offsets; pointers; lines and columns.

mod decimal;
mod input;
mod names;
mod parse;
mod place;
mod pointer;
mod repeated;
mod skeleton;
mod tape;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
pub mod write;

pub use decimal::Decimal;
pub(crate) use decimal::double_text;
pub use input::JsonInput;
pub use parse::{Fault, Issue, MAX_DEPTH, Parsed, parse, parse_prefix};
pub(crate) use parse::{MAX_INTEGER_DIGITS, parse_around, parse_prefix_around};
pub use place::{Places, Position, Range};
pub use pointer::Pointer;
pub use repeated::repeated_keys;
pub(crate) use skeleton::Skeletons;
pub(crate) use tape::{Builder, SkeletonId, equal};
pub use tape::{Document, Items, Kind, Members, Span, Tape, Value};
