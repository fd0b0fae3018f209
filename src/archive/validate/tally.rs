//! Findings in the order in which one process finds them, as many of each severity as the report could hold.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Family, families};
use crate::diagnostic::findings::{Counts, Found};
use crate::diagnostic::packed::PackedFound;

use super::super::bytes::{ArchiveError, ValueReader, write};

/// When a finding is found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// With an event: the numbers of the part and of the event's record, and 0 for what the part itself shows, else the role.
    With(u32, u32, u8),
    /// After all events.
    End(u8, u64, u64),
}

pub(super) struct Tally {
    found: Vec<(Order, Found)>,
    kept: Counts,
    /// How many were not kept.
    omitted: Counts,
    most: u64,
}

impl Tally {
    pub(super) fn new(max_diagnostics: usize) -> Self {
        let most = max_diagnostics as u64;
        Tally { found: Vec::new(), kept: Counts::default(), omitted: Counts::default(), most }
    }

    /// Adds the next finding.
    pub(super) fn add(&mut self, order: Order, found: Found) {
        let most = self.most;
        let kept = self.kept.of(found.severity());
        let has_room = *kept < most;
        let count = if has_room { kept } else { self.omitted.of(found.severity()) };
        *count = count.saturating_add(1);
        if has_room {
            self.found.push((order, found));
        }
    }

    /// Counts findings that come after those added so far.
    pub(super) fn omit(&mut self, omitted: Counts) {
        self.omitted.add(omitted);
    }

    /// How many findings there are.
    pub(super) fn count(&self) -> u64 {
        let Counts { errors, warnings, infos } = self.omitted;
        [errors, warnings, infos].into_iter().fold(self.found.len() as u64, u64::saturating_add)
    }

    pub(super) fn into_bytes(self, mut bytes: Vec<u8>) -> Vec<u8> {
        write(&mut bytes, &self.omitted);
        for (order, found) in self.found {
            write(&mut bytes, &(order, PackedFound::pack(found)));
        }
        bytes
    }

    /// The findings of a part or bucket, and how many more it has. `part`: the number of the part, if the bytes are of one.
    pub(super) fn read(
        bytes: &mut ValueReader<'_>,
        part: Option<u32>,
    ) -> Result<(Vec<(Order, Found)>, Counts), ArchiveError> {
        let omitted = bytes.read()?;
        let mut all = Vec::new();
        while let Some((order, packed)) = bytes.next::<(Order, PackedFound)>()? {
            let found = packed.unpack(&docs).ok_or(ArchiveError { version: None })?;
            let order = match (order, part) {
                (Order::With(_, record, phase), Some(part)) => Order::With(part, record, phase),
                _ => order,
            };
            all.push((order, found));
        }
        Ok((all, omitted))
    }

    /// The findings that were kept, and how many were not.
    pub(super) fn into_parts(self) -> (Vec<(Order, Found)>, Counts) {
        (self.found, self.omitted)
    }
}

/// The documentation of a family.
fn docs(text: &str) -> Option<&'static str> {
    families().iter().filter_map(Family::docs).find(|docs| *docs == text)
}
