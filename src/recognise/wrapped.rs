//! What `prefect automation inspect` prints, broken at the width of a terminal: its console breaks lines that are longer
//! (`prefect/cli/_app.py`), also within strings and where the output goes to a file.

use crate::json::{Fault, Issue, Span, Value};

use super::rewrite::Rewrite;

/// The width of the console where there is no terminal.
const WIDTH: usize = 80;

/// Whether nothing is wrong with JSON but line breaks in strings, as the console makes them.
pub(super) fn is_wrapped_json(text: &[u8], issues: &[Issue]) -> bool {
    let is_break = |issue: &Issue| {
        issue.fault == Fault::ControlCharacter(b'\n') && could_be_broken(text, issue.span.start as usize)
    };
    !issues.is_empty() && issues.iter().all(is_break)
}

/// Whether the line that ends here is so full that what follows had no room.
fn could_be_broken(text: &[u8], end: usize) -> bool {
    let (before, after) = text.split_at_checked(end).unwrap_or_default();
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at.saturating_add(1));
    let line = String::from_utf8_lossy(before.get(start..).unwrap_or_default());
    let next = String::from_utf8_lossy(after.get(1..).unwrap_or_default().split(|&byte| byte == b'\n').next().unwrap_or_default());
    let word = next.split(' ').next().unwrap_or_default();
    let width = line.trim_end().chars().count();
    let with_word = line.chars().count().saturating_add(word.chars().count());
    width <= WIDTH && with_word >= WIDTH
}

/// The same document with its strings in one piece.
pub(super) fn joined(root: Value<'_>, text: &[u8]) -> Rewrite {
    let mut rewrite = Rewrite::of(text);
    rewrite.copy(root, None, &|bytes| {
        bytes.contains(&b'\n').then(|| bytes.iter().copied().filter(|byte| *byte != b'\n').collect())
    });
    rewrite
}

/// The keys that an automation has in the first column.
const KEYS: [&[u8]; 10] = [
    b"name:",
    b"description:",
    b"enabled:",
    b"tags:",
    b"trigger:",
    b"actions:",
    b"actions_on_trigger:",
    b"actions_on_resolve:",
    b"owner_resource:",
    b"id:",
];

/// YAML whose rests of lines are on the lines that they belong to, every byte at its place; and where the first was
/// broken off. `None`: no line is such a rest.
pub(super) fn joined_yaml(text: &[u8]) -> Option<(Vec<u8>, Span)> {
    let mut joined = text.to_vec();
    let mut first = None;
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let is_own = line.trim_ascii().is_empty()
            || line.starts_with(b" ")
            || line.starts_with(b"- ")
            || KEYS.iter().any(|key| line.starts_with(key));
        if !is_own && let Some(before) = usize::checked_sub(start, 1) {
            if !could_be_broken(text, before) {
                return None;
            }
            *joined.get_mut(before)? = b' ';
            let at = u32::try_from(start).ok()?;
            first.get_or_insert(Span { start: at, end: at.saturating_add(1) });
        }
        start = start.saturating_add(line.len());
    }
    Some((joined, first?))
}
