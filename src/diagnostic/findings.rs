//! Collects and counts all findings, and creates the report.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Code, Diagnostic, Edit, Fix, Report, Severity};
use crate::json::{Places, Pointer, Position, Range, Span, Value};
use crate::text::order;

use super::display;
use super::edits::{self, Edits};
use super::options::{Profile, ReportOptions};
use super::path::{LONGEST, Path};
use super::source::SourceText;
use crate::text::phrase;
use crate::text::phrase::shown;
use crate::text::steps::step;
use crate::text::table::TextSet;
use crate::text::template;
use crate::time::span;

/// Which event a finding is about.
#[derive(Clone, Copy, Default)]
pub(crate) struct Subject<'e> {
    pub index: Option<u64>,
    pub name: Option<&'e str>,
    /// The documentation of its family.
    pub docs: Option<&'static str>,
}

/// The place of a finding: bytes of the current text, or a range calculated before.
#[derive(Clone, Copy, Default)]
pub(crate) enum Location {
    #[default]
    Nowhere,
    Bytes(Span),
    Known(Range),
}

/// A finding with its place still in bytes, unless it is settled, and its messages still as arguments.
#[derive(Clone)]
pub(crate) struct Found {
    pub(super) code: Code,
    pub(super) severity: Severity,
    pub(super) index: Option<u64>,
    pub(super) name: Option<String>,
    pub(super) path: String,
    pub(super) location: Location,
    pub(super) docs: Option<&'static str>,
    pub(super) arguments: Vec<(&'static str, String)>,
    /// Arguments with the line and column of a byte of the text.
    pub(super) positioned: Vec<Positioned>,
    /// Whether a fix may be offered.
    fixable: bool,
    edits: Edits,
    /// The same, settled.
    pub(super) changes: Vec<Edit>,
}

#[derive(Clone)]
pub(super) struct Positioned {
    pub(super) name: &'static str,
    byte: u32,
    /// Once it is settled.
    pub(super) position: Option<Position>,
    pub(super) template: String,
}

impl Positioned {
    pub(super) fn settled(name: &'static str, position: Position, template: String) -> Self {
        Positioned { name, byte: 0, position: Some(position), template }
    }
}

impl Found {
    /// Calculates the places, after which the text is no longer needed. `named`: the last byte that a message named: many
    /// findings can name the same one, far before their own.
    fn settle(&mut self, places: &mut Places<'_>, named: &mut Option<(u32, Position)>, with_places: bool) {
        for Positioned { byte, position, .. } in &mut self.positioned {
            if position.is_none() {
                let found = match *named {
                    Some((known, position)) if known == *byte => position,
                    _ => places.position(*byte as usize),
                };
                *named = Some((*byte, found));
                *position = Some(found);
            }
        }
        if let Location::Bytes(span) = self.location {
            self.location =
                if with_places { Location::Known(places.range(span.start, span.end)) } else { Location::Nowhere };
        }
        let edits = std::mem::take(&mut self.edits);
        // Without a user's text there is nothing to edit.
        if with_places {
            let edit = |(span, text): (Span, String)| Edit { range: places.range(span.start, span.end), text };
            self.changes.extend(edits.into_iter().map(edit));
        }
    }

    /// The message, and what else the report says. The finding must be settled.
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let Found { code, mut arguments, .. } = self;
        for Positioned { name, position, template, .. } in self.positioned {
            let Position { line, column, .. } = position.unwrap_or(Position::START);
            let (line, column) = (line.to_string(), column.to_string());
            arguments.push((name, template::render(&template, &[("line", &line), ("column", &column)])));
        }
        let range = match self.location {
            Location::Known(range) => Some(range),
            Location::Bytes(_) | Location::Nowhere => None,
        };
        let fix = (!self.changes.is_empty()).then(|| Fix { title: code.fix(&arguments), edits: self.changes });
        Diagnostic {
            code: code.name(),
            severity: self.severity,
            message: code.message(&arguments),
            index: self.index,
            name: self.name,
            path: self.path,
            range,
            help: code.help(&arguments),
            docs: self.docs.map(str::to_owned),
            fix,
        }
    }

    /// A settled finding on which nothing is to change.
    pub(super) fn settled(code: Code, severity: Severity) -> Self {
        Found {
            code,
            severity,
            index: None,
            name: None,
            path: String::new(),
            location: Location::Nowhere,
            docs: None,
            arguments: Vec::new(),
            positioned: Vec::new(),
            fixable: false,
            edits: Vec::new(),
            changes: Vec::new(),
        }
    }

    pub(crate) fn severity(&self) -> Severity {
        self.severity
    }

    pub(crate) fn index(&self) -> Option<u64> {
        self.index
    }

    /// Moves a settled finding from the beginning of a text to a later line, and to later events.
    pub(crate) fn shift(&mut self, base: Position, events: u64) {
        self.index = self.index.map(|index| index.saturating_add(events));
        self.move_places(&|place| place.after(base));
    }

    /// Moves a settled finding of a text to one that begins at a line of it.
    pub(crate) fn cut(&mut self, start: Position) {
        self.move_places(&|place| place.since(start));
    }

    /// All places of a settled finding, also those that its messages name.
    fn move_places(&mut self, moved: &dyn Fn(Position) -> Position) {
        if let Location::Known(range) = &mut self.location {
            *range = range.map(moved);
        }
        for Positioned { position, .. } in &mut self.positioned {
            *position = position.map(moved);
        }
        for edit in &mut self.changes {
            edit.range = edit.range.map(moved);
        }
    }
}

/// The findings of a part of a text, by themselves: their places and indices are relative to it.
pub(crate) struct PartFindings {
    /// In the order in which they were found.
    pub found: Vec<Found>,
    /// How many were not kept.
    pub omitted: Counts,
}

/// The findings that a report lists, and what it counts.
pub(crate) struct ListedFindings {
    pub found: Vec<Found>,
    pub counts: Counts,
    /// How many findings it does not list.
    pub omitted: u64,
}

/// How many findings there are.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) errors: u64,
    pub(crate) warnings: u64,
    pub(crate) infos: u64,
}

impl Counts {
    /// Adds those of others.
    pub(crate) fn add(&mut self, mut others: Counts) {
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let count = self.of(severity);
            *count = count.saturating_add(*others.of(severity));
        }
    }

    pub(crate) fn of(&mut self, severity: Severity) -> &mut u64 {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.infos,
        }
    }
}

/// A finding whose arguments are added one by one: one short call each keeps the checks small. Nothing is kept of a
/// finding that is only counted.
pub(crate) struct Draft<'f>(Option<&'f mut Found>);

impl Draft<'_> {
    /// Nothing to report.
    pub(crate) fn none() -> Self {
        Draft(None)
    }

    fn argument(self, name: &'static str, text: impl FnOnce() -> String) -> Self {
        self.0.map_or(Draft(None), |found| {
            found.arguments.push((name, text()));
            Draft(Some(found))
        })
    }

    /// Whether nothing is kept of it.
    pub(crate) fn is_counted_only(&self) -> bool {
        self.0.is_none()
    }

    /// A text with the placeholders `{line}` and `{column}`, for the position of a byte. Calculated for all findings at
    /// the end: separately, each would search the text from its beginning.
    pub(crate) fn positioned(self, name: &'static str, byte: u32, template: &str) -> Self {
        self.0.map_or(Draft(None), |found| {
            found.positioned.push(Positioned { name, byte, position: None, template: template.to_owned() });
            Draft(Some(found))
        })
    }

    /// A text unchanged.
    pub(crate) fn with(self, name: &'static str, text: &str) -> Self {
        self.argument(name, || text.to_owned())
    }

    /// A composed text.
    pub(crate) fn say(self, name: &'static str, text: fmt::Arguments<'_>) -> Self {
        self.argument(name, || text.to_string())
    }

    /// A text from the input, cut to a readable length.
    pub(crate) fn shown(self, name: &'static str, text: &str) -> Self {
        self.argument(name, || shown(text))
    }

    /// The text of a string, cut to a readable length.
    pub(crate) fn string(self, name: &'static str, value: Value<'_>) -> Self {
        self.argument(name, || shown(&value.string()))
    }

    /// See [`display::text`].
    pub(crate) fn text(self, name: &'static str, value: Value<'_>) -> Self {
        self.argument(name, || display::text(value))
    }

    /// See [`display::value`].
    pub(crate) fn value(self, name: &'static str, value: Value<'_>) -> Self {
        self.argument(name, || display::value(value))
    }

    /// See [`phrase::count`].
    pub(crate) fn count(self, name: &'static str, number: usize) -> Self {
        self.argument(name, || phrase::count(number))
    }

    /// See [`span::duration`].
    pub(crate) fn duration(self, name: &'static str, micros: i64) -> Self {
        self.argument(name, || span::duration(micros))
    }

    /// Marks another place.
    pub(crate) fn at(self, location: Location) -> Self {
        self.0.map_or(Draft(None), |found| {
            found.location = location;
            Draft(Some(found))
        })
    }

    /// Marks only the first byte: it represents a value that is too large to mark.
    pub(crate) fn opening(self) -> Self {
        self.0.map_or(Draft(None), |found| {
            if let Location::Bytes(span) = &mut found.location {
                span.end = span.start.saturating_add(1);
            }
            Draft(Some(found))
        })
    }

    /// Offers a fix consisting of these replacements of bytes.
    pub(crate) fn fix(self, edits: Edits) {
        if let Some(found) = self.0.filter(|found| found.fixable) {
            found.edits = edits;
        }
    }

    /// Offers a fix that replaces a key or value with another string.
    pub(crate) fn replace(self, value: Value<'_>, text: &str) {
        self.fix(edits::replace(value, text));
    }
}

pub(crate) struct Findings<'s> {
    options: ReportOptions<'s>,
    found: Vec<Found>,
    /// The pointers of the findings in the current event: values with findings are not compared with others.
    reported: TextSet,
    /// Which lengths they have, a bit each: most places need no look-up, which takes as long as the place is deep.
    lengths: [u64; LONGEST / 64 + 1],
    /// Whether the current event has any finding, reported or not.
    found_here: bool,
    /// Whether the input was recognised as what the check is for. Nothing else is ever changed.
    fixable: bool,
    counts: Counts,
}

impl<'s> Findings<'s> {
    pub(crate) fn new(options: ReportOptions<'s>) -> Self {
        Findings {
            options,
            found: Vec::new(),
            reported: TextSet::default(),
            lengths: [0; LONGEST / 64 + 1],
            found_here: false,
            fixable: false,
            counts: Counts::default(),
        }
    }

    /// Whether anything beyond the envelope counts.
    pub(crate) fn beyond_envelope(&self) -> bool {
        self.options.profile == Profile::Documented
    }

    /// Whether there are no errors.
    pub(crate) fn are_valid(&self) -> bool {
        self.counts.errors == 0
    }

    /// Sets whether the following input was recognised as what the check is for: only then are fixes offered.
    pub(crate) fn set_fixable(&mut self, fixable: bool) {
        self.fixable = fixable;
    }

    /// Call this when a new event begins.
    pub(crate) fn next_event(&mut self) {
        self.reported.clear();
        self.lengths = Default::default();
        self.found_here = false;
    }

    /// Whether the current event has no findings, not even of switched-off codes.
    pub(crate) fn event_has_none(&self) -> bool {
        !self.found_here
    }

    /// Whether the current event has any error.
    pub(crate) fn has_any(&self) -> bool {
        !self.reported.is_empty()
    }

    /// Whether there is an error at a place of the current event, or around it.
    pub(crate) fn has(&self, pointer: &Pointer) -> bool {
        if !self.has_any() {
            return false;
        }
        let pointer = pointer.as_str();
        let ends = pointer.match_indices('/').skip(1).map(|(end, _)| end).chain([pointer.len()]);
        let mut around = ends.take_while(|end| *end <= LONGEST).filter_map(|end| pointer.get(..end));
        around.any(|around| {
            let bits = self.lengths.get(around.len() / 64).copied().unwrap_or_default();
            let is_possible = bits >> (around.len() % 64) & 1 == 1;
            is_possible && !around.is_empty() && self.reported.contains(around.as_bytes())
        })
    }

    /// Records a finding on a value, with the default severity of its code.
    pub(crate) fn add(&mut self, code: Code, subject: &Subject<'_>, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.add_as(code.severity(), code, subject, path, value)
    }

    /// Records a finding whose severity the catalogue sets.
    pub(crate) fn add_as(
        &mut self,
        usual: Severity,
        code: Code,
        subject: &Subject<'_>,
        path: &Path<'_>,
        value: Value<'_>,
    ) -> Draft<'_> {
        self.note(usual, code, subject, path).at(Location::Bytes(value.span()))
    }

    /// Records a finding without a place.
    pub(crate) fn note(&mut self, usual: Severity, code: Code, subject: &Subject<'_>, path: &Path<'_>) -> Draft<'_> {
        self.found_here = true;
        // Errors, even switched-off ones, exclude a value from comparisons; infos and warnings do not.
        if usual == Severity::Error
            && let (pointer, true) = path.short()
        {
            self.reported.insert(pointer.as_bytes());
            if let Some(bits) = self.lengths.get_mut(pointer.len() / 64) {
                *bits |= 1 << (pointer.len() % 64);
            }
        }
        let Some(severity) = self.options.severity(code, usual) else { return Draft(None) };
        if !self.count(severity) {
            return Draft(None);
        }
        let (name, (path, _)) = (subject.name.map(str::to_owned), path.short());
        step(name.as_ref().map_or(0, String::len).saturating_add(path.len()));
        self.found.push(Found {
            code,
            severity,
            index: subject.index,
            name,
            path,
            location: Location::Nowhere,
            docs: code.docs().or(subject.docs),
            arguments: Vec::new(),
            positioned: Vec::new(),
            fixable: self.fixable,
            edits: Vec::new(),
            changes: Vec::new(),
        });
        Draft(self.found.last_mut())
    }

    /// Counts a finding. Returns whether to keep it: as many of each severity as the report could hold, as the choice is
    /// known only at the end.
    fn count(&mut self, severity: Severity) -> bool {
        let count = self.counts.of(severity);
        *count = count.saturating_add(1);
        *count <= self.options.max_diagnostics as u64
    }

    /// How many findings were kept.
    pub(crate) fn kept(&self) -> usize {
        self.found.len()
    }

    /// Calculates the places of the findings since there were so many. The text before them is no longer needed.
    pub(crate) fn settle(&mut self, since: usize, mut places: Places<'_>) {
        let mut named = None;
        for found in self.found.iter_mut().skip(since) {
            found.settle(&mut places, &mut named, true);
        }
    }

    /// The findings of a part of a text, which are settled or about no text.
    pub(crate) fn into_part(mut self) -> PartFindings {
        self.settle(0, Places::new(b"", Position::START, false));
        let mut omitted = self.counts;
        for found in &self.found {
            let left = omitted.of(found.severity);
            *left = left.saturating_sub(1);
        }
        PartFindings { found: self.found, omitted }
    }

    /// Adds a finding of a part that begins at this place, after so many events.
    pub(crate) fn add_of_part(&mut self, mut found: Found, base: Position, events: u64) {
        if self.count(found.severity) {
            found.shift(base, events);
            self.found.push(found);
        }
    }

    /// Counts the findings that a part omitted. Call this after those that it kept: as many of each severity as the report
    /// could hold, so that none of them is one of the first.
    pub(crate) fn add_omitted(&mut self, omitted: Counts) {
        self.counts.add(omitted);
    }

    /// Keeps as many findings as the report holds, errors before warnings before infos. Returns how many it omits.
    fn keep_the_worst(&mut self) -> u64 {
        let mut remaining = self.options.max_diagnostics as u64;
        let mut take = |count: u64| {
            let taken = count.min(remaining);
            remaining = remaining.saturating_sub(taken);
            taken
        };
        let mut errors = take(self.counts.errors);
        let mut warnings = take(self.counts.warnings);
        let mut infos = take(self.counts.infos);
        let all = self.counts.errors.saturating_add(self.counts.warnings).saturating_add(self.counts.infos);
        let left_out = all.saturating_sub(errors.saturating_add(warnings).saturating_add(infos));
        self.found.retain(|found| {
            let left = match found.severity {
                Severity::Error => &mut errors,
                Severity::Warning => &mut warnings,
                Severity::Info => &mut infos,
            };
            let kept = *left > 0;
            *left = left.saturating_sub(1);
            kept
        });
        left_out
    }

    /// The report. `source`: the text of the places in bytes; `places`: whether the diagnostics get ranges.
    pub(crate) fn into_report(self, count: u64, source: SourceText<'_>, places: bool) -> Report {
        let ListedFindings { found, counts, omitted } = self.listed();
        Report {
            valid: counts.errors == 0,
            count,
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
            diagnostics: finished(found, source, places),
            truncated: Some(omitted).filter(|&more| more > 0),
            form: None,
        }
    }

    /// What the report lists, in its order.
    pub(crate) fn listed(mut self) -> ListedFindings {
        // By event, those about no event first; within an event by place.
        order::by_key(&mut self.found, &mut |found| match found.location {
            Location::Bytes(span) => u64::from(span.start),
            Location::Known(range) => range.start.offset,
            Location::Nowhere => 0,
        });
        order::by_key(&mut self.found, &mut |found| found.index.map_or(0, |index| index.saturating_add(1)));
        let omitted = self.keep_the_worst();
        ListedFindings { found: self.found, counts: self.counts, omitted }
    }
}

/// The messages and the places of the findings.
fn finished(found: Vec<Found>, SourceText { text, base, wtf8 }: SourceText<'_>, with_places: bool) -> Vec<Diagnostic> {
    if found.is_empty() {
        return Vec::new();
    }
    let (mut places, mut named) = (Places::new(text, base, wtf8), None);
    let finish = |mut found: Found| {
        found.settle(&mut places, &mut named, with_places);
        found.diagnostic()
    };
    found.into_iter().map(finish).collect()
}
