//! Rendered templates, parameters and actions against those of the real server (`tests/oracle/templates.py`).

use std::collections::BTreeMap;

use prefect_events::action::{ActionOptions, FiredEvent, FiringContext, JsonType, RenderedAction, render};
use prefect_events::json::{Tape, Value, parse};
use prefect_events::time::Instant;
use serde_json::{Value as Json, json};

use super::cases;

/// Templates of which the server's text depends on chance, or is known to differ here: the part that names each, and
/// why.
const EXCEPTIONS: [(&str, &str); 8] = [
    ("{{ event.payload.items }}", "the server prints an address in memory"),
    ("{{ event.payload.nested.items }}", "the server prints an address in memory"),
    ("{{ flow_run | tojson }}", "the server gives the state of the event a new id, and its details"),
    ("{{ +event.payload.total }}", "minijinja has no sign `+`"),
    ("| urlize }}", "the filter `urlize` is not calculated"),
    ("{{ varargs }}", "minijinja's macros have no `varargs` and `kwargs`"),
    ("{% macro one(a) %}", "minijinja's own error"),
    ("{{ self }}", "the server prints its class"),
];

/// Templates that the server renders, and of which is said here that they are not calculated.
const NOT_CALCULATED: [&str; 60] = [
    r#"{{ '{:n}'.format(5) }}"#,
    r#"{{ '{:<<4}|{:=+5d}|'.format('a', 5) }}"#,
    r#"{{ '%a' % 'é' }}"#,
    r#"{{ {'a': 1}.fromkeys(['x', 'y'], 0) }}"#,
    r#"{{ range(10)[2:5] }}"#,
    r#"{{ range(10)[::3] | list }}"#,
    r#"{{ 2 ** 127 }}"#,
    r#"{{ 2 ** 200 }}"#,
    r#"{{ (-8) ** 0.5 }}"#,
    r#"{{ 10 ** 400 > 5 }}"#,
    r#"{{ 10.0 ** 400 }}"#,
    r#"{{ 9007199254740993 / 1 }}"#,
    r#"{{ 12345678901234567890 / 7 }}"#,
    r#"{{ '٣' | int }}"#,
    r#"{{ ('1' * 45) | int }}"#,
    r#"{{ '٣'.isdecimal() }}"#,
    r#"{{ '٣'.isdigit() }}"#,
    r#"{{ 'Ⅷ'.isnumeric() }}"#,
    r#"{{ '五'.isnumeric() }}"#,
    r#"{{ 'abc'.translate({97: 'x'}) }}"#,
    r#"{{ 'aa-bb-cc' | wordwrap(4) }}"#,
    r#"{{ '<p>a  <b>b</b>\n c</p><!-- x --> &lt; &eacute; &#x41;' | striptags }}"#,
    r#"{{ ('%s' | safe) % '<c>' }}"#,
    r#"{{ ('{}' | safe).format('<d>') }}"#,
    r#"{{ ('a' | safe).join(['<', '>']) }}"#,
    r#"{{ ('a' | safe) | replace('a', '<') }}"#,
    r#"{{ ('a<b' | e) | replace('&lt;', '<') }}"#,
    r#"{{ ('a' * 90).split('x') | pprint }}"#,
    r#"{{ [range(0, 90) | join(' '), 'y'] | pprint }}"#,
    r#"{{ range(40) | list | pprint }}"#,
    r#"{{ {'b': 1, 'a': 2, 'c': 'a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k'} | pprint }}"#,
    r#"{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}"#,
    r#"{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}"#,
    r#"{% macro m(a, b) %}{% endmacro %}{{ m.name }} {{ m.arguments }} {{ m.caller }} {{ m.catch_kwargs }} {{ m.catch_varargs }}"#,
    r#"{{ '\N{BULLET}' }}"#,
    r#"{{ 1, 2 }}"#,
    r#"{{ namespace(a=1) == namespace(a=1) }}"#,
    r#"{{ '\a\b\f\v\0|\t' }}"#,
    r#"{{ '%5%|%%' % () }}"#,
    r#"{{ '%.3d' % 5 }}"#,
    r#"{{ '{!a}'.format('é') }}"#,
    "{{ labels | last }}",
    "{{ labels | reverse | list }}",
    "{{ event.payload.text | truncate(5, leeway=2.5) }}",
    "{{ event.payload.text | wordwrap(2.5) }}",
    "{% call event.payload.m() %}x{% endcall %}",
    "{{ 3 is odd - 1 }}",
    "{{ event.occurred.replace(tzinfo=none) }}",
    "{{ event.occurred.format(1) }}",
    "{{ event.occurred.add(1) }}",
    "{{ event.occurred.date(1) }}",
    "{{ event.occurred.isoformat('ab') }}",
    "{{ {'a': 1} | random }}",
    "{{ 1[::2] | upper }}",
    "{{ 1[::2] | list }}",
    "{{ 'a' in 'ab'.encode() }}",
    "{% if 1[::2] %}{% endif %}",
    "{% set x = 1[::2] %}{{ x }}",
    "{{ 'ab'.encode()[1:] }}",
    "{{ ('a' if 1[::2]) }}",
];

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn instant(value: Value<'_>) -> Instant {
    prefect_events::time::instant_of(value).unwrap()
}

fn fired<'t>(firing: Value<'t>, path: &str) -> FiringContext<'t> {
    let labels = firing.get("triggering_labels").unwrap();
    let children = firing.get("triggering_firings").into_iter().flat_map(Value::items);
    FiringContext {
        id: firing.get("id").map(|id| id.string().into_owned()),
        path: path.to_owned(),
        at: instant(firing.get("triggered").unwrap()),
        labels: labels
            .members()
            .map(|(name, value)| (name.string().into_owned(), value.string().into_owned()))
            .collect(),
        event: firing
            .get("triggering_event")
            .filter(|event| event.kind() == prefect_events::json::Kind::Object)
            .map(FiredEvent::Whole),
        children: children.enumerate().map(|(index, child)| fired(child, &format!("{path}.{index}"))).collect(),
    }
}

/// The recorded rows, by whether they are contexts.
fn rows() -> (BTreeMap<String, Json>, Vec<Json>) {
    let text = cases::read("rendered-templates.ndjson.gz");
    let (mut contexts, mut rows) = (BTreeMap::new(), Vec::new());
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let line = String::from_utf8(line.to_vec()).unwrap().replace(": NaN", ": \"NaN\"");
        let row: Json = serde_json::from_str(&line).unwrap();
        match row.get("context") {
            // As text, because the order of keys matters.
            Some(name) => drop(contexts.insert(name.as_str().unwrap().to_owned(), Json::from(line))),
            None => rows.push(row),
        }
    }
    (contexts, rows)
}

/// What becomes of an action in a context.
fn act(context: &Json, action: &Json) -> RenderedAction {
    let text = context.as_str().unwrap();
    let marked = text.replacen("\"actions\": []", &format!("\"actions\": [{action}]"), 1);
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    assert!(parse(marked.as_bytes(), 0, &mut tape, &mut issues).complete, "{issues:?}");
    let document = tape.document(marked.as_bytes());
    let root = document.root().unwrap();
    let firing = fired(root.get("firing").unwrap(), "$");
    let given = root.get("given");
    let mut all = render(root.get("automation").unwrap(), &firing, given, &ActionOptions::default());
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn is_excepted(text: &str) -> bool {
    EXCEPTIONS.iter().any(|(part, _)| text.contains(part))
}

#[test]
fn renders_templates_as_the_server() {
    let (contexts, rows) = rows();
    let (mut count, mut excepted, mut not_calculated, mut wrong) = (0, 0, 0, Vec::new());
    for row in rows.iter().filter(|row| row.get("template").is_some()) {
        let template = row["template"].as_str().unwrap();
        let context = &contexts[row["in"].as_str().unwrap()];
        let done = act(context, &json!({"type": "send-notification", "block_document_id": ID, "body": template}));
        let body = done.texts.iter().find(|text| text.field == "body").unwrap();
        let ours = match (&body.text, &done.failure) {
            (Some(text), _) => json!({"text": text}),
            (None, Some(failure)) => json!({"reason": failure.reason, "error": failure.detail}),
            (None, None) => json!({"unknown": done.unknown}),
        };
        let theirs: Json = match (row.get("text"), row.get("reason")) {
            (Some(text), _) => json!({"text": text}),
            (_, Some(reason)) => json!({"reason": reason, "error": row["error"]}),
            _ => json!({"invalid": true}),
        };
        let same = match theirs.get("invalid") {
            Some(_) => done.failure.as_ref().is_some_and(|failure| failure.reason.contains("rejects")),
            None => ours == theirs,
        };
        count += 1;
        if NOT_CALCULATED.contains(&template) {
            let is_said = done.unknown.as_ref().is_some_and(|why| why.contains("is not rendered here"));
            not_calculated += usize::from(is_said && body.text.is_none());
            continue;
        }
        match (same, is_excepted(template)) {
            (false, false) => wrong.push(format!("{template}\n    here   {ours}\n    server {theirs}")),
            (false, true) => excepted += 1,
            (true, true) => wrong.push(format!("{template}\n    is no exception")),
            (true, false) => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((count, excepted, not_calculated), (3272, EXCEPTIONS.len(), NOT_CALCULATED.len()));
}

#[test]
fn renders_parameters_as_the_server() {
    let (contexts, rows) = rows();
    let (mut count, mut wrong) = (0, Vec::new());
    for row in rows.iter().filter(|row| row.get("parameters").is_some()) {
        let context = &contexts[row["in"].as_str().unwrap()];
        let action = json!({"type": "run-deployment", "deployment_id": ID, "parameters": row["parameters"]});
        let done = act(context, &action);
        let ours = match (&done.parameters, &done.failure) {
            (Some(text), _) => json!({"rendered": serde_json::from_str::<Json>(text).unwrap()}),
            (None, Some(failure)) => json!({"reason": failure.reason, "error": failure.detail}),
            (None, None) => json!({"unknown": done.unknown}),
        };
        let same = match row.get("rendered") {
            // JSON has no NaN.
            Some(rendered) => ours["rendered"] == *rendered || rendered["value"] == json!("NaN"),
            None => {
                ours["reason"] == row["reason"]
                    && ours["error"].as_str().is_some_and(|ours| ours.ends_with(row["error"].as_str().unwrap()))
            }
        };
        count += 1;
        if !same {
            wrong.push(format!("{}\n    here   {ours}\n    server {row}", row["parameters"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 93);
}

/// The requests that the server would send, from what is rendered.
fn requests(done: &RenderedAction, automation: &str) -> Json {
    let Some(target) = &done.target else { return json!([]) };
    let method = done.kind.replace('-', "_");
    let id = json!(target.id);
    if let Some(state) = &done.state {
        let new = json!({"type": state.kind, "name": state.name, "message": state.message});
        return json!([["set_flow_run_state", id, new, {"force": state.force}]]);
    }
    match done.kind.as_str() {
        "pause-work-pool" | "resume-work-pool" => json!([[method, target.name, {}]]),
        "run-deployment" => {
            let read = |text: &Option<String>| text.as_deref().map(|text| serde_json::from_str::<Json>(text).unwrap());
            let key = format!("automation {automation}, action 0, invocation 00000000-0000-7000-8000-0000000000aa");
            let new = json!({"parameters": read(&done.parameters), "job_variables": read(&done.job_variables), "idempotency_key": key});
            json!([["create_flow_run", id, new, {}]])
        }
        _ => json!([[method, id, {}]]),
    }
}

#[test]
fn acts_as_the_server() {
    let (contexts, rows) = rows();
    let (mut count, mut excepted, mut wrong) = (0, 0, Vec::new());
    for row in rows.iter().filter(|row| row.get("action").is_some()) {
        let context = &contexts[row["in"].as_str().unwrap()];
        let automation: Json = serde_json::from_str(context.as_str().unwrap()).unwrap();
        let done = act(context, &row["action"]);
        let ours = match &done.failure {
            Some(failure) => json!({"reason": failure.reason}),
            None => json!({"requests": requests(&done, automation["automation"]["id"].as_str().unwrap())}),
        };
        let theirs = match row.get("reason") {
            Some(reason) => json!({"reason": reason}),
            None => json!({"requests": row["requests"]}),
        };
        count += 1;
        if ours == theirs {
            continue;
        }
        // Whether a work pool exists is looked up when it is paused.
        if row["reason"].as_str().is_some_and(|reason| reason.starts_with("Work pool")) {
            excepted += 1;
        } else {
            wrong.push(format!("{} {}\n    here   {ours}\n    server {theirs}", row["in"], row["action"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((count, excepted), (161, 4));
}

/// A small automation and event, and what only the server knows.
#[test]
fn marks_what_only_the_server_knows() {
    let (contexts, _) = rows();
    let mut context: Json = serde_json::from_str(contexts["crashed"].as_str().unwrap()).unwrap();
    context["given"] = json!({"flow_run": {"parameters": {"day": 1}}});
    let context = Json::from(context.to_string().replace("\"actions\":[]", "\"actions\": []"));
    let body = "{{ flow_run.name }} {{ flow_run.parameters.day + 1 }} {{ flow_run.run_count + 1 }} {{ flow_run.nme }}";
    let done = act(&context, &json!({"type": "send-notification", "block_document_id": ID, "body": body}));
    assert_eq!(done.texts[1].text.as_deref(), Some("crash-start 2 1 "));
    let body = "{{ flow_run.tags | join }} {% if flow_run.end_time %}ended{% endif %}";
    let done = act(&context, &json!({"type": "send-notification", "block_document_id": ID, "body": body}));
    assert_eq!(done.texts[1].text.as_deref(), Some("‹flow_run.tags› ended"));
    let uses: Vec<String> = done.uses.iter().map(|used| format!("{} {:?}", used.name, used.source)).collect();
    assert_eq!(uses, ["flow_run.tags Unknown", "flow_run.end_time Unknown"]);
}

/// The placeholder of a value that only the server knows is no value to calculate with.
#[test]
fn what_only_the_server_knows_makes_no_failure() {
    let (contexts, _) = rows();
    let mut context: Json = serde_json::from_str(contexts["crashed"].as_str().unwrap()).unwrap();
    context["given"] = json!({});
    let context = Json::from(context.to_string().replace("\"actions\":[]", "\"actions\": []"));
    for expression in ["'abc'[x]", "{'a': 1}[x]", "labels[x]", "x in [1]", "x in 'abc'", "x + 1", "x == 1"] {
        let template = ["{{ ", &expression.replace('x', "flow_run.tags"), " }}"].concat();
        assert_eq!(body(&context, &template).as_deref(), Ok("‹flow_run.tags›"), "{template}");
    }
    let expressions = [
        "'abc'[:x]",
        "','.join([x])",
        "event.occurred.replace(hour=x)",
        "range(x)",
        "[x, 1] | sort",
        "{'a': x, 'b': 1} | dictsort(by='value')",
        "[x] == [1]",
        "(1, x) < (1, 2)",
        "[x] in [[1]]",
        "[x] is eq([1])",
        "dict(**x)",
    ];
    for expression in expressions {
        let template = ["{{ ", &expression.replace('x', "flow_run.tags"), " }}"].concat();
        let why = body(&context, &template).unwrap_err();
        assert!(why.starts_with("`body` is not rendered here"), "{template}: {why}");
    }
    let why = body(&context, "{{ nope + flow_run.tags }}").unwrap_err();
    assert!(why.contains("'nope' is undefined"), "{why}");
}

#[test]
fn names_what_renders_to_nothing() {
    let (contexts, _) = rows();
    let body = "x\n{{ event.payload.totl }} {{ flow_run.nme | upper }} {{ evnt }}";
    let action = json!({"type": "send-notification", "block_document_id": ID, "body": body});
    let done = act(&contexts["order"], &action);
    let nothing: Vec<(&str, usize, Option<&str>)> =
        done.texts[1].nothing.iter().map(|one| (&*one.expression, one.line, one.near.as_deref())).collect();
    assert_eq!(nothing, [("event.payload.totl", 2, Some("total")), ("evnt", 2, Some("event"))]);
}

#[test]
fn says_what_a_parameter_was_meant_as() {
    let (contexts, _) = rows();
    let hints = |parameters: Json| {
        let action = json!({"type": "run-deployment", "deployment_id": ID, "parameters": parameters});
        let done = act(&contexts["order"], &action);
        done.from_templates.into_iter().map(|one| (one.kind, one.hint.unwrap_or_default())).collect::<Vec<_>>()
    };
    let [(kind, hint)] = &hints(json!({"n": "{{ event.payload.total }}{{ event.payload.total }}"}))[..] else {
        panic!()
    };
    assert_eq!((*kind, hint.contains("not a number")), (Some(JsonType::String), true));
    let [(kind, hint)] = &hints(json!({"n": "{{ event.payload.total > 5 }}"}))[..] else { panic!() };
    assert_eq!((*kind, hint.contains("write `{{ (event.payload.total > 5) }}`")), (None, true));
    let [(kind, hint)] = &hints(json!({"n": "{{ (event.payload.total > 5) }}"}))[..] else { panic!() };
    assert_eq!((*kind, &**hint), (Some(JsonType::Boolean), ""));
}

/// What a template renders to, or why it does not.
fn body(context: &Json, template: &str) -> Result<String, String> {
    let done = act(context, &json!({"type": "send-notification", "block_document_id": ID, "body": template}));
    let text = done.texts.into_iter().nth(1).and_then(|body| body.text);
    text.ok_or_else(|| done.unknown.unwrap_or_else(|| done.failure.map(|failure| failure.reason).unwrap_or_default()))
}

/// Short templates that ask for very much: none of them may take long, nor much memory.
#[test]
fn templates_that_calculate_too_much_are_not_rendered() {
    let (contexts, _) = rows();
    let context = &contexts["order"];
    let doubled = |end: &str| ["{% set a = [1] %}", &"{% set a = [a, a] %}".repeat(40), end].concat();
    let letters = |inner: &str| ["{% for x in 'a' * 900000 %}", inner, "{% endfor %}"].concat();
    let namespace = |inner: &str| ["{% set ns = namespace(a=[]) %}", &letters(inner)].concat();
    let too_much = [
        doubled("{{ a == a }}"),
        doubled("{{ a < a }}"),
        doubled("{{ a }}"),
        doubled("{{ a ~ '' }}"),
        doubled("{{ 'x' in a }}"),
        doubled("{{ a | tojson }}"),
        doubled("{{ a | sort }}"),
        doubled("{{ a | min }}"),
        doubled("{{ a | urlencode }}"),
        doubled("{{ [1] | select('in', a) | list }}"),
        doubled("{{ '{}'.format(a) }}"),
        doubled("{{ '%s' % [a] }}"),
        doubled("{% for x in [1, 2] %}{{ loop.changed(a) }}{% endfor %}"),
        doubled("{{ {1: 1}.get(a) }}"),
        "{{ ([[1] * 12000] * 12000) | string | length }}".to_owned(),
        "{% set x = 'a' * 900000 %}{% set l = [x] * 900 %}{{ l | string | length }}".to_owned(),
        "{{ ('a' * 900000) | replace('a', 'b' * 900000) }}".to_owned(),
        "{{ ('a' * 900000).replace('a', 'b' * 900000) }}".to_owned(),
        "{{ ([1] * 900000) | join('b' * 900000) }}".to_owned(),
        "{{ ('b' * 900000).join([''] * 900000) }}".to_owned(),
        "{{ ('a' * 900000).strip('b' * 900000) }}".to_owned(),
        "{{ ('a\\n' * 400000) | indent('x' * 900000) }}".to_owned(),
        "{{ ([1] * 100000) | tojson(indent='x' * 900000) }}".to_owned(),
        "{{ ('a' * 900000) | wordwrap(1, wrapstring='x' * 900000) }}".to_owned(),
        "{{ '%999999999d' | format(1) }}".to_owned(),
        "{{ '{:999999999d}'.format(1) }}".to_owned(),
        "{{ ('{0}' * 30000).format('x' * 900000) }}".to_owned(),
        "{{ ('%(a)s' * 30000) % {'a': 'x' * 900000} }}".to_owned(),
        "{{ ([[1] * 1000] * 1000) | sum(start=[]) | length }}".to_owned(),
        "{{ ([{'a': 1}] * 100000) | selectattr('a' + '.b' * 40000) | list }}".to_owned(),
        "{% set x = 'a' * 900000 %}{{ [{'a': x}, {'a': x}] | sort(attribute='a' + ',a' * 40000) | length }}".to_owned(),
        "{% set x = 'a' * 900000 %}{{ [{'a': x}] | unique(attribute='a' + ',a' * 3000) | list | length }}".to_owned(),
        "{% set x = 'a' * 900000 %}{{ ([x] * 20000) | map(attribute='999999') | list | length }}".to_owned(),
        "{% set f = '%c' * 400000 %}{% for i in range(90) %}{% set y = event.occurred.strftime(f) %}{% endfor %}"
            .to_owned(),
        ["{% set t = [0] * 500 %}{% set a = t %}", &"{% set a = [t, a] %}".repeat(500), "{{ a < a }}"].concat(),
        "{% set l = [] %}{% for i in range(90) %}{% set y = ('a' * 900000).split('a') %}{% endfor %}".to_owned(),
        "{% for i in range(90) %}{{ 'a' * 900000 }}{% endfor %}".to_owned(),
        letters("{{ evnt if 0 else nothing }}"),
        letters(&"z".repeat(50_000)),
        letters("{{ ('a' * 900000) | upper | length }}"),
        letters("{{ ('a' * 900000)[1:] | length }}"),
        letters("{{ 'a' | center(100000) }}"),
        namespace("{% set ns.a = ns.a + [('a' * 900000) | list] %}"),
    ];
    for template in too_much {
        let why = body(context, &template).unwrap_err();
        assert!(why.ends_with("it calculates too much"), "{template}: {why}");
    }
    let nested = "its values are nested too deeply";
    let opaque = "a namespace, a macro or a loop as a value is not calculated here";
    let deep = [
        (namespace("{% set ns.a = [ns.a] %}"), nested),
        ([&"{% set a = [a] %}".repeat(5000), "{{ 1 }}"].concat(), nested),
        (namespace("{% set ns.a = ns %}"), opaque),
        (namespace("{% set ns.a = [{'a': ns}] %}"), opaque),
        (namespace("{% set ns.a = namespace(a=ns) %}"), opaque),
        ("{% macro m(x) %}{{ m([x]) }}{% endmacro %}{{ m(1) }}".to_owned(), "its macros call each other too deeply"),
    ];
    let chain = |part: &str| ["{{ 1", &part.repeat(4000), "}}"].concat();
    let chains =
        ["|list", "+1", "~1", " and 1", ".a", "[1]", "()", " if 1 else 1", " < 1", " is odd", "**1"].map(chain);
    let others = [
        ["{{ ", &"not ".repeat(4000), "1 }}"].concat(),
        ["{{ ", &"-".repeat(4000), "1 }}"].concat(),
        ["{% if 0 %}", &"{% elif 0 %}".repeat(4000), "{% endif %}"].concat(),
    ];
    let long = chains.into_iter().chain(others).map(|template| (template, "its expressions are nested too deeply"));
    for (template, reason) in deep.into_iter().chain(long) {
        let why = body(context, &template).unwrap_err();
        assert!(why.ends_with(reason), "{template}: {why}");
    }
}

/// What real notifications may need stays far below.
#[test]
fn long_templates_are_rendered() {
    let (contexts, _) = rows();
    let context = &contexts["order"];
    let rows =
        "{% set rows = ['a', 'b'] * 5000 %}{% for row in rows %}{{ loop.index }}: {{ row | upper }}\n{% endfor %}";
    assert_eq!(body(context, rows).unwrap().lines().count(), 10_000);
    let nested = ["{% set a = [1] %}", &"{% set a = [a] %}".repeat(900), "{{ a }}"].concat();
    assert_eq!(body(context, &nested).unwrap().len(), 2 * 901 + 1);
    let flat = ["{{ [", &"event.payload.total, ".repeat(400), "(1)] | length }}"].concat();
    assert_eq!(body(context, &flat).unwrap(), "401");
    let conditions = "{% if 0 %}{% elif event.id %}x{% endif %}".repeat(400);
    assert_eq!(body(context, &conditions).unwrap(), "x".repeat(400));
    let large = "{{ (('x' * 1000) ~ event) | length > 1000 }}{{ (event | tojson) == (event | tojson) }}";
    assert_eq!(body(context, &large.repeat(100)).unwrap(), "TrueTrue".repeat(100));
    let kept = "{% set ns = namespace(n=0, l=[]) %}{% for x in range(100) %}{% set ns.n = ns.n + x %}{% set ns.l = ns.l + [x] %}{% endfor %}{{ ns.n }} {{ ns.l | length }}";
    assert_eq!(body(context, kept).unwrap(), "4950 100");
}

/// Parameters of any depth keep the others' results, and long paths of many values are not copied without end.
#[test]
fn parameters_are_rendered_at_any_depth() {
    let (contexts, _) = rows();
    let render = |parameters: Json| {
        let action = json!({"type": "run-deployment", "deployment_id": ID, "parameters": parameters});
        act(&contexts["order"], &action)
    };
    let mut deep = json!("{{ event.payload.total }}");
    for _ in 0..300 {
        deep = json!([deep]);
    }
    let done = render(json!({"deep": deep}));
    assert!(serde_json::to_string(&done).unwrap().contains(&"[".repeat(300)), "{:?}", done.unknown);
    let done = render(json!({"k".repeat(100_000): vec!["{{ 1 }}"; 10_000]}));
    assert!(done.unknown.unwrap().contains("the paths of the parameters are too long"));
}
