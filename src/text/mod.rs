//! Text utilities that know nothing about events: patterns, edit distance, hashes, sorting, templates and phrases.

mod glob;
pub(crate) mod globs;
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
#[doc(hidden)]
pub use strict::sentence;
