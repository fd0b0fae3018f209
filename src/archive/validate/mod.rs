//! Validates an archive: the report is that of one process over the concatenated parts that remembers all events.
//!
//! 1. [`PartMap`] checks a part, and leaves a record of each event for those that it matters to, by hash: [`Mapped`].
//! 2. [`RepeatedIds`] says, for one bucket of ids, which events repeat an earlier id. They count nowhere else.
//! 3. [`BucketReduce`] finds what the events of one bucket show together.
//! 4. [`ReportMerge`] makes the report.
//!
//! ```
//! use prefect_events::archive::validate::{BucketReduce, PartMap, RepeatedIds, ReportMerge};
//! use prefect_events::validate::ValidateOptions;
//!
//! let line = r#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.paid", "resource": {"prefect.resource.id": "acme.1"},
//!     "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#.replace('\n', "") + "\n";
//! let options = ValidateOptions::default();
//! let buckets = 3;
//! let mapped: Vec<_> = (0..2).map(|_| {
//!     let mut map = PartMap::new(options.clone(), buckets);
//!     map.add(line.as_bytes(), true);
//!     map.take()
//! }).collect();
//! let summaries: Vec<_> = mapped.iter().map(|part| part.summary).collect();
//!
//! let mut repeated = Vec::new();
//! for bucket in 0..buckets {
//!     let mut ids = RepeatedIds::new(buckets);
//!     for (part, mapped) in (0..).zip(&mapped) {
//!         ids.add(part, &mapped.ids[bucket])?;
//!     }
//!     repeated.push(ids.finish());
//! }
//! let mut merge = ReportMerge::new(options.clone());
//! for bucket in 0..buckets {
//!     let mut reduce = BucketReduce::new(options.clone(), &summaries);
//!     for of_bucket in &repeated {
//!         reduce.repeated(&of_bucket[bucket])?;
//!     }
//!     for (part, mapped) in (0..).zip(&mapped) {
//!         reduce.add(part, &mapped.records[bucket])?;
//!     }
//!     merge.bucket(&reduce.finish())?;
//! }
//! for part in &mapped {
//!     merge.part(&part.findings)?;
//! }
//! assert_eq!(merge.report().diagnostics[0].code, "repeated-event-id");
//! # Ok::<(), prefect_events::archive::ArchiveError>(())
//! ```

mod files;
mod map;
mod merge;
mod record;
mod record_writer;
mod reduce;
mod repeated;
mod tally;

pub use files::{ArchiveFile, by_file};
pub use map::{Mapped, PartMap, PartSummary};
pub use merge::{ArchiveFindings, ReportMerge};
pub use reduce::BucketReduce;
pub use repeated::RepeatedIds;
