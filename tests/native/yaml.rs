//! YAML against PyYAML: its recorded answers to the YAML test suite, to our own texts, and to random texts.

use prefect_events::json::{Kind, Span, Tape, Value};
use prefect_events::yaml::{self, YamlError, YamlProblem};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use super::fuzz::targets::yaml::assert_places;

/// A value with its types, as `tests/oracle/pyyaml.py` writes it. Numbers are compared as numbers.
fn typed(value: Value<'_>) -> Json {
    match value.kind() {
        Kind::Null => Json::Null,
        Kind::True => Json::Bool(true),
        Kind::False => Json::Bool(false),
        Kind::Integer => json!(["int", value.string()]),
        Kind::Float => json!(["float", value.string().parse::<f64>().unwrap()]),
        Kind::NonFinite => json!(["float", "beyond"]),
        Kind::Date => json!(["date"]),
        Kind::String => Json::String(value.string().into_owned()),
        Kind::Array => [json!("list")].into_iter().chain(value.items().map(typed)).collect(),
        Kind::Object => {
            // Of a repeated key the last one counts, in the place of the first.
            let mut members: Vec<(Json, Json)> = Vec::new();
            for (key, value) in value.members() {
                let key = typed(key);
                match members.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known = typed(value),
                    None => members.push((key, typed(value))),
                }
            }
            sorted("dict", members)
        }
    }
}

fn sorted(name: &str, mut members: Vec<(Json, Json)>) -> Json {
    members.sort_by_key(|(key, _)| key.to_string());
    [json!(name)].into_iter().chain(members.into_iter().map(|(key, value)| json!([key, value]))).collect()
}

/// The recorded value in the same form.
fn recorded(value: &Json) -> Json {
    let Json::Array(parts) = value else { return value.clone() };
    match (parts[0].as_str().unwrap(), parts.get(1)) {
        ("float", Some(number)) => {
            let number = number.as_str().unwrap();
            number
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map_or(json!(["float", "beyond"]), |number| json!(["float", number]))
        }
        ("list", _) => [json!("list")].into_iter().chain(parts[1..].iter().map(recorded)).collect(),
        ("dict", _) => sorted("dict", parts[1..].iter().map(|pair| (recorded(&pair[0]), recorded(&pair[1]))).collect()),
        _ => value.clone(),
    }
}

fn ours(text: &str) -> Result<Json, YamlError> {
    let mut tape = Tape::new();
    yaml::read(text.as_bytes(), &mut tape)?;
    let document = tape.document(text.as_bytes());
    let root = document.root().unwrap();
    assert_places(text, root);
    Ok(typed(root))
}

/// Compares with PyYAML's answer. `None`: both agree.
fn difference(text: &str, row: &Json) -> Option<String> {
    match (ours(text), row.get("value")) {
        (Ok(ours), Some(theirs)) if ours == recorded(theirs) => None,
        (Err(_), None) => None,
        // An empty document is `None` in PyYAML. Nothing in Prefect accepts it, and we report why.
        (Err(YamlError { problem: YamlProblem::Empty, .. }), Some(Json::Null)) => None,
        (ours, _) => Some(format!("{text:?}\n  ours:   {ours:?}\n  theirs: {row}")),
    }
}

/// Where we differ from PyYAML, and why.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // Values without a counterpart in JSON.
    (
        "bytes, sets, pairs",
        &[
            "2XXW",
            "565N",
            "J7PZ",
            "a: !!binary aGk=",
            "a: !!set {x, y}",
            "a: !!set {\nb}\n",
            "a: !!omap [{x: 1}]",
            "a: !!pairs [{x: 1}]",
        ],
    ),
    ("values that contain themselves", &["a: &x [*x]", "a: &x {b: *x}"]),
    ("texts that are no Unicode", &["a: \"\\ud83d\\ude00\"", "a: \"\\ud83d\""]),
    // What `saphyr-parser` rejects by YAML 1.2.
    ("a dash alone within brackets", &["G5U8", "YJV2", "[-, -x, --- ]"]),
    ("an anchor that ends where a colon begins", &["Y2GN"]),
    ("an empty block with lines that are indented more than its end", &["S98Z"]),
    ("a mark of the byte order within the text", &["a: b\u{feff}", "a\u{feff}: b", "a: b\n\u{feff}c: d"]),
    // Rejected by us.
    ("`?` within brackets, which begins a key", &["652Z", "HM87/01", "[?y]"]),
    (
        "U+2028 and U+2029, which are line breaks",
        &[
            "a: \"\u{2028}\"",
            "a: \"\\\u{2028}\"",
            "a: b\u{2028}c: d",
            "a: 'b\u{2028}c'",
            "a: 'b\u{2029}\u{2029}c'",
            "# a\u{2028}b: c",
        ],
    ),
    // Read otherwise: by YAML 1.2 a block that keeps its empty lines keeps one without a line break too.
    ("an empty block that ends in blanks", &["JEF9/02", "a: |+\n "]),
];

/// Which of these are among the random texts, and at most how often.
const BY_CHANCE: [(YamlProblem, usize); 4] = [
    (YamlProblem::LineSeparator, 8),
    (YamlProblem::RecursiveAlias, 6),
    (YamlProblem::AnchorName, 1),
    (YamlProblem::Reserved, 1),
];

#[test]
fn agrees_with_pyyaml_on_every_recorded_text() {
    let text = String::from_utf8(super::cases::read("yaml-pyyaml.ndjson")).unwrap();
    let (mut count, mut wrong, mut unused) = (0, Vec::new(), Vec::new());
    let mut excused: Vec<&str> = EXCEPTIONS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    for row in text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        count += 1;
        let (name, text) = (row["name"].as_str().unwrap(), row["text"].as_str().unwrap());
        let found = difference(text, &row);
        let excuse = excused.iter().position(|excused| *excused == name || *excused == text);
        match (found, excuse) {
            (Some(found), None) => wrong.push(format!("{name} {found}")),
            (None, Some(_)) => unused.push(name.to_owned()),
            (_, Some(at)) => drop(excused.remove(at)),
            (None, None) => {}
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((unused, excused), (Vec::<String>::new(), Vec::new()), "no exceptions any more");
    assert!(count > 700, "{count}");
}

// ---- texts of every style

/// The pieces of the texts: everything that means something in YAML, and some that mean nothing.
const PIECES: [&str; 56] = [
    "a",
    "b c",
    "prefect.flow-run.*",
    "it's",
    "\"q\"",
    "#x",
    " #y",
    "a: b",
    "a:b",
    ": ",
    "- x",
    "-",
    "--- ",
    "...",
    "1",
    "-1.5",
    "1e3",
    ".5",
    "true",
    "null",
    "~",
    "{{ x }}",
    "é",
    "😀",
    "\n",
    "\n\n",
    "\n ",
    "  ",
    " ",
    "\t",
    "*x",
    "&x",
    "!t",
    "%",
    "@",
    "`",
    "|",
    ">",
    "?",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "'",
    "\"",
    "\\",
    "\\n",
    "",
    "\u{a0}",
    "=",
    "<<",
    "x,y",
    "\u{2028}",
];

#[derive(Clone, Debug)]
enum Node {
    Text(String),
    /// Written unchanged: numbers, aliases.
    Raw(&'static str),
    List(Vec<(Style, Node)>),
    Map(Vec<(String, Style, Node)>),
}

/// How a value is written; each number chooses one of a few ways.
#[derive(Clone, Copy, Debug)]
struct Style {
    way: u8,
    indent: u8,
    comment: bool,
    anchor: Option<u8>,
    key: u8,
}

fn styles() -> impl Strategy<Value = Style> {
    (0..10_u8, 1..5_u8, proptest::bool::weighted(0.15), proptest::option::weighted(0.1, 0..3_u8), 0..6_u8)
        .prop_map(|(way, indent, comment, anchor, key)| Style { way, indent, comment, anchor, key })
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just("<<".to_owned()),
        12 => select(vec!["a", "name", "prefect.flow-run.*", "PT90S", "x y z", "http://x:1/#y", "it's"]).prop_map(str::to_owned),
        1 => vec(select(&PIECES[..]), 0..5).prop_map(|pieces| pieces.concat()),
    ]
}

fn nodes() -> impl Strategy<Value = Node> {
    let raw = select(vec![
        "1", "-7", "3.25", "1e3", "true", "False", "null", "~", "", "*a0", "*a1", "*a2", ".5", "+3", "0.0",
    ]);
    let leaf = prop_oneof![3 => texts().prop_map(Node::Text), 1 => raw.prop_map(Node::Raw)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec((styles(), inner.clone()), 0..4).prop_map(Node::List),
            vec((texts(), styles(), inner), 0..4).prop_map(Node::Map),
        ]
    })
}

fn pad(indent: usize) -> String {
    " ".repeat(indent)
}

/// A string in one of its styles; `flow`: the block styles are not available.
fn write_text(text: &str, style: Style, indent: usize, flow: bool, out: &mut String) {
    let broken = |text: &str| text.replace('\n', &format!("\n\n{}", pad(indent)));
    match style.way {
        0..=2 => out.push_str(&broken(text)),
        3 => *out += &format!("'{}'", broken(&text.replace('\'', "''"))),
        4 => *out += &Json::from(text).to_string(),
        5 => *out += &Json::from(text).to_string().replace(' ', &format!("\n{}", pad(indent))),
        6 => *out += &Json::from(text).to_string().replace(' ', &format!(" \\\n{}", pad(indent))),
        _ if flow => *out += &Json::from(text).to_string(),
        way => {
            out.push(if way == 7 { '|' } else { '>' });
            if text.trim_start_matches('\n').starts_with(' ') {
                out.push(char::from(b'0' + style.indent));
            }
            out.push_str(["", "-", "+"][usize::from(style.key) % 3]);
            let indent = pad((indent + usize::from(style.indent)).saturating_sub(1));
            for line in text.split('\n') {
                *out += &format!("\n{}{line}", if line.is_empty() { "" } else { &indent });
            }
        }
    }
}

fn write_key(key: &str, style: Style, out: &mut String) {
    match style.key {
        0 => *out += &format!("'{}'", key.replace('\'', "''").replace('\n', " ")),
        1 => *out += &Json::from(key).to_string(),
        _ => *out += &key.replace('\n', " "),
    }
}

fn write_flow(node: &Node, style: Style, out: &mut String) {
    let line = format!("\n{}", pad(usize::from(style.indent) * 2 - 2));
    let space = ["", " ", &line, "\t"][usize::from(style.way) % 4];
    match node {
        Node::Text(text) => write_text(text, style, usize::from(style.indent) * 2 - 2, true, out),
        Node::Raw(raw) => out.push_str(raw),
        Node::List(items) => {
            *out += &format!("[{space}");
            for (style, item) in items {
                write_flow(item, *style, out);
                *out += &format!("{space},{space}");
            }
            out.push(']');
        }
        Node::Map(members) => {
            *out += &format!("{{{space}");
            for (at, (key, style, member)) in members.iter().enumerate() {
                write_key(key, *style, out);
                out.push_str(": ");
                write_flow(member, *style, out);
                if at + 1 < members.len() {
                    *out += &format!(",{space}");
                }
            }
            *out += &format!("{space}}}");
        }
    }
}

/// A value after a dash or a colon. Its own lines are at `indent`.
fn write_block(node: &Node, style: Style, parent: usize, in_map: bool, out: &mut String) {
    let indent = parent + usize::from(style.indent);
    out.push(' ');
    if let Some(anchor) = style.anchor {
        *out += &format!("&a{anchor} ");
    }
    let comment = if style.comment { " # c: 'd" } else { "" };
    match node {
        Node::List(items) if style.way < 7 && !items.is_empty() => {
            let own = if in_map && style.way < 3 { parent } else { indent };
            for (style, item) in items {
                *out += &format!("{comment}\n{}-", pad(own));
                write_block(item, *style, own, false, out);
            }
        }
        Node::Map(members) if style.way < 7 && !members.is_empty() => {
            for (at, (key, style_of, member)) in members.iter().enumerate() {
                // The first key of a map in a list may follow the dash.
                if at == 0 && !in_map && style.way < 4 && style.anchor.is_none() {
                    out.push_str(&pad(usize::from(style.indent).saturating_sub(2)));
                    if style.indent < 2 {
                        *out += &format!("\n{}", pad(indent));
                    }
                } else {
                    *out += &format!("{comment}\n{}", pad(indent));
                }
                write_key(key, *style_of, out);
                out.push(':');
                write_block(member, *style_of, indent, true, out);
            }
        }
        Node::Text(text) => {
            write_text(text, style, indent, false, out);
            out.push_str(comment);
        }
        Node::Raw(raw) => *out += &format!("{raw}{comment}"),
        _ => {
            write_flow(node, style, out);
            out.push_str(comment);
        }
    }
}

fn documents() -> impl Strategy<Value = String> {
    let frame = (0..6_u8, any::<bool>(), 0..4_u8);
    let members = vec((texts(), styles(), nodes()), 1..5);
    (members, frame).prop_map(|(members, (begin, crlf, end))| {
        let mut out = ["", "", "", "---\n", "# c\n\n", "\u{feff}"][usize::from(begin)].to_owned();
        for (key, style, member) in &members {
            write_key(key, *style, &mut out);
            out.push(':');
            write_block(member, *style, 0, true, &mut out);
            out.push('\n');
        }
        out.push_str(["", "", "...\n", "\n# end"][usize::from(end)]);
        if crlf { out.replace('\n', "\r\n") } else { out }
    })
}

fn damaged() -> impl Strategy<Value = String> {
    let edit = (any::<Index>(), any::<Index>(), select(&PIECES[..]), 0..4_u8);
    (documents(), vec(edit, 1..4)).prop_map(|(mut text, edits)| {
        for (at, to, piece, kind) in edits {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let at = places[at.index(places.len())];
            match kind {
                0 => text.insert_str(at, piece),
                1 if at < text.len() => drop(text.remove(at)),
                2 => text.truncate(at),
                _ => {
                    // A line moves to another place.
                    let line: String = text[at..].split_inclusive('\n').next().unwrap_or_default().to_owned();
                    text.replace_range(at..at + line.len(), "");
                    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                    text.insert_str(places[to.index(places.len())], &line);
                }
            }
        }
        // They differ in the blanks that a text may end with, and about marks inside of it.
        text.trim_end_matches(' ').replace('\u{feff}', "")
    })
}

/// Random texts, always the same ones.
fn by_chance() -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let mut texts = Vec::new();
    for _ in 0..1500 {
        texts.push(documents().new_tree(&mut runner).unwrap().current());
        texts.push(damaged().new_tree(&mut runner).unwrap().current());
    }
    texts
}

/// `TEXTS=FILE` writes the texts for `tests/oracle/pyyaml.py -`, which records what PyYAML reads.
#[test]
fn the_recorded_texts_are_the_random_ones() {
    let texts = by_chance();
    if let Ok(file) = std::env::var("TEXTS") {
        let lines: Vec<String> = texts.iter().map(|text| Json::from(text.as_str()).to_string()).collect();
        std::fs::write(file, lines.join("\n")).unwrap();
    }
    let rows = String::from_utf8(super::cases::read("yaml-by-chance.ndjson.gz")).unwrap();
    let recorded =
        rows.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["text"].as_str().unwrap().to_owned());
    assert_eq!(recorded.collect::<Vec<_>>(), texts);
}

#[test]
fn agrees_with_pyyaml_on_random_texts() {
    let rows = String::from_utf8(super::cases::read("yaml-by-chance.ndjson.gz")).unwrap();
    let (mut agreed, mut wrong, mut known) = (0, Vec::new(), BY_CHANCE);
    for row in rows.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        let text = row["text"].as_str().unwrap();
        match difference(text, &row) {
            None => agreed += u32::from(row.get("value").is_some()),
            Some(found) => {
                let problem = ours(text).err().map(|error| error.problem);
                match known.iter_mut().find(|(known, left)| Some(*known) == problem && *left > 0) {
                    Some((_, left)) => *left -= 1,
                    None => wrong.push((text.len(), found)),
                }
            }
        }
    }
    wrong.sort();
    let wrong: Vec<String> = wrong.into_iter().map(|(_, found)| found).collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(agreed > 800, "{agreed}");
}

fn problem_of(text: &str) -> YamlProblem {
    ours(text).unwrap_err().problem
}

/// Aliases of aliases, and whatever else grows or nests.
#[test]
fn rejects_documents_beyond_the_limits() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {x0: 1}\n".to_owned();
    let mut nested = "a0: &a0 [x]\n".to_owned();
    for level in 1..2000 {
        if level < 10 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            laughs += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        nested += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
        merges += &format!("a{level}: &a{level} {{<<: *a{}, x{level}: 1}}\n", level - 1);
    }
    assert_eq!(problem_of(&laughs), YamlProblem::TooLarge);
    assert_eq!(problem_of(&merges), YamlProblem::TooLarge);
    assert_eq!(problem_of(&nested), YamlProblem::TooDeep);
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)] {
        assert_eq!(problem_of(&text), YamlProblem::TooDeep);
    }
    assert!(ours(&"&a ".repeat(100_000)).is_err());
}

/// Values from an alias or a merge key are at the anchor.
#[test]
fn aliases_and_merges_have_the_place_of_the_anchor() {
    let text = "a: &a {within: '9''0', x: \"\\u00e9\"}\nb: *a\nc: {<<: *a, y: 1}\n";
    let mut tape = Tape::new();
    yaml::read(text.as_bytes(), &mut tape).unwrap();
    let document = tape.document(text.as_bytes());
    let root = document.root().unwrap();
    for (path, written) in [
        (["a", "within"], "'9"),
        (["b", "within"], "'9"),
        (["c", "within"], "'9"),
        (["c", "x"], "\"\\u"),
        (["c", "y"], "1}"),
    ] {
        let value = root.at_path(&path).unwrap();
        assert_eq!(value.span().start as usize, text.find(written).unwrap(), "{path:?}");
    }
    assert_eq!(root.at_path(&["c", "within"]).unwrap().written(), b"'9''0'");
    assert_eq!(
        (&*root.at_path(&["c", "within"]).unwrap().string(), &*root.at_path(&["b", "x"]).unwrap().string()),
        ("9'0", "é")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_rejected(bytes in vec(any::<u8>(), 0..60), pieces in vec(select(&PIECES[..]), 0..40)) {
        let mut tape = Tape::new();
        for text in [bytes, pieces.concat().into_bytes()] {
            match yaml::read(&text, &mut tape) {
                Err(error) => {
                    let Span { start, end } = error.span;
                    prop_assert!(start <= end && end as usize <= text.len(), "{text:?} {error:?}");
                    let text = String::from_utf8_lossy(&text);
                    prop_assert!(error.problem == YamlProblem::Utf8 || text.is_char_boundary(start as usize));
                }
                Ok(()) => assert_places(std::str::from_utf8(&text).unwrap(), tape.document(&text).root().unwrap()),
            }
        }
    }
}
