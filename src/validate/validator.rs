//! Checks whole texts.

#[cfg(feature = "custom-schemas")]
use std::sync::Arc;

use crate::diagnostic::findings::Findings;
use crate::diagnostic::syntax::SourceText;
use crate::diagnostic::{Report, TextOptions};
use crate::json::{Position, Tape};
use crate::recognise::{can_be_sniffed, sniff};

use super::chain::Chain;
#[cfg(feature = "custom-schemas")]
use super::custom::{Schemas, SchemasError};
use super::input::{FirstLine, first_line};
use super::options::ValidateOptions;
use super::session::{Session, begins_as_json};

/// Checks a whole text: one event, an array of events, NDJSON, an API page, or a websocket frame.
///
/// ```
/// use prefect_events::diagnostic::TextOptions;
/// use prefect_events::validate::{ValidateOptions, validate};
///
/// let text = br#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.order.created", "resource": {}}"#;
/// let report = validate(text, TextOptions::default(), &ValidateOptions::default());
/// assert!(!report.valid);
/// let codes: Vec<_> = report.diagnostics.iter().map(|found| found.code).collect();
/// assert_eq!(codes, ["missing-field", "missing-resource-id"]);
/// ```
#[must_use]
pub fn validate(text: &[u8], text_options: TextOptions, options: &ValidateOptions) -> Report {
    Validator::default().validate(text, text_options, options)
}

/// Checks text after text. Events without findings are remembered, which makes checking similar ones faster; no finding
/// depends on earlier texts.
#[derive(Default)]
pub struct Validator {
    pub(super) session: Session<Chain>,
    /// The last schemas that were read, with their text.
    #[cfg(feature = "custom-schemas")]
    schemas: Option<(String, Arc<Schemas>)>,
}

impl Validator {
    /// Reads schemas for the options, as [`Schemas::read`]. The last ones are kept: a caller in another language, who has
    /// only their text, passes it with every event, and they take thousands of times longer to read than it does to check.
    ///
    /// # Errors
    /// See [`Schemas::read`].
    #[cfg(feature = "custom-schemas")]
    pub fn schemas(&mut self, json: &str) -> Result<Arc<Schemas>, SchemasError> {
        if let Some((_, known)) = self.schemas.as_ref().filter(|(text, _)| text == json) {
            return Ok(known.clone());
        }
        let read = Arc::new(Schemas::read(json)?);
        self.schemas = Some((json.to_owned(), read.clone()));
        Ok(read)
    }

    /// See [`validate`].
    #[must_use]
    pub fn validate(&mut self, text: &[u8], text_options: TextOptions, options: &ValidateOptions) -> Report {
        let session = &mut self.session;
        (session.events, session.is_whole) = (0, true);
        let mut findings = Findings::new(options.report());
        let source = SourceText { text, base: Position::START, wtf8: text_options.wtf8 };
        let form = session.text(&mut findings, options, source);
        session.relations.finish(&mut findings, session.events);
        // A long text leaves no memory behind.
        session.relations = Chain::default();
        session.tape.shrink();
        Report { form: Some(form), ..findings.into_report(session.events, source, text_options.places) }
    }
}

/// Whether a text is NDJSON. `whole`: the text is complete; otherwise `None` means that more of it is needed.
#[must_use]
pub fn is_ndjson(text: &[u8], whole: bool) -> Option<bool> {
    if !begins_as_json(text) {
        if !whole && !can_be_sniffed(text) {
            return None;
        }
        if sniff(text).is_some() {
            return Some(false);
        }
    }
    match first_line(text, whole, &mut Tape::new(), &mut Vec::new()) {
        FirstLine::Document { .. } if !whole => None,
        FirstLine::Document { .. } | FirstLine::Part => Some(false),
        FirstLine::Ndjson { .. } => Some(true),
        FirstLine::Unknown => None,
    }
}

/// Whether a text that is meant to be NDJSON, such as a file of an archive, can be: a single document counts as a line, and so
/// do broken ones. A document on several lines has no other line that begins with a brace.
#[must_use]
pub fn are_lines(text: &[u8], whole: bool) -> bool {
    let trimmed = text.trim_ascii();
    let is_brace = |start: usize| trimmed.get(start) == Some(&b'{');
    let can_be = is_brace(0) && {
        let mut others = memchr::memchr_iter(b'\n', trimmed).map(|at| at.saturating_add(1)).peekable();
        others.peek().is_none() || others.any(is_brace)
    };
    trimmed.is_empty() || can_be || is_ndjson(text, whole) != Some(false)
}
