//! NDJSON has the same findings, whole, in chunks of lines, or in parts that are merged. The first byte says how many lines make a chunk.

use prefect_events::diagnostic::{Report, TextOptions};
use prefect_events::validate::{Merge, PartValidator, StreamValidator, ValidateOptions, is_ndjson, validate};

use super::input::choice;
use super::reports::keys;
use super::validate::ALL;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    if is_ndjson(text, true) != Some(true) {
        return;
    }
    let options = ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() };
    let whole = validate(text, TextOptions::default(), &options);
    let mut stream = StreamValidator::new(options);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let chunks = lines.chunks(usize::from(choice % 8).max(1));
    let mut reports: Vec<Report> = chunks.map(|lines| stream.chunk(&lines.concat())).collect();
    reports.push(stream.finish());
    let sum = |count: fn(&Report) -> u64| reports.iter().map(count).sum::<u64>();
    assert_eq!(
        (whole.count, whole.errors, whole.warnings, whole.infos),
        (sum(|one| one.count), sum(|one| one.errors), sum(|one| one.warnings), sum(|one| one.infos))
    );
    assert_eq!(keys(&whole.diagnostics), keys(reports.iter().flat_map(|report| &report.diagnostics)));

    // Parts keep the order of findings and their limit too.
    let limit = usize::from(choice / 8);
    let options =
        ValidateOptions { max_diagnostics: if limit > 20 { ALL } else { limit }, ..ValidateOptions::default() };
    let mut validator = PartValidator::new(options.clone());
    let mut merge = Merge::new(&options);
    for (at, lines) in lines.chunks(usize::from(choice % 8).max(1)).enumerate() {
        merge.add(validator.check(&lines.concat(), at == 0, false));
    }
    let places = TextOptions { places: true, wtf8: false };
    assert_eq!(merge.report(), validate(text, places, &options));
}
