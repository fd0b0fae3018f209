//! The state of a watch as bytes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::automation::Automation;
use crate::event::EventReader;
use crate::trigger::snapshot::SnapshotKind;
use crate::trigger::{Firing, SavedFiring, Snapshot, SnapshotError, Summaries};

use super::error::StateError;

/// What is saved. Times are in microseconds.
#[derive(Serialize, Deserialize)]
pub(super) struct SavedWatch {
    pub(super) server: String,
    /// The names, and whether they are enabled; the replay recognises their triggers.
    pub(super) automations: Vec<(String, bool)>,
    pub(super) start: i64,
    pub(super) replay: Vec<u8>,
    /// Pulls have returned all events up to here.
    pub(super) complete: i64,
    pub(super) certain: i64,
    pub(super) known: Vec<(i64, Uuid)>,
    pub(super) firings: u64,
    pub(super) unread: u64,
    /// What was not reported yet, with the number of the automation.
    pub(super) unsaid: Vec<(u32, SavedFiring)>,
}

/// What the automations are recognised by, besides their triggers.
pub(super) fn names(automations: &[Automation]) -> Vec<(String, bool)> {
    automations.iter().map(|automation| (automation.name.clone(), automation.enabled)).collect()
}

pub(super) fn saved_firings<'f>(firings: impl Iterator<Item = &'f Firing>) -> Vec<(u32, SavedFiring)> {
    let number = |firing: &Firing| u32::try_from(firing.trigger.automation).unwrap_or(u32::MAX);
    firings.map(|firing| (number(firing), SavedFiring::new(firing))).collect()
}

impl SavedWatch {
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::new(SnapshotKind::Watch, self)
    }

    /// Reads the state of a watch of this server and these automations.
    pub(super) fn read(state: &[u8], server: &str, automations: &[Automation]) -> Result<SavedWatch, StateError> {
        let snapshot = Snapshot::read(state.to_vec()).map_err(StateError::Snapshot)?;
        let saved: SavedWatch = snapshot.state(SnapshotKind::Watch).map_err(StateError::Snapshot)?;
        if saved.server != server {
            return Err(StateError::OtherServer(saved.server));
        }
        if saved.automations != names(automations) {
            return Err(StateError::Snapshot(SnapshotError::OtherAutomations));
        }
        Ok(saved)
    }

    /// The firings that were not reported yet. `None`: they are of other triggers.
    pub(super) fn firings(&self, automations: &[Automation], texts: &mut EventReader) -> Option<Vec<Firing>> {
        let number = |(number, automation)| Summaries::new(automation, number);
        let triggers: Vec<Summaries> = automations.iter().enumerate().map(number).collect();
        let restore = |(number, firing): &(u32, SavedFiring)| firing.restore(triggers.get(*number as usize)?, texts);
        self.unsaid.iter().map(restore).collect()
    }
}
