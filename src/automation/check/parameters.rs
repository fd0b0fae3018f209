//! The templates of actions, and the parameters of `run-deployment`.
//!
//! Sources: `validate_parameters` and `_upgrade_v1_templates` in `server/events/actions.py`, and
//! `utilities/schema_tools/hydration.py`.

use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Tape, Value, parse};
use crate::text::nearest::nearest;
use crate::time::scalar;

use super::Check;
use super::deploy::placeholders;
use super::template::{self, is_template};
use super::variables::TemplatePlace;

const KIND: &str = "__prefect_kind";
const KINDS: [&str; 4] = ["none", "json", "jinja", "workspace_variable"];

/// How parameters are traversed.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate rule")]
struct Walk {
    /// Whether the server looks for mistakes here: it ignores lists.
    rejects: bool,
    /// Whether plain strings can be templates.
    upgrades: bool,
    /// Whether to skip values that `prefect deploy` fills in.
    deploys: bool,
    /// Whether the text is read as JSON afterwards.
    reads: bool,
}

impl Check<'_, '_> {
    pub(super) fn template_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        match scalar::text(value) {
            Some(text) => self.template(&text, field, TemplatePlace::Text, value, path),
            None => {
                self.wrong_type(field, "a string", path, value);
            }
        }
    }

    fn template(&mut self, text: &str, field: &str, place: TemplatePlace, value: Value<'_>, path: &Path<'_>) {
        match template::read(text) {
            Some(Err(problem)) => {
                self.add(Code::INVALID_TEMPLATE, path, value).with("field", field).shown("problem", &problem);
            }
            Some(Ok(uses)) => self.variables(&uses, field, place, value, path),
            None => self.unexamined(text, field, value, path),
        }
    }

    /// That nothing was found in a template means nothing if it was not examined.
    fn unexamined(&mut self, text: &str, field: &str, value: Value<'_>, path: &Path<'_>) {
        if let Some(reason) = template::unexamined(text).filter(|_| self.advises()) {
            self.add(Code::TEMPLATE_NOT_EXAMINED, path, value).with("field", field).with("reason", reason);
        }
    }

    /// A text; anything else but null is written as JSON first (`ensure_payload_is_a_string`).
    pub(super) fn payload(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        match value.kind() {
            Kind::Null => {
                self.wrong_type(field, "a string", path, value);
            }
            Kind::String => self.template(&value.string(), field, TemplatePlace::Payload, value, path),
            // The client's model has no such step.
            _ if self.route.has_client() => {
                self.wrong_type(field, "a string", path, value);
            }
            _ => {
                for inner in value.descendants().filter(|inner| inner.is_string()) {
                    self.template(&inner.string(), field, TemplatePlace::Payload, inner, path);
                }
            }
        }
    }

    /// What `hydrate` complains of.
    pub(super) fn parameters(&mut self, value: Value<'_>, path: &Path<'_>) {
        self.object_or_null(value, "parameters", path);
        self.parameter(value, path, Walk { rejects: true, upgrades: true, deploys: false, reads: false });
    }

    /// Those of a deployment's trigger, in which variables and blocks are filled in when it is deployed.
    pub(super) fn deployment_parameters(&mut self, value: Value<'_>, path: &Path<'_>) {
        self.object_or_null(value, "parameters", path);
        self.parameter(value, path, Walk { rejects: true, upgrades: true, deploys: true, reads: false });
    }

    fn parameter(&mut self, value: Value<'_>, path: &Path<'_>, walk: Walk) {
        match value.kind() {
            Kind::Object => match value.get(KIND) {
                Some(kind) => self.of_kind(kind, value, path, walk),
                None => {
                    for (key, member) in value.members() {
                        self.parameter(member, &Path::Key(path, &key.string()), walk);
                    }
                }
            },
            Kind::Array => {
                let inner = Walk { rejects: false, ..walk };
                for (index, item) in value.items().enumerate() {
                    // Strings in nested lists are not checked.
                    let upgrades = inner.upgrades && item.kind() != Kind::Array;
                    self.parameter(item, &Path::Item(path, index), Walk { upgrades, ..inner });
                }
            }
            Kind::String if walk.upgrades && is_template(&value.string()) => {
                let text = value.string();
                let (wrapped, place) = match single(&text) {
                    Some(expression) => (["{{ ", expression, " | tojson }}"].concat(), TemplatePlace::Parameter),
                    None => (text.clone().into_owned(), TemplatePlace::Within),
                };
                // As written, for the message.
                let written = template::read(&text);
                match template::read(&wrapped) {
                    Some(Err(problem)) => self.invalid(&problem, value, path, walk, &text),
                    Some(Ok(uses)) => {
                        let uses = written.and_then(Result::ok).unwrap_or(uses);
                        if !(walk.deploys && is_deploy_time(&text)) {
                            self.variables(&uses, "parameters", place, value, path);
                        }
                    }
                    None if walk.deploys && is_deploy_time(&text) => {}
                    None => self.unexamined(&wrapped, "parameters", value, path),
                }
            }
            _ => {}
        }
    }

    fn invalid(&mut self, problem: &str, value: Value<'_>, path: &Path<'_>, walk: Walk, text: &str) {
        if walk.deploys && is_deploy_time(text) {
            return;
        }
        if walk.rejects {
            self.add(Code::INVALID_TEMPLATE, path, value).with("field", "parameters").shown("problem", problem);
        } else if self.advises() {
            self.add(Code::TEMPLATE_FAILS, path, value).with("field", "parameters").shown("problem", problem);
        }
    }

    fn of_kind(&mut self, kind: Value<'_>, object: Value<'_>, path: &Path<'_>, walk: Walk) {
        let walk = Walk { upgrades: false, ..walk };
        let inside = |key: &str| object.get(key).filter(|value| value.kind() == Kind::Object);
        let absent = |key: &str| object.get(key).is_none();
        match () {
            () if kind.is("none") => match object.get("value") {
                Some(value) => self.parameter(value, &Path::Key(path, "value"), walk),
                None => self.lacks("value", object, path, walk),
            },
            () if kind.is("json") => {
                if let Some(value) = inside("value") {
                    self.parameter(value, &Path::Key(path, "value"), Walk { reads: true, ..walk });
                } else if let Some(value) = object.get("value").filter(|value| value.is_string())
                    && !is_json(&value.bytes())
                {
                    self.invalid("`value` is not JSON", value, &Path::Key(path, "value"), walk, "");
                }
            }
            () if kind.is("jinja") => {
                if let Some(value) = inside("template") {
                    self.parameter(value, &Path::Key(path, "template"), walk);
                } else if let Some(value) = object.get("template").filter(|value| value.is_string()) {
                    let (text, path) = (value.string(), Path::Key(path, "template"));
                    match template::read(&text) {
                        Some(Err(problem)) => self.invalid(&problem, value, &path, walk, &text),
                        Some(Ok(uses)) if !(walk.deploys && is_deploy_time(&text)) => {
                            self.variables(&uses, "parameters", TemplatePlace::Within, value, &path);
                            if single(&text).is_some()
                                && uses.filters.is_empty()
                                && let [printed] = uses.printed.as_slice()
                                && (printed.starts_with(&["event", "payload"]) && printed.len() > 2
                                    || super::variables::is_object(printed))
                                && !walk.reads
                                && self.advises()
                            {
                                let written = printed.join(".");
                                self.add(Code::TEMPLATE_VALUE_AS_TEXT, &path, value).shown("name", &written);
                            }
                        }
                        None if !(walk.deploys && is_deploy_time(&text)) => {
                            self.unexamined(&text, "parameters", value, &path);
                        }
                        _ => {}
                    }
                } else if absent("template") {
                    self.lacks("template", object, path, walk);
                }
            }
            () if kind.is("workspace_variable") => {
                if let Some(value) = inside("variable_name") {
                    self.parameter(value, &Path::Key(path, "variable_name"), walk);
                }
            }
            () if matches!(kind.kind(), Kind::Object | Kind::Array) => {
                self.invalid("`__prefect_kind` must be a string", kind, &Path::Key(path, KIND), walk, "");
            }
            () if kind.is_string() && self.advises() => {
                let name = kind.string();
                let near = nearest(&name, &mut KINDS.iter().copied());
                let finding = self.add(Code::UNKNOWN_PREFECT_KIND, &Path::Key(path, KIND), kind).shown("found", &name);
                if let Some(near) = near {
                    finding.with("expected", near).replace(kind, near);
                }
            }
            () => {}
        }
    }

    fn lacks(&mut self, key: &str, object: Value<'_>, path: &Path<'_>, walk: Walk) {
        let problem = ["`", key, "` is missing beside `__prefect_kind`"].concat();
        if walk.rejects {
            self.add(Code::INVALID_TEMPLATE, path, object)
                .opening()
                .with("field", "parameters")
                .with("problem", &problem);
        } else if self.advises() {
            self.add(Code::TEMPLATE_FAILS, path, object)
                .opening()
                .with("field", "parameters")
                .with("problem", &problem);
        }
    }
}

/// The expression of a string that consists only of it (`_wrap_v1_template`).
fn single(text: &str) -> Option<&str> {
    let stripped = text.trim();
    let inner = stripped.strip_prefix("{{")?.strip_suffix("}}")?;
    (!inner.contains("{{")).then(|| inner.trim())
}

/// What `prefect deploy` fills in: variables, blocks, the environment, and the outputs of earlier steps. A hyphen
/// distinguishes the id of a step from a variable of the server.
fn is_deploy_time(text: &str) -> bool {
    placeholders(text).any(|(name, _)| {
        let of_step = name.split('.').next().is_some_and(|id| id.contains('-'));
        of_step || ["prefect.variables.", "prefect.blocks.", "$"].iter().any(|start| name.starts_with(start))
    })
}

/// Python accepts `NaN` and the infinities too.
fn is_json(text: &[u8]) -> bool {
    if [&b"NaN"[..], b"Infinity"].iter().any(|word| text.windows(word.len()).any(|part| part == *word)) {
        return true;
    }
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    parse(text, 0, &mut tape, &mut issues).complete && issues.is_empty()
}
