//! The tasks of an archive's replay find what one process finds; bytes that a task left and that have changed are an error
//! or a result, the same each time, and an error if they were cut. The first byte selects the options, the second one the
//! bytes, and the others change them.

use std::cell::RefCell;

use prefect_events::archive::replay::{
    ArchiveReplay, ArchiveReplayError, ArchiveReplayOptions, MapMemory, MappedPart, Reducer, ReplayPlan, Schedule,
    SliceInput, replay_parts,
};
use prefect_events::simulate::DocumentText;

use super::damage::{damaged, is_cut};
use super::input::choice;
use super::small::{AUTOMATIONS, parts};

const OPTIONS: [&str; 3] = [
    r#"{"sliceSeconds": 120}"#,
    r#"{"sliceSeconds": 150, "intended": true, "hashes": 2}"#,
    r#"{"sliceSeconds": 200, "start": "2026-03-31T18:31:00Z", "end": "5m", "delivery": "direct", "tickSeconds": 3}"#,
];

struct Archive {
    plan: ReplayPlan,
    mapped: Vec<MappedPart>,
    result: ArchiveReplay,
    /// How many bytes the tasks hand over.
    handed: usize,
}

thread_local! {
    static ARCHIVES: [Archive; 3] = OPTIONS.map(archive);
}

fn archive(options: &str) -> Archive {
    let options: ArchiveReplayOptions = serde_json::from_str(options).expect("options");
    let plan = ReplayPlan::new(AUTOMATIONS.into(), &options).expect("a plan");
    let mut memory = MapMemory::default();
    let mut map =
        |(number, part): (u64, &String)| plan.map(number, DocumentText::from(&**part), &mut memory).expect("a part");
    let mapped: Vec<MappedPart> = (0..).zip(parts()).map(&mut map).collect();
    let texts: Vec<&[u8]> = parts().iter().map(|part| part.as_bytes()).collect();
    let result = replay_parts(AUTOMATIONS.into(), &texts, &options).expect("a result");
    let own = Archive { plan, mapped, result, handed: 0 };
    let handing = Handing { changed: None, edits: &[], next: RefCell::default() };
    assert_eq!(own.play(&handing).as_ref(), Ok(&own.result));
    assert!(!own.result.result.firings.is_empty());
    let handed = handing.next.into_inner().number;
    // One byte selects them.
    assert!(handed <= 256, "{handed}");
    Archive { handed, ..own }
}

/// Hands bytes from task to task, and changes some.
struct Handing<'e> {
    /// Which bytes are changed.
    changed: Option<usize>,
    edits: &'e [u8],
    next: RefCell<Next>,
}

#[derive(Default)]
struct Next {
    number: usize,
    is_same: bool,
    is_cut: bool,
    is_state: bool,
}

impl Handing<'_> {
    fn pass(&self, bytes: &[u8]) -> Vec<u8> {
        let mut next = self.next.borrow_mut();
        let number = next.number;
        next.number += 1;
        if self.changed != Some(number) {
            return bytes.to_vec();
        }
        let changed = damaged(bytes, self.edits);
        (next.is_same, next.is_cut) = (changed == bytes, is_cut(&changed, bytes));
        // States have a hash.
        next.is_state = bytes.starts_with(b"PET");
        changed
    }
}

impl Archive {
    fn play(&self, handing: &Handing<'_>) -> Result<ArchiveReplay, ArchiveReplayError> {
        let plan = &self.plan;
        let heads: Vec<Vec<u8>> = self.mapped.iter().map(|part| handing.pass(&part.head)).collect();
        let pieces = self.mapped.iter().flat_map(|part| &part.pieces);
        let pieces: Vec<_> = pieces.map(|piece| (piece.slice, piece.share, handing.pass(&piece.bytes))).collect();
        let of = |slice: i64, share: Option<u32>| -> Vec<&[u8]> {
            let own = pieces.iter().filter(|piece| (piece.0, piece.1) == (slice, share));
            own.map(|piece| &*piece.2).collect()
        };
        let schedule = plan.schedule(&heads.iter().map(|head| &**head).collect::<Vec<_>>())?;
        let schedule = plan.read_schedule(&handing.pass(&schedule.bytes()))?;
        if is_long(&schedule) {
            return Err(ArchiveReplayError::Damaged);
        }
        let mut slices = Vec::new();
        let mut state: Option<Vec<u8>> = None;
        for (index, slice) in schedule.slices().iter().enumerate() {
            let mut own = plan.sequence(&schedule, index, &of(*slice, None), state.as_deref())?;
            own.head = handing.pass(&own.head);
            let after = handing.pass(&own.state);
            if let Some(before) = &state {
                plan.continues(&own.head, before)?;
            }
            own.ticks = handing.pass(&own.ticks);
            own.orders.iter_mut().for_each(|order| order.bytes = handing.pass(&order.bytes));
            state = Some(after);
            slices.push(own);
        }
        let mut firings = Vec::new();
        for share in 0..plan.shares() {
            let (mut state, mut windows): (Option<Vec<u8>>, Vec<u8>) = (None, Vec::new());
            for (index, (slice, own)) in schedule.slices().iter().zip(&slices).enumerate() {
                let mut reducer = match &state {
                    Some(state) => Reducer::restore(plan, &schedule, state)?,
                    None => Reducer::new(plan, &schedule, share)?,
                };
                let order = own.orders.iter().find(|order| order.share == share).map(|order| &*order.bytes);
                let (events, mut left) = (of(*slice, Some(share)), Vec::new());
                let input = SliceInput { index, ticks: &own.ticks, order, events: &events };
                reducer.slice(input, &mut &*windows, &mut left)?;
                windows = handing.pass(&left);
                firings.push(handing.pass(&reducer.take()));
                state = Some(handing.pass(&reducer.save()));
            }
        }
        let heads: Vec<&[u8]> = slices.iter().map(|slice| &*slice.head).collect();
        plan.merge(&schedule, &heads, &firings.iter().map(|firings| &**firings).collect::<Vec<_>>())
    }
}

/// Twenty million ticks are allowed. They legitimately take seconds, and would leave a fuzzer no time for anything else.
fn is_long(schedule: &Schedule) -> bool {
    let times = serde_json::to_value(schedule).expect("JSON");
    let all = ["start", "last", "end", "finish"].map(|name| times[name].as_i64());
    let begin = |slice: &i64| slice.saturating_mul(times["width"].as_i64().unwrap_or_default());
    let known = || all.into_iter().flatten().chain(schedule.slices().iter().map(begin));
    let (first, last) = (known().min().unwrap_or_default(), known().max().unwrap_or_default());
    last.saturating_sub(first) > 86_400_000_000
}

pub fn target(input: &[u8]) {
    let (options, rest) = choice(input);
    let (changed, edits) = choice(rest);
    ARCHIVES.with(|archives| {
        let archive = &archives[usize::from(options) % archives.len()];
        let changed = usize::from(changed) % archive.handed;
        let handing = || Handing { changed: Some(changed), edits, next: RefCell::default() };
        let (one, other) = (handing(), handing());
        let result = archive.play(&one);
        assert_eq!(result, archive.play(&other));
        let Next { is_same, is_cut, is_state, .. } = one.next.into_inner();
        match result {
            Err(error) => assert!(!is_same && !error.to_string().is_empty()),
            // The last state is not read, nor are windows if there were none.
            Ok(result) if is_same || is_cut || is_state => assert_eq!(result, archive.result),
            Ok(_) => {}
        }
    });
}
