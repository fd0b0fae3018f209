//! The schemas of automations, their actions, and of a `prefect.yaml`.

use crate::json::tree::{ObjectTree, Tree};
use crate::schema::pattern::reference;

use super::super::fields::{
    ACTIONS, ActionType, AutomationField, FieldKind, INFERRED, OF_AUTOMATIONS, WRITTEN_BY_THE_SERVER,
};
use super::FirstReader;
use super::descriptions::{self, FieldPlace};
use super::trigger::described;
use super::value::{self, any_of, choice};

/// One automation, a list, or an object with the list `automations`.
pub(super) fn automations() -> ObjectTree {
    ObjectTree::new()
        .with("title", descriptions::AUTOMATIONS_TITLE)
        .with("description", descriptions::AUTOMATIONS)
        .and(one_or_several("automation", "automations"))
}

/// One object of a definition, a list, or an object with the list at a key.
pub(crate) fn one_or_several(definition: &str, key: &str) -> ObjectTree {
    let list = ObjectTree::new().with("type", "array").with("items", reference(definition));
    let with = |schema: Tree| {
        ObjectTree::new()
            .with("type", "object")
            .with("required", [key])
            .with("properties", ObjectTree::new().with(key, schema))
    };
    let otherwise = ObjectTree::new()
        .with("if", with(Tree::from(true)))
        .with("then", with(Tree::from(list.clone())))
        .with("else", reference(definition));
    ObjectTree::new().with("if", ObjectTree::new().with("type", "array")).with("then", list).with("else", otherwise)
}

/// A list of triggers, or a whole `prefect.yaml`.
pub(super) fn deployments() -> ObjectTree {
    let list = ObjectTree::new()
        .with("type", "array")
        .with("items", reference("deployment-trigger"))
        .with("description", descriptions::DEPLOYMENT_TRIGGERS);
    let triggers = any_of([list.clone(), ObjectTree::new().with("type", "null")])
        .with("description", descriptions::DEPLOYMENT_TRIGGERS);
    let deployment =
        ObjectTree::new().with("type", "object").with("properties", ObjectTree::new().with("triggers", triggers));
    let deployments = ObjectTree::new()
        .with("type", ["array", "null"])
        .with("items", deployment)
        .with("description", descriptions::DEPLOYMENTS);
    let file =
        ObjectTree::new().with("type", "object").with("properties", ObjectTree::new().with("deployments", deployments));
    ObjectTree::new()
        .with("title", descriptions::DEPLOYMENT_TRIGGERS_TITLE)
        .with("description", descriptions::DEPLOYMENT_FILE)
        .with("if", ObjectTree::new().with("type", "array"))
        .with("then", list)
        .with("else", file)
}

/// An automation, and its actions.
pub(super) fn definitions(reader: FirstReader) -> ObjectTree {
    let mut properties = ObjectTree::new();
    for field in OF_AUTOMATIONS {
        let schema = value::of(field.kind, FirstReader::Server);
        properties = properties.with(field.name, described(schema, FieldPlace::Automation, &field));
    }
    for name in WRITTEN_BY_THE_SERVER {
        let schema = ObjectTree::new().with("readOnly", true).with("description", descriptions::WRITTEN_BY_THE_SERVER);
        properties = properties.with(name, schema);
    }
    // To play events to it, only its trigger is needed.
    let is_needed = |field: &&AutomationField| {
        field.is_required && (reader == FirstReader::Server || field.kind == FieldKind::Trigger)
    };
    let required: Vec<&str> = OF_AUTOMATIONS.iter().filter(is_needed).map(|field| field.name).collect();
    let automation = ObjectTree::new()
        .with("title", "Automation")
        .with("description", descriptions::AUTOMATION)
        .with("type", "object")
        .with("required", Tree::from(required))
        .with("properties", properties)
        .with("additionalProperties", false);
    let all: Vec<ObjectTree> = ACTIONS.iter().map(|action| reference(&definition(action))).collect();
    // Here too: editors propose those types that need more.
    let types = ACTIONS.iter().map(|action| choice(action.name, descriptions::action(action.name)));
    let types = any_of(types.collect::<Vec<_>>()).with("description", descriptions::ACTION_TYPE);
    let any = ObjectTree::new()
        .with("title", "Action")
        .with("description", descriptions::ACTION)
        .with("type", "object")
        .with("required", ["type"])
        .with("properties", ObjectTree::new().with("type", types))
        .and(any_of(all));
    let mut definitions =
        ObjectTree::new().with("automation", automation).with("action", any).with("boolean", value::boolean());
    for action in &ACTIONS {
        definitions = definitions.with(&definition(action), of_action(action));
    }
    definitions
}

fn definition(action: &ActionType) -> String {
    ["action-", action.name].concat()
}

fn of_action(action: &ActionType) -> ObjectTree {
    let meaning = descriptions::action(action.name);
    let mut properties = ObjectTree::new().with("type", choice(action.name, meaning));
    for field in action.fields {
        properties = properties
            .with(field.name, described(value::of(field.kind, FirstReader::Server), FieldPlace::Action, field));
    }
    let mut required = vec!["type"];
    required.extend(action.fields.iter().filter(|field| field.is_required).map(|field| field.name));
    let schema = ObjectTree::new()
        .with("title", descriptions::title(action.name))
        .with("description", meaning)
        .with("type", "object")
        .with("required", Tree::from(required))
        .with("properties", properties)
        .with("additionalProperties", false);
    let source = action.fields.iter().find(|field| field.kind == FieldKind::TargetSource);
    match (action.target, source) {
        (Some(id), Some(source)) => schema.and(target(source.name, id)),
        _ => schema,
    }
}

/// `selected`, which is the default, needs an id; `inferred` allows none.
fn target(source: &str, id: &str) -> ObjectTree {
    let with =
        |name: &str, schema: ObjectTree| ObjectTree::new().with("properties", ObjectTree::new().with(name, schema));
    let inferred = with(source, ObjectTree::new().with("const", INFERRED)).with("required", [source]);
    ObjectTree::new()
        .with("if", inferred)
        .with("then", with(id, ObjectTree::new().with("type", "null")))
        .with("else", with(id, reference("uuid")).with("required", [id]))
}
