//! What there is to know about a code.

use serde::Serialize;

use super::codes::{Example, Replacement};
use super::{Code, Severity};
use crate::catalogue;

/// A code, explained.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanation {
    pub code: &'static str,
    pub title: &'static str,
    pub severity: Severity,
    /// The Prefect server itself refuses it.
    pub server: bool,
    pub text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<&'static str>,
    /// An input with this finding.
    pub wrong: String,
    /// The same input without it.
    pub right: String,
}

/// Explains a code; `None`: there is none of this name.
#[must_use]
pub fn explain(code: &str) -> Option<Explanation> {
    let info = Code::find(code)?.info();
    let right = match &info.right {
        Example::Text(text) => (*text).to_owned(),
        Example::Events { names, set } => replaced(events(names), set),
    };
    Some(Explanation {
        code: info.code,
        title: info.title,
        severity: info.severity,
        server: info.server,
        text: info.text,
        docs: info.docs,
        wrong: replaced(right.clone(), info.wrong),
        right,
    })
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
        for info in Code::all().map(Code::info) {
            let (mut text, set) = match &info.right {
                Example::Text(text) => ((*text).to_owned(), &[][..]),
                Example::Events { names, set } => (events(names), *set),
            };
            for step in set.iter().chain(info.wrong) {
                assert!(text.contains(step.find), "{}: {:?} does not occur in\n{text}", info.code, step.find);
                text = replaced(text, std::slice::from_ref(step));
            }
        }
    }
}
