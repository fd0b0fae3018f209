//! Finds the word probably intended by a misspelt one.
//!
//! The edit distance is our own, because the one of the library `strsim` has no limit: its time is proportional to the
//! product of both lengths, and texts come from users. A test compares the two.

use std::mem::swap;

use super::phrase::Words;
use super::steps::step;

/// The nearest of some words, if it is near enough for a typo.
pub(crate) fn nearest<'c>(word: &str, candidates: Words<'_, 'c>) -> Option<&'c str> {
    let mut best = None;
    for candidate in candidates {
        if let Some(distance) = distance(word, candidate)
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether a word is probably a typo of another.
pub(crate) fn is_near(word: &str, candidate: &str) -> bool {
    distance(word, candidate).is_some()
}

/// How many edits away a word is, if they are few enough.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    step(1);
    // Skips words that are far too long.
    if !can_be_within(word, candidate, 3) {
        return None;
    }
    let allowed = (word.chars().count().min(candidate.chars().count()) / 4).clamp(1, 3);
    within(&word.to_ascii_lowercase(), &candidate.to_ascii_lowercase(), allowed)
}

/// The edit distance of two texts (optimal string alignment, in characters), unless it exceeds the limit. The time is
/// proportional to the length of the shorter text times the limit.
pub(crate) fn within(one: &str, other: &str, limit: usize) -> Option<usize> {
    within_counting(one, other, limit, &mut 0)
}

/// Whether the lengths alone do not exclude it: a character has one to four bytes.
fn can_be_within(one: &str, other: &str, limit: usize) -> bool {
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    longer.div_ceil(4) <= shorter.saturating_add(limit)
}

/// A bit for each ASCII character of a text, roughly and whatever its case.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| match byte {
        0x80.. => letters,
        0x40.. => letters | 1 << (byte & 31),
        _ => letters | 1 << 32 << (byte & 31),
    })
}

fn within_counting(one: &str, other: &str, limit: usize, steps: &mut usize) -> Option<usize> {
    if !can_be_within(one, other, limit) {
        return None;
    }
    step(one.len().min(other.len()).div_ceil(8));
    // An edit removes at most one letter and adds at most one: most words differ too much to be compared.
    let (of_one, of_other) = (letters(one), letters(other));
    if (of_one & !of_other).count_ones().max((of_other & !of_one).count_ones()) as usize > limit {
        return None;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (one, other) = without_common_ends(&one, &other);
    if one.len().abs_diff(other.len()) > limit {
        return None;
    }
    // Cells further from the diagonal than the limit cannot be on the path.
    let far = limit.saturating_add(1);
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(far);
    let mut two_before = vec![far; other.len().saturating_add(1)];
    let mut before: Vec<usize> = (0..=other.len()).map(|place| place.min(far)).collect();
    let mut row = two_before.clone();
    for (line, letter) in one.iter().enumerate() {
        let number = line.saturating_add(1);
        let first = number.saturating_sub(limit);
        let last = number.saturating_add(limit).min(other.len());
        let mut left = if first == 0 { number.min(far) } else { far };
        // Outside the band.
        for (place, value) in [(first.saturating_sub(1), left), (last.saturating_add(1), far)] {
            if let Some(cell) = row.get_mut(place) {
                *cell = value;
            }
        }
        let mut nearest = left;
        for place in first.max(1)..=last {
            *steps = steps.saturating_add(1);
            step(1);
            let column = place.saturating_sub(1);
            let replaced = at(&before, column).saturating_add(usize::from(other.get(column) != Some(letter)));
            let mut best = replaced.min(at(&before, place).saturating_add(1)).min(left.saturating_add(1));
            let previous = (line.checked_sub(1).and_then(|line| one.get(line)), column.checked_sub(1));
            if let (Some(previous), Some(swapped)) = previous
                && other.get(column) == Some(previous)
                && other.get(swapped) == Some(letter)
            {
                best = best.min(at(&two_before, swapped).saturating_add(1));
            }
            left = best.min(far);
            nearest = nearest.min(left);
            if let Some(cell) = row.get_mut(place) {
                *cell = left;
            }
        }
        if nearest > limit {
            return None;
        }
        swap(&mut two_before, &mut before);
        swap(&mut before, &mut row);
    }
    Some(at(&before, other.len())).filter(|distance| *distance <= limit)
}

/// Common prefixes and suffixes need no edits.
fn without_common_ends<'t>(mut one: &'t [char], mut other: &'t [char]) -> (&'t [char], &'t [char]) {
    while let (Some((a, one_rest)), Some((b, other_rest))) = (one.split_first(), other.split_first())
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    while let (Some((a, one_rest)), Some((b, other_rest))) = (one.split_last(), other.split_last())
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    (one, other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::{within, within_counting};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn is_the_edit_distance(one in "[abé]{0,9}", other in "[abé]{0,9}", limit in 0_usize..5) {
            let distance = strsim::osa_distance(&one, &other);
            assert_eq!(within(&one, &other, limit), Some(distance).filter(|distance| *distance <= limit));
        }
    }

    #[test]
    fn takes_time_in_proportion_to_the_text() {
        let steps = |length: usize| {
            // Different at both ends, so nothing can be trimmed.
            let text = |ends: &str| [ends, &"ab".repeat(length), ends].concat();
            let mut steps = 0;
            assert_eq!(within_counting(&text("x"), &text("y"), 4, &mut steps), Some(2));
            steps
        };
        let (once, twice) = (steps(1_000), steps(2_000));
        assert!(once > 2_000 && twice < once * 21 / 10, "{once} {twice}");
        let mut none = 0;
        assert_eq!(within_counting(&"a".repeat(100_000), "prefect", 4, &mut none), None);
        assert_eq!(none, 0);
    }
}
