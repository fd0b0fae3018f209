//! Triggers that fire themselves: by the events of their firing, or by those of their own actions.
//!
//! Sources of the emitted events: `server/events/actions.py`, `create_automation_state_change_event` in
//! `server/events/schemas/automations.py`, and the orchestration rules in `server/orchestration/core_policy.py`.

use std::borrow::Cow;

use crate::catalogue;
use crate::catalogue::runs::FLOW_RUN;
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::{Kind, Value};
use crate::time::scalar;

use super::super::model::{EventTrigger, Order, Posture, Specification};
use super::super::read::{self, MAX_NESTING, TriggerKind};
use super::Check;
use super::advice::{Actions, capitalised, expects};
use super::shape::{self, Event, Fit, ID, NAME, ROLE};
use super::trigger::{Kinds, Level, kind_of};

/// What each firing causes, with an action.
const FIRING: [&str; 3] =
    ["prefect.automation.triggered", "prefect.automation.action.triggered", "prefect.automation.action.executed"];
/// The states with which each run begins.
pub(super) const STARTS: [&str; 4] =
    ["prefect.flow-run.Scheduled", "prefect.flow-run.Pending", "prefect.flow-run.Running", "prefect.flow-run.*"];
const FAILED: &str = "prefect.automation.action.failed";

/// States that every run passes through, or most do.
const USUAL: [&str; 4] = ["Scheduled", "Pending", "Running", "Completed"];
/// States that some runs pass through.
const UNUSUAL: [&str; 7] =
    ["Failed", "Crashed", "Cancelled", "Late", "AwaitingRetry", "TimedOut", "AwaitingConcurrencySlot"];

/// States that a run leaves only for another of them, or to start again.
pub(super) const FINAL: [&str; 5] = ["Completed", "Failed", "Crashed", "Cancelled", "TimedOut"];

/// What an action causes.
struct Caused<'a> {
    event: Cow<'a, str>,
    /// Whether the action's own event triggers the same action again.
    repeats: bool,
}

impl Check<'_, '_> {
    /// Whether a trigger counts the events of its own firings; reports it.
    pub(super) fn fires_itself(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) -> bool {
        // Prefect Cloud emits other events of automations.
        if event.posture != Posture::Reactive || self.options.cloud {
            return false;
        }
        let name = self.subject.name.map(str::to_owned);
        let causes = |caused: &str| causes(event, caused, name.as_deref());
        let mut own = FIRING.into_iter().filter(|name| causes(name));
        let Some(which) = own.next() else { return false };
        let count = i64::try_from(own.count()).unwrap_or(i64::MAX).saturating_add(1);
        if count < event.threshold {
            return false;
        }
        let (place, is_there) = value.get("expect").map_or((value, false), |expect| (expect, true));
        let draft = self
            .add(Code::FIRES_ON_ITS_FIRING, &Path::Key(path, "expect"), place)
            .with("event", which)
            .with("without", "match: {prefect.resource.id: \"!prefect.automation.*\"}");
        if !is_there {
            draft.opening();
        }
        true
    }

    /// Whether a trigger counts the events of its own actions.
    pub(super) fn acts_on_itself(&mut self, trigger: Value<'_>, level: Level, actions: Actions<'_, '_>) {
        let mut triggers = Vec::new();
        leaves(trigger, level, 0, &mut self.kinds, &mut triggers);
        let name = self.subject.name.map(str::to_owned);
        let reactive = || triggers.iter().filter(|event| event.posture == Posture::Reactive);
        for (field, list) in actions {
            let list_path = Path::Field(field);
            for (index, action) in list.iter().flat_map(|list| list.items()).take(100).enumerate() {
                if self.is_too_late(&triggers, action, &Path::Item(&list_path, index)) {
                    return;
                }
                if let Some((which, caused)) = reactive().find_map(|event| own_action(event, action, name.as_deref())) {
                    let effect = match () {
                        () if which == "run-deployment" && caused.repeats => "each run starts the next",
                        () if which == "run-deployment" => "each run that reaches this state starts the next",
                        () if caused.event == FAILED => "while the action fails, it fires again and again",
                        () if caused.repeats => "it fires on its own action, in an endless loop",
                        () => "it fires once more on its own action, which then has no effect",
                    };
                    let remedy = if caused.event == FAILED {
                        "exclude this automation: match the names of the others in `prefect.resource.name`"
                    } else if which == "run-deployment" {
                        "narrow `match_related` to the flow or deployment whose runs should count"
                    } else {
                        "expect only events that the action does not cause"
                    };
                    // A deployment that runs after failures seldom fails itself.
                    let seldom = which == "run-deployment"
                        && !caused.repeats
                        && !action.get("source").is_some_and(|source| source.is("inferred"));
                    let severity = if seldom { Severity::Info } else { Code::FIRES_ON_ITS_ACTION.severity() };
                    let at = Path::Item(&list_path, index);
                    self.findings
                        .add_as(severity, Code::FIRES_ON_ITS_ACTION, &self.subject, &at, action)
                        .opening()
                        .with("action", &which)
                        .shown("event", &caused.event)
                        .with("effect", effect)
                        .with("remedy", remedy);
                    return;
                }
            }
        }
    }

    /// Whether the runs of a deployment match its own trigger.
    pub(super) fn deployment_starts_itself(&mut self, value: Value<'_>) {
        if !self.advises() {
            return;
        }
        let mut triggers = Vec::new();
        leaves(value, Level::CLIENT, 0, &mut self.kinds, &mut triggers);
        // The server itself rejects such an automation.
        triggers.retain(|event| event.posture == Posture::Reactive);
        if let (true, [event]) = (kind_of(value, Level::CLIENT) == Some(TriggerKind::Event), triggers.as_slice())
            && event.expect.iter().any(|name| STARTS.contains(&name.as_str()))
            && every_run(&event.matches)
            && event.match_related.iter().any(every_run)
            && value.get("enabled").is_none_or(|enabled| scalar::boolean(enabled) != Some(false))
        {
            // Already reported, as an error.
            return;
        }
        let found = triggers.iter().find_map(|event| {
            started(event, &|related| related_always(related, &["flow", "deployment", "work-pool", "work-queue"]))
        });
        if let Some(caused) = found {
            self.add(Code::DEPLOYMENT_STARTS_ITSELF, &Path::Root, value).opening().shown("event", &caused.event);
        }
    }
}

/// Whether the server thinks that a specification matches every flow run (`matches_every_resource_of_kind`).
pub(super) fn every_run(specification: &Specification) -> bool {
    match specification.0.as_slice() {
        [] => true,
        [(label, patterns)] => label == ID && patterns.iter().any(|pattern| pattern == "prefect.flow-run.*"),
        _ => false,
    }
}

/// The event triggers that can each fire the whole trigger alone.
pub(super) fn leaves(value: Value<'_>, level: Level, depth: usize, kinds: &mut Kinds, found: &mut Vec<EventTrigger>) {
    if value.kind() != Kind::Object || depth > MAX_NESTING || found.len() > 100 {
        return;
    }
    match kinds.of(value, level) {
        Some(TriggerKind::Composite(order)) => {
            let Some(list) = value.get("triggers") else { return };
            let children = list.items().count();
            let required = match order {
                Order::Any => value.get("require").and_then(|require| read::require(require, children)),
                Order::Declared => Some(children),
            };
            if required == Some(1) {
                for child in list.items() {
                    leaves(child, level, depth.saturating_add(1), kinds, found);
                }
            }
        }
        Some(TriggerKind::Event) => {
            let default = level.default_posture();
            let event = read::event_trigger(value, default);
            found.extend(event);
        }
        None => {}
    }
}

/// Whether an event of an automation's own firing is counted by its trigger, whatever its id.
fn causes(event: &EventTrigger, name: &str, automation: Option<&str>) -> bool {
    let Some(found) = catalogue::find(name) else { return false };
    let of_firing = Event { family: found.family, state: None };
    let label = |(label, patterns): &(String, Vec<String>)| match label.as_str() {
        ID => of_firing.label(ID, patterns),
        NAME => automation.map_or(Fit::Maybe, |name| shape::any(patterns, &|pattern| shape::of_text(pattern, name))),
        "prefect.posture" => shape::any(patterns, &|pattern| shape::of_text(pattern, "Reactive")),
        _ => of_firing.label(label, patterns).min(Fit::Maybe),
    };
    let related = |specification: &Specification| {
        let of_one = |one: &&catalogue::Related| {
            matches!(one.role, "triggering-event" | "automation-triggered-event")
                && specification
                    .0
                    .iter()
                    .all(|(label, patterns)| shape::of_related(one, label, patterns) == Fit::Always)
        };
        specification.0.is_empty() || found.family.related.iter().any(|one| of_one(&one))
    };
    starts(event, name)
        && expects(event, name)
        && event.matches.0.iter().all(|one| label(one) == Fit::Always)
        && event.match_related.iter().all(related)
}

/// Whether a window needs no other event to open.
fn starts(event: &EventTrigger, name: &str) -> bool {
    event.after.is_empty() || event.after.iter().any(|pattern| super::advice::covers(pattern, name))
}

/// The event of an action to which its own trigger reacts.
fn own_action<'a>(event: &EventTrigger, action: Value<'a>, automation: Option<&str>) -> Option<(String, Caused<'a>)> {
    let kind = action.get("type")?.string();
    let found = match &*kind {
        "run-deployment" => {
            let inferred = action.get("source").is_some_and(|source| source.is("inferred"));
            let rejected = inferred || every_run(&event.matches) && event.match_related.iter().any(every_run);
            if rejected && event.expect.iter().any(|name| STARTS.contains(&name.as_str())) {
                // The server itself rejects such an automation.
                return None;
            }
            let id = action.get("deployment_id").map(|id| ["prefect.deployment.", &id.string()].concat());
            started(event, &|related| {
                let own = id.as_ref().filter(|_| !inferred);
                related_always(related, &["flow", "deployment", "work-pool", "work-queue"])
                    || inferred && of_deployment(related)
                    || is_about(related, own.map(String::as_str))
            })
        }
        "cancel-flow-run" => changed(event, &["Cancelling", "Cancelled"], false),
        "suspend-flow-run" => changed(event, &["Suspended"], false),
        "resume-flow-run" => changed(event, &["Resuming", "Running"], false),
        "change-flow-run-state" => {
            let state = action.get("state")?.string();
            let name = action.get("name").filter(|name| name.is_string()).map(Value::string);
            let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| Cow::Owned(capitalised(&state)));
            let forced = action.get("force").and_then(scalar::boolean) == Some(true);
            // A run can leave a final state for another final state, or for the same one.
            let again = matches!(&*state, "COMPLETED" | "FAILED" | "CANCELLED" | "SCHEDULED");
            changed(event, &[&name], forced || again)
        }
        "pause-work-queue" => commanded(event, action, "work-queue", &["paused"], false),
        "resume-work-queue" => commanded(event, action, "work-queue", &["ready", "not-ready"], false),
        "pause-work-pool" => commanded(event, action, "work-pool", &["paused"], false),
        "resume-work-pool" => commanded(event, action, "work-pool", &["ready", "not-ready"], false),
        "pause-deployment" | "resume-deployment" => commanded(event, action, "deployment", &["updated"], false),
        "pause-automation" | "resume-automation" => commanded(event, action, "automation", &["updated"], true),
        "send-notification" | "call-webhook" if event.threshold <= 1 && causes(event, FAILED, automation) => {
            Some(Caused { event: Cow::Borrowed(FAILED), repeats: true })
        }
        _ => None,
    };
    found.map(|caused| (kind.into_owned(), caused))
}

/// Whether a trigger expects other events than some.
fn others(event: &EventTrigger, prefix: &str, known: &[&str]) -> bool {
    let is_known = |name: &String| name.strip_prefix(prefix).is_some_and(|rest| known.contains(&rest));
    event.expect.is_empty() || !event.expect.iter().all(is_known)
}

/// A new state of the run that the trigger saw.
fn changed<'a>(event: &EventTrigger, states: &[&str], repeats: bool) -> Option<Caused<'a>> {
    let family = catalogue::find("prefect.flow-run.Running")?.family;
    states.iter().find_map(|state| {
        let name = [FLOW_RUN, state].concat();
        let of_run = Event { family, state: Some(state) };
        // It is the same run: all that matched before matches again, except its state.
        let matches = event.matches.0.iter().all(|(label, patterns)| match label.as_str() {
            "prefect.state-name" => of_run.label(label, patterns) == Fit::Always,
            "prefect.state-type" => false,
            _ => of_run.label(label, patterns) != Fit::Never,
        });
        // In that state the server rejects the same action, so another action must lead there.
        let leads = repeats || others(event, FLOW_RUN, &[states, &FINAL].concat());
        (event.threshold <= 1 && event.after.is_empty() && expects(event, &name) && leads && matches)
            .then_some(Caused { event: Cow::Owned(name), repeats })
    })
}

/// A status or an update of what the trigger saw, or of what the action selects.
fn commanded<'a>(
    event: &EventTrigger,
    action: Value<'_>,
    kind: &str,
    names: &[&str],
    repeats: bool,
) -> Option<Caused<'a>> {
    let inferred = action.get("source").is_some_and(|source| source.is("inferred"));
    let field = [&*kind.replace('-', "_"), "_id"].concat();
    let id = action.get(&field).map(|id| ["prefect.", kind, ".", &id.string()].concat());
    names.iter().find_map(|name| {
        let name = ["prefect.", kind, ".", name].concat();
        let family = catalogue::find(&name)?.family;
        let of_target = Event { family, state: None };
        let matches = event.matches.0.iter().all(|(label, patterns)| match (label.as_str(), &id) {
            (ID, Some(id)) if !inferred => shape::any(patterns, &|pattern| shape::of_text(pattern, id)) == Fit::Always,
            _ if inferred => of_target.label(label, patterns) != Fit::Never,
            _ => of_target.label(label, patterns) == Fit::Always,
        });
        let related = event.match_related.iter().all(|related| related.0.is_empty() || inferred);
        let prefix = ["prefect.", kind, "."].concat();
        let leads = repeats || names == ["updated"] || others(event, &prefix, names);
        (event.threshold <= 1 && event.after.is_empty() && expects(event, &name) && leads && matches && related)
            .then_some(Caused { event: Cow::Owned(name), repeats })
    })
}

/// A state of a run that an action starts. `related`: whether the run surely has such a resource.
fn started<'a>(event: &EventTrigger, related: &dyn Fn(&Specification) -> bool) -> Option<Caused<'a>> {
    let family = catalogue::find("prefect.flow-run.Running")?.family;
    let of_run = |state| Event { family, state: Some(state) };
    let states = USUAL.iter().map(|state| (*state, true)).chain(UNUSUAL.iter().map(|state| (*state, false)));
    let own = event.expect.iter().filter_map(|name| name.strip_prefix(FLOW_RUN));
    let own = own.filter(|state| !state.contains('*') && *state != "heartbeat").map(|state| (state, false));
    let found = states.chain(own).find(|(state, _)| {
        expects(event, &[FLOW_RUN, state].concat())
            && event.matches.0.iter().all(|(label, patterns)| match label.as_str() {
                "prefect.state-type" => true,
                _ => of_run(state).label(label, patterns) == Fit::Always,
            })
    });
    let (state, repeats) = found?;
    (event.threshold <= 1 && event.after.is_empty() && event.match_related.iter().all(related))
        .then(|| Caused { event: Cow::Owned([FLOW_RUN, state].concat()), repeats })
}

/// Whether a specification names this deployment by its id.
fn is_about(related: &Specification, deployment: Option<&str>) -> bool {
    let Some((_, patterns)) = related.0.iter().find(|(label, _)| label == ID) else { return false };
    let others = related.0.iter().all(|(label, patterns)| match label.as_str() {
        ID => true,
        ROLE => shape::any(patterns, &|pattern| shape::of_text(pattern, "deployment")) == Fit::Always,
        _ => false,
    });
    let own =
        deployment.is_some_and(|own| shape::any(patterns, &|pattern| shape::of_text(pattern, own)) == Fit::Always);
    own && others
}

/// Whether a related resource in one of some roles surely matches, whichever it is.
fn related_always(related: &Specification, roles: &[&str]) -> bool {
    if related.0.is_empty() {
        return true;
    }
    let Some(run) = catalogue::find("prefect.flow-run.Running") else { return false };
    run.family
        .related
        .iter()
        .filter(|one| roles.contains(&one.role))
        .any(|one| related.0.iter().all(|(label, patterns)| shape::of_related(one, label, patterns) == Fit::Always))
}

/// Whether a specification is about something that all runs of one deployment have in common.
fn of_deployment(related: &Specification) -> bool {
    let role = related.0.iter().find(|(label, _)| label == ROLE);
    role.is_some_and(|(_, patterns)| {
        ["flow", "deployment", "work-pool", "work-queue"].iter().any(|role| patterns.iter().any(|one| one == role))
    })
}
