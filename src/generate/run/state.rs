//! States of runs.

use crate::catalogue::runs::FLOW_RUN;
use crate::catalogue::{Family, Variant, find};
use crate::time::units::SECOND;

/// A state of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State {
    /// The name, such as `Completed`.
    pub name: String,
    /// The type, such as `COMPLETED`.
    pub kind: &'static str,
    /// Empty: it has none.
    pub message: String,
}

/// The states that the catalogue lists for flow runs or task runs.
fn variants(events: &str) -> &'static [Variant] {
    // Any state works: it only finds the pattern.
    find(&[events, "Running"].concat()).map_or(&[], |found| found.family.variants)
}

/// The type of a standard state with this name. `events`: the prefix of the event names.
pub(super) fn type_of(events: &str, name: &str) -> Option<&'static str> {
    variants(events).iter().find(|variant| variant.name == name)?.state_type
}

impl State {
    /// A standard state of flow runs.
    #[must_use]
    pub fn known(name: &str) -> Option<State> {
        type_of(FLOW_RUN, name).map(|kind| State { name: name.to_owned(), kind, message: String::new() })
    }

    /// The names of [`State::known`].
    pub fn names() -> impl Iterator<Item = &'static str> {
        variants(FLOW_RUN).iter().filter(|variant| variant.state_type.is_some()).map(|variant| variant.name)
    }

    /// The types of [`State::known`], each once.
    pub(crate) fn types() -> Vec<&'static str> {
        let mut all = Vec::new();
        for kind in variants(FLOW_RUN).iter().filter_map(|variant| variant.state_type) {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
        all
    }

    /// Whether its run is rescheduled when it resumes, in the server's form: only for states of type `PAUSED`.
    pub(super) fn pause_reschedule(&self) -> Option<&'static str> {
        (self.kind == "PAUSED").then_some(if self.name == "Suspended" { "true" } else { "false" })
    }
}

/// The state type of this name.
#[must_use]
pub fn state_type(name: &str) -> Option<&'static str> {
    variants(FLOW_RUN).iter().filter_map(|variant| variant.state_type).find(|kind| *kind == name)
}

/// The gap in microseconds within which a state event says which one it follows.
pub(super) fn follows_within(family: &Family) -> i64 {
    family.follows.map_or(0, |follows| i64::from(follows.window).saturating_mul(SECOND))
}
