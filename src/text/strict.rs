//! Rejects unknown names of options, and suggests the probably intended name.
//!
//! A type derives `Deserialize` with `#[serde(remote = "Self")]` and implements the trait by
//! `Self::deserialize(strict(deserializer))`. Formats that only look up the names of a struct (JavaScript's objects by
//! serde-wasm-bindgen) then report unknown names too.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::nearest::nearest;
use super::phrase::{list, shown};

/// The same deserializer, strict about the names of a struct's fields.
pub(crate) fn strict<D>(inner: D) -> Strict<D> {
    Strict(inner)
}

/// See [`strict`].
pub(crate) struct Strict<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // serde-wasm-bindgen would read an array as a map of pairs.
        self.0.deserialize_any(Fields { fields, visitor })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Fields<V> {
    fields: &'static [&'static str],
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(OptionNames { map, fields: self.fields, name: "" })
    }
}

struct OptionNames<A> {
    map: A,
    fields: &'static [&'static str],
    /// The field whose value comes next.
    name: &'static str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OptionNames<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.map.next_key::<String>()? else { return Ok(None) };
        let Some(known) = self.fields.iter().find(|field| **field == name) else {
            return Err(A::Error::custom(unknown(&name, self.fields)));
        };
        self.name = known;
        seed.deserialize(BorrowedStrDeserializer::<A::Error>::new(known)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed).map_err(|error| of_option(self.name, error))
    }
}

/// The message about a value of an option, with the option's name. Compiled once, not for each type of value.
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn of_option<E: Error>(name: &str, error: E) -> E {
    E::custom(format_args!("{OPTION}{name}`: {error}"))
}

/// The beginning of the message about a value of an option.
const OPTION: &str = "the option `";

/// The message about an unknown name.
fn unknown(name: &str, fields: &[&str]) -> String {
    let hint = match nearest(name, &mut fields.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the options are {}", list(&mut fields.iter().copied(), " and ")),
    };
    format!("unknown option `{}`: {hint}", shown(name))
}

/// A message of serde in our own words: `invalid type: …, expected …` becomes `must be …, not …`.
#[must_use]
pub fn sentence(message: &str) -> String {
    let mistake = ["invalid type: ", "invalid value: "].into_iter().find_map(|start| {
        let (before, mistake) = message.split_once(start)?;
        let (found, expected) = mistake.rsplit_once(", expected ")?;
        // Not in a name or a value, which can contain anything.
        let is_own = before.is_empty() || before.starts_with(OPTION) && before.ends_with(": ");
        is_own.then_some((before, found, expected))
    });
    let Some((before, found, expected)) = mistake else { return message.to_owned() };
    let subject = before.strip_suffix(": ").unwrap_or("the options");
    // A value is shown, but a text of serde only if it is short; of others, the kind.
    let value = ["integer ", "floating point ", "string ", ""].iter().find_map(|kind| found.strip_prefix(kind));
    let value = value.filter(|value| value.starts_with('`') || value.starts_with('"') && value.len() <= LONGEST_SHOWN);
    let found = value.unwrap_or_else(|| of(&FOUND, found, "this value"));
    // All numbers of JavaScript are floats.
    let (found, end) = found.strip_suffix(".0`").map_or((found, ""), |whole| (whole, "`"));
    [subject, " must be ", of(&EXPECTED, expected, expected), ", not ", found, end].concat()
}

/// In bytes.
const LONGEST_SHOWN: usize = 60;

/// What serde expects, by the names of Rust's types.
const EXPECTED: [(&str, &str); 5] =
    [("u32", U32), ("usize", U32), ("u64", "a whole number, 0 or more"), ("f64", "a number"), ("a string", "a text")];

/// A `usize` has as many bits as the machine; this is true on all.
const U32: &str = "a whole number from 0 to 4294967295";

/// The kinds of values, by serde's names for them, and by those of serde-wasm-bindgen.
const FOUND: [(&str, &str); 10] = [
    ("boolean", "a boolean"),
    ("integer", "this number"),
    ("floating point", "this number"),
    ("string", "this text"),
    ("null", "null"),
    ("unit value", "null"),
    ("sequence", "a list"),
    ("map", "an object"),
    ("JsValue([", "a list"),
    ("JsValue(Object", "an object"),
];

fn of<'w>(words: &[(&str, &'w str)], start: &str, other: &'w str) -> &'w str {
    words.iter().find(|(own, _)| start.starts_with(own)).map_or(other, |(_, words)| words)
}

/// The error of a value, in a form that [`sentence`] reads.
pub(crate) fn invalid<E: Error>(found: &str, expected: &str) -> E {
    E::custom(format_args!("invalid value: `{}`, expected {expected}", shown(found)))
}

/// A value parsed from a text by its type's own rules.
pub(crate) fn from_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    struct FromText<T, F>(&'static str, F, PhantomData<T>);

    impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for FromText<T, F> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            let expected = self.0;
            (self.1)(text).ok_or_else(|| invalid(text, expected))
        }
    }

    deserializer.deserialize_str(FromText(expected, read, PhantomData))
}

/// The value of a word in a table.
pub(crate) fn word<T: Copy>(table: &[(&str, T)], written: &str) -> Option<T> {
    table.iter().find(|(word, _)| *word == written).map(|(_, value)| *value)
}

/// A list. Without this, `serde` expects a "sequence", and does not say which item is wrong.
pub(crate) fn list_of<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    List::deserialize(deserializer).map(|list| list.0)
}

/// The same for an option that has no list by default.
pub(crate) fn maybe_list_of<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    Ok(Option::<List<T>>::deserialize(deserializer)?.map(|list| list.0))
}

struct List<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element().map_err(|error| of_item(all.len(), error))? {
                    all.push(item);
                }
                Ok(List(all))
            }
        }

        // serde-wasm-bindgen would ask any value for its iterator, which a number has not.
        deserializer.deserialize_any(Items(PhantomData))
    }
}

#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn of_item<E: Error>(index: usize, error: E) -> E {
    E::custom(format_args!("item {index}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Default, PartialEq, Debug)]
    #[serde(remote = "Self", rename_all = "camelCase", default)]
    struct Options {
        profile: Option<String>,
        max_diagnostics: usize,
        #[serde(deserialize_with = "list_of")]
        names: Vec<String>,
    }

    impl<'de> Deserialize<'de> for Options {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::deserialize(strict(deserializer))
        }
    }

    #[test]
    fn reads_known_names() {
        let options: Options = serde_json::from_str(r#"{"maxDiagnostics": 5}"#).unwrap();
        assert_eq!(options, Options { max_diagnostics: 5, ..Options::default() });
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| serde_json::from_str::<Options>(text).unwrap_err().to_string();
        assert!(mistake(r#"{"profle": "x"}"#).starts_with("unknown option `profle`: did you mean `profile`?"));
        assert!(
            mistake(r#"{"frequency": 1}"#)
                .starts_with("unknown option `frequency`: the options are `profile`, `maxDiagnostics` and `names`")
        );
        assert!(
            mistake(r#"{"maxDiagnostics": "10"}"#)
                .starts_with("the option `maxDiagnostics`: invalid type: string \"10\", expected usize")
        );
        assert!(mistake("[]").starts_with("invalid type: sequence, expected an object"));
    }

    #[test]
    fn says_it_in_our_own_words() {
        let mistake = |value: serde_json::Value| {
            let error = <Options as Deserialize>::deserialize(value).unwrap_err();
            sentence(&error.to_string())
        };
        let number = "the option `maxDiagnostics` must be a whole number from 0 to 4294967295, not ";
        assert_eq!(mistake(serde_json::json!({"maxDiagnostics": "10"})), [number, "\"10\""].concat());
        assert_eq!(mistake(serde_json::json!({"maxDiagnostics": -1})), [number, "`-1`"].concat());
        assert_eq!(mistake(serde_json::json!({"maxDiagnostics": -1.0})), [number, "`-1`"].concat());
        assert_eq!(mistake(serde_json::json!({"maxDiagnostics": null})), [number, "null"].concat());
        assert_eq!(mistake(serde_json::json!({"profile": {}})), "the option `profile` must be a text, not an object");
        assert_eq!(mistake(serde_json::json!({"names": "x"})), "the option `names` must be a list, not \"x\"");
        let long = "x".repeat(60);
        assert_eq!(mistake(serde_json::json!({"names": &long})), "the option `names` must be a list, not this text");
        assert_eq!(
            mistake(serde_json::json!({"names": ["x", 1.5]})),
            "the option `names`: item 1 must be a text, not `1.5`"
        );
        let own = format!("the option `start` must be a time, not `{long}`");
        assert_eq!(sentence(&format!("the option `start`: invalid value: `{long}`, expected a time")), own);
        assert_eq!(mistake(serde_json::json!([])), "the options must be an object, not a list");
        let unknown = mistake(serde_json::json!({"invalid type: a, expected b": 1}));
        assert!(unknown.starts_with("unknown option `invalid type: a, expected b`: the options are"), "{unknown}");
    }
}
