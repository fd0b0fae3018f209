//! Fields that Prefect ignores, and the fields that were probably intended.

use crate::diagnostic::Code;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::path::Path;
use crate::json::Value;
use crate::text::nearest::nearest;

use super::super::fields::{ACTIONS, OF_AUTOMATIONS, WRITTEN_BY_THE_SERVER, names};
use super::Check;

/// The fields of an automation.
const NAMES: [&str; OF_AUTOMATIONS.len()] = names(&OF_AUTOMATIONS);

/// Names that people use, and Prefect's names for them. The first that the object can have is the intended one.
const MEANT: [(&str, &[&str]); 60] = [
    ("event", &["expect"]),
    ("events", &["expect"]),
    ("event_name", &["expect"]),
    ("event_names", &["expect"]),
    ("event_type", &["expect"]),
    ("on", &["expect"]),
    ("when", &["expect"]),
    ("window", &["within"]),
    ("timeout", &["within"]),
    ("duration", &["within"]),
    ("period", &["within"]),
    ("seconds", &["within"]),
    ("interval", &["within"]),
    ("time_window", &["within"]),
    ("within_seconds", &["within"]),
    ("count", &["threshold"]),
    ("times", &["threshold"]),
    ("occurrences", &["threshold"]),
    ("min_count", &["threshold"]),
    ("filter", &["match"]),
    ("filters", &["match"]),
    ("labels", &["match"]),
    ("resource", &["match"]),
    ("resources", &["match"]),
    ("match_resource", &["match"]),
    ("related", &["match_related"]),
    ("related_resources", &["match_related"]),
    ("group_by", &["for_each"]),
    ("groupby", &["for_each"]),
    ("per", &["for_each"]),
    ("by", &["for_each"]),
    ("since", &["after"]),
    ("start", &["after"]),
    ("mode", &["posture"]),
    ("kind", &["type"]),
    ("trigger_type", &["type"]),
    ("action_type", &["type"]),
    ("action", &["actions", "type"]),
    ("triggers", &["trigger"]),
    ("when_triggered", &["actions_on_trigger"]),
    ("on_trigger", &["actions_on_trigger"]),
    ("on_resolve", &["actions_on_resolve"]),
    ("title", &["name", "subject"]),
    ("active", &["enabled"]),
    ("is_active", &["enabled"]),
    ("paused", &["enabled"]),
    ("labels_each", &["for_each"]),
    ("block", &["block_document_id"]),
    ("block_id", &["block_document_id"]),
    ("notification_block_id", &["block_document_id"]),
    ("webhook_id", &["block_document_id"]),
    ("message", &["body"]),
    ("text", &["body", "message"]),
    ("deployment", &["deployment_id"]),
    ("automation", &["automation_id"]),
    ("work_pool", &["work_pool_id"]),
    ("work_queue", &["work_queue_id"]),
    ("params", &["parameters"]),
    ("variables", &["job_variables"]),
    ("delay", &["schedule_after"]),
];

/// The field of an object for which another name was probably intended.
pub(super) fn meant<'k>(name: &str, known: &mut dyn Iterator<Item = &'k str>) -> Option<&'k str> {
    let known: Vec<&'k str> = known.collect();
    let plain = name.replace('-', "_").to_ascii_lowercase();
    let table = MEANT.iter().filter(|(other, _)| *other == plain).flat_map(|(_, fields)| fields.iter());
    let mut by_table = table.filter_map(|field| known.iter().find(|known| *known == field));
    by_table.next().copied().or_else(|| nearest(&plain, &mut known.iter().copied()))
}

impl Check<'_, '_> {
    /// The top-level fields of an automation. Returns those that are present only under another name.
    pub(super) fn fields_of_automation(&mut self, value: Value<'_>) -> Vec<&'static str> {
        let is_present = NAMES.map(|field| value.get(field).is_some());
        let absent = || NAMES.into_iter().zip(is_present).filter(|(_, present)| !present).map(|(field, _)| field);
        let mut misspelt = Vec::new();
        for (key, _) in value.members() {
            let name = key.string();
            if NAMES.contains(&&*name) {
                continue;
            }
            if !self.is_strict() && WRITTEN_BY_THE_SERVER.contains(&&*name) {
                self.rest_api.exported(&name, key);
                continue;
            }
            let near = meant(&name, &mut absent());
            // A missing field is reported with the name used instead.
            let is_required = near.is_some_and(|near| required().any(|required| required == near));
            if is_required && !self.is_strict() {
                continue;
            }
            let path = Path::Field(&name);
            let certain = near.filter(|near| nearest(&name, &mut std::iter::once(*near)).is_some());
            let finding = if self.is_strict() {
                self.add(Code::UNKNOWN_AUTOMATION_FIELD, &path, key).shown("field", &name)
            } else if self.advises() {
                self.add(Code::IGNORED_FIELD, &path, key).shown("field", &name).with("where", "automations")
            } else {
                continue;
            };
            let Some(near) = near else { continue };
            misspelt.push(near);
            let finding = finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near);
            if certain.is_some() {
                finding.replace(key, near);
            }
        }
        misspelt
    }

    /// Fields of a trigger or an action that Prefect ignores.
    pub(super) fn ignored_fields(
        &mut self,
        object: Value<'_>,
        path: &Path<'_>,
        place: &str,
        known: &[&[&'static str]],
    ) {
        let all = || known.iter().flat_map(|some| some.iter().copied());
        // Fields that are present, or already reported as missing.
        let mut taken = Vec::new();
        // Its pointer is as long as the object is deep.
        let pointer = self.findings.has_any().then(|| path.pointer());
        let is_reported = |findings: &Findings<'_>, field: &str| {
            pointer.as_ref().is_some_and(|pointer| findings.has(&pointer.clone().key(field)))
        };
        for field in all() {
            if object.get(field).is_some() || is_reported(self.findings, field) {
                taken.push(field);
            }
        }
        for (key, _) in object.members() {
            let name = key.string();
            if all().any(|known| known == name) {
                continue;
            }
            let near = meant(&name, &mut all().filter(|field| !taken.contains(field)));
            // Already reported with the missing field.
            if meant(&name, &mut all()).is_some_and(|meant| is_reported(self.findings, meant)) {
                continue;
            }
            let finding =
                self.add(Code::IGNORED_FIELD, &Path::Key(path, &name), key).shown("field", &name).with("where", place);
            let Some(near) = near else { continue };
            let finding = finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near);
            if nearest(&name.replace('-', "_"), &mut std::iter::once(near)).is_some() {
                finding.replace(key, near);
            }
        }
    }

    /// Fields of an action that Prefect ignores: those of other types too.
    pub(super) fn ignored_of_action(&mut self, action: Value<'_>, path: &Path<'_>) {
        let Some(kind) = action.get("type") else { return };
        // The fields of an unknown type are unknown.
        if let Some(known) = ACTIONS.iter().find(|known| kind.is(known.name)) {
            let own: Vec<&'static str> = known.fields.iter().map(|field| field.name).collect();
            self.ignored_fields(action, path, "this action", &[&["type"], &own]);
        }
    }
}

/// The fields that every automation needs.
pub(super) fn required() -> impl Iterator<Item = &'static str> {
    OF_AUTOMATIONS.into_iter().filter(|field| field.is_required).map(|field| field.name)
}
