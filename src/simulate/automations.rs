//! The automations of a document, in each form that people have: one or several, as files for `prefect automation create`,
//! as Prefect exports them, bare triggers, and the triggers of deployments.

use crate::automation::{Automation, Trigger};
use crate::json::{Kind, Value};
use crate::text::steps::step;
use crate::time::{Instant, instant_of, scalar};

use super::document;
use super::reading::Reading;

/// An automation to play events to.
#[derive(Clone)]
pub(super) struct GivenAutomation {
    pub automation: Automation,
    /// Of one that a server has exported.
    pub id: Option<String>,
    /// When the server got it.
    pub created: Option<Instant>,
}

/// What one of the values of a document is.
#[derive(Clone, Copy)]
enum Form<'t> {
    Automation,
    Trigger,
    /// The trigger of a deployment, of this name.
    OfDeployment(Option<Value<'t>>),
}

/// All automations of a document. The client's defaults hold: `prefect automation create` and `prefect deploy` fill them in.
pub(super) fn all<'t>(root: Value<'t>, reading: &mut Reading<'t>) -> Option<Vec<GivenAutomation>> {
    let mut all = Vec::new();
    for (value, form) in automations_of(root) {
        step(1);
        all.push(one(value, form, reading)?);
    }
    if all.is_empty() {
        reading.missing(root, "the document", "trigger", "");
        return None;
    }
    Some(all)
}

fn automations_of(root: Value<'_>) -> Vec<(Value<'_>, Form<'_>)> {
    if root.kind() == Kind::Array {
        return root.items().map(|item| (item, form_of(item))).collect();
    }
    if let Some(automations) = root.get("automations").filter(|list| list.kind() == Kind::Array) {
        return automations.items().map(|item| (item, Form::Automation)).collect();
    }
    if let Some(deployments) = root.get("deployments").filter(|list| list.kind() == Kind::Array) {
        return deployments.items().flat_map(triggers_of).collect();
    }
    let alone = ["type", "within", "require", "posture", "trigger", "actions"];
    if root.get("triggers").is_some() && alone.iter().all(|key| root.get(key).is_none()) {
        return triggers_of(root).collect();
    }
    vec![(root, form_of(root))]
}

fn triggers_of<'t>(deployment: Value<'t>) -> impl Iterator<Item = (Value<'t>, Form<'t>)> {
    let name = deployment.get("name");
    let triggers = deployment.get("triggers").filter(|list| list.kind() == Kind::Array);
    triggers.into_iter().flat_map(Value::items).map(move |trigger| (trigger, Form::OfDeployment(name)))
}

fn form_of(value: Value<'_>) -> Form<'_> {
    let has = |key: &str| value.get(key).is_some();
    let automation = has("trigger") || has("actions") || has("actions_on_trigger") || has("actions_on_resolve");
    let trigger = ["posture", "triggers", "expect", "after", "for_each", "match", "within", "threshold"];
    if !automation && trigger.into_iter().any(has) { Form::Trigger } else { Form::Automation }
}

fn one<'t>(value: Value<'t>, form: Form<'t>, reading: &mut Reading<'t>) -> Option<GivenAutomation> {
    let text = |key: &str| value.get(key).and_then(scalar::text);
    let bare = |trigger: Trigger, name: String| GivenAutomation {
        automation: document::unnamed(trigger, name, value.get("enabled").and_then(scalar::boolean).unwrap_or(true)),
        id: None,
        created: None,
    };
    match form {
        Form::Automation => Some(GivenAutomation {
            automation: document::automation(value, reading)?,
            id: text("id"),
            created: value.get("created").and_then(instant_of),
        }),
        Form::Trigger => Some(bare(document::trigger(value, reading)?, String::new())),
        Form::OfDeployment(deployment) => {
            let of = || deployment.and_then(scalar::text).map(|name| format!("Automation for deployment {name}"));
            let name = text("name").or_else(of).unwrap_or_default();
            Some(bare(document::trigger(value, reading)?, name))
        }
    }
}
