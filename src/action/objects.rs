//! The server's objects as templates see them: pydantic models with typed fields, built from JSON.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::automation::fields::{ACTIONS, FieldKind, SELECTED};
use crate::automation::{Trigger, known_fields, read};
use crate::event::{RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE};
use crate::json::{Kind, Value as Json};
use crate::text::table::Map;
use crate::text::uuid::read_uuid;

use super::python::json::{COMPACT, Layout, dict_of, dumps, value_of};
use super::python::show::str_of;
use super::python::time;
use super::python::urls::ui_url;
use super::python::value::{Delta, Dict, Model, Py, Seen, list, look, none, own, sequence};

/// The objects that the server looks up by the resources of the triggering event: their variable, the kind of resource,
/// and their class.
pub(super) const OBJECTS: [(&str, &str, &str); 7] = [
    ("deployment", "prefect.deployment", "prefect.server.schemas.responses.DeploymentResponse"),
    ("flow", "prefect.flow", "prefect.server.schemas.core.Flow"),
    ("flow_run", "prefect.flow-run", "prefect.server.schemas.responses.FlowRunResponse"),
    ("task_run", "prefect.task-run", "prefect.server.schemas.core.TaskRun"),
    ("work_pool", "prefect.work-pool", "prefect.server.schemas.core.WorkPool"),
    ("work_queue", "prefect.work-queue", "prefect.server.schemas.responses.WorkQueueWithStatus"),
    ("concurrency_limit", "prefect.concurrency-limit", "prefect.server.schemas.core.ConcurrencyLimitV2"),
];

pub(super) const FROM_EVENTS: &str = "fromEvents";
pub(super) const GIVEN: &str = "given";

fn plain(class: &'static str, fields: Dict) -> Model {
    Model { class, fields, also: Dict::default(), methods: &[], object: None, known: &[], sources: BTreeMap::new() }
}

fn uuid(text: &str) -> Value {
    match read_uuid(text.as_bytes()) {
        Some(id) => own(Py::Uuid(id.to_string())),
        None => Value::from(text),
    }
}

pub(super) fn time_of(micros: i64) -> Value {
    own(Py::Time(micros))
}

fn enumeration(class: &'static str, value: &str) -> Value {
    own(Py::Enum(class, value.to_owned(), value.to_owned()))
}

/// A field of an object of the API, with its type in Python.
fn typed(object: &str, key: &str, value: &Value) -> Value {
    let text = value.as_str();
    match (object, key, text) {
        ("flow_run" | "task_run", "state_type", Some(text)) | ("state", "type", Some(text)) => {
            enumeration("StateType", text)
        }
        ("deployment", "status", Some(text)) => enumeration("DeploymentStatus", text),
        ("work_pool", "status", Some(text)) => enumeration("WorkPoolStatus", text),
        ("work_queue", "status", Some(text)) => enumeration("WorkQueueStatus", text),
        ("flow_run" | "task_run", "state", _) => match look(value) {
            Seen::Py(Py::Dict(dict)) => state(dict),
            _ => value.clone(),
        },
        (_, "id", Some(text)) => uuid(text),
        (_, key, Some(text)) if key.ends_with("_id") => uuid(text),
        (_, "created" | "updated" | "timestamp" | "last_polled" | "cache_expiration", Some(text)) => time::read(text),
        (_, key, Some(text)) if key.ends_with("_time") => time::read(text),
        (_, "total_run_time" | "estimated_run_time" | "estimated_start_time_delta", _) => {
            super::python::operator::float(value).map_or_else(|| value.clone(), time::duration)
        }
        ("work_queue", "health_check_policy", _) | ("flow_run" | "task_run", "empirical_policy", _) => {
            match look(value) {
                Seen::Py(Py::Dict(dict)) => {
                    let class = match object {
                        "work_queue" => "prefect.server.schemas.core.WorkQueueHealthPolicy",
                        "flow_run" => "prefect.server.schemas.core.FlowRunPolicy",
                        _ => "prefect.server.schemas.core.TaskRunPolicy",
                    };
                    let mut fields = dict.clone();
                    if let Some(keys) = dict.get("pause_keys").and_then(sequence) {
                        fields.set("pause_keys", own(Py::Set(keys.to_vec())));
                    }
                    own(Py::Model(plain(class, fields)))
                }
                _ => value.clone(),
            }
        }
        _ => value.clone(),
    }
}

/// A state, of which the API gives `timestamp`, `type`, `name` and `message`.
fn state(fields: &Dict) -> Value {
    let mut typed_fields = Dict::default();
    for (key, value) in fields.iter() {
        let key = key.as_str().unwrap_or_default();
        typed_fields.set(key, typed("state", key, value));
    }
    own(Py::Model(plain("prefect.server.schemas.states.State", typed_fields)))
}

fn labels_of(resource: &Value) -> Option<&Dict> {
    match look(resource) {
        Seen::Py(Py::Root(_, labels)) => Some(labels),
        _ => None,
    }
}

/// A label of a resource.
pub(super) fn label(resource: &Value, name: &str) -> Option<String> {
    labels_of(resource)?.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The resources of an event, the primary one first.
pub(super) fn resources(event: &Model) -> Vec<Value> {
    let mut all: Vec<Value> = event.fields.get("resource").cloned().into_iter().collect();
    all.extend(event.fields.get("related").and_then(sequence).unwrap_or_default().iter().cloned());
    all
}

/// `_first_resource_of_kind`
pub(super) fn first_of_kind(event: &Model, kind: &str) -> Option<Value> {
    resources(event).into_iter().find(|resource| {
        label(resource, RESOURCE_ID).is_some_and(|id| id.rsplit_once('.').is_some_and(|(own, _)| own == kind))
    })
}

/// `_id_of_first_resource_of_kind`
pub(super) fn id_of_kind(event: &Model, kind: &str) -> Option<String> {
    id_in(&label(&first_of_kind(event, kind)?, RESOURCE_ID)?, kind)
}

/// `_id_from_resource_id`
pub(super) fn id_in(resource: &str, kind: &str) -> Option<String> {
    let (own, id) = resource.rsplit_once('.')?;
    (own == kind).then(|| read_uuid(id.as_bytes()).map(|id| id.to_string()))?
}

/// An object of the server: what the user gave, otherwise what the event says of it. `None` in Python if the event does
/// not name one, or if the user says that it does not exist.
pub(super) fn object(
    (variable, kind, class): (&'static str, &'static str, &'static str),
    event: &Model,
    given: &Dict,
) -> Value {
    let Some(resource) = first_of_kind(event, kind) else { return none() };
    let resource_id = label(&resource, RESOURCE_ID).unwrap_or_default();
    if id_in(&resource_id, kind).is_none() {
        return none();
    }
    let (mut fields, mut sources) = (Dict::default(), BTreeMap::new());
    let own_fields = given.get(&resource_id).or_else(|| given.get(variable));
    let complete = match own_fields.map(look) {
        Some(Seen::None) => return none(),
        Some(Seen::Py(Py::Dict(dict))) => {
            for (key, value) in dict.iter() {
                let key = key.as_str().unwrap_or_default();
                fields.set(key, typed(variable, key, value));
                sources.insert(key.to_owned(), GIVEN);
            }
            true
        }
        _ => false,
    };
    for (key, value) in said(variable, event, &resource) {
        // The state in the event wins: the run may have gone on since.
        if fields.get(key).is_none() || key == "state" {
            fields.set(key, value);
            sources.insert(key.to_owned(), FROM_EVENTS);
        }
    }
    let known = known_fields(variable);
    let partial = !complete || known.iter().any(|name| fields.get(name).is_none());
    own(Py::Model(Model {
        object: Some(variable),
        known: if partial { known } else { &[] },
        sources,
        ..plain(class, fields)
    }))
}

/// What an event says of an object.
fn said(variable: &str, event: &Model, resource: &Value) -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    let own_label = |name: &str| label(resource, name);
    if let Some((_, id)) = own_label(RESOURCE_ID).as_deref().and_then(|id| id.rsplit_once('.')) {
        found.push(("id", uuid(id)));
    }
    if let Some(name) = own_label(RESOURCE_NAME) {
        found.push(("name", Value::from(name)));
    }
    let of_kind = |kind: &str| first_of_kind(event, kind);
    let id_field = |kind: &str| id_of_kind(event, kind).map(|id| own(Py::Uuid(id)));
    let name_of = |kind: &str| of_kind(kind).and_then(|found| label(&found, RESOURCE_NAME)).map(Value::from);
    if matches!(variable, "flow_run" | "task_run") {
        let parts = ["message", "name", "timestamp", "type"];
        let labels: Vec<Option<String>> =
            parts.iter().map(|part| own_label(&["prefect.state-", part].concat())).collect();
        if let [Some(message), Some(name), Some(timestamp), Some(kind)] = labels.as_slice() {
            let mut fields = Dict::default();
            fields.set("type", enumeration("StateType", kind));
            fields.set("name", &**name);
            fields.set("timestamp", time::read(timestamp));
            fields.set("message", &**message);
            found.push(("state", own(Py::Model(plain("prefect.server.schemas.states.State", fields)))));
            found.push(("state_type", enumeration("StateType", kind)));
            found.push(("state_name", Value::from(&**name)));
        }
        if let Some(count) = own_label("prefect.run-count").and_then(|count| count.parse::<i64>().ok()) {
            found.push(("run_count", Value::from(count)));
        }
    }
    match variable {
        "flow_run" => {
            found.extend(id_field("prefect.flow").map(|id| ("flow_id", id)));
            found.extend(id_field("prefect.deployment").map(|id| ("deployment_id", id)));
            found.extend(id_field("prefect.work-queue").map(|id| ("work_queue_id", id)));
            found.extend(id_field("prefect.work-pool").map(|id| ("work_pool_id", id)));
            found.extend(name_of("prefect.work-queue").map(|name| ("work_queue_name", name)));
            found.extend(name_of("prefect.work-pool").map(|name| ("work_pool_name", name)));
            let tags: Vec<Value> = resources(event)
                .iter()
                .filter_map(|resource| label(resource, RESOURCE_ID))
                .filter_map(|id| id.strip_prefix("prefect.tag.").map(Value::from))
                .collect();
            if !tags.is_empty() {
                found.push(("tags", list(tags)));
            }
        }
        "task_run" => {
            found.extend(id_field("prefect.flow-run").map(|id| ("flow_run_id", id)));
            let payload = event.fields.get("payload").map(look);
            if let Some(Seen::Py(Py::Dict(payload))) = payload
                && let Some(Seen::Py(Py::Dict(run))) = payload.get("task_run").map(look)
            {
                for name in known_fields("task_run") {
                    if let Some(value) = run.get(name).filter(|_| !found.iter().any(|(key, _)| key == name)) {
                        found.push((name, typed("task_run", name, value)));
                    }
                }
            }
        }
        "deployment" => found.extend(id_field("prefect.flow").map(|id| ("flow_id", id))),
        "work_pool" => {
            found.extend(own_label("prefect.work-pool.type").map(|kind| ("type", Value::from(kind))));
        }
        "work_queue" => found.extend(name_of("prefect.work-pool").map(|name| ("work_pool_name", name))),
        _ => {}
    }
    found
}

fn root(class: &'static str, json: Option<Json<'_>>) -> Value {
    own(Py::Root(class, json.map(dict_of).unwrap_or_default()))
}

/// An event, as the events API returns it.
pub(super) fn event(json: Json<'_>, base: &str) -> Model {
    let text = |key: &str| json.get(key).filter(|value| value.is_string()).map(|value| value.string().into_owned());
    let at = |key: &str| text(key).map(|text| time::read(&text));
    let id = |key: &str| text(key).map(|text| uuid(&text));
    let mut fields = Dict::default();
    fields.set("occurred", at("occurred").unwrap_or_else(none));
    fields.set("event", text("event").map_or_else(none, Value::from));
    fields.set("resource", root("Resource", json.get("resource")));
    let related = json.get("related").into_iter().flat_map(Json::items);
    fields.set("related", list(related.map(|one| root("RelatedResource", Some(one))).collect()));
    fields.set("payload", own(Py::Dict(json.get("payload").map(dict_of).unwrap_or_default())));
    fields.set("id", id("id").unwrap_or_else(none));
    fields.set("follows", id("follows").unwrap_or_else(none));
    fields.set("received", at("received").or_else(|| at("occurred")).unwrap_or_else(none));
    let mut model = Model {
        methods: &["find_resource_label"],
        ..plain("prefect.server.events.schemas.events.ReceivedEvent", fields)
    };
    let (mut first, mut all) = (Dict::default(), Dict::default());
    let mut members: Map<String, Vec<Value>> = Map::default();
    for related in model.fields.get("related").and_then(sequence).unwrap_or_default() {
        if let Some(role) = label(related, RESOURCE_ROLE) {
            members.or_default(role).push(related.clone());
        }
    }
    for (role, members) in members.into_entries() {
        if let Some(related) = members.first() {
            first.set(&role, related.clone());
        }
        all.set(&role, list(members));
    }
    model.also.set("involved_resources", list(resources(&model)));
    model.also.set("resource_in_role", own(Py::Dict(first)));
    model.also.set("resources_in_role", own(Py::Dict(all)));
    let size = dumps(&own(Py::Model(copy(&model))), COMPACT).map_or(0, |text| text.len());
    model.also.set("size_bytes", size);
    let url = ui_url(&own(Py::Model(copy(&model))), base).unwrap_or_else(|_| none());
    model.also.set("url", url);
    model
}

pub(super) fn copy(model: &Model) -> Model {
    Model {
        class: model.class,
        fields: model.fields.clone(),
        also: model.also.clone(),
        methods: model.methods,
        object: model.object,
        known: model.known,
        sources: model.sources.clone(),
    }
}

/// An event of which only the reference is known.
pub(super) fn event_reference(id: &str, name: &str, occurred: i64) -> Model {
    let mut fields = Dict::default();
    fields.set("occurred", time_of(occurred));
    fields.set("event", name);
    fields.set("id", uuid(id));
    let sources = ["occurred", "event", "id"].iter().map(|name| ((*name).to_owned(), FROM_EVENTS)).collect();
    Model {
        object: Some("event"),
        known: known_fields("event"),
        sources,
        ..plain("prefect.server.events.schemas.events.ReceivedEvent", fields)
    }
}

fn set_of(json: Option<Json<'_>>) -> Value {
    let mut all: Map<String, ()> = Map::default();
    for item in json.into_iter().flat_map(Json::items) {
        all.or_default(item.string().into_owned());
    }
    own(Py::Set(all.into_entries().into_iter().map(|(text, ())| Value::from(text)).collect()))
}

fn specification(json: Option<Json<'_>>) -> Value {
    match json {
        Some(value) if value.kind() == Kind::Array => {
            list(value.items().map(|one| root("ResourceSpecification", Some(one))).collect())
        }
        other => root("ResourceSpecification", other),
    }
}

/// A trigger with the defaults that the server fills in.
pub(super) fn trigger(json: Json<'_>, path: &str) -> Model {
    let read = read::client_trigger(json);
    let mut fields = Dict::default();
    let id = match json.get("id").filter(|id| id.is_string()) {
        Some(id) => uuid(&id.string()),
        None => own(Py::Unknown([path, ".id"].concat())),
    };
    let delta = |micros: i64| own(Py::Delta(Delta { micros, between: None }));
    let methods: &'static [&'static str] = &["all_triggers"];
    match &read {
        Some(Trigger::Event(event)) => {
            fields.set("type", "event");
            fields.set("id", id);
            fields.set("match", specification(json.get("match")));
            fields.set("match_related", specification(json.get("match_related")));
            fields.set("after", set_of(json.get("after")));
            fields.set("expect", set_of(json.get("expect")));
            fields.set("for_each", set_of(json.get("for_each")));
            fields.set("posture", enumeration("Posture", event.posture.name()));
            fields.set("threshold", event.threshold);
            fields.set("within", delta(event.within));
            Model { methods, ..plain("prefect.server.events.schemas.automations.EventTrigger", fields) }
        }
        _ => {
            let is_sequence = json.get("type").is_some_and(|kind| kind.is("sequence"))
                || json.get("require").is_none() && json.get("triggers").is_some();
            fields.set("type", if is_sequence { "sequence" } else { "compound" });
            fields.set("id", id);
            let children = json.get("triggers").into_iter().flat_map(Json::items);
            let children = children.map(|child| own(Py::Model(trigger(child, path)))).collect();
            fields.set("triggers", list(children));
            let within = json.get("within").filter(|within| within.kind() != Kind::Null).map(value_of);
            let seconds = within.as_ref().and_then(super::python::operator::float);
            fields.set("within", seconds.map_or_else(none, time::duration));
            if !is_sequence {
                fields.set("require", json.get("require").map_or_else(none, value_of));
            }
            let class = if is_sequence {
                "prefect.server.events.schemas.automations.SequenceTrigger"
            } else {
                "prefect.server.events.schemas.automations.CompoundTrigger"
            };
            Model { methods, ..plain(class, fields) }
        }
    }
}

/// An action, as `automation.actions` gives it, with the defaults that the server fills in.
fn action(json: Json<'_>) -> Value {
    let Some(known) = json.get("type").and_then(|kind| ACTIONS.iter().find(|known| kind.is(known.name))) else {
        // Which action one without a type is, only its reader knows.
        return own(Py::Unknown("automation.actions".to_owned()));
    };
    let mut fields = Dict::default();
    fields.set("type", known.name);
    for field in known.fields {
        let given = json.get(field.name).filter(|given| given.kind() != Kind::Null);
        let value = match (field.kind, given) {
            (FieldKind::TargetSource, None) => Value::from(SELECTED),
            (FieldKind::Boolean, None) => Value::from(false),
            (FieldKind::Template, None) if field.name == "subject" => Value::from("Prefect automated notification"),
            (FieldKind::Payload, given) => Value::from(given.map(payload).unwrap_or_default()),
            (FieldKind::Delay, given) => {
                let micros = given.map_or(Some(0), crate::time::scalar::duration);
                let path = || own(Py::Unknown("automation.actions.schedule_after".to_owned()));
                micros.map_or_else(path, |micros| own(Py::Delta(Delta { micros, between: None })))
            }
            (_, None) => none(),
            (FieldKind::StateType, Some(state)) => enumeration("StateType", &state.string()),
            (FieldKind::Uuid | FieldKind::TargetId, Some(id)) => uuid(&id.string()),
            (_, Some(given)) => value_of(given),
        };
        fields.set(field.name, value);
    }
    own(Py::Model(plain(known.class, fields)))
}

/// The payload of a webhook: a text, or `orjson.dumps` with an indentation of two spaces.
pub(super) fn payload(json: Json<'_>) -> String {
    if json.is_string() {
        return json.string().into_owned();
    }
    let layout = Layout { indent: Some("  "), spaced: true, ..COMPACT };
    dumps(&value_of(json), layout).unwrap_or_default()
}

/// An automation.
pub(super) fn automation(json: Json<'_>) -> Model {
    let mut fields = Dict::default();
    let text = |key: &str| json.get(key).filter(|value| value.is_string()).map(|value| value.string().into_owned());
    let unknown = |key: &str| own(Py::Unknown(["automation.", key].concat()));
    fields.set("name", text("name").map_or_else(|| unknown("name"), Value::from));
    fields.set("description", text("description").unwrap_or_default());
    let enabled = json.get("enabled").map_or_else(|| Value::from(true), value_of);
    fields.set("enabled", enabled);
    let tags = json.get("tags").into_iter().flat_map(Json::items);
    fields.set("tags", list(tags.map(value_of).collect()));
    if let Some(own_trigger) = json.get("trigger") {
        fields.set("trigger", own(Py::Model(trigger(own_trigger, "automation.trigger"))));
    }
    for key in ["actions", "actions_on_trigger", "actions_on_resolve"] {
        let all = json.get(key).into_iter().flat_map(Json::items);
        fields.set(key, list(all.map(action).collect()));
    }
    fields.set("id", text("id").map_or_else(|| unknown("id"), |id| uuid(&id)));
    for key in ["created", "updated"] {
        fields.set(key, text(key).map_or_else(|| unknown(key), |at| time::read(&at)));
    }
    let mut model = Model {
        methods: &["triggers", "triggers_of_type", "trigger_by_id"],
        ..plain("prefect.server.events.schemas.automations.Automation", fields)
    };
    model.object = None;
    model
}

/// A firing.
pub(super) fn firing(
    id: Option<&str>,
    at: i64,
    labels: &[(String, String)],
    trigger: Value,
    event: Value,
    children: Vec<Value>,
) -> Value {
    let mut fields = Dict::default();
    fields.set("id", id.map_or_else(|| own(Py::Unknown("firing.id".to_owned())), uuid));
    fields.set("trigger", trigger);
    fields.set("trigger_states", own(Py::Set(vec![enumeration("TriggerState", "Triggered")])));
    fields.set("triggered", time_of(at));
    let mut own_labels = Dict::default();
    for (name, value) in labels {
        own_labels.set(name, &**value);
    }
    fields.set("triggering_labels", own(Py::Dict(own_labels)));
    fields.set("triggering_firings", list(children));
    fields.set("triggering_event", event);
    fields.set("triggering_value", none());
    own(Py::Model(Model {
        methods: &["all_firings", "all_events"],
        ..plain("prefect.server.events.schemas.automations.Firing", fields)
    }))
}

/// The text of a field.
pub(super) fn field_text(model: &Model, key: &str) -> Option<String> {
    model.fields.get(key).filter(|value| !value.is_none()).map(str_of)
}
