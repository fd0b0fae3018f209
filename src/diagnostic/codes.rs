//! The table of codes: `codes.yaml`, compiled by the build script.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::Severity;
use crate::text::number::Number;
use crate::text::template::{placeholders, render_with};

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// The texts of a finding.
struct CodeInfo {
    /// Its index in the table.
    number: Number<COUNT>,
    code: &'static str,
    severity: Severity,
    /// The Prefect server itself rejects it: it counts under both profiles.
    server: bool,
    message: &'static str,
    help: Option<&'static str>,
    fix: Option<&'static str>,
    docs: Option<&'static str>,
}

/// The values for the placeholders of a message: their names and texts.
pub type Arguments<'a> = &'a [(&'static str, String)];

/// One kind of finding, with its stable name and its texts.
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

impl Code {
    /// The code with a name such as `missing-label`.
    #[must_use]
    pub fn find(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }

    fn info(self) -> &'static CodeInfo {
        self.0
    }

    /// Its index in the table, for its explanation.
    pub(crate) fn number(self) -> Number<COUNT> {
        self.info().number
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().code
    }

    /// Its severity, unless a rule of the catalogue or an option changes it.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.info().severity
    }

    /// Whether the Prefect server itself rejects it.
    #[must_use]
    pub fn rejected_by_server(self) -> bool {
        self.info().server
    }

    /// The code's documentation, independent of the event.
    #[must_use]
    pub fn docs(self) -> Option<&'static str> {
        self.info().docs
    }

    /// One sentence: what is wrong, where, what is expected.
    #[must_use]
    pub fn message(self, arguments: Arguments<'_>) -> String {
        fill(self.info().message, arguments).unwrap_or_default()
    }

    /// What to do; `None` if there is no help, or an argument that it needs is missing.
    #[must_use]
    pub fn help(self, arguments: Arguments<'_>) -> Option<String> {
        fill(self.info().help?, arguments)
    }

    /// The name of one of its arguments.
    pub(crate) fn argument(self, name: &str) -> Option<&'static str> {
        let CodeInfo { message, help, fix, .. } = self.info();
        let templates = [Some(*message), *help, *fix].into_iter().flatten();
        templates.flat_map(placeholders).find(|own| *own == name)
    }

    /// The title of its fix.
    #[must_use]
    pub fn fix(self, arguments: Arguments<'_>) -> String {
        self.info().fix.and_then(|fix| fill(fix, arguments)).unwrap_or_default()
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Fills the placeholders `{name}` of a template. A word in braces that is not an argument's name stays literal where
/// it is quoted in code (`prefect.task-run.{state}`); otherwise the result is `None`.
fn fill(template: &str, arguments: Arguments<'_>) -> Option<String> {
    render_with(template, &mut |name, out| {
        let text = arguments.iter().find(|(key, _)| *key == name);
        out.push_str(text.map_or("", |(_, text)| text));
        text.is_some()
    })
}
