//! The work on any document is proportional to its size: counted in steps, not in seconds.

use prefect_events::automation::{self, CheckOptions, Route};
use prefect_events::diagnostic::TextOptions;
use prefect_events::json::{Tape, parse, repeated_keys};
use prefect_events::text::steps;
use serde_json::json;

/// Steps for four times the input, at most: some more than four times as many, since sorting is not quite linear.
const AT_MOST: f64 = 4.8;

fn check(text: &str) -> u64 {
    check_with(text, &CheckOptions::default())
}

fn check_with(text: &str, options: &CheckOptions) -> u64 {
    let before = steps();
    let _ = automation::check(text.as_bytes(), TextOptions::default(), options);
    steps() - before
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(", "))
}

fn event(fields: &str) -> String {
    format!("name: a\nactions: []\ntrigger: {{type: event, posture: Proactive, for_each: [x], within: 60, {fields}}}\n")
}

fn template(template: &str) -> String {
    format!("name: a\ntrigger: {{}}\nactions: [{{type: send-notification, body: '{template}'}}]")
}

/// A text with this many repetitions.
type Generator = fn(usize) -> String;

const DOCUMENTS: [(&str, Generator); 30] = [
    ("labels of match", |n| event(&format!("match: {{{}}}", lines(n, |at| format!("l{at}: x, "))))),
    ("one label of match", |n| event(&format!("match: {{{}}}", lines(n, |_| "l: x, ".to_owned())))),
    ("names of expect", |n| event(&format!("expect: {}", list(n, |at| format!("prefect.flow-run.S{at}"))))),
    ("names of after and expect", |n| {
        let names = list(n, |at| format!("acme.{at}"));
        event(&format!("after: {names}, expect: {names}"))
    }),
    ("patterns of expect", |n| {
        event(&format!("after: {}, expect: {}", list(n, |at| format!("a{at}")), list(n, |at| format!("a{at}*"))))
    }),
    ("wildcards of a pattern", |n| {
        event(&format!("after: [prefect.flow-run.heartbeat], expect: ['{}x']", "*e".repeat(n)))
    }),
    ("one long name among short ones", |n| {
        event(&format!("expect: [{}, {}]", "x".repeat(n * 8), list(n, |at| format!("a{at}")).trim_matches(['[', ']'])))
    }),
    ("booleans for names", |n| event(&format!("expect: {}", list(n, |_| "on".to_owned())))),
    ("unknown fields", |n| lines(n, |at| format!("actoins{at}: 1\n"))),
    ("misspelt fields of a trigger", |n| event(&lines(n, |at| format!("thresholt{}: 1, ", at % 3)))),
    ("missing fields of actions", |n| {
        format!("name: a\ntrigger: {{type: x}}\nactions: {}", list(n, |_| "{typ: x}".to_owned()))
    }),
    ("repeated keys of YAML", |n| lines(n, |_| "a: 1\n".to_owned())),
    ("repeated keys of JSON", |n| format!("{{{}\"b\": 1}}", lines(n, |_| "\"a\": 1, ".to_owned()))),
    ("keys without quotes", |n| {
        format!("{{\"a\": 01, {}\"b\": 1}}", lines(n, |at| format!("\"c{at}\": 01, d{at}: 1, ")))
    }),
    ("a mapping on one line", |n| format!("{{{}}}", lines(n, |at| format!("k{at}: 1, ")))),
    ("anchors and aliases", |n| lines(n, |at| format!("a{at}: &a{at} [1]\nb{at}: *a{at}\n"))),
    ("aliases of one anchor", |n| format!("a: &a [1]\nb: {}", list(n, |_| "*a".to_owned()))),
    ("merges of one mapping", |n| {
        let keys = lines(n, |at| format!("k{at}: 1, "));
        format!("a: &a {{{keys}}}\nb: {{<<: {}}}", list(n, |_| "*a".to_owned()))
    }),
    ("own and merged keys", |n| {
        let keys = lines(n, |at| format!("k{at}: 1, "));
        format!("a: &a {{{keys}}}\nb: {{<<: *a, {keys}}}")
    }),
    ("comments and tabs", |n| lines(n, |at| format!("# \t{at}\n")) + "a: 'b\tc'\n"),
    ("brackets whose lines are not indented", |n| lines(n, |at| format!("a{at}: [\n1,\n]\n"))),
    ("quotes whose lines are not indented", |n| format!("a: 'b\n{}'\n", lines(n, |at| format!("c{at}\n\n")))),
    ("comments right behind brackets", |n| lines(n, |at| format!("a{at}: [1,#b\n  {{c: [d]}}]# e\n"))),
    ("empty items", |n| format!("{}- |\n  x\n", "-\n".repeat(n))),
    ("empty keys", |n| "? \n".repeat(n)),
    ("triggers that mean one anchor", |n| {
        let triggers = list(n, |at| format!("{{type: event, posture: Proactive, within: *w, expect: [x{at}]}}"));
        format!("w: &w 60\ntrigger: {{type: compound, require: any, within: 60, triggers: {triggers}}}\n")
    }),
    ("templates", |n| {
        format!(
            "name: a\ntrigger: {{}}\nactions: [{{type: call-webhook, payload: {}}}]",
            list(n, |_| "'{{ a }}'".to_owned())
        )
    }),
    ("variables of a template", |n| template(&lines(n, |at| format!("{{{{ a{at}.b | c{at} }}}}")))),
    ("names that a template defines", |n| template(&lines(n, |at| format!("{{% set a{at} = 1 %}}{{{{ a{at} }}}}")))),
    ("variables with defaults", |n| template(&lines(n, |at| format!("{{{{ a{at}.b | d }}}}{{{{ a{at}.c }}}}")))),
];

#[test]
fn the_work_on_an_automation_is_in_proportion_to_its_text() {
    let mut wrong = Vec::new();
    for (name, document) in DOCUMENTS {
        let counts = [250, 500, 1000].map(|count| check(&document(count)));
        let ratio = counts[2] as f64 / counts[0] as f64;
        if ratio > AT_MOST {
            wrong.push(format!("{name}: {counts:?}, {ratio:.1} times as many"));
        }
        assert!(counts[0] > 250, "{name}: nothing is counted");
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The server reads a trigger without a type as the first type that fits, for which all triggers within count. And an error
/// elsewhere (`name`) does not matter to them.
#[test]
fn nested_triggers_are_read_once_each() {
    let mut wrong = Vec::new();
    for fields in
        [r#", "type": "sequence""#, r#", "posture": "Reactive""#, r#", "require": "all", "posture": "Reactive""#]
    {
        let taken = |depth: usize| {
            let leaves = list(500, |_| r#"{"posture": "Reactive", "expect": ["a"]}"#.to_owned());
            let trigger =
                (1..depth).fold(leaves, |inner, _| format!(r#"[{{"triggers": {inner}, "within": 5{fields}}}]"#));
            let text =
                format!(r#"{{"name": 1, "trigger": {{"triggers": {trigger}, "within": 5{fields}}}, "actions": []}}"#);
            check_with(&text, &CheckOptions { route: Some(Route::Api), ..CheckOptions::default() })
        };
        let (flat, nested) = (taken(1), taken(60));
        if nested > flat * 2 {
            wrong.push(format!("{fields}: {flat} steps for one level, {nested} for 60"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Aliases and merge keys can expand to more than the text, up to a bound.
#[test]
fn the_work_on_aliases_has_a_bound() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        laughs += &format!("a{level}: &a{level} {}\n", list(10, |_| format!("*a{}", level - 1)));
    }
    let chain = |n: usize| {
        "m0: &m0 {k0: 1}\n".to_owned() + &lines(n, |at| format!("m{0}: &m{0} {{<<: *m{at}, k{0}: 1}}\n", at + 1))
    };
    let keys = lines(5000, |at| format!("k{at}: 1, "));
    let wide = format!("a: &a {{{keys}}}\n{}", lines(5000, |at| format!("b{at}: {{<<: *a}}\n")));
    for text in [laughs, chain(4000), wide] {
        let taken = check(&text);
        assert!(taken < 20_000_000, "{taken} for {} bytes", text.len());
    }
}

#[test]
fn the_work_on_repeated_keys_is_in_proportion_to_their_number() {
    let taken = |count: usize| {
        let text = format!("{{{}\"b\": 1}}", lines(count, |at| format!("\"a{}\": 1, ", at % 7)));
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let before = steps();
        parse(text.as_bytes(), 0, &mut tape, &mut issues);
        repeated_keys(tape.document(text.as_bytes()).root().unwrap(), &mut issues);
        assert_eq!(issues.len(), count - 7);
        steps() - before
    };
    let (few, many) = (taken(1000), taken(4000));
    assert!(many < few * 5, "{few} {many}");
}

/// Unknown names are compared with few of the catalogue's: those of about their length, with about their letters.
#[test]
fn few_names_are_compared_with_an_unknown_one() {
    let names: Vec<String> = (0..1000).map(|number| format!("prefect.flow-run.Compl{number:03}zted")).collect();
    let trigger = json!({"type": "event", "posture": "Proactive", "after": names, "expect": ["prefect.flow-run.Completed"],
        "threshold": 1, "within": 60});
    let automation = json!({"name": "n", "trigger": trigger, "actions": [{"type": "do-nothing"}]}).to_string();
    let steps = check(&automation);
    // 1,983; 8,575 if their letters are not compared first.
    assert!(steps / 1000 < 3000, "{} steps for each name", steps / 1000);
}
