use crate::json::{Kind, Places, Position, Tape, Value};

use super::YamlProblem as Problem;
use super::{YamlError, read, yaml_1_1};

fn json(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Object => {
            let members: Vec<String> =
                value.members().map(|(key, value)| format!("{:?}:{}", key.string(), json(value))).collect();
            format!("{{{}}}", members.join(","))
        }
        Kind::Array => format!("[{}]", value.items().map(json).collect::<Vec<_>>().join(",")),
        Kind::String => format!("{:?}", value.string()),
        Kind::Null => "null".to_owned(),
        _ => value.string().into_owned(),
    }
}

fn parsed(text: &str) -> Result<String, YamlError> {
    let mut tape = Tape::new();
    read(text.as_bytes(), &mut tape)?;
    Ok(json(tape.document(text.as_bytes()).root().unwrap()))
}

#[test]
fn reads_what_people_write() {
    for (text, expected) in [
        ("a: 1\nb: x y # c\n", r#"{"a":1,"b":"x y"}"#),
        ("a:\n- 1\n- b: 2\n  c: 3\n-\n  - 4\nd:\n  - 5\n", r#"{"a":[1,{"b":2,"c":3},[4]],"d":[5]}"#),
        ("- - 1\n  - 2\n- 3\n", "[[1,2],3]"),
        ("a: {b: [1, 'it''s', \"\\u00e9\\n\"], c: }", r#"{"a":{"b":[1,"it's","é\n"],"c":null}}"#),
        ("a: {\n  b: 1, # x\n  c\n}\nd: ~", r#"{"a":{"b":1,"c":null},"d":null}"#),
        ("a: one\n  two\n\n  three\nb: 4", r#"{"a":"one two\nthree","b":4}"#),
        ("a: |\n  one\n   two\n\nb: >-\n  x\n  y\n\n  z\n", r#"{"a":"one\n two\n","b":"x y\nz"}"#),
        ("a: |+\n  x\n\n\nb: 1", r#"{"a":"x\n\n\n","b":1}"#),
        ("a: |2\n   x\n  y\n", r#"{"a":" x\ny\n"}"#),
        ("a: \"x\n  y\\\n  z\"\nb: 'p\n\n  q'", r#"{"a":"x yz","b":"p\nq"}"#),
        ("x: &a {b: 1}\ny: *a\nz: [*a]", r#"{"x":{"b":1},"y":{"b":1},"z":[{"b":1}]}"#),
        ("x: &a\n  b: 1\n  c: 2\ny:\n  <<: *a\n  c: 3\n", r#"{"x":{"b":1,"c":2},"y":{"b":1,"c":3}}"#),
        ("x: &a\n  b: 1\ny:\n  c: 3\n  <<: *a\n", r#"{"x":{"b":1},"y":{"b":1,"c":3}}"#),
        ("--- # c\n\"a b\": http://x:1/#y\n...\n", r#"{"a b":"http://x:1/#y"}"#),
        ("%YAML 1.2\n---\na: -1\nb: .5\nc: 1e3\nd: 0x1F\ne: No\n", r#"{"a":-1,"b":0.5,"c":"1e3","d":31,"e":No}"#),
        ("\u{feff}a: 1\r\nb:\r\n  - x\r\n", r#"{"a":1,"b":["x"]}"#),
        ("a:\nb:\n", r#"{"a":null,"b":null}"#),
        ("[prefect.flow-run.*, -x, \"?y\", ':z']", r#"["prefect.flow-run.*","-x","?y",":z"]"#),
        ("{\"a\":1,\"b\":[true,null]}", r#"{"a":1,"b":[true,null]}"#),
        // YAML 1.2 wants more spaces.
        ("a:\n  b: [\n    'c',\n  ]\n  d: {\n  e: 1\n  }\n", r#"{"a":{"b":["c"],"d":{"e":1}}}"#),
        ("a: [\n1,\n\n2 # ]\n]\nb: {\n  c: 1,\nd: ']'}\n", r#"{"a":[1,2],"b":{"c":1,"d":"]"}}"#),
        ("a:\n  b: [ # ]\n  '[',\n  ]\n  c: |\n    it's [\n    (\n", r#"{"a":{"b":["["],"c":"it's [\n(\n"}}"#),
        ("a:\n- [\n[1]]\n- \"b\\\"\n  c\\\nd\"\n", r#"{"a":[[[1]],"b\" cd"]}"#),
        ("a: 'it''s\n\n# no comment\n  c'\nb: [it's # c'\n]", r#"{"a":"it's\n# no comment c","b":["it's"]}"#),
        ("a: [b, c]# d\ne: {f: 'g'}# h\ni: \"j\"# k", r#"{"a":["b","c"],"e":{"f":"g"},"i":"j"}"#),
        ("{a:[1],b:{c: 2}}", r#"{"a":[1],"b":{"c":2}}"#),
    ] {
        assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn names_the_problem_and_its_place() {
    let mut wrong = Vec::new();
    for (text, problem, place) in [
        ("# nothing\n", Problem::Empty, (1, 1)),
        ("a: 1\n\tb: 2\n", Problem::Tab, (2, 1)),
        ("a: 1\n  b: 2\n", Problem::Indentation, (2, 3)),
        ("a:\n    b: 1\n  c: 2\n", Problem::Indentation, (3, 3)),
        ("a: b: c\n", Problem::KeyInValue, (1, 4)),
        ("a: [1, 2\nb: 3", Problem::Unclosed, (1, 4)),
        ("a: [1, 2\nb: [3]\n", Problem::Unclosed, (1, 4)),
        ("a: [\n1,\n---\n]\n", Problem::Unclosed, (1, 4)),
        ("a: 'b\n", Problem::UnclosedText, (1, 4)),
        ("a: \"b\nc: 1\n", Problem::UnclosedText, (1, 4)),
        // Behind lines that are not indented enough.
        ("a: [\n'x',\n]\nb: é\nc: *d", Problem::UnknownAlias, (5, 4)),
        ("a: {\né: [b]# c\n}\nc: @d", Problem::Reserved, (4, 4)),
        ("a:\n  b: 'c\n\nd'\n  e: [\nf, *g]", Problem::UnknownAlias, (6, 4)),
        ("a: [\nb,\n]\nc: [\nd", Problem::Unclosed, (4, 4)),
        ("a: \"\\q\"", Problem::Escape, (1, 5)),
        ("a: {{ b }}", Problem::TemplateWithoutQuotes, (1, 4)),
        ("a: *b", Problem::UnknownAlias, (1, 4)),
        ("a: @b", Problem::Reserved, (1, 4)),
        ("a: !b c", Problem::UnknownTag, (1, 7)),
        ("a: =", Problem::SpecialValue, (1, 4)),
        ("a: 2026-02-30", Problem::NoSuchDate, (1, 4)),
        ("a: !!int x", Problem::TagMismatch, (1, 10)),
        ("a: !!set {b}", Problem::TagWithoutJson, (1, 10)),
        ("a: &b 1\nc: &b 2", Problem::RepeatedAnchor, (2, 4)),
        ("a: &b [*b]", Problem::RecursiveAlias, (1, 8)),
        ("a: &ä b", Problem::AnchorName, (1, 4)),
        ("a:\tb", Problem::Tab, (1, 3)),
        ("a: [b?]", Problem::Question, (1, 6)),
        ("[a: 1, : 2]", Problem::MissingKey, (1, 8)),
        ("{a\n: 1}", Problem::KeyOverLines, (1, 2)),
        ("a: \u{1}", Problem::Unprintable, (1, 4)),
        ("a: \u{2028}", Problem::LineSeparator, (1, 4)),
        ("%YAML 2.0\n--- a", Problem::Version, (1, 1)),
        ("a: 1\n---\nb: 2", Problem::Document, (2, 1)),
        ("? [a]\n: b", Problem::ComplexKey, (1, 3)),
        ("a: 1\nb\n", Problem::MissingColon, (2, 1)),
        ("a: [1 {2}]", Problem::Separator, (1, 7)),
        ("a: \"b\" c", Problem::Trailing, (1, 8)),
        ("a: |x\n  b", Problem::BlockHeader, (1, 4)),
        ("a: 1\n<<: 2", Problem::Merge, (2, 1)),
    ] {
        let fault = parsed(text).err();
        let at = fault.map(|fault| {
            let Position { line, column, .. } =
                Places::new(text.as_bytes(), Position::START, false).position(fault.span.start as usize);
            (fault.problem, (line, column))
        });
        if at != Some((problem, place)) {
            wrong.push((text, at, (problem, place)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn resolves_values_like_pyyaml() {
    for text in ["yes", "Off", "010", "1:30", "1_000", "0x1F", "1e3", "0b101", "1.5_0", "190:20:30.15", "2026-03-01"] {
        assert!(yaml_1_1(text).is_some(), "{text}");
    }
    for text in ["true", "10", "0", "1.5", "x:1", "1.0e+3", "00:01:30", "y", "n", "PT90S", "prefect.flow-run.*"] {
        assert_eq!(yaml_1_1(text), None, "{text}");
    }
}
