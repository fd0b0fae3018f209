//! Frozen firings are met, freezing them again changes nothing, and every byte but those of `expect` stays.

use std::ops::Range;

use prefect_events::json::{Kind, Value};
use prefect_events::simulate::{Files, SimulateOptions, freeze_firings, simulate, test_scenarios};

use super::check::with_document;
use super::input::is_short;
use super::reports::{Units, assert_found};

pub fn target(text: &[u8]) {
    if !is_short(text) {
        return;
    }
    let frozen = match freeze_firings(text.into(), &Files::default()) {
        Ok(frozen) => frozen,
        Err(error) => {
            assert!(!error.diagnostics.is_empty(), "{error}");
            // What is written has other places.
            let report = test_scenarios(text.into());
            assert!(report.diagnostics().count() > 0, "{error}");
            return assert!(!error.to_string().is_empty());
        }
    };
    let report = test_scenarios((&*frozen).into());
    assert!(report.passed && report.failures == 0, "{frozen}");
    assert_found(report.diagnostics(), &Units::of(frozen.as_bytes(), false), true);
    assert_eq!(freeze_firings((&*frozen).into(), &Files::default()).as_ref(), Ok(&frozen));
    let played = |text: &[u8]| simulate(text.into(), &SimulateOptions::default()).firings;
    assert_eq!(played(frozen.as_bytes()), played(text));

    let before = places(text);
    let after = places(frozen.as_bytes());
    assert_eq!(before.len(), after.len());
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (before, after) in before.into_iter().zip(after) {
        let after = after.expect("expectations");
        match before {
            Some(before) => {
                old.push(before.value);
                new.push(after.value);
            }
            None => new.push(after.member),
        }
    }
    assert_eq!(cut(frozen.as_bytes(), &new), cut(text, &old), "{frozen}");
}

/// Where the expectations of a scenario are.
struct Place {
    /// Of the key and the value, with what separates them from their neighbours.
    member: Range<usize>,
    value: Range<usize>,
}

/// Of each scenario.
fn places(text: &[u8]) -> Vec<Option<Place>> {
    let mut places = Vec::new();
    with_document(text, |root| {
        let list = if root.kind() == Kind::Array { Some(root) } else { root.get("scenarios") };
        let all: Vec<Value<'_>> = list.map_or_else(|| vec![root], |list| list.items().collect());
        places = all.into_iter().map(|scenario| place(text, scenario)).collect();
    });
    places
}

fn place(text: &[u8], scenario: Value<'_>) -> Option<Place> {
    // Others are merged from elsewhere.
    let whole = scenario.span();
    let is_own = |key: Value<'_>| (whole.start..whole.end).contains(&key.span().start);
    let at = scenario.members().position(|(key, _)| key.is("expect") && is_own(key))?;
    let (key, value) = scenario.members().nth(at)?;
    let (start, end) = (key.span().start as usize, value.span().end as usize);
    let next = scenario.members().nth(at + 1).map(|(key, _)| key.span().start as usize);
    let is_flow = text.get(scenario.span().start as usize) == Some(&b'{');
    let line = text[..start].iter().rposition(|byte| *byte == b'\n').unwrap_or(start);
    let member = if is_flow { start..next.unwrap_or(end) } else { line..end };
    Some(Place { member, value: with_dash(text, value.span().start as usize)..end })
}

/// Where a list begins whose first item has its dash on a line above, with nothing but comments between them.
fn with_dash(text: &[u8], item: usize) -> usize {
    let mut end = item;
    loop {
        let start = text[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
        let line = &text[start..end];
        let indent = line.len() - line.trim_ascii_start().len();
        match &line[indent..] {
            [b'-', behind @ ..] if matches!(behind.trim_ascii_start(), [] | [b'#', ..]) => return start + indent,
            [] | [b'#', ..] if start > 0 => end = start - 1,
            _ => return item,
        }
    }
}

fn cut(text: &[u8], ranges: &[Range<usize>]) -> String {
    let mut ranges = ranges.to_vec();
    ranges.sort_by_key(|range| range.start);
    let (mut out, mut at) = (Vec::new(), 0);
    for range in ranges {
        out.extend_from_slice(&text[at.min(range.start)..range.start]);
        at = at.max(range.end);
    }
    out.extend_from_slice(&text[at..]);
    String::from_utf8_lossy(&out).into_owned()
}
