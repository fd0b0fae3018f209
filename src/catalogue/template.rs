//! Text with placeholders. The build script compiles this file too.

use super::hole::Hole;

/// Text with placeholders: `prefect.worker.{type}.{slug}`.
#[derive(Debug)]
pub struct Template {
    /// The whole text, with the placeholders in braces.
    pub text: &'static str,
    /// Its parts, in their order.
    pub parts: &'static [Part],
}

/// A part of a template.
#[derive(Debug)]
pub enum Part {
    /// Literal text.
    Literal(&'static str),
    /// A placeholder: its name, and its possible values.
    Hole {
        /// The name between the braces.
        name: &'static str,
        /// Its possible values.
        hole: Hole,
    },
}

impl Template {
    /// Whether a text has the form of the template.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        self.read(text, |_, _| {})
    }

    /// The value of a placeholder in a text that has the form of the template.
    #[must_use]
    pub fn part<'t>(&self, text: &'t [u8], name: &str) -> Option<&'t [u8]> {
        let mut found = None;
        let matches = self.read(text, |hole, value| {
            if hole == name && found.is_none() {
                found = Some(value);
            }
        });
        found.filter(|_| matches)
    }

    /// The literal text at the front; empty if the template begins with a placeholder.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        match self.parts.first() {
            Some(Part::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether the template has no placeholder.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Literal(_)))
    }

    /// The text of the template with its placeholders filled in.
    pub(super) fn fill<'v>(&self, value: &dyn Fn(&str) -> &'v str) -> String {
        let mut text = String::new();
        for part in self.parts {
            text.push_str(match part {
                Part::Literal(literal) => literal,
                Part::Hole { name, .. } => value(name),
            });
        }
        text
    }

    /// A placeholder matches as much as possible, without backtracking: the build script rejects templates in which a
    /// placeholder is not followed by its own delimiter.
    fn read<'t>(&self, text: &'t [u8], mut found: impl FnMut(&str, &'t [u8])) -> bool {
        let mut rest = text;
        for part in self.parts {
            let after = match part {
                Part::Literal(literal) => rest.strip_prefix(literal.as_bytes()),
                Part::Hole { name, hole } => hole.take(rest).map(|(value, after)| {
                    found(name, value);
                    after
                }),
            };
            match after {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }
}
