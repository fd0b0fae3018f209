#![allow(clippy::arithmetic_side_effects, clippy::string_slice)]

use serde_json::{Value, json};

use super::*;
use crate::diagnostic::{Diagnostic, Edit, Fix, Position, Range, Severity};
use crate::render::printable::printable_lines;
use crate::text::steps::steps;

const TEXT: &str = "{\"event\":\"prefect.task-run.Running\"}
{\"event\":\"prefect.task-run.Completed\",\"resource\":{\"prefect.state-type\":\"completed\"}}";
const FILE: &str = "dir/some, events:1.ndjson";

/// The range of the first occurrence of a part.
fn range_of(text: &str, part: &str) -> Range {
    let at = text.find(part).unwrap();
    let position = |end: usize| {
        let lines: Vec<&str> = text[..end].split('\n').collect();
        let units = |text: &str| text.encode_utf16().count() as u64;
        let column = units(lines.last().unwrap()) + 1;
        Position { line: lines.len() as u64, column, offset: units(&text[..end]) }
    };
    Range { start: position(at), end: position(at + part.len()) }
}

fn finding(severity: Severity, code: &'static str, message: &str, range: Option<Range>) -> Diagnostic {
    let message = message.to_owned();
    let (index, name, path, help, docs, fix) = (None, None, String::new(), None, None, None);
    Diagnostic { code, severity, message, index, name, path, range, help, docs, fix }
}

fn error() -> Diagnostic {
    let range = range_of(TEXT, "\"completed\"");
    let message = "the label `prefect.state-type` is `completed`, not `COMPLETED`";
    let edits = vec![Edit { range, text: "\"COMPLETED\"".to_owned() }];
    Diagnostic {
        index: Some(1),
        name: Some("prefect.task-run.Completed".to_owned()),
        path: "/resource/prefect.state-type".to_owned(),
        help: Some("write 100%, comma, colon: done\nand a second line".to_owned()),
        docs: Some("https://docs.example/events#task-runs".to_owned()),
        fix: Some(Fix { title: "write `COMPLETED`".to_owned(), edits }),
        ..finding(Severity::Error, "wrong-label-value", message, Some(range))
    }
}

fn warning() -> Diagnostic {
    let range = range_of(TEXT, "{\"event\":\"prefect.task-run.Running\"}");
    Diagnostic { index: Some(0), ..finding(Severity::Warning, "missing-label", "a label is missing", Some(range)) }
}

fn info() -> Diagnostic {
    Diagnostic { path: "/a~1b".to_owned(), ..finding(Severity::Info, "unknown-label", "<&\"\u{7}>", None) }
}

fn findings(diagnostics: Vec<Diagnostic>, text: &str) -> FileFindings {
    let count = |severity| diagnostics.iter().filter(|found| found.severity == severity).count() as u64;
    let excerpts = excerpts(text.as_bytes(), 1, &diagnostics);
    let report = Report {
        valid: count(Severity::Error) == 0,
        count: 2,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
        diagnostics,
        truncated: None,
        form: None,
    };
    FileFindings { file: FILE.to_owned(), report, triggers: None, excerpts, fixed: None, files: 1 }
}

fn checked(diagnostics: Vec<Diagnostic>) -> FileResult {
    FileResult::Checked(Box::new(findings(diagnostics, TEXT)))
}

fn with(change: impl FnOnce(&mut FileFindings)) -> FileResult {
    let mut own = findings(Vec::new(), TEXT);
    change(&mut own);
    FileResult::Checked(Box::new(own))
}

fn unreadable() -> FileResult {
    FileResult::Unreadable { file: "-".to_owned(), reason: "is empty".to_owned(), is_unfixed: false }
}

fn all() -> Vec<FileResult> {
    vec![checked(vec![warning(), error(), info()]), unreadable()]
}

fn rendered(format: FindingsFormat, results: &[FileResult], options: &RenderOptions) -> String {
    let view = FindingsView { format, noun: "event", options, backslash: false };
    results.iter().map(|result| view.file(result)).collect::<String>() + &view.end(results)
}

fn text(format: FindingsFormat, results: &[FileResult]) -> String {
    rendered(format, results, &RenderOptions::default())
}

fn value(format: FindingsFormat, results: &[FileResult]) -> Value {
    serde_json::from_str(&text(format, results)).unwrap()
}

#[test]
fn pretty_shows_each_finding_with_its_place_and_a_summary() {
    let expected = "warning[missing-label]: a label is missing
 --> dir/some, events:1.ndjson:1:1
  |
1 | {\"event\":\"prefect.task-run.Running\"}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

error[wrong-label-value]: the label `prefect.state-type` is `completed`, not `COMPLETED`
 --> dir/some, events:1.ndjson:2:72
  |
2 | {\"event\":\"prefect.task-run.Completed\",\"resource\":{\"prefect.state-type\":\"completed\"}}
  |                                                                        ^^^^^^^^^^^
  = help: write 100%, comma, colon: done␊and a second line
  = fix: write `COMPLETED` (--fix)
  = docs: https://docs.example/events#task-runs

info[unknown-label]: <&\"␇>
--> dir/some, events:1.ndjson

2 events in 1 file: 1 error, 1 warning, 1 info; 1 fixable with --fix; 1 file could not be read
";
    assert_eq!(text(FindingsFormat::Pretty, &all()), expected);
    assert_eq!(text(FindingsFormat::Pretty, &[checked(Vec::new())]), "2 events in 1 file: no problems found\n");
}

#[test]
fn pretty_counts_each_code_if_there_are_many() {
    let mut own = findings([vec![warning(); 9], vec![error(); 2]].concat(), TEXT);
    own.report.truncated = Some(5);
    let text = text(FindingsFormat::Pretty, &[FileResult::Checked(Box::new(own))]);
    assert!(text.contains("… 5 more findings in dir/some, events:1.ndjson not listed: --max-diagnostics lists them\n"));
    assert!(text.contains("\n  9 warning[missing-label]\n  2 error[wrong-label-value]\n\n2 events"));
}

#[test]
fn pretty_has_colours_if_wanted() {
    let colour = RenderOptions { colour: true, ..RenderOptions::default() };
    let results = [checked(vec![error()])];
    let text = rendered(FindingsFormat::Pretty, &results, &colour);
    assert!(text.starts_with("\u{1b}[31m\u{1b}[1merror[wrong-label-value]\u{1b}[22m\u{1b}[39m\u{1b}[1m: "), "{text}");
    assert!(!self::text(FindingsFormat::Pretty, &results).contains('\u{1b}'));
}

#[test]
fn json_has_totals_and_the_report_on_each_file() {
    let mut results = all();
    results.push(with(|own| own.fixed = Some(2)));
    let document = value(FindingsFormat::Json, &results);
    let report = serde_json::to_value(findings(vec![warning(), error(), info()], TEXT).report).unwrap();
    let mut first = report.clone();
    first["file"] = json!(FILE);
    assert_eq!(document["files"][0], first);
    assert_eq!(document["files"][1], json!({ "file": "-", "unreadable": "is empty" }));
    assert_eq!(document["files"][2]["fixed"], json!(2));
    let counts = ["valid", "count", "errors", "warnings", "infos"].map(|key| document[key].clone());
    assert_eq!(counts, [json!(false), json!(4), json!(1), json!(1), json!(1)]);
    assert_eq!(value(FindingsFormat::Json, &[unreadable()])["valid"], json!(false));
    assert_eq!(value(FindingsFormat::Json, &[checked(vec![warning()])])["valid"], json!(true));
}

#[test]
fn github_has_a_command_for_each_finding() {
    let file = "dir/some%2C events%3A1.ndjson";
    let expected = format!(
        "::warning file={file},line=1,col=1,endLine=1,endColumn=37,title=missing-label::a label is missing
::error file={file},line=2,col=72,endLine=2,endColumn=83,title=wrong-label-value::the label `prefect.state-type` \
is `completed`, not `COMPLETED`%0Awrite 100%25, comma, colon: done%0Aand a second line
::notice file={file},title=unknown-label::<&\"␇>
::error file=<stdin>::<stdin> is empty
"
    );
    assert_eq!(text(FindingsFormat::Github, &all()), expected);
    let more = with(|own| own.report.truncated = Some(7));
    let expected = format!("::notice file={file}::7 more findings are not listed\n");
    assert_eq!(text(FindingsFormat::Github, &[more]), expected);
}

#[test]
fn sarif_has_places_levels_and_fixes() {
    let log = value(FindingsFormat::Sarif, &all());
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["columnKind"]), (&json!("2.1.0"), &json!("utf16CodeUnits")));
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, ["missing-label", "wrong-label-value", "unknown-label"]);
    let results: Vec<Value> =
        run["results"].as_array().unwrap().iter().map(|result| json!([result["level"], result["ruleIndex"]])).collect();
    assert_eq!(results, [json!(["warning", 0]), json!(["error", 1]), json!(["note", 2])]);
    let region = json!({ "startLine": 2, "startColumn": 72, "endLine": 2, "endColumn": 83, "charOffset": 108,
        "charLength": 11 });
    let artifact = json!({ "uri": "dir/some%2C%20events%3A1.ndjson" });
    let place = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(*place, json!({ "artifactLocation": artifact, "region": region }));
    let replacements = json!([{ "deletedRegion": region, "insertedContent": { "text": "\"COMPLETED\"" } }]);
    let changes = json!([{ "artifactLocation": artifact, "replacements": replacements }]);
    let fixes = json!([{ "description": { "text": "write `COMPLETED`" }, "artifactChanges": changes }]);
    assert_eq!(run["results"][1]["fixes"], fixes);
    assert_eq!(run["results"][2]["locations"][0]["physicalLocation"].get("region"), None);
    assert_eq!(run["invocations"][0]["executionSuccessful"], json!(false));
    let message = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(*message, json!("<stdin> is empty"));
}

#[test]
fn junit_has_errors_as_failures_and_the_rest_as_output() {
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"prefect-events\" tests=\"2\" failures=\"1\" errors=\"1\">
  <testsuite name=\"dir/some, events:1.ndjson\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">
    <testcase classname=\"dir/some, events:1.ndjson\" name=\"wrong-label-value at 2:72\">
      <failure message=\"the label `prefect.state-type` is `completed`, not `COMPLETED`\" type=\"wrong-label-value\">\
error[wrong-label-value]: the label `prefect.state-type` is `completed`, not `COMPLETED`&#10;  at 2:72&#10;  in event \
1, /resource/prefect.state-type&#10;  help: write 100%, comma, colon: done&#10;and a second line&#10;  docs: \
https://docs.example/events#task-runs</failure>
    </testcase>
    <system-out>warning[missing-label]: a label is missing&#10;  at 1:1&#10;  in event 0&#10;info[unknown-label]: \
&lt;&amp;&quot;␇&gt;</system-out>
  </testsuite>
  <testsuite name=\"&lt;stdin&gt;\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">
    <testcase classname=\"&lt;stdin&gt;\" name=\"can be read\">
      <error message=\"&lt;stdin&gt; is empty\" type=\"unreadable\"/>
    </testcase>
  </testsuite>
</testsuites>
";
    assert_eq!(text(FindingsFormat::Junit, &all()), expected);
    let passed = text(FindingsFormat::Junit, &[checked(Vec::new())]);
    assert!(passed.contains("<testcase classname=\"dir/some, events:1.ndjson\" name=\"2 events\"/>\n  </testsuite>"));
    let unlisted = with(|own| (own.report.errors, own.report.truncated) = (3, Some(3)));
    let unlisted = text(FindingsFormat::Junit, &[unlisted]);
    assert!(
        unlisted.contains("failures=\"1\"") && unlisted.contains("<failure message=\"3 more errors are not listed\"/>")
    );
}

/// The line and its carets.
fn frame_of(text: &str, range: Range) -> (String, String) {
    let own = findings(vec![Diagnostic { range: Some(range), ..warning() }], text);
    let options = RenderOptions { columns: 60, ..RenderOptions::default() };
    let text = rendered(FindingsFormat::Pretty, &[FileResult::Checked(Box::new(own))], &options);
    let mut lines = text.lines().skip(3).map(|line| line.split_once("| ").map_or("", |(_, rest)| rest).to_owned());
    (lines.next().unwrap(), lines.next().unwrap())
}

#[test]
fn long_lines_are_cropped_around_the_range() {
    let text = ["a".repeat(1000), "NEEDLE".to_owned(), "b".repeat(1000)].concat();
    let (line, carets) = frame_of(&text, range_of(&text, "NEEDLE"));
    assert_eq!(line.chars().count(), 56);
    assert!(line.starts_with("…a") && line.ends_with("b…"));
    let place = line.chars().take_while(|letter| *letter != 'N').count();
    assert_eq!(carets, format!("{}^^^^^^", " ".repeat(place)));

    let wide = ["a".repeat(100), "N".repeat(500)].concat();
    let (line, carets) = frame_of(&wide, range_of(&wide, &"N".repeat(500)));
    assert_eq!((line, carets), (format!("…{}…", "N".repeat(54)), format!(" {}", "^".repeat(54))));

    let start = ["NEEDLE".to_owned(), "b".repeat(1000)].concat();
    assert!(frame_of(&start, range_of(&start, "NEEDLE")).0.starts_with("NEEDLEb"));
    let end = ["a".repeat(1000), "NEEDLE".to_owned()].concat();
    assert!(frame_of(&end, range_of(&end, "NEEDLE")).0.ends_with("aNEEDLE"));
}

#[test]
fn carets_are_below_tabs_and_wide_combining_and_paired_characters() {
    for (before, width) in [("\t", 4), ("日本", 4), ("e\u{301}", 1), ("😀", 2), ("\u{feff}", 8), ("\u{1b}[2J", 4)] {
        let text = format!("{before}\"x\"");
        let (line, carets) = frame_of(&text, range_of(&text, "\"x\""));
        assert_eq!(carets, format!("{}^^^", " ".repeat(width)), "{before:?}");
        assert!(!line.contains(['\u{1b}', '\t', '\u{feff}']));
    }
}

#[test]
fn an_empty_range_is_marked_also_after_the_last_character() {
    let at = |offset| {
        let place = Position { line: 1, column: offset + 1, offset };
        Range { start: place, end: place }
    };
    assert_eq!(frame_of("abc", at(1)), ("abc".to_owned(), " ^".to_owned()));
    assert_eq!(frame_of("abc", at(3)), ("abc".to_owned(), "   ^".to_owned()));
    assert_eq!(frame_of("", at(0)), (String::new(), "^".to_owned()));
    let several = "{\n  [1,\n2]}";
    assert_eq!(frame_of(several, range_of(several, "[1,\n2]")), ("  [1,".to_owned(), "  ^^^".to_owned()));
    let returns = "{}\r\n{}";
    assert_eq!(frame_of(returns, range_of(returns, "{}\r")), ("{}".to_owned(), "^^".to_owned()));
}

#[test]
fn every_format_escapes_every_text_of_a_finding() {
    let hidden = "\0\u{7}\r\u{1b}\u{7f}\u{80}\u{ad}\u{34f}\u{61c}\u{200b}\u{2028}\u{202e}\u{3164}\u{fe0f}\u{feff}\u{ffff}\
                  \u{1d173}\u{e0041}\u{e0100}";
    let title = hidden.to_owned();
    let own = Diagnostic {
        help: Some(hidden.to_owned()),
        path: hidden.to_owned(),
        docs: Some(hidden.to_owned()),
        index: Some(0),
        fix: Some(Fix { title, edits: Vec::new() }),
        ..finding(Severity::Error, "missing-label", hidden, Some(range_of(TEXT, "{")))
    };
    let found =
        vec![Diagnostic { range: None, ..own.clone() }, Diagnostic { severity: Severity::Info, ..own.clone() }, own];
    let file = hidden.to_owned();
    let results = [
        FileResult::Checked(Box::new(FileFindings { file: file.clone(), ..findings(found, TEXT) })),
        FileResult::Unreadable { file, reason: hidden.to_owned(), is_unfixed: true },
    ];
    for format in ["pretty", "json", "github", "sarif", "junit"] {
        let is_json = matches!(format, "json" | "sarif");
        let format: FindingsFormat = serde_json::from_value(json!(format)).unwrap();
        let text = text(format, &results);
        assert_eq!(printable_lines(&text), text, "{format:?}");
        assert!(text.contains(if is_json { "\\u202e" } else { "\\u{202e}" }), "{format:?}");
    }
}

/// Four times the input takes at most slightly more than four times as many steps.
fn is_in_proportion(work: impl Fn(usize)) {
    let count = |size| {
        let before = steps();
        work(size);
        steps() - before
    };
    let (one, four) = (count(1), count(4));
    assert!(one > 0 && four <= one * 44 / 10, "{one} {four}");
}

fn at(line: u64, column: u64, end: u64) -> Diagnostic {
    let position = |column| Position { line, column, offset: 0 };
    Diagnostic { range: Some(Range { start: position(column), end: position(end) }), ..warning() }
}

#[test]
fn takes_time_in_proportion_to_the_input() {
    // A finding that extends to the end of a long line.
    is_in_proportion(|size| {
        let text = ["{\"events\":[]}", &",1".repeat(20_000 * size)].concat();
        let own = findings(vec![at(1, 14, text.len() as u64 + 1)], &text);
        let _ = self::text(FindingsFormat::Pretty, &[FileResult::Checked(Box::new(own))]);
    });
    // Findings that come and go between long lines.
    is_in_proportion(|size| {
        let line = "x".repeat(100_000 * size);
        let found: Vec<Diagnostic> = (0..100 * size as u64).map(|index| at(1 + index % 2, 1, 2)).collect();
        let _ = excerpts(format!("{line}\n{line}\n").as_bytes(), 1, &found);
    });
    // As many findings as lines, in any order.
    is_in_proportion(|size| {
        let lines = 5000 * size as u64;
        let found: Vec<Diagnostic> = (0..lines).map(|index| at(lines - index, 1, 2)).collect();
        let all = excerpts("{}\n".repeat(5000 * size).as_bytes(), 1, &found);
        assert!(all.iter().all(Option::is_some));
    });
}

#[test]
fn late_findings_have_their_own_lines() {
    let lines = 3000;
    let lines_of_text: Vec<String> = (1..=lines).map(|line| format!("line {line}{}", " ".repeat(90))).collect();
    let text = lines_of_text.join("\n") + "\n";
    let found: Vec<Diagnostic> = (1..=lines + 1).map(|line| at(line, 1, 2)).collect();
    let mut late = vec![None; found.len()];
    let mut again = Again::new(&found, &late).unwrap();
    for piece in text.as_bytes().chunks(1777) {
        assert!(again.push(piece, &mut late));
    }
    again.end(&mut late);
    for (line, excerpt) in (1..).zip(&late) {
        let expected = if line <= lines { format!("line {line}") } else { String::new() };
        assert_eq!(excerpt.as_ref().map(|excerpt| excerpt.text.trim()), Some(&*expected));
    }
}
