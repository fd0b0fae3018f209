//! Which events a trigger sees, and the key under which it counts them.
//!
//! Source: `matches`, `ResourceSpecification` and `find_resource_label` of `server/events/schemas/events.py`;
//! `EventTrigger` of `server/events/schemas/automations.py`; `find_interested_triggers` of
//! `server/events/triggers.py`.

use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;

use foldhash::fast::RandomState;
use memchr::memchr;

use crate::automation::{EventTrigger, Specification};
use crate::event::{Labels, RESOURCE_ROLE, ReceivedEvent, SharedText};
use crate::json::equal;
use crate::text::Glob;
use crate::text::globs::{Beginnings, Globs};
use crate::text::steps::step;
use crate::text::table::Map;

use super::coverage::Miss;
use super::version::Version;

/// A pattern for the value of a label or the name of an event, and whether a `!` in front inverts it.
fn parsed(pattern: &str, version: Version) -> (Glob, bool) {
    let (negated, rest) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
    let beginning = rest.strip_suffix('*');
    let glob = if version.has_globs() {
        Glob::new(rest)
    } else {
        Glob::Plain { text: beginning.unwrap_or(rest).to_owned(), open: beginning.is_some() }
    };
    (glob, negated)
}

/// Patterns, one of which must match.
#[derive(Debug)]
struct Patterns {
    globs: Globs,
    /// Of these, one must not match.
    negated: Vec<Glob>,
}

impl Patterns {
    fn new(patterns: &[String], version: Version) -> Self {
        step(patterns.len());
        let (mut globs, mut negated) = (Vec::new(), Vec::new());
        for pattern in patterns {
            let (glob, is_negated) = parsed(pattern, version);
            if is_negated { &mut negated } else { &mut globs }.push(glob);
        }
        Patterns { globs: Globs::new(globs), negated }
    }

    fn match_any(&self, value: &str) -> bool {
        self.globs.match_any(value) || self.negated.iter().any(|glob| !glob.matches(value))
    }
}

/// How many comparisons the engine may need for each character of a value of an event, beyond looking it up: for patterns
/// that cannot be looked up, and items of `match_related`.
pub(super) fn one_by_one(trigger: &EventTrigger) -> usize {
    // An empty item matches without a comparison.
    let mut sum = trigger.match_related.iter().filter(|item| !item.0.is_empty()).count();
    let mut add = |patterns: &[String]| {
        for pattern in patterns {
            sum = sum.saturating_add(comparisons(pattern));
        }
    };
    add(&trigger.expect);
    add(&trigger.after);
    for specification in trigger.match_related.iter().chain([&trigger.matches]) {
        for (_, patterns) in &specification.0 {
            add(patterns);
        }
    }
    sum
}

/// Behind a `*`, each character of a text with other wildcards may be compared with each place of a value.
fn comparisons(pattern: &str) -> usize {
    let text = pattern.strip_suffix('*').unwrap_or(pattern);
    let (mut count, mut of_wildcard) = (usize::from(text.starts_with('!')), 1);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'*' => (count, of_wildcard) = (count.max(1), text.len().saturating_sub(at)),
            b'?' | b'[' => count = count.max(of_wildcard),
            // See `is_compared`.
            b'\n' => count = count.max(1),
            _ => {}
        }
    }
    count
}

/// Whether a name of an event is compared with this pattern by itself: the server's regex for it differs from its glob.
fn is_compared(pattern: &str) -> bool {
    pattern.split_once('*').is_some_and(|(text, rest)| !rest.is_empty() || text.contains('\n'))
}

/// The requirements on a resource.
#[derive(Debug)]
struct Resources(Vec<(String, Patterns)>);

impl Resources {
    fn new(specification: &Specification, version: Version) -> Self {
        let label = |(label, patterns): &(String, Vec<String>)| (label.clone(), Patterns::new(patterns, version));
        step(specification.0.len());
        Resources(specification.0.iter().map(label).collect())
    }

    /// A missing label fails, even if the pattern is negated.
    fn matches(&self, resource: &Labels) -> bool {
        self.0.iter().all(|(label, patterns)| resource.get(label).is_some_and(|value| patterns.match_any(value)))
    }

    fn includes(&self, resources: &[Labels]) -> bool {
        self.0.is_empty() || resources.iter().any(|resource| self.matches(resource))
    }

    /// Whether a resource would match if its role did not matter.
    fn matches_but_for_role(&self, resource: &Labels) -> bool {
        let others = || self.0.iter().filter(|(label, _)| label != RESOURCE_ROLE);
        others().next().is_some()
            && others().all(|(label, own)| resource.get(label).is_some_and(|value| own.match_any(value)))
    }

    /// How many labels do not match, and one of them: the role, if it is among them, otherwise the first.
    fn misfit(&self, resource: &Labels) -> Option<Misfit> {
        let fits = |(label, own): &(String, Patterns)| resource.get(label).is_some_and(|value| own.match_any(value));
        let first = self.0.iter().position(|own| !fits(own))?;
        let next = self.0.iter().enumerate().skip(first.saturating_add(1)).take(MOST_LABELS);
        step(MOST_LABELS.min(self.0.len()));
        let (mut failing, mut label) = (1_usize, first);
        for (place, own) in next.filter(|(_, own)| !fits(own)) {
            failing = failing.saturating_add(1);
            if own.0 == RESOURCE_ROLE {
                label = place;
            }
        }
        let of_role = self.0.get(label).is_some_and(|(label, _)| label == RESOURCE_ROLE);
        Some(Misfit { of_role, failing, label })
    }

    /// The mismatch of an absent resource.
    fn absent(&self) -> Misfit {
        let label = self.0.iter().take(MOST_LABELS).position(|(label, _)| label == RESOURCE_ROLE);
        Misfit { of_role: true, failing: usize::MAX, label: label.unwrap_or_default() }
    }

    fn label(&self, place: usize) -> &str {
        self.0.get(place).map_or("", |(label, _)| label)
    }
}

/// The most labels of a specification examined after the first mismatch, and the most related resources of an event.
const MOST_LABELS: usize = 16;
const MOST_RELATED: usize = 64;

/// How a resource differs from a specification. The least is the closest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Misfit {
    of_role: bool,
    failing: usize,
    label: usize,
}

/// A label of `for_each`.
#[derive(Debug)]
struct KeyLabel {
    /// As written.
    label: SharedText,
    /// `related:<role>:<label>`
    related: Option<(String, String)>,
}

impl KeyLabel {
    /// The label after the last colon, the directive before the first.
    fn new(label: &str) -> Self {
        let related = label.rsplit_once(':').and_then(|(directive, name)| {
            let (directive, role) = directive.split_once(':').unwrap_or((directive, ""));
            (directive == "related").then(|| (role.to_owned(), name.to_owned()))
        });
        KeyLabel { label: label.into(), related }
    }

    /// The first related resource in the role decides, even without the label. `roles`: the event's roles, if known.
    fn value<'e>(&self, event: &'e ReceivedEvent, roles: Option<&Roles<'e>>) -> Option<&'e SharedText> {
        if let Some((role, label)) = &self.related
            && let Some(related) = roles.map_or_else(|| event.in_role(role), |roles| roles.get(&**role).copied())
        {
            return related.get(label);
        }
        event.resource.get(&self.label)
    }
}

/// The first related resource in each role.
type Roles<'e> = Map<&'e str, &'e Labels>;

fn roles(event: &ReceivedEvent) -> Roles<'_> {
    let mut roles = Roles::default();
    for related in event.related.iter() {
        if let Some(role) = related.get(RESOURCE_ROLE) {
            roles.or_insert_with(&**role, || related);
        }
    }
    roles
}

/// From this number on, related resources are looked up by their roles.
const MANY: usize = 32;

/// A trigger's interest in an event by its name alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interest {
    pub(super) starts_after: bool,
    pub(super) expects: bool,
}

/// The event names that reach a trigger: those that a pattern of `expect` and `after` matches and a pattern covers. The
/// server uses two matchers that differ; 3.6 only the second.
#[derive(Debug)]
struct ReachingNames {
    /// Of the first; `None` if it is not used.
    globs: Option<Globs>,
    /// Patterns without `*` cover the names that begin with them.
    beginnings: Beginnings,
    /// Patterns with a `*` at the end only: without it. As they contain no line break, the shortest covers what a longer one
    /// does.
    opens: Beginnings,
    /// The other patterns.
    covers: Vec<String>,
}

impl ReachingNames {
    fn new(patterns: &[&str], version: Version) -> Self {
        step(patterns.len());
        let (mut beginnings, mut opens, mut covers) = (Vec::new(), Vec::new(), Vec::new());
        for pattern in patterns {
            match pattern.strip_suffix('*') {
                _ if is_compared(pattern) => covers.push((*pattern).to_owned()),
                Some(text) => opens.push(text.as_bytes()),
                None => beginnings.push(pattern.as_bytes()),
            }
        }
        let globs = || Globs::new(patterns.iter().map(|pattern| Glob::new(pattern)).collect());
        ReachingNames {
            globs: version.has_globs().then(globs),
            beginnings: Beginnings::new(&beginnings),
            opens: Beginnings::new(&opens),
            covers,
        }
    }

    fn include(&self, name: &str) -> bool {
        self.globs.as_ref().is_none_or(|globs| globs.match_any(name))
            && (self.beginnings.strip(name.as_bytes()).is_some()
                || self.opens.strip(name.as_bytes()).is_some_and(|rest| rest.first().is_some_and(|c| *c != b'\n'))
                || self.covers.iter().any(|pattern| covers(pattern, name)))
    }
}

/// The matching half of an event trigger.
#[derive(Debug)]
pub(super) struct Matching {
    names: ReachingNames,
    after: Patterns,
    /// `None`: all names.
    expect: Option<Patterns>,
    resource: Resources,
    related: Vec<Resources>,
    key: Vec<KeyLabel>,
    /// Hashes the values of keys. No decision depends on its seed.
    hasher: RandomState,
}

impl Matching {
    pub(super) fn new(trigger: &EventTrigger, version: Version) -> Self {
        let names: Vec<&str> = if trigger.expect.is_empty() {
            vec!["*"]
        } else {
            trigger.expect.iter().chain(&trigger.after).map(|pattern| &**pattern).collect()
        };
        Matching {
            names: ReachingNames::new(&names, version),
            after: Patterns::new(&trigger.after, version),
            expect: (!trigger.expect.is_empty()).then(|| Patterns::new(&trigger.expect, version)),
            resource: Resources::new(&trigger.matches, version),
            related: trigger.match_related.iter().map(|related| Resources::new(related, version)).collect(),
            key: trigger.for_each.iter().map(|label| KeyLabel::new(label)).collect(),
            hasher: RandomState::default(),
        }
    }

    /// `None`: the trigger never sees events of this name.
    pub(super) fn interest(&self, name: &str) -> Option<Interest> {
        let seen = self.names.include(name);
        seen.then(|| Interest { starts_after: self.starts_after(name), expects: self.expects(name) })
    }

    pub(super) fn starts_after(&self, name: &str) -> bool {
        self.after.match_any(name)
    }

    pub(super) fn expects(&self, name: &str) -> bool {
        self.expect.as_ref().is_none_or(|expect| expect.match_any(name))
    }

    pub(super) fn covers_resources(&self, event: &ReceivedEvent) -> bool {
        self.resource.matches(&event.resource) && self.related.iter().all(|related| related.includes(&event.related))
    }

    /// How the resource of an event fails `match`. `None`: it matches.
    pub(super) fn resource_miss<'e>(&self, event: &'e ReceivedEvent) -> Option<Miss<'e>> {
        let Misfit { failing, label, .. } = self.resource.misfit(&event.resource)?;
        let mut related = event.related.iter().take(MOST_RELATED);
        Some(Miss {
            specification: 0,
            label,
            failing,
            values: event.resource.get(self.resource.label(label)).into_iter().collect(),
            elsewhere: related.any(|related| self.resource.matches(related)),
        })
    }

    /// How the related resources of an event fail `match_related`. `None`: they match.
    pub(super) fn related_miss<'e>(&self, event: &'e ReceivedEvent) -> Option<Miss<'e>> {
        let mut all = self.related.iter().enumerate();
        let (specification, wanted) = all.find(|(_, wanted)| !wanted.includes(&event.related))?;
        let mut nearest = wanted.absent();
        let mut values = Vec::new();
        for related in event.related.iter().take(MOST_RELATED) {
            let Some(misfit) = wanted.misfit(related) else { continue };
            if misfit < nearest {
                (nearest, values) = (misfit, Vec::new());
            }
            if misfit == nearest {
                values.extend(related.get(wanted.label(misfit.label)));
            }
        }
        let Misfit { failing, label, .. } = nearest;
        if wanted.label(label) == RESOURCE_ROLE {
            values = event.related.iter().take(MOST_RELATED).filter_map(|related| related.get(RESOURCE_ROLE)).collect();
        }
        Some(Miss { specification, label, failing, values, elsewhere: wanted.matches_but_for_role(&event.resource) })
    }

    /// The first label of `for_each` that an event lacks.
    pub(super) fn key_miss(&self, event: &ReceivedEvent) -> Option<usize> {
        self.values(event).position(|value| value.is_none_or(|value| value.is_empty()))
    }

    fn values<'s>(&'s self, event: &'s ReceivedEvent) -> impl Iterator<Item = Option<&'s SharedText>> {
        let roles = (event.related.len() > MANY && self.key.len() > 1).then(|| roles(event));
        self.key.iter().map(move |label| label.value(event, roles.as_ref()))
    }

    /// 0 without `for_each`: there is only one key.
    pub(super) fn key_hash(&self, event: &ReceivedEvent) -> u64 {
        if self.key.is_empty() {
            return 0;
        }
        let mut hasher = self.hasher.build_hasher();
        for value in self.values(event) {
            step(1);
            // An empty and a missing label are the same.
            hasher.write(value.map_or(&[], |value| value.as_bytes()));
            hasher.write_u8(0xFF);
        }
        hasher.finish()
    }

    /// The hash of a stored key. `None`: the trigger has no such keys.
    pub(super) fn hash_of(&self, key: &[SharedText]) -> Option<u64> {
        if key.len() != self.key.len() {
            return None;
        }
        if key.is_empty() {
            return Some(0);
        }
        let mut hasher = self.hasher.build_hasher();
        for value in key {
            step(1);
            hasher.write(value.as_bytes());
            hasher.write_u8(0xFF);
        }
        Some(hasher.finish())
    }

    pub(super) fn is_key(&self, event: &ReceivedEvent, key: &[SharedText]) -> bool {
        self.values(event).eq_by_text(key)
    }

    /// Missing labels are empty, so resources without the label share a bucket.
    pub(super) fn key(&self, event: &ReceivedEvent) -> Box<[SharedText]> {
        self.values(event).map(|value| value.cloned().unwrap_or_else(|| "".into())).collect()
    }

    /// The labels of a key, sorted by name.
    pub(super) fn labels(&self, key: &[SharedText]) -> Vec<(SharedText, SharedText)> {
        step(key.len());
        self.key.iter().map(|label| label.label.clone()).zip(key.iter().cloned()).collect()
    }
}

trait EqByText {
    fn eq_by_text(self, key: &[SharedText]) -> bool;
}

impl<'s, I: Iterator<Item = Option<&'s SharedText>>> EqByText for I {
    fn eq_by_text(mut self, key: &[SharedText]) -> bool {
        key.iter().all(|own| match self.next() {
            // Events of one resource share its strings.
            Some(Some(value)) => Rc::ptr_eq(value, own) || equal(value.as_bytes(), own.as_bytes()),
            _ => own.is_empty(),
        })
    }
}

/// Whether the server's regex for a pattern matches the start of a name: `*` is `.+`, which matches at least one
/// character and no line break; all other characters are literal.
///
/// The first match of each text between the stars suffices: another match could only come before the next line break,
/// so it would leave less for the following stars.
fn covers(pattern: &str, name: &str) -> bool {
    step(1);
    let mut texts = pattern.split('*');
    let Some(mut rest) = texts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut stars = 0_usize;
    let mut texts = texts.peekable();
    // The rest from the next line break on: found once for all stars of a line.
    let mut next_lines = None;
    step(pattern.len());
    while let Some(text) = texts.next() {
        stars = stars.saturating_add(1);
        if text.is_empty() && texts.peek().is_some() {
            continue;
        }
        let left = next_lines.filter(|left| *left <= rest.len()).unwrap_or_else(|| {
            let line = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            step(line);
            rest.len().saturating_sub(line)
        });
        next_lines = Some(left);
        let line = rest.len().saturating_sub(left);
        // Each star consumes a character of this line.
        let Some((least, _)) = rest.char_indices().nth(stars.saturating_sub(1)) else { return false };
        let after_least = rest.get(least..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let from = least.saturating_add(after_least);
        let found = rest.get(from..).and_then(|within| within.find(text)).map(|found| from.saturating_add(found));
        step(found.unwrap_or(rest.len()));
        let Some(found) = found.filter(|found| *found <= line) else { return false };
        let Some(after) = rest.get(found.saturating_add(text.len())..) else { return false };
        (rest, stars) = (after, 0);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::automation::Posture;

    use super::*;

    fn matches_one(pattern: &str, value: &str, version: Version) -> bool {
        let (glob, negated) = parsed(pattern, version);
        glob.matches(value) != negated
    }

    #[test]
    fn an_exclamation_mark_inverts() {
        assert!(!matches_one("!", "", Version::V3_9) && matches_one("!", "x", Version::V3_9));
        assert!(matches_one("!!a", "a", Version::V3_9) && !matches_one("!!a", "!a", Version::V3_9));
    }

    #[test]
    fn before_3_7_only_a_last_star_is_a_wildcard() {
        for (pattern, value, before, since) in [
            ("a*", "abc", true, true),
            ("*c", "abc", false, true),
            ("a*c", "a*c", true, true),
            ("a*c", "abc", false, true),
            ("a?c", "abc", false, true),
            ("a[b]c", "a[b]c", true, false),
            ("!*c", "abc", true, false),
            ("!a*", "abc", false, false),
        ] {
            for (version, matches) in
                [(Version::V3_6, before), (Version::V3_7, since), (Version::V3_8, since), (Version::V3_9, since)]
            {
                assert_eq!(matches_one(pattern, value, version), matches, "{pattern} {value} {version:?}");
                assert_eq!(Patterns::new(&[pattern.to_owned()], version).match_any(value), matches, "{pattern}");
            }
        }
        // The names of events too: the regex lets the pattern through, what it expects does not.
        let trigger = EventTrigger {
            posture: Posture::Reactive,
            matches: Specification::default(),
            match_related: Vec::new(),
            after: Vec::new(),
            expect: vec!["a.*.c".to_owned()],
            for_each: Vec::new(),
            threshold: 1,
            within: 0,
        };
        let expects = |version| Matching::new(&trigger, version).interest("a.b.c").is_some_and(|own| own.expects);
        assert_eq!([Version::V3_6, Version::V3_7].map(expects), [false, true]);
    }

    #[test]
    fn covering_is_a_prefix() {
        for (pattern, name, is) in [
            ("*", "", false),
            ("*", "a", true),
            ("*", "\n", false),
            ("a.*", "a.", false),
            ("a.*", "a.b", true),
            ("a", "abc", true),
            ("a*c", "abcd", true),
            ("a*c", "ac", false),
            ("a**c", "abc", false),
            ("a**c", "abbc", true),
            ("a?", "ab", false),
            ("a*b*c", "a1b\nb1c", false),
            ("[a]", "a", false),
            ("*", "ä", true),
            ("**", "ä", false),
            ("**", "äb", true),
            ("**a\n*", "xya\nz", true),
        ] {
            assert_eq!(covers(pattern, name), is, "{pattern:?} {name:?}");
        }
    }

    /// The same, character by character: all positions where the pattern so far can end.
    fn covers_slowly(pattern: &str, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let mut ends = vec![false; name.len().saturating_add(1)];
        ends[0] = true;
        for piece in pattern.chars() {
            let mut next = vec![false];
            let mut inside = false;
            for (end, c) in ends.iter().zip(&name) {
                inside = if piece == '*' { (inside || *end) && *c != '\n' } else { *end && *c == piece };
                next.push(inside);
            }
            ends = next;
        }
        ends.contains(&true)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

        #[test]
        fn covering_takes_the_first_place(pattern in "[ab\\n*ä]{0,8}", name in "[ab\\nä]{0,12}") {
            prop_assert_eq!(covers(&pattern, &name), covers_slowly(&pattern, &name));
        }

        #[test]
        fn long_lists_are_the_same_as_each_pattern(
            patterns in prop::collection::vec("!?[ab]{0,3}[*?]?[b\n]?\\*?", 0..6), name in "!?[ab\n]{0,4}",
        ) {
            let own: Vec<&str> = patterns.iter().map(|pattern| &**pattern).collect();
            for version in [Version::V3_6, Version::V3_9] {
                let seen = (!version.has_globs() || own.iter().any(|pattern| Glob::new(pattern).matches(&name)))
                    && own.iter().any(|pattern| covers(pattern, &name));
                prop_assert_eq!(ReachingNames::new(&own, version).include(&name), seen);
                let any = own.iter().any(|pattern| matches_one(pattern, &name, version));
                prop_assert_eq!(Patterns::new(&patterns, version).match_any(&name), any);
            }
        }
    }
}
