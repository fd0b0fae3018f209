//! Applies the fixes of findings to the text that was checked. `pkg/api/fixes.js` does the same without a module;
//! `tests/cases/fixes.json` is what both must give.

use std::fmt;

use crate::text::steps::step;

use super::{Diagnostic, Edit};

/// An edit, by UTF-16 code units.
struct Change<'f> {
    start: u64,
    end: u64,
    text: &'f str,
}

impl<'f> From<&'f Edit> for Change<'f> {
    fn from(edit: &'f Edit) -> Self {
        Change { start: edit.range.start.offset, end: edit.range.end.offset, text: &edit.text }
    }
}

impl Change<'_> {
    /// Adjacent changes can both be applied, unless one of them is an insertion: their order would be a guess.
    fn meets(&self, other: &Change<'_>) -> bool {
        if self.start == self.end || other.start == other.end {
            self.start <= other.end && other.start <= self.end
        } else {
            self.start < other.end && other.start < self.end
        }
    }
}

/// A fix is outside the text, or in the middle of one of its characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FixOutsideText;

impl fmt::Display for FixOutsideText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a fix is outside the text: were these diagnostics reported for another text?")
    }
}

impl std::error::Error for FixOutsideText {}

/// Applies the fixes of findings to the text that was checked: each as a whole or not at all. A fix that overlaps an
/// applied one is left out: check the new text, and apply its fixes.
///
/// Returns the new text, and how many fixes were applied.
///
/// ```
/// use prefect_events::diagnostic::{TextOptions, apply_fixes};
/// use prefect_events::validate::{ValidateOptions, validate};
///
/// let text = r#"{"event": "acme.paid", "resource": {"prefect.resource.id": "acme.order.1"},}"#;
/// let report = validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default());
/// let (fixed, fixes) = apply_fixes(text, &report.diagnostics).unwrap();
/// assert!(fixes >= 1 && fixed.ends_with("\"acme.order.1\"}}"));
/// ```
///
/// # Errors
///
/// A fix is not for this text.
pub fn apply_fixes(text: &str, found: &[Diagnostic]) -> Result<(String, usize), FixOutsideText> {
    let places = Places::of(text);
    let edits = found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()).flat_map(|fix| &fix.edits);
    if !edits
        .map(Change::from)
        .all(|change| change.start <= change.end && places.have(change.start) && places.have(change.end))
    {
        return Err(FixOutsideText);
    }
    let (mut taken, mut fixes) = (Taken::default(), 0_usize);
    for fix in found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
        if fix.edits.iter().all(|edit| taken.is_free(&edit.into())) {
            fix.edits.iter().for_each(|edit| taken.add(edit.into()));
            fixes = fixes.saturating_add(1);
        }
    }
    Ok((replaced(text, &taken.in_order()), fixes))
}

/// The places between the characters of a text, in UTF-16 code units.
struct Places {
    end: u64,
    /// Those within a character, ascending.
    not: Vec<u64>,
}

impl Places {
    fn of(text: &str) -> Places {
        step(text.len());
        let (mut end, mut not) = (0_u64, Vec::new());
        for character in text.chars() {
            if character.len_utf16() == 2 {
                not.push(end.saturating_add(1));
            }
            end = end.saturating_add(character.len_utf16() as u64);
        }
        Places { end, not }
    }

    fn have(&self, place: u64) -> bool {
        place <= self.end && self.not.binary_search(&place).is_err()
    }
}

/// The changes of fixes that are applied: in lists, each in the order of the text and longer than the next. Whatever the order
/// in which they come, each is moved only as often as its list doubles.
#[derive(Default)]
struct Taken<'f>(Vec<Vec<Change<'f>>>);

impl<'f> Taken<'f> {
    fn is_free(&self, change: &Change<'_>) -> bool {
        self.0.iter().all(|list| {
            let next = list.partition_point(|taken| taken.start <= change.start);
            let around = [next.checked_sub(1).and_then(|last| list.get(last)), list.get(next)];
            !around.into_iter().flatten().any(|other| other.meets(change))
        })
    }

    fn add(&mut self, change: Change<'f>) {
        let mut list = vec![change];
        while let Some(before) = self.0.pop_if(|before| before.len() <= list.len()) {
            list = joined(before, list);
        }
        self.0.push(list);
    }

    fn in_order(self) -> Vec<Change<'f>> {
        self.0.into_iter().rev().fold(Vec::new(), |list, before| joined(before, list))
    }
}

/// The changes of two lists in the order of the text. An insertion at the start of a replacement goes before it.
fn joined<'f>(mut list: Vec<Change<'f>>, more: Vec<Change<'f>>) -> Vec<Change<'f>> {
    list.extend(more);
    step(list.len());
    list.sort_by_key(|change| (change.start, change.end));
    list
}

/// The text with changes, which are in order.
fn replaced(text: &str, changes: &[Change<'_>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = TextCursor { rest: text, unit: 0 };
    for change in changes {
        out.push_str(at.until(change.start));
        out.push_str(change.text);
        at.until(change.end);
    }
    out.push_str(at.rest);
    out
}

/// A place in a text.
struct TextCursor<'t> {
    rest: &'t str,
    unit: u64,
}

impl<'t> TextCursor<'t> {
    /// Moves to a later place; returns the text between.
    fn until(&mut self, unit: u64) -> &'t str {
        let mut bytes = 0_usize;
        for character in self.rest.chars() {
            if self.unit >= unit {
                break;
            }
            self.unit = self.unit.saturating_add(character.len_utf16() as u64);
            bytes = bytes.saturating_add(character.len_utf8());
        }
        step(bytes);
        let (between, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        between
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Position, Range, Severity};
    use crate::text::steps::steps;

    fn finding(edits: &[(u64, u64, &str)]) -> Diagnostic {
        let at = |offset| Position { line: 1, column: offset + 1, offset };
        let edit = |(start, end, text): &(u64, u64, &str)| Edit {
            range: Range { start: at(*start), end: at(*end) },
            text: (*text).to_owned(),
        };
        Diagnostic {
            code: "nil-uuid",
            severity: Severity::Error,
            message: String::new(),
            index: None,
            name: None,
            path: String::new(),
            range: None,
            help: None,
            docs: None,
            fix: Some(Fix { title: String::new(), edits: edits.iter().map(edit).collect() }),
        }
    }

    #[test]
    fn applies_each_fix_as_a_whole_or_not_at_all() {
        let both = [finding(&[(0, 1, "x"), (5, 7, "y")]), finding(&[(3, 5, "_"), (8, 8, "!")])];
        assert_eq!(apply_fixes("a😀bc😀d", &both), Ok(("x😀_yd!".to_owned(), 2)));
        let overlapping = [finding(&[(1, 3, "")]), finding(&[(0, 1, "x"), (2, 4, "y")])];
        assert_eq!(apply_fixes("abcde", &overlapping), Ok(("ade".to_owned(), 1)));
        let insertions = [finding(&[(1, 1, "x")]), finding(&[(1, 1, "y")]), finding(&[(1, 2, "z")])];
        assert_eq!(apply_fixes("abc", &insertions), Ok(("axbc".to_owned(), 1)));
    }

    #[test]
    fn time_is_proportional_whatever_the_order_of_fixes() {
        let steps_of = |count: usize| {
            let backwards = (0..count as u64).rev().map(|at| finding(&[(2 * at, 2 * at + 1, "x")]));
            let backwards: Vec<Diagnostic> = backwards.collect();
            let (text, fixed) = ("ab".repeat(count), "xb".repeat(count));
            let before = steps();
            assert_eq!(apply_fixes(&text, &backwards), Ok((fixed, count)));
            steps() - before
        };
        let (some, more) = (steps_of(4000), steps_of(8000));
        assert!(more * 10 < some * 24, "{some} steps, {more} for twice as many");
    }
}
