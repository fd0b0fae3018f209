//! What the templates of a firing can read (`_template_context` in `server/events/actions.py`).

use minijinja::Value;
use uuid::Uuid;

use crate::json::Value as Json;
use crate::time::Instant;
use crate::trigger::Firing;

use super::objects::{self, OBJECTS};
use super::python::method::{all_below, events_of};
use super::python::value::{Dict, Labels, Model, Py, Seen, list, look, none, own};
use super::run::{Context, Fuel};

/// The address that the server's interface has by default.
pub(super) const UI_URL: &str = "http://127.0.0.1:4200";

/// A firing with its events, for the templates of its actions.
#[derive(Clone)]
pub struct FiringContext<'t> {
    /// Its id, if a server recorded it.
    pub id: Option<String>,
    /// `$` is the trigger of the automation, `$.0.1` one nested in it.
    pub path: String,
    /// When it fired.
    pub at: Instant,
    /// The labels of `for_each` with their values.
    pub labels: Vec<(String, String)>,
    /// The triggering event.
    pub event: Option<FiredEvent<'t>>,
    /// Of composite triggers: the firings of the children.
    pub children: Vec<FiringContext<'t>>,
}

/// The triggering event of a firing.
#[derive(Clone)]
pub enum FiredEvent<'t> {
    /// As the events API returns it.
    Whole(Json<'t>),
    /// Its id, its name and when it occurred: nothing else is known.
    Reference(Uuid, String, Instant),
}

impl<'t> FiringContext<'t> {
    /// A firing of the engine. `find` returns the event with an id, as JSON.
    #[must_use]
    pub fn of(firing: &Firing, find: &dyn Fn(Uuid) -> Option<Json<'t>>) -> FiringContext<'t> {
        let event = |found: &crate::trigger::EventRef| match find(found.id) {
            Some(whole) => FiredEvent::Whole(whole),
            None => FiredEvent::Reference(found.id, found.name.to_string(), found.occurred),
        };
        let labels = |all: &[(crate::event::SharedText, crate::event::SharedText)]| {
            all.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
        };
        FiringContext {
            id: None,
            path: firing.trigger.path.clone(),
            at: firing.at,
            labels: labels(&firing.labels),
            event: firing.event.as_ref().map(event),
            children: firing
                .children
                .iter()
                .map(|child| FiringContext {
                    id: None,
                    path: child.trigger.path.clone(),
                    at: child.fired,
                    labels: labels(&child.labels),
                    event: child.event.as_ref().map(event),
                    children: Vec::new(),
                })
                .collect(),
        }
    }
}

/// Everything that the actions of one firing need.
pub(super) struct Situation<'f> {
    pub(super) context: Context<'f>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) event: Option<Model>,
    pub(super) given: &'f Dict,
    pub(super) automation_id: String,
}

impl<'f> Situation<'f> {
    pub(super) fn new(
        automation: Json<'_>,
        fired: &FiringContext<'_>,
        given: &'f Dict,
        ui_url: Option<&str>,
        fuel: &'f Fuel,
    ) -> Situation<'f> {
        let ui_url = ui_url.unwrap_or(UI_URL);
        let event = fired.event.as_ref().map(|event| model_of(event, ui_url));
        let model = objects::automation(automation);
        let automation_id = objects::field_text(&model, "id").unwrap_or_default();
        let firing = firing_of(automation, fired, ui_url);
        let firings = all_below(&firing, "triggering_firings");
        let events = events_of(&firings);
        let diver = Labels { all: fired.labels.clone(), value: String::new() };
        let mut variables = vec![
            ("automation", own(Py::Model(model))),
            ("event", event.as_ref().map_or_else(none, |event| own(Py::Model(objects::copy(event))))),
            ("labels", own(Py::Labels(diver))),
            ("firing", firing),
            ("firings", list(firings)),
            ("events", list(events)),
        ];
        // Without an event, the server looks nothing up.
        if let Some(event) = &event {
            for named in OBJECTS {
                variables.push((named.0, objects::object(named, event, given)));
            }
            let variable = given.get("variables").cloned();
            variables.push(("variables", variable.unwrap_or_else(|| own(Py::Unknown("variables".to_owned())))));
        }
        Situation {
            context: Context { variables, ui_url: ui_url.to_owned(), now: fired.at.0, fuel },
            labels: fired.labels.clone(),
            event,
            given,
            automation_id,
        }
    }

    /// A given object, by its variable or its resource.
    pub(super) fn given_object(&self, variable: &str, resource: &str) -> Option<&Dict> {
        match self.given.get(resource).or_else(|| self.given.get(variable)).map(look) {
            Some(Seen::Py(Py::Dict(dict))) => Some(dict),
            _ => None,
        }
    }
}

fn model_of(event: &FiredEvent<'_>, ui_url: &str) -> Model {
    match event {
        FiredEvent::Whole(json) => objects::event(*json, ui_url),
        FiredEvent::Reference(id, name, occurred) => objects::event_reference(&id.to_string(), name, occurred.0),
    }
}

/// The trigger at a path, such as `$.0.1`.
fn trigger_at<'t>(automation: Json<'t>, path: &str) -> Option<Json<'t>> {
    let mut trigger = automation.get("trigger")?;
    for index in path.split('.').skip(1) {
        trigger = trigger.get("triggers")?.items().nth(index.parse().ok()?)?;
    }
    Some(trigger)
}

fn firing_of(automation: Json<'_>, fired: &FiringContext<'_>, ui_url: &str) -> Value {
    let trigger = match trigger_at(automation, &fired.path) {
        Some(json) => own(Py::Model(objects::trigger(json, "firing.trigger"))),
        None => none(),
    };
    let event = fired.event.as_ref().map_or_else(none, |event| own(Py::Model(model_of(event, ui_url))));
    let children = fired.children.iter().map(|child| firing_of(automation, child, ui_url)).collect();
    objects::firing(fired.id.as_deref(), fired.at.0, &fired.labels, trigger, event, children)
}
