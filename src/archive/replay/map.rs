//! Reads a part: of all events what couples them, and of each share the events that it matches, by slices of time.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::event::{EventReader, ReceivedEvent};
use crate::json::Skeletons;
use crate::simulate::{DocumentText, read_events_with};
use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::trigger::Facts;

use super::error::ArchiveReplayError;
use super::events::EventsWriter;
use super::piece::{FactsHead, FactsRow, Head, Writer, bytes_of};
use super::plan::ReplayPlan;

/// A part that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MappedPart {
    /// How many events it has.
    pub events: u64,
    /// Of each event that is nested too deeply to be read, and is not among these, what is wrong, with its place in the text.
    pub not_played: Vec<Diagnostic>,
    /// For [`ReplayPlan::schedule`].
    pub head: Vec<u8>,
    /// For the other tasks.
    pub pieces: Vec<MappedPiece>,
}

/// What a task needs of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MappedPiece {
    /// The slice of time.
    pub slice: i64,
    /// The share that it is for: the events that it matches. `None`: of all events, what couples them.
    pub share: Option<u32>,
    /// The piece.
    pub bytes: Vec<u8>,
}

/// What was learnt from pieces of an archive. It makes reading others faster, and changes nothing.
#[derive(Default)]
pub struct MapMemory(Skeletons);

/// A part, and which slices have events of it.
#[derive(Serialize, Deserialize)]
pub(super) struct PartHead {
    pub(super) plan: u64,
    pub(super) part: u64,
    pub(super) events: u64,
    /// When the first and the last event were received.
    pub(super) received: Option<(i64, i64)>,
    pub(super) slices: Vec<i64>,
}

impl Head for PartHead {
    const KIND: u8 = 1;
}

impl ReplayPlan {
    /// Reads a part: JSON documents one after the other, such as whole lines of NDJSON. `part`: its number among all
    /// parts; of events that were received at the same instant, those of the lower number come first. A part that is too
    /// large can be read in pieces of whole lines, each with a number of its own and all with one `memory`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn map(
        &self,
        part: u64,
        text: DocumentText<'_>,
        memory: &mut MapMemory,
    ) -> Result<MappedPart, ArchiveReplayError> {
        let mut events = Vec::new();
        let report =
            read_events_with(text, &mut memory.0, &mut EventReader::default(), &mut |event| events.push(event));
        if !report.valid {
            return Err(ArchiveReplayError::Events(Box::new(report)));
        }
        let mut engine = self.engine();
        for automation in &self.automations {
            engine.load(automation);
        }
        let mut events: Vec<(u32, ReceivedEvent)> = (0..).zip(events).collect();
        order::by_key(&mut events, &mut |(_, event)| event.received.sortable());
        let slice_of = |event: &ReceivedEvent| event.received.0.div_euclid(self.slice_width());
        let (mut pieces, mut slices) = (Vec::new(), Vec::new());
        for events in events.chunk_by(|(_, one), (_, other)| slice_of(one) == slice_of(other)) {
            let Some(slice) = events.first().map(|(_, event)| slice_of(event)) else { continue };
            slices.push(slice);
            let mut facts = Writer::new();
            let mut sets: Map<Vec<u32>, u32> = Map::default();
            let mut matched: Map<u32, EventsWriter> = Map::default();
            for (index, event) in events {
                step(1);
                let mut found = Vec::new();
                engine.each_match(event, &mut |automation| found.push(automation));
                let mut set = Vec::with_capacity(found.len());
                for automation in found {
                    let share = self.share_of(automation, event, &engine);
                    let writer = matched.or_insert_with(share, || EventsWriter::new(self.mark, part));
                    if let Some(needed) = self.needed.get(automation) {
                        writer.add(*index, event, needed);
                    }
                    set.push(share);
                }
                let next = u32::try_from(sets.len()).unwrap_or(u32::MAX);
                let set = *sets.or_insert_with(set, || next);
                facts.row(&FactsRow::new(*index, set, &Facts::from(event)));
            }
            let sets = sets.into_entries().into_iter().map(|(set, _)| set).collect();
            let bytes = facts.finish(&FactsHead { plan: self.mark, part, sets });
            pieces.push(MappedPiece { slice, share: None, bytes });
            for (share, writer) in matched.into_entries() {
                pieces.push(MappedPiece { slice, share: Some(share), bytes: writer.finish() });
            }
        }
        let first = events.first().map(|(_, event)| event.received.0);
        let last = events.last().map(|(_, event)| event.received.0);
        let (events, received) = (events.len() as u64, first.zip(last));
        let head = bytes_of(&PartHead { plan: self.mark, part, events, received, slices });
        Ok(MappedPart { events, not_played: report.diagnostics, head, pieces })
    }
}

#[cfg(test)]
mod tests {
    use flate2::read::GzDecoder;

    use super::*;
    use crate::archive::replay::ArchiveReplayOptions;

    #[test]
    fn the_next_piece_is_read_with_the_skeletons_of_the_first() {
        let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/events.ndjson.gz")).unwrap();
        let text = std::io::read_to_string(GzDecoder::new(file)).unwrap();
        let automation = "trigger: {posture: Reactive, expect: [prefect.flow-run.Failed], threshold: 1, within: 0}";
        let plan = ReplayPlan::new(automation.into(), &ArchiveReplayOptions::default()).unwrap();
        let mut memory = MapMemory::default();
        let first = plan.map(0, (&*text).into(), &mut memory).unwrap();
        let known = memory.0.known();
        let again = plan.map(0, (&*text).into(), &mut memory).unwrap();
        assert_eq!(first, again);
        let known = memory.0.known() - known;
        assert!(known * 100 > again.events * 98, "{known} of {}", again.events);
    }
}
