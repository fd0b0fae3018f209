//! Properties of any input.

use std::sync::OnceLock;

use prefect_events::diagnostic::{Code, Diagnostic, Report, Severity, TextOptions};
use prefect_events::validate::{Merge, PartValidator, StreamValidator, ValidateOptions, is_ndjson, validate};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::fuzz::targets::reports::{Units, assert_sound, keys};
use super::fuzz::targets::validate::{ALL, hold};

/// Pieces of JSON, of events, and of other text.
const PIECES: [&str; 48] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "'",
    "\\",
    "\n",
    "\r\n",
    " ",
    "\t",
    "\u{feff}",
    "//",
    "/*",
    "*/",
    "-",
    "007",
    "1e999",
    "NaN",
    "true",
    "None",
    "null",
    "\\ud83d",
    "\\ude00",
    "\\x",
    "é",
    "😀",
    "e\u{301}",
    "\u{0}",
    "\u{7f}",
    "{}",
    "[]",
    "\"\"",
    "\"event\":",
    "\"occurred\":\"2026-03-31T18:30:00Z\",",
    "\"event\":\"prefect.flow-run.Running\",",
    "\"resource\":{\"prefect.resource.id\":\"prefect.flow-run.3f8a1c52-77b4-4e0b-9c1d-2a6f0b9d4e11\"},",
    "\"related\":[{\"prefect.resource.id\":\"acme.x\",\"prefect.resource.role\":\"flow\"}],",
    "\"payload\":{\"initial_state\":null},",
    "\"id\":\"01a1ffe4-419a-726f-8626-5e21f619db83\"",
    "\"follows\":null,",
    "{\"events\":[",
    "{\"type\":\"event\",\"event\":",
    "undefined",
    "1.",
    "\"prefect.run-count\":1,",
];

/// Typical mistakes of people and programs: the original, and its replacement.
const SLIPS: [(&str, &str); 24] = [
    ("true", "True"),
    ("null", "None"),
    ("}", ",}"),
    ("]", ",]"),
    ("\",", "\""),
    ("\": ", "\" "),
    ("RUNNING", "Running"),
    ("COMPLETED", "COMPLETD"),
    ("prefect.resource.name", "prefect.resource.nam"),
    ("prefect.run-count\": \"1\"", "prefect.run-count\": 1"),
    ("\"flow\"", "\"flwo\""),
    ("\"flow-run\"", "\"flow_run\""),
    ("-4", "-A"),
    ("occurred", "occured"),
    ("\"id\"", "\"uuid\""),
    ("+00:00", ""),
    ("Z\"", "\""),
    ("validated_state", "validatd_state"),
    ("task_key", "task_ky"),
    ("client", "Client"),
    ("prefect.state-type", "prefect.state_type"),
    (" ", "\t"),
    ("a", "\t"),
    ("Running", "running"),
];

/// The number of cases; `PROPERTIES=100` multiplies it by a hundred.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("PROPERTIES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases.saturating_mul(times)) }
}

fn settings() -> ValidateOptions {
    ValidateOptions { max_diagnostics: ALL, ..ValidateOptions::default() }
}

fn check(text: &[u8]) -> Report {
    validate(text, TextOptions::default(), &settings())
}

/// The lines of the real events.
fn real() -> &'static [Vec<u8>] {
    static LINES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    LINES.get_or_init(|| {
        let text = super::cases::read("events.ndjson.gz");
        text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
    })
}

// ---- damage

#[derive(Clone, Debug)]
enum Damage {
    Remove(Index, usize),
    Insert(Index, &'static str),
    Byte(Index, u8),
    Cut(Index),
    Slip(&'static (&'static str, &'static str), Index),
}

impl Damage {
    fn apply(&self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        match self {
            Damage::Remove(at, count) => {
                let at = at.index(text.len());
                let end = (at + count).min(text.len());
                text.drain(at..end);
            }
            Damage::Insert(at, piece) => {
                let at = at.index(text.len());
                text.splice(at..at, piece.bytes());
            }
            Damage::Byte(at, byte) => {
                let at = at.index(text.len());
                text[at] = *byte;
            }
            Damage::Cut(at) => text.truncate(at.index(text.len())),
            Damage::Slip((right, wrong), nth) => {
                let places: Vec<usize> = text
                    .windows(right.len())
                    .enumerate()
                    .filter(|(_, window)| *window == right.as_bytes())
                    .map(|(at, _)| at)
                    .collect();
                if !places.is_empty() {
                    let at = places[nth.index(places.len())];
                    text.splice(at..at + right.len(), wrong.bytes());
                }
            }
        }
    }
}

fn slip() -> impl Strategy<Value = Damage> {
    (0..SLIPS.len(), any::<Index>()).prop_map(|(slip, nth)| Damage::Slip(&SLIPS[slip], nth))
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        1 => (any::<Index>(), 1_usize..20).prop_map(|(at, count)| Damage::Remove(at, count)),
        2 => (any::<Index>(), select(&PIECES[..])).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        1 => any::<Index>().prop_map(Damage::Cut),
        4 => slip(),
    ]
}

fn damaged_by(damage: impl Strategy<Value = Damage>, times: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), prop::collection::vec(damage, times)).prop_map(|(line, damages)| {
        let mut text = real()[line.index(real().len())].clone();
        damages.iter().for_each(|damage| damage.apply(&mut text));
        text
    })
}

/// A real event with some mistakes.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    damaged_by(damage(), 1..4)
}

/// Lines of real events, one after the other as they came, some of them damaged; the first is whole.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let one = (
        0_usize..3,
        prop::option::weighted(0.3, prop::collection::vec(damage(), 1..3)),
        select(&["\n", "\r\n", "\n\n", " \n"][..]),
    );
    (any::<Index>(), prop::collection::vec(one, 2..12)).prop_map(|(first, steps)| {
        let mut at = first.index(real().len());
        let mut lines = Vec::new();
        for (step, damages, end) in steps {
            let mut text = real()[at % real().len()].clone();
            // An event again and again, or some left out.
            at += step;
            if !lines.is_empty() {
                damages.into_iter().flatten().for_each(|damage| damage.apply(&mut text));
            }
            text.extend_from_slice(end.as_bytes());
            lines.push(text);
        }
        lines
    })
}

// ---- properties

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn of_any_bytes(text in prop::collection::vec(any::<u8>(), 0..200)) {
        hold(&text);
    }

    #[test]
    fn of_text_like_json(pieces in prop::collection::vec(select(&PIECES[..]), 0..60)) {
        hold(pieces.concat().as_bytes());
    }

    #[test]
    fn of_strings_of_javascript(units in prop::collection::vec(prop_oneof![4 => select(&PIECES[..]).prop_map(|piece| piece.encode_utf16().collect::<Vec<u16>>()), 1 => any::<u16>().prop_map(|unit| vec![unit]), 1 => (0xd800_u16..0xe000).prop_map(|unit| vec![unit])], 0..60)) {
        let units = units.concat();
        let report = validate(&wtf8(&units), TextOptions { places: true, wtf8: true }, &settings());
        assert_sound(&report, &Units::new(units), true);
    }
}

/// The bytes of a JavaScript string: lone surrogates take three bytes each.
fn wtf8(units: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(error) => {
                let lone = error.unpaired_surrogate();
                bytes.extend([0xe0 | (lone >> 12) as u8, 0x80 | (lone >> 6 & 0x3f) as u8, 0x80 | (lone & 0x3f) as u8]);
            }
        }
    }
    bytes
}

fn count_of(report: &Report, code: &str) -> usize {
    report.diagnostics.iter().filter(|found| found.code == code).count()
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn of_damaged_events(text in damaged()) {
        hold(&text);
    }

    #[test]
    fn of_lines_with_damage(lines in lines()) {
        hold(&lines.concat());
    }

    #[test]
    fn a_stream_has_the_same_findings(lines in lines(), cuts in prop::collection::vec(any::<bool>(), 12)) {
        let text = lines.concat();
        let whole = check(&text);
        let mut stream = StreamValidator::new(settings());
        let (mut found, mut events, mut chunk) = (Vec::new(), 0, Vec::new());
        let mut take = |report: Report| {
            events += report.count;
            found.extend(report.diagnostics);
        };
        // Damage can have put line breaks into the lines: any of them is a place to cut at.
        for (at, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
            chunk.extend_from_slice(line);
            if cuts[at % cuts.len()] {
                take(stream.chunk(&std::mem::take(&mut chunk)));
            }
        }
        take(stream.chunk(&chunk));
        take(stream.finish());
        prop_assert_eq!(events, whole.count);
        prop_assert_eq!(keys(&found), keys(&whole.diagnostics));
        for (one, other) in sorted(&found).into_iter().zip(sorted(&whole.diagnostics)) {
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn parts_merge_to_the_report_on_the_whole(lines in lines(), cuts in prop::collection::vec(any::<bool>(), 12), limit in prop_oneof![0_usize..9, Just(1000)], start in select(&["", "\u{feff}", "\n\u{20}\n"][..])) {
        let text = [start.as_bytes(), &lines.concat()].concat();
        prop_assume!(is_ndjson(&text, true) == Some(true));
        for wtf8 in [false, true] {
            let options = ValidateOptions { max_diagnostics: limit, ..settings() };
            let whole = validate(&text, TextOptions { places: true, wtf8 }, &options);
            let mut parts = Vec::new();
            let (mut part, mut at) = (Vec::new(), 0);
            for line in text.split_inclusive(|&byte| byte == b'\n') {
                part.extend_from_slice(line);
                at += 1;
                if cuts[at % cuts.len()] {
                    parts.push(std::mem::take(&mut part));
                }
            }
            parts.push(part);
            // In any order, and by several validators.
            let mut validators = [PartValidator::new(options.clone()), PartValidator::new(options.clone())];
            let checked = (0..parts.len()).rev().map(|at| validators[at % 2].check(&parts[at], at == 0, wtf8));
            let mut checked: Vec<_> = checked.collect();
            let mut merge = Merge::new(&options);
            while let Some(part) = checked.pop() {
                merge.add(part);
            }
            prop_assert_eq!(serde_json::to_string(&merge.report()).unwrap(), serde_json::to_string(&whole).unwrap());
        }
    }

    #[test]
    fn fixes_remove_their_findings((text, slips) in (1_usize..3).prop_flat_map(|slips| (damaged_by(slip(), slips..slips + 1), Just(slips)))) {
        let before = check(&text);
        let count = |report: &Report, of: &Diagnostic| report.diagnostics.iter().filter(|found| found.code == of.code && found.path == of.path).count();
        for found in before.diagnostics.iter().filter(|found| found.fix.is_some()) {
            let fixed = Units::of(&text, false).fixed(found);
            let after = check(fixed.as_bytes());
            prop_assert!(count(&after, found) < count(&before, found), "{:?}\n{}\nbecomes {}\n{:#?}", found, String::from_utf8_lossy(&text), fixed, after.diagnostics);
            // After a single slip nothing else can be wrong that was not wrong before, but that a value whose writing
            // is mended can be compared again.
            let uncovered = count_of(&after, "values-disagree").saturating_sub(count_of(&before, "values-disagree"));
            prop_assert!(slips > 1 || after.diagnostics.len() - uncovered < before.diagnostics.len(), "{:?}\n{}\nbecomes {}\n{:#?}", found, String::from_utf8_lossy(&text), fixed, after.diagnostics);
        }
    }

    #[test]
    fn counts_are_complete(text in damaged(), most in 0_usize..4) {
        let all = check(&text);
        let some = validate(&text, TextOptions::default(), &ValidateOptions { max_diagnostics: most, ..ValidateOptions::default() });
        prop_assert_eq!((some.valid, some.count, some.errors, some.warnings, some.infos), (all.valid, all.count, all.errors, all.warnings, all.infos));
        prop_assert_eq!(some.diagnostics.len(), most.min(all.diagnostics.len()));
        prop_assert_eq!(some.truncated.unwrap_or_default() as usize, all.diagnostics.len() - some.diagnostics.len());
        prop_assert!(some.diagnostics.iter().all(|found| all.diagnostics.contains(found)));
    }

    #[test]
    fn severities_can_be_changed(text in damaged(), changes in prop::collection::vec((any::<Index>(), select(&[None, Some(Severity::Info), Some(Severity::Warning), Some(Severity::Error)][..])), 1..4)) {
        let before = check(&text);
        // Codes that occur, so that a change matters.
        let mut severity = Vec::new();
        for (which, to) in changes {
            let Some(found) = before.diagnostics.get(which.index(before.diagnostics.len().max(1))) else { return Ok(()) };
            severity.push((Code::find(found.code).unwrap(), to));
        }
        let after = validate(&text, TextOptions::default(), &ValidateOptions { severity: severity.iter().copied().collect(), ..settings() });
        let changed = |found: &Diagnostic| match severity.iter().rev().find(|(code, _)| code.name() == found.code) {
            Some((_, to)) => to.map(|severity| Diagnostic { severity, ..found.clone() }),
            None => Some(found.clone()),
        };
        let expected: Vec<Diagnostic> = before.diagnostics.iter().filter_map(changed).collect();
        prop_assert_eq!(&after.diagnostics, &expected, "{:?}", severity);
        assert_sound(&after, &Units::of(&text, false), true);
    }
}

fn sorted(found: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<_> = found.iter().collect();
    sorted.sort_by(|a, b| {
        (a.index, a.range, a.code, &a.path, &a.message).cmp(&(b.index, b.range, b.code, &b.path, &b.message))
    });
    sorted
}
