//! Limits the work of schemas: their size, and how often they read the values of an event.
//!
//! A schema of 2 KB can cause more than a day of work: `allOf` of two references, each to an `allOf` of two references,
//! and so on. So the work is calculated before a schema is compiled, without any event: the most subschemas that apply
//! to one value. That number times the values of an event bounds the work.

use std::ptr;

use hashbrown::HashMap;
use serde_json::{Map, Value as Json};

use crate::text::steps::step;

/// Schemas in one set.
pub(super) const MAX_SCHEMAS: usize = 1000;
/// Values (objects, lists, strings, numbers) in all schemas together.
pub(super) const MAX_VALUES: usize = 50_000;
/// Bytes of one regular expression.
pub(super) const MAX_PATTERN: usize = 2000;
/// Keywords that apply to one value of an event, of one schema.
pub(super) const MAX_PER_VALUE: u64 = 20_000;
/// Keywords that apply to the values of one event, of all schemas for it.
pub(super) const MAX_PER_EVENT: u64 = 10_000_000;

/// A pointer with more bytes is long; every further such number of bytes counts as one value.
const LONG_POINTER: usize = 256;
const POINTER_PIECE: usize = 16;
/// The deepest nesting of events that schemas see.
const DEEPEST_EVENT: usize = 200;
/// Steps of this calculation, for all schemas.
const MAX_STEPS: usize = 10_000_000;
/// The cost of a reference to a schema outside the set (the drafts' own metaschemas).
const UNKNOWN: u64 = 200;

/// Subschemas under these keywords apply to the same value.
const SAME_VALUE: [&str; 10] =
    ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies", "extends"];
/// Subschemas under these apply to any of the values inside.
const ANY_CHILD: [&str; 9] = [
    "patternProperties",
    "additionalProperties",
    "items",
    "additionalItems",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
/// Subschemas under these each apply to a different value inside.
const OWN_CHILD: [&str; 2] = ["properties", "prefixItems"];
/// Each item of these is compared with a value, or searched for in it.
const LISTS: [&str; 2] = ["enum", "required"];
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

/// Which limit the schemas exceed. `None`: they are small enough.
pub(super) fn too_large(schema: &Json, values: &mut usize) -> Option<String> {
    step(1);
    *values = values.saturating_add(1);
    if *values > MAX_VALUES {
        return Some(format!("the schemas have more than {MAX_VALUES} values in total"));
    }
    match schema {
        Json::Object(members) => members.iter().find_map(|(key, member)| match member.as_str() {
            Some(text) if key == "pattern" && text.len() > MAX_PATTERN => Some(long_pattern()),
            _ if key.len() > MAX_PATTERN && member.is_object() => Some(long_pattern()),
            _ => too_large(member, values),
        }),
        Json::Array(items) => items.iter().find_map(|item| too_large(item, values)),
        _ => None,
    }
}

fn long_pattern() -> String {
    format!("a regular expression has more than {MAX_PATTERN} bytes")
}

/// How many values an event has. A value with a long pointer counts more than once, as each rejection carries it.
pub(super) fn values(instance: &Json) -> u64 {
    values_below(instance, 0)
}

fn values_below(instance: &Json, pointer: usize) -> u64 {
    let below = |step: usize, inner: &Json| values_below(inner, pointer.saturating_add(step).saturating_add(1));
    let inner: u64 = match instance {
        Json::Array(items) => items.iter().map(|item| below(1, item)).fold(0, u64::saturating_add),
        Json::Object(members) => {
            members.iter().map(|(key, member)| below(key.len(), member)).fold(0, u64::saturating_add)
        }
        _ => 0,
    };
    let long = pointer.saturating_sub(LONG_POINTER).checked_div(POINTER_PIECE).unwrap_or_default();
    inner.saturating_add(1).saturating_add(long as u64)
}

/// A subschema, and its references.
#[derive(Default)]
struct Node<'s> {
    weight: u64,
    same: Vec<usize>,
    any: Vec<usize>,
    own: Vec<(Child<'s>, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Child<'s> {
    Key(&'s str),
    Item(usize),
}

#[derive(Default)]
struct Graph<'s> {
    roots: Vec<(&'s str, &'s Json)>,
    nodes: Vec<Node<'s>>,
    places: HashMap<*const Json, usize>,
    /// The last parts of `$id`s and the anchors, with the schemas that have them.
    names: HashMap<&'s str, Vec<&'s Json>>,
    /// The work so far.
    steps: usize,
}

/// The most keywords of each schema that apply to one value of an event. `None`: calculating it takes too long.
pub(super) fn per_value(schemas: &[(&str, &Json)]) -> Option<Vec<u64>> {
    let mut graph = Graph { roots: schemas.to_vec(), ..Graph::default() };
    for (_, schema) in schemas {
        graph.add(schema);
    }
    for (document, (_, schema)) in schemas.iter().enumerate() {
        graph.connect(document, schema)?;
    }
    schemas.iter().map(|(_, schema)| graph.apply(graph.place(schema)?)).collect()
}

fn last_part(uri: &str) -> &str {
    let uri = uri.split('#').next().unwrap_or_default();
    let last = uri.rsplit(['/', ':']).next().unwrap_or_default();
    last.strip_suffix(".json").unwrap_or(last)
}

impl<'s> Graph<'s> {
    /// `None`: it is too much work.
    fn step(&mut self, count: usize) -> Option<()> {
        step(count);
        self.steps = self.steps.saturating_add(count);
        (self.steps <= MAX_STEPS).then_some(())
    }

    fn place(&self, schema: &Json) -> Option<usize> {
        self.places.get(&ptr::from_ref(schema)).copied()
    }

    fn add(&mut self, schema: &'s Json) {
        self.places.insert(ptr::from_ref(schema), self.nodes.len());
        let mut node = Node { weight: 1, ..Node::default() };
        match schema {
            Json::Object(members) => {
                let listed = |keyword: &str| members.get(keyword).and_then(Json::as_array).map_or(0, Vec::len);
                let listed = LISTS.iter().map(|keyword| listed(keyword)).fold(members.len(), usize::saturating_add);
                node.weight = (listed as u64).max(1);
                self.nodes.push(node);
                for (key, member) in members {
                    if let (true, Some(text)) = (key == "$id" || key == "id", member.as_str()) {
                        self.names.entry(last_part(text)).or_default().push(schema);
                    }
                    let name = member.as_str().map(|text| text.trim_start_matches('#'));
                    if let (true, Some(name)) = (key.ends_with("nchor") || key.ends_with("id"), name) {
                        self.names.entry(name).or_default().push(schema);
                    }
                    self.add(member);
                }
            }
            Json::Array(items) => {
                self.nodes.push(node);
                for item in items {
                    self.add(item);
                }
            }
            _ => self.nodes.push(node),
        }
    }

    fn connect(&mut self, document: usize, schema: &'s Json) -> Option<()> {
        if let (Json::Object(members), Some(own)) = (schema, self.place(schema)) {
            let (same, any) = (below(members, &SAME_VALUE), below(members, &ANY_CHILD));
            let mut same: Vec<usize> = same.into_iter().filter_map(|schema| self.place(schema)).collect();
            let any = any.into_iter().filter_map(|schema| self.place(schema)).collect();
            let mut children = Vec::new();
            for keyword in OWN_CHILD {
                match members.get(keyword) {
                    Some(Json::Object(members)) => {
                        let child = |(key, schema): (&'s String, _)| Some((Child::Key(key), self.place(schema)?));
                        children.extend(members.iter().filter_map(child));
                    }
                    Some(Json::Array(items)) => {
                        let child = |(at, schema)| Some((Child::Item(at), self.place(schema)?));
                        children.extend(items.iter().enumerate().filter_map(child));
                    }
                    _ => {}
                }
            }
            let mut unknown = 0_u64;
            for reference in REFERENCES.iter().filter_map(|keyword| members.get(*keyword)?.as_str()) {
                let targets = self.resolve(document, reference)?;
                if targets.is_empty() {
                    unknown = unknown.saturating_add(UNKNOWN);
                }
                same.extend(targets);
            }
            if let Some(node) = self.nodes.get_mut(own) {
                node.weight = node.weight.saturating_add(unknown);
                (node.same, node.any, node.own) = (same, any, children);
            }
        }
        match schema {
            Json::Object(members) => members.values().try_for_each(|member| self.connect(document, member)),
            Json::Array(items) => items.iter().try_for_each(|item| self.connect(document, item)),
            _ => Some(()),
        }
    }

    /// All possible targets of a reference: too many rather than too few.
    fn resolve(&mut self, document: usize, reference: &str) -> Option<Vec<usize>> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let mut roots: Vec<&Json> = Vec::new();
        if uri.is_empty() {
            roots.extend(self.roots.get(document).map(|(_, root)| *root));
        } else {
            let name = last_part(uri);
            roots.extend(
                self.roots.iter().filter(|(key, _)| last_part(key) == name || *key == uri).map(|(_, root)| *root),
            );
            self.step(self.roots.len())?;
            roots.extend(self.names.get(name).into_iter().flatten());
        }
        let anchors = self.names.get(fragment).map_or(0, Vec::len);
        self.step(roots.len().saturating_add(anchors))?;
        let anchored = || self.names.get(fragment).into_iter().flatten().copied();
        let fragment_text = fragment.replace("%25", "%").replace("%22", "\"").replace("%5E", "^");
        let mut found: Vec<usize> = match fragment {
            "" => roots.iter().filter_map(|root| self.place(root)).collect(),
            _ if fragment.starts_with('/') => {
                roots.iter().filter_map(|root| self.place(root.pointer(&fragment_text)?)).collect()
            }
            _ => anchored().filter_map(|schema| self.place(schema)).collect(),
        };
        if found.is_empty() && fragment.starts_with('/') {
            self.step(self.names.values().map(Vec::len).fold(0, usize::saturating_add))?;
            let identified = self.names.values().flatten();
            found.extend(identified.filter_map(|root| self.place(root.pointer(&fragment_text)?)));
        }
        found.sort_unstable();
        found.dedup();
        self.step(found.len())?;
        Some(found)
    }

    /// From a root inwards, level by level: how often each subschema applies to one value.
    fn apply(&mut self, root: usize) -> Option<u64> {
        let mut most = 0_u64;
        let mut level: HashMap<usize, u64> = HashMap::from_iter([(root, 1)]);
        for _ in 0..DEEPEST_EVENT {
            let order = self.in_order(&level)?;
            let (mut all, mut steps) = (0_u64, 0_usize);
            let mut any: HashMap<usize, u64> = HashMap::default();
            let mut own: HashMap<(Child<'s>, usize), u64> = HashMap::default();
            for place in order {
                let (Some(node), Some(&count)) = (self.nodes.get(place), level.get(&place)) else { continue };
                all = all.saturating_add(count.saturating_mul(node.weight));
                for target in &node.same {
                    let known = level.entry(*target).or_default();
                    *known = known.saturating_add(count);
                }
                for target in &node.any {
                    let known = any.entry(*target).or_default();
                    *known = known.saturating_add(count);
                }
                for child in &node.own {
                    let known = own.entry(*child).or_default();
                    *known = known.saturating_add(count);
                }
                let edges = node.same.len().saturating_add(node.any.len()).saturating_add(node.own.len());
                steps = steps.saturating_add(edges);
            }
            self.step(steps)?;
            most = most.max(all);
            if most > MAX_PER_VALUE {
                return Some(most);
            }
            // A value has one key: of the subschemas for several keys, the maximum.
            let mut next: HashMap<usize, u64> = HashMap::default();
            for ((_, target), count) in own {
                let known = next.entry(target).or_default();
                *known = count.max(*known);
            }
            for (target, count) in any {
                let known = next.entry(target).or_default();
                *known = known.saturating_add(count);
            }
            level = next;
            if level.is_empty() {
                break;
            }
        }
        Some(most)
    }

    /// The subschemas that apply to one value, in topological order. Cycles are followed once.
    fn in_order(&mut self, level: &HashMap<usize, u64>) -> Option<Vec<usize>> {
        let mut seen: HashMap<usize, ()> = HashMap::default();
        let mut after: Vec<usize> = Vec::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        for root in level.keys() {
            if seen.insert(*root, ()).is_none() {
                open.push((*root, 0));
            }
            while let Some((place, next)) = open.last_mut() {
                self.step(1)?;
                if let Some(target) = self.nodes.get(*place).and_then(|node| node.same.get(*next)) {
                    *next = next.saturating_add(1);
                    if seen.insert(*target, ()).is_none() {
                        open.push((*target, 0));
                    }
                } else {
                    after.push(*place);
                    open.pop();
                }
            }
        }
        after.reverse();
        Some(after)
    }
}

/// The schemas below some keywords: one, a list, or an object of them.
fn below<'s>(members: &'s Map<String, Json>, keywords: &[&str]) -> Vec<&'s Json> {
    let mut all = Vec::new();
    for (keyword, value) in members.iter().filter(|(keyword, _)| keywords.contains(&keyword.as_str())) {
        match value {
            Json::Array(items) => all.extend(items),
            Json::Object(members)
                if matches!(&**keyword, "patternProperties" | "dependentSchemas" | "dependencies") =>
            {
                all.extend(members.values());
            }
            schema => all.push(schema),
        }
    }
    all
}
