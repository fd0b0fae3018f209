//! Python as far as templates need it: values, operators, methods and filters, in the form that Prefect 3.9 has on
//! Python 3.11.
//!
//! minijinja parses, compiles and runs templates. Its values and operators differ from Python's: `true` instead of
//! `True`, `'a' < 1` without an error, other filters. They cannot be configured, so they are here.

pub(super) mod error;
pub(super) mod value;
pub(super) mod eval_context;
pub(super) mod show;
pub(super) mod text;
pub(super) mod operator;
pub(super) mod time;
pub(super) mod attribute;
pub(super) mod format;
pub(super) mod json;
pub(super) mod urls;
pub(super) mod human;
pub(super) mod signature;
pub(super) mod predicate;
pub(super) mod lists;
pub(super) mod filter;
pub(super) mod method;
