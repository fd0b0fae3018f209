//! What `prefect deploy` adds to a trigger of a deployment: the action that runs this deployment.
//!
//! Source: `Trigger.actions` and `as_automation` in `events/schemas/automations.py` of Prefect 3.9.1.

use minijinja::Value;

use crate::json::{Kind, Value as Json};

use super::python::json::{COMPACT, dumps, value_of};
use super::python::show::placeholder;
use super::python::value::Py;
use super::python::value::{Dict, list, own};
use super::rendered::summary;
use super::result::{RenderedAction, Use, ValueSource};

/// The field of which only the server knows the value.
const ID: &str = "deployment.id";

/// The automation of a deployment's trigger, as JSON.
pub(crate) fn implied_automation(trigger: Json<'_>, name: &str) -> String {
    let mut action = Dict::default();
    action.set("type", "run-deployment");
    action.set("source", "selected");
    action.set("deployment_id", placeholder(ID));
    for field in ["parameters", "job_variables", "schedule_after"] {
        if let Some(value) = trigger.get(field).filter(|value| value.kind() != Kind::Null) {
            action.set(field, value_of(value));
        }
    }
    let mut automation = Dict::default();
    automation.set("name", name);
    for field in ["description", "enabled"] {
        if let Some(value) = trigger.get(field) {
            automation.set(field, value_of(value));
        }
    }
    automation.set("trigger", value_of(trigger));
    automation.set("actions", list(vec![own(Py::Dict(action))]));
    let automation: Value = own(Py::Dict(automation));
    dumps(&automation, COMPACT).unwrap_or_default()
}

/// Names the deployment that the action of an implied automation runs, and marks its id as unknown.
pub(crate) fn name_deployment(action: &mut RenderedAction, deployment: Option<&str>) {
    action.uses.push(Use { name: ID.to_owned(), source: ValueSource::Unknown });
    if let Some(target) = &mut action.target {
        target.name = deployment.map(str::to_owned);
    }
    if action.failure.is_none() {
        action.summary = summary("runs", action);
    }
}
