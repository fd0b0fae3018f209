//! Prefect's own filters: `ui_url`, `ui_resource_events_url`, `flow_run_id`.

use minijinja::Value;

use super::error::{Outcome, type_error};
use super::show::{parts, str_of};
use super::text::url_quoted;
use super::value::{Py, Seen, class, is_undefined, look, none, text};
use crate::event::RESOURCE_ID;

/// `url_for`: by the name of the class. Deployments and resources have none, because the server compares with the classes
/// of the client.
pub(in crate::action) fn ui_url(value: &Value, base: &str) -> Outcome<Value> {
    if let Some(name) = text(value) {
        return match &*name {
            "flow" | "flow-run" | "task-run" | "block" | "work-pool" | "work-queue" | "deployment" | "automation" => {
                super::error::value_error("If passing an object name, you must also provide an object ID.")
            }
            _ => Ok(none()),
        };
    }
    let Seen::Py(Py::Model(model)) = look(value) else { return Ok(none()) };
    let id = || model.fields.get("id").map(str_of).unwrap_or_default();
    let path = match class(value) {
        "Flow" => ["flows/flow/", &id()].concat(),
        "FlowRunResponse" => ["runs/flow-run/", &id()].concat(),
        "TaskRun" => ["runs/task-run/", &id()].concat(),
        "WorkPool" => {
            let name = model.fields.get("name").map(str_of).unwrap_or_default();
            ["work-pools/work-pool/", &url_quoted(&name, "", false)].concat()
        }
        "WorkQueueWithStatus" => ["work-queues/work-queue/", &id()].concat(),
        "Automation" => ["automations/automation/", &id()].concat(),
        "ReceivedEvent" => {
            let occurred = match model.fields.get("occurred").map(look) {
                Some(Seen::Py(Py::Time(micros))) => *micros,
                _ => 0,
            };
            let [year, month, day, ..] = parts(occurred);
            format!("events/event/{year:04}-{month:02}-{day:02}/{}", id())
        }
        _ => return Ok(none()),
    };
    Ok(joined(base, &path))
}

fn joined(base: &str, path: &str) -> Value {
    if base.is_empty() {
        return none();
    }
    let slash = if base.ends_with('/') { "" } else { "/" };
    Value::from([base, slash, path].concat())
}

/// The page of events about a resource.
pub(in crate::action) fn events_url(value: &Value, base: &str) -> Value {
    let id = match look(value) {
        Seen::Py(Py::Root("Resource" | "RelatedResource", dict)) => dict.get(RESOURCE_ID).map(str_of),
        Seen::Py(Py::Model(model)) => {
            let kind = match class(value) {
                "Automation" => "automation",
                "Flow" => "flow",
                "TaskRun" => "task-run",
                "WorkQueueWithStatus" => "work-queue",
                "WorkPool" => "work-pool",
                // The class that the API returns for flow runs and deployments is not in the server's table.
                _ => return none(),
            };
            model.fields.get("id").map(|id| ["prefect.", kind, ".", &str_of(id)].concat())
        }
        _ => None,
    };
    match id {
        Some(id) => joined(origin(base), &["events?resource=", &id].concat()),
        None => none(),
    }
}

/// What `urljoin` keeps of an address that does not end in a slash.
fn origin(base: &str) -> &str {
    let start = base.find("://").map_or(0, |at| at.saturating_add(3));
    match base.get(start..).and_then(|rest| rest.rfind('/')) {
        Some(slash) => base.get(..start.saturating_add(slash)).unwrap_or(base),
        None => base,
    }
}

pub(in crate::action) fn flow_run_id(value: &Value) -> Outcome<Value> {
    if !value.is_true() || is_undefined(value) {
        return Ok(none());
    }
    let Some(text) = text(value) else {
        return type_error(format!("expected string or bytes-like object, got '{}'", class(value)));
    };
    let found = text.match_indices("flow-run/").find_map(|(at, start)| {
        let id = text.get(at.saturating_add(start.len())..)?.get(..36)?;
        let fits = |(place, letter): (usize, char)| match place {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_digit() || ('a'..='f').contains(&letter),
        };
        id.char_indices().all(fits).then(|| id.to_owned())
    });
    Ok(found.map_or_else(none, Value::from))
}
