//! Texts, with no knowledge of events: patterns, edit distance, hashes, order, templates and phrases of sentences.

mod glob;
pub(crate) mod hash;
pub(crate) mod nearest;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod phrase;
pub(crate) mod steps;
pub(crate) mod strict;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod uuid;

pub use glob::Glob;
#[doc(hidden)]
pub use steps::steps;
