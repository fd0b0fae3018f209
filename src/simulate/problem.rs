//! What is wrong with a scenario, and where.

use crate::diagnostic::{Diagnostic, Severity};
use crate::json::{Places, Pointer, Position, Span, Tape, Value, parse};
use crate::validate::{self, Profile, Settings, TextOptions, nearest, shown_value};

/// One mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Stable, kebab-case.
    pub code: &'static str,
    pub message: String,
    /// JSON Pointer.
    pub path: String,
    pub span: Option<Span>,
    pub help: Option<String>,
}

/// A value of the document, and the way to it.
#[derive(Clone)]
pub(super) struct Place<'t> {
    pub value: Value<'t>,
    pub path: Pointer,
}

impl<'t> Place<'t> {
    pub fn root(value: Value<'t>) -> Self {
        Place { value, path: Pointer::root() }
    }

    pub fn get(&self, key: &str) -> Option<Place<'t>> {
        Some(Place { value: self.value.get(key)?, path: self.path.clone().key(key) })
    }

    pub fn items(&self) -> impl Iterator<Item = Place<'t>> {
        let path = self.path.clone();
        self.value.items().enumerate().map(move |(index, value)| Place { value, path: path.clone().item(index) })
    }

    pub fn problem(&self, code: &'static str, message: String) -> Problem {
        Problem { code, message, path: self.path.as_str().to_owned(), span: Some(self.value.span()), help: None }
    }

    /// The value is not what it should be.
    pub fn wrong(&self, expected: &str) -> Problem {
        let key = self.path.as_str().rsplit('/').next().unwrap_or_default();
        let name = match key.as_bytes().first() {
            None => "the document".to_owned(),
            Some(digit) if digit.is_ascii_digit() => format!("`{}`", self.path.as_str().trim_start_matches('/')),
            Some(_) => format!("`{key}`"),
        };
        self.problem("scenario-wrong-value", format!("{name} must be {expected}, not {}", shown_value(self.value)))
    }

    /// Keys that mean nothing here. `lenient`: only those that look like one that does.
    pub fn unknown_keys(&self, known: &[&str], lenient: bool, problems: &mut Vec<Problem>) {
        for (key, value) in self.value.members() {
            let name = key.string();
            if known.contains(&&*name) {
                continue;
            }
            let near = nearest(&name, &mut known.iter().copied());
            if lenient && near.is_none() {
                continue;
            }
            let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            problems.push(Problem {
                span: Some(key.span()),
                help: Some(format!("there are `{}`", known.join("`, `"))).filter(|_| near.is_none()),
                ..Place { value, path: self.path.clone().key(&name) }
                    .problem("scenario-unknown-key", format!("there is no `{name}` here{hint}"))
            });
        }
    }
}

impl Problem {
    fn diagnostic(self, places: Option<&mut Places<'_>>) -> Diagnostic {
        Diagnostic {
            code: self.code,
            severity: Severity::Error,
            message: self.message,
            event: None,
            name: None,
            path: self.path,
            range: self.span.zip(places).map(|(span, places)| places.range(span.start, span.end)),
            help: self.help,
            docs: None,
            fix: None,
        }
    }
}

/// The text of a scenario.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    pub bytes: &'t [u8],
    pub options: TextOptions,
}

impl Text<'_> {
    /// Problems as users get them.
    #[must_use]
    pub fn diagnostics(self, problems: Vec<Problem>) -> Vec<Diagnostic> {
        let mut places = self.options.places.then(|| Places::new(self.bytes, Position::START, self.options.wtf8));
        problems.into_iter().map(|problem| problem.diagnostic(places.as_mut())).collect()
    }

    /// Reads the document; if that fails, tells why.
    pub(super) fn read<T>(self, read: impl FnOnce(Place<'_>) -> T) -> Result<T, Vec<Diagnostic>> {
        let start = if self.bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let complete = parse(self.bytes, start, &mut tape, &mut issues).complete;
        if let Some(root) = tape.document(self.bytes).root().filter(|_| complete) {
            return Ok(read(Place::root(root)));
        }
        // The check of events knows all that can be wrong with a text.
        let settings = Settings { profile: Profile::Server, ..Settings::default() };
        let report = validate::validate(self.bytes, self.options, &settings);
        let mut found = report.diagnostics;
        found.retain(|diagnostic| diagnostic.code.starts_with("syntax-"));
        for diagnostic in &mut found {
            (diagnostic.event, diagnostic.name) = (None, None);
        }
        if found.is_empty() {
            let message = "the text must be one JSON document, and more follows it".to_owned();
            let (code, path, span, help) = ("scenario-wrong-value", String::new(), None, None);
            found.push(Problem { code, message, path, span, help }.diagnostic(None));
        }
        Err(found)
    }
}
