//! NDJSON has the same findings, whole or in chunks of lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prefect_events::diagnostic::Diagnostic;
use prefect_events::diagnostic::{TextOptions};
use prefect_events::validate::{Stream, is_ndjson, validate, ValidateOptions};

fuzz_target!(|input: &[u8]| {
    // The first byte decides where the text is cut: after every line, after every second, …
    let Some((&lines_per_chunk, text)) = input.split_first() else { return };
    if is_ndjson(text, true) != Some(true) {
        return;
    }
    let settings = ValidateOptions { max_diagnostics: usize::MAX, ..ValidateOptions::default() };
    let whole = validate(text, TextOptions::default(), &settings);

    let mut stream = Stream::new(settings);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let mut reports: Vec<_> =
        lines.chunks(usize::from(lines_per_chunk).max(1)).map(|lines| stream.chunk(&lines.concat())).collect();
    reports.push(stream.finish());

    assert_eq!(whole.events, reports.iter().map(|report| report.events).sum::<u64>());
    let chunked = reports.into_iter().flat_map(|report| report.diagnostics);
    assert_eq!(sorted(whole.diagnostics), sorted(chunked));
});

fn sorted(diagnostics: impl IntoIterator<Item = Diagnostic>) -> Vec<String> {
    let mut all: Vec<String> = diagnostics.into_iter().map(|diagnostic| format!("{diagnostic:?}")).collect();
    all.sort();
    all
}
