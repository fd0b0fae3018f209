//! What the server rejects in actions (`server/events/actions.py`).

use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::phrase;

use super::super::fields::{ACTIONS, INFERRED, SELECTED, STATE_TYPES};
use super::Check;

/// Actions that only Prefect Cloud has.
const CLOUD: [&str; 2] = ["declare-incident", "send-email-notification"];

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
            // The server reads any object without a type as `do-nothing` or as the action that it resembles.
            self.add(Code::MISSING_ACTION_TYPE, path, action).opening();
            return;
        };
        let name = kind.string();
        let Some(known) = ACTIONS.iter().find(|known| kind.is(known.name)) else {
            let place = Path::Key(path, "type");
            if CLOUD.iter().any(|cloud| kind.is(cloud)) {
                if self.options.cloud {
                    return;
                }
                self.add(Code::CLOUD_ACTION, &place, kind).text("found", kind);
                return;
            }
            let finding = self.add(Code::UNKNOWN_ACTION_TYPE, &place, kind).text("found", kind);
            let all = ACTIONS.iter().map(|known| known.name);
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
        if let Some(id) = known.target {
            self.target(action, id, path);
        }
        for field in known.fields {
            match action.get(field.name) {
                Some(value) => self.field(field.kind, field.name, value, &Path::Key(path, field.name)),
                None if field.is_required => self.missing("the action", action, field.name, path),
                None => {}
            }
        }
    }

    /// `selected_deployment_requires_id` and similar rules.
    fn target(&mut self, action: Value<'_>, field: &'static str, path: &Path<'_>) {
        let source = action.get("source");
        let selected = match source {
            None => true,
            Some(source) if source.is(SELECTED) => true,
            Some(source) if source.is(INFERRED) => false,
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
            // Terraform's plan lacks values that are known only after `apply`.
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

    pub(super) fn state_type(&mut self, value: Value<'_>, path: &Path<'_>) {
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
