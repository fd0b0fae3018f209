//! `JUnit` XML.

use std::fmt::Write;

use super::naming::display_name;
use super::printable::printable_lines;

/// A test, and why it failed or could not be run.
pub(super) struct Case {
    pub name: String,
    pub failure: Option<Problem>,
    pub error: Option<Problem>,
}

pub(super) struct Problem {
    pub message: String,
    pub kind: Option<String>,
    pub text: Option<String>,
}

pub(super) struct Suite {
    pub name: String,
    pub cases: Vec<Case>,
    pub output: String,
}

/// The suite of a file that cannot be read. `reason`: a sentence without its subject.
pub(super) fn unreadable_suite(file: &str, reason: &str) -> Suite {
    let name = display_name(file).to_owned();
    let error = Problem { message: format!("{name} {reason}"), kind: Some("unreadable".to_owned()), text: None };
    let case = Case { name: "can be read".to_owned(), failure: None, error: Some(error) };
    Suite { name, cases: vec![case], output: String::new() }
}

pub(super) fn testsuites(suites: &[Suite]) -> String {
    let all: Vec<&Case> = suites.iter().flat_map(|suite| &suite.cases).collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<testsuites name=\"prefect-events\" {}>", counts(&all));
    for suite in suites {
        let name = xml(&suite.name);
        let own: Vec<&Case> = suite.cases.iter().collect();
        let _ = writeln!(out, "  <testsuite name=\"{name}\" {} skipped=\"0\">", counts(&own));
        for case in own {
            testcase(&mut out, &name, case);
        }
        if !suite.output.is_empty() {
            let _ = writeln!(out, "    <system-out>{}</system-out>", xml(&suite.output));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(cases: &[&Case]) -> String {
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let errors = cases.iter().filter(|case| case.error.is_some()).count();
    format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", cases.len())
}

fn testcase(out: &mut String, suite: &str, case: &Case) {
    let _ = write!(out, "    <testcase classname=\"{suite}\" name=\"{}\"", xml(&case.name));
    let problems = [("failure", &case.failure), ("error", &case.error)];
    let Some((element, problem)) = problems.into_iter().find_map(|(element, one)| Some((element, one.as_ref()?)))
    else {
        out.push_str("/>\n");
        return;
    };
    let Problem { message, kind, text } = problem;
    let _ = write!(out, ">\n      <{element} message=\"{}\"", xml(message));
    if let Some(kind) = kind {
        let _ = write!(out, " type=\"{}\"", xml(kind));
    }
    let _ = match text {
        Some(text) => write!(out, ">{}</{element}>", xml(text)),
        None => write!(out, "/>"),
    };
    out.push_str("\n    </testcase>\n");
}

/// Escapes text and attributes. Characters that XML cannot contain are made visible.
fn xml(text: &str) -> String {
    let mut out = String::new();
    for character in printable_lines(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            plain => out.push(plain),
        }
    }
    out
}
