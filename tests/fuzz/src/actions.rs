//! Actions are rendered, or fail with a reason, the same each time; what is no template stays as it is. The texts are what
//! to render (the body of a notification, the parameters of a deployment or a whole automation), the event, and the
//! objects that only the server knows.

use prefect_events::action::{ActionOptions, FiredEvent, FiringContext, RenderedAction, render};
use prefect_events::json::{Kind, Tape, Value, parse};
use prefect_events::render::render_actions;
use prefect_events::time::Instant;
use serde_json::{Value as Json, json};

use super::input::{choice, has, texts};

const ID: &str = "11111111-1111-4111-8111-111111111111";

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    let text = |at: usize| texts.get(at).copied().unwrap_or_default();
    let Some(automation) = automation(choice, text(0)) else { return };
    let (mut one, mut other, mut third) = (Tape::new(), Tape::new(), Tape::new());
    if !is_read(&mut one, &automation) {
        return;
    }
    let is_known = [is_read(&mut other, text(1)), is_read(&mut third, text(2))];
    let (one, other, third) = (one.document(&automation), other.document(text(1)), third.document(text(2)));
    let root = one.root().expect("a value");
    let object =
        |is_known: bool, root: Option<_>| root.filter(|root: &Value<'_>| is_known && root.kind() == Kind::Object);
    let (event, given) = (object(is_known[0], other.root()), object(is_known[1], third.root()));
    let fired = fired(choice, event);
    let options = ActionOptions { ui_url: has(choice, 5).then(|| "https://prefect.example/ui/".to_owned()) };
    let rendered = render(root, &fired, given, &options);
    assert_eq!(rendered, render(root, &fired, given, &options));
    let listed = ["actions", "actions_on_trigger"].map(|name| root.get(name).map_or(0, |list| list.items().count()));
    assert_eq!(rendered.len(), listed[0] + listed[1]);
    rendered.iter().for_each(assert_rendered);
    assert!(serde_json::to_string(&rendered).is_ok());
    let shown = render_actions(&rendered, false);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    // A text without a template is sent as it is.
    if let (0, Ok(body)) = (choice % 3, std::str::from_utf8(text(0)))
        && !body.contains("{{")
        && !body.contains("{%")
    {
        let sent = rendered[0].texts.iter().find(|sent| sent.field == "body").expect("a body");
        assert_eq!(sent.text.as_deref(), Some(body));
    }
}

/// The document of an automation with what is to be rendered.
fn automation(choice: u8, text: &[u8]) -> Option<Vec<u8>> {
    let action = match choice % 3 {
        0 => json!({"type": "send-notification", "block_document_id": ID, "body": std::str::from_utf8(text).ok()?}),
        1 => {
            let parameters: Json = serde_json::from_slice(text).ok()?;
            json!({"type": "run-deployment", "source": "selected", "deployment_id": ID, "parameters": parameters})
        }
        _ => return Some(text.to_vec()),
    };
    let trigger = json!({"type": "event", "posture": "Reactive", "expect": ["prefect.flow-run.*"], "threshold": 2});
    let trigger = json!({"type": "compound", "require": 1, "triggers": [trigger]});
    let all = json!({"id": ID, "name": "Late", "tags": ["a"], "trigger": trigger, "actions": [action]});
    Some(all.to_string().into_bytes())
}

fn is_read(tape: &mut Tape, text: &[u8]) -> bool {
    let mut issues = Vec::new();
    parse(text, 0, tape, &mut issues).complete && issues.is_empty()
}

fn fired(choice: u8, event: Option<Value<'_>>) -> FiringContext<'_> {
    let at = Instant(1_772_366_400_000_000);
    let event = if has(choice, 6) {
        let id = event.and_then(|event| event.get("id")?.string().parse().ok()).unwrap_or_default();
        Some(FiredEvent::Reference(id, "prefect.flow-run.Failed".to_owned(), at))
    } else {
        event.map(FiredEvent::Whole)
    };
    let labels = vec![("prefect.resource.id".to_owned(), format!("prefect.flow-run.{ID}"))];
    let own = FiringContext { id: None, path: "$.0".to_owned(), at, labels, event, children: Vec::new() };
    if has(choice, 7) {
        FiringContext { path: "$".to_owned(), children: vec![own.clone(), own.clone()], ..own }
    } else {
        own
    }
}

fn assert_rendered(rendered: &RenderedAction) {
    assert!(!rendered.summary.is_empty(), "{rendered:?}");
    let is_known = rendered.failure.is_none() && rendered.unknown.is_none();
    assert!(!is_known || rendered.texts.iter().all(|sent| sent.text.is_some()), "{rendered:?}");
    if let Some(failure) = &rendered.failure {
        assert!(!failure.reason.is_empty());
    }
    let values = rendered.from_templates.iter().filter_map(|parameter| parameter.value.as_ref());
    for text in values.chain(&rendered.parameters).chain(&rendered.job_variables) {
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "{text}");
    }
    let nothing = rendered.texts.iter().flat_map(|sent| &sent.nothing);
    for found in nothing.chain(rendered.from_templates.iter().flat_map(|parameter| &parameter.nothing)) {
        assert!(found.line > 0 && !found.reason.is_empty(), "{found:?}");
    }
}
