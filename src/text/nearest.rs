//! The word that was probably meant by a misspelt one.

use super::phrase::Words;
use super::steps::step;

/// The nearest of some words, if it is near enough to be meant.
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

/// Whether a word is near enough to another to be meant for it.
pub(crate) fn is_near(word: &str, candidate: &str) -> bool {
    distance(word, candidate).is_some()
}

/// How many edits away a word is, if they are few enough.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    step();
    let (length, other) = (word.chars().count(), candidate.chars().count());
    let allowed = (length.min(other) / 4).clamp(1, 3);
    if length.abs_diff(other) > allowed {
        return None;
    }
    let distance = strsim::osa_distance(&word.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
    Some(distance).filter(|distance| *distance <= allowed)
}
