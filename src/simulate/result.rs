//! What came of a scenario, as JSON. The names of the keys are the public interface.

use crate::automation::Posture;
use crate::event::Text;
use crate::json::write::{ToJson, Writer};
use crate::trigger::{Child, Decision, EventRef, Fault, Firing, Outcome, Snapshot};

#[derive(Debug)]
pub struct Simulation {
    pub scenario: Option<String>,
    pub outcome: Outcome,
    /// How many events would have been received after the end.
    pub undelivered: usize,
    /// The decisions were asked for.
    pub trace: bool,
}

impl ToJson for Simulation {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        self.members(writer);
        writer.close('}');
    }
}

impl Simulation {
    /// What stands between the brackets of what could not be played.
    pub(super) fn no_members(writer: &mut Writer) {
        writer.list::<Firing>("firings", &[]);
        writer.list::<Firing>("child_firings", &[]);
    }

    /// What stands between the brackets.
    pub(super) fn members(&self, writer: &mut Writer) {
        writer.optional("scenario", self.scenario.as_deref());
        writer.list("firings", &self.outcome.firings);
        writer.list("child_firings", &self.outcome.child_firings);
        if self.undelivered > 0 {
            writer.number("undelivered", self.undelivered as u64);
        }
        if self.trace {
            writer.list("decisions", &self.outcome.decisions);
        }
    }
}

fn labels(writer: &mut Writer, key: &str, labels: &[(Text, Text)]) {
    writer.key(key);
    writer.open('{');
    for (name, value) in labels {
        writer.text(name, value);
    }
    writer.close('}');
}

/// Null, if there was no event: Prefect writes it so.
fn event_id(writer: &mut Writer, event: Option<&EventRef>) {
    match event {
        Some(event) => writer.text("event_id", &event.id.to_string()),
        None => writer.null("event_id"),
    }
}

fn bucket(writer: &mut Writer, bucket: Option<&Snapshot>) {
    let Some(bucket) = bucket else { return };
    writer.key("bucket");
    writer.open('{');
    writer.integer("count", bucket.count);
    writer.text("start", &bucket.start.rfc3339());
    writer.text("end", &bucket.end.rfc3339());
    writer.text("as_of", &bucket.as_of.rfc3339());
    writer.close('}');
}

impl ToJson for Firing {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("at", &self.at.rfc3339());
        writer.text("phase", self.phase.name());
        writer.text("trigger", self.trigger.kind);
        writer.text("path", &self.trigger.path);
        writer.optional("posture", self.trigger.posture.map(Posture::name));
        labels(writer, "labels", &self.labels);
        event_id(writer, self.event.as_ref());
        bucket(writer, self.bucket.as_ref());
        if !self.children.is_empty() {
            writer.list("children", &self.children);
        }
        writer.text("because", &self.because());
        writer.close('}');
    }
}

impl ToJson for Child {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("path", &self.trigger.path);
        writer.text("fired", &self.fired.rfc3339());
        event_id(writer, self.event.as_ref());
        labels(writer, "labels", &self.labels);
        writer.close('}');
    }
}

impl ToJson for Decision {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        writer.text("at", &self.at.rfc3339());
        writer.text("phase", self.phase.name());
        writer.text("path", self.trigger.as_ref().map_or("$", |trigger| &trigger.path));
        labels(writer, "key", &self.key);
        writer.text("kind", self.kind().name());
        if let Some(event) = &self.event {
            writer.text("event_id", &event.id.to_string());
        }
        bucket(writer, self.bucket.as_ref());
        writer.optional("fault", self.fault.map(Fault::name));
        writer.text("because", &self.because());
        writer.close('}');
    }
}
