//! The output of `prefect automation inspect`, broken at the width of a terminal: its console breaks longer lines
//! (`prefect/cli/_app.py`), even within strings and in files.

use crate::json::{Span, Value};

use super::rewrite::Rewrite;

/// The width of the console without a terminal.
const WIDTH: usize = 80;
/// Replaces a line break until the strings are read: a one-byte character that JSON allows and nobody writes.
const BREAK: u8 = 0x7F;

/// How the line before a break ended: `None` if the following text would have fit on it.
fn joint(text: &[u8], end: usize) -> Option<u8> {
    let (before, after) = text.split_at_checked(end)?;
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at.saturating_add(1));
    let line = String::from_utf8_lossy(before.get(start..)?);
    let next = after.get(1..)?.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let next = String::from_utf8_lossy(next);
    let count = |text: &str| text.chars().count();
    let word = count(next.split(' ').next().unwrap_or_default());
    let is_broken = count(line.trim_end()) <= WIDTH && count(&line).saturating_add(word) >= WIDTH;
    // Only words longer than a line are broken inside; before other words, a space may have been dropped.
    let last = line.rsplit(' ').next().map_or(0, count);
    let needs_space = !line.ends_with(' ') && last.saturating_add(word) <= WIDTH;
    is_broken.then_some(if needs_space { b' ' } else { BREAK })
}

/// A text with its line breaks replaced and all other bytes unchanged, and the place of the first break.
pub(super) struct Joined {
    pub text: Vec<u8>,
    pub first: Span,
}

fn place(byte: usize) -> Option<Span> {
    let start = u32::try_from(byte).ok()?;
    Some(Span { start, end: start.saturating_add(1) })
}

/// JSON with each string on one line. `None`: no string was broken, or not by a terminal.
pub(super) fn joined_json(text: &[u8]) -> Option<Joined> {
    let (mut joined, mut first) = (text.to_vec(), None);
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\n' if in_string => {
                *joined.get_mut(at)? = joint(text, at)?;
                first.get_or_insert(place(at)?);
            }
            b'"' if !escaped => in_string = !in_string,
            _ => {}
        }
        escaped = in_string && !escaped && *byte == b'\\';
    }
    Some(Joined { text: joined, first: first? })
}

/// A document read from such a text, with its strings restored.
pub(super) fn in_one_piece(root: Value<'_>, text: &[u8]) -> Rewrite {
    let mut rewrite = Rewrite::of(text);
    rewrite.copy(root, None, &|bytes| {
        bytes.contains(&BREAK).then(|| bytes.iter().copied().filter(|byte| *byte != BREAK).collect())
    });
    rewrite
}

/// The keys of an automation in the first column.
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

/// YAML with its broken lines joined. `None`: no line was broken.
pub(super) fn joined_yaml(text: &[u8]) -> Option<Joined> {
    let (mut joined, mut first) = (text.to_vec(), None);
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let is_own = line.trim_ascii().is_empty()
            || line.starts_with(b" ")
            || line.starts_with(b"- ")
            || KEYS.iter().any(|key| line.starts_with(key));
        if !is_own && let Some(before) = usize::checked_sub(start, 1) {
            joint(text, before)?;
            *joined.get_mut(before)? = b' ';
            first.get_or_insert(place(before)?);
        }
        start = start.saturating_add(line.len());
    }
    Some(Joined { text: joined, first: first? })
}
