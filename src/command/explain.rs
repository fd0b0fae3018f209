//! The command `explain`: a diagnostic or an event.

use serde::{Deserialize, Deserializer};

use crate::catalogue;
use crate::diagnostic::Code;
use crate::explain::explain;
use crate::generate;
use crate::render::{Format, RenderOptions, render_event_type, render_explanation};
use crate::text::nearest;
use crate::text::phrase::joined;
use crate::text::strict::strict;

use super::steps::{Inputs, Outcome, Run, Stop};
use super::surroundings::Surroundings;

/// How many near names are suggested.
const MOST: usize = 3;

/// The options of `explain`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct ExplainOptions {
    /// A diagnostic code, or the name of an event.
    pub subject: String,
    /// `pretty` or `json`.
    pub format: Format,
}

impl<'de> Deserialize<'de> for ExplainOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct Explain {
    options: ExplainOptions,
    surroundings: Surroundings,
}

impl Explain {
    pub(super) fn new(options: ExplainOptions, surroundings: Surroundings) -> Explain {
        Explain { options, surroundings }
    }
}

impl Run for Explain {
    fn run(&mut self, _: &mut Inputs) -> Result<Outcome, Stop> {
        let ExplainOptions { subject, format } = &self.options;
        let options = RenderOptions { format: *format, ..self.surroundings.stdout.rendering() };
        if let Some(code) = Code::find(subject) {
            return Ok(Outcome::printing(render_explanation(&explain(code), &options)));
        }
        if let Some(event) = catalogue::describe(subject, &generate::inputs) {
            return Ok(Outcome::printing(render_event_type(&event, &options)));
        }
        let mut known: Vec<String> = Code::ALL.iter().map(|code| code.name().to_owned()).collect();
        known.extend(catalogue::names());
        let near = joined(&mut nearest_names(subject, &known).into_iter(), " or ");
        let hint = if near.is_empty() { String::new() } else { ["; did you mean ", &near, "?"].concat() };
        Err(Stop::Fail(["unknown diagnostic code or event: ", subject, &hint].concat()))
    }
}

/// The known names nearest to a misspelt one, or to one without its beginning, such as `worker.started`: the nearest
/// first.
fn nearest_names<'k>(name: &str, known: &'k [String]) -> Vec<&'k str> {
    let name = name.to_lowercase();
    let is_end = |other: &&String| other.to_lowercase().strip_suffix(&*name).is_some_and(|rest| rest.ends_with('.'));
    let ends: Vec<&str> = known.iter().filter(is_end).map(|other| &**other).take(MOST).collect();
    if !ends.is_empty() {
        return ends;
    }
    let edits = |other: &'k String| {
        let limit = other.chars().count().checked_div(4).unwrap_or_default().max(2);
        Some((nearest::within(&name, &other.to_lowercase(), limit)?, &**other))
    };
    let mut near: Vec<(usize, &str)> = known.iter().filter_map(edits).collect();
    near.sort_by_key(|(edits, _)| *edits);
    near.into_iter().take(MOST).map(|(_, other)| other).collect()
}
