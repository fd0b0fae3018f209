//! Sets of patterns, in which most are looked up instead of compared one by one: both a set and the values may be many.

use super::Glob;
use super::order::order_of_texts;
use super::steps::step;

/// A few patterns are compared faster one by one.
const FEW: usize = 4;
/// Stands for the end of a value; no text contains this byte.
const END: u8 = 0xFF;

/// Texts with which values begin: sorted, and none begins with another. So the last one that is not after a value is the
/// only one that it may begin with.
#[derive(Debug)]
pub(crate) struct Beginnings(Vec<Box<[u8]>>);

impl Beginnings {
    pub(crate) fn new(all: &[&[u8]]) -> Self {
        let mut sorted: Vec<Box<[u8]>> = Vec::new();
        for text in order_of_texts(all).into_iter().filter_map(|place| all.get(place)) {
            if !sorted.last().is_some_and(|shorter| text.starts_with(shorter)) {
                sorted.push((*text).into());
            }
        }
        Beginnings(sorted)
    }

    /// The rest of a value that begins with one of them; with the shortest, if they are several.
    pub(crate) fn strip<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        step(1);
        let after = self.0.partition_point(|text| **text <= *value);
        value.strip_prefix(&**self.0.get(after.checked_sub(1)?)?)
    }
}

/// Patterns, one of which must match.
#[derive(Debug)]
pub(crate) struct Globs {
    /// Compared one by one: those with other wildcards than a `*` at the end, or all.
    others: Vec<Glob>,
    /// The texts of the others; with the end of the value unless they have a `*` there.
    texts: Beginnings,
}

impl Globs {
    pub(crate) fn new(mut globs: Vec<Glob>) -> Self {
        let mut texts = Vec::new();
        if globs.len() > FEW {
            globs.retain(|glob| {
                let Glob::Plain { text, open } = glob else { return true };
                texts.push(with_end(text, !open));
                false
            });
        }
        let texts: Vec<&[u8]> = texts.iter().map(|text| &**text).collect();
        Globs { others: globs, texts: Beginnings::new(&texts) }
    }

    pub(crate) fn match_any(&self, value: &str) -> bool {
        self.others.iter().any(|glob| glob.matches(value))
            || (!self.texts.0.is_empty() && self.texts.strip(&with_end(value, true)).is_some())
    }
}

#[inline(never)]
fn with_end(text: &str, is_end: bool) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    if is_end {
        bytes.push(END);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn a_set_is_the_same_as_each_pattern(
            patterns in prop::collection::vec("[aé\\[]{0,3}[*?]?[aé]?\\*?", 0..9), value in "[aé\\[]{0,5}",
        ) {
            let all = || patterns.iter().map(|pattern| Glob::new(pattern));
            let is = all().any(|glob| glob.matches(&value));
            prop_assert_eq!(Globs::new(all().collect()).match_any(&value), is);
        }
    }
}
