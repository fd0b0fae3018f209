//! The table of diagnostic codes: the texts of findings, and separately the explanations of codes.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

use crate::site::SITE;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the keys of codes.yaml")]
struct Code {
    code: String,
    severity: String,
    server: bool,
    message: String,
    help: Option<String>,
    fix: Option<String>,
    title: String,
    text: String,
    docs: Option<String>,
    #[serde(default)]
    about: About,
    right: Example,
    wrong: Vec<Replacement>,
    options: Option<String>,
    wrong_options: Option<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum About {
    #[default]
    Events,
    Automations,
    Scenarios,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Example {
    Text(String),
    /// The catalogue's examples of some events; more than one make an array.
    Events {
        events: Vec<String>,
        #[serde(default)]
        set: Vec<Replacement>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    find: String,
    replace: String,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// Writes the codes: `codes.rs`, with a separate item for each, so that a program contains only the texts of the codes
/// that it names; and `explanations.rs`, separate for the same reason, with its lines in the same order.
pub(crate) fn generate(source: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let codes: Vec<Code> = serde_saphyr::from_str(&std::fs::read_to_string(source)?)
        .map_err(|error| format!("{}: {error}", source.display()))?;
    let mut seen = BTreeSet::new();
    let (mut statics, mut constants, mut explanations) = (String::new(), String::new(), String::new());
    for (number, code) in codes.iter().enumerate() {
        if !seen.insert(&code.code) {
            return Err(format!("{}: {} stands twice", source.display(), code.code).into());
        }
        code.check().map_err(|problem| format!("{}: {}: {problem}", source.display(), code.code))?;
        let docs = code.docs.as_ref().map(|page| match page.strip_prefix('/') {
            Some(_) => [SITE, page].concat(),
            None => page.clone(),
        });
        let name = constant(&code.code);
        let severity = match code.severity.as_str() {
            "error" => "Error",
            "warning" => "Warning",
            "info" => "Info",
            other => {
                return Err(format!("{}: {}: no severity: {other}", source.display(), code.code).into());
            }
        };
        let right = match &code.right {
            Example::Text(text) => format!("Example::Text({:?})", text.trim_end()),
            Example::Events { events, set } => {
                format!("Example::Events {{ names: &{events:?}, set: {} }}", replacements(set))
            }
        };
        writeln!(
            statics,
            "static {name}: CodeInfo = CodeInfo {{ number: Number::new({number}), code: {:?}, severity: Severity::{severity}, server: {}, message: {:?}, help: {:?}, fix: {:?}, docs: {:?} }};",
            code.code, code.server, code.message, code.help, code.fix, docs,
        )?;
        writeln!(constants, "    /// {}.\n    pub const {name}: Code = Code(&{name});", code.title)?;
        writeln!(
            explanations,
            "    Words {{ title: {:?}, text: {:?}, about: About::{:?}, right: {right}, wrong: {}, options: {:?}, wrong_options: {:?} }},",
            code.title,
            code.text.trim_end(),
            code.about,
            replacements(&code.wrong),
            code.options,
            code.wrong_options.as_ref().or(code.options.as_ref()),
        )?;
    }
    let list = |name: &str, docs: &str, of: &dyn Fn(&Code) -> bool| {
        let codes: Vec<String> =
            codes.iter().filter(|code| of(code)).map(|code| format!("Code::{}", constant(&code.code))).collect();
        format!("    /// {docs}\n    pub const {name}: &[Code] = &[{}];\n", codes.join(", "))
    };
    let names: Vec<String> = codes.iter().map(|code| format!("{:?}", code.code)).collect();
    let names = format!("    pub(crate) const NAMES: &[&str] = &[{}];\n", names.join(", "));
    let all = list("ALL", "Every code, in the order of the table.", &|_| true);
    let events = list("OF_EVENTS", "The codes that `validate` can report.", &|code| code.about == About::Events);
    std::fs::write(
        out.join("codes.rs"),
        format!(
            "pub(crate) const COUNT: usize = {};\n{statics}\nimpl Code {{\n{constants}\n{names}{all}{events}}}\n",
            codes.len()
        ),
    )?;
    std::fs::write(
        out.join("explanations.rs"),
        format!("static EXPLANATIONS: [Words; {}] = [\n{explanations}];\n", codes.len()),
    )?;
    Ok(())
}

impl Code {
    /// Checks for errors that are hard to see in the table. The examples of events are known only at run time:
    /// `tests/native/explanations.rs` checks those.
    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() || self.title.ends_with('.') {
            return Err("`title` must be a text without a full stop".to_owned());
        }
        if self.text.trim().is_empty() || self.wrong.is_empty() {
            return Err("`text` and `wrong` must not be empty".to_owned());
        }
        if let Some(docs) = self.docs.as_ref().filter(|docs| docs.contains("prefect.io")) {
            return Err(format!(
                "of Prefect's documentation `docs` names the path, such as `/v3/concepts/events`, not {docs}"
            ));
        }
        let Example::Text(right) = &self.right else {
            return Ok(());
        };
        let mut text = right.trim_end().to_owned();
        for Replacement { find, replace, times } in &self.wrong {
            if find.is_empty() || !text.contains(find) {
                return Err(format!("`find: {find:?}` does not occur in:\n{text}"));
            }
            // One repetition is enough to see what is replaced next.
            let by = replace.repeat((*times).min(2) as usize);
            text = text.replacen(find, &by, 1);
        }
        Ok(())
    }
}

/// In the notation of Rust constants.
fn replacements(replacements: &[Replacement]) -> String {
    let items: Vec<String> = replacements
        .iter()
        .map(|Replacement { find, replace, times }| {
            format!("Replacement {{ find: {find:?}, replace: {replace:?}, times: 0x{times:x} }}")
        })
        .collect();
    format!("&[{}]", items.join(", "))
}

/// `missing-label` → `MISSING_LABEL`.
fn constant(code: &str) -> String {
    code.replace('-', "_").to_uppercase()
}
