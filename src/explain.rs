//! The explanations of codes: `codes.yaml`, compiled by the build script.

use serde::Serialize;

use crate::catalogue;
use crate::diagnostic::{Code, Severity};
use crate::json::tree::optional_text_as_value;

include!(concat!(env!("OUT_DIR"), "/explanations.rs"));

/// The data that only the explanation of a code has.
struct Words {
    title: &'static str,
    text: &'static str,
    about: About,
    right: Example,
    wrong: &'static [Replacement],
    options: Option<&'static str>,
    wrong_options: Option<&'static str>,
}

/// The kind of document that a code is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum About {
    /// Events: `validate` reports it.
    Events,
    /// Automations: `automation::check` reports it.
    Automations,
    /// Scenarios: `simulate::test` reports it.
    Scenarios,
}

enum Example {
    Text(&'static str),
    /// The catalogue's examples of some events, with replacements; more than one make an array.
    Events {
        names: &'static [&'static str],
        set: &'static [Replacement],
    },
}

/// Replaces the first place where a text occurs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Replacement {
    /// The text to replace.
    pub find: &'static str,
    /// What replaces it; `{n}` stands for the running number, from 1.
    pub replace: &'static str,
    /// How often `replace` is repeated.
    pub times: u32,
}

/// A text that has a finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum WrongExample {
    /// What differs from the right one: texts with a finding about their length are long.
    Replacements(&'static [Replacement]),
    /// The whole text.
    Whole(String),
}

/// The explanation of a code, with a pair of examples.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Explanation {
    /// The code.
    #[cfg_attr(feature = "typescript", ts(as = "Code"))]
    pub code: &'static str,
    /// A short title.
    pub title: &'static str,
    /// The default severity.
    pub severity: Severity,
    /// Whether the Prefect server itself rejects it, so that it applies in both profiles.
    pub server: bool,
    /// The kind of document it is about.
    pub about: About,
    /// Why it is a problem, and what to do about it.
    pub text: &'static str,
    /// The documentation: an absolute URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<&'static str>,
    /// A text with exactly this finding.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub wrong: WrongExample,
    /// The same text without the finding.
    pub right: String,
    /// The options of the right example, if they matter. In Rust JSON text, in JSON the options themselves.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_text_as_value")]
    #[cfg_attr(feature = "typescript", ts(type = "CheckOptions", optional))]
    pub options: Option<&'static str>,
    /// The options of the wrong example.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "optional_text_as_value")]
    #[cfg_attr(feature = "typescript", ts(type = "CheckOptions", optional))]
    pub wrong_options: Option<&'static str>,
}

impl Explanation {
    /// A text that has exactly this finding.
    #[must_use]
    pub fn wrong_example(&self) -> String {
        match &self.wrong {
            WrongExample::Replacements(all) => replaced(self.right.clone(), all),
            WrongExample::Whole(text) => text.clone(),
        }
    }

    /// The same with the whole of its wrong example.
    #[must_use]
    pub fn whole(self) -> Explanation {
        Explanation { wrong: WrongExample::Whole(self.wrong_example()), ..self }
    }
}

/// Explains a code.
///
/// ```
/// use prefect_events::diagnostic::Code;
/// use prefect_events::explain::explain;
///
/// let explanation = explain(Code::MISSING_LABEL);
/// assert_eq!(explanation.title, "Required label missing");
/// assert_ne!(explanation.wrong_example(), explanation.right);
/// ```
#[must_use]
pub fn explain(code: Code) -> Explanation {
    let words = code.number().of(&EXPLANATIONS);
    let right = match &words.right {
        Example::Text(text) => (*text).to_owned(),
        Example::Events { names, set } => replaced(events(names), set),
    };
    Explanation {
        code: code.name(),
        title: words.title,
        severity: code.severity(),
        server: code.rejected_by_server(),
        about: words.about,
        text: words.text,
        docs: code.docs(),
        wrong: WrongExample::Replacements(words.wrong),
        right,
        options: words.options,
        wrong_options: words.wrong_options,
    }
}

/// The catalogue's example of an event, or an array of several.
fn events(names: &[&str]) -> String {
    let examples: Vec<String> = names
        .iter()
        .filter_map(|name| catalogue::find(name))
        .map(|found| catalogue::example(found.family, found.hole))
        .collect();
    match examples.as_slice() {
        [single] => single.clone(),
        several => format!("[\n{}\n]", several.join(",\n")),
    }
}

/// Each replacement at the first place where it fits, in this order.
fn replaced(text: String, replacements: &[Replacement]) -> String {
    replacements.iter().fold(text, |text, Replacement { find, replace, times }| {
        let by: String = (1..=*times).map(|n| replace.replace("{n}", &n.to_string())).collect();
        text.replacen(find, &by, 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replacement_finds_its_place() {
        for (code, words) in Code::ALL.iter().copied().map(Code::name).zip(&EXPLANATIONS) {
            let (mut text, set) = match &words.right {
                Example::Text(text) => ((*text).to_owned(), &[][..]),
                Example::Events { names, set } => (events(names), *set),
            };
            for step in set.iter().chain(words.wrong) {
                assert!(text.contains(step.find), "{}: {:?} does not occur in\n{text}", code, step.find);
                text = replaced(text, std::slice::from_ref(step));
            }
        }
    }
}
