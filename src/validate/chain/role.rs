//! What an event is to others.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::catalogue::runs::HEARTBEAT;
use crate::catalogue::{Family, Follows};

use super::super::links::Links;
use super::linked::{Id, LONGEST, Link, Linked};

/// The event that another one follows, and what its family says of that.
pub(super) fn followed<V>(
    event: &Linked<V>,
    family: Option<&'static Family>,
    id: Id,
) -> Option<(Id, &'static Follows)> {
    let target = event.follows.filter(|target| *target != id)?;
    Some((target, family.and_then(|family| family.follows.as_ref())?))
}

/// What an event says of its run.
pub(super) enum InRun<V> {
    Heartbeat,
    /// The type of the state that it enters.
    State(V),
}

impl<'t, V: Link<'t>> InRun<V> {
    pub(super) fn of(links: &Links<V>, family: &'static Family, holed: bool) -> Option<Self> {
        if family.name.text == HEARTBEAT {
            return Some(InRun::Heartbeat);
        }
        links.state_type.filter(|_| holed).map(InRun::State)
    }
}

/// Whether a worker submitted a flow run, or executed it; and which.
pub(super) fn of_worker<'t, V: Link<'t>>(links: &Links<V>, family: &'static Family) -> Option<(bool, Cow<'t, [u8]>)> {
    let submitted = match family.name.text {
        "prefect.worker.submitted-flow-run" => true,
        "prefect.worker.executed-flow-run" => false,
        _ => return None,
    };
    let run = links.flow_run.map(V::bytes).filter(|run| run.len() <= LONGEST)?;
    Some((submitted, run))
}

/// What an event is to others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) enum Role {
    /// It follows another one.
    Follower,
    /// Others can follow it, or have its id.
    Target,
    /// It is of a run.
    Run,
    /// A worker submitted or executed a flow run.
    Worker,
}

/// What events share that matter to each other in a role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key<'t> {
    Id(Id),
    Run(Cow<'t, [u8]>),
}

impl Role {
    /// The roles of an event, each with the key of those that it must be seen with.
    pub(crate) fn of<'t, V: Link<'t>>(
        event: &Linked<V>,
        family: Option<&'static Family>,
        holed: bool,
    ) -> [Option<(Role, Key<'t>)>; 4] {
        let links = &event.links;
        let Some(id) = event.id else { return [const { None }; 4] };
        let run = family.zip(event.occurred).and_then(|(family, _)| InRun::of(links, family, holed));
        let run = run.and(links.resource).map(V::bytes).filter(|run| run.len() <= LONGEST);
        let worker = family.and_then(|family| of_worker(links, family));
        [
            followed(event, family, id).map(|(target, _)| (Role::Follower, Key::Id(target))),
            Some((Role::Target, Key::Id(id))),
            run.map(|run| (Role::Run, Key::Run(run))),
            worker.map(|(_, run)| (Role::Worker, Key::Run(run))),
        ]
    }
}
