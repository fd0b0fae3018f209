//! Collects what is found, counts all of it, and makes the report.

use crate::diagnostic::{Arguments, Code, Diagnostic, Edit, Fix, Report, Severity};
use crate::json::{Places, Pointer, Position, Range, Span, Value};
use crate::sort;

use super::path::Path;
use super::precedent::Fact;
use super::settings::{Profile, Settings};

/// Which event a finding is about.
#[derive(Clone, Copy, Default)]
pub(super) struct Subject<'e> {
    pub index: Option<u64>,
    pub name: Option<&'e str>,
    /// The documentation of its family.
    pub docs: Option<&'static str>,
}

/// Where a finding is: bytes of the current text, or a range that was worked out before.
#[derive(Clone, Copy, Default)]
pub(super) enum Location {
    #[default]
    Nowhere,
    Bytes(Span),
    Known(Range),
}

/// A finding whose place is still in bytes.
pub(super) struct Found {
    diagnostic: Diagnostic,
    location: Location,
    edits: Vec<(Span, String)>,
}

impl Found {
    /// Offers a fix: all of these replacements of bytes.
    pub fn fix(&mut self, code: Code, arguments: Arguments<'_>, edits: Vec<(Span, String)>) {
        self.diagnostic.fix = Some(Fix { title: code.fix(arguments), edits: Vec::new() });
        self.edits = edits;
    }

    pub fn help(&mut self, help: String) {
        self.diagnostic.help = Some(help);
    }
}

pub(super) struct Findings<'s> {
    settings: &'s Settings,
    found: Vec<Found>,
    /// The pointers of what was found in the current event: what is wrong by itself is not
    /// compared with other values any more.
    reported: Vec<String>,
    /// What the verdict on the current event rests on, each with its place counted from the event's
    /// own; `None`: on more than that.
    facts: Option<Vec<(u32, Fact)>>,
    event: u32,
    errors: u64,
    warnings: u64,
    infos: u64,
}

impl<'s> Findings<'s> {
    pub fn new(settings: &'s Settings) -> Self {
        Findings {
            settings,
            found: Vec::new(),
            reported: Vec::new(),
            facts: None,
            event: 0,
            errors: 0,
            warnings: 0,
            infos: 0,
        }
    }

    /// Whether anything beyond the envelope counts.
    pub fn beyond_envelope(&self) -> bool {
        self.settings.profile == Profile::Documented
    }

    /// To be called when a new event begins.
    pub fn next_event(&mut self, event: Option<Value<'_>>) {
        self.reported.clear();
        self.facts = event.map(|_| Vec::new());
        self.event = event.map(Value::index).unwrap_or_default();
    }

    /// The place of a value counted from that of the current event.
    pub fn place(&self, value: Value<'_>) -> u32 {
        value.index().wrapping_sub(self.event)
    }

    /// Notes what was looked at in a value and found right.
    pub fn rests_on(&mut self, value: Value<'_>, fact: Fact) {
        let place = self.place(value);
        if let Some(facts) = &mut self.facts {
            facts.push((place, fact));
        }
    }

    /// The verdict on the current event rests on more than facts can tell.
    pub fn rests_on_more(&mut self) {
        self.facts = None;
    }

    /// All that the verdict rests on; `None`: there was something to say, or it rests on more.
    pub fn facts(&mut self) -> Option<Vec<(u32, Fact)>> {
        self.facts.take()
    }

    /// Whether an error was found at a place of the current event, or around it.
    pub fn has(&self, pointer: &Pointer) -> bool {
        let around = |reported: &String| {
            let rest = pointer.as_str().strip_prefix(reported.as_str());
            !reported.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.reported.iter().any(around)
    }

    /// Notes a finding with the usual severity of its code.
    pub fn add(
        &mut self,
        code: Code,
        subject: &Subject<'_>,
        path: Path<'_>,
        location: Location,
        arguments: Arguments<'_>,
    ) -> Option<&mut Found> {
        self.add_as(code.severity(), code, subject, path, location, arguments)
    }

    /// Notes a finding whose severity the catalogue has set. `None`: it is only counted.
    pub fn add_as(
        &mut self,
        usual: Severity,
        code: Code,
        subject: &Subject<'_>,
        path: Path<'_>,
        location: Location,
        arguments: Arguments<'_>,
    ) -> Option<&mut Found> {
        self.facts = None;
        // A mere remark does not keep a value from being compared; an error does, also one that is switched off.
        if usual == Severity::Error {
            self.reported.push(path.pointer().into());
        }
        let severity = self.settings.severity(code, usual)?;
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.infos,
        };
        *count = count.saturating_add(1);
        // Of each severity as many as the report could hold: which of them it takes is known at the end.
        if *count > self.settings.max_diagnostics as u64 {
            return None;
        }
        let docs = code.docs().or(subject.docs);
        self.found.push(Found {
            diagnostic: Diagnostic {
                code: code.name(),
                severity,
                message: code.message(arguments),
                event: subject.index,
                name: subject.name.map(str::to_owned),
                path: path.pointer().into(),
                range: None,
                help: code.help(arguments),
                docs: docs.map(str::to_owned),
                fix: None,
            },
            location,
            edits: Vec::new(),
        });
        self.found.last_mut()
    }

    /// Keeps as many findings as the report holds, errors before warnings before infos. Returns how
    /// many it leaves out.
    fn keep_the_worst(&mut self) -> u64 {
        let mut room = self.settings.max_diagnostics as u64;
        let mut take = |count: u64| {
            let taken = count.min(room);
            room = room.saturating_sub(taken);
            taken
        };
        let mut errors = take(self.errors);
        let mut warnings = take(self.warnings);
        let mut infos = take(self.infos);
        let all = self.errors.saturating_add(self.warnings).saturating_add(self.infos);
        let left_out = all.saturating_sub(errors.saturating_add(warnings).saturating_add(infos));
        self.found.retain(|found| {
            let left = match found.diagnostic.severity {
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

    /// The report. `text` is what the places in bytes refer to, `base` the place of its first byte.
    pub fn into_report(mut self, events: u64, text: Option<(&[u8], Position, bool)>) -> Report {
        self.found = sort::by_key(self.found, |found| {
            let start = match found.location {
                Location::Bytes(span) => span.start,
                Location::Known(_) | Location::Nowhere => 0,
            };
            // By event, what is about none of them first; within an event by place.
            found.diagnostic.event.map_or(0, |event| event.saturating_add(1)).wrapping_shl(32) | u64::from(start)
        });
        let left_out = self.keep_the_worst();
        let places = match text {
            Some((text, base, wtf8)) if !self.found.is_empty() => Some(Places::new(text, base, wtf8)),
            _ => None,
        };
        Report {
            valid: self.errors == 0,
            events,
            errors: self.errors,
            warnings: self.warnings,
            infos: self.infos,
            diagnostics: located(self.found, places),
            truncated: Some(left_out).filter(|&count| count > 0),
        }
    }
}

fn located(found: Vec<Found>, mut places: Option<Places<'_>>) -> Vec<Diagnostic> {
    let locate = |found: Found| {
        let mut diagnostic = found.diagnostic;
        diagnostic.range = match (found.location, &mut places) {
            (Location::Bytes(span), Some(places)) => Some(places.range(span.start, span.end)),
            (Location::Known(range), _) => Some(range),
            _ => None,
        };
        match (&mut diagnostic.fix, &mut places) {
            (Some(fix), Some(places)) => {
                fix.edits = found
                    .edits
                    .into_iter()
                    .map(|(span, text)| Edit { range: places.range(span.start, span.end), text })
                    .collect();
            }
            // Without a text there is nothing to edit.
            (fix, None) => *fix = None,
            (None, _) => {}
        }
        diagnostic
    };
    found.into_iter().map(locate).collect()
}
