//! Keys that an object has more than once.

use std::borrow::Cow;

use crate::text::hash::hash;
use crate::text::order;

use super::parse::{Fault, Issue};
use super::tape::{Kind, Value};

/// Objects with more keys are searched by sorting.
const FEW_KEYS: usize = 32;

/// Notes the repeated keys of a value and of all that it contains.
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
    // Equal keys stand together after this, in the order of the text.
    let order = order::order(texts.iter().map(|text| hash(text)).collect());
    let mut first = 0;
    for place in order {
        match (keys.get(first), keys.get(place)) {
            (Some(one), Some(other)) if first != place && texts.get(first) == texts.get(place) => {
                note(*one, *other, issues);
            }
            _ => first = place,
        }
    }
}

fn note(first: Value<'_>, key: Value<'_>, issues: &mut Vec<Issue>) {
    let fault = Fault::DuplicateKey { first: first.span() };
    issues.push(Issue { fault, span: key.span(), node: key.index() });
}
