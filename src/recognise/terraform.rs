//! Converts the output of `terraform show -json` and `terraform.tfstate` to the form of the API.
//!
//! Prefect's provider nests a trigger one level deeper (`trigger = { event = {…} }`), and writes objects with free keys
//! as JSON text (`jsonencode`) and absent values as null. A plan lacks values that are known only after `apply`.

use crate::json::{Kind, Span, Tape, Value, parse};

use super::rewrite::Rewrite;

/// The deepest level of triggers that is read: the check reports deeper ones.
const DEEPEST: usize = 64;
/// The attributes that hold JSON text.
const ENCODED: [&str; 4] = ["match", "match_related", "parameters", "job_variables"];
/// The attributes of the resource that are sent to Prefect.
const SENT: [&str; 3] = ["name", "description", "enabled"];
const ACTIONS: [&str; 3] = ["actions", "actions_on_trigger", "actions_on_resolve"];
/// The blocks of a configuration.
const BLOCKS: [&str; 8] = ["resource", "data", "module", "provider", "variable", "terraform", "locals", "output"];
const TRIGGERS: [&str; 4] = ["event", "metric", "compound", "sequence"];

/// A state has `values`, a plan `planned_values`.
fn values(root: Value<'_>) -> Option<Value<'_>> {
    let of_plan = root.get("planned_values");
    of_plan.or_else(|| root.get("values")).filter(|values| values.get("root_module").is_some())
}

pub(super) fn is_terraform(root: Value<'_>) -> bool {
    let has_version = root.get("terraform_version").is_some_and(Value::is_string);
    let is_shown = root.get("format_version").is_some_and(Value::is_string);
    is_shown && (has_version || values(root).is_some()) || has_version && instances(root).is_some()
}

/// The resources of a state in Terraform's own format: `terraform state pull`, `terraform.tfstate`.
fn instances(root: Value<'_>) -> Option<Value<'_>> {
    root.get("resources").filter(|resources| resources.kind() == Kind::Array && root.get("serial").is_some())
}

/// Whether a document is Terraform's configuration in JSON (`.tf.json`): only blocks, at least one of which is
/// unmistakable.
pub(super) fn is_configuration(root: Value<'_>) -> bool {
    let is_block = |key: Value<'_>| key.is("//") || BLOCKS.iter().any(|block| key.is(block));
    // Blocks of one kind are in an object by type, or in a list of such objects.
    let is_typed = |types: Value<'_>| {
        let of_type = |value: Value<'_>| matches!(value.kind(), Kind::Object | Kind::Array);
        let has =
            |types: Value<'_>| types.members().next().is_some() && types.members().all(|(_, value)| of_type(value));
        has(types) || types.items().next().is_some() && types.items().all(has)
    };
    root.members().all(|(key, _)| is_block(key))
        && (["terraform", "provider"].iter().any(|block| root.get(block).is_some())
            || ["resource", "data"].iter().filter_map(|block| root.get(block)).any(is_typed))
}

/// Whether some values may be missing because they are known only later.
pub(super) fn is_plan(root: Value<'_>) -> bool {
    root.get("planned_values").is_some()
}

/// All automations of a state or plan, as a list, in the form that the provider sends to the API.
pub(super) fn automations(root: Value<'_>, text: &[u8]) -> Rewrite {
    let mut rewrite = Rewrite::of(text);
    rewrite.open(Kind::Array, root.span());
    if let Some(module) = values(root).and_then(|values| values.get("root_module")) {
        of_module(module, &mut rewrite);
    }
    for resource in instances(root).into_iter().flat_map(Value::items).filter(|resource| is_automation(*resource)) {
        for instance in resource.get("instances").into_iter().flat_map(Value::items) {
            if let Some(attributes) = instance.get("attributes") {
                automation(attributes, &mut rewrite);
            }
        }
    }
    rewrite.close();
    rewrite
}

/// Data sources (`mode: data`) were created elsewhere.
fn is_automation(resource: Value<'_>) -> bool {
    resource.get("type").is_some_and(|kind| kind.is("prefect_automation"))
        && resource.get("mode").is_none_or(|mode| mode.is("managed"))
}

/// Of a module and those in it. JSON that is read is not nested deeply enough to exhaust the stack.
fn of_module(module: Value<'_>, rewrite: &mut Rewrite) {
    for resource in module.get("resources").into_iter().flat_map(Value::items) {
        if let Some(values) = resource.get("values").filter(|_| is_automation(resource)) {
            automation(values, rewrite);
        }
    }
    for child in module.get("child_modules").into_iter().flat_map(Value::items) {
        of_module(child, rewrite);
    }
}

/// The members of an object that have a value: the name, the key, the value.
fn members(object: Value<'_>) -> impl Iterator<Item = (String, Value<'_>, Value<'_>)> {
    object
        .members()
        .filter(|(_, value)| value.kind() != Kind::Null)
        .map(|(key, value)| (key.string().into_owned(), key, value))
}

fn automation(values: Value<'_>, rewrite: &mut Rewrite) {
    rewrite.open(Kind::Object, values.span());
    for (name, key, value) in members(values) {
        if SENT.contains(&&*name) {
            rewrite.string(key.span(), &name);
            copy(value, rewrite);
        } else if name == "trigger" {
            rewrite.string(key.span(), &name);
            trigger(value, rewrite, 0);
        } else if ACTIONS.contains(&&*name) {
            rewrite.string(key.span(), &name);
            list(value, rewrite, &mut |item, rewrite| action(item, rewrite));
        }
    }
    rewrite.close();
}

fn copy(value: Value<'_>, rewrite: &mut Rewrite) {
    rewrite.copy(value, None, &|_| None);
}

fn list(value: Value<'_>, rewrite: &mut Rewrite, item: &mut dyn FnMut(Value<'_>, &mut Rewrite)) {
    if value.kind() != Kind::Array {
        copy(value, rewrite);
        return;
    }
    rewrite.open(Kind::Array, value.span());
    value.items().for_each(|value| item(value, rewrite));
    rewrite.close();
}

fn trigger(value: Value<'_>, rewrite: &mut Rewrite, depth: usize) {
    let inner = TRIGGERS.into_iter().find_map(|kind| {
        let inner = value.get(kind).filter(|inner| inner.kind() == Kind::Object)?;
        Some((kind, inner))
    });
    let Some((kind, inner)) = inner.filter(|_| depth <= DEEPEST) else {
        copy(value, rewrite);
        return;
    };
    rewrite.open(Kind::Object, inner.span());
    let start = inner.span().start;
    let opening = Span { start, end: start.saturating_add(1) };
    rewrite.string(opening, "type");
    rewrite.string(opening, kind);
    for (name, key, value) in members(inner) {
        rewrite.string(key.span(), &name);
        if name == "triggers" {
            list(value, rewrite, &mut |item, rewrite| trigger(item, rewrite, depth.saturating_add(1)));
        } else {
            encoded(&name, value, rewrite);
        }
    }
    rewrite.close();
}

fn action(value: Value<'_>, rewrite: &mut Rewrite) {
    if value.kind() != Kind::Object {
        copy(value, rewrite);
        return;
    }
    rewrite.open(Kind::Object, value.span());
    for (name, key, value) in members(value) {
        // The provider's default, which every action gets.
        if ENCODED.contains(&&*name) && value.is("{}") {
            continue;
        }
        rewrite.string(key.span(), &name);
        encoded(&name, value, rewrite);
    }
    rewrite.close();
}

/// The value of an attribute; JSON text is parsed.
fn encoded(name: &str, value: Value<'_>, rewrite: &mut Rewrite) {
    if ENCODED.contains(&name) && value.is_string() {
        let text = value.bytes();
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let parsed = parse(&text, 0, &mut tape, &mut issues);
        let document = tape.document(&text);
        if let Some(root) = document.root().filter(|_| parsed.complete && issues.is_empty()) {
            rewrite.copy(root, Some(value.span()), &|_| None);
            return;
        }
    }
    copy(value, rewrite);
}
