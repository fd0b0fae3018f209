//! The parts of an event for its checks.

use std::borrow::Cow;

use crate::event::{RESOURCE_ID, RESOURCE_ROLE};

use super::cache::Observed;

/// The parts of one event. Parts that are absent or have the wrong type are `None`.
pub(super) struct Parts<'t> {
    /// The whole event.
    pub value: Observed<'t>,
    pub name: Option<Cow<'t, str>>,
    /// An object of labels.
    pub resource: Option<Observed<'t>>,
    /// An array of objects of labels.
    pub related: Option<Observed<'t>>,
    /// An object.
    pub payload: Option<Observed<'t>>,
}

impl<'t> Parts<'t> {
    /// An event without any known parts.
    pub(super) fn none(value: Observed<'t>) -> Self {
        Parts { value, name: None, resource: None, related: None, payload: None }
    }

    /// A label of the primary resource.
    pub(super) fn label(&self, name: &str) -> Option<Observed<'t>> {
        self.resource?.get(name)
    }

    /// The id of the primary resource.
    pub(super) fn id_label(&self) -> Option<Observed<'t>> {
        self.label(RESOURCE_ID)
    }

    /// The related resources with their indices.
    pub(super) fn related(&self) -> impl Iterator<Item = (usize, Observed<'t>)> {
        self.related.into_iter().flat_map(Observed::items).enumerate()
    }

    /// The first related resource in a role, with its index.
    pub(super) fn in_role(&self, role: &str) -> Option<(usize, Observed<'t>)> {
        self.related().find(|(_, related)| related.get(RESOURCE_ROLE).is_some_and(|value| value.is(role)))
    }

    /// A value of the payload, by its keys from the outermost in.
    pub(super) fn payload_at(&self, path: &[&str]) -> Option<Observed<'t>> {
        self.payload?.at_path(path)
    }
}
