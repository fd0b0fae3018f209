//! What a route other than the document's would reject: reported once.

use crate::diagnostic::Code;
use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::json::{Span, Value};
use crate::text::phrase;

/// What only the REST API rejects in a document.
#[derive(Default)]
pub(super) struct RestApi {
    /// Fields that only the server writes.
    exported: Vec<String>,
    /// Fields that the client fills in.
    missing: Vec<&'static str>,
    /// Where the first is, and in which automation.
    place: Option<Span>,
    automation: u64,
}

impl RestApi {
    /// Call this when an automation begins.
    pub(super) fn next(&mut self, automation: u64) {
        if self.place.is_none() {
            self.automation = automation;
        }
    }

    fn at(&mut self, value: Value<'_>) {
        self.place.get_or_insert(value.span());
    }

    /// A field that only the server writes.
    pub(super) fn exported(&mut self, name: &str, key: Value<'_>) {
        self.at(key);
        if !self.exported.iter().any(|known| known == name) {
            self.exported.push(name.to_owned());
        }
    }

    /// A field that the client fills in where it is missing.
    pub(super) fn missing(&mut self, field: &'static str, object: Value<'_>) {
        let Span { start, .. } = object.span();
        self.place.get_or_insert(Span { start, end: start.saturating_add(1) });
        if !self.missing.contains(&field) {
            self.missing.push(field);
        }
    }

    pub(super) fn report(self, findings: &mut Findings<'_>) {
        let Some(place) = self.place else { return };
        let list = |names: &mut dyn Iterator<Item = &str>| phrase::list(names, " and ");
        let exported = list(&mut self.exported.iter().map(String::as_str));
        let missing = list(&mut self.missing.iter().copied());
        let code = Code::REJECTED_BY_THE_API;
        let subject = Subject { index: Some(self.automation), ..Subject::default() };
        let finding = findings.note(code.severity(), code, &subject, &Path::Root).at(Location::Bytes(place));
        let has = if self.exported.len() == 1 { "is a field" } else { "are fields" };
        let are = if self.missing.len() == 1 { "is" } else { "are" };
        match (self.exported.is_empty(), self.missing.is_empty()) {
            (false, true) => finding
                .say("what", format_args!("{exported} {has} that only the server writes"))
                .say("remedy", format_args!("remove {exported}")),
            (true, _) => finding
                .say("what", format_args!("{missing} {are} missing"))
                .say("remedy", format_args!("write {missing}")),
            (false, false) => finding
                .say("what", format_args!("{missing} {are} missing, and {exported} {has} that only the server writes"))
                .say("remedy", format_args!("write {missing} and remove {exported}")),
        };
    }
}
