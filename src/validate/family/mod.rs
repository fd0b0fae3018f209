//! Checks an event against the catalogue's family: labels, related resources, payload.

mod labels;
mod payload;

use crate::catalogue::Match;
use crate::diagnostic::findings::{Findings, Subject};
use crate::text::phrase::cut;

use super::envelope::MAX_NAME;
use super::parts::Parts;

use labels::{Check, unlisted};

/// Checks an event against its family. `false`: it has none, or its resource is not what its name says, so there is
/// nothing to compare within it.
pub(super) fn check(
    findings: &mut Findings<'_>,
    subject: &Subject<'_>,
    text: &[u8],
    event: &Parts<'_>,
    matched: Option<&Match<'_>>,
) -> bool {
    let Some(name) = event.name.as_deref() else { return false };
    let Some(matched) = matched else {
        unlisted(findings, subject, event, name);
        return false;
    };
    let mut check = Check { findings, subject, text, family: matched.family, name: cut(name, MAX_NAME) };
    let about_it = match event.resource {
        Some(resource) => check.resource(resource),
        None => true,
    };
    if !about_it {
        return false;
    }
    check.variant(event, matched);
    check.related(event);
    payload::check(&mut check, event);
    check.follows(event);
    true
}
