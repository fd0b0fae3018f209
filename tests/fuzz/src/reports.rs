//! Properties of any report.

use std::collections::BTreeMap;

use prefect_events::diagnostic::{Code, Diagnostic, Position, Range, Report, Severity};

/// A text in UTF-16 code units, like in editors.
pub struct Units {
    units: Vec<u16>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Units {
    /// `wtf8`: lone surrogates take three bytes each.
    pub fn of(mut text: &[u8], wtf8: bool) -> Self {
        let mut units: Vec<u16> = Vec::new();
        let is_surrogate = |bytes: &[u8]| wtf8 && matches!(bytes, [0xED, 0xA0..=0xBF, 0x80..=0xBF]);
        while let Some(at) = text.windows(3).position(is_surrogate) {
            units.extend(String::from_utf8_lossy(&text[..at]).encode_utf16());
            units.push(0xD000 | u16::from(text[at + 1] & 0x3F) << 6 | u16::from(text[at + 2] & 0x3F));
            text = &text[at + 3..];
        }
        units.extend(String::from_utf8_lossy(text).encode_utf16());
        Units::new(units)
    }

    /// Whether a text is the bytes of a JavaScript string, lone surrogates included.
    pub fn are_of(text: &[u8]) -> bool {
        let is_surrogate = |rest: &[u8]| matches!(rest, [0xED, 0xA0..=0xBF, 0x80..=0xBF, ..]);
        let mut rest = text;
        loop {
            let Err(error) = std::str::from_utf8(rest) else { return true };
            let after = &rest[error.valid_up_to()..];
            if !is_surrogate(after) {
                return false;
            }
            rest = &after[3..];
        }
    }

    /// From a text already in these units.
    pub fn new(units: Vec<u16>) -> Self {
        let ends = units.iter().enumerate().filter(|(_, unit)| **unit == u16::from(b'\n'));
        let lines = [0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect();
        Units { units, lines }
    }

    /// The place of an offset.
    fn place(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset);
        let column = offset - self.lines[line - 1] + 1;
        Position { line: line as u64, column: column as u64, offset: offset as u64 }
    }

    /// Asserts that a range is within this text.
    pub fn assert_range(&self, range: Range) {
        assert!(range.start.offset <= range.end.offset, "{range:?}");
        for position in [range.start, range.end] {
            assert!(position.offset as usize <= self.units.len(), "{range:?} is beyond {}", self.units.len());
            assert_eq!(position, self.place(position.offset as usize));
        }
    }

    /// The text after applying the fix of a finding like an editor: everything else is unchanged.
    pub fn fixed(&self, found: &Diagnostic) -> String {
        let mut edits = found.fix.clone().expect("a finding with a fix").edits;
        assert!(!edits.is_empty(), "{found:?}");
        edits.sort_by_key(|edit| edit.range.start.offset);
        let (mut out, mut at) = (Vec::new(), 0);
        for edit in edits {
            let (start, end) = (edit.range.start.offset as usize, edit.range.end.offset as usize);
            assert!(at <= start, "the edits overlap: {found:?}");
            out.extend_from_slice(&self.units[at..start]);
            out.extend(edit.text.encode_utf16());
            at = end;
        }
        out.extend_from_slice(&self.units[at..]);
        String::from_utf16_lossy(&out)
    }
}

/// Asserts that findings are consistent, and within the text.
pub fn assert_found<'r>(diagnostics: impl IntoIterator<Item = &'r Diagnostic>, units: &Units, places: bool) {
    for found in diagnostics {
        assert!(Code::find(found.code).is_some(), "{}", found.code);
        assert!(!found.message.is_empty());
        assert!(found.path.is_empty() || found.path.starts_with('/'), "{}", found.path);
        // It is about the options, which are not in the text.
        let nowhere = !places || found.code == "heartbeat-frequency-too-low";
        assert_eq!(found.range.is_none(), nowhere, "{found:?}");
        assert!(places || found.fix.is_none(), "{found:?}");
        found.range.into_iter().for_each(|range| units.assert_range(range));
        let edits = found.fix.iter().flat_map(|fix| &fix.edits);
        edits.for_each(|edit| units.assert_range(edit.range));
    }
}

/// Asserts that a report is consistent.
pub fn assert_sound(report: &Report, units: &Units, places: bool) {
    let count = |severity| report.diagnostics.iter().filter(|found| found.severity == severity).count() as u64;
    let left_out = report.truncated.unwrap_or_default();
    assert_eq!(report.errors + report.warnings + report.infos, report.diagnostics.len() as u64 + left_out);
    if left_out == 0 {
        assert_eq!(
            (report.errors, report.warnings, report.infos),
            (count(Severity::Error), count(Severity::Warning), count(Severity::Info))
        );
    }
    assert_eq!(report.valid, report.errors == 0);
    assert_found(&report.diagnostics, units, places);
    for found in &report.diagnostics {
        assert!(found.index.is_none_or(|event| event < report.count), "{found:?} of {}", report.count);
    }
}

type Key<'r> = ((&'r str, Severity), Option<u64>, &'r str, Option<Range>, &'r str);

/// The findings as a multiset.
pub fn keys<'r>(found: impl IntoIterator<Item = &'r Diagnostic>) -> BTreeMap<Key<'r>, usize> {
    let mut keys = BTreeMap::new();
    for found in found {
        let key = ((found.code, found.severity), found.index, &*found.path, found.range, &*found.message);
        *keys.entry(key).or_default() += 1;
    }
    keys
}

/// The codes and paths of the findings, in order.
pub fn codes(report: &Report) -> Vec<(&str, &str)> {
    report.diagnostics.iter().map(|found| (found.code, &*found.path)).collect()
}

/// Asserts that errors of the profile `server` are errors of `documented` too, and that it reports nothing else.
pub fn assert_part(server: &Report, documented: &Report) {
    let mut errors = keys(documented.diagnostics.iter().filter(|found| found.severity == Severity::Error));
    for (key, count) in keys(&server.diagnostics) {
        assert!(key.0.1 == Severity::Error, "{key:?} is no error");
        assert!(errors.remove(&key).is_some_and(|all| all >= count), "the profile `server` alone has {key:?}");
    }
}

/// Asserts that a report with fewer findings has the same counts, and only findings of the complete one.
pub fn assert_cut(some: &Report, all: &Report, most: usize) {
    assert_eq!(
        (some.valid, some.count, some.errors, some.warnings, some.infos),
        (all.valid, all.count, all.errors, all.warnings, all.infos)
    );
    assert_eq!(some.diagnostics.len(), most.min(all.diagnostics.len()));
    assert_eq!(some.truncated.unwrap_or_default() as usize, all.diagnostics.len() - some.diagnostics.len());
    assert!(some.diagnostics.iter().all(|found| all.diagnostics.contains(found)));
}

/// Whether a code is about several events, not about a single one.
pub fn is_across_events(code: &str) -> bool {
    let codes = ["repeated-event-id", "states-at-same-instant", "heartbeat-after-end", "broken-state-chain"];
    codes.contains(&code) || code.starts_with("follows-")
}
