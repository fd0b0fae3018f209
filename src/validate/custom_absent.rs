//! Replaces `custom` without the feature `custom-schemas`: there are no user schemas.

use crate::diagnostic::findings::{Findings, Subject};
use crate::json::Value;

/// Needs the feature `custom-schemas`.
#[derive(Debug)]
pub enum Schemas {}

pub(super) fn check(_: &mut Findings<'_>, schemas: &Schemas, _: &Subject<'_>, _: Option<&str>, _: Value<'_>) {
    match *schemas {}
}
