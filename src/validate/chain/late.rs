//! Findings for the report of an earlier text.

use uuid::Uuid;

use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::text::phrase;

use super::judge::{add, judge, report};
use super::kept::{At, Executed, Seen, Shown, Waiting};
use super::linked::Id;

/// A finding for the report of an earlier text, or of one that has ended.
pub(crate) struct Late(pub(super) Finding);

pub(super) enum Finding {
    /// A link from an event to one in a later text, or to a missing one.
    Link(Box<Waiting>, Option<Box<Seen>>),
    Executed(Executed),
    Overlap(Overlap),
}

/// Events that are also in an earlier text.
pub(super) struct Overlap {
    /// The first of them: here, and there.
    pub at: At,
    pub name: String,
    pub docs: Option<&'static str>,
    pub id: Id,
    pub place: Location,
    pub first: At,
    /// Their number.
    pub count: usize,
}

impl Late {
    /// The number of the text that it is about.
    pub(in super::super) fn file(&self) -> u32 {
        match &self.0 {
            Finding::Link(waiting, _) => waiting.at.file,
            Finding::Executed(executed) => executed.at.file,
            Finding::Overlap(overlap) => overlap.at.file,
        }
    }

    /// Its place among those of one text that [`super::Chain::close`] finds.
    pub(crate) fn order(&self) -> (u8, u64, u64) {
        match &self.0 {
            Finding::Link(waiting, _) => (0, waiting.first, waiting.at.index),
            Finding::Executed(executed) => (1, executed.at.index, 0),
            Finding::Overlap(overlap) => (2, overlap.at.index, 0),
        }
    }

    pub(crate) fn report(&self, findings: &mut Findings<'_>, names: &[String]) {
        match &self.0 {
            Finding::Link(waiting, Some(target)) => judge(findings, &waiting.follower(), target, names),
            Finding::Link(waiting, None) => {
                report(findings, &waiting.follower(), Code::FOLLOWS_NOT_FOUND);
            }
            Finding::Executed(Executed { at, name, docs, place }) => {
                let subject = Subject { index: Some(at.index), name: Some(name), docs: *docs };
                add(findings, Code::EXECUTED_WITHOUT_SUBMITTED, &subject, &Path::Field("follows"), *place);
            }
            Finding::Overlap(Overlap { at, name, docs, id, place, first, count }) => {
                let subject = Subject { index: Some(at.index), name: Some(name), docs: *docs };
                let others = count.saturating_sub(1);
                let more = match others {
                    0 => String::new(),
                    1 => ", and another event here is in an earlier input too".to_owned(),
                    _ => [", and ", &phrase::count(others), " others here are in an earlier input too"].concat(),
                };
                findings
                    .note(Severity::Info, Code::REPEATED_EVENT_ID, &subject, &Path::Field("id"))
                    .at(*place)
                    .say("first", format_args!("{}", Shown { at: *first, here: at.file, names }))
                    .say("id", format_args!("{}", Uuid::from_u128(*id)))
                    .with("more", &more);
            }
        }
    }
}
