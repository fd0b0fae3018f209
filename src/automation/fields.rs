//! The fields of automations, triggers and actions, and their types: for the check and for the JSON Schemas.
//!
//! Sources: `server/events/schemas/automations.py`, `server/events/actions.py` and, for the triggers of a
//! `prefect.yaml`, `events/schemas/deployment_triggers.py`.

/// The type of a field's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FieldKind {
    /// A string.
    Text,
    /// A string or null.
    TextOrNull,
    /// `true` or `false`.
    Boolean,
    /// A list of strings.
    Texts,
    /// A list of event names.
    EventNames,
    /// A list of label names.
    LabelNames,
    /// A UUID.
    Uuid,
    /// Labels, each with a pattern or a list of patterns.
    Labels,
    /// Such labels for related resources, or a list of them.
    RelatedLabels,
    /// The type of a trigger.
    TriggerType,
    /// `Reactive` or `Proactive`.
    Posture,
    /// A whole number.
    Integer,
    /// The window of an event trigger.
    Within,
    /// The window of a composite trigger: a duration, or null.
    CompositeWithin,
    /// How many children of a compound trigger must fire.
    Require,
    /// A trigger.
    Trigger,
    /// A list of triggers.
    Triggers,
    /// A list of actions.
    Actions,
    /// `selected` or `inferred`.
    TargetSource,
    /// The UUID of what an action acts on, or null.
    TargetId,
    /// The parameters of a flow run: an object that can have templates, or null.
    Parameters,
    /// An object or null.
    ObjectOrNull,
    /// A duration that is not negative.
    Delay,
    /// The type of a state.
    StateType,
    /// A string that is a Jinja template.
    Template,
    /// What a webhook sends: a template, or JSON.
    Payload,
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AutomationField {
    /// Its key.
    pub(crate) name: &'static str,
    /// The type of its value.
    pub(crate) kind: FieldKind,
    /// Whether the server rejects an object without it.
    pub(crate) is_required: bool,
}

const fn optional(name: &'static str, kind: FieldKind) -> AutomationField {
    AutomationField { name, kind, is_required: false }
}

const fn required(name: &'static str, kind: FieldKind) -> AutomationField {
    AutomationField { name, kind, is_required: true }
}

/// The keys of some fields.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the compiler evaluates it")]
pub(crate) const fn names<const N: usize>(fields: &[AutomationField; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = fields[at].name;
        at += 1;
    }
    names
}

/// The fields of an automation, as `POST /api/automations/` accepts them.
pub(crate) const OF_AUTOMATIONS: [AutomationField; 9] = [
    required("name", FieldKind::Text),
    optional("description", FieldKind::Text),
    optional("enabled", FieldKind::Boolean),
    optional("tags", FieldKind::Texts),
    required("trigger", FieldKind::Trigger),
    required("actions", FieldKind::Actions),
    optional("actions_on_trigger", FieldKind::Actions),
    optional("actions_on_resolve", FieldKind::Actions),
    optional("owner_resource", FieldKind::TextOrNull),
];

/// Fields that the server adds when it returns an automation, and so does the client's model.
pub(crate) const WRITTEN_BY_THE_SERVER: [&str; 7] =
    ["id", "created", "updated", "account", "account_id", "workspace", "workspace_id"];

/// The types of triggers.
pub(crate) const EVENT: &str = "event";
pub(crate) const COMPOUND: &str = "compound";
pub(crate) const SEQUENCE: &str = "sequence";

/// The fields of an event trigger. The client fills in `posture`.
pub(crate) const OF_EVENT_TRIGGERS: [AutomationField; 10] = [
    optional("type", FieldKind::TriggerType),
    optional("id", FieldKind::Uuid),
    optional("match", FieldKind::Labels),
    optional("match_related", FieldKind::RelatedLabels),
    optional("after", FieldKind::EventNames),
    optional("expect", FieldKind::EventNames),
    optional("for_each", FieldKind::LabelNames),
    required("posture", FieldKind::Posture),
    optional("threshold", FieldKind::Integer),
    optional("within", FieldKind::Within),
];

/// The fields of compound and sequence triggers. The client fills in `within`; a sequence has no `require`.
pub(crate) const OF_COMPOSITE_TRIGGERS: [AutomationField; 5] = [
    optional("type", FieldKind::TriggerType),
    optional("id", FieldKind::Uuid),
    required("triggers", FieldKind::Triggers),
    required("within", FieldKind::CompositeWithin),
    required("require", FieldKind::Require),
];

/// The additional fields of a deployment's trigger.
pub(crate) const OF_DEPLOYMENT_TRIGGERS: [AutomationField; 6] = [
    optional("name", FieldKind::TextOrNull),
    optional("description", FieldKind::Text),
    optional("enabled", FieldKind::Boolean),
    optional("parameters", FieldKind::Parameters),
    optional("job_variables", FieldKind::ObjectOrNull),
    optional("schedule_after", FieldKind::Delay),
];

/// A type of action.
pub(crate) struct ActionType {
    /// The value of `type`.
    pub(crate) name: &'static str,
    /// The server's class.
    pub(crate) class: &'static str,
    /// `source: selected` needs the id in this field, `source: inferred` allows none.
    pub(crate) target: Option<&'static str>,
    /// Its fields beside `type`.
    pub(crate) fields: &'static [AutomationField],
}

const fn plain(name: &'static str, class: &'static str, fields: &'static [AutomationField]) -> ActionType {
    ActionType { name, class, target: None, fields }
}

const fn on(
    name: &'static str,
    class: &'static str,
    target: &'static str,
    fields: &'static [AutomationField],
) -> ActionType {
    ActionType { name, class, target: Some(target), fields }
}

const SOURCE: AutomationField = optional("source", FieldKind::TargetSource);
const DEPLOYMENT_ID: AutomationField = optional("deployment_id", FieldKind::TargetId);
const DEPLOYMENT: &[AutomationField] = &[SOURCE, DEPLOYMENT_ID];
const WORK_POOL: &[AutomationField] = &[SOURCE, optional("work_pool_id", FieldKind::TargetId)];
const WORK_QUEUE: &[AutomationField] = &[SOURCE, optional("work_queue_id", FieldKind::TargetId)];
const AUTOMATION: &[AutomationField] = &[SOURCE, optional("automation_id", FieldKind::TargetId)];
const BLOCK_DOCUMENT_ID: AutomationField = required("block_document_id", FieldKind::Uuid);

/// The actions of the server's union. Their fields are in the order in which the server prints them.
pub(crate) const ACTIONS: [ActionType; 17] = [
    plain("do-nothing", "prefect.server.events.actions.DoNothing", &[]),
    on(
        "run-deployment",
        "prefect.server.events.actions.RunDeployment",
        "deployment_id",
        &[
            SOURCE,
            DEPLOYMENT_ID,
            optional("parameters", FieldKind::Parameters),
            optional("job_variables", FieldKind::ObjectOrNull),
            optional("schedule_after", FieldKind::Delay),
        ],
    ),
    on("pause-deployment", "prefect.server.events.actions.PauseDeployment", "deployment_id", DEPLOYMENT),
    on("resume-deployment", "prefect.server.events.actions.ResumeDeployment", "deployment_id", DEPLOYMENT),
    plain("cancel-flow-run", "prefect.server.events.actions.CancelFlowRun", &[]),
    plain("delete-flow-run", "prefect.server.events.actions.DeleteFlowRun", &[]),
    plain(
        "change-flow-run-state",
        "prefect.server.events.actions.ChangeFlowRunState",
        &[
            optional("name", FieldKind::TextOrNull),
            required("state", FieldKind::StateType),
            optional("message", FieldKind::TextOrNull),
            optional("force", FieldKind::Boolean),
        ],
    ),
    on("pause-work-queue", "prefect.server.events.actions.PauseWorkQueue", "work_queue_id", WORK_QUEUE),
    on("resume-work-queue", "prefect.server.events.actions.ResumeWorkQueue", "work_queue_id", WORK_QUEUE),
    plain(
        "send-notification",
        "prefect.server.events.actions.SendNotification",
        &[BLOCK_DOCUMENT_ID, optional("subject", FieldKind::Template), required("body", FieldKind::Template)],
    ),
    plain(
        "call-webhook",
        "prefect.server.events.actions.CallWebhook",
        &[BLOCK_DOCUMENT_ID, optional("payload", FieldKind::Payload)],
    ),
    on("pause-automation", "prefect.server.events.actions.PauseAutomation", "automation_id", AUTOMATION),
    on("resume-automation", "prefect.server.events.actions.ResumeAutomation", "automation_id", AUTOMATION),
    plain("suspend-flow-run", "prefect.server.events.actions.SuspendFlowRun", &[]),
    plain("resume-flow-run", "prefect.server.events.actions.ResumeFlowRun", &[]),
    on("pause-work-pool", "prefect.server.events.actions.PauseWorkPool", "work_pool_id", WORK_POOL),
    on("resume-work-pool", "prefect.server.events.actions.ResumeWorkPool", "work_pool_id", WORK_POOL),
];

/// How an action finds its target.
pub(crate) const SELECTED: &str = "selected";
pub(crate) const INFERRED: &str = "inferred";

/// The types of states.
pub(crate) const STATE_TYPES: [&str; 9] =
    ["SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED", "CANCELLING"];
