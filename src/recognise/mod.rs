//! Recognises inputs: events, automations, triggers, a `prefect.yaml`, a scenario, Terraform's JSON, or none of these.
//!
//! All code that reads users' files uses it, so each command reads the same forms, and can name what it received.
//! Sources: `cli/automation.py` (`create`, `inspect`), `cli/deploy/_models.py` and `_triggers.py`, `cli/events.py`, and
//! the schema of `prefect_automation` in Prefect's Terraform provider.

mod events;
mod read;
mod rewrite;
mod sniff;
mod terraform;
#[cfg(test)]
mod tests;
mod wrapped;

use crate::json::{Kind, Pointer, Value};

pub use crate::diagnostic::Form;
pub(crate) use events::is_wrapped;
pub use events::{events, events_start};
pub(crate) use read::{Notation, broken, first_line, read};
pub(crate) use sniff::{Foreign, Sniffed, can_be_sniffed, sniff};

const CHECK: &str = "prefect-events check";

impl Form {
    /// Its name in messages.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Form::Event => "an event",
            Form::Events => "a list of events",
            Form::Automation => "an automation",
            Form::Automations => "a list of automations",
            Form::Trigger => "a trigger",
            Form::DeploymentTriggers => "a trigger of a deployment",
            Form::PrefectYaml => "a `prefect.yaml`",
            Form::Scenario => "a scenario",
            Form::Scenarios => "a list of scenarios",
            Form::Terraform => "Terraform's state or plan",
            Form::TerraformConfiguration => "Terraform's configuration",
            Form::Unknown => "a document of another kind",
        }
    }

    /// Whether `check` reads it.
    #[must_use]
    pub fn is_checked(self) -> bool {
        self.command() == Some(CHECK)
    }

    /// The command of `prefect-events` for it.
    #[must_use]
    pub fn command(self) -> Option<&'static str> {
        match self {
            Form::Event | Form::Events => Some("prefect-events validate"),
            Form::Scenario | Form::Scenarios => Some("prefect-events test"),
            Form::TerraformConfiguration | Form::Unknown => None,
            _ => Some(CHECK),
        }
    }

    /// A hint for it where another document is expected.
    pub(crate) fn remedy(self) -> String {
        match self.command() {
            Some(command) => ["check it with `", command, "`"].concat(),
            None if self == Form::TerraformConfiguration => Foreign::Hcl.remedy().to_owned(),
            None => String::new(),
        }
    }
}

/// The kind of one value of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ItemForm {
    /// An event.
    Event,
    /// An automation.
    Automation,
    /// A trigger.
    Trigger,
    /// A trigger of a deployment, which the client completes.
    DeploymentTrigger,
    /// A scenario.
    Scenario,
    /// None of these.
    Unknown,
}

/// One of the objects in an input.
#[derive(Clone)]
pub struct Item<'t> {
    /// The object itself.
    pub value: Value<'t>,
    /// Its kind.
    pub form: ItemForm,
    /// Its place in the document.
    pub pointer: Pointer,
    /// The deployment of a trigger in a `prefect.yaml`.
    pub deployment: Option<Value<'t>>,
}

/// The form of an input, and its contents.
#[derive(Clone)]
pub struct Recognised<'t> {
    /// The form of the whole input.
    pub form: Form,
    /// Its contents, in order. Empty for Terraform, whose automations are assembled when its text is read.
    pub items: Vec<Item<'t>>,
}

/// The fields that identify an event.
const ENVELOPE: [&str; 8] = ["occurred", "event", "resource", "related", "payload", "id", "follows", "received"];
/// The fields that only automations have.
const OF_AUTOMATIONS: [&str; 4] = ["trigger", "actions", "actions_on_trigger", "actions_on_resolve"];
/// The fields that only triggers have.
const OF_TRIGGERS: [&str; 10] =
    ["posture", "triggers", "expect", "after", "for_each", "match", "match_related", "within", "threshold", "require"];
/// The additional fields of deployment triggers.
const OF_DEPLOYMENT_TRIGGERS: [&str; 6] =
    ["name", "description", "enabled", "parameters", "job_variables", "schedule_after"];
/// The fields of a `prefect.yaml` that nothing else has.
const OF_PREFECT_YAML: [&str; 2] = ["deployments", "prefect-version"];
/// The steps of a `prefect.yaml`.
const STEPS: [&str; 3] = ["build", "push", "pull"];
/// The values of `type` that only triggers have.
const TRIGGER_TYPES: [&str; 4] = ["event", "compound", "sequence", "metric"];

/// Whether an object has at least two of an event's fields: enough to report the missing ones.
#[must_use]
pub fn is_like_an_event(value: Value<'_>) -> bool {
    let is_field = |key: &Value<'_>| ENVELOPE.iter().any(|field| key.is(field));
    value.members().map(|(key, _)| key).filter(is_field).take(2).count() == 2
}

/// The form of an input that should contain events, if it is another kind of document.
pub(crate) fn other_than_events(root: Value<'_>) -> Option<Form> {
    if events(root).next().is_none_or(is_like_an_event) {
        return None;
    }
    let form = form(root);
    (!matches!(form, Form::Event | Form::Events | Form::Unknown)).then_some(form)
}

/// The form of an input that should contain events. `other`: what it is instead, if it is another kind of document.
pub(crate) fn form_for_events(root: Value<'_>, other: Option<Form>) -> Form {
    match other {
        Some(other) => other,
        // Whatever its other keys are: it is checked as an event.
        None if is_like_an_event(root) => Form::Event,
        None => match form(root) {
            form @ (Form::Event | Form::Unknown) => form,
            _ => Form::Events,
        },
    }
}

/// The kind of a value, by its keys. `has`: whether it has a key; `is_trigger_type`: whether its `type` is a trigger's;
/// `is_list`: whether the value of a key is a list.
fn item_form(has: &dyn Fn(&str) -> bool, is_list: &dyn Fn(&str) -> bool, is_trigger_type: bool) -> ItemForm {
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    if ENVELOPE.iter().filter(|field| has(field)).count() >= 2 {
        return ItemForm::Event;
    }
    if has("automation") && !has("trigger") || has("runs") && (has("expect") || has("heartbeat")) {
        return ItemForm::Scenario;
    }
    // Beside actions, or if it is not a list, `triggers` was intended to be `trigger`.
    let misspelt = has("triggers") && (has("action") || !is_list("triggers"));
    if any(&OF_AUTOMATIONS) || misspelt {
        return ItemForm::Automation;
    }
    if is_trigger_type || any(&OF_TRIGGERS) {
        return if any(&OF_DEPLOYMENT_TRIGGERS) { ItemForm::DeploymentTrigger } else { ItemForm::Trigger };
    }
    if has("event") || has("occurred") { ItemForm::Event } else { ItemForm::Unknown }
}

/// The kind of one value.
#[must_use]
pub fn form_of(value: Value<'_>) -> ItemForm {
    if value.kind() != Kind::Object {
        return ItemForm::Unknown;
    }
    if events::frame(value).is_some() {
        return ItemForm::Event;
    }
    let is_trigger_type = value.get("type").is_some_and(|kind| TRIGGER_TYPES.iter().any(|known| kind.is(known)));
    let is_list = |key: &str| value.get(key).is_some_and(|value| value.kind() == Kind::Array);
    item_form(&|key| value.get(key).is_some(), &is_list, is_trigger_type)
}

/// The form of a document.
///
/// ```
/// use prefect_events::json::{Tape, parse};
/// use prefect_events::recognise::{Form, form};
///
/// let text = br#"[{"posture": "Reactive", "expect": ["acme.paid"]}]"#;
/// let (mut tape, mut issues) = (Tape::new(), Vec::new());
/// parse(text, 0, &mut tape, &mut issues);
/// let found = tape.document(text).root().map(form);
/// assert_eq!(found, Some(Form::DeploymentTriggers));
/// ```
#[must_use]
pub fn form(root: Value<'_>) -> Form {
    match root.kind() {
        Kind::Array => of_list(root),
        Kind::Object => of_object(root),
        _ => Form::Unknown,
    }
}

fn of_object(root: Value<'_>) -> Form {
    if terraform::is_terraform(root) {
        return Form::Terraform;
    }
    if terraform::is_configuration(root) {
        return Form::TerraformConfiguration;
    }
    if events::page(root).is_some() {
        return Form::Events;
    }
    let has = |key: &str| root.get(key).is_some();
    let is_list = |key: &str| root.get(key).is_some_and(|value| value.kind() == Kind::Array);
    if OF_PREFECT_YAML.into_iter().any(has) || STEPS.into_iter().any(is_list) && !is_like_an_event(root) {
        return Form::PrefectYaml;
    }
    if has("automations") {
        return Form::Automations;
    }
    match form_of(root) {
        ItemForm::Event => Form::Event,
        ItemForm::Automation => Form::Automation,
        ItemForm::Trigger if is_file_of_triggers(root) => Form::DeploymentTriggers,
        ItemForm::Trigger => Form::Trigger,
        ItemForm::DeploymentTrigger => Form::DeploymentTriggers,
        ItemForm::Scenario => Form::Scenario,
        ItemForm::Unknown => root.get("results").map_or(Form::Unknown, of_list),
    }
}

/// Either a bare sequence, or a file with triggers, which is more common.
fn is_file_of_triggers(root: Value<'_>) -> bool {
    let is_list = root.get("triggers").is_some_and(|triggers| triggers.kind() == Kind::Array);
    let own = OF_TRIGGERS.iter().chain(&["type"]).filter(|key| root.get(key).is_some()).count();
    is_list && own == 1 && OF_DEPLOYMENT_TRIGGERS.iter().all(|key| root.get(key).is_none())
}

/// The first recognised item of a list decides its form.
fn of_list(list: Value<'_>) -> Form {
    match list.items().map(form_of).find(|form| *form != ItemForm::Unknown) {
        Some(ItemForm::Event) => Form::Events,
        Some(ItemForm::Automation) => Form::Automations,
        Some(ItemForm::Trigger | ItemForm::DeploymentTrigger) => Form::DeploymentTriggers,
        Some(ItemForm::Scenario) => Form::Scenarios,
        Some(ItemForm::Unknown) | None => Form::Unknown,
    }
}

/// The form of a document, and its contents.
///
/// `prefect automation create --from-file` reads one automation, a list, or `automations: […]`. `prefect deploy` reads
/// a `prefect.yaml`, `triggers: […]` or one trigger. Prefect prints, and its API returns, the same, and events.
#[must_use]
pub fn recognise(root: Value<'_>) -> Recognised<'_> {
    let form = form(root);
    let whole = |item| vec![Item { value: root, form: item, pointer: Pointer::root(), deployment: None }];
    let at = |key: &str, item| {
        let list = root.get(key).filter(|_| root.kind() == Kind::Object);
        list.map(|list| list_of(list, Pointer::root().key(key), item)).unwrap_or_default()
    };
    let items = match form {
        _ if root.kind() == Kind::Array => list_of(root, Pointer::root(), None),
        Form::Terraform | Form::TerraformConfiguration => Vec::new(),
        Form::PrefectYaml => of_prefect_yaml(root),
        Form::Events if root.get("events").is_some() => at("events", Some(ItemForm::Event)),
        Form::Automations if root.get("automations").is_some() => at("automations", Some(ItemForm::Automation)),
        Form::DeploymentTriggers if is_file_of_triggers(root) => at("triggers", Some(ItemForm::DeploymentTrigger)),
        Form::Events | Form::Automations | Form::Scenarios => at("results", None),
        Form::Event => match events::frame(root) {
            Some(value) => {
                let pointer = Pointer::root().key("event");
                vec![Item { value, form: ItemForm::Event, pointer, deployment: None }]
            }
            None => whole(ItemForm::Event),
        },
        Form::Automation | Form::Trigger | Form::DeploymentTriggers | Form::Scenario | Form::Unknown => {
            match form_of(root) {
                ItemForm::Unknown if form != Form::Unknown => at("results", None),
                item => whole(item),
            }
        }
    };
    Recognised { form, items }
}

/// The items of a list; anything else is its own only item, so that the check reports it.
fn list_of(list: Value<'_>, at: Pointer, form: Option<ItemForm>) -> Vec<Item<'_>> {
    if list.kind() != Kind::Array {
        let form = form.unwrap_or_else(|| form_of(list));
        return vec![Item { value: list, form, pointer: at, deployment: None }];
    }
    let item = |(index, value)| Item {
        value,
        form: form.unwrap_or_else(|| form_of(value)),
        pointer: at.clone().item(index),
        deployment: None,
    };
    list.items().enumerate().map(item).collect()
}

fn of_prefect_yaml(root: Value<'_>) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let at = Pointer::root().key("deployments");
    for (index, deployment) in root.get("deployments").into_iter().flat_map(Value::items).enumerate() {
        if let Some(triggers) = deployment.get("triggers").filter(|triggers| triggers.kind() != Kind::Null) {
            let at = at.clone().item(index).key("triggers");
            let own = list_of(triggers, at, Some(ItemForm::DeploymentTrigger));
            items.extend(own.into_iter().map(|item| Item { deployment: Some(deployment), ..item }));
        }
    }
    items
}
