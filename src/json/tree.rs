//! JSON values that are not part of a text, with ordered members of objects.

use std::fmt;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

use crate::text::steps::step;
use crate::text::table::Map;

/// A JSON value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Tree {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Object(ObjectTree),
}

/// The members of an object, in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct ObjectTree(Vec<(String, Tree)>);

impl Tree {
    /// Reads JSON text.
    pub(crate) fn parse(text: &str) -> Result<Tree, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Its JSON text, on a single line.
    pub(crate) fn line(&self) -> String {
        // All keys are strings, and writing into a `String` cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Its JSON text with a line for each item, indented by two spaces.
    pub(crate) fn indented(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// Reads JSON text that was written here, and is not nested deeper than what was read.
pub(crate) fn written(text: &str) -> Result<Tree, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    Tree::deserialize(&mut deserializer)
}

/// For `serialize_with`: JSON text as a value.
pub(crate) fn text_as_value<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    written(text).map_err(S::Error::custom)?.serialize(serializer)
}

/// The same, if there is a text.
pub(crate) fn optional_text_as_value<S: Serializer>(
    text: &Option<impl AsRef<str>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| written(text.as_ref())).transpose().map_err(S::Error::custom)?.serialize(serializer)
}

impl ObjectTree {
    pub(crate) fn new() -> ObjectTree {
        ObjectTree::default()
    }

    pub(crate) fn push(&mut self, key: &str, value: impl Into<Tree>) {
        self.0.push((key.to_owned(), value.into()));
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Tree>) -> ObjectTree {
        self.push(key, value);
        self
    }

    /// With a member, if it is not empty.
    pub(crate) fn with_any(self, key: &str, value: impl Into<Tree>) -> ObjectTree {
        let value = value.into();
        let empty = match &value {
            Tree::Text(text) => text.is_empty(),
            Tree::List(items) => items.is_empty(),
            Tree::Object(object) => object.is_empty(),
            _ => false,
        };
        if empty { self } else { self.with(key, value) }
    }

    /// With the members of another object appended.
    pub(crate) fn and(mut self, more: ObjectTree) -> ObjectTree {
        self.0.extend(more.0);
        self
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Tree)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Tree> {
        step(self.0.len());
        self.members().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The value of a key, to change it; `null` if it is new.
    #[expect(clippy::indexing_slicing, reason = "the member was found or has just been added")]
    pub(crate) fn entry(&mut self, key: &str) -> &mut Tree {
        step(self.0.len());
        let place = self.0.iter().position(|(known, _)| *known == key).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.push(key, Tree::Null);
        }
        &mut self.0[place].1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Tree {
        Tree::Text(text)
    }
}

impl From<bool> for Tree {
    fn from(flag: bool) -> Tree {
        Tree::Boolean(flag)
    }
}

impl From<u64> for Tree {
    fn from(number: u64) -> Tree {
        Tree::Number(number.into())
    }
}

impl From<ObjectTree> for Tree {
    fn from(object: ObjectTree) -> Tree {
        Tree::Object(object)
    }
}

impl<T: Into<Tree>> From<Vec<T>> for Tree {
    fn from(items: Vec<T>) -> Tree {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Tree>, const N: usize> From<[T; N]> for Tree {
    fn from(items: [T; N]) -> Tree {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Null => serializer.serialize_unit(),
            Tree::Boolean(flag) => serializer.serialize_bool(*flag),
            Tree::Number(number) => number.serialize(serializer),
            Tree::Text(text) => serializer.serialize_str(text),
            Tree::List(items) => serializer.collect_seq(items),
            Tree::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for ObjectTree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Tree, E> {
        Ok(Tree::Boolean(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
        Ok(Tree::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Tree, E> {
        Number::from_f64(number).map(Tree::Number).ok_or_else(|| E::custom("JSON has no such number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Tree::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut all: Map<String, Tree> = Map::default();
        while let Some((key, value)) = members.next_entry::<String, Tree>()? {
            if all.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key} is repeated")));
            }
            all.insert(key, value);
        }
        Ok(Tree::Object(ObjectTree(all.into_entries())))
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn keeps_the_order_of_members_and_the_form_of_numbers() {
        let text = r#"{"b":[1,-2,0.0,1.5,true,null],"a":{},"c":"\"\n\u0001é","d":[]}"#;
        let tree = Tree::parse(text).unwrap_or(Tree::Null);
        assert_eq!(tree.line(), text);
        let indented = tree.indented();
        assert!(indented.starts_with("{\n  \"b\": [\n    1,"), "{indented}");
        assert!(indented.contains("\"a\": {},") && indented.ends_with("\"d\": []\n}"), "{indented}");
        assert!(Tree::parse(r#"{"a":1,"a":2}"#).is_err());
    }
}
