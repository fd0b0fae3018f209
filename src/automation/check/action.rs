//! What the server rejects in actions (`server/events/actions.py`).

use crate::diagnostic::findings::Findings;
use crate::diagnostic::options::ReportOptions;
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Profile};
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::phrase;

use super::super::fields::{ACTIONS, ActionType, FieldKind, INFERRED, SELECTED, STATE_TYPES};
use super::rest_api::RestApi;
use super::{Check, Route};

/// The side that checks an action: the client checks fewer fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// How many levels of JSON the server writes (`orjson`).
const DEEPEST_PAYLOAD: usize = 254;

/// Whether the server can write a payload as JSON.
fn is_written(value: Value<'_>, depth: usize) -> bool {
    let inner = depth.saturating_add(1);
    match value.kind() {
        Kind::Integer => {
            let text = std::str::from_utf8(value.raw()).unwrap_or_default();
            // Other notations of YAML have no longer numbers.
            let is_decimal = text.trim_start_matches(['-', '+']).bytes().all(|byte| byte.is_ascii_digit());
            !is_decimal || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
        }
        Kind::Array => inner <= DEEPEST_PAYLOAD && value.items().all(|item| is_written(item, inner)),
        Kind::Object => inner <= DEEPEST_PAYLOAD && value.members().all(|(_, member)| is_written(member, inner)),
        _ => true,
    }
}

/// Whether a value of an action has the type of its field, and is not converted to it.
fn is_exact((field, value): (FieldKind, Value<'_>)) -> bool {
    match field {
        FieldKind::TargetId => value.kind() == Kind::Null,
        FieldKind::Boolean => matches!(value.kind(), Kind::True | Kind::False),
        FieldKind::Uuid | FieldKind::StateType | FieldKind::Delay => false,
        _ => true,
    }
}

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
        // The server writes the payload before it decides which action this is.
        if self.is_strict()
            && let Some(payload) = action.get("payload").filter(|payload| !is_written(*payload, 0))
        {
            self.add(Code::WRONG_AUTOMATION_VALUE, &Path::Key(path, "payload"), payload)
                .shown("field", "payload")
                .with("expected", "JSON with whole numbers of at most 64 bits and at most 254 levels")
                .value("found", payload);
        }
        let Some(kind) = action.get("type") else {
            // The server reads any object without a type as `do-nothing` or as the action that it resembles.
            self.add(Code::MISSING_ACTION_TYPE, path, action).opening();
            // The client accepts more, and writes its guess into what it sends.
            if self.route == Route::Cli {
                self.action_fields(self.guessed(action), action, path, Side::Server);
            }
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
        self.action_fields(known, action, path, Side::Server);
    }

    fn action_fields(&mut self, known: &ActionType, action: Value<'_>, path: &Path<'_>, side: Side) {
        let is_client = side == Side::Client;
        if let Some(id) = known.target {
            self.target(action, id, path, is_client && id == "work_pool_id");
        }
        for field in known.fields {
            let kind = match field.kind {
                FieldKind::Template | FieldKind::Payload if is_client => FieldKind::Text,
                FieldKind::Parameters if is_client => FieldKind::ObjectOrNull,
                kind => kind,
            };
            match action.get(field.name) {
                Some(value) => self.field(kind, field.name, value, &Path::Key(path, field.name)),
                None if field.is_required => self.missing("the action", action, field.name, path),
                None => {}
            }
        }
    }

    /// As which action an object without a type is read, by the server or the client before it, with pydantic's rule for unions:
    /// as the one of which it has the most fields; of several, as the first whose fields need no conversion; else as the first.
    pub(super) fn guessed(&self, action: Value<'_>) -> &'static ActionType {
        let [nothing, others @ ..] = &ACTIONS;
        let mut best = ((0, true), nothing);
        for known in others {
            let given = known.fields.iter().filter_map(|field| Some((field.kind, action.get(field.name)?)));
            let (count, is_exact) =
                given.fold((0_usize, true), |(count, all), one| (count.saturating_add(1), all && is_exact(one)));
            if (count, is_exact) > best.0 && self.fits(known, action) {
                best = ((count, is_exact), known);
            }
        }
        best.1
    }

    fn fits(&self, known: &ActionType, action: Value<'_>) -> bool {
        let rejected = ReportOptions { profile: Profile::Server, ..ReportOptions::listing(0) };
        let (mut findings, mut rest_api) = (Findings::new(rejected), RestApi::default());
        let way = (self.route, self.is_plan);
        let mut check = Check::new(&mut findings, &mut rest_api, self.options, way, self.text);
        let side = if self.route.has_client() { Side::Client } else { Side::Server };
        check.action_fields(known, action, &Path::Root, side);
        findings.are_valid()
    }

    /// `selected_deployment_requires_id` and similar rules.
    /// `free`: without these rules.
    fn target(&mut self, action: Value<'_>, field: &'static str, path: &Path<'_>, free: bool) {
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
            _ if free => {}
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
