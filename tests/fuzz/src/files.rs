//! The findings of an archive by its files: each file has those of its own text, at the same places, and what is counted
//! adds up. The first byte says how many lines make a part, and how many parts a file; the rest is the events.

use prefect_events::archive::require_lines;
use prefect_events::archive::validate::{ArchiveFile, Mapped, by_file};
use prefect_events::diagnostic::{Diagnostic, Report, TextOptions};
use prefect_events::render::FileResult;
use prefect_events::validate::{ValidateOptions, is_ndjson, validate};

use super::input::choice;
use super::records::{found, parts};
use super::reports::{is_across_events, keys};
use super::validate::ALL;

const ARCHIVE: &str = "archive";
const PLACES: TextOptions = TextOptions { places: true, wtf8: true };

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    if is_ndjson(text, true) != Some(true) {
        return;
    }
    // A file is not rejected before all of it is known.
    for end in (0..text.len()).step_by(text.len() / 16 + 1) {
        assert_eq!(require_lines(&text[..end], false), Ok(()), "{end}");
    }
    assert_eq!(require_lines(text, true), Ok(()));
    let options = ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() };
    let (of_part, of_file) = (usize::from(choice % 4) + 1, usize::from(choice >> 2) % 4 + 1);
    let parts = parts(text, of_part, 2, &options, &|at| at % of_file == 0);
    let findings = found(&parts, 2, &options, &mut |bytes| bytes.to_vec()).expect("its own parts");
    let report = findings.report();
    let all: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let own: Vec<Vec<u8>> = all.chunks(of_part * of_file).map(<[&[u8]]>::concat).collect();
    let file = |(number, parts): (usize, &[Mapped])| ArchiveFile {
        name: number.to_string(),
        parts: Ok(parts.iter().map(|part| part.summary).collect()),
    };
    let files: Vec<ArchiveFile> = parts.chunks(of_file).enumerate().map(file).collect();
    assert_eq!(files.len(), own.len());
    let of_parts = |parts: &[Mapped]| parts.iter().map(|part| part.summary.events).sum();
    let events: Vec<u64> = parts.chunks(of_file).map(of_parts).collect();
    let alone: Vec<Report> = own.iter().map(|own| validate(own, PLACES, &options)).collect();
    let (mut count, mut files_counted, mut valid, mut listed) = (0, 0, true, 0);
    for result in by_file(findings, files, ARCHIVE) {
        let FileResult::Checked(result) = result else { panic!("{result:?}") };
        count += result.report.count;
        files_counted += result.files;
        valid &= result.report.valid;
        listed += result.report.diagnostics.len();
        let Ok(number) = result.file.parse::<usize>() else { continue };
        if is_ndjson(&own[number], true) != Some(true) {
            continue;
        }
        let (before, alone) = (events[..number].iter().sum(), &alone[number]);
        assert_eq!(result.report.count, alone.count);
        // Indices are those of the archive.
        let found = |found: &Diagnostic, before: u64| Diagnostic {
            index: found.index.map(|index| index + before),
            ..found.clone()
        };
        let comparable = |report: &Report, before: u64| -> Vec<Diagnostic> {
            let own = report.diagnostics.iter().filter(|found| !is_across_events(found.code));
            own.map(|one| found(one, before)).collect()
        };
        assert_eq!(keys(&comparable(&result.report, 0)), keys(&comparable(alone, before)));
    }
    assert_eq!((count, valid), (report.count, report.valid));
    assert_eq!(files_counted, own.len() as u64);
    assert_eq!(listed, report.diagnostics.len());
}
