//! What the files of a command contain, and what checks it.

use crate::automation::{CheckOptions, TriggerOutline, check};
use crate::diagnostic::{Form, Report, TextOptions, apply_fixes};
use crate::validate::{ValidateOptions, Validator};

/// The most rounds: a fix can reveal another, but a few rounds are always enough.
const MOST_ROUNDS: usize = 20;
const PER_ROUND: usize = 1_000_000;

pub(super) enum Content {
    Events { options: ValidateOptions, validator: Box<Validator> },
    Automations(CheckOptions),
}

/// What is reported on a document.
pub(super) struct Checked {
    pub report: Report,
    /// For automations.
    pub form: Option<Form>,
    pub triggers: Option<Vec<TriggerOutline>>,
}

impl Content {
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Content::Events { .. } => "event",
            Content::Automations(_) => "automation",
        }
    }

    pub(super) fn max_diagnostics(&self) -> usize {
        match self {
            Content::Events { options, .. } => options.max_diagnostics,
            Content::Automations(options) => options.max_diagnostics,
        }
    }

    /// The options for events, which can be NDJSON.
    pub(super) fn of_events(&self) -> Option<&ValidateOptions> {
        match self {
            Content::Events { options, .. } => Some(options),
            Content::Automations(_) => None,
        }
    }

    /// Checks a document.
    pub(super) fn check(&mut self, text: &[u8]) -> Checked {
        match self {
            Content::Events { options, validator } => {
                let report = validator.validate(text, TextOptions::default(), options);
                // The same as for files that are read in chunks.
                Checked { report, form: None, triggers: None }
            }
            Content::Automations(options) => {
                let checked = check(text, TextOptions::default(), options);
                let form = checked.report.form;
                Checked { report: checked.report, form, triggers: Some(checked.triggers) }
            }
        }
    }

    /// The text with every certain fix, and how many were applied.
    pub(super) fn fix(&mut self, bytes: Vec<u8>) -> (Vec<u8>, usize) {
        let listed = self.set_max_diagnostics(PER_ROUND);
        let fixed = self.fix_text(bytes);
        self.set_max_diagnostics(listed);
        fixed
    }

    fn set_max_diagnostics(&mut self, most: usize) -> usize {
        let own = match self {
            Content::Events { options, .. } => &mut options.max_diagnostics,
            Content::Automations(options) => &mut options.max_diagnostics,
        };
        std::mem::replace(own, most)
    }

    fn fix_text(&mut self, bytes: Vec<u8>) -> (Vec<u8>, usize) {
        // Text that is not UTF-8 cannot be written back unchanged, so it is only reported.
        let mut text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return (error.into_bytes(), 0),
        };
        let mut fixed = 0_usize;
        for _ in 0..MOST_ROUNDS {
            let report = self.check(text.as_bytes()).report;
            let Ok((next, applied)) = apply_fixes(&text, &report.diagnostics) else { break };
            if next == text {
                break;
            }
            fixed = fixed.saturating_add(applied);
            text = next;
        }
        (text.into_bytes(), fixed)
    }
}
