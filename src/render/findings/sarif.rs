//! SARIF 2.1.0, which code scanning services read.

use std::fmt::Write;

use crate::diagnostic::{Code, Diagnostic, Fix, Range, Severity};
use crate::explain::explain;
use crate::json::tree::{ObjectTree, Tree};
use crate::render::json::json;
use crate::render::naming::display_name;
use crate::text::table::Map;

use super::FileResult;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn text(text: impl Into<Tree>) -> ObjectTree {
    ObjectTree::new().with("text", text)
}

pub(super) fn log(files: &[FileResult], backslash: bool) -> String {
    let mut rules: Map<&str, u64> = Map::default();
    let (mut results, mut notifications) = (Vec::new(), Vec::new());
    for result in files {
        let artifact = ObjectTree::new().with("uri", uri(result.file(), backslash));
        let name = display_name(result.file());
        match result {
            FileResult::Unreadable { reason, .. } => {
                let location = ObjectTree::new().with("artifactLocation", artifact);
                let locations = [ObjectTree::new().with("physicalLocation", location)];
                let message = text([name, " ", reason].concat());
                notifications.push(
                    ObjectTree::new().with("level", "error").with("message", message).with("locations", locations),
                );
            }
            FileResult::Checked(findings) => {
                for diagnostic in &findings.report.diagnostics {
                    let next = rules.len() as u64;
                    let index = *rules.or_insert_with(diagnostic.code, || next);
                    results.push(finding(diagnostic, index, &artifact));
                }
                if let Some(more) = findings.report.truncated {
                    let message = text(format!("{more} more findings in {name} are not listed"));
                    notifications.push(ObjectTree::new().with("level", "note").with("message", message));
                }
            }
        }
    }
    let is_successful = files.iter().all(|result| matches!(result, FileResult::Checked(_)));
    let rules: Vec<ObjectTree> = rules.iter().map(|(code, _)| rule(code)).collect();
    let driver = ObjectTree::new().with("name", "prefect-events").with("version", crate::VERSION).with("rules", rules);
    let invocation =
        ObjectTree::new().with("executionSuccessful", is_successful).with("toolExecutionNotifications", notifications);
    let run = ObjectTree::new()
        .with("tool", ObjectTree::new().with("driver", driver))
        .with("columnKind", "utf16CodeUnits")
        .with("invocations", [invocation])
        .with("results", results);
    json(&Tree::from(ObjectTree::new().with("$schema", SCHEMA).with("version", "2.1.0").with("runs", [run])))
}

fn rule(code: &str) -> ObjectTree {
    let own = ObjectTree::new().with("id", code);
    let Some(code) = Code::find(code) else { return own };
    let meaning = explain(code);
    let (wrong, right) = (meaning.wrong_example(), &meaning.right);
    let language = if right.starts_with(['[', '{']) { "json" } else { "yaml" };
    let help = text(format!("{}\n\nWrong:\n{wrong}\n\nRight:\n{right}", meaning.text)).with(
        "markdown",
        format!("{}\n\nWrong:\n```{language}\n{wrong}\n```\nRight:\n```{language}\n{right}\n```", meaning.text),
    );
    let own = own
        .with("shortDescription", text(meaning.title))
        .with("fullDescription", text(meaning.text))
        .with("help", help);
    let own = match meaning.docs {
        Some(docs) => own.with("helpUri", docs),
        None => own,
    };
    own.with("defaultConfiguration", ObjectTree::new().with("level", level(meaning.severity)))
}

fn finding(diagnostic: &Diagnostic, index: u64, artifact: &ObjectTree) -> ObjectTree {
    let Diagnostic { code, severity, message, help, index: event, name, path, range, docs, fix } = diagnostic;
    let message = match help {
        Some(help) => [message, "\n", help].concat(),
        None => message.clone(),
    };
    let mut location = ObjectTree::new().with("artifactLocation", artifact.clone());
    if let Some(range) = range {
        location.push("region", region(*range));
    }
    let mut own = ObjectTree::new()
        .with("ruleId", *code)
        .with("ruleIndex", index)
        .with("level", level(*severity))
        .with("message", text(message))
        .with("locations", [ObjectTree::new().with("physicalLocation", location)]);
    if let Some(fix) = fix {
        own.push("fixes", [change(fix, artifact)]);
    }
    let mut properties = ObjectTree::new();
    if let Some(event) = event {
        properties.push("index", *event);
    }
    if let Some(name) = name {
        properties.push("name", &**name);
    }
    properties.push("path", &**path);
    if let Some(docs) = docs {
        properties.push("docs", &**docs);
    }
    own.with("properties", properties)
}

fn change(fix: &Fix, artifact: &ObjectTree) -> ObjectTree {
    let replacements: Vec<ObjectTree> = fix
        .edits
        .iter()
        .map(|edit| {
            ObjectTree::new().with("deletedRegion", region(edit.range)).with("insertedContent", text(&*edit.text))
        })
        .collect();
    let change = ObjectTree::new().with("artifactLocation", artifact.clone()).with("replacements", replacements);
    ObjectTree::new().with("description", text(&*fix.title)).with("artifactChanges", [change])
}

fn region(range: Range) -> ObjectTree {
    let Range { start, end } = range;
    ObjectTree::new()
        .with("startLine", start.line)
        .with("startColumn", start.column)
        .with("endLine", end.line)
        .with("endColumn", end.column)
        .with("charOffset", start.offset)
        .with("charLength", end.offset.saturating_sub(start.offset))
}

/// The address of a file: relative to the working directory, or absolute.
fn uri(file: &str, backslash: bool) -> String {
    let separators: &[char] = if backslash { &['/', '\\'] } else { &['/'] };
    let drive = file.get(..2).filter(|drive| backslash && drive.ends_with(':'));
    if file == "-" {
        return "stdin".to_owned();
    }
    if drive.is_none() && !file.starts_with(separators) {
        let own: &[char] = if backslash { &['\\'] } else { &['/'] };
        return file.split(own).map(|part| encoded(part, b"-_.!~*'()")).collect::<Vec<_>>().join("/");
    }
    // `//server/share` names another machine.
    let rest = file.get(drive.map_or(0, str::len)..).unwrap_or_default();
    let is_shared = backslash && drive.is_none() && rest.get(1..).is_some_and(|rest| rest.starts_with(separators));
    let mut parts: Vec<String> = Vec::new();
    for part in rest.split(separators).filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(encoded(part, b"-_.!*'()$&+,:;=@"));
        }
    }
    let start = if is_shared { "file://" } else { "file:///" };
    let drive = drive.map(|drive| if parts.is_empty() { drive.to_owned() } else { [drive, "/"].concat() });
    [start, &drive.unwrap_or_default(), &parts.join("/")].concat()
}

/// Percent-encoded, except letters, digits and some others.
fn encoded(text: &str, plain: &[u8]) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn addresses_of_files() {
        assert_eq!(uri("-", false), "stdin");
        assert_eq!(uri("events/a b#é.json", false), "events/a%20b%23%C3%A9.json");
        assert_eq!(uri("/tmp/../a b/é.json", false), "file:///a%20b/%C3%A9.json");
        assert_eq!(uri("a\\b.json", false), "a%5Cb.json");
        assert_eq!(uri("a\\b.json", true), "a/b.json");
        assert_eq!(uri("C:\\a\\.\\b.json", true), "file:///C:/a/b.json");
        assert_eq!(uri("\\\\server\\share\\b.json", true), "file://server/share/b.json");
    }
}
