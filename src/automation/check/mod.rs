//! Checks automation documents: what the server rejects, and advice.
//!
//! Sources: `server/events/schemas/automations.py`, `server/events/actions.py` and, for the triggers of a
//! `prefect.yaml`, `events/schemas/deployment_triggers.py`.

mod action;
mod advice;
mod cloud;
mod deploy;
mod rest_api;
mod fields;
mod heartbeat;
mod loops;
mod names;
mod parameters;
mod reach;
mod shape;
mod options;
mod prefect_yaml;
mod template;
mod timing;
mod variables;
pub(super) mod trigger;
mod values;

use serde::Serialize;

use crate::diagnostic::TextOptions;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::{Language, SourceText};
use crate::diagnostic::{Code, Profile, Report};
use crate::json::{Kind, Pointer, Position, Tape, Value};
use crate::recognise::{self, Form, Item, ItemForm, Notation, recognise};
use crate::time::scalar;

use super::fields::{FieldKind, OF_AUTOMATIONS, OF_DEPLOYMENT_TRIGGERS};
use super::model::Posture;
use super::outline::{Outliner, TriggerOutline};
use super::read::{self, TriggerKind};

use rest_api::RestApi;
use trigger::{Kinds, Level};

pub use options::{CheckOptions, PrefectVersion, Route};

/// The fields of a variable of templates; none if it is not an object of the server.
pub(crate) fn known_fields(object: &str) -> &'static [&'static str] {
    variables::fields(object).unwrap_or_default()
}

/// How many filters templates have.
#[cfg(test)]
pub(crate) const TEMPLATE_FILTERS: usize = variables::FILTERS.len();

/// Whether templates have this filter.
pub(crate) fn is_template_filter(name: &str) -> bool {
    variables::FILTERS.contains(&name)
}

/// Whether templates have this test: `value is odd`.
pub(crate) fn is_template_test(name: &str) -> bool {
    variables::TESTS.contains(&name)
}

/// Whether a template is nested too deeply to be read here.
pub(crate) fn is_nested_too_deeply(template: &str) -> bool {
    template::is_nested_too_deeply(template)
}

/// Why the server rejects a template. `None`: it accepts it, or it is unknown.
pub(crate) fn template_problem(template: &str) -> Option<String> {
    template::read(template)?.err()
}

/// The findings in a document, and its triggers.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CheckReport {
    /// The findings.
    #[serde(flatten)]
    pub report: Report,
    /// All triggers of the text in order, each before the triggers that it contains. Empty if the text cannot be read.
    pub triggers: Vec<TriggerOutline>,
}

/// Checks a text, JSON or YAML: automations, triggers, a `prefect.yaml`, or what `terraform show -json` prints.
///
/// All errors in the text are findings of the report. YAML is limited to 100 levels and a million values, including
/// those that aliases stand for; JSON to 900 levels.
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
    let source = SourceText { text, base: Position::START, wtf8: text_options.wtf8 };
    let reading = recognise::read(&mut findings, source, &mut tape, Form::is_checked);
    let document = tape.document(text);
    // Of a text with errors, the form of what could be read.
    let form = match reading {
        Some(reading) => reading.form,
        None => document.root().map_or(Form::Unknown, recognise::form),
    };
    if let (Some(root), Some(reading)) = (document.root(), reading) {
        let mut rest_api = RestApi::default();
        let Notation { language, form, is_plan } = reading;
        let route = options.route_of(form);
        if form == Form::PrefectYaml {
            Check::new(&mut findings, &mut rest_api, options, (route, is_plan), text).prefect_yaml(root);
        }
        for Item { value, form, .. } in items(&mut findings, root, form, route) {
            let index = events;
            events = events.saturating_add(1);
            let name = value.get("name").filter(|name| name.is_string()).map(Value::string);
            findings.next_event();
            rest_api.next(index);
            let subject = Subject { index: Some(index), name: name.as_deref(), docs: None };
            let mut check = Check::new(&mut findings, &mut rest_api, options, (route, is_plan), text);
            check.subject = subject;
            let level = check.level(form);
            check.item(value, form, level);
            if language == Language::Yaml {
                check.yaml_scalars(value);
            }
            let (trigger, pointer) = match form {
                ItemForm::Automation => (value.get("trigger"), Pointer::root().key("trigger")),
                _ => (Some(value), Pointer::root()),
            };
            if let Some(trigger) = trigger {
                outliner.add(index, name.as_deref(), trigger, pointer, level);
            }
        }
        if route == Route::Cli && options.report().profile == Profile::Documented {
            rest_api.report(&mut findings);
        }
    }
    CheckReport {
        report: Report { form: Some(form), ..findings.into_report(events, source, text_options.places) },
        triggers: outliner.finish(text, text_options),
    }
}

/// What to check. If there is nothing to check, reports why.
fn items<'t>(findings: &mut Findings<'_>, root: Value<'t>, form: Form, route: Route) -> Vec<Item<'t>> {
    let mut items = recognise(root).items;
    // Anything but an object is reported as an invalid automation; the API reads everything as an automation.
    let is_object = |item: &Item<'_>| item.value.kind() == Kind::Object;
    let is_sent = route == Route::Api || !items.is_empty() && !items.iter().any(is_object);
    if form == Form::Terraform {
        for item in &mut items {
            item.form = ItemForm::Automation;
        }
    }
    let (code, at, finding) = (Code::NOT_AUTOMATIONS, Path::Root, Subject::default());
    let is_checked = form.is_checked() || form == Form::Unknown && is_sent;
    if !items.is_empty() && !is_checked {
        let remedy = form.command().map(|command| ["check it with `", command, "`"].concat());
        let accepted = "`check` accepts automations, triggers, `prefect.yaml` and the JSON of `terraform show`";
        findings
            .add(code, &finding, &at, root)
            .opening()
            .with("what", form.phrase())
            .with("remedy", remedy.as_deref().unwrap_or(accepted));
        return Vec::new();
    }
    if items.is_empty() {
        let why = match form {
            Form::PrefectYaml => "no deployment has `triggers`",
            Form::Terraform => "there is no resource of the type `prefect_automation`",
            _ => "the list is empty",
        };
        findings.add(Code::NOTHING_TO_CHECK, &finding, &at, root).opening().with("why", why);
    }
    for item in &mut items {
        if !matches!(item.form, ItemForm::Trigger | ItemForm::DeploymentTrigger) {
            item.form = ItemForm::Automation;
        }
    }
    items
}

/// The check of one document.
struct Check<'c, 's> {
    findings: &'c mut Findings<'s>,
    subject: Subject<'c>,
    options: &'c CheckOptions,
    /// How the document reaches Prefect.
    route: Route,
    /// Whether values that are known only later may be missing.
    is_plan: bool,
    /// What another route rejects.
    rest_api: &'c mut RestApi,
    text: &'c [u8],
    /// Whether a composite trigger that mixes resources has been reported.
    is_mixed: bool,
    kinds: Kinds,
}

impl<'c, 's> Check<'c, 's> {
    /// Of a document without index and name.
    fn new(
        findings: &'c mut Findings<'s>,
        rest_api: &'c mut RestApi,
        options: &'c CheckOptions,
        (route, is_plan): (Route, bool),
        text: &'c [u8],
    ) -> Check<'c, 's> {
        let (subject, kinds) = (Subject::default(), Kinds::default());
        Check { findings, subject, options, route, is_plan, rest_api, text, is_mixed: false, kinds }
    }
}

impl Check<'_, '_> {
    fn add(&mut self, code: Code, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.findings.add(code, &self.subject, path, value)
    }

    /// Whether to give advice, beyond what the server rejects.
    fn advises(&self) -> bool {
        self.findings.beyond_envelope()
    }

    /// Whether the document is sent unchanged: then only the server's models decide.
    fn is_strict(&self) -> bool {
        !self.route.has_client()
    }

    fn level(&self, form: ItemForm) -> Level {
        match form {
            ItemForm::DeploymentTrigger => Level::DEPLOYMENT,
            _ if self.is_strict() => Level::SERVER,
            _ => Level::CLIENT,
        }
    }

    fn item(&mut self, value: Value<'_>, form: ItemForm, level: Level) {
        match form {
            ItemForm::DeploymentTrigger => self.deployment_trigger(value, level),
            ItemForm::Trigger => {
                self.trigger(value, &Path::Root, level);
                self.advise(value, &Path::Root, level, &[]);
            }
            _ => self.automation(value, level),
        }
    }

    fn automation(&mut self, value: Value<'_>, level: Level) {
        let root = Path::Root;
        if value.kind() != Kind::Object {
            self.add(Code::NOT_AN_AUTOMATION, &root, value).value("found", value);
            return;
        }
        let misspelt = self.fields_of_automation(value);
        let what = "the automation";
        for field in fields::required() {
            if value.get(field).is_none() && !misspelt.contains(&field) {
                self.missing(what, value, field, &root);
            }
        }
        // Missing fields have been reported with the names used instead.
        for field in
            OF_AUTOMATIONS.iter().filter(|field| !matches!(field.kind, FieldKind::Trigger | FieldKind::Actions))
        {
            self.optional(value, field.name, &root, |check, name, value, path| {
                check.field(field.kind, name, value, path);
            });
        }
        let trigger = value.get("trigger");
        if let Some(trigger) = trigger {
            self.trigger(trigger, &Path::Field("trigger"), level);
        }
        for field in OF_AUTOMATIONS.iter().filter(|field| field.kind == FieldKind::Actions) {
            if let Some(actions) = value.get(field.name) {
                self.actions(actions, field.name);
            }
        }
        let Some(trigger) = trigger else { return };
        self.run_deployment_loop(value, trigger, level);
        let lists = ["actions", "actions_on_trigger"].map(|field| (field, value.get(field)));
        self.advise(trigger, &Path::Field("trigger"), level, &lists);
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
    fn deployment_trigger(&mut self, value: Value<'_>, level: Level) {
        let root = Path::Root;
        if value.kind() == Kind::Object {
            for field in &OF_DEPLOYMENT_TRIGGERS {
                self.optional(value, field.name, &root, |check, name, value, path| match field.kind {
                    FieldKind::Parameters => check.deployment_parameters(value, path),
                    kind => check.field(kind, name, value, path),
                });
            }
        }
        self.trigger(value, &root, level);
        if let Some((start, true)) = starts_of_runs(value, value, self.kinds.of(value, level), level) {
            self.add(Code::RUN_DEPLOYMENT_LOOP, &root, value)
                .opening()
                .with("event", &start)
                .with("which", "its deployment")
                .with("remedy", NARROW_DOWN);
        }
        self.advise(value, &root, level, &[]);
        self.deployment_starts_itself(value);
    }

    /// A rule of the whole document (`AutomationCore.prevent_run_deployment_loops`).
    fn run_deployment_loop(&mut self, automation: Value<'_>, trigger: Value<'_>, level: Level) {
        let Some((start, unfiltered)) = starts_of_runs(automation, trigger, self.kinds.of(trigger, level), level)
        else {
            return;
        };
        let actions = automation.get("actions").into_iter().flat_map(Value::items);
        for (index, action) in actions.enumerate() {
            let runs = match action.get("type") {
                Some(kind) => kind.is("run-deployment"),
                None => action.kind() == Kind::Object && self.guessed(action).name == "run-deployment",
            };
            if !runs {
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
                    NARROW_DOWN
                };
                self.add(Code::RUN_DEPLOYMENT_LOOP, &path, action)
                    .opening()
                    .with("event", &start)
                    .with("which", which)
                    .with("remedy", remedy);
                return;
            }
        }
    }
}

const NARROW_DOWN: &str = "narrow `match` or `match_related` so that the runs of this deployment do not match";

/// Whether a trigger that is enabled reacts to what happens at the start of each run: to which event, and whether
/// nothing but that selects the runs.
fn starts_of_runs(
    enabled: Value<'_>,
    trigger: Value<'_>,
    kind: Option<TriggerKind>,
    level: Level,
) -> Option<(String, bool)> {
    let is_enabled = enabled.get("enabled").is_none_or(|enabled| scalar::boolean(enabled) == Some(true));
    let is_event = kind == Some(TriggerKind::Event);
    let event = read::event_trigger(trigger, level.default_posture())?;
    let start = event.expect.iter().find(|name| loops::STARTS.contains(&name.as_str()))?;
    let unfiltered = loops::every_run(&event.matches) && event.match_related.iter().any(loops::every_run);
    (is_enabled && is_event && event.posture == Posture::Reactive).then(|| (start.clone(), unfiltered))
}
