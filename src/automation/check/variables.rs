//! What the templates of actions can use, and the consequence of using what does not exist.
//!
//! Sources: `_template_context` and `_relevant_native_objects` in `server/events/actions.py`,
//! `server/events/jinja_filters.py`, and the models whose fields are listed here, all as of 3.9.1.

use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::Value;
use crate::text::nearest::nearest;
use crate::text::phrase;
use crate::text::table::TextSet;

use super::Check;
use super::template::Uses;

/// Filters: those of Jinja, of the extension for human-friendly values, and of Prefect.
pub(super) const FILTERS: [&str; 77] = [
    "abs",
    "attr",
    "batch",
    "capitalize",
    "center",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "filesizeformat",
    "first",
    "float",
    "flow_run_id",
    "forceescape",
    "format",
    "groupby",
    "humanize_abs_timedelta",
    "humanize_activate",
    "humanize_apnumber",
    "humanize_clamp",
    "humanize_date_and_delta",
    "humanize_deactivate",
    "humanize_decimal_separator",
    "humanize_fractional",
    "humanize_intcomma",
    "humanize_intword",
    "humanize_metric",
    "humanize_naturaldate",
    "humanize_naturalday",
    "humanize_naturaldelta",
    "humanize_naturalsize",
    "humanize_naturaltime",
    "humanize_ordinal",
    "humanize_precisedelta",
    "humanize_scientific",
    "humanize_thousands_separator",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "random",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "striptags",
    "sum",
    "title",
    "tojson",
    "trim",
    "truncate",
    "ui_resource_events_url",
    "ui_url",
    "unique",
    "upper",
    "urlencode",
    "urlize",
    "wordcount",
    "wordwrap",
    "xmlattr",
];
/// Tests, by name; `select("<", 3)` can also name those of operators.
pub(super) const TESTS: [&str; 39] = [
    "!=",
    "<",
    "<=",
    "==",
    ">",
    ">=",
    "boolean",
    "callable",
    "defined",
    "divisibleby",
    "eq",
    "equalto",
    "escaped",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];
/// What Jinja itself defines.
const GLOBALS: [&str; 13] = [
    "cycler",
    "dict",
    "joiner",
    "lipsum",
    "namespace",
    "range",
    "loop",
    "self",
    "super",
    "caller",
    "varargs",
    "kwargs",
    "_",
];
/// Variables that the server defines for each action.
const CONTEXT: [&str; 6] = ["automation", "event", "labels", "firing", "firings", "events"];
/// Objects that the server looks up by the resources of the triggering event.
const OBJECTS: [&str; 8] =
    ["deployment", "flow", "flow_run", "task_run", "work_pool", "work_queue", "concurrency_limit", "variables"];
/// Variables that only Prefect Cloud defines.
const CLOUD: [&str; 5] = ["metric", "incident", "account", "workspace", "actor"];
/// Of `event`.
const EVENT: [&str; 14] = [
    "event",
    "find_resource_label",
    "follows",
    "id",
    "involved_resources",
    "occurred",
    "payload",
    "received",
    "related",
    "resource",
    "resource_in_role",
    "resources_in_role",
    "size_bytes",
    "url",
];
/// Of `automation`.
const AUTOMATION: [&str; 14] = [
    "actions",
    "actions_on_resolve",
    "actions_on_trigger",
    "created",
    "description",
    "enabled",
    "id",
    "name",
    "tags",
    "trigger",
    "trigger_by_id",
    "triggers",
    "triggers_of_type",
    "updated",
];
/// Of `firing`.
const FIRING: [&str; 10] = [
    "all_events",
    "all_firings",
    "id",
    "trigger",
    "trigger_states",
    "triggered",
    "triggering_event",
    "triggering_firings",
    "triggering_labels",
    "triggering_value",
];
/// Of `flow_run`.
const FLOW_RUN: [&str; 36] = [
    "auto_scheduled",
    "context",
    "created",
    "created_by",
    "deployment_id",
    "deployment_version",
    "empirical_policy",
    "end_time",
    "estimated_run_time",
    "estimated_start_time_delta",
    "expected_start_time",
    "flow_id",
    "flow_version",
    "id",
    "idempotency_key",
    "infrastructure_document_id",
    "infrastructure_pid",
    "job_variables",
    "labels",
    "name",
    "next_scheduled_start_time",
    "parameters",
    "parent_task_run_id",
    "run_count",
    "start_time",
    "state",
    "state_id",
    "state_name",
    "state_type",
    "tags",
    "total_run_time",
    "updated",
    "work_pool_id",
    "work_pool_name",
    "work_queue_id",
    "work_queue_name",
];
/// Of `flow`.
const FLOW: [&str; 6] = ["created", "id", "labels", "name", "tags", "updated"];
/// Of `deployment`.
const DEPLOYMENT: [&str; 30] = [
    "concurrency_limit",
    "concurrency_options",
    "created",
    "created_by",
    "description",
    "enforce_parameter_schema",
    "entrypoint",
    "flow_id",
    "global_concurrency_limit",
    "id",
    "infrastructure_document_id",
    "job_variables",
    "labels",
    "last_polled",
    "name",
    "parameter_openapi_schema",
    "parameters",
    "path",
    "paused",
    "pull_steps",
    "schedules",
    "status",
    "storage_document_id",
    "tags",
    "updated",
    "updated_by",
    "version",
    "work_pool_name",
    "work_queue_id",
    "work_queue_name",
];
/// Of `work_pool`.
const WORK_POOL: [&str; 12] = [
    "base_job_template",
    "concurrency_limit",
    "created",
    "default_queue_id",
    "description",
    "id",
    "is_paused",
    "name",
    "status",
    "storage_configuration",
    "type",
    "updated",
];
/// Of `work_queue`.
const WORK_QUEUE: [&str; 17] = [
    "active_slots",
    "concurrency_limit",
    "created",
    "description",
    "filter",
    "health_check_policy",
    "healthy",
    "id",
    "is_paused",
    "last_polled",
    "late_runs_count",
    "name",
    "priority",
    "status",
    "updated",
    "work_pool_id",
    "work_pool_name",
];
/// Of `task_run`.
const TASK_RUN: [&str; 27] = [
    "cache_expiration",
    "cache_key",
    "created",
    "dynamic_key",
    "empirical_policy",
    "end_time",
    "estimated_run_time",
    "estimated_start_time_delta",
    "expected_start_time",
    "flow_run_id",
    "flow_run_run_count",
    "id",
    "labels",
    "name",
    "next_scheduled_start_time",
    "run_count",
    "start_time",
    "state",
    "state_id",
    "state_name",
    "state_type",
    "tags",
    "task_inputs",
    "task_key",
    "task_version",
    "total_run_time",
    "updated",
];
/// Of `concurrency_limit`.
const CONCURRENCY_LIMIT: [&str; 10] = [
    "active",
    "active_slots",
    "avg_slot_occupancy_seconds",
    "created",
    "denied_slots",
    "id",
    "limit",
    "name",
    "slot_decay_per_second",
    "updated",
];

/// The fields of an object; `None`: any.
pub(super) fn fields(object: &str) -> Option<&'static [&'static str]> {
    Some(match object {
        "event" => &EVENT,
        "automation" => &AUTOMATION,
        "firing" => &FIRING,
        "flow_run" => &FLOW_RUN,
        "flow" => &FLOW,
        "deployment" => &DEPLOYMENT,
        "work_pool" => &WORK_POOL,
        "work_queue" => &WORK_QUEUE,
        "task_run" => &TASK_RUN,
        "concurrency_limit" => &CONCURRENCY_LIMIT,
        _ => return None,
    })
}

/// Where a template is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TemplatePlace {
    /// Text for people.
    Text,
    /// The payload of a webhook.
    Payload,
    /// A parameter that is a single expression: it keeps its type (`_wrap_v1_template`).
    Parameter,
    /// A parameter with other text around.
    Within,
}

impl Check<'_, '_> {
    /// What an accepted template uses.
    pub(super) fn variables(
        &mut self,
        uses: &Uses<'_>,
        field: &str,
        place: TemplatePlace,
        value: Value<'_>,
        path: &Path<'_>,
    ) {
        if !self.advises() {
            return;
        }
        let (mut own, mut guarded, mut said) = (TextSet::default(), TextSet::default(), TextSet::default());
        for name in &uses.own {
            own.insert(name.as_bytes());
        }
        for path in &uses.guarded {
            guarded.insert(path.join(".").as_bytes());
        }
        for used in &uses.paths {
            let Some((first, rest)) = used.split_first() else { continue };
            if own.contains(first.as_bytes()) || is_guarded(&guarded, used) {
                continue;
            }
            let shown = match rest.split_first() {
                Some((attribute, _)) if fields(first).is_some() => [first, ".", attribute].concat(),
                _ => (*first).to_owned(),
            };
            if !said.insert(shown.as_bytes()) {
                continue;
            }
            let Some((severity, hint)) = missing(first, rest) else { continue };
            let effect = if place == TemplatePlace::Parameter {
                "so this action fails when it runs"
            } else {
                "so it renders to nothing"
            };
            self.findings
                .add_as(severity, Code::TEMPLATE_UNDEFINED, &self.subject, path, value)
                .shown("name", &shown)
                .with("field", field)
                .with("effect", effect)
                .with("hint", &hint);
        }
        let filters = uses.filters.iter().map(|name| (*name, "filter", FILTERS.as_slice()));
        let tests = uses.tests.iter().map(|name| (*name, "test", TESTS.as_slice()));
        for (name, what, known) in filters.chain(tests) {
            if known.contains(&name) || !said.insert([name, " ", what].concat().as_bytes()) {
                continue;
            }
            let finding = self
                .add(Code::TEMPLATE_UNKNOWN_FILTER, path, value)
                .shown("name", name)
                .with("what", what)
                .with("field", field);
            if let Some(near) = nearest(name, &mut known.iter().copied().filter(|known| is_word(known))) {
                finding.say("hint", format_args!("did you mean `{near}`?"));
            } else {
                finding.say(
                    "hint",
                    format_args!("there are Jinja's {what}s, and Prefect's `ui_url` and `ui_resource_events_url`"),
                );
            }
        }
        for printed in &uses.printed {
            self.printed(printed, field, place, value, path);
        }
    }

    fn printed(&mut self, printed: &[&str], field: &str, place: TemplatePlace, value: Value<'_>, path: &Path<'_>) {
        let written = printed.join(".");
        match place {
            TemplatePlace::Parameter if is_no_json(printed) => {
                self.add(Code::TEMPLATE_NOT_JSON, path, value)
                    .shown("name", &written)
                    .with("field", field)
                    .say("remedy", format_args!("write `{{{{ {} | string }}}}`", phrase::shown(&written)));
            }
            TemplatePlace::Payload if is_object(printed) => {
                self.add(Code::TEMPLATE_OBJECT_AS_TEXT, path, value).shown("name", &written).with("field", field).say(
                    "remedy",
                    format_args!("write `{{{{ {} | tojson }}}}`, without quotes around it", phrase::shown(&written)),
                );
            }
            _ => {}
        }
    }
}

/// Whether a path, or what is before one of its dots, may be missing.
fn is_guarded(guarded: &TextSet, used: &[&str]) -> bool {
    let path = if guarded.is_empty() { String::new() } else { used.join(".") };
    let mut ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
    ends.any(|end| path.get(..end).is_some_and(|path| guarded.contains(path.as_bytes())))
}

fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Ids and times, which `tojson` does not support; the server applies it to whole parameters.
fn is_no_json(path: &[&str]) -> bool {
    match path {
        [object, "id" | "created" | "updated"] => {
            OBJECTS.contains(object) || ["automation", "firing", "event"].contains(object)
        }
        ["flow_run", "flow_id" | "state_id" | "expected_start_time" | "total_run_time" | "estimated_run_time"]
        | ["event", "occurred" | "received"]
        | ["deployment", "flow_id"]
        | ["firing", "triggered"] => true,
        _ => false,
    }
}

/// Objects and lists.
pub(super) fn is_object(path: &[&str]) -> bool {
    matches!(
        path,
        ["event" | "automation" | "flow_run" | "flow" | "deployment" | "work_pool" | "work_queue" | "task_run"]
            | ["event", "payload" | "resource" | "related"]
            | ["flow_run", "parameters" | "tags" | "labels" | "context" | "job_variables"]
            | ["flow" | "deployment" | "task_run" | "automation", "tags" | "labels" | "parameters"]
    )
}

/// Why a variable, or an attribute of it, does not exist.
fn missing(first: &str, rest: &[&str]) -> Option<(Severity, String)> {
    if GLOBALS.contains(&first) || CLOUD.contains(&first) {
        return None;
    }
    if CONTEXT.contains(&first) || OBJECTS.contains(&first) {
        let (fields, attribute) = (fields(first)?, rest.first()?);
        if fields.contains(attribute) {
            return None;
        }
        let hint = match (first, *attribute) {
            ("event", "name" | "type" | "event_name" | "event_type" | "kind") => {
                "an event's name is `event.event`".to_owned()
            }
            ("event", "time" | "timestamp" | "date" | "datetime") => "its time is `event.occurred`".to_owned(),
            ("event", "resource_id") => "it is `event.resource.id`".to_owned(),
            (_, "url" | "ui_url" | "link") => format!("write `{{{{ {first} | ui_url }}}}`"),
            ("flow_run", "flow_name" | "flow") => "it is `flow.name`".to_owned(),
            ("flow_run", "deployment_name" | "deployment") => "it is `deployment.name`".to_owned(),
            ("flow_run", "state_message" | "message") => "it is `flow_run.state.message`".to_owned(),
            ("flow_run", "logs" | "error" | "exception") => {
                "the state's message is `flow_run.state.message`".to_owned()
            }
            _ => match nearest(attribute, &mut fields.iter().copied()) {
                Some(near) => format!("did you mean `{first}.{near}`?"),
                None => format!("there are {}", phrase::list(&mut fields.iter().copied(), " and ")),
            },
        };
        // Other versions may have it.
        let certain =
            first == "event" || hint.starts_with("write") || hint.starts_with("it is") || hint.starts_with("did");
        return Some((if certain { Code::TEMPLATE_UNDEFINED.severity() } else { Severity::Info }, hint));
    }
    let all = || CONTEXT.iter().chain(&OBJECTS).copied();
    let objects = || OBJECTS.iter().chain(&CONTEXT);
    let hint = match first {
        "prefect" => "only `prefect deploy` resolves it; here, write `{{ variables.NAME }}`".to_owned(),
        "state" | "state_name" | "state_type" | "state_message" => "it is `flow_run.state`".to_owned(),
        "payload" | "resource" | "related" | "occurred" | "follows" => format!("it is `event.{first}`"),
        "name" | "id" | "tags" | "parameters" => "name the object, such as `flow_run.name`".to_owned(),
        "run" | "flowrun" | "flowRun" => "it is `flow_run`".to_owned(),
        "trigger" => "write `automation.trigger`, or `event` for the triggering event".to_owned(),
        _ => {
            // In `flow_run_url`, `flow_run` is intended and not `flow`.
            let split = |object: &&'static str| Some((*object, first.strip_prefix(object)?.strip_prefix('_')?));
            let of = objects().filter_map(split).max_by_key(|(object, _)| object.len());
            match of {
                Some((object, "url" | "ui_url" | "link")) => format!("write `{{{{ {object} | ui_url }}}}`"),
                Some((object, attribute)) if fields(object).is_some_and(|fields| fields.contains(&attribute)) => {
                    format!("write `{object}.{attribute}`")
                }
                _ => match nearest(first, &mut all()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", phrase::list(&mut all(), " and ")),
                },
            }
        }
    };
    Some((Code::TEMPLATE_UNDEFINED.severity(), hint))
}
