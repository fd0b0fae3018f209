//! Families by the names of events.

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::model::{Choice, Family};
use super::statics::{FAMILIES, LITERALS, PATTERNS};
use super::{Hole, Part};
use crate::text::nearest::within;
use crate::text::steps::step;

/// With it, most comparisons of a search do not read the text.
fn by_length(one: &str, other: &str) -> Ordering {
    (one.len(), one).cmp(&(other.len(), other))
}

/// All families that Prefect's documentation describes or its source emits, page by page.
#[must_use]
pub fn families() -> &'static [Family] {
    &FAMILIES
}

/// The family of an event's name.
#[derive(Clone, Copy, Debug)]
pub struct Match<'n> {
    /// The family.
    pub family: &'static Family,
    /// The value of the name's placeholder, such as `Running` (for a name with two placeholders: both, with the text
    /// between them).
    pub hole: Option<&'n str>,
}

/// Finds the family of a name. A family with exactly this name comes before a pattern.
///
/// ```
/// use prefect_events::catalogue::find;
///
/// let found = find("prefect.task-run.Running").expect("Prefect emits it");
/// assert_eq!(found.family.name.text, "prefect.task-run.{state}");
/// assert_eq!(found.hole, Some("Running"));
/// assert!(find("acme.order.paid").is_none());
/// ```
#[must_use]
pub fn find(name: &str) -> Option<Match<'_>> {
    if !name.starts_with("prefect") {
        return None;
    }
    if let Ok(place) = LITERALS.binary_search_by(|(literal, _)| by_length(literal, name)) {
        let (_, family) = LITERALS.get(place)?;
        return Some(Match { family, hole: None });
    }
    PATTERNS.iter().find_map(|(prefix, family)| {
        let rest = name.strip_prefix(prefix)?;
        let hole = Some(hole(family, name, rest)?);
        Some(Match { family, hole })
    })
}

/// The value of the placeholder, if the name has the form of the family's. `rest` is the name without the literal text
/// at its front.
fn hole<'n>(family: &Family, name: &'n str, rest: &'n str) -> Option<&'n str> {
    if let [_, Part::Hole { hole, .. }] = family.name.parts {
        let (_, after) = hole.take(rest.as_bytes())?;
        // A state can have any name, but `pull-step.` and similar prefixes belong to other kinds of events.
        let other = *hole == Hole::Text
            && rest.as_bytes().contains(&b'.')
            && (begins_like_a_literal(name, rest) || is_near_a_literal(name));
        return (after.is_empty() && !other).then_some(rest);
    }
    let chosen =
        |choice: &Choice| family.name.part(name.as_bytes(), choice.hole).is_some_and(|value| choice.has(value));
    if !family.name.matches(name.as_bytes()) || !family.choices.iter().all(chosen) {
        return None;
    }
    match family.name.parts.last()? {
        Part::Literal(suffix) => rest.strip_suffix(suffix),
        Part::Hole { .. } => Some(rest),
    }
}

/// Whether the name agrees with that of another family up to the first dot of its rest.
fn begins_like_a_literal(name: &str, rest: &str) -> bool {
    let Some((_, after)) = rest.split_once('.') else {
        return false;
    };
    let begin = name.strip_suffix(after).unwrap_or(name);
    LITERALS.iter().any(|(literal, _)| literal.starts_with(begin))
}

/// Whether the name is almost that of a family without a placeholder.
fn is_near_a_literal(name: &str) -> bool {
    LITERALS.iter().any(|(literal, _)| within(literal, name, 2).is_some())
}

/// The probably intended name, for a name that no family has.
#[must_use]
pub fn suggest(name: &str) -> Option<String> {
    let wanted = name.to_ascii_lowercase();
    let (first, _) = wanted.split_once('.')?;
    if !["prefect", "prefect-cloud"].iter().any(|known| within(first, known, 1).is_some()) {
        return None;
    }
    let limit = wanted.len().saturating_sub(first.len()) / 4;
    let mut best = Best { wanted, limit: limit.clamp(1, 4), found: None };
    step(CANDIDATES.len().div_ceil(16));
    for (candidate, lower) in &*CANDIDATES {
        best.offer(candidate, lower);
    }
    if best.found.is_none() {
        for (_, family) in &PATTERNS {
            if family.choices.is_empty()
                && let Some(candidate) = with_values_of(family, name)
            {
                best.offer(&candidate, &candidate.to_ascii_lowercase());
            }
        }
    }
    best.found.map(|(_, candidate)| candidate).filter(|candidate| candidate != name)
}

/// The names that families list, and in lower case. A text can have many unknown names, and composing these takes longer
/// than comparing them.
static CANDIDATES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    let mut add = |name: String| {
        let lower = name.to_ascii_lowercase();
        all.push((name, lower));
    };
    for family in families() {
        if family.name.is_literal() {
            add(family.name.text.to_owned());
        }
        for variant in family.variants {
            add(family.name.fill(&|_| variant.name));
        }
        if let [first, second] = family.choices {
            for one in first.values {
                for other in second.values {
                    add(family.name.fill(&|hole| if hole == first.hole { *one } else { *other }));
                }
            }
        }
    }
    all
});

/// The family's name with its placeholder filled from the same place of another name.
fn with_values_of(family: &Family, name: &str) -> Option<String> {
    let (mut own, mut other, mut filled) = (family.name.text.split('.'), name.split('.'), String::new());
    loop {
        match (own.next(), other.next()) {
            (Some(own), Some(other)) => {
                filled.push_str(if filled.is_empty() { "" } else { "." });
                filled.push_str(if own.starts_with('{') { other } else { own });
            }
            (None, None) => return Some(filled),
            _ => return None,
        }
    }
}

struct Best {
    wanted: String,
    /// The most edits that count as a typo.
    limit: usize,
    found: Option<(usize, String)>,
}

impl Best {
    fn offer(&mut self, candidate: &str, lower: &str) {
        // One edit changes the length by at most 4 bytes.
        if lower.len().abs_diff(self.wanted.len()) <= self.limit.saturating_mul(4)
            && let Some(edits) = within(&self.wanted, lower, self.limit)
            && self.found.as_ref().is_none_or(|(least, _)| edits < *least)
        {
            self.found = Some((edits, candidate.to_owned()));
        }
    }
}
