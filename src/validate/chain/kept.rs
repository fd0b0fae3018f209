//! What is kept of events until others come.

use std::fmt;

use crate::catalogue::{Family, Follows};
use crate::diagnostic::findings::{Location, Subject};
use crate::text::phrase::{readable, shown};
use crate::time::Instant;

use super::super::links::Links;
use super::linked::{Id, Link, Texts};

/// The position of an event: the number of its text in the history, and its index there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct At {
    pub file: u32,
    pub index: u64,
}

/// The position in a message: names the text, if it is another one.
pub(super) struct Shown<'n> {
    pub at: At,
    pub here: u32,
    pub names: &'n [String],
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At { file, index } = self.at;
        let name = self.names.get(file as usize).filter(|_| file != self.here);
        match name {
            Some(name) => write!(f, "{index} of `{name}`"),
            None => write!(f, "{index}"),
        }
    }
}

/// The data kept of an event.
#[derive(Clone)]
pub(super) struct Seen {
    pub at: At,
    /// With several texts: its name and its `follows`, which identify an event that is in two of them.
    pub known_by: Option<Box<(String, Option<Id>)>>,
    pub family: Option<&'static Family>,
    pub occurred: Option<Instant>,
    /// Includes the state that it enters.
    pub texts: Texts,
}

/// An event with `follows`, for the comparison with the event that it points to.
pub(super) struct Follower<'e> {
    pub file: u32,
    pub occurred: Option<Instant>,
    pub follows: &'static Follows,
    pub subject: Subject<'e>,
    /// The places of `follows` and of the initial state.
    pub place: Location,
    pub from_place: Location,
    /// Includes the state that it leaves.
    pub texts: &'e Texts,
    pub words: Words<'e>,
}

/// The data for a message about a follower; calculated when the message is written, or before the text is gone.
pub(super) enum Words<'e> {
    Of(&'e dyn Named),
    Kept { resource: &'e str, from: &'e str },
}

/// How messages name a follower's resource, and the state that it leaves.
pub(super) trait Named {
    fn resource(&self) -> String;
    fn from(&self) -> String;
}

impl<'t, V: Link<'t>> Named for Links<V> {
    fn resource(&self) -> String {
        shown_link(self.resource)
    }

    fn from(&self) -> String {
        shown_link(self.initial.name.or(self.initial.kind))
    }
}

fn shown_link<'t, V: Link<'t>>(link: Option<V>) -> String {
    link.map(|link| shown(&readable(&link.bytes()))).unwrap_or_default()
}

impl Words<'_> {
    pub(super) fn resource(&self) -> String {
        match self {
            Words::Of(links) => links.resource(),
            Words::Kept { resource, .. } => (*resource).to_owned(),
        }
    }

    pub(super) fn from(&self) -> String {
        match self {
            Words::Of(links) => links.from(),
            Words::Kept { from, .. } => (*from).to_owned(),
        }
    }
}

/// A follower that came before the event it points to.
pub(super) struct Waiting {
    pub at: At,
    /// The index of the first that waits for the same event.
    pub first: u64,
    pub occurred: Option<Instant>,
    pub follows: &'static Follows,
    pub name: String,
    pub docs: Option<&'static str>,
    pub place: Location,
    pub from_place: Location,
    pub texts: Texts,
    pub resource_text: String,
    pub from_text: String,
}

impl Waiting {
    pub(super) fn follower(&self) -> Follower<'_> {
        Follower {
            file: self.at.file,
            occurred: self.occurred,
            follows: self.follows,
            subject: Subject { index: Some(self.at.index), name: Some(&self.name), docs: self.docs },
            place: self.place,
            from_place: self.from_place,
            texts: &self.texts,
            words: Words::Kept { resource: &self.resource_text, from: &self.from_text },
        }
    }
}

/// An executed flow run whose submission has not been seen.
pub(super) struct Executed {
    pub at: At,
    pub name: String,
    pub docs: Option<&'static str>,
    pub place: Location,
}
