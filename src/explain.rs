//! What there is to know about a code: `codes.yaml`, as the build script writes it down.
//!
//! The npm package has this as a file of its own beside the module, which has none of it.

use crate::catalogue;
use crate::diagnostic::{Code, Severity};
use crate::json::write::{ToJson, Writer};

include!(concat!(env!("OUT_DIR"), "/explanations.rs"));

/// What only the explanation of a code tells.
struct Words {
    code: Code,
    title: &'static str,
    text: &'static str,
    about: About,
    right: Example,
    wrong: &'static [Replacement],
    options: Option<&'static str>,
    wrong_options: Option<&'static str>,
}

/// Which documents a code is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    Events,
    Automations,
    Scenarios,
}

impl About {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            About::Events => "events",
            About::Automations => "automations",
            About::Scenarios => "scenarios",
        }
    }
}

enum Example {
    Text(&'static str),
    /// The catalogue's examples of some events, with replacements; more than one make an array.
    Events {
        names: &'static [&'static str],
        set: &'static [Replacement],
    },
}

/// Replaces the first place of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replacement {
    pub find: &'static str,
    /// `{n}` stands for the running number.
    pub replace: &'static str,
    /// How often `replace` is repeated.
    pub times: u32,
}

/// A code, explained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    pub code: &'static str,
    pub title: &'static str,
    pub severity: Severity,
    /// The Prefect server itself refuses it.
    pub server: bool,
    pub about: About,
    pub text: &'static str,
    pub docs: Option<&'static str>,
    /// What to replace in the right example, in this order, to get the wrong one, which can be long.
    pub wrong: &'static [Replacement],
    /// An input without this finding.
    pub right: String,
    /// The options with which the right example is checked, as JSON text, where they matter.
    pub options: Option<&'static str>,
    /// Those for the wrong example.
    pub wrong_options: Option<&'static str>,
}

impl Explanation {
    /// The same input with this finding.
    #[must_use]
    pub fn wrong_example(&self) -> String {
        replaced(self.right.clone(), self.wrong)
    }
}

impl ToJson for Replacement {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("find", self.find);
        writer.text("replace", self.replace);
        writer.number("times", u64::from(self.times));
        writer.close('}');
    }
}

impl ToJson for Explanation {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("code", self.code);
        writer.text("title", self.title);
        writer.text("severity", self.severity.name());
        writer.flag("server", self.server);
        writer.text("about", self.about.name());
        writer.text("text", self.text);
        writer.optional("docs", self.docs);
        writer.list("wrong", self.wrong);
        writer.text("right", &self.right);
        if let (Some(options), Some(wrong)) = (self.options, self.wrong_options) {
            writer.key("options");
            writer.raw(options);
            writer.key("wrong_options");
            writer.raw(wrong);
        }
        writer.close('}');
    }
}

/// Explains a code.
#[must_use]
pub fn explain(code: Code) -> Explanation {
    let [first, ..] = &EXPLANATIONS;
    // Both tables are written from one list.
    let words = EXPLANATIONS.iter().find(|words| words.code == code).unwrap_or(first);
    let right = match &words.right {
        Example::Text(text) => (*text).to_owned(),
        Example::Events { names, set } => replaced(events(names), set),
    };
    Explanation {
        code: code.name(),
        title: words.title,
        severity: code.severity(),
        server: code.refused_by_server(),
        about: words.about,
        text: words.text,
        docs: code.docs(),
        wrong: words.wrong,
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
