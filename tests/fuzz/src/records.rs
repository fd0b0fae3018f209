//! Events that are validated in parts have the findings of the whole text; records that have changed are an error or a
//! report, the same each time. The first byte selects the parts and the buckets, the second one which records change.
//! The texts are the changes and the events.

use std::cell::Cell;

use prefect_events::archive::ArchiveError;
use prefect_events::archive::validate::{ArchiveFindings, BucketReduce, Mapped, PartMap, RepeatedIds, ReportMerge};
use prefect_events::diagnostic::{Report, TextOptions};
use prefect_events::validate::{ValidateOptions, is_ndjson, validate};

use super::damage::damaged;
use super::input::{choice, two_texts};

pub fn target(input: &[u8]) {
    let (choice_of_parts, rest) = choice(input);
    let (changed, rest) = choice(rest);
    let (edits, text) = two_texts(rest);
    if is_ndjson(text, true) != Some(true) {
        return;
    }
    let limit = usize::from(choice_of_parts >> 5);
    let options = ValidateOptions {
        max_diagnostics: if limit > 5 { super::validate::ALL } else { limit },
        ..ValidateOptions::default()
    };
    let (lines, buckets) = (usize::from(choice_of_parts % 4) + 1, usize::from(choice_of_parts >> 2) % 4 + 1);
    let parts = parts(text, lines, buckets, &options, &|at| at == 0);
    let whole = validate(text, TextOptions { places: true, wtf8: true }, &options);
    assert_eq!(merged(&parts, buckets, &options, &mut |bytes| bytes.to_vec()), Ok(whole));
    if edits.is_empty() {
        return;
    }
    let play = || {
        let next = Cell::new(0_usize);
        merged(&parts, buckets, &options, &mut |bytes| {
            let number = next.replace(next.get() + 1);
            if number == usize::from(changed) { damaged(bytes, edits) } else { bytes.to_vec() }
        })
    };
    let result = play();
    assert_eq!(result, play());
    match result {
        Ok(report) => assert!(serde_json::to_string(&report).is_ok()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// `begins`: whether a part is the beginning of a file.
pub fn parts(
    text: &[u8],
    lines: usize,
    buckets: usize,
    options: &ValidateOptions,
    begins: &dyn Fn(usize) -> bool,
) -> Vec<Mapped> {
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect::<Vec<_>>().chunks(lines).fold(
        Vec::new(),
        |mut all, lines| {
            let from = all.iter().map(|part: &&[u8]| part.len()).sum::<usize>();
            let length: usize = lines.iter().map(|line| line.len()).sum();
            all.push(&text[from..from + length]);
            all
        },
    );
    let mut map = PartMap::new(options.clone(), buckets);
    let part = |(at, lines): (usize, &&[u8])| {
        map.add(lines, begins(at));
        map.take()
    };
    lines.iter().enumerate().map(part).collect()
}

/// `hand`: hands bytes from task to task.
pub fn merged(
    parts: &[Mapped],
    buckets: usize,
    options: &ValidateOptions,
    hand: &mut dyn FnMut(&[u8]) -> Vec<u8>,
) -> Result<Report, ArchiveError> {
    found(parts, buckets, options, hand).map(|findings| findings.report())
}

/// The same, before it is a report.
pub fn found(
    parts: &[Mapped],
    buckets: usize,
    options: &ValidateOptions,
    hand: &mut dyn FnMut(&[u8]) -> Vec<u8>,
) -> Result<ArchiveFindings, ArchiveError> {
    let summaries: Vec<_> = parts.iter().map(|part| part.summary).collect();
    let mut repeated = Vec::new();
    for bucket in 0..buckets {
        let mut ids = RepeatedIds::new(buckets);
        for (part, mapped) in (0..).zip(parts) {
            ids.add(part, &hand(&mapped.ids[bucket]))?;
        }
        repeated.push(ids.finish());
    }
    let mut merge = ReportMerge::new(options.clone());
    for bucket in 0..buckets {
        let mut reduce = BucketReduce::new(options.clone(), &summaries);
        for of_bucket in &repeated {
            reduce.repeated(&hand(&of_bucket[bucket]))?;
        }
        for (part, mapped) in (0..).zip(parts) {
            reduce.add(part, &hand(&mapped.records[bucket]))?;
        }
        merge.bucket(&hand(&reduce.finish()))?;
    }
    for part in parts {
        merge.part(&hand(&part.findings))?;
    }
    Ok(merge.finish())
}
