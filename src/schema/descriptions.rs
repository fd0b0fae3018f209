//! The texts of the schemas. The catalogue has the texts about single labels and fields.

use crate::catalogue::{AllowedValue, Alternative, LabelForm, Missing, Presence, Source};
use crate::diagnostic::Severity;

pub(super) const ALL_TITLE: &str = "Events of Prefect";
pub(super) const ALL: &str = "Any event, by its name: events that Prefect documents or emits have their own schemas; for any other event, only what the Prefect server requires of all. The schema rejects what `validate` reports as an error and accepts what it reports as a warning. No schema can say that several places must agree, nor look at other events.";
pub(super) const EVENT_TITLE: &str = "Event";
pub(super) const EVENT: &str =
    "What the Prefect server requires of every event, whatever its name. It ignores other fields.";
pub(super) const RESOURCE: &str = "The resource that the event is about: labels, all of them strings.";
pub(super) const RELATED_RESOURCE: &str = "The labels of a related resource, including its role.";
pub(super) const RESOURCE_ID: &str = "Identifies the resource.";
pub(super) const RESOURCE_ROLE: &str = "The role of the resource in this event.";
pub(super) const EVENT_NAME: &str =
    "The name of the event. Names that begin with `prefect.` or `prefect-cloud.` are reserved for Prefect.";
pub(super) const RELATED: &str = "Related resources.";
pub(super) const PAYLOAD: &str = "Further data about the event.";
pub(super) const NO_PAYLOAD: &str = "Prefect emits this event without a payload.";
pub(super) const SEVERAL_PAYLOADS: &str = "The payload has one of several shapes.";
pub(super) const ID: &str =
    "The event's UUID. The server also accepts forms other than the usual one with hyphens; do not rely on them.";
pub(super) const UUID: &str = "A UUID with hyphens.";
pub(super) const FOLLOWS: &str = "The id of the event that this one follows, if any.";
pub(super) const OCCURRED: &str = "When it happened: RFC 3339, with an offset.";
pub(super) const OTHER_TIMES: &str = "Other forms that the server also accepts; do not rely on them.";
pub(super) const TIME_AS_NUMBER: &str =
    "Seconds (or milliseconds) since 1970, which the server also accepts; do not rely on them.";
pub(super) const NOT_DOCUMENTED: &str = "Not documented.";
pub(super) const TIMESTAMP: &str = "RFC 3339. Without an offset, the server reads it as UTC.";

/// The text about a whole family: who emits it, its description, and its documentation.
pub(super) fn family(emitted_by: &str, notes: &[&str], documented: bool, docs: Option<&str>) -> String {
    let mut all = Vec::new();
    if !emitted_by.is_empty() {
        all.push(format!("Emitted by {}.", emitted_by.trim_end_matches('.')));
    }
    all.extend(notes.iter().map(|note| sentence(note)));
    if !documented {
        all.push("Prefect's documentation does not describe it.".to_owned());
    }
    all.extend(docs.map(|docs| format!("Documentation: {docs}")));
    all.join("\n\n")
}

/// The text about a label, a field or a related resource: its meaning, and further remarks.
pub(super) fn part(
    meaning: &str,
    presence: Presence,
    missing: Option<Missing>,
    source: Source,
    documented: bool,
) -> String {
    let meaning = sentence(meaning);
    let accepted = missing.is_some_and(|missing| missing.severity != Severity::Error) && presence != Presence::Optional;
    let more = match (source, accepted) {
        (Source::Code, true) if documented => "Not documented, but Prefect writes it; events without it are accepted.",
        (_, true) => "Events without it are accepted.",
        _ => said_by(source, documented).unwrap_or_default(),
    };
    [meaning.as_str(), more].into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The remarks of documentation and emitter on single values or forms of a label.
pub(super) fn remarks(form: &'static LabelForm) -> impl Iterator<Item = &'static str> {
    let (values, templates): (&'static [AllowedValue], &'static [Alternative]) = match form {
        LabelForm::Values { values, .. } => (values, &[]),
        LabelForm::Templates(templates) => (&[], templates),
        _ => (&[], &[]),
    };
    let values = values.iter().filter_map(|value| value.remark.as_ref());
    values.chain(templates.iter().filter_map(|form| form.remark.as_ref())).map(|remark| remark.text)
}

/// The same for a table whose column is about Prefect itself.
pub(super) fn practice(source: Source, presence: Presence, documented: bool) -> Option<&'static str> {
    match (source, presence) {
        (Source::Docs, _) if documented => Some("Does not write it"),
        (Source::Code, Presence::Optional) if documented => Some("Sometimes writes it, though it is not documented"),
        (Source::Code, _) if documented => Some("Writes it, though it is not documented"),
        (_, Presence::Optional) => Some("Sometimes writes it"),
        _ => None,
    }
}

/// The source of a statement, where documentation and source code differ in a documented family.
pub(super) fn said_by(source: Source, documented: bool) -> Option<&'static str> {
    match source {
        Source::Docs if documented => Some("Documented, but Prefect does not write it."),
        Source::Code if documented => Some("Not documented, but Prefect writes it."),
        _ => None,
    }
}

pub(super) fn other_values(values: &[&str]) -> String {
    let all: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    format!("Known values: {}; others are accepted.", all.join(", "))
}

/// The promised number of related resources in a role.
pub(super) fn at_most(max: u32) -> String {
    match max {
        1 => "At most one; more are accepted.".to_owned(),
        max => format!("At most {max}; more are accepted."),
    }
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    [first.to_uppercase().collect::<String>(), letters.as_str().to_owned(), end.to_owned()].concat()
}
