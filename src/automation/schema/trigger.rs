//! The schemas of triggers.

use crate::json::tree::{ObjectTree, Tree};
use crate::schema::pattern::reference;
use crate::time::units::SECOND;

use super::super::fields::{
    AutomationField, COMPOUND, EVENT, FieldKind, OF_COMPOSITE_TRIGGERS, OF_DEPLOYMENT_TRIGGERS, OF_EVENT_TRIGGERS,
    SEQUENCE,
};
use super::super::model::Posture;
use super::super::read::PROACTIVE_MINIMUM;
use super::FirstReader;
use super::descriptions::{self, FieldPlace};
use super::value::{self, any_of, choice};

/// The types of triggers, each with its fields.
fn types() -> [(&'static str, Vec<AutomationField>); 3] {
    let sequence = OF_COMPOSITE_TRIGGERS.into_iter().filter(|field| field.kind != FieldKind::Require).collect();
    [(EVENT, OF_EVENT_TRIGGERS.to_vec()), (COMPOUND, OF_COMPOSITE_TRIGGERS.to_vec()), (SEQUENCE, sequence)]
}

/// A trigger of any type, and each type.
pub(super) fn definitions(reader: FirstReader) -> ObjectTree {
    let mut all = ObjectTree::new().with("trigger", one_of_the_types("-trigger", reader));
    for (name, fields) in types() {
        all = all.with(&[name, "-trigger"].concat(), trigger(name, &fields, reader, &[]));
    }
    all
}

/// A trigger of a deployment, and each type.
pub(super) fn of_deployments() -> ObjectTree {
    let mut all = ObjectTree::new()
        .with("deployment-trigger", one_of_the_types("-deployment-trigger", FirstReader::Deploy))
        .with("boolean", value::boolean());
    for (name, fields) in types() {
        let schema = trigger(name, &fields, FirstReader::Deploy, &OF_DEPLOYMENT_TRIGGERS);
        all = all.with(&[name, "-deployment-trigger"].concat(), schema);
    }
    all
}

fn one_of_the_types(ending: &str, reader: FirstReader) -> ObjectTree {
    let all = types().map(|(name, _)| reference(&[name, ending].concat()));
    // Here too: editors propose those types that need more.
    let types = any_of(types().map(|(name, _)| choice(name, descriptions::trigger_type(name))));
    let types = value::resolved(reader, types).with("description", descriptions::TRIGGER_TYPE);
    ObjectTree::new()
        .with("title", "Trigger")
        .with("description", descriptions::TRIGGER)
        .with("type", "object")
        .with("properties", ObjectTree::new().with("type", types))
        .and(any_of(all))
}

fn trigger(kind: &str, fields: &[AutomationField], reader: FirstReader, more: &[AutomationField]) -> ObjectTree {
    let title = match kind {
        EVENT => "Event trigger",
        COMPOUND => "Compound trigger",
        _ => "Sequence trigger",
    };
    let place = if kind == EVENT { FieldPlace::EventTrigger } else { FieldPlace::CompositeTrigger };
    let mut properties = ObjectTree::new();
    for field in fields {
        let schema = match field.kind {
            FieldKind::TriggerType => value::resolved(reader, choice(kind, descriptions::trigger_type(kind))),
            kind => value::of(kind, reader),
        };
        properties = properties.with(field.name, described(schema, place, field));
    }
    for field in more {
        let schema = value::of(field.kind, reader);
        properties = properties.with(field.name, described(schema, FieldPlace::DeploymentTrigger, field));
    }
    let is_filled_in = |field: &AutomationField| {
        reader != FirstReader::Server && matches!(field.kind, FieldKind::Posture | FieldKind::CompositeWithin)
    };
    let required: Vec<&str> =
        fields.iter().filter(|field| field.is_required && !is_filled_in(field)).map(|field| field.name).collect();
    let schema = ObjectTree::new()
        .with("title", title)
        .with("description", descriptions::trigger_type(kind))
        .with("type", "object")
        .with_any("required", Tree::from(required))
        .with("properties", properties)
        .with("additionalProperties", false);
    if kind == EVENT { schema.and(proactive()) } else { schema }
}

/// The window of a Proactive trigger is 0, which stands for the shortest, or no shorter than that.
fn proactive() -> ObjectTree {
    let posture = ObjectTree::new().with("posture", ObjectTree::new().with("const", Posture::Proactive.name()));
    let number = || ObjectTree::new().with("type", "number");
    let shortest = u64::try_from(PROACTIVE_MINIMUM / SECOND).unwrap_or_default();
    let within = any_of([
        number().with("minimum", 0_u64).with("maximum", 0_u64),
        number().with("minimum", shortest),
        ObjectTree::new().with("type", "string"),
    ])
    .with("description", descriptions::PROACTIVE_WITHIN);
    ObjectTree::new()
        .with("if", ObjectTree::new().with("required", ["posture"]).with("properties", posture))
        .with("then", ObjectTree::new().with("properties", ObjectTree::new().with("within", within)))
}

/// A schema with what the field is for.
pub(super) fn described(schema: ObjectTree, place: FieldPlace, field: &AutomationField) -> ObjectTree {
    schema.with_any("description", descriptions::field(place, field.name))
}
