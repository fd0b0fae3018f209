//! The table of codes: `codes.yaml`, as the build script writes it down.

use super::Severity;
use crate::sentence::filled;

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// What a finding says.
pub(super) struct CodeInfo {
    pub code: &'static str,
    pub severity: Severity,
    /// The Prefect server itself refuses it: it counts under both profiles.
    pub server: bool,
    pub message: &'static str,
    pub help: Option<&'static str>,
    pub fix: Option<&'static str>,
    pub docs: Option<&'static str>,
}

/// What fills the placeholders of a message: their names and texts.
pub type Arguments<'a> = &'a [(&'static str, String)];

impl Code {
    /// All codes, in the order of the table.
    pub fn all() -> impl Iterator<Item = Code> {
        (0..TABLE.len()).filter_map(Code::from_index)
    }

    /// The code of a name such as `missing-label`.
    #[must_use]
    pub fn find(name: &str) -> Option<Code> {
        Code::all().find(|code| code.name() == name)
    }

    pub(super) fn info(self) -> &'static CodeInfo {
        let [first, ..] = &TABLE;
        TABLE.get(self as usize).unwrap_or(first)
    }

    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().code
    }

    #[must_use]
    pub fn severity(self) -> Severity {
        self.info().severity
    }

    /// Whether the Prefect server itself refuses it.
    #[must_use]
    pub fn refused_by_server(self) -> bool {
        self.info().server
    }

    /// The documentation that belongs to the code, whatever the event.
    #[must_use]
    pub fn docs(self) -> Option<&'static str> {
        self.info().docs
    }

    #[must_use]
    pub fn message(self, arguments: Arguments<'_>) -> String {
        fill(self.info().message, arguments).unwrap_or_default()
    }

    /// What to do; `None` where there is nothing to say, or an argument that it needs is not given.
    #[must_use]
    pub fn help(self, arguments: Arguments<'_>) -> Option<String> {
        fill(self.info().help?, arguments)
    }

    /// The title of its fix.
    #[must_use]
    pub fn fix(self, arguments: Arguments<'_>) -> String {
        self.info().fix.and_then(|fix| fill(fix, arguments)).unwrap_or_default()
    }
}

/// Fills the placeholders `{name}` of a template. A word in braces that is no argument's name means
/// itself where it is quoted in code (`prefect.task-run.{state}`); `None` if it is left over alone.
fn fill(template: &str, arguments: Arguments<'_>) -> Option<String> {
    filled(template, &mut |name, out| {
        let text = arguments.iter().find(|(key, _)| *key == name);
        out.push_str(text.map_or("", |(_, text)| text));
        text.is_some()
    })
}
