//! The sentences of the schemas, in the words of Prefect's documentation.

use super::super::fields::{COMPOUND, EVENT};
use super::super::model::Posture;

/// Where a field stands.
#[derive(Clone, Copy)]
pub(super) enum FieldPlace {
    Automation,
    EventTrigger,
    CompositeTrigger,
    DeploymentTrigger,
    Action,
}

pub(super) const AUTOMATIONS_TITLE: &str = "Prefect automations";
pub(super) const AUTOMATIONS: &str = "An automation, a list of automations, or an object with the list `automations`. The rules are those of the REST API of an open-source server. `prefect automation create` accepts more: it fills in `posture` and the `within` of composite triggers, and drops unknown fields. Fields that Prefect drops are errors here.";
pub(super) const AUTOMATION: &str = "Defines an action to run when events occur, or when they do not occur.";
pub(super) const WRITTEN_BY_THE_SERVER: &str =
    "Written by the server. `prefect automation create` drops it; the REST API rejects it.";
pub(super) const TRIGGER: &str = "The criteria for which events the automation covers, and how it responds to the presence or absence of those events.";
pub(super) const TRIGGER_TYPE: &str = "The type of this trigger.";
pub(super) const ACTION: &str = "What to do when the automation triggers.";
pub(super) const ACTION_TYPE: &str = "The type of this action.";
pub(super) const DEPLOYMENT_TRIGGERS_TITLE: &str = "Triggers of Prefect deployments";
pub(super) const DEPLOYMENT_FILE: &str = "The `triggers` of a deployment, or a `prefect.yaml` that has deployments with `triggers`; nothing else of a `prefect.yaml` is checked. The rules are those of `prefect deploy`. Fields that Prefect drops are errors here.";
pub(super) const DEPLOYMENTS: &str = "The deployments of this file.";
pub(super) const DEPLOYMENT_TRIGGERS: &str =
    "When one of these triggers fires, the deployment runs. `prefect deploy` creates an automation for each.";
pub(super) const PROACTIVE_WITHIN: &str = "At least 10 seconds; 0 means 10 seconds.";
pub(super) const DURATION: &str = "A number of seconds, or a duration such as `PT90S`.";
pub(super) const UUID: &str = "A UUID.";
pub(super) const PLACEHOLDER: &str =
    "A variable, block, environment variable or build output that `prefect deploy` resolves.";
pub(super) const REQUIRE_ANY: &str = "One of the triggers must fire.";
pub(super) const REQUIRE_ALL: &str = "All of the triggers must fire.";
pub(super) const SELECTED: &str = "The action applies to the object with the given id.";
pub(super) const INFERRED: &str = "The action applies to the object of the triggering event.";
pub(super) const EVENT_NAME: &str =
    "The name of an event, or a pattern such as `prefect.flow-run.*`. Your own event names are accepted.";
pub(super) const LABEL_NAME: &str = "A label of the primary resource, or `related:<role>:<label>` for a label of a related resource. Other labels are accepted.";
pub(super) const LABELS: &str = "Labels of the primary resource, each with a pattern or a list of patterns, one of which must match. Other labels are accepted.";
pub(super) const RELATED_LABELS: &str = "Labels of a related resource, each with a pattern or a list of patterns, one of which must match. Other labels are accepted.";
pub(super) const PATTERNS: &str =
    "A value, or a list of values. `*` matches any text; `!` at the start negates a value.";
pub(super) const RESOURCE_ID: &str = "The id of the related resource";
pub(super) const RESOURCE_ROLE: &str = "The role of the related resource";

pub(super) fn posture(posture: Posture) -> &'static str {
    match posture {
        Posture::Reactive => "The trigger responds to the presence of the expected events.",
        Posture::Proactive => "The trigger responds to the absence of the expected events.",
    }
}

pub(super) fn trigger_type(kind: &str) -> &'static str {
    match kind {
        EVENT => "Fires on the presence or absence of events.",
        COMPOUND => "Fires when several triggers have fired, in any order.",
        _ => "Fires when several triggers have fired in the order of the list.",
    }
}

pub(super) fn for_each_role(role: &str) -> String {
    format!("The id of the related resource in the role `{role}`.")
}

pub(super) fn event(title: &str, is_cloud: bool) -> String {
    let title = crate::schema::descriptions::sentence(title);
    if is_cloud { [&title, " Only Prefect Cloud emits it."].concat() } else { title }
}

pub(super) fn all_events(prefix: &str) -> String {
    format!("All events whose names start with `{prefix}`.")
}

/// `run-deployment` → `Run deployment`
pub(super) fn title(action: &str) -> String {
    let words = action.replace('-', " ");
    let (first, rest) = words.split_at_checked(1).unwrap_or_default();
    [&first.to_ascii_uppercase(), rest].concat()
}

pub(super) fn action(name: &str) -> &'static str {
    match name {
        "do-nothing" => "Does nothing.",
        "run-deployment" => "Runs the given deployment with the given parameters.",
        "pause-deployment" => "Pauses the given deployment.",
        "resume-deployment" => "Resumes the given deployment.",
        "cancel-flow-run" => "Cancels a flow run associated with the trigger.",
        "delete-flow-run" => "Deletes a flow run associated with the trigger.",
        "change-flow-run-state" => "Changes the state of a flow run associated with the trigger.",
        "pause-work-queue" => "Pauses a work queue.",
        "resume-work-queue" => "Resumes a work queue.",
        "send-notification" => "Sends a notification with the given notification block.",
        "call-webhook" => "Calls a webhook with the given payload.",
        "pause-automation" => "Pauses an automation.",
        "resume-automation" => "Resumes an automation.",
        "suspend-flow-run" => "Suspends a flow run associated with the trigger.",
        "resume-flow-run" => "Resumes a paused or suspended flow run associated with the trigger.",
        "pause-work-pool" => "Pauses a work pool.",
        "resume-work-pool" => "Resumes a work pool.",
        _ => "",
    }
}

/// What a field is for.
pub(super) fn field(place: FieldPlace, name: &str) -> &'static str {
    match place {
        FieldPlace::Automation => of_automation(name),
        FieldPlace::EventTrigger | FieldPlace::CompositeTrigger => of_trigger(place, name),
        FieldPlace::DeploymentTrigger => match name {
            "name" => "The name of the automation. Generated from the deployment if omitted.",
            "description" => "A longer description of the automation.",
            "enabled" => "Whether the automation is evaluated. Default: `true`.",
            "parameters" => "The parameters of the flow run. Default: those of the deployment.",
            "job_variables" => "The job variables of the flow run. Default: those of the deployment.",
            "schedule_after" => "How long to wait before running the deployment. Default: 0 seconds.",
            _ => "",
        },
        FieldPlace::Action => of_action(name),
    }
}

fn of_automation(name: &str) -> &'static str {
    match name {
        "name" => "The name of this automation.",
        "description" => "A longer description of this automation.",
        "enabled" => "Whether this automation is evaluated. Default: `true`.",
        "tags" => "A list of tags associated with this automation.",
        "trigger" => TRIGGER,
        "actions" => "The actions to perform when this automation triggers.",
        "actions_on_trigger" => "The actions to perform when an automation goes into a triggered state.",
        "actions_on_resolve" => {
            "The actions to perform when an automation goes into a resolving state. An open-source server never runs them."
        }
        "owner_resource" => "The resource to which this automation belongs.",
        _ => "",
    }
}

fn of_trigger(place: FieldPlace, name: &str) -> &'static str {
    match (place, name) {
        (_, "type") => TRIGGER_TYPE,
        (_, "id") => "The unique ID of this trigger. Generated if omitted.",
        (_, "match") => "Labels for resources which this trigger will match. Default: all resources.",
        (_, "match_related") => {
            "Labels for related resources which this trigger will match. Of a list, each must match one of them."
        }
        (_, "after") => {
            "The events which must first be seen to fire this trigger. If empty, the trigger starts immediately. Events may include wildcards, like `prefect.flow-run.*`."
        }
        (_, "expect") => {
            "The events this trigger is expecting to see. If empty, this trigger matches any event. Events may include wildcards, like `prefect.flow-run.*`."
        }
        (_, "for_each") => {
            "Evaluate the trigger separately for each distinct value of these labels on the resource. By default, labels refer to the primary resource of the triggering event."
        }
        (_, "posture") => {
            "Reactive triggers respond to the presence of the expected events, Proactive triggers to their absence."
        }
        (_, "threshold") => {
            "The number of events required for this trigger to fire (for Reactive triggers), or the number of events expected (for Proactive triggers). Default: 1."
        }
        (FieldPlace::EventTrigger, "within") => {
            "The time period over which the events must occur. For Reactive triggers, this may be as low as 0 seconds, but must be at least 10 seconds for Proactive triggers."
        }
        (_, "triggers") => "The triggers that this trigger waits for.",
        (_, "within") => "The time period over which the triggers must fire. `null`: without a limit.",
        (_, "require") => "How many of the triggers must fire: `any`, `all` or a number.",
        _ => "",
    }
}

fn of_action(name: &str) -> &'static str {
    match name {
        "source" => {
            "Whether this action applies to a specific selected object (given by its id), or to one that is inferred from the triggering event. Default: `selected`."
        }
        "deployment_id" => "The id of the deployment, if `source` is `selected`.",
        "work_pool_id" => "The id of the work pool to pause or resume, if `source` is `selected`.",
        "work_queue_id" => "The id of the work queue to pause or resume, if `source` is `selected`.",
        "automation_id" => "The id of the automation to act on, if `source` is `selected`.",
        "parameters" => {
            "The parameters to pass to the deployment, or `null` to use its default parameters. Strings can be Jinja templates."
        }
        "job_variables" => {
            "The job variables to pass to the created flow run, or `null` to use the deployment's default job variables."
        }
        "schedule_after" => "The amount of time to wait before running the deployment. Default: 0 seconds.",
        "name" => "The name of the state to change the flow run to.",
        "state" => "The type of the state to change the flow run to.",
        "message" => "An optional message to associate with the state change.",
        "force" => "Force the state change even if the transition is not allowed. Default: `false`.",
        "block_document_id" => "The id of the block to use: a notification block, or a webhook block.",
        "subject" => "The subject of the notification: a Jinja template.",
        "body" => "The text of the notification: a Jinja template.",
        "payload" => {
            "An optional templatable payload to send when calling the webhook: a Jinja template, or JSON. `prefect automation create` only accepts a string."
        }
        _ => "",
    }
}
