//! Validates the captured events again and again: for a profiler, or for counting instructions
//! (`valgrind --tool=callgrind`), which do not depend on how busy the machine is.
//!
//! `validate MODE ROUNDS` with the mode `lines` (NDJSON), `array` (a list on one line), `single` (each event by itself, by
//! one validator), `fresh` (each by a new one), `part` (NDJSON as a part of an archive, with records for other parts) or
//! `archive` (that, and what comes after it). Prints nanoseconds per event of the best round, and for the last two the bytes
//! of records per event.

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::time::Instant;

use flate2::read::GzDecoder;
use prefect_events::archive::validate::{BucketReduce, Mapped, PartMap, RepeatedIds, ReportMerge};
use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{ValidateOptions, Validator};

/// As for an archive of 64 parts of 64 MB.
const BUCKETS: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    // cargo adds a `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mode = arguments.next().unwrap_or_else(|| "lines".to_owned());
    let rounds: u32 = arguments.next().map_or(Ok(20), |rounds| rounds.parse())?;
    let mut text = String::new();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/events.ndjson.gz");
    GzDecoder::new(File::open(file)?).read_to_string(&mut text)?;
    let lines: Vec<&str> = text.lines().collect();
    let count = lines.len() as u64;
    let inputs: Vec<String> = match &*mode {
        "lines" | "part" | "archive" => vec![text.clone()],
        "array" => vec![["[", &lines.join(","), "]"].concat()],
        _ => lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    let options = ValidateOptions::default();
    let (mut best, mut validator) = (u128::MAX, Validator::default());
    let (mut part, mut record_bytes) = (PartMap::new(options.clone(), BUCKETS), 0);
    for _ in 0..rounds {
        let begun = Instant::now();
        for input in &inputs {
            if mode == "fresh" {
                validator = Validator::default();
            }
            if mode == "part" {
                part.add(black_box(input.as_bytes()), true);
                record_bytes = part.size();
                black_box(part.take());
                continue;
            }
            if mode == "archive" {
                part.add(black_box(input.as_bytes()), true);
                record_bytes = part.size();
                link(&part.take(), &options)?;
                continue;
            }
            black_box(validator.validate(black_box(input.as_bytes()), TextOptions::default(), &options));
        }
        best = best.min(begun.elapsed().as_nanos());
    }
    let bytes = (record_bytes as u64).checked_div(count).unwrap_or_default();
    println!("{mode}: {} ns per event, {bytes} B of records", best.checked_div(u128::from(count)).unwrap_or_default());
    Ok(())
}

/// What comes after the map, for an archive of one part.
fn link(mapped: &Mapped, options: &ValidateOptions) -> Result<(), Box<dyn Error>> {
    let mut repeated = Vec::new();
    for ids in &mapped.ids {
        let mut of_bucket = RepeatedIds::new(BUCKETS);
        of_bucket.add(0, ids)?;
        repeated.push(of_bucket.finish());
    }
    let mut merge = ReportMerge::new(options.clone());
    for (bucket, records) in mapped.records.iter().enumerate() {
        let mut reduce = BucketReduce::new(options.clone(), &[mapped.summary]);
        for own in repeated.iter().filter_map(|of_bucket| of_bucket.get(bucket)) {
            reduce.repeated(own)?;
        }
        reduce.add(0, records)?;
        merge.bucket(&reduce.finish())?;
    }
    merge.part(&mapped.findings)?;
    black_box(merge.report());
    Ok(())
}
