//! Renders the actions of a firing.

use minijinja::Value;
use serde::{Deserialize, Deserializer};

use crate::event::{RESOURCE_ID, RESOURCE_NAME};
use crate::json::{Kind, Value as Json};
use crate::text::strict::strict;

use super::context::{FiringContext, Situation};
use super::objects::{self, FROM_EVENTS, GIVEN};
use super::parameters::{self, Parameters, Problem, RenderedTemplate};
use super::python::json::{COMPACT, dict_of, dumps, value_of};
use super::python::show::{placeholder, str_of};
use super::python::value::{Dict, Py, Seen, list, look, own, sequence, unknown};
use super::result::{
    ActionFailure, ActionList, ActionTarget, ActionText, JsonType, NewState, RenderedAction, RenderedParameter,
    RendersToNothing, Use, ValueSource,
};
use super::run::{Failure, Fuel, Nothing, Rendering, render as render_template};

/// How [`render`] renders.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct ActionOptions {
    /// The address of Prefect's interface, for links. Default: `http://127.0.0.1:4200`.
    pub ui_url: Option<String>,
}

impl<'de> Deserialize<'de> for ActionOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The most fields of objects that are listed for an action.
const MOST_USES: usize = 1000;

const FLOW_RUN: &str = "prefect.flow-run";

/// Renders the actions of an automation for a firing, in the order in which the server runs them.
///
/// `automation`: its document, as the API has it. `given`: an object of what only the server knows: by variable
/// (`flow_run`, `deployment`, `flow`, `task_run`, `work_pool`, `work_queue`, `concurrency_limit`, `variables`), or by
/// resource (`prefect.flow-run.…`), each in the form of the API. Null: it does not exist.
///
/// ```
/// use prefect_events::action::{ActionOptions, FiringContext, FiredEvent, render};
/// use prefect_events::json::{Tape, parse};
/// use prefect_events::time::Instant;
///
/// let automation = br#"{"name": "Late orders", "trigger": {"posture": "Reactive", "expect": ["acme.order.late"]},
///   "actions": [{"type": "send-notification", "block_document_id": "11111111-1111-4111-8111-111111111111",
///                "subject": "{{ automation.name }}", "body": "{{ event.payload.total * 2 }} EUR"}]}"#;
/// let event = br#"{"id": "01a21ac2-272c-7a09-bb2f-97e380153a88", "occurred": "2026-03-01T12:00:00Z",
///   "event": "acme.order.late", "resource": {"prefect.resource.id": "acme.order.7"}, "payload": {"total": 12}}"#;
/// let (mut one, mut other, mut issues) = (Tape::new(), Tape::new(), Vec::new());
/// parse(automation, 0, &mut one, &mut issues);
/// parse(event, 0, &mut other, &mut issues);
/// let (one, other) = (one.document(automation), other.document(event));
/// let fired = FiringContext {
///     id: None,
///     path: "$".to_owned(),
///     at: Instant(1_772_366_400_000_000),
///     labels: Vec::new(),
///     event: other.root().map(FiredEvent::Whole),
///     children: Vec::new(),
/// };
/// let rendered = render(one.root().unwrap(), &fired, None, &ActionOptions::default());
/// assert_eq!(rendered[0].texts[0].text.as_deref(), Some("Late orders"));
/// assert_eq!(rendered[0].texts[1].text.as_deref(), Some("24 EUR"));
/// ```
#[must_use]
pub fn render(
    automation: Json<'_>,
    fired: &FiringContext<'_>,
    given: Option<Json<'_>>,
    options: &ActionOptions,
) -> Vec<RenderedAction> {
    render_with(automation, fired, &Given::of(given), options, &Fuel::default())
}

/// What only the server knows, as Python's values: converted once for all firings.
pub(crate) struct Given(Dict);

impl Given {
    pub(crate) fn of(given: Option<Json<'_>>) -> Given {
        Given(given.filter(|given| given.kind() == Kind::Object).map(dict_of).unwrap_or_default())
    }
}

/// As [`render`], with the fuel that is left.
pub(crate) fn render_with(
    automation: Json<'_>,
    fired: &FiringContext<'_>,
    given: &Given,
    options: &ActionOptions,
    fuel: &Fuel,
) -> Vec<RenderedAction> {
    let lists = [ActionList::Actions, ActionList::ActionsOnTrigger].map(|list| (list, automation.get(list.name())));
    if lists.iter().all(|(_, list)| list.is_none_or(|list| list.items().next().is_none())) {
        return Vec::new();
    }
    let situation = Situation::new(automation, fired, &given.0, options.ui_url.as_deref(), fuel);
    let mut all = Vec::new();
    for (name, list) in lists {
        for (index, action) in list.into_iter().flat_map(Json::items).enumerate() {
            let kind = action.get("type").map(|kind| kind.string().into_owned()).unwrap_or_default();
            let rendered = RenderedAction { list: name, index, kind, ..RenderedAction::default() };
            all.push(one(rendered, action, &situation));
        }
    }
    all
}

fn one(mut rendered: RenderedAction, action: Json<'_>, situation: &Situation<'_>) -> RenderedAction {
    match &*rendered.kind.clone() {
        "send-notification" => {
            let subject = text_of(action, "subject").unwrap_or_else(|| "Prefect automated notification".to_owned());
            let body = text_of(action, "body").unwrap_or_default();
            texts(&mut rendered, &[("subject", subject), ("body", body)], situation);
            rendered.target = block(action);
            "sends a notification".clone_into(&mut rendered.summary);
        }
        "call-webhook" => {
            let payload = match action.get("payload") {
                Some(value) if value.kind() != Kind::Null => objects::payload(value),
                _ => String::new(),
            };
            texts(&mut rendered, &[("payload", payload)], situation);
            rendered.target = block(action);
            "calls a webhook".clone_into(&mut rendered.summary);
        }
        "run-deployment" => run_deployment(&mut rendered, action, situation),
        "do-nothing" => "does nothing".clone_into(&mut rendered.summary),
        kind @ ("cancel-flow-run" | "suspend-flow-run" | "change-flow-run-state") => {
            set_state(&mut rendered, kind, action, situation);
        }
        kind @ ("resume-flow-run" | "delete-flow-run") => {
            let verb = kind.split('-').next().unwrap_or_default();
            if on_flow_run(&mut rendered, situation) {
                rendered.summary = summary(&format!("{verb}s"), &rendered);
            }
        }
        kind => match kind.split_once('-') {
            Some((
                verb @ ("pause" | "resume"),
                object @ ("deployment" | "work-pool" | "work-queue" | "automation"),
            )) => {
                let found = select(&mut rendered, action, object, situation);
                if found {
                    rendered.summary = summary(&format!("{verb}s"), &rendered);
                }
            }
            _ => {
                "is not an action of the server".clone_into(&mut rendered.summary);
                rendered.unknown = Some("this type of action is not one of the open-source server".to_owned());
            }
        },
    }
    rendered
}

fn text_of(action: Json<'_>, field: &str) -> Option<String> {
    action.get(field).filter(|value| value.kind() != Kind::Null).map(|value| match value.kind() {
        Kind::String | Kind::Date => value.string().into_owned(),
        _ => str_of(&value_of(value)),
    })
}

fn block(action: Json<'_>) -> Option<ActionTarget> {
    let id = text_of(action, "block_document_id")?;
    Some(ActionTarget { kind: "prefect.block-document".to_owned(), id, name: None, inferred: false })
}

fn fail(rendered: &mut RenderedAction, reason: impl Into<String>, detail: Option<String>) {
    let reason = reason.into();
    rendered.summary = ["fails: ", &reason].concat();
    rendered.failure = Some(ActionFailure { reason, detail });
}

fn nothing_of(all: &[Nothing]) -> Vec<RendersToNothing> {
    let one = |found: &Nothing| RendersToNothing {
        expression: found.written.clone(),
        line: found.line,
        reason: found.message.clone(),
        near: found.near.clone(),
    };
    all.iter().map(one).collect()
}

fn note_uses(rendered: &mut RenderedAction, uses: &[(String, &'static str)]) {
    for (name, source) in uses {
        let source = match *source {
            FROM_EVENTS => ValueSource::FromEvents,
            GIVEN => ValueSource::Given,
            _ => ValueSource::Unknown,
        };
        let one = Use { name: name.clone(), source };
        if rendered.uses.len() < MOST_USES && !rendered.uses.contains(&one) {
            rendered.uses.push(one);
        }
    }
}

/// Texts that the server renders together: the first that fails decides.
fn texts(rendered: &mut RenderedAction, fields: &[(&'static str, String)], situation: &Situation<'_>) {
    let mut failure = None;
    let mut unknown = None;
    for (field, template) in fields {
        let Rendering { result, nothing, uses } = render_template(template, &situation.context, true);
        note_uses(rendered, &uses);
        let text = match result {
            Ok(text) => Some(text),
            Err(Failure::Raised(raised)) => {
                let repr = raised.repr();
                failure.get_or_insert((
                    ["Template rendering failed: ", &repr].concat(),
                    ["Failed to render template due to the following error: ", &repr].concat(),
                ));
                None
            }
            Err(Failure::Invalid(problem)) => {
                let said = format!("the server rejects this automation: `{field}` is not a valid template: {problem}");
                failure.get_or_insert((said, String::new()));
                None
            }
            Err(Failure::NotHere(problem)) => {
                unknown.get_or_insert(format!("`{field}` is not rendered here: {problem}"));
                None
            }
        };
        rendered.texts.push(ActionText { field, text, nothing: nothing_of(&nothing) });
    }
    rendered.unknown = unknown;
    if let Some((reason, detail)) = failure {
        fail(rendered, reason, Some(detail).filter(|detail| !detail.is_empty()));
    }
}

/// `FlowRunAction.flow_run`: by the labels first, because Proactive triggers can have no event.
fn on_flow_run(rendered: &mut RenderedAction, situation: &Situation<'_>) -> bool {
    let labelled = situation.labels.iter().find(|(name, _)| name == RESOURCE_ID);
    let of_labels = labelled.and_then(|(_, id)| objects::id_in(id, FLOW_RUN));
    let id = of_labels.or_else(|| objects::id_of_kind(situation.event.as_ref()?, FLOW_RUN));
    match id {
        Some(id) => {
            rendered.target = Some(named(FLOW_RUN, &id, true, situation));
            true
        }
        None => {
            fail(rendered, "No flow run could be inferred", None);
            false
        }
    }
}

/// A target with its name, as far as it is known.
fn named(kind: &str, id: &str, inferred: bool, situation: &Situation<'_>) -> ActionTarget {
    let resource = [kind, ".", id].concat();
    let variable = kind.strip_prefix("prefect.").unwrap_or_default().replace('-', "_");
    let of_event = situation.event.as_ref().and_then(|event| {
        let is_it = |found: &Value| objects::label(found, RESOURCE_ID).as_deref() == Some(&*resource);
        let found = objects::resources(event).into_iter().find(is_it)?;
        objects::label(&found, RESOURCE_NAME)
    });
    let of_given = || situation.given_object(&variable, &resource)?.get("name").map(str_of);
    ActionTarget { kind: kind.to_owned(), id: id.to_owned(), name: of_event.or_else(of_given), inferred }
}

/// What an action on a deployment, work pool, work queue or automation acts on.
fn select(rendered: &mut RenderedAction, action: Json<'_>, object: &str, situation: &Situation<'_>) -> bool {
    let kind = ["prefect.", object].concat();
    let field = [&*object.replace('-', "_"), "_id"].concat();
    if !action.get("source").is_some_and(|source| source.is("inferred")) {
        let id = text_of(action, &field).unwrap_or_default();
        rendered.target = Some(named(&kind, &id, false, situation));
        return true;
    }
    let words = object.replace('-', " ");
    let Some(event) = &situation.event else {
        fail(rendered, format!("No event to infer the {words}"), None);
        return false;
    };
    match objects::id_of_kind(event, &kind) {
        Some(id) => {
            rendered.target = Some(named(&kind, &id, true, situation));
            true
        }
        None => {
            fail(rendered, format!("No {words} could be inferred"), None);
            false
        }
    }
}

/// `pauses the deployment etl`
pub(super) fn summary(verb: &str, rendered: &RenderedAction) -> String {
    let Some(target) = &rendered.target else { return verb.to_owned() };
    let words = target.kind.strip_prefix("prefect.").unwrap_or(&target.kind).replace('-', " ");
    let name = target.name.as_deref().unwrap_or(&target.id);
    format!("{verb} the {words} {name}")
}

/// `FlowRunStateChangeAction`
fn set_state(rendered: &mut RenderedAction, kind: &str, action: Json<'_>, situation: &Situation<'_>) {
    if !on_flow_run(rendered, situation) {
        return;
    }
    let by = |verb: &str| [verb, " by Automation ", &situation.automation_id].concat();
    let text = |field: &str| text_of(action, field).filter(|text| !text.is_empty());
    let state = match kind {
        "cancel-flow-run" => ("CANCELLING".to_owned(), "Cancelling".to_owned(), by("Cancelled")),
        "suspend-flow-run" => ("PAUSED".to_owned(), "Suspended".to_owned(), by("Suspended")),
        _ => {
            let kind = text("state").unwrap_or_default();
            let lower = kind.to_ascii_lowercase();
            let mut letters = lower.chars();
            let default = letters.next().map(|first| [&first.to_uppercase().to_string(), letters.as_str()].concat());
            let name = text("name").or(default).unwrap_or_default();
            (kind, name, text("message").unwrap_or_else(|| by("State changed")))
        }
    };
    let force = action.get("force").is_some_and(|force| force.kind() == Kind::True);
    let (kind, name, message) = state;
    let verb = match rendered.kind.as_str() {
        "cancel-flow-run" => "cancels".to_owned(),
        "suspend-flow-run" => "suspends".to_owned(),
        _ => format!("sets the state {name} of"),
    };
    rendered.summary = summary(&verb, rendered);
    rendered.state = Some(NewState { kind, name, message, force });
}

fn run_deployment(rendered: &mut RenderedAction, action: Json<'_>, situation: &Situation<'_>) {
    if !select(rendered, action, "deployment", situation) {
        return;
    }
    rendered.summary = summary("runs", rendered);
    let object = |field: &str| action.get(field).filter(|value| value.kind() == Kind::Object).map(value_of);
    rendered.job_variables = object("job_variables").and_then(|variables| dumps(&variables, COMPACT).ok());
    let given = object("parameters").unwrap_or_else(|| own(Py::Dict(Dict::default())));
    let variables = match situation.given.get("variables").map(look) {
        Some(Seen::Py(Py::Dict(dict))) => Some(dict),
        _ => None,
    };
    let Parameters { result, templates, variables } = parameters::hydrate(&given, variables, &situation.context);
    for template in &templates {
        note_uses(rendered, &template.rendering.uses);
    }
    for (name, known) in variables {
        note_uses(rendered, &[(["variables.", &name].concat(), if known { GIVEN } else { "unknown" })]);
    }
    let problem = result.as_ref().err().cloned();
    let value = result.ok();
    rendered.from_templates =
        templates.iter().map(|template| parameter(template, value.as_ref(), problem.as_ref())).collect();
    match (&value, problem) {
        (Some(value), _) => rendered.parameters = dumps(&shown(value), COMPACT).ok(),
        (None, Some(problem)) if problem.not_here => {
            let what = if problem.pointer.is_empty() { "`parameters`" } else { &*problem.pointer };
            rendered.unknown = Some(format!("{what} is not rendered here: {}", problem.message));
        }
        (None, Some(problem)) => {
            // The server only prints the class of most errors.
            let repr = if problem.class.ends_with("Error") {
                super::python::error::Raised::new(problem.class, problem.message.clone()).repr()
            } else {
                [problem.class, "()"].concat()
            };
            let reason = ["Unable to create flow run from deployment: ", &repr].concat();
            let place = if problem.pointer.is_empty() { String::new() } else { [&problem.pointer, ": "].concat() };
            fail(rendered, reason, Some([&place, &*problem.message].concat()));
        }
        (None, None) => {}
    }
}

/// Values that only the server knows, by their names.
fn shown(value: &Value) -> Value {
    if let Some(path) = unknown(value) {
        return Value::from(placeholder(path));
    }
    match look(value) {
        Seen::Py(Py::Dict(dict)) => {
            let mut inner = Dict::default();
            for (key, value) in dict.iter() {
                inner.insert(key.clone(), shown(value));
            }
            own(Py::Dict(inner))
        }
        Seen::List => list(sequence(value).unwrap_or_default().iter().map(shown).collect()),
        _ => value.clone(),
    }
}

/// The value at a JSON Pointer. Removed items of lists shift those after them.
fn at_pointer(value: &Value, pointer: &str) -> Option<Value> {
    let mut found = value.clone();
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        found = match look(&found) {
            Seen::Py(Py::Dict(dict)) => dict.get(&part)?.clone(),
            Seen::List => sequence(&found)?.get(part.parse::<usize>().ok()?)?.clone(),
            _ => return None,
        };
    }
    Some(found)
}

fn parameter(template: &RenderedTemplate, value: Option<&Value>, problem: Option<&Problem>) -> RenderedParameter {
    let found = value.and_then(|value| at_pointer(value, &template.pointer)).or_else(|| template.value.clone());
    let kind = found.as_ref().filter(|found| unknown(found).is_none()).map(|found| match look(found) {
        Seen::None => JsonType::Null,
        Seen::Bool(_) => JsonType::Boolean,
        Seen::Int(_) | Seen::Float(_) => JsonType::Number,
        Seen::List | Seen::Tuple => JsonType::Array,
        Seen::Py(Py::Dict(_)) => JsonType::Object,
        _ => JsonType::String,
    });
    let failed = problem.is_some_and(|problem| problem.pointer == template.pointer && !problem.not_here);
    RenderedParameter {
        pointer: template.pointer.clone(),
        template: template.written.clone(),
        value: found.as_ref().and_then(|found| dumps(&shown(found), COMPACT).ok()),
        kind,
        nothing: nothing_of(&template.rendering.nothing),
        hint: if failed {
            hint_of_failure(template)
        } else {
            found.as_ref().and_then(|found| hint_of_text(template, found))
        },
    }
}

/// Why a single expression fails that would print something.
fn hint_of_failure(template: &RenderedTemplate) -> Option<String> {
    if !template.is_single {
        return None;
    }
    let inner = template.written.trim_start_matches("{{").trim_end_matches("}}").trim();
    let is_path = inner.chars().all(|c| c.is_alphanumeric() || "._[]'\"-".contains(c));
    match &template.rendering.result {
        Err(Failure::Raised(raised)) if raised.message.contains("is not JSON serializable") => {
            Some(if raised.message.contains("Undefined") {
                "it is undefined; write `| default(none)` if that is intended".to_owned()
            } else {
                format!("write `{{{{ {inner} | string }}}}`")
            })
        }
        _ if is_path => None,
        _ => Some(format!(
            "the server appends `| tojson`, which only applies to the last operand: write `{{{{ ({inner}) }}}}`"
        )),
    }
}

/// A string that was probably meant as something else.
fn hint_of_text(template: &RenderedTemplate, found: &Value) -> Option<String> {
    let text = found.as_str()?;
    let what = match text.trim() {
        "" if !template.rendering.nothing.is_empty() => return None,
        "True" | "False" | "true" | "false" => "a boolean",
        "None" | "null" => "null",
        number if number.parse::<f64>().is_ok_and(f64::is_finite) => "a number",
        list if list.starts_with(['[', '{']) && list.ends_with([']', '}']) => "a list or an object",
        _ => return None,
    };
    Some(if template.is_single {
        format!(
            "this is a string, because the value itself is one; write `| int`, `| float` or the like if {what} is meant"
        )
    } else {
        format!("this is a string, not {what}: only a parameter that is a single expression keeps its type")
    })
}
