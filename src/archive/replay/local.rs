//! All tasks of a replay, one after the other.

use crate::simulate::DocumentText;
use crate::text::table::Map;

use super::error::ArchiveReplayError;
use super::map::MapMemory;
use super::merge::ArchiveReplay;
use super::plan::{ArchiveReplayOptions, ReplayPlan};
use super::reduce::{Reducer, SliceInput};

/// Replays the parts of an archive in one process: shows how the tasks belong together.
///
/// # Errors
/// If the automations or a part cannot be read, or the options are invalid.
pub fn replay_parts(
    automation: DocumentText<'_>,
    parts: &[&[u8]],
    options: &ArchiveReplayOptions,
) -> Result<ArchiveReplay, ArchiveReplayError> {
    let plan = ReplayPlan::new(automation, options)?;
    let (mut heads, mut memory) = (Vec::new(), MapMemory::default());
    let mut pieces: Map<(i64, Option<u32>), Vec<Vec<u8>>> = Map::default();
    for (part, text) in (0..).zip(parts) {
        let mapped = plan.map(part, DocumentText::from(*text), &mut memory)?;
        heads.push(mapped.head);
        for piece in mapped.pieces {
            pieces.or_default((piece.slice, piece.share)).push(piece.bytes);
        }
    }
    let schedule = plan.schedule(&heads.iter().map(|head| &**head).collect::<Vec<_>>())?;
    let pieces_of = |slice: i64, share: Option<u32>| -> Vec<&[u8]> {
        pieces.get(&(slice, share)).into_iter().flatten().map(|bytes| &**bytes).collect()
    };
    let mut slices: Vec<super::SequencedSlice> = Vec::new();
    for index in 0..schedule.slices().len() {
        let facts =
            |wanted: &[i64]| -> Vec<&[u8]> { wanted.iter().flat_map(|slice| pieces_of(*slice, None)).collect() };
        // The state before is known here, so nothing needs a warm-up.
        let own = schedule.slices().get(index..=index).unwrap_or_default();
        let state = slices.last().map(|before| &*before.state);
        slices.push(plan.sequence(&schedule, index, &facts(own), state)?);
    }
    let mut firings = Vec::new();
    for share in 0..plan.shares() {
        let mut reducer = Reducer::new(&plan, &schedule, share)?;
        let mut windows: Vec<u8> = Vec::new();
        for (index, (slice, sequenced)) in schedule.slices().iter().zip(&slices).enumerate() {
            let order = sequenced.orders.iter().find(|order| order.share == share).map(|order| &*order.bytes);
            let events = pieces_of(*slice, Some(share));
            let before = std::mem::take(&mut windows);
            let input = SliceInput { index, ticks: &sequenced.ticks, order, events: &events };
            reducer.slice(input, &mut &*before, &mut windows)?;
        }
        firings.push(reducer.take());
    }
    let heads: Vec<&[u8]> = slices.iter().map(|slice| &*slice.head).collect();
    plan.merge(&schedule, &heads, &firings.iter().map(|firings| &**firings).collect::<Vec<_>>())
}
