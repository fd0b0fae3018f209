//! Repeated keys of objects.

use std::borrow::Cow;

use crate::text::order::order_of_texts;

use super::parse::{Fault, Issue};
use super::tape::{Kind, Value};

/// Objects with more keys are searched by sorting.
const FEW_KEYS: usize = 32;

/// Records the repeated keys of a value and its descendants.
pub fn repeated_keys(value: Value<'_>, issues: &mut Vec<Issue>) {
    for object in value.descendants().filter(|inner| inner.kind() == Kind::Object) {
        let keys: Vec<Value<'_>> = object.members().map(|(key, _)| key).collect();
        if keys.len() <= FEW_KEYS {
            for (place, key) in keys.iter().enumerate() {
                if let Some(first) = keys.iter().take(place).find(|other| other.is_same_key(*key)) {
                    note(*first, *key, issues);
                }
            }
        } else {
            among_many(&keys, issues);
        }
    }
}

fn among_many(keys: &[Value<'_>], issues: &mut Vec<Issue>) {
    let texts: Vec<Cow<'_, [u8]>> = keys.iter().map(|key| key.bytes()).collect();
    // After this, equal texts are adjacent, in the order of the document.
    let order = order_of_texts(&texts.iter().map(|text| &**text).collect::<Vec<_>>());
    let mut same: Vec<Value<'_>> = Vec::new();
    let mut text = None;
    for place in order {
        let (Some(key), own) = (keys.get(place), texts.get(place)) else { continue };
        if own != text {
            text = own;
            same.clear();
        }
        // In YAML, the number 1 and the string `1` are different keys: one text can have several kinds.
        match same.iter().find(|other| other.is_same_key(*key)) {
            Some(first) => note(*first, *key, issues),
            None => same.push(*key),
        }
    }
}

fn note(first: Value<'_>, key: Value<'_>, issues: &mut Vec<Issue>) {
    let fault = Fault::DuplicateKey { first: first.span() };
    issues.push(Issue { fault, span: key.span(), node: key.index() });
}
