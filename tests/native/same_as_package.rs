//! What the package does without a module, the core does in the same way: the cases are read by a test of Node.js too
//! (`tests/node/same-as-core.test.js`).

use prefect_events::diagnostic::{Diagnostic, Edit, Fix, Position, Range, Severity, apply_fixes};
use prefect_events::render::{BuiltForm, render_built};
use serde_json::Value;

fn cases(text: &str) -> Vec<Value> {
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    assert!(cases.len() > 10);
    cases
}

/// `edits`: `[start, end, text]`.
fn finding(edits: &Value) -> Diagnostic {
    let at = |offset: &Value| Position { line: 1, column: 1, offset: offset.as_u64().unwrap() };
    let edit = |edit: &Value| Edit {
        range: Range { start: at(&edit[0]), end: at(&edit[1]) },
        text: edit[2].as_str().unwrap().to_owned(),
    };
    Diagnostic {
        code: "nil-uuid",
        severity: Severity::Error,
        message: String::new(),
        index: None,
        name: None,
        path: String::new(),
        range: None,
        help: None,
        docs: None,
        fix: Some(Fix { title: String::new(), edits: edits.as_array().unwrap().iter().map(edit).collect() }),
    }
}

#[test]
fn fixes_are_applied_as_by_the_package() {
    for case in cases(include_str!("../cases/fixes.json")) {
        let findings: Vec<Diagnostic> = case["fixes"].as_array().unwrap().iter().map(finding).collect();
        let fixed = apply_fixes(case["text"].as_str().unwrap(), &findings);
        let fixed = fixed.map(|(text, _)| text).map_err(|error| error.to_string());
        let error = || Err(case["error"].as_str().unwrap().to_owned());
        assert_eq!(fixed, case["result"].as_str().map_or_else(error, |text| Ok(text.to_owned())), "{}", case["what"]);
    }
}

#[test]
fn programs_are_written_as_by_the_package() {
    for case in cases(include_str!("../cases/snippets.json")) {
        let events: Vec<&str> =
            case["events"].as_array().unwrap().iter().map(|event| event.as_str().unwrap()).collect();
        for (form, name) in [(BuiltForm::Curl, "curl"), (BuiltForm::Python, "python")] {
            let what = format!("{} as {name}", case["what"]);
            match (render_built(&events, false, form), case[name].as_str()) {
                (Ok(text), Some(expected)) => assert_eq!(text.strip_suffix('\n'), Some(expected), "{what}"),
                // The sentence of the package names its function first.
                (Err(error), None) => {
                    let expected = case[[name, "-error"].concat()].as_str().unwrap();
                    assert!(error.to_string().ends_with(expected), "{what}: {error}");
                }
                (found, _) => panic!("{what}: {found:?}"),
            }
        }
    }
    let broken = render_built(&["{}", "{"], false, BuiltForm::Json).unwrap_err();
    assert_eq!(broken.to_string(), "item 1 is not JSON");
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(render_built(&[deep], true, BuiltForm::Json).unwrap_err().to_string().ends_with("item 0 is deeper"));
}
