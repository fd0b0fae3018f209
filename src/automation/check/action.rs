//! What the server rejects in actions (`server/events/actions.py`).

use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::phrase;

use super::Check;

/// What an action acts on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    None,
    /// `source: selected` needs the id in this field, `source: inferred` allows none.
    Selected(&'static str),
}

/// The actions of the server's union, by `type`.
const ACTIONS: [(&str, Target); 17] = [
    ("do-nothing", Target::None),
    ("run-deployment", Target::Selected("deployment_id")),
    ("pause-deployment", Target::Selected("deployment_id")),
    ("resume-deployment", Target::Selected("deployment_id")),
    ("cancel-flow-run", Target::None),
    ("delete-flow-run", Target::None),
    ("change-flow-run-state", Target::None),
    ("pause-work-queue", Target::Selected("work_queue_id")),
    ("resume-work-queue", Target::Selected("work_queue_id")),
    ("send-notification", Target::None),
    ("call-webhook", Target::None),
    ("pause-automation", Target::Selected("automation_id")),
    ("resume-automation", Target::Selected("automation_id")),
    ("suspend-flow-run", Target::None),
    ("resume-flow-run", Target::None),
    ("pause-work-pool", Target::Selected("work_pool_id")),
    ("resume-work-pool", Target::Selected("work_pool_id")),
];

/// The fields of an action of a type, beside `type`; `None`: the type is not known.
pub(super) fn fields_of(kind: &str) -> Option<&'static [&'static str]> {
    let (_, target) = ACTIONS.iter().find(|(known, _)| *known == kind)?;
    Some(match (kind, target) {
        ("run-deployment", _) => &["source", "deployment_id", "parameters", "job_variables", "schedule_after"],
        ("change-flow-run-state", _) => &["name", "state", "message", "force"],
        ("send-notification", _) => &["block_document_id", "subject", "body"],
        ("call-webhook", _) => &["block_document_id", "payload"],
        (_, Target::Selected("deployment_id")) => &["source", "deployment_id"],
        (_, Target::Selected("work_queue_id")) => &["source", "work_queue_id"],
        (_, Target::Selected("work_pool_id")) => &["source", "work_pool_id"],
        (_, Target::Selected("automation_id")) => &["source", "automation_id"],
        _ => &[],
    })
}

/// What only Prefect Cloud does.
const CLOUD: [&str; 2] = ["declare-incident", "send-email-notification"];

/// The types of states.
pub(super) const STATE_TYPES: [&str; 9] =
    ["SCHEDULED", "PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED", "PAUSED", "CANCELLING"];

impl Check<'_, '_> {
    pub(super) fn actions(&mut self, list: Value<'_>, field: &str) {
        let path = Path::Field(field);
        if list.kind() != Kind::Array {
            self.wrong_type(field, "a list of actions", &path, list);
            return;
        }
        for (index, action) in list.items().enumerate() {
            self.action(action, &Path::Item(&path, index));
        }
    }

    fn action(&mut self, action: Value<'_>, path: &Path<'_>) {
        if action.kind() != Kind::Object {
            self.add(Code::NOT_AN_ACTION, path, action).value("found", action);
            return;
        }
        let Some(kind) = action.get("type") else {
            // The server takes any object without a type for `do-nothing` or for what it resembles.
            self.add(Code::MISSING_ACTION_TYPE, path, action).opening();
            return;
        };
        let name = kind.string();
        let known = ACTIONS.iter().find(|(known, _)| kind.is(known));
        let Some((_, target)) = known else {
            let place = Path::Key(path, "type");
            if CLOUD.iter().any(|cloud| kind.is(cloud)) {
                if self.options.cloud {
                    return;
                }
                self.add(Code::CLOUD_ACTION, &place, kind).text("found", kind);
                return;
            }
            let finding = self.add(Code::UNKNOWN_ACTION_TYPE, &place, kind).text("found", kind);
            let all = ACTIONS.iter().map(|(name, _)| *name);
            match nearest(&name, &mut all.clone()).filter(|_| kind.is_string()) {
                Some(near) => finding
                    .say("hint", format_args!("did you mean `{near}`?"))
                    .with("expected", near)
                    .replace(kind, near),
                None => {
                    finding.say("hint", format_args!("there are {}", phrase::list(&mut { all }, " and ")));
                }
            }
            return;
        };
        if let Target::Selected(id) = target {
            self.target(action, id, path);
        }
        match &*name {
            "run-deployment" => {
                if let Some(parameters) = action.get("parameters") {
                    self.parameters(parameters, &Path::Key(path, "parameters"));
                }
                if let Some(variables) = action.get("job_variables") {
                    self.object_or_null(variables, "job_variables", &Path::Key(path, "job_variables"));
                }
                self.optional(action, "schedule_after", path, Self::delay_field);
            }
            "change-flow-run-state" => {
                self.required("the action", action, "state", path, Self::state_type);
                self.optional(action, "name", path, Self::text_or_null_field);
                self.optional(action, "message", path, Self::text_or_null_field);
                self.optional(action, "force", path, Self::boolean_field);
            }
            "send-notification" => {
                self.required("the action", action, "block_document_id", path, Self::uuid_field);
                self.required("the action", action, "body", path, Self::template_field);
                self.optional(action, "subject", path, Self::template_field);
            }
            "call-webhook" => {
                self.required("the action", action, "block_document_id", path, Self::uuid_field);
                self.optional(action, "payload", path, Self::payload);
            }
            _ => {}
        }
    }

    /// `selected_deployment_requires_id` and its like.
    fn target(&mut self, action: Value<'_>, field: &'static str, path: &Path<'_>) {
        let source = action.get("source");
        let selected = match source {
            None => true,
            Some(source) if source.is("selected") => true,
            Some(source) if source.is("inferred") => false,
            Some(source) => {
                self.wrong_type("source", "`selected` or `inferred`", &Path::Key(path, "source"), source);
                return;
            }
        };
        let id = action.get(field).filter(|id| id.kind() != Kind::Null);
        if let Some(id) = id {
            self.uuid_field(field, id, &Path::Key(path, field));
        }
        match id {
            // A value that is known only after `apply` is missing from Terraform's plan.
            None if selected && self.is_plan => {}
            None if selected => {
                let why = if source.is_some() { "`source` is `selected`" } else { "`source` is `selected` by default" };
                self.add(Code::ACTION_TARGET, path, action)
                    .opening()
                    .say("what", format_args!("`{field}` is missing: {why}"))
                    .say("remedy", format_args!("give the id in `{field}`, or write `source: inferred`"));
            }
            Some(id) if !selected => {
                self.add(Code::ACTION_TARGET, &Path::Key(path, field), id)
                    .say("what", format_args!("`{field}` is not allowed with `source: inferred`"))
                    .say("remedy", format_args!("remove `{field}`, or write `source: selected`"));
            }
            _ => {}
        }
    }

    fn state_type(&mut self, _: &str, value: Value<'_>, path: &Path<'_>) {
        if STATE_TYPES.iter().any(|known| value.is(known)) {
            return;
        }
        let upper = value.string().to_ascii_uppercase();
        let finding = self
            .add(Code::UNKNOWN_STATE_TYPE, path, value)
            .text("found", value)
            .with("known", &phrase::list(&mut STATE_TYPES.iter().copied(), " and "));
        if value.is_string()
            && let Some(near) = nearest(&upper, &mut STATE_TYPES.iter().copied())
        {
            finding.with("expected", near).replace(value, near);
        }
    }
}
