//! What a document is: an automation, several, a trigger, or a `prefect.yaml` with the triggers of its deployments.

use crate::json::{Kind, Value};

/// How a value is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentForm {
    Automation,
    Trigger,
    /// A trigger of a deployment.
    Deployment,
}

/// One of the things to check in a document.
pub(super) struct Item<'t> {
    pub value: Value<'t>,
    pub form: DocumentForm,
}

/// All that is to be checked. What `prefect automation create --from-file` takes (`cli/automation.py`): one
/// automation, a list, or `automations: […]`. What `prefect deploy` takes: a `prefect.yaml`, or `triggers: […]`.
pub(super) fn items(root: Value<'_>) -> Vec<Item<'_>> {
    if root.kind() == Kind::Array {
        return all(list(root), None);
    }
    if let Some(automations) = root.get("automations") {
        return all(list(automations), Some(DocumentForm::Automation));
    }
    if let Some(deployments) = root.get("deployments") {
        let triggers = list(deployments).into_iter().filter_map(|deployment| deployment.get("triggers"));
        let triggers = triggers.filter(|triggers| triggers.kind() != Kind::Null);
        return all(triggers.flat_map(list).collect(), Some(DocumentForm::Deployment));
    }
    let alone = ["type", "within", "require", "posture", "trigger", "actions"];
    match root.get("triggers") {
        Some(triggers) if alone.iter().all(|key| root.get(key).is_none()) => {
            all(list(triggers), Some(DocumentForm::Deployment))
        }
        _ => all(vec![root], None),
    }
}

/// The items of a list; what is no list stands for itself, so that it is checked and found wanting.
fn list(list: Value<'_>) -> Vec<Value<'_>> {
    if list.kind() == Kind::Array { list.items().collect() } else { vec![list] }
}

fn all(values: Vec<Value<'_>>, form: Option<DocumentForm>) -> Vec<Item<'_>> {
    let item = |value| Item { value, form: form.unwrap_or_else(|| form_of(value)) };
    values.into_iter().map(item).collect()
}

fn form_of(value: Value<'_>) -> DocumentForm {
    let has = |key: &str| value.get(key).is_some();
    let automation = has("trigger") || has("actions") || has("actions_on_trigger") || has("actions_on_resolve");
    let trigger = ["posture", "triggers", "expect", "after", "for_each", "match", "within", "threshold", "metric"];
    if !automation && trigger.into_iter().any(has) { DocumentForm::Trigger } else { DocumentForm::Automation }
}
