//! The colours of a terminal.

use crate::diagnostic::Severity;

/// Colours, or none.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub colour: bool,
}

impl Style {
    fn between(self, start: u8, end: u8, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\u{1b}[{start}m{text}\u{1b}[{end}m") } else { text.to_owned() }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.between(1, 22, text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.between(2, 22, text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.between(31, 39, text)
    }

    pub(super) fn green(self, text: &str) -> String {
        self.between(32, 39, text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.between(33, 39, text)
    }

    pub(super) fn blue(self, text: &str) -> String {
        self.between(34, 39, text)
    }

    pub(super) fn cyan(self, text: &str) -> String {
        self.between(36, 39, text)
    }

    /// In the colour of a severity.
    pub(super) fn of_severity(self, severity: Severity, text: &str) -> String {
        match severity {
            Severity::Error => self.red(text),
            Severity::Warning => self.yellow(text),
            Severity::Info => self.blue(text),
        }
    }

    /// `error[missing-label]: Required label missing`
    pub(super) fn headline(self, severity: Severity, code: &str, title: &str) -> String {
        let name = self.bold(&[severity.name(), "[", code, "]"].concat());
        [self.of_severity(severity, &name), self.bold(&[": ", title].concat())].concat()
    }
}
