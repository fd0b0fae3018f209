//! The events and firings of one captured run.

use uuid::Uuid;

use crate::catalogue::runs::FLOW_RUN;
use crate::event::{ReceivedEvent, SharedText};
use crate::simulate::{CapturedEvents, ReplayOptions};
use crate::text::steps::step;
use crate::text::table::Set;
use crate::trigger::Firing;

use super::explanation::WhyOptions;
use super::subject::run_of;

/// A captured run.
pub(super) struct Run<'c> {
    pub captured: &'c CapturedEvents,
    /// Its `prefect.resource.id`.
    pub id: &'c str,
    options: &'c WhyOptions,
    /// The ids of its events.
    events: Set<Uuid>,
    /// The places of the events that actions of automations caused, ascending.
    caused: Vec<usize>,
}

impl<'c> Run<'c> {
    pub(super) fn new(captured: &'c CapturedEvents, id: &'c str, options: &'c WhyOptions, caused: Vec<usize>) -> Self {
        let mut events = Set::default();
        for event in captured.events() {
            step(1);
            if run_of(event) == Some(id) {
                events.insert(event.id);
            }
        }
        Run { captured, id, options, events, caused }
    }

    pub(super) fn replay(&self) -> ReplayOptions {
        ReplayOptions {
            tick_seconds: self.options.tick_seconds,
            server_version: self.options.server_version,
            ..ReplayOptions::default()
        }
    }

    /// Whether an event is about the run.
    pub(super) fn is_own(&self, event: &ReceivedEvent) -> bool {
        run_of(event) == Some(self.id)
    }

    /// Its events that no automation caused, in the order of the texts.
    pub(super) fn own_events(&self) -> impl Iterator<Item = &'c ReceivedEvent> {
        let events = self.captured.events().iter().enumerate();
        let own = events.filter(|(place, event)| {
            step(1);
            self.is_own(event) && self.caused.binary_search(place).is_err()
        });
        own.map(|(_, event)| event)
    }

    /// Whether a firing with these labels and this event is about the run.
    pub(super) fn has(&self, labels: &[(SharedText, SharedText)], event: Option<Uuid>) -> bool {
        step(labels.len().saturating_add(1));
        let mut runs = labels.iter().map(|(_, value)| &**value).filter(|value| value.starts_with(FLOW_RUN)).peekable();
        if runs.peek().is_some() {
            return runs.any(|run| run == self.id);
        }
        event.is_some_and(|event| self.events.contains(&event))
    }

    /// The firings that are about the run.
    pub(super) fn firings(&self, firings: Vec<Firing>) -> Vec<Firing> {
        let is_own = |firing: &Firing| self.has(&firing.labels, firing.event.as_ref().map(|event| event.id));
        firings.into_iter().filter(is_own).collect()
    }
}
