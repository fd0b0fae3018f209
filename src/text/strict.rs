//! Rejects unknown names of options, and suggests the probably intended name.
//!
//! A type derives `Deserialize` with `#[serde(remote = "Self")]` and implements the trait by
//! `Self::deserialize(strict(deserializer))`. Formats that only look up the names of a struct (JavaScript's objects by
//! serde-wasm-bindgen) then report unknown names too.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

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
        formatter.write_str("an object of options")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Names { map, fields: self.fields, name: "" })
    }
}

struct Names<A> {
    map: A,
    fields: &'static [&'static str],
    /// The field whose value comes next.
    name: &'static str,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Names<A> {
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
fn of_option<E: Error>(name: &str, error: E) -> E {
    E::custom(format_args!("the option `{name}`: {error}"))
}

/// What an option needs, in words: serde says it by the names of Rust's types.
#[must_use]
pub fn spelled(expected: &str) -> &str {
    WORDS.iter().find(|(kind, _)| *kind == expected).map_or(expected, |(_, words)| words)
}

const WORDS: [(&str, &str); 4] =
    [("u32", U32), ("u64", U64), ("usize", if usize::BITS == 32 { U32 } else { U64 }), ("f64", "a number")];
const U32: &str = "a whole number from 0 to 4294967295";
const U64: &str = "a whole number, 0 or more";

/// The message about an unknown name.
fn unknown(name: &str, fields: &[&str]) -> String {
    let hint = match nearest(name, &mut fields.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the options are {}", list(&mut fields.iter().copied(), " and ")),
    };
    format!("unknown option `{}`: {hint}", shown(name))
}

/// The message about a wrong value in our own words, instead of serde's `invalid type: …, expected …`.
pub(crate) fn sentence(error: &impl fmt::Display) -> String {
    let shown = error.to_string();
    let mistake = ["invalid type: ", "invalid value: "].into_iter().find_map(|start| {
        let (before, mistake) = shown.split_once(start)?;
        let (found, expected) = mistake.rsplit_once(", expected ")?;
        Some((before, found, expected))
    });
    match mistake {
        Some((before, found, expected)) => format!("{before}expected {}, not {}", spelled(expected), kind(found)),
        None => shown,
    }
}

/// The kinds of values, by serde's names for them.
fn kind(found: &str) -> &'static str {
    const KINDS: [(&str, &str); 7] = [
        ("boolean", "a boolean"),
        ("integer", "this number"),
        ("floating point", "this number"),
        ("string", "this text"),
        ("null", "null"),
        ("sequence", "an array"),
        ("map", "an object"),
    ];
    KINDS.iter().find(|(shown, _)| found.starts_with(shown)).map_or("this value", |(_, kind)| kind)
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
            (self.1)(text).ok_or_else(|| E::custom(format_args!("`{}` is not {expected}", shown(text))))
        }
    }

    deserializer.deserialize_str(FromText(expected, read, PhantomData))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Default, PartialEq, Debug)]
    #[serde(remote = "Self", rename_all = "camelCase", default)]
    struct Options {
        profile: Option<String>,
        max_diagnostics: usize,
    }

    impl<'de> Deserialize<'de> for Options {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Self::deserialize(strict(deserializer))
        }
    }

    #[test]
    fn reads_known_names() {
        let options: Options = serde_json::from_str(r#"{"maxDiagnostics": 5}"#).unwrap();
        assert_eq!(options, Options { profile: None, max_diagnostics: 5 });
    }

    #[test]
    fn names_the_mistake() {
        let mistake = |text: &str| serde_json::from_str::<Options>(text).unwrap_err().to_string();
        assert!(mistake(r#"{"profle": "x"}"#).starts_with("unknown option `profle`: did you mean `profile`?"));
        assert!(
            mistake(r#"{"frequency": 1}"#)
                .starts_with("unknown option `frequency`: the options are `profile` and `maxDiagnostics`")
        );
        assert!(
            mistake(r#"{"maxDiagnostics": "10"}"#)
                .starts_with("the option `maxDiagnostics`: invalid type: string \"10\", expected usize")
        );
        assert!(mistake("[]").starts_with("invalid type: sequence, expected an object of options"));
    }

    #[test]
    fn says_it_in_our_own_words() {
        let value = serde_json::json!({ "maxDiagnostics": "10" });
        let error = <Options as Deserialize>::deserialize(value).unwrap_err();
        let expected = "the option `maxDiagnostics`: expected a whole number, 0 or more, not this text";
        assert_eq!(sentence(&error), expected);
        assert_eq!(sentence(&"unknown option"), "unknown option");
    }
}
