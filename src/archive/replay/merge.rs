//! The firings of all shares in one result.

use serde::Serialize;

use crate::event::EventReader;
use crate::simulate::{FoundIn, SimulationResult, StreamCounts, add_late};
use crate::text::order;
use crate::text::steps::step;
use crate::time::Instant;
use crate::trigger::{Firing, Outcome, Summaries};

use super::error::ArchiveReplayError;
use super::piece::open;
use super::plan::ReplayPlan;
use super::reduce::{FiringOrder, FiringsHead, ReportedRow};
use super::schedule::Schedule;

/// A replayed archive.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveReplay {
    /// As of [`replay`](crate::simulate::replay), without what only all events together say: timelines, coverage and
    /// reasons, recorded firings and actions, `missingLeaders`, and which leader of a delayed event is absent.
    pub result: SimulationResult,
    /// What was counted.
    pub counts: StreamCounts,
}

/// What one automation reported.
#[derive(Default)]
struct Reported {
    firings: Vec<(FiringOrder, Firing)>,
    child_firings: Vec<(FiringOrder, Firing)>,
    outcome: Outcome,
}

/// In the order of one process.
fn in_order(mut firings: Vec<(FiringOrder, Firing)>) -> Vec<Firing> {
    step(firings.len());
    firings.sort_by(|(one, _), (other, _)| one.cmp(other));
    firings.into_iter().map(|(_, firing)| firing).collect()
}

impl ReplayPlan {
    /// Merges what all shares reported. `slices`: the heads of all slices; `firings`: what [`Reducer::take`] returned of
    /// all shares, those of one share in the order in which they were taken.
    ///
    /// [`Reducer::take`]: super::Reducer::take
    ///
    /// # Errors
    /// If bytes are damaged or of another replay.
    pub fn merge(
        &self,
        schedule: &Schedule,
        slices: &[&[u8]],
        firings: &[&[u8]],
    ) -> Result<ArchiveReplay, ArchiveReplayError> {
        let mut counts = StreamCounts { events: schedule.events, ..StreamCounts::default() };
        for head in slices {
            let own = self.read_sequenced(head)?;
            counts.before_start = counts.before_start.saturating_add(own.before_start);
            counts.undelivered = counts.undelivered.saturating_add(own.undelivered);
            counts.leaders_lost = counts.leaders_lost.saturating_add(own.leaders_lost);
        }
        let mut texts = EventReader::default();
        let number = |(number, automation)| Summaries::new(automation, number);
        let triggers: Vec<Summaries> = self.automations.iter().enumerate().map(number).collect();
        let mut all: Vec<Reported> = self.automations.iter().map(|_| Reported::default()).collect();
        for bytes in firings {
            let (head, mut rows) = open::<FiringsHead, ReportedRow>(bytes)?;
            let share = self.shares.get(head.share as usize).filter(|_| head.plan == self.mark);
            let automation = share.ok_or(ArchiveReplayError::Damaged)?.automation;
            let (Some(own), Some(triggers)) = (all.get_mut(automation), triggers.get(automation)) else {
                return Err(ArchiveReplayError::Damaged);
            };
            counts.waited = counts.waited.saturating_add(head.waited);
            while let Some(row) = rows.next()? {
                step(1);
                let damaged = ArchiveReplayError::Damaged;
                match row {
                    ReportedRow::Firing(order, firing) => {
                        own.firings.push((order, firing.restore(triggers, &mut texts).ok_or(damaged)?));
                    }
                    ReportedRow::Child(order, firing) => {
                        own.child_firings.push((order, firing.restore(triggers, &mut texts).ok_or(damaged)?));
                    }
                    ReportedRow::Late(late) => {
                        own.outcome.late.push(late.restore(triggers, &mut texts).ok_or(damaged)?);
                    }
                }
            }
        }
        let several = self.automations.len() > 1;
        let mut results = Vec::new();
        for (automation, reported) in self.automations.iter().zip(all) {
            let Reported { firings, child_firings, outcome } = reported;
            let mut outcome = Outcome { firings: in_order(firings), child_firings: in_order(child_firings), ..outcome };
            add_late(&mut outcome);
            results.push(SimulationResult {
                automation: several.then(|| automation.name.clone()),
                firings: outcome.firings,
                child_firings: outcome.child_firings,
                start: schedule.start.map(Instant),
                before_start: usize::try_from(counts.before_start).unwrap_or(usize::MAX),
                undelivered: usize::try_from(counts.undelivered).unwrap_or(usize::MAX),
                ..SimulationResult::default()
            });
        }
        let warnings = self.warnings.clone();
        let found_in = (!warnings.is_empty()).then_some(FoundIn::Automation);
        let result = if several {
            let mut firings: Vec<Firing> = results.iter().flat_map(|own| own.firings.iter().cloned()).collect();
            let mut child_firings: Vec<Firing> =
                results.iter().flat_map(|own| own.child_firings.iter().cloned()).collect();
            for all in [&mut firings, &mut child_firings] {
                order::by_key(all, &mut |firing| firing.at.sortable());
            }
            SimulationResult {
                firings,
                child_firings,
                automations: results,
                warnings,
                found_in,
                ..SimulationResult::default()
            }
        } else {
            SimulationResult { warnings, found_in, ..results.pop().unwrap_or_default() }
        };
        Ok(ArchiveReplay { result, counts })
    }
}
