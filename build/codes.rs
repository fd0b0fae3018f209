//! The table of diagnostic codes: an enum and what a finding says, and apart from it what explains a code.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

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

/// What the crate is compiled for when the words of codes about automations are needed.
const CHECKS_AUTOMATIONS: &str =
    r#"any(feature = "module-authoring", not(any(feature = "module-events", feature = "module-schemas")))"#;

/// Writes a table of codes: `codes.rs`, and `explanations.rs`, which has its lines in the same order.
pub fn generate(source: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut codes: Vec<Code> = serde_saphyr::from_str(&std::fs::read_to_string(source)?)
        .map_err(|error| format!("{}: {error}", source.display()))?;
    // Last, so that a module that checks none has a shorter table.
    codes.sort_by_key(Code::is_only_of_automations);
    let mut seen = BTreeSet::new();
    let mut variants = String::new();
    let mut table = String::new();
    let mut explanations = String::new();
    for code in &codes {
        if !seen.insert(&code.code) {
            return Err(format!("{}: {} stands twice", source.display(), code.code).into());
        }
        code.check().map_err(|problem| format!("{}: {}: {problem}", source.display(), code.code))?;
        let variant = camel_case(&code.code);
        writeln!(variants, "    /// {}.\n    {variant},", code.title)?;
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
        if code.is_only_of_automations() {
            writeln!(table, "    #[cfg({CHECKS_AUTOMATIONS})]")?;
        }
        writeln!(
            table,
            "    CodeInfo {{ code: {:?}, severity: Severity::{severity}, server: {}, message: {:?}, help: {:?}, fix: {:?}, docs: {:?} }},",
            code.code, code.server, code.message, code.help, code.fix, code.docs,
        )?;
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
    let from_index =
        codes.iter().map(|code| format!("        Code::{},", camel_case(&code.code))).collect::<Vec<_>>().join("\n")
            + "\n";
    let count = codes.len();
    let of_events = codes.iter().filter(|code| !code.is_only_of_automations()).count();
    std::fs::write(
        out.join("codes.rs"),
        format!(
            "/// Every diagnostic that there is.\n#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]\npub enum Code {{\n{variants}}}\n\nimpl Code {{\n    fn from_index(index: usize) -> Option<Code> {{\n        [\n{from_index}        ].get(index).copied()\n    }}\n}}\n\n#[cfg({CHECKS_AUTOMATIONS})]\nconst COUNT: usize = {count};\n#[cfg(not({CHECKS_AUTOMATIONS}))]\nconst COUNT: usize = {of_events};\n\nstatic TABLE: [CodeInfo; COUNT] = [\n{table}];\n"
        ),
    )?;
    std::fs::write(
        out.join("explanations.rs"),
        format!("static EXPLANATIONS: [Words; {count}] = [\n{explanations}];\n"),
    )?;
    Ok(())
}

impl Code {
    /// Scenarios can be written in YAML too.
    fn is_only_of_automations(&self) -> bool {
        self.about == About::Automations && !self.code.starts_with("syntax-")
    }

    /// What a reader of the table would not see at once. The examples of events are known at run time
    /// only: `tests/native/explanations.rs` looks at those.
    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() || self.title.ends_with('.') {
            return Err("`title` must be a text without a full stop".to_owned());
        }
        if self.text.trim().is_empty() || self.wrong.is_empty() {
            return Err("`text` and `wrong` must not be empty".to_owned());
        }
        let Example::Text(right) = &self.right else {
            return Ok(());
        };
        let mut text = right.trim_end().to_owned();
        for Replacement { find, replace, times } in &self.wrong {
            if find.is_empty() || !text.contains(find) {
                return Err(format!("`find: {find:?}` does not occur in:\n{text}"));
            }
            // Repeated once is enough to see what is replaced next.
            let by = replace.repeat((*times).min(2) as usize);
            text = text.replacen(find, &by, 1);
        }
        Ok(())
    }
}

/// As Rust writes the constants.
fn replacements(replacements: &[Replacement]) -> String {
    let items: Vec<String> = replacements
        .iter()
        .map(|Replacement { find, replace, times }| {
            format!("Replacement {{ find: {find:?}, replace: {replace:?}, times: 0x{times:x} }}")
        })
        .collect();
    format!("&[{}]", items.join(", "))
}

/// `missing-label` → `MissingLabel`.
fn camel_case(code: &str) -> String {
    code.split('-')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect()
}
