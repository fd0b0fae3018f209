//! Which events repeat an earlier id: they are reported for that and count nowhere else.

use crate::text::table::Set;
use crate::validate::Id;

use super::super::bytes::{ArchiveError, ValueReader, write};
use super::record::IdRecord;

/// The ids of one bucket, from all parts in their order.
pub struct RepeatedIds {
    known: Set<Id>,
    /// By bucket of their other records: the numbers of the part and of the record.
    repeated: Vec<Vec<u8>>,
}

impl RepeatedIds {
    /// Begins with the first part. `buckets`: see [`PartMap::new`](super::PartMap::new).
    #[must_use]
    pub fn new(buckets: usize) -> Self {
        RepeatedIds { known: Set::default(), repeated: vec![Vec::new(); buckets.max(1)] }
    }

    /// Adds the ids of the next part.
    ///
    /// # Errors
    /// The bytes are damaged, or of another version.
    pub fn add(&mut self, part: u32, ids: &[u8]) -> Result<(), ArchiveError> {
        let mut reader = ValueReader::new(ids)?;
        while let Some(IdRecord { id, number, others }) = reader.next()? {
            if self.known.insert(Id::from_le_bytes(id)) {
                continue;
            }
            for bucket in others.as_chunks().0 {
                let bucket = u32::from_le_bytes(*bucket);
                let bucket = usize::try_from(bucket).ok().and_then(|bucket| self.repeated.get_mut(bucket));
                write(bucket.ok_or(ArchiveError { version: None })?, &(part, number));
            }
        }
        Ok(())
    }

    /// By bucket, for [`BucketReduce::repeated`](super::BucketReduce::repeated); empty if there is nothing.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<u8>> {
        self.repeated
    }
}
