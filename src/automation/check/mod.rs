//! Automation documents to findings: what the server refuses, and advice.
//!
//! Sources: `server/events/schemas/automations.py`, `server/events/actions.py` and, for the triggers of a
//! `prefect.yaml`, `events/schemas/deployment_triggers.py`.

mod action;
mod advice;
mod cloud;
mod heartbeat;
mod recognise;
mod options;
mod template;
pub(super) mod trigger;
mod values;

use serde::Serialize;

use crate::diagnostic::TextOptions;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::{self, Language, Source};
use crate::diagnostic::{Code, Report};
use crate::json::{Kind, Pointer, Position, Tape, Value};
use crate::text::nearest::nearest;
use crate::time::scalar;

use super::model::{Posture, Trigger};
use super::outline::{Outliner, TriggerOutline};
use super::read;

use recognise::{DocumentForm, Item};

pub use options::{CheckOptions, PrefectVersion};

/// The fields of an automation, as `POST /api/automations/` takes them.
const FIELDS: [&str; 9] = [
    "name",
    "description",
    "enabled",
    "tags",
    "trigger",
    "actions",
    "actions_on_trigger",
    "actions_on_resolve",
    "owner_resource",
];

/// What is found in a text, and what its triggers are.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CheckReport {
    /// The findings.
    #[serde(flatten)]
    pub report: Report,
    /// All triggers of the text in its order, each before those that it contains. Empty if the text cannot be read.
    pub triggers: Vec<TriggerOutline>,
}

/// Checks a text, JSON or YAML: an automation, a list of them, a trigger, or a `prefect.yaml`.
///
/// Whatever is wrong with the text is a finding of the report. YAML is limited to 100 levels and a million values, those
/// that aliases stand for included; JSON to 900 levels.
///
/// ```
/// use prefect_events::automation::{CheckOptions, check};
/// use prefect_events::diagnostic::TextOptions;
///
/// let text = "
/// name: Cancel late runs
/// trigger: {type: event, posture: Reactve, expect: [prefect.flow-run.Late]}
/// actions: [{type: cancel-flow-run}]
/// ";
/// let found = check(text.as_bytes(), TextOptions::default(), &CheckOptions::default());
/// assert_eq!(found.report.diagnostics[0].code, "unknown-posture");
/// assert_eq!(found.triggers[0].pointer, "/trigger");
/// ```
#[must_use]
pub fn check(text: &[u8], text_options: TextOptions, options: &CheckOptions) -> CheckReport {
    let mut findings = Findings::new(options.report());
    let mut tape = Tape::new();
    let mut events = 0_u64;
    let mut outliner = Outliner::new();
    options::check(&mut findings, options);
    let source = Source { text, base: Position::START, wtf8: text_options.wtf8 };
    let language = syntax::read(&mut findings, source, &mut tape);
    let document = tape.document(text);
    if let (Some(root), Some(language)) = (document.root(), language) {
        for Item { value, form } in recognise::items(root) {
            let index = events;
            events = events.saturating_add(1);
            let name = value.get("name").filter(|name| name.is_string()).map(Value::string);
            findings.next_event();
            let subject = Subject { index: Some(index), name: name.as_deref(), docs: None };
            let mut check = Check { findings: &mut findings, subject, options, text, is_mixed: false };
            check.item(value, form);
            if language == Language::Yaml {
                check.yaml_scalars(value);
            }
            let (trigger, pointer, level) = match form {
                DocumentForm::Automation => {
                    (value.get("trigger"), Pointer::root().key("trigger"), trigger::Level::SERVER)
                }
                DocumentForm::Trigger => (Some(value), Pointer::root(), trigger::Level::SERVER),
                DocumentForm::Deployment => (Some(value), Pointer::root(), trigger::Level::CLIENT),
            };
            if let Some(trigger) = trigger {
                outliner.add(index, trigger, pointer, level);
            }
        }
    }
    CheckReport {
        report: findings.into_report(events, source, text_options.places),
        triggers: outliner.finish(text, text_options),
    }
}

/// The check of one document.
struct Check<'c, 's> {
    findings: &'c mut Findings<'s>,
    subject: Subject<'c>,
    options: &'c CheckOptions,
    text: &'c [u8],
    /// Whether it has been said that a composite trigger mixes resources.
    is_mixed: bool,
}

impl Check<'_, '_> {
    fn add(&mut self, code: Code, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.findings.add(code, &self.subject, path, value)
    }

    /// Whether advice is wanted, beyond what the server refuses.
    fn advises(&self) -> bool {
        self.findings.beyond_envelope()
    }

    fn item(&mut self, value: Value<'_>, form: DocumentForm) {
        match form {
            DocumentForm::Automation => self.automation(value),
            DocumentForm::Trigger => {
                self.trigger(value, &Path::Root, trigger::Level::SERVER);
                self.advise(value, &Path::Root, None, &[]);
            }
            DocumentForm::Deployment => self.deployment_trigger(value),
        }
    }

    fn automation(&mut self, value: Value<'_>) {
        let root = Path::Root;
        if value.kind() != Kind::Object {
            self.add(Code::NOT_AN_AUTOMATION, &root, value).value("found", value);
            return;
        }
        let present = FIELDS.map(|field| value.get(field).is_some());
        let is_present = |name: &str| FIELDS.iter().zip(present).any(|(field, present)| *field == name && present);
        let mut misspelt = Vec::new();
        for (key, _) in value.members() {
            let name = key.string();
            if FIELDS.contains(&&*name) {
                continue;
            }
            let path = Path::Field(&name);
            let near = nearest(&name, &mut FIELDS.iter().copied());
            let near = near.filter(|near| !is_present(near));
            let finding = self.add(Code::UNKNOWN_AUTOMATION_FIELD, &path, key).shown("field", &name);
            if let Some(near) = near {
                misspelt.push(near);
                finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", near).replace(key, near);
            }
        }
        let what = "the automation";
        for field in ["name", "trigger", "actions"] {
            if value.get(field).is_none() && !misspelt.contains(&field) {
                self.missing(what, value, field, &root);
            }
        }
        self.optional(value, "name", &root, Self::text_field);
        self.optional(value, "description", &root, Self::text_field);
        self.optional(value, "enabled", &root, Self::boolean_field);
        self.optional(value, "tags", &root, Self::texts_field);
        self.optional(value, "owner_resource", &root, Self::text_or_null_field);
        let trigger = value.get("trigger");
        if let Some(trigger) = trigger {
            self.trigger(trigger, &Path::Field("trigger"), trigger::Level::SERVER);
        }
        for field in ["actions", "actions_on_trigger", "actions_on_resolve"] {
            if let Some(actions) = value.get(field) {
                self.actions(actions, field);
            }
        }
        let Some(trigger) = trigger else { return };
        self.run_deployment_loop(value, trigger);
        let lists = ["actions", "actions_on_trigger"].map(|field| (field, value.get(field)));
        self.advise(trigger, &Path::Field("trigger"), None, &lists);
        if self.advises()
            // In Prefect Cloud metric triggers are resolved.
            && !(self.options.cloud && cloud::is_metric(trigger))
            && let Some(actions) = value.get("actions_on_resolve")
            && actions.items().next().is_some()
        {
            self.add(Code::ACTIONS_NEVER_RUN, &Path::Field("actions_on_resolve"), actions).opening();
        }
    }

    /// A trigger of a deployment in a `prefect.yaml`, which the client completes.
    fn deployment_trigger(&mut self, value: Value<'_>) {
        let root = Path::Root;
        if value.kind() == Kind::Object {
            self.optional(value, "name", &root, Self::text_or_null_field);
            self.optional(value, "description", &root, Self::text_field);
            self.optional(value, "enabled", &root, Self::boolean_field);
            self.optional(value, "schedule_after", &root, Self::delay_field);
            if let Some(parameters) = value.get("parameters") {
                self.parameters(parameters, &Path::Field("parameters"));
            }
            if let Some(variables) = value.get("job_variables") {
                self.object_or_null(variables, "job_variables", &Path::Field("job_variables"));
            }
        }
        self.trigger(value, &root, trigger::Level::CLIENT);
        self.advise(value, &root, Some(Posture::Reactive), &[]);
    }

    /// A rule of the whole document (`AutomationCore.prevent_run_deployment_loops`).
    fn run_deployment_loop(&mut self, automation: Value<'_>, trigger: Value<'_>) {
        const STARTS: [&str; 4] = [
            "prefect.flow-run.Scheduled",
            "prefect.flow-run.Pending",
            "prefect.flow-run.Running",
            "prefect.flow-run.*",
        ];
        let enabled = automation.get("enabled").is_none_or(|enabled| scalar::boolean(enabled) == Some(true));
        let Some(Trigger::Event(event)) = read::trigger(trigger) else { return };
        let start = event.expect.iter().find(|name| STARTS.contains(&name.as_str()));
        let (true, Posture::Reactive, Some(start)) = (enabled, event.posture, start) else { return };
        let every = |specification: &super::Specification| match specification.0.as_slice() {
            [] => true,
            [(label, patterns)] => {
                label == "prefect.resource.id" && patterns.iter().any(|pattern| pattern == "prefect.flow-run.*")
            }
            _ => false,
        };
        let unfiltered = every(&event.matches) && event.match_related.iter().any(every);
        let actions = automation.get("actions").into_iter().flat_map(Value::items);
        for (index, action) in actions.enumerate() {
            if !action.get("type").is_some_and(|kind| kind.is("run-deployment")) {
                continue;
            }
            let source = action.get("source");
            let inferred = source.is_some_and(|source| source.is("inferred"));
            let selected = source.is_none_or(|source| source.is("selected"));
            let list = Path::Field("actions");
            let path = Path::Item(&list, index);
            if inferred || (selected && unfiltered) {
                let which = if inferred { "the deployment of that flow run" } else { "a deployment" };
                let remedy = if inferred {
                    "select a deployment (`source: selected` with its `deployment_id`), and match only other flow runs"
                } else {
                    "narrow down `match` or `match_related`, so that the runs of this deployment do not match"
                };
                self.add(Code::RUN_DEPLOYMENT_LOOP, &path, action)
                    .opening()
                    .with("event", start)
                    .with("which", which)
                    .with("remedy", remedy);
                return;
            }
        }
    }
}
